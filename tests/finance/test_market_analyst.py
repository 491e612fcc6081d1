"""The market analysis as a user meets it: words in, plain values out, through an agent and through a kernel."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import subprocess
import sys
from typing import Any

import pytest
from finance_cases import AAPL
from hypothesis import given, settings
from hypothesis import strategies as st
from market_cases import KEYS, SEED, numbers_without_evidence, statements

from maos_nb import AgentKernel, FinancialAnalystAgent, Task
from maos_nb.agents.routing import best_capability
from maos_nb.analytics.technical.signals import evaluate_signal, onset
from maos_nb.errors import RoutingError

DAYS = ("1990-03-02", "1993-05-03", "2000-03-24", "2008-11-20", "2017-10-02", "2020-03-20", "2022-12-28")


def do(description: str = SEED, agent: FinancialAnalystAgent | None = None, **parameters: Any) -> Any:
    """Do a task by a direct call."""
    task = Task(description=description, task_type="market_analysis", parameters=parameters)
    return asyncio.run((agent or FinancialAnalystAgent()).analyze_market_conditions(task))


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """Give the results of several days."""
    return {day: do(as_of=day) for day in DAYS}


class TestResult:
    """What comes out."""

    def test_plain_words_are_enough(self) -> None:
        """The tutorial's own example, on the bundled samples."""
        result = do()
        assert result.status == "COMPLETED"
        assert set(result.result) == KEYS
        assert result.metadata["analysis_date"] == "2022-12-28"
        assert result.metadata["ignored"] == []
        assert result.result["market_overview"]["trend"] == "down"

    @pytest.mark.parametrize("day", DAYS)
    def test_every_number_in_words_stands_beside_them(self, day: str, results: dict[str, Any]) -> None:
        """At the digits shown; nothing in words is not a number, a name, or a date of the evidence."""
        found = list(statements(results[day].result))
        assert len(found) >= 10
        for said in found:
            assert said["evidence"]
            assert numbers_without_evidence(said) == [], said["statement"]

    def test_the_check_of_numbers_can_fail(self) -> None:
        """A wrong digit, a missing number and a wrong sign are found."""
        evidence = {"share": -0.256, "n": 1234, "day": "2020-03-20"}
        right = {"statement": "By 2020-03-20 it is -25.6% of 1,234.", "evidence": evidence}
        assert numbers_without_evidence(right) == []
        for words in ("It is -25.7%.", "It is 25.6%.", "By 2020-03-21.", "Of 1,235.", "It is -0.26%."):
            assert numbers_without_evidence({"statement": words, "evidence": evidence})

    @pytest.mark.parametrize("day", DAYS)
    def test_the_result_is_plain_enough_for_json(self, day: str, results: dict[str, Any]) -> None:
        """Text out, the same values back in, and no NaN."""
        plain = results[day].to_dict()
        assert json.loads(json.dumps(plain, allow_nan=False))["result"] == results[day].result

    @pytest.mark.parametrize("day", DAYS)
    def test_confidence_is_the_mean_of_its_parts(self, day: str, results: dict[str, Any]) -> None:
        """Each between 0 and 1."""
        metadata = results[day].metadata
        parts = metadata["confidence_parts"]
        assert set(parts) == {"evidence", "agreement", "history"}
        assert all(0 <= part <= 1 for part in parts.values())
        assert metadata["confidence_level"] == pytest.approx(sum(parts.values()) / 3)

    def test_every_measure_has_its_unit_day_and_source(self, results: dict[str, Any]) -> None:
        """And a place in its past from 0 to 1 where it has one."""
        for day, result in results.items():
            for group in ("technical_indicators", "fundamental_metrics"):
                for item in result.result[group]["measures"].values():
                    assert item["unit"]
                    assert item["source"]
                    assert item["as_of"] <= day
                    assert item["percentile"] is None or 0 <= item["percentile"] <= 1

    def test_sources_are_named_with_their_days(self, results: dict[str, Any]) -> None:
        """All five; the curve of the samples is too old in 2022."""
        sources = {item["data"]: item for item in results["2022-12-28"].metadata["data_sources"]}
        assert set(sources) == {"closes", "volatility_index", "treasury_yield", "yield_curve", "earnings"}
        assert sources["yield_curve"]["as_of"] == "2017-03-29"
        assert [name for name, item in sources.items() if not item["is_fresh"]] == ["yield_curve"]

    def test_risks_and_opportunities_follow_from_figures(self, results: dict[str, Any]) -> None:
        """The trend is one of the two and never both."""
        for result in results.values():
            risks = {item["name"] for item in result.result["risk_factors"]}
            chances = {item["name"] for item in result.result["opportunities"]}
            trend = result.result["market_overview"]["trend"]
            assert ("down_trend" in risks) == (trend == "down")
            assert ("up_trend" in chances) == (trend == "up")
            assert not {"new_lows", "up_trend"} & chances & risks

    def test_the_base_rate_of_a_screen_is_that_of_its_signal(
        self, samples: Any, results: dict[str, Any]
    ) -> None:
        """Beginnings of the condition, as `evaluate_signal` counts them, with closes up to the day."""
        screens = results["2017-10-02"].result["technical_indicators"]["screens"]
        said = next(item for item in screens if item["name"] == "rising_momentum")
        closes = samples.prices(
            list(results["2017-10-02"].result["technical_indicators"]["stocks"]), end="2017-10-02"
        ).frame
        gain = closes / closes.shift(63) - 1
        signal = (closes > closes.rolling(200).mean()) & (gain > 0) & (gain > gain.shift(21))
        assert said["stocks"] == list(closes.columns[signal.iloc[-1]])
        outcome = evaluate_signal(onset(signal), closes, 252, split=None).find(252, sample="all")
        evidence = said["base_rate"]["evidence"]
        assert evidence["n_signals"] == outcome.n_signals
        assert evidence["hit_rate"] == pytest.approx(outcome.hit_rate)
        assert evidence["base_hit_rate"] == pytest.approx(outcome.base_hit_rate)

    def test_the_same_task_gives_the_same_result(self, results: dict[str, Any]) -> None:
        """Whoever asks."""
        assert do(as_of="2008-11-20").result == results["2008-11-20"].result

    @settings(max_examples=15, deadline=None)
    @given(st.dates(min_value=dt.date(1990, 1, 2), max_value=dt.date(2022, 12, 28)), st.integers(1, 120))
    def test_any_day_and_horizon_give_an_answer_backed_by_numbers(self, day: Any, horizon: int) -> None:
        """From the first close on."""
        result = do(as_of=day, horizon_months=horizon, tickers=("KO", "XOM"))
        json.dumps(result.unwrap(), allow_nan=False)
        assert all(not numbers_without_evidence(said) for said in statements(result.result))
        assert result.metadata["analysis_date"] <= day.isoformat()

    @pytest.mark.parametrize(
        ("description", "parameters", "words"),
        [
            (SEED, {"as_of": "1980-01-01"}, "The sample holds 1990-01-02"),
            (SEED, {"tickers": "TSLA"}, "tickers: there are no closes of 'TSLA'"),
            (SEED, {"horizon": 3}, "is no input of a market analysis"),
            ("Market outlook for 3 months and for 6 months", {}, "contradicts itself"),
            ("", {}, "description: is empty"),
        ],
    )
    def test_a_bad_task_fails_with_words_that_help(
        self, description: str, parameters: dict[str, Any], words: str
    ) -> None:
        """And not by raising."""
        result = do(description, **parameters)
        assert result.status == "FAILED"
        assert words in result.error


