"""Lines that follow a trend and turn over when prices cross them: parabolic stops and supertrend."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.technical import _trend_kernels as kernels
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._trend_gaps import along_runs
from maos_nb.analytics.technical._volatility_parameters import RangeSeed, as_positive, starts_late
from maos_nb.errors import InputError

__all__ = ["StopSeed", "Supertrend", "parabolic_sar", "supertrend"]

StopSeed: TypeAlias = Literal["talib", "wilder"]
"""How parabolic stops begin: with the side of the first movement, or after a first trade that was a guess."""


class Supertrend(NamedTuple):
    """The supertrend line and its side, each in the kind of the prices given."""

    line: Any
    """The band that the close has not crossed: below it in an uptrend, above it in a downtrend."""
    direction: Any
    """1 in an uptrend, -1 in a downtrend."""


@indicator(lambda: 1)
def parabolic_sar(
    high: Observations,
    low: Observations | None = None,
    step: float = 0.02,
    maximum: float = 0.2,
    *,
    seed: StopSeed = "talib",
    nan: NanRule = "skip",
) -> Any:
    """Follow prices with Wilder's stops, which close in faster the farther a trade goes, and turn over when hit.

    Parameters
    ----------
    high, low : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    step : float
        The acceleration factor that a trade begins with, and by which it grows at each new extreme.
    maximum : float
        The highest acceleration factor.
    seed : {"talib", "wilder"}
        Wilder begins a trade with the extreme of the trade before it, and so cannot begin at all. "talib" goes short
        if the second bar reaches farther down than up and else long, with the extreme of the first bar as the stop.
        "wilder" goes long in any case, and leaves that trade out as a guess: values begin on the bar after its end,
        the place of which depends on prices. Where a bar that turns a trade over reaches beyond the extreme of that
        trade, "talib" takes the stop back to the bar's end, and "wilder" leaves it at the extreme.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar of which a price is missing: go on as if it had not been, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, in units of price: the stop that is valid during each bar, known before it; at a bar that hits
        it, the first stop of the trade in the other direction. NaN at a bar of which a price is missing.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar; `step` is not
        above zero, or above `maximum`; `seed` or `nan` is unknown.

    Notes
    -----
    ``stop = stop_before + factor (extreme - stop_before)``, not beyond the lows (highs) of the last two bars: Wilder,
    *New Concepts in Technical Trading Systems* (1978).

    Examples
    --------
    >>> parabolic_sar([10.0, 11.0, 12.0, 11.0], [9.0, 10.0, 11.0, 8.0])
    array([  nan,  9.  ,  9.04, 12.  ])
    """
    if seed not in ("talib", "wilder"):
        raise InputError("seed", f"expected 'talib' or 'wilder', got {seed!r}")
    first, most, rule = as_positive("step", step), as_positive("maximum", maximum), as_nan_rule(nan)
    if first > most:
        raise InputError("step and maximum", f"expected a step of at most maximum, got {first} and {most}")
    highs, lows = as_prices(("high", "low"), high, low)
    tables = (highs.array, lows.array)
    (line,) = along_runs(kernels.parabolic_line, tables, 1, rule, first, most, seed == "wilder")
    return highs.restore(line)


@indicator(lambda window, seed: window - 1 + (seed == "talib"))
def supertrend(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 10,
    multiplier: float = 3.0,
    *,
    seed: RangeSeed = "wilder",
    nan: NanRule = "skip",
) -> Supertrend:
    """Follow prices with a band of so many average true ranges that never steps back, until the close crosses it.

    Parameters
    ----------
    high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window, seed
        Of the average true range: `window` and `seed` of `atr`.
    multiplier : float
        Average true ranges between the middle of a bar and each band.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar of which a price is missing: go on as if it had not been, start anew, or end.

    Returns
    -------
    Supertrend
        `line`, in units of price, and `direction`, 1 or -1, each like `high`. NaN at a bar of which a price is
        missing.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, differ in shape or labels, or cannot be of one bar; `window` is not a
        whole number of at least 1; `multiplier` is not above zero; `seed` or `nan` is unknown.

    Notes
    -----
    Bands are ``(high + low) / 2 -+ multiplier * atr``. The lower one stays where it was if it would fall, unless the
    last close was below it; the upper one likewise: Seban (2008). The trend is up at first if the close is not below
    the middle of its bar; a close on the line ends an uptrend.

    Examples
    --------
    >>> high, low, close = [12.0, 13.0, 14.0, 8.0], [10.0, 11.0, 12.0, 6.0], [11.0, 12.0, 13.0, 7.0]
    >>> trend = supertrend(high, low, close, window=1, multiplier=1)
    >>> trend.line, trend.direction
    (array([ 9., 10., 11., 13.]), array([ 1.,  1.,  1., -1.]))
    """
    n, width = as_count("window", window), as_positive("multiplier", multiplier)
    dropped, rule = starts_late(seed), as_nan_rule(nan)
    highs, lows, closes = as_prices(("high", "low", "close"), high, low, close)
    tables = (highs.array, lows.array, closes.array)
    lines = along_runs(kernels.supertrend_lines, tables, 2, rule, n, width, dropped)
    return Supertrend(*map(highs.restore, lines))
