"""A form derived from a request model: controls, the values put into them, and what is wrong with these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # ships no types
from pydantic import BaseModel

from maos_nb.errors import InputError
from maos_nb.widgets._controls import Control, control_for
from maos_nb.widgets._inputs import inputs_of

__all__ = ["RequestForm", "close_widgets"]


class RequestForm:
    """The controls of one request model.

    A value that is not put in is not given on: the words of the task, data or the request's own
    defaults then decide. So a default is shown, and never sent.

    Parameters
    ----------
    request : type of pydantic.BaseModel
        The model of the inputs.
    edited : callable
        Called without arguments after each edit, in the thread that the edit came in.

    Examples
    --------
    >>> from pydantic import Field
    >>> class Loan(BaseModel):
    ...     rate: float | None = Field(None, title="Rate", ge=0, lt=1, json_schema_extra={"unit": "fraction"})
    ...     years: int = Field(10, title="Term", ge=1)
    >>> form = RequestForm(Loan, edited=lambda: None)
    >>> form.controls["rate"].widget.value = "8.5%"
    >>> form.read()
    ({'rate': 0.085}, {})
    >>> form.controls["years"].widget.value = "none"
    >>> form.read()[1]
    {'years': "'none' is not a number such as 5, 0.5 or 1,000,000."}
    """

    def __init__(self, request: type[BaseModel], edited: Callable[[], object]) -> None:
        self.controls: Mapping[str, Control] = {item.name: control_for(item) for item in inputs_of(request)}
        for control in self.controls.values():
            control.widget.observe(lambda _: edited(), "value")
        self.view = ipywidgets.GridBox(
            [control.view for control in self.controls.values()],
            layout={"grid_template_columns": "repeat(auto-fill, minmax(290px, 1fr))", "grid_gap": "4px 16px"},
        )

    @property
    def is_optional(self) -> bool:
        """Whether nothing has to be put in."""
        return not any(control.input.required for control in self.controls.values())

    def title_of(self, name: str) -> str:
        """Give what people call an input; the name itself where the form has no such input."""
        return self.controls[name].input.title if name in self.controls else name

    def read(self, *, is_final: bool = False) -> tuple[dict[str, Any], dict[str, str]]:
        """Give the valid values, and what is wrong with the others, both by name.

        Only the final reading calls an empty input that is needed a problem.
        """
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, control in self.controls.items():
            value, problem = control.check(is_final=is_final)
            if problem:
                problems[name] = problem
            elif value is not None:
                values[name] = value
        return values, problems

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values in, and empty every other control.

        Raises
        ------
        InputError
            If a name is unknown or a control cannot show its value; then nothing is changed.
        """
        unknown = [name for name in values if name not in self.controls]
        if unknown:
            raise InputError(
                "values",
                f"there is no input {unknown[0]!r}",
                advice=f"Inputs are: {', '.join(self.controls) or 'none'}",
            )
        fitting = {
            name: control.fitting(values[name]) if values.get(name) is not None else control.empty
            for name, control in self.controls.items()
        }
        for name, control in self.controls.items():
            control.widget.value = fitting[name]

    def say(self, problems: Mapping[str, str]) -> None:
        """Show each problem at its control."""
        for name, control in self.controls.items():
            control.say(problems.get(name, ""))

    def close(self) -> None:
        """Take every control away."""
        for control in self.controls.values():
            close_widgets(control.view, *control.view.children)
        close_widgets(self.view)


def close_widgets(*widgets: Any) -> None:
    """Close widgets together with their layouts and styles, which would stay with the frontend otherwise."""
    for widget in widgets:
        for part in (widget.layout, getattr(widget, "style", None), widget):
            if part is not None:
                part.close()
