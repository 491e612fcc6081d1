"""The kernel's bounded queue: one mailbox for each capability, urgent tasks first."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from maos_nb.types import Priority

if TYPE_CHECKING:
    from maos_nb.kernel.handle import TaskHandle

__all__ = ["TaskQueue", "is_less_urgent"]

_RANKS = {priority: rank for rank, priority in enumerate(Priority)}

# Not a deque: a cancelled task has to leave from the middle, at once and without a search.
# Not a dict: finding its first key walks over all that were removed before it.
_Line = OrderedDict[int, "TaskHandle"]


class TaskQueue:
    """Queued tasks by capability and priority, in order of arrival within one priority."""

    __slots__ = ("_lines", "depth")

    def __init__(self) -> None:
        self._lines: dict[str, tuple[_Line, ...]] = {}
        self.depth = 0

    def put(self, handle: TaskHandle) -> None:
        """Append a task to its line."""
        lines = self._lines.get(handle.capability)
        if lines is None:
            lines = self._lines[handle.capability] = tuple(_Line() for _ in Priority)
        lines[_RANKS[handle.task.priority]][handle.number] = handle
        self.depth += 1

    def pop(self, capability: str) -> TaskHandle | None:
        """Take the most urgent task of a capability that has waited longest; None if there is none."""
        for line in self._lines.get(capability, ()):
            if line:
                self.depth -= 1
                return line.popitem(last=False)[1]
        return None

    def remove(self, handle: TaskHandle) -> None:
        """Take a task out, wherever it stands."""
        del self._lines[handle.capability][_RANKS[handle.task.priority]][handle.number]
        self.depth -= 1

    def oldest_least_urgent(self) -> TaskHandle | None:
        """Find the task to drop first: of the lowest priority in the queue, the one that came first."""
        for rank in reversed(range(len(Priority))):
            heads = [next(iter(line.values())) for lines in self._lines.values() if (line := lines[rank])]
            if heads:
                return min(heads, key=lambda handle: handle.number)
        return None

    def waiting(self, capability: str | None = None) -> list[TaskHandle]:
        """List the queued tasks, of one capability or of all, in order of arrival."""
        chosen = self._lines.values() if capability is None else (self._lines.get(capability, ()),)
        handles = [handle for lines in chosen for line in lines for handle in line.values()]
        return sorted(handles, key=lambda handle: handle.number)


def is_less_urgent(one: Priority, other: Priority) -> bool:
    """Whether a task of the first priority goes after all of the second."""
    return _RANKS[one] > _RANKS[other]
