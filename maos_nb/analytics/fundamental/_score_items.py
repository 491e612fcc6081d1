"""Figures that several scores build from the items of a panel, each by one rule."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._score_table import choose, first_known, ratio
from maos_nb.analytics.fundamental.panel import Panel

__all__ = [
    "Ebit",
    "change",
    "change_in_cash",
    "ebit",
    "gross_profit",
    "market_cap",
    "working_capital_accruals",
    "working_capital_to_assets",
]

Ebit: TypeAlias = Literal["operating_income", "pretax_income"]
"""Operating income as filed, or pretax income and interest expense, which includes other income."""


def ebit(panel: Panel, convention: Ebit) -> Array:
    """Give earnings before interest and taxes."""
    choose("ebit", convention, get_args(Ebit))
    if convention == "operating_income":
        return panel["operating_income"]
    return np.asarray(panel["pretax_income"] + panel["interest_expense"])


def gross_profit(panel: Panel) -> Array:
    """Give gross profit as filed, or else revenue less its cost."""
    return first_known(panel["gross_profit"], panel["revenue"] - panel["cost_of_revenue"])


def market_cap(panel: Panel) -> Array:
    """Give market capitalisation, or else price times shares outstanding."""
    return first_known(panel["market_cap"], panel["price"] * panel["shares_outstanding"])


def working_capital_to_assets(panel: Panel) -> Array:
    """Give current assets less current liabilities over total assets."""
    return ratio(panel["current_assets"] - panel["current_liabilities"], panel["total_assets"])


def change(panel: Panel, figures: Array) -> Array:
    """Give the change of figures over a year."""
    return np.asarray(figures - panel.year_before(figures))


def change_in_cash(panel: Panel) -> Array:
    """Give the change over a year of cash, with short-term investments where both balances are known."""
    investments = change(panel, panel["short_term_investments"])
    return np.asarray(
        change(panel, panel["cash_and_equivalents"]) + np.where(np.isnan(investments), 0.0, investments)
    )


def working_capital_accruals(panel: Panel, *, without_tax_payable: bool) -> dict[str, Array]:
    """Give the parts of accruals that follow from the balance sheet, each with its sign."""
    tax_payable = change(panel, panel["income_tax_payable"])
    parts = {
        "change_in_current_assets": change(panel, panel["current_assets"]),
        "change_in_cash": -change_in_cash(panel),
        "change_in_current_liabilities": -change(panel, panel["current_liabilities"]),
        "change_in_short_term_debt": change(panel, panel["short_term_debt"]),
        "change_in_tax_payable": tax_payable,
        "depreciation": -panel["depreciation_and_amortization"],
    }
    if without_tax_payable:
        del parts["change_in_tax_payable"]
    return parts
