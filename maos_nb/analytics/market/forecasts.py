"""Forecasts as records that are judged later: accuracy is measured, never asserted.

A forecast is written down when it is made, kept as plain values (`Forecast.to_dict`), and set beside what came once
its day has come (`judge`).
"""

from __future__ import annotations

from maos_nb.analytics.market._forecast import Forecast, ForecastKind
from maos_nb.analytics.market._judgement import (
    CalibrationBin,
    ForecastOutcome,
    ForecastStatus,
    Judgement,
)
from maos_nb.analytics.market._judging import judge

__all__ = [
    "CalibrationBin",
    "Forecast",
    "ForecastKind",
    "ForecastOutcome",
    "ForecastStatus",
    "Judgement",
    "judge",
]
