"""Scores of a company on the scales of those who published them, zone by zone in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from maos_nb.errors import InputError
from maos_nb.plotting._chart import INK, MUTED, Chart, label, new_chart, set_ticks
from maos_nb.plotting._door import amount, check_mapping
from maos_nb.plotting._statement_tables import (
    check_columns,
    check_table,
    clipped,
    ratio_words,
    row_of,
    score_name,
    shortened,
    small_print,
    title_words,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["score_gauges"]

# Blue and amber differ for every kind of colour blindness; INK has a contrast of at least 6 to each.
_COLOURS: Final = {"good": (0.72, 0.83, 0.93), "neutral": (0.94, 0.94, 0.94), "bad": (1.00, 0.86, 0.64)}
_THICK = 0.34
"""A gauge, where a row is one high."""
_PITCH = 0.92
"""Inches of a row: its gauge, the value above it and the limits of its zones below."""
_READING: Final = (
    "Blue zones are good, amber ones bad, grey ones neither. All are equally wide whatever their range; "
    "the triangle shows where in its zone a score lies."
)
_LETTERS = 58
"""What all zones of a gauge have room for in one line."""


@dataclass(frozen=True, slots=True)
class _Zone:
    """A zone of a score and its place on the gauge, from 0 to 1."""

    lower: float
    upper: float
    name: str
    verdict: str
    left: float
    width: float

    def place(self, score: float, reach: float) -> float:
        """Give where a score lies; an end without a limit is never quite reached."""
        if math.isinf(self.lower) and math.isinf(self.upper):
            share = 0.5
        elif math.isinf(self.upper):
            beyond = max(score - self.lower, 0.0)
            share = beyond / (beyond + reach)
        elif math.isinf(self.lower):
            beyond = max(self.upper - score, 0.0)
            share = 1 - beyond / (beyond + reach)
        else:
            share = (score - self.lower) / (self.upper - self.lower)
        return self.left + self.width * min(max(share, 0.02), 0.98)


@dataclass(frozen=True, slots=True)
class _Gauge:
    """One score of one company."""

    name: str
    source: str
    score: float
    zone: str
    available: int
    needed: int
    zones: tuple[_Zone, ...]

    @property
    def current(self) -> _Zone | None:
        return next((zone for zone in self.zones if zone.name == self.zone), None)

    @property
    def mark(self) -> float:
        """Where the score lies on the gauge."""
        return 0.5 if self.current is None else self.current.place(self.score, self._reach)

    @property
    def limits(self) -> dict[float, float]:
        """The limits between the zones, and at the ends where there are any, by their places."""
        ends = {zone.left: zone.lower for zone in self.zones}
        ends |= {zone.left + zone.width: zone.upper for zone in self.zones[-1:]}
        return {at: limit for at, limit in ends.items() if math.isfinite(limit)}

    @property
    def written(self) -> str:
        """The score: as a count where it and all limits are whole numbers."""
        numbers = [self.score, *self.limits.values()]
        is_count = self.limits and all(number.is_integer() and abs(number) < 1000 for number in numbers)
        return f"{self.score:.0f}" if is_count else ratio_words(self.score, "")

    @property
    def _reach(self) -> float:
        """Half of an open zone is as much as the zones between the limits, or as the only limit."""
        limits = list(self.limits.values())
        return (max(limits) - min(limits)) or abs(limits[0]) or 1.0 if limits else 1.0


def score_gauges(
    scores: Mapping[str, pd.DataFrame],
    ticker: str,
    period: int | str,
    *,
    definitions: Mapping[str, Any] | None = None,
) -> Chart:
    """Draw scores as gauges, each with its zones in words.

    Parameters
    ----------
    scores : mapping
        Name of a score -> its table, indexed by ticker and fiscal year, with ``score``, ``zone`` and
        ``n_available``; in the order of drawing.
    ticker : str
    period : int or str
    definitions : mapping, optional
        Name -> :class:`maos_nb.analytics.fundamental.scores.Score` with the zones; those of ``SCORES`` unless
        others are given.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. A score that is NaN is written as n/a, on a gauge without a mark. All zones of
        a gauge are drawn equally wide, so that their names can be read; the limits stand between them.

    Raises
    ------
    InputError
        If there is no score or its definition is not known, if a table lacks a column, the company or the
        period, or if it holds a zone that its definition has not.

    Examples
    --------
    >>> import pandas as pd
    >>> from maos_nb.analytics.fundamental.scores import SCORES
    >>> rows = pd.MultiIndex.from_tuples([("A", 2025)], names=["ticker", "fiscal_year"])
    >>> zone = SCORES["altman_z"].zones[-1].name
    >>> table = pd.DataFrame({"score": [3.5], "zone": [zone], "n_available": [5]}, index=rows)
    >>> chart = score_gauges({"altman_z": table}, "A", 2025)
    >>> "3.50" in [text.get_text() for text in chart.axes[0].texts]
    True
    """
    given = check_mapping("scores", scores)
    known = _definitions(definitions)
    gauges = [_gauge(str(name), table, ticker, period, known) for name, table in given.items()]
    title = title_words(f"Scores of {shortened(ticker)}, {period}")
    chart, axes = new_chart(title, "", height=0.95 + _PITCH * len(gauges))
    axes.lines[0].remove()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(gauges) - 0.35, -0.55)
    for place, gauge in enumerate(gauges):
        _draw_zones(axes, place, gauge)
        _name(axes, place, gauge)
        if math.isfinite(gauge.score):
            _mark(axes, place, gauge)
    set_ticks(axes, "x", [], [])
    set_ticks(axes, "y", [], [])
    if any(gauge.zones for gauge in gauges):
        small_print(axes, _READING, below=2)
    return chart


def _definitions(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if given is not None:
        return check_mapping("definitions", given)
    # The package of the fundamentals loads pandas, which a chart of a valuation can do without.
    from maos_nb.analytics.fundamental.scores import SCORES

    known: Mapping[str, Any] = SCORES
    return known


def _gauge(name: str, table: object, ticker: str, period: object, known: Mapping[str, Any]) -> _Gauge:
    if name not in known:
        raise InputError("scores", f"there is no score {name!r}", advice=f"Known: {', '.join(known)}")
    argument, definition = f"scores[{name!r}]", known[name]
    frame = check_table(argument, table)
    check_columns(argument, frame, ("score", "zone", "n_available"))
    row = row_of(argument, frame, ticker, period)
    score, available = (amount(f"{argument}[{column!r}]", row[column]) for column in ("score", "n_available"))
    zones = _zones(definition.zones)
    zone = str(row["zone"]) if math.isfinite(score) else ""
    if zones and math.isfinite(score) and zone not in {item.name for item in zones}:
        raise InputError(
            argument,
            f"there is no zone {zone!r} for the score {score:.6g}",
            advice=f"Known: {', '.join(item.name for item in zones)}",
        )
    count = int(np.nan_to_num(available))
    return _Gauge(score_name(name), definition.source, score, zone, count, int(definition.n_inputs), zones)


def _zones(given: Any) -> tuple[_Zone, ...]:
    """Put the zones side by side, from low to high."""
    bounds = [(_end(zone.lower, -math.inf), _end(zone.upper, math.inf), zone) for zone in given]
    rising = sorted(bounds, key=lambda item: item[:2])
    width = 1 / max(len(rising), 1)
    return tuple(
        _Zone(lower, upper, zone.name, zone.verdict, place * width, width)
        for place, (lower, upper, zone) in enumerate(rising)
    )


def _end(limit: float | None, beyond: float) -> float:
    return beyond if limit is None or math.isnan(limit) else float(limit)


def _draw_zones(axes: Axes, place: int, gauge: _Gauge) -> None:
    is_known = math.isfinite(gauge.score)
    letters = _LETTERS // max(len(gauge.zones), 1) - 2
    for zone in gauge.zones:
        is_current = is_known and zone is gauge.current
        axes.add_patch(
            Rectangle(
                (zone.left, place - _THICK / 2),
                zone.width,
                _THICK,
                facecolor=_COLOURS.get(zone.verdict, _COLOURS["neutral"]) if is_known else "white",
                edgecolor=INK if is_current else MUTED,
                linewidth=2.0 if is_current else 0.7,
                linestyle="-" if is_known else (0, (4, 3)),
                zorder=3 if is_current else 2,
                clip_on=False,
            )
        )
        words = "\n".join(clipped(zone.name, letters))
        label(
            axes,
            words,
            (zone.left + zone.width / 2, place),
            fontsize=9 if "\n" not in words else 8,
            fontweight="bold" if is_current else "normal",
            color=INK if is_known else MUTED,
            va="center" if "\n" in words else "center_baseline",
            linespacing=1.0,
        )
    for at, limit in gauge.limits.items():
        label(
            axes,
            f"{limit:.4g}",
            (at, place + _THICK / 2),
            by=(0, -2),
            va="top",
            fontsize=8,
            color=MUTED,
        )


def _mark(axes: Axes, place: int, gauge: _Gauge) -> None:
    words = gauge.written
    if not gauge.zones:
        label(axes, words, (0.0, place), by=(8, 0), ha="left", fontweight="bold")
        return
    top = place - _THICK / 2
    axes.plot([gauge.mark], [top - 0.09], marker="v", markersize=8, color=INK, zorder=4, clip_on=False)
    label(axes, words, (gauge.mark, top), by=(0, 12), va="bottom", fontweight="bold", back=True)


def _name(axes: Axes, place: int, gauge: _Gauge) -> None:
    """Write the name and source at the left; the zone and how much of the score is known at the right."""
    criteria = f"{gauge.available} of {gauge.needed} criteria known"
    zone = gauge.zone if math.isfinite(gauge.score) else "n/a"
    sides = (
        (0.0, -10, "right", clipped(gauge.name, 24), clipped(gauge.source, 30)),
        (1.0, 10, "left", clipped(zone, 22), clipped(criteria, 26)),
    )
    for at, by, ha, name, small in sides:
        # The name and the small words are one block whose middle is the gauge's: 13 points a line, 10 a small one.
        top = (13 * len(name) + 10 * len(small)) / 2
        style: dict[str, Any] = {"ha": ha, "va": "top", "linespacing": 1.1}
        if name:
            label(axes, "\n".join(name), (at, place), by=(by, top), fontweight="bold", **style)
        if small:
            words = "\n".join(small)
            label(
                axes, words, (at, place), by=(by, top - 13 * len(name) - 1), fontsize=8, color=MUTED, **style
            )
