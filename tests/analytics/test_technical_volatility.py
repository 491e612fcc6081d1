"""Volatility: against TA-Lib, published bars and tables, and definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import talib
from bars_technical import bars, by_column, vectors
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.technical.volatility import (
    atr,
    bollinger,
    choppiness,
    donchian,
    keltner,
    mass_index,
    natr,
    true_range,
    ulcer_index,
)
from maos_nb.errors import InputError

seeds = st.integers(0, 10_000)


def agree(found, expected, rtol=1e-10):
    """Compare to rounding; NaN stands in the same places."""
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-12)


def prices(n_bars=300, n_assets=7, seed=5):
    """Give high, low and close."""
    tables = bars(n_bars, n_assets, seed=seed)
    return tables["high"], tables["low"], tables["close"]


def single(n_bars, seed):
    """Give high, low and close of one asset."""
    return tuple(table[:, 0] for table in prices(n_bars, 1, seed))


def plain_ranges(high, low, close):
    """Wilder's three distances, of the first bar only one."""
    return [
        max(high[t] - low[t], abs(high[t] - close[t - 1]), abs(low[t] - close[t - 1]))
        if t
        else high[0] - low[0]
        for t in range(len(close))
    ]


def plain_average(values, n, weight, start=0):
    """Seed with the mean of n values, then go a part of the way to each."""
    averages = [np.nan] * len(values)
    for t in range(start + n - 1, len(values)):
        if t == start + n - 1:
            averages[t] = sum(values[start : t + 1]) / n
        else:
            averages[t] = weight * values[t] + (1 - weight) * averages[t - 1]
    return averages


class TestTrueRange:
    def test_it_equals_talib_from_the_second_bar_on(self):
        """The first is high - low, which TA-Lib leaves out."""
        high, low, close = prices()
        expected = by_column(talib.TRANGE, high, low, close)[0]
        np.testing.assert_array_equal(true_range(high, low, close, seed="talib"), expected)
        np.testing.assert_array_equal(true_range(high, low, close)[1:], expected[1:])
        np.testing.assert_array_equal(true_range(high, low, close)[0], high[0] - low[0])

    def test_a_price_is_missed_only_where_it_is_needed(self):
        """The close at the bar after, high and low at their own."""
        high, low, close = (
            [9.0, 9.0, 9.0, 9.0, 9.0],
            [8.0, 8.0, 8.0, 8.0, 8.0],
            [8.5, np.nan, 8.5, 8.5, 8.5],
        )
        assert np.isnan(true_range(high, low, close)).tolist() == [False, False, True, False, False]
        high[3] = np.nan
        assert np.isnan(true_range(high, low, close)).tolist() == [False, False, True, True, False]


class TestAtr:
    def test_talib_seed_equals_talib(self):
        """In units of price and in percent of the close, on a panel.

        But for NATR of one bar, which TA-Lib gives in units of price, against its own description.
        """
        high, low, close = prices()
        for ours, function, windows in ((atr, talib.ATR, (1, 2, 14)), (natr, talib.NATR, (2, 14))):
            for window in windows:
                expected = by_column(function, high, low, close, timeperiod=window)[0]
                agree(ours(high, low, close, window, seed="talib"), expected)
        agree(
            natr(high, low, close, 1, seed="talib"), 100 * true_range(high, low, close, seed="talib") / close
        )

    def test_talib_seed_equals_the_published_bars(self):
        """Stock.Indicators leaves the first true range out as well: 502 days of the S&P 500 fund."""
        quotes, rows = vectors("atr")
        given_prices = quotes["high"], quotes["low"], quotes["close"]
        np.testing.assert_allclose(atr(*given_prices, seed="talib"), rows["atr"].astype(float), rtol=1e-12)
        np.testing.assert_allclose(natr(*given_prices, seed="talib"), rows["atrp"].astype(float), rtol=1e-12)
        np.testing.assert_allclose(
            true_range(*given_prices, seed="talib"), rows["tr"].astype(float), rtol=1e-12
        )

    def test_wilder_seed_equals_the_table_of_stockcharts(self):
        """ChartSchool, "Average True Range (ATR)": QQQQ, 1 April to 13 May 2010, to the two decimals shown."""
        high = (
            "48.70 48.72 48.90 48.87 48.82 49.05 49.20 49.35 49.92 50.19 50.12 49.66 49.88 50.19 50.36 50.57"
        )
        high += " 50.65 50.43 49.63 50.33 50.29 50.17 49.32 48.50 48.32 46.80 47.80 48.39 48.66 48.79"
        low = (
            "47.79 48.14 48.39 48.37 48.24 48.64 48.94 48.86 49.50 49.87 49.20 48.90 49.43 49.73 49.26 50.09"
        )
        low += " 50.30 49.21 48.98 49.61 49.20 49.43 48.08 47.64 41.55 44.28 47.31 47.20 47.90 47.73"
        close = (
            "48.16 48.61 48.75 48.63 48.74 49.03 49.07 49.32 49.91 50.13 49.53 49.50 49.75 50.03 50.31 50.52"
        )
        close += " 50.41 49.34 49.37 50.23 49.24 49.93 48.43 48.18 46.57 45.41 47.77 47.72 48.62 47.85"
        shown = [
            0.55,
            0.59,
            0.59,
            0.57,
            0.61,
            0.62,
            0.64,
            0.67,
            0.69,
            0.77,
            0.78,
            1.21,
            1.30,
            1.38,
            1.37,
            1.34,
            1.32,
        ]
        line = atr(*(np.array(text.split(), dtype=float) for text in (high, low, close)))
        assert np.isnan(line[:13]).all()
        np.testing.assert_allclose(line[13:], shown, rtol=0, atol=0.0051)

    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(1, 9))
    def test_both_seeds_equal_a_plain_loop(self, seed, window):
        """By definition, bar by bar."""
        given_prices = single(40, seed)
        ranges = plain_ranges(*given_prices)
        for name, start in (("wilder", 0), ("talib", 1)):
            expected = plain_average(ranges, window, 1 / window, start)
            agree(atr(*given_prices, window, seed=name), expected)

    def test_equal_ranges_give_exactly_that_range(self):
        """No rounding creeps in: 0.1, which no float is, over 500 bars."""
        high = np.full(500, 0.1)
        np.testing.assert_array_equal(atr(high, high - high, high, 14)[13:], 0.1)

    def test_prices_of_nothing_have_no_percentage(self):
        """0 of 0 is NaN, as Excel's #DIV/0!."""
        flat = np.zeros(5)
        assert np.isnan(natr(flat, flat, flat, 2)).all()


