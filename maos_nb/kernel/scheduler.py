"""Brings tasks and agents together: starts, ends and answers every task that the kernel took."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from maos_nb.agents import BaseAgent, Run, current_run, waiting
from maos_nb.clock import Clock
from maos_nb.errors import KernelError, MaosError, NoRunningLoopError, TaskCancelledError, describe
from maos_nb.kernel.handle import TaskHandle
from maos_nb.kernel.heartbeat import Heartbeat
from maos_nb.kernel.intake import cancelled, close_agent, deserted, dropped, failed, stopped, too_late
from maos_nb.kernel.lobby import Lobby
from maos_nb.kernel.mailbox import TaskQueue
from maos_nb.kernel.roster import Roster, Seat
from maos_nb.kernel.statistics import Failures
from maos_nb.types import Task, TaskResult, TaskStatus

__all__ = ["Scheduler"]

_QUEUED, _RUNNING, _FAILED = TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.FAILED


class Scheduler:
    """The inside of an agent kernel; all of it runs on the kernel's event loop.

    A task is QUEUED or RUNNING until it is settled, exactly once. Its work may outlast it: the
    answer to a cancelled or timed-out task is given at once, its seat is free when the work ends.

    Watchers are called in the middle of these moves and may submit and cancel: every method
    leaves the books in order before it tells anybody.
    """

    def __init__(self, capacity: int, clock: Clock) -> None:
        self.capacity = capacity
        self.clock = clock
        self.loop: asyncio.AbstractEventLoop | None = None
        # Here and not in the kernel: as long as somebody can await a handle, it can be interrupted.
        self.heartbeat = Heartbeat()
        self.roster = Roster()
        self.queue = TaskQueue()
        self.lobby = Lobby()
        self.counts = dict.fromkeys(TaskStatus, 0)
        self.submitted = 0
        self.timed_out = 0
        self.failures = Failures()
        self.watchers: tuple[Callable[[], object], ...] = ()
        self._working: set[TaskHandle] = set()
        self._numbers = itertools.count(1)
        self._waiting_for_idle: list[asyncio.Future[None]] = []

    @property
    def idle(self) -> bool:
        """Whether no task is queued or running."""
        return not self.queue.depth and not self.counts[_RUNNING]

    def must_wait(self, capability: str) -> bool:
        """Whether a task could neither start at once nor be queued."""
        return self.queue.depth >= self.capacity and not self.roster.has_room(capability)

    def check_loop(self, advice: str) -> None:
        """Raise NoRunningLoopError unless the kernel's event loop is the one that runs here."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is None or here is not self.loop:
            raise NoRunningLoopError("this kernel belongs to another event loop or thread", advice=advice)

    def begin_with(self, agents: Sequence[BaseAgent]) -> None:
        """Give agents that are new in the roster what waits for them."""
        for agent in agents:
            for capability in agent.capabilities:
                self._pump(capability)
        self.changed()

    def accept(self, task: Task, capability: str, context: contextvars.Context | None = None) -> TaskHandle:
        """Take a task: start it where an agent has room, queue it otherwise.

        Raises
        ------
        UnknownCapabilityError
            If every agent with the capability has been terminated.
        """
        seat = self.roster.take(capability)
        if seat is None and not self.roster.serves(capability):
            raise deserted(capability)
        if not task.task_type:
            task = replace(task, task_type=capability)
        handle = TaskHandle(self, task, capability, next(self._numbers), context)
        self.submitted += 1
        if task.deadline is not None and self._is_too_late(handle):
            self.counts[_QUEUED] += 1
            self._settle(handle, self._timed_out(task, "deadline"))
            if seat is not None:
                self._vacate(seat)
        elif seat is not None:
            self._start(handle, seat)
        else:
            self.counts[_QUEUED] += 1
            self.queue.put(handle)
        if self.watchers:
            self.changed()
        return handle

    async def accept_when_room(self, task: Task, capability: str) -> TaskHandle:
        """Take a task as soon as there is room, first come first served."""
        run = current_run.get()
        if run is None:
            return await self._admit(task, capability)
        with waiting(run, self, "room in the queue"):
            return await self._admit(task, capability)

    async def _admit(self, task: Task, capability: str) -> TaskHandle:
        guest = self.lobby.enter(task, capability)
        try:
            return await guest.admission
        except asyncio.CancelledError:
            self.lobby.leave(guest)
            if not guest.admission.cancelled() and guest.admission.exception() is None:
                # Admitted in the same moment: nobody has its handle, so nobody wants it done.
                self.cancel(guest.admission.result())
            raise

    def blockers(self) -> Iterable[Run]:
        """Give the tasks of which one has to end before the queue has room."""
        return [handle._run for handle in self._working if handle._run is not None]

    def working_in(self, capability: str) -> Iterable[Run]:
        """Give the tasks that hold the places of a capability."""
        for handle in self._working:
            if handle.capability == capability and handle._run is not None:
                yield handle._run

    def drop(self, handle: TaskHandle) -> None:
        """Fail a queued task to make room for another."""
        # Without a look at the lobby: the room is for the task that is about to be accepted.
        self.queue.remove(handle)
        self._settle(handle, failed(handle.task, dropped(self.capacity)))

    def cancel(self, handle: TaskHandle) -> bool:
        """End a task for somebody who no longer wants it; False if it had ended."""
        if handle.done:
            return False
        self.check_loop("From elsewhere: loop.call_soon_threadsafe(handle.cancel)")
        self._abandon(handle, cancelled(handle.task))
        return True

    async def wait_until_idle(self) -> None:
        """Wait until no task is queued or running.

        Raises
        ------
        KernelError
            If it is called from inside a task of this kernel, which would wait for itself.
        """
        run = current_run.get()
        if run is not None and any(handle._run is run for handle in self._working):
            raise KernelError(
                "a task cannot wait until all tasks have ended, for it is one of them",
                advice="Await the handles of the tasks that it needs",
            )
        while not self.idle:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting_for_idle.append(waiter)
            try:
                await waiter
            finally:
                self._waiting_for_idle.remove(waiter)

    def answer_all(self, spared: Run | None) -> Mapping[asyncio.Task[None], TaskHandle]:
        """Answer every unfinished task, and give the work that has yet to end.

        `spared` is the task that asked for it: it goes on, and answers for itself.
        """
        for guest in self.lobby.everybody():
            if not guest.admission.done():
                guest.admission.set_exception(stopped(guest.task))
        running = {
            handle._work: handle
            for handle in sorted(self._working, key=lambda handle: handle.number)
            if handle._work is not None and (spared is None or handle._run is not spared)
        }
        for handle in (*self.queue.waiting(), *running.values()):
            if not handle.done:
                self._abandon(handle, failed(handle.task, stopped(handle.task)))
        return running

    async def see_out(self, works: Mapping[asyncio.Task[None], TaskHandle], grace: float) -> None:
        """Wait until work has ended, for `grace` seconds at most."""
        if works:
            await asyncio.wait(list(works), timeout=grace)
        for handle in (handle for work, handle in works.items() if not work.done()):
            self.failures.fault(
                f"the work of {handle.task_id} did not end when it was cancelled", handle.task
            )

    async def close(self, agents: Sequence[BaseAgent], grace: float) -> None:
        """Close agents, all at the same time; what goes wrong is kept."""
        closings = [asyncio.create_task(close_agent(agent)) for agent in agents]
        if closings:
            await asyncio.wait(closings, timeout=grace)
        for agent, closing in zip(agents, closings, strict=True):
            if not closing.done():
                closing.cancel()
                self.failures.fault(f"{agent.agent_id} did not close within {grace:g} s")
            elif (error := closing.result()) is not None:
                self.failures.fault(f"{agent.agent_id} did not close: {describe(error)}", None, error)

    def call_watcher(self, watcher: Callable[[], object]) -> None:
        """Tell one watcher; what it raises is kept and does not disturb the work."""
        try:
            watcher()
        except Exception as error:  # noqa: BLE001  # a display that breaks must not break the work
            self.failures.fault(f"a watcher raised {describe(error)}", None, error)

    def changed(self) -> None:
        """Tell those who watch the kernel."""
        for watcher in self.watchers:
            self.call_watcher(watcher)

    def _is_too_late(self, handle: TaskHandle) -> bool:
        """Set the alarm for a task's deadline, or say that it has passed."""
        if handle.task.deadline is None:
            return False
        remaining = (handle.task.deadline - self.clock.now()).total_seconds()
        if remaining > 0:
            handle._timers = (self.clock.call_later(remaining, self._expire, handle, "deadline"),)
        return remaining <= 0

    def _start(self, handle: TaskHandle, seat: Seat) -> None:
        if self.loop is None:
            raise KernelError("no task can start before the kernel has an event loop")
        self.counts[_RUNNING] += 1
        self._working.add(handle)
        run = Run(handle.task, handle._progressed)
        if handle.task.timeout is not None:
            timer = self.clock.call_later(handle.task.timeout, self._expire, handle, "timeout")
            handle._timers = (*handle._timers, timer)
        handle._work = self.loop.create_task(self._work(handle, seat, run), context=handle._context)
        handle._started(seat.agent.agent_id, run)

    async def _work(self, handle: TaskHandle, seat: Seat, run: Run) -> None:
        result = None
        try:
            if not run.cancelled:
                run.entered = True
                current_run.set(run)
                result = await seat.agent.execute_task(handle.task)
                if not isinstance(result, TaskResult):
                    raise _not_a_result(seat.agent, result)
        except asyncio.CancelledError as error:
            # An agent with an execute_task of its own may let one through that nobody here sent.
            result = None if run.cancelled or _is_being_cancelled() else failed(handle.task, error)
        except BaseException as error:
            result = failed(handle.task, error)
            if isinstance(error, KeyboardInterrupt):
                _retrieve_exception_of(handle._work)
                raise
        finally:
            # Also when a KeyboardInterrupt passes through: nobody else would answer the task.
            self._settle(handle, cancelled(handle.task) if result is None else result)
            self._working.discard(handle)
            # The first two would tie the handle into a circle that only the garbage collector can
            # undo; the context would keep alive what the cell's variables held.
            handle._work = None
            run.on_progress = None
            handle._context = None
            self._vacate(seat)

    def _vacate(self, seat: Seat) -> None:
        seat.busy -= 1
        # Whoever waits for room waits behind a full queue.
        if self.queue.depth:
            self._pump(seat.capability)

    def _pump(self, capability: str) -> None:
        """Start what waits for a capability, as far as its agents have room."""
        while self.queue.depth and (seat := self.roster.take(capability)):
            handle = self.queue.pop(capability)
            if handle is None:
                seat.busy -= 1
                break
            self.counts[_QUEUED] -= 1
            self._start(handle, seat)
        if not self.roster.serves(capability):
            self._answer_deserted(capability)
        if self.lobby.size:
            self._let_in()
            while self.roster.has_room(capability) and self._let_in_first(capability):
                pass

    def _answer_deserted(self, capability: str) -> None:
        for handle in self.queue.waiting(capability):
            if not handle.done:
                self._abandon(handle, failed(handle.task, deserted(capability)))
        while (guest := self.lobby.first(capability)) is not None:
            self.lobby.leave(guest)
            if not guest.admission.done():
                guest.admission.set_exception(deserted(capability))

    def _let_in(self) -> None:
        while self.queue.depth < self.capacity and self._let_in_first():
            pass

    def _let_in_first(self, capability: str | None = None) -> bool:
        guest = self.lobby.first(capability)
        if guest is None:
            return False
        self.lobby.leave(guest)
        if not guest.admission.done():
            try:
                guest.admission.set_result(self.accept(guest.task, guest.capability, guest.context))
            except MaosError as error:
                guest.admission.set_exception(error)
        return True

    def _settle(self, handle: TaskHandle, result: TaskResult) -> None:
        if handle._result is not None:
            self._look_after(handle, result)
            return
        self.counts[handle._state] -= 1
        self.counts[result.status] += 1
        if result.status is _FAILED:
            self.failures.keep(handle.number, handle.task, result)
        handle._finish(result)
        if self._waiting_for_idle and self.idle:
            for waiter in self._waiting_for_idle:
                if not waiter.done():
                    waiter.set_result(None)
        if self.watchers:
            self.changed()

    def _look_after(self, handle: TaskHandle, result: TaskResult) -> None:
        """Keep the error of work that failed after its task had been answered."""
        error = result.exception
        if result.status is _FAILED and not isinstance(error, TaskCancelledError):
            text = f"the work of {handle.task_id} failed after it was {handle.state}: {result.error}"
            self.failures.fault(text, handle.task, error)

    def _abandon(self, handle: TaskHandle, result: TaskResult) -> None:
        """Answer a task whose work has not ended, and end the work."""
        if handle.state is _QUEUED:
            self.queue.remove(handle)
            self._settle(handle, result)
            self._let_in()
            return
        if handle._run is not None:
            handle._run.cancelled = True
            # asyncio would throw into a coroutine that has not begun, and its `finally` never run.
            if handle._run.entered and handle._work is not None:
                handle._work.cancel()
        self._settle(handle, result)

    def _expire(self, handle: TaskHandle, limit: Literal["timeout", "deadline"]) -> None:
        if not handle.done:
            self._abandon(handle, self._timed_out(handle.task, limit))

    def _timed_out(self, task: Task, limit: Literal["timeout", "deadline"]) -> TaskResult:
        self.timed_out += 1
        return failed(task, too_late(task, limit))


def _not_a_result(agent: BaseAgent, outcome: object) -> KernelError:
    return KernelError(f"{agent.agent_id}.execute_task gave {type(outcome).__name__}, not a TaskResult")


def _is_being_cancelled() -> bool:
    work = asyncio.current_task()
    return work is not None and work.cancelling() > 0


def _retrieve_exception_of(work: asyncio.Task[None] | None) -> None:
    """Keep asyncio from reporting an exception once more that the task's result holds already."""
    if work is not None:
        work.add_done_callback(lambda done: done.exception())
