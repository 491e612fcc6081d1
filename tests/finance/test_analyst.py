"""The agent as a user meets it: directly, through execute_task, through a kernel."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest
from finance_cases import AAPL, EditedSource

from maos_nb import AgentKernel, FinancialAnalystAgent, Task
from maos_nb.errors import MissingDataError, RequestError

KEYS = {
    *("model_type", "financial_projections", "key_assumptions"),
    *("sensitivity_analysis", "recommendations", "risk_assessment"),
}


def do(task: Task, agent: FinancialAnalystAgent | None = None) -> Any:
    """Do a task by a direct call."""
    return asyncio.run((agent or FinancialAnalystAgent()).create_financial_model(task))


def modeling(description: str, **parameters: Any) -> Task:
    """Make a modelling task."""
    return Task(description=description, task_type="financial_modeling", parameters=parameters)


def test_a_startup_is_modelled_and_trusted_more_than_not() -> None:
    """The tutorial's own example."""
    result = do(modeling("Create DCF model for tech startup with 5-year projection"))
    assert result.status == "COMPLETED"
    assert set(result.result) >= KEYS
    assert 0.5 < result.metadata["confidence_score"] < 1
    assert len(result.result["financial_projections"]["revenue"]) == 5


def test_an_agent_is_idle_before_and_after_a_task() -> None:
    """Whatever became of it."""
    agent = FinancialAnalystAgent("test_financial_analyst_001")
    assert agent.state == "IDLE"
    assert do(modeling("Test task for lifecycle validation"), agent).status == "FAILED"
    assert agent.state == "IDLE"


def test_only_what_works_is_declared() -> None:
    """Risk assessment comes with later work."""
    assert sorted(FinancialAnalystAgent().get_capabilities()) == ["financial_modeling", "market_analysis"]


def test_an_empty_task_is_refused_before_the_method_runs() -> None:
    """The error says what to give."""
    result = do(Task(task_id="invalid_test", description="", task_type="financial_modeling"))
    assert result.status == "FAILED"
    assert "description: is empty" in result.error


def test_directly_through_execute_task_and_through_a_kernel_it_is_the_same() -> None:
    """Only the time that it took differs."""

    async def three_ways() -> list[Any]:
        agent = FinancialAnalystAgent()
        task = modeling(AAPL)
        direct = await agent.create_financial_model(task)
        executed = await agent.execute_task(task)
        async with AgentKernel() as kernel:
            await kernel.spawn(FinancialAnalystAgent)
            submitted = await kernel.submit(task)
        return [direct, executed, submitted]

    results = asyncio.run(three_ways())
    first = results[0].to_dict()["result"]
    assert all(result.to_dict()["result"] == first for result in results)
    for result in results:
        assert result.metadata["capabilities_used"] == ["financial_modeling"]
        assert result.metadata["agent_type"] == "financial_analyst"
        assert result.metadata["processing_time"] > 0


def test_net_income_is_revenue_less_all_expenses() -> None:
    """Of every projected year; interest is that on today's debt."""
    result = do(modeling(AAPL)).result
    lines = result["financial_projections"]
    assert lines["year"] == [2023, 2024, 2025, 2026, 2027]
    for revenue, expenses, income in zip(
        lines["revenue"], lines["expenses"], lines["net_income"], strict=True
    ):
        assert revenue - expenses == pytest.approx(income)
    tax_rate = result["key_assumptions"]["tax_rate"]["value"]
    # Interest of the year over the mean of its debt, on the debt at its end.
    interest = 2_931e6 * 120_069 / ((124_719 + 120_069) / 2)
    expected = (lines["operating_income"][0] - interest) * (1 - tax_rate)
    assert lines["net_income"][0] == pytest.approx(expected)


