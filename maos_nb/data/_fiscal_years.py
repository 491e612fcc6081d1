"""The ends of a company's fiscal years, and the fiscal year that a day falls in."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from maos_nb.data._facts_document import Filing, Period

__all__ = ["YEAR_DAYS", "FiscalYears", "is_year", "year_name"]

YEAR_DAYS = range(350, 386)
"""52 or 53 weeks, or a calendar year, first and last day included."""

_NEAR = 10  # days by which filings differ about the end of one year
_AVERAGE_YEAR = 365.25


def is_year(period: Period) -> bool:
    """Tell whether a period is a year long."""
    start, end = period
    return start is not None and (end - start).days + 1 in YEAR_DAYS


def year_name(end: date) -> int:
    """Name a fiscal year after the calendar year of its end; up to 7 January it is the year before.

    J&J's 2020 of 53 weeks ended on 2021-01-03.
    """
    return (end - timedelta(days=7)).year


@dataclass(frozen=True, slots=True)
class FiscalYears:
    """The last days of fiscal years, oldest first, and those whose own report was filed."""

    ends: tuple[date, ...]
    reported: tuple[date, ...]

    @classmethod
    def of(cls, filings: Iterable[Filing], tags: frozenset[str]) -> FiscalYears:
        """Read the years from the year-long figures of the given tags in annual reports.

        A company without an annual report, as after its listing, is read from its other filings but for
        interim ones: their twelve months may end with any quarter.
        """
        filings = tuple(filings)
        seen: Counter[date] = Counter()
        own: set[date] = set()
        annual = [filing for filing in filings if filing.is_annual]
        for filing in annual or [item for item in filings if not item.form.startswith(("10-Q", "6-K"))]:
            last_days = [
                period[1] for period, units in filing.figures.items() if is_year(period) and _has(units, tags)
            ]
            seen.update(last_days)
            if last_days:
                own.add(max(last_days))
        ends = _distinct(seen)
        return cls(ends, tuple(end for end in ends if any(_are_near(end, other) for other in own)))

    def is_end(self, day: date) -> bool:
        """Tell whether a fiscal year ends on the day, or within ten days of it."""
        place = bisect_left(self.ends, day - timedelta(days=_NEAR))
        return place < len(self.ends) and _are_near(self.ends[place], day)

    def year(self, day: date) -> int:
        """Give the fiscal year that the day falls in, before and after the known ones by steps of a year."""
        if not self.ends:
            return day.year
        place = bisect_left(self.ends, day - timedelta(days=_NEAR))
        if place < len(self.ends):
            end = self.ends[place]
            return year_name(end) - math.floor(((end - day).days + _NEAR) / _AVERAGE_YEAR)
        last = self.ends[-1]
        return year_name(last) + math.ceil(((day - last).days - _NEAR) / _AVERAGE_YEAR)


def _has(units: dict[str, dict[str, int | float]], tags: frozenset[str]) -> bool:
    return any(not tags.isdisjoint(held) for held in units.values())


def _are_near(one: date, other: date) -> bool:
    return abs((one - other).days) <= _NEAR


def _distinct(seen: Counter[date]) -> tuple[date, ...]:
    """Keep of ends that are days apart the one that was filed more."""
    kept: list[date] = []
    for end in sorted(seen):
        if kept and _are_near(kept[-1], end):
            kept[-1] = max(kept[-1], end, key=seen.__getitem__)
        else:
            kept.append(end)
    return tuple(kept)
