"""The value of a group as the sum of its segments, each by a multiple of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_fraction,
    as_periods,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._equity_bridge import equity_bridge
from maos_nb.analytics._periods import full, periods_first, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import as_bridge, quotient
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DiscountOn", "SumOfParts", "sum_of_parts"]

DiscountOn: TypeAlias = Literal["equity", "enterprise"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SumOfParts:
    """A sum-of-the-parts valuation.

    Parameters
    ----------
    names
        The segments.
    segment_values
        Value of the group's share in each segment, ``(..., n_segments)``.
    weights
        The same as a fraction of their sum, ``(..., n_segments)``; NaN for a sum of zero.
    gross_value
        Sum of `segment_values`, ``(...)``.
    discount
        Amount taken off for the group as a whole, ``(...)``.
    equity_value
        After the equity bridge and the discount, ``(...)``.
    value_per_share
        ``equity_value / shares``, ``(...)``; NaN without `shares`.
    """

    names: tuple[str, ...]
    segment_values: Array
    weights: Array
    gross_value: Float
    discount: Float
    equity_value: Float
    value_per_share: Float

    def __repr__(self) -> str:
        return (
            f"SumOfParts({', '.join(self.names)}: gross_value={figure(self.gross_value)}, "
            f"discount={figure(self.discount)}, equity_value={figure(self.equity_value)}, "
            f"value_per_share={figure(self.value_per_share)})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per segment, of a single valuation.

        Returns
        -------
        DataFrame
            Columns value and weight.

        Raises
        ------
        InputError
            If the record holds an array of valuations.
        """
        import pandas as pd

        if self.segment_values.ndim > 1:
            raise InputError(
                "to_frame",
                f"expected a single valuation, got segment_values of shape {self.segment_values.shape}",
            )
        columns = {"value": self.segment_values, "weight": self.weights}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="segment"))


def sum_of_parts(
    segments: Numeric,
    multiples: Numeric | None = None,
    *,
    names: Sequence[str] | None = None,
    ownership: Numeric = 1.0,
    holding_discount: Numeric = 0.0,
    discount_on: DiscountOn = "equity",
    shares: Numeric | None = None,
    bridge: Mapping[str, Numeric] | None = None,
) -> SumOfParts:
    """Value a group segment by segment, and walk from their sum to a value per share.

    Parameters
    ----------
    segments : array_like, shape (..., n_segments)
        Figure of each segment that its multiple is applied to, such as EBITDA; without `multiples` the
        enterprise value of each segment. Central costs are a segment with a negative figure.
    multiples : array_like, scalar or shape (..., n_segments), optional
        Multiple of each segment, zero or positive; a scalar or a last axis of length 1 is one for all.
    names : sequence of str, optional
        Name of each segment; ``"segment 1"`` and so on by default.
    ownership : array_like, scalar or shape (..., n_segments)
        Share of each segment that belongs to the group, from 0 to 1; where it is below 1, minorities must not
        be deducted again in `bridge`.
    holding_discount : array_like, shape (...)
        Fraction taken off for the group as a whole, from 0 to 1.
    discount_on : {"equity", "enterprise"}
        Whether the discount is taken off net asset value, after debt, or off the sum of the segments. What
        is negative is not discounted, which would raise it.
    shares : array_like, shape (...), optional
        Number of shares, above zero.
    bridge : mapping of str to array_like, optional
        What `equity_bridge` adds and deducts, by its names, options included:
        ``{"cash": 50.0, "debt": 650.0}``.

    Returns
    -------
    SumOfParts
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation; NaN
        where an argument that a value depends on is NaN.

    Raises
    ------
    InputError
        If there are no segments, their numbers differ, `names` are not as many different texts, a multiple is
        negative, `ownership` or `holding_discount` is outside [0, 1], `discount_on` is unknown, `bridge` has
        an unknown name, a negative amount or options without `shares`, `shares` is not above zero, an
        argument is not numeric or the shapes do not broadcast.

    Notes
    -----
    ``sum(figure x multiple x ownership)``, less net debt, times ``1 - discount``: Damodaran, *Investment
    Valuation*, "Sum of the parts".

    Examples
    --------
    In Excel: ``=(SUMPRODUCT({100,200,50},{15,7,9})-600)*(1-10%)``.

    >>> group = sum_of_parts(
    ...     [100.0, 200.0, 50.0],
    ...     [15.0, 7.0, 9.0],
    ...     names=["software", "industrial", "services"],
    ...     holding_discount=0.10,
    ...     bridge={"debt": 600.0},
    ...     shares=100.0,
    ... )
    >>> group.segment_values, round(group.equity_value, 2), round(group.value_per_share, 2)
    (array([1500., 1400.,  450.]), 2475.0, 24.75)
    """
    if discount_on not in ("equity", "enterprise"):
        raise InputError("discount_on", f'expected "equity" or "enterprise", got {discount_on!r}')
    figures = as_periods("segments", segments)
    count = figures.shape[-1]
    parts = {
        "segments": figures,
        "ownership": _as_by_segment("ownership", as_fraction("ownership", ownership), count),
    }
    if multiples is not None:
        parts["multiples"] = _as_by_segment("multiples", as_amount("multiples", multiples), count)
    share = as_fraction("holding_discount", holding_discount)
    walk = as_bridge(bridge, shares)
    shape = broadcast_shape(
        **{name: part[..., 0] for name, part in parts.items()}, holding_discount=share, **walk.arrays()
    )
    labels = _as_names(names, count)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = full(np.prod(np.broadcast_arrays(*parts.values()), axis=0), (*shape, count))
        gross = np.asarray(sum_of_periods(periods_first(values, len(shape))))
        equity, discount = _discounted(gross, share, discount_on, walk.amounts, shape)
        bridged = equity_bridge(equity, **walk.by_share)
        weights = quotient(values, gross[..., np.newaxis])
    return SumOfParts(
        names=labels,
        segment_values=values,
        weights=weights,
        gross_value=unwrap(gross),
        discount=unwrap(discount),
        equity_value=unwrap(equity),
        value_per_share=bridged.value_per_share,
    )


def _discounted(
    gross: Array,
    share: Array,
    discount_on: DiscountOn,
    amounts: Mapping[str, Numeric],
    shape: tuple[int, ...],
) -> tuple[Array, Array]:
    """Give equity value after the discount, and the discount."""
    before = (
        gross if discount_on == "enterprise" else np.asarray(equity_bridge(gross, **amounts).equity_value)
    )
    discount = full(np.asarray(np.maximum(before, 0.0) * share), shape)
    after = np.asarray(before - discount)
    if discount_on == "enterprise":
        after = np.asarray(equity_bridge(after, **amounts).equity_value)
    return full(after, shape), discount


def _as_by_segment(name: str, array: Array, count: int) -> Array:
    if array.ndim == 0:
        return array.reshape(1)
    if array.shape[-1] not in (1, count):
        raise InputError(
            name, f"expected {count} on the last axis, as many as segments, got shape {array.shape}"
        )
    return array


def _as_names(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    if names is None:
        return tuple(f"segment {place}" for place in range(1, count + 1))
    labels = tuple(names)
    if isinstance(names, str) or len(labels) != count or len(set(labels)) != count:
        raise InputError("names", f"expected {count} different names, one per segment, got {names!r}")
    return labels
