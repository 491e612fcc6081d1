"""Which fiscal years a company has had, told from its own year-long figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from maos_nb.analytics._arrays import BoolArray
from maos_nb.analytics.fundamental._facts import NO_DAY, Facts, Ints

__all__ = [
    "NEAR",
    "QUARTER_DAYS",
    "YEAR_DAYS",
    "FiscalYears",
    "PeriodTable",
    "fiscal_label",
    "fiscal_years",
    "period_table",
]

YEAR_DAYS = (345, 380)  # 52 or 53 weeks, or a calendar year, and some days more or less
QUARTER_DAYS = (80, 124)  # 12 to 17 weeks
PART_YEAR_DAYS = (163, 290)  # six or nine months of a year of quarters of 12 to 17 weeks
NEAR = 15  # days by which the ends of one period differ between filings and years
_AVERAGE_YEAR = 365.25
# Year-long figures of 10-Qs are the twelve months before a quarter's end, as utilities file them.
_INTERIM_FORM = "10-Q"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PeriodTable:
    """The different periods of each company's facts, far fewer than the facts.

    Parameters
    ----------
    of_fact : (n_facts,) array of int
        The period that each fact is about.
    ticker, start, end : (n_periods,) array of int
    is_stock : (n_periods,) array of bool
        Balances have periods apart from flows; of a balance only the day counts.
    weight : (n_periods,) array of int
        The number of facts.
    annual_weight : (n_periods,) array of int
        The number of facts that were not in an interim report.
    """

    of_fact: Ints
    ticker: Ints
    start: Ints
    end: Ints
    is_stock: BoolArray
    weight: Ints
    annual_weight: Ints

    @property
    def days(self) -> Ints:
        """Length, first and last day included; nought where the start is not known."""
        return np.where(self.start == NO_DAY, 0, self.end - np.maximum(self.start, -(10**6)) + 1)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FiscalYears:
    """Fiscal years, sorted by company and end; ``start`` and ``end`` are the first and last day."""

    ticker: Ints
    label: Ints
    start: Ints
    end: Ints

    def at(self, ticker: Ints, day: Ints) -> Ints:
        """Give the place of the fiscal year that each day falls in, or nearly; -1 where there is none."""
        if not len(self.ticker):
            return np.full(len(day), -1)
        low = int(min(self.start.min(), day.min())) - 10 * NEAR
        width = int(max(self.end.max(), day.max())) - low + 10 * NEAR
        ends = self.ticker * width + (self.end + NEAR - low)
        place = np.minimum(np.searchsorted(ends, ticker * width + (day - low)), len(ends) - 1)
        inside = (
            (self.ticker[place] == ticker)
            & (day >= self.start[place] - NEAR)
            & (day <= self.end[place] + NEAR)
        )
        return np.where(inside, place, -1)


def fiscal_label(end: Ints) -> Ints:
    """Name fiscal years after the calendar year of their end; up to 7 January it is the year before."""
    return (end - 7).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def period_table(facts: Facts) -> PeriodTable:
    """Find the different periods of the facts."""
    is_stock = facts.is_kind("stock")
    start = facts.start
    low = int(min(facts.end.min(), start[start != NO_DAY].min(initial=facts.end.max()))) - 1
    width = int(facts.end.max()) - low + 1
    begin = np.where(start == NO_DAY, 0, np.maximum(start, low) - low)
    key = ((facts.ticker * 2 + is_stock) * width + begin) * width + (facts.end - low)
    of_fact, keys = pd.factorize(key)
    first = np.zeros(len(keys), dtype=np.int64)
    first[of_fact[::-1]] = np.arange(len(facts))[::-1]
    return PeriodTable(
        of_fact=np.asarray(of_fact, dtype=np.int64),
        ticker=facts.ticker[first],
        start=start[first],
        end=facts.end[first],
        is_stock=is_stock[first],
        weight=np.bincount(of_fact, minlength=len(keys)),
        annual_weight=np.bincount(of_fact[~_is_interim(facts)], minlength=len(keys)),
    )


def _is_interim(facts: Facts) -> BoolArray:
    if "form" not in facts.table.columns:
        return np.zeros(len(facts), dtype=np.bool_)
    codes, forms = pd.factorize(facts.table["form"])
    interim = np.array([str(form).upper().startswith(_INTERIM_FORM) for form in forms] + [False])
    return np.asarray(interim[codes[facts.rows]])


def fiscal_years(periods: PeriodTable, n_tickers: int) -> FiscalYears:
    """Tell the fiscal years of each company, those before and after the known ones by steps of a year."""
    candidates = _candidates(periods)
    bounds = np.searchsorted(candidates["ticker"].to_numpy(), np.arange(n_tickers + 1))
    columns = [candidates[name].to_numpy(dtype=np.int64) for name in ("start", "end", "weight")]
    first_day = pd.Series(periods.end).groupby(periods.ticker).min()
    last_day = pd.Series(periods.end).groupby(periods.ticker).max()
    rows: list[tuple[int, int, int, int]] = []
    for ticker in range(n_tickers):
        start, end, weight = (column[bounds[ticker] : bounds[ticker + 1]] for column in columns)
        known = _chain(start, end, weight)
        years = _without_holes(known, int(first_day[ticker]), int(last_day[ticker]))
        rows += [(ticker, *year) for year in years]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return FiscalYears(*(np.ascontiguousarray(column) for column in table.T))


def _candidates(periods: PeriodTable) -> pd.DataFrame:
    """Give every stretch that may be a fiscal year: ticker, start, end, weight; sorted by ticker and end."""
    days = periods.days
    is_flow = ~periods.is_stock
    is_year = (days >= YEAR_DAYS[0]) & (days <= YEAR_DAYS[1])
    is_year = is_flow & (is_year | (days == 0)) & (periods.annual_weight > 0)
    # A company that has filed no year yet is known by where its half-years start, or its only quarters, or by
    # its balances; quarters and balances of all seasons tell nothing.
    is_part = is_flow & (days >= PART_YEAR_DAYS[0]) & (days <= PART_YEAR_DAYS[1])
    is_part &= ~np.isin(periods.ticker, periods.ticker[is_year])
    is_quarter = is_flow & (days >= QUARTER_DAYS[0]) & (days <= QUARTER_DAYS[1])
    is_quarter = _of_one_season(
        periods, is_quarter & ~np.isin(periods.ticker, periods.ticker[is_year | is_part])
    )
    is_balance = periods.is_stock & ~np.isin(periods.ticker, periods.ticker[is_flow & (days != 0) | is_year])
    is_balance = _of_one_season(periods, is_balance)
    end = np.where(is_part | is_quarter, periods.start + 364, periods.end)
    start = np.where(days == 0, end - 364, periods.start)
    chosen = is_year | is_part | is_quarter | is_balance
    weight = np.where(is_year, periods.annual_weight, periods.weight)
    # Starts as filed weigh more than those that are only supposed.
    table = pd.DataFrame(
        {"ticker": periods.ticker, "start": start, "end": end, "weight": weight, "filed": days > 0}
    )[chosen].sort_values(["ticker", "end", "filed", "weight"], kind="stable")
    groups = table.groupby(["ticker", "end"], sort=True)
    years: pd.DataFrame = groups.agg(start=("start", "last"), weight=("weight", "sum")).reset_index()
    return years


def _of_one_season(periods: PeriodTable, chosen: BoolArray) -> BoolArray:
    """Keep the periods of companies whose chosen periods all end whole years apart."""
    kept = chosen.copy()
    ends = pd.Series(periods.end[chosen]).groupby(periods.ticker[chosen])
    since = (periods.end[chosen] - ends.transform("min")).to_numpy()
    is_off = np.abs(since - np.rint(since / _AVERAGE_YEAR) * _AVERAGE_YEAR) > NEAR
    kept[np.isin(periods.ticker, periods.ticker[chosen][is_off])] = False
    return kept


def _chain(start: Ints, end: Ints, weight: Ints) -> list[tuple[int, int, int]]:
    """Choose the years that do not overlap and have the most figures: (label, start, end), oldest first.

    Where a company moved its year's end, and shows some calendar both ways, this keeps the one that it
    reported more.
    """
    label = fiscal_label(end)
    best = [0]
    before: list[int] = []
    for place in range(len(end)):
        fits = (end[:place] <= start[place] + NEAR - 1) & (label[:place] < label[place])
        before.append(int(np.flatnonzero(fits)[-1]) + 1 if fits.any() else 0)
        best.append(max(best[-1], best[before[-1]] + int(weight[place])))
    chosen = []
    place = len(end)
    while place:
        if best[place] > best[before[place - 1]] + int(weight[place - 1]):
            place -= 1
            continue
        chosen.append((int(label[place - 1]), int(start[place - 1]), int(end[place - 1])))
        place = before[place - 1]
    return chosen[::-1]


def _without_holes(
    known: list[tuple[int, int, int]], first_day: int, last_day: int
) -> list[tuple[int, int, int]]:
    """Add the years between, before and after the known ones that their steps of a year lead to."""
    if not known:
        return []
    years = [known[0]]
    for label, start, end in known[1:]:
        before_label, _, before_end = years[-1]
        n_years = label - before_label
        is_regular = abs(end - before_end - n_years * _AVERAGE_YEAR) <= NEAR
        for step in range(1, n_years if is_regular else 1):
            middle = before_end + round((end - before_end) * step / n_years)
            years.append((before_label + step, years[-1][2] + 1, middle))
        # A year starts where the one before ended, whatever a filing says in error.
        years.append((label, years[-1][2] + 1 if is_regular else start, end))
    label, start, end = years[0]
    earlier = _steps(start, first_day)
    years = [_step(label, end, -step) for step in range(earlier, 0, -1)] + years
    label, start, end = years[-1]
    later = _steps(last_day, end + NEAR)
    return years + [_step(label, end, step) for step in range(1, later + 1)]


def _steps(day: int, other: int) -> int:
    return max(0, int(np.ceil((day - other) / _AVERAGE_YEAR)))


def _step(label: int, end: int, step: int) -> tuple[int, int, int]:
    before, after = (round(end + (step + shift) * _AVERAGE_YEAR) for shift in (-1, 0))
    return label + step, before + 1, after
