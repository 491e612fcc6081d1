"""Charts of a valuation as matplotlib figures; pyplot and its global state are never touched."""

from maos_nb.plotting._bridge import value_bridge
from maos_nb.plotting._chart import Chart
from maos_nb.plotting._distribution import distribution
from maos_nb.plotting._fan_chart import fan_chart
from maos_nb.plotting._football_field import football_field
from maos_nb.plotting._heat_map import heat_map
from maos_nb.plotting._npv_profile import npv_profile
from maos_nb.plotting._projection import projection
from maos_nb.plotting._scenarios import scenario_bars
from maos_nb.plotting._tornado import tornado

__all__ = [
    "Chart",
    "distribution",
    "fan_chart",
    "football_field",
    "heat_map",
    "npv_profile",
    "projection",
    "scenario_bars",
    "tornado",
    "value_bridge",
]
