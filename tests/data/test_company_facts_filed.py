"""The reader on complete documents of the SEC: Apple and NVIDIA, and what their statements have to satisfy."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from maos_nb.analytics.fundamental.statements import Statements
from maos_nb.data import CompanyFacts, SampleSource, read_company_facts

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "sec_companyfacts"
FILES = {"AAPL": "CIK0000320193_AAPL.json.gz", "NVDA": "CIK0001045810_NVDA.json.gz"}
BOTH = tuple(FILES)


@cache
def company(ticker: str) -> CompanyFacts:
    """Read one of the two, once."""
    if not SHARED.exists():
        pytest.skip("the SEC's documents are not beside this checkout (../shared/data/sec_companyfacts)")
    return read_company_facts(SHARED / FILES[ticker], ticker=ticker)


def annual(ticker: str) -> pd.DataFrame:
    """Give the figures of whole years and at their ends, the latest version of each, a row a fiscal year."""
    facts = company(ticker).facts
    days = (facts["period_end"] - facts["period_start"]).dt.days
    ends = facts["period_end"][days.between(350, 380)].unique()
    at_end = days.isna() & facts["period_end"].isin(ends) & (facts["field"] != "shares_outstanding")
    last = facts[at_end | days.between(350, 380)].sort_values("filed", kind="stable")
    return last.drop_duplicates(["field", "fiscal_year"], keep="last").pivot_table(
        index="fiscal_year", columns="field", values="value"
    )


class TestWhatIsThere:
    """Names, years and published figures."""

    def test_the_company_is_named(self) -> None:
        """Entity, number, standard and currency."""
        apple = company("AAPL")
        assert [apple.entity, apple.cik] == ["Apple Inc.", 320193]
        assert [apple.standard, apple.currency] == ["us-gaap", "USD"]

    @pytest.mark.parametrize(
        ("field", "year", "millions"),
        [
            ("revenue", 2020, 274_515),
            ("revenue", 2022, 394_328),
            ("revenue", 2024, 391_035),
            ("net_income", 2022, 99_803),
            ("operating_cash_flow", 2022, 122_151),
            ("share_repurchases", 2022, 89_402),
            ("retained_earnings", 2022, -3_068),
            ("deferred_income_tax", 2022, 895),
        ],
    )
    def test_apples_figures_are_the_published_ones(self, field: str, year: int, millions: float) -> None:
        """As in its annual reports."""
        assert annual("AAPL")[field].loc[year] == millions * 1e6

    def test_apples_restatement_of_2009_is_there_in_both_versions(self) -> None:
        """The figure of October 2009 and the one of January 2010, each with its filing."""
        facts = company("AAPL").facts
        years = facts[(facts["field"] == "revenue") & (facts["period_end"] == "2009-09-26")]
        whole = years[(years["period_end"] - years["period_start"]).dt.days > 350].set_index("form")["value"]
        assert whole["10-K/A"] == 42_905e6
        assert whole["10-K"].iloc[0] == 36_537e6

    def test_deferred_taxes_by_place_add_up_to_the_line_of_the_cash_flow(self) -> None:
        """Apple shows the line until 2022 and the parts until today: in every year that has both they agree."""
        facts = company("AAPL").facts
        line = facts[(facts["field"] == "deferred_income_tax") & (facts["fiscal_year"] == 2023)]
        assert set(line["tag"]) == {
            "us-gaap:DeferredFederalIncomeTaxExpenseBenefit + us-gaap:DeferredStateAndLocalIncomeTaxExpenseBenefit"
            " + us-gaap:DeferredForeignIncomeTaxExpenseBenefit"
        }

    def test_nvidias_counts_in_thousands_are_dropped(self) -> None:
        """44 of them, in the seven filings of its fiscal 2010 and 2011."""
        nvidia = company("NVDA")
        assert "44 a share count in thousands that does not say so" in nvidia.notes
        counts = nvidia.facts[nvidia.facts["unit"] == "shares"]
        assert counts["value"].min() > 400e6


class TestInterimReports:
    """What a 10-Q calls otherwise than the annual report."""

    def test_apples_commercial_paper_of_2020_is_part_of_its_debt(self) -> None:
        """10,029 million under another tag in the 10-Q of May 2020, beside 10,392 million of notes that come due."""
        facts = company("AAPL").facts
        debt = facts[(facts["field"] == "short_term_debt") & (facts["period_end"] == "2020-03-28")]
        assert debt["value"].tolist() == [20_421e6]

    def test_a_note_of_an_interim_report_restates_no_statement(self) -> None:
        """Common dividends of fiscal 2017 in the 10-Q of February 2018 are no other dividends paid."""
        facts = company("AAPL").facts
        of_2017 = (facts["field"] == "dividends_paid") & (facts["period_end"] == "2017-09-30")
        whole = facts["period_end"] - facts["period_start"] > pd.Timedelta(days=340)
        assert set(facts.loc[of_2017 & whole, "value"]) == {12_769e6}


@pytest.mark.parametrize("ticker", BOTH)
class TestTheWayBack:
    """From the table to the document."""

    def test_every_figure_can_be_added_up_again_from_its_own_filing(self, ticker: str) -> None:
        """Tag by tag, in the same filing and for the same period, read by a plain loop."""
        facts = company(ticker).facts
        with gzip.open(SHARED / FILES[ticker], "rt", encoding="utf-8") as handle:
            taxonomies = json.load(handle)["facts"]
        filed = {
            (item["accn"], f"{taxonomy}:{tag}", item.get("start"), item["end"]): item["val"]
            for taxonomy, concepts in taxonomies.items()
            for tag, concept in concepts.items()
            for unit, items in concept["units"].items()
            if unit in {"USD", "shares", "USD/shares"}
            for item in items
        }
        starts = [None if pd.isna(day) else str(day.date()) for day in facts["period_start"]]
        ends = [str(day.date()) for day in facts["period_end"]]
        columns = (facts["accession"], starts, ends, facts["tag"], facts["value"])
        for accession, start, end, words, value in zip(*columns, strict=True):
            terms = words.replace(" + ", " ").replace(" - ", " -").split(" ")
            again = sum(
                (-1 if term[0] == "-" else 1) * filed[accession, term.lstrip("-"), start, end]
                for term in terms
            )
            assert again == value, (accession, words, end)

    def test_no_figure_stands_twice_in_one_filing(self, ticker: str) -> None:
        """An item, a filing and a period make a row."""
        facts = company(ticker).facts
        assert not facts.duplicated(["accession", "field", "period_start", "period_end"]).any()


@pytest.mark.parametrize("ticker", BOTH)
class TestIdentities:
    """A wrong tag would show as a sum that is none."""

    def test_balance_sheets_balance(self, ticker: str) -> None:
        """Liabilities, what is between, and equity are the assets, to the dollar, in every filing."""
        facts = company(ticker).facts
        sheets = facts[facts["period_start"].isna()].pivot_table(
            index=["accession", "period_end"], columns="field", values="value"
        )
        known = sheets.dropna(subset=["total_assets", "total_liabilities", "total_equity"])
        between = known.get("temporary_equity", pd.Series(0.0, known.index)).fillna(0.0)
        assert len(known) > 100
        assert (known["total_assets"] == known["total_liabilities"] + between + known["total_equity"]).all()
        assert (known["liabilities_and_equity"] == known["total_assets"]).all()

    def test_cash_flows_add_up_to_the_change_in_cash(self, ticker: str) -> None:
        """In every filing and period that has all four."""
        facts = company(ticker).facts
        flows = facts[facts["period_start"].notna()].pivot_table(
            index=["accession", "period_start", "period_end"], columns="field", values="value"
        )
        parts = ["operating_cash_flow", "investing_cash_flow", "financing_cash_flow"]
        known = flows.dropna(subset=[*parts, "change_in_cash"])
        assert len(known) > 80
        # Each line is rounded to a million.
        assert (known[parts].sum(axis=1) - known["change_in_cash"]).abs().max() <= 2e6

    def test_operating_income_is_gross_profit_less_operating_expenses(self, ticker: str) -> None:
        """Also where one of them was computed."""
        frame = annual(ticker)
        gap = frame["gross_profit"] - frame["operating_expenses"] - frame["operating_income"]
        assert gap.abs().max() <= 1e6

    def test_every_gap_is_told_and_nothing_else(self, ticker: str) -> None:
        """Each reported year and item either has a figure or a reason."""
        read = company(ticker)
        gaps = set(zip(read.unmapped["fiscal_year"], read.unmapped["field"], strict=True))
        years = sorted(read.unmapped["fiscal_year"].unique())
        frame = annual(ticker).reindex(years)
        for field in frame.columns:
            for year in years:
                assert pd.isna(frame.loc[year, field]) is ((year, field) in gaps), (year, field)
        assert read.unmapped["reason"].str.len().gt(10).all()


class TestAppleOnly:
    """What cannot be had is said."""

    def test_interest_expense_of_2024_and_2025_is_a_gap(self) -> None:
        """It is not tagged; nought would flatter the cover."""
        gaps = company("AAPL").unmapped
        years = gaps[gaps["field"] == "interest_expense"]["fiscal_year"].tolist()
        assert years == [2009, 2010, 2024, 2025]

    def test_what_is_left_unused_is_listed(self) -> None:
        """Vendor receivables are large, and no item of ours."""
        unused = company("AAPL").unused_tags.set_index("tag")
        assert unused.loc["us-gaap:NontradeReceivablesCurrent", "value"] == 33_180e6
        used = {tag for words in company("AAPL").facts["tag"] for tag in words.split(" ")}
        assert used.isdisjoint(unused.index)


class TestTheSample:
    """The bundled facts are what the reader gives, and the statements are built from them."""

    @pytest.mark.parametrize("ticker", BOTH)
    def test_the_bundled_facts_are_those_of_the_document(self, ticker: str) -> None:
        """From fiscal 2009 on, row by row; NVIDIA's has one recipe more."""
        bundled = SampleSource().facts(ticker).frame
        facts = company(ticker).facts
        expected = facts[facts["fiscal_year"] >= 2009].reset_index(drop=True)
        own = bundled["tag"].str.startswith("us-gaap:AssetsCurrent - ")
        assert set(bundled["field"][own]) == ({"short_term_investments"} if ticker == "NVDA" else set())
        pd.testing.assert_frame_equal(bundled[~own].reset_index(drop=True), expected)

    def test_statements_of_all_three_companies(self) -> None:
        """Annual, quarterly and trailing, from one frame."""
        statements = Statements(SampleSource().facts(["AAPL", "NVDA", "MSFT"]).frame)
        panel = statements.annual()
        row, first = panel.position("AAPL", 2020)
        assert panel["revenue"][row, first : first + 5].tolist() == [
            274_515e6,
            365_817e6,
            394_328e6,
            383_285e6,
            391_035e6,
        ]
        assert panel["net_income"][panel.position("AAPL", 2022)] == 99_803e6
        assert panel["operating_cash_flow"][panel.position("AAPL", 2022)] == 122_151e6
        assert panel["revenue"][panel.position("MSFT", 2023)] == 211_915e6
        quarters = statements.quarterly()
        row, last = quarters.position("AAPL", "2022Q4")
        assert quarters["revenue"][row, last - 3 : last + 1].sum() == 394_328e6
        trailing = statements.ttm()
        assert trailing["revenue"][trailing.position("AAPL", "2022Q4")] == 394_328e6
