"""Sums, means, deviations and extremes over moving windows.

A window is put together from pieces of 1, 2, 4, 8, ... observations, each made of two of half its size. So every
result is made of the observations in its window and of nothing else: no running sum keeps the rounding error of a
huge value after it has left, a gap (NaN) is felt only while it is inside the window, the number of operations
grows with the logarithm of the window, and neighbours are worked on by one instruction. Histories are cut so that
what a step needs stays in the first-level cache.

All functions take ``x (n_assets, n_observations)`` and fill `out` of that shape, which they also return; without one
they make it. The first ``window - 1`` results of each asset are NaN, all of them where the window is longer than the
observations. `out` may not be `x`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.technical import _extreme_kernels as extremes
from maos_nb.analytics.technical import _window_kernels as kernels

__all__ = [
    "efficient_rates",
    "rolling_argmax",
    "rolling_argmin",
    "rolling_dot",
    "rolling_max",
    "rolling_mean",
    "rolling_min",
    "rolling_sum",
    "rolling_triangular_mean",
    "rolling_variance",
    "rolling_weighted_mean",
]

_WIDTH = 1024
"""Results of one piece of history: five such arrays fit a first-level cache of 48 KB."""


def rolling_sum(x: Array, window: int, out: Array | None = None) -> Array:
    """Sum the last `window` observations; exact for whole numbers."""
    return _filled(kernels.fill_sums, x, window, out, 3, False)


def rolling_mean(x: Array, window: int, out: Array | None = None) -> Array:
    """Average the last `window` observations; equal ones give exactly their value."""
    return _filled(kernels.fill_sums, x, window, out, 3, True)


def rolling_weighted_mean(x: Array, window: int, out: Array | None = None) -> Array:
    """Average with weights 1 to `window`, the newest the heaviest; equal observations give exactly their value."""
    return _filled(kernels.fill_weighted_means, x, window, out, 5)


def rolling_triangular_mean(x: Array, window: int, out: Array | None = None) -> Array:
    """Average with weights that rise to the middle and fall after it: the mean of means of about half the window."""
    halves = window // 2 + 1, (window + 1) // 2
    return _filled(kernels.fill_triangular_means, x, window, out, 4, *halves)


def efficient_rates(x: Array, window: int, fastest: float, slowest: float, out: Array | None = None) -> Array:
    """Give the share of the way by which Kaufman's average moves, after `window` changes.

    It is the square of a number between `slowest`, where the changes lead nowhere, and `fastest`, where they go
    straight.
    """
    return _filled(kernels.fill_efficient_rates, x, window + 1, out, 4, fastest, slowest)


def rolling_dot(x: Array, weights: Array, out: Array | None = None) -> Array:
    """Sum observations times `weights`, the last of which is the newest observation's."""
    out = np.empty(x.shape) if out is None else out
    kernels.fill_dots(x, weights, out)
    return out


def rolling_variance(x: Array, window: int, out: Array | None = None, *, ddof: int = 0) -> Array:
    """Give the mean squared deviation, divided by ``window - ddof``; exactly 0 for equal observations, never below.

    Pieces are merged as by Chan, Golub and LeVeque (1979): only positive numbers are added.
    """
    return _filled(kernels.fill_variances, x, window, out, 6, float(window - ddof))


def rolling_max(x: Array, window: int, out: Array | None = None) -> Array:
    """Give the highest of the last `window` observations."""
    return _filled(extremes.fill_extremes, x, window, out, 2, 1.0)


def rolling_min(x: Array, window: int, out: Array | None = None) -> Array:
    """Give the lowest of the last `window` observations."""
    return _filled(extremes.fill_extremes, x, window, out, 2, -1.0)


def rolling_argmax(x: Array, window: int, out: Array | None = None, *, latest: bool = True) -> Array:
    """Count the observations since the highest of the last `window`: 0 is the newest; of equals the `latest`."""
    return _filled(extremes.fill_ages, x, window, out, 4, 1.0, latest)


def rolling_argmin(x: Array, window: int, out: Array | None = None, *, latest: bool = True) -> Array:
    """Count the observations since the lowest of the last `window`: 0 is the newest; of equals the `latest`."""
    return _filled(extremes.fill_ages, x, window, out, 4, -1.0, latest)


def _filled(fill: Any, x: Array, window: int, out: Array | None, n_rooms: int, *options: Any) -> Array:
    out = np.empty(x.shape) if out is None else out
    if window > x.shape[1]:
        out[...] = np.nan
        return out
    width = min(max(_WIDTH, 4 * window), x.shape[1] - window + 1)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        fill(x, window, width, np.empty((n_rooms, width + window - 1)), out, *options)
    return out
