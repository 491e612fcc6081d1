"""The log ratio of the values of inflows and outflows, for many series at once, and its zeros.

Series are columns here, ``(n_flows, n_series)``: NumPy adds whole rows several times faster than it
sums many short ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray

__all__ = [
    "Cells",
    "Columns",
    "IntArray",
    "columns_of",
    "log_ratio",
    "log_ratio_slope",
    "refine",
    "take_columns",
]

IntArray: TypeAlias = npt.NDArray[np.intp]

NOISE = 4e-16  # two roundings: a log ratio this small is as near to zero as sums of doubles get
LARGEST_EXPONENT = 600.0  # exp(709) is the largest double
# Almost all series need three to five. After a hundred only bisection is left, and a hundred halvings
# take the widest bracket that dated flows can give, 1e10, below the spacing of doubles.
HALLEY_ITERATIONS = 100
BISECTIONS = 100
# Two are used. glibc keeps twice the largest block it was ever given back; with two rooms it returned the
# rest to the system after every call and faulted it in anew: 1,100 pages, half the time of 5,000 x 11.
ROOMS = 12


def take_columns(table: Array, columns: IntArray) -> Array:
    """Select columns: with `mode="clip"`, which spares a buffered check, in half the time of indexing."""
    return np.take(table, columns, axis=1, mode="clip")


@dataclass(frozen=True, slots=True)
class Columns:
    """A block of series: flows by sign, times from 0 to 1, and room to work in.

    The room is shared by all selections of a block: claiming fresh memory for every intermediate
    product doubled the time of 5,000 series.
    """

    inflows: Array
    outflows: Array
    times: Array
    evenly_spaced: bool
    scratch: Array

    def take(self, columns: IntArray) -> Columns:
        times = self.times if self.times.shape[1] == 1 else take_columns(self.times, columns)
        inflows, outflows = take_columns(self.inflows, columns), take_columns(self.outflows, columns)
        scratch = self.scratch if inflows.size <= self.scratch.shape[1] else np.empty((ROOMS, inflows.size))
        return Columns(inflows, outflows, times, self.evenly_spaced, scratch)

    def reversed_in_time(self) -> Columns:
        return Columns(self.inflows, self.outflows, 1.0 - self.times, False, self.scratch)

    def room(self, which: int) -> Array:
        return self.scratch[which, : self.inflows.size].reshape(self.inflows.shape)


@dataclass(frozen=True, slots=True)
class Cells:
    """Intervals of y, each of one series; `positive` says on which side of zero the left end lies."""

    column: IntArray
    left: Array
    right: Array
    positive: BoolArray

    def take(self, chosen: BoolArray) -> Cells:
        return Cells(self.column[chosen], self.left[chosen], self.right[chosen], self.positive[chosen])


def columns_of(flows: Array, times: Array | None) -> tuple[Columns, Array]:
    """Part the flows by sign and scale their times to [0, 1]; give each series' span too."""
    inflows, outflows = np.maximum(flows, 0.0), np.negative(flows)
    np.maximum(outflows, 0.0, out=outflows)
    scratch = np.empty((ROOMS, flows.size))
    if times is None:
        periods = len(flows) - 1
        unit = np.arange(periods + 1.0)[:, None] / periods
        return Columns(inflows, outflows, unit, True, scratch), np.full(flows.shape[1], float(periods))
    present = flows != 0
    if present[0].all() and present[-1].all():
        first, last = times[0], times[-1]
    else:
        first = np.where(present, times, np.inf).min(axis=0)
        last = np.where(present, times, -np.inf).max(axis=0)
    span = last - first
    return Columns(inflows, outflows, np.clip((times - first) / span, 0.0, 1.0), False, scratch), span


def _weights(columns: Columns, y: Array) -> Array:
    """Give discount factors exp(-y t), up to a factor per series that no ratio of values sees."""
    weights = columns.room(0)
    if not y.any():
        weights.fill(1.0)
        return weights
    if columns.evenly_spaced and np.abs(y).max(initial=0.0) <= LARGEST_EXPONENT:
        _fill_with_powers(weights, np.exp(y / (1 - len(weights))))
        return weights
    np.multiply(columns.times, -y, out=weights)
    weights -= np.maximum(0.0, -y)
    return np.exp(weights, out=weights)


