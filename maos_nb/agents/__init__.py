"""What an agent is: capabilities, lifecycle, progress."""

from maos_nb.agents.base import AgentStatistics, BaseAgent
from maos_nb.agents.capability import AgentCapability, capability
from maos_nb.agents.lifecycle import MOVES, AgentEvent
from maos_nb.agents.routing import best_capability
from maos_nb.agents.run import Run, current_run, report_progress

__all__ = [
    "MOVES",
    "AgentCapability",
    "AgentEvent",
    "AgentStatistics",
    "BaseAgent",
    "Run",
    "best_capability",
    "capability",
    "current_run",
    "report_progress",
]
