"""Breadth: advances, highs, shares above averages and McClellan's lines, against counts by hand and plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.market import breadth
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.errors import InputError

NAN = np.nan
OF_PRICES = [
    (breadth.advance_decline, {}),
    (breadth.advance_decline_line, {}),
    (breadth.advance_decline_line, {"method": "percent"}),
    (breadth.new_highs_lows, {"window": 5}),
    (breadth.share_above_average, {"window": 5}),
    (breadth.mcclellan, {"fast": 3, "slow": 7}),
    (breadth.mcclellan, {"fast": 3, "slow": 7, "seed": "first", "summation_start": "miekka"}),
    (breadth.mcclellan, {"fast": 3, "slow": 7, "nan": "reset", "ratio_adjusted": False}),
]
of_prices = pytest.mark.parametrize(
    ("function", "options"), OF_PRICES, ids=[f"{f.__name__} {' '.join(o)}".strip() for f, o in OF_PRICES]
)


def random_prices(length=120, n_assets=6, seed=0, gaps=0.0):
    """Draw a panel of prices on a grid of quarters, so that some stay where they were."""
    rng = np.random.default_rng(seed)
    prices = 50.0 + 0.25 * rng.integers(-3, 4, (length, n_assets)).cumsum(axis=0)
    prices[rng.random(prices.shape) < gaps] = NAN
    return prices


def lines_of(result):
    """Give the lines of a result as one array, lines first."""
    return np.array(result) if isinstance(result, tuple) else np.asarray(result)[np.newaxis]


def naive_ema(values, n):
    """Average exponentially by the textbook: the mean of the first n, then alpha of each new one; gaps skipped."""
    result, seen, state = [], [], None
    for value in values:
        if np.isnan(value):
            result.append(NAN)
            continue
        seen.append(value)
        if len(seen) == n:
            state = np.mean(seen)
        elif len(seen) > n:
            state = value * 2 / (n + 1) + state * (1 - 2 / (n + 1))
        result.append(NAN if state is None else state)
    return np.array(result)


class TestAdvancesAndDeclines:
    def test_gaps_and_late_starters_by_hand(self):
        """An asset counts on the second of two prices in a row: after a gap, and after its first price."""
        prices = [
            [10.0, 20.0, NAN, 5.0],
            [11.0, 20.0, NAN, 4.0],
            [12.0, NAN, 7.0, 4.0],
            [11.0, 21.0, 8.0, NAN],
            [11.0, 22.0, 9.0, NAN],
        ]
        found = breadth.advance_decline(prices)
        np.testing.assert_array_equal(found.advances, [NAN, 1, 1, 1, 2])
        np.testing.assert_array_equal(found.declines, [NAN, 1, 0, 1, 0])
        np.testing.assert_array_equal(found.unchanged, [NAN, 1, 1, 0, 1])
        np.testing.assert_array_equal(found.counted, [NAN, 3, 2, 2, 3])
        np.testing.assert_array_equal(breadth.advance_decline_line(prices), [NAN, 0, 1, 1, 3])
        percent = breadth.advance_decline_line(prices, method="percent")
        np.testing.assert_allclose(percent, [NAN, 0, 0.5, 0.5, 0.5 + 2 / 3])

    @pytest.mark.parametrize("seed", range(3))
    def test_counts_are_those_of_a_loop(self, seed):
        """Each pair of prices is looked at by itself."""
        prices = random_prices(seed=seed, gaps=0.3)
        found = lines_of(breadth.advance_decline(prices))
        for row in range(len(prices)):
            up = down = same = 0
            for asset in range(prices.shape[1]):
                before, now = (prices[row - 1, asset], prices[row, asset]) if row else (NAN, NAN)
                up, down, same = up + (now > before), down + (now < before), same + (now == before)
            total = up + down + same
            expected = [up, down, same, total] if total else [NAN] * 4
            np.testing.assert_array_equal(found[:, row], expected)

    def test_a_move_of_the_last_digit_is_a_move(self):
        """Prices are compared, not quotients: two neighbouring floats differ."""
        found = breadth.advance_decline([[1e6], [np.nextafter(1e6, 2e6)]])
        assert found.advances[1] == 1

    def test_a_day_without_prices_leaves_the_line_where_it_was(self):
        """Nothing counts on the empty day nor on the one after it; the line goes on from its old level."""
        prices = [[1.0], [2.0], [NAN], [3.0], [4.0]]
        np.testing.assert_array_equal(breadth.advance_decline_line(prices), [NAN, 1, NAN, NAN, 2])

    def test_method_is_named_when_unknown(self):
        """The message names the argument and what is known."""
        with pytest.raises(InputError, match='method: expected "net" or "percent"'):
            breadth.advance_decline_line([[1.0], [2.0]], method="ratio")


class TestArmsIndex:
    def test_by_hand(self):
        """Two rise on 100 and 300 shares, one falls on 100: (2/1) / (400/100) = 0.5; no declines, no index."""
        prices = [[1.0, 1.0, 2.0], [2.0, 2.0, 1.0], [3.0, 3.0, 2.0]]
        volume = [[5.0, 5.0, 5.0], [100.0, 300.0, 100.0], [1.0, 1.0, 1.0]]
        np.testing.assert_allclose(breadth.arms_index(prices, volume), [NAN, 0.5, NAN])

    def test_an_asset_without_a_volume_does_not_count(self):
        """As if it were not in the table."""
        prices, volume = random_prices(40, 5, 3), np.full((40, 5), 10.0)
        volume[:, 2] = NAN
        keep = [0, 1, 3, 4]
        np.testing.assert_array_equal(
            breadth.arms_index(prices, volume), breadth.arms_index(prices[:, keep], volume[:, keep])
        )

    def test_no_advancing_volume_gives_none(self):
        """A quotient by zero is NaN, never infinite."""
        found = breadth.arms_index([[1.0, 2.0], [2.0, 1.0]], [[0.0, 0.0], [0.0, 5.0]])
        assert np.isnan(found).all()

    def test_is_causal(self):
        """With gaps in prices and volumes."""
        assert_causal(breadth.arms_index, random_prices(gaps=0.1), random_prices(seed=1, gaps=0.1))

    def test_refuses_negative_volumes_and_other_shapes(self):
        """The message says which table."""
        with pytest.raises(InputError, match=r"volume: expected zero or more, got -1.0 at row 1"):
            breadth.arms_index([[1.0], [2.0]], [[1.0], [-1.0]])
        with pytest.raises(InputError, match="prices and volume"):
            breadth.arms_index([[1.0], [2.0]], [[1.0]])


class TestNewHighsAndLows:
    @pytest.mark.parametrize("window", [1, 4, 20])
    @pytest.mark.parametrize("gaps", [0.0, 0.05])
    def test_counts_are_those_of_a_loop(self, window, gaps):
        """Each price against the highest and lowest of the window before it, all of which must be there."""
        prices = random_prices(gaps=gaps)
        found = lines_of(breadth.new_highs_lows(prices, window))
        for row in range(len(prices)):
            highs = lows = total = 0
            for asset in range(prices.shape[1]):
                before = prices[max(0, row - window) : row, asset].tolist()
                now = prices[row, asset]
                if len(before) < window or np.isnan([*before, now]).any():
                    continue
                total += 1
                highs, lows = highs + (now > max(before)), lows + (now < min(before))
            share = (highs - lows) / total if total else NAN
            expected = [highs, lows, highs - lows, share, total] if total else [NAN] * 5
            np.testing.assert_array_equal(found[:, row], expected)

    def test_as_high_as_before_is_no_new_high(self):
        """Constant prices make neither highs nor lows, but they count."""
        found = breadth.new_highs_lows(np.full((5, 3), 7.0), 2)
        np.testing.assert_array_equal(lines_of(found)[:, 2:], [[0] * 3, [0] * 3, [0] * 3, [0] * 3, [3] * 3])


class TestShareAboveAverage:
    @pytest.mark.parametrize("window", [1, 3, 20])
    def test_shares_are_those_of_a_loop(self, window):
        """Quarters are exact in binary, so that prices equal to their average are seen to be."""
        prices = random_prices(gaps=0.03)
        found = breadth.share_above_average(prices, window)
        for row in range(len(prices)):
            above, total = 0, 0
            for asset in range(prices.shape[1]):
                among = prices[max(0, row - window + 1) : row + 1, asset]
                if len(among) == window and not np.isnan(among).any():
                    total += 1
                    above += among[-1] * window > among.sum()
            assert found.share[row] == above / total if total else np.isnan(found.share[row])
            assert found.counted[row] == total if total else np.isnan(found.counted[row])

    def test_constant_prices_are_not_above_themselves(self):
        """The mean of 0.1 three times is 0.1, to the last digit."""
        assert (breadth.share_above_average(np.full((6, 2), 0.1), 3).share[2:] == 0).all()

    def test_a_huge_price_leaves_no_trace(self):
        """Behind the window of 1e12 the shares are those of a panel that never saw it."""
        prices = random_prices(60, 3)
        spiked = prices.copy()
        spiked[10] = 1e12
        after = slice(10 + 5, None)
        np.testing.assert_array_equal(
            breadth.share_above_average(spiked, 5).share[after],
            breadth.share_above_average(prices, 5).share[after],
        )


class TestMcclellan:
    def test_first_two_values_by_hand(self):
        """38 days of net advances 500 and one of -500 of 1000 assets, then one of 0: alphas of 10% and 5%.

        Ratio adjusted 500/1000 is 500. The mean of 39 is (38 * 500 - 500) / 39; the fast average starts at 500 after
        19 days and takes a tenth of what is new, the slow one a twentieth.
        """
        advances = np.array([*[750.0] * 38, 250.0, 500.0])
        found = breadth.mcclellan_from_counts(advances, 1000.0 - advances)
        slow = (38 * 500.0 - 500.0) / 39
        fast = 500.0 - 0.1 * 1000.0
        first = fast - slow
        second = fast * 0.9 - slow * 0.95
        assert np.isnan(found.oscillator[:38]).all()
        np.testing.assert_allclose(found.oscillator[38:], [first, second], rtol=1e-12)
        np.testing.assert_allclose(found.summation[38:], [first, first + second], rtol=1e-12)

    @pytest.mark.parametrize("ratio_adjusted", [True, False])
    def test_is_the_difference_of_two_averages(self, ratio_adjusted):
        """19 and 39 days, from a naive recursion; gaps are skipped."""
        prices = random_prices(150, 9, 4)
        prices[[60, 61, 100]] = NAN
        counts = breadth.advance_decline(prices)
        net = counts.advances - counts.declines
        if ratio_adjusted:
            net = 1000 * net / (counts.advances + counts.declines)
        expected = naive_ema(net, 19) - naive_ema(net, 39)
        found = breadth.mcclellan(prices, ratio_adjusted=ratio_adjusted)
        np.testing.assert_allclose(found.oscillator, expected, rtol=1e-10, atol=1e-10)
        total = np.where(np.isnan(expected), NAN, np.nancumsum(expected))
        np.testing.assert_allclose(found.summation, total, rtol=1e-10, atol=1e-9)

    def test_miekkas_formula_has_the_same_changes(self):
        """Two levels of the summation index, the same differences: Miekka's identity holds for other lengths too."""
        advances, declines = (np.random.default_rng(s).integers(100, 900, 200) for s in (1, 2))
        for fast, slow in ((19, 39), (4, 9)):
            added, miekka = (
                breadth.mcclellan_from_counts(
                    advances, declines, fast=fast, slow=slow, summation_start=start
                ).summation
                for start in ("zero", "miekka")
            )
            np.testing.assert_allclose(np.diff(added), np.diff(miekka), rtol=1e-9, atol=1e-8)

    def test_miekkas_level_forgets_where_it_began(self):
        """1000 days later the two starts of history agree; the plain sums do not."""
        net = np.random.default_rng(5).integers(-500, 500, 1200).astype(float)
        whole, late = (
            breadth.mcclellan_from_counts(500 + part / 2, 500 - part / 2, summation_start="miekka").summation
            for part in (net, net[150:])
        )
        assert whole[-1] == pytest.approx(late[-1], abs=1e-6)

    def test_with_ratio_the_number_of_assets_does_not_matter(self):
        """Ten times the counts give the same lines."""
        up, down = (np.random.default_rng(s).integers(1, 90, 80).astype(float) for s in (3, 4))
        once, tenfold = (breadth.mcclellan_from_counts(up * k, down * k).oscillator for k in (1, 10))
        np.testing.assert_allclose(once, tenfold, rtol=1e-12)

    def test_each_rule_for_gaps(self):
        """Skipping is the series without the gap; resetting is what comes behind it, alone; propagating ends."""
        up = np.random.default_rng(6).integers(1, 90, 40).astype(float)
        down = 100 - up
        gap = up.copy()
        gap[20] = NAN
        options = {"fast": 2, "slow": 5}
        whole = {
            rule: lines_of(breadth.mcclellan_from_counts(gap, down, nan=rule, **options))
            for rule in ("skip", "reset", "propagate")
        }
        without = lines_of(breadth.mcclellan_from_counts(np.delete(up, 20), np.delete(down, 20), **options))
        behind = lines_of(breadth.mcclellan_from_counts(up[21:], down[21:], **options))
        np.testing.assert_allclose(np.delete(whole["skip"], 20, axis=1), without)
        np.testing.assert_allclose(whole["reset"][:, 21:], behind, atol=1e-9)
        assert np.isnan(whole["propagate"][:, 20:]).all()
        for lines in whole.values():
            assert np.isnan(lines[:, 20]).all()
            np.testing.assert_array_equal(lines[:, :20], whole["skip"][:, :20])

    def test_of_prices_and_of_their_counts_are_the_same(self):
        """A panel's own counts, published, give its lines."""
        prices = random_prices(100, 8, 7)
        counts = breadth.advance_decline(prices)
        np.testing.assert_array_equal(
            lines_of(breadth.mcclellan(prices)),
            lines_of(breadth.mcclellan_from_counts(counts.advances, counts.declines)),
        )

    def test_prices_that_stand_still_have_no_ratio(self):
        """Nothing moved: no ratio, but net advances of zero."""
        prices = np.full((60, 3), 9.0)
        assert np.isnan(breadth.mcclellan(prices).oscillator).all()
        assert (breadth.mcclellan(prices, ratio_adjusted=False).oscillator[39:] == 0).all()

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"fast": 39, "slow": 19}, "fast and slow: expected fast below slow, got 39 and 19"),
            ({"fast": 0}, "fast: "),
            ({"slow": 2.5}, "slow: "),
            ({"seed": "wilder"}, "seed: expected 'sma' or 'first'"),
            ({"summation_start": "one"}, "summation_start: expected 'zero' or 'miekka'"),
            ({"nan": "fill"}, "nan: "),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            breadth.mcclellan(random_prices(10), **options)

    def test_refuses_impossible_counts(self):
        """Negative, of several columns, or of two lengths."""
        with pytest.raises(InputError, match=r"declines: expected zero or more, got -2\.0"):
            breadth.mcclellan_from_counts([1.0, 2.0], [1.0, -2.0])
        with pytest.raises(InputError, match="advances: expected one count per observation, got 2 columns"):
            breadth.mcclellan_from_counts(np.ones((3, 2)), np.ones((3, 2)))
        with pytest.raises(InputError, match="advances and declines"):
            breadth.mcclellan_from_counts([1.0, 2.0], [1.0])


