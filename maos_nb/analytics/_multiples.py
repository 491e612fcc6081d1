"""The value of a business by what the market pays for its peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_float,
    as_periods,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._equity_bridge import equity_bridge
from maos_nb.analytics._periods import full, sum_of_periods, unknown
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import (
    Bridge,
    Range,
    ValuationStatus,
    as_bridge,
    finite_only,
    quotient,
    shaped,
    shown_status,
    statuses,
)
from maos_nb.errors import InputError

__all__ = ["Average", "Basis", "MultiplesValue", "multiples_value"]

Average: TypeAlias = Literal["median", "mean", "harmonic_mean"]
Basis: TypeAlias = Literal["enterprise", "equity"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MultiplesValue:
    """A valuation by the multiples of peers; every range has a `low`, a `mid` and a `high`.

    Parameters
    ----------
    multiple
        The peers' low quantile, average and high quantile, each ``(...)``.
    enterprise_value
        Those times the metric, for multiples of enterprise value; NaN for multiples of equity.
    equity_value
        After the equity bridge, or the multiples times the metric for multiples of equity.
    value_per_share
        `equity_value` by share; NaN where the number of shares is not known.
    per_share
        Whether `low`, `mid` and `high` are values per share, or of all equity.
    n_peers, n_dropped
        Number of peers used, and of those left out as their multiple is NaN, infinite, zero or negative,
        ``(...)``.
    status
        ``"ok"``, ``"metric_not_positive"``, ``"no_peers"`` or ``"not_finite"``: a `ValuationStatus`, or an
        array of str.
    """

    multiple: Range
    enterprise_value: Range
    equity_value: Range
    value_per_share: Range
    per_share: bool
    n_peers: Any
    n_dropped: Any
    status: Any

    @property
    def value(self) -> Range:
        """The value per share where there is one, else that of all equity."""
        return self.value_per_share if self.per_share else self.equity_value

    @property
    def low(self) -> Float:
        """Value at the low quantile of the multiples."""
        return self.value.low

    @property
    def mid(self) -> Float:
        """Value at the average multiple."""
        return self.value.mid

    @property
    def high(self) -> Float:
        """Value at the high quantile of the multiples."""
        return self.value.high

    def __repr__(self) -> str:
        unit = "per_share" if self.per_share else "equity"
        return (
            f"MultiplesValue({unit}: low={figure(self.low)}, mid={figure(self.mid)}, high={figure(self.high)}; "
            f"n_peers={figure(self.n_peers)}, n_dropped={figure(self.n_dropped)}, "
            f"status={shown_status(self.status)})"
        )


class _Peers(NamedTuple):
    """The usable multiples in ascending order, infinities behind them, ``(..., n_peers)``; their number."""

    ordered: Array
    number: npt.NDArray[np.int64]


def multiples_value(
    metric: Numeric,
    peers: Numeric,
    *,
    basis: Basis = "enterprise",
    average: Average = "median",
    quantiles: tuple[float, float] = (0.25, 0.75),
    per_share: bool = False,
    shares: Numeric | None = None,
    bridge: Mapping[str, Numeric] | None = None,
) -> MultiplesValue:
    """Value a business by the multiples at which its peers trade.

    Parameters
    ----------
    metric : array_like, shape (...)
        What the multiple is applied to, above zero: revenue, EBITDA or EBIT for multiples of enterprise value;
        net income, book value or a figure per share for multiples of equity.
    peers : array_like, shape (..., n_peers)
        The same multiple of each peer. NaN, infinite, zero and negative ones say nothing of value and are
        left out, and counted.
    basis : {"enterprise", "equity"}
        Whether the multiples are of enterprise value (EV/EBITDA), so that the result goes through the equity
        bridge, or of equity (P/E, P/B), so that it does not.
    average : {"median", "mean", "harmonic_mean"}
        What the middle of the range is. The harmonic mean is the arithmetic mean of the yields.
    quantiles : (float, float)
        Lower and upper end of the range, from 0 to 1, interpolated linearly as by Excel's QUARTILE; (0, 1)
        is the whole range. An arithmetic mean may lie outside a narrow range.
    per_share : bool
        Whether `metric` is per share, such as earnings per share; for multiples of equity only.
    shares : array_like, shape (...), optional
        Number of shares, above zero.
    bridge : mapping of str to array_like, optional
        What `equity_bridge` adds and deducts, by its names, options included:
        ``{"cash": 20.0, "debt": 150.0}``; for multiples of enterprise value only.

    Returns
    -------
    MultiplesValue
        Ranges of multiples and values in the shape ``(...)`` that all arguments broadcast to, floats for a
        single valuation; NaN where `metric` or a part of the bridge is NaN and, in arrays, where the metric
        is not above zero or no peer is left.

    Raises
    ------
    InputError
        If `peers` is empty, a choice is unknown, `quantiles` are not two ascending numbers from 0 to 1,
        `per_share` comes with multiples of enterprise value or `bridge` with multiples of equity, `bridge` has
        an unknown name, a negative amount or options without `shares`, `shares` is not above zero, an argument
        is not numeric, the shapes do not broadcast, or a single valuation has a metric that is not above zero
        or no peer left.

    Notes
    -----
    Damodaran, *Investment Valuation*, "Fundamental principles of relative valuation": leaving out losses
    makes an average of earnings multiples too high, so `n_dropped` belongs beside it. Baker and Ruback
    (1999), "Estimating industry multiples", find the harmonic mean the most precise.

    Examples
    --------
    In Excel: ``=100*MEDIAN(8,10,14)-150+20`` and the loss-making fourth peer by hand.

    >>> multiples_value(100.0, [8.0, 10.0, 14.0, -30.0], bridge={"cash": 20.0, "debt": 150.0}, shares=50.0)
    MultiplesValue(per_share: low=15.4, mid=17.4, high=21.4; n_peers=3, n_dropped=1, status=ok)
    >>> multiples_value(2.5, [12.0, 15.0, 20.0], basis="equity", average="harmonic_mean", per_share=True).mid
    37.5
    """
    _check_choices(basis, average, per_share=per_share, bridged=bridge is not None)
    ends = _as_quantiles(quantiles)
    size, multiples = as_float("metric", metric), as_periods("peers", peers)
    walk = as_bridge(bridge, shares)
    shape = broadcast_shape(metric=size, peers=multiples[..., 0], **walk.arrays())
    usable = _usable(multiples)
    if shape == ():
        _refuse_what_has_no_value(size, usable)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        low, high = (_quantile(usable, end) for end in ends)
        multiple = Range(low, _average(usable, average), high)
        base = np.where(size > 0, size, np.nan)
        results = [np.array(full(each, shape)) for each in finite_only(*(base * each for each in multiple))]
        enterprise, equity, by_share = _walked(results, basis, walk, per_share, shape)
    known = by_share if per_share or shares is not None else equity
    return MultiplesValue(
        multiple=Range(*(shaped(np.asarray(each), shape) for each in multiple)),
        enterprise_value=Range(*map(unwrap, enterprise)),
        equity_value=Range(*map(unwrap, equity)),
        value_per_share=Range(*map(unwrap, by_share)),
        per_share=per_share or shares is not None,
        n_peers=unwrap(full(usable.number, shape)),
        n_dropped=unwrap(full(np.asarray(multiples.shape[-1] - usable.number), shape)),
        status=statuses(
            shape,
            np.logical_and.reduce([np.isfinite(value) for value in known]),
            {ValuationStatus.METRIC_NOT_POSITIVE: size <= 0, ValuationStatus.NO_PEERS: usable.number == 0},
        ),
    )


def _walked(
    values: list[Array], basis: Basis, walk: Bridge, per_share: bool, shape: tuple[int, ...]
) -> tuple[list[Array], list[Array], list[Array]]:
    """Give enterprise value, equity value and value per share of what the multiples amount to."""
    nothing = [unknown(shape)] * len(values)
    shares = np.asarray(walk.by_share.get("shares", np.nan))
    if per_share:
        return nothing, [value * shares for value in values], values
    if basis == "equity":
        return nothing, values, [value / shares for value in values]
    bridges = [equity_bridge(value, **walk.amounts, **walk.by_share) for value in values]
    equity = [np.asarray(bridge.equity_value) for bridge in bridges]
    return values, equity, [np.asarray(bridge.value_per_share) for bridge in bridges]


def _usable(multiples: Array) -> _Peers:
    usable = np.isfinite(multiples) & (multiples > 0)
    return _Peers(np.sort(np.where(usable, multiples, np.inf), axis=-1), np.asarray(usable.sum(axis=-1)))


def _quantile(peers: _Peers, share: float) -> Array:
    """Interpolate between the two nearest of the usable multiples; NaN without any."""
    position = np.asarray(share * np.maximum(peers.number - 1, 0))
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(peers.number - 1, 0))
    lower, upper = (
        np.take_along_axis(peers.ordered, place[..., np.newaxis], axis=-1)[..., 0] for place in (below, above)
    )
    value = lower + (upper - lower) * (position - below)
    return np.where(peers.number > 0, value, np.nan)


def _average(peers: _Peers, average: Average) -> Array:
    if average == "median":
        return _quantile(peers, 0.5)
    ordered = np.moveaxis(peers.ordered, -1, 0)
    if average == "harmonic_mean":
        return quotient(np.asarray(peers.number, dtype=np.float64), sum_of_periods(1.0 / ordered))
    total = sum_of_periods(np.where(np.isinf(ordered), 0.0, ordered))
    return quotient(total, np.asarray(peers.number, dtype=np.float64))


def _check_choices(basis: Basis, average: Average, *, per_share: bool, bridged: bool) -> None:
    if basis not in ("enterprise", "equity"):
        raise InputError("basis", f'expected "enterprise" or "equity", got {basis!r}')
    if average not in ("median", "mean", "harmonic_mean"):
        raise InputError("average", f'expected "median", "mean" or "harmonic_mean", got {average!r}')
    if basis == "enterprise" and per_share:
        raise InputError(
            "per_share",
            "expected the whole company's metric for multiples of enterprise value, got a metric per share",
            advice='Give total EBITDA and the number of shares, or basis="equity"',
        )
    if basis == "equity" and bridged:
        raise InputError(
            "bridge",
            "expected no bridge for multiples of equity, which already count what is owed",
            advice='Leave bridge out, or give multiples of enterprise value with basis="enterprise"',
        )


def _as_quantiles(quantiles: object) -> tuple[float, float]:
    ends = as_float("quantiles", quantiles)  # type: ignore[arg-type]  # refuses what is not numeric
    if ends.shape != (2,) or not 0 <= ends[0] <= ends[1] <= 1:
        raise InputError("quantiles", f"expected two ascending numbers from 0 to 1, got {quantiles!r}")
    return float(ends[0]), float(ends[1])


def _refuse_what_has_no_value(metric: Array, peers: _Peers) -> None:
    refuse(
        "metric",
        metric,
        metric <= 0,
        "a figure above zero, as a multiple of a loss is no value",
        advice="Choose a metric that is positive, such as revenue or a forecast",
    )
    if peers.number == 0:
        raise InputError(
            "peers",
            "expected at least one multiple that is finite and above zero, got none",
            advice="Add peers, or choose a multiple that is positive for them",
        )
