"""Where the revenue of a year goes: to operating income, net income, operating and free cash flow."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    MUTED,
    PALE,
    Chart,
    Scale,
    label,
    limits,
    new_sideways_chart,
    scale_for,
    set_ticks,
)
from maos_nb.plotting._door import amount
from maos_nb.plotting._statement_tables import ratio_words, shortened, small_print, title_words

if TYPE_CHECKING:
    from maos_nb.analytics.fundamental.panel import Panel

__all__ = ["cash_waterfall"]

_PITCH = 0.35
"""Inches of a row."""
_WIDTH = 6.4
"""Inches of a row that its longest name leaves."""
_LETTER = 0.098
"""Inches of a bold figure."""
# Rounding of filed figures; a rest beyond it is an item of its own.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class _Step:
    """One bar in single units of currency: a total from zero, or a move from where the last one ended."""

    name: str
    start: float
    end: float
    is_total: bool = False

    @property
    def move(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Stage:
    """The way to one total: its name and amount, the moves before it, and the name of what they leave.

    The second name is for a rest that holds a move which is not known.
    """

    total: str
    amount: float
    moves: dict[str, float]
    rest: tuple[str, str]


def cash_waterfall(panel: Any, ticker: str, period: int | str) -> Chart:
    """Draw how the revenue of a period becomes free cash flow, as a waterfall.

    The totals are revenue, operating income, net income, operating cash flow and free cash flow; the moves
    between two totals always add up, as the last of them is what the others leave.

    Parameters
    ----------
    panel : Statements, Panel or DataFrame
        As :func:`maos_nb.analytics.fundamental.panel.as_panel` takes it; expenses and outlays positive.
    ticker : str
    period : int or str
        Fiscal year, or quarter as ``"2023Q1"``.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. An item that is NaN is part of the rest before the next known total, and the
        words below the chart say so.

    Raises
    ------
    InputError
        If the panel is none, has no such company or period, or knows no revenue or nothing beyond it there.

    Notes
    -----
    Free cash flow is operating cash flow less capital expenditure; the cost of revenue is revenue less gross
    profit where it is not filed itself.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"revenue": 100.0, "operating_income": 30.0, "net_income": 24.0}
    >>> chart = cash_waterfall(pd.DataFrame(row, index=pd.Index([2025])), "", 2025)
    >>> [text.get_text() for text in chart.axes[0].texts[:3]]
    ['100', '-70', '30']
    """
    # The package of the fundamentals loads pandas, which a chart of a valuation can do without.
    from maos_nb.analytics.fundamental.panel import as_panel

    given = as_panel(panel)
    stages = _stages(_figures(given, ticker, period))
    steps, words = _steps(stages)
    if len(steps) == 1:
        raise InputError("panel", f"knows nothing beyond the revenue {_of(ticker)} in {period}")
    scale = _scale(steps, given.currency)
    title = title_words(
        f"From revenue to free cash flow{f' of {shortened(ticker)}' if ticker else ''}, {period}"
    )
    chart, axes = new_sideways_chart(title, scale.unit, height=1.7 + _PITCH * len(steps))
    written = [_written(step, scale) for step in steps]
    shares = _shares(steps)
    # They are ranged right and begin beside the chart.
    away = 72 * _LETTER * max(map(len, ("of revenue", *shares))) + 8
    _leave_room(axes, steps, written, away, scale)
    for place, (step, text) in enumerate(zip(steps, written, strict=True)):
        _draw_step(axes, place, step, text, scale)
    _connect(axes, steps, scale)
    _name(axes, steps)
    _write_shares(axes, steps, shares, away)
    if words:
        small_print(axes, " ".join(words), below=42)
    return chart


def _figures(panel: Panel, ticker: str, period: int | str) -> dict[str, float]:
    place = panel.position(ticker, period)
    known = {item: amount(item, float(panel[item][place])) for item in _ITEMS}
    if math.isnan(known["cost_of_revenue"]):
        known["cost_of_revenue"] = known["revenue"] - known["gross_profit"]
    if math.isnan(known["revenue"]):
        raise InputError("panel", f"knows no revenue {_of(ticker)} in {period}")
    return known


def _of(ticker: str) -> str:
    return f"of {ticker or 'the company'}"


_ITEMS = (
    "revenue",
    "cost_of_revenue",
    "gross_profit",
    "research_and_development",
    "selling_general_administrative",
    "operating_income",
    "pretax_income",
    "income_tax",
    "net_income",
    "depreciation_and_amortization",
    "share_based_compensation",
    "operating_cash_flow",
    "capital_expenditure",
)


def _stages(known: dict[str, float]) -> list[_Stage]:
    operating = {
        "Cost of revenue": -known["cost_of_revenue"],
        "Research and development": -known["research_and_development"],
        "Selling and administration": -known["selling_general_administrative"],
    }
    after = {
        "Interest and other": known["pretax_income"] - known["operating_income"],
        "Income tax": -known["income_tax"],
    }
    cash = {
        "Depreciation and amortization": known["depreciation_and_amortization"],
        "Share-based pay": known["share_based_compensation"],
    }
    free = known["operating_cash_flow"] - known["capital_expenditure"]
    return [
        _Stage("Revenue", known["revenue"], {}, ("", "")),
        _Stage("Operating income", known["operating_income"], operating, _same("Other operating items")),
        _Stage("Net income", known["net_income"], after, ("Other items after tax", "Other")),
        _Stage("Operating cash flow", known["operating_cash_flow"], cash, _same("Working capital and other")),
        _Stage(
            "Free cash flow", free, {"Capital expenditure": -known["capital_expenditure"]}, _same("Other")
        ),
    ]


def _same(name: str) -> tuple[str, str]:
    return name, name


def _steps(stages: list[_Stage]) -> tuple[list[_Step], list[str]]:
    """Chain the stages: a total that is not known joins its moves to those of the next one."""
    first, *others = stages
    steps = [_Step(first.total, 0.0, first.amount, is_total=True)]
    words: list[str] = []
    waiting: dict[str, float] = {}
    unknown: list[str] = []
    for stage in others:
        waiting |= stage.moves
        if math.isnan(stage.amount):
            unknown.append(stage.total)
            continue
        hidden = [name for name, move in waiting.items() if math.isnan(move)]
        rest = "Other" if unknown else stage.rest[bool(hidden)]
        steps += [*_chain(steps[-1].end, waiting, stage.amount, rest), _total(stage)]
        if hidden:
            words.append(f"Not known apart, in {_inside(rest)}: {_listed(hidden)}.")
        words += [f"{name}: n/a." for name in unknown]
        waiting, unknown = {}, []
    return steps, words + [f"{name}: n/a." for name in unknown]


def _total(stage: _Stage) -> _Step:
    return _Step(stage.total, 0.0, stage.amount, is_total=True)


def _chain(start: float, moves: dict[str, float], total: float, rest: str) -> list[_Step]:
    """Give the known moves, and what they leave up to the total."""
    chained, reached = [], start
    for name, move in moves.items():
        if math.isfinite(move):
            chained.append(_Step(name, reached, reached + move))
            reached += move
    size = max(abs(value) for value in (start, total, *(step.move for step in chained)))
    is_whole = len(chained) == len(moves)
    if not is_whole or abs(total - reached) > _NOTHING * size:
        chained.append(_Step(rest, reached, total))
    return chained


def _listed(names: list[str]) -> str:
    words = [_inside(name) for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _inside(words: str) -> str:
    return words[:1].lower() + words[1:]


def _scale(steps: list[_Step], currency: str) -> Scale:
    amounts = np.array([step.end if step.is_total else step.move for step in steps])
    if currency:
        return scale_for(amounts, currency)
    # XXX is the code of ISO 4217 for no currency; amounts in billions are written as such without one.
    scale = scale_for(amounts, "XXX")
    unit = scale.unit.removeprefix("XXX").strip()
    return dataclasses.replace(scale, unit=", ".join(filter(None, (unit, "currency of the statements"))))


def _written(step: _Step, scale: Scale) -> str:
    return scale.write(
        (step.end if step.is_total else step.move) / scale.divisor, "" if step.is_total else "+"
    )


def _leave_room(axes: Axes, steps: list[_Step], written: list[str], away: float, scale: Scale) -> None:
    """Leave room for figures on the sides where they stand; there is none at the left without losses."""
    ends = scale.of(np.array([[step.start, step.end] for step in steps]))
    wide = _LETTER * max(map(len, written)) + 0.12
    low, high = limits(ends, 0.0, room=wide / (_WIDTH - away / 72 - 2 * wide))
    is_left = [_is_left(step) for step in steps]
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlim(low if any(is_left) else min(0.0, ends.min()), high if not all(is_left) else 0.0)


def _is_left(step: _Step) -> bool:
    return max(step.start, step.end) <= 0 and min(step.start, step.end) < 0


def _shares(steps: list[_Step]) -> list[str]:
    """Write every amount as a share of revenue; of none or less than none nothing is a share."""
    revenue = steps[0].end
    if revenue <= 0:
        return []
    return [
        ratio_words(
            (step.end if step.is_total else step.move) / revenue, "rate", "" if step.is_total else "+"
        )
        for step in steps
    ]


def _write_shares(axes: Axes, steps: list[_Step], shares: list[str], away: float) -> None:
    look: dict[str, Any] = {"where": axes.get_yaxis_transform(), "ha": "right", "color": MUTED}
    if shares:
        label(axes, "of revenue", (1.0, -0.6), by=(away, 4), va="bottom", **look)
    for place, (step, words) in enumerate(zip(steps, shares, strict=False)):
        weight = "bold" if step.is_total else "normal"
        label(axes, words, (1.0, place), by=(away, 0), fontweight=weight, **look)


def _draw_step(axes: Axes, place: int, step: _Step, words: str, scale: Scale) -> None:
    start, end = step.start / scale.divisor, step.end / scale.divisor
    looks: dict[str, Any] = {"facecolor": PALE, "edgecolor": BLUE}
    if not step.is_total:
        gain, loss = {"edgecolor": GREEN, "hatch": "///"}, {"edgecolor": AMBER, "hatch": "\\" * 3}
        looks = {
            "facecolor": "white",
            **(gain if end > start else loss if end < start else {"edgecolor": MUTED}),
        }
    axes.barh(place, end - start, left=start, height=0.6, linewidth=1.2, zorder=2, **looks)
    is_left = _is_left(step)
    label(
        axes,
        words,
        (min(start, end) if is_left else max(start, end), place),
        by=(-5 if is_left else 5, 0),
        ha="right" if is_left else "left",
        fontweight="bold" if step.is_total else "normal",
        back=True,
    )


def _connect(axes: Axes, steps: list[_Step], scale: Scale) -> None:
    for place, step in enumerate(steps[:-1]):
        axes.plot(
            [step.end / scale.divisor] * 2, [place + 0.3, place + 0.7], color=MUTED, linewidth=1.0, zorder=1.8
        )


def _name(axes: Axes, steps: list[_Step]) -> None:
    set_ticks(axes, "y", range(len(steps)), [step.name for step in steps])
    for text, step in zip(axes.get_yticklabels(), steps, strict=True):
        text.set_fontweight("bold" if step.is_total else "normal")
        text.set_color(INK)
    axes.set_ylim(len(steps) - 0.4, -0.6)
