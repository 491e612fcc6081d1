"""One control for one input: what it shows, what it gives, what is wrong with what was typed."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any, ClassVar

import ipywidgets  # type: ignore[import-untyped]  # ships no types

from maos_nb.errors import InputError
from maos_nb.widgets._inputs import Input, Kind
from maos_nb.widgets._look import hint_html
from maos_nb.widgets._numbers import number_typed, numbers_typed, typed

__all__ = ["Control", "control_for"]

_FILLING = {"width": "auto"}


class UnreadableError(ValueError):
    """What was typed is not of the kind that is asked for; the message says what is."""


class Control(ABC):
    """A control in words: a label with its unit, a tooltip, and a line that says what is expected.

    `widget` is what one types into or chooses from; `view` that with the line below.
    """

    def __init__(self, item: Input) -> None:
        self.input = item
        self.problem = ""
        self.widget = self._make()
        self._note = ipywidgets.HTML(hint_html(self.hint), layout=_FILLING)
        self.view = ipywidgets.VBox([self.widget, self._note])

    @property
    def hint(self) -> str:
        """What is expected, and what counts where nothing is put in."""
        bounds = " and ".join(self.input.bounds)
        parts = [self.input.description, self._expected(), bounds[:1].upper() + bounds[1:], self._if_empty()]
        return ". ".join(part.rstrip(".") for part in parts if part) + "."

    def _expected(self) -> str:
        return ""

    def _if_empty(self) -> str:
        if self.input.required or self.input.default is None:
            return ""
        return f"Left empty: {self._shown(self.input.default)}"

    @abstractmethod
    def _make(self) -> Any:
        """Make the widget, with nothing put in."""

    @abstractmethod
    def read(self) -> Any:
        """Give what is put in, None where nothing is; raises UnreadableError."""

    @abstractmethod
    def fitting(self, value: Any) -> Any:
        """Give the widget's value that stands for this input; raises InputError if none does."""

    @property
    @abstractmethod
    def empty(self) -> Any:
        """The widget's value where nothing is put in."""

    def _shown(self, value: Any) -> str:
        return str(value).replace("_", " ")

    def check(self, *, is_final: bool) -> tuple[Any, str]:
        """Give what is put in and what is wrong with it; only the final check misses what is needed."""
        try:
            value = self.read()
        except UnreadableError as error:
            return None, str(error)
        if value is None:
            needed = is_final and self.input.required
            return None, "this input is needed." if needed else ""
        problem = self.input.problem_with(value)
        return (None, problem) if problem else (value, "")

    def say(self, problem: str) -> None:
        """Show a problem in place of the hint; an empty one brings the hint back."""
        self.problem = problem
        self._note.value = hint_html(self.hint, problem)

    def _options(self) -> dict[str, Any]:
        return {
            "description": self.input.label,
            "tooltip": self.input.description or self.input.title,
            "layout": _FILLING,
        }

    def _refuse(self, expected: str, value: Any) -> InputError:
        return InputError(self.input.name, f"expected {expected}, got {value!r}")


class Typed(Control):
    """A line of text, read by a rule of its kind."""

    def _make(self) -> Any:
        # Whole entries, not keystrokes: "8." on the way to "8.5%" is no mistake yet.
        return ipywidgets.Text(continuous_update=False, placeholder=self._placeholder, **self._options())

    @property
    def empty(self) -> Any:
        """Nothing put in."""
        return ""

    @property
    def _placeholder(self) -> str:
        if self.input.required:
            return self._example().replace("optional", "needed")
        default = self.input.default
        return self._example() if default in (None, "") else f"{self._shown(default)} by default"

    def _example(self) -> str:
        return "optional"

    def read(self) -> Any:
        text = self.widget.value.strip()
        return self._parse(text) if text else None

    def fitting(self, value: Any) -> str:
        return value if isinstance(value, str) else self._shown(value)

    def _parse(self, text: str) -> Any:
        return text

    def _shown(self, value: Any) -> str:
        return str(value)


