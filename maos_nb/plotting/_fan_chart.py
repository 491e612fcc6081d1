"""What a line of years may become: nested bands of percentiles around its median."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from maos_nb.analytics._arrays import Array
from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    INK,
    MUTED,
    Chart,
    Scale,
    label,
    legend_below,
    limits,
    new_chart,
    scale_for,
    spread,
    write,
)
from maos_nb.plotting._door import check_currency, check_mapping, line, percentiles, refuse_unknown, years

__all__ = ["fan_chart"]

_PALEST, _DARKEST = "#e4edf6", "#8fb3d4"
_MOST_LABELS = 10


def fan_chart(fan: Mapping[str, Any], *, title: str = "Free cash flow", currency: str = "USD") -> Chart:
    """Draw the percentiles of simulated years as nested bands.

    Parameters
    ----------
    fan : mapping
        ``year`` ``(n_years,)``; ``percentiles``, a mapping of percentiles ("5") to amounts
        ``(n_years,)`` in single units of currency, in pairs around the median such as 5 and 95, with or
        without the median 50; and optionally ``base`` ``(n_years,)``, the plan without uncertainty.
    title : str
        What the amounts are.
    currency : str
        As in :func:`projection`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. Years that are None or NaN are gaps that the legend names.

    Raises
    ------
    InputError
        If ``year`` or ``percentiles`` is missing, if years do not rise one by one, if percentiles come
        without their partner or cross each other, if a list has another length than ``year`` or no
        percentile holds a number, or if title or currency is no text.

    Examples
    --------
    >>> chart = fan_chart({"year": [2026, 2027], "percentiles": {"5": [9e9, 8e9], "50": [1e10, 1.1e10],
    ...                                                          "95": [1.1e10, 1.5e10]}})
    >>> [text.get_text() for text in chart.legends[0].get_texts()]
    ['5% to 95%', 'Median']
    """
    given = check_mapping("fan", fan, ("year", "percentiles"))
    currency = check_currency(currency)
    if not isinstance(title, str) or not title.strip():
        raise InputError("title", f"expected words, got {title!r}")
    along = years("fan['year']", given["year"])
    levels = _levels(given["percentiles"], along)
    base = line("fan['base']", given["base"], count=along.size) if given.get("base") is not None else None
    everything = np.concatenate([*levels.values(), *([] if base is None else [base])])
    scale = scale_for(everything, currency)
    chart, axes = new_chart(title.strip(), scale.unit)
    levels = {level: scale.of(values) for level, values in levels.items()}
    handles = _draw_bands(axes, along, levels)
    if 50.0 in levels:
        handles.append(_draw_line(axes, along, levels[50.0], "Median", color=BLUE, linestyle="-", marker="o"))
    if base is not None:
        drawn = scale.of(base)
        handles.append(_draw_line(axes, along, drawn, "Base case", color=AMBER, linestyle="--", marker="s"))
    low, high = limits(scale.of(everything), 0.0, room=0.08)
    has_losses, has_gains = bool(np.nanmin(everything) < 0), bool(np.nanmax(everything) > 0)
    axes.set_ylim(low if has_losses else 0.0, high if has_gains or not has_losses else 0.0)
    _write_last(axes, along, levels, scale)
    _finish(axes, along)
    legend_below(chart, handles)
    return chart


def _levels(given: object, along: Array) -> dict[float, Array]:
    name = "fan['percentiles']"
    levels = {
        level: line(f"{name}['{level:g}']", values, count=along.size)
        for level, values in percentiles(name, given).items()
    }
    alone = [level for level in levels if not any(math.isclose(100 - level, other) for other in levels)]
    if alone or levels.keys() == {50.0}:
        lacks = alone[0] if alone else 50.0
        raise InputError(
            name,
            f"expected pairs around the median such as 5 and 95, got {lacks:g} alone",
            advice="Give 100 minus each percentile as well",
        )
    refuse_unknown(name, *levels.values())
    _check_order(name, levels, along)
    return levels


def _check_order(name: str, levels: Mapping[float, Array], along: Array) -> None:
    """Raise if a percentile lies above a higher one; a year without the one does not hide the other."""
    reached, held = np.full(along.size, -np.inf), np.zeros(along.size)
    for level, values in levels.items():
        over = reached - values > 1e-9 * np.maximum(np.abs(reached), np.abs(values))
        if over.any():
            place = int(np.argmax(over))
            raise InputError(
                name,
                f"expected rising amounts, the {held[place]:g}% of {along[place]:.0f} is above the {level:g}%",
            )
        known = np.isfinite(values)
        reached, held = np.where(known, values, reached), np.where(known, level, held)


def _draw_bands(axes: Axes, along: Array, levels: Mapping[float, Array]) -> list[Any]:
    pairs = [(level, 100 - level) for level in levels if level < 50]
    names, handles = list(levels), []
    for depth, (low, _high) in enumerate(pairs):
        lower, upper = levels[low], levels[names[-1 - depth]]
        share = depth / max(len(pairs) - 1, 1) if len(pairs) > 1 else 0.5
        looks: dict[str, Any] = {"facecolor": _between(share), "edgecolor": BLUE, "linewidth": 0.6}
        for run in _runs(np.isfinite(lower) & np.isfinite(upper)):
            # One year alone has no width; a short plank shows it.
            wide = np.array([-0.2, 0.2]) if run.size == 1 else 0.0
            axes.fill_between(
                along[run] + wide,
                lower[run] + 0 * wide,
                upper[run] + 0 * wide,
                zorder=1.6 + 0.01 * depth,
                **looks,
            )
        name = f"{low:g}% to {names[-1 - depth]:g}%"
        handles.append(Patch(label=_with_gaps(name, along, lower + upper), **looks))
    return handles


def _draw_line(axes: Axes, along: Array, values: Array, name: str, *, marker: str, **style: Any) -> Line2D:
    (drawn,) = axes.plot(
        along,
        values,
        marker=marker,
        markersize=5 if along.size <= 15 else 0,
        markerfacecolor="white",
        markeredgewidth=1.4,
        linewidth=1.8,
        zorder=3,
        label=_with_gaps(name, along, values),
        **style,
    )
    return drawn


def _write_last(axes: Axes, along: Array, levels: Mapping[float, Array], scale: Scale) -> None:
    """Write the last year's outermost percentiles and its median beside them."""
    outer = [level for level in (min(levels), 50.0, max(levels)) if level in levels]
    ends = {level: float(levels[level][-1]) for level in outer if math.isfinite(levels[level][-1])}
    if not ends:
        return
    low, high = axes.get_ylim()
    places = spread(np.array(list(ends.values())), 0.055 * (high - low), low, high)
    for (level, value), place in zip(ends.items(), places, strict=True):
        name = "Median" if level == 50 else f"{level:g}%"
        label(
            axes,
            f"{name}: {scale.write(value)}",
            (1.0, float(place)),
            by=(6, 0),
            where=axes.get_yaxis_transform(),
            ha="left",
            fontsize=9,
            fontweight="bold" if level == 50 else "normal",
            color=BLUE if level == 50 else INK,
        )


def _finish(axes: Axes, along: Array) -> None:
    edge = 0.35 if along.size == 1 else 0.02 * (along.size - 1) + 0.05
    axes.set_xlim(along[0] - edge, along[-1] + edge)
    shown = along[:: -math.ceil(along.size / _MOST_LABELS)]
    axes.xaxis.set_major_locator(FixedLocator([float(year) for year in shown]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
    words = "Fiscal year" if along[0] > 1000 else "Year of the projection"
    write(axes.set_xlabel(words, fontsize=10, color=MUTED))


def _between(share: float) -> tuple[float, ...]:
    return tuple(
        (1 - share) * pale + share * dark
        for pale, dark in zip(to_rgb(_PALEST), to_rgb(_DARKEST), strict=True)
    )


def _runs(known: Sequence[Any] | np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    places = np.flatnonzero(known)
    return [run for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if run.size]


def _with_gaps(name: str, along: Array, values: Array) -> str:
    gaps = [f"{year:.0f}" for year in along[~np.isfinite(values)]]
    if not gaps:
        return name
    return f"{name} (n/a in {', '.join(gaps) if len(gaps) <= 3 else f'{len(gaps)} of {along.size} years'})"
