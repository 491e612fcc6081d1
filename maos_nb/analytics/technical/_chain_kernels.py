"""The compiled loops of averages of averages: all of them are taken through a bar before the next one comes.

Many assets go together: a stretch of their bars is turned so that the assets of one bar lie side by side, and one
instruction works on several of them. What they start from is found asset by asset, and so are the few that have gaps,
which are noticed at the end, as all that follows on a gap is NaN there.
"""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._indicator import NAN_RULES

__all__ = ["N_STATES", "chain_rows"]

RESET, PROPAGATE = NAN_RULES["reset"], NAN_RULES["propagate"]
LANES = 32
STRETCH = 16
STATES = 6 * LANES
N_STATES = STATES + STRETCH * LANES + 24
"""Room that `chain_rows` needs: states of six averages, a stretch of bars, and the seeds of one asset."""


@kernel
def chain_rows(
    x: Array, alpha: float, n_first: int, weights: Array, rule: int, room: Array, out: Array
) -> None:
    """Fill with combinations of two, three or six averages."""
    n_assets, n = x.shape
    depth, states, seeds = weights.size, room[:STATES], room[N_STATES - 24 :]
    for top in range(0, n_assets, LANES):
        n_lanes, begun = min(LANES, n_assets - top), 0
        for lane in range(n_lanes):
            place = first_place(x[top + lane]) + depth * (n_first - 1) + 1
            begun = max(begun, place if place < n else 0)
        if n_lanes < 4 or begun == 0:
            begun = n
        for lane in range(n_lanes):
            chain_row(x[top + lane, :begun], alpha, n_first, weights, rule, seeds, out[top + lane, :begun])
            for stage in range(depth):
                states[stage * LANES + lane] = seeds[stage]
        for start in range(begun, n, STRETCH):
            stop = min(start + STRETCH, n)
            through(
                x[top : top + n_lanes, start:stop], alpha, weights, room, out[top : top + n_lanes, start:stop]
            )
        for lane in range(n_lanes):
            if begun < n and out[top + lane, n - 1] != out[top + lane, n - 1]:
                chain_row(x[top + lane], alpha, n_first, weights, rule, seeds, out[top + lane])


@kernel
def first_place(x: Array) -> int:
    """Find the first number."""
    place = 0
    while place < x.size and x[place] != x[place]:
        place += 1
    return place if place < x.size else 0


@kernel
def through(x: Array, alpha: float, weights: Array, room: Array, out: Array) -> None:
    """Take some assets through a stretch of bars."""
    n_lanes, n = x.shape
    states, bars = room[:STATES], room[STATES : STATES + STRETCH * LANES]
    for lane in range(n_lanes):
        for t in range(n):
            bars[t * LANES + lane] = x[lane, t]
    for t in range(n):
        bar = bars[t * LANES : t * LANES + n_lanes]
        if weights.size == 2:
            two(bar, alpha, weights[1], states)
        elif weights.size == 3:
            three(bar, alpha, weights[1], weights[2], states)
        else:
            six(bar, alpha, weights[3], weights[4], weights[5], states)
    for lane in range(n_lanes):
        for t in range(n):
            out[lane, t] = bars[t * LANES + lane]


@kernel
def two(bar: Array, alpha: float, weight: float, states: Array) -> None:
    """Move two averages of each asset."""
    first, second = states[:LANES], states[LANES : 2 * LANES]
    for lane in range(bar.size):
        a = first[lane] + alpha * (bar[lane] - first[lane])
        b = second[lane] + alpha * (a - second[lane])
        first[lane], second[lane] = a, b
        bar[lane] = a + weight * (b - a)


@kernel
def three(bar: Array, alpha: float, weight_2: float, weight_3: float, states: Array) -> None:
    """Move three averages of each asset."""
    first, second, third = states[:LANES], states[LANES : 2 * LANES], states[2 * LANES : 3 * LANES]
    for lane in range(bar.size):
        a = first[lane] + alpha * (bar[lane] - first[lane])
        b = second[lane] + alpha * (a - second[lane])
        c = third[lane] + alpha * (b - third[lane])
        first[lane], second[lane], third[lane] = a, b, c
        bar[lane] = a + weight_2 * (b - a) + weight_3 * (c - a)


@kernel
def six(bar: Array, alpha: float, weight_4: float, weight_5: float, weight_6: float, states: Array) -> None:
    """Move six averages of each asset."""
    first, second, third = states[:LANES], states[LANES : 2 * LANES], states[2 * LANES : 3 * LANES]
    fourth, fifth, sixth = states[3 * LANES : 4 * LANES], states[4 * LANES : 5 * LANES], states[5 * LANES :]
    for lane in range(bar.size):
        a = first[lane] + alpha * (bar[lane] - first[lane])
        b = second[lane] + alpha * (a - second[lane])
        c = third[lane] + alpha * (b - third[lane])
        d = fourth[lane] + alpha * (c - fourth[lane])
        e = fifth[lane] + alpha * (d - fifth[lane])
        f = sixth[lane] + alpha * (e - sixth[lane])
        first[lane], second[lane], third[lane] = a, b, c
        fourth[lane], fifth[lane], sixth[lane] = d, e, f
        bar[lane] = c + weight_4 * (d - c) + weight_5 * (e - c) + weight_6 * (f - c)


@kernel
def chain_row(
    x: Array, alpha: float, n_first: int, weights: Array, rule: int, seeds: Array, out: Array
) -> None:
    """Do one asset by the rule for gaps; leave its averages in `seeds`, NaN where one has not begun."""
    depth, is_begun = weights.size, False
    values, firsts, flats, counts = seeds[:6], seeds[6:12], seeds[12:18], seeds[18:24]
    values[:], counts[:] = math.nan, 0.0
    for t in range(x.size):
        out[t] = math.nan
        if x[t] == x[t]:
            is_begun = True
            out[t] = move(x[t], alpha, n_first, weights, values, firsts, flats, counts)
        elif is_begun and rule == PROPAGATE:
            out[t:], counts[:] = math.nan, 0.0
            break
        elif rule == RESET:
            counts[:] = 0.0
    for stage in range(depth):
        if counts[stage] < n_first:
            values[stage] = math.nan


@kernel
def move(
    x: float,
    alpha: float,
    n_first: int,
    weights: Array,
    values: Array,
    firsts: Array,
    flats: Array,
    counts: Array,
) -> float:
    """Move each average, as far as the one before it has begun, and combine them."""
    depth, now = weights.size, x
    for stage in range(depth):
        if counts[stage] >= n_first:
            values[stage] += alpha * (now - values[stage])
        else:  # a sum until the seed is complete
            counts[stage] += 1.0
            if counts[stage] == 1.0:
                values[stage], firsts[stage], flats[stage] = 0.0, now, 1.0
            values[stage] += now
            flats[stage] *= now == firsts[stage]
            if counts[stage] < n_first:
                return math.nan
            values[stage] = now if flats[stage] else values[stage] / n_first
        now = values[stage]
    base = values[2] if depth == 6 else values[0]
    total = base
    for stage in range(depth):
        if weights[stage] != 0.0:
            total += weights[stage] * (values[stage] - base)
    return float(total)
