"""How much is known: years of each item, facts that are in no panel, and filings of each company."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from maos_nb.analytics.fundamental._facts import Facts, Ints
from maos_nb.analytics.fundamental._fiscal_periods import SPANS
from maos_nb.analytics.fundamental._versions import Versions
from maos_nb.analytics.fundamental.fields import FIELDS

__all__ = ["coverage_table", "filing_rows", "iso", "unplaced_table"]


def unplaced_table(versions: Versions) -> pd.DataFrame:
    """List the facts that are part of no fiscal year or quarter."""
    return versions.facts.where(versions.places.span < 0).frame()


def coverage_table(versions: Versions) -> pd.DataFrame:
    """Count the fiscal years known of each item of each company, between the company's first and last."""
    facts = versions.facts
    chosen = versions.chosen("latest")
    is_stock = np.array([FIELDS[name].kind == "stock" for name in facts.fields])
    balance, flow = (chosen[..., SPANS.index(span)] for span in ("Q4", "year"))
    known = np.where(is_stock[:, np.newaxis, np.newaxis], balance, flow) >= 0
    rows = []
    for ticker, name in enumerate(facts.tickers):
        years = np.flatnonzero(known[:, ticker].any(axis=0))
        span = np.arange(years[0], years[-1] + 1) if len(years) else years
        for field, item in enumerate(facts.fields):
            held = known[field, ticker, span]
            rows.append((name, item, int(held.sum()), len(span), _labels(versions, span[~held])))
    return pd.DataFrame(rows, columns=["ticker", "field", "n_years", "n_possible", "missing"])


def _labels(versions: Versions, years: Ints) -> tuple[int, ...]:
    return tuple(versions.first_year + int(year) for year in years)


def filing_rows(facts: Facts) -> Iterator[tuple[str | int, ...]]:
    """Give for each company the numbers of items, filings and facts, and the first and last day of filing."""
    held = pd.DataFrame({name: getattr(facts, name) for name in ("ticker", "field", "filing", "filed")})
    groups = held.groupby("ticker")
    counts = (groups["field"].nunique(), groups["filing"].nunique(), groups.size())
    days = (groups["filed"].min(), groups["filed"].max())
    return zip(facts.tickers, *map(list, counts), *(map(iso, column) for column in days), strict=True)


def iso(day: int | np.int64) -> str:
    """Write a day since 1970 as 2023-09-30."""
    return str(np.datetime64(int(day), "D"))
