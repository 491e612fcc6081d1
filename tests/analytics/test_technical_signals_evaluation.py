"""What followed signals, beside what followed any bar: means, samples, costs, and words that promise nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds_signals import dice, walk

from maos_nb.analytics.technical._signal_trades import as_market, trades
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.analytics.technical.signals import evaluate_signal
from maos_nb.errors import InputError

NAN = np.nan


class TestMeans:
    close = np.array([100.0, 110.0, 99.0, 99.0, 108.9, 98.01])
    signal = np.array([True, False, True, False, False, False])

    def test_by_hand(self):
        """Signals at bars 0 and 2: bought at 110 and 99, sold a bar later at 99 and 108.9."""
        found = evaluate_signal(self.signal, self.close, 1, split=None).find(1, sample="all")
        assert (found.n_signals, found.n_unknown) == (2, 0)
        assert found.mean_return == pytest.approx((-0.1 + 0.1) / 2)
        assert found.base_return == pytest.approx((-0.1 + 0.0 + 0.1 - 0.1) / 4)
        assert found.difference == pytest.approx(0.025)
        assert found.hit_rate == 0.5
        assert found.base_hit_rate == 0.25

    def test_entries_by_name(self):
        """At the opening of the next bar, its close, or the signal's own close."""
        opens = np.array([100.0, 105.0, 100.0, 90.0, 100.0, 100.0])
        at_open = evaluate_signal(self.signal, self.close, 2, open=opens, split=None).find(2, sample="all")
        assert at_open.mean_return == pytest.approx(((99 / 105 - 1) + (108.9 / 90 - 1)) / 2)
        own = evaluate_signal(self.signal, self.close, 2, entry="close", split=None).find(2, sample="all")
        assert own.mean_return == pytest.approx(((99 / 100 - 1) + (108.9 / 99 - 1)) / 2)

    def test_a_record_of_bars_gives_openings(self):
        """The same as openings beside closes."""
        opens = self.close + 0.5
        bars = Ohlcv(opens, self.close + 1, self.close - 1, self.close)
        record = evaluate_signal(self.signal, bars, 2, split=None)
        assert record.entry == "next_open"
        apart = evaluate_signal(self.signal, self.close, 2, open=opens, split=None)
        pd.testing.assert_frame_equal(record.to_frame(), apart.to_frame())

    def test_a_short_trade_gains_what_the_price_loses(self):
        """And the base rate is that of short trades."""
        found = evaluate_signal(self.signal, self.close, 1, side="short", split=None).find(1, sample="all")
        assert found.base_return == pytest.approx(0.025)
        assert found.hit_rate == 0.5

    def test_costs_are_taken_from_trades_and_not_from_the_base_rate(self):
        """A gain of 10% is no hit after costs of 20%."""
        found = evaluate_signal(self.signal, self.close, 1, cost=0.2, split=None).find(1, sample="all")
        assert found.mean_return == pytest.approx(-0.2)
        assert found.difference == pytest.approx(0.025 - 0.2)
        assert found.hit_rate == 0.0
        assert found.base_hit_rate == 0.25

    def test_signals_without_a_result_are_counted_apart(self):
        """The last signal's trade is not over."""
        signal = np.array([True, False, False, False, True, False])
        found = evaluate_signal(signal, self.close, 1, split=None).find(1, sample="all")
        assert (found.n_signals, found.n_unknown) == (1, 1)

    def test_a_gap_at_entry_or_exit_makes_a_trade_unknown(self):
        """A gap in between does not."""
        close = self.close.copy()
        close[2] = NAN
        every = np.ones(6, dtype=bool)
        found = evaluate_signal(every, close, (1, 2), split=None)
        assert found.find(1, sample="all").n_signals == 2
        assert found.find(2, sample="all").n_signals == 2
        trade = evaluate_signal(self.signal, close, 2, split=None).find(2, sample="all")
        assert trade.mean_return == pytest.approx(((99 / 110 - 1) + (98.01 / 99 - 1)) / 2)

    def test_the_base_rate_of_all_is_weighted_by_signals(self):
        """All signals in the asset that rises anyway: no timing, so no difference."""
        steps = np.arange(50)
        close = np.stack([1.01**steps, 0.99**steps], axis=1)
        signal = np.zeros(close.shape, dtype=bool)
        signal[::7, 0] = True
        found = evaluate_signal(signal, close, 1, split=None).find(1, sample="all")
        assert found.base_return == pytest.approx(0.01)
        assert found.difference == pytest.approx(0.0, abs=1e-12)

    @given(st.integers(0, 10_000), st.sampled_from(["next_open", "next_close", "close"]), st.integers(1, 9))
    @settings(max_examples=25)
    def test_equal_a_loop_over_trades(self, seed, entry, horizon):
        """The definition, with gaps."""
        close, signal = walk(60, 2, seed), dice((60, 2), 0.3, seed)
        close[dice(close.shape, 0.05, seed + 1)] = NAN
        opens = close * (1 + 0.01 * np.random.default_rng(seed).standard_normal(close.shape))
        opens = opens if entry == "next_open" else None
        found = evaluate_signal(signal, close, horizon, open=opens, entry=entry, split=None).find(
            horizon, sample="all", asset=1
        )
        delay, start = (0 if entry == "close" else 1), (close if opens is None else opens)
        length = horizon - (entry == "next_open")
        made = {t: close[t + delay + length, 1] / start[t + delay, 1] - 1 for t in range(60 - delay - length)}
        known = {t: value for t, value in made.items() if not np.isnan(value)}
        taken = [value for t, value in known.items() if signal[t, 1]]
        assert found.n_signals == len(taken)
        assert found.mean_return == pytest.approx(np.mean(taken))
        assert found.hit_rate == pytest.approx(np.mean(np.array(taken) > 0))
        assert found.base_return == pytest.approx(np.mean(list(known.values())))


