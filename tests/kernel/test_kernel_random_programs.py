"""Random programs: whatever is submitted, cancelled and timed out, no task is lost."""

import asyncio
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from workers import Clerk, Worker, counts

from maos_nb.errors import QueueFullError
from maos_nb.kernel import AgentKernel
from maos_nb.testing import ManualClock, until_idle
from maos_nb.types import Priority, Task

numbers = st.integers(min_value=0, max_value=30)
seconds = st.sampled_from([None, 1, 3, 10])
moves = st.lists(
    st.one_of(
        st.tuples(
            st.just("submit"),
            st.sampled_from(["work", "wide", "filing"]),
            st.sampled_from(Priority),
            seconds,
            st.sampled_from([None, -1, 2, 5]),
        ),
        st.tuples(st.just("enqueue"), st.sampled_from(["work", "wide", "filing"]), numbers),
        st.tuples(st.just("finish"), numbers, st.booleans()),
        st.tuples(st.just("cancel"), numbers),
        st.tuples(st.just("leave"), numbers),
        st.tuples(st.just("wait"), numbers),
        st.tuples(st.just("unwait"), numbers),
        st.tuples(st.just("advance"), st.sampled_from([0.5, 1, 4])),
        st.tuples(st.just("turn"), st.integers(min_value=1, max_value=6)),
        st.tuples(st.just("spawn"), st.sampled_from([Worker, Clerk])),
        st.tuples(st.just("terminate"), numbers),
    ),
    min_size=1,
    max_size=60,
)


class Program:
    """One run of a random program, with everything that it holds on to."""

    def __init__(self, kernel, clock):
        self.kernel, self.clock = kernel, clock
        self.ends, self.handles, self.waiting, self.enqueued = [], [], [], []

    def task(self, capability, priority=Priority.NORMAL, timeout=None, deadline=None):
        """Make a task that ends when the program says so."""
        end = asyncio.get_running_loop().create_future()
        self.ends.append(end)

        async def do(task):
            # Shielded: cancelling the work must not resolve what the program resolves.
            if await asyncio.shield(end):
                return {"done": True}
            raise ValueError("as the program wanted")

        return Task(
            description="x",
            task_type=capability,
            priority=priority,
            parameters={"do": do},
            timeout=timeout,
            deadline=None if deadline is None else self.clock.now() + timedelta(seconds=deadline),
        )

    def submit(self, *arguments):
        """Submit a task, unless the kernel refuses it."""
        try:
            self.handles.append(self.kernel.submit(self.task(*arguments)))
        except (QueueFullError, LookupError):
            self.ends.pop().cancel()

    def enqueue(self, capability, _):
        """Have a task wait for room."""

        async def bring(task):
            try:
                self.handles.append(await self.kernel.enqueue(task))
            except LookupError:
                return

        self.enqueued.append(asyncio.create_task(bring(self.task(capability))))

    def finish(self, number, well):
        """Let a task end, well or badly."""
        if self.ends and not (end := self.ends[number % len(self.ends)]).done():
            end.set_result(well)

    def cancel(self, number):
        """Cancel a task."""
        if self.handles:
            handle = self.handles[number % len(self.handles)]
            before = handle.done
            assert handle.cancel() is not before
            assert handle.done

    def leave(self, number):
        """Give up waiting for room."""
        if self.enqueued:
            self.enqueued[number % len(self.enqueued)].cancel()

    def wait(self, number):
        """Await a task."""
        if self.handles:

            async def wait(handle):
                return await handle

            self.waiting.append(asyncio.create_task(wait(self.handles[number % len(self.handles)])))

    def unwait(self, number):
        """Give up awaiting."""
        if self.waiting:
            self.waiting[number % len(self.waiting)].cancel()

    def advance(self, amount):
        """Move the clock."""
        self.clock.advance(amount)

    def terminate(self, number):
        """End an agent's life."""
        agents = self.kernel.agents
        agents[number % len(agents)].terminate()


async def run_program(program_moves, when_full, stop):
    """Run a program to its end, and stop the kernel."""
    clock = ManualClock()
    kernel = AgentKernel(capacity=4, when_full=when_full, clock=clock)
    program = Program(kernel, clock)
    for make in (Worker, Worker, Clerk):
        await kernel.spawn(make)
    for name, *arguments in program_moves:
        if name == "turn":
            await until_idle(turns=arguments[0])
        elif name == "spawn":
            await kernel.spawn(*arguments)
        else:
            getattr(program, name)(*arguments)
        assert counts(kernel)[0] <= 4
    if not stop:
        for end in program.ends:
            if not end.done():
                end.set_result(True)
        for bringing in program.enqueued:
            await asyncio.wait([bringing])
        await kernel.join()
    await kernel.stop()
    await until_idle()
    return kernel, program


@settings(max_examples=250)
@given(moves, st.sampled_from(["reject", "drop_oldest"]), st.booleans())
def test_no_task_is_ever_lost(program_moves, when_full, stop):
    """The counts add up at every step, every handle ends, every awaiter returns, every agent rests."""

    async def main():
        kernel, program = await asyncio.wait_for(run_program(program_moves, when_full, stop), 20)
        queued, running, completed, failed, cancelled = counts(kernel)
        assert (queued, running) == (0, 0)
        assert all(handle.done for handle in program.handles)
        for handle in program.handles:
            assert handle.result().status == handle.state
        ended = [handle.state for handle in program.handles]
        # A task whose bringer was cancelled in the moment of its admission has no handle outside.
        assert completed == ended.count("COMPLETED")
        assert failed == ended.count("FAILED")
        assert cancelled >= ended.count("CANCELLED")
        for waiting in program.waiting:
            assert waiting.done()
        for agent in kernel.agents:
            assert agent.statistics().active == 0
            assert agent.state == "TERMINATING"
        assert not [letter for letter in kernel.dead_letters if letter.task is None]
        assert not kernel._scheduler._working
        for bringing in program.enqueued:
            assert bringing.done()
            if not bringing.cancelled():
                bringing.exception()
        for end in program.ends:
            end.cancel()

    asyncio.run(main())
