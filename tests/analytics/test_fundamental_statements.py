"""Statements as filed: Apple's and NVIDIA's figures, what was known when, restatements and splits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.fundamental.panel import as_panel
from maos_nb.analytics.fundamental.statements import Statements
from maos_nb.data import SampleSource
from maos_nb.errors import InputError, MissingDataError

# As tagged in Apple's filings for fiscal 2023, in millions of dollars and thousands of shares: SEC EDGAR
# companyfacts, CIK 320193. The Q4 of each is in no filing.
APPLE_2023 = """
revenue             2022-09-25 2022-12-31 2023-02-03 10-Q 0000320193-23-000006   117154
revenue             2022-09-25 2023-04-01 2023-05-05 10-Q 0000320193-23-000064   211990
revenue             2023-01-01 2023-04-01 2023-05-05 10-Q 0000320193-23-000064    94836
revenue             2022-09-25 2023-07-01 2023-08-04 10-Q 0000320193-23-000077   293787
revenue             2023-04-02 2023-07-01 2023-08-04 10-Q 0000320193-23-000077    81797
revenue             2022-09-25 2023-09-30 2023-11-03 10-K 0000320193-23-000106   383285
revenue             2022-09-25 2023-09-30 2024-11-01 10-K 0000320193-24-000123   383285
operating_cash_flow 2022-09-25 2022-12-31 2023-02-03 10-Q 0000320193-23-000006    34005
operating_cash_flow 2022-09-25 2023-04-01 2023-05-05 10-Q 0000320193-23-000064    62565
operating_cash_flow 2022-09-25 2023-07-01 2023-08-04 10-Q 0000320193-23-000077    88945
operating_cash_flow 2022-09-25 2023-09-30 2023-11-03 10-K 0000320193-23-000106   110543
diluted_shares      2022-09-25 2022-12-31 2023-02-03 10-Q 0000320193-23-000006 15955718
diluted_shares      2023-01-01 2023-04-01 2023-05-05 10-Q 0000320193-23-000064 15847050
diluted_shares      2023-04-02 2023-07-01 2023-08-04 10-Q 0000320193-23-000077 15775021
diluted_shares      2022-09-25 2023-09-30 2023-11-03 10-K 0000320193-23-000106 15812547
diluted_eps         2022-09-25 2022-12-31 2023-02-03 10-Q 0000320193-23-000006     1.88
diluted_eps         2023-01-01 2023-04-01 2023-05-05 10-Q 0000320193-23-000064     1.52
diluted_eps         2022-09-25 2023-07-01 2023-08-04 10-Q 0000320193-23-000077     4.67
diluted_eps         2023-04-02 2023-07-01 2023-08-04 10-Q 0000320193-23-000077     1.26
diluted_eps         2022-09-25 2023-09-30 2023-11-03 10-K 0000320193-23-000106     6.13
total_assets        -          2022-12-31 2023-02-03 10-Q 0000320193-23-000006   346747
total_assets        -          2023-09-30 2023-11-03 10-K 0000320193-23-000106   352583
shares_outstanding  -          2023-01-20 2023-02-03 10-Q 0000320193-23-000006 15821946
shares_outstanding  -          2023-10-20 2023-11-03 10-K 0000320193-23-000106 15552752
"""

# Fiscal 2009 by subscription accounting, as first filed, and restated in the 10-K/A of January 2010, which
# restated the year alone; the nine months followed in July, the quarters with the next 10-K.
APPLE_2009 = """
revenue 2008-09-28 2009-06-27 2009-07-22 10-Q   0001193125-09-153165 26667
revenue 2009-03-29 2009-06-27 2009-07-22 10-Q   0001193125-09-153165  8337
revenue 2008-09-28 2009-09-26 2009-10-27 10-K   0001193125-09-214859 36537
revenue 2008-09-28 2009-09-26 2010-01-25 10-K/A 0001193125-10-012091 42905
revenue 2008-09-28 2009-06-27 2010-07-21 10-Q   0001193125-10-162840 30698
revenue 2009-03-29 2009-06-27 2010-07-21 10-Q   0001193125-10-162840  9734
revenue 2008-09-28 2009-09-26 2010-10-27 10-K   0001193125-10-238044 42905
"""

# Average diluted shares in thousands, each fiscal year in its own 10-K (the oldest: the first that shows it).
DILUTED = {
    "AAPL": """
    diluted_shares 2012-09-30 2013-09-28 2013-10-30 10-K 0001193125-13-416534   931662
    diluted_shares 2013-09-29 2014-09-27 2014-10-27 10-K 0001193125-14-383437  6122663
    diluted_shares 2014-09-28 2015-09-26 2015-10-28 10-K 0001193125-15-356351  5793069
    diluted_shares 2015-09-27 2016-09-24 2016-10-26 10-K 0001628280-16-020309  5500281
    diluted_shares 2016-09-25 2017-09-30 2017-11-03 10-K 0000320193-17-000070  5251692
    diluted_shares 2017-10-01 2018-09-29 2018-11-05 10-K 0000320193-18-000145  5000109
    diluted_shares 2018-09-30 2019-09-28 2019-10-31 10-K 0000320193-19-000119  4648913
    diluted_shares 2019-09-29 2020-09-26 2020-10-30 10-K 0000320193-20-000096 17528214
    diluted_shares 2020-09-27 2021-09-25 2021-10-29 10-K 0000320193-21-000105 16864919
    """,
    "NVDA": """
    diluted_shares 2018-01-29 2019-01-27 2019-02-21 10-K 0001045810-19-000023   625000
    diluted_shares 2019-01-28 2020-01-26 2020-02-20 10-K 0001045810-20-000010   618000
    diluted_shares 2020-01-27 2021-01-31 2021-02-26 10-K 0001045810-21-000010   628000
    diluted_shares 2021-02-01 2022-01-30 2022-03-18 10-K 0001045810-22-000036  2535000
    diluted_shares 2022-01-31 2023-01-29 2023-02-24 10-K 0001045810-23-000017  2507000
    diluted_shares 2023-01-30 2024-01-28 2024-02-21 10-K 0001045810-24-000029  2494000
    diluted_shares 2024-01-29 2025-01-26 2025-02-26 10-K 0001045810-25-000023 24804000
    diluted_eps    2022-01-31 2023-01-29 2023-02-24 10-K 0001045810-23-000017     1.74
    """,
}
UNITS = {"diluted_shares": "shares", "shares_outstanding": "shares", "diluted_eps": "USD/shares"}
TAGS = {"revenue": "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax"}


def read(text: str, ticker: str = "AAPL") -> pd.DataFrame:
    """Make facts of lines: field, start, end, filed, form, accession, value."""
    names = ["field", "period_start", "period_end", "filed", "form", "accession", "value"]
    rows = pd.DataFrame([line.split() for line in text.strip().splitlines()], columns=names)
    return rows.assign(
        ticker=ticker,
        value=rows["value"].astype(float),
        unit=rows["field"].map(UNITS).fillna("USD"),
        tag=rows["field"].map(TAGS).fillna(""),
        period_start=pd.to_datetime(rows["period_start"].where(rows["period_start"] != "-")),
    )


@pytest.fixture(scope="module")
def apple() -> Statements:
    """Fiscal 2023, without splits."""
    return Statements(read(APPLE_2023))


@pytest.fixture(scope="module")
def splits() -> pd.DataFrame:
    """All splits of both companies."""
    source = SampleSource()
    return pd.concat([source.splits(ticker).frame for ticker in ("AAPL", "NVDA")])


class TestApplesFiscal2023:
    def test_the_four_quarters_are_those_that_apple_published(self, apple):
        """Press releases for fiscal 2023: net sales of 117,154, 94,836, 81,797 and 89,498 million."""
        panel = apple.quarterly()
        assert panel.periods == ("2023Q1", "2023Q2", "2023Q3", "2023Q4")
        np.testing.assert_array_equal(panel["revenue"], [[117154, 94836, 81797, 89498]])

    def test_cash_flows_filed_from_the_year_s_start_are_taken_apart(self, apple):
        """34,005, then 62,565 less that, 88,945 less 62,565, and 110,543 less 88,945."""
        np.testing.assert_array_equal(
            apple.quarterly()["operating_cash_flow"], [[34005, 28560, 26380, 21598]]
        )

    def test_the_average_count_of_the_fourth_quarter_follows_from_the_year_s(self, apple):
        """The press release of 2023-11-02 has 15,672,400 thousand: the mean of the quarters is the year's."""
        assert apple.quarterly()["diluted_shares"][0, 3] == pytest.approx(15672400, abs=1)

    def test_earnings_per_share_of_the_fourth_quarter_are_the_year_s_less_nine_months(self, apple):
        """The press release of 2023-11-02 has 1.46."""
        assert apple.quarterly()["diluted_eps"][0, 3] == pytest.approx(1.46)

    def test_twelve_months_to_the_year_s_end_are_the_year(self, apple):
        """Sums for flows, the mean for average counts, the last for balances; before, a quarter is missing."""
        panel = apple.ttm()
        np.testing.assert_array_equal(panel["revenue"], [[np.nan, np.nan, np.nan, 383285]])
        assert panel["diluted_shares"][0, 3] == pytest.approx(15812547)
        np.testing.assert_array_equal(panel["total_assets"], [[346747, np.nan, np.nan, 352583]])

    def test_the_year_is_as_filed(self, apple):
        """One column, fiscal 2023, and a count of the cover page dated after the year's end."""
        panel = apple.annual()
        assert panel.periods == (2023,)
        assert panel["revenue"].item() == 383285
        assert panel["total_assets"].item() == 352583
        assert panel["shares_outstanding"].item() == 15552752

    def test_a_count_of_the_cover_page_belongs_to_the_period_of_its_filing(self, apple):
        """2023-01-20 lies in the second quarter; the filing is the first quarter's."""
        np.testing.assert_array_equal(
            apple.quarterly()["shares_outstanding"], [[15821946, np.nan, np.nan, 15552752]]
        )

    def test_a_filed_figure_is_explained_by_the_first_filing_that_shows_it_so(self, apple):
        """The 10-K of 2024 repeats the figure and is not its origin."""
        assert str(apple.explain("revenue", "AAPL", 2023)) == (
            "revenue 383,285 USD (us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax, "
            "10-K filed 2023-11-03, accession 0000320193-23-000106)"
        )

    def test_a_derived_quarter_is_explained_by_its_parts(self, apple):
        """The formula names the spans, the leaves their filings."""
        explained = apple.explain("operating_cash_flow", "AAPL", "2023Q3", basis="quarterly")
        assert str(explained).splitlines() == [
            "operating_cash_flow 26,380 USD = nine months - six months",
            "├─ operating_cash_flow (nine months) 88,945 USD (10-Q filed 2023-08-04, accession 0000320193-23-000077)",
            "└─ operating_cash_flow (six months) 62,565 USD (10-Q filed 2023-05-05, accession 0000320193-23-000064)",
        ]

    def test_twelve_months_are_explained_down_to_the_parts_of_their_quarters(self, apple):
        """The sum, the quarters, and what the fourth follows from."""
        explained = apple.explain("diluted_shares", "AAPL", "2023Q4", basis="ttm")
        assert explained.formula == "(2023Q1 + 2023Q2 + 2023Q3 + 2023Q4) / 4"
        assert explained.inputs[3].formula == "4 x year - Q1 - Q2 - Q3"
        assert [item.name for item in explained.inputs[3].inputs] == [
            f"diluted_shares ({span})" for span in ("year", "Q1", "Q2", "Q3")
        ]
        assert "10-K filed 2023-11-03" in explained.inputs[3].inputs[0].origin

    @pytest.mark.parametrize("basis", ["annual", "quarterly", "ttm"])
    def test_every_figure_of_a_panel_is_explained_with_its_own_value(self, apple, basis):
        """To the last bit, so that `Panel.explain` never takes one for a figure put in later."""
        panel = getattr(apple, basis)()
        for item, values in panel.values.items():  # noqa: PD011  # a panel's mapping, no frame
            for period, value in zip(panel.periods, values[0], strict=True):
                explained = panel.explain(item, "AAPL", period)
                if np.isfinite(value):
                    assert explained.value == value
                    assert explained.origin != "given"
                else:
                    assert explained.origin == "not known"

    def test_a_ratio_is_explained_down_to_the_filings(self, apple):
        """The tree of the ratio ends in the trace of its items."""
        explained = apple.explain("asset_turnover", "AAPL", 2023)
        assert "0000320193-23-000106" in explained.find("revenue").origin

    def test_statements_are_taken_where_a_panel_is(self, apple):
        """`as_panel` takes the annual view."""
        assert as_panel(apple) is apple.annual()


