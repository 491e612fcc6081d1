"""The terms of the annuity equation, computed so that they neither lose digits nor overflow.

With ``g = log(1 + rate)`` the sums of n powers are ``n exprel(n g) / exprel(g)``, where
``exprel(x) = (exp(x) - 1) / x`` and ``exprel(0) = 1``: exact at a rate of zero, and precise near it.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_float, broadcast
from maos_nb.errors import InputError

__all__ = ["When", "as_begin", "exprel", "level_payment", "payment_spacing", "product", "signed_terms"]

When: TypeAlias = Literal["end", "begin"]


def signed_terms(when: Any, **given: Numeric) -> tuple[Any, ...]:
    """Broadcast the arguments as named, log(1 + rate) in the rate's place, and last whether due at the beginning."""
    arrays = {name: as_float(name, value) for name, value in given.items()}
    with np.errstate(invalid="ignore"):
        arrays["rate"] = np.log1p(np.where(arrays["rate"] > -1, arrays["rate"], np.nan))
    *amounts, begin = broadcast(**arrays, when=as_begin(when).astype(np.float64))
    return (*amounts, begin == 1.0)


def level_payment(g: Array, n: Array, now: Array, at_end: Array, begin: BoolArray) -> Array:
    """Give the payment, dividing by the larger of the two powers so that neither overflows."""
    growth = n * g
    decay = np.exp(-np.abs(growth))
    value = np.where(growth >= 0, now + at_end * decay, now * decay + at_end)
    payment = -value * payment_spacing(g, begin) / (n * exprel(-np.abs(growth)))
    return np.asarray(np.where(n == 0, np.nan, payment))


def as_begin(when: Any) -> BoolArray:
    """Accept "end" and "begin", or an array of both: true where payments come at the beginning."""
    words = np.asarray(when)
    begin = np.asarray(words == "begin") if words.dtype.kind in "UO" else np.zeros(words.shape, np.bool_)
    if words.dtype.kind not in "UO" or not (begin | (words == "end")).all():
        raise InputError(
            "when",
            f'expected "end" or "begin", got {when!r}',
            advice='Excel\'s type 0 is "end", 1 is "begin"',
        )
    return begin


def payment_spacing(g: Array, begin: BoolArray) -> Array:
    """Give the divisor that turns growth over all periods into a sum of powers, by when payments are due."""
    return exprel(np.where(begin, -g, g))


def exprel(x: Array) -> Array:
    """Give (exp(x) - 1) / x, and 1 at zero."""
    # Loaded here: everything else in this package starts without scipy.
    from scipy import special  # type: ignore[import-untyped]  # scipy has no types

    return np.asarray(special.exprel(x))


def product(amount: Array, factor: Array) -> Array:
    """Multiply, nothing times an infinite factor being nothing."""
    return np.where((amount == 0) & ~np.isnan(factor), 0.0, amount * factor)
