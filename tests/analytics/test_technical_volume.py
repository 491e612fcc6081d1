"""Volume indicators against published figures, TA-Lib, and loops written out from their definitions."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import talib
from bars_volume import by_rule, random_bars, with_gaps
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical import volume
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.errors import InputError

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "data" / "ta_vectors"
RULES = ["skip", "reset", "propagate"]

CLOSE, HIGH_LOW, ALL = ("close", "volume"), ("high", "low", "volume"), ("high", "low", "close", "volume")
RECURSIVE = [
    ("obv", CLOSE, {}),
    ("obv", CLOSE, {"seed": "talib"}),
    ("pvt", CLOSE, {}),
    ("accumulation_distribution", ALL, {}),
    ("chaikin_oscillator", ALL, {}),
    ("chaikin_oscillator", ALL, {"fast": 6, "slow": 2, "seed": "talib"}),
    ("efi", CLOSE, {"window": 5}),
    ("efi", CLOSE, {"window": 5, "seed": "first"}),
    ("nvi", CLOSE, {}),
    ("pvi", CLOSE, {"method": "sum", "start": 100.0}),
    ("vwap", ALL, {}),
]
WINDOWED = [("cmf", ALL, {"window": 6}), ("mfi", ALL, {"window": 5}), ("emv", HIGH_LOW, {"window": 4})]
EVERY = RECURSIVE + WINDOWED
every = pytest.mark.parametrize(
    ("name", "fields", "options"), EVERY, ids=[f"{n} {' '.join(o)}".strip() for n, _, o in EVERY]
)

# StockCharts ChartSchool, "Accumulation Distribution Line" and "Chaikin Money Flow", volumes in thousands.
CHART_HIGH = "62.34 62.05 62.27 60.79 59.93 61.75 60 59 59.07 59.22 58.75 58.65 58.47 58.25 58.35 59.86 59.53 62.1 62.16 62.67 62.38 63.73 63.85 66.15 65.34 66.48 65.23 63.4 63.18 62.7"
CHART_LOW = "61.37 60.69 60.1 58.61 58.712 59.86 57.97 58.02 57.48 58.3 57.8276 57.86 57.91 57.8333 57.53 58.58 58.3 58.53 59.8 60.93 60.15 62.2618 63 63.58 64.07 65.2 63.21 61.88 61.11 61.25"
CHART_CLOSE = "62.15 60.81 60.45 59.18 59.24 60.2 58.48 58.24 58.69 58.65 58.47 58.02 58.17 58.07 58.13 58.94 59.1 61.92 61.37 61.68 62.09 62.89 63.53 64.01 64.77 65.22 63.28 62.4 61.55 62.69"
CHART_VOLUME = "7849.025 11692.075 10575.307 13059.128 20733.508 29630.096 17705.294 7259.203 10474.629 5203.714 3422.865 3962.15 4095.905 3766.006 4239.335 8039.979 6956.717 18171.552 22225.894 14613.509 12319.763 15007.69 8879.667 22693.812 10191.814 10074.152 9411.62 10391.69 8926.512 7459.575"


def numbers(text):
    """Read an array from words."""
    return np.array(text.split(), dtype=float)


CHART = tuple(map(numbers, (CHART_HIGH, CHART_LOW, CHART_CLOSE, CHART_VOLUME)))


def applied(name, fields, options, bars):
    """Call an indicator with its tables."""
    return getattr(volume, name)(*(bars[field] for field in fields), **options)


class TestPublishedFigures:
    def test_obv_of_ten_days(self):
        """Investopedia, "On-Balance Volume (OBV)": ten days, the first counts nothing."""
        close = [10.00, 10.15, 10.17, 10.13, 10.11, 10.15, 10.20, 10.20, 10.22, 10.21]
        shares = [25200, 30000, 25600, 32000, 23000, 40000, 36000, 20500, 23000, 27500]
        expected = [0, 30000, 55600, 23600, 600, 40600, 76600, 76600, 99600, 72100]
        np.testing.assert_array_equal(volume.obv(close, shares), expected)

    def test_obv_of_a_stock_fund_bar_by_bar(self):
        """Skender's Stock.Indicators: SPY in 2017 and 2018, in full precision."""
        if not VECTORS.exists():
            pytest.skip("the vectors are not beside this checkout (../shared/data/ta_vectors)")
        quotes = pd.read_csv(VECTORS / "quotes" / "default.csv")
        expected = json.loads((VECTORS / "results" / "obv.standard.json").read_text())
        found = volume.obv(quotes["close"], quotes["volume"])
        np.testing.assert_array_equal(found, [bar["obv"] for bar in expected])

    def test_accumulation_distribution(self):
        """StockCharts ChartSchool's table, to the unit; its prices are shown rounded, hence 2 of 50,000."""
        expected = numbers(
            "4774 -4855 -12019 -18249 -21006 -39976 -48785 -52785 -47317 -48561 -47216 -49574 -49866 -49354 -47389 "
            "-50907 -48813 -32474 -25128 -27144 -18028 -20193 -18000 -33099 -32056 -41816 -50575 -53856 -58988 -51631"
        )
        np.testing.assert_allclose(volume.accumulation_distribution(*CHART), expected, atol=2)

    def test_chaikin_money_flow(self):
        """ta4j's test of StockCharts ChartSchool's table, prices to the cent, within its own tolerance."""
        expected = numbers("-.1211 -.0997 -.0659 -.0257 -.0617 -.0481 -.0086 -.0087 -.005 -.0574 -.0148")
        found = volume.cmf(*(np.round(price, 2) for price in CHART[:3]), CHART[3])
        assert np.isnan(found[:19]).all()
        np.testing.assert_allclose(found[19:], expected, atol=1e-4)

    def test_money_flow_index(self):
        """StockCharts ChartSchool's table of typical prices and volumes, to two digits."""
        typical = numbers(
            "24.63 24.69 24.99 25.36 25.19 25.17 25.01 24.96 25.08 25.25 25.21 25.37 25.61 25.58 25.46 25.33 25.09 "
            "25.03 24.91 24.89 25.13"
        )
        shares = numbers(
            "18730 12272 24691 18358 22964 15919 16067 16568 16019 9774 22573 12987 10907 5799 7395 5818 7165 5673 "
            "5625 5023 7457"
        )
        found = volume.mfi(typical, typical, typical, shares)
        np.testing.assert_allclose(found[15:], [45.11, 36.27, 28.40, 31.53, 33.87, 41.30], atol=0.005)

    def test_chaikin_oscillator_without_seeds(self):
        """cinar/indicator's test of both averages from the first value, before the slow one is hidden."""
        line = np.arange(8.0)
        found = volume.chaikin_oscillator(
            10 + line, 1 + line, 5 + line, 100 + 100 * line, fast=2, slow=5, seed="talib"
        )
        np.testing.assert_allclose(found[4:], [-46.09, -61.27, -76.95, -92.97], atol=0.005)


