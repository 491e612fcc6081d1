"""Reversals in three candles: stars, and what confirms a harami or an engulfing body."""

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
from maos_nb.analytics.technical._patterns_double import engulfed, is_within

__all__ = ["evening_star", "morning_star", "three_inside", "three_outside"]


@indicator(lambda window: window + 2)
def morning_star(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    short_body: float = 1.0,
    penetration: float = 0.3,
) -> Any:
    """Find a long black candle, a short body wholly below its own, and a white candle back into it.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body, short_body : float
        What the first body is longer than, in usual bodies, the longest that the second may be, and what the
        third is longer than.
    penetration : float
        What the last close goes further back than, as a share of the first body.

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
    As measured by TA-Lib's ``CDLMORNINGSTAR``.

    Examples
    --------
    >>> bars = (
    ...     [12.0, 12.0, 9.5, 9.8],
    ...     [12.0, 12.0, 9.8, 11.8],
    ...     [11.0, 10.0, 9.4, 9.8],
    ...     [11.0, 10.0, 9.6, 11.7],
    ... )
    >>> morning_star(*bars, window=1)
    array([False, False, False,  True])
    """
    usual, share = as_window(window), as_share("penetration", penetration)
    long, short = as_share("long_body", long_body), as_share("short_body", short_body)

    def rule(bar: Candles) -> BoolArray:
        first = bar.before(2)
        is_star = is_within(bar.before(1), first, usual, long, short) & (bar.before(1).top < first.bottom)
        is_turn = first.is_black & bar.is_white & (bar.close > first.close + share * first.body)
        return is_star & is_turn & (bar.body > short * bar.usual_body(usual))

    return find(rule, usual + 2, open, high, low, close)


@indicator(lambda window: window + 2)
def evening_star(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    short_body: float = 1.0,
    penetration: float = 0.3,
) -> Any:
    """Find a long white candle, a short body wholly above its own, and a black candle back into it.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    long_body, short_body : float
        What the first body is longer than, in usual bodies, the longest that the second may be, and what the
        third is longer than.
    penetration : float
        What the last close goes further back than, as a share of the first body.

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
    As measured by TA-Lib's ``CDLEVENINGSTAR``.

    Examples
    --------
    >>> bars = (
    ...     [10.0, 10.0, 12.5, 12.0],
    ...     [11.0, 12.0, 12.7, 12.0],
    ...     [10.0, 10.0, 12.3, 10.2],
    ...     [11.0, 12.0, 12.6, 10.4],
    ... )
    >>> evening_star(*bars, window=1)
    array([False, False, False,  True])
    """
    usual, share = as_window(window), as_share("penetration", penetration)
    long, short = as_share("long_body", long_body), as_share("short_body", short_body)

    def rule(bar: Candles) -> BoolArray:
        first = bar.before(2)
        is_star = is_within(bar.before(1), first, usual, long, short) & (bar.before(1).bottom > first.top)
        is_turn = first.is_white & bar.is_black & (bar.close < first.close - share * first.body)
        return is_star & is_turn & (bar.body > short * bar.usual_body(usual))

    return find(rule, usual + 2, open, high, low, close)


@indicator(lambda window: window + 2)
def three_inside(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    long_body: float = 1.0,
    short_body: float = 1.0,
) -> Any:
    """Find a harami that the next candle confirms: three inside up or down.

    Parameters
    ----------
    open, high, low, close, window, long_body, short_body
        As of `harami`, whose second body has both ends within the first.

    Returns
    -------
    Series, DataFrame or array of int8
        1 where a white candle closes above the black body, -1 where a black one closes below the white body,
        else 0.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    As TA-Lib's ``CDL3INSIDE``.

    Examples
    --------
    >>> bars = (
    ...     [11.0, 13.0, 11.0, 11.5],
    ...     [12.0, 13.0, 12.0, 13.5],
    ...     [11.0, 10.0, 11.0, 11.5],
    ...     [12.0, 10.0, 11.5, 13.5],
    ... )
    >>> three_inside(*bars, window=1)
    array([0, 0, 0, 1], dtype=int8)
    """
    usual, long, short = (
        as_window(window),
        as_share("long_body", long_body),
        as_share("short_body", short_body),
    )

    def rule(bar: Candles) -> Any:
        second, first = bar.before(1), bar.before(2)
        is_one = is_within(second, first, usual, long, short)
        is_one &= (second.top < first.top) & (second.bottom > first.bottom)
        is_up = first.is_black & bar.is_white & (bar.close > first.open)
        is_down = first.is_white & bar.is_black & (bar.close < first.open)
        return directed(is_one & is_up, is_one & is_down)

    return find_signed(rule, usual + 2, open, high, low, close)


@indicator(lambda: 2)
def three_outside(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
) -> Any:
    """Find an engulfing body that the next close confirms: three outside up or down.

    Parameters
    ----------
    open, high, low, close
        As of `doji`.

    Returns
    -------
    Series, DataFrame or array of int8
        1 where the close rises after a white body that holds a black one, -1 the other way round, else 0.
        Both ends lie outside.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    As TA-Lib's ``CDL3OUTSIDE``.

    Examples
    --------
    >>> three_outside([11.0, 9.5, 11.0], [11.0, 12.0, 12.0], [10.0, 9.0, 11.0], [10.0, 11.5, 12.0])
    array([0, 0, 1], dtype=int8)
    """

    def rule(bar: Candles) -> Any:
        second, first = bar.before(1), bar.before(2)
        held = engulfed(first, second)
        is_whole = (second.top > first.top) & (second.bottom < first.bottom)
        is_up = is_whole & (held > 0) & (bar.close > second.close)
        return directed(is_up, is_whole & (held < 0) & (bar.close < second.close))

    return find_signed(rule, 2, open, high, low, close)
