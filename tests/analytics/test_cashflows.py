"""Net present value and internal rate of return of evenly spaced flows."""

from __future__ import annotations

import decimal
import time

import numpy as np
import numpy_financial
import pandas as pd
import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies_cashflows import (
    any_flows,
    investments,
    npv_by_loop,
    rate_by_bisection,
    rates,
    tables,
    value_by_loop,
)

from maos_nb.analytics.cashflows import RootStatus, irr, npv
from maos_nb.errors import InputError

pytestmark = pytest.mark.usefixtures("both_ways")

TWO_ROOTS = [-50, -100, 600, 300, -100]
PROJECT = [-70000, 12000, 15000, 18000, 21000, 26000]


class TestNpv:
    def test_matches_excels_documented_example_with_the_first_flow_after_one_period(self):
        """NPV(10%, -10000, 3000, 4200, 6800) in Excel's documentation, to the digits of a full computation."""
        value = npv(0.10, [-10000, 3000, 4200, 6800], first_period=1)
        assert value == pytest.approx(1188.4434123352, abs=1e-9)

    @pytest.mark.parametrize(("extra", "expected"), [([], 1922.06), ([-9000], -3749.47)])
    def test_matches_excels_second_example_with_the_first_flow_now(self, extra, expected):
        """Excel: NPV(8%, A4:A8) + A3, and the same with a loss in the sixth year."""
        flows = [-40000, 8000, 9200, 10000, 12000, 14500, *extra]
        assert npv(0.08, flows) == pytest.approx(expected, abs=0.005)

    @given(rate=rates, flows=any_flows, first_period=st.sampled_from([0, 1, 0.5]))
    def test_agrees_with_a_plain_loop(self, rate, flows, first_period):
        """Horner's rule gives the sum of discounted flows, within the rounding of its largest term."""
        scale = npv_by_loop(rate, np.abs(flows), first_period)
        assert npv(rate, flows, first_period=first_period) == pytest.approx(
            npv_by_loop(rate, flows, first_period), abs=1e-12 * scale + 1e-300
        )

    @given(rate=rates, flows=any_flows)
    def test_agrees_with_numpy_financial_and_pyxirr(self, rate, flows):
        """Two peers with the first flow now."""
        tolerance = 1e-12 * npv_by_loop(rate, np.abs(flows)) + 1e-300
        assert npv(rate, flows) == pytest.approx(numpy_financial.npv(rate, flows), abs=tolerance)
        assert npv(rate, flows) == pytest.approx(pyxirr.npv(rate, flows), abs=tolerance)

    def test_broadcasts_rates_against_series(self):
        """A column of rates and a row of projects give a table."""
        projects = np.array([[-100.0, 60.0, 60.0], [-100.0, 0.0, 130.0]])
        table = npv(np.array([[0.0], [0.1], [0.2]]), projects)
        assert table.shape == (3, 2)
        for i, rate in enumerate([0.0, 0.1, 0.2]):
            for j in range(2):
                assert table[i, j] == npv(rate, projects[j])

    def test_gives_a_python_float_for_one_series(self):
        """A scalar call answers with a scalar."""
        assert type(npv(0.1, [-1, 2])) is float

    @pytest.mark.parametrize("rate", [-1.0, -1.5, float("nan")])
    def test_a_rate_of_minus_100_percent_or_less_gives_nan(self, rate):
        """There is no discount factor at or below -100%; in a batch only that element is NaN."""
        assert np.isnan(npv(rate, [-1, 2]))
        assert np.isnan(npv([rate, 0.0], [-1, 2])).tolist() == [True, False]

    def test_nan_flows_give_nan_for_their_series_only(self):
        """One bad series does not spoil the batch."""
        assert np.isnan(npv(0.1, [[1.0, np.nan], [1.0, 1.0]])).tolist() == [True, False]

    def test_trailing_zeros_do_not_overflow_at_a_rate_near_minus_100_percent(self):
        """0.001^-5000 is beyond a double, but it multiplies nothing."""
        assert npv(-0.999, [-1.0, 2.0] + [0.0] * 5000) == pytest.approx(1999.0)

    def test_takes_pandas_objects(self):
        """Series and frames are read as arrays, rows being series of flows."""
        frame = pd.DataFrame([[-100, 110], [-100, 121]], index=["a", "b"])
        np.testing.assert_allclose(npv(0.1, frame), [0.0, 10.0], atol=1e-12)
        assert npv(0.1, frame.loc["b"]) == pytest.approx(10.0)


