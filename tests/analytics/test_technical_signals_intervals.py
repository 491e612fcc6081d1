"""Intervals about what signals brought, which know of overlap and clusters."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import proportion_confint
from worlds_signals import dice, lasting, walk

from maos_nb.analytics._proportions import clopper_pearson, wilson
from maos_nb.analytics.technical.signals import evaluate_signal

NAN = np.nan


class TestIntervals:
    def test_the_mean_of_all_bars_has_newey_wests_interval(self):
        """Statsmodels' regression on a constant with HAC errors and the small-sample correction: the same estimator."""
        close = walk()[:, 0]
        found = evaluate_signal(np.ones(400, dtype=bool), close, 1, lags=4, split=None).find(1, sample="all")
        returns = close[2:] / close[1:-1] - 1
        fitted = OLS(returns, np.ones(398)).fit(
            cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True}, use_t=True
        )
        assert found.n_signals == 398
        np.testing.assert_allclose(found.mean_return_interval, fitted.conf_int()[0], rtol=1e-9)

    def test_the_difference_has_the_error_of_a_regression_on_the_signal(self):
        """Statsmodels again: (1 - share) times the slope, for mean of signals less mean of all bars."""
        close, signal = walk()[:, 0], dice(400)
        found = evaluate_signal(signal, close, 1, lags=4, split=None).find(1, sample="all")
        taken = signal[:-2].astype(float)
        fitted = OLS(close[2:] / close[1:-1] - 1, np.stack([np.ones(398), taken], axis=1)).fit(
            cov_type="HAC", cov_kwds={"maxlags": 4}
        )
        n, rest = taken.sum(), 1 - taken.mean()
        assert found.difference == pytest.approx(rest * fitted.params[1])
        error = rest * fitted.bse[1] * np.sqrt(n / (n - 1))
        half = stats.t.ppf(0.975, n - 1) * error
        low, high = found.difference_interval
        assert (high - low) / 2 == pytest.approx(half)
        assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.difference) / error, n - 1))

    def test_trades_that_do_not_overlap_have_the_textbook_interval(self):
        """Without lags: Student's, from the trades' own deviation."""
        close = walk()[:, 0]
        signal = dice(400)
        found = evaluate_signal(signal, close, 1, lags=0, split=None).find(1, sample="all")
        trades = (close[2:] / close[1:-1] - 1)[signal[:-2]]
        expected = stats.t.interval(0.95, len(trades) - 1, trades.mean(), stats.sem(trades))
        np.testing.assert_allclose(found.mean_return_interval, expected)
        assert found.n_effective == pytest.approx(len(trades))

    def test_gains_by_day_equal_a_loop_over_positions(self):
        """Every open position's gain of every day, of two assets, by hand; and their squares make the error."""
        close, signal = walk(80, 2), dice((80, 2), 0.2)
        found = evaluate_signal(signal, close, 5, lags=0, split=None).find(5, sample="all")
        gains, positions = np.zeros(80), np.zeros(80)
        for asset, bar in itertools.product(range(2), range(80 - 6)):
            if signal[bar, asset]:
                for day in range(bar + 2, bar + 7):
                    gains[day] += (close[day, asset] - close[day - 1, asset]) / close[bar + 1, asset]
                    positions[day] += 1
        n = positions.sum() / 5
        assert found.mean_return == pytest.approx(gains.sum() / n)
        days = np.sum(positions**2) ** 2 / np.sum(positions**4)
        spread = np.sum((gains - found.mean_return / 5 * positions) ** 2)
        half = stats.t.ppf(0.975, days - 1) * np.sqrt(spread * days / (days - 1)) / n
        np.testing.assert_allclose(
            found.mean_return_interval, [found.mean_return - half, found.mean_return + half]
        )

    def test_overlapping_trades_are_worth_fewer(self):
        """20 bars at each of 20 bars in a row are little more than one trade."""
        signal = np.zeros(400, dtype=bool)
        signal[100:120] = signal[200:220] = signal[300:320] = True
        found = evaluate_signal(signal, walk()[:, 0], 20, split=None).find(20, sample="all")
        assert found.n_signals == 60
        assert found.n_effective < 20

    def test_assets_that_move_as_one_are_worth_one(self):
        """Ten copies of an asset tell what one tells: the interval is the same, and not a third as wide."""
        close, signal = walk(400, 1), dice((400, 1))
        one = evaluate_signal(signal, close, 5, split=None).find(5, sample="all")
        ten = evaluate_signal(np.repeat(signal, 10, axis=1), np.repeat(close, 10, axis=1), 5, split=None)
        found = ten.find(5, sample="all")
        np.testing.assert_allclose(found.difference_interval, one.difference_interval)
        assert found.n_effective <= one.n_signals + 1

    def test_the_hit_rate_has_wilsons_interval_of_effective_trades(self):
        """Statsmodels' proportion_confint takes fractions of trades too."""
        signal = lasting(400)
        found = evaluate_signal(signal, walk()[:, 0], 10, split=None).find(10, sample="all")
        assert found.n_effective < 0.7 * found.n_signals
        expected = proportion_confint(
            found.hit_rate * found.n_effective, found.n_effective, alpha=0.05, method="wilson"
        )
        np.testing.assert_allclose(found.hit_rate_interval, expected)

    def test_the_bootstrap_agrees_with_newey_west_on_plain_data(self):
        """Both are estimates of one error: within a quarter for a thousand days."""
        close, signal = walk(1000, 3), dice((1000, 3))
        hac = evaluate_signal(signal, close, (1, 5), split=None)
        boot = evaluate_signal(signal, close, (1, 5), interval="bootstrap", rng=1, split=None)
        for horizon in (1, 5):
            widths = [
                np.diff(found.find(horizon, sample="all").difference_interval)[0] for found in (hac, boot)
            ]
            assert widths[1] == pytest.approx(widths[0], rel=0.25)
            p_values = [found.find(horizon, sample="all").p_value for found in (hac, boot)]
            assert p_values[1] == pytest.approx(p_values[0], abs=0.1)

    def test_a_seed_gives_the_same_bootstrap_again(self):
        """To the last bit."""
        arguments = (dice((200, 2)), walk(200, 2), 5)
        first, again = (evaluate_signal(*arguments, interval="bootstrap", rng=7).to_frame() for _ in range(2))
        pd.testing.assert_frame_equal(first, again, check_exact=True)

    @pytest.mark.parametrize(
        ("n_assets", "make"),
        [(1, dice), (5, dice), (1, lasting), (5, lasting)],
        ids=lambda item: getattr(item, "__name__", item),
    )
    def test_noise_is_rejected_about_as_often_as_promised(self, n_assets, make):
        """300 worlds without skill at 5%: from 1.5% to 8.5% on each horizon, 2.8 standard errors either way."""
        p_values = [
            [
                evaluate_signal(
                    make((300, n_assets), seed=seed), walk(300, n_assets, 10_000 + seed), split=None
                )
                .find(horizon, sample="all")
                .p_value
                for horizon in (1, 5, 20)
            ]
            for seed in range(300)
        ]
        rejected = (np.array(p_values) < 0.05).mean(axis=0)
        assert (rejected > 0.015).all()
        assert (rejected < 0.085).all()


class TestWilson:
    @given(st.integers(0, 50), st.integers(1, 50), st.floats(0.5, 0.999))
    def test_equals_statsmodels(self, hits, n, level):
        """proportion_confint, method "wilson", and "beta" for Clopper and Pearson's."""
        hits = min(hits, n)
        np.testing.assert_allclose(
            wilson(hits / n, n, level), proportion_confint(hits, n, 1 - level, "wilson"), atol=1e-12
        )
        np.testing.assert_allclose(
            clopper_pearson(hits, n, level), proportion_confint(hits, n, 1 - level, "beta"), atol=1e-12
        )

    def test_a_published_figure(self):
        """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
        np.testing.assert_allclose(wilson(81 / 263, 263, 0.95), [0.2553, 0.3662], atol=5e-5)
        np.testing.assert_allclose(wilson(0.0, 20, 0.95), [0.0, 0.1611], atol=5e-5)

    def test_of_nothing_nothing_is_known(self):
        """NaN, without a warning."""
        assert np.isnan(wilson(NAN, 0, 0.95)).all()
        assert np.isnan(clopper_pearson(0, 0, 0.95)).all()
