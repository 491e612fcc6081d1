"""Whether quarters agree with their year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.quality import quality_checks
from maos_nb.analytics.fundamental.statements import Statements


def facts(quarters, year, field="revenue"):
    """Give the facts of a company whose quarters are filed one by one, and its year."""
    ends = pd.to_datetime(["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31"])
    starts = pd.to_datetime(["2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01"])
    rows = [
        ("A", start, end, end + pd.Timedelta(days=30), field, value, "USD", f"q{end.month}")
        for start, end, value in zip(starts, ends, quarters, strict=True)
    ]
    rows.append(("A", starts[0], ends[3], pd.Timestamp("2024-02-15"), field, year, "USD", "year"))
    columns = ["ticker", "period_start", "period_end", "filed", "field", "value", "unit", "accession"]
    return pd.DataFrame(rows, columns=columns)


def revenue_check(statements):
    """Give the row of the sum of quarters of revenue."""
    return quality_checks(statements).frame.loc[("A", 2023, "quarters_revenue")]


class TestQuarters:
    def test_quarters_that_sum_to_the_year(self):
        """Of filed facts: 10 + 20 + 30 + 40 = 100."""
        frame = quality_checks(Statements(facts([10.5, 20.0, 30.0, 40.0], 100.5))).frame
        assert frame.loc[("A", 2023, "quarters_revenue"), "status"] == "ok"
        words = "revenue of the year = Q1 + Q2 + Q3 + Q4"
        assert frame.loc[("A", 2023, "quarters_revenue"), "words"] == words

    def test_quarters_that_do_not(self):
        """The words show each quarter."""
        row = revenue_check(Statements(facts([10.5, 20.0, 30.0, 40.0], 105.5)))
        assert row["status"] == "fails"
        assert row["words"] == (
            "revenue of the year 105.50 is not Q1 10.50 + Q2 20.00 + Q3 30.00 + Q4 40.00 = 100.50: "
            "5.00 too much (4.74%)"
        )

    @pytest.mark.parametrize(("year", "status"), [(102e6, "ok"), (98e6, "ok"), (103e6, "fails")])
    def test_five_figures_in_millions_may_be_off_by_two_and_a_half(self, year, status):
        """Half a million for each quarter and for the year; NVIDIA's fiscal 2016 is off by two in many lines."""
        row = revenue_check(Statements(facts([11e6, 22e6, 33e6, 34e6], year)))
        assert row["status"] == status

    def test_a_year_that_was_restated_is_told_from_one_that_never_agreed(self):
        """The year was 100.5 as its quarters were, and became 105.5 a year later."""
        filed = facts([10.5, 20.0, 30.0, 40.0], 100.5)
        restated = filed.iloc[[-1]].assign(filed=pd.Timestamp("2025-02-15"), value=105.5, accession="next")
        row = revenue_check(Statements(pd.concat([filed, restated])))
        assert row["status"] == "fails"
        assert row["words"].endswith("5.00 too much (4.74%); as first filed they agree")

    def test_the_last_quarters_balance_is_the_years(self):
        """A balance is not summed; quarters that are absent are named."""

        class Views:
            def annual(self):
                return Panel(
                    ("A", "B"), (2023,), {"total_assets": [[50.0], [60.0]], "revenue": [[4.0], [np.nan]]}
                )

            def quarterly(self):
                quarters = ("2023Q2", "2023Q3", "2023Q4")
                return Panel(
                    ("A",), quarters, {"total_assets": [[1.0, 2.0, 45.5]], "revenue": [[1.0] * 3]}, 4
                )

        frame = quality_checks(Views()).frame
        last = frame.xs("fourth_quarter_total_assets", level="check").droplevel("fiscal_year")
        assert last["status"].to_dict() == {"A": "fails", "B": "not known"}
        assert (
            last.loc["A", "words"] == "total_assets of the year 50.00 is not Q4 45.50: 4.50 too much (9.00%)"
        )
        words = frame.xs("quarters_revenue", level="check")["words"].tolist()
        assert words == [
            "revenue of Q1 is not known",
            "revenue of the year, Q1, Q2, Q3 and Q4 are not known",
        ]

    def test_a_company_that_files_years_alone_has_no_quarters_to_compare(self):
        """As foreign private issuers do; the year is checked all the same."""
        years = facts([10.5, 20.0, 30.0, 40.0], 100.5).iloc[[-1]]
        checks = quality_checks(Statements(years)).frame.index.get_level_values("check")
        assert "gross_profit" in checks
        assert not any(check.startswith("quarters") for check in checks)

    def test_infinite_figures_are_not_known(self):
        """In quarters and in years."""

        class Views:
            def annual(self):
                return Panel(("A",), (2023,), {"revenue": [[4.0]], "net_income": [[np.inf]]})

            def quarterly(self):
                quarters = ("2023Q1", "2023Q2", "2023Q3", "2023Q4")
                held = {"revenue": [[1.0, 1.0, 1.0, np.inf]], "net_income": [[1.0] * 4]}
                return Panel(("A",), quarters, held, 4)

        frame = quality_checks(Views()).frame.loc[("A", 2023)]
        assert frame.loc["quarters_revenue", "words"] == "revenue of Q4 is not known"
        assert frame.loc["quarters_net_income", "words"] == "net_income of the year is not known"
