"""What a project is judged by beside its value: all its rates, MIRR, payback, and values per unit or per year."""

from __future__ import annotations

import math

import numpy as np
import numpy_financial
import pandas as pd
import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies_cashflows import any_flows, investments, npv_by_loop, rates, tables

from maos_nb.analytics import cashflows, dcf
from maos_nb.analytics.cashflows import (
    PaybackStatus,
    RootStatus,
    discounted_payback,
    equivalent_annuity,
    irr,
    irr_all,
    mirr,
    npv,
    npv_profile,
    payback,
    profitability_index,
)
from maos_nb.errors import InputError

TWO_ROOTS = [-50, -100, 600, 300, -100]
LOAN = [-120000, 39000, 30000, 21000, 37000, 46000]
RATES = st.floats(-0.5, 1.0)
WHOLE_FLOWS = st.lists(st.integers(-100, 100).map(float), min_size=1, max_size=12)


class TestIrrAll:
    def test_finds_both_rates_of_a_series_with_two(self):
        """-50 -100 600 300 -100 has rates 1.85441783 and -0.76889547."""
        np.testing.assert_allclose(irr_all(TWO_ROOTS), [-0.76889547, 1.85441783], atol=5e-9)

    @given(table=tables())
    def test_is_irr_asked_for_all_roots(self, table):
        """Rates and status, to the last bit."""
        found, status = irr_all(table, return_status=True)
        expected, expected_status = irr(table, root="all", return_status=True)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(status, expected_status)

    def test_a_series_without_a_rate_gives_an_empty_row(self):
        """Alone an empty array, beside others a row of NaN."""
        assert irr_all([1.0, 2.0]).shape == (0,)
        assert np.isnan(irr_all([[1.0, 2.0], [-1.0, 2.0]])).tolist() == [[True], [False]]


