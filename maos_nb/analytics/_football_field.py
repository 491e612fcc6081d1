"""The ranges of several valuation methods side by side, what they have in common, and their blend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_float,
    broadcast,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._multiples import MultiplesValue
from maos_nb.analytics._periods import full, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import Range, quotient
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FootballField", "football_field"]

Bounds: TypeAlias = MultiplesValue | Sequence[Numeric]

_TOLERANCE = 1e-9  # weights typed as decimals, such as 0.1 three times, are this close to their sum


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FootballField:
    """The ranges of several valuation methods.

    Parameters
    ----------
    methods
        The methods, in the order given.
    low, mid, high
        Range of each method, ``(..., n_methods)``.
    weights
        Weight of each method in the blend, ``(n_methods,)``.
    per_share
        Whether the values were divided by a number of shares here.
    overlap_low, overlap_high
        The range that is common to all methods, ``(...)``; NaN where there is none, or one is NaN.
    blended
        Weighted low, mid and high, each ``(...)``. A method of weight zero does not count, even if NaN.
    price
        What the blend is compared with, or None.
    upside
        ``blended.mid / price - 1``, ``(...)``; NaN without a price.
    """

    methods: tuple[str, ...]
    low: Array
    mid: Array
    high: Array
    weights: Array
    per_share: bool
    overlap_low: Float
    overlap_high: Float
    blended: Range
    price: Float | None
    upside: Float

    def __repr__(self) -> str:
        return (
            f"FootballField({', '.join(self.methods)}: "
            f"overlap={figure(self.overlap_low)} to {figure(self.overlap_high)}, "
            f"blended={figure(self.blended.mid)}, upside={figure(self.upside)})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per method.

        Returns
        -------
        DataFrame
            Columns low, mid, high and weight, indexed by method; for an array of valuations indexed by case,
            counted from 0, and method.
        """
        import pandas as pd

        index: pd.Index[str] | pd.MultiIndex = pd.Index(self.methods, name="method")
        n_cases = self.low.size // len(self.methods)
        if self.low.ndim > 1:
            index = pd.MultiIndex.from_product([range(n_cases), self.methods], names=["case", "method"])
        columns = {name: np.ravel(getattr(self, name)) for name in ("low", "mid", "high")}
        return pd.DataFrame({**columns, "weight": np.tile(self.weights, n_cases)}, index=index)


def football_field(
    ranges: Mapping[str, Bounds],
    *,
    weights: Mapping[str, float] | None = None,
    shares: Numeric | None = None,
    price: Numeric | None = None,
) -> FootballField:
    """Put the ranges of several valuation methods side by side, and blend them.

    Parameters
    ----------
    ranges : mapping of str to (low, high), (low, mid, high) or MultiplesValue
        The range of each method, all in one unit: of all equity, or per share. Each number may be an array
        ``(...)``. Without a mid it is halfway.
    weights : mapping of str to float, optional
        Weight of each method, from 0 to 1 and together 1; equal by default.
    shares : array_like, shape (...), optional
        Number of shares by which to divide everything, above zero; for ranges of all equity.
    price : array_like, shape (...), optional
        What the blend is compared with, in the unit of the result, above zero.

    Returns
    -------
    FootballField
        The ranges, their overlap and their blend. NaN in a range makes the overlap NaN, and the blend unless
        the method's weight is zero.

    Raises
    ------
    InputError
        If there are no methods, a range is not two or three numbers or has a low above its high, `weights`
        are not those of the same methods, one is outside [0, 1] or they do not sum to 1, `shares` or `price`
        is not above zero, `shares` comes with ranges that are per share already, ranges per share are mixed
        with ranges of equity, an argument is not numeric or the shapes do not broadcast.

    Notes
    -----
    A mid outside its range stays as it is: an arithmetic mean may lie above the upper quartile. The overlap is
    ``max(low)`` to ``min(high)``.

    Examples
    --------
    >>> field = football_field(
    ...     {"dcf": (18.0, 22.0, 27.0), "ev/ebitda": (15.4, 17.4, 21.4), "52 weeks": (14.0, 20.0)},
    ...     weights={"dcf": 0.6, "ev/ebitda": 0.4, "52 weeks": 0.0},
    ...     price=18.5,
    ... )
    >>> field
    FootballField(dcf, ev/ebitda, 52 weeks: overlap=18 to 20, blended=20.16, upside=0.0897297)
    """
    if not isinstance(ranges, Mapping) or not ranges:
        raise InputError("ranges", "expected a dictionary of methods, each with its low and high")
    bounds = {str(method): _as_range(f'ranges["{method}"]', given) for method, given in ranges.items()}
    shares_of = _as_weights(weights, tuple(ranges))
    units = _as_units(ranges, shares)
    extra = {
        name: _above_zero(name, value)
        for name, value in (("shares", shares), ("price", price))
        if value is not None
    }
    shape = broadcast_shape(**{method: range_.low for method, range_ in bounds.items()}, **extra)
    with np.errstate(over="ignore", invalid="ignore"):
        low, mid, high = (
            np.stack([full(array, shape) for array in arrays], axis=-1)
            for arrays in zip(*bounds.values(), strict=True)
        )
        if "shares" in extra:
            low, mid, high = (array / extra["shares"][..., np.newaxis] for array in (low, mid, high))
        blended = Range(*(_blended(array, shares_of) for array in (low, mid, high)))
        bottom, top = _overlap(low, high)
        upside = quotient(blended.mid, extra["price"]) - 1.0 if "price" in extra else np.full(shape, np.nan)
    return FootballField(
        methods=tuple(bounds),
        low=low,
        mid=mid,
        high=high,
        weights=shares_of,
        per_share=units,
        overlap_low=unwrap(bottom),
        overlap_high=unwrap(top),
        blended=Range(*map(unwrap, blended)),
        price=unwrap(extra["price"]) if "price" in extra else None,
        upside=unwrap(np.asarray(upside)),
    )


