"""Present values and rates of return of cash flows, whole panels in one call.

Flows are arrays ``(..., n_periods)``, periods last; every leading axis broadcasts. Rates are decimals
per period (0.08 is 8%), per year where there are dates. An outlay is negative, a receipt positive; only an
`amortization_schedule` is all in positive amounts, and the flows of `money_weighted_return`,
`time_weighted_return` and `modified_dietz` are seen from the portfolio: a contribution is positive.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._amortization import AmortizationSchedule, amortization_schedule
from maos_nb.analytics._annuities import NperStatus, fv, ipmt, nper, pmt, ppmt, pv
from maos_nb.analytics._annuity_rate import rate
from maos_nb.analytics._annuity_terms import When
from maos_nb.analytics._arrays import (
    Float,
    Numeric,
    as_periods,
    broadcast,
    unwrap,
)
from maos_nb.analytics._dated_flows import netted, netted_together, with_years
from maos_nb.analytics._dates import Dates, as_dates, day_count_function
from maos_nb.analytics._discounting import Timing, discount_factors
from maos_nb.analytics._internal_rates import RootChoice, RootStatus, internal_rates
from maos_nb.analytics._payback import Crossing, PaybackStatus, discounted_payback, payback
from maos_nb.analytics._performance import (
    FlowTiming,
    modified_dietz,
    money_weighted_return,
    time_weighted_return,
)
from maos_nb.analytics._present_value import npv, xnpv
from maos_nb.analytics._project_measures import (
    NpvProfile,
    equivalent_annuity,
    irr_all,
    mirr,
    npv_profile,
    profitability_index,
)
from maos_nb.errors import InputError

__all__ = [
    "AmortizationSchedule",
    "Crossing",
    "FlowTiming",
    "NperStatus",
    "NpvProfile",
    "PaybackStatus",
    "RootChoice",
    "RootStatus",
    "Timing",
    "When",
    "amortization_schedule",
    "discount_factors",
    "discounted_payback",
    "equivalent_annuity",
    "fv",
    "ipmt",
    "irr",
    "irr_all",
    "mirr",
    "modified_dietz",
    "money_weighted_return",
    "nper",
    "npv",
    "npv_profile",
    "payback",
    "pmt",
    "ppmt",
    "profitability_index",
    "pv",
    "rate",
    "time_weighted_return",
    "xirr",
    "xnpv",
    "year_fraction",
]


def irr(
    cashflows: Numeric, *, guess: Numeric = 0.1, root: RootChoice = "nearest", return_status: bool = False
) -> Any:
    """Find the internal rate of return of evenly spaced cash flows, at which their value is zero.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period, outlays negative. Zeros before the first and after the last flow
        do not matter, nor does the unit. A flow below 1e-300 of the largest counts as zero.
    guess : array_like (...)
        Where there are several rates, the one nearest to this is given; it changes nothing else.
        Nearness is measured in log(1 + rate), so that -98% is further from 10% than 450% is: that
        gives the rate which Excel's iteration, starting from the same guess, most often reaches.
    root : {"nearest", "lowest", "all"}
        Which rate to give where there are several.
    return_status : bool
        Give the pair (rates, status) instead of the rates.

    Returns
    -------
    float or array (...), or (..., n_roots_max) for ``root="all"``
        Rates per period as decimals. NaN where there is none, where a flow is not finite, and, with
        ``root="all"``, after a series' last rate; those rise along the last axis.
    RootStatus, or array (...) of its values as text
        Only with `return_status`.

    Raises
    ------
    InputError
        `cashflows` is a single number, has no periods, or holds anything but numbers; `guess` is not
        numeric, is -100% or less, is not finite, or does not broadcast; `root` is none of the three.

    Notes
    -----
    Solves sum over t of c_t / (1 + r)^t = 0. Series whose flows change sign once have one rate; the
    others are searched over every rate that their flows allow: in each interval the value is expanded
    with a bound on its error, and the interval divided until it is clear what it holds, so that close
    rates, and a value that touches zero without crossing it, are found too. Rates between which the
    value is zero for all that doubles can tell count as one.

    From 1,000 series in one call on, the search is compiled where numba is installed: that takes some
    seconds the first time, and half a second to load in later sessions. Rates agree to the last digits.

    Examples
    --------
    >>> round(irr([-70000, 12000, 15000, 18000, 21000, 26000]), 9)
    0.086630948
    >>> irr([-50, -100, 600, 300, -100], root="all").round(8)
    array([-0.76889547,  1.85441783])
    >>> rates, status = irr([[-100, 110], [100, 110]], return_status=True)
    >>> rates.round(12), status
    (array([0.1, nan]), array(['converged', 'no_sign_change'], dtype='<U14'))
    """
    flows = as_periods("cashflows", cashflows)
    return internal_rates(
        flows.reshape(-1, flows.shape[-1]), None, flows.shape[:-1], guess, root, return_status
    )


def xirr(
    cashflows: Numeric,
    dates: Dates,
    *,
    guess: Numeric = 0.1,
    day_count: str = "act/365",
    root: RootChoice = "nearest",
    return_status: bool = False,
) -> Any:
    """Find the internal rate of return of dated cash flows: the yearly rate at which their value is zero.

    Parameters
    ----------
    cashflows : array_like (..., n_flows)
        Money, outlays negative. Series of different lengths go into one array by filling the shorter
        ones with zeros, on any date.
    dates : dates (n_flows,) or (..., n_flows)
        The day of each flow, in any order (Excel wants none before the first; the rate is the same).
        Flows of one day are netted.
    guess : array_like (...)
        Where there are several rates, the one nearest to this in log(1 + rate) is given.
    day_count : {"act/365", "act/360", "act/act", "30/360"}
        How days become years: see `year_fraction`.
    root : {"nearest", "lowest", "all"}
        Which rate to give where there are several.
    return_status : bool
        Give the pair (rates, status) instead of the rates.

    Returns
    -------
    float or array (...), or (..., n_roots_max) for ``root="all"``
        Effective yearly rates as decimals. NaN where there is none, where a flow is not finite, and,
        with ``root="all"``, after a series' last rate.
    RootStatus, or array (...) of its values as text
        Only with `return_status`.

    Raises
    ------
    InputError
        `cashflows` or `dates` is a single item, is empty, or holds anything but numbers or dates; a
        date is missing (NaT); their last axes differ in length; the shapes do not broadcast; `guess`
        is not numeric, is -100% or less, or is not finite; `day_count` or `root` is unknown.

    Notes
    -----
    Solves `xnpv` (rate) = 0, as `irr` does. Excel stops once the rate is right to 0.000001%, and is
    known to give a rate of nearly zero where its iteration fails; this gives the rate or NaN.

    Examples
    --------
    >>> days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(xirr([-10000, 2750, 4250, 3250, 2750], days), 9)
    0.373362534
    """
    flows, times = with_years(cashflows, dates, day_count)
    n_flows = flows.shape[-1]
    if times.ndim == 1:
        table, years = netted_together(flows.reshape(-1, n_flows), times)
    else:
        flows, times = broadcast(cashflows=flows, dates=times)
        table, years = netted(flows.reshape(-1, n_flows), times.reshape(-1, n_flows))
    return internal_rates(table, years, flows.shape[:-1], guess, root, return_status)


def year_fraction(start: Dates, end: Dates, day_count: str = "act/365") -> Float:
    """Years between two days by a day-count convention; negative where `end` precedes `start`.

    Parameters
    ----------
    start, end : dates (...)
        Days, broadcast against each other.
    day_count : {"act/365", "act/360", "act/act", "30/360"}
        "act/365" (fixed) and "act/360" divide the days between by that number; "act/act" is ISDA's:
        days in leap years count 1/366 and others 1/365; "30/360" is the US (NASD) rule with its
        end-of-February adjustments, as Excel's YEARFRAC with basis 0.

    Returns
    -------
    float or array (...)
        Years.

    Raises
    ------
    InputError
        `start` or `end` holds anything but dates, or a missing one; the shapes do not broadcast;
        `day_count` is unknown.

    Notes
    -----
    ISDA 2006 Definitions, section 4.16 (b), (d), (e) and (f). There is no NaN: missing dates are refused.

    Examples
    --------
    >>> year_fraction("2024-01-15", "2024-07-15", "30/360")
    0.5
    >>> year_fraction("2023-01-01", ["2024-01-01", "2025-01-01"])
    array([1.        , 2.00273973])
    """
    convention = day_count_function("day_count", day_count)
    first, last = as_dates("start", start), as_dates("end", end)
    try:
        first, last = np.broadcast_arrays(first, last)
    except ValueError:
        raise InputError(
            "start and end", f"shapes do not broadcast: {first.shape} and {last.shape}"
        ) from None
    return unwrap(np.asarray(convention(first, last)))
