"""What the recursions over bars are made of: true ranges, and averages of four assets advanced together.

Each step of an average waits for the one before it, three times as long as it takes; four assets in one loop fill
that time. An asset alone is given as all four: then each step does the same thing four times.
"""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._trend_gaps import Runs

__all__ = ["LANES", "fill_true_range", "has_gap", "is_broken", "is_even", "smooth"]

LANES = 4


@kernel
def has_gap(table: Array, row: int, begin: int, end: int) -> bool:
    """Tell whether there is a NaN; counted, not looked for, as counting goes four at a time."""
    count = 0
    for t in range(begin, end):
        count += table[row, t] != table[row, t]
    return count > 0


@kernel
def is_even(runs: Runs, k: int) -> bool:
    """Tell whether the next four runs begin and end together."""
    n_alike = 0
    for i in range(k, min(k + LANES, len(runs))):
        n_alike += runs[i, 1] == runs[k, 1] and runs[i, 2] == runs[k, 2]
    return n_alike == LANES


@kernel
def fill_true_range(
    high: Array, low: Array, close: Array, row: int, begin: int, end: int, ranges: Array
) -> None:
    """Fill a row with true ranges; the first is high - low. NaN where a price that one needs is."""
    if end > begin:
        ranges[row, begin] = high[row, begin] - low[row, begin]
    for t in range(begin + 1, end):
        before, top, bottom = close[row, t - 1], high[row, t], low[row, t]
        own = (
            top - bottom
        ) * 0.0  # NaN if one of the two is: of a NaN and a number the number might be chosen
        top, bottom = top if top >= before else before, bottom if bottom <= before else before
        ranges[row, t] = top - bottom + own


@kernel
def is_broken(high: Array, low: Array, close: Array, row: int, begin: int, end: int, averages: Array) -> bool:
    """Tell by averages of true ranges, which are NaN ever after, whether a price is missing.

    Where there is no average at all, it is taken for missing: then there is nothing to lose.
    """
    if end == begin:
        return False
    first, last = high[row, begin] - low[row, begin], averages[row, end - 1] + close[row, end - 1]
    return bool(first != first or last != last)


@kernel
def smooth(
    values: Array,
    runs: Runs,
    k: int,
    n_lanes: int,
    begin: int,
    first: int,
    seeds: int,
    window: int,
    weight: float,
) -> None:
    """Replace values by their exponential averages, in the rows of one run or of four even ones.

    The values from `first` on count. The average starts where `window` of them are there, as their mean, or with one
    `seeds` less as what is a step after the sum of the earlier ones over `window`. NaN from `begin` on, before.
    """
    a, end = runs[k, 0], runs[k, 2]
    b, c, d = runs[k + min(1, n_lanes - 1), 0], runs[k + min(2, n_lanes - 1), 0], runs[k + n_lanes - 1, 0]
    start = min(first + window - 1, end)
    level_a, level_b, level_c, level_d = 0.0, 0.0, 0.0, 0.0
    for t in range(first, min(first + seeds, end)):
        share = 1.0 / (t - first + 1)  # a mean that equal values leave as it is
        level_a += (values[a, t] - level_a) * share
        level_b += (values[b, t] - level_b) * share
        level_c += (values[c, t] - level_c) * share
        level_d += (values[d, t] - level_d) * share
    share = seeds / window
    level_a, level_b, level_c, level_d = level_a * share, level_b * share, level_c * share, level_d * share
    after = start
    if seeds == window and start < end:
        values[a, start], values[b, start], values[c, start], values[d, start] = (
            level_a,
            level_b,
            level_c,
            level_d,
        )
        after = start + 1
    for t in range(begin, start):
        values[a, t], values[b, t], values[c, t], values[d, t] = math.nan, math.nan, math.nan, math.nan
    for t in range(after, end):
        value_a, value_b, value_c, value_d = values[a, t], values[b, t], values[c, t], values[d, t]
        level_a += (value_a - level_a) * weight
        level_b += (value_b - level_b) * weight
        level_c += (value_c - level_c) * weight
        level_d += (value_d - level_d) * weight
        values[a, t], values[b, t], values[c, t], values[d, t] = level_a, level_b, level_c, level_d
