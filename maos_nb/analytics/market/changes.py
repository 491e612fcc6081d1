"""Change points: noticed as they happen, or found afterwards."""

from __future__ import annotations

from maos_nb.analytics.market._cusum import Cusum, cusum
from maos_nb.analytics.market._offline_changes import SegmentCost, Segments, offline_change_points
from maos_nb.analytics.market._online_changes import OnlineChanges, online_change_points

__all__ = [
    "Cusum",
    "OnlineChanges",
    "SegmentCost",
    "Segments",
    "cusum",
    "offline_change_points",
    "online_change_points",
]
