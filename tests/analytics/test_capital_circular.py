"""The WACC weighted with the values that it leads to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.capital import CircularStatus, relever_beta, wacc, wacc_circular
from maos_nb.analytics.dcf import dcf
from maos_nb.errors import InputError

METHODS = ("hamada", "miles-ezzell", "harris-pringle")
FLOWS = 100.0 * 1.04 ** np.arange(1, 6)
COMPANY = {"debt": 400.0, "unlevered_cost": 0.10, "cost_of_debt": 0.05, "tax_rate": 0.25}
companies = st.fixed_dictionaries(
    {
        "debt": st.floats(0.0, 600.0),
        "unlevered_cost": st.floats(0.07, 0.14),
        "cost_of_debt": st.floats(0.0, 0.07),
        "tax_rate": st.floats(0.0, 0.5),
    }
)


def iterated(flows, debt, unlevered_cost, cost_of_debt, tax_rate, growth, method):
    """Do as a spreadsheet with iterative calculation does: value, weigh, and again."""
    equity = 1e4
    for _ in range(500):
        cost = relever_beta(
            unlevered_cost,
            equity,
            debt,
            tax_rate,
            method=method,
            debt_beta=cost_of_debt,
            cost_of_debt=cost_of_debt,
        )
        rate = wacc(equity, debt, cost, cost_of_debt, tax_rate)
        equity = dcf(flows, rate, terminal_growth=growth).enterprise_value - debt
    return equity, rate


class TestFixedPoint:
    @settings(max_examples=15, deadline=None)
    @given(companies, st.sampled_from(METHODS))
    def test_it_is_where_the_iteration_of_a_spreadsheet_ends(self, company, method):
        """For positive flows and modest debt the plain iteration settles, and on the same value."""
        found = wacc_circular(FLOWS, **company, terminal_growth=0.02, method=method)
        equity, rate = iterated(FLOWS, **company, growth=0.02, method=method)
        assert found.status is CircularStatus.CONVERGED
        assert found.equity_value == pytest.approx(equity, rel=1e-9)
        assert found.wacc == pytest.approx(rate, rel=1e-11)

    @settings(max_examples=40)
    @given(companies, st.sampled_from(METHODS), st.sampled_from(["end", "mid"]))
    def test_weights_costs_and_values_belong_together(self, company, method, timing):
        """wacc() of the parts is the WACC, dcf() at the WACC the value, the cost of equity the levered one."""
        found = wacc_circular(FLOWS, **company, terminal_growth=0.02, method=method, timing=timing)
        again = wacc(
            found.equity_value,
            company["debt"],
            found.cost_of_equity,
            company["cost_of_debt"],
            company["tax_rate"],
        )
        assert again == pytest.approx(found.wacc, rel=1e-12)
        value = dcf(FLOWS, found.wacc, terminal_growth=0.02, timing=timing).enterprise_value
        assert value == pytest.approx(found.enterprise_value, rel=1e-13)
        assert found.equity_value + company["debt"] == pytest.approx(value, rel=1e-13)
        assert found.debt_share == pytest.approx(company["debt"] / value, rel=1e-13)

    @given(st.floats(0.0, 900.0), st.floats(0.04, 0.2), st.floats(0.0, 0.9))
    def test_modigliani_and_miller_in_a_perpetuity(self, debt, unlevered, tax):
        """V = U + t D, where the debt is fixed and nothing grows."""
        found = wacc_circular([1000 * unlevered], debt, unlevered, 0.03, tax, terminal_growth=0.0)
        assert found.enterprise_value == pytest.approx(1000 + tax * debt, rel=1e-10)

    @given(companies)
    def test_miles_ezzell_is_adjusted_present_value(self, company):
        """Year by year backwards: the flow at the unlevered cost, the coming year's tax shield at that of debt."""
        found = wacc_circular(FLOWS, **company, terminal_growth=0.02, method="miles-ezzell")
        debt_share, unlevered = found.debt_share, company["unlevered_cost"]
        saved = company["tax_rate"] * company["cost_of_debt"] * debt_share / (1 + company["cost_of_debt"])
        kept = (1 + unlevered) * (1 - saved)
        value = FLOWS[-1] * 1.02 / (kept - 1.02)
        for flow in FLOWS[::-1]:
            value = (flow + value) / kept
        assert found.enterprise_value == pytest.approx(value, rel=1e-10)

    def test_without_debt_or_without_taxes_it_is_the_unlevered_cost(self):
        """Exactly."""
        for change in ({"debt": 0.0}, {"tax_rate": 0.0}):
            found = wacc_circular(FLOWS, **COMPANY | change, terminal_growth=0.02)
            assert found.wacc == 0.10
        assert found.cost_of_equity > 0.10

    def test_an_exit_multiple_instead_of_growth(self):
        """The sale is worth the same at any WACC, its present value is not."""
        found = wacc_circular(FLOWS, **COMPANY, exit_multiple=8.0, terminal_metric=150.0)
        value = dcf(FLOWS, found.wacc, exit_multiple=8.0, terminal_metric=150.0).enterprise_value
        assert found.enterprise_value == pytest.approx(value, rel=1e-14)
        assert found.wacc < 0.10