class TestAgainstTaLib:
    """TA-Lib's C code is the tool that most charts are compared with."""

    @pytest.mark.parametrize("seed", [0, 1])
    def test_obv_and_accumulation_are_the_same_to_the_last_bit(self, seed):
        """Both add up in the same order."""
        bars = random_bars(300, 5, seed)
        obv = volume.obv(bars["close"], bars["volume"], seed="talib")
        line = volume.accumulation_distribution(*(bars[field] for field in ALL))
        for i in range(5):
            one = {name: np.ascontiguousarray(table[:, i]) for name, table in bars.items()}
            np.testing.assert_array_equal(obv[:, i], talib.OBV(one["close"], one["volume"]))
            np.testing.assert_array_equal(line[:, i], talib.AD(*(one[field] for field in ALL)))

    @pytest.mark.parametrize(("fast", "slow"), [(3, 10), (10, 3), (5, 6)])
    def test_chaikin_oscillator_from_the_first_value(self, fast, slow):
        """TA-Lib starts both averages with the line's first value; it takes the sum's digits, we do not."""
        bars = random_bars(300, 5)
        found = volume.chaikin_oscillator(*(bars[f] for f in ALL), fast=fast, slow=slow, seed="talib")
        for i in range(5):
            columns = [np.ascontiguousarray(bars[field][:, i]) for field in ALL]
            expected = talib.ADOSC(*columns, fastperiod=fast, slowperiod=slow)
            np.testing.assert_allclose(found[:, i], expected, rtol=1e-12, atol=1e-6)

    @pytest.mark.parametrize("window", [2, 14, 50])
    def test_money_flow_index(self, window):
        """Where there is flow; TA-Lib gives 0 where there is none and no answer is right."""
        bars = random_bars(300, 5)
        found = volume.mfi(*(bars[field] for field in ALL), window=window)
        for i in range(5):
            columns = [np.ascontiguousarray(bars[field][:, i]) for field in ALL]
            expected = talib.MFI(*columns, timeperiod=window)
            is_known = ~np.isnan(found[:, i])
            np.testing.assert_allclose(found[is_known, i], expected[is_known], rtol=1e-12, atol=1e-9)
            assert (np.isnan(expected[~is_known]) | (expected[~is_known] == 0)).all()