class TestGainsByDay:
    @given(
        st.integers(0, 10_000),
        st.sampled_from(["next_open", "next_close", "close"]),
        st.integers(1, 12),
        st.booleans(),
        st.sampled_from([None, -0.3]),
    )
    @settings(max_examples=30)
    def test_add_up_to_the_trades(self, seed, entry, horizon, is_short, delisting):
        """Whatever the entry, gaps and ends of series: nothing is lost between the days."""
        close = walk(60, 3, seed)
        close[dice(close.shape, 0.1, seed + 1)] = NAN
        close[40:, 2] = NAN
        opens = 1.01 * close if entry == "next_open" else None
        made = trades(
            as_market(close.T, None if opens is None else opens.T, entry, delisting),
            horizon,
            is_short=is_short,
        )
        known = ~np.isnan(made.returns)
        weights = np.where(known, np.random.default_rng(seed).standard_normal(known.shape), 0.0)
        expected = np.where(known, weights * made.returns, 0.0).sum(axis=1)
        np.testing.assert_allclose(made.daily(weights).sum(axis=1), expected, atol=1e-12)
        np.testing.assert_allclose(
            made.open_positions(weights).sum(axis=1), horizon * weights.sum(axis=1), atol=1e-11
        )

    @given(st.integers(0, 1000), st.floats(1e-6, 1e6))
    @settings(max_examples=10)
    def test_neither_the_unit_of_prices_nor_the_order_of_assets_matters(self, seed, unit):
        """Dollars or cents; all assets together in any order."""
        close, signal = walk(120, 3, seed), dice((120, 3), 0.2, seed)
        found = evaluate_signal(signal, close, 5).find(5)
        other = evaluate_signal(signal[:, ::-1], unit * close[:, ::-1], 5).find(5)
        for name in ("mean_return", "difference_interval", "p_value", "n_effective"):
            np.testing.assert_allclose(getattr(other, name), getattr(found, name), rtol=1e-7, atol=1e-12)


