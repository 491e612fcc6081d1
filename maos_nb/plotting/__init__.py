"""Charts of a valuation as matplotlib figures; pyplot and its global state are never touched."""

from maos_nb.plotting._bridge import value_bridge
from maos_nb.plotting._chart import Chart
from maos_nb.plotting._projection import projection
from maos_nb.plotting._scenarios import scenario_bars

__all__ = ["Chart", "projection", "scenario_bars", "value_bridge"]
