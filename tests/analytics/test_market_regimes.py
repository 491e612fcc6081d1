"""Regimes of trend, volatility and a Markov chain, against plain loops, scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from maos_nb.analytics.market import regimes
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.errors import InputError

NAN = np.nan
TRANSITION = np.array([[0.98, 0.02], [0.05, 0.95]])
MEANS, VOLATILITIES = np.array([0.001, -0.002]), np.array([0.006, 0.025])
EACH = [
    (regimes.trend_regime, {"fast": 3, "slow": 8}),
    (regimes.volatility_regime, {"window": 4, "min_history": 10}),
    (regimes.past_percentile, {"min_history": 10}),
    (regimes.past_percentile, {"min_history": 5, "history": 7}),
]
each = pytest.mark.parametrize(("function", "options"), EACH, ids=[f"{f.__name__} {o}" for f, o in EACH])


def random_prices(length=120, n_assets=3, seed=0, gaps=0.0):
    """Draw prices that wander."""
    rng = np.random.default_rng(seed)
    prices = 100 * np.exp(0.02 * rng.standard_normal((length, n_assets)).cumsum(axis=0))
    prices[rng.random(prices.shape) < gaps] = NAN
    return prices


def switching(length, seed=0):
    """Draw returns and the regimes behind them, calm first."""
    rng = np.random.default_rng(seed)
    state = np.zeros(length, dtype=int)
    for t in range(1, length):
        state[t] = rng.random() < TRANSITION[state[t - 1], 1]
    return MEANS[state] + VOLATILITIES[state] * rng.standard_normal(length), state


def lines_of(result):
    """Give the lines of a result as one array, lines first."""
    return np.array(result) if isinstance(result, tuple) else np.asarray(result)[np.newaxis]


class TestTrendRegime:
    @pytest.mark.parametrize("band", [0.0, 0.01, 0.03])
    @pytest.mark.parametrize("gaps", [0.0, 0.02])
    def test_hysteresis_is_that_of_a_loop(self, band, gaps):
        """The word changes outside the band on the other side only, and outlives gaps."""
        prices = random_prices(300, 1, 1, gaps)[:, 0]
        found = regimes.trend_regime(prices, 4, 15, band=band)
        state = 0
        for row in range(len(prices)):
            near, far = prices[max(0, row - 3) : row + 1], prices[max(0, row - 14) : row + 1]
            if row < 14 or np.isnan(far).any():
                assert np.isnan(found.state[row])
                continue
            distance = near.mean() / far.mean() - 1
            if distance > band:
                state = 1
            elif distance < -band:
                state = -1
            assert found.state[row] == state
            assert found.distance[row] == pytest.approx(distance, abs=1e-12)
            assert found.fast[row] == pytest.approx(near.mean(), rel=1e-12)
            assert found.slow[row] == pytest.approx(far.mean(), rel=1e-12)
        assert {-1, 1} <= set(found.state[~np.isnan(found.state)])

    def test_a_wider_band_changes_its_mind_less(self):
        """That is what it is for."""
        prices = random_prices(2000, 1, 2)[:, 0]
        changes = [
            np.count_nonzero(np.diff(regimes.trend_regime(prices, 5, 20, band=band).state[19:]))
            for band in (0.0, 0.01, 0.03)
        ]
        assert changes[0] > changes[1] > changes[2] > 0

    def test_constant_prices_have_no_trend(self):
        """The averages are the price to the last digit, so that even no band is not left."""
        found = regimes.trend_regime(np.full(30, 0.1), 3, 10, band=0.0)
        assert (found.state[9:] == 0).all()
        assert (found.distance[9:] == 0).all()

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"fast": 200, "slow": 50}, "fast and slow: expected fast below slow"),
            ({"band": -0.1}, "band: expected a fraction of zero or more"),
            ({"band": np.inf}, "band: "),
            ({"slow": 0}, "slow: "),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            regimes.trend_regime([1.0, 2.0], **options)

    def test_refuses_prices_of_zero(self):
        """The message says where."""
        with pytest.raises(InputError, match=r"prices: expected prices above zero or NaN, got 0.0 at row 1"):
            regimes.trend_regime([1.0, 0.0])


class TestVolatilityRegime:
    @pytest.mark.parametrize("history", [None, 40])
    def test_percentile_is_that_of_a_loop_over_the_past(self, history):
        """Deviations with ddof 1, annualised; the share of earlier ones below; the day itself is out."""
        returns = np.random.default_rng(0).standard_normal(200) * 0.01
        returns[[50, 51, 120]] = NAN
        found = regimes.volatility_regime(
            returns, 10, low=0.3, high=0.8, history=history, min_history=25, periods_per_year=250
        )
        past = []
        for row in range(len(returns)):
            among = returns[max(0, row - 9) : row + 1]
            if row < 9 or np.isnan(among).any():
                assert np.isnan([found.volatility[row], found.percentile[row], found.state[row]]).all()
                continue
            volatility = among.std(ddof=1) * 250**0.5
            assert found.volatility[row] == pytest.approx(volatility, rel=1e-12)
            known = past if history is None else past[-history:]
            if len(past) < 25:
                assert np.isnan([found.percentile[row], found.state[row]]).all()
            else:
                rank = sum(v < volatility for v in known) / len(known)
                assert found.percentile[row] == pytest.approx(rank, abs=1e-12)
                assert found.state[row] == int(rank > 0.8) - int(rank < 0.3)
            past.append(volatility)
        assert set(found.state[~np.isnan(found.state)]) == {-1, 0, 1}

    def test_returns_that_do_not_move_are_usual(self):
        """A volatility of exactly zero among zeros has half of them below."""
        found = regimes.volatility_regime(np.full(40, 0.1), 5, min_history=10)
        assert (found.volatility[4:] == 0).all()
        assert (found.percentile[14:] == 0.5).all()
        assert (found.state[14:] == 0).all()

    def test_a_huge_return_leaves_no_trace(self):
        """Behind its window the volatility is that of a series without it."""
        returns = np.random.default_rng(1).standard_normal(60)
        spiked = returns.copy()
        spiked[20] = 1e12
        plain, after = (regimes.volatility_regime(x, 5).volatility[25:] for x in (returns, spiked))
        np.testing.assert_array_equal(plain, after)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"low": 0.8, "high": 0.2}, "low and high: expected low below high"),
            ({"low": -0.1}, "low: "),
            ({"high": 1.5}, "high: "),
            ({"window": 1}, "window: "),
            ({"periods_per_year": 0}, "periods_per_year: expected a number above zero"),
            ({"history": 5, "min_history": 9}, "history and min_history: expected a history of at least 9"),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            regimes.volatility_regime([0.1, 0.2], **options)


class TestPastPercentile:
    @pytest.mark.parametrize("history", [None, 12])
    def test_is_scipys_mean_rank_among_the_past(self, history):
        """`percentileofscore(kind="mean")` of earlier values, with many ties and some gaps."""
        x = np.random.default_rng(2).integers(0, 9, 150).astype(float)
        x[np.random.default_rng(3).random(150) < 0.1] = NAN
        found = regimes.past_percentile(x, history, min_history=8)
        for row in range(len(x)):
            past = x[:row][~np.isnan(x[:row])]
            if np.isnan(x[row]) or len(past) < 8:
                assert np.isnan(found[row])
            else:
                known = past if history is None else past[-history:]
                rank = stats.percentileofscore(known, x[row], kind="mean") / 100
                assert found[row] == pytest.approx(rank, abs=1e-12)

    def test_depends_on_the_order_of_values_alone(self):
        """Any rising function of the values has the same ranks."""
        x = np.random.default_rng(4).standard_normal(80)
        np.testing.assert_array_equal(
            regimes.past_percentile(x, min_history=3), regimes.past_percentile(np.exp(x), min_history=3)
        )

    def test_refuses_impossible_counts(self):
        """The message names the argument."""
        with pytest.raises(InputError, match="min_history: "):
            regimes.past_percentile([1.0], min_history=0)
        with pytest.raises(InputError, match="history: "):
            regimes.past_percentile([1.0], 1.5)


class TestEachOfThem:
    @each
    @pytest.mark.parametrize("gaps", [0.0, 0.05])
    def test_is_causal(self, function, options, gaps):
        """What it says of a day is what it said then."""
        assert_causal(function, random_prices(gaps=gaps), **options)

    @each
    def test_each_asset_is_by_itself(self, function, options):
        """Shuffled columns come out shuffled, and one column alone as among others."""
        prices = random_prices(gaps=0.02)
        whole = lines_of(function(prices, **options))
        order = [2, 0, 1]
        np.testing.assert_array_equal(lines_of(function(prices[:, order], **options)), whole[..., order])
        np.testing.assert_array_equal(lines_of(function(prices[:, 1], **options)), whole[..., 1])

    @each
    def test_labels_stay(self, function, options):
        """A frame gives frames, a series gives series."""
        frame = pd.DataFrame(random_prices(40), pd.bdate_range("2024-01-01", periods=40), ["a", "b", "c"])
        for given in (frame, frame["b"]):
            result = function(given, **options)
            for line in result if isinstance(result, tuple) else (result,):
                assert type(line) is type(given)
                pd.testing.assert_index_equal(line.index, frame.index)

    @each
    @pytest.mark.parametrize("shape", [(0, 2), (1, 2), (2, 2), (3, 0)])
    def test_short_and_empty_panels(self, function, options, shape):
        """Too little history is all NaN."""
        lines = lines_of(function(np.full(shape, 3.0), **options))
        assert lines.shape[1:] == shape
        assert np.isnan(lines).all()

    @each
    @pytest.mark.parametrize("bad", [np.inf, -np.inf])
    def test_refuses_infinite_values(self, function, options, bad):
        """The message says where the first one stands."""
        prices = random_prices(20)
        prices[3, 1] = bad
        with pytest.raises(InputError, match=f"expected finite numbers or NaN, got {bad} at row 3, column 1"):
            function(prices, **options)

    def test_first_value_is_where_lookback_says(self):
        """Without gaps: no state before, one there."""
        prices = random_prices()
        trend = regimes.trend_regime(prices, 3, 8).state
        first = regimes.trend_regime.lookback(slow=8)
        assert np.isnan(trend[:first]).all()
        assert np.isfinite(trend[first]).all()
        volatility = regimes.volatility_regime(prices, 4, min_history=10).state
        first = regimes.volatility_regime.lookback(window=4, min_history=10)
        assert np.isnan(volatility[:first]).all()
        assert np.isfinite(volatility[first]).all()


@pytest.fixture(scope="module")
def simulated():
    """Give 1,500 returns of a chain with known regimes."""
    return switching(1500)


@pytest.fixture(scope="module")
def fitted(simulated):
    """Estimate once, from everything: filtered and smoothed."""
    returns, _ = simulated
    return {
        kind: regimes.markov_regimes(returns, fit_until=len(returns), probabilities=kind, starts=2)
        for kind in ("filtered", "smoothed")
    }


def hamilton_filter(returns, found):
    """Filter by Hamilton's recursion, written out, from the stationary distribution."""
    chance = np.linalg.matrix_power(found.transition, 10_000)[0]
    rows, likelihood = [], 0.0
    for place, value in enumerate(returns):
        if place:
            chance = chance @ found.transition
        joint = chance * stats.norm.pdf(value, found.means, found.volatilities)
        likelihood += np.log(joint.sum())
        chance = joint / joint.sum()
        rows.append(chance)
    return np.array(rows), likelihood


