"""What the statements themselves put in doubt: growth that has slowed, profit without cash, debt that weighs."""

from __future__ import annotations

from collections.abc import Callable

from maos_nb.finance.fundamentals import Fundamentals
from maos_nb.finance.origins import Origin
from maos_nb.finance.valuation import Valuation

__all__ = ["statement_doubts"]

SLOWED = 0.75
"""Growth of the last year below this part of the growth that is projected from is told."""
LITTLE_CASH = 0.8
INVESTMENT_GRADE = 2.5
"""Interest cover above which a large company is rated BBB or better; see `capital.synthetic_rating`."""


def statement_doubts(valuation: Valuation) -> list[str]:
    """List what growth, quality and solvency put in doubt; nothing where there are no statements."""
    found = valuation.fundamentals
    if found is None:
        return []
    return [*_growth(valuation, found), *(sentence for ask in _QUESTIONS for sentence in ask(found))]


def _growth(valuation: Valuation, found: Fundamentals) -> list[str]:
    assumed, last = valuation.assumptions["revenue_growth"], found.metric("revenue_growth").value
    if assumed.origin is Origin.GIVEN or not last < SLOWED * assumed.value:
        return []
    moved = f"grew by {last:.1%}" if last >= 0 else f"fell by {-last:.1%}"
    return [
        f"Revenue {moved} in fiscal {found.fiscal_year}; the projection starts from {assumed.value:.1%} a year."
    ]


def _cash(found: Fundamentals) -> list[str]:
    conversion = found.metric("cash_conversion")
    if conversion.negative_denominator or not conversion.value < LITTLE_CASH:
        return []
    return [
        f"Operations brought in {conversion.value:.0%} of fiscal {found.fiscal_year}'s net income as cash: profit may be "
        "ahead of it."
    ]


def _cover(found: Fundamentals) -> list[str]:
    cover = found.metric("interest_coverage").value
    if not cover < INVESTMENT_GRADE:
        return []
    return [
        f"Operating income is {cover:.1f} times interest, below what is rated investment grade: a company that fails has no "
        "flows in perpetuity."
    ]


def _equity(found: Fundamentals) -> list[str]:
    if not found.metric("debt_to_equity").negative_denominator:
        return []
    return ["Shareholders' equity is negative: returns on it and debt over it say nothing."]


def _scores(found: Fundamentals) -> list[str]:
    return [
        f"{item.label} of {item.score:.2f} is in the zone {item.zone!r} ({item.source})"
        + (f", most of all for its {item.main_part.replace('_', ' ')}." if item.main_part else ".")
        for item in found.scores
        if item.verdict == "bad"
    ]


def _failures(found: Fundamentals) -> list[str]:
    return [
        f"The statements of fiscal {found.fiscal_year} do not agree with themselves: {words}."
        for words in found.failures
    ]


_QUESTIONS: tuple[Callable[[Fundamentals], list[str]], ...] = (_cash, _cover, _equity, _scores, _failures)
