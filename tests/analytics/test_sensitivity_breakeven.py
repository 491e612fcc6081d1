"""Break-even: known roots, brentq as oracle, poles, jumps, touching roots, statuses and refusals."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import assume, given
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
from scipy.optimize import brentq

from maos_nb.analytics.sensitivity import breakeven
from maos_nb.errors import InputError

CUBIC = {"x": 0.0, "a": -1.5, "b": 0.3, "c": 2.7}


def one(model, bracket, *, x=0.0, **options):
    """Solve a function of one driver."""
    return breakeven(model, {"x": x}, {"x": bracket}, **options)


class TestKnownRoots:
    @given(st.floats(1.0, 1e6), st.floats(-0.05, 0.05), st.floats(0.02, 0.2), st.floats(0.5, 2.0))
    def test_the_perpetuity_in_closed_form(self, flow, growth, spread, share):
        """C / (w - g) = T at w = g + C / T, g = w - C / T and C = T (w - g)."""
        base = {"flow": flow, "growth": growth, "wacc": growth + spread}
        target = share * flow / spread
        brackets = {
            "flow": (0.0, 3 * flow),
            "growth": (growth - 0.5, growth + 0.9 * spread),
            "wacc": (growth + 0.1 * spread, growth + 0.9),
        }
        assume(share > 0.55)
        found = breakeven(perpetuity, base, brackets, target=target)
        expected = [target * spread, base["wacc"] - flow / target, growth + flow / target]
        inside = [
            low <= value <= high for value, (low, high) in zip(expected, brackets.values(), strict=True)
        ]
        np.testing.assert_allclose(found.value[inside], np.array(expected)[inside], rtol=1e-9, atol=1e-12)
        assert (found.status[inside] == "converged").all()

    def test_the_three_roots_of_a_cubic(self):
        """All of them, the value being the one nearest to the base value."""
        found = breakeven(cubic, CUBIC, {"x": (-5, 5)})
        np.testing.assert_allclose(found.roots[0], [-1.5, 0.3, 2.7], rtol=1e-14)
        assert found.value[0] == found.roots[0, 1]
        assert (found.n_roots[0], found.status[0]) == (3, "multiple_roots")

    @given(st.lists(st.integers(-40, 40), min_size=1, max_size=4, unique=True), st.floats(-0.4, 0.4))
    def test_every_root_of_a_polynomial(self, roots, shift):
        """Quarters apart on a bracket of twenty-four: all are found."""
        roots = np.sort(np.array(roots)) / 4 + shift

        def model(x):
            return np.prod(x[:, None] - roots, axis=1)

        found = one(model, (-12.0, 12.0))
        np.testing.assert_allclose(found.roots[0], roots, rtol=1e-12, atol=1e-12)

    def test_a_quadratic_with_a_target(self):
        """x^2 = 9."""
        found = one(lambda x: x**2, (-10, 10), x=1.0, target=9.0)
        np.testing.assert_allclose(found.roots[0], [-3, 3], rtol=1e-15)
        assert found.value[0] == pytest.approx(3.0)
        assert found.change[0] == pytest.approx(2.0)

    def test_implied_volatility(self):
        """The price of Hull's call gives back 20%."""
        found = breakeven(
            black_scholes_call, {**OPTION, "sigma": 0.5}, {"sigma": (0.01, 2.0)}, target=4.759422392871532
        )
        assert found.value[0] == pytest.approx(0.2, rel=1e-12)

    def test_a_dcf_against_brentq(self):
        """Every driver of a company to a price, by scipy's scalar solver one at a time."""
        brackets = {
            "wacc": (0.03, 0.3),
            "margin": (0.05, 0.6),
            "growth": (-0.1, 0.1),
            "terminal_growth": (-0.05, 0.08),
        }
        found = breakeven(company, COMPANY, brackets, target=2000.0)
        for name, value in zip(found.names, found.value, strict=True):

            def gap(x, name=name):
                return alone(company, COMPANY, **{name: x}) - 2000.0

            assert value == pytest.approx(brentq(gap, *brackets[name], xtol=1e-15, rtol=1e-14), rel=1e-11)
            assert gap(value) == pytest.approx(0.0, abs=1e-8)
        assert (found.status == "converged").all()

    def test_growth_that_must_be_paid_for_has_a_best_rate(self):
        """Faster growth earns more and ties up more capital: 2100 is reached twice, 2300 never."""
        twice = breakeven(company, COMPANY, {"growth": (-0.1, 0.5)}, target=2100.0)

        def gap(x):
            return alone(company, COMPANY, growth=x) - 2100.0

        expected = [brentq(gap, *ends, xtol=1e-15, rtol=1e-14) for ends in ((-0.1, 0.1), (0.1, 0.5))]
        np.testing.assert_allclose(twice.roots[0], expected, rtol=1e-11)
        assert twice.value[0] == twice.roots[0, 0]
        never = breakeven(company, COMPANY, {"growth": (-0.1, 0.5)}, target=2300.0)
        assert never.status[0] == "no_root_in_bracket"

    def test_drivers_together_equal_drivers_alone(self):
        """Batching changes nothing."""
        brackets = {"wacc": (0.03, 0.3), "margin": (0.05, 0.6), "growth": (-0.1, 0.5)}
        found = breakeven(company, COMPANY, brackets, target=2100.0)
        for i, (name, bracket) in enumerate(brackets.items()):
            single = breakeven(company, COMPANY, {name: bracket}, target=2100.0)
            assert single.value[0] == found.value[i]

    @given(st.floats(0.05, 0.95), st.floats(-30.0, 30.0), st.floats(0.5, 5.0))
    def test_refinement_equals_brentq(self, root, bend, power):
        """Bent and flat functions with one root, against scipy's scalar solver."""

        def model(x):
            return np.sign(x - root) * np.abs(x - root) ** power * np.exp(bend * x)

        found = one(model, (0.0, 1.0))
        assert found.value[0] == pytest.approx(root, abs=1e-9)
        assert found.value[0] == pytest.approx(brentq(model, 0.0, 1.0, xtol=1e-15, maxiter=1000), abs=1e-9)

    def test_a_smooth_root_takes_few_calls(self):
        """One for the base case, two for the points and their check, six around the best growth, a dozen to refine."""
        calls = 0

        def model(**drivers):
            nonlocal calls
            calls += 1
            return company(**drivers)

        breakeven(model, COMPANY, {"wacc": (0.03, 0.3), "growth": (-0.1, 0.5)}, target=2000.0)
        assert calls <= 21

    def test_chunks_do_not_matter(self):
        """Ten rows at a time."""
        whole = breakeven(cubic, CUBIC, {"x": (-5, 5), "a": (-9, 9)}, target=1.0)
        cut = breakeven(cubic, CUBIC, {"x": (-5, 5), "a": (-9, 9)}, target=1.0, rows_per_call=10)
        np.testing.assert_array_equal(whole.roots, cut.roots)


