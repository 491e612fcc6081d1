"""Quarters that no filing shows: what a longer span leaves when the shorter ones are taken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._facts import Ints
from maos_nb.analytics.fundamental._fiscal_periods import SPANS
from maos_nb.analytics.fundamental._versions import Versions, Vintage
from maos_nb.analytics.fundamental.fields import FIELDS

__all__ = ["FILED", "NOT_KNOWN", "RECIPES", "Quarters", "Recipe", "find_quarters"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a quarter follows: ``times`` a span less other spans."""

    quarter: str
    whole: str
    parts: tuple[str, ...]
    kinds: tuple[str, ...] = ("flow",)
    times: int = 1

    @property
    def formula(self) -> str:
        """The recipe in words."""
        return " - ".join((f"{self.times} x {self.whole}" if self.times > 1 else self.whole, *self.parts))


# Those of a quarter in order of preference; they all start from one span.
RECIPES = (
    Recipe("Q2", "six months", ("Q1",)),
    Recipe("Q3", "nine months", ("six months",)),
    Recipe("Q3", "nine months", ("Q1", "Q2")),
    Recipe("Q4", "year", ("nine months",)),
    Recipe("Q4", "year", ("six months", "Q3")),
    Recipe("Q4", "year", ("Q1", "Q2", "Q3")),
    # A year's average count is the mean of its quarters' averages, where these are about as long.
    Recipe("Q4", "year", ("Q1", "Q2", "Q3"), ("mean",), times=4),
)
FILED = -1
NOT_KNOWN = -2
_NEVER = 10**7  # a day later than any


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quarters:
    """Figures of quarters, fields x companies x years x 4, and what each follows from.

    Parameters
    ----------
    value : (n_fields, n_tickers, n_years, 4) array
    recipe : array of int, in the shape of `value`
        Place in `RECIPES`, or `FILED` or `NOT_KNOWN`.
    version : array of int, in the shape of `value` and (4,)
        The versions that went in, the whole first; -1 where there are fewer.
    """

    value: Array
    recipe: npt.NDArray[np.int8]
    version: Ints


def find_quarters(versions: Versions, vintage: Vintage) -> Quarters:
    """Take each quarter as filed, or derive it."""
    grid = versions.chosen(vintage)
    spans = grid.reshape(-1, len(SPANS))
    used = np.full((len(spans), 4, 4), -1)
    used[..., 0] = spans[:, :4]
    recipes = np.where(spans[:, :4] >= 0, FILED, NOT_KNOWN).astype(np.int8)
    values = versions.values(spans[:, :4])
    kinds = np.array([FIELDS[name].kind for name in versions.facts.fields])
    kind = np.repeat(kinds, len(spans) // len(kinds))
    for quarter, group in groupby(enumerate(RECIPES), key=lambda item: (item[1].quarter, item[1].kinds)):
        column = SPANS.index(quarter[0])
        rows = np.flatnonzero((recipes[:, column] == NOT_KNOWN) & np.isin(kind, quarter[1]))
        for place, found, parts in _derive(versions, rows, spans, list(group)):
            recipe = RECIPES[place]
            derived = recipe.times * versions.values(parts[:, 0]) - versions.values(parts[:, 1:]).sum(axis=1)
            # An average count of nought or less tells that the quarters are too unlike.
            kept = derived > 0 if "mean" in recipe.kinds else np.ones(len(found), dtype=np.bool_)
            values[found[kept], column] = derived[kept]
            recipes[found[kept], column] = place
            used[found[kept], column, : parts.shape[1]] = parts[kept]
    shape = (*grid.shape[:3], 4)
    return Quarters(values.reshape(shape), recipes.reshape(shape), used.reshape(*shape, 4))


def _derive(
    versions: Versions, rows: Ints, spans: Ints, recipes: list[tuple[int, Recipe]]
) -> Iterator[tuple[int, Ints, Ints]]:
    """Give for each recipe the rows of the grid where it can be followed, and the versions that go in.

    The whole and its parts are of one round of filings: a part was filed after the whole had last been shown
    otherwise, and, if there are several, it is the last one up to the whole's last filing. A year as restated and
    nine months as first reported would leave a quarter that never was; so where the parts have not been
    restated yet, the whole is taken as it was before.
    """
    whole = spans[rows, SPANS.index(recipes[0][1].whole)]
    while len(rows):
        rows, whole = rows[whole >= 0], whole[whole >= 0]
        earlier, after, before = _neighbours(versions, whole)
        is_open = np.ones(len(rows), dtype=np.bool_)
        for place, recipe in recipes:
            parts = (
                versions.of_round(rows * len(SPANS) + SPANS.index(name), after, versions.filed[whole], before)
                for name in recipe.parts
            )
            used = np.stack([whole, *parts], axis=1)
            found = is_open & (used >= 0).all(axis=1)
            yield place, rows[found], used[found]
            is_open &= ~found
        rows, whole = rows[is_open], earlier[is_open]


def _neighbours(versions: Versions, whole: Ints) -> tuple[Ints, Ints, Ints]:
    """Give the last version that shows each figure otherwise, its day, and the day of the next such one."""
    run = versions.run[whole]
    is_earlier = (run > 0) & (versions.cell[run - 1] == versions.cell[run])
    after = np.where(is_earlier, versions.filed[run - 1], -_NEVER)
    starts = np.flatnonzero(versions.run == np.arange(len(versions.run)))
    place = np.searchsorted(starts, whole, side="right")
    following = starts[np.minimum(place, len(starts) - 1)]
    is_later = (place < len(starts)) & (versions.cell[following] == versions.cell[run])
    return np.where(is_earlier, run - 1, -1), after, np.where(is_later, versions.filed[following], _NEVER)
