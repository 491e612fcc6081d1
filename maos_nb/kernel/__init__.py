"""What runs agents: tasks in, results out, nothing lost."""

from maos_nb.kernel.executors import InlineExecutor
from maos_nb.kernel.handle import TaskHandle
from maos_nb.kernel.kernel import AgentKernel
from maos_nb.kernel.statistics import DeadLetter, KernelStatistics

__all__ = ["AgentKernel", "DeadLetter", "InlineExecutor", "KernelStatistics", "TaskHandle"]
