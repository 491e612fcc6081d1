"""The notebook's hold on a task that it has handed to the kernel."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from maos_nb.agents import Run, current_run, waiting
from maos_nb.errors import KernelError
from maos_nb.types import Task, TaskResult, TaskStatus
from maos_nb.utils import shown

if TYPE_CHECKING:
    from maos_nb.clock import Timer
    from maos_nb.kernel.statistics import Failures

__all__ = ["TaskHandle"]

_QUEUED, _RUNNING, _COMPLETED, _FAILED = (
    TaskStatus.QUEUED,
    TaskStatus.RUNNING,
    TaskStatus.COMPLETED,
    TaskStatus.FAILED,
)


class Owner(Protocol):
    """What a handle asks of the scheduler that made it."""

    loop: asyncio.AbstractEventLoop | None
    failures: Failures

    def cancel(self, handle: TaskHandle) -> bool:
        """End a task."""

    def check_loop(self, advice: str) -> None:
        """Raise NoRunningLoopError unless the kernel's event loop is the one that runs here."""

    def call_watcher(self, watcher: Callable[[], object]) -> None:
        """Tell one watcher."""

    def working_in(self, capability: str) -> Iterable[Run]:
        """Give the tasks that hold the places of a capability."""


class TaskHandle:
    """A submitted task: await it for its result, as often as you like.

    Interrupting a cell that awaits a handle ends the waiting and not the work: await it again.
    ``cancel()`` ends the work. A handle is made by :meth:`AgentKernel.submit`.
    """

    __slots__ = (
        "__weakref__",
        "_context",
        "_news_on_its_way",
        "_owner",
        "_result",
        "_run",
        "_state",
        "_timers",
        "_waiters",
        "_watchers",
        "_work",
        "agent_id",
        "awaited",
        "capability",
        "number",
        "task",
    )

    def __init__(
        self,
        owner: Owner,
        task: Task,
        capability: str,
        number: int,
        context: contextvars.Context | None = None,
    ) -> None:
        self.task = task
        self.capability = capability
        self.number = number
        self.agent_id = ""
        self.awaited = False
        self._owner = owner
        self._state = _QUEUED
        self._result: TaskResult | None = None
        self._run: Run | None = None
        self._work: asyncio.Task[None] | None = None
        # Output of the work belongs under the cell that submitted it.
        self._context: contextvars.Context | None = contextvars.copy_context() if context is None else context
        self._waiters: list[asyncio.Future[None]] | None = None
        self._watchers: tuple[Callable[[], object], ...] = ()
        self._news_on_its_way = False
        self._timers: tuple[Timer, ...] = ()

    @property
    def task_id(self) -> str:
        """The task's id."""
        return self.task.task_id

    @property
    def state(self) -> TaskStatus:
        """QUEUED, RUNNING, COMPLETED, FAILED or CANCELLED."""
        return self._state

    @property
    def done(self) -> bool:
        """Whether the task has ended, in whatever way."""
        return self._result is not None

    @property
    def progress(self) -> float:
        """Share of the work done, from 0 to 1, as the agent reports it; 1 once completed."""
        if self._state is _COMPLETED:
            return 1.0
        return self._run.fraction if self._run is not None else 0.0

    @property
    def message(self) -> str:
        """What the agent is doing, in its own words."""
        return self._run.message if self._run is not None else ""

    def cancel(self) -> bool:
        """End the work; True if there was work to end.

        A queued task never starts. In a running one asyncio.CancelledError is raised where it
        awaits; what it computes in a thread goes on to its next ``report_progress``. Whoever
        awaits the handle gets a CANCELLED result at once.

        Raises
        ------
        NoRunningLoopError
            If the task has not ended and this is not the kernel's event loop.
        """
        return self._owner.cancel(self)

    def result(self) -> TaskResult:
        """Give the result of a task that has ended.

        Raises
        ------
        KernelError
            If it has not ended yet.
        """
        if self._result is None:
            raise KernelError(
                f"{self.task_id} is still {self._state}", advice="Wait for it: result = await handle"
            )
        self.awaited = True
        if self._result.status is _FAILED:
            self._owner.failures.taken(self.number)
        return self._result

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` after each change of state or progress, on the loop; the function given back ends that."""
        self._watchers = (*self._watchers, watcher)

        def stop_watching() -> None:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)

        return stop_watching

    def __await__(self) -> Generator[Any, None, TaskResult]:
        if self._result is None:
            loop = asyncio.get_running_loop()
            if loop is not self._owner.loop:
                self._owner.check_loop("Await the handle in the program that submitted it")
            run = current_run.get()
            if run is None:
                yield from self._wait(loop)
            else:
                with waiting(run, self, f"{shown(self.task_id)} ({self._state})"):
                    yield from self._wait(loop)
        return self.result()

    def blockers(self) -> Iterable[Run]:
        """Give the tasks of which one has to end before this one can: itself, or those that hold its place."""
        if self.done:
            return ()
        if self._state is _QUEUED or self._run is None:
            return self._owner.working_in(self.capability)
        return (self._run,)

    def _wait(self, loop: asyncio.AbstractEventLoop) -> Generator[Any, None, None]:
        # Each awaiter has a future of its own: cancelling one awaiter touches nobody else.
        waiter = loop.create_future()
        if self._waiters is None:
            self._waiters = []
        self._waiters.append(waiter)
        try:
            yield from waiter
        finally:
            if self._waiters is not None:
                self._waiters.remove(waiter)

    def _started(self, agent_id: str, run: Run) -> None:
        self.agent_id = agent_id
        self._run = run
        self._state = _RUNNING
        if self._watchers:
            self._notify()

    def _finish(self, result: TaskResult) -> None:
        self._result = result
        self._state = result.status
        for timer in self._timers:
            timer.cancel()
        self._timers = ()
        if self._waiters is not None:
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(None)
            self._waiters = None
        if self._watchers:
            self._notify()

    def _progressed(self) -> None:
        # Called in whatever thread the work runs in, perhaps a million times a second: one call
        # on its way to the loop is enough.
        if self._watchers and not self._news_on_its_way and not self.done and self._owner.loop is not None:
            self._news_on_its_way = True
            self._owner.loop.call_soon_threadsafe(self._tell_progress)

    def _tell_progress(self) -> None:
        self._news_on_its_way = False
        self._notify()

    def _notify(self) -> None:
        for watcher in self._watchers:
            self._owner.call_watcher(watcher)

    def __repr__(self) -> str:
        agent = f" by {shown(self.agent_id)}" if self.agent_id else ""
        share = f" {self.progress:.0%}" if self._state is _RUNNING else ""
        note = f" {shown(self.message)!r}" if self.message and not self.done else ""
        return f"<TaskHandle {shown(self.task_id)} {self._state}{share}{agent}{note}>"

    def _repr_html_(self) -> str:
        from maos_nb.kernel.html import handle_html

        words = str(self._state) if self.done else f"{self._state} {self.progress:.0%}"
        note = self.message if self._result is None else self._result.error or ""
        return handle_html(self.task_id, self.task.description, self.progress, words, note)

    def _ipython_display_(self) -> None:
        from maos_nb.kernel.live import show_live

        show_live(self, self.watch)
