"""Finds out that a task would wait for what can only happen once it has ended itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from maos_nb.agents.run import Blocker, Run
from maos_nb.errors import DeadlockError
from maos_nb.utils import shown

__all__ = ["waiting"]


@contextmanager
def waiting(run: Run, blocker: Blocker, what: str) -> Iterator[None]:
    """Note, for as long as the block lasts, that `run` waits for `what`.

    The task that closes a circle of waiting tasks notices, and fails instead of waiting for ever.
    What a task waits for counts as what it needs, even if it waits for several things at once.

    Raises
    ------
    DeadlockError
        If the waiting could end only after `run` has.
    """
    holders = tuple(blocker.blockers()) if _closes_a_circle(run, blocker) else ()
    if holders:
        raise _deadlock(run, holders, what)
    run.awaits = (*run.awaits, blocker)
    try:
        yield
    finally:
        position = next(index for index, other in enumerate(run.awaits) if other is blocker)
        run.awaits = (*run.awaits[:position], *run.awaits[position + 1 :])


def _closes_a_circle(run: Run, blocker: Blocker) -> bool:
    """Whether all that could end the waiting waits itself, in the end for `run`."""
    if any(other is not run and not _needs(other) for other in blocker.blockers()):
        return False  # Mostly so: somebody works.
    needs: dict[Run, list[list[Run]]] = {run: [list(blocker.blockers())]}
    found = [run]
    while found:
        for other in {other for group in needs[found.pop()] for other in group} - needs.keys():
            needs[other] = [list(each.blockers()) for each in _needs(other)]
            found.append(other)
    stuck = set(needs)
    while free := {one for one in stuck if not any(_all_in(stuck, group) for group in needs[one])}:
        stuck -= free
    return run in stuck


def _needs(run: Run) -> tuple[Blocker, ...]:
    # A task that has been cancelled is about to stop waiting.
    return () if run.cancelled else run.awaits


def _all_in(stuck: set[Run], group: list[Run]) -> bool:
    return bool(group) and stuck.issuperset(group)


def _deadlock(run: Run, holders: Iterable[Run], what: str) -> DeadlockError:
    others = list(dict.fromkeys(shown(holder.task.task_id) for holder in holders if holder is not run))
    named = ", ".join(others[:3]) + (f" and {len(others) - 3} others" if len(others) > 3 else "")
    reason = (
        f"that takes the end of {named}, which waits for it" if others else "that takes its own end first"
    )
    return DeadlockError(
        f"{shown(run.task.task_id)} would wait for ever for {what}: {reason}",
        advice="Raise max_concurrency of the capability, spawn one more agent, or do not wait inside the task",
    )
