"""Moving averages: against TA-Lib and published figures, by definition, over panels, with gaps and at the edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import talib
from bars_technical import by_column, vectors
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical import averages
from maos_nb.analytics.technical.averages import (
    alma,
    dema,
    ema,
    hma,
    kama,
    rma,
    sma,
    t3,
    tema,
    trima,
    vwma,
    wma,
    zlema,
)
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.errors import InputError

WINDOWED = [sma, wma, trima, hma, alma]
RECURSIVE = [ema, rma, dema, tema, t3, zlema, kama]
EVERY = WINDOWED + RECURSIVE
RULES = ["skip", "reset", "propagate"]

named = pytest.mark.parametrize("average", EVERY, ids=lambda average: average.__name__)
recursive = pytest.mark.parametrize("average", RECURSIVE, ids=lambda average: average.__name__)


def closes(n_bars=120, n_assets=9):
    """Simulate prices of several assets."""
    rng = np.random.default_rng(8)
    return 50 * np.exp(np.cumsum(rng.normal(0, 0.02, (n_bars, n_assets)), axis=0))


def exponential(x, n):
    """Average by definition; observations begin at the first number, and there are no gaps after it."""
    begun = next((i for i, value in enumerate(x) if value == value), len(x))
    out = [math.nan] * len(x)
    for i in range(begun + n - 1, len(x)):
        seed = i == begun + n - 1
        out[i] = sum(x[begun : i + 1]) / n if seed else out[i - 1] * (n - 1) / (n + 1) + x[i] * 2 / (n + 1)
    return out


def over(x, weights):
    """Average each window by definition, the last weight for the newest observation."""
    n = len(weights)
    return [
        sum(w * v for w, v in zip(weights, x[i - n + 1 : i + 1], strict=True)) / sum(weights)
        if i >= n - 1
        else math.nan
        for i in range(len(x))
    ]


def combined(weights, *lines):
    """Add lines with weights."""
    return [sum(w * v for w, v in zip(weights, values, strict=True)) for values in zip(*lines, strict=True)]


def chain(x, n, times):
    """Average again and again."""
    lines = []
    for _ in range(times):
        x = exponential(x, n)
        lines.append(x)
    return lines


def adaptive(x, n, fast=2, slow=30):
    """Average by Kaufman's definition, from the observation before the first with a rate."""
    out = [math.nan] * len(x)
    for i in range(n, len(x)):
        way = sum(abs(x[j] - x[j - 1]) for j in range(i - n + 1, i + 1))
        efficiency = abs(x[i] - x[i - n]) / way if way else 1.0
        share = (efficiency * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1)) ** 2
        before = x[i - 1] if i == n else out[i - 1]
        out[i] = before + share * (x[i] - before)
    return out


def triangle(n):
    """Weights that rise and fall."""
    return [min(i, n - 1 - i) + 1 for i in range(n)]


