"""How well founded an analysis of the market is: counted, no probability."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from maos_nb.finance._market_forecasts import Basis
from maos_nb.finance._market_measures import Measures
from maos_nb.finance._market_regimes import Regimes
from maos_nb.finance.market_evidence import MarketEvidence

__all__ = ["MarketConfidence", "market_confidence", "votes"]

ENOUGH_MONTHS = 30
"""Independent months from which the past of a forecast counts fully: a share of so many has an error below 0.1."""

_VOTERS = ("above_sma_50", "above_sma_200", "sma_cross", "macd", "macd_histogram", "return_63", "return_252")


@dataclass(frozen=True, slots=True)
class MarketConfidence:
    """How well founded an analysis is, from 0 to 1: the mean of three shares. No probability of anything.

    Parameters
    ----------
    evidence : float
        Share of the six kinds of data (closes of the index, closes of stocks, volatility index, ten-year yield, yield
        curve, earnings) that are there and fresh.
    agreement : float
        How far the indicators of direction point the same way: those up less those down, as a share of all, without
        its sign.
    history : float
        Independent months behind the forecast, as a share of `ENOUGH_MONTHS`, at most 1; 0 without a forecast.
    """

    evidence: float
    agreement: float
    history: float

    @property
    def level(self) -> float:
        """The mean of the three parts."""
        return (self.evidence + self.agreement + self.history) / 3


def market_confidence(
    evidence: MarketEvidence, measures: Measures, regimes: Regimes, basis: Basis | None, *, is_fresh: bool
) -> MarketConfidence:
    """Measure how well founded an analysis is; :class:`MarketConfidence` says how."""
    parts = evidence.parts.values()
    there = [is_fresh, evidence.stocks.shape[1] > 0, *(part is not None and part.fresh for part in parts)]
    cast = votes(measures, regimes).values()
    return MarketConfidence(
        evidence=sum(there) / len(there),
        agreement=abs(sum(cast)) / len(cast) if cast else 0.0,
        history=0.0 if basis is None else min(1.0, basis.n_independent / ENOUGH_MONTHS),
    )


def votes(measures: Measures, regimes: Regimes) -> Mapping[str, int]:
    """Give 1 for each indicator that points up, and -1 for each that points down."""
    figures = {name: measures.value(name) for name in _VOTERS}
    figures["share_above_200"] = measures.value("share_above_200") - 0.5
    figures["net_new_highs"] = measures.value("net_new_highs")
    figures["trend"] = {"up": 1.0, "down": -1.0}.get(regimes.trend.state, math.nan)
    return {name: 1 if value > 0 else -1 for name, value in figures.items() if value > 0 or value < 0}
