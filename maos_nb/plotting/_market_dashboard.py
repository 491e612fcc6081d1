"""One page of a market: each figure with its place in its own past and its state in words."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    INK,
    MUTED,
    Chart,
    driver_name,
    label,
    legend_below,
    set_ticks,
    write,
)
from maos_nb.plotting._door import amount
from maos_nb.plotting._statement_tables import title_words
from maos_nb.plotting._time_panes import PAPER, figure_words, fitted, rectangles, text_width

__all__ = ["market_dashboard"]

_PITCH = 0.36
"""Inches of a row."""
_MOST = 60
_EXTREME = 10.0
"""Percent of the past on either side that are called extreme."""
_MIDDLE: Final = "#d3dfec"
_NAME_SIZE, _NAME_WIDTH = 9.0, 2.5
_PERCENT: Final = {"fraction": 100.0, "percent": 1.0}
_UNITS: Final = {"": "", "points": "", "ratio": "", "score": "", "count": "", "times": "x"}
_MARKS: Final[tuple[dict[str, Any], ...]] = (
    {"marker": "o", "markersize": 7, "color": BLUE, "linestyle": ""},
    {"marker": "D", "markersize": 7, "color": AMBER, "linestyle": ""},
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One figure: its name and value in words, its percentile from 0 to 100, its state, and what else to say."""

    name: str
    value: str
    percentile: float
    state: str
    small: str


@dataclass(frozen=True, slots=True)
class _Section:
    """Readings under one heading."""

    title: str
    readings: tuple[_Reading, ...]


def market_dashboard(dashboard: Any, *, title: str = "Market") -> Chart:
    """Draw a dashboard as one page: a row for each figure, under the headings of its sections.

    Parameters
    ----------
    dashboard : Dashboard or mapping
        As :func:`maos_nb.analytics.market.dashboard.dashboard` gives it; or section -> name of a figure -> mapping or record with ``value`` and, where known, ``title``, ``unit``, ``percentile``
        (0 to 1, among its own past), ``n_past``, ``state`` and ``as_of``: as the result of
        ``analyze_market_conditions`` has them in ``measures``.
    title : str
        What to call the market.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. Each row has the value, a mark where it stands between the lowest and the highest of
        its past, and its state in words; a figure that is None or NaN is n/a, without a mark. A row whose date is not
        that of the page says so.

    Raises
    ------
    InputError
        If there is no section or figure, more than 60 of them, or a percentile is outside of 0 to 1.

    Examples
    --------
    >>> vix = {"title": "VIX", "value": 28.1, "percentile": 0.93, "state": "high", "as_of": "2022-09-30"}
    >>> chart = market_dashboard({"Risk": {"vix": vix}})
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['Risk', 'VIX', '28.10', 'high', 'above 93% of its past']
    """
    sections, day = _sections(dashboard)
    count = sum(len(section.readings) for section in sections)
    if count > _MOST:
        raise InputError(
            "dashboard", f"expected at most {_MOST} figures, got {count}", advice="Draw two pages"
        )
    rows = count + len(sections)
    chart = Chart(
        figsize=(9.6, 1.2 + _PITCH * rows), dpi=100, layout="constrained", facecolor=PAPER, edgecolor=PAPER
    )
    words = title_words(f"{fitted(title, 4.5, 13, 'bold')}{f', {day}' if day else ''}", 62)
    write(chart.suptitle(words, x=0.01, ha="left", fontsize=13, fontweight="bold", color=INK))
    axes = chart.add_subplot(facecolor=PAPER)
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(rows - 0.4, -0.5)
    set_ticks(axes, "x", [], [])
    set_ticks(axes, "y", [], [])
    _draw(axes, sections)
    legend_below(chart, _legend(sections), columns=3)
    return chart


