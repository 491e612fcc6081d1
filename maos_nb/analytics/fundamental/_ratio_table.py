"""The table of ratios: adding a ratio is adding a row here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maos_nb.analytics.fundamental._market_ratio_table import PER_SHARE, SHAREHOLDER, VALUATION
from maos_nb.analytics.fundamental._ratio import Ratio

__all__ = ["RATIOS"]

_PROFITABILITY = (
    Ratio("gross_margin", "gross_profit / revenue", "profitability", "rate", True),
    Ratio("ebitda_margin", "ebitda / revenue", "profitability", "rate", True, "EBITDA margin"),
    Ratio("operating_margin", "operating_income / revenue", "profitability", "rate", True),
    Ratio("pretax_margin", "pretax_income / revenue", "profitability", "rate", True),
    Ratio("net_margin", "net_income / revenue", "profitability", "rate", True),
    Ratio("nopat_margin", "nopat / revenue", "profitability", "rate", True, "NOPAT margin"),
    Ratio("research_to_revenue", "research_and_development / revenue", "profitability", "rate"),
    Ratio(
        "sga_to_revenue",
        "selling_general_administrative / revenue",
        "profitability",
        "rate",
        False,
        "selling, general and administrative expenses to revenue",
    ),
    Ratio("effective_tax_rate", "income_tax / pretax_income", "profitability", "rate"),
    Ratio("tax_burden", "net_income / pretax_income", "profitability", "rate", True),
    Ratio("interest_burden", "pretax_income / operating_income", "profitability", "rate", True),
    Ratio(
        "roe",
        "net_income / avg(shareholders_equity)",
        "profitability",
        "rate",
        True,
        "return on equity",
        "Net income of the parent's shareholders over their equity",
    ),
    Ratio(
        "return_on_common_equity",
        "earnings_to_common / avg(common_equity)",
        "profitability",
        "rate",
        True,
        definition="Preferred dividends and preferred equity are taken out",
    ),
    Ratio(
        "return_on_tangible_equity",
        "earnings_to_common / avg(tangible_equity)",
        "profitability",
        "rate",
        True,
    ),
    Ratio(
        "roa",
        "net_income / avg(total_assets)",
        "profitability",
        "rate",
        True,
        "return on assets",
        "Net income as it stands; interest after tax is not added back",
    ),
    Ratio(
        "operating_return_on_assets",
        "operating_income / avg(total_assets)",
        "profitability",
        "rate",
        True,
        definition="Basic earning power",
    ),
    Ratio("cash_return_on_assets", "operating_cash_flow / avg(total_assets)", "profitability", "rate", True),
    Ratio(
        "roic",
        "nopat / avg(invested_capital)",
        "profitability",
        "rate",
        True,
        "return on invested capital",
        "Operating profit after taxes over equity and debt less liquid funds (Koller, Goedhart and Wessels)",
    ),
    Ratio(
        "return_on_total_capital",
        "nopat / avg(total_capital)",
        "profitability",
        "rate",
        True,
        definition="As roic, with liquid funds left in the capital",
    ),
    Ratio(
        "roce",
        "operating_income / avg(capital_employed)",
        "profitability",
        "rate",
        True,
        "return on capital employed",
        "Before taxes, over total assets less current liabilities",
    ),
    Ratio(
        "gross_profitability",
        "gross_profit / total_assets",
        "profitability",
        "rate",
        True,
        definition="Over the assets of the same date (Novy-Marx 2013)",
    ),
)

_LIQUIDITY = (
    Ratio("current_ratio", "current_assets / current_liabilities", "liquidity", "times", True),
    Ratio(
        "quick_ratio",
        "quick_assets / current_liabilities",
        "liquidity",
        "times",
        True,
        definition="Cash, short-term investments and receivables; not current assets less inventory",
    ),
    Ratio("cash_ratio", "liquid_funds / current_liabilities", "liquidity", "times", True),
    Ratio(
        "operating_cash_flow_ratio", "operating_cash_flow / current_liabilities", "liquidity", "times", True
    ),
    Ratio("working_capital_to_assets", "working_capital / total_assets", "liquidity", "rate"),
    Ratio("working_capital_to_revenue", "working_capital / revenue", "liquidity", "rate"),
    Ratio("liquid_funds_to_assets", "liquid_funds / total_assets", "liquidity", "rate"),
    Ratio(
        "defensive_interval",
        "quick_assets / cash_costs * days",
        "liquidity",
        "days",
        True,
        definition="Days for which quick assets pay the operating costs",
    ),
)

_LEVERAGE = (
    Ratio("debt_to_equity", "total_debt / shareholders_equity", "leverage", "times", False),
    Ratio("debt_to_assets", "total_debt / total_assets", "leverage", "rate", False),
    Ratio("debt_to_capital", "total_debt / total_capital", "leverage", "rate", False),
    Ratio("long_term_debt_to_capital", "long_term_debt / total_capital", "leverage", "rate", False),
    Ratio("short_term_debt_share", "short_term_debt / total_debt", "leverage", "rate", False),
    Ratio("debt_and_leases_to_equity", "debt_and_leases / shareholders_equity", "leverage", "times", False),
    Ratio("net_debt_to_equity", "net_debt / shareholders_equity", "leverage", "times", False),
    Ratio("debt_to_ebitda", "total_debt / ebitda", "leverage", "times", False, "debt to EBITDA"),
    Ratio("net_debt_to_ebitda", "net_debt / ebitda", "leverage", "times", False, "net debt to EBITDA"),
    Ratio("liabilities_to_assets", "total_liabilities / total_assets", "leverage", "rate", False),
    Ratio("liabilities_to_equity", "total_liabilities / shareholders_equity", "leverage", "times", False),
    Ratio("equity_ratio", "shareholders_equity / total_assets", "leverage", "rate", True),
    Ratio(
        "equity_multiplier",
        "avg(total_assets) / avg(shareholders_equity)",
        "leverage",
        "times",
        definition="Of averages, so that DuPont's product is roe",
    ),
    Ratio("retained_earnings_to_assets", "retained_earnings / total_assets", "leverage", "rate", True),
    Ratio("intangibles_to_assets", "known(goodwill, intangible_assets) / total_assets", "leverage", "rate"),
)

_COVERAGE = (
    Ratio("interest_coverage", "operating_income / interest_expense", "coverage", "times", True),
    Ratio("ebitda_coverage", "ebitda / interest_expense", "coverage", "times", True, "EBITDA coverage"),
    Ratio(
        "cash_interest_coverage",
        "(operating_cash_flow + interest_paid + income_tax_paid) / interest_paid",
        "coverage",
        "times",
        True,
        definition="Cash from operations before interest and taxes over interest paid",
    ),
    Ratio(
        "debt_service_coverage",
        "ebitda / (interest_expense + debt_repaid)",
        "coverage",
        "times",
        True,
        definition="Interest and the principal repaid in the period, refinanced or not",
    ),
    Ratio("operating_cash_flow_to_debt", "operating_cash_flow / total_debt", "coverage", "rate", True),
    Ratio("free_cash_flow_to_debt", "free_cash_flow / total_debt", "coverage", "rate", True),
    Ratio("capex_coverage", "operating_cash_flow / capital_expenditure", "coverage", "times", True),
    Ratio("dividend_coverage", "earnings_to_common / dividends_paid", "coverage", "times", True),
    Ratio("cash_dividend_coverage", "free_cash_flow / dividends_paid", "coverage", "times", True),
    Ratio(
        "asset_coverage",
        "(total_assets - known(goodwill, intangible_assets, 0) - current_liabilities + known(short_term_debt, 0))"
        " / total_debt",
        "coverage",
        "times",
        True,
        definition="Tangible assets left for debt when other current liabilities are paid",
    ),
)

_EFFICIENCY = (
    Ratio("asset_turnover", "revenue / avg(total_assets)", "efficiency", "times", True),
    Ratio("fixed_asset_turnover", "revenue / avg(property_plant_equipment)", "efficiency", "times", True),
    Ratio("invested_capital_turnover", "revenue / avg(invested_capital)", "efficiency", "times", True),
    Ratio("equity_turnover", "revenue / avg(shareholders_equity)", "efficiency", "times"),
    Ratio("working_capital_turnover", "revenue / avg(working_capital)", "efficiency", "times"),
    Ratio("inventory_turnover", "cost_of_revenue / avg(inventory)", "efficiency", "times", True),
    Ratio("receivables_turnover", "revenue / avg(receivables)", "efficiency", "times", True),
    Ratio(
        "payables_turnover",
        "cost_of_revenue / avg(accounts_payable)",
        "efficiency",
        "times",
        definition="Cost of revenue in place of purchases, which few companies file",
    ),
    Ratio(
        "days_inventory_outstanding", "avg(inventory) / cost_of_revenue * days", "efficiency", "days", False
    ),
    Ratio("days_sales_outstanding", "avg(receivables) / revenue * days", "efficiency", "days", False),
    Ratio(
        "days_payables_outstanding", "avg(accounts_payable) / cost_of_revenue * days", "efficiency", "days"
    ),
    Ratio(
        "operating_cycle", "days_inventory_outstanding + days_sales_outstanding", "efficiency", "days", False
    ),
    Ratio(
        "cash_conversion_cycle", "operating_cycle - days_payables_outstanding", "efficiency", "days", False
    ),
    Ratio("trade_working_capital_to_revenue", "trade_working_capital / revenue", "efficiency", "rate", False),
)

_GROWTH = (
    Ratio("revenue_growth", "growth(revenue)", "growth", "rate", True),
    Ratio("gross_profit_growth", "growth(gross_profit)", "growth", "rate", True),
    Ratio("ebitda_growth", "growth(ebitda)", "growth", "rate", True, "EBITDA growth"),
    Ratio("operating_income_growth", "growth(operating_income)", "growth", "rate", True),
    Ratio("net_income_growth", "growth(net_income)", "growth", "rate", True),
    Ratio("eps_growth", "growth(eps)", "growth", "rate", True, "growth of diluted earnings per share"),
    Ratio("operating_cash_flow_growth", "growth(operating_cash_flow)", "growth", "rate", True),
    Ratio("free_cash_flow_growth", "growth(free_cash_flow)", "growth", "rate", True),
    Ratio("capex_growth", "growth(capital_expenditure)", "growth", "rate"),
    Ratio("asset_growth", "growth(total_assets)", "growth", "rate"),
    Ratio("equity_growth", "growth(shareholders_equity)", "growth", "rate"),
    Ratio(
        "dividend_growth",
        "growth(dividends_per_share)",
        "growth",
        "rate",
        True,
        "growth of dividends per share",
    ),
    Ratio("share_count_growth", "growth(diluted_shares)", "growth", "rate", False),
)

_CASH = (
    Ratio(
        "accrual_ratio",
        "(net_income - operating_cash_flow) / avg(total_assets)",
        "cash quality",
        "rate",
        False,
        definition="From the cash flow statement (Sloan 1996; Hribar and Collins 2002)",
    ),
    Ratio(
        "broad_accrual_ratio",
        "(net_income - operating_cash_flow - investing_cash_flow) / avg(invested_capital)",
        "cash quality",
        "rate",
        False,
        definition="With investing flows, over net operating assets (CFA Institute, Financial Reporting Quality)",
    ),
    Ratio("cash_conversion", "operating_cash_flow / net_income", "cash quality", "times", True),
    Ratio("free_cash_flow_conversion", "free_cash_flow / net_income", "cash quality", "times", True),
    Ratio("operating_cash_flow_margin", "operating_cash_flow / revenue", "cash quality", "rate", True),
    Ratio("free_cash_flow_margin", "free_cash_flow / revenue", "cash quality", "rate", True),
    Ratio(
        "free_cash_flow_to_operating_cash_flow",
        "free_cash_flow / operating_cash_flow",
        "cash quality",
        "rate",
        True,
    ),
    Ratio("capex_to_revenue", "capital_expenditure / revenue", "cash quality", "rate"),
    Ratio(
        "capex_to_depreciation",
        "capital_expenditure / depreciation_and_amortization",
        "cash quality",
        "times",
    ),
    Ratio("cash_tax_rate", "income_tax_paid / pretax_income", "cash quality", "rate"),
    Ratio(
        "share_based_compensation_to_revenue",
        "share_based_compensation / revenue",
        "cash quality",
        "rate",
        False,
    ),
    Ratio(
        "share_based_compensation_to_operating_cash_flow",
        "share_based_compensation / operating_cash_flow",
        "cash quality",
        "rate",
        False,
    ),
)

RATIOS: Mapping[str, Ratio] = MappingProxyType(
    {
        row.name: row
        for row in (
            *_PROFITABILITY,
            *_LIQUIDITY,
            *_LEVERAGE,
            *_COVERAGE,
            *_EFFICIENCY,
            *_GROWTH,
            *_CASH,
            *PER_SHARE,
            *SHAREHOLDER,
            *VALUATION,
        )
    }
)
"""Every ratio by name, group by group."""
