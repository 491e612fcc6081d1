"""The reader of companyfacts: fiscal years, currencies, standards, what is left out, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from facts_documents import balance, document, fact, only, read, values, year

from maos_nb.data import read_company_facts


class TestFiscalYears:
    """Told from the periods: what the SEC calls fy and fp is the filing's."""

    def test_the_filings_own_fields_are_not_believed(self) -> None:
        """Every fact of these documents says fiscal 1999, second quarter."""
        assert values(read(year("Revenues", 1.0, 2022)), "revenue") == {2022: 1.0}

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("2019-12-30", "2021-01-03", 2020),  # J&J, 53 weeks
            ("2021-01-04", "2022-01-02", 2021),  # J&J, 52 weeks
            ("2025-01-27", "2026-01-25", 2026),  # NVIDIA
            ("2022-08-29", "2023-09-03", 2023),  # Costco, 53 weeks
            ("2021-09-26", "2022-09-24", 2022),  # Apple
        ],
    )
    def test_a_year_of_52_or_53_weeks_is_named_after_its_end(
        self, start: str, end: str, expected: int
    ) -> None:
        """One that ends in the first week of January belongs to the year before."""
        row = only(read(fact("Revenues", 1.0, end, start, filed="2027-01-01")), "revenue")
        assert row["fiscal_year"] == expected

    def test_quarters_belong_to_the_year_that_they_are_part_of(self) -> None:
        """Apple's quarter to December 2022 is of fiscal 2023, before and after that year is filed."""
        quarter = fact(
            "Revenues", 1.0, "2022-12-31", "2022-09-25", form="10-Q", filed="2023-02-03", accession="q"
        )
        last = fact("Revenues", 4.0, "2022-09-24", "2021-09-26", filed="2022-10-28", accession="2022")
        this = fact("Revenues", 4.0, "2023-09-30", "2022-09-25", filed="2023-11-03", accession="2023")
        for filed in ((quarter, last), (quarter, last, this)):
            facts = read(*filed).facts.set_index("accession")
            assert facts.loc["q", "fiscal_year"] == 2023

    def test_a_company_with_interim_reports_only_goes_by_the_calendar(self) -> None:
        """Nothing says when its year ends."""
        quarter = fact("Revenues", 1.0, "2023-03-31", "2023-01-01", form="10-Q", filed="2023-05-01")
        assert values(read(quarter), "revenue") == {2023: 1.0}

    def test_before_its_first_annual_report_the_prospectus_tells_the_year(self) -> None:
        """A company in the year of its listing."""
        company = read(fact("Revenues", 1.0, "2023-06-30", "2022-07-01", form="S-1", filed="2023-09-01"))
        assert values(company, "revenue") == {2023: 1.0}


class TestWhatIsNotUsed:
    """Absurd facts are left out and counted."""

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [
            ("2022-12-01", "2022-12-31", "for a period that is no quarter, half-year or year"),
            ("2008-01-01", "2022-12-31", "for a period that is no quarter, half-year or year"),
            ("2022-12-31", "2022-01-01", "for a period that ends before it starts"),
            ("2024-01-01", "2024-12-31", "for a period that had not ended when it was filed"),
        ],
    )
    def test_a_period_that_no_statement_has_is_dropped(self, start: str, end: str, words: str) -> None:
        """A month, fourteen years, a period backwards, a forecast."""
        company = read(year("Revenues", 1.0), fact("NetIncomeLoss", 2.0, end, start))
        assert company.facts["field"].tolist() == ["revenue"]
        assert company.notes == (f"1 {words}",)

    def test_twelve_months_to_a_quarters_end_are_no_fiscal_year(self) -> None:
        """Utilities show them in their interim reports."""
        company = read(
            year("Revenues", 1.0),
            fact("Revenues", 2.0, "2023-03-31", "2022-04-01", form="10-Q", filed="2023-05-01", accession="q"),
        )
        assert values(company, "revenue") == {2022: 1.0}
        assert company.notes == ("1 for twelve months that are no fiscal year",)

    def test_of_a_figure_and_the_same_one_rounded_the_exact_one_is_kept(self) -> None:
        """A filing may give 2,638 million in a table and 2.6 billion in a sentence."""
        company = read(year("Revenues", 2_600e6), year("Revenues", 2_638e6))
        assert only(company, "revenue")["value"] == 2_638e6
        assert company.notes == ("1 given twice in one filing, once rounded (the exact figure is kept)",)

    def test_of_two_figures_that_contradict_each_other_none_is_kept(self) -> None:
        """Nobody can tell which is right; another tag may still serve."""
        company = read(
            year("Revenues", 10.0),
            year("Revenues", 25.0),
            year("SalesRevenueNet", 10.0),
            year("Revenues", 10.0),
        )
        assert only(company, "revenue")["tag"] == "us-gaap:SalesRevenueNet"

    @pytest.mark.parametrize("value", [None, "12", True, float("nan"), float("inf")])
    def test_what_is_no_number_is_dropped(self, value: Any) -> None:
        """It is counted, not guessed."""
        company = read(year("Revenues", value), balance("Assets", 1.0))
        assert company.facts["field"].tolist() == ["total_assets"]
        assert company.notes == ("1 without a number",)

    @pytest.mark.parametrize("key", ["end", "filed", "accn", "form"])
    def test_what_cannot_be_traced_is_dropped(self, key: str) -> None:
        """No date, no form or no accession number."""
        broken = year("Revenues", 1.0)
        del broken[2][key]
        company = read(broken, balance("Assets", 1.0))
        assert company.notes == ("1 without a date, form or accession number",)


