"""Patterns of one candle: doji and their kin, marubozu and spinning top."""

from __future__ import annotations

from typing import Any

from maos_nb.analytics._arrays import BoolArray
from maos_nb.analytics.technical._candles import (
    Candles,
    as_share,
    as_window,
    directed,
    find,
    find_signed,
)
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator

__all__ = [
    "doji",
    "dragonfly_doji",
    "gravestone_doji",
    "long_legged_doji",
    "marubozu",
    "spinning_top",
]


@indicator(lambda window: window)
def doji(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    body: float = 0.1,
) -> Any:
    """Find bars that closed about where they opened.

    Parameters
    ----------
    open, high, low, close : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars before this one, whose mean body or range tells what is usual.
    body : float
        Longest body, as a share of the usual range.

    Returns
    -------
    Series, DataFrame or array of bool
        True at the bar that completes the pattern, like `open`; False before `lookback`, and where a bar that
        it needs has a gap.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, or differ in shape or labels; prices cannot be of one bar;
        rows are not in order; `window` is not a whole number of at least 1; a share is below zero.

    Notes
    -----
    Nison, *Japanese Candlestick Charting Techniques* (1991), as measured by TA-Lib's ``CDLDOJI``.

    Examples
    --------
    >>> doji([10.0, 11.0], [12.0, 12.0], [9.5, 10.0], [11.0, 11.1], window=1)
    array([False,  True])
    """
    usual, share = as_window(window), as_share("body", body)
    return find(lambda bar: bar.body <= share * bar.usual_range(usual), usual, open, high, low, close)


@indicator(lambda window: window)
def dragonfly_doji(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    body: float = 0.1,
    shadow: float = 0.1,
) -> Any:
    """Find doji that opened and closed at their high.

    Parameters
    ----------
    open, high, low, close, window, body
        As of `doji`.
    shadow : float
        What the upper shadow is shorter than and the lower one longer than, as a share of the usual range.

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
    As measured by TA-Lib's ``CDLDRAGONFLYDOJI``.

    Examples
    --------
    >>> dragonfly_doji([10.0, 11.0], [12.0, 11.1], [9.5, 9.0], [11.0, 11.1], window=1)
    array([False,  True])
    """
    usual, share, limit = as_window(window), as_share("body", body), as_share("shadow", shadow)

    def rule(bar: Candles) -> BoolArray:
        size = bar.usual_range(usual)
        return (bar.body <= share * size) & (bar.upper < limit * size) & (bar.lower > limit * size)

    return find(rule, usual, open, high, low, close)


@indicator(lambda window: window)
def gravestone_doji(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    body: float = 0.1,
    shadow: float = 0.1,
) -> Any:
    """Find doji that opened and closed at their low.

    Parameters
    ----------
    open, high, low, close, window, body
        As of `doji`.
    shadow : float
        What the lower shadow is shorter than and the upper one longer than, as a share of the usual range.

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
    As measured by TA-Lib's ``CDLGRAVESTONEDOJI``.

    Examples
    --------
    >>> gravestone_doji([10.0, 9.0], [12.0, 11.0], [9.5, 9.0], [11.0, 9.1], window=1)
    array([False,  True])
    """
    usual, share, limit = as_window(window), as_share("body", body), as_share("shadow", shadow)

    def rule(bar: Candles) -> BoolArray:
        size = bar.usual_range(usual)
        return (bar.body <= share * size) & (bar.lower < limit * size) & (bar.upper > limit * size)

    return find(rule, usual, open, high, low, close)


@indicator(lambda window: window)
def long_legged_doji(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    body: float = 0.1,
    shadow: float = 1.0,
) -> Any:
    """Find doji with a long shadow.

    Parameters
    ----------
    open, high, low, close, window, body
        As of `doji`.
    shadow : float
        What one of the shadows is longer than, in bodies of this bar.

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
    As measured by TA-Lib's ``CDLLONGLEGGEDDOJI``.

    Examples
    --------
    >>> long_legged_doji([10.0, 11.0], [12.0, 12.0], [9.5, 10.0], [11.0, 11.1], window=1)
    array([False,  True])
    """
    usual, share, limit = as_window(window), as_share("body", body), as_share("shadow", shadow)

    def rule(bar: Candles) -> BoolArray:
        is_long = (bar.upper > limit * bar.body) | (bar.lower > limit * bar.body)
        return (bar.body <= share * bar.usual_range(usual)) & is_long

    return find(rule, usual, open, high, low, close)


@indicator(lambda window: window)
def marubozu(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    shadow: float = 0.1,
) -> Any:
    """Find long candles with hardly any shadow.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body : float
        What the body is longer than, in usual bodies.
    shadow : float
        What both shadows are shorter than, as a share of the usual range.

    Returns
    -------
    Series, DataFrame or array of int8
        1 where a white candle is one, -1 where a black one is, else 0.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    As measured by TA-Lib's ``CDLMARUBOZU``.

    Examples
    --------
    >>> marubozu([10.0, 11.0], [12.0, 13.0], [9.5, 11.0], [11.0, 13.0], window=1)
    array([0, 1], dtype=int8)
    """
    usual, share, limit = as_window(window), as_share("long_body", long_body), as_share("shadow", shadow)

    def rule(bar: Candles) -> Any:
        short = limit * bar.usual_range(usual)
        is_one = (bar.body > share * bar.usual_body(usual)) & (bar.upper < short) & (bar.lower < short)
        return directed(is_one & bar.is_white, is_one & bar.is_black)

    return find_signed(rule, usual, open, high, low, close)


@indicator(lambda window: window)
def spinning_top(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    short_body: float = 1.0,
    shadow: float = 1.0,
) -> Any:
    """Find short bodies between longer shadows.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    short_body : float
        What the body is shorter than, in usual bodies.
    shadow : float
        What both shadows are longer than, in bodies of this bar.

    Returns
    -------
    Series, DataFrame or array of int8
        1 where a white candle is one, -1 where a black one is, else 0: a colour, not a forecast.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    As measured by TA-Lib's ``CDLSPINNINGTOP``.

    Examples
    --------
    >>> spinning_top([10.0, 11.0], [12.0, 12.0], [9.5, 10.0], [11.0, 11.1], window=1)
    array([0, 1], dtype=int8)
    """
    usual, share, limit = as_window(window), as_share("short_body", short_body), as_share("shadow", shadow)

    def rule(bar: Candles) -> Any:
        size = limit * bar.body
        is_one = (bar.body < share * bar.usual_body(usual)) & (bar.upper > size) & (bar.lower > size)
        return directed(is_one & bar.is_white, is_one & bar.is_black)

    return find_signed(rule, usual, open, high, low, close)
