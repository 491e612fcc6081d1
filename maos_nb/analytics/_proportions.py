"""Intervals about the share of successes, for arrays of counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, Float
from maos_nb.analytics._special import normal_quantile

__all__ = ["clopper_pearson", "wilson"]


def wilson(share: Float, n: Float, level: float) -> tuple[Array, Array]:
    """Give Wilson's score interval for a share of `n`, which need be no whole number; NaN where `n` is 0.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    z = normal_quantile(0.5 + level / 2)
    share, n = np.asarray(share, dtype=np.float64), np.asarray(n, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        # At shares of 0 and 1 the bounds are 0 and 1; rounding may pass them.
        return np.clip(centre - half, 0.0, share), np.clip(centre + half, share, 1.0)


def clopper_pearson(hits: Float, n: Float, level: float) -> tuple[Array, Array]:
    """Give the exact binomial interval, which covers at least `level`; NaN where `n` is 0.

    Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the case of the binomial".
    """
    from scipy import special  # type: ignore[import-untyped]  # ships no types

    tail = (1 - level) / 2
    hits, n = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    low: Any = np.where(hits > 0, special.betaincinv(np.maximum(hits, 1), n - hits + 1, tail), 0.0)
    high: Any = np.where(hits < n, special.betaincinv(hits + 1, np.maximum(n - hits, 1), 1 - tail), 1.0)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)
