"""What a table of facts has to be: every cause of refusal names the column, the first row and what to do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.fundamental.statements import Statements
from maos_nb.errors import InputError, MissingDataError


def facts(**changed: object) -> pd.DataFrame:
    """Give three good facts of two companies, with columns replaced."""
    good = {
        "ticker": ["A", "A", "B"],
        "period_start": ["2022-01-01", None, "2022-01-01"],
        "period_end": ["2022-12-31"] * 3,
        "filed": ["2023-02-01"] * 3,
        "field": ["revenue", "total_assets", "diluted_eps"],
        "value": [100.0, 50.0, 1.5],
        "unit": ["USD", "USD", "USD/shares"],
        "accession": ["a1", "a1", ""],
    }
    return pd.DataFrame({**good, **changed}, index=[10, 11, 12])


class TestRefusedTables:
    def test_good_facts_are_taken(self):
        """The base of the cases below."""
        assert Statements(facts()).annual()["revenue"].tolist()[0] == [100.0]

    @pytest.mark.parametrize("given", [None, [], {"ticker": ["A"]}, pd.Series([1.0]), facts().to_numpy()])
    def test_what_is_no_table_is_refused(self, given):
        """The message says what came, and the advice which columns are expected."""
        with pytest.raises(InputError, match="facts: expected a DataFrame, got") as caught:
            Statements(given)
        assert "period_start" in caught.value.advice

    def test_an_empty_table_is_refused(self):
        """With all its columns."""
        with pytest.raises(InputError, match="expected at least one fact"):
            Statements(facts().iloc[:0])

    @pytest.mark.parametrize(
        "column", ["ticker", "period_end", "filed", "field", "value", "unit", "accession"]
    )
    def test_a_missing_column_is_refused(self, column):
        """All that are missing are named."""
        with pytest.raises(InputError, match=f"columns are missing: {column}"):
            Statements(facts().drop(columns=column))

    def test_a_column_that_is_there_twice_is_refused(self):
        """It would not be known which counts."""
        with pytest.raises(InputError, match="each column once, got 'value'"):
            Statements(pd.concat([facts(), facts()[["value"]]], axis=1))

    @pytest.mark.parametrize(
        ("changed", "named"),
        [
            ({"ticker": ["A", 3, "B"]}, r"ticker: expected text, got 3 at row 11 \(3 total_assets\)"),
            ({"ticker": ["A", None, "B"]}, r"ticker: expected text, got (None|nan) at row 11"),
            ({"ticker": ["A", " ", "B"]}, r"ticker: expected text, got ' ' at row 11"),
            ({"field": ["revenue", "sales", "diluted_eps"]}, r"field: there is no 'sales', at row 11 \(A sales\)"),
            ({"field": ["revenue", 7, "diluted_eps"]}, "field: expected text, got 7 at row 11"),
            ({"field": ["revenue", "price", "diluted_eps"]}, "field: 'price' is observed in a market"),
            ({"period_end": ["2022-12-31", "in 2022", "2022-12-31"]}, "period_end: expected a date, got 'in 2022' at row 11"),
            ({"period_end": ["2022-12-31", "2022-12-31 or so", "2022-12-31"]}, "period_end: .*got '2022-12-31 or so'"),
            ({"period_end": [20221231] * 3}, "period_end: expected a date, got 20221231 at row 10 .*3 rows in all"),
            ({"period_end": pd.to_datetime(["2022-12-31", None, "2022-12-31"])}, "period_end: expected a date, got NaT"),
            ({"filed": ["2023-02-01", None, "2023-02-01"]}, "filed: expected a date, got (None|nan) at row 11"),
            ({"filed": ["2023-02-01", "2022-12-30", "2023-02-01"]}, "period_end: .*got 2022-12-31 in a filing of 2022-12-30 at row 11"),
            ({"period_start": ["2022-01-01", None, "2023-01-01"]}, "period_start: .*before period_end 2022-12-31, got 2023-01-01 at row 12"),
            ({"period_start": ["2022-01-01", None, "spring"]}, "period_start: expected a date, got 'spring' at row 12"),
            ({"ticker": ["A", ["B"], "B"]}, r"ticker: expected text, got \['B'\] at row 11"),
            ({"filed": ["2023-02-01", {}, "2023-02-01"]}, r"filed: expected a date, got \{\} at row 11"),
            ({"value": [100.0, [1.0], 1.5]}, r"value: expected a number, got \[1\.0\] at row 11"),
            ({"value": [100.0, np.nan, 1.5]}, "value: expected a finite number, got nan at row 11"),
            ({"value": [100.0, 50.0, -np.inf]}, "value: expected a finite number, got -inf at row 12"),
            ({"value": [100.0, None, 1.5]}, "value: expected a finite number, got nan at row 11"),
            ({"value": ["100", "50", "1.5"]}, "value: expected a number, got '100' at row 10"),
            ({"value": [100.0, "n/a", 1.5]}, "value: expected a number, got 'n/a' at row 11"),
            ({"value": [True, False, True]}, "value: expected a number, got True at row 10"),
            ({"value": [1 + 2j, 50.0, 1.5]}, r"value: expected a number, got \(1\+2j\) at row 10"),
            ({"unit": ["shares", "USD", "USD/shares"]}, "unit: expected a currency as 'USD', got 'shares' at row 10"),
            ({"unit": ["pure", "USD", "USD/shares"]}, "unit: expected a currency as 'USD', got 'pure'"),
            ({"unit": ["USD", "USD", "USD"]}, "unit: expected money a share as 'USD/shares', got 'USD' at row 12"),
            ({"unit": ["USD", "USD", "/shares"]}, "unit: expected money a share as 'USD/shares', got '/shares'"),
            ({"unit": ["USD", 1, "USD/shares"]}, "unit: expected text, got 1 at row 11"),
            ({"accession": ["a1", 5, ""]}, "accession: expected text, got 5 at row 11"),
        ],
    )  # fmt: skip
    def test_a_row_that_cannot_be_used_is_refused(self, changed, named):
        """The message names the column, what came, and the row by its label."""
        with pytest.raises(InputError, match=f"facts: {named}"):
            Statements(facts(**changed))

    def test_a_count_of_shares_is_in_shares(self):
        """Not in dollars."""
        with pytest.raises(InputError, match="unit: expected 'shares', got 'USD' at row 11"):
            Statements(facts(field=["revenue", "diluted_shares", "diluted_eps"]))

    def test_two_currencies_are_refused_with_their_companies(self):
        """A sum of the two would be neither."""
        mixed = facts(unit=["USD", "USD", "EUR/shares"])
        with pytest.raises(InputError, match=r"expected one currency, got USD \(A\) and EUR \(B\)") as caught:
            Statements(mixed)
        assert "Convert" in caught.value.advice

    def test_two_values_of_one_period_in_one_filing_are_refused(self):
        """The message shows both, and the second one's row."""
        twice = pd.concat([facts(), facts(value=[101.0, 50.0, 1.5]).rename(index={10: 20})])
        with pytest.raises(InputError, match=r"in a filing, got 100 and then 101 at row 20 \(A revenue\)"):
            Statements(twice)

    def test_two_values_filed_on_a_day_without_accession_are_refused(self):
        """What a company filed on one day is one filing then."""
        twice = pd.concat([facts(), facts(value=[100.0, 50.0, 1.6])])
        with pytest.raises(InputError, match=r"got 1\.5 and then 1\.6"):
            Statements(twice)


