"""Where tasks wait until a full queue has room for them."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from maos_nb.types import Task

if TYPE_CHECKING:
    from maos_nb.kernel.handle import TaskHandle

__all__ = ["Guest", "Lobby"]


class Guest:
    """A task that waits, and the future that its handle will be given to."""

    __slots__ = ("admission", "capability", "context", "number", "task")

    def __init__(self, task: Task, capability: str, number: int) -> None:
        self.task = task
        self.capability = capability
        self.number = number
        # The task runs in the context of whoever brought it, not of whoever makes room for it.
        self.context = contextvars.copy_context()
        self.admission: asyncio.Future[TaskHandle] = asyncio.get_running_loop().create_future()


class Lobby:
    """Guests in order of arrival.

    Room is not announced but assigned: the scheduler takes the first guest and admits it, so that
    nobody who comes later can slip in between.
    """

    __slots__ = ("_lines", "_numbers", "size")

    def __init__(self) -> None:
        self._lines: dict[str, OrderedDict[int, Guest]] = {}
        self._numbers = itertools.count()
        self.size = 0

    def enter(self, task: Task, capability: str) -> Guest:
        """Take a task in, at the end of the line."""
        guest = Guest(task, capability, next(self._numbers))
        self._lines.setdefault(capability, OrderedDict())[guest.number] = guest
        self.size += 1
        return guest

    def leave(self, guest: Guest) -> None:
        """Let a guest go, admitted or not."""
        if self._lines[guest.capability].pop(guest.number, None) is not None:
            self.size -= 1

    def first(self, capability: str | None = None) -> Guest | None:
        """Find the guest that has waited longest, of one capability or of all."""
        lines = self._lines.values() if capability is None else (self._lines.get(capability),)
        heads = [next(iter(line.values())) for line in lines if line]
        return min(heads, key=lambda guest: guest.number, default=None)

    def everybody(self) -> Iterator[Guest]:
        """Empty the lobby and give its guests in order of arrival."""
        while (guest := self.first()) is not None:
            self.leave(guest)
            yield guest
