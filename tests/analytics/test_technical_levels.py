"""Pivot points, swings, support and resistance, and retracements, against definitions written out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from bars_volume import random_bars, with_gaps
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical import levels
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.errors import InputError

PRICES = ("high", "low", "close")
METHODS = ["classic", "fibonacci", "camarilla", "woodie"]
EVERY = [
    *(("pivot_points", PRICES, {"method": method}) for method in METHODS),
    ("swing_points", PRICES[:2], {"bars": 2}),
    ("support_resistance", PRICES, {"bars": 2}),
    ("fibonacci_retracements", PRICES[:2], {"bars": 2}),
]
every = pytest.mark.parametrize(
    ("name", "fields", "options"), EVERY, ids=[f"{n} {o.get('method', '')}".strip() for n, _, o in EVERY]
)


def applied(name, fields, options, bars):
    """Call a function with its tables; give its lines as one array, lines first."""
    return np.array(getattr(levels, name)(*(bars[field] for field in fields), **options))


class TestPivotPoints:
    def test_published_classic_levels(self):
        """Stock Illuminati's worked example: 98.64, 97.22, 97.61 give 97.82, 98.43, 99.24 and 97.01."""
        found = levels.pivot_points([98.64, 99.0], [97.22, 98.0], [97.61, 98.5])
        lines = [found.pivot[1], found.r1[1], found.r2[1], found.s1[1]]
        np.testing.assert_allclose(lines, [97.82, 98.43, 99.24, 97.01], atol=0.005)

    @pytest.mark.parametrize(
        ("method", "expected"),
        [
            ("classic", [320 / 3, 370 / 3, 410 / 3, 460 / 3, 170, 280 / 3, 230 / 3, 190 / 3, 50]),
            (
                "fibonacci",
                [
                    320 / 3,
                    *(320 / 3 + step for step in (11.46, 18.54, 30, math.nan, -11.46, -18.54, -30, math.nan)),
                ],
            ),
            ("camarilla", [320 / 3, 112.75, 115.5, 118.25, 126.5, 107.25, 104.5, 101.75, 93.5]),
            ("woodie", [107.5, 125, 137.5, 155, 172.5, 95, 77.5, 65, 52.5]),
        ],
    )
    def test_each_method_by_hand(self, method, expected):
        """High 120, low 90 and close 110, whatever the next bar does."""
        found = levels.pivot_points([120.0, 1.0], [90.0, 1.0], [110.0, 1.0], method=method)
        np.testing.assert_allclose([line[1] for line in found], expected)
        assert np.isnan([line[0] for line in found]).all()

    @pytest.mark.parametrize("method", METHODS)
    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 10_000))
    def test_levels_are_in_order(self, method, seed):
        """Resistances rise above supports, with the pivot within the range before."""
        bars = random_bars(20, 1, seed)
        found = levels.pivot_points(*(bars[field][:, 0] for field in PRICES), method=method)
        lines = np.array(found)[:, 1:]
        assert (bars["low"][:-1, 0] - 1e-9 <= lines[0]).all()
        assert (lines[0] <= bars["high"][:-1, 0] + 1e-9).all()
        for above, below in zip(lines[1:4], lines[5:8], strict=True):
            assert (above >= below - 1e-9).all()
        assert (np.diff(lines[1:4], axis=0) >= -1e-9).all()
        assert (np.diff(lines[5:8], axis=0) <= 1e-9).all()

    @pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
    @pytest.mark.parametrize("method", METHODS)
    def test_a_calendar_period_counts_as_one_bar(self, period, method):
        """Grouped by pandas they are bars; each of the next period's days has their levels."""
        index = pd.bdate_range("2022-12-26", periods=600)
        bars = {key: pd.DataFrame(table, index) for key, table in random_bars(600, 2).items()}
        found = levels.pivot_points(*(bars[field] for field in PRICES), method=method, period=period)
        names = index.to_period({"week": "W", "month": "M", "quarter": "Q", "year": "Y"}[period])
        joined = [
            bars[field].groupby(names).agg(how)
            for field, how in zip(PRICES, ("max", "min", "last"), strict=True)
        ]
        expected = levels.pivot_points(*(table.to_numpy() for table in joined), method=method)
        for line, by_period in zip(found, expected, strict=True):
            np.testing.assert_allclose(line, by_period[names.factorize()[0]], rtol=1e-14)

    def test_a_gap_is_felt_in_the_next_period_alone(self):
        """A high that is missing may have been the highest; of closes only the last one counts."""
        index = pd.bdate_range("2024-01-01", periods=15)
        bars = {key: pd.Series(table[:, 0], index) for key, table in random_bars(15, 1).items()}
        whole = levels.pivot_points(*(bars[field] for field in PRICES), period="week").pivot
        bars["high"].iloc[1] = np.nan
        bars["close"].iloc[7] = np.nan
        found = levels.pivot_points(*(bars[field] for field in PRICES), period="week").pivot
        assert found.iloc[5:10].isna().all()
        pd.testing.assert_series_equal(found.iloc[10:], whole.iloc[10:])

    def test_nothing_looks_ahead_into_the_period(self):
        """Neither the rest of the month nor what the next ones bring."""
        index = pd.bdate_range("2024-01-01", periods=90)
        frames = [pd.DataFrame(random_bars(90, 2)[field], index) for field in PRICES]
        assert_causal(levels.pivot_points, *frames, period="month", n_prefixes=40)

    def test_refuses_what_it_does_not_know(self):
        """The message names the argument."""
        with pytest.raises(InputError, match="method: expected 'classic' or"):
            levels.pivot_points([1.0], [1.0], [1.0], method="floor")
        with pytest.raises(InputError, match="period: expected 'day' or"):
            levels.pivot_points([1.0], [1.0], [1.0], period="hour")
        with pytest.raises(InputError, match="period: expected dates as labels of rows"):
            levels.pivot_points([1.0], [1.0], [1.0], period="day")
        with pytest.raises(InputError, match="period: expected dates as labels of rows, got labels of int64"):
            levels.pivot_points(*(pd.Series([1.0]) for _ in PRICES), period="day")

    def test_no_dates_are_dates_too(self):
        """An empty table by date has no periods."""
        empty = pd.Series([], pd.DatetimeIndex([]), dtype=float)
        assert levels.pivot_points(empty, empty, empty, period="month").pivot.empty


