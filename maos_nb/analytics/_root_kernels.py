"""The roots of one cash-flow series after the other, in loops for compilation.

The mathematics is that of the searches in arrays (`_roots`, `_root_isolation`, `_expansion`); the order
is another, as a loop may stop where it likes. Series that change sign once are iterated. Others are
searched cell by cell outwards from the guess: over each cell the value is expanded, and Bernstein
control points with no change of sign prove that it holds no root, one change that it holds one; it is
halved otherwise. What cannot be told with a wide margin for rounding (touches, flat stretches, roots
almost equal, rates that no float holds) is left unresolved, for the searches in arrays.
"""

from __future__ import annotations

import math

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics._log_ratio import IntArray
from maos_nb.analytics._root_kernels_cells import (
    ABOVE,
    BELOW,
    CELLS,
    FACTORS,
    FLOWS,
    FOUND,
    LAST_POINT,
    MOST_ROOTS,
    MOST_TABULATED,
    PENDING,
    TABLE,
    TABLES,
    TIMES,
    forget_tables,
)
from maos_nb.analytics._root_kernels_lanes import (
    FIRST_FLOW,
    HIGHEST_LOG_RATE,
    LANES,
    LOWEST_LOG_RATE,
    NO_SIGN_CHANGE,
    NOT_FINITE,
    OUT_OF_RANGE,
    SOLVED,
    UNRESOLVED,
    enter_roots,
    finish,
)
from maos_nb.analytics._root_kernels_search import (
    ALL,
    LOOSE,
    NEAREST,
    NEAREST_AND_COUNT,
    exactly,
    in_order,
    note,
    search,
)

__all__ = [
    "ALL",
    "EVEN",
    "MOST_ROOTS",
    "NEAREST",
    "NEAREST_AND_COUNT",
    "NOT_FINITE",
    "NO_SIGN_CHANGE",
    "OUT_OF_RANGE",
    "OWN",
    "SHARED",
    "SOLVED",
    "UNRESOLVED",
    "solve_series",
]

EVEN, SHARED, OWN = range(3)  # whose times: one period apart, of one calendar, of each series


def solve_series(
    flows: Array, times: Array, whose: int, centre: Array, wish: int, rates: Array, count: IntArray
) -> IntArray:
    """Solve series, rows of a table, and tell what became of each.

    Parameters
    ----------
    flows : (n_series, n_flows) array
        Any floats, of two flows or more.
    times : (1 or n_series, n_flows) array
        Rising over the flows that are not zero; not looked at where they are EVEN.
    whose : int
        EVEN, SHARED or OWN times.
    centre : (n_series,) array
        log(1 + rate) of each series' guess.
    wish : int
        NEAREST, NEAREST_AND_COUNT or ALL.
    rates : (n_series, n_wanted) array
        Filled with NaN; receives the nearest root, or the lowest ones of all.
    count : (n_series,) integer array
        Receives how many roots are known: all if the wish is ALL, more than one if there are.
    """
    codes = np.full(len(flows), UNRESOLVED, dtype=np.intp)
    solve_rows(flows, times, whose, centre, wish, rates, count, codes, *_room(flows.shape[1]))
    rest = np.flatnonzero(codes == UNRESOLVED)
    if wish != ALL and rest.size:
        # The guess of a root among many was too far off to tell which is the nearest.
        own, everything = times[rest] if whose == OWN else times, np.full((rest.size, MOST_ROOTS), np.nan)
        found, code = np.zeros(rest.size, dtype=np.intp), codes[rest]
        solve_rows(
            flows[rest], own, whose, centre[rest], ALL, everything, found, code, *_room(flows.shape[1])
        )
        distance = np.abs(np.log1p(everything) - centre[rest, None])
        nearest = np.where(np.isnan(distance), np.inf, distance).argmin(axis=1)
        rates[rest, 0], count[rest], codes[rest] = everything[np.arange(rest.size), nearest], found, code
    return codes


def _room(n_flows: int) -> tuple[Array, Array, Array, Array]:
    """Give the room that `solve_rows` works in."""
    n_rows = TABLES + ((2 * CELLS + 1) * TABLE if n_flows <= MOST_TABULATED else 0)
    lanes = np.empty((2, FIRST_FLOW + 2 * n_flows + 1, LANES))
    width = max(n_flows, LAST_POINT + 1, PENDING + 1)
    return np.empty((n_rows, width)), np.empty((FACTORS + 1, n_flows)), lanes[0], lanes[1]


