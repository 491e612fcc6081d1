"""From request and evidence to the drivers of a valuation, each with its origin."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._growth import cagr
from maos_nb.errors import MissingDataError, RequestError
from maos_nb.finance.cost_of_capital import cost_of_capital
from maos_nb.finance.evidence import Evidence
from maos_nb.finance.origins import Assumption, Found, Origin, filed, given
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["assume"]

GROWTH_YEARS = 5
RATIO_YEARS = 3
GROWTH_LIMITS = (-0.20, 0.30)
STATUTORY_TAX = 0.21
TERMINAL_GROWTH = 0.025


Rule = Callable[[FinancialModelRequest, Evidence], Found | None]


def assume(request: FinancialModelRequest, evidence: Evidence) -> dict[str, Assumption]:
    """Fill in every driver: as given, else from data, else from the sector, else by default.

    Raises
    ------
    MissingDataError
        If a driver that has no default is neither given nor to be had, or the last revenue filed is not above
        zero; it names the parameter.
    InputError
        If given figures contradict each other, as a WACC at or below the growth in perpetuity.
    """
    found: dict[str, Assumption] = {}
    for name, unit, rules in _plan(request, evidence):
        by_user = given(request, name, unit)
        if by_user is not None:
            found[name] = by_user
            continue
        for rule in rules:
            answer = rule(request, evidence)
            if answer is not None and math.isfinite(answer[0]):
                found[name] = Assumption(name, float(answer[0]), unit, answer[1], answer[2])
                break
        else:
            raise _missing(name, evidence)
    if not found["revenue"].value > 0:
        raise MissingDataError(
            f"the last revenue of {evidence.name} is {found['revenue'].value:,.0f}, and nothing grows from that",
            advice="Give revenue=... in parameters",
        )
    if "wacc" not in found:
        found |= cost_of_capital(
            request, evidence, shares=found.get("shares"), debt=found["debt"], tax_rate=found["tax_rate"]
        )
    _check_growth(request, found)
    return found


def _check_growth(request: FinancialModelRequest, found: Mapping[str, Assumption]) -> None:
    wacc, growth = found["wacc"], found["terminal_growth"]
    if (
        request.time_horizon == 1
        and request.exit_multiple is None
        and found["revenue_growth"].value != growth.value
    ):
        raise RequestError(
            "time_horizon",
            f"one year cannot lead from growth of {found['revenue_growth'].value:.1%} to {growth.value:.1%} for ever",
            advice="Take two years or more, or give an exit_multiple",
        )
    if request.exit_multiple is None and wacc.value <= growth.value:
        raise RequestError(
            "wacc",
            f"{wacc.value:.2%} ({wacc.origin}) is not above terminal_growth, {growth.value:.2%} ({growth.origin}): "
            "what grows for ever as fast as it is discounted has no finite value",
            advice="Raise wacc or give a lower terminal_growth",
        )


def _plan(request: FinancialModelRequest, evidence: Evidence) -> list[tuple[str, str, tuple[Rule, ...]]]:
    plan: list[tuple[str, str, tuple[Rule, ...]]] = [
        ("revenue", "money", (_last("revenue"), _index_revenue)),
        (
            "revenue_growth",
            "rate",
            (_historical_growth, _sustainable_growth, _sector_rule("revenue_growth_5y")),
        ),
        (
            "operating_margin",
            "rate",
            (_operating_margin, _sector_rule("operating_margin")),
        ),
        ("tax_rate", "rate", (_effective_tax, _statutory_tax)),
        ("terminal_growth", "rate", (_terminal_growth,)),
    ]
    by_capital = request.sales_to_capital is not None or not _knows_reinvestment(request, evidence)
    if request.ticker is None and request.shares is not None and request.revenue is None:
        raise RequestError(
            "revenue", "is needed together with shares", advice="Give last year's revenue in currency units"
        )
    if request.exit_multiple is not None and by_capital:
        raise RequestError(
            "exit_multiple",
            "is a multiple of EBITDA, and without statements or with sales_to_capital depreciation is not projected",
            advice="Give terminal_growth instead",
        )
    if request.exit_multiple is not None:
        plan.append(("exit_multiple", "multiple", ()))
    if by_capital:
        plan.append(("sales_to_capital", "multiple", (_sector_rule("sales_to_capital"),)))
    else:
        plan += [(name, "rate", (rule,)) for name, rule in _REINVESTMENT.items()]
    plan += [
        ("cash", "money", (_last("cash_and_equivalents"), _nothing)),
        ("investments", "money", (_investments, _nothing)),
        ("debt", "money", (_debt, _nothing)),
        ("leases", "money", (_last("finance_lease_liability"), _nothing)),
    ]
    if request.shares is not None or request.ticker is not None:
        plan.append(("shares", "shares", (_shares,)))
    if request.wacc is not None or request.wacc_range is not None:
        plan.append(("wacc", "rate", (_wacc_midpoint,)))
    return plan


def _knows_reinvestment(request: FinancialModelRequest, evidence: Evidence) -> bool:
    """Whether depreciation, capital expenditure and working capital are all to be had from statements."""
    found = [rule(request, evidence) for rule in _REINVESTMENT.values()]
    return all(answer is not None and math.isfinite(answer[0]) for answer in found)


def _missing(name: str, evidence: Evidence) -> MissingDataError:
    where = f"of fiscal {evidence.history.years[-1]} " if evidence.history else ""
    return MissingDataError(
        f"{name} {where}could not be found for {evidence.name}", advice=f"Give {name}=... in parameters"
    )


def _last(field: str) -> Rule:
    def rule(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
        if evidence.history is None:
            return None
        return evidence.history.last(field), Origin.DATA, filed(evidence.history, field.replace("_", " "))

    return rule


def _ratio(numerator: str, denominator: str) -> Rule:
    def rule(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
        if evidence.history is None:
            return None
        top, bottom = evidence.history[numerator][-RATIO_YEARS:], evidence.history[denominator][-RATIO_YEARS:]
        both = np.isfinite(top) & np.isfinite(bottom)
        if not both.any() or bottom[both].sum() <= 0:
            return None
        words = f"{numerator} / {denominator}".replace("_", " ")
        text = f"{words}, sums of {both.sum()} years; {filed(evidence.history)}"
        return float(top[both].sum() / bottom[both].sum()), Origin.DATA, text

    return rule


def _sector_rule(figure: str) -> Rule:
    def rule(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
        value = evidence.sector_figures.get(figure)
        if value is None:
            return None
        return value, Origin.SECTOR, f"average of {evidence.sector}: {evidence.sector_source}"

    return rule


def _historical_growth(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
    if evidence.history is None:
        return None
    revenue = evidence.history["revenue"][-GROWTH_YEARS - 1 :]
    known = np.flatnonzero(revenue > 0)
    if len(known) < 2 or known[-1] < len(revenue) - 1:
        return None
    years = len(revenue) - 1 - int(known[0])
    growth = cagr(revenue[[known[0], -1]], years)
    last = f", {revenue[-1] / revenue[-2] - 1:.1%} in the last" if years > 1 and revenue[-2] > 0 else ""
    text = f"growth of revenue a year over {years} years{last}; {filed(evidence.history)}"
    return _within_limits(growth, text)


def _sustainable_growth(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
    """Without a history of revenue: what return on equity and retained profit pay for, on the last balance."""
    history = evidence.history
    if history is None:
        return None
    income, paid, equity = (
        history.last(name) for name in ("net_income", "dividends_paid", "shareholders_equity")
    )
    if not (equity > 0 and math.isfinite(income - paid)):
        return None
    text = f"net income less dividends, over shareholders' equity; {filed(history)}"
    return _within_limits((income - paid) / equity, text)


def _within_limits(growth: float, text: str) -> Found:
    low, high = GROWTH_LIMITS
    if low <= growth <= high:
        return growth, Origin.DATA, text
    limit = min(max(growth, low), high)
    return limit, Origin.DEFAULT, f"limited to {limit:.0%} from {growth:.1%}: {text}"


def _operating_margin(request: FinancialModelRequest, evidence: Evidence) -> Found | None:
    """Take the margin of the last years, and say how much of the profit came in as cash."""
    found = _ratio("operating_income", "revenue")(request, evidence)
    history = evidence.history
    if found is None or history is None:
        return found
    cash, income = (history[name][-RATIO_YEARS:] for name in ("operating_cash_flow", "net_income"))
    both = np.isfinite(cash) & np.isfinite(income)
    if not both.any() or income[both].sum() <= 0:
        return found
    words = f"operating cash flow was {cash[both].sum() / income[both].sum():.2f} times net income; "
    return found[0], found[1], found[2].replace(filed(history), f"{words}{filed(history)}")


def _effective_tax(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
    if evidence.history is None:
        return None
    tax, income = (
        evidence.history["income_tax"][-RATIO_YEARS:],
        evidence.history["pretax_income"][-RATIO_YEARS:],
    )
    both = np.isfinite(tax) & np.isfinite(income)
    if not both.any() or income[both].sum() <= 0 or not 0 <= tax[both].sum() / income[both].sum() <= 1:
        return None
    text = f"income tax / pretax income, sums of {both.sum()} years; {filed(evidence.history)}"
    return float(tax[both].sum() / income[both].sum()), Origin.DATA, text


def _statutory_tax(_: FinancialModelRequest, __: Evidence) -> Found:
    return STATUTORY_TAX, Origin.DEFAULT, "US federal corporate rate since 2018, 26 U.S.C. 11(b)"


def _terminal_growth(request: FinancialModelRequest, evidence: Evidence) -> Found:
    quoted = evidence.risk_free.value if evidence.risk_free is not None else math.inf
    risk_free = quoted if request.risk_free is None else request.risk_free
    if risk_free < TERMINAL_GROWTH:
        return max(0.0, risk_free), Origin.DEFAULT, f"no more than the risk-free rate, {risk_free:.2%}"
    return TERMINAL_GROWTH, Origin.DEFAULT, "2.5%, no more than the risk-free rate"


def _working_capital(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
    history = evidence.history
    if history is None:
        return None
    assets = (
        history["current_assets"]
        - history["cash_and_equivalents"]
        - _or_zero(history["short_term_investments"])
    )
    claims = history["current_liabilities"] - _or_zero(history["short_term_debt"])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = ((assets - claims) / history["revenue"])[-RATIO_YEARS:]
    ratio = ratio[np.isfinite(ratio)]
    if not len(ratio):
        return None
    text = f"operating working capital / revenue, mean of {len(ratio)} years; {filed(history)}"
    return float(ratio.mean()), Origin.DATA, text


_REINVESTMENT: dict[str, Rule] = {
    "depreciation": _ratio("depreciation_and_amortization", "revenue"),
    "capital_expenditure": _ratio("capital_expenditure", "revenue"),
    "working_capital": _working_capital,
}


def _investments(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
    return _sum_of(evidence, "short_term_investments", "long_term_investments")


def _debt(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
    return _sum_of(evidence, "short_term_debt", "long_term_debt")


def _sum_of(evidence: Evidence, *fields: str) -> Found | None:
    if evidence.history is None:
        return None
    amounts = {name: evidence.history.last(name) for name in fields}
    known = {name: amount for name, amount in amounts.items() if math.isfinite(amount)}
    if not known:
        return None
    absent = "".join(f", no {name}" for name in amounts if name not in known).replace("_", " ")
    words = " + ".join(known).replace("_", " ")
    return sum(known.values()), Origin.DATA, f"{filed(evidence.history, words)}{absent}"


def _shares(_: FinancialModelRequest, evidence: Evidence) -> Found | None:
    if evidence.history is None:
        return None
    cover, basic, diluted = (
        evidence.history.last(name) for name in ("shares_outstanding", "basic_shares", "diluted_shares")
    )
    factor = evidence.share_factor
    later = f", times {factor:g} for later splits" if factor != 1 else ""
    if math.isfinite(cover) and math.isfinite(diluted - basic):
        text = filed(evidence.history, f"cover page count + diluted less basic shares of the year{later}")
        return factor * (cover + diluted - basic), Origin.DATA, text
    return factor * diluted, Origin.DATA, filed(evidence.history, f"diluted shares, mean of the year{later}")


def _index_revenue(request: FinancialModelRequest, _: Evidence) -> Found | None:
    if request.ticker is not None:
        return None
    return (
        100.0,
        Origin.DEFAULT,
        "index: no revenue was given, so every amount is per 100 of last year's revenue",
    )


def _nothing(request: FinancialModelRequest, evidence: Evidence) -> Found:
    reason = "not known" if evidence.history is not None else "none given"
    return 0.0, Origin.DEFAULT, f"{reason}, taken as zero"


def _wacc_midpoint(request: FinancialModelRequest, _: Evidence) -> Found | None:
    if request.wacc_range is None:
        return None
    low, high = request.wacc_range
    # Rounded, or the middle of 8% and 9% would not be the 8.5% that everyone reads.
    return round((low + high) / 2, 12), Origin.GIVEN, f"middle of {low:.2%} to {high:.2%}"


def _or_zero(amounts: Array) -> Array:
    # A line that a balance sheet does not carry is part of the items around it.
    return np.nan_to_num(amounts, nan=0.0)
