"""Level payments, the rate and the number of them, and the schedule of a loan."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy_financial
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maos_nb.analytics.cashflows import (
    NperStatus,
    RootStatus,
    amortization_schedule,
    fv,
    ipmt,
    irr,
    nper,
    pmt,
    ppmt,
    pv,
    rate,
)
from maos_nb.errors import InputError

RATES = st.one_of(st.just(0.0), st.floats(-0.5, 1.0), st.floats(-1e-6, 1e-6))
COUNTS = st.integers(1, 60)
AMOUNTS = st.integers(-1000, 1000).map(float)
WHEN = st.sampled_from(["end", "begin"])
SOME_RATES = st.floats(-0.3, 1.0).filter(lambda r: abs(r) > 1e-3)


def balance_by_loop(rate, n, payment, now, when):
    """What has gathered after n periods, in exact fractions: add interest, add the payment."""
    balance, growth, payment = Fraction(now), 1 + Fraction(rate), Fraction(payment)
    for _ in range(n):
        balance = (balance + payment) * growth if when == "begin" else balance * growth + payment
    return balance


def size_by_loop(rate, n, payment, now, when):
    """The same with nothing cancelling: the scale that rounding errors are measured by."""
    return float(balance_by_loop(rate, n, abs(payment), abs(now), when))


def flows_of(n, payment, now, at_end, when):
    """The flows that the annuity equation adds up, one per period."""
    flows = np.zeros(n + 1)
    flows[0] += now
    flows[-1] += at_end
    flows[:n] += payment if when == "begin" else 0.0
    flows[1:] += payment if when == "end" else 0.0
    return flows


class TestPresentAndFutureValue:
    def test_pv_matches_excels_documented_example(self):
        """PV(8%/12, 12*20, 500, , 0)."""
        assert pv(0.08 / 12, 12 * 20, 500) == pytest.approx(-59777.15, abs=0.005)

    @pytest.mark.parametrize(
        ("arguments", "when", "expected"),
        [
            ((0.06 / 12, 10, -200, -500), "begin", 2581.40),
            ((0.12 / 12, 12, -1000), "end", 12682.50),
            ((0.11 / 12, 35, -2000), "begin", 82846.25),
            ((0.06 / 12, 12, -100, -1000), "begin", 2301.40),
        ],
    )
    def test_fv_matches_excels_documented_examples(self, arguments, when, expected):
        """The four examples of FV in Excel's documentation."""
        assert fv(*arguments, when=when) == pytest.approx(expected, abs=0.005)

    @given(r=RATES, n=COUNTS, payment=AMOUNTS, now=AMOUNTS, when=WHEN)
    def test_fv_agrees_with_exact_compounding(self, r, n, payment, now, when):
        """Period by period in fractions, to within the rounding of the exponent."""
        expected = -float(balance_by_loop(r, n, payment, now, when))
        assert fv(r, n, payment, now, when=when) == pytest.approx(
            expected, abs=5e-15 * (10 + n) * size_by_loop(r, n, payment, now, when)
        )

    @given(r=RATES, n=COUNTS, payment=AMOUNTS, now=AMOUNTS, when=WHEN)
    def test_pv_undoes_fv(self, r, n, payment, now, when):
        """The present value of the payments and of what they grow to is what was there."""
        scale = size_by_loop(r, n, payment, now, when) / (1 + r) ** n
        assert pv(r, n, payment, fv(r, n, payment, now, when=when), when=when) == pytest.approx(
            now, abs=1e-13 * n * scale + 1e-300
        )

    @given(r=SOME_RATES, n=COUNTS, payment=AMOUNTS, amount=AMOUNTS, when=WHEN)
    def test_both_agree_with_numpy_financial(self, r, n, payment, amount, when):
        """The peer uses the textbook formula, which is precise at rates that are not close to zero."""
        scale = size_by_loop(r, n, payment, amount, when)
        assert fv(r, n, payment, amount, when=when) == pytest.approx(
            float(numpy_financial.fv(r, n, payment, amount, when)), abs=1e-12 * scale
        )
        assert pv(r, n, payment, amount, when=when) == pytest.approx(
            float(numpy_financial.pv(r, n, payment, amount, when)), abs=1e-12 * scale / min(1, 1 + r) ** n
        )

    @given(r=RATES, n=COUNTS, payment=AMOUNTS)
    def test_payments_at_the_beginning_earn_one_period_more(self, r, n, payment):
        """By a factor of one plus the rate."""
        assert pv(r, n, payment, when="begin") == pytest.approx((1 + r) * pv(r, n, payment), rel=1e-14)

    def test_a_rate_of_zero_adds_up(self):
        """Nothing grows, nothing is discounted."""
        assert (pv(0.0, 10, -100, 50), fv(0.0, 10, -100, 50)) == (950.0, 950.0)

    @pytest.mark.parametrize("tiny", [1e-9, 1e-12, 1e-15, 5e-324, -1e-15])
    def test_tiny_rates_keep_all_digits(self, tiny):
        """The series n - n (n + 1) r / 2; the textbook formula, as in numpy_financial, gives 1110 for 1000 at
        1e-15, since (1 + r)^n - 1 then holds no digit, and nothing at all below.
        """
        assert pv(tiny, 10, -100) == pytest.approx(1000 - 5500 * tiny, rel=1e-15)
        assert fv(tiny, 10, -100) == pytest.approx(1000 + 4500 * tiny, rel=1e-15)

    def test_thousands_of_periods_become_a_perpetuity(self):
        """10 / 50%; numpy_financial divides infinity by infinity, as 1.5^5000 is no double."""
        assert pv(0.5, 5000, -10) == pytest.approx(20.0, rel=1e-14)
        assert fv(-0.5, 5000, -10) == pytest.approx(20.0, rel=1e-14)

    def test_what_no_double_can_hold_is_infinite_and_nothing_is_nothing(self):
        """A sum that is not there does not become NaN by being compounded for ever."""
        assert fv(0.5, 5000, -10) == np.inf
        assert (fv(0.5, 5000, 0.0), pv(-0.5, 5000, 0.0)) == (0.0, 0.0)

    @pytest.mark.parametrize("function", [pv, fv, pmt])
    def test_nan_and_rates_of_minus_100_percent_spoil_their_own_element(self, function):
        """There is no discount factor at -100% or below."""
        answer = function([0.1, np.nan, -1.0, -2.0, 0.1], 5, [1.0, 1.0, 1.0, 1.0, np.nan], 2.0)
        assert np.isnan(answer).tolist() == [False, True, True, True, True]

    @pytest.mark.parametrize("function", [pv, fv, pmt, nper])
    def test_a_table_equals_its_cells_to_the_last_bit(self, function):
        """Rates down, both timings across; a scalar call gives a float."""
        rates, when = np.array([[-0.1], [0.0], [1e-9], [0.2]]), np.array(["end", "begin"])
        table = function(rates, 12, -50.0, 400.0, when=when)
        cells = [[function(r, 12, -50.0, 400.0, when=w) for w in when.tolist()] for r in rates[:, 0]]
        np.testing.assert_array_equal(table, cells)
        assert type(cells[0][0]) is float

    def test_takes_pandas_objects(self):
        """A column of rates, of payments, and one of when they are due."""
        loans = pd.DataFrame({"rate": [0.01, 0.02], "payment": [-1, -2], "when": ["end", "begin"]})
        values = pv(loans["rate"], 10, loans["payment"], when=loans["when"])
        np.testing.assert_array_equal(values, [pv(0.01, 10, -1), pv(0.02, 10, -2, when="begin")])

    def test_empty_arrays_give_empty_arrays(self):
        """A selection of no loans is no error."""
        assert pv(np.empty((0, 3)), 10, 1.0).shape == (0, 3)
        assert rate(10, np.empty(0), 1.0).shape == (0,)

    @pytest.mark.parametrize(
        ("arguments", "options", "named"),
        [
            (("8%", 10, 1), {}, "rate"),
            ((0.1, None, 1), {}, "nper"),
            ((0.1, 10, [1, "a"]), {}, "pmt"),
            ((0.1, 10, np.array([1.0, "a"], dtype=object)), {}, "pmt: .*object array"),
            ((0.1, 10, True), {}, "pmt"),
            (([0.1, 0.2], 10, [1, 2, 3]), {}, r"rate \(2,\).*pmt \(3,\)"),
            ((0.1, 10, [[1], [1, 2]]), {}, "pmt: .*different lengths"),
            ((0.1, 10, 1), {"when": "start"}, 'when: expected "end" or "begin"'),
            ((0.1, 10, 1), {"when": 1}, "when: .*Excel's type 0"),
            ((0.1, 10, 1), {"when": ["end", None]}, "when"),
        ],
    )
    def test_refuse_impossible_input(self, arguments, options, named):
        """The message names the argument, and says what Excel's numbers are called here."""
        for function in (pv, fv):
            with pytest.raises(InputError, match=named):
                function(*arguments, **options)


