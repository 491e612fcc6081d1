"""Tasks that would wait for themselves: a named error instead of a notebook that hangs."""

import asyncio

import pytest
from workers import Clerk, Gate, Worker, asynchronous

from maos_nb.errors import DeadlockError
from maos_nb.kernel import AgentKernel
from maos_nb.testing import until_idle
from maos_nb.types import Task


def work(do, name=""):
    """Make a task for the capability with one place."""
    return Task(name, "work", task_type="work", parameters={"do": do})


def wide(do, name=""):
    """Make a task for the capability with three places."""
    return Task(name, "wide", task_type="wide", parameters={"do": do})


@asynchronous
async def test_a_capability_that_calls_itself_on_its_only_place_gets_a_failed_result():
    """The inner call fails and says why, and the outer one goes on."""
    agent = Worker()

    async def again(task):
        inner = await agent.work(work(None, "inner"))
        return {"inner": inner}

    outer = await agent.work(work(again, "outer"))
    inner = outer.unwrap()["inner"]
    assert inner.status == "FAILED"
    assert isinstance(inner.exception, DeadlockError)
    assert inner.error.startswith("inner would wait for ever for a place in work of worker-")
    assert "that takes the end of outer, which waits for it" in inner.error
    assert "max_concurrency" in inner.error
    assert agent.state == "IDLE"


@asynchronous
async def test_a_capability_may_call_itself_as_deep_as_it_has_places():
    """Three places carry three levels, the fourth fails."""
    agent = Worker()

    async def deeper(task):
        result = await agent.wide(wide(deeper, task.task_id + "+"))
        return {
            "depth": 1 + (result.result["depth"] if result.ok else 0),
            "error": result.error or result.result["error"],
        }

    result = (await agent.wide(wide(deeper, "top"))).unwrap()
    assert result["depth"] == 3
    assert result["error"].startswith("top+++ would wait for ever")


@asynchronous
async def test_two_agents_that_call_each_other_in_a_circle_get_an_error():
    """The circle may lead through any number of agents."""
    worker, clerk = Worker(), Clerk()

    async def ask_the_worker(task):
        return {"answer": (await worker.work(work(None))).error}

    async def ask_the_clerk(task):
        return (await clerk.file(Task("", "file", parameters={"do": ask_the_worker}))).unwrap()

    result = await worker.work(work(ask_the_clerk, "first"))
    assert "would wait for ever for a place in work" in result.unwrap()["answer"]


@asynchronous
async def test_calls_at_the_same_time_inside_a_task_are_part_of_it():
    """As with gather, whose calls run in asyncio tasks of their own."""
    agent = Worker()

    async def twice(task):
        return {
            "errors": [r.error for r in await asyncio.gather(agent.work(work(None)), agent.work(work(None)))]
        }

    errors = (await agent.work(work(twice))).unwrap()["errors"]
    assert all("would wait for ever" in error for error in errors)


@asynchronous
async def test_a_task_that_awaits_one_that_needs_its_own_place_fails_and_the_other_is_done():
    """Through the kernel as well: the place is free again, and nothing is lost."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handles = []

        async def delegate(task):
            handles.append(kernel.submit(work(None, "inner")))
            return {"inner": await handles[0]}

        outer = await kernel.submit(work(delegate, "outer"))
        assert isinstance(outer.exception, DeadlockError)
        assert outer.error.startswith(
            "outer would wait for ever for inner (QUEUED): that takes its own end first"
        )
        assert (await handles[0]).ok


@asynchronous
async def test_a_task_may_await_what_another_agent_has_room_for():
    """A second agent is the advice, and it helps."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, instances=2)

        async def delegate(task):
            return (await kernel.submit(work(None, "inner"))).unwrap()

        assert (await kernel.submit(work(delegate))).unwrap() == {"done": "work"}


