"""The kernel's figures and its list of failures that nobody has seen."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from maos_nb.agents import AgentStatistics
from maos_nb.types import Task, TaskResult

__all__ = ["DeadLetter", "Failures", "KernelStatistics"]

_KEPT = 1000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A failure that nobody has awaited.

    `error` is the message, `exception` what was raised; `task` is None for a fault outside any task.
    """

    error: str
    task: Task | None = None
    exception: BaseException | None = field(default=None, repr=False, compare=False)


class Failures:
    """The failures that nobody has looked at, and faults outside tasks; the last thousand of each."""

    def __init__(self) -> None:
        self._unseen: dict[int, tuple[Task, TaskResult]] = {}
        self._forgotten = 0
        self._faults: deque[DeadLetter] = deque(maxlen=_KEPT)

    def keep(self, number: int, task: Task, result: TaskResult) -> None:
        """Keep the result of a failed task until somebody takes it."""
        if len(self._unseen) >= _KEPT:
            del self._unseen[next(iter(self._unseen))]
            self._forgotten += 1
        self._unseen[number] = (task, result)

    def taken(self, number: int) -> None:
        """Take note that somebody has the result of a task."""
        self._unseen.pop(number, None)

    def fault(self, text: str, task: Task | None = None, error: BaseException | None = None) -> None:
        """Keep what went wrong outside the answer to a task."""
        self._faults.append(DeadLetter(text, task, error))

    def letters(self) -> tuple[DeadLetter, ...]:
        """Give everything that is kept."""
        letters = [
            DeadLetter(result.error or "", task, result.exception) for task, result in self._unseen.values()
        ]
        if self._forgotten:
            letters.append(DeadLetter(f"{self._forgotten} earlier failures are no longer kept"))
        return (*letters, *self._faults)


@dataclass(frozen=True, slots=True)
class KernelStatistics:
    """A kernel's figures at one moment.

    `submitted` is the sum of `queued`, `running`, `completed`, `failed` and `cancelled`.
    `timed_out` are those of `failed` that ran past a timeout or deadline. `loop_lag` and
    `worst_loop_lag` are the seconds by which the event loop was late at the last heartbeat and
    at the worst one: what a cell that never awaits does to everything else.
    """

    state: str
    agents: tuple[AgentStatistics, ...]
    submitted: int
    queued: int
    running: int
    completed: int
    failed: int
    cancelled: int
    timed_out: int
    dead_letters: int
    capacity: int
    loop_lag: float = field(repr=False)
    worst_loop_lag: float = field(repr=False)
