"""Change points: Page's sums, Bayesian run lengths and whole segmentations, against loops, brute force and shifts."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from maos_nb.analytics.market import changes
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.errors import InputError

NAN = np.nan
EACH = [
    (changes.cusum, {"baseline": 20}),
    (changes.cusum, {"mean": 0.0, "deviation": 1.0, "threshold": 3.0}),
    (changes.online_change_points, {"baseline": 15, "recent": 5, "expected_run": 40.0}),
]
each = pytest.mark.parametrize(
    ("function", "options"), EACH, ids=[f"{f.__name__} {' '.join(o)}" for f, o in EACH]
)


def shifted(length=200, at=(90, 150), n_assets=1, seed=0, gaps=0.0):
    """Draw normal values whose mean goes up by 3 at the first place and back at the second."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((length, n_assets))
    x[slice(*at)] += 3.0
    x[rng.random(x.shape) < gaps] = NAN
    return x[:, 0] if n_assets == 1 else x


class TestCusum:
    def test_montgomerys_tabular_form_by_hand(self):
        """Deviations 1, 2, -3, 2, 3, 3 with slack 0.5 and threshold 4: the alarm comes at the last."""
        found = changes.cusum([11, 12, 7, 12, 13, 13], mean=10, deviation=1, threshold=5)
        np.testing.assert_allclose(found.up, [0.5, 2.0, 0.0, 1.5, 4.0, 6.5])
        np.testing.assert_allclose(found.down, [0.0, 0.0, 2.5, 0.0, 0.0, 0.0])
        np.testing.assert_array_equal(found.alarm, [0, 0, 0, 0, 0, 1])

    def test_baseline_starts_anew_after_each_alarm(self):
        """A loop by definition: mean and deviation of so many values, sums until an alarm, and again."""
        x = shifted(400, (150, 250), gaps=0.05)
        found = changes.cusum(x, baseline=30, threshold=4.0, slack=0.25)
        baseline, up, down, alarms = [], 0.0, 0.0, 0
        for row, value in enumerate(x):
            if np.isnan(value) or len(baseline) < 30:
                baseline += [] if np.isnan(value) else [value]
                assert np.isnan([found.up[row], found.down[row], found.alarm[row]]).all()
                continue
            z = (value - np.mean(baseline)) / np.std(baseline, ddof=1)
            up, down = max(0, up + z - 0.25), max(0, down - z - 0.25)
            assert found.up[row] == pytest.approx(up, abs=1e-9)
            assert found.down[row] == pytest.approx(down, abs=1e-9)
            assert found.alarm[row] == (1 if up > 4 else -1 if down > 4 else 0)
            if found.alarm[row]:
                baseline, up, down, alarms = [], 0.0, 0.0, alarms + 1
        assert alarms >= 2

    def test_false_alarms_are_as_rare_as_published(self):
        """Montgomery: with slack 0.5 and threshold 5 every 465 independent normal values; here within a tenth.

        Some 430 alarms in 200,000 values have a relative error of about 5%.
        """
        x = np.random.default_rng(0).standard_normal(200_000)
        alarms = np.count_nonzero(changes.cusum(x, mean=0.0, deviation=1.0).alarm)
        assert len(x) / alarms == pytest.approx(465, rel=0.1)

    def test_a_shift_is_noticed_as_soon_as_published(self):
        """Montgomery: a shift of one deviation after 10.4 values on average; of 1,000 series, within half a value."""
        x = np.random.default_rng(1).standard_normal((80, 1000))
        for sign in (1.0, -1.0):
            alarm = changes.cusum(x + sign, mean=0.0, deviation=1.0).alarm
            assert (alarm == sign).any(axis=0).all()
            assert (alarm == sign).argmax(axis=0).mean() + 1 == pytest.approx(10.4, abs=0.5)

    def test_a_baseline_that_stands_still_goes_on(self):
        """Twenty times 0.1 give no deviation; the first value that differs ends the baseline."""
        x = np.array([*[0.1] * 20, 0.2, 0.1, 0.1])
        found = changes.cusum(x, baseline=5)
        np.testing.assert_array_equal(np.isnan(found.up), [*[True] * 21, False, False])
        assert np.isnan(changes.cusum(np.full(50, 0.1), baseline=5).alarm).all()

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"threshold": 0}, "threshold: expected a number above zero"),
            ({"slack": -0.1}, "slack: expected zero or more"),
            ({"baseline": 1}, "baseline: "),
            ({"mean": 0.0}, "mean and deviation: expected both or neither"),
            ({"deviation": 1.0}, "mean and deviation: expected both or neither"),
            ({"mean": 0.0, "deviation": 0.0}, "deviation: expected a number above zero"),
            ({"mean": np.inf, "deviation": 1.0}, "mean: "),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            changes.cusum([1.0, 2.0], **options)


