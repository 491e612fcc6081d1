"""Ichimoku: middles of ranges of three lengths, without the look ahead of its chart."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._volatility_bands import delayed
from maos_nb.analytics.technical._windows import rolling_max, rolling_min

__all__ = ["Ichimoku", "ichimoku"]


class Ichimoku(NamedTuple):
    """Ichimoku's lines, each in the kind of the prices given."""

    conversion: Any
    """Tenkan-sen: the middle of the shortest range."""
    base: Any
    """Kijun-sen: the middle of the medium range."""
    leading_a: Any
    """Senkou span A: the mean of those two."""
    leading_b: Any
    """Senkou span B: the middle of the longest range."""
    lagging: Any
    """Chikou span: the close, at its own bar."""


@indicator(lambda span_b, displaced, displacement: span_b - 1 + (displacement if displaced else 0))
def ichimoku(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    conversion: int = 9,
    base: int = 26,
    span_b: int = 52,
    *,
    displaced: bool = False,
    displacement: int = 26,
) -> Ichimoku:
    """Draw Ichimoku's lines, each where it is known.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    conversion, base, span_b : int
        Bars of the three ranges.
    displaced : bool
        Give the leading spans as the chart shows them, at the bar `displacement` later than the one they were known
        at: the cloud under a bar is the one of then. What would fall behind the last bar is left out.
    displacement : int
        Bars by which the chart moves the leading spans; charts that count the bar itself as the first give 25.

    Returns
    -------
    Ichimoku
        `conversion`, `base`, `leading_a`, `leading_b` and `lagging`, each like `high`, in units of price. NaN while a
        gap is in the window of a line. The lagging span is the close where it was paid: the chart draws it
        `displacement` bars earlier, where it was not known, which is for the eye and no input of a signal.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar, or a number of
        bars is not a whole number of at least 1.

    Notes
    -----
    Middles of ranges are ``(highest high + lowest low) / 2``: Hosoda, *Ichimoku Kinko Hyo* (1969). The lookback is
    that of `leading_b`, the last to begin.

    Examples
    --------
    >>> high, low = np.array([12.0, 14.0, 16.0]), np.array([10.0, 11.0, 13.0])
    >>> lines = ichimoku(high, low, low + 1.0, conversion=1, base=2, span_b=3)
    >>> lines.conversion, lines.base, lines.leading_b
    (array([11. , 12.5, 14.5]), array([ nan, 12. , 13.5]), array([nan, nan, 13.]))
    """
    bars = [as_count(name, n) for name, n in (("conversion", conversion), ("base", base), ("span_b", span_b))]
    n_later = as_count("displacement", displacement)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    room = highs.empty()
    short, medium, leading_b = (_middle(highs.array, lows.array, n, room) for n in bars)
    leading_a = np.add(short, medium, out=room)
    leading_a *= 0.5
    if displaced:
        leading_a, leading_b = delayed(leading_a, n_later), delayed(leading_b, n_later)
    return Ichimoku(*map(highs.restore, (short, medium, leading_a, leading_b, closes.array.copy())))


def _middle(high: Array, low: Array, n_bars: int, room: Array) -> Array:
    middle = rolling_max(high, n_bars)
    middle += rolling_min(low, n_bars, room)
    middle *= 0.5
    return middle
