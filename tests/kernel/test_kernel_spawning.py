"""Agents that come into a kernel, whole or not at all."""

import pytest
from workers import Clerk, Gate, Worker, asynchronous, counts

from maos_nb.agents import BaseAgent, capability
from maos_nb.errors import AgentStartError, InputError
from maos_nb.kernel import AgentKernel


class Recorded(Worker):
    """Remembers its closing, and fails to be made when told so."""

    made = 0
    closed = 0

    def __init__(self, fail_at=0):
        type(self).made += 1
        if self.made == fail_at:
            raise OSError("no database")
        super().__init__()

    async def close(self):
        """Count it."""
        type(self).closed += 1


@pytest.fixture(autouse=True)
def _counters_at_zero():
    Recorded.made = Recorded.closed = 0


@asynchronous
async def test_spawn_gives_an_agent_or_as_many_as_asked_for():
    """Arguments go to the constructor."""
    async with AgentKernel() as kernel:
        one = await kernel.spawn(Worker, "w1")
        more = await kernel.spawn(Worker, instances=2)
        only = await kernel.spawn(Clerk, agent_id="c", instances=1)
        assert one.agent_id == "w1"
        assert [len(more), len(only)] == [2, 1]
        assert kernel.agents == (one, *more, *only)
        assert one.executor is more[0].executor is not None


@asynchronous
async def test_one_constructor_that_raises_undoes_the_whole_call():
    """Those that were made are closed, and the error is the cause."""
    async with AgentKernel() as kernel:
        with pytest.raises(
            AgentStartError, match="Recorded could not be made: OSError: no database"
        ) as caught:
            await kernel.spawn(Recorded, fail_at=2, instances=3)
        assert isinstance(caught.value.__cause__, OSError)
        assert (Recorded.made, Recorded.closed) == (2, 1)
        assert kernel.agents == ()
        kernel.assert_healthy()


@asynchronous
async def test_an_id_that_is_taken_undoes_the_whole_call():
    """The agent that has it goes on."""
    async with AgentKernel() as kernel:
        with pytest.raises(InputError, match=r"^agent_id: 'w' is already taken"):
            await kernel.spawn(Worker, "w", instances=2)
        assert kernel.agents == ()
        first = await kernel.spawn(Worker, "w")
        with pytest.raises(InputError, match=r"^agent_id: 'w' is already taken"):
            await kernel.spawn(Worker, "w")
        with pytest.raises(InputError, match=r"^agent_id: 'w' is already taken"):
            await kernel.spawn(lambda: first)
        assert kernel.agents == (first,)
        assert (await kernel.submit("work")).ok


@asynchronous
async def test_an_agent_whose_class_forgot_the_base_constructor_is_refused():
    """With the line to add."""

    class Forgetful(BaseAgent):
        def __init__(self):
            self.ready = True

    async with AgentKernel() as kernel:
        for make in (Forgetful, dict, lambda: None):
            with pytest.raises(AgentStartError, match=r"not a whole BaseAgent.*super\(\).__init__"):
                await kernel.spawn(make)
        assert kernel.agents == ()


@asynchronous
async def test_a_terminated_agent_is_refused():
    """It would take no task."""
    agent = Worker()
    agent.terminate()
    async with AgentKernel() as kernel:
        with pytest.raises(AgentStartError, match="has been terminated"):
            await kernel.spawn(lambda: agent)


@pytest.mark.parametrize("instances", [0, -1, 1.5, "2", True])
@asynchronous
async def test_instances_are_a_positive_whole_number(instances):
    """The message names the argument."""
    async with AgentKernel() as kernel:
        with pytest.raises(InputError, match=r"^instances: "):
            await kernel.spawn(Worker, instances=instances)


@asynchronous
async def test_a_new_agent_takes_what_waits():
    """At once."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        for _ in range(3):
            kernel.submit("work", do=gate)
        assert counts(kernel)[:2] == (2, 1)
        await kernel.spawn(Worker)
        assert counts(kernel)[:2] == (1, 2)
        gate.open.set()


@asynchronous
async def test_words_that_point_to_a_capability_in_any_of_its_agents_count():
    """Two kinds of agents may describe the same capability differently."""

    class Other(BaseAgent):
        @capability("work", keywords=["toil"])
        async def toil(self, task):
            return {}

    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        await kernel.spawn(Other, "other")
        assert kernel.submit("toil").capability == "work"
        assert kernel.submit("labour").capability == "work"


@asynchronous
async def test_an_agent_keeps_an_executor_of_its_own():
    """The kernel gives one only to those that have none."""

    class Own(Worker):
        def __init__(self):
            super().__init__()
            self.executor = mine

    mine = object()
    async with AgentKernel() as kernel:
        assert (await kernel.spawn(Own)).executor is mine
