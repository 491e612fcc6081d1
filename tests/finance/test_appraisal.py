"""NPV, IRR and payback of buying the projected cash flows, where the request asks for them."""

from __future__ import annotations

from typing import Any

import pytest
from finance_cases import AAPL
from scipy.optimize import brentq

from maos_nb.finance.results import financial_model

WORDS = [
    "Value AAPL: NPV", "Value AAPL with its net present value", "AAPL valuation, IRR", "Value AAPL, internal rate of return",
    "Value AAPL, payback period", "AAPL DCF with pay-back time",
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_words_ask_for_it(valued: Any, words: str) -> None:
    """Any of the three measures brings all of them, and the words count as understood."""
    valuation = valued(words)
    assert valuation.appraisal is not None
    assert valuation.request.ignored == ()


def test_nobody_gets_it_who_does_not_ask(valued: Any) -> None:
    """The result then lacks the key."""
    assert "investment_appraisal" not in financial_model(valued())


def test_at_the_price_one_buys_the_enterprise_at_the_market(valued: Any) -> None:
    """Shares at the price, plus debt and leases, less cash and investments."""
    found = valued(AAPL, appraisal=True)
    amounts = {name: found.assumptions[name].value for name in found.assumptions}
    market = found.price * amounts["shares"] + amounts["debt"] + amounts["leases"]
    market -= amounts["cash"] + amounts["investments"]
    assert found.appraisal.investment == pytest.approx(market, rel=1e-12)
    value = float(found.base.valuation.enterprise_value)
    assert found.appraisal.net_present_value == pytest.approx(value - market, rel=1e-12)


@pytest.mark.parametrize("timing", ["end", "mid"])
@pytest.mark.parametrize("terminal", [{}, {"exit_multiple": 12.0}])
def test_the_rate_of_return_discounts_the_flows_to_the_outlay(
    valued: Any, timing: str, terminal: Any
) -> None:
    """Against brentq on the flows at their times; the terminal value keeps its amount, as flows do."""
    found = valued("Value AAPL at a WACC of 8.5%", timing=timing, investment=1.5e12, **terminal)
    flows, late = found.base.projection.free_cash_flow, 0.0 if timing == "end" else 0.5
    sale = float(found.base.valuation.terminal_value)
    when = 5 - (late if not terminal else 0.0)

    def worth(rate: float) -> float:
        years = sum(flow / (1 + rate) ** (year - late) for year, flow in enumerate(flows, 1))
        return float(years + sale / (1 + rate) ** when - 1.5e12)

    assert found.appraisal.irr == pytest.approx(brentq(worth, 0.01, 1.0, xtol=1e-14), rel=1e-9)
    assert worth(0.085) == pytest.approx(found.appraisal.net_present_value, rel=1e-9)


def test_a_cheap_purchase_is_paid_back_within_the_projection(valued: Any) -> None:
    """Two years of flows pay it, a little later when they are discounted."""
    valuation = valued(investment=2e11)
    flows = valuation.base.projection.free_cash_flow
    found = valuation.appraisal
    assert found.payback == pytest.approx(1 + (2e11 - flows[0]) / flows[1])
    assert found.payback < found.discounted_payback < 3


def test_payback_does_not_depend_on_when_in_a_year_flows_are_put(valued: Any) -> None:
    """A year's flow comes in over the year; only its discounting is half a year less."""
    end, mid = (valued(investment=2e11, timing=timing).appraisal for timing in ("end", "mid"))
    assert mid.payback == pytest.approx(end.payback)
    assert mid.payback < mid.discounted_payback < end.discounted_payback


def test_a_dear_purchase_is_not_and_says_so(valued: Any) -> None:
    """None in the result, words in the recommendations."""
    told = financial_model(valued(appraisal=True))
    assert told["investment_appraisal"]["payback"] is None
    assert any("do not pay it back" in sentence for sentence in told["recommendations"])


def test_without_a_price_or_an_investment_it_is_said_that_one_is_missing(valued: Any) -> None:
    """What was asked for and cannot be given is a doubt."""
    told = financial_model(valued("Value NVDA: NPV and IRR"))
    assert "investment_appraisal" not in told
    assert any("give investment=" in doubt for doubt in told["risk_assessment"]["doubts"])


def test_the_investment_may_be_said_in_words(valued: Any) -> None:
    """An outlay in dollars."""
    valuation = valued(
        "Value a software company with revenue of $50 million, initial investment of $120 million"
    )
    assert valuation.appraisal.investment == 120e6
