"""Terminal values beyond Gordon's: the value driver formula, the H-model and liquidation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.dcf import dcf, terminal_value
from maos_nb.errors import InputError

FLOWS = 100 * 1.05 ** np.arange(1, 6)
growths = st.floats(-0.02, 0.04)
waccs = st.floats(0.06, 0.20)


class TestValueDriver:
    def test_kollers_company(self):
        """Koller, Goedhart and Wessels, exhibit 14.13: NOPLAT of 18.75 growing 6%, RONIC 15%, WACC 10%: 298.1."""
        value = terminal_value(11.25, 0.10, terminal_growth=0.06, ronic=0.15, nopat_last=18.75)
        assert value == pytest.approx(298.125, rel=1e-14)

    def test_kollers_company_five_years_later(self):
        """The same company from year 5 on, NOPLAT 25.09: its explicit flows and this value give 298.1 again."""
        nopat = 18.75 * 1.06 ** np.arange(1, 6)
        result = dcf(0.6 * nopat, 0.10, terminal_growth=0.06, ronic=0.15, nopat_last=nopat[-1])
        assert result.enterprise_value == pytest.approx(298.125, rel=1e-13)

    @given(growths, waccs, st.floats(0.05, 0.5))
    def test_it_is_gordons_value_where_the_flow_reinvests_what_growth_needs(self, growth, wacc, ronic):
        """The last flow is NOPAT (1 - g / RONIC)."""
        flow = 50.0 * (1 - growth / ronic)
        value = terminal_value(np.nan, wacc, terminal_growth=growth, ronic=ronic, nopat_last=50.0)
        assert value == pytest.approx(terminal_value(flow, wacc, terminal_growth=growth), rel=1e-12)

    @given(waccs, st.floats(-0.02, 0.04))
    def test_growth_at_the_cost_of_capital_adds_nothing(self, wacc, growth):
        """With RONIC = WACC the value is next year's profit as a perpetuity, whatever the growth after it."""
        value = terminal_value(0.0, wacc, terminal_growth=growth, ronic=wacc, nopat_last=50.0)
        assert value == pytest.approx(50.0 * (1 + growth) / wacc, rel=1e-12)

    def test_it_is_the_sum_of_its_flows(self):
        """Two thousand years added one by one."""
        growth, wacc, ronic = 0.03, 0.09, 0.14
        total = sum(
            40.0 * (1 + growth) ** year * (1 - growth / ronic) / (1 + wacc) ** year for year in range(1, 2000)
        )
        value = terminal_value(0.0, wacc, terminal_growth=growth, ronic=ronic, nopat_last=40.0)
        assert value == pytest.approx(total, rel=1e-12)

    def test_growth_above_the_return_destroys_value(self):
        """It needs more than the profit; that is a figure, not an error."""
        assert terminal_value(0.0, 0.10, terminal_growth=0.05, ronic=0.04, nopat_last=10.0) < 0

    def test_the_growth_is_as_given_and_the_multiple_restates_the_value(self):
        """A sale at the implied multiple gives the same enterprise value."""
        result = dcf(FLOWS, 0.10, terminal_growth=0.03, ronic=0.12, nopat_last=180.0, terminal_metric=240.0)
        assert result.implied_growth == 0.03
        sold = dcf(FLOWS, 0.10, exit_multiple=result.implied_exit_multiple, terminal_metric=240.0)
        assert sold.enterprise_value == pytest.approx(result.enterprise_value, rel=1e-13)


class TestHModel:
    def test_siemens(self):
        """CFA Institute, "Discounted dividend valuation": 1.00 a share, 29.28% to 7.26% in 16 years, 12.63%."""
        value = terminal_value(1.0, 0.1263, terminal_growth=0.0726, initial_growth=0.2928, half_life=8.0)
        assert value == pytest.approx(19.974 + 32.805, abs=0.001)

    @given(growths, waccs, st.floats(0.0, 10.0))
    def test_without_a_difference_of_growth_it_is_gordons_value(self, growth, wacc, half_life):
        """The extra term is zero."""
        value = terminal_value(80.0, wacc, terminal_growth=growth, initial_growth=growth, half_life=half_life)
        assert value == pytest.approx(terminal_value(80.0, wacc, terminal_growth=growth), rel=1e-12)

    def test_it_comes_near_a_fade_worked_out_year_by_year(self):
        """Fuller and Hsia call it an approximation; for a mild fade it is within one percent."""
        flow, total, factor = 100.0, 0.0, 1.0
        for year in range(1, 3000):
            flow *= 1 + 0.02 + 0.03 * max(0.0, 1 - (year - 0.5) / 8)
            factor /= 1.09
            total += flow * factor
        value = terminal_value(100.0, 0.09, terminal_growth=0.02, initial_growth=0.05, half_life=4.0)
        assert value == pytest.approx(total, rel=0.01)

    @pytest.mark.parametrize("timing", ["end", "mid"])
    def test_the_implied_growth_restates_the_value(self, timing):
        """Gordon's value at that growth is the same, with mid-year flows too."""
        options = {"initial_growth": 0.08, "half_life": 5.0}
        result = dcf(FLOWS, 0.10, terminal_growth=0.02, timing=timing, **options)
        assert 0.02 < result.implied_growth < 0.08
        again = dcf(FLOWS, 0.10, terminal_growth=result.implied_growth, timing=timing)
        assert again.enterprise_value == pytest.approx(result.enterprise_value, rel=1e-13)

    def test_mid_year_flows_raise_it_as_they_raise_gordons_value(self):
        """It is discounted with the flows."""
        options = {"terminal_growth": 0.02, "initial_growth": 0.06, "half_life": 3.0}
        end = dcf(FLOWS, 0.10, **options)
        mid = dcf(FLOWS, 0.10, timing="mid", **options)
        assert mid.enterprise_value == pytest.approx(end.enterprise_value * 1.1**0.5, rel=1e-13)


