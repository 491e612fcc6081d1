"""Telling inputs of a request, and what is wrong with them, in words and in the units of its fields."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from maos_nb.errors import RequestError
from maos_nb.finance._reading import Problem, Reading, field_named, nearest_ticker, refusal
from maos_nb.finance._request_values import as_number

__all__ = ["MONEY", "RATE", "SHARE", "as_request_error", "shown", "with_words"]

RATE = "fraction per year"
SHARE = "fraction"
MONEY = "currency units"

_TIMINGS = {"end": "end of year", "mid": "middle of year"}


def as_request_error(model: type[BaseModel], error: ValidationError) -> RequestError:
    """Make one error of all that pydantic found; one raised inside a check goes on as it is."""
    problems: list[Problem] = []
    for detail in error.errors(include_url=False):
        context: dict[str, Any] = detail.get("ctx", {})
        cause = context.get("error")
        if isinstance(cause, RequestError):
            return cause
        problems += context["problems"] if detail["type"] == "joint" else [_problem(model, detail)]
    return refusal(problems)


def _problem(model: type[BaseModel], detail: ErrorDetails) -> Problem:
    name = str(detail["loc"][0]) if detail["loc"] else "parameters"
    value = detail["input"]
    if detail["type"] == "extra_forbidden":
        return name, "is no input of a valuation", _nearest(model, name)
    came = " ".join(repr(value).split())
    came = came if len(came) <= 80 else f"{came[:77]}..."
    text = detail["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    return name, f"{came} came; {text}", _advice(model, name, value)


def _nearest(model: type[BaseModel], name: str) -> str:
    fields = list(model.model_fields)
    near = [field_named(name), *difflib.get_close_matches(name.lower(), fields, n=1)]
    found = next((candidate for candidate in near if candidate), None)
    return f"Did you mean {found}?" if found else f"Inputs are: {', '.join(fields)}."


def _advice(model: type[BaseModel], name: str, value: object) -> str:
    unit = _unit(model, name)
    try:
        number = float(as_number(value))
    except (ValueError, OverflowError):
        number = math.nan
    if unit in (RATE, SHARE) and math.isfinite(number) and abs(number) > 1:
        return _percent_hint(number)
    return _bounds(model, name)


def _percent_hint(number: float) -> str:
    return f"Write {number / 100:.6g} or, in words, {number:.6g}%."


def _unit(model: type[BaseModel], name: str) -> str:
    return str(_schema(model, name).get("unit", ""))


@cache
def _properties(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    properties: dict[str, dict[str, Any]] = model.model_json_schema()["properties"]
    return {name: {**schema, **schema.get("anyOf", [{}])[0]} for name, schema in properties.items()}


def _schema(model: type[BaseModel], name: str) -> dict[str, Any]:
    return _properties(model).get(name, {})


_BOUND_WORDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


def _bounds(model: type[BaseModel], name: str) -> str:
    schema = _schema(model, name)
    bounds = [f"{words} {schema[key]:,.10g}" for key, words in _BOUND_WORDS.items() if key in schema]
    return f"Give a figure {' and '.join(bounds)} ({schema['unit'] or name})." if bounds else ""


def with_words(
    model: type[BaseModel], error: RequestError, reading: Reading, words: Mapping[str, object]
) -> RequestError:
    """Add to an error which words the refused inputs were read from, and which were not understood."""
    names = [name for name in error.argument.split(", ") if name in words]
    problem, advice = error.problem, error.advice
    for name in names:
        value = words[name]
        if isinstance(value, float):  # words carry their percent sign, so that it is not what was forgotten
            problem = problem.replace(_percent_hint(value), _bounds(model, name))
            advice = advice.replace(_percent_hint(value), _bounds(model, name))
    hints = [f"{name} was read from {reading.evidence[name]!r}." for name in names]
    if reading.ignored:
        hints.append(f"Not understood: {', '.join(map(repr, reading.ignored[:10]))}.")
    if "ticker" in error.argument.split(", ") and (near := nearest_ticker(reading.ignored[:10])):
        hints.append(f"Did you mean {near}?")
    return RequestError(error.argument, problem, advice=" ".join([advice, *hints]).strip())


def shown(request: BaseModel, name: str) -> str:
    """Give an input with its title and unit, as in "horizon 7 years"."""
    title = str(type(request).model_fields[name].title)
    label = title if title[1:2].isupper() else title[0].lower() + title[1:]
    return f"{label} {_value_shown(_unit(type(request), name), getattr(request, name))}"


def _value_shown(unit: str, value: Any) -> str:
    if isinstance(value, tuple):
        return (" to " if unit else ", ").join(_value_shown(unit, part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit in (RATE, SHARE):
        return f"{value * 100:.6g}%"
    if isinstance(value, int | float):
        return f"{value:,.15g} {unit}".strip()
    return _TIMINGS.get(str(value), str(value))
