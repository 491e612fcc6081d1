"""A market analysis as text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from market_cases import SEED, statements

from maos_nb import FinancialAnalystAgent, Task
from maos_nb.errors import InputError
from maos_nb.finance.market_report import market_text
from maos_nb.types import TaskResult


@pytest.fixture(scope="module")
def result() -> TaskResult:
    """Give the analysis of a day on which a stock passes a screen."""
    return asyncio.run(
        FinancialAnalystAgent().analyze_market_conditions(Task(description=f"{SEED} as of 2018-12-24"))
    )


class TestText:
    """What a reader sees."""

    def test_every_sentence_stands_there(self, result: TaskResult) -> None:
        """Risk factors and opportunities in full, others once; screens without a stock are in the result alone."""
        found = result.result
        lines = [line.strip() for line in market_text(result).splitlines()]
        listed = [*statements([found["risk_factors"], found["opportunities"]])]
        for said in listed:
            assert said["statement"] in lines[lines.index("Risk factors") :]
        other = ("market_overview", "trend_analysis", "fundamental_metrics", "forecasts")
        for said in statements([found[name]["statements"] for name in other]):
            twice = said["statement"] in [item["statement"] for item in listed]
            assert lines.count(said["statement"]) == 1 + twice

    def test_measures_sources_and_confidence_are_told(self, result: TaskResult) -> None:
        """The old curve, too."""
        text = market_text(result)
        assert "volatility index (VIX): 36.07% a year; 96.4%; very high" in text
        assert "\n  close: 2,351.10\n" in text
        assert "yield curve: Federal Reserve H.15" in text
        assert "to 2017-03-29, too old to be used" in text
        assert f"Confidence {result.metadata['confidence_level']:.2f}, no probability (evidence 0.83" in text

    def test_control_characters_from_outside_are_made_visible(self, result: TaskResult) -> None:
        """A source may call itself what it likes."""
        sources = [{**item, "source": "evil\x1b[31m"} for item in result.metadata["data_sources"]]
        metadata: Mapping[str, Any] = {**result.metadata, "data_sources": sources}
        assert "\x1b" not in market_text(replace(result, metadata=metadata))

    @pytest.mark.parametrize(
        "wrong",
        [
            "text",
            TaskResult("task-1", "FAILED", None, "no closes"),
            TaskResult("task-1", "COMPLETED", {"model_type": "dcf"}, None, {}),
        ],
    )
    def test_anything_else_is_refused(self, wrong: Any) -> None:
        """With what is expected."""
        with pytest.raises(InputError, match="task_result"):
            market_text(wrong)
