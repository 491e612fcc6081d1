"""Many tasks in, results out as they are finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from maos_nb.errors import KernelStoppedError, MaosError
from maos_nb.kernel.intake import failed
from maos_nb.types import Task, TaskResult

if TYPE_CHECKING:
    from maos_nb.kernel.handle import TaskHandle

__all__ = ["ResultStream", "results_of"]

HandOver = Callable[["Task | str"], Awaitable["TaskHandle"]]
"""Hands a task to a kernel, as soon as it has room."""

_BREATH = 64
"""Tasks handed over in one go before the event loop gets its turn."""


class ResultStream:
    """Feeds tasks to a kernel by `hand_over`, and yields their results in order of completion.

    No more tasks than `capacity` are unfinished or unread at any time.
    """

    def __init__(self, hand_over: HandOver, tasks: Iterable[Task | str], capacity: int) -> None:
        self._hand_over = hand_over
        self._tasks = tasks
        self._finished: asyncio.Queue[TaskHandle | TaskResult | None] = asyncio.Queue()
        self._unfinished: dict[TaskHandle, None] = {}
        self._room = asyncio.Semaphore(capacity)
        self._open_items = 0
        self._feeder = asyncio.ensure_future(self._feed())
        self._feeder.add_done_callback(lambda _: self._finished.put_nowait(None))

    def __aiter__(self) -> ResultStream:
        return self

    async def __anext__(self) -> TaskResult:
        while self._open_items or not self._feeder.done() or not self._finished.empty():
            item = await self._finished.get()
            if item is None:
                self._feeder.result()  # raises what the caller's own iterable raised
                continue
            self._open_items -= 1
            self._room.release()
            return item if isinstance(item, TaskResult) else item.result()
        # Once more: the news of the feeder's end may still be on its way.
        self._feeder.result()
        raise StopAsyncIteration

    def close(self) -> None:
        """Stop feeding and cancel what is unfinished."""
        self._feeder.cancel()
        for handle in tuple(self._unfinished):
            handle.cancel()

    async def _feed(self) -> None:
        for number, task in enumerate(self._tasks, 1):
            await self._room.acquire()
            try:
                handle = await self._hand_over(task)
            except KernelStoppedError:
                raise
            except MaosError as error:
                self._open_items += 1
                self._finished.put_nowait(
                    failed(task if isinstance(task, Task) else Task(description=str(task)), error)
                )
                continue
            self._open_items += 1
            self._follow(handle)
            if number % _BREATH == 0:
                await asyncio.sleep(0)

    def _follow(self, handle: TaskHandle) -> None:
        self._unfinished[handle] = None

        def changed() -> None:
            if handle.done and handle in self._unfinished:
                del self._unfinished[handle]
                self._finished.put_nowait(handle)

        handle.watch(changed)
        changed()


async def results_of(
    hand_over: HandOver, tasks: Iterable[Task | str], capacity: int
) -> AsyncGenerator[TaskResult, None]:
    """Yield the results of many tasks; cancel what is unfinished when the reader leaves."""
    stream = ResultStream(hand_over, tasks, capacity)
    try:
        async for result in stream:
            yield result
    finally:
        stream.close()
