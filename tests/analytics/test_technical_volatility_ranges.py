"""Volatility of returns: by definition, and by prices that are simulated with a volatility that is known."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from bars_technical import bars
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.technical.volatility import (
    garman_klass,
    historical_volatility,
    parkinson,
    rogers_satchell,
    yang_zhang,
)
from maos_nb.errors import InputError

ESTIMATORS = [parkinson, garman_klass, rogers_satchell, yang_zhang]


def estimate(function, quotes, window, **parameters):
    """Call an estimator with the prices that it takes."""
    names = ("high", "low") if function is parkinson else ("open", "high", "low", "close")
    return function(*(quotes[name] for name in names), window, **parameters)


def simulated(n_days, *, sigma=0.2, drift=0.0, jump=0.0, n_steps=1000, seed=3):
    """Simulate days of geometric Brownian motion in steps, a year's `sigma` by day and `jump` by night."""
    rng = np.random.default_rng(seed)
    step = sigma / math.sqrt(252 * n_steps)
    path = np.cumsum(rng.normal(drift / (252 * n_steps) - step**2 / 2, step, (n_days, n_steps)), axis=1)
    path = np.concatenate([np.zeros((n_days, 1)), path], axis=1)
    nights = rng.normal(0.0, jump / math.sqrt(252), n_days)
    path += (np.cumsum(path[:, -1] + nights) - path[:, -1])[:, np.newaxis]
    levels = 100 * np.exp(path)
    return {"open": levels[:, 0], "high": levels.max(1), "low": levels.min(1), "close": levels[:, -1]}


def plain(function, quotes, window, t):
    """Estimate the variance of one window, term by term, as the papers have it."""
    days = range(t - window + 1, t + 1)
    o, h, l, c = (np.log(quotes[name]).tolist() for name in ("open", "high", "low", "close"))  # noqa: E741
    driftless = statistics.fmean((h[i] - c[i]) * (h[i] - o[i]) + (l[i] - c[i]) * (l[i] - o[i]) for i in days)
    if function is parkinson:
        return statistics.fmean((h[i] - l[i]) ** 2 for i in days) / (4 * math.log(2))
    if function is garman_klass:
        return statistics.fmean(
            (h[i] - l[i]) ** 2 / 2 - (2 * math.log(2) - 1) * (c[i] - o[i]) ** 2 for i in days
        )
    if function is rogers_satchell:
        return driftless
    k = 0.34 / (1.34 + (window + 1) / (window - 1))
    nights = statistics.variance(o[i] - c[i - 1] for i in days)
    return nights + k * statistics.variance(c[i] - o[i] for i in days) + (1 - k) * driftless


class TestDefinitions:
    @pytest.mark.parametrize("function", ESTIMATORS)
    @settings(max_examples=10, deadline=None)
    @given(seed=st.integers(0, 10_000), window=st.integers(2, 12))
    def test_each_window_equals_its_formula(self, function, seed, window):
        """Term by term, annualised by the root of 252."""
        quotes = {name: table[:, 0] for name, table in bars(30, 1, seed=seed).items()}
        line = estimate(function, quotes, window)
        for t in range(window, 30):
            expected = math.sqrt(252 * plain(function, quotes, window, t))
            assert line[t] == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize("ddof", [0, 1])
    def test_historical_volatility_equals_pandas(self, ddof):
        """The deviation of logarithmic returns in moving windows."""
        close = pd.DataFrame(bars(80, 3)["close"])
        expected = np.log(close).diff().rolling(12).std(ddof=ddof) * math.sqrt(52)
        found = historical_volatility(close, 12, ddof=ddof, periods_per_year=52)
        np.testing.assert_allclose(found, expected, rtol=1e-9)

    @pytest.mark.parametrize("function", ESTIMATORS)
    def test_one_period_a_year_gives_volatility_per_bar(self, function):
        """A day's is the year's by the root of 252."""
        quotes = bars(40, 2)
        yearly, daily = (estimate(function, quotes, 10, periods_per_year=p) for p in (252, 1))
        np.testing.assert_allclose(yearly, daily * math.sqrt(252), rtol=1e-14)

    @pytest.mark.parametrize("function", [*ESTIMATORS, historical_volatility])
    def test_prices_that_do_not_move_have_no_volatility(self, function):
        """Exactly 0."""
        flat = dict.fromkeys(("open", "high", "low", "close"), np.full(20, 0.1))
        line = historical_volatility(flat["close"], 5) if function is historical_volatility else None
        line = estimate(function, flat, 5) if line is None else line
        np.testing.assert_array_equal(line[5:], 0.0)


