"""The door of the charts: plain pieces of a result become arrays, or an error names the argument."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from maos_nb.analytics._arrays import Array, as_float, refuse
from maos_nb.errors import InputError
from maos_nb.plotting._chart import METRICS

__all__ = [
    "Metric",
    "amount",
    "axis",
    "check_currency",
    "check_mapping",
    "check_metric",
    "check_price",
    "known_amount",
    "line",
    "percentiles",
    "refuse_unknown",
    "years",
]

Metric = Literal["value_per_share", "equity_value", "enterprise_value"]

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


def line(name: str, values: object, *, per: str = "year", count: int | None = None) -> Array:
    """Coerce a line of amounts, one a `per`, to an array ``(count,)``; None and NaN mean not known."""
    is_single = isinstance(values, np.ndarray) and not values.ndim
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Collection) or is_single:
        raise InputError(name, f"expected a list of numbers, got {type(values).__name__}")
    filled = [np.nan if item is None else item for item in values]
    array = as_float(name, filled)
    if array.ndim != 1 or not array.size:
        raise InputError(name, f"expected one number a {per}, got shape {array.shape}")
    if count is not None and array.size != count:
        raise InputError(name, f"expected one number for each of {count} {per}s, got {array.size}")
    return _within_reach(name, array)


def axis(name: str, values: object, *, per: str, is_rising: bool = False) -> Array:
    """Coerce what the amounts are drawn against: all known and, where asked for, rising."""
    array = line(name, values, per=per)
    refuse(name, array, np.isnan(array), "only known numbers")
    if is_rising and (np.diff(array) <= 0).any():
        place = int(np.argmax(np.diff(array) <= 0))
        raise InputError(name, f"expected rising numbers, got {array[place]:g} before {array[place + 1]:g}")
    return array


def years(name: str, values: object) -> Array:
    """Coerce years, which rise one by one."""
    array = line(name, values)
    if not np.isfinite(array).all() or (array % 1 != 0).any() or (np.diff(array) != 1).any():
        raise InputError(name, f"expected years that rise one by one, got {values!r}")
    return array


def percentiles(name: str, values: object) -> dict[float, Any]:
    """Give what is known of each percentile, from low to high; "5", 5 and 5.0 are one name."""
    given: dict[float, Any] = {}
    for key, value in check_mapping(name, values).items():
        try:
            level = float(key)
        except (TypeError, ValueError):
            level = math.nan
        if not 0 < level < 100 or level in given:
            raise InputError(name, f"expected percentiles between 0 and 100, each once, got {key!r}")
        given[level] = value
    return dict(sorted(given.items()))


def amount(name: str, value: object) -> float:
    """Coerce to one number; None and NaN mean not known."""
    array = as_float(name, np.nan if value is None else value)  # type: ignore[arg-type]  # checked inside
    if array.ndim:
        raise InputError(name, f"expected one number, got shape {array.shape}")
    return float(_within_reach(name, array))


def known_amount(name: str, value: object) -> float:
    """Coerce to one number that is known."""
    number = amount(name, value)
    if not math.isfinite(number):
        raise InputError(name, f"expected a known number, got {value!r}")
    return number


def refuse_unknown(name: str, *amounts: Array) -> None:
    """Raise InputError if none of the amounts is a number: there is nothing to draw."""
    if not any(np.isfinite(array).any() for array in amounts):
        raise InputError(name, "expected amounts, none of them is a number")


def check_metric(metric: object) -> str:
    """Give the metric's name, or raise InputError."""
    if not isinstance(metric, str) or metric not in METRICS:
        raise InputError("metric", f"expected one of {', '.join(METRICS)}, got {metric!r}")
    return metric


def check_price(price: object, metric: str = "value_per_share") -> float | None:
    """Give the price per share, or raise InputError if it is not positive or the metric is of no share."""
    if price is None:
        return None
    value = amount("price", price)
    if not math.isfinite(value) or value <= 0:
        raise InputError("price", f"expected a positive number or None, got {price!r}")
    if metric != "value_per_share":
        raise InputError(
            "price", f"is one of a share and cannot be compared with {metric}", advice="Leave it out"
        )
    return value


def check_currency(currency: object) -> str:
    """Give the currency's words, or raise InputError."""
    if not isinstance(currency, str) or not currency.strip():
        raise InputError("currency", f"expected a code such as 'USD' or words, got {currency!r}")
    return currency.strip()


def _within_reach(name: str, array: Array) -> Array:
    refuse(name, array, np.abs(array) > _LARGEST, f"amounts of at most {_LARGEST:g} in size")
    return array
