"""One agent by itself: what a capability may do, and what always comes back."""

import asyncio
import pickle
import re
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import MappingProxyType

import pytest
from pydantic import BaseModel

from maos_nb.agents import BaseAgent, Run, capability, current_run, report_progress
from maos_nb.agents.slots import Slots
from maos_nb.errors import (
    InputError,
    LifecycleError,
    MissingDataError,
    RequestError,
    TaskCancelledError,
    UnknownCapabilityError,
)
from maos_nb.testing import until_idle
from maos_nb.types import Task, TaskResult, TaskStatus


class Amount(BaseModel):
    amount: float


class Handy(BaseAgent):
    """Does what the test hands it."""

    def __init__(self, do=None, **named):
        super().__init__("handy", **named)
        self.do = do
        self.calls = 0

    @capability("work", keywords=["work"])
    async def work(self, task):
        """Count the call and do what was handed over."""
        self.calls += 1
        outcome = self.do(task) if self.do else {"done": task.description}
        return await outcome if asyncio.iscoroutine(outcome) else outcome

    @capability("paying", request=Amount)
    async def pay(self, task, request):
        """Take a request."""
        self.calls += 1
        return {"paid": request.amount}

    @capability("checking", request=Amount)
    async def check(self, task):
        """Have a request, and not ask for it."""
        self.calls += 1
        return {"checked": True}

    @capability("wide", max_concurrency=2)
    async def wide(self, task):
        """Do up to two at once."""
        return await self.do(task)


def raising(error):
    """Give work that raises."""

    def do(task):
        raise error

    return do


def work(agent, **options):
    """Count the call and do what was handed over."""
    return asyncio.run(agent.work(Task("t", "work", "work", **options)))


def test_an_agent_built_outside_any_loop_is_idle():
    """The constructor is all there is to INITIALIZING."""
    assert BaseAgent("observer").state == "IDLE"
    assert Handy().state == "IDLE"


def test_agents_without_an_id_are_numbered_by_type():
    """Readable and without randomness."""
    one, two = BaseAgent("numbered"), BaseAgent("numbered")
    assert (one.agent_id, two.agent_id) == ("numbered-1", "numbered-2")


@pytest.mark.parametrize("arguments", [("",), (None,), (3,), ("a", ""), ("a", 7)])
def test_an_agent_needs_a_type_and_an_id_that_are_texts(arguments):
    """The message names the argument."""
    with pytest.raises(InputError, match=r"^agent_(type|id): expected a name"):
        BaseAgent(*arguments)


def test_the_three_ways_to_a_capability_give_the_same_result():
    """Called by its method, by name, or by its keywords."""

    async def main():
        agent = Handy(agent_id="h")
        task = Task("t", "work", "work")
        results = [
            await agent.work(task),
            await agent.execute_task(task),
            await agent.execute_task(Task("t", "work")),
        ]
        for result in results:
            assert result.ok
            assert result.result == {"done": "work"}
            assert result.metadata["agent_type"] == "handy"
            assert result.metadata["agent_id"] == "h"
            assert result.metadata["capabilities_used"] == ["work"]
            assert result.metadata["processing_time"] >= 0
        assert agent.statistics().completed == 3

    asyncio.run(main())


def test_a_task_takes_an_agent_through_its_states():
    """Every move carries the task's id."""
    agent, heard = Handy(), []
    agent.listen(lambda event: heard.append((event.before, event.after, event.task_id)))
    work(agent)
    assert heard == [
        ("IDLE", "ASSIGNED", "t"),
        ("ASSIGNED", "WORKING", "t"),
        ("WORKING", "IDLE", "t"),
    ]


def test_a_capability_may_move_the_agent_while_it_works():
    """To communicate and to checkpoint; the end brings it back to IDLE from wherever it is."""
    agent, heard = Handy(), []

    def do(task):
        agent.move("COMMUNICATING")
        agent.move("WORKING")
        agent.move("CHECKPOINTING")
        return {}

    agent.do = do
    agent.listen(lambda event: heard.append((event.after, event.task_id)))
    assert work(agent).ok
    assert [state for state, _ in heard[2:]] == ["COMMUNICATING", "WORKING", "CHECKPOINTING", "IDLE"]
    assert {task_id for _, task_id in heard} == {"t"}


