"""What a project is judged by beside its net present value and rate of return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._annuities import pmt
from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_float,
    as_periods,
    broadcast,
    unwrap,
)
from maos_nb.analytics._internal_rates import RootStatus, internal_rates
from maos_nb.analytics._periods import periods_first, sum_of_periods
from maos_nb.analytics._present_value import npv
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "NpvProfile",
    "equivalent_annuity",
    "irr_all",
    "mirr",
    "npv_profile",
    "profitability_index",
]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NpvProfile:
    """Net present value over a range of rates, for the plot that shows where it is zero.

    Parameters
    ----------
    rates
        As given, ``(n_rates,)``.
    values
        Net present value at each, ``(..., n_rates)``.
    roots
        All internal rates of return, rising, ``(..., n_roots_max)``; NaN after a series' last one. They
        may lie outside `rates`.
    status
        Of the roots: a `RootStatus`, or an array of its values ``(...)``.
    """

    rates: Array
    values: Array
    roots: Array
    status: Any

    def __repr__(self) -> str:
        return f"NpvProfile(rates={figure(self.rates)}, values={figure(self.values)}, roots={figure(self.roots)})"

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per rate.

        Returns
        -------
        DataFrame
            Column ``npv``; for several series one column each, named by its number in the flattened leading
            axes. Indexed by ``rate``.
        """
        import pandas as pd

        index = pd.Index(self.rates, name="rate")
        if self.values.ndim == 1:
            return pd.DataFrame({"npv": self.values}, index=index)
        return pd.DataFrame(self.values.reshape(-1, self.rates.size).T, index=index)


def irr_all(cashflows: Numeric, *, return_status: bool = False) -> Any:
    """Find every internal rate of return of evenly spaced cash flows.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period, outlays negative.
    return_status : bool
        Give the pair (rates, status) instead of the rates.

    Returns
    -------
    array (..., n_roots_max)
        Rates per period as decimals, rising; NaN after a series' last one. Empty along the last axis where
        no series has any, as with a flow that is not finite.
    RootStatus, or array (...) of its values as text
        Only with `return_status`.

    Raises
    ------
    InputError
        `cashflows` is a single number, has no periods, or holds anything but numbers.

    Notes
    -----
    ``irr(cashflows, root="all")``: see `irr` for how roots are found.

    Examples
    --------
    >>> irr_all([-50, -100, 600, 300, -100]).round(8)
    array([-0.76889547,  1.85441783])
    >>> irr_all([[-100, 230, -132], [-100, 110, 0]]).round(12)
    array([[0.1, 0.2],
           [0.1, nan]])
    """
    flows = as_periods("cashflows", cashflows)
    table = flows.reshape(-1, flows.shape[-1])
    return internal_rates(table, None, flows.shape[:-1], 0.1, "all", return_status)


def mirr(
    cashflows: Numeric, finance_rate: Numeric, reinvest_rate: Numeric, *, return_status: bool = False
) -> Any:
    """Find the modified internal rate of return: outlays financed at one rate, receipts reinvested at another.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period, outlays negative; every period counts, zeros too.
    finance_rate : array_like (...)
        Rate at which negative flows are discounted to the first period, as a decimal.
    reinvest_rate : array_like (...)
        Rate at which positive flows grow to the last period, as a decimal.
    return_status : bool
        Give the pair (rates, status) instead of the rates.

    Returns
    -------
    float or array (...)
        Rate per period, as a decimal. NaN where the flows are of one sign (Excel: #DIV/0!), a flow is not
        finite, or a rate is NaN or -100% or less.
    RootStatus, or array (...) of its values as text
        Only with `return_status`: ``"converged"``, ``"no_sign_change"``, ``"out_of_range"`` or
        ``"not_finite"``.

    Raises
    ------
    InputError
        `cashflows` is a single number, has no periods, or holds anything but numbers; a rate is not
        numeric; the shapes do not broadcast.

    Notes
    -----
    ``(FV of positive flows / -PV of negative flows)^(1 / (n_periods - 1)) - 1``, as Excel's MIRR;
    through logarithms, so that thousands of periods do not overflow.

    Examples
    --------
    >>> round(mirr([-120000, 39000, 30000, 21000, 37000, 46000], 0.10, 0.12), 6)
    0.126094
    """
    flows = as_periods("cashflows", cashflows)
    finance, reinvest, _ = broadcast(
        finance_rate=as_float("finance_rate", finance_rate),
        reinvest_rate=as_float("reinvest_rate", reinvest_rate),
        cashflows=flows[..., 0],
    )
    with np.errstate(all="ignore"):
        finance, reinvest = _log_growth(finance), _log_growth(reinvest)
        ratio = _log_value(flows, reinvest) - _log_value(-flows, finance)
        value = np.expm1(ratio / (flows.shape[-1] - 1) + reinvest)
    both = ((flows > 0).any(axis=-1) & (flows < 0).any(axis=-1)) | np.zeros(value.shape, np.bool_)
    finite = np.isfinite(flows).all(axis=-1) & np.isfinite(finance) & np.isfinite(reinvest)
    held = finite & both & np.isfinite(value) & (value > -1)
    value = np.where(held, value, np.nan)
    if not return_status:
        return unwrap(value)
    status = np.select(
        [~finite, ~both, held],
        [RootStatus.NOT_FINITE, RootStatus.NO_SIGN_CHANGE, RootStatus.CONVERGED],
        RootStatus.OUT_OF_RANGE,
    )
    if not status.ndim:
        return unwrap(value), RootStatus(status.item())
    return value, status.astype(f"<U{max(map(len, RootStatus))}")


