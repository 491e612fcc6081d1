"""Timeouts and deadlines, on a clock that the tests move."""

import asyncio
import threading
from concurrent.futures import Future
from datetime import timedelta

from workers import Gate, Worker, asynchronous, counts

from maos_nb.agents import report_progress
from maos_nb.errors import TaskCancelledError, TaskTimeoutError
from maos_nb.kernel import AgentKernel
from maos_nb.testing import ManualClock, until_idle


@asynchronous
async def test_a_timeout_ends_work_that_takes_longer():
    """To the moment, with a FAILED result that says what to do."""
    clock = ManualClock()
    async with AgentKernel(clock=clock) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", timeout=30, do=gate)
        await gate.entered.wait()
        clock.advance(29.9)
        assert handle.state == "RUNNING"
        clock.advance(0.1)
        result = await handle
        assert result.status == "FAILED"
        assert isinstance(result.exception, TaskTimeoutError)
        assert isinstance(result.exception, TimeoutError)
        assert "ran past its timeout of 30 s. Allow more with timeout=..." in result.error
        await until_idle()
        assert gate.cancelled
        assert kernel.statistics().timed_out == 1
        assert counts(kernel) == (0, 0, 0, 1, 0)


@asynchronous
async def test_a_timeout_counts_from_the_start_of_the_work():
    """Waiting in the queue costs nothing."""
    clock = ManualClock()
    async with AgentKernel(clock=clock) as kernel:
        await kernel.spawn(Worker)
        first, second = Gate(), Gate()
        kernel.submit("work", do=first)
        handle = kernel.submit("work", timeout=10, do=second)
        await first.entered.wait()
        clock.advance(1000)
        first.open.set()
        await second.entered.wait()
        clock.advance(9.9)
        assert handle.state == "RUNNING"
        clock.advance(0.1)
        assert (await handle).status == "FAILED"


@asynchronous
async def test_a_deadline_counts_from_submission_and_ends_a_task_in_the_queue():
    """Which then never starts."""
    clock = ManualClock()
    async with AgentKernel(clock=clock) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        first = kernel.submit("work", do=gate)
        late = kernel.submit("work", deadline=clock.now() + timedelta(seconds=60), do=gate)
        in_time = kernel.submit("work", deadline=clock.now() + timedelta(seconds=61), do=gate)
        clock.advance(60)
        result = await late
        assert isinstance(result.exception, TaskTimeoutError)
        assert "ran past its deadline 2024-01-02 00:01:00+00:00" in result.error
        gate.open.set()
        assert (await in_time).ok
        assert gate.order == [first.task_id, in_time.task_id]
        assert counts(kernel) == (0, 0, 2, 1, 0)


@asynchronous
async def test_a_deadline_ends_running_work_too():
    """Whatever its timeout would still allow."""
    clock = ManualClock()
    async with AgentKernel(clock=clock) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", timeout=100, deadline=clock.now() + timedelta(seconds=5), do=gate)
        await gate.entered.wait()
        clock.advance(5)
        assert "deadline" in (await handle).error
        await until_idle()
        assert gate.cancelled


@asynchronous
async def test_a_task_whose_deadline_has_passed_never_starts():
    """Although an agent is free."""
    clock = ManualClock()
    async with AgentKernel(clock=clock) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        for past in (timedelta(0), timedelta(days=1)):
            handle = kernel.submit("work", deadline=clock.now() - past, do=gate)
            assert handle.state == "FAILED"
            assert isinstance((await handle).exception, TaskTimeoutError)
        await until_idle()
        assert gate.order == []
        assert (await kernel.submit("work")).ok
        assert kernel.statistics().timed_out == 2


@asynchronous
async def test_a_task_that_ends_in_time_leaves_no_alarm_behind():
    """Moving the clock on later changes nothing."""
    clock = ManualClock()
    async with AgentKernel(clock=clock) as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit("work", timeout=5, deadline=clock.now() + timedelta(seconds=5))
        assert (await handle).ok
        clock.advance(10)
        assert (await handle).ok
        assert counts(kernel) == (0, 0, 1, 0, 0)


@asynchronous
async def test_work_that_outlives_its_timeout_in_a_thread_ends_at_its_next_report():
    """The awaiter has its answer long before."""
    clock, started, ended, resume = ManualClock(), Future(), Future(), threading.Event()

    def compute():
        started.set_result(None)
        resume.wait()
        try:
            report_progress(0.5)
        except TaskCancelledError:
            ended.set_result("ended")

    async def do(task):
        return await agent.compute(compute)

    async with AgentKernel(clock=clock) as kernel:
        agent = await kernel.spawn(Worker)
        handle = kernel.submit("work", timeout=1, do=do)
        await asyncio.wrap_future(started)
        clock.advance(1)
        assert (await handle).status == "FAILED"
        resume.set()
        assert await asyncio.wrap_future(ended) == "ended"
        kernel.assert_healthy()


@asynchronous
async def test_the_system_clock_keeps_time_limits_as_well():
    """The shortest one."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        result = await kernel.submit("work", timeout=1e-6, do=Gate())
        assert isinstance(result.exception, TaskTimeoutError)
