"""Rows of a benchmark, and how they are timed and printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison: `ratio` is how it came out, `goal` what was set, both in the words of `what`."""

    what: str
    ours: str
    peer: str
    ratio: float
    goal: float | None = None
    at_least: bool = True

    @property
    def missed(self) -> bool:
        if self.goal is None:
            return False
        return self.ratio < self.goal if self.at_least else self.ratio > self.goal


def alternate(contenders: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Let the contenders measure themselves in turn and give the median of each.

    In turn, so that a machine that slows down slows all of them.
    """
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, measure in contenders.items():
            found[name].append(measure())
    return {name: statistics.median(values) for name, values in found.items()}


def seconds(call: Callable[[], object], *, at_least: float = 0.2) -> float:
    """Time one call, repeated until the clock is fine enough."""
    call()
    count, spent = 1, 0.0
    while True:
        start = time.perf_counter()
        for _ in range(count):
            call()
        spent = time.perf_counter() - start
        if spent >= at_least:
            return spent / count
        count = max(count + 1, int(count * 1.2 * at_least / max(spent, 1e-9)))


def show(rows: list[Row]) -> None:
    for row in rows:
        print(f"{row.what}\n    ours {row.ours}   peer {row.peer}   {row.ratio:.2f}{_verdict(row)}")


def _verdict(row: Row) -> str:
    if row.goal is None:
        return ""
    return f" (goal {'>=' if row.at_least else '<='} {row.goal:.3g}) {'MISSED' if row.missed else 'reached'}"
