"""Quarters compared with their year: the sum of flows, the last balance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maos_nb._views import number
from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._identity_trials import Tried, half_units, not_known
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel

__all__ = ["quarter_trials"]


def quarter_trials(annual: Panel, quarterly: Panel, units: Array) -> Iterator[Tried]:
    """Compare each amount of money of a year with its quarters: their sum for a flow, the last for a balance."""
    for item, field in FIELDS.items():
        if field.unit != "money" or field.kind not in ("flow", "stock"):
            continue
        if item in annual.values and item in quarterly.values:
            quarters = _by_year(annual, quarterly, quarterly[item])
            places = slice(None) if field.kind == "flow" else slice(3, None)
            found = np.where(np.isfinite(annual[item]), annual[item], np.nan)
            yield _quarters_tried(item, found, quarters[..., places], units)


def _by_year(annual: Panel, quarterly: Panel, figures: Array) -> Array:
    """Give the quarters of each year ``(n_companies, n_years, 4)``, NaN where there are none."""
    columns = {period: place for place, period in enumerate(quarterly.periods)}
    rows = {ticker: place for place, ticker in enumerate(quarterly.tickers)}
    # The last place of each axis is NaN, which is where -1 points to.
    known = np.where(np.isfinite(figures), figures, np.nan)
    padded = np.pad(known, ((0, 1), (0, 1)), constant_values=np.nan)
    row = [rows.get(ticker, -1) for ticker in annual.tickers]
    column = [[columns.get(f"{year}Q{quarter}", -1) for quarter in range(1, 5)] for year in annual.periods]
    return np.asarray(padded[np.array(row)[:, np.newaxis, np.newaxis], np.array(column)])


def _quarters_tried(item: str, found: Array, quarters: Array, units: Array) -> Tried:
    is_flow = quarters.shape[-1] == 4
    names = ("Q1", "Q2", "Q3", "Q4") if is_flow else ("Q4",)
    expected = quarters.sum(axis=-1)

    def fails(row: int, column: int) -> str:
        pairs = zip(names, quarters[row, column], strict=True)
        shown = " + ".join(f"{name} {number(float(figure))}" for name, figure in pairs)
        sum_shown = f" = {number(float(expected[row, column]))}" if is_flow else ""
        return f"{item} of the year {number(float(found[row, column]))} is not {shown}{sum_shown}"

    def missing(row: int, column: int) -> str:
        figures = (found[row, column], *quarters[row, column])
        absent = [
            name for name, figure in zip(("the year", *names), figures, strict=True) if np.isnan(figure)
        ]
        return f"{item} of {not_known(absent)}"

    return Tried(
        name=f"{'quarters' if is_flow else 'fourth_quarter'}_{item}",
        found=found,
        expected=expected,
        scale=np.maximum(np.abs(np.nan_to_num(quarters)).max(axis=-1), np.abs(np.nan_to_num(found))),
        rounding=half_units(found, units) + half_units(quarters, units[..., np.newaxis]).sum(axis=-1),
        holds=lambda _row, _column: f"{item} of the year = {' + '.join(names)}",
        fails=fails,
        missing=missing,
    )
