"""Agents and gates that the kernel's tests share."""

import asyncio
import functools

from maos_nb.agents import BaseAgent, capability

PATIENCE = 20.0
"""Seconds after which a test that hangs fails."""


def asynchronous(test):
    """Run a coroutine function as a test, in an event loop of its own."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), PATIENCE))

    return run


class Gate:
    """Work that starts when it is given, and ends when the test lets it."""

    def __init__(self):
        self.entered = asyncio.Event()
        self.open = asyncio.Event()
        self.cancelled = False
        self.order = []

    async def __call__(self, task):
        """Wait at the gate."""
        self.order.append(task.task_id)
        self.entered.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return {"through": task.task_id}


class Worker(BaseAgent):
    """Does what its task carries in the parameter `do`."""

    def __init__(self, agent_id=None, **named):
        super().__init__("worker", agent_id, **named)

    @capability("work", keywords=["work", "labour"])
    async def work(self, task):
        """Do it."""
        do = task.parameters.get("do")
        return await do(task) if do else {"done": task.description}

    @capability("wide", keywords=["wide"], max_concurrency=3)
    async def wide(self, task):
        """Do up to three at once."""
        return await self.parameters_do(task)

    async def parameters_do(self, task):
        """Do what the task carries."""
        return await task.parameters["do"](task)


class Clerk(BaseAgent):
    """Another kind of agent."""

    def __init__(self, agent_id=None):
        super().__init__("clerk", agent_id)

    @capability("filing", keywords=["file"])
    async def file(self, task):
        """File it."""
        do = task.parameters.get("do")
        return await do(task) if do else {"filed": task.description}


async def fail(task):
    """Fail, as work does."""
    raise ValueError(f"{task.task_id} is beyond me")


def counts(kernel):
    """Give (queued, running, completed, failed, cancelled), after checking that they add up."""
    figures = kernel.statistics()
    parts = (figures.queued, figures.running, figures.completed, figures.failed, figures.cancelled)
    assert sum(parts) == figures.submitted
    assert min(parts) >= 0
    return parts