class TestPmt:
    @pytest.mark.parametrize(
        ("arguments", "when", "expected"),
        [
            ((0.08 / 12, 10, 10000), "end", -1037.03),
            ((0.08 / 12, 10, 10000), "begin", -1030.16),
            ((0.06 / 12, 18 * 12, 0, 50000), "end", -129.08),
        ],
    )
    def test_matches_excels_documented_examples(self, arguments, when, expected):
        """The three examples of PMT in Excel's documentation."""
        assert pmt(*arguments, when=when) == pytest.approx(expected, abs=0.005)

    @given(r=RATES, n=COUNTS, now=AMOUNTS, at_end=AMOUNTS, when=WHEN)
    def test_its_payment_leads_from_pv_to_fv(self, r, n, now, at_end, when):
        """In exact compounding."""
        payment = pmt(r, n, now, at_end, when=when)
        scale = size_by_loop(r, n, payment, now, when) + abs(at_end)
        reached = float(balance_by_loop(r, n, payment, now, when))
        assert reached == pytest.approx(-at_end, abs=1e-13 * n * scale + 1e-300)

    @given(r=SOME_RATES, n=COUNTS, now=AMOUNTS, at_end=AMOUNTS, when=WHEN)
    def test_agrees_with_numpy_financial(self, r, n, now, at_end, when):
        """At rates where the peer is precise."""
        expected = float(numpy_financial.pmt(r, n, now, at_end, when))
        assert pmt(r, n, now, at_end, when=when) == pytest.approx(
            expected, rel=1e-12, abs=1e-11 * (abs(now) + abs(at_end))
        )

    @pytest.mark.parametrize(("r", "n"), [(0.5, 5000), (-0.5, 5000), (1e-12, 360)])
    def test_does_not_overflow_or_cancel(self, r, n):
        """Interest alone on a loan without end, where numpy_financial gives NaN; nothing to pay where the debt
        melts; and 277.7777778 a month at almost no interest, where numpy_financial gives 277.753.
        """
        expected = {5000: -50000.0 if r > 0 else 0.0, 360: -(1e5 / 360) * (1 + 361e-12 / 2)}[n]
        assert pmt(r, n, 1e5) == pytest.approx(expected, rel=1e-14, abs=1e-300)

    def test_no_periods_have_no_payment(self):
        """Excel: #NUM!."""
        assert np.isnan(pmt(0.1, [0, 1], 100.0)).tolist() == [True, False]


