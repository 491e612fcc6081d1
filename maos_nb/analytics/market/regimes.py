"""Regimes: which way the market goes, how restless it is, and what a Markov chain makes of it."""

from __future__ import annotations

from maos_nb.analytics.market._markov import MarkovProbabilities, MarkovRegimes, markov_regimes
from maos_nb.analytics.market._past import past_percentile
from maos_nb.analytics.market._trend import TrendRegime, trend_regime
from maos_nb.analytics.market._volatility import VolatilityRegime, volatility_regime

__all__ = [
    "MarkovProbabilities",
    "MarkovRegimes",
    "TrendRegime",
    "VolatilityRegime",
    "markov_regimes",
    "past_percentile",
    "trend_regime",
    "volatility_regime",
]
