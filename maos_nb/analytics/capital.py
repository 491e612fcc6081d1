"""Cost of capital: the cost of equity, the weighted average with debt, and beta from returns and for leverage."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import (
    Float,
    Numeric,
    as_amount,
    as_float,
    as_fraction,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._betas import Adjustment, Beta, adjust_beta, regression_beta
from maos_nb.analytics._circular_wacc import CircularStatus, CircularWacc, wacc_circular
from maos_nb.analytics._leverage import Leverage, relever_beta, unlever_beta
from maos_nb.analytics._synthetic_rating import RATING_SOURCE, FirmSize, SyntheticRating, synthetic_rating
from maos_nb.errors import InputError

__all__ = [
    "RATING_SOURCE",
    "Adjustment",
    "Beta",
    "CircularStatus",
    "CircularWacc",
    "FirmSize",
    "Leverage",
    "SyntheticRating",
    "adjust_beta",
    "cost_of_equity",
    "regression_beta",
    "relever_beta",
    "synthetic_rating",
    "unlever_beta",
    "wacc",
    "wacc_circular",
]


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
