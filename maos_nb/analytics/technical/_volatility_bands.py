"""Bands about prices: by their deviation, by true ranges, and by highs and lows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical import _volatility_kernels as kernels
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._trend_gaps import along_runs
from maos_nb.analytics.technical._volatility_parameters import RangeSeed, as_positive, starts_late
from maos_nb.analytics.technical._windows import rolling_max, rolling_min

__all__ = ["Bollinger", "Donchian", "Keltner", "bollinger", "delayed", "donchian", "keltner"]


_PART = 1024
"""Results made at a time, so that what they are made of stays in the first-level cache."""


class Bollinger(NamedTuple):
    """Bollinger bands, each line in the kind of the prices given."""

    lower: Any
    """`middle` less so many deviations."""
    middle: Any
    """The mean of the closes."""
    upper: Any
    """`middle` and so many deviations."""
    percent_b: Any
    """Where the close stands: 0 is the lower band, 1 the upper one."""
    bandwidth: Any
    """How far the bands are apart, as a fraction of `middle`."""


class Keltner(NamedTuple):
    """A Keltner channel, each line in the kind of the prices given."""

    lower: Any
    """`middle` less so many average true ranges."""
    middle: Any
    """The exponential average of the closes."""
    upper: Any
    """`middle` and so many average true ranges."""


class Donchian(NamedTuple):
    """A Donchian channel, each line in the kind of the prices given."""

    lower: Any
    """The lowest low."""
    middle: Any
    """The mean of the two."""
    upper: Any
    """The highest high."""


@indicator(lambda window: window - 1)
def bollinger(close: Observations, window: int = 20, deviations: float = 2.0, *, ddof: int = 0) -> Bollinger:
    """Put bands of so many standard deviations about the mean of the last closes.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Closes in mean and deviation.
    deviations : float
        Standard deviations between the middle and each band.
    ddof : {0, 1}
        Divide squared deviations by ``window - ddof``: 0 is Bollinger's population deviation, 1 the sample's.

    Returns
    -------
    Bollinger
        `lower`, `middle`, `upper`, `percent_b` and `bandwidth`, each like `close`. NaN while a gap is in the window;
        `percent_b` also where the bands meet, which they do exactly if all closes are equal.

    Raises
    ------
    InputError
        If closes are not numbers, or are infinite; `window` is not a whole number of at least 1, or not above `ddof`;
        `deviations` is not above zero; `ddof` is not a whole number of at least 0.

    Notes
    -----
    ``percent_b = (close - lower) / (upper - lower)`` and ``bandwidth = (upper - lower) / middle``: Bollinger,
    *Bollinger on Bollinger Bands* (2001).

    Examples
    --------
    In Excel: ``=AVERAGE(A1:A4)`` and ``=STDEV.P(A1:A4)``, here 5 and the root of 5.

    >>> bands = bollinger([2.0, 4.0, 6.0, 8.0], window=4, deviations=2)
    >>> bands.middle[3].item(), round(bands.upper[3].item(), 6), round(bands.percent_b[3].item(), 6)
    (5.0, 9.472136, 0.83541)
    """
    lost = as_count("ddof", ddof, minimum=0)
    n, width = as_count("window", window, minimum=lost + 1), as_positive("deviations", deviations)
    closes = as_columns("close", close)
    lines = [closes.empty() for _ in Bollinger._fields]
    width_of_part = max(_PART, 4 * n)
    rooms = np.empty((6, width_of_part + n - 1))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        kernels.bollinger_lines(closes.array, n, width_of_part, rooms, n - lost, width, *lines)
    return Bollinger(*map(closes.restore, lines))


@indicator(lambda window, atr_window, seed: max(window, atr_window + (seed == "talib")) - 1)
def keltner(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 20,
    multiplier: float = 2.0,
    *,
    atr_window: int = 10,
    seed: RangeSeed = "wilder",
    nan: NanRule = "skip",
) -> Keltner:
    """Put bands of so many average true ranges about the exponential average of closes.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Of the exponential average of closes, seeded with their mean.
    multiplier : float
        Average true ranges between the middle and each band.
    atr_window, seed
        Of the average true range: `window` and `seed` of `atr`.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar of which a price is missing: go on as if it had not been, start anew, or end.

    Returns
    -------
    Keltner
        `lower`, `middle` and `upper`, each like `close`. NaN at a bar of which a price is missing; `middle` may
        begin before the bands.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar; a window is not a whole number of at
        least 1; `multiplier` is not above zero; `seed` or `nan` is unknown.

    Notes
    -----
    Raschke's form of the channel, with StockCharts' parameters; Keltner, *How To Make Money in Commodities* (1960),
    took simple averages of typical prices and of high - low.

    Examples
    --------
    >>> channel = keltner([11.0, 13.0], [10.0, 12.5], [10.5, 12.75], window=2, multiplier=2, atr_window=2)
    >>> [line[1].item() for line in channel]
    [8.125, 11.625, 15.125]
    """
    n, n_atr = as_count("window", window), as_count("atr_window", atr_window)
    width, dropped, rule = as_positive("multiplier", multiplier), starts_late(seed), as_nan_rule(nan)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    tables = (highs.array, lows.array, closes.array)
    lines = along_runs(kernels.keltner_lines, tables, 3, rule, n, width, n_atr, dropped)
    return Keltner(*map(closes.restore, lines))


@indicator(lambda window, include_current: window - bool(include_current))
def donchian(
    high: Observations, low: Observations | None = None, window: int = 20, *, include_current: bool = True
) -> Donchian:
    """Draw the highest high and the lowest low of the last bars.

    Parameters
    ----------
    high, low : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars.
    include_current : bool
        Let the window end with each bar; if not, with the one before, as for breakouts, which no bar can make from
        a channel that it is part of.

    Returns
    -------
    Donchian
        `lower`, `middle` and `upper`, each like `high`. NaN while a gap is in the window.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar, or `window` is not a whole number of at
        least 1.

    Examples
    --------
    >>> channel = donchian([11.0, 13.0, 12.0], [10.0, 12.5, 11.0], window=2)
    >>> channel.upper, channel.lower
    (array([nan, 13., 13.]), array([nan, 10., 11.]))
    """
    n = as_count("window", window)
    highs, lows = as_prices(("high", "low"), high, low)
    lower, upper = rolling_min(lows.array, n), rolling_max(highs.array, n)
    if not include_current:
        lower, upper = delayed(lower, 1), delayed(upper, 1)
    middle = np.add(lower, upper)
    middle *= 0.5
    return Donchian(*map(highs.restore, (lower, middle, upper)))


def delayed(line: Array, n_bars: int) -> Array:
    """Move results ``(n_assets, n_observations)`` to later bars."""
    moved = np.full_like(line, np.nan)
    moved[:, n_bars:] = line[:, : max(line.shape[1] - n_bars, 0)]
    return moved
