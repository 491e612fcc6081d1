"""When an outlay is paid back: the time from which the running total of the flows is not negative."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_float, as_periods, broadcast, unwrap
from maos_nb.errors import InputError

__all__ = ["Crossing", "PaybackStatus", "discounted_payback", "payback"]

Crossing: TypeAlias = Literal["last", "first"]

EPS = float(np.finfo(np.float64).eps)


class PaybackStatus(StrEnum):
    """Whether an outlay is paid back, and whether for good."""

    PAID_BACK = "paid_back"
    CROSSES_AGAIN = "crosses_again"
    """The running total turns positive more than once, or turns negative again."""
    NEVER = "never"
    """The running total is negative at the end (with ``crossing="first"``: at every time after the outlay)."""
    NO_OUTLAY = "no_outlay"
    """The running total is never negative: there is nothing to pay back."""
    NOT_FINITE = "not_finite"
    """A flow is NaN or infinite, or the rate is NaN, or -100% or less."""


def payback(cashflows: Numeric, *, crossing: Crossing = "last", return_status: bool = False) -> Any:
    """Periods until the receipts have paid back the outlays.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period, outlays negative; the first is now.
    crossing : {"last", "first"}
        Which time counts where the running total of the flows turns positive and negative again: the time
        from which it stays at zero or above, or the first time that it gets there.
    return_status : bool
        Give the pair (periods, status) instead of the periods.

    Returns
    -------
    float or array (...)
        Periods from now, with fractions, as if each period's flow came evenly over the period before it.
        NaN where the outlays are never paid back (or not for good, with ``crossing="last"``), where there
        are none, and where a flow is not finite.
    PaybackStatus, or array (...) of its values as text
        Only with `return_status`.

    Raises
    ------
    InputError
        `cashflows` is a single number, has no periods, or holds anything but numbers; `crossing` is neither
        word.

    Notes
    -----
    With C the running total and C[t-1] < 0 <= C[t] the payback period is ``t - 1 - C[t-1] / c[t]`` (Brealey,
    Myers and Allen, *Principles of Corporate Finance*, "Payback"). It ignores what comes later, and the
    value of time.

    Examples
    --------
    >>> payback([-1000, 300, 400, 500])
    2.6
    >>> payback([-100, 120, -60, 60]), payback([-100, 120, -60, 60], crossing="first")
    (2.6666666666666665, 0.8333333333333334)
    """
    return _payback(as_periods("cashflows", cashflows), crossing, return_status)


def discounted_payback(
    cashflows: Numeric, rate: Numeric, *, crossing: Crossing = "last", return_status: bool = False
) -> Any:
    """Periods until the present values of the receipts have paid back those of the outlays.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period, outlays negative; the first is now and is not discounted.
    rate : array_like (...)
        Discount rate per period, as a decimal.
    crossing : {"last", "first"}
        Which time counts where there are several, as for `payback`.
    return_status : bool
        Give the pair (periods, status) instead of the periods.

    Returns
    -------
    float or array (...)
        Periods from now, with fractions, as `payback` gives them for the discounted flows; NaN also where
        the rate is NaN, or -100% or less.
    PaybackStatus, or array (...) of its values as text
        Only with `return_status`.

    Raises
    ------
    InputError
        As for `payback`; `rate` is not numeric; the shapes do not broadcast.

    Examples
    --------
    >>> round(discounted_payback([-1000, 300, 400, 500, 600], 0.10), 4)
    3.0513
    """
    flows = as_periods("cashflows", cashflows)
    discount, _ = broadcast(rate=as_float("rate", rate), cashflows=flows[..., 0])
    with np.errstate(all="ignore"):
        log_growth = np.log1p(np.where(discount > -1, discount, np.nan))
        factors = np.exp(-log_growth[..., np.newaxis] * np.arange(flows.shape[-1]))
        discounted = np.where((flows == 0) & ~np.isnan(factors), 0.0, flows * factors)
    return _payback(discounted, crossing, return_status)


def _payback(flows: Array, crossing: Crossing, return_status: bool) -> Any:
    if crossing not in get_args(Crossing):
        raise InputError("crossing", f'expected "last" or "first", got {crossing!r}')
    with np.errstate(all="ignore"):
        total = np.cumsum(flows, axis=-1)
        # Seven receipts of 0.1 leave 1e-16 of an outlay of 0.7: as much as rounding can have left is nothing.
        rounding = EPS * np.arange(1, flows.shape[-1] + 1) * np.cumsum(np.abs(flows), axis=-1)
        total = np.where((np.abs(total) <= rounding) & np.isfinite(rounding), 0.0, total)
        rises = (total[..., :-1] < 0) & (total[..., 1:] >= 0)
        periods = _crossing_time(total, rises, crossing)
    finite = np.isfinite(total).all(axis=-1)
    settled = np.asarray(rises.any(axis=-1) if crossing == "first" else total[..., -1] >= 0)
    owed = (total < 0).any(axis=-1)
    paid = finite & owed & settled
    periods = np.where(paid, periods, np.nan)
    if not return_status:
        return unwrap(periods)
    again = (np.count_nonzero(rises, axis=-1) > 1) | (rises.any(axis=-1) & (total[..., -1] < 0))
    status = np.select(
        [~finite, ~owed, paid & again, paid],
        [
            PaybackStatus.NOT_FINITE,
            PaybackStatus.NO_OUTLAY,
            PaybackStatus.CROSSES_AGAIN,
            PaybackStatus.PAID_BACK,
        ],
        PaybackStatus.NEVER,
    )
    return unwrap(periods), status.astype(_STATUS_TEXT) if status.ndim else PaybackStatus(status.item())


def _crossing_time(total: Array, rises: BoolArray, crossing: Crossing) -> Array:
    """Interpolate to the zero in the first or the last period over which the running total rises to it."""
    if not rises.shape[-1]:
        return np.full(total.shape[:-1], np.nan)
    if crossing == "first":
        before = rises.argmax(axis=-1)
    else:
        before = rises.shape[-1] - 1 - rises[..., ::-1].argmax(axis=-1)
    place = np.asarray(before)[..., np.newaxis]
    owed = -np.take_along_axis(total, place, axis=-1)[..., 0]
    after = np.take_along_axis(total, place + 1, axis=-1)[..., 0]
    return np.asarray(before + owed / (owed + after))


_STATUS_TEXT = f"<U{max(map(len, PaybackStatus))}"
