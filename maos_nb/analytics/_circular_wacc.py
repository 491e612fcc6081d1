"""The WACC whose weights are the values that it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_amount,
    as_float,
    as_fraction,
    as_periods,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._discounting import Timing, as_timing, discounting
from maos_nb.analytics._leverage import Leverage, as_leverage, share_of_leverage
from maos_nb.analytics._periods import periods_first, sum_of_periods
from maos_nb.analytics._records import figure
from maos_nb.analytics._terminal_methods import TerminalMethod, as_terminal_method, horizon_value
from maos_nb.errors import InputError

__all__ = ["CircularStatus", "CircularWacc", "wacc_circular"]

LOWEST_RATE = -0.9  # where no growth bounds the rate: below, a value is mostly rounding
HALVINGS = 80  # of a bracket below 1 or so: rates to the last bit


class CircularStatus(StrEnum):
    """Whether value and WACC agree anywhere, and why not."""

    CONVERGED = "converged"
    WACC_NOT_ABOVE_GROWTH = "wacc_not_above_growth"
    NO_FIXED_POINT = "no_fixed_point"
    EQUITY_NOT_POSITIVE = "equity_not_positive"
    NOT_FINITE = "not_finite"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CircularWacc:
    """A WACC and the values that it was weighted with, and leads to; floats, or arrays ``(...)``.

    Parameters
    ----------
    wacc
        ``E/V x cost_of_equity + D/V x cost_of_debt x (1 - tax_rate)``.
    cost_of_equity
        The unlevered cost of capital, levered at ``D/E``.
    enterprise_value, equity_value
        V, the value of the flows at `wacc`, and ``E = V - D``.
    debt_share
        ``D/V``.
    status
        ``"converged"``; or, with NaN for all figures, ``"wacc_not_above_growth"`` (the unlevered cost is not
        above the terminal growth), ``"no_fixed_point"`` (no V leads to itself), ``"equity_not_positive"`` (the
        debt is worth as much as the business, or more) or ``"not_finite"``: a `CircularStatus`, or an array
        of str.
    """

    wacc: Float
    cost_of_equity: Float
    enterprise_value: Float
    equity_value: Float
    debt_share: Float
    status: Any

    def __repr__(self) -> str:
        failed = int(np.count_nonzero(np.asarray(self.status) != CircularStatus.CONVERGED.value))
        shown = f"{failed} not converged" if failed else "converged"
        return (
            f"CircularWacc(wacc={figure(self.wacc)}, cost_of_equity={figure(self.cost_of_equity)}, "
            f"enterprise_value={figure(self.enterprise_value)}, equity_value={figure(self.equity_value)}, "
            f"status={self.status if np.ndim(self.status) == 0 else shown})"
        )


class _Company(NamedTuple):
    flows: Array
    debt: Array
    unlevered: Array
    owed: Array
    tax: Array
    method: TerminalMethod
    timing: Timing
    shape: tuple[int, ...]

    def value(self, wacc: Array) -> Array:
        """Value the flows at one rate each."""
        discount = discounting(wacc, self.flows.shape[0], path=False, timing=self.timing, stub=np.ones(()))
        terminal = horizon_value(self.method, np.asarray(self.flows[-1]), wacc, scalar=False)
        factor = discount.horizon
        if self.method.growth is not None:
            factor = factor * discount.half_year
        return np.asarray(sum_of_periods(self.flows * discount.factors) + terminal * factor)


def wacc_circular(
    fcf: Numeric,
    debt: Numeric,
    unlevered_cost: Numeric,
    cost_of_debt: Numeric,
    tax_rate: Numeric,
    *,
    terminal_growth: Numeric | None = None,
    exit_multiple: Numeric | None = None,
    terminal_metric: Numeric | None = None,
    method: Leverage = "hamada",
    timing: Timing = "end",
) -> CircularWacc:
    """Find the WACC that values a business at the very weights that it is made with.

    The weights of the WACC, and the leverage in the cost of equity, need the value of equity; that value
    needs the WACC. The answer is the enterprise value V with ``V = value of the flows at WACC(V)``.

    Parameters
    ----------
    fcf : array_like, shape (..., n_periods)
        Free cash flow to the firm of each period. A business known only by its unlevered value U that grows
        at g for ever is the one flow ``U x (unlevered_cost - g)``, to which ``terminal_growth=g`` adds the rest.
    debt : array_like, shape (...)
        Market value of debt less cash that is not part of the operations, zero or positive.
    unlevered_cost : array_like, shape (...)
        Cost of capital without debt, as a decimal per year: `cost_of_equity` at the unlevered beta.
    cost_of_debt : array_like, shape (...)
        BEFORE tax, as a decimal per year; also the return that lenders expect.
    tax_rate : array_like, shape (...)
        Marginal tax rate, from 0 to 1.
    terminal_growth, exit_multiple, terminal_metric : array_like, shape (...), optional
        The terminal value, as for `dcf.dcf`.
    method : {"hamada", "miles-ezzell", "harris-pringle"}
        How the cost of equity rises with debt, as for `relever_beta`.
    timing : {"end", "mid"}
        When in its period a flow comes, as for `dcf.dcf`.

    Returns
    -------
    CircularWacc
        WACC, cost of equity and values in the shape ``(...)`` that all arguments broadcast to, with a status;
        NaN where there is no answer or an argument is NaN.

    Raises
    ------
    InputError
        If `fcf` has no periods, `debt`, `unlevered_cost` or `cost_of_debt` is negative, `tax_rate` is outside [0, 1], the
        terminal arguments do not make exactly one method or are out of range, `method` or `timing` is unknown,
        an argument is not numeric or the shapes do not broadcast, or a single valuation has an
        `unlevered_cost` that is not above `terminal_growth`.

    Notes
    -----
    With the cost of equity levered by `method`, ``WACC = unlevered_cost - s D / V``, where s is ``t x
    unlevered_cost`` (Hamada; Modigliani and Miller 1963), ``t r (1 + unlevered_cost) / (1 + r)`` (Miles and
    Ezzell 1980, r the cost of debt) or ``t r`` (Harris and Pringle 1985). The WACC then lies between the
    terminal growth (-90% for an exit multiple) and `unlevered_cost`, and is found by halving that bracket a fixed number of times. For flows
    that are positive the value falls with the rate and the fixed point is the only one.

    One WACC for all years means one D/V for all years: that is what Miles-Ezzell and Harris-Pringle assume,
    and with Miles-Ezzell the value equals adjusted present value to the last digit. Hamada's fixed amount of
    debt agrees with it in a perpetuity without growth alone, where it gives ``V = U + t D``.

    Examples
    --------
    Worth 1000 without debt; with debt of 400 and a tax of 25%, 100 more.

    >>> wacc_circular([100.0], 400.0, 0.10, 0.05, 0.25, terminal_growth=0.0)
    CircularWacc(wacc=0.0909091, cost_of_equity=0.121429, enterprise_value=1,100.00, equity_value=700,
    status=converged)
    """
    flows = as_periods("fcf", fcf)
    arrays = {
        "debt": as_amount("debt", debt),
        "unlevered_cost": _as_cost("unlevered_cost", unlevered_cost),
        "cost_of_debt": _as_cost("cost_of_debt", cost_of_debt),
        "tax_rate": as_fraction("tax_rate", tax_rate),
    }
    terminal = as_terminal_method(terminal_growth, exit_multiple, terminal_metric)
    shape = broadcast_shape(fcf=flows[..., 0], **arrays, **terminal.arrays())
    company = _Company(
        flows=np.ascontiguousarray(periods_first(flows, len(shape))),
        debt=np.broadcast_to(arrays["debt"], shape),
        unlevered=np.broadcast_to(arrays["unlevered_cost"], shape),
        owed=np.broadcast_to(arrays["cost_of_debt"], shape),
        tax=np.broadcast_to(arrays["tax_rate"], shape),
        method=terminal,
        timing=as_timing(timing),
        shape=shape,
    )
    if shape == () and terminal.growth is not None and company.unlevered <= terminal.growth:
        raise InputError(
            "unlevered_cost",
            f"expected a cost above terminal_growth, got {company.unlevered} and {terminal.growth}",
            advice="Lower terminal_growth, or give exit_multiple and terminal_metric instead",
        )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _solved(company, as_leverage(method))


def _as_cost(name: str, value: Numeric) -> Array:
    cost = as_float(name, value)
    refuse(name, cost, cost < 0, "a rate of zero or more", advice="Give 8% as 0.08")
    return cost


def _solved(company: _Company, method: Leverage) -> CircularWacc:
    saved = company.debt * _saving(method, company.unlevered, company.owed, company.tax)
    wacc, bracketed = _halved(company, saved)
    value = np.where(bracketed, company.value(wacc), np.nan)
    equity = value - company.debt
    ratio = company.debt / equity
    levered = company.unlevered + (company.unlevered - company.owed) * ratio * share_of_leverage(
        method, company.tax, company.owed
    )
    status = _statuses(company, bracketed, value, equity)
    good = status == CircularStatus.CONVERGED.value
    figures = {
        "wacc": wacc,
        "cost_of_equity": levered,
        "enterprise_value": value,
        "equity_value": equity,
        "debt_share": company.debt / value,
    }
    return CircularWacc(
        **{name: unwrap(np.where(good, array, np.nan)) for name, array in figures.items()},
        status=CircularStatus(status.item()) if company.shape == () else status,
    )


def _saving(method: Leverage, unlevered: Array, owed: Array, tax: Array) -> Array:
    """Give what the WACC falls by for each unit of debt over value."""
    if method == "hamada":
        return tax * unlevered
    if method == "miles-ezzell":
        return tax * owed * (1.0 + unlevered) / (1.0 + owed)
    return tax * owed


def _halved(company: _Company, saved: Array) -> tuple[Array, Any]:
    """Close in on the rate at which ``value x (unlevered - rate) = saved``, and say where there is one."""
    high = company.unlevered
    growth = company.method.growth
    low = np.full(company.shape, LOWEST_RATE)
    if growth is not None:
        low = np.nextafter(np.maximum(np.broadcast_to(growth, company.shape), LOWEST_RATE), np.inf)

    def excess(rate: Array) -> Array:
        return np.asarray(company.value(rate) * (company.unlevered - rate) - saved)

    bracketed = (saved == 0) | ((saved > 0) & (excess(low) > 0))
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        above = excess(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(saved == 0, company.unlevered, high), bracketed


def _statuses(company: _Company, bracketed: Any, value: Array, equity: Array) -> Any:
    known = np.isfinite(company.flows).all(axis=0) & np.isfinite(company.unlevered)
    for array in (company.debt, company.owed, company.tax, *company.method.arrays().values()):
        known = known & np.isfinite(array)
    closed = np.zeros(company.shape, dtype=np.bool_)
    if company.method.growth is not None:
        closed = company.unlevered <= company.method.growth
    return np.select(
        [~known, closed, ~bracketed, ~np.isfinite(value), ~(equity > 0)],
        [
            CircularStatus.NOT_FINITE.value,
            CircularStatus.WACC_NOT_ABOVE_GROWTH.value,
            CircularStatus.NO_FIXED_POINT.value,
            CircularStatus.NOT_FINITE.value,
            CircularStatus.EQUITY_NOT_POSITIVE.value,
        ],
        default=CircularStatus.CONVERGED.value,
    )
