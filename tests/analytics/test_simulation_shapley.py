"""Shapley effects: closed forms with and without correlation, and the identities they must keep."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_simulation import (
    DRIVERS,
    ISHIGAMI,
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    ISHIGAMI_VARIANCE,
    REVENUE,
    company,
    ishigami,
)

from maos_nb.analytics.simulation import Lognormal, Normal, Uniform, shapley_effects, sobol_indices
from maos_nb.errors import InputError


def rank(pearson):
    """Give the rank correlation of normal variables with a Pearson correlation."""
    return 6 / np.pi * np.arcsin(np.asarray(pearson) / 2)


def linear_gaussian(weights, covariance):
    """Enumerate all subsets: Var(E[w'X | X_u]) = c_u' S_uu^-1 c_u with c = S w (Owen and Prieur, 2017)."""
    d = len(weights)
    explained = covariance @ weights

    def value(subset):
        if not subset:
            return 0.0
        inner = covariance[np.ix_(subset, subset)]
        return explained[list(subset)] @ np.linalg.solve(inner, explained[list(subset)])

    effects = np.zeros(d)
    for i in range(d):
        others = [j for j in range(d) if j != i]
        for size in range(d):
            weight = factorial(size) * factorial(d - 1 - size) / factorial(d)
            effects[i] += weight * sum(value((*u, i)) - value(u) for u in combinations(others, size))
    return effects


class TestKnownEffects:
    def test_ishigamis_function(self):
        """Independent inputs: the interaction 0.243684 is halved between the first and the third input."""
        found = shapley_effects(ishigami, ISHIGAMI, 1 << 16, rng=1)
        interaction = ISHIGAMI_TOTAL[2]
        expected = np.array(ISHIGAMI_FIRST) + np.array([interaction, 0.0, interaction]) / 2
        assert (np.abs(found.shares - expected) < 3 * found.standard_error).all()
        assert found.standard_error.max() < 0.006
        assert found.variance == pytest.approx(ISHIGAMI_VARIANCE, rel=0.03)

    @pytest.mark.parametrize("pearson", [-0.9, -0.3, 0.0, 0.6, 1.0])
    def test_two_correlated_normals(self, pearson):
        """Owen and Prieur (2017): w1^2 s1^2 (1 - r^2/2) + r w1 w2 s1 s2 + w2^2 s2^2 r^2/2, and likewise."""
        inputs = {"a": Normal(1.0, 1.0), "b": Normal(2.0, 2.0)}
        own, other, both = 3.0**2, 2.0**2, pearson * 3.0 * 2.0
        expected = np.array(
            [
                own * (1 - pearson**2 / 2) + both + other * pearson**2 / 2,
                other * (1 - pearson**2 / 2) + both + own * pearson**2 / 2,
            ]
        )
        correlation = {("a", "b"): float(rank(pearson))}
        found = shapley_effects(lambda a, b: 3 * a + b, inputs, 1 << 15, rng=1, correlation=correlation)
        assert (np.abs(found.shares - expected / expected.sum()) < 3 * found.standard_error + 1e-12).all()
        assert found.variance == pytest.approx(expected.sum(), rel=0.03)

    def test_three_correlated_normals(self):
        """All subsets enumerated, with negative correlation and an input that the model does not use."""
        pearson = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]])
        deviations, weights = np.array([1.0, 2.0, 0.5]), np.array([1.0, -1.0, 0.0])
        expected = linear_gaussian(weights, pearson * np.outer(deviations, deviations))
        inputs = {name: Normal(0.0, std) for name, std in zip("abc", deviations, strict=True)}
        found = shapley_effects(lambda a, b, c: a - b, inputs, 1 << 16, rng=2, correlation=rank(pearson))
        assert (np.abs(found.shares - expected / expected.sum()) < 3 * found.standard_error).all()
        assert expected[2] / expected.sum() > 0.02

    def test_eight_correlated_normals_in_random_orders(self):
        """More inputs than all orders are gone through for."""
        pearson = np.full((8, 8), 0.3) + 0.7 * np.eye(8)
        weights = np.arange(1.0, 9.0)
        expected = linear_gaussian(weights, pearson)
        inputs = {f"x{place}": Normal(0.0, 1.0) for place in range(8)}

        def weighted(**drawn):
            return sum(weight * values for weight, values in zip(weights, drawn.values(), strict=True))

        found = shapley_effects(weighted, inputs, 1 << 14, rng=1, correlation=rank(pearson))
        assert (np.abs(found.shares - expected / expected.sum()) < 3.5 * found.standard_error).all()

    def test_conditional_draws_hold_for_margins_that_are_not_normal(self):
        """Log of a product of correlated lognormals is the linear Gaussian case again."""
        inputs = {"price": Lognormal(0.0, 0.3), "volume": Lognormal(1.0, 0.6)}
        expected = linear_gaussian(np.ones(2), np.array([[0.09, 0.09], [0.09, 0.36]]))
        found = shapley_effects(
            lambda price, volume: np.log(price * volume),
            inputs,
            1 << 15,
            rng=1,
            correlation={("price", "volume"): float(rank(0.5))},
        )
        assert (np.abs(found.shares - expected / expected.sum()) < 3 * found.standard_error).all()


class TestIdentities:
    @given(st.integers(1, 5), st.integers(0, 1000), st.floats(-0.2, 0.9))
    @settings(max_examples=20)
    def test_effects_add_up_to_the_variance(self, n_inputs, seed, pearson):
        """Exactly, whatever the model and the correlation."""
        inputs = {f"x{place}": Uniform(-1.0, 2.0) for place in range(n_inputs)}
        correlation = np.full((n_inputs, n_inputs), pearson) + (1 - pearson) * np.eye(n_inputs)

        def model(**drawn):
            return np.prod([values + 0.5 for values in drawn.values()], axis=0)

        found = shapley_effects(model, inputs, 400, rng=seed, correlation=correlation)
        assert found.effects.sum() == pytest.approx(found.variance, rel=1e-12)
        assert found.shares.sum() == pytest.approx(1.0, rel=1e-12)

    def test_independent_effects_lie_between_the_sobol_indices(self):
        """First order <= Shapley <= total order (Owen, 2014), to sampling error."""
        shares = shapley_effects(company, DRIVERS, 1 << 14, rng=1, base=REVENUE)
        sobol = sobol_indices(company, DRIVERS, 1 << 12, rng=1, base=REVENUE)
        slack = 3 * shares.standard_error + 0.003
        assert (shares.shares > sobol.first_order - slack).all()
        assert (shares.shares < sobol.total_order + slack).all()

    def test_intervals_cover_the_known_shares(self):
        """At 90% in at least 80% of 60 seeds."""
        expected = np.array([0.313905 + 0.121842, 0.442411, 0.121842])
        covered = []
        for seed in range(60):
            low, high = shapley_effects(ishigami, ISHIGAMI, 2000, rng=seed, confidence=0.9).interval.T
            covered.append((low < expected) & (expected < high))
        assert np.mean(covered, axis=0).min() > 0.8

    def test_intervals_are_normal(self):
        """1.644854 standard errors to both sides at 90%."""
        found = shapley_effects(ishigami, ISHIGAMI, 500, rng=1, confidence=0.9)
        reach = np.outer(found.standard_error, [-1.6448536, 1.6448536])
        np.testing.assert_allclose(found.interval, found.shares[:, np.newaxis] + reach, rtol=1e-7)

    def test_the_order_of_the_inputs_does_not_matter(self):
        """The same shares to sampling error, with correlation."""
        forward = shapley_effects(
            company, DRIVERS, 1 << 13, rng=1, base=REVENUE, correlation={("growth", "margin"): 0.7}
        )
        turned = dict(reversed(DRIVERS.items()))
        backward = shapley_effects(
            company, turned, 1 << 13, rng=2, base=REVENUE, correlation={("growth", "margin"): 0.7}
        )
        slack = 4 * np.hypot(forward.standard_error, backward.standard_error[::-1])
        assert (np.abs(forward.shares - backward.shares[::-1]) < slack).all()


class TestResult:
    @pytest.mark.parametrize("rows_per_call", [1, 33, 100_000])
    def test_the_number_of_rows_per_call_changes_no_bit(self, rows_per_call):
        """And the seed in the result gives it again."""
        whole = shapley_effects(company, DRIVERS, 100, rng=np.random.default_rng(3), base=REVENUE)
        parts = shapley_effects(
            company, DRIVERS, 100, rng=whole.seed, base=REVENUE, rows_per_call=rows_per_call
        )
        np.testing.assert_array_equal(parts.effects, whole.effects)

    def test_rows_without_a_value_are_counted_and_left_out(self):
        """NaN and infinite values alike, without a warning."""

        def holed(x, y, z):
            value = np.where(x > 3.0, np.nan, ishigami(x, y, z))
            return np.where(y < -3.1, np.inf, value)

        found = shapley_effects(holed, ISHIGAMI, 2000, rng=1)
        assert 50 < found.n_rejected < 500
        assert np.isfinite(found.shares).all()
        assert found.n_evaluations == 8000

    def test_a_constant_has_no_shares(self):
        """NaN, as there is nothing to divide."""
        found = shapley_effects(lambda x, y, z: np.full(len(x), 0.1), ISHIGAMI, 50, rng=1)
        assert found.variance == 0.0
        assert np.isnan(found.shares).all()
        assert np.isnan(found.standard_error).all()

    def test_a_frame_has_a_row_per_input(self):
        """Shares with their limits, and effects in units of variance."""
        found = shapley_effects(ishigami, ISHIGAMI, 500, rng=1)
        frame = found.to_frame()
        assert list(frame) == ["share", "standard_error", "low", "high", "effect"]
        np.testing.assert_allclose(frame["effect"] / found.variance, frame["share"])
        assert repr(found).startswith("ShapleyEffects(x 0.")


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"n": 1}, "n: expected at least 2"),
            ({"n": 10.0}, "n: expected a whole number"),
            ({"confidence": 1.0}, "confidence"),
            ({"rng": None}, "rng"),
            ({"distributions": {"x": "normal"}}, r'distributions\["x"\]'),
            ({"correlation": {("x", "w"): 0.1}}, "correlation: .*'w'"),
            ({"correlation": [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]}, "positive semidefinite"),
            ({"model": lambda x, y, z: x * np.nan}, "model: expected a finite value"),
            ({"model": lambda x, y, z: x[0]}, "model: expected a result of shape"),
        ],
    )
    def test_is_refused_by_name(self, change, named):
        """The message names the argument."""
        arguments = {"model": ishigami, "distributions": ISHIGAMI, "n": 64, "rng": 1} | change
        with pytest.raises(InputError, match=named):
            shapley_effects(**arguments)
