"""The canvas that all charts share: a figure, its colours, and words for amounts of any size.

Colours are set on every artist, because a style that the user has switched on would otherwise mix
its own text colour with our background. No text is read as mathematics: a company may be called "$".
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from maos_nb.analytics._arrays import Array

__all__ = [
    "AMBER",
    "BLUE",
    "GREEN",
    "INK",
    "METRICS",
    "MUTED",
    "PALE",
    "Chart",
    "Scale",
    "driver_figures",
    "driver_name",
    "label",
    "legend_below",
    "limits",
    "mark",
    "new_chart",
    "new_sideways_chart",
    "note",
    "per_metric",
    "room_for",
    "scale_for",
    "set_ticks",
    "spread",
    "write",
]

# Every ink has a contrast of at least 4.5 to white, as WCAG 2.2 asks of text (success criterion 1.4.3).
INK: Final = "#1f2933"
MUTED: Final = "#52606d"
BLUE: Final = "#1f4e79"
PALE: Final = "#cfdcea"
AMBER: Final = "#a8480a"
GREEN: Final = "#1d6b3a"
_GRID: Final = "#d9dee4"
_PAPER: Final = "#ffffff"

METRICS: Final = {
    "value_per_share": "Value per share",
    "equity_value": "Equity value",
    "enterprise_value": "Enterprise value",
}
_DRIVERS = {
    "wacc": "WACC",
    "risk_free": "Risk-free rate",
    "dcf_scenarios": "DCF, scenarios",
    "dcf_draws": "DCF, random draws",
    "ev_to_ebitda": "EV/EBITDA of peers",
    "ev_to_revenue": "EV/revenue of peers",
    "price_to_earnings": "Price/earnings of peers",
}

_UNITS = ((1e15, 1e12, "tn"), (1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "thousand"))


class Chart(Figure):
    """A matplotlib figure that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Scale:
    """How the amounts of one chart are written.

    Parameters
    ----------
    divisor : float
        What amounts are divided by.
    unit : str
        The words beside the axis, as "USD bn".
    decimals : int or None
        Digits after the point; None writes three significant digits as a power of ten.
    """

    divisor: float
    unit: str
    decimals: int | None

    def of(self, amounts: Array) -> Array:
        """Give the amounts in the chart's unit."""
        return amounts / self.divisor

    def write(self, amount: float, sign: str = "") -> str:
        """Write one amount, already in the chart's unit; `sign` "+" marks a gain."""
        if not math.isfinite(amount):
            return "n/a"
        text = f"{amount:{sign},.{self.decimals}f}" if self.decimals is not None else f"{amount:{sign}.2e}"
        # "-0.0" would call a loss what is too small to be seen, "0.0" small what is nothing at all.
        return text if re.search("[1-9]", text) else text.lstrip("+-") if amount else "0"


def scale_for(amounts: Array, currency: str, *, per: str = "") -> Scale:
    """Choose unit and digits for amounts: "USD bn" for billions, the plain words for an index."""
    sizes = np.abs(amounts[np.isfinite(amounts) & (amounts != 0)])
    largest = float(sizes.max()) if sizes.size else 0.0
    is_code = re.fullmatch(r"[A-Z]{3}", currency) is not None
    divisor, suffix = 1.0, ""
    if is_code and not per:
        divisor, suffix = next((unit[1:] for unit in _UNITS if largest >= unit[0]), (1.0, ""))
    words = currency if is_code else currency[:1].upper() + currency[1:]
    unit = " ".join(word for word in (words, suffix, per) if word)
    if per:
        return Scale(divisor, unit, _digits(sizes, fewest=2))
    return Scale(divisor, unit, _digits(sizes / divisor, fewest=0))


def _digits(sizes: Array, *, fewest: int) -> int | None:
    sizes = sizes[sizes > 0]  # the smallest float there is becomes zero when it is divided
    if not sizes.size:
        return fewest
    if sizes.max() >= 1e7 or sizes.max() < 1e-4:
        return None
    for_largest = 2 - math.floor(math.log10(sizes.max()))
    for_smallest = -math.floor(math.log10(sizes.min()))
    # A bridge of 2,068 bn with leases of 0.9 bn needs the tenth; a cent beside a billion does not.
    return max(fewest, for_largest, min(for_smallest, 1))


