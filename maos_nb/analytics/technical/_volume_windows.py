"""Volume over the last bars: money flows and the ease of movement."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.technical import _volume_bar_kernels as kernels
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._volatility_parameters import as_positive
from maos_nb.analytics.technical._volume_kernels import money_flow_volumes
from maos_nb.analytics.technical._windows import rolling_mean, rolling_sum

__all__ = ["cmf", "emv", "mfi"]

_WIDTH = 512
"""Bars of a history worked on at once: five such rows stay in a first-level cache."""


@indicator(lambda window: window - 1)
def cmf(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    volume: Observations | None = None,
    window: int = 20,
) -> Any:
    """Relate the last bars' money flow volume to their volume: Chaikin money flow.

    Parameters
    ----------
    high, low, close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, from -1, where each bar closed at its low, to 1. NaN before ``window - 1``, while a gap
        is in the window, and where there was no volume in it. A bar without range has volume but no flow.

    Raises
    ------
    InputError
        If prices or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, prices cannot be of one bar, rows are not in order, or `window` is not a whole number of at
        least 1.

    Notes
    -----
    ``sum(volume * ((close - low) - (high - close)) / (high - low)) / sum(volume)``: Chaikin, as
    StockCharts has it.

    Examples
    --------
    >>> cmf([12.0, 13.0], [10.0, 11.0], [11.5, 11.0], [300, 100], window=2)
    array([  nan, 0.125])
    """
    count = as_count("window", window)
    held = as_prices(("high", "low", "close", "volume"), high, low, close, volume)
    flows, (highs, lows, closes, volumes) = held[0].empty(), (each.array for each in held)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        money_flow_volumes(highs, lows, closes, volumes, flows)
        result = rolling_sum(flows, count)
        result /= rolling_sum(volumes, count, flows)
    return held[0].restore(result)


@indicator(lambda window: window)
def mfi(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    volume: Observations | None = None,
    window: int = 14,
) -> Any:
    """Compare money that flowed at rising prices with all that flowed: the money flow index.

    Parameters
    ----------
    high, low, close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Changes of the typical price, each from one bar to the next.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, from 0 to 100. NaN before `window`, while a gap is in the window or in a price of
        the bar before it, and where the typical price did not move or moved without volume.

    Raises
    ------
    InputError
        If prices or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, prices cannot be of one bar, rows are not in order, or `window` is not a whole number of at
        least 1.

    Notes
    -----
    ``100 * rise / (rise + fall)``, where money flow is the typical price ``(high + low + close) / 3`` times
    volume: Quong and Soudack, *Volume-Weighted RSI: Money Flow* (1989). What typical prices differ by in
    their last digit alone is rounding, no move, as in TA-Lib, which gives 0 where nothing flowed.

    Examples
    --------
    >>> mfi([12.0, 13.0, 12.0], [10.0, 11.0, 10.0], [11.0, 12.0, 11.0], [300, 100, 200], window=2)
    array([        nan,         nan, 35.29411765])
    """
    count = as_count("window", window)
    held = as_prices(("high", "low", "close", "volume"), high, low, close, volume)
    result, (highs, lows, closes, volumes) = held[0].empty(), (each.array for each in held)
    width = min(max(_WIDTH, 4 * count), max(held[0].shape[1], count + 1))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        kernels.money_flow(highs, lows, closes, volumes, count, np.empty((5, width)), result)
    return held[0].restore(result)


@indicator(lambda window: window)
def emv(
    high: Observations,
    low: Observations | None = None,
    volume: Observations | None = None,
    window: int = 14,
    *,
    scale: float = 100_000_000.0,
) -> Any:
    """Average how far the middle of the range moved for the volume it took: Arms' ease of movement.

    Parameters
    ----------
    high, low, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars of the simple average; 1 gives what is averaged.
    scale : float
        Volume that counts as 1: a hundred million by default, as StockCharts has it.

    Returns
    -------
    Series, DataFrame or array
        Like `high`; NaN before `window`, and while the window, or the bar before it, has a gap or the window
        has a bar without volume.

    Raises
    ------
    InputError
        If prices or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, high is below low, rows are not in order, `window` is not a whole number of at least 1, or
        `scale` is not above 0.

    Notes
    -----
    ``mean((middle - middle_before) * (high - low) * scale / volume)``: Arms, *Volume Cycles in
    the Stock Market* (1983).

    Examples
    --------
    >>> emv([12.0, 13.0, 12.0], [10.0, 11.0, 10.0], [300, 100, 400], window=1, scale=100)
    array([ nan,  2. , -0.5])
    """
    count, unit = as_count("window", window), as_positive("scale", scale)
    held = as_prices(("high", "low", "volume"), high, low, volume)
    moves, (highs, lows, volumes) = held[0].empty(), (each.array for each in held)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        kernels.eases(highs, lows, volumes, unit, moves)
        result = rolling_mean(moves, count)
    return held[0].restore(result)
