"""The table of moves, and the events that every move makes."""

import itertools

import pytest

from maos_nb.agents import MOVES, AgentEvent, BaseAgent
from maos_nb.agents.lifecycle import Lifecycle
from maos_nb.errors import InputError, LifecycleError
from maos_nb.types import AgentState

PATHS = {
    "INITIALIZING": [],
    "IDLE": ["IDLE"],
    "ASSIGNED": ["IDLE", "ASSIGNED"],
    "WORKING": ["IDLE", "ASSIGNED", "WORKING"],
    "COMMUNICATING": ["IDLE", "ASSIGNED", "WORKING", "COMMUNICATING"],
    "CHECKPOINTING": ["IDLE", "ASSIGNED", "WORKING", "CHECKPOINTING"],
    "TERMINATING": ["TERMINATING"],
}
ALLOWED = {
    ("INITIALIZING", "IDLE"),
    ("INITIALIZING", "TERMINATING"),
    ("IDLE", "ASSIGNED"),
    ("IDLE", "TERMINATING"),
    ("ASSIGNED", "WORKING"),
    ("ASSIGNED", "IDLE"),
    ("ASSIGNED", "TERMINATING"),
    ("WORKING", "COMMUNICATING"),
    ("WORKING", "CHECKPOINTING"),
    ("WORKING", "IDLE"),
    ("WORKING", "TERMINATING"),
    ("COMMUNICATING", "WORKING"),
    ("COMMUNICATING", "IDLE"),
    ("COMMUNICATING", "TERMINATING"),
    ("CHECKPOINTING", "WORKING"),
    ("CHECKPOINTING", "IDLE"),
    ("CHECKPOINTING", "TERMINATING"),
}


def in_state(state):
    """Give a lifecycle that has moved as far as a state."""
    lifecycle = Lifecycle("a")
    for step in PATHS[state]:
        lifecycle.move(AgentState(step))
    return lifecycle


@pytest.mark.parametrize(("before", "after"), list(itertools.product(AgentState, AgentState)))
def test_exactly_the_moves_of_the_table_are_possible(before, after):
    """Each of the 49 pairs; a refused move changes nothing."""
    lifecycle = in_state(before)
    if (before, after) in ALLOWED:
        lifecycle.move(after)
        assert lifecycle.state is after
    else:
        with pytest.raises(LifecycleError, match=f"a cannot move from {before} to {after}. Allowed from"):
            lifecycle.move(after)
        assert lifecycle.state is before
        assert lifecycle.number == len(PATHS[before])


def test_the_table_cannot_be_changed_and_knows_every_state():
    """One table for all agents."""
    assert set(MOVES) == set(AgentState)
    with pytest.raises(TypeError):
        MOVES[AgentState.TERMINATING] = frozenset()


def test_every_move_is_an_event_numbered_in_order():
    """With the states, the agent and the task that caused it."""
    lifecycle, heard = in_state("IDLE"), []
    lifecycle.listen(heard.append)
    lifecycle.move(AgentState.ASSIGNED, "t1")
    lifecycle.move(AgentState.WORKING, "t1")
    assert heard == [
        AgentEvent("a", 2, AgentState.IDLE, AgentState.ASSIGNED, "t1"),
        AgentEvent("a", 3, AgentState.ASSIGNED, AgentState.WORKING, "t1"),
    ]


def test_all_listeners_hear_every_event_until_they_leave():
    """Leaving twice does no harm."""
    lifecycle, one, other = in_state("IDLE"), [], []
    stop = lifecycle.listen(one.append)
    lifecycle.listen(other.append)
    lifecycle.move(AgentState.ASSIGNED)
    stop()
    stop()
    lifecycle.move(AgentState.IDLE)
    assert (len(one), len(other)) == (1, 2)


def test_a_listener_that_raises_disturbs_nobody_and_its_error_is_kept():
    """The agent moves on, later listeners hear the event."""
    lifecycle, heard = in_state("IDLE"), []

    def broken(event):
        raise ValueError(event.after)

    lifecycle.listen(broken)
    lifecycle.listen(heard.append)
    lifecycle.move(AgentState.ASSIGNED)
    assert lifecycle.state == "ASSIGNED"
    assert len(heard) == 1
    assert [str(error) for error in lifecycle.listener_errors] == ["ASSIGNED"]


def test_an_agent_refuses_a_state_that_does_not_exist():
    """And lists those there are."""
    with pytest.raises(InputError, match=r"^state: expected one of INITIALIZING, .*got 'DANCING'"):
        BaseAgent("a").move("DANCING")


def test_a_terminated_agent_stays_so():
    """Terminating it again is fine; nothing else is possible."""
    agent = BaseAgent("a")
    agent.terminate()
    agent.terminate()
    assert agent.state == "TERMINATING"
    with pytest.raises(LifecycleError, match="Allowed from TERMINATING: nothing"):
        agent.move("IDLE")
