"""Correlated draws: matrices that can be had, and rank correlations that are reached."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from maos_nb.analytics._correlation_matrix import lower_factor, nearest_correlation
from maos_nb.analytics.simulation import (
    Empirical,
    Lognormal,
    Normal,
    Pert,
    RankCorrelation,
    StudentT,
    Triangular,
    Uniform,
    rank_correlation,
    sample,
)
from maos_nb.errors import InputError

INPUTS = {
    "growth": Triangular(0.02, 0.05, 0.07),
    "margin": Pert(0.10, 0.15, 0.18),
    "wacc": Normal(0.09, 0.01, lower=0.06),
    "multiple": Lognormal(2.0, 0.3),
}
PAIRS = {("growth", "margin"): 0.5, ("wacc", "growth"): -0.3, ("margin", "multiple"): 0.8}
IMPOSSIBLE = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
SAMPLINGS = ["random", "sobol", "latin_hypercube"]


class TestRankCorrelation:
    def test_pairs_a_frame_and_a_matrix_say_the_same(self):
        """Whatever the order of the labels."""
        by_pairs = rank_correlation(INPUTS, PAIRS)
        frame = by_pairs.to_frame().loc[["wacc", "growth", "multiple", "margin"]]
        for other in (by_pairs.matrix, frame, by_pairs):
            np.testing.assert_array_equal(rank_correlation(INPUTS, other).matrix, by_pairs.matrix)

    def test_inputs_that_a_frame_lacks_are_independent(self):
        """A correlation matrix of two inputs is enough."""
        frame = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], index=["wacc", "growth"], columns=["wacc", "growth"])
        made = rank_correlation(INPUTS, frame)
        assert made.matrix.tolist() == [[1, 0, 0.5, 0], [0, 1, 0, 0], [0.5, 0, 1, 0], [0, 0, 0, 1]]

    def test_normal_scores_are_correlated_as_kruskal_found(self):
        """Kruskal (1958): Pearson's r = 2 sin(pi/6 rank); 0.5 becomes 0.5176381."""
        made = rank_correlation("ab", {("a", "b"): 0.5})
        assert made.normal_matrix[0, 1] == pytest.approx(0.5176380902)

    def test_impossible_correlations_are_refused_unless_repair_is_asked_for(self):
        """The message says that the matrix is not positive semidefinite, and how to have it repaired."""
        with pytest.raises(InputError, match=r"not positive semidefinite.*repair=.nearest"):
            rank_correlation("abc", IMPOSSIBLE)
        made = rank_correlation("abc", IMPOSSIBLE, repair="nearest")
        assert made.repaired
        assert np.linalg.eigvalsh(made.normal_matrix)[0] > -1e-10
        assert made.largest_change == np.abs(made.matrix - made.requested).max()
        assert repr(made) == "RankCorrelation(a, b, c: 3 correlated pair(s), repaired by up to 0.417)"

    def test_a_possible_matrix_is_left_as_it_is(self):
        """Also when repair is allowed."""
        made = rank_correlation(INPUTS, PAIRS, repair="nearest")
        assert not made.repaired
        assert made.matrix is made.requested

    def test_perfect_correlation_is_possible(self):
        """A singular matrix is still semidefinite."""
        made = rank_correlation("abc", np.ones((3, 3)))
        assert not made.repaired

    @pytest.mark.parametrize(
        ("correlation", "named"),
        [
            ({("growth", "roe"): 0.5}, r"correlation: expected names of inputs .*'roe'"),
            ({("growth", "growth"): 0.5}, "correlation: expected pairs"),
            ({"growth": 0.5}, "correlation: expected pairs"),
            ({("growth", "wacc"): 1.5}, "between -1 and 1"),
            ({("growth", "wacc"): np.nan}, "finite"),
            ({("growth", "wacc"): 0.5, ("wacc", "growth"): 0.4}, "one value for the pair"),
            (np.eye(3), r"expected a matrix \(4, 4\), got shape \(3, 3\)"),
            (np.eye(4) * 2, "ones on the diagonal"),
            (np.eye(4) + np.eye(4, k=1) * 0.5, "symmetric"),
            (np.eye(4) + (np.eye(4, k=1) + np.eye(4, k=-1)) * 1.5, "between -1 and 1"),
            ("high", "correlation: expected numbers"),
            (pd.DataFrame(np.eye(2), index=["growth", "wacc"], columns=["growth", "x"]), "same labels"),
        ],
    )
    def test_refuses_what_is_no_correlation(self, correlation, named):
        """The message says where."""
        with pytest.raises(InputError, match=named):
            rank_correlation(INPUTS, correlation)

    def test_refuses_names_and_repairs_it_does_not_know(self):
        """Both arguments are named."""
        with pytest.raises(InputError, match=r"names: .*none twice"):
            rank_correlation(["a", "a"], {})
        with pytest.raises(InputError, match="repair"):
            rank_correlation("ab", {}, repair="psd")
        with pytest.raises(InputError, match="expected the inputs"):
            sample(INPUTS, 8, rng=1, correlation=rank_correlation("ab", {}))


