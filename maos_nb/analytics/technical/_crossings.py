"""Where one line passes through another, or through a level."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, as_float, refuse
from maos_nb.analytics.technical._columns import Columns, Observations, as_columns, as_same_columns
from maos_nb.analytics.technical._indicator import NAN_RULES, NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._signal_panels import moved
from maos_nb.errors import InputError

__all__ = ["Ties", "crossover", "crossunder", "threshold"]

Ties: TypeAlias = Literal["side", "bar"]

_Sides: TypeAlias = npt.NDArray[np.int8]


@indicator(lambda: 1)
def crossover(
    fast: Observations, slow: Observations | float, *, ties: Ties = "side", nan: NanRule = "skip"
) -> Any:
    """Tell at which bars a line comes to stand above another one that it stood below.

    Parameters
    ----------
    fast : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        The line that crosses.
    slow : float, or like `fast`
        The line that is crossed; a number is a level.
    ties : {"side", "bar"}
        What equality means. "side": nothing; the side on which `fast` stood last counts, however long it has been
        equal since, so that to touch and turn back is no crossing, and to pass with a stop is one. "bar": `fast`
        is above, and at the bar before was below or equal, as in Pine Script.
    nan : {"skip", "reset", "propagate"}
        What a gap in either line means: the side before it still counts; it is forgotten; or there are no
        signals after it. Gaps before the first common value are none.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the kind of `fast`, with its labels; False at gaps. True at bar 1 at the earliest.

    Raises
    ------
    InputError
        If a line is not numeric or infinite, the two differ in kind, shape or labels, or a word is unknown.

    Examples
    --------
    >>> crossover(np.array([1.0, 3.0, 2.0, 3.0, 1.0, 2.0, 3.0]), 2.0)
    array([False,  True, False, False, False, False,  True])
    >>> crossover(np.array([1.0, 3.0, 2.0, 3.0, 1.0, 2.0, 3.0]), 2.0, ties="bar")
    array([False,  True, False,  True, False, False,  True])
    """
    columns, sides, known = _compared(fast, slow)
    return columns.restore(_risen(sides, known, ties, nan))


@indicator(lambda: 1)
def crossunder(
    fast: Observations, slow: Observations | float, *, ties: Ties = "side", nan: NanRule = "skip"
) -> Any:
    """Tell at which bars a line comes to stand below another one that it stood above.

    Parameters
    ----------
    fast : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        The line that crosses.
    slow : float, or like `fast`
        The line that is crossed; a number is a level.
    ties : {"side", "bar"}
    nan : {"skip", "reset", "propagate"}
        Both as for `crossover`.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the kind of `fast`, with its labels; False at gaps. True at bar 1 at the earliest.

    Raises
    ------
    InputError
        If a line is not numeric or infinite, the two differ in kind, shape or labels, or a word is unknown.

    Examples
    --------
    >>> crossunder(np.array([5.0, 4.0, 2.0]), np.array([3.0, 3.0, 3.0]))
    array([False, False,  True])
    """
    columns, sides, known = _compared(fast, slow)
    return columns.restore(_risen(-sides, known, ties, nan))


@indicator(lambda: 1)
def threshold(
    x: Observations,
    level: float,
    *,
    direction: Literal["up", "down"] = "up",
    hysteresis: float = 0.0,
    nan: NanRule = "skip",
) -> Any:
    """Tell at which bars a line passes a level, once until it has come back by a distance.

    Parameters
    ----------
    x : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Such as an RSI.
    level : float
        In the unit of `x`.
    direction : {"up", "down"}
        Which way the level is passed.
    hysteresis : float
        How far beyond the level, back where it came from, `x` has to have been since, zero or positive: a line that
        trembles about the level gives one signal, not many. With 0 this is `crossover` or `crossunder`.
    nan : {"skip", "reset", "propagate"}
        As for `crossover`.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the kind of `x`, with its labels; False at gaps. True at bar 1 at the earliest.

    Raises
    ------
    InputError
        If `x` is not numeric or infinite, `level` or `hysteresis` is not a finite number, `hysteresis` is
        negative, or a word is unknown.

    Examples
    --------
    >>> rsi = np.array([25.0, 31.0, 29.0, 31.0, 20.0, 33.0])
    >>> threshold(rsi, 30.0)
    array([False,  True, False,  True, False,  True])
    >>> threshold(rsi, 30.0, hysteresis=5.0)
    array([False, False, False, False, False,  True])
    """
    columns = as_columns("x", x)
    passed, width = _as_number("level", level), _as_number("hysteresis", hysteresis)
    refuse("hysteresis", np.asarray(width), width < 0, "a distance of zero or more")
    if direction not in ("up", "down"):
        raise InputError("direction", f'expected "up" or "down", got {direction!r}')
    sign = 1.0 if direction == "up" else -1.0
    array = sign * columns.array
    sides = _sides(array > sign * passed, array < sign * passed - width)
    return columns.restore(_risen(sides, ~np.isnan(array), "side", nan))


def _compared(fast: Observations, slow: Any) -> tuple[Columns, _Sides, BoolArray]:
    """Tell on which side of `slow` each of `fast` stands, and whether both are known."""
    if np.ndim(slow) == 0 and not isinstance(slow, str):
        columns = as_columns("fast", fast)
        other: Any = _as_number("slow", slow)
    else:
        columns, second = as_same_columns(fast=fast, slow=slow)
        other = second.array
    known = ~(np.isnan(columns.array) | np.isnan(other))
    return columns, _sides(columns.array > other, columns.array < other), known


def _sides(above: BoolArray, below: BoolArray) -> _Sides:
    return above.astype(np.int8) - below.astype(np.int8)


def _risen(sides: _Sides, known: BoolArray, ties: str, nan: str) -> BoolArray:
    """Tell where the side is 1 and the one that counts before is not."""
    if ties not in ("side", "bar"):
        raise InputError("ties", f'expected "side" or "bar", got {ties!r}')
    rule = as_nan_rule(nan)
    places = np.arange(sides.shape[1])
    if rule == NAN_RULES["propagate"]:
        begun = np.logical_or.accumulate(known, axis=1)
        known = known & ~np.logical_or.accumulate(begun & ~known, axis=1)
    counts = known if ties == "bar" else known & (sides != 0)
    before = moved(_last(counts, places), 1, -1)
    if rule == NAN_RULES["reset"]:
        before = np.where(before > _last(~known, places), before, -1)
    came_from = np.take_along_axis(sides, np.maximum(before, 0), axis=1)
    return np.asarray(known & (sides > 0) & (before >= 0) & (came_from <= 0))


def _last(flags: BoolArray, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Give the place of the last true one up to each bar, -1 where there is none."""
    return np.asarray(np.maximum.accumulate(np.where(flags, places, -1), axis=1))


def _as_number(name: str, value: Any) -> float:
    array: Array = as_float(name, value, finite=True)
    if array.ndim:
        raise InputError(name, f"expected a single number, got shape {array.shape}")
    return float(array)
