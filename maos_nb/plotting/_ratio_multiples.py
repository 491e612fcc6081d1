"""Ratios over the years as small charts side by side, a company against its peers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from maos_nb.analytics._arrays import Array
from maos_nb.plotting._chart import BLUE, INK, MUTED, Chart, label, legend_below, limits, set_ticks, write
from maos_nb.plotting._ratio_lines import Comparison, RatioLines, read_ratios
from maos_nb.plotting._statement_tables import clipped, shortened, title_words

__all__ = ["ratio_multiples"]

_FEW_PEERS = 3
_PAPER: Final = "#ffffff"
_GRID: Final = "#d9dee4"
_BAND: Final = "#dbe4ee"
_PEERS: Final[tuple[dict[str, Any], ...]] = (
    {"linestyle": "-", "marker": "s"},
    {"linestyle": (0, (4, 2)), "marker": "^"},
    {"linestyle": (0, (1, 1.5)), "marker": "D"},
)
_PEER: Final[dict[str, Any]] = {"color": MUTED, "linewidth": 1.0, "markersize": 2.5}
_MEDIAN: Final[dict[str, Any]] = {"color": MUTED, "linewidth": 1.2, "markersize": 2.5, **_PEERS[1]}
_OWN: Final[dict[str, Any]] = {"color": BLUE, "linewidth": 2.2, "marker": "o", "markersize": 3.5, "zorder": 3}
_NEGATIVE: Final[dict[str, Any]] = {
    "linestyle": "",
    "marker": "o",
    "markersize": 6,
    "markerfacecolor": _PAPER,
    "markeredgecolor": BLUE,
    "markeredgewidth": 1.4,
    "zorder": 3.5,
}
_ROW = 2.3
"""Inches of a row of charts with their words."""
_LETTER = 0.092
"""Inches of a letter of a small chart's title."""
_MOST_LABELS = 4


def ratio_multiples(
    frame: Any,
    ticker: str,
    names: Sequence[str] | None = None,
    *,
    peers: Sequence[str] | None = None,
    ratios: Mapping[str, Any] | None = None,
) -> Chart:
    """Draw ratios over the years, each in a small chart of its own, against peers.

    Parameters
    ----------
    frame : Ratios or DataFrame
        Indexed by ticker and fiscal year, a column for each ratio; rates are decimals.
    ticker : str
        The company, drawn bold, its last value in words.
    names : sequence of str, optional
        Which ratios, in the order of drawing, 24 at most. Without names all of a table that has no more, and
        the best known of a larger one.
    peers : sequence of str, optional
        Companies to compare with; all others of the table unless given. Three at most are lines; of more there
        is the median and the band that holds the middle half of them.
    ratios : mapping, optional
        Name -> :class:`maos_nb.analytics.fundamental.ratios.Ratio` with the unit; those of ``RATIOS``,
        ``LINES`` and ``FIELDS`` unless others are given. What has no definition is drawn as a plain number.

    Returns
    -------
    Chart
        A matplotlib ``Figure`` of the years of which something is known of the company. A year that is NaN or
        infinite is a gap, and n/a in words where it is the last. With `Ratios`, figures over a denominator below
        zero are hollow points, and those of peers are left out: they cannot be compared.

    Raises
    ------
    InputError
        If the table is none, lacks the company, a peer or a ratio, if there are no or too many ratios, or if
        no ratio of the company is known in any year.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.MultiIndex.from_product([["A", "B"], [2024, 2025]], names=["ticker", "fiscal_year"])
    >>> chart = ratio_multiples(pd.DataFrame({"gross_margin": [0.40, 0.42, 0.3, 0.31]}, index=rows), "A")
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['B: 31.0%', '42.0% in 2025']
    """
    drawn = read_ratios(frame, ticker, names, peers, ratios)
    count = len(drawn.ratios)
    columns = 4 if count > 12 else min(count, 3)
    rows = math.ceil(count / columns)
    chart = _page(_title(drawn), width=max(9.0, 2.9 * columns), height=1.0 + max(_ROW * rows, 3.0))
    letters = int((chart.get_figwidth() / columns - 0.55) / _LETTER)
    for place, each in enumerate(drawn.ratios):
        axes = chart.add_subplot(rows, columns, place + 1, facecolor=_PAPER)
        _style(axes)
        _draw_peers(axes, each)
        _draw_own(axes, each)
        _finish(axes, each, drawn.periods)
        _head(axes, each, drawn, letters)
    legend_below(chart, _legend(drawn))
    return chart


def _title(drawn: Comparison) -> str:
    first, last = drawn.periods[0], drawn.periods[-1]
    years = str(last) if first == last else f"{first} to {last}"
    return f"Ratios of {shortened(drawn.ticker)}{' and its peers' if drawn.peers else ''}, {years}"


def _page(title: str, *, width: float, height: float) -> Chart:
    chart = Chart(figsize=(width, height), dpi=100, layout="constrained", facecolor=_PAPER, edgecolor=_PAPER)
    words = title_words(title, 62)
    write(chart.suptitle(words, x=0.01, ha="left", fontsize=13, fontweight="bold", color=INK))
    return chart


