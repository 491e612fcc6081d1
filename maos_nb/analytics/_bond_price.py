"""Price from yield and accrued interest, by the conventions of Excel's PRICE."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Float, Numeric, as_float, unwrap
from maos_nb.analytics._bond_moments import Flows, present_value
from maos_nb.analytics._bond_schedule import Bond, as_bond, period_days
from maos_nb.analytics._dates import Dates, as_dates
from maos_nb.errors import InputError

__all__ = [
    "FinalPeriod",
    "Quote",
    "accrued_interest",
    "as_choice",
    "bond_price",
    "dirty_price",
    "flows_of",
    "is_simple",
    "log_growth",
]

FinalPeriod: TypeAlias = Literal["simple", "compound"]
Quote: TypeAlias = Literal["clean", "dirty"]


def bond_price(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    yield_to_maturity: Numeric,
    *,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    final_period: FinalPeriod = "simple",
    end_of_month: bool = True,
) -> Float:
    """Clean price of a fixed-rate bond per 100 of face value, as Excel's PRICE.

    Parameters
    ----------
    settlement, maturity : dates, shape (...)
        Day on which the bond is paid for, and day on which it is redeemed: datetime64, `datetime.date`,
        pandas dates or ISO strings.
    coupon_rate : array_like, shape (...)
        Coupons per year as a fraction of face value; zero for a zero-coupon bond.
    yield_to_maturity : array_like, shape (...)
        Yearly yield compounded `frequency` times a year, as a decimal; may be negative.
    redemption : array_like, shape (...)
        Repaid at maturity per 100 of face value.
    frequency : array_like, shape (...)
        Coupons per year: 1, 2, 4 or 12 (which Excel has not).
    day_count : {"30/360", "30e/360", "act/act", "act/365", "act/360"}
        Excel's bases 0, 4, 1, 3 and 2; see `coupon_period`.
    final_period : {"simple", "compound"}
        How a bond with one payment left is discounted: by simple interest (Excel, and the markets), or by
        compound interest like all others.
    end_of_month : bool
        Whether a bond that matures on the last day of a month pays on last days throughout.

    Returns
    -------
    float or ndarray, shape (...)
        Price without accrued interest; NaN where a number is NaN, or where the yield is -`frequency` or
        less (with simple interest: 1 + i w is zero or less), which leaves nothing to discount by.

    Raises
    ------
    InputError
        If a date is missing or no date, `maturity` is not after `settlement`, `coupon_rate` is negative,
        `redemption` is not above zero, `frequency`, `day_count` or `final_period` is none of those listed,
        an argument is not numeric, or the shapes do not broadcast.

    Notes
    -----
    With coupon c per period, N coupons left, A days accrued of a period of E days, i = yield / frequency
    and w = (E - A) / E, the price is the sum over k = 0 ... N - 1 of c / (1 + i)^(k + w), plus
    redemption / (1 + i)^(N - 1 + w), less c A / E; with one coupon left
    (redemption + c) / (1 + i w) - c A / E. Source: Microsoft's documentation of PRICE.

    Examples
    --------
    Microsoft's example.

    >>> round(bond_price("2008-02-15", "2017-11-15", 0.0575, 0.065), 8)
    94.63436162
    >>> bond_price("2024-01-15", ["2026-01-15", "2034-01-15"], 0.04, [[0.04], [0.05]]).round(4)
    array([[100.    , 100.    ],
           [ 98.119 ,  92.2054]])
    """
    rate = as_float("yield_to_maturity", yield_to_maturity)
    bond = as_bond(
        settlement,
        maturity,
        coupon_rate,
        redemption=redemption,
        frequency=frequency,
        day_count=day_count,
        end_of_month=end_of_month,
        yield_to_maturity=rate,
    )
    simple = is_simple(bond, final_period)
    return unwrap(np.broadcast_to(_dirty(bond, rate, simple) - bond.accrued, bond.shape).copy())


def dirty_price(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    yield_to_maturity: Numeric,
    *,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    final_period: FinalPeriod = "simple",
    end_of_month: bool = True,
) -> Float:
    """Price with accrued interest, which is what the buyer pays: `bond_price` + `accrued_interest`.

    Parameters
    ----------
    settlement, maturity, coupon_rate, yield_to_maturity, redemption, frequency, day_count, \
