"""The canvas that all charts share: a figure, its colours, and words for amounts of any size.

Colours are set on every artist, because a style that the user has switched on would otherwise mix
its own text colour with our background. No text is read as mathematics: a company may be called "$".
"""

from __future__ import annotations

import io
import math
import re
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
    "MUTED",
    "PALE",
    "Chart",
    "Scale",
    "new_chart",
    "scale_for",
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


def write(text: Any) -> None:
    """Take a text artist as it is: no mathematics between dollar signs."""
    text.set_parse_math(False)
