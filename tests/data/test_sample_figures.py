"""The figures of the samples against published ones, accounting identities and a second source."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from maos_nb.data import SampleSource

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"
SOURCE = SampleSource()
ALL = ("AAPL", "MSFT", "NVDA")

# Convertible notes that NVIDIA showed between liabilities and equity (TemporaryEquityValueExcluding... in its 10-Ks).
BETWEEN_DEBT_AND_EQUITY = {("NVDA", 2016): 87e6, ("NVDA", 2017): 31e6}


def figure(ticker: str, field: str, year: int) -> float:
    """Give one figure of the wide table."""
    return float(SOURCE.statements(ticker).frame[field].loc[year])


@pytest.mark.parametrize(
    ("ticker", "field", "year", "millions"),
    [
        ("AAPL", "revenue", 2020, 274_515),
        ("AAPL", "revenue", 2021, 365_817),
        ("AAPL", "revenue", 2022, 394_328),
        ("AAPL", "revenue", 2023, 383_285),
        ("AAPL", "revenue", 2024, 391_035),
        ("AAPL", "net_income", 2022, 99_803),
        ("AAPL", "operating_cash_flow", 2022, 122_151),
        ("MSFT", "revenue", 2020, 143_015),
        ("MSFT", "revenue", 2023, 211_915),
    ],
)
def test_the_headline_figures_are_the_published_ones(
    ticker: str, field: str, year: int, millions: float
) -> None:
    """As in the companies' annual reports."""
    assert figure(ticker, field, year) == millions * 1e6


def test_a_later_restatement_does_not_change_what_was_first_filed() -> None:
    """Apple restated fiscal 2009 to 42,905 million in January 2010; the 10-K of October 2009 says 36,537."""
    assert figure("AAPL", "revenue", 2009) == 36_537e6


def test_share_counts_are_as_filed_and_not_adjusted_for_later_splits() -> None:
    """Apple split 7:1 in 2014 and 4:1 in 2020, NVIDIA 4:1 in 2021 and 10:1 in 2024."""
    apple, nvidia = (SOURCE.statements(ticker).frame["diluted_shares"] for ticker in ("AAPL", "NVDA"))
    assert apple.loc[2014] / apple.loc[2013] == pytest.approx(7, rel=0.07)
    assert apple.loc[2020] / apple.loc[2019] == pytest.approx(4, rel=0.07)
    assert nvidia.loc[2022] / nvidia.loc[2021] == pytest.approx(4, rel=0.02)
    assert nvidia.loc[2025] / nvidia.loc[2024] == pytest.approx(10, rel=0.02)


def test_share_counts_first_tagged_in_thousands_are_taken_from_the_corrected_filing() -> None:
    """NVIDIA's first XBRL filings say 549,574 shares; the 10-K for fiscal 2012 says 549,574,000."""
    assert figure("NVDA", "basic_shares", 2010) == 549_574_000


def test_fiscal_years_are_named_after_the_year_they_end_in() -> None:
    """NVIDIA's fiscal 2026 ended in January 2026, Apple's fiscal 2024 in September 2024."""
    ends = {t: SOURCE.statements(t).frame["period_end"].dt.date.astype(str) for t in ALL}
    assert ends["NVDA"].loc[2026] == "2026-01-25"
    assert ends["AAPL"].loc[2024] == "2024-09-28"
    assert ends["MSFT"].loc[2023] == "2023-06-30"


@pytest.mark.parametrize("ticker", ALL)
def test_assets_equal_liabilities_and_equity(ticker: str) -> None:
    """To the dollar in every year, but for what stands between the two in the report."""
    frame = SOURCE.statements(ticker).frame
    gap = frame["total_assets"] - frame["total_liabilities"] - frame["shareholders_equity"]
    for year in gap.index.tolist():
        assert gap.loc[year] == BETWEEN_DEBT_AND_EQUITY.get((ticker, year), 0.0), year