def _fill_with_powers(powers: Array, factor: Array) -> None:
    """Put factor^0, factor^1, ... into the rows, by repeated multiplication."""
    powers[0] = 1.0
    if len(powers) > factor.size:
        powers[1:] = factor
        np.multiply.accumulate(powers, axis=0, out=powers)
        return
    # accumulate() walks down each column: on 11 x 5,000 it takes five times as long as row by row.
    for row in range(1, len(powers)):
        np.multiply(powers[row - 1], factor, out=powers[row])


def _moments(columns: Columns, flows: Array, weights: Array, order: int) -> list[Array]:
    """Give the flows' present value, and the first `order` moments of their times weighted by value."""
    values = np.multiply(flows, weights, out=columns.room(1))
    total = values.sum(axis=0)
    moments = [total]
    for _ in range(order):
        values *= columns.times
        moments.append(values.sum(axis=0) / total)
    return moments


def log_ratio(columns: Columns, y: Array) -> tuple[Array, Array, Array]:
    """Give log(inflows' value / outflows' value), its slope in y and its curvature."""
    weights = _weights(columns, y)
    value_in, mean_in, square_in = _moments(columns, columns.inflows, weights, 2)
    value_out, mean_out, square_out = _moments(columns, columns.outflows, weights, 2)
    curvature = (square_in - mean_in * mean_in) - (square_out - mean_out * mean_out)
    return np.log(value_in / value_out), mean_out - mean_in, curvature


def log_ratio_slope(columns: Columns, y: Array) -> tuple[Array, Array, Array]:
    """Give the slope of the log ratio in y, its curvature and its third derivative."""
    weights = _weights(columns, y)
    slope, curvature, third = np.zeros(y.size), np.zeros(y.size), np.zeros(y.size)
    for sign, flows in ((1.0, columns.inflows), (-1.0, columns.outflows)):
        _, mean, square, cube = _moments(columns, flows, weights, 3)
        slope -= sign * mean
        curvature += sign * (square - mean**2)
        third -= sign * (cube - 3 * mean * square + 2 * mean**3)
    return slope, curvature, third


Function: TypeAlias = Callable[[Columns, Array], tuple[Array, Array, Array]]
"""Gives a value at y and its first two derivatives in y, of `log_ratio` or of its slope."""


def refine(function: Function, columns: Columns, cells: Cells, start: Array) -> Array:
    """Find the zero that each cell brackets: Halley's method, and bisection where that is no help.

    A Halley step s leaves an error of about (curvature^2 / 4 slope^2 - third derivative / 6 slope) s^3,
    which is 0.05 s^3 / slope^2 at most, as the derivatives are at most 1/4 and 0.2: this tells which
    step is the last. A series' steps do not depend on which others are solved with it.
    """
    result, waiting, columns_left = start.copy(), np.arange(start.size), columns
    y, left, right, positive = start, cells.left, cells.right, cells.positive
    previous, pending = np.full(start.size, np.inf), np.ones(start.size, dtype=np.bool_)
    for iteration in range(HALLEY_ITERATIONS + BISECTIONS):
        if not pending.any():
            break
        value, slope, curvature = function(columns_left, y)
        beyond = (value > 0) != positive
        left, right = np.where(beyond, left, y), np.where(beyond, y, right)
        rounding, steepness = 1e-16 + 1e-16 * np.abs(y), slope * slope
        step = value * slope / (0.5 * value * curvature - steepness)
        halley, size = y + step, np.abs(step)
        helpful = (halley >= left - rounding) & (halley <= right + rounding) & (size <= previous)
        helpful &= iteration < HALLEY_ITERATIONS
        exact = np.abs(value) <= NOISE
        y = np.where(helpful, halley, np.where(exact, y, (left + right) / 2))
        finished = exact | (right - left <= 4 * rounding)
        finished |= helpful & (0.05 * size * size * size <= steepness * rounding)
        finished &= pending
        result[waiting[finished]] = y[finished]
        pending &= ~finished
        # After a bisection Halley's method is given a fresh chance.
        previous = np.where(helpful, size / 2, np.inf)
        if np.count_nonzero(pending) <= 0.75 * pending.size:
            rest = np.flatnonzero(pending)
            waiting, columns_left, pending = waiting[rest], columns_left.take(rest), pending[rest]
            y, left, right, positive = y[rest], left[rest], right[rest], positive[rest]
            previous = previous[rest]
    return result