def naive_swings(prices, bars, sign):
    """Look at both sides of each bar; give the rows of the extremes by those of their confirmations."""
    found = {}
    for t in range(bars, len(prices) - bars):
        before, after = prices[t - bars : t], prices[t + 1 : t + bars + 1]
        if np.isnan(prices[t - bars : t + bars + 1]).any():
            continue
        if all(sign * prices[t] > sign * p for p in before) and all(
            sign * prices[t] >= sign * p for p in after
        ):
            found[t + bars] = t
    return found


class TestSwingPoints:
    @pytest.mark.parametrize("bars", [1, 2, 5])
    def test_swings_are_extremes_on_both_sides(self, bars):
        """With ties and gaps: dated when known, with the row of the extreme."""
        tables = with_gaps(random_bars(150, 3))
        found = levels.swing_points(tables["high"], tables["low"], bars)
        for i in range(3):
            for line, rows, prices, sign in (
                (found.high, found.high_row, tables["high"][:, i], 1),
                (found.low, found.low_row, tables["low"][:, i], -1),
            ):
                expected = naive_swings(prices, bars, sign)
                assert len(expected) > 3
                assert np.flatnonzero(~np.isnan(line[:, i])).tolist() == list(expected)
                assert rows[~np.isnan(line[:, i]), i].tolist() == list(expected.values())
                assert line[list(expected), i].tolist() == prices[list(expected.values())].tolist()

    def test_of_equal_extremes_it_is_the_first(self):
        """A plateau is one swing."""
        found = levels.swing_points([1.0, 3.0, 3.0, 1.0, 1.0], [1.0, 3.0, 3.0, 1.0, 1.0], 2)
        assert np.isnan(found.high).all()
        found = levels.swing_points([1.0, 1.5, 3.0, 3.0, 1.0], [0.0] * 5, 2)
        assert found.high_row[4] == 2

    def test_a_table_lists_them_with_both_dates(self):
        """In the order of confirmation; several assets by name."""
        index = pd.date_range("2024-01-01", periods=6)
        high = pd.Series([1.0, 5.0, 2.0, 4.0, 6.0, 3.0], index)
        found = levels.swing_points(high, high - 1, bars=1)
        assert found.to_frame().to_dict("list") == {
            "kind": ["high", "low", "high"],
            "price": [5.0, 1.0, 6.0],
            "extreme": [index[1], index[2], index[4]],
            "confirmed": [index[2], index[3], index[5]],
        }
        both = pd.DataFrame({"A": high, "B": high[::-1].to_numpy()})
        listed = levels.swing_points(both, both - 1, bars=1).to_frame()
        assert listed["asset"].tolist() == ["A", "B", "A", "B", "A", "B"]
        numbers = levels.swing_points(high.to_numpy(), high.to_numpy() - 1, bars=1).to_frame()
        assert numbers["confirmed"].tolist() == [2, 3, 5]
        assert levels.swing_points(high.iloc[:2], high.iloc[:2], bars=1).to_frame().empty

    def test_it_stands_nowhere_before_it_is_known(self):
        """A swing that later bars undo has never been one."""
        prices = [1.0, 2.0, 3.0, 2.0, 4.0]
        assert np.isnan(levels.swing_points(prices, prices, bars=2).high).all()
        assert levels.swing_points(prices, prices, bars=1).high[3] == 3.0


