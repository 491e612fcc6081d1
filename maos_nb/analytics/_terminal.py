"""The value of all flows after the last explicit period: perpetual growth, an exit multiple or a liquidation."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import (
    Array,
    BoolArray,
    Float,
    Numeric,
    as_float,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._periods import full
from maos_nb.analytics._terminal_methods import as_terminal_method, horizon_value

__all__ = [
    "DcfStatus",
    "statuses",
    "terminal_value",
]


class DcfStatus(StrEnum):
    """Whether a valuation has an answer, and why not."""

    OK = "ok"
    WACC_NOT_ABOVE_GROWTH = "wacc_not_above_growth"
    NOT_FINITE = "not_finite"


def terminal_value(
    fcf_last: Numeric,
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
    return_status: bool = False,
) -> Float:
    """Value all flows after the last explicit one, as of that last flow's date.

    Exactly one of `terminal_growth`, `exit_multiple` and `recovery_rate` is given: perpetual growth (Gordon;
    the value driver formula with `ronic` and `nopat_last`; the H-model with `initial_growth` and
    `half_life`), the sale of the business, or the liquidation of its assets.

    Parameters
    ----------
    fcf_last : array_like, shape (...)
        Free cash flow of the last explicit year.
    wacc : array_like, shape (...)
        Discount rate after that year, as a decimal.
    terminal_growth : array_like, shape (...), optional
        Growth in every later year, or in the end with `initial_growth`, as a decimal.
    exit_multiple : array_like, shape (...), optional
        Multiple of `terminal_metric` at which the business could be sold.
    terminal_metric : array_like, shape (...), optional
        What the multiple or the recovery rate is applied to, such as the last year's EBITDA, or the invested
        capital at its end; not used by perpetual growth.
    ronic : array_like, shape (...), optional
        Return on new invested capital for ever, above 0, as a decimal: what growth costs.
    nopat_last : array_like, shape (...), optional
        Operating profit after taxes of the last explicit year, needed with `ronic`.
    initial_growth : array_like, shape (...), optional
        Growth of the first later year, falling in a straight line to `terminal_growth`.
    half_life : array_like, shape (...), optional
        Half of the number of years that the fall takes, zero or positive; given with `initial_growth`.
    recovery_rate : array_like, shape (...), optional
        What the sale of the assets brings in, after its costs, per unit of `terminal_metric`.
    return_status : bool
        Return the status of each valuation too.

    Returns
    -------
    float or ndarray, shape (...)
        The terminal value; NaN where an argument that it depends on is NaN (an exit multiple and a recovery
        rate depend on neither `fcf_last` nor `wacc`, the value driver formula not on `fcf_last`), and, in
        arrays, where `wacc` is not above `terminal_growth`.
    DcfStatus or ndarray of str, shape (...)
        Only with ``return_status=True``: ``"ok"``, ``"wacc_not_above_growth"`` or ``"not_finite"``.

    Raises
    ------
    InputError
        If none or several of `terminal_growth`, `exit_multiple` and `recovery_rate` are given, one of the
        latter two comes without `terminal_metric` or is negative, `ronic` comes without `nopat_last` or is
        not above 0, `initial_growth` and `half_life` are not given together or come with `ronic`, either of
        them comes without `terminal_growth`, `half_life` is negative, a rate is -100% or below, a growth is
        below -100%, the shapes do not broadcast, or a single valuation has a `wacc` that is not above
        `terminal_growth`.

    Notes
    -----
    Gordon and Shapiro (1956): ``fcf_last (1 + g) / (wacc - g)``. Value driver formula (Koller, Goedhart and
    Wessels, *Valuation*): ``nopat_last (1 + g) (1 - g / ronic) / (wacc - g)``, which is Gordon's value where
    the last flow already reinvests ``g / ronic`` of its profit. H-model (Fuller and Hsia 1984, an
    approximation): ``fcf_last (1 + g + half_life (initial_growth - g)) / (wacc - g)``. Exit and liquidation:
    ``multiple x metric``.

    Examples
    --------
    In Excel: ``=127.62815625*(1+2%)/(10%-2%)``.

    >>> round(terminal_value(127.62815625, 0.10, terminal_growth=0.02), 7)
    1627.2589922
    >>> terminal_value(127.6, 0.10, exit_multiple=8.0, terminal_metric=200.0)
    1600.0
    >>> terminal_value(100.0, [0.08, 0.02], terminal_growth=0.03, return_status=True)
    (array([2060.,   nan]), array(['ok', 'wacc_not_above_growth'], dtype='<U21'))

    Growth of 6% that needs 40% of a profit of 18.75, and growth that falls from 10% to 2% in ten years:

    >>> round(terminal_value(11.25, 0.10, terminal_growth=0.06, ronic=0.15, nopat_last=18.75), 3)
    298.125
    >>> round(terminal_value(100.0, 0.10, terminal_growth=0.02, initial_growth=0.10, half_life=5.0), 3)
    1775.0
    """
    flow = as_float("fcf_last", fcf_last)
    rate = as_rates("wacc", wacc)
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
    shape = broadcast_shape(fcf_last=flow, wacc=rate, **method.arrays())
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = full(horizon_value(method, flow, rate, scalar=shape == ()), shape)
    if not return_status:
        return unwrap(value)
    return unwrap(value), statuses(np.isfinite(value), rate, method.growth)


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


_OK = np.array(DcfStatus.OK.value, dtype=f"<U{max(len(status) for status in DcfStatus)}")
