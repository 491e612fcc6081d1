"""What the tests of the market analysis share."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from maos_nb.data import Fetched, SampleSource
from maos_nb.finance.market_requests import MarketAnalysisRequest
from maos_nb.finance.market_view import MarketView, analyse_market
from maos_nb.types import Task

SEED = "Analyze current equity market conditions and provide outlook"
KEYS = {
    *("market_overview", "technical_indicators", "fundamental_metrics", "trend_analysis"),
    *("risk_factors", "opportunities", "forecasts"),
}
_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?%?")


def request_of(description: str, **parameters: Any) -> MarketAnalysisRequest:
    """Make the request of a description and parameters."""
    return MarketAnalysisRequest.from_task(Task(description=description, parameters=parameters))


@functools.cache
def seen(as_of: str | None = None, **inputs: Any) -> MarketView:
    """Look at the market by the samples, once for all tests that ask for the same."""
    return analyse_market(MarketAnalysisRequest(as_of=as_of, **inputs), SampleSource())


def statements(result: Any) -> Iterator[dict[str, Any]]:
    """Give every sentence of a result, wherever it stands."""
    if isinstance(result, dict):
        if "statement" in result:
            yield result
        for value in result.values():
            yield from statements(value)
    elif isinstance(result, list):
        for value in result:
            yield from statements(value)


def numbers_without_evidence(said: dict[str, Any]) -> list[str]:
    """Give the numbers of a sentence that are none of those beside it, at the digits shown."""
    words, evidence = said["statement"], said["evidence"]
    for text in sorted(
        (value for value in evidence.values() if isinstance(value, str)), key=len, reverse=True
    ):
        words = words.replace(text, "")
    values = [float(value) for value in evidence.values() if isinstance(value, int | float)]
    return [shown for shown in _NUMBER.findall(words) if not any(_shows(shown, value) for value in values)]


def _shows(shown: str, value: float) -> bool:
    digits = shown.rstrip("%").replace(",", "").lstrip("+")
    decimals = len(digits.partition(".")[2])
    scale = 100 if shown.endswith("%") else 1
    return math.isclose(float(digits), value * scale, rel_tol=0, abs_tol=0.5000001 * 10**-decimals)


class CutSource(SampleSource):
    """The samples as they were on a day: what came later does not exist."""

    def __init__(self, day: str) -> None:
        super().__init__()
        self.day = dt.date.fromisoformat(day)

    def prices(self, tickers: Any, *, start: Any = None, end: Any = None) -> Fetched:
        """Give closes up to the day."""
        return _cut(super().prices(tickers, start=start), self.day)

    def volatility_index(self, *, start: Any = None, end: Any = None, as_of: Any = None) -> Fetched:
        """Give the VIX up to the day."""
        return _cut(super().volatility_index(), self.day)

    def treasury_yield_daily(self, *, start: Any = None, end: Any = None, as_of: Any = None) -> Fetched:
        """Give yields published by the day."""
        return _cut(super().treasury_yield_daily(), self.day)

    def yield_curve(self, *, start: Any = None, end: Any = None, as_of: Any = None) -> Fetched:
        """Give curves published before the day."""
        return super().yield_curve(as_of=self.day)

    def market_earnings(self, *, as_of: Any = None) -> Fetched:
        """Give months that were known by the day."""
        return super().market_earnings(as_of=self.day)


def _cut(fetched: Fetched, day: dt.date) -> Fetched:
    frame = fetched.frame.loc[: pd.Timestamp(day)]
    if "available_from" in frame:
        frame = frame[frame["available_from"] <= pd.Timestamp(day)]
    return replace(fetched, frame=frame, as_of=frame.index[-1].date())


class LeakySource(SampleSource):
    """A careless source: whatever day it is asked for, it gives all closes, volatilities and yields."""

    def prices(self, tickers: Any, *, start: Any = None, end: Any = None) -> Fetched:
        """Give all closes."""
        return super().prices(tickers)

    def volatility_index(self, *, start: Any = None, end: Any = None, as_of: Any = None) -> Fetched:
        """Give the whole VIX."""
        return super().volatility_index()

    def treasury_yield_daily(self, *, start: Any = None, end: Any = None, as_of: Any = None) -> Fetched:
        """Give all yields."""
        return super().treasury_yield_daily()
