"""What a careful reader would question in a valuation; every sentence is computed from its figures."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import numpy as np

from maos_nb.analytics import dcf
from maos_nb.analytics.capital import RATING_SOURCE
from maos_nb.finance.origins import Origin
from maos_nb.finance.valuation import Valuation

__all__ = ["carried_forward", "company_money", "doubts", "label", "money"]

HIGH_TERMINAL_SHARE = 0.75
LARGE_CHANGE = 0.5
LONG_HORIZON = 10
THIN_SPREAD = 0.02
LOW_TAX_GAP = 0.03
STALE_DAYS = 180
OLD_STATEMENTS_DAYS = 456
STALE_YEARS = 1.0
RATED_ON = dt.date(2024, 1, 1)
_COST_OF_CAPITAL = ("risk_free", "beta", "equity_risk_premium", "cost_of_debt")


def doubts(valuation: Valuation) -> list[str]:
    """List what to question, the gaps in the evidence first."""
    found = [_sentence(gap) for gap in valuation.evidence.gaps]
    for question in _QUESTIONS:
        found += question(valuation)
    return found


def label(driver: str) -> str:
    """Name a driver or a method in words."""
    return _LABELS.get(driver, driver.replace("_", " "))


_LABELS = {
    "wacc": "WACC",
    "ev_to_ebitda": "EV/EBITDA",
    "ev_to_revenue": "EV/revenue",
    "price_to_earnings": "price/earnings",
}


def money(valuation: Valuation, amount: float) -> str:
    """Write the judged figure: of a share, or of the whole company with its unit."""
    if valuation.metric == "value_per_share":
        return f"{amount:,.2f}" if abs(amount) >= 0.01 or not amount else f"{amount:.3g}"
    return company_money(valuation, amount)


def company_money(valuation: Valuation, amount: float) -> str:
    """Write an amount of the whole company with its unit."""
    if valuation.evidence.currency != "USD":
        return f"{amount:,.1f} (last year's revenue = 100)"
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if abs(amount) >= size:
            return f"{amount / size:,.1f}{word}"
    return f"{amount:,.2f}"


def carried_forward(valuation: Valuation) -> float:
    """Growth of the enterprise value from the balance sheet's date to that of the valuation, as a share."""
    history = valuation.evidence.history
    if history is None:
        return 0.0
    days = (valuation.evidence.as_of - history.period_end).days
    return float((1 + valuation.assumptions["wacc"].value) ** (days / 365) - 1)


def _words(valuation: Valuation) -> list[str]:
    ignored = valuation.request.ignored
    return [f"Nothing was made of these words: {', '.join(map(repr, ignored))}."] if ignored else []


def _unused(valuation: Valuation) -> list[str]:
    request = valuation.request
    unused = [
        name
        for name in _COST_OF_CAPITAL
        if getattr(request, name) is not None and name not in valuation.assumptions
    ]
    if request.price is not None and valuation.price is None:
        unused.append("price")
    if not unused:
        return []
    names = ", ".join(map(label, unused))
    if unused == ["price"]:
        return [f"Given but not used: {names}; a value per share takes shares."]
    if request.wacc or request.wacc_range:
        return [f"Given but not used for the WACC: {names}; the WACC itself was given."]
    return [f"Given but not used: {names}; it takes beta, price and shares together."]


def _appraisal(valuation: Valuation) -> list[str]:
    if not valuation.request.appraisal or valuation.appraisal is not None:
        return []
    return [
        "NPV, IRR and payback need an outlay, and no market price gives one above zero: give investment=... in parameters."
    ]


def _defaults(valuation: Valuation) -> list[str]:
    weak = [item for item in valuation.assumptions.values() if item.origin is Origin.DEFAULT]
    counted = [item for item in weak if item.value != 0 or valuation.evidence.history is not None]
    found = []
    if counted:
        names = ", ".join(label(item.name) + (" (as zero)" if item.value == 0 else "") for item in counted)
        found.append(f"Assumed by default, not given or read from data: {names}.")
    limited = (item for item in weak if item.source.startswith("limited"))
    return found + [f"{label(item.name).capitalize()} is {item.source}." for item in limited]


def _sector_table(valuation: Valuation) -> list[str]:
    evidence = valuation.evidence
    used = [label(item.name) for item in valuation.assumptions.values() if item.origin is Origin.SECTOR]
    if not used or evidence.sector_as_of is None:
        return []
    age = (evidence.as_of - evidence.sector_as_of).days / 365.25
    if 0 <= age <= STALE_YEARS:
        return []
    side = "later than" if age < 0 else f"{age:.1f} years before"
    return [
        f"The sector averages ({', '.join(used)}) are of {evidence.sector_as_of}, {side} the date of the valuation."
    ]


