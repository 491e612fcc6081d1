"""The bounded queue: order, priorities, and what happens when it is full."""

import asyncio

import pytest
from workers import Clerk, Gate, Worker, asynchronous, counts

from maos_nb.errors import InputError, KernelStoppedError, QueueFullError, UnknownCapabilityError
from maos_nb.kernel import AgentKernel
from maos_nb.testing import until_idle
from maos_nb.types import Task


def names(gate):
    """Give the ids of the tasks that came to a gate, in order."""
    return "".join(gate.order)


@asynchronous
async def test_urgent_tasks_go_first_and_equals_in_order_of_arrival():
    """Whatever order they came in."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        kernel.submit(Task("0", "work", parameters={"do": gate}))
        for task_id, priority in zip("abcdefgh", ["LOW", "NORMAL", "HIGH", "CRITICAL"] * 2, strict=True):
            kernel.submit(Task(task_id, "work", "work", priority, {"do": gate}))
        gate.open.set()
        await kernel.join()
        assert names(gate) == "0dhcgbfae"


@asynchronous
async def test_a_full_queue_rejects_and_says_what_to_do():
    """Running tasks do not count; what was taken stays."""
    async with AgentKernel(capacity=2) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        for task_id in "abc":
            kernel.submit(Task(task_id, "work", parameters={"do": gate}))
        with pytest.raises(QueueFullError, match=r"full \(2 tasks\), d was not taken. Wait for room"):
            kernel.submit(Task("d", "work", parameters={"do": gate}))
        assert counts(kernel) == (2, 1, 0, 0, 0)
        gate.open.set()
        await kernel.join()
        assert names(gate) == "abc"


@asynchronous
async def test_a_full_queue_does_not_stop_an_agent_that_is_free():
    """Tasks of another capability start at once."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        await kernel.spawn(Clerk)
        gate = Gate()
        kernel.submit("work", do=gate)
        kernel.submit("work", do=gate)
        assert (await kernel.submit("file")).ok
        assert (await (await kernel.enqueue("file"))).ok
        gate.open.set()


@asynchronous
async def test_dropping_the_oldest_answers_it_and_takes_the_new_one():
    """The one that waited longest among the least urgent."""
    async with AgentKernel(capacity=3, when_full="drop_oldest") as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        handles = {}
        for task_id, priority in (
            ("0", "LOW"),
            ("a", "HIGH"),
            ("b", "NORMAL"),
            ("c", "NORMAL"),
            ("d", "HIGH"),
        ):
            handles[task_id] = kernel.submit(Task(task_id, "work", "work", priority, {"do": gate}))
        result = await handles["b"]
        assert result.status == "FAILED"
        assert isinstance(result.exception, QueueFullError)
        assert counts(kernel) == (3, 1, 0, 1, 0)
        gate.open.set()
        await kernel.join()
        assert names(gate) == "0adc"


@asynchronous
async def test_nothing_urgent_is_dropped_for_something_that_can_wait():
    """The new task is refused instead."""
    async with AgentKernel(capacity=1, when_full="drop_oldest") as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        for task_id in "ab":
            kernel.submit(Task(task_id, "work", "work", "HIGH", {"do": gate}))
        with pytest.raises(QueueFullError, match="c was not taken"):
            kernel.submit(Task("c", "work", "work", "NORMAL", {"do": gate}))
        gate.open.set()
        await kernel.join()
        assert names(gate) == "ab"


@asynchronous
async def test_a_cancelled_task_makes_room():
    """At once."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        kernel.submit("work", do=gate)
        kernel.submit("work", do=gate).cancel()
        kernel.submit("work", do=gate)
        gate.open.set()


@asynchronous
async def test_enqueue_waits_for_room_first_come_first_served():
    """And nobody who comes later slips in between."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()

        def task(task_id):
            return Task(task_id, "work", parameters={"do": gate})

        kernel.submit(task("a"))
        kernel.submit(task("b"))
        waiting = [asyncio.create_task(kernel.enqueue(task(task_id))) for task_id in "cdef"]
        await until_idle()
        assert counts(kernel) == (1, 1, 0, 0, 0)
        gate.open.set()
        while len(gate.order) < 2:  # noqa: ASYNC110  # turn by turn, to stop in the middle
            await asyncio.sleep(0)
        with pytest.raises(QueueFullError):
            kernel.submit(task("late"))
        last = asyncio.create_task(kernel.enqueue(task("g")))
        handles = await asyncio.gather(*waiting, last)
        await kernel.join()
        assert names(gate) == "abcdefg"
        assert [handle.task_id for handle in handles] == list("cdefg")


@asynchronous
async def test_room_in_the_queue_goes_to_whoever_has_waited_longest_for_whatever():
    """Across capabilities."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        await kernel.spawn(Clerk)
        gate = Gate()
        for words in ("work", "file"):
            kernel.submit(words, do=gate)
        queued = kernel.submit("work", do=gate)
        first = asyncio.create_task(kernel.enqueue("file", do=gate))
        await until_idle()
        second = asyncio.create_task(kernel.enqueue("work", do=gate))
        await until_idle()
        queued.cancel()
        await until_idle()
        assert (first.done(), second.done()) == (True, False)
        gate.open.set()
        await asyncio.gather(first, second)


@asynchronous
async def test_whoever_stops_waiting_for_room_is_forgotten():
    """Its task is never taken, the next in line is."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        kernel.submit("work", do=gate)
        kernel.submit("work", do=gate)
        gone = asyncio.create_task(kernel.enqueue(Task("gone", "work", parameters={"do": gate})))
        stays = asyncio.create_task(kernel.enqueue(Task("stays", "work", parameters={"do": gate})))
        await until_idle()
        gone.cancel()
        await asyncio.wait([gone])
        gate.open.set()
        assert (await (await stays)).ok
        assert "gone" not in gate.order
        assert counts(kernel) == (0, 0, 3, 0, 0)