def _overlap(low: Array, high: Array) -> tuple[Array, Array]:
    bottom, top = np.asarray(low.max(axis=-1)), np.asarray(high.min(axis=-1))
    common = bottom <= top
    return np.where(common, bottom, np.nan), np.where(common, top, np.nan)


def _blended(values: Array, weights: Array) -> Array:
    counts = weights > 0
    methods = np.moveaxis(values[..., counts] * weights[counts], -1, 0)
    return sum_of_periods(methods)


def _as_range(label: str, given: Bounds) -> Range:
    bounds = given.value if isinstance(given, MultiplesValue) else given
    if not isinstance(bounds, tuple | list) or len(bounds) not in (2, 3):
        raise InputError(label, f"expected (low, high) or (low, mid, high), got {bounds!r}")
    low, high = as_float(f"{label} low", bounds[0]), as_float(f"{label} high", bounds[-1])
    low, high = broadcast(low=low, high=high)
    with np.errstate(over="ignore", invalid="ignore"):
        width = np.asarray(high - low)
        halfway = np.asarray(low + width / 2)
    refuse(f"{label} high minus low", width, width < 0, "a low that is not above the high")
    mid = halfway if len(bounds) == 2 else as_float(f"{label} mid", bounds[1])
    return Range(*broadcast(low=low, mid=mid, high=high))


def _as_units(ranges: Mapping[str, Bounds], shares: Numeric | None) -> bool:
    """Say whether the result is per share for certain; refuse units that cannot go together."""
    known = {name: given.per_share for name, given in ranges.items() if isinstance(given, MultiplesValue)}
    by_share = [name for name, per_share in known.items() if per_share]
    if shares is not None and by_share:
        raise InputError(
            "shares", f"expected ranges of all equity to divide, got {', '.join(by_share)} per share"
        )
    if len(set(known.values())) > 1:
        raise InputError(
            "ranges", f"expected one unit, got {', '.join(by_share)} per share and others of equity"
        )
    return shares is not None or bool(by_share)


def _above_zero(name: str, value: Numeric) -> Array:
    array = as_float(name, value)
    refuse(name, array, array <= 0, "a number above zero")
    return array


def _as_weights(weights: object, methods: tuple[str, ...]) -> Array:
    if weights is None:
        return np.full(len(methods), 1.0 / len(methods))
    if not isinstance(weights, Mapping) or set(weights) != set(methods):
        came = ", ".join(map(str, weights)) if isinstance(weights, Mapping) else type(weights).__name__
        raise InputError(
            "weights", f"expected one for each method ({', '.join(map(str, methods))}), got {came}"
        )
    given = [as_float(f'weights["{method}"]', weights[method]) for method in methods]
    for method, weight in zip(methods, given, strict=True):
        if weight.ndim or not 0 <= weight <= 1:
            raise InputError(f'weights["{method}"]', f"expected one number from 0 to 1, got {weight}")
    array = np.array(given)
    if abs(array.sum() - 1) > _TOLERANCE:
        raise InputError(
            "weights",
            f"expected a sum of 1, got {array.sum():.12g}",
            advice="Divide all weights by their sum",
        )
    return array
