"""Turbulence, absorption ratio and average correlation, against scipy, numpy and what simulated worlds must give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis

from maos_nb.analytics.market import turbulence as measures
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.errors import InputError

NAN = np.nan
OF_RETURNS = [
    (measures.turbulence, {"min_observations": 30}),
    (measures.turbulence, {"window": 30, "per_asset": True}),
    (measures.turbulence, {"window": 40, "min_observations": 20, "shrinkage": 0.3, "refit": 7}),
    (measures.turbulence, {"window": 20, "shrinkage": "ledoit_wolf"}),
    (measures.absorption_ratio, {"window": 20}),
    (measures.absorption_ratio, {"window": 20, "half_life": 8, "basis": "correlation"}),
    (measures.average_correlation, {"window": 20}),
    (measures.average_correlation, {"window": 20, "weights": "volatility"}),
]
of_returns = pytest.mark.parametrize(
    ("function", "options"), OF_RETURNS, ids=[f"{f.__name__} {' '.join(o)}" for f, o in OF_RETURNS]
)


def random_returns(length=90, n_assets=4, seed=0, gaps=0.0):
    """Draw returns that hang together a little, each asset with a volatility of its own."""
    rng = np.random.default_rng(seed)
    own = rng.standard_normal((length, n_assets)) * np.arange(1, n_assets + 1)
    returns = 0.01 * (own + rng.standard_normal((length, 1)))
    returns[rng.random(returns.shape) < gaps] = NAN
    return returns


def lines_of(result):
    """Give the lines of a result as one array, lines first."""
    return np.array(result) if isinstance(result, tuple) else np.asarray(result)[np.newaxis]


class TestTurbulence:
    @pytest.mark.parametrize("window", [None, 25])
    def test_is_scipys_distance_from_the_past(self, window):
        """Squared `mahalanobis` by mean and covariance of earlier days; its parts by variances alone."""
        returns = random_returns()
        found = measures.turbulence(returns, window, min_observations=25)
        for day, row in enumerate(returns):
            past = returns[:day] if window is None else returns[max(0, day - window) : day]
            if len(past) < 25:
                assert np.isnan(lines_of(found)[:, day]).all()
                continue
            mean, covariance = past.mean(axis=0), np.cov(past, rowvar=False)
            distance = mahalanobis(row, mean, np.linalg.inv(covariance)) ** 2
            magnitude = (np.square(row - mean) / past.var(axis=0, ddof=1)).sum()
            expected = [distance, magnitude, distance / magnitude, 4]
            np.testing.assert_allclose(lines_of(found)[:, day], expected, rtol=1e-9)

    def test_gaps_are_left_out_of_assets_and_days(self):
        """Of each day the assets with a return and enough of them before; of earlier days those with all of these."""
        returns = random_returns(120, 3, 2, gaps=0.04)
        returns[:50, 2] = NAN
        found = measures.turbulence(returns, min_observations=30)
        for day, row in enumerate(returns):
            used = ~np.isnan(row) & ((~np.isnan(returns[:day])).sum(axis=0) >= 30)
            past = returns[:day, used]
            past = past[~np.isnan(past).any(axis=1)]
            if not used.any() or len(past) < 30:
                assert np.isnan(lines_of(found)[:, day]).all()
                continue
            inverse = np.linalg.inv(np.cov(past, rowvar=False).reshape(used.sum(), -1))
            distance = mahalanobis(row[used], past.mean(axis=0), inverse) ** 2
            assert found.turbulence[day] == pytest.approx(distance, rel=1e-9)
            assert found.counted[day] == used.sum()
        assert {1, 2, 3} <= set(found.counted)

    def test_averages_the_number_of_assets(self):
        """Hotelling: n (m + 1) (m - 1) / (m (m - n - 2)) of n = 4 independent normal assets and m = 100 past days.

        2,900 days with a deviation of about 3 have a standard error of 0.06; 0.15 are two and a half.
        """
        returns = np.random.default_rng(1).standard_normal((3000, 4))
        n, m = 4, 100
        expected = n * (m + 1) * (m - 1) / (m * (m - n - 2))
        found = measures.turbulence(returns, m)
        assert np.nanmean(found.turbulence) == pytest.approx(expected, abs=0.15)
        per_asset = measures.turbulence(returns, m, per_asset=True)
        np.testing.assert_allclose(per_asset.turbulence, found.turbulence / n)
        np.testing.assert_allclose(per_asset.magnitude, found.magnitude / n)
        np.testing.assert_array_equal(per_asset.correlation, found.correlation)

    def test_does_not_depend_on_units(self):
        """Any invertible mix of the assets is as far from its past: Mahalanobis' invariance."""
        returns = random_returns(80, 3, 5)
        mix = np.array([[2.0, 1.0, 0.0], [0.0, -3.0, 1.0], [1.0, 0.0, 5.0]])
        plain, mixed = (measures.turbulence(x, 30).turbulence for x in (returns, returns @ mix + 7.0))
        np.testing.assert_allclose(plain, mixed, rtol=1e-8)

    def test_assets_that_move_against_their_pattern_are_a_surprise(self):
        """Two that always went together: apart, their correlation part is far above 1, together below it."""
        rng = np.random.default_rng(6)
        both = rng.standard_normal(200)
        returns = both[:, np.newaxis] + 0.2 * rng.standard_normal((200, 2))
        together, apart = (
            measures.turbulence(np.vstack([returns, last]), min_observations=200).correlation[-1]
            for last in ([1.5, 1.5], [1.5, -1.5])
        )
        assert together < 1 < 10 < apart

    def test_singular_covariance_has_no_inverse(self):
        """An asset twice, or more assets than days: NaN; with a shrinkage there is one."""
        returns = random_returns(60, 3, 7)
        twice = np.column_stack([returns, returns[:, 0]])
        few = random_returns(60, 30, 8)
        for singular, window in ((twice, 20), (few, 20)):
            assert np.isnan(measures.turbulence(singular, window).turbulence).all()
            for shrinkage in (0.2, "ledoit_wolf"):
                found = measures.turbulence(singular, window, shrinkage=shrinkage).turbulence
                assert np.isfinite(found[20:]).all()

    def test_whole_shrinkage_leaves_the_magnitude(self):
        """Without covariances the distance is its own magnitude."""
        found = measures.turbulence(random_returns(), 30, shrinkage=1.0)
        np.testing.assert_allclose(found.turbulence, found.magnitude, rtol=1e-12)
        np.testing.assert_allclose(found.correlation[30:], 1, rtol=1e-12)

    def test_ledoit_and_wolf_by_definition(self):
        """Their article's intensity, written out in sums over days and pairs, and the distance that comes of it."""
        returns = random_returns(31, 5, 9)
        past = returns[:-1] - returns[:-1].mean(axis=0)
        sample = sum(np.outer(x, x) for x in past) / 30
        level = np.trace(sample) / 5
        target = level * np.eye(5)
        away = np.linalg.norm(sample - target) ** 2 / 5
        error = sum(np.linalg.norm(np.outer(x, x) - sample) ** 2 / 5 for x in past) / 30**2
        intensity = min(error, away) / away
        covariance = intensity * target + (1 - intensity) * sample
        last = returns[-1] - returns[:-1].mean(axis=0)
        found = measures.turbulence(returns, 30, shrinkage="ledoit_wolf").turbulence[-1]
        assert 0 < intensity < 1
        assert found == pytest.approx(last @ np.linalg.inv(covariance) @ last, rel=1e-10)

    def test_refit_keeps_an_estimate_for_so_many_days(self):
        """At 40, 50, ... as with one each day; in between by the estimate of the last of these."""
        returns = random_returns()
        found = measures.turbulence(returns, 30, refit=10).turbulence
        for day in range(30, len(returns)):
            fit = day // 10 * 10
            past = returns[fit - 30 : fit]
            inverse = np.linalg.inv(np.cov(past, rowvar=False))
            expected = mahalanobis(returns[day], past.mean(axis=0), inverse) ** 2
            assert found[day] == pytest.approx(expected, rel=1e-9)

    def test_an_asset_that_never_moves_does_not_count(self):
        """0.1 has no variance, to the last digit: the others are as if it were not there."""
        returns = random_returns()
        still = np.column_stack([returns, np.full(len(returns), 0.1)])
        np.testing.assert_array_equal(
            lines_of(measures.turbulence(still, 30)), lines_of(measures.turbulence(returns, 30))
        )

    def test_an_asset_that_stands_still_within_its_window_does_not_count(self):
        """Its last other return lies before the window, with a gap between: the others are not lost with it."""
        returns = random_returns(60, 3, 4)
        still = returns.copy()
        still[10:, 2] = 0.02
        still[10, 2] = NAN
        found = measures.turbulence(still, 20, min_observations=15)
        alone = measures.turbulence(returns[:, :2], 20, min_observations=15)
        np.testing.assert_allclose(found.turbulence[31:], alone.turbulence[31:], rtol=1e-12)

    @pytest.mark.parametrize("start", range(9, 12))
    def test_no_day_is_lost_as_a_still_asset_leaves(self, start):
        """On the days when its last move slides out of the window, too."""
        returns = random_returns(60, 3, 4)
        returns[start:, 2] = 0.02
        returns[start, 2] = NAN
        found = measures.turbulence(returns, 20, min_observations=15)
        assert np.isfinite(found.turbulence[20:]).all()

    def test_a_huge_return_leaves_no_trace(self):
        """Behind the window of 1e9 the distances are those of a panel that never saw it."""
        returns = random_returns()
        spiked = returns.copy()
        spiked[20, 1] = 1e9
        plain, after = (measures.turbulence(x, 30).turbulence[51:] for x in (returns, spiked))
        np.testing.assert_allclose(plain, after, rtol=1e-12)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"window": 1}, "window: "),
            ({"min_observations": 1}, "min_observations: "),
            ({"window": 10, "min_observations": 11}, "min_observations: expected at most the window of 10"),
            ({"shrinkage": 1.5}, "shrinkage: "),
            ({"shrinkage": "oas"}, 'shrinkage: expected a fraction or "ledoit_wolf"'),
            ({"refit": 0}, "refit: "),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            measures.turbulence(random_returns(5), **options)


