"""The search for the roots of one series, cell by cell outwards from a guess, for compilation.

What is proven and how is said in `_root_kernels`.
"""

from __future__ import annotations

import math

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics._root_kernels_cells import (
    ABOVE,
    BELOW,
    CELLS,
    EPSILON,
    FACTORS,
    FIRST_POINT,
    FLOWS,
    FOUND,
    LAST_POINT,
    LEFT,
    MOST_ROOTS,
    OMITTED,
    PENDING,
    RIGHT,
    ROUNDING,
    SIGN,
    STACK,
    TABLE,
    TABLES,
    TIMES,
    crossing,
    discount,
    discount_to_edge,
    expand,
    expand_cell,
    halve,
)

__all__ = [
    "ALL",
    "LOOSE",
    "MARGIN",
    "NEAREST",
    "NEAREST_AND_COUNT",
    "between",
    "bound",
    "exactly",
    "exponential_step",
    "in_order",
    "note",
    "search",
]

NEAREST, NEAREST_AND_COUNT, ALL = range(3)  # which roots are wanted

WIDTH = 2.0  # of cells near zero: what an expansion omits is below 2e-9 of the gross value
GROWTH = 0.3  # of cells, with the distance from zero, as early flows count ever more
WIDEST = 8.0
SHIFT = 0.027  # of the first cell, as a root that equals the guess would lie where it is halved
NARROW = 0.51  # a cell in which the guess is good
MARGIN = 0.005  # that a guess may be off
ALMOST_EQUAL = 1e-6  # roots so close are left to the search in arrays
LOOSE = 2.0  # the size of the sign noted with a root whose guess is only where to start
NOISE = 4e-16  # a log ratio this small is as near to zero as sums of doubles get
SAFE_ITERATIONS, BISECTIONS = 100, 100


@kernel
def log_ratio(work: Array, n: int, even: bool, y: float) -> tuple[float, float, float]:
    """Give log(inflows' value / outflows' value), its slope in y and its curvature."""
    discount(work, n, even, y)
    in0 = in1 = in2 = out0 = out1 = out2 = 0.0
    for i in range(n):
        value, time = work[FLOWS, i] * work[FACTORS, i], work[TIMES, i]
        inflow = value if value > 0 else 0.0
        outflow = value if value < 0 else 0.0
        in0 += inflow
        out0 += outflow
        inflow *= time
        outflow *= time
        in1 += inflow
        out1 += outflow
        in2 += inflow * time
        out2 += outflow * time
    mean_in, mean_out = in1 / in0, out1 / out0
    curvature = (in2 / in0 - mean_in * mean_in) - (out2 / out0 - mean_out * mean_out)
    return math.log(-in0 / out0), mean_out - mean_in, curvature


@kernel
def exponential_step(value: float, slope: float, curvature: float, y: float) -> tuple[float, bool]:
    """Give the step to the zero of the exponential curve that fits, and whether it is the last."""
    newton = value / slope
    bend = -newton * curvature / slope + 1e-300
    if abs(bend) < 0.01:  # a tenth of the time of the exponential
        step = newton * (bend * (0.5 + bend * (bend * (1 / 24 - bend / 120) - 1 / 6)) - 1.0)
    else:
        step = newton * (math.expm1(-bend) / bend)
    steepness, size = abs(slope), abs(step)
    left = (curvature * curvature / 3 + 0.2 / 6 * steepness) * size * size * size
    return step, left <= 1e-16 * steepness * (1.0 + steepness * (1.0 + abs(y)))


@kernel
def between(
    work: Array, n: int, even: bool, left: float, right: float, positive: bool, y: float
) -> tuple[float, bool]:
    """Find the zero between two bounds, positive at the left one or not, from a guess; tell if that went well."""
    previous = math.inf
    for iteration in range(SAFE_ITERATIONS + BISECTIONS):
        value, slope, curvature = log_ratio(work, n, even, y)
        if math.isnan(value):
            break
        if (value > 0) != positive:
            right = y
        else:
            left = y
        rounding = 1e-16 + 1e-16 * abs(y)
        step, last = exponential_step(value, slope, curvature, y)
        proposed, size = y + step, abs(step)
        helpful = left - rounding <= proposed <= right + rounding and size <= previous
        helpful = helpful and iteration < SAFE_ITERATIONS
        exact = abs(value) <= NOISE
        if helpful:
            y, previous = proposed, size / 2
        else:
            y, previous = (y if exact else (left + right) / 2), math.inf
        if exact or (helpful and last) or right - left <= 4 * rounding:
            return y, True
    return y, False


