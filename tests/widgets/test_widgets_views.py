"""What a panel shows: coalesced, escaped, in words, and true as plain text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from panel_agents import Lender, Talker
from pydantic import BaseModel, Field

from maos_nb import AgentKernel
from maos_nb.agents import BaseAgent, capability, report_progress
from maos_nb.errors import MaosError
from maos_nb.testing import ManualClock, until_idle
from maos_nb.types import Task, TaskResult
from maos_nb.widgets import AgentPanel
from maos_nb.widgets._look import result_view

HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_thousand_reports_make_one_update_each_tenth_of_a_second() -> None:
    """The last report is what is shown, and the end is shown at once."""

    async def main() -> None:
        clock = ManualClock()
        async with AgentKernel() as kernel:
            talker = await kernel.spawn(Talker)
            talker.reports = 1000
            panel = AgentPanel(kernel, capability="talking", description="talk", clock=clock)
            updates: list[str] = []
            panel._shown_face.status.observe(lambda change: updates.append(change["new"]), "value")
            handle = panel.run()
            assert handle is not None
            await until_idle()
            assert len(updates) == 1
            clock.advance(0.09)
            assert (len(updates), panel.progress) == (1, 0.0)
            clock.advance(0.01)
            assert (len(updates), panel.progress, panel.message) == (2, 0.999, "999")
            clock.advance(10)
            assert len(updates) == 2
            talker.gate.set()
            await handle
            assert len(updates) == 3

    asyncio.run(main())


def test_a_busy_kernel_makes_no_more_than_ten_updates_a_second_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The panel watches the kernel for new agents; other people's tasks cost it next to nothing."""

    async def main() -> None:
        clock = ManualClock()
        async with AgentKernel() as kernel:
            await kernel.spawn(Lender)
            AgentPanel(kernel, clock=clock)
            rung: list[float] = []
            arrange = clock.call_later

            def call_later(delay: float, show: Callable[[], object]) -> object:
                rung.append(delay)
                return arrange(delay, show)

            monkeypatch.setattr(clock, "call_later", call_later)
            for _ in range(50):
                await kernel.submit("lend")
            assert rung == [0.1]
            clock.advance(0.1)
            await kernel.submit("lend")
            assert rung == [0.1, 0.1]

    asyncio.run(main())


def test_no_foreign_text_becomes_markup() -> None:
    """Names, descriptions, progress, results and errors may come from anywhere."""

    class Request(BaseModel):
        """Inputs."""

        x: int | None = Field(None, title=HOSTILE, description=HOSTILE)

    class Hostile(BaseAgent):
        def __init__(self) -> None:
            super().__init__("hostile", f"agent {HOSTILE}")
            self.gate = asyncio.Event()

        @capability(f"good {HOSTILE}", request=Request, description=HOSTILE)
        async def good(self, task: Task) -> dict[str, Any]:
            report_progress(0.5, HOSTILE)
            await self.gate.wait()
            return {HOSTILE: HOSTILE, "table": {HOSTILE: [HOSTILE]}, "records": {"a": {HOSTILE: HOSTILE}}}

        @capability(f"bad {HOSTILE}", description=HOSTILE)
        async def bad(self, task: Task) -> dict[str, Any]:
            raise MaosError(HOSTILE, advice=HOSTILE)

    async def main() -> None:
        clock = ManualClock()
        async with AgentKernel() as kernel:
            agent = await kernel.spawn(Hostile)
            panel = AgentPanel(kernel, capability=f"good {HOSTILE}", description=HOSTILE, clock=clock)
            pages = [html_of(panel)]
            panel.inputs["x"].value = HOSTILE
            assert panel.run() is None
            pages.append(html_of(panel))
            panel.values = {}
            handle = panel.run()
            assert handle is not None
            await until_idle()
            clock.advance(0.1)
            pages.append(html_of(panel))
            agent.gate.set()
            await handle
            pages.append(html_of(panel))
            panel.capability = f"bad {HOSTILE}"
            failing = panel.run()
            assert failing is not None
            await failing
            pages.append(html_of(panel))
        for page in pages:
            assert "<img" not in page
        assert "&lt;img" in pages[0]
        assert all("&lt;img" in page for page in pages)

    asyncio.run(main())


