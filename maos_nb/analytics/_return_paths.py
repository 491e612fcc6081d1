"""Paths of simple returns: geometric Brownian motion, and what all paths share."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_amount, as_count, as_float, broadcast, refuse
from maos_nb.analytics._correlation_matrix import as_correlation_matrix, lower_factor, smallest_eigenvalue
from maos_nb.analytics._sampling import as_seed
from maos_nb.errors import InputError

__all__ = ["as_history", "as_sizes", "gbm_paths", "periods_last_of"]


def gbm_paths(
    n_paths: int,
    n_periods: int,
    *,
    drift: Numeric,
    volatility: Numeric,
    correlation: Numeric | None = None,
    periods_per_year: float = 252,
    rng: int | np.random.Generator,
) -> Array:
    """Draw returns of prices that follow geometric Brownian motions.

    Parameters
    ----------
    n_paths, n_periods : int
        Number of paths, and of periods on each.
    drift : array_like, scalar or shape (n_assets,)
        Drift mu per year as a decimal: the expected price grows by ``exp(mu)`` in a year.
    volatility : array_like, scalar or shape (n_assets,)
        Standard deviation of the logarithmic return per year, zero or positive.
    correlation : array_like, shape (n_assets, n_assets), optional
        Correlations of the logarithmic returns; independent by default.
    periods_per_year : float
        Periods in a year, above zero: 252 for trading days.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from.

    Returns
    -------
    ndarray, shape (n_paths, n_periods) or (n_paths, n_assets, n_periods)
        Simple returns per period; the second shape where `drift` or `volatility` is an array or a
        correlation is given. Prices are ``start * np.cumprod(1 + paths, axis=-1)``.

    Raises
    ------
    InputError
        If a number of paths or periods is not a whole number of at least 1, `drift` or `volatility` is not
        finite, `volatility` is negative, their shapes do not broadcast to one dimension, `periods_per_year` is
        not above 0, `rng` is neither a seed nor a generator, or `correlation` is not a correlation matrix
        of the right size or not positive semidefinite.

    Notes
    -----
    ``exp((mu - sigma**2 / 2) dt + sigma sqrt(dt) z) - 1`` with ``dt = 1 / periods_per_year``: exact for any
    length of period (Glasserman, *Monte Carlo Methods in Financial Engineering*, section 3.2.1).

    Examples
    --------
    >>> paths = gbm_paths(10_000, 252, drift=0.08, volatility=0.2, rng=1)
    >>> year = np.prod(1 + paths, axis=-1)
    >>> paths.shape, round(float(year.mean()), 1), round(float(np.log(year).std()), 2)
    ((10000, 252), 1.1, 0.2)
    """
    paths, periods = as_sizes(n_paths, n_periods)
    mu = as_float("drift", drift, finite=True)
    as_float("volatility", volatility, finite=True)
    mu, sigma = broadcast(drift=mu, volatility=as_amount("volatility", volatility))
    if mu.ndim > 1:
        raise InputError("drift and volatility", f"expected one number per asset, got shape {mu.shape}")
    year = as_float("periods_per_year", periods_per_year, finite=True)
    refuse("periods_per_year", year, year <= 0, "a number above zero")
    single = mu.ndim == 0 and correlation is None
    mu, sigma = np.atleast_1d(mu), np.atleast_1d(sigma)
    generator = np.random.default_rng(as_seed(rng))
    scores = generator.standard_normal((paths, mu.size, periods))
    if correlation is not None:
        scores = np.einsum("ij,pjt->pit", _factor(correlation, mu.size), scores)
    scores *= (sigma / np.sqrt(year))[:, np.newaxis]
    scores += ((mu - np.square(sigma) / 2) / year)[:, np.newaxis]
    np.expm1(scores, out=scores)
    return scores[:, 0] if single else scores


def as_sizes(n_paths: int, n_periods: int) -> tuple[int, int]:
    """Accept how many paths of how many periods are wanted."""
    return as_count("n_paths", n_paths), as_count("n_periods", n_periods)


def as_history(returns: Numeric) -> tuple[Array, bool]:
    """Accept observed returns as ``(n_observations, n_assets)``, and say whether they were one column."""
    history = as_float("returns", returns)
    if history.ndim not in (1, 2) or history.shape[0] < 2 or history.size == 0:
        raise InputError(
            "returns",
            "expected (n_observations,) or (n_observations, n_assets) with at least 2 observations, "
            f"got shape {history.shape}",
        )
    refuse(
        "returns",
        history,
        ~np.isfinite(history),
        "finite returns",
        advice="Drop dates with missing returns, for all assets alike",
    )
    refuse("returns", history, history < -1, "simple returns of -1 (-100%) or more", advice="Give 2% as 0.02")
    single = history.ndim == 1
    return (history[:, np.newaxis] if single else history), single


def periods_last_of(paths: Array, *, single: bool) -> Array:
    """Turn ``(n_periods, n_paths, n_assets)`` into paths with periods last."""
    turned = np.ascontiguousarray(paths.transpose(1, 2, 0))
    return turned[:, 0] if single else turned


def _factor(correlation: Numeric, n_assets: int) -> Array:
    matrix = as_correlation_matrix("correlation", correlation, n_assets)
    smallest = smallest_eigenvalue(matrix)
    if smallest < 0:
        raise InputError(
            "correlation",
            f"expected a positive semidefinite matrix, got one with the eigenvalue {smallest:.3g}",
            advice="Bring single correlations nearer to zero",
        )
    return lower_factor(matrix)
