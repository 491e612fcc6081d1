"""Annual statement figures as first filed, chosen from the SEC's companyfacts files.

A figure is the value in the fiscal year's own 10-K where that filing carries a tag for it, else the comparative
column of the first later 10-K that does. Later restatements are ignored.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from maos_nb.data import STATEMENT_FIELDS, read_company_facts

SOURCE = "SEC EDGAR companyfacts"
SHARE_FIELDS = ("basic_shares", "diluted_shares", "shares_outstanding")
PER_SHARE_FIELDS = ("basic_eps", "diluted_eps", "dividends_per_share")

# A 10-K is due 60 to 90 days after the year's end; what comes later is an amendment or the next year's report.
OWN_FILING_DAYS = 130
FIRST_YEAR = 2009

# NVIDIA's 10-K for fiscal 2026 tags no total of its securities. What its other current assets leave equals the
# tagged total to the dollar in each of its fiscal years 2018 to 2025, and the debt and equity securities that the
# next 10-Q shows apart (39,065 and 12,886 million).
OWN_RECIPES = {
    "NVDA": {
        "short_term_investments": (
            "AssetsCurrent - CashAndCashEquivalentsAtCarryingValue - AccountsReceivableNetCurrent"
            " - InventoryNet - PrepaidExpenseAndOtherAssetsCurrent",
        )
    }
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One annual figure as first filed."""

    ticker: str
    fiscal_year: int
    period_end: date
    field: str
    value: int | float
    unit: str
    tag: str
    form: str
    filed: date
    accession: str
    source: str

    def as_fact(self) -> dict[str, Any]:
        """Give the figure as a row of a table of facts."""
        return asdict(self)


def read_facts(path: Path, ticker: str) -> pd.DataFrame:
    """Read every version of every figure from the first sample year on."""
    facts = read_company_facts(path, ticker=ticker, recipes=OWN_RECIPES.get(ticker)).facts
    return facts[facts["fiscal_year"] >= FIRST_YEAR]


def first_filed(facts: pd.DataFrame) -> Iterator[Figure]:
    """Give every figure of every fiscal year, oldest year first."""
    days = (facts["period_end"] - facts["period_start"]).dt.days
    annual = facts[(facts["form"] == "10-K") & (days.isna() | days.between(350, 380))]
    own = _own_filings(annual)
    candidates = annual[annual["accession"].isin(own["accession"])].sort_values("filed", kind="stable")
    reported = dict(zip(own["accession"], own["period_end"], strict=True))
    for accession, year_end, filed in own[["accession", "period_end", "filed"]].itertuples(index=False):
        of_year = candidates[(candidates["period_end"] == year_end) & (candidates["filed"] >= filed)]
        # The cover page's share count has a day of its own.
        on_cover = (candidates["accession"] == accession) & (candidates["field"] == "shares_outstanding")
        chosen = pd.concat([of_year, candidates[on_cover]]).drop_duplicates("field")
        rows = {row["field"]: row for row in chosen.to_dict("records")}
        for field in STATEMENT_FIELDS:
            if field in rows:
                yield _figure(rows[field], year_end, reported[rows[field]["accession"]])


def _own_filings(annual: pd.DataFrame) -> pd.DataFrame:
    income = annual[annual["field"] == "net_income"]
    in_time = income[(income["filed"] - income["period_end"]).dt.days <= OWN_FILING_DAYS]
    return in_time.sort_values("filed").drop_duplicates("period_end").sort_values("period_end")


def _figure(row: dict[Hashable, Any], year_end: pd.Timestamp, reported: pd.Timestamp) -> Figure:
    field, value = row["field"], float(row["value"])
    later = "" if reported == year_end else f", comparative column of the 10-K for fiscal {reported.year}"
    return Figure(
        ticker=row["ticker"],
        fiscal_year=year_end.year,
        period_end=row["period_end"].date(),
        field=field,
        value=value if field in PER_SHARE_FIELDS else int(value),
        unit=row["unit"],
        tag=row["tag"],
        form=row["form"],
        filed=row["filed"].date(),
        accession=row["accession"],
        source=SOURCE + later,
    )