class TestArrays:
    def test_each_company_is_as_if_alone(self):
        """To the last bit, over companies and methods."""
        debt = np.array([0.0, 200.0, 400.0, 5000.0])
        growth = np.array([0.02, 0.03, 0.10, 0.02])
        flows = FLOWS * np.array([[1.0], [2.0], [1.0], [1.0]])
        for method in METHODS:
            together = wacc_circular(flows, **COMPANY | {"debt": debt}, terminal_growth=growth, method=method)
            assert together.status.tolist() == [
                "converged",
                "converged",
                "wacc_not_above_growth",
                "equity_not_positive",
            ]
            for row in (0, 1, 3):
                alone = wacc_circular(
                    flows[row], **COMPANY | {"debt": debt[row]}, terminal_growth=growth[row], method=method
                )
                np.testing.assert_array_equal(together.wacc[row], alone.wacc)
                np.testing.assert_array_equal(together.equity_value[row], alone.equity_value)
                assert together.status[row] == alone.status

    def test_nan_stays_in_its_company(self):
        """In any argument."""
        flows = np.tile(FLOWS, (3, 1))
        flows[1, 2] = np.nan
        found = wacc_circular(flows, **COMPANY | {"cost_of_debt": [0.05, 0.05, np.nan]}, terminal_growth=0.02)
        assert found.status.tolist() == ["converged", "not_finite", "not_finite"]
        assert np.isnan(found.wacc).tolist() == [False, True, True]

    def test_the_repr_is_short(self):
        """For one company and for many."""
        assert repr(wacc_circular(FLOWS, **COMPANY, terminal_growth=0.02)).endswith("status=converged)")
        many = wacc_circular(FLOWS, **COMPANY | {"debt": [0.0, 1e6]}, terminal_growth=0.02)
        assert repr(many).endswith("status=1 not converged)")


class TestWithoutAnswer:
    def test_debt_above_the_value_leaves_no_equity(self):
        """NaN and a status, for a single company too."""
        found = wacc_circular(FLOWS, **COMPANY | {"debt": 1e5}, terminal_growth=0.02)
        assert found.status is CircularStatus.EQUITY_NOT_POSITIVE
        assert math.isnan(found.wacc)
        assert math.isnan(found.equity_value)

    def test_flows_that_lose_money_have_no_fixed_point(self):
        """No value supports the debt."""
        found = wacc_circular(-FLOWS, **COMPANY, terminal_growth=0.02)
        assert found.status is CircularStatus.NO_FIXED_POINT
        assert math.isnan(found.enterprise_value)

    def test_a_value_of_nothing_has_no_fixed_point(self):
        """Flows of zero and debt."""
        found = wacc_circular([0.0, 0.0], **COMPANY, terminal_growth=0.02)
        assert found.status is CircularStatus.NO_FIXED_POINT

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"fcf": []}, "fcf"),
            ({"fcf": 100.0}, "fcf"),
            ({"debt": -1.0}, "debt"),
            ({"unlevered_cost": -0.1}, "unlevered_cost"),
            ({"cost_of_debt": -0.1}, "cost_of_debt"),
            ({"tax_rate": 25.0}, "tax_rate"),
            ({"terminal_growth": None}, "terminal_growth and exit_multiple"),
            ({"terminal_growth": 0.10}, "unlevered_cost: .*above terminal_growth"),
            ({"method": "wishful"}, "method"),
            ({"timing": "late"}, "timing"),
            ({"debt": [1.0, 2.0], "tax_rate": [0.1, 0.2, 0.3]}, r"debt \(2,\)"),
        ],
    )
    def test_refuses_impossible_input(self, changes, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            wacc_circular(**{"fcf": FLOWS, **COMPANY, "terminal_growth": 0.02} | changes)