class TestPointInTime:
    @pytest.mark.parametrize(
        ("day", "year", "third", "fourth"),
        [
            ("2009-07-22", None, 8337, np.nan),
            ("2009-10-27", 36537, 8337, 9870),
            ("2010-01-25", 42905, 8337, 9870),
            ("2010-07-21", 42905, 9734, 12207),
            ("2010-10-27", 42905, 9734, 12207),
        ],
    )
    def test_apples_fiscal_2009_as_it_was_known(self, day, year, third, fourth):
        """The restated year less nine months as first filed would be 16,238, a quarter that never was.

        9,870 and 12,207 are the fourth quarter before and after, as in the 10-Ks for fiscal 2009 and 2010.
        """
        known = Statements(read(APPLE_2009)).as_of(day)
        quarters = known.quarterly()
        assert quarters["revenue"][0, quarters.periods.index("2009Q3")] == third
        if year is None:
            assert quarters.periods[-1] == "2009Q3"
        else:
            assert known.annual()["revenue"].item() == year
            assert quarters["revenue"][0, -1] == fourth

    def test_the_first_vintage_is_as_first_filed(self):
        """The year, the quarter, and the fourth quarter of the two."""
        first = Statements(read(APPLE_2009))
        assert first.annual("first")["revenue"].item() == 36537
        np.testing.assert_array_equal(first.quarterly("first")["revenue"], [[8337, 9870]])

    def test_the_day_of_filing_is_included(self, apple):
        """What was filed on a day was known at its end."""
        assert len(apple.as_of("2023-02-03")) == 6
        assert apple.as_of(pd.Timestamp("2023-02-03")).frame.equals(apple.as_of("2023-02-03").frame)

    def test_a_day_before_all_filings_is_missing_data(self, apple):
        """The message says when the first was made."""
        with pytest.raises(MissingDataError, match="nothing had been filed by 2023-02-02") as caught:
            apple.as_of("2023-02-02")
        assert "2023-02-03" in caught.value.advice

    @pytest.mark.parametrize("day", ["yesterday", 2023, None, pd.NaT, "2023-02-30"])
    def test_what_is_no_date_is_refused(self, apple, day):
        """The message names the argument."""
        with pytest.raises(InputError, match="date: expected a date"):
            apple.as_of(day)

    def test_companies_that_had_filed_nothing_are_not_there(self):
        """Neither in the panel nor among the tickers."""
        both = pd.concat([read(DILUTED["AAPL"]), read(DILUTED["NVDA"], "NVDA")])
        assert Statements(both).as_of("2018-12-31").tickers == ("AAPL",)


