"""One task through an agent kernel, with its progress on standard error."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator

from maos_nb.errors import MaosError
from maos_nb.finance import FinancialAnalystAgent
from maos_nb.kernel import AgentKernel, TaskHandle
from maos_nb.types import Task, TaskResult, TaskStatus

__all__ = ["run_task"]

Show = Callable[[TaskHandle], None]


def run_task(task: Task, *, verbose: bool = False) -> TaskResult:
    """Do the task and give its result, also where it could not even be submitted.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupted; by then the kernel has stopped in order.
    """
    with _progress(verbose=verbose) as show:
        try:
            return asyncio.run(_through_kernel(task, show))
        except Exception as error:  # noqa: BLE001  # told like any failure, with its traceback on demand
            reason = str(error) if isinstance(error, MaosError) else f"{type(error).__name__}: {error}"
            return TaskResult(task.task_id, TaskStatus.FAILED, None, reason, {}, error)


async def _through_kernel(task: Task, show: Show) -> TaskResult:
    async with AgentKernel() as kernel:
        await kernel.spawn(FinancialAnalystAgent)
        handle = kernel.submit(task)
        handle.watch(lambda: show(handle))
        return await handle


@contextlib.contextmanager
def _progress(*, verbose: bool) -> Iterator[Show]:
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    elif verbose:
        yield _say
    else:
        yield lambda handle: None


@contextlib.contextmanager
def _bar() -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    words = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), TaskProgressColumn(), words)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task("starting", total=1.0)
        yield lambda handle: progress.update(
            line, completed=handle.progress, description=handle.message or "starting"
        )


def _say(handle: TaskHandle) -> None:
    print(
        f"maos: {handle.state} {handle.progress:.0%} {handle.message}".rstrip(), file=sys.stderr, flush=True
    )
