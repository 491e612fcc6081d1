"""Fiscal years and quarters: months of every kind, 52 and 53 weeks, moved year-ends, and what is derived."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.statements import Statements

SPANS = {"Q1": (0, 1), "Q2": (1, 2), "Q3": (2, 3), "Q4": (3, 4), "6M": (0, 2), "9M": (0, 3), "FY": (0, 4)}
UNITS = {"money": "USD", "shares": "shares", "money per share": "USD/shares"}


def day(text: str) -> dt.date:
    """Give a date."""
    return dt.date.fromisoformat(text)


def fact(field, start, end, value, *, filed=None, ticker="A", accession="", form=None):
    """Give a row; what is not said is filed 40 days after the end."""
    end = day(end) if isinstance(end, str) else end
    return {
        "ticker": ticker,
        "field": field,
        "period_start": start,
        "period_end": end,
        "filed": filed or end + dt.timedelta(days=40),
        "value": float(value),
        "unit": UNITS[FIELDS[field].unit],
        "accession": accession,
        **({"form": form} if form else {}),
    }


def statements(*rows) -> Statements:
    """Make statements of rows."""
    return Statements(pd.DataFrame(rows))


def by_weeks(start: str, weeks, spans, *, field="revenue", ticker="A", values=None):
    """Give the facts of a fiscal year of quarters of so many weeks; a quarter's value is its place, or as given."""
    values = values or [1.0, 2.0, 3.0, 4.0]
    bounds = [day(start) + dt.timedelta(weeks=sum(weeks[:place])) for place in range(5)]
    return [
        fact(
            field,
            bounds[SPANS[span][0]],
            bounds[SPANS[span][1]] - dt.timedelta(days=1),
            sum(values[slice(*SPANS[span])]),
            ticker=ticker,
        )
        for span in spans
    ]


