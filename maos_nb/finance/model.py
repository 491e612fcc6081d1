"""The discounted cash flow model as one function of driver arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maos_nb.analytics import dcf
from maos_nb.analytics._arrays import Array

__all__ = ["DcfModel", "Outcome"]

_BRIDGE = ("cash", "investments", "debt", "leases")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model makes of a set of drivers; arrays ``(...)`` and ``(..., n_periods)``."""

    projection: dcf.Projection
    valuation: dcf.DcfResult
    bridge: dcf.EquityBridge


@dataclass(frozen=True, slots=True)
class DcfModel:
    """A company's value from its drivers, vectorised over every leading axis.

    Revenue grows from the first year's growth on a straight line to its growth in perpetuity,
    which the last projected year has; margin, tax rate and reinvestment ratios stay as they are.

    Parameters
    ----------
    horizon : int
        Number of projected years.
    timing : {"end", "mid"}
        When in a year the cash flows come.
    terminal : {"growth", "multiple"}
        Whether the terminal value is Gordon's or a multiple of the last year's EBITDA.
    """

    horizon: int
    timing: Literal["end", "mid"] = "end"
    terminal: Literal["growth", "multiple"] = "growth"

    def __call__(self, drivers: Mapping[str, Any]) -> Outcome:
        """Value the company; each driver is a number or an array ``(...)``.

        `drivers` holds revenue, revenue_growth, terminal_growth, operating_margin, tax_rate,
        wacc, either sales_to_capital or depreciation, capital_expenditure and working_capital,
        exit_multiple for a terminal multiple, and cash, investments, debt, leases and shares.
        """
        values = {name: np.asarray(value, dtype=float) for name, value in drivers.items()}
        projection = self._project(values)
        valuation = self._discount(values, projection)
        parts = {name: values[name] for name in _BRIDGE if name in values}
        bridge = dcf.equity_bridge(valuation.enterprise_value, shares=values.get("shares"), **parts)
        return Outcome(projection, valuation, bridge)

    def _project(self, values: Mapping[str, Array]) -> dcf.Projection:
        if self.horizon == 1:
            growth = values["revenue_growth"][..., np.newaxis]
        else:
            growth = dcf.fade(values["revenue_growth"], values["terminal_growth"], self.horizon)
        held = {name: value[..., np.newaxis] for name, value in values.items()}
        return dcf.project_drivers(
            values["revenue"],
            growth,
            held["operating_margin"],
            held["tax_rate"],
            sales_to_capital=held.get("sales_to_capital"),
            depreciation=held.get("depreciation"),
            capital_expenditure=held.get("capital_expenditure"),
            working_capital=held.get("working_capital"),
            n_periods=self.horizon,
        )

    def _discount(self, values: Mapping[str, Array], projection: dcf.Projection) -> dcf.DcfResult:
        flows = projection.free_cash_flow
        # A rate with as many dimensions as the flows would be read as a path of rates.
        wacc = np.broadcast_to(values["wacc"], np.broadcast_shapes(values["wacc"].shape, flows.shape[:-1]))
        flows = np.broadcast_to(flows, (*wacc.shape, self.horizon))
        ebitda = (projection.ebit + projection.depreciation)[..., -1]
        if self.terminal == "multiple":
            return dcf.dcf(
                flows, wacc, exit_multiple=values["exit_multiple"], terminal_metric=ebitda, timing=self.timing
            )
        return dcf.dcf(
            flows, wacc, terminal_growth=values["terminal_growth"], terminal_metric=ebitda, timing=self.timing
        )
