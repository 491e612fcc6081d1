"""Trend: against TA-Lib, published bars, and plain loops by definition."""

from __future__ import annotations

import numpy as np
import pytest
import talib
from bars_technical import bars, by_column, vectors
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.trend import adx, aroon, di, ichimoku, parabolic_sar, supertrend, vortex
from maos_nb.analytics.technical.volatility import atr
from maos_nb.errors import InputError

seeds = st.integers(0, 10_000)


def agree(found, expected, rtol=1e-10):
    """Compare to rounding; NaN stands in the same places."""
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-9)


def prices(n_bars=300, n_assets=7, seed=5):
    """Give high, low and close."""
    tables = bars(n_bars, n_assets, seed=seed)
    return tables["high"], tables["low"], tables["close"]


def coarse_prices(seed):
    """Give prices of one asset on few levels, where much is equal."""
    rng = np.random.default_rng(seed)
    close = 20 + np.cumsum(rng.integers(-1, 2, 40))
    return close + rng.integers(0, 3, 40), close - rng.integers(0, 3, 40), close


def movements(high, low, close, t):
    """Give true range, upward and downward movement of a bar, by Wilder's words."""
    reach = max(high[t] - low[t], abs(high[t] - close[t - 1]), abs(low[t] - close[t - 1]))
    up, down = high[t] - high[t - 1], low[t - 1] - low[t]
    return reach, up if up > down and up > 0 else 0.0, down if down > up and down > 0 else 0.0


def plain_adx(high, low, close, n):
    """Wilder's work sheet: sums of n movements, each then less its nth part and the new one."""
    length = len(close)
    index, plus, minus, strengths = ([np.nan] * length for _ in range(4))
    sums = [0.0, 0.0, 0.0]
    for t in range(1, length):
        new = movements(high, low, close, t)
        sums = [s + v if t <= n else s - s / n + v for s, v in zip(sums, new, strict=True)]
        if t < n:
            continue
        if sums[0]:
            plus[t], minus[t] = 100 * sums[1] / sums[0], 100 * sums[2] / sums[0]
        both = sums[1] + sums[2]
        strengths[t] = 100 * abs(sums[1] - sums[2]) / both if both else 0.0
        if t == 2 * n - 1:
            index[t] = sum(strengths[n : 2 * n]) / n
        elif t >= 2 * n:
            index[t] = (index[t - 1] * (n - 1) + strengths[t]) / n
    return index, plus, minus


def plain_supertrend(high, low, close, ranges, multiplier):
    """The bands bar by bar."""
    line, side = np.full(len(close), np.nan), np.full(len(close), np.nan)
    start = int(np.argmax(~np.isnan(ranges)))
    for t in range(start, len(close)):
        middle = (high[t] + low[t]) / 2
        above, below = middle + multiplier * ranges[t], middle - multiplier * ranges[t]
        if t == start:
            upper, lower, is_up = above, below, close[t] >= middle
        if above < upper or close[t - 1] > upper:
            upper = above
        if below > lower or close[t - 1] < lower:
            lower = below
        if is_up and close[t] <= lower:
            is_up = False
        elif not is_up and close[t] > upper:
            is_up = True
        line[t], side[t] = (lower, 1) if is_up else (upper, -1)
    return line, side


def plain_stops(high, low, step, maximum):
    """Wilder's stops from a long trade that is a guess, and is left out up to the bar that ends it."""
    line, trades = np.full(len(high), np.nan), 0
    is_long, stop, extreme, factor = True, low[0], high[0], step
    for t in range(1, len(high)):
        stop += factor * (extreme - stop)
        if t > 1 and is_long:
            stop = min(stop, low[t - 1], low[t - 2])
        elif t > 1:
            stop = max(stop, high[t - 1], high[t - 2])
        if low[t] <= stop if is_long else high[t] >= stop:
            trades += 1
            is_long, stop, extreme, factor = not is_long, extreme, low[t] if is_long else high[t], step
            line[t] = stop if trades > 1 else np.nan
            continue
        line[t] = stop if trades else np.nan
        if high[t] > extreme if is_long else low[t] < extreme:
            extreme, factor = high[t] if is_long else low[t], min(factor + step, maximum)
    return line


