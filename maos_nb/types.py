"""The records that travel between notebook, kernel and agents: immutable once made."""

from __future__ import annotations

import itertools
import traceback
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from maos_nb.errors import InputError, MaosError, TaskFailedError, describe
from maos_nb.utils import shown, to_plain

__all__ = ["AgentMessage", "AgentState", "Priority", "Task", "TaskResult", "TaskStatus"]

_task_numbers = itertools.count(1)
_message_numbers = itertools.count(1)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class AgentState(StrEnum):
    """Where an agent is in its life; equal to the plain string of the same name."""

    INITIALIZING = "INITIALIZING"
    IDLE = "IDLE"
    ASSIGNED = "ASSIGNED"
    WORKING = "WORKING"
    COMMUNICATING = "COMMUNICATING"
    CHECKPOINTING = "CHECKPOINTING"
    TERMINATING = "TERMINATING"


class TaskStatus(StrEnum):
    """Where a task is; equal to the plain string of the same name."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether a task in this status will never leave it."""
        return self in _FINAL.values()


class Priority(StrEnum):
    """How urgent a task is; a more urgent one always goes first, equals go in order of arrival."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    NORMAL = "NORMAL"
    LOW = "LOW"


_COMPLETED, _FAILED = TaskStatus.COMPLETED, TaskStatus.FAILED
_FINAL = {status.value: status for status in (_COMPLETED, _FAILED, TaskStatus.CANCELLED)}
_PRIORITIES = {priority.value: priority for priority in Priority}


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work for an agent.

    Parameters
    ----------
    description : str
        The work in plain words. It may be empty where `parameters` say everything.
    task_type : str
        Name of the capability that is to do it. Empty: the kernel picks the capability whose
        declared keywords fit the description best.
    priority : Priority or str
        CRITICAL, HIGH, NORMAL or LOW.
    parameters : mapping
        Explicit inputs; they win over words in the description.
    task_id : str
        Made in order of creation ("task-1", "task-2", ...) where none is given.
    timeout : float, optional
        Seconds that the work itself may take, counted from its start.
    deadline : datetime, optional
        Moment (with a time zone) by which the task has to be finished, waiting included.

    Raises
    ------
    InputError
        If an argument is of the wrong type, the priority is unknown, the timeout is not a
        positive number or the deadline has no time zone.

    Examples
    --------
    >>> task = Task(task_id="t1", description="Value AAPL", task_type="financial_modeling")
    >>> task.priority == "NORMAL"
    True
    """

    task_id: str = ""
    description: str = ""
    task_type: str = ""
    priority: Priority = Priority.NORMAL
    parameters: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, hash=False)
    _: KW_ONLY
    timeout: float | None = None
    deadline: datetime | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("task_id", self.task_id),
            ("description", self.description),
            ("task_type", self.task_type),
        ):
            if not isinstance(value, str):
                raise InputError(name, f"expected text, got {type(value).__name__}")
        if not self.task_id:
            object.__setattr__(self, "task_id", f"task-{next(_task_numbers)}")
        if type(self.priority) is not Priority:
            object.__setattr__(self, "priority", _as_priority(self.priority))
        if self.parameters is not _NOTHING:
            object.__setattr__(self, "parameters", _as_parameters(self.parameters))
        if self.timeout is not None:
            _check_timeout(self.timeout)
        if self.deadline is not None:
            _check_deadline(self.deadline)

    def __reduce__(self) -> tuple[Any, ...]:
        # A read-only mapping cannot be pickled, and tasks travel to other processes.
        given = {
            name: getattr(self, name)
            for name in ("task_id", "description", "task_type", "timeout", "deadline")
        }
        return (
            _restore_task,
            ({**given, "priority": self.priority.value, "parameters": dict(self.parameters)},),
        )

    @property
    def is_empty(self) -> bool:
        """Whether neither description nor parameters say anything."""
        return not self.parameters and not self.description.strip()

    def to_dict(self) -> dict[str, Any]:
        """Give the task as plain values, ready for JSON (NaN becomes None)."""
        return {
            "task_id": self.task_id,
            "description": self.description,
            "task_type": self.task_type,
            "priority": self.priority.value,
            "parameters": to_plain(self.parameters),
            "timeout": self.timeout,
            "deadline": None if self.deadline is None else self.deadline.isoformat(),
        }

    def __repr__(self) -> str:
        parts = [shown(self.task_id), repr(shown(self.description))]
        if self.task_type:
            parts.append(f"task_type={shown(self.task_type)!r}")
        if self.priority is not Priority.NORMAL:
            parts.append(f"priority={self.priority.value}")
        parts += [f"{shown(name)}={shown(repr(value))}" for name, value in self.parameters.items()]
        return f"<Task {shown(' '.join(parts), 400)}>"


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What became of a task.

    Parameters
    ----------
    task_id : str
        The task's id.
    status : TaskStatus or str
        COMPLETED, FAILED or CANCELLED.
    result : any
        What a completed task gives, a mapping for all agents of this package.
    error : str, optional
        Why the task did not complete, in words that say what to do.
    metadata : mapping
        How the result came about: ``agent_type``, ``capabilities_used``, ``processing_time`` in
        seconds, and what the capability adds.
    exception : BaseException, optional
        The exception behind `error`, with its traceback.

    Raises
    ------
    InputError
        If the status is not one of a task that has ended, or `metadata` is not a mapping.

    Examples
    --------
    >>> TaskResult("t1", "COMPLETED", {"enterprise_value": 1446.2}).unwrap()["enterprise_value"]
    1446.2
    """

    task_id: str
    status: TaskStatus
    result: Any = None
    error: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    exception: BaseException | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.status is not _COMPLETED:
            object.__setattr__(self, "status", _as_final_status(self.status))
        if type(self.metadata) is not dict and not isinstance(self.metadata, Mapping):
            raise InputError("metadata", f"expected a mapping, got {type(self.metadata).__name__}")
        if self.status is _FAILED and not self.error:
            reason = "no reason was given" if self.exception is None else describe(self.exception)
            object.__setattr__(self, "error", reason)

    @property
    def ok(self) -> bool:
        """Whether the task completed."""
        return self.status is _COMPLETED

    @property
    def advice(self) -> str:
        """What to do about a failure; empty where the error has none."""
        return self.exception.advice if isinstance(self.exception, MaosError) else ""

    @property
    def traceback(self) -> str:
        """The traceback of the exception behind a failure, as text; empty without one."""
        return "" if self.exception is None else "".join(traceback.format_exception(self.exception))

    def unwrap(self) -> Any:
        """Give the result of a completed task.

        Raises
        ------
        TaskFailedError
            If the task failed or was cancelled; its cause is the task's own exception.
        """
        if self.ok:
            return self.result
        advice = self.advice
        error = (self.error or "").removesuffix(advice).rstrip(". ") if advice else (self.error or "")
        raise TaskFailedError(f"{self.task_id} {self.status}: {error}", advice=advice) from self.exception

    def to_dict(self) -> dict[str, Any]:
        """Give the record as plain values, ready for JSON (NaN becomes None)."""
        return {
            "task_id": self.task_id,
            "status": self.status.value,
            "result": to_plain(self.result),
            "error": self.error,
            "metadata": to_plain(self.metadata),
        }

    def __repr__(self) -> str:
        if not self.ok:
            content = self.error or ""
        elif isinstance(self.result, Mapping):
            content = ", ".join(map(str, self.result))
        else:
            content = repr(self.result)
        return f"<TaskResult {shown(self.task_id)} {self.status}: {shown(content, 200)}>"

    def _repr_html_(self) -> str:
        from maos_nb._views import outcome_html

        return outcome_html(self.task_id, self.status, None if self.ok else self.error or "", self.result)


@dataclass(frozen=True, slots=True)
class AgentMessage:
    """What one agent says to another.

    Parameters
    ----------
    sender, recipient : str
        Ids of the agents.
    message_type : str
        The kind of message, in the vocabulary of sender and recipient.
    content : any
        What is said.
    message_id : str
        Made in order of creation where none is given.
    """

    sender: str
    recipient: str
    message_type: str
    content: Any = None
    message_id: str = ""

    def __post_init__(self) -> None:
        for name in ("sender", "recipient", "message_type"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value:
                raise InputError(name, f"expected text, got {value!r}")
        if not self.message_id:
            object.__setattr__(self, "message_id", f"message-{next(_message_numbers)}")

    def __repr__(self) -> str:
        way = f"{shown(self.sender)} to {shown(self.recipient)}"
        return f"<AgentMessage {shown(self.message_id)} {way}, {shown(self.message_type)}: {shown(repr(self.content))}>"


_set_task_id, _set_status, _set_result, _set_error, _set_metadata, _set_exception = (
    getattr(TaskResult, item.name).__set__ for item in fields(TaskResult)
)


def completed(task_id: str, result: Mapping[str, Any], metadata: dict[str, Any]) -> TaskResult:
    """Make the result of a completed task from values known to be right.

    For the framework, once a task: the constructor of a frozen dataclass takes three times as long.
    """
    made = object.__new__(TaskResult)
    _set_task_id(made, task_id)
    _set_status(made, _COMPLETED)
    _set_result(made, result)
    _set_error(made, None)
    _set_metadata(made, metadata)
    _set_exception(made, None)
    return made


def _restore_task(values: dict[str, Any]) -> Task:
    return Task(**values)


def _as_priority(value: object) -> Priority:
    priority = _PRIORITIES.get(value.upper()) if isinstance(value, str) else None
    if priority is None:
        raise InputError("priority", f"expected one of {', '.join(Priority)}, got {value!r}")
    return priority


def _as_final_status(value: object) -> TaskStatus:
    if not isinstance(value, str) or value not in _FINAL:
        raise InputError("status", f"expected one of {', '.join(_FINAL)}, got {value!r}")
    return _FINAL[value]


def _as_parameters(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError("parameters", f"expected a mapping of names to values, got {type(value).__name__}")
    for name in value:
        if not isinstance(name, str):
            raise InputError("parameters", f"expected names as text, got {name!r}")
    return MappingProxyType(dict(value)) if value else _NOTHING


def _check_timeout(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise InputError("timeout", f"expected a positive number of seconds, got {value!r}")


def _check_deadline(value: object) -> None:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InputError(
            "deadline",
            f"expected a datetime with a time zone, got {value!r}",
            advice="For example datetime.now(timezone.utc) + timedelta(minutes=5).",
        )
