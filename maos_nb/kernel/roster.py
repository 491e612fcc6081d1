"""Who works for a kernel, and who of them has room for another task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from maos_nb.agents import AgentCapability, BaseAgent, best_capability
from maos_nb.errors import InputError, UnknownCapabilityError
from maos_nb.types import AgentState, Task
from maos_nb.utils import shown

__all__ = ["Roster", "Seat"]

_TERMINATING = AgentState.TERMINATING


class Seat:
    """One capability of one agent, and how many tasks the kernel has given it there."""

    __slots__ = ("agent", "busy", "capability", "places")

    def __init__(self, agent: BaseAgent, capability: AgentCapability) -> None:
        self.agent = agent
        self.capability = capability.name
        self.places = capability.max_concurrency
        self.busy = 0


class Roster:
    """The agents of a kernel, by the capabilities that they offer."""

    def __init__(self) -> None:
        self.agents: dict[str, BaseAgent] = {}
        self.capabilities: dict[str, AgentCapability] = {}
        self._seats: dict[str, list[Seat]] = {}

    def add(self, agents: Sequence[BaseAgent]) -> None:
        """Take agents in, all of them or none.

        Raises
        ------
        InputError
            If an id is taken.
        """
        taken = set(self.agents)
        for agent in agents:
            if agent.agent_id in taken:
                raise InputError(
                    "agent_id", f"{agent.agent_id!r} is already taken in this kernel", advice="Choose another"
                )
            taken.add(agent.agent_id)
        for agent in agents:
            self.agents[agent.agent_id] = agent
            for record in agent.capabilities.values():
                self._offer(record)
                self._seats[record.name].append(Seat(agent, record))

    def route(self, task: Task) -> str:
        """Find the capability that a task is meant for."""
        if not task.task_type:
            if task.is_empty:
                raise InputError(
                    "description", "is empty, and there are no parameters", advice="Say what is to be done"
                )
            return best_capability(task.description, self.capabilities.values()).name
        if task.task_type not in self.capabilities:
            names = ", ".join(sorted(self.capabilities))
            raise UnknownCapabilityError(
                f"task_type: no agent here has the capability {shown(task.task_type)!r}",
                advice=f"There is: {names}" if names else "Spawn an agent first: await kernel.spawn(...)",
            )
        return task.task_type

    def has_room(self, capability: str) -> bool:
        """Whether some agent could start a task of this capability now."""
        seat = self.take(capability)
        if seat is not None:
            seat.busy -= 1
        return seat is not None

    def serves(self, capability: str) -> bool:
        """Whether some agent will ever take a task of this capability."""
        return any(_is_alive(seat.agent) for seat in self._seats.get(capability, ()))

    def take(self, capability: str) -> Seat | None:
        """Reserve a place with the least busy agent that has room; None if all are full."""
        best: Seat | None = None
        for seat in self._seats.get(capability, ()):
            if seat.busy < seat.places and (best is None or seat.busy < best.busy) and _is_alive(seat.agent):
                best = seat
        if best is not None:
            best.busy += 1
        return best

    def _offer(self, record: AgentCapability) -> None:
        known = self.capabilities.get(record.name)
        if known is None:
            self._seats[record.name] = []
        elif known.keywords != record.keywords:
            # Two kinds of agents share the capability: words that point to either point to it.
            record = replace(known, keywords=tuple(dict.fromkeys((*known.keywords, *record.keywords))))
        else:
            return
        self.capabilities[record.name] = record


def _is_alive(agent: BaseAgent) -> bool:
    return agent.state is not _TERMINATING
