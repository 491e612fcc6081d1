"""What a valuation says and what to doubt: every sentence is computed from its figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maos_nb.finance.origins import Origin
from maos_nb.finance.valuation import Valuation, WhatIf

__all__ = ["Confidence", "confidence", "doubts", "recommendations", "risks"]

HIGH_TERMINAL_SHARE = 0.75
NARROW_MARGIN = 0.02
LARGE_CHANGE = 0.5
_TRUST: Mapping[Origin, float] = {
    Origin.GIVEN: 1.0,
    Origin.DATA: 1.0,
    Origin.SECTOR: 0.5,
    Origin.DEFAULT: 0.25,
}
_NEEDED = ("revenue", "revenue_growth", "operating_margin", "tax_rate", "wacc", "terminal_growth")


@dataclass(frozen=True, slots=True)
class Confidence:
    """How well founded a valuation is, from 0 to 1: the mean of three shares. No probability.

    Parameters
    ----------
    inputs : float
        Trust in the inputs that matter: origins (given or read from data 1, sector average 0.5,
        default 0.25), weighted by how far each driver moves the value over its range.
    stability : float
        Share of the cells of the two-way table and of the scenarios that come to the conclusion
        of the base case: above the price or not; without a price, worth more than nothing or not.
    coverage : float
        Share of the needed inputs, the price included, that have a source: the user, the
        company's own figures or an average of its sector, and not a default.
    """

    inputs: float
    stability: float
    coverage: float

    @property
    def score(self) -> float:
        """The mean of the three parts."""
        return (self.inputs + self.stability + self.coverage) / 3


def confidence(valuation: Valuation) -> Confidence:
    """Measure how well founded a valuation is; :class:`Confidence` says how."""
    return Confidence(_trusted_inputs(valuation), _stability(valuation), _coverage(valuation))


def recommendations(valuation: Valuation) -> list[str]:
    """Say what follows from the figures."""
    sentences = [_verdict(valuation), *_widest(valuation)]
    low, high = _scenario_span(valuation)
    if low is not None and high is not None:
        sentences.append(f"The scenarios span {_money(valuation, low)} to {_money(valuation, high)}.")
    share = float(valuation.base.valuation.terminal_share)
    if share > HIGH_TERMINAL_SHARE:
        sentences.append(
            f"{share:.0%} of enterprise value lies beyond the projected years: look at growth in perpetuity "
            "and WACC before anything else."
        )
    return sentences


def risks(valuation: Valuation) -> dict[str, object]:
    """Measure what the value hangs on."""
    low, _ = _scenario_span(valuation)
    widest = _widest_what_if(valuation)
    return {
        "terminal_value_share": float(valuation.base.valuation.terminal_share),
        "implied_exit_multiple": _finite(float(valuation.base.valuation.implied_exit_multiple)),
        "most_influential_driver": None if widest is None else widest.driver,
        "most_influential_swing": None if widest is None else _relative(widest.swing, abs(valuation.judged)),
        "lowest_scenario_against_base": None
        if low is None
        else _relative(low - valuation.judged, valuation.judged),
        "share_of_cells_above_price": _share_above_price(valuation),
        "doubts": doubts(valuation),
    }


def doubts(valuation: Valuation) -> list[str]:
    """List what a careful reader would question, most of it gaps in the evidence."""
    found = [_sentence(gap) for gap in valuation.evidence.gaps]
    if valuation.request.ignored:
        found.append(f"Nothing was made of these words: {', '.join(map(repr, valuation.request.ignored))}.")
    weak = [
        item for item in valuation.assumptions.values() if item.origin is Origin.DEFAULT and item.value != 0
    ]
    if weak:
        names = ", ".join(_label(item.name) for item in weak)
        found.append(f"Assumed by default, not given or read from data: {names}.")
    found += [
        f"{item.name.replace('_', ' ').capitalize()} is {item.source}."
        for item in weak
        if item.source.startswith("limited")
    ]
    if float(valuation.base.valuation.terminal_share) > HIGH_TERMINAL_SHARE:
        share = float(valuation.base.valuation.terminal_share)
        found.append(f"The terminal value is {share:.0%} of enterprise value.")
    found += _revenue_doubts(valuation)
    found += _scenario_doubts(valuation)
    found += _reinvestment_doubts(valuation)
    found += _timing_doubts(valuation)
    if valuation.judged < 0:
        found.append("The claims on the company exceed its value: a share cannot be worth less than nothing.")
    if np.isnan(valuation.table.values).any():
        found.append("Some cells of the two-way table have no value: WACC is not above growth there.")
    return found


def _revenue_doubts(valuation: Valuation) -> list[str]:
    history, revenue = valuation.evidence.history, valuation.request.revenue
    if history is None or revenue is None or not history.last("revenue") > 0:
        return []
    change = revenue / history.last("revenue") - 1
    if abs(change) <= LARGE_CHANGE:
        return []
    return [
        f"The revenue given is {change:+.0%} against the one filed, while debt, cash, interest and shares stay as filed."
    ]


def _scenario_doubts(valuation: Valuation) -> list[str]:
    values = {item.name: getattr(item, valuation.metric) for item in valuation.scenarios}
    if values.get("optimistic", math.inf) >= valuation.judged:
        return []
    return [
        "The optimistic scenario is worth less than the base: faster growth multiplies the losses, or costs more than it earns."
    ]


def _reinvestment_doubts(valuation: Valuation) -> list[str]:
    plan, growth = valuation.base.projection, valuation.assumptions["terminal_growth"].value
    share = float(plan.reinvestment[-1] / plan.revenue[-1])
    if growth <= 0 or share >= 0 or valuation.request.exit_multiple is not None:
        return []
    return [
        f"Reinvestment in the last year is {share:.1%} of revenue, below nothing, though growth of {growth:.1%} goes on "
        "for ever: depreciation above capital expenditure or falling working capital cannot pay for that."
    ]


def _timing_doubts(valuation: Valuation) -> list[str]:
    evidence = valuation.evidence
    if evidence.history is None:
        return []
    days = (evidence.as_of - evidence.history.period_end).days
    carried = (1 + valuation.assumptions["wacc"].value) ** (days / 365) - 1
    found = [
        f"Flows are discounted to the balance sheet date, {evidence.history.period_end}; "
        f"carried {days} days on to {evidence.as_of} the enterprise value is {carried:.1%} higher."
    ]
    if evidence.price is not None and valuation.request.price is None:
        found.append(
            "The bundled closes are adjusted for later dividends and splits, so the price is slightly below the one "
            f"quoted on {evidence.price.date}."
        )
    return found


def _verdict(valuation: Valuation) -> str:
    worth = _money(valuation, valuation.judged)
    if valuation.price is None or valuation.metric != "value_per_share":
        sign = "more" if valuation.judged > 0 else "less"
        return f"The base case gives {worth}, {sign} than nothing; without a price there is no verdict."
    gap = valuation.judged / valuation.price - 1
    price = f"{valuation.price:,.2f}"
    if abs(gap) <= NARROW_MARGIN:
        return f"The base case gives {worth} a share, within {NARROW_MARGIN:.0%} of the price of {price}: fairly valued."
    side, word = ("above", "undervalued") if gap > 0 else ("below", "overvalued")
    return f"The base case gives {worth} a share, {abs(gap):.0%} {side} the price of {price}: {word} on these assumptions."


def _widest(valuation: Valuation) -> list[str]:
    widest = _widest_what_if(valuation)
    if widest is None:
        return []
    return [
        f"The driver to get right is {_label(widest.driver)}: from {_driver(widest, widest.low)} to "
        f"{_driver(widest, widest.high)} ({widest.reason}) the value goes from "
        f"{_money(valuation, widest.at_low)} to {_money(valuation, widest.at_high)}."
    ]


def _widest_what_if(valuation: Valuation) -> WhatIf | None:
    return next((item for item in valuation.what_ifs if math.isfinite(item.swing)), None)


def _label(driver: str) -> str:
    return "WACC" if driver == "wacc" else driver.replace("_", " ")


def _driver(item: WhatIf, value: float) -> str:
    return f"{value:.1f}x" if item.driver == "exit_multiple" else f"{value:.1%}"


def _scenario_span(valuation: Valuation) -> tuple[float | None, float | None]:
    values = [getattr(item, valuation.metric) for item in valuation.scenarios]
    values = [value for value in values if math.isfinite(value)]
    return (min(values), max(values)) if len(values) > 1 else (None, None)


def _money(valuation: Valuation, amount: float) -> str:
    if valuation.metric == "value_per_share":
        return f"{amount:,.2f}"
    if valuation.evidence.currency == "USD":
        return f"{amount / 1e6:,.1f} million"
    return f"{amount:,.1f} (last year's revenue = 100)"


def _trusted_inputs(valuation: Valuation) -> float:
    swings = {item.driver: np.nan_to_num(item.swing) for item in valuation.what_ifs}
    total = sum(swings.values())
    trusts = {name: _TRUST[valuation.assumptions[name].origin] for name in swings}
    if total <= 0:
        return sum(trusts.values()) / len(trusts)
    return float(sum(swings[name] * trusts[name] for name in swings) / total)


def _conclusions(valuation: Valuation) -> tuple[np.ndarray, float]:
    outcomes = np.concatenate(
        [valuation.table.values.ravel(), [getattr(item, valuation.metric) for item in valuation.scenarios]]
    )
    bar = valuation.price if valuation.price is not None and valuation.metric == "value_per_share" else 0.0
    return outcomes, bar


def _stability(valuation: Valuation) -> float:
    outcomes, bar = _conclusions(valuation)
    # A cell without a value does not confirm the base case.
    same = np.isfinite(outcomes) & ((outcomes > bar) == (valuation.judged > bar))
    return float(same.mean())


def _share_above_price(valuation: Valuation) -> float | None:
    if valuation.price is None or valuation.metric != "value_per_share":
        return None
    cells = valuation.table.values
    return float((cells > valuation.price).sum() / cells.size)


def _coverage(valuation: Valuation) -> float:
    sourced = [valuation.assumptions[name].origin is not Origin.DEFAULT for name in _NEEDED]
    return (sum(sourced) + (valuation.price is not None)) / (len(sourced) + 1)


def _relative(amount: float, base: float) -> float | None:
    return amount / base if base > 0 else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}".rstrip(".") + "."