def hull(x, n):
    """Average by Hull's definition."""
    half, whole = over(x, range(1, max(n // 2, 1) + 1)), over(x, range(1, n + 1))
    return over(combined((2, -1), half, whole), range(1, math.isqrt(n) + 1))


def bell(n, offset=0.85, sigma=6.0):
    """Weights of a bell curve."""
    return [math.exp(-((i - offset * (n - 1)) ** 2) / (2 * (n / sigma) ** 2)) for i in range(n)]


def lagless(x, n):
    """Average what is moved on by its change."""
    lag = (n - 1) // 2
    return exponential([2 * v - x[i - lag] if i >= lag else math.nan for i, v in enumerate(x)], n)


def tillson(x, n, v=0.7):
    """Average by Tillson's four coefficients."""
    weights = (1 + 3 * v + v**3 + 3 * v * v, -6 * v * v - 3 * v - 3 * v**3, 3 * v * v + 3 * v**3, -(v**3))
    return combined(weights, *chain(x, n, 6)[2:])


TWINS = {
    sma: lambda x, n: over(x, [1] * n),
    wma: lambda x, n: over(x, range(1, n + 1)),
    trima: lambda x, n: over(x, triangle(n)),
    hma: hull,
    alma: lambda x, n: over(x, bell(n)),
    ema: exponential,
    rma: lambda x, n: [*exponential(x[:n], n), *wilder_steps(x, n)],
    dema: lambda x, n: combined((2, -1), *chain(x, n, 2)),
    tema: lambda x, n: combined((3, -3, 1), *chain(x, n, 3)),
    t3: tillson,
    zlema: lagless,
    kama: adaptive,
}


def wilder_steps(x, n):
    """Go on from the mean of the first n by Wilder's definition."""
    value, out = sum(x[:n]) / n, []
    for now in x[n:]:
        value = (value * (n - 1) + now) / n
        out.append(value)
    return out


class TestAgainstTheDefinition:
    @named
    @settings(max_examples=25)
    @given(values=st.lists(st.floats(1.0, 1000.0), min_size=1, max_size=40), window=st.integers(1, 9))
    def test_each_equals_its_plain_loop(self, average, values, window):
        """Written from the formula, with lists."""
        x = values if len(values) >= window else values + [1.0] * window
        np.testing.assert_allclose(average(x, window), TWINS[average](x, window), rtol=1e-10)

    @pytest.mark.parametrize("window", [1, 2, 3, 10])
    def test_volume_weights_by_definition(self, window):
        """Sums of turnover over sums of volume."""
        x, volume = closes(40, 1)[:, 0], np.random.default_rng(1).integers(1, 10**6, 40)
        expected = [
            sum(x[i - window + 1 : i + 1] * volume[i - window + 1 : i + 1])
            / sum(volume[i - window + 1 : i + 1])
            for i in range(window - 1, 40)
        ]
        np.testing.assert_allclose(vwma(x, volume, window)[window - 1 :], expected, rtol=1e-13)

    def test_equal_volumes_weigh_alike(self):
        """The plain average."""
        x = closes()
        np.testing.assert_allclose(vwma(x, np.full(x.shape, 7.0), 5), sma(x, 5), rtol=1e-14)

    def test_each_family_is_its_own_limit(self):
        """One observation is its own average; without a factor the third average is left; half a bell is one value."""
        x = closes()
        for average in (sma, wma, trima, hma, alma, ema, rma, dema, tema, t3, zlema):
            np.testing.assert_allclose(average(x, 1), x, rtol=1e-13)
        np.testing.assert_allclose(t3(x, 4, factor=0.0)[18:], ema(ema(ema(x, 4), 4), 4)[18:], rtol=1e-13)
        np.testing.assert_allclose(alma(x, 9, offset=1.0, sigma=1000.0)[8:], x[8:], rtol=1e-13)
        np.testing.assert_allclose(
            kama(x, 4, fast=9, slow=9, seed="close")[4:], expected_at_one_rate(x)[4:], rtol=1e-13
        )

    def test_wilder_s_is_an_exponential_average_of_another_window(self):
        """1 / n is 2 / (2 n - 1 + 1), from the same seed."""
        x = closes()
        np.testing.assert_allclose(rma(x, 7, seed="first"), ema(x, 13, seed="first"), rtol=1e-13)


def expected_at_one_rate(x):
    """Average with the square of 2 / (9 + 1), from the fourth bar."""
    out = x.copy()
    for i in range(4, len(x)):
        before = x[i - 1] if i == 4 else out[i - 1]
        out[i] = before + 0.04 * (x[i] - before)
    return out


class TestAgainstOthers:
    @pytest.mark.parametrize("window", [2, 3, 5, 10, 11, 20, 33])
    @pytest.mark.parametrize("name", ["sma", "ema", "wma", "dema", "tema", "trima", "kama", "t3"])
    def test_ta_lib_gives_the_same_bar_by_bar(self, name, window):
        """Seeds and first bars too: the reference implementation in C, in use since 2001.

        It keeps running sums, whose rounding shows in the twelfth digit.
        """
        x = closes(260)
        (expected,) = by_column(getattr(talib, name.upper()), x, timeperiod=window)
        np.testing.assert_allclose(getattr(averages, name)(x, window), expected, rtol=1e-11)

    @pytest.mark.parametrize("name", ["sma", "ema"])
    def test_the_published_vectors(self, name):
        """502 bars of the Stock.Indicators library, worked out in spreadsheets, window 20."""
        quotes, expected = vectors(name)
        ours = getattr(averages, name)(quotes["close"], 20)
        np.testing.assert_allclose(ours, expected[name].astype(float), rtol=1e-12)

    def test_pandas_sees_the_first_observation_as_the_seed_too(self):
        """Namely ewm with adjust=False, whose gaps are skipped with ignore_na=True."""
        frame = pd.DataFrame(closes())
        expected = frame.ewm(span=7, adjust=False).mean()
        pd.testing.assert_frame_equal(ema(frame, 7, seed="first"), expected, rtol=1e-12)
        holed = frame.copy()
        holed.iloc[[5, 16, 17, 80]] = np.nan
        expected = holed.ewm(alpha=1 / 7, adjust=False, ignore_na=True).mean().where(holed.notna())
        pd.testing.assert_frame_equal(rma(holed, 7, seed="first"), expected, rtol=1e-12)

    def test_stockcharts_spreadsheet_of_intel(self):
        """ChartSchool, "Moving Averages - Simple and Exponential": ten-day averages, to the cent."""
        intel = [
            22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36,
            24.05, 23.75, 23.83, 23.95, 23.63, 23.82, 23.87, 23.65, 23.19, 23.10, 23.33, 22.68, 23.10, 22.40, 22.17,
        ]  # fmt: skip
        simple = [
            22.22, 22.21, 22.23, 22.26, 22.31, 22.42, 22.61, 22.77, 22.91, 23.08, 23.21, 23.38, 23.53, 23.65, 23.71,
            23.69, 23.61, 23.51, 23.43, 23.28, 23.13,
        ]  # fmt: skip
        exponential = [
            22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.80, 22.97, 23.13, 23.28, 23.34, 23.43, 23.51, 23.54, 23.47,
            23.40, 23.39, 23.26, 23.23, 23.08, 22.92,
        ]  # fmt: skip
        # Closes are published to the cent, averages were worked out of more digits.
        np.testing.assert_allclose(sma(intel, 10)[9:], simple, atol=0.0101)
        np.testing.assert_allclose(ema(intel, 10)[9:], exponential, atol=0.0101)


class TestPanels:
    @named
    @pytest.mark.parametrize("n_assets", [21, 35, 38])
    def test_a_panel_equals_its_columns(self, average, n_assets):
        """To the last bit, whatever the neighbours are: listed late, with a gap, on the first bars alone, or empty."""
        x = closes(60, n_assets)
        x[:13, 3], x[30, 7], x[40:, 8], x[:, 9], x[3, 34 % n_assets] = np.nan, np.nan, np.nan, np.nan, np.nan
        panel = average(x, 4)
        for column in range(n_assets):
            np.testing.assert_array_equal(panel[:, column], average(x[:, column], 4))

    @recursive
    @pytest.mark.parametrize("nan", RULES)
    def test_gaps_of_some_leave_the_others_alone(self, average, nan):
        """Every third asset has a gap of its own, by each rule."""
        x = closes(60, 37)
        for column in range(0, 37, 3):
            x[column, column] = np.nan
        panel = average(x, 3, nan=nan)
        for column in range(37):
            np.testing.assert_array_equal(panel[:, column], average(x[:, column], 3, nan=nan))

    @named
    def test_without_a_compiler_the_digits_are_the_same(self, average, monkeypatch):
        """The same source runs as plain Python."""
        x = closes(40, 6)
        x[20, 2] = np.nan
        compiled = average(x, 4)
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        np.testing.assert_array_equal(average(x, 4), compiled)

    @named
    def test_permuted_columns_give_permuted_results(self, average):
        """An asset has no place."""
        x, order = closes(), np.random.default_rng(2).permutation(9)
        np.testing.assert_array_equal(average(x[:, order], 5), average(x, 5)[:, order])

    @named
    def test_the_kind_and_the_labels_come_back(self, average):
        """Series, DataFrame, list and array."""
        index = pd.bdate_range("2024-01-01", periods=40, name="day")
        frame = pd.DataFrame(closes(40, 2), index=index, columns=pd.Index(["AA", "BB"], name="asset"))
        made = average(frame, 3)
        assert made.index.equals(index)
        assert made.index.name == "day"
        assert made.columns.equals(frame.columns)
        pd.testing.assert_series_equal(average(frame["AA"], 3), made["AA"])
        np.testing.assert_array_equal(average(frame.to_numpy(), 3), made)
        np.testing.assert_array_equal(average(frame["AA"].tolist(), 3), made["AA"])

    def test_a_record_gives_closes_and_volumes(self):
        """As separate tables do."""
        x = closes()
        bars = Ohlcv(x, x + 1, x - 1, x, volume=np.ones(x.shape))
        np.testing.assert_array_equal(vwma(bars, window=5), vwma(x, np.ones(x.shape), 5))

    @named
    def test_what_came_is_not_written_to(self, average):
        """Arrays that are not to be written to are taken as well."""
        x = closes(40, 3)
        x.flags.writeable = False
        before = x.copy()
        average(x, 4)
        np.testing.assert_array_equal(x, before)

    @named
    def test_whole_numbers_are_numbers(self, average):
        """As integers and as floats."""
        x = np.arange(1, 41) ** 2 % 17
        np.testing.assert_array_equal(average(x, 3), average(x.astype(float), 3))


class TestTime:
    @named
    @pytest.mark.parametrize("window", [1, 2, 5, 8])
    def test_the_first_value_stands_at_the_lookback(self, average, window):
        """And all after it are there."""
        known = np.isfinite(average(closes(60, 1)[:, 0], window))
        place = average.lookback(window=window)
        assert not known[:place].any()
        assert known[place:].all()

    @pytest.mark.parametrize("average", [ema, rma, dema, tema, t3], ids=lambda average: average.__name__)
    def test_from_the_first_observation_there_is_a_value_at_once(self, average):
        """Which is that observation."""
        x = closes(30, 1)[:, 0]
        assert average.lookback(window=7, seed="first") == 0
        assert average(x, 7, seed="first")[0] == x[0]
        assert zlema.lookback(window=7, seed="first") == 3
        assert np.isnan(zlema(x, 7, seed="first")).sum() == 3

    @named
    def test_no_average_looks_ahead(self, average):
        """With gaps, and for every prefix."""
        x = closes(40, 3)
        x[[11, 12, 25], 1] = np.nan
        assert_causal(average, x, n_prefixes=39, window=4)

    @recursive
    @pytest.mark.parametrize("nan", RULES)
    def test_no_rule_for_gaps_looks_ahead(self, average, nan):
        """Nor does it with gaps at either end."""
        x = closes(40, 3)
        x[[0, 1, 12, 25, 38, 39], 1] = np.nan
        assert_causal(average, x, n_prefixes=39, window=3, nan=nan)

    def test_volume_weights_do_not_look_ahead(self):
        """Two tables."""
        assert_causal(vwma, closes(), np.ones((120, 9)), window=4)
        assert vwma.lookback(window=4) == 3


class TestGaps:
    @pytest.mark.parametrize("average", WINDOWED, ids=lambda average: average.__name__)
    @pytest.mark.parametrize("gap", [[0], [20], [20, 21, 22], [39], [10, 30], range(40)])
    def test_windows_feel_a_gap_while_it_is_in_them(self, average, gap):
        """NaN there and for the lookback after it."""
        x = closes(40, 1)[:, 0]
        x[list(gap)] = np.nan
        reach = average.lookback(window=5)
        felt = np.zeros(40, bool)
        felt[:reach] = True
        for place in gap:
            felt[place : place + reach + 1] = True
        np.testing.assert_array_equal(np.isnan(average(x, 5)), felt)

    @pytest.mark.parametrize("average", [ema, rma, dema, tema, t3], ids=lambda average: average.__name__)
    def test_skip_is_as_if_the_bars_had_not_been(self, average):
        """Taking the gaps out and putting them back changes nothing."""
        x = closes(60, 1)[:, 0]
        x[[0, 3, 20, 21, 22, 40, 59]] = np.nan
        known = np.isfinite(x)
        made = average(x, 3, nan="skip")
        np.testing.assert_array_equal(made[known], average(x[known], 3))
        assert np.isnan(made[~known]).all()

    @recursive
    def test_reset_is_as_if_history_began_after_the_gap(self, average):
        """Each piece alone."""
        x = closes(60, 1)[:, 0]
        x[[25, 40]] = np.nan
        made = average(x, 3, nan="reset")
        for piece in (slice(0, 25), slice(26, 40), slice(41, 60)):
            np.testing.assert_array_equal(made[piece], average(x[piece], 3))
        assert np.isnan(made[[25, 40]]).all()

    @recursive
    def test_propagate_ends_at_the_gap(self, average):
        """As TA-Lib does; before it nothing changes."""
        x = closes(60, 1)[:, 0]
        whole = average(x, 3)
        x[40] = np.nan
        made = average(x, 3, nan="propagate")
        np.testing.assert_array_equal(made[:40], whole[:40])
        assert np.isnan(made[40:]).all()

    @recursive
    @pytest.mark.parametrize("nan", RULES)
    def test_bars_before_a_listing_are_no_gap(self, average, nan):
        """Whatever the rule."""
        x = closes(60, 1)[:, 0]
        late = np.concatenate([np.full(7, np.nan), x])
        np.testing.assert_array_equal(average(late, 3, nan=nan)[7:], average(x, 3))

    def test_kaufman_s_goes_on_once_its_window_is_whole_again(self):
        """From its last value: by the changes of the window alone."""
        x = closes(40, 1)[:, 0]
        x[20] = np.nan
        made = kama(x, 3, nan="skip")
        assert np.isnan(made[20:24]).all()
        way = np.abs(np.diff(x[21:25])).sum()
        share = (abs(x[24] - x[21]) / way * (2 / 3 - 2 / 31) + 2 / 31) ** 2
        assert made[24] == pytest.approx(made[19] + share * (x[24] - made[19]), rel=1e-14)

    def test_a_gap_in_price_or_volume_is_one_of_the_bar(self):
        """And where nothing was traded there is no average."""
        x, volume = np.arange(1.0, 9.0), np.ones(8)
        x[2], volume[5] = np.nan, np.nan
        assert np.isnan(vwma(x, volume, 2)).tolist() == [True, False, True, True, False, True, True, False]
        np.testing.assert_array_equal(vwma([1.0, 2.0, 3.0], [0, 0, 5], 2), [np.nan, np.nan, 3.0])


class TestEdges:
    @pytest.mark.parametrize("value", [0.1, 1 / 3, 7.7, 1e9 / 7])
    @pytest.mark.parametrize(
        "average", [each for each in EVERY if each is not alma], ids=lambda each: each.__name__
    )
    def test_equal_observations_give_exactly_their_value(self, average, value):
        """The last digit too."""
        made = average(np.full(80, value), 7)
        assert (made[average.lookback(window=7) :] == value).all()

    def test_the_bell_s_weights_sum_to_one_but_for_rounding(self):
        """And volumes' alike."""
        np.testing.assert_allclose(alma(np.full(20, 0.1), 7)[6:], 0.1, rtol=1e-15)
        np.testing.assert_allclose(vwma(np.full(20, 0.1), np.arange(1, 21), 7)[6:], 0.1, rtol=1e-14)

    @pytest.mark.parametrize("average", WINDOWED, ids=lambda average: average.__name__)
    def test_a_huge_value_leaves_nothing_behind(self, average):
        """Once it is out of the window every digit is what it had been without it."""
        x = closes(60, 1)[:, 0]
        clean = average(x, 5)
        x[20] = 1e12
        place = 21 + average.lookback(window=5)
        np.testing.assert_array_equal(average(x, 5)[place:], clean[place:])

    @named
    @pytest.mark.parametrize("n_bars", [0, 1, 2])
    def test_few_bars_are_no_error(self, average, n_bars):
        """None, one or two: NaN, of the same shape."""
        made = average(np.ones((n_bars, 2)), 4)
        assert made.shape == (n_bars, 2)
        assert np.isnan(made).all()
        assert average(np.ones((5, 0)), 4).shape == (5, 0)

    def test_no_movement_is_straight(self):
        """Kaufman's average stays where it is, at whatever rate: it is there already."""
        assert kama([5.0] * 8, 3).tolist()[3:] == [5.0] * 5
        assert kama([1.0, 5.0, 5.0, 5.0, 5.0, 5.0], 3)[4] == pytest.approx(5.0)

    def test_kaufman_s_may_start_from_the_mean(self):
        """Of the observations before the first with a rate, as at StockCharts."""
        x = np.array([1.0, 2.0, 3.0, 4.0, 6.0])
        assert kama(x, 3, seed="sma")[3] == pytest.approx(2.0 + (2 / 3) ** 2 * (4.0 - 2.0), rel=1e-15)
        assert kama(x, 3)[3] == pytest.approx(3.0 + (2 / 3) ** 2 * (4.0 - 3.0), rel=1e-15)

    @named
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([1.0, 2.0], 0), "window: expected at least 1, got 0"),
            (([1.0, 2.0], 2.5), "window: expected a whole number"),
            (([1.0, 2.0], True), "window: expected a whole number"),
            ((["a", "b"], 2), "x: expected numbers"),
            (([1.0, np.inf], 2), "x: expected finite numbers or NaN, got inf at row 1"),
            ((np.ones((2, 2, 2)), 2), "x: expected one or two dimensions"),
        ],
    )
    def test_impossible_input_is_refused(self, average, arguments, message):
        """The message names the argument."""
        with pytest.raises(InputError, match=message):
            average(*arguments)

    @recursive
    @pytest.mark.parametrize("option", ["seed", "nan"])
    def test_options_that_are_not_there_are_refused(self, average, option):
        """The message lists those there are."""
        with pytest.raises(InputError, match=f"{option}: expected '.*' or '.*, got 'best'"):
            average([1.0, 2.0], 2, **{option: "best"})

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: alma([1.0], offset=1.5), "offset: expected a fraction between 0 and 1"),
            (lambda: alma([1.0], sigma=0.0), "sigma: expected a number above 0, got 0.0"),
            (lambda: alma([1.0], sigma=[1.0, 2.0]), "sigma: expected one number"),
            (lambda: t3([1.0], factor="a"), "factor: expected numbers"),
            (lambda: t3([1.0], factor=[0.5, 0.7]), "factor: expected one number"),
            (lambda: kama([1.0], fast=0), "fast: expected at least 1"),
            (lambda: kama([1.0], slow=2.5), "slow: expected a whole number"),
            (lambda: vwma([1.0], 20), "volume: expected one or two dimensions"),
            (lambda: vwma([1.0]), "volume: expected a table beside close, got none"),
            (lambda: vwma([1.0], [-1.0]), "volume: expected volume zero or above"),
        ],
    )
    def test_impossible_options_are_refused(self, call, message):
        """The message names the argument."""
        with pytest.raises(InputError, match=message):
            call()
