"""Trend: its strength and direction, lines that follow it, and Ichimoku.

High, low and close come as Series, DataFrames or arrays, observations down and assets across, or as one `Ohlcv`
record, and results come back in the same kind. A windowed indicator is NaN while a gap is inside its window; a
recursive one (an average or a line that goes on from its last value) takes `nan` to say what follows on a gap. The
lookback of an indicator with several lines is that of the last to begin. Nothing here looks ahead.
"""

from __future__ import annotations

from maos_nb.analytics.technical._trend_direction import (
    Adx,
    Aroon,
    Di,
    Vortex,
    adx,
    aroon,
    di,
    vortex,
)
from maos_nb.analytics.technical._trend_ichimoku import Ichimoku, ichimoku
from maos_nb.analytics.technical._trend_stops import Supertrend, parabolic_sar, supertrend

__all__ = [
    "Adx",
    "Aroon",
    "Di",
    "Ichimoku",
    "Supertrend",
    "Vortex",
    "adx",
    "aroon",
    "di",
    "ichimoku",
    "parabolic_sar",
    "supertrend",
    "vortex",
]