@pytest.mark.parametrize("ticker", ALL)
def test_income_statements_add_up(ticker: str) -> None:
    """Gross profit is revenue less its cost, net income is pre-tax income less tax."""
    frame = SOURCE.statements(ticker).frame
    # NVIDIA rounds each line of fiscal 2022 on to millions, so that sums may miss by one.
    rounding = 1e6
    gross = frame["revenue"] - frame["cost_of_revenue"] - frame["gross_profit"]
    net = frame["pretax_income"] - frame["income_tax"] - frame["net_income"]
    assert gross.abs().max() <= rounding
    assert net.abs().max() <= rounding
    assert not gross.isna().any()
    assert not net.isna().any()


@pytest.mark.parametrize("ticker", ALL)
def test_parts_are_no_larger_than_their_whole(ticker: str) -> None:
    """A wrong tag would show as a part that exceeds the total it belongs to."""
    frame = SOURCE.statements(ticker).frame.fillna(0.0)
    current = frame[["cash_and_equivalents", "short_term_investments", "receivables", "inventory"]].sum(
        axis=1
    )
    due = frame[["accounts_payable", "short_term_debt"]].sum(axis=1)
    assert (current <= frame["current_assets"]).all()
    assert (due <= frame["current_liabilities"]).all()
    assert (frame["current_assets"] <= frame["total_assets"]).all()
    assert (frame["current_liabilities"] + frame["long_term_debt"] <= frame["total_liabilities"]).all()
    assert (frame["basic_shares"] <= frame["diluted_shares"]).all()


@pytest.mark.parametrize("ticker", ALL)
def test_outlays_are_positive_numbers(ticker: str) -> None:
    """A sign of its own for cash out would break every formula."""
    outlays = ["capital_expenditure", "dividends_paid", "interest_expense", "depreciation_and_amortization"]
    frame = SOURCE.statements(ticker).frame
    assert not (frame[outlays] < 0).any(axis=None)


def test_a_vendors_zero_for_not_reported_is_not_a_zero_here() -> None:
    """Microsoft files none of its mapped figures as zero, so that a zero can only be the vendor's."""
    assert (SOURCE.statement_facts("MSFT").frame["value"] != 0).all()


def test_what_is_not_tagged_stays_unknown() -> None:
    """Apple shows no interest expense from fiscal 2024 on; zero would flatter its interest cover."""
    assert np.isnan(figure("AAPL", "interest_expense", 2024))
    assert np.isnan(figure("AAPL", "interest_expense", 2025))
    assert figure("AAPL", "interest_expense", 2023) == 3_933e6


def test_a_sum_keeps_all_its_tags() -> None:
    """The reader can rebuild each computed figure from the filing."""
    facts = pd.concat([SOURCE.statement_facts(t).frame for t in ("AAPL", "NVDA")])
    apple = facts.query("ticker == 'AAPL' and fiscal_year == 2023 and field == 'short_term_debt'")
    assert apple["tag"].item() == "us-gaap:CommercialPaper + us-gaap:LongTermDebtCurrent"
    assert apple["value"].item() == 5_985e6 + 9_822e6
    securities = facts.query("ticker == 'NVDA' and fiscal_year == 2026 and field == 'short_term_investments'")
    assert (
        securities["tag"]
        .item()
        .startswith("us-gaap:AssetsCurrent - us-gaap:CashAndCashEquivalentsAtCarryingValue - ")
    )
    # The next 10-Q shows the same securities apart: debt of 39,065 and equity of 12,886 million.
    assert securities["value"].item() == 39_065e6 + 12_886e6


