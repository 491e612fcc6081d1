"""Closes beyond everything that the bars before have seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._signal_panels import moved, over_window

__all__ = ["breakdown", "breakout"]


@indicator(lambda window: window)
def breakout(
    high: Observations, low: Observations | None = None, close: Observations | None = None, window: int = 20
) -> Any:
    """Tell at which bars the close is above the highest high of the bars before.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, or one `Ohlcv` record alone; the lows take no part, so that the same arguments serve `breakdown`.
    window : int
        Number of bars before, this one not among them.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the kind of `close`, with its labels. True again at every new high; `onset` keeps the first of a run.
        False where a high of the window, or the close, is NaN, and before bar `window`.

    Raises
    ------
    InputError
        If prices are not numeric or infinite, differ in kind, shape or labels, or cannot be of one bar, or `window`
        is not a whole number of at least 1.

    Notes
    -----
    The upper Donchian channel of the day before; with 20 and 55 days the entries of the Turtle traders (Faith, *Way
    of the Turtle*). With today's own high in the window there would be no breakout ever.

    Examples
    --------
    >>> prices = np.array([10.0, 11.0, 10.5, 11.5, 12.0])
    >>> breakout(prices, prices, prices, 2)
    array([False, False, False,  True,  True])
    """
    highs, _, closes = as_prices(("high", "low", "close"), high, low, close)
    before = moved(over_window(np.maximum, highs.array, as_count("window", window), np.nan), 1, np.nan)
    return closes.restore(closes.array > before)


@indicator(lambda window: window)
def breakdown(
    high: Observations, low: Observations | None = None, close: Observations | None = None, window: int = 20
) -> Any:
    """Tell at which bars the close is below the lowest low of the bars before.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, or one `Ohlcv` record alone; the highs take no part, so that the same arguments serve `breakout`.
    window : int
        Number of bars before, this one not among them.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the kind of `close`, with its labels. True again at every new low; `onset` keeps the first of a run.
        False where a low of the window, or the close, is NaN, and before bar `window`.

    Raises
    ------
    InputError
        If prices are not numeric or infinite, differ in kind, shape or labels, or cannot be of one bar, or `window`
        is not a whole number of at least 1.

    Notes
    -----
    The lower Donchian channel of the day before, as in `breakout`.

    Examples
    --------
    >>> prices = np.array([12.0, 11.0, 11.5, 10.5, 10.0])
    >>> breakdown(prices, prices, prices, 2)
    array([False, False, False,  True,  True])
    """
    _, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    before = moved(over_window(np.minimum, lows.array, as_count("window", window), np.nan), 1, np.nan)
    return closes.restore(closes.array < before)
