"""Recursive trend indicators, in loops for compilation: along stretches without gaps."""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._trend_gaps import Runs
from maos_nb.analytics.technical._volatility_kernels import average_ranges
from maos_nb.analytics.technical._volatility_lanes import LANES, has_gap, is_even, smooth

__all__ = ["directional_lines", "parabolic_line", "supertrend_lines"]


@kernel
def directional_lines(
    high: Array,
    low: Array,
    close: Array,
    runs: Runs,
    window: int,
    seeds: int,
    adx: Array,
    plus: Array,
    minus: Array,
    broken: BoolArray,
) -> None:
    """Wilder's directional indicators, and the average of how far they are apart."""
    k = 0
    while k < len(runs):
        n_lanes = LANES if is_even(runs, k) else 1
        begin, end, weight = runs[k, 1], runs[k, 2], 1.0 / window
        average_ranges(high, low, close, runs, k, n_lanes, 1, seeds, window, adx, broken)
        for i in range(k, k + n_lanes):
            fill_movements(high, low, runs[i, 0], begin, end, plus, minus)
        first = min(begin + 1, end)
        smooth(plus, runs, k, n_lanes, begin, first, seeds, window, weight)
        smooth(minus, runs, k, n_lanes, begin, first, seeds, window, weight)
        first = min(begin + window, end)
        for i in range(k, k + n_lanes):
            fill_indicators(runs[i, 0], first, end, adx, plus, minus)
        smooth(adx, runs, k, n_lanes, begin, first, window, window, weight)
        k += n_lanes


@kernel
def fill_movements(
    high: Array, low: Array, row: int, begin: int, end: int, plus: Array, minus: Array
) -> None:
    """Fill in how far each bar goes beyond the last one, on the side on which it goes farther."""
    for t in range(begin + 1, end):
        up = max(high[row, t] - high[row, t - 1], 0.0)
        down = max(low[row, t - 1] - low[row, t], 0.0)
        plus[row, t] = up if up > down else 0.0
        minus[row, t] = down if down > up else 0.0


@kernel
def fill_indicators(row: int, first: int, end: int, ranges: Array, plus: Array, minus: Array) -> None:
    """Turn average ranges and movements into the directional index and indicators."""
    for t in range(first, end):
        both = plus[row, t] + minus[row, t]
        apart = 100.0 * abs(plus[row, t] - minus[row, t])
        per_range = 100.0 / ranges[row, t]
        # Without any movement there is no direction.
        ranges[row, t] = apart / both if both > 0.0 else 0.0
        plus[row, t] *= per_range
        minus[row, t] *= per_range


@kernel
def supertrend_lines(
    high: Array,
    low: Array,
    close: Array,
    runs: Runs,
    window: int,
    multiplier: float,
    dropped: int,
    line: Array,
    direction: Array,
    broken: BoolArray,
) -> None:
    """Bands so many average true ranges about the middle of bars, of which each only moves towards the close."""
    k = 0
    while k < len(runs):
        n_lanes = LANES if is_even(runs, k) else 1
        begin, end = runs[k, 1], runs[k, 2]
        average_ranges(high, low, close, runs, k, n_lanes, dropped, window, window, line, broken)
        start = min(begin + dropped + window - 1, end)
        for i in range(k, k + n_lanes):
            follow_bands(high, low, close, runs[i, 0], begin, start, end, multiplier, line, direction)
        k += n_lanes


@kernel
def follow_bands(
    high: Array,
    low: Array,
    close: Array,
    row: int,
    begin: int,
    start: int,
    end: int,
    multiplier: float,
    line: Array,
    direction: Array,
) -> None:
    """Replace average true ranges by the band that the close has not crossed."""
    for t in range(begin, start):
        direction[row, t] = math.nan
    upper, lower, is_up = math.inf, -math.inf, True
    for t in range(start, end):
        middle = 0.5 * (high[row, t] + low[row, t])
        above, below = middle + multiplier * line[row, t], middle - multiplier * line[row, t]
        if t == start:
            is_up = close[row, t] >= middle
            upper, lower = above, below
        else:
            before = close[row, t - 1]
            upper = above if above < upper or before > upper else upper
            lower = below if below > lower or before < lower else lower
        is_up = close[row, t] > (lower if is_up else upper)
        line[row, t] = lower if is_up else upper
        direction[row, t] = 1.0 if is_up else -1.0


@kernel
def parabolic_line(
    high: Array,
    low: Array,
    runs: Runs,
    step: float,
    maximum: float,
    is_guess: bool,
    line: Array,
    broken: BoolArray,
) -> None:
    """Fill in stops that close in on the price and turn over when hit, without those of a first trade that is a guess."""
    k = 0
    while k < len(runs):
        n_lanes = LANES if is_even(runs, k) else 1
        begin, end = runs[k, 1], runs[k, 2]
        for i in range(k, k + n_lanes):
            broken[i] = has_gap(high, runs[i, 0], begin, end) or has_gap(low, runs[i, 0], begin, end)
            if end > begin:
                line[runs[i, 0], begin] = math.nan
        if end - begin > 1:
            follow_stops(high, low, runs, k, n_lanes, step, maximum, is_guess, line)
        if is_guess:
            for i in range(k, k + n_lanes):
                hide_guess(low, runs[i, 0], begin + 1, end, line)
        k += n_lanes


