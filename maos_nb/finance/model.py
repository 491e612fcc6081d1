"""The discounted cash flow model as one function of driver arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maos_nb.analytics import dcf
from maos_nb.analytics._arrays import Array

__all__ = ["DcfModel", "Figure", "Metric", "Outcome"]

Outcome = dcf.DriverDcf
"""What the model makes of a set of drivers; arrays ``(...)`` and ``(..., n_periods)``."""

Metric = Literal["enterprise_value", "equity_value", "value_per_share"]
Figure = Callable[..., Array]
"""One figure as a function of driver arrays by keyword: what sensitivity and simulation take."""


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
        return dcf.dcf_from_drivers(**self._translated(drivers), **self._settings(drivers))

    def figure(self, metric: Metric, drivers: Mapping[str, Any], *, free: Sequence[str]) -> Figure:
        """Give one figure as a function of the `free` drivers, the others as in `drivers`."""
        held = {name: value for name, value in drivers.items() if name not in free}
        model = dcf.driver_model(metric, **self._settings(drivers))

        def value(**columns: Any) -> Array:
            return model(**self._translated({**held, **columns}))

        return value

    def _translated(self, drivers: Mapping[str, Any]) -> dict[str, Any]:
        rest = dict(drivers)
        start, end = rest.pop("revenue_growth"), rest["terminal_growth"]
        growth = (
            np.asarray(start)[..., np.newaxis] if self.horizon == 1 else dcf.fade(start, end, self.horizon)
        )
        if self.terminal == "multiple":
            del rest["terminal_growth"]
        return {**rest, "growth": growth}

    def _settings(self, drivers: Mapping[str, Any]) -> dict[str, Any]:
        # Depreciation is not projected apart where revenue over capital gives reinvestment as one figure.
        metric = "ebitda" if "depreciation" in drivers else "ebit"
        return {
            "paths": "growth",
            "timing": self.timing,
            "terminal_metric": metric,
            "n_periods": self.horizon,
        }
