"""Many tasks at once: results in order of completion."""

import asyncio
import contextlib
import gc
import itertools

import pytest
from workers import Gate, Worker, asynchronous, counts, fail

from maos_nb.errors import InputError, KernelStoppedError, RoutingError, UnhealthyKernelError
from maos_nb.kernel import AgentKernel
from maos_nb.testing import until_idle
from maos_nb.types import Task


async def collect(results):
    """Read all results."""
    return [result async for result in results]


@asynchronous
async def test_results_come_in_order_of_completion():
    """The first to end is the first to come."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, instances=3)
        gates = [Gate() for _ in range(3)]
        tasks = [Task(str(n), "work", parameters={"do": gate}) for n, gate in enumerate(gates)]
        came = []

        async def read():
            async for result in kernel.map(tasks):
                came.append(result.task_id)  # noqa: PERF401  # looked at while it grows

        reading = asyncio.create_task(read())
        for number in (2, 0, 1):
            gates[number].open.set()
            await until_idle()
            assert came[-1] == str(number)
        await reading
        assert counts(kernel) == (0, 0, 3, 0, 0)


@asynchronous
async def test_texts_take_the_options_of_submit():
    """The same for all."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        results = await collect(kernel.map(["a", "b"], task_type="work", priority="HIGH"))
        assert [result.result for result in results] == [{"done": "a"}, {"done": "b"}]
        assert await collect(kernel.map([])) == []


@asynchronous
async def test_what_cannot_be_submitted_yields_a_failed_result_like_any_other():
    """The rest goes on."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        results = await collect(kernel.map([Task("t1", "sing"), "work", 7, "", Task("t2", "work")]))
        by_error = {result.error.split(":")[0] for result in results if not result.ok}
        assert [result.ok for result in results].count(True) == 2
        assert by_error == {"description 'sing' fits no capability", "task", "description"}
        assert isinstance(next(r for r in results if r.task_id == "t1").exception, RoutingError)


@asynchronous
async def test_failed_tasks_that_were_yielded_have_been_seen():
    """They are no dead letters."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        results = await collect(kernel.map(["work"] * 3, do=fail))
        assert [result.status for result in results] == ["FAILED"] * 3
        kernel.assert_healthy()


@pytest.mark.parametrize("tasks", ["work", Task("t", "work"), None, 7])
@asynchronous
async def test_something_that_is_not_several_tasks_is_refused_at_once(tasks):
    """Above all a text, which would be taken letter by letter."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        with pytest.raises(InputError, match=r"^tasks: expected several tasks or texts"):
            kernel.map(tasks)


@pytest.mark.parametrize("good", [0, 1, 3])
@asynchronous
async def test_what_the_iterable_raises_reaches_the_reader(good):
    """And what was begun is cancelled."""

    def tasks():
        for _ in range(good):
            yield Task(description="work", task_type="work", parameters={"do": gate})
        raise OSError("the list is torn")

    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        with pytest.raises(OSError, match="the list is torn"):
            await collect(kernel.map(tasks()))
        assert counts(kernel) == (0, 0, 0, 0, good)


@pytest.mark.parametrize("pauses", range(8))
@asynchronous
async def test_the_iterables_error_is_not_lost_to_a_slow_reader(pauses):
    """Whenever it reads on."""

    def tasks():
        yield "work"
        raise OSError("the list is torn")

    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)

        async def read():
            async for _ in kernel.map(tasks()):
                for _ in range(pauses):
                    await asyncio.sleep(0)

        with pytest.raises(OSError, match="the list is torn"):
            await read()


@asynchronous
async def test_the_iterables_error_is_not_lost_behind_a_result_that_came_in_the_same_moment():
    """The reader sees the result first, then the error."""

    def tasks():
        yield "sing"
        yield "sing"
        raise OSError("the list is torn")

    async with AgentKernel(capacity=1) as kernel:
        await kernel.spawn(Worker)
        results = []
        with pytest.raises(OSError, match="the list is torn"):  # noqa: PT012  # the loop is the point
            async for result in kernel.map(tasks()):
                results.append(result)  # noqa: PERF401  # wanted although an error follows
        assert [result.status for result in results] == ["FAILED", "FAILED"]


@asynchronous
async def test_what_the_iterable_raises_when_its_reader_leaves_is_among_the_dead_letters(caplog):
    """It is nobody's result, but lost it is not, and asyncio has nothing to complain about."""

    def tasks():
        yield "work"
        raise OSError("the list is torn")

    kernel = AgentKernel()
    await kernel.spawn(Worker)
    async with contextlib.aclosing(kernel.map(tasks())) as results:
        async for result in results:
            assert result.ok
            break
    await until_idle()
    gc.collect()
    assert caplog.text == ""
    with pytest.raises(UnhealthyKernelError, match="a map raised OSError: the list is torn"):
        kernel.assert_healthy()
    await kernel.stop()


