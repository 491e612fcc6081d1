"""Roots worked out side by side, for compilation: what an iteration waits for in one series others use.

A lane is a column of an array and holds one root of one series. Loops over lanes vectorise where loops
over flows do not, as sums may not be reordered: eleven flows take a quarter of the time.
"""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics._log_ratio import IntArray
from maos_nb.analytics._root_kernels_cells import (
    ABOVE,
    BELOW,
    FLOWS,
    FOUND,
    SIGN,
    TIMES,
)
from maos_nb.analytics._root_kernels_search import (
    ALL,
    LOOSE,
    MARGIN,
    NEAREST,
    between,
    bound,
    exponential_step,
)

__all__ = [
    "FIRST_FLOW",
    "HIGHEST_LOG_RATE",
    "LANES",
    "LOWEST_LOG_RATE",
    "NOT_FINITE",
    "NO_SIGN_CHANGE",
    "OUT_OF_RANGE",
    "SOLVED",
    "UNRESOLVED",
    "enter_roots",
    "finish",
]

UNRESOLVED, SOLVED, OUT_OF_RANGE, NO_SIGN_CHANGE, NOT_FINITE = range(5)  # what became of a series

LANES = 64
# Rows; after them flows, times, and one of values.
Y, GUESS, LANE_BELOW, LANE_ABOVE, LANE_SIGN, SPAN, ROW, PLACE, LANE_N, DONE = range(10)
STEP, FACTOR, IN0, IN1, IN2, OUT0, OUT1, OUT2, FIRST_FLOW = range(10, 19)
ITERATIONS = 6  # after which a root is sought between bounds
LOWEST_LOG_RATE, HIGHEST_LOG_RATE = -36.0, 709.782712893384  # of rates that a float holds


@kernel
def enter(lanes: Array, lane: int, work: Array, n: int, place: int, span: float, row: int) -> None:
    """Copy a series and one of its roots into a lane, with zeros after the last flow."""
    n_flows = (lanes.shape[0] - FIRST_FLOW) // 2
    for i in range(n_flows):
        lanes[FIRST_FLOW + i, lane] = work[FLOWS, i] if i < n else 0.0
        lanes[FIRST_FLOW + n_flows + i, lane] = work[TIMES, i] if i < n else 0.0
    lanes[Y, lane], lanes[LANE_BELOW, lane] = work[FOUND, place], work[BELOW, place]
    lanes[LANE_ABOVE, lane], lanes[LANE_SIGN, lane] = work[ABOVE, place], work[SIGN, place]
    lanes[SPAN, lane], lanes[ROW, lane], lanes[PLACE, lane], lanes[LANE_N, lane] = span, row, place, n


@kernel
def enter_roots(lanes: Array, n_lanes: int, work: Array, n: int, n_roots: int, span: float, row: int) -> int:
    """Enter the first roots of a series; give how many lanes are taken then."""
    for place in range(n_roots):
        enter(lanes, n_lanes + place, work, n, place, span, row)
    return n_lanes + n_roots


@kernel
def sum_lanes(lanes: Array, n_lanes: int, n_flows: int, even: bool, at_zero: bool) -> None:
    """Sum the values at y of inflows and outflows, times 1, t and t^2; in loops over lanes that vectorise."""
    times, values = FIRST_FLOW + n_flows, FIRST_FLOW + 2 * n_flows
    for lane in range(n_lanes):
        lanes[STEP, lane] = (
            math.exp(-lanes[Y, lane] * lanes[times + 1, lane]) if even and not at_zero else 1.0
        )
    for moment in range(IN0, OUT2 + 1):
        for lane in range(n_lanes):
            lanes[moment, lane] = 0.0
    for i in range(n_flows):
        if even or at_zero:
            for lane in range(n_lanes):
                lanes[FACTOR, lane] = lanes[FACTOR, lane] * lanes[STEP, lane] if i > 0 else 1.0
        else:
            for lane in range(n_lanes):
                waits = lanes[DONE, lane] == 0
                lanes[FACTOR, lane] = math.exp(-lanes[Y, lane] * lanes[times + i, lane]) if waits else 0.0
        for lane in range(n_lanes):
            lanes[values, lane] = lanes[FIRST_FLOW + i, lane] * lanes[FACTOR, lane]
        for lane in range(n_lanes):
            value, time = lanes[values, lane], lanes[times + i, lane]
            inflow = value if value > 0 else 0.0
            outflow = value if value < 0 else 0.0
            lanes[IN0, lane] += inflow
            lanes[OUT0, lane] += outflow
            inflow *= time
            outflow *= time
            lanes[IN1, lane] += inflow
            lanes[OUT1, lane] += outflow
            lanes[IN2, lane] += inflow * time
            lanes[OUT2, lane] += outflow * time


