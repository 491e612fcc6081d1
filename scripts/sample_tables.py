"""The tables of the samples that were collected by hand: companies, vendor rows, sectors, equity risk premium.

Each figure was read in the document that its source names; nothing here is remembered or estimated.
"""

from __future__ import annotations

SEC_SOURCE = "SEC EDGAR companyfacts (10-K filings)"
VENDOR_SOURCE = "FinanceToolkit test data (a vendor's table of filed figures)"

COMPANIES = (
    # ticker, name, cik, sector, fiscal_year_end_month, currency, statement_source
    ("AAPL", "Apple Inc.", 320193, "computers", 9, "USD", SEC_SOURCE),
    ("MSFT", "Microsoft Corporation", 789019, "software", 6, "USD", VENDOR_SOURCE),
    ("NVDA", "NVIDIA Corporation", 1045810, "semiconductors", 1, "USD", SEC_SOURCE),
)

# (our field, the vendor's statement, the vendor's row, the sign that makes an outlay positive)
VENDOR_ROWS = (
    ("revenue", "income", "Revenue", 1),
    ("cost_of_revenue", "income", "Cost of Goods Sold", 1),
    ("gross_profit", "income", "Gross Profit", 1),
    ("research_and_development", "income", "Research and Development Expenses", 1),
    ("selling_general_administrative", "income", "Selling, General and Administrative Expenses", 1),
    ("operating_expenses", "income", "Operating Expenses", 1),
    ("operating_income", "income", "Operating Income", 1),
    ("interest_expense", "income", "Interest Expense", 1),
    ("interest_income", "income", "Interest Income", 1),
    ("pretax_income", "income", "Income Before Tax", 1),
    ("income_tax", "income", "Income Tax Expense", 1),
    ("net_income", "income", "Net Income", 1),
    ("net_income_with_minorities", "income", "Net Income before Deductions", 1),
    ("basic_shares", "income", "Weighted Average Shares", 1),
    ("diluted_shares", "income", "Weighted Average Shares Diluted", 1),
    ("basic_eps", "income", "EPS", 1),
    ("depreciation_and_amortization", "cash", "Depreciation and Amortization", 1),
    ("share_based_compensation", "cash", "Stock Based Compensation", 1),
    ("deferred_income_tax", "cash", "Deferred Income Tax", 1),
    ("operating_cash_flow", "cash", "Operating Cash Flow", 1),
    ("capital_expenditure", "cash", "Capital Expenditure", -1),
    ("acquisitions", "cash", "Acquisitions", -1),
    ("investing_cash_flow", "cash", "Cash Flow from Investing", 1),
    ("dividends_paid", "cash", "Dividends Paid", -1),
    ("share_repurchases", "cash", "Common Stock Purchased", -1),
    ("share_issuance", "cash", "Common Stock Issued", 1),
    ("financing_cash_flow", "cash", "Cash Flow from Financing", 1),
    ("exchange_rate_effect", "cash", "Forex Changes on Cash", 1),
    ("change_in_cash", "cash", "Net Change in Cash", 1),
    ("cash_and_equivalents", "balance", "Cash and Cash Equivalents", 1),
    ("cash_and_restricted_cash", "cash", "Cash End of Period", 1),
    ("short_term_investments", "balance", "Short Term Investments", 1),
    ("receivables", "balance", "Accounts Receivable", 1),
    ("inventory", "balance", "Inventory", 1),
    ("current_assets", "balance", "Total Current Assets", 1),
    ("goodwill", "balance", "Goodwill", 1),
    ("intangible_assets", "balance", "Intangible Assets", 1),
    ("long_term_investments", "balance", "Long Term Investments", 1),
    ("total_assets", "balance", "Total Assets", 1),
    ("accounts_payable", "balance", "Accounts Payable", 1),
    ("income_tax_payable", "balance", "Tax Payables", 1),
    ("deferred_revenue", "balance", "Deferred Revenue", 1),
    ("short_term_debt", "balance", "Short Term Debt", 1),
    ("current_liabilities", "balance", "Total Current Liabilities", 1),
    ("long_term_debt", "balance", "Long Term Debt", 1),
    ("total_liabilities", "balance", "Total Liabilities", 1),
    ("retained_earnings", "balance", "Retained Earnings", 1),
    ("shareholders_equity", "balance", "Total Shareholder Equity", 1),
    ("total_equity", "balance", "Total Equity", 1),
    ("liabilities_and_equity", "balance", "Total Liabilities and Equity", 1),
)

