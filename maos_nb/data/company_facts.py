"""The SEC's companyfacts JSON as a table of facts under standard names, each with its tag and its filing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from os import PathLike
from typing import Any

import pandas as pd

from maos_nb.data._breadth import of_equal_breadth
from maos_nb.data._concepts import ITEMS, RECIPES, Standard
from maos_nb.data._door import as_symbol
from maos_nb.data._facts_document import Filing, fact_rows, filings_of, open_document
from maos_nb.data._fiscal_years import FiscalYears
from maos_nb.data._mapped_facts import MappedFact, mapped_facts
from maos_nb.data._recipes import Cookbook
from maos_nb.data._unmapped import unmapped_table, unused_table
from maos_nb.errors import DataError

__all__ = ["FACT_COLUMNS", "CompanyFacts", "read_company_facts"]

FACT_COLUMNS = (
    "ticker",
    "fiscal_year",
    "period_start",
    "period_end",
    "field",
    "value",
    "unit",
    "tag",
    "form",
    "filed",
    "accession",
    "source",
)
"""Columns of a table of facts."""

_SOURCE = "SEC EDGAR companyfacts"
_SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CompanyFacts:
    """All that a company has filed under the tags of its statements.

    Parameters
    ----------
    entity : str
        The company's name as filed.
    cik : int
        The SEC's number of the company.
    ticker : str
    standard : {"us-gaap", "ifrs-full"}
        The accounting standard that was read.
    currency : str
        The currency that the company reports in.
    facts : DataFrame
        One row for each item, period and filing, columns `FACT_COLUMNS`: ``fiscal_year`` is the year that the
        period falls in, ``period_start`` is missing for balances, ``tag`` is the sum of tags that was read.
        Outlays are positive. The same period stands there once for each filing that shows it.
    unmapped : DataFrame
        fiscal_year, field, reason: which item has no figure of which reported fiscal year, and why.
    unused_tags : DataFrame
        tag, fiscal_year, period_end, value, unit: what annual reports of the last three years hold that no figure
        rests on, the latest value of each, large ones first.
    notes : tuple of str
        What else a reader ought to know: other currencies and standards, and facts that could not be used.
    """

    entity: str
    cik: int
    ticker: str
    standard: Standard
    currency: str
    facts: pd.DataFrame
    unmapped: pd.DataFrame
    unused_tags: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<CompanyFacts {self._summary()}>"

    def _summary(self) -> str:
        years = sorted(self.facts["fiscal_year"].unique())
        span = f"fiscal {years[0]}" + (f" to {years[-1]}" if len(years) > 1 else "") if years else "no year"
        return (
            f"{self.entity} ({self.ticker}): {self.standard} in {self.currency or 'no currency'}, {span}, "
            f"{_count(len(self.facts), 'fact')} of {_count(self.facts['field'].nunique(), 'item')}, "
            f"{_count(len(self.unmapped), 'gap')}"
        )

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        gaps = self.unmapped.groupby(["field", "reason"], sort=False)["fiscal_year"].agg(_year_words)
        tables = (
            ("Not found", gaps.rename("fiscal years").reset_index(), None),
            ("Filed and not used", self.unused_tags, _SHOWN_ROWS),
        )
        body = "".join(
            f"<details><summary>{title}: {len(table)}</summary>"
            f"{(table if rows is None else table.head(rows)).to_html(index=False, border=0)}</details>"
            for title, table, rows in tables
        )
        return f"<div><p><b>{escape(self._summary())}</b></p><ul>{notes}</ul>{body}</div>"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _year_words(years: pd.Series[int]) -> str:
    return " ".join(str(year) for year in sorted(years))


def read_company_facts(
    source: str | PathLike[str] | bytes | Mapping[str, Any],
    *,
    ticker: str | None = None,
    recipes: Mapping[str, Sequence[str]] | None = None,
) -> CompanyFacts:
    """Read a companyfacts document of the SEC: annual, quarterly and year-to-date figures of every filing.

    Each item is looked for under an ordered list of tags, anew in each filing and for each period, so that a tag
    that a company gave up costs no year. The terms of a sum are of one filing and one period. The reporting
    currency is the one of the latest annual report. Figures are taken as filed, with these exceptions, each of which
    is counted in ``notes``: periods that no statement has are left out, and so are share counts that are in thousands
    without saying so; a payment filed as a negative number is turned.

    Parameters
    ----------
    source : path, bytes or mapping
        A file of https://data.sec.gov/api/xbrl/companyfacts/, compressed with gzip or not, its content, or the parsed
        document.
    ticker : str, optional
        Symbol to put in the table; without one it is ``"CIK0000320193"``, as the document holds no symbol.
    recipes : mapping of str to sequence of str, optional
        Recipes of your own, by item, that are tried after ours: ``{"inventory": ["InventoryGross"]}``. A recipe is a
        sum of tags, ``"CommercialPaper + [LongTermDebtCurrent]"``, where a tag in brackets may be absent.

    Returns
    -------
    CompanyFacts

    Raises
    ------
    InputError
        For a source of another type, a file that is not there, a ticker that is not text, or a recipe that is none.
    DataError
        For what is no whole JSON or no companyfacts document, one without facts, and one that has figures of neither
        US GAAP nor IFRS.

    Notes
    -----
    The fields ``fy`` and ``fp`` of the SEC describe the filing, not the fact: fiscal years are told from the
    periods of annual reports instead, and named after the calendar year in which they end; one that ends on 1 to
    7 January counts for the year before. Facts with dimensions (segments, classes of shares) are not in the SEC's
    document.

    A figure that a later filing shows to have been a part only, as depreciation without amortization, is left out
    from the start, so that a look at the past does not see it although it had been filed.

    Examples
    --------
    >>> revenue = {"start": "2021-09-26", "end": "2022-09-24", "val": 394328000000, "form": "10-K",
    ...            "filed": "2022-10-28", "accn": "0000320193-22-000108"}
    >>> tags = {"RevenueFromContractWithCustomerExcludingAssessedTax": {"units": {"USD": [revenue]}}}
    >>> document = {"cik": 320193, "entityName": "Apple Inc.", "facts": {"us-gaap": tags}}
    >>> apple = read_company_facts(document, ticker="AAPL")
    >>> apple.facts[["fiscal_year", "field", "value", "unit"]].values.tolist()
    [[2022, 'revenue', 394328000000.0, 'USD']]
    >>> apple
    <CompanyFacts Apple Inc. (AAPL): us-gaap in USD, fiscal 2022, 1 fact of 1 item, 66 gaps>
    """
    document = open_document(source)
    cik = _cik(document)
    symbol = f"CIK{cik:010d}" if ticker is None else as_symbol("ticker", ticker)
    standard, other_standards = _standards(document["facts"])
    cookbook = Cookbook(standard, dict(recipes or {}))
    remarks: Counter[str] = Counter()
    filings = filings_of(document, (standard, "dei"), cookbook.all_tags(), remarks)
    currency, other_currencies = _currencies(filings.values())
    years = FiscalYears.of(filings.values(), _flow_tags(cookbook))
    facts = mapped_facts(filings.values(), cookbook, currency, years, remarks)
    facts = of_equal_breadth(facts, filings.values(), cookbook, remarks)
    used = frozenset(tag for fact in facts for tag in fact.tags())
    return CompanyFacts(
        entity=str(document.get("entityName") or symbol),
        cik=cik,
        ticker=symbol,
        standard=standard,
        currency=currency,
        facts=_table(facts, symbol),
        unmapped=unmapped_table(facts, filings.values(), cookbook, currency, years),
        unused_tags=unused_table(document, (standard, "dei"), used, years),
        notes=_notes(other_standards, other_currencies, remarks),
    )


def _cik(document: Mapping[str, Any]) -> int:
    try:
        return int(document.get("cik", 0))
    except (TypeError, ValueError):
        raise DataError(f"source: expected the SEC's number as cik, got {document.get('cik')!r}") from None


def _standards(facts: Mapping[str, Any]) -> tuple[Standard, tuple[str, ...]]:
    """Give the standard of the latest filing, and the others that the company has used."""
    latest: dict[Standard, tuple[str, int]] = {}
    for standard in RECIPES:
        if standard in facts:
            filed = [str(fact.get("filed")) for _, _, fact in fact_rows({"facts": facts}, standard)]
            if filed:
                latest[standard] = (max(filed), len(filed))
    if not latest:
        raise DataError(
            f"source: expected figures under {' or '.join(RECIPES)}, got {', '.join(facts) or 'none'} only",
            advice="A company that is new, or files no XBRL statements, has none",
        )
    chosen = max(latest, key=latest.__getitem__)
    return chosen, tuple(f"{name} until {latest[name][0]}" for name in latest if name != chosen)


def _currencies(filings: Iterable[Filing]) -> tuple[str, tuple[str, ...]]:
    """Give the currency that most figures of the latest annual report are in, and the others ever used."""
    everywhere: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for filing in filings:
        counts = Counter(
            {
                unit: n
                for units in filing.figures.values()
                for unit, held in units.items()
                if len(unit) == 3 and unit.isupper() and (n := len(held))
            }
        )
        everywhere += counts
        if counts and (filing.is_annual or not last):
            last = counts
    if not last:
        return "", ()
    chosen = max(sorted(last), key=lambda unit: (last[unit], everywhere[unit]))
    return chosen, tuple(f"{unit} ({n:,} facts)" for unit, n in everywhere.most_common() if unit != chosen)


def _flow_tags(cookbook: Cookbook) -> frozenset[str]:
    items = ("revenue", "pretax_income", "net_income", "operating_cash_flow")
    return frozenset(tag for item in items for tag in cookbook.tags(item))


def _table(facts: Sequence[MappedFact], ticker: str) -> pd.DataFrame:
    order = {item: place for place, item in enumerate(ITEMS)}
    facts = sorted(
        facts,
        key=lambda fact: (fact.filed, fact.accession, fact.end, str(fact.start), order[fact.item]),
    )
    return pd.DataFrame(
        {
            "ticker": ticker,
            "fiscal_year": pd.array([fact.fiscal_year for fact in facts], dtype="int64").to_numpy(),
            "period_start": _days(fact.start for fact in facts),
            "period_end": _days(fact.end for fact in facts),
            "field": [fact.item for fact in facts],
            "value": [float(fact.value) for fact in facts],
            "unit": [fact.unit for fact in facts],
            "tag": [fact.tag for fact in facts],
            "form": [fact.form for fact in facts],
            "filed": _days(fact.filed for fact in facts),
            "accession": [fact.accession for fact in facts],
            "source": _SOURCE,
        },
        columns=list(FACT_COLUMNS),
    )


def _days(days: Iterable[date | None]) -> pd.DatetimeIndex:
    # By way of text, as a file of these is read, so that both have the same resolution.
    return pd.DatetimeIndex(pd.to_datetime(pd.Series([str(day or "") for day in days], dtype="object")))


def _notes(standards: tuple[str, ...], currencies: tuple[str, ...], remarks: Counter[str]) -> tuple[str, ...]:
    notes = []
    if standards:
        notes.append(f"figures under {', '.join(standards)} are not read")
    if currencies:
        notes.append(f"figures in other currencies are not read: {', '.join(currencies)}")
    return (*notes, *(f"{count:,} {what}" for what, count in sorted(remarks.items())))
