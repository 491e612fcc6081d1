"""MAOS for notebooks: agents that value companies and look at markets, and the kernel that runs them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from maos_nb._version import __version__

if TYPE_CHECKING:
    from maos_nb.agents import AgentCapability, BaseAgent, capability, report_progress
    from maos_nb.config import AgentConfig, Settings
    from maos_nb.errors import InputError, MaosError
    from maos_nb.finance import FinancialAnalystAgent
    from maos_nb.finance.explained import explain
    from maos_nb.kernel import AgentKernel, TaskHandle
    from maos_nb.types import AgentMessage, AgentState, Priority, Task, TaskResult, TaskStatus
    from maos_nb.utils import Logger
    from maos_nb.widgets import AgentPanel as AgentPanel
    from maos_nb.widgets import ChartExplorer as ChartExplorer
    from maos_nb.widgets import ValuationExplorer as ValuationExplorer

_HOMES = {
    "AgentCapability": "agents",
    "AgentConfig": "config",
    "AgentKernel": "kernel",
    "AgentMessage": "types",
    "AgentPanel": "widgets",
    "AgentState": "types",
    "BaseAgent": "agents",
    "ChartExplorer": "widgets",
    "FinancialAnalystAgent": "finance",
    "InputError": "errors",
    "Logger": "utils",
    "MaosError": "errors",
    "Priority": "types",
    "Settings": "config",
    "Task": "types",
    "TaskHandle": "kernel",
    "TaskResult": "types",
    "TaskStatus": "types",
    "ValuationExplorer": "widgets",
    "capability": "agents",
    "explain": "finance.explained",
    "report_progress": "agents",
}

# The panels are left to be named: a star import has to work without ipywidgets.
__all__ = [
    "AgentCapability",
    "AgentConfig",
    "AgentKernel",
    "AgentMessage",
    "AgentState",
    "BaseAgent",
    "FinancialAnalystAgent",
    "InputError",
    "Logger",
    "MaosError",
    "Priority",
    "Settings",
    "Task",
    "TaskHandle",
    "TaskResult",
    "TaskStatus",
    "__version__",
    "capability",
    "explain",
    "report_progress",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        home = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    except ModuleNotFoundError as error:
        if error.name != "ipywidgets":
            raise
        raise ImportError(f"{name} needs ipywidgets: python -m pip install 'maos-nb[lab]'") from error
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