class TestBollinger:
    def test_it_equals_talib(self):
        """Population deviation, on a panel."""
        close = prices()[2]
        made = bollinger(close, 20, 2.5)
        upper, middle, lower = by_column(talib.BBANDS, close, timeperiod=20, nbdevup=2.5, nbdevdn=2.5)
        agree(made.upper, upper, 1e-9)
        agree(made.middle, middle)
        agree(made.lower, lower, 1e-9)

    def test_it_equals_the_published_bars(self):
        """Stock.Indicators: 502 days of the S&P 500 fund."""
        quotes, rows = vectors("bb")
        made = bollinger(quotes["close"])
        names = {"lower": "lowerBand", "middle": "sma", "upper": "upperBand", "percent_b": "percentB"}
        for ours, theirs in {**names, "bandwidth": "width"}.items():
            np.testing.assert_allclose(getattr(made, ours), rows[theirs].astype(float), rtol=1e-9)

    def test_it_equals_the_table_of_stockcharts(self):
        """ChartSchool, "Bollinger Bands": the first bars, to the two decimals shown."""
        close = (
            "86.16 89.09 88.78 90.32 89.07 91.15 89.44 89.18 86.93 87.68 86.96 89.43 89.32 88.72 87.45 87.26"
        )
        close += " 89.50 87.90 89.13 90.70 92.90 92.98 91.80 92.66 92.68"
        made = bollinger([float(text) for text in close.split()])
        np.testing.assert_allclose(
            made.middle[19:], [88.71, 89.05, 89.24, 89.39, 89.51, 89.69], rtol=0, atol=0.0051
        )
        np.testing.assert_allclose(
            made.upper[19:], [91.29, 91.95, 92.61, 92.93, 93.31, 93.73], rtol=0, atol=0.0051
        )
        np.testing.assert_allclose(
            made.lower[19:], [86.12, 86.14, 85.87, 85.85, 85.70, 85.65], rtol=0, atol=0.0051
        )

    @pytest.mark.parametrize("ddof", [0, 1])
    def test_it_equals_pandas(self, ddof):
        """Mean and deviation of moving windows, with gaps."""
        close = prices(120, 3)[2]
        close[50, 1] = np.nan
        moving = pd.DataFrame(close).rolling(11)
        middle, deviation = moving.mean(), moving.std(ddof=ddof)
        made = bollinger(close, 11, 1.5, ddof=ddof)
        agree(made.middle, middle)
        agree(made.upper, middle + 1.5 * deviation, 1e-9)
        agree(made.bandwidth, 3 * deviation / middle, 1e-7)
        agree(made.percent_b, (close - middle + 1.5 * deviation) / (3 * deviation), 1e-7)

    def test_equal_closes_have_no_width_at_all(self):
        """Exactly 0, and so no place between the bands."""
        made = bollinger(np.full(100, 0.1), 7)
        np.testing.assert_array_equal(made.upper[6:], 0.1)
        np.testing.assert_array_equal(made.lower[6:], 0.1)
        np.testing.assert_array_equal(made.bandwidth[6:], 0.0)
        assert np.isnan(made.percent_b).all()

    def test_a_window_no_longer_than_ddof_is_refused(self):
        """One close has no sample deviation."""
        with pytest.raises(InputError, match="window: expected at least 2"):
            bollinger([1.0, 2.0], 1, ddof=1)