@kernel
def bound(work: Array, n: int, downwards: bool) -> float:
    """Give a y above every root, or one whose negative is below: see `_roots._bound`."""
    outermost, total, distance = work[FLOWS, n - 1 if downwards else 0], 0.0, 0.0
    for i in range(n):
        place = n - 1 - i if downwards else i
        if work[FLOWS, place] * outermost < 0:
            if total == 0:
                distance = 1.0 - work[TIMES, place] if downwards else work[TIMES, place]
            total += abs(work[FLOWS, place])
    growth = math.log(total / abs(outermost))
    found = growth / distance if growth > 0 else growth
    return found + 1e-9 * (1.0 + abs(found))


@kernel
def changes_beyond(work: Array, n: int, downwards: bool) -> int:
    """Give how many roots there may be beyond the y of the factors, or fewer by an even number.

    By the sign changes in repeated sums: see `_root_counts.prospect`. -1 where a sum may be a rounding.
    """
    place, step = (n - 1, -1) if downwards else (0, 1)
    total = work[FLOWS, place] * work[FACTORS, place]
    gross, area, least, count = abs(total), 0.0, math.inf, 0
    positive = total > 0
    for _ in range(n - 1):
        area += total * abs(work[TIMES, place + step] - work[TIMES, place])
        place += step
        value = work[FLOWS, place] * work[FACTORS, place]
        total += value
        gross += abs(value)
        least = min(least, abs(area))
        if (area > 0) != positive:
            positive = not positive
            count += 1
    if (total > 0) != positive:
        count += 1
    return -1 if min(least, abs(total)) <= EPSILON * (10 + n) * gross else count


@kernel
def nearest_distance(work: Array, n_found: int, target: float) -> float:
    """Give how far the nearest root found is."""
    least = math.inf
    for place in range(n_found):
        least = min(least, abs(work[FOUND, place] - target))
    return least


@kernel
def note(work: Array, place: int, y: float, left: float, right: float, at_left: float) -> None:
    """Note a root between two bounds, near y, and the sign at the left one."""
    work[FOUND, place], work[BELOW, place], work[ABOVE, place], work[SIGN, place] = y, left, right, at_left


@kernel
def move(work: Array, place: int, to: int) -> None:
    """Note a root in another place."""
    for row in range(FOUND, SIGN + 1):
        work[row, to] = work[row, place]


@kernel
def exactly(work: Array, n: int, even: bool, place: int) -> bool:
    """Work out a root; tell if that went well."""
    left, right, at_left = work[BELOW, place], work[ABOVE, place], work[SIGN, place]
    y, good = between(work, n, even, left, right, at_left > 0, work[FOUND, place])
    note(work, place, y, y, y, at_left)
    return good


@kernel
def chosen(work: Array, n: int, even: bool, n_found: int, target: float) -> int:
    """Put the nearest root first; give how many there are, -1 where that is not to be told.

    All that come near are worked out, so that it is not told by guesses. Of the pending root it is known
    only that it is beyond an edge, which stands in the place of its guess.
    """
    pending, good = not math.isnan(work[FOUND, PENDING]), True
    nearest = nearest_distance(work, n_found, target)
    if pending:
        move(work, PENDING, n_found)
        if n_found > 0 and abs(work[FOUND, n_found] - target) <= nearest + 2 * MARGIN:
            good = exactly(work, n, even, n_found)
            nearest = min(nearest, abs(work[FOUND, n_found] - target))
        n_found += 1
    best = n_near = 0
    for place in range(n_found):
        n_near += abs(work[FOUND, place] - target) <= nearest + 2 * MARGIN
    for place in range(n_found):
        near = abs(work[FOUND, place] - target) <= nearest + 2 * MARGIN
        if near and n_near > 1 and work[BELOW, place] < work[ABOVE, place]:
            good = exactly(work, n, even, place) and good
        if abs(work[FOUND, place] - target) < abs(work[FOUND, best] - target):
            best = place
    move(work, 0, PENDING)
    move(work, best, 0)
    move(work, PENDING, best)
    return n_found if good else -1


