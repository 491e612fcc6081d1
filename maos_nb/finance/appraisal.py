"""The projected cash flows as an investment: net present value, internal rate of return, payback."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maos_nb.analytics import cashflows, dcf
from maos_nb.analytics._arrays import Array
from maos_nb.finance.origins import Assumption
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["Appraisal", "appraise"]

PROFILE_POINTS = 101
PROFILE_REACH = 0.5
"""Highest rate of the profile, unless the WACC is close to it."""
PERIODS_A_YEAR = {"end": 1, "mid": 2}
"""Flows in the middle of the year lie on a grid of half years."""


@dataclass(frozen=True, slots=True, eq=False)
class Appraisal:
    """What buying the projected cash flows amounts to.

    Parameters
    ----------
    investment : float
        The outlay now.
    basis : str
        Where the outlay comes from.
    net_present_value, profitability_index : float
        At the WACC.
    irr : float
        Rate a year at which the net present value is zero, the nearest to 10%; NaN where there is none.
    irr_status : str
        Whether there is one, and whether it is the only one.
    payback, discounted_payback : float
        Years until the projected flows, without the terminal value, have paid the outlay back; NaN where they
        do not.
    cash_flows : Array, shape (n_years + 1,)
        The outlay, and the flow of each year, the last with the terminal value.
    rates, values, roots : Array
        The profile: net present value over rates a year, and all rates at which it is zero.
    """

    investment: float
    basis: str
    net_present_value: float
    profitability_index: float
    irr: float
    irr_status: str
    payback: float
    discounted_payback: float
    cash_flows: Array
    rates: Array
    values: Array
    roots: Array


def appraise(
    request: FinancialModelRequest,
    assumptions: Mapping[str, Assumption],
    base: dcf.DriverDcf,
    price: float | None,
) -> Appraisal | None:
    """Measure the purchase of the projected flows at the investment given, else at the market's price.

    None where the request does not ask for it, and where neither an investment nor a price is known.
    """
    investment, basis = _investment(request, assumptions, price)
    if not (request.appraisal or request.investment is not None) or not math.isfinite(investment):
        return None
    flows = base.projection.free_cash_flow
    terminal, wacc = float(base.valuation.terminal_value), assumptions["wacc"].value
    per_year = PERIODS_A_YEAR[request.timing]
    dated = _dated(request, -investment, flows, terminal, per_year)
    root, status = cashflows.irr(dated, guess=1.1 ** (1 / per_year) - 1, return_status=True)
    rates = np.linspace(0.0, max(PROFILE_REACH, 1.5 * wacc), PROFILE_POINTS)
    per_period = (1 + rates) ** (1 / per_year) - 1
    profile = cashflows.npv_profile(dated, per_period)
    return Appraisal(
        investment=investment,
        basis=basis,
        net_present_value=float(base.valuation.enterprise_value) - investment,
        profitability_index=float(base.valuation.enterprise_value) / investment,
        irr=(1 + root) ** per_year - 1,
        irr_status=str(status),
        # A year's flow, discounted or not, comes in evenly over the year, whenever in it the valuation puts it.
        payback=cashflows.payback([-investment, *flows]),
        discounted_payback=cashflows.payback([-investment, *base.valuation.present_values]),
        cash_flows=_dated(request, -investment, flows, terminal, 1),
        rates=rates,
        values=profile.values,
        roots=(1 + profile.roots[np.isfinite(profile.roots)]) ** per_year - 1,
    )


def _investment(
    request: FinancialModelRequest, assumptions: Mapping[str, Assumption], price: float | None
) -> tuple[float, str]:
    if request.investment is not None:
        return request.investment, f"given: {request.evidence['investment']}"
    if price is None:
        return math.nan, ""
    amount = {name: assumptions[name].value for name in ("shares", "cash", "investments", "debt", "leases")}
    value = (
        price * amount["shares"] + amount["debt"] + amount["leases"] - amount["cash"] - amount["investments"]
    )
    basis = "enterprise value at the market price: shares at the price, plus debt and leases, less cash and investments"
    return (value, basis) if value > 0 else (math.nan, "")


def _dated(
    request: FinancialModelRequest, outlay: float, flows: Array, terminal: float, per_year: int
) -> Array:
    """Lay out the flows on a grid of years or half years, the first now."""
    dated = np.zeros(len(flows) * per_year + 1)
    dated[0] = outlay
    dated[1::per_year] = flows
    # Gordon's terminal value comes with the flows, in the middle of the year; a sale at the end of it.
    with_flows = request.exit_multiple is None
    dated[len(dated) - per_year if with_flows else -1] += terminal
    return dated
