"""Levels from confirmed swings: support and resistance, and Fibonacci retracements."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Float, Numeric, as_count, as_float, broadcast, unwrap
from maos_nb.analytics.technical import _level_kernels as kernels
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._swings import latest, swing_highs, swing_lows
from maos_nb.analytics.technical._volatility_parameters import as_positive

__all__ = [
    "FibonacciRetracements",
    "SupportResistance",
    "fibonacci_level",
    "fibonacci_retracements",
    "support_resistance",
]


class SupportResistance(NamedTuple):
    """The levels next to the close, and how many swings made each; every line like the prices."""

    support: Any
    resistance: Any
    support_touches: Any
    resistance_touches: Any


class FibonacciRetracements(NamedTuple):
    """The last leg between swings, and how far back from its end prices may come; every line like the prices."""

    start: Any
    end: Any
    level_236: Any
    level_382: Any
    level_500: Any
    level_618: Any
    level_786: Any


RATIOS = (0.236, 0.382, 0.5, 0.618, 0.786)


@indicator(lambda bars: 2 * bars)
def support_resistance(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    bars: int = 5,
    *,
    tolerance: float = 0.01,
    touches: int = 2,
    memory: int = 252,
) -> SupportResistance:
    """Find the prices next to the close at which swings have turned before.

    Each swing, when it is confirmed, joins the nearest level within the tolerance, which moves to the mean of
    its swings, or makes a level of its own. Highs and lows make the same levels: what was resistance may be
    support.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    bars : int
        On each side of a swing, as of `swing_points`.
    tolerance : float
        How far a swing may be from the level that it joins, as a share of it.
    touches : int
        Swings that make a level worth telling.
    memory : int
        Bars after which a level is forgotten that no further swing has confirmed.

    Returns
    -------
    SupportResistance
        ``support`` is the highest level at or below the close, ``resistance`` the lowest one above, each with
        its number of swings, like `high`. NaN where there is none, and at a bar without close; before
        `lookback` there is none.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, or differ in shape or labels, prices cannot be of one bar,
        rows are not in order; a number of bars or `touches` is not a whole number of at least 1; `tolerance`
        is not above 0.

    Examples
    --------
    >>> prices = [10.0, 12.0, 11.0, 13.0, 11.05, 12.0, 12.5]
    >>> support_resistance(prices, prices, prices, bars=1).support.round(3)
    array([   nan,    nan,    nan,    nan,    nan, 11.025, 11.025])
    """
    count, n_touches, n_memory = (
        as_count("bars", bars),
        as_count("touches", touches),
        as_count("memory", memory),
    )
    share = as_positive("tolerance", tolerance)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    tops, bottoms = swing_highs(highs.array, count), swing_lows(lows.array, count)
    # Two swing highs are more than `bars` bars apart, so that no more levels are remembered at once.
    n_levels = 2 * (min(n_memory, closes.shape[1]) // (count + 1) + 2)
    lines = tuple(closes.empty() for _ in range(4))
    kernels.nearest_levels(
        tops, bottoms, closes.array, share, n_touches, n_memory, np.empty((3, n_levels)), *lines
    )
    return SupportResistance(*(closes.restore(line) for line in lines))


@indicator(lambda bars: 2 * bars + 1)
def fibonacci_retracements(
    high: Observations, low: Observations | None = None, bars: int = 5
) -> FibonacciRetracements:
    """Divide the leg between the last swing high and the last swing low at the usual ratios.

    Parameters
    ----------
    high, low : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    bars : int
        On each side of a swing, as of `swing_points`.

    Returns
    -------
    FibonacciRetracements
        ``start`` and ``end`` of the leg, from the earlier extreme to the later one, and the prices at which
        23.6%, 38.2%, 50%, 61.8% and 78.6% of it are lost again, each like `high`. They stay until the next
        swing is confirmed. NaN until there is a swing of either kind, and where both are one bar.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, or differ in shape or labels, high is below low, rows are not
        in order, or `bars` is not a whole number of at least 1.

    Notes
    -----
    The first leg may come later than `lookback`, never before.

    Examples
    --------
    >>> prices = [11.0, 10.0, 15.0, 20.0, 18.0, 17.0]
    >>> leg = fibonacci_retracements(prices, prices, bars=1)
    >>> float(leg.start[-1]), float(leg.end[-1]), float(leg.level_382[-1])
    (10.0, 20.0, 16.18)
    """
    count = as_count("bars", bars)
    highs, lows = as_prices(("high", "low"), high, low)
    top, top_row = latest(swing_highs(highs.array, count))
    bottom, bottom_row = latest(swing_lows(lows.array, count))
    is_known = (top_row >= 0) & (bottom_row >= 0) & (top_row != bottom_row)
    is_up = top_row > bottom_row
    start = np.where(is_known, np.where(is_up, bottom, top), np.nan)
    end = np.where(is_known, np.where(is_up, top, bottom), np.nan)
    lines = (start, end, *(end - ratio * (end - start) for ratio in RATIOS))
    return FibonacciRetracements(*(highs.restore(line) for line in lines))


def fibonacci_level(start: Numeric, end: Numeric, ratio: Numeric) -> Float:
    """Give the price at which a share of a leg is lost again.

    Parameters
    ----------
    start, end : array_like
        Prices between which the leg went, up or down.
    ratio : array_like
        The share: 0.618; above 1 it lies beyond the start, below 0 beyond the end.

    Returns
    -------
    float or ndarray
        ``end - ratio * (end - start)``, broadcast; NaN where an argument is.

    Raises
    ------
    InputError
        If an argument is no number, or shapes do not broadcast.

    Examples
    --------
    >>> fibonacci_level(10.0, 20.0, [0.5, 0.618, 1.0])
    array([15.  , 13.82, 10.  ])
    """
    held = {"start": as_float("start", start), "end": as_float("end", end), "ratio": as_float("ratio", ratio)}
    starts, ends, ratios = broadcast(**held)
    return unwrap(np.asarray(ends - ratios * (ends - starts)))
