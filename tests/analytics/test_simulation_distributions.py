"""Distributions of uncertain inputs, against scipy.stats, published figures and themselves."""

from __future__ import annotations

import pickle
from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from maos_nb.analytics.simulation import Empirical, Lognormal, Normal, Pert, StudentT, Triangular, Uniform
from maos_nb.errors import InputError

PROBABILITIES = np.array([1e-6, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1 - 1e-6])
SCORES = np.linspace(-5.0, 5.0, 101)

# Each with the distribution of scipy.stats that has the same parameters.
PEERS = [
    (Normal(0.09, 0.01), stats.norm(0.09, 0.01)),
    (Lognormal(0.5, 0.3), stats.lognorm(0.3, scale=np.exp(0.5))),
    (Uniform(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
    (Triangular(0.10, 0.16, 0.20), stats.triang(0.6, 0.10, 0.10)),
    (Triangular(0.0, 0.0, 2.0), stats.triang(0.0, 0.0, 2.0)),
    (Triangular(0.0, 2.0, 2.0), stats.triang(1.0, 0.0, 2.0)),
    (Pert(0.10, 0.16, 0.20), stats.beta(3.4, 2.6, 0.10, 0.10)),
    (Pert(0.0, 0.0, 5.0, shape=2.0), stats.beta(1.0, 3.0, 0.0, 5.0)),
    (StudentT(4.0, 0.01, 0.02), stats.t(4.0, 0.01, 0.02)),
    (StudentT(2.5), stats.t(2.5)),
]
TRUNCATED = [
    (Normal(0.09, 0.01, lower=0.08, upper=0.12), stats.norm(0.09, 0.01)),
    (Normal(0.0, 1.0, lower=1.5), stats.norm()),
    (Normal(0.0, 1.0, lower=3.0, upper=3.01), stats.norm()),
    (Lognormal(0.0, 0.5, upper=2.0), stats.lognorm(0.5)),
    (Lognormal(0.0, 0.5, lower=0.5, upper=2.0), stats.lognorm(0.5)),
    (Lognormal(0.0, 0.5, lower=1.0, upper=1.005), stats.lognorm(0.5)),
    (Uniform(0.0, 1.0, lower=0.25, upper=0.5), stats.uniform()),
    (Triangular(0.0, 0.5, 1.0, lower=0.25), stats.triang(0.5)),
    (Pert(0.0, 0.5, 1.0, upper=0.6), stats.beta(3.0, 3.0)),
    (StudentT(5.0, lower=-2.0), stats.t(5.0)),
    (StudentT(3.0, lower=-1.0, upper=4.0), stats.t(3.0)),
    (StudentT(1.0, lower=-3.0, upper=3.0), stats.t(1.0)),
]
EVERY = [mine for mine, _ in PEERS + TRUNCATED] + [
    Empirical([3.0, 1.0, 2.0, 2.0]),
    Empirical([3.0, 1.0, 2.0, 2.0], method="linear"),
]


def named(pairs):
    """Name each case after the distribution."""
    return [pytest.param(*pair, id=repr(pair[0])) for pair in pairs]


class TestAgainstScipy:
    @pytest.mark.parametrize(("mine", "peer"), named(PEERS))
    def test_quantiles_probabilities_and_moments_are_those_of_scipy(self, mine, peer):
        """scipy.stats is tested against R and Boost; the parameters differ, the distributions do not."""
        np.testing.assert_allclose(mine.ppf(PROBABILITIES), peer.ppf(PROBABILITIES), rtol=1e-9, atol=1e-12)
        values = peer.ppf(PROBABILITIES)
        np.testing.assert_allclose(mine.cdf(values), peer.cdf(values), rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose([mine.mean, mine.std], [peer.mean(), peer.std()], rtol=1e-12, atol=1e-15)

    @pytest.mark.parametrize(("mine", "peer"), named(TRUNCATED))
    def test_a_truncated_distribution_is_the_peer_given_the_bounds(self, mine, peer):
        """P(X <= x | lower <= X <= upper), with the untruncated probabilities of scipy."""
        start, stop = peer.cdf(mine.lower), peer.cdf(mine.upper)
        values = peer.ppf(start + PROBABILITIES * (stop - start))
        np.testing.assert_allclose(mine.ppf(PROBABILITIES), values, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(mine.cdf(values), PROBABILITIES, rtol=1e-7, atol=1e-9)

    @pytest.mark.parametrize(("mine", "peer"), named(TRUNCATED))
    def test_truncated_moments_are_integrals_over_the_density(self, mine, peer):
        """Quadrature of scipy's density between the bounds."""
        low, high = max(mine.lower, peer.support()[0]), min(mine.upper, peer.support()[1])

        def moment(power, centre=0.0):
            return integrate.quad(lambda x: (x - centre) ** power * peer.pdf(x), low, high, epsabs=1e-13)[0]

        mean = moment(1) / moment(0)
        variance = moment(2, mean) / moment(0)
        np.testing.assert_allclose([mine.mean, mine.std**2], [mean, variance], rtol=2e-8, atol=1e-15)

    def test_the_truncated_normal_is_truncnorm(self):
        """scipy.stats.truncnorm, whose moments have closed forms too."""
        peer = stats.truncnorm(-1.0, 3.0, loc=0.09, scale=0.01)
        mine = Normal(0.09, 0.01, lower=0.08, upper=0.12)
        np.testing.assert_allclose([mine.mean, mine.std], [peer.mean(), peer.std()], rtol=1e-12)


class TestPublishedFigures:
    def test_lognormal_parameters_are_those_of_excel(self):
        """Microsoft's example: LOGNORM.DIST(4, 3.5, 1.2, TRUE) = 0.0390836."""
        assert Lognormal(3.5, 1.2).cdf(4.0) == pytest.approx(0.0390836, abs=5e-8)

    def test_normal_quantiles_are_those_of_excel(self):
        """Microsoft's example: NORM.INV(0.908789, 40, 1.5) = 42.000002."""
        assert Normal(40.0, 1.5).ppf(0.908789) == pytest.approx(42.000002, abs=5e-7)

    def test_t_quantiles_are_those_of_the_tables(self):
        """The 97.5% point of t with 10 degrees of freedom is 2.228 in every table."""
        assert StudentT(10.0).ppf(0.975) == pytest.approx(2.228, abs=5e-4)

    def test_the_pert_mean_weighs_the_mode_four_times(self):
        """Malcolm et al. (1959): (low + 4 mode + high) / 6."""
        assert Pert(2.0, 5.0, 14.0).mean == pytest.approx((2 + 20 + 14) / 6)

    def test_a_lognormal_from_moments_has_them(self):
        """The value's own mean and deviation, not those of its logarithm."""
        made = Lognormal.from_moments(120.0, 30.0)
        assert (made.mean, made.std) == (pytest.approx(120.0), pytest.approx(30.0))


class TestEveryDistribution:
    @pytest.mark.parametrize("mine", EVERY, ids=repr)
    def test_normal_scores_give_the_same_values_as_probabilities(self, mine):
        """from_normal(z) is ppf(Phi(z)); a PERT misses it by less than a billionth of its range."""
        expected = mine.ppf(stats.norm.cdf(SCORES))
        np.testing.assert_allclose(mine.from_normal(SCORES), expected, rtol=1e-8, atol=1e-9)

    @pytest.mark.parametrize("mine", EVERY, ids=repr)
    def test_a_scalar_equals_the_element_of_an_array(self, mine):
        """And is a plain float."""
        quantiles, values = mine.ppf(PROBABILITIES), mine.ppf([0.2, 0.7])
        assert [mine.ppf(u) for u in PROBABILITIES] == quantiles.tolist()
        assert [mine.cdf(x) for x in values] == mine.cdf(values).tolist()
        assert type(mine.ppf(0.5)) is type(mine.cdf(1.0)) is type(mine.mean) is type(mine.std) is float

    @pytest.mark.parametrize("mine", EVERY, ids=repr)
    def test_nan_stays_in_its_place(self, mine):
        """For quantiles, probabilities and normal scores."""
        holed = np.array([0.3, np.nan, 0.6])
        for found in (mine.ppf(holed), mine.cdf(holed), mine.from_normal(holed), mine.from_uniform(holed)):
            assert np.isnan(found).tolist() == [False, True, False]

    @pytest.mark.parametrize("mine", EVERY, ids=repr)
    def test_no_value_lies_outside_the_support(self, mine):
        """From the lowest to the highest probability; bounds are kept exactly."""
        low, high = mine.support
        values = mine.ppf(np.linspace(0.0, 1.0, 1001))
        assert ((values >= low) & (values <= high)).all()
        assert mine.lower <= low
        assert high <= mine.upper
        assert mine.cdf([low - 1.0, high + 1.0]).tolist() == [0.0, 1.0]

    @pytest.mark.parametrize("mine", EVERY, ids=repr)
    def test_survives_pickling(self, mine):
        """Records cross processes."""
        assert repr(pickle.loads(pickle.dumps(mine))) == repr(mine)  # noqa: S301  # our own bytes

    @given(
        st.floats(-5, 5),
        st.floats(0.01, 3),
        st.floats(0.0, 1.0),
        st.floats(0.5, 30),
        st.floats(0.0001, 0.9999),
        st.floats(0.0001, 0.9999),
    )
    def test_quantiles_rise_and_invert_probabilities(self, low, width, mode, shape, u, v):
        """For any parameters of the bounded families."""
        peak = min(low + mode * width, low + width)
        for mine in (
            Uniform(low, low + width),
            Triangular(low, peak, low + width),
            Pert(low, peak, low + width, shape=shape),
        ):
            assert mine.cdf(mine.ppf(u)) == pytest.approx(u, abs=1e-9)
            assert (mine.ppf(u) <= mine.ppf(v)) == (u <= v) or mine.ppf(u) == mine.ppf(v)

    def test_a_peak_next_to_the_lower_end_is_none_of_the_rising_side(self):
        """The rising side is as wide as the smallest float; what it would give elsewhere is not looked at."""
        found = Triangular(0.0, 5e-324, 1.0)
        assert found.cdf(0.5) == pytest.approx(0.75)

    def test_distributions_with_equal_parameters_are_equal(self):
        """Records compare by value; observed values only by identity."""
        assert Normal(0.0, 1.0) == Normal(0, 1)
        assert Normal(0.0, 1.0) != Normal(0.0, 1.0, lower=0.0)
        assert Empirical([1.0]) != Empirical([2.0])

    def test_is_shown_with_its_parameters(self):
        """Bounds only where there are some."""
        assert repr(Triangular(0.1, 0.16, 0.2)) == "Triangular(low=0.1, mode=0.16, high=0.2)"
        assert repr(Normal(0.09, 0.01, lower=0.06)) == "Normal(mu=0.09, sigma=0.01, lower=0.06)"


class TestMomentsThatDoNotExist:
    def test_fat_tails_have_no_deviation_and_fatter_ones_no_mean(self):
        """Student's t: the mean exists above 1 degree of freedom, the deviation above 2."""
        assert StudentT(2.0).std == StudentT(1.5).std == inf
        assert StudentT(1.5).mean == 0.0
        assert isnan(StudentT(1.0).mean)
        assert isnan(StudentT(1.0).std)

    def test_a_tail_that_is_left_decides(self):
        """With one tail cut off the other still has no finite moment; with both cut off all moments exist."""
        assert StudentT(1.0, lower=0.0).mean == inf
        assert StudentT(1.5, upper=0.0).std == inf
        peer = integrate.quad(lambda x: x * stats.t.pdf(x, 1.5), 0.0, inf)[0] / 0.5
        assert StudentT(1.5, lower=0.0).mean == pytest.approx(peer, rel=1e-8)

    def test_a_lognormal_too_wide_for_floats_has_infinite_moments(self):
        """No warning and no error."""
        assert Lognormal(0.0, 40.0).mean == inf


class TestEmpirical:
    def test_draws_only_what_was_observed(self):
        """Each observation owns an equal share of the probabilities."""
        mine = Empirical([30.0, 10.0, 20.0, 40.0])
        assert mine.ppf([0.0, 0.25, 0.2501, 0.5, 1.0]).tolist() == [10.0, 10.0, 20.0, 20.0, 40.0]

    @pytest.mark.parametrize("method", ["inverted_cdf", "linear"])
    def test_quantiles_are_those_of_numpy(self, method):
        """numpy.quantile with the method of the same name."""
        values = np.random.default_rng(1).normal(size=101)
        expected = np.quantile(values, PROBABILITIES, method=method)
        np.testing.assert_allclose(Empirical(values, method=method).ppf(PROBABILITIES), expected, rtol=1e-12)

    def test_moments_are_those_of_what_is_drawn(self):
        """The population's for single observations; those of the straight pieces between them for linear ones."""
        values = [1.0, 2.0, 4.0, 8.0]
        assert Empirical(values).std == pytest.approx(np.std(values))
        linear = Empirical(values, method="linear")
        dense = linear.ppf((np.arange(300_000) + 0.5) / 300_000)
        assert (linear.mean, linear.std) == (pytest.approx(dense.mean()), pytest.approx(dense.std()))

    def test_truncation_leaves_observations_out(self):
        """Those on a bound stay."""
        assert Empirical([1.0, 2.0, 3.0, 4.0], lower=2.0, upper=3.5).values.tolist() == [2.0, 3.0]

    def test_the_callers_array_is_neither_changed_nor_followed(self):
        """A copy is kept."""
        values = np.array([3.0, 1.0])
        mine = Empirical(values)
        values[:] = 0.0
        assert mine.values.tolist() == [1.0, 3.0]
        with pytest.raises(ValueError, match="read-only"):
            mine.values[0] = 9.0


class TestBadInput:
    @pytest.mark.parametrize(
        ("make", "named"),
        [
            (lambda: Normal(0.0, -1.0), "sigma: expected a number above zero, got -1"),
            (lambda: Normal(0.0, 0.0), "sigma: .*above zero"),
            (lambda: Normal(np.nan, 1.0), "mu: expected finite numbers"),
            (lambda: Normal("5%", 1.0), "mu: expected numbers"),
            (lambda: Normal([0.0, 1.0], 1.0), r"mu: expected a single number, got shape \(2,\)"),
            (lambda: Normal(0.0, True), "sigma: expected numbers"),
            (lambda: Normal(0.0, 1.0, lower=2.0, upper=1.0), "lower and upper: .*below"),
            (lambda: Normal(0.0, 1.0, lower=np.nan), "lower: .*NaN"),
            (lambda: Normal(0.0, 1.0, lower=9.0), "lower and upper: .*at least 1e-06"),
            (lambda: Lognormal(0.0, -0.1), "sigma"),
            (lambda: Lognormal.from_moments(-1.0, 0.5), "mean: .*above zero"),
            (lambda: Lognormal.from_moments(1.0, "0.5"), "std: expected numbers"),
            (lambda: Lognormal(0.0, 1.0, upper=0.0), "lower and upper"),
            (lambda: Uniform(2.0, 1.0), "low and high: .*low=2, high=1"),
            (lambda: Uniform(1.0, 1.0), "low and high"),
            (lambda: Triangular(0.0, 3.0, 2.0), "low and mode and high"),
            (lambda: Triangular(1.0, 1.0, 1.0), "low and mode and high"),
            (lambda: Pert(0.0, 1.0, 2.0, shape=0.0), "shape: .*above zero"),
            (lambda: Pert(0.0, inf, 2.0), "mode: expected finite"),
            (lambda: StudentT(0.0), "df: .*above zero"),
            (lambda: StudentT(4.0, 0.0, -1.0), "scale"),
            (lambda: Empirical([]), "values: expected at least one"),
            (lambda: Empirical([1.0, np.nan]), "values: expected finite"),
            (lambda: Empirical([[1.0]]), "values: .*one dimension"),
            (lambda: Empirical([1.0], method="spline"), "method: .*inverted_cdf"),
            (lambda: Empirical([1.0, 2.0], lower=3.0), "lower and upper: .*keep some"),
            (lambda: Normal(0.0, 1.0).ppf(1.5), "probability: .*between 0 and 1"),
            (lambda: Normal(0.0, 1.0).ppf(["a"]), "probability"),
            (lambda: Normal(0.0, 1.0).cdf(None), "value"),
        ],
    )
    def test_is_refused_by_name(self, make, named):
        """The message says which parameter, what came and what was expected."""
        with pytest.raises(InputError, match=named):
            make()
