"""Pivot points: levels of a bar from the high, low and close of the period before."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.technical._calendar_periods import Period, first_bars
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.errors import InputError

__all__ = ["PivotMethod", "PivotPoints", "pivot_points"]

PivotMethod: TypeAlias = Literal["classic", "fibonacci", "camarilla", "woodie"]

_OBSERVATIONS_AT_ONCE = 1 << 14
"""A dozen such tables stay in a second-level cache."""

IntArray: TypeAlias = npt.NDArray[np.intp]

_FIBONACCI = (0.382, 0.618, 1.0, np.nan)
_CAMARILLA = (1.1 / 12, 1.1 / 6, 1.1 / 4, 1.1 / 2)


class PivotPoints(NamedTuple):
    """The pivot, and resistances above and supports below it, from the nearest on; every line like the prices."""

    pivot: Any
    r1: Any
    r2: Any
    r3: Any
    r4: Any
    s1: Any
    s2: Any
    s3: Any
    s4: Any


@indicator(lambda: 1)
def pivot_points(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    method: PivotMethod = "classic",
    period: Period | None = None,
) -> PivotPoints:
    """Work out levels from the high, low and close of the bar, or the calendar period, before.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    method : {"classic", "fibonacci", "camarilla", "woodie"}
        Which levels; see the notes.
    period : {"day", "week", "month", "quarter", "year"}, optional
        Take the calendar period before, by the dates of the rows; levels are the same for all bars of one
        period. Without it, the bar before.

    Returns
    -------
    PivotPoints
        ``pivot``, ``r1`` to ``r4`` and ``s1`` to ``s4``, each like `high`; NaN in the first period, and after
        one with a gap: in high or low at any of its bars, in the close at its last. ``r4`` and ``s4`` are NaN
        for ``"fibonacci"``, which has no fourth level.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, or differ in shape or labels, prices cannot be of one bar,
        rows are not in order; `method` or `period` is unknown, or rows have no dates where `period` needs
        them.

    Notes
    -----
    With H, L and C of the period before, and the pivot P = (H + L + C) / 3:

    - classic: R1 = 2 P - L, R2 = P + H - L, R3 = 2 P + H - 2 L, R4 = 3 P + H - 3 L; supports alike (StockCharts has
      the first two).
    - fibonacci: P and 0.382, 0.618 and 1 times H - L.
    - camarilla: C and 1.1/12, 1.1/6, 1.1/4 and 1.1/2 times H - L.
    - woodie: as classic, with P = (H + L + 2 C) / 4.

    `lookback` is 1 without a period; with one it is as many bars as the first period has.

    Examples
    --------
    >>> levels = pivot_points([12.0, 13.0], [9.0, 11.0], [10.5, 12.0])
    >>> levels.pivot, levels.r1, levels.s1
    (array([ nan, 10.5]), array([nan, 12.]), array([nan,  9.]))
    """
    if method not in get_args(PivotMethod):
        raise InputError(
            "method", f"expected {' or '.join(map(repr, get_args(PivotMethod)))}, got {method!r}"
        )
    held = as_prices(("high", "low", "close"), high, low, close)
    lines = np.empty((len(PivotPoints._fields), *held[0].shape))
    rows = max(1, _OBSERVATIONS_AT_ONCE // max(held[0].shape[1], 1))
    before = _places_before(held[0], period)
    for row in range(0, held[0].shape[0], rows):
        part = tuple(each.array[row : row + rows] for each in held)
        _fill(method, *_before(part, before), lines[:, row : row + rows])
    return PivotPoints(*(held[0].restore(line) for line in lines))


def _fill(method: PivotMethod, highs: Array, lows: Array, closes: Array, lines: Array) -> None:
    span = highs - lows
    pivot = (highs + lows + 2 * closes) / 4 if method == "woodie" else (highs + lows + closes) / 3
    lines[0] = pivot
    for k in range(4):
        if method in ("fibonacci", "camarilla"):
            middle = pivot if method == "fibonacci" else closes
            reach = span * (_FIBONACCI if method == "fibonacci" else _CAMARILLA)[k]
            lines[1 + k], lines[5 + k] = middle + reach, middle - reach
        elif k == 0:
            lines[1], lines[5] = 2 * pivot - lows, 2 * pivot - highs
        else:
            lines[1 + k], lines[5 + k] = k * (pivot - lows) + highs, lows - k * (highs - pivot)


def _places_before(columns: Columns, period: Period | None) -> tuple[IntArray, IntArray]:
    """Give where periods begin, and for each bar the number of the period before, -1 in the first."""
    length = columns.shape[1]
    starts = np.ones(length, dtype=np.bool_) if period is None else first_bars("period", period, columns)
    return np.flatnonzero(starts), np.cumsum(starts) - 2


def _before(part: tuple[Array, ...], places: tuple[IntArray, IntArray]) -> tuple[Array, Array, Array]:
    """Give each bar the high, low and close of the period before."""
    high, low, close = part
    firsts, numbers = places
    if len(firsts) < high.shape[1]:
        high = np.maximum.reduceat(high, firsts, axis=1)
        low = np.minimum.reduceat(low, firsts, axis=1)
        close = close[:, np.append(firsts[1:], close.shape[1]) - 1]
    of_bars = [np.where(numbers < 0, np.nan, np.take(table, numbers, axis=1)) for table in (high, low, close)]
    return of_bars[0], of_bars[1], of_bars[2]
