"""The absorption ratio: how much of all variance a few factors take up."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, refuse
from maos_nb.analytics.market._panel import (
    across,
    as_above_zero,
    as_returns,
    rolling_deviation,
    rolling_mean,
)
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["Absorption", "AbsorptionBasis", "absorption_ratio", "standardised_shift"]

AbsorptionBasis: TypeAlias = Literal["covariance", "correlation"]


class Absorption(NamedTuple):
    """The absorption ratio and what it is of: each a Series or an array ``(n_observations,)``.

    Parameters
    ----------
    ratio
        Share of the variance of all assets that the first components take up, from 0 to 1.
    components
        How many those are.
    counted
        Number of assets in it.
    """

    ratio: Any
    components: Any
    counted: Any


@indicator(lambda window: window - 1)
def absorption_ratio(
    returns: Observations,
    window: int = 500,
    *,
    share_of_components: float = 0.2,
    half_life: float | None = None,
    basis: AbsorptionBasis = "covariance",
) -> Absorption:
    """Measure how much of the assets' variance the first principal components take up.

    Parameters
    ----------
    returns : DataFrame or array, shape (n_observations, n_assets)
        Returns per period; NaN where there is none.
    window : int
        Observations in each covariance matrix, the present one among them; at least 2.
    share_of_components : float
        How many components are the first, as a fraction of the assets, above 0 and up to 1; rounded, halves up, and
        at least one.
    half_life : float, optional
        Age in observations at which one weighs half; equal weights by default.
    basis : {"covariance", "correlation"}
        Whether assets of high variance weigh more, as in the paper, or all alike.

    Returns
    -------
    Absorption
        Ratio, number of components and of assets. An asset counts while it has returns throughout the window that
        are not all the same: nothing is filled. NaN where fewer than two assets count.

    Raises
    ------
    InputError
        If `returns` is not a table of finite numbers or NaN or its rows are not in order, `window` is not a whole
        number of at least 2, `share_of_components` is not in (0, 1], `half_life` is not above 0, or `basis` is
        unknown.

    Notes
    -----
    Kritzman, Li, Page and Rigobon (2011), "Principal components as a measure of systemic risk", *Journal of
    Portfolio Management* 37(4): the variances of the first fifth of the eigenvectors over those of all assets, from
    500 days with ``half_life=250``. It is high where markets are tightly coupled, and fragile.

    Examples
    --------
    Assets that one factor moves leave nothing to a second one:

    >>> factor = np.sin(np.arange(6.0))
    >>> absorption_ratio(np.outer(factor, [1.0, 2.0, -1.0]), window=5).ratio.round(9)
    array([nan, nan, nan, nan,  1.,  1.])
    """
    held = as_returns("returns", returns)
    span = as_count("window", window, minimum=2)
    share = _as_share(share_of_components)
    if basis not in ("covariance", "correlation"):
        raise InputError("basis", f'expected "covariance" or "correlation", got {basis!r}')
    weights = _weights(span, half_life)
    rows = np.ascontiguousarray(held.array.T)
    usable = (rolling_deviation(held.array, span) > 0).T
    lines = np.full((3, len(rows)), np.nan)
    for day in np.flatnonzero(usable.sum(axis=1) >= 2).tolist():
        used = usable[day]
        spectrum = _spectrum(rows[day - span + 1 : day + 1, used], weights, basis)
        first = max(1, math.floor(share * len(spectrum) + 0.5))
        lines[:, day] = spectrum[-first:].sum() / spectrum.sum(), first, len(spectrum)
    names = ("absorption_ratio", "components", "counted")
    return Absorption(*(across(held, line, name) for line, name in zip(lines, names, strict=True)))


@indicator(lambda long: long - 1)
def standardised_shift(x: Observations, short: int = 15, long: int = 252) -> Any:
    """Compare the last weeks of a measure with its last year, in deviations of that year.

    Parameters
    ----------
    x : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Such as an absorption ratio.
    short, long : int
        Observations in the two averages; at least 1 and 2, short below long.

    Returns
    -------
    Series, DataFrame or array
        Of the kind and with the labels of `x`; NaN before `long` observations, while a gap is among them, and where
        they are all the same.

    Raises
    ------
    InputError
        If `x` is not a table of finite numbers or NaN, its rows are not in order, or `short` is not below `long`.

    Notes
    -----
    Kritzman, Li, Page and Rigobon (2011): ``(mean of 15 days - mean of one year) / deviation of one year`` (ddof 1).
    They find stock prices to fall most often after it has exceeded 1.

    Examples
    --------
    >>> standardised_shift([1.0, 2.0, 3.0], short=1, long=3)
    array([nan, nan,  1.])
    """
    held = as_returns("x", x)
    near, far = as_count("short", short), as_count("long", long, minimum=2)
    if near >= far:
        raise InputError("short and long", f"expected short below long, got {near} and {far}")
    deviation = rolling_deviation(held.array, far)
    apart = rolling_mean(held.array, near) - rolling_mean(held.array, far)
    shift = np.divide(apart, deviation, out=np.full(apart.shape, np.nan), where=deviation > 0)
    return held.restore(shift)


def _as_share(share_of_components: float) -> float:
    share = as_float("share_of_components", share_of_components, finite=True)
    refuse("share_of_components", share, (share <= 0) | (share > 1), "a fraction above 0 and up to 1")
    return float(share)


def _weights(window: int, half_life: float | None) -> Array:
    """Give weights that add up to 1, the newest last."""
    age = np.arange(window)[::-1]
    raw = np.ones(window) if half_life is None else 0.5 ** (age / as_above_zero("half_life", half_life))
    return np.asarray(raw / raw.sum())


def _spectrum(rows: Array, weights: Array, basis: AbsorptionBasis) -> Array:
    """Give the variances of the principal components, rising; their sum is that of the assets' variances."""
    shifted = rows - rows[0]
    spread = shifted - weights @ shifted
    covariance = (spread * weights[:, np.newaxis]).T @ spread
    if basis == "correlation":
        deviation = np.sqrt(np.diag(covariance))
        covariance = covariance / np.outer(deviation, deviation)
    return np.maximum(np.linalg.eigvalsh(covariance), 0.0)
