"""Paths of simple returns drawn from observed ones: in blocks, through a t copula, or filtered."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, Numeric, as_count, as_float
from maos_nb.analytics._correlation_matrix import lower_factor, nearest_correlation, smallest_eigenvalue
from maos_nb.analytics._empirical import Empirical
from maos_nb.analytics._return_paths import as_history, as_sizes, periods_last_of
from maos_nb.analytics._sampling import as_seed
from maos_nb.analytics._special import t_cdf
from maos_nb.errors import InputError

__all__ = ["block_bootstrap_paths", "filtered_historical_paths", "t_copula_paths"]

Bootstrap: TypeAlias = Literal["stationary", "circular"]
# Shocks relative to less than this part of the mean variance are no figures any more.
STANDSTILL = 1e-20

_Places: TypeAlias = npt.NDArray[np.intp]


def block_bootstrap_paths(
    returns: Numeric,
    n_paths: int,
    n_periods: int,
    *,
    block_length: float,
    method: Bootstrap = "stationary",
    rng: int | np.random.Generator,
) -> Array:
    """Draw paths made of blocks of consecutive observed returns.

    Parameters
    ----------
    returns : array_like, shape (n_observations,) or (n_observations, n_assets)
        Observed simple returns, oldest first. All assets' returns of a date stay together.
    n_paths, n_periods : int
        Number of paths, and of periods on each.
    block_length : float
        Length of a block in periods, at least 1: its mean for the stationary bootstrap, a whole number for the
        circular one.
    method : {"stationary", "circular"}
        Blocks of random, geometrically distributed length, or all of one length.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from.

    Returns
    -------
    ndarray, shape (n_paths, n_periods) or (n_paths, n_assets, n_periods)
        Simple returns; the first shape for one-dimensional `returns`.

    Raises
    ------
    InputError
        If `returns` has fewer than two observations, more than two dimensions, a value that is not finite or
        below -1, a number of paths or periods is not a whole number of at least 1, `block_length` is below
        1 (or not whole for the circular bootstrap), `method` is unknown, or `rng` is neither a seed nor a
        generator.

    Notes
    -----
    Politis and Romano (1994), "The stationary bootstrap", and (1992), the circular block bootstrap. In both
    the last observation is followed by the first, so that every observation is equally likely in every
    period. Dependence beyond a block is lost.

    Examples
    --------
    >>> block_bootstrap_paths([0.01, 0.02, 0.03, 0.04], 2, 6, block_length=3, method="circular", rng=3)
    array([[0.04, 0.01, 0.02, 0.01, 0.02, 0.03],
           [0.01, 0.02, 0.03, 0.01, 0.02, 0.03]])
    """
    history, single = as_history(returns)
    paths, periods = as_sizes(n_paths, n_periods)
    if method not in ("stationary", "circular"):
        raise InputError("method", f'expected "stationary" or "circular", got {method!r}')
    length = as_float("block_length", block_length, finite=True)
    if method == "circular":
        length = np.asarray(as_count("block_length", block_length))
    elif length.ndim or length < 1:
        raise InputError("block_length", f"expected a number of at least 1, got {block_length!r}")
    generator = np.random.default_rng(as_seed(rng))
    if method == "circular":
        places = _circular(len(history), paths, periods, int(length), generator)
    else:
        places = _stationary(len(history), paths, periods, float(length), generator)
    return periods_last_of(history[places], single=single)


def t_copula_paths(
    returns: Numeric, n_paths: int, n_periods: int, *, df: float, rng: int | np.random.Generator
) -> Array:
    """Draw returns with the observed margins, tied together by a t copula, which lets extremes coincide.

    Parameters
    ----------
    returns : array_like, shape (n_observations,) or (n_observations, n_assets)
        Observed simple returns.
    n_paths, n_periods : int
        Number of paths, and of periods on each; periods are independent of each other.
    df : float
        Degrees of freedom of the copula, above 0: the fewer, the more often extremes coincide; 3 to 10 are
        usual for shares.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from.

    Returns
    -------
    ndarray, shape (n_paths, n_periods) or (n_paths, n_assets, n_periods)
        Simple returns; the first shape for one-dimensional `returns`. None lies outside what was observed.

    Raises
    ------
    InputError
        If `df` is not a number above 0, an asset's returns are all the same, or what `block_bootstrap_paths`
        refuses of the other arguments.

    Notes
    -----
    Margins: observed quantiles, interpolated linearly. Copula: correlations ``sin(pi/2 tau)`` from Kendall's
    tau-b (McNeil, Frey and Embrechts, *Quantitative Risk Management*, section 7.5.1); where these are not positive
    semidefinite together the nearest correlation matrix is used (Higham, 2002).

    Examples
    --------
    >>> history = [[-0.03, -0.02], [0.01, 0.00], [0.02, 0.03], [0.00, 0.01]]
    >>> paths = t_copula_paths(history, 1000, 5, df=4, rng=1)
    >>> paths.shape, round(float(paths.min()), 2), round(float(paths.max()), 2)
    ((1000, 2, 5), -0.03, 0.03)
    """
    history, single = as_history(returns)
    paths, periods = as_sizes(n_paths, n_periods)
    freedom = as_float("df", df, finite=True)
    if freedom.ndim or freedom <= 0:
        raise InputError("df", f"expected a number above zero, got {df!r}")
    _refuse_constant(history)
    factor = lower_factor(_copula_correlation(history))
    generator = np.random.default_rng(as_seed(rng))
    scores = generator.standard_normal((history.shape[1], periods, paths))
    mixed = np.einsum("ij,jtp->itp", factor, scores)
    mixed /= np.sqrt(generator.chisquare(float(freedom), size=(periods, paths)) / freedom)
    drawn = [
        Empirical(column, method="linear").from_uniform(t_cdf(float(freedom), score))
        for column, score in zip(history.T, mixed, strict=True)
    ]
    return periods_last_of(np.stack(drawn, axis=-1), single=single)


def filtered_historical_paths(
    returns: Numeric, n_paths: int, n_periods: int, *, decay: float = 0.94, rng: int | np.random.Generator
) -> Array:
    """Draw observed returns rescaled to today's volatility, which then moves on along each path.

    Parameters
    ----------
    returns : array_like, shape (n_observations,) or (n_observations, n_assets)
        Observed simple returns, oldest first. All assets' shocks of a date stay together.
    n_paths, n_periods : int
        Number of paths, and of periods on each.
    decay : float
        Weight of yesterday's variance in today's, between 0 and 1; 0.94 is RiskMetrics' for days.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from.

    Returns
    -------
    ndarray, shape (n_paths, n_periods) or (n_paths, n_assets, n_periods)
        Simple returns; the first shape for one-dimensional `returns`. Returns below -1 are set to -1.

    Raises
    ------
    InputError
        If `decay` is not between 0 and 1, an asset's returns are zero for so long that its
        variance vanishes, or what `block_bootstrap_paths`
        refuses of the other arguments.

    Notes
    -----
    Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper, 1999) with the exponentially
    weighted variance of RiskMetrics (1996) as its filter:
    ``variance_(t+1) = decay variance_t + (1 - decay) return_t**2``, from the mean of all squares on, without a
    mean return. Shocks are ``return_t / sqrt(variance_t)``, scaled to a mean square of 1 so that the expected
    variance stays at its last value.

    Examples
    --------
    A calm after a storm: the returns drawn for tomorrow are as small as the latest ones.

    >>> storm_then_calm = [0.05, -0.05] * 20 + [0.001, -0.001] * 100
    >>> paths = filtered_historical_paths(storm_then_calm, 1000, 1, rng=1)
    >>> round(float(np.sqrt(np.square(paths).mean())), 3)
    0.001
    """
    history, single = as_history(returns)
    paths, periods = as_sizes(n_paths, n_periods)
    weight = as_float("decay", decay, finite=True)
    if weight.ndim or not 0 < weight < 1:
        raise InputError("decay", f"expected a number between 0 and 1, got {decay!r}")
    variances = _ewma_variances(history, float(weight))
    _refuse_standstill(variances)
    shocks = history / np.sqrt(variances[:-1])
    shocks /= np.sqrt(np.square(shocks).mean(axis=0))
    generator = np.random.default_rng(as_seed(rng))
    drawn = np.empty((periods, paths, history.shape[1]))
    variance = np.broadcast_to(variances[-1], drawn.shape[1:])
    for period in drawn:
        np.multiply(shocks[generator.integers(len(shocks), size=paths)], np.sqrt(variance), out=period)
        np.maximum(period, -1.0, out=period)
        variance = weight * variance + (1 - weight) * np.square(period)
    return periods_last_of(drawn, single=single)


def _stationary(n: int, paths: int, periods: int, length: float, generator: np.random.Generator) -> _Places:
    places = generator.integers(n, size=(periods, paths))
    anew = generator.random((periods, paths)) < 1 / length
    for period in range(1, periods):
        following = (places[period - 1] + 1) % n
        places[period] = np.where(anew[period], places[period], following)
    return places


def _circular(n: int, paths: int, periods: int, length: int, generator: np.random.Generator) -> _Places:
    starts = generator.integers(n, size=(-(-periods // length), 1, paths))
    places = (starts + np.arange(length)[:, np.newaxis]) % n
    return np.asarray(places.reshape(-1, paths)[:periods])


def _copula_correlation(history: Array) -> Array:
    from scipy.stats import kendalltau  # type: ignore[import-untyped]  # ships no types

    matrix = np.eye(history.shape[1])
    for i, j in zip(*np.triu_indices(len(matrix), 1), strict=True):
        tau = kendalltau(history[:, i], history[:, j]).statistic
        matrix[i, j] = matrix[j, i] = np.sin(np.pi / 2 * tau)
    return matrix if smallest_eigenvalue(matrix) >= 0 else nearest_correlation(matrix)


def _ewma_variances(history: Array, decay: float) -> Array:
    """Give the variance expected for each date from those before, and one more for the first date to come."""
    squares = np.square(history)
    variances = np.empty((len(history) + 1, history.shape[1]))
    variances[0] = squares.mean(axis=0)
    for date, square in enumerate(squares):
        variances[date + 1] = decay * variances[date] + (1 - decay) * square
    return variances


def _refuse_constant(history: Array) -> None:
    constant = (history == history[0]).all(axis=0)
    if constant.any():
        raise InputError(
            "returns",
            f"expected returns that vary, got only {history[0, constant.argmax()]} "
            f"in column {int(constant.argmax())}",
        )


def _refuse_standstill(variances: Array) -> None:
    """Refuse returns of zero for so long that their volatility vanishes, and shocks with it."""
    still = variances <= STANDSTILL * variances[0]
    if still.any():
        date, column = (int(i) for i in np.argwhere(still)[0])
        raise InputError(
            "returns",
            f"expected returns whose volatility stays above zero, got none in column {column} at observation {date}",
            advice="Leave out assets and times without trade, or raise decay",
        )