class TestNothingToJudge:
    def test_no_signals_give_counts_of_zero_and_nan(self):
        """The base rate is known all the same."""
        close = walk(100, 2)
        found = evaluate_signal(np.zeros(close.shape, dtype=bool), close)
        for item in found.outcomes:
            assert (item.n_signals, item.n_unknown, item.n_effective) == (0, 0, 0.0)
            assert np.isnan([item.hit_rate, item.mean_return, item.difference, item.p_value]).all()
            assert np.isnan([*item.hit_rate_interval, *item.mean_return_interval]).all()
            assert np.isfinite(item.base_return)
        assert "nothing can be said" in found.summary()

    def test_one_signal_has_a_mean_and_no_interval(self):
        """One trade tells nothing of how trades vary."""
        signal = np.zeros(100, dtype=bool)
        signal[10] = True
        found = evaluate_signal(signal, walk(100)[:, 0], 5, split=None).find(5, sample="all")
        assert np.isfinite(found.mean_return)
        assert np.isnan([*found.mean_return_interval, *found.difference_interval, found.p_value]).all()

    def test_a_price_that_never_moves_proves_nothing(self):
        """Zero everywhere, and no p-value of rounding errors."""
        found = evaluate_signal(dice(100), np.full(100, 7.0), 5, split=None).find(5, sample="all")
        assert found.mean_return == found.difference == 0.0
        assert np.isnan(found.p_value)

    @pytest.mark.parametrize("interval", ["hac", "bootstrap"])
    def test_a_price_that_grows_evenly_proves_nothing(self, interval):
        """Every trade gains the same: what rounding leaves is no evidence."""
        close = 100 * 1.01 ** np.arange(100)
        found = evaluate_signal(dice(100), close, 1, interval=interval, split=None).find(1, sample="all")
        assert found.mean_return == pytest.approx(0.01)
        assert np.isnan(found.p_value)

    def test_the_bootstrap_of_next_to_nothing(self):
        """One bar a part, and no signals."""
        found = evaluate_signal(np.zeros(2, dtype=bool), np.ones(2), 1, split=0.5, interval="bootstrap")
        assert all(np.isnan(item.p_value) for item in found.outcomes)

    def test_a_signal_at_every_bar_differs_in_nothing(self):
        """It is the base rate."""
        found = evaluate_signal(np.ones(100, dtype=bool), walk(100)[:, 0], 1, split=None).find(
            1, sample="all"
        )
        assert found.difference == pytest.approx(0.0, abs=1e-15)
        assert np.isnan(found.p_value)

    def test_prices_that_are_all_missing(self):
        """Everything is NaN, nothing fails."""
        found = evaluate_signal(dice(50), np.full(50, NAN), split=None)
        assert all(item.n_signals == 0 and np.isnan(item.base_return) for item in found.outcomes)

    def test_no_bars_and_no_assets(self):
        """Counts of zero, without a split; with one there is nothing to split."""
        for shape in ((0, 2), (5, 0)):
            found = evaluate_signal(np.ones(shape, dtype=bool), np.ones(shape), 1, split=None)
            assert found.find(1, sample="all").n_signals == 0
        with pytest.raises(InputError, match="split"):
            evaluate_signal(np.ones((0, 2), dtype=bool), np.ones((0, 2)))

    def test_a_horizon_beyond_the_data(self):
        """No trade is ever over."""
        found = evaluate_signal(dice(50), walk(50)[:, 0], 100, split=None).find(100, sample="all")
        assert found.n_signals == 0
        assert found.n_unknown == dice(50).sum()


