"""The financial analyst: takes a task in plain words, gives a traceable valuation."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from maos_nb.agents import BaseAgent, capability
from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.types import Task, TaskResult, TaskStatus

if TYPE_CHECKING:
    from maos_nb.finance.evidence import FinancialSource

__all__ = ["FinancialAnalystAgent"]


class FinancialAnalystAgent(BaseAgent):
    """Values companies by discounted cash flow, on bundled data or a source of your own.

    Parameters
    ----------
    agent_id : str, optional
        Made in order of creation ("financial_analyst-1", ...) where none is given.
    source : FinancialSource, optional
        Where statements, prices and rates come from; by default
        :class:`maos_nb.data.SampleSource`, which is bundled and needs no network.

    Examples
    --------
    >>> import asyncio
    >>> from maos_nb import Task
    >>> agent = FinancialAnalystAgent()
    >>> task = Task(description="Value AAPL with a 5-year DCF at a WACC of 8.5%")
    >>> result = asyncio.run(agent.create_financial_model(task))
    >>> result.status == "COMPLETED", round(result.result["valuation"]["value_per_share"], 2)
    (True, 132.1)
    """

    def __init__(self, agent_id: str | None = None, *, source: FinancialSource | None = None) -> None:
        super().__init__(
            agent_type="financial_analyst",
            agent_id=agent_id,
            description="Values companies by discounted cash flow and says how far to trust the value",
        )
        self._source = source

    @capability(
        "financial_modeling",
        request=FinancialModelRequest,
        description="Value a company by discounted cash flow, with scenarios, sensitivities and other methods beside it",
        keywords=(
            *("value", "valuation", "valued", "worth", "dcf", "discounted cash flow", "model", "projection"),
            *("wacc", "intrinsic", "fair value", "forecast", "startup", "npv", "irr"),
        ),
        outputs=(
            *("model_type", "company", "financial_projections", "valuation", "scenarios", "key_assumptions"),
            *("fundamental_metrics", "sensitivity_analysis", "valuation_methods", "investment_appraisal"),
            *("recommendations", "risk_assessment", "explanation"),
        ),
        max_concurrency=4,
    )
    async def create_financial_model(self, task: Task, request: FinancialModelRequest) -> TaskResult:
        """Value the company that the task speaks of.

        The metadata's ``confidence_score`` is measured, not felt: see
        :class:`maos_nb.finance.judgement.Confidence` for its three parts.
        """
        result, metadata = await self.compute(_model, request, self._source)
        return TaskResult(task.task_id, TaskStatus.COMPLETED, result, None, metadata)


@functools.cache
def _samples() -> FinancialSource:
    """Give the one reader of the bundled samples that all agents share."""
    from maos_nb.data import SampleSource

    return SampleSource()


def _model(
    request: FinancialModelRequest, source: FinancialSource | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    # Imported here, in the worker: an agent starts without waiting for numpy and pandas.
    from maos_nb.finance.results import financial_model, model_metadata
    from maos_nb.finance.valuation import value

    valuation = value(request, source or _samples())
    return financial_model(valuation), model_metadata(valuation)
