"""What a discounted cash flow valuation is made of: discount factors and the terminal value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.dcf import DcfStatus, discount_factors, terminal_value
from maos_nb.errors import InputError

rates = st.floats(0.06, 0.4)
timings = st.sampled_from(["end", "mid"])


class TestDiscountFactors:
    def test_year_end_factors_are_powers_of_one_rate(self):
        """Excel: =1/(1+10%)^{1,2,3}."""
        np.testing.assert_allclose(discount_factors(0.10, 3), [1.1**-1, 1.1**-2, 1.1**-3], rtol=1e-15)

    def test_mid_year_factors_come_half_a_year_earlier(self):
        """Excel: =1/(1+10%)^{0.5,1.5,2.5}."""
        np.testing.assert_allclose(discount_factors(0.10, 3, timing="mid"), [1.1**-0.5, 1.1**-1.5, 1.1**-2.5])

    def test_a_stub_shortens_the_first_period_at_year_end(self):
        """With a quarter left the flows come after 0.25, 1.25 and 2.25 years."""
        np.testing.assert_allclose(discount_factors(0.10, 3, stub=0.25), [1.1**-0.25, 1.1**-1.25, 1.1**-2.25])

    def test_a_stub_shortens_the_first_period_at_mid_year(self):
        """With a quarter left the flows come after 0.125, 0.75 and 1.75 years."""
        factors = discount_factors(0.10, 3, timing="mid", stub=0.25)
        np.testing.assert_allclose(factors, [1.1**-0.125, 1.1**-0.75, 1.1**-1.75])

    def test_a_path_multiplies_its_rates(self):
        """Each factor is the one before divided by one plus the year's rate."""
        expected = [1 / 1.1, 1 / 1.1 / 1.09, 1 / 1.1 / 1.09 / 1.08]
        np.testing.assert_allclose(discount_factors([0.10, 0.09, 0.08], 3, path=True), expected, rtol=1e-15)

    def test_without_path_an_array_is_one_rate_per_valuation(self):
        """Three rates give three rows, even where there are three periods."""
        rows = discount_factors([0.10, 0.09, 0.08], 3)
        assert rows.shape == (3, 3)
        np.testing.assert_array_equal(rows[1], discount_factors(0.09, 3))

    @given(rates, st.integers(1, 12), timings, st.sampled_from([1.0, 0.4]))
    def test_a_path_of_equal_rates_equals_the_single_rate(self, rate, n_periods, timing, stub):
        """To the last bit."""
        single = discount_factors(rate, n_periods, timing=timing, stub=stub)
        path = discount_factors([rate] * n_periods, n_periods, timing=timing, stub=stub, path=True)
        np.testing.assert_array_equal(path, single)

    def test_a_stub_per_company_broadcasts(self):
        """Companies with different year-ends, with one rate and with a path."""
        stubs = np.array([1.0, 0.5, 0.25])
        table = discount_factors(0.10, 4, timing="mid", stub=stubs)
        paths = discount_factors([0.10] * 4, 4, timing="mid", stub=stubs, path=True)
        for row, path, stub in zip(table, paths, stubs, strict=True):
            np.testing.assert_allclose(row, discount_factors(0.10, 4, timing="mid", stub=stub), rtol=4e-16)
            np.testing.assert_array_equal(path, row)

    def test_nan_passes(self):
        """A missing rate spoils its own and later factors; a missing stub all."""
        factors = discount_factors([0.1, np.nan, 0.1], 3, path=True)
        assert np.isnan(factors).tolist() == [False, True, True]
        assert np.isnan(discount_factors(0.1, 2, stub=np.nan)).all()

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"wacc": -1.0, "n_periods": 3}, "wacc: .*above -1"),
            ({"wacc": "10%", "n_periods": 3}, "wacc"),
            ({"wacc": 0.1, "n_periods": 0}, "n_periods: .*at least 1"),
            ({"wacc": 0.1, "n_periods": 2.5}, "n_periods: .*whole number"),
            ({"wacc": 0.1, "n_periods": True}, "n_periods: .*whole number"),
            ({"wacc": 0.1, "n_periods": np.arange(3)}, "n_periods: .*whole number"),
            ({"wacc": [0.1, 0.1], "n_periods": 3, "path": True}, r"wacc: .*path of 3 rates.*\(2,\)"),
            ({"wacc": 0.1, "n_periods": 3, "path": True}, "wacc"),
            ({"wacc": 0.1, "n_periods": 3, "timing": "middle"}, 'timing: expected "end" or "mid"'),
            ({"wacc": 0.1, "n_periods": 3, "stub": 0.0}, "stub"),
            ({"wacc": 0.1, "n_periods": 3, "stub": 1.5}, "stub"),
            ({"wacc": [0.1, 0.2], "n_periods": 3, "stub": [0.1, 0.2, 0.3]}, r"wacc \(2,\), stub \(3,\)"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            discount_factors(**arguments)


class TestTerminalValue:
    def test_gordon_grows_the_last_flow_once(self):
        """Excel: =100*(1+3%)/(8%-3%)."""
        assert terminal_value(100.0, 0.08, terminal_growth=0.03) == pytest.approx(2060.0)

    def test_without_growth_it_is_a_perpetuity(self):
        """Brealey, Myers and Allen's machine: 1.125 for ever at 9% is worth 12.5."""
        assert terminal_value(1.12515, 0.09, terminal_growth=0.0) == pytest.approx(12.5, abs=0.002)

    def test_an_exit_multiple_multiplies_the_metric_alone(self):
        """Neither flow nor rate matters to a sale."""
        value = terminal_value(np.nan, [0.08, np.nan], exit_multiple=8.0, terminal_metric=200.0)
        np.testing.assert_array_equal(value, [1600.0, 1600.0])

    def test_the_status_is_on_request(self):
        """One enum for a single value, an array of words for several."""
        assert terminal_value(1.0, 0.1, terminal_growth=0.0, return_status=True) == (10.0, DcfStatus.OK)
        value, status = terminal_value(
            [1.0, 1.0, np.nan], [0.1, 0.02, 0.1], terminal_growth=0.02, return_status=True
        )
        np.testing.assert_allclose(value, [12.75, np.nan, np.nan])
        assert status.tolist() == ["ok", "wacc_not_above_growth", "not_finite"]

    def test_a_single_wacc_not_above_growth_is_refused(self):
        """The message names both arguments, shows both figures and says what to do."""
        with pytest.raises(InputError, match=r"wacc 0\.03 and terminal_growth 0\.04") as caught:
            terminal_value(100.0, 0.03, terminal_growth=0.04)
        assert "Lower terminal_growth" in str(caught.value)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({}, "terminal_growth and exit_multiple: .*neither"),
            ({"terminal_growth": 0.02, "exit_multiple": 8.0}, "terminal_growth and exit_multiple: .*both"),
            ({"exit_multiple": 8.0}, "terminal_metric"),
            ({"exit_multiple": -8.0, "terminal_metric": 10.0}, "exit_multiple: .*positive"),
            ({"terminal_growth": -1.5}, "terminal_growth"),
            ({"terminal_growth": "2%"}, "terminal_growth"),
            ({"terminal_growth": 0.1}, "wacc"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            terminal_value(100.0, 0.10, **arguments)
