"""Price from yield, accrued interest, and yield from price."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  # its own documentation calls it ql
from excel_bonds import PRICES
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies_bonds import (
    QL_FREQUENCIES,
    coupon_rates,
    day_counts,
    frequencies,
    lives,
    payments_by_loop,
    ql_bond,
    ql_date,
    value_by_loop,
    yields,
)

from maos_nb.analytics.bonds import (
    YieldStatus,
    accrued_interest,
    bond_price,
    bond_yield,
    coupon_period,
    dirty_price,
)
from maos_nb.errors import InputError

LIFE = ("2024-01-15", "2026-01-15")


class TestBondPrice:
    def test_matches_excels_documented_example(self):
        """PRICE(15-Feb-2008, 15-Nov-2017, 5.75%, 6.5%, 100, 2, 0) is 94.63436162."""
        assert bond_price("2008-02-15", "2017-11-15", 0.0575, 0.065) == pytest.approx(94.63436162, abs=5e-9)

    def test_matches_what_excel_answers(self):
        """Sixty calls of PRICE over five day counts, with single periods and ends of February."""
        settlement, maturity, rate, yield_, redemption, frequency, day_count, expected = zip(
            *PRICES, strict=True
        )
        for convention in set(day_count):
            rows = [i for i, name in enumerate(day_count) if name == convention]
            found = bond_price(
                *(np.array(column)[rows] for column in (settlement, maturity, rate, yield_)),
                redemption=np.array(redemption)[rows],
                frequency=np.array(frequency)[rows],
                day_count=convention,
            )
            np.testing.assert_allclose(found, np.array(expected)[rows], rtol=1e-12)

    @given(life=lives(), rate=coupon_rates, yield_=yields, frequency=frequencies, day_count=day_counts)
    def test_agrees_with_a_plain_loop(self, life, rate, yield_, frequency, day_count):
        """Discount coupon after coupon, where the package sums the series in closed form."""
        period = coupon_period(*life, frequency=frequency, day_count=day_count)
        expected = value_by_loop(payments_by_loop(period, rate, frequency), yield_, frequency)
        found = dirty_price(
            *life, rate, yield_, frequency=frequency, day_count=day_count, final_period="compound"
        )
        assert found == pytest.approx(expected, rel=1e-12)

    @given(life=lives(), rate=st.floats(0.001, 0.15), yield_=yields, frequency=frequencies)
    def test_agrees_with_quantlib_by_actual_days(self, life, rate, yield_, frequency):
        """Act/Act by ISMA's rule is Excel's basis 1: time is counted in coupon periods.

        QuantLib discounts the last period as all others, so it is compared with `compound`.
        """
        bond, counter = ql_bond(*life, rate, frequency)
        expected = ql.BondFunctions.cleanPrice(
            bond, yield_, counter, ql.Compounded, QL_FREQUENCIES[frequency], ql_date(life[0])
        )
        found = bond_price(
            *life, rate, yield_, frequency=frequency, day_count="act/act", final_period="compound"
        )
        assert found == pytest.approx(expected, rel=1e-11)

    @given(life=lives(), rate=st.floats(0.001, 0.15), yield_=yields, frequency=frequencies)
    def test_agrees_with_quantlib_by_months_of_30_days(self, life, rate, yield_, frequency):
        """30/360 (US), away from the ends of months.

        At those QuantLib counts the days of every coupon period anew, so that a bond which pays on the
        28th has a coupon of 358 / 360 after 28 February 2003; and it counts from settlement to the next
        coupon, which with the days accrued can make 181. By Excel's PRICE, and by the terms of bonds, all
        coupons are equal, and what has accrued and what is left make one of them.
        """
        assume(life[0].day <= 27 and life[1].day <= 27)
        bond, counter = ql_bond(*life, rate, frequency, actual=False)
        expected = ql.BondFunctions.cleanPrice(
            bond, yield_, counter, ql.Compounded, QL_FREQUENCIES[frequency], ql_date(life[0])
        )
        found = bond_price(*life, rate, yield_, frequency=frequency, final_period="compound")
        assert found == pytest.approx(expected, rel=1e-11)

    def test_quantlib_counts_a_day_more_after_the_31st(self):
        """Settled on 31 July, coupons on the 15th: 166 days accrued and 14 left of 180; QuantLib has 15."""
        period = coupon_period("2024-07-31", "2024-08-15")
        counter = ql.Thirty360(ql.Thirty360.USA)
        assert (period.days_accrued, period.days_left) == (166, 14)
        assert counter.dayCount(ql.Date(15, 2, 2024), ql.Date(31, 7, 2024)) == 166
        assert counter.dayCount(ql.Date(31, 7, 2024), ql.Date(15, 8, 2024)) == 15

    @given(life=lives(max_days=360), rate=st.floats(0.001, 0.15), yield_=yields)
    def test_a_single_payment_left_is_discounted_by_simple_interest(self, life, rate, yield_):
        """As Excel, and as QuantLib with SimpleThenCompounded."""
        bond, counter = ql_bond(*life, rate, 1)
        assume(coupon_period(*life, frequency=1).coupons_left == 1)
        expected = ql.BondFunctions.cleanPrice(
            bond, yield_, counter, ql.SimpleThenCompounded, ql.Annual, ql_date(life[0])
        )
        found = bond_price(*life, rate, yield_, frequency=1, day_count="act/act")
        assert found == pytest.approx(expected, rel=1e-12)

    @given(years=st.integers(1, 50), rate=coupon_rates, frequency=frequencies, day_count=day_counts)
    def test_a_coupon_at_the_yield_is_worth_par_on_a_coupon_date(self, years, rate, frequency, day_count):
        """Whatever the day count."""
        price = bond_price(
            "2024-03-15", f"{2024 + years}-03-15", rate, rate, frequency=frequency, day_count=day_count
        )
        assert price == pytest.approx(100.0, rel=1e-13)

    @given(life=lives(), rate=coupon_rates, frequency=frequencies)
    def test_without_yield_it_is_the_sum_of_the_payments(self, life, rate, frequency):
        """The closed form has no hole at zero, nor noise near it."""
        count = coupon_period(*life, frequency=frequency).coupons_left
        total = 100 + count * 100 * rate / frequency
        assert dirty_price(*life, rate, 0.0, frequency=frequency) == pytest.approx(total, rel=1e-13)
        for tiny in (1e-12, -1e-12, 1e-300):
            assert dirty_price(*life, rate, tiny, frequency=frequency) == pytest.approx(total, rel=1e-9)

    def test_broadcasts_and_equals_the_single_calls(self):
        """Maturities across, yields down; to the last bit."""
        maturities, rates = ["2024-03-15", "2026-01-15", "2054-01-31"], [[-0.01], [0.0], [0.08]]
        table = bond_price("2024-01-15", maturities, 0.04, rates, frequency=[1, 2, 12])
        assert table.shape == (3, 3)
        for column, (maturity, frequency) in enumerate(zip(maturities, [1, 2, 12], strict=True)):
            for row, rate in enumerate(np.ravel(rates)):
                single = bond_price("2024-01-15", maturity, 0.04, rate, frequency=frequency)
                assert type(single) is float
                assert table[row, column] == single

    def test_takes_an_empty_panel(self):
        """No bonds have no prices."""
        none = np.array([], dtype="datetime64[D]")
        assert bond_price(none, none, 0.05, 0.05).shape == (0,)

    @pytest.mark.parametrize("missing", ["coupon_rate", "yield_to_maturity", "redemption"])
    def test_a_missing_number_spoils_its_own_bond(self, missing):
        """NaN in, NaN out."""
        terms = {"coupon_rate": 0.04, "yield_to_maturity": 0.05, "redemption": 100.0}
        found = bond_price(*LIFE, **terms | {missing: [np.nan, terms[missing]]})
        assert np.isnan(found).tolist() == [True, False]

    def test_a_yield_that_discounts_nothing_gives_nan(self):
        """At -200% compounded twice a year each half-year loses everything."""
        assert np.isnan(bond_price(*LIFE, 0.04, [-2.0, -3.0, -1.99])).tolist() == [True, True, False]
        short = bond_price("2024-07-15", "2025-01-15", 0.04, [-2.0, -2.5, -1.9])
        assert np.isnan(short).tolist() == [True, True, False]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"coupon_rate": -0.01}, "coupon_rate: expected a positive amount or zero"),
            ({"coupon_rate": "5%"}, "coupon_rate: expected numbers"),
            ({"coupon_rate": np.array([0.05, "x"], dtype=object)}, "coupon_rate: .*object array"),
            ({"yield_to_maturity": True}, "yield_to_maturity: expected numbers"),
            ({"yield_to_maturity": [[0.1], [0.1, 0.2]]}, "yield_to_maturity: .*different lengths"),
            ({"redemption": 0}, "redemption: expected an amount above zero"),
            ({"final_period": "linear"}, "final_period: expected 'simple' or 'compound', got 'linear'"),
            (
                {"coupon_rate": [0.1, 0.2], "yield_to_maturity": [0.1, 0.2, 0.3]},
                r"coupon_rate \(2,\).*yield_to_maturity \(3,\)",
            ),
        ],
    )
    @pytest.mark.parametrize("function", [bond_price, dirty_price])
    def test_refuses_impossible_input(self, function, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            function(*LIFE, **{"coupon_rate": 0.05, "yield_to_maturity": 0.05} | arguments)


class TestAccruedInterest:
    @pytest.mark.parametrize(
        ("settlement", "issue", "expected"),
        [
            ("2008-05-01", "2008-03-01", 16.666667),
            ("2008-05-01", "2008-03-05", 15.555556),
        ],
    )
    def test_matches_excels_documented_examples(self, settlement, issue, expected):
        """ACCRINT(issue, 31-Aug-2008, settlement, 10%, 1000, 2, 0)."""
        found = accrued_interest(settlement, "2012-08-31", 0.10, issue=issue)
        assert 10 * found == pytest.approx(expected, abs=5e-7)

    @given(life=lives(), rate=coupon_rates, frequency=frequencies, day_count=day_counts)
    def test_is_what_the_clean_price_leaves_out(self, life, rate, frequency, day_count):
        """Dirty price less clean price."""
        terms = {"frequency": frequency, "day_count": day_count}
        between = dirty_price(*life, rate, 0.05, **terms) - bond_price(*life, rate, 0.05, **terms)
        assert accrued_interest(*life, rate, **terms) == pytest.approx(between, abs=1e-11)

    @given(life=lives(), rate=st.floats(0.001, 0.15), frequency=frequencies, actual=st.booleans())
    def test_agrees_with_quantlib(self, life, rate, frequency, actual):
        """Act/Act by ISMA's rule, and 30/360 (US).

        But for a settlement on a 31st after a coupon at the end of February: QuantLib moves both to the
        30th, Excel only the coupon date, so that Excel's interest is a day's more.
        """
        previous = coupon_period(*life, frequency=frequency).previous_coupon
        ends_february = previous.month == 2 and (previous + dt.timedelta(days=1)).month == 3
        assume(actual or not (ends_february and life[0].day == 31))
        bond, _ = ql_bond(*life, rate, frequency, actual=actual)
        expected = ql.BondFunctions.accruedAmount(bond, ql_date(life[0]))
        found = accrued_interest(
            *life, rate, frequency=frequency, day_count="act/act" if actual else "30/360"
        )
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-12)

    def test_after_the_end_of_february_excel_counts_to_the_31st(self):
        """COUPDAYBS(31-Dec-1993, 28-Feb-2000, 1, 0) is 301 as recorded from Excel; QuantLib has 300."""
        assert accrued_interest("1993-12-31", "2000-02-28", 0.36, frequency=1) == pytest.approx(30.1)
        bond, _ = ql_bond(dt.date(1993, 12, 31), dt.date(2000, 2, 28), 0.36, 1, actual=False)
        assert ql.BondFunctions.accruedAmount(bond, ql.Date(31, 12, 1993)) == pytest.approx(30.0)

    def test_an_issue_date_before_the_previous_coupon_changes_nothing(self):
        """Interest starts anew with every coupon."""
        without = accrued_interest("2024-05-01", "2026-01-15", 0.05)
        assert accrued_interest("2024-05-01", "2026-01-15", 0.05, issue="2020-01-15") == without

    def test_refuses_an_issue_date_after_settlement(self):
        """The message names the argument."""
        with pytest.raises(InputError, match=r"issue: .*not after settlement"):
            accrued_interest("2024-05-01", "2026-01-15", 0.05, issue=["2024-01-15", "2024-06-01"])


class TestBondYield:
    def test_matches_excels_documented_example(self):
        """YIELD(15-Feb-2008, 15-Nov-2016, 5.75%, 95.04287, 100, 2, 0) is 6.5%."""
        assert bond_yield("2008-02-15", "2016-11-15", 0.0575, 95.04287) == pytest.approx(0.065, abs=1e-7)

    @given(
        life=lives(),
        rate=coupon_rates,
        yield_=st.floats(-0.05, 1.0),
        frequency=frequencies,
        day_count=day_counts,
        final_period=st.sampled_from(["simple", "compound"]),
    )
    def test_gives_back_the_yield_of_a_price(self, life, rate, yield_, frequency, day_count, final_period):
        """As exactly as the price determines it: it is blurred by about 1e-16 / duration."""
        terms = {"frequency": frequency, "day_count": day_count, "final_period": final_period}
        period = coupon_period(*life, frequency=frequency, day_count=day_count)
        assume(period.days_left > 0)
        price = bond_price(*life, rate, yield_, **terms)
        assume(price > 0)
        found, status = bond_yield(*life, rate, price, return_status=True, **terms)
        years = period.days_left / period.days_in_period / frequency
        assert status is YieldStatus.CONVERGED
        assert found == pytest.approx(yield_, rel=1e-11, abs=1e-13 / min(years, 1.0))

    @given(life=lives(min_days=30), rate=coupon_rates, price=st.floats(0.01, 1e5), frequency=frequencies)
    def test_every_price_has_its_yield(self, life, rate, price, frequency):
        """From pennies to a thousand times the face value."""
        period = coupon_period(*life, frequency=frequency)
        assume(period.days_left > 1)
        yield_, status = bond_yield(*life, rate, price, frequency=frequency, return_status=True)
        if status is YieldStatus.CONVERGED:
            again = dirty_price(*life, rate, yield_, frequency=frequency)
            owed = price + accrued_interest(*life, rate, frequency=frequency)
            # Where little is left of a period's growth, a float's step of the yield is a larger one of it.
            left = period.days_left / period.days_in_period if period.coupons_left == 1 else 1.0
            growth = 1.0 + left * yield_ / frequency
            assert again == pytest.approx(owed, rel=1e-11 / min(1.0, growth))
        else:
            assert status is YieldStatus.OUT_OF_RANGE

    @settings(max_examples=50)
    @given(life=lives(), rate=st.floats(0.001, 0.15), price=st.floats(40, 180), frequency=frequencies)
    def test_agrees_with_quantlib(self, life, rate, price, frequency):
        """By its own Newton's method with bisection, to the accuracy asked of it."""
        assume(coupon_period(*life, frequency=frequency).coupons_left > 1)
        bond, counter = ql_bond(*life, rate, frequency)
        found = bond_yield(*life, rate, price, frequency=frequency, day_count="act/act")
        assume(-0.5 < found < 2)
        expected = ql.BondFunctions.bondYield(
            bond,
            ql.BondPrice(price, ql.BondPrice.Clean),
            counter,
            ql.Compounded,
            QL_FREQUENCIES[frequency],
            ql_date(life[0]),
            1e-12,
            1000,
            0.05,
        )
        assert found == pytest.approx(expected, abs=1e-10)

    def test_a_dirty_price_is_an_option(self):
        """With accrued interest in it, the same yield."""
        assert bond_yield("2008-02-15", "2017-11-15", 0.0575, 96.07186162, quote="dirty") == pytest.approx(
            0.065, abs=1e-10
        )

    def test_where_no_time_is_left_there_is_no_yield(self):
        """Actual days over 365 / 2 have run out a day before a coupon period of 183 days has."""
        life = ("2024-02-28", "2024-02-29")
        period = coupon_period(*life, day_count="act/360")
        assert period.days_left < 0
        found, status = bond_yield(*life, 0.05, [99.0, np.nan], day_count="act/360", return_status=True)
        assert np.isnan(found).all()
        assert status.tolist() == ["no_time_left", "not_finite"]

    def test_a_yield_beyond_floats_has_a_status(self):
        """Almost nothing is paid for a coupon that comes in two days."""
        found, status = bond_yield(
            "2024-01-13", "2024-07-15", 0.05, 1e-300, quote="dirty", return_status=True
        )
        assert np.isnan(found)
        assert status is YieldStatus.OUT_OF_RANGE

    def test_answers_for_a_panel_as_for_single_bonds(self):
        """More bonds than one block, to the last bit."""
        generator = np.random.default_rng(20240115)
        prices = generator.uniform(50, 150, 20_000)
        maturities = np.datetime64("2024-06-15") + generator.integers(0, 10_000, 20_000)
        table = bond_yield("2024-01-15", maturities, 0.05, prices)
        for i in (0, 8191, 8192, 19_999):
            assert table[i] == bond_yield("2024-01-15", maturities[i], 0.05, prices[i])

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"price": -1.0}, "price: expected a price above zero"),
            ({"price": [100.0, 0.0]}, r"price: .*got 0.0 at position \(1,\)"),
            ({"price": None}, "price: expected numbers"),
            ({"quote": "net"}, "quote: expected 'clean' or 'dirty', got 'net'"),
            ({"final_period": None}, "final_period"),
            ({"price": [99.0, 100.0], "redemption": [1.0, 2.0, 3.0]}, r"price \(2,\)"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            bond_yield(*LIFE, **{"coupon_rate": 0.05, "price": 100.0} | arguments)