def html_of(panel: AgentPanel) -> str:
    """Gather everything that the panel hands to a browser as HTML."""
    found = [panel._repr_html_()]
    waiting = list(panel.children)
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        if type(widget).__name__ == "HTML":
            found.append(widget.value)
        assert not getattr(widget, "description_allow_html", False)
    return "\n".join(found)


def test_every_control_says_in_words_what_it_is() -> None:
    """No icon stands alone, and no control is left to its looks."""

    async def main() -> None:
        async with AgentKernel() as kernel:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel)
            for control in [*panel.controls.values(), *panel.inputs.values()]:
                assert re.search("[a-z]{2}", control.description)
                assert control.tooltip

    asyncio.run(main())


def test_the_status_is_announced_and_says_its_state_in_words() -> None:
    """Colour and bar only repeat what the words say."""

    async def main() -> None:
        async with AgentKernel() as kernel:
            lender = await kernel.spawn(Lender, "lender-a")
            lender.gate.clear()
            panel = AgentPanel(kernel, description="lend")
            status = panel._shown_face.status
            assert 'role="status" aria-live="polite"' in status.value
            assert "<b>Ready.</b> Say what is to be done" in status.value
            panel.run()
            assert "<b>Running.</b>" in status.value
            assert "0%</progress> 0% lender-a is at work." in status.value
            panel.cancel()
            assert "<b>Cancelled.</b>" in status.value

    asyncio.run(main())


def test_colours_are_those_of_the_theme() -> None:
    """Dark themes included: the style sheet names no colour of its own."""
    from maos_nb.widgets._look import STYLE

    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", STYLE)
    assert set(re.findall(r"(?:color|background): ([^;(]*)", STYLE)) == {"var"}


def test_a_very_long_result_is_shortened_and_says_so() -> None:
    """The browser gets what a person can read; the whole stays in Python."""
    long = {
        "list": list(range(100_000)),
        "text": "x" * 1_000_000,
        "columns": {"a": list(range(5000)), "b": list(range(5000))},
        "deep": {str(n): {str(m): list(range(100)) for m in range(100)} for n in range(100)},
    }
    shown = result_view(TaskResult("t", "COMPLETED", long))  # type: ignore[arg-type]  # a text is a status too
    assert "Shortened" in shown
    assert "panel.result.result" in shown
    assert len(shown) < 500_000


def test_a_result_of_ordinary_length_is_the_records_own_view() -> None:
    """Nothing is added and nothing left out."""
    result = TaskResult("t", "COMPLETED", {"value": 1446.2, "years": [1, 2]})  # type: ignore[arg-type]  # likewise
    assert result._repr_html_() in result_view(result)
    assert "Shortened" not in result_view(result)


def test_a_long_error_is_cut_and_an_error_that_is_no_text_is_told_too() -> None:
    """A traceback in a message does not fill the notebook."""
    failed = TaskResult("t", "FAILED", error="y" * 100_000)  # type: ignore[arg-type]  # likewise
    assert len(result_view(failed)) < 5000


def test_the_plain_text_is_true_and_the_same_every_time() -> None:
    """The notebook tests compare it: no addresses, no clock times, no ids of widgets."""

    async def main() -> None:
        async with AgentKernel() as kernel:
            empty = AgentPanel(kernel)
            assert repr(empty) == "<AgentPanel READY: no capability yet>"
            await kernel.spawn(Lender, "lender-a")
            panel = AgentPanel(kernel, description="lend <money>")
            bundle = panel._repr_mimebundle_()
            assert bundle["text/plain"] == repr(panel) == "<AgentPanel READY: lending>"
            assert "lend &lt;money&gt;" in bundle["text/html"]
            assert "application/vnd.jupyter.widget-view+json" in bundle
            assert bundle["text/html"] == AgentPanel(kernel, description="lend <money>")._repr_html_()
            handle = panel.run()
            assert handle is not None
            await handle
            assert repr(panel) == "<AgentPanel COMPLETED: lending>"
            assert "years" in panel._repr_html_()
            panel.close()
            assert repr(panel) == "<AgentPanel closed>"
            await kernel.spawn(Talker)
            assert repr(AgentPanel(kernel)) == "<AgentPanel READY: capability found from the words>"

    asyncio.run(main())
