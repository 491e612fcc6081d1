"""Monte Carlo of a model: known answers, draws without a value, and the same figures from the same seed."""

from __future__ import annotations

from functools import partial
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_simulation import (
    DRIVERS,
    ISHIGAMI,
    ISHIGAMI_MEAN,
    ISHIGAMI_VARIANCE,
    REVENUE,
    company,
    ishigami,
    perpetuity,
)

from maos_nb.analytics.simulation import Lognormal, Normal, Uniform, monte_carlo, sample
from maos_nb.errors import InputError

SAMPLINGS = ["random", "sobol", "latin_hypercube"]
CORRELATION = {("growth", "margin"): 0.4, ("growth", "wacc"): -0.2}


class TestKnownAnswers:
    @pytest.mark.parametrize("sampling", SAMPLINGS)
    def test_mean_and_deviation_of_ishigamis_function(self, sampling):
        """Within four standard errors of 3.5; its variance is known in closed form."""
        result = monte_carlo(ishigami, ISHIGAMI, 1 << 15, rng=1, sampling=sampling)
        assert abs(result.mean - ISHIGAMI_MEAN) < 4 * result.standard_error
        assert result.std**2 == pytest.approx(ISHIGAMI_VARIANCE, rel=0.03)

    def test_a_product_of_lognormals_is_lognormal(self):
        """Quantiles and probabilities in closed form, correlated too: log variances and covariance add up."""
        inputs = {"price": Lognormal(1.0, 0.2), "volume": Lognormal(2.0, 0.3)}
        rank = 6 / np.pi * np.arcsin(0.5 / 2)
        result = monte_carlo(
            lambda price, volume: price * volume,
            inputs,
            1 << 16,
            rng=1,
            sampling="sobol",
            correlation={("price", "volume"): rank},
        )
        exact = Lognormal(3.0, np.sqrt(0.2**2 + 0.3**2 + 2 * 0.5 * 0.2 * 0.3))
        levels = [0.05, 0.25, 0.5, 0.75, 0.95]
        np.testing.assert_allclose(result.quantile(levels), exact.ppf(levels), rtol=3e-3)
        assert result.probability_above(30.0) == pytest.approx(1 - exact.cdf(30.0), abs=2e-3)
        assert result.mean == pytest.approx(exact.mean, rel=1e-3)

    def test_the_standard_error_is_the_deviation_of_the_mean_over_seeds(self):
        """Sixty seeds each: within a third, for replicated Sobol points and hypercubes as for random numbers."""
        for sampling in SAMPLINGS:
            results = [
                monte_carlo(ishigami, ISHIGAMI, 1024, rng=seed, sampling=sampling) for seed in range(60)
            ]
            spread = np.std([result.mean for result in results], ddof=1)
            expected = np.sqrt(np.mean([result.standard_error**2 for result in results]))
            assert expected == pytest.approx(spread, rel=0.35)

    def test_sobol_points_beat_random_numbers(self):
        """On a smooth discounted cash flow by more than ten times."""
        random, sobol = (
            monte_carlo(company, DRIVERS, 1 << 13, rng=1, base=REVENUE, sampling=sampling)
            for sampling in ("random", "sobol")
        )
        assert sobol.standard_error < random.standard_error / 10
        assert abs(sobol.mean - random.mean) < 4 * random.standard_error