class TestAdx:
    def test_talib_seed_equals_talib(self):
        """On a panel, with the usual window and with short ones."""
        high, low, close = prices()
        for window in (2, 5, 14):
            lines = adx(high, low, close, window, seed="talib")
            for line, function in zip(lines, (talib.ADX, talib.PLUS_DI, talib.MINUS_DI), strict=True):
                agree(line, by_column(function, high, low, close, timeperiod=window)[0])

    def test_wilder_seed_equals_the_published_bars(self):
        """Stock.Indicators, which follows Wilder's book: 502 days of the S&P 500 fund."""
        quotes, rows = vectors("adx")
        lines = adx(quotes["high"], quotes["low"], quotes["close"])
        for line, name in zip(lines, ("adx", "pdi", "mdi"), strict=True):
            np.testing.assert_allclose(line, rows[name].astype(float), rtol=1e-12)

    def test_both_seeds_converge(self):
        """They differ at the start only: after 250 bars by less than one part in a million."""
        high, low, close = prices()
        for one, other in zip(adx(high, low, close), adx(high, low, close, seed="talib"), strict=True):
            assert np.nanmax(np.abs(one[:30] - other[:30])) > 0.01
            np.testing.assert_allclose(one[270:], other[270:], rtol=1e-6)

    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(1, 8))
    def test_wilder_seed_equals_a_plain_loop(self, seed, window):
        """On coarse prices too, where movements are equal or there is none."""
        for given_prices in (coarse_prices(seed), [table[:, 0] for table in prices(40, 1, seed)]):
            agree(adx(*given_prices, window), plain_adx(*given_prices, window))

    def test_di_gives_the_same_indicators(self):
        """Without waiting for the index."""
        high, low, close = prices()
        for seed in ("wilder", "talib"):
            both = di(high, low, close, seed=seed)
            np.testing.assert_array_equal(both, adx(high, low, close, seed=seed)[1:])

    def test_a_straight_rise_is_all_trend(self):
        """100, of which the upward movement is what each bar adds of its range."""
        low = np.arange(10.0, 60.0)
        lines = adx(low + 2, low, low + 1, 5)
        np.testing.assert_array_equal(lines.adx[9:], 100.0)
        np.testing.assert_array_equal(lines.plus_di[5:], 50.0)
        np.testing.assert_array_equal(lines.minus_di[5:], 0.0)

    def test_prices_that_do_not_move_have_no_direction(self):
        """The index is 0; the indicators are parts of nothing, NaN. A range without movement gives 0 and 0."""
        flat = np.full(30, 7.0)
        still, breathing = adx(flat, flat, flat, 5), adx(flat + 1, flat - 1, flat, 5)
        assert np.isnan(still.plus_di).all()
        np.testing.assert_array_equal(still.adx[9:], 0.0)
        np.testing.assert_array_equal(breathing.plus_di[5:], 0.0)
        np.testing.assert_array_equal(breathing.adx[9:], 0.0)

    def test_an_unknown_seed_is_refused(self):
        """The message lists those that there are."""
        with pytest.raises(InputError, match="seed: expected 'wilder' or 'talib', got 'sma'"):
            adx([2.0], [1.0], [1.5], seed="sma")


class TestParabolicSar:
    def test_talib_seed_equals_talib(self):
        """On a panel, with the usual factors and with others."""
        high, low, _ = prices()
        agree(parabolic_sar(high, low), by_column(talib.SAR, high, low, acceleration=0.02, maximum=0.2)[0])
        agree(
            parabolic_sar(high, low, 0.05, 0.12),
            by_column(talib.SAR, high, low, acceleration=0.05, maximum=0.12)[0],
        )

    @settings(max_examples=40, deadline=None)
    @given(seeds)
    def test_talib_seed_equals_talib_where_prices_are_equal(self, seed):
        """Stops that are touched, and bars that reach beyond both extremes, on few levels of prices."""
        high, low, _ = (np.asarray(table, dtype=float) for table in coarse_prices(seed))
        agree(parabolic_sar(high, low), talib.SAR(high, low, 0.02, 0.2))

    def test_wilder_seed_equals_the_published_bars(self):
        """Stock.Indicators, which leaves the first trade out: 502 days of the S&P 500 fund."""
        quotes, rows = vectors("psar")
        line = parabolic_sar(quotes["high"], quotes["low"], seed="wilder")
        np.testing.assert_allclose(line, rows["sar"].astype(float), rtol=1e-12)

    @settings(max_examples=40, deadline=None)
    @given(seeds)
    def test_wilder_seed_equals_a_plain_loop(self, seed):
        """On few levels of prices, and on many."""
        for high, low, _ in (coarse_prices(seed), [table[:, 0] for table in prices(40, 1, seed)]):
            agree(parabolic_sar(high, low, 0.03, 0.15, seed="wilder"), plain_stops(high, low, 0.03, 0.15))

    def test_wilder_seed_looks_at_no_later_bar(self):
        """On a panel, that equals its columns."""
        high, low, _ = prices(80)
        assert_causal(parabolic_sar, high, low, seed="wilder")
        whole = parabolic_sar(high, low, seed="wilder")
        for i in range(whole.shape[1]):
            np.testing.assert_array_equal(whole[:, i], parabolic_sar(high[:, i], low[:, i], seed="wilder"))

    def test_without_a_turn_wilder_says_nothing(self):
        """A straight rise never ends the first trade."""
        low = np.arange(10.0, 60.0)
        assert np.isnan(parabolic_sar(low + 2, low, seed="wilder")).all()
        assert np.isfinite(parabolic_sar(low + 2, low)[1:]).all()

    def test_a_fall_begins_short(self):
        """The first stop is the high of the first bar, and stops fall from there."""
        high = np.arange(60.0, 10.0, -1.0)
        line = parabolic_sar(high, high - 2)
        assert line[1] == 60.0
        assert (np.diff(line[2:]) < 0).all()
        assert (line[1:] > high[1:]).all()

    def test_a_step_above_the_maximum_is_refused(self):
        """The message shows both."""
        with pytest.raises(InputError, match=r"step and maximum: .*0\.3 and 0\.2"):
            parabolic_sar([2.0], [1.0], 0.3)


