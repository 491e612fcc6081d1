"""The compiled loops of highs and lows of moving windows: two pieces of doubling size, which may overlap."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._kernels import kernel

__all__ = ["fill_ages", "fill_extremes"]


@kernel
def fill_extremes(x: Array, window: int, width: int, rooms: Array, out: Array, sign: float) -> None:
    """Fill with highest values, or with a `sign` of -1 lowest."""
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        for start in range(0, x.shape[1] - window + 1, width):
            stop = min(start + width + window - 1, x.shape[1])
            known, target, piece, spare = (
                x[row, start:stop],
                out[row, start + window - 1 : stop],
                rooms[0],
                rooms[1],
            )
            for i in range(known.size):
                piece[i] = sign * known[i]
            size = 1
            while 2 * size <= window:
                higher(piece, piece[size:], known.size - 2 * size + 1, spare)
                piece, spare = spare, piece
                size *= 2
            # Two pieces that overlap make the window: extremes do not mind.
            higher(piece, piece[window - size :], target.size, spare)
            for i in range(target.size):
                target[i] = sign * spare[i]


@kernel
def higher(older: Array, newer: Array, n: int, out: Array) -> None:
    """Take the higher of each pair, or the gap."""
    for i in range(n):
        out[i] = older[i] if older[i] >= newer[i] or older[i] != older[i] else newer[i]


@kernel
def fill_ages(
    x: Array, window: int, width: int, rooms: Array, out: Array, sign: float, is_latest: bool
) -> None:
    """Fill with the number of observations since the highest, or with a `sign` of -1 the lowest."""
    for row in range(x.shape[0]):
        out[row, : window - 1] = np.nan
        for start in range(0, x.shape[1] - window + 1, width):
            stop = min(start + width + window - 1, x.shape[1])
            known, target = x[row, start:stop], out[row, start + window - 1 : stop]
            best, age, spare, spare_age = rooms[0], rooms[1], rooms[2], rooms[3]
            for i in range(known.size):
                best[i], age[i] = sign * known[i], 0.0
            size, n = 1, known.size
            while 2 * size <= window:
                keep_age(
                    best, age, best[size:], age[size:], size, is_latest, n - 2 * size + 1, spare, spare_age
                )
                best, age, spare, spare_age = spare, spare_age, best, age
                size *= 2
            later = window - size
            keep_age(best, age, best[later:], age[later:], later, is_latest, target.size, spare, spare_age)
            for i in range(target.size):
                target[i] = spare_age[i] if spare[i] == spare[i] else np.nan


@kernel
def keep_age(
    best: Array,
    age: Array,
    newer: Array,
    newer_age: Array,
    later: int,
    is_latest: bool,
    n: int,
    out: Array,
    out_age: Array,
) -> None:
    """Take the better of each pair and its age, or the gap."""
    for i in range(n):
        is_newer = newer[i] > best[i] or (is_latest and newer[i] == best[i]) or newer[i] != newer[i]
        out[i] = newer[i] if is_newer else best[i]
        out_age[i] = newer_age[i] if is_newer else age[i] + later