class TestReproduction:
    @pytest.mark.parametrize("sampling", SAMPLINGS)
    @pytest.mark.parametrize("correlation", [None, CORRELATION])
    @pytest.mark.parametrize("rows_per_call", [1, 37, 1000, 10_000])
    def test_the_number_of_rows_per_call_changes_no_bit(self, sampling, correlation, rows_per_call):
        """Values, statistics and inputs."""
        run = partial(monte_carlo, company, DRIVERS, 512, base=REVENUE, rng=11, keep_inputs=True)
        whole = run(sampling=sampling, correlation=correlation)
        parts = run(sampling=sampling, correlation=correlation, rows_per_call=rows_per_call)
        np.testing.assert_array_equal(parts.values, whole.values)
        assert (parts.mean, parts.standard_error) == (whole.mean, whole.standard_error)
        for name, column in whole.inputs.items():
            np.testing.assert_array_equal(parts.inputs[name], column)

    @pytest.mark.parametrize("sampling", SAMPLINGS)
    def test_the_seed_in_the_result_gives_it_again(self, sampling):
        """Also when it was drawn from a generator; another seed gives another result."""
        run = partial(
            monte_carlo, perpetuity, {"growth": Uniform(0.0, 0.03), "wacc": Normal(0.09, 0.01)}, 256
        )
        generator = np.random.default_rng(5)
        first, second = run(rng=generator, sampling=sampling), run(rng=generator, sampling=sampling)
        assert first.seed != second.seed
        assert (first.values != second.values).all()
        np.testing.assert_array_equal(run(rng=first.seed, sampling=sampling).values, first.values)

    def test_the_inputs_are_those_of_sample(self):
        """Random draws are made the same way with and without a model."""
        result = monte_carlo(ishigami, ISHIGAMI, 1000, rng=3, keep_inputs=True)
        for name, column in sample(ISHIGAMI, 1000, rng=3).items():
            np.testing.assert_array_equal(result.inputs[name], column)
        np.testing.assert_array_equal(result.values, ishigami(**result.inputs))


class TestDrawsWithoutAValue:
    def test_are_counted_and_left_out(self):
        """Growth above the wacc in about half of the draws: statistics are those of the others."""
        inputs = {"growth": Uniform(0.0, 0.1), "wacc": Uniform(0.0, 0.1)}
        result = monte_carlo(perpetuity, inputs, 4096, rng=1)
        valued = result.values[np.isfinite(result.values)]
        assert result.n_rejected == 4096 - valued.size > 1800
        assert result.mean == pytest.approx(valued.mean(), rel=1e-14)
        assert result.standard_error == pytest.approx(valued.std(ddof=1) / np.sqrt(valued.size), rel=1e-12)
        assert result.probability_above(20.0) == pytest.approx((valued > 20.0).mean())
        assert f"n_rejected={result.n_rejected}" in repr(result)

    def test_the_dcf_gives_no_value_where_the_wacc_is_not_above_growth(self):
        """As many rejections as draws with w <= g."""
        inputs = DRIVERS | {"wacc": Normal(0.03, 0.01)}
        result = monte_carlo(company, inputs, 1000, rng=1, base=REVENUE, keep_inputs=True)
        closed = result.inputs["wacc"] <= result.inputs["terminal_growth"]
        assert result.n_rejected == np.count_nonzero(closed) > 100

    def test_infinite_values_are_rejected_too(self):
        """They would swallow every mean."""
        result = monte_carlo(lambda u: np.where(u < 0.5, np.inf, u), {"u": Uniform(0.0, 1.0)}, 100, rng=1)
        assert result.n_rejected == np.count_nonzero(np.isinf(result.values)) > 30
        assert 0.5 < result.mean < 1.0

    def test_without_any_value_all_statistics_are_nan(self):
        """Nothing is raised and nothing warns."""
        for sampling in SAMPLINGS:
            result = monte_carlo(
                lambda u: np.full(len(u), np.nan), {"u": Uniform(0.0, 1.0)}, 16, rng=1, sampling=sampling
            )
            assert result.n_rejected == 16
            assert all(
                isnan(number)
                for number in (
                    result.mean,
                    result.std,
                    result.standard_error,
                    result.quantile(0.5),
                    result.probability_above(1.0),
                    *result.percentiles.values(),
                )
            )
            with pytest.raises(InputError, match=r"bins: .*every draw was rejected"):
                result.histogram()

    def test_one_draw_has_a_mean_but_no_deviation(self):
        """The standard error is unknown."""
        result = monte_carlo(lambda u: u, {"u": Uniform(0.0, 1.0)}, 1, rng=1)
        assert result.mean == result.quantile(0.3) == result.values[0]
        assert isnan(result.std)
        assert isnan(result.standard_error)


