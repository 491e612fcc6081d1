"""A kit for testing agents and what surrounds them: time by hand, sources by hand, contracts."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from maos_nb.errors import InputError

if TYPE_CHECKING:
    import datetime as dt

    from maos_nb.data import Fetched
    from maos_nb.kernel import AgentKernel

__all__ = ["ManualClock", "check_source", "until_idle"]


class ManualClock:
    """A clock that moves only when told to.

    Parameters
    ----------
    start : datetime
        The time of day at which it begins.

    Examples
    --------
    >>> clock = ManualClock()
    >>> rung = []
    >>> _ = clock.call_later(30, rung.append, "half a minute")
    >>> clock.advance(29.9)
    >>> rung
    []
    >>> clock.advance(0.1)
    >>> rung
    ['half a minute']
    """

    def __init__(self, start: datetime = datetime(2024, 1, 2, tzinfo=UTC)) -> None:
        self._start = start
        self._seconds = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, _ManualTimer]] = []

    def time(self) -> float:
        """Give the seconds since the start."""
        return self._seconds

    def now(self) -> datetime:
        """Give the start plus the seconds since."""
        return self._start + timedelta(seconds=self._seconds)

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> _ManualTimer:
        """Arrange for a call when the clock has been moved on by `delay` seconds."""
        timer = _ManualTimer(callback, args)
        # Rounded, so that ten steps of 0.1 reach what was due after 1.
        heapq.heappush(self._timers, (round(self._seconds + delay, 9), next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Move on, making every call that falls due, in order.

        Raises
        ------
        InputError
            If `seconds` is negative or not finite.
        """
        if not 0 <= seconds < math.inf:
            raise InputError("seconds", f"a clock only moves forward, by a finite amount, got {seconds!r}")
        end = round(self._seconds + seconds, 9)
        while self._timers and self._timers[0][0] <= end:
            due, _, timer = heapq.heappop(self._timers)
            self._seconds = max(self._seconds, due)
            timer.fire()
        self._seconds = end

    def __repr__(self) -> str:
        return f"ManualClock({self._start.isoformat()} + {self._seconds:g} s)"


class _ManualTimer:
    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._callback: Callable[..., object] | None = callback
        self._args = args

    def cancel(self) -> None:
        """Call it off."""
        self._callback = None

    def fire(self) -> None:
        """Make the call, unless it was called off."""
        if self._callback is not None:
            self._callback(*self._args)


async def until_idle(kernel: AgentKernel | None = None, *, turns: int = 20) -> None:
    """Let everything that is ready to run on the event loop run.

    Parameters
    ----------
    kernel : AgentKernel, optional
        Wait as well until it has no unfinished task.
    turns : int
        How many turns of the event loop to give way for.
    """
    if kernel is not None:
        await kernel.join()
    for _ in range(turns):
        await asyncio.sleep(0)


def check_source(source: Any, ticker: str, *, as_of: dt.date) -> Mapping[str, Fetched]:
    """Check that a financial source keeps the contract that the analyst relies on.

    Parameters
    ----------
    source : FinancialSource
        The source.
    ticker : str
        A company of which it has statements.
    as_of : date
        A date by which it had filed some.

    Returns
    -------
    mapping of str to Fetched
        What was read, for further checks.

    Raises
    ------
    AssertionError
        If something is not as the contract says; the message says what.
    """
    answers = {
        "statements": source.statements(ticker, as_of=as_of),
        "treasury_yield": source.treasury_yield(as_of=as_of),
        "equity_risk_premium": source.equity_risk_premium(as_of=as_of),
        "facts": source.facts([ticker], as_of=as_of),
    }
    for name, answer in answers.items():
        _require(bool(answer.source), f"{name}: the source has no name")
        _require(answer.retrieved_at.tzinfo is not None, f"{name}: retrieved_at has no time zone")
        _require(answer.as_of <= as_of, f"{name}: speaks of {answer.as_of}, later than {as_of}")
        _require(not answer.frame.empty, f"{name}: is empty")
    statements = answers["statements"].frame
    for column in ("period_end", "revenue"):
        _require(column in statements, f"statements: column {column} is missing")
    facts = answers["facts"].frame
    for column in ("ticker", "period_end", "filed", "field", "value", "unit", "accession"):
        _require(column in facts, f"facts: column {column} is missing")
    _require(set(facts["ticker"]) == {ticker}, f"facts: are not of {ticker} alone")
    _require(facts["filed"].max().date() <= as_of, f"facts: were filed later than {as_of}")
    _require(statements.index.is_monotonic_increasing, "statements: years are not in order")
    _require(ticker in set(source.companies()["ticker"]), f"companies: {ticker} is missing")
    return answers


def _require(holds: bool, complaint: str) -> None:
    if not holds:
        raise AssertionError(complaint)
