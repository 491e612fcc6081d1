"""What a request model asks for, one record an input, read from its JSON schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from maos_nb.widgets._numbers import typed

__all__ = ["Input", "Kind", "inputs_of"]


class Kind(StrEnum):
    """What is put in, and thereby the control it is put in with."""

    NUMBER = "number"
    NUMBERS = "numbers"
    TEXT = "text"
    TEXTS = "texts"
    YES_NO = "yes or no"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    JSON = "json"


_BOUNDS = {
    "gt": ("above", "exclusiveMinimum"),
    "ge": ("at least", "minimum"),
    "lt": ("below", "exclusiveMaximum"),
    "le": ("at most", "maximum"),
}
_TOO_FAR_TO_TELL = 1e9
"""Bounds beyond it only guard against slips of the keyboard; nobody needs to read them first."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a request.

    Parameters
    ----------
    name, title, description, unit : str
        What the request calls it, and what people do.
    kind : Kind
        What is put in.
    required : bool
        Whether the request cannot do without.
    default : any
        What counts where nothing is put in; None where that is decided later.
    choices : tuple
        The values to choose from, for the kinds that choose.
    bounds : tuple of str
        The limits of a number, in words.
    nullable : bool
        Whether None is allowed.
    adapter : pydantic.TypeAdapter
        Validates one value.
    """

    name: str
    title: str
    description: str
    unit: str
    kind: Kind
    required: bool
    default: Any
    choices: tuple[Any, ...]
    bounds: tuple[str, ...]
    nullable: bool
    adapter: TypeAdapter[Any]

    @property
    def is_share(self) -> bool:
        """Whether it is a fraction, which people write in percent."""
        return self.unit.startswith("fraction")

    @property
    def label(self) -> str:
        """The title, with the unit as people say it."""
        unit = self.unit.replace("fraction", "%", 1) if self.is_share else self.unit
        needed = ", needed" if self.required and self.kind is not Kind.YES_NO else ""
        aside = f"{unit}{needed}".removeprefix(", ")
        return f"{self.title} ({aside})" if aside and unit.casefold() != self.title.casefold() else self.title

    def problem_with(self, value: Any) -> str:
        """Say what is wrong with a value, in words; nothing where nothing is."""
        try:
            self.adapter.validate_python(value)
        except ValidationError as error:
            return _in_words(error.errors(include_url=False)[0], self)
        return ""


def inputs_of(request: type[BaseModel]) -> tuple[Input, ...]:
    """Read the inputs of a request model, in its order."""
    schema = request.model_json_schema()
    definitions = schema.get("$defs", {})
    required = schema.get("required", ())
    adapters = _adapters(request)
    return tuple(
        _input(name, _resolved(item, definitions), name in required, definitions, adapters[name])
        for name, item in schema.get("properties", {}).items()
    )


def _adapters(request: type[BaseModel]) -> dict[str, TypeAdapter[Any]]:
    adapters: dict[str, TypeAdapter[Any]] = {}
    for name, field in request.model_fields.items():
        key = field.validation_alias if isinstance(field.validation_alias, str) else field.alias or name
        adapters[key] = TypeAdapter(field.rebuild_annotation(), config=_config_for_one(field, request))
    return adapters


def _config_for_one(field: FieldInfo, request: type[BaseModel]) -> ConfigDict | None:
    """Give those of the model's settings that decide what a single value may be."""
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
        return None
    config = ConfigDict()
    for key in ("allow_inf_nan", "strict", "str_strip_whitespace", "str_max_length"):
        if key in request.model_config:
            config[key] = request.model_config[key]
    return config


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take an alternative with None for what it is beside None."""
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        schema = {**target, **{key: item for key, item in schema.items() if key != "$ref"}}
    options = [_resolved(option, definitions) for option in schema.get("anyOf", schema.get("oneOf", ()))]
    if not options:
        return dict(schema)
    real = [option for option in options if option.get("type") != "null"]
    # A Decimal is a number or a text in JSON schema: whoever types means the number.
    best = next((option for option in real if option.get("type") in ("number", "integer")), None)
    if best is None:
        best = real[0] if len(real) == 1 else _common(real)
    own = {key: item for key, item in schema.items() if key not in ("anyOf", "oneOf")}
    return {**best, **own, "nullable": len(real) < len(options)}


def _common(options: list[dict[str, Any]]) -> dict[str, Any]:
    if all("enum" in option or "const" in option for option in options):
        return {"enum": [value for option in options for value in _choices(option)]}
    return {"type": "string"} if any(option.get("type") == "string" for option in options) else {}


def _choices(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    return (schema["const"],) if "const" in schema else tuple(schema.get("enum", ()))


def _input(
    name: str,
    schema: Mapping[str, Any],
    required: bool,
    definitions: Mapping[str, Any],
    adapter: TypeAdapter[Any],
) -> Input:
    items = _resolved(schema.get("items") or {}, definitions)
    kind = _kind(schema, items, definitions)
    unit = str(schema.get("unit", ""))
    return Input(
        name=name,
        title=str(schema.get("title") or name.replace("_", " ").capitalize()),
        description=str(schema.get("description", "")),
        unit=unit,
        kind=kind,
        required=required,
        default=schema.get("default"),
        choices=_choices(schema if kind is Kind.CHOICE else items),
        bounds=_bounds(schema, unit),
        nullable=bool(schema.get("nullable")),
        adapter=adapter,
    )


def _kind(schema: Mapping[str, Any], items: Mapping[str, Any], definitions: Mapping[str, Any]) -> Kind:
    if _choices(schema):
        return Kind.CHOICE
    type_name = schema.get("type")
    if type_name == "array":
        parts = [_resolved(part, definitions) for part in schema.get("prefixItems", ())] or [dict(items)]
        return _list_kind(parts)
    if type_name == "string":
        return Kind.DATE if schema.get("format") == "date" else Kind.TEXT
    return {"number": Kind.NUMBER, "integer": Kind.NUMBER, "boolean": Kind.YES_NO}.get(
        str(type_name), Kind.JSON
    )


def _list_kind(parts: list[dict[str, Any]]) -> Kind:
    if len(parts) == 1 and _choices(parts[0]):
        return Kind.CHOICES
    types = {part.get("type") for part in parts}
    if types <= {"number", "integer"}:
        return Kind.NUMBERS
    return Kind.TEXTS if types == {"string"} else Kind.JSON


def _bounds(schema: Mapping[str, Any], unit: str) -> tuple[str, ...]:
    # Pydantic writes "gt" where it cannot tell the type behind a validator, "exclusiveMinimum" where it can.
    found = [(words, schema.get(short, schema.get(long))) for short, (words, long) in _BOUNDS.items()]
    return tuple(
        f"{words} {_limit(limit, unit)}"
        for words, limit in found
        if isinstance(limit, int | float) and abs(limit) < _TOO_FAR_TO_TELL
    )


def _limit(limit: float, unit: str) -> str:
    return typed(limit, as_percent=unit.startswith("fraction"))


def _in_words(detail: ErrorDetails, item: Input) -> str:
    value, context = detail["input"], detail.get("ctx", {})
    bound = next((key for key in _BOUNDS if key in context), None)
    if bound is None or isinstance(value, bool) or not isinstance(value, int | float):
        text = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
        return f"{text}."
    if item.is_share and abs(value) > 1:
        meant = typed(value / 100)
        return f"{typed(value)} means {typed(value, as_percent=True)}: write {typed(value)}% or {meant}."
    return f"Has to be {_BOUNDS[bound][0]} {_limit(context[bound], item.unit)}."
