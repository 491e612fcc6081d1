"""Candle patterns against TA-Lib where the definition is the same, and against definitions written out where not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import talib
from bars_volume import random_bars, with_gaps

from maos_nb.analytics.technical import patterns
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.analytics.technical.patterns import PATTERNS
from maos_nb.errors import InputError

FIELDS = ("open", "high", "low", "close")
SIGNED = {"marubozu", "spinning_top", "engulfing", "harami", "three_inside", "three_outside"}

# Name, TA-Lib's function, and its sign where it has only one.
SAME = [
    ("doji", "CDLDOJI", 0),
    ("dragonfly_doji", "CDLDRAGONFLYDOJI", 0),
    ("gravestone_doji", "CDLGRAVESTONEDOJI", 0),
    ("long_legged_doji", "CDLLONGLEGGEDDOJI", 0),
    ("marubozu", "CDLMARUBOZU", 0),
    ("spinning_top", "CDLSPINNINGTOP", 0),
    ("hammer", "CDLHAMMER", 0),
    ("hanging_man", "CDLHANGINGMAN", 0),
    ("inverted_hammer", "CDLINVERTEDHAMMER", 0),
    ("shooting_star", "CDLSHOOTINGSTAR", 0),
    ("engulfing", "CDLENGULFING", 0),
    ("harami", "CDLHARAMI", 0),
    ("piercing_line", "CDLPIERCING", 0),
    ("dark_cloud_cover", "CDLDARKCLOUDCOVER", 0),
    ("morning_star", "CDLMORNINGSTAR", 0),
    ("evening_star", "CDLEVENINGSTAR", 0),
    ("three_inside", "CDL3INSIDE", 0),
    ("three_outside", "CDL3OUTSIDE", 0),
    ("three_white_soldiers", "CDL3WHITESOLDIERS", 0),
    ("three_black_crows", "CDL3BLACKCROWS", 0),
    ("rising_three_methods", "CDLRISEFALL3METHODS", 1),
    ("falling_three_methods", "CDLRISEFALL3METHODS", -1),
]
OURS = {"tweezer_top", "tweezer_bottom", "inside_bar", "outside_bar"}
every = pytest.mark.parametrize("name", sorted(PATTERNS))


def candles(n_bars, n_assets, seed):
    """Give restless bars, without ticks so that nothing is equal by chance, among which every pattern occurs."""
    rng = np.random.default_rng(seed)
    size = rng.choice([0.05, 0.5, 2.0], (n_bars, n_assets))
    body = rng.normal(0, 1, (n_bars, n_assets)) * size
    gap = rng.normal(0, 0.4, (n_bars, n_assets))
    drift = np.repeat(rng.choice([-1.0, 1.0], (n_bars // 5 + 1, n_assets)), 5, axis=0)[:n_bars]
    body = np.where(rng.random((n_bars, n_assets)) < 0.4, np.abs(body) * drift, body)
    close = 200 + np.cumsum(body + gap, axis=0)
    opened = close - body
    shadows = rng.exponential(0.4, (2, n_bars, n_assets)) * rng.choice(
        [0.02, 1.0, 3.0], (2, n_bars, n_assets)
    )
    return {
        "open": opened,
        "high": np.maximum(opened, close) + shadows[0],
        "low": np.minimum(opened, close) - shadows[1],
        "close": close,
    }


def found(name, bars, **options):
    """Call a pattern with its tables."""
    return PATTERNS[name](*(bars[field] for field in FIELDS), **options)


class TestAgainstTaLib:
    """TA-Lib's candle settings at their defaults are ours."""

    @pytest.mark.parametrize(("name", "peer", "sign"), SAME, ids=[name for name, _, _ in SAME])
    def test_the_same_bars_are_found(self, name, peer, sign):
        """On 80,000 random candles, each pattern at least three times, from where both know enough."""
        bars = candles(2000, 40, seed=11)
        ours = found(name, bars).astype(int)
        start, n_found = 20, 0
        for i in range(40):
            columns = [np.ascontiguousarray(bars[field][:, i]) for field in FIELDS]
            theirs = np.sign(getattr(talib, peer)(*columns))
            if sign:
                theirs = np.where(theirs == sign, 1, 0)
            elif name not in SIGNED:
                theirs = np.abs(theirs)
            np.testing.assert_array_equal(ours[start:, i], theirs[start:])
            n_found += np.count_nonzero(ours[start:, i])
        assert n_found >= 3

    def test_every_pattern_is_compared_or_ours_alone(self):
        """Nothing is left out."""
        assert {name for name, _, _ in SAME} | OURS == set(PATTERNS)
        assert set(PATTERNS) | {"PATTERNS"} == set(patterns.__all__)

    @pytest.mark.parametrize("penetration", [0.1, 0.5, 0.9])
    def test_penetration_is_the_same_option(self, penetration):
        """Stars and clouds take it as TA-Lib's do."""
        bars = candles(2000, 1, seed=5)
        columns = [np.ascontiguousarray(bars[field][:, 0]) for field in FIELDS]
        for name, peer in (
            ("morning_star", talib.CDLMORNINGSTAR),
            ("evening_star", talib.CDLEVENINGSTAR),
            ("dark_cloud_cover", talib.CDLDARKCLOUDCOVER),
        ):
            ours = found(name, bars, penetration=penetration)[20:, 0]
            np.testing.assert_array_equal(ours, peer(*columns, penetration=penetration)[20:] != 0)


