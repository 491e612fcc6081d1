"""The net value of one series over cells of y: expansions with bounds for their errors, for compilation.

As `_expansion` does for many cells at once, with more terms, as one series costs less here. All room to work
in is one array; which row or column of it holds what is laid down here.
"""

from __future__ import annotations

import math

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel

__all__ = [
    "ABOVE",
    "BELOW",
    "CELLS",
    "EPSILON",
    "FACTORS",
    "FIRST_POINT",
    "FLOWS",
    "FOUND",
    "LAST_POINT",
    "LEFT",
    "MOST_ROOTS",
    "MOST_TABULATED",
    "OMITTED",
    "PENDING",
    "POINTS",
    "RIGHT",
    "ROUNDING",
    "SIGN",
    "STACK",
    "TABLE",
    "TABLES",
    "TIMES",
    "crossing",
    "discount",
    "discount_to_edge",
    "expand",
    "expand_cell",
    "forget_tables",
    "halve",
]

POINTS = 12  # control points of an expansion; `halve` is written out for so many
MOST_ROOTS = 16
DEPTH = 40  # of cells that wait
CELLS = 48  # on either side of the first; the bounds are hardly ever farther

# Rows: a series without the zeros around it, times from 0 to 1, room, and roots with bounds and the sign at the
# left one; then the stack, then tables.
FLOWS, TIMES, VALUES, EXPONENTS, FACTORS, FOUND, BELOW, ABOVE, SIGN, STACK = range(10)
PENDING = MOST_ROOTS + 1  # the place of a root of which only bounds are known
# The stack holds cells that wait, a row each, with these columns and then the control points.
LEFT, RIGHT, OMITTED, ROUNDING, FIRST_POINT = range(5)
LAST_POINT = FIRST_POINT + POINTS - 1
# Tables hold, for each cell outwards from the guess, what series of the same times and guess have in common:
# what a flow of 1 adds to each point, to the rounding, to what is omitted; and its discount factor at the edge.
TABLES = STACK + DEPTH
ROUNDING_ROW, OMITTED_ROW, EDGE_ROW, TABLE = range(POINTS, POINTS + 4)
MOST_TABULATED = 64  # flows

CERTAIN = 6e-14  # of the gross value: the search in arrays takes 5e-14 (1e-13 of the log ratio) for a touch
EPSILON = 2.3e-16  # times the number of flows and ten, bounds the rounding of a sum
LARGEST_EXPONENT = 600.0
NEAR = 1e-3  # a step after which an iteration of third order is near enough
ITERATIONS = 8


def _control_points() -> Array:
    """Turn coefficients of 1, s, s^2, ... on [-1, 1] into control points, by the polar form of each power.

    One row for each power.
    """
    degree = POINTS - 1
    table = np.empty((POINTS, POINTS))
    for place in range(POINTS):
        power = np.polynomial.Polynomial([1.0, -1.0]) ** (degree - place)
        power *= np.polynomial.Polynomial([1.0, 1.0]) ** place
        table[place] = power.coef / [math.comb(degree, order) for order in range(POINTS)]
    return table.T.copy()


CONTROL = _control_points()


@kernel
def discount(work: Array, n: int, even: bool, y: float) -> None:
    """Fill in exp(-y t), or exp(y (1 - t)) where y is negative, which is never above 1."""
    if even and abs(y) <= LARGEST_EXPONENT:
        factor, growth = (1.0 if y >= 0 else math.exp(y)), math.exp(-y / (n - 1))
        for i in range(n):
            work[FACTORS, i] = factor
            factor *= growth
    else:
        shift = 0.0 if y >= 0 else 1.0
        for i in range(n):
            work[FACTORS, i] = math.exp(-y * (work[TIMES, i] - shift))


@kernel
def expand(work: Array, n: int, even: bool, cell: int) -> None:
    """Put the control points of a cell of the stack into its row, and how far off they may be."""
    middle, half = (work[cell, LEFT] + work[cell, RIGHT]) / 2, (work[cell, RIGHT] - work[cell, LEFT]) / 2
    discount(work, n, even, middle)
    shift, gross = (0.0 if middle >= 0 else 1.0), 0.0
    for i in range(n):
        value = work[FLOWS, i] * work[FACTORS, i]
        work[VALUES, i] = value
        work[EXPONENTS, i] = -half * (work[TIMES, i] - shift)
        gross += abs(value)
    for k in range(POINTS):
        work[cell, FIRST_POINT + k] = 0.0
    for order in range(POINTS):
        coefficient = 0.0
        for i in range(n):
            coefficient += work[VALUES, i]
        for k in range(POINTS):
            work[cell, FIRST_POINT + k] += CONTROL[order, k] * coefficient
        divisor = 1.0 / (order + 1)
        for i in range(n):
            work[VALUES, i] *= work[EXPONENTS, i] * divisor
    tail = 0.0
    for i in range(n):
        tail += abs(work[VALUES, i])
    # exp(x) less its terms up to x^7 is below x^8 / 8! / (1 - x / 9).
    work[cell, OMITTED] = tail / (1.0 - half / (POINTS + 1))
    work[cell, ROUNDING] = gross * math.exp(half) * max(CERTAIN, EPSILON * (10 + n))


