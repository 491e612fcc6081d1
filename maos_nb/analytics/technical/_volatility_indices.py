"""Indices of how markets move, whatever the direction: choppiness, mass and ulcer."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.technical import _volatility_kernels as kernels
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._trend_gaps import along_runs
from maos_nb.analytics.technical._volatility_average import true_ranges
from maos_nb.analytics.technical._windows import rolling_max, rolling_mean, rolling_min, rolling_sum

__all__ = ["choppiness", "mass_index", "ulcer_index"]


@indicator(lambda window: window - 1)
def choppiness(
    high: Observations, low: Observations | None = None, close: Observations | None = None, window: int = 14
) -> Any:
    """Compare the way that prices went with the range in which they stayed.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars, two or more.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, around 100 where prices go to and fro (exactly 100 where each bar spans the whole range and
        opens no gap), near 0 in a straight line. NaN while a gap is in the window or in the close before it, and
        where prices did not move.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar, or `window` is not a whole number of at
        least 2.

    Notes
    -----
    ``100 * log10(sum of true ranges / (highest high - lowest low)) / log10(window)``: Dreiss (1993). The range is that
    of highs and lows, as at TradingView; others count the close before the window too. The first true range of all is
    high - low.

    Examples
    --------
    >>> choppiness([2.0, 2.0, 4.0], [1.0, 1.0, 2.0], [1.5, 2.0, 3.0], window=2)
    array([ nan, 100.,   0.])
    """
    n = as_count("window", window, minimum=2)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    room = true_ranges(highs, lows, closes)
    result, span = rolling_sum(room, n), rolling_max(highs.array, n)
    span -= rolling_min(lows.array, n, room)
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(result, span, out=result)
        np.log10(result, out=result)
    result *= 100.0 / np.log10(n)
    return highs.restore(result)


@indicator(lambda window, ema_window: 2 * (ema_window - 1) + window - 1)
def mass_index(
    high: Observations,
    low: Observations | None = None,
    window: int = 25,
    *,
    ema_window: int = 9,
    nan: NanRule = "skip",
) -> Any:
    """Sum how much wider ranges are than they were: a bulge above 27 that falls below 26.5 may announce a turn.

    Parameters
    ----------
    high, low : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Ratios summed.
    ema_window : int
        Of both exponential averages, each seeded with the mean of its first values.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar of which a price is missing: go on as if it had not been, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, around `window`. NaN at a bar of which a price is missing, and where there has been no range.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar, or a window is not a whole number of at
        least 1.

    Notes
    -----
    The sum of ``ema(high - low) / ema(ema(high - low))``: Dorsey, "The Mass Index", *Stocks & Commodities*
    (June 1992).

    Examples
    --------
    With averages of one bar every ratio is 1.

    >>> mass_index([11.0, 13.0, 12.0], [10.0, 12.5, 11.0], window=2, ema_window=1)
    array([nan,  2.,  2.])
    """
    n, n_ema, rule = as_count("window", window), as_count("ema_window", ema_window), as_nan_rule(nan)
    highs, lows = as_prices(("high", "low"), high, low)
    ranges, rooms = (highs.array - lows.array,), np.empty((3, highs.shape[1]))
    _, result = along_runs(kernels.mass_index_line, ranges, 2, rule, n, n_ema, rooms)
    return highs.restore(result)


@indicator(lambda window: 2 * (window - 1))
def ulcer_index(close: Observations, window: int = 14) -> Any:
    """Measure how deep and how long closes stay below their last high.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Closes of which the high is taken, and drawdowns averaged.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, in percent: 5.0 is a quadratic mean drawdown of 5%. NaN while a gap is among the last
        ``2 * window - 1`` closes.

    Raises
    ------
    InputError
        If closes are not numbers, or are infinite, or `window` is not a whole number of at least 1.

    Notes
    -----
    ``sqrt(mean((100 * (close / highest close - 1)) ** 2))``, both over `window`, as at StockCharts: Martin and McCann,
    *The Investor's Guide to Fidelity Funds* (1989).

    Examples
    --------
    Drawdowns of 10% and 0%: in Excel ``=SQRT(SUMSQ(-10,0)/2)``.

    >>> ulcer_index([100.0, 90.0, 95.0], window=2).round(6)
    array([     nan,      nan, 7.071068])
    """
    n = as_count("window", window)
    closes = as_columns("close", close)
    drawdown = rolling_max(closes.array, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(closes.array, drawdown, out=drawdown)
        drawdown -= 1.0
        drawdown *= drawdown
    result = rolling_mean(drawdown, n)
    np.sqrt(result, out=result)
    result *= 100.0
    return closes.restore(result)
