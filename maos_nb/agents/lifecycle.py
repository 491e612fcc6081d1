"""The states of an agent, the moves between them, and the events that every move makes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from maos_nb.errors import LifecycleError
from maos_nb.types import AgentState

__all__ = ["MOVES", "AgentEvent", "Lifecycle", "Listener"]

_S = AgentState

MOVES: Mapping[AgentState, frozenset[AgentState]] = MappingProxyType(
    {
        _S.INITIALIZING: frozenset({_S.IDLE, _S.TERMINATING}),
        _S.IDLE: frozenset({_S.ASSIGNED, _S.TERMINATING}),
        _S.ASSIGNED: frozenset({_S.WORKING, _S.IDLE, _S.TERMINATING}),
        _S.WORKING: frozenset({_S.COMMUNICATING, _S.CHECKPOINTING, _S.IDLE, _S.TERMINATING}),
        _S.COMMUNICATING: frozenset({_S.WORKING, _S.IDLE, _S.TERMINATING}),
        _S.CHECKPOINTING: frozenset({_S.WORKING, _S.IDLE, _S.TERMINATING}),
        _S.TERMINATING: frozenset(),
    }
)
"""The moves that are allowed. ASSIGNED -> IDLE is a task cancelled or refused before it began."""


@dataclass(frozen=True, slots=True)
class AgentEvent:
    """One move of one agent.

    Parameters
    ----------
    agent_id : str
        Whose move it was.
    number : int
        1 for the agent's first move, then one more each.
    before, after : AgentState
        The states it moved between.
    task_id : str
        The task that caused it; empty where none did.
    """

    agent_id: str
    number: int
    before: AgentState
    after: AgentState
    task_id: str = ""


Listener = Callable[[AgentEvent], object]


class Lifecycle:
    """The current state of one agent; refuses moves that :data:`MOVES` does not hold.

    A listener that raises does not disturb the agent: its error is kept in `listener_errors`
    (the last hundred), where :meth:`maos_nb.AgentKernel.assert_healthy` looks.
    """

    __slots__ = ("_listeners", "agent_id", "listener_errors", "number", "state")

    def __init__(self, agent_id: str) -> None:
        self.agent_id = agent_id
        self.state = AgentState.INITIALIZING
        self.number = 0
        self.listener_errors: deque[Exception] = deque(maxlen=100)
        self._listeners: tuple[Listener, ...] = ()

    def move(self, after: AgentState, task_id: str = "") -> None:
        """Move to another state and tell the listeners.

        Raises
        ------
        LifecycleError
            If the table does not allow the move.
        """
        before = self.state
        if after not in MOVES[before]:
            raise LifecycleError(
                f"{self.agent_id} cannot move from {before} to {after}",
                advice=f"Allowed from {before}: {', '.join(sorted(MOVES[before])) or 'nothing'}",
            )
        self.state = after
        self.number += 1
        if self._listeners:
            self._tell(AgentEvent(self.agent_id, self.number, before, after, task_id))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; the function given back ends that."""
        self._listeners = (*self._listeners, listener)

        def stop_listening() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

        return stop_listening

    def _tell(self, event: AgentEvent) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001  # whatever an observer does, the agent goes on
                self.listener_errors.append(error)