class TestFiscalYears:
    @pytest.mark.parametrize(
        ("start", "end", "label"),
        [
            ("2022-01-01", "2022-12-31", 2022),
            ("2021-10-01", "2022-09-30", 2022),
            ("2022-07-01", "2023-06-30", 2023),
            ("2025-01-27", "2026-01-25", 2026),  # NVIDIA
            ("2019-12-30", "2021-01-03", 2020),  # Johnson & Johnson, 53 weeks
            ("2022-01-03", "2023-01-01", 2022),  # Johnson & Johnson
            ("2021-01-08", "2022-01-07", 2021),
            ("2021-01-09", "2022-01-08", 2022),
            ("2020-02-01", "2021-01-31", 2021),
            ("2021-08-30", "2022-08-28", 2022),  # Costco
            ("2022-03-01", "2023-02-28", 2023),
        ],
    )
    def test_a_year_is_named_after_the_calendar_year_of_its_end(self, start, end, label):
        """And after the one before where it ends in the first week of January."""
        assert statements(fact("revenue", start, end, 1)).annual().periods == (label,)

    @pytest.mark.parametrize("days", [345, 357, 364, 365, 366, 371, 380])
    def test_a_year_has_345_to_380_days(self, days):
        """52 or 53 weeks, a calendar year, and some more or less."""
        end = day("2022-12-31")
        rows = fact("revenue", end - dt.timedelta(days=days - 1), end, 1)
        assert statements(rows).annual()["revenue"].item() == 1

    @pytest.mark.parametrize("days", [310, 344, 381, 400, 730])
    def test_other_lengths_are_no_year(self, days):
        """Eleven months, or two years together."""
        end = day("2022-12-31")
        odd = fact("net_income", end - dt.timedelta(days=days - 1), end, 9)
        made = statements(odd, fact("revenue", "2022-01-01", end, 1))
        assert np.isnan(made.annual()["net_income"]).all()
        assert made.unplaced()["value"].tolist() == [9]

    def test_year_ends_may_move_by_some_days(self):
        """Years of 52 and 53 weeks, one after another, each once and without a gap."""
        rows, start = [], day("2010-01-31")
        for place in range(12):
            end = start + dt.timedelta(weeks=53 if place % 6 == 5 else 52) - dt.timedelta(days=1)
            rows += [fact("revenue", start, end, place), fact("total_assets", None, end, 100 + place)]
            start = end + dt.timedelta(days=1)
        panel = statements(*rows).annual()
        assert panel.periods == tuple(range(2011, 2023))
        np.testing.assert_array_equal(panel["revenue"], [np.arange(12.0)])
        np.testing.assert_array_equal(panel["total_assets"], [100 + np.arange(12.0)])

    def test_companies_are_aligned_by_the_name_of_their_years(self):
        """September, January and December side by side, and the years between are all there."""
        panel = statements(
            fact("revenue", "2019-09-29", "2020-09-26", 1, ticker="S"),
            fact("revenue", "2021-02-01", "2022-01-30", 2, ticker="J"),
            fact("revenue", "2023-01-01", "2023-12-31", 3, ticker="D"),
        ).annual()
        assert panel.periods == (2020, 2021, 2022, 2023)
        nan = np.nan
        np.testing.assert_array_equal(
            panel["revenue"], [[1, nan, nan, nan], [nan, nan, 2, nan], [nan, nan, nan, 3]]
        )

    def test_a_flow_without_a_start_is_a_fiscal_year_s(self):
        """As tables of annual figures give them."""
        rows = [fact("revenue", None, "2022-06-30", 1), fact("total_assets", None, "2022-06-30", 5)]
        table = pd.DataFrame(rows).drop(columns="period_start")
        panel = Statements(table).annual()
        assert panel.periods == (2022,)
        assert panel["total_assets"].item() == 5

    def test_twelve_months_of_a_quarterly_report_are_no_fiscal_year(self):
        """Utilities file them; only the company's own year ends count."""
        rows = [
            fact("revenue", f"{year}-{month:02}-01", end, year, form=form)
            for year in (2020, 2021)
            for month, end, form in [
                (1, f"{year}-12-31", "10-K"),
                (4, f"{year + 1}-03-31", "10-Q"),
                (7, f"{year + 1}-06-30", "10-Q"),
            ]
        ]
        made = statements(*rows)
        assert made.annual().periods == (2020, 2021)
        np.testing.assert_array_equal(made.annual()["revenue"], [[2020, 2021]])
        assert len(made.unplaced()) == 4

    def test_nor_do_they_tell_the_year_of_a_company_that_has_filed_none_yet(self):
        """Its half-year starts in January, whatever the twelve months to June would say."""
        made = statements(
            fact("revenue", "2020-07-01", "2021-06-30", 9, form="10-Q"),
            fact("revenue", "2021-01-01", "2021-06-30", 5, form="10-Q"),
            fact("revenue", "2021-04-01", "2021-06-30", 3, form="10-Q"),
        )
        assert made.quarterly().periods == ("2021Q2",)
        assert made.unplaced()["value"].tolist() == [9]

    def test_of_overlapping_years_those_with_most_figures_count(self):
        """Without forms, by the number of figures."""
        made = statements(
            fact("revenue", "2021-01-01", "2021-12-31", 1),
            fact("net_income", "2021-01-01", "2021-12-31", 2),
            fact("revenue", "2021-07-01", "2022-06-30", 3),
        )
        assert made.annual().periods == (2021,)
        assert made.annual()["revenue"].item() == 1

    def test_two_years_of_one_name_have_their_names_from_the_one_with_more_figures(self):
        """To 8 January and to 31 December 2022 would both be 2022: the first is a year before the second."""
        panel = statements(
            fact("revenue", "2021-01-09", "2022-01-08", 1),
            fact("revenue", "2022-01-09", "2022-12-31", 2),
            fact("net_income", "2022-01-09", "2022-12-31", 3),
        ).annual()
        assert panel.periods == (2021, 2022)
        np.testing.assert_array_equal(panel["revenue"], [[1, 2]])

    def test_a_year_of_which_only_the_balance_is_known_has_its_place(self):
        """Between two years with flows."""
        panel = statements(
            fact("revenue", "2020-01-01", "2020-12-31", 1),
            fact("total_assets", None, "2021-12-31", 5),
            fact("revenue", "2022-01-01", "2022-12-31", 2),
        ).annual()
        np.testing.assert_array_equal(panel["total_assets"], [[np.nan, 5, np.nan]])

    def test_a_moved_year_end_leaves_the_other_years_whole(self):
        """June until 2019, six months to December 2019, December from 2020."""
        rows = [
            fact(field, start, end, value)
            for field in ("revenue", "net_income")
            for start, end, value in [
                ("2017-07-01", "2018-06-30", 18),
                ("2018-07-01", "2019-06-30", 19),
                ("2019-07-01", "2019-12-31", 7),
                ("2020-01-01", "2020-12-31", 20),
                ("2021-01-01", "2021-12-31", 21),
            ]
        ]
        rows += [fact("revenue", "2019-01-01", "2019-12-31", 15), fact("total_assets", None, "2019-12-31", 5)]
        made = statements(*rows)
        assert made.annual().periods == (2018, 2019, 2020, 2021)
        np.testing.assert_array_equal(made.annual()["revenue"], [[18, 19, 20, 21]])
        assert np.isnan(made.annual()["total_assets"]).all()
        assert sorted(made.unplaced()["value"]) == [5, 7, 7, 15]

    def test_a_year_that_falls_between_two_year_ends_is_missing(self):
        """December 2012, six months, then June 2014: there is no fiscal 2013."""
        panel = statements(
            fact("revenue", "2012-01-01", "2012-12-31", 12),
            fact("revenue", "2013-07-01", "2014-06-30", 14),
        ).annual()
        np.testing.assert_array_equal(panel["revenue"], [[12, np.nan, 14]])

    def test_an_opening_balance_a_day_later_is_not_the_year_s_end(self):
        """A new standard restates the first day of a year, and leaves the last one of the year before."""
        panel = statements(
            fact("revenue", "2018-01-01", "2018-12-31", 1),
            fact("revenue", "2019-01-01", "2019-12-31", 1),
            fact("retained_earnings", None, "2018-12-31", 50),
            fact("retained_earnings", None, "2019-01-01", 45, filed=day("2020-02-01")),
            fact("retained_earnings", None, "2019-12-31", 60),
        ).annual()
        np.testing.assert_array_equal(panel["retained_earnings"], [[50, 60]])

    @pytest.mark.parametrize("end", ["2010-12-18", "2010-12-26", "2010-12-31", "2011-01-01", "2011-01-05"])
    def test_an_end_that_filings_date_differently_is_one_period(self, end):
        """One gives the day itself, another the end of the month, or of the year."""
        panel = statements(
            fact("revenue", "2010-01-03", end, 1),
            fact("net_income", "2010-01-03", end, 2),
            fact("total_assets", None, "2010-12-31", 3),
        ).annual()
        assert panel.periods == (2010,)
        assert panel["total_assets"].item() == 3

    def test_balances_before_the_first_year_are_placed_by_steps_of_a_year(self):
        """The first 10-K shows the balance at the end of the year before, and no flows for it."""
        panel = statements(
            fact("revenue", "2021-02-01", "2022-01-30", 1),
            fact("total_assets", None, "2021-01-31", 4),
            fact("total_assets", None, "2022-01-30", 5),
        ).annual()
        assert panel.periods == (2021, 2022)
        np.testing.assert_array_equal(panel["total_assets"], [[4, 5]])

    def test_a_step_of_a_year_finds_ends_that_are_some_days_off(self):
        """The first year known has 53 weeks, so that the one before ended 371 days earlier, not 365."""
        panel = statements(
            fact("revenue", "2021-01-25", "2022-01-30", 1),
            fact("total_assets", None, "2021-01-24", 4),
            fact("total_assets", None, "2022-01-30", 5),
        ).annual()
        np.testing.assert_array_equal(panel["total_assets"], [[4, 5]])

    def test_a_year_starts_where_the_one_before_ended(self):
        """Not on 20 January, as its one filing says in error; the half-year is found."""
        panel = statements(
            fact("revenue", "2021-01-01", "2021-12-31", 10),
            fact("revenue", "2022-01-20", "2022-12-31", 20),
            fact("revenue", "2022-01-01", "2022-03-31", 1),
            fact("revenue", "2022-01-01", "2022-06-30", 3),
        ).quarterly()
        np.testing.assert_array_equal(panel["revenue"], [[1, 2]])

    def test_of_two_starts_in_one_filing_the_usual_one_counts(self):
        """NVIDIA's 10-Q of August 2009 has half a year from 25 January, and from 28 January beside it."""
        right, wrong = (fact("revenue", f"2022-01-{first}", "2022-12-31", first) for first in ("01", "04"))
        others = fact("net_income", "2022-01-01", "2022-12-31", 5)
        for rows in ([right, wrong, others], [wrong, right, others]):
            assert statements(*rows).annual()["revenue"].item() == 1

    def test_balances_alone_tell_their_years(self):
        """Where they are whole years apart."""
        rows = [
            fact("total_assets", None, end, place) for place, end in enumerate(["2020-06-30", "2021-06-30"])
        ]
        assert statements(*rows).annual().periods == (2020, 2021)


