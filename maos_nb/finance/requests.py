"""The inputs of a valuation: one validated record, made of plain words, of parameters, or of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from maos_nb.errors import RequestError
from maos_nb.finance._reading import Problem, read_description
from maos_nb.finance._request_precedence import settled_by, words_that_stand
from maos_nb.finance._request_values import (
    Day,
    ModelType,
    Number,
    Overrides,
    RateRange,
    Scenarios,
    Sector,
    Ticker,
    Timing,
    Whole,
    is_missing,
)
from maos_nb.finance._request_wording import MONEY, RATE, SHARE, as_request_error, shown, with_words
from maos_nb.types import Task

__all__ = ["FinancialModelRequest"]

FEWEST_DRAWS = 100


def _input(default: Any, title: str, unit: str, description: str, **bounds: Any) -> Any:
    return Field(default, title=title, description=description, json_schema_extra={"unit": unit}, **bounds)


@dataclass(frozen=True)
class _Sources:
    """Where inputs came from; all instances are equal, so that requests compare by their inputs."""

    evidence: Mapping[str, str] = field(default_factory=dict, compare=False)
    ignored: tuple[str, ...] = field(default=(), compare=False)
    overridden: Mapping[str, str] = field(default_factory=dict, compare=False)


class FinancialModelRequest(BaseModel):
    """What to value and on which assumptions; everything that is None is found in data or assumed later.

    Rates are decimals (0.085 is 8.5%), money is in currency units (not in millions). Figures may
    also come as text: "8.5%", "$2.5 million", "5 years". There are no NaN values: a figure that
    is not finite is refused.

    Raises
    ------
    RequestError
        If an input is unknown, of the wrong kind or out of bounds; if `wacc` or the low end of
        `wacc_range` is not above `terminal_growth`; if `wacc` lies outside `wacc_range` or that
        range is reversed; if `terminal_growth` and `exit_multiple` both come; if nothing says
        what to value. The message tells every problem that was found.

    Examples
    --------
    >>> request = FinancialModelRequest(ticker="AAPL", wacc_range=(0.08, 0.09))
    >>> request.time_horizon, round(request.base_wacc, 4)
    (5, 0.085)
    >>> FinancialModelRequest(ticker="AAPL", wacc=8.5)
    Traceback (most recent call last):
    ...
    maos_nb.errors.RequestError: wacc: 8.5 came; it should be less than 1. Write 0.085 or, in words, 8.5%.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=(), title="Valuation"
    )

    # fmt: off
    ticker: Ticker = _input(
        None, "Ticker", "", "Symbol of the listed company to value, such as AAPL.", max_length=16,
        examples=["AAPL", "BRK.B"])
    company: str | None = _input(None, "Company", "", "Name to show; it selects nothing.", min_length=1, max_length=200)
    sector: Sector | None = _input(
        None, "Sector", "", "Whose averages stand in for what is not known of the company.")
    is_startup: bool = _input(False, "Startup", "", "Whether the company is young and has no filed statements.")
    model_type: ModelType = _input(
        "dcf", "Model", "", "Kind of model: dcf discounts free cash flows to the firm.")
    time_horizon: Whole = _input(5, "Horizon", "years", "Number of years projected explicitly.", ge=1, le=50)
    wacc: Number = _input(
        None, "WACC", RATE, "Weighted average cost of capital; 0.085 is 8.5%.", gt=0, lt=1, examples=[0.085])
    wacc_range: RateRange | None = _input(
        None, "WACC range", RATE, "Low and high WACC; their midpoint is the base where no WACC is given.", examples=[[0.08, 0.09]])
    terminal_growth: Number = _input(
        None, "Terminal growth", RATE, "Growth of cash flow after the horizon, for ever; 0.02 is 2%.", ge=-0.5, le=0.5)
    exit_multiple: Number = _input(
        None, "Exit multiple", "times EBITDA", "EV/EBITDA at the horizon, instead of terminal growth.", gt=0, le=200)
    revenue: Number = _input(None, "Revenue", MONEY, "Last year's revenue, in single units.", gt=0, le=1e15)
    revenue_growth: Number = _input(
        None, "Revenue growth", RATE, "Growth in the first projected year; 0.12 is 12%, at most 300%.", gt=-1, le=3)
    operating_margin: Number = _input(
        None, "Operating margin", SHARE, "Operating income over revenue; 0.25 is 25%.", ge=-10, le=1)
    tax_rate: Number = _input(None, "Tax rate", SHARE, "Tax on operating income; 0.21 is 21%.", ge=0, lt=1)
    sales_to_capital: Number = _input(
        None, "Sales to capital", "ratio", "Revenue gained per unit of capital invested.", gt=0, le=100)
    risk_free: Number = _input(
        None, "Risk-free rate", RATE, "Long government yield for the cost of equity.", ge=-0.05, le=0.5)
    beta: Number = _input(None, "Beta", "ratio", "Levered equity beta against the market.", ge=-5, le=10)
    equity_risk_premium: Number = _input(
        None, "Equity risk premium", RATE, "Expected market return above the risk-free rate.", ge=0, le=0.5)
    cost_of_debt: Number = _input(None, "Cost of debt", RATE, "Interest rate on debt, before tax.", ge=0, lt=1)
    price: Number = _input(None, "Share price", "currency units per share", "Market price.", gt=0, le=1e9)
    shares: Number = _input(None, "Shares", "shares", "Diluted shares outstanding, in units.", gt=0, le=1e15)
    cash: Number = _input(None, "Cash", MONEY, "Cash and equivalents, in single units.", ge=0, le=1e15)
    debt: Number = _input(None, "Debt", MONEY, "Interest-bearing debt, in single units.", ge=0, le=1e15)
    scenarios: Scenarios = _input(
        ("base", "optimistic", "pessimistic"), "Scenarios", "", "Cases to value: the base, which is always one and "
        "comes first, and any of the others, each once.", min_length=1, max_length=3)
    scenario_overrides: Overrides | None = _input(
        None, "Scenario drivers", "", 'Drivers (instead of the usual changes) and probability by scenario, a new name adds one: '
        '{"optimistic": {"revenue_growth": 0.1, "probability": 0.3}}.', max_length=20)
    draws: Whole = _input(
        10_000, "Draws", "draws", "Random draws of the Monte Carlo simulation; 0 leaves it out.", ge=0, le=1_000_000)
    cross_checks: bool = _input(
        True, "Cross-checks", "", "Whether dividends, residual income and multiples are set beside the cash flows.")
    appraisal: bool = _input(
        False, "Appraisal", "", "Whether NPV, IRR and payback are measured: of buying at the investment, or at the price.")
    investment: Number = _input(
        None, "Investment", MONEY, "Outlay that buys the projected cash flows, for NPV, IRR and payback.", gt=0, le=1e15)
    timing: Timing = _input(
        "end", "Timing", "", "When in a year its cash flow falls: at the end, or in the middle.")
    as_of: Day | None = _input(
        None, "As of", "date", "Only what was known by this day is used; by default the date of the "
        "company's last bundled price, or of its last statement where there is none or where a price is given.")
    seed: Whole = _input(
        0, "Seed", "", "Start of the random draws: the same request gives the same figures.", ge=0, le=2**32 - 1)
    # fmt: on

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
    def _drop_missing(cls, inputs: Any) -> Any:
        if not isinstance(inputs, Mapping):
            return inputs
        return {name: value for name, value in inputs.items() if not is_missing(value)}

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        problems = list(_joint_problems(self))
        if problems:
            raise PydanticCustomError("joint", "inputs do not go together", {"problems": problems})
        return self

    @classmethod
    def from_task(cls, task: Task) -> Self:
        """Make the request of a task: words of its description, and parameters, which win.

        Parameters
        ----------
        task : Task
            Its `description` is read by rules, its `parameters` are inputs by name; a parameter
            that is None, NA or NaT of pandas, or an empty text counts as not given.

        Returns
        -------
        FinancialModelRequest
            With `origins`, `evidence` and `ignored` filled in.

        Raises
        ------
        RequestError
            If the description contradicts itself on a point that no parameter settles, or if
            the inputs do not pass the checks of this class.

        Examples
        --------
        >>> task = Task(description="Value AAPL over 10 years", parameters={"wacc": 0.09})
        >>> request = FinancialModelRequest.from_task(task)
        >>> request.ticker, request.time_horizon, request.wacc, request.evidence["time_horizon"]
        ('AAPL', 10, 0.09, '10 years')
        """
        given = {name: value for name, value in task.parameters.items() if not _is_empty(value)}
        reading = read_description(task.description, settled=settled_by(given))
        words, unused = words_that_stand(reading, given)
        try:
            request = cls(**{**words, **given})
        except RequestError as error:
            raise with_words(cls, error, reading, words) from None
        request._sources = _Sources(
            evidence={name: reading.evidence[name] for name in words},
            ignored=(*reading.ignored, *unused),
            overridden={
                name: reading.evidence[name]
                for name, value in reading.values.items()
                if name not in words and name != "company" and getattr(request, name) != value
                and reading.evidence[name] not in unused
            },
        )  # fmt: skip
        return request

    @property
    def base_wacc(self) -> float | None:
        """The WACC of the base case: as given, else the middle of the range, else None."""
        if self.wacc is None and self.wacc_range is not None:
            return sum(self.wacc_range) / 2
        return self.wacc

    @property
    def origins(self) -> Mapping[str, str]:
        """Field -> "given", for each input that came in words or parameters; defaults are absent."""
        return MappingProxyType({name: "given" for name in type(self).model_fields if self._is_given(name)})

    @property
    def evidence(self) -> Mapping[str, str]:
        """Field -> the exact words it was read from, or "parameters"."""
        read = self._sources.evidence
        return MappingProxyType({name: read.get(name, "parameters") for name in self.origins})

    @property
    def ignored(self) -> tuple[str, ...]:
        """Words and figures of the description that were not used."""
        return self._sources.ignored

    def _is_given(self, name: str) -> bool:
        return name in self.model_fields_set and getattr(self, name) is not None

    def describe(self) -> list[str]:
        """Say in short sentences what was understood, given, overridden, assumed and not understood.

        Examples
        --------
        >>> request = FinancialModelRequest.from_task(Task(description="Value AAPL with a 7-year DCF"))
        >>> request.describe()[2], request.describe()[-2]
        ("understood: horizon 7 years (from '7-year')", 'assumed: timing end of year (default)')
        """
        said = []
        for name, source in self.evidence.items():
            is_parameter = name not in self._sources.evidence
            verb, where = ("given", "in parameters") if is_parameter else ("understood", f"from {source!r}")
            said.append(f"{verb}: {shown(self, name)} ({where})")
        said += [f"overridden by parameters: {words!r}" for words in self._sources.overridden.values()]
        for name in type(self).model_fields:
            if name not in self.origins and name != "is_startup" and getattr(self, name) is not None:
                said.append(f"assumed: {shown(self, name)} (default)")
        return said + [f"not understood: {words!r}" for words in self.ignored]