class TestCurrencies:
    """The currency of the latest annual report is the company's."""

    def test_a_convenience_translation_is_left_out_and_named(self) -> None:
        """Foreign companies show the last year in dollars beside their own currency."""
        company = read(
            year("ifrs-full:Revenue", 7.0, 2021, form="20-F", unit="EUR"),
            year("ifrs-full:Revenue", 8.0, form="20-F", unit="EUR"),
            balance("ifrs-full:Assets", 9.0, form="20-F", unit="EUR"),
            year("ifrs-full:Revenue", 8.6, form="20-F", unit="USD"),
        )
        assert company.currency == "EUR"
        assert values(company, "revenue") == {2021: 7.0, 2022: 8.0}
        assert company.notes == ("figures in other currencies are not read: USD (1 facts)",)

    def test_a_foreign_company_may_file_us_gaap_in_its_own_currency(self) -> None:
        """ASML: 20-F, us-gaap, EUR."""
        company = read(
            year("Revenues", 21_173e6, form="20-F", unit="EUR"),
            year("EarningsPerShareBasic", 14.14, form="20-F", unit="EUR/shares"),
        )
        assert [company.standard, company.currency] == ["us-gaap", "EUR"]
        assert only(company, "basic_eps")["unit"] == "EUR/shares"

    def test_a_company_that_changed_its_currency_is_read_in_the_new_one(self) -> None:
        """The old years are named as gaps, with the currency that they are in."""
        company = read(
            year("Revenues", 1.0, 2020, unit="CAD"),
            year("Revenues", 2.0, 2021, unit="USD"),
            year("Revenues", 3.0, 2022, unit="USD"),
        )
        assert values(company, "revenue") == {2021: 2.0, 2022: 3.0}
        gaps = company.unmapped.set_index(["field", "fiscal_year"])["reason"]
        assert gaps["revenue", 2020] == "tagged in CAD only, not in USD"


class TestInternationalStandards:
    """IFRS filers: their own tags, and what the standard does not know."""

    def test_a_loss_making_property_company(self) -> None:
        """Logistic Properties of the Americas, 20-F for 2024, US dollars."""
        filing = {"form": "20-F", "filed": "2025-04-02", "accession": "0001997711-25-000030"}
        flows = {
            "Revenue": 43_862_372,
            "ProfitLoss": -19_426_051,
            "ProfitLossAttributableToOwnersOfParent": -29_285_428,
            "AdjustmentsForDepreciationAndAmortisationExpense": 1_112_422,
            "CashFlowsFromUsedInInvestingActivities": -10_734_635,
            "CashFlowsFromUsedInFinancingActivities": -14_690_843,
            "EffectOfExchangeRateChangesOnCashAndCashEquivalents": -381_101,
            "IncreaseDecreaseInCashAndCashEquivalents": -6_415_016,
            # Before tax and interest by its name; the company means the net line by it.
            "CashFlowsFromUsedInOperations": 19_391_563,
        }
        stocks = {
            "EquityAndLiabilities": 607_019_578,
            "Equity": 270_801_418,
            "EquityAttributableToOwnersOfParent": 228_964_876,
        }
        company = read(
            *(year(f"ifrs-full:{tag}", value, 2024, **filing) for tag, value in flows.items()),
            *(balance(f"ifrs-full:{tag}", value, 2024, **filing) for tag, value in stocks.items()),
        )
        assert company.standard == "ifrs-full"
        assert only(company, "net_income")["value"] == -29_285_428
        assert only(company, "net_income_with_minorities")["value"] == -19_426_051
        assert only(company, "operating_cash_flow")["value"] == 19_391_563
        assert only(company, "total_liabilities")["value"] == 607_019_578 - 270_801_418
        gaps = company.unmapped.set_index("field")["reason"]
        assert gaps["operating_lease_liability"] == "not to be had under ifrs-full"
        assert gaps["inventory"] == "never under one of the tags looked for"

    def test_depreciation_and_amortisation_apart(self) -> None:
        """Spotify's 20-F for 2020, in euros: 86 million and 25 million."""
        filing = {"form": "20-F", "filed": "2021-02-05", "accession": "0001639920-21-000006", "unit": "EUR"}
        company = read(
            year("ifrs-full:AdjustmentsForDepreciationExpense", 86e6, 2020, **filing),
            year("ifrs-full:AdjustmentsForAmortisationExpense", 25e6, 2020, **filing),
            year(
                "ifrs-full:PurchaseOfPropertyPlantAndEquipmentClassifiedAsInvestingActivities",
                78e6,
                2020,
                **filing,
            ),
            balance("ifrs-full:RetainedEarnings", -3_290e6, 2020, **filing),
        )
        assert only(company, "depreciation_and_amortization")["value"] == 111e6
        assert only(company, "capital_expenditure")["value"] == 78e6
        assert only(company, "retained_earnings")["value"] == -3_290e6

    def test_the_standard_of_the_latest_filing_is_read_and_the_other_named(self) -> None:
        """A company that went from IFRS to US GAAP."""
        company = read(
            year("ifrs-full:Revenue", 1.0, 2020, form="20-F"), year("Revenues", 2.0, 2022, form="10-K")
        )
        assert company.standard == "us-gaap"
        assert values(company, "revenue") == {2022: 2.0}
        assert company.notes == ("figures under ifrs-full until 2021-02-01 are not read",)


