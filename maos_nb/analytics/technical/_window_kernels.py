"""The compiled loops of moving windows: pieces of doubling size, put together by the binary digits of the window.

Inside, what stands at place ``i`` is known of the observations from ``i`` on; each loop runs over neighbours that do
not depend on each other, and on arrays that do not overlap, so that compilers take several at a time.
"""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel

__all__ = [
    "fill_dots",
    "fill_efficient_rates",
    "fill_sums",
    "fill_triangular_means",
    "fill_variances",
    "fill_weighted_means",
    "keep_flat",
    "spread_pieces",
    "sum_pieces",
]


@kernel
def fill_sums(x: Array, window: int, width: int, rooms: Array, out: Array, is_mean: bool) -> None:
    """Fill with sums, or means."""
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        for start in range(0, x.shape[1] - window + 1, width):
            stop = min(start + width + window - 1, x.shape[1])
            known, target, total = x[row, start:stop], out[row, start + window - 1 : stop], rooms[2]
            sum_pieces(known, window, rooms[0], rooms[1], total)
            if is_mean:
                divide(total, float(window), target)
                keep_flat(known, window, target)
            else:
                copy(total, target.size, target)


@kernel
def fill_triangular_means(
    x: Array, window: int, width: int, rooms: Array, out: Array, first: int, second: int
) -> None:
    """Fill with means of means."""
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        for start in range(0, x.shape[1] - window + 1, width):
            stop = min(start + width + window - 1, x.shape[1])
            known, target, total = x[row, start:stop], out[row, start + window - 1 : stop], rooms[3]
            sum_pieces(known, first, rooms[0], rooms[1], rooms[2])
            sum_pieces(rooms[2, : known.size - first + 1], second, rooms[0], rooms[1], total)
            divide(total, float(first * second), target)
            keep_flat(known, window, target)


@kernel
def fill_efficient_rates(
    x: Array, window: int, width: int, rooms: Array, out: Array, fastest: float, slowest: float
) -> None:
    """Fill with the squares by which Kaufman's average moves; the window is of changes, and has one price more."""
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        for start in range(0, x.shape[1] - window + 1, width):
            stop = min(start + width + window - 1, x.shape[1])
            known, target, total = x[row, start:stop], out[row, start + window - 1 : stop], rooms[3]
            distances = rooms[2, : known.size - 1]
            distance(known, known[1:], distances)
            sum_pieces(distances, window - 1, rooms[0], rooms[1], total)
            distance(known, known[window - 1 :], target)
            for i in range(target.size):
                # Sums are rounded, and nothing goes straighter than straight; where nothing moved, it is straight too.
                efficiency = target[i] / max(total[i], target[i]) if total[i] != 0.0 else 1.0
                rate = efficiency * (fastest - slowest) + slowest
                target[i] = rate * rate


@kernel
def distance(x: Array, later: Array, out: Array) -> None:
    """Fill with changes without their signs."""
    for i in range(out.size):
        out[i] = abs(later[i] - x[i])


@kernel
def sum_pieces(x: Array, window: int, piece: Array, spare: Array, total: Array) -> None:
    """Sum `window` neighbours."""
    n, covered, size, rest = x.size, window & 3, 4, window >> 2
    older, is_waiting = piece, False
    if covered:
        join(x, 1, covered, n - covered + 1, total)
    if rest:
        join(x, 1, 4, n - 3, piece)
    while rest:
        digit, rest = rest & 3, rest >> 2
        n_left = n - covered - digit * size + 1
        if digit == 1 and covered == 0 and rest:
            older, is_waiting = piece, True  # not overwritten before the next larger piece is there
        elif is_waiting:
            join_both(older, piece[covered:], size, digit, n_left, total)
            is_waiting = False
        elif covered:
            join_to(total, piece[covered:], size, digit, n_left)
        else:
            join(piece, size, digit, n_left, total)
        covered += digit * size
        if rest:
            join(piece, size, 4, n - 4 * size + 1, spare)
            piece, spare, size = spare, piece, 4 * size