class TestMirr:
    @pytest.mark.parametrize(
        ("flows", "reinvest", "expected", "tolerance"),
        [(LOAN, 0.12, 0.126094, 5e-7), (LOAN[:4], 0.12, -0.048, 5e-4), (LOAN, 0.14, 0.135, 5e-4)],
    )
    def test_matches_excels_documented_examples(self, flows, reinvest, expected, tolerance):
        """MIRR in Excel's documentation: after five and three years, and with reinvestment at 14%."""
        assert mirr(flows, 0.10, reinvest) == pytest.approx(expected, abs=tolerance)

    @given(flows=any_flows, finance=RATES, reinvest=RATES)
    def test_agrees_with_the_formula_in_a_plain_loop(self, flows, finance, reinvest):
        """(FV of what comes in / PV of what goes out)^(1 / (n - 1)) - 1."""
        incoming = [max(flow, 0.0) for flow in flows]
        outgoing = [max(-flow, 0.0) for flow in flows]
        assume(any(flow > 1e-3 for flow in incoming) and any(flow > 1e-3 for flow in outgoing))
        periods = len(flows) - 1
        ratio = npv_by_loop(reinvest, incoming) * (1 + reinvest) ** periods / npv_by_loop(finance, outgoing)
        assert mirr(flows, finance, reinvest) == pytest.approx(
            ratio ** (1 / periods) - 1, rel=1e-11, abs=1e-12
        )

    @given(flows=investments(), finance=st.floats(0.0, 1.0), reinvest=st.floats(0.0, 1.0))
    def test_agrees_with_numpy_financial_and_pyxirr(self, flows, finance, reinvest):
        """Two peers, at rates and lengths that do not overflow."""
        answer = mirr(flows, finance, reinvest)
        assert answer == pytest.approx(
            float(numpy_financial.mirr(flows, finance, reinvest)), rel=1e-12, abs=1e-12
        )
        assert answer == pytest.approx(pyxirr.mirr(flows, finance, reinvest), rel=1e-12, abs=1e-12)

    @given(flows=investments())
    def test_at_the_irr_itself_it_is_the_irr(self, flows):
        """Financing and reinvesting at the project's own rate changes nothing."""
        own = irr(flows)
        assert mirr(flows, own, own) == pytest.approx(own, rel=1e-9, abs=1e-11)

    def test_thousands_of_periods_do_not_overflow(self):
        """1 grows to 5 in 9001 periods: 0.0179% a period. numpy_financial gives -100%, as 1.2^-9001 is zero."""
        flows = np.zeros(9002)
        flows[[0, -1]] = -1.0, 5.0
        assert mirr(flows, 0.1, 0.2) == pytest.approx(math.expm1(math.log(5) / 9001), rel=1e-9)

    @pytest.mark.parametrize("unit", [1e-300, 1e300])
    def test_the_unit_of_money_does_not_matter(self, unit):
        """Neither tiny nor huge amounts."""
        assert mirr(np.array([-1.0, 0.5, 0.7]) * unit, 0.1, 0.1) == pytest.approx(
            mirr([-1, 0.5, 0.7], 0.1, 0.1)
        )

    @pytest.mark.parametrize(
        ("flows", "finance", "reinvest", "expected"),
        [
            (LOAN, 0.1, 0.1, RootStatus.CONVERGED),
            ([1.0, 2.0], 0.1, 0.1, RootStatus.NO_SIGN_CHANGE),
            ([0.0, 0.0], 0.1, 0.1, RootStatus.NO_SIGN_CHANGE),
            ([-1.0], 0.1, 0.1, RootStatus.NO_SIGN_CHANGE),
            ([-1.0, np.nan], 0.1, 0.1, RootStatus.NOT_FINITE),
            ([-1.0, np.inf], 0.1, 0.1, RootStatus.NOT_FINITE),
            ([-1.0, 2.0], np.nan, 0.1, RootStatus.NOT_FINITE),
            ([-1.0, 2.0], 0.1, -1.0, RootStatus.NOT_FINITE),
            ([-1e-300, 1e300], 0.1, 0.1, RootStatus.OUT_OF_RANGE),
        ],
    )
    def test_says_why_there_is_no_rate(self, flows, finance, reinvest, expected):
        """NaN and a reason; the same in an array."""
        value, status = mirr(flows, finance, reinvest, return_status=True)
        assert status is expected
        assert np.isfinite(value) == (expected is RootStatus.CONVERGED)
        values, words = mirr([flows], finance, reinvest, return_status=True)
        np.testing.assert_array_equal(values, [value])
        assert words.tolist() == [expected.value]

    def test_a_table_of_rates_equals_its_cells(self):
        """Finance rates down, projects across."""
        finance, projects = np.array([[0.05], [0.1]]), np.array([LOAN, LOAN[::-1], [*TWO_ROOTS, 0]])
        table = mirr(projects, finance, 0.12)
        assert table.shape == (2, 3)
        cells = [[mirr(project, r, 0.12) for project in projects] for r in finance[:, 0]]
        np.testing.assert_array_equal(table, cells)
        assert type(cells[0][0]) is float

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ((5.0, 0.1, 0.1), "cashflows"),
            (([], 0.1, 0.1), "cashflows"),
            ((LOAN, "10%", 0.1), "finance_rate"),
            ((LOAN, 0.1, None), "reinvest_rate"),
            (([LOAN, LOAN], [0.1, 0.1, 0.1], 0.1), r"finance_rate \(3,\).*cashflows \(2,\)"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            mirr(*arguments)


class TestNpvProfile:
    def test_holds_the_values_and_every_rate_at_which_they_are_zero(self):
        """The curve of a series with two rates is positive between them."""
        profile = npv_profile(TWO_ROOTS, [-0.8, -0.7, 0.0, 1.8, 1.9])
        assert np.sign(profile.values).tolist() == [-1, 1, 1, 1, -1]
        np.testing.assert_allclose(profile.roots, [-0.76889547, 1.85441783], atol=5e-9)
        assert profile.status is RootStatus.MULTIPLE_ROOTS

    @given(table=tables(), grid=st.lists(rates, min_size=1, max_size=5))
    def test_values_are_those_of_npv(self, table, grid):
        """Each, to the last bit."""
        profile = npv_profile(table, grid, first_period=1)
        expected = [[npv(r, flows, first_period=1) for r in grid] for flows in table]
        np.testing.assert_array_equal(profile.values, expected)

    def test_one_rate_is_a_curve_of_one_point(self):
        """The rank of the result depends on the rank of the input only."""
        point, table = npv_profile([-100, 110], [0.1]), npv_profile(np.ones((2, 3, 4)), [0.1, 0.2])
        assert np.shape(point.values) == (1,)
        assert np.shape(table.values) == (2, 3, 2)

    def test_becomes_a_frame(self):
        """One column for one series, one each for several."""
        one = npv_profile([-100, 110], [0.0, 0.1]).to_frame()
        assert one.columns.tolist() == ["npv"]
        np.testing.assert_allclose(one.loc[0.0, "npv"], 10.0)
        two = npv_profile([[-100, 110], [-100, 120]], [0.0, 0.1]).to_frame()
        assert two.shape == (2, 2)
        assert two.loc[0.0, 1] == 20.0

    def test_shows_itself_in_a_line(self):
        """Short, and the same on every run."""
        profile = npv_profile([-100, 110], [0.0, 0.25])
        assert repr(profile) == (
            "NpvProfile(rates=0 to 0.25 (2,), values=-12 to 10 (2,), roots=0.1 to 0.1 (1,))"
        )

    def test_nan_passes(self):
        """A missing rate spoils one value, a missing flow the curve and the roots."""
        assert np.isnan(npv_profile([-100, 110], [0.1, np.nan]).values).tolist() == [False, True]
        profile = npv_profile([-100, np.nan], [0.1])
        assert np.isnan(profile.values).all()
        assert profile.roots.size == 0
        assert profile.status is RootStatus.NOT_FINITE

    @pytest.mark.parametrize(
        ("flows", "grid", "named"),
        [
            ([-1, 2], 0.1, "rates: expected one row"),
            ([-1, 2], [[0.1]], "rates: expected one row"),
            ([-1, 2], [], "rates: expected one row"),
            ([], [0.1], "cashflows"),
            ([-1, 2], ["a"], "rates"),
        ],
    )
    def test_refuses_impossible_input(self, flows, grid, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            npv_profile(flows, grid)


def payback_by_loop(flows, crossing):
    """Walk through whole amounts, which add up exactly; the status too."""
    total, crossings, negative = 0.0, [], False
    for period, flow in enumerate(flows):
        before, total = total, total + flow
        if period and before < 0 <= total:
            crossings.append(period - 1 - before / flow)
        negative = negative or total < 0
    if not negative:
        return math.nan, PaybackStatus.NO_OUTLAY
    if not crossings or (crossing == "last" and total < 0):
        return math.nan, PaybackStatus.NEVER
    again = len(crossings) > 1 or total < 0
    return (
        crossings[0 if crossing == "first" else -1],
        PaybackStatus.CROSSES_AGAIN if again else PaybackStatus.PAID_BACK,
    )


class TestPayback:
    def test_matches_a_published_example(self):
        """Brealey, Myers and Allen: 2000 out, 500, 500 and 5000 back: paid back within the third year."""
        assert payback([-2000, 500, 500, 5000]) == pytest.approx(2.2)
        assert payback([-2000, 500, 1800, 0]) == pytest.approx(1 + 1500 / 1800)
        assert payback([-2000, 1800, 500, 0]) == pytest.approx(1.4)

    @given(flows=WHOLE_FLOWS, crossing=st.sampled_from(["first", "last"]))
    def test_agrees_with_a_plain_loop(self, flows, crossing):
        """Any order of outlays and receipts, either convention, periods and status."""
        expected, expected_status = payback_by_loop(flows, crossing)
        periods, status = payback(flows, crossing=crossing, return_status=True)
        np.testing.assert_allclose(periods, expected, rtol=1e-14)
        assert status is expected_status

    @given(table=tables(), crossing=st.sampled_from(["first", "last"]))
    def test_a_table_equals_its_rows(self, table, crossing):
        """To the last bit; an array of words for the status."""
        periods, status = payback(table, crossing=crossing, return_status=True)
        rows = [payback(flows, crossing=crossing, return_status=True) for flows in table]
        np.testing.assert_array_equal(periods, [one for one, _ in rows])
        assert status.tolist() == [why.value for _, why in rows]

    def test_later_outlays_count_by_default(self):
        """-100, 120, -60, 60: paid back after 0.83 periods at first, for good after 2.67."""
        flows = [-100, 120, -60, 60]
        assert payback(flows, return_status=True) == (pytest.approx(2 + 2 / 3), PaybackStatus.CROSSES_AGAIN)
        assert payback(flows, crossing="first") == pytest.approx(5 / 6)

    def test_closing_costs_can_undo_it(self):
        """A mine that must be cleaned up: the first crossing says when, the last that it does not stay so."""
        flows = [-100, 70, 70, -60]
        assert payback(flows, crossing="first", return_status=True) == (
            pytest.approx(1 + 3 / 7),
            PaybackStatus.CROSSES_AGAIN,
        )
        periods, status = payback(flows, return_status=True)
        assert np.isnan(periods)
        assert status is PaybackStatus.NEVER

    def test_rounding_does_not_delay_it(self):
        """Seven receipts of 0.1 add up to 0.7 less 1e-16, and 3600 of them to 360 less 1e-11."""
        assert payback([-0.7] + [0.1] * 7) == pytest.approx(7.0, rel=1e-15)
        assert payback([-360.0] + [0.1] * 3600) == pytest.approx(3600.0, rel=1e-12)

    def test_an_instant_on_a_period_is_that_period(self):
        """100 out, 50 and 50 back: two periods."""
        assert payback([-100, 50, 50, 50]) == 2.0

    @pytest.mark.parametrize(
        ("flows", "expected"),
        [
            ([-100, 50], PaybackStatus.NEVER),
            ([-100], PaybackStatus.NEVER),
            ([100, 50], PaybackStatus.NO_OUTLAY),
            ([100, -50], PaybackStatus.NO_OUTLAY),
            ([0, 0, 0], PaybackStatus.NO_OUTLAY),
            ([-100, np.nan, 500], PaybackStatus.NOT_FINITE),
            ([-100, np.inf], PaybackStatus.NOT_FINITE),
        ],
    )
    @pytest.mark.parametrize("crossing", ["first", "last"])
    def test_says_why_there_is_no_payback(self, flows, expected, crossing):
        """NaN and a reason."""
        periods, status = payback(flows, crossing=crossing, return_status=True)
        assert np.isnan(periods)
        assert status is expected

    def test_takes_pandas_objects(self):
        """Rows are projects."""
        frame = pd.DataFrame([[-100, 50, 100], [-100, 100, 0]], index=["a", "b"])
        np.testing.assert_array_equal(payback(frame), [1.5, 1.0])
        assert type(payback(frame.loc["a"])) is float

    @pytest.mark.parametrize(
        ("flows", "options", "named"),
        [
            (5.0, {}, "cashflows"),
            ([], {}, "cashflows"),
            ([[1], [1, 2]], {}, "cashflows: .*different lengths"),
            ([-1, 2], {"crossing": "second"}, 'crossing: expected "last" or "first"'),
        ],
    )
    def test_refuses_impossible_input(self, flows, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            payback(flows, **options)


class TestDiscountedPayback:
    def test_matches_a_computation_by_hand(self):
        """-1000, 300, 400, 500, 600 at 10%: 21.04 is left after three years, of 409.81 that the fourth brings."""
        assert discounted_payback([-1000, 300, 400, 500, 600], 0.10) == pytest.approx(
            3 + 21.0368 / 409.8081, abs=1e-6
        )

    @given(flows=investments())
    def test_without_discounting_it_is_the_payback(self, flows):
        """To the last bit."""
        np.testing.assert_array_equal(discounted_payback(flows, 0.0), payback(flows))

    @given(flows=investments(), rate=st.floats(0.0, 1.0))
    def test_it_is_reached_where_npv_is_not_negative(self, flows, rate):
        """An investment that is worth its outlay is paid back, any other never."""
        value = npv(rate, flows)
        assume(abs(value) > 1e-9 * npv_by_loop(rate, np.abs(flows)))
        assert np.isfinite(discounted_payback(flows, rate)) == (value > 0)

    @given(flows=WHOLE_FLOWS, rate=st.floats(-0.5, 1.0), crossing=st.sampled_from(["first", "last"]))
    def test_it_is_the_payback_of_discounted_flows(self, flows, rate, crossing):
        """In either convention."""
        discounted = [flow / (1 + rate) ** period for period, flow in enumerate(flows)]
        totals = np.cumsum(discounted)
        assume(np.all((np.abs(totals) > 1e-9) | (totals == 0)))
        np.testing.assert_allclose(
            discounted_payback(flows, rate, crossing=crossing),
            payback(discounted, crossing=crossing),
            rtol=1e-9,
        )

    def test_rates_broadcast_against_projects(self):
        """A column of rates and a row of projects give a table."""
        projects, grid = np.array([LOAN, [-5, 1, 2, 3, 4, 5]]), np.array([[0.0], [0.1], [0.2]])
        table = discounted_payback(projects, grid)
        cells = [[discounted_payback(project, r) for project in projects] for r in grid[:, 0]]
        np.testing.assert_array_equal(table, cells)

    def test_a_rate_without_discount_factors_gives_nan(self):
        """At -100% and below, and where it is missing."""
        periods, status = discounted_payback([-1.0, 2.0], [0.1, -1.0, np.nan], return_status=True)
        assert np.isnan(periods).tolist() == [False, True, True]
        assert status.tolist() == ["paid_back", "not_finite", "not_finite"]

    def test_trailing_zeros_do_not_overflow(self):
        """A factor of 2^5000 multiplies nothing."""
        assert discounted_payback([-1.0, 2.0] + [0.0] * 5000, -0.5) == pytest.approx(0.25)


class TestProfitabilityIndex:
    def test_matches_a_computation_by_hand(self):
        """500 / 1.1 + 500 / 1.21 + 300 / 1.331 = 1093.163 for 1000."""
        assert profitability_index([-1000, 500, 500, 300], 0.10) == pytest.approx(1.093163, abs=5e-7)

    @given(flows=investments(), rate=rates)
    def test_it_is_one_more_than_the_npv_per_outlay(self, flows, rate):
        """By the definition of the NPV."""
        scale = npv_by_loop(rate, np.abs(flows)) / -flows[0]
        assert profitability_index(flows, rate) == pytest.approx(
            1 + npv(rate, flows) / -flows[0], abs=1e-12 * scale
        )

    @pytest.mark.parametrize("flows", [[0.0, 1.0], [5.0, 1.0], [np.nan, 1.0], [-1.0, np.nan]])
    def test_without_an_outlay_there_is_no_index(self, flows):
        """NaN for that series only."""
        assert np.isnan(profitability_index([flows, [-1.0, 1.0]], 0.1)).tolist() == [True, False]

    def test_rates_broadcast_against_projects(self):
        """A column of rates and a row of projects give a table."""
        projects, grid = np.array([[-1.0, 2.0], [-2.0, 3.0]]), np.array([[0.0], [0.1], [-1.0]])
        table = profitability_index(projects, grid)
        np.testing.assert_allclose(table[:2], [[2.0, 1.5], [2 / 1.1, 1.5 / 1.1]])
        assert np.isnan(table[2]).all()

    def test_one_flow_is_no_project(self):
        """There is nothing to put against the outlay."""
        with pytest.raises(InputError, match="cashflows: expected at least 2 period"):
            profitability_index([-1.0], 0.1)


class TestEquivalentAnnuity:
    def test_matches_a_published_example(self):
        """Brealey, Myers and Allen: machine A (15, then 5 for three years) costs 10.61 a year at 6%, machine B
        (10, then 6 for two) 11.45, in thousands.
        """
        assert equivalent_annuity([-15, -5, -5, -5], 0.06) == pytest.approx(-10.61, abs=0.005)
        assert equivalent_annuity([-10, -6, -6], 0.06) == pytest.approx(-11.45, abs=0.005)

    @given(flows=investments(), rate=rates)
    def test_its_payments_are_worth_the_project(self, flows, rate):
        """Their present value is the NPV."""
        level = equivalent_annuity(flows, rate)
        n = len(flows) - 1
        value = npv_by_loop(rate, [0.0] + [level] * n)
        assert value == pytest.approx(npv(rate, flows), abs=1e-11 * npv_by_loop(rate, np.abs(flows)))

    def test_a_rate_of_zero_spreads_the_sum(self):
        """60 over three periods."""
        assert equivalent_annuity([-90, 50, 50, 50], 0.0) == 20.0

    def test_rates_broadcast_and_nan_passes(self):
        """Three rates, the last without meaning."""
        answer = equivalent_annuity([-100, 110], [0.0, 0.1, -1.0])
        np.testing.assert_allclose(answer, [10.0, 0.0, np.nan], atol=1e-12)

    def test_one_flow_has_no_life(self):
        """It is spread over no period."""
        with pytest.raises(InputError, match="cashflows: expected at least 2 period"):
            equivalent_annuity([-1.0], 0.1)


def test_discount_factors_are_those_of_the_dcf():
    """One function under two addresses, not two."""
    assert cashflows.discount_factors is dcf.discount_factors
