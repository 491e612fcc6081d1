"""The compiled loops of the momentum indicators: each row is an asset, and is gone through while it is in the cache.

Wilder's averages advance `LANES` assets together, as each step of one waits for the step before; they know nothing of
gaps. Moving windows are taken in stretches of `width` bars, from pieces that
`_window_kernels` puts together, so that each result is made of the bars in its window and of nothing else.
"""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._window_kernels import keep_flat, sum_pieces

__all__ = ["LANES", "N_ROOMS", "N_STATES", "channel_indices", "places", "rates", "strengths", "ultimates"]

LANES = 8
"""Assets in one loop: columns of the state that `strengths` keeps."""

N_STATES = 2
"""Rows of that state."""

N_ROOMS = 10
"""Rows of room that windows need, as long as a stretch and the bars before it."""


@kernel
def fill_nan(out: Array) -> None:
    """Write NaN everywhere."""
    for t in range(out.size):
        out[t] = math.nan


@kernel
def rates(x: Array, window: int, out: Array) -> None:
    """Fill with changes over `window` bars in percent; NaN after a zero."""
    for row in range(x.shape[0]):
        fill_nan(out[row, :window])
        rate(x[row, window:], x[row], out[row, window:])


@kernel
def rate(later: Array, earlier: Array, out: Array) -> None:
    """Compare in percent."""
    for t in range(out.size):
        out[t] = 100.0 * (later[t] - earlier[t]) / earlier[t] if earlier[t] != 0 else math.nan


@kernel
def strengths(x: Array, alpha: float, n_seed: int, is_balance: bool, state: Array, out: Array) -> None:
    """Fill with smoothed gains, or gains less losses, in percent of both; the first `n_seed` changes are averaged."""
    together = x.shape[0] - x.shape[0] % LANES
    for top in range(0, together, LANES):
        for lane in range(LANES):
            begin_strength(x[top + lane], n_seed, is_balance, state[:, lane], out[top + lane])
        advance_strengths(x, top, alpha, n_seed, is_balance, state, out)
    for row in range(together, x.shape[0]):
        begin_strength(x[row], n_seed, is_balance, state[:, 0], out[row])
        advance_strength(x[row], alpha, n_seed, is_balance, state[:, 0], out[row])


@kernel
def begin_strength(x: Array, n_seed: int, is_balance: bool, state: Array, out: Array) -> None:
    """Average the first changes of one row."""
    gains, losses = 0.0, 0.0
    for t in range(1, min(n_seed + 1, x.size)):
        change = x[t] - x[t - 1]
        gain = change if change > 0 else 0.0
        gains += gain
        losses += gain - change
    state[0], state[1] = gains / n_seed, losses / n_seed
    fill_nan(out[:n_seed])
    if n_seed < x.size:
        out[n_seed] = compared(state[0], state[1], is_balance)


@kernel
def compared(gains: float, losses: float, is_balance: bool) -> float:
    """Give gains, or gains less losses, in percent of both."""
    total = gains + losses
    part = gains - losses if is_balance else gains
    return 100.0 * (part / total) if total > 0 else math.nan


@kernel
def next_strength(
    change: float, gains: float, losses: float, known: float, alpha: float, is_balance: bool
) -> tuple[float, float, float]:
    """Go on by one bar; where nothing moves both averages shrink alike, and the value stays exactly what it was."""
    gain = change if change > 0 else 0.0
    gains += (gain - gains) * alpha
    losses += (gain - change - losses) * alpha
    value = compared(gains, losses, is_balance)
    return gains, losses, (known if change == 0 else value)


@kernel
def advance_strengths(
    x: Array, top: int, alpha: float, n_seed: int, is_balance: bool, state: Array, out: Array
) -> None:
    """Go on to the end with several rows."""
    for t in range(n_seed + 1, x.shape[1]):
        for lane in range(LANES):
            row = top + lane
            state[0, lane], state[1, lane], out[row, t] = next_strength(
                x[row, t] - x[row, t - 1], state[0, lane], state[1, lane], out[row, t - 1], alpha, is_balance
            )


@kernel
def advance_strength(x: Array, alpha: float, n_seed: int, is_balance: bool, state: Array, out: Array) -> None:
    """Go on to the end with one row."""
    gains, losses, value = state[0], state[1], math.nan
    if n_seed < x.size:
        value = out[n_seed]
    for t in range(n_seed + 1, x.size):
        gains, losses, value = next_strength(x[t] - x[t - 1], gains, losses, value, alpha, is_balance)
        out[t] = value


@kernel
def has_gap(row: Array) -> bool:
    """Tell whether any observation is missing; counted, as counting goes several at a time."""
    count = 0
    for t in range(row.size):
        count += row[t] != row[t]
    return count > 0


@kernel
def cover_gaps(x: Array, window: int, out: Array) -> None:
    """Write NaN where one of `window` neighbours is missing."""
    n_known = 0
    for t in range(x.size):
        n_known = n_known + 1 if x[t] == x[t] else 0
        if t >= window - 1 and n_known < window:
            out[t - window + 1] = math.nan


