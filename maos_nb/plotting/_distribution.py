"""How the values of a simulation are distributed, and what share of them lies above the price."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

from maos_nb.analytics._arrays import Array, as_count, refuse
from maos_nb.errors import InputError
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    INK,
    METRICS,
    MUTED,
    PALE,
    Chart,
    Scale,
    label,
    legend_below,
    limits,
    new_chart,
    note,
    per_metric,
    scale_for,
    spread,
    write,
)
from maos_nb.plotting._door import (
    Metric,
    amount,
    axis,
    check_currency,
    check_mapping,
    check_metric,
    check_price,
    line,
    percentiles,
)

__all__ = ["distribution"]

_ABOVE: Final[dict[str, Any]] = {"facecolor": PALE, "edgecolor": BLUE, "hatch": "///"}
_BELOW: Final[dict[str, Any]] = {"facecolor": "white", "edgecolor": BLUE}
_MOST_PERCENTILES = 7
_ESSENTIAL_PERCENTILES = (5.0, 50.0, 95.0)
"""The ones marked where there are too many to be read side by side."""


@dataclass(frozen=True, slots=True)
class _Result:
    """The pieces of a simulation that are drawn, in single units."""

    edges: Array
    shares: Array
    mean: float
    percentiles: dict[float, float]
    probability: float
    draws: int
    rejected: int


def distribution(
    monte_carlo: Mapping[str, Any],
    *,
    price: float | None = None,
    metric: Metric = "value_per_share",
    currency: str = "USD",
) -> Chart:
    r"""Draw the histogram of simulated values against the price.

    Parameters
    ----------
    monte_carlo : mapping
        ``histogram``, a mapping of ``edges`` ``(n + 1,)`` and ``counts`` ``(n,)``; ``percentiles``, a
        mapping of percentiles ("5") to values, of which 5, 50 and 95 are marked where there are more than
        seven; ``draws``, their number; and optionally
        ``mean``, ``probability_above_price`` and ``rejected``, the number of draws without a value.
    price : float, optional
        Market price per share, only for ``value_per_share``.
    metric : {"value_per_share", "equity_value", "enterprise_value"}
        Which value was simulated.
    currency : str
        As in :func:`projection`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``; heights are shares of the draws in the histogram. A percentile that is
        None or NaN is written as n/a in the note and not marked. A price too far away to be drawn beside
        the histogram is named at its edge.

    Raises
    ------
    InputError
        If a piece is missing, if edges do not rise, if counts are none, negative, or not one between two
        edges, if a percentile is none or falls, if the probability is none, if `draws` is
        below `rejected` or the counts, or for price, metric and currency as in :func:`scenario_bars`.

    Examples
    --------
    >>> chart = distribution({"histogram": {"edges": [100, 120, 140], "counts": [42, 58]}, "draws": 100,
    ...                       "percentiles": {"50": 122.0}, "probability_above_price": 0.4}, price=125.0)
    >>> [text.get_text() for text in chart.axes[0].texts[:2]]
    ['50%\n122.00', '40% of the draws are above the price of 125.00']
    """
    metric_name, currency = check_metric(metric), check_currency(currency)
    result = _result(monte_carlo)
    price = check_price(price, metric_name)
    levels = np.array(list(result.percentiles.values()))
    marks = levels[np.isfinite(levels)]
    scale = scale_for(np.concatenate([result.edges, marks]), currency, per=per_metric(metric_name))
    chart, axes = new_chart("", "Share of draws", height=5.0)
    write(axes.set_title(_title(metric_name), loc="left", fontsize=13, fontweight="bold", color=INK, pad=26))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.tick_params(axis="x", pad=8)
    write(axes.set_xlabel(scale.unit, fontsize=10, color=MUTED))
    _draw_histogram(axes, scale.of(result.edges), result.shares, price)
    low, high = limits(scale.of(result.edges), scale.of(marks), room=0.03)
    reach = 2 * (high - low)
    is_near = price is not None and low - reach <= price <= high + reach
    if price is not None and is_near:
        low, high = min(low, price - 0.03 * (high - low)), max(high, price + 0.03 * (high - low))
    axes.set_xlim(low, high)
    axes.set_ylim(0.0, 1.28 * float(result.shares.max()))
    _mark_percentiles(axes, result.percentiles, scale)
    if price is not None:
        _mark_price(axes, price, _said(result.probability, scale.write(price)), is_near)
    note(axes, _counted(result, scale))
    if price is not None:
        legend_below(chart, [Patch(label="Above the price", **_ABOVE), Patch(label="Below", **_BELOW)])
    return chart


def _title(metric: str) -> str:
    return f"{METRICS[metric]} in the simulation"


def _result(given: object) -> _Result:
    pieces = check_mapping("monte_carlo", given, ("histogram", "percentiles", "draws"))
    name = "monte_carlo['histogram']"
    histogram = check_mapping(name, pieces["histogram"], ("edges", "counts"))
    edges = axis(f"{name}['edges']", histogram["edges"], per="edge", is_rising=True)
    if edges.size < 2:
        raise InputError(f"{name}['edges']", "expected at least two, got one")
    counts = line(f"{name}['counts']", histogram["counts"], per="bin", count=edges.size - 1)
    refuse(f"{name}['counts']", counts, ~(counts >= 0), "known counts, zero or more")
    if not counts.sum():
        raise InputError(f"{name}['counts']", "expected draws, all counts are zero")
    draws = as_count("monte_carlo['draws']", pieces["draws"])
    rejected = as_count("monte_carlo['rejected']", pieces.get("rejected", 0), minimum=0)
    if counts.sum() + rejected > draws:
        raise InputError(
            "monte_carlo['draws']",
            f"expected at least those counted and rejected, {counts.sum() + rejected:,.0f}, got {draws:,}",
        )
    probability = amount("monte_carlo['probability_above_price']", pieces.get("probability_above_price"))
    if not (math.isnan(probability) or 0 <= probability <= 1):
        raise InputError(
            "monte_carlo['probability_above_price']", f"expected a share from 0 to 1, got {probability:g}"
        )
    mean = amount("monte_carlo['mean']", pieces.get("mean"))
    levels = _percentiles(pieces["percentiles"])
    return _Result(edges, counts / counts.sum(), mean, levels, probability, draws, rejected)


def _percentiles(given: object) -> dict[float, float]:
    name = "monte_carlo['percentiles']"
    levels = {
        level: amount(f"{name}['{level:g}']", value) for level, value in percentiles(name, given).items()
    }
    known = np.array([value for value in levels.values() if math.isfinite(value)])
    if (np.diff(known) < 0).any():
        raise InputError(name, "expected values that rise with the percentile")
    if len(levels) <= _MOST_PERCENTILES:
        return levels
    return {level: value for level, value in levels.items() if level in _ESSENTIAL_PERCENTILES}


def _draw_histogram(axes: Axes, edges: Array, shares: Array, price: float | None) -> None:
    for left, right, share in zip(edges, edges[1:], shares, strict=False):
        # A bin with the price inside is one height in two looks.
        cut = right if price is None else min(max(price, left), right)
        for start, end, looks in ((left, cut, _BELOW), (cut, right, _ABOVE)):
            if end > start:
                axes.bar(start, share, width=end - start, align="edge", linewidth=0.8, zorder=2, **looks)


def _mark_percentiles(axes: Axes, levels: Mapping[float, float], scale: Scale) -> None:
    known = {level: value / scale.divisor for level, value in levels.items() if math.isfinite(value)}
    low, high = axes.get_xlim()
    top, wide = axes.get_ylim()[1], high - low
    gap = wide * 0.0125 * max([len(scale.write(value)) for value in known.values()], default=0)
    places = spread(np.array(list(known.values())), gap, low + gap / 2, high - gap / 2)
    for (level, value), place in zip(known.items(), places, strict=True):
        axes.plot(
            [value, value, place],
            [0.0, 0.83 * top, 0.87 * top],
            color=INK,
            linewidth=1.1,
            linestyle=(0, (1, 1.5)),
            zorder=3,
        )
        words = f"{level:g}%\n{scale.write(value)}"
        label(axes, words, (float(place), 0.87 * top), va="bottom", fontsize=9, back=True)


def _mark_price(axes: Axes, price: float, words: str, is_near: bool) -> None:
    low, high = axes.get_xlim()
    at = min(max(price, low), high)
    share = (at - low) / (high - low)
    if is_near:
        axes.axvline(price, color=AMBER, linewidth=1.6, linestyle=(0, (5, 3)), zorder=3.5)
    else:
        words = f"\N{LEFTWARDS ARROW} {words}" if price < low else f"{words} \N{RIGHTWARDS ARROW}"
    label(
        axes,
        words,
        (at, 1.0),
        by=(0, 4),
        where=axes.get_xaxis_transform(),
        ha="left" if share < 0.3 else "right" if share > 0.7 else "center",
        va="bottom",
        fontweight="bold",
        color=AMBER,
    )


def _said(probability: float, written: str) -> str:
    if math.isnan(probability):
        return f"Price {written}"
    share = f"{probability:.0%}"
    if probability in (0, 1):
        share = "All" if probability else "None"
    elif share in ("0%", "100%"):
        share = "Less than 1%" if share == "0%" else "More than 99%"
    return f"{share} of the draws are above the price of {written}"


def _counted(result: _Result, scale: Scale) -> str:
    words = f"{result.draws:,} draws"
    if result.rejected:
        words += f", {result.rejected:,} of them rejected"
    unknown = [f"{level:g}%" for level, value in result.percentiles.items() if math.isnan(value)]
    mean = "" if math.isnan(result.mean) else f"; mean {scale.write(result.mean / scale.divisor)}"
    return words + mean + (f"; n/a: {', '.join(unknown)}" if unknown else "")
