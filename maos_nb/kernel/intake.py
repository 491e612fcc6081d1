"""What comes into a kernel and what goes out: tasks from text, agents from classes, plain results."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

from maos_nb.agents import BaseAgent
from maos_nb.errors import (
    AgentStartError,
    InputError,
    KernelStoppedError,
    QueueFullError,
    TaskCancelledError,
    TaskTimeoutError,
    UnknownCapabilityError,
    describe,
)
from maos_nb.types import AgentState, Priority, Task, TaskResult, TaskStatus

__all__ = [
    "as_task",
    "cancelled",
    "close_agent",
    "deserted",
    "dropped",
    "failed",
    "make_agent",
    "split_options",
    "stopped",
    "too_late",
]

A = TypeVar("A", bound=BaseAgent)
_OPTIONS = ("task_type", "priority", "timeout", "deadline")


def as_task(
    task: Task | str,
    task_type: str = "",
    priority: Priority | str = Priority.NORMAL,
    timeout: float | None = None,
    deadline: datetime | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Task:
    """Make a task of a description and options, or pass on a task that carries its own."""
    if isinstance(task, Task):
        if parameters or task_type or priority != "NORMAL" or timeout is not None or deadline is not None:
            raise InputError(
                "task", "a Task carries its own options", advice="Put them into Task(...) itself"
            )
        return task
    if not isinstance(task, str):
        raise InputError("task", f"expected a Task or a description, got {type(task).__name__}")
    return Task(
        description=task,
        task_type=task_type,
        priority=priority,  # type: ignore[arg-type]  # Task turns a text into a Priority
        parameters=parameters or {},
        timeout=timeout,
        deadline=deadline,
    )


def split_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the options of a task from its parameters."""
    chosen = {name: options[name] for name in _OPTIONS if name in options}
    return {**chosen, "parameters": {name: value for name, value in options.items() if name not in _OPTIONS}}


def make_agent(make: Callable[..., A], arguments: tuple[Any, ...], named: Mapping[str, Any]) -> A:
    """Make one agent, or raise AgentStartError."""
    name = getattr(make, "__name__", repr(make))
    try:
        agent = make(*arguments, **named)
    except Exception as error:
        raise AgentStartError(f"agent_class: {name} could not be made: {describe(error)}") from error
    if not isinstance(agent, BaseAgent) or not hasattr(agent, "_lifecycle"):
        raise AgentStartError(
            f"agent_class: {name} gave {type(agent).__name__}, not a whole BaseAgent",
            advice="Derive it from BaseAgent and call super().__init__(agent_type) in its constructor",
        )
    if agent.state is AgentState.TERMINATING:
        raise AgentStartError(f"agent_class: {name} gave {agent.agent_id}, which has been terminated")
    return agent


async def close_agent(agent: BaseAgent) -> BaseException | None:
    """End an agent's life and let it release what it holds; give what went wrong."""
    try:
        agent.terminate()
        closing: object = agent.close()
        if inspect.isawaitable(closing):  # an agent of somebody's own may have a plain `close`
            await closing
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # the other agents have to be closed as well
        return error
    return None


def failed(task: Task, error: BaseException) -> TaskResult:
    """Give the result of a task that failed outside its capability."""
    return TaskResult(task.task_id, TaskStatus.FAILED, None, describe(error), {}, error)


def cancelled(task: Task) -> TaskResult:
    """Give the result of a cancelled task."""
    error = TaskCancelledError(f"{task.task_id} was cancelled")
    return TaskResult(task.task_id, TaskStatus.CANCELLED, None, str(error), {}, error)


def stopped(task: Task) -> KernelStoppedError:
    """Give the error of a task that the kernel's stop left unfinished."""
    return KernelStoppedError(
        f"the kernel stopped before {task.task_id} was finished",
        advice="Use await kernel.join() before stop()",
    )


def deserted(capability: str) -> UnknownCapabilityError:
    """Give the error of a task whose last possible agent is gone."""
    return UnknownCapabilityError(
        f"task_type: every agent with the capability {capability!r} has been terminated",
        advice="Spawn another: await kernel.spawn(...)",
    )


def dropped(capacity: int) -> QueueFullError:
    """Give the error of a task that had to make room for a newer one."""
    return QueueFullError(f"dropped from the full queue ({capacity} tasks) for a newer task")


def too_late(task: Task, limit: Literal["timeout", "deadline"]) -> TaskTimeoutError:
    """Give the error of a task that ran past its timeout or deadline."""
    amount = f"timeout of {task.timeout:g} s" if limit == "timeout" else f"deadline {task.deadline}"
    return TaskTimeoutError(f"{task.task_id} ran past its {amount}", advice=f"Allow more with {limit}=...")