class TestAbsorptionRatio:
    def test_one_common_factor_takes_up_nearly_all(self):
        """Own moves of a hundredth of the factor's variance, on ten assets: one component leaves 1% or less."""
        rng = np.random.default_rng(0)
        returns = rng.standard_normal((120, 1)) + 0.1 * rng.standard_normal((120, 10))
        found = measures.absorption_ratio(returns, 100, share_of_components=0.1)
        assert (found.ratio[99:] > 0.985).all()
        assert (found.components[99:] == 1).all()

    def test_independent_assets_give_the_share_of_components(self):
        """Of equal variances each component has its share; 10 of 2,000 days sort out to a little more, up to 0.03."""
        returns = np.random.default_rng(1).standard_normal((2001, 10))
        for share in (0.2, 0.5):
            ratio = measures.absorption_ratio(returns, 2000, share_of_components=share).ratio[1999:]
            assert ((share < ratio) & (ratio < share + 0.03)).all()

    @pytest.mark.parametrize("basis", ["covariance", "correlation"])
    @pytest.mark.parametrize("half_life", [None, 6.0])
    def test_is_that_of_numpys_covariances(self, basis, half_life):
        """`numpy.cov` with weights by age, its eigenvalues sorted: the first two of seven assets over the trace."""
        returns = random_returns(40, 7, 2)
        found = measures.absorption_ratio(
            returns, 25, share_of_components=0.3, half_life=half_life, basis=basis
        )
        weights = None if half_life is None else 0.5 ** (np.arange(25)[::-1] / half_life)
        for day in range(24, 40):
            matrix = np.cov(returns[day - 24 : day + 1], rowvar=False, aweights=weights, ddof=0)
            if basis == "correlation":
                deviation = np.sqrt(np.diag(matrix))
                matrix = matrix / np.outer(deviation, deviation)
            spectrum = sorted(np.linalg.eigvalsh(matrix), reverse=True)
            assert found.components[day] == 2
            assert found.ratio[day] == pytest.approx(sum(spectrum[:2]) / np.trace(matrix), rel=1e-10)

    @pytest.mark.parametrize(("n_assets", "components"), [(2, 1), (4, 1), (7, 1), (8, 2), (12, 2), (13, 3)])
    def test_a_fifth_is_rounded_halves_up(self, n_assets, components):
        """0.4, 0.8, 1.4, 1.6, 2.4 and 2.6; never none."""
        found = measures.absorption_ratio(random_returns(30, n_assets), 30)
        assert found.components[-1] == components

    def test_all_components_take_up_everything(self):
        """Even where rounding makes a variance of less than nothing."""
        few_days = random_returns(30, 20)
        found = measures.absorption_ratio(few_days, 5, share_of_components=1.0)
        np.testing.assert_allclose(found.ratio[4:], 1, rtol=1e-12)

    def test_gaps_and_still_assets_do_not_count(self):
        """While a gap is in its window an asset is out; one that does not move is never in."""
        returns = random_returns(50, 5, 3)
        holed = np.column_stack([returns, np.full(50, 0.1)])
        holed[20, 1] = NAN
        found = measures.absorption_ratio(holed, 10)
        without = measures.absorption_ratio(returns[:, [0, 2, 3, 4]], 10)
        whole = measures.absorption_ratio(returns, 10)
        np.testing.assert_allclose(found.ratio[20:30], without.ratio[20:30], rtol=1e-12)
        np.testing.assert_allclose(found.ratio[30:], whole.ratio[30:], rtol=1e-12)
        np.testing.assert_array_equal(found.counted[9:], [*[5] * 11, *[4] * 10, *[5] * 20])

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"window": 1}, "window: "),
            ({"share_of_components": 0}, "share_of_components: expected a fraction above 0"),
            ({"share_of_components": 1.2}, "share_of_components: "),
            ({"half_life": 0}, "half_life: expected a number above zero"),
            ({"basis": "rank"}, 'basis: expected "covariance" or "correlation"'),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            measures.absorption_ratio(random_returns(5), **options)