class TestTheBase:
    def test_a_base_on_target_is_its_own_break_even_exactly(self):
        """The base value is one of the points looked at."""
        target = alone(company, COMPANY)
        found = breakeven(company, COMPANY, {"wacc": (0.03, 0.31), "margin": (0.01, 0.5)}, target=target)
        assert found.value.tolist() == [COMPANY["wacc"], COMPANY["margin"]]
        assert found.change.tolist() == [0.0, 0.0]

    def test_a_base_outside_its_bracket(self):
        """The search stays in the bracket."""
        found = one(lambda x: x**2, (1, 10), x=-5.0, target=9.0)
        assert found.value[0] == pytest.approx(3.0)

    def test_an_unknown_base_of_the_driver_itself(self):
        """Solving for it is what one does with an unknown; the base value stays NaN."""
        found = one(lambda x: x - 2, (0, 10), x=np.nan)
        assert found.value[0] == pytest.approx(2.0)
        assert np.isnan(found.base_value)
        assert np.isnan(found.change[0])


class TestHardShapes:
    def test_a_root_that_is_only_touched(self):
        """A profit that just reaches zero at its maximum."""
        for root in (0.123, -3.3, 1e-3):
            found = one(lambda x, root=root: -((x - root) ** 2), (-7.0, 9.0))
            assert found.n_roots[0] == 1
            assert found.value[0] == pytest.approx(root, abs=1e-6)

    def test_a_near_miss_is_no_root(self):
        """A maximum of -0.0001 does not reach zero."""
        found = one(lambda x: -((x - 0.123) ** 2) - 1e-4, (-7.0, 9.0))
        assert found.status[0] == "no_root_in_bracket"
        assert np.isnan(found.value[0])
        assert found.roots.shape == (1, 0)

    def test_two_roots_between_neighbouring_points(self):
        """Four thousandths apart, a cell being thirty: found by the closer look."""
        found = one(lambda x: (x - 0.123) * (x - 0.127), (-3.0, 5.0))
        np.testing.assert_allclose(found.roots[0], [0.123, 0.127], rtol=1e-12)

    def test_a_pole_is_no_root(self):
        """1 / x changes its sign without ever being zero."""

        def pole(x):
            return 1 / (x - 0.1234)

        found = one(pole, (-2.0, 3.0))
        assert found.status[0] == "discontinuous"
        assert np.isnan(found.value[0])
        assert one(pole, (-2.0, 3.0), target=4.0).value[0] == pytest.approx(0.1234 + 0.25)

    def test_a_pole_at_zero_ends_too(self):
        """Halving a bracket around zero could go on for a thousand steps; it does not."""
        calls = 0

        def model(x):
            nonlocal calls
            calls += 1
            return np.where(x < 0, -3.0, 5.0)

        assert one(model, (-2.0, 3.1), x=1.0).status[0] == "discontinuous"
        assert calls < 130

    def test_a_jump_over_the_target_is_no_root(self):
        """From -3 to 5 the value is never zero."""
        found = one(lambda x: np.where(x < 0.7, -3.0, 5.0), (-2.0, 3.0))
        assert found.status[0] == "discontinuous"
        assert (found.n_roots[0], found.n_not_finite[0]) == (0, 0)

    def test_a_jump_does_not_hide_a_root(self):
        """The status is that of the roots found."""
        found = one(lambda x: np.where(x < 0.7, x - 0.5, 5.0 - x), (0.0, 3.0))
        assert (found.value[0], found.status[0]) == (pytest.approx(0.5), "converged")

    def test_a_model_that_rounds_is_on_target_only_where_it_says_so(self):
        """A price in whole cents never is a third."""
        found = one(lambda x: np.round(1000 * x, 2), (0.0, 1.0), target=1000 / 3)
        assert found.status[0] == "discontinuous"
        found = one(lambda x: np.round(1000 * x, 2), (0.0, 1.0), target=333.33)
        assert found.value[0] == pytest.approx(0.33333, abs=5e-6)

    def test_a_kink_is_a_root(self):
        """Taxes on profit only, as in a DCF."""
        found = one(lambda x: np.minimum(x, 0.75 * x), (-2.0, 3.1), x=1.0)
        assert found.value[0] == pytest.approx(0.0, abs=1e-15)
        assert found.status[0] == "converged"

    def test_a_root_beside_where_values_cease_to_be_finite(self):
        """A huge value is reached just above the growth rate, where the first finite point is far below it."""
        found = breakeven(company, COMPANY, {"wacc": (0.0, 0.3)}, target=2e6)
        assert found.status[0] == "converged"
        assert alone(company, COMPANY, wacc=found.value[0]) == pytest.approx(2e6, rel=1e-9)
        assert found.n_not_finite[0] > 0

    def test_a_root_at_the_end_of_the_bracket(self):
        """Also where rounding leaves the value at the end just off the target."""
        assert one(lambda x: x - 1.0, (1.0, 3.0)).value[0] == 1.0
        assert one(lambda x: x * 0.1 - 0.3, (0.0, 3.0)).value[0] == pytest.approx(3.0)

    def test_a_stretch_on_target_gives_its_ends(self):
        """Between -1 and 1 nothing happens."""
        found = one(lambda x: np.sign(x) * np.maximum(np.abs(x) - 1, 0), (-4.0, 4.0))
        np.testing.assert_allclose(found.roots[0], [-1, 1], atol=1 / 32)
        assert found.status[0] == "multiple_roots"

    def test_cents_are_not_taken_for_jumps_where_they_are_small(self):
        """A value of millions in whole cents still has a break-even, half a cent off."""
        found = one(lambda x: np.round(1e7 * x, 2), (0.0, 1.0), target=1e7 / 3)
        assert found.status[0] == "converged"
        assert found.value[0] == pytest.approx(1 / 3, abs=1e-9)

    def test_a_base_in_a_stretch_on_target_stays_where_it_is(self):
        """Nothing has to change for a driver that does not matter."""
        found = breakeven(lambda x, y: x, {"x": 1.0, "y": 2.0}, {"y": (0.0, 10.0)}, target=1.0)
        assert (found.value[0], found.change[0]) == (2.0, 0.0)
        assert found.roots[0].tolist() == [0.0, 10.0]

    def test_a_constant_off_target_has_no_root(self):
        """Nothing that the driver does will help."""
        found = breakeven(lambda x, y: x, {"x": 1.0, "y": 2.0}, {"y": (0.0, 10.0)}, target=1.5)
        assert found.status[0] == "no_root_in_bracket"

    def test_roots_at_both_ends(self):
        """The ends of the bracket belong to it; just outside does not."""
        assert one(lambda x: x * (x - 1), (0.0, 1.0), x=0.9).roots[0].tolist() == [0.0, 1.0]
        assert one(lambda x: x * (x - 1), (0.0, 1.0), x=0.9).value[0] == 1.0
        assert one(lambda x: x + 1e-9, (0.0, 1.0)).status[0] == "no_root_in_bracket"

    def test_a_value_that_grows_without_bound_is_no_root(self):
        """From minus to plus infinity there is no number between."""
        found = one(lambda x: np.where(x < 0.3, -np.inf, np.inf), (0.0, 1.0))
        assert (found.status[0], found.n_not_finite[0]) == ("not_finite", 258)

    def test_a_root_at_the_edge_of_what_is_finite(self):
        """The square root ends where it is zero."""
        found = one(lambda x: np.where(x < 0.5, np.nan, np.sqrt(np.abs(x - 0.5))), (0.0, 1.0))
        assert (found.value[0], found.status[0]) == (0.5, "converged")

    def test_oscillations(self):
        """Twenty roots of a sine."""
        found = one(lambda x: np.sin(x), (0.5, 20 * np.pi + 0.5))
        np.testing.assert_allclose(found.roots[0], np.pi * np.arange(1, 21), rtol=1e-14)

    @pytest.mark.parametrize("size", [1e-200, 1e-12, 1e12, 1e200])
    def test_huge_and_tiny_units(self, size):
        """The status does not depend on the unit of money or of the driver."""
        found = breakeven(
            lambda x: size * (x / size - 2.0) * (x / size - 7.0), {"x": size}, {"x": (0.0, 10 * size)}
        )
        np.testing.assert_allclose(found.roots[0] / size, [2.0, 7.0], rtol=1e-13)


