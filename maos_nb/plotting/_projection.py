"""The projected years: revenue as bars, operating income and free cash flow as lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from maos_nb.analytics._arrays import Array
from maos_nb.plotting._chart import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    MUTED,
    PALE,
    Chart,
    Scale,
    new_chart,
    scale_for,
    write,
)
from maos_nb.plotting._door import check_currency, check_mapping, line
from maos_nb.plotting._door import years as as_years

__all__ = ["projection"]

_AMOUNTS = ("revenue", "operating_income", "free_cash_flow")
_MOST_LABELS = 10


def projection(financial_projections: Mapping[str, Sequence[Any]], *, currency: str = "USD") -> Chart:
    """Draw the projected years.

    Parameters
    ----------
    financial_projections : mapping
        Lists ``(n_years,)`` of one length: ``year``, ``revenue``, ``operating_income`` and
        ``free_cash_flow`` in single units of currency, and optionally ``revenue_growth`` as decimals.
    currency : str
        A code ("USD"), for which the chart chooses billions, millions or thousands, or words
        ("index, last year's revenue = 100"), which stand beside the axis as they are.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. None and NaN are written as n/a: no bar, and a gap in the line.

    Raises
    ------
    InputError
        If a list is missing, holds no numbers or has another length than ``year``, if years are
        not whole numbers that rise one by one, or if the currency is no text.

    Examples
    --------
    >>> chart = projection({"year": [2023, 2024], "revenue": [4.4e11, 4.8e11],
    ...                     "operating_income": [1.2e11, 1.3e11], "free_cash_flow": [1.1e11, None]})
    >>> chart.axes[0].get_ylabel()
    'USD bn'
    """
    lines = check_mapping("financial_projections", financial_projections, ("year", *_AMOUNTS))
    currency = check_currency(currency)
    years = as_years("financial_projections['year']", lines["year"])
    amounts = {name: _one_a_year(lines, name, years) for name in _AMOUNTS}
    growth = _one_a_year(lines, "revenue_growth", years) if "revenue_growth" in lines else years * np.nan
    scale = scale_for(np.concatenate(list(amounts.values())), currency)
    drawn = {name: scale.of(values) for name, values in amounts.items()}
    chart, axes = new_chart("Revenue, operating income and free cash flow", scale.unit)
    _draw_revenue(axes, years, drawn["revenue"], growth, scale)
    _draw_line(
        axes, years, drawn["operating_income"], "Operating income", color=AMBER, marker="o", linestyle="-"
    )
    _draw_line(
        axes, years, drawn["free_cash_flow"], "Free cash flow", color=GREEN, marker="s", linestyle="--"
    )
    _finish(axes, years)
    return chart


def _one_a_year(lines: Mapping[str, Any], name: str, years: Array) -> Array:
    return line(f"financial_projections[{name!r}]", lines[name], count=years.size)


def _draw_revenue(axes: Axes, years: Array, revenue: Array, growth: Array, scale: Scale) -> None:
    axes.bar(
        years,
        revenue,
        width=0.62,
        color=PALE,
        edgecolor=BLUE,
        linewidth=1.0,
        zorder=2,
        label=_named("Revenue", years, revenue),
    )
    for index in _labelled(years.size):
        amount, rate = revenue[index], growth[index]
        # Where bars stand closely, a label is as wide as five of them and stands on the highest.
        under = (
            revenue[index : index + 1]
            if years.size <= _MOST_LABELS
            else revenue[max(index - 2, 0) : index + 3]
        )
        words = [scale.write(amount)] if years.size <= _MOST_LABELS else []
        if math.isfinite(rate) and math.isfinite(amount):
            words.append(f"{rate:+.1%}" if abs(rate) < 10 else f"{1 + rate:,.0f}x")
        write(
            axes.annotate(
                "\n".join(words),
                (years[index], float(np.nan_to_num(under).max(initial=0.0))),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=9,
                color=INK,
                linespacing=1.25,
            )
        )


def _draw_line(axes: Axes, years: Array, values: Array, name: str, *, color: str, **style: Any) -> None:
    style |= {"markersize": 6 if years.size <= 15 else 4, "markerfacecolor": "white", "markeredgewidth": 1.6}
    axes.plot(
        years,
        values,
        color=color,
        linewidth=1.8,
        zorder=3,
        label=_named(name, years, values),
        **style,
    )


def _named(name: str, years: Array, values: Array) -> str:
    gaps = [f"{year:.0f}" for year in years[~np.isfinite(values)]]
    if not gaps:
        return name
    where = ", ".join(gaps) if len(gaps) <= 3 else f"{len(gaps)} of {years.size} years"
    return f"{name} (n/a in {where})"


def _labelled(count: int) -> Sequence[int]:
    # The last year always bears its label, so the steps are counted back from it.
    step = math.ceil(count / _MOST_LABELS)
    return range(count - 1, -1, -step)


def _finish(axes: Axes, years: Array) -> None:
    middle = (years[0] + years[-1]) / 2
    half = max(years.size / 2 + 0.2, 1.7)
    axes.set_xlim(middle - half, middle + half)
    axes.xaxis.set_major_locator(FixedLocator([float(years[index]) for index in _labelled(years.size)]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
    is_calendar = years[0] > 1000
    write(
        axes.set_xlabel("Fiscal year" if is_calendar else "Year of the projection", fontsize=10, color=MUTED)
    )
    low, high = axes.get_ylim()
    axes.set_ylim(low if low < 0 else 0.0, high + 0.14 * (high - low))
    handles, labels = axes.get_legend_handles_labels()
    bars_first = sorted(range(len(labels)), key=lambda place: not labels[place].startswith("Revenue"))
    axes.legend(
        [handles[place] for place in bars_first],
        [labels[place] for place in bars_first],
        loc="upper left",
        bbox_to_anchor=(0.0, -0.16),
        ncols=3,
        frameon=False,
        fontsize=10,
        labelcolor=INK,
        borderaxespad=0.0,
    )