def naive_levels(high, low, close, bars, tolerance, touches, memory):
    """Keep a list of levels, each a list of its swings, bar by bar."""
    tops, bottoms = naive_swings(high, bars, 1), naive_swings(low, bars, -1)
    held, result = [], []
    for t in range(len(close)):
        held = [level for level in held if level["last"] > t - memory]
        for swings, prices in ((tops, high), (bottoms, low)):
            if t not in swings:
                continue
            price = prices[swings[t]]
            near = [
                level
                for level in held
                if abs(price - np.mean(level["swings"])) <= tolerance * np.mean(level["swings"])
            ]
            if near:
                nearest = min(near, key=lambda level: abs(price - np.mean(level["swings"])))
                nearest["swings"].append(price)
                nearest["last"] = t
            else:
                held.append({"swings": [price], "last": t})
        known = [
            (np.mean(each["swings"]), len(each["swings"])) for each in held if len(each["swings"]) >= touches
        ]
        below = max((level for level in known if level[0] <= close[t]), default=(math.nan, math.nan))
        above = min((level for level in known if level[0] > close[t]), default=(math.nan, math.nan))
        result.append((below[0], above[0], below[1], above[1]))
    return np.array(result)


class TestSupportResistance:
    @pytest.mark.parametrize(
        ("bars", "tolerance", "touches", "memory"), [(1, 0.01, 2, 252), (2, 0.005, 1, 40), (2, 0.03, 3, 100)]
    )
    def test_levels_are_means_of_their_swings(self, bars, tolerance, touches, memory):
        """The plain loop keeps every swing, ours only means and counts; without ticks, as means then are no prices."""
        tables = with_gaps(random_bars(300, 3, seed=5, tick=1e-6))
        found = levels.support_resistance(
            *(tables[field] for field in PRICES), bars, tolerance=tolerance, touches=touches, memory=memory
        )
        for i in range(3):
            columns = [tables[field][:, i] for field in PRICES]
            expected = naive_levels(*columns, bars, tolerance, touches, memory)
            np.testing.assert_allclose(np.array(found)[:, :, i].T, expected, rtol=1e-12)
        assert np.isfinite(found.support).any()
        assert np.isfinite(found.resistance).any()

    def test_resistance_becomes_support(self):
        """Twice turned at 12, then above it."""
        prices = [10.0, 12.0, 10.5, 12.0, 10.8, 11.0, 13.0, 13.5]
        found = levels.support_resistance(prices, prices, prices, bars=1)
        assert found.resistance[5] == 12.0
        assert found.support[6] == 12.0
        assert found.support_touches[6] == 2

    def test_it_does_not_look_at_swings_not_yet_known(self):
        """At no bar does a swing count whose other side is still to come."""
        tables = random_bars(200, 2)
        assert_causal(levels.support_resistance, *(tables[field] for field in PRICES), bars=3, n_prefixes=60)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"bars": 0}, "bars: expected at least 1"),
            ({"tolerance": 0.0}, "tolerance: expected one number above zero"),
            ({"touches": 0}, "touches: expected at least 1"),
            ({"memory": 1.5}, "memory: expected a whole number"),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            levels.support_resistance([1.0], [1.0], [1.0], **options)


