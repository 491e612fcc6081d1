"""What is shown of kernels and handles, in words and in HTML."""

import asyncio
import gc
import re
import weakref

import pytest
from workers import Clerk, Gate, Worker, asynchronous, fail

from maos_nb.agents import report_progress
from maos_nb.kernel import AgentKernel
from maos_nb.kernel.heartbeat import Heartbeat
from maos_nb.types import Task

HOSTILE = "<script>alert('x')</script>\x1b\u202e" + "long " * 50_000


def assert_harmless(html):
    """Check that HTML holds nothing of the hostile text's."""
    assert "<script" not in html
    assert "'x'" not in html
    assert not {"\x1b", "\u202e"} & set(html)
    assert len(html) < 50_000


@asynchronous
async def test_the_repr_of_a_kernel_counts_its_tasks():
    """In every state, without ids, addresses or times."""
    kernel = AgentKernel()
    assert (
        repr(kernel)
        == "<AgentKernel RUNNING: 0 agents, 0 queued, 0 running, 0 completed, 0 failed, 0 cancelled>"
    )
    await kernel.spawn(Worker)
    gate = Gate()
    for _ in range(3):
        kernel.submit("work", do=gate)
    assert repr(kernel).startswith("<AgentKernel RUNNING: 1 agent, 2 queued, 1 running, ")
    await kernel.stop()
    assert (
        repr(kernel)
        == "<AgentKernel STOPPED: 1 agent, 0 queued, 0 running, 0 completed, 3 failed, 0 cancelled>"
    )


@asynchronous
async def test_the_repr_of_a_handle_follows_its_task():
    """State, share, agent and message."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, agent_id="w1")
        gate = Gate()

        async def do(task):
            report_progress(0.4, "discounting")
            return await gate(task)

        running = kernel.submit(Task("t1", "work", parameters={"do": do}))
        queued = kernel.submit(Task("t2", "work"))
        await gate.entered.wait()
        assert repr(running) == "<TaskHandle t1 RUNNING 40% by w1 'discounting'>"
        assert repr(queued) == "<TaskHandle t2 QUEUED>"
        html = running._repr_html_()
        assert 'role="status" aria-live="polite"' in html
        assert "RUNNING 40%" in html
        assert "discounting" in html
        gate.open.set()
        await kernel.join()
        assert repr(running) == "<TaskHandle t1 COMPLETED by w1>"
        assert "COMPLETED" in running._repr_html_()


@asynchronous
async def test_views_show_failures_in_words():
    """On the handle its error, on the kernel those that nobody has looked at."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker, agent_id="w1")
        handle = kernel.submit(Task("t1", "work", parameters={"do": fail}))
        await kernel.join()
        assert "ValueError: t1 is beyond me" in handle._repr_html_()
        assert "1 failures nobody has looked at" in kernel._repr_html_()
        await handle
        assert "nobody has looked at" not in kernel._repr_html_()
        assert "1 of 1 tasks ended: 0 completed, 1 failed" in kernel._repr_html_()


@asynchronous
async def test_hostile_texts_are_harmless_in_every_view():
    """Ids, descriptions, messages, errors and agents' names."""

    async def do(task):
        report_progress(0.5, HOSTILE)
        await gate(task)
        raise ValueError(HOSTILE)

    async with AgentKernel() as kernel:
        agent = await kernel.spawn(Worker, agent_id=HOSTILE)
        gate = Gate()
        handle = kernel.submit(Task(HOSTILE, HOSTILE, "work", parameters={"do": do}))
        await gate.entered.wait()
        for moment in ("running", "failed"):
            assert_harmless(handle._repr_html_())
            assert_harmless(kernel._repr_html_())
            for text in (repr(handle), repr(kernel), repr(agent)):
                assert text.isprintable()
                assert len(text) < 600
            if moment == "running":
                gate.open.set()
                await kernel.join()
        try:
            kernel.assert_healthy()
        except AssertionError as error:
            assert len(str(error)) < 600  # noqa: PT017  # its length is the point
        await handle


