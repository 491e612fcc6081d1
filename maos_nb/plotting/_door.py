"""The door of the charts: plain pieces of a result become arrays, or an error names the argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_float, refuse
from maos_nb.errors import InputError

__all__ = ["amount", "check_currency", "check_mapping", "line"]

_LARGEST = 1e100
"""Axes need room beyond the largest amount, and squares of it; nobody's revenue comes near."""


def check_mapping(name: str, value: object, needed: Sequence[str] = ()) -> Mapping[str, Any]:
    """Give the mapping, or raise InputError if it is none, is empty or lacks a name."""
    if not isinstance(value, Mapping):
        raise InputError(name, f"expected a mapping, got {type(value).__name__}", advice=_PIECE)
    missing = [key for key in needed if key not in value]
    if missing or not value:
        lacks = ", ".join(missing) or "everything: it is empty"
        raise InputError(name, f"lacks {lacks}", advice=_PIECE)
    return value


_PIECE = "Give the piece of the task's result as it is"


def line(name: str, values: object) -> Array:
    """Coerce a line of amounts, one a year, to an array ``(n,)``; None and NaN mean not known."""
    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__len__"):
        raise InputError(name, f"expected a list of numbers, got {type(values).__name__}")
    filled = [np.nan if item is None else item for item in values]  # type: ignore[attr-defined]  # it has a length
    array = as_float(name, filled)
    if array.ndim != 1 or not array.size:
        raise InputError(name, f"expected one number a year, got shape {array.shape}")
    return _within_reach(name, array)


def amount(name: str, value: object) -> float:
    """Coerce to one number; None and NaN mean not known."""
    array = as_float(name, np.nan if value is None else value)  # type: ignore[arg-type]  # checked inside
    if array.ndim:
        raise InputError(name, f"expected one number, got shape {array.shape}")
    return float(_within_reach(name, array))


def check_currency(currency: object) -> str:
    """Give the currency's words, or raise InputError."""
    if not isinstance(currency, str) or not currency.strip():
        raise InputError("currency", f"expected a code such as 'USD' or words, got {currency!r}")
    return currency.strip()


def _within_reach(name: str, array: Array) -> Array:
    refuse(name, array, np.abs(array) > _LARGEST, f"amounts of at most {_LARGEST:g} in size")
    return array
