"""Market analysis: breadth, turbulence, regimes, sentiment, the yield curve, and all of it on one dashboard.

Three functions have the name of their module and are imported from there, so that neither hides the other:
``from maos_nb.analytics.market.dashboard import dashboard``, and `seasonality` and `turbulence` likewise.
"""

from maos_nb.analytics.market.breadth import (
    AdvanceDecline,
    BreadthMethod,
    Mcclellan,
    NewHighsLows,
    ShareAbove,
    advance_decline,
    advance_decline_line,
    arms_index,
    mcclellan,
    mcclellan_from_counts,
    new_highs_lows,
    share_above_average,
)
from maos_nb.analytics.market.changes import (
    Cusum,
    OnlineChanges,
    SegmentCost,
    Segments,
    cusum,
    offline_change_points,
    online_change_points,
)
from maos_nb.analytics.market.curve import YieldCurveState, yield_curve_state
from maos_nb.analytics.market.dashboard import Dashboard, Reading
from maos_nb.analytics.market.forecasts import (
    CalibrationBin,
    Forecast,
    ForecastKind,
    ForecastOutcome,
    ForecastStatus,
    Judgement,
    judge,
)
from maos_nb.analytics.market.regimes import (
    MarkovProbabilities,
    MarkovRegimes,
    TrendRegime,
    VolatilityRegime,
    markov_regimes,
    past_percentile,
    trend_regime,
    volatility_regime,
)
from maos_nb.analytics.market.seasonality import Against, Seasonality, SeasonBy
from maos_nb.analytics.market.sentiment import WEIGHTS, Sentiment, sentiment_composite, sentiment_state
from maos_nb.analytics.market.turbulence import (
    Absorption,
    AverageCorrelation,
    CorrelationWeights,
    Shrinkage,
    Turbulence,
    absorption_ratio,
    average_correlation,
    standardised_shift,
)

__all__ = [
    "WEIGHTS",
    "Absorption",
    "AdvanceDecline",
    "Against",
    "AverageCorrelation",
    "BreadthMethod",
    "CalibrationBin",
    "CorrelationWeights",
    "Cusum",
    "Dashboard",
    "Forecast",
    "ForecastKind",
    "ForecastOutcome",
    "ForecastStatus",
    "Judgement",
    "MarkovProbabilities",
    "MarkovRegimes",
    "Mcclellan",
    "NewHighsLows",
    "OnlineChanges",
    "Reading",
    "SeasonBy",
    "Seasonality",
    "SegmentCost",
    "Segments",
    "Sentiment",
    "ShareAbove",
    "Shrinkage",
    "TrendRegime",
    "Turbulence",
    "VolatilityRegime",
    "YieldCurveState",
    "absorption_ratio",
    "advance_decline",
    "advance_decline_line",
    "arms_index",
    "average_correlation",
    "cusum",
    "judge",
    "markov_regimes",
    "mcclellan",
    "mcclellan_from_counts",
    "new_highs_lows",
    "offline_change_points",
    "online_change_points",
    "past_percentile",
    "sentiment_composite",
    "sentiment_state",
    "share_above_average",
    "standardised_shift",
    "trend_regime",
    "volatility_regime",
    "yield_curve_state",
]