def naive_run_lengths(x, baseline, expected_run, weight):
    """Give the posterior of run lengths of each value behind the baseline, from the conjugate prior's closed form."""
    mean, variance, hazard = x[:baseline].mean(), x[:baseline].var(ddof=1), 1 / expected_run
    chances, rows = {baseline: 1.0}, []
    for now in range(baseline, len(x)):
        for start in chances:
            seen = x[start:now]
            n = len(seen)
            kappa, alpha, beta = weight + n, (weight + n) / 2, weight * variance / 2
            centre = (weight * mean + seen.sum()) / kappa
            if n:
                beta += 0.5 * np.square(seen - seen.mean()).sum()
                beta += 0.5 * weight * n / kappa * (seen.mean() - mean) ** 2
            scale = np.sqrt(beta * (kappa + 1) / (alpha * kappa))
            chances[start] *= stats.t.pdf(x[now], 2 * alpha, centre, scale)
        total = sum(chances.values())
        chances = {start: chance / total for start, chance in chances.items()}
        rows.append({now - start: chance for start, chance in chances.items()})
        chances = {start: chance * (1 - hazard) for start, chance in chances.items()} | {now + 1: hazard}
    return rows


class TestOnlineChanges:
    @pytest.mark.parametrize("weight", [1.0, 4.0])
    def test_is_that_of_a_loop_over_every_start(self, weight):
        """Adams and MacKay's recursion with each run's posterior from all its values, none dropped."""
        x = shifted(75, (45, 75), seed=2)
        found = changes.online_change_points(
            x, baseline=12, recent=6, expected_run=50, prior_observations=weight
        )
        rows = naive_run_lengths(x, 12, 50, weight)
        assert np.isnan(np.array(found)[:, : 12 + 6]).all()
        for place, chances in enumerate(rows[6:], start=18):
            recent = sum(chance for length, chance in chances.items() if length < 6)
            assert found.probability[place] == pytest.approx(recent, abs=1e-7)
            assert found.run_length[place] == max(chances, key=chances.get)
            mean = sum(length * chance for length, chance in chances.items())
            assert found.expected_run_length[place] == pytest.approx(mean, rel=1e-6, abs=1e-6)

    def test_shifts_are_noticed_within_a_few_values(self):
        """Three deviations up in each of 20 series: above one half within 8 values, and the run counted from there."""
        x = shifted(260, (200, 260), n_assets=20, seed=3)
        found = changes.online_change_points(x)
        delay = (found.probability[200:] > 0.5).argmax(axis=0)
        assert (found.probability[200:221] > 0.5).any(axis=0).all()
        assert (delay <= 8).all()
        # The run is counted from the shift, give or take four values.
        assert (np.abs(found.run_length[250] - 50) <= 4).all()

    def test_a_change_of_volatility_is_noticed_too(self):
        """Four times as wild for 40 values: a recent change is near certain in each of ten series."""
        x = np.random.default_rng(4).standard_normal((240, 10))
        x[200:] *= 4.0
        found = changes.online_change_points(x, recent=40)
        assert (found.probability[235] > 0.9).all()

    def test_false_alarms_are_rare(self):
        """Where nothing changes, at most 2 in 100 values are believed to follow a change, as likely as not."""
        x = np.random.default_rng(5).standard_normal((700, 6))
        probability = changes.online_change_points(x).probability
        known = ~np.isnan(probability)
        assert (probability[known] > 0.5).mean() < 0.02

    def test_scale_and_place_do_not_matter(self):
        """Hundredfold and a thousand up: the prior comes from the baseline."""
        x = shifted(seed=6)
        options = {"baseline": 30, "recent": 10}
        plain, moved = (np.array(changes.online_change_points(y, **options)) for y in (x, 100 * x + 1000))
        np.testing.assert_allclose(plain, moved, rtol=1e-6, atol=1e-8)

    def test_gaps_are_passed_over(self):
        """Without the gaps the lines are the same."""
        x = shifted(gaps=0.1)
        known = ~np.isnan(x)
        whole = np.array(changes.online_change_points(x, baseline=20, recent=5))
        np.testing.assert_array_equal(
            whole[:, known], np.array(changes.online_change_points(x[known], baseline=20, recent=5))
        )
        assert np.isnan(whole[:, ~known]).all()

    def test_values_that_stand_still_never_end_the_baseline(self):
        """And where they move at last, it ends there."""
        assert np.isnan(np.array(changes.online_change_points(np.full(100, 0.1), baseline=10))).all()
        x = np.array([*[0.1] * 30, *np.random.default_rng(7).standard_normal(20)])
        found = changes.online_change_points(x, baseline=10, recent=3)
        assert np.flatnonzero(~np.isnan(found.probability))[0] == 31 + 3

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"expected_run": 1.0}, "expected_run: expected more than 1"),
            ({"recent": 0}, "recent: "),
            ({"baseline": 1}, "baseline: "),
            ({"prior_observations": 0.0}, "prior_observations: expected a number above zero"),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            changes.online_change_points([1.0, 2.0], **options)