@kernel
def join(piece: Array, size: int, times: int, n: int, out: Array) -> None:
    """Sum up to four pieces, one after the other."""
    second, third, fourth = piece[size:], piece[2 * size :], piece[3 * size :]
    if times == 1:
        for i in range(n):
            out[i] = piece[i]
    elif times == 2:
        for i in range(n):
            out[i] = piece[i] + second[i]
    elif times == 3:
        for i in range(n):
            out[i] = piece[i] + second[i] + third[i]
    elif times == 4:
        for i in range(n):
            out[i] = (piece[i] + second[i]) + (third[i] + fourth[i])


@kernel
def join_both(older: Array, piece: Array, size: int, times: int, n: int, out: Array) -> None:
    """Sum an older piece and up to three more."""
    second, third = piece[size:], piece[2 * size :]
    if times == 0:
        copy(older, n, out)
    elif times == 1:
        for i in range(n):
            out[i] = older[i] + piece[i]
    elif times == 2:
        for i in range(n):
            out[i] = older[i] + (piece[i] + second[i])
    else:
        for i in range(n):
            out[i] = older[i] + (piece[i] + second[i] + third[i])


@kernel
def join_to(total: Array, piece: Array, size: int, times: int, n: int) -> None:
    """Add up to three pieces."""
    second, third = piece[size:], piece[2 * size :]
    if times == 1:
        for i in range(n):
            total[i] += piece[i]
    elif times == 2:
        for i in range(n):
            total[i] += piece[i] + second[i]
    elif times == 3:
        for i in range(n):
            total[i] += piece[i] + second[i] + third[i]


@kernel
def copy(x: Array, n: int, out: Array) -> None:
    """Copy the first `n`."""
    for i in range(n):
        out[i] = x[i]


@kernel
def divide(x: Array, divisor: float, out: Array) -> None:
    """Fill with quotients."""
    for i in range(out.size):
        out[i] = x[i] / divisor


@kernel
def keep_flat(x: Array, window: int, out: Array) -> None:
    """Put the value itself where all in the window are equal: a sum divided by their number may miss a last digit."""
    n_same, later = 0, x[1:]
    for i in range(later.size):
        n_same += x[i] == later[i]
    if n_same < window - 1:
        return
    run = 1
    for i in range(x.size):
        run = run + 1 if i > 0 and x[i] == x[i - 1] else 1
        if run >= window:
            out[i - window + 1] = x[i]


@kernel
def fill_weighted_means(x: Array, window: int, width: int, rooms: Array, out: Array) -> None:
    """Fill with means of weights 1 to `window`."""
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        for start in range(0, x.shape[1] - window + 1, width):
            stop = min(start + width + window - 1, x.shape[1])
            known, target, total = x[row, start:stop], out[row, start + window - 1 : stop], rooms[4]
            weighted_pieces(known, window, rooms[0], rooms[1], rooms[2], rooms[3], total)
            divide(total, window * (window + 1) / 2, target)
            keep_flat(known, window, target)


@kernel
def weighted_pieces(
    x: Array, window: int, sums: Array, weighted: Array, spare_sums: Array, spare: Array, total: Array
) -> None:
    """Sum `window` neighbours, weighted by 1 to `window`."""
    # In a pair of pieces each weight of the newer one is larger by the size of the older.
    n, covered, size, rest = x.size, window & 3, 4, window >> 2
    if covered:
        join_weighted(x, x, 1, covered, n - covered + 1, total)
    if rest:
        join_weighted(x, x, 1, 4, n - 3, weighted)
        join(x, 1, 4, n - 3, sums)
    while rest:
        digit = rest & 3
        for _ in range(digit):
            n_left = n - covered - size + 1
            if covered:
                add_weighted(total, weighted[covered:], sums[covered:], float(covered), n_left)
            else:
                copy(weighted, n_left, total)
            covered += size
        rest >>= 2
        if rest:
            n_left = n - 4 * size + 1
            join_weighted(weighted, sums, size, 4, n_left, spare)
            join(sums, size, 4, n_left, spare_sums)
            sums, weighted, spare_sums, spare, size = spare_sums, spare, sums, weighted, 4 * size


