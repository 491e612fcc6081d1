"""Where each fact stands in its company's fiscal year: a quarter, six months, nine months or the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import BoolArray
from maos_nb.analytics.fundamental._facts import NO_DAY, Facts, Ints
from maos_nb.analytics.fundamental._fiscal_calendar import (
    NEAR,
    QUARTER_DAYS,
    YEAR_DAYS,
    FiscalYears,
    PeriodTable,
    fiscal_years,
    period_table,
)

__all__ = ["SPANS", "FiscalPlaces", "fiscal_places"]

SPANS = ("Q1", "Q2", "Q3", "Q4", "six months", "nine months", "year")

# What two, three and four quarters of 12 to 17 weeks add up to.
_SUMS = (("six months", 2, (163, 206)), ("nine months", 3, (247, 290)), ("year", 4, YEAR_DAYS))
_LARGEST_SHIFT = 0.35  # of a quarter: one of 17 weeks in a year of 53 ends 0.28 late
_COVER_SHIFT = 3  # days by which a share count of a balance sheet may miss the quarter's end
_COVER_FIELD = "shares_outstanding"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FiscalPlaces:
    """The fiscal year and the span of each fact.

    Parameters
    ----------
    years : FiscalYears
    quarter_end : (n_years, 4) array of int
        Last day of each quarter of `years`, `NO_DAY` where nothing tells.
    year : (n_facts,) array of int
        Place in `years`, -1 for what is no part of a fiscal year.
    span : (n_facts,) array of int
        Place in `SPANS`, -1 as above; a balance has the quarter at whose end it is.
    shift : (n_facts,) array of int
        Days by which the start that was filed misses the usual one, up to `NEAR`.
    """

    years: FiscalYears
    quarter_end: Ints
    year: Ints
    span: Ints
    shift: Ints


def fiscal_places(facts: Facts) -> FiscalPlaces:
    """Place every fact in a fiscal year of its company."""
    periods = period_table(facts)
    years = fiscal_years(periods, len(facts.tickers))
    if not len(years.ticker):
        nothing = np.full(len(facts), -1)
        return FiscalPlaces(years, np.full((0, 4), NO_DAY), nothing, nothing, nothing)
    year = years.at(periods.ticker, periods.end)
    span = np.where(year >= 0, _spans(periods, years, year), -1)
    quarter_end = _quarter_ends(periods, year, span, len(years.ticker))
    span = np.where(_is_nearest(periods, year, span, quarter_end), span, -1)
    shift = np.where(periods.start == NO_DAY, 0, np.abs(periods.start - years.start[year]))
    of_fact = periods.of_fact
    places = FiscalPlaces(
        years,
        quarter_end,
        np.where(span < 0, -1, year)[of_fact],
        span[of_fact],
        np.minimum(shift, NEAR)[of_fact],
    )
    _place_cover_counts(facts, places)
    return places


def _spans(periods: PeriodTable, years: FiscalYears, year: Ints) -> Ints:
    """Tell the span of each period from its length and its end's position in the fiscal year."""
    start, end = years.start[year], years.end[year]
    position = 4 * (periods.end - start + 1) / (end - start + 1)
    quarter = np.rint(position).astype(np.int64)
    at_end = (np.abs(position - quarter) <= _LARGEST_SHIFT) & (quarter >= 1) & (quarter <= 4)
    days = periods.days
    is_quarter = periods.is_stock | ((days >= QUARTER_DAYS[0]) & (days <= QUARTER_DAYS[1]))
    span = np.where(at_end & is_quarter, quarter - 1, -1)
    begins = ~periods.is_stock & (np.abs(periods.start - start) <= NEAR)
    for name, count, (fewest, most) in _SUMS:
        fits = begins & (days >= fewest) & (days <= most)
        if name == "year":
            fits |= ~periods.is_stock & (days == 0)
        span[fits & at_end & (quarter == count)] = SPANS.index(name)
    return span


def _quarter_of(span: Ints) -> Ints:
    """Give the quarter that each span ends with, from nought to three."""
    return np.array([0, 1, 2, 3, 1, 2, 3, -1])[span]


def _quarter_ends(periods: PeriodTable, year: Ints, span: Ints, n_years: int) -> Ints:
    """Take the end that most flows of a quarter have, or, where there are none, most balances."""
    ends = np.full((n_years, 4), NO_DAY)
    for is_stock in (True, False):
        chosen = np.flatnonzero((span >= 0) & (periods.is_stock == is_stock))
        quarter = year[chosen] * 4 + _quarter_of(span[chosen])
        day = periods.end[chosen]
        low, width = int(day.min(initial=0)), int(day.max(initial=0)) - int(day.min(initial=0)) + 1
        keys, place = np.unique(quarter * width + (day - low), return_inverse=True)
        weight = np.bincount(place, weights=periods.weight[chosen], minlength=len(keys))
        order = np.argsort(weight, kind="stable")
        # Of an index that is there twice the last is kept: the heaviest.
        ends.reshape(-1)[keys[order] // width] = keys[order] % width + low
    return ends


def _is_nearest(periods: PeriodTable, year: Ints, span: Ints, quarter_end: Ints) -> BoolArray:
    """Tell which periods are the nearest to their quarter's end: opening balances a day after it are not."""
    usual = quarter_end[year, _quarter_of(span)]
    shift = np.where(span < 0, NEAR + 1, np.abs(periods.end - np.where(span < 0, 0, usual)))
    key = (year * len(SPANS) + span) * 2 + periods.is_stock
    key = np.where(span < 0, 0, key)
    nearest = np.full(int(key.max()) + 1, NEAR)
    np.minimum.at(nearest, key, shift)
    return np.asarray((span >= 0) & (shift <= nearest[key]))


def _place_cover_counts(facts: Facts, places: FiscalPlaces) -> None:
    """Put share counts with a day of their own into the last period of their filing."""
    if _COVER_FIELD not in facts.fields:
        return
    is_count = facts.field == facts.fields.index(_COVER_FIELD)
    others = ~is_count & (places.span >= 0)
    last = np.full(int(facts.filing.max()) + 1, -1)
    np.maximum.at(last, facts.filing[others], places.year[others] * 4 + _quarter_of(places.span[others]))
    held = np.flatnonzero(is_count)
    ends = np.append(places.quarter_end.reshape(-1), NO_DAY)
    filings_last = last[facts.filing[held]]
    is_cover = (filings_last >= 0) & (facts.end[held] > ends[filings_last])
    # A count up to the end of the filing's period is one of its balances, of this year or the one before.
    own = np.where(places.span[held] < 0, -1, places.year[held] * 4 + places.span[held])
    is_own = (own >= 0) & (np.abs(facts.end[held] - np.maximum(ends[own], 0)) <= _COVER_SHIFT)
    quarter = np.where(is_cover, filings_last, np.where(is_own, own, -1))
    places.year[held] = np.where(quarter < 0, -1, quarter // 4)
    places.span[held] = np.where(quarter < 0, -1, quarter % 4)
