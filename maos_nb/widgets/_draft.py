"""From what stands in a panel to a task, or to what keeps it from becoming one."""

from __future__ import annotations

from collections.abc import Mapping

from maos_nb.agents import AgentCapability, best_capability
from maos_nb.errors import InputError, MaosError, RequestError, RoutingError, UnknownCapabilityError
from maos_nb.types import Task
from maos_nb.widgets.form import RequestForm

__all__ = ["UnfitInputsError", "capability_for", "refusals_in", "task_for"]


class UnfitInputsError(InputError):
    """Inputs of the form cannot be used: change those that `problems` names."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems), "; ".join(problems.values()))
        self.problems = problems


def capability_for(chosen: str, description: str, offered: Mapping[str, AgentCapability]) -> AgentCapability:
    """Give the chosen capability, or the one that the words fit where none is chosen."""
    if not offered:
        raise UnknownCapabilityError(
            "no agent works here yet", advice="Spawn one in a cell: await kernel.spawn(...)"
        )
    if chosen:
        return offered[chosen]
    if not description.strip():
        raise RequestError("description", "is empty", advice="Say what is to be done, or choose it above")
    try:
        return best_capability(description, offered.values())
    except RoutingError as error:
        raise RoutingError(error.message, advice="Choose one under 'What to do'") from error


def task_for(record: AgentCapability, form: RequestForm | None, description: str) -> Task:
    """Make the task, once capability and request model have nothing against it."""
    values, problems = form.read(is_final=True) if form is not None else ({}, {})
    if problems:
        raise UnfitInputsError(problems)
    if not values and not description.strip():
        raise RequestError("description", "is empty, and so are the inputs", advice="Say what is to be done")
    _check_request(record, Task("draft", description, record.name, parameters=values))
    return Task(description=description, task_type=record.name, parameters=values)


def refusals_in(error: MaosError, form: RequestForm | None) -> dict[str, str]:
    """Give what an error says of the inputs that it names, and of the description."""
    if isinstance(error, UnfitInputsError):
        return dict(error.problems)
    if not isinstance(error, InputError):
        return {}
    said = f"{error.problem}. {error.advice}" if error.advice else error.problem
    known = {"description", *(form.controls if form is not None else ())}
    return {name: said for name in error.argument.split(", ") if name in known}


def _check_request(record: AgentCapability, draft: Task) -> None:
    try:
        record.read(draft)
    except MaosError:
        raise
    except Exception as error:
        raise RequestError(
            "inputs", f"{record.name} could not read them: {type(error).__name__}: {error}"
        ) from error