@asynchronous
async def test_that_the_kernel_stopped_is_no_news_to_a_reader_who_has_left():
    """Only what the iterable itself raised is kept."""
    kernel = AgentKernel()
    await kernel.spawn(Worker)
    async with contextlib.aclosing(kernel.map("work" for _ in itertools.count())) as results:
        async for _ in results:
            await kernel.stop()
            break
    await until_idle()
    assert not any("the tasks of a map" in letter.error for letter in kernel.dead_letters)


@asynchronous
async def test_leaving_early_cancels_what_is_not_finished():
    """At once with aclosing."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        tasks = ["work", *(Task(description="work", parameters={"do": gate}) for _ in range(9))]
        async with contextlib.aclosing(kernel.map(tasks)) as results:
            async for _ in results:
                await gate.entered.wait()
                break
        await until_idle()
        assert gate.cancelled
        assert counts(kernel) == (0, 0, 1, 0, 9)


@asynchronous
async def test_an_interrupted_reader_cancels_what_is_not_finished():
    """It left the loop, if not of its own will."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gate = Gate()
        reading = asyncio.create_task(collect(kernel.map(["work"] * 5, do=gate)))
        await gate.entered.wait()
        reading.cancel()
        await asyncio.wait([reading])
        assert counts(kernel) == (0, 0, 0, 0, 5)


@asynchronous
async def test_an_endless_iterable_is_read_only_as_far_as_there_is_room():
    """No more than the capacity is ahead of the reader."""
    taken = itertools.count()
    async with AgentKernel(capacity=10) as kernel:
        await kernel.spawn(Worker)
        read = 0
        async with contextlib.aclosing(
            kernel.map(f"work {next(taken)}" for _ in itertools.count())
        ) as results:
            async for result in results:
                assert result.ok
                read += 1
                if read == 200:
                    break
        assert next(taken) <= read + 10 + 2


@asynchronous
async def test_an_endless_iterable_of_failures_is_bounded_too():
    """They take room like tasks."""
    taken = itertools.count()
    async with AgentKernel(capacity=10) as kernel:
        await kernel.spawn(Worker)
        async with contextlib.aclosing(
            kernel.map(f"sing {next(taken)}" for _ in itertools.count())
        ) as results:
            async for result in results:
                assert not result.ok
                break
        assert next(taken) <= 13


@asynchronous
async def test_several_maps_at_once_share_the_kernel_and_keep_their_results_apart():
    """Each reader gets its own."""
    async with AgentKernel(capacity=4) as kernel:
        await kernel.spawn(Worker, instances=2)

        async def texts(name):
            results = await collect(kernel.map([f"work {name} {n}" for n in range(50)]))
            return sorted(result.result["done"] for result in results)

        for name, done in zip("abc", await asyncio.gather(*map(texts, "abc")), strict=True):
            assert done == sorted(f"work {name} {n}" for n in range(50))


@asynchronous
async def test_a_kernel_that_stops_answers_what_was_begun_and_then_the_reader():
    """Every task that was taken yields its result first."""
    kernel = AgentKernel(capacity=2)
    await kernel.spawn(Worker)
    gate, results = Gate(), []

    async def read():
        async for result in kernel.map(["work"] * 10, do=gate):
            results.append(result)  # noqa: PERF401  # wanted although an error follows

    reading = asyncio.create_task(read())
    await gate.entered.wait()
    await kernel.stop()
    with pytest.raises(KernelStoppedError):
        await reading
    assert [type(result.exception) for result in results] == [KernelStoppedError] * len(results)
    assert len(results) == kernel.statistics().submitted
    kernel.assert_healthy()


@asynchronous
async def test_a_map_that_is_never_read_does_nothing():
    """It is as lazy as a generator."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        kernel.map(["work"])
        await until_idle()
        assert counts(kernel) == (0, 0, 0, 0, 0)


@asynchronous
async def test_what_failed_unread_is_a_dead_letter():
    """The reader left before it came to it."""
    kernel = AgentKernel()
    await kernel.spawn(Worker, instances=2)
    async with contextlib.aclosing(kernel.map(["work"] * 2, do=fail)) as results:
        async for _ in results:
            await until_idle()
            break
    assert len(kernel.dead_letters) == 1
    await kernel.stop()