# Why a field has gaps, for coverage.csv; where nothing is said here, a rule gives the reason.
NEVER = {"SEC": "never tagged in the annual reports", "vendor": "not in the vendor's table"}
SOMETIMES = {
    "SEC": "not tagged in these years' annual reports",
    "vendor": "not in the vendor's table for these years",
}
GAPS = {
    ("AAPL", "interest_expense"): "not tagged in these years' filings",
    (
        "AAPL",
        "dividends_paid",
    ): "not tagged for the year; fiscal 2012 tags only the quarter in which 2.5 billion was paid",
    ("AAPL", "short_term_debt"): "not tagged before the first commercial paper",
    ("AAPL", "long_term_debt"): "not tagged before the first notes",
    ("AAPL", "operating_lease_liability"): "not tagged before the lease standard of 2019 applied",
    ("AAPL", "finance_lease_liability"): "not tagged before the lease standard of 2019 applied",
    ("MSFT", "operating_lease_liability"): "the vendor's lease rows do not say which leases they hold",
    ("MSFT", "finance_lease_liability"): "the vendor's lease rows do not say which leases they hold",
    ("MSFT", "shares_outstanding"): "the vendor's table has no cover-page count",
    ("MSFT", "property_plant_equipment"): "the vendor's row adds the right to use leased assets",
    ("MSFT", "debt_issued"): "the vendor gives debt issued less debt repaid only",
    ("MSFT", "debt_repaid"): "the vendor gives debt issued less debt repaid only",
    ("MSFT", "interest_paid"): "zero in the vendor's table, which is its word for not reported",
    ("MSFT", "income_tax_paid"): "zero in the vendor's table, which is its word for not reported",
    ("NVDA", "capital_expenditure"): "no standard tag in these years' filings, nor in a later 10-K",
    ("NVDA", "dividends_paid"): "not tagged before the first dividends",
    ("NVDA", "long_term_investments"): "not tagged in these years' filings",
    ("NVDA", "short_term_debt"): "not tagged before the first notes came due",
    ("NVDA", "long_term_debt"): "not tagged before the first notes",
    ("NVDA", "operating_lease_liability"): "not tagged before the lease standard of 2019 applied",
    (
        "NVDA",
        "finance_lease_liability",
    ): "capital leases are not tagged in full in these years, finance leases not at all",
}

SECTOR_SOURCE = (
    "Aswath Damodaran (NYU Stern), TeslaJan2025DIY.xlsx, sheet Industry Average Beta (US), January 2025, "
    "https://pages.stern.nyu.edu/~adamodar/pc/blog/TeslaJan2025DIY.xlsx"
)
SECTOR_AS_OF = "2025-01-01"
SECTOR_COLUMNS = (
    "sector",
    "industry",
    "n_firms",
    "revenue_growth_5y",
    "operating_margin",
    "effective_tax_rate",
    "unlevered_beta",
    "levered_beta",
    "cost_of_equity",
    "pretax_cost_of_debt",
    "debt_to_capital",
    "cost_of_capital",
    "sales_to_capital",
)
# Rounded to four decimals. One row a line, so that it can be compared with the source.
# fmt: off
SECTORS = (
    ("aerospace", "Aerospace/Defense", 67, 0.0821, 0.0759, 0.1648, 0.8009, 0.9016, 0.0848, 0.0553, 0.1856, 0.0768, 2.6210),
    ("automobiles", "Auto & Truck", 34, 0.1090, 0.0313, 0.0630, 1.4334, 1.6154, 0.1157, 0.0641, 0.1830, 0.1034, 1.1508),
    ("biotechnology", "Drugs (Biotechnology)", 535, 0.2377, 0.0142, 0.1948, 1.1690, 1.2519, 0.1000, 0.0758, 0.1460, 0.0937, 0.9334),
    ("business_services", "Business & Consumer Services", 152, 0.0524, 0.1211, 0.2384, 0.9217, 1.0038, 0.0893, 0.0578, 0.1437, 0.0827, 2.6612),
    ("computers", "Computers/Peripherals", 35, 0.0355, 0.2265, 0.2287, 1.1183, 1.1422, 0.0953, 0.0578, 0.0460, 0.0929, 3.3449),
    ("energy", "Oil/Gas (Integrated)", 4, 0.0020, 0.1343, 0.3026, 0.4558, 0.4837, 0.0667, 0.0508, 0.1206, 0.0633, 1.2680),
    ("food", "Food Processing", 77, 0.1002, 0.1197, 0.2416, 0.3828, 0.4742, 0.0663, 0.0578, 0.2675, 0.0602, 1.6975),
    ("healthcare_products", "Healthcare Products", 218, 0.1461, 0.1481, 0.1597, 0.9581, 1.0145, 0.0897, 0.0641, 0.1134, 0.0850, 1.3345),
    ("internet", "Software (Internet)", 29, 0.1972, 0.0131, 0.1262, 1.5986, 1.6870, 0.1188, 0.0578, 0.1035, 0.1110, 1.2317),
    ("machinery", "Machinery", 109, 0.0623, 0.1579, 0.2101, 0.9835, 1.0672, 0.0920, 0.0578, 0.1357, 0.0854, 1.9683),
    ("media", "Entertainment", 96, 0.1325, 0.0834, 0.1883, 0.9375, 1.0409, 0.0909, 0.0578, 0.1690, 0.0828, 1.4070),
    ("pharmaceuticals", "Drugs (Pharmaceutical)", 231, 0.2478, 0.2281, 0.1358, 0.9834, 1.0738, 0.0923, 0.0758, 0.1445, 0.0872, 1.0149),
    ("restaurants", "Restaurant/Dining", 62, 0.0860, 0.1596, 0.2047, 0.8750, 1.0090, 0.0895, 0.0553, 0.1879, 0.0805, 1.6557),
    ("retail", "Retail (General)", 24, 0.1440, 0.0620, 0.1984, 1.0256, 1.0618, 0.0918, 0.0578, 0.0803, 0.0879, 3.5951),
    ("semiconductors", "Semiconductor", 63, 0.0513, 0.2971, 0.1419, 1.4602, 1.4859, 0.1101, 0.0578, 0.0375, 0.1076, 1.1023),
    ("software", "Software (System & Application)", 333, 0.1555, 0.2863, 0.1737, 1.2190, 1.2418, 0.0996, 0.0578, 0.0467, 0.0969, 1.7142),
    ("telecom", "Telecom. Services", 32, 0.1058, 0.2035, 0.2830, 0.5151, 0.8860, 0.0842, 0.0578, 0.5004, 0.0637, 0.5923),
    ("total_market", "Total Market (without financials)", 4935, 0.1025, 0.1193, 0.1934, 0.9768, 1.0858, 0.0928, 0.0578, 0.1617, 0.0848, 1.5607),
    ("utilities", "Utility (General)", 14, 0.0236, 0.2328, 0.1064, 0.2502, 0.3934, 0.0628, 0.0508, 0.4384, 0.0520, 0.2937),
)
# fmt: on

