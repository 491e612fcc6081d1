"""Sobol indices: functions with indices in closed form, scipy and SALib, intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from models_simulation import (
    DRIVERS,
    ISHIGAMI,
    ISHIGAMI_FIRST,
    ISHIGAMI_MEAN,
    ISHIGAMI_TOTAL,
    ISHIGAMI_VARIANCE,
    REVENUE,
    company,
    ishigami,
)
from SALib.analyze import sobol as salib_sobol
from scipy import stats

from maos_nb.analytics.simulation import Normal, Uniform, sobol_indices
from maos_nb.errors import InputError

G_WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
UNIT = {f"u{place}": Uniform(0.0, 1.0) for place in range(len(G_WEIGHTS))}


def sobol_g(**inputs):
    """Sobol's G function: a product of (|4 u - 2| + a) / (1 + a)."""
    factors = [
        (np.abs(4 * u - 2) + weight) / (1 + weight)
        for u, weight in zip(inputs.values(), G_WEIGHTS, strict=True)
    ]
    return np.prod(factors, axis=0)


class TestKnownIndices:
    def test_ishigamis_function(self):
        """Ishigami and Homma (1990), a = 7 and b = 0.1, within 0.002 with 2^14 rows."""
        found = sobol_indices(ishigami, ISHIGAMI, 1 << 14, rng=3)
        np.testing.assert_allclose(found.first_order, ISHIGAMI_FIRST, atol=2e-3)
        np.testing.assert_allclose(found.total_order, ISHIGAMI_TOTAL, atol=2e-3)
        assert found.variance == pytest.approx(ISHIGAMI_VARIANCE, rel=5e-3)
        assert found.mean == pytest.approx(ISHIGAMI_MEAN, abs=1e-3)

    def test_ishigamis_interaction(self):
        """The first and the third input interact with 0.243684; no other pair does."""
        found = sobol_indices(ishigami, ISHIGAMI, 1 << 14, rng=3, second_order=True)
        expected = [[np.nan, 0.0, 0.243684], [0.0, np.nan, 0.0], [0.243684, 0.0, np.nan]]
        np.testing.assert_allclose(found.second_order, expected, atol=6e-3)
        assert found.second_order_interval.shape == (3, 3, 2)
        assert found.n_evaluations == (2 * 3 + 2) << 14

    def test_sobols_g_function(self):
        """Saltelli and Sobol (1995): V_i = 1 / (3 (1 + a_i)^2), V + 1 = product of (1 + V_i)."""
        parts = 1 / (3 * (1 + G_WEIGHTS) ** 2)
        variance = np.prod(1 + parts) - 1
        found = sobol_indices(sobol_g, UNIT, 1 << 14, rng=1)
        np.testing.assert_allclose(found.first_order, parts / variance, atol=3e-3)
        np.testing.assert_allclose(
            found.total_order, parts * np.prod(1 + parts) / (1 + parts) / variance, atol=3e-3
        )

    def test_a_sum_of_normals_has_its_shares_of_variance(self):
        """Without interaction first and total order are the same."""
        inputs = {"a": Normal(5.0, 1.0), "b": Normal(-2.0, 2.0), "c": Normal(0.0, 3.0)}
        found = sobol_indices(lambda a, b, c: 100.0 + a + b + c, inputs, 1 << 13, rng=1)
        np.testing.assert_allclose(found.first_order, np.array([1.0, 4.0, 9.0]) / 14, atol=2e-3)
        np.testing.assert_allclose(found.total_order, np.array([1.0, 4.0, 9.0]) / 14, atol=2e-3)


class TestPeers:
    def test_the_estimators_are_those_of_scipy(self):
        """scipy.stats.sobol_indices on the very same points, to rounding."""
        seen = []

        def recorded(**inputs):
            seen.append(np.stack(list(inputs.values())))
            return ishigami(**inputs)

        found = sobol_indices(recorded, ISHIGAMI, 1024, rng=1, rows_per_call=1024)
        a, b, *mixed = (ishigami(*points) for points in seen)
        peer = stats.sobol_indices(
            func={"f_A": a[np.newaxis], "f_B": b[np.newaxis], "f_AB": np.stack(mixed)[:, np.newaxis]}, n=1024
        )
        np.testing.assert_allclose(found.first_order, peer.first_order, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.total_order, peer.total_order, rtol=1e-9)

    def test_salib_finds_the_same_on_its_own_sample(self):
        """SALib 1.5 normalises by another estimate of the variance, so that they agree to sampling error only."""
        names = list(ISHIGAMI)
        problem = {"num_vars": 3, "names": names, "bounds": [[-np.pi, np.pi]] * 3}
        points = stats.qmc.scale(stats.qmc.Sobol(6, seed=1).random(1 << 12), -np.pi, np.pi)
        rows = [points[:, :3], *(points[:, :3].copy() for _ in names), points[:, 3:]]
        for place in range(3):
            rows[1 + place][:, place] = points[:, 3 + place]
        values = ishigami(*np.stack(rows, axis=1).reshape(-1, 3).T)
        peer = salib_sobol.analyze(problem, values, calc_second_order=False, seed=1)
        found = sobol_indices(ishigami, ISHIGAMI, 1 << 12, rng=2)
        np.testing.assert_allclose(found.first_order, peer["S1"], atol=6e-3)
        np.testing.assert_allclose(found.total_order, peer["ST"], atol=6e-3)