def naive_obv(close, shares, first=0.0):
    """Add up by definition."""
    total, result = first * shares[0], []
    for t in range(len(close)):
        if t:
            total += shares[t] * ((close[t] > close[t - 1]) - (close[t] < close[t - 1]))
        result.append(total)
    return result


def naive_pvt(close, shares):
    """Add up by definition."""
    changes = [0.0] + [shares[t] * (close[t] / close[t - 1] - 1) for t in range(1, len(close))]
    return np.cumsum(changes)


def naive_line(high, low, close, shares):
    """Add up by definition."""
    flows = [
        v * (2 * c - top - bottom) / (top - bottom) if top > bottom else 0.0
        for top, bottom, c, v in zip(high, low, close, shares, strict=True)
    ]
    return np.cumsum(flows)


def naive_ema(values, window, n_seed):
    """Average exponentially, NaN before the mean of the first values."""
    result, alpha = [math.nan] * len(values), 2 / (window + 1)
    for t in range(n_seed - 1, len(values)):
        seed = sum(values[:n_seed]) / n_seed
        result[t] = seed if t == n_seed - 1 else alpha * values[t] + (1 - alpha) * result[t - 1]
    return np.array(result)


def naive_oscillator(high, low, close, shares, fast=3, slow=10, seed="sma"):
    """Take averages of the line itself."""
    line = naive_line(high, low, close, shares)
    seeds = (fast, slow) if seed == "sma" else (1, 1)
    result = naive_ema(line, fast, seeds[0]) - naive_ema(line, slow, seeds[1])
    result[: max(fast, slow) - 1] = math.nan
    return result


def naive_force(close, shares, window=13, seed="sma"):
    """Average the products."""
    products = [(close[t] - close[t - 1]) * shares[t] for t in range(1, len(close))]
    result = naive_ema(products, window, window if seed == "sma" else 1)
    result[: window - 1] = math.nan
    return np.append(math.nan, result)


def naive_index(close, shares, side, start=1000.0, method="compound"):
    """Follow the close by definition."""
    level, result = start, []
    for t in range(len(close)):
        if t and (shares[t] - shares[t - 1]) * side > 0:
            change = close[t] / close[t - 1] - 1
            level = level * (1 + change) if method == "compound" else level + 100 * change
        result.append(level)
    return result


def naive_vwap(high, low, close, shares):
    """Average by definition."""
    typical = [sum(prices) / 3 for prices in zip(high, low, close, strict=True)]
    return [
        sum(p * v for p, v in zip(typical[: t + 1], shares[: t + 1], strict=True)) / sum(shares[: t + 1])
        if sum(shares[: t + 1])
        else math.nan
        for t in range(len(close))
    ]


NAIVE = {
    "obv": lambda *columns, seed="zero": naive_obv(*columns, first=float(seed == "talib")),
    "pvt": naive_pvt,
    "accumulation_distribution": naive_line,
    "chaikin_oscillator": naive_oscillator,
    "efi": naive_force,
    "nvi": lambda *columns, **options: naive_index(*columns, -1, **options),
    "pvi": lambda *columns, **options: naive_index(*columns, 1, **options),
    "vwap": naive_vwap,
}


