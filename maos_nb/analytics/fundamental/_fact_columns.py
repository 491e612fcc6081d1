"""One column of a table of facts at a time: coerced, or refused with the first row that cannot be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.errors import InputError

__all__ = ["as_day", "as_days", "as_figures", "as_texts", "row_words", "shown"]


def row_words(table: pd.DataFrame, bad: BoolArray) -> str:
    """Say which row is the first of the bad ones, what it is about, and how many there are."""
    places = np.flatnonzero(bad)
    row = table.iloc[places[0]]
    about = " ".join(str(row[name]) for name in ("ticker", "field") if name in table.columns)
    more = f"; {len(places):,} rows in all" if len(places) > 1 else ""
    label = shown(table.index[places[0]])
    return f"row {label} ({about}{more})" if about else f"row {label}"


def shown(item: Any) -> str:
    """Give what came as it is written in Python, without numpy's names of types, in no more than a line."""
    words = repr(item.item() if isinstance(item, np.generic) else item)
    return words if len(words) <= 60 else f"{words[:57]}..."


def as_texts(
    table: pd.DataFrame, column: str, *, argument: str = "facts", may_be_empty: bool = False
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Give a column of text as places in a tuple of its different words."""
    codes, words = _factorized(table, column, argument, "text")
    places = codes.astype(np.int64)
    texts = list(words)
    if may_be_empty:
        # A missing text is an empty one; the two may stand side by side.
        texts.append("")
        places = np.where(places < 0, len(texts) - 1, places)
    fits = np.array(
        [isinstance(item, str) and (may_be_empty or bool(item.strip())) for item in texts] + [False]
    )
    bad = ~fits[places]
    if bad.any():
        got = table[column].iloc[int(np.flatnonzero(bad)[0])]
        raise InputError(argument, f"{column}: expected text, got {shown(got)} at {row_words(table, bad)}")
    return places, tuple(texts)


def as_days(
    table: pd.DataFrame, column: str, *, argument: str = "facts", may_be_missing: bool = False
) -> npt.NDArray[np.int64]:
    """Give a column of dates as days since 1970: datetime64, dates, or text as 2023-09-30."""
    held = table[column]
    days = _column_days(table, column, argument)
    bad = np.isnat(days)
    if may_be_missing:
        bad &= held.notna().to_numpy()
    if bad.any():
        got = held.iloc[int(np.flatnonzero(bad)[0])]
        raise InputError(
            argument,
            f"{column}: expected a date, got {shown(got)} at {row_words(table, bad)}",
            advice="Give datetime64 or text as '2023-09-30'",
        )
    return days.astype(np.int64)


def _column_days(table: pd.DataFrame, column: str, argument: str) -> npt.NDArray[np.datetime64]:
    held = table[column]
    if isinstance(held.dtype, pd.DatetimeTZDtype):
        held = held.dt.tz_localize(None)
    if held.dtype.kind == "M":
        return held.to_numpy().astype("datetime64[D]")
    # Numbers are no dates, though pandas would count them from 1970.
    codes, items = _factorized(table, column, argument, "a date")
    known = np.array([_day(item) for item in items] + [np.datetime64("NaT", "D")], dtype="datetime64[D]")
    return np.asarray(known[codes])


def _factorized(
    table: pd.DataFrame, column: str, argument: str, expected: str
) -> tuple[npt.NDArray[np.intp], list[Any]]:
    """Give a column as places in its different items, -1 where it has none; lists and such are refused."""
    try:
        codes, items = pd.factorize(table[column])
    except TypeError:
        bad = np.array([not isinstance(item, Hashable) for item in table[column]])
        got = table[column].iloc[int(np.flatnonzero(bad)[0])]
        raise InputError(
            argument, f"{column}: expected {expected}, got {shown(got)} at {row_words(table, bad)}"
        ) from None
    return codes, list(items)


def _day(item: Any) -> np.datetime64:
    if isinstance(item, str):
        try:
            return np.datetime64(dt.datetime.fromisoformat(item.strip()).date(), "D")
        except ValueError:
            return np.datetime64("NaT", "D")
    if isinstance(item, dt.date) and not pd.isna(item):
        return np.datetime64(dt.date(item.year, item.month, item.day), "D")
    if isinstance(item, np.datetime64):
        day: np.datetime64 = item.astype("datetime64[D]")
        return day
    return np.datetime64("NaT", "D")


def as_day(argument: str, value: Any) -> int:
    """Give a day since 1970 of a date, a time stamp, or text as 2023-09-30."""
    day = _day(value)
    if np.isnat(day):
        raise InputError(argument, f"expected a date or text as '2022-12-28', got {shown(value)}")
    return int(day.astype(np.int64))


def as_figures(table: pd.DataFrame, column: str = "value", *, argument: str = "facts") -> Array:
    """Give a column of finite numbers."""
    held = table[column]
    if held.dtype.kind in "iuf":
        values = held.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    else:
        is_number = np.array([_is_number(item) for item in held])
        # What is missing is told of below, with the infinities.
        _refuse(table, column, argument, ~is_number & held.notna().to_numpy(), "a number")
        pairs = zip(held, is_number, strict=True)
        values = np.array([float(item) if fits else np.nan for item, fits in pairs])
    _refuse(table, column, argument, ~np.isfinite(values), "a finite number")
    return values


def _is_number(item: Any) -> bool:
    return hasattr(item, "__float__") and not isinstance(item, bool | np.bool_ | str | complex)


def _refuse(table: pd.DataFrame, column: str, argument: str, bad: BoolArray, expected: str) -> None:
    if bad.any():
        got = table[column].iloc[int(np.flatnonzero(bad)[0])]
        raise InputError(
            argument,
            f"{column}: expected {expected}, got {shown(got)} at {row_words(table, bad)}",
            advice="A figure that is not known has no row",
        )