def _sections(given: Any) -> tuple[list[_Section], str]:
    """Take the figures, and the day of the latest."""
    if hasattr(given, "sections") and hasattr(given, "as_of"):
        given = _groups(given)
    if not isinstance(given, Mapping) or not given:
        raise InputError(
            "dashboard",
            f"expected a Dashboard or a mapping of sections to figures, got {type(given).__name__}",
            advice=_ADVICE,
        )
    taken = {name: _figures(f"dashboard[{name!r}]", figures) for name, figures in given.items()}
    known = [item.get("as_of") for figures in taken.values() for item in figures.values()]
    # Days as ISO 8601 writes them are in the order of time.
    day = max((str(item) for item in known if item), default="")
    sections = [
        _Section(
            fitted(name, 4.0, 10, "bold"),
            tuple(_reading(f"dashboard[{name!r}][{key!r}]", key, item, day) for key, item in figures.items()),
        )
        for name, figures in taken.items()
        if figures
    ]
    if not sections:
        raise InputError("dashboard", "has no figures")
    return sections, day


def _groups(board: Any) -> dict[str, dict[str, Any]]:
    """Put the readings of a record under the headings of their groups."""
    groups: dict[str, dict[str, Any]] = {}
    for reading in board.sections:
        # What was read on another day than that of the page says so at the end of how it was made.
        _, is_other, other = reading.how.rpartition(", on ")
        found = {name: getattr(reading, name) for name in ("value", "unit", "percentile", "state")}
        title = reading.name.upper() if reading.name in _ABBREVIATIONS else reading.name
        found |= {"title": title, "as_of": other if is_other else _day(board.as_of)}
        groups.setdefault(driver_name(reading.group), {})[reading.name] = found
    return groups


def _day(label: Any) -> str:
    """Write the label of a row; that of an array is a number, and none of a day."""
    return f"row {label}" if isinstance(label, int) else str(label).removesuffix(" 00:00:00")


_ABBREVIATIONS: Final = ("vix",)


def _figures(argument: str, given: Any) -> dict[Any, Mapping[str, Any]]:
    """Take the figures of a section: mappings, or records with the same names as attributes."""
    if not isinstance(given, Mapping):
        raise InputError(argument, "expected a mapping of names to figures", advice=_ADVICE)
    taken = {}
    for key, item in given.items():
        if not isinstance(item, Mapping) and not hasattr(item, "value"):
            raise InputError(argument, "expected a mapping of names to figures", advice=_ADVICE)
        found = item if isinstance(item, Mapping) else {name: getattr(item, name, None) for name in _FIELDS}
        taken[key] = found
    return taken


_FIELDS: Final = ("title", "value", "unit", "percentile", "n_past", "state", "as_of")
_ADVICE = "Give {'Risk': {'vix': {'value': 28.1, 'percentile': 0.93, 'state': 'high'}}}"


def _reading(argument: str, key: Any, given: Mapping[str, Any], day: str) -> _Reading:
    value = amount(f"{argument}['value']", given.get("value"))
    percentile = amount(f"{argument}['percentile']", given.get("percentile"))
    if not 0 <= percentile <= 1 and not math.isnan(percentile):
        raise InputError(f"{argument}['percentile']", f"expected a share between 0 and 1, got {percentile:g}")
    is_known = math.isfinite(value)
    percentile = 100 * percentile if is_known else math.nan
    said = []
    if math.isfinite(percentile):
        past = given.get("n_past")
        said.append(f"above {_share(percentile)} of {f'{past:,} before' if past else 'its past'}")
    own = str(given.get("as_of") or day)
    if own != day:
        said.append(f"as of {own}")
    return _Reading(
        _name(given.get("title") or key),
        _written(value, str(given.get("unit") or "")),
        percentile,
        fitted(given.get("state") or "", 2.3, 9.5, "bold") if is_known else "not known",
        fitted(", ".join(said), 2.9, 8),
    )


def _name(given: object) -> str:
    """Write a name in one line, or in two where it is long."""
    words = driver_name(" ".join(str(given).split()))
    wide = text_width(words, _NAME_SIZE)
    if wide <= _NAME_WIDTH:
        return words
    first, *others = textwrap.wrap(words, max(1, int(len(words) * _NAME_WIDTH / wide)))
    lines = (first, " ".join(others))
    return "\n".join(fitted(line, _NAME_WIDTH, _NAME_SIZE) for line in lines if line)