class TestEachOnlineOne:
    @each
    @pytest.mark.parametrize("gaps", [0.0, 0.05])
    def test_is_causal(self, function, options, gaps):
        """What it says of a day is what it said then."""
        assert_causal(function, shifted(n_assets=2, gaps=gaps), **options)

    @each
    def test_each_asset_is_by_itself(self, function, options):
        """Shuffled columns come out shuffled, and one column alone as among others."""
        x = shifted(n_assets=3, gaps=0.05)
        whole = np.array(function(x, **options))
        np.testing.assert_array_equal(np.array(function(x[:, [2, 0, 1]], **options)), whole[..., [2, 0, 1]])
        np.testing.assert_array_equal(np.array(function(x[:, 1], **options)), whole[..., 1])

    @each
    def test_first_value_is_where_lookback_says(self, function, options):
        """Without gaps: nothing before, a value there."""
        needed = {k: v for k, v in options.items() if k in ("baseline", "recent", "mean")}
        first = function.lookback(**needed)
        lines = np.array(function(shifted(), **options))
        assert np.isnan(lines[:, :first]).all()
        assert np.isfinite(lines[:, first]).all()

    @each
    def test_labels_stay(self, function, options):
        """A frame gives frames, a series gives series."""
        frame = pd.DataFrame(shifted(n_assets=2), pd.bdate_range("2024-01-01", periods=200), ["a", "b"])
        for given in (frame, frame["b"]):
            for line in function(given, **options):
                assert type(line) is type(given)
                pd.testing.assert_index_equal(line.index, frame.index)

    @each
    @pytest.mark.parametrize("shape", [(0, 2), (3, 0), (1, 2), (2, 2)])
    def test_short_and_empty_panels(self, function, options, shape):
        """As many figures as values; NaN but where mean and deviation are known beforehand."""
        lines = np.array(function(np.full(shape, 0.1), **options))
        assert lines.shape == (3, *shape)
        assert "mean" in options or np.isnan(lines).all()

    @each
    @pytest.mark.parametrize("bad", [np.inf, -np.inf])
    def test_refuses_infinite_values(self, function, options, bad):
        """The message says where the first one stands."""
        with pytest.raises(InputError, match=f"x: expected finite numbers or NaN, got {bad} at row 1"):
            function([0.0, bad, 1.0], **options)


def naive_cost(x, cost):
    """Give the cost of a segment of x as a function of its bounds, by definition."""
    spread = x.std()
    z = (x - x.mean()) / spread
    noise = (np.median(np.abs(np.diff(z))) / stats.norm.ppf(0.75)) ** 2 / 2

    def of(start, stop):
        part = z[start:stop]
        if cost == "mean":
            return np.square(part - part.mean()).sum() / noise
        about = part if cost == "variance" else part - part.mean()
        return len(part) * np.log(np.square(about).mean() + 1e-8)

    return of