class TestQuarters:
    @pytest.mark.parametrize(
        "weeks",
        [(13, 13, 13, 13), (14, 13, 13, 13), (13, 13, 13, 14), (12, 12, 12, 16), (12, 12, 12, 17), (16, 12, 12, 12),
         (17, 12, 12, 12), (12, 16, 12, 12), (12, 12, 16, 12)],
        ids=str,
    )  # fmt: skip
    @pytest.mark.parametrize(
        "spans",
        [
            ("Q1", "Q2", "Q3", "FY"),
            ("Q1", "6M", "9M", "FY"),
            ("Q1", "Q2", "9M", "FY"),
            ("Q1", "6M", "Q3", "FY"),
            ("Q1", "Q2", "Q3", "Q4", "FY"),
        ],
        ids="-".join,
    )
    def test_quarters_of_12_to_17_weeks_are_found_or_derived(self, weeks, spans):
        """Costco's last quarter has 16 or 17 weeks, Kroger's first 16; whatever is filed, the four come out."""
        panel = statements(*by_weeks("2021-09-01", weeks, spans)).quarterly()
        assert panel.periods == ("2022Q1", "2022Q2", "2022Q3", "2022Q4")
        np.testing.assert_array_equal(panel["revenue"], [[1, 2, 3, 4]])

    @pytest.mark.parametrize(
        ("spans", "quarter", "formula"),
        [
            (("Q1", "6M", "FY"), "2022Q2", "six months - Q1"),
            (("Q1", "6M", "9M", "FY"), "2022Q3", "nine months - six months"),
            (("Q1", "Q2", "9M", "FY"), "2022Q3", "nine months - Q1 - Q2"),
            (("9M", "FY"), "2022Q4", "year - nine months"),
            (("6M", "Q3", "FY"), "2022Q4", "year - six months - Q3"),
            (("Q1", "Q2", "Q3", "FY"), "2022Q4", "year - Q1 - Q2 - Q3"),
            (("Q1", "Q2", "Q3", "9M", "FY"), "2022Q4", "year - nine months"),
        ],
    )
    def test_the_formula_names_the_spans(self, spans, quarter, formula):
        """In the order of preference, with a leaf for each."""
        panel = statements(*by_weeks("2021-09-01", (13,) * 4, spans)).quarterly()
        explained = panel.explain("revenue", "A", quarter)
        assert explained.formula == formula
        assert [item.name for item in explained.inputs] == [
            f"revenue ({span})" for span in formula.split(" - ")
        ]
        assert explained.value == float(quarter[-1])

    @pytest.mark.parametrize("spans", [("Q1", "Q2", "FY"), ("Q1", "9M"), ("6M", "FY"), ("FY",)], ids="-".join)
    def test_what_does_not_follow_is_missing(self, spans):
        """And is said to be not known."""
        rows = [*by_weeks("2021-09-01", (13,) * 4, spans), fact("total_assets", None, "2022-08-30", 1)]
        rows.append(fact("net_income", "2021-09-01", "2022-08-30", 1))
        panel = statements(*rows).quarterly()
        known = {f"2022{span}" for span in spans if span in ("Q1", "Q2", "Q3")}
        for period, value in zip(panel.periods, panel["revenue"][0], strict=True):
            assert np.isfinite(value) == (period in known)
            if period not in known:
                assert panel.explain("revenue", "A", period).origin == "not known"

    def test_a_part_of_a_half_year_is_not_six_months(self):
        """Such as the time since a company was founded, 163 days."""
        made = statements(
            fact("revenue", "2022-01-19", "2022-06-30", 5), fact("net_income", "2022-01-01", "2022-12-31", 1)
        )
        assert made.unplaced()["value"].tolist() == [5]

    def test_a_filed_quarter_comes_before_a_derived_one(self):
        """The fourth quarter in a 10-K's table of quarters."""
        rows = by_weeks("2021-09-01", (13,) * 4, ("Q4", "9M", "FY"))
        rows[0]["value"] = 4.5
        assert statements(*rows).quarterly()["revenue"][0, -1] == 4.5

    def test_quarters_of_a_year_that_has_not_ended_are_counted_from_the_last_one(self):
        """Two quarters after fiscal 2022."""
        rows = by_weeks("2021-09-01", (13,) * 4, ("FY",)) + by_weeks("2022-08-31", (13,) * 4, ("Q1", "6M"))
        panel = statements(*rows).quarterly()
        assert panel.periods[-2:] == ("2023Q1", "2023Q2")
        np.testing.assert_array_equal(panel["revenue"][0, -2:], [1, 2])

    def test_a_company_with_nothing_but_its_first_reports_is_known_by_where_they_start(self):
        """The first quarter, with that of the year before; then the half-year."""
        rows = by_weeks("2022-02-01", (13,) * 4, ("Q1",)) + by_weeks("2021-02-02", (13,) * 4, ("Q1",))
        assert statements(*rows).quarterly().periods == ("2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1")
        rows += by_weeks("2022-02-01", (13,) * 4, ("Q2", "6M"))
        panel = statements(*rows).quarterly()
        assert panel.periods[-1] == "2023Q2"
        assert panel["revenue"][0, -1] == 2

    def test_balances_have_the_quarter_at_whose_end_they_are(self):
        """Three in a year of quarters of 12 and 16 weeks."""
        rows = by_weeks("2021-09-01", (12, 12, 12, 16), ("Q1", "6M", "9M", "FY"))
        ends = [row["period_end"] for row in rows]
        rows += [fact("inventory", None, end, place) for place, end in enumerate(ends)]
        panel = statements(*rows).quarterly()
        np.testing.assert_array_equal(panel["inventory"], [[0, 1, 2, 3]])

    def test_companies_are_aligned_by_fiscal_quarter(self):
        """First quarters side by side, whatever months they have."""
        rows = by_weeks("2021-09-01", (13,) * 4, ("Q1", "FY")) + by_weeks(
            "2022-01-02", (13,) * 4, ("Q1", "FY"), ticker="B", values=[5.0, 6.0, 7.0, 8.0]
        )
        panel = statements(*rows).quarterly()
        assert panel.periods == ("2022Q1",)
        np.testing.assert_array_equal(panel["revenue"], [[1], [5]])

    def test_an_average_count_that_would_be_below_nought_is_missing(self):
        """Four times the year's less the quarters' tells that the quarters are too unlike."""
        rows = by_weeks("2021-09-01", (13,) * 4, ("Q1", "Q2", "Q3"), field="basic_shares", values=[9.0] * 4)
        rows.append(fact("basic_shares", "2021-09-01", "2022-08-30", 5))
        assert statements(*rows).quarterly().periods[-1] == "2022Q3"

    def test_a_year_restated_alone_keeps_the_quarter_of_before(self):
        """Until nine months are restated too; then the quarter follows from both."""
        rows = [
            fact("revenue", "2021-01-01", "2021-09-30", 70),
            fact("revenue", "2021-01-01", "2021-12-31", 100, filed=day("2022-02-10")),
            fact("revenue", "2021-01-01", "2021-12-31", 130, filed=day("2022-05-10")),
        ]
        made = statements(*rows)
        assert made.annual()["revenue"].item() == 130
        assert made.quarterly().explain("revenue", "A", "2021Q4").value == 30
        rows.append(fact("revenue", "2021-01-01", "2021-09-30", 80, filed=day("2022-11-10")))
        assert statements(*rows).quarterly().explain("revenue", "A", "2021Q4").value == 50

    def test_nine_months_filed_with_the_first_version_of_the_year_belong_to_it(self):
        """As in a 10-K that shows them too: the restated year has none of its own."""
        rows = [
            fact("revenue", "2021-01-01", "2021-09-30", 70, filed=day("2022-02-10")),
            fact("revenue", "2021-01-01", "2021-12-31", 100, filed=day("2022-02-10")),
            fact("revenue", "2021-01-01", "2021-12-31", 130, filed=day("2022-05-10")),
        ]
        assert statements(*rows).quarterly().explain("revenue", "A", "2021Q4").value == 30

    def test_nine_months_restated_alone_keep_the_quarter_of_before(self):
        """The other way round: the next year's 10-Q comes before its 10-K."""
        rows = [
            fact("revenue", "2021-01-01", "2021-09-30", 70),
            fact("revenue", "2021-01-01", "2021-12-31", 100, filed=day("2022-02-10")),
            fact("revenue", "2021-01-01", "2021-09-30", 80, filed=day("2022-11-10")),
        ]
        assert statements(*rows).quarterly().explain("revenue", "A", "2021Q4").value == 30
        rows.append(fact("revenue", "2021-01-01", "2021-12-31", 130, filed=day("2023-02-10")))
        assert statements(*rows).quarterly().explain("revenue", "A", "2021Q4").value == 50


