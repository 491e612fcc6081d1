"""The reader of the SEC's companyfacts: which tag gives an item, filing by filing and period by period."""

from __future__ import annotations

import pandas as pd
from facts_documents import balance, fact, only, read, values, year

from maos_nb.data import FACT_COLUMNS


class TestOneFigure:
    """What the table says of a figure."""

    def test_it_bears_its_tag_form_accession_and_day(self) -> None:
        """A reader can find it in the filing."""
        revenue = year("Revenues", 81_462e6, accession="0001628280-23-000001", filed="2023-01-31")
        row = only(read(revenue), "revenue")
        assert row["tag"] == "us-gaap:Revenues"
        assert [row["form"], row["accession"]] == ["10-K", "0001628280-23-000001"]
        assert row["filed"] == pd.Timestamp("2023-01-31")
        assert [row["period_start"], row["period_end"]] == [
            pd.Timestamp("2022-01-01"),
            pd.Timestamp("2022-12-31"),
        ]
        assert [row["ticker"], row["unit"], row["value"]] == ["EX", "USD", 81_462e6]

    def test_the_table_has_the_same_columns_and_types_when_it_is_empty(self) -> None:
        """A company whose tags are all unknown breaks nothing."""
        empty, full = read(year("Odd", 1.0)).facts, read(year("Revenues", 1.0)).facts
        assert tuple(empty.columns) == tuple(full.columns) == FACT_COLUMNS
        assert empty.empty
        dates = ["period_start", "period_end", "filed"]
        assert all(kind.kind == "M" for kind in [*empty[dates].dtypes, *full[dates].dtypes])
        assert [empty["value"].dtype.kind, empty["fiscal_year"].dtype.kind] == ["f", "i"]

    def test_a_balance_has_no_first_day(self) -> None:
        """It stands at a date."""
        assert pd.isna(only(read(balance("Assets", 5.0)), "total_assets")["period_start"])

    def test_every_form_keeps_its_name(self) -> None:
        """Amended, transitional, foreign and other reports can be told apart."""
        forms = ["10-K", "10-K/A", "10-KT", "20-F", "40-F", "8-K", "S-1", "10-Q"]
        facts = [
            year("Revenues", 1.0, form=form, accession=f"0000000001-23-{place:06d}")
            for place, form in enumerate(forms)
        ]
        assert read(*facts).facts["form"].tolist() == forms

    def test_a_period_stands_there_once_for_each_filing(self) -> None:
        """Apple's fiscal 2009: 36,537 million in October 2009, 42,905 million after the change of January 2010."""
        period = {"end": "2009-09-26", "start": "2008-09-28"}
        first = fact(
            "SalesRevenueNet", 36_537e6, **period, filed="2009-10-27", accession="0001193125-09-214859"
        )
        amended = fact(
            "SalesRevenueNet",
            42_905e6,
            **period,
            form="10-K/A",
            filed="2010-01-25",
            accession="0001193125-10-012091",
        )
        company = read(amended, first)
        assert company.facts["value"].tolist() == [36_537e6, 42_905e6]
        assert company.facts["filed"].is_monotonic_increasing

    def test_quarters_and_year_to_date_are_kept(self) -> None:
        """Three, six and nine months, with their own first days."""
        ends = ["2022-03-31", "2022-06-30", "2022-09-30"]
        facts = [
            fact("Revenues", 1.0, end, "2022-01-01", form="10-Q", filed="2022-11-01", accession=end)
            for end in ends
        ]
        assert len(read(*facts).facts) == 3


