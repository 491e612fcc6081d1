"""Beta with and without the risk that debt adds to equity."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_float,
    as_fraction,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.errors import InputError

__all__ = ["Leverage", "as_leverage", "relever_beta", "share_of_leverage", "unlever_beta"]

Leverage: TypeAlias = Literal["hamada", "miles-ezzell", "harris-pringle"]

METHODS = ("hamada", "miles-ezzell", "harris-pringle")


class _Inputs(NamedTuple):
    beta: Array
    debt_beta: Array
    leverage: Array
    """Debt over equity, times the part of it that makes equity riskier."""


def unlever_beta(
    beta: Numeric,
    equity: Numeric,
    debt: Numeric,
    tax_rate: Numeric,
    *,
    method: Leverage = "hamada",
    debt_beta: Numeric = 0.0,
    cost_of_debt: Numeric | None = None,
) -> Float:
    """Take the risk of debt out of a company's beta.

    Parameters
    ----------
    beta : array_like, shape (...)
        Beta of the equity, as estimated.
    equity, debt : array_like, shape (...)
        Market values, zero or positive, in the same unit of money.
    tax_rate : array_like, shape (...)
        Marginal tax rate, from 0 to 1.
    method : {"hamada", "miles-ezzell", "harris-pringle"}
        What is assumed of the debt: its amount is fixed, or its share of value is restored once a year, or
        all the time.
    debt_beta : array_like, shape (...)
        Beta of the debt.
    cost_of_debt : array_like, shape (...), optional
        Before tax, as a decimal per year; needed by, and only used by, Miles-Ezzell.

    Returns
    -------
    float or ndarray, shape (...)
        The unlevered beta; NaN where an argument is NaN, and, in arrays, without equity.

    Raises
    ------
    InputError
        If `equity` or `debt` is negative, `tax_rate` is outside [0, 1], `method` is unknown, `cost_of_debt`
        is missing for Miles-Ezzell or -100% or below, a single company has no equity, an argument is not
        numeric or the shapes do not broadcast.

    Notes
    -----
    ``(beta + debt_beta L) / (1 + L)``, where L is debt over equity times ``1 - t`` (Hamada 1972, with a debt
    beta after Conine 1980), ``1 - t r / (1 + r)`` with the cost of debt r (Miles and Ezzell 1980), or 1
    (Harris and Pringle 1985).

    Examples
    --------
    In Excel: ``=1.2/(1+(1-25%)*400/600)``.

    >>> round(unlever_beta(1.2, 600.0, 400.0, 0.25), 6)
    0.8
    >>> round(unlever_beta(1.2, 600.0, 400.0, 0.25, method="miles-ezzell", cost_of_debt=0.05), 6)
    0.723445
    """
    levered, owed, leverage = _as_inputs(beta, equity, debt, tax_rate, method, debt_beta, cost_of_debt)
    with np.errstate(invalid="ignore"):
        return unwrap(np.asarray((levered + owed * leverage) / (1.0 + leverage)))


def relever_beta(
    beta: Numeric,
    equity: Numeric,
    debt: Numeric,
    tax_rate: Numeric,
    *,
    method: Leverage = "hamada",
    debt_beta: Numeric = 0.0,
    cost_of_debt: Numeric | None = None,
) -> Float:
    """Add the risk of debt to an unlevered beta; the inverse of `unlever_beta`.

    Parameters
    ----------
    beta : array_like, shape (...)
        Unlevered beta, such as the mean of the peers'.
    equity, debt, tax_rate, method, debt_beta, cost_of_debt
        Of the company, or at its target capital structure, as for `unlever_beta`.

    Returns
    -------
    float or ndarray, shape (...)
        The beta of the equity; NaN where an argument is NaN, and, in arrays, without equity.

    Raises
    ------
    InputError
        As for `unlever_beta`.

    Notes
    -----
    ``beta + (beta - debt_beta) L`` with the L of `unlever_beta`. Returns can stand in for betas, as the
    relation is linear: the cost of equity from an unlevered cost of capital and the cost of debt.

    Examples
    --------
    In Excel: ``=0.8*(1+(1-25%)*400/600)``.

    >>> round(relever_beta(0.8, 600.0, 400.0, 0.25), 6)
    1.2
    >>> round(relever_beta(0.8, 600.0, 400.0, 0.25, debt_beta=0.2), 6)
    1.1
    """
    unlevered, owed, leverage = _as_inputs(beta, equity, debt, tax_rate, method, debt_beta, cost_of_debt)
    with np.errstate(invalid="ignore"):
        return unwrap(np.asarray(unlevered + (unlevered - owed) * leverage))


def as_leverage(method: Leverage) -> Leverage:
    """Accept one of the methods by name."""
    if method not in METHODS:
        raise InputError("method", f"expected one of {', '.join(METHODS)}, got {method!r}")
    return method


def share_of_leverage(method: Leverage, tax_rate: Array, cost_of_debt: Array) -> Array:
    """Give the part of debt over equity that makes equity riskier; the rest rides on the tax shield."""
    if method == "hamada":
        return np.asarray(1.0 - tax_rate)
    if method == "miles-ezzell":
        return np.asarray(1.0 - tax_rate * cost_of_debt / (1.0 + cost_of_debt))
    return np.ones(())


def _as_inputs(
    beta: Numeric,
    equity: Numeric,
    debt: Numeric,
    tax_rate: Numeric,
    method: Leverage,
    debt_beta: Numeric,
    cost_of_debt: Numeric | None,
) -> _Inputs:
    if as_leverage(method) == "miles-ezzell" and cost_of_debt is None:
        raise InputError("cost_of_debt", "expected one for miles-ezzell, got none", advice="Give 5% as 0.05")
    arrays = {
        "beta": as_float("beta", beta),
        "equity": as_amount("equity", equity),
        "debt": as_amount("debt", debt),
        "tax_rate": as_fraction("tax_rate", tax_rate),
        "debt_beta": as_float("debt_beta", debt_beta),
        "cost_of_debt": as_rates("cost_of_debt", 0.0 if cost_of_debt is None else cost_of_debt),
    }
    shape = broadcast_shape(**arrays)
    owned = arrays["equity"]
    if shape == () and owned == 0:
        raise InputError("equity", "expected a value above zero, got 0.0", advice="Give the market value")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = arrays["debt"] / np.where(owned == 0, np.nan, owned)
        share = share_of_leverage(method, arrays["tax_rate"], arrays["cost_of_debt"])
    return _Inputs(arrays["beta"], arrays["debt_beta"], np.asarray(ratio * share))
