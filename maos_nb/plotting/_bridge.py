"""The bridge from enterprise value to equity value, as a waterfall."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

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
    new_chart,
    scale_for,
    write,
)
from maos_nb.plotting._door import amount, check_currency, check_mapping

__all__ = ["value_bridge"]

_START, _END = "enterprise_value", "equity_value"
# Rounding of a few amounts in the trillions; anything beyond it is an item left out.
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    bottom: float
    height: float
    is_total: bool

    @property
    def top(self) -> float:
        return self.bottom if math.isnan(self.height) else self.bottom + self.height


def value_bridge(bridge: Mapping[str, float | None], *, currency: str = "USD") -> Chart:
    """Draw how enterprise value becomes equity value.

    Parameters
    ----------
    bridge : mapping
        ``enterprise_value``, the items between in the order of drawing, ``equity_value``; in
        single units of currency, with claims on the company such as debt as negative amounts.
    currency : str
        As in :func:`projection`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. An item that is None or NaN is written as n/a and moves nothing.

    Raises
    ------
    InputError
        If one of the two values is missing or no amount is a number, if enterprise value and items do
        not add up to equity value (where all are known), or if the currency is no text.

    Examples
    --------
    >>> chart = value_bridge({"enterprise_value": 2.07e12, "debt": -1.2e11, "equity_value": 1.95e12})
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['2,070', '-120', '1,950']
    """
    items = {name: amount(f"bridge[{name!r}]", value) for name, value in _ordered(bridge).items()}
    currency = check_currency(currency)
    _check_sum(items)
    scale = scale_for(np.array(list(items.values())), currency)
    steps = _steps({name: value / scale.divisor for name, value in items.items()})
    chart, axes = new_chart("From enterprise value to equity value", scale.unit)
    for place, step in enumerate(steps):
        _draw_step(axes, place, step, scale)
    for place, (left, _right) in enumerate(itertools.pairwise(steps)):
        axes.plot([place + 0.31, place + 0.69], [left.top] * 2, color=MUTED, linewidth=1.0, zorder=1.8)
    axes.set_xticks(range(len(steps)), [_words(step.name) for step in steps], color=INK)
    for label in axes.get_xticklabels():
        write(label)
    _leave_room(axes, steps)
    return chart


def _ordered(bridge: object) -> dict[str, Any]:
    given = check_mapping("bridge", bridge, (_START, _END))
    between = {str(name): value for name, value in given.items() if name not in (_START, _END)}
    return {_START: given[_START], **between, _END: given[_END]}


def _check_sum(items: Mapping[str, float]) -> None:
    values = np.array(list(items.values()))
    if not np.isfinite(values).any():
        raise InputError("bridge", "expected amounts, none of them is a number")
    total, end = float(values[:-1].sum()), float(values[-1])
    if np.isfinite(values).all() and abs(total - end) > _TOLERANCE * float(np.abs(values).max()):
        raise InputError(
            "bridge",
            f"enterprise value and items add up to {total:,.10g}, equity_value is {end:,.10g}",
            advice="Give every item between the two, claims such as debt as negative amounts",
        )


def _steps(items: Mapping[str, float]) -> list[_Step]:
    steps, reached = [], 0.0
    for name, value in items.items():
        is_total = name in (_START, _END)
        steps.append(_Step(name, 0.0 if is_total else reached, value, is_total))
        if math.isfinite(value):
            reached = value if is_total else reached + value
    return steps


def _draw_step(axes: Axes, place: int, step: _Step, scale: Scale) -> None:
    known = math.isfinite(step.height)
    looks: dict[str, Any] = {"color": PALE, "edgecolor": BLUE}
    if not step.is_total:
        looks = {"color": "white", **_move(step.height)}
    if known:
        axes.bar(place, step.height, bottom=step.bottom, width=0.62, linewidth=1.2, zorder=2, **looks)
    is_above = not known or max(step.bottom, step.top) > 0 or step.height == 0
    edge = max(step.bottom, step.top) if is_above else min(step.bottom, step.top)
    write(
        axes.annotate(
            scale.write(step.height, "" if step.is_total else "+"),
            (place, edge),
            xytext=(0, 4 if is_above else -4),
            textcoords="offset points",
            ha="center",
            va="bottom" if is_above else "top",
            fontsize=10,
            fontweight="bold" if step.is_total else "normal",
            color=INK,
        )
    )


def _move(height: float) -> dict[str, str]:
    if height == 0:
        return {"edgecolor": MUTED}
    return {"edgecolor": GREEN, "hatch": "///"} if height > 0 else {"edgecolor": AMBER, "hatch": "\\" * 3}


def _words(name: str) -> str:
    words = name.replace("_", " ")
    words = words[:1].upper() + words[1:]
    return words.replace(" ", "\n", 1) if len(words) > 12 else words


def _leave_room(axes: Axes, steps: list[_Step]) -> None:
    ends = [end for step in steps for end in (step.bottom, step.top)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = 0.1 * (high - low) or 1.0
    axes.set_ylim(low - room if low < 0 else 0.0, high + room)
    axes.set_xlim(-0.6, len(steps) - 0.4)
