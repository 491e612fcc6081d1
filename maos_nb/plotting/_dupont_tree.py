"""Return on equity and the factors whose product it is, as a tree of boxes."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from maos_nb.analytics._arrays import Array
from maos_nb.errors import InputError
from maos_nb.plotting._chart import BLUE, INK, MUTED, PALE, Chart, label, new_chart, set_ticks
from maos_nb.plotting._statement_tables import (
    check_columns,
    check_table,
    figures_of,
    ratio_words,
    row_of,
    shortened,
    small_print,
    title_words,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["dupont_tree"]

_THREE: Final = ("net_margin", "asset_turnover", "equity_multiplier")
_FIVE: Final = ("tax_burden", "interest_burden", "operating_margin", "asset_turnover", "equity_multiplier")
_NAMES: Final = {
    "roe": ("Return on equity", "net income / equity"),
    "net_margin": ("Net margin", "net income / revenue"),
    "asset_turnover": ("Asset turnover", "revenue / assets"),
    "equity_multiplier": ("Equity multiplier", "assets / equity"),
    "tax_burden": ("Tax burden", "net income / pretax income"),
    "interest_burden": ("Interest burden", "pretax / operating income"),
    "operating_margin": ("Operating margin", "operating income / revenue"),
}
_WIDE, _HIGH = 0.265, 0.66
"""A box, where the page is one wide and a storey of the tree is one high."""
# A product of five figures that were read from a file with six digits.
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class _Box:
    """A factor, the middle of its box, and its values now and before."""

    name: str
    across: float
    storey: int
    now: float
    before: float


def dupont_tree(
    frame: pd.DataFrame, ticker: str, period: int | str, *, before: int | str | None = None
) -> Chart:
    """Draw return on equity as the product of its factors.

    Parameters
    ----------
    frame : DataFrame
        Indexed by ticker and fiscal year, as :func:`maos_nb.analytics.fundamental.dupont` gives it: a column
        for each of three or five factors and ``roe``. Rates are decimals.
    ticker : str
    period : int or str
    before : int or str, optional
        The period from which changes are written; without it there are none.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. With five factors the net margin stands between them, as the product of the
        first three. What is NaN is written as n/a.

    Raises
    ------
    InputError
        If the frame lacks factors, ``roe``, the company or a period, if no factor is a number, or if the
        factors do not multiply to ``roe``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.MultiIndex.from_tuples([("A", 2025)], names=["ticker", "fiscal_year"])
    >>> factors = {"net_margin": [0.25], "asset_turnover": [1.0], "equity_multiplier": [2.0], "roe": [0.5]}
    >>> chart = dupont_tree(pd.DataFrame(factors, index=rows), "A", 2025)
    >>> [text.get_text() for text in chart.axes[0].texts if "%" in text.get_text()]
    ['50.0%', '25.0%']
    """
    table = check_table("frame", frame)
    factors = _FIVE if "tax_burden" in table.columns else _THREE
    check_columns("frame", table, (*factors, "roe"))
    now = _values(table, ticker, period, factors)
    if not any(map(math.isfinite, now.values())):
        raise InputError("frame", f"knows no factor of {ticker} in {period}")
    earlier = _values(table, ticker, before, factors) if before is not None else dict.fromkeys(now, math.nan)
    boxes = _boxes(now, earlier)
    storeys = 1 + max(box.storey for box in boxes)
    title = title_words(f"What the return on equity of {shortened(ticker)} is made of, {period}", 62)
    words = _doubts(now)
    height = 0.75 + 1.35 * storeys + 0.25 * title.count("\n") + 0.25 * bool(words)
    chart, axes = new_chart(title, "", height=height)
    axes.lines[0].remove()
    axes.set_axis_off()
    set_ticks(axes, "x", [], [])
    set_ticks(axes, "y", [], [])
    axes.set_xlim(0, 1)
    axes.set_ylim(0.5 - storeys, 0.45)
    _join(axes, boxes)
    for box in boxes:
        _draw_box(axes, box, before)
    if words:
        small_print(axes, words, below=4, width=110)
    return chart


def _values(table: pd.DataFrame, ticker: str, period: object, factors: tuple[str, ...]) -> dict[str, float]:
    """Give the factors, the net margin and the return on equity of a period."""
    columns = (*factors, "roe")
    figures = figures_of("frame", row_of("frame", table, ticker, period), columns)
    known = dict(zip(columns, map(float, figures), strict=True))
    if factors == _FIVE:
        known["net_margin"] = _net_margin(known)
    _check_product(figures, ticker, period)
    return known


def _net_margin(known: dict[str, float]) -> float:
    product = math.prod(known[name] for name in _FIVE[:3])
    rest = known["asset_turnover"] * known["equity_multiplier"]
    # A burden divides by zero without pretax or operating income; the margin is known all the same.
    return known["roe"] / rest if math.isnan(product) and rest else product


def _check_product(figures: Array, ticker: str, period: object) -> None:
    product, roe = float(figures[:-1].prod()), float(figures[-1])
    if math.isfinite(product) and math.isfinite(roe) and abs(product - roe) > _TOLERANCE * abs(roe) + 1e-12:
        raise InputError(
            "frame",
            f"the factors of {ticker} in {period} multiply to {product:.6g}, roe is {roe:.6g}",
            advice="Give the table of dupont() as it is",
        )


def _boxes(now: dict[str, float], before: dict[str, float]) -> list[_Box]:
    thirds = (1 / 6, 1 / 2, 5 / 6)
    places = {"roe": (0.5, 0), **{name: (at, 1) for name, at in zip(_THREE, thirds, strict=True)}}
    if "tax_burden" in now:
        places |= {name: (at, 2) for name, at in zip(_FIVE[:3], thirds, strict=True)}
    return [_Box(name, *place, now[name], before[name]) for name, place in places.items()]


def _join(axes: Axes, boxes: list[_Box]) -> None:
    """Draw the branches from a result down to its factors, and the signs between these."""
    parents = {1: boxes[0], 2: boxes[1]}
    for storey in sorted({box.storey for box in boxes} - {0}):
        row, parent = [box for box in boxes if box.storey == storey], parents[storey]
        top, middle = _HIGH / 2 - storey, 0.5 - storey
        looks: dict[str, Any] = {"color": MUTED, "linewidth": 1.2, "zorder": 1.8}
        axes.plot([parent.across] * 2, [1 - storey - _HIGH / 2, middle], **looks)
        axes.plot([row[0].across, row[-1].across], [middle] * 2, **looks)
        for box in row:
            axes.plot([box.across] * 2, [middle, top], **looks)
        for left, right in itertools.pairwise(row):
            label(
                axes,
                "\N{MULTIPLICATION SIGN}",
                ((left.across + right.across) / 2, -storey),
                fontsize=15,
                fontweight="bold",
            )


def _draw_box(axes: Axes, box: _Box, before: int | str | None) -> None:
    is_result = box.storey == 0
    axes.add_patch(
        FancyBboxPatch(
            (box.across - _WIDE / 2, -box.storey - _HIGH / 2),
            _WIDE,
            _HIGH,
            boxstyle="round,pad=0,rounding_size=0.02",
            mutation_aspect=_HIGH / _WIDE,
            facecolor=PALE if is_result else "white",
            edgecolor=BLUE,
            linewidth=1.6 if is_result else 1.1,
            zorder=2,
        )
    )
    name, formula = _NAMES[box.name]
    at = (box.across, -float(box.storey))
    unit = "times" if box.name in _THREE[1:] else "rate"
    lift = 0.0 if before is None else 8.0
    label(axes, name, at, by=(0, 21 + lift - 3), fontweight="bold", fontsize=9.5)
    label(axes, formula, at, by=(0, 7 + lift - 2), fontsize=8, color=MUTED)
    label(
        axes, ratio_words(box.now, unit), at, by=(0, -13 + lift), fontsize=15, color=BLUE, fontweight="bold"
    )
    if before is not None:
        label(axes, _change(box, unit, before), at, by=(0, -24), fontsize=8.5, color=INK)


def _change(box: _Box, unit: str, before: int | str) -> str:
    """Write the change in words: rates in percentage points, the others in their own unit."""
    change = box.now - box.before
    if not math.isfinite(change):
        return f"change from {before}: n/a"
    if change == 0:
        return f"as in {before}"
    words = ratio_words(abs(change), unit).replace("%", " points")
    return f"{'up' if change > 0 else 'down'} {words} from {before}"


def _doubts(now: dict[str, float]) -> str:
    """Say where the product is right and yet means little."""
    if now["equity_multiplier"] < 0:
        return "Equity is negative: a loss makes the return positive, and a profit makes it negative."
    losses = [name for name in ("operating_margin", "net_margin") if now.get(name, 0.0) < 0]
    if losses and "tax_burden" in now:
        return "There is a loss: burdens of a loss are quotients of negative figures, not shares that remain."
    return ""
