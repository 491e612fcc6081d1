"""What every source hands back: a table, where it came from, what it speaks of, and what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from typing import Literal, TypeAlias, get_args

import pandas as pd

from maos_nb.errors import InputError

__all__ = ["Attempt", "Fetched", "Outcome"]

Outcome: TypeAlias = Literal["delivered", "no data", "failed", "skipped"]
"""What came of asking a source; ``skipped`` is for one that was not asked, with the reason in the detail."""

_SHOWN_ROWS = 10
_SHOWN_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Attempt:
    """One source that was tried, and what came of it.

    Parameters
    ----------
    source
        Human name of the source.
    outcome
        ``"delivered"``, ``"no data"``, ``"failed"`` or ``"skipped"``.
    detail
        What was delivered, or why nothing was.

    Raises
    ------
    InputError
        For an outcome that is none of the four.

    Examples
    --------
    >>> Attempt("a vendor", "failed", "it answered 503")
    Attempt(source='a vendor', outcome='failed', detail='it answered 503')
    """

    source: str
    outcome: Outcome
    detail: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in get_args(Outcome):
            raise InputError(
                "outcome", f"expected one of {', '.join(get_args(Outcome))}, got {self.outcome!r}"
            )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fetched:
    """A table of data with its provenance.

    The record keeps a copy of the frame it is given: whatever is done to ``fetched.frame`` later changes this
    record alone, never the cache of the source that made it.

    Parameters
    ----------
    frame
        The data.
    source
        Human name of the origin.
    as_of
        The latest day that the data speaks of: of statements the latest filing in the frame, of prices the last
        close, of monthly yields the last month's end.
    retrieved_at
        When the data was read from its origin, with a time zone; kept in UTC. For bundled samples it is the day
        they were built.
    attempts
        The sources tried, in the order in which they were tried.

    Raises
    ------
    InputError
        For a frame that is not a DataFrame, an ``as_of`` that is not a plain date, a ``retrieved_at`` without a
        time zone, or attempts that are not a tuple of `Attempt`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"revenue": [394_328e6]}, index=pd.Index([2022], name="fiscal_year"))
    >>> Fetched(frame, "10-K", date(2022, 10, 28), datetime(2026, 1, 2, tzinfo=UTC), (Attempt("10-K", "delivered"),))
    Fetched(source='10-K', frame=1 x 1, as_of=2022-10-28, retrieved_at=2026-01-02T00:00:00+00:00, attempts=1)
    """

    frame: pd.DataFrame
    source: str
    as_of: date
    retrieved_at: datetime
    attempts: tuple[Attempt, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.frame, pd.DataFrame):
            raise InputError("frame", f"expected a pandas DataFrame, got {type(self.frame).__name__}")
        if not isinstance(self.as_of, date) or isinstance(self.as_of, datetime):
            raise InputError("as_of", f"expected a date without a time, got {self.as_of!r}")
        if not isinstance(self.retrieved_at, datetime) or self.retrieved_at.tzinfo is None:
            raise InputError(
                "retrieved_at", f"expected a datetime with a time zone, got {self.retrieved_at!r}"
            )
        if not isinstance(self.attempts, tuple) or not all(
            isinstance(item, Attempt) for item in self.attempts
        ):
            raise InputError("attempts", f"expected a tuple of Attempt records, got {self.attempts!r}")
        object.__setattr__(self, "frame", self.frame.copy())
        object.__setattr__(self, "retrieved_at", self.retrieved_at.astimezone(UTC))

    def __repr__(self) -> str:
        rows, columns = self.frame.shape
        return (
            f"Fetched(source={self.source!r}, frame={rows} x {columns}, as_of={self.as_of.isoformat()}, "
            f"retrieved_at={self.retrieved_at.isoformat()}, attempts={len(self.attempts)})"
        )

    def _repr_html_(self) -> str:
        tried = "".join(
            f"<li>{escape(attempt.source)}: {escape(attempt.outcome)}"
            f"{' (' + escape(attempt.detail) + ')' if attempt.detail else ''}</li>"
            for attempt in self.attempts
        )
        table = self.frame.to_html(max_rows=_SHOWN_ROWS, max_cols=_SHOWN_COLUMNS, border=0, escape=True)
        return (
            f"<div><p><b>{escape(self.source)}</b>, as of {self.as_of.isoformat()}, "
            f"retrieved {self.retrieved_at.isoformat()}</p>{table}<ol>{tried}</ol></div>"
        )