def _vendor_figures(ticker: str) -> Iterator[tuple[str, str, int, float]]:
    for path in sorted((SHARED / "fundamentals").glob("financetoolkit_*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            header, *lines = csv.reader(handle)
        for line in lines:
            if line[0] == ticker:
                for year, value in zip(header[2:], line[2:], strict=True):
                    yield path.stem.rsplit("_", 1)[1], line[1], int(year), float(value)


VENDOR_NAMES = {
    ("income", "Revenue"): "revenue",
    ("income", "Interest Income"): "interest_income",
    ("income", "Net Income before Deductions"): "net_income_with_minorities",
    ("income", "EPS"): "basic_eps",
    ("cash", "Cash Flow from Investing"): "investing_cash_flow",
    ("cash", "Cash Flow from Financing"): "financing_cash_flow",
    ("cash", "Common Stock Purchased"): "share_repurchases",
    ("cash", "Net Change in Cash"): "change_in_cash",
    ("cash", "Cash End of Period"): "cash_and_restricted_cash",
    ("balance", "Deferred Revenue"): "deferred_revenue",
    ("balance", "Retained Earnings"): "retained_earnings",
    ("balance", "Total Equity"): "total_equity",
    ("balance", "Total Liabilities and Equity"): "liabilities_and_equity",
    ("income", "Cost of Goods Sold"): "cost_of_revenue",
    ("income", "Gross Profit"): "gross_profit",
    ("income", "Research and Development Expenses"): "research_and_development",
    ("income", "Selling, General and Administrative Expenses"): "selling_general_administrative",
    ("income", "Operating Income"): "operating_income",
    ("income", "Interest Expense"): "interest_expense",
    ("income", "Income Before Tax"): "pretax_income",
    ("income", "Income Tax Expense"): "income_tax",
    ("income", "Net Income"): "net_income",
    ("income", "Weighted Average Shares"): "basic_shares",
    ("income", "Weighted Average Shares Diluted"): "diluted_shares",
    ("cash", "Depreciation and Amortization"): "depreciation_and_amortization",
    ("cash", "Capital Expenditure"): "capital_expenditure",
    ("cash", "Stock Based Compensation"): "share_based_compensation",
    ("cash", "Operating Cash Flow"): "operating_cash_flow",
    ("cash", "Dividends Paid"): "dividends_paid",
    ("balance", "Cash and Cash Equivalents"): "cash_and_equivalents",
    ("balance", "Short Term Investments"): "short_term_investments",
    ("balance", "Long Term Investments"): "long_term_investments",
    ("balance", "Accounts Receivable"): "receivables",
    ("balance", "Inventory"): "inventory",
    ("balance", "Accounts Payable"): "accounts_payable",
    ("balance", "Total Current Assets"): "current_assets",
    ("balance", "Total Current Liabilities"): "current_liabilities",
    ("balance", "Total Assets"): "total_assets",
    ("balance", "Total Liabilities"): "total_liabilities",
    ("balance", "Total Shareholder Equity"): "shareholders_equity",
    ("balance", "Short Term Debt"): "short_term_debt",
    ("balance", "Long Term Debt"): "long_term_debt",
}


def test_the_vendors_table_of_apple_agrees_with_the_filings() -> None:
    """Two sources of one company, 42 fields by four years: this is what vouches for Microsoft's vendor table.

    Signs are compared by their size alone, as the vendor's outlays are negative.
    """
    if not (SHARED / "fundamentals").exists():
        pytest.skip("the vendor's table of Apple is not beside this checkout (../shared/data/fundamentals)")
    filed = SOURCE.statements("AAPL").frame
    compared, differences = 0, {}
    for statement, row, year, value in _vendor_figures("AAPL"):
        if field := VENDOR_NAMES.get((statement, row)):
            compared += 1
            ours = float(filed[field].loc[year])
            if abs(value) != abs(ours):
                differences[field, year] = (value, ours)
    assert compared == 42 * 4
    assert differences == {}


def test_the_vendors_figures_that_apple_does_not_show_every_year() -> None:
    """Where the vendor has one and the filings too they agree; the vendor's zero is its word for not reported."""
    if not (SHARED / "fundamentals").exists():
        pytest.skip("the vendor's table of Apple is not beside this checkout (../shared/data/fundamentals)")
    rows = {
        "Deferred Income Tax": "deferred_income_tax",
        "Acquisitions": "acquisitions",
        "Common Stock Issued": "share_issuance",
        "Tax Payables": "income_tax_payable",
    }
    filed = SOURCE.statements("AAPL").frame
    both = {
        (row, year): (abs(value), abs(filed[rows[row]].loc[year]))
        for _, row, year, value in _vendor_figures("AAPL")
        if row in rows and value != 0
    }
    assert len(both) == 10
    assert all(vendor == ours for vendor, ours in both.values())


def test_the_vendors_operating_expenses_hold_other_income_for_apple_and_none_for_microsoft() -> None:
    """Why the row may be used for Microsoft: there it is gross profit less operating income in every year.

    For Apple it is 87 million more than the filed 38,668 in 2020, which is its other income of that year.
    """
    if not (SHARED / "fundamentals").exists():
        pytest.skip("the vendor's table of Apple is not beside this checkout (../shared/data/fundamentals)")
    vendor = {year: value for _, row, year, value in _vendor_figures("AAPL") if row == "Operating Expenses"}
    assert vendor[2020] - figure("AAPL", "operating_expenses", 2020) == 87e6
    microsoft = SOURCE.statements("MSFT").frame
    gap = microsoft["gross_profit"] - microsoft["operating_expenses"] - microsoft["operating_income"]
    assert (gap == 0).all()


def test_the_vendors_property_row_holds_leased_assets() -> None:
    """Why Microsoft's is left out: for Apple the row exceeds its property, plant and equipment in every year.

    In 2020 by 8,570 million, which its 10-K gives as the right to use assets under operating leases.
    """
    if not (SHARED / "fundamentals").exists():
        pytest.skip("the vendor's table of Apple is not beside this checkout (../shared/data/fundamentals)")
    row = "Property, Plant and Equipment"
    vendor = {
        year: value
        for statement, name, year, value in _vendor_figures("AAPL")
        if (statement, name) == ("balance", row)
    }
    filed = SOURCE.statements("AAPL").frame["property_plant_equipment"]
    assert vendor[2020] - filed.loc[2020] == 8_570e6
    assert all(value > 1.2 * filed.loc[year] for year, value in vendor.items())
    assert SOURCE.statements("MSFT").frame["property_plant_equipment"].isna().all()


def test_the_vendors_lease_rows_mix_what_the_filings_keep_apart() -> None:
    """Why Microsoft's leases are left out: for Apple the same row is both kinds of lease at once in 2023.

    Apple filed 11,818 million of operating and 1,024 million of finance leases for fiscal 2023; the vendor has
    12,842 under capital leases. For 2022 it has 12,411 (11,470 + 941) alike.
    """
    if not (SHARED / "fundamentals").exists():
        pytest.skip("the vendor's table of Apple is not beside this checkout (../shared/data/fundamentals)")
    vendor = {
        year: value for _, row, year, value in _vendor_figures("AAPL") if row == "Capital Lease Obligations"
    }
    filed = SOURCE.statements("AAPL").frame
    both = filed["operating_lease_liability"] + filed["finance_lease_liability"]
    assert {year: both.loc[year] for year in vendor} == vendor


def test_monthly_yields_are_the_means_of_the_daily_ones() -> None:
    """The Federal Reserve's daily series gives the same months, to the two decimals that are published."""
    path = SHARED / "fred" / "DGS10.csv"
    if not path.exists():
        pytest.skip("the daily yields are not beside this checkout (../shared/data/fred/DGS10.csv)")
    daily = pd.read_csv(path, index_col=0, parse_dates=[0], na_values=["."]).iloc[:, 0].dropna() / 100
    monthly = daily.groupby(pd.DatetimeIndex(daily.index).to_period("M")).mean().loc["1990-01":"2023-12"]
    ours = SOURCE.treasury_yield().frame["yield_10y"].to_period("M").loc["1990-01":"2023-12"]
    assert len(monthly) == len(ours) == 34 * 12
    # Half a unit of the last published digit, and a bit for the digits of the daily values themselves.
    assert (monthly - ours).abs().max() <= 0.00006


def test_treasury_yields_are_decimals_without_a_gap() -> None:
    """Every month from January 1990, none at zero."""
    frame = SOURCE.treasury_yield().frame
    assert frame.index.equals(pd.date_range(frame.index[0], frame.index[-1], freq="MS"))
    assert frame.index[0] == pd.Timestamp("1990-01-01")
    assert frame["yield_10y"].between(0.005, 0.10).all()


def test_prices_are_those_of_the_source_package() -> None:
    """Three decimals are the source's own precision: nothing is rounded away."""
    datasets = pytest.importorskip(
        "skfolio.datasets", reason="skfolio, the source of the prices, is not installed"
    )
    original = datasets.load_sp500_dataset().join(datasets.load_sp500_index())
    ours = SOURCE.prices(original.columns.tolist()).frame
    assert ours.index.tolist() == original.index.tolist()
    assert (ours.to_numpy() == original.to_numpy()).all()


def test_sector_costs_of_equity_follow_from_their_betas() -> None:
    """The publisher's CAPM of January 2025: 4.58% and 4.33% are also in the risk premium table, so both are read right."""
    latest = SOURCE.equity_risk_premium(as_of="2025-01-31").frame.iloc[-1]
    sectors = SOURCE.sectors()
    expected = latest["treasury_10y"] + sectors["levered_beta"] * latest["implied_erp"]
    assert (expected - sectors["cost_of_equity"]).abs().max() < 0.0001


def test_sector_costs_of_capital_follow_from_their_parts() -> None:
    """Weights at market values and the publisher's marginal tax rate of 25%: four columns vouch for each other."""
    sectors = SOURCE.sectors()
    debt = sectors["debt_to_capital"]
    expected = (1 - debt) * sectors["cost_of_equity"] + debt * sectors["pretax_cost_of_debt"] * (1 - 0.25)
    assert (expected - sectors["cost_of_capital"]).abs().max() < 0.0001


def test_sectors_have_every_figure_and_a_source() -> None:
    """Nineteen sectors, each with its publisher's industry and address."""
    sectors = SOURCE.sectors()
    assert len(sectors) == 19
    assert sectors.notna().all(axis=None)
    assert sectors["source"].str.contains("https://pages.stern.nyu.edu/", regex=False).all()
    assert (sectors["unlevered_beta"] < sectors["levered_beta"]).all()
    rates = sectors[["operating_margin", "effective_tax_rate", "cost_of_capital", "revenue_growth_5y"]]
    assert rates.gt(0).all(axis=None)
    assert rates.lt(0.5).all(axis=None)


@pytest.mark.parametrize(
    ("year", "premium"), [(2009, 0.0643), (2013, 0.0578), (2023, 0.0594), (2025, 0.0433)]
)
def test_risk_premiums_stand_at_the_start_of_the_year_after(year: int, premium: float) -> None:
    """The publisher's workbook says 6.43% for the end of 2008, hence for the start of 2009."""
    assert SOURCE.equity_risk_premium().frame["implied_erp"].loc[f"{year}-01-01"] == premium


def test_risk_premiums_rest_on_the_market_yields_of_their_day() -> None:
    """The workbook's bond rates are the market's: within 40 basis points of the month's average in every year."""
    premiums = SOURCE.equity_risk_premium().frame.loc["1991":]
    monthly = SOURCE.treasury_yield().frame["yield_10y"]
    december = monthly.reindex(pd.DatetimeIndex(premiums.index) - pd.DateOffset(months=1)).to_numpy()
    assert np.abs(premiums["treasury_10y"].to_numpy() - december).max() < 0.004


def test_the_source_says_where_filing_dates_are_deadlines():
    """Microsoft's are not known; Apple's are."""
    source = SampleSource()
    assert source.statements("MSFT").source.endswith("; filing dates are the SEC's deadlines")
    assert "deadline" not in source.statements("AAPL").source