class TestTwelveMonths:
    def test_they_are_the_last_four_quarters(self):
        """Across the year's end, and NaN before there are four."""
        rows = by_weeks("2021-01-03", (13,) * 4, ("Q1", "6M", "9M", "FY"))
        rows += by_weeks("2022-01-02", (13,) * 4, ("Q1", "Q2"), values=[10.0, 20.0, 0.0, 0.0])
        panel = statements(*rows).ttm()
        assert (
            panel.periods
            == tuple(f"{year}Q{quarter}" for year in (2021, 2022) for quarter in (1, 2, 3, 4))[3:6]
        )
        np.testing.assert_array_equal(panel["revenue"], [[10, 19, 37]])

    def test_one_missing_quarter_leaves_them_unknown(self):
        """Never three quarters for four."""
        rows = by_weeks("2021-01-03", (13,) * 4, ("Q1", "Q3", "FY"))
        rows.append(fact("net_income", "2021-01-03", "2022-01-01", 1))
        panel = statements(*rows, fact("total_assets", None, "2022-01-01", 7)).ttm()
        assert np.isnan(panel["revenue"]).all()

    def test_an_average_count_is_the_mean_of_four(self):
        """By whose mean the fourth was derived: it is the year's again."""
        rows = by_weeks("2021-01-03", (13,) * 4, ("Q1", "Q2", "Q3"), field="diluted_shares")
        rows.append(fact("diluted_shares", "2021-01-03", "2022-01-01", 2.25))
        assert statements(*rows).ttm()["diluted_shares"].item() == 2.25

    def test_they_do_not_reach_over_a_moved_year_end(self):
        """2020Q4 and 2021Q1 follow each other by name, and six months lie between."""
        rows = by_weeks("2019-07-01", (13,) * 4, ("Q1", "Q2", "Q3", "FY"))
        rows += by_weeks("2021-01-03", (13,) * 4, ("Q1", "Q2", "Q3", "FY"))
        made = statements(*rows)
        assert np.isfinite(made.quarterly()["revenue"]).all()
        panel = made.ttm()
        assert panel.periods == ("2020Q4", "2021Q1", "2021Q2", "2021Q3", "2021Q4")
        np.testing.assert_array_equal(panel["revenue"], [[10, np.nan, np.nan, np.nan, 10]])
        assert panel.explain("revenue", "A", "2021Q2").origin == "not known"


