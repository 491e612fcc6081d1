"""Maturities of the columns of a table of yields."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, as_float, refuse
from maos_nb.analytics.technical._columns import Columns
from maos_nb.errors import InputError

__all__ = ["as_maturities", "place_of"]

SAME_MATURITY = 1e-6
"""Years: a month is given as 1/12 or as 0.0833333."""
_LABEL = re.compile(r"(?:^|[^\d.])(\d+(?:\.\d+)?)\s*(m|mo|y|yr)$", re.IGNORECASE)


def as_maturities(held: Columns, maturities: npt.ArrayLike | None) -> Array:
    """Take the maturities of the columns in years, from their names if none are given."""
    if maturities is None:
        years = _read(held)
    else:
        years = np.atleast_1d(as_float("maturities", maturities, finite=True))
        if years.shape != (held.shape[0],):
            raise InputError(
                "maturities",
                f"expected one for each of {held.shape[0]} columns of yields, got shape {years.shape}",
            )
    refuse("maturities", years, years <= 0, "years above zero")
    ordered = np.sort(years)
    twice = np.flatnonzero(np.diff(ordered) < SAME_MATURITY)
    if len(twice):
        raise InputError("maturities", f"expected each once, got {ordered[twice[0]]:g} years twice")
    return years


def _read(held: Columns) -> Array:
    """Read maturities from the names of columns."""
    if held.kind != "frame":
        raise InputError(
            "maturities",
            "expected years, as the yields have no named columns",
            advice="Give maturities=[2, 10]",
        )
    years = []
    for name in held.columns:
        found = _LABEL.search(str(name))
        if found is None:
            raise InputError(
                "yields",
                f"expected columns named by maturity such as '3m' and '10y', got {name!r}",
                advice="Leave other columns out, or give maturities in years",
            )
        years.append(float(found[1]) / (12.0 if found[2].lower().startswith("m") else 1.0))
    return np.array(years)


def place_of(years: Array, maturity: float) -> int | None:
    """Find the column of a maturity."""
    found = np.flatnonzero(np.abs(years - maturity) < SAME_MATURITY)
    return int(found[0]) if len(found) else None