def test_a_capability_that_brings_the_agent_to_rest_itself_is_no_failure():
    """There is nothing left to do at its end."""
    agent = Handy()
    agent.do = lambda task: agent.move("IDLE") or {}
    assert work(agent).ok
    assert agent.state == "IDLE"


@pytest.mark.parametrize("mapping", [{}, {"a": 1}, MappingProxyType({"a": 1})])
def test_a_capability_may_return_any_mapping(mapping):
    """It becomes the result."""
    assert work(Handy(lambda task: mapping)).unwrap() == mapping


def test_a_task_result_passes_through_with_the_frameworks_metadata_below_its_own():
    """What the capability says of itself wins; the id is the task's."""
    own = TaskResult("other", "COMPLETED", {"v": 1}, metadata={"confidence": 0.8, "agent_type": "mine"})
    result = work(Handy(lambda task: own))
    assert (result.task_id, result.result) == ("t", {"v": 1})
    assert result.metadata["confidence"] == 0.8
    assert result.metadata["agent_type"] == "mine"
    assert result.metadata["capabilities_used"] == ["work"]


@pytest.mark.parametrize(("status", "count"), [("FAILED", "failed"), ("CANCELLED", "cancelled")])
def test_a_task_result_that_is_no_success_passes_through_too(status, count):
    """And is counted as what it is."""
    agent = Handy(lambda task: TaskResult(task.task_id, status, error="no data"))
    result = work(agent)
    assert (result.status, result.error) == (status, "no data")
    assert getattr(agent.statistics(), count) == 1


@pytest.mark.parametrize("outcome", [None, 3, "text", [1], object()])
def test_anything_else_a_capability_returns_is_a_failure_that_says_so(outcome):
    """A forgotten return is the commonest case."""
    result = work(Handy(lambda task: outcome))
    assert result.status == "FAILED"
    assert "Return a mapping or a TaskResult" in result.error
    assert type(outcome).__name__ in result.error


def test_what_a_capability_raises_becomes_a_failed_result():
    """With the exception, its traceback and its advice."""
    error = MissingDataError("revenue is missing", advice="Give it in parameters")
    result = work(Handy(raising(error)))
    assert result.status == "FAILED"
    assert result.exception is error
    assert result.error == "revenue is missing. Give it in parameters"
    assert result.advice == "Give it in parameters"
    assert "in do" in result.traceback
    assert result.metadata["capabilities_used"] == ["work"]


def test_an_ordinary_exception_is_reported_with_its_class():
    """'division by zero' alone says little."""
    assert work(Handy(lambda task: 1 / 0)).error == "ZeroDivisionError: division by zero"


def test_a_group_of_exceptions_becomes_a_failed_result_with_its_members():
    """As a TaskGroup raises it."""

    async def do(task):
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(int, "x"))

    assert "ValueError: invalid literal" in work(Handy(do)).error


def test_a_call_of_sys_exit_is_a_failure_of_the_task_alone():
    """On the loop or in a thread; it would take a whole notebook with it."""

    async def in_a_thread(task):
        await agent.compute(sys.exit, 3)

    agent = Handy()
    for agent.do in (lambda task: sys.exit(3), in_a_thread):
        assert work(agent).error == "SystemExit: 3"


