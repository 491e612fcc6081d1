"""What is left to the owners: projected net income, and the return that they ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.dcf import Projection
from maos_nb.errors import MissingDataError
from maos_nb.finance.cost_of_capital import cost_of_capital, cost_of_debt, interest_paid
from maos_nb.finance.evidence import Evidence
from maos_nb.finance.origins import Assumption, Origin, given
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["cost_of_equity", "net_income"]


def net_income(
    plan: Projection,
    request: FinancialModelRequest,
    assumptions: Mapping[str, Assumption],
    evidence: Evidence,
) -> Array:
    """Project net income, ``(n_years,)``: debt stays what it is, so that interest does; interest income is left out."""
    pretax = plan.ebit - _interest(request, assumptions, evidence)
    return np.asarray(pretax - assumptions["tax_rate"].value * np.maximum(pretax, 0.0))


def _interest(
    request: FinancialModelRequest, assumptions: Mapping[str, Assumption], evidence: Evidence
) -> float:
    """Interest on the debt of the valuation: at the cost given, at the rate of the last filed year, or as lenders ask."""
    debt = assumptions["debt"].value
    known = given(request, "cost_of_debt", "rate")
    if debt == 0 or known is not None:
        return debt * known.value if known is not None else 0.0
    paid = interest_paid(evidence)
    if math.isfinite(paid):
        return debt * paid
    if "cost_of_debt" in assumptions:
        return debt * assumptions["cost_of_debt"].value
    quoted = evidence.risk_free.value if evidence.risk_free is not None else math.nan
    return debt * cost_of_debt(evidence, quoted if request.risk_free is None else request.risk_free).value


def cost_of_equity(
    request: FinancialModelRequest, evidence: Evidence, assumptions: Mapping[str, Assumption]
) -> Assumption | None:
    """Give the cost of equity by the CAPM, also where the WACC was given; else the sector's; else None."""
    if "cost_of_equity" in assumptions:
        return assumptions["cost_of_equity"]
    try:
        found = cost_of_capital(
            request,
            evidence,
            shares=assumptions.get("shares"),
            debt=assumptions["debt"],
            tax_rate=assumptions["tax_rate"],
        ).get("cost_of_equity")
    except MissingDataError:
        found = None
    rate = evidence.sector_figures.get("cost_of_equity", math.nan)
    if found is not None or not math.isfinite(rate):
        return found
    source = f"average of {evidence.sector}: {evidence.sector_source}"
    return Assumption("cost_of_equity", rate, "rate", Origin.SECTOR, source)
