"""All ratios of 500 companies over 10 years: one public call here, one public call at FinanceToolkit."""

from __future__ import annotations

import numpy as np
import pandas as pd
from financetoolkit.ratios.ratios_controller import Ratios as PeerRatios

from benchmarks._report import Row, seconds
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.ratios import calculate_ratios

TICKERS = tuple(f"C{place:03d}" for place in range(500))
YEARS = tuple(range(2014, 2024))
PERIODS = pd.period_range("2014", "2023", freq="Y")

# FinanceToolkit's names of the items that its ratios read, and ours; outlays are negative there.
ITEMS: dict[str, dict[str, str]] = {
    "income": {
        "Revenue": "revenue",
        "Cost of Goods Sold": "cost_of_revenue",
        "Gross Profit": "gross_profit",
        "Research and Development Expenses": "research_and_development",
        "Selling, General and Administrative Expenses": "selling_general_administrative",
        "Operating Expenses": "operating_expenses",
        "Operating Income": "operating_income",
        "Interest Expense": "interest_expense",
        "Income Before Tax": "pretax_income",
        "Income Tax Expense": "income_tax",
        "Net Income": "net_income",
        "EPS Diluted": "diluted_eps",
        "Weighted Average Shares": "basic_shares",
        "Weighted Average Shares Diluted": "diluted_shares",
        "Depreciation and Amortization": "depreciation_and_amortization",
    },
    "balance": {
        "Cash and Cash Equivalents": "cash_and_equivalents",
        "Short Term Investments": "short_term_investments",
        "Accounts Receivable": "receivables",
        "Inventory": "inventory",
        "Total Current Assets": "current_assets",
        "Property, Plant and Equipment": "property_plant_equipment",
        "Goodwill": "goodwill",
        "Intangible Assets": "intangible_assets",
        "Total Assets": "total_assets",
        "Accounts Payable": "accounts_payable",
        "Deferred Revenue": "deferred_revenue",
        "Short Term Debt": "short_term_debt",
        "Total Current Liabilities": "current_liabilities",
        "Long Term Debt": "long_term_debt",
        "Total Liabilities": "total_liabilities",
        "Preferred Stock": "preferred_equity",
        "Minority Interest": "minority_interest",
        "Total Shareholder Equity": "shareholders_equity",
        "Total Equity": "total_equity",
    },
    "cash": {
        "Cash Flow from Operations": "operating_cash_flow",
        "Capital Expenditure": "-capital_expenditure",
        "Depreciation and Amortization": "depreciation_and_amortization",
        "Dividends Paid": "-dividends_paid",
        "Preferred Dividends Paid": "-preferred_dividends",
        "Stock Based Compensation": "share_based_compensation",
        "Common Stock Purchased": "-share_repurchases",
        "Common Stock Issued": "share_issuance",
        "Income Taxes Paid": "income_tax_paid",
        "Interest Paid": "interest_paid",
    },
}


def panel() -> Panel:
    """Make statements that add up: balances from their parts, income from revenue and costs."""
    rng = np.random.default_rng(20231231)
    shape = (len(TICKERS), len(YEARS))
    items = {
        name: 0.1 * rng.lognormal(3.0, 1.0, (len(TICKERS), 1)) * rng.lognormal(0.0, 0.2, shape)
        for name in FIELDS
    }
    items["revenue"] = 10.0 * items["revenue"]
    items["cost_of_revenue"] = 0.6 * items["revenue"]
    items["gross_profit"] = items["revenue"] - items["cost_of_revenue"]
    items["total_equity"] = items["shareholders_equity"] + items["minority_interest"]
    items["total_assets"] = items["total_liabilities"] + items["total_equity"]
    items["market_cap"] = items["price"] * items["diluted_shares"]
    return Panel(TICKERS, YEARS, items, currency="USD")


def statements(made: Panel) -> dict[str, pd.DataFrame]:
    """Lay the panel out as FinanceToolkit reads statements, with the sums that it expects to find."""
    figures = {name: made[name] for name in FIELDS}
    frames = {}
    for statement, names in ITEMS.items():
        arrays = {
            theirs: -figures[ours[1:]] if ours[0] == "-" else figures[ours] for theirs, ours in names.items()
        }
        if statement == "income":
            for half in ("General and Administrative Expenses", "Selling and Marketing Expenses"):
                arrays[half] = figures["selling_general_administrative"] / 2
            arrays["EBITDA"] = figures["operating_income"] + figures["depreciation_and_amortization"]
        if statement == "cash":
            arrays["Free Cash Flow"] = figures["operating_cash_flow"] - figures["capital_expenditure"]
        if statement == "balance":
            arrays["Goodwill and Intangible Assets"] = figures["goodwill"] + figures["intangible_assets"]
            arrays["Total Debt"] = figures["short_term_debt"] + figures["long_term_debt"]
            arrays["Net Debt"] = arrays["Total Debt"] - figures["cash_and_equivalents"]
        block = np.stack(list(arrays.values()), axis=1).reshape(-1, len(YEARS))
        index = pd.MultiIndex.from_product([TICKERS, list(arrays)])
        frames[statement] = pd.DataFrame(block, index=index, columns=PERIODS)
    return frames