class Number(Typed):
    """One number. It is text, since a number box has no empty state and moves what is out of bounds."""

    def _example(self) -> str:
        return "optional, such as 8.5% or 0.085" if self.input.is_share else "optional"

    def _parse(self, text: str) -> Any:
        number = number_typed(text, self.input.unit)
        if number is None:
            example = "8.5% or 0.085" if self.input.is_share else "5, 0.5 or 1,000,000"
            raise UnreadableError(f"{text[:40]!r} is not a number such as {example}.")
        return number

    def _shown(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return typed(value, as_percent=self.input.is_share)


class Numbers(Number):
    """Several numbers in one line."""

    def _example(self) -> str:
        return f"optional, such as {self._row}"

    @property
    def _row(self) -> str:
        return "8% to 9%" if self.input.is_share else "1, 2, 3"

    def _parse(self, text: str) -> Any:
        numbers = numbers_typed(text, self.input.unit)
        if numbers is None:
            raise UnreadableError(f"{text[:40]!r} is not a row of numbers; write it as {self._row}.")
        return numbers

    def _shown(self, value: Any) -> str:
        if not isinstance(value, list | tuple):
            return str(value)
        return (
            " to ".join(map(super()._shown, value))
            if len(value) == 2
            else ", ".join(map(super()._shown, value))
        )


class Texts(Typed):
    """Several texts in one line, with commas between."""

    def _expected(self) -> str:
        return "With commas between"

    def _parse(self, text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())

    def _shown(self, value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class Json(Typed):
    """Anything that has no control of its own, as JSON."""

    def _expected(self) -> str:
        return 'As JSON, such as [1, 2] or {"name": "value"}'

    def _parse(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError as error:
            raise UnreadableError(f"this is not JSON: {error}.") from None

    def _shown(self, value: Any) -> str:
        return json.dumps(value, default=str)


class NotGiven(Enum):
    """The choice of none of the values. A list has its own idea of None: nothing chosen, a blank."""

    NOT_GIVEN = "not given"


class Choice(Control):
    """One of several values, or none."""

    _names: ClassVar[dict[Any, str]] = {True: "yes", False: "no"}

    def _make(self) -> Any:
        item = self.input
        nothing = "choose one" if item.required else "not given"
        if not item.required and item.default is not None:
            nothing = f"{self._shown(item.default)} (default)"
        options = [(nothing, self.empty), *((self._shown(value), value) for value in self._choices)]
        return ipywidgets.Dropdown(options=options, **self._options())

    @property
    def empty(self) -> Any:
        """Nothing put in."""
        return NotGiven.NOT_GIVEN

    @property
    def _choices(self) -> tuple[Any, ...]:
        return self.input.choices or (True, False)

    def read(self) -> Any:
        return None if self.widget.value is self.empty else self.widget.value

    def fitting(self, value: Any) -> Any:
        plain = getattr(value, "value", value)
        if plain not in self._choices:
            raise self._refuse(f"one of {', '.join(map(repr, self._choices))}", value)
        return plain

    def _if_empty(self) -> str:
        return ""  # the first option says it

    def _shown(self, value: Any) -> str:
        return self._names[value] if isinstance(value, bool) else super()._shown(value)


class Choices(Control):
    """Any number of several values."""

    def _expected(self) -> str:
        return "Ctrl-click (Mac: Cmd-click) to choose several"

    def _if_empty(self) -> str:
        return ""  # the default is what is chosen at first

    def _make(self) -> Any:
        options = [(self._shown(value), value) for value in self.input.choices]
        rows = min(len(options), 6)
        return ipywidgets.SelectMultiple(options=options, value=self.empty, rows=rows, **self._options())

    @property
    def empty(self) -> tuple[Any, ...]:
        """The default: choosing it is to say nothing."""
        return tuple(self.input.default or ())

    def read(self) -> Any:
        chosen = tuple(self.widget.value)
        return None if chosen == self.empty else chosen

    def fitting(self, value: Any) -> Any:
        plain = (
            tuple(getattr(item, "value", item) for item in value) if not isinstance(value, str) else (value,)
        )
        if not set(plain) <= set(self.input.choices):
            raise self._refuse(f"some of {', '.join(map(repr, self.input.choices))}", value)
        return tuple(choice for choice in self.input.choices if choice in plain)


class YesNo(Control):
    """A box to tick. It speaks only where it differs from the default, so that words can decide."""

    def _if_empty(self) -> str:
        return ""  # the box shows it

    def _make(self) -> Any:
        return ipywidgets.Checkbox(value=self.empty, indent=False, **self._options())

    @property
    def empty(self) -> bool:
        """The default: leaving it is to say nothing."""
        return bool(self.input.default)

    def read(self) -> bool | None:
        ticked = bool(self.widget.value)
        return ticked if self.input.required or ticked != self.empty else None

    def fitting(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._refuse("True or False", value)
        return value


class Day(Control):
    """A date."""

    @property
    def empty(self) -> Any:
        """Nothing put in."""
        return None

    def _make(self) -> Any:
        return ipywidgets.DatePicker(value=None, **self._options())

    def read(self) -> date | None:
        day: date | None = self.widget.value
        return day

    def fitting(self, value: Any) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self._refuse("a date such as 2022-12-31", value) from None


_CONTROLS: dict[Kind, Callable[[Input], Control]] = {
    Kind.NUMBER: Number,
    Kind.NUMBERS: Numbers,
    Kind.TEXT: Typed,
    Kind.TEXTS: Texts,
    Kind.DATE: Day,
    Kind.CHOICE: Choice,
    Kind.CHOICES: Choices,
    Kind.JSON: Json,
}


def control_for(item: Input) -> Control:
    """Make the control that fits an input."""
    if item.kind is Kind.YES_NO:
        # A box cannot be left open, a list can.
        return Choice(item) if item.nullable else YesNo(item)
    return _CONTROLS[item.kind](item)