class TestLoopsWrittenOut:
    @pytest.mark.parametrize("rule", RULES)
    @pytest.mark.parametrize(("name", "fields", "options"), RECURSIVE)
    def test_a_recursive_indicator_is_its_definition_on_each_stretch(self, name, fields, options, rule):
        """Gaps of every length, in each of the tables, and at the beginning."""
        bars = with_gaps(random_bars(90, 6))
        bars["close"][20:31, 0] = np.nan
        bars["volume"][-3:, 1] = np.nan
        found = getattr(volume, name)(*(bars[field] for field in fields), nan=rule, **options)
        for i in range(6):
            columns = [bars[field][:, i] for field in fields]
            expected = by_rule(lambda *c: NAIVE[name](*c, **options), rule, *columns)
            np.testing.assert_allclose(found[:, i], expected, rtol=1e-9, atol=1e-6, err_msg=f"asset {i}")

    def test_chaikin_money_flow_is_a_ratio_of_sums(self):
        """Window by window; without volume there is no answer."""
        bars = with_gaps(random_bars(80, 4))
        bars["volume"][40:50, 0] = 0.0
        found = volume.cmf(*(bars[field] for field in ALL), window=6)
        for i in range(4):
            high, low, close, shares = (bars[field][:, i] for field in ALL)
            for t in range(80):
                part = slice(t - 5, t + 1)
                flows = [
                    v * (2 * c - top - bottom) / (top - bottom) if top != bottom else 0.0 * c * v
                    for top, bottom, c, v in zip(
                        high[part], low[part], close[part], shares[part], strict=True
                    )
                ]
                total = sum(shares[part])
                expected = sum(flows) / total if t >= 5 and total else math.nan
                np.testing.assert_allclose(found[t, i], expected, rtol=1e-9, atol=1e-12)

    def test_money_flow_index_is_a_ratio_of_sums(self):
        """Window by window; of the bar before the window only the typical price counts, but it must be a bar."""
        bars = with_gaps(random_bars(80, 4))
        found = volume.mfi(*(bars[field] for field in ALL), window=5)
        for i in range(4):
            high, low, close, shares = (bars[field][:, i] for field in ALL)
            typical = np.round(high + low + close, 6) / 3  # equal in ticks is equal
            for t in range(80):
                steps = range(t - 4, t + 1)
                rise = sum(typical[k] * shares[k] for k in steps if k > 0 and typical[k] > typical[k - 1])
                fall = sum(typical[k] * shares[k] for k in steps if k > 0 and typical[k] < typical[k - 1])
                is_known = t >= 5 and not np.isnan(typical[t - 5 : t + 1]).any()
                is_known = is_known and not np.isnan(shares[t - 4 : t + 1]).any() and rise + fall > 0
                expected = 100 * rise / (rise + fall) if is_known else math.nan
                np.testing.assert_allclose(found[t, i], expected, rtol=1e-9)

    def test_ease_of_movement_is_a_mean(self):
        """Window by window; a bar without volume has no ease."""
        bars = with_gaps(random_bars(80, 4))
        found = volume.emv(*(bars[field] for field in HIGH_LOW), window=4, scale=1000)
        for i in range(4):
            high, low, shares = (bars[field][:, i] for field in HIGH_LOW)
            for t in range(80):
                eases = [
                    ((high[k] + low[k]) / 2 - (high[k - 1] + low[k - 1]) / 2)
                    * (high[k] - low[k])
                    * 1000
                    / shares[k]
                    if k > 0 and shares[k] != 0
                    else math.nan
                    for k in range(t - 3, t + 1)
                ]
                np.testing.assert_allclose(found[t, i], sum(eases) / 4, rtol=1e-9, atol=1e-12)