def brute_force(x, cost, penalty, min_size):
    """Try every segmentation; give the least cost with penalties, and its starts."""
    of, best = naive_cost(x, cost), (np.inf, ())
    for count in range(len(x) // min_size):
        for cuts in itertools.combinations(range(min_size, len(x) - min_size + 1), count):
            bounds = [0, *cuts, len(x)]
            if min(np.diff(bounds)) >= min_size:
                total = sum(itertools.starmap(of, itertools.pairwise(bounds))) + penalty * count
                best = min(best, (total, tuple(bounds[:-1])))
    return best


class TestOfflineChanges:
    @pytest.mark.parametrize("cost", ["mean", "variance", "mean_variance"])
    @pytest.mark.parametrize("min_size", [2, 3])
    @pytest.mark.parametrize("penalty", [0.0, 1.0, None])
    def test_no_segmentation_is_cheaper(self, cost, min_size, penalty):
        """Of each of six short series all segmentations are tried: pruning loses none."""
        for seed in range(6):
            x = np.random.default_rng(seed).standard_normal(13)
            x[6 + seed % 3 :] = 1.5 * x[6 + seed % 3 :] + 3.0 * (seed % 2)
            found = changes.offline_change_points(x, cost=cost, penalty=penalty, min_size=min_size)
            default = ({"mean": 2, "variance": 2, "mean_variance": 3}[cost]) * np.log(13)
            price = default if penalty is None else penalty
            total, starts = brute_force(x, cost, price, min_size)
            assert found.penalty == pytest.approx(price)
            assert found.cost + found.penalty * (len(found.labels) - 1) == pytest.approx(total, abs=1e-9)
            assert tuple(found.starts.tolist()) == starts

    def test_shifts_of_the_mean_are_placed(self):
        """Three deviations up and back, in each of ten series: both places within two, and no third."""
        for seed in range(10):
            found = changes.offline_change_points(shifted(300, (100, 180), seed=seed), cost="mean")
            np.testing.assert_allclose(found.starts, [0, 100, 180], atol=2)
            np.testing.assert_allclose(found.means, [0, 3, 0], atol=0.5)

    def test_changes_of_volatility_are_placed(self):
        """Four times as wild between 150 and 300, in each of ten series: within ten."""
        for seed in range(10):
            x = np.random.default_rng(seed).standard_normal(450)
            x[150:300] *= 4.0
            for cost in ("variance", "mean_variance"):
                found = changes.offline_change_points(x, cost=cost)
                np.testing.assert_allclose(found.starts, [0, 150, 300], atol=10)
                np.testing.assert_allclose(found.deviations, [1, 4, 1], rtol=0.2)

    @pytest.mark.parametrize("cost", ["mean", "variance", "mean_variance"])
    def test_false_alarms_are_rare(self, cost):
        """Of forty series without a change at most four are cut."""
        cut = sum(
            len(
                changes.offline_change_points(np.random.default_rng(s).standard_normal(200), cost=cost).labels
            )
            > 1
            for s in range(40)
        )
        assert cut <= 4

    def test_segments_are_described(self):
        """Sizes without gaps, means and deviations of what is in them, labels of their first rows."""
        x = shifted(120, (60, 120), seed=1)
        x[[0, 5, 60]] = NAN
        days = pd.bdate_range("2024-01-01", periods=120)
        found = changes.offline_change_points(pd.Series(x, days))
        assert found.starts.tolist() == [1, 61]
        assert found.labels == (days[1], days[61])
        assert found.sizes.tolist() == [58, 59]
        for place, part in enumerate((x[:60], x[61:])):
            assert found.means[place] == pytest.approx(np.nanmean(part))
            assert found.deviations[place] == pytest.approx(np.nanstd(part, ddof=1))
        frame = found.to_frame()
        assert list(frame.columns) == ["size", "mean", "deviation"]
        assert frame.index.tolist() == list(found.labels)
        assert repr(found).startswith("Segments(2 segments, cost=")

    @pytest.mark.parametrize("cost", ["mean", "variance", "mean_variance"])
    def test_what_never_moves_is_one_segment(self, cost):
        """Without a warning, and with the mean it has."""
        found = changes.offline_change_points(np.full(100, 0.1), cost=cost)
        assert found.labels == (0,)
        assert found.means[0] == pytest.approx(0.1, rel=1e-15)
        assert np.isfinite(found.cost)

    def test_scale_and_place_do_not_matter(self):
        """A thousandth, and a million up."""
        x = shifted(300, (100, 180))
        for moved in (x / 1000, x + 1e6):
            np.testing.assert_array_equal(
                changes.offline_change_points(moved).starts, changes.offline_change_points(x).starts
            )

    def test_one_value_is_a_segment_of_the_mean(self):
        """Its deviation is not known."""
        found = changes.offline_change_points([5.0], cost="mean", min_size=1)
        assert found.sizes.tolist() == [1]
        assert np.isnan(found.deviations).all()

    @pytest.mark.parametrize("cost", ["mean", "variance", "mean_variance"])
    def test_min_size_holds(self, cost):
        """No segment is shorter, even at no price."""
        found = changes.offline_change_points(shifted(), cost=cost, penalty=0.0, min_size=17)
        assert found.sizes.min() >= 17
        assert found.sizes.sum() == 200

    @pytest.mark.parametrize(
        ("x", "options", "named"),
        [
            (np.ones((30, 2)), {}, "x: expected one column, got 2"),
            ([1.0, np.inf], {}, "x: expected finite numbers or NaN, got inf at row 1"),
            (np.arange(20.0), {}, "x: expected at least 21 observations, got 20"),
            (np.empty(0), {}, "x: expected at least 21 observations, got 0"),
            (np.arange(30.0), {"cost": "median"}, "cost: expected 'mean' or"),
            (np.arange(30.0), {"penalty": -1.0}, "penalty: expected zero or more"),
            (np.arange(30.0), {"min_size": 1}, "min_size: "),
        ],
    )
    def test_refuses_impossible_input(self, x, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            changes.offline_change_points(x, **options)
