"""The items of a financial statement: their names, and how each is carried from quarters to a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["FIELDS", "Field", "FieldKind"]

FieldKind: TypeAlias = Literal["flow", "stock", "mean", "market"]
"""How a year follows from its quarters: summed, the last one, their mean, or not filed at all."""


@dataclass(frozen=True, slots=True)
class Field:
    """An item of a statement.

    Parameters
    ----------
    name : str
        Its name here and in every panel.
    statement : str
        ``"income"``, ``"balance"``, ``"cash"`` or ``"market"``.
    kind : {"flow", "stock", "mean", "market"}
        ``"flow"`` is over a period and summed, ``"stock"`` is at a date, ``"mean"`` is a count averaged over a
        period, ``"market"`` is observed in a market and in no filing.
    unit : {"money", "shares", "money per share", "rate"}
        Outlays and expenses are positive amounts of money.
    """

    name: str
    statement: Literal["income", "balance", "cash", "market"]
    kind: FieldKind
    unit: Literal["money", "shares", "money per share", "rate"] = "money"


_INCOME = (
    "revenue",
    "cost_of_revenue",
    "gross_profit",
    "research_and_development",
    "selling_general_administrative",
    "advertising",
    "operating_expenses",
    "operating_income",
    "interest_expense",
    "interest_income",
    "pretax_income",
    "income_tax",
    "net_income",
    "net_income_with_minorities",
    "minority_income",
    "preferred_dividends",
)
_CASH = (
    "depreciation_and_amortization",
    "share_based_compensation",
    "deferred_income_tax",
    "operating_cash_flow",
    "capital_expenditure",
    "acquisitions",
    "investing_cash_flow",
    "dividends_paid",
    "share_repurchases",
    "share_issuance",
    "debt_issued",
    "debt_repaid",
    "financing_cash_flow",
    "exchange_rate_effect",
    "change_in_cash",
    "interest_paid",
    "income_tax_paid",
)
_BALANCE = (
    "cash_and_equivalents",
    "cash_and_restricted_cash",
    "short_term_investments",
    "receivables",
    "inventory",
    "current_assets",
    "property_plant_equipment",
    "property_plant_equipment_gross",
    "goodwill",
    "intangible_assets",
    "long_term_investments",
    "total_assets",
    "accounts_payable",
    "income_tax_payable",
    "deferred_revenue",
    "short_term_debt",
    "current_liabilities",
    "long_term_debt",
    "operating_lease_liability",
    "finance_lease_liability",
    "total_liabilities",
    "temporary_equity",
    "preferred_equity",
    "retained_earnings",
    "shareholders_equity",
    "minority_interest",
    "total_equity",
    "liabilities_and_equity",
)

FIELDS: dict[str, Field] = {
    item.name: item
    for item in (
        *(Field(name, "income", "flow") for name in _INCOME),
        *(Field(name, "income", "mean", "shares") for name in ("basic_shares", "diluted_shares")),
        *(
            Field(name, "income", "flow", "money per share")
            for name in ("basic_eps", "diluted_eps", "dividends_per_share")
        ),
        *(Field(name, "cash", "flow") for name in _CASH),
        *(Field(name, "balance", "stock") for name in _BALANCE),
        Field("shares_outstanding", "balance", "stock", "shares"),
        Field("price", "market", "market", "money per share"),
        Field("market_cap", "market", "market"),
        Field("equity_volatility", "market", "market", "rate"),
        Field("risk_free", "market", "market", "rate"),
    )
}
"""Every item by name, in the order in which statements show them."""
