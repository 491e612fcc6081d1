"""The discount rate of a valuation that was given none."""

from __future__ import annotations

import math

import numpy as np

from maos_nb.analytics import capital
from maos_nb.analytics._arrays import Array
from maos_nb.errors import MissingDataError
from maos_nb.finance.evidence import BETA_MONTHS, Evidence, History, Quote
from maos_nb.finance.origins import Assumption, Found, Origin, filed, given
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["cost_of_capital", "cost_of_debt", "interest_cover", "interest_paid"]

CREDIT_SPREAD = 0.015
SMALL_COMPANY = 5e9
"""Market value, in dollars, up to which the rating table for small companies holds."""
_ORIGINS = list(Origin)


def cost_of_capital(
    request: FinancialModelRequest,
    evidence: Evidence,
    *,
    shares: Assumption | None,
    debt: Assumption,
    tax_rate: Assumption,
) -> dict[str, Assumption]:
    """Weigh the costs of equity and debt at market values, or take the sector's average.

    Equity costs what the CAPM says, with a beta from monthly returns; debt the riskless rate and the spread of
    the company's solvency. Without a price or a beta the market value and risk of the equity are not known: then
    the average cost of capital of the sector stands in. The WACC's origin is the weakest of its parts'.

    Raises
    ------
    MissingDataError
        If neither way is open; it says to give ``wacc``.
    """
    risk_free = _given_or(request, "risk_free", "rate", _quoted(evidence.risk_free, "10-year Treasury yield"))
    premium = _given_or(
        request,
        "equity_risk_premium",
        "rate",
        _quoted(evidence.equity_risk_premium, "implied equity risk premium"),
    )
    beta = _given_or(request, "beta", "multiple", _measured_beta(evidence))
    price = _given_or(request, "price", "money", _quoted(evidence.price, "close"))
    if beta is None or price is None or shares is None or risk_free is None or premium is None:
        return {"wacc": _sector_wacc(evidence)}
    equity = price.value * shares.value
    debt_cost = given(request, "cost_of_debt", "rate") or cost_of_debt(
        evidence, risk_free.value, equity=equity
    )
    equity_cost = float(capital.cost_of_equity(risk_free.value, beta.value, premium.value))
    rate = float(capital.wacc(equity, debt.value, equity_cost, debt_cost.value, tax_rate.value))
    parts = (risk_free, beta, premium, debt_cost)
    origin = max((part.origin for part in parts), key=_ORIGINS.index)
    weight = equity / (equity + debt.value)
    capm = f"{risk_free.value:.2%} + {beta.value:.2f} x {premium.value:.2%}"
    words = (
        f"{weight:.0%} equity at {equity_cost:.2%}, {1 - weight:.0%} debt at {debt_cost.value:.2%} before tax"
    )
    return {part.name: part for part in parts} | {
        "cost_of_equity": Assumption("cost_of_equity", equity_cost, "rate", origin, f"CAPM: {capm}"),
        "wacc": Assumption("wacc", rate, "rate", origin, words),
    }


def _given_or(request: FinancialModelRequest, name: str, unit: str, found: Found | None) -> Assumption | None:
    return given(request, name, unit) or (
        None if found is None else Assumption(name, found[0], unit, *found[1:])
    )


def _quoted(quote: Quote | None, words: str) -> Found | None:
    return None if quote is None else (quote.value, Origin.DATA, f"{words} of {quote.date} ({quote.source})")


def _measured_beta(evidence: Evidence) -> Found | None:
    beta = evidence.beta
    if beta is None:
        return None
    text = f"regression on the S&P 500, {beta.n_observations} monthly returns (at most {BETA_MONTHS})"
    return float(beta.beta), Origin.DATA, f"{text}, standard error {beta.standard_error:.2f}"


def cost_of_debt(evidence: Evidence, risk_free: float, *, equity: float | None = None) -> Assumption:
    """Say what lenders would ask today: the riskless rate and the spread of the rating that the interest cover gives.

    Interest that was agreed years ago says little about that: it is shown, and taken where there is no cover.
    """
    history = evidence.history
    cover = interest_cover(evidence)
    paid = interest_paid(evidence)
    if history is not None and math.isfinite(cover):
        size: capital.FirmSize = "small" if equity is not None and equity < SMALL_COMPANY else "large"
        found = capital.synthetic_rating(cover, size=size)
        shown = f"; interest paid was {paid:.2%} of debt" if math.isfinite(paid) else ""
        text = (
            f"risk-free rate of {risk_free:.2%} + {found.spread:.2%} for {found.rating}, as operating income is "
            f"{cover:.1f} times interest ({capital.RATING_SOURCE}){shown}"
        )
        rate = risk_free + float(found.spread)
        return Assumption("cost_of_debt", rate, "rate", Origin.DATA, filed(history, text))
    if history is not None and math.isfinite(paid):
        text = filed(history, "interest expense / debt, mean of begin and end of year")
        return Assumption("cost_of_debt", paid, "rate", Origin.DATA, text)
    text = f"risk-free rate plus {CREDIT_SPREAD:.1%}"
    return Assumption("cost_of_debt", risk_free + CREDIT_SPREAD, "rate", Origin.DEFAULT, text)


def interest_cover(evidence: Evidence) -> float:
    """Give operating income over interest of the last year; NaN where either is not known or there is no interest."""
    history = evidence.history
    if history is None or not history.last("interest_expense") > 0:
        return math.nan
    return history.last("operating_income") / history.last("interest_expense")


def interest_paid(evidence: Evidence) -> float:
    """Give the interest of the last year over the debt that it was paid on, as filed; NaN where it is not known."""
    if evidence.history is None:
        return math.nan
    debts = _total_debt(evidence.history)[-2:]
    debt = float(debts[np.isfinite(debts)].mean()) if np.isfinite(debts).any() else 0.0
    return evidence.history.last("interest_expense") / debt if debt > 0 else math.nan


def _total_debt(history: History) -> Array:
    short, long = history["short_term_debt"], history["long_term_debt"]
    both = np.nan_to_num(short, nan=0.0) + np.nan_to_num(long, nan=0.0)
    return np.where(np.isfinite(short) | np.isfinite(long), both, np.nan)


def _sector_wacc(evidence: Evidence) -> Assumption:
    rate = evidence.sector_figures.get("cost_of_capital", math.nan)
    if not math.isfinite(rate):
        raise MissingDataError(
            f"wacc could not be found for {evidence.name}", advice="Give wacc=... in parameters"
        )
    source = f"average of {evidence.sector}: {evidence.sector_source}"
    return Assumption("wacc", rate, "rate", Origin.SECTOR, source)