class TestGaps:
    """What was not found, and what was filed and not used."""

    def test_every_reported_year_names_what_it_lacks(self) -> None:
        """Apple tags no interest expense from fiscal 2024 on."""
        company = read(
            year("Revenues", 1.0, 2023),
            year("InterestExpense", 3_933e6, 2023),
            year("Revenues", 2.0, 2024),
        )
        gaps = company.unmapped.set_index(["field", "fiscal_year"])["reason"]
        assert gaps["interest_expense", 2024] == "not under one of the tags looked for, as in 2023"
        assert ("interest_expense", 2023) not in gaps.index
        assert ("revenue", 2023) not in gaps.index

    def test_a_figure_of_a_quarter_only_is_told_apart(self) -> None:
        """Apple's fiscal 2012 tags the one quarter in which it paid a dividend."""
        company = read(
            year("Revenues", 1.0),
            fact(
                "PaymentsOfDividends", 2_488e6, "2022-12-31", "2022-10-01", accession="0000000001-23-000001"
            ),
        )
        gaps = company.unmapped.set_index("field")["reason"]
        assert (
            gaps["dividends_paid"] == "tagged for other periods of the year only: us-gaap:PaymentsOfDividends"
        )

    def test_a_sum_with_a_term_missing_names_what_there_is(self) -> None:
        """NVIDIA tagged its capital leases of fiscal 2010 in part."""
        company = read(year("Revenues", 1.0), balance("CapitalLeaseObligationsNoncurrent", 2.0))
        gaps = company.unmapped.set_index("field")["reason"]
        assert (
            gaps["finance_lease_liability"]
            == "tagged in part only: us-gaap:CapitalLeaseObligationsNoncurrent"
        )

    def test_what_no_figure_rests_on_is_listed_large_first(self) -> None:
        """Of the last years' annual reports, the latest value of each tag."""
        company = read(
            year("Revenues", 1.0, 2022),
            year("LaborAndRelatedExpense", 5.0, 2021),
            year("LaborAndRelatedExpense", 6.0, 2022),
            balance("NontradeReceivablesCurrent", -50.0, 2022),
            year("Forgotten", 9.0, 2012),
        )
        table = company.unused_tags
        assert table["tag"].tolist() == [
            "us-gaap:NontradeReceivablesCurrent",
            "us-gaap:LaborAndRelatedExpense",
        ]
        assert table["value"].tolist() == [-50.0, 6.0]
        assert table["fiscal_year"].tolist() == [2022, 2022]

    def test_a_record_says_what_it_holds_in_text_and_html(self) -> None:
        """A name that a company files is text, never markup."""
        company = read_company_facts(
            document([year("Revenues", 1.0), year("PaymentsOfDividends", -1.0)], entity="A <b> & Co"),
            ticker="ex",
        )
        assert repr(company) == (
            "<CompanyFacts A <b> & Co (EX): us-gaap in USD, fiscal 2022, 2 facts of 2 items, 65 gaps>"
        )
        html = company._repr_html_()
        assert "A &lt;b&gt; &amp; Co" in html
        assert "sign turned" in html
        assert "Not found" in html