class TestInterestAndPrincipal:
    @pytest.mark.parametrize(
        ("function", "arguments", "expected"),
        [
            (ipmt, (0.10 / 12, 1, 36, 8000), -66.67),
            (ipmt, (0.10, 3, 3, 8000), -292.45),
            (ppmt, (0.10 / 12, 1, 24, 2000), -75.62),
            (ppmt, (0.08, 10, 10, 200000), -27598.05),
        ],
    )
    def test_match_excels_documented_examples(self, function, arguments, expected):
        """IPMT and PPMT in Excel's documentation."""
        assert function(*arguments) == pytest.approx(expected, abs=0.005)

    @pytest.mark.parametrize(
        ("function", "first", "last", "expected"),
        [
            (ppmt, 13, 24, -934.1071),
            (ppmt, 1, 1, -68.27827),
            (ipmt, 13, 24, -11135.23213),
            (ipmt, 1, 1, -937.5),
        ],
    )
    def test_sums_match_excels_cumulative_functions(self, function, first, last, expected):
        """CUMPRINC and CUMIPMT (9%/12, 30*12, 125000) in Excel's documentation."""
        parts = function(0.09 / 12, np.arange(first, last + 1), 360, 125000)
        assert parts.sum() == pytest.approx(expected, abs=5e-5)

    @given(r=RATES, n=COUNTS, now=AMOUNTS, at_end=AMOUNTS, when=WHEN)
    def test_agree_with_a_loop_over_the_balance(self, r, n, now, at_end, when):
        """Interest is the rate times what was owed, in floats; the two parts make the payment."""
        payment = pmt(r, n, now, at_end, when=when)
        interest, balance = [], now
        for period in range(n):
            interest.append(-balance * r if when == "end" or period else 0.0)
            balance += payment - interest[-1]
        which = np.arange(1, n + 1)
        scale = 1e-13 * n * size_by_loop(r, n, payment, now, when) + 1e-300
        np.testing.assert_allclose(ipmt(r, which, n, now, at_end, when=when), interest, rtol=0, atol=scale)
        parts = ipmt(r, which, n, now, at_end, when=when) + ppmt(r, which, n, now, at_end, when=when)
        np.testing.assert_allclose(parts, payment, rtol=0, atol=scale)

    @given(r=RATES, n=COUNTS, now=AMOUNTS, at_end=AMOUNTS)
    def test_principal_adds_up_to_the_difference_of_the_two_amounts(self, r, n, now, at_end):
        """All that is borrowed and not left to the end is repaid."""
        repaid = ppmt(r, np.arange(1, n + 1), n, now, at_end).sum()
        assert repaid == pytest.approx(-(now + at_end), abs=1e-12 * (abs(now) + abs(at_end)))

    @given(r=SOME_RATES, n=st.integers(1, 30), now=AMOUNTS, at_end=AMOUNTS, when=WHEN)
    def test_agree_with_numpy_financial(self, r, n, now, at_end, when):
        """For payments 1 to n, at the end and at the beginning: there the peer is right, also in that the first
        payment in advance holds no interest.
        """
        which = np.arange(1, n + 1)
        payment = pmt(r, n, now, at_end, when=when)
        scale = 1e-11 * size_by_loop(r, n, payment, now, when) + 1e-300
        for ours, theirs in ((ipmt, numpy_financial.ipmt), (ppmt, numpy_financial.ppmt)):
            expected = theirs(r, which, n, now, at_end, when)
            np.testing.assert_allclose(
                ours(r, which, n, now, at_end, when=when), expected, rtol=0, atol=scale
            )

    def test_a_payment_that_is_not_one_of_them_gives_nan(self):
        """Excel: #NUM!; numpy_financial 1.0 gives -10.78 for payment 0, and a number for any other."""
        assert np.isnan(ipmt(0.01, [0, 1, 12, 13], 12, 1000)).tolist() == [True, False, False, True]
        assert np.isnan(ppmt(0.01, [-1, 1, 13], 12, 1000)).tolist() == [True, False, True]

    def test_the_first_payment_in_advance_is_all_principal(self):
        """No time has passed."""
        assert ipmt(0.01, 1, 12, 1000, when="begin") == 0.0
        assert ppmt(0.01, 1, 12, 1000, when="begin") == pmt(0.01, 12, 1000, when="begin")

    def test_small_parts_keep_their_digits(self):
        """The last interest of a long loan is r / (1 + r) of the payment; the first principal v^n of it."""
        payment = pmt(0.5, 80, 1000.0)
        assert ppmt(0.5, 1, 80, 1000.0) == pytest.approx(payment * 1.5**-80, rel=1e-13)
        assert ipmt(1e-9, 360, 360, 1000.0) == pytest.approx(
            pmt(1e-9, 360, 1000.0) * 1e-9 / (1 + 1e-9), rel=1e-13
        )

    def test_nan_spoils_its_own_element(self):
        """A missing rate, count, amount or payment number."""
        answer = ipmt(
            [0.1, np.nan, 0.1, 0.1, 0.1], [1, 1, np.nan, 1, 1], [5, 5, 5, np.nan, 5], [1.0] * 4 + [np.nan]
        )
        assert np.isnan(answer).tolist() == [False, True, True, True, True]

    def test_a_fraction_of_a_payment_is_refused(self):
        """Payments are counted."""
        with pytest.raises(InputError, match=r"per: expected a whole number from 1 to nper, got 1\.5"):
            ipmt(0.01, [1, 1.5], 12, 1000)


