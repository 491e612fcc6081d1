"""Scenarios with probabilities: weights, moments, missing values and refusals."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models_sensitivity import COMPANY, PATH, PERPETUITY, alone, company, perpetuity, with_path

from maos_nb.analytics.sensitivity import scenarios
from maos_nb.errors import InputError

CASES = {"bear": {"growth": 0.0, "wacc": 0.12}, "base": {}, "bull": {"growth": 0.03}}
WEIGHTS = {"bear": 0.3, "base": 0.5, "bull": 0.2}


def outcome(x):
    """The value is the driver."""
    return x


def given_outcomes(values, weights, **options):
    """Weight given values, each the outcome of one scenario."""
    names = [f"s{i}" for i in range(len(values))]
    return scenarios(
        outcome,
        {"x": 0.0},
        {name: {"x": value} for name, value in zip(names, values, strict=True)},
        dict(zip(names, weights, strict=True)),
        **options,
    )


class TestFigures:
    def test_three_cases_of_a_perpetuity_by_hand(self):
        """100/0.12, 100/0.08, 100/0.07 at 30, 50 and 20 per cent."""
        found = scenarios(perpetuity, PERPETUITY, CASES, WEIGHTS)
        values = [100 / 0.12, 1250.0, 100 / 0.07]
        np.testing.assert_allclose(found.values, values, rtol=1e-14)
        mean = 0.3 * values[0] + 0.5 * values[1] + 0.2 * values[2]
        assert found.expected_value == pytest.approx(mean, rel=1e-14)
        variance = sum(p * (v - mean) ** 2 for p, v in zip((0.3, 0.5, 0.2), values, strict=True))
        assert found.standard_deviation == pytest.approx(math.sqrt(variance), rel=1e-13)
        assert found.reference == found.base_value == found.values[1]
        assert found.probability_above == pytest.approx(0.2)

    def test_a_coin(self):
        """Heads 1, tails 0: mean p, deviation sqrt(p (1 - p)), the Bernoulli distribution."""
        found = given_outcomes([1.0, 0.0], [0.3, 0.7], reference=0.5)
        assert found.expected_value == pytest.approx(0.3)
        assert found.standard_deviation == pytest.approx(math.sqrt(0.21))
        assert found.probability_above == pytest.approx(0.3)

    def test_each_value_equals_a_call_of_its_own(self):
        """Bit for bit, with several drivers changed at once."""
        cases = {"a": {"growth": 0.1, "wacc": 0.08}, "b": {"margin": 0.1}, "c": {}}
        found = scenarios(company, COMPANY, cases, {"a": 0.25, "b": 0.25, "c": 0.5})
        assert found.values.tolist() == [alone(company, COMPANY, **case) for case in cases.values()]

    def test_equal_to_the_reference_is_not_above(self):
        """Exceeding is strict."""
        assert given_outcomes([1.0, 2.0], [0.5, 0.5], reference=1.0).probability_above == 0.5
        assert given_outcomes([1.0, 2.0], [0.5, 0.5], reference=2.0).probability_above == 0.0

    def test_paths_can_be_overridden(self):
        """A whole growth path per scenario."""
        path = [0.0, 0.0, 0.01, 0.01, 0.02]
        found = scenarios(with_path, PATH, {"slow": {"growth": path}, "base": {}}, {"slow": 0.5, "base": 0.5})
        assert found.values[0] == alone(with_path, PATH, growth=path)
        assert found.values[1] == found.base_value


class TestProperties:
    @given(
        st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 100)), min_size=1, max_size=12), st.randoms()
    )
    def test_order_does_not_matter_and_the_mean_lies_between(self, rows, random):
        """Permuted scenarios give the same moments; the mean lies between the extremes."""
        total = sum(weight for _, weight in rows)
        found = given_outcomes(*zip(*[(value, weight / total) for value, weight in rows], strict=True))
        random.shuffle(rows)
        other = given_outcomes(*zip(*[(value, weight / total) for value, weight in rows], strict=True))
        assert found.expected_value == pytest.approx(other.expected_value, rel=1e-9, abs=1e-6)
        assert found.standard_deviation == pytest.approx(other.standard_deviation, rel=1e-6, abs=1e-5)
        assert found.values.min() - 1e-6 <= found.expected_value <= found.values.max() + 1e-6

    @given(st.integers(1, 40))
    def test_equal_probabilities_are_accepted_for_any_number(self, count):
        """Their sum misses 1 by rounding only."""
        found = given_outcomes([float(i) for i in range(count)], [1 / count] * count)
        assert found.standard_deviation == pytest.approx(np.std(np.arange(count)), abs=1e-9)


class TestNaN:
    def test_a_scenario_without_value_makes_the_mean_nan_and_is_counted(self):
        """Nothing is left out of a mean silently."""
        found = scenarios(
            company, COMPANY, {"closed": {"wacc": 0.01}, "base": {}}, {"closed": 0.5, "base": 0.5}
        )
        assert found.n_not_finite == 1
        assert math.isnan(found.expected_value)
        assert math.isnan(found.standard_deviation)
        assert math.isnan(found.probability_above)

    def test_what_cannot_happen_does_no_harm(self):
        """A probability of zero."""
        found = scenarios(
            company, COMPANY, {"closed": {"wacc": 0.01}, "base": {}}, {"closed": 0.0, "base": 1.0}
        )
        assert found.expected_value == found.base_value
        assert found.n_not_finite == 1

    def test_an_unknown_reference_gives_an_unknown_probability(self):
        """NaN, not zero."""
        assert math.isnan(given_outcomes([1.0], [1.0], reference=math.nan).probability_above)


class TestTheRecord:
    def test_frame_repr_and_pickle(self):
        """One row per scenario."""
        found = scenarios(perpetuity, PERPETUITY, CASES, WEIGHTS)
        assert found.to_frame().loc["base"].tolist() == [0.5, 1250.0, 0.0]
        assert repr(found) == (
            "Scenarios(bear, base, bull: expected_value=1,160.71, standard_deviation=224.697, "
            "probability_above=0.2 of 1,250.00)"
        )
        assert repr(pickle.loads(pickle.dumps(found))) == repr(found)  # noqa: S301  # our own bytes

    def test_many_scenarios_keep_the_repr_short(self):
        """The first few are named, the rest are counted."""
        shown = repr(given_outcomes([float(i) for i in range(100)], [0.01] * 100))
        assert shown == (
            "Scenarios(s0, s1, s2, s3, s4, 95 more: expected_value=49.5, standard_deviation=28.8661, "
            "probability_above=0.99 of 0)"
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("overrides", "probabilities", "options", "message"),
        [
            ({}, {}, {}, "overrides: expected a dictionary of scenarios.*got an empty one"),
            ([("a", {})], {"a": 1.0}, {}, "overrides: expected a dictionary of scenarios.*got list"),
            ({("a", 1): {}}, {}, {}, r"overrides: expected names of scenarios as text, got \('a', 1\)"),
            ({"a": 1.0}, {"a": 1.0}, {}, r'overrides\["a"\]: expected a dictionary by driver, got float'),
            ({"a": {"wac": 1.0}}, {"a": 1.0}, {}, r"expected names of drivers in base .*got 'wac'"),
            ({"a": {"wacc": [0.1]}}, {"a": 1.0}, {}, r"expected the shape \(\) of its base value"),
            ({"a": {"wacc": "x"}}, {"a": 1.0}, {}, r'overrides\["a"\]\["wacc"\]: expected numbers'),
            ({"a": {}}, [1.0], {}, "probabilities: expected one for each scenario"),
            ({"a": {}}, {"b": 1.0}, {}, r"probabilities: expected one for each scenario \(a\), got b"),
            ({"a": {}, "b": {}}, {"a": 0.5, "b": 0.4}, {}, "probabilities: expected a sum of 1, got 0.9"),
            ({"a": {}, "b": {}}, {"a": 1.5, "b": -0.5}, {}, r'probabilities\["a"\]: expected a fraction'),
            ({"a": {}}, {"a": math.nan}, {}, r'probabilities\["a"\]: expected a fraction'),
            ({"a": {}}, {"a": 1.0}, {"reference": "high"}, "reference: expected numbers"),
            ({"a": {}}, {"a": 1.0}, {"reference": [1.0]}, "reference: expected one number"),
            ({"a": {}}, {"a": 1.0}, {"tolerance": "x"}, "tolerance: expected numbers"),
            ({"a": {}}, {"a": 1.0}, {"tolerance": -1e-9}, "tolerance: expected a number from 0"),
            ({"a": {}}, {"a": 1.0}, {"tolerance": math.nan}, "tolerance: expected a number from 0"),
            ({"a": {}}, {"a": 0.1}, {"tolerance": math.inf}, "tolerance: expected a number from 0"),
            ({"a": {}, "b": {}}, {"a": 1.0}, {}, r"one for each scenario \(a, b\), got a$"),
            ({"a": {}, "b": {}}, {"a": 0.0, "b": 0.0}, {}, "probabilities: expected a sum of 1, got 0"),
            ({"a": {}}, {"a": True}, {}, r'probabilities\["a"\]: expected numbers, got bool'),
            ({"a": {3: 1.0}}, {"a": 1.0}, {}, "expected names of drivers in base .*got 3"),
        ],
    )
    def test_unusable_input_is_named(self, overrides, probabilities, options, message):
        """Every refusal names the argument, what came and what was expected."""
        with pytest.raises(InputError, match=message):
            scenarios(perpetuity, PERPETUITY, overrides, probabilities, **options)

    def test_the_tolerance_can_be_widened(self):
        """Thirds written with three digits; the weights are used as given."""
        found = given_outcomes([3.0, 3.0, 3.0], [0.333] * 3, tolerance=0.01)
        assert found.expected_value == pytest.approx(2.997)
