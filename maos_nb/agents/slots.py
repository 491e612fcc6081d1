"""How many tasks one capability of one agent may have in work, and who comes next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from maos_nb.agents.run import Run
from maos_nb.agents.waiting import waiting

__all__ = ["Slots"]


class Slots:
    """Places for tasks, given in order of arrival.

    A counter where :class:`asyncio.Semaphore` would do: taking a free place needs no coroutine,
    it is not bound to the event loop of the first task that had to wait, and it knows who holds
    the places.
    """

    __slots__ = ("_free", "_holders", "_waiting", "name")

    def __init__(self, places: int, name: str) -> None:
        self.name = name
        self._free = places
        self._holders: list[Run] = []
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self, run: Run) -> bool:
        """Take a place if one is free."""
        if self._free:
            self._free -= 1
            self._holders.append(run)
            return True
        return False

    async def turn(self, run: Run) -> None:
        """Wait for a place and take it.

        Raises
        ------
        DeadlockError
            If all places are held by tasks that wait for this one.
        """
        with waiting(run, self, f"a place in {self.name}"):
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.cancelled():
                    self._waiting.remove(waiter)
                else:
                    # Its turn had come in the same moment: the place belongs to the next one.
                    self._pass_on()
                raise
        self._holders.append(run)

    def give_back(self, run: Run) -> None:
        """Hand a place to whoever has waited longest, or keep it free."""
        self._holders.remove(run)
        self._pass_on()

    def blockers(self) -> Iterable[Run]:
        """Give the tasks that hold the places; nobody while one is free."""
        return () if self._free else tuple(self._holders)

    def _pass_on(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
