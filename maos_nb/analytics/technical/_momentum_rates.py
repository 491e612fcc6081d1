"""Prices against earlier prices and against means: rates of change and what is summed of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float
from maos_nb.analytics.technical import _momentum_kernels as kernels
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._momentum_averages import as_fast_and_slow
from maos_nb.analytics.technical._momentum_gaps import chunks, empty_lines
from maos_nb.analytics.technical._momentum_ranges import rooms
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._windows import rolling_mean, rolling_weighted_mean
from maos_nb.errors import InputError

__all__ = [
    "Kst",
    "awesome_oscillator",
    "coppock",
    "dpo",
    "kst",
    "momentum",
    "roc",
    "ultimate_oscillator",
]


class Kst(NamedTuple):
    """Pring's "know sure thing", each line in the kind of the prices given."""

    kst: Any
    """The weighted sum of four smoothed rates of change, in percent."""
    signal: Any
    """The mean of the last `kst`."""


@indicator(lambda window: window)
def momentum(close: Observations, window: int = 10) -> Any:
    """Subtract the close of some bars ago.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Bars back.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, in units of price. NaN where one of the two closes is missing.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `window` is not a whole number of at least 1.

    Notes
    -----
    ``close - close[window bars ago]``, as TA-Lib's MOM.

    Examples
    --------
    >>> momentum([10.0, 11.0, 10.5, 12.0], window=2)
    array([nan, nan, 0.5, 1. ])
    """
    n = as_count("window", window)
    closes = as_columns("close", close)
    x, result = closes.array, closes.empty()
    result[:, :n] = np.nan
    with np.errstate(over="ignore"):
        np.subtract(x[:, n:], x[:, : max(x.shape[1] - n, 0)], out=result[:, n:])
    return closes.restore(result)


@indicator(lambda window: window)
def roc(close: Observations, window: int = 10) -> Any:
    """Give the percentage by which the close has changed in some bars.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Bars back.

    Returns
    -------
    Series, DataFrame or array
        Like `close`; 2.0 is 2%. NaN where one of the two closes is missing or the earlier one is zero (TA-Lib gives 0
        there).

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `window` is not a whole number of at least 1.

    Notes
    -----
    ``100 * (close - earlier) / earlier``, as TA-Lib's ROC.

    Examples
    --------
    >>> roc([10.0, 11.0, 10.5, 12.1], window=2)
    array([nan, nan,  5., 10.])
    """
    n = as_count("window", window)
    closes = as_columns("close", close)
    result = closes.empty()
    _fill_rates(closes.array, n, result)
    return closes.restore(result)


@indicator(
    lambda rates, averages: max(rate + average - 1 for rate, average in zip(rates, averages, strict=True))
)
def kst(
    close: Observations,
    rates: Sequence[int] = (10, 15, 20, 30),
    averages: Sequence[int] = (10, 10, 10, 15),
    signal: int = 9,
    *,
    weights: Sequence[float] = (1.0, 2.0, 3.0, 4.0),
) -> Kst:
    """Add up smoothed rates of change of several spans: Pring's "know sure thing".

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    rates : sequence of int
        Bars back of each rate of change.
    averages : sequence of int
        Bars of the mean of each.
    signal : int
        Bars of the mean of the sum.
    weights : sequence of float
        What each counts.

    Returns
    -------
    Kst
        `kst` and `signal`, each like `close`, in percent. `lookback` is that of `kst`; the signal comes
        ``signal - 1`` bars later. NaN while a gap, or a close of zero to compare with, is in one of the windows.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; a number of bars is not a whole number of at least 1;
        `rates`, `averages` and `weights` are not equally many, or none, or weights are not finite numbers.

    Notes
    -----
    ``sum of weight * mean(roc(close, rate), average)``; daily settings as by StockCharts: Pring, "Summed Rate of
    Change (KST)", *Stocks & Commodities* (1992).

    Examples
    --------
    >>> kst([10.0, 11.0, 12.1, 13.31, 14.641], rates=(1, 2), averages=(2, 1), weights=(1, 2), signal=2).kst
    array([nan, nan, 52., 52., 52.])
    """
    spans = [as_count("rates", rate) for rate in rates]
    means = [as_count("averages", average) for average in averages]
    shares = as_float("weights", weights, finite=True)
    if not len(spans) == len(means) == shares.size or not spans:
        raise InputError(
            "rates, averages and weights",
            f"expected as many of each, got {len(spans)}, {len(means)} and {shares.size}",
        )
    n_signal = as_count("signal", signal)
    closes = as_columns("close", close)
    line, average = empty_lines(2, closes.shape)
    for rows in chunks(closes.shape):
        rate, mean = np.empty_like(line[rows]), np.empty_like(line[rows])
        line[rows] = 0.0
        for span, n_mean, share in zip(spans, means, shares.ravel().tolist(), strict=True):
            _fill_rates(closes.array[rows], span, rate)
            with np.errstate(invalid="ignore", over="ignore"):
                line[rows] += share * rolling_mean(rate, n_mean, mean)
        rolling_mean(line[rows], n_signal, average[rows])
    return Kst(closes.restore(line), closes.restore(average))


