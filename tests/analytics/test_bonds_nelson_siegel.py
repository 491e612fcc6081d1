"""Nelson and Siegel's curve, and Svensson's: evaluated and fitted."""

from __future__ import annotations

import math

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  # its own documentation calls it ql
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.bonds import NelsonSiegel, nelson_siegel
from maos_nb.errors import InputError

TIMES = np.array([0.25, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30])
TREASURY = np.array([5.40, 5.26, 4.79, 4.33, 4.09, 3.93, 3.95, 3.95, 4.10, 4.25, 4.08]) / 100


@st.composite
def parameters(draw):
    """Level, slope, curvature and decay of curves as they occur."""
    level, slope = draw(st.floats(0.0, 0.08)), draw(st.floats(-0.05, 0.05))
    size = draw(st.floats(0.01, 0.08)) * draw(st.sampled_from([-1, 1]))
    return NelsonSiegel(level, slope, size, draw(st.floats(0.5, 8.0)))


class TestEvaluation:
    @given(curve=parameters(), time=st.floats(0.01, 50.0))
    def test_agrees_with_the_formula_written_out(self, curve, time):
        """Nelson and Siegel (1987), equation 2."""
        x = time / curve.decay
        mean = (1 - math.exp(-x)) / x
        expected = curve.level + (curve.slope + curve.curvature) * mean - curve.curvature * math.exp(-x)
        assert curve.zero_rate(time) == pytest.approx(expected, rel=1e-10, abs=1e-14)

    @given(
        curve=parameters(),
        second=st.floats(-0.05, 0.05),
        decay=st.floats(0.5, 20.0),
        time=st.integers(1, 10_000),
    )
    def test_agrees_with_quantlib(self, curve, second, decay, time):
        """SvenssonFitting with given parameters, its kappas being one over the decay times."""
        curve = NelsonSiegel(curve.level, curve.slope, curve.curvature, curve.decay, second, decay)
        weights = ql.Array([curve.level, curve.slope, curve.curvature, second, 1 / curve.decay, 1 / decay])
        today = ql.Date(15, 1, 2024)
        peer = ql.FittedBondDiscountCurve(
            today, ql.SvenssonFitting(), weights, today + 20_000, ql.Actual365Fixed()
        )
        assert curve.discount_factor(time / 365) == pytest.approx(peer.discount(today + time), rel=1e-12)

    @given(curve=parameters(), time=st.floats(0.1, 40.0))
    def test_the_forward_rate_is_the_slope_of_the_log_factor(self, curve, time):
        """d(t z) / dt, by a central difference."""
        step = 1e-4
        logs = [-math.log(curve.discount_factor(time + move)) for move in (-step, step)]
        assert curve.forward_rate(time) == pytest.approx((logs[1] - logs[0]) / (2 * step), abs=1e-8)

    def test_begins_at_level_plus_slope_and_ends_at_level(self):
        """At no time at all, where the formula divides nothing by nothing, and for ever."""
        curve = NelsonSiegel(0.05, -0.02, 0.03, 2.0, -0.01, 9.0)
        assert curve.zero_rate(0.0) == pytest.approx(0.03, rel=1e-15)
        assert curve.forward_rate(0.0) == pytest.approx(0.03, rel=1e-15)
        assert curve.zero_rate(1e9) == pytest.approx(0.05, rel=1e-6)
        assert curve.discount_factor(0.0) == 1.0

    def test_gives_a_curve_to_price_over(self):
        """With its rates at the nodes asked for."""
        smooth = NelsonSiegel(0.05, -0.02, 0.03, 2.0)
        curve = smooth.curve([1, 2, 5], interpolation="log_linear")
        np.testing.assert_array_equal(curve.zero_rates, smooth.zero_rate([1, 2, 5]))
        assert (curve.compounding, curve.interpolation) == ("continuous", "log_linear")

    def test_nan_passes(self):
        """A missing time has no rate."""
        assert np.isnan(NelsonSiegel(0.05, 0.0, 0.0, 2.0).zero_rate([np.nan, 1.0])).tolist() == [True, False]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"decay": 0.0}, "decay: expected years above zero"),
            ({"second_decay": -1.0}, "second_decay"),
            ({"level": np.nan}, "level: expected finite"),
            ({"slope": [0.1, 0.2]}, r"slope: expected one number, got shape \(2,\)"),
            ({"curvature": "small"}, "curvature"),
        ],
    )
    def test_refuses_impossible_parameters(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            NelsonSiegel(**{"level": 0.05, "slope": 0.0, "curvature": 0.0, "decay": 2.0} | arguments)

    def test_refuses_times_before_today(self):
        """The message names the argument."""
        with pytest.raises(InputError, match=r"time: .*zero or positive"):
            NelsonSiegel(0.05, 0.0, 0.0, 2.0).forward_rate(-1.0)


class TestFit:
    @settings(max_examples=30)
    @given(truth=parameters())
    def test_recovers_the_curve_that_made_the_rates(self, truth):
        """The rates to the last digits, and the parameters as well as eleven rates tell them apart."""
        fitted = nelson_siegel(TIMES, truth.zero_rate(TIMES))
        assert fitted.rmse < 1e-9
        at = np.linspace(0.25, 30, 50)
        np.testing.assert_allclose(fitted.zero_rate(at), truth.zero_rate(at), atol=1e-7)
        assert fitted.decay == pytest.approx(truth.decay, rel=1e-3)

    def test_recovers_svenssons_two_humps(self):
        """Six parameters from eleven rates."""
        truth = NelsonSiegel(0.04, -0.02, -0.03, 1.5, 0.05, 9.0)
        fitted = nelson_siegel(TIMES, truth.zero_rate(TIMES), svensson=True)
        assert fitted.rmse < 1e-9
        at = np.linspace(0.25, 30, 50)
        np.testing.assert_allclose(fitted.zero_rate(at), truth.zero_rate(at), atol=1e-7)

    def test_no_decay_time_fits_better(self):
        """An inverted curve with a hump; every decay time on a fine grid leaves at least its error."""
        best = nelson_siegel(TIMES, TREASURY).rmse
        others = [nelson_siegel(TIMES, TREASURY, decay=decay).rmse for decay in np.geomspace(0.05, 30, 300)]
        assert best <= min(others) * (1 + 1e-9)
        assert best == pytest.approx(min(others), rel=1e-3)

    def test_two_humps_fit_at_least_as_well_as_one(self):
        """And no pair of decay times on a grid fits better by more than a hundredth of a basis point."""
        one, two = nelson_siegel(TIMES, TREASURY), nelson_siegel(TIMES, TREASURY, svensson=True)
        assert two.rmse <= one.rmse * (1 + 1e-12)

    def test_the_error_is_what_the_curve_leaves(self):
        """Root of the mean squared residual."""
        fitted = nelson_siegel(TIMES, TREASURY)
        residuals = fitted.zero_rate(TIMES) - TREASURY
        assert fitted.rmse == pytest.approx(np.sqrt(np.mean(residuals**2)), rel=1e-12)

    def test_a_given_decay_time_leaves_a_linear_regression(self):
        """Diebold and Li (2006): lambda 0.0609 per month puts the hump at thirty months."""
        decay = 1 / 0.0609 / 12
        fitted = nelson_siegel(TIMES, TREASURY, decay=decay)
        x = TIMES / decay
        mean = (1 - np.exp(-x)) / x
        loadings = np.column_stack([np.ones_like(x), mean, mean - np.exp(-x)])
        normal = np.linalg.solve(loadings.T @ loadings, loadings.T @ TREASURY)
        np.testing.assert_allclose([fitted.level, fitted.slope, fitted.curvature], normal, rtol=1e-9)
        assert fitted.decay == decay

    def test_a_flat_curve_is_all_level(self):
        """No slope, no hump, whatever the decay."""
        fitted = nelson_siegel(TIMES, np.full(TIMES.size, 0.04))
        np.testing.assert_allclose(fitted.zero_rate([0.0, 1.0, 100.0]), 0.04, atol=1e-12)

    def test_missing_rates_are_left_out(self):
        """As if their times had not been given."""
        rates = TREASURY.copy()
        rates[[2, 7]] = np.nan
        known = ~np.isnan(rates)
        assert nelson_siegel(TIMES, rates) == nelson_siegel(TIMES[known], rates[known])

    def test_the_same_data_give_the_same_fit(self):
        """To the last bit: nothing is drawn at random."""
        assert nelson_siegel(TIMES, TREASURY, svensson=True) == nelson_siegel(TIMES, TREASURY, svensson=True)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"times": [1, 2, 3]}, r"zero_rates: expected one rate per time, \(3,\)"),
            ({"times": TIMES[::-1]}, "times: expected rising"),
            ({"zero_rates": np.full(11, np.nan)}, "zero_rates: expected at least 3 rates, got 0"),
            ({"times": [1, 2, 3], "zero_rates": [0.01, 0.02, 0.03]}, "zero_rates: expected at least 4"),
            (
                {"times": [1, 2, 3, 4, 5], "zero_rates": [0.01] * 5, "svensson": True},
                "zero_rates: expected at least 6",
            ),
            ({"zero_rates": np.where(TIMES == 1, np.inf, TREASURY)}, "zero_rates: expected finite"),
            ({"decay": 0.0}, "decay"),
            ({"decay": 2.0, "svensson": True}, "decay: .*without svensson"),
            ({"zero_rates": ["a"] * 11}, "zero_rates: expected numbers"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            nelson_siegel(**{"times": TIMES, "zero_rates": TREASURY} | arguments)