@kernel
def solve_rows(
    flows: Array,
    times: Array,
    whose: int,
    centre: Array,
    wish: int,
    rates: Array,
    count: IntArray,
    codes: IntArray,
    work: Array,
    spare: Array,
    sole_lanes: Array,
    lanes: Array,
) -> None:
    """Do what `solve_series` does, in the room given."""
    n_series, n_flows = flows.shape
    n_sole = n_lanes = int(np.intp(0))
    powers = whose == EVEN and n_flows <= MOST_TABULATED
    times_are_whole, tabled = False, math.nan
    for row in range(n_series):
        first, n, changes = taken(flows, row, work)
        if changes == 0:
            codes[row] = NOT_FINITE if n < 0 else NO_SIGN_CHANGE
            continue
        whole = n == n_flows and whose != OWN
        if not (whole and times_are_whole):
            span = timed(times, row if whose == OWN else 0, whose == EVEN, first, n, work)
            times_are_whole = whole
        target = centre[row] * span
        if changes == 1:
            note(work, 0, 0.0, -math.inf, math.inf, math.copysign(LOOSE, work[FLOWS, n - 1]))
            n_sole = enter_roots(sole_lanes, n_sole, work, n, 1, span, row)
            codes[row], count[row] = SOLVED, 1
        else:
            tabulated = whole and n <= MOST_TABULATED
            if tabulated and tabled != target:
                forget_tables(work)
                tabled = target
            n_found = search(work, n, powers, tabulated, target, wish)
            if held(work, n, powers, n_found, span, wish):
                codes[row], count[row] = SOLVED, n_found
                n_lanes = enter_roots(lanes, n_lanes, work, n, min(n_found, rates.shape[1]), span, row)
        if n_sole == LANES:
            finish(sole_lanes, n_sole, powers, spare, rates, count, codes, wish)
            n_sole = int(np.intp(0))
        if n_lanes > LANES - MOST_ROOTS:
            finish(lanes, n_lanes, powers, spare, rates, count, codes, wish)
            n_lanes = int(np.intp(0))
    finish(sole_lanes, n_sole, powers, spare, rates, count, codes, wish)
    finish(lanes, n_lanes, powers, spare, rates, count, codes, wish)


@kernel
def held(work: Array, n: int, even: bool, n_found: int, span: float, wish: int) -> bool:
    """Tell if floats hold all rates of several, and sort them if all are wanted; a sole rate is seen to later."""
    good = n_found >= 0
    for place in range(n_found if n_found > 1 and wish != NEAREST else 0):
        within = work[BELOW, place] > LOWEST_LOG_RATE * span and work[ABOVE, place] < HIGHEST_LOG_RATE * span
        if not within:
            good = exactly(work, n, even, place) and good
            good = good and LOWEST_LOG_RATE < work[FOUND, place] / span < HIGHEST_LOG_RATE
    if good and wish == ALL:
        in_order(work, n_found)
    return good


@kernel
def taken(flows: Array, row: int, work: Array) -> tuple[int, int, int]:
    """Take a row without the zeros around it; if far from 1, its largest flow is brought there by a power of two.

    Give the place of its first flow, the number of flows (-1 where one is not finite) and of sign changes.
    """
    gross, largest, factor = 0.0, 0.0, 1.0
    for place in range(flows.shape[1]):
        gross += abs(flows[row, place])
    if not 1e-100 < gross < 1e100:
        for place in range(flows.shape[1]):
            largest = max(largest, abs(flows[row, place]))
            if not abs(flows[row, place]) < math.inf:
                return 0, -1, 0
        if largest == 0:
            return 0, 0, 0
        factor = math.ldexp(1.0, -min(1000, max(-1000, math.frexp(largest)[1])))
    first, last, changes = 0, flows.shape[1] - 1, 0
    while first < last and flows[row, first] * factor == 0:
        first += 1
    while last > first and flows[row, last] * factor == 0:
        last -= 1
    for i in range(last - first + 1):
        work[FLOWS, i] = flows[row, first + i] * factor
    positive = work[FLOWS, 0] > 0
    for i in range(1, last - first + 1):
        flow = work[FLOWS, i]
        changes += (flow != 0) & ((flow > 0) != positive)
        positive = (flow > 0) | (positive & (flow == 0))
    return first, last - first + 1, changes


@kernel
def timed(times: Array, row: int, even: bool, first: int, n: int, work: Array) -> float:
    """Fill in a row's times, from 0 to 1; give their span."""
    if even:
        for i in range(n):
            work[TIMES, i] = i / (n - 1)
        return float(n - 1)
    start, span = times[row, first], times[row, first + n - 1] - times[row, first]
    for i in range(n):
        work[TIMES, i] = (times[row, first + i] - start) / span
    return float(span)
