"""True ranges and Wilder's averages of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical import _volatility_kernels as kernels
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._trend_gaps import along_runs
from maos_nb.analytics.technical._volatility_parameters import RangeSeed, starts_late

__all__ = ["atr", "natr", "true_range", "true_ranges"]


@indicator(lambda seed: int(seed == "talib"))
def true_range(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    seed: RangeSeed = "wilder",
) -> Any:
    """Measure how far prices went in each bar, counted from the close before it.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    seed : {"wilder", "talib"}
        The first bar has no close before it: its range is high - low, or NaN.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, in units of price; `lookback` is 0, or 1 with ``seed="talib"``. NaN where one of the prices that
        it needs is: high and low of the bar, and the close before.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar, or `seed` is unknown.

    Notes
    -----
    ``max(high - low, |high - close_before|, |low - close_before|)``: Wilder, *New Concepts in Technical Trading
    Systems* (1978).

    Examples
    --------
    >>> true_range([11.0, 13.0], [10.0, 12.5], [10.5, 12.75])
    array([1. , 2.5])
    """
    dropped = starts_late(seed)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    result = true_ranges(highs, lows, closes)
    result[:, :dropped] = np.nan
    return highs.restore(result)


@indicator(lambda window, seed: window - 1 + (seed == "talib"))
def atr(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 14,
    *,
    seed: RangeSeed = "wilder",
    nan: NanRule = "skip",
) -> Any:
    """Average the true range as Wilder did.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Wilder's ``n``: each bar weighs ``1 / n``, half of what it does in an exponential average of ``n``.
    seed : {"wilder", "talib"}
        Start with the mean of the first `window` true ranges, of which the very first is high - low (Wilder,
        StockCharts), or leave that one out (TA-Lib): then all come a bar later.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar of which a price is missing: go on as if it had not been, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, in units of price. NaN at a bar of which a price is missing.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar; `window` is not a whole number of at
        least 1; `seed` or `nan` is unknown.

    Notes
    -----
    ``atr = atr_before + (true_range - atr_before) / window``: Wilder, *New Concepts in Technical Trading Systems*
    (1978).

    Examples
    --------
    >>> atr([11.0, 13.0, 13.0], [10.0, 12.5, 12.0], [10.5, 12.75, 12.5], window=2)
    array([  nan, 1.75 , 1.375])
    """
    return _averaged(high, low, close, window, seed, nan, is_relative=False)


@indicator(lambda window, seed: window - 1 + (seed == "talib"))
def natr(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 14,
    *,
    seed: RangeSeed = "wilder",
    nan: NanRule = "skip",
) -> Any:
    """Average the true range as Wilder did, in percent of the close.

    Parameters
    ----------
    high, low, close, window, seed, nan
        As in `atr`.

    Returns
    -------
    Series, DataFrame or array
        Like `high`: ``100 * atr / close``; 2.0 is 2%. NaN where `atr` is, and where both are 0.

    Raises
    ------
    InputError
        As in `atr`.

    Notes
    -----
    Forman, "Cross-Market Evaluations With Normalized Average True Range", *Stocks & Commodities* (May 2006).

    Examples
    --------
    >>> natr([11.0, 13.0, 13.0], [10.0, 12.5, 12.0], [10.5, 12.5, 12.5], window=2)
    array([nan, 14., 11.])
    """
    return _averaged(high, low, close, window, seed, nan, is_relative=True)


def true_ranges(high: Columns, low: Columns, close: Columns) -> Array:
    """Give true ranges ``(n_assets, n_observations)``, of which the first is high - low."""
    result = high.empty()
    kernels.true_range_rows(high.array, low.array, close.array, result)
    return result


def _averaged(
    high: Observations,
    low: Observations | None,
    close: Observations | None,
    window: int,
    seed: str,
    nan: str,
    *,
    is_relative: bool,
) -> Any:
    n, dropped, rule = as_count("window", window), starts_late(seed), as_nan_rule(nan)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    tables = (highs.array, lows.array, closes.array)
    (result,) = along_runs(kernels.average_true_range, tables, 1, rule, n, dropped, is_relative)
    return highs.restore(result)