class TestKeltner:
    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(1, 9), st.integers(1, 9), st.sampled_from(["wilder", "talib"]))
    def test_it_equals_a_plain_loop(self, seed, window, atr_window, start):
        """An exponential average and an average true range, each seeded with its mean."""
        high, low, close = single(40, seed)
        middle = np.array(plain_average(close, window, 2 / (window + 1)))
        ranges = plain_average(plain_ranges(high, low, close), atr_window, 1 / atr_window, start == "talib")
        made = keltner(high, low, close, window, 1.5, atr_window=atr_window, seed=start)
        agree(made.middle, middle)
        agree(made.upper, middle + 1.5 * np.array(ranges))
        agree(made.lower, middle - 1.5 * np.array(ranges))

    def test_its_middle_equals_talib(self):
        """TA-Lib's EMA has the same seed."""
        high, low, close = prices()
        agree(keltner(high, low, close).middle, by_column(talib.EMA, close, timeperiod=20)[0])


class TestDonchian:
    def test_it_equals_talib(self):
        """MAX, MIN and MIDPRICE, on a panel."""
        high, low, _ = prices()
        made = donchian(high, low, 20)
        agree(made.upper, by_column(talib.MAX, high, timeperiod=20)[0])
        agree(made.lower, by_column(talib.MIN, low, timeperiod=20)[0])
        agree(made.middle, by_column(talib.MIDPRICE, high, low, timeperiod=20)[0])

    def test_without_the_current_bar_it_is_that_of_the_bar_before(self):
        """So that a high can be above it."""
        high, low, _ = prices()
        for line, before in zip(donchian(high, low, include_current=False), donchian(high, low), strict=True):
            np.testing.assert_array_equal(line[1:], before[:-1])
            assert np.isnan(line[0]).all()


class TestIndices:
    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(2, 9))
    def test_choppiness_equals_its_definition(self, seed, window):
        """The way of each window and its range."""
        high, low, close = single(30, seed)
        ranges = plain_ranges(high, low, close)
        line = choppiness(high, low, close, window)
        for t in range(window - 1, 30):
            span = slice(t - window + 1, t + 1)
            way = sum(ranges[span]) / (max(high[span]) - min(low[span]))
            assert line[t] == pytest.approx(100 * np.log10(way) / np.log10(window), rel=1e-9, abs=1e-9)

    def test_choppiness_spans_0_to_100(self):
        """The same bar again and again, and one straight line of bars that join."""
        flat, steps = np.full(20, 10.0), np.arange(20.0)
        agree(choppiness(flat + 1, flat, flat, 5)[5:], 100.0)
        agree(choppiness(steps + 1, steps, steps + 1, 5)[5:], 0.0)

    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(1, 9), st.integers(1, 9))
    def test_mass_index_equals_a_plain_loop(self, seed, window, ema_window):
        """Two averages, their ratio, and its sum."""
        high, low, _ = single(60, seed)
        weight = 2 / (ema_window + 1)
        once = plain_average(high - low, ema_window, weight)
        twice = plain_average(once, ema_window, weight, ema_window - 1)
        ratio = np.array(once) / np.array(twice)
        expected = [sum(ratio[t - window + 1 : t + 1]) if t >= window - 1 else np.nan for t in range(60)]
        agree(mass_index(high, low, window, ema_window=ema_window), expected)

    def test_equal_ranges_have_the_mass_of_the_window(self):
        """Each ratio is 1."""
        high = np.full(60, 3.3)
        np.testing.assert_array_equal(mass_index(high, high - 1.1)[40:], 25.0)

    def test_without_ranges_there_is_no_mass(self):
        """Ratios of nothing."""
        high = np.full(60, 3.3)
        assert np.isnan(mass_index(high, high)).all()

    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(1, 9))
    def test_ulcer_index_equals_its_definition(self, seed, window):
        """Drawdowns from the high of each close's own window."""
        close = single(30, seed)[2]
        fall = [
            100 * (close[t] / max(close[t - window + 1 : t + 1]) - 1) if t >= window - 1 else np.nan
            for t in range(30)
        ]
        line = ulcer_index(close, window)
        expected = [
            np.sqrt(sum(x * x for x in fall[t - window + 1 : t + 1]) / window)
            if t >= 2 * window - 2
            else np.nan
            for t in range(30)
        ]
        np.testing.assert_allclose(line, expected, rtol=1e-9, atol=1e-9)

    def test_a_rise_has_no_ulcer(self):
        """Exactly 0."""
        np.testing.assert_array_equal(ulcer_index(np.arange(1.0, 50.0), 5)[8:], 0.0)
