"""Volume that is added up along the way: what buyers and sellers have moved since the first bar."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float
from maos_nb.analytics.technical import _volume_kernels as kernels
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._recursions import Seed, n_seed
from maos_nb.analytics.technical._trend_gaps import along_runs
from maos_nb.errors import InputError

__all__ = ["accumulation_distribution", "chaikin_oscillator", "efi", "nvi", "obv", "pvi", "pvt"]

BalanceSeed: TypeAlias = Literal["zero", "talib"]
OscillatorSeed: TypeAlias = Literal["sma", "talib"]
IndexMethod: TypeAlias = Literal["compound", "sum"]


@indicator(lambda: 0)
def obv(
    close: Observations,
    volume: Observations | None = None,
    *,
    seed: BalanceSeed = "zero",
    nan: NanRule = "skip",
) -> Any:
    """Add up volume, with the sign of the close's change: on-balance volume.

    Parameters
    ----------
    close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Closes and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    seed : {"zero", "talib"}
        The first bar counts nothing (Granville, StockCharts), or its volume (TA-Lib). Only differences have a
        meaning.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar without close or volume: compare with the close before it, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, in units of volume; `lookback` is 0. NaN at a gap.

    Raises
    ------
    InputError
        If closes or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, rows are not in order, or `seed` or `nan` is unknown.

    Notes
    -----
    ``obv = obv_before + volume * sign(close - close_before)``: Granville, *New Key to Stock
    Market Profits* (1963).

    Examples
    --------
    >>> obv([10.0, 11.0, 11.0, 10.5], [500, 200, 900, 300])
    array([   0.,  200.,  200., -100.])
    """
    if seed not in ("zero", "talib"):
        raise InputError("seed", f"expected 'zero' or 'talib', got {seed!r}")
    held = as_prices(("close", "volume"), close, volume)
    return _along(kernels.on_balance, held, nan, 1.0 if seed == "talib" else 0.0)


@indicator(lambda: 0)
def pvt(close: Observations, volume: Observations | None = None, *, nan: NanRule = "skip") -> Any:
    """Add up volume times the close's relative change: price volume trend.

    Parameters
    ----------
    close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Closes and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar without close or volume: compare with the close before it, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, in units of volume; `lookback` is 0, and the first value 0. NaN at a gap. A change from
        a close of 0 counts nothing.

    Raises
    ------
    InputError
        If closes or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, rows are not in order, or `nan` is unknown.

    Notes
    -----
    ``pvt = pvt_before + volume * (close / close_before - 1)``, also called volume price trend:
    Markstein, *How to Chart Your Way to Stock Market Profits* (1966).

    Examples
    --------
    >>> pvt([10.0, 11.0, 11.0, 5.5], [500, 200, 900, 300])
    array([   0.,   20.,   20., -130.])
    """
    return _along(kernels.price_volume, as_prices(("close", "volume"), close, volume), nan)


@indicator(lambda: 0)
def accumulation_distribution(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    volume: Observations | None = None,
    *,
    nan: NanRule = "skip",
) -> Any:
    """Add up volume, weighted by where in its range each bar closed: the accumulation/distribution line.

    Parameters
    ----------
    high, low, close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar with a gap: go on from the total before it, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, in units of volume; `lookback` is 0. NaN at a gap. A bar without range counts nothing.

    Raises
    ------
    InputError
        If prices or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, prices cannot be of one bar, rows are not in order, or `nan` is unknown.

    Notes
    -----
    ``total = total_before + volume * ((close - low) - (high - close)) / (high - low)``: Chaikin,
    as StockCharts and TA-Lib have it.

    Examples
    --------
    >>> accumulation_distribution([12.0, 13.0], [10.0, 11.0], [11.5, 11.0], [400, 100])
    array([200., 100.])
    """
    held = as_prices(("high", "low", "close", "volume"), high, low, close, volume)
    return _along(kernels.accumulation, held, nan)


@indicator(lambda fast, slow: max(fast, slow) - 1)
def chaikin_oscillator(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    volume: Observations | None = None,
    fast: int = 3,
    slow: int = 10,
    *,
    seed: OscillatorSeed = "sma",
    nan: NanRule = "skip",
) -> Any:
    """Take one exponential average of the accumulation/distribution line from another.

    Parameters
    ----------
    high, low, close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    fast, slow : int
        Windows of the averages; where `fast` is the longer one the sign is turned.
    seed : {"sma", "talib"}
        Start each average with the mean of as many values as its window (StockCharts), or both with the first
        value (TA-Lib).
    nan : {"skip", "reset", "propagate"}
        What follows on a bar with a gap: go on as if it had not been, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, in units of volume; NaN before ``max(fast, slow) - 1``, and at a gap.

    Raises
    ------
    InputError
        If prices or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, prices cannot be of one bar, rows are not in order; a window is not a whole number of at
        least 1; `seed` or `nan` is unknown.

    Notes
    -----
    Worked out from the line's distances from its averages, so that a line of any height takes no
    digits from them.

    Examples
    --------
    >>> high, low = [12.0, 13.0, 12.0], [10.0, 11.0, 10.0]
    >>> chaikin_oscillator(high, low, [11.5, 11.0, 12.0], [400, 100, 300], fast=1, slow=2)
    array([        nan, -50.        ,  83.33333333])
    """
    if seed not in ("sma", "talib"):
        raise InputError("seed", f"expected 'sma' or 'talib', got {seed!r}")
    windows = as_count("fast", fast), as_count("slow", slow)
    held = as_prices(("high", "low", "close", "volume"), high, low, close, volume)
    return _along(kernels.chaikin, held, nan, *windows, seed == "sma")


@indicator(lambda window: window)
def efi(
    close: Observations,
    volume: Observations | None = None,
    window: int = 13,
    *,
    seed: Seed = "sma",
    nan: NanRule = "skip",
) -> Any:
    """Average the close's change times volume: Elder's force index.

    Parameters
    ----------
    close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Closes and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Of the exponential average; 1 gives what is averaged.
    seed : {"sma", "first"}
        Start the average with the mean of the first `window` products, or with the first of them.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar without close or volume: compare with the close before it, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, in price times volume; NaN before `window`, and at a gap.

    Raises
    ------
    InputError
        If closes or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, rows are not in order, `window` is not a whole number of at least 1, or `seed` or `nan` is
        unknown.

    Notes
    -----
    Elder, *Trading for a Living* (1993).

    Examples
    --------
    >>> efi([10.0, 11.0, 10.5], [500, 200, 300], window=1)
    array([  nan,  200., -150.])
    """
    count = as_count("window", window)
    held = as_prices(("close", "volume"), close, volume)
    return _along(kernels.force, held, nan, count, n_seed(count, seed))


@indicator(lambda: 0)
def nvi(
    close: Observations,
    volume: Observations | None = None,
    *,
    start: float = 1000.0,
    method: IndexMethod = "compound",
    nan: NanRule = "skip",
) -> Any:
    """Follow the close on days when volume falls only: the negative volume index.

    Parameters
    ----------
    close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Closes and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    start : float
        The first value.
    method : {"compound", "sum"}
        Compound the changes (Fosback), or add them up in percentage points (StockCharts).
    nan : {"skip", "reset", "propagate"}
        What follows on a bar without close or volume: compare with the bar before it, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `close`; `lookback` is 0. NaN at a gap. A change from a close of 0 counts nothing.

    Raises
    ------
    InputError
        If closes or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, rows are not in order, `start` is not one finite number, or `method` or `nan` is unknown.

    Notes
    -----
    Fosback, *Stock Market Logic* (1976).

    Examples
    --------
    >>> nvi([10.0, 11.0, 12.1, 12.1], [500, 400, 600, 300])
    array([1000., 1100., 1100., 1100.])
    """
    return _index(close, volume, -1.0, start, method, nan)


@indicator(lambda: 0)
def pvi(
    close: Observations,
    volume: Observations | None = None,
    *,
    start: float = 1000.0,
    method: IndexMethod = "compound",
    nan: NanRule = "skip",
) -> Any:
    """Follow the close on days when volume rises only: the positive volume index.

    Parameters
    ----------
    close, volume, start, method, nan
        As of `nvi`.

    Returns
    -------
    Series, DataFrame or array
        Like `close`; `lookback` is 0. NaN at a gap. A change from a close of 0 counts nothing.

    Raises
    ------
    InputError
        As `nvi`.

    Examples
    --------
    >>> pvi([10.0, 11.0, 12.1, 12.1], [500, 400, 600, 300])
    array([1000., 1000., 1100., 1100.])
    """
    return _index(close, volume, 1.0, start, method, nan)


def _index(close: Any, volume: Any, side: float, start: float, method: str, nan: str) -> Any:
    if method not in ("compound", "sum"):
        raise InputError("method", f"expected 'compound' or 'sum', got {method!r}")
    level: Array = as_float("start", start, finite=True)
    if level.ndim:
        raise InputError("start", f"expected one number, got shape {level.shape}")
    held = as_prices(("close", "volume"), close, volume)
    return _along(kernels.volume_index, held, nan, side, float(level), method == "compound")


def _along(recursion: Any, held: tuple[Columns, ...], nan: str, *parameters: Any) -> Any:
    rule = as_nan_rule(nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        (result,) = along_runs(recursion, tuple(each.array for each in held), 1, rule, *parameters)
    return held[0].restore(result)
