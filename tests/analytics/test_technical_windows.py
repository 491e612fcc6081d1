"""Moving windows and recursions on plain arrays: what every windowed and every recursive indicator stands on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical import _recursions as recursions
from maos_nb.analytics.technical import _windows as windows
from maos_nb.analytics.technical._indicator import NAN_RULES
from maos_nb.errors import InputError

RULES = tuple(NAN_RULES)

observations = st.lists(
    st.one_of(st.sampled_from([np.nan, 0.0, 1.0, 1.0]), st.floats(-1e6, 1e6, width=32)),
    min_size=1,
    max_size=40,
)


def weighted(values):
    """Average with weights 1, 2, 3, ..."""
    weights = np.arange(1, len(values) + 1)
    return (values * weights).sum() / weights.sum()


def bars_since(best):
    """Give a function that counts the bars since the latest of the best; a gap counts as unknown."""
    return lambda values: (
        float(np.flatnonzero(values[::-1] == best(values))[0]) if best(values) == best(values) else np.nan
    )


NAIVE = {
    "sum": np.sum,
    "mean": np.mean,
    "weighted_mean": weighted,
    "variance": np.var,
    "max": np.max,
    "min": np.min,
    "argmax": bars_since(np.max),
    "argmin": bars_since(np.min),
}


def by_definition(name, x, window):
    """Apply the definition to each window alone."""
    out = np.full(x.shape, np.nan)
    for asset, place in np.ndindex(x.shape):
        if place >= window - 1:
            out[asset, place] = NAIVE[name](x[asset, place - window + 1 : place + 1])
    return out


def rolled(name, x, window):
    """Run the function of that name."""
    room = np.full(x.shape, 7.0)  # what stood there before is no result
    return getattr(windows, f"rolling_{name}")(x, window, room)


def smoothed_by_definition(x, alpha, n_first, rule):
    """Walk over one asset by the definition of the rule, with lists."""
    out, seen, value = [], [], None
    ended = False
    for now in x:
        if np.isnan(now):
            ended = ended or (rule == "propagate" and bool(seen))
            if rule == "reset":
                seen, value = [], None
            out.append(np.nan)
            continue
        seen.append(now)
        if len(seen) == n_first:
            value = sum(seen) / n_first
        elif len(seen) > n_first:
            value = (1 - alpha) * value + alpha * now
        out.append(np.nan if ended or value is None else value)
    return np.array(out)


class TestRollingWindows:
    @pytest.mark.parametrize("name", NAIVE)
    @settings(max_examples=40)
    @given(values=observations, window=st.integers(1, 23))
    def test_each_result_is_that_of_its_window_alone(self, name, values, window):
        """By definition, window by window, gaps included."""
        x = np.array([values, values[::-1]])
        scale = np.nanmax(np.abs(x), initial=1.0)
        atol = 1e-12 * (scale**2 if name == "variance" else scale)
        np.testing.assert_allclose(
            rolled(name, x, window), by_definition(name, x, window), rtol=1e-9, atol=atol
        )

    @pytest.mark.parametrize("name", NAIVE)
    @pytest.mark.parametrize("window", [1, 2, 3, 4, 5, 7, 15, 16, 17, 21, 63, 64, 65, 85, 127, 200])
    def test_windows_of_every_binary_pattern(self, name, window):
        """Powers of two and of four, one more and one less, and all digits alike."""
        x = np.random.default_rng(window).normal(100.0, 5.0, (3, 230))
        np.testing.assert_allclose(rolled(name, x, window), by_definition(name, x, window), rtol=1e-12)

    @pytest.mark.parametrize("name", NAIVE)
    def test_histories_longer_than_a_piece(self, name, monkeypatch):
        """Cut into pieces of 16 results, the results are the same to the last bit."""
        x = np.random.default_rng(1).normal(size=(2, 500))
        x[1, 77] = np.nan
        whole = rolled(name, x, 4)
        monkeypatch.setattr(windows, "_WIDTH", 16)
        np.testing.assert_array_equal(rolled(name, x, 4), whole)

    @pytest.mark.parametrize("name", NAIVE)
    def test_without_a_compiler_the_digits_are_the_same(self, name, monkeypatch):
        """The same source runs as plain Python."""
        x = np.random.default_rng(2).normal(size=(2, 60))
        x[0, 20] = np.nan
        x[1, 20:50] = 0.1
        compiled = rolled(name, x, 11)
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        np.testing.assert_array_equal(rolled(name, x, 11), compiled)

    @pytest.mark.parametrize("name", NAIVE)
    def test_a_huge_value_leaves_nothing_behind(self, name):
        """Once 1e12 has left the window, results are to the last bit those of a series that never had it."""
        x = np.random.default_rng(3).normal(0.01, 0.001, (1, 100))
        clean = rolled(name, x, 10)
        x[0, 40] = 1e12
        np.testing.assert_array_equal(rolled(name, x, 10)[0, 50:], clean[0, 50:])

    @pytest.mark.parametrize("name", NAIVE)
    @pytest.mark.parametrize("places", [[0], [29], [12], [12, 13, 14], [5, 9], [0, 1, 2], range(30)])
    def test_a_gap_is_felt_only_while_it_is_in_the_window(self, name, places):
        """NaN for as many bars as the window is long, counted from the gap, and nowhere else."""
        x = np.arange(30.0)[np.newaxis].copy()
        x[0, list(places)] = np.nan
        felt = np.zeros(30, bool)
        felt[:3] = True
        for place in places:
            felt[place : place + 4] = True
        np.testing.assert_array_equal(np.isnan(rolled(name, x, 4)[0]), felt)

    @pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-300, 123456.789, -7.7, 1e15 / 7])
    @pytest.mark.parametrize("window", [1, 3, 7, 20, 49, 93])
    def test_equal_observations_give_exactly_their_value_and_no_deviation(self, value, window):
        """Where a sum divided by their number would miss the last digit: 3 x 0.1 / 3 is 0.10000000000000002."""
        x = np.full((2, 100), value)
        for name in ("mean", "weighted_mean", "max", "min"):
            assert (rolled(name, x, window)[:, window - 1 :] == value).all(), name
        assert (rolled("variance", x, window)[:, window - 1 :] == 0).all()

    def test_a_run_of_equal_observations_within_others_is_exact_too(self):
        """From the bar on at which the window holds nothing else."""
        x = np.random.default_rng(4).normal(size=(1, 60))
        x[0, 20:40] = 0.1
        assert (rolled("mean", x, 7)[0, 26:40] == 0.1).all()
        assert (rolled("variance", x, 7)[0, 26:40] == 0).all()
        assert rolled("mean", x, 7)[0, 40] != 0.1

    def test_sums_of_whole_numbers_are_exact(self):
        """Volumes of ten digits."""
        x = np.random.default_rng(5).integers(1, 10**10, (1, 300)).astype(float)
        expected = [int(x[0, i - 249 : i + 1].astype(int).sum()) for i in range(249, 300)]
        assert rolled("sum", x, 250)[0, 249:].tolist() == expected

    def test_a_small_deviation_beside_a_large_level_is_found(self):
        """1 part in 10^9: squares less the square of the mean would show nothing but rounding."""
        x = 1e9 + np.tile([0.0, 1.0], 20)[np.newaxis]
        np.testing.assert_allclose(rolled("variance", x, 10)[0, 9:], 0.25, rtol=1e-12)

    def test_the_sample_variance_divides_by_one_less(self):
        """As the statistics module does."""
        x = np.array([[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]])
        assert windows.rolling_variance(x, 8, ddof=1)[0, 7] == pytest.approx(32 / 7, rel=1e-15)
        assert windows.rolling_variance(x, 8)[0, 7] == 4.0

    def test_of_equals_the_latest_or_the_first_counts(self):
        """Two highs of 3, three and one bars ago."""
        x = np.array([[3.0, 1.0, 3.0, 2.0]])
        assert windows.rolling_argmax(x, 4)[0, 3] == 1
        assert windows.rolling_argmax(x, 4, latest=False)[0, 3] == 3
        assert windows.rolling_argmin(-x, 4, latest=False)[0, 3] == 3

    @given(st.integers(1, 9))
    def test_weights_of_ones_sum(self, window):
        """A dot product with ones is the sum."""
        x = np.arange(40.0).reshape(2, 20) ** 2
        np.testing.assert_array_equal(windows.rolling_dot(x, np.ones(window)), rolled("sum", x, window))

    def test_the_last_weight_is_the_newest_observation_s(self):
        """Differences by weights of -1 and 1."""
        x = np.array([[1.0, 4.0, 9.0, np.nan, 3.0]])
        expected = [[np.nan, 3.0, 5.0, np.nan, np.nan]]
        np.testing.assert_array_equal(windows.rolling_dot(x, np.array([-1.0, 1.0])), expected)

    @pytest.mark.parametrize("name", NAIVE)
    @pytest.mark.parametrize("shape", [(0, 5), (2, 0), (0, 0), (2, 4)])
    def test_too_few_observations_give_nan(self, name, shape):
        """No assets, no observations, or fewer than the window."""
        assert np.isnan(rolled(name, np.ones(shape), 5)).all()
        assert rolled(name, np.ones(shape), 5).shape == shape

    def test_results_fill_the_room_that_is_given(self):
        """And it comes back."""
        out = np.zeros((1, 3))
        assert windows.rolling_mean(np.array([[1.0, 3.0, 5.0]]), 2, out) is out
        np.testing.assert_array_equal(out, [[np.nan, 2.0, 4.0]])


class TestRecursions:
    @pytest.mark.parametrize("rule", RULES)
    @settings(max_examples=60)
    @given(values=observations, n_first=st.integers(1, 6), alpha=st.sampled_from([0.05, 0.5, 1.0]))
    def test_each_asset_goes_by_the_definition(self, rule, values, n_first, alpha):
        """Alone, and among others so that eight are advanced together."""
        code = NAN_RULES[rule]
        expected = smoothed_by_definition(values, alpha, n_first, rule)
        alone = recursions.smooth(np.array([values]), alpha, n_first, code)[0]
        np.testing.assert_allclose(alone, expected, rtol=1e-9, atol=1e-9)
        others = np.random.default_rng(0).normal(size=(19, len(values)))
        others[5] = values
        room = np.full(others.shape, 7.0)  # what stood there before is no result
        np.testing.assert_array_equal(recursions.smooth(others, alpha, n_first, code, room)[5], alone)

    @pytest.mark.parametrize("rule", RULES)
    def test_assets_that_begin_at_different_bars_keep_their_own_digits(self, rule):
        """Listed late, never, on the last bar, with a gap while they start, with one later: each as if alone."""
        x = np.random.default_rng(1).normal(100.0, 1.0, (21, 50))
        for asset in range(8):
            x[asset, : 6 * asset] = np.nan
        x[9], x[10, :49], x[11, 3], x[12, 30], x[13, 30:] = np.nan, np.nan, np.nan, np.nan, np.nan
        together = recursions.ema(x, 5, NAN_RULES[rule], np.full(x.shape, 7.0))
        for asset in range(21):
            alone = recursions.ema(x[asset : asset + 1], 5, NAN_RULES[rule])[0]
            np.testing.assert_array_equal(together[asset], alone)

    def test_the_rules_differ_in_what_follows_on_a_gap(self):
        """The gap itself is NaN by all of them."""
        x = np.array([[1.0, 2.0, 3.0, np.nan, 5.0, 6.0]])
        expected = {
            "skip": [np.nan, 1.5, 2.25, np.nan, 3.625, 4.8125],
            "reset": [np.nan, 1.5, 2.25, np.nan, np.nan, 5.5],
            "propagate": [np.nan, 1.5, 2.25, np.nan, np.nan, np.nan],
        }
        for rule, values in expected.items():
            np.testing.assert_array_equal(recursions.smooth(x, 0.5, 2, NAN_RULES[rule])[0], values)

    @pytest.mark.parametrize("rule", RULES)
    def test_observations_begin_at_the_first_number(self, rule):
        """Bars before a listing are no gaps."""
        x = np.array([[np.nan, np.nan, 4.0, 6.0]])
        expected = [np.nan, np.nan, np.nan, 5.0]
        np.testing.assert_array_equal(recursions.smooth(x, 0.5, 2, NAN_RULES[rule])[0], expected)

    @pytest.mark.parametrize("value", [0.1, 1 / 3, 123456.789])
    def test_equal_observations_give_exactly_their_value(self, value):
        """Seed and steps alike."""
        x = np.full((9, 50), value)
        assert (recursions.wilder(x, 7, 0)[:, 6:] == value).all()

    def test_wilder_moves_by_one_part_of_the_window(self):
        """(previous x 2 + new) / 3 from the mean of three."""
        x = np.array([[1.0, 2.0, 3.0, 5.0]])
        np.testing.assert_allclose(recursions.wilder(x, 3, 0)[0], [np.nan, np.nan, 2.0, 3.0], rtol=1e-15)

    def test_without_a_compiler_the_digits_are_the_same(self, monkeypatch):
        """The same source runs as plain Python."""
        x = np.random.default_rng(2).normal(size=(10, 30))
        x[3, 12] = np.nan
        compiled = [recursions.ema(x, 4, code) for code in NAN_RULES.values()]
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        for code, digits in zip(NAN_RULES.values(), compiled, strict=True):
            np.testing.assert_array_equal(recursions.ema(x, 4, code), digits)

    @pytest.mark.parametrize("rule", RULES)
    @pytest.mark.parametrize("n_assets", [1, 6])
    def test_rates_of_each_bar_that_are_all_alike_smooth_exponentially(self, rule, n_assets):
        """From the observation before: as seeded by the first one."""
        x = np.random.default_rng(3).normal(100.0, 1.0, (n_assets, 40))
        x[0, 20] = np.nan
        start = np.full_like(x, np.nan)
        start[:, 1:] = x[:, :-1]
        room = np.full(x.shape, 7.0)
        at_rates = recursions.smooth_at_rates(x, np.full_like(x, 0.2), start, NAN_RULES[rule], room)
        expected = recursions.smooth(x, 0.2, 1, NAN_RULES[rule])
        later = np.ones(40, bool)
        later[[0, 21]] = False  # a start needs the observation before
        np.testing.assert_allclose(at_rates[1:, 1:], expected[1:, 1:], rtol=1e-13)
        np.testing.assert_allclose(at_rates[0, later], expected[0, later], rtol=1e-13)

    @pytest.mark.parametrize("rule", RULES)
    @pytest.mark.parametrize("weights", [(0.0, -1.0), (0.0, -3.0, 1.0), (0.0, 0.0, 0.0, 0.5, 0.25, -2.0)])
    def test_a_chain_is_one_average_after_the_other(self, rule, weights):
        """Assets listed late, never, with gaps while they start and later, among enough to go together."""
        x = np.random.default_rng(4).normal(100.0, 1.0, (70, 90))
        x[3, :40], x[4], x[5, 1], x[6, 80], x[7, 60:], x[8, :88], x[10, 25], x[40, 25] = [np.nan] * 8
        lines, code = [x], NAN_RULES[rule]
        for _ in weights:
            lines.append(recursions.smooth(lines[-1], 0.3, 4, code))
        base = lines[3 if len(weights) == 6 else 1]
        expected = base + sum(w * (line - base) for w, line in zip(weights, lines[1:], strict=True))
        together = recursions.chain(x, 0.3, 4, weights, code, np.full(x.shape, 7.0))
        np.testing.assert_allclose(together, expected, rtol=1e-12)

    def test_a_seed_that_is_not_known_is_refused(self):
        """The message lists those there are."""
        with pytest.raises(InputError, match="seed: expected 'sma' or 'first', got 'ema'"):
            recursions.n_seed(3, "ema")

    def test_blocks_cover_all_assets_once(self):
        """Whole groups of eight, and the rest."""
        shape = (21, 10_000)
        seen = [(rows.start, rooms.shape) for rows, rooms in recursions.in_blocks(shape, 2)]
        assert seen == [(0, (2, 8, 10_000)), (8, (2, 8, 10_000)), (16, (2, 5, 10_000))]
