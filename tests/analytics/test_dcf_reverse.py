"""What a price implies, for one driver and any number of companies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.dcf import ReverseDcfStatus, dcf, dcf_from_drivers, driver_model, fade, reverse_dcf
from maos_nb.errors import InputError

BASE = {
    "revenue": 1000.0,
    "growth": 0.06,
    "operating_margin": 0.18,
    "tax_rate": 0.25,
    "sales_to_capital": 2.0,
    "wacc": 0.09,
    "terminal_growth": 0.02,
    "ronic": 0.15,
}
MODEL = driver_model(n_periods=10)
ONE_TO_ONE = {
    "operating_margin": (0.01, 0.5),
    "tax_rate": (0.0, 0.9),
    "sales_to_capital": (0.5, 5.0),
    "wacc": (0.03, 0.5),
    "revenue": (10.0, 5000.0),
}


def value(**changes):
    """Value the company after changes to its drivers."""
    return dcf_from_drivers(**BASE | changes, n_periods=10).valuation.enterprise_value


class TestRoundTrip:
    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(sorted(ONE_TO_ONE)), st.floats(0.01, 0.99))
    def test_the_driver_that_made_a_value_is_found_again(self, driver, place):
        """Where the value moves one way with the driver there is one answer."""
        low, high = ONE_TO_ONE[driver]
        true = low + (high - low) * place
        target = value(**{driver: true})
        implied = reverse_dcf(MODEL, BASE, target, driver, bracket=(low, high))
        assert implied.status is ReverseDcfStatus.CONVERGED
        assert implied.value == pytest.approx(true, rel=1e-9)
        assert value(**{driver: implied.value}) == pytest.approx(target, rel=1e-10)

    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(["growth", "terminal_growth"]), st.floats(0.0, 0.07))
    def test_a_growth_rate_is_among_the_answers(self, driver, true):
        """Growth can have two, one on each side of the best; every one of them gives the price."""
        target = value(**{driver: true})
        implied = reverse_dcf(MODEL, BASE, target, driver)
        assert np.nanmin(np.abs(implied.roots - true)) < 1e-6
        for root in implied.roots:
            assert value(**{driver: root}) == pytest.approx(target, rel=1e-9)

    @settings(max_examples=20, deadline=None)
    @given(st.floats(0.5, 19.5))
    def test_a_duration_is_found_again(self, years):
        """The competitive advantage period that the market pays for."""
        drivers = BASE | {"growth": 0.12}
        model = driver_model(n_periods=20)
        target = float(model(**drivers, duration=years))
        assert reverse_dcf(model, drivers, target, "duration").value == pytest.approx(years, rel=1e-9)


class TestCompanies:
    def test_each_company_is_as_if_alone(self):
        """A thousand at once, some without an answer."""
        rng = np.random.default_rng(5)
        n = 1000
        base = BASE | {
            "operating_margin": rng.uniform(0.05, 0.3, n),
            "terminal_growth": rng.uniform(0, 0.03, n),
        }
        base.pop("growth")
        target = rng.uniform(-200.0, 6000.0, n)
        together = reverse_dcf(MODEL, base, target, "growth", bracket=(-0.1, 0.3))
        assert set(together.status) == {"converged", "not_bracketed"}
        for row in range(0, n, 97):
            mine = {key: item[row] if np.ndim(item) else item for key, item in base.items()}
            alone = reverse_dcf(MODEL, mine, target[row], "growth", bracket=(-0.1, 0.3))
            assert together.status[row] == alone.status
            np.testing.assert_allclose(together.value[row], alone.value, rtol=1e-12)

    def test_the_implied_growth_gives_the_price(self):
        """Put back into the valuation."""
        target = np.array([2500.0, 3000.0, 3500.0])
        implied = reverse_dcf(MODEL, BASE, target, "growth")
        np.testing.assert_allclose(value(growth=implied.value), target, rtol=1e-12)

    def test_brackets_of_their_own(self):
        """The second company's does not hold its answer."""
        implied = reverse_dcf(MODEL, BASE, [2000.0, 2000.0], "wacc", bracket=[[0.03, 0.3], [0.2, 0.3]])
        assert implied.status.tolist() == ["converged", "not_bracketed"]
        assert np.isnan(implied.value).tolist() == [False, True]

    def test_companies_known_by_their_flows(self):
        """Any model will do; the internal rate of return of a price is a reverse DCF for the WACC."""
        flows = np.array([[60.0, 60.0, 1060.0], [0.0, 0.0, 1331.0]])

        def worth(fcf, wacc):
            return dcf(fcf, wacc, exit_multiple=0.0, terminal_metric=1.0).enterprise_value

        implied = reverse_dcf(worth, {"fcf": flows}, 1000.0, "wacc")
        np.testing.assert_allclose(implied.value, [0.06, 0.10], rtol=1e-12)

    def test_a_frame_has_a_row_for_each(self):
        """With the driver's name over its column."""
        frame = reverse_dcf(MODEL, BASE, [2000.0, -1e6], "wacc").to_frame()
        assert list(frame.columns) == ["target", "wacc", "n_roots", "status"]
        assert frame["status"].tolist() == ["converged", "not_bracketed"]
        assert len(reverse_dcf(MODEL, BASE, 2000.0, "wacc").to_frame()) == 1