def new_chart(title: str, unit: str, *, width: float = 9.0, height: float = 4.6) -> tuple[Chart, Axes]:
    """Give an empty chart: a light page, a title at the left, amounts upwards with their unit."""
    figure = Chart(figsize=(width, height), dpi=100, layout="constrained", facecolor=_PAPER, edgecolor=_PAPER)
    axes = figure.add_subplot(facecolor=_PAPER)
    write(axes.set_title(title, loc="left", fontsize=13, fontweight="bold", color=INK, pad=12))
    write(axes.set_ylabel(unit, fontsize=10, color=MUTED))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.tick_params(axis="both", colors=MUTED, labelsize=10, length=0)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="y", color=_GRID, linewidth=0.8, linestyle="-", alpha=1.0)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "left")
        spine.set_color(_GRID)
    axes.axhline(0.0, color=INK, linewidth=1.0, zorder=1.5)
    return figure, axes


def new_sideways_chart(
    title: str, unit: str, *, width: float = 9.0, height: float = 4.6
) -> tuple[Chart, Axes]:
    """Give an empty chart whose amounts run to the right, with room for marks between title and axes."""
    figure, axes = new_chart(title, "", width=width, height=height)
    axes.lines[0].remove()
    axes.axvline(0.0, color=MUTED, linewidth=0.8, zorder=1.5)
    write(axes.set_title(title, loc="left", fontsize=13, fontweight="bold", color=INK, pad=26))
    write(axes.set_xlabel(unit, fontsize=10, color=MUTED))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", color=_GRID, linewidth=0.8, linestyle="-", alpha=1.0)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
    return figure, axes


def write(text: Any) -> None:
    """Take a text artist as it is: no mathematics between dollar signs."""
    text.set_parse_math(False)


def label(
    axes: Axes,
    words: str,
    at: tuple[float, float],
    *,
    by: tuple[float, float] = (0.0, 0.0),
    where: Any = "data",
    back: bool = False,
    **style: Any,
) -> Any:
    """Write words at a place, `by` points beside it; `back` hides the lines behind them."""
    looks: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "fontsize": 10,
        "color": INK,
        "zorder": 4,
    } | style
    if back:
        looks["bbox"] = {"facecolor": _PAPER, "edgecolor": "none", "pad": 1.5}
    text = axes.annotate(
        words, at, xycoords=where, xytext=by, textcoords="offset points", annotation_clip=False, **looks
    )
    write(text)
    return text


def mark(axes: Axes, at: float, words: str, *, ha: str = "center", **style: Any) -> None:
    """Draw an upright line through the chart, its words above it; dashed in amber, as a price is."""
    looks: dict[str, Any] = {"color": AMBER, "linewidth": 1.6, "linestyle": (0, (5, 3)), "zorder": 3} | style
    axes.axvline(at, **looks)
    along = {"left": 2.0, "right": -2.0}.get(ha, 0.0)
    label(
        axes,
        words,
        (at, 1.0),
        by=(along, 4),
        where=axes.get_xaxis_transform(),
        ha=ha,
        va="bottom",
        fontweight="bold",
        color=looks["color"],
    )


def note(axes: Axes, words: str, *, below: float = 42.0) -> None:
    """Write small words under the chart, `below` points under its axes, wrapped to the page."""
    label(
        axes,
        textwrap.fill(words, 110),
        (0.0, 0.0),
        by=(0.0, -below),
        where="axes fraction",
        ha="left",
        va="top",
        fontsize=9,
        color=MUTED,
        linespacing=1.3,
    )