@kernel
def examine(work: Array, n: int, even: bool, n_found: int, target: float, wish: int) -> int:
    """Find the roots wanted in the cell at the bottom of the stack; give how many are known, -1 for unresolved."""
    cell = int(np.intp(STACK))
    while cell >= STACK:
        left, right = work[cell, LEFT], work[cell, RIGHT]
        away = max(left - target, target - right)
        if wish != ALL and n_found > wish and away > nearest_distance(work, n_found, target) + MARGIN:
            cell -= 1
            continue
        error, changes, sizes = work[cell, OMITTED] + work[cell, ROUNDING], 0, 0.0
        least = abs(work[cell, FIRST_POINT])
        for k in range(FIRST_POINT + 1, LAST_POINT + 1):
            changes += (work[cell, k] > 0) != (work[cell, k - 1] > 0)
            least = min(least, abs(work[cell, k]))
            sizes += abs(work[cell, k])
        clear = least > error and sizes < math.inf
        if clear and changes == 0:
            cell -= 1
        elif clear and changes == 1 and right - left <= NARROW and n_found < MOST_ROOTS:
            guess, at_left = left + crossing(work, cell) * (right - left), work[cell, FIRST_POINT]
            note(work, n_found, guess, left, right, math.copysign(1.0, at_left))
            n_found += 1
            cell -= 1
        elif (
            right - left <= ALMOST_EQUAL
            or cell + 1 == TABLES
            or n_found == MOST_ROOTS
            or not sizes < math.inf
        ):
            return -1
        elif not clear and work[cell, OMITTED] > work[cell, ROUNDING]:
            expand(work, n, even, cell)
            if work[cell, OMITTED] > 0.1 * error:
                halve(work, cell, target)
                cell += 1
        elif sizes <= error:
            return -1
        else:
            halve(work, cell, target)
            cell += 1
    return n_found


@kernel
def search(
    work: Array,
    n: int,
    even: bool,
    tabulated: bool,
    target: float,
    wish: int,
) -> int:
    """Find the roots wanted from the target outwards; give how many are known, -1 for unresolved."""
    width = min(WIDEST, max(WIDTH, GROWTH * abs(target)))
    low, high = target + SHIFT - width / 2, target + SHIFT + width / 2
    expand_cell(work, n, even, TABLES if tabulated else -1, low, high)
    work[FOUND, PENDING] = math.nan
    n_found = examine(work, n, even, int(np.intp(0)), target, wish)
    cells_up = cells_down = 0
    up = down = True
    while n_found >= 0:
        if wish != ALL and n_found > wish:
            nearest = nearest_distance(work, n_found, target)
            up, down = up and high - target <= nearest + MARGIN, down and target - low <= nearest + MARGIN
        if not (up or down):
            break
        downwards = not up or (down and target - low < high - target)
        edge, cells = (low, cells_down) if downwards else (high, cells_up)
        if cells == CELLS or n_found == MOST_ROOTS:
            return -1
        table = TABLES + TABLE * (2 * cells + (2 if downwards else 1)) if tabulated else -1
        discount_to_edge(work, n, even, table, edge)
        count = changes_beyond(work, n, downwards)
        width = min(WIDEST, max(WIDTH, GROWTH * abs(edge)))
        if count == 1:
            left, right = (-bound(work, n, True), edge) if downwards else (edge, bound(work, n, False))
            at_left = work[FLOWS, n - 1] if downwards else -work[FLOWS, 0]
            note(work, n_found, edge, left, right, math.copysign(LOOSE, at_left))
            if wish == ALL:
                n_found += 1
            elif math.isnan(work[FOUND, PENDING]):
                move(work, n_found, PENDING)
            else:
                n_found = n_found + 1 if exactly(work, n, even, n_found) else -1
        elif count != 0:
            left, right = (edge - width, edge) if downwards else (edge, edge + width)
            expand_cell(work, n, even, table, left, right)
            n_found = examine(work, n, even, n_found, target, wish)
        if downwards:
            cells_down, low, down = cells_down + 1, edge - width, count < 0 or count > 1
        else:
            cells_up, high, up = cells_up + 1, edge + width, count < 0 or count > 1
    return n_found if wish == ALL or n_found < 0 else chosen(work, n, even, n_found, target)


@kernel
def in_order(work: Array, n_found: int) -> None:
    """Sort the roots found."""
    for last in range(1, n_found):
        for place in range(last, 0, -1):
            if work[FOUND, place] < work[FOUND, place - 1]:
                for row in range(FOUND, SIGN + 1):
                    work[row, place], work[row, place - 1] = work[row, place - 1], work[row, place]
