"""Hammers and stars: a short body at one end of a long shadow, below or above the bar before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from maos_nb.analytics._arrays import BoolArray
from maos_nb.analytics.technical._candles import Candles, as_share, as_window, find
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator

__all__ = ["hammer", "hanging_man", "inverted_hammer", "shooting_star"]


@indicator(lambda window, near_window: max(window, near_window + 1))
def hammer(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    short_body: float = 1.0,
    long_shadow: float = 1.0,
    short_shadow: float = 0.1,
    near: float = 0.2,
    near_window: int = 5,
) -> Any:
    """Find short bodies above a long lower shadow, at or below the low of the bar before.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    short_body : float
        What the body is shorter than, in usual bodies.
    long_shadow : float
        What the lower shadow is longer than, in bodies of this bar.
    short_shadow : float
        What the upper shadow is shorter than, as a share of the usual range.
    near : float
        How far above the low of the bar before the body's lower end may be, as a share of the range that was
        usual then.
    near_window : int
        Bars whose mean range tells that.

    Returns
    -------
    Series, DataFrame or array of bool
        As of `doji`. The same candle at the end of a rise is a `hanging_man`; what came before is for you to
        ask.

    Raises
    ------
    InputError
        As `doji` does.

    Notes
    -----
    As measured by TA-Lib's ``CDLHAMMER``.

    Examples
    --------
    >>> bars = [13.0, 12.0, 10.0], [13.0, 12.0, 10.3], [12.0, 10.5, 8.0], [12.0, 10.5, 10.3]
    >>> hammer(*bars, window=2, near_window=1)
    array([False, False,  True])
    """
    usual, recent = as_window(window), as_window(near_window, "near_window")
    is_shaped = _shape(usual, short_body, long_shadow, short_shadow, is_body_high=True)
    share = as_share("near", near)

    def rule(bar: Candles) -> BoolArray:
        last = bar.before(1)
        return is_shaped(bar) & (bar.bottom <= last.low + share * last.usual_range(recent))

    return find(rule, max(usual, recent + 1), open, high, low, close)


@indicator(lambda window, near_window: max(window, near_window + 1))
def hanging_man(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    short_body: float = 1.0,
    long_shadow: float = 1.0,
    short_shadow: float = 0.1,
    near: float = 0.2,
    near_window: int = 5,
) -> Any:
    """Find short bodies above a long lower shadow, at or above the high of the bar before.

    Parameters
    ----------
    open, high, low, close, window, short_body, long_shadow, short_shadow, near_window
        As of `hammer`.
    near : float
        How far below the high of the bar before the body's lower end may be, as a share of the range that was
        usual then.

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
    As measured by TA-Lib's ``CDLHANGINGMAN``.

    Examples
    --------
    >>> bars = [9.0, 10.0, 12.0], [10.0, 11.5, 12.3], [9.0, 10.0, 10.0], [10.0, 11.5, 12.3]
    >>> hanging_man(*bars, window=2, near_window=1)
    array([False, False,  True])
    """
    usual, recent = as_window(window), as_window(near_window, "near_window")
    is_shaped = _shape(usual, short_body, long_shadow, short_shadow, is_body_high=True)
    share = as_share("near", near)

    def rule(bar: Candles) -> BoolArray:
        last = bar.before(1)
        return is_shaped(bar) & (bar.bottom >= last.high - share * last.usual_range(recent))

    return find(rule, max(usual, recent + 1), open, high, low, close)


@indicator(lambda window: window)
def inverted_hammer(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    short_body: float = 1.0,
    long_shadow: float = 1.0,
    short_shadow: float = 0.1,
) -> Any:
    """Find short bodies under a long upper shadow, wholly below the body before.

    Parameters
    ----------
    open, high, low, close, window
        As of `doji`.
    short_body : float
        What the body is shorter than, in usual bodies.
    long_shadow : float
        What the upper shadow is longer than, in bodies of this bar.
    short_shadow : float
        What the lower shadow is shorter than, as a share of the usual range.

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
    As measured by TA-Lib's ``CDLINVERTEDHAMMER``.

    Examples
    --------
    >>> inverted_hammer([12.0, 9.0], [12.0, 11.0], [10.0, 9.0], [10.0, 9.3], window=1)
    array([False,  True])
    """
    usual = as_window(window)
    is_shaped = _shape(usual, short_body, long_shadow, short_shadow, is_body_high=False)
    return find(lambda bar: is_shaped(bar) & (bar.top < bar.before(1).bottom), usual, open, high, low, close)


@indicator(lambda window: window)
def shooting_star(
    open: Observations,  # noqa: A002
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    *,
    window: int = 10,
    short_body: float = 1.0,
    long_shadow: float = 1.0,
    short_shadow: float = 0.1,
) -> Any:
    """Find short bodies under a long upper shadow, wholly above the body before.

    Parameters
    ----------
    open, high, low, close, window, short_body, long_shadow, short_shadow
        As of `inverted_hammer`.

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
    As measured by TA-Lib's ``CDLSHOOTINGSTAR``.

    Examples
    --------
    >>> shooting_star([10.0, 12.5], [12.0, 14.5], [10.0, 12.5], [12.0, 12.8], window=1)
    array([False,  True])
    """
    usual = as_window(window)
    is_shaped = _shape(usual, short_body, long_shadow, short_shadow, is_body_high=False)
    return find(lambda bar: is_shaped(bar) & (bar.bottom > bar.before(1).top), usual, open, high, low, close)


def _shape(
    usual: int, short_body: float, long_shadow: float, short_shadow: float, *, is_body_high: bool
) -> Callable[[Candles], BoolArray]:
    body, long = as_share("short_body", short_body), as_share("long_shadow", long_shadow)
    short = as_share("short_shadow", short_shadow)

    def is_shaped(bar: Candles) -> BoolArray:
        leg, cap = (bar.lower, bar.upper) if is_body_high else (bar.upper, bar.lower)
        is_capped = cap < short * bar.usual_range(usual)
        return (bar.body < body * bar.usual_body(usual)) & (leg > long * bar.body) & is_capped

    return is_shaped