class TestOursAlone:
    def test_ranges_within_and_around(self):
        """Strictly: an equal high is neither."""
        bars = random_bars(200, 2)
        inside, outside = found("inside_bar", bars), found("outside_bar", bars)
        for i in range(2):
            for t in range(1, 200):
                high, low = bars["high"][t - 1 : t + 1, i], bars["low"][t - 1 : t + 1, i]
                assert inside[t, i] == (high[1] < high[0] and low[1] > low[0])
                assert outside[t, i] == (high[1] > high[0] and low[1] < low[0])
        assert inside.any()
        assert outside.any()

    @pytest.mark.parametrize(("name", "end"), [("tweezer_top", "high"), ("tweezer_bottom", "low")])
    def test_tweezers_have_the_same_end(self, name, end):
        """Within a share of the mean range of the bars before the first, colours turned."""
        bars = candles(400, 3, seed=2)
        panel = found(name, bars, window=4, equal=0.1)
        opened, high, low, close = (bars[field] for field in FIELDS)
        for i in range(3):
            for t in range(5, 400):
                usual = np.mean(high[t - 5 : t - 1, i] - low[t - 5 : t - 1, i])
                is_white = [close[k, i] >= opened[k, i] for k in (t - 1, t)]
                is_turned = is_white == ([True, False] if name == "tweezer_top" else [False, True])
                is_same = abs(bars[end][t, i] - bars[end][t - 1, i]) <= 0.1 * usual
                assert panel[t, i] == (is_turned and is_same)
        assert panel.any()


