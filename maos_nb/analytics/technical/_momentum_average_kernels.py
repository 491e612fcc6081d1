"""The compiled chains of exponential averages: a group of assets goes through all steps while it is in the cache."""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._indicator import NAN_RULES
from maos_nb.analytics.technical._recursion_kernels import smooth_rows

__all__ = ["GROUP", "balance_lines", "crossing_lines", "trix_lines"]

GROUP = 8
"""Assets that go through together: rows of the rooms."""

SKIP, PROPAGATE = NAN_RULES["skip"], NAN_RULES["propagate"]


@kernel
def subtract(one: Array, other: Array, out: Array) -> None:
    """Fill with differences."""
    for t in range(out.size):
        out[t] = one[t] - other[t]


@kernel
def exceed(x: Array, base: Array, out: Array) -> None:
    """Fill with percentages by which one exceeds the other; NaN where that is zero."""
    for t in range(out.size):
        out[t] = 100.0 * (x[t] - base[t]) / base[t] if base[t] != 0 else math.nan


@kernel
def share(part: Array, whole: Array, out: Array) -> None:
    """Fill with parts as percentages of wholes; NaN where there is nothing."""
    for t in range(out.size):
        out[t] = 100.0 * (part[t] / whole[t]) if whole[t] > 0 else math.nan


@kernel
def changes(x: Array, change: Array, size: Array) -> None:
    """Fill with changes from bar to bar, and with their sizes; the first bar has none."""
    before, after, sizes = x, change[1:], size[1:]
    change[:1] = math.nan
    size[:1] = math.nan
    for t in range(after.size):
        after[t] = x[t + 1] - before[t]
    for t in range(sizes.size):
        sizes[t] = abs(after[t])


@kernel
def crossing_lines(
    x: Array,
    late: int,
    alphas: tuple[float, float, float],
    seeds: tuple[int, int, int],
    is_percent: bool,
    near: Array,
    far: Array,
    line: Array,
    average: Array,
    histogram: Array,
) -> None:
    """Fill with a fast average, `late` bars late, less a slow one, the average of that, and what is between them."""
    for top in range(0, x.shape[0], GROUP):
        end = min(top + GROUP, x.shape[0])
        n_rows = end - top
        if late > 0:
            for row in range(n_rows):
                near[row, :late] = math.nan
            smooth_rows(x[top:end, late:], alphas[0], seeds[0], PROPAGATE, near[:n_rows, late:])
        else:
            smooth_rows(x[top:end], alphas[0], seeds[0], PROPAGATE, near[:n_rows])
        smooth_rows(x[top:end], alphas[1], seeds[1], PROPAGATE, far[:n_rows])
        for row in range(n_rows):
            if is_percent:
                exceed(near[row], far[row], line[top + row])
            else:
                subtract(near[row], far[row], line[top + row])
        smooth_rows(line[top:end], alphas[2], seeds[2], SKIP, average[top:end])
        for row in range(top, end):
            subtract(line[row], average[row], histogram[row])


@kernel
def trix_lines(
    x: Array,
    alphas: tuple[float, float],
    seeds: tuple[int, int],
    one: Array,
    other: Array,
    line: Array,
    average: Array,
) -> None:
    """Fill with changes of a threefold average in percent, and their average."""
    for top in range(0, x.shape[0], GROUP):
        end = min(top + GROUP, x.shape[0])
        n_rows = end - top
        smooth_rows(x[top:end], alphas[0], seeds[0], PROPAGATE, one[:n_rows])
        smooth_rows(one[:n_rows], alphas[0], seeds[0], PROPAGATE, other[:n_rows])
        smooth_rows(other[:n_rows], alphas[0], seeds[0], PROPAGATE, one[:n_rows])
        for row in range(n_rows):
            line[top + row, :1] = math.nan
            exceed(one[row, 1:], one[row], line[top + row, 1:])
        smooth_rows(line[top:end], alphas[1], seeds[1], SKIP, average[top:end])


@kernel
def balance_lines(
    x: Array,
    alphas: tuple[float, float, float],
    seeds: tuple[int, int, int],
    one: Array,
    other: Array,
    line: Array,
    average: Array,
) -> None:
    """Fill with twice smoothed changes in percent of their twice smoothed sizes, and their average."""
    for top in range(0, x.shape[0], GROUP):
        end = min(top + GROUP, x.shape[0])
        n_rows = end - top
        for row in range(n_rows):
            changes(x[top + row], one[row], line[top + row])
        smooth_rows(one[:n_rows], alphas[0], seeds[0], PROPAGATE, other[:n_rows])
        smooth_rows(other[:n_rows], alphas[1], seeds[1], PROPAGATE, one[:n_rows])
        smooth_rows(line[top:end], alphas[0], seeds[0], PROPAGATE, average[top:end])
        smooth_rows(average[top:end], alphas[1], seeds[1], PROPAGATE, other[:n_rows])
        for row in range(n_rows):
            share(one[row], other[row], line[top + row])
        smooth_rows(line[top:end], alphas[2], seeds[2], SKIP, average[top:end])
