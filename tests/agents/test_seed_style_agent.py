"""An agent as the tutorial's third exercise has its readers write it runs unchanged."""

import asyncio
from typing import Any

from maos_nb.agents import AgentCapability, BaseAgent, capability
from maos_nb.kernel import AgentKernel
from maos_nb.types import AgentMessage, Task, TaskResult
from maos_nb.utils import Logger


class FinancialAnalystAgent(BaseAgent):
    """A user's own analyst, with its own error handling."""

    def __init__(self, agent_id: str = None):  # noqa: RUF013  # as many people write it
        super().__init__(
            agent_type="financial_analyst",
            agent_id=agent_id,
            description="Does financial analysis",
        )
        self.data_sources = {}
        self.models = {}
        self.logger = Logger(f"financial_analyst_{self.agent_id}")

    @capability("financial_modeling")
    async def create_financial_model(self, task: Task) -> TaskResult:
        """Model a company."""
        self.logger.info(f"Creating financial model for task: {task.task_id}")
        try:
            requirements = await self._parse_model_requirements(task.description)
            return TaskResult(
                task_id=task.task_id,
                status="COMPLETED",
                result={"model_type": requirements["model_type"], "recommendations": ["hold"]},
                metadata={"agent_type": self.agent_type, "confidence_score": 0.78, "processing_time": 2.1},
            )
        except Exception as e:  # noqa: BLE001  # as the tutorial does
            self.logger.error(f"Financial modeling failed: {e!s}")  # noqa: TRY400  # as the tutorial does
            return TaskResult(task_id=task.task_id, status="FAILED", error=str(e))

    @capability("market_analysis")
    async def analyze_market_conditions(self, task: Task) -> TaskResult:
        """Look at the market."""
        return TaskResult(task_id=task.task_id, status="COMPLETED", result={"market_overview": "calm"})

    async def _parse_model_requirements(self, description: str) -> dict[str, Any]:
        if "tea leaves" in description:
            raise ValueError("cannot read tea leaves")
        return {"model_type": "dcf"}


def create_financial_analyst_agent(agent_id: str = None) -> FinancialAnalystAgent:  # noqa: RUF013
    """Make one, as the exercise's factory does."""
    return FinancialAnalystAgent(agent_id)


def a_task(description="Create DCF model for tech startup with 5-year projection"):
    """Give the exercise's sample task."""
    return Task(
        task_id="test_modeling_001",
        description=description,
        task_type="financial_modeling",
        priority="NORMAL",
    )


def test_the_names_that_the_tutorial_imports_are_there():
    """Including those that its listings import and do not use."""
    assert AgentCapability.__name__ == "AgentCapability"
    assert AgentMessage.__name__ == "AgentMessage"


def test_its_own_test_of_a_capability_passes():
    """A direct call, with the metadata that the agent set itself."""
    result = asyncio.run(FinancialAnalystAgent("test_001").create_financial_model(a_task()))
    assert result.status == "COMPLETED"
    assert "recommendations" in result.result
    assert result.metadata["confidence_score"] > 0.5
    assert result.metadata["processing_time"] == 2.1
    assert result.metadata["capabilities_used"] == ["financial_modeling"]


def test_its_own_test_of_the_lifecycle_passes():
    """IDLE as soon as it is made."""
    assert FinancialAnalystAgent("test_001").state == "IDLE"


def test_its_own_test_of_registration_passes():
    """Each name is among the capabilities."""
    for name in ("financial_modeling", "market_analysis"):
        assert name in create_financial_analyst_agent().get_capabilities()


def test_its_own_test_of_error_handling_passes():
    """An empty description fails, although the agent itself never looks."""
    result = asyncio.run(FinancialAnalystAgent("t").create_financial_model(a_task(description="")))
    assert result.status == "FAILED"
    assert result.error is not None


def test_an_error_that_the_agent_handles_itself_is_its_result():
    """In its own words."""
    result = asyncio.run(FinancialAnalystAgent("t").execute_task(a_task("Read tea leaves")))
    assert (result.status, result.error) == ("FAILED", "cannot read tea leaves")


def test_the_kernel_runs_it_with_the_same_result():
    """From the factory too."""

    async def main():
        async with AgentKernel() as kernel:
            first, _ = await kernel.spawn(create_financial_analyst_agent, instances=2)
            by_kernel = await kernel.submit(a_task())
            direct = await first.create_financial_model(a_task())
            assert by_kernel.result == direct.result
            assert by_kernel.metadata.keys() == direct.metadata.keys()

    asyncio.run(main())
