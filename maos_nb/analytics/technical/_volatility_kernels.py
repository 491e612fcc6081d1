"""Recursive volatility, in loops for compilation: along stretches without gaps, four assets together."""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._trend_gaps import Runs
from maos_nb.analytics.technical._volatility_lanes import (
    LANES,
    fill_true_range,
    has_gap,
    is_broken,
    is_even,
    smooth,
)
from maos_nb.analytics.technical._window_kernels import spread_pieces, sum_pieces

__all__ = [
    "average_ranges",
    "average_true_range",
    "bollinger_lines",
    "keltner_lines",
    "mass_index_line",
    "true_range_rows",
]


@kernel
def true_range_rows(high: Array, low: Array, close: Array, result: Array) -> None:
    """Fill in true ranges; NaN where a price that one needs is."""
    for row in range(high.shape[0]):
        fill_true_range(high, low, close, row, 0, high.shape[1], result)


@kernel
def average_ranges(
    high: Array,
    low: Array,
    close: Array,
    runs: Runs,
    k: int,
    n_lanes: int,
    dropped: int,
    seeds: int,
    window: int,
    result: Array,
    broken: BoolArray,
) -> None:
    """Fill in average true ranges of one run or of four even ones, and mark those that have gaps."""
    for i in range(k, k + n_lanes):
        fill_true_range(high, low, close, runs[i, 0], runs[i, 1], runs[i, 2], result)
    begin, end = runs[k, 1], runs[k, 2]
    smooth(result, runs, k, n_lanes, begin, min(begin + dropped, end), seeds, window, 1.0 / window)
    for i in range(k, k + n_lanes):
        broken[i] = is_broken(high, low, close, runs[i, 0], begin, end, result)


@kernel
def average_true_range(
    high: Array,
    low: Array,
    close: Array,
    runs: Runs,
    window: int,
    dropped: int,
    is_relative: bool,
    result: Array,
    broken: BoolArray,
) -> None:
    """Wilder's average of true ranges without the first `dropped` ones, in percent of the close if relative."""
    k = 0
    while k < len(runs):
        n_lanes = LANES if is_even(runs, k) else 1
        begin, end = runs[k, 1], runs[k, 2]
        average_ranges(high, low, close, runs, k, n_lanes, dropped, window, window, result, broken)
        if is_relative:
            for i in range(k, k + n_lanes):
                row = runs[i, 0]
                for t in range(begin, end):
                    result[row, t] = 100.0 * result[row, t] / close[row, t]
        k += n_lanes


@kernel
def keltner_lines(
    high: Array,
    low: Array,
    close: Array,
    runs: Runs,
    window: int,
    multiplier: float,
    atr_window: int,
    dropped: int,
    lower: Array,
    middle: Array,
    upper: Array,
    broken: BoolArray,
) -> None:
    """Exponential average of closes, and so many average true ranges below and above it."""
    k = 0
    while k < len(runs):
        n_lanes = LANES if is_even(runs, k) else 1
        begin, end = runs[k, 1], runs[k, 2]
        average_ranges(high, low, close, runs, k, n_lanes, dropped, atr_window, atr_window, upper, broken)
        for i in range(k, k + n_lanes):
            copy(close, middle, runs[i, 0], begin, end)
        smooth(middle, runs, k, n_lanes, begin, begin, window, window, 2.0 / (window + 1))
        for i in range(k, k + n_lanes):
            row = runs[i, 0]
            for t in range(begin, end):
                width = multiplier * upper[row, t]
                lower[row, t] = middle[row, t] - width
                upper[row, t] = middle[row, t] + width
        k += n_lanes


@kernel
def mass_index_line(
    ranges: Array,
    runs: Runs,
    window: int,
    ema_window: int,
    rooms: Array,
    ratio: Array,
    result: Array,
    broken: BoolArray,
) -> None:
    """Sum of the ratios of an exponential average of ranges to its own exponential average."""
    weight = 2.0 / (ema_window + 1)
    k = 0
    while k < len(runs):
        n_lanes = LANES if is_even(runs, k) else 1
        begin, end = runs[k, 1], runs[k, 2]
        twice = min(begin + ema_window - 1, end)
        for i in range(k, k + n_lanes):
            row = runs[i, 0]
            broken[i] = has_gap(ranges, row, begin, end)
            copy(ranges, ratio, row, begin, end)
        smooth(ratio, runs, k, n_lanes, begin, begin, ema_window, ema_window, weight)
        for i in range(k, k + n_lanes):
            copy(ratio, result, runs[i, 0], begin, end)
        smooth(result, runs, k, n_lanes, begin, twice, ema_window, ema_window, weight)
        for i in range(k, k + n_lanes):
            add_ratios(ratio, result, runs[i, 0], begin, min(twice + ema_window - 1, end), end, window, rooms)
        k += n_lanes


@kernel
def add_ratios(
    ratio: Array, result: Array, row: int, begin: int, first: int, end: int, window: int, rooms: Array
) -> None:
    """Divide the averages, and sum `window` quotients, from `first` on."""
    for t in range(first, end):
        ratio[row, t] /= result[row, t]
    start = min(first + window - 1, end)
    for t in range(begin, start):
        result[row, t] = math.nan
    if start < end:
        sum_pieces(ratio[row, first:end], window, rooms[0], rooms[1], rooms[2])
        for t in range(start, end):
            result[row, t] = rooms[2, t - start]


@kernel
def copy(source: Array, target: Array, row: int, begin: int, end: int) -> None:
    """Copy a stretch; assigning slices would make an array."""
    for t in range(begin, end):
        target[row, t] = source[row, t]


@kernel
def bollinger_lines(
    close: Array,
    window: int,
    width: int,
    rooms: Array,
    divisor: int,
    deviations: float,
    lower: Array,
    middle: Array,
    upper: Array,
    percent_b: Array,
    bandwidth: Array,
) -> None:
    """Fill in bands, `width` results at a time, by means and sums of squared deviations."""
    means, spreads = rooms[4], rooms[5]
    for row in range(close.shape[0]):
        for t in range(min(window - 1, close.shape[1])):
            lower[row, t], middle[row, t], upper[row, t] = math.nan, math.nan, math.nan
            percent_b[row, t], bandwidth[row, t] = math.nan, math.nan
        for start in range(window - 1, close.shape[1], width):
            stop = min(start + width, close.shape[1])
            spread_pieces(
                close[row, start - window + 1 : stop],
                window,
                rooms[0],
                rooms[1],
                rooms[2],
                rooms[3],
                means,
                spreads,
            )
            for t in range(start, stop):
                mean, half = means[t - start], deviations * math.sqrt(spreads[t - start] / divisor)
                bottom, top = mean - half, mean + half
                lower[row, t], middle[row, t], upper[row, t] = bottom, mean, top
                percent_b[row, t] = (close[row, t] - bottom) / (top - bottom)
                bandwidth[row, t] = (top - bottom) / mean
