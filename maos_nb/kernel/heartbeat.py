"""The tick that keeps a notebook interruptible and measures how late the event loop is."""

from __future__ import annotations

import asyncio
import weakref

__all__ = ["Heartbeat"]

INTERVAL = 0.1
"""Seconds. An interrupt of a waiting cell takes effect when something next wakes the loop."""


class Heartbeat:
    """Wakes the loop ten times a second for as long as somebody holds the object."""

    __slots__ = ("__weakref__", "_timer", "beats", "lag", "worst_lag")

    def __init__(self) -> None:
        self.beats = 0
        self.lag = 0.0
        self.worst_lag = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to beat on `loop`."""
        if self._timer is None:
            self._timer = loop.call_later(INTERVAL, _beat, weakref.ref(self), loop, loop.time() + INTERVAL)

    def stop(self) -> None:
        """End it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _beat(reference: weakref.ref[Heartbeat], loop: asyncio.AbstractEventLoop, expected: float) -> None:
    heartbeat = reference()
    if heartbeat is None or heartbeat._timer is None:
        return
    heartbeat.beats += 1
    heartbeat.lag = max(0.0, loop.time() - expected)
    heartbeat.worst_lag = max(heartbeat.worst_lag, heartbeat.lag)
    heartbeat._timer = loop.call_later(INTERVAL, _beat, reference, loop, loop.time() + INTERVAL)
