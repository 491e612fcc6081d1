"""Total returns of constant-maturity bonds from a history of yields."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.bonds import constant_maturity_returns
from maos_nb.errors import InputError

# The first six days of FRED's DGS1, DGS10 and DGS20, from 2 January 1962, in per cent.
HISTORY = {
    1: [3.22, 3.24, 3.24, 3.26, 3.31, 3.32],
    10: [4.06, 4.03, 3.99, 4.02, 4.03, 4.05],
    20: [4.07, 4.07, 4.06, 4.07, 4.08, 4.08],
}
# Returns of those days with 261 days a year, from the vignette of the R package treasuryTR, which follows
# Swinkels (2019).
PUBLISHED = {
    1: [-7.377978e-05, 1.221768e-04, -7.300865e-05, -3.647573e-04, 2.721722e-05],
    10: [0.0026052037, 0.0034295689, -0.0022968905, -0.0006649767, -0.0014782454],
    20: [0.0001528606, 0.0015146560, -0.0012057347, -0.0012041801, 0.0001532288],
}
yields = st.floats(0.001, 0.2)
METHODS = ["reprice", "damodaran", "swinkels"]


def bond_value(coupon, rate, n_coupons):
    """Par bond on a coupon date, coupon after coupon."""
    return sum(coupon / (1 + rate) ** k for k in range(1, n_coupons + 1)) + (1 + rate) ** -n_coupons


class TestConstantMaturityReturns:
    @pytest.mark.parametrize("maturity", [1, 10, 20])
    def test_swinkels_method_matches_published_returns(self, maturity):
        """All digits that are published."""
        found = constant_maturity_returns(np.array(HISTORY[maturity]) / 100, maturity, 261, method="swinkels")
        assert np.isnan(found[0])
        np.testing.assert_allclose(found[1:], PUBLISHED[maturity], rtol=2e-7, atol=5e-11)

    def test_damodarans_method_matches_his_table(self):
        """Historical returns on bonds: 3.17% at the end of 1927, 3.45%, 3.36%, 3.22% and 3.93% after it.

        The ten-year bond then earns 0.84% in 1928, 4.20% in 1929, 4.54% in 1930 and -2.56% in 1931.
        """
        found = constant_maturity_returns(
            [0.0317, 0.0345, 0.0336, 0.0322, 0.0393], 10, 1, frequency=1, method="damodaran"
        )
        np.testing.assert_allclose(found[1:], [0.0084, 0.0420, 0.0454, -0.0256], atol=5.1e-5)

    @given(
        before=yields,
        after=yields,
        maturity=st.sampled_from([1, 2, 5, 10, 30]),
        periods_per_year=st.sampled_from([2, 4, 12, 52, 252]),
        frequency=st.sampled_from([1, 2]),
    )
    def test_agrees_with_a_bond_bought_and_sold(self, before, after, maturity, periods_per_year, frequency):
        """Payment by payment, each nearer by the time the bond was held."""
        if maturity * periods_per_year < 1 or frequency > periods_per_year:
            return
        held = frequency / periods_per_year
        sold = sum(
            (before / frequency + (k == maturity * frequency)) / (1 + after / frequency) ** (k - held)
            for k in range(1, maturity * frequency + 1)
        )
        found = constant_maturity_returns([before, after], maturity, periods_per_year, frequency=frequency)
        assert found[1] == pytest.approx(sold - 1, abs=1e-12)

    @given(before=yields, after=yields, maturity=st.integers(2, 30))
    def test_over_a_whole_coupon_period_it_is_coupon_and_resale(self, before, after, maturity):
        """A year, paid yearly: the coupon, and the price of a bond with a year less to run."""
        found = constant_maturity_returns([before, after], maturity, 1, frequency=1)
        assert found[1] == pytest.approx(before + bond_value(before, after, maturity - 1) - 1, abs=1e-12)

    @given(rate=yields, periods_per_year=st.sampled_from([1, 4, 12, 252]))
    def test_at_a_constant_yield_it_earns_the_yield(self, rate, periods_per_year):
        """(1 + y / 2)^(2 / p) - 1, also where coupons are received and reinvested meanwhile."""
        found = constant_maturity_returns([rate] * 3, 10, periods_per_year)
        np.testing.assert_allclose(found[1:], (1 + rate / 2) ** (2 / periods_per_year) - 1, rtol=1e-9)

    @given(before=yields, change=st.floats(-0.002, 0.002))
    def test_the_three_methods_agree_on_small_changes(self, before, change):
        """A month: they differ by ageing a month on the curve, and by third-order terms."""
        history = [before, max(before + change, 1e-4)]
        exact, damodaran, swinkels = (
            constant_maturity_returns(history, 10, 12, method=method)[1] for method in METHODS
        )
        assert damodaran == pytest.approx(exact, abs=1e-3)
        assert swinkels == pytest.approx(exact, abs=1e-3)

    def test_a_rise_loses_more_for_longer_bonds(self):
        """From 4% to 5% within a month."""
        found = constant_maturity_returns([[0.04] * 3, [0.05] * 3], [2, 10, 30], 12)
        assert (np.diff(found[1]) < 0).all()

    @pytest.mark.parametrize("method", METHODS)
    def test_a_panel_equals_its_columns(self, method):
        """To the last bit, a maturity per column."""
        history = np.column_stack(list(HISTORY.values())) / 100
        panel = constant_maturity_returns(history, list(HISTORY), 261, method=method)
        for column, maturity in enumerate(HISTORY):
            single = constant_maturity_returns(history[:, column], maturity, 261, method=method)
            np.testing.assert_array_equal(panel[:, column], single)

    def test_keeps_the_labels_of_pandas(self):
        """A frame gives a frame, a series a series with its name."""
        days = pd.date_range("1962-01-02", periods=6)
        frame = pd.DataFrame(HISTORY, index=days) / 100
        returns = constant_maturity_returns(frame, [1, 10, 20], 261)
        assert returns.index.equals(days)
        assert returns.columns.tolist() == [1, 10, 20]
        series = constant_maturity_returns(frame[10].rename("DGS10"), 10, 261)
        assert series.name == "DGS10"
        np.testing.assert_array_equal(series.to_numpy(), returns[10].to_numpy())

    def test_a_gap_spoils_the_two_returns_that_it_bounds(self):
        """NaN in, NaN out, and no later."""
        found = constant_maturity_returns([0.04, np.nan, 0.04, 0.04], 10, 12)
        assert np.isnan(found).tolist() == [True, True, True, False]

    def test_yields_below_zero_count_and_absurd_ones_do_not(self):
        """-0.5% as in 2020; -200% compounded twice a year leaves nothing."""
        found = constant_maturity_returns([-0.005, -0.006, -2.0], 10, 12)
        assert found[1] == pytest.approx(-0.005 / 12 + 0.001 * 10.2, abs=2e-4)
        assert np.isnan(found[2])

    def test_uses_no_later_observation(self):
        """A prefix of the history gives a prefix of the returns."""
        history = np.array(HISTORY[10]) / 100
        whole = constant_maturity_returns(history, 10, 252)
        for n in range(1, 6):
            np.testing.assert_array_equal(constant_maturity_returns(history[:n], 10, 252), whole[:n])

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"yields": 0.04}, "yields: expected yields, shape"),
            ({"yields": []}, "yields"),
            ({"yields": ["4%"]}, "yields: expected numbers"),
            ({"yields": np.zeros((2, 2, 2))}, r"yields: .*\(2, 2, 2\)"),
            ({"maturity": 0.25}, "maturity: expected a whole number of coupon periods"),
            ({"maturity": 0}, "maturity"),
            ({"maturity": np.nan}, "maturity: expected finite"),
            ({"maturity": [2, 10]}, r"maturity: expected one number, or one per series, \(\)"),
            ({"maturity": 1, "periods_per_year": 0.5}, "maturity: .*outlasts one period"),
            ({"periods_per_year": 0}, "periods_per_year"),
            ({"frequency": 3}, "frequency"),
            ({"method": "exact"}, "method: expected 'reprice' or 'damodaran' or 'swinkels'"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        usual = {"yields": [0.04, 0.05], "maturity": 10, "periods_per_year": 12}
        with pytest.raises(InputError, match=named):
            constant_maturity_returns(**usual | arguments)
