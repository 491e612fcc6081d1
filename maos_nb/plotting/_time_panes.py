"""Panes one below the other along the same bars: their page, heads, axes and lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.ticker import Formatter, MaxNLocator, NullLocator

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.plotting._bar_dates import bar_ticks
from maos_nb.plotting._chart import AMBER, BLUE, GREEN, INK, MUTED, Chart, label, limits, set_ticks, write
from maos_nb.plotting._statement_tables import shortened

__all__ = [
    "GRID",
    "LINES",
    "PAPER",
    "Panes",
    "draw_line",
    "figure_words",
    "finish",
    "fitted",
    "head",
    "new_panes",
    "rectangles",
    "runs",
    "set_amounts",
    "set_logarithmic",
    "strokes",
    "text_width",
]

PAPER: Final = "#ffffff"
GRID: Final = "#d9dee4"
WIDTH = 8.1
"""Inches along which bars are drawn."""
_FEWEST = 9
"""A chart of two bars has room for nine: a candle as wide as a hand is none."""

LINES: Final[tuple[dict[str, Any], ...]] = (
    {"color": "#7b3294", "linestyle": "-"},
    {"color": GREEN, "linestyle": (0, (6, 2))},
    {"color": INK, "linestyle": (0, (1.5, 1.2))},
    {"color": AMBER, "linestyle": (0, (6, 1.5, 1.5, 1.5))},
    {"color": BLUE, "linestyle": (0, (3, 1.2))},
    {"color": MUTED, "linestyle": "-"},
)
"""Colours and dashes of lines; after the sixth they begin anew, half as thick again."""


@dataclass(frozen=True, slots=True)
class Panes:
    """A page of panes over the same bars."""

    chart: Chart
    axes: tuple[Axes, ...]


class _Plain(Formatter):
    """Writes amounts with the digits that tell one tick from the next, and no power of ten beside the axis."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return figure_words(x)

    def format_ticks(self, values: Any) -> list[str]:
        known = np.asarray(values, dtype=float)
        step = float(np.diff(known).min()) if known.size > 1 else float(np.abs(known).max(initial=0.0))
        size = float(np.abs(known).max(initial=0.0))
        if not step or not size:
            return [figure_words(value) for value in known]
        if 1e-4 <= size < 1e7:
            digits = max(0, -math.floor(math.log10(step) + 1e-9))
            # A step of 0.25 needs its second digit.
            digits += not np.allclose(known, known.round(digits), rtol=0, atol=1e-6 * step)
            return [f"{value + 0.0:,.{digits}f}" for value in known]
        digits = min(6, max(0, math.floor(math.log10(size)) - math.floor(math.log10(step) + 1e-9)))
        return [f"{value:.{digits}e}" if value else "0" for value in known]


def figure_words(value: float) -> str:
    """Write a price or an indicator: two digits after the point, four that count where it is small."""
    size = abs(value)
    if not math.isfinite(value):
        return "n/a"
    if size >= 1e7 or 0 < size < 1e-4:
        return f"{value:.3g}"
    text = f"{value:,.2f}" if size >= 1 or not size else f"{value:.4f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def text_width(words: str, size: float, weight: str = "normal") -> float:
    """Give the inches that words take."""
    wide, _, _ = text_to_path.get_text_width_height_descent(
        words, FontProperties(size=size, weight=weight), ismath=False
    )
    return float(wide) / 72


def new_panes(title: str, heights: Sequence[float]) -> Panes:
    """Give a page with panes of these heights in inches, from the top down, all along the same bars."""
    height = 0.9 + sum(heights) + 0.3 * len(heights)
    chart = Chart(figsize=(9.0, height), dpi=100, layout="constrained", facecolor=PAPER, edgecolor=PAPER)
    write(chart.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold", color=INK))
    grid = chart.add_gridspec(len(heights), 1, height_ratios=list(heights))
    axes: list[Axes] = []
    for row in range(len(heights)):
        pane = chart.add_subplot(grid[row, 0], sharex=axes[0] if axes else None, facecolor=PAPER)
        _frame(pane)
        pane.tick_params(labelbottom=row == len(heights) - 1)
        axes.append(pane)
    return Panes(chart, tuple(axes))


def _frame(axes: Axes) -> None:
    """Give a pane its grid and take its frame away."""
    axes.tick_params(axis="both", colors=MUTED, labelsize=9, length=0)
    # The first date stands below the lowest amount, where the axes meet.
    axes.tick_params(axis="x", pad=6.5)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="y", color=GRID, linewidth=0.7, linestyle="-", alpha=1.0)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(GRID)


def finish(panes: Panes, index: Any, count: int) -> None:
    """Leave room for the bars, and write dates below the last pane as far apart as their words need."""
    beside = max(0.0, (_FEWEST - count) / 2) + 0.5 + 0.005 * count
    panes.axes[0].set_xlim(-beside, count - 1 + beside)
    places, words = bar_ticks(index, count)
    inch = WIDTH / (count - 1 + 2 * beside)
    kept: list[int] = []
    reached = -math.inf
    for tick, (place, text) in enumerate(zip(places, words, strict=True)):
        half = text_width(text, 9) / 2
        is_inside = half < (place + beside) * inch + 0.3 and (place + beside) * inch + half < WIDTH + 0.15
        if place * inch - half > reached and is_inside:
            kept.append(tick)
            reached = place * inch + half + 0.1
    set_ticks(panes.axes[-1], "x", [places[tick] for tick in kept], [words[tick] for tick in kept])


