"""Coupon dates and the days between them, counted as Excel's COUP functions count them.

Coupons lie whole numbers of months before the maturity; what is left of the current coupon period
is its length less the days accrued, also under conventions where that is not the number of days
to the next coupon. Excel's PRICE and DURATION do the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import (
    Array,
    BoolArray,
    Float,
    Numeric,
    as_amount,
    as_float,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._dates import DateArray, Dates, as_dates
from maos_nb.errors import InputError

__all__ = [
    "FREQUENCIES",
    "Bond",
    "CouponPeriod",
    "Periods",
    "as_bond",
    "as_periods_of_coupons",
    "coupon_dates",
    "coupon_period",
    "period_days",
]

IntArray: TypeAlias = npt.NDArray[np.int64]

FREQUENCIES = (1, 2, 4, 12)


@dataclass(frozen=True, slots=True, eq=False)
class CouponPeriod:
    """The coupon period that a settlement date falls in.

    Parameters
    ----------
    previous_coupon, next_coupon
        First day of the period (the settlement date itself, if a coupon is paid on it) and the first
        coupon date after settlement: `datetime.date`, or datetime64 arrays ``(...)``.
    coupons_left
        Coupons paid after settlement up to maturity, ``(...)``.
    days_accrued
        Days from the previous coupon to settlement, by the day count, ``(...)``.
    days_in_period
        Length of the period, by the day count, ``(...)``.
    days_left
        `days_in_period` less `days_accrued`, ``(...)``.
    """

    previous_coupon: Any
    next_coupon: Any
    coupons_left: Float
    days_accrued: Float
    days_in_period: Float
    days_left: Float


class Periods(NamedTuple):
    """The same as arrays, with what the rest of the package calculates from."""

    previous: DateArray
    following: DateArray
    n_coupons: Array
    accrued_days: Array
    days: Array
    settlement: DateArray
    maturity: DateArray
    frequency: Array

    @property
    def left(self) -> Array:
        """Fraction of the current period still to run."""
        return np.asarray((self.days - self.accrued_days) / self.days)


class Bond(NamedTuple):
    """A bond per 100 of face value, in coupon periods: arrays that broadcast to `shape`."""

    coupon: Array
    redemption: Array
    periods: Periods
    shape: tuple[int, ...]

    @property
    def accrued(self) -> Array:
        """Interest accrued since the previous coupon."""
        return np.asarray(self.coupon * self.periods.accrued_days / self.periods.days)


def coupon_period(
    settlement: Dates,
    maturity: Dates,
    *,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    end_of_month: bool = True,
) -> CouponPeriod:
    """Find the coupon dates around settlement, and count the days between them.

    Parameters
    ----------
    settlement, maturity : dates, shape (...)
        Day on which the bond is paid for, and day on which it is redeemed: datetime64, `datetime.date`,
        pandas dates or ISO strings.
    frequency : array_like, shape (...)
        Coupons per year: 1, 2, 4 or 12.
    day_count : {"30/360", "30e/360", "act/act", "act/365", "act/360"}
        US (NASD) and European 30/360; actual days over the actual period, over 365 / `frequency`, or over
        360 / `frequency`. Excel's bases 0, 4, 1, 3 and 2.
    end_of_month : bool
        A bond that matures on the last day of a month pays every coupon on the last day of one (as Excel
        assumes); False keeps the day number, where the month has it.

    Returns
    -------
    CouponPeriod
        Its fields in the shape that the arguments broadcast to.

    Raises
    ------
    InputError
        If a date is missing or no date, `maturity` is not after `settlement`, `frequency` or `day_count` is
        none of those listed, or the shapes do not broadcast.

    Notes
    -----
    Excel's COUPPCD, COUPNCD, COUPNUM, COUPDAYBS and COUPDAYS. `days_left` is what Excel's PRICE discounts
    the next coupon by; COUPDAYSNC, the days from settlement to the next coupon, is the same number
    for "act/act" and can be another for the rest.

    Examples
    --------
    Excel's documented example of COUPDAYBS and its sisters, basis 1.

    >>> period = coupon_period("2011-01-25", "2011-11-15", day_count="act/act")
    >>> period.days_accrued, period.days_in_period, period.days_left
    (71.0, 181.0, 110.0)
    >>> period.previous_coupon.isoformat(), period.next_coupon.isoformat(), period.coupons_left
    ('2010-11-15', '2011-05-15', 2)
    """
    periods, shape = as_periods_of_coupons(settlement, maturity, frequency, day_count, end_of_month)
    count = periods.n_coupons.astype(np.int64)
    fields = (
        periods.previous,
        periods.following,
        count,
        periods.accrued_days,
        periods.days,
        periods.days - periods.accrued_days,
    )
    return CouponPeriod(*(unwrap(np.broadcast_to(field, shape)) for field in fields))


def as_bond(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    *,
    redemption: Numeric,
    frequency: Numeric,
    day_count: str,
    end_of_month: bool,
    **others: Array,
) -> Bond:
    """Check what describes a bond, and that it broadcasts against `others`."""
    coupon = as_amount("coupon_rate", coupon_rate)
    repaid = as_float("redemption", redemption)
    refuse("redemption", repaid, repaid <= 0, "an amount above zero per 100 of face value")
    periods, shape = as_periods_of_coupons(
        settlement,
        maturity,
        frequency,
        day_count,
        end_of_month,
        coupon_rate=coupon,
        redemption=repaid,
        **others,
    )
    return Bond(np.asarray(100.0 * coupon / periods.frequency), repaid, periods, shape)


def as_periods_of_coupons(
    settlement: Dates,
    maturity: Dates,
    frequency: Numeric,
    day_count: str,
    end_of_month: bool,
    **others: Array,
) -> tuple[Periods, tuple[int, ...]]:
    """Check the dates and conventions; give the coupon periods, and the shape with `others`."""
    days_of = period_days(day_count)
    bought, redeemed = as_dates("settlement", settlement), as_dates("maturity", maturity)
    per_year = as_float("frequency", frequency)
    refuse(
        "frequency",
        per_year,
        ~np.isin(per_year, FREQUENCIES),
        f"a number of coupons per year out of {', '.join(map(str, FREQUENCIES))}",
    )
    shape = broadcast_shape(
        settlement=_stand_in(bought), maturity=_stand_in(redeemed), frequency=per_year, **others
    )
    _refuse_matured(bought, redeemed)
    count = _coupons_left(bought, redeemed, per_year, end_of_month)
    previous = coupon_dates(redeemed, count, per_year, end_of_month)
    following = coupon_dates(redeemed, count - 1, per_year, end_of_month)
    accrued, length = days_of(previous, bought, following, per_year)
    return (
        Periods(previous, following, count.astype(np.float64), accrued, length, bought, redeemed, per_year),
        shape,
    )


def coupon_dates(
    maturity: DateArray, coupons_before: IntArray, frequency: Array, end_of_month: bool
) -> DateArray:
    """Give the coupon date that is a number of coupons before maturity."""
    month = maturity.astype("datetime64[M]")
    day = (maturity - month.astype("datetime64[D]")).astype(np.int64)
    paid = np.asarray(month - coupons_before * _months(frequency))
    first = paid.astype("datetime64[D]")
    last_day = ((paid + 1).astype("datetime64[D]") - first).astype(np.int64) - 1
    if end_of_month:
        ends_month = (maturity + 1).astype("datetime64[M]") != month
        day = np.where(ends_month, 30, day)
    return np.asarray(first + np.minimum(day, last_day))


_Days = Callable[[DateArray, DateArray, DateArray, Array], tuple[Array, Array]]


def period_days(day_count: str) -> _Days:
    """Give the convention as a function of previous coupon, settlement, next coupon and frequency.

    It answers with the days accrued and the days in the period.
    """
    try:
        return _PERIOD_DAYS[day_count.lower()]
    except (KeyError, AttributeError):
        raise InputError(
            "day_count", f"expected one of {', '.join(_PERIOD_DAYS)}, got {day_count!r}"
        ) from None


def _coupons_left(
    settlement: DateArray, maturity: DateArray, frequency: Array, end_of_month: bool
) -> IntArray:
    apart = (maturity.astype("datetime64[M]") - settlement.astype("datetime64[M]")).astype(np.int64)
    # The coupon this many before maturity is the only one that can fall into settlement's month or be
    # the first one after it.
    count = apart // _months(frequency)
    candidate = coupon_dates(maturity, count, frequency, end_of_month)
    return np.asarray(count + (candidate > settlement), dtype=np.int64)


def _months(frequency: Array) -> IntArray:
    return np.asarray(12 // frequency.astype(np.int64))


def _stand_in(dates: DateArray) -> Array:
    """Give floats of the same shape, for a check of shapes."""
    return np.broadcast_to(np.float64(0.0), dates.shape)


def _refuse_matured(settlement: DateArray, maturity: DateArray) -> None:
    matured = np.asarray(maturity <= settlement)
    if not matured.any():
        return
    first = tuple(int(i) for i in np.argwhere(matured)[0]) if matured.ndim else ()
    bought, redeemed = (np.broadcast_to(dates, matured.shape)[first] for dates in (settlement, maturity))
    where = f" at position {first}" if first else ""
    raise InputError(
        "maturity",
        f"expected a maturity after settlement, got settlement {bought} and maturity {redeemed}{where}",
        advice="Leave out bonds that have been redeemed by the settlement date",
    )


def _actual(start: DateArray, end: DateArray) -> Array:
    return np.asarray((end - start).astype(np.float64))


def _actual_actual(
    previous: DateArray, settlement: DateArray, following: DateArray, frequency: Array
) -> tuple[Array, Array]:
    return _actual(previous, settlement), _actual(previous, following)


def _actual_over(year: float) -> _Days:
    def days(
        previous: DateArray, settlement: DateArray, following: DateArray, frequency: Array
    ) -> tuple[Array, Array]:
        return _actual(previous, settlement), np.asarray(year / frequency)

    return days


def _thirty_over(count: Callable[[DateArray, DateArray], Array]) -> _Days:
    def days(
        previous: DateArray, settlement: DateArray, following: DateArray, frequency: Array
    ) -> tuple[Array, Array]:
        return count(previous, settlement), np.asarray(360.0 / frequency)

    return days


def _us_days(start: DateArray, end: DateArray) -> Array:
    start_month, start_day, start_ends_february = _month_and_day(start)
    end_month, end_day, end_ends_february = _month_and_day(end)
    # Excel asks for the 30th before it moves the end of February there: from 28 February to 31 December it
    # counts 301 days (COUPDAYBS, and YEARFRAC too), where `year_fraction` and QuantLib count 300.
    end_day = np.where((end_day == 31) & (start_day >= 30), 30, end_day)
    end_day = np.where(start_ends_february & end_ends_february, 30, end_day)
    start_day = np.where(start_ends_february, 30, np.minimum(start_day, 30))
    return np.asarray(30 * (end_month - start_month) + end_day - start_day, dtype=np.float64)


def _european_days(start: DateArray, end: DateArray) -> Array:
    start_month, start_day, _ = _month_and_day(start)
    end_month, end_day, _ = _month_and_day(end)
    days = np.minimum(end_day, 30) - np.minimum(start_day, 30)
    return np.asarray(30 * (end_month - start_month) + days, dtype=np.float64)


def _month_and_day(dates: DateArray) -> tuple[IntArray, IntArray, BoolArray]:
    """Give the month's number since January 1970, the day of the month, and whether it ends a February."""
    month = dates.astype("datetime64[M]")
    day = (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    number = month.astype(np.int64)
    ends_month = (dates + 1).astype("datetime64[M]") != month
    return number, day, np.asarray(ends_month & (number % 12 == 1))


_PERIOD_DAYS: dict[str, _Days] = {
    "30/360": _thirty_over(_us_days),
    "30e/360": _thirty_over(_european_days),
    "act/act": _actual_actual,
    "act/365": _actual_over(365.0),
    "act/360": _actual_over(360.0),
}
