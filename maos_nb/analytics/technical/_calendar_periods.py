"""Where days, weeks, months, quarters and years begin in the labels of observations."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import BoolArray
from maos_nb.analytics.technical._columns import Columns
from maos_nb.errors import InputError

__all__ = ["Period", "first_bars", "first_bars_of_labels"]

Period: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
"""Weeks begin on Monday; days are those of the labels' own time zone."""

_DAYS_FROM_MONDAY = 3  # 1970-01-01, day 0, was a Thursday


def first_bars(name: str, period: str, columns: Columns) -> BoolArray:
    """Tell of each row whether it is the first one of its period.

    Raises
    ------
    InputError
        For an unknown period, and for rows that have no dates.
    """
    if period not in get_args(Period):
        raise InputError(name, f"expected {' or '.join(map(repr, get_args(Period)))}, got {period!r}")
    days = _days(name, columns)
    if period == "week":
        return _changes((days.astype(np.int64) + _DAYS_FROM_MONDAY) // 7)
    months = days.astype("datetime64[M]").astype(np.int64)
    return _changes({"day": days, "month": months, "quarter": months // 3, "year": months // 12}[period])


def first_bars_of_labels(name: str, labels: Any, length: int) -> BoolArray:
    """Tell of each row whether its label is another one than the row before has.

    Raises
    ------
    InputError
        If there is not one label a row.
    """
    held = np.asarray(labels)
    if held.shape != (length,):
        raise InputError(name, f"expected one label a row, {length}, got shape {held.shape}")
    return _changes(held)


def _changes(keys: Any) -> BoolArray:
    starts = np.ones(len(keys), dtype=np.bool_)
    starts[1:] = keys[1:] != keys[:-1]
    return starts


def _days(name: str, columns: Columns) -> Any:
    index = columns.index
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()
    if hasattr(index, "tz_localize"):
        return index.tz_localize(None).to_numpy().astype("datetime64[D]")
    kind = "rows without labels" if index is None else f"labels of {index.dtype}"
    raise InputError(
        name, f"expected dates as labels of rows, got {kind}", advice="Give Series or DataFrames by date"
    )
