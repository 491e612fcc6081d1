"""Coupon dates, days between them, and the payments of a bond."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies_bonds import (
    coupon_date_by_loop,
    coupons_left_by_loop,
    day_counts,
    frequencies,
    lives,
    ql_date,
    ql_schedule,
)

from maos_nb.analytics.bonds import bond_cashflows, coupon_period
from maos_nb.errors import InputError


class TestCouponPeriod:
    def test_matches_excels_documented_examples(self):
        """COUPDAYBS 71, COUPDAYS 181, COUPDAYSNC 110, COUPPCD and COUPNCD, all by basis 1; COUPNUM 4."""
        period = coupon_period("2011-01-25", "2011-11-15", day_count="act/act")
        assert (period.days_accrued, period.days_in_period, period.days_left) == (71, 181, 110)
        assert (period.previous_coupon, period.next_coupon) == (dt.date(2010, 11, 15), dt.date(2011, 5, 15))
        assert coupon_period("2007-01-25", "2008-11-15", day_count="act/act").coupons_left == 4

    @pytest.mark.parametrize(
        ("settlement", "maturity", "day_count", "days"),
        [
            ("1993-12-31", "2000-02-28", "30/360", 301),
            ("1993-12-31", "2008-02-29", "30/360", 301),
            ("2007-10-31", "2008-02-29", "30/360", 241),
            ("1980-02-15", "2000-02-28", "30e/360", 347),
            ("1980-02-15", "2000-02-28", "act/365", 352),
        ],
    )
    def test_counts_days_as_excel_does_around_the_ends_of_months(self, settlement, maturity, day_count, days):
        """COUPDAYBS with yearly coupons, recorded from Excel: 28 February to 31 December is 301 days there."""
        assert coupon_period(settlement, maturity, frequency=1, day_count=day_count).days_accrued == days

    @given(life=lives(), frequency=frequencies, end_of_month=st.booleans())
    def test_agrees_with_a_walk_through_the_calendar(self, life, frequency, end_of_month):
        """Step back from maturity, coupon by coupon."""
        settlement, maturity = life
        period = coupon_period(settlement, maturity, frequency=frequency, end_of_month=end_of_month)
        count = coupons_left_by_loop(settlement, maturity, frequency, end_of_month)
        assert period.coupons_left == count
        assert period.previous_coupon == coupon_date_by_loop(maturity, count, frequency, end_of_month)
        assert period.next_coupon == coupon_date_by_loop(maturity, count - 1, frequency, end_of_month)
        assert period.previous_coupon <= settlement < period.next_coupon

    @given(life=lives(), frequency=frequencies)
    def test_agrees_with_quantlibs_schedule(self, life, frequency):
        """Generated backward with the end-of-month rule, it has the same dates."""
        settlement, maturity = life
        dates = [date for date in ql_schedule(settlement, maturity, frequency) if date > ql_date(settlement)]
        period = coupon_period(settlement, maturity, frequency=frequency)
        assert period.coupons_left == len(dates)
        assert ql_date(period.next_coupon) == dates[0]

    @given(life=lives(), frequency=frequencies, day_count=day_counts)
    def test_days_accrued_and_days_left_make_up_the_period(self, life, frequency, day_count):
        """Excel's PRICE takes what is left as the difference."""
        period = coupon_period(*life, frequency=frequency, day_count=day_count)
        assert period.days_accrued >= 0
        assert period.days_accrued + period.days_left == period.days_in_period

    def test_a_coupon_paid_at_settlement_starts_a_new_period(self):
        """No interest has accrued then, and that coupon belongs to the seller."""
        period = coupon_period("2024-05-15", "2025-05-15")
        assert (period.days_accrued, period.coupons_left) == (0, 2)

    def test_the_end_of_month_rule_is_an_option(self):
        """Maturing on 30 June: coupons on 31 December, or on the 30th."""
        assert coupon_period("2024-01-01", "2024-06-30").previous_coupon == dt.date(2023, 12, 31)
        assert coupon_period("2024-01-01", "2024-06-30", end_of_month=False).previous_coupon == dt.date(
            2023, 12, 30
        )

    def test_a_day_that_a_month_has_not_is_cut_once(self):
        """From 30 August back over February, the 30th comes back."""
        dates = bond_cashflows("2023-01-01", "2024-08-30", 0.05).dates.astype(str)
        assert dates.tolist() == ["2023-02-28", "2023-08-30", "2024-02-29", "2024-08-30"]

    def test_takes_every_kind_of_date(self):
        """Text, date, datetime64, timestamp and index."""
        answers = [
            coupon_period(kind("2011-01-25"), kind("2011-11-15"), day_count="act/act").days_accrued
            for kind in (str, dt.date.fromisoformat, np.datetime64, pd.Timestamp)
        ]
        assert answers == [71.0] * 4
        index = pd.DatetimeIndex(["2011-01-25", "2011-02-25"])
        assert coupon_period(index, "2011-11-15", day_count="act/act").days_accrued.tolist() == [71.0, 102.0]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"settlement": "2030-01-01"}, "maturity: .*after settlement, got settlement 2030-01-01"),
            ({"settlement": "2026-01-15"}, "maturity: .*after settlement"),
            (
                {"settlement": ["2024-01-01", "2027-01-01"]},
                r"maturity: .*settlement 2027-01-01 .*position \(1,\)",
            ),
            ({"settlement": "01/02/2024"}, "settlement: expected dates"),
            ({"settlement": np.datetime64("NaT")}, r"settlement: .*missing"),
            ({"maturity": [None]}, "maturity: .*missing"),
            ({"maturity": 45000}, "maturity: expected dates"),
            ({"frequency": 3}, "frequency: .*1, 2, 4, 12, got 3"),
            ({"frequency": np.nan}, "frequency"),
            ({"frequency": "semi"}, "frequency: expected numbers"),
            ({"day_count": "act/364"}, "day_count: expected one of 30/360.*act/364"),
            ({"day_count": None}, "day_count"),
            (
                {"settlement": ["2024-01-01"] * 2, "maturity": ["2026-01-15"] * 3},
                r"settlement \(2,\), maturity \(3,\)",
            ),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument, what came and what was expected."""
        with pytest.raises(InputError, match=named):
            coupon_period(**{"settlement": "2024-01-15", "maturity": "2026-01-15"} | arguments)


class TestBondCashflows:
    def test_shorter_bonds_end_in_payments_of_zero(self):
        """The array is as long as the longest bond needs."""
        flows = bond_cashflows("2024-01-15", ["2024-07-15", "2025-07-15"], 0.06)
        np.testing.assert_array_equal(flows.amounts, [[103, 0, 0], [3, 3, 103]])
        np.testing.assert_array_equal(flows.times, [[0.5, 0.5, 0.5], [0.5, 1.0, 1.5]])
        assert flows.dates[0].astype(str).tolist() == ["2024-07-15"] * 3

    def test_bonds_may_differ_in_everything(self):
        """Dates, coupon, redemption and frequency broadcast."""
        flows = bond_cashflows(
            "2024-01-15", "2025-01-15", [0.04, 0.08], redemption=[[100.0], [110.0]], frequency=[1, 2]
        )
        assert flows.amounts.shape == (2, 2, 2)
        np.testing.assert_array_equal(flows.amounts[1], [[114, 0], [4, 114]])

    def test_times_can_be_counted_in_days(self):
        """184 days of 365 from 15 January to 17 July in a leap year."""
        flows = bond_cashflows("2024-01-15", "2024-07-17", 0.06, time_count="act/365")
        np.testing.assert_allclose(flows.times, [2 / 365, 184 / 365])

    def test_a_missing_coupon_rate_spoils_its_own_bond(self):
        """NaN in, NaN out."""
        amounts = bond_cashflows("2024-01-15", "2025-01-15", [np.nan, 0.04]).amounts
        assert np.isnan(amounts).tolist() == [[True, True], [False, False]]

    def test_refuses_an_unknown_measure_of_time(self):
        """The message lists those known."""
        with pytest.raises(InputError, match=r"time_count: .*act/365.*'days'"):
            bond_cashflows("2024-01-15", "2025-01-15", 0.05, time_count="days")
