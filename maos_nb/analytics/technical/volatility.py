"""Volatility: true ranges and bands, indices of unrest, and estimates of the volatility of returns.

High, low and close come as Series, DataFrames or arrays, observations down and assets across, or as one `Ohlcv`
record, and results come back in the same kind. A windowed indicator is NaN while a gap is inside its window; a recursive one (an average that goes
on from its last value) takes `nan` to say what follows on a gap. Nothing here looks ahead.
"""

from __future__ import annotations

from maos_nb.analytics.technical._volatility_average import atr, natr, true_range
from maos_nb.analytics.technical._volatility_bands import (
    Bollinger,
    Donchian,
    Keltner,
    bollinger,
    donchian,
    keltner,
)
from maos_nb.analytics.technical._volatility_indices import choppiness, mass_index, ulcer_index
from maos_nb.analytics.technical._volatility_ranges import (
    garman_klass,
    historical_volatility,
    parkinson,
    rogers_satchell,
    yang_zhang,
)

__all__ = [
    "Bollinger",
    "Donchian",
    "Keltner",
    "atr",
    "bollinger",
    "choppiness",
    "donchian",
    "garman_klass",
    "historical_volatility",
    "keltner",
    "mass_index",
    "natr",
    "parkinson",
    "rogers_satchell",
    "true_range",
    "ulcer_index",
    "yang_zhang",
]
