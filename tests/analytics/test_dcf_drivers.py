"""A valuation from drivers at once, as a record and as a model for sensitivity and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics import sensitivity, simulation
from maos_nb.analytics.dcf import (
    dcf,
    dcf_from_drivers,
    driver_model,
    equity_bridge,
    fade,
    fcff,
    project_drivers,
    reverse_dcf,
)
from maos_nb.errors import InputError

BASE = {
    "revenue": 1000.0,
    "growth": 0.06,
    "operating_margin": 0.18,
    "tax_rate": 0.25,
    "sales_to_capital": 2.0,
    "wacc": 0.09,
    "terminal_growth": 0.02,
}
CLAIMS = {"cash": 50.0, "debt": 400.0, "shares": 40.0, "options": 3.0, "option_strike": 20.0}
TERMINALS = [
    {"terminal_growth": 0.02},
    {"terminal_growth": 0.02, "ronic": 0.12},
    {"terminal_growth": 0.02, "initial_growth": 0.05, "half_life": 3.0},
    {"exit_multiple": 8.0},
]


def without(drivers, *names):
    """Leave some drivers out."""
    return {name: value for name, value in drivers.items() if name not in names}


def value_of_one_company(drivers, n_periods, duration=np.inf):
    """Value a company in plain Python, year by year."""
    revenue, factor, total = drivers["revenue"], 1.0, 0.0
    for year in range(n_periods):
        lasting = min(max(duration - year, 0.0), 1.0)
        growth = drivers["growth"] * lasting + drivers["terminal_growth"] * (1 - lasting)
        change = revenue * growth
        revenue += change
        ebit = revenue * drivers["operating_margin"]
        nopat = ebit - max(ebit, 0.0) * drivers["tax_rate"]
        flow = nopat - change / drivers["sales_to_capital"]
        factor /= 1 + drivers["wacc"]
        total += flow * factor
    if "ronic" in drivers:
        flow = nopat * (1 - drivers["terminal_growth"] / drivers["ronic"])
    growing = flow * (1 + drivers["terminal_growth"])
    return total + growing / (drivers["wacc"] - drivers["terminal_growth"]) * factor


class TestRecord:
    @pytest.mark.parametrize("terminal", TERMINALS)
    @pytest.mark.parametrize("timing", ["end", "mid"])
    def test_it_is_the_three_steps_one_after_the_other(self, terminal, timing):
        """project_drivers, dcf and equity_bridge, to the last bit."""
        drivers = without(BASE, "terminal_growth") | terminal
        record = dcf_from_drivers(**drivers, **CLAIMS, n_periods=7, timing=timing)
        plan = project_drivers(1000.0, 0.06, 0.18, 0.25, sales_to_capital=2.0, n_periods=7)
        extra = {"nopat_last": plan.nopat[-1]} if "ronic" in terminal else {}
        value = dcf(
            plan.free_cash_flow, 0.09, terminal_metric=plan.ebit[-1], timing=timing, **terminal, **extra
        )
        bridge = equity_bridge(value.enterprise_value, **CLAIMS)
        np.testing.assert_array_equal(record.projection.free_cash_flow, plan.free_cash_flow)
        assert record.valuation.enterprise_value == value.enterprise_value
        assert record.valuation.implied_exit_multiple == value.implied_exit_multiple
        assert record.bridge.value_per_share == bridge.value_per_share
        assert isinstance(record.bridge.value_per_share, float)
        assert record.wacc == 0.09

    def test_the_reference_case(self):
        """FCF of 100 growing 5% for 5 years, WACC 10%, terminal growth 2%: 1446.2118900."""
        record = dcf_from_drivers(
            revenue=100.0,
            growth=0.05,
            operating_margin=1.0,
            tax_rate=0.0,
            depreciation=0.0,
            capital_expenditure=0.0,
            working_capital=0.0,
            wacc=0.10,
            terminal_growth=0.02,
            n_periods=5,
        )
        assert record.valuation.enterprise_value == pytest.approx(1446.2118900, abs=5e-8)

    def test_reinvestment_by_its_parts(self):
        """Depreciation, capital expenditure and working capital give fcff, and EBITDA as a metric."""
        ratios = {"depreciation": 0.03, "capital_expenditure": 0.05, "working_capital": 0.1}
        record = dcf_from_drivers(
            **without(BASE, "sales_to_capital"), **ratios, n_periods=4, terminal_metric="ebitda"
        )
        plan = record.projection
        flows = fcff(
            plan.ebit, 0.25, plan.depreciation, plan.capital_expenditure, plan.change_in_working_capital
        )
        np.testing.assert_allclose(plan.free_cash_flow, flows, rtol=1e-13)
        ebitda = plan.ebit[-1] + plan.depreciation[-1]
        assert record.valuation.implied_exit_multiple == pytest.approx(
            record.valuation.terminal_value / ebitda
        )

    @pytest.mark.parametrize("metric", ["revenue", "ebit", "nopat"])
    def test_an_exit_multiple_of_each_metric(self, metric):
        """Applied to the last year's figure."""
        record = dcf_from_drivers(
            **without(BASE, "terminal_growth"), exit_multiple=3.0, n_periods=4, terminal_metric=metric
        )
        assert record.valuation.terminal_value == 3.0 * getattr(record.projection, metric)[-1]

    def test_paths_are_named_and_nothing_else_is_one(self):
        """Five growth rates of five companies, and a path of five years, differ only by that."""
        growth = [0.10, 0.08, 0.06, 0.04, 0.03]
        companies = dcf_from_drivers(**BASE | {"growth": growth}, n_periods=5)
        path = dcf_from_drivers(**BASE | {"growth": growth}, paths="growth")
        assert companies.projection.revenue.shape == (5, 5)
        assert companies.valuation.enterprise_value.shape == (5,)
        assert path.projection.revenue.shape == (5,)
        assert isinstance(path.valuation.enterprise_value, float)

    def test_a_rate_for_each_of_as_many_companies_as_years_is_no_path(self):
        """The trap of dcf: wacc (5,) with one flow path of 5 years; here the names of paths decide."""
        wacc = np.array([0.07, 0.08, 0.09, 0.10, 0.11])
        together = dcf_from_drivers(**BASE | {"wacc": wacc}, n_periods=5).valuation.enterprise_value
        alone = [
            dcf_from_drivers(**BASE | {"wacc": rate}, n_periods=5).valuation.enterprise_value for rate in wacc
        ]
        np.testing.assert_array_equal(together, alone)
        path = dcf_from_drivers(**BASE | {"wacc": wacc}, paths="wacc")
        assert path.valuation.discount_factors[-1] == pytest.approx(1 / np.prod(1 + wacc))
        assert path.wacc == 0.11

    def test_companies_with_paths_of_their_own(self):
        """Each row as if alone, with a path of growth, of margin and of rates."""
        rng = np.random.default_rng(3)
        growth, margin = rng.uniform(0.0, 0.1, (4, 6)), rng.uniform(0.1, 0.2, (4, 6))
        wacc, revenue = rng.uniform(0.08, 0.1, (4, 6)), rng.uniform(10, 1000, 4)
        names = ("growth", "operating_margin", "wacc")
        drivers = BASE | {"growth": growth, "operating_margin": margin, "wacc": wacc, "revenue": revenue}
        together = dcf_from_drivers(**drivers, paths=names)
        for row in range(4):
            mine = drivers | {name: drivers[name][row] for name in (*names, "revenue")}
            alone = dcf_from_drivers(**mine, paths=names)
            assert together.valuation.enterprise_value[row] == alone.valuation.enterprise_value

    def test_a_path_shared_by_all_broadcasts(self):
        """A path without leading axes, and companies by revenue."""
        shared = dcf_from_drivers(
            **BASE | {"growth": fade(0.1, 0.02, 6), "revenue": [100.0, 200.0]}, paths="growth"
        )
        assert shared.valuation.enterprise_value[1] == pytest.approx(2 * shared.valuation.enterprise_value[0])

    def test_a_single_wacc_not_above_growth_is_refused(self):
        """Arrays get NaN and a status."""
        with pytest.raises(InputError, match="wacc"):
            dcf_from_drivers(**BASE | {"wacc": 0.02}, n_periods=5)
        record = dcf_from_drivers(**BASE | {"wacc": [0.02, 0.09]}, n_periods=5)
        assert record.valuation.status.tolist() == ["wacc_not_above_growth", "ok"]

    def test_the_repr_is_short(self):
        """One line."""
        shown = repr(dcf_from_drivers(**BASE, **CLAIMS, n_periods=5))
        assert shown.startswith("DriverDcf(n_periods=5, enterprise_value=")
        assert len(shown) < 120