class TestEveryIndicator:
    @every
    def test_lookback_is_the_place_of_the_first_value(self, name, fields, options):
        """On bars without gaps that move and have volume."""
        line = np.arange(1.0, 60.0)
        bars = {"high": line + 1, "low": line - 1, "close": line + 0.5, "volume": 10 + line % 7}
        found = applied(name, fields, options, bars)
        count = getattr(volume, name).lookback(**options)
        assert np.isnan(found[:count]).all()
        assert np.isfinite(found[count:]).all()

    @every
    @pytest.mark.parametrize("make", [dict, with_gaps], ids=["whole", "with gaps"])
    def test_a_panel_is_its_columns(self, name, fields, options, make):
        """To the last bit, in any order of the columns, however many go side by side."""
        bars = make(random_bars(50, 7))
        whole = applied(name, fields, options, bars)
        order = np.array([3, 0, 6, 2, 5, 1, 4])
        shuffled = applied(name, fields, options, {key: table[:, order] for key, table in bars.items()})
        np.testing.assert_array_equal(shuffled, whole[:, order])
        for i in range(7):
            one = applied(name, fields, options, {key: table[:, i] for key, table in bars.items()})
            np.testing.assert_array_equal(one, whole[:, i])

    @every
    def test_nothing_looks_ahead(self, name, fields, options):
        """Recomputed on the first bars alone, with and without gaps."""
        for bars in (random_bars(60, 3), with_gaps(random_bars(60, 3))):
            assert_causal(getattr(volume, name), *(bars[field] for field in fields), **options)

    @every
    def test_labels_are_kept(self, name, fields, options):
        """A DataFrame's and a Series'; a record gives the same."""
        bars = random_bars(40, 2)
        index = pd.date_range("2024-01-01", periods=40)
        frames = {key: pd.DataFrame(table, index, ["A", "B"]) for key, table in bars.items()}
        found = applied(name, fields, options, frames)
        pd.testing.assert_frame_equal(
            found, pd.DataFrame(applied(name, fields, options, bars), index, ["A", "B"])
        )
        one = applied(name, fields, options, {key: frame["B"] for key, frame in frames.items()})
        pd.testing.assert_series_equal(one, found["B"])
        pd.testing.assert_frame_equal(getattr(volume, name)(Ohlcv(**frames), **options), found)

    @every
    @pytest.mark.parametrize("length", [0, 1, 2])
    def test_short_histories_are_answered(self, name, fields, options, length):
        """No rows, one and two: of the same shape, with values from `lookback` on."""
        bars = {key: table[:length] for key, table in random_bars(5, 2).items()}
        found = applied(name, fields, options, bars)
        assert found.shape == (length, 2)
        count = getattr(volume, name).lookback(**options)
        assert np.isnan(found[:count]).all()

    @every
    @pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame], ids=["array", "DataFrame"])
    def test_no_assets_are_answered(self, name, fields, options, kind):
        """As many rows, no columns."""
        empty = kind(np.empty((6, 0)))
        assert applied(name, fields, options, dict.fromkeys(fields, empty)).shape == (6, 0)

    @every
    def test_quotes_of_zero_are_answered(self, name, fields, options):
        """Skender's hostile file of zeros: nothing moves and nothing warns."""
        if not VECTORS.exists():
            pytest.skip("the vectors are not beside this checkout (../shared/data/ta_vectors)")
        quotes = pd.read_csv(VECTORS / "quotes" / "zeros.csv", encoding="utf-8-sig")
        found = applied(name, fields, options, quotes)
        if name in ("cmf", "mfi", "emv", "vwap"):
            assert found.isna().all()
        else:
            assert np.ptp(found.iloc[getattr(volume, name).lookback(**options) :]) == 0

    @every
    def test_whole_numbers_are_numbers(self, name, fields, options):
        """As the same numbers in floating point."""
        bars = {key: np.round(table).astype(np.int64) for key, table in random_bars(40, 2, tick=1.0).items()}
        floats = {key: table.astype(float) for key, table in bars.items()}
        np.testing.assert_array_equal(
            applied(name, fields, options, bars), applied(name, fields, options, floats)
        )

    @every
    def test_without_a_compiler_the_same_comes_out(self, name, fields, options, monkeypatch):
        """The loops run as they stand; numpy's numbers do not warn."""
        bars = with_gaps(random_bars(30, 5))
        bars["volume"][5:15, 1] = 0.0
        compiled = applied(name, fields, options, bars)
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        np.testing.assert_allclose(applied(name, fields, options, bars), compiled, rtol=1e-13)

    @every
    def test_a_table_of_gaps_gives_gaps(self, name, fields, options):
        """Nothing else is known."""
        bars = {key: np.full((12, 2), np.nan) for key in ("high", "low", "close", "volume")}
        assert np.isnan(applied(name, fields, options, bars)).all()

    @every
    def test_refuses_what_is_no_bar(self, name, fields, options):
        """The message names the argument."""
        bars = random_bars(10, 1)
        bars["volume"][3] = -1.0
        with pytest.raises(
            InputError, match=r"volume: expected volume zero or above, got volume -1\.0 at row 3"
        ):
            applied(name, fields, options, bars)
        bars["volume"][3] = np.inf
        with pytest.raises(InputError, match="volume: expected finite"):
            applied(name, fields, options, bars)
        with pytest.raises(InputError, match=f"{fields[1]}: expected a table beside {fields[0]}"):
            getattr(volume, name)(bars[fields[0]], **options)


