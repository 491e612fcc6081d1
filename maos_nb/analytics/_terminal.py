"""The value of all flows after the last explicit period: perpetual growth or an exit multiple."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    BoolArray,
    Float,
    Numeric,
    as_amount,
    as_float,
    broadcast_shape,
    refuse,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._periods import full
from maos_nb.errors import InputError

__all__ = [
    "DcfStatus",
    "TerminalMethod",
    "as_terminal_method",
    "exit_value",
    "gordon",
    "statuses",
    "terminal_value",
]


class DcfStatus(StrEnum):
    """Whether a valuation has an answer, and why not."""

    OK = "ok"
    WACC_NOT_ABOVE_GROWTH = "wacc_not_above_growth"
    NOT_FINITE = "not_finite"


class TerminalMethod(NamedTuple):
    """One way to a terminal value: `growth` or `multiple` is an array, the other None."""

    growth: Array | None
    multiple: Array | None
    metric: Array | None

    def arrays(self) -> dict[str, Array]:
        """Give the arrays there are, by the names the caller knows."""
        named = {
            "terminal_growth": self.growth,
            "exit_multiple": self.multiple,
            "terminal_metric": self.metric,
        }
        return {name: array for name, array in named.items() if array is not None}


def terminal_value(
    fcf_last: Numeric,
    wacc: Numeric,
    *,
    terminal_growth: Numeric | None = None,
    exit_multiple: Numeric | None = None,
    terminal_metric: Numeric | None = None,
    return_status: bool = False,
) -> Float:
    """Value all flows after the last explicit one, as of that last flow's date.

    Parameters
    ----------
    fcf_last : array_like, shape (...)
        Free cash flow of the last explicit year.
    wacc : array_like, shape (...)
        Discount rate after that year, as a decimal.
    terminal_growth : array_like, shape (...), optional
        Growth of the flow in every later year, as a decimal (Gordon). Exactly one of this and
        `exit_multiple` is given.
    exit_multiple : array_like, shape (...), optional
        Multiple of `terminal_metric` at which the business could be sold.
    terminal_metric : array_like, shape (...), optional
        What the multiple is applied to, such as the last year's EBITDA; not used by Gordon.
    return_status : bool
        Return the status of each valuation too.

    Returns
    -------
    float or ndarray, shape (...)
        The terminal value; NaN where an argument that it depends on is NaN (an exit multiple depends on
        neither `fcf_last` nor `wacc`), and, in arrays, where `wacc` is not above `terminal_growth`.
    DcfStatus or ndarray of str, shape (...)
        Only with ``return_status=True``: ``"ok"``, ``"wacc_not_above_growth"`` or ``"not_finite"``.

    Raises
    ------
    InputError
        If both or neither of `terminal_growth` and `exit_multiple` are given, `exit_multiple` comes without
        `terminal_metric` or is negative, a rate is -100% or below, the growth is below -100%, the shapes do
        not broadcast, or a single valuation has a `wacc` that is not above `terminal_growth`.

    Notes
    -----
    Gordon and Shapiro (1956): ``fcf_last (1 + g) / (wacc - g)``. Exit multiple: ``multiple x metric``.

    Examples
    --------
    In Excel: ``=127.62815625*(1+2%)/(10%-2%)``.

    >>> round(terminal_value(127.62815625, 0.10, terminal_growth=0.02), 7)
    1627.2589922
    >>> terminal_value(127.6, 0.10, exit_multiple=8.0, terminal_metric=200.0)
    1600.0
    >>> terminal_value(100.0, [0.08, 0.02], terminal_growth=0.03, return_status=True)
    (array([2060.,   nan]), array(['ok', 'wacc_not_above_growth'], dtype='<U21'))
    """
    flow = as_float("fcf_last", fcf_last)
    rate = as_rates("wacc", wacc)
    method = as_terminal_method(terminal_growth, exit_multiple, terminal_metric)
    shape = broadcast_shape(fcf_last=flow, wacc=rate, **method.arrays())
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if method.growth is not None:
            value = gordon(flow, rate, method.growth, scalar=shape == ())
        else:
            value = exit_value(method)
    value = full(value, shape)
    if not return_status:
        return unwrap(value)
    return unwrap(value), statuses(np.isfinite(value), rate, method.growth)


def as_terminal_method(
    terminal_growth: Numeric | None, exit_multiple: Numeric | None, terminal_metric: Numeric | None
) -> TerminalMethod:
    """Accept exactly one of the two methods, with what it needs."""
    if (terminal_growth is None) == (exit_multiple is None):
        came = "neither" if terminal_growth is None else "both"
        raise InputError(
            "terminal_growth and exit_multiple",
            f"expected exactly one of them, got {came}",
            advice="Give terminal_growth for perpetual growth, or exit_multiple with terminal_metric for a sale",
        )
    metric = None if terminal_metric is None else as_float("terminal_metric", terminal_metric)
    if terminal_growth is not None:
        growth = as_float("terminal_growth", terminal_growth)
        refuse(
            "terminal_growth", growth, growth < -1, "a rate of -1 (-100%) or more", advice="Give 2% as 0.02"
        )
        return TerminalMethod(growth, None, metric)
    if metric is None:
        raise InputError(
            "terminal_metric",
            "expected what exit_multiple is applied to, got nothing",
            advice="Give the last year's figure, such as EBITDA for an EV/EBITDA multiple",
        )
    multiple = as_amount("exit_multiple", exit_multiple)  # type: ignore[arg-type]  # one of the two was given
    return TerminalMethod(None, multiple, metric)


def gordon(flow: Array, rate: Array, growth: Array, *, scalar: bool) -> Array:
    """Value a perpetuity growing from `flow`; NaN where `rate` is not above `growth`, an error if `scalar`."""
    spread = np.asarray(rate - growth)
    closed = ~(spread > 0)
    if np.count_nonzero(closed):
        if scalar and spread <= 0:
            _refuse_wacc_not_above_growth(rate.item(), growth.item())
        spread[closed] = np.nan
    return np.asarray(flow * (1.0 + growth) / spread)


def exit_value(method: TerminalMethod) -> Array:
    """Value a sale at `multiple` times `metric`."""
    return np.asarray(np.multiply(method.multiple, method.metric))  # type: ignore[arg-type]  # both are there


def statuses(finite: BoolArray, rate: Array, growth: Array | None) -> Any:
    """Say for each value whether it is an answer, and why not; one `DcfStatus` for a single valuation."""
    if np.count_nonzero(finite) == finite.size:
        return DcfStatus.OK if finite.ndim == 0 else _all_ok(finite.shape)
    status = np.where(finite, _OK, np.array(DcfStatus.NOT_FINITE.value, dtype=_OK.dtype))
    if growth is not None:
        status[np.broadcast_to(rate <= growth, finite.shape)] = DcfStatus.WACC_NOT_ABOVE_GROWTH.value
    return DcfStatus(status.item()) if finite.ndim == 0 else status


@lru_cache(maxsize=128)
def _all_ok(shape: tuple[int, ...]) -> Any:
    """Repeat "ok" as a read-only view: a million copies would take 84 MB."""
    return np.broadcast_to(_OK, shape)


def _refuse_wacc_not_above_growth(wacc: float, growth: float) -> None:
    raise InputError(
        "wacc",
        f"expected a wacc above terminal_growth, got wacc {wacc:.6g} and terminal_growth {growth:.6g}: "
        "a flow that grows for ever at its discount rate or faster has no finite value",
        advice="Lower terminal_growth (long-run growth of the economy, 2% to 3%, is a usual ceiling), raise wacc, "
        "or give exit_multiple and terminal_metric instead",
    )


_OK = np.array(DcfStatus.OK.value, dtype=f"<U{max(len(status) for status in DcfStatus)}")
