"""A measured figure with its place in its own past, and sentences that carry their numbers with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LEAST_PAST",
    "Measure",
    "Measures",
    "Statement",
    "last_of",
    "measured",
    "rank_in_past",
    "say",
    "say_of",
    "standing",
]

LEAST_PAST = 252
"""Fewer earlier figures than this give no percentile."""

Statement: TypeAlias = dict[str, Any]
"""``statement``, the words, and ``evidence``, every number in them by name."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the market.

    Parameters
    ----------
    name, title, unit : str
        In code, in words, and what it is counted in: "fraction", "points", "ratio", "count" or "fraction per year".
    value : float
        NaN where it is not known.
    percentile : float
        The share of earlier figures below it, ties by half; NaN with fewer than `LEAST_PAST` of them.
    n_past : int
        How many earlier ones there are.
    state : str
        In one or two words; empty where it has none.
    as_of, source : str
        The last day that it rests on, and the origin of its data.
    """

    name: str
    title: str
    unit: str
    value: float
    percentile: float
    n_past: int
    state: str
    as_of: str
    source: str

    @property
    def is_known(self) -> bool:
        """Whether there is a figure."""
        return math.isfinite(self.value)

    def to_dict(self) -> dict[str, Any]:
        """Give plain values; what is not known is None."""
        return {
            "title": self.title,
            "value": self.value if self.is_known else None,
            "unit": self.unit,
            "percentile": None if math.isnan(self.percentile) else self.percentile,
            "n_past": self.n_past,
            "state": self.state or None,
            "as_of": self.as_of,
            "source": self.source,
        }


class Measures(dict[str, Measure]):
    """Measures by name; one that is not there has no figure."""

    def value(self, name: str) -> float:
        """Give the figure; NaN where there is none."""
        return self[name].value if name in self else math.nan

    def percentile(self, name: str) -> float:
        """Give the place in its past; NaN where there is none."""
        return self[name].percentile if name in self else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Give those with a figure as plain values."""
        return {name: item.to_dict() for name, item in self.items() if item.is_known}


def measured(
    name: str,
    title: str,
    unit: str,
    series: pd.Series[float],
    source: str,
    *,
    states: tuple[tuple[float, str], ...] = (),
    is_level: bool = False,
) -> Measure:
    """Measure the last observation of a series against those before it.

    `states` are upper bounds of the value with a word each, the last one open; without them the word says where the
    figure stands in its past. A level that grows with time, or a mere count, has no place in its past.
    """
    values = series.to_numpy(dtype=float)
    day = series.index[-1].date().isoformat() if len(series) else ""
    value = last_of(series)
    if is_level:
        return Measure(name, title, unit, value, math.nan, 0, "", day, source)
    percentile, n_past = rank_in_past(values)
    state = _word(value, states) if states else standing(percentile)
    return Measure(name, title, unit, value, percentile, n_past, state, day, source)


def rank_in_past(values: Any) -> tuple[float, int]:
    """Give the mid-rank of the last figure among those before it, as `past_percentile` does, and their number."""
    if not len(values):
        return math.nan, 0
    past = values[:-1]
    past = past[~np.isnan(past)]
    if len(past) < LEAST_PAST or math.isnan(values[-1]):
        return math.nan, len(past)
    return float((past < values[-1]).mean() + (past == values[-1]).mean() / 2), len(past)


def last_of(series: pd.Series[float]) -> float:
    """Give the last figure; NaN where it is missing or infinite."""
    value = float(series.iloc[-1]) if len(series) else math.nan
    return value if math.isfinite(value) else math.nan


_STANDINGS = ((0.1, "very low"), (0.25, "low"), (0.75, "usual"), (0.9, "high"), (math.inf, "very high"))


def standing(percentile: float) -> str:
    """Say where a percentile lies in words."""
    return _word(percentile, _STANDINGS)


def _word(value: float, states: tuple[tuple[float, str], ...]) -> str:
    if math.isnan(value):
        return "not known"
    return next(word for bound, word in states if value < bound)


def say(template: str, **evidence: Any) -> list[Statement]:
    """Fill a sentence from its evidence; without one of the numbers nothing is said.

    Digits come into the words from `evidence` alone, so that each number has its name beside it.
    """
    plain = {name: _plain(value) for name, value in evidence.items()}
    if any(isinstance(value, float) and not math.isfinite(value) for value in plain.values()):
        return []
    return [{"statement": template.format_map(plain), "evidence": plain}]


def say_of(measures: Measures, template: str, **more: Any) -> list[Statement]:
    """Fill a sentence from measures: ``{cape}`` is a value, ``{cape_percentile}`` its place in its past."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    known = {**_derived(measures), **more}
    return say(template, **{name: known[name] if name in known else _named(measures, name) for name in names})


def _named(measures: Measures, name: str) -> float:
    if name in measures:
        return measures.value(name)
    return measures.percentile(name.removesuffix("_percentile"))


def _derived(measures: Measures) -> dict[str, float]:
    """Give figures that are easier to read than the measures that they come from."""
    return {
        "treasury_10y_before": measures.value("treasury_10y") - measures.value("treasury_10y_change"),
        "slope_points": 100 * measures.value("slope_3m_10y"),
    }


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
