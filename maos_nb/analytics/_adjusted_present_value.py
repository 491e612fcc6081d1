"""The value of a business as if it had no debt, and the value of the taxes that its debt saves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    BoolArray,
    Float,
    Numeric,
    as_amount,
    as_fraction,
    as_periods,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._periods import full, periods_first, periods_last, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import (
    Names,
    ValuationStatus,
    as_growth,
    as_same_periods,
    discounted_at_year_end,
    finite_only,
    perpetuity,
    shaped,
    shown_status,
    statuses,
)
from maos_nb.errors import InputError

__all__ = ["AdjustedPresentValue", "ShieldRisk", "apv", "miles_ezzell_wacc"]

ShieldRisk: TypeAlias = Literal["cost_of_debt", "unlevered_cost", "miles_ezzell"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AdjustedPresentValue:
    """An adjusted present value.

    Parameters
    ----------
    enterprise_value
        ``unlevered_value + value_of_tax_shields``, ``(...)``; NaN where `status` is not ``"ok"``.
    unlevered_value
        Present value of the free cash flows at the unlevered cost of capital, ``(...)``.
    value_of_tax_shields
        Present value of the taxes saved, ``(...)``.
    debt
        Debt at the start of each year, ``(..., n_periods)``.
    tax_shields
        Taxes saved in each year, ``(..., n_periods)``.
    equivalent_wacc
        With `leverage`, the one rate at which `dcf` gives the same enterprise value, ``(...)``; NaN with
        `debt`, where no single rate does.
    status
        ``"ok"``, ``"rate_not_above_growth"`` or ``"not_finite"``: a `ValuationStatus`, or an array of str.
    """

    enterprise_value: Float
    unlevered_value: Float
    value_of_tax_shields: Float
    debt: Array
    tax_shields: Array
    equivalent_wacc: Float
    status: Any

    def __repr__(self) -> str:
        return (
            f"AdjustedPresentValue(enterprise_value={figure(self.enterprise_value)}, "
            f"unlevered_value={figure(self.unlevered_value)}, "
            f"value_of_tax_shields={figure(self.value_of_tax_shields)}, status={shown_status(self.status)})"
        )


class _Rates(NamedTuple):
    """Rates, tax and growth, each ``(...)``; growth is -1 where the flows end with the last period."""

    unlevered: Array
    debt: Array
    tax: Array
    growth: Array


class _Shields(NamedTuple):
    """Debt and taxes saved with the periods first, those of the first year after the last, and the WACC."""

    debt: Array
    saved: Array
    following: Array
    wacc: Array


def miles_ezzell_wacc(
    unlevered_cost: Numeric, cost_of_debt: Numeric, tax_rate: Numeric, leverage: Numeric
) -> Float:
    """Compute the WACC of a business that resets its debt to a constant share of value once a year.

    Parameters
    ----------
    unlevered_cost, cost_of_debt : array_like, shape (...)
        Cost of capital without debt, and of debt BEFORE tax, as decimals per year.
    tax_rate : array_like, shape (...)
        Marginal tax rate, from 0 to 1.
    leverage : array_like, shape (...)
        Debt as a share of enterprise value, from 0 to 1.

    Returns
    -------
    float or ndarray, shape (...)
        ``r_U - L t r_D (1 + r_U) / (1 + r_D)``; NaN where an argument is NaN.

    Raises
    ------
    InputError
        If a rate is -100% or below, `tax_rate` or `leverage` is outside [0, 1], an argument is not numeric or
        the shapes do not broadcast.

    Notes
    -----
    Miles and Ezzell (1980), "The weighted average cost of capital, perfect capital markets, and project
    life: a clarification". The tax saved in a year is known a year ahead and carries the risk of debt for
    that year; before that it varies with the value of the business and carries its risk.

    Examples
    --------
    In Excel: ``=9.84%-40%*35%*6%*(1+9.84%)/(1+6%)``.

    >>> round(miles_ezzell_wacc(0.0984, 0.06, 0.35, 0.40), 6)
    0.089696
    """
    rates = {
        "unlevered_cost": as_rates("unlevered_cost", unlevered_cost),
        "cost_of_debt": as_rates("cost_of_debt", cost_of_debt),
        "tax_rate": as_fraction("tax_rate", tax_rate),
        "leverage": as_fraction("leverage", leverage),
    }
    broadcast_shape(**rates)
    return unwrap(np.asarray(_miles_ezzell(*rates.values())))


def apv(
    fcf: Numeric,
    unlevered_cost: Numeric,
    cost_of_debt: Numeric,
    tax_rate: Numeric,
    *,
    debt: Numeric | None = None,
    leverage: Numeric | None = None,
    terminal_growth: Numeric | None = None,
    shield_risk: ShieldRisk | None = None,
) -> AdjustedPresentValue:
    """Value a business as if it had no debt, and add the present value of the taxes that its debt saves.

    Parameters
    ----------
    fcf : array_like, shape (..., n_periods)
        Free cash flow to the firm of each year, before any tax saved by interest.
    unlevered_cost : array_like, shape (...)
        Cost of capital without debt, as a decimal per year.
    cost_of_debt : array_like, shape (...)
        BEFORE tax, as a decimal per year; interest is this rate on the debt at the start of the year.
    tax_rate : array_like, shape (...)
        Marginal tax rate, from 0 to 1.
    debt : array_like, shape (..., n_periods), optional
        Debt at the START of each year, zero or positive; after the last it grows at `terminal_growth`.
        Exactly one of this and `leverage` is given.
    leverage : array_like, shape (...), optional
        Debt as a constant share of enterprise value, from 0 to 1.
    terminal_growth : array_like, shape (...), optional
        Growth of the flow after the last year, -1 or more. Without it the business ends with the last flow.
    shield_risk : {"cost_of_debt", "unlevered_cost", "miles_ezzell"}, optional
        Rate at which the taxes saved are discounted: the cost of debt, for debt that is fixed in advance (the
        default with `debt`); the unlevered cost, for debt that follows value all the time; or the cost of
        debt for a shield's last year and the unlevered cost before, for debt reset to value once a year (the
        default with `leverage`, which the cost of debt contradicts).

    Returns
    -------
    AdjustedPresentValue
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation; NaN
        where an argument is NaN and, in arrays, where a rate is not above `terminal_growth`. Arrays may be
        read-only views.

    Raises
    ------
    InputError
        If `fcf` has no periods, `debt` has another number of them or is negative, both or neither of `debt`
        and `leverage` are given, a rate is -100% or below, `tax_rate` or `leverage` is outside [0, 1], growth
        is below -100%, `shield_risk` is unknown or the cost of debt with `leverage`, an argument is not
        numeric, the shapes do not broadcast, or a single valuation has an unlevered cost, an equivalent WACC
        or a rate of its shields that is not above `terminal_growth`.

    Notes
    -----
    Myers (1974), "Interactions of corporate financing and investment decisions"; for debt that follows value
    Miles and Ezzell (1980), and Harris and Pringle (1985) for the unlevered cost. With `leverage` the value
    equals that of `dcf` at the equivalent WACC: `miles_ezzell_wacc`, or ``r_U - L t r_D``. Costs of distress
    are not deducted.

    Examples
    --------
    Level debt for ever saves its tax rate (Modigliani and Miller). In Excel: ``=100/10%+30%*400``.

    >>> round(apv([100.0], 0.10, 0.05, 0.30, debt=[400.0], terminal_growth=0.0).enterprise_value, 6)
    1120.0
    >>> found = apv([100.0, 105.0], 0.10, 0.05, 0.30, leverage=0.4, terminal_growth=0.02)
    >>> round(found.enterprise_value, 3), round(found.equivalent_wacc, 6)
    (1393.8, 0.093714)
    """
    flows = as_periods("fcf", fcf)
    rates = _Rates(
        as_rates("unlevered_cost", unlevered_cost),
        as_rates("cost_of_debt", cost_of_debt),
        as_fraction("tax_rate", tax_rate),
        np.asarray(-1.0) if terminal_growth is None else as_growth("terminal_growth", terminal_growth),
    )
    risk = _as_shield_risk(debt, leverage, shield_risk)
    arrays = {"fcf": flows[..., 0], "unlevered_cost": rates.unlevered, "cost_of_debt": rates.debt}
    arrays |= {"tax_rate": rates.tax, "terminal_growth": rates.growth}
    if debt is not None:
        owed = as_same_periods("debt", as_amount("debt", debt), flows.shape[-1], "fcf")
        shape = broadcast_shape(**arrays, debt=owed[..., 0])
    else:
        share = as_fraction("leverage", leverage)  # type: ignore[arg-type]  # one of the two was given
        shape = broadcast_shape(**arrays, leverage=share)
    ready = periods_first(flows, len(shape))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if debt is not None:
            shields = _of_a_schedule(periods_first(owed, len(shape)), rates)
        else:
            shields = _of_leverage(ready, share, rates, risk, scalar=shape == ())
        return _valued(ready, rates, shields, risk, shape)


def _as_shield_risk(debt: object, leverage: object, risk: ShieldRisk | None) -> ShieldRisk:
    if (debt is None) == (leverage is None):
        raise InputError(
            "debt and leverage", f"expected exactly one of them, got {'neither' if debt is None else 'both'}"
        )
    if risk is None:
        return "miles_ezzell" if debt is None else "cost_of_debt"
    if risk not in ("cost_of_debt", "unlevered_cost", "miles_ezzell"):
        raise InputError(
            "shield_risk", f'expected "cost_of_debt", "unlevered_cost" or "miles_ezzell", got {risk!r}'
        )
    if debt is None and risk == "cost_of_debt":
        raise InputError(
            "shield_risk",
            'expected "miles_ezzell" or "unlevered_cost" with leverage, got "cost_of_debt"',
            advice="Debt that follows value is as risky as value: give the debt of each year if it is fixed",
        )
    return risk


def _miles_ezzell(unlevered: Array, debt: Array, tax: Array, leverage: Array) -> Array:
    return np.asarray(unlevered - leverage * tax * debt * (1.0 + unlevered) / (1.0 + debt))


def _of_a_schedule(debt: Array, rates: _Rates) -> _Shields:
    saved = debt * (rates.tax * rates.debt)
    return _Shields(debt, saved, np.asarray(saved[-1] * (1.0 + rates.growth)), np.asarray(np.nan))


def _of_leverage(flows: Array, leverage: Array, rates: _Rates, risk: ShieldRisk, *, scalar: bool) -> _Shields:
    """Value backwards from the horizon: the debt of each year is a share of the value at its start."""
    if risk == "miles_ezzell":
        wacc = _miles_ezzell(rates.unlevered, rates.debt, rates.tax, leverage)
    else:
        wacc = np.asarray(rates.unlevered - leverage * rates.tax * rates.debt)
    names = Names("equivalent_wacc", "terminal_growth")
    later = np.asarray(flows[-1] * (1.0 + rates.growth))
    value = perpetuity(later, wacc, rates.growth, names, scalar=scalar)
    per_value = leverage * rates.tax * rates.debt
    following = np.asarray(value * per_value)
    debt = np.empty((len(flows), *np.broadcast_shapes(flows.shape[1:], value.shape, leverage.shape)))
    for period in range(len(flows) - 1, -1, -1):
        value = np.asarray((flows[period] + value) / (1.0 + wacc))
        debt[period] = value * leverage
    return _Shields(debt, debt * (rates.tax * rates.debt), following, wacc)


def _valued(
    flows: Array, rates: _Rates, shields: _Shields, risk: ShieldRisk, shape: tuple[int, ...]
) -> AdjustedPresentValue:
    scalar = shape == ()
    names = Names("unlevered_cost", "terminal_growth")
    later = np.asarray(flows[-1] * (1.0 + rates.growth))
    unlevered = _present_value(flows, later, rates.unlevered, rates.growth, names, scalar=scalar)
    shield_rate = rates.unlevered
    if risk == "cost_of_debt":
        shield_rate, names = rates.debt, Names("cost_of_debt", "terminal_growth")
    saved = _present_value(shields.saved, shields.following, shield_rate, rates.growth, names, scalar=scalar)
    if risk == "miles_ezzell":
        saved = np.asarray(saved * ((1.0 + rates.unlevered) / (1.0 + rates.debt)))
    value = full(np.asarray(unlevered + saved), shape)
    value, unlevered, saved = finite_only(value, unlevered, saved)
    closed: BoolArray = (rates.unlevered <= rates.growth) | (shield_rate <= rates.growth)
    wide = (*shape, len(flows))
    return AdjustedPresentValue(
        enterprise_value=unwrap(value),
        unlevered_value=shaped(unlevered, shape),
        value_of_tax_shields=shaped(saved, shape),
        debt=full(periods_last(shields.debt), wide),
        tax_shields=full(periods_last(shields.saved), wide),
        equivalent_wacc=shaped(shields.wacc, shape),
        status=statuses(
            shape,
            np.isfinite(value),
            {ValuationStatus.RATE_NOT_ABOVE_GROWTH: closed | (shields.wacc <= rates.growth)},
        ),
    )


def _present_value(
    flows: Array, following: Array, rate: Array, growth: Array, names: Names, *, scalar: bool
) -> Array:
    discount = discounted_at_year_end(rate, len(flows), path=False)
    factors = periods_first(periods_last(discount.factors), flows.ndim - 1)
    terminal = perpetuity(following, rate, growth, names, scalar=scalar)
    return np.asarray(sum_of_periods(np.asarray(flows * factors)) + terminal * discount.horizon)
