"""Submitting a task and awaiting its handle."""

import asyncio
import contextvars
import threading

import pytest
from workers import Gate, Worker, asynchronous, counts, fail

from maos_nb.errors import (
    InputError,
    KernelError,
    KernelStoppedError,
    NoRunningLoopError,
    RoutingError,
    TaskFailedError,
    UnknownCapabilityError,
)
from maos_nb.kernel import AgentKernel
from maos_nb.testing import until_idle
from maos_nb.types import Task, TaskResult, TaskStatus


@asynchronous
async def test_submit_returns_at_once_and_the_work_goes_on_by_itself():
    """Nothing of it has run when `submit` returns."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=gate)
        assert gate.order == []
        assert handle.state == "RUNNING"
        await gate.entered.wait()
        gate.open.set()
        await until_idle()
        assert handle.state == "COMPLETED"
        assert handle.result().unwrap() == {"through": handle.task_id}


@asynchronous
async def test_a_handle_can_be_awaited_again_and_by_many():
    """Each gets the same result."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=gate)

        async def wait():
            return await handle

        waiting = [asyncio.create_task(wait()) for _ in range(20)]
        await gate.entered.wait()
        gate.open.set()
        results = await asyncio.gather(*waiting)
        again = await handle
        assert again.ok
        assert all(result is again for result in results)


@asynchronous
async def test_cancelling_one_awaiter_leaves_the_task_and_the_other_awaiters_alone():
    """As does the end of a time limit around the waiting."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=gate)

        async def wait():
            return await handle

        one, other = asyncio.create_task(wait()), asyncio.create_task(wait())
        await gate.entered.wait()
        one.cancel()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(handle, 0)
        await until_idle()
        assert one.cancelled()
        assert handle.state == "RUNNING"
        assert not gate.cancelled
        gate.open.set()
        assert (await other).ok
        assert (await handle).ok


@asynchronous
async def test_waits_that_were_given_up_leave_nothing_behind():
    """A cell that looks in every second must not fill the memory."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=gate)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await handle
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await kernel.join()
        assert not handle._waiters
        assert not kernel._scheduler._waiting_for_idle
        gate.open.set()


@asynchronous
async def test_an_awaiter_that_is_cancelled_as_the_result_comes_loses_nothing():
    """The result stays with the handle."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)

        async def wait():
            return await handle

        handle = kernel.submit("work", do=fail)
        waiting = asyncio.create_task(wait())
        handle.watch(lambda: handle.done and waiting.cancel())
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        assert len(kernel.dead_letters) == 1
        assert (await handle).status == "FAILED"
        kernel.assert_healthy()


@asynchronous
async def test_a_result_that_is_not_there_yet_is_an_error_that_shows_how_to_wait():
    """`result()` never blocks."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit("work")
        with pytest.raises(KernelError, match=r"is still RUNNING. Wait for it: result = await handle"):
            handle.result()
        await handle


@asynchronous
async def test_a_failed_task_gives_a_failed_result_and_raises_only_when_unwrapped():
    """Awaiting never raises what the agent raised."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        result = await kernel.submit(Task("t1", "work", "work", parameters={"do": fail}))
        assert result.status == "FAILED"
        assert result.error == "ValueError: t1 is beyond me"
        with pytest.raises(TaskFailedError) as caught:
            result.unwrap()
        assert caught.value.__cause__ is result.exception


@asynchronous
async def test_text_becomes_a_task_with_its_options_and_parameters():
    """And the capability that its words fit."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit("hard labour", priority="high", timeout=5, wage=3)
        task = handle.task
        assert (task.description, task.task_type, task.priority) == ("hard labour", "work", "HIGH")
        assert (task.timeout, dict(task.parameters)) == (5, {"wage": 3})
        assert handle.capability == "work"
        await handle