def legend_below(chart: Chart, handles: Sequence[Any], *, columns: int = 4) -> None:
    """Name the artists under the chart, in as many columns as their names leave room for."""
    longest = max((len(handle.get_label()) for handle in handles), default=0)
    columns = min(columns, max(1, int(8.8 / (0.085 * longest + 0.65))))
    legend = chart.legend(
        handles=list(handles),
        loc="outside lower left",
        ncols=columns,
        frameon=False,
        fontsize=10,
        labelcolor=INK,
        handlelength=2.2,
        columnspacing=1.6,
    )
    for text in legend.get_texts():
        write(text)


def set_ticks(axes: Axes, side: str, places: Sequence[float], words: Sequence[str]) -> None:
    """Write words along the axis "x" or "y"."""
    axis = axes.xaxis if side == "x" else axes.yaxis
    axis.set_ticks(list(places), list(words))
    for text in axis.get_ticklabels():
        text.set_color(INK)
        write(text)


def limits(*amounts: Array | float, room: float = 0.1) -> tuple[float, float]:
    """Give the ends of an axis that holds all amounts and has `room` beside them."""
    known = np.concatenate([np.atleast_1d(np.asarray(item, float)).ravel() for item in amounts])
    known = known[np.isfinite(known)]
    low, high = float(known.min()), float(known.max())
    # Amounts that differ in their last digits only would make an axis of rounding errors.
    size = max(abs(low), abs(high))
    around = high - low if high - low > 1e-3 * size else 0.1 * size or 1.0
    return low - room * around, high + room * around


def room_for(words: Sequence[str]) -> float:
    """Give the room, as `limits` takes it, for words beside the outermost bars of a sideways chart."""
    wide = 0.085 * max(map(len, words)) + 0.12  # inches, of the six that long names leave the bars
    return wide / (6 - 2 * wide)


def spread(places: Array, gap: float, low: float, high: float) -> Array:
    """Move places apart until they lie `gap` from each other, as little as can be, inside low and high."""
    from scipy.optimize import isotonic_regression  # type: ignore[import-untyped]  # ships no types

    if not places.size:
        return places
    order = np.argsort(places, kind="stable")
    steps = min(gap, (high - low) / max(places.size - 1, 1)) * np.arange(places.size)
    moved = np.empty_like(places)
    # Places with a gap between them are rising numbers once the gaps are taken away.
    moved[order] = np.clip(isotonic_regression(places[order] - steps).x, low, high - steps[-1]) + steps
    return moved


def per_metric(metric: str) -> str:
    """Give what the amounts of a metric are counted by, as `scale_for` takes it."""
    return "per share" if metric == "value_per_share" else ""


def driver_name(name: str) -> str:
    """Write the name of a driver or a method for people."""
    words = " ".join(name.split("_"))
    return _DRIVERS.get(name, words[:1].upper() + words[1:])


def driver_figures(name: str, values: Array, *, enough: int = 2) -> list[str]:
    """Write values of one driver alike: as percentages, multiples, or plain where they are no rates.

    They have the digits that they need, or `enough` if these tell them apart.
    """
    known = values[np.isfinite(values)]
    if name.endswith(("multiple", "_to_capital")):
        return _alike(values, known, "x", 1, enough)
    if name == "beta" or (known.size and np.abs(known).max() >= 10):
        return _alike(values, known, "", 0 if known.size and np.abs(known).max() >= 100 else 2, enough)
    return _alike(100 * values, 100 * known, "%", 1, enough)


def _alike(values: Array, known: Array, suffix: str, fewest: int, enough: int) -> list[str]:
    decimals = next((digits for digits in range(fewest, 5) if _tells_apart(known, digits, enough)), 4)
    texts = [f"{value:,.{decimals}f}" if abs(value) < 1e9 else f"{value:.3g}" for value in values]
    return [
        "n/a"
        if not math.isfinite(value)
        else f"{text if re.search('[1-9]', text) else text.lstrip('-')}{suffix}"
        for value, text in zip(values, texts, strict=True)
    ]


def _tells_apart(known: Array, decimals: int, enough: int) -> bool:
    rounded = known.round(decimals)
    if (np.abs(rounded - known) <= 1e-9 * np.maximum(1.0, np.abs(known))).all():
        return True
    return decimals >= enough and np.unique(rounded).size == np.unique(known).size
