"""Signals: crossings, breakouts and divergences as boolean panels that never look ahead."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.analytics.technical.signals import (
    breakdown,
    breakout,
    crossover,
    crossunder,
    divergence,
    onset,
    persist,
    threshold,
    within,
)
from maos_nb.errors import InputError

NAN = np.nan
# Few different values, so that ties come often.
levels = st.lists(st.sampled_from([1.0, 2.0, 3.0, NAN]), min_size=0, max_size=30).map(np.array)
flags = st.lists(st.booleans(), max_size=30).map(lambda items: np.array(items, dtype=bool))


def places(signal):
    """Give the bars at which a signal is true."""
    return np.flatnonzero(signal).tolist()


def walk(n_bars=300, n_assets=3, seed=1, gaps=0.05):
    """Give random walks with gaps."""
    rng = np.random.default_rng(seed)
    prices = 100 + rng.standard_normal((n_bars, n_assets)).cumsum(axis=0)
    prices[rng.random(prices.shape) < gaps] = NAN
    return prices


def crossed_by_loop(fast, slow, nan="skip", ties="side"):
    """Cross by definition: remember the side, bar by bar."""
    made, before, begun, ended = [], None, False, False
    for value in fast:
        if np.isnan(value):
            made.append(False)
            ended = ended or (begun and nan == "propagate")
            before = None if nan == "reset" else before
            continue
        begun = True
        side = int(np.sign(value - slow))
        made.append(bool(not ended and side == 1 and before is not None and before <= 0))
        before = side if ties == "bar" or side else before
    return made


class TestCrossover:
    def test_a_line_crosses_where_it_comes_to_stand_above(self):
        """By hand."""
        fast, slow = np.array([1.0, 2.0, 4.0, 5.0, 2.0, 6.0]), np.array([3.0, 3.0, 3.0, 3.0, 3.0, 3.0])
        assert places(crossover(fast, slow)) == [2, 5]
        assert places(crossunder(fast, slow)) == [4]

    def test_the_side_at_the_first_bar_is_no_crossing(self):
        """Nothing is known of the bar before."""
        assert places(crossover(np.array([5.0, 6.0]), 3.0)) == []

    def test_equality_on_the_way_delays_a_crossing(self):
        """From below, equal for two bars, then above."""
        assert places(crossover(np.array([1.0, 2.0, 2.0, 3.0]), 2.0)) == [3]

    def test_a_touch_from_above_is_no_crossing_unless_asked_for(self):
        """Pine Script's ta.crossover compares with the bar before alone, by "less or equal"."""
        line = np.array([1.0, 3.0, 2.0, 3.0])
        assert places(crossover(line, 2.0)) == [1]
        assert places(crossover(line, 2.0, ties="bar")) == [1, 3]

    def test_a_line_that_begins_at_the_level_has_no_side(self):
        """It may have come from above."""
        assert places(crossover(np.array([2.0, 3.0]), 2.0)) == []

    @pytest.mark.parametrize(("nan", "expected"), [("skip", [2, 6]), ("reset", [6]), ("propagate", [])])
    def test_gaps_by_rule(self, nan, expected):
        """Below before the gap and above after it; later a crossing without a gap."""
        line = np.array([1.0, NAN, 3.0, 3.0, 1.0, 1.0, 3.0])
        assert places(crossover(line, 2.0, nan=nan)) == expected

    def test_leading_gaps_end_nothing(self):
        """An average has no value at first."""
        line = np.array([NAN, NAN, 1.0, 3.0])
        assert places(crossover(line, 2.0, nan="propagate")) == [3]

    @given(levels, st.sampled_from(["skip", "reset", "propagate"]), st.sampled_from(["side", "bar"]))
    def test_equals_a_loop(self, line, nan, ties):
        """The definition, bar by bar."""
        found = crossover(line, 2.0, nan=nan, ties=ties)
        assert found.tolist() == crossed_by_loop(line, 2.0, nan, ties)
        mirrored = crossunder(4.0 - line, 2.0, nan=nan, ties=ties)
        assert mirrored.tolist() == found.tolist()

    @given(levels)
    def test_ups_and_downs_take_turns(self, line):
        """After one the side is known, and only the other can follow."""
        turns = np.stack([crossover(line, 2.0), crossunder(line, 2.0)])
        assert not turns.all(axis=0).any()
        order = turns[0, turns.any(axis=0)]
        assert (order[1:] != order[:-1]).all()

    def test_tiny_differences_count(self):
        """Lines are compared, not subtracted."""
        assert places(crossover(np.array([1.0, 1.0 + 2e-16, 1.0 + 3e-16]), np.ones(3))) == []
        below, above = np.nextafter(1.0, 0.0), np.nextafter(1.0, 2.0)
        assert places(crossover(np.array([below, above]), 1.0)) == [1]

    def test_labels_come_back(self):
        """A frame of booleans like the frame of prices."""
        days = pd.date_range("2024-01-01", periods=3)
        frame = pd.DataFrame({"A": [1.0, 3.0, 1.0], "B": [3.0, 1.0, 3.0]}, index=days)
        found = crossover(frame, 2.0)
        expected = pd.DataFrame({"A": [False, True, False], "B": [False, False, True]}, index=days)
        pd.testing.assert_frame_equal(found, expected)
        pd.testing.assert_series_equal(crossover(frame["A"], frame["B"]), expected["A"])

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ((np.ones(3), np.ones(4)), "fast and slow"),
            ((np.ones(3), "2"), "slow"),
            ((np.ones(3), NAN), "slow"),
            ((np.array([1.0, np.inf]), 1.0), "fast"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            crossover(*arguments)

    def test_refuses_unknown_words(self):
        """And says which there are."""
        with pytest.raises(InputError, match='ties: expected "side" or "bar"'):
            crossover(np.ones(3), 1.0, ties="none")
        with pytest.raises(InputError, match="nan: expected 'skip'"):
            crossover(np.ones(3), 1.0, nan="drop")


class TestThreshold:
    def test_without_hysteresis_it_is_a_crossing(self):
        """Both ways."""
        prices = walk()
        np.testing.assert_array_equal(threshold(prices, 100.0), crossover(prices, 100.0))
        np.testing.assert_array_equal(threshold(prices, 100.0, direction="down"), crossunder(prices, 100.0))

    def test_hysteresis_waits_until_the_line_has_come_back(self):
        """29 is below 30, but not below 25."""
        rsi = np.array([20.0, 31.0, 29.0, 32.0, 24.0, 31.0])
        assert places(threshold(rsi, 30.0, hysteresis=5.0)) == [1, 5]
        assert places(threshold(100 - rsi, 70.0, direction="down", hysteresis=5.0)) == [1, 5]

    @pytest.mark.parametrize(
        ("options", "named"),
        [({"hysteresis": -1.0}, "hysteresis"), ({"direction": "left"}, "direction"), ({"nan": "x"}, "nan")],
    )
    def test_refuses_impossible_input(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            threshold(np.ones(3), 1.0, **options)

    def test_refuses_a_level_that_is_no_number(self):
        """One level for all bars."""
        with pytest.raises(InputError, match="level: expected a single number"):
            threshold(np.ones(3), np.ones(3))


class TestBreakout:
    def test_the_window_ends_before_the_bar(self):
        """Donchian by hand: today's own high of 13 does not stand in the way of the close of 12."""
        high = np.array([11.0, 10.5, 10.0, 13.0, 12.0])
        close = np.array([10.0, 10.0, 9.5, 12.0, 11.0])
        assert places(breakout(high, close - 1, close, 3)) == [3]

    def test_to_equal_the_high_is_no_breakout(self):
        """Above is meant."""
        prices = np.array([10.0, 10.0, 10.0, 11.0])
        assert places(breakout(prices, prices, prices, 2)) == [3]

    def test_a_gap_is_felt_while_in_the_window(self):
        """And no longer; a close that is missing is no signal either."""
        prices = np.array([1.0, NAN, 3.0, 4.0, 5.0, NAN, 7.0])
        assert places(breakout(prices, prices, prices, 2)) == [4]

    def test_a_huge_high_leaves_nothing_behind(self):
        """Once it has left the window it is as if it had never been."""
        high = np.array([1.0, 1e12, 2.0, 2.0, 2.0])
        close = np.array([1.0, 1e12, 2.0, 2.0, 2.5])
        high[4] = 2.5
        assert places(breakout(high, high, high, 2)) == [4]
        assert places(breakout(high, np.minimum(close, high), close, 2)) == [4]

    @given(st.integers(1, 12), st.integers(0, 5))
    @settings(max_examples=25)
    def test_equals_a_loop(self, window, seed):
        """The definition, bar by bar, for both directions."""
        close = walk(60, 1, seed)[:, 0]
        high, low = close + 0.3, close - 0.3
        for function, line, best, sign in ((breakout, high, max, 1), (breakdown, low, min, -1)):
            expected = [
                i >= window and bool(sign * (close[i] - best(line[i - window : i])) > 0)
                if not np.isnan(line[max(0, i - window) : i]).any()
                else False
                for i in range(60)
            ]
            assert function(high, low, close, window).tolist() == expected

    def test_takes_one_record_of_bars(self):
        """As other indicators do."""
        close = walk(gaps=0.0)[:, 0]
        bars = Ohlcv(close, close + 1, close - 1, close)
        np.testing.assert_array_equal(breakdown(bars, window=5), breakdown(close + 1, close - 1, close, 5))

    def test_a_window_longer_than_the_data_says_nothing(self):
        """All False."""
        assert not breakout(np.arange(3.0), np.arange(3.0), np.arange(3.0), 100).any()

    def test_refuses_an_empty_window(self):
        """At least one bar."""
        with pytest.raises(InputError, match="window: expected at least 1"):
            breakout(np.ones(3), np.ones(3), np.ones(3), 0)


def swings_by_loop(line, bars):
    """Find swing lows by definition: lower than those before, not higher than those after."""
    return [
        i
        for i in range(bars, len(line) - bars)
        if not np.isnan(line[i - bars : i + bars + 1]).any()
        and line[i] < line[i - bars : i].min()
        and line[i] <= line[i + 1 : i + bars + 1].min()
    ]


def bullish_by_loop(price, reading, bars, nearest, farthest, sign=1):
    """Compare each swing low with the one before, told when the second is confirmed; hidden with a sign of -1."""
    found = [i for i in swings_by_loop(price, bars) if not np.isnan(reading[i])]
    return [
        later + bars
        for earlier, later in itertools.pairwise(found)
        if nearest <= later - earlier <= farthest
        and sign * (price[later] - price[earlier]) < 0
        and sign * (reading[later] - reading[earlier]) > 0
    ]


class TestDivergence:
    price = np.array([9.0, 7.0, 5.0, 6.0, 7.0, 5.0, 4.0, 6.0, 7.0])
    reading = np.array([60.0, 40.0, 20.0, 30.0, 45.0, 35.0, 30.0, 40.0, 50.0])

    def test_all_four_kinds_by_hand(self):
        """Lows at bars 2 and 6; turned over they are highs; with the lines' roles changed it is hidden."""
        price, reading = self.price, self.reading
        assert places(divergence(price, reading, strength=1, min_bars=2).bullish) == [7]
        assert places(divergence(-price, -reading, strength=1, min_bars=2).bearish) == [7]
        assert places(divergence(reading, price, strength=1, min_bars=2).hidden_bullish) == [7]
        assert places(divergence(-reading, -price, strength=1, min_bars=2).hidden_bearish) == [7]

    def test_it_is_told_at_the_confirmation(self):
        """A swing of strength 2 is known two bars later."""
        assert places(divergence(self.price, self.reading, strength=2, min_bars=2).bullish) == [8]

    def test_the_distance_is_bounded(self):
        """The lows are four bars apart."""
        assert places(divergence(self.price, self.reading, strength=1, min_bars=4, max_bars=4).bullish) == [7]
        assert not divergence(self.price, self.reading, strength=1, min_bars=5).bullish.any()
        assert not divergence(self.price, self.reading, strength=1, min_bars=1, max_bars=3).bullish.any()

    def test_of_a_flat_bottom_the_first_bar_is_the_swing(self):
        """So that it is one swing."""
        price = np.array([3.0, 1.0, 1.0, 3.0, 0.5, 3.0])
        reading = np.array([3.0, 1.0, 9.0, 3.0, 2.0, 3.0])
        assert places(divergence(price, reading, strength=1, min_bars=1).bullish) == [5]

    def test_swings_may_be_those_of_the_oscillator(self):
        """Both lines of the example turn at the same bars."""
        assert places(
            divergence(self.price, self.reading, strength=1, min_bars=2, swings="oscillator").bullish
        ) == [7]

    @given(st.integers(1, 4), st.integers(1, 8), st.integers(0, 1000))
    @settings(max_examples=40)
    def test_equals_a_loop(self, bars, nearest, seed):
        """The definition, on rounded walks with ties and gaps."""
        rng = np.random.default_rng(seed)
        price, reading = (np.round(walk(120, 1, seed + i, gaps=0.02)[:, 0]) for i in range(2))
        reading[rng.random(120) < 0.05] = NAN
        found = divergence(price, reading, strength=bars, min_bars=nearest, max_bars=30)
        assert places(found.bullish) == bullish_by_loop(price, reading, bars, nearest, 30)
        assert places(found.bearish) == bullish_by_loop(-price, -reading, bars, nearest, 30)
        assert places(found.hidden_bullish) == bullish_by_loop(price, reading, bars, nearest, 30, -1)
        assert places(found.hidden_bearish) == bullish_by_loop(-price, -reading, bars, nearest, 30, -1)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"strength": 0}, "strength"),
            ({"min_bars": 9, "max_bars": 8}, "max_bars: expected at least min_bars, 9, got 8"),
            ({"swings": "volume"}, "swings"),
        ],
    )
    def test_refuses_impossible_input(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            divergence(self.price, self.reading, **options)


class TestWindowsOfSignals:
    def test_by_hand(self):
        """Within the last two bars; held for two; began."""
        signal = np.array([True, True, False, False, True])
        assert within(signal, 2).tolist() == [True, True, True, False, True]
        assert persist(signal, 2).tolist() == [False, True, False, False, False]
        assert onset(signal).tolist() == [True, False, False, False, True]

    @given(flags, st.integers(1, 40))
    def test_equal_loops(self, signal, window):
        """The definitions, bar by bar."""
        recent = [signal[max(0, i - window + 1) : i + 1] for i in range(len(signal))]
        assert within(signal, window).tolist() == [bool(part.any()) for part in recent]
        assert persist(signal, window).tolist() == [
            len(part) == window and bool(part.all()) for part in recent
        ]

    def test_a_missing_signal_is_false(self):
        """The nullable booleans of pandas."""
        signal = pd.Series([True, None, True], dtype="boolean", name="A")
        pd.testing.assert_series_equal(onset(signal), pd.Series([True, False, True], name="A"))
        frame = signal.to_frame()
        assert persist(frame, 1)["A"].tolist() == [True, False, True]

    @pytest.mark.parametrize(
        "signal",
        [np.array([1.0, 0.0]), np.array([1, 0]), pd.Series([True, None]), pd.DataFrame({"A": [1]}), ["yes"]],
    )
    def test_refuses_what_is_no_signal(self, signal):
        """Numbers could be prices by mistake."""
        with pytest.raises(InputError, match="signal: expected booleans"):
            within(signal, 2)

    def test_no_bars_give_no_bars(self):
        """Empty in, empty out."""
        assert within(np.empty((0, 2), dtype=bool), 3).shape == (0, 2)


CASES = {
    "crossover": lambda x: crossover(x, 100.0),
    "crossover, bar": lambda x: crossover(x, 100.0, ties="bar", nan="reset"),
    "crossunder": lambda x: crossunder(x, 100.0, nan="propagate"),
    "threshold": lambda x: threshold(x, 100.0, hysteresis=1.0),
    "breakout": lambda x: breakout(x, x, x, 5),
    "breakdown": lambda x: breakdown(x, x, x, 5),
    "divergence": lambda x: divergence(x, np.sin(x), strength=2),
    "within": lambda x: within(crossover(x, 100.0), 3),
    "persist": lambda x: persist(x > 100, 3),
    "onset": lambda x: onset(x > 100),
}


class TestEverySignal:
    @pytest.mark.parametrize("name", CASES)
    def test_never_looks_ahead(self, name):
        """Recomputed on what was known on earlier days."""
        assert_causal(CASES[name], walk(), n_prefixes=40)

    @pytest.mark.parametrize("name", CASES)
    def test_says_something_of_this_walk(self, name):
        """So that the test before and the one after compare more than False."""
        found = CASES[name](walk())
        assert np.any(found)
        assert not np.all(found)

    @pytest.mark.parametrize("name", CASES)
    def test_each_asset_is_judged_alone(self, name):
        """A panel equals its columns, in any order."""
        prices = walk()
        whole = np.asarray(CASES[name](prices)).reshape(-1, *prices.shape)
        turned = np.asarray(CASES[name](prices[:, ::-1])).reshape(-1, *prices.shape)
        alone = np.asarray(CASES[name](prices[:, 1])).reshape(-1, len(prices))
        np.testing.assert_array_equal(whole, turned[:, :, ::-1])
        np.testing.assert_array_equal(whole[:, :, 1], alone)

    def test_lookbacks_are_reached(self):
        """The first bar at which each can be true, and is, of lines made for it."""
        turn = np.array([1.0, 3.0])
        assert places(crossover(turn, 2.0))[0] == crossover.lookback() == 1
        rise = np.arange(1.0, 40.0)
        assert places(breakout(rise, rise, rise, 7))[0] == breakout.lookback(window=7) == 7
        assert places(breakdown(-rise, -rise, -rise))[0] == breakdown.lookback() == 20
        assert places(persist(rise > 0, 4))[0] == persist.lookback(window=4) == 3
        price = np.array([3.0, 1.0, 2.0, 0.0, 3.0])
        reading = np.array([3.0, 1.0, 2.0, 1.5, 3.0])
        found = divergence(price, reading, strength=1, min_bars=1)
        assert places(found.bullish) == [divergence.lookback(strength=1, min_bars=1)] == [4]
