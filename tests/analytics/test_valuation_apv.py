"""Adjusted present value and earnings power: published figures, and the WACC valuations that they restate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.capital import wacc
from maos_nb.analytics.dcf import dcf
from maos_nb.analytics.valuation import ValuationStatus, apv, epv, miles_ezzell_wacc
from maos_nb.errors import InputError

flow_rows = st.lists(st.floats(1.0, 1e4), min_size=1, max_size=10)
unlevered_costs = st.floats(0.08, 0.3)
debt_costs = st.one_of(st.just(0.0), st.floats(0.001, 0.1))
fractions = st.one_of(st.just(0.0), st.floats(0.001, 0.9))
growths = st.floats(-0.05, 0.02)


def loop_shields(debt, rate, tax, unlevered, growth, risk):
    """Discount what each year saves on its own, with a perpetuity after the last: no recursion at all."""
    total = 0.0
    for year, owed in enumerate(debt, start=1):
        saved = owed * rate * tax
        if risk == "cost_of_debt":
            total += saved / (1 + rate) ** year
        elif risk == "unlevered_cost":
            total += saved / (1 + unlevered) ** year
        else:
            total += saved / (1 + rate) / (1 + unlevered) ** (year - 1)
    following, n = debt[-1] * (1 + growth) * rate * tax, len(debt)
    if risk == "cost_of_debt":
        return total + following / (rate - growth) / (1 + rate) ** n
    once = 1.0 if risk == "unlevered_cost" else (1 + unlevered) / (1 + rate)
    return total + once * following / (unlevered - growth) / (1 + unlevered) ** n


class TestAdjustedPresentValue:
    @given(flow_rows, unlevered_costs, debt_costs, fractions, fractions, growths)
    def test_at_constant_leverage_it_is_the_wacc_valuation_of_miles_and_ezzell(
        self, flows, unlevered, rate, tax, leverage, growth
    ):
        """Two sums of different flows at different rates: free cash flow and shields, or free cash flow alone."""
        adjusted = apv(flows, unlevered, rate, tax, leverage=leverage, terminal_growth=growth)
        weighted = miles_ezzell_wacc(unlevered, rate, tax, leverage)
        assert weighted > growth
        direct = dcf(flows, weighted, terminal_growth=growth)
        # The shields after the horizon follow the value there, which grows only from then on.
        assert adjusted.equivalent_wacc == weighted
        assert adjusted.enterprise_value == pytest.approx(direct.enterprise_value, rel=1e-11)
        parts = adjusted.unlevered_value + adjusted.value_of_tax_shields
        assert adjusted.enterprise_value == parts

    @given(flow_rows, unlevered_costs, debt_costs, fractions, fractions, growths)
    def test_debt_that_follows_value_all_the_time_is_the_wacc_valuation_of_harris_and_pringle(
        self, flows, unlevered, rate, tax, leverage, growth
    ):
        """Shields as risky as the business: WACC is r_U - L t r_D."""
        adjusted = apv(
            flows,
            unlevered,
            rate,
            tax,
            leverage=leverage,
            terminal_growth=growth,
            shield_risk="unlevered_cost",
        )
        direct = dcf(flows, unlevered - leverage * tax * rate, terminal_growth=growth)
        assert adjusted.enterprise_value == pytest.approx(direct.enterprise_value, rel=1e-11)

    @given(flow_rows, unlevered_costs, debt_costs, fractions, fractions)
    def test_a_business_that_ends_is_worth_its_flows_at_the_wacc(self, flows, unlevered, rate, tax, leverage):
        """Miles and Ezzell's point: the WACC holds for a project of any life."""
        adjusted = apv(flows, unlevered, rate, tax, leverage=leverage)
        weighted = miles_ezzell_wacc(unlevered, rate, tax, leverage)
        direct = dcf(flows, weighted, exit_multiple=0.0, terminal_metric=0.0)
        assert adjusted.enterprise_value == pytest.approx(direct.enterprise_value, rel=1e-11)

    @given(flow_rows, unlevered_costs, debt_costs, fractions, fractions, growths)
    def test_the_debt_is_a_constant_share_of_value(self, flows, unlevered, rate, tax, leverage, growth):
        """At the start of each year, of the value of the flows still to come."""
        found = apv(flows, unlevered, rate, tax, leverage=leverage, terminal_growth=growth)
        for year in range(len(flows)):
            value = dcf(flows[year:], found.equivalent_wacc, terminal_growth=growth).enterprise_value
            assert found.debt[year] == pytest.approx(leverage * value, rel=1e-11)
        np.testing.assert_allclose(found.tax_shields, found.debt * tax * rate, rtol=1e-14)

    @given(
        st.lists(st.floats(0.0, 1e3), min_size=1, max_size=8),
        unlevered_costs,
        st.floats(0.03, 0.1),
        fractions,
        growths,
        st.sampled_from(["cost_of_debt", "unlevered_cost", "miles_ezzell"]),
    )
    def test_shields_of_scheduled_debt_against_a_plain_loop(self, debt, unlevered, rate, tax, growth, risk):
        """Each of the three rates."""
        found = apv(
            [0.0] * len(debt), unlevered, rate, tax, debt=debt, terminal_growth=growth, shield_risk=risk
        )
        expected = loop_shields(debt, rate, tax, unlevered, growth, risk)
        assert found.value_of_tax_shields == pytest.approx(expected, rel=1e-11, abs=1e-300)
        assert found.unlevered_value == 0.0

    @given(flow_rows, unlevered_costs, st.floats(0.03, 0.1), fractions, fractions, growths)
    def test_a_schedule_of_the_debt_of_constant_leverage_saves_the_same(
        self, flows, unlevered, rate, tax, leverage, growth
    ):
        """Once flows grow steadily, debt does too, and a schedule can say what leverage implies."""
        steady = flows[0] * (1 + growth) ** np.arange(6)
        implied = apv(steady, unlevered, rate, tax, leverage=leverage, terminal_growth=growth)
        scheduled = apv(
            steady,
            unlevered,
            rate,
            tax,
            debt=implied.debt,
            terminal_growth=growth,
            shield_risk="miles_ezzell",
        )
        assert scheduled.enterprise_value == pytest.approx(implied.enterprise_value, rel=1e-11)
        assert np.isnan(scheduled.equivalent_wacc)

    @given(st.floats(1.0, 1e4), unlevered_costs, st.floats(0.01, 0.1), fractions, st.floats(0.0, 1e4))
    def test_level_debt_for_ever_saves_its_tax(self, flow, unlevered, rate, tax, debt):
        """Modigliani and Miller (1963): V = V_U + t D."""
        found = apv([flow] * 3, unlevered, rate, tax, debt=[debt] * 3, terminal_growth=0.0)
        assert found.enterprise_value == pytest.approx(flow / unlevered + tax * debt, rel=1e-12)

    def test_the_sangria_project(self):
        """Brealey, Myers and Allen: 60% of equity at 12.4%, 40% of debt at 6%, tax 35%: WACC 9%, without debt 9.84%.

        Their perpetual crusher earns 1.125 million a year, worth 12.5 million at 9%. Miles and Ezzell's WACC
        from the same 9.84% is 8.97%, as the year's shield is known a year ahead.
        """
        textbook = wacc(0.6, 0.4, 0.124, 0.06, 0.35)
        unlevered = wacc(0.6, 0.4, 0.124, 0.06, 0.0)
        assert (textbook, unlevered) == (pytest.approx(0.09), pytest.approx(0.0984))
        found = apv([1.125], unlevered, 0.06, 0.35, leverage=0.4, terminal_growth=0.0)
        assert found.equivalent_wacc == pytest.approx(0.0984 - 0.4 * 0.35 * 0.06 * 1.0984 / 1.06, rel=1e-12)
        assert found.equivalent_wacc == pytest.approx(0.0897, abs=0.00005)
        following = apv(
            [1.125], unlevered, 0.06, 0.35, leverage=0.4, terminal_growth=0.0, shield_risk="unlevered_cost"
        )
        assert following.enterprise_value == pytest.approx(12.5, rel=1e-12)

    @given(flow_rows, unlevered_costs, debt_costs, fractions, st.floats(0.1, 100.0))
    def test_value_scales_with_the_flows(self, flows, unlevered, rate, leverage, scale):
        """In another currency the business is worth the same."""
        one = apv(flows, unlevered, rate, 0.25, leverage=leverage, terminal_growth=0.01)
        other = apv(np.multiply(flows, scale), unlevered, rate, 0.25, leverage=leverage, terminal_growth=0.01)
        assert other.enterprise_value == pytest.approx(scale * one.enterprise_value, rel=1e-12)

    def test_without_debt_or_tax_there_is_nothing_to_adjust(self):
        """The unlevered value is the whole."""
        for arguments in ({"leverage": 0.0}, {"debt": [0.0, 0.0]}):
            found = apv([10.0, 11.0], 0.10, 0.05, 0.25, terminal_growth=0.02, **arguments)
            assert found.enterprise_value == found.unlevered_value
        untaxed = apv([10.0, 11.0], 0.10, 0.05, 0.0, leverage=0.5, terminal_growth=0.02)
        assert untaxed.enterprise_value == dcf([10.0, 11.0], 0.10, terminal_growth=0.02).enterprise_value

    @settings(max_examples=30)
    @given(st.lists(st.tuples(unlevered_costs, debt_costs, fractions, fractions), min_size=1, max_size=5))
    def test_arrays_equal_single_calls(self, cases):
        """To the last bit, with leverage and with a schedule."""
        unlevered, rate, tax, leverage = map(np.array, zip(*cases, strict=True))
        flows = 100.0 * (1 + leverage[:, np.newaxis]) ** np.arange(3)
        found = apv(flows, unlevered, rate, tax, leverage=leverage, terminal_growth=0.01)
        fixed = apv(flows, unlevered, rate, tax, debt=flows, shield_risk="miles_ezzell")
        for i, case in enumerate(cases):
            single = apv(flows[i], *case[:3], leverage=case[3], terminal_growth=0.01)
            assert found.enterprise_value[i] == single.enterprise_value
            np.testing.assert_array_equal(found.debt[i], single.debt)
            scheduled = apv(flows[i], *case[:3], debt=flows[i], shield_risk="miles_ezzell")
            assert fixed.enterprise_value[i] == scheduled.enterprise_value

    def test_rates_and_leverage_make_a_table(self):
        """Every array has the table's shape in front."""
        found = apv(
            [10.0, 11.0], [[0.08], [0.09], [0.10]], 0.05, 0.25, leverage=[0.2, 0.4], terminal_growth=0.02
        )
        assert found.enterprise_value.shape == found.status.shape == found.equivalent_wacc.shape == (3, 2)
        assert found.debt.shape == found.tax_shields.shape == (3, 2, 2)
        assert found.unlevered_value[1, 0] == found.unlevered_value[1, 1]

    def test_no_answer_is_nan_with_a_status(self):
        """A growth that outruns the cost of capital, of debt, or the equivalent WACC."""
        found = apv([10.0], [0.08, 0.02, np.nan], 0.05, 0.25, leverage=0.4, terminal_growth=0.02)
        assert found.status.tolist() == ["ok", "rate_not_above_growth", "not_finite"]
        assert np.isnan(found.enterprise_value).tolist() == [False, True, True]
        fixed = apv([10.0], 0.08, [0.05, 0.01], 0.25, debt=[20.0], terminal_growth=0.02)
        assert fixed.status.tolist() == ["ok", "rate_not_above_growth"]
        equal = apv([10.0], [0.08, 0.02], 0.05, 0.25, debt=[20.0], terminal_growth=0.02)
        assert equal.status.tolist() == ["ok", "rate_not_above_growth"]
        close = apv([10.0], [0.08, 0.021], 0.05, 0.25, leverage=0.4, terminal_growth=0.02)
        assert close.status.tolist() == ["ok", "rate_not_above_growth"]
        assert "1 not ok" in repr(close)

    def test_a_single_valuation_gives_floats(self):
        """And an enum for its status."""
        found = apv([10.0], 0.08, 0.05, 0.25, leverage=0.4, terminal_growth=0.02)
        assert type(found.enterprise_value) is type(found.equivalent_wacc) is float
        assert found.status is ValuationStatus.OK
        assert type(miles_ezzell_wacc(0.08, 0.05, 0.25, 0.4)) is float

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"fcf": []}, "fcf: .*at least 1 period"),
            ({"fcf": [1.0, object()]}, "fcf: .*object"),
            ({"leverage": None}, "debt and leverage: .*neither"),
            ({"debt": [1.0, 1.0]}, "debt and leverage: .*both"),
            ({"leverage": None, "debt": [1.0]}, r"debt: .*2 period\(s\).*as many as fcf"),
            ({"leverage": None, "debt": [1.0, -1.0]}, "debt: .*positive"),
            ({"leverage": 40}, "leverage: .*between 0 and 1"),
            ({"tax_rate": 25}, "tax_rate: .*between 0 and 1"),
            ({"unlevered_cost": -1.0}, "unlevered_cost: .*above -1"),
            ({"cost_of_debt": "5%"}, "cost_of_debt"),
            ({"shield_risk": "debt"}, 'shield_risk: expected "cost_of_debt", '),
            ({"shield_risk": "cost_of_debt"}, "shield_risk: .*with leverage"),
            ({"unlevered_cost": 0.021}, "equivalent_wacc above terminal_growth"),
            (
                {"unlevered_cost": 0.01, "leverage": None, "debt": [0.0, 0.0]},
                "unlevered_cost above terminal_growth",
            ),
            (
                {"cost_of_debt": 0.01, "leverage": None, "debt": [1.0, 1.0]},
                "cost_of_debt above terminal_growth",
            ),
            ({"terminal_growth": -2.0}, "terminal_growth: .*-1"),
        ],
    )
    def test_refuses_impossible_input(self, change, named):
        """The message names the argument."""
        usable = {"fcf": [10.0, 11.0], "unlevered_cost": 0.08, "cost_of_debt": 0.05, "tax_rate": 0.25}
        with pytest.raises(InputError, match=named):
            apv(**(usable | {"leverage": 0.4, "terminal_growth": 0.02} | change))


