"""A zero curve from the prices or par yields of deposits and bonds, one maturity after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_float, refuse
from maos_nb.analytics._bond_price import as_choice
from maos_nb.analytics._bond_schedule import FREQUENCIES
from maos_nb.analytics._curves import (
    Compounding,
    Curve,
    Interpolation,
    annual_rate,
    as_compounding,
    log_discount_between,
)
from maos_nb.errors import InputError

__all__ = ["bootstrap_curve"]

_LOWEST, _HIGHEST = -1.0, 10.0  # continuously compounded: -63% to 22,000 times a year
_TOLERANCE = 1e-15


class _Instrument(NamedTuple):
    maturity: float
    times: Array
    amounts: Array
    dirty_price: float


def bootstrap_curve(
    maturities: Numeric,
    coupon_rates: Numeric,
    *,
    prices: Numeric = 100.0,
    frequency: Numeric = 2,
    compounding: Compounding = "continuous",
    interpolation: Interpolation = "log_linear",
) -> Curve:
    """Build the zero curve at which deposits and bonds have their prices.

    Parameters
    ----------
    maturities : array_like, shape (n_instruments,)
        Years to maturity, in any order, all different.
    coupon_rates : array_like, shape (n_instruments,)
        Coupon or deposit rate per year, as a decimal: with prices of 100, the par yields.
    prices : array_like, shape (n_instruments,) or ()
        Clean prices per 100 of face value.
    frequency : array_like, shape (n_instruments,) or ()
        Coupons per year: 1, 2, 4 or 12; 0 for a deposit or bill that pays simple interest for its whole life
        at maturity. Coupons lie whole coupon periods before maturity.
    compounding : int or "continuous"
        How the curve's zero rates compound.
    interpolation : {"linear", "log_linear"}
        The rule between the maturities, as for `Curve`; "log_linear" is constant forward rates.

    Returns
    -------
    Curve
        With one node per instrument; it gives back all prices.

    Raises
    ------
    InputError
        If an argument is empty, not numeric, NaN or infinite, the lengths differ, a maturity is not above
        zero or comes twice, a rate is negative for a bond, a price is not above zero, `frequency`,
        `compounding` or `interpolation` is none of those listed, or no zero rate between -100% and 1000%
        gives an instrument's price.

    Notes
    -----
    Each zero rate is solved for with all payments of its instrument, those before its maturity too, as far
    as they lie after the last node; no par yields are interpolated first. The rates are found by
    Brent's method, within a bracket, to the last digits.

    Examples
    --------
    Par yields of 3% for one year and 4% for two, paid yearly: the two-year factor is
    (1 - 0.04 / 1.03) / 1.04.

    >>> curve = bootstrap_curve([1, 2], [0.03, 0.04], frequency=1, compounding=1)
    >>> curve.discount_factor([1, 2]).round(8)
    array([0.97087379, 0.92419716])
    >>> curve.zero_rates.round(6)
    array([0.03    , 0.040202])
    """
    as_compounding("compounding", compounding)
    as_choice("interpolation", interpolation, Interpolation)
    instruments = _as_instruments(maturities, coupon_rates, prices, frequency)
    times = np.array([instrument.maturity for instrument in instruments])
    rates = np.empty(times.size)
    for node, instrument in enumerate(instruments):
        rates[node] = _next_rate(instrument, times[: node + 1], rates[: node + 1], compounding, interpolation)
    return Curve(times, rates, compounding, interpolation)


def _next_rate(
    instrument: _Instrument,
    times: Array,
    rates: Array,
    compounding: Compounding,
    interpolation: Interpolation,
) -> float:
    """Find the last of `rates`, which it writes to."""
    from scipy.optimize import brentq  # type: ignore[import-untyped]  # ships no types

    def excess(continuous: float) -> float:
        rates[-1] = annual_rate(np.asarray(continuous), compounding)
        logs = log_discount_between(times, rates, instrument.times, compounding, interpolation)
        with np.errstate(over="ignore"):
            return float(instrument.amounts @ np.exp(logs)) - instrument.dirty_price

    if not excess(_LOWEST) > 0 > excess(_HIGHEST):
        raise InputError(
            "prices",
            f"no zero rate at {instrument.maturity:.6g} years gives the dirty price "
            f"{instrument.dirty_price:.6g} of payments that add up to {instrument.amounts.sum():.6g}",
            advice="Check that instrument's price, rate and frequency against its neighbours'",
        )
    found = brentq(excess, _LOWEST, _HIGHEST, xtol=_TOLERANCE, rtol=4 * np.finfo(float).eps)
    return float(annual_rate(np.asarray(found), compounding))


def _as_instruments(
    maturities: Numeric, coupon_rates: Numeric, prices: Numeric, frequency: Numeric
) -> list[_Instrument]:
    years = as_float("maturities", maturities, finite=True)
    if years.ndim != 1 or years.size == 0:
        raise InputError(
            "maturities", f"expected an array of years (n_instruments,), got shape {years.shape}"
        )
    rates = _matching("coupon_rates", coupon_rates, years)
    quotes, per_year = _matching("prices", prices, years), _matching("frequency", frequency, years)
    refuse("maturities", years, years <= 0, "years above zero")
    refuse("prices", quotes, quotes <= 0, "prices above zero per 100 of face value")
    known = (0, *FREQUENCIES)
    refuse("frequency", per_year, ~np.isin(per_year, known), f"one of {', '.join(map(str, known))}")
    refuse("coupon_rates", rates, (rates < 0) & (per_year > 0), "a coupon rate that is zero or positive")
    order = np.argsort(years)
    if (np.diff(years[order]) == 0).any():
        twice = years[order][1:][np.diff(years[order]) == 0][0]
        raise InputError(
            "maturities",
            f"expected different maturities, got {twice:.6g} twice",
            advice="Keep one instrument per maturity, or fit all of them with nelson_siegel",
        )
    return [_instrument(float(years[i]), float(rates[i]), float(quotes[i]), int(per_year[i])) for i in order]


def _matching(name: str, value: Numeric, years: Array) -> Array:
    array = as_float(name, value, finite=True)
    if array.shape not in ((), years.shape):
        raise InputError(
            name, f"expected one number, or one per maturity, {years.shape}, got shape {array.shape}"
        )
    return np.broadcast_to(array, years.shape)


def _instrument(maturity: float, rate: float, price: float, frequency: int) -> _Instrument:
    if frequency == 0:
        return _Instrument(maturity, np.array([maturity]), np.array([100.0 * (1.0 + rate * maturity)]), price)
    # A maturity meant as whole coupon periods may miss them by a rounding error.
    n_coupons = int(np.ceil(maturity * frequency - 1e-9))
    times = maturity - np.arange(n_coupons - 1, -1, -1) / frequency
    amounts = np.full(n_coupons, 100.0 * rate / frequency)
    amounts[-1] += 100.0
    accrued = 100.0 * rate * max(0.0, 1.0 / frequency - float(times[0]))
    return _Instrument(maturity, times, amounts, price + accrued)