class TestResult:
    @given(st.integers(1, 300), st.integers(0, 1000), st.lists(st.floats(0, 1), min_size=1, max_size=5))
    @settings(max_examples=40)
    def test_quantiles_are_those_of_numpy(self, n, seed, levels):
        """numpy.quantile's default, which is Excel's PERCENTILE.INC."""
        result = monte_carlo(lambda x: x, {"x": Normal(0.0, 1.0)}, n, rng=seed)
        np.testing.assert_allclose(
            result.quantile(levels), np.quantile(result.values, levels), rtol=1e-12, atol=1e-14
        )

    def test_percentiles_are_quantiles(self):
        """The nine usual ones."""
        result = monte_carlo(ishigami, ISHIGAMI, 1000, rng=1)
        assert list(result.percentiles) == [0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99]
        assert [result.quantile(level) for level in result.percentiles] == list(result.percentiles.values())

    def test_probability_above_counts_values_strictly_above(self):
        """A NaN price has none."""
        result = monte_carlo(lambda x: np.floor(4 * x), {"x": Uniform(0.0, 1.0)}, 1000, rng=1)
        np.testing.assert_allclose(
            result.probability_above([-1.0, 1.0, 3.0, np.nan]), [1.0, (result.values > 1).mean(), 0.0, np.nan]
        )

    @pytest.mark.parametrize("bins", [1, 17, [-20.0, -1.0, 0.0, 5.0], [0.0, 1.0]])
    def test_the_histogram_is_numpys(self, bins):
        """numpy.histogram, edges included."""
        result = monte_carlo(ishigami, ISHIGAMI, 3000, rng=1)
        counts, edges = result.histogram(bins)
        expected, expected_edges = np.histogram(result.values, bins=bins)
        np.testing.assert_array_equal(counts, expected)
        np.testing.assert_allclose(edges, expected_edges)

    def test_a_constant_has_a_histogram(self):
        """Its range is widened by a half to both sides, as NumPy does."""
        result = monte_carlo(lambda x: np.full(len(x), 7.0), {"x": Uniform(0.0, 1.0)}, 10, rng=1)
        counts, edges = result.histogram(2)
        assert counts.sum() == 10
        assert edges.tolist() == [6.5, 7.0, 7.5]

    def test_a_frame_has_a_row_per_draw(self):
        """Inputs if kept, and the value."""
        result = monte_carlo(ishigami, ISHIGAMI, 16, rng=1, keep_inputs=True)
        assert list(result.to_frame()) == ["x", "y", "z", "value"]
        assert list(monte_carlo(ishigami, ISHIGAMI, 16, rng=1).to_frame()) == ["value"]
        np.testing.assert_array_equal(result.to_frame()["value"], result.values)

    def test_results_cannot_be_written_to(self):
        """Neither values nor inputs."""
        result = monte_carlo(ishigami, ISHIGAMI, 16, rng=1, keep_inputs=True)
        for array in (result.values, result.inputs["x"]):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0.0

    def test_is_shown_in_short(self):
        """Mean, its error, an interval, and how it was made."""
        result = monte_carlo(lambda x: np.full(len(x), 7.0), {"x": Uniform(0.0, 1.0)}, 16, rng=1)
        assert repr(result) == (
            "MonteCarlo(mean=7, standard_error=0, 5% to 95%: 7 to 7, n=16, n_rejected=0, "
            "sampling=random, seed=1)"
        )


