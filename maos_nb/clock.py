"""Time as the kernel sees it, so that tests can move it by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

__all__ = ["Clock", "SystemClock", "Timer"]


class Timer(Protocol):
    """A call that has been arranged and can be called off."""

    def cancel(self) -> None:
        """Call it off; harmless when it has already happened."""


class Clock(Protocol):
    """What the kernel asks of a clock."""

    def time(self) -> float:
        """Give seconds that only ever grow, from an arbitrary start."""

    def now(self) -> datetime:
        """Give the date and time of day, in UTC."""

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Timer:
        """Arrange for `callback` to be called on the running loop after `delay` seconds."""


class SystemClock:
    """The machine's clock and the running event loop's timers."""

    def time(self) -> float:
        """Give the seconds of the monotonic clock."""
        return time.monotonic()

    def now(self) -> datetime:
        """Give the current date and time in UTC."""
        return datetime.now(UTC)

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Timer:
        """Arrange the call with the running event loop."""
        return asyncio.get_running_loop().call_later(delay, callback, *args)

    def __repr__(self) -> str:
        return "SystemClock()"
