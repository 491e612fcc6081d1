"""Rates of return of many kinds of series, each against an oracle that is slow and plain."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from strategies_cashflows import flows_with_rates, rates_counted_exactly, value_by_loop

from maos_nb.analytics.cashflows import RootStatus, irr, xirr

pytestmark = pytest.mark.usefixtures("both_ways")

N_SERIES = 150
NAMES = [RootStatus.NO_ROOT, RootStatus.CONVERGED, RootStatus.MULTIPLE_ROOTS]


def outlay_then_receipts(rng):
    """One outlay, ten receipts."""
    flows = rng.uniform(5, 40, (N_SERIES, 11))
    flows[:, 0] = -rng.uniform(80, 120, N_SERIES)
    return flows


def long_outlays(rng):
    """Four years of outlays."""
    flows = rng.uniform(10, 60, (N_SERIES, 11))
    flows[:, :4] *= -1
    return flows


def high_rates(rng):
    """Rates of some hundred to some ten thousand percent."""
    flows = rng.uniform(50, 900, (N_SERIES, 11))
    flows[:, 0] = -rng.uniform(5, 20, N_SERIES)
    return flows


def a_cost_at_the_end(rng):
    """A receipt-bearing project that has to be cleared away."""
    flows = outlay_then_receipts(rng)
    flows[:, -1] = -rng.uniform(20, 80, N_SERIES)
    return flows


def signs_at_random(rng):
    """Five changes of sign on average."""
    return rng.normal(0, 100, (N_SERIES, 11))


def small_whole_numbers(rng):
    """Many rates of zero, and rates that coincide exactly."""
    flows = rng.integers(-2, 3, (N_SERIES, 8)).astype(float)
    return flows[(flows != 0).any(axis=1)]


def rates_close_together(rng):
    """Four rates within 15 percentage points, and six negative factors."""
    close = rng.uniform(-0.05, 0.25, (N_SERIES, 1)) + rng.uniform(0.001, 0.05, (N_SERIES, 4)).cumsum(axis=1)
    return flows_with_rates(np.hstack([close, -1 - 1 / rng.uniform(0.5, 2, (N_SERIES, 6))]))


def some_of_each(rng):
    """Kinds side by side in one batch."""
    return np.concatenate([signs_at_random(rng), outlay_then_receipts(rng), rates_close_together(rng)])


def ends_at_any_time(rng):
    """Zeros before the first flow and after the last."""
    flows = signs_at_random(rng)
    first, last = rng.integers(0, 4, (N_SERIES, 1)), rng.integers(6, 11, (N_SERIES, 1))
    return np.where((np.arange(11) >= first) & (np.arange(11) <= last), flows, 0.0)


KINDS = [
    outlay_then_receipts,
    long_outlays,
    high_rates,
    a_cost_at_the_end,
    signs_at_random,
    small_whole_numbers,
    rates_close_together,
    some_of_each,
    ends_at_any_time,
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def flows(request):
    """Series of one kind, the same on every run."""
    return request.param(np.random.default_rng(20))


def yearly_dates(n_flows):
    """Dates 365 days apart, so that a period is a year of Act/365."""
    return np.datetime64("2001-01-01") + 365 * np.arange(n_flows)


class TestEveryKindOfSeries:
    def test_has_as_many_rates_as_sturms_theorem_counts(self, flows):
        """Sturm's chain in whole numbers counts distinct roots without any rounding."""
        found = irr(flows, root="all")
        expected = [rates_counted_exactly(row) for row in flows]
        assert (~np.isnan(found)).sum(axis=1).tolist() == expected

    def test_says_by_its_status_how_many_there_are(self, flows):
        """None, one or several, whichever rate is asked for."""
        count = (~np.isnan(irr(flows, root="all"))).sum(axis=1)
        mixed = (flows > 0).any(axis=1) & (flows < 0).any(axis=1)
        expected = np.where(mixed, np.array(NAMES)[np.minimum(count, 2)], RootStatus.NO_SIGN_CHANGE)
        for root in ("nearest", "lowest", "all"):
            _, status = irr(flows, root=root, return_status=True)
            assert status.tolist() == expected.tolist()

    def test_has_no_value_at_its_rates(self, flows):
        """Relative to the sum of the absolute present values, by a plain loop."""
        for row, found in zip(flows, irr(flows, root="all"), strict=True):
            for rate in found[~np.isnan(found)]:
                tolerance = 1e-14 + len(row) * 2e-16 / (1 + rate)
                assert abs(value_by_loop(np.log1p(rate), row, range(len(row)))) < tolerance

    @pytest.mark.parametrize("guess", [-0.6, 0.1, 4.0])
    def test_gives_of_all_rates_the_nearest_to_the_guess_and_the_lowest(self, flows, guess):
        """Though the search leaves out what cannot be the answer."""
        every = irr(flows, root="all")
        logs = np.where(np.isnan(every), np.inf, np.log1p(every))
        nearest = np.take_along_axis(every, np.abs(logs - np.log1p(guess)).argmin(axis=1)[:, None], axis=1)
        for status_too in (False, True):
            chosen = irr(flows, guess=guess, return_status=status_too)
            chosen = chosen[0] if status_too else chosen
            np.testing.assert_allclose(chosen, nearest[:, 0], rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(irr(flows, root="lowest"), every[:, 0], rtol=1e-8, atol=1e-9)

    def test_has_the_same_rates_with_yearly_dates_shared_or_its_own(self, flows):
        """Three ways through the search: even periods, one calendar for all, a calendar for each."""
        dates = yearly_dates(flows.shape[1])
        expected = irr(flows, root="all")
        own = np.repeat(dates[None, :], len(flows), axis=0)
        for calendar in (dates, own):
            np.testing.assert_allclose(xirr(flows, calendar, root="all"), expected, rtol=1e-7, atol=1e-8)

    def test_has_the_same_rates_with_dates_out_of_order_and_repeated(self, flows):
        """Each flow is split over two entries of its day, all entries shuffled."""
        rng = np.random.default_rng(3)
        order = rng.permutation(2 * flows.shape[1])
        split = np.concatenate([flows / 4, flows * 3 / 4], axis=1)[:, order]
        dates = np.tile(yearly_dates(flows.shape[1]), 2)[order]
        own = np.repeat(dates[None, :], len(flows), axis=0)
        expected = irr(flows, root="lowest")
        for calendar in (dates, own):
            np.testing.assert_allclose(xirr(split, calendar, root="lowest"), expected, rtol=1e-7, atol=1e-8)


class TestDatedSeries:
    @pytest.mark.parametrize("kind", [signs_at_random, a_cost_at_the_end, ends_at_any_time])
    def test_have_every_rate_at_which_a_fine_grid_sees_the_sign_change(self, kind):
        """Brent's method between neighbours on a grid of log(1 + rate), and no value at any other rate found."""
        rng = np.random.default_rng(8)
        flows = kind(rng)[:40]
        days = np.sort(rng.integers(0, 3650, flows.shape).cumsum(axis=1) // 5, axis=1)
        dates = np.datetime64("1996-02-29") + days
        found = xirr(flows, dates, root="all")
        for row, day, rates in zip(flows, days, found, strict=True):
            rates = np.log1p(rates[~np.isnan(rates)])
            years = ((day - day[0]) / 365).tolist()
            for rate in rates:
                assert abs(value_by_loop(rate, row, years)) < 1e-11
            for expected in self.by_brent(row, years, -3.0, 3.0):
                assert np.abs(rates - expected).min() < 1e-9

    @staticmethod
    def by_brent(flows, years, low, high):
        """Give each log(1 + rate) between two points of the grid that differ in sign."""
        grid = np.linspace(low, high, 601)
        values = [value_by_loop(log_growth, flows, years) for log_growth in grid]
        return [
            brentq(value_by_loop, a, b, args=(flows, years), xtol=1e-13)
            for a, b, u, v in zip(grid, grid[1:], values, values[1:], strict=False)
            if u * v < 0
        ]

    def test_on_leap_days_have_rates_by_days_over_365(self):
        """29 February 2020 to 29 February 2024 is 1,461 days."""
        found = xirr([-100, 150], ["2020-02-29", "2024-02-29"])
        assert found == pytest.approx(1.5 ** (365 / 1461) - 1, rel=1e-14)


class TestDegenerateSeries:
    @pytest.mark.parametrize("spread", [0.001, 0.01, 0.1, 0.5, 0.9])
    @pytest.mark.parametrize("n_rates", [3, 6, 10])
    def test_never_have_more_rates_than_changes_of_sign(self, spread, n_rates):
        """Descartes' rule, where all values lie near the rounding of a double; but one rate at least."""
        rng = np.random.default_rng(n_rates)
        flows = flows_with_rates(np.sort(rng.uniform(0.0, spread, (50, n_rates)), axis=1))
        count = (~np.isnan(irr(flows, root="all"))).sum(axis=1)
        assert (count >= 1).all()
        assert (count <= n_rates).all()

    @pytest.mark.parametrize("rate", [-0.2, 0.0, 0.07, 1.5])
    @pytest.mark.parametrize("power", [2, 3, 4])
    def test_have_a_repeated_rate_once(self, rate, power):
        """Exact multiples of (1 + rate - 1/v): a touch for even powers, a crossing for odd ones."""
        flows = flows_with_rates(np.full((1, power), rate))[0]
        found, status = irr(flows, root="all", return_status=True)
        # A root of multiplicity m moves by the m-th root of a rounding.
        np.testing.assert_allclose(found, [rate], atol=20 * 1e-16 ** (1 / power))
        assert status is RootStatus.CONVERGED

    def test_of_thousands_of_periods_have_both_rates(self):
        """An annuity of 5,000 payments and a cost after it: value zero at 2% and at a rate below."""
        receipts = np.ones(5001)
        receipts[0] = 0.0
        periods = np.arange(5001)
        # Outlay now and cost at the end such that the value is zero at 2% and at 0.01%.
        discount = np.array([1.02, 1.0001])[:, None] ** -periods.astype(float)
        now, end = np.linalg.solve(np.stack([discount[:, 0], discount[:, -1]], axis=1), discount @ receipts)
        flows = receipts.copy()
        flows[0] -= now
        flows[-1] -= end
        np.testing.assert_allclose(irr(flows, root="all"), [0.0001, 0.02], rtol=1e-9)

    @pytest.mark.parametrize("size", [1e-300, 1e-150, 1e150, 1e300])
    def test_huge_or_tiny_have_the_rates_of_others(self, size):
        """A rate has no unit; -50 -100 600 300 -100 has two."""
        flows = np.array([-0.5, -1, 6, 3, -1]) * size
        np.testing.assert_allclose(irr(flows, root="all"), [-0.76889547, 1.85441783], atol=5e-9)

    def test_of_amounts_24_orders_of_magnitude_apart_have_no_value_at_their_rates(self):
        """Terms 1e24 times as large as others are no reason for a wrong rate or an endless search."""
        rng = np.random.default_rng(5)
        flows = np.sign(rng.normal(size=(200, 11))) * 10.0 ** rng.uniform(-12, 12, (200, 11))
        found, status = irr(flows, root="all", return_status=True)
        assert set(status.tolist()) <= {
            "converged",
            "multiple_roots",
            "no_root",
            "out_of_range",
            "no_sign_change",
        }
        for row, rates in zip(flows, found, strict=True):
            for rate in rates[~np.isnan(rates)]:
                tolerance = 1e-13 + len(row) * 2e-16 / (1 + rate)
                assert abs(value_by_loop(np.log1p(rate), row, range(11))) < tolerance
