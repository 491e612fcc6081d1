"""Where a figure of a panel was filed: from a sum of quarters down to the facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import pandas as pd

from maos_nb.analytics.explanation import Explanation
from maos_nb.analytics.fundamental._derived_quarters import FILED, NOT_KNOWN, RECIPES, Quarters
from maos_nb.analytics.fundamental._facts import Ints
from maos_nb.analytics.fundamental._versions import Versions
from maos_nb.analytics.fundamental.fields import FIELDS

__all__ = ["AnnualTrace", "QuarterTrace", "TrailingTrace", "quarter_label"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AnnualTrace:
    """Explain figures of fiscal years: ``version`` holds the version of each, fields x companies x years."""

    versions: Versions
    version: Ints

    def __call__(self, item: str, ticker: str, period: int | str) -> Explanation | None:
        """Explain a year's figure."""
        place = _place(self.versions, item, ticker)
        year = int(period) - self.versions.first_year
        if place is None or not 0 <= year < self.version.shape[2]:
            return None
        version = int(self.version[(*place, year)])
        return _filed(self.versions, version) if version >= 0 else None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QuarterTrace:
    """Explain figures of quarters, filed or derived."""

    versions: Versions
    quarters: Quarters

    def __call__(self, item: str, ticker: str, period: int | str) -> Explanation | None:
        """Explain a quarter's figure."""
        place = _place(self.versions, item, ticker)
        year, quarter = _quarter(str(period))
        year -= self.versions.first_year
        if place is None or not 0 <= year < self.quarters.value.shape[2]:
            return None
        at = (*place, year, quarter)
        recipe = int(self.quarters.recipe[at])
        if recipe == NOT_KNOWN:
            return None
        used = [int(version) for version in self.quarters.version[at] if version >= 0]
        if recipe == FILED:
            return _filed(self.versions, used[0])
        chosen = RECIPES[recipe]
        spans = (chosen.whole, *chosen.parts)
        inputs = (
            replace(_filed(self.versions, version), name=f"{item} ({span})")
            for version, span in zip(used, spans, strict=True)
        )
        value = float(self.quarters.value[at])
        return Explanation(
            item, value, _unit(self.versions, item), formula=chosen.formula, inputs=tuple(inputs)
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TrailingTrace:
    """Explain figures of twelve months: sums and means of quarters, or the last balance."""

    quarter: QuarterTrace

    def __call__(self, item: str, ticker: str, period: int | str) -> Explanation | None:
        """Explain a figure of the twelve months to a quarter's end."""
        if FIELDS[item].kind == "stock":
            return self.quarter(item, ticker, period)
        year, quarter = _quarter(str(period))
        labels = [quarter_label(year * 4 + quarter - back) for back in (3, 2, 1, 0)]
        traced = [self.quarter(item, ticker, label) for label in labels]
        inputs = [
            replace(known, name=f"{item} ({label})")
            for known, label in zip(traced, labels, strict=True)
            if known
        ]
        if len(inputs) < len(labels):
            return None
        # Added one by one, from the oldest, as the panel does: the two have to agree to the last bit.
        value = reduce(add, (_number(known) for known in inputs))
        formula = " + ".join(labels)
        if FIELDS[item].kind == "mean":
            value, formula = value / 4, f"({formula}) / 4"
        return Explanation(
            item, value, _unit(self.quarter.versions, item), formula=formula, inputs=tuple(inputs)
        )


def quarter_label(place: int) -> str:
    """Name the quarter that stands `place` quarters after the first of the year nought."""
    return f"{place // 4}Q{place % 4 + 1}"


def _number(explained: Explanation) -> float:
    return explained.value if isinstance(explained.value, float) else float("nan")


def _quarter(label: str) -> tuple[int, int]:
    return int(label[:-2]), int(label[-1]) - 1


def _place(versions: Versions, item: str, ticker: str) -> tuple[int, int] | None:
    facts = versions.facts
    if item not in facts.fields or ticker not in facts.tickers:
        return None
    return facts.fields.index(item), facts.tickers.index(ticker)


def _unit(versions: Versions, item: str) -> str:
    currency = versions.facts.currency
    return {"money": currency, "shares": "shares", "money per share": f"{currency}/shares"}[FIELDS[item].unit]


def _filed(versions: Versions, version: int) -> Explanation:
    """Explain a filed figure by the first filing that shows it so, and the splits that it was brought over."""
    facts = versions.facts
    fact = int(versions.fact[versions.run[version]])
    item, ticker = facts.fields[facts.field[fact]], facts.tickers[facts.ticker[fact]]
    unit = _unit(versions, item)
    row = facts.table.iloc[int(facts.rows[fact])]
    filed = Explanation(item, float(facts.value[fact]), unit, origin=_origin(row))
    words = versions.splits.words(item, ticker, int(facts.filed[fact]))
    if not words:
        return filed
    return Explanation(item, float(versions.value[fact]), unit, formula=f"as filed {words}", inputs=(filed,))


def _origin(row: pd.Series) -> str:
    """Name tag, form, day of filing and accession, as far as they are known."""
    known = {name: str(row[name]) for name in ("tag", "form") if name in row.index and pd.notna(row[name])}
    form = f"{known.get('form', '')} filed {row['filed']:%Y-%m-%d}".strip()
    accession = f"accession {row['accession']}" if row["accession"] else ""
    return ", ".join(words for words in (known.get("tag", ""), form, accession) if words)
