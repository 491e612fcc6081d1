"""The agent kernel as a notebook sees it: takes tasks, finds agents for them, loses nothing."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from concurrent.futures import Executor
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

from maos_nb.agents import BaseAgent, current_run
from maos_nb.clock import Clock, SystemClock
from maos_nb.errors import (
    InputError,
    KernelStoppedError,
    MaosError,
    NoRunningLoopError,
    QueueFullError,
    UnhealthyKernelError,
    describe,
)
from maos_nb.kernel.executors import default_executor
from maos_nb.kernel.handle import TaskHandle
from maos_nb.kernel.intake import as_task, make_agent, split_options
from maos_nb.kernel.mailbox import is_less_urgent
from maos_nb.kernel.scheduler import Scheduler
from maos_nb.kernel.statistics import DeadLetter, KernelStatistics
from maos_nb.kernel.stream import results_of
from maos_nb.types import Priority, Task, TaskResult, TaskStatus
from maos_nb.utils import Logger, check_positive_whole, shown

__all__ = ["AgentKernel"]

A = TypeVar("A", bound=BaseAgent)
WhenFull = Literal["reject", "drop_oldest"]
_GRACE = 5.0


class AgentKernel:
    """Runs agents inside the event loop that it is used in, a notebook's or a program's.

    In a notebook make one in a cell; in a program write ``async with AgentKernel() as kernel``.

    Parameters
    ----------
    capacity : int
        How many tasks may wait in the queue.
    when_full : {"reject", "drop_oldest"}
        What `submit` does when they do: refuse the new task with QueueFullError, or fail the
        longest waiting one of the lowest priority with that error, unless the new task is less
        urgent still: then it is refused. `enqueue` and `map` wait for room instead.
    executor : concurrent.futures.Executor, optional
        Where agents' blocking work runs; threads of the kernel's own by default. One that is
        given is left open when the kernel stops. Progress is reported from threads, and from
        executors that have a true attribute ``shares_memory``; not from other processes.
    clock : Clock, optional
        The source of time for timeouts and deadlines; tests pass a ``ManualClock``.

    Raises
    ------
    InputError
        If `capacity` is not a positive whole number, `when_full` is unknown or `executor` is
        not an executor.

    Notes
    -----
    CRITICAL tasks go before HIGH, NORMAL and LOW ones, always; those of one priority go in order
    of arrival. A stream of urgent tasks therefore keeps others waiting.

    Examples
    --------
    >>> import asyncio
    >>> from maos_nb.agents import BaseAgent, capability
    >>> class Doubler(BaseAgent):
    ...     def __init__(self):
    ...         super().__init__("doubler")
    ...
    ...     @capability("doubling")
    ...     async def double(self, task):
    ...         return {"value": 2 * task.parameters["value"]}
    >>> async def main():
    ...     async with AgentKernel() as kernel:
    ...         await kernel.spawn(Doubler)
    ...         result = await kernel.submit("double it", task_type="doubling", value=21)
    ...         return result.unwrap()["value"]
    >>> asyncio.run(main())
    42
    """

    def __init__(
        self,
        *,
        capacity: int = 100_000,
        when_full: WhenFull = "reject",
        executor: Executor | None = None,
        clock: Clock | None = None,
    ) -> None:
        check_positive_whole("capacity", capacity)
        if when_full not in ("reject", "drop_oldest"):
            raise InputError("when_full", f"expected 'reject' or 'drop_oldest', got {when_full!r}")
        if executor is not None and not callable(getattr(executor, "submit", None)):
            raise InputError(
                "executor", f"expected a concurrent.futures.Executor, got {type(executor).__name__}"
            )
        self.when_full = when_full
        self._executor = default_executor() if executor is None else executor
        self._owns_executor = executor is None
        self._state = "RUNNING"
        self._scheduler = Scheduler(capacity, clock or SystemClock())
        self._stopping: asyncio.Task[None] | None = None
        self._logger = Logger("kernel")

    @overload
    async def spawn(
        self, agent_class: Callable[..., A], /, *arguments: Any, instances: None = None, **named: Any
    ) -> A: ...
    @overload
    async def spawn(
        self, agent_class: Callable[..., A], /, *arguments: Any, instances: int, **named: Any
    ) -> list[A]: ...
    async def spawn(
        self, agent_class: Callable[..., A], /, *arguments: Any, instances: int | None = None, **named: Any
    ) -> A | list[A]:
        """Make an agent and let it take tasks; with `instances`, make so many and give a list.

        Parameters
        ----------
        agent_class : type of BaseAgent, or a function that makes one
            Called with `arguments` and `named`.
        instances : int, optional
            How many to make. If one of them cannot be used, none of this call is kept, and those
            that were made are closed again.

        Raises
        ------
        AgentStartError
            If making an agent fails; its error is the cause.
        InputError
            If `instances` is not a positive whole number or an agent's id is taken.
        KernelStoppedError
            If the kernel has stopped.
        """
        self._open()
        if instances is not None:
            check_positive_whole("instances", instances)
        made: list[A] = []
        try:
            for _ in range(instances or 1):
                made.append(make_agent(agent_class, arguments, named))  # noqa: PERF401  # needed when a later one fails
            self._scheduler.roster.add(made)
        except MaosError:
            await self._scheduler.close([agent for agent in made if agent not in self.agents], _GRACE)
            raise
        for agent in made:
            if agent.executor is None:
                agent.executor = self._executor
        self._scheduler.begin_with(made)
        return made if instances is not None else made[0]

    @property
    def agents(self) -> tuple[BaseAgent, ...]:
        """The agents that work here."""
        return tuple(self._scheduler.roster.agents.values())

    def submit(
        self,
        task: Task | str,
        /,
        *,
        task_type: str = "",
        priority: Priority | str = Priority.NORMAL,
        timeout: float | None = None,
        deadline: datetime | None = None,
        **parameters: Any,
    ) -> TaskHandle:
        """Hand over a task and return at once.

        Parameters
        ----------
        task : Task or str
            A task, or a description to make one of, together with the other arguments.
        task_type, priority, timeout, deadline
            See :class:`~maos_nb.Task`; only together with a description.
        **parameters
            The task's explicit inputs; only together with a description.

        Raises
        ------
        InputError
            If an argument cannot be used.
        RoutingError
            If no task type is named and the description fits no capability, or several.
        UnknownCapabilityError
            If no agent here has the capability.
        QueueFullError
            If the queue is full and `when_full` is "reject", or all in it are more urgent.
        KernelStoppedError
            If the kernel has stopped.
        NoRunningLoopError
            If no event loop is running, or another one than the kernel's.
        """
        self._open()
        made = as_task(task, task_type, priority, timeout, deadline, parameters)
        capability = self._scheduler.roster.route(made)
        while self._scheduler.must_wait(capability):
            self._make_room(made)
        return self._scheduler.accept(made, capability)

    async def enqueue(self, task: Task | str, /, **options: Any) -> TaskHandle:
        """Hand over a task as `submit` does, but wait for room where the queue is full."""
        self._open()
        made = as_task(task, **split_options(options))
        capability = self._scheduler.roster.route(made)
        if self._scheduler.must_wait(capability):
            return await self._scheduler.accept_when_room(made, capability)
        return self._scheduler.accept(made, capability)

    def map(self, tasks: Iterable[Task | str], /, **options: Any) -> AsyncGenerator[TaskResult, None]:
        """Do many tasks and yield each result as it is finished.

        A task that cannot even be submitted yields its FAILED result like any other. Tasks are
        taken from `tasks` as the queue has room, so the iterable may be long. Leaving the loop
        early cancels what is not finished (at once with ``contextlib.aclosing``).

        Parameters
        ----------
        tasks : iterable of Task or str
            The tasks.
        **options
            As in `submit`, for descriptions.

        Yields
        ------
        TaskResult

        Raises
        ------
        InputError
            If `tasks` is a single task or text, or cannot be iterated.
        KernelStoppedError
            If the kernel has stopped, or stops before all tasks were taken.
        """
        self._open()
        if isinstance(tasks, str | Task) or not isinstance(tasks, Iterable):
            raise InputError(
                "tasks", f"expected several tasks or texts, got {type(tasks).__name__}", advice="map([...])"
            )
        hand_over = functools.partial(self.enqueue, **options)
        return results_of(hand_over, tasks, self.capacity, self._scheduler.failures)

    async def join(self) -> None:
        """Wait until no task is queued or running.

        Raises
        ------
        KernelError
            If it is called from inside a task, which would wait for itself.
        NoRunningLoopError
            If no event loop is running, or another one than the kernel's.
        """
        self._check_loop()
        await self._scheduler.wait_until_idle()

    async def stop(self, *, grace: float = _GRACE) -> None:
        """Stop in order: take nothing new, answer every task, close the agents.

        Each unfinished task ends FAILED with a KernelStoppedError; use `join` first to let them
        finish. Stopping twice is fine, and interrupting the wait does not interrupt the stop. A
        task from inside which the kernel is stopped goes on and gives its own result.

        Parameters
        ----------
        grace : float
            Seconds that running work, and then the agents' ``close``, get to end.

        Raises
        ------
        InputError
            If `grace` is not a number of seconds.
        NoRunningLoopError
            If no event loop is running, or another one than the kernel's.
        """
        if self._state == "STOPPED":
            return
        self._check_loop()
        if not isinstance(grace, int | float) or not 0 <= grace < float("inf"):
            raise InputError("grace", f"expected a number of seconds, got {grace!r}")
        if self._stopping is None:
            self._state = "STOPPING"
            works = self._scheduler.answer_all(spared=current_run.get())
            # A task of its own: whoever waits may be cancelled, or be among those to be ended.
            self._stopping = asyncio.create_task(self._stop(works, grace))
        await asyncio.wait([self._stopping])
        self._stopping.result()

    async def _stop(self, works: Mapping[asyncio.Task[None], TaskHandle], grace: float) -> None:
        try:
            await self._scheduler.see_out(works, grace)
            await self._scheduler.close(self.agents, grace)
        finally:
            if self._owns_executor:
                self._executor.shutdown(wait=False, cancel_futures=True)
            self._scheduler.heartbeat.stop()
            self._state = "STOPPED"
        for letter in self.dead_letters:
            self._logger.error("failure that nobody awaited", error=letter.error)
        self._scheduler.changed()

    async def __aenter__(self) -> Self:
        self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._state == "RUNNING":
                await self.join()
        finally:
            await self.stop()

    @property
    def state(self) -> str:
        """RUNNING, STOPPING or STOPPED."""
        return self._state

    @property
    def done(self) -> bool:
        """Whether the kernel has stopped."""
        return self._state == "STOPPED"

    @property
    def dead_letters(self) -> tuple[DeadLetter, ...]:
        """Failures that nobody has awaited and faults outside tasks; the last thousand of each."""
        heard = [
            DeadLetter(f"a listener of {agent.agent_id} raised {describe(error)}", None, error)
            for agent in self.agents
            for error in agent.listener_errors
        ]
        return (*self._scheduler.failures.letters(), *heard)

    def statistics(self) -> KernelStatistics:
        """Give the kernel's figures as a frozen record."""
        return KernelStatistics(
            state=self._state,
            agents=tuple(agent.statistics() for agent in self.agents),
            submitted=self._scheduler.submitted,
            queued=self._scheduler.queue.depth,
            running=self._scheduler.counts[TaskStatus.RUNNING],
            completed=self._scheduler.counts[TaskStatus.COMPLETED],
            failed=self._scheduler.counts[TaskStatus.FAILED],
            cancelled=self._scheduler.counts[TaskStatus.CANCELLED],
            timed_out=self._scheduler.timed_out,
            dead_letters=len(self.dead_letters),
            capacity=self._scheduler.capacity,
            loop_lag=self._scheduler.heartbeat.lag,
            worst_loop_lag=self._scheduler.heartbeat.worst_lag,
        )

    def assert_healthy(self) -> None:
        """Raise if anything failed that nobody has looked at.

        Raises
        ------
        UnhealthyKernelError
            Listing each failed task whose result was never awaited, and each fault of a listener,
            of a display or of an agent that would not close.
        """
        letters = self.dead_letters
        if letters:
            lines = [
                f"{shown(letter.task.task_id) if letter.task else 'kernel'}: {shown(letter.error, 200)}"
                for letter in letters[:10]
            ]
            more = f" (and {len(letters) - 10} more)" if len(letters) > 10 else ""
            raise UnhealthyKernelError(
                f"{len(letters)} failures that nobody has looked at: {'; '.join(lines)}{more}",
                advice="Await each handle, or look at kernel.dead_letters",
            ) from letters[0].exception

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` after each change, on the loop; the function given back ends that."""
        self._scheduler.watchers = (*self._scheduler.watchers, watcher)

        def stop_watching() -> None:
            self._scheduler.watchers = tuple(
                other for other in self._scheduler.watchers if other is not watcher
            )

        return stop_watching

    def _check_loop(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise NoRunningLoopError(
                "an AgentKernel works inside a running event loop, and none is running here",
                advice="In a script: async def main(): async with AgentKernel() as kernel: ...; asyncio.run(main())",
            ) from None
        if self._scheduler.loop is None:
            self._scheduler.loop = loop
            self._scheduler.heartbeat.start(loop)
        elif self._scheduler.loop is not loop:
            raise NoRunningLoopError(
                "this kernel belongs to another event loop or thread",
                advice="Use it in the program that made it; from elsewhere through loop.call_soon_threadsafe",
            )

    def _open(self) -> None:
        self._check_loop()
        if self._state != "RUNNING":
            raise KernelStoppedError(f"the kernel is {self._state}", advice="Make a new AgentKernel()")

    def _make_room(self, task: Task) -> None:
        oldest = self._scheduler.queue.oldest_least_urgent()
        if (
            self.when_full == "drop_oldest"
            and oldest is not None
            and not is_less_urgent(task.priority, oldest.task.priority)
        ):
            self._scheduler.drop(oldest)
            return
        raise QueueFullError(
            f"the queue is full ({self.capacity} tasks), {task.task_id} was not taken",
            advice="Wait for room with await kernel.enqueue(...) or kernel.map(...), or make AgentKernel(capacity=...)",
        )

    @property
    def capacity(self) -> int:
        """How many tasks may wait in the queue."""
        return self._scheduler.capacity

    def __repr__(self) -> str:
        counts = self._scheduler.counts
        agents = len(self._scheduler.roster.agents)
        return (
            f"<AgentKernel {self._state}: {agents} agent{'' if agents == 1 else 's'}, {self._scheduler.queue.depth} queued, "
            f"{counts[TaskStatus.RUNNING]} running, {counts[TaskStatus.COMPLETED]} completed, "
            f"{counts[TaskStatus.FAILED]} failed, {counts[TaskStatus.CANCELLED]} cancelled>"
        )

    def _repr_html_(self) -> str:
        from maos_nb.kernel.html import kernel_html

        return kernel_html(self.statistics())

    def _ipython_display_(self) -> None:
        from maos_nb.kernel.live import show_live

        show_live(self, self.watch)
