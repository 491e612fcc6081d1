"""Free cash flow to equity, from net income and from free cash flow to the firm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.capital import relever_beta, wacc
from maos_nb.analytics.dcf import dcf, fcfe, fcfe_from_fcff, fcff
from maos_nb.errors import InputError

amounts = st.floats(0.0, 1e6)
changes = st.floats(-1e6, 1e6)
rates = st.floats(0.0, 1.0)


def test_a_practice_company():
    """AnalystNotes' Soft Corp.: net income 43, D&A 5, capex 25, working capital 47, net borrowing 20: -4."""
    assert fcfe(43.0, 5.0, 25.0, 47.0, 20.0) == -4.0
    flow = fcfe_from_fcff(43 + 5 + 5 * (1 - 0.37) - 25 - 47, 5.0, 0.37, 20.0)
    assert flow == pytest.approx(-4.0, abs=1e-12)


@given(changes, rates, amounts, amounts, changes, amounts, changes, amounts)
def test_both_ways_agree(ebit, tax, depreciation, capex, working_capital, interest, borrowing, preferred):
    """Net income is what interest, taxes and preferred dividends leave of EBIT."""
    net_income = (ebit - interest) * (1 - tax) - preferred
    to_firm = fcff(ebit, tax, depreciation, capex, working_capital)
    direct = fcfe(net_income, depreciation, capex, working_capital, borrowing)
    through_firm = fcfe_from_fcff(to_firm, interest, tax, borrowing, preferred_dividends=preferred)
    assert through_firm == pytest.approx(direct, abs=1e-7)


@given(st.floats(0.07, 0.14), st.floats(0.02, 0.06), st.floats(0.0, 0.4), rates, st.floats(-0.02, 0.01))
def test_the_firm_is_worth_its_equity_and_its_debt(unlevered, cost_of_debt, tax, share, growth):
    """With debt at a constant share of value, FCFE at the cost of equity gives what FCFF at WACC leaves."""
    share *= 0.8
    cost_of_equity = relever_beta(
        unlevered,
        1 - share,
        share,
        tax,
        method="miles-ezzell",
        debt_beta=cost_of_debt,
        cost_of_debt=cost_of_debt,
    )
    rate = wacc(1 - share, share, cost_of_equity, cost_of_debt, tax)
    firm = dcf([100.0, 100.0 * (1 + growth)], rate, terminal_growth=growth).enterprise_value
    debt = share * firm * (1 + growth) ** np.arange(3)
    flows = 100.0 * (1 + growth) ** np.arange(2)
    to_equity = fcfe_from_fcff(flows, cost_of_debt * debt[:-1], tax, np.diff(debt))
    equity = dcf(to_equity, cost_of_equity, terminal_growth=growth).enterprise_value
    assert equity + debt[0] == pytest.approx(firm, rel=1e-9)


def test_panels_keep_their_shape():
    """Companies down, years across."""
    flow = fcfe(np.ones((3, 5)), 1.0, np.arange(5.0), 0.0, np.ones((3, 1)))
    np.testing.assert_array_equal(flow, np.tile(3.0 - np.arange(5.0), (3, 1)))
    assert fcfe_from_fcff(np.ones((3, 5)), 0.0, 0.25, np.zeros(5)).shape == (3, 5)


def test_nan_passes():
    """In its own element."""
    assert math.isnan(fcfe(np.nan, 1.0, 1.0, 1.0, 1.0))
    np.testing.assert_array_equal(fcfe_from_fcff([1.0, 2.0], [np.nan, 0.0], 0.2, 0.0), [np.nan, 2.0])


@pytest.mark.parametrize(
    ("function", "arguments", "named"),
    [
        (fcfe, (1.0, -1.0, 1.0, 1.0, 1.0), "depreciation"),
        (fcfe, (1.0, 1.0, -1.0, 1.0, 1.0), "capital_expenditure"),
        (fcfe, ("1", 1.0, 1.0, 1.0, 1.0), "net_income"),
        (fcfe, ([1.0, 2.0], 1.0, 1.0, 1.0, [1.0, 2.0, 3.0]), r"net_borrowing \(3,\)"),
        (fcfe_from_fcff, (1.0, -1.0, 0.2, 0.0), "interest"),
        (fcfe_from_fcff, (1.0, 1.0, 20.0, 0.0), "tax_rate"),
        (fcfe_from_fcff, (None, 1.0, 0.2, 0.0), "free_cash_flow"),
    ],
)
def test_refuses_impossible_input(function, arguments, named):
    """The message names the argument."""
    with pytest.raises(InputError, match=named):
        function(*arguments)
