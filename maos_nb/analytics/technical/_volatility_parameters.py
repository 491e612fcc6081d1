"""The parameters that indicators of trend and volatility share."""

from __future__ import annotations

from typing import Literal, TypeAlias

from maos_nb.analytics._arrays import Numeric, as_float
from maos_nb.errors import InputError

__all__ = ["RangeSeed", "as_positive", "starts_late"]

RangeSeed: TypeAlias = Literal["wilder", "talib"]
"""Where averages of true ranges start: the first, which has no close before it, is high - low, or is left out."""


def starts_late(seed: str) -> int:
    """Give the number of bars by which a seed makes results later: 0 or 1."""
    if seed not in ("wilder", "talib"):
        raise InputError("seed", f"expected 'wilder' or 'talib', got {seed!r}")
    return int(seed == "talib")


def as_positive(name: str, value: Numeric) -> float:
    """Coerce to one number above zero."""
    array = as_float(name, value, finite=True)
    if array.ndim or not array > 0:
        raise InputError(name, f"expected one number above zero, got {array}")
    return float(array)
