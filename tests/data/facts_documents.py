"""Small companyfacts documents written fact by fact, as the SEC's API lays them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from maos_nb.data import CompanyFacts, read_company_facts

Fact = tuple[str, str, dict[str, Any]]


def fact(
    tag: str,
    value: float,
    end: str,
    start: str | None = None,
    *,
    unit: str = "USD",
    form: str = "10-K",
    filed: str = "2023-02-01",
    accession: str = "0000000001-23-000001",
) -> Fact:
    """Give one fact; a tag without a prefix is of US GAAP. The fields fy and fp speak of the filing, at random."""
    filed_fact: dict[str, Any] = {"end": end, "val": value, "accn": accession, "fy": 1999, "fp": "Q2"}
    filed_fact |= {"form": form, "filed": filed}
    if start is not None:
        filed_fact = {"start": start, **filed_fact}
    return tag if ":" in tag else f"us-gaap:{tag}", unit, filed_fact


def year(tag: str, value: float, number: int = 2022, **filing: Any) -> Fact:
    """Give a fact of a calendar year, filed in the February after it unless something else is said."""
    filing = {"filed": f"{number + 1}-02-01", "accession": f"0000000001-{number - 1999:02d}-000001"} | filing
    return fact(tag, value, f"{number}-12-31", f"{number}-01-01", **filing)


def balance(tag: str, value: float, number: int = 2022, **filing: Any) -> Fact:
    """Give a fact at the end of a calendar year."""
    filing = {"filed": f"{number + 1}-02-01", "accession": f"0000000001-{number - 1999:02d}-000001"} | filing
    return fact(tag, value, f"{number}-12-31", **filing)


def document(facts: Iterable[Fact], *, entity: str = "Example Corp", cik: Any = 1) -> dict[str, Any]:
    """Put facts together to a document."""
    taxonomies: dict[str, Any] = {}
    for name, unit, filed_fact in facts:
        taxonomy, tag = name.split(":")
        concept = taxonomies.setdefault(taxonomy, {}).setdefault(tag, {"label": None, "units": {}})
        concept["units"].setdefault(unit, []).append(filed_fact)
    return {"cik": cik, "entityName": entity, "facts": taxonomies}


def read(*facts: Any, **options: Any) -> CompanyFacts:
    """Read a document of the given facts."""
    return read_company_facts(document(facts), ticker="EX", **options)


def only(company: CompanyFacts, item: str) -> pd.Series[Any]:
    """Give the one row of an item."""
    (place,) = company.facts.index[company.facts["field"] == item]
    return company.facts.loc[place]


def values(company: CompanyFacts, item: str) -> dict[int, float]:
    """Give the figures of an item by fiscal year."""
    rows = company.facts[company.facts["field"] == item]
    return dict(zip(rows["fiscal_year"].tolist(), rows["value"].tolist(), strict=True))
