"""The compiled loops of averages that go on from their own last value.

Each step waits for the one before, and a processor could do several at the same time: so eight assets are advanced
together from where all of them have begun. A gap makes all that follows NaN there, by which it is noticed at the end;
the few assets that have one are done again, one by one, by the rule.
"""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel
from maos_nb.analytics.technical._indicator import NAN_RULES

__all__ = ["N_LANES", "smooth_rows", "smooth_rows_at_rates"]

RESET, PROPAGATE = NAN_RULES["reset"], NAN_RULES["propagate"]
N_LANES = 8


@kernel
def smooth_rows(x: Array, alpha: float, n_first: int, rule: int, out: Array) -> None:
    """Fill with averages seeded by the mean of the first observations."""
    n_assets, n = x.shape
    done = n_assets - n_assets % N_LANES if n > 0 else 0
    for row in range(0, done, N_LANES):
        common = 0
        for lane in range(row, row + N_LANES):
            begun = begin(x[lane], n_first, out[lane])
            common = max(common, begun if begun < n else 0)
        for lane in range(row, row + N_LANES):
            advance(x[lane], alpha, common, out[lane])
        smooth_eight(x[row : row + N_LANES], alpha, common, out[row : row + N_LANES])
        for lane in range(row, row + N_LANES):
            if out[lane, n - 1] != out[lane, n - 1]:
                smooth_row(x[lane], alpha, n_first, rule, out[lane])
    for row in range(done, n_assets):
        smooth_row(x[row], alpha, n_first, rule, out[row])


@kernel
def begin(x: Array, n_first: int, out: Array) -> int:
    """Fill up to the first average and tell where it stands; if there is none without a gap, the end."""
    first = 0
    while first < x.size and x[first] != x[first]:
        first += 1
    place = first + n_first - 1
    seed = mean_of(x[first : place + 1]) if place < x.size else np.nan
    if seed != seed:
        out[:] = np.nan
        return x.size
    out[:place] = np.nan
    out[place] = seed
    return place


@kernel
def mean_of(x: Array) -> float:
    """Give the mean; of equal observations exactly their value."""
    total, is_flat = 0.0, True
    for i in range(x.size):
        total += x[i]
        is_flat = is_flat and x[i] == x[0]
    return x[0] if is_flat else total / x.size


@kernel
def advance(x: Array, alpha: float, stop: int, out: Array) -> None:
    """Go on from the first average up to a place."""
    first = 0
    while first < stop and out[first] != out[first]:
        first += 1
    value = out[first]
    for t in range(first + 1, stop + 1):
        value += alpha * (x[t] - value)
        out[t] = value


@kernel
def smooth_eight(x: Array, alpha: float, start: int, out: Array) -> None:
    """Go on from a place to the end with eight assets."""
    a, b, c, d = out[0, start], out[1, start], out[2, start], out[3, start]
    e, f, g, h = out[4, start], out[5, start], out[6, start], out[7, start]
    for t in range(start + 1, x.shape[1]):
        a += alpha * (x[0, t] - a)
        b += alpha * (x[1, t] - b)
        c += alpha * (x[2, t] - c)
        d += alpha * (x[3, t] - d)
        e += alpha * (x[4, t] - e)
        f += alpha * (x[5, t] - f)
        g += alpha * (x[6, t] - g)
        h += alpha * (x[7, t] - h)
        out[0, t], out[1, t], out[2, t], out[3, t] = a, b, c, d
        out[4, t], out[5, t], out[6, t], out[7, t] = e, f, g, h


@kernel
def smooth_row(x: Array, alpha: float, n_first: int, rule: int, out: Array) -> None:
    """Do one asset by the rule for gaps."""
    value, first, is_flat, n_known = 0.0, 0.0, True, 0
    for t in range(x.size):
        out[t] = np.nan
        if x[t] != x[t]:
            if n_known > 0 and rule == PROPAGATE:
                out[t:] = np.nan
                return
            n_known = 0 if rule == RESET else n_known
            continue
        n_known += 1
        if n_known == 1:
            value, first, is_flat = 0.0, x[t], True
        if n_known > n_first:
            value += alpha * (x[t] - value)
        else:  # a sum until the seed is complete
            value += x[t]
            is_flat = is_flat and x[t] == first
            if n_known == n_first:
                value = first if is_flat else value / n_first
        if n_known >= n_first:
            out[t] = value


@kernel
def smooth_rows_at_rates(x: Array, rates: Array, start: Array, rule: int, out: Array) -> None:
    """Fill with averages that move at a rate of each bar."""
    n_assets, n = x.shape
    done = n_assets - n_assets % 4 if n > 0 else 0
    for row in range(0, done, 4):
        common = 0
        for lane in range(row, row + 4):
            begun = begin_at_rates(x[lane], rates[lane], start[lane], out[lane])
            common = max(common, begun if begun < n else 0)
        for lane in range(row, row + 4):
            advance_at_rates(x[lane], rates[lane], common, out[lane])
        smooth_four_at_rates(x[row : row + 4], rates[row : row + 4], common, out[row : row + 4])
        for lane in range(row, row + 4):
            if out[lane, n - 1] != out[lane, n - 1]:
                smooth_row_at_rates(x[lane], rates[lane], start[lane], rule, out[lane])
    for row in range(done, n_assets):
        smooth_row_at_rates(x[row], rates[row], start[row], rule, out[row])


@kernel
def begin_at_rates(x: Array, rates: Array, start: Array, out: Array) -> int:
    """Fill up to the first average and tell where it stands; if there is none, the end."""
    for t in range(x.size):
        out[t] = start[t] + rates[t] * (x[t] - start[t])
        if out[t] == out[t]:
            return t
    return x.size


@kernel
def advance_at_rates(x: Array, rates: Array, stop: int, out: Array) -> None:
    """Go on from the first average up to a place."""
    first = 0
    while first < stop and out[first] != out[first]:
        first += 1
    value = out[first]
    for t in range(first + 1, stop + 1):
        value += rates[t] * (x[t] - value)
        out[t] = value


@kernel
def smooth_four_at_rates(x: Array, rates: Array, start: int, out: Array) -> None:
    """Go on from a place to the end with four assets."""
    a, b, c, d = out[0, start], out[1, start], out[2, start], out[3, start]
    for t in range(start + 1, x.shape[1]):
        a += rates[0, t] * (x[0, t] - a)
        b += rates[1, t] * (x[1, t] - b)
        c += rates[2, t] * (x[2, t] - c)
        d += rates[3, t] * (x[3, t] - d)
        out[0, t], out[1, t], out[2, t], out[3, t] = a, b, c, d


@kernel
def smooth_row_at_rates(x: Array, rates: Array, start: Array, rule: int, out: Array) -> None:
    """Do one asset by the rule for gaps."""
    value, is_begun = np.nan, False
    for t in range(x.size):
        out[t] = np.nan
        known = value if is_begun else start[t]
        moved = known + rates[t] * (x[t] - known)
        if moved == moved:
            value, is_begun = moved, True
            out[t] = moved
        elif is_begun and rule == PROPAGATE:
            out[t:] = np.nan
            return
        elif rule == RESET:
            is_begun = False