class TestIrr:
    @pytest.mark.parametrize(
        ("flows", "guess", "expected", "tolerance"),
        [
            (PROJECT, 0.1, 0.086630948, 5e-10),
            (PROJECT[:5], 0.1, -0.021, 5e-4),
            (PROJECT[:3], -0.1, -0.444, 5e-4),
        ],
    )
    def test_matches_excels_documented_examples(self, flows, guess, expected, tolerance):
        """IRR in Excel's documentation; the first to nine digits, the others as printed there."""
        assert irr(flows, guess=guess) == pytest.approx(expected, abs=tolerance)

    def test_finds_both_rates_of_a_series_with_two(self):
        """-50 -100 600 300 -100 has rates 1.85441783 and -0.76889547."""
        found = irr(TWO_ROOTS, root="all")
        np.testing.assert_allclose(found, [-0.76889547, 1.85441783], atol=5e-9)

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({}, 1.85441783),
            ({"guess": -0.5}, -0.76889547),
            ({"guess": 5.0}, 1.85441783),
            ({"root": "lowest"}, -0.76889547),
        ],
    )
    def test_chooses_the_rate_asked_for_and_says_that_there_are_others(self, options, expected):
        """Nearest to the guess in log(1 + rate), or lowest; `multiple_roots` in each case."""
        found, status = irr(TWO_ROOTS, return_status=True, **options)
        assert found == pytest.approx(expected, abs=5e-9)
        assert status is RootStatus.MULTIPLE_ROOTS

    @pytest.mark.parametrize(
        "flows", [TWO_ROOTS, [-10, 50, 30, -1], [-100, 60, 60, -1], [-1000, 2300, -1320]]
    )
    def test_the_default_rate_is_the_one_newtons_method_reaches_from_excels_guess(self, flows):
        """Excel iterates from 10%. Plain distance would prefer -97% to 454% for -10 50 30 -1."""
        rate = 0.1
        for _ in range(100):
            slope = sum(-t * flow / (1 + rate) ** (t + 1) for t, flow in enumerate(flows))
            rate -= npv_by_loop(rate, flows) / slope
        assert irr(flows) == pytest.approx(rate, rel=1e-9)

    def test_guesses_broadcast_over_series(self):
        """Each series can have its own guess."""
        found = irr([TWO_ROOTS, TWO_ROOTS], guess=[-0.5, 1.0])
        np.testing.assert_allclose(found, [-0.76889547, 1.85441783], atol=5e-9)

    @given(flows=investments())
    def test_the_value_at_the_rate_is_zero(self, flows):
        """NPV at the IRR vanishes, relative to the sum of the absolute present values."""
        found, status = irr(flows, return_status=True)
        assert status is RootStatus.CONVERGED
        # Near -100% the spacing of doubles is the limit: half of it, 1e-16, moves every factor (1 + r)^t.
        tolerance = 1e-14 + len(flows) * 2e-16 / (1 + found)
        assert abs(value_by_loop(np.log1p(found), flows, range(len(flows)))) < tolerance

    @given(flows=investments())
    def test_agrees_with_bisection_by_a_plain_loop(self, flows):
        """The twin halves an interval 200 times."""
        expected = rate_by_bisection(flows, range(len(flows)))
        assert np.log1p(irr(flows)) == pytest.approx(np.log1p(expected), rel=1e-10, abs=1e-13)

    @given(flows=investments())
    def test_agrees_with_pyxirr_where_it_answers(self, flows):
        """Where they differ, as for -1, -165194, 1, pyxirr stopped early: our rate brings the value nearer to zero."""
        peer = pyxirr.irr(flows)
        assume(peer is not None)
        mine, theirs = np.log1p(irr(flows)), np.log1p(peer)
        if mine != pytest.approx(theirs, abs=1e-6):
            times = range(len(flows))
            assert abs(value_by_loop(mine, flows, times)) < abs(value_by_loop(theirs, flows, times))

    @given(outlay=st.floats(1, 1e4), receipts=st.lists(st.floats(1, 1e4), min_size=1, max_size=10))
    def test_agrees_with_numpy_financial_on_conventional_projects(self, outlay, receipts):
        """Its companion-matrix roots lose digits as rates become extreme, so the tolerance is theirs."""
        flows = [-outlay, *receipts]
        expected = numpy_financial.irr(flows)
        assume(np.isfinite(expected))
        # numpy_financial gives the root of smallest size among those near the real axis.
        assert irr(flows) == pytest.approx(expected, rel=1e-6, abs=1e-6)

    @given(table=tables())
    def test_finds_the_real_roots_of_the_polynomial(self, table):
        """All rates against the companion matrix's, series by series, where that separates them."""
        found, status = irr(table, root="all", return_status=True)
        for flows, row, name in zip(table, np.atleast_2d(found), status, strict=True):
            expected = self.real_rates(flows)
            if expected is None:
                continue
            assert len(row[~np.isnan(row)]) == len(expected)
            np.testing.assert_allclose(np.log1p(row[: len(expected)]), np.log1p(expected), atol=1e-6)
            if not (np.any(flows > 0) and np.any(flows < 0)):
                assert name == RootStatus.NO_SIGN_CHANGE
            else:
                names = [RootStatus.NO_ROOT, RootStatus.CONVERGED, RootStatus.MULTIPLE_ROOTS]
                assert name == names[min(len(expected), 2)]

    @staticmethod
    def real_rates(flows):
        """Rates from numpy.roots; None where a (nearly) double root leaves it undecided."""
        factors = np.roots(np.trim_zeros(flows)[::-1])
        off_axis = np.abs(factors.imag) / np.abs(factors)
        if np.any((off_axis > 1e-12) & (off_axis < 1e-3) & (factors.real > 0)):
            return None
        factors = np.sort(factors[(off_axis <= 1e-12) & (factors.real > 0)].real)
        if np.any(np.diff(factors) < 1e-3 * factors[1:]):
            return None
        return np.sort(1 / factors - 1)

    @given(table=tables())
    def test_a_scalar_call_equals_the_matching_element(self, table):
        """Batches change nothing but the last digits: sums of one column run in another order."""
        found, status = irr(table, return_status=True)
        for flows, rate, name in zip(table, found, status, strict=True):
            alone, alone_status = irr(flows, return_status=True)
            assert type(alone) is float
            assert alone_status == name
            assert alone == pytest.approx(rate, rel=1e-6, abs=2e-7, nan_ok=True)

    @given(flows=investments(), exponent=st.integers(-12, 15), sign=st.sampled_from([1, -1]))
    def test_scale_and_sign_do_not_matter(self, flows, exponent, sign):
        """A rate is a ratio: 1e-12 and 1e15 of a unit give the rate of the unit."""
        scaled = sign * np.array(flows) * 10.0**exponent
        assert np.log1p(irr(scaled)) == pytest.approx(np.log1p(irr(flows)), rel=1e-10, abs=1e-13)

    @given(table=tables(), before=st.integers(0, 3), after=st.integers(0, 3))
    def test_zeros_around_the_flows_do_not_matter(self, table, before, after):
        """Leading zeros delay, trailing zeros add nothing."""
        padded, status = irr(np.pad(table, ((0, 0), (before, after))), root="all", return_status=True)
        plain, plain_status = irr(table, root="all", return_status=True)
        assert status.tolist() == plain_status.tolist()
        np.testing.assert_allclose(padded, plain, rtol=1e-6, atol=2e-7)

    @given(table=tables())
    def test_rows_in_another_order_give_their_rates_in_that_order(self, table):
        """Series do not see each other."""
        np.testing.assert_allclose(irr(table[::-1])[::-1], irr(table), rtol=1e-6, atol=2e-7)

    @pytest.mark.parametrize(
        ("flows", "expected"),
        [
            ([-1e9, 1.0], 1e-9 - 1),
            ([-1e15, 1.0], 1e-15 - 1),
            ([-1.0, 50.0], 49.0),
            ([-1.0, 1e9], 1e9 - 1),
        ],
    )
    def test_finds_rates_near_minus_100_percent_and_in_the_thousands_of_percent(self, flows, expected):
        """Two flows have the rate -c1/c0 - 1."""
        assert irr(flows) == pytest.approx(expected, rel=1e-14, abs=2e-16)

    @pytest.mark.parametrize("rate", [-0.9999, -0.95, -0.5, 9.0, 75.0, 1e4])
    def test_prices_of_annuities_give_back_extreme_rates(self, rate):
        """Ten payments of one, discounted by a plain loop."""
        assert irr([-npv_by_loop(rate, [0, *[1.0] * 10]), *[1.0] * 10]) == pytest.approx(rate, rel=1e-12)

    @pytest.mark.parametrize("rate", [0.0001, 0.02, -0.01])
    def test_thousands_of_periods_neither_overflow_nor_lose_the_rate(self, rate):
        """An annuity of 5,000 payments priced at the rate by the closed formula."""
        periods = 5000
        price = -np.expm1(-periods * np.log1p(rate)) / rate
        assert irr([-price, *[1.0] * periods]) == pytest.approx(rate, rel=1e-9)

    @pytest.mark.parametrize(
        "expected",
        [
            [0.05, 0.10],
            [0.10, 0.11],
            [0.05, 0.10, 0.20, 0.50],
            [0.05, 0.06, 0.07],
            [-0.99, 0.10, 50.0],
            [-0.5, -0.4, 0.0, 0.3, 2.0],
        ],
    )
    def test_finds_every_rate_a_series_was_made_with(self, expected):
        """Flows are the coefficients of the polynomial with these roots."""
        flows = np.poly(1 / (1 + np.array(expected)))[::-1]
        found, status = irr(flows, root="all", return_status=True)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
        assert status is RootStatus.MULTIPLE_ROOTS

    @pytest.mark.parametrize("flows", [[-100, 220, -121], [100, -220, 121], [-1000, 0, 2420, 0, -1464.1]])
    def test_finds_a_rate_at_which_the_value_touches_zero_without_crossing(self, flows):
        """(1 - 1.1 v)^2 and (1 - 1.21 v^2)^2 have the double root of 10%."""
        found, status = irr(flows, root="all", return_status=True)
        np.testing.assert_allclose(found, [0.1], atol=1e-7)
        assert status is RootStatus.CONVERGED

    @pytest.mark.parametrize(("last", "count"), [(-121.0001, 0), (-121.0, 1), (-120.9999, 2)])
    def test_tells_a_touch_from_a_miss_and_from_two_crossings(self, last, count):
        """A millionth of the flows decides between no rate, one and two 0.2 percentage points apart."""
        assert len(irr([-100, 220, last], root="all")) == count

    @pytest.mark.parametrize(
        ("flows", "expected"),
        [
            ([0, 0, 0], RootStatus.NO_SIGN_CHANGE),
            ([5], RootStatus.NO_SIGN_CHANGE),
            ([1, 2, 0], RootStatus.NO_SIGN_CHANGE),
            ([-1, -2], RootStatus.NO_SIGN_CHANGE),
            ([-1, 3, -3], RootStatus.NO_ROOT),
            ([-1, np.nan, 3], RootStatus.NOT_FINITE),
            ([-1, np.inf], RootStatus.NOT_FINITE),
            ([-1e20, 1.0], RootStatus.OUT_OF_RANGE),
            ([-1e-300, 1e300], RootStatus.NO_SIGN_CHANGE),
        ],
    )
    def test_says_why_there_is_no_rate(self, flows, expected):
        """NaN and a status, never None; and no error for a NaN among the flows."""
        found, status = irr(flows, return_status=True)
        assert np.isnan(found)
        assert status is expected
        assert len(irr(flows, root="all")) == 0

    def test_a_batch_has_a_status_for_each_series(self):
        """Good, bad and hopeless series side by side keep their places and shape."""
        flows = np.array([[PROJECT, [0] * 6], [[np.nan] * 6, [-1, 3, -3, 0, 0, 0]]])
        found, status = irr(flows, return_status=True)
        assert found.shape == status.shape == (2, 2)
        assert status.tolist() == [["converged", "no_sign_change"], ["not_finite", "no_root"]]
        assert status[0, 0] == RootStatus.CONVERGED
        assert found[0, 0] == pytest.approx(irr(PROJECT))

    def test_all_rates_of_a_batch_are_padded_with_nan_and_rise(self):
        """Shape (..., n_roots_max)."""
        found = irr([PROJECT, [*TWO_ROOTS, 0]], root="all")
        assert found.shape == (2, 2)
        assert np.isnan(found).tolist() == [[False, True], [False, False]]
        assert found[1, 0] < found[1, 1]

    def test_an_empty_batch_gives_an_empty_answer(self):
        """No series is not an error; no periods is."""
        found, status = irr(np.empty((0, 5)), return_status=True)
        assert found.shape == status.shape == (0,)

    def test_more_series_than_fit_one_block_keep_their_order(self):
        """60,000 series of 11 flows are solved in two blocks."""
        rates_in = np.linspace(0.01, 0.5, 60_000)
        flows = np.ones((60_000, 11))
        flows[:, 0] = (np.power(1 + rates_in, -10) - 1) / rates_in
        np.testing.assert_allclose(irr(flows), rates_in, rtol=1e-9)

    def test_hostile_series_come_to_an_end(self):
        """Ten rates within a few percent: all values lie near the rounding of a double."""
        flows = np.array(
            [np.poly(1 / (1 + np.linspace(0.0, spread, 10)))[::-1] for spread in (0.01, 0.1, 0.9)]
        )
        started = time.process_time()
        irr(np.repeat(flows, 100, axis=0), root="all")
        assert time.process_time() - started < 30

    def test_takes_frames_integers_and_decimals(self):
        """Whatever holds numbers is read as numbers."""
        frame = pd.DataFrame([PROJECT, PROJECT])
        np.testing.assert_allclose(irr(frame), 0.086630948, atol=5e-10)
        assert irr([decimal.Decimal(-100), decimal.Decimal(110)]) == pytest.approx(0.1)
        assert irr(np.array([-100, 110], dtype=np.int8)) == pytest.approx(0.1)