class TestChange:
    PATHS = driver_model(paths="growth")
    DRIVERS = BASE | {"growth": fade(0.10, 0.02, 10)}

    def test_a_shift_moves_a_whole_path(self):
        """Every year's growth by the same."""
        implied = reverse_dcf(self.PATHS, self.DRIVERS, 3000.0, "growth", change="shift")
        moved = self.DRIVERS | {"growth": self.DRIVERS["growth"] + implied.value}
        assert self.PATHS(**moved) == pytest.approx(3000.0, rel=1e-12)

    def test_a_scale_stretches_a_path(self):
        """Every year's growth by the same factor."""
        implied = reverse_dcf(self.PATHS, self.DRIVERS, 2600.0, "growth", change="scale", bracket=(0.0, 2.0))
        moved = self.DRIVERS | {"growth": self.DRIVERS["growth"] * implied.value}
        assert self.PATHS(**moved) == pytest.approx(2600.0, rel=1e-12)

    def test_a_level_replaces_a_path(self):
        """By one growth for all years."""
        implied = reverse_dcf(self.PATHS, self.DRIVERS, 2600.0, "growth", bracket=(-0.05, 0.2))
        assert implied.value == pytest.approx(reverse_dcf(MODEL, BASE, 2600.0, "growth").value, rel=1e-12)

    def test_a_shift_and_a_level_of_a_number_agree(self):
        """The shift is the distance from the base."""
        level = reverse_dcf(MODEL, BASE, 2000.0, "wacc").value
        shift = reverse_dcf(MODEL, BASE, 2000.0, "wacc", change="shift", bracket=(-0.06, 0.3)).value
        assert BASE["wacc"] + shift == pytest.approx(level, rel=1e-12)


class TestStatus:
    def test_several_answers_are_all_given_and_the_nearest_taken(self):
        """A parabola; without a base value the lowest."""

        def parabola(x):
            return (x - 1.0) * (x - 4.0)

        near = reverse_dcf(parabola, {"x": 5.0}, 0.0, "x", bracket=(0.0, 9.0))
        assert near.status is ReverseDcfStatus.MULTIPLE_ROOTS
        np.testing.assert_allclose(near.roots, [1.0, 4.0], rtol=1e-12)
        assert (near.value, near.n_roots) == (pytest.approx(4.0), 2)
        assert reverse_dcf(parabola, {}, 0.0, "x", bracket=(0.0, 9.0)).value == pytest.approx(1.0)

    def test_a_price_out_of_reach_is_not_bracketed(self):
        """NaN and a status, for one company too."""
        implied = reverse_dcf(MODEL, BASE, 1e9, "operating_margin", bracket=(0.0, 0.5))
        assert implied.status is ReverseDcfStatus.NOT_BRACKETED
        assert np.isnan(implied.value)
        assert implied.n_roots == 0

    def test_nan_leaves_its_own_company_without_an_answer(self):
        """In the target or in a driver."""
        base = BASE | {"operating_margin": np.array([0.2, 0.2, np.nan])}
        implied = reverse_dcf(MODEL, base, [2000.0, np.nan, 2000.0], "wacc")
        assert implied.status.tolist() == ["converged", "not_finite", "not_finite"]

    def test_a_wacc_close_to_terminal_growth_is_found_beyond_the_pole(self):
        """Below terminal growth there is no value; just above it there is any."""
        implied = reverse_dcf(MODEL, BASE, 1e6, "wacc")
        assert implied.value > 0.02
        assert value(wacc=implied.value) == pytest.approx(1e6, rel=1e-9)

    def test_the_repr_is_short(self):
        """For one company and for many."""
        assert (
            repr(reverse_dcf(MODEL, BASE, 1e9, "tax_rate"))
            == "ReverseDcf(tax_rate=nan, status=not_bracketed)"
        )
        assert repr(reverse_dcf(MODEL, BASE, [1500.0, 1e9], "tax_rate")).endswith("status=1 of 2 found)")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"model": 5}, "model"),
        ({"base": [1.0]}, "base"),
        ({"base": BASE | {"wacc": "9%"}}, r'base\["wacc"\]'),
        ({"base": BASE | {"wacc": [0.1, 0.1, 0.1]}, "target": [1.0, 2.0]}, "target 2, wacc 3"),
        ({"base": BASE | {"price": 1.0}}, "price"),
        ({"target": [[1.0]]}, "target"),
        ({"target": "much"}, "target"),
        ({"driver": "ronic"}, "bracket: .*range for ronic"),
        ({"bracket": (0.5, 0.1)}, "bracket: .*low below a high"),
        ({"bracket": (0.1, np.nan)}, "bracket"),
        ({"bracket": (0.1, 0.2, 0.3)}, "bracket"),
        ({"change": "twist"}, "change"),
        ({"driver": "duration", "change": "shift"}, "base: .*duration"),
        ({"points": 2}, "points"),
        ({"model": lambda **drivers: 1.0}, "model"),
    ],
)
def test_refuses_impossible_input(arguments, named):
    """The message names the argument."""
    usual = {"model": MODEL, "base": BASE, "target": 2000.0, "driver": "wacc"}
    with pytest.raises(InputError, match=named):
        reverse_dcf(**usual | arguments)
