"""Panels of years, quarters and twelve months made of the versions of figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._derived_quarters import Quarters, find_quarters
from maos_nb.analytics.fundamental._facts import NO_DAY
from maos_nb.analytics.fundamental._fiscal_periods import SPANS
from maos_nb.analytics.fundamental._traces import AnnualTrace, QuarterTrace, TrailingTrace, quarter_label
from maos_nb.analytics.fundamental._versions import Versions, Vintage
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import YEAR_DAYS, Panel, Trace
from maos_nb.errors import MissingDataError

__all__ = ["annual_panel", "quarterly_panel", "trailing_panel"]

# From the end of a quarter to that of the third one after it, in quarters of 12 to 17 weeks.
_THREE_QUARTERS_DAYS = (226, 296)


def annual_panel(versions: Versions, vintage: Vintage) -> Panel:
    """Make a panel of fiscal years: flows over the year, balances at its end."""
    chosen = versions.chosen(vintage)
    is_stock = np.array([FIELDS[name].kind == "stock" for name in versions.facts.fields])
    span = np.where(is_stock, SPANS.index("Q4"), SPANS.index("year"))
    version = np.take_along_axis(chosen, span[:, np.newaxis, np.newaxis, np.newaxis], axis=3)[..., 0]
    return _panel(versions, versions.values(version), 1, AnnualTrace(versions, version))


def quarterly_panel(versions: Versions, vintage: Vintage) -> Panel:
    """Make a panel of fiscal quarters."""
    quarters = find_quarters(versions, vintage)
    return _panel(versions, _in_a_row(quarters), 4, QuarterTrace(versions, quarters))


def trailing_panel(versions: Versions, vintage: Vintage) -> Panel:
    """Make a panel of the twelve months to each quarter's end."""
    quarters = find_quarters(versions, vintage)
    values = _in_a_row(quarters)
    kinds = np.array([FIELDS[name].kind for name in versions.facts.fields])
    summed = np.full(values.shape, np.nan)
    summed[..., 3:] = values[..., :-3] + values[..., 1:-2] + values[..., 2:-1] + values[..., 3:]
    ends = versions.quarter_ends()
    # A company that moved its year's end has quarters whose names follow each other and whose days do not.
    days = ends[:, 3:] - ends[:, :-3]
    known = (ends[:, 3:] != NO_DAY) & (ends[:, :-3] != NO_DAY)
    is_year = known & (days >= _THREE_QUARTERS_DAYS[0]) & (days <= _THREE_QUARTERS_DAYS[1])
    summed[..., 3:] = np.where(is_year, summed[..., 3:], np.nan)
    summed[kinds == "mean"] /= 4
    summed[kinds == "stock"] = values[kinds == "stock"]
    trace = TrailingTrace(QuarterTrace(versions, quarters))
    return replace(_panel(versions, summed, 4, trace), flow_days=YEAR_DAYS)


def _in_a_row(quarters: Quarters) -> Array:
    n_fields, n_tickers, n_years, _ = quarters.value.shape
    return quarters.value.reshape(n_fields, n_tickers, n_years * 4)


def _panel(versions: Versions, values: Array, periods_per_year: int, trace: Trace) -> Panel:
    """Cut the grid, fields x companies x periods, to the periods of which something is known."""
    known = np.flatnonzero(np.isfinite(values).any(axis=(0, 1)))
    if not len(known):
        raise MissingDataError(
            f"no figure could be placed in a fiscal {'year' if periods_per_year == 1 else 'quarter'}",
            advice="A company needs figures over its fiscal years; unplaced() lists the facts that are in none",
        )
    first, last = int(known[0]), int(known[-1])
    start = versions.first_year * periods_per_year
    places = range(start + first, start + last + 1)
    periods = tuple(places) if periods_per_year == 1 else tuple(map(quarter_label, places))
    kept = values[..., first : last + 1]
    kept.setflags(write=False)  # statements keep their panels
    return Panel(
        versions.facts.tickers,
        periods,
        {name: kept[place] for place, name in enumerate(versions.facts.fields)},
        periods_per_year,
        versions.facts.currency,
        trace,
    )
