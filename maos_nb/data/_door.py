"""The door for what a caller asks of a source: dates and symbols, coerced or refused by name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import pandas as pd

from maos_nb.errors import InputError, MissingDataError

__all__ = ["as_date", "as_symbol", "as_symbols", "visible_by"]


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