class TestMatrices:
    def test_the_nearest_matrix_is_highams(self):
        """Higham (2002), section 4: the matrix with ones beside the diagonal."""
        found = nearest_correlation(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
        expected = [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
        np.testing.assert_allclose(found, expected, atol=5e-5)

    @given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10**6))
    @settings(max_examples=40)
    def test_the_factor_rebuilds_matrices_of_any_rank(self, size, rank, seed):
        """L L' is the matrix, to the root of the least pivot kept, 1e-12; NumPy agrees where it is definite."""
        loadings = np.random.default_rng(seed).normal(size=(2, size, rank))
        loadings /= np.linalg.norm(loadings, axis=2, keepdims=True)
        matrices = loadings @ loadings.transpose(0, 2, 1)
        factors = lower_factor(matrices)
        np.testing.assert_allclose(factors @ factors.transpose(0, 2, 1), matrices, atol=3e-6)
        assert not np.triu(factors, 1).any()
        if np.linalg.eigvalsh(matrices).min() > 1e-3:
            np.testing.assert_allclose(factors, np.linalg.cholesky(matrices), atol=1e-9)


class TestSample:
    @pytest.mark.parametrize("sampling", SAMPLINGS)
    def test_rank_correlations_are_reached(self, sampling):
        """Spearman's correlation of the draws by scipy, for margins of every shape."""
        drawn = sample(INPUTS, 1 << 14, rng=3, correlation=PAIRS, sampling=sampling)
        wanted = rank_correlation(INPUTS, PAIRS).matrix
        reached = stats.spearmanr(np.stack(list(drawn.values()), axis=1)).statistic
        np.testing.assert_allclose(reached, wanted, atol=0.025)

    @pytest.mark.parametrize("sampling", SAMPLINGS)
    @pytest.mark.parametrize("correlation", [None, PAIRS])
    def test_every_margin_keeps_its_distribution(self, sampling, correlation):
        """Kolmogorov's distance to the exact probabilities, below its 99.9% point 1.95 / sqrt(n)."""
        drawn = sample(INPUTS, 4096, rng=5, correlation=correlation, sampling=sampling)
        for name, values in drawn.items():
            distance = stats.kstest(values, INPUTS[name].cdf).statistic
            assert distance < 1.95 / np.sqrt(4096)

    @pytest.mark.parametrize("correlation", [None, PAIRS])
    def test_a_latin_hypercube_has_one_draw_in_every_slice(self, correlation):
        """Also when its draws were put into another order."""
        drawn = sample(INPUTS, 500, rng=1, correlation=correlation, sampling="latin_hypercube")
        for name, values in drawn.items():
            slices = np.floor(np.sort(INPUTS[name].cdf(values)) * 500 + 1e-6)
            np.testing.assert_array_equal(slices, np.arange(500))

    def test_an_inputs_random_stream_does_not_depend_on_the_other_distributions(self):
        """Two alternatives of one input are compared with the same draws of the others."""
        first = sample(INPUTS, 100, rng=1)
        second = sample(INPUTS | {"margin": Uniform(0.0, 1.0)}, 100, rng=1)
        for name in ("growth", "wacc", "multiple"):
            np.testing.assert_array_equal(first[name], second[name])

    def test_moments_are_those_of_the_distributions(self):
        """Sobol points integrate a smooth function of one variable almost exactly."""
        inputs = INPUTS | {"shock": StudentT(5.0, 0.0, 0.02), "observed": Empirical([1.0, 2.0, 5.0, 9.0])}
        drawn = sample(inputs, 1 << 14, rng=1, sampling="sobol")
        for name, distribution in inputs.items():
            assert drawn[name].mean() == pytest.approx(distribution.mean, rel=2e-3, abs=2e-5)
            assert drawn[name].std() == pytest.approx(distribution.std, rel=5e-3)

    def test_perfect_correlation_moves_inputs_together(self):
        """Both at the same quantile in every draw."""
        inputs = {"a": Normal(0.0, 1.0), "b": Uniform(0.0, 1.0)}
        drawn = sample(inputs, 100, rng=1, correlation={("a", "b"): 1.0})
        np.testing.assert_allclose(stats.norm.cdf(drawn["a"]), drawn["b"], atol=1e-12)

    def test_a_repaired_correlation_can_be_handed_on(self):
        """In another order of the inputs too."""
        inputs = {name: Normal(0.0, 1.0) for name in "cab"}
        repaired = rank_correlation("abc", IMPOSSIBLE, repair="nearest")
        drawn = sample(inputs, 1 << 13, rng=1, correlation=repaired, sampling="sobol")
        reached = stats.spearmanr(np.stack([drawn[name] for name in "abc"], axis=1)).statistic
        np.testing.assert_allclose(reached, repaired.matrix, atol=0.02)
        assert isinstance(repaired, RankCorrelation)
