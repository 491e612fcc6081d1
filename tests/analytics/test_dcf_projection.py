"""Fades, driver projections and free cash flow to the firm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.dcf import Projection, dcf, fade, fcff, project_drivers
from maos_nb.errors import InputError

FIELDS = (
    "revenue",
    "ebit",
    "taxes",
    "nopat",
    "depreciation",
    "capital_expenditure",
    "change_in_working_capital",
    "reinvestment",
    "free_cash_flow",
)
RATIOS = {"depreciation": 0.04, "capital_expenditure": 0.06, "working_capital": 0.15}

years = st.lists(
    st.tuples(st.floats(-0.5, 0.5), st.floats(-0.3, 0.5), st.floats(0.0, 0.5), st.floats(0.2, 5.0)),
    min_size=1,
    max_size=12,
)


def loop_projection(revenue, years, *, refund=False, ratios=None):
    """Year by year in plain floats: revenue, taxes, reinvestment and free cash flow."""
    rows = []
    for growth, margin, tax, sales_to_capital in years:
        last, revenue = revenue, revenue * (1 + growth)
        ebit = revenue * margin
        taxes = ebit * tax if ebit > 0 or refund else 0.0
        if ratios is None:
            reinvestment = (revenue - last) / sales_to_capital
        else:
            capex, depreciation = revenue * ratios["capital_expenditure"], revenue * ratios["depreciation"]
            reinvestment = capex - depreciation + (revenue - last) * ratios["working_capital"]
        rows.append((revenue, taxes, reinvestment, ebit - taxes - reinvestment))
    return [list(column) for column in zip(*rows, strict=True)]


class TestFade:
    def test_goes_straight_from_start_to_end(self):
        """Both ends are hit exactly, with equal steps between."""
        path = fade(0.12, 0.03, 10)
        assert (path[0], path[-1]) == (0.12, 0.03)
        np.testing.assert_allclose(np.diff(path), -0.01, rtol=1e-12)

    def test_holds_the_start_and_fades_over_the_rest(self):
        """Damodaran's ten years: five of high growth, then five equal steps to stable growth."""
        path = fade(0.12, 0.02, 10, hold=5)
        np.testing.assert_allclose(path, [0.12] * 5 + [0.10, 0.08, 0.06, 0.04, 0.02], rtol=1e-12)

    def test_holding_one_period_is_what_happens_anyway(self):
        """The first period is at the start with hold 0 and hold 1 alike."""
        np.testing.assert_array_equal(fade(0.1, 0.02, 6, hold=1), fade(0.1, 0.02, 6))

    @given(st.floats(-1, 1), st.integers(2, 40))
    def test_a_level_path_stays_level(self, level, n_periods):
        """From a value to itself, to the last bit."""
        assert set(fade(level, level, n_periods).tolist()) == {level}

    @given(st.floats(-1, 1), st.floats(-1, 1), st.integers(2, 40), st.data())
    def test_never_leaves_its_ends_or_turns_back(self, start, end, n_periods, data):
        """Monotone between start and end, and held as long as asked."""
        hold = data.draw(st.integers(0, n_periods - 1))
        path = fade(start, end, n_periods, hold=hold)
        assert (path[:hold] == start).all()
        assert path[-1] == end
        steps = np.diff(path) * np.sign(end - start)
        assert (steps >= -1e-15).all()

    def test_broadcasts_over_companies(self):
        """Starts down and ends across; each path as if alone."""
        table = fade([[0.1], [0.2]], [0.01, 0.02, 0.03], 5, hold=2)
        assert table.shape == (2, 3, 5)
        np.testing.assert_array_equal(table[1, 2], fade(0.2, 0.03, 5, hold=2))

    def test_nan_passes(self):
        """An unknown start spoils its own path alone."""
        assert np.isnan(fade([0.1, np.nan], 0.02, 4)).tolist() == [[False] * 4, [True] * 4]

    @pytest.mark.parametrize(
        ("arguments", "options", "named"),
        [
            ((0.1, 0.02, 1), {}, "n_periods: .*at least 2"),
            ((0.1, 0.02, 5.0), {}, "n_periods: .*whole"),
            ((0.1, 0.02, 5), {"hold": 5}, "hold: .*fewer than"),
            ((0.1, 0.02, 5), {"hold": -1}, "hold"),
            (("10%", 0.02, 5), {}, "start"),
            ((0.1, None, 5), {}, "end"),
            (([0.1, 0.2], [0.1, 0.2, 0.3], 5), {}, r"start \(2,\), end \(3,\)"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            fade(*arguments, **options)


class TestFcff:
    def test_the_formula(self):
        """Excel: =150*(1-25%)+40-60-10."""
        assert fcff(150.0, 0.25, 40.0, 60.0, 10.0) == 82.5

    def test_a_fall_in_working_capital_sets_cash_free(self):
        """A negative change adds to the flow."""
        assert fcff(0.0, 0.25, 0.0, 0.0, -10.0) == 10.0

    def test_a_loss_earns_its_tax_credit_here(self):
        """The formula stands as it is; how losses are taxed is project_drivers' choice."""
        assert fcff(-100.0, 0.25, 0.0, 0.0, 0.0) == -75.0

    def test_broadcasts_and_passes_nan(self):
        """A panel with one tax rate and one missing figure."""
        flows = fcff([[100.0, 110.0], [200.0, np.nan]], 0.25, 10.0, [15.0, 20.0], 0.0)
        np.testing.assert_allclose(flows, [[70.0, 72.5], [145.0, np.nan]])

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ((100.0, 25.0, 10.0, 10.0, 0.0), "tax_rate: .*0.25"),
            ((100.0, 0.25, 10.0, -10.0, 0.0), "capital_expenditure: .*positive"),
            ((100.0, 0.25, -10.0, 10.0, 0.0), "depreciation"),
            (("100", 0.25, 10.0, 10.0, 0.0), "ebit"),
            ((100.0, 0.25, 10.0, 10.0, [None]), "change_in_working_capital"),
            (([1.0, 2.0], 0.25, [1.0, 2.0, 3.0], 10.0, 0.0), r"ebit \(2,\).*depreciation \(3,\)"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument; a negative outlay would raise the flow silently."""
        with pytest.raises(InputError, match=named):
            fcff(*arguments)


class TestProjectDrivers:
    def test_two_years_by_hand_with_sales_to_capital(self):
        """Revenue 1000, growth 10% and 5%, margin 20%, tax 25%, two of sales per unit of capital."""
        plan = project_drivers(1000.0, [0.10, 0.05], 0.20, 0.25, sales_to_capital=2.0)
        np.testing.assert_allclose(plan.revenue, [1100, 1155])
        np.testing.assert_allclose(plan.ebit, [220, 231])
        np.testing.assert_allclose(plan.taxes, [55, 57.75])
        np.testing.assert_allclose(plan.nopat, [165, 173.25])
        np.testing.assert_allclose(plan.reinvestment, [50, 27.5])
        np.testing.assert_allclose(plan.free_cash_flow, [115, 145.75])

    def test_two_years_by_hand_with_the_three_ratios(self):
        """Depreciation 4% and capex 6% of revenue, working capital 15% of its change."""
        plan = project_drivers(1000.0, [0.10, 0.05], 0.20, 0.25, **RATIOS)
        np.testing.assert_allclose(plan.depreciation, [44, 46.2])
        np.testing.assert_allclose(plan.capital_expenditure, [66, 69.3])
        np.testing.assert_allclose(plan.change_in_working_capital, [15, 8.25])
        np.testing.assert_allclose(plan.reinvestment, [37, 31.35])
        np.testing.assert_allclose(plan.free_cash_flow, [128, 141.9])

    @given(years, st.booleans())
    def test_sales_to_capital_matches_a_plain_loop(self, years, refund):
        """Every driver on its own path, losses and shrinking years among them."""
        growth, margin, tax, sales_to_capital = (list(path) for path in zip(*years, strict=True))
        plan = project_drivers(
            1000.0,
            growth,
            margin,
            tax,
            sales_to_capital=sales_to_capital,
            tax_losses="refund" if refund else "none",
        )
        got = (plan.revenue, plan.taxes, plan.reinvestment, plan.free_cash_flow)
        for figures, expected in zip(got, loop_projection(1000.0, years, refund=refund), strict=True):
            np.testing.assert_allclose(figures, expected, rtol=1e-12, atol=1e-9)

    @given(years)
    def test_ratios_match_a_plain_loop(self, years):
        """The other way to reinvestment."""
        growth, margin, tax, _ = (list(path) for path in zip(*years, strict=True))
        plan = project_drivers(1000.0, growth, margin, tax, **RATIOS)
        got = (plan.revenue, plan.taxes, plan.reinvestment, plan.free_cash_flow)
        for figures, expected in zip(got, loop_projection(1000.0, years, ratios=RATIOS), strict=True):
            np.testing.assert_allclose(figures, expected, rtol=1e-12, atol=1e-9)

    @given(years)
    def test_free_cash_flow_is_fcff_of_its_parts(self, years):
        """With losses refunded the projection is the formula of fcff, year by year."""
        growth, margin, tax, _ = (list(path) for path in zip(*years, strict=True))
        plan = project_drivers(1000.0, growth, margin, tax, **RATIOS, tax_losses="refund")
        expected = fcff(
            plan.ebit, tax, plan.depreciation, plan.capital_expenditure, plan.change_in_working_capital
        )
        np.testing.assert_allclose(plan.free_cash_flow, expected, rtol=1e-12, atol=1e-9)

    def test_losses_are_not_taxed_by_default(self):
        """A loss year pays nothing; with "refund" it is paid."""
        assert project_drivers(1000.0, [0.0], -0.1, 0.25, sales_to_capital=1.0).taxes.tolist() == [0.0]
        refunded = project_drivers(1000.0, [0.0], -0.1, 0.25, sales_to_capital=1.0, tax_losses="refund")
        assert refunded.taxes.tolist() == [-25.0]

    def test_shrinking_revenue_sets_capital_free(self):
        """Reinvestment is negative, as the formula says."""
        plan = project_drivers(1000.0, [-0.10], 0.2, 0.25, sales_to_capital=2.0)
        np.testing.assert_allclose(plan.reinvestment, [-50.0])

    def test_parts_not_projected_are_unknown_rather_than_zero(self):
        """Sales to capital gives reinvestment as one figure."""
        plan = project_drivers(1000.0, [0.1, 0.1], 0.2, 0.25, sales_to_capital=2.0)
        for name in ("depreciation", "capital_expenditure", "change_in_working_capital"):
            assert np.isnan(getattr(plan, name)).all()

    @pytest.mark.parametrize("way", [{"sales_to_capital": 2.0}, RATIOS])
    def test_every_figure_has_the_whole_shape(self, way):
        """Companies by scenarios by years, whichever argument brings the axis."""
        margins = np.linspace(0.1, 0.2, 3)[:, np.newaxis]
        plan = project_drivers([[100.0], [200.0]], [0.1, 0.05, 0.0, 0.02], margins, 0.25, **way)
        assert {getattr(plan, name).shape for name in FIELDS} == {(2, 3, 4)}
        alone = project_drivers(200.0, [0.1, 0.05, 0.0, 0.02], margins[2, 0], 0.25, **way)
        for name in FIELDS:
            np.testing.assert_array_equal(getattr(plan, name)[1, 2], getattr(alone, name))

    def test_a_number_is_held_for_all_years(self):
        """Scalars with n_periods, a last axis of one, and written-out paths are the same."""
        held = project_drivers(100.0, 0.05, 0.2, 0.25, sales_to_capital=2.0, n_periods=4)
        column = project_drivers(100.0, [0.05], 0.2, 0.25, sales_to_capital=[2.0], n_periods=4)
        path = project_drivers(100.0, [0.05] * 4, [0.2] * 4, 0.25, sales_to_capital=2.0)
        np.testing.assert_array_equal(held.free_cash_flow, path.free_cash_flow)
        np.testing.assert_array_equal(column.free_cash_flow, path.free_cash_flow)

    def test_permuting_companies_permutes_results(self):
        """No company depends on its neighbours."""
        rng = np.random.default_rng(3)
        growth, revenue, order = rng.normal(0.05, 0.1, (20, 7)), rng.uniform(10, 100, 20), rng.permutation(20)
        straight = project_drivers(revenue, growth, 0.2, 0.25, **RATIOS)
        shuffled = project_drivers(revenue[order], growth[order], 0.2, 0.25, **RATIOS)
        np.testing.assert_array_equal(shuffled.free_cash_flow, straight.free_cash_flow[order])

    def test_nan_makes_its_own_and_later_years_unknown(self):
        """A missing growth breaks the chain; a missing margin only its year."""
        growth = project_drivers(100.0, [0.1, np.nan, 0.1], 0.2, 0.25, sales_to_capital=2.0)
        assert np.isnan(growth.free_cash_flow).tolist() == [False, True, True]
        margin = project_drivers(100.0, 0.1, [0.2, np.nan, 0.2], 0.25, sales_to_capital=2.0)
        assert np.isnan(margin.free_cash_flow).tolist() == [False, True, False]
        assert np.isfinite(margin.revenue).all()

    def test_growth_paths_against_waccs(self):
        """41 growth paths and 41 rates make a table whose cells equal single valuations."""
        growth, waccs = fade(np.linspace(0.02, 0.10, 41), 0.02, 5), np.linspace(0.08, 0.12, 41)
        plan = project_drivers(1000.0, growth, 0.2, 0.25, sales_to_capital=2.0)
        table = dcf(plan.free_cash_flow[:, np.newaxis], waccs, terminal_growth=0.02)
        assert table.enterprise_value.shape == (41, 41)
        one = project_drivers(1000.0, growth[30], 0.2, 0.25, sales_to_capital=2.0)
        cell = dcf(one.free_cash_flow, waccs[7], terminal_growth=0.02)
        assert table.enterprise_value[30, 7] == cell.enterprise_value

    @pytest.mark.parametrize(
        ("changed", "named"),
        [
            ({"revenue": -1.0}, "revenue: .*positive"),
            ({"revenue": "1000"}, "revenue"),
            ({"growth": [0.1, -1.5]}, r"growth: .*position \(1,\)"),
            ({"growth": 0.1}, "n_periods: .*no driver is a path"),
            ({"growth": []}, "growth"),
            ({"growth": [["0.1"]]}, "growth"),
            (
                {"operating_margin": [0.1, 0.2, 0.3]},
                "growth and operating_margin: .*growth 2, operating_margin 3",
            ),
            ({"operating_margin": None}, "operating_margin"),
            ({"n_periods": 3}, "n_periods and growth: .*n_periods 3, growth 2"),
            ({"n_periods": 0}, "n_periods"),
            ({"tax_rate": 25.0}, "tax_rate: .*0.25"),
            ({"tax_rate": np.array([0.2, None], dtype=object)}, "tax_rate"),
            ({"sales_to_capital": 0.0}, "sales_to_capital: .*above zero"),
            (
                {"sales_to_capital": None},
                "sales_to_capital and depreciation and capital_expenditure.*none of them",
            ),
            ({"depreciation": 0.04}, "sales_to_capital and depreciation: .*both"),
            (RATIOS, "sales_to_capital and depreciation and capital_expenditure and working_capital"),
            (
                {"sales_to_capital": None, "depreciation": 0.04, "working_capital": 0.1},
                "capital_expenditure: .*only depreciation and working_capital.*Give 0.0",
            ),
            (
                RATIOS | {"sales_to_capital": None, "capital_expenditure": -0.06},
                "capital_expenditure: .*positive",
            ),
            ({"tax_losses": "carry"}, 'tax_losses: expected "none" or "refund"'),
            ({"revenue": [1.0, 2.0], "growth": np.zeros((3, 2))}, r"revenue \(2,\), growth \(3,\)"),
        ],
    )
    def test_refuses_impossible_input(self, changed, named):
        """The message names the arguments."""
        arguments = {
            "revenue": 1000.0,
            "growth": [0.1, 0.05],
            "operating_margin": 0.2,
            "tax_rate": 0.25,
            "sales_to_capital": 2.0,
        }
        with pytest.raises(InputError, match=named):
            project_drivers(**(arguments | changed))

    def test_the_repr_is_short(self):
        """One line for one company or many."""
        plan = project_drivers(1000.0, np.zeros((500, 10)), 0.2, 0.25, sales_to_capital=2.0)
        assert isinstance(plan, Projection)
        assert repr(plan) == (
            "Projection(n_periods=10, revenue=1,000.00 to 1,000.00 (500, 10), free_cash_flow=150 to 150 (500, 10))"
        )
