"""Levels: prices at which others may be looking, each told no earlier than it is known.

Prices come as Series, DataFrames or arrays, observations down and assets across, or as one `Ohlcv` record
alone, and results come back in the same kind, several lines as one named tuple. Pivot points come from the
period before. A swing of so many bars on both sides is known that many bars after its extreme and stands
there, and so does what follows from it: support and resistance, and retracements.
"""

from __future__ import annotations

from maos_nb.analytics.technical._pivots import PivotMethod, PivotPoints, pivot_points
from maos_nb.analytics.technical._swing_levels import (
    FibonacciRetracements,
    SupportResistance,
    fibonacci_level,
    fibonacci_retracements,
    support_resistance,
)
from maos_nb.analytics.technical._swings import SwingPoints, swing_points

__all__ = [
    "FibonacciRetracements",
    "PivotMethod",
    "PivotPoints",
    "SupportResistance",
    "SwingPoints",
    "fibonacci_level",
    "fibonacci_retracements",
    "pivot_points",
    "support_resistance",
    "swing_points",
]
