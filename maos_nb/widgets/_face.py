"""The widgets of a panel and how they are laid out; it shows what it is told and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # ships no types

from maos_nb.agents import AgentCapability
from maos_nb.types import TaskResult
from maos_nb.widgets._look import STYLE, hint_html, result_view, status_html
from maos_nb.widgets.form import RequestForm, close_widgets

__all__ = ["Face"]

Action = Callable[[], object]

_FILLING = {"width": "auto"}
_WORDS_HINT = "An input below that is filled in wins over these words."
_EARLIER = "Below is still the result of the task before."
_FROM_WORDS = "Find it from the words"
_NOBODY = "No agent yet"


class Face:
    """What one sees of a panel.

    `edited`, `run` and `cancel` are called without arguments, in the thread that a click or an
    entry comes in.
    """

    def __init__(self, edited: Action, run: Action, cancel: Action) -> None:
        self.capability = ipywidgets.Dropdown(
            description="What to do", tooltip="What the agent is to do", layout=_FILLING
        )
        self.about = ipywidgets.HTML(layout=_FILLING)
        self.words = ipywidgets.Textarea(
            description="In your words",
            placeholder="Describe the work in plain words",
            tooltip="The work in plain words",
            continuous_update=False,
            rows=2,
            layout=_FILLING,
        )
        self.words_note = ipywidgets.HTML(layout=_FILLING)
        self.unfold = ipywidgets.ToggleButton(
            description="Inputs", tooltip="Show or hide the inputs", layout={"width": "max-content"}
        )
        self.form = ipywidgets.VBox()
        self.run = ipywidgets.Button(
            description="Run", button_style="primary", tooltip="Hand the task to the agents"
        )
        self.cancel = ipywidgets.Button(description="Cancel", tooltip="End the task", disabled=True)
        self.status = ipywidgets.HTML(layout=_FILLING)
        self.earlier = ipywidgets.HTML(layout=_FILLING)
        self.result = ipywidgets.HTML(layout=_FILLING)
        self._style = ipywidgets.HTML(STYLE, layout={"display": "none"})
        self._buttons = ipywidgets.HBox([self.run, self.cancel])
        self._listen(edited, run, cancel)

    @property
    def children(self) -> Sequence[Any]:
        """The widgets from top to bottom."""
        return (
            *(self._style, self.capability, self.about, self.words, self.words_note),
            *(self.unfold, self.form, self._buttons, self.status, self.earlier, self.result),
        )

    def offer(self, records: Mapping[str, AgentCapability]) -> None:
        """Offer these capabilities; nothing is chosen where there are several."""
        names = [(name.replace("_", " ").capitalize(), name) for name in records]
        if len(records) != 1:
            names.insert(0, (_FROM_WORDS if records else _NOBODY, ""))
        self.capability.options = names
        self.capability.disabled = not records

    def show_form(self, record: AgentCapability | None, form: RequestForm | None) -> None:
        """Show what belongs to the chosen capability."""
        self.about.value = hint_html(record.description if record is not None else "", is_short=True)
        self.form.children = () if form is None else (form.view,)
        self.unfold.layout.display = "none" if form is None else None
        if form is not None:
            optional = ", all optional" if form.is_optional else ""
            self._title = f"{len(form.controls)} inputs{optional}"
            self.unfold.value = self.unfold.value or not form.is_optional
        self.fold()

    def fold(self) -> None:
        """Show or hide the inputs, as the button says."""
        is_open = self.unfold.value
        self.form.layout.display = None if is_open else "none"
        self.unfold.description = f"{'Hide' if is_open else 'Show'} {self._title}"

    def show_problem(self, problem: str) -> None:
        """Show what is wrong with the words; nothing if nothing is."""
        self.words_note.value = hint_html(_WORDS_HINT if self.form.children else "", problem, is_short=True)

    def show_state(self, word: str, progress: float | None, message: str) -> None:
        """Show the line that follows the task."""
        self.status.value = status_html(word, progress, message)

    def show_result(self, result: TaskResult) -> None:
        """Show what came of the task."""
        self.result.value = result_view(result)

    def mark_earlier_result(self, is_earlier: bool) -> None:
        """Tell, in words and by its paleness, that the result below is not that of the task at work."""
        (self.result.add_class if is_earlier else self.result.remove_class)("maos-earlier")
        is_told = is_earlier and bool(self.result.value)
        self.earlier.value = hint_html(_EARLIER if is_told else "", is_short=True)

    def close(self) -> None:
        """Take every widget away."""
        close_widgets(self.run, self.cancel, *self.children)

    _title = "inputs"

    def _listen(self, edited: Action, run: Action, cancel: Action) -> None:
        for widget in (self.capability, self.words, self.unfold):
            widget.observe(lambda _: edited(), "value")
        self.run.on_click(lambda _: run())
        self.cancel.on_click(lambda _: cancel())