class TestRemarkableBars:
    def test_constant_prices_move_nothing(self):
        """No change, no flow; no range, no distribution; and no index without flow."""
        flat, shares = np.full(30, 7.1), np.full(30, 300.0)
        np.testing.assert_array_equal(volume.obv(flat, shares), 0.0)
        np.testing.assert_array_equal(volume.pvt(flat, shares), 0.0)
        np.testing.assert_array_equal(volume.accumulation_distribution(flat, flat, flat, shares), 0.0)
        np.testing.assert_array_equal(volume.chaikin_oscillator(flat, flat, flat, shares)[9:], 0.0)
        np.testing.assert_array_equal(volume.cmf(flat, flat, flat, shares)[19:], 0.0)
        np.testing.assert_array_equal(volume.emv(flat, flat, shares)[14:], 0.0)
        np.testing.assert_array_equal(volume.nvi(flat, shares), 1000.0)
        np.testing.assert_allclose(volume.vwap(flat, flat, flat, shares), 7.1, rtol=1e-15)
        assert np.isnan(volume.mfi(flat, flat, flat, shares)).all()

    def test_without_volume_ratios_are_not_known(self):
        """Sums stay; ratios have no denominator."""
        bars = random_bars(40, 2)
        bars["volume"][:] = 0.0
        for name in ("cmf", "mfi", "vwap"):
            assert np.isnan(applied(name, ALL, {}, bars)).all()
        np.testing.assert_array_equal(applied("obv", CLOSE, {}, bars), 0.0)
        np.testing.assert_array_equal(applied("accumulation_distribution", ALL, {}, bars), 0.0)

    def test_only_rising_prices_give_100(self):
        """And only falling ones 0, exactly."""
        line, shares = np.arange(1.0, 40.0), np.linspace(0.1, 9.7, 39)
        np.testing.assert_array_equal(volume.mfi(line, line, line, shares)[14:], 100.0)
        np.testing.assert_array_equal(volume.mfi(line[::-1], line[::-1], line[::-1], shares)[14:], 0.0)

    def test_a_close_at_the_high_gives_one(self):
        """And at the low minus one."""
        high, low = np.linspace(5, 9, 30), np.linspace(4, 7, 30)
        shares = np.full(30, 128.0)
        np.testing.assert_allclose(volume.cmf(high, low, high, shares)[19:], 1.0, rtol=1e-15)
        np.testing.assert_allclose(volume.cmf(high, low, low, shares)[19:], -1.0, rtol=1e-15)

    def test_a_close_of_zero_changes_nothing(self):
        """A change from zero has no size; what follows counts again."""
        close, shares = [2.0, 0.0, 4.0, 5.0], [10.0, 20.0, 30.0, 20.0]
        np.testing.assert_allclose(volume.pvt(close, shares), [0.0, -20.0, -20.0, -15.0])
        np.testing.assert_allclose(volume.pvi(close, shares), [1000.0, 0.0, 0.0, 0.0])
        np.testing.assert_allclose(volume.nvi(close, shares), [1000.0, 1000.0, 1000.0, 1250.0])

    @pytest.mark.parametrize(("name", "fields", "options"), WINDOWED)
    def test_a_huge_volume_leaves_no_trace(self, name, fields, options):
        """Once it has left the window the result is as if it had never been, to the last bit."""
        bars = random_bars(60, 1)
        bars["volume"] += 0.1
        count = getattr(volume, name).lookback(**options)
        clean = applied(name, fields, options, bars)
        bars["volume"][20] = 1e18
        np.testing.assert_array_equal(applied(name, fields, options, bars)[21 + count :], clean[21 + count :])

    @pytest.mark.parametrize(("name", "fields", "options"), WINDOWED)
    def test_a_gap_is_felt_only_in_its_window(self, name, fields, options):
        """In any of the tables; before and after all is as without it."""
        count = getattr(volume, name).lookback(**options)
        for field in fields:
            bars = random_bars(60, 1, seed=4)
            bars["volume"] += 1.0
            clean = applied(name, fields, options, bars)
            bars[field][30] = np.nan
            found = applied(name, fields, options, bars)
            np.testing.assert_array_equal(found[:30], clean[:30])
            assert np.isnan(found[30 : 30 + options["window"]]).all()
            np.testing.assert_array_equal(found[31 + count :], clean[31 + count :])

    @pytest.mark.parametrize("window", [1, 2, 3, 7, 8, 100, 511, 600, 2000])
    def test_windows_of_any_length(self, window):
        """Longer than a piece of the history, and longer than the history."""
        bars = random_bars(1300, 2)
        columns = [bars[field] for field in ALL]
        found = volume.mfi(*columns, window=window)
        typical = np.round(bars["high"] + bars["low"] + bars["close"], 6) / 3
        change = np.diff(typical, axis=0)
        flow = (typical * bars["volume"])[1:]
        assert np.isnan(found[:window]).all()
        for t in range(window, 1300, 97):
            part = slice(t - window, t)
            rise, fall = (np.sum(flow[part] * (sign * change[part] > 0), axis=0) for sign in (1, -1))
            expected = np.divide(100 * rise, rise + fall, out=np.full(2, np.nan), where=rise + fall > 0)
            np.testing.assert_allclose(found[t], expected, rtol=1e-12)


