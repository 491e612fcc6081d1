"""How many tasks one capability of one agent may have in work, and who comes next."""

from __future__ import annotations

import asyncio
from collections import deque

__all__ = ["Slots"]


class Slots:
    """Places for tasks, given in order of arrival.

    A counter where :class:`asyncio.Semaphore` would do: taking a free place needs no coroutine,
    and it is not bound to the event loop of the first task that had to wait.
    """

    __slots__ = ("_free", "_waiting")

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """Take a place if one is free."""
        if self._free:
            self._free -= 1
            return True
        return False

    async def turn(self) -> None:
        """Wait for a place and take it."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._waiting.remove(waiter)
            else:
                # Its turn had come in the same moment: the place belongs to the next one.
                self.give_back()
            raise

    def give_back(self) -> None:
        """Hand a place to whoever has waited longest, or keep it free."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
