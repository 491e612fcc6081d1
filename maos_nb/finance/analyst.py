"""The financial analyst: takes a task in plain words, gives a traceable valuation or a look at the market."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

from maos_nb.agents import BaseAgent, capability
from maos_nb.finance.market_requests import MarketAnalysisRequest
from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.types import Task, TaskResult, TaskStatus

if TYPE_CHECKING:
    from maos_nb.finance.evidence import FinancialSource
    from maos_nb.finance.market_evidence import MarketSource

__all__ = ["FinancialAnalystAgent"]


class FinancialAnalystAgent(BaseAgent):
    """Values companies by discounted cash flow and looks at the market, on bundled data or a source of your own.

    Parameters
    ----------
    agent_id : str, optional
        Made in order of creation ("financial_analyst-1", ...) where none is given.
    source : FinancialSource, optional
        Where statements, prices and rates come from; by default
        :class:`maos_nb.data.SampleSource`, which is bundled and needs no network. For an analysis of the
        market it has to have the methods of :class:`maos_nb.finance.market_evidence.MarketSource`.

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
            description="Values companies and looks at the market, and says how far to trust what it finds",
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

    @capability(
        "market_analysis",
        request=MarketAnalysisRequest,
        description="Look at the stock market: trend, breadth, volatility, valuation, risks, opportunities, outlook",
        # Words that stand in no valuation: there is a "market risk premium", a "market price", a volatility of shares.
        keywords=(
            *("market conditions", "market outlook", "market analysis", "market overview", "market trend"),
            *("market trends", "market breadth", "market regime", "market sentiment", "market volatility"),
            *("market indicators", "market risks", "market opportunities", "market environment"),
            *("analyze the market", "analyse the market", "state of the market", "bull market"),
            *(
                "bear market",
                "outlook",
                "breadth",
                "regime",
                "sentiment",
                "uptrend",
                "downtrend",
                "turbulence",
            ),
        ),
        outputs=(
            *("market_overview", "technical_indicators", "fundamental_metrics", "trend_analysis"),
            *("risk_factors", "opportunities", "forecasts"),
        ),
        max_concurrency=4,
    )
    async def analyze_market_conditions(self, task: Task, request: MarketAnalysisRequest) -> TaskResult:
        """Look at the market on the day that the task speaks of.

        Each sentence of the result carries the numbers in it. The forecasts are records that
        :func:`maos_nb.analytics.market.forecasts.judge` sets beside what came. The metadata's
        ``confidence_level`` is counted, and no probability: see
        :class:`maos_nb.finance.market_view.MarketConfidence` for its three parts.

        Examples
        --------
        >>> import asyncio
        >>> from maos_nb import Task
        >>> task = Task(description="Market conditions and outlook as of 2020-03-20")
        >>> found = asyncio.run(FinancialAnalystAgent().analyze_market_conditions(task)).unwrap()
        >>> found["market_overview"]["statements"][0]["statement"]
        'The S&P 500 closed at 2,304.92 on 2020-03-20.'
        """
        result, metadata = await self.compute(_market, request, self._source)
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


def _market(
    request: MarketAnalysisRequest, source: FinancialSource | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    from maos_nb.finance.market_results import market_analysis, market_metadata
    from maos_nb.finance.market_view import analyse_market

    # What a source of one's own lacks of the market's is left out of the analysis, and said to be.
    view = analyse_market(request, cast("MarketSource", source or _samples()))
    return market_analysis(view), market_metadata(view)
