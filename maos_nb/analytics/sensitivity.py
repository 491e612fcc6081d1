"""Sensitivity of any model to its drivers: tables, tornado, spider, elasticities, break-evens, scenarios.

A model is any function of keyword arrays that works element by element along their first axis: it is
called as ``model(**drivers)`` with every driver as an array ``(n,)``, one row per case (a driver whose base
value is a path arrives as ``(n, n_periods)``), and returns one number per row, ``(n,)``. Everything is
evaluated in as few calls as fit in a processor's cache, and the arrays are read-only views, so that no
model can change another's input. A discounted cash flow is only the first example:

>>> from maos_nb.analytics import dcf
>>> def value(revenue, growth, margin, wacc):
...     plan = dcf.project_drivers(
...         revenue, growth[..., None], margin[..., None], 0.25, sales_to_capital=2.0, n_periods=5
...     )
...     return dcf.dcf(plan.free_cash_flow, wacc, terminal_growth=0.02).enterprise_value
>>> base = {"revenue": 1000.0, "growth": 0.05, "margin": 0.20, "wacc": 0.09}
>>> table = data_table(value, base, {"growth": [0.04, 0.05, 0.06], "wacc": [0.08, 0.09, 0.10]})
>>> table.results.round(0)
array([[2425., 2076., 1814.],
       [2444., 2090., 1825.],
       [2460., 2102., 1835.]])
>>> breakeven(value, base, {"wacc": (0.03, 0.30)}, target=2000.0).value.round(4)
array([0.0931])

``growth[..., None]`` gives the one growth of each row a periods axis of its own, so that the same model
also works with ``open_grid=True``.
"""

from __future__ import annotations

from maos_nb.analytics._sensitivity_breakeven import Breakeven, BreakevenStatus, breakeven
from maos_nb.analytics._sensitivity_drivers import Spider, Tornado, spider, tornado
from maos_nb.analytics._sensitivity_elasticity import Elasticity, elasticity
from maos_nb.analytics._sensitivity_scenarios import Scenarios, scenarios
from maos_nb.analytics._sensitivity_table import DataTable, data_table

__all__ = [
    "Breakeven",
    "BreakevenStatus",
    "DataTable",
    "Elasticity",
    "Scenarios",
    "Spider",
    "Tornado",
    "breakeven",
    "data_table",
    "elasticity",
    "scenarios",
    "spider",
    "tornado",
]