class TestHonesty:
    def test_a_signal_that_cheats_shows_once_entry_is_after_it(self):
        """It knows tomorrow's move: certain at its own close, worth nothing a bar later."""
        close = walk(600)[:, 0]
        cheat = np.append(close[1:] > close[:-1], False)
        own = evaluate_signal(cheat, close, 1, entry="close", split=None).find(1, sample="all")
        after = evaluate_signal(cheat, close, 1, split=None).find(1, sample="all")
        assert own.hit_rate == 1.0
        assert own.p_value < 1e-6
        assert after.difference_interval[0] < 0 < after.difference_interval[1]
        with pytest.raises(AssertionError, match="looks ahead"):
            assert_causal(lambda x: np.append(x[1:] > x[:-1], False), close)

    def test_a_signal_that_knows_is_found(self):
        """Prices that go on rising after it: the difference is real and seen."""
        close, signal = walk(600)[:, 0], dice(600, 0.05)
        moved = np.zeros(600)
        moved[2:] = 0.02 * signal[:-2]
        found = evaluate_signal(signal, close * np.exp(moved.cumsum()), 1, split=None).find(1, sample="all")
        assert found.difference_interval[0] > 0
        assert found.difference == pytest.approx(0.019, abs=0.006)

    def test_samples_are_split_by_date_and_do_not_share_a_price_path(self):
        """A trade over the split belongs to neither part."""
        days = pd.bdate_range("2020-01-01", periods=100)
        close = pd.Series(walk(100)[:, 0], index=days, name="A")
        every = close > 0
        found = evaluate_signal(every, close, 5, split="2020-03-25")
        assert found.split == days[60]
        before, after = found.find(5, sample="in_sample"), found.find(5)
        assert (before.n_signals, before.n_unknown) == (60 - 6, 6)
        assert (after.n_signals, after.n_unknown) == (40 - 6, 6)
        assert (
            before.mean_return
            == evaluate_signal(every[:60], close[:60], 5, split=None).outcomes[0].mean_return
        )
        assert after.mean_return == pytest.approx(
            evaluate_signal(every[60:], close[60:], 5, split=None).outcomes[0].mean_return
        )

    def test_a_share_splits_too(self):
        """Seven tenths of the bars by default."""
        assert evaluate_signal(dice(100), walk(100)[:, 0]).split == 70
        assert evaluate_signal(dice(100), walk(100)[:, 0], split=20).split == 20
        numbered = pd.Series(walk(100)[:, 0], index=np.arange(1000, 1100))
        assert evaluate_signal(numbered > 100, numbered, split=1030).split == 1030

    def test_delisting_is_counted_where_asked_for(self):
        """Prices end at bar 5: the trade is dropped, or ends with 30% less than the last close."""
        close = np.stack([np.full(10, 10.0), np.array([10.0] * 6 + [NAN] * 4)], axis=1)
        signal = np.zeros(close.shape, dtype=bool)
        signal[3, 1] = True
        dropped = evaluate_signal(signal, close, 5, split=None).find(5, sample="all")
        assert (dropped.n_signals, dropped.n_unknown) == (0, 1)
        ended = evaluate_signal(signal, close, 5, split=None, delisting_return=-0.3).find(5, sample="all")
        assert ended.mean_return == pytest.approx(-0.3)
        signal[5:, 1] = True
        after = evaluate_signal(signal, close, 1, split=None, delisting_return=-0.3).find(1, sample="all")
        assert (after.n_signals, after.n_unknown) == (1, 5)

    def test_words_promise_nothing(self):
        """Each verdict stands beside its numbers, and no word tells of what will be."""
        words = evaluate_signal(dice(400), walk()[:, 0]).summary()
        assert words.count("interval") == 3
        assert "later ones may differ" in words
        assert not {"will", "expect", "guarantee", "profitable", "buy", "sell"} & set(words.lower().split())

    def test_verdicts_follow_the_interval(self):
        """Above, below, too few; each only if this were the only test."""
        close, signal = walk(600)[:, 0], dice(600, 0.05)
        moved = np.zeros(600)
        moved[2:] = 0.02 * signal[:-2]
        helped = evaluate_signal(signal, close * np.exp(moved.cumsum()), 1, split=None).summary()
        assert "above other bars, if this were the only test" in helped
        harmed = evaluate_signal(signal, close / np.exp(moved.cumsum()), 1, split=None).summary()
        assert "below other bars, if this were the only test" in harmed
        once = np.zeros(600, dtype=bool)
        once[5] = True
        assert "too few signals to tell" in evaluate_signal(once, close, 1, split=None).summary()