def _is_empty(value: object) -> bool:
    return value is None or is_missing(value) or (isinstance(value, str) and not value)


def _joint_problems(request: FinancialModelRequest) -> Iterator[Problem]:
    if not (request.ticker or request.sector or request.revenue or request.is_startup):
        yield (
            "ticker",
            "nothing says what to value",
            "Name a company by its ticker ($AAPL), a sector, a startup, or last year's revenue.",
        )
    if request.terminal_growth is not None and request.exit_multiple is not None:
        came = f"{request.terminal_growth:.4g} came together with exit_multiple {request.exit_multiple:.4g}"
        yield "terminal_growth", came, "Give one of the two: each decides the terminal value."
    yield from _wacc_problems(request)
    yield from _scenario_problems(request)
    if 0 < request.draws < FEWEST_DRAWS:
        came = f"{request.draws} came, and a distribution takes at least {FEWEST_DRAWS}"
        yield "draws", came, "Give 10000, or 0 to leave the simulation out."


def _scenario_problems(request: FinancialModelRequest) -> Iterator[Problem]:
    overrides = request.scenario_overrides or {}
    if set(overrides.get("base", {})) - {"probability"}:
        advice = "Give its drivers as inputs of their own; a scenario says what differs from it."
        yield "scenario_overrides", "the base came with drivers", advice
    unused = "exit_multiple" if request.exit_multiple is None else "terminal_growth"
    named = [name for name, changes in overrides.items() if unused in changes]
    if named:
        came = f"{unused} came in {', '.join(map(repr, named))}, on which the terminal value does not depend"
        yield "scenario_overrides", came, "Take it out, or choose the other terminal value for all scenarios."
    given = [changes["probability"] for changes in overrides.values() if "probability" in changes]
    names = {*request.scenarios, *overrides}
    total = sum(given)
    if total > 1 + 1e-9 or (len(given) == len(names) and abs(total - 1) > 1e-9):
        yield "scenario_overrides", f"probabilities add up to {total:.6g}", "Let them add up to 1."


def _wacc_problems(request: FinancialModelRequest) -> Iterator[Problem]:
    growth, bounds = request.terminal_growth, request.wacc_range
    if bounds is not None:
        low, high = bounds
        if low >= high:
            advice = "Give two different rates, the lower one first."
            yield "wacc_range", f"({low:.4g}, {high:.4g}) came; the first must be below the second", advice
        elif request.wacc is not None and not low <= request.wacc <= high:
            came = f"{request.wacc:.4g} came, outside wacc_range ({low:.4g}, {high:.4g})"
            yield "wacc", came, "Give a WACC inside the range, or only one of the two."
    lowest = bounds[0] if bounds is not None else request.wacc
    name = "wacc" if bounds is None else "wacc_range"
    if growth is not None and lowest is not None and lowest <= growth:
        came = f"{lowest:.4g} came, which is not above terminal_growth {growth:.4g}"
        yield (
            name,
            came,
            "Raise the WACC or lower the terminal growth: the perpetuity has no value otherwise.",
        )
