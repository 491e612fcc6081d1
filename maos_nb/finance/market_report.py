"""A market analysis as plain text: its sentences, its measures, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from maos_nb.errors import InputError
from maos_nb.finance.report_words import visible
from maos_nb.types import TaskResult

__all__ = ["is_market_analysis", "market_sections", "market_text"]

_SECTIONS = (
    ("Overview", ("market_overview", "statements")),
    ("Trend", ("trend_analysis", "statements")),
    ("Technical indicators", ("technical_indicators", "statements")),
    ("Fundamentals", ("fundamental_metrics", "statements")),
    ("Risk factors", ("risk_factors",)),
    ("Opportunities", ("opportunities",)),
    ("Forecasts", ("forecasts", "statements")),
)
_SCALES = {"fraction": 100.0, "fraction per year": 100.0}
_UNITS = {"fraction": "%", "fraction per year": "% a year", "percent": "%", "percent per year": "% a year"}


def market_text(task_result: TaskResult) -> str:
    r"""Write a market analysis as text, for a terminal or a mail.

    Parameters
    ----------
    task_result : TaskResult
        A completed result of ``analyze_market_conditions``.

    Returns
    -------
    str
        Risk factors and opportunities in full, other sentences in the first section that has them; then a line for each measure, the sources with their days,
        and the confidence with its parts. Control characters that come from outside are made visible.

    Raises
    ------
    InputError
        If `task_result` is no completed result of a market analysis.

    Examples
    --------
    >>> import asyncio
    >>> from maos_nb import FinancialAnalystAgent, Task
    >>> task = Task(description="Market outlook as of 2020-03-20")
    >>> result = asyncio.run(FinancialAnalystAgent().analyze_market_conditions(task))
    >>> print("\n".join(market_text(result).splitlines()[:4]))
    Market conditions on 2020-03-20
    <BLANKLINE>
    Overview
      The S&P 500 closed at 2,304.92 on 2020-03-20.
    """
    if not isinstance(task_result, TaskResult):
        raise InputError("task_result", f"expected a TaskResult, got {type(task_result).__name__}")
    found = task_result.result
    if not is_market_analysis(task_result) or not isinstance(found, Mapping):
        advice = "Give what FinancialAnalystAgent.analyze_market_conditions returned"
        raise InputError("task_result", "is not the result of a market analysis", advice=advice)
    metadata = task_result.metadata
    lines = [
        f"Market conditions on {metadata['analysis_date']}",
        *_sentences(found),
        *_measures(found),
        *_grounds(metadata),
    ]
    return "\n".join(map(_shown, lines)) + "\n"


def is_market_analysis(task_result: TaskResult) -> bool:
    """Tell whether a result is a completed one of ``analyze_market_conditions``."""
    found = task_result.result
    return task_result.ok and isinstance(found, Mapping) and {key[0] for _, key in _SECTIONS} <= set(found)


def market_sections(task_result: TaskResult) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Give the title, and the sections of `market_text`, each with its title and its lines.

    Raises
    ------
    InputError
        As `market_text`.
    """
    title, *paragraphs = market_text(task_result).split("\n\n")
    parts = (paragraph.splitlines() for paragraph in paragraphs)
    return title, tuple((head, tuple(line.strip() for line in lines)) for head, *lines in parts)


def _shown(line: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + visible(line)


def _sentences(found: Mapping[str, Any]) -> Iterator[str]:
    told: set[str] = set()
    for title, (first, *rest) in _SECTIONS:
        items = found[first][rest[0]] if rest else found[first]
        words = [item["statement"] for item in items]
        words = [line for line in words if not rest or line not in told]
        told.update(words)
        yield from ("", title) if words else ()
        for item in items:
            if item["statement"] in words:
                yield f"  {item['statement']}"
                if item.get("base_rate"):
                    yield f"    {item['base_rate']['statement']}"


def _measures(found: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "Measures (value; share of earlier values below it; state)")
    for group in ("technical_indicators", "fundamental_metrics"):
        for item in found[group]["measures"].values():
            value = item["value"] * _SCALES.get(item["unit"], 1.0)
            place = "" if item["percentile"] is None else f"; {item['percentile']:.1%}"
            state = f"; {item['state']}" if item["state"] else ""
            shown = f"{value:,.0f}" if item["unit"] == "count" else f"{value:,.2f}"
            yield f"  {item['title']}: {shown}{_UNITS.get(item['unit'], '')}{place}{state}"


def _grounds(metadata: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "Sources")
    for item in metadata["data_sources"]:
        age = "" if item["is_fresh"] else ", too old to be used"
        yield f"  {item['data'].replace('_', ' ')}: {item['source']}, to {item['as_of']}{age}"
    parts = ", ".join(f"{name} {value:.2f}" for name, value in metadata["confidence_parts"].items())
    yield from ("", f"Confidence {metadata['confidence_level']:.2f}, no probability ({parts})")
    yield from (f"  {line}" for line in metadata["understood"])
