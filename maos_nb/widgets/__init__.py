"""Panels to steer agents with and charts to explore; the only room that imports ipywidgets."""

from maos_nb.widgets.chart_explorer import ChartExplorer, ChartIndicator
from maos_nb.widgets.explorer import ValuationExplorer
from maos_nb.widgets.form import RequestForm
from maos_nb.widgets.panel import AgentPanel

__all__ = ["AgentPanel", "ChartExplorer", "ChartIndicator", "RequestForm", "ValuationExplorer"]