class TestStandardisedShift:
    def test_is_that_of_a_loop(self):
        """Mean of the last 4 less mean of the last 12, over the deviation of these; gaps within leave none."""
        x = np.random.default_rng(0).standard_normal(60)
        x[30] = NAN
        found = measures.standardised_shift(x, 4, 12)
        for row in range(60):
            among = x[max(0, row - 11) : row + 1]
            if len(among) < 12 or np.isnan(among).any():
                assert np.isnan(found[row])
            else:
                expected = (among[-4:].mean() - among.mean()) / among.std(ddof=1)
                assert found[row] == pytest.approx(expected, rel=1e-9)

    def test_no_deviation_no_shift(self):
        """A constant is not zero deviations away but none that could be told."""
        assert np.isnan(measures.standardised_shift(np.full(20, 0.1), 3, 6)).all()

    def test_is_causal_and_states_its_lookback(self):
        """The first value stands at place `long - 1`."""
        x = random_returns(gaps=0.05)
        assert_causal(measures.standardised_shift, x, short=3, long=9)
        whole = measures.standardised_shift(random_returns(), 3, 9)
        first = measures.standardised_shift.lookback(long=9)
        assert np.isnan(whole[:first]).all()
        assert np.isfinite(whole[first]).all()

    def test_refuses_impossible_spans(self):
        """The message names both."""
        with pytest.raises(InputError, match="short and long: expected short below long, got 9 and 9"):
            measures.standardised_shift([1.0], 9, 9)