class TestSupertrend:
    def test_talib_seed_equals_the_published_bars(self):
        """Stock.Indicators, whose average true range leaves the first out: 502 days of the S&P 500 fund."""
        quotes, rows = vectors("supertrend")
        made = supertrend(quotes["high"], quotes["low"], quotes["close"], seed="talib")
        np.testing.assert_allclose(made.line, rows["superTrend"].astype(float), rtol=1e-12)
        np.testing.assert_array_equal(made.direction.eq(1.0), rows["lowerBand"].notna())
        np.testing.assert_array_equal(made.direction.eq(-1.0), rows["upperBand"].notna())

    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(1, 6), st.sampled_from(["wilder", "talib"]))
    def test_it_equals_a_plain_loop(self, seed, window, start):
        """On coarse prices too, where closes touch the bands."""
        for given_prices in (coarse_prices(seed), [table[:, 0] for table in prices(40, 1, seed)]):
            ranges = atr(*given_prices, window, seed=start)
            made = supertrend(*given_prices, window, 1.0, seed=start)
            agree(made, plain_supertrend(*given_prices, ranges, 1.0))

    def test_the_line_never_steps_back_within_a_trend(self):
        """It rises or stays in an uptrend, and falls or stays in a downtrend."""
        line, side = supertrend(*prices())
        stays = (side[1:] == side[:-1]) & np.isfinite(line[:-1])
        assert (np.diff(line, axis=0)[stays] * side[1:][stays] >= 0).all()


class TestAroon:
    def test_it_equals_talib(self):
        """Lines and oscillator, on a panel."""
        high, low, _ = prices()
        made = aroon(high, low, 14)
        down, up = by_column(talib.AROON, high, low, timeperiod=14)
        agree(made.up, up)
        agree(made.down, down)
        agree(made.oscillator, by_column(talib.AROONOSC, high, low, timeperiod=14)[0])

    @settings(max_examples=30, deadline=None)
    @given(seeds, st.integers(2, 30))
    def test_of_equal_extremes_the_latest_counts(self, seed, window):
        """As in TA-Lib, on few levels of prices."""
        high, low, _ = (np.asarray(table, dtype=float) for table in coarse_prices(seed))
        down, up = talib.AROON(high, low, window)
        made = aroon(high, low, window)
        agree(made.up, up)
        agree(made.down, down)


class TestVortex:
    @settings(max_examples=20, deadline=None)
    @given(seeds, st.integers(1, 8))
    def test_it_equals_sums_of_each_window(self, seed, window):
        """By definition, bar by bar."""
        high, low, close = (table[:, 0] for table in prices(30, 1, seed))
        made = vortex(high, low, close, window)
        for t in range(window, 30):
            span = range(t - window + 1, t + 1)
            reach = sum(movements(high, low, close, i)[0] for i in span)
            plus = sum(abs(high[i] - low[i - 1]) for i in span) / reach
            minus = sum(abs(low[i] - high[i - 1]) for i in span) / reach
            agree([made.plus[t], made.minus[t]], [plus, minus])

    def test_prices_that_do_not_move_give_nothing(self):
        """Parts of nothing."""
        flat = np.full(10, 7.0)
        assert np.isnan(vortex(flat, flat, flat, 3)).all()


class TestIchimoku:
    def test_lines_are_middles_of_ranges(self):
        """By definition, at every bar."""
        high, low, close = (table[:, 0] for table in prices(120, 1))
        made = ichimoku(high, low, close)

        def middle(t, n):
            return (max(high[t - n + 1 : t + 1]) + min(low[t - n + 1 : t + 1])) / 2 if t >= n - 1 else np.nan

        agree(made.conversion, [middle(t, 9) for t in range(120)])
        agree(made.base, [middle(t, 26) for t in range(120)])
        agree(made.leading_a, [(middle(t, 9) + middle(t, 26)) / 2 for t in range(120)])
        agree(made.leading_b, [middle(t, 52) for t in range(120)])
        np.testing.assert_array_equal(made.lagging, close)

    def test_displaced_spans_are_those_of_earlier_bars(self):
        """The cloud under a bar was known 26 bars before; the other lines stay where they are."""
        high, low, close = prices(120, 3)
        plain, chart = ichimoku(high, low, close), ichimoku(high, low, close, displaced=True)
        for name in ("leading_a", "leading_b"):
            np.testing.assert_array_equal(getattr(chart, name)[26:], getattr(plain, name)[:-26])
            assert np.isnan(getattr(chart, name)[:26]).all()
        for name in ("conversion", "base", "lagging"):
            np.testing.assert_array_equal(getattr(chart, name), getattr(plain, name))
