"""The ranges that several methods give for one share, side by side against its price."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    BLUE,
    INK,
    MUTED,
    PALE,
    Chart,
    Scale,
    driver_name,
    label,
    limits,
    mark,
    new_sideways_chart,
    room_for,
    scale_for,
    set_ticks,
)
from maos_nb.plotting._door import amount, check_currency, check_mapping, check_price, refuse_unknown

__all__ = ["football_field"]

_THICK = 0.24
"""Inches of a bar; its figures and the method's words need the rest of the row."""


@dataclass(frozen=True, slots=True)
class _Method:
    """One method: words beside its bar, and the values in the chart's unit or NaN."""

    name: list[str]
    basis: list[str]
    low: float
    mid: float
    high: float

    @property
    def known(self) -> list[float]:
        return [value for value in (self.low, self.mid, self.high) if math.isfinite(value)]

    def written(self, scale: Scale) -> list[str]:
        """Write both ends, or one text for both where one of them is not known."""
        ends = [scale.write(self.low), scale.write(self.high)]
        if "n/a" not in ends:
            return ends
        return ["n/a" if ends[0] == ends[1] else " to ".join(ends)]


def football_field(
    methods: Mapping[str, Mapping[str, Any]], *, price: float | None = None, currency: str = "USD"
) -> Chart:
    """Draw what each method says a share is worth, as ranges.

    Parameters
    ----------
    methods : mapping
        Name -> mapping with ``low`` and ``high``, values per share, and optionally ``mid``, the value
        between them, and ``basis``, words that stand small under the name; in the order of drawing.
    price : float, optional
        Market price per share.
    currency : str
        As in :func:`projection`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. An end that is None or NaN is written as n/a, without a bar.

    Raises
    ------
    InputError
        If there is no method or one lacks an end, if low, mid and high do not rise, if no value is a
        number, if ``basis`` is no text, if the price is not a positive number, or if the currency is no
        text.

    Examples
    --------
    >>> chart = football_field({"DCF": {"low": 112.2, "mid": 132.1, "high": 154.4}}, price=125.67)
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['112.20', '154.40', '132.10', 'DCF', 'Price 125.67']
    """
    given = check_mapping("methods", methods)
    currency, price = check_currency(currency), check_price(price)
    rows = [_method(str(name), method) for name, method in given.items()]
    values = np.array([[row.low, row.mid, row.high] for row in rows])
    refuse_unknown("methods", values)
    everything = np.append(values, [] if price is None else [price])
    scale = scale_for(everything, currency, per="per share")
    pitch = max(0.52, max(_lines(row) for row in rows) * 0.17 + 0.12)
    chart, axes = new_sideways_chart("Value per share by method", scale.unit, height=1.5 + pitch * len(rows))
    room = room_for([words for row in rows for words in row.written(scale)])
    axes.set_xlim(*limits(everything, room=room))
    for place, row in enumerate(rows):
        _draw_method(axes, place, row, scale, _THICK / pitch)
        _name_method(axes, place, row)
    if price is not None:
        mark(axes, price, f"Price {scale.write(price)}")
    set_ticks(axes, "y", [], [])
    axes.set_ylim(len(rows) - 0.45, -0.6)
    return chart


def _method(name: str, method: object) -> _Method:
    label_ = f"methods[{name!r}]"
    given = check_mapping(label_, method, ("low", "high"))
    values = {key: amount(f"{label_}[{key!r}]", given.get(key)) for key in ("low", "mid", "high")}
    known = [(key, value) for key, value in values.items() if math.isfinite(value)]
    for (lower, one), (upper, other) in itertools.pairwise(known):
        if one > other:
            raise InputError(label_, f"expected {lower} <= {upper}, got {one:,.10g} and {other:,.10g}")
    basis = given.get("basis")
    if basis is not None and not isinstance(basis, str):
        raise InputError(f"{label_}['basis']", f"expected words or None, got {type(basis).__name__}")
    return _Method(_wrapped(driver_name(name), 26), _wrapped(basis or "", 40), **values)


def _wrapped(words: str, width: int) -> list[str]:
    lines = textwrap.wrap(words, width)
    return lines if len(lines) <= 2 else [lines[0], lines[1][: width - 1] + "…"]


def _lines(row: _Method) -> int:
    return len(row.name) + len(row.basis)


def _draw_method(axes: Axes, place: int, row: _Method, scale: Scale, thick: float) -> None:
    has_range = math.isfinite(row.low) and math.isfinite(row.high)
    if has_range:
        axes.barh(
            place,
            row.high - row.low,
            left=row.low,
            height=thick,
            facecolor=PALE,
            edgecolor=BLUE,
            linewidth=1.1,
            zorder=2,
        )
        # A method that gives one figure, such as the multiple of a single peer, has it written once.
        if row.low < row.high or math.isnan(row.mid):
            label(axes, scale.write(row.low), (row.low, place), by=(-5, 0), ha="right", back=True)
            label(axes, scale.write(row.high), (row.high, place), by=(5, 0), ha="left", back=True)
    else:
        _write_unknown(axes, place, row, scale)
    if math.isfinite(row.mid):
        half = thick / 2
        axes.plot([row.mid] * 2, [place - half, place + half], color=INK, linewidth=2.4, zorder=3.5)
        words = scale.write(row.mid)
        label(axes, words, (row.mid, place - half), by=(0, 3), va="bottom", fontsize=9, back=True)


def _write_unknown(axes: Axes, place: int, row: _Method, scale: Scale) -> None:
    (words,) = row.written(scale)
    if row.known:
        label(axes, words, (row.known[-1], place), by=(8, 0), ha="left", back=True)
    else:
        label(axes, words, (0.0, place), by=(8, 0), where=axes.get_yaxis_transform(), ha="left", back=True)


def _name_method(axes: Axes, place: int, row: _Method) -> None:
    # The name and its basis are one block whose middle is the bar's: 13 points a line, 11 a small one.
    top = (13 * len(row.name) + 11 * len(row.basis)) / 2
    at: dict[str, Any] = {"where": axes.get_yaxis_transform(), "ha": "right", "va": "top"}
    if row.name:
        label(axes, "\n".join(row.name), (0.0, place), by=(-10, top), linespacing=1.1, **at)
    if row.basis:
        label(
            axes,
            "\n".join(row.basis),
            (0.0, place),
            by=(-10, top - 13 * len(row.name) - 1),
            fontsize=8.5,
            color=MUTED,
            linespacing=1.1,
            **at,
        )
