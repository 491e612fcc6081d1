"""Where blocking work runs."""

import asyncio
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from workers import Worker, asynchronous

from maos_nb.agents import report_progress
from maos_nb.kernel import AgentKernel, InlineExecutor


def square(value):
    """Compute something, reporting on the way."""
    report_progress(0.5, "squaring")
    return value * value


class OwnExecutor(Executor):
    """Somebody's own, which runs in a thread and says that it shares our memory."""

    shares_memory = True

    def submit(self, function, /, *args, **kwargs):
        """Run the call in a new thread."""
        future = Future()

        def run():
            try:
                future.set_result(function(*args, **kwargs))
            except Exception as error:  # noqa: BLE001  # as executors do
                future.set_exception(error)

        threading.Thread(target=run).start()
        return future


async def squared(kernel):
    """Compute in a kernel's executor, and give the progress that was seen."""
    agent = await kernel.spawn(Worker)
    shown = []

    async def do(task):
        value = await agent.compute(square, 7)
        shown.append((handle.progress, handle.message))
        return {"value": value}

    handle = kernel.submit("work", do=do)
    assert (await handle).unwrap() == {"value": 49}
    return shown[0]


@pytest.mark.parametrize(
    "make",
    [lambda: None, lambda: ThreadPoolExecutor(1), InlineExecutor, OwnExecutor],
    ids=["the kernel's", "given threads", "inline", "somebody's own"],
)
@asynchronous
async def test_work_in_threads_reports_its_progress(make):
    """In the kernel's own threads, in given ones, at once, or in somebody's own."""
    executor = make()
    async with AgentKernel(executor=executor) as kernel:
        assert await squared(kernel) == (0.5, "squaring")
    if executor is not None:
        executor.shutdown()


@asynchronous
async def test_work_in_processes_gives_its_result_without_progress():
    """A context cannot be sent to another process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        async with AgentKernel(executor=executor) as kernel:
            assert await squared(kernel) == (0.0, "")


@asynchronous
async def test_a_given_executor_is_left_open_and_the_kernels_own_is_shut_down():
    """Whoever makes it ends it."""
    with ThreadPoolExecutor(1) as executor:
        async with AgentKernel(executor=executor) as kernel:
            await kernel.spawn(Worker)
        assert executor.submit(square, 3).result() == 9
    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker)
    with pytest.raises(RuntimeError, match="after shutdown"):
        agent.executor.submit(square, 3)


@asynchronous
async def test_an_executor_that_somebody_shut_down_fails_the_task_and_not_the_kernel():
    """The result says why."""
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    async with AgentKernel(executor=executor) as kernel:
        agent = await kernel.spawn(Worker)

        async def do(task):
            return await agent.compute(square, 1)

        assert "shutdown" in (await kernel.submit("work", do=do)).error


@asynchronous
async def test_a_computation_that_an_executor_throws_away_fails_the_task():
    """It was cancelled, but not by anybody who wanted the task to end."""
    with ThreadPoolExecutor(1) as executor:
        async with AgentKernel(executor=executor) as kernel:
            agent = await kernel.spawn(Worker)
            resume = threading.Event()
            executor.submit(resume.wait)

            async def do(task):
                return await agent.compute(square, 1)

            handle = kernel.submit("work", do=do)
            await asyncio.sleep(0)
            executor.shutdown(wait=False, cancel_futures=True)
            resume.set()
            result = await handle
            assert result.status == "FAILED"
            assert "was cancelled, though nobody cancelled" in result.error


def test_an_inline_executor_hands_errors_to_whoever_asks():
    """As every executor does."""
    future = InlineExecutor().submit(square, "x")
    assert isinstance(future.exception(), TypeError)
    assert InlineExecutor().submit(square, 3).result() == 9
