"""Discount factors over a path of rates or one rate, at the end or the middle of each period."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_count, as_float, as_periods, broadcast, refuse
from maos_nb.analytics._periods import periods_first, periods_last
from maos_nb.errors import InputError

__all__ = ["Discounting", "Timing", "as_rates", "as_stub", "as_timing", "discount_factors", "discounting"]

Timing: TypeAlias = Literal["end", "mid"]


class Discounting(NamedTuple):
    """Discount factors with the periods first, and what the terminal value needs of them.

    Parameters
    ----------
    factors : Array
        One factor per flow, ``(n_periods, ...)``.
    horizon : Array
        The factor of the end of the last period, ``(...)``.
    last_rate : Array
        The rate of the last period, ``(...)``.
    half_year : Array
        Growth at the last rate over the half year by which mid-year flows come early; 1 for year-end flows.
    """

    factors: Array
    horizon: Array
    last_rate: Array
    half_year: Array


def discount_factors(
    wacc: Numeric, n_periods: int, *, timing: Timing = "end", stub: Numeric = 1.0, path: bool = False
) -> Array:
    """Give the discount factor of each of a row of yearly flows.

    Parameters
    ----------
    wacc : array_like, shape (...) or (..., n_periods)
        Discount rate as a decimal per year: one rate for all periods, or with ``path=True`` one rate per
        period on the last axis.
    n_periods : int
        Number of flows.
    timing : {"end", "mid"}
        Whether a flow comes at the end or in the middle of its period.
    stub : array_like, shape (...)
        Length of the first period as a fraction of a year, above 0 and at most 1. Year-end flows then come
        after ``stub, stub + 1, ...`` years, mid-year flows after ``stub / 2, stub + 0.5, stub + 1.5, ...``.
    path : bool
        Read the last axis of `wacc` as one rate per period.

    Returns
    -------
    ndarray, shape (..., n_periods)
        The products of ``1 / (1 + wacc)``; a NaN rate makes its own and all later factors NaN, a NaN stub all.

    Raises
    ------
    InputError
        If a rate is -100% or below, `n_periods` is not a whole number of at least 1, a path has another
        length, `timing` is unknown, `stub` is outside (0, 1], or the shapes of `wacc` and `stub` do not
        broadcast.

    Notes
    -----
    Year-end: ``1 / ((1 + w_1)**stub (1 + w_2) ... (1 + w_i))``. Mid-year: the same with half of the i-th
    period. See Koller, Goedhart and Wessels, *Valuation*, on mid-year adjustment; in Excel the second
    year-end factor at 10% is ``=1/(1+10%)^2``.

    Examples
    --------
    >>> discount_factors(0.10, 3).round(6)
    array([0.909091, 0.826446, 0.751315])
    >>> discount_factors(0.10, 3, timing="mid").round(6)
    array([0.953463, 0.866784, 0.787986])
    >>> discount_factors([0.10, 0.09, 0.08], 3, path=True).round(6)
    array([0.909091, 0.834028, 0.772248])
    """
    count = as_count("n_periods", n_periods)
    rates = as_periods("wacc", as_rates("wacc", wacc)) if path else as_rates("wacc", wacc)
    if path and rates.shape[-1] != count:
        raise InputError(
            "wacc", f"expected a path of {count} rates on the last axis, got shape {rates.shape}"
        )
    result = discounting(rates, count, path=path, timing=as_timing(timing), stub=as_stub("stub", stub))
    return periods_last(result.factors)


def as_rates(name: str, value: Numeric) -> Array:
    """Coerce to discount rates above -100%; NaN passes."""
    rates = as_float(name, value)
    refuse(name, rates, rates <= -1, "a rate above -1 (-100%)", advice="Give 8% as 0.08")
    return rates


def as_stub(name: str, value: Numeric) -> Array:
    """Coerce to lengths of a first period, above 0 and at most 1 year; NaN passes."""
    stub = as_float(name, value)
    refuse(
        name,
        stub,
        (stub <= 0) | (stub > 1),
        "a fraction of a year above 0 and at most 1",
        advice="Give the days left in the first period divided by 365",
    )
    return stub


def as_timing(timing: Timing) -> Timing:
    """Accept one of the two timings by name."""
    if timing not in ("end", "mid"):
        raise InputError("timing", f'expected "end" or "mid", got {timing!r}')
    return timing


def discounting(rates: Array, n_periods: int, *, path: bool, timing: Timing, stub: Array) -> Discounting:
    """Discount over validated rates: one per valuation ``(...)``, or with `path` ``(..., n_periods)``."""
    if stub.ndim:
        rates, stub = _rates_and_stub(rates, stub, path)
    leading = rates.ndim - 1 if path else rates.ndim
    growth = 1.0 + (periods_first(rates, leading) if path else rates)
    compounded = _compounded(growth, n_periods, path, stub)
    first = np.array(compounded[0])
    factors = np.divide(1.0, compounded, out=compounded)
    horizon = np.array(factors[-1])
    last_growth = growth[-1] if path else growth
    if timing == "mid":
        factors[0] *= np.sqrt(first)
        factors[1:] *= np.sqrt(growth[1:] if path else growth)
        half_year = np.sqrt(last_growth)
    else:
        half_year = np.ones(())
    last_rate = rates[..., -1] if path else rates
    return Discounting(factors, horizon, np.asarray(last_rate), np.asarray(half_year))


def _compounded(growth: Array, n_periods: int, path: bool, stub: Array) -> Array:
    first = growth[0] if path else growth
    if np.count_nonzero(stub != 1):
        first = np.power(first, stub)
    compounded = np.empty((n_periods, *first.shape))
    compounded[0] = first
    for period in range(1, n_periods):
        factor = growth[period] if path else growth
        np.multiply(compounded[period - 1], factor, out=compounded[period, ...])
    return compounded


def _rates_and_stub(rates: Array, stub: Array, path: bool) -> tuple[Array, Array]:
    if not path:
        wide, stub = broadcast(wacc=rates, stub=stub)
        return wide, stub
    first, stub = broadcast(wacc=rates[..., 0], stub=stub)
    return np.broadcast_to(rates, (*first.shape, rates.shape[-1])), stub