RISK_PREMIUM_SOURCE = (
    "Aswath Damodaran (NYU Stern), histimpl.xls (Historical Implied Equity Risk Premiums), edition of January 2025, "
    "column Implied ERP (FCFE), https://pages.stern.nyu.edu/~adamodar/pc/datasets/histimpl.xls"
)
# (year-end, T.Bond rate, implied premium): the premium of a year's end is the one for the start of the next year.
RISK_PREMIUMS = (
    (1989, 0.0793, 0.0351),
    (1990, 0.0807, 0.0389),
    (1991, 0.0670, 0.0348),
    (1992, 0.0668, 0.0355),
    (1993, 0.0579, 0.0317),
    (1994, 0.0782, 0.0355),
    (1995, 0.0557, 0.0329),
    (1996, 0.0641, 0.0320),
    (1997, 0.0574, 0.0273),
    (1998, 0.0465, 0.0226),
    (1999, 0.0644, 0.0205),
    (2000, 0.0511, 0.0287),
    (2001, 0.0505, 0.0362),
    (2002, 0.0381, 0.0410),
    (2003, 0.0425, 0.0369),
    (2004, 0.0422, 0.0365),
    (2005, 0.0439, 0.0408),
    (2006, 0.0470, 0.0416),
    (2007, 0.0402, 0.0437),
    (2008, 0.0221, 0.0643),
    (2009, 0.0384, 0.0436),
    (2010, 0.0329, 0.0520),
    (2011, 0.0188, 0.0601),
    (2012, 0.0176, 0.0578),
    (2013, 0.0304, 0.0496),
    (2014, 0.0217, 0.0578),
    (2015, 0.0227, 0.0612),
    (2016, 0.0245, 0.0569),
    (2017, 0.0241, 0.0508),
    (2018, 0.0268, 0.0596),
    (2019, 0.0192, 0.0520),
    (2020, 0.0093, 0.0472),
    (2021, 0.0151, 0.0424),
    (2022, 0.0388, 0.0594),
    (2023, 0.0388, 0.0460),
    (2024, 0.0458, 0.0433),
)

# First day traded at the new count, shares for one, form and accession number of a filing that reports it
# (us-gaap StockholdersEquityNoteStockSplitConversionRatio1).
SPLITS = (
    ("AAPL", "2014-06-09", 7, "10-K", "0001193125-14-383437"),
    ("AAPL", "2020-08-31", 4, "10-K", "0000320193-20-000096"),
    ("NVDA", "2021-07-20", 4, "10-K", "0001045810-22-000036"),
    ("NVDA", "2024-06-10", 10, "10-Q", "0001045810-24-000264"),
)
