"""Beta from returns, and its pull towards the market's or the peers' beta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_float,
    as_fraction,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

__all__ = ["Adjustment", "Beta", "adjust_beta", "regression_beta"]

Adjustment: TypeAlias = Literal["blume", "vasicek"]

_FEWEST_PAIRS = 3  # a line through two points leaves nothing to estimate its error from


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Beta:
    """A regression of returns on market returns; floats for one asset, arrays ``(n_assets,)`` for several.

    Parameters
    ----------
    beta
        Slope.
    standard_error
        Standard error of the slope.
    alpha
        Intercept, per period of the returns.
    r_squared
        Share of the variance of the returns that the market explains.
    n_observations
        Number of pairs used: those without NaN.
    """

    beta: Float
    standard_error: Float
    alpha: Float
    r_squared: Float
    n_observations: Any

    def __repr__(self) -> str:
        return (
            f"Beta(beta={figure(self.beta)}, standard_error={figure(self.standard_error)}, "
            f"r_squared={figure(self.r_squared)}, n_observations={figure(self.n_observations)})"
        )


def regression_beta(returns: Numeric, market_returns: Numeric) -> Beta:
    """Estimate beta by regressing returns on the market's returns.

    Parameters
    ----------
    returns : array_like, shape (n_observations,) or (n_observations, n_assets)
        Returns per period, as decimals; excess returns if the regression is to be in excess returns.
    market_returns : array_like, shape (n_observations,) or (n_observations, n_assets)
        Returns of the market over the same periods, one for all assets or one per asset.

    Returns
    -------
    Beta
        Slope, its standard error, intercept, R squared and number of pairs, floats for one asset and arrays
        ``(n_assets,)`` for several. A pair in which either return is NaN is dropped, for that asset alone,
        and `n_observations` counts what is left. In arrays, an asset with fewer than 3 pairs, or whose market
        does not move, has NaN. R squared is NaN for returns that do not move.

    Raises
    ------
    InputError
        If there are no observations, the numbers of observations or assets differ, a return is infinite, an
        argument is not numeric, or a single asset has fewer than 3 pairs or a market that does not move.

    Notes
    -----
    Ordinary least squares: ``beta = S_xy / S_xx``, ``alpha = mean(y) - beta mean(x)``, standard error
    ``sqrt(SSE / (n - 2) / S_xx)``, as in Excel's ``=SLOPE(B2:B7,A2:A7)``, ``=INTERCEPT(...)``,
    ``=RSQ(...)`` and ``=INDEX(LINEST(B2:B7,A2:A7,TRUE,TRUE),2,1)``.

    Examples
    --------
    >>> market = [0.02, -0.01, 0.03, 0.01, -0.02, 0.04]
    >>> estimate = regression_beta([0.03, -0.02, 0.04, 0.01, -0.03, 0.05], market)
    >>> estimate
    Beta(beta=1.40373, standard_error=0.0654388, r_squared=0.991382, n_observations=6)
    """
    assets, market = _observations(returns, market_returns)
    used = ~(np.isnan(assets) | np.isnan(market))
    pairs = used.sum(axis=0)
    moving = _range(market, used) > 0
    if assets.ndim == 1:
        _refuse_too_little(int(pairs), bool(moving))
    count = np.where((pairs >= _FEWEST_PAIRS) & moving, pairs, np.nan)
    x_mean, x_deviation = _centred(market, used, count)
    y_mean, y_deviation = _centred(assets, used, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.square(x_deviation).sum(axis=0)
        beta = (x_deviation * y_deviation).sum(axis=0) / spread
        squared_error = np.square(y_deviation - beta * x_deviation).sum(axis=0)
        total = np.where(_range(assets, used) > 0, np.square(y_deviation).sum(axis=0), np.nan)
        standard_error = np.sqrt(squared_error / (count - 2) / spread)
        r_squared = 1.0 - squared_error / total
    return Beta(
        beta=unwrap(np.asarray(beta)),
        standard_error=unwrap(np.asarray(standard_error)),
        alpha=unwrap(np.asarray(y_mean - beta * x_mean)),
        r_squared=unwrap(np.asarray(r_squared)),
        n_observations=unwrap(np.asarray(pairs)),
    )


def _observations(returns: Numeric, market_returns: Numeric) -> tuple[Array, Array]:
    assets = as_float("returns", returns)
    market = as_float("market_returns", market_returns)
    for name, array in (("returns", assets), ("market_returns", market)):
        if array.ndim not in (1, 2) or array.shape[0] == 0:
            raise InputError(
                name, f"expected (n_observations,) or (n_observations, n_assets), got shape {array.shape}"
            )
        refuse(
            name, array, np.isinf(array), "finite returns or NaN", advice="Give NaN where a return is unknown"
        )
    if len(assets) != len(market):
        raise InputError(
            "returns and market_returns",
            f"expected the same number of observations, got {len(assets)} and {len(market)}",
            advice="Align both on the same dates",
        )
    if assets.ndim == 2 and market.ndim == 1:
        market = market[:, np.newaxis]
    if assets.ndim < market.ndim or market.shape[1:] not in {assets.shape[1:], (1,) * (assets.ndim - 1)}:
        raise InputError(
            "market_returns",
            f"expected one market, or one per asset of returns {assets.shape}, got {market.shape}",
        )
    return assets, market


def _range(array: Array, used: Any) -> Array:
    """Highest less lowest used value: exactly 0 for a constant, whose squared deviations need not be."""
    highest = np.where(used, array, -np.inf).max(axis=0)
    lowest = np.where(used, array, np.inf).min(axis=0)
    return np.asarray(highest - lowest)


def _centred(array: Array, used: Any, count: Array) -> tuple[Array, Array]:
    mean = np.where(used, array, 0.0).sum(axis=0) / count
    return mean, np.where(used, array - mean, 0.0)


def _refuse_too_little(pairs: int, moving: bool) -> None:
    if pairs < _FEWEST_PAIRS:
        raise InputError(
            "returns and market_returns",
            f"expected at least {_FEWEST_PAIRS} pairs without NaN, got {pairs}",
            advice="Give a longer history",
        )
    if not moving:
        raise InputError("market_returns", f"expected returns that differ, got {pairs} equal ones")


def adjust_beta(
    beta: Numeric,
    *,
    method: Adjustment = "blume",
    weight: Numeric = 2.0 / 3.0,
    mean: Numeric | None = None,
    standard_error: Numeric | None = None,
    variance: Numeric | None = None,
) -> Float:
    """Adjust an estimated beta towards the mean, as betas far from it are on average mismeasured.

    Parameters
    ----------
    beta : array_like, shape (...)
        Estimated beta.
    method : {"blume", "vasicek"}
        Whether all betas are pulled by the same share, or each by how uncertain it is.
    weight : array_like, shape (...)
        Blume only: weight of the estimate, from 0 to 1; the rest is given to `mean`.
    mean : array_like, shape (...), optional
        What the beta is pulled towards: 1 by default for Blume, the mean of `beta` for Vasicek.
    standard_error : array_like, shape (...), optional
        Vasicek only, and needed there: the standard error of each estimate, as of `regression_beta`.
    variance : array_like, shape (...), optional
        Vasicek only: variance of betas across companies; by default that of `beta`, with ddof 1.

    Returns
    -------
    float or ndarray, shape (...)
        The adjusted beta; NaN where an argument is NaN. The mean and the variance of `beta` leave NaN out.

    Raises
    ------
    InputError
        If `method` is unknown, `weight` is outside [0, 1], `standard_error` or `variance` is negative,
        `standard_error` is missing for Vasicek or an argument of Vasicek comes with Blume, fewer than 2 betas
        are there to take a mean and a variance from, an argument is not numeric or the shapes do not broadcast.

    Notes
    -----
    Blume (1975): ``weight x beta + (1 - weight) x mean``; 2/3 and 1/3 are the usual weights. Vasicek (1973):
    the same with ``weight = variance / (variance + standard_error**2)``, as in Elton, Gruber, Brown and
    Goetzmann, *Modern Portfolio Theory and Investment Analysis*, who take mean and variance of the estimates.

    Examples
    --------
    In Excel: ``=2/3*1.3+1/3``.

    >>> round(adjust_beta(1.3), 6)
    1.2
    >>> adjust_beta([0.6, 1.0, 1.4], method="vasicek", standard_error=[0.4, 0.2, 0.2]).round(6)
    array([0.8 , 1.  , 1.32])
    """
    estimate = as_float("beta", beta)
    if method == "blume":
        for name, value in (("standard_error", standard_error), ("variance", variance)):
            if value is not None:
                raise InputError(name, "expected none for blume, got one", advice='Give method="vasicek"')
        share = as_fraction("weight", weight)
        centre = as_float("mean", 1.0 if mean is None else mean)
        broadcast_shape(beta=estimate, weight=share, mean=centre)
    elif method == "vasicek":
        with np.errstate(invalid="ignore", over="ignore"):
            share, centre = _precision(estimate, mean, standard_error, variance)
    else:
        raise InputError("method", f'expected "blume" or "vasicek", got {method!r}')
    with np.errstate(invalid="ignore", over="ignore"):
        return unwrap(np.asarray(share * estimate + (1.0 - share) * centre))


def _precision(
    beta: Array, mean: Numeric | None, standard_error: Numeric | None, variance: Numeric | None
) -> tuple[Array, Array]:
    """Give the weight of each estimate and the mean that the rest of the weight goes to."""
    if standard_error is None:
        raise InputError(
            "standard_error",
            "expected one per beta for vasicek, got none",
            advice="regression_beta gives it",
        )
    error = as_amount("standard_error", standard_error)
    known = beta[~np.isnan(beta)]
    if known.size < 2 and (mean is None or variance is None):
        raise InputError(
            "mean and variance",
            f"expected both, as {known.size} known beta(s) have no cross-section",
            advice="Give the mean and the variance of the peers' betas",
        )
    centre = as_float("mean", known.mean() if mean is None else mean)
    spread = as_amount("variance", known.var(ddof=1) if variance is None else variance)
    broadcast_shape(beta=beta, standard_error=error, mean=centre, variance=spread)
    total = np.asarray(spread + np.square(error))
    # No uncertainty and no spread at all: the estimate is the mean, whatever the weight.
    return np.asarray(spread / np.where(total == 0, 1.0, total)), centre
