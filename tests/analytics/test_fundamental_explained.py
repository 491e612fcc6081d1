"""Figures explained: formulas, averages and years before, down to what was filed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panels_fundamental import broken, complete, filed

from maos_nb.analytics.explanation import Explanation
from maos_nb.analytics.fundamental._explained import explain
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.ratios import LINES, RATIOS, Ratio, calculate_ratios
from maos_nb.errors import InputError

NAN = float("nan")


class Filing:
    """Tells of each figure of a panel where it was filed."""

    def __init__(self, panel):
        self.panel = panel

    def __call__(self, item, ticker, period):
        """Explain a figure by its filing."""
        row, column = self.panel.position(ticker, period)
        return Explanation(item, self.panel[item][row, column], "USD", origin=f"10-K of {period}")


def traced() -> Panel:
    """Apple and Microsoft with a trace."""
    panel = filed()
    return replace(panel, trace=Filing(panel))


class TestTree:
    def test_goes_down_to_the_filings(self):
        """Apple's return on equity, fiscal 2023, in millions of dollars."""
        assert str(explain(traced(), "roe", "AAPL", 2023)).splitlines() == [
            "roe 171.95% = net_income / avg(shareholders_equity)",
            "├─ net_income 96,995 USD (10-K of 2023)",
            "└─ avg(shareholders_equity) 56,409 USD = (shareholders_equity + shareholders_equity 2022) / 2",
            "   ├─ shareholders_equity 62,146 USD (10-K of 2023)",
            "   └─ shareholders_equity 2022 50,672 USD (10-K of 2022)",
        ]

    def test_goes_through_lines_and_other_ratios(self):
        """Each with its own formula; a figure that is used twice is told once."""
        text = str(explain(traced(), "sustainable_growth", "MSFT", 2023))
        assert "├─ roe 38.82% = net_income / avg(shareholders_equity)" in text
        assert "└─ retention 72.64% = 1 - dividend_payout" in text
        tree = explain(traced(), "cash_conversion_cycle", "AAPL", 2023)
        costs = [item for item in tree.figures() if item.name == "cost_of_revenue"]
        assert len(costs) == 1

    def test_growth_shows_the_two_years(self):
        """And the quotient that it is."""
        tree = explain(traced(), "revenue_growth", "AAPL", 2023)
        assert tree.formula == "revenue / revenue 2022 - 1"
        assert [(item.name, item.value) for item in tree.inputs] == [
            ("revenue", 383285.0),
            ("revenue 2022", 394328.0),
        ]

    def test_a_line_of_the_year_before_has_the_year_in_its_formula(self):
        """Down to its own items."""
        line = explain(traced(), "free_cash_flow_growth", "AAPL", 2023).find("free_cash_flow 2022")
        assert line.formula == "operating_cash_flow 2022 - capital_expenditure 2022"
        assert line.value == 122151 - 10708
        assert line.inputs[1].origin == "10-K of 2022"

    @pytest.mark.parametrize(
        ("balance", "formula", "value"),
        [
            ("begin", "shareholders_equity 2022", 96995 / 50672),
            ("end", "shareholders_equity", 96995 / 62146),
        ],
    )
    def test_balances_at_the_begin_or_the_end(self, balance, formula, value):
        """As for `calculate_ratios`."""
        tree = explain(traced(), "roe", "AAPL", 2023, balance=balance)
        assert tree.value == pytest.approx(value)
        assert tree.inputs[1].formula == formula
        assert len(tree.inputs[1].inputs) == 1

    def test_days_are_shown_as_given(self):
        """They are part of the formula."""
        days = explain(traced(), "days_sales_outstanding", "AAPL", 2023, days=364.0).find("days")
        assert (days.value, days.origin) == (364.0, "given")

    def test_what_was_not_filed_is_shown_before_what_stood_in_for_it(self):
        """Alternatives end where one was taken: with a filed gross profit nothing is subtracted."""
        panel = filed()
        assert [item.name for item in explain(panel, "gross_profit", "AAPL", 2023).inputs] == ["gross_profit"]
        bare = panel.with_values(gross_profit=NAN)
        inputs = explain(bare, "gross_profit", "AAPL", 2023).inputs
        assert [item.name for item in inputs] == ["gross_profit", "revenue", "cost_of_revenue"]
        assert np.isnan(inputs[0].value)
        priced = panel.with_values(price=100.0, shares_outstanding=10.0)
        price = explain(priced, "pe", "AAPL", 2023).find("price")
        assert [(item.name, item.value) for item in price.inputs] == [("price", 100.0)]

    def test_an_item_and_a_line_may_be_asked_for_too(self):
        """An item is the leaf itself."""
        assert explain(traced(), "net_income", "AAPL", 2023).origin == "10-K of 2023"
        assert explain(traced(), "nopat", "AAPL", 2023).formula == "operating_income * (1 - tax_rate)"

    def test_a_row_of_ones_own(self):
        """With its unit and formula; compound averages and functions are opened."""
        own = Ratio("own", "abs(avg(total_debt - liquid_funds)) / prev(revenue)", "own", "rate")
        tree = explain(traced(), own, "AAPL", 2023)
        assert tree.formula == "abs(avg(total_debt - liquid_funds)) / revenue 2022"
        mean = tree.inputs[0]
        assert mean.formula == "(total_debt - liquid_funds + total_debt 2022 - liquid_funds 2022) / 2"
        debt = 15807 + 95281 - 29965 - 31590 + 21110 + 98959 - 23646 - 24658
        assert mean.value == debt / 2
        assert tree.value == debt / 2 / 394328

    def test_an_average_may_be_used_twice_and_of_the_year_before(self):
        """It is made once; the one of the year before has no balance before it."""
        own = Ratio("own", "avg(total_assets) / prev(avg(total_assets)) + avg(total_assets)")
        tree = explain(traced(), own, "AAPL", 2023)
        assert [item.name for item in tree.inputs] == ["avg(total_assets)", "avg(total_assets) 2022"]
        assert tree.inputs[1].inputs[1].origin == "before the first period"
        first = explain(traced(), own, "AAPL", 2022)
        assert np.isnan(first.find("avg(total_assets) 2021").value)

    def test_a_row_that_is_named_as_an_item_means_that_item(self):
        """An average of the filed assets, not of averages, after an alternative that is not defined."""
        own = Ratio(
            "total_assets", "first(1 / (total_assets - total_assets), avg(total_assets))", unit="money"
        )
        tree = explain(traced(), own, "AAPL", 2023)
        mean = tree.find("avg(total_assets)")
        assert tree.value == mean.value == (352755 + 352583) / 2
        assert [item.value for item in mean.inputs] == [352583, 352755]