class TestEachOfThem:
    @of_prices
    @pytest.mark.parametrize("gaps", [0.0, 0.1])
    def test_is_causal(self, function, options, gaps):
        """What it says of a day is what it said then."""
        assert_causal(function, random_prices(gaps=gaps), **options)

    @of_prices
    @given(st.permutations(range(6)))
    @settings(max_examples=5, deadline=None)
    def test_order_of_assets_does_not_matter(self, function, options, order):
        """Counts of shuffled columns are the same, to the last digit."""
        prices = random_prices(40, gaps=0.05)
        np.testing.assert_array_equal(
            lines_of(function(prices, **options)), lines_of(function(prices[:, order], **options))
        )

    @of_prices
    def test_first_value_is_where_lookback_says(self, function, options):
        """Without gaps: nothing before, a value there."""
        needed = {k: v for k, v in options.items() if k in ("window", "slow", "seed")}
        first = function.lookback(**needed)
        lines = lines_of(function(random_prices(), **options))
        assert np.isnan(lines[:, :first]).all()
        assert np.isfinite(lines[:, first]).all()

    @of_prices
    def test_series_have_the_labels_of_the_panel(self, function, options):
        """One figure a day, by day; the numbers are those of arrays."""
        prices = random_prices(30)
        days = pd.bdate_range("2024-01-01", periods=30)
        result = function(pd.DataFrame(prices, index=days), **options)
        for line in result if isinstance(result, tuple) else (result,):
            pd.testing.assert_index_equal(line.index, days)
        np.testing.assert_array_equal(lines_of(result), lines_of(function(prices, **options)))

    @of_prices
    @pytest.mark.parametrize("shape", [(0, 3), (1, 3), (2, 3), (3, 0), (5, 1)])
    def test_short_empty_and_single_panels(self, function, options, shape):
        """As many figures as days; all NaN where there is no asset or no history."""
        lines = lines_of(function(np.full(shape, 3.0), **options))
        assert lines.shape[1] == shape[0]
        if 0 in shape or shape[0] == 1:
            assert np.isnan(lines).all()

    @of_prices
    @pytest.mark.parametrize("bad", [np.inf, -np.inf, 0.0, -1.0])
    def test_refuses_impossible_prices(self, function, options, bad):
        """The message says where the first one stands."""
        prices = random_prices(20)
        prices[3, 1] = bad
        with pytest.raises(InputError, match=f"prices: .* got {bad} at row 3, column 1"):
            function(prices, **options)

    @of_prices
    @pytest.mark.parametrize("days", [[0, 2, 1], [0, 1, 1]])
    def test_refuses_rows_out_of_order(self, function, options, days):
        """Numbers as labels too, each once and rising."""
        with pytest.raises(InputError, match="prices: expected rows in"):
            function(pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=days), **options)
