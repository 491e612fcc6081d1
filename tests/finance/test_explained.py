"""Every figure of a valuation explained down to where its inputs come from."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest
from finance_cases import AAPL

from maos_nb.errors import InputError
from maos_nb.finance import FinancialAnalystAgent
from maos_nb.finance.explained import explain, explanation_of
from maos_nb.types import Task, TaskResult

CASES = [
    "Value AAPL over 5 years", AAPL, "Value MSFT at exit multiple 15x, mid-year", "Value MSFT over 10 years, mid-year",
    "Create DCF model for tech startup with 5-year projection",
]  # fmt: skip
BRIDGE = ("enterprise_value", "cash", "investments", "debt", "leases")


@pytest.mark.parametrize("words", CASES)
def test_every_formula_gives_its_figure(valued: Any, words: str) -> None:
    """Each sum and product of the tree is worked out again from the inputs that it names."""
    tree = explanation_of(valued(words))
    got = {item.name: np.asarray(item.value) for item in tree.figures()}
    revenue = np.concatenate([[got["revenue_of_last_year"]], got["revenue"]])
    np.testing.assert_allclose(got["revenue"], revenue[:-1] * (1 + got["growth"]))
    np.testing.assert_allclose(got["ebit"], got["revenue"] * got["operating_margin"])
    np.testing.assert_allclose(got["taxes"], got["tax_rate"] * np.maximum(got["ebit"], 0))
    np.testing.assert_allclose(got["nopat"], got["ebit"] - got["taxes"])
    np.testing.assert_allclose(got["free_cash_flow"], got["nopat"] - got["reinvestment"])
    np.testing.assert_allclose(
        got["present_value_of_flows"], np.sum(got["free_cash_flow"] * got["discount_factor"])
    )
    np.testing.assert_allclose(
        got["enterprise_value"], got["present_value_of_flows"] + got["present_value_of_terminal"]
    )
    value, cash, investments, debt, leases = (got[name] for name in BRIDGE)
    np.testing.assert_allclose(got["equity_value"], value + cash + investments - debt - leases)
    if "shares" in got:
        np.testing.assert_allclose(got["value_per_share"], got["equity_value"] / got["shares"])
    if "cost_of_equity" in got:
        weight = got["equity_at_market"] / (got["equity_at_market"] + debt)
        debt_cost = got["cost_of_debt"] * (1 - got["tax_rate"])
        np.testing.assert_allclose(got["wacc"], weight * got["cost_of_equity"] + (1 - weight) * debt_cost)


@pytest.mark.parametrize("words", CASES)
def test_every_leaf_says_where_it_comes_from(valued: Any, words: str) -> None:
    """And every other figure has a formula."""
    for item in explanation_of(valued(words)).figures():
        assert item.formula if item.inputs else item.origin, item.name


def test_the_tree_is_part_of_the_result() -> None:
    """As plain values, for notebooks and programs."""
    result = asyncio.run(FinancialAnalystAgent().create_financial_model(Task(description=AAPL)))
    assert json.loads(json.dumps(result.result["explanation"])) == result.result["explanation"]
    assert explain(result).name == "value_per_share"
    assert explain(result, "wacc").origin == "given: WACC of 8.5%"
    assert "<details" in explain(result)._repr_html_()


def test_a_ratio_of_the_statements_goes_down_to_the_filing() -> None:
    """The driver of a name goes before the ratio of that name."""
    result = asyncio.run(FinancialAnalystAgent().create_financial_model(Task(description=AAPL)))
    roe = explain(result, "roe")
    assert roe.value == pytest.approx(99_803 / ((50_672 + 63_090) / 2))
    income = roe.find("net_income")
    assert income.origin == "us-gaap:NetIncomeLoss, 10-K filed 2022-10-28, accession 0000320193-22-000108"
    assert "sums of 3 years" in explain(result, "operating_margin").origin


def test_a_figure_that_is_not_there_is_refused_with_those_that_are() -> None:
    """So that one can choose."""
    result = asyncio.run(FinancialAnalystAgent().create_financial_model(Task(description=AAPL)))
    with pytest.raises(InputError, match="terminal_value"):
        explain(result, "ebitda")


@pytest.mark.parametrize(
    "wrong", [None, {}, TaskResult("t", "FAILED", None, "no"), TaskResult("t", "COMPLETED", {})]
)
def test_what_is_no_valuation_is_refused(wrong: Any) -> None:
    """With what came of it, where it failed."""
    with pytest.raises(InputError, match=r"^task_result: expected"):
        explain(wrong)