class TestCandidates:
    """The tag is chosen anew in each filing and for each period."""

    def test_a_company_that_changed_its_revenue_tag_has_every_year(self) -> None:
        """SalesRevenueNet, then the tag of the revenue standard of 2018, then Revenues."""
        company = read(
            year("SalesRevenueNet", 1.0, 2016),
            year("RevenueFromContractWithCustomerExcludingAssessedTax", 2.0, 2018),
            year("Revenues", 3.0, 2020),
        )
        assert values(company, "revenue") == {2016: 1.0, 2018: 2.0, 2020: 3.0}

    def test_a_total_comes_before_its_part(self) -> None:
        """Revenue with leases, not the revenue from contracts with customers alone."""
        company = read(
            year("RevenueFromContractWithCustomerExcludingAssessedTax", 90.0), year("Revenues", 100.0)
        )
        assert only(company, "revenue")["value"] == 100.0

    def test_a_banks_revenue_is_net_interest_and_other_income(self) -> None:
        """Where no total is tagged it is the sum of the two."""
        company = read(year("InterestIncomeExpenseNet", 50.0), year("NoninterestIncome", 40.0))
        row = only(company, "revenue")
        assert row["value"] == 90.0
        assert row["tag"] == "us-gaap:InterestIncomeExpenseNet + us-gaap:NoninterestIncome"

    def test_a_sum_takes_its_terms_from_one_filing(self) -> None:
        """Commercial paper of one report and a current portion of the next make no debt."""
        paper = balance("CommercialPaper", 5_985e6, accession="0000000001-23-000001")
        portion = balance(
            "LongTermDebtCurrent", 9_822e6, accession="0000000001-24-000001", filed="2024-02-01"
        )
        assert sorted(read(paper, portion).facts["value"]) == [5_985e6, 9_822e6]
        together = balance("LongTermDebtCurrent", 9_822e6, accession="0000000001-23-000001")
        row = only(read(paper, together), "short_term_debt")
        assert row["value"] == 15_807e6
        assert row["tag"] == "us-gaap:CommercialPaper + us-gaap:LongTermDebtCurrent"

    def test_a_sum_takes_its_terms_from_one_period(self) -> None:
        """The comparative column does not fill a gap of the year."""
        this = balance("CommercialPaper", 1.0)
        other = fact("LongTermDebtCurrent", 2.0, "2021-12-31", filed="2023-02-01", accession=this[2]["accn"])
        assert values(read(this, other), "short_term_debt") == {2022: 1.0, 2021: 2.0}

    def test_gross_profit_follows_where_it_is_not_tagged(self) -> None:
        """Amazon tags revenue and cost only; the tag says how the figure was made."""
        company = read(year("Revenues", 513_983e6), year("CostOfGoodsAndServicesSold", 288_831e6))
        row = only(company, "gross_profit")
        assert row["value"] == 225_152e6
        assert row["tag"] == "us-gaap:Revenues - us-gaap:CostOfGoodsAndServicesSold"

    def test_total_liabilities_follow_with_minorities_and_what_is_between(self) -> None:
        """Liabilities and equity, less all equity, less what may be redeemed."""
        company = read(
            balance("LiabilitiesAndStockholdersEquity", 100.0),
            balance("StockholdersEquity", 30.0),
            balance("MinorityInterest", 5.0),
            balance("RedeemableNoncontrollingInterestEquityCarryingAmount", 2.0),
        )
        row = only(company, "total_liabilities")
        assert row["value"] == 63.0
        assert row["tag"].startswith(
            "us-gaap:LiabilitiesAndStockholdersEquity - us-gaap:StockholdersEquity - "
        )
        assert only(company, "total_equity")["value"] == 35.0

    def test_net_income_is_the_parents_and_the_total_is_kept_beside_it(self) -> None:
        """Tesla's 2020: 721 million for its owners, 862 million with minorities."""
        company = read(year("NetIncomeLoss", 721e6), year("ProfitLoss", 862e6))
        assert only(company, "net_income")["value"] == 721e6
        assert only(company, "net_income_with_minorities")["value"] == 862e6
        without = read(
            year("ProfitLoss", 862e6), year("NetIncomeLossAttributableToNoncontrollingInterest", 141e6)
        )
        assert only(without, "net_income")["value"] == 721e6

    def test_the_larger_of_two_totals_of_depreciation_is_the_whole(self) -> None:
        """Apple's 10-K for 2017 has 10,157 million in the cash flow and 8,200 million for its fixed assets."""
        company = read(
            year("DepreciationDepletionAndAmortization", 8_200e6),
            year("DepreciationAmortizationAndAccretionNet", 10_157e6),
        )
        assert only(company, "depreciation_and_amortization")["value"] == 10_157e6

    def test_pretax_income_follows_from_the_two_lines_above_it(self) -> None:
        """Many of the first filings with tags have an extension of their own for it."""
        row = only(
            read(year("OperatingIncomeLoss", 2_700.0), year("NonoperatingIncomeExpense", -41.0)),
            "pretax_income",
        )
        assert row["value"] == 2_659.0
        assert row["tag"] == "us-gaap:OperatingIncomeLoss + us-gaap:NonoperatingIncomeExpense"

    def test_operating_expenses_do_not_hold_the_cost_of_revenue(self) -> None:
        """Some file the total of all costs under that tag; others what is below gross profit."""
        lines = (
            year("Revenues", 100.0),
            year("CostOfRevenue", 60.0),
            year("OperatingIncomeLoss", 10.0),
        )
        total = only(read(*lines, year("OperatingExpenses", 90.0)), "operating_expenses")
        assert total["value"] == 30.0
        assert total["tag"] == "us-gaap:OperatingExpenses - us-gaap:CostOfRevenue"
        below = only(read(*lines, year("OperatingExpenses", 30.0)), "operating_expenses")
        assert [below["value"], below["tag"]] == [30.0, "us-gaap:OperatingExpenses"]

    def test_an_interim_figure_of_one_term_does_not_meet_a_years_sum(self) -> None:
        """A last quarter taken from the two would hold the whole year's amortization."""
        nine = {"end": "2022-09-30", "start": "2022-01-01", "form": "10-Q", "filed": "2022-11-01"}
        company = read(
            fact("Depreciation", 30.0, **nine, accession="0000000001-22-000009"),
            year("Depreciation", 40.0),
            year("AmortizationOfIntangibleAssets", 8.0),
        )
        assert only(company, "depreciation_and_amortization")["value"] == 48.0
        assert company.notes == ("1 a part only of what other figures of the year hold",)

    def test_a_tag_that_is_narrower_in_other_filings_does_not_stand_for_the_year(self) -> None:
        """Tesla's 2016: 10-Qs show 339,692 and, of fixed assets alone, 211,100; the 10-K tags the latter alone."""
        half = {"end": "2016-06-30", "start": "2016-01-01", "form": "10-Q", "filed": "2016-08-05"}
        company = read(
            fact("DepreciationAndAmortization", 339_692e3, **half, accession="0001564590-16-000009"),
            fact("DepreciationDepletionAndAmortization", 211_100e3, **half, accession="0001564590-16-000009"),
            year("DepreciationDepletionAndAmortization", 477_300e3, 2016),
            year("Revenues", 7_000e6, 2016),
        )
        assert only(company, "depreciation_and_amortization")["value"] == 339_692e3
        gaps = company.unmapped.set_index("field")["reason"]
        assert gaps["depreciation_and_amortization"].startswith("tagged in part only: us-gaap:Depreciation")

    def test_a_tag_that_gives_the_same_elsewhere_keeps_its_years(self) -> None:
        """Apple's 10-K for 2018 gives 2017 under the tag that had been a part in the 10-K for 2017."""
        later = {"filed": "2019-02-01", "accession": "0000320193-18-000145"}
        company = read(
            year("DepreciationAmortizationAndAccretionNet", 10_157e6, 2017),
            year("DepreciationDepletionAndAmortization", 8_200e6, 2017),
            year("DepreciationDepletionAndAmortization", 10_157e6, 2017, **later),
            year("DepreciationDepletionAndAmortization", 10_903e6, 2018, **later),
        )
        rows = company.facts[company.facts["field"] == "depreciation_and_amortization"]
        assert rows["value"].tolist() == [10_157e6, 10_157e6, 10_903e6]

    def test_recipes_of_a_callers_own_come_after_ours(self) -> None:
        """They fill what we do not find and change nothing that we do."""
        own = {"inventory": ["InventoryGross - [InventoryReserve]"], "revenue": ["Odd"]}
        company = read(balance("InventoryGross", 9.0), year("Revenues", 1.0), year("Odd", 2.0), recipes=own)
        assert only(company, "inventory")["tag"] == "us-gaap:InventoryGross"
        assert only(company, "revenue")["value"] == 1.0