def test_the_present_values_and_the_bridge_add_up() -> None:
    """From flows to enterprise value to equity."""
    result = do(modeling(AAPL)).result
    valuation, lines = result["valuation"], result["financial_projections"]
    flows = sum(lines["present_value"])
    assert flows + valuation["present_value_of_terminal"] == pytest.approx(valuation["enterprise_value"])
    bridge = dict(valuation["bridge"])
    equity = bridge.pop("equity_value")
    assert sum(bridge.values()) == pytest.approx(equity)
    assert equity / valuation["shares"] == pytest.approx(valuation["value_per_share"])


def test_the_result_is_plain_enough_for_json() -> None:
    """Text out, the same values back in."""
    result = do(modeling(AAPL))
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["result"] == result.result


def test_every_assumption_says_where_it_comes_from() -> None:
    """Given, data, sector or default, with the place it was found in."""
    for item in do(modeling(AAPL)).result["key_assumptions"].values():
        assert item["origin"] in ("given", "data", "sector", "default")
        assert item["source"]


def test_the_seed_is_part_of_request_and_result() -> None:
    """The same task, the same figures: whatever is drawn later is drawn from it."""
    metadata = do(modeling(AAPL, seed=7)).metadata
    assert metadata["seed"] == metadata["request"]["seed"] == 7


@pytest.mark.parametrize(
    ("task", "kind", "words"),
    [
        (
            modeling("Value XYZQ"),
            RequestError,
            "ticker: there are no annual statements of 'XYZQ'. There are of AAPL",
        ),
        (modeling("hello"), RequestError, "nothing says what to value"),
        (modeling("Value AAPL, WACC 8%, terminal growth 8%"), RequestError, "terminal_growth"),
        (modeling("Value AAPL over -5 years"), RequestError, "time_horizon: -5"),
        (modeling("Value AAPL, WACC of 8% and a WACC of 10%"), RequestError, "contradicts itself"),
        (modeling("Value AAPL", wacc=math.nan), RequestError, "wacc"),
        (modeling("Value AAPL", wacc=8.5), RequestError, "0.085"),
        (modeling("Value AAPL", waac=0.085), RequestError, "wacc"),
        (modeling("Value AAPL as of 2001-01-01"), MissingDataError, "The earliest date is 2009-10-27"),
    ],
)
def test_a_bad_task_fails_with_words_that_help(task: Task, kind: type[Exception], words: str) -> None:
    """The exception is kept, its message names the argument, and nothing else is lost."""
    result = do(task)
    assert result.status == "FAILED"
    assert isinstance(result.exception, kind)
    assert words in result.error
    assert "Traceback" in result.traceback


def test_nan_in_a_statement_fails_the_task_and_not_the_agent() -> None:
    """The next task of the same agent completes."""
    agent = FinancialAnalystAgent(source=EditedSource({(2022, "revenue"): math.nan}))
    assert do(modeling(AAPL), agent).error == (
        "revenue of fiscal 2022 could not be found for Apple Inc. Give revenue=... in parameters"
    )
    assert do(modeling(AAPL, revenue="394.328bn"), agent).ok


def test_progress_reaches_the_handle() -> None:
    """What the worker thread reports is seen by whoever watches."""

    async def messages() -> list[str]:
        seen: list[str] = []
        async with AgentKernel() as kernel:
            await kernel.spawn(FinancialAnalystAgent)
            handle = kernel.submit(AAPL)
            handle.watch(lambda: seen.append(handle.message))
            await handle
        return seen

    assert "reading statements and prices" in asyncio.run(messages())


def test_thirty_valuations_at_once_all_complete() -> None:
    """One agent, four at a time, in whatever order they finish."""

    async def values() -> list[float]:
        async with AgentKernel() as kernel:
            await kernel.spawn(FinancialAnalystAgent)
            tasks = [modeling(AAPL, wacc=0.07 + 0.001 * step) for step in range(30)]
            order = {task.task_id: number for number, task in enumerate(tasks)}
            results = [result async for result in kernel.map(tasks)]
        results.sort(key=lambda result: order[result.task_id])
        return [result.unwrap()["valuation"]["value_per_share"] for result in results]

    found = asyncio.run(values())
    assert len(found) == 30
    assert found == sorted(found, reverse=True)
