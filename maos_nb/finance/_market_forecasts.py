"""What followed days like this one: direction and range of the index as records that can be judged later."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._proportions import wilson
from maos_nb.analytics.market.forecasts import Forecast, Judgement, judge
from maos_nb.finance._market_measures import Statement, say
from maos_nb.finance._market_regimes import Regimes
from maos_nb.finance.market_evidence import INDEX, MarketEvidence

__all__ = ["COVERAGE", "Basis", "Outlook", "Record", "outlook"]

LEAST_MONTHS = 24
"""Fewer months of the same regimes tell nothing: then those of the same trend are taken, then all."""
COVERAGE = 0.8
LEVEL = 0.95
SOURCE = "market_analysis: what followed earlier months in the same regimes"
FIRST_RECORD_MONTHS = 60
"""Months of history before the rule's record starts."""

_CONDITIONS = ("trend and volatility", "trend", "none")


@dataclass(frozen=True, slots=True)
class Basis:
    """The earlier months that a forecast rests on.

    Parameters
    ----------
    condition : str
        What they share with the day of the forecast: "trend and volatility", "trend", or "none".
    n_months, n_up : int
        How many there were with a known end of the horizon, and after how many the index was higher.
    n_independent : int
        How many of them are further apart than the horizon, so that what followed does not overlap.
    probability : float
        ``n_up / n_months``; where that is 0 or 1, as if one more independent month had ended the other way.
    interval : tuple of float
        Wilson's, of 95%, for `n_independent` months.
    low, median, high : float
        Quantiles of what followed, as returns: the middle one and those about `COVERAGE`.
    base_probability : float
        The share of all earlier months after which the index was higher.
    n_all : int
        How many those are.
    """

    condition: str
    n_months: int
    n_up: int
    n_independent: int
    probability: float
    interval: tuple[float, float]
    low: float
    median: float
    high: float
    base_probability: float
    n_all: int

    def to_dict(self) -> dict[str, Any]:
        """Give plain values."""
        names = ("condition", "n_months", "n_up", "n_independent", "probability", "low", "median", "high")
        plain = {name: getattr(self, name) for name in names}
        base = {"base_probability": self.base_probability, "n_all": self.n_all}
        return {**plain, "interval": list(self.interval), **base}


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """How the rule did at earlier months, and the Brier score of saying the share of all months instead."""

    judgement: Judgement
    plain_brier: float

    def to_dict(self) -> dict[str, Any]:
        """Give plain values."""
        names = ("n_directions", "hit_rate", "brier", "log_score", "n_ranges", "covered", "promised_coverage")
        figures = {name: getattr(self.judgement, name) for name in names}
        return {name: value if math.isfinite(value) else None for name, value in figures.items()} | {
            "plain_brier": self.plain_brier
        }


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Forecasts, what they rest on, and how the same rule did before; nothing where the past is too short."""

    basis: Basis | None
    forecasts: tuple[Forecast, ...]
    record: Record | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Months:
    """Closes at the ends of whole months, and the regimes on those days."""

    days: pd.DatetimeIndex
    closes: Array
    trend: Array
    volatility: Array

    def basis(self, upto: int, trend: float, volatility: float, horizon: int) -> Basis | None:
        """Look at the months whose horizon has ended by month `upto`."""
        n_known = upto - horizon + 1
        if n_known < LEAST_MONTHS or math.isnan(trend):
            return None
        followed = self.closes[horizon : horizon + n_known] / self.closes[:n_known] - 1
        known = ~np.isnan(self.trend[:n_known])
        same_trend = self.trend[:n_known] == trend
        both = same_trend & (self.volatility[:n_known] == volatility)
        for condition, chosen in zip(_CONDITIONS, (both, same_trend, known), strict=True):
            if chosen.sum() >= LEAST_MONTHS:
                return _based(condition, followed, chosen, known, horizon)
        return None


def outlook(evidence: MarketEvidence, regimes: Regimes, horizon_months: int) -> Outlook:
    """Forecast the index over the horizon by what followed earlier months in the same regimes."""
    months = _months(evidence, regimes)
    trend, volatility = float(regimes.trend_states.iloc[-1]), float(regimes.volatility_states.iloc[-1])
    basis = months.basis(len(months.days) - 1, trend, volatility, horizon_months)
    if basis is None:
        said = say(
            "There is no forecast: of {horizon_months} months ahead fewer than {least_months} outcomes are known.",
            horizon_months=horizon_months,
            least_months=LEAST_MONTHS,
        )
        return Outlook(None, (), None, tuple(said))
    close = float(evidence.index.iloc[-1])
    forecasts = _forecasts(pd.Timestamp(evidence.as_of), close, basis, horizon_months)
    record = _record(months, evidence, horizon_months)
    sentences = (
        *_said(evidence, regimes, basis, forecasts, horizon_months),
        *_judged(record, horizon_months),
    )
    return Outlook(basis, forecasts, record, sentences)


def _months(evidence: MarketEvidence, regimes: Regimes) -> _Months:
    close = evidence.index
    days = pd.DatetimeIndex(close.index)
    # The last day of the data ends its month only if no trading day of that month can follow.
    following = pd.DatetimeIndex(days[1:].append(pd.DatetimeIndex([days[-1] + pd.offsets.BDay()])))
    ends = (days.month != following.month) | (days.year != following.year)
    return _Months(
        days=days[ends],
        closes=np.asarray(close, dtype=np.float64)[ends],
        trend=np.asarray(regimes.trend_states, dtype=np.float64)[ends],
        volatility=np.asarray(regimes.volatility_states, dtype=np.float64)[ends],
    )


def _based(condition: str, followed: Array, chosen: BoolArray, known: BoolArray, horizon: int) -> Basis:
    returns = followed[chosen]
    n_up, n_apart = int((returns > 0).sum()), _apart(np.flatnonzero(chosen), horizon)
    share = n_up / len(returns)
    # Certainty is nothing that a past can teach.
    probability = share if 0 < share < 1 else (share * n_apart + 1) / (n_apart + 2)
    low, high = wilson(share, n_apart, LEVEL)
    tail = (1 - COVERAGE) / 2
    quantiles = np.quantile(returns, [tail, 0.5, 1 - tail])
    return Basis(
        condition=condition,
        n_months=len(returns),
        n_up=n_up,
        n_independent=n_apart,
        probability=probability,
        interval=(float(low), float(high)),
        low=float(quantiles[0]),
        median=float(quantiles[1]),
        high=float(quantiles[2]),
        base_probability=float((followed[known] > 0).mean()),
        n_all=int(known.sum()),
    )


def _apart(places: Array | Any, horizon: int) -> int:
    """Count months of which each is at least a horizon after the one before."""
    count, last = 0, -horizon
    for place in places.tolist():
        if place - last >= horizon:
            count, last = count + 1, place
    return count


def _forecasts(day: pd.Timestamp, close: float, basis: Basis, horizon: int) -> tuple[Forecast, ...]:
    made, end = day.date(), (day + pd.DateOffset(months=horizon)).date()
    low, high = close * (1 + basis.low), close * (1 + basis.high)
    return (
        Forecast(
            made, INDEX, end, "direction", probability=basis.probability, reference=close, source=SOURCE
        ),
        Forecast(made, INDEX, end, "range", low=low, high=high, coverage=COVERAGE, source=SOURCE),
    )


def _record(months: _Months, evidence: MarketEvidence, horizon: int) -> Record | None:
    """Judge what the same rule would have said at the end of each earlier month, with what was known then."""
    said: list[Forecast] = []
    plain: list[Forecast] = []
    for place in range(FIRST_RECORD_MONTHS, len(months.days)):
        trend, volatility = float(months.trend[place]), float(months.volatility[place])
        basis = months.basis(place, trend, volatility, horizon)
        if basis is not None:
            said += _forecasts(months.days[place], float(months.closes[place]), basis, horizon)
            plain.append(replace(said[-2], probability=basis.base_probability))
    found = judge(said, evidence.index)
    return Record(found, judge(plain, evidence.index).brier) if found.n_judged else None


def _said(
    evidence: MarketEvidence, regimes: Regimes, basis: Basis, forecasts: tuple[Forecast, ...], horizon: int
) -> Iterator[Statement]:
    direction, span = forecasts
    like = {
        "trend and volatility": "the same trend ({trend}) and volatility ({volatility})",
        "trend": "the same trend ({trend}), those of the same volatility ({volatility}) being too few",
        "none": "any trend and volatility, those like the present ({trend}, {volatility}) being too few",
    }[basis.condition]
    sure = "" if 0 < basis.n_up < basis.n_months else ", said as {probability:.0%} since no past makes sure"
    yield from say(
        "After {n_up} of {n_months} earlier months with "
        + like
        + " the index was higher {horizon_months} months "
        "later: {share:.0%}"
        + sure
        + ", with a {level:.0%} interval from {low:.0%} to {high:.0%} as only {n_independent} of "
        "them do not overlap; after any month it was {base_probability:.0%} (of {n_all}).",
        n_up=basis.n_up,
        n_months=basis.n_months,
        trend=regimes.trend.state,
        volatility=regimes.volatility.state,
        horizon_months=horizon,
        share=basis.n_up / basis.n_months,
        probability=basis.probability,
        level=LEVEL,
        low=basis.interval[0],
        high=basis.interval[1],
        n_independent=basis.n_independent,
        base_probability=basis.base_probability,
        n_all=basis.n_all,
    )
    yield from say(
        "From {close:,.0f} the middle {coverage:.0%} of those outcomes lead to between {low:,.0f} ({low_return:+.1%}) "
        "and {high:,.0f} ({high_return:+.1%}) by {horizon}.",
        close=float(evidence.index.iloc[-1]),
        coverage=COVERAGE,
        low=span.low,
        high=span.high,
        low_return=basis.low,
        high_return=basis.high,
        horizon=direction.horizon.isoformat(),
    )


def _judged(record: Record | None, horizon: int) -> list[Statement]:
    if record is None:
        return []
    judged = record.judgement
    helped = "less than" if judged.brier < record.plain_brier else "no less than"
    return say(
        "Said at the end of each month before, with what was known then, {n_directions} directions over "
        "{horizon_months} months could be judged: {hit_rate:.0%} were right, with a mean squared error (Brier score) of "
        "{brier:.3f}, "
        + helped
        + " the {plain_brier:.3f} of the plain share of all months before; of {n_ranges} ranges "
        "{covered:.0%} held, where {promised_coverage:.0%} were to.",
        n_directions=judged.n_directions,
        horizon_months=horizon,
        hit_rate=judged.hit_rate,
        brier=judged.brier,
        plain_brier=record.plain_brier,
        covered=judged.covered,
        n_ranges=judged.n_ranges,
        promised_coverage=judged.promised_coverage,
    )
