"""Candles as arrays: bodies, shadows and what is usual for them, looked at a few assets at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_count, as_float
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._windows import rolling_mean
from maos_nb.errors import InputError

__all__ = ["Candles", "Rule", "as_share", "as_window", "directed", "find", "find_signed"]

_OBSERVATIONS_AT_ONCE = 1 << 14
"""A rule makes some ten tables, which stay in a second-level cache."""

IntArray: TypeAlias = npt.NDArray[np.int8]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Candles:
    """Bars of some assets, of which the first ones are only there to tell what is usual.

    ``before(k)`` gives the same for the bars that are `k` earlier: tables of the same shape, so that they
    compare.

    Parameters
    ----------
    quotes : tuple of ndarray (n_assets, n_observations)
        Open, high, low and close.
    lead : int
        Observations at the beginning to which no answer is given.
    known : dict
        What has been worked out of the whole tables, for bars at any lag.
    lag : int
        How much earlier these bars are.
    """

    quotes: tuple[Array, Array, Array, Array]
    lead: int
    known: dict[Any, Any] = field(default_factory=dict)
    lag: int = 0

    def before(self, lag: int) -> Candles:
        """Give the bars that many earlier."""
        return replace(self, lag=self.lag + lag)

    @property
    def open(self) -> Array:
        """Open."""
        return self._cut(self.quotes[0])

    @property
    def high(self) -> Array:
        """High."""
        return self._cut(self.quotes[1])

    @property
    def low(self) -> Array:
        """Low."""
        return self._cut(self.quotes[2])

    @property
    def close(self) -> Array:
        """Close."""
        return self._cut(self.quotes[3])

    @property
    def body(self) -> Array:
        """How far the close is from the open."""
        return self._cut(self._body())

    @property
    def top(self) -> Array:
        """Upper end of the body."""
        return self._cut(self._top())

    @property
    def bottom(self) -> Array:
        """Lower end of the body."""
        return self._cut(self._bottom())

    @property
    def upper(self) -> Array:
        """Length of the upper shadow."""
        return self._cut(self._once("upper", lambda: self.quotes[1] - self._top()))

    @property
    def lower(self) -> Array:
        """Length of the lower shadow."""
        return self._cut(self._once("lower", lambda: self._bottom() - self.quotes[2]))

    @property
    def is_white(self) -> BoolArray:
        """Whether it closed at its open or higher."""
        return self._cut(self._once("white", lambda: self.quotes[3] >= self.quotes[0]))

    @property
    def is_black(self) -> BoolArray:
        """Whether it closed below its open."""
        return self._cut(self._once("black", lambda: self.quotes[3] < self.quotes[0]))

    def usual_body(self, window: int) -> Array:
        """Give the mean body of the bars before."""
        mean = self._once(("body", window), lambda: rolling_mean(self._body(), window))
        return self.before(1)._cut(mean)

    def usual_range(self, window: int) -> Array:
        """Give the mean range of the bars before."""
        mean = self._once(("range", window), lambda: rolling_mean(self.quotes[1] - self.quotes[2], window))
        return self.before(1)._cut(mean)

    def _body(self) -> Array:
        return self._once("body", lambda: np.abs(self.quotes[3] - self.quotes[0]))

    def _top(self) -> Array:
        return self._once("top", lambda: np.maximum(self.quotes[0], self.quotes[3]))

    def _bottom(self) -> Array:
        return self._once("bottom", lambda: np.minimum(self.quotes[0], self.quotes[3]))

    def _once(self, name: Any, make: Callable[[], npt.NDArray[T]]) -> npt.NDArray[T]:
        if name not in self.known:
            self.known[name] = make()
        found: npt.NDArray[T] = self.known[name]
        return found

    def _cut(self, table: npt.NDArray[T]) -> npt.NDArray[T]:
        """Leave the lead out, and the bars to which none is so many earlier."""
        return table[:, self.lead - self.lag : table.shape[1] - self.lag]


Rule: TypeAlias = Callable[[Candles], npt.NDArray[Any]]
"""Whether, or in which direction, the pattern is complete at each bar."""


def find(rule: Rule, lookback: int, *given: Any) -> Any:
    """Apply a rule to bars as they came: a boolean for each, False where it cannot be told."""
    return _found(rule, lookback, np.bool_, given)


def find_signed(rule: Rule, lookback: int, *given: Any) -> Any:
    """Apply a rule to bars as they came: 1, -1 or 0 for each, 0 where it cannot be told."""
    return _found(rule, lookback, np.int8, given)


def as_share(name: str, value: Numeric) -> float:
    """Coerce to one number of zero or above."""
    array = as_float(name, value, finite=True)
    if array.ndim or array < 0:
        raise InputError(name, f"expected one number of zero or above, got {array}")
    return float(array)


def as_window(window: object, name: str = "window") -> int:
    """Coerce to the number of bars that tell what is usual."""
    return as_count(name, window)


def directed(is_up: BoolArray, is_down: BoolArray) -> IntArray:
    """Give 1, -1 or 0."""
    return is_up.astype(np.int8) - is_down


def _found(rule: Rule, lookback: int, kind: Any, given: tuple[Any, ...]) -> Any:
    held = as_prices(("open", "high", "low", "close"), *given)
    n_assets, length = held[0].shape
    result = np.zeros((n_assets, length), dtype=kind)
    step = max(1, _OBSERVATIONS_AT_ONCE // max(length, 1))
    for row in range(0, n_assets if length > lookback else 0, step):
        quotes = tuple(each.array[row : row + step] for each in held)
        candles = Candles((quotes[0], quotes[1], quotes[2], quotes[3]), lookback)
        with np.errstate(invalid="ignore", over="ignore"):
            result[row : row + step, lookback:] = rule(candles)
    return held[0].restore(result)