class TestEarningsPower:
    def test_the_formula_step_by_step(self):
        """Greenwald's steps: cycle margin on today's revenue, tax, spared depreciation, no growth."""
        found = epv(1000.0, 0.15, 0.25, 0.09, depreciation=60.0, maintenance_capex=45.0, adjustments=7.5)
        assert found.nopat == pytest.approx(112.5)
        assert found.earnings_power == pytest.approx(135.0)
        assert found.enterprise_value == pytest.approx(1500.0)

    @given(st.floats(1.0, 1e5), st.floats(-0.1, 0.5), fractions, st.floats(0.02, 0.3), st.integers(1, 30))
    def test_it_is_a_discounted_cash_flow_without_growth(self, revenue, margin, tax, rate, n_periods):
        """The same earnings every year, all of them distributed."""
        found = epv(revenue, margin, tax, rate)
        level = dcf([found.earnings_power] * n_periods, rate, terminal_growth=0.0)
        assert found.enterprise_value == pytest.approx(level.enterprise_value, rel=1e-11)

    def test_the_franchise_is_what_exceeds_the_assets(self):
        """Without an asset value nothing is known of it."""
        assert epv(100.0, 0.2, 0.25, 0.10, reproduction_value=120.0).franchise_value == pytest.approx(30.0)
        assert np.isnan(epv(100.0, 0.2, 0.25, 0.10).franchise_value)

    def test_arrays_equal_single_calls(self):
        """Companies in rows, costs of capital across; a rate of zero has a status."""
        found = epv([[100.0], [200.0]], 0.2, 0.25, [0.08, 0.10, 0.0])
        assert found.enterprise_value.shape == found.earnings_power.shape == (2, 3)
        assert found.enterprise_value[1, 0] == epv(200.0, 0.2, 0.25, 0.08).enterprise_value
        assert found.status[0].tolist() == ["ok", "ok", "rate_not_above_growth"]

    def test_nan_stays_in_its_own_element(self):
        """A missing margin is a missing value."""
        found = epv(100.0, [0.2, np.nan], 0.25, 0.10)
        assert found.status.tolist() == ["ok", "not_finite"]
        assert np.isnan(found.enterprise_value).tolist() == [False, True]

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"revenue": -1.0}, "revenue: .*positive"),
            ({"tax_rate": 25}, "tax_rate"),
            ({"wacc": 0.0}, "wacc above growth"),
            ({"depreciation": -1.0}, "depreciation: .*positive"),
            ({"maintenance_capex": -1.0}, "maintenance_capex: .*positive"),
            ({"operating_margin": object()}, "operating_margin"),
            ({"revenue": [1.0, 2.0], "wacc": [0.1, 0.1, 0.1]}, r"revenue \(2,\)"),
        ],
    )
    def test_refuses_impossible_input(self, change, named):
        """The message names the argument."""
        usable = {"revenue": 100.0, "operating_margin": 0.2, "tax_rate": 0.25, "wacc": 0.1}
        with pytest.raises(InputError, match=named):
            epv(**(usable | change))
