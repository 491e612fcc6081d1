"""The tables of a report that tell what the statements say: growth, quality, solvency, and published scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maos_nb.finance.report_tables import Grid
from maos_nb.finance.report_words import name_of, percent, plain, ratio, visible

__all__ = ["fundamental_grids"]

_GROUPS = ("growth", "quality", "solvency")


def fundamental_grids(model: Mapping[str, Any]) -> tuple[Grid, ...]:
    """Lay out the ratios of the last year and the scores; nothing where there are no statements."""
    found = model.get("fundamental_metrics")
    return (_metric_grid(found), _score_grid(found)) if found else ()


def _metric_grid(found: Mapping[str, Any]) -> Grid:
    rows: list[tuple[str, ...]] = []
    marks: dict[tuple[int, int], str] = {}
    for group in _GROUPS:
        for item in found.get(group, {}).values():
            if item.get("negative_denominator"):
                marks[len(rows), 2] = "*"
            cells = (_write(item["unit"], item["value"]), _write(item["unit"], item["year_before"]))
            rows.append(
                (visible(name_of(item["title"])), group.capitalize(), *cells, visible(item["formula"]))
            )
    note = "* over a negative denominator: not to be compared." if marks else ""
    heads = ("Ratio", "Of", "Value", "Year before", "Formula")
    title = f"What the statements of fiscal {plain(found['fiscal_year'], 0).replace(',', '')} say"
    return Grid(title, heads, tuple(rows), note=note, texts=(1, 4), marks=marks)


def _score_grid(found: Mapping[str, Any]) -> Grid:
    rows = [
        (
            visible(item["label"]),
            plain(item["score"], 2),
            visible(item["zone"] or "not known"),
            f"{plain(item['n_available'], 0)} of {plain(item['n_inputs'], 0)}",
            visible(item["source"]),
        )
        for item in found.get("scores", {}).values()
    ]
    heads = ("Score", "Value", "Zone", "Parts known", "Source")
    note = "A score stays unknown until all of its parts are known."
    return Grid("Published scores", heads, tuple(rows), note=note, texts=(2, 4))


def _write(unit: str, value: Any) -> str:
    if unit == "rate":
        return percent(value)
    return ratio(value, 2) if unit == "times" else plain(value, 1)
