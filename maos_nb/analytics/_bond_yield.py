"""Yield from price, by the conventions of Excel's YIELD."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_float, refuse, unwrap
from maos_nb.analytics._bond_moments import Flows, log_value
from maos_nb.analytics._bond_price import FinalPeriod, Quote, as_choice, flows_of, is_simple
from maos_nb.analytics._bond_schedule import Bond, as_bond
from maos_nb.analytics._dates import Dates

__all__ = ["YieldStatus", "bond_yield"]

_MOST_STEPS = 100
_SMALL_STEP = 1e-10  # Newton squares it, which leaves nothing that a float can hold
_BONDS_PER_BLOCK = 1 << 13


class YieldStatus(StrEnum):
    """What became of the search for a yield or a spread."""

    CONVERGED = "converged"
    """The price at the answer is the price given."""
    NO_TIME_LEFT = "no_time_left"
    """By its day count the only coupon left is due now, so its price is the same at every yield."""
    OUT_OF_RANGE = "out_of_range"
    """No rate that a float can hold gives the price."""
    NOT_FINITE = "not_finite"
    """An argument is NaN or infinite."""


def bond_yield(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    price: Numeric,
    *,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    final_period: FinalPeriod = "simple",
    end_of_month: bool = True,
    quote: Quote = "clean",
    return_status: bool = False,
) -> Any:
    """Find the yield to maturity at which a bond has its price, as Excel's YIELD.

    Parameters
    ----------
    settlement, maturity, coupon_rate, redemption, frequency, day_count, final_period, end_of_month
        As for `bond_price`.
    price : array_like, shape (...)
        Price per 100 of face value, above zero.
    quote : {"clean", "dirty"}
        Whether `price` is without or with accrued interest.
    return_status : bool
        Give the pair (yields, status) instead of the yields.

    Returns
    -------
    float or ndarray, shape (...)
        Yearly yield compounded `frequency` times a year, as a decimal, negative where the price is above
        the sum of all payments; NaN where there is none, and where a number is NaN.
    YieldStatus, or ndarray of str, shape (...)
        Only with `return_status`: ``"converged"``, ``"no_time_left"``, ``"out_of_range"`` or
        ``"not_finite"``.

    Raises
    ------
    InputError
        As for `bond_price`, and if `price` is not above zero, or `quote` is neither of the two.

    Notes
    -----
    The log of the dirty price is a convex, falling and nearly straight function of log(1 + i), so
    that Newton's steps from zero land below the root once and then rise to it: four to eight reach the
    last digit. The yield can have no second value, and the guess that Excel's YIELD
    fails from is not needed.

    Examples
    --------
    Microsoft's example.

    >>> round(bond_yield("2008-02-15", "2016-11-15", 0.0575, 95.04287), 6)
    0.065
    >>> bond_yield("2024-01-15", "2026-01-15", 0.04, [98.0, 100.0, np.nan], return_status=True)
    (array([0.05064092, 0.04      ,        nan]),
     array(['converged', 'converged', 'not_finite'], dtype='<U12'))
    """
    paid = as_float("price", price)
    refuse("price", paid, paid <= 0, "a price above zero per 100 of face value")
    as_choice("quote", quote, Quote)
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
    target = paid + bond.accrued if quote == "clean" else paid
    answer = _yields(bond, np.asarray(target), is_simple(bond, final_period))
    if not return_status:
        return unwrap(answer)
    status = _statuses(bond, np.asarray(target), answer)
    return unwrap(answer), YieldStatus(status.item()) if status.ndim == 0 else status


def _yields(bond: Bond, target: Array, simple: BoolArray) -> Array:
    answer = np.empty(bond.shape)
    flat, whole = answer.reshape(-1), np.broadcast_to(simple, bond.shape).ravel()
    columns = [
        np.broadcast_to(array, bond.shape).ravel()
        for array in (*flows_of(bond), bond.periods.frequency, target)
    ]
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, _BONDS_PER_BLOCK):
            block = slice(start, start + _BONDS_PER_BLOCK)
            coupon, redemption, n_coupons, left, frequency, wanted = (column[block] for column in columns)
            flows = Flows(coupon, redemption, n_coupons, left)
            flat[block] = _yields_of_block(flows, frequency, wanted, whole[block])
    return answer


def _yields_of_block(flows: Flows, frequency: Array, target: Array, simple: BoolArray) -> Array:
    left = np.where((flows.n_coupons > 1) | (flows.left > 0), flows.left, np.nan)
    yields = frequency * np.expm1(_newton(flows._replace(left=left), np.log(target)))
    at_once = ((flows.redemption + flows.coupon) / target - 1.0) / left * frequency
    found = np.where(simple, at_once, yields)
    return np.asarray(np.where(np.isfinite(found), found, np.nan))


def _newton(flows: Flows, target: Array) -> Array:
    delta = np.zeros(target.shape)
    for _ in range(_MOST_STEPS):
        value, slope = log_value(flows, delta)
        step = (target - value) / slope
        delta += step
        moving = np.abs(step) > _SMALL_STEP
        if not moving.any():  # a NaN moves no more
            return delta
    return np.where(moving, np.nan, delta)


def _statuses(bond: Bond, target: Array, answer: Array) -> Any:
    finite = np.isfinite(target) & np.isfinite(bond.coupon) & np.isfinite(bond.redemption)
    timeless = (bond.periods.n_coupons == 1) & (bond.periods.left <= 0)
    status = np.full(bond.shape, YieldStatus.OUT_OF_RANGE.value, dtype="<U12")
    status[np.isfinite(answer)] = YieldStatus.CONVERGED.value
    status[np.broadcast_to(timeless, bond.shape)] = YieldStatus.NO_TIME_LEFT.value
    status[np.broadcast_to(~finite, bond.shape)] = YieldStatus.NOT_FINITE.value
    return status
