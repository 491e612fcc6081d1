"""Return paths: moments in closed form, plain-loop twins, and what each method keeps of its history."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from maos_nb.analytics._resampled_paths import _ewma_variances
from maos_nb.analytics.simulation import (
    block_bootstrap_paths,
    filtered_historical_paths,
    gbm_paths,
    t_copula_paths,
)
from maos_nb.errors import InputError

GENERATOR = np.random.default_rng(7)
HISTORY = (
    0.01 * GENERATOR.standard_t(5, size=(400, 3)) @ np.array([[1.0, 0.5, 0.0], [0, 0.9, 0.3], [0, 0, 1.0]])
)
SAMPLERS = {
    "gbm": lambda n_paths, n_periods, rng: gbm_paths(
        n_paths, n_periods, drift=[0.05, 0.06, 0.07], volatility=0.2, rng=rng
    ),
    "stationary": lambda n_paths, n_periods, rng: block_bootstrap_paths(
        HISTORY, n_paths, n_periods, block_length=5.5, rng=rng
    ),
    "circular": lambda n_paths, n_periods, rng: block_bootstrap_paths(
        HISTORY, n_paths, n_periods, block_length=5, method="circular", rng=rng
    ),
    "t_copula": lambda n_paths, n_periods, rng: t_copula_paths(HISTORY, n_paths, n_periods, df=4, rng=rng),
    "filtered": lambda n_paths, n_periods, rng: filtered_historical_paths(
        HISTORY, n_paths, n_periods, rng=rng
    ),
}
FROM_HISTORY = {
    "stationary": lambda returns: block_bootstrap_paths(returns, 4, 6, block_length=3, rng=1),
    "circular": lambda returns: block_bootstrap_paths(
        returns, 4, 6, block_length=3, method="circular", rng=1
    ),
    "t_copula": lambda returns: t_copula_paths(returns, 4, 6, df=4, rng=1),
    "filtered": lambda returns: filtered_historical_paths(returns, 4, 6, rng=1),
}


class TestEverySampler:
    @pytest.mark.parametrize("name", SAMPLERS)
    def test_periods_are_last(self, name):
        """(n_paths, n_assets, n_periods)."""
        assert SAMPLERS[name](7, 11, 1).shape == (7, 3, 11)

    @pytest.mark.parametrize("name", SAMPLERS)
    def test_the_same_seed_gives_the_same_paths(self, name):
        """To the last bit; another seed gives others."""
        np.testing.assert_array_equal(SAMPLERS[name](5, 6, 3), SAMPLERS[name](5, 6, 3))
        assert (SAMPLERS[name](5, 6, 3) != SAMPLERS[name](5, 6, 4)).any()

    @pytest.mark.parametrize("name", FROM_HISTORY)
    def test_one_column_gives_paths_without_an_axis_of_assets(self, name):
        """The same returns as a frame of one column."""
        single = FROM_HISTORY[name](pd.Series(HISTORY[:, 0]))
        frame = FROM_HISTORY[name](pd.DataFrame(HISTORY[:, :1]))
        assert single.shape == (4, 6)
        np.testing.assert_array_equal(frame[:, 0], single)

    @pytest.mark.parametrize("name", FROM_HISTORY)
    @pytest.mark.parametrize(
        ("returns", "named"),
        [
            ([0.01], "returns: .*at least 2 observations"),
            ([], "returns: "),
            (0.01, "returns: "),
            (np.zeros((3, 0)), "returns: "),
            (np.zeros((2, 2, 2)), "returns: "),
            ([0.01, np.nan, 0.02], "returns: expected finite returns, got nan at position"),
            ([0.01, -1.5], "returns: expected simple returns of -1"),
            (["1%", "2%"], "returns: expected numbers"),
        ],
    )
    def test_refuses_what_is_no_history(self, name, returns, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            FROM_HISTORY[name](returns)

    @pytest.mark.parametrize("name", SAMPLERS)
    def test_refuses_sizes_and_seeds_that_are_none(self, name):
        """All three are named."""
        for arguments, named in (((0, 5, 1), "n_paths"), ((5, 1.5, 1), "n_periods"), ((5, 5, None), "rng")):
            with pytest.raises(InputError, match=named):
                SAMPLERS[name](*arguments)


class TestGbm:
    def test_log_returns_have_the_moments_of_the_process(self):
        """Mean (mu - sigma^2/2) dt and deviation sigma sqrt(dt), within four standard errors; normal shape."""
        paths = gbm_paths(2000, 50, drift=0.08, volatility=0.25, rng=1)
        logs = np.log1p(paths).ravel()
        error = 0.25 / np.sqrt(252) / np.sqrt(logs.size)
        assert abs(logs.mean() - (0.08 - 0.25**2 / 2) / 252) < 4 * error
        assert logs.std() == pytest.approx(0.25 / np.sqrt(252), rel=0.01)
        assert stats.kstest(logs, "norm", args=(logs.mean(), logs.std())).statistic < 1.95 / np.sqrt(
            logs.size
        )

    def test_the_expected_price_grows_with_the_drift(self):
        """E[S_T] = S_0 exp(mu T), whatever the volatility: within four standard errors."""
        year = np.prod(
            1 + gbm_paths(40_000, 12, drift=0.1, volatility=0.3, periods_per_year=12, rng=1), axis=-1
        )
        assert abs(year.mean() - np.exp(0.1)) < 4 * year.std() / np.sqrt(year.size)

    def test_correlations_are_reached(self):
        """Of logarithmic returns."""
        correlation = np.array([[1.0, 0.6, -0.2], [0.6, 1.0, 0.1], [-0.2, 0.1, 1.0]])
        paths = gbm_paths(2000, 20, drift=0.0, volatility=[0.1, 0.2, 0.3], correlation=correlation, rng=2)
        logs = np.log1p(paths).transpose(1, 0, 2).reshape(3, -1)
        np.testing.assert_allclose(np.corrcoef(logs), correlation, atol=0.02)
        np.testing.assert_allclose(logs.std(axis=1) * np.sqrt(252), [0.1, 0.2, 0.3], rtol=0.02)

    def test_without_volatility_the_drift_compounds(self):
        """exp(mu dt) - 1 in each period."""
        paths = gbm_paths(2, 3, drift=0.05, volatility=0.0, periods_per_year=4, rng=1)
        np.testing.assert_allclose(paths, np.expm1(0.05 / 4), rtol=1e-14)

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"volatility": -0.1}, "volatility: .*positive"),
            ({"volatility": np.nan}, "volatility: .*finite"),
            ({"drift": np.inf}, "drift: .*finite"),
            ({"drift": [0.1, 0.2], "volatility": [0.1, 0.2, 0.3]}, "drift and volatility"),
            ({"drift": [[0.1]]}, "drift and volatility: .*one number per asset"),
            ({"periods_per_year": 0}, "periods_per_year"),
            ({"correlation": np.eye(2)}, r"correlation: expected a matrix \(1, 1\)"),
            (
                {"drift": [0.0] * 3, "correlation": [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]},
                "correlation: expected a positive semidefinite matrix",
            ),
        ],
    )
    def test_refuses_impossible_parameters(self, change, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            gbm_paths(2, 3, **({"drift": 0.05, "volatility": 0.2, "rng": 1} | change))


class TestBlockBootstrap:
    @pytest.mark.parametrize("method", ["stationary", "circular"])
    def test_every_period_is_an_observed_date_of_all_assets(self, method):
        """Rows of the history, unbroken across assets."""
        paths = block_bootstrap_paths(HISTORY, 20, 30, block_length=4, method=method, rng=1)
        rows = {tuple(row) for row in HISTORY.tolist()}
        assert all(tuple(date) in rows for path in paths for date in path.T.tolist())

    def test_circular_blocks_follow_one_another_and_wrap(self):
        """Within a block each place is one after the other, modulo the history."""
        places = (
            block_bootstrap_paths(np.arange(10) / 10, 50, 23, block_length=4, method="circular", rng=1) * 10
        )
        for start in range(0, 23, 4):
            steps = np.diff(places[:, start : start + 4], axis=1) % 10
            np.testing.assert_allclose(steps, 1.0)

    def test_stationary_blocks_have_a_geometric_length(self):
        """A new block starts with probability 1/8 at every date, and then at any place alike."""
        n = 1000
        places = np.rint(block_bootstrap_paths(np.arange(n) / n, 400, 251, block_length=8, rng=1) * n)
        new = np.diff(places, axis=1) % n != 1
        assert new.mean() == pytest.approx(1 / 8, abs=4 * np.sqrt(1 / 8 * 7 / 8 / new.size))
        lengths = np.diff(np.flatnonzero(new[0:400].ravel()))
        assert lengths.std() == pytest.approx(np.sqrt(1 - 1 / 8) * 8, rel=0.05)
        assert stats.kstest(places[:, 0] / n, "uniform").pvalue > 0.001

    @pytest.mark.parametrize("method", ["stationary", "circular"])
    def test_every_observation_is_equally_likely_in_every_period(self, method):
        """The ends too: with wrapping the bootstrap mean is the sample mean."""
        paths = block_bootstrap_paths(np.arange(5) / 5, 20_000, 7, block_length=3, method=method, rng=1)
        for period in range(7):
            counts = np.bincount(np.rint(5 * paths[:, period]).astype(int), minlength=5)
            assert stats.chisquare(counts).pvalue > 0.001

    def test_a_block_length_of_one_is_the_plain_bootstrap(self):
        """No dependence is left between neighbours."""
        trend = np.arange(100) / 100
        paths = block_bootstrap_paths(trend, 2000, 10, block_length=1, rng=1)
        assert abs(np.corrcoef(paths[:, 0], paths[:, 1])[0, 1]) < 0.1
        long = block_bootstrap_paths(trend, 2000, 10, block_length=50, rng=1)
        assert np.corrcoef(long[:, 0], long[:, 1])[0, 1] > 0.8

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"block_length": 0.5}, "block_length: .*at least 1"),
            ({"block_length": np.nan}, "block_length"),
            ({"block_length": 2.5, "method": "circular"}, "block_length: expected a whole number"),
            ({"block_length": 0, "method": "circular"}, "block_length"),
            ({"method": "moving"}, "method: .*circular"),
        ],
    )
    def test_refuses_impossible_blocks(self, change, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            block_bootstrap_paths(HISTORY, 2, 3, **({"block_length": 2, "rng": 1} | change))


class TestTCopula:
    def test_margins_are_those_observed(self):
        """Quantiles of the draws against those of the history, and never beyond its ends."""
        paths = t_copula_paths(HISTORY, 2000, 20, df=4, rng=1)
        for drawn, observed in zip(paths.transpose(1, 0, 2), HISTORY.T, strict=True):
            levels = [0.05, 0.25, 0.5, 0.75, 0.95]
            np.testing.assert_allclose(np.quantile(drawn, levels), np.quantile(observed, levels), atol=5e-4)
            assert observed.min() <= drawn.min()
            assert drawn.max() <= observed.max()

    def test_kendalls_tau_is_kept(self):
        """It depends on the copula alone, and is what the copula was fitted to."""
        paths = t_copula_paths(HISTORY, 500, 10, df=4, rng=1).transpose(1, 0, 2).reshape(3, -1)
        for i, j in ((0, 1), (0, 2), (1, 2)):
            expected = stats.kendalltau(HISTORY[:, i], HISTORY[:, j]).statistic
            assert stats.kendalltau(paths[i], paths[j]).statistic == pytest.approx(expected, abs=0.03)

    def test_few_degrees_of_freedom_make_extremes_coincide(self):
        """Tail dependence 2 t_(df+1)(-sqrt((df+1)(1-r)/(1+r))) (McNeil et al.), seen at the lowest 1%."""
        independent = np.random.default_rng(3).standard_normal((2000, 2)) / 100

        def joint(df):
            ranks = t_copula_paths(independent, 4000, 50, df=df, rng=1).transpose(1, 0, 2).reshape(2, -1)
            low = ranks < np.quantile(ranks, 0.01, axis=1, keepdims=True)
            return (low[0] & low[1]).mean() / 0.01

        r = np.sin(np.pi / 2 * stats.kendalltau(*independent.T).statistic)
        limit = 2 * stats.t.cdf(-np.sqrt(4 * (1 - r) / (1 + r)), 4)
        assert joint(3) == pytest.approx(limit, abs=0.05)
        assert joint(1000) < 0.03

    def test_taus_that_are_impossible_together_are_repaired(self):
        """For these five dates sin(pi/2 tau) has an eigenvalue of -0.48; paths come all the same."""
        ranks = [[1, 3, 4, 0], [4, 2, 1, 1], [2, 0, 3, 3], [0, 4, 0, 4], [3, 1, 2, 2]]
        history = np.array(ranks) / 100
        matrix = np.eye(4)
        for i, j in zip(*np.triu_indices(4, 1), strict=True):
            tau = stats.kendalltau(history[:, i], history[:, j]).statistic
            matrix[i, j] = matrix[j, i] = np.sin(np.pi / 2 * tau)
        assert np.linalg.eigvalsh(matrix)[0] == pytest.approx(-0.4845875)
        assert np.isfinite(t_copula_paths(history, 100, 5, df=4, rng=1)).all()

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"df": 0}, "df: expected a number above zero"),
            ({"df": [4, 5]}, "df"),
            ({"returns": [[0.01, 0.02], [0.01, 0.03]]}, "returns: expected returns that vary.*column 0"),
        ],
    )
    def test_refuses_impossible_copulas(self, change, named):
        """The message names the argument."""
        arguments = {"returns": HISTORY, "n_paths": 2, "n_periods": 3, "df": 4, "rng": 1} | change
        with pytest.raises(InputError, match=named):
            t_copula_paths(**arguments)


class TestFilteredHistorical:
    def test_variances_equal_a_plain_loop(self):
        """RiskMetrics' recursion, written out for one asset."""
        variances = _ewma_variances(HISTORY, 0.94)
        for asset in range(3):
            variance = sum(r * r for r in HISTORY[:, asset]) / len(HISTORY)
            for date, r in enumerate(HISTORY[:, asset]):
                assert variances[date, asset] == pytest.approx(variance, rel=1e-12)
                variance = 0.94 * variance + 0.06 * r * r
            assert variances[-1, asset] == pytest.approx(variance, rel=1e-12)

    def test_paths_equal_a_plain_loop(self):
        """The same dates drawn, one path at a time."""
        paths = filtered_historical_paths(HISTORY[:, 0], 3, 8, decay=0.9, rng=5)
        variances = _ewma_variances(HISTORY[:, :1], 0.9)[:, 0]
        shocks = HISTORY[:, 0] / np.sqrt(variances[:-1])
        shocks = shocks / np.sqrt((shocks**2).mean())
        generator = np.random.default_rng(5)
        dates = np.array([generator.integers(400, size=3) for _ in range(8)])
        for path in range(3):
            variance = variances[-1]
            for period in range(8):
                drawn = shocks[dates[period, path]] * np.sqrt(variance)
                assert paths[path, period] == pytest.approx(drawn, rel=1e-12)
                variance = 0.9 * variance + 0.1 * drawn**2

    def test_tomorrows_variance_is_todays(self):
        """Not the history's average: the second half of this one is ten times calmer."""
        calm = np.concatenate([HISTORY[:200], HISTORY[200:] / 10])
        paths = filtered_historical_paths(calm, 40_000, 1, rng=1)
        wanted = _ewma_variances(calm, 0.94)[-1]
        np.testing.assert_allclose(np.square(paths[..., 0]).mean(axis=0), wanted, rtol=0.05)
        assert (wanted < np.square(calm).mean(axis=0) / 5).all()

    def test_volatility_clusters_along_a_path(self):
        """Squares of neighbouring returns go together, which plain resampling loses."""

        def clustering(paths):
            squares = np.square(paths)
            return stats.spearmanr(squares[:, 100:-1].ravel(), squares[:, 101:].ravel()).statistic

        filtered = filtered_historical_paths(HISTORY[:, 0], 300, 200, decay=0.85, rng=1)
        plain = block_bootstrap_paths(HISTORY[:, 0], 300, 200, block_length=1, rng=1)
        assert clustering(filtered) > 0.1 > abs(clustering(plain)) * 3

    def test_no_return_loses_more_than_everything(self):
        """Wild shocks are cut at -1."""
        paths = filtered_historical_paths([0.5, -0.9, 0.01, 0.8, -0.95], 500, 30, decay=0.5, rng=1)
        assert paths.min() == -1.0

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"decay": 1.0}, "decay: expected a number between 0 and 1"),
            ({"decay": 0.0}, "decay"),
            ({"decay": "slow"}, "decay"),
            ({"returns": [[0.0, 0.02], [0.0, 0.03]]}, "returns: .*none in column 0 at observation 0"),
            ({"returns": [0.01] + [0.0] * 800 + [0.01]}, "returns: .*none in column 0 at observation"),
        ],
    )
    def test_refuses_impossible_filters(self, change, named):
        """The message names the argument."""
        arguments = {"returns": HISTORY, "n_paths": 2, "n_periods": 3, "rng": 1} | change
        with pytest.raises(InputError, match=named):
            filtered_historical_paths(**arguments)