class TestFibonacci:
    def test_a_leg_up_and_a_leg_down(self):
        """From 10 up to 20, then from there down to 15: 38.2% of ten, and of five, are lost again."""
        prices = [11.0, 10.0, 15.0, 20.0, 18.0, 15.0, 16.0]
        found = levels.fibonacci_retracements(prices, prices, bars=1)
        assert (found.start[4], found.end[4]) == (10.0, 20.0)
        assert (found.start[6], found.end[6]) == (20.0, 15.0)
        np.testing.assert_allclose([found.level_382[4], found.level_382[6]], [16.18, 16.91])
        np.testing.assert_allclose([found.level_618[4], found.level_618[6]], [13.82, 18.09])
        assert np.isnan(found.start[:4]).all()

    def test_levels_are_those_of_the_plain_function(self):
        """Shares of the leg, from its end."""
        tables = random_bars(100, 2)
        found = levels.fibonacci_retracements(tables["high"], tables["low"], bars=2)
        for ratio, line in zip((0.236, 0.382, 0.5, 0.618, 0.786), found[2:], strict=True):
            np.testing.assert_array_equal(line, levels.fibonacci_level(found.start, found.end, ratio))
        assert np.isfinite(found.end).any()

    def test_the_leg_is_between_the_last_swings(self):
        """By the plain loop over both."""
        tables = with_gaps(random_bars(120, 2))
        found = levels.fibonacci_retracements(tables["high"], tables["low"], bars=2)
        for i in range(2):
            high, low = tables["high"][:, i], tables["low"][:, i]
            tops, bottoms = naive_swings(high, 2, 1), naive_swings(low, 2, -1)
            for t in range(120):
                top = max((row for known, row in tops.items() if known <= t), default=None)
                bottom = max((row for known, row in bottoms.items() if known <= t), default=None)
                if top is None or bottom is None or top == bottom:
                    assert np.isnan([line[t, i] for line in found]).all()
                    continue
                ends = (low[bottom], high[top]) if top > bottom else (high[top], low[bottom])
                assert (found.start[t, i], found.end[t, i]) == ends

    def test_a_single_level_is_a_number(self):
        """Scalars give a float, arrays broadcast, and NaN passes."""
        assert levels.fibonacci_level(10.0, 20.0, 0.5) == 15.0
        assert isinstance(levels.fibonacci_level(10, 20, 0.5), float)
        np.testing.assert_allclose(levels.fibonacci_level([10.0, np.nan], 20.0, 1.618), [3.82, np.nan])
        with pytest.raises(InputError, match="ratio: expected numbers"):
            levels.fibonacci_level(10.0, 20.0, "38.2%")


