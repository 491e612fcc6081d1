"""A valuation explained: every figure, its formula, and the origin of what went in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from maos_nb.analytics import dcf
from maos_nb.analytics.explanation import Explanation
from maos_nb.errors import InputError
from maos_nb.finance.origins import Assumption
from maos_nb.finance.valuation import Valuation
from maos_nb.types import TaskResult

__all__ = ["explain", "explanation_of"]

_UNITS = {"rate": "rate", "shares": "shares", "multiple": "", "years": "years"}
_GROUPS = ("growth", "quality", "solvency")
_RATIOS = ("depreciation", "capital_expenditure", "working_capital")


def explain(task_result: TaskResult, figure: str | None = None) -> Explanation:
    """Explain a figure of a finished valuation: its formula, its inputs and where each comes from.

    Parameters
    ----------
    task_result : TaskResult
        What ``create_financial_model`` gave.
    figure : str, optional
        A figure of the tree, such as "terminal_value" or "wacc", or a ratio of the statements, such as "roe"; by
        default the one that the company is judged by, at the top.

    Returns
    -------
    Explanation
        A tree that a notebook folds, ``print`` writes as text, and ``to_dict`` gives as plain values.

    Raises
    ------
    InputError
        If the result is no valuation or there is no such figure; the message lists those there are.

    Examples
    --------
    >>> import asyncio
    >>> from maos_nb import FinancialAnalystAgent, Task
    >>> task = Task(description="Value AAPL with a 5-year DCF at a WACC of 8.5%")
    >>> result = asyncio.run(FinancialAnalystAgent().create_financial_model(task))
    >>> print(explain(result, "wacc"))
    wacc 8.50% (given: WACC of 8.5%)
    """
    if not isinstance(task_result, TaskResult):
        raise InputError("task_result", f"expected a TaskResult, got {type(task_result).__name__}")
    tree = task_result.result.get("explanation") if isinstance(task_result.result, Mapping) else None
    if tree is None:
        reason = task_result.error or "its result has no explanation"
        raise InputError("task_result", f"expected the result of a valuation, {reason}")
    root = Explanation.from_dict(tree)
    if figure is None:
        return root
    names = {item.name for item in root.figures()}
    metrics = _metrics(task_result.result)
    # The driver of a name goes before the ratio: the operating margin that is projected, not that of the last year.
    if figure in metrics and figure not in names:
        return Explanation.from_dict(metrics[figure]["explanation"])
    return root.find(figure)


def _metrics(result: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the ratios of the statements by name."""
    groups = result.get("fundamental_metrics", {})
    return {name: item for group in _GROUPS for name, item in groups.get(group, {}).items()}


def explanation_of(valuation: Valuation) -> Explanation:
    """Build the tree of a valuation's base case."""
    found = valuation.assumptions
    drivers: dict[str, Any] = {name: _leaf(item, valuation) for name, item in found.items()}
    revenue = [found["revenue"].value, *valuation.base.projection.revenue.tolist()]
    drivers["growth"] = Explanation(
        "growth",
        tuple(after / before - 1 for before, after in itertools.pairwise(revenue)),
        "rate",
        "a straight line from revenue_growth in the first year to terminal_growth in the last",
        inputs=(drivers.pop("revenue_growth"), drivers["terminal_growth"]),
    )
    drivers["wacc"] = _wacc(valuation, drivers)
    if valuation.request.exit_multiple is not None:
        del drivers["terminal_growth"]
    return dcf.explain(
        valuation.base,
        drivers,
        timing=valuation.request.timing,
        terminal_metric="ebitda" if "depreciation" in found else "ebit",
        unit=valuation.evidence.currency,
    )


def _leaf(item: Assumption, valuation: Valuation) -> Explanation:
    name = f"{item.name}_ratio" if item.name in _RATIOS else item.name
    name = "revenue_of_last_year" if name == "revenue" else name
    unit = _UNITS.get(item.unit, valuation.evidence.currency)
    return Explanation(name, item.value, unit, origin=f"{item.origin.value}: {item.source}")


def _wacc(valuation: Valuation, drivers: Mapping[str, Explanation]) -> Explanation:
    """Open the cost of capital up where it was weighed from its parts."""
    wacc = drivers["wacc"]
    if "cost_of_equity" not in drivers or valuation.price is None:
        return wacc
    equity = Explanation(
        "equity_at_market",
        valuation.price * valuation.assumptions["shares"].value,
        valuation.evidence.currency,
        "price * shares",
        inputs=(Explanation("price", valuation.price, origin=_price_origin(valuation)), drivers["shares"]),
    )
    parts = ("risk_free", "beta", "equity_risk_premium")
    cost_of_equity = Explanation(
        "cost_of_equity",
        drivers["cost_of_equity"].value,
        "rate",
        "risk_free + beta * equity_risk_premium",
        inputs=tuple(drivers[name] for name in parts),
    )
    formula = (
        "cost_of_equity * equity / (equity + debt) + cost_of_debt * (1 - tax_rate) * debt / (equity + debt), "
        "at market values"
    )
    inputs = (equity, drivers["debt"], cost_of_equity, drivers["cost_of_debt"], drivers["tax_rate"])
    return Explanation("wacc", wacc.value, "rate", formula, inputs=inputs)


def _price_origin(valuation: Valuation) -> str:
    price = valuation.evidence.price
    if valuation.request.price is not None or price is None:
        return f"given: {valuation.request.evidence.get('price', 'parameters')}"
    return f"data: close of {price.date} ({price.source})"
