"""Identities tried over a panel: both sides, what rounding explains, and words for every place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from maos_nb._views import number
from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics.fundamental._identities import Identity, Sum, Term
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel

__all__ = ["Tried", "half_units", "joined", "listed", "not_known", "rounding_units", "tried"]

Words: TypeAlias = Callable[[int, int], str]

HALF_A_CENT = 0.005
# Figures are filed in units, thousands or millions; a few, such as dividends, in finer ones than the others.
ROUNDING_UNITS = (1.0, 1e3, 1e6)
MOST = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """An identity over a panel: arrays ``(n_companies, n_periods)``, and words for each of their places.

    Parameters
    ----------
    name
        Of the identity.
    found, expected
        The two sides; NaN where they are not known.
    scale
        The largest figure that went in: what rounding is relative to.
    rounding
        Difference that the filer's own rounding explains.
    holds, fails, missing
        Words for a place: the identity, its figures, and what is not known.
    first
        The same with figures as they were filed first, where there are such.
    """

    name: str
    found: Array
    expected: Array
    scale: Array
    rounding: Array
    holds: Words
    fails: Words
    missing: Words
    first: Tried | None = None

    def is_within(self, tolerance: float) -> BoolArray:
        """Tell where the two sides are no further apart than rounding and a tolerance allow."""
        return np.asarray(
            np.abs(self.found - self.expected) <= tolerance * self.scale + self.rounding, dtype=np.bool_
        )


def rounding_units(panel: Panel) -> Array:
    """Give the coarsest unit in which each company filed a period, ``(n_companies, 1)``.

    Most amounts of a period are multiples of it. It is 0 where they are not even whole numbers, as in a panel in
    millions with decimals.
    """
    names = [name for name in panel.values if FIELDS[name].unit == "money"]
    units = np.zeros((panel.shape[0], 1))
    if not names:
        return units
    amounts = np.stack([panel[name] for name in names])
    amounts = np.where(np.isfinite(amounts) & (amounts != 0), amounts, np.nan)
    count = np.count_nonzero(~np.isnan(amounts), axis=0)
    for size in ROUNDING_UNITS:
        n_whole = np.count_nonzero(amounts % size == 0, axis=0)
        units[((count > 0) & (n_whole >= MOST * count)).any(axis=1)] = size
    return units


def half_units(figures: Array, units: Array) -> Array:
    """Give half of the unit to which each figure is rounded: a figure restated later may be in a coarser one."""
    half = np.zeros(figures.shape)
    for size in ROUNDING_UNITS:
        is_rounded = (np.nan_to_num(figures) != 0) & (np.nan_to_num(figures) % size == 0)
        half = np.where(is_rounded & (size <= units), size / 2, half)
    return half


def tried(identity: Identity, panel: Panel, units: Array) -> Tried:
    """Try an identity on every company and period of a panel whose figures are rounded to `units`."""
    variants = [_Variant(panel, units, found, expected) for found, expected in identity.variants]
    gaps = np.stack([np.abs(variant.found - variant.expected) for variant in variants])
    # Without any known variant, the one that lacks least tells what to look for.
    lacking = np.stack([variant.n_missing for variant in variants])
    known = ~np.isnan(gaps).all(axis=0)
    best = np.where(known, np.where(np.isnan(gaps), np.inf, gaps).argmin(axis=0), lacking.argmin(axis=0))

    def chosen(figures: list[Array]) -> Array:
        return np.asarray(np.take_along_axis(np.stack(figures), best[np.newaxis], axis=0)[0])

    return Tried(
        name=identity.name,
        found=chosen([variant.found for variant in variants]),
        expected=chosen([variant.expected for variant in variants]),
        scale=chosen([variant.scale for variant in variants]),
        rounding=chosen([variant.rounding for variant in variants]),
        holds=lambda row, column: variants[best[row, column]].formula,
        fails=lambda row, column: variants[best[row, column]].shown(row, column),
        missing=lambda row, column: variants[best[row, column]].missing(row, column),
    )


class _Variant:
    """One way to write an identity, with its figures."""

    __slots__ = ("_sides", "expected", "formula", "found", "n_missing", "rounding", "scale")

    def __init__(self, panel: Panel, units: Array, found: Sum, expected: Sum) -> None:
        self._sides = tuple([(term, term.figures(panel)) for term in side] for side in (found, expected))
        self.found, self.expected = (
            np.sum([array if term.needed else np.nan_to_num(array) for term, array in side], axis=0)
            for side in self._sides
        )
        terms = [*self._sides[0], *self._sides[1]]
        self.scale = np.max([np.abs(np.nan_to_num(array)) for _, array in terms], axis=0)
        self.rounding = np.sum([_rounding(term, array, panel, units) for term, array in terms], axis=0)
        self.n_missing = np.sum([np.isnan(array) for term, array in terms if term.needed], axis=0)
        self.formula = " = ".join(joined((term.sign, term.words) for term, _ in side) for side in self._sides)

    def shown(self, row: int, column: int) -> str:
        """Write both sides with their figures."""
        at = (row, column)
        left, right = (
            [
                (term.sign, f"{term.words} {number(float(term.sign * array[at]))}")
                for term, array in side
                if not np.isnan(array[at])
            ]
            for side in self._sides
        )
        absent = listed(self._absent(row, column, needed=False))
        total = f" = {number(float(self.expected[at]))}" if len(right) > 1 else ""
        remark = f" ({absent} not known, taken as none)" if absent else ""
        return f"{joined(left)} is not {joined(right)}{total}{remark}"

    def missing(self, row: int, column: int) -> str:
        """Name what is needed and not known."""
        return not_known(self._absent(row, column, needed=True))

    def _absent(self, row: int, column: int, *, needed: bool) -> list[str]:
        return [
            term.words
            for side in self._sides
            for term, array in side
            if term.needed is needed and np.isnan(array[row, column])
        ]


def _rounding(term: Term, figures: Array, panel: Panel, units: Array) -> Array:
    """Give how far the figures of a term can be from what they were before they were rounded."""
    if not term.times:
        return half_units(figures, units)
    rate, factor = np.nan_to_num(np.abs(panel[term.item])), np.nan_to_num(np.abs(panel[term.times]))
    return np.asarray(HALF_A_CENT * factor + rate * half_units(factor, units))


def not_known(names: Sequence[str]) -> str:
    """Say that what is named is not known."""
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'} not known"


def listed(names: Sequence[str]) -> str:
    """Write names as a list: a, b and c."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def joined(terms: Iterable[tuple[int, str]]) -> str:
    """Write a sum of terms with their signs."""
    return "".join(f" {'-' if sign < 0 else '+'} {text}" for sign, text in terms).removeprefix(" + ").strip()
