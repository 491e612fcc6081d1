"""A task result as one self-contained HTML page: nothing on it is loaded from anywhere else."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from maos_nb._version import __version__
from maos_nb.analytics.explanation import Explanation
from maos_nb.errors import InputError, MaosError
from maos_nb.finance.market_report import is_market_analysis, market_sections
from maos_nb.finance.report_parts import making, report_parts, request_facts
from maos_nb.finance.report_words import visible
from maos_nb.types import Task, TaskResult

if TYPE_CHECKING:
    from maos_nb.plotting import Chart

__all__ = ["report_html"]

# 9 inches at 150 dots are 1350 pixels: twice the width on the page, sharp on dense screens and on paper.
_DOTS_PER_INCH = 150


def report_html(task_result: TaskResult, *, task: Task | None = None) -> str:
    """Write a valuation, or an analysis of the market, as an HTML page to keep, send or print.

    Parameters
    ----------
    task_result : TaskResult
        The result of ``create_financial_model`` or ``analyze_market_conditions``. One that failed gives a page
        that says so.
    task : Task, optional
        The task that was asked, to be shown as well.

    Returns
    -------
    str
        A whole HTML document. Figures that are None or NaN are written as n/a. Every text that
        comes from outside is escaped.

    Raises
    ------
    InputError
        If `task_result` is no TaskResult, a completed one is of neither, or `task` is not a Task.

    Examples
    --------
    >>> page = report_html(TaskResult("task-1", "FAILED", None, "wacc: 8.5 came"))
    >>> "wacc: 8.5 came" in page
    True
    """
    if not isinstance(task_result, TaskResult):
        raise InputError("task_result", f"expected a TaskResult, got {type(task_result).__name__}")
    if task is not None and not isinstance(task, Task):
        raise InputError("task", f"expected a Task or None, got {type(task).__name__}")
    asked = request_facts(task) if task is not None else ()
    if not task_result.ok:
        return _render("failure.html", asked=asked, **_failure(task_result))
    if is_market_analysis(task_result):
        title, sections = market_sections(task_result)
        return _render("market.html", asked=asked, title=title, sections=sections, making=making(task_result))
    report, model = report_parts(task_result), task_result.result
    tree = model.get("explanation")
    # Explanation escapes every text that it holds.
    explanation = Explanation.from_dict(tree)._repr_html_() if tree else ""
    return _render("report.html", asked=asked, report=report, charts=_charts(model), explanation=explanation)


def _render(template: str, **values: Any) -> str:
    # jinja2 and matplotlib take a third of a second to import: only a page pays for them.
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("maos_nb.finance", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)


def _failure(task_result: TaskResult) -> dict[str, Any]:
    known = isinstance(task_result.exception, MaosError)
    error = (
        task_result.exception.message if isinstance(task_result.exception, MaosError) else task_result.error
    )
    return {
        "status": task_result.status.value.lower(),
        "error": visible(error or ""),
        "advice": visible(task_result.advice),
        "is_fault": task_result.exception is not None and not known,
        "task_id": visible(task_result.task_id),
        "version": __version__,
    }


def _charts(model: dict[str, Any]) -> dict[str, str]:
    from maos_nb import plotting

    currency = model["company"]["currency"]
    analysis = model["sensitivity_analysis"]
    metric = analysis["metric"]
    price = model["valuation"].get("price") if metric == "value_per_share" else None
    judged = {"price": price, "metric": metric, "currency": currency}
    base = tuple(model["key_assumptions"][name]["value"] for name in analysis["table"] if name != "values")
    charts = {
        "projection": plotting.projection(model["financial_projections"], currency=currency),
        "bridge": plotting.value_bridge(model["valuation"]["bridge"], currency=currency),
        "scenarios": plotting.scenario_bars(model["scenarios"], **judged),
        "table": plotting.heat_map(analysis["table"], base=base, **judged),
        "drivers": plotting.tornado(analysis["drivers"], base_value=_base_value(model, metric), **judged),
    }
    if analysis.get("monte_carlo") and analysis["monte_carlo"]["histogram"]["counts"]:
        charts["draws"] = plotting.distribution(analysis["monte_carlo"], **judged)
        charts["fan"] = plotting.fan_chart(analysis["fan"], currency=currency)
    if model.get("valuation_methods") and metric == "value_per_share":
        charts["methods"] = plotting.football_field(
            model["valuation_methods"], price=price, currency=currency
        )
    if model.get("investment_appraisal"):
        wacc = model["key_assumptions"]["wacc"]["value"]
        profile = model["investment_appraisal"]["npv_profile"]
        charts["npv"] = plotting.npv_profile(profile, rate=wacc, currency=currency)
    return {name: _png(chart) for name, chart in charts.items()}


def _base_value(model: dict[str, Any], metric: str) -> float:
    value: float = model["valuation"].get(metric, model["valuation"]["bridge"].get(metric))
    return value


def _png(chart: Chart) -> str:
    buffer = io.BytesIO()
    chart.savefig(buffer, format="png", dpi=_DOTS_PER_INCH)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
