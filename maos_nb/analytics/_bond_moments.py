"""A bond's present value and the moments of its payment times, in closed form for any number of coupons.

With ``delta = log(1 + yield / frequency)``, ``left`` the fraction of the current period still to run and
``count`` the coupons left, coupon ``j = 0 ... count - 1`` is discounted by ``exp(-(left + j) delta)``. The
coupon dates weighted by their discount factors follow a truncated geometric law, whose mean and variance
have closed forms. Written through ``h(x) = 1 / (exp(x) - 1) - 1 / x`` the poles at a yield of zero
cancel on paper instead of in floating point.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array

__all__ = ["Flows", "Moments", "log_value", "moments", "present_value"]

# Bernoulli numbers over factorials: h(x) = sum of B_k x^(k-1) / k! over k = 1, 2, 4, 6, ...
_ODD_TERMS = (
    1 / 12,
    -1 / 720,
    1 / 30240,
    -1 / 1209600,
    1 / 47900160,
    -691 / 1307674368000,
    1 / 74724249600,
)
_SERIES_BELOW = 0.5  # seven terms leave 1e-17 there, and the direct form no more than 1e-14 above


class Flows(NamedTuple):
    """Equal coupons and a redemption with the last of them; arrays that broadcast."""

    coupon: Array
    redemption: Array
    n_coupons: Array
    left: Array


class Moments(NamedTuple):
    """Present value, and mean and mean square of the payment times in periods, weighted by value."""

    value: Array
    mean: Array
    mean_square: Array


def present_value(flows: Flows, delta: Array) -> Array:
    """Discount all payments to settlement."""
    coupons, redemption = _at_next_coupon(flows, delta)
    return np.asarray((coupons + redemption) * np.exp(-flows.left * delta))


def log_value(flows: Flows, delta: Array) -> tuple[Array, Array]:
    """Give the log of the present value, and its slope by `delta`: minus the mean payment time."""
    coupons, redemption = _at_next_coupon(flows, delta)
    total = coupons + redemption
    last = flows.n_coupons - 1.0
    mean = flows.left + (coupons * _mean(delta, flows.n_coupons) + redemption * last) / total
    return np.asarray(np.log(total) - flows.left * delta), np.asarray(-mean)


def moments(flows: Flows, delta: Array) -> Moments:
    """Give the present value and the first two moments of the payment times."""
    coupons, redemption = _at_next_coupon(flows, delta)
    total = coupons + redemption
    last = flows.n_coupons - 1.0
    centre = _mean(delta, flows.n_coupons)
    mean = (coupons * centre + redemption * last) / total
    square = (coupons * (centre**2 + _variance(delta, flows.n_coupons)) + redemption * last**2) / total
    return Moments(
        np.asarray(total * np.exp(-flows.left * delta)),
        np.asarray(flows.left + mean),
        np.asarray(flows.left**2 + 2.0 * flows.left * mean + square),
    )


def _at_next_coupon(flows: Flows, delta: Array) -> tuple[Array, Array]:
    """Value the coupons and the redemption as of the next coupon date."""
    growth = np.expm1(-delta)
    at_par = growth == 0
    factors = np.expm1(-flows.n_coupons * delta) / np.where(at_par, 1.0, growth)
    coupons = flows.coupon * np.where(at_par, flows.n_coupons, factors)
    return np.asarray(coupons), np.asarray(flows.redemption * np.exp(-(flows.n_coupons - 1.0) * delta))


def _mean(delta: Array, count: Array) -> Array:
    return np.asarray(_h(delta) - count * _h(count * delta))


def _variance(delta: Array, count: Array) -> Array:
    return np.asarray(count**2 * _h_slope(count * delta) - _h_slope(delta))


def _h(x: Array) -> Array:
    near = np.abs(x) < _SERIES_BELOW
    small = np.where(near, x, 0.0)
    square = small * small
    series = np.zeros_like(square)
    for term in reversed(_ODD_TERMS):
        series = series * square + term
    large = np.where(near, 1.0, x)
    return np.asarray(np.where(near, series * small - 0.5, 1.0 / np.expm1(large) - 1.0 / large))


def _h_slope(x: Array) -> Array:
    near = np.abs(x) < _SERIES_BELOW
    square = np.where(near, x, 0.0) ** 2
    series = np.zeros_like(square)
    for power, term in reversed(list(enumerate(_ODD_TERMS))):
        series = series * square + (2 * power + 1) * term
    large = np.where(near, 1.0, x)
    return np.asarray(np.where(near, series, 1.0 / large**2 - 0.25 / np.sinh(large / 2.0) ** 2))
