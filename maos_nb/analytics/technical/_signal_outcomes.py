"""What came after a signal, set beside what came anyway."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._proportions import wilson
from maos_nb.analytics._records import figure
from maos_nb.analytics.technical._signal_statistics import (
    Resampling,
    days_counted,
    standard_errors,
    t_quantiles,
    two_sided,
)
from maos_nb.analytics.technical._signal_trades import Trades

__all__ = ["Judging", "SignalOutcome", "judged"]

# An error that is this part of the largest return is what rounding leaves of nothing.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, repr=False)
class SignalOutcome:
    """Trades on a signal over one horizon, in one part of the time, of one asset or of all.

    Parameters
    ----------
    sample : str
        ``"all"``, ``"in_sample"`` or ``"out_of_sample"``.
    horizon : int
        Bars that a trade lasts.
    asset : label or None
        None for all assets together.
    n_signals : int
        Signals that were traded and whose result is known.
    n_unknown : int
        Other signals of this time: without a price at entry or exit, not over by the end, or, in sample, not over
        before the part out of sample begins.
    n_effective : float
        How many independent trades would tell the mean as well: variance of the trades' returns over the
        squared standard error of their mean, no more than `n_signals`.
    hit_rate, hit_rate_interval
        Share of the trades with a gain after costs, and Wilson's interval for `n_effective` trades.
    base_hit_rate
        Share with a gain, without costs, of trades entered at any bar: the mean of the assets, weighted by their
        signals.
    mean_return, mean_return_interval
        Of a trade, after costs.
    base_return
        Mean of trades entered at any bar, without costs: the mean of the assets, weighted by their signals, so that
        which asset had signals is not mistaken for when they came.
    difference, difference_interval
        ``mean_return - base_return``.
    p_value : float
        How often a difference at least as far from 0 would be seen if in truth there were none: two-sided, after
        costs, for this one test alone.
    """

    sample: str
    horizon: int
    asset: Hashable
    n_signals: int
    n_unknown: int
    n_effective: float
    hit_rate: float
    hit_rate_interval: tuple[float, float]
    base_hit_rate: float
    mean_return: float
    mean_return_interval: tuple[float, float]
    base_return: float
    difference: float
    difference_interval: tuple[float, float]
    p_value: float

    def __repr__(self) -> str:
        low, high = self.difference_interval
        return (
            f"SignalOutcome({self.sample}, horizon={self.horizon}, asset={self.asset!r}, "
            f"n_signals={self.n_signals}, hit_rate={figure(self.hit_rate)}, "
            f"mean_return={figure(self.mean_return)}, base_return={figure(self.base_return)}, "
            f"difference={figure(self.difference)} [{figure(low)}, {figure(high)}])"
        )


@dataclass(frozen=True, slots=True)
class Judging:
    """How trades are judged."""

    cost: float
    level: float
    lags: int | None
    resampling: Resampling | None


def judged(
    trades: Trades,
    signal: BoolArray,
    span: tuple[int, int],
    *,
    sample: str,
    assets: tuple[Hashable, ...],
    judging: Judging,
) -> list[SignalOutcome]:
    """Judge signals whose trades lie within some bars: of all assets together first, then of each."""
    valid = np.zeros(signal.shape, dtype=bool)
    valid[:, span[0] : max(span[0], span[1] - trades.reach)] = True
    valid &= ~np.isnan(trades.returns)
    taken = signal & valid
    raised = _pooled(signal[:, slice(*span)].sum(axis=1))
    means = _means(trades, valid, taken, judging.cost)
    mean_spread, spread = _spreads(trades, valid, taken, means, slice(*span), judging)
    effective = _effective(trades.returns, taken, means, mean_spread.error)
    hit_low, hit_high = wilson(means.hits, effective, judging.level)
    returned, difference = means.returned - judging.cost, means.difference - judging.cost
    columns: dict[str, Any] = {
        "n_signals": means.counts,
        "n_unknown": raised - means.counts,
        "n_effective": effective,
        "hit_rate": means.hits,
        "hit_rate_interval": _pairs(hit_low, hit_high),
        "base_hit_rate": means.base_hits,
        "mean_return": returned,
        "mean_return_interval": _pairs(returned + mean_spread.low, returned + mean_spread.high),
        "base_return": means.base,
        "difference": difference,
        "difference_interval": _pairs(difference + spread.low, difference + spread.high),
        "p_value": spread.p_values(difference),
    }
    plain = {name: item if isinstance(item, list) else item.tolist() for name, item in columns.items()}
    rows = zip(assets, *plain.values(), strict=True)
    return [SignalOutcome(sample, trades.horizon, *row) for row in rows]


@dataclass(frozen=True, slots=True, eq=False)
class _Means:
    """Of all assets, then of each: returns before costs, hits after."""

    counts: npt.NDArray[np.int64]
    hits: Array
    returned: Array
    base_hits: Array
    base: Array

    @property
    def difference(self) -> Array:
        return self.returned - self.base


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """How far means may be off: bounds about each, and what tells a difference from none."""

    error: Array
    low: Array
    high: Array
    freedom: Array
    sums: Array | None

    def p_values(self, difference: Array) -> Array:
        known = ~np.isnan(self.low) & (self.error > 0)
        if self.sums is None:
            statistic = np.divide(difference, self.error, out=np.full(len(known), np.nan), where=known)
            return two_sided(statistic, self.freedom)
        extreme = (np.abs(self.sums) >= np.abs(difference)).sum(axis=0)
        return np.where(known, (1 + extreme) / (1 + len(self.sums)), np.nan)


def _means(trades: Trades, valid: BoolArray, taken: BoolArray, cost: float) -> _Means:
    counts, bars = taken.sum(axis=1), valid.sum(axis=1)
    # Without any signal the base rate of all is that of all their bars.
    weights = counts if counts.any() else bars
    returns = np.where(valid, trades.returns, 0.0)
    base = _ratio(returns.sum(axis=1), bars)
    base_hits = _ratio((returns > 0).sum(axis=1), bars)
    pooled = _pooled(counts)
    return _Means(
        pooled,
        _ratio(_pooled((taken & (returns > cost)).sum(axis=1)), pooled),
        _ratio(_pooled(np.where(taken, returns, 0.0).sum(axis=1)), pooled),
        _weighted(base_hits, weights),
        _weighted(base, weights),
    )


def _spreads(
    trades: Trades, valid: BoolArray, taken: BoolArray, means: _Means, days: slice, judging: Judging
) -> tuple[_Spread, _Spread]:
    """Give the spread of the mean returns, and of their differences from the base rates."""
    own = taken.astype(np.float64)
    positions = _pooled(trades.open_positions(own))[:, days]
    gains = _pooled(trades.daily(own))[:, days] - _a_day(means.returned, trades) * positions
    # A mean less the mean of all bars is a sum over all bars, whose weights cancel within each asset. Taken off is what
    # is expected of each bar, with a signal and without: the residuals of a regression on the signal.
    share = np.nan_to_num(_ratio(own.sum(axis=1), valid.sum(axis=1)))[:, np.newaxis]
    apart = np.where(valid, own - share, 0.0)
    shift = np.divide(np.square(apart), 1 - share, out=np.zeros(own.shape), where=valid & (share < 1))
    excess = trades.daily(apart) - _a_day(means.base[1:], trades) * trades.open_positions(apart)
    shifted = _a_day(means.difference, trades) * _pooled(trades.open_positions(shift))[:, days]
    excess = _pooled(excess)[:, days] - shifted
    nothing = ROUNDING * np.abs(trades.returns[valid]).max(initial=0.0)
    return (
        _spread(gains, positions, means.counts, judging, nothing),
        _spread(excess, positions, means.counts, judging, nothing),
    )


def _spread(
    terms: Array, positions: Array, counts: npt.NDArray[np.int64], judging: Judging, nothing: float
) -> _Spread:
    n_days = days_counted(positions)
    freedom = np.where(counts > 1, n_days - 1, 0.0)
    known = freedom > 0
    # Terms are taken from a mean that was fitted to them, as in a variance with ddof 1.
    fitted = np.sqrt(np.divide(n_days, n_days - 1, out=np.full(len(n_days), np.nan), where=known))
    scale = _ratio(fitted, counts)
    if judging.resampling is None:
        error = standard_errors(terms, judging.lags) * scale
        error = np.where(error <= nothing, 0.0, error)
        half = t_quantiles(0.5 + judging.level / 2, freedom) * error
        return _Spread(error, -half, half, freedom, None)
    sums = judging.resampling.sums(terms) * scale
    low, high = np.quantile(sums, [0.5 - judging.level / 2, 0.5 + judging.level / 2], axis=0)
    error = sums.std(axis=0)
    return _Spread(np.where(error <= nothing, 0.0, error), low, high, freedom, sums)


def _effective(returns: Array, taken: BoolArray, means: _Means, error: Array) -> Array:
    """Give the number of independent trades that would tell the mean as well."""
    counts, mean = means.counts, means.returned
    apart = np.where(taken, returns - mean[1:, np.newaxis], 0.0)
    together = returns[taken] - mean[0]
    squares = np.concatenate([[np.square(together).sum()], np.square(apart).sum(axis=1)])
    variance = _ratio(squares, counts - 1)
    # Several trades on one and the same day tell as much as one, where their error cannot be known.
    fewest = np.minimum(counts, 1.0)
    found = np.divide(variance, np.square(error), out=np.where(error == 0, counts, fewest), where=error > 0)
    return np.asarray(np.clip(found, fewest, counts))


def _a_day(mean: Array, trades: Trades) -> Array:
    """Spread the mean of a trade over its days; nothing where there is none."""
    return np.asarray(np.nan_to_num(mean)[:, np.newaxis] / trades.horizon)


def _pooled(by_asset: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Put the sum over all assets before them."""
    return np.concatenate([by_asset.sum(axis=0, keepdims=True), by_asset])


def _weighted(by_asset: Array, weights: npt.NDArray[np.int64]) -> Array:
    """Put the weighted mean over all assets before them."""
    total = np.where(weights > 0, by_asset * weights, 0.0).sum(keepdims=True)
    return np.concatenate([_ratio(total, weights.sum(keepdims=True)), by_asset])


def _ratio(total: npt.NDArray[Any], count: npt.NDArray[Any]) -> Array:
    """Divide; NaN where there is nothing to divide by."""
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))


def _pairs(low: Array, high: Array) -> list[tuple[float, float]]:
    return list(zip(low.tolist(), high.tolist(), strict=True))
