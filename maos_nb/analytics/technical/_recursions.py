"""Averages that go on from their own last value: exponential, Wilder's, and with a rate of its own at each bar.

All functions take ``x (n_assets, n_observations)`` and fill `out` of that shape, which they also return; without one
they make it; `out` may not be `x`. Observations begin at each asset's first number: gaps before it are no gaps. `rule`
is the number of a rule for gaps (`_indicator.as_nan_rule`), and a gap is NaN by all of them: ``"skip"`` goes on after
it as if the bar had not been, ``"reset"`` seeds anew from the observations after it, ``"propagate"`` ends there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.technical import _chain_kernels as chains
from maos_nb.analytics.technical import _recursion_kernels as kernels
from maos_nb.errors import InputError

__all__ = ["Seed", "chain", "ema", "ema_alpha", "in_blocks", "n_seed", "smooth", "smooth_at_rates", "wilder"]

_BLOCK = 40_000
"""Observations of assets that are taken through all steps of an indicator together: 320 KB an array."""

Seed: TypeAlias = Literal["sma", "first"]
"""What an average starts from: the mean of the first `window` observations, or the first of them."""


def n_seed(window: int, seed: str) -> int:
    """Give the number of observations in the mean that an average starts from."""
    if seed not in get_args(Seed):
        raise InputError("seed", f"expected {' or '.join(map(repr, get_args(Seed)))}, got {seed!r}")
    return window if seed == "sma" else 1


def ema_alpha(window: int) -> float:
    """Give the share of the way that an exponential average moves."""
    return 2.0 / (window + 1.0)


def smooth(x: Array, alpha: float, n_first: int, rule: int, out: Array | None = None) -> Array:
    """Move by `alpha` of the way to each observation; start from the mean of the first `n_first`, NaN before.

    Equal observations give exactly their value.
    """
    out = np.empty(x.shape) if out is None else out
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.smooth_rows(x, alpha, n_first, rule, out)
    return out


def ema(x: Array, window: int, rule: int, out: Array | None = None, *, seed: str = "sma") -> Array:
    """Smooth with ``2 / (window + 1)``."""
    return smooth(x, ema_alpha(window), n_seed(window, seed), rule, out)


def wilder(x: Array, window: int, rule: int, out: Array | None = None, *, seed: str = "sma") -> Array:
    """Smooth with ``1 / window``; times `window` it is Wilder's sum."""
    return smooth(x, 1.0 / window, n_seed(window, seed), rule, out)


def chain(
    x: Array, alpha: float, n_first: int, weights: tuple[float, ...], rule: int, out: Array | None = None
) -> Array:
    """Smooth, smooth that, and so on: as many times as there are weights, two, three or six; and combine.

    The result is the first average, of six the third, and of the step from there to each average so much as its weight.
    """
    out = np.empty(x.shape) if out is None else out
    with np.errstate(invalid="ignore", over="ignore"):
        chains.chain_rows(x, alpha, n_first, np.array(weights), rule, np.empty(chains.N_STATES), out)
    return out


def smooth_at_rates(x: Array, rates: Array, start: Array, rule: int, out: Array | None = None) -> Array:
    """Move by `rates` of the way to each observation.

    The average starts from the number in `start` wherever it has none of its own, at the first bar with a rate: there
    it already moves from that start. A bar without a rate, an observation or a start is a gap, NaN by any rule.
    """
    out = np.empty(x.shape) if out is None else out
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.smooth_rows_at_rates(x, rates, start, rule, out)
    return out


def in_blocks(shape: tuple[int, int], n_rooms: int) -> Iterator[tuple[slice, Array]]:
    """Give some assets at a time, so that an indicator of several steps finds its intermediate results in the cache.

    Yields
    ------
    slice
        Some rows of ``(n_assets, n_observations)``.
    ndarray, shape (n_rooms, rows, n_observations)
        Room for intermediate results, the same each time.
    """
    n_assets, n_observations = shape
    n_rows = max(kernels.N_LANES, _BLOCK // max(n_observations, 1) // kernels.N_LANES * kernels.N_LANES)
    rooms = np.empty((n_rooms, min(n_rows, n_assets), n_observations))
    for row in range(0, n_assets, n_rows):
        yield slice(row, row + n_rows), rooms[:, : n_assets - row]
