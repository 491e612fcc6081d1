"""Net present value of cash flows, evenly spaced or dated."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Float, Numeric, as_float, as_periods, broadcast, unwrap
from maos_nb.analytics._dated_flows import dated
from maos_nb.analytics._dates import Dates
from maos_nb.errors import InputError

__all__ = ["npv", "xnpv"]


def npv(rate: Numeric, cashflows: Numeric, *, first_period: float = 0) -> Float:
    """Net present value of evenly spaced cash flows.

    Parameters
    ----------
    rate : array_like (...)
        Discount rate per period, as a decimal; broadcasts against the leading axes of `cashflows`.
    cashflows : array_like (..., n_periods)
        Money, one item per period.
    first_period : float
        Periods from now to the first flow: 0 (the default) leaves it undiscounted, 1 is Excel's NPV.

    Returns
    -------
    float or array (...)
        In the unit of `cashflows`. NaN where a flow or the rate is NaN, and where the rate is -100% or
        less, at which a discount factor has no meaning.

    Raises
    ------
    InputError
        `cashflows` is a single number, has no periods, or holds anything but numbers; `rate` is not
        numeric; `first_period` is not one finite number; the shapes do not broadcast.

    Notes
    -----
    NPV = sum over t of c_t / (1 + r)^(t + first_period), t = 0 ... n_periods - 1, by Horner's rule.

    Examples
    --------
    >>> round(npv(0.10, [-10000, 3000, 4200, 6800], first_period=1), 10)
    1188.4434123352
    >>> npv([0.0, 0.5], [-100, 90, 45])
    array([ 35., -20.])
    """
    flows = as_periods("cashflows", cashflows)
    delay = as_float("first_period", first_period, finite=True)
    if delay.ndim:
        raise InputError("first_period", f"expected one number, got shape {delay.shape}")
    growth = 1.0 + as_float("rate", rate)
    growth, _ = broadcast(rate=growth, cashflows=flows[..., 0])
    with np.errstate(all="ignore"):
        factor = 1.0 / np.where(growth > 0, growth, np.nan)
        value = np.zeros_like(factor)
        for period in range(flows.shape[-1] - 1, -1, -1):
            value = value * factor + flows[..., period]
        return unwrap(np.asarray(value * factor**delay))


def xnpv(rate: Numeric, cashflows: Numeric, dates: Dates, *, day_count: str = "act/365") -> Float:
    """Net present value, on the earliest of their dates, of dated cash flows.

    Parameters
    ----------
    rate : array_like (...)
        Effective yearly discount rate, as a decimal.
    cashflows : array_like (..., n_flows)
        Money.
    dates : dates (n_flows,) or (..., n_flows)
        The day of each flow, in any order: datetime64, `datetime.date`, pandas dates or ISO strings.
    day_count : {"act/365", "act/360", "act/act", "30/360"}
        How days become years: see `year_fraction`.

    Returns
    -------
    float or array (...)
        In the unit of `cashflows`. NaN where a flow or the rate is NaN, and where the rate is -100% or
        less.

    Raises
    ------
    InputError
        `cashflows` or `dates` is a single item, is empty, or holds anything but numbers or dates; a
        date is missing (NaT); their last axes differ in length; the shapes do not broadcast;
        `day_count` is unknown.

    Notes
    -----
    XNPV = sum over i of c_i / (1 + r)^(days from the earliest date to d_i / 365).

    Excel discounts to the first date listed, and gives #NUM! where another one precedes it. Here the
    earliest date is time zero wherever it stands, so the order never matters, and the two agree
    wherever Excel gives a number.

    Examples
    --------
    >>> days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(xnpv(0.09, [-10000, 2750, 4250, 3250, 2750], days), 6)
    2086.647602
    """
    flows, times = dated(cashflows, dates, day_count)
    annual = as_float("rate", rate)
    annual, _ = broadcast(rate=annual, cashflows=flows[..., 0])
    with np.errstate(all="ignore"):
        log_growth = np.log1p(np.where(annual > -1, annual, np.nan))
        exponents = np.where(flows == 0, -np.inf, -log_growth[..., None] * times)
        exponents = np.where(np.isnan(log_growth)[..., None], np.nan, exponents)
        largest = exponents.max(axis=-1)
        # exp(709) is the largest double: beyond 600 factors are taken relative to the largest of them.
        shift = np.where(largest > 600, largest, 0.0)
        value = (flows * np.exp(exponents - shift[..., None])).sum(axis=-1)
        return unwrap(np.asarray(np.where(shift > 0, value * np.exp(shift), value)))
