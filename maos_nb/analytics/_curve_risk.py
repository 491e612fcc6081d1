"""Durations by repricing over shifted curves, whole or by key rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, unwrap
from maos_nb.analytics._bond_cashflows import payments_of, present_value, zero_rates_at
from maos_nb.analytics._bond_curve import bond_price_from_curve
from maos_nb.analytics._bond_price import dirty_price
from maos_nb.analytics._bond_schedule import as_bond
from maos_nb.analytics._curves import Curve, as_curve, as_times
from maos_nb.analytics._dates import Dates
from maos_nb.errors import InputError

__all__ = ["effective_duration", "key_rate_duration"]


def effective_duration(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    curve: Curve | Numeric,
    *,
    shift: float = 1e-4,
    spread: Numeric = 0.0,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    time_count: str = "periods",
    end_of_month: bool = True,
) -> Float:
    """Relative loss of dirty price per unit of a parallel shift, by repricing at both sides.

    Parameters
    ----------
    settlement, maturity, coupon_rate, redemption, frequency, day_count, end_of_month
        As for `bond_price`.
    curve : Curve, or array_like, shape (...)
        Zero curve, all of whose rates are shifted; or yields to maturity, which are.
    shift : float
        Size of the shift each way, as a decimal.
    spread : array_like, shape (...)
        Added to the zero rates or the yield, as a decimal.
    time_count
        How payment times are measured, as for `bond_cashflows`.

    Returns
    -------
    float or ndarray, shape (...)
        Years; NaN where a number is NaN.

    Raises
    ------
    InputError
        As for `bond_price_from_curve`, and if `shift` is not one number above zero.

    Notes
    -----
    (P(-shift) - P(+shift)) / (2 shift P). For yields it tends to the modified duration as the shift
    gets smaller, and differs by the order of its square.

    Examples
    --------
    >>> round(effective_duration("2008-01-01", "2016-01-01", 0.08, 0.09, day_count="act/act"), 4)
    5.7357
    """
    size, extra = _as_shift(shift), as_float("spread", spread)
    terms: dict[str, Any] = {
        "redemption": redemption,
        "frequency": frequency,
        "day_count": day_count,
        "end_of_month": end_of_month,
    }

    def price(move: float) -> Array:
        if isinstance(curve, Curve):
            over: dict[str, Any] = {"spread": extra + move, "time_count": time_count, "quote": "dirty"}
            found = bond_price_from_curve(settlement, maturity, coupon_rate, curve, **over, **terms)
        else:
            found = dirty_price(settlement, maturity, coupon_rate, rate + extra + move, **terms)
        return np.asarray(found)

    rate = np.zeros(()) if isinstance(curve, Curve) else as_float("curve", curve)
    return unwrap(np.asarray((price(-size) - price(size)) / (2.0 * size * price(0.0))))


def key_rate_duration(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    curve: Curve,
    key_times: Numeric,
    *,
    shift: float = 1e-4,
    spread: Numeric = 0.0,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    time_count: str = "periods",
    end_of_month: bool = True,
) -> Float:
    """Split the effective duration by parts of the curve.

    Parameters
    ----------
    settlement, maturity, coupon_rate, redemption, frequency, day_count, end_of_month
        As for `bond_price`.
    curve : Curve
        Zero rates as of settlement.
    key_times : array_like, shape (n_keys,)
        Years, above zero and rising, such as 1, 2, 5, 10, 30.
    shift : float
        Size of the shift each way, as a decimal.
    spread : array_like, shape (...)
        Added to the zero rates, as a decimal.
    time_count
        How payment times are measured, as for `bond_cashflows`.

    Returns
    -------
    ndarray, shape (..., n_keys)
        Years; NaN where a number is NaN. They add up to the effective duration, but for the order of
        `shift` squared.

    Raises
    ------
    InputError
        As for `effective_duration`, and if `key_times` do not rise from above zero.

    Notes
    -----
    Ho (1992): the shift at a key time falls in a straight line to zero at its neighbours; before the
    first and after the last key time it is whole. So the shifts of all keys add up to a parallel one.

    Examples
    --------
    >>> curve = Curve([1.0, 10.0], [0.03, 0.05])
    >>> parts = key_rate_duration("2024-01-15", "2034-01-15", 0.05, curve, [1, 5, 10])
    >>> parts.round(4), round(float(parts.sum()), 4)
    (array([0.2329, 0.9283, 6.7751]), 7.9364)
    """
    as_curve(curve)
    size, keys, extra = _as_shift(shift), as_times("key_times", key_times), as_float("spread", spread)
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
    rates = zero_rates_at(curve, payments) + extra[..., None]
    value = present_value(payments, rates, curve)
    answer = np.empty((*bond.shape, keys.size))
    for key in range(keys.size):
        bump = size * np.interp(payments.times, keys, np.eye(keys.size)[key])
        down, up = (present_value(payments, rates + move, curve) for move in (-bump, bump))
        answer[..., key] = (down - up) / (2.0 * size * value)
    return answer


def _as_shift(shift: float) -> float:
    size = as_float("shift", shift, finite=True)
    if size.ndim or size <= 0:
        raise InputError(
            "shift", f"expected one number above zero, got {shift!r}", advice="Give 1 bp as 1e-4"
        )
    return float(size)