class TestMarkovRegimes:
    def test_filtered_probabilities_are_hamiltons(self, simulated, fitted):
        """The estimate's own means, volatilities and transitions, through a plain loop, give its probabilities."""
        found = fitted["filtered"]
        expected, likelihood = hamilton_filter(simulated[0], found)
        np.testing.assert_allclose(found.probabilities, expected, atol=1e-8)
        assert found.log_likelihood == pytest.approx(likelihood, rel=1e-8)

    def test_statsmodels_agrees(self, simulated, fitted):
        """Its model at these parameters has these probabilities; its own search finds no higher likelihood."""
        returns, found = simulated[0], fitted["filtered"]
        model = MarkovRegression(returns * 100, k_regimes=2, switching_variance=True)
        stay = found.transition
        parameters = [stay[0, 0], stay[1, 0], *found.means * 100, *np.square(found.volatilities * 100)]
        np.testing.assert_allclose(
            model.filter(parameters).filtered_marginal_probabilities, found.probabilities, atol=1e-8
        )
        np.testing.assert_allclose(
            model.smooth(parameters).smoothed_marginal_probabilities,
            fitted["smoothed"].probabilities,
            atol=1e-8,
        )
        peak = model.fit(disp=False).llf + len(returns) * np.log(100)
        assert found.log_likelihood >= peak - 1e-3

    def test_recovers_the_chain_that_was_simulated(self, simulated, fitted):
        """Volatilities within a tenth, staying within 0.02, means within three standard errors, 9 of 10 days right."""
        state, found = simulated[1], fitted["smoothed"]
        np.testing.assert_allclose(found.volatilities, VOLATILITIES, rtol=0.1)
        np.testing.assert_allclose(np.diag(found.transition), np.diag(TRANSITION), atol=0.02)
        errors = VOLATILITIES / np.sqrt(np.bincount(state))
        assert (np.abs(found.means - MEANS) < 3 * errors).all()
        assert (found.state == state).mean() > 0.9
        assert found.converged
        np.testing.assert_allclose(found.expected_durations, 1 / (1 - np.diag(found.transition)))
        np.testing.assert_allclose(found.transition.sum(axis=1), 1)

    def test_smoothed_looks_back_and_says_so(self, simulated, fitted):
        """It is by name, agrees with the filter on the last day, and is right more often before."""
        state = simulated[1]
        filtered, smoothed = fitted["filtered"], fitted["smoothed"]
        assert (filtered.kind, smoothed.kind) == ("filtered", "smoothed")
        np.testing.assert_allclose(filtered.probabilities[-1], smoothed.probabilities[-1], atol=1e-9)
        assert (smoothed.state == state).mean() > (filtered.state == state).mean()
        assert "smoothed" in repr(smoothed)

    def test_calm_comes_first(self, fitted):
        """By volatility; each row adds up to 1, and the state is the likelier regime."""
        for found in fitted.values():
            assert found.volatilities[0] < found.volatilities[1]
            np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
            np.testing.assert_array_equal(found.state, found.probabilities.argmax(axis=1))

    def test_with_one_variance_the_lower_mean_comes_first(self):
        """Means five deviations apart leave no doubt."""
        rng = np.random.default_rng(8)
        high = np.arange(300) % 100 < 40
        found = regimes.markov_regimes(
            np.where(high, 0.05, 0.0) + 0.01 * rng.standard_normal(300),
            fit_until=300,
            min_observations=100,
            switching_variance=False,
            starts=2,
        )
        np.testing.assert_allclose(found.means, [0.0, 0.05], atol=0.003)
        np.testing.assert_array_equal(found.state, high)
        assert found.volatilities[0] == found.volatilities[1]

    def test_filtered_is_causal_at_fixed_parameters(self, simulated):
        """Days after the estimate say nothing of those before: each prefix has the same probabilities."""
        returns = simulated[0][:700]
        whole = regimes.markov_regimes(returns, fit_until=520, starts=1)
        for cut in (521, 600, 699):
            part = regimes.markov_regimes(returns[:cut], fit_until=520, starts=1)
            np.testing.assert_allclose(part.probabilities, whole.probabilities[:cut], atol=1e-12)
        assert whole.estimated_until == 519

    def test_filtered_is_causal_as_it_estimates_anew(self):
        """Without `fit_until` each estimate sees earlier rows alone."""
        returns = switching(420, 3)[0]
        returns[[10, 150, 250, 251]] = NAN

        def calm(x):
            found = regimes.markov_regimes(x, refit=120, min_observations=150, starts=2)
            return found.probabilities[:, 0], found.state

        assert_causal(calm, returns, n_prefixes=3)
        found = regimes.markov_regimes(returns, refit=120, min_observations=150, starts=2)
        known = ~np.isnan(found.state)
        assert found.n_estimates == 3
        assert np.flatnonzero(known)[0] == 152  # the first of the rows behind 150 that are no gaps
        np.testing.assert_array_equal(known[152:], ~np.isnan(returns[152:]))

    def test_the_same_seed_gives_the_same(self):
        """And a scale of returns scales volatilities alone."""
        returns = switching(300, 5)[0]
        options = {"fit_until": 300, "min_observations": 100, "starts": 3}
        first, again = (regimes.markov_regimes(returns, rng=7, **options) for _ in range(2))
        np.testing.assert_array_equal(first.probabilities, again.probabilities)
        percent = regimes.markov_regimes(returns * 100, rng=7, **options)
        np.testing.assert_allclose(percent.volatilities, first.volatilities * 100, rtol=1e-5)
        np.testing.assert_allclose(percent.probabilities, first.probabilities, atol=1e-4)

    def test_labels_stay(self):
        """Series in, a frame of probabilities and a series of states out; dates say until when was estimated."""
        days = pd.bdate_range("2020-01-01", periods=260)
        returns = pd.Series(switching(260, 6)[0], days)
        found = regimes.markov_regimes(returns, fit_until=days[199], min_observations=100, starts=1)
        pd.testing.assert_index_equal(found.probabilities.index, days)
        pd.testing.assert_index_equal(found.state.index, days)
        assert list(found.probabilities.columns) == [0, 1]
        assert found.estimated_until == days[199]
        by_month = regimes.markov_regimes(returns, fit_until="2020-10", min_observations=100, starts=1)
        assert by_month.estimated_until == pd.Timestamp("2020-10-30")

    @pytest.mark.parametrize("kind", ["filtered", "smoothed"])
    @pytest.mark.parametrize(
        "returns", [np.full(60, 0.01), np.zeros(60), np.arange(10.0), np.empty(0), np.full(60, NAN)]
    )
    def test_nothing_to_estimate_from(self, kind, returns):
        """Constant, short or empty histories give NaN and no verdict on convergence."""
        found = regimes.markov_regimes(returns, probabilities=kind, min_observations=20)
        assert found.probabilities.shape == (len(returns), 2)
        assert np.isnan(found.probabilities).all()
        assert np.isnan(found.state).all()
        assert found.converged is None
        assert found.estimated_until is None
        assert found.n_estimates == 0

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"n_regimes": 1}, "n_regimes: "),
            ({"probabilities": "predicted"}, 'probabilities: expected "filtered" or "smoothed"'),
            ({"refit": 0}, "refit: "),
            ({"min_observations": 19}, "min_observations: "),
            ({"starts": 0}, "starts: "),
            ({"rng": "seed"}, "rng: "),
            ({"fit_until": 31}, "fit_until: expected at most 30 rows"),
            ({"fit_until": "2020"}, "fit_until: "),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            regimes.markov_regimes(np.arange(30.0), **options)

    def test_refuses_impossible_returns(self):
        """Several columns, infinite values, and dates before the first."""
        with pytest.raises(InputError, match="returns: expected one column, got 2"):
            regimes.markov_regimes(np.ones((30, 2)))
        with pytest.raises(InputError, match="returns: expected finite numbers or NaN, got inf at row 1"):
            regimes.markov_regimes([0.0, np.inf])
        dated = pd.Series(np.arange(30.0), pd.bdate_range("2024-01-01", periods=30))
        with pytest.raises(InputError, match="fit_until: expected a row's label, got '2023' before"):
            regimes.markov_regimes(dated, fit_until="2023")