class TestEveryPattern:
    @every
    def test_is_a_signal(self, name):
        """Booleans where there is one direction; 1, -1 and 0 where there are two."""
        panel = found(name, candles(300, 4, seed=1))
        assert panel.dtype == (np.int8 if name in SIGNED else np.bool_)
        assert set(np.unique(panel)) <= {-1, 0, 1}

    @every
    def test_lookback_is_what_it_needs(self, name):
        """Bars before those are of no account, and one fewer gives no answer."""
        count, bars = PATTERNS[name].lookback(), candles(2000, 10, seed=11)
        whole = found(name, bars)
        assert not whole[:count].any()
        rows, assets = np.nonzero(whole[count:])
        for row, asset in list(zip(rows + count, assets, strict=True))[:3]:
            part = {key: table[row - count : row + 1, asset] for key, table in bars.items()}
            assert found(name, part)[-1] == whole[row, asset]
            fewer = {key: table[row - count + 1 : row + 1, asset] for key, table in bars.items()}
            assert not found(name, fewer).any()

    @every
    def test_lookback_follows_the_windows(self, name):
        """With other windows too."""
        known = PATTERNS[name]
        if known.lookback() in (1, 2):
            return
        bars = candles(2000, 10, seed=11)
        panel = found(name, bars, window=3)
        assert not panel[: known.lookback(window=3)].any()
        assert known.lookback(window=3) < known.lookback(window=30)

    @every
    def test_nothing_looks_ahead(self, name):
        """Recomputed on the first bars alone, with and without gaps."""
        for bars in (candles(80, 3, seed=3), with_gaps(candles(80, 3, seed=3))):
            assert_causal(PATTERNS[name], *(bars[field] for field in FIELDS))

    @every
    def test_a_gap_is_felt_only_where_it_is_needed(self, name):
        """No pattern is found through it, and none that does not need it is lost."""
        bars = candles(2000, 10, seed=11)
        whole, count = found(name, bars), PATTERNS[name].lookback()
        for field in ("open", "high", "low", "close"):
            gappy = {key: table.copy() for key, table in bars.items()}
            gappy[field][1000] = np.nan
            panel = found(name, gappy)
            np.testing.assert_array_equal(panel[:1000], whole[:1000])
            np.testing.assert_array_equal(panel[1001 + count :], whole[1001 + count :])
            assert (panel[1000 : 1001 + count] == whole[1000 : 1001 + count])[
                panel[1000 : 1001 + count] != 0
            ].all()

    @every
    def test_a_panel_is_its_columns(self, name):
        """In any order of them, and whatever goes through the cache at once."""
        bars = candles(300, 70, seed=6)
        whole = found(name, bars)
        order = np.random.default_rng(0).permutation(70)
        shuffled = found(name, {key: table[:, order] for key, table in bars.items()})
        np.testing.assert_array_equal(shuffled, whole[:, order])
        for i in (0, 53, 54, 69):
            one = found(name, {key: table[:, i] for key, table in bars.items()})
            np.testing.assert_array_equal(one, whole[:, i])

    @every
    def test_the_unit_of_prices_does_not_matter(self, name):
        """Twice the prices have the same patterns."""
        bars = candles(400, 5, seed=4)
        doubled = {key: 2 * table for key, table in bars.items()}
        np.testing.assert_array_equal(found(name, doubled), found(name, bars))

    @pytest.mark.parametrize(
        ("name", "mirrored"),
        [
            ("morning_star", "evening_star"),
            ("rising_three_methods", "falling_three_methods"),
            ("tweezer_top", "tweezer_bottom"),
            ("dragonfly_doji", "gravestone_doji"),
            ("inside_bar", "inside_bar"),
            ("outside_bar", "outside_bar"),
            *((name, name) for name in sorted(SIGNED)),
        ],
    )
    def test_upside_down_the_other_pattern_is_found(self, name, mirrored):
        """Prices with their sign turned: what was bullish is bearish."""
        bars = candles(2000, 10, seed=12)
        turned = {"open": "open", "high": "low", "low": "high", "close": "close"}
        down = {key: -bars[other] for key, other in turned.items()}
        sign = -1 if name in SIGNED else 1
        np.testing.assert_array_equal(found(mirrored, down).astype(int), sign * found(name, bars).astype(int))

    @every
    def test_labels_are_kept(self, name):
        """A DataFrame's and a Series'; a record gives the same."""
        bars = candles(60, 2, seed=8)
        index = pd.date_range("2024-01-01", periods=60)
        frames = {key: pd.DataFrame(table, index, ["A", "B"]) for key, table in bars.items()}
        panel = found(name, frames)
        pd.testing.assert_frame_equal(panel, pd.DataFrame(found(name, bars), index, ["A", "B"]))
        pd.testing.assert_series_equal(
            found(name, {key: frame["B"] for key, frame in frames.items()}), panel["B"]
        )
        pd.testing.assert_frame_equal(PATTERNS[name](Ohlcv(**frames)), panel)

    @every
    @pytest.mark.parametrize("length", [0, 1, 2])
    def test_short_histories_have_no_patterns_yet(self, name, length):
        """But panels of their shape."""
        bars = {key: table[:length] for key, table in candles(5, 2, seed=0).items()}
        panel = found(name, bars)
        assert panel.shape == (length, 2)
        assert panel.dtype == (np.int8 if name in SIGNED else np.bool_)

    @every
    @pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame], ids=["array", "DataFrame"])
    def test_no_assets_are_answered(self, name, kind):
        """As many rows, no columns."""
        empty = kind(np.empty((6, 0)))
        assert found(name, dict.fromkeys(FIELDS, empty)).shape == (6, 0)

    @every
    def test_whole_numbers_are_numbers(self, name):
        """As the same numbers in floating point."""
        bars = {key: np.round(10 * table).astype(np.int64) for key, table in candles(200, 2, seed=9).items()}
        floats = {key: table.astype(float) for key, table in bars.items()}
        np.testing.assert_array_equal(found(name, bars), found(name, floats))

    @every
    def test_bars_without_any_move_are_doji_alone(self, name):
        """A constant price opens and closes at the same, exactly."""
        flat = np.full(30, 7.1)
        panel = found(name, dict.fromkeys(FIELDS, flat))
        assert panel[PATTERNS[name].lookback() :].all() == (name == "doji")
        assert panel.any() == (name == "doji")

    @every
    def test_refuses_what_is_no_bar(self, name):
        """The message names the argument."""
        bars = candles(20, 1, seed=0)
        with pytest.raises(InputError, match="high: expected a table beside open"):
            PATTERNS[name](bars["open"])
        bars["high"][7] = bars["low"][7] - 1
        with pytest.raises(InputError, match="high and low: expected high at or above low"):
            found(name, bars)

    def test_windows_and_shares_are_checked(self):
        """The message names the option."""
        bars = candles(20, 1, seed=0)
        with pytest.raises(InputError, match="window: expected at least 1, got 0"):
            found("doji", bars, window=0)
        with pytest.raises(InputError, match="near_window: expected at least 1, got 0"):
            found("hammer", bars, near_window=0)
        with pytest.raises(InputError, match=r"body: expected one number of zero or above, got -0\.1"):
            found("doji", bars, body=-0.1)
        with pytest.raises(InputError, match="penetration: expected one number"):
            found("morning_star", bars, penetration=[0.1, 0.2])
        with pytest.raises(InputError, match="parameters: there is no 'penetration'"):
            patterns.doji.lookback(penetration=1)