class TestAcceptedTables:
    def test_a_row_that_is_there_twice_counts_once(self):
        """As where two tables overlap."""
        twice = Statements(pd.concat([facts(), facts()]))
        assert len(twice) == 3
        assert twice.frame["value"].tolist() == [100.0, 50.0, 1.5]

    def test_a_start_of_a_balance_does_not_matter(self):
        """Some tables give the year's: the balance is the same, and two values for it are a conflict."""
        started = facts(period_start=["2022-01-01"] * 3)
        assert len(Statements(pd.concat([facts(), started]))) == 3
        with pytest.raises(InputError, match="got 50 and then 51"):
            Statements(pd.concat([facts(), started.assign(value=[100.0, 51.0, 1.5])]))

    def test_a_period_may_end_on_the_day_of_its_filing(self):
        """As a count of shares does that is made that day."""
        assert len(Statements(facts(filed=["2022-12-31"] * 3))) == 3

    def test_one_value_in_two_filings_is_no_conflict(self):
        """Two accessions on one day; the later accession counts."""
        later = facts(accession=["a2", "a2", "b"], value=[101.0, 51.0, 1.6])
        for order in ([facts(), later], [later, facts()]):
            panel = Statements(pd.concat(order)).annual()
            assert panel["revenue"][panel.tickers.index("A"), 0] == 101.0

    @pytest.mark.parametrize(
        "filed",
        [
            pd.to_datetime(["2023-02-01"] * 3),
            pd.to_datetime(["2023-02-01 16:30"] * 3),
            pd.to_datetime(["2023-02-01 16:30"] * 3).tz_localize("America/New_York"),
            [dt.date(2023, 2, 1)] * 3,
            [dt.datetime(2023, 2, 1, 9)] * 3,
            [np.datetime64("2023-02-01")] * 3,
            ["2023-02-01T16:30:00"] * 3,
        ],
        ids=["day", "time", "zone", "date", "datetime", "numpy", "text"],
    )
    def test_days_come_in_every_common_form(self, filed):
        """The hour of the day is left out."""
        assert Statements(facts(filed=filed)).frame["filed"].tolist() == [pd.Timestamp("2023-02-01")] * 3

    @pytest.mark.parametrize("dtype", ["int64", "float32", "Float64", "Int64", "object"])
    def test_values_come_in_every_common_form(self, dtype):
        """Whole numbers, and the kinds of pandas."""
        whole = pd.Series([100, 50, 2], index=[10, 11, 12]).astype(dtype)
        assert Statements(facts(value=whole)).frame["value"].tolist() == [100.0, 50.0, 2.0]

    def test_values_may_be_decimals(self):
        """As databases give them."""
        assert Statements(facts(value=[Decimal("100.5"), 50, 1.5])).frame["value"].tolist() == [
            100.5,
            50.0,
            1.5,
        ]

    def test_texts_may_be_categories(self):
        """As tables read from files often have them."""
        table = facts().astype({"ticker": "category", "field": "category", "unit": "category"})
        assert Statements(table).tickers == ("A", "B")

    def test_a_missing_accession_is_an_empty_one(self):
        """Then all that was filed on a day is one filing."""
        assert Statements(facts(accession=["a1", None, None])).frame["accession"].tolist() == ["a1", "", ""]

    def test_other_columns_are_kept(self):
        """In the frame, as given."""
        assert Statements(facts().assign(note=["x", "y", "z"])).frame["note"].tolist() == ["x", "y", "z"]

    def test_facts_that_are_in_no_fiscal_year_give_no_panel(self):
        """A quarter alone does not tell where the year ends once other seasons are there too."""
        quarters = facts(
            ticker=["A"] * 3,
            field=["revenue"] * 3,
            unit=["USD"] * 3,
            period_start=["2022-01-01", "2022-04-01", "2022-07-01"],
            period_end=["2022-03-31", "2022-06-30", "2022-09-30"],
        )
        for view in ("annual", "quarterly", "ttm"):
            with pytest.raises(MissingDataError, match="no figure could be placed"):
                getattr(Statements(quarters), view)()
        assert len(Statements(quarters).unplaced()) == 3
        assert Statements(quarters).coverage()["n_years"].tolist() == [0]
        assert Statements(quarters).versions("revenue", "A", 2022).empty