class TestOptions:
    @pytest.mark.parametrize(
        ("call", "named"),
        [
            (lambda b: volume.obv(*b[2:], seed="first"), "seed: expected 'zero' or 'talib', got 'first'"),
            (lambda b: volume.obv(*b[2:], nan="drop"), "nan: expected 'skip' or 'reset' or 'propagate'"),
            (lambda b: volume.chaikin_oscillator(*b, fast=0), "fast: expected at least 1, got 0"),
            (lambda b: volume.chaikin_oscillator(*b, slow=2.5), "slow: expected a whole number"),
            (lambda b: volume.chaikin_oscillator(*b, seed="first"), "seed: expected 'sma' or 'talib'"),
            (lambda b: volume.cmf(*b, window=0), "window: expected at least 1"),
            (lambda b: volume.mfi(*b, window=True), "window: expected a whole number"),
            (lambda b: volume.emv(*b[:2], b[3], scale=0.0), "scale: expected one number above zero"),
            (lambda b: volume.efi(*b[2:], seed="talib"), "seed: expected 'sma' or 'first'"),
            (lambda b: volume.nvi(*b[2:], method="log"), "method: expected 'compound' or 'sum'"),
            (lambda b: volume.nvi(*b[2:], start=[1.0, 2.0]), "start: expected one number"),
            (lambda b: volume.vwap(*b, session="hour"), "session: expected 'day' or"),
            (
                lambda b: volume.vwap(*b, session="day"),
                "session: expected dates as labels of rows, got rows without",
            ),
            (
                lambda b: volume.vwap(*b, session=[1, 2]),
                r"session: expected one label a row, 20, got shape \(2,\)",
            ),
            (lambda b: volume.vwap(*b, session=np.ones(20), anchor=1), "session and anchor: .*got both"),
            (lambda b: volume.vwap(*b, anchor=-1), "anchor: expected at least 0"),
        ],
    )
    def test_refuses_what_it_does_not_know(self, call, named):
        """The message names the argument and what is known."""
        bars = random_bars(20, 1)
        with pytest.raises(InputError, match=named):
            call([bars[field] for field in ALL])

    @settings(max_examples=30, deadline=None)
    @given(st.integers(1, 9), st.integers(1, 9), st.floats(1e-3, 1e9))
    def test_the_oscillator_takes_no_digits_from_a_high_line(self, fast, slow, height):
        """A first bar that lifts the line leaves the averages where they are, once these have followed."""
        bars = random_bars(12, 1, seed=3)
        columns = [bars[field] for field in ALL]
        low = volume.chaikin_oscillator(*columns, fast=fast, slow=slow)
        turned = volume.chaikin_oscillator(*columns, fast=slow, slow=fast)
        np.testing.assert_allclose(turned, -low, rtol=1e-9, atol=1e-9)
        scaled = volume.chaikin_oscillator(*columns[:3], height * columns[3], fast=fast, slow=slow)
        np.testing.assert_allclose(scaled, height * low, rtol=1e-9, atol=1e-9 * height)


