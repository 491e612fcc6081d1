"""Breadth: how many of a market's assets take part, below the index that they make up."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.patches import Patch

from maos_nb.analytics._arrays import Array, refuse
from maos_nb.errors import InputError
from maos_nb.plotting._bar_dates import bar_name
from maos_nb.plotting._bar_lines import Rows, read_line, read_rows
from maos_nb.plotting._chart import AMBER, BLUE, INK, Chart
from maos_nb.plotting._time_panes import (
    PAPER,
    draw_line,
    figure_words,
    finish,
    fitted,
    head,
    new_panes,
    set_amounts,
)

__all__ = ["breadth_chart"]

_INDEX, _PANE = 2.3, 1.5
"""Inches of the panes."""
_HIGHS: Final = "#b9cbdf"
_MARK: Final[dict[str, Any]] = {"color": INK, "linewidth": 0.8, "linestyle": (0, (4, 3)), "zorder": 1.8}


def breadth_chart(
    *,
    index: Any = None,
    share_above: Any = None,
    advance_decline_line: Any = None,
    new_highs_lows: Any = None,
    name: str = "Index",
    average: str = "average",
) -> Chart:
    """Draw measures of breadth, each in a pane of its own, with the index above them.

    Parameters
    ----------
    index : Series or array, shape (n_observations,), optional
        The index, or closes of a fund on it.
    share_above : ShareAbove, Series or array, optional
        Share of the assets above their average, 0 to 1, as `share_above_average` gives it.
    advance_decline_line : Series or array, optional
        Advances less declines, added up.
    new_highs_lows : NewHighsLows, Series or array, optional
        New highs and lows, drawn up and down from zero with their difference; of a line alone it is the difference.
    name : str
        What to call the index.
    average : str
        What to call the average of `share_above`, as "200-day average".

    Returns
    -------
    Chart
        A matplotlib ``Figure`` of what is given, over the observations of the first of them; observations stand side
        by side without gaps at weekends. NaN is a gap.

    Raises
    ------
    InputError
        If nothing is given, a line is not numbers or does not belong to the same observations, or a share is outside
        of 0 to 1.

    Examples
    --------
    >>> chart = breadth_chart(index=[100.0, 101.0, 103.0], share_above=[0.4, 0.5, 0.75])
    >>> [axes.get_title(loc="left") for axes in chart.axes]
    ['Index, last 103.00', 'Above their average, last 75%']
    """
    share, highs_lows = _parts(share_above, "share"), _parts(new_highs_lows, "net")
    given = {
        "index": index,
        "share_above": None if share is None else share["share"],
        "advance_decline_line": advance_decline_line,
        "new_highs_lows": None if highs_lows is None else highs_lows["net"],
    }
    known = {key: value for key, value in given.items() if value is not None}
    if not known:
        raise InputError("index", "expected at least one line to draw, got none", advice=_ADVICE)
    first = next(iter(known))
    rows, _ = read_rows(first, known[first])
    lines = {key: read_line(key, value, rows) for key, value in known.items()}
    counted = _counted(share or highs_lows, rows)
    page = new_panes(_title(rows, counted), [_INDEX if key == "index" else _PANE for key in lines])
    for axes, (key, values) in zip(page.axes, lines.items(), strict=True):
        if key == "index":
            last = figure_words(float(values[-1]))
            _draw_line(axes, values, f"{fitted(name, 4.0, 10, 'bold')}, last {last}", BLUE)
        elif key == "advance_decline_line":
            _draw_line(axes, values, f"Advances less declines, added up, last {_whole(values)}", INK)
        elif key == "share_above":
            _draw_share(axes, values, fitted(average, 3.0, 10, "bold"))
        else:
            _draw_highs_lows(axes, values, highs_lows or {}, rows)
    finish(page, rows.index, rows.n_shown)
    return page.chart


_ADVICE = "breadth_chart(index=closes, share_above=share_above_average(prices))"


def _parts(given: Any, main: str) -> dict[str, Any] | None:
    """Give the lines of a result by their names; one line alone is the main one."""
    if given is None:
        return None
    if isinstance(given, tuple) and hasattr(given, "_fields"):
        if main not in given._fields:
            raise InputError(
                "share_above" if main == "share" else "new_highs_lows",
                f"expected a line or a result with {main!r}, got {type(given).__name__}",
            )
        return dict(zip(given._fields, given, strict=True))
    return {main: given}


def _counted(parts: dict[str, Any] | None, rows: Rows) -> str:
    if not parts or "counted" not in parts:
        return ""
    counted = read_line("counted", parts["counted"], rows)
    known = counted[np.isfinite(counted)]
    return f" of {known[-1]:,.0f} assets" if known.size else ""


def _title(rows: Rows, counted: str) -> str:
    first, last = bar_name(rows.index, 0), bar_name(rows.index, rows.n_shown - 1)
    return f"Breadth{counted}, {first}" + (f" to {last}" if rows.n_shown > 1 else "")


def _draw_line(axes: Any, values: Array, name: str, colour: str) -> None:
    draw_line(axes, values, color=colour, linewidth=1.4)
    set_amounts(axes, values)
    low, high = axes.get_ylim()
    if low < 0 < high:
        axes.axhline(0.0, color=INK, linewidth=0.8, zorder=1.6)
    head(axes, name)


def _whole(values: Array) -> str:
    """Write the last value, without digits after the point where no value has any."""
    last, known = float(values[-1]), values[np.isfinite(values)]
    is_count = known.size and np.isfinite(last) and (known % 1 == 0).all() and np.abs(known).max() < 1e7
    return f"{last + 0.0:,.0f}" if is_count else figure_words(last)


def _thin(values: Array) -> float:
    """Thousands of jumps up and down would be one black area."""
    return 0.5 if values.size > 800 else 1.0


def _draw_share(axes: Any, values: Array, average: str) -> None:
    refuse("share_above", values, (values < 0) | (values > 1), "a share between 0 and 1")
    share = 100 * values
    axes.fill_between(
        np.arange(share.size),
        50.0,
        share,
        where=share >= 50,
        facecolor=_HIGHS,
        edgecolor="none",
        interpolate=True,
    )
    axes.fill_between(
        np.arange(share.size), 50.0, share, where=share < 50, facecolor="none", edgecolor=AMBER, hatch="////",
        linewidth=0.0, interpolate=True,
    )  # fmt: skip
    draw_line(axes, share, color=INK, linewidth=_thin(share))
    axes.axhline(50.0, **_MARK)
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    last = f"{share[-1]:.0f}%" if np.isfinite(share[-1]) else "n/a"
    head(axes, f"Above their {average}, last {last}")


def _draw_highs_lows(axes: Any, net: Array, parts: dict[str, Any], rows: Rows) -> None:
    handles: list[Any] = []
    shown = [net, np.zeros(1)]
    looks: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("highs", 1, {"facecolor": _HIGHS, "edgecolor": _HIGHS}),
        ("lows", -1, {"facecolor": PAPER, "edgecolor": AMBER, "hatch": "////"}),
    )
    for field, sign, look in looks:
        if field in parts:
            counts = sign * read_line(f"new_highs_lows.{field}", parts[field], rows)
            axes.fill_between(
                np.arange(counts.size), 0.0, counts, step="mid", linewidth=0.4, zorder=1.9, **look
            )
            shown.append(counts)
            handles.append(Patch(**look, label=f"New {field} {_whole(np.abs(counts))}"))
    handles.append(draw_line(axes, net, f"Difference {_whole(net)}", color=INK, linewidth=_thin(net)))
    axes.axhline(0.0, color=INK, linewidth=0.8, zorder=1.6)
    set_amounts(axes, *shown)
    head(axes, "New highs less new lows", handles)