def _share(percentile: float) -> str:
    """Write a percentile; one that is neither the lowest nor the highest is not called so."""
    if percentile in (0.0, 100.0) or 1 <= percentile <= 99:
        return f"{percentile:.0f}%"
    return "<0.1%" if percentile < 0.1 else f"{math.floor(10 * percentile + 1e-6) / 10:.1f}%"


def _written(value: float, unit: str) -> str:
    """Write a figure in its unit; fractions in per cent."""
    if not math.isfinite(value):
        return "n/a"
    kind, _, rest = unit.partition(" per ")
    rest = f" a {fitted(rest, 0.7)}" if rest else ""
    if kind in _PERCENT:
        size = _PERCENT[kind] * value
        return (
            f"{size:,.{1 if abs(size) >= 9.95 or not size else 2}f}%{rest}"
            if abs(size) < 1e7
            else f"{size:.3g}%{rest}"
        )
    words = f"{value:,.0f}" if unit == "count" and abs(value) < 1e7 else figure_words(value)
    return f"{words}{_UNITS[unit]}" if unit in _UNITS else f"{words} {fitted(kind, 0.7)}{rest}"


def _draw(axes: Axes, sections: Sequence[_Section]) -> None:
    readings = [reading for section in sections for reading in section.readings]
    values = 72 * max(text_width(reading.value, 10, "bold") for reading in readings)
    lines = [line for reading in readings for line in reading.name.split("\n")]
    names = 72 * max(text_width(line, _NAME_SIZE) for line in lines)
    place = 0
    for section in sections:
        left = -(values + names + 26)
        label(axes, section.title, (0.0, place), by=(left, -2), ha="left", fontweight="bold", color=BLUE)
        for reading in section.readings:
            place += 1
            _draw_reading(axes, place, reading, left)
        place += 1


def _draw_reading(axes: Axes, place: int, reading: _Reading, left: float) -> None:
    label(axes, reading.name, (0.0, place), by=(left, 0), ha="left", fontsize=_NAME_SIZE, linespacing=1.05)
    label(axes, reading.value, (0.0, place), by=(-12, 0), ha="right", fontweight="bold")
    at = np.array([25.0])
    if math.isfinite(reading.percentile):
        middle = rectangles(
            at,
            at + 50,
            np.array([place - 0.16]),
            np.array([place + 0.16]),
            facecolor=_MIDDLE,
            edgecolor="none",
        )
        axes.add_collection(middle, autolim=False)
        axes.plot([0, 100], [place, place], color=MUTED, linewidth=0.9, zorder=2)
        axes.plot([50, 50], [place - 0.16, place + 0.16], color=MUTED, linewidth=0.9, zorder=2)
        look = _MARKS[_is_extreme(reading)]
        axes.plot([reading.percentile], [place], **look, zorder=3, clip_on=False)
    lift = 6 if reading.state and reading.small else 0
    if reading.state:
        label(axes, reading.state, (100.0, place), by=(12, lift), ha="left", fontsize=9.5, fontweight="bold")
    if reading.small:
        label(axes, reading.small, (100.0, place), by=(12, -lift), ha="left", fontsize=8, color=MUTED)


def _is_extreme(reading: _Reading) -> bool:
    return not _EXTREME <= reading.percentile <= 100 - _EXTREME


def _legend(sections: Sequence[_Section]) -> list[Any]:
    known = [
        reading for section in sections for reading in section.readings if math.isfinite(reading.percentile)
    ]
    if not known:
        return []
    return [
        Patch(facecolor=_MIDDLE, label="Middle half of its past"),
        Line2D([], [], label="Now", **_MARKS[0]),
        Line2D([], [], label="Now, in the lowest or the highest tenth", **_MARKS[1]),
    ]