class TestSessions:
    def test_each_session_is_averaged_by_itself(self):
        """Days, weeks, months, quarters and years, by the labels' own clock."""
        index = pd.date_range("2023-12-27 09:30", periods=300, freq="9h", tz="America/New_York")
        bars = {key: pd.DataFrame(table, index) for key, table in random_bars(300, 2).items()}
        columns = [bars[field] for field in ALL]
        local = index.tz_localize(None)
        labels = {
            "day": local.strftime("%Y-%m-%d"),
            "week": local.strftime("%G-%V"),
            "month": local.strftime("%Y-%m"),
            "quarter": local.year * 10 + local.quarter,
            "year": local.year,
        }
        for session, names in labels.items():
            found = volume.vwap(*columns, session=session)
            pd.testing.assert_frame_equal(found, volume.vwap(*columns, session=names))
            for name in names.unique():
                rows = np.flatnonzero(names == name)
                alone = volume.vwap(*(column.iloc[rows] for column in columns))
                pd.testing.assert_frame_equal(found.iloc[rows], alone)

    def test_periods_are_dates_too(self):
        """A PeriodIndex starts its own sessions."""
        index = pd.period_range("2024-01-30", periods=6, freq="D")
        bars = {key: pd.Series(table[:, 0], index) for key, table in random_bars(6, 1).items()}
        found = volume.vwap(*(bars[field] for field in ALL), session="month")
        assert found.iloc[2] == pytest.approx((bars["high"] + bars["low"] + bars["close"]).iloc[2] / 3)

    def test_a_session_forgets_that_the_last_one_ended(self):
        """With ``nan="propagate"`` a gap ends its own session only."""
        bars = random_bars(9, 1)
        bars["volume"] += 1
        bars["close"][4] = np.nan
        found = volume.vwap(*(bars[field] for field in ALL), session=np.arange(9) // 3, nan="propagate")
        assert np.isnan(found[:, 0]).tolist() == [False] * 4 + [True] * 2 + [False] * 3

    def test_an_anchor_is_a_beginning(self):
        """By number in arrays and by label in tables; a day without trade anchors at the next row."""
        index = pd.bdate_range("2024-03-01", periods=12)
        bars = {key: pd.Series(table[:, 0], index) for key, table in random_bars(12, 1).items()}
        columns = [bars[field] for field in ALL]
        for anchor in ("2024-03-10", pd.Timestamp("2024-03-11")):
            found = volume.vwap(*columns, anchor=anchor)
            assert found.iloc[:6].isna().all()
            pd.testing.assert_series_equal(
                found.iloc[6:], volume.vwap(*(column.iloc[6:] for column in columns))
            )
        np.testing.assert_array_equal(volume.vwap(*(c.to_numpy() for c in columns), anchor=6), found)
        assert volume.vwap(*columns, anchor="2025-01-01").isna().all()
        with pytest.raises(InputError, match="anchor: expected a label like datetime64"):
            volume.vwap(*columns, anchor=6)


class TestVolumeProfile:
    def test_volume_is_spread_over_the_range_of_each_bar(self):
        """Two bars that overlap by half: the middle has a half of both."""
        found = volume.volume_profile([12.0, 13.0], [10.0, 11.0], [40, 60], bins=3)
        np.testing.assert_allclose(found.edges, [10, 11, 12, 13])
        np.testing.assert_allclose(found.volume, [20, 50, 30])
        assert (found.point_of_control, found.value_area_low, found.value_area_high) == (11.5, 11.0, 13.0)

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 10_000), st.integers(1, 60), st.floats(0.05, 1.0))
    def test_nothing_is_lost(self, seed, bins, share):
        """Bins add up to what was traded, and the value area holds its share around the fullest bin."""
        bars = random_bars(30, 1, seed)
        bars["volume"] += 1.0
        high, low, shares = (bars[field][:, 0] for field in HIGH_LOW)
        found = volume.volume_profile(high, low, shares, bins=bins, value_area=share)
        assert found.volume.sum() == pytest.approx(shares.sum())
        assert (found.edges[0], found.edges[-1]) == (low.min(), high.max())
        assert found.value_area_low <= found.point_of_control <= found.value_area_high
        middles = (found.edges[1:] + found.edges[:-1]) / 2
        is_inside = (middles > found.value_area_low) & (middles < found.value_area_high)
        assert found.volume[is_inside].sum() >= share * shares.sum() * (1 - 1e-9)

    def test_many_assets_and_a_window(self):
        """Each asset has its own prices; gaps are left out; an asset without bars has no profile."""
        bars = with_gaps(random_bars(40, 3))
        bars["high"][:, 1] = np.nan
        frames = {key: pd.DataFrame(table, columns=["A", "B", "C"]) for key, table in bars.items()}
        found = volume.volume_profile(*(frames[field] for field in HIGH_LOW), bins=8, window=25)
        assert (found.edges.shape, found.volume.shape, found.assets) == ((9, 3), (8, 3), ("A", "B", "C"))
        assert np.isnan(found.volume[:, 1]).all()
        assert np.isnan(found.point_of_control[1])
        alone = volume.volume_profile(*(frames[field]["C"].iloc[-25:] for field in HIGH_LOW), bins=8)
        np.testing.assert_array_equal(found.volume[:, 2], alone.volume)
        assert repr(found) == "VolumeProfile(8 bins, 3 assets)"
        assert found.to_frame().columns.tolist() == ["asset", "low", "high", "volume"]
        assert found.to_frame()["asset"].tolist() == ["A"] * 8 + ["B"] * 8 + ["C"] * 8
        assert alone.to_frame()["volume"].tolist() == alone.volume.tolist()

    def test_one_price_is_one_bin(self):
        """Without a range all is at the bottom; without volume there is no point of control."""
        found = volume.volume_profile([5.0, 5.0], [5.0, 5.0], [10, 20], bins=4)
        assert found.volume.tolist() == [30, 0, 0, 0]
        assert found.point_of_control == 5.0
        assert math.isnan(volume.volume_profile([6.0, 6.0], [5.0, 5.0], [0, 0], bins=4).point_of_control)

    def test_no_bars_have_no_profile(self):
        """Neither without rows nor without assets."""
        empty = np.empty(0)
        assert np.isnan(volume.volume_profile(empty, empty, empty, bins=2).volume).all()
        none = np.empty((3, 0))
        assert volume.volume_profile(none, none, none, bins=2).volume.shape == (2, 0)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"bins": 0}, "bins: expected at least 1"),
            ({"value_area": 0.0}, "value_area: expected a share above 0"),
            ({"value_area": 1.1}, "value_area: expected a share above 0"),
            ({"window": 0}, "window: expected at least 1"),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            volume.volume_profile([6.0], [5.0], [10.0], **options)
