"""Financial turbulence: the Mahalanobis distance of a day's returns from those before it."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, as_count, as_fraction
from maos_nb.analytics.market._moments import PastMoments, shrunk, shrunk_ledoit_wolf
from maos_nb.analytics.market._panel import across, as_returns
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["Shrinkage", "Turbulence", "turbulence"]

Shrinkage: TypeAlias = float | Literal["ledoit_wolf"]

SINGULAR = 1e-10
"""Smallest eigenvalue of a correlation matrix that is more than rounding makes of a zero."""


class Turbulence(NamedTuple):
    """Turbulence and its two parts: each a Series or an array ``(n_observations,)``.

    Parameters
    ----------
    turbulence
        Squared Mahalanobis distance.
    magnitude
        The same as if the assets were not correlated: how large the moves are.
    correlation
        ``turbulence / magnitude``: above 1 where assets moved against their usual pattern.
    counted
        Number of assets in it.
    """

    turbulence: Any
    magnitude: Any
    correlation: Any
    counted: Any


def _count(window: int | None, min_observations: int | None) -> int:
    return _least(window, min_observations)


@indicator(_count)
def turbulence(
    returns: Observations,
    window: int | None = None,
    *,
    min_observations: int | None = None,
    shrinkage: Shrinkage = 0.0,
    per_asset: bool = False,
    refit: int = 1,
) -> Turbulence:
    """Measure how unusual each day's returns are, given those before it.

    Parameters
    ----------
    returns : DataFrame or array, shape (n_observations, n_assets)
        Returns per period; NaN where there is none.
    window : int, optional
        How many earlier observations mean and covariance are taken from; all by default.
    min_observations : int, optional
        How many of them there must be: `window` by default, or 252 of all. At least 2.
    shrinkage : float or "ledoit_wolf"
        Pull the covariances towards none by this fraction, from 0 to 1, keeping the variances; or the whole matrix
        towards equal variances by Ledoit and Wolf's intensity.
    per_asset : bool
        Divide by the number of assets, so that 1 is usual.
    refit : int
        Estimate mean and covariance anew at every so many observations only, counted from the first.

    Returns
    -------
    Turbulence
        The distance, its two parts and the number of assets. The day itself and later ones are in no estimate.

        An asset counts on days when it has a return, has `min_observations` earlier ones in the window, and these
        differ; estimates take the earlier days on which all the assets that count have returns. NaN where those are
        fewer than `min_observations`, where no asset counts, and where the covariance is singular, as it is of more
        assets than observations: give a shrinkage, then.

    Raises
    ------
    InputError
        If `returns` is not a table of finite numbers or NaN or its rows are not in order; a count is not a whole
        number of at least 1 (2 for observations); `min_observations` is above `window`; or `shrinkage` is neither
        a fraction nor "ledoit_wolf".

    Notes
    -----
    Kritzman and Li (2010), "Skulls, financial turbulence, and risk management", *Financial Analysts Journal* 66(5):
    ``(y - mean) inverse(covariance) (y - mean)``, with covariances of ddof 1. They estimate from the whole history;
    here from the past alone. For n normal assets and m past days it averages ``n (m + 1) (m - 1) / (m (m - n - 2))``,
    which tends to n. Parts: Kinlaw and Turkington (2014), "Correlation surprise", *Journal of Asset Management* 14.

    Examples
    --------
    A move of ten usual ones, ``=0.1^2/VAR.S(A1:A20)``:

    >>> past = [0.01, -0.01] * 10
    >>> turbulence(np.array([*past, 0.10]), min_observations=20).turbulence[-1].round(6)
    np.float64(95.0)
    """
    held = as_returns("returns", returns)
    span = None if window is None else as_count("window", window, minimum=2)
    least = _least(span, min_observations)
    strength = _as_shrinkage(shrinkage)
    every = as_count("refit", refit)
    rows = np.ascontiguousarray(held.array.T)
    lines = np.full((4, len(rows)), np.nan)
    for start, stop, used, moments in _estimates(rows, span, least, every):
        estimate = _covariance(moments, start, used, strength)
        if estimate is not None and moments.count >= least:
            lines[:, start:stop] = _distances(rows[start:stop, used] - moments.mean, estimate)
    if per_asset:
        lines[:2] /= lines[3]
    names = ("turbulence", "magnitude", "correlation", "counted")
    return Turbulence(*(across(held, line, name) for line, name in zip(lines, names, strict=True)))


def _least(window: int | None, min_observations: int | None) -> int:
    if min_observations is None:
        return 252 if window is None else window
    least = as_count("min_observations", min_observations, minimum=2)
    if window is not None and least > window:
        raise InputError(
            "min_observations", f"expected at most the window of {window} observations, got {least}"
        )
    return least


def _as_shrinkage(shrinkage: Shrinkage) -> Shrinkage:
    if isinstance(shrinkage, str):
        if shrinkage != "ledoit_wolf":
            raise InputError("shrinkage", f'expected a fraction or "ledoit_wolf", got {shrinkage!r}')
        return shrinkage
    return float(as_fraction("shrinkage", shrinkage))


def _estimates(rows: Array, window: int | None, least: int, every: int) -> Any:
    """Give stretches of days with the same estimate: first, end, assets, and the moments of what lies before."""
    moments = PastMoments(rows, window)
    seen = np.vstack([np.zeros(rows.shape[1]), np.cumsum(moments.known, axis=0)])
    last_change = _last_changes(rows)
    for fit in range(0, len(rows), every):
        first = 0 if window is None else max(0, fit - window)
        ready = (seen[fit] - seen[first] >= least) & (last_change[fit] >= first)
        day, end = fit, min(fit + every, len(rows))
        while day < end and ready.any():
            used = ready & moments.known[day]
            stop = day + 1
            while stop < end and np.array_equal(ready & moments.known[stop], used):
                stop += 1
            if used.any():
                moments.move(fit, used)
                yield day, stop, used, moments
            day = stop


def _last_changes(rows: Array) -> Array:
    """Give, before each day, the last row whose return differed from the asset's next one; -1 for none."""
    changed = np.full((len(rows) + 1, rows.shape[1]), -1.0)
    before, seen = np.full(rows.shape[1], np.nan), np.full(rows.shape[1], -1.0)
    for day, row in enumerate(rows):
        known = ~np.isnan(row)
        differs = known & ~np.isnan(before) & (row != before)
        changed[day + 1] = np.where(differs, seen, changed[day])
        before, seen = np.where(known, row, before), np.where(known, day, seen)
    return changed


def _covariance(moments: PastMoments, day: int, used: BoolArray, shrinkage: Shrinkage) -> Array | None:
    """Estimate; None where it is singular."""
    if moments.count < 2:
        return None
    if shrinkage == "ledoit_wolf":
        covariance = shrunk_ledoit_wolf(moments.complete(day, used))
    else:
        covariance = shrunk(moments.scatter / (moments.count - 1), float(shrinkage))
    deviation = np.sqrt(np.diag(covariance))
    if not (deviation > 0).all():
        return None
    least = np.linalg.eigvalsh(covariance / np.outer(deviation, deviation))[0]
    return covariance if least > SINGULAR else None


def _distances(apart: Array, covariance: Array) -> Array:
    whole = (apart * np.linalg.solve(covariance, apart.T).T).sum(axis=1)
    single = (np.square(apart) / np.diag(covariance)).sum(axis=1)
    ratio = np.divide(whole, single, out=np.full(len(whole), np.nan), where=single > 0)
    return np.array([whole, single, ratio, np.full(len(whole), float(apart.shape[1]))])
