"""One execution of one task: its progress, its cancellation, and work off the event loop."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, ParamSpec, Protocol, TypeVar

from maos_nb.errors import InputError, TaskCancelledError
from maos_nb.types import Task
from maos_nb.utils import shown

__all__ = ["Blocker", "Run", "current_run", "off_loop", "report_progress"]

P = ParamSpec("P")
T = TypeVar("T")


class Blocker(Protocol):
    """What a task can wait for."""

    def blockers(self) -> Iterable[Run]:
        """Give the tasks of which one has to end before the waiting can; none where it depends on no task."""


class Run:
    """A task being worked on.

    `fraction` is the share done, from 0 to 1, and `message` what is being done. Both may be
    written from a worker thread; `on_progress` is called, without arguments, in that thread.
    `awaits` is what the task waits for at this moment.
    """

    __slots__ = ("awaits", "cancelled", "entered", "fraction", "message", "on_progress", "task")

    def __init__(self, task: Task, on_progress: Callable[[], object] | None = None) -> None:
        self.task = task
        self.fraction = 0.0
        self.message = ""
        self.cancelled = False
        self.entered = False
        self.on_progress = on_progress
        self.awaits: tuple[Blocker, ...] = ()

    def blockers(self) -> Iterable[Run]:
        """Give itself: who waits for a run waits for its end."""
        return (self,)

    def report(self, fraction: float, message: str = "") -> None:
        """Note progress; raises TaskCancelledError in work whose task has been cancelled."""
        if self.cancelled:
            raise TaskCancelledError(f"{self.task.task_id} was cancelled")
        self.fraction = _as_share(fraction)
        self.message = str(message)
        if self.on_progress is not None:
            self.on_progress()

    def __repr__(self) -> str:
        return f"<Run of {shown(self.task.task_id)} {self.fraction:.0%}>"


class _Call:
    """A call off the loop that nobody waits for any more once it is abandoned."""

    __slots__ = ("abandoned",)

    def __init__(self) -> None:
        self.abandoned = False


current_run: contextvars.ContextVar[Run | None] = contextvars.ContextVar("maos_nb_current_run", default=None)
_current_call: contextvars.ContextVar[_Call | None] = contextvars.ContextVar(
    "maos_nb_current_call", default=None
)


def report_progress(fraction: float, message: str = "") -> None:
    """Say how far the current task is; call it from a capability or from what it computes.

    Outside a task, and in other processes, it does nothing. In work that nobody waits for any
    more, because its task or the waiting for it was cancelled, it raises: that ends a computation
    in a thread, which nothing else can stop.

    Parameters
    ----------
    fraction : float
        Share done, from 0 to 1.
    message : str
        What is being done, for the progress display.

    Raises
    ------
    TaskCancelledError
        If the current task, or the waiting for the current call off the loop, has been cancelled.
    InputError
        If `fraction` is not a number in [0, 1].
    """
    run = current_run.get()
    call = _current_call.get()
    if call is not None and call.abandoned:
        raise TaskCancelledError("nobody waits for this computation any more")
    if run is not None:
        run.report(fraction, message)


async def off_loop(
    executor: Executor | None, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `function` in `executor` (the loop's own threads by default) and give its result.

    The current context goes along, so that `report_progress` works, but only into threads: a
    context cannot be sent to another process or machine.
    """
    job: Callable[[], T] = functools.partial(_called, function, args, kwargs)
    call = _Call()
    if _shares_memory(executor):
        context = contextvars.copy_context()
        context.run(_current_call.set, call)
        job = functools.partial(context.run, job)
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, job)
    except asyncio.CancelledError:
        call.abandoned = True
        raise


def _called(function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    try:
        return function(*args, **kwargs)
    except StopIteration as error:
        # A future refuses a StopIteration, and whoever awaits it would wait for ever.
        raise RuntimeError(
            f"{getattr(function, '__name__', type(function).__name__)} raised StopIteration"
        ) from error


def _shares_memory(executor: Executor | None) -> bool:
    if executor is None or isinstance(executor, ThreadPoolExecutor):
        return True
    return bool(getattr(executor, "shares_memory", False))


def _as_share(fraction: float) -> float:
    try:
        share = float(fraction)
    except (TypeError, ValueError):
        share = -1.0
    if not 0 <= share <= 1:
        raise InputError("fraction", f"expected a share from 0 to 1, got {fraction!r}")
    return share
