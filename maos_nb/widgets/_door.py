"""What a panel is made with, checked once."""

from __future__ import annotations

import asyncio

from maos_nb.errors import InputError, NoRunningLoopError
from maos_nb.kernel import AgentKernel

__all__ = ["check_workers", "running_loop"]


def running_loop() -> asyncio.AbstractEventLoop:
    """Give the loop that runs, or raise NoRunningLoopError: a panel without one could start nothing."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise NoRunningLoopError(
            "an AgentPanel works inside a running event loop, and none is running here",
            advice="Make it in a notebook's cell, or in a coroutine: asyncio.run(main())",
        ) from None


def check_workers(kernel: object, agent: object) -> None:
    """Raise InputError unless the kernel is one, and the agent, if any, works in it."""
    if not isinstance(kernel, AgentKernel):
        raise InputError(
            "kernel",
            f"expected an AgentKernel, got {type(kernel).__name__}",
            advice="AgentPanel(AgentKernel())",
        )
    if agent is not None and not any(agent is worker for worker in kernel.agents):
        raise InputError(
            "agent", f"{agent!r} does not work in this kernel", advice="agent = await kernel.spawn(...)"
        )
