"""Where the close stands in the range of the last bars, and how far from their mean."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical import _momentum_kernels as kernels
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._momentum_gaps import SKIP, along_gaps, chunks, empty_lines
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._recursions import smooth
from maos_nb.analytics.technical._volatility_parameters import as_positive

__all__ = [
    "Kdj",
    "Stochastic",
    "cci",
    "fill_place_lines",
    "kdj",
    "place_lines",
    "rooms",
    "stochastic",
    "williams_r",
]

_PRICES = ("high", "low", "close")
_WIDTH = 512
"""Bars of one stretch: eight tables of them fit a first-level cache of 48 KB."""

_NEUTRAL = 50.0
"""Where the averages of a KDJ start."""


class Stochastic(NamedTuple):
    """The stochastic oscillator, each line in the kind of the prices given."""

    k: Any
    """Where the close stands between the lowest low, 0, and the highest high, 100; smoothed."""
    d: Any
    """The mean of the last `k`."""


class Kdj(NamedTuple):
    """The KDJ oscillator, each line in the kind of the prices given."""

    k: Any
    """The place of the close in its range, smoothed."""
    d: Any
    """`k`, smoothed."""
    j: Any
    """``3 * k - 2 * d``, which leaves 0 to 100 where the two are apart."""


@indicator(lambda window, smooth: window + smooth - 2)
def stochastic(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 14,
    smooth: int = 3,
    signal: int = 3,
) -> Stochastic:
    """Say where the close stands between the lowest low and the highest high.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars of the range.
    smooth : int
        Bars of the mean that makes `k`: 3 is the slow stochastic, 1 the fast one.
    signal : int
        Bars of the mean of `k`.

    Returns
    -------
    Stochastic
        `k` and `d`, each like `high`, from 0 to 100. `lookback` is that of `k`; `d` comes ``signal - 1`` bars later.
        NaN while a gap is in a window, and where highest and lowest are equal (TA-Lib gives 0 there).

    Raises
    ------
    InputError
        If prices are not numbers, are infinite or out of order, differ in shape or labels, or cannot be of one bar; one
        of the numbers of bars is not a whole number of at least 1.

    Notes
    -----
    ``100 * (close - lowest low) / (highest high - lowest low)``: Lane, "Lane's Stochastics", *Stocks & Commodities*
    (1984).

    Examples
    --------
    >>> high, low, close = [10.0, 12.0, 13.0, 12.5], [8.0, 9.0, 11.0, 10.0], [9.0, 11.0, 12.0, 11.0]
    >>> stochastic(high, low, close, window=2, smooth=1, signal=2)
    Stochastic(k=array([ nan, 75. , 75. , 33.33333333]), d=array([ nan, nan, 75. , 54.16666667]))
    """
    n, n_smooth, n_signal = as_count("window", window), as_count("smooth", smooth), as_count("signal", signal)
    highs, lows, closes = as_prices(_PRICES, high, low, close)
    lines = place_lines(highs.array, lows.array, closes.array, n, n_smooth, n_signal)
    return Stochastic(*map(highs.restore, lines))


@indicator(lambda window: window - 1)
def williams_r(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 14,
) -> Any:
    """Say how far the close is below the highest high, as a negative percentage of the range.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars of the range.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, from -100 to 0. NaN while a gap is in the window, and where highest and lowest are equal.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite or out of order, differ in shape or labels, or cannot be of one bar;
        `window` is not a whole number of at least 1.

    Notes
    -----
    ``-100 * (highest high - close) / (highest high - lowest low)``, which is the fast stochastic less 100: Williams,
    *How I Made One Million Dollars Last Year Trading Commodities* (1973).

    Examples
    --------
    >>> williams_r([10.0, 12.0, 13.0], [8.0, 9.0, 11.0], [9.0, 11.0, 12.0], window=2)
    array([ nan, -25., -25.])
    """
    n = as_count("window", window)
    highs, lows, closes = as_prices(_PRICES, high, low, close)
    (line,) = place_lines(highs.array, lows.array, closes.array, n, 1, 0, offset=-100.0)
    return highs.restore(line)


@indicator(lambda window: window - 1)
def kdj(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 9,
    smooth: int = 3,
    signal: int = 3,
    *,
    nan: NanRule = "skip",
) -> Kdj:
    """Smooth the fast stochastic twice, by Wilder's averages that start at 50, and draw out their difference.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars of the range.
    smooth, signal : int
        Each bar weighs ``1 / smooth`` in `k`, and each `k` ``1 / signal`` in `d`.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar of which a price is missing: go on as if it had not been, start anew, or end.

    Returns
    -------
    Kdj
        `k` and `d` from 0 to 100, and `j`, each like `high`. NaN at a bar of which a price is missing, and where
        highest and lowest are equal: the averages pass such a bar over.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite or out of order, differ in shape or labels, or cannot be of one bar; one
        of the numbers of bars is not a whole number of at least 1; `nan` is unknown.

    Notes
    -----
    ``k = k_before + (place - k_before) / smooth``, ``d = d_before + (k - d_before) / signal``, ``j = 3 * k - 2 * d``,
    as charts of Chinese markets have it.

    Examples
    --------
    >>> lines = kdj([10.0, 12.0, 13.0], [8.0, 9.0, 11.0], [9.0, 11.0, 12.0], window=2)
    >>> lines.k.round(4), lines.j.round(4)
    (array([    nan, 58.3333, 63.8889]), array([    nan, 69.4444, 78.7037]))
    """
    n, n_smooth, n_signal = as_count("window", window), as_count("smooth", smooth), as_count("signal", signal)
    rule = as_nan_rule(nan)

    def compute(high: Array, low: Array, close: Array) -> tuple[Array, ...]:
        k, d, j = empty_lines(3, close.shape)
        begin = min(n - 1, close.shape[1])
        for rows in chunks(close.shape):
            (raw,) = place_lines(high[rows], low[rows], close[rows], n, 1, 0)
            _smooth_from_neutral(raw, 1.0 / n_smooth, begin, k[rows])
            _smooth_from_neutral(k[rows], 1.0 / n_signal, begin, d[rows])
            with np.errstate(invalid="ignore", over="ignore"):
                np.subtract(3.0 * k[rows], 2.0 * d[rows], out=j[rows])
        return k, d, j

    highs, lows, closes = as_prices(_PRICES, high, low, close)
    lines = along_gaps(compute, (highs.array, lows.array, closes.array), rule, shortest=n, ends=False)
    return Kdj(*map(highs.restore, lines))


@indicator(lambda window: window - 1)
def cci(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 20,
    *,
    scale: float = 0.015,
) -> Any:
    """Measure the typical price's distance from its mean in mean absolute deviations: commodity channel index.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars of the mean and of the deviation.
    scale : float
        Lambert's constant: with 0.015 most values are between -100 and 100.

    Returns
    -------
    Series, DataFrame or array
        Like `high`. NaN while a gap is in the window, and where all typical prices in it are equal (TA-Lib gives 0).

    Raises
    ------
    InputError
        If prices are not numbers, are infinite or out of order, differ in shape or labels, or cannot be of one bar;
        `window` is not a whole number of at least 1; `scale` is not a number above zero.

    Notes
    -----
    ``(typical - mean) / (0.015 * mean of |typical - mean|)`` where the typical price is ``(high + low + close) / 3``:
    Lambert, "Commodity Channel Index", *Commodities* (1980).

    Examples
    --------
    >>> cci([12.0, 13.0, 17.0], [8.0, 9.0, 11.0], [10.0, 11.0, 14.0], window=3).round(4)
    array([ nan,  nan, 100.])
    """
    n, constant = as_count("window", window), as_positive("scale", scale)
    highs, lows, closes = as_prices(_PRICES, high, low, close)
    result = highs.empty()
    width, room = rooms(n, closes.shape[1])
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.channel_indices(highs.array, lows.array, closes.array, n, constant, width, room, result)
    return highs.restore(result)


def _smooth_from_neutral(x: Array, alpha: float, begin: int, out: Array) -> None:
    """Smooth from bar `begin` on, as if the average had stood at its neutral value before."""
    led = np.empty((x.shape[0], x.shape[1] - begin + 1))
    led[:, 0] = _NEUTRAL
    led[:, 1:] = x[:, begin:]
    out[:, :begin] = np.nan
    out[:, begin:] = smooth(led, alpha, 1, SKIP)[:, 1:]


def rooms(longest: int, n_observations: int) -> tuple[int, Array]:
    """Give the bars of a stretch, several times the longest window, and room for what is made of them."""
    width = max(_WIDTH, 4 * longest)
    return width, np.empty((kernels.N_ROOMS, min(width + longest, n_observations)))


def place_lines(
    high: Array, low: Array, close: Array, window: int, smooth: int, signal: int, *, offset: float = 0.0
) -> tuple[Array, ...]:
    """Give places in the range, averaged over `smooth` bars, and their averages over `signal` bars unless that is 0."""
    lines = empty_lines(2 if signal else 1, close.shape)
    fill_place_lines(high, low, close, window, smooth, signal, lines, offset)
    return lines


def fill_place_lines(
    high: Array,
    low: Array,
    close: Array,
    window: int,
    smooth: int,
    signal: int,
    lines: tuple[Array, ...],
    offset: float = 0.0,
) -> None:
    """Fill lines that are there; see `place_lines`."""
    width, room = rooms(max(window, smooth, signal), close.shape[1])
    raw = np.empty(close.shape[1])
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.places(
            high, low, close, window, offset, smooth, signal, width, room, raw, lines[0], lines[-1]
        )