def _rating_table(valuation: Valuation) -> list[str]:
    used = valuation.assumptions.get("cost_of_debt")
    if used is None or RATING_SOURCE not in used.source or valuation.evidence.as_of >= RATED_ON:
        return []
    return [f"The spread of debt by rating is of {RATED_ON}, later than the date of the valuation."]


def _premium(valuation: Valuation) -> list[str]:
    premium = valuation.evidence.equity_risk_premium
    used = valuation.assumptions.get("equity_risk_premium")
    if premium is None or used is None or used.origin is Origin.GIVEN:
        return []
    days = (valuation.evidence.as_of - premium.date).days
    if days <= STALE_DAYS:
        return []
    return [
        f"The equity risk premium was measured on {premium.date}, {days} days before the valuation, and the risk-free "
        "rate has moved since: give equity_risk_premium=... or wacc=... to be sure."
    ]


def _terminal_share(valuation: Valuation) -> list[str]:
    share = float(valuation.base.valuation.terminal_share)
    return [f"The terminal value is {share:.0%} of enterprise value."] if share > HIGH_TERMINAL_SHARE else []


def _terminal_growth(valuation: Valuation) -> list[str]:
    found = []
    wacc, risk_free = valuation.assumptions["wacc"].value, valuation.evidence.risk_free
    growth = float(valuation.base.valuation.implied_growth)
    if risk_free is not None and growth > risk_free.value:
        found.append(
            f"Growth of {growth:.1%} for ever, given or implied by the exit multiple, is above the risk-free rate of "
            f"{risk_free.value:.1%}: the company would outgrow the economy."
        )
    if valuation.request.exit_multiple is None and wacc - growth < THIN_SPREAD:
        found.append(
            f"WACC is only {wacc - growth:.1%} above growth for ever: small changes move the value a lot."
        )
    return found


def _horizon(valuation: Valuation) -> list[str]:
    if valuation.request.time_horizon <= LONG_HORIZON:
        return []
    return [
        f"Growth fades over all {valuation.request.time_horizon} projected years, so that a longer horizon means faster "
        f"growth for longer: compare with {LONG_HORIZON} years."
    ]


def _reinvestment(valuation: Valuation) -> list[str]:
    """Question growth for ever that is paid for with too little reinvestment, and value it at a return equal to WACC."""
    plan, growth = valuation.base.projection, valuation.assumptions["terminal_growth"].value
    wacc = valuation.assumptions["wacc"].value
    profit, spent = float(plan.nopat[-1]), float(plan.reinvestment[-1])
    if valuation.request.exit_multiple is not None or growth <= 0 or profit <= 0:
        return []
    if spent > 0 and growth * profit / spent <= 2 * wacc:
        return []
    earned = (
        f"a return of {growth * profit / spent:.0%} on new capital"
        if spent > 0
        else "growth that costs nothing"
    )
    return [
        f"Reinvestment in the last year is {spent / float(plan.revenue[-1]):.1%} of revenue: with {growth:.1%} growth for "
        f"ever that is {earned}. If new capital earned just the WACC, the value would be "
        f"{money(valuation, _value_at_wacc_returns(valuation))}."
    ]


def _value_at_wacc_returns(valuation: Valuation) -> float:
    """Value driver formula at RONIC = WACC: the terminal value is next year's NOPAT over WACC."""
    base, wacc = valuation.base, valuation.assumptions["wacc"].value
    profit = float(base.projection.nopat[-1]) * (1 + valuation.assumptions["terminal_growth"].value)
    terminal = profit / wacc * float(base.valuation.discount_factors[-1])
    flows = float(np.sum(base.valuation.present_values))
    bridge = dcf.equity_bridge(
        flows + terminal,
        cash=base.bridge.cash,
        investments=base.bridge.investments,
        debt=base.bridge.debt,
        leases=base.bridge.leases,
        shares=base.bridge.shares,
    )
    return float(getattr(bridge, valuation.metric))


