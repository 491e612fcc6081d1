"""What a panel says, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from maos_nb.errors import MaosError
from maos_nb.kernel import TaskHandle
from maos_nb.types import TaskStatus
from maos_nb.widgets.form import RequestForm

__all__ = ["STATES", "refusal", "what_goes_on"]

STATES = {
    "READY": "Ready",
    TaskStatus.QUEUED: "Waiting",
    TaskStatus.RUNNING: "Running",
    TaskStatus.COMPLETED: "Completed",
    TaskStatus.FAILED: "Failed",
    TaskStatus.CANCELLED: "Cancelled",
}


def what_goes_on(handle: TaskHandle | None, *, is_running: bool, has_agents: bool) -> str:
    """Say what happens to the task, or what to do next."""
    ended = _ending(handle)
    if handle is not None and not handle.done:
        return _at_work(handle)
    if not is_running:
        return f"{ended} The kernel has stopped: make a new AgentKernel and a new panel.".lstrip()
    if not has_agents:
        return "No agent works here yet. Spawn one in a cell: await kernel.spawn(...)"
    return ended or "Say what is to be done, or fill in inputs, then press Run."


def refusal(error: MaosError, problems: Mapping[str, str], form: RequestForm | None) -> str:
    """Say why nothing was started."""
    titles = [form.title_of(name) if form is not None else name for name in problems]
    if len(titles) == 1:
        said = problems[next(iter(problems))]
        return f"{titles[0].capitalize() if titles[0].islower() else titles[0]}: {said}"
    return f"Please look at {len(titles)} inputs: {', '.join(titles)}." if titles else str(error)


def _at_work(handle: TaskHandle) -> str:
    if handle.state is TaskStatus.QUEUED:
        return "Every agent that can do it is busy; it starts as soon as one is free."
    return handle.message or f"{handle.agent_id} is at work."


def _ending(handle: TaskHandle | None) -> str:
    if handle is None or not handle.done:
        return ""
    if handle.state is TaskStatus.COMPLETED:
        return f"Done by {handle.agent_id}."
    return handle.result().error or ""
