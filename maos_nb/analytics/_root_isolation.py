"""The search for intervals that hold one root each, and for points where the value touches zero.

Sign changes in sums of the flows tell in which series, and on which side of a y, there may be
several roots. There the net value is expanded over cells of y. A cell holds no root where the value
keeps its sign, and one at most where it only rises or only falls; where it bends to one side only,
one if its ends differ in sign, and else two, one or none, which its bottom tells. Cells of which none
of this can be said are halved: that is how two close rates, or a double one, are not overlooked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._expansion import (
    DEGREE,
    Expansion,
    approximate_root,
    expand,
    expand_over_one_cell,
)
from maos_nb.analytics._log_ratio import (
    Cells,
    Columns,
    IntArray,
    join,
    log_ratio,
    net_and_gross,
    net_slope,
    refine,
    rounding_of,
    take_columns,
)
from maos_nb.analytics._root_counts import prospect
from maos_nb.analytics._root_goal import Goal

__all__ = ["TOUCHING", "Isolated", "isolate"]

# Cells start here rather than at y = 0, a rate of zero, which is a root exactly more often than others are.
START = 0.03
FIRST_WIDTH = 1.0
TOUCHING = 1e-13  # a log ratio below some 450 roundings is zero for all that doubles can tell
DIVISIONS = 60  # no cell is wider than 2^60 spacings of doubles
FEW = 1_000  # cells, of which dividing in more parts at once costs less than another round
BLOCK = 1 << 12  # cells that are expanded together: more would not fit the cache
NO_POINTS = np.empty((DEGREE + 1, 0))


@dataclass(frozen=True, slots=True)
class _Open:
    """Cells of which it is not known yet what they hold, and the tail moments of their series."""

    column: IntArray
    left: Array
    right: Array
    tail: Array

    def take(self, chosen: IntArray) -> _Open:
        return _Open(self.column[chosen], self.left[chosen], self.right[chosen], self.tail[chosen])

    def divided(self, parts: int) -> _Open:
        width, place = (self.right - self.left) / parts, np.arange(parts)[:, None]
        left = self.left + place * width
        return _Open(
            np.tile(self.column, parts),
            left.ravel(),
            np.concatenate([left[1:].ravel(), self.right]),
            np.tile(self.tail, parts),
        )


@dataclass(slots=True)
class _Found:
    """What cells turned out to hold.

    One crossing, told by an expansion; one bottom or top that may reach zero; a root at one of their
    ends; a value that is zero throughout for all that doubles can tell.
    """

    crossing: list[Cells] = field(default_factory=list)
    points: list[Array] = field(default_factory=list)
    dips: list[Cells] = field(default_factory=list)
    ends: list[Cells] = field(default_factory=list)
    flats: list[Cells] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Isolated:
    """Where roots are.

    Parameters
    ----------
    expanded : Cells
        Cells that hold one crossing each, told by expansions.
    points : (n_points, n_expanded) array
        Control points of these.
    others : Cells
        Other cells that hold one crossing each, with a guess of it.
    touching : Cells
        Points, cells of no width, where zero is touched.
    """

    expanded: Cells
    points: Array
    others: Cells
    touching: Cells

    def guessed(self, chosen: BoolArray) -> Cells:
        """Give the cells chosen, expanded ones first, with the best guess that needs no new sums of flows."""
        n_expanded = self.points.shape[1]
        cells = self.expanded.take(chosen[:n_expanded])
        s = approximate_root(take_columns(self.points, np.flatnonzero(chosen[:n_expanded])))
        from_left = cells.left + (1 + s) / 2 * (cells.right - cells.left)
        from_right = cells.right - (1 - s) / 2 * (cells.right - cells.left)
        cells = replace(cells, start=np.where(s <= 0, from_left, from_right))
        return join([cells, self.others.take(chosen[n_expanded:])])


def isolate(columns: Columns, lower: Array, upper: Array, goal: Goal) -> Isolated:
    """Find where the roots of series with any number of sign changes are, as far as the goal wants them.

    Below START a series is searched like one above it in reversed time. Where both have their times in
    the same places, or each series has its own, they are searched side by side.

    Parameters
    ----------
    columns : Columns
        The series.
    lower, upper : (n_series,) arrays
        Bounds in y between which all roots of a series lie.
    goal : Goal
        What is wanted; it learns what is found.
    """
    above, names = columns.discounted(START), np.arange(upper.size)
    below, downwards = above.reversed_in_time(), np.ones(upper.size, dtype=np.bool_)
    if columns.evenly_spaced or not columns.share_times:
        limit = np.concatenate([upper - START, START - lower])
        sides = [(above.beside(below), limit, np.tile(names, 2), np.concatenate([~downwards, downwards]))]
    else:
        sides = [(above, upper - START, names, ~downwards), (below, START - lower, names, downwards)]
    parts = [
        _unfolded(_isolate_above(flows, limit, goal.seen(series, mirrored, START)), series, mirrored)
        for flows, limit, series, mirrored in sides
    ]
    return Isolated(
        join([part.expanded for part in parts]),
        np.concatenate([part.points for part in parts], axis=1),
        join([part.others for part in parts]),
        join([part.touching for part in parts]),
    )


def _unfolded(found: Isolated, series: IntArray, mirrored: BoolArray) -> Isolated:
    """Turn what was found above START, partly in reversed time, into cells of y."""
    points = np.where(mirrored[found.expanded.column], found.points[::-1], found.points)
    cells = []
    for part in (found.expanded, found.others, found.touching):
        flip = mirrored[part.column]
        cells.append(
            Cells(
                series[part.column],
                START + np.where(flip, -part.right, part.left),
                START + np.where(flip, -part.left, part.right),
                part.positive ^ (flip & (part.left < part.right)),
                START + np.where(flip, -part.start, part.start),
            )
        )
    return Isolated(cells[0], points, cells[1], cells[2])


def _isolate_above(columns: Columns, limit: Array, goal: Goal) -> Isolated:
    """Find where the roots above zero are."""
    found = _Found()
    cells, single = _walk(columns, limit, found, goal)
    for _ in range(DIVISIONS):
        cells = cells.take(np.flatnonzero(goal.wants(cells.column, cells.left, cells.right)))
        if not cells.column.size:
            break
        cells = cells.divided(2 if cells.column.size > FEW else 4)
        blocks = [
            np.arange(cells.column.size)[start : start + BLOCK]
            for start in range(0, cells.column.size, BLOCK)
        ]
        cells = _joined([_examined(columns, cells.take(block), found, goal) for block in blocks])
    split, touching = _examine_dips(columns, join(found.dips))
    crossing_flats, touching_flats = _examine_flats(columns, join(found.flats))
    return Isolated(
        join(found.crossing),
        np.concatenate([NO_POINTS, *found.points], axis=1),
        join([single, split, crossing_flats]),
        join([touching, touching_flats, *found.ends]),
    )


def _examined(columns: Columns, cells: _Open, found: _Found, goal: Goal) -> _Open:
    """Expand cells, file those of which it is clear what they hold, and give the others."""
    expansion = expand(columns.take(cells.column), cells.left, cells.right - cells.left, cells.tail)
    return cells.take(_judge(cells, expansion, found, goal))


def _edges() -> Iterator[float]:
    """Give the edges 0, 1, 2, 4, 8 and so on of cells."""
    edge = 0.0
    while True:
        yield edge
        edge = max(FIRST_WIDTH, 2 * edge)


def _walk(columns: Columns, limit: Array, found: _Found, goal: Goal) -> tuple[_Open, Cells]:
    """Walk up from zero; give the cells that have to be divided, and those of a sole root each."""
    names, open_cells, single, everything = np.arange(limit.size), [_no_open_cells()], [], columns
    for left, right in pairwise(_edges()):
        here = np.full(names.size, left)
        wanted = np.flatnonzero((limit > left) & goal.wants(names, here, limit))
        if not wanted.size:
            break
        if wanted.size < names.size:
            names, columns, limit, here = names[wanted], columns.take(wanted), limit[wanted], here[wanted]
        factors = np.exp(-left * columns.times)
        view = prospect(columns, factors)
        single.append(Cells(names, here, limit, view.positive, here).take(view.single))
        rest = np.flatnonzero(view.several)
        if rest.size < names.size:
            names, columns, limit, here = names[rest], columns.take(rest), limit[rest], here[rest]
            factors = factors if factors.shape[1] == 1 else take_columns(factors, rest)
        expansion, tail = expand_over_one_cell(columns, factors, right - left)
        cells = _Open(names, here, np.full(names.size, right), tail)
        open_cells.append(cells.take(_judge(cells, expansion, found, goal)))
    return _joined(open_cells), _narrowed(everything, join(single), goal)


def _narrowed(columns: Columns, cells: Cells, goal: Goal) -> Cells:
    """Narrow cells of a sole root each to between two edges, and guess the root from the values there."""
    left, right = cells.left.copy(), cells.right.copy()
    at_left, at_right = np.full(left.size, np.nan), np.full(left.size, np.nan)
    active, columns = np.arange(left.size), columns.take(cells.column)
    for edge in _edges():
        factors = np.exp(-edge * columns.times)
        net, gross = net_and_gross(columns, factors)
        share = net / gross
        clear = (np.abs(share) > rounding_of(len(factors))) & (left[active] <= edge) & (edge < right[active])
        before = clear & ((net > 0) == cells.positive[active])
        passed = clear & ~before
        left[active[before]], at_left[active[before]] = edge, share[before]
        right[active[passed]], at_right[active[passed]] = edge, share[passed]
        done = active[passed]
        goal.near(Cells(cells.column[done], left[done], right[done], cells.positive[done], left[done]))
        nearest = goal.may_be_nearest(cells.column[active], left[active], right[active])
        rest = np.flatnonzero(nearest & (right[active] > edge))
        if not rest.size:
            break
        if rest.size < active.size:
            active, columns = active[rest], columns.take(rest)
    return replace(cells, left=left, right=right, start=_by_secant(left, right, at_left, at_right))


def _by_secant(left: Array, right: Array, at_left: Array, at_right: Array) -> Array:
    """Guess where the log ratio, twice the hyperbolic arctangent of the net share, is zero."""
    at_left, at_right = np.arctanh(at_left), np.arctanh(at_right)
    guess = left + (right - left) * at_left / (at_left - at_right)
    return np.where((guess > left) & (guess < right), guess, left)


def _judge(cells: _Open, expansion: Expansion, found: _Found, goal: Goal) -> IntArray:
    """File the cells of which it is clear what they hold; give the places of the others."""
    points, error = expansion.points, expansion.error(0)
    lowest, highest = points.min(axis=0), points.max(axis=0)
    rest = np.flatnonzero((lowest <= error) & (highest >= -error))
    if not rest.size:
        return rest
    expansion, cells, error = expansion.take(rest), cells.take(rest), error[rest]
    first, last = expansion.points[0], expansion.points[-1]
    slopes = expansion.points[1:] - expansion.points[:-1]
    slope = _common_sign(slopes, expansion.error(1))
    bend = _common_sign(slopes[1:] - slopes[:-1], expansion.error(2))
    clear = (np.abs(first) > error) & (np.abs(last) > error)
    known = clear & ((slope != 0) | (bend != 0))
    crosses = known & ((first > 0) != (last > 0))
    side = np.sign(first)
    dips = known & ~crosses & (slope == 0) & (bend == side)
    dips &= (side * slopes[0] <= expansion.error(1)) & (side * slopes[-1] >= -expansion.error(1))
    flat = ~known & (np.maximum(highest[rest], -lowest[rest]) + error <= TOUCHING / 2 * expansion.size)
    at_end = ~known & ~flat & (slope != 0) & (expansion.omitted <= expansion.rounding)
    whole = Cells(cells.column, cells.left, cells.right, first > 0, (cells.left + cells.right) / 2)
    if crosses.any():
        found.crossing.append(whole.take(crosses))
        found.points.append(expansion.points[:, crosses])
        goal.learn(found.crossing[-1])
    for kind, chosen in ((found.dips, dips), (found.flats, flat)):
        if chosen.any():
            kind.append(whole.take(chosen))
    if at_end.any():
        end = np.where(np.abs(first) <= np.abs(last), cells.left, cells.right)
        found.ends.append(replace(whole, left=end, right=end).take(at_end))
    return np.asarray(rest[~(known | flat | at_end)])


def _common_sign(differences: Array, error: Array) -> Array:
    """Give the sign that all differences of a cell have for sure, or zero."""
    return np.asarray(
        np.where(differences.min(axis=0) > error, 1.0, np.where(differences.max(axis=0) < -error, -1.0, 0.0))
    )


def _examine_dips(columns: Columns, dips: Cells) -> tuple[Cells, Cells]:
    """Find the bottom of each dip; give the two crossings beside it, or the point where it touches zero."""
    columns = columns.take(dips.column)
    bottom = refine(net_slope, columns, replace(dips, positive=~dips.positive))
    value, _, curvature = log_ratio(columns, bottom)
    touches = np.abs(value) <= TOUCHING
    through = ~touches & ((value > 0) != dips.positive)
    reach = np.sqrt(np.abs(2 * value / curvature))
    first, second = np.maximum(bottom - reach, dips.left), np.minimum(bottom + reach, dips.right)
    before = replace(dips, right=bottom, start=first).take(through)
    after = replace(dips, left=bottom, start=second, positive=~dips.positive).take(through)
    return join([before, after]), replace(dips, left=bottom, right=bottom).take(touches)


def _examine_flats(columns: Columns, flats: Cells) -> tuple[Cells, Cells]:
    """Join flat cells side by side; each stretch holds one crossing, or one point where zero is touched."""
    flats = flats.take(np.lexsort((flats.left, flats.column)))
    new = np.ones(flats.column.size + 1, dtype=np.bool_)
    new[1:-1] = (flats.column[1:] != flats.column[:-1]) | (flats.left[1:] > flats.right[:-1])
    stretches = replace(flats.take(new[:-1]), right=flats.right[new[1:]])
    middle = (stretches.left + stretches.right) / 2
    columns = columns.take(stretches.column)
    before, after = (log_ratio(columns, end)[0] > 0 for end in (stretches.left, stretches.right))
    crossing = replace(stretches, positive=before, start=middle)
    return crossing.take(before != after), replace(stretches, left=middle, right=middle).take(before == after)


def _no_open_cells() -> _Open:
    return _Open(np.empty(0, dtype=np.intp), np.empty(0), np.empty(0), np.empty(0))


def _joined(parts: list[_Open]) -> _Open:
    return _Open(
        np.concatenate([part.column for part in parts]),
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.tail for part in parts]),
    )
