"""Level payments: present and future value, the payment, its two parts, and the number of periods.

All solve one equation between a value now, equal payments and a value at the end, all of them signed from
one side: what is paid out is negative. How its terms are computed: `_annuity_terms`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np

from maos_nb.analytics._annuity_terms import (
    When,
    exprel,
    level_payment,
    payment_spacing,
    product,
    signed_terms,
)
from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, refuse, unwrap

__all__ = ["NperStatus", "fv", "ipmt", "nper", "pmt", "ppmt", "pv"]


class NperStatus(StrEnum):
    """Whether there is a number of periods, and why not."""

    OK = "ok"
    NEGATIVE = "negative"
    """The equation holds only that many periods ago: the payments have the wrong sign, or are too small."""
    NO_SOLUTION = "no_solution"
    """No number of periods does it, as where the payments do not cover the interest."""
    UNDETERMINED = "undetermined"
    """Every number of periods does it: the value never changes."""
    NOT_FINITE = "not_finite"
    """An argument is NaN or infinite, or the rate is -100% or less."""


def pv(rate: Numeric, nper: Numeric, pmt: Numeric, fv: Numeric = 0.0, *, when: When = "end") -> Float:
    """Present value of level payments and of an amount at their end (Excel's PV).

    Parameters
    ----------
    rate : array_like (...)
        Interest per period, as a decimal; may be zero or negative.
    nper : array_like (...)
        Number of payments, one per period.
    pmt : array_like (...)
        The payment of each period, in units of money; negative where it is paid out.
    fv : array_like (...)
        Amount at the end of the last period; negative where it is paid out.
    when : {"end", "begin"}
        Whether a payment is due at the end (Excel's type 0) or the beginning (1) of its period; an array
        of both words broadcasts too.

    Returns
    -------
    float or array (...)
        In the shape that the arguments broadcast to: negative where it is to be paid out now. NaN where an
        argument is NaN, the rate is -100% or less, or `nper` is infinite (a perpetuity is worth -pmt / rate);
        infinite beyond the largest double.

    Raises
    ------
    InputError
        An argument is not numeric, `when` is neither word, or the shapes do not broadcast.

    Notes
    -----
    ``pv (1 + r)^n + pmt (1 + r w) ((1 + r)^n - 1) / r + fv = 0`` with w = 1 for payments at the beginning,
    else 0: OpenFormula (OASIS), section 6.12, as in Excel.

    Examples
    --------
    What an annuity of 500 a month for 20 years at 8% costs:

    >>> round(pv(0.08 / 12, 20 * 12, 500), 2)
    -59777.15
    """
    g, n, payment, at_end, begin = signed_terms(when, rate=rate, nper=nper, pmt=pmt, fv=fv)
    with np.errstate(all="ignore"):
        growth = n * g
        annuity = n * exprel(-growth) / payment_spacing(g, begin)
        return unwrap(-(product(at_end, np.exp(-growth)) + product(payment, annuity)) + 0.0)


def fv(rate: Numeric, nper: Numeric, pmt: Numeric, pv: Numeric = 0.0, *, when: When = "end") -> Float:
    """Future value of level payments and of an amount now (Excel's FV).

    Parameters
    ----------
    rate : array_like (...)
        Interest per period, as a decimal; may be zero or negative.
    nper : array_like (...)
        Number of payments, one per period.
    pmt : array_like (...)
        The payment of each period, in units of money; negative where it is paid out.
    pv : array_like (...)
        Amount now; negative where it is paid out.
    when : {"end", "begin"}
        When in its period a payment is due, as for `pv`.

    Returns
    -------
    float or array (...)
        In the shape that the arguments broadcast to: positive where it is received at the end. NaN where
        an argument is NaN or the rate is -100% or less; infinite beyond the largest double.

    Raises
    ------
    InputError
        An argument is not numeric, `when` is neither word, or the shapes do not broadcast.

    Notes
    -----
    The equation of `pv`.

    Examples
    --------
    What saving 100 a month on top of 1000 grows to in a year at 6%:

    >>> round(fv(0.06 / 12, 12, -100, -1000, when="begin"), 2)
    2301.4
    """
    g, n, payment, now, begin = signed_terms(when, rate=rate, nper=nper, pmt=pmt, pv=pv)
    with np.errstate(all="ignore"):
        growth = n * g
        annuity = n * exprel(growth) / payment_spacing(g, begin)
        return unwrap(-(product(now, np.exp(growth)) + product(payment, annuity)) + 0.0)


def pmt(rate: Numeric, nper: Numeric, pv: Numeric, fv: Numeric = 0.0, *, when: When = "end") -> Float:
    """Level payment that turns an amount now into one at the end (Excel's PMT).

    Parameters
    ----------
    rate : array_like (...)
        Interest per period, as a decimal; may be zero or negative.
    nper : array_like (...)
        Number of payments, one per period.
    pv : array_like (...)
        Amount now: a loan received is positive.
    fv : array_like (...)
        Amount at the end of the last period: a balloon to be paid is negative.
    when : {"end", "begin"}
        When in its period a payment is due, as for `pv`.

    Returns
    -------
    float or array (...)
        In the shape that the arguments broadcast to: negative where it is paid out. NaN where an argument
        is NaN, the rate is -100% or less, or there are no payments (`nper` 0).

    Raises
    ------
    InputError
        An argument is not numeric, `when` is neither word, or the shapes do not broadcast.

    Notes
    -----
    The equation of `pv`.

    Examples
    --------
    A loan of 10,000 at 8% over ten months:

    >>> round(pmt(0.08 / 12, 10, 10000), 2)
    -1037.03
    """
    g, n, now, at_end, begin = signed_terms(when, rate=rate, nper=nper, pv=pv, fv=fv)
    with np.errstate(all="ignore"):
        return unwrap(level_payment(g, n, now, at_end, begin) + 0.0)


def nper(
    rate: Numeric,
    pmt: Numeric,
    pv: Numeric,
    fv: Numeric = 0.0,
    *,
    when: When = "end",
    return_status: bool = False,
) -> Any:
    """Count the periods in which level payments turn an amount now into one at the end (Excel's NPER).

    Parameters
    ----------
    rate : array_like (...)
        Interest per period, as a decimal; may be zero or negative.
    pmt : array_like (...)
        The payment of each period; negative where it is paid out.
    pv, fv : array_like (...)
        Amounts now and at the end; negative where they are paid out.
    when : {"end", "begin"}
        When in its period a payment is due, as for `pv`.
    return_status : bool
        Give the pair (periods, status) instead of the periods.

    Returns
    -------
    float or array (...)
        Periods, with fractions: a whole number of payments leaves a smaller last one. As in Excel,
        negative where only a past date fulfils the equation. NaN where no number of periods does, or every
        one; where an argument is NaN or infinite, and where the rate is -100% or less.
    NperStatus, or array (...) of its values as text
        Only with `return_status`.

    Raises
    ------
    InputError
        An argument is not numeric, `when` is neither word, or the shapes do not broadcast.

    Notes
    -----
    The equation of `pv`, solved for n: ``log((p - fv r) / (p + pv r)) / log(1 + r)`` with
    ``p = pmt (1 + r w)``; ``-(pv + fv) / pmt`` at a rate of zero.

    Examples
    --------
    >>> round(nper(0.12 / 12, -100, -1000, 10000, when="begin"), 7)
    59.6738657

    Interest of 100 a month is never paid off by payments of 90:

    >>> nper(0.01, [-90, -110], 10000, return_status=True)
    (array([        nan, 240.9864866]), array(['no_solution', 'ok'], dtype='<U12'))
    """
    g, payment, now, at_end, begin = signed_terms(when, rate=rate, pmt=pmt, pv=pv, fv=fv)
    with np.errstate(all="ignore"):
        interest = np.expm1(g)
        due = np.where(begin, payment * (1.0 + interest), payment)
        periods, closing = _periods(g, interest, due, now, at_end)
    known = np.isfinite(g) & np.isfinite(payment) & np.isfinite(now) & np.isfinite(at_end)
    found = known & np.isfinite(periods)
    periods = np.where(found, periods + 0.0, np.nan)
    if not return_status:
        return unwrap(periods)
    constant = known & (closing == 0) & (now + at_end == 0)
    status = np.select(
        [~known, constant, ~found, periods < 0],
        [NperStatus.NOT_FINITE, NperStatus.UNDETERMINED, NperStatus.NO_SOLUTION, NperStatus.NEGATIVE],
        NperStatus.OK,
    )
    return unwrap(periods), status.astype(_STATUS_TEXT) if status.ndim else NperStatus(status.item())


def ipmt(
    rate: Numeric, per: Numeric, nper: Numeric, pv: Numeric, fv: Numeric = 0.0, *, when: When = "end"
) -> Float:
    """Interest in one of the level payments of `pmt` (Excel's IPMT).

    Parameters
    ----------
    rate : array_like (...)
        Interest per period, as a decimal; may be zero or negative.
    per : array_like (...)
        Which payment, from 1 to `nper`; ``numpy.arange(1, nper + 1)`` for all.
    nper : array_like (...)
        Number of payments, one per period.
    pv, fv : array_like (...)
        Amounts now and at the end; negative where they are paid out.
    when : {"end", "begin"}
        When in its period a payment is due, as for `pv`. The first payment at the beginning of a period
        holds no interest, as none has accrued.

    Returns
    -------
    float or array (...)
        In the shape that the arguments broadcast to: negative where it is paid out. NaN where an argument
        is NaN, `per` is below 1 or above `nper`, or the rate is -100% or less.

    Raises
    ------
    InputError
        `per` is not a whole number, an argument is not numeric, `when` is neither word, or the shapes do
        not broadcast.

    Notes
    -----
    ``-r B`` with the balance B after ``per - 1`` payments at the end of their periods, and ``-B r / (1 + r)``
    with payments at the beginning.

    Examples
    --------
    >>> round(ipmt(0.10 / 12, 1, 36, 8000), 2), round(ipmt(0.10, 3, 3, 8000), 2)
    (-66.67, -292.45)
    """
    g, paid, n, now, at_end, begin = _terms_of_payment(when, rate=rate, per=per, nper=nper, pv=pv, fv=fv)
    with np.errstate(all="ignore"):
        decay, rising = np.abs(g), g >= 0
        total, left = n * exprel(-n * decay), n - paid
        share_of_now = left * exprel(-left * decay) * np.where(rising, 1.0, np.exp(-paid * decay))
        share_of_end = paid * exprel(-paid * decay) * np.where(rising, np.exp(-left * decay), 1.0)
        balance = (now * share_of_now - at_end * share_of_end) / total
        interest = np.where(begin, -np.expm1(-g), np.expm1(g))
        return unwrap(np.where(begin & (paid == 0), 0.0 * balance, -balance * interest) + 0.0)


def ppmt(
    rate: Numeric, per: Numeric, nper: Numeric, pv: Numeric, fv: Numeric = 0.0, *, when: When = "end"
) -> Float:
    """Repayment of principal in one of the level payments of `pmt` (Excel's PPMT).

    Parameters
    ----------
    rate : array_like (...)
        Interest per period, as a decimal; may be zero or negative.
    per : array_like (...)
        Which payment, from 1 to `nper`; ``numpy.arange(1, nper + 1)`` for all.
    nper : array_like (...)
        Number of payments, one per period.
    pv, fv : array_like (...)
        Amounts now and at the end; negative where they are paid out.
    when : {"end", "begin"}
        When in its period a payment is due, as for `pv`.

    Returns
    -------
    float or array (...)
        In the shape that the arguments broadcast to: negative where it is paid out. NaN where an argument
        is NaN, `per` is below 1 or above `nper`, or the rate is -100% or less.

    Raises
    ------
    InputError
        `per` is not a whole number, an argument is not numeric, `when` is neither word, or the shapes do
        not broadcast.

    Notes
    -----
    ``-(pv + fv) (1 + r)^(per - 1) r / ((1 + r)^nper - 1)``, divided by ``1 + r`` with payments at the
    beginning, the first of which is all principal.

    Examples
    --------
    >>> round(ppmt(0.10 / 12, 1, 24, 2000), 2), round(ppmt(0.08, 10, 10, 200000), 2)
    (-75.62, -27598.05)
    """
    g, paid, n, now, at_end, begin = _terms_of_payment(when, rate=rate, per=per, nper=nper, pv=pv, fv=fv)
    with np.errstate(all="ignore"):
        decay = np.abs(g)
        age = np.where(g >= 0, n - paid, paid)
        weight = np.exp(-age * decay) * payment_spacing(g, begin) / (n * exprel(-n * decay))
        whole = level_payment(g, n, now, at_end, begin)
        return unwrap(np.where(begin & (paid == 0), whole, -(now + at_end) * weight) + 0.0)


def _terms_of_payment(when: Any, **given: Numeric) -> tuple[Any, ...]:
    per = as_float("per", given["per"])
    refuse("per", per, np.isfinite(per) & (per != np.round(per)), "a whole number from 1 to nper")
    g, which, n, now, at_end, begin = signed_terms(when, **given)
    with np.errstate(invalid="ignore"):
        paid = np.where((which >= 1) & (which <= n), which - 1.0, np.nan)
    return g, paid, n, now, at_end, begin


def _periods(g: Array, interest: Array, due: Array, now: Array, at_end: Array) -> tuple[Array, Array]:
    """Solve for n, and give the change of value in the first period, which is zero where nothing changes."""
    closing = due + now * interest
    linear = -(now + at_end) / closing
    change = linear * interest
    # Near -1 the sum 1 + change has lost its digits, near 0 the quotient's logarithm has.
    log_growth = np.where(change < -0.5, np.log((due - at_end * interest) / closing), np.log1p(change))
    small = linear * exprel(g) / exprel(log_growth)
    return np.where(np.abs(change) > 0.5, log_growth / g, small), closing


_STATUS_TEXT = f"<U{max(map(len, NperStatus))}"
