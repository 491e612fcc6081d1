"""Joining and stopping: nobody waits for ever, and nothing is left unanswered."""

import asyncio

import pytest
from workers import Clerk, Gate, Worker, asynchronous, counts

from maos_nb.errors import InputError, KernelError, KernelStoppedError
from maos_nb.kernel import AgentKernel
from maos_nb.testing import until_idle
from maos_nb.types import Task

AT_ONCE = 0.01
"""Seconds of grace for work that is known not to end."""


@asynchronous
async def test_join_waits_until_no_task_is_queued_or_running():
    """Those submitted meanwhile included; an idle kernel is joined at once."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        await kernel.join()
        first, second = Gate(), Gate()

        async def submit_another(task):
            await first(task)
            kernel.submit("work", do=second)
            return {}

        kernel.submit("work", do=submit_another)
        joins = [asyncio.create_task(kernel.join()) for _ in range(3)]
        await first.entered.wait()
        joins[0].cancel()
        first.open.set()
        await second.entered.wait()
        assert not joins[1].done()
        second.open.set()
        await asyncio.gather(*joins[1:])
        assert joins[0].cancelled()
        assert counts(kernel) == (0, 0, 2, 0, 0)


@asynchronous
async def test_a_task_that_joins_its_own_kernel_is_told_that_it_would_wait_for_itself():
    """Instead of waiting for ever."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)

        async def do(task):
            await kernel.join()

        result = await kernel.submit("work", do=do)
        assert isinstance(result.exception, KernelError)
        assert "Await the handles" in result.error


@asynchronous
async def test_stop_answers_every_unfinished_task():
    """Queued, running and not yet begun, with a KernelStoppedError."""
    kernel = AgentKernel()
    agent = await kernel.spawn(Worker)
    gate = Gate()
    handles = [kernel.submit("work", do=gate) for _ in range(3)]
    await gate.entered.wait()
    handles += [kernel.submit("wide", do=gate)]
    await kernel.stop()
    for handle in handles:
        result = await handle
        assert result.status == "FAILED"
        assert isinstance(result.exception, KernelStoppedError)
        assert f"the kernel stopped before {handle.task_id} was finished" in result.error
    assert gate.cancelled
    assert len(gate.order) == 1
    assert (kernel.state, agent.state) == ("STOPPED", "TERMINATING")
    assert counts(kernel) == (0, 0, 0, 4, 0)


@asynchronous
async def test_stopping_twice_and_from_several_places_stops_once():
    """Each agent is closed once, and everybody returns when it is over."""
    closed = []

    class Closing(Worker):
        async def close(self):
            closed.append(self.agent_id)
            await asyncio.sleep(0)
            closed.append("end")

    kernel = AgentKernel()
    agent = await kernel.spawn(Closing)
    await asyncio.gather(*(kernel.stop() for _ in range(3)))
    await kernel.stop()
    assert closed == [agent.agent_id, "end"]


@asynchronous
async def test_interrupting_the_wait_for_a_stop_does_not_interrupt_the_stop():
    """It can be waited for again."""
    released = asyncio.Event()

    class Closing(Worker):
        async def close(self):
            await released.wait()

    kernel = AgentKernel()
    await kernel.spawn(Closing)
    waiting = asyncio.create_task(kernel.stop())
    await until_idle()
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert kernel.state == "STOPPING"
    released.set()
    await kernel.stop()
    assert kernel.state == "STOPPED"
    kernel.assert_healthy()


@asynchronous
async def test_a_task_may_stop_its_own_kernel_and_give_its_result():
    """All others are answered; so are those that a child of the task's stops."""

    async def stop(task):
        await kernel.stop()
        return {"stopped": kernel.state}

    async def stop_in_a_child(task):
        await asyncio.create_task(kernel.stop())
        return {"stopped": kernel.state}

    for do in (stop, stop_in_a_child):
        kernel = AgentKernel()
        await kernel.spawn(Worker, instances=2)
        other = kernel.submit("work", do=Gate())
        stopping = kernel.submit("work", do=do)
        queued = kernel.submit("work")
        assert (await stopping).unwrap() == {"stopped": "STOPPED"}
        for handle in (other, queued):
            assert isinstance((await handle).exception, KernelStoppedError)
        assert counts(kernel) == (0, 0, 1, 2, 0)


@asynchronous
async def test_work_that_does_not_end_is_reported_and_does_not_hold_up_the_stop():
    """Its awaiter has its answer, and the kernel is not healthy."""
    gate = Gate()

    async def stubborn(task):
        while not gate.open.is_set():
            try:
                await gate(task)
            except asyncio.CancelledError:
                continue
        return {}

    kernel = AgentKernel()
    await kernel.spawn(Worker)
    handle = kernel.submit(Task("t1", "work", parameters={"do": stubborn}))
    await gate.entered.wait()
    await kernel.stop(grace=AT_ONCE)
    assert isinstance((await handle).exception, KernelStoppedError)
    (letter,) = kernel.dead_letters
    assert letter.error == "the work of t1 did not end when it was cancelled"
    gate.open.set()
    await until_idle()


