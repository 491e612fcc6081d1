"""What a bond pays, when, and what that is worth over a zero curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric
from maos_nb.analytics._bond_schedule import Bond, as_bond, coupon_dates
from maos_nb.analytics._curves import Curve, log_discount
from maos_nb.analytics._dates import DateArray, Dates, day_count_function

__all__ = ["BondCashflows", "Payments", "bond_cashflows", "payments_of", "present_value", "zero_rates_at"]


@dataclass(frozen=True, slots=True, eq=False)
class BondCashflows:
    """What a bond pays after settlement; bonds with fewer payments end in payments of zero.

    Parameters
    ----------
    dates
        Payment dates, datetime64 ``(..., n_payments)``; at maturity where there is no payment left.
    times
        Years from settlement, ``(..., n_payments)``.
    amounts
        Per 100 of face value, ``(..., n_payments)``.
    """

    dates: DateArray
    times: Array
    amounts: Array


class Payments(NamedTuple):
    """The same with the bond they belong to; arrays that broadcast."""

    bond: Bond
    dates: DateArray
    times: Array
    amounts: Array


def bond_cashflows(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    *,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    time_count: str = "periods",
    end_of_month: bool = True,
) -> BondCashflows:
    """List what a bond pays after settlement, with dates and times.

    Parameters
    ----------
    settlement, maturity, coupon_rate, redemption, frequency, day_count, end_of_month
        As for `bond_price`.
    time_count : {"periods", "act/365", "act/360", "act/act", "30/360"}
        How the times are measured. "periods": in coupon periods over `frequency`, the current one by
        `day_count`, as yields are defined, so that a flat curve that compounds `frequency` times a year
        gives the price at that yield. Otherwise the `year_fraction` between the dates.

    Returns
    -------
    BondCashflows
        Arrays ``(..., n_payments)``, as many as the longest bond has. An amount is NaN where its
        `coupon_rate` or `redemption` is.

    Raises
    ------
    InputError
        As for `bond_price`, and if `time_count` is none of those listed.

    Examples
    --------
    >>> flows = bond_cashflows("2024-05-30", "2025-08-31", 0.06)
    >>> flows.amounts, flows.times.round(6)
    (array([  3.,   3., 103.]), array([0.25, 0.75, 1.25]))
    >>> flows.dates.astype(str).tolist()
    ['2024-08-31', '2025-02-28', '2025-08-31']
    """
    bond = as_bond(
        settlement,
        maturity,
        coupon_rate,
        redemption=redemption,
        frequency=frequency,
        day_count=day_count,
        end_of_month=end_of_month,
    )
    payments = payments_of(bond, time_count, end_of_month)
    shape = (*bond.shape, payments.amounts.shape[-1])
    return BondCashflows(
        np.broadcast_to(payments.dates, shape).copy(),
        np.broadcast_to(payments.times, shape).copy(),
        np.broadcast_to(payments.amounts, shape).copy(),
    )


def payments_of(bond: Bond, time_count: str, end_of_month: bool) -> Payments:
    """Lay out every bond's payments, as many columns as the longest bond needs."""
    periods = bond.periods
    n_coupons, per_year = periods.n_coupons[..., None], periods.frequency[..., None]
    order = np.arange(int(periods.n_coupons.max(initial=0)))
    before_maturity = np.maximum(n_coupons - 1 - order, 0).astype(np.int64)
    dates = coupon_dates(periods.maturity[..., None], before_maturity, per_year, end_of_month)
    if time_count == "periods":
        times = (periods.left[..., None] + np.minimum(order, n_coupons - 1)) / per_year
    else:
        years = day_count_function("time_count", time_count)
        times = years(*np.broadcast_arrays(periods.settlement[..., None], dates))
    last = order == n_coupons - 1
    amounts = np.where(order < n_coupons, bond.coupon[..., None], 0.0) + np.where(
        last, bond.redemption[..., None], 0.0
    )
    return Payments(bond, dates, np.asarray(times), np.asarray(amounts))


def zero_rates_at(curve: Curve, payments: Payments) -> Array:
    """Give the curve's rate for each payment."""
    # By some day counts a payment due within days is due now, or a few days ago.
    return np.asarray(curve.zero_rate(np.maximum(payments.times, 0.0)))


def present_value(payments: Payments, rates: Array, curve: Curve) -> Array:
    """Discount each payment at its own zero rate, and add up."""
    with np.errstate(all="ignore"):
        factors = np.exp(log_discount(rates, payments.times, curve.compounding))
    return np.asarray((payments.amounts * factors).sum(axis=-1))