@asynchronous
async def test_a_task_without_a_type_goes_where_its_words_fit_and_keeps_its_id():
    """The handle's task names what was chosen."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit(Task("t1", "some work"))
        assert (handle.task_id, handle.task.task_type) == ("t1", "work")
        assert (await handle).task_id == "t1"


@pytest.mark.parametrize(
    ("task", "options", "error", "words"),
    [
        (None, {}, InputError, "^task: expected a Task or a description, got NoneType"),
        (Task("t", "work"), {"wage": 3}, InputError, "^task: a Task carries its own options"),
        (Task("t", "work"), {"priority": "HIGH"}, InputError, "^task: a Task carries its own options"),
        ("work", {"priority": "SOON"}, InputError, "^priority: "),
        ("work", {"timeout": 0}, InputError, "^timeout: "),
        ("work", {"deadline": "now"}, InputError, "^deadline: "),
        ("", {}, InputError, "^description: is empty"),
        ("sing", {}, RoutingError, "fits no capability: wide, work"),
        ("wide work", {}, RoutingError, "fits several capabilities equally: wide, work"),
        ("x", {"task_type": "singing"}, UnknownCapabilityError, "'singing'. There is: wide, work"),
    ],
)
@asynchronous
async def test_what_cannot_be_submitted_is_refused_at_once_and_counts_as_nothing(task, options, error, words):
    """The message names the argument, or lists the candidates."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        with pytest.raises(error, match=words):
            kernel.submit(task, **options)
        with pytest.raises(error, match=words):
            await kernel.enqueue(task, **options)
        assert counts(kernel) == (0, 0, 0, 0, 0)


@asynchronous
async def test_a_kernel_without_agents_says_what_to_do():
    """There is nothing that a task could wait for."""
    async with AgentKernel() as kernel:
        with pytest.raises(UnknownCapabilityError, match="Spawn an agent first"):
            kernel.submit("x", task_type="work")
        with pytest.raises(RoutingError, match="there is none"):
            kernel.submit("x")


@asynchronous
async def test_the_work_sees_the_context_of_the_cell_that_submitted_it():
    """Also when another task's end starts it, and when it had to wait for room."""
    cell = contextvars.ContextVar("cell", default="none")
    seen = []

    async def look(task):
        seen.append((task.description, cell.get()))
        await asyncio.sleep(0)
        seen.append((task.description, cell.get()))
        return {}

    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        for number in ("1", "2"):
            cell.set(number)
            kernel.submit(number, task_type="work", do=look)
        cell.set("3")
        third = asyncio.create_task(kernel.enqueue("3", task_type="work", do=look))
        cell.set("later")
        await third
        await kernel.join()
    assert seen == [(number, number) for number in "123" for _ in range(2)]
    assert cell.get() == "later"


@asynchronous
async def test_the_handle_says_who_works_and_how_far_it_is():
    """From the loop and from a thread; 1 once completed."""
    reported, resume = threading.Event(), threading.Event()

    def compute(report):
        report(0.5, "half\nway")
        reported.set()
        resume.wait()

    async def do(task):
        from maos_nb.agents import report_progress

        report_progress(0.25, "reading")
        shown.append((handle.progress, handle.message))
        await agent.compute(compute, report_progress)
        return {}

    shown = []
    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker, agent_id="w1")
        handle = kernel.submit(Task("t1", "work", parameters={"do": do}))
        assert (handle.progress, handle.message, handle.agent_id) == (0.0, "", "w1")
        await asyncio.to_thread(reported.wait)
        assert shown == [(0.25, "reading")]
        assert (handle.progress, handle.message) == (0.5, "half\nway")
        assert repr(handle) == "<TaskHandle t1 RUNNING 50% by w1 'half way'>"
        resume.set()
        await handle
        assert handle.progress == 1.0
        assert repr(handle) == "<TaskHandle t1 COMPLETED by w1>"


@asynchronous
async def test_watchers_hear_of_every_change_on_the_loop_and_floods_are_gathered():
    """A computation that reports a thousand times makes a few calls."""
    from maos_nb.agents import report_progress

    def compute():
        for step in range(1000):
            report_progress(step / 1000)

    async def do(task):
        # No other task of the loop runs meanwhile, so that what is gathered can be counted.
        thread = threading.Thread(target=contextvars.copy_context().run, args=(compute,))
        thread.start()
        thread.join()
        await until_idle()
        return {}

    heard, threads = [], set()
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit("work", do=do)

        def watch():
            heard.append((handle.state, handle.progress))
            threads.add(threading.current_thread())

        stop = handle.watch(watch)
        await handle
        assert heard == [("RUNNING", 0.999), ("COMPLETED", 1.0)]
        assert threads == {threading.main_thread()}
        stop()
        stop()