@kernel
def follow_stops(
    high: Array,
    low: Array,
    runs: Runs,
    k: int,
    n_lanes: int,
    step: float,
    maximum: float,
    is_guess: bool,
    line: Array,
) -> None:
    """Fill in the stop of each bar, of which only earlier bars are known, in one run or in four even ones."""
    a, begin, end = runs[k, 0], runs[k, 1], runs[k, 2]
    b, c, d = runs[k + min(1, n_lanes - 1), 0], runs[k + min(2, n_lanes - 1), 0], runs[k + n_lanes - 1, 0]
    stop_a, extreme_a, side_a = first_stop(high, low, a, begin, step, is_guess)
    stop_b, extreme_b, side_b = first_stop(high, low, b, begin, step, is_guess)
    stop_c, extreme_c, side_c = first_stop(high, low, c, begin, step, is_guess)
    stop_d, extreme_d, side_d = first_stop(high, low, d, begin, step, is_guess)
    factor_a, factor_b, factor_c, factor_d = step, step, step, step
    last = begin if is_guess else begin + 1
    if n_lanes == 1:
        for t in range(begin + 1, end):
            line[a, t], stop_a, extreme_a, factor_a, side_a = next_stop(
                high, low, a, last, t, stop_a, extreme_a, factor_a, side_a, step, maximum, is_guess
            )
            last = t
        return
    for t in range(begin + 1, end):
        line[a, t], stop_a, extreme_a, factor_a, side_a = next_stop(
            high, low, a, last, t, stop_a, extreme_a, factor_a, side_a, step, maximum, is_guess
        )
        line[b, t], stop_b, extreme_b, factor_b, side_b = next_stop(
            high, low, b, last, t, stop_b, extreme_b, factor_b, side_b, step, maximum, is_guess
        )
        line[c, t], stop_c, extreme_c, factor_c, side_c = next_stop(
            high, low, c, last, t, stop_c, extreme_c, factor_c, side_c, step, maximum, is_guess
        )
        line[d, t], stop_d, extreme_d, factor_d, side_d = next_stop(
            high, low, d, last, t, stop_d, extreme_d, factor_d, side_d, step, maximum, is_guess
        )
        last = t


@kernel
def first_stop(
    high: Array, low: Array, row: int, begin: int, step: float, is_guess: bool
) -> tuple[float, float, float]:
    """Give stop, extreme and side of the first trade: 1 is long; short is -1, with its prices turned negative."""
    top, bottom, last_top, last_bottom = (
        high[row, begin + 1],
        low[row, begin + 1],
        high[row, begin],
        low[row, begin],
    )
    if is_guess:
        return last_bottom + step * (last_top - last_bottom), last_top, 1.0
    if last_bottom - bottom <= max(top - last_top, 0.0):
        return last_bottom, top, 1.0
    return -last_top, -bottom, -1.0


@kernel
def next_stop(
    high: Array,
    low: Array,
    row: int,
    last: int,
    t: int,
    stop: float,
    extreme: float,
    factor: float,
    side: float,
    step: float,
    maximum: float,
    is_guess: bool,
) -> tuple[float, float, float, float, float]:
    """Give the stop of a bar, and stop, extreme, factor and side for the next one; choices, no jumps."""
    is_long = side > 0.0
    near, far = low[row, t] if is_long else -high[row, t], high[row, t] if is_long else -low[row, t]
    last_near = low[row, last] if is_long else -high[row, last]
    last_far = high[row, last] if is_long else -low[row, last]
    is_hit, is_new = near <= stop, far > extreme
    turned = extreme if is_guess else max(extreme, max(last_far, far))
    shown = turned if is_hit else stop
    grown = factor + step if is_new else factor
    grown = grown if grown < maximum else maximum
    base = -shown if is_hit else stop
    extreme = -near if is_hit else (far if is_new else extreme)
    factor = step if is_hit else grown
    limit = -max(last_far, far) if is_hit else min(last_near, near)
    moved = base + factor * (extreme - base)
    return side * shown, min(moved, limit), extreme, factor, -side if is_hit else side


@kernel
def hide_guess(low: Array, row: int, begin: int, end: int, line: Array) -> None:
    """Take out a first, long trade: its stops are below the lows, but for the one at the bar that ends it."""
    t = begin
    while t < end and line[row, t] < low[row, t]:
        line[row, t] = math.nan
        t += 1
    if t < end:
        line[row, t] = math.nan