def _style(axes: Axes) -> None:
    axes.tick_params(axis="both", colors=MUTED, labelsize=8.5, length=0)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="y", color=_GRID, linewidth=0.7, linestyle="-", alpha=1.0)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_GRID)


def _draw_peers(axes: Axes, ratio: RatioLines) -> None:
    peers = ratio.factor * ratio.peers
    along = np.arange(peers.shape[1])
    if len(peers) <= _FEW_PEERS:
        for looks, figures in zip(_PEERS, peers, strict=False):
            axes.plot(along, figures, **_PEER, **looks)
        return
    low, middle, high = _quartiles(peers)
    known = np.isfinite(low)
    alone = known & ~np.append(known[1:], False) & ~np.append(False, known[:-1])
    axes.fill_between(along, low, high, facecolor=_BAND, edgecolor="none", zorder=1.2)
    # One period alone has no width; a short plank shows it.
    axes.vlines(along[alone], low[alone], high[alone], color=_BAND, linewidth=8, zorder=1.2)
    axes.plot(along, middle, **_MEDIAN)


def _draw_own(axes: Axes, ratio: RatioLines) -> None:
    own = ratio.factor * ratio.own
    axes.plot(np.arange(own.size), own, **_OWN)
    if ratio.is_negative.any():
        axes.plot(np.flatnonzero(ratio.is_negative), own[ratio.is_negative], **_NEGATIVE)


def _finish(axes: Axes, ratio: RatioLines, periods: Sequence[int | str]) -> None:
    # Peers in a band may lie far beyond it, and would press all others flat.
    peers = ratio.peers if len(ratio.peers) <= _FEW_PEERS else _quartiles(ratio.peers)
    shown = ratio.factor * np.vstack([ratio.own, peers])
    if np.isfinite(shown).any():
        low, high = limits(shown, room=0.12)
        if low < 0 < high:
            axes.axhline(0.0, color=INK, linewidth=0.8, zorder=1.5)
        axes.set_ylim(low, high)
        axes.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}" + ratio.suffix))
    else:
        set_ticks(axes, "y", [], [])
    axes.set_xlim(-0.4, len(periods) - 0.6)
    step = math.ceil(len(periods) / _MOST_LABELS)
    places = range(len(periods) - 1, -1, -step)
    set_ticks(axes, "x", places, [str(periods[place]) for place in places])


def _quartiles(peers: Array) -> Array:
    """Give the quartiles of each period ``(3, n_periods)``, NaN where fewer than three peers are known."""
    found = np.full((3, peers.shape[1]), np.nan)
    enough = np.isfinite(peers).sum(axis=0) >= _FEW_PEERS
    if enough.any():
        found[:, enough] = np.nanquantile(peers[:, enough], (0.25, 0.5, 0.75), axis=0)
    return found


def _head(axes: Axes, ratio: RatioLines, drawn: Comparison, letters: int) -> None:
    """Write the ratio, the company's last value and its peers' above the chart."""
    at: dict[str, Any] = {"where": "axes fraction", "ha": "left", "va": "bottom", "fontsize": 8.5}
    lift = 4
    if drawn.peers:
        label(axes, _against(ratio, drawn.peers), (0.0, 1.0), by=(0, lift), color=MUTED, **at)
        lift += 12
    words = _last(ratio, drawn.periods)
    label(axes, words, (0.0, 1.0), by=(0, lift), color=BLUE, fontweight="bold", **at)
    title = "\n".join(clipped(ratio.title, letters))
    write(axes.set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK, pad=lift + 14))


def _last(ratio: RatioLines, periods: Sequence[int | str]) -> str:
    known = np.flatnonzero(np.isfinite(ratio.own))
    if not known.size:
        return f"n/a in {'any year' if len(periods) > 1 else periods[0]}"
    last = int(known[-1])
    words = f"{ratio.write(float(ratio.own[last]))} in {periods[last]}"
    return words if last == len(periods) - 1 else f"n/a in {periods[-1]}, {words}"


def _against(ratio: RatioLines, peers: Sequence[str]) -> str:
    """Write what the peers have in the last period."""
    last = ratio.peers[:, -1]
    if len(peers) == 1:
        return f"{shortened(peers[0], 16)}: {ratio.write(float(last[0]))}"
    known = last[np.isfinite(last)]
    if not known.size:
        return "peers: n/a"
    words = ratio.write(float(np.median(known)))
    return f"median of {known.size} peers: {words}" if known.size > 1 else f"1 of {len(peers)} peers: {words}"


def _legend(drawn: Comparison) -> list[Any]:
    handles: list[Any] = [Line2D([], [], label=shortened(drawn.ticker, 16), **_OWN)]
    if len(drawn.peers) <= _FEW_PEERS:
        for name, looks in zip(drawn.peers, _PEERS, strict=False):
            handles.append(Line2D([], [], label=shortened(name, 16), **_PEER, **looks))
    else:
        handles.append(Line2D([], [], label=f"Median of {len(drawn.peers)} peers", **_MEDIAN))
        handles.append(Patch(facecolor=_BAND, label="Middle half of them"))
    if any(ratio.is_negative.any() for ratio in drawn.ratios):
        handles.append(Line2D([], [], label="Denominator below zero", **_NEGATIVE))
    return handles
