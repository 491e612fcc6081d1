"""Figures of one item that are not equally wide, where a year and its parts must not meet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeAlias

from maos_nb.data._concepts import BALANCES, ITEMS
from maos_nb.data._facts_document import Filing
from maos_nb.data._fiscal_years import is_year
from maos_nb.data._mapped_facts import MappedFact
from maos_nb.data._recipes import Cookbook, Number

__all__ = ["of_equal_breadth"]

Tags: TypeAlias = frozenset[str]

# The notes show parts of it under tags that elsewhere are the whole: Tesla's of 2013 to 2017, Marvell's of 2022.
_NESTED = "depreciation_and_amortization"
# A restatement moves a figure by less than this; what is left out of a part is more.
_CLEARLY_SMALLER = 0.9
_ANNUAL_FORMS = ("10-K", "20-F", "40-F")


def of_equal_breadth(
    facts: list[MappedFact], filings: Iterable[Filing], cookbook: Cookbook, remarks: Counter[str]
) -> list[MappedFact]:
    """Drop what is a part only of what the company shows under the same item in the same fiscal year."""
    kept = list(_without_narrow(facts, _narrower(facts, filings, cookbook)))
    kept = list(_without_misfits(kept, cookbook))
    kept = list(_without_notes(kept))
    if len(kept) < len(facts):
        remarks["a part only of what other figures of the year hold"] += len(facts) - len(kept)
    return kept


def _narrower(
    facts: list[MappedFact], filings: Iterable[Filing], cookbook: Cookbook
) -> dict[Tags, set[Tags]]:
    """Tell which tags give less than which others for the same periods, more often than not."""
    by_period: defaultdict[tuple[date | None, date], dict[Tags, Number]] = defaultdict(dict)
    for fact in facts:
        if fact.item == _NESTED:
            by_period[fact.start, fact.end][fact.tags()] = fact.value
    choices = {name for recipe in cookbook.recipes[_NESTED] for term in recipe[:1] for name in term.names}
    together = [
        {frozenset({tag}): held[tag] for tag in choices & held.keys()}
        for filing in filings
        for units in filing.figures.values()
        for held in units.values()
    ]
    balance: Counter[tuple[Tags, Tags]] = Counter()
    for values in (*by_period.values(), *together):
        for tags, value in values.items():
            for other, larger in values.items():
                if tags != other:
                    balance[tags, other] += 1 if value < _CLEARLY_SMALLER * larger else -1
    wider: defaultdict[Tags, set[Tags]] = defaultdict(set)
    for (tags, other), surplus in balance.items():
        if surplus > 0:
            wider[tags].add(other)
    return wider


def _without_narrow(facts: list[MappedFact], wider: dict[Tags, set[Tags]]) -> Iterator[MappedFact]:
    seen = {(fact.fiscal_year, fact.tags()) for fact in facts if fact.item == _NESTED}
    for fact in facts:
        others = wider.get(fact.tags(), set()) if fact.item == _NESTED else set()
        if not any((fact.fiscal_year, other) in seen for other in others):
            yield fact


def _without_misfits(facts: list[MappedFact], cookbook: Cookbook) -> Iterator[MappedFact]:
    """Leave out interim flows that are one term of the sum that the year's figure is, or the other way round.

    Tesla's annual reports from 2019 on tag depreciation and amortization, its interim ones depreciation alone: a
    last quarter taken from the two would hold a year's amortization.
    """
    wholes = {item: cookbook.wholes(item) for item in ITEMS if item not in BALANCES}
    annual: defaultdict[tuple[str, int], set[Tags]] = defaultdict(set)
    for fact in facts:
        if wholes.get(fact.item) and is_year((fact.start, fact.end)):
            annual[fact.item, fact.fiscal_year].add(fact.tags())
    for fact in facts:
        of_year = annual.get((fact.item, fact.fiscal_year), set())
        tags = fact.tags() if of_year else frozenset[str]()
        fits = not of_year or tags in of_year or is_year((fact.start, fact.end))
        if fits or not any(_is_part(tags, year, wholes[fact.item]) for year in of_year):
            yield fact


def _without_notes(facts: list[MappedFact]) -> Iterator[MappedFact]:
    """Leave out of interim reports what an annual report shows of the same period under other tags.

    A note of Apple's 10-Q of February 2018 tags common dividends of the year before, which its statement of cash
    flows had reported with others: the note is no restatement.
    """
    annual: defaultdict[tuple[str, date | None, date], set[Tags]] = defaultdict(set)
    for fact in facts:
        if fact.form.startswith(_ANNUAL_FORMS):
            annual[fact.item, fact.start, fact.end].add(fact.tags())
    for fact in facts:
        reported = annual.get((fact.item, fact.start, fact.end))
        if reported is None or fact.form.startswith(_ANNUAL_FORMS) or fact.tags() in reported:
            yield fact


def _is_part(one: Tags, other: Tags, wholes: tuple[Tags, ...]) -> bool:
    part, whole = sorted((one, other), key=len)
    return part < whole and whole in wholes
