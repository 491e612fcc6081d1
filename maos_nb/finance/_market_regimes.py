"""The regimes of the index: its trend, and how much it moves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from maos_nb.analytics.market.regimes import trend_regime, volatility_regime
from maos_nb.finance._market_measures import rank_in_past
from maos_nb.finance.market_evidence import MarketEvidence

__all__ = ["TREND_BAND", "TREND_WINDOW", "VOLATILITY_WINDOW", "Regime", "Regimes", "regimes_of"]

TREND_WINDOW = 200
TREND_BAND = 0.02
"""How far the close has to leave its average for the trend to change."""
VOLATILITY_WINDOW = 21

_TREND_WORDS = {1.0: "up", -1.0: "down", 0.0: "not yet decided"}
_VOLATILITY_WORDS = {1.0: "turbulent", -1.0: "calm", 0.0: "usual"}


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime on the day of the analysis; `since` is its first day, `days` how many trading days it has lasted.

    `figure` is what it was read from, `percentile` the place of that in its past; NaN where they are not known.
    """

    state: str
    since: str
    days: int
    figure: float
    percentile: float

    def to_dict(self) -> dict[str, Any]:
        """Give plain values; what is not known is None."""
        return {
            "state": self.state,
            "since": self.since or None,
            "days": self.days,
            "figure": _known(self.figure),
            "percentile": _known(self.percentile),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Regimes:
    """Both regimes now, their states on every day before, and the volatility that one of them is read from."""

    trend: Regime
    volatility: Regime
    trend_states: pd.Series[float] = field(repr=False)
    volatility_states: pd.Series[float] = field(repr=False)
    realised: pd.Series[float] = field(repr=False)


def regimes_of(evidence: MarketEvidence) -> Regimes:
    """Read the regimes from the index's closes."""
    close = evidence.index
    trend = trend_regime(close, 1, TREND_WINDOW, band=TREND_BAND)
    moves = volatility_regime(close.pct_change(fill_method=None), VOLATILITY_WINDOW)
    # A close against its average has no percentile in the regime itself: it is that of the distance.
    place, _ = rank_in_past(trend.distance.to_numpy(dtype=float))
    return Regimes(
        trend=_regime(trend.state, _TREND_WORDS, float(trend.distance.iloc[-1]), place),
        volatility=_regime(
            moves.state, _VOLATILITY_WORDS, float(moves.volatility.iloc[-1]), float(moves.percentile.iloc[-1])
        ),
        trend_states=trend.state,
        volatility_states=moves.state,
        realised=moves.volatility,
    )


def _regime(states: pd.Series[float], words: dict[float, str], figure: float, percentile: float) -> Regime:
    values = states.to_numpy(dtype=float)
    if math.isnan(values[-1]):
        return Regime("not known", "", 0, figure, percentile)
    other = np.flatnonzero(values != values[-1])
    first = int(other[-1]) + 1 if len(other) else 0
    since = states.index[first].date().isoformat()
    return Regime(words[float(values[-1])], since, len(values) - first, figure, percentile)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
