"""The door for what a caller asks of a source: dates and symbols, coerced or refused by name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias

import pandas as pd

from maos_nb.errors import InputError, MissingDataError

__all__ = ["Span", "as_date", "as_span", "as_symbol", "as_symbols", "visible_by", "within"]

Span: TypeAlias = tuple[date | None, date | None]
"""First and last day, both included; None leaves that side open."""


def as_date(argument: str, value: date | str | None) -> date | None:
    """Coerce a date, a datetime or ISO text to a date; None stays None.

    Raises
    ------
    InputError
        For anything else, a missing time stamp (NaT) included.
    """
    if value is None:
        return None
    if isinstance(value, date) and not pd.isna(value):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise InputError(argument, f"expected a date or text as '2022-12-28', got {value!r}")


def as_span(start: date | str | None, end: date | str | None) -> Span:
    """Coerce the first and the last day, both included; None leaves that side open.

    Raises
    ------
    InputError
        For dates that are not dates, and a start after the end.
    """
    first, last = as_date("start", start), as_date("end", end)
    if first is not None and last is not None and first > last:
        raise InputError("start", f"expected a day up to the end, {last}, got {first}")
    return first, last


def as_symbol(argument: str, value: object) -> str:
    """Coerce text to an upper-case symbol without blanks around it.

    Raises
    ------
    InputError
        For empty text and for anything that is not text.
    """
    if isinstance(value, str) and value.strip():
        return value.strip().upper()
    raise InputError(argument, f"expected a symbol such as 'AAPL', got {value!r}")


def as_symbols(argument: str, values: str | Iterable[str]) -> tuple[str, ...]:
    """Coerce one symbol or several to a tuple in the order given, each once.

    Raises
    ------
    InputError
        For an empty selection, and for an item that is not a symbol.
    """
    if isinstance(values, str):
        return (as_symbol(argument, values),)
    if not isinstance(values, Iterable):
        raise InputError(argument, f"expected a symbol or several, got {values!r}")
    symbols = tuple(dict.fromkeys(as_symbol(argument, value) for value in values))
    if not symbols:
        raise InputError(argument, "expected at least one symbol, got none")
    return symbols


def visible_by(table: pd.DataFrame, column: str, as_of: date | str | None, what: str) -> pd.DataFrame:
    """Give the rows whose date in `column` is not after a day; None gives all.

    Raises
    ------
    MissingDataError
        If there is none, with the earliest date there is.
    InputError
        For an `as_of` that is not a date.
    """
    day = as_date("as_of", as_of)
    if day is None:
        return table
    visible = table[table[column] <= pd.Timestamp(day)]
    if visible.empty:
        earliest = table[column].min().date()
        raise MissingDataError(
            f"{what}: nothing had been published by {day}", advice=f"The earliest date is {earliest}."
        )
    return visible


def within(table: pd.DataFrame, span: Span, what: str) -> pd.DataFrame:
    """Give the rows of a table indexed by day that lie in a span.

    Raises
    ------
    MissingDataError
        If there is none, with the days that the table holds.
    """
    first, last = span
    lower = None if first is None else pd.Timestamp(first)
    upper = None if last is None else pd.Timestamp(last)
    chosen = table.loc[lower:upper]
    if chosen.empty:
        held = f"{table.index[0].date()} to {table.index[-1].date()}"
        raise MissingDataError(
            f"{what}: no trading day between {first} and {last}", advice=f"The sample holds {held}."
        )
    return chosen
