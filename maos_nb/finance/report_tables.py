"""The tables of a report: a valuation's figures as texts in rows and columns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maos_nb.finance.report_words import (
    Money,
    driver_value,
    name_of,
    per_share,
    percent,
    plain,
    ratio,
    visible,
)

__all__ = [
    "Grid",
    "assumption_grid",
    "axis_value",
    "bridge_grid",
    "confidence_grid",
    "driver_grid",
    "enterprise_value_grid",
    "judged_writer",
    "projection_grid",
    "scenario_grid",
    "shared_sources",
    "two_way_grid",
]

ORIGINS = {"given": "given", "data": "read from data", "sector": "sector average", "default": "default"}
CONFIDENCE = {
    "inputs": "Trust in the inputs, weighted by how far each moves the value: given or read from data counts 1, "
    "a sector average 0.5, a default 0.25.",
    "stability": "Share of the two-way table's cells and of the scenarios that come to the base case's conclusion.",
    "coverage": "Share of the needed inputs, the price included, that have a source: given, the company's own figures, or a sector average.",
}
CLAIMS = ("debt", "leases", "minorities", "preferred", "pension_deficit")
"""Items of the bridge that are claims on the company, also where they are nothing."""
SHORTEST_NOTE = 30
"""Characters; a shorter end of a source is read faster in its place."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts; its first column names the rows.

    Parameters
    ----------
    title : str
        What the table shows, with its unit.
    columns : tuple of str
        Heads of the columns.
    rows : tuple of tuple of str
        One text a column.
    note : str
        What a reader has to know of it.
    texts : tuple of int
        Columns of words, set to the left; all others but the first are figures.
    strong : tuple of int
        Rows that sum up.
    marks : mapping of (row, column) to str
        Signs behind figures, which the note explains.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    texts: tuple[int, ...] = ()
    strong: tuple[int, ...] = ()
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)


def projection_grid(lines: Mapping[str, Any], valuation: Mapping[str, Any], money: Money) -> Grid:
    """Lay out the projected years, one a row, from revenue to present value."""
    shown: list[tuple[str, list[str]]] = [
        ("Year", [plain(year, 0).replace(",", "") for year in lines["year"]])
    ]
    for name, head in (("revenue", "Revenue"), ("revenue_growth", "Growth"), ("operating_income", "EBIT")):
        if name in lines:
            write = percent if name == "revenue_growth" else money.write
            shown.append((head, [write(item) for item in lines[name]]))
    for name, head in (
        ("taxes_on_operating_income", "Taxes on EBIT"),
        ("reinvestment", "Reinvested"),
        ("free_cash_flow", "Free cash flow"),
        ("discount_factor", "Discount factor"),
        ("present_value", "Present value"),
        ("net_income", "Net income"),
    ):
        if name in lines:
            shown.append(
                (
                    head,
                    [
                        plain(item, 4) if name == "discount_factor" else money.write(item)
                        for item in lines[name]
                    ],
                )
            )
    timing = {"end": "at the end", "mid": "in the middle"}.get(
        valuation.get("timing", ""), "at an unknown time"
    )
    return Grid(
        f"Projection by year ({money.unit})",
        tuple(head for head, _ in shown),
        tuple(zip(*(column for _, column in shown), strict=True)),
        note=f"Free cash flow = EBIT - taxes - reinvested; it comes {timing} of each year.",
    )


def enterprise_value_grid(model: Mapping[str, Any], money: Money) -> Grid:
    """Lay out what the enterprise value is made of."""
    valuation = model["valuation"]
    total = valuation["enterprise_value"]
    terminal = valuation.get("present_value_of_terminal")
    multiple = model["risk_assessment"].get("implied_exit_multiple")
    note = f"The terminal value is {money.write(valuation.get('terminal_value'))} before discounting"
    note += f", {ratio(multiple)} the last year's EBITDA." if multiple is not None else "."
    parts = (
        ("Present value of projected flows", valuation.get("present_value_of_flows")),
        ("Present value of terminal value", terminal),
    )
    rows = [(name, money.write(part), _share(part, total)) for name, part in parts]
    return Grid(
        f"Enterprise value ({money.unit})",
        ("Part", "Amount", "Share"),
        (*rows, ("Enterprise value", money.write(total), _share(total, total))),
        note=note,
        strong=(2,),
    )


