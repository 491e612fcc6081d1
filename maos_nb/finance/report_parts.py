"""A valuation laid out in titled tables and sentences: what the page and the terminal both show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from maos_nb._version import __version__
from maos_nb.errors import InputError
from maos_nb.finance.report_fundamentals import fundamental_grids
from maos_nb.finance.report_tables import (
    Grid,
    assumption_grid,
    bridge_grid,
    confidence_grid,
    driver_grid,
    enterprise_value_grid,
    projection_grid,
    scenario_grid,
    two_way_grid,
)
from maos_nb.finance.report_uncertainty import (
    appraisal_grid,
    break_even_grid,
    draw_grid,
    importance_grid,
    method_grid,
)
from maos_nb.finance.report_words import Money, money_for, per_share, percent, plain, visible
from maos_nb.types import Task, TaskResult

__all__ = ["Facts", "Grid", "ReportParts", "making", "report_parts", "request_facts"]

Facts = tuple[tuple[str, str], ...]
"""Pairs of a name and what it is, to be read down."""

_NEEDED = {
    "company": ("name", "currency"),
    "financial_projections": ("year", "revenue", "operating_income", "free_cash_flow"),
    "valuation": ("enterprise_value", "bridge"),
    "scenarios": (),
    "key_assumptions": (),
    "sensitivity_analysis": ("metric", "drivers", "table"),
    "recommendations": (),
    "risk_assessment": ("doubts",),
}


@dataclass(frozen=True, slots=True)
class ReportParts:
    """Everything that a report says, in the order of reading."""

    title: str
    dates: Facts
    recommendations: tuple[str, ...]
    projection: Grid
    enterprise_value: Grid
    bridge: Grid
    per_share: Facts
    scenarios: Grid
    two_way: Grid
    drivers: Grid
    uncertainty: tuple[Grid, ...]
    fundamentals: tuple[Grid, ...]
    methods: Grid | None
    appraisal: Grid | None
    assumptions: Grid
    understood: tuple[str, ...]
    confidence_score: str
    confidence_parts: Grid
    doubts: tuple[str, ...]
    making: Facts


def report_parts(task_result: TaskResult) -> ReportParts:
    """Lay out the result of ``create_financial_model``.

    Parameters
    ----------
    task_result : TaskResult
        A completed one; figures that are None or NaN are written as n/a.

    Raises
    ------
    InputError
        If it is no completed TaskResult, or its result is no financial model; the message names
        what is missing.
    """
    model = _checked(task_result)
    metadata = task_result.metadata
    valuation = model["valuation"]
    lines = model["financial_projections"]
    money = money_for(
        [*lines["revenue"], valuation["enterprise_value"]], visible(model["company"]["currency"])
    )
    score = metadata.get("confidence_score")
    return ReportParts(
        title=_title(model["company"]),
        dates=_dates(model["company"]),
        recommendations=_sentences(model["recommendations"]),
        projection=projection_grid(lines, valuation, money),
        enterprise_value=enterprise_value_grid(model, money),
        bridge=bridge_grid(valuation["bridge"], money),
        per_share=_per_share(model, money),
        scenarios=scenario_grid(model, money),
        two_way=two_way_grid(model, money),
        drivers=driver_grid(model, money),
        uncertainty=tuple(
            grid
            for grid in (break_even_grid(model), draw_grid(model, money), importance_grid(model))
            if grid is not None
        ),
        fundamentals=fundamental_grids(model),
        methods=method_grid(model, money),
        appraisal=appraisal_grid(model, money),
        assumptions=assumption_grid(model["key_assumptions"], money),
        understood=_sentences(metadata.get("understood", ())),
        confidence_score=f"{plain(score, 2)} of 1",
        confidence_parts=confidence_grid(metadata.get("confidence_parts", {})),
        doubts=_sentences(model["risk_assessment"]["doubts"]),
        making=making(task_result),
    )


def request_facts(task: Task) -> Facts:
    """Lay out what was asked: the words, and the parameters beside them."""
    given = ((visible(name), visible(value)) for name, value in task.parameters.items())
    return (("Task", visible(task.description) or "no words, only parameters"), *given)


def _checked(task_result: TaskResult) -> Mapping[str, Any]:
    if not isinstance(task_result, TaskResult):
        raise InputError("task_result", f"expected a TaskResult, got {type(task_result).__name__}")
    if not task_result.ok:
        raise InputError(
            "task_result", f"expected a completed one, it is {task_result.status}: {task_result.error}"
        )
    model = task_result.result
    if not isinstance(model, Mapping):
        raise InputError("task_result", f"expected a financial model, its result is {type(model).__name__}")
    missing = [name for name in _NEEDED if name not in model]
    missing += [
        f"{part}.{name}"
        for part, names in _NEEDED.items()
        for name in names
        if name not in model.get(part, {name})
    ]
    if missing:
        raise InputError(
            "task_result",
            f"is not the result of a financial model, it lacks {', '.join(missing)}",
            advice="Give what FinancialAnalystAgent.create_financial_model returned",
        )
    return model


def _title(company: Mapping[str, Any]) -> str:
    ticker = f" ({visible(company['ticker'])})" if company.get("ticker") else ""
    return f"{visible(company['name'])}{ticker}"


def _dates(company: Mapping[str, Any]) -> Facts:
    def dated(first: str, *, filed: str | None = None, source: str | None = None) -> str:
        known = visible(company[first]) if company.get(first) else "none"
        known += f", filed {visible(company[filed])}" if filed and company.get(filed) else ""
        return known + (f", {visible(company[source])}" if source and company.get(source) else "")

    price = dated("price_as_of", source="price_source")
    if not company.get("price_as_of") and company.get("price_source"):
        price = f"given in {visible(company['price_source'])}"
    return (
        ("Valued as of", dated("valuation_as_of")),
        ("Statements to", dated("statements_as_of", filed="statements_filed", source="statements_source")),
        ("Price of", price),
        ("Sector", visible(company.get("sector") or "none").replace("_", " ")),
    )


def _per_share(model: Mapping[str, Any], money: Money) -> Facts:
    valuation, company = model["valuation"], model["company"]
    shares, value, price = (valuation.get(name) for name in ("shares", "value_per_share", "price"))
    when = company.get("price_as_of")
    where = f" on {visible(when)}" if when else " given" if price is not None else ""
    equity = valuation["bridge"].get("equity_value")
    return (
        ("Equity value", f"{money.write(equity)} {money.unit}"),
        (
            "Shares, diluted",
            "n/a, their number is not known" if shares is None else f"{plain(shares / 1e6, 1)} million",
        ),
        ("Value per share", "n/a" if value is None else f"{per_share(value)} {money.currency}"),
        (
            "Market price",
            "n/a, none is known" if price is None else f"{per_share(price)} {money.currency}{where}",
        ),
        ("Value against price", percent(valuation.get("upside"), signed=True)),
    )


def making(task_result: TaskResult) -> Facts:
    """Say with which seed, by whom and how fast a result was made."""
    metadata = task_result.metadata
    seconds = plain(metadata.get("processing_time"), 2)
    agent = visible(metadata.get("agent_id", "n/a"))
    return (
        ("Seed", visible(metadata.get("seed", "n/a"))),
        ("maos_nb", __version__),
        ("Made by", f"{agent} in {seconds} seconds, {visible(task_result.task_id)}"),
    )


def _sentences(items: Iterable[Any]) -> tuple[str, ...]:
    return tuple(visible(item) for item in items)
