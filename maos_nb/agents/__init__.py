"""What an agent is: capabilities, lifecycle, progress."""

from maos_nb.agents.base import AgentStatistics, BaseAgent
from maos_nb.agents.capability import AgentCapability, capability
from maos_nb.agents.lifecycle import MOVES, AgentEvent
from maos_nb.agents.routing import best_capability
from maos_nb.agents.run import Blocker, Run, current_run, report_progress
from maos_nb.agents.waiting import waiting

__all__ = [
    "MOVES",
    "AgentCapability",
    "AgentEvent",
    "AgentStatistics",
    "BaseAgent",
    "Blocker",
    "Run",
    "best_capability",
    "capability",
    "current_run",
    "report_progress",
    "waiting",
]