class TestNper:
    @pytest.mark.parametrize(
        ("arguments", "when", "expected"),
        [
            ((0.12 / 12, -100, -1000, 10000), "begin", 59.6738657),
            ((0.12 / 12, -100, -1000, 10000), "end", 60.0821229),
            ((0.12 / 12, -100, -1000), "end", -9.57859404),
        ],
    )
    def test_matches_excels_documented_examples(self, arguments, when, expected):
        """The three examples of NPER in Excel's documentation, the last of which is negative."""
        assert nper(*arguments, when=when) == pytest.approx(expected, abs=5e-8)

    @given(r=st.floats(-0.2, 0.5), n=st.floats(1.0, 60.0), now=st.floats(1.0, 1e4), when=WHEN)
    def test_finds_the_periods_that_a_payment_was_made_for(self, r, n, now, when):
        """Round trip with pmt; fractions of periods too. Where the last payments hardly matter, the log ratio
        of the payment to its part beyond the interest says how many digits are left.
        """
        payment = pmt(r, n, now, when=when)
        conditioning = max(1.0, (1 + r) ** n, (1 + r) ** -n)
        assert nper(r, payment, now, when=when) == pytest.approx(n, rel=1e-13 * conditioning)

    @given(r=SOME_RATES, payment=AMOUNTS, now=AMOUNTS, at_end=AMOUNTS, when=WHEN)
    def test_agrees_with_numpy_financial_at_rates_other_than_zero(self, r, payment, now, at_end, when):
        """The peer takes the log of a ratio, which is precise where neither of its terms all but cancels."""
        due = payment * (1 + r) if when == "begin" else payment
        numerator, denominator = due / r - at_end, due / r + now
        assume(payment and numerator * denominator > 0 and min(abs(numerator), abs(denominator)) > 1e-3)
        expected = float(numpy_financial.nper(r, payment, now, at_end, when))
        assert nper(r, payment, now, at_end, when=when) == pytest.approx(expected, rel=1e-9, abs=1e-9)

    def test_a_rate_of_zero_divides(self):
        """-(pv + fv) / pmt, that is 12 payments of 100 for 1000 and 200 more. numpy_financial 1.0 computes
        (pv - fv) / pmt = -8 there, and gives that one number for a whole array if one rate in it is zero.
        """
        np.testing.assert_allclose(nper([0.0, 0.01], -100, 1000, 200), [12.0, 12.57879208], atol=5e-9)
        assert nper(0.0, -100, 1000, 200) == 12.0

    @pytest.mark.parametrize("tiny", [1e-9, -1e-12, 1e-16, 1e-300])
    def test_tiny_rates_keep_all_digits(self, tiny):
        """In the limit 10 payments, and half a payment's interest eleven times."""
        assert nper(tiny, -100, 1000) == pytest.approx(10 * (1 + 5.5 * tiny), rel=1e-15)

    def test_what_melts_to_almost_nothing_keeps_its_digits(self):
        """At -10% 1e20 becomes 1 in log(1e-20) / log(0.9) periods; 1 - (1 - 1e-20) is no double but zero."""
        assert nper(-0.1, 0.0, -1e20, 1.0) == pytest.approx(np.log(1e-20) / np.log(0.9), rel=1e-14)

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ((0.01, -110, 10000), NperStatus.OK),
            ((0.01, 100, 10000), NperStatus.NEGATIVE),
            ((0.01, -100, 10000), NperStatus.NO_SOLUTION),
            ((0.01, -90, 10000), NperStatus.NO_SOLUTION),
            ((0.0, 0, 10000), NperStatus.NO_SOLUTION),
            ((0.01, -100, 10000, -10000), NperStatus.UNDETERMINED),
            ((0.01, 0, 0, 0), NperStatus.UNDETERMINED),
            ((0.01, np.nan, 1), NperStatus.NOT_FINITE),
            ((0.01, np.inf, 1), NperStatus.NOT_FINITE),
            ((-1.0, 1, 1), NperStatus.NOT_FINITE),
        ],
    )
    def test_says_why_there_is_no_answer(self, arguments, expected):
        """One enum for a scalar, the same as text in an array; a number exactly where it says so."""
        periods, status = nper(*arguments, return_status=True)
        assert status is expected
        assert np.isfinite(periods) == (expected in (NperStatus.OK, NperStatus.NEGATIVE))
        array, words = nper([arguments[0]], *arguments[1:], return_status=True)
        np.testing.assert_array_equal(array, [periods])
        assert words.tolist() == [expected.value]

    def test_saving_that_melts_away_reaches_no_goal(self):
        """At -10% savings of 100 a year never pass 1000."""
        assert nper(-0.1, -100, 0, [900, 1001], return_status=True)[1].tolist() == ["ok", "no_solution"]


