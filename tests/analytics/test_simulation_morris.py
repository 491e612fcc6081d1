"""Elementary effects: exact answers for linear functions, SALib, and a plain-loop twin."""

from __future__ import annotations

import numpy as np
import pytest
from models_simulation import DRIVERS, ISHIGAMI, REVENUE, company, ishigami
from SALib.analyze import morris as salib_morris

from maos_nb.analytics.simulation import Normal, Triangular, Uniform, morris
from maos_nb.errors import InputError


def recorded(model, **arguments):
    """Run morris and keep the points it visited, (n_trajectories, n_inputs + 1, n_inputs)."""
    seen = []

    def recording(**inputs):
        seen.append(np.stack(list(inputs.values()), axis=1))
        return model(**inputs)

    result = morris(recording, **arguments)
    points = np.concatenate(seen)
    return result, points.reshape(-1, points.shape[1] + 1, points.shape[1])


class TestEffects:
    def test_a_linear_function_has_its_slopes(self):
        """Slope times range, without any spread, whatever the levels."""
        inputs = {"a": Uniform(0.0, 2.0), "b": Uniform(-1.0, 0.0), "c": Uniform(5.0, 6.0)}
        for n_levels in (2, 4, 6, 10):
            found = morris(lambda a, b, c: 3 * a - 4 * b, inputs, 5, rng=1, n_levels=n_levels)
            np.testing.assert_allclose(found.mu, [6.0, -4.0, 0.0], atol=1e-12)
            np.testing.assert_allclose(found.mu_star, [6.0, 4.0, 0.0], atol=1e-12)
            np.testing.assert_allclose(found.sigma, 0.0, atol=1e-12)

    def test_a_product_has_effects_that_spread(self):
        """d(xy) moves by y's level, 0, 1/3, 2/3 or 1: mean 1/2 and deviation sqrt(5)/6."""
        inputs = {"x": Uniform(0.0, 1.0), "y": Uniform(0.0, 1.0)}
        found = morris(lambda x, y: x * y, inputs, 4000, rng=1)
        np.testing.assert_allclose(found.mu, 0.5, atol=4 * found.standard_error.max())
        np.testing.assert_allclose(found.sigma, np.sqrt(5) / 6, atol=0.01)

    def test_each_effect_is_a_difference_along_the_walk(self):
        """A plain loop over the points visited."""
        found, points = recorded(ishigami, distributions=ISHIGAMI, n_trajectories=50, rng=2)
        for walk, effects in zip(points, found.effects, strict=True):
            values = ishigami(*walk.T)
            for before, after in zip(range(3), range(1, 4), strict=True):
                (moved,) = np.flatnonzero(walk[after] != walk[before])
                step = (walk[after, moved] - walk[before, moved]) / (2 * np.pi)
                assert abs(step) == pytest.approx(2 / 3)
                assert effects[moved] == pytest.approx((values[after] - values[before]) / step)

    def test_salib_agrees_on_the_same_trajectories(self):
        """SALib's analysis of the points that were visited."""
        found, points = recorded(ishigami, distributions=ISHIGAMI, n_trajectories=40, rng=4)
        problem = {"num_vars": 3, "names": list(ISHIGAMI), "bounds": [[-np.pi, np.pi]] * 3}
        rows = points.reshape(-1, 3)
        unit = (rows + np.pi) / (2 * np.pi)
        problem = problem | {"bounds": [[0.0, 1.0]] * 3}
        peer = salib_morris.analyze(problem, unit, ishigami(*rows.T), num_levels=4, seed=1)
        for name in ("mu", "mu_star", "sigma"):
            np.testing.assert_allclose(getattr(found, name), np.asarray(peer[name]), rtol=1e-10, atol=1e-12)

    def test_levels_are_visited_equally_often(self):
        """All four, by every input, within four binomial deviations."""
        _, points = recorded(
            lambda u, v: u + v,
            distributions={"u": Uniform(0, 1), "v": Uniform(0, 1)},
            n_trajectories=4000,
            rng=1,
        )
        levels, counts = np.unique(points[:, 0].round(9), return_counts=True)
        np.testing.assert_allclose(levels, [0.0, 1 / 3, 2 / 3, 1.0], atol=1e-9)
        assert np.abs(counts - 2000).max() < 4 * np.sqrt(8000 * 3 / 16)

    def test_a_distribution_without_ends_stops_at_one_percent(self):
        """Nothing infinite reaches the model; a bound on one side is kept."""
        inputs = {"n": Normal(0.0, 1.0), "bounded": Normal(0.0, 1.0, lower=-1.0), "t": Triangular(0, 1, 2)}
        _, points = recorded(
            lambda n, bounded, t: n + bounded + t, distributions=inputs, n_trajectories=200, rng=1
        )
        np.testing.assert_allclose(points.min(axis=(0, 1)), [-2.326348, -1.0, 0.0], atol=1e-6)
        np.testing.assert_allclose(points.max(axis=(0, 1))[[0, 2]], [2.326348, 2.0], atol=1e-6)


