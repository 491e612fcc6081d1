"""Is there a trend, and which way: Wilder's directional movement, vortex and Aroon."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.technical import _trend_kernels as kernels
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._trend_gaps import along_runs
from maos_nb.analytics.technical._volatility_average import true_ranges
from maos_nb.analytics.technical._volatility_parameters import RangeSeed, starts_late
from maos_nb.analytics.technical._windows import rolling_argmax, rolling_argmin, rolling_sum

__all__ = ["Adx", "Aroon", "Di", "Vortex", "adx", "aroon", "di", "vortex"]


class Adx(NamedTuple):
    """Average directional index and directional indicators, each line in the kind of the prices given."""

    adx: Any
    """How strong the trend is, 0 to 100, whichever way it goes."""
    plus_di: Any
    """Upward movement in percent of true range."""
    minus_di: Any
    """Downward movement in percent of true range."""


class Di(NamedTuple):
    """Directional indicators, each line in the kind of the prices given."""

    plus_di: Any
    """Upward movement in percent of true range."""
    minus_di: Any
    """Downward movement in percent of true range."""


class Aroon(NamedTuple):
    """Aroon's lines, each in the kind of the prices given."""

    up: Any
    """100 at a new high, less an equal part for each bar since."""
    down: Any
    """100 at a new low, less an equal part for each bar since."""
    oscillator: Any
    """`up` less `down`."""


class Vortex(NamedTuple):
    """The vortex indicator's lines, each in the kind of the prices given."""

    plus: Any
    """Upward movement, from the last low to the high, as a fraction of true range."""
    minus: Any
    """Downward movement, from the last high to the low, as a fraction of true range."""


@indicator(lambda window: 2 * window - 1)
def adx(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 14,
    *,
    seed: RangeSeed = "wilder",
    nan: NanRule = "skip",
) -> Adx:
    """Measure by Wilder's directional movement how strong a trend is, and which way it goes.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Wilder's ``n``, of movements and of the index.
    seed : {"wilder", "talib"}
        Start with the sums of the first ``n`` movements (Wilder, StockCharts), or with those of the first ``n - 1``
        and then a step of smoothing (TA-Lib). Either way the first values come at the same bars.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar of which a price is missing: go on as if it had not been, start anew, or end.

    Returns
    -------
    Adx
        `adx`, from bar ``2 * window - 1`` on, which is the lookback; `plus_di` and `minus_di`, from bar `window` on.
        Each like `high`, 0 to 100. NaN at a bar of which a price is missing. Where prices have not moved at all the
        indicators are NaN; the index then counts no direction, 0.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar; `window` is not a
        whole number of at least 1; `seed` or `nan` is unknown.

    Notes
    -----
    Of ``high - high_before`` and ``low_before - low`` only the larger counts, if it is above zero. Smoothed as is the
    true range, each movement is a directional indicator; `adx` smooths ``100 |plus_di - minus_di| / (plus_di +
    minus_di)``, starting with the mean of its first ``n``: Wilder, *New Concepts in Technical Trading Systems* (1978).

    Examples
    --------
    Steady steps of 1 upwards with a true range of 2.

    >>> low = np.arange(10.0, 16.0)
    >>> lines = adx(low + 2.0, low, low + 1.0, window=2)
    >>> lines.adx
    array([ nan,  nan,  nan, 100., 100., 100.])
    >>> lines.plus_di
    array([nan, nan, 50., 50., 50., 50.])
    """
    return Adx(*_directions(high, low, close, window, seed, nan))


@indicator(lambda window: window)
def di(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 14,
    *,
    seed: RangeSeed = "wilder",
    nan: NanRule = "skip",
) -> Di:
    """Measure directional movement in percent of true range, as Wilder did.

    Parameters
    ----------
    high, low, close, window, seed, nan
        As in `adx`.

    Returns
    -------
    Di
        `plus_di` and `minus_di` of `adx`.

    Raises
    ------
    InputError
        As in `adx`.

    Examples
    --------
    >>> low = np.arange(10.0, 14.0)
    >>> di(low + 2.0, low, low + 1.0, window=2).plus_di
    array([nan, nan, 50., 50.])
    """
    return Di(*_directions(high, low, close, window, seed, nan)[1:])


@indicator(lambda window: window)
def aroon(high: Observations, low: Observations | None = None, window: int = 25) -> Aroon:
    """Measure how long ago the last high and the last low were.

    Parameters
    ----------
    high, low : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars back from each bar, which itself is one more. StockCharts takes 25, TA-Lib 14.

    Returns
    -------
    Aroon
        `up` and `down`, 0 to 100, and `oscillator`, -100 to 100, each like `high`. NaN while a gap is among the last
        ``window + 1`` bars. Of equal highs, or lows, the latest counts.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar, or `window` is
        not a whole number of at least 1.

    Notes
    -----
    ``up = 100 (window - bars since the highest high) / window``: Chande, "A Time Price Oscillator", *Stocks &
    Commodities* (September 1995).

    Examples
    --------
    >>> lines = aroon([5.0, 4.0, 3.0, 6.0], [4.0, 3.0, 2.0, 5.0], window=2)
    >>> lines.up, lines.down
    (array([ nan,  nan,   0., 100.]), array([ nan,  nan, 100.,  50.]))
    """
    n = as_count("window", window)
    highs, lows = as_prices(("high", "low"), high, low)
    up, down = rolling_argmax(highs.array, n + 1), rolling_argmin(lows.array, n + 1)
    for line in (up, down):
        np.subtract(n, line, out=line)
        line *= 100.0
        line /= n
    return Aroon(*map(highs.restore, (up, down, up - down)))


@indicator(lambda window: window)
def vortex(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 14,
) -> Vortex:
    """Compare the ways from low to high and from high to low with the true range.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars.

    Returns
    -------
    Vortex
        `plus` and `minus`, around 1, each like `high`. NaN while a gap is in the window or in the bar before it, and
        where prices did not move.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar, or `window` is
        not a whole number of at least 1.

    Notes
    -----
    ``plus = sum(|high - low_before|) / sum(true range)``, ``minus = sum(|low - high_before|) / sum(true range)``:
    Botes and Siepman, "The Vortex Indicator", *Stocks & Commodities* (January 2010).

    Examples
    --------
    >>> lines = vortex([12.0, 13.0], [10.0, 11.0], [11.0, 12.0], window=1)
    >>> lines.plus, lines.minus
    (array([nan, 1.5]), array([nan, 0.5]))
    """
    n = as_count("window", window)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    room = true_ranges(highs, lows, closes)
    room[:, :1] = np.nan  # the first one has no close before it
    ranges, lines = rolling_sum(room, n), []
    for now, before in ((highs.array, lows.array), (lows.array, highs.array)):
        np.subtract(now[:, 1:], before[:, :-1], out=room[:, 1:])
        np.abs(room, out=room)
        line = rolling_sum(room, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            lines.append(np.divide(line, ranges, out=line))
    return Vortex(*map(highs.restore, lines))


def _directions(
    high: Observations,
    low: Observations | None,
    close: Observations | None,
    window: int,
    seed: str,
    nan: str,
) -> tuple[Any, Any, Any]:
    n, rule = as_count("window", window), as_nan_rule(nan)
    seeds = n - starts_late(seed)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    tables = (highs.array, lows.array, closes.array)
    index, plus, minus = along_runs(kernels.directional_lines, tables, 3, rule, n, seeds)
    return highs.restore(index), highs.restore(plus), highs.restore(minus)
