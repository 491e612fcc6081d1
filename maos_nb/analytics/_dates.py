"""Calendar dates at the door, and the year fractions between them by day-count convention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array
from maos_nb.errors import InputError

__all__ = ["DAY_COUNTS", "DateArray", "Dates", "as_dates", "day_count_function"]

DateArray: TypeAlias = npt.NDArray[np.datetime64]
Dates: TypeAlias = Any
"""datetime64 arrays, `datetime.date` and `datetime` objects, pandas dates, or ISO strings."""


def as_dates(name: str, value: Dates) -> DateArray:
    """Coerce to a datetime64[D] array of any shape; a time of day is dropped, as Excel drops it.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    value : dates
        datetime64 values, `datetime.date` or `datetime` objects, pandas dates with or without a
        time zone (the local date counts), or ISO 8601 strings.

    Raises
    ------
    InputError
        For numbers, text that is no ISO date, rows of different lengths, and missing dates (NaT).
    """
    try:
        raw = np.asarray(value)
    except ValueError as error:
        raise InputError(
            name, f"expected a regular array of dates, got rows of different lengths ({error})"
        ) from None
    if raw.dtype.kind == "M":
        dates = raw.astype("datetime64[D]")
    elif raw.dtype.kind in "OUT":
        dates = _days_from_objects(name, raw.astype(object))
    else:
        raise InputError(
            name,
            f"expected dates, got {raw.dtype}",
            advice="Excel serial numbers become dates with pandas.to_datetime(x, unit='D', origin='1899-12-30')",
        )
    if np.isnat(dates).any():
        place = tuple(int(i) for i in np.argwhere(np.isnat(np.atleast_1d(dates)))[0])
        raise InputError(
            name,
            f"expected dates, got a missing one (NaT) at position {place}",
            advice="Leave the flow out, or give it a date and an amount of zero",
        )
    return dates


def _days_from_objects(name: str, raw: npt.NDArray[Any]) -> DateArray:
    if set(map(type, raw.flat)) == {dt.date}:
        return raw.astype("datetime64[D]")
    days = np.empty(raw.shape, dtype="datetime64[D]")
    for index, item in np.ndenumerate(raw):
        days[index] = _day(name, item)
    return days


def _day(name: str, item: Any) -> np.datetime64:
    if isinstance(item, str):
        try:
            return np.datetime64(dt.datetime.fromisoformat(item).date())
        except ValueError:
            raise InputError(name, f"expected dates such as '2024-12-31', got {item!r}") from None
    if isinstance(item, np.datetime64):
        return item
    if item is None or (isinstance(item, float | dt.date) and item != item):
        return np.datetime64("NaT")
    if isinstance(item, dt.date):
        # Not the object itself: NumPy would first move a datetime with a time zone to UTC.
        return np.datetime64(dt.date(item.year, item.month, item.day))
    raise InputError(name, f"expected dates, got {type(item).__name__} ({item!r})")


def day_count_function(name: str, day_count: str) -> Callable[[DateArray, DateArray], Array]:
    """Give the year fraction of a convention as a function of start and end, or raise naming those known."""
    try:
        return DAY_COUNTS[day_count.lower()]
    except (KeyError, AttributeError):
        raise InputError(name, f"expected one of {', '.join(DAY_COUNTS)}, got {day_count!r}") from None


def _actual_days(start: DateArray, end: DateArray) -> Array:
    return (end - start).astype(np.float64)


def _actual_365(start: DateArray, end: DateArray) -> Array:
    return _actual_days(start, end) / 365.0


def _actual_360(start: DateArray, end: DateArray) -> Array:
    return _actual_days(start, end) / 360.0


def _actual_actual(start: DateArray, end: DateArray) -> Array:
    return _calendar_years(end) - _calendar_years(start)


def _calendar_years(dates: DateArray) -> Array:
    """Years since 1970, each day counting 1/365 or, in a leap year, 1/366."""
    year = dates.astype("datetime64[Y]")
    first = year.astype("datetime64[D]")
    length = (year + 1).astype("datetime64[D]") - first
    return np.asarray(year.astype(np.int64) + (dates - first) / length)


def _thirty_360(start: DateArray, end: DateArray) -> Array:
    forward = start <= end
    days = _thirty_360_days(np.where(forward, start, end), np.where(forward, end, start))
    return np.asarray(np.where(forward, days, -days) / 360.0)


def _thirty_360_days(start: DateArray, end: DateArray) -> Array:
    start_month, start_day, start_ends_february = _month_and_day(start)
    end_month, end_day, end_ends_february = _month_and_day(end)
    end_day = np.where(start_ends_february & end_ends_february, 30, end_day)
    start_day = np.where(start_ends_february, 30, start_day)
    end_day = np.where((end_day == 31) & (start_day >= 30), 30, end_day)
    start_day = np.minimum(start_day, 30)
    return np.asarray((30 * (end_month - start_month) + end_day - start_day), dtype=np.float64)


def _month_and_day(
    dates: DateArray,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    month = dates.astype("datetime64[M]")
    day = (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    ends_month = (dates + 1).astype("datetime64[M]") != month
    number = month.astype(np.int64)
    return number, day, ends_month & (number % 12 == 1)


DAY_COUNTS: dict[str, Callable[[DateArray, DateArray], Array]] = {
    "act/365": _actual_365,
    "act/360": _actual_360,
    "act/act": _actual_actual,
    "30/360": _thirty_360,
}
