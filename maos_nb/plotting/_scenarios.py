"""The value under each scenario as bars, against the price."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from maos_nb.analytics._arrays import Array
from maos_nb.plotting._chart import AMBER, BLUE, INK, METRICS, PALE, Chart, Scale, new_chart, scale_for, write
from maos_nb.plotting._door import Metric, amount, check_currency, check_mapping, check_metric, check_price

__all__ = ["scenario_bars"]

_HATCHES = {"base": "", "optimistic": "///", "pessimistic": "\\\\\\"}


def scenario_bars(
    scenarios: Mapping[str, Mapping[str, Any]],
    *,
    price: float | None = None,
    metric: Metric = "value_per_share",
    currency: str = "USD",
) -> Chart:
    r"""Draw the value under each scenario, and the price as a line.

    Parameters
    ----------
    scenarios : mapping
        Name -> mapping with `metric`, and optionally ``changes``, the drivers that the scenario
        changes, which stand under its name.
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
        If there is no scenario or one lacks the metric, if the price is not a positive number or
        comes with another metric, if the metric is unknown, or if the currency is no text.

    Examples
    --------
    >>> chart = scenario_bars({"base": {"value_per_share": 132.1}}, price=125.67)
    >>> [text.get_text() for text in chart.axes[0].texts]
    ['132.10\n5% above price', 'Price 125.67']
    """
    check_metric(metric)
    currency = check_currency(currency)
    cases = {str(name): case for name, case in check_mapping("scenarios", scenarios).items()}
    values = np.array([_value(name, case, metric) for name, case in cases.items()])
    price = check_price(price, metric)
    everything = values if price is None else np.append(values, price)
    scale = scale_for(everything, currency, per="per share" if metric == "value_per_share" else "")
    values = scale.of(values)
    chart, axes = new_chart(f"{METRICS[metric]} by scenario", scale.unit)
    for place, (name, value) in enumerate(zip(cases, values, strict=True)):
        _draw_bar(axes, place, name, float(value), price, scale)
    if price is not None:
        _draw_price(axes, price, len(cases), scale)
    labels = [_label(name, case.get("changes")) for name, case in cases.items()]
    axes.set_xticks(range(len(cases)), labels, color=INK)
    for label in axes.get_xticklabels():
        write(label)
    _leave_room(axes, values, price)
    return chart


def _value(name: str, case: object, metric: str) -> float:
    label = f"scenarios[{name!r}]"
    return amount(f"{label}[{metric!r}]", check_mapping(label, case, (metric,))[metric])


def _draw_bar(axes: Axes, place: int, name: str, value: float, price: float | None, scale: Scale) -> None:
    if math.isfinite(value):
        hatch = _HATCHES.get(name, "...")
        axes.bar(
            place,
            value,
            width=0.5,
            color=PALE if not hatch else "white",
            edgecolor=BLUE,
            hatch=hatch,
            zorder=2,
        )
    is_above = not value < 0
    words = scale.write(value)
    if price is not None and math.isfinite(value):
        words += f"\n{_against(value, price)}"
    write(
        axes.annotate(
            words,
            (place, np.nan_to_num(value)),
            xytext=(0, 5 if is_above else -5),
            textcoords="offset points",
            ha="center",
            va="bottom" if is_above else "top",
            fontsize=10,
            fontweight="bold",
            color=INK,
            linespacing=1.3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            zorder=4,
        )
    )


def _against(value: float, price: float) -> str:
    if value < 0:
        return "less than nothing"
    gap = value / price - 1
    return f"{abs(gap):,.0%} {'above' if gap >= 0 else 'below'} price"


def _draw_price(axes: Axes, price: float, count: int, scale: Scale) -> None:
    axes.axhline(price, color=AMBER, linewidth=1.6, linestyle=(0, (5, 3)), zorder=3)
    write(
        axes.annotate(
            f"Price {scale.write(price)}",
            (count - 0.4, price),
            xytext=(4, 0),
            textcoords="offset points",
            ha="left",
            va="center",
            fontsize=10,
            fontweight="bold",
            color=AMBER,
            annotation_clip=False,
        )
    )


def _label(name: str, changes: object) -> str:
    lines = [name.replace("_", " ").capitalize()]
    if isinstance(changes, Mapping):
        lines += [_change(str(driver), value) for driver, value in changes.items()]
    return "\n".join(lines)


def _change(driver: str, value: object) -> str:
    number = amount(f"changes[{driver!r}]", value)
    name = "WACC" if driver == "wacc" else driver.replace("_", " ")
    return f"{name} {number:.1f}x" if driver == "exit_multiple" else f"{name} {number:.1%}"


def _leave_room(axes: Axes, values: Array, price: float | None) -> None:
    known = [float(value) for value in values[np.isfinite(values)]] + ([price] if price is not None else [])
    low, high = min([0.0, *known]), max([0.0, *known])
    room = 0.2 * (high - low) or 1.0
    axes.set_ylim(low - room if low < 0 else 0.0, high + room)
    axes.set_xlim(-0.6 - 0.4 * (len(values) == 1), len(values) - 0.4 + 0.4 * (len(values) == 1))
