"""How unusual the market's moves are, and how tightly its assets hang together."""

from __future__ import annotations

from maos_nb.analytics.market._absorption import Absorption, absorption_ratio, standardised_shift
from maos_nb.analytics.market._average_correlation import (
    AverageCorrelation,
    CorrelationWeights,
    average_correlation,
)
from maos_nb.analytics.market._turbulence import Shrinkage, Turbulence, turbulence

__all__ = [
    "Absorption",
    "AverageCorrelation",
    "CorrelationWeights",
    "Shrinkage",
    "Turbulence",
    "absorption_ratio",
    "average_correlation",
    "standardised_shift",
    "turbulence",
]
