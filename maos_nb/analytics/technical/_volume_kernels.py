"""Loops of the volume indicators, for compilation: along stretches without gaps, as `along_runs` wants them.

What is local to a bar fills a row first, which vectorises. What goes on from its last value then takes four
rows side by side, as it waits for that of its own row only: half the time for sums, a third for averages. A
row with a gap comes out NaN at its end and is marked by that, so that nobody has to look for gaps in advance.
"""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._trend_gaps import Runs

__all__ = [
    "accumulation",
    "chaikin",
    "force",
    "money_flow_volumes",
    "on_balance",
    "price_volume",
    "volume_index",
]

LANES = 4


@kernel
def n_alike(runs: Runs, k: int) -> int:
    """Count the runs from here that begin and end at the same bars, up to as many as go side by side."""
    count = 1
    while count < LANES and k + count < len(runs):
        if runs[k + count, 1] != runs[k, 1] or runs[k + count, 2] != runs[k, 2]:
            break
        count += 1
    return count


@kernel
def flow_steps(high: Array, low: Array, close: Array, volume: Array, out: Array) -> None:
    """Fill money flow volumes; a bar without range has none."""
    for t in range(close.size):
        span = high[t] - low[t]
        flow = ((close[t] - low[t]) - (high[t] - close[t])) / span * volume[t]
        out[t] = 0.0 * (close[t] + volume[t]) if span == 0.0 else flow


@kernel
def balance_steps(close: Array, volume: Array, first: float, out: Array) -> None:
    """Fill volumes, signed as the close moved."""
    if close.size:
        out[0] = first * volume[0] + 0.0 * close[0]
    for t in range(1, close.size):
        change = close[t] - close[t - 1]
        signed = volume[t] if change > 0.0 else -volume[t]
        out[t] = 0.0 * volume[t] if change == 0.0 else signed + 0.0 * change


@kernel
def trend_steps(close: Array, volume: Array, out: Array) -> None:
    """Fill volume times the relative change of the close, which from 0 is none."""
    if close.size:
        out[0] = 0.0 * (volume[0] + close[0])
    for t in range(1, close.size):
        last = close[t - 1]
        step = volume[t] * ((close[t] - last) / last)
        out[t] = 0.0 * (volume[t] + close[t]) if last == 0.0 else step


@kernel
def accumulate(out: Array) -> None:
    """Sum up a row in place."""
    total = 0.0
    for t in range(out.size):
        total += out[t]
        out[t] = total