@kernel
def tabulate(work: Array, n: int, even: bool, table: int) -> None:
    """Make the table of the cell at the bottom of the stack: what each flow of 1 adds to its expansion."""
    middle, half = (work[STACK, LEFT] + work[STACK, RIGHT]) / 2, (work[STACK, RIGHT] - work[STACK, LEFT]) / 2
    discount(work, n, even, middle)
    shift, rounding = (0.0 if middle >= 0 else 1.0), max(CERTAIN, EPSILON * (10 + n))
    for i in range(n):
        factor, exponent = work[FACTORS, i], -half * (work[TIMES, i] - shift)
        for k in range(POINTS):
            work[table + k, i] = 0.0
        work[table + ROUNDING_ROW, i] = factor * math.exp(half) * rounding
        for order in range(POINTS):
            for k in range(POINTS):
                work[table + k, i] += CONTROL[order, k] * factor
            factor *= exponent / (order + 1)
        work[table + OMITTED_ROW, i] = abs(factor) / (1.0 - half / (POINTS + 1))


@kernel
def forget_tables(work: Array) -> None:
    """Let all tables be made anew."""
    for row in range(TABLES, work.shape[0]):
        work[row, 0] = math.nan


@kernel
def expand_by_table(work: Array, n: int, table: int) -> None:
    """Do for the cell at the bottom of the stack what `expand` does, by its table."""
    for k in range(POINTS):
        point = 0.0
        for i in range(n):
            point += work[FLOWS, i] * work[table + k, i]
        work[STACK, FIRST_POINT + k] = point
    gross = tail = 0.0
    for i in range(n):
        size = abs(work[FLOWS, i])
        gross += size * work[table + ROUNDING_ROW, i]
        tail += size * work[table + OMITTED_ROW, i]
    work[STACK, OMITTED], work[STACK, ROUNDING] = tail, gross


@kernel
def expand_cell(work: Array, n: int, even: bool, table: int, left: float, right: float) -> None:
    """Put a cell at the bottom of the stack and expand it, by its table if it may have one."""
    work[STACK, LEFT], work[STACK, RIGHT] = left, right
    if table < 0:
        expand(work, n, even, int(np.intp(STACK)))
        return
    if math.isnan(work[table, 0]):
        tabulate(work, n, even, table)
    expand_by_table(work, n, table)


@kernel
def discount_to_edge(work: Array, n: int, even: bool, table: int, y: float) -> None:
    """Fill in the discount factors at the edge where a cell begins."""
    if table < 0:
        discount(work, n, even, y)
        return
    if math.isnan(work[table + EDGE_ROW, 0]):
        discount(work, n, even, y)
        for i in range(n):
            work[table + EDGE_ROW, i] = work[FACTORS, i]
    for i in range(n):
        work[FACTORS, i] = work[table + EDGE_ROW, i]


@kernel
def crossing(work: Array, cell: int) -> float:
    """Give the s, from 0 to 1, at which a cell's polynomial crosses zero: a good guess, no more.

    By the polynomial of degree 5 that shares value, slope and bend with it at both ends.
    """
    first, last, degree = work[cell, FIRST_POINT], work[cell, LAST_POINT], POINTS - 1
    slope, end_slope = (
        degree * (work[cell, FIRST_POINT + 1] - first),
        degree * (last - work[cell, LAST_POINT - 1]),
    )
    bend = degree * (degree - 1) / 2 * (work[cell, FIRST_POINT + 2] - 2 * work[cell, FIRST_POINT + 1] + first)
    end_bend = (
        degree * (degree - 1) / 2 * (work[cell, LAST_POINT - 2] - 2 * work[cell, LAST_POINT - 1] + last)
    )
    rise, climb, curl = last - first - slope - bend, end_slope - slope - 2 * bend, end_bend - bend
    c3, c4, c5 = 10 * rise - 4 * climb + curl, -15 * rise + 7 * climb - 2 * curl, 6 * rise - 3 * climb + curl
    left, right, s, size = 0.0, 1.0, first / (first - last), 1.0
    for _ in range(ITERATIONS):
        if size > NEAR:
            square = s * s
            value = first + s * slope + square * (bend + s * c3 + square * (c4 + s * c5))
            here = slope + s * 2 * bend + square * (3 * c3 + s * 4 * c4 + square * 5 * c5)
            half_curvature = bend + s * 3 * c3 + square * (6 * c4 + s * 10 * c5)
            if (value > 0) == (first > 0):
                left = s
            else:
                right = s
            # Halley's method.
            proposed = s - value * here / (here * here - value * half_curvature)
            if not left < proposed < right:
                proposed = (left + right) / 2
            size, s = abs(proposed - s), proposed
    return float(s)