def _tax(valuation: Valuation) -> list[str]:
    at_statutory = next((item for item in valuation.what_ifs if item.driver == "tax_rate"), None)
    if at_statutory is None or at_statutory.high - at_statutory.low <= LOW_TAX_GAP:
        return []
    return [
        f"The tax rate of {at_statutory.low:.1%} is kept for ever; at the statutory {at_statutory.high:.0%} the value "
        f"would be {money(valuation, at_statutory.at_high)}."
    ]


def _revenue(valuation: Valuation) -> list[str]:
    history, revenue = valuation.evidence.history, valuation.request.revenue
    if history is None or revenue is None or not history.last("revenue") > 0:
        return []
    change = revenue / history.last("revenue") - 1
    if abs(change) <= LARGE_CHANGE:
        return []
    return [
        f"The revenue given is {change:+,.0%} against the one filed, while the balance sheet and shares stay as filed."
    ]


def _scenarios(valuation: Valuation) -> list[str]:
    # Of drivers that the user has chosen nobody but the user knows why they should be worth more.
    if (valuation.request.scenario_overrides or {}).get("optimistic", {}).keys() - {"probability"}:
        return []
    values = {item.name: getattr(item, valuation.metric) for item in valuation.scenarios}
    if not values.get("optimistic", math.inf) < valuation.judged:
        return []
    return [
        "The optimistic scenario is worth less than the base: faster growth multiplies the losses, or costs more than it earns."
    ]


def _probabilities(valuation: Valuation) -> list[str]:
    overrides = valuation.request.scenario_overrides or {}
    assumed = [
        item
        for item in valuation.scenarios
        if "probability" not in overrides.get(item.name, {}) and item.probability > 0
    ]
    if len(assumed) < 2:
        return []
    words = ", ".join(f"{item.name} {item.probability:.0%}" for item in assumed)
    return [f"The probabilities of the scenarios are assumed, not measured: {words}."]


def _valueless(valuation: Valuation) -> list[str]:
    names = [item.name for item in valuation.scenarios if not math.isfinite(item.enterprise_value)]
    if not names:
        return []
    return [
        f"There is no value under {', '.join(map(repr, names))}: WACC is not above growth in perpetuity there."
    ]


def _rejected(valuation: Valuation) -> list[str]:
    drawn = valuation.uncertainty
    if drawn is None or not drawn.draws.n_rejected:
        return []
    share = drawn.draws.n_rejected / drawn.draws.n
    return [
        f"{share:.1%} of the random draws have no value, mostly because WACC is not above growth; the others are counted."
    ]


def _peers(valuation: Valuation) -> list[str]:
    if not any(item.n_peers == 1 for item in valuation.methods):
        return []
    return [
        "The multiples are those of a single other company, whatever its business: no market can be read from one."
    ]


def _dates(valuation: Valuation) -> list[str]:
    evidence = valuation.evidence
    if evidence.history is None:
        return []
    days = (evidence.as_of - evidence.history.period_end).days
    found = [
        f"Flows are discounted to the balance sheet date, {evidence.history.period_end}; carried {days} days on to "
        f"{evidence.as_of} the enterprise value is {carried_forward(valuation):,.1%} higher."
    ]
    if days > OLD_STATEMENTS_DAYS:
        found.append(f"The last statements are {days / 30.4:.0f} months old on the date of the valuation.")
    if valuation.price is not None and valuation.request.price is None:
        found.append(
            "The bundled closes are adjusted for dividends paid up to the end of 2022: the price is below the one quoted "
            f"on {evidence.price.date if evidence.price else evidence.as_of}, the more so the longer ago that is."
        )
    return found


def _worthless(valuation: Valuation) -> list[str]:
    if float(valuation.base.valuation.enterprise_value) < 0:
        return ["The operations are worth less than nothing on these assumptions."]
    if valuation.judged < 0:
        return ["The claims on the company exceed its value: a share cannot be worth less than nothing."]
    return []


def _holes(valuation: Valuation) -> list[str]:
    if not np.isnan(valuation.table.values).any():
        return []
    return ["Some cells of the two-way table have no value: WACC is not above growth there."]


_QUESTIONS: tuple[Callable[[Valuation], list[str]], ...] = (
    *(
        _words,
        _unused,
        _appraisal,
        _worthless,
        _defaults,
        _sector_table,
        _rating_table,
        _premium,
        _terminal_share,
        _terminal_growth,
    ),
    *(
        _horizon,
        _reinvestment,
        _tax,
        _revenue,
        _scenarios,
        _probabilities,
        _peers,
        _dates,
        _holes,
        _valueless,
        _rejected,
    ),
)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith(".") and not text.endswith("...") else ".")
