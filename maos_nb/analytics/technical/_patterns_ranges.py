"""Patterns of two ranges: tweezers, inside and outside bars."""

from __future__ import annotations

from typing import Any

from maos_nb.analytics._arrays import BoolArray
from maos_nb.analytics.technical._candles import (
    Candles,
    as_share,
    as_window,
    find,
)
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator

__all__ = ["inside_bar", "outside_bar", "tweezer_bottom", "tweezer_top"]


@indicator(lambda window: window + 1)
def tweezer_top(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 5,
    equal: float = 0.05,
) -> Any:
    """Find a black candle after a white one with the same high.

    Parameters
    ----------
    open, high, low, close
        As of `doji`.
    window : int
        Bars before the first of the two, whose mean range tells what is usual.
    equal : float
        How far the highs may be apart, as a share of the usual range.

    Returns
    -------
    Series, DataFrame or array of bool
        As of `doji`.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    Nison, *Japanese Candlestick Charting Techniques* (1991); TA-Lib has no such function, but the
    same measure of what is equal.

    Examples
    --------
    >>> bars = (
    ...     [10.0, 10.0, 12.0],
    ...     [11.0, 12.0, 12.0],
    ...     [10.0, 10.0, 11.0],
    ...     [10.5, 11.8, 11.2],
    ... )
    >>> tweezer_top(*bars, window=1)
    array([False, False,  True])
    """
    usual, share = as_window(window), as_share("equal", equal)

    def rule(bar: Candles) -> BoolArray:
        first = bar.before(1)
        is_same = abs(bar.high - first.high) <= share * first.usual_range(usual)
        return first.is_white & bar.is_black & is_same

    return find(rule, usual + 1, open, high, low, close)


@indicator(lambda window: window + 1)
def tweezer_bottom(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 5,
    equal: float = 0.05,
) -> Any:
    """Find a white candle after a black one with the same low.

    Parameters
    ----------
    open, high, low, close
        As of `doji`.
    window : int
        Bars before the first of the two, whose mean range tells what is usual.
    equal : float
        How far the lows may be apart, as a share of the usual range.

    Returns
    -------
    Series, DataFrame or array of bool
        As of `doji`.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    Nison, *Japanese Candlestick Charting Techniques* (1991); TA-Lib has no such function, but the
    same measure of what is equal.

    Examples
    --------
    >>> bars = (
    ...     [12.0, 12.0, 10.0],
    ...     [12.0, 12.0, 11.0],
    ...     [11.0, 10.0, 10.0],
    ...     [11.5, 10.2, 10.8],
    ... )
    >>> tweezer_bottom(*bars, window=1)
    array([False, False,  True])
    """
    usual, share = as_window(window), as_share("equal", equal)

    def rule(bar: Candles) -> BoolArray:
        first = bar.before(1)
        is_same = abs(bar.low - first.low) <= share * first.usual_range(usual)
        return first.is_black & bar.is_white & is_same

    return find(rule, usual + 1, open, high, low, close)


@indicator(lambda: 1)
def inside_bar(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
) -> Any:
    """Find bars whose range lies within the one before.

    Parameters
    ----------
    open, high, low, close
        As of `doji`.

    Returns
    -------
    Series, DataFrame or array of bool
        As of `doji`.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    High below and low above those of the bar before; TA-Lib has no such function.

    Examples
    --------
    >>> inside_bar([10.0, 11.0], [12.0, 11.5], [9.0, 10.0], [11.0, 10.5])
    array([False,  True])
    """

    def rule(bar: Candles) -> BoolArray:
        return (bar.high < bar.before(1).high) & (bar.low > bar.before(1).low)

    return find(rule, 1, open, high, low, close)


@indicator(lambda: 1)
def outside_bar(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
) -> Any:
    """Find bars whose range holds the one before.

    Parameters
    ----------
    open, high, low, close
        As of `doji`.

    Returns
    -------
    Series, DataFrame or array of bool
        As of `doji`.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    High above and low below those of the bar before; TA-Lib has no such function.

    Examples
    --------
    >>> outside_bar([10.0, 11.0], [12.0, 12.5], [9.0, 8.0], [11.0, 10.5])
    array([False,  True])
    """

    def rule(bar: Candles) -> BoolArray:
        return (bar.high > bar.before(1).high) & (bar.low < bar.before(1).low)

    return find(rule, 1, open, high, low, close)