@kernel
def halve(work: Array, cell: int, target: float) -> None:
    """Put the halves of a cell into its place and the next, the one nearer to the target on top."""
    left, right = work[cell, LEFT], work[cell, RIGHT]
    middle = (left + right) / 2
    work[cell + 1, OMITTED], work[cell + 1, ROUNDING] = work[cell, OMITTED], work[cell, ROUNDING]
    upper, lower = (cell, cell + 1) if target <= middle else (cell + 1, cell)
    # Casteljau's scheme: sums, halved in the end as often as they were added. In local variables: loops over an
    # array would wait for each row of the scheme to be written before they read it again.
    b0, b1, b2 = work[cell, FIRST_POINT], work[cell, FIRST_POINT + 1], work[cell, FIRST_POINT + 2]
    b3, b4, b5 = work[cell, FIRST_POINT + 3], work[cell, FIRST_POINT + 4], work[cell, FIRST_POINT + 5]
    b6, b7, b8 = work[cell, FIRST_POINT + 6], work[cell, FIRST_POINT + 7], work[cell, FIRST_POINT + 8]
    b9, b10, b11 = work[cell, FIRST_POINT + 9], work[cell, FIRST_POINT + 10], work[cell, FIRST_POINT + 11]
    work[lower, FIRST_POINT], work[upper, LAST_POINT] = b0, b11
    b0, b1, b2, b3, b4, b5 = b0 + b1, b1 + b2, b2 + b3, b3 + b4, b4 + b5, b5 + b6
    b6, b7, b8, b9, b10 = b6 + b7, b7 + b8, b8 + b9, b9 + b10, b10 + b11
    work[lower, FIRST_POINT + 1], work[upper, LAST_POINT - 1] = 0.5 * b0, 0.5 * b10
    b0, b1, b2, b3, b4, b5 = b0 + b1, b1 + b2, b2 + b3, b3 + b4, b4 + b5, b5 + b6
    b6, b7, b8, b9 = b6 + b7, b7 + b8, b8 + b9, b9 + b10
    work[lower, FIRST_POINT + 2], work[upper, LAST_POINT - 2] = 0.25 * b0, 0.25 * b9
    b0, b1, b2, b3, b4, b5 = b0 + b1, b1 + b2, b2 + b3, b3 + b4, b4 + b5, b5 + b6
    b6, b7, b8 = b6 + b7, b7 + b8, b8 + b9
    work[lower, FIRST_POINT + 3], work[upper, LAST_POINT - 3] = 0.125 * b0, 0.125 * b8
    b0, b1, b2, b3, b4, b5 = b0 + b1, b1 + b2, b2 + b3, b3 + b4, b4 + b5, b5 + b6
    b6, b7 = b6 + b7, b7 + b8
    work[lower, FIRST_POINT + 4], work[upper, LAST_POINT - 4] = 0.0625 * b0, 0.0625 * b7
    b0, b1, b2, b3, b4, b5 = b0 + b1, b1 + b2, b2 + b3, b3 + b4, b4 + b5, b5 + b6
    b6 = b6 + b7
    work[lower, FIRST_POINT + 5], work[upper, LAST_POINT - 5] = 0.03125 * b0, 0.03125 * b6
    b0, b1, b2, b3, b4, b5 = b0 + b1, b1 + b2, b2 + b3, b3 + b4, b4 + b5, b5 + b6
    work[lower, FIRST_POINT + 6], work[upper, LAST_POINT - 6] = 0.015625 * b0, 0.015625 * b5
    b0, b1, b2, b3, b4 = b0 + b1, b1 + b2, b2 + b3, b3 + b4, b4 + b5
    work[lower, FIRST_POINT + 7], work[upper, LAST_POINT - 7] = 0.0078125 * b0, 0.0078125 * b4
    b0, b1, b2, b3 = b0 + b1, b1 + b2, b2 + b3, b3 + b4
    work[lower, FIRST_POINT + 8], work[upper, LAST_POINT - 8] = 0.00390625 * b0, 0.00390625 * b3
    b0, b1, b2 = b0 + b1, b1 + b2, b2 + b3
    work[lower, FIRST_POINT + 9], work[upper, LAST_POINT - 9] = 0.001953125 * b0, 0.001953125 * b2
    b0, b1 = b0 + b1, b1 + b2
    work[lower, FIRST_POINT + 10], work[upper, LAST_POINT - 10] = 0.0009765625 * b0, 0.0009765625 * b1
    b0 = b0 + b1
    work[lower, FIRST_POINT + 11], work[upper, LAST_POINT - 11] = 0.00048828125 * b0, 0.00048828125 * b0
    work[lower, LEFT], work[lower, RIGHT] = left, middle
    work[upper, LEFT], work[upper, RIGHT] = middle, right
