"""Panels to steer agents with; the only room that imports ipywidgets."""

from maos_nb.widgets.explorer import ValuationExplorer
from maos_nb.widgets.form import RequestForm
from maos_nb.widgets.panel import AgentPanel

__all__ = ["AgentPanel", "RequestForm", "ValuationExplorer"]