class TestEveryLevel:
    @every
    @pytest.mark.parametrize("make", [dict, with_gaps], ids=["whole", "with gaps"])
    def test_a_panel_is_its_columns(self, name, fields, options, make):
        """To the last bit, in any order of them."""
        bars = make(random_bars(80, 4))
        whole = applied(name, fields, options, bars)
        order = [2, 0, 3, 1]
        shuffled = applied(name, fields, options, {key: table[:, order] for key, table in bars.items()})
        np.testing.assert_array_equal(shuffled, whole[:, :, order])
        for i in range(4):
            one = applied(name, fields, options, {key: table[:, i] for key, table in bars.items()})
            np.testing.assert_array_equal(one, whole[:, :, i])

    @every
    def test_nothing_looks_ahead(self, name, fields, options):
        """Recomputed on the first bars alone, with and without gaps."""
        for bars in (random_bars(80, 3), with_gaps(random_bars(80, 3))):
            assert_causal(getattr(levels, name), *(bars[field] for field in fields), **options, n_prefixes=30)

    @every
    def test_nothing_comes_before_its_lookback(self, name, fields, options):
        """A zigzag has swings as early as can be."""
        count = getattr(levels, name).lookback(**options)
        line = 10 + np.array([0, 1, 2, 1, 0, 1, 2, 1] * 4, dtype=float)
        found = applied(name, fields, options, {"high": line, "low": line - 0.5, "close": line - 0.25})
        assert np.isnan(found[:, :count]).all()
        assert np.isfinite(found).any()

    @every
    def test_labels_are_kept(self, name, fields, options):
        """A DataFrame's and a Series'; a record gives the same."""
        bars = random_bars(40, 2)
        index = pd.date_range("2024-01-01", periods=40)
        frames = {key: pd.DataFrame(table, index, ["A", "B"]) for key, table in bars.items()}
        found = getattr(levels, name)(*(frames[field] for field in fields), **options)
        alone = getattr(levels, name)(*(frames[field]["B"] for field in fields), **options)
        of_record = getattr(levels, name)(Ohlcv(**frames), **options)
        for line, one, again, array in zip(
            found, alone, of_record, applied(name, fields, options, bars), strict=True
        ):
            pd.testing.assert_frame_equal(line, pd.DataFrame(array, index, ["A", "B"]))
            pd.testing.assert_series_equal(one, line["B"])
            pd.testing.assert_frame_equal(again, line)

    @every
    @pytest.mark.parametrize("length", [0, 1, 2])
    def test_short_histories_are_answered(self, name, fields, options, length):
        """No rows, one and two: of the same shape."""
        bars = {key: table[:length] for key, table in random_bars(5, 2).items()}
        assert applied(name, fields, options, bars).shape[1:] == (length, 2)

    @every
    @pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame], ids=["array", "DataFrame"])
    def test_no_assets_are_answered(self, name, fields, options, kind):
        """As many rows, no columns."""
        empty = kind(np.empty((6, 0)))
        assert applied(name, fields, options, dict.fromkeys(fields, empty)).shape[1:] == (6, 0)

    @every
    def test_whole_numbers_are_numbers(self, name, fields, options):
        """As the same numbers in floating point."""
        bars = {key: np.round(table).astype(np.int64) for key, table in random_bars(60, 2, tick=1.0).items()}
        floats = {key: table.astype(float) for key, table in bars.items()}
        np.testing.assert_array_equal(
            applied(name, fields, options, bars), applied(name, fields, options, floats)
        )

    @every
    def test_a_constant_price_has_no_swings(self, name, fields, options):
        """And every pivot level is that price."""
        flat = np.full(30, 8.0)
        found = applied(name, fields, options, {"high": flat, "low": flat, "close": flat})
        if name != "pivot_points":
            assert np.isnan(found).all()
        else:
            np.testing.assert_allclose(found[np.isfinite(found)], 8.0)

    @every
    def test_refuses_what_is_no_bar(self, name, fields, options):
        """The message names the argument."""
        bars = random_bars(10, 1)
        with pytest.raises(InputError, match="low: expected a table beside high"):
            getattr(levels, name)(bars["high"], **options)
        bars["low"][4] = bars["high"][4] + 1
        with pytest.raises(InputError, match="high and low: expected high at or above low"):
            applied(name, fields, options, bars)

    def test_without_a_compiler_the_same_levels_come_out(self, monkeypatch):
        """The loop runs as it stands."""
        tables = with_gaps(random_bars(60, 2))
        compiled = applied("support_resistance", PRICES, {"bars": 1}, tables)
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        np.testing.assert_array_equal(applied("support_resistance", PRICES, {"bars": 1}, tables), compiled)
