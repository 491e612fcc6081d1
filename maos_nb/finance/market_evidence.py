"""What the data source knows about the market on a day, read once; nothing that became known later is in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from maos_nb.analytics._arrays import Array
from maos_nb.data import Fetched
from maos_nb.errors import DataError, MissingDataError, RequestError, UnknownSymbolError
from maos_nb.finance.market_requests import MarketAnalysisRequest

__all__ = ["INDEX", "STOCKS", "MarketEvidence", "MarketSource", "Observed", "collect_market"]

INDEX = "SP500"
STOCKS = (
    *("AAPL", "AMD", "BAC", "BBY", "CVX", "GE", "HD", "JNJ", "JPM", "KO"),
    *("LLY", "MRK", "MSFT", "PEP", "PFE", "PG", "RRC", "UNH", "WMT", "XOM"),
)
"""The stocks that the bundled samples have closes of."""

STALE_DAYS = 10
"""Daily figures further back than this are not those of the day of the analysis."""
STALE_EARNINGS_DAYS = 250
"""Earnings known then speak of a month at least half a year back."""


class MarketSource(Protocol):
    """What the market analysis asks of a source; :class:`maos_nb.data.SampleSource` is one.

    All but `prices` may be missing, or raise a `DataError`: what rests on them is then left out, and said to be.
    """

    def prices(self, tickers: Any, *, start: Any = None, end: Any = None) -> Fetched: ...  # noqa: D102  # each as in SampleSource
    def volatility_index(self, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102
    def treasury_yield_daily(self, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102
    def yield_curve(self, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102
    def market_earnings(self, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """A table of one kind, the last day that it speaks of, and its origin."""

    frame: pd.DataFrame = field(repr=False)
    as_of: dt.date
    source: str
    fresh: bool

    def known_at(self, dates: pd.DatetimeIndex, column: str) -> Array:
        """Give, for each day, the last figure that had become known by then; NaN before the first.

        A table without ``available_from`` is of figures known on their own day.
        """
        known = (
            self.frame[["available_from", column]] if "available_from" in self.frame else self.frame[[column]]
        )
        known = known.dropna()
        days = pd.DatetimeIndex(known["available_from"]) if "available_from" in known else known.index
        places = np.searchsorted(days.to_numpy(), dates.to_numpy(), side="right") - 1
        values = known[column].to_numpy(dtype=float)
        if not len(values):
            return np.full(len(dates), np.nan)
        return np.where(places < 0, np.nan, values[places])


@dataclass(frozen=True, slots=True, eq=False)
class MarketEvidence:
    """Everything read for one analysis; a part that the source did not have is None.

    `as_of` is the day of the analysis: that of the index's last close. `closes` has the index and the stocks, each
    adjusted for splits and dividends where the source adjusts, so that only their changes and ratios say something of
    the stocks. `gaps` says in words what is missing, each with the figures that it names.
    """

    as_of: dt.date
    closes: pd.DataFrame = field(repr=False)
    closes_source: str
    volatility_index: Observed | None = None
    treasury_yield: Observed | None = None
    yield_curve: Observed | None = None
    earnings: Observed | None = None
    gaps: tuple[tuple[str, dict[str, Any]], ...] = field(default=(), repr=False)

    @property
    def index(self) -> pd.Series[float]:
        """Closes of the index."""
        return self.closes[INDEX]

    @property
    def stocks(self) -> pd.DataFrame:
        """Closes of the stocks, a column each; none where the source has none."""
        return self.closes.drop(columns=INDEX)

    @property
    def parts(self) -> dict[str, Observed | None]:
        """The tables beside the closes, by name."""
        names = ("volatility_index", "treasury_yield", "yield_curve", "earnings")
        return {name: getattr(self, name) for name in names}


def collect_market(request: MarketAnalysisRequest, source: MarketSource) -> MarketEvidence:
    """Read what `source` has for the request, as it was known on the request's day.

    Raises
    ------
    RequestError
        If the day has not come yet, or the source has no closes of a stock that was asked for.
    MissingDataError
        If there is no close of the index up to that day.
    """
    if request.as_of is not None and request.as_of > dt.date.today():
        raise RequestError("as_of", f"{request.as_of} has not come yet", advice="Give a date up to today")
    gaps: list[tuple[str, dict[str, Any]]] = []
    fetched = _closes(request, source, gaps)
    closes = _known_by(fetched.frame, request.as_of)
    index = closes[INDEX].dropna()
    if index.empty:
        raise MissingDataError("there is no close of the index", advice="Give a later as_of")
    as_of = index.index[-1].date()
    if request.as_of is not None and (request.as_of - as_of).days > STALE_DAYS:
        told = "closes end on {last_close}: the analysis is of that day and not of {asked_for}"
        gaps.append((told, {"last_close": as_of.isoformat(), "asked_for": request.as_of.isoformat()}))
    read = _Reader(source, as_of, gaps)
    return MarketEvidence(
        as_of=as_of,
        closes=closes.loc[index.index],
        closes_source=fetched.source,
        volatility_index=read("volatility_index", "the volatility index"),
        treasury_yield=read("treasury_yield_daily", "the yield of Treasuries"),
        yield_curve=read("yield_curve", "the yield curve"),
        earnings=read("market_earnings", "earnings of the index", STALE_EARNINGS_DAYS),
        gaps=tuple(gaps),
    )


def _closes(
    request: MarketAnalysisRequest, source: MarketSource, gaps: list[tuple[str, dict[str, Any]]]
) -> Fetched:
    wanted = STOCKS if request.tickers is None else tuple(item for item in request.tickers if item != INDEX)
    try:
        return source.prices([*wanted, INDEX], end=request.as_of)
    except UnknownSymbolError as error:
        if request.tickers is not None:
            known = ", ".join(item for item in error.known if item != INDEX)
            raise RequestError(
                "tickers", f"there are no closes of {error.symbol!r}", advice=f"There are of {known}"
            ) from error
        there = [name for name in STOCKS if name in error.known]
        told = (
            "there are closes of {n_stocks} of {n_wanted} stocks, on which all that is said of stocks rests"
        )
        gaps.append((told, {"n_stocks": len(there), "n_wanted": len(STOCKS)}))
        return source.prices([*there, INDEX], end=request.as_of)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one table after the other, and notes what is missing or old."""

    source: MarketSource
    as_of: dt.date
    gaps: list[tuple[str, dict[str, Any]]]

    def __call__(self, method: str, what: str, stale_days: int = STALE_DAYS) -> Observed | None:
        read: Callable[..., Fetched] | None = getattr(self.source, method, None)
        if read is None:
            self.gaps.append((f"{what} is left out: the source has none", {}))
            return None
        try:
            fetched = read(as_of=self.as_of)
        except DataError as error:
            self.gaps.append((f"{what} is left out: {{reason}}", {"reason": error.message}))
            return None
        age = (self.as_of - fetched.as_of).days
        if age > stale_days:
            told = f"{what} ends on {{last}}, {{age_days}} days before: no figure rests on it"
            self.gaps.append((told, {"last": fetched.as_of.isoformat(), "age_days": age}))
        frame = _known_by(fetched.frame, self.as_of)
        return Observed(frame, min(fetched.as_of, self.as_of), fetched.source, fresh=age <= stale_days)


def _known_by(frame: pd.DataFrame, day: dt.date | None) -> pd.DataFrame:
    """Cut off what a source gave beyond the day that it was asked for."""
    if day is None:
        return frame
    found = frame[frame.index <= pd.Timestamp(day)]
    return found[found["available_from"] <= pd.Timestamp(day)] if "available_from" in found else found