class TestSigns:
    """Losses are negative, outlays positive."""

    def test_a_loss_and_a_deficit_stay_negative(self) -> None:
        """Snowflake's fiscal 2025, in thousands: a loss of 1,285,640."""
        company = read(
            year("NetIncomeLoss", -1_285_640e3), balance("RetainedEarningsAccumulatedDeficit", -1.0)
        )
        assert only(company, "net_income")["value"] == -1_285_640e3
        assert only(company, "retained_earnings")["value"] == -1.0

    def test_a_deficit_under_a_positive_tag_is_turned(self) -> None:
        """The tag counts what was distributed in excess."""
        row = only(read(balance("AccumulatedDistributionsInExcessOfNetIncome", 7.0)), "retained_earnings")
        assert [row["value"], row["tag"]] == [-7.0, "-us-gaap:AccumulatedDistributionsInExcessOfNetIncome"]

    def test_a_payment_filed_as_a_negative_number_is_turned_and_counted(self) -> None:
        """The tag shows the turn."""
        company = read(year("PaymentsOfDividends", -3.0))
        row = only(company, "dividends_paid")
        assert [row["value"], row["tag"]] == [3.0, "-us-gaap:PaymentsOfDividends"]
        assert company.notes == ("1 an outlay filed as a negative number (kept, with its sign turned)",)

    def test_cash_acquired_with_a_company_may_exceed_its_price(self) -> None:
        """An acquisition that brings cash in is no error."""
        row = only(read(year("PaymentsToAcquireBusinessesNetOfCashAcquired", -3.0)), "acquisitions")
        assert row["value"] == -3.0


