"""Cancelling tasks, in every state that a task can be in."""

import asyncio
from concurrent.futures import Future

import pytest
from workers import Gate, Worker, asynchronous, counts

from maos_nb.agents import report_progress
from maos_nb.errors import TaskCancelledError
from maos_nb.kernel import AgentKernel
from maos_nb.testing import until_idle


@asynchronous
async def test_a_queued_task_that_is_cancelled_never_starts():
    """Those around it are not touched."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        running, queued, behind = (kernel.submit("work", do=gate) for _ in range(3))
        assert queued.state == "QUEUED"
        assert queued.cancel()
        assert counts(kernel) == (1, 1, 0, 0, 1)
        result = await queued
        assert result.status == "CANCELLED"
        assert isinstance(result.exception, TaskCancelledError)
        gate.open.set()
        await behind
        assert gate.order == [running.task_id, behind.task_id]


@asynchronous
async def test_a_running_task_that_is_cancelled_ends_where_it_awaits():
    """Whoever awaits it has the answer at once, and the agent is free again."""
    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=gate)
        await gate.entered.wait()
        assert handle.cancel()
        assert (handle.done, handle.state) == (True, "CANCELLED")
        assert (await handle).error == f"{handle.task_id} was cancelled"
        await until_idle()
        assert gate.cancelled
        assert agent.state == "IDLE"
        assert agent.statistics().cancelled == 1
        assert (await kernel.submit("work")).ok


@asynchronous
async def test_a_task_that_is_cancelled_before_it_began_never_runs():
    """In the same tick in which it was submitted."""
    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=gate)
        assert handle.state == "RUNNING"
        assert handle.cancel()
        assert (await handle).status == "CANCELLED"
        await until_idle()
        assert gate.order == []
        assert agent.state == "IDLE"
        assert (await kernel.submit("work")).ok
        assert counts(kernel) == (0, 0, 1, 0, 1)


@asynchronous
async def test_a_task_that_a_watcher_cancels_as_it_starts_never_runs():
    """Watchers are called in the middle of the scheduler's moves."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        first, second = kernel.submit("work", do=gate), kernel.submit("work", do=gate)
        second.watch(second.cancel)
        await gate.entered.wait()
        gate.open.set()
        await first
        assert (await second).status == "CANCELLED"
        await until_idle()
        assert gate.order == [first.task_id]
        assert counts(kernel) == (0, 0, 1, 0, 1)


@asynchronous
async def test_cancelling_a_task_that_has_ended_changes_nothing():
    """However it ended."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit("work")
        await handle
        assert handle.cancel() is False
        assert handle.state == "COMPLETED"
        gone = kernel.submit("work")
        assert [gone.cancel(), gone.cancel()] == [True, False]
        assert counts(kernel) == (0, 0, 1, 0, 1)


@asynchronous
async def test_a_task_may_cancel_itself():
    """It ends at its next await."""
    reached = []

    async def do(task):
        handle.cancel()
        reached.append("before")
        await asyncio.sleep(0)
        reached.append("after")

    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit("work", do=do)
        assert (await handle).status == "CANCELLED"
        await until_idle()
        assert reached == ["before"]


@asynchronous
async def test_an_agent_that_ignores_its_cancellation_keeps_its_place_and_nothing_else():
    """The answer stays CANCELLED; the next task starts when the work has really ended."""
    gate = Gate()

    async def stubborn(task):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await gate(task)
        return {"after": "all"}

    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle, following = kernel.submit("work", do=stubborn), kernel.submit("work")
        await until_idle()
        handle.cancel()
        await gate.entered.wait()
        assert (await handle).status == "CANCELLED"
        assert following.state == "QUEUED"
        gate.open.set()
        assert (await following).ok
        assert (await handle).status == "CANCELLED"
        assert counts(kernel) == (0, 0, 1, 0, 1)


@asynchronous
async def test_a_computation_in_a_thread_ends_at_its_next_report_of_progress():
    """Nothing else can stop a thread."""
    started, resume, ended = Future(), Future(), Future()

    def compute():
        started.set_result(None)
        resume.result()
        try:
            report_progress(0.5)
        except TaskCancelledError as error:
            ended.set_result(error)
            raise

    async def do(task):
        return await agent.compute(compute)

    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker)
        handle = kernel.submit("work", do=do)
        await asyncio.wrap_future(started)
        handle.cancel()
        assert (await handle).status == "CANCELLED"
        resume.set_result(None)
        assert isinstance(await asyncio.wrap_future(ended), TaskCancelledError)
        assert handle.progress == 0.0
        kernel.assert_healthy()


@asynchronous
async def test_work_that_reports_progress_after_its_cancellation_is_stopped_there():
    """Also on the loop, where it swallowed the cancellation."""

    async def do(task):
        try:
            await gate(task)
        except asyncio.CancelledError:
            report_progress(0.9)
        return {}

    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=do)
        await gate.entered.wait()
        handle.cancel()
        await until_idle()
        assert agent.statistics().cancelled == 1
        kernel.assert_healthy()


@asynchronous
async def test_an_error_in_the_cleaning_up_of_a_cancelled_task_is_not_lost():
    """Nobody awaits it any more, so it is a dead letter."""

    async def do(task):
        try:
            await gate(task)
        finally:
            raise OSError("the cache is broken")

    kernel = AgentKernel()
    await kernel.spawn(Worker)
    gate = Gate()
    handle = kernel.submit("work", do=do)
    await gate.entered.wait()
    handle.cancel()
    assert (await handle).status == "CANCELLED"
    await until_idle()
    (letter,) = kernel.dead_letters
    assert letter.task is handle.task
    assert "failed after it was CANCELLED: OSError: the cache is broken" in letter.error
    await kernel.stop()


@asynchronous
async def test_ten_thousand_cancelled_tasks_leave_nothing_behind():
    """Behind one that blocks the line: the queue's room is counted, and its memory too."""
    async with AgentKernel(capacity=10) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handles = [kernel.submit("work", do=gate) for _ in range(2)]
        for _ in range(10_000):
            assert kernel.submit("work").cancel()
        assert counts(kernel) == (1, 1, 0, 0, 10_000)
        assert kernel._scheduler.queue.waiting() == handles[1:]
        gate.open.set()


@pytest.mark.parametrize("index", range(5))
@asynchronous
async def test_any_task_of_the_line_can_be_cancelled(index):
    """The others keep their order."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handles = [kernel.submit("work", do=gate) for _ in range(5)]
        handles.pop(index).cancel()
        gate.open.set()
        await kernel.join()
        assert gate.order == [handle.task_id for handle in handles]