@asynchronous
async def test_a_message_may_be_anything_that_has_a_text():
    """A view must not break over a number."""

    async def do(task):
        report_progress(0.5, 2024)
        return {"shown": handle._repr_html_()}

    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        handle = kernel.submit("work", do=do)
        assert "2024" in (await handle).unwrap()["shown"]


@asynchronous
async def test_statistics_are_frozen_and_their_repr_is_the_same_in_every_run():
    """Lags and busy times are there, but not shown."""
    async with AgentKernel(capacity=7) as kernel:
        await kernel.spawn(Worker, agent_id="w1")
        await kernel.spawn(Clerk, agent_id="c1")
        await kernel.submit("work")
        figures = kernel.statistics()
        assert (figures.submitted, figures.completed, figures.capacity, figures.state) == (1, 1, 7, "RUNNING")
        assert [agent.completed for agent in figures.agents] == [1, 0]
        assert figures.loop_lag >= 0
        assert not re.search("lag|busy|0x", repr(figures))
        with pytest.raises(AttributeError):
            figures.completed = 2


@asynchronous
async def test_outside_a_notebook_displaying_writes_the_text(capsys):
    """As a plain console can show it."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        kernel._ipython_display_()
        handle = kernel.submit(Task("t1", "work"))
        await handle
        handle._ipython_display_()
    assert capsys.readouterr().out.splitlines()[0].startswith("<AgentKernel RUNNING: 1 agent")


@asynchronous
async def test_watchers_of_a_kernel_hear_of_every_task_and_agent_until_they_leave():
    """And of its end."""
    heard = []
    kernel = AgentKernel()
    stop = kernel.watch(lambda: heard.append(repr(kernel).split(": ")[0]))
    await kernel.spawn(Worker)
    assert len(heard) == 1
    await kernel.submit("work")
    assert len(heard) == 3
    await kernel.stop()
    assert heard[-1] == "<AgentKernel STOPPED"
    stop()


def test_the_heart_beats_while_somebody_can_await_something_and_no_longer():
    """A kernel that was thrown away leaves no timer behind."""

    async def main():
        loop = asyncio.get_running_loop()
        timers = []
        arrange = loop.call_later
        loop.call_later = lambda *args: timers.append(arrange(*args)) or timers[-1]
        kernel = AgentKernel()
        await kernel.spawn(Worker)
        handle = kernel.submit("work")
        heart = weakref.ref(kernel._scheduler.heartbeat)
        await handle
        del kernel
        gc.collect()
        assert heart() is not None
        del handle
        gc.collect()
        assert heart() is None
        problems = []
        loop.set_exception_handler(lambda _, context: problems.append(context))
        timers[0]._run()
        assert len(timers) == 1
        assert problems == []

    asyncio.run(main())


def test_the_heart_stops_with_the_kernel():
    """Nothing wakes the loop any more."""

    async def main():
        async with AgentKernel() as kernel:
            await kernel.spawn(Worker)
            assert kernel._scheduler.heartbeat._timer is not None
        assert kernel._scheduler.heartbeat._timer is None

    asyncio.run(main())


def test_a_beat_measures_how_late_the_loop_is():
    """What a cell that never awaits does to everything else."""

    class Loop:
        now = 0.0

        def time(self):
            return self.now

        def call_later(self, delay, callback, *args):
            self.due = (self.now + delay, callback, args)
            return self

    loop, heart = Loop(), Heartbeat()
    heart.start(loop)
    for lateness in (0.0, 3.0, 0.25):
        due, callback, args = loop.due
        loop.now = due + lateness
        callback(*args)
    assert heart.beats == 3
    assert heart.lag == pytest.approx(0.25)
    assert heart.worst_lag == pytest.approx(3.0)


@asynchronous
async def test_a_task_leaves_no_circle_of_references_behind():
    """Handles and results go when the last name for them goes."""
    async with AgentKernel() as kernel:
        await kernel.spawn(Worker)
        gc.collect()
        gc.disable()
        try:
            for do in (None, fail):
                handle = kernel.submit("work", do=do, timeout=60)
                gone = weakref.ref(handle)
                await handle
                await asyncio.sleep(0)
                del handle
                assert gone() is None
        finally:
            gc.enable()