class TestSimulated:
    @pytest.mark.parametrize("function", ESTIMATORS)
    def test_a_known_volatility_is_found(self, function):
        """Within 4%: 2,000 days tell it to 0.8% (a standard error), and a thousand steps see ranges 2% too small."""
        quotes = simulated(2000)
        found = estimate(function, quotes, 1999)[-1]
        assert found == pytest.approx(0.2, rel=0.04)

    def test_closes_tell_less_than_ranges(self):
        """Over windows of 20 days the estimates from closes scatter more, by half and above."""
        quotes = simulated(2000)
        scatter = np.nanstd(historical_volatility(quotes["close"], 20)[40::20])
        for function in (parkinson, garman_klass, rogers_satchell):
            assert scatter > 1.5 * np.nanstd(estimate(function, quotes, 20)[40::20])

    def test_drift_misleads_only_those_that_deny_it(self):
        """At twice the volatility of a day, Parkinson's is half too high, Rogers' and Satchell's as good as ever."""
        quotes = simulated(1000, drift=6.4, n_steps=4000)
        assert estimate(parkinson, quotes, 999)[-1] > 0.3
        assert estimate(rogers_satchell, quotes, 999)[-1] == pytest.approx(0.2, rel=0.04)
        assert estimate(yang_zhang, quotes, 999)[-1] == pytest.approx(0.2, rel=0.04)

    def test_only_yang_and_zhang_see_the_nights(self):
        """15% by night and 20% by day are 25% in all."""
        quotes = simulated(2000, jump=0.15)
        assert estimate(yang_zhang, quotes, 1999)[-1] == pytest.approx(0.25, rel=0.04)
        assert estimate(garman_klass, quotes, 1999)[-1] == pytest.approx(0.20, rel=0.04)
        assert historical_volatility(quotes["close"], 1999)[-1] == pytest.approx(0.25, rel=0.04)


class TestRefusals:
    @pytest.mark.parametrize("function", ESTIMATORS)
    @pytest.mark.parametrize("price", [0.0, -1.0])
    def test_prices_must_be_above_zero(self, function, price):
        """Logarithms of others do not exist; the message says where the first is."""
        quotes = {name: pd.DataFrame(table) for name, table in bars(20, 2).items()}
        quotes["low"].iloc[7, 1] = price
        with pytest.raises(
            InputError, match=r"low: expected prices above zero, got -?\d\.0 at row 7, column 1"
        ):
            estimate(function, quotes, 5)

    def test_closes_must_be_above_zero(self):
        """As of the others."""
        with pytest.raises(InputError, match=r"close: expected prices above zero, got 0\.0 at row 1"):
            historical_volatility([1.0, 0.0, 2.0], 2)

    def test_one_bar_has_no_variance(self):
        """Yang and Zhang need two, and so does a sample deviation."""
        with pytest.raises(InputError, match="window: expected at least 2"):
            estimate(yang_zhang, bars(20, 2), 1)
        with pytest.raises(InputError, match="window: expected at least 2"):
            historical_volatility([1.0, 2.0], 1)

    def test_a_year_has_periods(self):
        """None would annualise to nothing."""
        with pytest.raises(InputError, match="periods_per_year: expected one number above zero"):
            parkinson([2.0], [1.0], 1, periods_per_year=0)
