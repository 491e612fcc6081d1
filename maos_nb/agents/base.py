"""What an agent is: capabilities behind one door, a lifecycle, and figures about itself."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, ParamSpec, TypeVar

from maos_nb.agents.capability import AgentCapability, declared_capabilities
from maos_nb.agents.lifecycle import Lifecycle, Listener
from maos_nb.agents.routing import best_capability
from maos_nb.agents.run import Run, current_run, off_loop
from maos_nb.agents.slots import Slots
from maos_nb.agents.waiting import waiting
from maos_nb.errors import (
    DeadlockError,
    InputError,
    LifecycleError,
    MaosError,
    RequestError,
    TaskCancelledError,
    UnknownCapabilityError,
    describe,
)
from maos_nb.types import AgentState, Task, TaskResult, TaskStatus, completed
from maos_nb.utils import shown

__all__ = ["AgentStatistics", "BaseAgent"]

P = ParamSpec("P")
T = TypeVar("T")

# Looked up once: a member of an enumeration takes ten times as long to find as a global.
_IDLE, _ASSIGNED, _WORKING = AgentState.IDLE, AgentState.ASSIGNED, AgentState.WORKING
_TERMINATING = AgentState.TERMINATING
_COMPLETED, _FAILED, _CANCELLED = TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED
# Not KeyboardInterrupt, which is the user's. But SystemExit: what a library's command line does
# with sys.exit() would take a notebook's whole kernel with it.
_BECOMES_A_RESULT = (Exception, BaseExceptionGroup, SystemExit, asyncio.CancelledError)
_STATES = {state.value: state for state in AgentState}
_numbers: defaultdict[str, itertools.count[int]] = defaultdict(lambda: itertools.count(1))


@dataclass(frozen=True, slots=True)
class AgentStatistics:
    """An agent's figures at one moment.

    `active` counts the tasks in work; `completed`, `failed` and `cancelled` those that ended;
    `busy_seconds` sums the time that ended tasks took.
    """

    agent_id: str
    agent_type: str
    state: AgentState
    capabilities: tuple[str, ...]
    active: int
    completed: int
    failed: int
    cancelled: int
    busy_seconds: float = field(repr=False)


class BaseAgent:
    """The base of every agent.

    A subclass calls ``super().__init__`` and marks async methods with
    :func:`~maos_nb.agents.capability`. Once the subclass's constructor has run, the agent is IDLE.

    Parameters
    ----------
    agent_type : str
        The kind of agent, such as "financial_analyst".
    agent_id : str, optional
        Made in order of creation ("financial_analyst-1", ...) where none is given.
    description : str
        One sentence for people.

    Raises
    ------
    InputError
        If `agent_type` is not a text or empty, or `agent_id` or `description` are not texts.

    Examples
    --------
    >>> BaseAgent("observer", agent_id="observer-7").state == "IDLE"
    True
    """

    _declared: ClassVar[Mapping[str, AgentCapability]] = MappingProxyType({})
    __slots: Mapping[str, Slots] = MappingProxyType({})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._declared = MappingProxyType(dict(declared_capabilities(cls)))

    def __init__(self, agent_type: str, agent_id: str | None = None, description: str = "") -> None:
        if not isinstance(agent_type, str) or not agent_type:
            raise InputError("agent_type", f"expected a name such as 'financial_analyst', got {agent_type!r}")
        if agent_id is not None and (not isinstance(agent_id, str) or not agent_id):
            raise InputError("agent_id", f"expected a name or None, got {agent_id!r}")
        self.agent_type = agent_type
        self.agent_id = agent_id or f"{agent_type}-{next(_numbers[agent_type])}"
        self.description = description
        self.executor: Executor | None = None
        self._lifecycle = Lifecycle(self.agent_id)
        self.__slots = {
            name: Slots(record.max_concurrency, f"{name} of {self.agent_id}")
            for name, record in self._declared.items()
        }
        self.__active = 0
        self.__ended = {_COMPLETED: 0, _FAILED: 0, _CANCELLED: 0}
        self.__busy_seconds = 0.0
        self._lifecycle.move(_IDLE)

    @property
    def state(self) -> AgentState:
        """Where the agent is in its life. With several tasks in work it stays WORKING until the last ends."""
        return self._lifecycle.state

    @property
    def capabilities(self) -> Mapping[str, AgentCapability]:
        """The capabilities by name."""
        return self._declared

    def get_capabilities(self) -> list[str]:
        """Name the capabilities."""
        return list(self._declared)

    def statistics(self) -> AgentStatistics:
        """Give the agent's figures as a frozen record."""
        return AgentStatistics(
            agent_id=self.agent_id,
            agent_type=self.agent_type,
            state=self.state,
            capabilities=tuple(self._declared),
            active=self.__active,
            completed=self.__ended[_COMPLETED],
            failed=self.__ended[_FAILED],
            cancelled=self.__ended[_CANCELLED],
            busy_seconds=self.__busy_seconds,
        )

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with an :class:`AgentEvent` at every move; the function given back ends that."""
        return self._lifecycle.listen(listener)

    @property
    def listener_errors(self) -> tuple[Exception, ...]:
        """What listeners raised, the last hundred."""
        return tuple(self._lifecycle.listener_errors)

    def move(self, state: AgentState | str) -> None:
        """Move to another state, for capabilities that checkpoint or talk to other agents.

        Raises
        ------
        InputError
            If there is no such state.
        LifecycleError
            If the lifecycle does not allow the move.
        """
        if state not in _STATES:
            raise InputError("state", f"expected one of {', '.join(_STATES)}, got {state!r}")
        run = current_run.get()
        self._lifecycle.move(_STATES[state], run.task.task_id if run else "")

    async def compute(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking function off the event loop, so that the notebook stays alive.

        It runs in the agent's `executor`, which a kernel sets; without one in the threads of
        the event loop. For a process executor `function` and its arguments must be picklable.
        """
        return await off_loop(self.executor, function, *args, **kwargs)

    async def execute_task(self, task: Task) -> TaskResult:
        """Do a task with the capability that it names, or that its words fit.

        Returns a FAILED result, and never raises, where the task cannot be done.
        """
        try:
            record = self.__capability_for(task)
        except MaosError as error:
            return self.__failed(task, error)
        result: TaskResult = await getattr(self, record.method_name)(task)
        return result

    async def close(self) -> None:
        """Release what the agent holds; a kernel calls it once when it stops. Override at will."""

    def terminate(self) -> None:
        """End the agent's life: it takes no further task."""
        if self.state is not _TERMINATING:
            self._lifecycle.move(_TERMINATING)

    def __capability_for(self, task: Task) -> AgentCapability:
        _check_task(task)
        if not task.task_type:
            return best_capability(task.description, self._declared.values())
        if task.task_type not in self._declared:
            raise UnknownCapabilityError(
                f"task_type: {self.agent_id} has no capability {task.task_type!r}",
                advice=f"It has: {', '.join(self._declared) or 'none'}",
            )
        return self._declared[task.task_type]

    def _perform(
        self, record: AgentCapability, method: Callable[..., Awaitable[Any]], task: Task
    ) -> Coroutine[Any, Any, TaskResult]:
        """Do a task: in the run that a kernel has made for it, or, called directly, in one of its own."""
        run = current_run.get()
        if run is not None and run.task is task:
            return self.__perform_in(run, record, method, task)
        return self.__perform_directly(run, record, method, task)

    async def __perform_directly(
        self, caller: Run | None, record: AgentCapability, method: Callable[..., Awaitable[Any]], task: Task
    ) -> TaskResult:
        _check_task(task)
        run = Run(task)
        token = current_run.set(run)
        try:
            if caller is None:
                return await self.__perform_in(run, record, method, task)
            with waiting(caller, run, task.task_id):
                return await self.__perform_in(run, record, method, task)
        finally:
            current_run.reset(token)

    async def __perform_in(
        self, run: Run, record: AgentCapability, method: Callable[..., Awaitable[Any]], task: Task
    ) -> TaskResult:
        slots = self.__slots.get(record.name)
        if slots is None:
            raise LifecycleError(
                f"{type(self).__name__} was made without the constructor of BaseAgent",
                advice="Call super().__init__(agent_type) in its constructor",
            )
        if task.is_empty:
            return self.__failed(task, _empty(record))
        if not slots.take(run):
            try:
                await slots.turn(run)
            except DeadlockError as error:
                return self.__failed(task, error)
        if self._lifecycle.state is _TERMINATING:
            slots.give_back(run)
            return self.__failed(task, LifecycleError(f"{self.agent_id} is TERMINATING and takes no task"))
        started = time.perf_counter()
        status = _CANCELLED
        self.__active += 1
        try:
            if self.__active == 1:
                self._lifecycle.move(_ASSIGNED, task.task_id)
            request = {"request": record.read(task)} if record.takes_request else _validated(record, task)
            if self._lifecycle.state is _ASSIGNED:
                self._lifecycle.move(_WORKING, task.task_id)
            result = self.__as_result(await method(self, task, **request), record, task, started)
            status = result.status
            return result
        except _BECOMES_A_RESULT as error:
            if _is_ours_to_obey(error):
                raise
            # Not kept in a variable: the traceback holds this frame, and the result the traceback.
            status = _CANCELLED if isinstance(error, TaskCancelledError) else _FAILED
            return self.__failed(task, error, record, started)
        finally:
            self.__leave(task, status, started)
            slots.give_back(run)

    def __leave(self, task: Task, status: TaskStatus, started: float) -> None:
        self.__active -= 1
        self.__ended[status] += 1
        self.__busy_seconds += time.perf_counter() - started
        if (
            self.__active == 0
            and self._lifecycle.state is not _TERMINATING
            and self._lifecycle.state is not _IDLE
        ):
            self._lifecycle.move(_IDLE, task.task_id)

    def __as_result(self, outcome: Any, record: AgentCapability, task: Task, started: float) -> TaskResult:
        metadata = self.__metadata(record, started)
        if type(outcome) is dict or isinstance(outcome, Mapping):
            return completed(task.task_id, outcome, metadata)
        if not isinstance(outcome, TaskResult):
            raise InputError(
                "result",
                f"capability {record.name!r} of {self.agent_id} returned {type(outcome).__name__}",
                advice="Return a mapping or a TaskResult",
            )
        metadata.update(outcome.metadata)
        return TaskResult(
            task.task_id, outcome.status, outcome.result, outcome.error, metadata, outcome.exception
        )

    def __metadata(self, record: AgentCapability, started: float) -> dict[str, Any]:
        return {
            "agent_type": self.agent_type,
            "agent_id": self.agent_id,
            "capabilities_used": [record.name],
            "processing_time": time.perf_counter() - started,
        }

    def __failed(
        self,
        task: Task,
        error: BaseException,
        record: AgentCapability | None = None,
        started: float = 0.0,
    ) -> TaskResult:
        metadata: dict[str, Any] = {"agent_type": self.agent_type, "agent_id": self.agent_id}
        if record is not None:
            metadata = self.__metadata(record, started)
        task_id = task.task_id if isinstance(task, Task) else ""
        status, text = _FAILED, describe(error)
        if isinstance(error, TaskCancelledError):
            status = _CANCELLED
        elif isinstance(error, asyncio.CancelledError):
            text = f"something that {task_id} waited for was cancelled, though nobody cancelled {task_id}"
        return TaskResult(task_id, status, None, text, metadata, error)

    def __repr__(self) -> str:
        names = ", ".join(self._declared) or "no capability"
        return f"<{type(self).__name__} {shown(self.agent_id)} {self.state}: {shown(names, 200)}>"


def _check_task(task: object) -> None:
    if not isinstance(task, Task):
        raise InputError(
            "task", f"expected a Task, got {type(task).__name__}", advice="Task(description='...')"
        )


def _is_ours_to_obey(error: BaseException) -> bool:
    # A CancelledError may come from something that the capability awaited: that is its failure.
    if not isinstance(error, asyncio.CancelledError):
        return False
    work = asyncio.current_task()
    return work is None or work.cancelling() > 0


def _validated(record: AgentCapability, task: Task) -> dict[str, Any]:
    # A method that does not ask for the request is still only called with a valid one.
    if record.request is not None:
        record.read(task)
    return {}


def _empty(record: AgentCapability) -> RequestError:
    inputs = f" or give parameters ({', '.join(record.inputs)})" if record.inputs else " or give parameters"
    return RequestError(
        "description",
        "is empty, and there are no parameters",
        advice=f"Say what {record.name} is to do{inputs}",
    )