def npv_profile(cashflows: Numeric, rates: Numeric, *, first_period: float = 0) -> NpvProfile:
    """Value cash flows at each of a range of rates, and find all rates at which their value is zero.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period, outlays negative.
    rates : array_like (n_rates,)
        Discount rates per period, as decimals, in any order.
    first_period : float
        Periods from now to the first flow, as for `npv`; the roots do not depend on it.

    Returns
    -------
    NpvProfile
        Rates, values, all roots, and the status of these. Values are NaN where a flow or the rate is NaN, or
        the rate is -100% or less.

    Raises
    ------
    InputError
        `rates` is not one-dimensional, or empty; for `cashflows` and `first_period` as `npv`.

    Examples
    --------
    >>> profile = npv_profile([-100, 230, -132], [0.0, 0.15, 0.3])
    >>> profile.values.round(4), profile.roots.round(12)
    (array([-2.    ,  0.189 , -1.1834]), array([0.1, 0.2]))
    """
    grid = as_float("rates", rates)
    if grid.ndim != 1 or not grid.size:
        raise InputError("rates", f"expected one row of rates, got shape {grid.shape}")
    flows = as_periods("cashflows", cashflows)
    values = npv(grid, flows[..., np.newaxis, :], first_period=first_period)
    roots, status = irr_all(flows, return_status=True)
    return NpvProfile(grid, values, roots, status)


def profitability_index(cashflows: Numeric, rate: Numeric) -> Float:
    """Present value of all later flows per unit of the initial outlay.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period; the first is the outlay, now and negative.
    rate : array_like (...)
        Discount rate per period, as a decimal.

    Returns
    -------
    float or array (...)
        Above 1 where the net present value is positive. NaN where the first flow is not negative, where a
        flow or the rate is NaN, and where the rate is -100% or less.

    Raises
    ------
    InputError
        `cashflows` is a single number, has fewer than two periods, or holds anything but numbers; `rate` is
        not numeric; the shapes do not broadcast.

    Notes
    -----
    ``(sum over t >= 1 of c_t / (1 + r)^t) / -c_0``, which is ``1 + NPV / -c_0``. Some textbooks take the
    NPV alone over the outlay: that is one less.

    Examples
    --------
    >>> round(profitability_index([-1000, 500, 500, 300], 0.10), 6)
    1.093163
    """
    flows = as_periods("cashflows", cashflows, minimum=2)
    outlay = np.where(flows[..., 0] < 0, -flows[..., 0], np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        return unwrap(np.asarray(npv(rate, flows[..., 1:], first_period=1) / outlay))


def equivalent_annuity(cashflows: Numeric, rate: Numeric) -> Float:
    """Level amount per period, over the project's life, worth as much as its cash flows.

    Parameters
    ----------
    cashflows : array_like (..., n_periods)
        Money, one item per period; the first is now, so that the life is ``n_periods - 1``.
    rate : array_like (...)
        Discount rate per period, as a decimal; zero spreads the sum evenly.

    Returns
    -------
    float or array (...)
        In the unit of `cashflows`, at the end of each period. NaN where a flow or the rate is NaN, and where
        the rate is -100% or less.

    Raises
    ------
    InputError
        `cashflows` is a single number, has fewer than two periods, or holds anything but numbers; `rate` is
        not numeric; the shapes do not broadcast.

    Notes
    -----
    ``NPV r / (1 - (1 + r)^-n)``: Brealey, Myers and Allen, *Principles of Corporate Finance*, "Equivalent
    annual cash flow". It compares projects that could be repeated, and have lives of different lengths.

    Examples
    --------
    Two machines, one dearer to buy and cheaper to run: the second costs less a year.

    >>> round(equivalent_annuity([-15, -5, -5, -5], 0.06), 2), round(equivalent_annuity([-10, -6, -6], 0.06), 2)
    (-10.61, -11.45)
    """
    flows = as_periods("cashflows", cashflows, minimum=2)
    value = npv(rate, flows)
    return pmt(rate, flows.shape[-1] - 1, np.negative(value))


def _log_growth(rate: Array) -> Array:
    return np.log1p(np.where(rate > -1, rate, np.nan))


def _log_value(flows: Array, log_growth: Array) -> Array:
    """Give the log of the present value of the positive flows."""
    exponents = np.log(np.maximum(flows, 0.0)) - log_growth[..., np.newaxis] * np.arange(flows.shape[-1])
    largest = exponents.max(axis=-1)
    shares = np.exp(exponents - largest[..., np.newaxis])
    return np.asarray(largest + np.log(sum_of_periods(periods_first(shares, shares.ndim - 1))))
