"""Momentum indicators: published figures, and what each does where it has nothing to say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.analytics.technical.oscillators import (
    awesome_oscillator,
    cci,
    cmo,
    coppock,
    dpo,
    kdj,
    kst,
    macd,
    momentum,
    ppo,
    roc,
    rsi,
    stochastic,
    stochrsi,
    trix,
    tsi,
    ultimate_oscillator,
    williams_r,
)
from maos_nb.errors import InputError

# StockCharts, ChartSchool, "Relative Strength Index (RSI)": the spreadsheet of QQQQ.
RSI_CLOSES = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
    45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
]  # fmt: skip
RSI_14 = [70.53278948, 66.31856181, 66.54982994, 69.40630534, 66.35516906, 57.97485571]

# StockCharts, ChartSchool, "Stochastic Oscillator": the spreadsheet of IBM, prices to the cent.
IBM_HIGH = [
    127.01, 127.62, 126.59, 127.35, 128.17, 128.43, 127.37, 126.42, 126.90, 126.85, 125.65, 125.72, 127.16, 127.72,
    127.69, 128.22, 128.27, 128.09, 128.27, 127.74, 128.77, 129.29, 130.06, 129.12, 129.29, 128.47, 128.09, 128.65,
    129.14, 128.64,
]  # fmt: skip
IBM_LOW = [
    125.36, 126.16, 124.93, 126.09, 126.82, 126.48, 126.03, 124.83, 126.39, 125.72, 124.56, 124.57, 125.07, 126.86,
    126.63, 126.80, 126.71, 126.80, 126.13, 125.92, 126.99, 127.81, 128.47, 128.06, 127.61, 127.60, 127.00, 126.90,
    127.49, 127.40,
]  # fmt: skip
IBM_CLOSE = [np.nan] * 13 + [
    127.29, 127.18, 128.01, 127.11, 127.73, 127.06, 127.33, 128.71, 127.87, 128.58, 128.60, 127.93, 128.11, 127.60,
    127.60, 128.69, 128.27,
]  # fmt: skip
IBM_FAST_K = [
    70.44, 67.61, 89.20, 65.81, 81.75, 64.52, 74.53, 98.58, 70.10, 73.06, 73.42, 61.23, 60.96, 40.39, 40.39, 66.83,
    56.73,
]  # fmt: skip
IBM_D = [
    75.75, 74.21, 78.92, 70.69, 73.60, 79.21, 81.07, 80.58, 72.20, 69.24, 65.20, 54.19, 47.24, 49.20, 54.65,
]  # fmt: skip

# StockCharts, ChartSchool, "Rate of Change": the Dow Jones Industrials of spring 2010, 12 days.
DOW = [
    11045.27, 11167.32, 11008.61, 11151.83, 10926.77, 10868.12, 10520.32, 10380.43, 10785.14, 10748.26, 10896.91,
    10782.95, 10620.16, 10625.83, 10510.95, 10444.37, 10068.01, 10193.39, 10066.57, 10043.75,
]  # fmt: skip
DOW_ROC_12 = [-3.85, -4.85, -4.52, -6.34, -7.86, -6.21, -4.31, -3.24]

# StockCharts, ChartSchool, "Commodity Channel Index": 20 days.
CCI_HIGH = [
    24.2013, 24.0721, 24.0420, 23.8724, 23.6712, 23.5917, 23.8007, 23.8007, 24.3001, 24.1500, 24.0500, 24.0600,
    23.8800, 25.1356, 25.2000, 25.0700, 25.2200, 25.3700, 25.3600, 25.2600, 24.8200, 24.4400, 24.6500, 24.8400,
    24.7500, 24.5100, 24.6800, 24.6700, 23.8400, 24.3000,
]  # fmt: skip
CCI_LOW = [
    23.8534, 23.7240, 23.6400, 23.3676, 23.4600, 23.1800, 23.4000, 23.5700, 24.0500, 23.7700, 23.6000, 23.8400,
    23.6400, 23.9400, 24.7400, 24.7700, 24.9000, 24.9300, 24.9600, 24.9300, 24.2100, 24.2100, 24.4300, 24.4400,
    24.2000, 24.2500, 24.2100, 24.1500, 23.6300, 23.7600,
]  # fmt: skip
CCI_CLOSE = [
    23.8932, 23.9500, 23.6700, 23.7800, 23.5000, 23.3200, 23.7500, 23.7900, 24.1400, 23.8100, 23.7800, 23.8600,
    23.7000, 24.9600, 24.8800, 24.9600, 25.1800, 25.0700, 25.2700, 25.0000, 24.4600, 24.2800, 24.6200, 24.5800,
    24.5300, 24.3500, 24.3400, 24.2300, 23.7600, 24.2000,
]  # fmt: skip
CCI_20 = [102.31, 30.74, 6.55, 33.30, 34.95, 13.84, -10.75, -11.58, -29.35, -129.36, -73.07]


class TestPublished:
    def test_rsi_of_stockcharts(self):
        """Wilder's averages: to all printed digits, the first at bar 14."""
        index = rsi(RSI_CLOSES)
        assert np.isnan(index[:14]).all()
        np.testing.assert_allclose(index[14:], RSI_14, atol=5e-9)

    def test_stochastic_of_stockcharts(self):
        """The fast one; the spreadsheet computes with more digits than it shows, which makes up to 0.2."""
        k, d = stochastic(IBM_HIGH, IBM_LOW, IBM_CLOSE, 14, 1, 3)
        np.testing.assert_allclose(k[13:], IBM_FAST_K, atol=0.2)
        np.testing.assert_allclose(d[15:], IBM_D, atol=0.2)

    def test_the_slow_stochastic_of_stockcharts_averages_the_fast_one(self):
        """Its %K is the fast %D."""
        slow = stochastic(IBM_HIGH, IBM_LOW, IBM_CLOSE)
        np.testing.assert_allclose(slow.k[15:], IBM_D, atol=0.2)

    def test_williams_r_of_stockcharts(self):
        """ChartSchool shows it on the same bars: the fast stochastic less 100."""
        np.testing.assert_allclose(
            williams_r(IBM_HIGH, IBM_LOW, IBM_CLOSE)[13:], np.array(IBM_FAST_K) - 100, atol=0.2
        )

    def test_roc_of_stockcharts(self):
        """In percent, to the two digits shown."""
        np.testing.assert_allclose(roc(DOW, 12)[12:], DOW_ROC_12, atol=0.0051)

    def test_cci_of_stockcharts(self):
        """The mean absolute deviation is about the mean of the same bars; prices are rounded to the cent."""
        np.testing.assert_allclose(cci(CCI_HIGH, CCI_LOW, CCI_CLOSE)[19:], CCI_20, atol=1.0)

    def test_macd_by_hand(self):
        """Averages of 2 and 3 closes, each seeded on its own: fractions worked out on paper."""
        lines = macd([10, 11, 12, 14, 13, 15], 2, 3, 2)
        fast = [21 / 2, 23 / 2, 79 / 6, 235 / 18, 775 / 54]
        slow = [11, 12.5, 12.75, 13.875]
        line = np.subtract(fast[1:], slow)
        np.testing.assert_allclose(lines.macd[2:], line, rtol=1e-13)
        np.testing.assert_allclose(lines.signal[3], line[:2].mean(), rtol=1e-13)
        np.testing.assert_allclose(lines.histogram[3:], (lines.macd - lines.signal)[3:], rtol=1e-13)

    def test_talib_seeds_the_fast_average_late(self):
        """With the mean of the two closes before the slow one's first value."""
        assert macd([10, 11, 12, 14, 13, 15], 2, 3, 2, seed="talib").macd[2] == 0.5 * (11 + 12) - 11

    def test_one_seed_gives_what_pandas_gives(self):
        """``ewm(adjust=False)`` starts from the first observation."""
        close = pd.Series(RSI_CLOSES)
        line = close.ewm(span=12, adjust=False).mean() - close.ewm(span=26, adjust=False).mean()
        lines = macd(close, seed="first")
        np.testing.assert_allclose(lines.macd, line, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(
            lines.signal, line.ewm(span=9, adjust=False).mean(), rtol=1e-12, atol=1e-13
        )


class TestRsi:
    def test_only_gains_give_exactly_100_and_only_losses_0(self):
        """By no division of rounded numbers."""
        rising = np.cumsum(np.full(40, 0.1))
        assert set(rsi(rising)[14:]) == {100.0}
        assert set(rsi(rising[::-1])[14:]) == {0.0}

    def test_no_movement_has_no_strength(self):
        """NaN until there is one; from then on Wilder's averages remember it."""
        close = np.array([5.0] * 20 + [6.0] + [6.0] * 5)
        index = rsi(close)
        assert np.isnan(index[:20]).all()
        assert set(index[20:]) == {100.0}

    def test_a_standstill_keeps_the_index_to_the_last_bit(self):
        """Even after ten thousand bars, when both averages are too small for a float; so its stochastic is unknown."""
        close = np.array(RSI_CLOSES + [RSI_CLOSES[-1]] * 12_000)
        assert set(rsi(close)[19:]) == {rsi(RSI_CLOSES)[19]}
        assert np.isnan(stochrsi(close).k[19 + 15 :]).all()

    def test_cmo_by_wilder_is_the_same_thing_on_another_scale(self):
        """``2 * rsi - 100``."""
        close = np.array(RSI_CLOSES)
        np.testing.assert_allclose(cmo(close, method="wilder"), 2 * rsi(close) - 100, rtol=1e-12)

    def test_stochrsi_of_a_steady_rise_is_unknown(self):
        """An index of 100 at every bar has no range."""
        assert np.isnan(stochrsi(np.arange(1.0, 60.0)).k).all()


class TestConstant:
    """Prices that never move: differences are exactly 0, quotients of nothing NaN."""

    @pytest.mark.parametrize("price", [0.1, 1 / 3, 50.3, 1e-7, 1e9 / 7])
    def test_differences_are_exactly_zero(self, price):
        """Though a sum of equal numbers over their number may miss the last digit."""
        close = np.full(100, price)
        for line in (*macd(close), *macd(close, seed="talib"), *ppo(close), *trix(close)):
            assert set(line[~np.isnan(line)]) == {0.0}
        for line in (dpo(close), awesome_oscillator(close, close), momentum(close), roc(close), *kst(close)):
            assert set(line[~np.isnan(line)]) == {0.0}
        line = coppock(close)
        assert set(line[~np.isnan(line)]) == {0.0}

    @pytest.mark.parametrize("price", [0.1, 1 / 3, 50.3, 1e9 / 7])
    def test_quotients_are_unknown(self, price):
        """Not 0, not 66.7 of two rounding errors, and no warning."""
        x = np.full(100, price)
        for line in (
            rsi(x),
            cmo(x),
            *tsi(x),
            *stochrsi(x),
            *stochastic(x, x, x),
            *kdj(x, x, x),
            cci(x, x, x),
        ):
            assert np.isnan(line).all()
        assert np.isnan(williams_r(x, x, x)).all()
        assert np.isnan(ultimate_oscillator(x, x, x)).all()

    def test_a_huge_price_is_forgotten_when_it_leaves(self):
        """After 1e12 ordinary closes come out as if it had never been."""
        close = np.array(RSI_CLOSES * 5)
        spiked = close.copy()
        spiked[40] = 1e12
        high, low = close + 0.3, close - 0.2
        tall = np.maximum(high, spiked)
        for function, clean, odd in (
            (cci, (high, low, close), (tall, low, spiked)),
            (ultimate_oscillator, (high, low, close), (tall, low, spiked)),
            (awesome_oscillator, (high, low), (tall, low)),
            (williams_r, (high, low, close), (tall, low, spiked)),
            (cmo, (close,), (spiked,)),
            (dpo, (close,), (spiked,)),
            (coppock, (close,), (spiked,)),
        ):
            after = 41 + function.lookback()
            np.testing.assert_allclose(
                function(*odd)[after:], function(*clean)[after:], rtol=1e-12, atol=1e-12
            )


class TestStochastics:
    def test_a_flat_range_is_passed_over_by_kdj(self):
        """Its averages go on from where they were."""
        high = np.array([3.0, 4.0, 5.0, 5.0, 5.0, 6.0])
        low = np.array([1.0, 2.0, 5.0, 5.0, 5.0, 4.0])
        close = np.array([2.0, 4.0, 5.0, 5.0, 5.0, 5.0])
        with_flat = kdj(high, low, close, window=1)
        without = kdj(high[[0, 1, 5]], low[[0, 1, 5]], close[[0, 1, 5]], window=1)
        assert np.isnan(with_flat.k[2:5]).all()
        for line, expected in zip(with_flat, without, strict=True):
            np.testing.assert_array_equal(line[[0, 1, 5]], expected)

    def test_kdj_starts_at_50(self):
        """A close at the top lifts K a third of the way to 100, D a third of that."""
        assert [line[0] for line in kdj([2.0], [1.0], [2.0], window=1)] == pytest.approx(
            [50 + 50 / 3, 50 + 50 / 9, 50 + 50 - 100 / 9]
        )

    def test_a_flat_range_is_nan_and_the_mean_waits_for_it_to_leave(self):
        """TA-Lib counts it as 0."""
        high, low = np.array([2.0, 1.0, 2.0, 2.0, 2.0]), np.array([1.0, 1.0, 1.0, 1.0, 1.0])
        k, d = stochastic(high, low, low, 1, 1, 2)
        np.testing.assert_array_equal(k, [0, np.nan, 0, 0, 0])
        np.testing.assert_array_equal(d, [np.nan, np.nan, np.nan, 0, 0])

    def test_one_record_does_for_all_prices(self):
        """The same numbers, with the labels of the record."""
        index = pd.bdate_range("2020-01-01", periods=30)
        high, low = pd.Series(IBM_HIGH, index), pd.Series(IBM_LOW, index)
        close = (high + low) / 2
        record = Ohlcv(close, high, low, close)
        for function in (stochastic, kdj):
            for line, expected in zip(function(record), function(high, low, close), strict=True):
                pd.testing.assert_series_equal(line, expected)
        for function in (williams_r, cci, ultimate_oscillator):
            pd.testing.assert_series_equal(function(record), function(high, low, close))
        pd.testing.assert_series_equal(
            awesome_oscillator(record, fast=2, slow=5), awesome_oscillator(high, low, 2, 5)
        )


class TestZeroPrices:
    def test_what_divides_by_a_zero_price_is_unknown_there_only(self):
        """Without a warning."""
        close = np.array([1.0, 0.0, 2.0, 3.0, 6.0])
        np.testing.assert_array_equal(roc(close, 1), [np.nan, -100.0, np.nan, 50.0, 100.0])

    def test_the_signal_of_ppo_passes_an_average_of_zero_over(self):
        """As if that bar had not been."""
        lines = ppo([1.0, -1.0, 3.0, 4.0, 5.0, 6.0], 1, 2, 2)
        assert np.isnan(lines.ppo[:2]).all()
        np.testing.assert_allclose(lines.signal[3], lines.ppo[2:4].mean())
        assert np.isfinite(lines.signal[3:]).all()


class TestDpo:
    def test_it_is_what_charts_show_dated_when_it_is_known(self):
        """Shifted back by half the window and a bar it stands where ChartSchool draws it."""
        close = np.array(RSI_CLOSES)
        drawn = np.full(len(close), np.nan)
        for t in range(len(close) - 4):
            if t >= 1:
                drawn[t] = close[t] - close[t - 1 : t + 5].mean()
        np.testing.assert_allclose(dpo(close, 6)[5:], drawn[1:-4], rtol=1e-12)


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "named"),
        [
            (lambda: rsi([1.0, 2.0], 0), "window: expected at least 1"),
            (lambda: rsi([1.0, 2.0], 2.5), "window: expected a whole number"),
            (lambda: rsi([1.0, 2.0], seed="sma"), "seed: expected 'wilder' or 'first'"),
            (lambda: rsi([1.0, 2.0], nan="drop"), "nan: expected 'skip' or 'reset' or 'propagate'"),
            (lambda: rsi([1.0, np.inf]), "close: expected finite numbers or NaN"),
            (lambda: rsi(["a", "b"]), "close: expected numbers"),
            (lambda: stochrsi([1.0], stochastic_window=0), "stochastic_window"),
            (lambda: stochrsi([1.0], seed="talib"), "seed"),
            (lambda: macd([1.0], 26, 12), "fast and slow: expected fast below slow, got 26 and 12"),
            (lambda: macd([1.0], 12, 12), "fast and slow"),
            (lambda: macd([1.0], signal=0), "signal"),
            (lambda: macd([1.0], seed="wilder"), "seed: expected 'sma' or 'talib' or 'first'"),
            (lambda: ppo([1.0], seed="ema"), "seed"),
            (lambda: trix([1.0], seed="talib"), "seed: expected 'sma' or 'first'"),
            (lambda: tsi([1.0], seed="talib"), "seed"),
            (lambda: tsi([1.0], long=True), "long: expected a whole number"),
            (lambda: cmo([1.0], method="plain"), "method: expected 'sums' or 'wilder'"),
            (lambda: cci([1.0], [1.0], [1.0], scale=0), "scale: expected one number above zero"),
            (lambda: cci([1.0], [2.0], [1.0]), "high and low: expected high at or above low"),
            (lambda: stochastic([1.0]), "low: expected a table beside high"),
            (lambda: stochastic([1.0, 2.0], [1.0, 2.0], [1.0]), "high and close"),
            (lambda: kdj([1.0], [1.0], [1.0], nan=None), "nan"),
            (lambda: ultimate_oscillator([1.0], [1.0], [1.0], 7, 5, 28), "short, medium and long"),
            (lambda: awesome_oscillator([1.0], [1.0], 34, 5), "fast and slow"),
            (lambda: kst([1.0], rates=(1, 2)), "rates, averages and weights: .*2, 4 and 4"),
            (lambda: kst([1.0], rates=(), averages=(), weights=()), "rates, averages and weights"),
            (lambda: kst([1.0], weights=(1, 2, 3, np.nan)), "weights: expected finite numbers"),
            (lambda: coppock([1.0], average=0), "average"),
            (lambda: dpo([1.0], -3), "window"),
            (lambda: roc(np.zeros((2, 2, 2))), "close: expected one or two dimensions"),
            (lambda: rsi.lookback(span=3), "there is no 'span', there is window, seed, nan"),
        ],
    )
    def test_names_the_argument(self, call, named):
        """What came and what was expected."""
        with pytest.raises(InputError, match=named):
            call()
