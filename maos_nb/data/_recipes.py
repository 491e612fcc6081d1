"""Recipes read and carried out: the first one whose tags a filing has for a period gives the figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from maos_nb.data._concepts import ITEMS, RECIPES, Standard
from maos_nb.errors import InputError

__all__ = ["Cookbook", "Figure", "Number", "Term", "parse_recipe"]

Number: TypeAlias = int | float

_NAME = re.compile(r"(?:[a-z][a-z0-9-]*:)?[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a sum: the largest of some tags, or an item, with its sign; optional where it may be absent."""

    sign: int
    names: tuple[str, ...]
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one filing and period, and the signed tags that it is the sum of."""

    value: Number
    tags: tuple[tuple[int, str], ...]

    def words(self) -> str:
        """Write the sum: ``us-gaap:CommercialPaper + us-gaap:LongTermDebtCurrent``."""
        (sign, first), *others = self.tags
        return ("-" if sign < 0 else "") + first + "".join(f" {'+-'[sign < 0]} {tag}" for sign, tag in others)

    def turned(self) -> Figure:
        """Give the figure with the opposite sign."""
        return Figure(-self.value, tuple((-sign, tag) for sign, tag in self.tags))


@lru_cache(maxsize=1024)
def parse_recipe(recipe: str, standard: Standard) -> tuple[Term, ...]:
    """Read a recipe; tags without a prefix are of the standard.

    Raises
    ------
    InputError
        If it is no sum of tags and items.
    """
    text = recipe.strip()
    sign = -1 if text.startswith("-") else 1
    parts = re.split(r"\s+([+-])\s+", text.removeprefix("-").strip())
    terms = [_term(parts[0], sign, recipe, standard)]
    for mark, part in zip(parts[1::2], parts[2::2], strict=True):
        terms.append(_term(part, -1 if mark == "-" else 1, recipe, standard))
    return tuple(terms)


def _term(part: str, sign: int, recipe: str, standard: Standard) -> Term:
    is_optional = part.startswith("[") and part.endswith("]")
    names = [name.strip() for name in (part[1:-1] if is_optional else part).split("|")]
    if not all(_NAME.fullmatch(name) for name in names):
        raise InputError(
            "recipes",
            f"expected a sum of tags, got {recipe!r}",
            advice="Write it as 'CommercialPaper + [LongTermDebtCurrent]'; what is in brackets may be absent",
        )
    return Term(sign, tuple(_qualified(name, standard) for name in names), is_optional)


def _qualified(name: str, standard: Standard) -> str:
    return name if ":" in name or name in ITEMS else f"{standard}:{name}"


@dataclass(frozen=True, slots=True)
class Cookbook:
    """The recipes of every item under one standard, those of a caller's own after ours."""

    standard: Standard
    own: Mapping[str, Sequence[str]] = field(default_factory=dict)
    recipes: dict[str, tuple[tuple[Term, ...], ...]] = field(init=False)

    def __post_init__(self) -> None:
        for item in self.own:
            if item not in ITEMS:
                raise InputError("recipes", f"there is no item {item!r}", advice=f"Known: {', '.join(ITEMS)}")
        parsed = {
            item: tuple(parse_recipe(recipe, self.standard) for recipe in (*ours, *self.own.get(item, ())))
            for item, ours in RECIPES[self.standard].items()
        }
        object.__setattr__(self, "recipes", parsed)

    def tags(
        self, item: str, *, added_only: bool = False, above: frozenset[str] = frozenset()
    ) -> Iterator[str]:
        """Give every tag that the item may be read from, those of items it rests on included.

        With ``added_only`` without the tags that are only ever subtracted.
        """
        for term in (term for recipe in self.recipes[item] for term in recipe):
            for name in term.names if term.sign > 0 or not added_only else ():
                if ":" in name:
                    yield name
                elif name not in above:
                    yield from self.tags(name, added_only=added_only, above=above | {item})

    def wholes(self, item: str) -> tuple[frozenset[str], ...]:
        """Give the sums of several tags that the item may be, those without a choice."""
        sums = (
            [term.names[0] for term in recipe]
            for recipe in self.recipes[item]
            if len(recipe) > 1 and all(len(term.names) == 1 and not term.is_optional for term in recipe)
        )
        return tuple(frozenset(names) for names in sums if all(":" in name for name in names))

    def all_tags(self) -> frozenset[str]:
        """Give every tag of every recipe."""
        return frozenset(tag for item in self.recipes for tag in self.tags(item))

    def figure(
        self, item: str, held: Mapping[str, Number], above: frozenset[str] = frozenset()
    ) -> Figure | None:
        """Find the item among the figures of one filing and period, by tag; None where no recipe is complete."""
        for recipe in self.recipes[item]:
            found = self._sum(recipe, held, above | {item})
            if found is not None:
                return found
        return None

    def _sum(
        self, recipe: tuple[Term, ...], held: Mapping[str, Number], above: frozenset[str]
    ) -> Figure | None:
        value: Number = 0
        tags: list[tuple[int, str]] = []
        for term in recipe:
            part = self._part(term, held, above)
            if part is not None:
                value += term.sign * part.value
                tags += ((term.sign * sign, tag) for sign, tag in part.tags)
            elif not term.is_optional:
                return None
        return Figure(value, tuple(tags)) if tags else None

    def _part(self, term: Term, held: Mapping[str, Number], above: frozenset[str]) -> Figure | None:
        name = term.names[0]
        if ":" not in name:
            # An item that rests on itself by a caller's recipe is not known.
            return None if name in above else self.figure(name, held, above)
        known = [tag for tag in term.names if tag in held]
        if not known:
            return None
        largest = max(known, key=held.__getitem__)
        return Figure(held[largest], ((1, largest),))
