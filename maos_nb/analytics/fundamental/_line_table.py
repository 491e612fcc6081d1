"""The named lines that ratios use: what follows from the items of the statements by adding and subtracting."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maos_nb.analytics.fundamental._ratio import Ratio

__all__ = ["LINES"]


def _line(name: str, formula: str, definition: str = "", unit: str = "money") -> Ratio:
    return Ratio(name, formula, "line", unit, definition=definition)


_ROWS = (
    _line("gross_profit", "first(gross_profit, revenue - cost_of_revenue)"),
    _line(
        "ebitda", "operating_income + depreciation_and_amortization", "Operating income as filed is the EBIT"
    ),
    _line("cash_costs", "revenue - ebitda", "All operating costs that are paid, of goods and of operations"),
    _line("earnings_to_common", "net_income - known(preferred_dividends, 0)"),
    _line(
        "tax_rate",
        "where_positive(pretax_income, min(max(income_tax / pretax_income, 0), 0.5), 0)",
        "Effective rate, held between 0 and 50% and zero on a loss, so that one odd year does not turn a return",
        "rate",
    ),
    _line("nopat", "operating_income * (1 - tax_rate)", "Net operating profit after taxes"),
    _line("free_cash_flow", "operating_cash_flow - capital_expenditure", "Before dividends, after interest"),
    _line("liquid_funds", "known(cash_and_equivalents, short_term_investments)"),
    _line("quick_assets", "liquid_funds + receivables"),
    _line("working_capital", "current_assets - current_liabilities"),
    _line(
        "trade_working_capital",
        "known(receivables, inventory) - accounts_payable",
        "What customers owe and stocks hold, less what suppliers are owed",
    ),
    _line("total_equity", "first(total_equity, known(shareholders_equity, minority_interest))"),
    _line("common_equity", "shareholders_equity - known(preferred_equity, 0)"),
    _line("tangible_equity", "common_equity - known(goodwill, intangible_assets, 0)"),
    _line("total_liabilities", "first(total_liabilities, total_assets - total_equity)"),
    _line(
        "total_debt",
        "known(short_term_debt, long_term_debt)",
        "As filed, without leases that are shown apart; a company that files no debt has to be given its zero",
    ),
    _line(
        "debt_and_leases",
        "known(total_debt, operating_lease_liability, finance_lease_liability)",
        "Debt as rating agencies see it",
    ),
    _line("net_debt", "total_debt - liquid_funds", "Long-term investments are not deducted"),
    _line("total_capital", "total_debt + total_equity"),
    _line(
        "invested_capital",
        "total_capital - liquid_funds",
        "From the side of its financing: equity and net debt; long-term investments are part of it",
    ),
    _line("capital_employed", "total_assets - current_liabilities"),
    _line("net_buybacks", "share_repurchases - known(share_issuance, 0)"),
    _line("eps", "first(diluted_eps, earnings_to_common / diluted_shares)", "Diluted", "money per share"),
    _line("price", "first(price, market_cap / shares_outstanding)", unit="money per share"),
    _line("market_cap", "first(market_cap, price * shares_outstanding)"),
    _line(
        "enterprise_value",
        "market_cap + net_debt + known(minority_interest, preferred_equity, 0)",
        "Leases and pension deficits are not in it",
    ),
)

LINES: Mapping[str, Ratio] = MappingProxyType({row.name: row for row in _ROWS})
"""Every line by name; one that is named as an item fills the gaps of that item."""