@asynchronous
async def test_work_that_needs_a_moment_to_end_gets_it():
    """Grace is for that."""
    cleaned = []

    async def tidy(task):
        try:
            await gate(task)
        finally:
            await asyncio.sleep(0)
            cleaned.append(task.task_id)

    kernel = AgentKernel()
    await kernel.spawn(Worker)
    gate = Gate()
    handle = kernel.submit("work", do=tidy)
    await gate.entered.wait()
    await kernel.stop()
    assert cleaned == [handle.task_id]
    await handle
    kernel.assert_healthy()


@pytest.mark.parametrize("error", [ValueError("no"), asyncio.CancelledError("inner")])
@asynchronous
async def test_an_agent_that_will_not_close_is_reported_and_the_others_are_closed(error):
    """The kernel stops all the same."""
    closed = []

    class Broken(Worker):
        async def close(self):
            raise error

    class Good(Clerk):
        async def close(self):
            closed.append(self.agent_id)

    kernel = AgentKernel()
    await kernel.spawn(Broken, agent_id="b")
    await kernel.spawn(Good, agent_id="g")
    await kernel.stop()
    assert closed == ["g"]
    (letter,) = kernel.dead_letters
    assert letter.error.startswith(f"b did not close: {type(error).__name__}: ")
    assert letter.exception is error


@asynchronous
async def test_agents_that_hang_while_closing_share_one_period_of_grace():
    """Even if they ignore their cancellation."""
    freed = asyncio.Event()

    class Hanging(Worker):
        async def close(self):
            while not freed.is_set():
                try:
                    await freed.wait()
                except asyncio.CancelledError:
                    continue

    kernel = AgentKernel()
    await kernel.spawn(Hanging, instances=50)
    before = asyncio.get_running_loop().time()
    await kernel.stop(grace=AT_ONCE)
    assert asyncio.get_running_loop().time() - before < 25 * AT_ONCE + 1
    assert len(kernel.dead_letters) == 50
    assert "did not close within 0.01 s" in kernel.dead_letters[0].error
    freed.set()
    await until_idle()


@asynchronous
async def test_an_agents_close_may_be_a_plain_function():
    """Many a user will write it so."""
    closed = []

    class Plain(Worker):
        def close(self):
            closed.append(True)

    async with AgentKernel() as kernel:
        await kernel.spawn(Plain)
    assert closed == [True]
    kernel.assert_healthy()


@pytest.mark.parametrize("grace", [-1, float("nan"), float("inf"), "5", None])
@asynchronous
async def test_grace_is_a_number_of_seconds(grace):
    """A refused stop has stopped nothing."""
    async with AgentKernel() as kernel:
        with pytest.raises(InputError, match=r"^grace: "):
            await kernel.stop(grace=grace)
        assert kernel.state == "RUNNING"


@asynchronous
async def test_leaving_the_block_waits_for_the_work_and_stops():
    """The program's way."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handles = [kernel.submit("work") for _ in range(3)]
    assert kernel.state == "STOPPED"
    assert all([(await handle).ok for handle in handles])


@asynchronous
async def test_an_error_in_the_block_stops_at_once_and_passes_through():
    """Work that nobody will look at is not waited for."""
    gate = Gate()
    with pytest.raises(OSError, match="in the block"):  # noqa: PT012  # the block is the point
        async with AgentKernel() as kernel:
            await kernel.spawn(Worker)
            handle = kernel.submit("work", do=gate)
            await gate.entered.wait()
            raise OSError("in the block")
    assert kernel.state == "STOPPED"
    assert isinstance((await handle).exception, KernelStoppedError)
    assert gate.cancelled


@asynchronous
async def test_a_program_that_is_interrupted_while_it_leaves_the_block_still_stops():
    """The wait for the work ends, the stop does not."""
    gate, kept = Gate(), []

    async def program():
        async with AgentKernel() as kernel:
            kept.append(kernel)
            await kernel.spawn(Worker)
            kept.append(kernel.submit("work", do=gate))

    running = asyncio.create_task(program())
    await gate.entered.wait()
    await until_idle()
    running.cancel()
    await asyncio.wait([running])
    kernel, handle = kept
    assert running.cancelled()
    assert kernel.state == "STOPPED"
    assert isinstance((await handle).exception, KernelStoppedError)


@asynchronous
async def test_a_watcher_may_cancel_and_submit_while_the_kernel_stops():
    """The books stay in order."""
    kernel = AgentKernel()
    await kernel.spawn(Worker)
    gate = Gate()
    handles = [kernel.submit("work", do=gate) for _ in range(5)]
    refused = []

    def meddle():
        for handle in handles:
            handle.cancel()
        try:
            kernel.submit("work")
        except KernelStoppedError:
            refused.append(True)

    handles[1].watch(meddle)
    await gate.entered.wait()
    await kernel.stop()
    assert refused
    assert all(handle.done for handle in handles)
    assert counts(kernel) == (0, 0, 0, 1, 4)


@asynchronous
async def test_each_agent_is_terminated_before_it_is_closed():
    """So that nobody gives it work while it lets go of what it holds."""
    seen = []

    class Closing(Worker):
        async def close(self):
            seen.append(self.state)

    async with AgentKernel() as kernel:
        await kernel.spawn(Closing)
    assert seen == ["TERMINATING"]
