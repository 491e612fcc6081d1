"""Every internal rate of return of many cash-flow series at once.

With P and N the present values of a series' inflows and outflows, every root of the net present
value is a root of ``log P - log N``. As a function of ``y = log(1 + rate) * span``, with times
scaled to run from 0 (first flow) to 1 (last flow), its slope is the outflows' duration less the
inflows': it is nearly straight for an ordinary investment, and three Halley steps find its root
from almost anywhere. How the roots of other series are told apart: `_root_isolation`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._log_ratio import (
    Cells,
    Columns,
    IntArray,
    columns_of,
    exponential_step,
    join,
    log_ratio,
    refine,
)
from maos_nb.analytics._root_goal import Goal
from maos_nb.analytics._root_isolation import TOUCHING, isolate

__all__ = ["Roots", "Wish", "find_roots"]

SAME_ROOT = 1e-7  # two roots closer than this leave the log ratio between them below 1e-15
ELEMENTS_PER_BLOCK = 1 << 17
ITERATIONS = 6  # after which a series is given to the search that brackets its root


@dataclass(frozen=True, slots=True)
class Wish:
    """All roots, or of each series the one nearest to a log(1 + rate); and whether others are to be counted."""

    centre: Array | None
    counting: bool

    def of(self, block: slice) -> Wish:
        return Wish(None if self.centre is None else self.centre[block], self.counting)


@dataclass(frozen=True, slots=True)
class Roots:
    """Roots found, one item per root, ordered by series and then by rate.

    Parameters
    ----------
    series : integer array
        The series that each root belongs to.
    log_rates : array
        log(1 + rate) of each root.
    left_out : integer array
        The series of each root that was not worked out, as another one is nearer for sure.
    """

    series: IntArray
    log_rates: Array
    left_out: IntArray


def find_roots(flows: Array, times: Array | None, wish: Wish) -> Roots:
    """Find every rate at which the present value of each series is zero.

    Parameters
    ----------
    flows : (n_flows, n_series) array
        Finite flows in the order of time; each series has flows of both signs, the largest of size
        1/2 to 1.
    times : (n_flows, n_series) or (n_flows, 1) array, or None
        Years or periods, rising strictly over the flows that are not zero; one column where all series
        share them, None for one period apart.
    wish : Wish
        Which roots are wanted.

    Returns
    -------
    Roots
        The roots wanted, and at will others, also where the value only touches zero.
    """
    if (times is None or times.shape[1] == 1) and flows.size:
        used = np.flatnonzero(flows.any(axis=1))
        rows = slice(used[0], used[-1] + 1)
        flows, times = flows[rows], None if times is None else times[rows]
    names, size = np.arange(flows.shape[1]), max(1, ELEMENTS_PER_BLOCK // len(flows))
    found = []
    with np.errstate(all="ignore"):
        for start in range(0, names.size, size):
            block = slice(start, start + size)
            block_times = times if times is None or times.shape[1] == 1 else times[:, block]
            found.append(_roots_of_block(flows[:, block], block_times, names[block], wish.of(block)))
    return _joined(found)


def _joined(found: list[Roots]) -> Roots:
    if len(found) == 1:
        return found[0]
    return Roots(
        np.concatenate([np.empty(0, dtype=np.intp), *(roots.series for roots in found)]),
        np.concatenate([np.empty(0), *(roots.log_rates for roots in found)]),
        np.concatenate([np.empty(0, dtype=np.intp), *(roots.left_out for roots in found)]),
    )


def _roots_of_block(flows: Array, times: Array | None, names: IntArray, wish: Wish) -> Roots:
    columns, span = columns_of(flows, times, own_spans=times is not None and times.shape[1] > 1)
    signs = _Signs.of(columns)
    column = np.flatnonzero(signs.change_once)
    y, solved = _iterated(columns if column.size == names.size else columns.take(column))
    if column.size == names.size and solved.all():
        return Roots(names, y / span, names[:0])
    column, log_rates = column[solved], (y / span[column])[solved]
    rest = np.ones(names.size, dtype=np.bool_)
    rest[column] = False
    uneven = rest & ~signs.fill_the_span if columns.share_times else np.zeros_like(rest)
    parts = [Roots(column, log_rates, column[:0])]
    if uneven.any():
        counted = np.arange(float(len(flows)))[:, None] if times is None else times
        others = np.flatnonzero(uneven)
        own, own_span = columns_of(flows[:, others], np.repeat(counted, others.size, axis=1), own_spans=True)
        parts.append(_searched(own, own_span, signs.take(others), others, wish))
        rest &= ~uneven
    if rest.any():
        others = np.flatnonzero(rest)
        parts.append(_searched(columns.take(others), span[others], signs.take(others), others, wish))
    found = _joined(parts)
    order = _order_of(found.series)
    return Roots(names[found.series[order]], found.log_rates[order], names[found.left_out])


def _iterated(columns: Columns) -> tuple[Array, BoolArray]:
    """Solve series that change sign once from y = 0; tell which have converged.

    Their log ratio rises or falls throughout: where a step is small enough, there is no other root.
    """
    y = np.zeros(columns.flows.shape[1])
    waiting = np.arange(y.size)
    for _ in range(ITERATIONS):
        here = y[waiting]
        step, last = exponential_step(*log_ratio(columns, here), here)
        y[waiting] = here + step
        rest = np.flatnonzero(~last)
        if rest.size < waiting.size:
            waiting, columns = waiting[rest], columns.take(rest)
        if not rest.size:
            break
    solved = np.ones(y.size, dtype=np.bool_)
    solved[waiting] = False
    return y, solved


def _searched(columns: Columns, span: Array, signs: _Signs, names: IntArray, wish: Wish) -> Roots:
    """Solve series of any kind between bounds."""
    lower, upper = _bounds(columns, signs)
    once = np.flatnonzero(signs.change_once)
    others = np.flatnonzero(~signs.change_once)
    start = np.clip(0.0, lower[once], upper[once])
    cells = Cells(once, lower[once], upper[once], signs.end_positive[once], start)
    touching, left_out = cells.take(once[:0]), once[:0]
    if others.size:
        centre = None if wish.centre is None else wish.centre[names[others]]
        goal = Goal.of(centre, span[others], wish.counting)
        isolated = isolate(columns.take(others), lower[others], upper[others], goal)
        found = join([isolated.expanded, isolated.others])
        goal.learn(isolated.others)
        wanted = _worth_working_out(found, isolated.touching, goal)
        cells = join([cells, isolated.guessed(wanted).named(others)])
        touching, left_out = isolated.touching.named(others), others[found.column[~wanted]]
    crossing = refine(log_ratio, columns.take(cells.column), cells)
    column = np.concatenate([cells.column, touching.column])
    y = np.concatenate([crossing, touching.left])
    column, y = _distinct(columns, column, y, np.arange(y.size) >= crossing.size)
    return Roots(names[column], y / span[column], names[left_out])


def _worth_working_out(cells: Cells, touching: Cells, goal: Goal) -> BoolArray:
    """Tell the cells that may hold the root wanted, or another that a touch has to be compared with."""
    wanted = goal.may_be_nearest(cells.column, cells.left, cells.right)
    if touching.column.size:
        touched = np.zeros(goal.limit.size, dtype=np.bool_)
        touched[touching.column] = True
        wanted |= touched[cells.column]
    return wanted


def _distinct(columns: Columns, column: IntArray, y: Array, touching: BoolArray) -> tuple[IntArray, Array]:
    """Sort roots by column and y, and give those once that were found twice.

    That holds of a touch too from which the value does not get away before the next root.
    """
    order = np.argsort(y)
    order = order[_order_of(column[order])]
    column, y, touching = column[order], y[order], touching[order]
    neighbours = column[1:] == column[:-1]
    repeated = neighbours & (y[1:] - y[:-1] <= SAME_ROOT * np.maximum(1.0, np.abs(y[1:])))
    drop = np.append(False, repeated)
    pairs = np.flatnonzero(neighbours & ~repeated & (touching[1:] | touching[:-1]))
    if pairs.size:
        between, _, _ = log_ratio(columns.take(column[pairs]), (y[pairs] + y[pairs + 1]) / 2)
        pairs = pairs[np.abs(between) <= TOUCHING]
        drop[pairs + touching[pairs + 1]] = True
    return (column[~drop], y[~drop]) if drop.any() else (column, y)


def _order_of(column: IntArray) -> IntArray:
    """Sort columns of one block: as there are fewer than 65,536, by radix, 15 times as fast as 64 bits."""
    return np.argsort(column.astype(np.uint16), kind="stable")


@dataclass(frozen=True, slots=True)
class _Signs:
    """Where the first and the last flow of each sign stand, by row."""

    first_in: IntArray
    last_in: IntArray
    first_out: IntArray
    last_out: IntArray
    n_flows: int

    @classmethod
    def of(cls, columns: Columns) -> _Signs:
        return cls(
            *_first_and_last(columns.flows > 0),
            *_first_and_last(columns.flows < 0),
            len(columns.flows),
        )

    def take(self, columns: IntArray) -> _Signs:
        return _Signs(
            self.first_in[columns],
            self.last_in[columns],
            self.first_out[columns],
            self.last_out[columns],
            self.n_flows,
        )

    @property
    def change_once(self) -> BoolArray:
        return (self.last_in < self.first_out) | (self.last_out < self.first_in)

    @property
    def end_positive(self) -> BoolArray:
        return self.last_in > self.last_out

    @property
    def fill_the_span(self) -> BoolArray:
        first, last = np.minimum(self.first_in, self.first_out), np.maximum(self.last_in, self.last_out)
        return np.asarray((first == 0) & (last == self.n_flows - 1))


def _first_and_last(present: BoolArray) -> tuple[IntArray, IntArray]:
    small = np.min_scalar_type(-len(present) - 1)  # one byte each for up to 127 periods
    rising = np.arange(1, len(present) + 1, dtype=small)[:, None]
    # A product and a maximum, as `where` and argmax take ten times as long.
    last = np.multiply(present, rising, dtype=small).max(axis=0).astype(np.intp) - 1
    first = len(present) - np.multiply(present, rising[::-1], dtype=small).max(axis=0).astype(np.intp)
    return first, last


def _bounds(columns: Columns, signs: _Signs) -> tuple[Array, Array]:
    """Give a y below and one above all roots of each series."""
    first_in, last_in, first_out, last_out = signs.first_in, signs.last_in, signs.first_out, signs.last_out
    upper = _bound(
        columns, np.minimum(first_in, first_out), np.maximum(first_in, first_out), first_in < first_out
    )
    final = signs.n_flows - 1
    lower = _bound(
        columns.reversed_in_time(),
        final - np.maximum(last_in, last_out),
        final - np.minimum(last_in, last_out),
        signs.end_positive,
    )
    return -lower, upper


def _bound(columns: Columns, outermost: IntArray, opposed: IntArray, positive: BoolArray) -> Array:
    """Give a y above every root.

    At a root the outermost flow, undiscounted at time 0, is no larger than all flows of the other sign,
    the earliest of which is discounted by exp(-y t): so y <= log(their sum / outermost) / t.
    """
    everywhere = np.arange(positive.size)
    own = np.abs(columns.flows.ravel()[outermost * everywhere.size + everywhere])
    inflows = np.maximum(columns.flows, 0.0, out=columns.room(1)).sum(axis=0)
    outflows = -np.minimum(columns.flows, 0.0, out=columns.room(1)).sum(axis=0)
    place = opposed if columns.share_times else opposed * everywhere.size + everywhere
    growth = np.log(np.where(positive, outflows, inflows) / own)
    bound = np.where(growth > 0, growth / columns.times.ravel()[place], growth)
    return np.asarray(bound + 1e-9 * (1.0 + np.abs(bound)))
