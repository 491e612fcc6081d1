"""Discounted cash flow: from drivers to free cash flow, enterprise value and value per share.

Every function takes arrays ``(..., n_periods)``, periods last, and broadcasts over all leading axes
(companies, scenarios, draws); a call on scalars equals the matching element of a call on arrays.

`project_drivers`, `dcf` and `equity_bridge` are the three steps of a valuation; `dcf_from_drivers` takes them
at once. `driver_model` makes of the same steps a function for data tables, tornados, Monte Carlo and Sobol
indices, `reverse_dcf` solves it for what a price implies, and `dcf_panel` runs it over companies, scenarios
and draws:

>>> from maos_nb.analytics import sensitivity
>>> base = {
...     "revenue": 1000.0, "growth": 0.05, "operating_margin": 0.20, "tax_rate": 0.25, "sales_to_capital": 2.0,
...     "wacc": 0.09, "terminal_growth": 0.02, "debt": 400.0, "shares": 50.0,
... }
>>> dcf_from_drivers(**base, n_periods=10).bridge
EquityBridge(enterprise_value=2,298.49, equity_value=1,898.49, value_per_share=37.9697)
>>> model = driver_model("value_per_share", n_periods=10)
>>> table = sensitivity.data_table(model, base, {"growth": [0.04, 0.05, 0.06], "wacc": [0.08, 0.09, 0.10]})
>>> table.results.round(2)
array([[43.86, 36.21, 30.49],
       [46.06, 37.97, 31.92],
       [48.32, 39.77, 33.39]])
>>> reverse_dcf(model, base, 45.0, "wacc")
ReverseDcf(wacc=0.0811408, status=converged)
"""

from __future__ import annotations

from maos_nb.analytics._dcf_explanation import explain
from maos_nb.analytics._dcf_panel import DcfPanel, dcf_panel
from maos_nb.analytics._discounted_cash_flow import DcfResult, dcf
from maos_nb.analytics._discounting import Timing, discount_factors
from maos_nb.analytics._driver_dcf import DriverDcf, dcf_from_drivers
from maos_nb.analytics._driver_model import DriverModel, driver_model
from maos_nb.analytics._equity_bridge import EquityBridge, equity_bridge
from maos_nb.analytics._free_cash_flow import fcfe, fcfe_from_fcff, fcff
from maos_nb.analytics._implied_checks import ImpliedChecks, implied_checks
from maos_nb.analytics._projection import Projection, fade, project_drivers
from maos_nb.analytics._reverse_dcf import ReverseDcf, ReverseDcfStatus, reverse_dcf
from maos_nb.analytics._terminal import DcfStatus, terminal_value

__all__ = [
    "DcfPanel",
    "DcfResult",
    "DcfStatus",
    "DriverDcf",
    "DriverModel",
    "EquityBridge",
    "ImpliedChecks",
    "Projection",
    "ReverseDcf",
    "ReverseDcfStatus",
    "Timing",
    "dcf",
    "dcf_from_drivers",
    "dcf_panel",
    "discount_factors",
    "driver_model",
    "equity_bridge",
    "explain",
    "fade",
    "fcfe",
    "fcfe_from_fcff",
    "fcff",
    "implied_checks",
    "project_drivers",
    "reverse_dcf",
    "terminal_value",
]