@kernel
def iterate_lanes(lanes: Array, n_lanes: int, n_flows: int, even: bool, from_zero: bool) -> None:
    """Iterate the roots of all lanes until none changes; DONE tells which have converged."""
    waiting = n_lanes
    for lane in range(n_lanes):
        lanes[DONE, lane] = 0.0
    for iteration in range(ITERATIONS):
        if waiting > 0:
            waiting = 0
            sum_lanes(lanes, n_lanes, n_flows, even, from_zero and iteration == 0)
            for lane in range(n_lanes):
                if lanes[DONE, lane] == 0:
                    in0, out0, y = lanes[IN0, lane], lanes[OUT0, lane], lanes[Y, lane]
                    mean_in, mean_out = lanes[IN1, lane] / in0, lanes[OUT1, lane] / out0
                    curvature = lanes[IN2, lane] / in0 - mean_in * mean_in
                    curvature -= lanes[OUT2, lane] / out0 - mean_out * mean_out
                    step, last = exponential_step(math.log(-in0 / out0), mean_out - mean_in, curvature, y)
                    lanes[Y, lane] = y + step
                    if last:
                        lanes[DONE, lane] = 1.0
                    else:
                        waiting += 1


@kernel
def solve_lane(lanes: Array, lane: int, n_flows: int, spare: Array, even: bool) -> bool:
    """Find the root of a lane between bounds; tell if that went well."""
    n = int(lanes[LANE_N, lane])
    for i in range(n):
        spare[FLOWS, i], spare[TIMES, i] = lanes[FIRST_FLOW + i, lane], lanes[FIRST_FLOW + n_flows + i, lane]
    left, right, start = lanes[LANE_BELOW, lane], lanes[LANE_ABOVE, lane], 0.0
    if right == math.inf:
        left, right = -bound(spare, n, True), bound(spare, n, False)
        start = min(max(start, left), right)
    else:
        start = (left + right) / 2
    lanes[Y, lane], good = between(spare, n, even, left, right, lanes[LANE_SIGN, lane] > 0, start)
    return good


@kernel
def finish(
    lanes: Array,
    n_lanes: int,
    even: bool,
    spare: Array,
    rates: Array,
    count: IntArray,
    codes: IntArray,
    wish: int,
) -> None:
    """Work out the roots of all lanes and put them into their places; a series that fails is unresolved."""
    n_flows, from_zero = (lanes.shape[0] - FIRST_FLOW) // 2, lanes[LANE_ABOVE, 0] == math.inf
    for lane in range(n_lanes):
        lanes[GUESS, lane] = lanes[Y, lane]
    iterate_lanes(lanes, n_lanes, n_flows, even, from_zero)
    for lane in range(n_lanes):
        y, row, loose = lanes[Y, lane], int(lanes[ROW, lane]), abs(lanes[LANE_SIGN, lane]) == LOOSE
        rounding = 1e-16 + 1e-16 * abs(y)
        good = lanes[DONE, lane] > 0
        good = good and lanes[LANE_BELOW, lane] - rounding <= y <= lanes[LANE_ABOVE, lane] + rounding
        if not good:
            good = solve_lane(lanes, lane, n_flows, spare, even)
        log_rate = lanes[Y, lane] / lanes[SPAN, lane]
        good = good and (wish == ALL or loose or abs(lanes[Y, lane] - lanes[GUESS, lane]) <= MARGIN)
        if good and log_rate <= HIGHEST_LOG_RATE and math.expm1(log_rate) > -1:
            rates[row, int(lanes[PLACE, lane])] = math.expm1(log_rate)
        elif good and count[row] == 1 and (wish != NEAREST or loose):
            codes[row] = OUT_OF_RANGE
        else:
            codes[row] = UNRESOLVED
