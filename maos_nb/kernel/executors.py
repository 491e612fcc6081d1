"""Where blocking work runs: threads by default, the calling thread where there are none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["InlineExecutor", "default_executor"]

T = TypeVar("T")


class InlineExecutor(Executor):
    """Runs each call at once in the calling thread.

    For places without threads, such as Python in a browser, and for debugging. The notebook
    waits while it computes.
    """

    shares_memory = True
    """The context of a task can come along, and with it the reporting of progress."""

    def submit(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run the call and give a future that is already done."""
        future: Future[T] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  # handed to whoever asks the future, as executors do
            future.set_exception(error)
        return future


def default_executor() -> Executor:
    """Make the executor of a kernel that was given none."""
    if sys.platform == "emscripten":
        return InlineExecutor()
    # numpy and pandas release the GIL for part of their work; file and network reads all along.
    return ThreadPoolExecutor(max_workers=min(32, (os.cpu_count() or 1) + 4), thread_name_prefix="maos_nb")
