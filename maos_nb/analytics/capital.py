"""Cost of capital: the cost of equity, the weighted average with debt, and beta from returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

__all__ = ["Beta", "cost_of_equity", "regression_beta", "wacc"]

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


def cost_of_equity(
    risk_free: Numeric,
    beta: Numeric,
    equity_risk_premium: Numeric,
    *,
    size_premium: Numeric = 0.0,
    country_premium: Numeric = 0.0,
) -> Float:
    """Compute the cost of equity by the capital asset pricing model.

    Parameters
    ----------
    risk_free : array_like, shape (...)
        Risk-free rate per year, as a decimal.
    beta : array_like, shape (...)
        Sensitivity to the market's excess return.
    equity_risk_premium : array_like, shape (...)
        Expected return of the market above `risk_free`, as a decimal (5% is 0.05); not the market's return.
    size_premium, country_premium : array_like, shape (...)
        Added in full, whatever the beta.

    Returns
    -------
    float or ndarray, shape (...)
        ``risk_free + beta x equity_risk_premium + size_premium + country_premium``; NaN where any is NaN.

    Raises
    ------
    InputError
        If an argument is not numeric or the shapes do not broadcast.

    Notes
    -----
    Sharpe (1964), "Capital asset prices"; the premiums added as in Damodaran, *Investment Valuation*.

    Examples
    --------
    In Excel: ``=4%+1.2*5%``.

    >>> round(cost_of_equity(0.04, 1.2, 0.05), 6)
    0.1
    >>> cost_of_equity(0.04, [0.8, 1.2], 0.05, country_premium=0.01).round(6)
    array([0.09, 0.11])
    """
    parts = {
        "risk_free": as_float("risk_free", risk_free),
        "beta": as_float("beta", beta),
        "equity_risk_premium": as_float("equity_risk_premium", equity_risk_premium),
        "size_premium": as_float("size_premium", size_premium),
        "country_premium": as_float("country_premium", country_premium),
    }
    broadcast_shape(**parts)
    market = parts["beta"] * parts["equity_risk_premium"]
    return unwrap(np.asarray(parts["risk_free"] + market + parts["size_premium"] + parts["country_premium"]))


def wacc(
    equity: Numeric, debt: Numeric, cost_of_equity: Numeric, cost_of_debt: Numeric, tax_rate: Numeric
) -> Float:
    """Compute the weighted average cost of capital.

    Parameters
    ----------
    equity, debt : array_like, shape (...)
        Market values, zero or positive, in the same unit of money.
    cost_of_equity : array_like, shape (...)
        As a decimal per year.
    cost_of_debt : array_like, shape (...)
        BEFORE tax, as a decimal per year; the tax shield is taken here.
    tax_rate : array_like, shape (...)
        Marginal tax rate, from 0 to 1.

    Returns
    -------
    float or ndarray, shape (...)
        ``E/(E+D) x cost_of_equity + D/(E+D) x cost_of_debt x (1 - tax_rate)``. NaN where any argument is NaN
        (a company without debt still needs some cost of debt: give 0.0), and, in arrays, where equity and
        debt are both zero.

    Raises
    ------
    InputError
        If `equity` or `debt` is negative, `tax_rate` is outside [0, 1], a single valuation has neither
        equity nor debt, an argument is not numeric or the shapes do not broadcast.

    Notes
    -----
    Modigliani and Miller (1963); Brealey, Myers and Allen, *Principles of Corporate Finance*, "after-tax
    weighted-average cost of capital".

    Examples
    --------
    In Excel: ``=600/1000*10%+400/1000*5%*(1-25%)``.

    >>> round(wacc(600.0, 400.0, 0.10, 0.05, 0.25), 6)
    0.075
    """
    owned = as_amount("equity", equity)
    owed = as_amount("debt", debt)
    equity_rate = as_float("cost_of_equity", cost_of_equity)
    debt_rate = as_float("cost_of_debt", cost_of_debt)
    shield = as_fraction("tax_rate", tax_rate)
    shape = broadcast_shape(
        equity=owned, debt=owed, cost_of_equity=equity_rate, cost_of_debt=debt_rate, tax_rate=shield
    )
    capital = np.asarray(owned + owed)
    if shape == () and capital == 0:
        raise InputError(
            "equity and debt", "expected some capital, got 0 for both", advice="Give market values"
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (owned / capital) * equity_rate + (owed / capital) * debt_rate * (1.0 - shield)
    return unwrap(np.asarray(rate))


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