class TestLiquidation:
    def test_it_is_the_share_recovered_of_the_capital(self):
        """Neither flow nor rate matters."""
        value = terminal_value(np.nan, np.nan, recovery_rate=0.6, terminal_metric=[500.0, 800.0])
        np.testing.assert_array_equal(value, [300.0, 480.0])

    def test_it_is_discounted_from_the_end_of_the_last_period(self):
        """As an exit is, with mid-year flows too."""
        sold = dcf(FLOWS, 0.10, exit_multiple=0.6, terminal_metric=500.0, timing="mid")
        wound_up = dcf(FLOWS, 0.10, recovery_rate=0.6, terminal_metric=500.0, timing="mid")
        assert wound_up.enterprise_value == sold.enterprise_value
        assert wound_up.present_value_of_terminal == pytest.approx(300.0 / 1.1**5)


class TestArrays:
    def test_each_element_is_the_scalar_call(self):
        """Over every method."""
        wacc = np.array([0.08, 0.10, 0.12])
        for options in (
            {"terminal_growth": 0.02, "ronic": 0.15, "nopat_last": 70.0},
            {"terminal_growth": 0.02, "initial_growth": 0.08, "half_life": 5.0},
            {"recovery_rate": 0.5, "terminal_metric": 900.0},
        ):
            table = dcf(FLOWS[np.newaxis], wacc, **options)
            for row, rate in enumerate(wacc):
                alone = dcf(FLOWS, rate, **options)
                assert table.enterprise_value[row] == alone.enterprise_value
                assert table.implied_growth[row] == alone.implied_growth

    def test_a_wacc_not_above_growth_is_nan_with_a_status(self):
        """For the methods that grow for ever."""
        value, status = terminal_value(
            10.0,
            [0.02, 0.08],
            terminal_growth=0.02,
            initial_growth=0.05,
            half_life=2.0,
            return_status=True,
        )
        assert np.isnan(value).tolist() == [True, False]
        assert status.tolist() == ["wacc_not_above_growth", "ok"]

    def test_nan_spoils_its_own_element(self):
        """A missing return, profit or half-life."""
        value = terminal_value(
            1.0, 0.1, terminal_growth=0.02, ronic=[0.1, np.nan, 0.2], nopat_last=[1.0, 1.0, np.nan]
        )
        assert np.isnan(value).tolist() == [False, True, True]

    def test_a_stub_alone_can_carry_a_value_that_does_not_grow_from_it(self):
        """NOPAT is given for a full year, the flow of half a year does not matter."""
        result = dcf([50.0], 0.10, terminal_growth=0.02, ronic=0.15, nopat_last=80.0, stub=0.5)
        assert result.terminal_value == pytest.approx(80.0 * 1.02 * (1 - 0.02 / 0.15) / 0.08)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"terminal_growth": 0.02, "ronic": 0.1}, "nopat_last"),
        ({"terminal_growth": 0.02, "ronic": 0.0, "nopat_last": 1.0}, "ronic: .*above zero"),
        ({"terminal_growth": 0.02, "ronic": -0.1, "nopat_last": 1.0}, "ronic"),
        ({"terminal_growth": 0.02, "initial_growth": 0.1}, "initial_growth and half_life: .*both"),
        ({"terminal_growth": 0.02, "half_life": 3.0}, "initial_growth and half_life"),
        ({"terminal_growth": 0.02, "initial_growth": -2.0, "half_life": 3.0}, "initial_growth"),
        ({"terminal_growth": 0.02, "initial_growth": 0.1, "half_life": -1.0}, "half_life"),
        (
            {
                "terminal_growth": 0.02,
                "initial_growth": 0.1,
                "half_life": 1.0,
                "ronic": 0.1,
                "nopat_last": 1.0,
            },
            "ronic: .*both",
        ),
        ({"exit_multiple": 8.0, "terminal_metric": 1.0, "ronic": 0.1}, "ronic: .*terminal_growth"),
        ({"recovery_rate": 0.5}, "terminal_metric: .*recovery_rate"),
        ({"recovery_rate": -0.5, "terminal_metric": 10.0}, "recovery_rate"),
        ({"recovery_rate": 0.5, "terminal_growth": 0.02}, "terminal_growth and recovery_rate: .*both"),
        ({"terminal_growth": 0.02, "ronic": "high", "nopat_last": 1.0}, "ronic"),
        ({"terminal_growth": 0.1, "ronic": 0.2, "nopat_last": 1.0}, "wacc"),
    ],
)
def test_refuses_impossible_input(arguments, named):
    """The message names the argument, from terminal_value and from dcf alike."""
    with pytest.raises(InputError, match=named):
        terminal_value(100.0, 0.10, **arguments)
    with pytest.raises(InputError, match=named):
        dcf([90.0, 100.0], 0.10, **arguments)