@kernel
def highest_of_four(a: Array, b: Array, c: Array, d: Array, n: int, out: Array) -> None:
    """Take the highest of each four."""
    for i in range(n):
        first = a[i] if a[i] > b[i] else b[i]
        second = c[i] if c[i] > d[i] else d[i]
        out[i] = first if first > second else second


@kernel
def lowest_of_four(a: Array, b: Array, c: Array, d: Array, n: int, out: Array) -> None:
    """Take the lowest of each four."""
    for i in range(n):
        first = a[i] if a[i] < b[i] else b[i]
        second = c[i] if c[i] < d[i] else d[i]
        out[i] = first if first < second else second


@kernel
def highest(x: Array, window: int, spare: Array, other: Array, out: Array) -> None:
    """Find the highest of `window` neighbours, from pieces of 4, 16, ... that may overlap; or the gap."""
    piece, size = x, 1
    while 4 * size <= window:
        n = x.size - 4 * size + 1
        highest_of_four(piece, piece[size:], piece[2 * size :], piece[3 * size :], n, spare)
        piece, spare, other = spare, other, spare
        size *= 4
    last = window - size
    second, third = piece[min(size, last) :], piece[min(2 * size, last) :]
    highest_of_four(piece, second, third, piece[last:], x.size - window + 1, out)
    if has_gap(x):
        cover_gaps(x, window, out)


@kernel
def lowest(x: Array, window: int, spare: Array, other: Array, out: Array) -> None:
    """Find the lowest of `window` neighbours, from pieces of 4, 16, ... that may overlap; or the gap."""
    piece, size = x, 1
    while 4 * size <= window:
        n = x.size - 4 * size + 1
        lowest_of_four(piece, piece[size:], piece[2 * size :], piece[3 * size :], n, spare)
        piece, spare, other = spare, other, spare
        size *= 4
    last = window - size
    second, third = piece[min(size, last) :], piece[min(2 * size, last) :]
    lowest_of_four(piece, second, third, piece[last:], x.size - window + 1, out)
    if has_gap(x):
        cover_gaps(x, window, out)


@kernel
def place(top: Array, bottom: Array, close: Array, offset: float, out: Array) -> None:
    """Say where the close stands between bottom and top, in percent, plus an offset."""
    for i in range(out.size):
        spread = top[i] - bottom[i]
        out[i] = 100.0 * (close[i] - bottom[i]) / spread + offset if spread > 0 else math.nan


@kernel
def fill_places(
    high: Array, low: Array, close: Array, window: int, offset: float, width: int, rooms: Array, out: Array
) -> None:
    """Fill a row with places in the range of the last `window` bars."""
    fill_nan(out[: window - 1])
    for start in range(0, close.size - window + 1, width):
        stop = min(start + width + window - 1, close.size)
        highest(high[start:stop], window, rooms[0], rooms[1], rooms[2])
        lowest(low[start:stop], window, rooms[0], rooms[1], rooms[3])
        place(rooms[2], rooms[3], close[start + window - 1 : stop], offset, out[start + window - 1 : stop])


@kernel
def divide(total: Array, divisor: float, n: int, out: Array) -> None:
    """Divide the first `n`."""
    for i in range(n):
        out[i] = total[i] / divisor


@kernel
def fill_means(x: Array, window: int, width: int, rooms: Array, out: Array) -> None:
    """Fill a row with means of the last `window`."""
    fill_nan(out[: window - 1])
    for start in range(0, x.size - window + 1, width):
        stop = min(start + width + window - 1, x.size)
        sum_pieces(x[start:stop], window, rooms[0], rooms[1], rooms[2])
        divide(rooms[2], float(window), stop - start - window + 1, out[start + window - 1 : stop])


@kernel
def places(
    high: Array,
    low: Array,
    close: Array,
    window: int,
    offset: float,
    smooth: int,
    signal: int,
    width: int,
    rooms: Array,
    raw: Array,
    out: Array,
    averages: Array,
) -> None:
    """Fill with places averaged over `smooth` bars, and with their averages over `signal` bars unless that is 0."""
    for row in range(close.shape[0]):
        made = raw if smooth > 1 else out[row]
        fill_places(high[row], low[row], close[row], window, offset, width, rooms, made)
        if smooth > 1:
            fill_means(made, smooth, width, rooms, out[row])
        if signal > 0:
            fill_means(out[row], signal, width, rooms, averages[row])


@kernel
def add_prices(high: Array, low: Array, close: Array, out: Array) -> None:
    """Add three prices up."""
    for i in range(close.size):
        out[i] = high[i] + low[i] + close[i]


@kernel
def multiply(x: Array, factor: float, n: int, out: Array) -> None:
    """Multiply the first `n`, which takes a quarter of the time of a division."""
    for i in range(n):
        out[i] = x[i] * factor