class TestIntervals:
    def test_cover_the_known_indices(self):
        """At 90% in at least 80% of 40 seeds, for first, total and second order together."""
        second = np.array([0.0, 0.243684, 0.0])
        upper = np.triu_indices(3, 1)
        covered = []
        for seed in range(40):
            found = sobol_indices(ishigami, ISHIGAMI, 512, rng=seed, confidence=0.9, second_order=True)
            for interval, exact in (
                (found.first_order_interval, ISHIGAMI_FIRST),
                (found.total_order_interval, ISHIGAMI_TOTAL),
                (found.second_order_interval[upper], second),
            ):
                covered.append((interval[:, 0] <= exact) & (exact <= interval[:, 1]))
        assert np.mean(covered, axis=0).min() > 0.8

    def test_contain_the_estimates_and_narrow_with_n(self):
        """Sixteen times the rows make them a quarter as wide, or less, taken together."""
        few, many = (sobol_indices(ishigami, ISHIGAMI, n, rng=1) for n in (512, 8192))
        for found in (few, many):
            interval = found.total_order_interval
            assert ((interval[:, 0] < found.total_order) & (found.total_order < interval[:, 1])).all()
        width_of_few, width_of_many = (np.diff(found.total_order_interval) for found in (few, many))
        assert width_of_many.sum() < width_of_few.sum() / 4

    def test_widen_with_confidence(self):
        """As a normal distribution does: 90% is 1.645 / 0.674 times as wide as 50%."""
        narrow, wide = (
            sobol_indices(
                ishigami, ISHIGAMI, 4096, rng=1, confidence=level, n_resamples=5000
            ).first_order_interval
            for level in (0.5, 0.9)
        )
        np.testing.assert_allclose(np.diff(wide) / np.diff(narrow), 1.645 / 0.674, rtol=0.08)


class TestResult:
    @pytest.mark.parametrize("rows_per_call", [1, 50, 10_000])
    def test_the_number_of_rows_per_call_changes_no_bit(self, rows_per_call):
        """Nor does anything else but the seed."""
        whole = sobol_indices(company, DRIVERS, 128, rng=9, base=REVENUE)
        parts = sobol_indices(
            company, DRIVERS, 128, rng=whole.seed, base=REVENUE, rows_per_call=rows_per_call
        )
        np.testing.assert_array_equal(parts.total_order, whole.total_order)
        np.testing.assert_array_equal(parts.first_order_interval, whole.first_order_interval)

    def test_rows_without_a_value_are_counted_and_left_out(self):
        """A row goes as a whole."""

        def holed(x, y, z):
            return np.where(x > 3.0, np.nan, ishigami(x, y, z))

        found = sobol_indices(holed, ISHIGAMI, 2048, rng=1)
        assert 50 < found.n_rejected < 250
        assert np.isfinite(found.total_order_interval).all()
        assert f"n_rejected={found.n_rejected}" in repr(found)

    def test_a_constant_has_no_shares(self):
        """NaN, as there is nothing to divide."""
        found = sobol_indices(lambda x, y, z: np.full(len(x), 0.1), ISHIGAMI, 64, rng=1, second_order=True)
        assert found.variance == 0.0
        assert np.isnan(found.first_order).all()
        assert np.isnan(found.total_order_interval).all()
        assert np.isnan(found.second_order).all()

    def test_a_single_input_explains_everything(self):
        """Also when interactions are asked for, of which there are none."""
        found = sobol_indices(lambda x: x, {"x": Uniform(0.0, 1.0)}, 1024, rng=1, second_order=True)
        assert found.first_order == pytest.approx(1.0, abs=1e-2)
        assert found.total_order == pytest.approx(1.0, abs=1e-2)
        assert np.isnan(found.second_order).all()

    def test_a_frame_has_a_row_per_input(self):
        """With limits beside the estimates."""
        found = sobol_indices(ishigami, ISHIGAMI, 64, rng=1)
        frame = found.to_frame()
        assert frame.index.tolist() == ["x", "y", "z"]
        np.testing.assert_array_equal(frame["total_order"], found.total_order)
        np.testing.assert_array_equal(
            frame[["first_order_low", "first_order_high"]], found.first_order_interval
        )
        assert repr(found).startswith("SobolIndices(first/total: x 0.")


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"n": 0}, "n: expected at least 2"),
            ({"n": 1}, "n: expected at least 2"),
            ({"n": 1000}, "n: expected a power of two"),
            ({"confidence": 95}, "confidence: .*between 0 and 1"),
            ({"confidence": "95%"}, "confidence"),
            ({"n_resamples": 1}, "n_resamples"),
            ({"rng": None}, "rng"),
            ({"distributions": {}}, "distributions"),
            ({"model": "f"}, "model"),
            ({"model": lambda x, y, z: x.mean()}, r"model: .*\(64,\)"),
            ({"model": lambda x, y, z: x * np.nan}, "model: expected a finite value in at least two of 64"),
            ({"rows_per_call": 0}, "rows_per_call"),
        ],
    )
    def test_is_refused_by_name(self, change, named):
        """The message names the argument."""
        arguments = {"model": ishigami, "distributions": ISHIGAMI, "n": 64, "rng": 1} | change
        with pytest.raises(InputError, match=named):
            sobol_indices(**arguments)
