"""Ratios as lines over the years: what is read of a table before it is drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, as_float
from maos_nb.errors import InputError
from maos_nb.plotting._chart import Scale, scale_for
from maos_nb.plotting._door import line
from maos_nb.plotting._statement_tables import check_table, ratio_name, ratio_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "RatioLines", "read_ratios"]

_Places: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]

_MOST = 24
_BEST_KNOWN: Final = (
    "revenue_growth",
    "gross_margin",
    "operating_margin",
    "net_margin",
    "roe",
    "roic",
    "asset_turnover",
    "cash_conversion_cycle",
    "current_ratio",
    "debt_to_equity",
    "interest_coverage",
    "free_cash_flow_margin",
)


@dataclass(frozen=True, slots=True)
class RatioLines:
    """One ratio: the company's figures ``(n_periods,)`` and its peers' ``(n_peers, n_periods)``.

    Peers over a negative denominator are NaN, as they cannot be compared; the company's own are marked.
    """

    title: str
    unit: str
    scale: Scale | None
    own: Array
    peers: Array
    is_negative: BoolArray

    @property
    def factor(self) -> float:
        """What figures are multiplied with to be drawn."""
        if self.scale is not None:
            return 1 / self.scale.divisor
        return 100.0 if self.unit == "rate" else 1.0

    @property
    def suffix(self) -> str:
        """What stands behind the figures along the axis."""
        return {"rate": "%", "times": "x"}.get(self.unit, "")

    def write(self, value: float) -> str:
        """Write a figure with its unit."""
        if self.scale is None or not np.isfinite(value):
            return ratio_words(value, self.unit)
        return " ".join(filter(None, (self.scale.write(value / self.scale.divisor), self.scale.unit)))

    def cut(self, span: slice) -> RatioLines:
        """Give some of the periods."""
        return dataclasses.replace(
            self, own=self.own[span], peers=self.peers[:, span], is_negative=self.is_negative[span]
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ratios of a company and its peers, in the periods of which something of the company is known."""

    ticker: str
    peers: list[str]
    periods: list[int | str]
    ratios: list[RatioLines]


def read_ratios(
    frame: Any, ticker: str, names: object, peers: object, ratios: Mapping[str, Any] | None
) -> Comparison:
    """Take the arguments of the chart, or raise InputError naming the one that is wrong."""
    table = check_table("frame", frame)
    flags = getattr(frame, "negative_denominator", None)
    others = _peers(table, ticker, peers)
    periods = _periods(table)
    definitions = _definitions(ratios)
    places = _places(table, [ticker, *others], periods)
    lines = [_lines(table, flags, name, definitions, places) for name in _chosen(table, names)]
    known = np.flatnonzero(np.isfinite([each.own for each in lines]).any(axis=0))
    if not known.size:
        raise InputError("frame", f"knows none of the ratios of {ticker} in any period")
    span = slice(int(known[0]), int(known[-1]) + 1)
    return Comparison(ticker, others, periods[span], [each.cut(span) for each in lines])


def _definitions(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if given is not None:
        return given
    # The package of the fundamentals loads pandas, which a chart of a valuation can do without.
    from maos_nb.analytics.fundamental.fields import FIELDS
    from maos_nb.analytics.fundamental.ratios import LINES, RATIOS

    return {**FIELDS, **LINES, **RATIOS}


def _chosen(table: pd.DataFrame, names: object) -> list[str]:
    if names is None:
        every = [str(name) for name in table.columns]
        if not every:
            raise InputError("frame", "has no ratios")
        return every if len(every) <= _MOST else [name for name in _BEST_KNOWN if name in every] or every[:12]
    if isinstance(names, str) or not isinstance(names, Collection) or not names:
        raise InputError("names", f"expected a list of ratios, got {names!r}")
    chosen = list(dict.fromkeys(names))
    if len(chosen) > _MOST:
        raise InputError(
            "names", f"expected at most {_MOST} ratios, got {len(chosen)}", advice="Draw two charts"
        )
    missing = [str(name) for name in chosen if name not in table.columns]
    if missing:
        raise InputError(
            "names", f"the table lacks {', '.join(missing)}", advice=f"Here: {', '.join(table.columns)}"
        )
    return chosen


def _peers(table: pd.DataFrame, ticker: object, peers: object) -> list[str]:
    here = list(dict.fromkeys(table.index.get_level_values(0)))
    if peers is None:
        chosen = [name for name in here if name != ticker]
    elif isinstance(peers, str) or not isinstance(peers, Collection):
        raise InputError("peers", f"expected a list of tickers, got {peers!r}")
    else:
        chosen = [name for name in dict.fromkeys(peers) if name != ticker]
    for argument, name in (("ticker", ticker), *(("peers", name) for name in chosen)):
        if name not in here:
            raise InputError(
                argument, f"{name!r} is not in frame", advice=f"Here: {', '.join(map(str, here[:30]))}"
            )
    return chosen


def _periods(table: pd.DataFrame) -> list[int | str]:
    labels = set(table.index.get_level_values(1))
    if all(isinstance(label, str) for label in labels):
        return sorted(labels)
    if not all(isinstance(label, int | np.integer) for label in labels):
        raise InputError("frame", "expected fiscal years such as 2023, or quarters such as '2023Q1'")
    # A year without a row is a gap in the line, not a shorter way.
    return list(range(int(min(labels)), int(max(labels)) + 1))


def _lines(
    table: pd.DataFrame, flags: Any, name: str, definitions: Mapping[str, Any], places: _Places
) -> RatioLines:
    argument = f"frame[{name!r}]"
    column = as_float(argument, table[name].to_numpy())
    # A division by zero in the caller's own table is as little known as NaN.
    column = line(argument, np.where(np.isinf(column), np.nan, column), per="row")
    figures = np.where(places >= 0, column[places], np.nan)
    negative = np.zeros(places.shape, dtype=bool)
    if flags is not None:
        negative = (places >= 0) & flags[name].to_numpy()[places]
    peers = np.where(negative[1:], np.nan, figures[1:])
    definition = definitions.get(name)
    unit = "" if definition is None else str(definition.unit)
    title = ratio_name(name if definition is None else str(getattr(definition, "title", "") or name))
    scale = _scale(np.vstack([figures[:1], peers])) if unit in ("money", "shares") else None
    if unit == "days" and "days" not in title.lower():
        title += ", days"
    return RatioLines(title, unit, scale, figures[0], peers, negative[0] & np.isfinite(figures[0]))


def _scale(amounts: Array) -> Scale:
    # XXX is the code of ISO 4217 for no currency: a table of ratios does not say which it is.
    scale = scale_for(amounts, "XXX")
    decimals = scale.decimals if scale.decimals is None else max(scale.decimals, 1)
    return dataclasses.replace(scale, unit=scale.unit.removeprefix("XXX").strip(), decimals=decimals)


def _places(table: pd.DataFrame, companies: Sequence[str], periods: Sequence[int | str]) -> _Places:
    """Give the rows ``(n_companies, n_periods)`` of the table, -1 where it has none."""
    wanted: Any = [(company, period) for company in companies for period in periods]
    return np.asarray(table.index.get_indexer(wanted)).reshape(len(companies), len(periods))