@asynchronous
async def test_whoever_is_cancelled_in_the_moment_of_admission_passes_the_room_on():
    """The task that nobody holds a handle of is cancelled, the next takes its place."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        kernel.submit("work", do=gate)
        queued = kernel.submit("work", do=gate)
        unlucky = asyncio.create_task(kernel.enqueue(Task("unlucky", "work", parameters={"do": gate})))
        next_one = asyncio.create_task(kernel.enqueue(Task("next", "work", parameters={"do": gate})))
        await until_idle()
        queued.cancel()  # admits `unlucky`, which is cancelled before it can take its handle
        unlucky.cancel()
        await asyncio.wait([unlucky])
        assert unlucky.cancelled()
        handle = await next_one
        gate.open.set()
        assert (await handle).ok
        assert "unlucky" not in gate.order
        assert counts(kernel) == (0, 0, 2, 0, 2)


@asynchronous
async def test_a_waiting_task_starts_as_soon_as_its_own_agent_is_free():
    """Although the queue is still full of work for others."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        await kernel.spawn(Clerk)
        stuck, desk = Gate(), Gate()
        kernel.submit("work", do=stuck)
        kernel.submit("work", do=stuck)
        kernel.submit("file", do=desk)
        waiting = asyncio.create_task(kernel.enqueue("file"))
        await desk.entered.wait()
        assert not waiting.done()
        desk.open.set()
        assert (await (await waiting)).ok
        assert counts(kernel)[:2] == (1, 1)
        stuck.open.set()


@asynchronous
async def test_stopping_answers_those_who_wait_for_room():
    """With the error of a stopped kernel."""
    kernel = AgentKernel(capacity=1)
    await kernel.spawn(Worker)
    gate = Gate()
    handles = [kernel.submit("work", do=gate) for _ in range(2)]
    waiting = asyncio.create_task(kernel.enqueue("work"))
    await until_idle()
    await kernel.stop()
    with pytest.raises(KernelStoppedError):
        await waiting
    for handle in handles:
        await handle


@asynchronous
async def test_tasks_whose_last_agent_was_terminated_are_answered():
    """Those in the queue, those waiting for room, and those that come later."""
    async with AgentKernel(capacity=1) as kernel:
        agent = await kernel.spawn(Worker)
        gate = Gate()
        running, queued = kernel.submit("work", do=gate), kernel.submit("work", do=gate)
        waiting = asyncio.create_task(kernel.enqueue("work"))
        await gate.entered.wait()
        agent.terminate()
        gate.open.set()
        assert (await running).ok
        result = await queued
        assert isinstance(result.exception, UnknownCapabilityError)
        assert "has been terminated. Spawn another" in result.error
        with pytest.raises(UnknownCapabilityError):
            await waiting
        with pytest.raises(UnknownCapabilityError):
            kernel.submit("work")
        await kernel.spawn(Worker)
        assert (await kernel.submit("work")).ok
        assert counts(kernel) == (0, 0, 2, 1, 0)


@asynchronous
async def test_two_agents_with_the_same_capability_share_the_load():
    """Each task goes to the less busy one."""
    async with AgentKernel() as kernel:
        first, second = await kernel.spawn(Worker, instances=2)
        gate = Gate()
        handles = [kernel.submit("work", do=gate) for _ in range(10)]
        await until_idle()
        assert {handle.agent_id for handle in handles[:2]} == {first.agent_id, second.agent_id}
        assert counts(kernel)[:2] == (8, 2)
        gate.open.set()
        await kernel.join()
        assert first.statistics().completed == second.statistics().completed == 5


@asynchronous
async def test_a_task_goes_to_the_less_busy_agent_even_if_both_have_room():
    """One after the other, not one before the other."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, instances=2)
        gate = Gate()
        handles = [kernel.submit("wide", do=gate) for _ in range(4)]
        assert [handle.agent_id for handle in handles[:2]] == [handle.agent_id for handle in handles[2:]]
        assert handles[0].agent_id != handles[1].agent_id
        gate.open.set()


@asynchronous
async def test_a_capability_is_given_as_many_tasks_at_once_as_it_takes():
    """Directly called ones count too, though only the agent knows of them."""
    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker)
        gate = Gate()
        direct = asyncio.create_task(agent.wide(Task("direct", "wide", parameters={"do": gate})))
        await until_idle()
        for _ in range(5):
            kernel.submit("wide", do=gate)
        await until_idle()
        assert counts(kernel)[:2] == (2, 3)
        assert len(gate.order) == 3
        assert agent.statistics().active == 3
        gate.open.set()
        await kernel.join()
        assert (await direct).ok
        assert agent.state == "IDLE"


@asynchronous
async def test_the_books_are_right_at_ten_thousand_tasks():
    """Queued, run and answered."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, instances=3)
        handles = [kernel.submit(f"work {number}") for number in range(10_000)]
        assert counts(kernel) == (9_997, 3, 0, 0, 0)
        await kernel.join()
        assert counts(kernel) == (0, 0, 10_000, 0, 0)
        assert [handle.result().result["done"] for handle in handles] == [f"work {n}" for n in range(10_000)]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": 1.5}, "capacity"),
        ({"when_full": "wait"}, "when_full"),
        ({"executor": "threads"}, "executor"),
    ],
)
def test_a_kernel_refuses_settings_that_cannot_be_used(arguments, named):
    """The message names the argument."""
    with pytest.raises(InputError, match=f"^{named}: "):
        AgentKernel(**arguments)