def test_an_interrupt_is_not_a_result():
    """It is the user's and passes through; the agent is IDLE again and can go on."""
    agent = Handy(raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        work(agent)
    agent.do = None
    assert agent.state == "IDLE"
    assert work(agent).ok


@pytest.mark.parametrize("task", [Task("t"), Task("t", " \n"), Task("t", "", "paying")])
def test_an_empty_task_is_refused_before_the_method_runs(task):
    """With the inputs there are, where a request model names them."""
    agent = Handy()
    for result in (asyncio.run(agent.work(task)), asyncio.run(agent.pay(task))):
        assert result.status == "FAILED"
        assert isinstance(result.exception, RequestError)
        assert "description: is empty" in result.error
    assert "amount" in result.error
    assert agent.calls == 0


def test_a_request_is_validated_before_the_method_runs():
    """Whether or not the method asks to see it."""
    agent = Handy()
    wrong = Task("t", "pay", parameters={"amount": "much"})
    for result in (asyncio.run(agent.pay(wrong)), asyncio.run(agent.check(wrong))):
        assert result.status == "FAILED"
        assert result.error.startswith("amount: ")
    assert agent.calls == 0
    assert agent.state == "IDLE"
    right = Task("t", "pay", parameters={"amount": "2.5"})
    assert asyncio.run(agent.pay(right)).result == {"paid": 2.5}
    assert asyncio.run(agent.check(right)).result == {"checked": True}


def test_the_request_goes_to_the_parameter_of_that_name():
    """Wherever it stands in the signature."""

    class Odd(BaseAgent):
        @capability("paying", request=Amount)
        async def pay(self, task, currency="USD", *, request):
            return {"currency": currency, "amount": request.amount}

    result = asyncio.run(Odd("odd").pay(Task("t", parameters={"amount": 1})))
    assert result.result == {"currency": "USD", "amount": 1.0}


def test_execute_task_never_raises():
    """Not for an unknown capability, a description that fits none, or something that is no task."""
    agent = Handy()
    unknown = asyncio.run(agent.execute_task(Task("t", "x", "singing")))
    assert isinstance(unknown.exception, UnknownCapabilityError)
    assert "It has: " in unknown.error
    assert "work" in unknown.error
    assert "fits no capability" in asyncio.run(agent.execute_task(Task("t", "sing"))).error
    assert "expected a Task, got str" in asyncio.run(agent.execute_task("work")).error


def test_a_direct_call_with_something_that_is_no_task_is_the_callers_mistake():
    """There is no id that a result could carry."""
    with pytest.raises(InputError, match=r"^task: expected a Task, got str"):
        asyncio.run(Handy().work("do it"))


def test_a_forgotten_base_constructor_is_named():
    """Instead of an attribute that nobody has heard of."""

    class Forgetful(BaseAgent):
        def __init__(self):
            self.ready = True

        @capability("a")
        async def method(self, task):
            return {}

    with pytest.raises(LifecycleError, match=r"Forgetful .*Call super\(\).__init__\(agent_type\)"):
        asyncio.run(Forgetful().method(Task("t", "x")))


def test_a_subclass_may_use_names_that_an_agents_inside_would_like():
    """A user's own attributes and helpers collide with nothing."""

    class Crowded(BaseAgent):
        def __init__(self):
            super().__init__("crowded")
            self._active, self._slots, self._ended, self._busy_seconds = "a", "b", "c", "d"

        def _failed(self):
            return self._metadata()

        def _metadata(self):
            return {"own": True}

        def _leave(self): ...

        def _as_result(self): ...

        @capability("a")
        async def method(self, task):
            return self._failed()

    agent = Crowded()
    assert asyncio.run(agent.method(Task("t", "x"))).result == {"own": True}
    assert agent.statistics().completed == 1


def test_a_terminated_agent_takes_no_task():
    """The result says so."""
    agent = Handy()
    agent.terminate()
    result = work(agent)
    assert isinstance(result.exception, LifecycleError)
    assert agent.calls == 0


def test_an_agent_that_is_terminated_answers_all_that_wait_for_a_place():
    """One after the other; none of them waits for ever."""

    async def main():
        gate = asyncio.Event()

        async def do(task):
            await gate.wait()
            return {}

        agent = Handy(do)
        calls = [asyncio.create_task(agent.work(Task(str(n), "x"))) for n in range(4)]
        await until_idle()
        agent.terminate()
        gate.set()
        results = await asyncio.wait_for(asyncio.gather(*calls), 20)
        assert [result.ok for result in results] == [True, False, False, False]
        assert agent.state == "TERMINATING"

    asyncio.run(main())


def test_statistics_are_a_frozen_record_of_what_happened():
    """Panels draw nothing else."""
    agent = Handy(agent_id="h")
    work(agent)
    agent.do = raising(ValueError("x"))
    work(agent)
    figures = agent.statistics()
    assert (figures.completed, figures.failed, figures.cancelled, figures.active) == (1, 1, 0, 0)
    assert figures.capabilities == tuple(agent.get_capabilities())
    assert figures.busy_seconds > 0
    with pytest.raises(AttributeError):
        figures.completed = 5


def test_reprs_show_neither_addresses_nor_times():
    """And an id cannot break the line."""
    agent = Handy(agent_id="h\n\x1b" + "x" * 500)
    assert repr(agent).startswith("<Handy h \\x1bxxx")
    for text in (repr(agent), repr(agent.statistics()), repr(Run(Task("t")))):
        assert not re.search("0x[0-9a-f]{6}|busy", text)
    assert len(repr(agent)) < 300


def test_one_capability_works_on_as_many_tasks_as_it_may_and_the_others_wait_in_order():
    """Called directly, without a kernel."""

    async def main():
        started, gate = [], asyncio.Event()

        async def do(task):
            started.append(task.task_id)
            await gate.wait()
            return {}

        agent = Handy(do)
        calls = [asyncio.create_task(agent.wide(Task(str(n), "x"))) for n in range(5)]
        await until_idle()
        assert started == ["0", "1"]
        assert agent.statistics().active == 2
        gate.set()
        results = await asyncio.gather(*calls)
        assert started == ["0", "1", "2", "3", "4"]
        assert [result.task_id for result in results] == started
        assert agent.state == "IDLE"

    asyncio.run(main())


def test_whoever_is_cancelled_while_waiting_for_a_place_costs_nobody_a_place():
    """Neither while it waits nor in the moment in which its turn comes."""

    async def main():
        slots, holder = Slots(1, "work"), Run(Task("holder"))
        assert slots.take(holder)
        runs = [Run(Task(name)) for name in ("waiting", "unlucky", "last")]
        waiting, unlucky, last = (asyncio.create_task(slots.turn(run)) for run in runs)
        await until_idle()
        waiting.cancel()
        await until_idle()
        assert len(slots._waiting) == 2
        slots.give_back(holder)  # the turn of `unlucky` has come, and it is cancelled before it can take it
        unlucky.cancel()
        await until_idle()
        assert waiting.cancelled()
        assert unlucky.cancelled()
        assert last.done()
        assert not slots.take(holder)
        slots.give_back(runs[2])
        assert slots.take(holder)

    asyncio.run(main())


def test_an_agent_can_be_used_in_one_loop_after_another():
    """Places are not tied to the loop of the first task that had to wait."""
    agent = Handy()

    async def main():
        async def do(task):
            await asyncio.sleep(0)
            return {}

        agent.do = do
        return await asyncio.gather(*(agent.work(Task(str(n), "x")) for n in range(3)))

    for _ in range(3):
        assert all(result.ok for result in asyncio.run(main()))


def test_cancelling_a_direct_call_cancels_it_as_in_any_coroutine():
    """The agent is IDLE again and counts it."""

    async def main():
        agent = Handy(lambda task: asyncio.Event().wait())
        call = asyncio.create_task(agent.work(Task("t", "x")))
        await until_idle()
        assert agent.state == "WORKING"
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert agent.state == "IDLE"
        assert agent.statistics().cancelled == 1

    asyncio.run(main())


def test_a_cancellation_that_nobody_asked_for_is_a_failure():
    """Something that the capability awaited was cancelled; to pass that on would hide it."""

    async def do(task):
        inner = asyncio.get_running_loop().create_future()
        inner.cancel()
        await inner

    result = work(Handy(do))
    assert result.status == "FAILED"
    assert "something that t waited for was cancelled" in result.error


def test_a_time_limit_around_a_direct_call_works_as_usual():
    """The agent does not take asyncio's cancellation for its own failure."""

    async def main():
        agent = Handy(lambda task: asyncio.Event().wait())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await agent.work(Task("t", "x"))
        assert agent.statistics().cancelled == 1

    asyncio.run(main())


def test_progress_outside_any_task_is_ignored():
    """So that the same function runs in a script."""
    report_progress(0.5, "half")


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan"), "much", None])
def test_progress_is_a_share_from_0_to_1(fraction):
    """The message names the argument."""
    result = work(Handy(lambda task: report_progress(fraction)))
    assert result.error.startswith("fraction: expected a share from 0 to 1")


def test_progress_is_noted_in_the_current_run_and_told():
    """From the loop and from a thread alike."""
    told = []

    async def do(task):
        run = current_run.get()
        run.on_progress = lambda: told.append((run.fraction, run.message))
        report_progress(0.25, "loop")
        await agent.compute(report_progress, 1, "thread")
        return {}

    agent = Handy(do)
    assert work(agent).ok
    assert told == [(0.25, "loop"), (1.0, "thread")]


def test_the_run_of_a_direct_call_ends_with_it():
    """What the caller does next is not part of the task."""

    async def main():
        agent = Handy(lambda task: {"task": current_run.get().task})
        task = Task("t", "x")
        assert (await agent.work(task)).result["task"] is task
        assert current_run.get() is None

    asyncio.run(main())


def test_a_computation_that_nobody_waits_for_ends_at_its_next_report():
    """While the task that no longer waits for it may go on reporting."""
    ended = []

    def compute(started, resume):
        started.set_result(None)
        resume.result()
        try:
            report_progress(0.5)
        except TaskCancelledError as error:
            ended.append(str(error))
            raise

    async def do(task):
        started, resume = Future(), Future()
        waiting = asyncio.create_task(agent.compute(compute, started, resume))
        await asyncio.wrap_future(started)
        waiting.cancel()
        await asyncio.wait([waiting])
        resume.set_result(None)
        pool.shutdown(wait=True)
        report_progress(0.9)
        return {}

    agent = Handy(do)
    with ThreadPoolExecutor(1) as pool:
        agent.executor = pool
        assert work(agent).ok
    assert ended == ["nobody waits for this computation any more"]


def test_a_stop_iteration_in_a_computation_is_a_failure_and_not_a_hang():
    """A future refuses that exception, and would never be resolved."""

    async def do(task):
        return await agent.compute(next, iter([]))

    agent = Handy(do)
    assert work(agent).error == "RuntimeError: next raised StopIteration"


def shout(text, *, times=1):
    """Compute something, reporting on the way."""
    report_progress(0.5)
    return text.upper() * times


class PlainExecutor(Executor):
    """Somebody's own: nothing is known of where it runs."""

    def __init__(self):
        self.sent = []

    def submit(self, function, /, *args, **kwargs):
        """Run the call as if it had come over a wire."""
        # What goes elsewhere has to survive pickling, so a context must not be part of it.
        self.sent.append(pickle.dumps((function, args, kwargs)))
        function, args, kwargs = pickle.loads(self.sent[-1])  # noqa: S301  # our own bytes
        future = Future()
        future.set_result(function(*args, **kwargs))
        return future


@pytest.mark.parametrize("kind", ["none", "threads", "own", "processes"])
def test_computations_run_in_any_executor(kind):
    """Threads, another process, or somebody's own that sends work elsewhere."""

    async def do(task):
        return {"text": await agent.compute(shout, "dcf", times=2)}

    makers = {
        "none": lambda: None,
        "threads": lambda: ThreadPoolExecutor(1),
        "own": PlainExecutor,
        "processes": lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn")),
    }
    agent = Handy(do)
    agent.executor = makers[kind]()
    try:
        assert work(agent).unwrap() == {"text": "DCFDCF"}
    finally:
        if agent.executor is not None:
            agent.executor.shutdown()


def test_what_cannot_be_sent_to_a_process_is_a_failed_result():
    """Not a hang."""

    async def do(task):
        return await agent.compute(lambda: 1)

    agent = Handy(do)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as agent.executor:
        result = work(agent)
    assert result.status == "FAILED"
    assert "pickle" in result.error.lower()


def test_a_failed_result_ties_no_knot_that_only_the_garbage_collector_can_undo():
    """Its traceback holds frames, and those may hold megabytes of prices."""
    import gc
    import weakref

    class Prices: ...

    def do(task):
        prices = Prices()
        kept.append(weakref.ref(prices))
        raise ValueError("no")

    kept = []
    gc.collect()
    gc.disable()
    try:
        result = work(Handy(do))
        assert result.status == TaskStatus.FAILED
        del result
        assert kept[0]() is None
    finally:
        gc.enable()