def _share(part: Any, total: Any) -> str:
    # Shares of a loss would have the wrong sign.
    return percent(part / total, 0) if part is not None and total is not None and total > 0 else "n/a"


def bridge_grid(bridge: Mapping[str, Any], money: Money) -> Grid:
    """Lay out the way from enterprise value to equity value."""
    names = tuple(bridge)
    rows = tuple((_step(name, bridge[name]), money.write(bridge[name])) for name in names)
    totals = tuple(place for place, name in enumerate(names) if name in ("enterprise_value", "equity_value"))
    return Grid(
        f"From enterprise value to equity value ({money.unit})", ("Item", "Amount"), rows, strong=totals
    )


def _step(name: str, amount: Any) -> str:
    if name in ("enterprise_value", "equity_value"):
        return name_of(name)
    is_claim = name in CLAIMS or (amount is not None and amount < 0)
    return f"{'less' if is_claim else 'plus'} {_inside(name)}"


def scenario_grid(model: Mapping[str, Any], money: Money) -> Grid:
    """Lay out the value under each scenario, and what the scenario changes."""
    price = model["valuation"].get("price")
    rows = []
    for name, case in model["scenarios"].items():
        value = case.get("value_per_share")
        gap = value / price - 1 if value is not None and price else None
        amounts = (money.write(case.get("enterprise_value")), money.write(case.get("equity_value")))
        rows.append(
            (
                visible(name_of(name)),
                *amounts,
                per_share(value),
                percent(gap, signed=True),
                percent(case.get("probability"), 0),
                _changes(case.get("changes", {})),
            )
        )
    heads = (
        "Scenario",
        "Enterprise value",
        "Equity value",
        "Per share",
        "Against price",
        "Probability",
        "What differs from the base",
    )
    expected = model["sensitivity_analysis"].get("expected") or {}
    note = ""
    if expected.get("value") is not None:
        write, unit = judged_writer(model["sensitivity_analysis"]["metric"], money)
        note = f"Weighted by probability: {write(expected['value'])} {unit}."
    return Grid(f"Value under the scenarios ({money.unit})", heads, tuple(rows), note=note, texts=(6,))


def _changes(changes: Mapping[str, Any]) -> str:
    return (
        ", ".join(f"{_inside(name)} {axis_value(name, value)}" for name, value in changes.items())
        or "nothing"
    )


def two_way_grid(model: Mapping[str, Any], money: Money) -> Grid:
    """Lay out the judged figure by WACC and by growth in perpetuity or exit multiple."""
    analysis = model["sensitivity_analysis"]
    table, write, unit = analysis["table"], *judged_writer(analysis["metric"], money)
    across = next(name for name in table if name not in ("wacc", "values"))
    price = model["valuation"].get("price") if analysis["metric"] == "value_per_share" else None
    base = tuple(
        _place(table[name], model["key_assumptions"].get(name, {}).get("value")) for name in ("wacc", across)
    )
    marks = {}
    for row, cells in enumerate(table["values"]):
        for column, cell in enumerate(cells):
            sign = "*" * ((row, column) == base) + "+" * (
                price is not None and cell is not None and cell > price
            )
            if sign:
                marks[row, column + 1] = sign
    above = "" if price is None else f"; + above the price of {per_share(price)}"
    return Grid(
        f"{name_of(analysis['metric'])} by WACC (down) and {_inside(across)} (across) ({unit})",
        ("WACC", *(axis_value(across, head) for head in table[across])),
        tuple(
            (percent(wacc, 2), *map(write, cells))
            for wacc, cells in zip(table["wacc"], table["values"], strict=True)
        ),
        note=f"* base case{above}.",
        marks=marks,
    )


