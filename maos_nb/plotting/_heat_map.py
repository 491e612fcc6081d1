"""A value by two drivers at once, each cell coloured by its distance from the price."""

from __future__ import annotations

import dataclasses
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Patch, Rectangle

from maos_nb.analytics._arrays import Array
from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    INK,
    METRICS,
    MUTED,
    Chart,
    Scale,
    driver_figures,
    driver_name,
    label,
    legend_below,
    new_chart,
    per_metric,
    scale_for,
    set_ticks,
    write,
)
from maos_nb.plotting._door import (
    Metric,
    axis,
    check_currency,
    check_mapping,
    check_metric,
    check_price,
    known_amount,
    line,
    refuse_unknown,
)

__all__ = ["heat_map"]

# Blue and amber differ for every kind of colour blindness and, the amber being lighter, in grey too;
# the ink of the figures has a contrast of at least 6 to both (WCAG 2.2 asks for 4.5).
_ABOVE: Final = (0.56, 0.73, 0.88)
_BELOW: Final = (1.00, 0.84, 0.58)
_EVEN: Final = (0.95, 0.95, 0.95)
_MOST_CELLS = 15 * 12
_MOST_TICKS = (15, 20)
_WIDTH = 7.6
"""Inches that the columns share; the rest of the page is for the rows' names."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The table as drawn: names and values of both axes, amounts ``(n_rows, n_columns)``."""

    names: tuple[str, str]
    rows: Array
    columns: Array
    values: Array


def heat_map(
    table: Mapping[str, Any],
    *,
    base: Sequence[float] | None = None,
    price: float | None = None,
    metric: Metric = "value_per_share",
    currency: str = "USD",
) -> Chart:
    """Draw a two-way table, coloured by what lies above and below the price.

    Parameters
    ----------
    table : mapping
        Two axes and ``values``: the first axis names the rows ``(n_rows,)``, the second the columns
        ``(n_columns,)``, as ``wacc`` and ``terminal_growth``; ``values`` is ``(n_rows, n_columns)``.
        Rates are decimals.
    base : sequence of two numbers, optional
        Row and column of the base case, which is outlined.
    price : float, optional
        Market price per share, only for ``value_per_share``. Colours diverge around it; without a
        price around the base case, and without that one around the median.
    metric : {"value_per_share", "equity_value", "enterprise_value"}
        Which value the table holds.
    currency : str
        As in :func:`projection`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. A value that is None or NaN is a hatched cell marked n/a. Above 15 times
        12 cells, figures stand only in the legend.

    Raises
    ------
    InputError
        If there are not exactly two axes and values, if an axis holds anything but known numbers, if
        rows or columns are too few or too many, if no value is a number, if `base` is no cell of the
        table, or for price, metric and currency as in :func:`scenario_bars`.

    Examples
    --------
    >>> chart = heat_map({"wacc": [0.08, 0.09], "terminal_growth": [0.02, 0.03],
    ...                   "values": [[130.2, 151.9], [112.4, None]]}, base=(0.09, 0.02), price=125.67)
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['130.20', '151.90', '112.40', 'n/a']
    """
    metric_name, currency = check_metric(metric), check_currency(currency)
    cells = _table(table)
    price = check_price(price, metric_name)
    place = _place(cells, base)
    middle, words = _middle(cells.values, price, place)
    scale = scale_for(cells.values, currency, per=per_metric(metric_name))
    height = min(max(2.4 + 0.34 * cells.rows.size, 3.2), 7.5)
    row_name, column_name = map(driver_name, cells.names)
    title = f"{METRICS[metric_name]} by {_inside(row_name)} and {_inside(column_name)}, {scale.unit}"
    chart, axes = new_chart(textwrap.fill(title, 76), row_name, height=height)
    axes.lines[0].remove()
    write(axes.set_xlabel(column_name, fontsize=10, color=MUTED))
    _draw_cells(axes, cells.values, middle)
    _write_cells(axes, cells.values, middle, scale, height)
    _finish(axes, cells, place)
    words = words if words else f"the price of {scale.write(middle / scale.divisor)}"
    legend_below(chart, _legend(cells.values, middle, words, place, scale), columns=2)
    return chart


def _table(table: object) -> _Table:
    given = check_mapping("table", table, ("values",))
    names = [name for name in given if name != "values"]
    if len(names) != 2:
        found = ", ".join(map(str, names)) or "none"
        raise InputError("table", f"expected two axes beside values, got {found}")
    rows, columns = (axis(f"table[{name!r}]", given[name], per="row") for name in names)
    body = given["values"]
    if not isinstance(body, Sequence | np.ndarray) or isinstance(body, str) or not getattr(body, "ndim", 1):
        raise InputError("table['values']", f"expected a list of rows, got {type(body).__name__}")
    if len(body) != rows.size:
        raise InputError("table['values']", f"expected one row for each of {rows.size}, got {len(body)}")
    lines = [
        line(f"table['values'][{place}]", row, per="column", count=columns.size)
        for place, row in enumerate(body)
    ]
    values = np.stack(lines)
    refuse_unknown("table['values']", values)
    return _Table((str(names[0]), str(names[1])), rows, columns, values)


def _place(cells: _Table, base: object) -> tuple[int, int] | None:
    if base is None:
        return None
    pair = line("base", base, per="driver", count=2)
    found = []
    for name, along, value in zip(cells.names, (cells.rows, cells.columns), pair, strict=True):
        number = known_amount("base", float(value))
        near = np.flatnonzero(np.isclose(along, number, rtol=1e-9, atol=1e-12))
        if not near.size:
            raise InputError(
                "base", f"{number:g} is not on the axis {name}", advice="Leave it out where it is no cell"
            )
        found.append(int(near[0]))
    return found[0], found[1]