class TestAverageCorrelation:
    @pytest.mark.parametrize("weights", ["equal", "volatility"])
    def test_is_the_mean_over_numpys_pairs(self, weights):
        """`corrcoef` of each window, each pair once, by itself or by the product of its deviations."""
        returns = random_returns(50, 6, 1)
        found = measures.average_correlation(returns, 15, weights=weights)
        pairs = np.triu_indices(6, 1)
        for day in range(14, 50):
            among = returns[day - 14 : day + 1]
            deviation = among.std(axis=0, ddof=1)
            by = np.outer(deviation, deviation)[pairs] if weights == "volatility" else None
            expected = np.average(np.corrcoef(among, rowvar=False)[pairs], weights=by)
            assert found.correlation[day] == pytest.approx(expected, abs=1e-12)
            assert found.counted[day] == 6

    def test_gaps_and_still_assets_do_not_count(self):
        """The pairs of the others are averaged."""
        returns = random_returns(40, 5, 2)
        holed = np.column_stack([returns, np.full(40, 0.1)])
        holed[15, 0] = NAN
        found = measures.average_correlation(holed, 10)
        without, whole = (measures.average_correlation(x, 10).correlation for x in (returns[:, 1:], returns))
        np.testing.assert_allclose(found.correlation[15:25], without[15:25], atol=1e-12)
        np.testing.assert_allclose(found.correlation[25:], whole[25:], atol=1e-12)
        np.testing.assert_array_equal(found.counted[9:], [*[5] * 6, *[4] * 10, *[5] * 15])

    def test_both_ends(self):
        """The same returns twice are at 1; two opposite ones at -1; three cannot be below -1/2."""
        a = random_returns(20, 1)[:, 0]
        same, opposite = np.column_stack([a, 3 * a]), np.column_stack([a, -a])
        np.testing.assert_allclose(measures.average_correlation(same, 10).correlation[9:], 1)
        np.testing.assert_allclose(measures.average_correlation(opposite, 10).correlation[9:], -1)
        three = random_returns(20, 3, 3)
        three -= three.mean(axis=1, keepdims=True)
        weighed = measures.average_correlation(three / three.std(axis=0), 20).correlation[-1]
        assert weighed >= -0.5 - 1e-12

    def test_a_huge_return_leaves_no_trace(self):
        """Behind its window the figures are those of a panel that never saw it."""
        returns = random_returns()
        spiked = returns.copy()
        spiked[20, 1] = 1e12
        plain, after = (measures.average_correlation(x, 10).correlation[30:] for x in (returns, spiked))
        np.testing.assert_array_equal(plain, after)

    def test_refuses_impossible_options(self):
        """The message names the argument."""
        with pytest.raises(InputError, match='weights: expected "equal" or "volatility"'):
            measures.average_correlation(random_returns(5), weights="size")
        with pytest.raises(InputError, match="window: "):
            measures.average_correlation(random_returns(5), 1)