@kernel
def join_weighted(piece: Array, sums: Array, size: int, times: int, n: int, out: Array) -> None:
    """Sum up to four weighted pieces, one after the other."""
    second, third, fourth, more = piece[size:], piece[2 * size :], piece[3 * size :], float(size)
    sum_2, sum_3, sum_4 = sums[size:], sums[2 * size :], sums[3 * size :]
    if times == 1:
        for i in range(n):
            out[i] = piece[i]
    elif times == 2:
        for i in range(n):
            out[i] = piece[i] + (second[i] + more * sum_2[i])
    elif times == 3:
        for i in range(n):
            out[i] = piece[i] + second[i] + third[i] + more * (sum_2[i] + 2.0 * sum_3[i])
    else:
        for i in range(n):
            heavier = sum_2[i] + 2.0 * sum_3[i] + 3.0 * sum_4[i]
            out[i] = (piece[i] + second[i]) + (third[i] + fourth[i]) + more * heavier


@kernel
def add_weighted(total: Array, piece: Array, sums: Array, covered: float, n: int) -> None:
    """Add a newer weighted piece."""
    for i in range(n):
        total[i] += piece[i] + covered * sums[i]


@kernel
def fill_dots(x: Array, weights: Array, out: Array) -> None:
    """Fill with sums of observations times weights."""
    window = weights.size
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        target = out[row, window - 1 :]
        for i in range(target.size):
            target[i] = weights[0] * x[row, i]
        for place in range(1, window):
            later, weight = x[row, place:], weights[place]
            for i in range(target.size):
                target[i] += weight * later[i]


@kernel
def fill_variances(x: Array, window: int, width: int, rooms: Array, out: Array, divisor: float) -> None:
    """Fill with sums of squared deviations over a divisor."""
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        for start in range(0, x.shape[1] - window + 1, width):
            stop = min(start + width + window - 1, x.shape[1])
            target = out[row, start + window - 1 : stop]
            spread = rooms[5]
            spread_pieces(
                x[row, start:stop], window, rooms[0], rooms[1], rooms[2], rooms[3], rooms[4], spread
            )
            for i in range(target.size):
                target[i] = spread[i] / divisor


@kernel
def spread_pieces(
    x: Array,
    window: int,
    mean: Array,
    spread: Array,
    spare_mean: Array,
    spare: Array,
    whole_mean: Array,
    whole: Array,
) -> None:
    """Sum squared deviations of `window` neighbours."""
    n = x.size
    for i in range(n):
        mean[i] = x[i]
        spread[i] = x[i] - x[i]
    covered, size = 0, 1
    while covered < window:
        if window & size:
            if covered:
                add_spread(whole_mean, whole, covered, mean[covered:], spread[covered:], size, n)
            else:
                copy(mean, n - size + 1, whole_mean)
                copy(spread, n - size + 1, whole)
            covered += size
        if covered < window:
            double_spread(mean, spread, size, mean[size:], spread[size:], n, spare_mean, spare)
            mean, spread, spare_mean, spare = spare_mean, spare, mean, spread
            size *= 2


@kernel
def add_spread(
    whole_mean: Array, whole: Array, covered: int, mean: Array, spread: Array, size: int, n: int
) -> None:
    """Add a newer piece to the whole."""
    share = size / (covered + size)
    weight = covered * share
    for i in range(n - covered - size + 1):
        step = mean[i] - whole_mean[i]
        whole_mean[i] += step * share
        whole[i] += spread[i] + step * step * weight


@kernel
def double_spread(
    mean: Array,
    spread: Array,
    size: int,
    later_mean: Array,
    later: Array,
    n: int,
    out_mean: Array,
    out: Array,
) -> None:
    """Merge neighbours of one size."""
    weight = 0.5 * size
    for i in range(n - 2 * size + 1):
        step = later_mean[i] - mean[i]
        out_mean[i] = mean[i] + 0.5 * step
        out[i] = spread[i] + later[i] + step * step * weight