@kernel
def add_deviations(x: Array, mean: Array, n: int, total: Array) -> None:
    """Add distances from the mean."""
    for i in range(n):
        total[i] += abs(x[i] - mean[i])


@kernel
def add_four_deviations(a: Array, b: Array, c: Array, d: Array, mean: Array, n: int, total: Array) -> None:
    """Add four distances from the mean at once, which spares three of four visits to the total."""
    for i in range(n):
        middle = mean[i]
        total[i] += (abs(a[i] - middle) + abs(b[i] - middle)) + (abs(c[i] - middle) + abs(d[i] - middle))


@kernel
def sum_deviations(x: Array, mean: Array, window: int, n: int, out: Array) -> None:
    """Sum the distances of `window` neighbours from their mean."""
    for i in range(n):
        out[i] = 0.0
    whole = window - window % 4
    for place in range(0, whole, 4):
        add_four_deviations(x[place:], x[place + 1 :], x[place + 2 :], x[place + 3 :], mean, n, out)
    for place in range(whole, window):
        add_deviations(x[place:], mean, n, out)


@kernel
def compare_deviations(x: Array, mean: Array, deviations: Array, factor: float, out: Array) -> None:
    """Divide the distance from the mean by a sum of distances, times a factor."""
    for i in range(out.size):
        out[i] = factor * (x[i] - mean[i]) / deviations[i] if deviations[i] > 0 else math.nan


@kernel
def channel_indices(
    high: Array, low: Array, close: Array, window: int, scale: float, width: int, rooms: Array, out: Array
) -> None:
    """Fill with commodity channel indices; three times the typical price does as well as that."""
    before = window - 1
    for row in range(close.shape[0]):
        fill_nan(out[row, :before])
        for start in range(0, close.shape[1] - before, width):
            stop = min(start + width + before, close.shape[1])
            n = stop - start - before
            prices, mean = rooms[3][: stop - start], rooms[4][:n]
            add_prices(high[row, start:stop], low[row, start:stop], close[row, start:stop], prices)
            sum_pieces(prices, window, rooms[0], rooms[1], rooms[2])
            multiply(rooms[2], 1.0 / window, n, mean)
            keep_flat(prices, window, mean)
            sum_deviations(prices, mean, window, n, rooms[5])
            compare_deviations(
                prices[before:], mean, rooms[5], window / scale, out[row, start + before : stop]
            )


@kernel
def pressures(
    high: Array, low: Array, close: Array, before: Array, n: int, gain: Array, reach: Array
) -> None:
    """Give how far the close is above the lower of low and close before, and how far the bar reaches from there."""
    for i in range(n):
        floor = low[i] if low[i] < before[i] else before[i]
        ceiling = high[i] if high[i] > before[i] else before[i]
        gain[i] = close[i] - floor
        reach[i] = ceiling - floor


@kernel
def weigh_shares(
    gains: Array, reaches: Array, more_gains: Array, more: Array, most_gains: Array, most: Array, out: Array
) -> None:
    """Weigh three shares as 4, 2 and 1; NaN where one of them is of nothing."""
    for i in range(out.size):
        shares = 4.0 * (gains[i] / reaches[i]) + 2.0 * (more_gains[i] / more[i]) + most_gains[i] / most[i]
        out[i] = (100.0 / 7.0) * shares if reaches[i] > 0 else math.nan


@kernel
def widen_sums(x: Array, known: Array, n_known: int, window: int, rooms: Array, out: Array) -> None:
    """Sum `window` neighbours, from sums of fewer that are known where that is easy."""
    if 2 * n_known == window:
        later = known[n_known:]
        for i in range(x.size - window + 1):
            out[i] = known[i] + later[i]
    else:
        sum_pieces(x, window, rooms[0], rooms[1], out)


@kernel
def ultimates(
    high: Array, low: Array, close: Array, windows: tuple[int, int, int], width: int, rooms: Array, out: Array
) -> None:
    """Fill with shares of gains in reach over three windows, the shortest first."""
    short, medium, long = windows
    for row in range(close.shape[0]):
        fill_nan(out[row, :long])
        for start in range(0, close.shape[1] - long, width):
            stop = min(start + width + long, close.shape[1])
            n, tops, bottoms = stop - start - 1, high[row, start + 1 : stop], low[row, start + 1 : stop]
            gains, reaches = rooms[2][:n], rooms[3][:n]
            pressures(tops, bottoms, close[row, start + 1 : stop], close[row, start:stop], n, gains, reaches)
            for place, x in ((4, gains), (5, reaches)):
                sum_pieces(x, short, rooms[0], rooms[1], rooms[place])
                widen_sums(x, rooms[place], short, medium, rooms, rooms[place + 2])
                widen_sums(x, rooms[place + 2], medium, long, rooms, rooms[place + 4])
            weigh_shares(
                rooms[4][long - short :],
                rooms[5][long - short :],
                rooms[6][long - medium :],
                rooms[7][long - medium :],
                rooms[8],
                rooms[9],
                out[row, start + long : stop],
            )