class TestRestatements:
    def test_apples_restated_periods_are_listed(self):
        """The year by 17.4%, with the first and the last filing; the third quarter and the nine months too."""
        table = Statements(read(APPLE_2009)).restatements()
        assert table["period_start"].dt.strftime("%Y-%m-%d").tolist() == [
            "2008-09-28",
            "2008-09-28",
            "2009-03-29",
        ]
        year = table.iloc[1]
        assert (year["ticker"], year["field"], year["n_versions"]) == ("AAPL", "revenue", 3)
        assert (year["first_value"], year["last_value"], year["change"]) == (36537, 42905, 6368)
        assert year["relative_change"] == pytest.approx(6368 / 36537)
        assert year["first_accession"] == "0001193125-09-214859"
        assert year["last_accession"] == "0001193125-10-238044"
        assert year["last_filed"] == pd.Timestamp("2010-10-27")

    def test_small_changes_are_left_out_on_request(self):
        """The nine months changed by 15.1%, the quarter by 16.8%, the year by 17.4%."""
        statements = Statements(read(APPLE_2009))
        assert len(statements.restatements(0.16)) == 2
        assert len(statements.restatements(0.17)) == 1
        assert statements.restatements(0.2).empty

    @pytest.mark.parametrize("minimum", [-0.1, "1%", [0.1, 0.2], np.nan])
    def test_an_impossible_minimum_is_refused(self, apple, minimum):
        """The message names the argument."""
        with pytest.raises(InputError, match="minimum"):
            apple.restatements(minimum)

    def test_a_figure_that_is_repeated_is_no_restatement(self, apple):
        """Revenue of 2023 stands in two 10-Ks."""
        assert apple.restatements().empty

    def test_a_change_from_nought_has_no_relative_size(self):
        """It is listed whatever the minimum, with NaN."""
        facts = read(APPLE_2009).iloc[[2, 3]].assign(value=[0.0, 5.0])
        table = Statements(facts).restatements(0.5)
        assert table["change"].tolist() == [5.0]
        assert np.isnan(table["relative_change"].item())

    def test_every_version_of_a_figure_is_listed(self):
        """The oldest first, with its filing."""
        table = Statements(read(APPLE_2009)).versions("revenue", "AAPL", 2009)
        assert table["value"].tolist() == [36537, 42905, 42905]
        assert table["form"].tolist() == ["10-K", "10-K/A", "10-K"]
        assert set(table["span"]) == {"year"}

    def test_a_quarter_s_versions_come_with_the_longer_spans_that_end_with_it(self):
        """Both the quarter and the nine months to its end."""
        table = Statements(read(APPLE_2009)).versions("revenue", "AAPL", "2009Q3")
        assert table["span"].tolist() == ["Q3", "Q3", "nine months", "nine months"]
        assert table["value"].tolist() == [8337, 9734, 26667, 30698]

    def test_no_version_is_an_empty_table(self, apple):
        """A year that nothing was filed for."""
        assert apple.versions("revenue", "AAPL", 2020).empty

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (("inventory", "AAPL", 2023), "field: 'inventory' is not here"),
            (("revenue", "MSFT", 2023), "ticker: 'MSFT' is not here"),
            (("revenue", "AAPL", "2023"), "period: expected a year"),
            (("revenue", "AAPL", True), "period: expected a year"),
        ],
    )
    def test_versions_of_what_is_not_there_are_refused(self, apple, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            apple.versions(*arguments)


class TestSplits:
    def test_apples_count_has_no_jump(self, splits):
        """7 for 1 in June 2014 and 4 for 1 in August 2020; by the count after both it only falls."""
        panel = Statements(read(DILUTED["AAPL"]), splits=splits).annual()
        expected = [
            931662 * 28, 6122663 * 4, 5793069 * 4, 5500281 * 4, 5251692 * 4, 5000109 * 4, 4648913 * 4,
            17528214, 16864919,
        ]  # fmt: skip
        np.testing.assert_array_equal(panel["diluted_shares"], [expected])
        assert (np.diff(expected) < 0).all()

    def test_nvidias_count_has_no_jump(self, splits):
        """4 for 1 in July 2021 and 10 for 1 in June 2024."""
        panel = Statements(read(DILUTED["NVDA"], "NVDA"), splits=splits).annual()
        assert np.abs(np.diff(panel["diluted_shares"]) / 25e6).max() < 0.02
        assert panel["diluted_shares"][0, 0] == 625000 * 40

    def test_figures_a_share_are_divided(self, splits):
        """1.74 of fiscal 2023 is 0.174 after the split of 2024, and nothing else."""
        statements = Statements(read(DILUTED["NVDA"], "NVDA"), splits=splits)
        panel = statements.annual()
        assert panel["diluted_eps"][0, panel.periods.index(2023)] == 0.174
        assert str(statements.explain("diluted_eps", "NVDA", 2023)).splitlines() == [
            "diluted_eps 0.1740 USD/shares = as filed / 10 for the split of 2024-06-10",
            "└─ diluted_eps 1.74 USD/shares (10-K filed 2023-02-24, accession 0001045810-23-000017)",
        ]

    def test_a_count_is_explained_by_every_split_since(self, splits):
        """The filed count is the leaf."""
        explained = Statements(read(DILUTED["AAPL"]), splits=splits).explain("diluted_shares", "AAPL", 2013)
        assert explained.formula == (
            "as filed x 7 for the split of 2014-06-09 x 4 for the split of 2020-08-31"
        )
        assert explained.inputs[0].value == 931662

    def test_a_split_is_not_known_before_its_day(self, splits):
        """The day before it the count is as filed; on the day it is the new one."""
        statements = Statements(read(DILUTED["AAPL"]), splits=splits)
        assert statements.as_of("2014-06-08").annual()["diluted_shares"].item() == 931662
        assert statements.as_of("2014-06-09").annual()["diluted_shares"].item() == 931662 * 7

    def test_a_filing_made_on_the_day_is_at_the_new_count(self, splits):
        """Only splits after the day of filing count."""
        facts = read(DILUTED["AAPL"]).iloc[[0]].assign(filed="2020-08-31")
        assert Statements(facts, splits=splits).annual()["diluted_shares"].item() == 931662

    def test_splits_are_no_restatements(self, splits):
        """The 10-K for 2020 shows 2019 at four times the count, but for a rounding of a thousand."""
        facts = read(
            DILUTED["AAPL"]
            + "diluted_shares 2018-09-30 2019-09-28 2020-10-30 10-K 0000320193-20-000096 18595651"
        )
        assert Statements(facts, splits=splits).restatements(1e-6).empty
        assert len(Statements(facts, splits=splits).restatements()) == 1

    def test_what_dividing_by_a_ratio_leaves_is_no_restatement(self, splits):
        """0.70 / 7 is 0.09999999999999999."""
        facts = read(
            """
            diluted_eps 2012-09-30 2013-09-28 2013-10-30 10-K 0001193125-13-416534 0.70
            diluted_eps 2012-09-30 2013-09-28 2014-10-27 10-K 0001193125-14-383437 0.10
            """
        )
        assert Statements(facts, splits=splits.iloc[[0]]).restatements().empty

    def test_a_figure_that_is_filed_alike_before_and_after_a_split_is_not_the_same(self, splits):
        """The later filing's is the latest, and explains itself."""
        facts = read(
            """
            diluted_eps 2018-09-30 2019-09-28 2019-10-31 10-K 0000320193-19-000119 0.01
            diluted_eps 2018-09-30 2019-09-28 2020-10-30 10-K 0000320193-20-000096 0.01
            """
        )
        statements = Statements(facts, splits=splits)
        assert statements.annual()["diluted_eps"].item() == 0.01
        assert "0000320193-20-000096" in statements.explain("diluted_eps", "AAPL", 2019).origin
        assert statements.annual("first")["diluted_eps"].item() == 0.0025

    def test_a_quarter_across_a_split_is_derived_from_restated_parts(self, splits):
        """The year was filed after the split, its nine months before: 3.28 - 10.16 / 4."""
        facts = read(
            """
            diluted_eps 2019-09-29 2020-06-27 2020-07-31 10-Q 0000320193-20-000062 10.16
            diluted_eps 2019-09-29 2020-09-26 2020-10-30 10-K 0000320193-20-000096  3.28
            """
        )
        panel = Statements(facts, splits=splits).quarterly()
        assert panel["diluted_eps"][0, -1] == pytest.approx(3.28 - 10.16 / 4)

    @pytest.mark.parametrize(
        ("splits", "named"),
        [
            ([("AAPL", 4.0)], "expected a DataFrame"),
            (pd.DataFrame({"ticker": ["AAPL"]}), "columns ticker and ratio, got ticker"),
            (pd.DataFrame({"ticker": ["AAPL"], "ratio": [0.0]}, index=["2020-08-31"]), "ratio: .*above zero"),
            (pd.DataFrame({"ticker": ["AAPL"], "ratio": ["4:1"]}, index=["2020-08-31"]), "ratio: .*'4:1'"),
            (pd.DataFrame({"ticker": ["AAPL"], "ratio": [4.0]}), "date: expected a date, got 0"),
            (pd.DataFrame({"ticker": [3], "ratio": [4.0]}, index=["2020-08-31"]), "ticker: expected text"),
            (
                pd.DataFrame({"ticker": ["AAPL"] * 2, "ratio": [4.0] * 2}, index=["2020-08-31"] * 2),
                "two splits on a day",
            ),
        ],
    )
    def test_impossible_splits_are_refused(self, splits, named):
        """The message says what was expected."""
        with pytest.raises(InputError, match=f"splits: .*{named}"):
            Statements(read(APPLE_2023), splits=splits)

    def test_no_splits_are_no_change(self, apple):
        """An empty table, as of a company without one."""
        none = pd.DataFrame({"ticker": [], "ratio": []})
        panel = Statements(read(APPLE_2023), splits=none).annual()
        np.testing.assert_array_equal(panel["diluted_shares"], apple.annual()["diluted_shares"])


class TestSamples:
    @pytest.mark.parametrize("ticker", ["AAPL", "MSFT", "NVDA"])
    def test_the_annual_view_of_the_samples_is_their_own_table(self, ticker):
        """`SampleSource` places each figure in its fiscal year by the filing; these tell it from the days."""
        source = SampleSource()
        table = source.statements(ticker).frame.drop(columns="period_end").dropna(axis=1, how="all")
        view = Statements(source.statement_facts(ticker).frame).annual().to_frame().loc[ticker]
        assert sorted(view.columns) == sorted(table.columns)
        np.testing.assert_array_equal(view[table.columns].to_numpy(), table.to_numpy())
        assert view.index.tolist() == table.index.tolist()


class TestViews:
    def test_what_is_there_is_told_in_a_line(self, apple):
        """Companies, items, facts, days and currency."""
        assert repr(apple) == "<Statements 1 company, 6 items, 24 facts filed 2023-02-03 to 2024-11-01, USD>"
        assert len(apple) == 24
        assert apple.currency == "USD"
        assert apple.fields[0] == "revenue"

    def test_html_has_a_row_for_each_company(self, apple):
        """Escaped."""
        html = Statements(read(APPLE_2023, "<A>"))._repr_html_()
        assert "&lt;A&gt;" in html
        assert "<A>" not in html
        assert "2024-11-01" in html

    def test_the_frame_is_a_copy(self, apple):
        """Changing it changes nothing."""
        frame = apple.frame
        frame.loc[0, "value"] = 0.0
        assert apple.frame.loc[0, "value"] == 117154

    def test_the_caller_s_table_is_a_copy_too(self):
        """What happens to it later does not matter."""
        facts = read(APPLE_2009)
        statements = Statements(facts)
        facts.loc[:, "value"] = 0.0
        assert statements.annual()["revenue"].item() == 42905

    def test_the_figures_of_a_panel_cannot_be_overwritten(self, apple):
        """The panel is kept and given again."""
        assert apple.annual() is apple.annual()
        with pytest.raises(ValueError, match="read-only"):
            apple.annual()["revenue"][0, 0] = 0.0

    def test_companies_are_selected_in_the_order_of_the_table(self):
        """One as text, or several."""
        both = Statements(pd.concat([read(DILUTED["AAPL"]), read(DILUTED["NVDA"], "NVDA")]))
        assert both.select("NVDA").tickers == ("NVDA",)
        assert both.select("AAPL").fields == ("diluted_shares",)
        assert both.select(["NVDA", "AAPL"]).tickers == ("AAPL", "NVDA")

    @pytest.mark.parametrize(
        ("tickers", "named"), [([], "expected at least one"), (["MSFT"], "'MSFT' is not here")]
    )
    def test_selecting_what_is_not_there_is_refused(self, apple, tickers, named):
        """The message says what is."""
        with pytest.raises(InputError, match=f"tickers: {named}"):
            apple.select(tickers)

    @pytest.mark.parametrize("view", ["annual", "quarterly", "ttm"])
    def test_another_vintage_is_refused(self, apple, view):
        """The message says which there are."""
        with pytest.raises(InputError, match=r"vintage: 'best' is not here\. Here: latest, first"):
            getattr(apple, view)("best")

    def test_another_basis_is_refused(self, apple):
        """The message says which there are."""
        with pytest.raises(InputError, match="basis: 'monthly' is not here"):
            apple.explain("revenue", "AAPL", 2023, basis="monthly")

    def test_coverage_counts_years_and_names_those_missing(self):
        """Between the first and the last year with any figure."""
        table = Statements(read(DILUTED["NVDA"], "NVDA")).coverage().set_index("field")
        assert table.loc["diluted_shares", ["n_years", "n_possible", "missing"]].tolist() == [7, 7, ()]
        assert table.loc["diluted_eps", "missing"] == (2019, 2020, 2021, 2022, 2024, 2025)

    def test_what_is_in_no_panel_is_listed(self, apple):
        """The twelve months to a quarter's end are no fiscal year, and stay out of it."""
        more = read("revenue 2022-04-01 2023-04-01 2023-05-05 10-Q 0000320193-23-000064 385095")
        statements = Statements(pd.concat([read(APPLE_2023), more]))
        assert statements.unplaced()["value"].tolist() == [385095]
        assert statements.annual()["revenue"].item() == 383285
        assert apple.unplaced().empty
