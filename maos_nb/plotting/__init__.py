"""Charts of a valuation, of statements and of markets as matplotlib figures; pyplot and its global state are never touched."""

from maos_nb.plotting._breadth_chart import breadth_chart
from maos_nb.plotting._bridge import value_bridge
from maos_nb.plotting._candlesticks import candlesticks
from maos_nb.plotting._cash_waterfall import cash_waterfall
from maos_nb.plotting._chart import Chart
from maos_nb.plotting._distribution import distribution
from maos_nb.plotting._dupont_tree import dupont_tree
from maos_nb.plotting._fan_chart import fan_chart
from maos_nb.plotting._football_field import football_field
from maos_nb.plotting._heat_map import heat_map
from maos_nb.plotting._market_dashboard import market_dashboard
from maos_nb.plotting._npv_profile import npv_profile
from maos_nb.plotting._projection import projection
from maos_nb.plotting._ratio_multiples import ratio_multiples
from maos_nb.plotting._regime_ribbon import regime_ribbon
from maos_nb.plotting._scenarios import scenario_bars
from maos_nb.plotting._score_gauges import score_gauges
from maos_nb.plotting._signal_study import signal_study
from maos_nb.plotting._tornado import tornado

__all__ = [
    "Chart",
    "breadth_chart",
    "candlesticks",
    "cash_waterfall",
    "distribution",
    "dupont_tree",
    "fan_chart",
    "football_field",
    "heat_map",
    "market_dashboard",
    "npv_profile",
    "projection",
    "ratio_multiples",
    "regime_ribbon",
    "scenario_bars",
    "score_gauges",
    "signal_study",
    "tornado",
    "value_bridge",
]
