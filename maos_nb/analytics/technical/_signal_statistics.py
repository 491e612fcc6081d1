"""What a mean of overlapping, clustered trades is known to: every day's gain counts once, in the order of days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics._resampled_paths import block_bootstrap_paths

__all__ = ["Resampling", "adjusted_p_values", "days_counted", "standard_errors", "t_quantiles", "two_sided"]


@dataclass(frozen=True, slots=True)
class Resampling:
    """How days are drawn for the bootstrap."""

    n_resamples: int
    block_length: float | None
    seed: int

    def sums(self, terms: Array) -> Array:
        """Draw sums of a row's terms, ``(n_resamples, n_rows)``, in blocks of days that all rows share."""
        n_days = terms.shape[1]
        if n_days < 2:  # nothing to choose from
            return np.zeros((self.n_resamples, len(terms)))
        length = self.block_length or max(1.0, float(n_days) ** (1 / 3))
        places = block_bootstrap_paths(
            np.arange(n_days, dtype=np.float64), self.n_resamples, n_days, block_length=length, rng=self.seed
        )
        made = np.empty((self.n_resamples, len(terms)))
        for resample, drawn in zip(made, places.astype(np.intp), strict=True):
            # How often each day was drawn, times its terms: no copy of the terms is made.
            np.dot(terms, np.bincount(drawn, minlength=n_days), out=resample)
        return made


def standard_errors(terms: Array, lags: int | None) -> Array:
    """Give the standard error of each row's sum, allowing for correlation over some days; Newey and West (1987).

    Parameters
    ----------
    terms : ndarray, shape (n_rows, n_days)
        What each day adds, less its expectation.
    lags : int, optional
        Days over which terms may be correlated, with Bartlett's weights; ``4 (n_days / 100)**(2 / 9)`` by default
        (Newey and West, 1994).
    """
    n_days = terms.shape[1]
    most = int(4 * (n_days / 100) ** (2 / 9)) if lags is None else lags
    variance = np.einsum("ij,ij->i", terms, terms)
    for lag in range(1, min(most, n_days - 1) + 1):
        weight = 1 - lag / (most + 1)
        variance = variance + 2 * weight * np.einsum("ij,ij->i", terms[:, lag:], terms[:, :-lag])
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def days_counted(positions: Array) -> Array:
    """Give how many days of equal weight the days with open positions amount to (Kish), 0 without any."""
    weights = np.square(positions)
    total = weights.sum(axis=1)
    squares = np.square(weights).sum(axis=1)
    return np.asarray(np.divide(np.square(total), squares, out=np.zeros(len(total)), where=squares > 0))


def t_quantiles(probability: float, freedom: Array) -> Array:
    """Invert the t distribution for many degrees of freedom; NaN where they are not above 0."""
    from scipy import special  # type: ignore[import-untyped]  # ships no types

    known = np.where(freedom > 0, freedom, np.nan)
    return np.asarray(special.stdtrit(known, probability))


def two_sided(statistic: Array, freedom: Array) -> Array:
    """Give the probability of a t statistic as far from zero or farther."""
    from scipy import special

    known = np.where(freedom > 0, freedom, np.nan)
    return np.asarray(2 * special.stdtr(known, -np.abs(statistic)))


def adjusted_p_values(p_values: Array, method: str) -> Array:
    """Raise p-values for there being several; NaN stays NaN and is not counted."""
    known = np.flatnonzero(~np.isnan(p_values))
    count = len(known)
    order = known[np.argsort(p_values[known], kind="stable")]
    ranks = np.arange(1, count + 1)
    adjusted = np.full(len(p_values), np.nan)
    if method == "bonferroni":
        raised = p_values[order] * count
    elif method == "holm":
        raised = np.maximum.accumulate(p_values[order] * (count + 1 - ranks))
    else:
        dependence = (1 / ranks).sum() if method == "benjamini_yekutieli" else 1.0
        raised = np.minimum.accumulate((p_values[order] * count * dependence / ranks)[::-1])[::-1]
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted
