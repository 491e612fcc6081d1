"""Screens: who passes, who fails, and who cannot be judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels_fundamental import broken, filed

from maos_nb.analytics.fundamental._screen import screen
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.ratios import RATIOS, calculate_ratios
from maos_nb.errors import InputError

NAN = float("nan")


def judged(found):
    """The companies of each of the three frames."""
    return [list(frame.index) for frame in (found.passed, found.failed, found.unknown)]


class TestPanel:
    def test_apple_and_microsoft_in_fiscal_2023(self):
        """Microsoft has grown and owes little; Apple's revenue fell and its debt is above its equity."""
        found = screen(filed(), "roe > 0.15 and debt_to_equity < 1 and revenue_growth > 0.05")
        assert judged(found) == [["MSFT"], ["AAPL"], []]
        assert found.periods.to_dict() == {"AAPL": 2023, "MSFT": 2023}
        expected = {
            "roe": 72361 / ((166542 + 206223) / 2),
            "debt_to_equity": (5247 + 41990) / 206223,
            "revenue_growth": 211915 / 198270 - 1,
        }
        assert found.passed.loc["MSFT"].to_dict() == pytest.approx(expected)

    def test_another_period_and_other_balances(self):
        """The first year has no averages, but balances at its end."""
        assert judged(screen(filed(), "roe > 1", 2022)) == [[], [], ["AAPL", "MSFT"]]
        assert judged(screen(filed(), "roe > 1", 2022, balance="end")) == [["AAPL"], ["MSFT"], []]

    def test_a_condition_may_look_at_the_year_before(self):
        """A margin that has risen, and a chain of comparisons."""
        assert judged(screen(filed(), "gross_margin > prev(gross_margin)"))[0] == ["AAPL", "MSFT"]
        assert judged(screen(filed(), "0.2 < net_margin <= 0.3 and growth(net_income) < 0"))[0] == ["AAPL"]

    def test_lines_items_and_arithmetic(self):
        """Whatever a formula may use."""
        found = screen(filed(), "free_cash_flow / net_income > 1 and operating_cash_flow > 100000")
        assert judged(found)[0] == ["AAPL"]
        assert list(found.passed.columns) == ["free_cash_flow", "net_income", "operating_cash_flow"]

    def test_each_company_is_judged_by_its_latest_year(self):
        """B has not closed its 2023, and C has filed nothing since 2021, so that it is not judged."""
        values = {
            "net_income": [[1.0, 2.0, 3.0], [1.0, 2.0, NAN], [3.0, NAN, NAN], [NAN, NAN, NAN]],
            "price": np.ones((4, 3)),
        }
        panel = Panel(("A", "B", "C", "D"), (2021, 2022, 2023), values)
        found = screen(panel, "net_income > 1")
        assert judged(found) == [["A", "B"], [], ["C", "D"]]
        assert found.periods.tolist() == [2023, 2022, 2023, 2023]
        assert repr(found) == "<Screen 'net_income > 1' in 2022 to 2023: 2 passed, 0 failed, 2 unknown>"
        table = calculate_ratios(panel, ["net_income"]).frame
        assert judged(screen(table, "net_income > 1")) == judged(found)
        assert judged(screen(panel, "net_income > 1", 2023)) == [["A"], [], ["B", "C", "D"]]

    def test_the_latest_quarter_may_be_four_before_the_last(self):
        """And no more."""
        quarters = ("2022Q3", "2022Q4", "2023Q1", "2023Q2", "2023Q3", "2023Q4")
        revenue = np.full((3, 6), NAN)
        revenue[[0, 1, 2], [5, 1, 0]] = 1.0
        panel = Panel(("A", "B", "C"), quarters, {"revenue": revenue}, 4)
        found = screen(panel, "revenue > 0")
        assert judged(found) == [["A", "B"], [], ["C"]]
        assert judged(screen(panel.to_frame(), "revenue > 0")) == judged(found)

    @settings(max_examples=20, deadline=None)
    @given(
        st.builds(broken, st.integers(0, 2**32 - 1), st.just(6)),
        st.sampled_from(sorted(RATIOS)),
        st.floats(-1, 2),
    )
    def test_every_company_is_told_once_and_as_its_ratio_says(self, panel, name, limit):
        """Passed above the limit, failed up to it, unknown where it is NaN or over less than nothing; the opposite swaps the first two."""
        ratios = calculate_ratios(panel, name)
        values = np.where(ratios.negative[0, :, -1], np.nan, ratios[name][:, -1])
        found = judged(screen(panel, f"{name} > {limit!r}"))
        places = (values > limit, values <= limit, np.isnan(values))
        assert found == [[panel.tickers[row] for row in np.flatnonzero(place)] for place in places]
        assert judged(screen(panel, f"not {name} > {limit!r}")) == [found[1], found[0], found[2]]