class TestNotKnown:
    def test_is_shown_as_not_known(self):
        """With the item that is missing."""
        text = str(explain(filed(), "fixed_asset_turnover", "AAPL", 2022))
        assert "fixed_asset_turnover n/a times = revenue / avg(property_plant_equipment)" in text
        assert "property_plant_equipment 2021 n/a (before the first period)" in text
        assert "retained_earnings n/a USD (not known)" in str(
            explain(filed(), "retained_earnings_to_assets", "AAPL", 2023)
        )

    def test_a_zero_denominator_is_said(self):
        """Every input is known, and yet there is no value."""
        panel = Panel(("A",), (2023,), {"operating_income": [[5.0]], "interest_expense": [[0.0]]})
        tree = explain(panel, "interest_coverage", "A", 2023)
        assert np.isnan(tree.value)
        assert tree.origin == "not defined"

    def test_a_negative_denominator_is_said(self):
        """Beside the value."""
        panel = Panel(("A",), (2023,), {"net_income": [[5.0]], "shareholders_equity": [[-10.0]]})
        tree = explain(panel, "roe", "A", 2023, balance="end")
        assert (tree.value, tree.origin) == (-0.5, "negative denominator")

    def test_quarters_before_the_first_have_no_name_of_their_own(self):
        """They are before the first quarter."""
        panel = Panel(("A",), ("2023Q1", "2023Q2"), {"revenue": [[1.0, 2.0]]}, 4)
        tree = explain(panel, "revenue_growth", "A", "2023Q2")
        assert tree.inputs[1].name == "revenue before 2023Q1"


class TestAgainstTheRatios:
    @pytest.mark.parametrize("metric", [*RATIOS, *LINES, *FIELDS])
    def test_the_root_is_the_ratio_and_the_leaves_are_figures_of_the_panel(self, metric):
        """Whatever the metric, with everything known and with holes, in the first and in the last year."""
        for panel in (complete(), broken(3)):
            for period in (panel.periods[0], panel.periods[-1]):
                tree = explain(panel, metric, "C1", period)
                row, column = panel.position("C1", period)
                assert tree.value == pytest.approx(
                    calculate_ratios(panel, metric)[metric][row, column], rel=1e-12, nan_ok=True
                )
                leaves = [item for item in tree.figures() if not item.inputs and item.name != "days"]
                for leaf in leaves:
                    is_before = leaf.origin == "before the first period"
                    assert is_before or (
                        leaf.name.split(" ")[0] in FIELDS and leaf.origin in ("given", "not known")
                    )

    def test_html_holds_the_tree(self):
        """As for every Explanation."""
        assert (
            "<code>net_income / avg(shareholders_equity)</code>"
            in explain(traced(), "roe", "AAPL", 2023)._repr_html_()
        )


class TestRefusing:
    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"metric": 5}, "metric: .*int"),
            ({"metric": "roes"}, "metric: there is no 'roes'. Alike: roe"),
            ({"ticker": "NVDA"}, "ticker: 'NVDA' is not here. Here: AAPL, MSFT"),
            ({"period": 2024}, "period: 2024 is not here. Here: 2022 to 2023"),
            ({"balance": "mean"}, "balance"),
            ({"days": -1}, "days"),
            ({"panel": None}, "panel"),
        ],
    )
    def test_impossible_input(self, arguments, named):
        """The message names the argument."""
        given = {"panel": filed(), "metric": "roe", "ticker": "AAPL", "period": 2023, **arguments}
        with pytest.raises(InputError, match=named):
            explain(**given)
