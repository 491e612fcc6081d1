"""What the statements say beside a valuation, and what they put in doubt."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest
from finance_cases import AAPL, EditedSource

from maos_nb.finance.analyst import FinancialAnalystAgent
from maos_nb.finance.judgement import risks
from maos_nb.finance.report_parts import report_parts
from maos_nb.finance.results import financial_model
from maos_nb.types import Task


@pytest.fixture(scope="module")
def apple(valued: Any) -> dict[str, Any]:
    """Give the fundamental metrics of Apple, valued on its statements of fiscal 2022."""
    return financial_model(valued(AAPL))["fundamental_metrics"]


class TestMetrics:
    """Ratios of the last filed year, against figures of Apple's annual report for fiscal 2022."""

    @pytest.mark.parametrize(
        ("group", "name", "expected"),
        [
            ("growth", "revenue_growth", 394_328 / 365_817 - 1),
            ("growth", "eps_growth", 6.11 / 5.61 - 1),
            ("quality", "roe", 99_803 / ((50_672 + 63_090) / 2)),
            ("quality", "operating_margin", 119_437 / 394_328),
            ("quality", "cash_conversion", 122_151 / 99_803),
            ("solvency", "interest_coverage", 119_437 / 2_931),
            ("solvency", "debt_to_equity", (21_110 + 98_959) / 50_672),
            ("solvency", "current_ratio", 135_405 / 153_982),
        ],
    )
    def test_is_what_the_filed_figures_give_by_hand(self, apple, group, name, expected):
        """In millions of dollars, read in the filing."""
        assert apple["fiscal_year"] == 2022
        assert apple[group][name]["value"] == pytest.approx(expected, rel=1e-12)

    def test_says_its_formula_and_how_many_figures_were_known(self, apple):
        """Return on equity needs three figures."""
        roe = apple["quality"]["roe"]
        assert roe["formula"] == "net_income / avg(shareholders_equity)"
        assert (roe["n_available"], roe["n_inputs"]) == (3, 3)
        assert roe["title"] == "return on equity"

    def test_a_figure_that_was_not_filed_leaves_its_ratio_unknown(self, valued):
        """None in the result, and the count tells why."""
        source = EditedSource({(2022, "interest_expense"): math.nan})
        found = financial_model(valued(AAPL, source))["fundamental_metrics"]["solvency"]["interest_coverage"]
        assert (found["value"], found["n_available"], found["n_inputs"]) == (None, 1, 2)

    def test_of_a_startup_without_statements_there_are_none(self, valued):
        """The key is left out, and with it the doubts and the tables."""
        valuation = valued("Create DCF model for tech startup with 5-year projection")
        assert "fundamental_metrics" not in financial_model(valuation)

    def test_counts_before_a_split_are_held_against_those_after_it(self, valued):
        """NVIDIA split 10:1 in June 2024; its shares of fiscal 2025 are no ten times those of 2024."""
        found = financial_model(valued("Value NVDA as of 2025-03-31"))["fundamental_metrics"]
        assert abs(found["growth"]["share_count_growth"]["value"]) < 0.05
        assert found["growth"]["eps_growth"]["value"] == pytest.approx(2.94 / 1.19 - 1, abs=0.01)


class TestScores:
    """Published scores, each with its zone."""

    def test_the_market_value_is_that_of_the_valuations_date(self, apple, valued):
        """Altman's fourth ratio takes price times shares outstanding over liabilities."""
        valuation = valued(AAPL)
        market = valuation.price * valuation.evidence.history.last("shares_outstanding")
        z = (
            1.2 * (135_405 - 153_982) / 352_755
            + 1.4 * -3_068 / 352_755
            + 3.3 * 119_437 / 352_755
            + 0.6 * market / 302_083e6
            + 0.999 * 394_328 / 352_755
        )
        assert apple["scores"]["altman_z"]["score"] == pytest.approx(z, rel=1e-9)
        assert apple["scores"]["altman_z"]["zone"] == "safe"

    def test_all_of_them_can_be_written_as_json(self, apple):
        """No NaN, and nothing but plain values."""
        json.dumps(apple, allow_nan=False)
        assert all(item["source"] and item["n_inputs"] > 0 for item in apple["scores"].values())

    def test_distance_to_default_takes_the_volatility_of_the_year_before(self, apple, valued):
        """252 daily returns of Apple's up to the end of 2022."""
        assert valued(AAPL).evidence.volatility == pytest.approx(0.3545, abs=1e-4)
        assert apple["scores"]["merton"]["verdict"] == "good"


class TestDoubts:
    """What the statements put in doubt."""

    @pytest.mark.parametrize(
        ("edits", "words"),
        [
            ({(2022, "operating_cash_flow"): 50e9}, "50% of fiscal 2022's net income as cash"),
            ({(2022, "interest_expense"): 60e9}, "Operating income is 2.0 times interest"),
            ({(2022, "shareholders_equity"): -5e9}, "Shareholders' equity is negative"),
            ({(2022, "total_assets"): 400_000e6}, "do not agree with themselves: total_assets"),
            ({(2022, "retained_earnings"): -2_000e9}, "Altman's Z of"),
        ],
    )
    def test_is_told_where_the_figures_say_so(self, valued, edits, words):
        """Each in the figures that it rests on."""
        found = risks(valued(AAPL, EditedSource(edits)))["doubts"]
        assert any(words in sentence for sentence in found), found

    def test_is_silent_where_they_do_not(self, valued):
        """Apple of fiscal 2022 covers its interest, has equity, and brings its profit in."""
        found = " ".join(risks(valued(AAPL))["doubts"])
        for words in ("net income as cash", "times interest,", "equity is negative", "agree with themselves"):
            assert words not in found

    def test_growth_that_has_slowed_is_told(self, valued):
        """Five years' growth of 11.5% a year, and 7.8% in the last."""
        assert (
            "Revenue grew by 7.8% in fiscal 2022; the projection starts from 11.5% a year."
            in (risks(valued(AAPL))["doubts"])
        )
        given = risks(valued(AAPL, revenue_growth=0.3))["doubts"]
        assert not any(sentence.startswith("Revenue grew by") for sentence in given)


class TestAssumptions:
    """Growth, quality and solvency in the drivers."""

    def test_growth_and_margin_say_what_the_last_year_and_the_cash_flow_say(self, valued):
        """(80,674 + 104,038 + 122,151) / (57,411 + 94,680 + 99,803) of cash on profit."""
        found = valued(AAPL).assumptions
        assert ", 7.8% in the last; " in found["revenue_growth"].source
        assert "operating cash flow was 1.22 times net income" in found["operating_margin"].source

    def test_with_one_year_of_revenue_growth_is_what_retained_profit_pays_for(self, valued):
        """Net income less dividends over equity, held at the limit of 30%."""
        edits = {(year, "revenue"): math.nan for year in range(2009, 2022)}
        growth = valued(AAPL, EditedSource(edits)).assumptions["revenue_growth"]
        assert growth.value == 0.30
        expected = (99_803 - 14_841) / 50_672
        assert growth.source.startswith(f"limited to 30% from {expected:.1%}: net income less dividends")


class TestReport:
    """The tables of page and terminal."""

    def test_shows_every_metric_and_score(self):
        """Titles in words, values in their unit."""
        task = Task(description=AAPL)
        result = asyncio.run(FinancialAnalystAgent().create_financial_model(task))
        ratios, scores = report_parts(result).fundamentals
        assert ("Return on equity", "Quality", "175.5%") in {row[:3] for row in ratios.rows}
        assert ("Piotroski's F", "6.00", "middling", "9 of 9") in {row[:4] for row in scores.rows}
