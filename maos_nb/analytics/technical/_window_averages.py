"""Averages of the last observations alone, which differ in their weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, as_fraction
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._recursions import in_blocks
from maos_nb.analytics.technical._windows import (
    rolling_dot,
    rolling_mean,
    rolling_sum,
    rolling_triangular_mean,
    rolling_weighted_mean,
)
from maos_nb.errors import InputError

__all__ = ["alma", "hma", "sma", "trima", "vwma", "wma"]


@indicator(lambda window: window - 1)
def sma(x: Observations, window: int) -> Any:
    """Average the last observations alike.

    Parameters
    ----------
    x : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, or any other observations.
    window : int
        How many.

    Returns
    -------
    like `x`
        NaN while a gap is in the window.

    Raises
    ------
    InputError
        If observations are not numbers, or are infinite, or dates are out of order; `window` is not a whole number of
        at least 1.

    Notes
    -----
    ``(x_t + ... + x_(t-n+1)) / n``, each sum made anew: what has left the window leaves no rounding error behind.

    Examples
    --------
    >>> sma([1.0, 2.0, 6.0, 4.0], 3)
    array([nan, nan,  3.,  4.])
    """
    return _averaged(x, window, rolling_mean)


@indicator(lambda window: window - 1)
def wma(x: Observations, window: int) -> Any:
    """Average the last observations with weights that fall in a straight line from the newest to the oldest.

    Parameters
    ----------
    x : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, or any other observations.
    window : int
        How many; the newest weighs `window` times as much as the oldest.

    Returns
    -------
    like `x`
        NaN while a gap is in the window.

    Raises
    ------
    InputError
        As `sma` does.

    Notes
    -----
    ``(n x_t + (n - 1) x_(t-1) + ... + x_(t-n+1)) / (n (n + 1) / 2)``.

    Examples
    --------
    >>> wma([1.0, 2.0, 6.0, 4.0], 3)
    array([       nan,        nan, 3.83333333, 4.33333333])
    """
    return _averaged(x, window, rolling_weighted_mean)


@indicator(lambda window: window - 1)
def trima(x: Observations, window: int) -> Any:
    """Average the last observations with weights that rise to the middle of the window and fall after it.

    Parameters
    ----------
    x : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, or any other observations.
    window : int
        How many.

    Returns
    -------
    like `x`
        NaN while a gap is in the window.

    Raises
    ------
    InputError
        As `sma` does.

    Notes
    -----
    The average of averages, ``sma(sma(x, n // 2 + 1), (n + 1) // 2)``: weights 1 2 3 2 1 of 5, and 1 2 2 1 of 4, as
    in TA-Lib.

    Examples
    --------
    >>> trima([0.0, 0.0, 9.0, 0.0, 0.0], 5)
    array([nan, nan, nan, nan,  3.])
    """
    return _averaged(x, window, rolling_triangular_mean)


@indicator(lambda window: window - 1 + math.isqrt(window) - 1)
def hma(x: Observations, window: int) -> Any:
    """Average with little lag: twice the weighted average of half the window less that of all, smoothed again.

    Parameters
    ----------
    x : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, or any other observations.
    window : int
        Observations of the longer average.

    Returns
    -------
    like `x`
        NaN while a gap is among the last ``window + isqrt(window) - 1`` observations. It may go beyond them.

    Raises
    ------
    InputError
        As `sma` does.

    Notes
    -----
    Hull (2005): ``wma(2 wma(x, n // 2) - wma(x, n), isqrt(n))``; half and root are rounded down.

    Examples
    --------
    >>> hma([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 4)
    array([nan, nan, nan, nan,  5.,  6.])
    """
    columns, n = as_columns("x", x), as_count("window", window)
    out = columns.empty()
    with np.errstate(invalid="ignore", over="ignore"):
        for rows, (half, whole) in in_blocks(columns.shape, 2):
            source, target = columns.array[rows], out[rows]
            rolling_weighted_mean(source, max(n // 2, 1), half)
            rolling_weighted_mean(source, n, whole)
            half *= 2.0
            half -= whole
            rolling_weighted_mean(half, math.isqrt(n), target)
    return columns.restore(out)


@indicator(lambda window: window - 1)
def vwma(close: Observations, volume: Observations | None = None, window: int = 20) -> Any:
    """Average the last closes, each with the weight of its volume.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets), or Ohlcv
        Prices, or a record of all.
    volume : Series, DataFrame or array, optional
        Volumes, zero or above, with the same labels; none with a record.
    window : int
        How many.

    Returns
    -------
    like `close`
        NaN while a gap of either is in the window, and where nothing was traded in it.

    Raises
    ------
    InputError
        If either is not numbers, or is infinite, they differ in labels, dates are out of order, a volume is negative
        or missing, or `window` is not a whole number of at least 1.

    Notes
    -----
    ``sum(close x volume) / sum(volume)`` over the window.

    Examples
    --------
    >>> vwma([10.0, 12.0, 11.0], [100, 300, 100], window=2)
    array([  nan, 11.5 , 11.75])
    """
    closes, volumes = as_prices(("close", "volume"), close, volume)
    n, out = as_count("window", window), closes.empty()
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for rows, (traded, weights) in in_blocks(closes.shape, 2):
            np.multiply(closes.array[rows], volumes.array[rows], out=traded)
            rolling_sum(volumes.array[rows], n, weights)
            rolling_sum(traded, n, out[rows])
            out[rows] /= weights
    return closes.restore(out)


@indicator(lambda window: window - 1)
def alma(x: Observations, window: int = 9, *, offset: float = 0.85, sigma: float = 6.0) -> Any:
    """Average the last observations with the weights of a bell curve.

    Parameters
    ----------
    x : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, or any other observations.
    window : int
        How many.
    offset : float
        Where the curve is highest: 0 at the oldest observation of the window, 1 at the newest.
    sigma : float
        How many standard deviations of the curve the window is wide, above 0.

    Returns
    -------
    like `x`
        NaN while a gap is in the window.

    Raises
    ------
    InputError
        As `sma` does; and if `offset` is not between 0 and 1, or `sigma` is not above 0.

    Notes
    -----
    Legoux and Kouzis-Loukas (2009): weights ``exp(-(i - m)^2 / (2 s^2))`` with ``m = offset (n - 1)`` and
    ``s = n / sigma``, ``i`` counted from the oldest; they are divided by their sum.

    Examples
    --------
    >>> alma([1.0, 1.0, 4.0, 1.0], 3).round(4).tolist()
    [nan, nan, 3.0647, 1.9277]
    """
    n, middle, width = as_count("window", window), _single("offset", offset), _single("sigma", sigma)
    as_fraction("offset", middle)
    if not width > 0:
        raise InputError("sigma", f"expected a number above 0, got {width}")
    weights = np.exp(-0.5 * ((np.arange(n) - middle * (n - 1)) * width / n) ** 2)
    weights /= weights.sum()
    columns = as_columns("x", x)
    return columns.restore(rolling_dot(columns.array, weights))


def _averaged(x: Observations, window: int, rolling: Callable[[Array, int], Array]) -> Any:
    columns = as_columns("x", x)
    return columns.restore(rolling(columns.array, as_count("window", window)))


def _single(name: str, value: float) -> float:
    number = as_float(name, value, finite=True)
    if number.ndim:
        raise InputError(name, f"expected one number, got shape {number.shape}")
    return float(number)
