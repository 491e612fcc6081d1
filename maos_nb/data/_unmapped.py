"""What a reader of filings did not find, year by year and with the reason, and what he left unused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from maos_nb.data._concepts import BALANCES, COVER_COUNT
from maos_nb.data._facts_document import Filing, as_day, fact_rows, is_annual_form
from maos_nb.data._fiscal_years import FiscalYears, is_year, year_name
from maos_nb.data._mapped_facts import MappedFact, unit_of
from maos_nb.data._recipes import Cookbook

__all__ = ["unmapped_table", "unused_table"]

_LAST_YEARS = 3
_SHOWN_TAGS = 3


def unmapped_table(
    facts: Sequence[MappedFact],
    filings: Iterable[Filing],
    cookbook: Cookbook,
    currency: str,
    years: FiscalYears,
) -> pd.DataFrame:
    """List each item that has no figure of a reported fiscal year: fiscal_year, field, reason."""
    known = {(fact.item, fact.fiscal_year) for fact in facts if _is_annual(fact, years)}
    tagged = _tagged_by_year(filings, years)
    rows = []
    for year in (year_name(end) for end in years.reported):
        for item in cookbook.recipes:
            if (item, year) not in known:
                reason = _reason(item, year, known, tagged[year], cookbook, currency)
                rows.append((year, item, reason))
    return pd.DataFrame(rows, columns=["fiscal_year", "field", "reason"])


def _is_annual(fact: MappedFact, years: FiscalYears) -> bool:
    if fact.item == COVER_COUNT:
        return is_annual_form(fact.form)
    if fact.item in BALANCES:
        return years.is_end(fact.end)
    return is_year((fact.start, fact.end))


def _tagged_by_year(
    filings: Iterable[Filing], years: FiscalYears
) -> dict[int, dict[str, set[tuple[str, bool]]]]:
    """Tell for each fiscal year the tags of its periods, with unit and whether the period is the year."""
    tagged: dict[int, dict[str, set[tuple[str, bool]]]] = defaultdict(lambda: defaultdict(set))
    for filing in filings:
        for period, units in filing.figures.items():
            is_whole = is_year(period) or (period[0] is None and years.is_end(period[1]))
            year = years.year(period[1])
            for unit, held in units.items():
                for tag in held:
                    tagged[year][tag].add((unit, is_whole))
    return tagged


def _reason(
    item: str,
    year: int,
    known: set[tuple[str, int]],
    tagged: Mapping[str, set[tuple[str, bool]]],
    cookbook: Cookbook,
    currency: str,
) -> str:
    if not cookbook.recipes[item]:
        return f"not to be had under {cookbook.standard}"
    here = [tag for tag in dict.fromkeys(cookbook.tags(item, added_only=True)) if tag in tagged]
    unit = unit_of(item, currency)
    whole = [tag for tag in here if (unit, True) in tagged[tag]]
    if whole:
        return f"tagged in part only: {_list(whole)}"
    other = sorted({found for tag in here for found, is_whole in tagged[tag] if is_whole and found != unit})
    if other:
        return f"tagged in {' and '.join(other)} only, not in {unit}"
    if here:
        return f"tagged for other periods of the year only: {_list(here)}"
    tagged_years = sorted(when for name, when in known if name == item)
    if not tagged_years:
        return "never under one of the tags looked for"
    return f"not under one of the tags looked for, as in {_span(tagged_years)}"


def _list(tags: list[str]) -> str:
    more = f" and {len(tags) - _SHOWN_TAGS} more" if len(tags) > _SHOWN_TAGS else ""
    return ", ".join(tags[:_SHOWN_TAGS]) + more


def _span(years: list[int]) -> str:
    return f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}"


def unused_table(
    document: Mapping[str, Any], taxonomies: Iterable[str], used: frozenset[str], years: FiscalYears
) -> pd.DataFrame:
    """List the tags of the last annual reports that no figure rests on: the latest value of each, large ones first."""
    latest: dict[str, tuple[date, str, float, str]] = {}
    first = year_name(years.ends[-1]) - _LAST_YEARS + 1 if years.ends else 0
    for taxonomy in taxonomies:
        for tag, unit, fact in fact_rows(document, taxonomy):
            end, value, filed = as_day(fact.get("end")), fact.get("val"), str(fact.get("filed"))
            if tag in used or end is None or end.year < first or not is_annual_form(str(fact.get("form"))):
                continue
            if isinstance(value, int | float) and (tag not in latest or (end, filed) > latest[tag][:2]):
                latest[tag] = (end, filed, float(value), unit)
    rows = [(tag, pd.Timestamp(end), value, unit) for tag, (end, _, value, unit) in latest.items()]
    table = pd.DataFrame(rows, columns=["tag", "period_end", "value", "unit"])
    table["fiscal_year"] = [years.year(end.date()) for end in table["period_end"]]
    order = table["value"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, ["tag", "fiscal_year", "period_end", "value", "unit"]].reset_index(drop=True)
