"""Candles that go one way: soldiers and crows, and three methods."""

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

__all__ = ["falling_three_methods", "rising_three_methods", "three_black_crows", "three_white_soldiers"]


@indicator(lambda window, near_window: max(window, near_window) + 2)
def three_white_soldiers(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    short_body: float = 1.0,
    shadow: float = 0.1,
    near: float = 0.2,
    far: float = 0.6,
    near_window: int = 5,
) -> Any:
    """Find three white candles with ever higher closes, each opening in or near the body before.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    short_body : float
        What the last body is longer than, in usual bodies.
    shadow : float
        What the upper shadows are shorter than, as a share of the usual range.
    near, far : float
        How far above the close before a candle may open, and by less than what a body may be shorter than the
        one before, as shares of the usual range.
    near_window : int
        Bars whose mean range tells what is near and far.

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
    As measured by TA-Lib's ``CDL3WHITESOLDIERS``.

    Examples
    --------
    >>> soldiers = (
    ...     [9.0, 10.0, 10.5, 11.5],
    ...     [11.0, 11.0, 12.0, 13.1],
    ...     [8.0, 10.0, 10.5, 11.5],
    ...     [9.2, 11.0, 12.0, 13.1],
    ... )
    >>> three_white_soldiers(*soldiers, window=1, near_window=1)
    array([False, False, False,  True])
    """
    usual, recent = as_window(window), as_window(near_window, "near_window")
    short, limit = as_share("short_body", short_body), as_share("shadow", shadow)
    share, most = as_share("near", near), as_share("far", far)

    def follows(bar: Candles) -> BoolArray:
        last = bar.before(1)
        size = last.usual_range(recent)
        is_up = (bar.close > last.close) & (bar.open > last.open)
        return is_up & (bar.open <= last.close + share * size) & (bar.body > last.body - most * size)

    def rule(bar: Candles) -> BoolArray:
        three = (bar, bar.before(1), bar.before(2))
        is_one = follows(bar) & follows(bar.before(1)) & (bar.body > short * bar.usual_body(usual))
        for each in three:
            is_one &= each.is_white & (each.upper < limit * each.usual_range(usual))
        return is_one

    return find(rule, max(usual, recent) + 2, open, high, low, close)


@indicator(lambda window: window + 2)
def three_black_crows(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    shadow: float = 0.1,
) -> Any:
    """Find three black candles with ever lower closes after a white one, each opening within the body before.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    shadow : float
        What the lower shadows are shorter than, as a share of the usual range.

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
    As measured by TA-Lib's ``CDL3BLACKCROWS``: the first black candle closes below the high of the white one.

    Examples
    --------
    >>> crows = (
    ...     [10.0, 12.0, 11.5, 10.5],
    ...     [12.5, 12.0, 11.5, 10.5],
    ...     [10.0, 11.0, 10.0, 9.0],
    ...     [12.0, 11.0, 10.0, 9.0],
    ... )
    >>> three_black_crows(*crows, window=1)
    array([False, False, False,  True])
    """
    usual, limit = as_window(window), as_share("shadow", shadow)

    def rule(bar: Candles) -> BoolArray:
        second, first, before = bar.before(1), bar.before(2), bar.before(3)
        is_one = before.is_white & (first.close < before.high)
        for each in (bar, second, first):
            is_one &= each.is_black & (each.lower < limit * each.usual_range(usual))
        for last, each in ((first, second), (second, bar)):
            is_one &= (each.open < last.open) & (each.open > last.close) & (each.close < last.close)
        return is_one

    return find(rule, usual + 2, open, high, low, close)


@indicator(lambda window: window + 4)
def rising_three_methods(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    short_body: float = 1.0,
) -> Any:
    """Find a long white candle, three short black ones within its range, and a long white one that closes higher.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body, short_body : float
        What the first and the last body are longer than, and the three between them shorter than, in usual
        bodies.

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
    As measured by TA-Lib's ``CDLRISEFALL3METHODS``: each of the three has a part of its body in
    the first one's range, their closes are falling, and the last candle opens above the last of them.

    Examples
    --------
    >>> bars = (
    ...     [10.0, 10.0, 11.8, 11.5, 11.2, 11.2],
    ...     [11.0, 12.0, 11.9, 11.6, 11.3, 12.6],
    ...     [10.0, 10.0, 11.4, 11.1, 10.8, 11.2],
    ...     [11.0, 12.0, 11.5, 11.2, 10.9, 12.5],
    ... )
    >>> rising_three_methods(*bars, window=1, short_body=1.1)
    array([False, False, False, False, False,  True])
    """
    usual, long, short = (
        as_window(window),
        as_share("long_body", long_body),
        as_share("short_body", short_body),
    )

    def rule(bar: Candles) -> BoolArray:
        first, rest = bar.before(4), (bar.before(3), bar.before(2), bar.before(1))
        is_one = first.is_white & bar.is_white & (bar.close > first.close) & (bar.open > rest[2].close)
        is_one &= (rest[1].close < rest[0].close) & (rest[2].close < rest[1].close)
        for each in (first, bar):
            is_one &= each.body > long * each.usual_body(usual)
        for each in rest:
            is_one &= each.is_black & (each.body < short * each.usual_body(usual))
            is_one &= (each.bottom < first.high) & (each.top > first.low)
        return is_one

    return find(rule, usual + 4, open, high, low, close)


@indicator(lambda window: window + 4)
def falling_three_methods(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    short_body: float = 1.0,
) -> Any:
    """Find a long black candle, three short white ones within its range, and a long black one that closes lower.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body, short_body : float
        What the first and the last body are longer than, and the three between them shorter than, in usual
        bodies.

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
    As measured by TA-Lib's ``CDLRISEFALL3METHODS``: each of the three has a part of its body in
    the first one's range, their closes are rising, and the last candle opens below the last of them.

    Examples
    --------
    >>> bars = (
    ...     [12.0, 12.0, 10.2, 10.5, 10.8, 10.8],
    ...     [12.0, 12.0, 10.6, 10.9, 11.2, 10.8],
    ...     [11.0, 10.0, 10.1, 10.4, 10.7, 9.4],
    ...     [11.0, 10.0, 10.5, 10.8, 11.1, 9.5],
    ... )
    >>> falling_three_methods(*bars, window=1, short_body=1.1)
    array([False, False, False, False, False,  True])
    """
    usual, long, short = (
        as_window(window),
        as_share("long_body", long_body),
        as_share("short_body", short_body),
    )

    def rule(bar: Candles) -> BoolArray:
        first, rest = bar.before(4), (bar.before(3), bar.before(2), bar.before(1))
        is_one = first.is_black & bar.is_black & (bar.close < first.close) & (bar.open < rest[2].close)
        is_one &= (rest[1].close > rest[0].close) & (rest[2].close > rest[1].close)
        for each in (first, bar):
            is_one &= each.body > long * each.usual_body(usual)
        for each in rest:
            is_one &= each.is_white & (each.body < short * each.usual_body(usual))
            is_one &= (each.bottom < first.high) & (each.top > first.low)
        return is_one

    return find(rule, usual + 4, open, high, low, close)