@indicator(lambda long, short, average: max(long, short) + average - 1)
def coppock(close: Observations, long: int = 14, short: int = 11, average: int = 10) -> Any:
    """Average the sum of two rates of change, the newest the heaviest: Coppock's curve.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, of months as Coppock meant it.
    long, short : int
        Bars back of the two rates of change.
    average : int
        Bars of the mean with weights 1 to `average`.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, in percent. NaN while a gap, or a close of zero to compare with, is in the window.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; a number of bars is not a whole number of at least 1.

    Notes
    -----
    ``weighted mean of roc(close, 14) + roc(close, 11)``: Coppock, "Realistic Stock Market Forecasting", *Barron's*
    (1962).

    Examples
    --------
    >>> coppock([10.0, 11.0, 12.1, 13.31], long=2, short=1, average=2)
    array([nan, nan, nan, 31.])
    """
    n_long, n_short, n = as_count("long", long), as_count("short", short), as_count("average", average)
    closes = as_columns("close", close)
    result = closes.empty()
    for rows in chunks(closes.shape):
        total, rate = np.empty_like(result[rows]), np.empty_like(result[rows])
        _fill_rates(closes.array[rows], n_long, total)
        _fill_rates(closes.array[rows], n_short, rate)
        with np.errstate(invalid="ignore", over="ignore"):
            total += rate
        rolling_weighted_mean(total, n, result[rows])
    return closes.restore(result)


@indicator(lambda window: max(window - 1, window // 2 + 1))
def dpo(close: Observations, window: int = 20) -> Any:
    """Subtract the mean from the close at its middle: the detrended price oscillator, dated when it is known.

    Charts mostly draw it at the middle of the mean, ``window // 2 + 1`` bars earlier, where half of the closes in the
    mean were still to come. Here it stands at the last of them, so that no value uses a later bar; shift it back by so
    many bars to see the chart.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Bars of the mean.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, in units of price. NaN while a gap is in the window, exactly 0 if all closes in it are equal.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `window` is not a whole number of at least 1.

    Notes
    -----
    ``close[window // 2 + 1 bars ago] - mean of the last window closes``: StockCharts, "Detrended Price Oscillator".

    Examples
    --------
    >>> dpo([10.0, 11.0, 13.0, 12.0, 14.0, 16.0], window=4)
    array([  nan,   nan,   nan, -1.5 , -1.5 , -0.75])
    """
    n = as_count("window", window)
    back = n // 2 + 1
    first = max(n - 1, back)
    closes = as_columns("close", close)
    result = closes.empty()
    for rows in chunks(closes.shape):
        x, out = closes.array[rows], rolling_mean(closes.array[rows], n, result[rows])
        out[:, :first] = np.nan
        known = out[:, first:]
        with np.errstate(over="ignore"):
            np.subtract(x[:, first - back : first - back + known.shape[1]], known, out=known)
    return closes.restore(result)


@indicator(lambda long: long)
def ultimate_oscillator(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    short: int = 7,
    medium: int = 14,
    long: int = 28,
) -> Any:
    """Weigh the share of buying pressure in the true range over three windows.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    short, medium, long : int
        Bars of the windows, in rising order, which weigh 4, 2 and 1.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, from 0 to 100. NaN while a gap is in the longest window or right before it, and where one of the
        windows has no range at all (TA-Lib counts that window as 0).

    Raises
    ------
    InputError
        If prices are not numbers, are infinite or out of order, differ in shape or labels, or cannot be of one bar; a
        number of bars is not a whole number of at least 1, or they are not in order.

    Notes
    -----
    ``100 * (4 * share(short) + 2 * share(medium) + share(long)) / 7`` where a share is the sum of
    ``close - min(low, close_before)`` over that of ``max(high, close_before) - min(low, close_before)``: Williams,
    "The Ultimate Oscillator", *Stocks & Commodities* (1985).

    Examples
    --------
    >>> high, low, close = [10.0, 12.0, 13.0, 12.5], [8.0, 9.0, 11.0, 10.0], [9.0, 11.0, 12.0, 11.0]
    >>> ultimate_oscillator(high, low, close, short=1, medium=2, long=3).round(4)
    array([    nan,     nan,     nan, 43.1746])
    """
    windows = as_count("short", short), as_count("medium", medium), as_count("long", long)
    if sorted(windows) != list(windows):
        raise InputError(
            "short, medium and long", f"expected rising numbers, got {', '.join(map(str, windows))}"
        )
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    result = highs.empty()
    width, room = rooms(windows[2], closes.shape[1])
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.ultimates(highs.array, lows.array, closes.array, windows, width, room, result)
    return highs.restore(result)


@indicator(lambda slow: slow - 1)
def awesome_oscillator(
    high: Observations, low: Observations | None = None, fast: int = 5, slow: int = 34
) -> Any:
    """Subtract a slow mean of the bars' middles from a fast one.

    Parameters
    ----------
    high, low : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    fast, slow : int
        Bars of the two means, `fast` below `slow`.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, in units of price. NaN while a gap is in the slow window, exactly 0 if all middles are equal.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite or out of order, differ in shape or labels, or cannot be of one bar;
        `fast` or `slow` is not a whole number of at least 1, or `fast` is not below `slow`.

    Notes
    -----
    ``mean(middle, fast) - mean(middle, slow)`` where the middle is ``(high + low) / 2``: Williams, *New Trading
    Dimensions* (1998).

    Examples
    --------
    >>> awesome_oscillator([10.0, 12.0, 13.0], [8.0, 9.0, 11.0], fast=1, slow=3)
    array([nan, nan, 1.5])
    """
    near, far = as_fast_and_slow(fast, slow)
    highs, lows = as_prices(("high", "low"), high, low)
    result = highs.empty()
    for rows in chunks(highs.shape):
        middle = 0.5 * highs.array[rows] + 0.5 * lows.array[rows]
        rolling_mean(middle, near, result[rows])
        with np.errstate(invalid="ignore", over="ignore"):
            result[rows] -= rolling_mean(middle, far)
    return highs.restore(result)


def _fill_rates(x: Array, window: int, out: Array) -> None:
    """Fill with changes in percent; NaN after a zero."""
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.rates(x, window, out)
