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
from maos_nb.analytics._log_ratio import Cells, Columns, IntArray, columns_of, log_ratio, refine
from maos_nb.analytics._root_isolation import isolate

__all__ = ["Roots", "find_roots"]

SAME_ROOT = 1e-7  # two roots closer than this leave the log ratio between them below 1e-15
ELEMENTS_PER_BLOCK = 1 << 17


@dataclass(frozen=True, slots=True)
class Roots:
    """Roots found, one item per root, ordered by series and then by rate.

    Parameters
    ----------
    series : integer array
        The series that each root belongs to.
    log_rates : array
        log(1 + rate) of each root.
    """

    series: IntArray
    log_rates: Array


def find_roots(flows: Array, times: Array | None) -> Roots:
    """Find every rate at which the present value of each series is zero.

    Parameters
    ----------
    flows : (n_flows, n_series) array
        Finite flows in the order of time; each series has flows of both signs, the largest of size
        1/2 to 1.
    times : (n_flows, n_series) array or None
        Years or periods, rising strictly over the flows that are not zero; None for one period apart.

    Returns
    -------
    Roots
        All roots, also those at which the value only touches zero. Of three or more that lie within
        1/16 of the reciprocal of the series' span, two may be missing.
    """
    everything = np.arange(flows.shape[1])
    with np.errstate(all="ignore"):
        if times is not None:
            return _in_blocks(flows, times, everything)
        used = np.flatnonzero(flows.any(axis=1))
        if used.size:
            flows = flows[used[0] : used[-1] + 1]
        full = (flows[0] != 0) & (flows[-1] != 0)
        if full.all():
            return _in_blocks(flows, None, everything)
        even, uneven = np.flatnonzero(full), np.flatnonzero(~full)
        counted = np.broadcast_to(np.arange(float(len(flows)))[:, None], (len(flows), uneven.size))
        return _ordered(
            [_in_blocks(flows[:, even], None, even), _in_blocks(flows[:, uneven], counted, uneven)]
        )


def _in_blocks(flows: Array, times: Array | None, names: IntArray) -> Roots:
    size = max(1, ELEMENTS_PER_BLOCK // len(flows))
    found = []
    for start in range(0, names.size, size):
        block = slice(start, start + size)
        found.append(
            _roots_of_block(flows[:, block], None if times is None else times[:, block], names[block])
        )
    return _ordered(found)


def _ordered(found: list[Roots]) -> Roots:
    if len(found) == 1:
        return found[0]
    series = np.concatenate([np.empty(0, dtype=np.intp), *(roots.series for roots in found)])
    log_rates = np.concatenate([np.empty(0), *(roots.log_rates for roots in found)])
    order = np.lexsort((log_rates, series))
    return Roots(series[order], log_rates[order])


def _roots_of_block(flows: Array, times: Array | None, names: IntArray) -> Roots:
    columns, span = columns_of(flows, times)
    shape = _Shape.of(columns)
    once = shape.changes_sign_once
    ordinary, others = np.flatnonzero(once), np.flatnonzero(~once)
    bracket = Cells(ordinary, shape.lower[once], shape.upper[once], shape.ends_positive[once])
    start = np.clip(0.0, bracket.left, bracket.right)
    column, y = (
        ordinary,
        refine(log_ratio, columns.take(ordinary) if others.size else columns, bracket, start),
    )
    if others.size:
        cells, touching = isolate(columns.take(others), shape.lower[others], shape.upper[others])
        centre = (cells.left + cells.right) / 2
        crossing = refine(log_ratio, columns.take(others[cells.column]), cells, centre)
        column = np.concatenate([column, others[cells.column], others[touching.column]])
        y = np.concatenate([y, crossing, touching.left])
        column, y = _sorted_without_repeats(column, y)
    return Roots(names[column], y / span[column])


def _sorted_without_repeats(column: IntArray, y: Array) -> tuple[IntArray, Array]:
    order = np.lexsort((y, column))
    column, y = column[order], y[order]
    repeated = (np.diff(column) == 0) & (np.diff(y) <= SAME_ROOT * np.maximum(1.0, np.abs(y[1:])))
    kept = np.concatenate([[True], ~repeated]) if y.size else np.empty(0, dtype=np.bool_)
    return column[kept], y[kept]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the order of the signs tells of a series before any search."""

    changes_sign_once: BoolArray
    ends_positive: BoolArray
    lower: Array
    upper: Array

    @classmethod
    def of(cls, columns: Columns) -> _Shape:
        first_in, last_in = _first_and_last(columns.inflows > 0)
        first_out, last_out = _first_and_last(columns.outflows > 0)
        starts_positive, ends_positive = first_in < first_out, last_in > last_out
        upper = _bound(
            columns, np.minimum(first_in, first_out), np.maximum(first_in, first_out), starts_positive
        )
        reverse = columns.reversed_in_time()
        lower = -_bound(reverse, np.maximum(last_in, last_out), np.minimum(last_in, last_out), ends_positive)
        once = (last_in < first_out) | (last_out < first_in)
        return cls(once, ends_positive, lower, upper)


def _first_and_last(present: BoolArray) -> tuple[IntArray, IntArray]:
    small = np.min_scalar_type(-len(present) - 1)  # one byte each for up to 127 periods
    places = np.arange(len(present), dtype=small)[:, None]
    first = np.where(present, places, small.type(len(present))).min(axis=0)
    return first.astype(np.intp), np.where(present, places, small.type(-1)).max(axis=0).astype(np.intp)


def _bound(columns: Columns, outermost: IntArray, opposed: IntArray, positive: BoolArray) -> Array:
    """Give a y above every root.

    At a root the outermost flow, undiscounted at time 0, is no larger than all flows of the other sign,
    the earliest of which is discounted by exp(-y t): so y <= log(their sum / outermost) / t.
    """
    everywhere = np.arange(columns.inflows.shape[1])
    place = outermost * everywhere.size + everywhere
    own = np.where(positive, columns.inflows.ravel()[place], columns.outflows.ravel()[place])
    other = np.where(positive, columns.outflows.sum(axis=0), columns.inflows.sum(axis=0))
    shared = columns.times.shape[1] == 1
    time = columns.times.ravel()[opposed if shared else opposed * everywhere.size + everywhere]
    growth = np.log(other / own)
    bound = np.where(growth > 0, growth / time, growth)
    return np.asarray(bound + 1e-9 * (1.0 + np.abs(bound)))