class TestDuration:
    @given(st.floats(0.0, 12.0))
    @settings(max_examples=30)
    def test_growth_lasts_for_it_and_then_drops(self, duration):
        """The plain loop, with a share of the year in which it ends."""
        value = driver_model(n_periods=12)(**BASE, duration=duration)
        assert value == pytest.approx(value_of_one_company(BASE, 12, duration), rel=1e-12)

    def test_all_years_are_no_limit_and_none_is_terminal_growth(self):
        """The ends, exactly."""
        model = driver_model(n_periods=8)
        assert model(**BASE, duration=8.0) == model(**BASE)
        assert model(**BASE, duration=0.0) == model(**BASE | {"growth": 0.02})

    def test_it_cuts_a_path_too(self):
        """After three of five years the path gives way to terminal growth."""
        path = np.array([0.10, 0.09, 0.08, 0.07, 0.06])
        record = dcf_from_drivers(**BASE | {"growth": path}, duration=3.0, paths="growth")
        cut = dcf_from_drivers(**BASE | {"growth": np.array([0.10, 0.09, 0.08, 0.02, 0.02])}, paths="growth")
        assert record.valuation.enterprise_value == cut.valuation.enterprise_value

    def test_record_and_model_agree(self):
        """To the last bit, for companies that differ in it."""
        drivers = BASE | {"duration": np.array([0.0, 2.5, 10.0])}
        record = dcf_from_drivers(**drivers, n_periods=10)
        np.testing.assert_array_equal(
            driver_model(n_periods=10)(**drivers), record.valuation.enterprise_value
        )