class TestRate:
    def test_matches_excels_documented_example(self):
        """RATE(4*12, -200, 8000), shown as 1% a month and 9.24% a year."""
        monthly = rate(48, -200, 8000)
        assert monthly == pytest.approx(0.0077, abs=5e-5)
        assert monthly * 12 == pytest.approx(0.0924, abs=5e-5)

    @given(r=st.floats(-0.5, 3.0), n=st.integers(1, 600), when=WHEN)
    def test_finds_the_rate_that_a_payment_was_made_for(self, r, n, when):
        """Round trip with pmt: the value at the rate found is the amount borrowed."""
        assume(when == "end" or n > 1)
        payment = pmt(r, n, 1000.0, when=when)
        found, status = rate(n, payment, 1000.0, when=when, return_status=True)
        assert status is RootStatus.CONVERGED
        assert pv(found, n, payment, when=when) == pytest.approx(1000.0, rel=1e-11)

    @given(
        n=st.integers(1, 24),
        payment=st.integers(-100, 100).map(float),
        now=AMOUNTS,
        at_end=AMOUNTS,
        when=WHEN,
        guess=st.sampled_from([-0.5, 0.1, 3.0]),
    )
    def test_agrees_with_irr_on_the_same_flows(self, n, payment, now, at_end, when, guess):
        """The solver of irr sees the flows one by one and searches in another way; rate and status agree."""
        flows = flows_of(n, payment, now, at_end, when)
        expected, expected_status = irr(flows, guess=guess, return_status=True)
        found, status = rate(n, payment, now, at_end, when=when, guess=guess, return_status=True)
        assert status == expected_status
        np.testing.assert_allclose(np.log1p(found), np.log1p(expected), rtol=1e-9, atol=1e-9)

    @given(r=st.floats(0.001, 0.1), n=st.integers(12, 240))
    def test_agrees_with_numpy_financial_where_that_converges(self, r, n):
        """Its Newton's method stops when a step is below 1e-6, and then is right to about 1e-11; for arrays
        it gives all NaN as soon as one element has not settled.
        """
        payment = pmt(r, n, 1000.0)
        with np.errstate(all="ignore"):
            theirs = float(numpy_financial.rate(n, payment, 1000.0, 0.0))
        assume(np.isfinite(theirs))
        assert rate(n, payment, 1000.0) == pytest.approx(theirs, abs=1e-8)

    def test_finds_rates_at_which_numpy_financials_iteration_fails(self):
        """1200 payments of 10 for 1000 are worth 1%: from its guess of 10% Newton's method overflows."""
        with np.errstate(all="ignore"):
            assert np.isnan(numpy_financial.rate(1200, -10, 1000, 0))
        found = rate(1200, -10, 1000)
        assert pv(found, 1200, -10) == pytest.approx(1000.0, rel=1e-13)

    @pytest.mark.parametrize("r", [0.0, 1e-4, 1e-8, 1e-12, -1e-12, -1e-6, -0.02, -0.3, -0.9, 25.0, 1e6])
    @pytest.mark.parametrize("n", [2, 36, 240])
    def test_finds_zero_tiny_negative_and_huge_rates(self, r, n):
        """Right to rounding: an error of 2e-16 in the amounts moves a rate by about that much, however tiny."""
        found, status = rate(n, pmt(r, n, 1e5), 1e5, return_status=True)
        assert status is RootStatus.CONVERGED
        assert np.log1p(found) == pytest.approx(np.log1p(r), rel=1e-12, abs=1e-15)

    def test_gives_the_rate_nearest_to_the_guess_of_two(self):
        """-100 now, 230 after one period, -132 after two: 10% and 20%."""
        flows = {"nper": 2, "pmt": 230, "pv": -100, "fv": -362}
        assert rate(**flows, return_status=True) == (pytest.approx(0.1), RootStatus.MULTIPLE_ROOTS)
        np.testing.assert_allclose(
            rate(**flows, guess=[0.0, 0.14, 0.16, 5.0]), [0.1, 0.1, 0.2, 0.2], rtol=1e-12
        )

    @given(
        low=st.floats(-0.3, 0.3),
        gap=st.floats(0.01, 1.0),
        n=st.integers(3, 120),
        when=WHEN,
        side=st.sampled_from([1.0, -1.0]),
    )
    def test_finds_both_of_two_rates_that_the_amounts_were_made_for(self, low, gap, n, when, side):
        """Of an outlay, receipts, and a final outlay that make the value zero at two rates, by Cramer's rule;
        seen from either side of the contract.
        """
        high = low + gap
        annuity, power = -pv([low, high], n, 1.0, when=when), (1 + np.array([low, high])) ** -n
        payment = (power[1] - power[0]) / (annuity[0] * power[1] - annuity[1] * power[0])
        at_end = (annuity[0] - annuity[1]) / (annuity[0] * power[1] - annuity[1] * power[0])
        found, status = rate(
            n, side * payment, -side, side * at_end, when=when, guess=[-0.9, 50.0], return_status=True
        )
        assert status.tolist() == ["multiple_roots"] * 2
        np.testing.assert_allclose(found, [low, high], rtol=0, atol=1e-6 * gap)

    def test_finds_a_rate_at_which_the_value_only_touches_zero(self):
        """-100 (1 - 1.1 v)^2, with v the discount factor: one rate, 10%, found to half the digits at least."""
        found, status = rate(2, 220, -100, -341, return_status=True)
        assert status is RootStatus.CONVERGED
        assert found == pytest.approx(0.1, abs=1e-8)

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ((10, 10, 100), RootStatus.NO_SIGN_CHANGE),
            ((10, 0, 0), RootStatus.NO_SIGN_CHANGE),
            ((10, 0, -100), RootStatus.NO_SIGN_CHANGE),
            ((1, -100, 0, 100), RootStatus.NO_SIGN_CHANGE),
            ((2, 10, -100, -100), RootStatus.NO_ROOT),
            ((2, -10, 100, 100), RootStatus.NO_ROOT),
            ((2, 0, -1.0, 1e-40), RootStatus.OUT_OF_RANGE),
            ((10, np.nan, 100), RootStatus.NOT_FINITE),
            ((10, -np.inf, 100), RootStatus.NOT_FINITE),
            ((np.inf, -10, 100), RootStatus.NOT_FINITE),
            ((np.nan, -10, 100), RootStatus.NOT_FINITE),
        ],
    )
    def test_says_why_there_is_no_rate(self, arguments, expected):
        """NaN and a reason, at once and without an endless search."""
        found, status = rate(*arguments, return_status=True)
        assert np.isnan(found)
        assert status is expected

    def test_a_batch_equals_its_elements_to_the_last_bit(self):
        """Failures, double rates and ordinary ones beside each other."""
        n, payment = [1, 2, 48, 48, 360, 2], [-110.0, 230.0, -200.0, 200.0, -600.0, np.nan]
        now, at_end = [100.0, -100.0, 8000.0, 8000.0, 1e5, 1.0], [0.0, -362.0, 0.0, 0.0, 0.0, 0.0]
        found, status = rate(n, payment, now, at_end, return_status=True)
        single = [rate(*each, return_status=True) for each in zip(n, payment, now, at_end, strict=True)]
        np.testing.assert_array_equal(found, [one for one, _ in single])
        assert status.tolist() == [why.value for _, why in single]
        assert rate(np.full((2, 1), 48), [-200.0, -201.0, -202.0], 8000).shape == (2, 3)

    @given(n=st.floats(1.0, 100.0), payment=st.floats(5.0, 50.0), when=WHEN)
    def test_fractions_of_periods_fulfil_the_equation(self, n, payment, when):
        """As Excel's formula has them."""
        found = rate(n, payment, -100.0, 40.0, when=when)
        assume(np.isfinite(found))
        scale = 140.0 * max(1.0, (1 + found) ** -n)
        assert pv(found, n, payment, 40.0, when=when) == pytest.approx(-100.0, abs=1e-12 * n * scale)

    @pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e300])
    def test_the_unit_of_money_does_not_matter(self, scale):
        """Neither tiny nor huge amounts underflow or overflow."""
        assert rate(48, -200 * scale, 8000 * scale) == pytest.approx(rate(48, -200, 8000), rel=1e-12)

    @pytest.mark.parametrize(
        ("arguments", "options", "named"),
        [
            ((0.5, 1, -1), {}, "nper: expected at least 1 period"),
            ((-3, 1, -1), {}, "nper"),
            ((10, 1, -1), {"guess": -1.0}, "guess: expected a rate above -1"),
            ((10, 1, -1), {"guess": np.nan}, "guess: expected finite"),
            ((10, "a", -1), {}, "pmt"),
            (([10, 20], 1, [-1, -2, -3]), {}, r"nper \(2,\).*pv \(3,\)"),
            ((10, 1, -1), {"when": 0}, "when"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            rate(*arguments, **options)


def schedule_by_loop(principal, r, n, payment, extra, when="end"):
    """One row after the other: payment, interest, principal, balance."""
    rows, balance = [], principal
    for period in range(1, n + 1):
        interest = 0.0 if when == "begin" and period == 1 else balance * r
        paid = min(balance, payment + extra[period - 1] - interest)
        if period == n:
            paid = balance
        balance -= paid
        rows.append((interest + paid, interest, paid, balance))
    return np.array(rows).T


class TestAmortizationSchedule:
    def test_matches_excels_cumulative_functions(self):
        """CUMPRINC and CUMIPMT (9%/12, 30*12, 125000, 13, 24, 0) in Excel's documentation, sign reversed."""
        schedule = amortization_schedule(125000, 0.09 / 12, 360)
        assert schedule.principal[12:24].sum() == pytest.approx(934.1071, abs=5e-5)
        assert schedule.interest[12:24].sum() == pytest.approx(11135.23213, abs=5e-6)

    @given(r=st.floats(0.0, 0.05), n=COUNTS, principal=st.floats(1.0, 1e6), when=WHEN)
    def test_rows_are_the_parts_of_the_level_payment(self, r, n, principal, when):
        """The closed forms of ipmt and ppmt give the same, with the borrower's sign."""
        schedule, which = amortization_schedule(principal, r, n, when=when), np.arange(1, n + 1)
        tolerance = {"rtol": 1e-9, "atol": 1e-11 * principal}
        np.testing.assert_allclose(schedule.interest, -ipmt(r, which, n, principal, when=when), **tolerance)
        np.testing.assert_allclose(schedule.principal, -ppmt(r, which, n, principal, when=when), **tolerance)
        np.testing.assert_allclose(schedule.payment, -pmt(r, n, principal, when=when), **tolerance)

    @given(
        r=st.floats(-0.01, 0.05),
        payments=st.lists(st.integers(0, 300).map(float), min_size=1, max_size=40),
        regular=st.integers(0, 200).map(float),
        when=WHEN,
    )
    def test_agrees_with_a_plain_loop(self, r, payments, regular, when):
        """With a payment of one's own and another extra payment in each period, to the last bit."""
        schedule = amortization_schedule(
            1000.0, r, len(payments), payment=regular, extra_payment=payments, when=when
        )
        expected = schedule_by_loop(1000.0, r, len(payments), regular, payments, when)
        actual = [schedule.payment, schedule.interest, schedule.principal, schedule.balance]
        np.testing.assert_array_equal(actual, expected)

    @given(
        r=st.floats(-0.01, 0.05),
        n=COUNTS,
        decimals=st.sampled_from([None, 0, 2]),
        balloon=st.floats(0.0, 500.0),
        extra=st.floats(0.0, 50.0),
        when=WHEN,
    )
    def test_the_last_payment_settles_exactly(self, r, n, decimals, balloon, extra, when):
        """The balance ends at zero, not near it, and principal adds up to what was borrowed."""
        schedule = amortization_schedule(
            1000.0, r, n, balloon=balloon, extra_payment=extra, when=when, decimals=decimals
        )
        assert schedule.balance[-1] == 0.0
        assert schedule.principal.sum() == pytest.approx(1000.0, rel=1e-12)
        np.testing.assert_allclose(
            schedule.payment, schedule.interest + schedule.principal, rtol=1e-14, atol=1e-12
        )
        assert (schedule.balance[:-1] >= 0).all()

    def test_a_balloon_comes_with_the_last_payment(self):
        """The regular payment is that of PMT with the balloon as a negative future value."""
        schedule = amortization_schedule(20000, 0.01, 36, balloon=5000)
        regular = -pmt(0.01, 36, 20000, -5000)
        np.testing.assert_allclose(schedule.payment[:-1], regular, rtol=1e-14)
        assert schedule.payment[-1] == pytest.approx(regular + 5000, rel=1e-12)

    def test_a_balloon_with_payments_in_advance_is_due_a_period_before_the_end(self):
        """What is received now is the value of the payments and of the balloon with the last of them."""
        schedule = amortization_schedule(20000, 0.01, 36, balloon=5000, when="begin")
        discounted = schedule.payment / 1.01 ** np.arange(36)
        assert discounted.sum() == pytest.approx(20000, rel=1e-12)
        assert schedule.payment[-1] - schedule.payment[0] == pytest.approx(5000, rel=1e-10)

    def test_extra_payments_end_the_loan_early(self):
        """NPER(0.75%, -1205.78, 125000) = 201.1: the 202nd payment is the last, and smaller; zeros follow."""
        schedule = amortization_schedule(125000, 0.09 / 12, 360, extra_payment=200)
        periods = nper(0.09 / 12, -schedule.payment[0], 125000)
        assert schedule.n_payments == np.ceil(periods) == 202.0
        assert schedule.payment[201] < schedule.payment[200]
        assert not schedule.payment[202:].any()
        assert schedule.total_interest < amortization_schedule(125000, 0.09 / 12, 360).total_interest

    def test_a_payment_below_the_interest_lets_the_balance_grow(self):
        """Negative amortisation: principal is negative until the last payment settles all."""
        schedule = amortization_schedule(1000, 0.1, 3, payment=50)
        np.testing.assert_allclose(schedule.balance, [1050.0, 1105.0, 0.0])
        np.testing.assert_allclose(schedule.principal, [-50.0, -55.0, 1105.0])

    def test_cents_are_rounded_and_the_last_payment_takes_what_is_left(self):
        """1000 at 1% over three months: 340.02 (rounded from 340.0221) twice, then 340.03."""
        schedule = amortization_schedule(1000, 0.01, 3, decimals=2)
        assert schedule.payment.tolist() == [340.02, 340.02, 340.03]
        assert schedule.interest.tolist() == [10.0, 6.7, 3.37]
        assert schedule.balance.tolist() == [669.98, 336.66, 0.0]

    def test_loans_of_different_terms_stand_in_one_table(self):
        """Each equals its own schedule, and has zeros after its end."""
        rates, terms = np.array([[0.005], [0.01]]), np.array([12, 24, 36])
        table = amortization_schedule(1000.0, rates, terms, extra_payment=np.array([0.0, 5.0, 10.0]))
        assert table.payment.shape == (2, 3, 36)
        for i, r in enumerate(rates[:, 0]):
            for j, (n, extra) in enumerate(zip(terms, [0.0, 5.0, 10.0], strict=True)):
                single = amortization_schedule(1000.0, r, n, extra_payment=extra)
                for name in ("payment", "interest", "principal", "balance"):
                    row = getattr(table, name)[i, j]
                    np.testing.assert_array_equal(row[:n], getattr(single, name))
                    assert not row[n:].any()
                assert table.total_interest[i, j] == pytest.approx(single.total_interest, rel=1e-13)
                assert table.n_payments[i, j] == single.n_payments

    def test_extra_payments_by_period_broadcast_over_loans(self):
        """With one axis more than the loans, the last axis is time; a plan per scenario adds an axis."""
        plans = np.zeros((4, 1, 12))
        plans[:, 0, 5] = [0.0, 100.0, 200.0, 300.0]
        table = amortization_schedule([1000.0, 2000.0], 0.01, 12, extra_payment=plans)
        assert table.balance.shape == (4, 2, 12)
        single = amortization_schedule(2000.0, 0.01, 12, extra_payment=plans[3, 0])
        np.testing.assert_array_equal(table.balance[3, 1], single.balance)

    def test_thousands_of_periods_settle_too(self):
        """Daily payments over a century."""
        schedule = amortization_schedule(1e6, 0.05 / 365, 36500)
        assert schedule.balance[-1] == 0.0
        assert schedule.payment[-1] == pytest.approx(schedule.payment[0], rel=1e-6)

    def test_nothing_borrowed_is_nothing_paid(self):
        """All zeros, without a warning."""
        schedule = amortization_schedule(0.0, 0.0, 3)
        assert not np.any([schedule.payment, schedule.interest, schedule.balance])
        assert schedule.n_payments == 1.0

    def test_nan_spoils_its_own_loan_and_time_only(self):
        """A missing rate makes one loan NaN, a missing extra payment its own period and those after it."""
        table = amortization_schedule(1000.0, [0.01, np.nan], 3)
        assert np.isnan(table.payment).tolist() == [[False] * 3, [True] * 3]
        assert np.isnan(table.n_payments).tolist() == [False, True]
        gap = amortization_schedule(1000.0, 0.01, 3, extra_payment=[0.0, np.nan, 0.0])
        assert np.isnan(gap.balance).tolist() == [False, True, True]

    def test_becomes_a_frame(self):
        """One row per period; many loans are told apart by the outer level."""
        one = amortization_schedule(1000.0, 0.01, 3)
        frame = one.to_frame()
        assert frame.columns.tolist() == ["payment", "interest", "principal", "balance"]
        assert frame.index.tolist() == [1, 2, 3]
        np.testing.assert_array_equal(frame["balance"], one.balance)
        many = amortization_schedule([1000.0, 2000.0], 0.01, 3)
        assert many.to_frame().loc[(1, 2), "interest"] == many.interest[1, 1]

    def test_shows_itself_in_a_line(self):
        """Short, and the same on every run."""
        assert repr(amortization_schedule([1000.0, 2000.0], 0.0, 4)) == (
            "AmortizationSchedule(n_periods=4, payment=250 to 500 (2,), total_interest=0 to 0 (2,))"
        )

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"principal": -1000}, "principal: expected a positive amount"),
            ({"rate": -1.0}, "rate: expected a rate above -1"),
            ({"nper": 0}, "nper: expected a whole number of at least 1"),
            ({"nper": 2.5}, "nper"),
            ({"nper": np.nan}, "nper: expected finite"),
            ({"payment": -5}, "payment"),
            ({"extra_payment": -5}, "extra_payment"),
            ({"extra_payment": [1.0, 2.0]}, "extra_payment: expected 12 periods"),
            ({"balloon": 5000}, "balloon: expected no more than the principal grows to"),
            ({"balloon": 10, "payment": 90}, "payment and balloon: .*both"),
            ({"decimals": 1.5}, "decimals"),
            ({"decimals": -1}, "decimals"),
            ({"when": "middle"}, "when"),
            ({"principal": [1, 2], "rate": [0.1, 0.1, 0.1]}, r"rate \(3,\).*principal \(2,\)"),
            ({"principal": [[1], [2]], "extra_payment": [1, 2, 3], "nper": [12, 12]}, "extra_payment"),
        ],
    )
    def test_refuses_impossible_input(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            amortization_schedule(**{"principal": 1000, "rate": 0.01, "nper": 12, **options})
