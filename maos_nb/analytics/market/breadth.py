"""Breadth: how many of a market's assets take part in a move."""

from __future__ import annotations

from maos_nb.analytics.market._advances import (
    AdvanceDecline,
    BreadthMethod,
    advance_decline,
    advance_decline_line,
    arms_index,
)
from maos_nb.analytics.market._highs_lows import (
    NewHighsLows,
    ShareAbove,
    new_highs_lows,
    share_above_average,
)
from maos_nb.analytics.market._mcclellan import Mcclellan, mcclellan, mcclellan_from_counts

__all__ = [
    "AdvanceDecline",
    "BreadthMethod",
    "Mcclellan",
    "NewHighsLows",
    "ShareAbove",
    "advance_decline",
    "advance_decline_line",
    "arms_index",
    "mcclellan",
    "mcclellan_from_counts",
    "new_highs_lows",
    "share_above_average",
]
