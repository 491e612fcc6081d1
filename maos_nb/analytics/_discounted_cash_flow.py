"""A discounted cash flow valuation over arrays of flows, rates and terminal values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_periods,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import (
    Discounting,
    Timing,
    as_rates,
    as_stub,
    as_timing,
    discounting,
)
from maos_nb.analytics._periods import full, periods_first, periods_last, sum_of_periods, unknown
from maos_nb.analytics._records import figure
from maos_nb.analytics._terminal import DcfStatus, statuses
from maos_nb.analytics._terminal_methods import TerminalMethod, as_terminal_method, horizon_value
from maos_nb.errors import InputError

__all__ = ["DcfResult", "dcf", "nan_for_infinite"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DcfResult:
    """A discounted cash flow valuation and what it implies.

    Parameters
    ----------
    enterprise_value
        Present value of all flows, ``(...)``; NaN where `status` is not ``"ok"``.
    terminal_value
        Value at the horizon of all flows after it, ``(...)``.
    present_value_of_terminal
        The same, discounted to today, ``(...)``.
    present_values
        Each flow discounted to today, ``(..., n_periods)``.
    discount_factors
        What each flow was multiplied by, ``(..., n_periods)``.
    terminal_share
        `present_value_of_terminal` as a fraction of `enterprise_value`, ``(...)``; NaN for a value of zero.
    implied_exit_multiple
        Multiple of `terminal_metric` that would give the same enterprise value, ``(...)``: the multiple as
        given, or the one that perpetual growth amounts to (NaN without a `terminal_metric`).
    implied_growth
        Perpetual growth that would give the same enterprise value, ``(...)``: the growth as given, or the
        one that the exit multiple, the recovery rate or the H-model amounts to.
    status
        ``"ok"``, ``"wacc_not_above_growth"`` or ``"not_finite"``: a `DcfStatus`, or an array of str ``(...)``.
    """

    enterprise_value: Float
    terminal_value: Float
    present_value_of_terminal: Float
    present_values: Array
    discount_factors: Array
    terminal_share: Float
    implied_exit_multiple: Float
    implied_growth: Float
    status: Any

    def __repr__(self) -> str:
        failed = int(np.count_nonzero(np.asarray(self.status) != DcfStatus.OK.value))
        status = f"{failed} not ok" if failed else "ok"
        return (
            f"DcfResult(enterprise_value={figure(self.enterprise_value)}, "
            f"terminal_share={figure(self.terminal_share)}, "
            f"n_periods={self.present_values.shape[-1]}, "
            f"status={self.status if np.ndim(self.status) == 0 else status})"
        )


def dcf(
    fcf: Numeric,
    wacc: Numeric,
    *,
    terminal_growth: Numeric | None = None,
    exit_multiple: Numeric | None = None,
    terminal_metric: Numeric | None = None,
    ronic: Numeric | None = None,
    nopat_last: Numeric | None = None,
    initial_growth: Numeric | None = None,
    half_life: Numeric | None = None,
    recovery_rate: Numeric | None = None,
    timing: Timing = "end",
    stub: Numeric = 1.0,
) -> DcfResult:
    """Value a business as the present value of its free cash flows and of its terminal value.

    Parameters
    ----------
    fcf : array_like, shape (..., n_periods)
        Free cash flow of each period, in units of money. With a `stub` the first is the flow of the stub
        alone, not of its whole year.
    wacc : array_like, shape (...) or (..., n_periods)
        Discount rate as a decimal per year. With as many dimensions as `fcf` it is a path: its last axis is
        one rate per period, and must be as long as the last axis of `fcf`. With fewer or more dimensions it
        is one rate per valuation, broadcast over the leading axes of `fcf`. So for flows ``(n,)`` a scalar
        is one rate, ``(n,)`` a path, and ``(41, 1)`` 41 rates; for flows ``(companies, n)`` the shape
        ``(companies,)`` is one rate per company. The rate of the terminal value is the path's last.
    terminal_growth : array_like, shape (...), optional
        Growth of the flow in every year after the last, as a decimal (Gordon). Exactly one of this,
        `exit_multiple` and `recovery_rate` is given.
    exit_multiple : array_like, shape (...), optional
        Multiple of `terminal_metric` at which the business could be sold at the end of the last period.
    terminal_metric : array_like, shape (...), optional
        What the multiple is applied to, such as the last year's EBITDA. With `terminal_growth` it is only
        used to report the implied multiple.
    ronic, nopat_last, initial_growth, half_life, recovery_rate : array_like, shape (...), optional
        The other ways to a terminal value, as in `terminal_value`: the value driver formula, the H-model and
        liquidation. The first two are discounted as Gordon's value is, liquidation as an exit.
    timing : {"end", "mid"}
        Whether flows come at the end or in the middle of their periods. With mid-year flows a Gordon
        terminal value is discounted half a year less, with the flows; an exit multiple at the period's end.
    stub : array_like, shape (...)
        Length of the first period as a fraction of a year, above 0 and at most 1.

    Returns
    -------
    DcfResult
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation. A NaN
        in `fcf`, `wacc`, growth, multiple or metric makes the enterprise value that needs it NaN, with the
        status ``"not_finite"``; so do infinities. Arrays may be read-only views.

    Raises
    ------
    InputError
        If `fcf` has no periods, a path of rates has another length, a rate is -100% or below, the terminal
        arguments do not make exactly one method or are out of range (as for `terminal_value`), `timing` is
        unknown, `stub` is outside (0, 1] or shortens the only period that a Gordon value or an H-model could
        grow from, the shapes do not broadcast, or a single valuation has a `wacc` that is not above
        `terminal_growth` (arrays get NaN and a status).

    Notes
    -----
    ``EV = sum(fcf_i D_i) + TV D_n`` with ``D_i`` of `discount_factors` and ``TV`` of `terminal_value`: Koller,
    Goedhart and Wessels, *Valuation*. With an exit multiple and ``F = fcf_n`` the implied growth is
    ``(TV w - F) / (TV + F)``, and with the H-model too; for an exit with
    mid-year flows ``F = fcf_n (1 + w)**0.5``, and the multiple implied by
    Gordon is raised by the same factor, so that either restates the same enterprise value.

    Examples
    --------
    Flows of 105 growing 5% a year in B2:F2; in Excel
    ``=NPV(10%,B2:F2)+F2*(1+2%)/(10%-2%)/(1+10%)^5``.

    >>> flows = 100 * 1.05 ** np.arange(1, 6)
    >>> result = dcf(flows, 0.10, terminal_growth=0.02)
    >>> round(result.enterprise_value, 7), round(result.terminal_value, 7)
    (1446.21189, 1627.2589922)
    >>> result
    DcfResult(enterprise_value=1,446.21, terminal_share=0.698653, n_periods=5, status=ok)

    A two-way table, WACC down and terminal growth across:

    >>> table = dcf(flows, [[0.09], [0.10], [0.11]], terminal_growth=[0.01, 0.02, 0.03])
    >>> table.enterprise_value.round(1)
    array([[1494.8, 1656.3, 1871.5],
           [1325.1, 1446.2, 1601.9],
           [1189.5, 1282.9, 1399.7]])
    """
    flows = as_periods("fcf", fcf)
    rates = as_rates("wacc", wacc)
    path = _rates_are_a_path(rates, flows)
    method = as_terminal_method(
        terminal_growth,
        exit_multiple,
        terminal_metric,
        ronic=ronic,
        nopat_last=nopat_last,
        initial_growth=initial_growth,
        half_life=half_life,
        recovery_rate=recovery_rate,
    )
    first_period = as_stub("stub", stub)
    if method.grows_from_flow and flows.shape[-1] == 1:
        _refuse_growth_from_a_stub(first_period)
    shape = broadcast_shape(
        fcf=flows[..., 0], wacc=rates[..., 0] if path else rates, stub=first_period, **method.arrays()
    )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        discount = discounting(rates, flows.shape[-1], path=path, timing=as_timing(timing), stub=first_period)
        return _valued(flows, _yearly_last_flow(flows, first_period), discount, method, shape)


def _rates_are_a_path(rates: Array, flows: Array) -> bool:
    if rates.ndim != flows.ndim:
        return False
    if rates.shape[-1] != flows.shape[-1]:
        raise InputError(
            "wacc",
            f"expected a path of {flows.shape[-1]} rates on the last axis, as wacc {rates.shape} has as many "
            f"dimensions as fcf {flows.shape}",
            advice="For one rate per valuation give fcf[np.newaxis] instead of fcf, or a wacc without its last axis",
        )
    return True


def _refuse_growth_from_a_stub(stub: Array) -> None:
    if (stub < 1).any():
        raise InputError(
            "fcf",
            f"expected at least 2 periods for terminal_growth with stub {stub.min():.6g}: the flow of part of a "
            "year is no base for yearly growth",
            advice="Add the flow of the first full year",
        )


def _yearly_last_flow(flows: Array, stub: Array) -> Array:
    last = np.asarray(flows[..., -1])
    return np.where(stub == 1, last, np.nan) if flows.shape[-1] == 1 else last


def _valued(
    flows: Array, last_flow: Array, discount: Discounting, method: TerminalMethod, shape: tuple[int, ...]
) -> DcfResult:
    factors = periods_first(periods_last(discount.factors), len(shape))
    present = periods_first(flows, len(shape)) * factors
    terminal = horizon_value(method, last_flow, discount.last_rate, scalar=shape == ())
    grows = method.growth is not None
    present_terminal = np.asarray(
        terminal * (discount.horizon * discount.half_year if grows else discount.horizon)
    )
    enterprise = np.asarray(sum_of_periods(present) + present_terminal)
    multiple, growth = _implied(terminal, last_flow, discount, method, shape)
    finite = np.isfinite(enterprise)
    if np.count_nonzero(finite) < finite.size:
        enterprise, terminal, present_terminal = map(
            nan_for_infinite, (enterprise, terminal, present_terminal)
        )

    def shaped(array: Array) -> Float:
        return unwrap(full(array, shape))

    return DcfResult(
        enterprise_value=shaped(enterprise),
        terminal_value=shaped(terminal),
        present_value_of_terminal=shaped(present_terminal),
        present_values=full(periods_last(present), (*shape, flows.shape[-1])),
        discount_factors=full(periods_last(factors), (*shape, flows.shape[-1])),
        terminal_share=shaped(_quotient(present_terminal, enterprise)),
        implied_exit_multiple=shaped(multiple),
        implied_growth=shaped(growth),
        status=statuses(full(finite, shape), discount.last_rate, method.growth),
    )


def _implied(
    terminal: Array, last_flow: Array, discount: Discounting, method: TerminalMethod, shape: tuple[int, ...]
) -> tuple[Array, Array]:
    """Give the exit multiple and the perpetual growth that the terminal value amounts to."""
    if method.growth is None:
        flow = last_flow * discount.half_year
        return np.asarray(method.sale), _growth_worth(terminal, flow, discount.last_rate)
    multiple = unknown(shape)
    if method.metric is not None:
        multiple = _quotient(terminal * discount.half_year, method.metric)
    if method.half_life is None:
        return multiple, method.growth
    return multiple, _growth_worth(terminal, last_flow, discount.last_rate)


def _growth_worth(terminal: Array, flow: Array, rate: Array) -> Array:
    """Solve Gordon's formula for growth."""
    return _quotient(terminal * rate - flow, terminal + flow)


def _quotient(numerator: Array, denominator: Array) -> Array:
    zero = denominator == 0
    if np.count_nonzero(zero):
        denominator = np.where(zero, np.nan, denominator)
    return np.asarray(numerator / denominator)


def nan_for_infinite(array: Array) -> Array:
    """Replace infinities, which are no values."""
    infinite = np.isinf(array)
    return np.where(infinite, np.nan, array) if np.count_nonzero(infinite) else array
