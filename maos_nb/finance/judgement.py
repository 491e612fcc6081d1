"""What a valuation says and what to doubt: every sentence is computed from its figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maos_nb.finance.doubts import HIGH_TERMINAL_SHARE, carried_forward, company_money, doubts, label, money
from maos_nb.finance.origins import Origin
from maos_nb.finance.statement_doubts import statement_doubts
from maos_nb.finance.valuation import Valuation, WhatIf

__all__ = ["Confidence", "confidence", "recommendations", "risks"]

NARROW_MARGIN = 0.02
MOST_VARIANCE = 1.05
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
        sentences.append(f"The scenarios span {money(valuation, low)} to {money(valuation, high)}.")
    sentences += [*_chances(valuation), *_needed(valuation), *_other_methods(valuation), *_bought(valuation)]
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
    multiple = float(valuation.base.valuation.implied_exit_multiple)
    return {
        "terminal_value_share": float(valuation.base.valuation.terminal_share),
        # Of EBITDA; without projected depreciation there is none.
        "implied_exit_multiple": _finite(multiple) if "depreciation" in valuation.assumptions else None,
        "implied_growth": _finite(float(valuation.base.valuation.implied_growth)),
        "expected_value": _finite(valuation.expected.expected_value),
        "probability_value_exceeds_price": _probability_above(valuation),
        **{f"break_even_{name}": _break_even(valuation, name) for name in _BREAK_EVENS},
        "most_influential_driver": _main_driver(valuation)[0],
        "most_influential_share_of_variance": _main_driver(valuation)[1],
        "widest_driver": None if widest is None else widest.driver,
        "widest_swing": None if widest is None else _relative(widest.swing, abs(valuation.judged)),
        "lowest_scenario_against_base": None
        if low is None
        else _relative(low - valuation.judged, valuation.judged),
        "share_of_cells_above_price": _share_above_price(valuation),
        "doubts": [*doubts(valuation), *statement_doubts(valuation)],
    }


def _verdict(valuation: Valuation) -> str:
    worth = money(valuation, valuation.judged)
    if valuation.price is None:
        return f"The base case gives {worth}; without a price there is no verdict."
    gap = valuation.judged / valuation.price - 1
    price = f"{valuation.price:,.2f}"
    # A gap that the days since the balance sheet explain is no verdict either.
    band = max(NARROW_MARGIN, abs(carried_forward(valuation)))
    if abs(gap) <= band:
        return (
            f"The base case gives {worth} a share, within {band:.1%} of the price of {price}: fairly valued."
        )
    side, word = ("above", "undervalued") if gap > 0 else ("below", "overvalued")
    return f"The base case gives {worth} a share, {abs(gap):,.0%} {side} the price of {price}: {word} on these assumptions."


def _widest(valuation: Valuation) -> list[str]:
    widest = _widest_what_if(valuation)
    if widest is None:
        return []
    return [
        f"Moved alone, {label(widest.driver)} moves the value furthest: from {_driver(widest, widest.low)} to "
        f"{_driver(widest, widest.high)} ({widest.reason}) the value goes from "
        f"{money(valuation, widest.at_low)} to {money(valuation, widest.at_high)}."
    ]


def _chances(valuation: Valuation) -> list[str]:
    drawn = valuation.uncertainty
    if drawn is None or drawn.draws.n_rejected == drawn.draws.n:
        return []
    draws = drawn.draws
    low, high = (money(valuation, draws.percentiles[level]) for level in (0.05, 0.95))
    chance = _probability_above(valuation)
    above = (
        "" if chance is None else f"; {chance:.0%} of the draws are above the price of {valuation.price:,.2f}"
    )
    driver, share = _main_driver(valuation)
    source = (
        ""
        if share is None
        else f" Most of that spread comes from {label(str(driver))}, {share:.0%} of the variance."
    )
    return [f"In {draws.n:,} random draws nine of ten values lie between {low} and {high}{above}.{source}"]


_BREAK_EVENS = {
    "revenue_growth": "growth of revenue in the first year",
    "operating_margin": "an operating margin",
    "wacc": "a WACC",
}


def _needed(valuation: Valuation) -> list[str]:
    found = [
        f"{words} of {value:.1%} (base {valuation.assumptions[name].value:.1%})"
        for name, words in _BREAK_EVENS.items()
        if (value := _break_even(valuation, name)) is not None
    ]
    if not found:
        return []
    return [f"One driver alone would make the value equal to the price: {', or '.join(found)}."]


def _other_methods(valuation: Valuation) -> list[str]:
    found = [item for item in valuation.methods if math.isfinite(item.low) and math.isfinite(item.high)]
    if not found:
        return []
    above = [label(item.name) for item in found if item.low > valuation.judged]
    below = [label(item.name) for item in found if item.high < valuation.judged]
    parts = [
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {side}"
        for names, side in ((above, "above"), (below, "below"))
        if names
    ]
    agreeing = [label(item.name) for item in found if label(item.name) not in (*above, *below)]
    if agreeing:
        parts.insert(0, f"{', '.join(agreeing)} {'agrees' if len(agreeing) == 1 else 'agree'} with it")
    return [
        f"Of the methods set beside the base case of {money(valuation, valuation.judged)}, {'; '.join(parts)}."
    ]


def _bought(valuation: Valuation) -> list[str]:
    found = valuation.appraisal
    if found is None:
        return []
    rate = (
        "there is no internal rate of return"
        if math.isnan(found.irr)
        else f"the internal rate of return is {found.irr:.1%}"
    )
    back = (
        "the projected flows alone do not pay it back"
        if math.isnan(found.payback)
        else f"it is paid back in {found.payback:.1f} years"
    )
    return [
        f"Bought for {company_money(valuation, found.investment)} ({found.basis}), the flows have a net present value of "
        f"{company_money(valuation, found.net_present_value)} at the WACC of {valuation.assumptions['wacc'].value:.1%}; {rate}, and {back}."
    ]


def _main_driver(valuation: Valuation) -> tuple[str | None, float | None]:
    """Name the driver with the largest share of the variance; without draws the one with the widest swing."""
    indices = valuation.uncertainty.indices if valuation.uncertainty is not None else None
    # Where draws near growth in perpetuity are without bounds, shares above all of the variance are no estimate.
    shares = np.full(1, np.nan) if indices is None else indices.total_order
    if indices is None or not (np.isfinite(shares).all() and shares.max() <= MOST_VARIANCE):
        widest = _widest_what_if(valuation)
        return (None if widest is None else widest.driver), None
    place = int(np.argmax(shares))
    return indices.names[place], float(shares[place])


def _probability_above(valuation: Valuation) -> float | None:
    if valuation.price is None or valuation.uncertainty is None:
        return None
    return _finite(float(valuation.uncertainty.draws.probability_above(valuation.price)))


def _break_even(valuation: Valuation, driver: str) -> float | None:
    found = valuation.break_even
    return None if found is None else _finite(float(found.value[found.names.index(driver)]))


def _widest_what_if(valuation: Valuation) -> WhatIf | None:
    return next((item for item in valuation.what_ifs if math.isfinite(item.swing)), None)


def _driver(item: WhatIf, value: float) -> str:
    return f"{value:.1f}x" if item.driver == "exit_multiple" else f"{value:.1%}"


def _scenario_span(valuation: Valuation) -> tuple[float | None, float | None]:
    values = [getattr(item, valuation.metric) for item in valuation.scenarios]
    values = [value for value in values if math.isfinite(value)]
    return (min(values), max(values)) if len(values) > 1 else (None, None)


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
    bar = 0.0 if valuation.price is None else valuation.price
    return outcomes, bar


def _stability(valuation: Valuation) -> float:
    outcomes, bar = _conclusions(valuation)
    # A cell without a value does not confirm the base case.
    same = np.isfinite(outcomes) & ((outcomes > bar) == (valuation.judged > bar))
    return float(same.mean())


def _share_above_price(valuation: Valuation) -> float | None:
    if valuation.price is None:
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