class TestShares:
    """Counts in thousands, cover pages, two classes."""

    EARNINGS = (year("NetIncomeLoss", -67_987e3), year("EarningsPerShareBasic", -0.12, unit="USD/shares"))

    def test_an_average_count_in_thousands_is_dropped_and_counted(self) -> None:
        """NVIDIA's fiscal 2010 says 549,574 shares, for a loss of 68 million and of 12 cents a share."""
        wrong = year("WeightedAverageNumberOfSharesOutstandingBasic", 549_574, unit="shares")
        company = read(*self.EARNINGS, wrong)
        assert "basic_shares" not in set(company.facts["field"])
        assert company.notes == ("1 a share count in thousands that does not say so",)

    def test_a_small_count_that_agrees_with_earnings_a_share_is_kept(self) -> None:
        """Berkshire's 1.4 million shares: smallness is no error."""
        company = read(
            year("NetIncomeLoss", 96_223e6),
            year("EarningsPerShareBasic", 66_412.0, unit="USD/shares"),
            year("WeightedAverageNumberOfSharesOutstandingBasic", 1_448_880, unit="shares"),
        )
        assert only(company, "basic_shares")["value"] == 1_448_880

    def test_the_cover_count_keeps_its_own_day_and_its_filings_year(self) -> None:
        """Counted in January 2023, for the report on 2022."""
        cover = fact("dei:EntityCommonStockSharesOutstanding", 10e6, "2023-01-20", unit="shares")
        company = read(fact("Revenues", 1.0, "2022-12-31", "2022-01-01"), cover)
        row = only(company, "shares_outstanding")
        assert row["period_end"] == pd.Timestamp("2023-01-20")
        assert row["fiscal_year"] == 2022
        assert row["tag"] == "dei:EntityCommonStockSharesOutstanding"

    def test_a_filing_without_a_cover_count_gives_the_balance_sheets_own(self) -> None:
        """With classes of shares the cover page has no total: Alphabet. The comparative column is left out."""
        company = read(
            balance("Assets", 1.0),
            balance("CommonStockSharesOutstanding", 12e9, unit="shares"),
            fact(
                "CommonStockSharesOutstanding",
                13e9,
                "2021-12-31",
                unit="shares",
                accession="0000000001-23-000001",
            ),
        )
        assert only(company, "shares_outstanding")["value"] == 12e9

    def test_the_cover_count_comes_before_the_balance_sheets(self) -> None:
        """One count a filing."""
        company = read(
            balance("Assets", 1.0),
            balance("CommonStockSharesOutstanding", 12e6, unit="shares"),
            fact("dei:EntityCommonStockSharesOutstanding", 11e6, "2023-01-20", unit="shares"),
        )
        assert only(company, "shares_outstanding")["value"] == 11e6
