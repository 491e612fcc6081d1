"""Price over a zero curve, and the spread that gives a price."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, refuse, unwrap
from maos_nb.analytics._bond_cashflows import Payments, payments_of, present_value, zero_rates_at
from maos_nb.analytics._bond_price import Quote, as_choice
from maos_nb.analytics._bond_schedule import as_bond
from maos_nb.analytics._bond_yield import YieldStatus
from maos_nb.analytics._curves import Curve, as_curve, log_discount
from maos_nb.analytics._dates import Dates

__all__ = ["bond_price_from_curve", "z_spread"]

_MOST_STEPS = 100
_SMALL_STEP = 1e-11
_ELEMENTS_PER_BLOCK = 1 << 15


def bond_price_from_curve(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    curve: Curve,
    *,
    spread: Numeric = 0.0,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    time_count: str = "periods",
    quote: Quote = "clean",
    end_of_month: bool = True,
) -> Float:
    """Price of a bond per 100 of face value over a zero curve.

    Parameters
    ----------
    settlement, maturity, coupon_rate, redemption, frequency, day_count, end_of_month
        As for `bond_price`.
    curve : Curve
        Zero rates as of settlement.
    spread : array_like, shape (...)
        Added to the zero rates, in the curve's compounding, as a decimal.
    time_count
        How payment times are measured, as for `bond_cashflows`.
    quote : {"clean", "dirty"}
        Whether the price is without or with accrued interest.

    Returns
    -------
    float or ndarray, shape (...)
        NaN where a number is NaN, or where a zero rate with the spread is -100% per period or less.

    Raises
    ------
    InputError
        As for `bond_price`, and if `curve` is no Curve, `quote` or `time_count` is none of those listed, or
        `spread` is not numeric.

    Examples
    --------
    A flat curve that compounds twice a year gives Excel's PRICE at that yield.

    >>> flat = Curve([1.0], [0.065], compounding=2)
    >>> round(bond_price_from_curve("2008-02-15", "2017-11-15", 0.0575, flat), 8)
    94.63436162
    """
    as_curve(curve)
    as_choice("quote", quote, Quote)
    extra = as_float("spread", spread)
    bond = as_bond(
        settlement,
        maturity,
        coupon_rate,
        redemption=redemption,
        frequency=frequency,
        day_count=day_count,
        end_of_month=end_of_month,
        spread=extra,
    )
    payments = payments_of(bond, time_count, end_of_month)
    value = present_value(payments, zero_rates_at(curve, payments) + extra[..., None], curve)
    value = value - bond.accrued if quote == "clean" else value
    return unwrap(np.broadcast_to(value, bond.shape).copy())


def z_spread(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    price: Numeric,
    curve: Curve,
    *,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    time_count: str = "periods",
    quote: Quote = "clean",
    end_of_month: bool = True,
    return_status: bool = False,
) -> Any:
    """Find the spread over a zero curve at which a bond has its price.

    Parameters
    ----------
    settlement, maturity, coupon_rate, redemption, frequency, day_count, end_of_month
        As for `bond_price`.
    price : array_like, shape (...)
        Price per 100 of face value, above zero.
    curve : Curve
        Zero rates as of settlement.
    time_count
        How payment times are measured, as for `bond_cashflows`.
    quote : {"clean", "dirty"}
        Whether `price` is without or with accrued interest.
    return_status : bool
        Give the pair (spreads, status) instead of the spreads.

    Returns
    -------
    float or ndarray, shape (...)
        Spread added to every zero rate, in the curve's compounding, as a decimal; NaN where a number is NaN.
    YieldStatus, or ndarray of str, shape (...)
        Only with `return_status`: ``"converged"``, ``"no_time_left"``, ``"out_of_range"`` or
        ``"not_finite"``.

    Raises
    ------
    InputError
        As for `bond_price_from_curve`, and if `price` is not above zero.

    Notes
    -----
    The log of the value is convex and falling in the spread, so that Newton's steps from zero rise to
    the only root after the first.

    Examples
    --------
    Over a flat curve it is the yield less the curve's rate.

    >>> flat = Curve([1.0], [0.05], compounding=2)
    >>> round(z_spread("2008-02-15", "2017-11-15", 0.0575, 94.63436162, flat), 8)
    0.015
    """
    as_curve(curve)
    as_choice("quote", quote, Quote)
    paid = as_float("price", price)
    refuse("price", paid, paid <= 0, "a price above zero per 100 of face value")
    bond = as_bond(
        settlement,
        maturity,
        coupon_rate,
        redemption=redemption,
        frequency=frequency,
        day_count=day_count,
        end_of_month=end_of_month,
        price=paid,
    )
    payments = payments_of(bond, time_count, end_of_month)
    target = np.broadcast_to(paid + bond.accrued if quote == "clean" else paid, bond.shape)
    answer = _spreads(payments, target, curve)
    if not return_status:
        return unwrap(answer)
    status = _statuses(payments, target, answer)
    return unwrap(answer), YieldStatus(status.item()) if status.ndim == 0 else status


def _spreads(payments: Payments, target: Array, curve: Curve) -> Array:
    shape = (*target.shape, payments.amounts.shape[-1])
    rates = np.broadcast_to(zero_rates_at(curve, payments), shape).reshape(target.size, shape[-1])
    times = np.broadcast_to(payments.times, shape).reshape(rates.shape)
    amounts = np.broadcast_to(payments.amounts, shape).reshape(rates.shape)
    wanted, answer = target.ravel(), np.empty(target.size)
    size = max(1, _ELEMENTS_PER_BLOCK // max(1, shape[-1]))
    with np.errstate(all="ignore"):
        for start in range(0, answer.size, size):
            block = slice(start, start + size)
            answer[block] = _newton(amounts[block], times[block], rates[block], wanted[block], curve)
    return answer.reshape(target.shape)


def _newton(amounts: Array, times: Array, rates: Array, target: Array, curve: Curve) -> Array:
    per_year = np.inf if curve.compounding == "continuous" else float(curve.compounding)
    floor = -per_year - rates.min(axis=-1)
    spread = np.where(times[:, -1] > 0, 0.0, np.nan)
    for _ in range(_MOST_STEPS):
        shifted = rates + spread[:, None]
        values = amounts * np.exp(log_discount(shifted, times, curve.compounding))
        slopes = values * times / (1.0 + shifted / per_year)
        value = values.sum(axis=-1)
        step = np.log(value / target) * value / slopes.sum(axis=-1)
        # A step past the rate at which nothing is discounted any more is cut to half the way there.
        step = np.maximum(step, (floor - spread) / 2.0)
        spread = spread + step
        moving = np.abs(step) > _SMALL_STEP * (1.0 + np.abs(spread))
        if not moving.any():  # a NaN moves no more
            break
    return np.where(moving | ~np.isfinite(spread), np.nan, spread)


def _statuses(payments: Payments, target: Array, answer: Array) -> Any:
    finite = np.isfinite(target) & np.isfinite(payments.amounts).all(axis=-1)
    timeless = (payments.times <= 0).all(axis=-1)
    status = np.full(answer.shape, YieldStatus.OUT_OF_RANGE.value, dtype="<U12")
    status[np.isfinite(answer)] = YieldStatus.CONVERGED.value
    status[np.broadcast_to(timeless, answer.shape)] = YieldStatus.NO_TIME_LEFT.value
    status[np.broadcast_to(~finite, answer.shape)] = YieldStatus.NOT_FINITE.value
    return status