class TestStatuses:
    def test_no_root(self):
        """Fixed costs that no volume covers."""
        found = one(lambda x: -1 - x**2, (-3, 3))
        assert found.status[0] == "no_root_in_bracket"
        assert found.n_not_finite[0] == 0

    def test_nothing_finite(self):
        """No value anywhere in the bracket."""
        found = breakeven(company, COMPANY, {"wacc": (0.0, 0.02)}, target=1.0)
        assert found.status[0] == "not_finite"
        assert found.n_not_finite[0] == 258

    def test_partly_finite_without_a_root(self):
        """A root may lie where there is no value."""
        found = breakeven(company, COMPANY, {"wacc": (0.0, 0.2)}, target=-5.0)
        assert found.status[0] == "not_finite"

    def test_drivers_differ(self):
        """Each has its own status, its roots are filled up with NaN."""
        found = breakeven(cubic, CUBIC, {"x": (-5, 5), "a": (1, 2)})
        assert found.status.tolist() == ["multiple_roots", "no_root_in_bracket"]
        assert found.roots.shape == (2, 3)
        assert np.isnan(found.roots[1]).all()

    def test_the_record(self):
        """One row per driver, a short repr, a copy by pickle."""
        found = breakeven(cubic, CUBIC, {"x": (-5, 5), "a": (1, 2)})
        assert repr(found) == ("Breakeven(x 0.3 (3 roots), a no_root_in_bracket; target=0, base_value=1.215)")
        assert found.to_frame().loc["x", "n_roots"] == 3
        assert repr(pickle.loads(pickle.dumps(found))) == repr(found)  # noqa: S301  # our own bytes


