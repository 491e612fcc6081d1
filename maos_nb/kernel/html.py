"""HTML of a task in work and of a kernel; every text that is not ours passes `escape`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maos_nb._views import escape, progress_bar, table

if TYPE_CHECKING:
    from maos_nb.kernel.statistics import KernelStatistics

__all__ = ["handle_html", "kernel_html"]


def handle_html(task_id: str, description: str, progress: float, words: str, note: str) -> str:
    """Show a task in work: its state in words and as a bar, and what is being done."""
    return (
        f'<div role="status" aria-live="polite"><b>{escape(task_id)}</b> '
        f"{escape(description, 300)}<br>{progress_bar(progress)} {escape(words)} {escape(note)}</div>"
    )


def kernel_html(figures: KernelStatistics) -> str:
    """Show a kernel: how many tasks are where, and its agents."""
    ended = figures.completed + figures.failed + figures.cancelled
    share = ended / figures.submitted if figures.submitted else 0.0
    counts = (
        f"{ended} of {figures.submitted} tasks ended: {figures.completed} completed, {figures.failed} failed, "
        f"{figures.cancelled} cancelled; {figures.running} running, {figures.queued} queued"
    )
    agents = table(
        ("agent", "state", "in work", "completed", "failed", "cancelled"),
        [(a.agent_id, a.state, a.active, a.completed, a.failed, a.cancelled) for a in figures.agents],
    )
    unseen = (
        f"<p><b>{figures.dead_letters} failures nobody has looked at</b></p>" if figures.dead_letters else ""
    )
    return (
        f'<div role="status" aria-live="polite"><b>AgentKernel</b> {escape(figures.state)}<br>'
        f"{progress_bar(share)} {escape(counts)}{unseen}{agents}</div>"
    )