@kernel
def accumulate_four(first: Array, second: Array, third: Array, fourth: Array) -> None:
    """Sum up four rows in place, side by side."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for t in range(first.size):
        a += first[t]
        b += second[t]
        c += third[t]
        d += fourth[t]
        first[t] = a
        second[t] = b
        third[t] = c
        fourth[t] = d


@kernel
def sum_up(out: Array, runs: Runs, k: int, count: int, broken: BoolArray) -> None:
    """Sum up runs of steps in place, four side by side where they are alike, and mark those that end in NaN."""
    begin, end = runs[k, 1], runs[k, 2]
    if count == LANES:
        accumulate_four(
            out[runs[k, 0], begin:end],
            out[runs[k + 1, 0], begin:end],
            out[runs[k + 2, 0], begin:end],
            out[runs[k + 3, 0], begin:end],
        )
    else:
        for lane in range(k, k + count):
            accumulate(out[runs[lane, 0], begin:end])
    for lane in range(k, k + count):
        broken[lane] = begin < end and math.isnan(out[runs[lane, 0], end - 1])


@kernel
def on_balance(close: Array, volume: Array, runs: Runs, first: float, out: Array, broken: BoolArray) -> None:
    """On-balance volume; the first bar counts `first` times its volume."""
    k = 0
    while k < len(runs):
        count, begin, end = n_alike(runs, k), runs[k, 1], runs[k, 2]
        for lane in range(k, k + count):
            row = runs[lane, 0]
            balance_steps(close[row, begin:end], volume[row, begin:end], first, out[row, begin:end])
        sum_up(out, runs, k, count, broken)
        k += count


@kernel
def price_volume(close: Array, volume: Array, runs: Runs, out: Array, broken: BoolArray) -> None:
    """Price volume trend."""
    k = 0
    while k < len(runs):
        count, begin, end = n_alike(runs, k), runs[k, 1], runs[k, 2]
        for lane in range(k, k + count):
            row = runs[lane, 0]
            trend_steps(close[row, begin:end], volume[row, begin:end], out[row, begin:end])
        sum_up(out, runs, k, count, broken)
        k += count


@kernel
def fill_flows(
    high: Array, low: Array, close: Array, volume: Array, runs: Runs, k: int, count: int, out: Array
) -> None:
    """Fill runs with money flow volumes."""
    begin, end = runs[k, 1], runs[k, 2]
    for lane in range(k, k + count):
        row = runs[lane, 0]
        flow_steps(
            high[row, begin:end],
            low[row, begin:end],
            close[row, begin:end],
            volume[row, begin:end],
            out[row, begin:end],
        )


@kernel
def accumulation(
    high: Array, low: Array, close: Array, volume: Array, runs: Runs, out: Array, broken: BoolArray
) -> None:
    """Accumulation/distribution line."""
    k = 0
    while k < len(runs):
        count = n_alike(runs, k)
        fill_flows(high, low, close, volume, runs, k, count, out)
        sum_up(out, runs, k, count, broken)
        k += count


@kernel
def warmed(steps: Array, warm: int, window: int) -> float:
    """Give how far the sum of the first steps is above the average of all sums, seeded by the mean of `window`."""
    total, seed, average, weight = 0.0, 0.0, 0.0, 2.0 / (window + 1.0)
    for t in range(warm):
        total += steps[t]
        seed += total
        average = seed / (t + 1) if t < window else average + weight * (total - average)
    return total - average


@kernel
def oscillate(out: Array, warm: int, fast: int, slow: int) -> None:
    """Turn steps into the difference of two averages of their sums, in place from the last of `warm` on.

    The sum's distance from its average, a step later, is that distance and the step, times 1 - weight. So the
    sum itself, of which a long history takes the last digits, is not needed.
    """
    x, y = warmed(out, warm, fast), warmed(out, warm, slow)
    if warm:
        out[warm - 1] = y - x
    u, v = 1.0 - 2.0 / (fast + 1.0), 1.0 - 2.0 / (slow + 1.0)
    for t in range(warm, out.size):
        x, y = u * (x + out[t]), v * (y + out[t])
        out[t] = y - x


@kernel
def oscillate_four(
    first: Array, second: Array, third: Array, fourth: Array, warm: int, fast: int, slow: int
) -> None:
    """Do so with four rows side by side."""
    ax, ay = warmed(first, warm, fast), warmed(first, warm, slow)
    bx, by = warmed(second, warm, fast), warmed(second, warm, slow)
    cx, cy = warmed(third, warm, fast), warmed(third, warm, slow)
    dx, dy = warmed(fourth, warm, fast), warmed(fourth, warm, slow)
    first[warm - 1], second[warm - 1], third[warm - 1], fourth[warm - 1] = ay - ax, by - bx, cy - cx, dy - dx
    u, v = 1.0 - 2.0 / (fast + 1.0), 1.0 - 2.0 / (slow + 1.0)
    for t in range(warm, first.size):
        a, b, c, d = first[t], second[t], third[t], fourth[t]
        ax, ay = u * (ax + a), v * (ay + a)
        bx, by = u * (bx + b), v * (by + b)
        cx, cy = u * (cx + c), v * (cy + c)
        dx, dy = u * (dx + d), v * (dy + d)
        first[t] = ay - ax
        second[t] = by - bx
        third[t] = cy - cx
        fourth[t] = dy - dx


@kernel
def chaikin(
    high: Array,
    low: Array,
    close: Array,
    volume: Array,
    runs: Runs,
    fast: int,
    slow: int,
    is_seeded: bool,
    out: Array,
    broken: BoolArray,
) -> None:
    """Two averages of the accumulation/distribution line, one less the other; seeded by means or by the first."""
    k = 0
    while k < len(runs):
        count, begin, end = n_alike(runs, k), runs[k, 1], runs[k, 2]
        fill_flows(high, low, close, volume, runs, k, count, out)
        warm = min(max(fast, slow) if is_seeded else 1, end - begin)
        if count == LANES and warm:
            oscillate_four(
                out[runs[k, 0], begin:end],
                out[runs[k + 1, 0], begin:end],
                out[runs[k + 2, 0], begin:end],
                out[runs[k + 3, 0], begin:end],
                warm,
                fast,
                slow,
            )
        else:
            for lane in range(k, k + count):
                oscillate(out[runs[lane, 0], begin:end], warm, fast, slow)
        for lane in range(k, k + count):
            row = runs[lane, 0]
            broken[lane] = begin < end and math.isnan(out[row, end - 1])
            for t in range(begin, min(begin + max(fast, slow) - 1, end)):
                out[row, t] = math.nan
        k += count


@kernel
def force(
    close: Array, volume: Array, runs: Runs, window: int, n_seed: int, out: Array, broken: BoolArray
) -> None:
    """Exponential average of changes times volume, seeded by the mean of the first `n_seed` of them."""
    weight = 2.0 / (window + 1.0)
    for k in range(len(runs)):
        row, begin, end = runs[k, 0], runs[k, 1], runs[k, 2]
        level, total, is_odd = 0.0, 0.0, False
        for t in range(begin, end):
            is_odd = is_odd or math.isnan(close[row, t]) or math.isnan(volume[row, t])
            age = t - begin
            if age:
                pressure = (close[row, t] - close[row, t - 1]) * volume[row, t]
                total += pressure
                level = total / age if age <= n_seed else level + weight * (pressure - level)
            out[row, t] = level if age >= window else math.nan
        broken[k] = is_odd


@kernel
def volume_index(
    close: Array,
    volume: Array,
    runs: Runs,
    side: float,
    start: float,
    is_compound: bool,
    out: Array,
    broken: BoolArray,
) -> None:
    """Index that moves with the close where volume falls (`side` -1) or rises (1), compounded or summed."""
    for k in range(len(runs)):
        row, begin, end = runs[k, 0], runs[k, 1], runs[k, 2]
        level, is_odd = start, False
        for t in range(begin, end):
            last = close[row, t - 1] if t > begin else 0.0
            is_odd = is_odd or math.isnan(close[row, t]) or math.isnan(volume[row, t])
            if last != 0.0 and (volume[row, t] - volume[row, t - 1]) * side > 0.0:
                change = (close[row, t] - last) / last
                level = level * (1.0 + change) if is_compound else level + 100.0 * change
            out[row, t] = level
        broken[k] = is_odd


@kernel
def money_flow_volumes(high: Array, low: Array, close: Array, volume: Array, out: Array) -> None:
    """Fill money flow volumes."""
    for row in range(close.shape[0]):
        flow_steps(high[row], low[row], close[row], volume[row], out[row])