@asynchronous
async def test_a_handle_cannot_be_used_from_another_thread_or_loop():
    """Each attempt is a clear error at once, never a wait without end."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handle = kernel.submit("work", do=gate)

        async def wait():
            await handle

        def elsewhere():
            raised = []
            for attempt in (
                handle.cancel,
                lambda: kernel.submit("work"),
                lambda: asyncio.run(wait()),
                lambda: asyncio.run(kernel.join()),
                lambda: asyncio.run(kernel.stop()),
                lambda: asyncio.run(kernel.spawn(Worker)),
            ):
                try:
                    attempt()
                except NoRunningLoopError as error:
                    raised.append(str(error))
            return raised

        raised = await asyncio.to_thread(elsewhere)
        assert len(raised) == 6
        assert "loop.call_soon_threadsafe(handle.cancel)" in raised[0]
        assert "none is running here" in raised[1]
        assert all("belongs to another event loop or thread" in text for text in raised[2:])
        assert handle.state == "RUNNING"
        gate.open.set()
        assert (await handle).ok
        assert (await asyncio.to_thread(asyncio.run, wait())) is None
        assert (await asyncio.to_thread(handle.cancel)) is False


def test_without_a_running_loop_the_error_shows_the_form_to_use():
    """Making a kernel needs none."""
    kernel = AgentKernel()
    with pytest.raises(NoRunningLoopError, match="async with AgentKernel"):
        kernel.submit("work")


def test_a_kernel_does_not_follow_its_user_into_a_second_loop():
    """Its tasks ended with the first."""
    kernel = AgentKernel()

    async def first():
        await kernel.spawn(Worker)
        return await kernel.submit("work")

    async def second():
        kernel.submit("work")

    assert asyncio.run(first()).ok
    with pytest.raises(NoRunningLoopError, match="belongs to another event loop"):
        asyncio.run(second())


@asynchronous
async def test_an_agent_with_an_execute_task_of_its_own_is_held_to_the_contract():
    """Whatever it gives or raises, the task is answered."""

    class Own(Worker):
        async def execute_task(self, task):
            outcome = task.parameters["outcome"]
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

    async with AgentKernel() as kernel:
        await kernel.spawn(Own)
        good = TaskResult("t", TaskStatus.COMPLETED, {"v": 1})
        assert await kernel.submit("work", outcome=good) is good
        for outcome, words in (
            ({"v": 1}, "execute_task gave dict, not a TaskResult"),
            (None, "execute_task gave NoneType, not a TaskResult"),
            (KeyError("x"), "KeyError: 'x'"),
            (asyncio.CancelledError("inner"), "CancelledError: inner"),
        ):
            result = await kernel.submit("work", outcome=outcome)
            assert result.status == "FAILED"
            assert words in result.error


def test_an_interrupt_inside_the_work_still_answers_the_task():
    """It passes on through the loop, as it should, but nobody waits for ever."""
    kernel, kept = AgentKernel(), {}

    async def interrupt(task):
        raise KeyboardInterrupt("stop")

    async def main():
        await kernel.spawn(Worker)
        kept["handle"] = kernel.submit("work", do=interrupt)
        await kept["handle"]

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    result = kept["handle"].result()
    assert result.status == "FAILED"
    assert isinstance(result.exception, KeyboardInterrupt)
    assert counts(kernel) == (0, 0, 0, 1, 0)


@asynchronous
async def test_whatever_else_an_agent_raises_is_its_result():
    """Even what is no Exception, from an execute_task of its own too."""

    class Odd(BaseException): ...

    class Own(Worker):
        async def execute_task(self, task):
            raise Odd("o")

    async def leave(task):
        raise SystemExit("bye")

    async def odd(task):
        raise Odd("o")

    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        assert (await kernel.submit("work", do=leave)).error == "SystemExit: bye"
        assert (await kernel.submit("work", do=odd)).error == "Odd: o"
    async with AgentKernel() as kernel:
        await kernel.spawn(Own)
        assert (await kernel.submit("work")).error == "Odd: o"


@asynchronous
async def test_a_stopped_kernel_takes_nothing_and_its_handles_keep_their_results():
    """Each door says so."""
    kernel = AgentKernel()
    await kernel.spawn(Worker)
    handle = kernel.submit("work")
    await handle
    await kernel.stop()
    assert (await handle).ok
    for attempt in (lambda: kernel.submit("work"), lambda: kernel.map(["work"])):
        with pytest.raises(KernelStoppedError, match=r"the kernel is STOPPED. Make a new AgentKernel"):
            attempt()
    for coroutine in (kernel.enqueue("work"), kernel.spawn(Worker)):
        with pytest.raises(KernelStoppedError):
            await coroutine
