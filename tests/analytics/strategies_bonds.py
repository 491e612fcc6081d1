"""Bonds for property tests, slow readable twins of the fast functions, and QuantLib as a peer."""

from __future__ import annotations

import calendar
import datetime as dt
import math

import QuantLib as ql  # noqa: N813  # its own documentation calls it ql
from hypothesis import strategies as st

coupon_rates = st.one_of(st.just(0.0), st.floats(0.001, 0.15))
yields = st.one_of(st.just(0.0), st.floats(-0.02, 0.25))
frequencies = st.sampled_from([1, 2, 4, 12])
day_counts = st.sampled_from(["30/360", "30e/360", "act/act", "act/365", "act/360"])
settlements = st.dates(dt.date(1990, 1, 1), dt.date(2050, 12, 31))


@st.composite
def lives(draw, min_days=1, max_days=40 * 365):
    """A settlement and a later maturity, month ends and leap days more often than by chance."""
    settlement = draw(settlements)
    maturity = settlement + dt.timedelta(days=draw(st.integers(min_days, max_days)))
    if draw(st.booleans()):
        maturity = maturity.replace(day=calendar.monthrange(maturity.year, maturity.month)[1])
    return settlement, maturity


def coupon_date_by_loop(maturity, coupons_before, frequency, end_of_month=True):
    """Count months back from maturity on a calendar."""
    months = maturity.year * 12 + maturity.month - 1 - coupons_before * 12 // frequency
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends_month = maturity.day == calendar.monthrange(maturity.year, maturity.month)[1]
    day = last if end_of_month and ends_month else min(maturity.day, last)
    return dt.date(year, month + 1, day)


def coupons_left_by_loop(settlement, maturity, frequency, end_of_month=True):
    """Step back from maturity until settlement is reached."""
    count = 0
    while coupon_date_by_loop(maturity, count, frequency, end_of_month) > settlement:
        count += 1
    return count


def payments_by_loop(period, coupon_rate, frequency, redemption=100.0):
    """List (time in coupon periods, amount) from what `coupon_period` found."""
    left = period.days_left / period.days_in_period
    coupon = 100.0 * coupon_rate / frequency
    payments = [(left + k, coupon) for k in range(period.coupons_left)]
    time, last = payments[-1]
    return [*payments[:-1], (time, last + redemption)]


def value_by_loop(payments, rate, frequency):
    """Discount one payment after the other."""
    return math.fsum(amount / (1 + rate / frequency) ** time for time, amount in payments)


def ql_date(day):
    """Turn a date into QuantLib's."""
    return ql.Date(day.day, day.month, day.year)


def ql_schedule(settlement, maturity, frequency, end_of_month=True):
    """Unadjusted coupon dates back from maturity, from before settlement on."""
    count = coupons_left_by_loop(settlement, maturity, frequency, end_of_month)
    start = coupon_date_by_loop(maturity, count, frequency, end_of_month)
    return ql.Schedule(
        ql_date(start),
        ql_date(maturity),
        ql.Period(12 // frequency, ql.Months),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        end_of_month,
    )


def ql_bond(settlement, maturity, coupon_rate, frequency, *, actual=True, redemption=100.0):
    """A bond with the day counter that its interest and its yield are measured by.

    The day count is Act/Act by ISMA's rule for `actual`, otherwise 30/360 (US).
    """
    schedule = ql_schedule(settlement, maturity, frequency)
    counter = ql.ActualActual(ql.ActualActual.ISMA, schedule) if actual else ql.Thirty360(ql.Thirty360.USA)
    bond = ql.FixedRateBond(0, 100.0, schedule, [coupon_rate], counter, ql.Unadjusted, redemption)
    return bond, counter


QL_FREQUENCIES = {1: ql.Annual, 2: ql.Semiannual, 4: ql.Quarterly, 12: ql.Monthly}
