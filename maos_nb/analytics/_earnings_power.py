"""The value of a business that goes on earning what it can earn today, without growth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import (
    Float,
    Numeric,
    as_amount,
    as_float,
    as_fraction,
    broadcast_shape,
    unwrap,
)
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._periods import full, unknown
from maos_nb.analytics._records import figure
from maos_nb.analytics._valuation_parts import (
    Names,
    ValuationStatus,
    finite_only,
    perpetuity,
    shaped,
    shown_status,
    statuses,
)

__all__ = ["EarningsPower", "epv"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EarningsPower:
    """An earnings power valuation.

    Parameters
    ----------
    enterprise_value
        ``earnings_power / wacc``, ``(...)``; NaN where `status` is not ``"ok"``.
    earnings_power
        After-tax earnings that the business can distribute year after year, ``(...)``.
    nopat
        ``revenue x operating_margin x (1 - tax_rate)``, ``(...)``.
    franchise_value
        `enterprise_value` less `reproduction_value`, ``(...)``: what the business is worth above its assets;
        NaN without a `reproduction_value`.
    status
        ``"ok"``, ``"rate_not_above_growth"`` (a `wacc` not above zero) or ``"not_finite"``: a
        `ValuationStatus`, or an array of str.
    """

    enterprise_value: Float
    earnings_power: Float
    nopat: Float
    franchise_value: Float
    status: Any

    def __repr__(self) -> str:
        return (
            f"EarningsPower(enterprise_value={figure(self.enterprise_value)}, "
            f"earnings_power={figure(self.earnings_power)}, "
            f"franchise_value={figure(self.franchise_value)}, status={shown_status(self.status)})"
        )


def epv(
    revenue: Numeric,
    operating_margin: Numeric,
    tax_rate: Numeric,
    wacc: Numeric,
    *,
    depreciation: Numeric = 0.0,
    maintenance_capex: Numeric = 0.0,
    adjustments: Numeric = 0.0,
    reproduction_value: Numeric | None = None,
) -> EarningsPower:
    """Value a business by its earnings power: what it earns today, for ever, without growth.

    Parameters
    ----------
    revenue : array_like, shape (...)
        Sustainable revenue, usually this year's, zero or positive.
    operating_margin : array_like, shape (...)
        EBIT as a share of revenue, averaged over a business cycle and cleaned of one-off items.
    tax_rate : array_like, shape (...)
        Average tax rate, from 0 to 1.
    wacc : array_like, shape (...)
        Cost of capital as a decimal per year.
    depreciation, maintenance_capex : array_like, shape (...)
        Depreciation charged in that EBIT, and the outlay that keeps the business as it is, both positive.
        The difference is added in full, as taxes were computed after the depreciation.
    adjustments : array_like, shape (...)
        Any other correction of yearly earnings, after tax, such as growth spending charged to profit.
    reproduction_value : array_like, shape (...), optional
        What it would cost a competitor to build the net assets of the operations.

    Returns
    -------
    EarningsPower
        Values in the shape ``(...)`` that all arguments broadcast to, floats for a single valuation; NaN
        where an argument that a value depends on is NaN and, in arrays, where `wacc` is not above zero.
        Give `enterprise_value` to `equity_bridge` for the value of equity.

    Raises
    ------
    InputError
        If `revenue`, `depreciation` or `maintenance_capex` is negative, `tax_rate` is outside [0, 1], `wacc`
        is -100% or below, an argument is not numeric, the shapes do not broadcast, or a single valuation has
        a `wacc` that is not above zero.

    Notes
    -----
    ``EPV = (revenue x margin (1 - t) + depreciation - maintenance capex + adjustments) / w``: Greenwald,
    Kahn, Sonkin and van Biema, *Value Investing: From Graham to Buffett and Beyond*. Where only part of
    depreciation is to be added back, pass that part, after tax, as `adjustments`.

    Examples
    --------
    In Excel: ``=(1000*15%*(1-25%)+60-45)/9%``.

    >>> epv(1000.0, 0.15, 0.25, 0.09, depreciation=60.0, maintenance_capex=45.0, reproduction_value=900.0)
    EarningsPower(enterprise_value=1,416.67, earnings_power=127.5, franchise_value=516.667, status=ok)
    """
    arrays = {
        "revenue": as_amount("revenue", revenue),
        "operating_margin": as_float("operating_margin", operating_margin),
        "tax_rate": as_fraction("tax_rate", tax_rate),
        "wacc": as_rates("wacc", wacc),
        "depreciation": as_amount("depreciation", depreciation),
        "maintenance_capex": as_amount("maintenance_capex", maintenance_capex),
        "adjustments": as_float("adjustments", adjustments),
    }
    if reproduction_value is not None:
        arrays["reproduction_value"] = as_float("reproduction_value", reproduction_value)
    shape = broadcast_shape(**arrays)
    rate = arrays["wacc"]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        nopat = np.asarray(arrays["revenue"] * arrays["operating_margin"] * (1.0 - arrays["tax_rate"]))
        spared = arrays["depreciation"] - arrays["maintenance_capex"]
        earnings = np.asarray(nopat + spared + arrays["adjustments"])
        value = perpetuity(earnings, rate, np.zeros(()), Names("wacc", "growth"), scalar=shape == ())
        value, earnings, nopat = finite_only(full(value, shape), earnings, nopat)
        asset_value = arrays.get("reproduction_value", unknown(shape))
        franchise = np.asarray(value - asset_value)
    return EarningsPower(
        enterprise_value=unwrap(value),
        earnings_power=shaped(earnings, shape),
        nopat=shaped(nopat, shape),
        franchise_value=shaped(franchise, shape),
        status=statuses(shape, np.isfinite(value), {ValuationStatus.RATE_NOT_ABOVE_GROWTH: rate <= 0}),
    )
