"""The panel through its traits and the callbacks of its controls: no browser, a real kernel, real agents."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from panel_agents import Lender, LoanRequest, Talker, cell
from pydantic import BaseModel

from maos_nb import AgentKernel, FinancialAnalystAgent
from maos_nb.agents import BaseAgent, capability
from maos_nb.errors import InputError, KernelError, NoRunningLoopError
from maos_nb.testing import ManualClock, until_idle
from maos_nb.types import Task
from maos_nb.widgets import AgentPanel


def in_kernel(test: Callable[[AgentKernel], Coroutine[Any, Any, None]], **options: Any) -> None:
    """Run a test inside an event loop, with a kernel that is stopped and found healthy in the end."""

    async def main() -> None:
        lost: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context))
        async with AgentKernel(**options) as kernel:
            await test(kernel)
        kernel.assert_healthy()
        assert lost == []

    asyncio.run(main())


def note(panel: AgentPanel, name: str) -> str:
    """Give the HTML of the line under an input."""
    form = panel._form
    assert form is not None
    return str(form.controls[name].view.children[1].value)


class TestRunning:
    def test_words_and_values_in_and_a_result_out(self) -> None:
        """Everything that a click does can be done, and everything that is seen read, from Python."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender, "lender-a")
            panel = AgentPanel(kernel)
            assert (panel.state, panel.capability, panel.result) == ("READY", "lending", None)
            panel.description = "lend me money"
            panel.values = {"rate": 0.05}
            handle = panel.run()
            assert handle is not None
            assert (panel.state, panel.handle, panel.result) == ("RUNNING", handle, None)
            result = await handle
            assert panel.result is result
            assert (panel.state, panel.progress, panel.message) == ("COMPLETED", 1.0, "Done by lender-a.")
            assert result.unwrap() == {"years": 10, "rate": 0.05}
            assert [dict(task.parameters) for task in lender.tasks] == [{"rate": 0.05}]

        in_kernel(test)

    def test_the_result_is_there_as_soon_as_the_handle_has_been_awaited(self) -> None:
        """No turn of the loop lies between the two, so a cell may read the panel right away."""

        async def test(kernel: AgentKernel) -> None:
            talker = await kernel.spawn(Talker)
            panel = AgentPanel(kernel, description="talk", capability="talking")
            handle = panel.run()
            talker.gate.set()
            assert handle is not None
            await handle
            assert panel.state == "COMPLETED"
            assert panel.result is not None

        in_kernel(test)

    def test_who_observes_the_state_finds_the_result_that_belongs_to_it(self) -> None:
        """State and result change together."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel, description="lend")
            seen: list[tuple[str, bool]] = []
            panel.observe(lambda _: seen.append((panel.state, panel.result is not None)), ["state", "result"])
            handle = panel.run()
            assert handle is not None
            await handle
            assert seen == [("RUNNING", False), ("COMPLETED", True), ("COMPLETED", True)]

        in_kernel(test)

    def test_a_default_in_the_form_does_not_overrule_the_words(self) -> None:
        """The form shows a horizon of 5 years; the words say 10, and nobody touched the form."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(FinancialAnalystAgent)
            panel = AgentPanel(kernel, description="Value AAPL with a 10-year DCF at a WACC of 9%")
            handle = panel.run()
            assert handle is not None
            assert dict(handle.task.parameters) == {}
            model = (await handle).unwrap()
            assert len(model["financial_projections"]["year"]) == 10
            assert model["key_assumptions"]["wacc"]["value"] == 0.09

        in_kernel(test)

    def test_an_input_overrules_the_words(self) -> None:
        """A figure typed in percent reaches the valuation as the decimal that it is."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(FinancialAnalystAgent)
            panel = AgentPanel(
                kernel,
                description="Value AAPL with a 10-year DCF at a WACC of 9%",
                capability="financial_modeling",
            )
            panel.inputs["wacc"].value = "8.5%"
            panel.inputs["time_horizon"].value = "7"
            handle = panel.run()
            assert handle is not None
            model = (await handle).unwrap()
            assert len(model["financial_projections"]["year"]) == 7
            assert model["key_assumptions"]["wacc"]["value"] == 0.085

        in_kernel(test)

    def test_running_again_takes_the_earlier_result_away_until_the_new_one_is_there(self) -> None:
        """What stays on the screen meanwhile is paler, and words say that it is the earlier one."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            panel = AgentPanel(kernel, description="lend")
            first = panel.run()
            assert first is not None
            await first
            lender.gate.clear()
            second = panel.run()
            assert second is not None
            assert second is not first
            face = panel._shown_face
            assert (panel.result, panel.state) == (None, "RUNNING")
            assert "result of the task before" in face.earlier.value
            assert "maos-earlier" in face.result._dom_classes
            lender.gate.set()
            assert panel.result is None
            result = await second
            assert panel.result is result
            assert "result of the task before" not in face.earlier.value
            assert "maos-earlier" not in face.result._dom_classes

        in_kernel(test)

    def test_a_double_click_starts_one_task(self) -> None:
        """A panel has one task at a time; running it again gives the one at work."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel, description="lend")
            panel.controls["run"].click()
            panel.controls["run"].click()
            await until_idle()
            assert kernel.statistics().submitted == 1
            assert panel.controls["run"].disabled is (panel.state == "RUNNING")

        in_kernel(test)

    def test_a_task_that_fails_tells_why_and_what_to_do(self) -> None:
        """The panel has shown the failure, so the kernel counts it as looked at."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Talker)
            panel = AgentPanel(kernel, description="now", capability="failing")
            handle = panel.run()
            assert handle is not None
            await until_idle()
            assert (panel.state, panel.message) == ("FAILED", "it broke: now. Mend <it>.")
            shown = panel._shown_face.result.value
            assert "<b>What went wrong:</b> it broke: now." in shown
            assert "<b>What to do:</b> Mend &lt;it&gt;." in shown
            assert not panel.controls["run"].disabled
            assert kernel.dead_letters == ()

        in_kernel(test)

    def test_a_full_queue_is_told_and_can_be_tried_again(self) -> None:
        """What the kernel refuses is shown with its advice."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            lender.gate.clear()
            others = [kernel.submit("lend"), kernel.submit("lend")]
            panel = AgentPanel(kernel, description="lend")
            assert panel.run() is None
            assert panel.state == "READY"
            assert panel.message.startswith("the queue is full (1 tasks)")
            lender.gate.set()
            for other in others:
                await other
            handle = panel.run()
            assert handle is not None
            assert (await handle).ok

        in_kernel(test, capacity=1)


class TestCallbacks:
    def test_a_click_only_leaves_word_with_the_loop(self) -> None:
        """The callback itself starts nothing: it may run in any thread, at any moment."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel, description="lend")
            panel.controls["run"].click()
            assert panel.handle is None
            await until_idle(kernel)
            assert panel.handle is not None
            assert panel.state == "COMPLETED"

        in_kernel(test)

    def test_clicks_from_another_thread_take_effect_on_the_loop(self) -> None:
        """So it is in ipykernel 7.3, where that thread even has a loop of its own."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            lender.gate.clear()
            panel = AgentPanel(kernel)

            async def elsewhere() -> None:
                panel.controls["description"].value = "lend"
                panel.inputs["rate"].value = "5%"
                panel.controls["run"].click()

            await asyncio.to_thread(asyncio.run, elsewhere())
            await until_idle()
            assert panel.state == "RUNNING"
            assert dict(panel.values) == {"rate": 0.05}
            assert [thread for _, thread in lender.seen] == [threading.get_ident()]
            await asyncio.to_thread(panel.controls["cancel"].click)
            await until_idle()
            assert panel.state == "CANCELLED"

        in_kernel(test)

    def test_the_work_has_the_context_of_the_cell_that_made_the_panel(self) -> None:
        """So what it prints appears under that cell, whoever clicks."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            cell.set("the panel's")
            panel = AgentPanel(kernel, description="lend")
            cell.set("a later one")
            await asyncio.to_thread(panel.controls["run"].click)
            await until_idle(kernel)
            assert [where for where, _ in lender.seen] == ["the panel's"]

        in_kernel(test)

    def test_an_entry_and_a_click_right_after_it_belong_together(self) -> None:
        """Nobody has to wait between the field and the button."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            panel = AgentPanel(kernel)
            panel.inputs["years"].value = "7"
            panel.controls["run"].click()
            await until_idle(kernel)
            assert [dict(task.parameters) for task in lender.tasks] == [{"years": 7}]

        in_kernel(test)

    def test_entries_reach_the_traits_and_traits_the_controls(self) -> None:
        """The two are two views of one thing."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel)
            panel.controls["description"].value = "lend"
            panel.inputs["rate"].value = "8.5%"
            await until_idle()
            assert (panel.description, dict(panel.values)) == ("lend", {"rate": 0.085})
            panel.description = "lend more"
            panel.values = {"years": 3}
            assert panel.controls["description"].value == "lend more"
            assert (panel.inputs["rate"].value, panel.inputs["years"].value) == ("", "3")

        in_kernel(test)

    def test_values_cannot_be_changed_behind_the_panels_back(self) -> None:
        """A change in place would be seen by nobody; it is refused."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel, values={"rate": 0.05})
            with pytest.raises(TypeError):
                panel.values["rate"] = 0.06

        in_kernel(test)


class TestRefusals:
    def test_what_cannot_be_used_never_reaches_the_kernel(self) -> None:
        """The message stands at the field and in the status line, and the inputs are unfolded."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(FinancialAnalystAgent)
            panel = AgentPanel(kernel, description="Value AAPL", capability="financial_modeling")
            panel.inputs["wacc"].value = "8.5"
            assert panel.run() is None
            assert kernel.statistics().submitted == 0
            assert dict(panel.problems) == {"wacc": "8.5 means 850%: write 8.5% or 0.085."}
            assert panel.message == "WACC: 8.5 means 850%: write 8.5% or 0.085."
            assert "Please check: 8.5 means 850%" in note(panel, "wacc")
            assert "Not started." in panel._shown_face.status.value
            assert panel._shown_face.form.layout.display is None

        in_kernel(test)

    def test_what_is_wrong_only_together_is_told_at_the_field_too(self) -> None:
        """A WACC at the growth in perpetuity is refused by the request, not by the field."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(FinancialAnalystAgent)
            panel = AgentPanel(kernel, description="Value AAPL", capability="financial_modeling")
            panel.values = {"wacc": 0.03, "terminal_growth": 0.03}
            assert panel.run() is None
            assert kernel.statistics().submitted == 0
            assert "not above terminal_growth" in panel.problems["wacc"]
            assert "not above terminal_growth" in note(panel, "wacc")

        in_kernel(test)

    def test_a_refusal_goes_when_the_inputs_change_and_stays_until_then(self) -> None:
        """Nobody looks at the complaint of yesterday, and nobody misses that of today."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(FinancialAnalystAgent)
            panel = AgentPanel(kernel, description="Value AAPL", capability="financial_modeling")
            panel.values = {"wacc": 0.03, "terminal_growth": 0.03}
            assert panel.run() is None
            await until_idle()
            assert set(panel.problems) == {"wacc"}
            assert panel.message.startswith("WACC: 0.03 came")
            panel.inputs["wacc"].value = "9%"
            await until_idle()
            assert dict(panel.problems) == {}
            assert panel.message == "Say what is to be done, or fill in inputs, then press Run."

        in_kernel(test)

    def test_a_needed_input_is_asked_for(self) -> None:
        """The form of a request that needs something is open from the start."""

        class Needy(BaseAgent):
            def __init__(self) -> None:
                super().__init__("needy")

            class Request(BaseModel):
                """What it needs."""

                size: int

            @capability("needing", request=Request)
            async def need(self, task: Task) -> dict[str, Any]:
                return {}

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Needy)
            panel = AgentPanel(kernel, description="go")
            assert panel._shown_face.form.layout.display is None
            assert panel.run() is None
            assert dict(panel.problems) == {"size": "this input is needed."}

        in_kernel(test)

    def test_nothing_said_is_nothing_done(self) -> None:
        """An empty panel asks for words, and says so where they go."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel)
            assert panel.run() is None
            assert set(panel.problems) == {"description"}
            assert "Say what is to be done" in panel._shown_face.words_note.value

        in_kernel(test)

    def test_a_request_model_that_breaks_is_told_like_any_other_refusal(self) -> None:
        """A fault in somebody's own reader does not vanish in the event loop."""

        class Broken(LoanRequest):
            @classmethod
            def from_task(cls, task: Task) -> Broken:
                raise ZeroDivisionError("by zero")

        class Breaker(BaseAgent):
            def __init__(self) -> None:
                super().__init__("breaker")

            @capability("breaking", request=Broken)
            async def work(self, task: Task) -> dict[str, Any]:
                return {}

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Breaker)
            panel = AgentPanel(kernel, description="go")
            assert panel.run() is None
            assert panel.message == "inputs: breaking could not read them: ZeroDivisionError: by zero"

        in_kernel(test)

    def test_unknown_values_and_capabilities_are_refused_by_name(self) -> None:
        """A slip in a cell raises there and then."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            panel = AgentPanel(kernel)
            with pytest.raises(InputError, match="there is no input 'wax'"):
                panel.values = {"wax": 1}
            with pytest.raises(InputError, match="expected a mapping"):
                panel.values = 3
            with pytest.raises(InputError, match="capability: expected one of lending, got 'borrowing'"):
                panel.capability = "borrowing"
            with pytest.raises(InputError, match="there is no input 'wax'"):
                AgentPanel(kernel, values={"wax": 1})

        in_kernel(test)


class TestCancelling:
    def test_a_running_task_is_cancelled(self) -> None:
        """The answer is there at once, and the panel ready for the next task."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            lender.gate.clear()
            panel = AgentPanel(kernel, description="lend")
            assert panel.controls["cancel"].disabled
            panel.run()
            await until_idle()
            assert not panel.controls["cancel"].disabled
            panel.controls["cancel"].click()
            await until_idle()
            assert panel.state == "CANCELLED"
            assert panel.result is not None
            assert panel.controls["cancel"].disabled
            assert not panel.controls["run"].disabled

        in_kernel(test)

    def test_a_queued_task_is_cancelled_before_it_starts(self) -> None:
        """It says that it waits, and never starts."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            lender.gate.clear()
            other = kernel.submit("lend")
            panel = AgentPanel(kernel, description="lend")
            panel.run()
            assert panel.state == "QUEUED"
            assert panel.message.startswith("Every agent that can do it is busy")
            assert panel.cancel()
            assert panel.state == "CANCELLED"
            assert not panel.cancel()
            lender.gate.set()
            await other
            assert len(lender.tasks) == 1

        in_kernel(test)


class TestKernelsAndAgents:
    def test_without_a_running_loop_no_panel_is_made(self) -> None:
        """The error says where to make one."""
        kernel = AgentKernel()
        with pytest.raises(NoRunningLoopError, match="notebook's cell, or in a coroutine"):
            AgentPanel(kernel)

    def test_only_a_kernel_and_an_agent_of_its_own_are_taken(self) -> None:
        """The message names what came."""

        async def test(kernel: AgentKernel) -> None:
            with pytest.raises(InputError, match="kernel: expected an AgentKernel, got str"):
                AgentPanel("kernel")  # type: ignore[arg-type]  # what is tested
            with pytest.raises(InputError, match="does not work in this kernel"):
                AgentPanel(kernel, agent=Lender())

        in_kernel(test)

    def test_a_kernel_without_agents_says_what_is_missing(self) -> None:
        """There is nothing to press, and words why."""

        async def test(kernel: AgentKernel) -> None:
            panel = AgentPanel(kernel, description="lend")
            assert "No agent works here yet" in panel.message
            assert panel.controls["run"].disabled
            assert panel.controls["capability"].disabled
            assert panel.run() is None
            assert "no agent works here yet" in panel.message

        in_kernel(test)

    def test_an_agent_spawned_later_is_offered(self) -> None:
        """The list follows the kernel, ten times a second at most."""
        clock = ManualClock()

        async def test(kernel: AgentKernel) -> None:
            panel = AgentPanel(kernel, clock=clock)
            await kernel.spawn(Lender)
            clock.advance(0.1)
            assert panel.capability == "lending"
            assert not panel.controls["run"].disabled
            await kernel.spawn(Talker)
            clock.advance(0.1)
            labels = [label for label, _ in panel.controls["capability"].options]
            assert labels == ["Find it from the words", "Failing", "Lending", "Talking"]
            assert (panel.capability, panel.controls["capability"].value) == ("lending", "lending")
            await until_idle()
            assert panel.capability == "lending"

        in_kernel(test)

    def test_the_words_find_the_capability_where_none_is_chosen(self) -> None:
        """As the kernel itself would."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            await kernel.spawn(Talker)
            panel = AgentPanel(kernel, description="lend me money")
            assert panel.capability == ""
            handle = panel.run()
            assert handle is not None
            assert (await handle).unwrap()["years"] == 10
            panel.description = "say something"
            assert panel.run() is None
            assert "fits several capabilities equally" in panel.message
            assert "Choose one under 'What to do'" in panel.message
            panel.description = " "
            assert panel.run() is None
            assert set(panel.problems) == {"description"}

        in_kernel(test)

    def test_an_agent_of_its_own_narrows_what_is_offered(self) -> None:
        """Words that fit somebody else's capability fit nothing here."""

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            await kernel.spawn(Talker)
            panel = AgentPanel(kernel, agent=lender)
            assert panel.controls["capability"].options == (("Lending", "lending"),)
            with pytest.raises(InputError, match="expected one of lending"):
                panel.capability = "talking"

        in_kernel(test)

    def test_a_capability_without_a_request_model_has_words_only(self) -> None:
        """No form, no button to unfold one, and values have no place."""

        async def test(kernel: AgentKernel) -> None:
            talker = await kernel.spawn(Talker)
            talker.gate.set()
            panel = AgentPanel(kernel, capability="talking", description="hello")
            assert dict(panel.inputs) == {}
            assert panel._shown_face.unfold.layout.display == "none"
            with pytest.raises(InputError, match="no form"):
                panel.values = {"x": 1}
            handle = panel.run()
            assert handle is not None
            assert (await handle).unwrap()["said"] == "hello"

        in_kernel(test)

    def test_of_two_agents_with_one_capability_the_first_gives_the_form(self) -> None:
        """As the kernel goes by the first one's record."""

        class Second(BaseAgent):
            def __init__(self) -> None:
                super().__init__("second")

            @capability("lending")
            async def lend(self, task: Task) -> dict[str, Any]:
                return {}

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            await kernel.spawn(Second)
            assert set(AgentPanel(kernel).inputs) == {"rate", "years", "amount"}

        in_kernel(test)

    def test_each_capability_keeps_what_was_put_into_its_form(self) -> None:
        """Looking at another capability loses nothing."""

        async def test(kernel: AgentKernel) -> None:
            await kernel.spawn(Lender)
            await kernel.spawn(Talker)
            panel = AgentPanel(kernel, capability="lending", values={"rate": 0.05})
            panel.controls["capability"].value = "talking"
            await until_idle()
            assert (panel.capability, dict(panel.values)) == ("talking", {})
            panel.capability = "lending"
            assert dict(panel.values) == {"rate": 0.05}

        in_kernel(test)

    def test_when_the_kernel_stops_the_task_is_answered_and_run_is_over(self) -> None:
        """The panel says what to do instead."""

        async def main() -> None:
            clock = ManualClock()
            kernel = AgentKernel()
            lender = await kernel.spawn(Lender)
            lender.gate.clear()
            panel = AgentPanel(kernel, description="lend", clock=clock)
            panel.run()
            await until_idle()
            await kernel.stop()
            clock.advance(0.1)
            assert panel.state == "FAILED"
            assert "the kernel stopped before" in panel.message
            assert "make a new AgentKernel and a new panel" in panel.message
            assert panel.controls["run"].disabled
            assert panel.run() is None
            assert "the kernel is STOPPED" in panel.message
            kernel.assert_healthy()

        asyncio.run(main())