class TestUnknown:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("a > 1", 2),
            ("a > 1 and b > 1", 2),
            ("a > 1 and b > 3", 1),
            ("b > 3 and a > 1", 1),
            ("a > 1 or b > 1", 0),
            ("a > 1 or b > 3", 2),
            ("not a > 1", 2),
            ("not (a > 1 and b > 3)", 0),
            ("a == a", 2),
            ("a != a", 2),
            ("known(a, b) == 2", 0),
            ("b / 0 > 1", 2),
        ],
    )
    def test_only_what_would_decide(self, condition, expected):
        """Figure a is not known and b is 2: 0 is passed, 1 failed and 2 unknown."""
        found = judged(screen(pd.DataFrame({"a": [NAN], "b": [2.0]}, index=["X"]), condition))
        assert found.index(["X"]) == expected


class TestTable:
    def test_rows_by_ticker(self):
        """Columns of any name; there is no period."""
        table = pd.DataFrame({"score": [7, 3], "size": [1.0, 2.0]}, index=["A", "B"])
        found = screen(table, "score >= 5")
        assert judged(found) == [["A"], ["B"], []]
        assert list(found.passed.columns) == ["score"]
        assert repr(found) == "<Screen 'score >= 5': 1 passed, 1 failed, 0 unknown>"

    def test_rows_by_ticker_and_year(self):
        """Ratios as they were computed; the last year, or another."""
        found = calculate_ratios(filed(), ["roe", "debt_to_equity"])
        condition = "roe > 0.15 and debt_to_equity < 1"
        assert judged(screen(found.frame, condition)) == judged(screen(filed(), condition))
        assert judged(screen(found, condition, 2022)) == judged(screen(filed(), condition, 2022))

    def test_periods_may_be_dates(self):
        """As they are in a table of prices."""
        days = pd.to_datetime(["2023-06-30", "2023-09-30"])
        index = pd.MultiIndex.from_product([["A"], days])
        found = screen(pd.DataFrame({"roe": [0.1, 0.2]}, index=index), "roe > 0.15")
        assert judged(found) == [["A"], [], []]
        assert found.periods.tolist() == [days[1]]

    def test_a_company_without_a_row_in_the_period_cannot_be_judged(self):
        """It is not left out."""
        index = pd.MultiIndex.from_tuples([("A", 2022), ("B", 2022), ("B", 2023)])
        found = screen(pd.DataFrame({"roe": [0.3, 0.1, 0.2]}, index=index), "roe > 0.15", 2023)
        assert judged(found) == [["B"], [], ["A"]]

    def test_a_table_of_items_is_a_panel(self):
        """Where the condition names what is computed from them."""
        index = pd.MultiIndex.from_tuples([("A", 2023), ("B", 2023)])
        table = pd.DataFrame({"net_income": [2.0, 1.0], "revenue": [10.0, 10.0]}, index=index)
        assert judged(screen(table, "net_margin > 0.15"))[0] == ["A"]

    def test_an_infinite_figure_is_not_known(self):
        """As in a panel."""
        assert judged(screen(pd.DataFrame({"a": [np.inf]}, index=["X"]), "a > 1")) == [[], [], ["X"]]


class TestRecord:
    def test_is_short_when_shown(self):
        """The condition, the period and how many; as HTML with the companies that passed."""
        found = screen(filed(), "roe>0.15")
        assert repr(found) == "<Screen 'roe > 0.15' in 2023: 2 passed, 0 failed, 0 unknown>"
        assert "roe &gt; 0.15" in found._repr_html_()
        assert "MSFT" in found._repr_html_()