class TestRecords:
    def test_the_frame_has_a_row_for_each_outcome(self):
        """Samples, horizons, and all assets together beside each."""
        close = pd.DataFrame(walk(100, 2), columns=["A", "B"])
        frame = evaluate_signal(close > close.shift(), close).to_frame()
        assert frame.index.names == ["sample", "horizon", "asset"]
        assert len(frame) == 3 * 3 * 3
        row = frame.loc[("out_of_sample", 5, "all")]
        assert row["mean_return_low"] < row["mean_return"] < row["mean_return_high"]

    def test_a_panel_equals_its_columns(self):
        """Each asset as if alone."""
        close, signal = walk(150, 3), dice((150, 3))
        whole = evaluate_signal(signal, close, 5)
        for asset in range(3):
            alone = evaluate_signal(signal[:, asset], close[:, asset], 5).find(5)
            np.testing.assert_allclose(
                whole.find(5, asset=asset).difference_interval, alone.difference_interval
            )

    def test_what_is_not_there_is_said(self):
        """With what there is."""
        found = evaluate_signal(dice(100), walk(100)[:, 0])
        with pytest.raises(InputError, match="horizons 1, 5, 20 and samples all, in_sample, out_of_sample"):
            found.find(7)

    def test_repr_is_short(self):
        """One line each."""
        found = evaluate_signal(dice(100), walk(100)[:, 0], 5)
        assert repr(found).startswith("<SignalEvaluation long at next_close, horizons 5: up to ")
        assert "split none" in repr(evaluate_signal(dice(100), walk(100)[:, 0], split=None))
        assert repr(found.find(5)).startswith(
            "SignalOutcome(out_of_sample, horizon=5, asset=None, n_signals="
        )

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"horizons": ()}, "horizons"),
            ({"horizons": (5, 5)}, "horizons: expected different"),
            ({"horizons": (0,)}, "horizons: expected at least 1"),
            ({"horizons": "5"}, "horizons"),
            ({"entry": "next_open"}, "open"),
            ({"entry": "noon"}, "entry"),
            ({"side": "flat"}, "side"),
            ({"split": 1.5}, "split"),
            ({"split": 0}, "split"),
            ({"split": 100}, "split"),
            ({"split": True}, "split"),
            ({"cost": -0.1}, "cost"),
            ({"level": 1.0}, "level"),
            ({"interval": "exact"}, "interval"),
            ({"lags": -1}, "lags"),
            ({"delisting_return": -2.0}, "delisting_return"),
            ({"interval": "bootstrap", "n_resamples": 10}, "n_resamples"),
            ({"interval": "bootstrap", "block_length": 0.5}, "block_length"),
            ({"interval": "bootstrap", "rng": "x"}, "rng"),
        ],
    )
    def test_refuses_impossible_input(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            evaluate_signal(dice(100), walk(100)[:, 0], **options)

    def test_refuses_other_prices(self):
        """Below zero, of another shape, or out of order."""
        close = walk(100)[:, 0]
        with pytest.raises(InputError, match="close: expected prices above zero"):
            evaluate_signal(dice(100), close - 100)
        with pytest.raises(InputError, match="signal and close"):
            evaluate_signal(dice(99), close)
        with pytest.raises(InputError, match="open: expected nothing beside an Ohlcv record"):
            evaluate_signal(dice(100), Ohlcv(close, close, close, close), open=close)
        days = pd.bdate_range("2020-01-01", periods=100)[::-1]
        series = pd.Series(close, index=days)
        with pytest.raises(InputError, match="signal: expected rows in the order of time"):
            evaluate_signal(series > 100, series)