class TestClosing:
    def test_a_closed_panel_watches_nothing_and_the_task_goes_on(self) -> None:
        """Neither the end of the task nor a new agent reaches it."""
        clock = ManualClock()

        async def test(kernel: AgentKernel) -> None:
            lender = await kernel.spawn(Lender)
            lender.gate.clear()
            panel = AgentPanel(kernel, description="lend", clock=clock)
            handle = panel.run()
            assert handle is not None
            run = panel.controls["run"]
            run.click()
            panel.close()
            panel.close()
            lender.gate.set()
            assert (await handle).ok
            await kernel.spawn(Talker)
            clock.advance(1)
            await until_idle()
            assert (panel.state, panel.result, panel.closed) == ("RUNNING", None, True)
            with pytest.raises(KernelError, match="the panel is closed"):
                panel.run()

        in_kernel(test)

    def test_closing_leaves_no_widget_behind(self) -> None:
        """The frontend's list of widgets is what it was before, forms of all capabilities included."""
        from ipywidgets.widgets import widget  # type: ignore[import-untyped]  # ships no types

        async def test(kernel: AgentKernel) -> None:
            before = set(widget._instances)
            await kernel.spawn(Lender)
            await kernel.spawn(FinancialAnalystAgent)
            panel = AgentPanel(kernel, capability="lending")
            panel.capability = "financial_modeling"
            assert len(widget._instances) > len(before) + 100
            panel.close()
            assert set(widget._instances) == before
            with pytest.raises(InputError):
                AgentPanel(kernel, values={"wax": 1}, capability="lending")
            assert set(widget._instances) == before

        in_kernel(test)