def peer(made: Panel) -> PeerRatios:
    """Set FinanceToolkit up with the statements and prices, so that it needs no network."""
    prices = pd.DataFrame(made["price"].T, index=PERIODS, columns=list(TICKERS))
    dividends = pd.DataFrame(made["dividends_per_share"].T, index=prices.index, columns=prices.columns)
    history = pd.concat({"Close": prices, "Adj Close": prices, "Dividends": dividends}, axis=1)
    return PeerRatios(list(TICKERS), {"period": history, "daily": history}, **statements(made), rounding=None)


# Ratios of the same definition, by FinanceToolkit's name. Others differ: its return on equity sets the profit of
# the parent's shareholders against an equity that holds the minorities' too; its return on invested capital
# leaves liquid funds in the capital (as return_on_total_capital here); its capital employed is the one at the end.
SAME = {
    "Gross Margin": "gross_margin",
    "Operating Margin": "operating_margin",
    "Net Profit Margin": "net_margin",
    "EBITDA Margin": "ebitda_margin",
    "Income Before Tax Profit Margin": "pretax_margin",
    "Effective Tax Rate": "effective_tax_rate",
    "Return on Assets": "roa",
    "Cash Return on Assets": "cash_return_on_assets",
    "Income Quality Ratio": "cash_conversion",
    "Free Cash Flow to Operating Cash Flow Ratio": "free_cash_flow_to_operating_cash_flow",
    "Free Cash Flow Margin": "free_cash_flow_margin",
    "Cash Tax Rate": "cash_tax_rate",
    "Current Ratio": "current_ratio",
    "Quick Ratio": "quick_ratio",
    "Cash Ratio": "cash_ratio",
    "Operating Cash Flow Ratio": "operating_cash_flow_ratio",
    "Debt-to-Assets Ratio": "debt_to_assets",
    "Debt-to-Capital Ratio": "debt_to_capital",
    "Interest Coverage Ratio": "interest_coverage",
    "Cash Flow Coverage Ratio": "operating_cash_flow_to_debt",
    "CAPEX Coverage Ratio": "capex_coverage",
    "Gross Debt to EBITDA Ratio": "debt_to_ebitda",
    "Asset Turnover Ratio": "asset_turnover",
    "Inventory Turnover Ratio": "inventory_turnover",
    "Receivables Turnover": "receivables_turnover",
    "Accounts Payable Turnover Ratio": "payables_turnover",
    "Fixed Asset Turnover": "fixed_asset_turnover",
    "Working Capital Turnover Ratio": "working_capital_turnover",
    "Days of Inventory Outstanding": "days_inventory_outstanding",
    "Days of Sales Outstanding": "days_sales_outstanding",
    "Days of Accounts Payable Outstanding": "days_payables_outstanding",
    "Operating Cycle": "operating_cycle",
    "Cash Conversion Cycle": "cash_conversion_cycle",
    "R&D Intensity Ratio": "research_to_revenue",
    "SGA-to-Revenue Ratio": "sga_to_revenue",
    "SBC to Revenue Ratio": "share_based_compensation_to_revenue",
    "Revenue per Share": "revenue_per_share",
    "Dividend Payout Ratio": "dividend_payout",
    "Price-to-Cash-Flow": "price_to_cash_flow",
    "Price-to-Free-Cash-Flow": "price_to_free_cash_flow",
    "Price-to-Sales": "ps",
    "Free Cash Flow Yield": "free_cash_flow_yield",
}


def checked(made: Panel, theirs: PeerRatios) -> tuple[int, int]:
    """Compare what both define alike and give how many ratios each computes."""
    frame, found = calculate_ratios(made).frame, theirs.collect_all_ratios()
    for name, ours in SAME.items():
        expected = found.xs(name, level=1).to_numpy(float)
        np.testing.assert_allclose(frame[ours].to_numpy().reshape(expected.shape), expected, rtol=1e-9)
    return frame.shape[1], len(found) // len(TICKERS)


def rows() -> list[Row]:
    made = panel()
    theirs = peer(made)
    n_ours, n_theirs = checked(made, theirs)
    mine = min(seconds(lambda: calculate_ratios(made).frame) for _ in range(3))
    other = min(seconds(theirs.collect_all_ratios) for _ in range(3))
    shown = (f"{1e3 * mine:.2f} ms ({n_ours} ratios)", f"{1e3 * other:.0f} ms ({n_theirs} ratios)")
    return [
        Row(
            "all ratios of 500 companies x 10 years: milliseconds",
            *shown,
            1e3 * mine,
            100,
            at_least=False,
        ),
        Row("the same: times FinanceToolkit's speed", *shown, other / mine, 20),
        Row(
            "a ratio alone: times FinanceToolkit's speed",
            *shown,
            other / n_theirs / (mine / n_ours),
        ),
    ]