class TestBadInput:
    @pytest.mark.parametrize("function", [lambda flows: npv(0.1, flows), irr])
    @pytest.mark.parametrize(
        "flows",
        [
            [],
            np.empty((3, 0)),
            5.0,
            ["a", "b"],
            "-100, 110",
            [[-1, 2], [-1, 2, 3]],
            np.array([-1, object()], dtype=object),
            [True, False],
            [1j, 2],
            None,
        ],
        ids=["empty", "no periods", "scalar", "texts", "text", "ragged", "object", "bool", "complex", "none"],
    )
    def test_flows_that_are_no_table_of_numbers_are_refused_by_name(self, function, flows):
        """The message begins with the argument."""
        with pytest.raises(InputError, match=r"^cashflows: "):
            function(flows)

    @pytest.mark.parametrize(
        ("call", "argument"),
        [
            (lambda: npv("10%", [1, 2]), "rate"),
            (lambda: npv([0.1, 0.2, 0.3], [[1, 2], [3, 4]]), "rate and cashflows"),
            (lambda: npv(0.1, [1, 2], first_period=[0, 1]), "first_period"),
            (lambda: npv(0.1, [1, 2], first_period=np.nan), "first_period"),
            (lambda: irr([-1, 2], root="highest"), "root"),
            (lambda: irr([-1, 2], guess=-1.0), "guess"),
            (lambda: irr([-1, 2], guess=np.nan), "guess"),
            (lambda: irr([-1, 2], guess="high"), "guess"),
            (lambda: irr([[-1, 2], [-1, 2]], guess=[0.1, 0.2, 0.3]), "guess"),
        ],
    )
    def test_other_arguments_are_refused_by_name(self, call, argument):
        """`InputError.argument` says whose fault it is."""
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.argument == argument
