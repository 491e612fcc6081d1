"""Candle patterns, each as a panel that is true, or 1 or -1, at the bar that completes it.

Prices come as Series, DataFrames or arrays, observations down and assets across, or as one `Ohlcv` record
alone, and results come back in the same kind. A pattern in one direction is a panel of booleans, one in both
a panel of 1, -1 and 0, of which ``> 0`` and ``< 0`` are signals. What "long", "short" and "near" mean is in
the options, relative to what was usual on the bars before. No pattern asks what the trend was; none is a
promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from maos_nb.analytics.technical._indicator import Indicator
from maos_nb.analytics.technical._patterns_double import dark_cloud_cover, engulfing, harami, piercing_line
from maos_nb.analytics.technical._patterns_hammers import (
    hammer,
    hanging_man,
    inverted_hammer,
    shooting_star,
)
from maos_nb.analytics.technical._patterns_marches import (
    falling_three_methods,
    rising_three_methods,
    three_black_crows,
    three_white_soldiers,
)
from maos_nb.analytics.technical._patterns_ranges import inside_bar, outside_bar, tweezer_bottom, tweezer_top
from maos_nb.analytics.technical._patterns_single import (
    doji,
    dragonfly_doji,
    gravestone_doji,
    long_legged_doji,
    marubozu,
    spinning_top,
)
from maos_nb.analytics.technical._patterns_stars import (
    evening_star,
    morning_star,
    three_inside,
    three_outside,
)

__all__ = [
    "PATTERNS",
    "dark_cloud_cover",
    "doji",
    "dragonfly_doji",
    "engulfing",
    "evening_star",
    "falling_three_methods",
    "gravestone_doji",
    "hammer",
    "hanging_man",
    "harami",
    "inside_bar",
    "inverted_hammer",
    "long_legged_doji",
    "marubozu",
    "morning_star",
    "outside_bar",
    "piercing_line",
    "rising_three_methods",
    "shooting_star",
    "spinning_top",
    "three_black_crows",
    "three_inside",
    "three_outside",
    "three_white_soldiers",
    "tweezer_bottom",
    "tweezer_top",
]

PATTERNS: Mapping[str, Indicator[..., Any]] = MappingProxyType(
    {
        pattern.__name__: pattern
        for pattern in (
            doji,
            dragonfly_doji,
            gravestone_doji,
            long_legged_doji,
            marubozu,
            spinning_top,
            hammer,
            hanging_man,
            inverted_hammer,
            shooting_star,
            engulfing,
            harami,
            piercing_line,
            dark_cloud_cover,
            tweezer_top,
            tweezer_bottom,
            inside_bar,
            outside_bar,
            morning_star,
            evening_star,
            three_inside,
            three_outside,
            three_white_soldiers,
            three_black_crows,
            rising_three_methods,
            falling_three_methods,
        )
    }
)
"""All of them by name, from one candle to five."""
