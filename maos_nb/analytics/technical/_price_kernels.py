"""One reading of all prices, which tells whether any bar needs a closer look."""

from __future__ import annotations

import math

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel

__all__ = ["n_odd_bars", "n_odd_volumes"]

INFINITE = math.inf


@kernel
def n_odd_bars(high: Array, low: Array, price: Array) -> int:
    """Count what contradicts itself or is infinite; gaps are not counted."""
    count = 0
    for row in range(high.shape[0]):
        highs, lows, prices = high[row], low[row], price[row]
        for t in range(highs.size):
            is_odd = (highs[t] < lows[t]) | (highs[t] < prices[t]) | (prices[t] < lows[t])
            is_odd |= (abs(highs[t]) == INFINITE) | (abs(lows[t]) == INFINITE) | (abs(prices[t]) == INFINITE)
            count += is_odd
    return count


@kernel
def n_odd_volumes(volume: Array) -> int:
    """Count volumes that are infinite or negative."""
    count = 0
    for row in range(volume.shape[0]):
        volumes = volume[row]
        for t in range(volumes.size):
            count += (volumes[t] < 0.0) | (volumes[t] == INFINITE)
    return count
