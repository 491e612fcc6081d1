"""The loop that gathers swings in levels, for compilation."""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel

__all__ = ["nearest_levels"]

PRICE, TOUCHES, LAST = range(3)  # rows of what is known of levels


@kernel
def forget(levels: Array, n_levels: int, before: float) -> int:
    """Drop levels that were last touched before a bar, and count those left."""
    kept = 0
    for i in range(n_levels):
        if levels[LAST, i] >= before:
            for field in range(3):
                levels[field, kept] = levels[field, i]
            kept += 1
    return kept


@kernel
def touch(levels: Array, n_levels: int, price: float, bar: int, tolerance: float) -> int:
    """Let a swing move the nearest level to the mean of its swings, or make one of its own; count them."""
    nearest, distance = -1, math.inf
    for i in range(n_levels):
        apart = abs(price - levels[PRICE, i])
        if apart < distance and apart <= tolerance * abs(levels[PRICE, i]):
            nearest, distance = i, apart
    if nearest < 0:
        levels[PRICE, n_levels], levels[TOUCHES, n_levels], levels[LAST, n_levels] = price, 1.0, bar
        return n_levels + 1
    levels[TOUCHES, nearest] += 1.0
    levels[PRICE, nearest] += (price - levels[PRICE, nearest]) / levels[TOUCHES, nearest]
    levels[LAST, nearest] = bar
    return n_levels


@kernel
def nearest_levels(
    tops: Array,
    bottoms: Array,
    close: Array,
    tolerance: float,
    touches: int,
    memory: int,
    levels: Array,
    support: Array,
    resistance: Array,
    support_touches: Array,
    resistance_touches: Array,
) -> None:
    """Fill the levels next to each close, and how many swings made them."""
    for row in range(close.shape[0]):
        n_levels = 0
        for t in range(close.shape[1]):
            n_levels = forget(levels, n_levels, t - memory + 1.0)
            if not math.isnan(tops[row, t]):
                n_levels = touch(levels, n_levels, tops[row, t], t, tolerance)
            if not math.isnan(bottoms[row, t]):
                n_levels = touch(levels, n_levels, bottoms[row, t], t, tolerance)
            below, above, n_below, n_above = -math.inf, math.inf, math.nan, math.nan
            for i in range(n_levels):
                price = levels[PRICE, i]
                if levels[TOUCHES, i] < touches:
                    continue
                if below < price <= close[row, t]:
                    below, n_below = price, levels[TOUCHES, i]
                elif close[row, t] < price < above:
                    above, n_above = price, levels[TOUCHES, i]
            support[row, t] = math.nan if math.isnan(n_below) else below
            resistance[row, t] = math.nan if math.isnan(n_above) else above
            support_touches[row, t], resistance_touches[row, t] = n_below, n_above