def head(axes: Axes, name: str, handles: Sequence[Any] = ()) -> None:
    """Write a pane's name above it, and beside the name what its lines are, or below it where they are many."""
    longest = [text_width(handle.get_label(), 8.5) + 0.42 for handle in handles]
    beside = WIDTH - text_width(name, 10, "bold") - 0.25
    lift = 0.0
    if handles:
        is_beside = sum(longest) <= beside
        columns = len(handles) if is_beside else max(1, min(len(handles), int(WIDTH / max(longest))))
        lift = 0.0 if is_beside else 13.0 * math.ceil(len(handles) / columns)
        legend = axes.legend(
            handles=list(handles),
            loc="lower right" if is_beside else "lower left",
            bbox_to_anchor=(1.0 if is_beside else 0.0, 1.0),
            ncols=columns,
            frameon=False,
            fontsize=8.5,
            labelcolor=INK,
            borderpad=0.0,
            borderaxespad=0.25,
            handlelength=2.0,
            handletextpad=0.5,
            columnspacing=1.2,
            labelspacing=0.3,
        )
        for text in legend.get_texts():
            write(text)
    write(axes.set_title(name, loc="left", fontsize=10, fontweight="bold", color=INK, pad=4 + lift))


def fitted(words: object, width: float, size: float = 8.5, weight: str = "normal") -> str:
    """Shorten words to so many inches."""
    text = " ".join(str(words).split())
    while text_width(text, size, weight) > width and len(text) > 2:
        text = shortened(text.rstrip("…"), max(2, int(0.9 * len(text))))
    return text


def set_amounts(axes: Axes, *amounts: Array, room: float = 0.06, ticks: int = 5) -> None:
    """Give a pane's axis the room that its amounts need, and ticks that can be told apart."""
    known = [array for array in amounts if np.isfinite(array).any()]
    if known:
        axes.set_ylim(*limits(*known, room=room))
        axes.yaxis.set_major_locator(MaxNLocator(ticks, min_n_ticks=2, prune="upper"))
        axes.yaxis.set_major_formatter(_Plain())
    else:
        set_ticks(axes, "y", [], [])
        label(axes, "no values here", (0.5, 0.5), where="axes fraction", fontsize=9, color=MUTED)


def set_logarithmic(axes: Axes, low: float, high: float) -> None:
    """Give a pane a logarithmic axis for amounts above zero, with ticks that are round numbers."""
    if not math.isfinite(low):
        set_amounts(axes)
        return
    room = (high / low) ** 0.05
    bounds = (low / room, high * room) if room > 1.001 else limits(low, high, room=0.05)
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(*bounds)
    axes.yaxis.set_minor_locator(NullLocator())
    ticks: list[float] = []
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in _STEPS:
        found = [step * 10.0**power for power in powers for step in steps]
        ticks = [tick for tick in found if low <= tick <= high]
        if len(ticks) >= 5:
            break
    if len(ticks) < 5:
        ticks = [
            float(tick)
            for tick in MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(*bounds)
            if bounds[0] <= tick <= bounds[1]
        ]
    axes.yaxis.set_ticks(ticks[:: math.ceil(len(ticks) / 9)])
    axes.yaxis.set_major_formatter(_Plain())


_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))


def draw_line(axes: Axes, values: Array, words: str = "", **looks: Any) -> Line2D:
    """Draw one value a bar; a known bar between two unknown ones is a dot, as it would have no length."""
    style: dict[str, Any] = {"linewidth": 1.3, "zorder": 3} | looks
    along = np.arange(values.size)
    (drawn,) = axes.plot(along, values, label=words, **style)
    known = np.isfinite(values)
    alone = known & ~np.append(known[1:], False) & ~np.append(False, known[:-1])
    if alone.any():
        dots = {"color": style.get("color", INK), "zorder": style["zorder"]}
        axes.plot(along[alone], values[alone], linestyle="", marker="o", markersize=3, **dots)
    return drawn


def rectangles(left: Array, right: Array, bottom: Array, top: Array, **looks: Any) -> PolyCollection:
    """Give many rectangles as one artist."""
    corners: Any = np.stack(
        [np.stack([left, left, right, right], axis=-1), np.stack([bottom, top, top, bottom], axis=-1)],
        axis=-1,
    )
    return PolyCollection(corners, **looks)


def strokes(places: Array, low: Array, high: Array, **looks: Any) -> LineCollection:
    """Give many upright lines as one artist."""
    ends = np.stack([np.stack([places, places], axis=-1), np.stack([low, high], axis=-1)], axis=-1)
    return LineCollection(list(ends), **looks)


def runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Give where each unbroken run of true begins and ends, its last place included."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(after) - 1) for first, after in edges.reshape(-1, 2)]
