"""What every indicator says of itself: how many observations it takes before its first value."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, ParamSpec, Protocol, TypeAlias, TypeVar, cast, get_args

from maos_nb.errors import InputError

__all__ = ["NAN_RULES", "Indicator", "NanRule", "as_nan_rule", "indicator", "lookback"]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

NanRule: TypeAlias = Literal["skip", "reset", "propagate"]
"""What a recursive indicator makes of a gap: goes on after it as if the bar had not been, starts anew, or ends.

In each case the result is NaN at the gap itself.
"""

NAN_RULES: dict[str, int] = {name: code for code, name in enumerate(get_args(NanRule))}
"""The numbers by which compiled loops know the rules."""


class Indicator(Protocol[P, R_co]):
    """A function of observations that states its lookback."""

    __name__: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Compute."""
        ...

    def lookback(self, **parameters: Any) -> int:
        """Tell how many observations come before the first value, without gaps, at these parameters."""
        ...


def indicator(count: Callable[..., int]) -> Callable[[Callable[P, R_co]], Indicator[P, R_co]]:
    """Give a function a ``lookback``.

    Parameters
    ----------
    count : callable
        From those parameters of the function that it names to the number of observations before the first value.

    Examples
    --------
    >>> @indicator(lambda window: window - 1)
    ... def total(x, window=3):
    ...     return x
    >>> total.lookback(), total.lookback(window=10)
    (2, 9)
    """
    needed = tuple(inspect.signature(count).parameters)

    def equipped(function: Callable[P, R_co]) -> Indicator[P, R_co]:
        defaults = {
            name: parameter.default
            for name, parameter in inspect.signature(function).parameters.items()
            if name in needed or parameter.default is not inspect.Parameter.empty
        }

        def found(**parameters: Any) -> int:
            for name in parameters:
                if name not in defaults:
                    raise InputError("parameters", f"there is no {name!r}, there is {', '.join(defaults)}")
            taken = {name: {**defaults, **parameters}[name] for name in needed}
            for name, value in taken.items():
                if value is inspect.Parameter.empty:
                    raise InputError(name, f"expected a value, as {function.__name__} has no default for it")
            return int(count(**taken))

        made = cast("Indicator[P, R_co]", function)
        made.lookback = found  # type: ignore[method-assign]
        return made

    return equipped


def lookback(function: Indicator[..., Any], **parameters: Any) -> int:
    """Tell how many observations an indicator takes before its first value.

    Parameters
    ----------
    function : Indicator
        Any of this package.
    **parameters
        As given to it; the others as by default.

    Returns
    -------
    int
        The place of the first value in observations without gaps, counted from 0.

    Raises
    ------
    InputError
        For what is no indicator, for parameters that it does not have, and without those that have no default.
    """
    found = getattr(function, "lookback", None)
    if found is None:
        raise InputError("function", f"expected an indicator, got {function!r}")
    return int(found(**parameters))


def as_nan_rule(nan: str) -> int:
    """Give the number of a rule for gaps."""
    if nan not in NAN_RULES:
        raise InputError("nan", f"expected {' or '.join(map(repr, NAN_RULES))}, got {nan!r}")
    return NAN_RULES[nan]
