"""Dividends, residual income and multiples beside the cash flows, each against a plain calculation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from finance_cases import EditedSource

from maos_nb.finance.earnings import cost_of_equity, net_income
from maos_nb.finance.results import financial_model


@pytest.fixture(scope="module")
def apple(valued: Any) -> Any:
    """Give Apple's valuation."""
    return valued()


def method(valuation: Any, name: str) -> Any:
    """Give one method's range."""
    return next(item for item in valuation.methods if item.name == name)


def test_dividends_are_discounted_year_by_year(apple: Any) -> None:
    """A plain loop: those of 2022 grow with revenue, then for ever."""
    history, growth = apple.evidence.history, apple.assumptions["terminal_growth"].value
    rate = cost_of_equity(apple.request, apple.evidence, apple.assumptions).value
    total, paid = 0.0, 0.0
    for year, revenue in enumerate(apple.base.projection.revenue, 1):
        paid = history.last("dividends_paid") * revenue / history.last("revenue")
        total += paid / (1 + rate) ** year
    total += paid * (1 + growth) / (rate - growth) / (1 + rate) ** 5
    found = method(apple, "dividend_discount")
    assert found.mid == pytest.approx(total / apple.assumptions["shares"].value, rel=1e-12)
    assert found.low < found.mid < found.high


def test_residual_income_for_ever_is_the_value_of_what_is_paid_out(apple: Any) -> None:
    """Under clean surplus the two are one: Ohlson (1995)."""
    history, growth = apple.evidence.history, apple.assumptions["terminal_growth"].value
    rate = cost_of_equity(apple.request, apple.evidence, apple.assumptions).value
    revenue = np.array([history.last("revenue"), *apple.base.projection.revenue])
    book = history.last("shareholders_equity") * revenue / revenue[0]
    paid = net_income(apple.base.projection, apple.request, apple.assumptions, apple.evidence) - np.diff(book)
    total = sum(amount / (1 + rate) ** year for year, amount in enumerate(paid, 1))
    residual = paid[-1] + (book[-1] - book[-2]) - rate * book[-2]
    total += (book[-1] + residual * (1 + growth) / (rate - growth)) / (1 + rate) ** 5
    found = method(apple, "residual_income")
    assert found.high == pytest.approx(total / apple.assumptions["shares"].value, rel=1e-9)
    assert found.low < found.mid < found.high


def test_multiples_are_those_of_the_other_company_on_the_day(apple: Any, samples: Any) -> None:
    """Microsoft's price/earnings at the last bundled close, times Apple's earnings."""
    close = samples.prices(["MSFT"], end="2022-12-28").frame["MSFT"].iloc[-1]
    report = samples.statements("MSFT", as_of="2022-12-28").frame.iloc[-1]
    multiple = close * report["diluted_shares"] / report["net_income"]
    own = apple.evidence.history.last("net_income") / apple.assumptions["shares"].value
    assert method(apple, "price_to_earnings").mid == pytest.approx(multiple * own, rel=1e-9)
    assert method(apple, "price_to_earnings").basis.startswith("price/earnings of MSFT (1)")


def test_a_single_peer_is_a_doubt(apple: Any) -> None:
    """No market can be read from one company."""
    doubts = financial_model(apple)["risk_assessment"]["doubts"]
    assert any("single other company" in doubt for doubt in doubts)


def test_a_loss_has_no_multiple_of_earnings(valued: Any) -> None:
    """The others stay."""
    source = EditedSource({(2022, "net_income"): -1e9})
    names = {item.name for item in valued(source=source).methods}
    assert "price_to_earnings" not in names
    assert "ev_to_ebitda" in names


def test_without_dividends_or_book_value_their_methods_are_left_out(valued: Any) -> None:
    """Nothing is made up."""
    source = EditedSource({(2022, "dividends_paid"): 0.0, (2022, "shareholders_equity"): -1e9})
    names = {item.name for item in valued(source=source).methods}
    assert not names & {"dividend_discount", "residual_income"}


def test_who_does_not_want_them_does_not_get_them(valued: Any) -> None:
    """Only the cash flows' own ranges are left."""
    valuation = valued(cross_checks=False)
    assert valuation.methods == ()
    assert set(financial_model(valuation)["valuation_methods"]) == {"dcf_scenarios", "dcf_draws"}


def test_a_company_without_statements_has_none(valued: Any) -> None:
    """A startup pays no dividends and files no books."""
    assert valued("Create DCF model for tech startup with 5-year projection").methods == ()


@pytest.mark.parametrize("words", ["DDM and residual income beside it", "with comparables", "football field"])
def test_words_for_other_methods_are_understood(valued: Any, words: str) -> None:
    """They are no rest that nothing was made of."""
    assert valued(f"Value AAPL, {words}").request.ignored == ()
