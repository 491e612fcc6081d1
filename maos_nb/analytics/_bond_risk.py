"""Duration, convexity and the value of a basis point from a bond's yield, all in closed form."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Float, Numeric, as_float, unwrap
from maos_nb.analytics._bond_moments import Moments, moments
from maos_nb.analytics._bond_price import FinalPeriod, flows_of, is_simple, log_growth
from maos_nb.analytics._bond_schedule import Bond, as_bond
from maos_nb.analytics._dates import Dates

__all__ = ["convexity", "dv01", "macaulay_duration", "modified_duration"]


def macaulay_duration(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    yield_to_maturity: Numeric,
    *,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    end_of_month: bool = True,
) -> Float:
    """Mean time to a bond's payments in years, weighted by their present values, as Excel's DURATION.

    Parameters
    ----------
    settlement, maturity, coupon_rate, yield_to_maturity, redemption, frequency, day_count, end_of_month
        As for `bond_price`.

    Returns
    -------
    float or ndarray, shape (...)
        Years; NaN where a number is NaN or the yield is -`frequency` or less.

    Raises
    ------
    InputError
        As for `bond_price`.

    Notes
    -----
    Macaulay (1938): the sum of t c_t / (1 + i)^t over the dirty price, t in coupon periods, over
    `frequency`. With one payment left it is the time to it, however it is discounted.

    Examples
    --------
    Excel: ``=DURATION(DATE(2008,1,1), DATE(2016,1,1), 8%, 9%, 2, 1)`` is 5.9937749555.

    >>> round(macaulay_duration("2008-01-01", "2016-01-01", 0.08, 0.09, day_count="act/act"), 10)
    5.9937749555
    """
    bond, rate, _ = _priced(
        settlement,
        maturity,
        coupon_rate,
        yield_to_maturity,
        redemption,
        frequency,
        day_count,
        "compound",
        end_of_month,
    )
    return _answer(_moments(bond, rate).mean / bond.periods.frequency, bond)


def modified_duration(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    yield_to_maturity: Numeric,
    *,
    redemption: Numeric = 100,
    frequency: Numeric = 2,
    day_count: str = "30/360",
    end_of_month: bool = True,
) -> Float:
    """Relative loss of dirty price per unit of yield, as Excel's MDURATION: Macaulay / (1 + y / f).

    Parameters
    ----------
    settlement, maturity, coupon_rate, yield_to_maturity, redemption, frequency, day_count, end_of_month
        As for `bond_price`.

    Returns
    -------
    float or ndarray, shape (...)
        Years: a duration of 5.7 means a loss of about 5.7% if the yield rises by one point. NaN where a
        number is NaN or the yield is -`frequency` or less.

    Raises
    ------
    InputError
        As for `bond_price`.

    Notes
    -----
    With one payment left Excel's PRICE discounts by simple interest and MDURATION by compound interest;
    `dv01` follows the price.

    Examples
    --------
    Excel: ``=MDURATION(DATE(2008,1,1), DATE(2016,1,1), 8%, 9%, 2, 1)`` is 5.73567.

    >>> round(modified_duration("2008-01-01", "2016-01-01", 0.08, 0.09, day_count="act/act"), 5)
    5.73567
    """
    bond, rate, _ = _priced(
        settlement,
        maturity,
        coupon_rate,
        yield_to_maturity,
        redemption,
        frequency,
        day_count,
        "compound",
        end_of_month,
    )
    per_year = bond.periods.frequency
    with np.errstate(all="ignore"):
        return _answer(_moments(bond, rate).mean / per_year / (1.0 + rate / per_year), bond)


def convexity(
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
    """Second derivative of the dirty price by the yield, relative to the price.

    Parameters
    ----------
    settlement, maturity, coupon_rate, yield_to_maturity, redemption, frequency, day_count, \
final_period, end_of_month
        As for `bond_price`.

    Returns
    -------
    float or ndarray, shape (...)
        Years squared: a change dy of the yield moves the price by about
        ``(-modified_duration dy + convexity dy^2 / 2) dirty_price``. NaN where a number is NaN or the yield
        is -`frequency` or less.

    Raises
    ------
    InputError
        As for `bond_price`.

    Notes
    -----
    The sum of t (t + 1) c_t / (1 + i)^(t + 2) over the dirty price, t in coupon periods, over the square of
    `frequency` (Fabozzi, *Bond Markets, Analysis and Strategies*). Some systems show a hundredth of it.

    Examples
    --------
    >>> convexity("2024-01-01", ["2029-01-01", "2049-01-01"], 0.09, 0.06).round(4)
    array([ 20.396 , 214.9288])
    """
    bond, rate, simple = _priced(
        settlement,
        maturity,
        coupon_rate,
        yield_to_maturity,
        redemption,
        frequency,
        day_count,
        final_period,
        end_of_month,
    )
    per_year = bond.periods.frequency
    with np.errstate(all="ignore"):
        found = _moments(bond, rate)
        compound = (found.mean_square + found.mean) / (per_year + rate) ** 2
        left = bond.periods.left
        at_once = 2.0 * (left / _simple_growth(bond, rate) / per_year) ** 2
        return _answer(np.where(simple, at_once, compound), bond)


def dv01(
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
    """Loss of price per 100 of face value if the yield rises by a basis point: positive.

    Parameters
    ----------
    settlement, maturity, coupon_rate, yield_to_maturity, redemption, frequency, day_count, \
final_period, end_of_month
        As for `bond_price`.

    Returns
    -------
    float or ndarray, shape (...)
        Money per 100 of face value; NaN where a number is NaN or the yield is -`frequency` or less.

    Raises
    ------
    InputError
        As for `bond_price`.

    Notes
    -----
    Minus the derivative of the price by the yield, times 0.0001: ``modified_duration dirty_price / 10000``,
    except with one payment left and simple interest, where (E - A) / E / frequency takes the
    place of the duration in a price of (redemption + c) / (1 + i w).

    Examples
    --------
    >>> round(dv01("2008-02-15", "2017-11-15", 0.0575, 0.065), 6)
    0.069009
    """
    bond, rate, simple = _priced(
        settlement,
        maturity,
        coupon_rate,
        yield_to_maturity,
        redemption,
        frequency,
        day_count,
        final_period,
        end_of_month,
    )
    with np.errstate(all="ignore"):
        found = _moments(bond, rate)
        compound = found.value * found.mean / (bond.periods.frequency + rate)
        paid = bond.redemption + bond.coupon
        at_once = paid * bond.periods.left / bond.periods.frequency / _simple_growth(bond, rate) ** 2
        return _answer(1e-4 * np.where(simple, at_once, compound), bond)


def _priced(
    settlement: Dates,
    maturity: Dates,
    coupon_rate: Numeric,
    yield_to_maturity: Numeric,
    redemption: Numeric,
    frequency: Numeric,
    day_count: str,
    final_period: FinalPeriod,
    end_of_month: bool,
) -> tuple[Bond, Array, BoolArray]:
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
    return bond, rate, is_simple(bond, final_period)


def _moments(bond: Bond, rate: Array) -> Moments:
    with np.errstate(all="ignore"):
        return moments(flows_of(bond), log_growth(rate, bond.periods.frequency))


def _simple_growth(bond: Bond, rate: Array) -> Array:
    growth = 1.0 + bond.periods.left * rate / bond.periods.frequency
    return np.asarray(np.where(growth > 0, growth, np.nan))


def _answer(value: Array, bond: Bond) -> Float:
    return unwrap(np.broadcast_to(value, bond.shape).copy())