class TestRefusals:
    @pytest.mark.parametrize(
        ("brackets", "options", "message"),
        [
            ({}, {}, "brackets: expected a dictionary by driver, got an empty one"),
            ({"wac": (0, 1)}, {}, "brackets: expected names of drivers in base"),
            ({"wacc": (0.3, 0.1)}, {}, r'brackets\["wacc"\]: expected a low below a high'),
            ({"wacc": (0.1, 0.1)}, {}, r'brackets\["wacc"\]: expected a low below a high'),
            ({"wacc": 0.1}, {}, r'brackets\["wacc"\]: expected a low below a high'),
            ({"wacc": (-1e308, 1e308)}, {}, r'brackets\["wacc"\]: expected a width of at most 1e\+300'),
            ({"wacc": (0.1, np.inf)}, {}, r'brackets\["wacc"\]: expected finite numbers'),
            ({"wacc": (0.1, 0.2)}, {"target": np.nan}, "target: expected finite numbers"),
            ({"wacc": (0.1, 0.2)}, {"target": [1.0]}, "target: expected one number"),
            ({"wacc": (0.1, 0.2)}, {"points": 2}, "points: expected at least 3, got 2"),
            ({"wacc": (0.1, 0.2)}, {"points": 10.5}, "points: expected a whole number"),
            ({"wacc": (0.1, 0.2)}, {"rows_per_call": 0}, "rows_per_call: expected at least 1"),
        ],
    )
    def test_unusable_input_is_named(self, brackets, options, message):
        """Every refusal names the argument, what came and what was expected."""
        with pytest.raises(InputError, match=message):
            breakeven(perpetuity, PERPETUITY, brackets, **options)

    def test_a_path_has_no_single_break_even(self):
        """The advice is to solve for a level or a shift."""
        with pytest.raises(
            InputError, match=r'brackets\["growth"\]: expected a driver that is one number.*shift'
        ):
            breakeven(with_path, PATH, {"growth": (0, 1)})