class TestBase:
    def test_certain_inputs_may_be_paths(self):
        """They reach the model with one row per draw."""
        seen = []

        def model(x, path):
            seen.append(path.shape)
            return x * path.sum(axis=1)

        result = monte_carlo(model, {"x": Uniform(1.0, 2.0)}, 10, rng=1, base={"path": [1.0, 2.0, 3.0]})
        assert seen == [(10, 3)]
        assert (result.values > 6.0).all()

    def test_a_distribution_comes_before_a_base_value(self):
        """So the base case of a sensitivity table can be given whole."""
        base = {"growth": 0.02, "wacc": 0.09}
        result = monte_carlo(perpetuity, {"wacc": Uniform(0.08, 0.10)}, 50, rng=1, base=base)
        assert result.std > 0.1


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"n": 0}, "n: expected at least 1, got 0"),
            ({"n": 2.5}, "n: expected a whole number"),
            ({"n": 1000, "sampling": "sobol"}, r"n: expected a power of two.*got 1000\. Give 512 or 1024"),
            ({"n": 4, "sampling": "sobol"}, "n: expected a multiple of the 8 replicates"),
            ({"n": 1024, "sampling": "sobol", "replicates": 6}, "replicates: expected a power of two"),
            (
                {"n": 100, "sampling": "latin_hypercube"},
                "n: expected a multiple of the 8 replicates, got 100",
            ),
            ({"replicates": 1}, "replicates: expected at least 2"),
            ({"sampling": "halton"}, "sampling: .*latin_hypercube"),
            ({"rng": None}, "rng: expected a seed"),
            ({"rng": -1}, "rng: expected at least 0"),
            ({"rng": 1.5}, "rng: expected a whole number"),
            ({"rng": np.random.RandomState(1)}, "rng: .*got RandomState"),
            ({"distributions": {}}, "distributions: .*an empty one"),
            ({"distributions": [Uniform(0.0, 1.0)]}, "distributions: .*got list"),
            ({"distributions": {"x": 0.5}}, r'distributions\["x"\]: .*got float'),
            ({"distributions": {1: Uniform(0.0, 1.0)}}, "distributions: .*as text"),
            ({"correlation": {("x", "w"): 0.5}}, "correlation: .*'w'"),
            ({"correlation": np.eye(2)}, r"correlation: expected a matrix \(3, 3\)"),
            ({"model": 3}, "model: .*got int"),
            ({"model": lambda x, y, z: x.sum()}, r"model: expected a result of shape \(64,\)"),
            ({"model": lambda x, y, z: x[:-1]}, r"model: .*got shape \(63,\)"),
            ({"model": lambda x, y, z: x[:, None] * y}, r"model: .*got shape \(64, 64\)"),
            ({"model": lambda x, y, z: ["a"] * len(x)}, "model: .*as its result"),
            ({"base": {"w": "a"}}, r'base\["w"\]'),
            ({"rows_per_call": 0}, "rows_per_call"),
        ],
    )
    def test_is_refused_by_name(self, change, named):
        """The message names the argument, what came and what was expected."""
        arguments = {"model": ishigami, "distributions": ISHIGAMI, "n": 64, "rng": 1} | change
        with pytest.raises(InputError, match=named):
            monte_carlo(**arguments)

    def test_names_that_the_model_does_not_know_reach_the_caller(self):
        """The model's own error, with a note on how it was called."""
        with pytest.raises(TypeError, match="unexpected keyword argument 'w'") as caught:
            monte_carlo(ishigami, ISHIGAMI | {"w": Uniform(0.0, 1.0)}, 8, rng=1)
        assert any("w (8,)" in note for note in caught.value.__notes__)

    def test_a_model_cannot_change_its_inputs(self):
        """They are read-only."""

        def meddler(x):
            x[:] = 0.0
            return x

        with pytest.raises(ValueError, match="read-only"):
            monte_carlo(meddler, {"x": Uniform(0.0, 1.0)}, 8, rng=1)

    def test_quantiles_and_prices_that_are_none(self):
        """The methods refuse by name too."""
        result = monte_carlo(ishigami, ISHIGAMI, 8, rng=1)
        with pytest.raises(InputError, match="probability"):
            result.quantile(1.2)
        with pytest.raises(InputError, match="value"):
            result.probability_above("high")
        with pytest.raises(InputError, match=r"bins: .*rising"):
            result.histogram([1.0, 1.0])
        with pytest.raises(InputError, match=r"bins: .*at least 1"):
            result.histogram(0)
