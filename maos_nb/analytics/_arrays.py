"""The one door for numeric input: coerces to float arrays, or raises naming the argument."""

from __future__ import annotations

import operator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.errors import InputError

__all__ = [
    "Array",
    "BoolArray",
    "Float",
    "Numeric",
    "as_amount",
    "as_count",
    "as_float",
    "as_fraction",
    "as_periods",
    "broadcast",
    "broadcast_shape",
    "refuse",
    "unwrap",
]

Array: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Numeric: TypeAlias = npt.ArrayLike
Float: TypeAlias = Any
"""A float where every input was scalar, else an array: which one depends on the input's shape."""


def as_float(name: str, value: Numeric, *, finite: bool = False) -> Array:
    """Coerce to a float64 array of any shape.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    value : array_like
        Numbers. Booleans, text, complex numbers and ragged or object arrays are refused;
        an object array whose items are all numbers (as pandas may give) is accepted.
    finite : bool
        Refuse NaN and infinities too.

    Raises
    ------
    InputError
        Naming the argument, what came and what was expected.
    """
    try:
        raw = np.asarray(value)
    except ValueError as error:
        raise InputError(
            name, f"expected a regular array of numbers, got rows of different lengths ({error})"
        ) from None
    if raw.dtype == object:
        raw = _numbers_from_objects(name, raw)
    if raw.dtype.kind not in "iuf":
        raise InputError(name, f"expected numbers, got {raw.dtype} ({_shown(value)})")
    array = raw.astype(np.float64, copy=False)
    if finite and not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(np.atleast_1d(array)))[0]
        where = f" at position {tuple(int(i) for i in bad)}" if array.ndim else ""
        raise InputError(name, f"expected finite numbers, got {np.atleast_1d(array)[tuple(bad)]}{where}")
    return array


def as_periods(name: str, value: Numeric, *, minimum: int = 1, finite: bool = False) -> Array:
    """Coerce to an array ``(..., n_periods)`` with at least `minimum` periods on its last axis."""
    array = as_float(name, value, finite=finite)
    if array.ndim == 0:
        raise InputError(name, f"expected an array (..., n_periods), got the single number {array}")
    if array.shape[-1] < minimum:
        raise InputError(
            name, f"expected at least {minimum} period(s) on the last axis, got shape {array.shape}"
        )
    return array


def refuse(name: str, array: Array, bad: Any, expected: str, *, advice: str = "") -> None:
    """Raise, showing the first bad value and where it stands, if any of `bad` is true; NaN is never bad.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : Array
        The values.
    bad : array_like of bool
        Which of them cannot be used, in the shape of `array`.
    expected : str
        What was expected, as in "a rate between 0 and 1".
    advice : str
        What to do.

    Raises
    ------
    InputError
        If any value is bad.
    """
    if not (bad if array.ndim == 0 else np.count_nonzero(bad)):  # np.any takes three times as long
        return
    if array.ndim == 0:
        raise InputError(name, f"expected {expected}, got {array}", advice=advice)
    positions = np.argwhere(bad)
    first = tuple(int(i) for i in positions[0])
    count = f" ({len(positions)} of {array.size} values)" if array.size > 1 else ""
    raise InputError(
        name, f"expected {expected}, got {array[first]} at position {first}{count}", advice=advice
    )


def as_amount(name: str, value: Numeric) -> Array:
    """Coerce to an array of amounts that are zero or positive; NaN passes."""
    array = as_float(name, value)
    refuse(name, array, array < 0, "a positive amount or zero", advice=f"Give {name} as a positive amount")
    return array


def as_fraction(name: str, value: Numeric) -> Array:
    """Coerce to an array of fractions between 0 and 1; NaN passes."""
    array = as_float(name, value)
    refuse(
        name,
        array,
        (array < 0) | (array > 1),
        "a fraction between 0 and 1",
        advice="Give 25% as 0.25, and NaN where it is not known",
    )
    return array


def as_count(name: str, value: object, *, minimum: int = 1) -> int:
    """Coerce to a whole number of at least `minimum`; booleans, text and fractions are refused."""
    try:
        count = operator.index(value)  # type: ignore[arg-type]  # a TypeError is the answer looked for
    except TypeError:
        count = None
    if count is None or isinstance(value, bool | np.bool_):
        raise InputError(name, f"expected a whole number, got {type(value).__name__} ({_shown(value)})")
    if count < minimum:
        raise InputError(name, f"expected at least {minimum}, got {count}")
    return count


def broadcast_shape(**arrays: Array) -> tuple[int, ...]:
    """Give the shape of the named arrays against each other, or raise naming all of them and their shapes."""
    try:
        return np.broadcast(*arrays.values()).shape
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError(" and ".join(arrays), f"shapes do not broadcast: {shapes}") from None


def broadcast(**arrays: Array) -> tuple[Array, ...]:
    """Broadcast the named arrays against each other, or raise naming all of them and their shapes."""
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError(" and ".join(arrays), f"shapes do not broadcast: {shapes}") from None


def unwrap(array: npt.NDArray[Any]) -> Any:
    """Give a plain Python scalar for a 0-dimensional result, and the array otherwise."""
    return array.item() if array.ndim == 0 else array


def _numbers_from_objects(name: str, raw: npt.NDArray[Any]) -> npt.NDArray[Any]:
    for item in raw.flat:
        if isinstance(item, bool | str | bytes | complex) or not hasattr(item, "__float__"):
            raise InputError(
                name, f"expected numbers, got {type(item).__name__} ({_shown(item)}) in an object array"
            )
    return raw.astype(np.float64)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