class TestCoverCounts:
    def test_without_an_accession_the_day_of_filing_joins_count_and_period(self):
        """As in tables of vendors."""
        panel = statements(
            fact("revenue", "2022-01-01", "2022-12-31", 1, filed=day("2023-02-10")),
            fact("shares_outstanding", None, "2023-01-31", 9, filed=day("2023-02-10")),
        ).annual()
        assert panel["shares_outstanding"].item() == 9

    def test_a_count_at_the_year_s_end_belongs_to_that_year(self):
        """The balance sheet's own count, with the one of the year before in the same filing."""
        panel = statements(
            fact("revenue", "2022-01-01", "2022-12-31", 1, accession="k"),
            fact("revenue", "2021-01-01", "2021-12-31", 1, accession="k", filed=day("2023-02-09")),
            fact("shares_outstanding", None, "2022-12-31", 9, accession="k"),
            fact("shares_outstanding", None, "2021-12-31", 8, accession="k", filed=day("2023-02-09")),
        ).annual()
        np.testing.assert_array_equal(panel["shares_outstanding"], [[8, 9]])

    def test_a_count_of_a_late_filing_is_not_that_of_the_quarter_it_was_made_in(self):
        """The year's cover page bears a day that happens to be the next quarter's end."""
        panel = statements(
            fact("revenue", "2022-01-01", "2022-12-31", 1, accession="k", filed=day("2023-04-05")),
            fact("shares_outstanding", None, "2023-03-31", 9, accession="k", filed=day("2023-04-05")),
            fact("revenue", "2023-01-01", "2023-03-31", 1, accession="q"),
            fact("shares_outstanding", None, "2023-05-01", 8, accession="q"),
        ).quarterly()
        np.testing.assert_array_equal(panel["shares_outstanding"], [[9, 8]])

    @pytest.mark.parametrize("counted", ["2023-01-10", "2023-05-05"])
    def test_a_count_without_a_statement_is_in_no_panel(self, counted):
        """As in a cover page filed alone, be it some days after the year's end."""
        made = statements(
            fact("revenue", "2022-01-01", "2022-12-31", 1, accession="k"),
            fact("shares_outstanding", None, counted, 9, accession="cover"),
        )
        assert np.isnan(made.annual()["shares_outstanding"]).all()
        assert made.unplaced()["value"].tolist() == [9]
