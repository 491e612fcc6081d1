"""Loops of the volume indicators over whole histories, for compilation: windows, sessions and bins."""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._kernels import kernel

__all__ = ["average_price", "eases", "money_flow", "profile"]

SKIP, RESET, PROPAGATE = range(3)  # as `_indicator.NAN_RULES` counts them

ROUNDING = (
    1e-14  # of a typical price: more than the last digits of equal ones differ by, and less than a tick
)


@kernel
def eases(high: Array, low: Array, volume: Array, scale: float, out: Array) -> None:
    """Fill moves of the middle of the range times the range, divided by volume."""
    for row in range(high.shape[0]):
        if high.shape[1]:
            out[row, 0] = math.nan
        for t in range(1, high.shape[1]):
            move = (high[row, t] + low[row, t]) / 2.0 - (high[row, t - 1] + low[row, t - 1]) / 2.0
            ease = move * (high[row, t] - low[row, t]) * (scale / volume[row, t])
            out[row, t] = math.nan if volume[row, t] == 0.0 else ease


@kernel
def average_price(
    high: Array, low: Array, close: Array, volume: Array, starts: BoolArray, first: int, rule: int, out: Array
) -> None:
    """Volume-weighted average price from `first` on, anew at each of `starts`; gaps by their rule."""
    for row in range(close.shape[0]):
        money, amount, is_begun, is_ended = 0.0, 0.0, False, False
        for t in range(close.shape[1]):
            if starts[t] or t <= first:
                money, amount, is_begun, is_ended = 0.0, 0.0, False, False
            typical = (high[row, t] + low[row, t] + close[row, t]) / 3.0
            if math.isnan(typical) or math.isnan(volume[row, t]):
                is_ended = is_ended or (is_begun and rule == PROPAGATE)
                if rule == RESET:
                    money, amount = 0.0, 0.0
                out[row, t] = math.nan
                continue
            is_begun = True
            money += typical * volume[row, t]
            amount += volume[row, t]
            is_known = t >= first and not is_ended and amount > 0.0
            out[row, t] = money / amount if is_known else math.nan


@kernel
def profile(high: Array, low: Array, volume: Array, bottom: Array, width: Array, counts: Array) -> None:
    """Spread each bar's volume evenly over its range, into bins of equal width."""
    n_bins = counts.shape[1]
    for row in range(high.shape[0]):
        for t in range(high.shape[1]):
            if math.isnan(high[row, t] + low[row, t] + volume[row, t]):
                continue
            begin = (low[row, t] - bottom[row]) / width[row]
            end = (high[row, t] - bottom[row]) / width[row]
            first = min(max(int(begin), 0), n_bins - 1)
            last = min(max(int(end), first), n_bins - 1)
            if last == first:
                counts[row, first] += volume[row, t]
                continue
            each = volume[row, t] / (end - begin)
            for k in range(first, last + 1):
                counts[row, k] += each * (min(end, k + 1.0) - max(begin, float(k)))


@kernel
def fill_money_flows(
    high: Array, low: Array, close: Array, volume: Array, typical: Array, rise: Array, fall: Array
) -> None:
    """Fill typical price times volume where the typical price rose, and where it fell; NaN at and after gaps."""
    for t in range(close.size):
        typical[t] = (high[t] + low[t] + close[t]) / 3.0
    for t in range(1, close.size):
        flow, change = typical[t] * volume[t], typical[t] - typical[t - 1]
        flow += 0.0 * change
        least = ROUNDING * (abs(typical[t]) + abs(typical[t - 1]))
        rise[t] = flow * (change > least)
        fall[t] = flow * (change < -least)


@kernel
def add(x: Array, y: Array, out: Array) -> None:
    """Fill the sum of two rows."""
    for t in range(out.size):
        out[t] = x[t] + y[t]


@kernel
def add_to(out: Array, x: Array) -> None:
    """Add a row."""
    for t in range(out.size):
        out[t] += x[t]


@kernel
def sum_windows(x: Array, window: int, spare: Array, total: Array) -> None:
    """Sum windows of a row, which is overwritten; sums before ``window - 1`` are of no use.

    They are put together from pieces of 1, 2, 4, ... bars: what has left a window leaves no rounding error.
    """
    n, size, covered, is_spare = x.size, 1, 0, False
    while True:
        piece, longer = (spare, x) if is_spare else (x, spare)
        if window & size:
            if covered:
                add_to(total[covered:], piece[: n - covered])
            else:
                for t in range(n):
                    total[t] = piece[t]
            covered += size
        if covered == window:
            return
        add(piece[size:], piece[: n - size], longer[size:])
        is_spare, size = not is_spare, 2 * size


@kernel
def money_flow(
    high: Array, low: Array, close: Array, volume: Array, window: int, scratch: Array, out: Array
) -> None:
    """Money flow index; scratch holds five rows, and takes a history in pieces as long as it is wide."""
    n, width = close.shape[1], scratch.shape[1]
    for row in range(close.shape[0]):
        for t in range(min(window, n)):
            out[row, t] = math.nan
        for begin in range(0, n - window, width - window):
            end = min(begin + width, n)
            rise, fall = scratch[0, : end - begin], scratch[1, : end - begin]
            spare = scratch[2, : end - begin]
            rises, falls = scratch[3, : end - begin], scratch[4, : end - begin]
            fill_money_flows(
                high[row, begin:end],
                low[row, begin:end],
                close[row, begin:end],
                volume[row, begin:end],
                spare,
                rise,
                fall,
            )
            sum_windows(rise[1:], window, spare[1:], rises[1:])
            sum_windows(fall[1:], window, spare[1:], falls[1:])
            result = out[row, begin:end]
            for t in range(window, end - begin):
                result[t] = 100.0 * (rises[t] / (rises[t] + falls[t]))