class TestModel:
    @settings(max_examples=40)
    @given(
        growth=st.floats(-0.2, 0.3),
        margin=st.floats(-0.1, 0.4),
        wacc=st.floats(0.06, 0.3),
        ronic=st.none() | st.floats(0.05, 0.5),
        n_periods=st.integers(1, 15),
    )
    def test_it_is_the_plain_loop(self, growth, margin, wacc, ronic, n_periods):
        """Year by year in Python, with and without the value driver formula."""
        drivers = BASE | {"growth": growth, "operating_margin": margin, "wacc": wacc}
        if ronic is not None:
            drivers["ronic"] = ronic
        value = driver_model(n_periods=n_periods)(**drivers)
        expected = value_of_one_company(drivers, n_periods)
        assert value == pytest.approx(expected, rel=1e-10, abs=1e-8)

    @pytest.mark.parametrize("terminal", TERMINALS)
    @pytest.mark.parametrize("options", [{}, {"timing": "mid", "tax_losses": "refund"}])
    def test_it_equals_the_record_to_the_last_bit(self, terminal, options):
        """For every output, over more cases than fit in a block, with paths and with losses."""
        rng = np.random.default_rng(11)
        n = 20_000
        drivers = without(BASE, "terminal_growth") | terminal | CLAIMS
        drivers |= {
            "growth": rng.normal(0.05, 0.05, (n, 4)),
            "operating_margin": rng.normal(0.1, 0.1, n),
            "wacc": rng.normal(0.08, 0.03, n),
        }
        options = options | {"paths": "growth"}
        record = dcf_from_drivers(**drivers, **options)
        expected = {
            "enterprise_value": record.valuation.enterprise_value,
            "equity_value": record.bridge.equity_value,
            "value_per_share": record.bridge.value_per_share,
        }
        for output, values in expected.items():
            np.testing.assert_array_equal(driver_model(output, **options)(**drivers), values)

    @pytest.mark.parametrize("metric", ["revenue", "ebit", "ebitda", "nopat"])
    def test_it_sells_at_a_multiple_of_each_metric(self, metric):
        """As the record does, with reinvestment by its parts."""
        ratios = {"depreciation": 0.03, "capital_expenditure": 0.05, "working_capital": 0.1}
        drivers = without(BASE, "terminal_growth", "sales_to_capital") | ratios
        drivers |= {"exit_multiple": np.array([4.0, 5.0])}
        options = {"n_periods": 4, "terminal_metric": metric, "timing": "mid"}
        record = dcf_from_drivers(**drivers, **options)
        np.testing.assert_array_equal(driver_model(**options)(**drivers), record.valuation.enterprise_value)

    def test_held_drivers_are_the_same_as_given_ones(self):
        """And the same driver cannot be both."""
        held = without(BASE, "growth")
        model = driver_model(n_periods=5, **held)
        assert model(growth=[0.06])[0] == driver_model(n_periods=5)(**BASE | {"growth": [0.06]})[0]
        with pytest.raises(InputError, match=r"wacc: .*does not hold"):
            model(growth=0.06, wacc=0.09)

    def test_an_open_grid_is_the_flat_table(self):
        """Axes that broadcast give each cell the value of its own row."""
        growth, wacc = np.linspace(0.0, 0.1, 7), np.linspace(0.05, 0.12, 5)
        model = driver_model(n_periods=10)
        table = model(**BASE | {"growth": growth[:, np.newaxis], "wacc": wacc[np.newaxis]})
        flat = model(**BASE | {"growth": np.repeat(growth, 5), "wacc": np.tile(wacc, 7)})
        np.testing.assert_array_equal(table.ravel(), flat)

    @pytest.mark.parametrize("open_grid", [False, True])
    def test_it_serves_a_data_table(self, open_grid):
        """With a path as one of the drivers; the centre is the base case."""
        base = BASE | CLAIMS | {"growth": fade(0.1, 0.02, 10)}
        model = driver_model("value_per_share", paths="growth")
        vary = {"wacc": [0.08, 0.09, 0.10], "terminal_growth": [0.01, 0.02, 0.03]}
        table = sensitivity.data_table(model, base, vary, open_grid=open_grid)
        alone = dcf_from_drivers(**base, paths="growth").bridge.value_per_share
        assert table.results[1, 1] == table.base_value == alone

    def test_it_serves_a_break_even(self):
        """At the break-even WACC the value is the target."""
        found = sensitivity.breakeven(driver_model(n_periods=10), BASE, {"wacc": (0.03, 0.5)}, target=1500.0)
        value = dcf_from_drivers(**BASE | {"wacc": found.value[0]}, n_periods=10).valuation.enterprise_value
        assert value == pytest.approx(1500.0, rel=1e-12)

    def test_one_set_of_drivers_flows_through_everything(self):
        """Project, value, table, tornado, Monte Carlo, Sobol and Shapley, and back from the price to a driver."""
        base = BASE | CLAIMS
        model = driver_model("value_per_share", n_periods=10)
        price = dcf_from_drivers(**base, n_periods=10).bridge.value_per_share
        table = sensitivity.data_table(model, base, {"wacc": [0.08, 0.09, 0.10]})
        swing = sensitivity.tornado(model, base, {"wacc": (0.08, 0.10), "growth": (0.05, 0.07)})
        inputs = {
            "growth": simulation.Triangular(0.04, 0.06, 0.08),
            "wacc": simulation.Normal(0.09, 0.005, lower=0.05),
        }
        fixed = without(base, *inputs)
        drawn = simulation.monte_carlo(model, inputs, 2000, rng=1, base=fixed)
        shares = simulation.sobol_indices(model, inputs, 256, rng=1, base=fixed)
        effects = simulation.shapley_effects(model, inputs, 500, rng=1, base=fixed)
        assert table.results[1] == swing.base_value == price
        assert drawn.mean == pytest.approx(price, rel=0.05)
        assert shares.total_order[1] > shares.total_order[0]
        assert effects.effects.sum() == pytest.approx(effects.variance)
        assert reverse_dcf(model, base, price, "wacc").value == pytest.approx(0.09, rel=1e-10)

    def test_nan_stays_in_its_row_and_infinities_are_none(self):
        """As do rates not above growth."""
        model = driver_model(n_periods=3)
        value = model(**BASE | {"growth": [0.05, np.nan, 0.05, 0.05], "wacc": [0.09, 0.09, 0.01, np.nan]})
        assert np.isnan(value).tolist() == [False, True, True, True]
        assert np.isnan(model(**BASE | {"revenue": [np.inf]})).all()

    def test_no_cases_are_no_values(self):
        """An empty table is empty."""
        assert driver_model(n_periods=3)(**BASE | {"wacc": np.empty(0)}).shape == (0,)

    def test_the_repr_names_what_is_held(self):
        """One line."""
        assert repr(driver_model(n_periods=5, wacc=0.09)) == (
            "DriverModel(enterprise_value, n_periods=5; held: wacc)"
        )
        assert (
            repr(driver_model("equity_value", paths="growth")) == "DriverModel(equity_value, n_periods=None)"
        )


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "settings_", "named"),
        [
            ({"price": 5.0}, {"n_periods": 5}, "price: .*driver out of"),
            ({"growth": "5%"}, {"n_periods": 5}, "growth"),
            ({"growth": -1.5}, {"n_periods": 5}, "growth"),
            ({"tax_rate": 25.0}, {"n_periods": 5}, "tax_rate"),
            ({"wacc": -1.0}, {"n_periods": 5}, "wacc"),
            ({"revenue": -1.0}, {"n_periods": 5}, "revenue"),
            ({"debt": -1.0}, {"n_periods": 5}, "debt"),
            ({"duration": -1.0}, {"n_periods": 5}, "duration"),
            ({"depreciation": 0.1}, {"n_periods": 5}, "sales_to_capital and depreciation"),
            ({"exit_multiple": 5.0}, {"n_periods": 5}, "terminal_growth and exit_multiple"),
            ({}, {}, "n_periods"),
            ({}, {"n_periods": 0}, "n_periods"),
            ({}, {"paths": "growth"}, "growth: .*path"),
            ({"growth": [0.1, 0.2]}, {"paths": "growth", "n_periods": 5}, "n_periods 5, growth 2"),
            ({"growth": []}, {"paths": "growth"}, "growth"),
            ({}, {"paths": "revenue", "n_periods": 5}, "paths"),
            ({}, {"n_periods": 5, "timing": "late"}, "timing"),
            ({}, {"n_periods": 5, "tax_losses": "carry"}, "tax_losses"),
            ({}, {"n_periods": 5, "terminal_metric": "sales"}, "terminal_metric"),
            ({}, {"n_periods": 5, "terminal_metric": "ebitda"}, "terminal_metric: .*depreciation"),
            ({"wacc": [0.1, 0.2], "growth": [0.1, 0.1, 0.1]}, {"n_periods": 5}, r"wacc \(2,\)"),
        ],
    )
    def test_is_refused_by_record_and_model(self, changes, settings_, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            dcf_from_drivers(**BASE | changes, **settings_)
        with pytest.raises(InputError, match=named):
            driver_model(**settings_)(**BASE | changes)

    def test_missing_drivers_are_named(self):
        """All of them at once."""
        with pytest.raises(InputError, match="growth and wacc: "):
            dcf_from_drivers(**without(BASE, "growth", "wacc"), n_periods=5)

    def test_a_duration_needs_a_terminal_growth(self):
        """There is nothing to drop to."""
        with pytest.raises(InputError, match="duration"):
            dcf_from_drivers(**without(BASE, "terminal_growth"), exit_multiple=8.0, duration=3.0, n_periods=5)

    def test_a_model_refuses_unknown_outputs_and_drivers_when_it_is_made(self):
        """Not only when it is called."""
        with pytest.raises(InputError, match="output"):
            driver_model("price")
        with pytest.raises(InputError, match="beta"):
            driver_model(beta=1.0)
