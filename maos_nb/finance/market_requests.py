"""The inputs of a market analysis: one validated record, made of plain words, of parameters, or of both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from maos_nb.errors import RequestError
from maos_nb.finance._market_reading import read_market_description
from maos_nb.finance._request_values import Day, Whole, is_missing
from maos_nb.finance._request_wording import as_request_error, shown, with_words
from maos_nb.types import Task

__all__ = ["MarketAnalysisRequest"]


@dataclass(frozen=True)
class _Sources:
    """Where inputs came from; all instances are equal, so that requests compare by their inputs."""

    evidence: Mapping[str, str] = field(default_factory=dict, compare=False)
    ignored: tuple[str, ...] = field(default=(), compare=False)


def _tickers(value: object) -> object:
    found = re.split(r"[\s,;/+]+(?:and\s+)?", value.strip()) if isinstance(value, str) else value
    if isinstance(found, list | tuple | set | frozenset):
        order = sorted(found, key=str) if isinstance(found, set | frozenset) else found
        return tuple(dict.fromkeys(map(_symbol, order)))
    return found


def _symbol(value: object) -> str:
    symbol = value.strip().lstrip("$").upper() if isinstance(value, str) else ""
    if not re.fullmatch(r"\^?[A-Z0-9][A-Z0-9.=-]{0,14}", symbol):
        raise ValueError(f"ticker symbols are expected, such as AAPL or BRK.B, not {value!r:.40}")
    return symbol


_Symbols = Annotated[tuple[str, ...], BeforeValidator(_tickers)]


class MarketAnalysisRequest(BaseModel):
    """Which market to look at, on which day, and how far ahead.

    Raises
    ------
    RequestError
        If an input is unknown, of the wrong kind or out of bounds. The message tells every problem that was found.

    Examples
    --------
    >>> MarketAnalysisRequest(as_of="2020-03-20").horizon_months
    12
    >>> MarketAnalysisRequest(horizon_months=0)
    Traceback (most recent call last):
    ...
    maos_nb.errors.RequestError: horizon_months: 0 came; it should be greater than or equal to 1. Give a figure at least 1 and at most 120 (months).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, title="Market analysis")

    as_of: Day | None = Field(
        None,
        title="As of",
        description="Only what was known by this day is used; by default the date of the index's last price.",
        json_schema_extra={"unit": "date"},
    )
    tickers: _Symbols | None = Field(
        None,
        title="Stocks",
        description="Whose closes breadth, correlation and the screens are of; by default the stocks of the samples.",
        min_length=1,
        max_length=500,
        json_schema_extra={"unit": ""},
    )
    horizon_months: Whole = Field(
        12,
        title="Horizon",
        description="How far ahead the forecasts speak.",
        ge=1,
        le=120,
        json_schema_extra={"unit": "months"},
    )
    seed: Whole = Field(
        0,
        title="Seed",
        description="Kept with the result: no figure in it is drawn at random.",
        ge=0,
        le=2**32 - 1,
        json_schema_extra={"unit": ""},
    )

    _sources: _Sources = PrivateAttr(default_factory=_Sources)

    if not TYPE_CHECKING:  # checkers know a better signature: that of the fields

        def __init__(self, **inputs: Any) -> None:
            try:
                super().__init__(**inputs)
            except ValidationError as error:
                raise as_request_error(type(self), error) from None

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Validate as pydantic does, but raise one `RequestError` with every problem."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise as_request_error(cls, error) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Validate JSON as pydantic does, but raise one `RequestError` with every problem."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            raise as_request_error(cls, error) from None

    @model_validator(mode="before")
    @classmethod
    def _check_names(cls, inputs: Any) -> Any:
        if not isinstance(inputs, Mapping):
            return inputs
        unknown = [str(name) for name in inputs if name not in cls.model_fields]
        if unknown:
            advice = f"Inputs are: {', '.join(cls.model_fields)}."
            problems = [(name, "is no input of a market analysis", advice) for name in unknown]
            raise PydanticCustomError("joint", "unknown inputs", {"problems": problems})
        return {name: value for name, value in inputs.items() if not is_missing(value)}

    @classmethod
    def from_task(cls, task: Task) -> Self:
        """Make the request of a task: words of its description, and parameters, which win.

        Parameters
        ----------
        task : Task
            Its `description` is read by rules, its `parameters` are inputs by name; a parameter that is None, NA or
            NaT of pandas, or an empty text counts as not given.

        Returns
        -------
        MarketAnalysisRequest
            With `evidence` and `ignored` filled in.

        Raises
        ------
        RequestError
            If the description contradicts itself on a point that no parameter settles, or if the inputs do not pass
            the checks of this class.

        Examples
        --------
        >>> task = Task(description="Market outlook as of 2020-03-20 for six months")
        >>> request = MarketAnalysisRequest.from_task(task)
        >>> request.as_of.isoformat(), request.horizon_months, request.evidence["horizon_months"]
        ('2020-03-20', 6, 'for six months')
        """
        given = {name: value for name, value in task.parameters.items() if not _is_empty(value)}
        reading = read_market_description(task.description, settled=given)
        words = {name: value for name, value in reading.values.items() if name not in given}
        try:
            request = cls(**{**words, **given})
        except RequestError as error:
            raise with_words(cls, error, reading, words) from None
        request._sources = _Sources({name: reading.evidence[name] for name in words}, reading.ignored)
        return request

    @property
    def evidence(self) -> Mapping[str, str]:
        """Field -> the exact words it was read from, or "parameters"; defaults are absent."""
        given = [name for name in type(self).model_fields if self._is_given(name)]
        return MappingProxyType({name: self._sources.evidence.get(name, "parameters") for name in given})

    @property
    def ignored(self) -> tuple[str, ...]:
        """Words and figures of the description that were not used."""
        return self._sources.ignored

    def _is_given(self, name: str) -> bool:
        return name in self.model_fields_set and getattr(self, name) is not None

    def describe(self) -> list[str]:
        """Say in short sentences what was understood, given, assumed and not understood.

        Examples
        --------
        >>> MarketAnalysisRequest.from_task(Task(description="Market outlook for six months")).describe()
        ["understood: horizon 6 months (from 'for six months')", 'assumed: seed 0 (default)']
        """
        said = []
        for name, source in self.evidence.items():
            is_parameter = name not in self._sources.evidence
            verb, where = ("given", "in parameters") if is_parameter else ("understood", f"from {source!r}")
            said.append(f"{verb}: {shown(self, name)} ({where})")
        defaults = [name for name in type(self).model_fields if not self._is_given(name)]
        said += [
            f"assumed: {shown(self, name)} (default)" for name in defaults if getattr(self, name) is not None
        ]
        return said + [f"not understood: {words!r}" for words in self.ignored]


def _is_empty(value: object) -> bool:
    return value is None or is_missing(value) or (isinstance(value, str) and not value)
