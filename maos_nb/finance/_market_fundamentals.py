"""What the market earns, pays and costs, beside the yield of Treasuries, each as it was known on its day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.technical.averages import sma
from maos_nb.finance._market_measures import Measure, Measures, measured
from maos_nb.finance.market_evidence import MarketEvidence, Observed

__all__ = ["YEARS_OF_CAPE", "fundamental_measures"]

YEARS_OF_CAPE = 10
MONTHS_A_YEAR = 12
_GROWTH = ((0.0, "falling"), (math.inf, "growing"))
_GAP = ((0.0, "below the yield"), (math.inf, "above the yield"))
_SLOPE = ((0.0, "inverted"), (0.01, "flat"), (math.inf, "rising"))


def fundamental_measures(evidence: MarketEvidence) -> Measures:
    """Measure valuation, growth, dividends and rates; what rests on a table that is missing or old is not there."""
    found = Measures()
    for item in (*_earned(evidence), *_rates(evidence), *_curve(evidence)):
        found[item.name] = item
    return found


def _earned(evidence: MarketEvidence) -> Iterator[Measure]:
    table = evidence.earnings
    if table is None or not table.fresh:
        return
    close, source = evidence.index, f"{table.source}; {evidence.closes_source}"
    months = _monthly(table)
    known = {
        name: _known_daily(months, name, close.index) for name in months.frame if name != "available_from"
    }
    earnings = known["earnings"]
    ratio = (close / earnings).where(earnings > 0)
    yield measured("pe_trailing", "price over the earnings of twelve months", "ratio", ratio, source)
    title = f"price over the mean real earnings of {YEARS_OF_CAPE} years"
    yield measured("cape", title, "ratio", close / known["real_earnings"], source)
    yield measured(
        "earnings_yield", "earnings of twelve months over price", "fraction", earnings / close, source
    )
    yield measured(
        "dividend_yield",
        "dividends of twelve months over price",
        "fraction",
        known["dividend"] / close,
        source,
    )
    for name, title in (
        ("earnings_growth", "growth of earnings over a year"),
        ("dividend_growth", "growth of dividends over a year"),
        ("inflation", "rise of consumer prices over a year"),
    ):
        yield _at_months(measured(name, title, "fraction", known[name], table.source, states=_GROWTH), table)
    bonds = evidence.treasury_yield
    if bonds is not None and bonds.fresh:
        gap = earnings / close - bonds.known_at(pd.DatetimeIndex(close.index), "yield_10y")
        title = "earnings yield less the ten-year Treasury yield"
        both = f"{source}; {bonds.source}"
        yield measured("earnings_yield_gap", title, "fraction", gap, both, states=_GAP)


def _at_months(measure: Measure, table: Observed) -> Measure:
    """Date a figure of months by the last of them."""
    return replace(measure, as_of=table.as_of.isoformat())


def _monthly(table: Observed) -> Observed:
    """Add what is made of several months, each row as it was known when its month was."""
    frame = table.frame
    prices, earnings = frame["cpi"], frame["earnings"]
    real = sma(earnings / prices, YEARS_OF_CAPE * MONTHS_A_YEAR) * prices
    made = frame.assign(
        real_earnings=real.where(real > 0),
        earnings_growth=_grown(earnings),
        dividend_growth=_grown(frame["dividend"]),
        inflation=_grown(prices),
    )
    return Observed(made, table.as_of, table.source, table.fresh)


def _grown(series: pd.Series[float]) -> pd.Series[float]:
    before = series.shift(MONTHS_A_YEAR)
    return (series / before - 1).where(before > 0)


def _known_daily(months: Observed, name: Any, dates: Any) -> pd.Series[float]:
    return pd.Series(months.known_at(pd.DatetimeIndex(dates), str(name)), index=dates)


def _rates(evidence: MarketEvidence) -> Iterator[Measure]:
    table = evidence.treasury_yield
    if table is None or not table.fresh:
        return
    series = table.frame["yield_10y"].dropna()
    yield measured(
        "treasury_10y", "yield of the ten-year Treasury", "fraction per year", series, table.source
    )
    year_before = _year_before(series)
    title = "change of the ten-year yield over a year"
    states = ((0.0, "falling"), (math.inf, "rising"))
    yield measured(
        "treasury_10y_change", title, "fraction", series - year_before, table.source, states=states
    )


def _year_before(series: pd.Series[float]) -> Array:
    days = pd.DatetimeIndex(series.index) - pd.DateOffset(years=1)
    places = np.searchsorted(series.index.to_numpy(), days.to_numpy(), side="right") - 1
    return np.where(places < 0, np.nan, series.to_numpy(dtype=float)[places])


def _curve(evidence: MarketEvidence) -> Iterator[Measure]:
    table = evidence.yield_curve
    if table is None or not table.fresh:
        return
    for short in ("3m", "2y"):
        words = {"3m": "three-month", "2y": "two-year"}[short]
        slope = (table.frame["10y"] - table.frame[short]).dropna()
        title = f"ten-year yield less the {words} yield"
        yield measured(f"slope_{short}_10y", title, "fraction", slope, table.source, states=_SLOPE)