final_period, end_of_month
        As for `bond_price`.

    Returns
    -------
    float or ndarray, shape (...)
        Per 100 of face value; NaN as for `bond_price`.

    Raises
    ------
    InputError
        As for `bond_price`.

    Examples
    --------
    >>> round(dirty_price("2008-02-15", "2017-11-15", 0.0575, 0.065), 8)
    96.07186162
    """
    rate = as_float("yield_to_maturity", yield_to_maturity)
    bond = as_bond(
        settlement,
        maturity,
        coupon_rate,
        redemption=redemption,
        frequency=frequency,
        day_count=day_count,
        end_of_month=end_of_month,
        yield_to_maturity=rate,
    )
    return unwrap(np.broadcast_to(_dirty(bond, rate, is_simple(bond, final_period)), bond.shape).copy())


def accrued_interest(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    *,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    issue: Dates | None = None,
    end_of_month: bool = True,
) -> Float:
    """Interest accrued since the previous coupon, or since `issue`, per 100 of face value.

    Parameters
    ----------
    settlement, maturity, coupon_rate, frequency, day_count, end_of_month
        As for `bond_price`.
    issue : dates, shape (...), optional
        First day on which interest accrues, for a bond in its first and short coupon period; it changes
        nothing where it is not after the previous coupon date.

    Returns
    -------
    float or ndarray, shape (...)
        ``100 coupon_rate / frequency`` times days accrued over days in the period; NaN where
        `coupon_rate` is NaN.

    Raises
    ------
    InputError
        As for `bond_price`, and if `issue` is after `settlement`.

    Notes
    -----
    Excel's ACCRINT in the first period, and the interest that PRICE deducts. (Asked about a later period,
    ACCRINT adds up all interest since the issue date.)

    Examples
    --------
    Microsoft's example of ACCRINT, on a par value of 1000: issued 2008-03-01, first interest 2008-08-31.

    >>> round(10 * accrued_interest("2008-05-01", "2012-08-31", 0.10, issue="2008-03-01"), 6)
    16.666667
    """
    start = None if issue is None else as_dates("issue", issue)
    others = {} if start is None else {"issue": np.broadcast_to(np.float64(0.0), start.shape)}
    bond = as_bond(
        settlement,
        maturity,
        coupon_rate,
        redemption=100.0,
        frequency=frequency,
        day_count=day_count,
        end_of_month=end_of_month,
        **others,
    )
    if start is None:
        return unwrap(np.broadcast_to(bond.accrued, bond.shape).copy())
    periods = bond.periods
    late = np.asarray(start > periods.settlement)
    if late.any():
        raise InputError("issue", "expected an issue date not after settlement, got one that is")
    first = np.maximum(start, periods.previous)
    accrued, _ = period_days(day_count)(first, periods.settlement, periods.following, periods.frequency)
    return unwrap(np.broadcast_to(bond.coupon * accrued / periods.days, bond.shape).copy())


def as_choice(name: str, value: str, choices: Any) -> None:
    """Refuse a word that is none of a Literal's."""
    words = get_args(choices)
    if not isinstance(value, str) or value not in words:
        raise InputError(name, f"expected {' or '.join(map(repr, words))}, got {value!r}")


def is_simple(bond: Bond, final_period: FinalPeriod) -> BoolArray:
    """Tell which bonds are discounted by simple interest."""
    as_choice("final_period", final_period, FinalPeriod)
    return np.asarray((bond.periods.n_coupons == 1) & (final_period == "simple"))


def flows_of(bond: Bond) -> Flows:
    """Give the payments in coupon periods from settlement."""
    return Flows(bond.coupon, bond.redemption, bond.periods.n_coupons, bond.periods.left)


def log_growth(rate: Array, frequency: Array) -> Array:
    """Give log(1 + yield / frequency), NaN where there is none."""
    per_period = rate / frequency
    return np.asarray(np.log1p(np.where(per_period > -1.0, per_period, np.nan)))


def _dirty(bond: Bond, rate: Array, simple: BoolArray) -> Array:
    with np.errstate(all="ignore"):
        value = present_value(flows_of(bond), log_growth(rate, bond.periods.frequency))
        if not simple.any():
            return value
        growth = 1.0 + bond.periods.left * rate / bond.periods.frequency
        at_once = (bond.redemption + bond.coupon) / np.where(growth > 0, growth, np.nan)
        return np.asarray(np.where(simple, at_once, value))