class TestEachOfThem:
    @of_returns
    @pytest.mark.parametrize("gaps", [0.0, 0.01])
    def test_is_causal(self, function, options, gaps):
        """What it says of a day is what it said then."""
        assert_causal(function, random_returns(gaps=gaps), **options)

    @of_returns
    @given(st.permutations(range(4)))
    @settings(max_examples=4, deadline=None)
    def test_order_of_assets_does_not_matter(self, function, options, order):
        """Shuffled columns give the same lines."""
        returns = random_returns(60, gaps=0.01)
        plain, shuffled = (lines_of(function(x, **options)) for x in (returns, returns[:, order]))
        np.testing.assert_allclose(plain, shuffled, rtol=1e-8, atol=1e-12)

    @of_returns
    def test_first_value_is_where_lookback_says(self, function, options):
        """Without gaps: nothing before; a value there, or at the first refit behind it."""
        needed = {k: v for k, v in options.items() if k in ("window", "min_observations")}
        first = function.lookback(**needed)
        lines = lines_of(
            function(random_returns(), **{**options, "refit": 1} if "refit" in options else options)
        )
        assert np.isnan(lines[:, :first]).all()
        assert np.isfinite(lines[:, first]).all()

    @of_returns
    def test_series_have_the_labels_of_the_panel(self, function, options):
        """One figure a day, by day; the numbers are those of arrays."""
        returns = random_returns()
        days = pd.bdate_range("2024-01-01", periods=len(returns))
        result = function(pd.DataFrame(returns, index=days), **options)
        for line in result:
            pd.testing.assert_index_equal(line.index, days)
        np.testing.assert_array_equal(lines_of(result), lines_of(function(returns, **options)))

    @of_returns
    @pytest.mark.parametrize("shape", [(0, 3), (1, 3), (2, 3), (3, 0), (60, 0), (60, 3)])
    def test_short_empty_and_still_panels(self, function, options, shape):
        """As many figures as days, all NaN: too few days, no assets, or returns that do not move."""
        lines = lines_of(function(np.full(shape, 0.1), **options))
        assert lines.shape[1] == shape[0]
        assert np.isnan(lines).all()

    @of_returns
    def test_a_single_asset(self, function, options):
        """It has a distance from its past, and no one to hang together with."""
        returns = random_returns(60, 1)
        lines = lines_of(function(returns, **options))
        if function is measures.turbulence:
            np.testing.assert_array_equal(lines[3, 45:], 1)
            np.testing.assert_allclose(lines[2, 45:], 1, rtol=1e-12)
        else:
            assert np.isnan(lines).all()
        np.testing.assert_array_equal(lines, lines_of(function(returns[:, 0], **options)))

    @of_returns
    @pytest.mark.parametrize("bad", [np.inf, -np.inf])
    def test_refuses_infinite_returns(self, function, options, bad):
        """The message says where the first one stands."""
        returns = random_returns(20)
        returns[3, 1] = bad
        with pytest.raises(InputError, match=f"returns: expected finite .* got {bad} at row 3, column 1"):
            function(returns, **options)

    @of_returns
    def test_refuses_rows_out_of_order(self, function, options):
        """Numbers as labels too."""
        with pytest.raises(InputError, match="returns: expected rows in"):
            function(pd.DataFrame(random_returns(3), index=[0, 2, 1]), **options)