class TestResult:
    @pytest.mark.parametrize("rows_per_call", [1, 7, 1000])
    def test_the_number_of_rows_per_call_changes_no_bit(self, rows_per_call):
        """And the seed in the result gives it again."""
        whole = morris(company, DRIVERS, 20, rng=np.random.default_rng(1), base=REVENUE)
        parts = morris(company, DRIVERS, 20, rng=whole.seed, base=REVENUE, rows_per_call=rows_per_call)
        np.testing.assert_array_equal(parts.effects, whole.effects)

    def test_walks_without_a_value_are_left_out(self):
        """Their effects are NaN and counted."""
        found = morris(lambda x, y, z: np.where(x < -3.0, np.nan, x + y), ISHIGAMI, 200, rng=1)
        assert found.n_rejected == np.isnan(found.effects).any(axis=1).sum() > 20
        np.testing.assert_allclose(found.mu_star, [2 * np.pi, 2 * np.pi, 0.0], atol=1e-12)
        assert found.n_evaluations == 800

    def test_statistics_are_those_of_the_effects(self):
        """Means, deviations (ddof 1), and the standard error of the mean absolute effect."""
        found = morris(ishigami, ISHIGAMI, 6, rng=1)
        np.testing.assert_allclose(found.mu, found.effects.mean(axis=0))
        np.testing.assert_allclose(found.mu_star, np.abs(found.effects).mean(axis=0))
        np.testing.assert_allclose(found.sigma, found.effects.std(axis=0, ddof=1))
        np.testing.assert_allclose(
            found.standard_error, np.abs(found.effects).std(axis=0, ddof=1) / np.sqrt(6)
        )

    def test_is_shown_by_influence(self):
        """Widest first, five at most."""
        inputs = {f"x{place}": Uniform(0.0, 1.0) for place in range(7)}
        found = morris(lambda **x: sum(place * x[f"x{place}"] for place in range(7)), inputs, 4, rng=1)
        assert repr(found).startswith("Morris(mu_star: x6 6, x5 5, x4 4, x3 3, x2 2, 2 more;")
        assert found.to_frame()["mu_star"].round(9).tolist() == [0, 1, 2, 3, 4, 5, 6]


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"n_trajectories": 1}, "n_trajectories: expected at least 2"),
            ({"n_levels": 5}, "n_levels: expected an even number, got 5"),
            ({"n_levels": 0}, "n_levels"),
            ({"rng": "one"}, "rng"),
            ({"distributions": None}, "distributions"),
            ({"model": lambda x, y, z: x * np.nan}, "model: expected a finite value"),
            ({"model": lambda x, y, z: 1.0}, "model"),
        ],
    )
    def test_is_refused_by_name(self, change, named):
        """The message names the argument."""
        arguments = {"model": ishigami, "distributions": ISHIGAMI, "n_trajectories": 4, "rng": 1} | change
        with pytest.raises(InputError, match=named):
            morris(**arguments)
