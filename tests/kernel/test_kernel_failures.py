"""No error is lost: what nobody has looked at is a dead letter."""

import logging

import pytest
from workers import Gate, Worker, asynchronous, counts, fail

from maos_nb.errors import UnhealthyKernelError
from maos_nb.kernel import AgentKernel, DeadLetter
from maos_nb.testing import ManualClock, until_idle
from maos_nb.types import Task


@asynchronous
async def test_a_failure_that_nobody_awaited_is_a_dead_letter_until_somebody_does():
    """With the task and the exception."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit(Task("t1", "work", parameters={"do": fail}))
        await kernel.join()
        (letter,) = kernel.dead_letters
        assert (letter.task, letter.error) == (handle.task, "ValueError: t1 is beyond me")
        assert isinstance(letter.exception, ValueError)
        assert kernel.statistics().dead_letters == 1
        with pytest.raises(
            UnhealthyKernelError, match=r"1 failures .*: t1: ValueError: t1 is beyond me"
        ) as caught:
            kernel.assert_healthy()
        assert isinstance(caught.value, AssertionError)
        assert isinstance(caught.value.__cause__, ValueError)
        await handle
        assert kernel.dead_letters == ()
        kernel.assert_healthy()


@pytest.mark.parametrize("how", ["timeout", "dropped", "stopped"])
@asynchronous
async def test_every_kind_of_failure_counts(how):
    """Whoever did not look has to learn of it."""
    clock = ManualClock()
    kernel = AgentKernel(capacity=1, when_full="drop_oldest", clock=clock)
    await kernel.spawn(Worker)
    gate = Gate()
    blocking = kernel.submit("work", do=gate, timeout=9 if how == "timeout" else None)
    waiting = kernel.submit("work", do=gate)
    if how == "timeout":
        clock.advance(9)
        waiting.cancel()
    elif how == "dropped":
        kernel.submit("work", do=gate).cancel()
    await kernel.stop()
    unseen = {letter.task.task_id for letter in kernel.dead_letters}
    assert unseen == {handle.task_id for handle in (blocking, waiting) if handle.state == "FAILED"}
    assert unseen


@asynchronous
async def test_cancelled_and_completed_tasks_are_no_failures():
    """Even if nobody ever looks."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        kernel.submit("work")
        kernel.submit("work").cancel()
        await kernel.join()
        kernel.assert_healthy()


@asynchronous
async def test_the_message_lists_ten_failures_in_order_and_counts_the_rest():
    """Short enough to read."""
    kernel = AgentKernel()
    await kernel.spawn(Worker)
    for number in range(12):
        kernel.submit(Task(f"t{number}", "work", parameters={"do": fail}))
    await kernel.join()
    with pytest.raises(UnhealthyKernelError) as caught:
        kernel.assert_healthy()
    message = str(caught.value)
    assert message.startswith("12 failures")
    assert "; t9: " in message
    assert "t10" not in message
    assert "(and 2 more)" in message
    await kernel.stop()


@asynchronous
async def test_a_thousand_failures_are_kept_and_the_earlier_ones_counted():
    """Memory is bounded, the truth is not."""
    kernel = AgentKernel()
    await kernel.spawn(Worker)
    handles = [kernel.submit(Task(f"t{number}", "work", parameters={"do": fail})) for number in range(1003)]
    await kernel.join()
    letters = kernel.dead_letters
    assert len(letters) == 1001
    assert letters[0].task.task_id == "t3"
    assert letters[-1].error == "3 earlier failures are no longer kept"
    for handle in handles:
        handle.result()
    assert [letter.error for letter in kernel.dead_letters] == ["3 earlier failures are no longer kept"]
    await kernel.stop()


@asynchronous
async def test_a_failure_that_was_looked_at_is_not_kept():
    """Its traceback may hold megabytes of prices."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        for _ in range(100):
            await kernel.submit("work", do=fail)
        assert not kernel._scheduler.failures._unseen


@asynchronous
async def test_a_listener_that_raises_is_found_by_the_health_check():
    """The work was not disturbed."""

    def broken(event):
        raise KeyError(event.after)

    kernel = AgentKernel()
    agent = await kernel.spawn(Worker, agent_id="w")
    stop = agent.listen(broken)
    assert (await kernel.submit("work")).ok
    stop()
    assert [letter.error for letter in kernel.dead_letters] == [
        f"a listener of w raised KeyError: <AgentState.{state}: '{state}'>"
        for state in ("ASSIGNED", "WORKING", "IDLE")
    ]
    await kernel.stop()


@pytest.mark.parametrize("watched", ["handle", "kernel"])
@asynchronous
async def test_a_watcher_that_raises_is_found_by_the_health_check(watched):
    """The work was not disturbed, nor were the other watchers."""

    def broken():
        raise OSError("the display is gone")

    heard = []
    kernel = AgentKernel()
    await kernel.spawn(Worker)
    handle = kernel.submit("work")
    target = handle if watched == "handle" else kernel
    target.watch(broken)
    target.watch(lambda: heard.append(handle.state))
    assert (await handle).ok
    assert heard == ["COMPLETED"]
    assert kernel.dead_letters[0].error == "a watcher raised OSError: the display is gone"
    with pytest.raises(UnhealthyKernelError, match="kernel: a watcher raised"):
        kernel.assert_healthy()
    await kernel.stop()


@asynchronous
async def test_stopping_writes_what_nobody_looked_at_to_the_log(caplog):
    """For programs that never ask."""
    caplog.set_level(logging.ERROR, logger="maos_nb")
    kernel = AgentKernel()
    await kernel.spawn(Worker)
    kernel.submit(Task("t1", "work", parameters={"do": fail}))
    await kernel.join()
    await kernel.stop()
    assert "failure that nobody awaited error=ValueError: t1 is beyond me" in caplog.text


def test_dead_letters_have_a_repr_without_addresses():
    """They are shown in notebooks."""
    assert repr(DeadLetter("it broke", None, ValueError())) == "DeadLetter(error='it broke', task=None)"


@asynchronous
async def test_the_books_add_up_after_failures_of_every_kind():
    """Each task is in exactly one place."""
    clock = ManualClock()
    async with AgentKernel(clock=clock) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        slow = kernel.submit("work", do=gate, timeout=1)
        queued = [kernel.submit("work", do=fail), kernel.submit("work"), kernel.submit("work")]
        queued[1].cancel()
        clock.advance(1)
        await kernel.join()
        await until_idle()
        assert counts(kernel) == (0, 0, 1, 2, 1)
        for handle in (slow, *queued):
            await handle
