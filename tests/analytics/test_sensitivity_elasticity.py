"""Elasticity: closed forms, bounds, sides, the error it states, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models_sensitivity import (
    COMPANY,
    OPTION,
    PATH,
    PERPETUITY,
    alone,
    black_scholes_call,
    company,
    cubic,
    perpetuity,
    with_path,
)

from maos_nb.analytics.sensitivity import elasticity
from maos_nb.errors import InputError

flows, spreads = st.floats(1.0, 1e6), st.floats(0.01, 0.2)
growths = st.integers(-500, 500).map(lambda points: points / 10_000)


class TestElasticity:
    @given(flows, growths, spreads)
    def test_the_perpetuity_in_closed_form(self, flow, growth, spread):
        """V = C / (w - g): elasticities 1, g / (w - g) and -w / (w - g); dV/dg = C / (w - g)^2 = -dV/dw."""
        wacc = growth + spread
        found = elasticity(perpetuity, {"flow": flow, "growth": growth, "wacc": wacc})
        spread = wacc - growth
        np.testing.assert_allclose(
            found.elasticity, [1, growth / spread, -wacc / spread], rtol=1e-6, atol=1e-7
        )
        size = flow / spread**2
        np.testing.assert_allclose(found.derivative, [1 / spread, size, -size], rtol=1e-5)
        assert found.method.tolist() == ["central"] * 3

    def test_power_functions_have_their_exponents_as_elasticities(self):
        """V = a^2 b^-1.5: the definition of the elasticity."""
        found = elasticity(lambda a, b: a**2 * b**-1.5, {"a": 3.0, "b": 0.2})
        np.testing.assert_allclose(found.elasticity, [2, -1.5], rtol=1e-9)

    def test_the_greeks_of_black_scholes(self):
        """Delta N(d1), vega S n(d1) sqrt(T), rho K T exp(-rT) N(d2): Hull's closed forms at his example."""
        found = elasticity(black_scholes_call, OPTION, drivers=["spot", "sigma", "rate"])
        d1 = (math.log(42 / 40) + (0.1 + 0.02) * 0.5) / (0.2 * math.sqrt(0.5))
        d2 = d1 - 0.2 * math.sqrt(0.5)
        cdf = [0.5 * (1 + math.erf(d / math.sqrt(2))) for d in (d1, d2)]
        vega = 42 * math.exp(-(d1**2) / 2) / math.sqrt(2 * math.pi) * math.sqrt(0.5)
        rho = 40 * 0.5 * math.exp(-0.05) * cdf[1]
        np.testing.assert_allclose(found.derivative, [cdf[0], vega, rho], rtol=1e-8)

    @given(st.floats(0.03, 0.2), st.floats(0.0, 0.02), st.floats(-0.05, 0.2))
    def test_a_dcf_scales_with_revenue(self, wacc, terminal_growth, growth):
        """All flows are proportional to revenue, so its elasticity is one and its derivative the multiple."""
        base = {**COMPANY, "wacc": wacc, "terminal_growth": terminal_growth, "growth": growth}
        found = elasticity(company, base, drivers=["revenue"])
        assert found.elasticity[0] == pytest.approx(1.0, abs=1e-8)
        assert found.derivative[0] == pytest.approx(found.base_value / 1000.0, rel=1e-8)

    def test_eulers_theorem(self):
        """The elasticities of a function homogeneous of degree one add up to one."""
        found = elasticity(lambda a, b, c: (a * b * c) ** (1 / 3) + a - b / 2, {"a": 2.0, "b": 3.0, "c": 5.0})
        assert found.elasticity.sum() == pytest.approx(1.0, abs=1e-9)

    def test_elasticity_and_derivative_agree(self):
        """Exactly x / V times dV/dx."""
        found = elasticity(company, COMPANY)
        for i, name in enumerate(found.names):
            assert found.elasticity[i] == COMPANY[name] * found.derivative[i] / found.base_value

    def test_one_sided_at_a_bound(self):
        """At the lowest value allowed the difference is forward, at the highest backward; both of second order."""
        for x, method in ((0.0, "forward"), (1.0, "backward"), (0.5, "central")):
            found = elasticity(lambda x: np.exp(x), {"x": x}, bounds={"x": (0.0, 1.0)})
            assert found.method[0] == method
            assert found.derivative[0] == pytest.approx(math.exp(x), rel=1e-9)

    def test_the_model_is_never_called_out_of_bounds(self):
        """Also by the wider of the points."""
        seen = []

        def model(x):
            seen.extend(x)
            return x**2

        elasticity(model, {"x": 0.25}, step=0.1, bounds={"x": (0.24, 0.26)})
        assert min(seen) >= 0.24
        assert max(seen) <= 0.26

    def test_one_sided_where_the_model_has_no_value_on_the_other(self):
        """The square root at zero from above has an infinite slope; (x)^1.5 has slope zero."""

        def model(x):
            return np.where(x < 0, np.nan, 2 + np.abs(x) ** 1.5 + x)

        found = elasticity(model, {"x": 0.0}, step=1e-6)
        assert found.method[0] == "forward"
        assert found.derivative[0] == pytest.approx(1.0, abs=1e-2)

    def test_the_error_of_a_smooth_model_is_small(self):
        """And not smaller than it is: the true derivatives are known."""
        found = elasticity(perpetuity, PERPETUITY)
        true = np.array([1 / 0.08, 100 / 0.08**2, -100 / 0.08**2])
        assert (found.error < 1e-8 * np.abs(found.derivative)).all()
        assert (np.abs(found.derivative - true) <= found.error + 1e-9 * np.abs(true)).all()

    @pytest.mark.parametrize(
        ("model", "share"),
        [
            (lambda x: np.where(x < 2, 1.0, 5.0), 0.5),
            (lambda x: 1 + np.maximum(x, 2.0), 0.5),
            (lambda x: np.sin(x * 1e7), 1e-3),
            (lambda x: (x**3 / 7).astype(np.float32), 1e-4),
        ],
        ids=["jump", "kink", "waves", "single precision"],
    )
    def test_a_derivative_that_means_little_comes_with_a_large_error(self, model, share):
        """A jump, a kink, waves and few digits are all finite numbers that look right."""
        found = elasticity(model, {"x": 2.0})
        assert found.error[0] >= share * abs(found.derivative[0])
        smooth = elasticity(lambda x: x**3 / 7, {"x": 2.0})
        assert smooth.error[0] < 1e-8 * smooth.derivative[0]

    def test_the_error_of_a_one_sided_derivative(self):
        """Second order against first: about half the step times the second derivative."""
        found = elasticity(lambda x: np.exp(x), {"x": 0.0}, bounds={"x": (0.0, 1.0)})
        assert found.error[0] == pytest.approx(found.step[0] / 2, rel=1e-3)

    def test_no_bounds_may_be_an_empty_dictionary(self):
        """As good as none."""
        found = elasticity(perpetuity, PERPETUITY, bounds={})
        np.testing.assert_array_equal(found.derivative, elasticity(perpetuity, PERPETUITY).derivative)

    def test_no_room_on_either_side(self):
        """NaN and "none", and counted."""
        found = elasticity(lambda x: x, {"x": 1.0}, bounds={"x": (1 - 1e-9, 1 + 1e-9)})
        assert np.isnan(found.derivative[0])
        assert found.method[0] == "none"
        assert found.n_not_finite == 1

    def test_a_base_of_zero_moves_by_the_step_itself(self):
        """The derivative is there, the elasticity is zero."""
        found = elasticity(perpetuity, {**PERPETUITY, "growth": 0.0}, drivers=["growth"])
        assert found.derivative[0] == pytest.approx(100 / 0.1**2, rel=1e-8)
        assert found.elasticity[0] == 0.0
        assert found.step[0] == pytest.approx(6e-6)

    @pytest.mark.parametrize("zero", [0.3 - 3 * 0.1, 1e-45, -5e-324])
    def test_a_base_that_is_zero_but_for_rounding_moves_by_the_step_too(self, zero):
        """A share of 6e-17 would move nothing, and a derivative of zero would look like an answer."""
        found = elasticity(perpetuity, {**PERPETUITY, "growth": zero}, drivers=["growth"])
        assert found.derivative[0] == pytest.approx(100 / 0.1**2, rel=1e-8)

    def test_a_value_of_zero_has_no_elasticity(self):
        """The logarithm of zero; the derivative is there."""
        found = elasticity(cubic, {"x": 2.0, "a": 1.0, "b": 2.0, "c": 4.0}, drivers=["x"])
        assert np.isnan(found.elasticity[0])
        assert found.derivative[0] == pytest.approx((2 - 1) * (2 - 4), rel=1e-8)

    def test_the_step_is_stated_in_the_drivers_unit(self):
        """Relative to the base value, and the one asked for."""
        found = elasticity(perpetuity, PERPETUITY, step=1e-3)
        np.testing.assert_allclose(found.step, [0.1, 2e-5, 1e-4], rtol=1e-9)

    def test_a_path_moves_in_parallel_and_in_proportion(self):
        """Derivative: one number added to every year. Elasticity: all years multiplied by one number."""
        found = elasticity(with_path, PATH, drivers=["growth"])
        path, h = np.array(PATH["growth"]), 1e-5
        up, down = (alone(with_path, PATH, growth=path + shift) for shift in (h, -h))
        assert found.derivative[0] == pytest.approx((up - down) / (2 * h), rel=1e-7)
        up, down = (alone(with_path, PATH, growth=path * (1 + share)) for share in (h, -h))
        assert found.elasticity[0] == pytest.approx((up - down) / (2 * h) / found.base_value, rel=1e-7)
        np.testing.assert_array_equal(found.base[0], path)

    def test_a_missing_value_gives_nan(self):
        """NaN in, NaN and a count out, for every driver."""
        found = elasticity(perpetuity, {**PERPETUITY, "growth": np.nan})
        assert np.isnan(found.derivative).all()
        assert found.method.tolist() == ["none"] * 3
        assert found.n_not_finite == 3

    def test_the_record(self):
        """One row per driver."""
        found = elasticity(perpetuity, PERPETUITY)
        assert repr(found) == "Elasticity(flow 1, growth 0.25, wacc -1.25; base_value=1,250.00)"
        assert found.to_frame().loc["wacc", "method"] == "central"

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"step": 0.0}, "step: expected a number above 0 and at most 0.1, got 0.0"),
            ({"step": 0.5}, "step: expected"),
            ({"step": np.nan}, "step: expected"),
            ({"step": [0.01]}, "step: expected"),
            ({"bounds": {"wacc": (0.2, 0.1)}}, r'bounds\["wacc"\]: expected a low below a high'),
            ({"bounds": {"wacc": 0.2}}, r'bounds\["wacc"\]: expected a low below a high'),
            ({"bounds": {"wacc": (0.2, 0.3)}}, "expected bounds around the base value 0.1"),
            ({"bounds": {"wac": (0.2, 0.3)}}, "bounds: expected names of drivers in base"),
            ({"drivers": ["wac"]}, "drivers: expected names of drivers in base"),
        ],
    )
    def test_refusals(self, options, message):
        """Every refusal names the argument."""
        with pytest.raises(InputError, match=message):
            elasticity(perpetuity, PERPETUITY, **options)
