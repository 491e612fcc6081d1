"""Growth, quality and solvency of the company that is valued: ratios and scores of its own statements."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from maos_nb.analytics.explanation import Explanation
from maos_nb.analytics.fundamental import (
    RATIOS,
    SCORES,
    Panel,
    Ratios,
    Score,
    Statements,
    calculate_ratios,
    explain,
    quality_checks,
)
from maos_nb.finance.evidence import Evidence

__all__ = ["GROUPS", "Fundamentals", "Metric", "Reading", "fundamentals_of"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "growth": (
        *("revenue_growth", "operating_income_growth", "eps_growth", "free_cash_flow_growth"),
        *("share_count_growth", "sustainable_growth"),
    ),
    "quality": (
        *("gross_margin", "operating_margin", "roic", "roe", "cash_conversion", "free_cash_flow_margin"),
        "accrual_ratio",
    ),
    "solvency": (
        *("interest_coverage", "net_debt_to_ebitda", "debt_to_equity", "liabilities_to_assets"),
        *("current_ratio", "operating_cash_flow_to_debt"),
    ),
}
"""What is asked of the statements, by what it says."""


# Mohanram's score needs the medians of an industry, Graham's number is a price and no score.
_LABELS = {
    "altman_z": "Altman's Z",
    "altman_z_prime": "Altman's Z' (private companies)",
    "altman_z_double_prime": "Altman's Z'' (without asset turnover)",
    "ohlson": "Ohlson's O",
    "zmijewski": "Zmijewski's score",
    "springate": "Springate's score",
    "merton": "Merton's distance to default",
    "piotroski": "Piotroski's F",
    "beneish": "Beneish's M",
    "montier_c": "Montier's C",
    "sloan_accruals": "Sloan's accruals",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A ratio of the last year, and of the year before.

    Parameters
    ----------
    name, title : str
        In code, and in words.
    value, before : float
        NaN where a figure that it needs was not filed.
    unit : str
        As of `RATIOS`.
    formula : str
    n_available, n_inputs : int
        How many of the figures that it needs were filed.
    negative_denominator : bool
        The value is not to be compared with others then.
    explanation : Explanation
        The tree from the ratio down to the filed facts.
    """

    name: str
    title: str
    value: float
    before: float
    unit: str
    formula: str
    n_available: int
    n_inputs: int
    negative_denominator: bool
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Reading:
    """A published score of the last year, and how it is read.

    `main_part` is the component that moves a weighted score furthest to its bad side; empty for others.
    """

    name: str
    label: str
    main_part: str
    score: float
    zone: str
    verdict: str
    n_available: int
    n_inputs: int
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Fundamentals:
    """What the statements of a company say of it.

    `failures` are the words of the identities between the last year's figures that fail.
    """

    fiscal_year: int
    groups: Mapping[str, tuple[Metric, ...]]
    scores: tuple[Reading, ...]
    failures: tuple[str, ...]

    def metric(self, name: str) -> Metric:
        """Give a metric by name."""
        return next(item for items in self.groups.values() for item in items if item.name == name)


def fundamentals_of(evidence: Evidence, price: float | None) -> Fundamentals | None:
    """Read growth, quality and solvency off what had been filed; None where nothing had.

    `price` is that of a share on the valuation's date.
    """
    if evidence.facts is None or evidence.history is None:
        return None
    statements = Statements(evidence.facts, splits=evidence.splits).as_of(evidence.as_of)
    panel = _with_market(statements.annual(), evidence, price)
    names = tuple(name for items in GROUPS.values() for name in items)
    ratios = calculate_ratios(panel, names)
    failures = quality_checks(panel).failures
    of_year = failures[failures.index.get_level_values("fiscal_year") == panel.periods[-1]]
    return Fundamentals(
        fiscal_year=int(panel.periods[-1]),
        groups={group: tuple(_metric(ratios, name) for name in items) for group, items in GROUPS.items()},
        scores=tuple(_reading(SCORES[name], panel) for name in _LABELS),
        failures=tuple(str(words) for words in of_year["words"]),
    )


def _with_market(panel: Panel, evidence: Evidence, price: float | None) -> Panel:
    """Put beside the last year what the market says on the valuation's date."""
    now = np.arange(panel.shape[1]) == panel.shape[1] - 1
    market = {
        "price": math.nan if price is None else price,
        "equity_volatility": evidence.volatility,
        "risk_free": evidence.risk_free.value if evidence.risk_free is not None else math.nan,
    }
    return panel.with_values(**{name: np.where(now, value, math.nan) for name, value in market.items()})


def _metric(ratios: Ratios, name: str) -> Metric:
    row, place = RATIOS[name], ratios.names.index(name)
    line = ratios.values[place, 0]
    return Metric(
        name=name,
        title=row.title,
        value=float(line[-1]),
        before=float(line[-2]) if len(line) > 1 else math.nan,
        unit=row.unit,
        formula=row.formula,
        n_available=int(ratios.available[place, 0, -1]),
        n_inputs=ratios.n_inputs[name],
        negative_denominator=bool(ratios.negative[place, 0, -1]),
        explanation=explain(ratios.panel, name, ratios.panel.tickers[0], ratios.panel.periods[-1]),
    )


def _reading(score: Score, panel: Panel) -> Reading:
    row = score.function(panel).iloc[-1]
    value = float(row["score"])
    zone = score.zone(value)
    return Reading(
        name=score.name,
        label=_LABELS[score.name],
        main_part=_main_part(score, row),
        score=value,
        zone="" if zone is None else zone.name,
        verdict="" if zone is None else zone.verdict,
        n_available=int(row["n_available"]),
        n_inputs=score.n_inputs,
        source=score.source,
    )


def _main_part(score: Score, row: Any) -> str:
    """Weigh each component as far as it is from 1, where it is an index, or from nothing."""
    if not score.coefficients or not math.isfinite(float(row["score"])):
        return ""
    sign = -1.0 if score.higher_is_better else 1.0
    parts = {
        name: sign * weight * (float(row[name]) - (1.0 if name.endswith("_index") else 0.0))
        for name, weight in score.coefficients.items()
    }
    return max(parts, key=lambda name: parts[name])
