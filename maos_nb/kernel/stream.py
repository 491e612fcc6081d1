"""Many tasks in, results out as they are finished."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from maos_nb.agents import Run, current_run, waiting
from maos_nb.errors import KernelStoppedError, MaosError, describe
from maos_nb.kernel.intake import failed
from maos_nb.types import Task, TaskResult

if TYPE_CHECKING:
    from maos_nb.kernel.handle import TaskHandle
    from maos_nb.kernel.statistics import Failures

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
        self._told = False
        self._feeder = asyncio.ensure_future(self._feed())
        self._feeder.add_done_callback(lambda _: self._finished.put_nowait(None))

    def __aiter__(self) -> ResultStream:
        return self

    async def __anext__(self) -> TaskResult:
        while self._open_items or not self._feeder.done() or not self._finished.empty():
            item = await self._next_item()
            if item is None:
                self._tell()
                continue
            self._open_items -= 1
            self._room.release()
            return item if isinstance(item, TaskResult) else item.result()
        # Once more: the news of the feeder's end may still be on its way.
        self._tell()
        raise StopAsyncIteration

    def close(self, failures: Failures) -> None:
        """Stop feeding and cancel what is unfinished; what the tasks raised and nobody has read goes to `failures`."""
        self._feeder.cancel()
        if not self._told:
            self._feeder.add_done_callback(lambda feeder: _keep_error(feeder, failures))
        for handle in tuple(self._unfinished):
            handle.cancel()

    def blockers(self) -> Iterable[Run]:
        """Give the tasks of which one has to end before there is a next result."""
        groups = [tuple(handle.blockers()) for handle in self._unfinished]
        # A task that nobody holds up will be done without anybody's help.
        return tuple(itertools.chain.from_iterable(groups)) if all(groups) else ()

    async def _next_item(self) -> TaskHandle | TaskResult | None:
        run = current_run.get()
        if run is None or not self._finished.empty():
            return await self._finished.get()
        with waiting(run, self, "the results of a map"):
            return await self._finished.get()

    def _tell(self) -> None:
        """Raise what the caller's own iterable raised."""
        self._told = True
        self._feeder.result()

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
    hand_over: HandOver, tasks: Iterable[Task | str], capacity: int, failures: Failures
) -> AsyncGenerator[TaskResult, None]:
    """Yield the results of many tasks; cancel what is unfinished when the reader leaves.

    What `tasks` raised and the reader did not stay to see goes to `failures`.
    """
    stream = ResultStream(hand_over, tasks, capacity)
    try:
        async for result in stream:
            yield result
    finally:
        stream.close(failures)


def _keep_error(feeder: asyncio.Future[None], failures: Failures) -> None:
    error = None if feeder.cancelled() else feeder.exception()
    # That the kernel stopped is no fault of the tasks, and whoever left does not miss them.
    if error is not None and not isinstance(error, KernelStoppedError):
        failures.fault(f"the tasks of a map raised {describe(error)} when nobody read on", None, error)
