"""What each driver alone does to the value: the widest bar on top."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from maos_nb.analytics._arrays import Array
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    INK,
    METRICS,
    PALE,
    Chart,
    Scale,
    driver_figures,
    driver_name,
    label,
    legend_below,
    limits,
    mark,
    new_sideways_chart,
    note,
    per_metric,
    room_for,
    scale_for,
    set_ticks,
)
from maos_nb.plotting._door import (
    Metric,
    check_currency,
    check_mapping,
    check_metric,
    check_price,
    known_amount,
    line,
    refuse_unknown,
)

__all__ = ["tornado"]

_MOST_DRIVERS = 15
_MOST_NAMED = 8
_LOOKS: Final[tuple[dict[str, Any], ...]] = (
    {"facecolor": "white", "edgecolor": AMBER, "hatch": "\\" * 3},
    {"facecolor": PALE, "edgecolor": BLUE},
)


@dataclass(frozen=True, slots=True)
class _Driver:
    """One driver: its range in words, and the values at both ends of it."""

    name: str
    ends: list[str]
    values: Array

    @property
    def words(self) -> list[str]:
        return [
            end if math.isfinite(value) or end == "n/a" else f"n/a at {end}"
            for end, value in zip(self.ends, self.values, strict=True)
        ]


def tornado(
    drivers: Mapping[str, Mapping[str, Any]],
    *,
    base_value: float,
    price: float | None = None,
    metric: Metric = "value_per_share",
    currency: str = "USD",
) -> Chart:
    """Draw what the value becomes as one driver at a time goes to the ends of its range.

    Parameters
    ----------
    drivers : mapping
        Name -> mapping with ``range``, the low and the high end of the driver (rates as decimals), and
        ``value``, the value at both; in the order of drawing, the widest first. At most 15 are drawn;
        a note names the others.
    base_value : float
        The value with every driver at its base, where the bars start.
    price : float, optional
        Market price per share, only for ``value_per_share``.
    metric : {"value_per_share", "equity_value", "enterprise_value"}
        Which value to draw.
    currency : str
        As in :func:`projection`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. A value that is None or NaN is written as n/a, without a bar.

    Raises
    ------
    InputError
        If there is no driver or one lacks its range or its values, if one of these is no pair of
        numbers, if no value is known, if `base_value` is not, or for price, metric and currency as in
        :func:`scenario_bars`.

    Examples
    --------
    >>> chart = tornado({"wacc": {"range": [0.08, 0.10], "value": [154.4, 112.2]}}, base_value=132.1)
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['8.0%', '10.0%', 'Base 132.10']
    """
    metric_name, currency = check_metric(metric), check_currency(currency)
    given = check_mapping("drivers", drivers)
    read = [_driver(str(name), driver) for name, driver in given.items()]
    base_value = known_amount("base_value", base_value)
    price = check_price(price, metric_name)
    drawn, left_out = read[:_MOST_DRIVERS], read[_MOST_DRIVERS:]
    refuse_unknown("drivers", *(driver.values for driver in drawn))
    values = np.array([driver.values for driver in drawn])
    everything = np.array([*values.flat, base_value, *([] if price is None else [price])])
    scale = scale_for(everything, currency, per=per_metric(metric_name))
    chart, axes = new_sideways_chart(
        f"{METRICS[metric_name]}, one driver at a time", scale.unit, height=2.4 + 0.38 * len(drawn)
    )
    room = room_for([words for driver in drawn for words in driver.words])
    low, high = limits(scale.of(everything), room=room)
    base = base_value / scale.divisor
    for place, driver in enumerate(drawn):
        _draw_driver(axes, place, driver.words, scale.of(driver.values), base)
    _mark_lines(axes, base, price, scale)
    set_ticks(axes, "y", range(len(drawn)), [_short(driver.name) for driver in drawn])
    axes.set_ylim(len(drawn) - 0.45, -0.55)
    axes.set_xlim(low, high)
    if left_out:
        note(axes, f"Not drawn: {_named(left_out)}")
    legend_below(chart, _legend())
    return chart


def _driver(name: str, driver: object) -> _Driver:
    given = check_mapping(f"drivers[{name!r}]", driver, ("range", "value"))
    ends, values = (
        line(f"drivers[{name!r}][{piece!r}]", given[piece], per="end", count=2)
        for piece in ("range", "value")
    )
    return _Driver(name, driver_figures(name, ends), values)


def _draw_driver(axes: Axes, place: int, written: list[str], values: Array, base: float) -> None:
    away = values - base
    # Where both ends lie on one side, each takes half of the height, or one would cover the other.
    shares_side = bool(away[0] * away[1] > 0)
    sides = _sides(away)
    for end, (words, value) in enumerate(zip(written, values, strict=True)):
        middle = place + (0.16 * (2 * end - 1) if shares_side else 0.0)
        is_known = math.isfinite(value)
        if is_known:
            thick = 0.3 if shares_side else 0.62
            axes.barh(middle, value - base, left=base, height=thick, linewidth=1.1, zorder=2, **_LOOKS[end])
        label(
            axes,
            words,
            (value if is_known else base, middle),
            by=(4 * sides[end], 0),
            ha="left" if sides[end] > 0 else "right",
            fontsize=8 if shares_side else 9,
            back=not shares_side,
        )


def _sides(away: Array) -> list[int]:
    """Say for both ends whether their words stand left (-1) or right (+1)."""
    signs = [int(np.sign(value)) if math.isfinite(value) else 0 for value in away]
    if not signs[0]:
        signs[0] = -signs[1] or -1
    return [signs[0], signs[1] or -signs[0]]


def _mark_lines(axes: Axes, base: float, price: float | None, scale: Scale) -> None:
    # Words of two lines that may be close stand on their far sides.
    is_left = price is not None and price < base
    side = "center" if price is None else "left" if is_left else "right"
    mark(axes, base, f"Base {scale.write(base)}", ha=side, color=INK, linestyle="-", linewidth=1.2)
    if price is not None:
        mark(axes, price, f"Price {scale.write(price)}", ha="right" if is_left else "left")


def _short(name: str) -> str:
    lines = textwrap.wrap(driver_name(name), 24) or [""]
    return "\n".join(lines if len(lines) <= 2 else [lines[0], lines[1][:23] + "…"])


def _named(drivers: list[_Driver]) -> str:
    names = [driver_name(driver.name) for driver in drivers[:_MOST_NAMED]]
    more = len(drivers) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _legend() -> list[Patch]:
    return [
        Patch(label=words, **looks)
        for words, looks in zip(("Driver at its low end", "Driver at its high end"), _LOOKS, strict=True)
    ]
