"""Patterns of two bodies: engulfing, harami, piercing line and dark cloud cover."""

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

__all__ = ["dark_cloud_cover", "engulfed", "engulfing", "harami", "is_within", "piercing_line"]


@indicator(lambda: 1)
def engulfing(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
) -> Any:
    """Find bodies that hold the whole body before, which has the other colour.

    Parameters
    ----------
    open, high, low, close
        As of `doji`.

    Returns
    -------
    Series, DataFrame or array of int8
        1 where a white body holds a black one, -1 where a black body holds a white one, else 0. One end may
        be the same.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    As TA-Lib's ``CDLENGULFING``, which gives 80 in place of 100 where one end is the same.

    Examples
    --------
    >>> engulfing([11.0, 9.5], [11.0, 12.0], [10.0, 9.0], [10.0, 11.5])
    array([0, 1], dtype=int8)
    """
    return find_signed(lambda bar: engulfed(bar.before(1), bar), 1, open, high, low, close)


@indicator(lambda window: window + 1)
def harami(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    short_body: float = 1.0,
) -> Any:
    """Find short bodies within the long body before.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body, short_body : float
        What the first body is longer than, and the longest that the second may be, in usual bodies.

    Returns
    -------
    Series, DataFrame or array of int8
        1 after a black body, -1 after a white one, else 0: against what was. One end may be the same.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    As TA-Lib's ``CDLHARAMI``, which gives 80 in place of 100 where one end is the same.

    Examples
    --------
    >>> harami([11.0, 13.0, 11.0], [12.0, 13.0, 12.0], [11.0, 10.0, 11.0], [12.0, 10.0, 11.5], window=1)
    array([0, 0, 1], dtype=int8)
    """
    usual, long, short = (
        as_window(window),
        as_share("long_body", long_body),
        as_share("short_body", short_body),
    )

    def rule(bar: Candles) -> Any:
        is_one = is_within(bar, bar.before(1), usual, long, short)
        is_one &= (bar.top <= bar.before(1).top) & (bar.bottom >= bar.before(1).bottom)
        return directed(is_one & bar.before(1).is_black, is_one & bar.before(1).is_white)

    return find_signed(rule, usual + 1, open, high, low, close)


@indicator(lambda window: window + 1)
def piercing_line(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    penetration: float = 0.5,
) -> Any:
    """Find long white candles that open below a long black one and close high in its body.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body : float
        What both bodies are longer than, in usual bodies.
    penetration : float
        What the close is higher up in the black body than, as a share of it; it does not get above that body.

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
    As measured by TA-Lib's ``CDLPIERCING``, whose penetration is always a half.

    Examples
    --------
    >>> bars = (
    ...     [12.0, 12.0, 9.0],
    ...     [12.5, 12.0, 11.5],
    ...     [11.0, 10.0, 9.0],
    ...     [11.5, 10.0, 11.3],
    ... )
    >>> piercing_line(*bars, window=1)
    array([False, False,  True])
    """
    usual, long, share = (
        as_window(window),
        as_share("long_body", long_body),
        as_share("penetration", penetration),
    )

    def rule(bar: Candles) -> BoolArray:
        first = bar.before(1)
        is_long = (first.body > long * first.usual_body(usual)) & (bar.body > long * bar.usual_body(usual))
        is_turn = first.is_black & bar.is_white & (bar.open < first.low)
        return is_long & is_turn & (bar.close < first.open) & (bar.close > first.close + share * first.body)

    return find(rule, usual + 1, open, high, low, close)


@indicator(lambda window: window + 1)
def dark_cloud_cover(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    penetration: float = 0.5,
) -> Any:
    """Find black candles that open above a long white one and close low in its body.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body : float
        What the white body is longer than, in usual bodies.
    penetration : float
        What the close is further down in the white body than, as a share of it; it does not get below that
        body.

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
    As measured by TA-Lib's ``CDLDARKCLOUDCOVER``.

    Examples
    --------
    >>> bars = (
    ...     [10.0, 10.0, 12.5],
    ...     [11.0, 12.0, 12.5],
    ...     [10.0, 10.0, 10.5],
    ...     [10.5, 12.0, 10.7],
    ... )
    >>> dark_cloud_cover(*bars, window=1)
    array([False, False,  True])
    """
    usual, long, share = (
        as_window(window),
        as_share("long_body", long_body),
        as_share("penetration", penetration),
    )

    def rule(bar: Candles) -> BoolArray:
        first = bar.before(1)
        is_long = first.body > long * first.usual_body(usual)
        is_turn = first.is_white & bar.is_black & (bar.open > first.high)
        return is_long & is_turn & (bar.close > first.open) & (bar.close < first.close - share * first.body)

    return find(rule, usual + 1, open, high, low, close)


def engulfed(first: Candles, second: Candles) -> Any:
    """Tell where a body holds the one before, of the other colour: 1, -1 or 0."""
    is_one = (second.top >= first.top) & (second.bottom <= first.bottom)
    is_one &= (second.top > first.top) | (second.bottom < first.bottom)
    return directed(is_one & second.is_white & first.is_black, is_one & second.is_black & first.is_white)


def is_within(bar: Candles, first: Candles, usual: int, long: float, short: float) -> BoolArray:
    """Tell where a short body comes after a long one."""
    is_long: BoolArray = first.body > long * first.usual_body(usual)
    return is_long & (bar.body <= short * bar.usual_body(usual))