class TestRefusing:
    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"expression": "roe"}, "expression: expected a condition such as 'roe > 0.15', got 'roe'"),
            ({"expression": "1 > 0"}, "expression: expected a name"),
            ({"expression": "roes > 1"}, "expression: there is no 'roes'. Alike: roe"),
            ({"expression": "__import__('os').system('ls') > 1"}, "expression: cannot read"),
            ({"expression": "roe.real > 1"}, "expression: cannot read"),
            ({"expression": "(lambda: 1)() > 1"}, "expression: cannot read"),
            ({"expression": "roe > 9**9**9"}, r"expression: cannot use \*\*"),
            ({"expression": "roe > 1 and " * 400 + "roe > 1"}, "expression: expected up to"),
            ({"expression": 1}, "expression: .*int"),
            ({"period": 1999}, "period: 1999 is not here"),
            ({"balance": "mean"}, "balance"),
            ({"days": 0}, "days"),
            ({"values": 5}, "values: .*int"),
        ],
    )
    def test_impossible_input_for_a_panel(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            screen(**{"values": filed(), "expression": "roe > 0.1", **arguments})

    @pytest.mark.parametrize(
        ("table", "arguments", "named"),
        [
            (pd.DataFrame({"x": [1.0]}, index=["A"]), {"expression": "y > 1"}, "there is no 'y'. Known: x"),
            (
                pd.DataFrame({"x": [1.0]}, index=["A"]),
                {"expression": "prev(x) > 1"},
                r"prev\(...\) needs other",
            ),
            (pd.DataFrame({"x": [1.0]}, index=["A"]), {"period": 2023}, "period: expected none"),
            (pd.DataFrame({"x": []}, index=[]), {}, "values: expected rows by ticker"),
            (pd.DataFrame({"x": [1.0, 2.0]}, index=["A", "A"]), {}, "values: a company is there twice"),
            (pd.DataFrame({"x": ["high"]}, index=["A"]), {}, "x: expected"),
        ],
    )
    def test_impossible_input_for_a_table(self, table, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            screen(table, **{"expression": "x > 1", **arguments})

    def test_a_period_that_no_row_has(self):
        """The message says which there are."""
        index = pd.MultiIndex.from_tuples([("A", 2022), ("A", 2023)])
        with pytest.raises(InputError, match=r"period: 2020 is not here\. Here: 2022 to 2023"):
            screen(pd.DataFrame({"x": [1.0, 2.0]}, index=index), "x > 1", 2020)


def test_a_panel_of_one_company_without_a_name():
    """Years alone as an index give a company whose ticker is empty."""
    panel = Panel.from_frame(pd.DataFrame({"net_income": [1.0], "revenue": [2.0]}, index=pd.Index([2023])))
    assert judged(screen(panel, "net_margin == 0.5")) == [[""], [], []]


class TestNegativeDenominators:
    """Ratios that cannot be compared pass nobody."""

    LOSS_ON_NEGATIVE_EQUITY = Panel(
        ("A", "B"),
        (2023,),
        {
            "net_income": [[-5.0], [20.0]],
            "shareholders_equity": [[-10.0], [100.0]],
            "long_term_debt": [[50.0], [50.0]],
        },
    )

    @pytest.mark.parametrize(
        "made", [lambda panel: panel, lambda panel: calculate_ratios(panel, balance="end")]
    )
    def test_a_loss_on_negative_equity_is_no_high_return(self, made):
        """-5 over -10 is 50%, and debt over equity of -5 is below 1."""
        found = screen(made(self.LOSS_ON_NEGATIVE_EQUITY), "roe > 0.15 and debt_to_equity < 1", balance="end")
        assert found.passed.index.tolist() == ["B"]
        assert found.unknown.index.tolist() == ["A"]

    def test_what_fails_otherwise_fails(self):
        """A condition that is false decides whatever the others are."""
        found = screen(self.LOSS_ON_NEGATIVE_EQUITY, "roe > 0.15 and net_income > 0", balance="end")
        assert found.failed.index.tolist() == ["A"]