def _middle(values: Array, price: float | None, place: tuple[int, int] | None) -> tuple[float, str]:
    if price is not None:
        return price, ""
    if place is not None and math.isfinite(values[place]):
        return float(values[place]), "the base case"
    return float(np.nanmedian(values)), "the median"


def _colours(values: Array, middle: float) -> Array:
    away = values - middle
    # The steepest corner, where WACC meets growth, would leave all others the same pale colour.
    far = float(np.nanquantile(np.abs(away), 0.9)) or float(np.nanmax(np.abs(away))) or 1.0
    strength = np.nan_to_num(np.clip(np.abs(away) / far, 0.0, 1.0))
    strength = np.where(strength > 0, 0.15 + 0.85 * strength, 0.0)[..., None]
    hue = np.where((away > 0)[..., None], _ABOVE, _BELOW)
    colours: Array = np.where(np.isnan(values)[..., None], 1.0, (1 - strength) * _EVEN + strength * hue)
    return colours


def _draw_cells(axes: Axes, values: Array, middle: float) -> None:
    n_rows, n_columns = values.shape
    axes.pcolormesh(
        np.arange(n_columns + 1),
        np.arange(n_rows + 1),
        _colours(values, middle),
        edgecolors="white" if values.size <= 2500 else "none",
        linewidth=0.8,
        zorder=1,
    )
    corners = [
        [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
        for row, column in np.argwhere(np.isnan(values))
    ]
    if corners:
        axes.add_collection(
            PolyCollection(
                corners, facecolor="white", edgecolor=MUTED, hatch="///", linewidth=0.5, zorder=1.5
            )
        )
    axes.add_collection(LineCollection(_borders(values, middle), colors=INK, linewidths=1.4, zorder=2))


def _borders(values: Array, middle: float) -> list[list[tuple[float, float]]]:
    """Find the edges between cells above and cells below, the line that grey paper needs."""
    above, known = values > middle, np.isfinite(values)
    sides = known[:, 1:] & known[:, :-1] & (above[:, 1:] != above[:, :-1])
    floors = known[1:] & known[:-1] & (above[1:] != above[:-1])
    upright = [[(column + 1.0, float(row)), (column + 1.0, row + 1.0)] for row, column in np.argwhere(sides)]
    level = [[(float(column), row + 1.0), (column + 1.0, row + 1.0)] for row, column in np.argwhere(floors)]
    return upright + level


def _write_cells(axes: Axes, values: Array, middle: float, scale: Scale, height: float) -> None:
    fitted = _fitted(values, scale, height)
    if fitted is None:
        return
    scale, size = fitted
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        words, is_known = scale.write(value / scale.divisor), math.isfinite(value)
        label(
            axes,
            words,
            (column + 0.5, row + 0.5),
            fontsize=size,
            fontweight="bold" if value > middle else "normal",
            back=not is_known,
        )


def _fitted(values: Array, scale: Scale, height: float) -> tuple[Scale, float] | None:
    """Find the most digits and the largest type that every cell has room for."""
    if values.size > _MOST_CELLS:
        return None
    room = 72 * _WIDTH / values.shape[1] - 6
    largest = min(10.0, 72 * (height - 1.9) / values.shape[0] * 0.62)
    decimals = scale.decimals
    top = float(np.nanmax(np.abs(values))) / scale.divisor
    fewest = max(0, 2 - math.floor(math.log10(top))) if top > 0 else 0
    choices = [None] if decimals is None else range(decimals, min(fewest, decimals) - 1, -1)
    for digits in choices:
        written = dataclasses.replace(scale, decimals=digits)
        longest = max(len(written.write(float(value) / scale.divisor)) for value in values.flat)
        size = min(largest, room / (0.7 * longest))  # a bold figure is 0.7 of its type's size wide
        if size >= 8 or (size >= 6.5 and digits == choices[-1]):
            return written, size
    return None


def _finish(axes: Axes, cells: _Table, place: tuple[int, int] | None) -> None:
    for side, name, values, most in zip(
        "yx", cells.names, (cells.rows, cells.columns), _MOST_TICKS[::-1], strict=True
    ):
        step = math.ceil(values.size / most)
        words = driver_figures(name, values[::step])
        if side == "x":  # columns share the page's width, and a name takes 0.085 inches a letter
            room = 0.09 * max(map(len, words)) + 0.08
            step = max(step, math.ceil(values.size * room / _WIDTH))
        shown = np.arange(0, values.size, step)
        set_ticks(axes, side, [float(item) + 0.5 for item in shown], driver_figures(name, values[shown]))
    if place is not None:
        outline = Rectangle(
            (place[1], place[0]), 1, 1, fill=False, edgecolor=INK, linewidth=2.6, zorder=3, clip_on=False
        )
        axes.add_patch(outline)
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(0, cells.columns.size)
    axes.set_ylim(cells.rows.size, 0)


def _legend(
    values: Array, middle: float, words: str, place: tuple[int, int] | None, scale: Scale
) -> list[Patch]:
    known = values[np.isfinite(values)]
    highest, lowest = (scale.write(float(end) / scale.divisor) for end in (known.max(), known.min()))
    handles = []
    if known.max() > middle:
        handles.append(Patch(facecolor=_ABOVE, edgecolor=MUTED, label=f"Above {words}, up to {highest}"))
    if known.min() < middle:
        handles.append(Patch(facecolor=_BELOW, edgecolor=MUTED, label=f"Below {words}, down to {lowest}"))
    if place is not None:
        handles.append(Patch(facecolor="white", edgecolor=INK, linewidth=2.6, label="Base case"))
    if known.size < values.size:
        handles.append(Patch(facecolor="white", edgecolor=MUTED, hatch="///", label="n/a: no value"))
    return handles


def _inside(words: str) -> str:
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