def driver_grid(model: Mapping[str, Any], money: Money) -> Grid:
    """Lay out what the judged figure becomes when one driver goes to the ends of its range."""
    analysis = model["sensitivity_analysis"]
    write, unit = judged_writer(analysis["metric"], money)
    rows = [
        (
            name_of(name),
            axis_value(name, item["base"]),
            " to ".join(axis_value(name, end) for end in item["range"]),
            *map(write, item["value"]),
            visible(item["reason"]),
        )
        for name, item in analysis["drivers"].items()
    ]
    title = f"One driver at a time, {_inside(analysis['metric'])} ({unit})"
    heads = ("Driver", "Base", "Range", "At low end", "At high end", "Why this range")
    return Grid(title, heads, tuple(rows), texts=(5,))


def judged_writer(metric: str, money: Money) -> tuple[Callable[[Any], str], str]:
    """Give how the judged figure is written, and its unit."""
    return (per_share, money.currency) if metric == "value_per_share" else (money.write, money.unit)


def _place(axis: Sequence[float], value: float | None) -> int | None:
    near = [place for place, item in enumerate(axis) if value is not None and math.isclose(item, value)]
    return near[0] if near else None


def axis_value(driver: str, value: Any) -> str:
    """Write a level of a driver: a multiple, or a rate with no more digits than it has."""
    if driver == "exit_multiple":
        return ratio(value)
    return percent(value, 1 if value is not None and math.isclose(1000 * value, round(1000 * value)) else 2)


def _inside(name: str) -> str:
    words = name_of(name)
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def assumption_grid(assumptions: Mapping[str, Mapping[str, Any]], money: Money) -> Grid:
    """Lay out the assumptions, each with its origin and its source."""
    sources, notes = shared_sources([visible(item["source"]) for item in assumptions.values()])
    rows = [
        (
            name_of(name),
            driver_value(name, item["unit"], item["value"], money),
            ORIGINS.get(item["origin"], visible(item["origin"])),
            source,
        )
        for (name, item), source in zip(assumptions.items(), sources, strict=True)
    ]
    note = "  ".join(f"[{number}] {text}." for number, text in enumerate(notes, start=1))
    heads = ("Assumption", "Value", "Origin", "Source")
    return Grid(
        f"Assumptions and where each comes from (amounts: {money.unit})",
        heads,
        tuple(rows),
        note=note,
        texts=(2, 3),
    )


def shared_sources(sources: Sequence[str]) -> tuple[list[str], list[str]]:
    """Move ends that several sources share into numbered notes.

    Examples
    --------
    >>> report = "annual report for fiscal 2022, filed 2022-10-28"
    >>> shared_sources([f"revenue, {report}", f"cash, {report}", "WACC of 8.5%"])
    (['revenue [1]', 'cash [1]', 'WACC of 8.5%'], ['annual report for fiscal 2022, filed 2022-10-28'])
    """
    left, notes = list(sources), list[str]()
    while True:
        ends = Counter(end for source in left if not _ENDS_IN_NOTE.search(source) for end in _ends(source))
        best = max(ends, key=lambda end: (ends[end] - 1) * len(end), default="")
        if ends[best] < 2:
            return left, notes
        notes.append(best)
        mark = f"[{len(notes)}]"
        left = [
            f"{source.removesuffix(best).rstrip(' ,:;')} {mark}".strip() if best in _ends(source) else source
            for source in left
        ]


_ENDS_IN_NOTE = re.compile(r"\[\d+\]$")


def _ends(source: str) -> set[str]:
    starts = [0, *(match.end() for match in re.finditer("[,:;] ", source))]
    return {source[start:] for start in starts if len(source) - start >= SHORTEST_NOTE}


def confidence_grid(parts: Mapping[str, Any]) -> Grid:
    """Lay out the parts of the confidence score and what they mean."""
    rows = tuple(
        (name_of(visible(name)), plain(value, 2), CONFIDENCE.get(name, "")) for name, value in parts.items()
    )
    return Grid("Confidence by its parts", ("Part", "Share", "What it means"), rows, texts=(2,))