class TestRouting:
    """Which words lead to which capability."""

    @pytest.mark.parametrize(
        "description",
        [
            SEED,
            "market outlook as of 2020-03-20 for six months",
            "What is the state of the market?",
            "How broad is market breadth, and what is the volatility regime?",
            "Are we in a bull market or a bear market?",
            "Market sentiment and outlook for the next quarter",
            "Forecast: market outlook for the S&P 500",
        ],
    )
    def test_words_of_the_market_lead_to_the_market(self, description: str) -> None:
        """Without a task type."""
        assert routed(description) == "market_analysis"

    @pytest.mark.parametrize(
        "description",
        [
            AAPL,
            "Value AAPL with a 5-year DCF at a WACC of 8.5%",
            "Create DCF model for tech startup with 5-year projection",
            "What is AAPL worth on the market?",
            "Value MSFT at its market price of $300 and a market risk premium of 5%",
            "Value a startup in the total market with revenue of $5 million and market growth of 10%",
            "Value NVDA with a volatility of 40%",
            "Fair value of AAPL under current conditions, with trend growth of 2%",
            "NPV and IRR of buying AAPL",
            "Forecast of cash flows of MSFT over 10 years",
        ],
    )
    def test_words_of_a_valuation_lead_to_a_valuation(self, description: str) -> None:
        """As they did before there was another capability."""
        assert routed(description) == "financial_modeling"

    def test_through_a_kernel_it_is_the_same(self) -> None:
        """Both capabilities of one agent, chosen by their words."""

        async def both() -> list[Any]:
            async with AgentKernel() as kernel:
                await kernel.spawn(FinancialAnalystAgent)
                return [await kernel.submit(SEED), await kernel.submit(AAPL)]

        market, model = asyncio.run(both())
        assert market.metadata["capabilities_used"] == ["market_analysis"]
        assert market.result == do().result
        assert model.metadata["capabilities_used"] == ["financial_modeling"]

    def test_words_of_neither_are_refused(self) -> None:
        """Rather than guessed at."""
        with pytest.raises(RoutingError):
            routed("hello")

    def test_an_agent_starts_without_numpy_and_pandas(self) -> None:
        """They are loaded by the first task, in its worker."""
        code = (
            "import sys; from maos_nb import FinancialAnalystAgent; FinancialAnalystAgent(); "
            "print([name for name in ('numpy', 'pandas', 'scipy', 'numba') if name in sys.modules])"
        )
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert found.stdout.strip() == "[]"


def routed(description: str) -> str:
    """Give the capability that a description is meant for."""
    agent = FinancialAnalystAgent()
    return best_capability(description, agent.capabilities.values()).name
