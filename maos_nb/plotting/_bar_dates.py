"""Bars by their place, one beside the other without gaps at weekends, and their dates in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from maos_nb.plotting._statement_tables import shortened

__all__ = ["bar_name", "bar_ticks"]

_MOST = 8
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MIDNIGHT: Final = " 00:00:00"
_LONGEST = 16
_Stamps = npt.NDArray[np.datetime64]
_Places = npt.NDArray[np.intp]


def bar_ticks(index: Any, count: int) -> tuple[list[int], list[str]]:
    """Give the places of at most eight bars and their words: the first of a year, a month, a week, or a day."""
    stamps = _stamps(index)
    if count <= _MOST or stamps is None:
        places = np.unique(np.linspace(0, count - 1, min(count, _MOST)).round().astype(np.intp))
        return places.tolist(), [bar_name(index, place) for place in places.tolist()]
    places, write = _periods(stamps)
    return places.tolist(), [write(stamps[place]) for place in places]


def bar_name(index: Any, place: int) -> str:
    """Write the label of a bar: a day as "1 Mar 2013", an hour of it behind; its number without labels."""
    if index is None:
        return f"bar {place}"
    stamps = _stamps(index[place : place + 1])
    if stamps is None:
        return shortened(index[place], _LONGEST)
    return _day(stamps[0]) if stamps[0] == stamps[0].astype("M8[D]") else _minute(stamps[0], year=True)


def _stamps(index: Any) -> _Stamps | None:
    """Give the dates as the market's own clock shows them, or None for other labels."""
    if type(index).__name__ == "PeriodIndex":
        index = index.to_timestamp()
    if type(index).__name__ != "DatetimeIndex":
        return None
    local = index.tz_localize(None) if index.tz is not None else index
    return np.asarray(local.to_numpy(), dtype="M8[s]")


def _periods(stamps: _Stamps) -> tuple[_Places, Callable[[Any], str]]:
    """Find the shortest periods of which no more than eight begin, the first bar's aside."""
    best: tuple[_Places, Callable[[Any], str]] | None = None
    for numbers, write in _levels(stamps):
        begins = np.flatnonzero(np.diff(numbers)) + 1
        if begins.size > _MOST:
            break
        best = begins, write
    if best is None or best[0].size < 2:
        # Between days and weeks, or within a minute, no period begins as often as one would like.
        return np.linspace(0, stamps.size - 1, 5).round().astype(np.intp), _whichever(stamps)
    return best


def _levels(stamps: _Stamps) -> Sequence[tuple[npt.NDArray[np.int64], Callable[[Any], str]]]:
    """Give the numbers of the period that each bar is in, from long periods to short ones."""
    years, months, days = (stamps.astype(f"M8[{unit}]").astype(np.int64) for unit in "YMD")
    seconds = stamps.astype(np.int64)
    longer = [((years + 1970) // step, _year) for step in (50, 20, 10, 5, 2, 1)]
    monthly = [(months // step, _month) for step in (6, 3, 1)]
    # Weeks begin on Monday, and the first day of the count, in 1970, was a Thursday.
    daily = [((days + 3) // 7, _day), (days // 3, _day), (days, _day)]
    shorter = [(seconds // step, _minute) for step in (14400, 7200, 3600, 1800, 900, 300, 60)]
    return [*longer, *monthly, *daily, *shorter]


def _whichever(stamps: _Stamps) -> Callable[[Any], str]:
    return _day if (stamps == stamps.astype("M8[D]")).all() else _minute


def _year(stamp: Any) -> str:
    return str(stamp.astype("M8[Y]"))


def _month(stamp: Any) -> str:
    year, month = str(stamp.astype("M8[M]")).rsplit("-", 1)
    return f"{_MONTHS[int(month) - 1]} {year}"


def _day(stamp: Any) -> str:
    return f"{int(str(stamp.astype('M8[D]'))[-2:])} {_month(stamp)}"


def _minute(stamp: Any, *, year: bool = False) -> str:
    day = _day(stamp) if year else _day(stamp)[:-5]
    return f"{day} {str(stamp.astype('M8[m]'))[-5:]}"
