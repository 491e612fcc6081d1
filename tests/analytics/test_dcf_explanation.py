"""A valuation from drivers explained: every formula, worked out again, gives its figure."""

import numpy as np
import pytest

from maos_nb.analytics import dcf
from maos_nb.analytics._dcf_explanation import explain
from maos_nb.analytics.explanation import Explanation
from maos_nb.errors import InputError

COMMON = {
    "revenue": 1000.0,
    "growth": [0.08, 0.05, 0.03],
    "operating_margin": 0.2,
    "tax_rate": 0.25,
    "wacc": 0.09,
}
BY_CAPITAL = {**COMMON, "sales_to_capital": 2.0}
BY_RATIOS = {**COMMON, "depreciation": 0.03, "capital_expenditure": 0.05, "working_capital": 0.1}
BRIDGE = {"cash": 50.0, "debt": 300.0, "preferred": 20.0, "shares": 40.0}


def explained(drivers, **settings):
    """Value a company, explain it, and give the figures of the tree by name."""
    tree = explain(dcf.dcf_from_drivers(**drivers, paths="growth", **settings), drivers, **settings)
    return tree, {item.name: np.asarray(item.value) for item in tree.figures() if item.value is not None}


class TestFormulas:
    @pytest.mark.parametrize("drivers", [BY_CAPITAL, BY_RATIOS])
    def test_free_cash_flow_follows_from_what_is_named(self, drivers):
        """Whether capital or the three ratios give the reinvestment."""
        _, got = explained({**drivers, "terminal_growth": 0.02})
        if "sales_to_capital" in drivers:
            change = np.diff([drivers["revenue"], *got["revenue"]])
            spent = change / got["sales_to_capital"]
        else:
            spent = got["capital_expenditure"] - got["depreciation"] + got["change_in_working_capital"]
            np.testing.assert_allclose(got["depreciation"], got["revenue"] * got["depreciation_ratio"])
        np.testing.assert_allclose(got["reinvestment"], spent)
        np.testing.assert_allclose(got["free_cash_flow"], got["nopat"] - spent)

    def test_gordon(self):
        """The flow of the next year over the distance of WACC and growth."""
        _, got = explained({**BY_CAPITAL, "terminal_growth": 0.02})
        expected = got["free_cash_flow"][-1] * 1.02 / (0.09 - 0.02)
        np.testing.assert_allclose(got["terminal_value"], expected)

    def test_value_driver(self):
        """Next year's NOPAT less what growth at that return costs."""
        _, got = explained({**BY_CAPITAL, "terminal_growth": 0.02, "ronic": 0.12})
        expected = got["nopat"][-1] * 1.02 * (1 - 0.02 / 0.12) / (0.09 - 0.02)
        np.testing.assert_allclose(got["terminal_value"], expected)

    def test_h_model(self):
        """Growth that fades over twice the half-life."""
        tree, got = explained(
            {**BY_CAPITAL, "terminal_growth": 0.02, "initial_growth": 0.06, "half_life": 4.0}
        )
        expected = got["free_cash_flow"][-1] * (1.02 + 4 * 0.04) / (0.09 - 0.02)
        np.testing.assert_allclose(got["terminal_value"], expected)
        assert "half_life" in tree.find("terminal_value").formula

    @pytest.mark.parametrize("metric", ["ebit", "ebitda", "nopat", "revenue"])
    def test_a_sale(self, metric):
        """A multiple of the figure of the last year that it refers to, which is named."""
        tree, got = explained({**BY_RATIOS, "exit_multiple": 9.0}, terminal_metric=metric)
        names = ("ebit", "depreciation") if metric == "ebitda" else (metric,)
        np.testing.assert_allclose(got["terminal_value"], 9 * sum(got[name][-1] for name in names))
        assert tuple(item.name for item in tree.find("terminal_value").inputs[1:]) == names

    @pytest.mark.parametrize(
        ("terminal", "when"), [({"terminal_growth": 0.02}, 2.5), ({"exit_multiple": 9.0}, 3.0)]
    )
    def test_mid_year_flows(self, terminal, when):
        """Flows half a year earlier; Gordon's value comes with them, a sale does not."""
        tree, got = explained({**BY_CAPITAL, **terminal}, timing="mid")
        np.testing.assert_allclose(got["discount_factor"], 1.09 ** -(np.arange(1, 4) - 0.5))
        np.testing.assert_allclose(got["present_value_of_terminal"], got["terminal_value"] * 1.09**-when)
        assert tree.find("discount_factor").formula == "1 / (1 + wacc)^(year - 0.5)"

    def test_the_bridge_names_only_what_was_given(self):
        """And ends at the value of a share."""
        tree, got = explained({**BY_CAPITAL, "terminal_growth": 0.02, **BRIDGE})
        assert tree.find("equity_value").formula == "enterprise_value + cash - debt - preferred"
        np.testing.assert_allclose(got["equity_value"], got["enterprise_value"] + 50 - 300 - 20)
        np.testing.assert_allclose(got["value_per_share"], got["equity_value"] / 40)

    def test_options_are_named_with_the_method_that_counts_them(self):
        """The shares alone would not give the value of one."""
        tree, _ = explained(
            {**BY_CAPITAL, "terminal_growth": 0.02, **BRIDGE, "options": 5.0, "option_strike": 20.0}
        )
        assert "treasury-stock" in tree.formula
        assert [item.name for item in tree.inputs[1:]] == ["shares", "options", "option_strike"]

    def test_a_duration_is_an_input_of_revenue(self):
        """After it revenue grows at the terminal rate."""
        tree, _ = explained({**BY_CAPITAL, "terminal_growth": 0.02, "duration": 2.0})
        assert [item.name for item in tree.find("revenue").inputs][2:] == ["duration", "terminal_growth"]


class TestOrigins:
    def test_a_driver_may_bring_its_own_explanation(self):
        """It stands wherever the driver is used."""
        wacc = Explanation(
            "wacc", 0.09, "rate", "risk_free + premium", inputs=(Explanation("risk_free", 0.04),)
        )
        drivers = {**BY_CAPITAL, "terminal_growth": 0.02}
        tree = explain(dcf.dcf_from_drivers(**drivers, paths="growth"), {**drivers, "wacc": wacc}, unit="USD")
        assert tree.find("wacc") is wacc
        assert tree.unit == "USD"
        assert tree.find("tax_rate").origin == "given"


class TestDoor:
    def test_several_valuations_at_once_are_refused(self):
        """One tree explains one valuation."""
        drivers = {**BY_CAPITAL, "wacc": [0.08, 0.09], "terminal_growth": 0.02}
        with pytest.raises(InputError, match=r"^valued: expected a single valuation, got shape \(2,\)"):
            explain(dcf.dcf_from_drivers(**drivers, paths="growth"), drivers)

    @pytest.mark.parametrize(("valued", "drivers"), [(None, {}), ("x", {})])
    def test_what_is_no_valuation_is_refused(self, valued, drivers):
        """By name."""
        with pytest.raises(InputError, match=r"^valued: expected a DriverDcf"):
            explain(valued, drivers)

    def test_drivers_have_to_be_a_mapping(self):
        """By name, too."""
        drivers = {**BY_CAPITAL, "terminal_growth": 0.02}
        with pytest.raises(InputError, match=r"^drivers: expected a mapping"):
            explain(dcf.dcf_from_drivers(**drivers, paths="growth"), [1])
