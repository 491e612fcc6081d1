"""Every version of every figure in the order of filing, and which of them was known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._facts import NO_DAY, Facts, Ints
from maos_nb.analytics.fundamental._fiscal_calendar import NEAR
from maos_nb.analytics.fundamental._fiscal_periods import SPANS, FiscalPlaces, fiscal_places
from maos_nb.analytics.fundamental._splits import Splits

__all__ = ["Versions", "Vintage", "find_versions"]

Vintage: TypeAlias = Literal["latest", "first"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Versions:
    """Figures on a grid of fields x companies x fiscal years x spans, each with the filings it stands in.

    Parameters
    ----------
    facts : Facts
    value : (n_facts,) array
        As filed, brought over later splits.
    splits : Splits
    places : FiscalPlaces
    first_year : int
        Name of the grid's first fiscal year.
    shape : tuple of int
        Of the grid: fields, companies, years, spans.
    fact : (n_versions,) array of int
        The fact of each version, sorted by cell of the grid and then by day of filing.
    cell : (n_versions,) array of int
        Place in the flattened grid.
    filed : (n_versions,) array of int
        Day of filing.
    run : (n_versions,) array of int
        Place of the version since which the figure has been shown so, without a change.
    """

    facts: Facts
    value: Array
    splits: Splits
    places: FiscalPlaces
    first_year: int
    shape: tuple[int, int, int, int]
    fact: Ints
    cell: Ints
    filed: Ints
    run: Ints

    def chosen(self, vintage: Vintage) -> Ints:
        """Give the place of the latest or the first version of each cell of the grid, -1 where there is none."""
        chosen = np.full(int(np.prod(self.shape)), -1)
        # Of an index that is there twice the last is kept.
        step = 1 if vintage == "latest" else -1
        chosen[self.cell[::step]] = np.arange(len(self.cell))[::step]
        return chosen.reshape(self.shape)

    def values(self, version: Ints) -> Array:
        """Give the figures of versions, NaN where there is none."""
        figures = np.append(self.value[self.fact], np.nan)
        return figures[version]

    def of_round(self, cell: Ints, after: Ints, by: Ints, before: Ints) -> Ints:
        """Give the version of each cell from one round of filings, -1 where it was not in it.

        It is the last one filed later than the day `after` and up to the day `by`; else the first one filed
        later than `by` and earlier than `before`.
        """
        if not len(self.cell):
            return np.full(cell.shape, -1)
        low, width = int(self.filed.min()) - 1, int(self.filed.max()) - int(self.filed.min()) + 3
        keys = self.cell * width + (self.filed - low)
        place = np.searchsorted(keys, cell * width + (by - low), side="right") - 1
        last = np.maximum(place, 0)
        next_one = np.minimum(place + 1, len(keys) - 1)
        is_last = (place >= 0) & (self.cell[last] == cell) & (self.filed[last] > after)
        is_next = (
            (self.cell[next_one] == cell) & (self.filed[next_one] > by) & (self.filed[next_one] < before)
        )
        return np.where(is_last, last, np.where(is_next, next_one, -1))

    def quarter_ends(self) -> Ints:
        """Give the last day of each quarter, companies x quarters, `NO_DAY` where nothing tells."""
        _, n_tickers, n_years, _ = self.shape
        ends = np.full((n_tickers, n_years, 4), NO_DAY)
        years = self.places.years
        ends[years.ticker, years.label - self.first_year] = self.places.quarter_end
        return ends.reshape(n_tickers, n_years * 4)


def find_versions(facts: Facts, splits: Splits) -> Versions:
    """Sort the facts by figure and filing; of two filings on one day the later accession counts."""
    places = fiscal_places(facts)
    label = places.years.label if len(places.years.label) else np.zeros(1, dtype=np.int64)
    first_year, last_year = int(label.min()), int(label.max())
    shape = (len(facts.fields), len(facts.tickers), last_year - first_year + 1, len(SPANS))
    held = np.flatnonzero(places.span >= 0)
    year = label[places.year[held]] - first_year
    cell = np.ravel_multi_index((facts.field[held], facts.ticker[held], year, places.span[held]), shape)
    low, width = int(facts.filed.min()), int(facts.filed.max()) - int(facts.filed.min()) + 1
    key = cell * width + (facts.filed[held] - low)
    order = np.lexsort((facts.filing[held] * (NEAR + 1) + NEAR - places.shift[held], key))
    is_last = np.append(np.diff(key[order]) != 0, True)[: len(order)]
    order = order[is_last]
    fact, sorted_cell = held[order], cell[order]
    value = splits.restated(facts)
    run = _runs(facts, value, fact, sorted_cell)
    filed = facts.filed[fact]
    return Versions(facts, value, splits, places, first_year, shape, fact, sorted_cell, filed, run)


def _runs(facts: Facts, value: Array, fact: Ints, cell: Ints) -> Ints:
    """Follow each version back to the first filing of the same figure; a split begins a new one."""
    if not len(fact):
        return fact
    is_new = np.ones(len(fact), dtype=np.bool_)
    is_new[1:] = (np.diff(cell) != 0) | (np.diff(facts.value[fact]) != 0) | (np.diff(value[fact]) != 0)
    return np.maximum.accumulate(np.where(is_new, np.arange(len(fact)), 0))