@asynchronous
async def test_a_task_may_wait_for_a_place_that_somebody_else_will_leave():
    """Waiting is no mistake as long as somebody works."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, instances=2)
        gate = Gate()
        kernel.submit(work(gate, "busy"))

        async def delegate(task):
            return (await kernel.submit(work(None, "inner"))).unwrap()

        waiting = kernel.submit(work(delegate, "waiting"))
        await until_idle()
        assert waiting.state == "RUNNING"
        gate.open.set()
        assert (await waiting).ok


@asynchronous
async def test_the_last_of_several_tasks_that_all_wait_breaks_the_circle():
    """It fails, and the others get what they wait for."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, instances=2)

        async def delegate(task):
            return (await kernel.submit(work(None, task.task_id + "-inner"))).unwrap()

        results = [
            await handle for handle in [kernel.submit(work(delegate, name)) for name in ("one", "two")]
        ]
        assert [result.status for result in results] == ["COMPLETED", "FAILED"]
        assert "two would wait for ever for two-inner (QUEUED)" in results[1].error
        assert "that takes the end of one" in results[1].error
        await kernel.join()
        assert kernel.statistics().completed == 3


@asynchronous
async def test_two_tasks_that_await_each_other_get_an_error():
    """Neither lacks a place; they lack each other's results."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handles = {}

        async def await_the_other(task):
            return (await handles["two" if task.task_id == "one" else "one"]).unwrap()

        for name in ("one", "two"):
            handles[name] = kernel.submit(wide(await_the_other, name))
        one, two = await handles["one"], await handles["two"]
        assert isinstance(two.exception, DeadlockError)
        assert (
            "two would wait for ever for one (RUNNING): that takes the end of one, which waits for it"
            in two.error
        )
        assert one.error.startswith("two FAILED")


@asynchronous
async def test_a_task_that_maps_over_its_own_place_gets_an_error():
    """Results that could only come after its own end."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)

        async def fan_out(task):
            return {"results": [result async for result in kernel.map([work(None), work(None)])]}

        result = await kernel.submit(work(fan_out))
        assert isinstance(result.exception, DeadlockError)
        assert "the results of a map" in result.error


@asynchronous
async def test_a_task_may_map_over_places_of_others():
    """The usual way of an agent that divides its work."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        await kernel.spawn(Clerk)

        async def fan_out(task):
            jobs = [Task("", "file", task_type="filing") for _ in range(30)]
            return {"count": len([result async for result in kernel.map(jobs) if result.ok])}

        assert (await kernel.submit(work(fan_out))).unwrap() == {"count": 30}


@asynchronous
async def test_a_task_that_waits_for_room_behind_itself_gets_an_error():
    """The queue is full of what waits for its own place."""
    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)

        async def add_two(task):
            kernel.submit(work(None, "queued"))
            return {"handle": await kernel.enqueue(work(None, "no room"))}

        result = await kernel.submit(work(add_two))
        assert isinstance(result.exception, DeadlockError)
        assert "room in the queue" in result.error


@asynchronous
async def test_a_task_that_has_been_cancelled_holds_nobody_up():
    """It is about to leave its place."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, instances=2)
        gate = Gate()

        async def delegate(task):
            return (await kernel.submit(work(gate if task.task_id == "first" else None))).unwrap()

        blocked = kernel.submit(work(gate, "busy"))
        first = kernel.submit(work(delegate, "first"))
        await until_idle()
        first.cancel()
        second = kernel.submit(work(delegate, "second"))
        await until_idle()
        blocked.cancel()
        gate.open.set()
        assert (await second).ok


@asynchronous
async def test_a_cell_may_wait_for_whatever_it_likes():
    """It holds no place."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handles = [kernel.submit(work(None)) for _ in range(20)]
        assert [(await handle).ok for handle in handles] == [True] * 20


@pytest.mark.parametrize("times", [1, 2])
@asynchronous
async def test_a_place_taken_twice_by_one_task_is_counted_twice(times):
    """A task object may be passed on to a capability of the same agent."""
    agent = Worker()
    left = [times]

    async def again(task):
        left[0] -= 1
        return (await agent.wide(task)).unwrap() if left[0] >= 0 else {"end": True}

    assert (await agent.wide(wide(again))).unwrap() == {"end": True}
