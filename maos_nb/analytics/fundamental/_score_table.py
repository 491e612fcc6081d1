"""What every score shares: its zones, its source, and the frame in which its components are seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Score",
    "Zone",
    "above",
    "choose",
    "first_known",
    "ratio",
    "table",
    "tally",
    "true_where",
    "weigh",
    "zone_names",
]


@dataclass(frozen=True, slots=True)
class Zone:
    """A range of a score that has a name.

    Parameters
    ----------
    lower, upper : float
        A score of `lower` is in the zone, one of `upper` in the next; the last zone holds its `upper` too.
        Infinite where a score has no bound.
    name : str
        The zone in words, such as ``"distress"``.
    verdict : {"good", "neutral", "bad"}
        What the zone says about the company.
    """

    lower: float
    upper: float
    name: str
    verdict: Literal["good", "neutral", "bad"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Score:
    """A published score: who wrote it, what goes in, and how to read it.

    Parameters
    ----------
    name : str
        The name of its function.
    function : callable
        Calculates it for a panel, as a frame; options as keywords.
    source : str
        Where it was published.
    components : mapping of str to str
        The columns that it is made of, each with its formula in the items of a panel, as the function's
        default options have it.
    zones : tuple of Zone
        How `score` is read, from the lowest zone to the highest; empty where a score has no zones.
    higher_is_better : bool
        Whether a high score speaks for the company.
    constant : float
        What a weighted score starts from.
    coefficients : mapping of str to float
        What each component is multiplied with; empty where a score is not a weighted sum.
    further : mapping of str to str
        Columns after the components that follow from them, such as a probability, each in words.

    Examples
    --------
    >>> from maos_nb.analytics.fundamental.scores import SCORES
    >>> SCORES["zmijewski"]
    <Score zmijewski of 3 components, lower is better>
    >>> SCORES["zmijewski"].zone(-1.5)
    Zone(lower=-inf, upper=0.0, name='healthy', verdict='good')
    """

    name: str
    function: Callable[..., pd.DataFrame]
    source: str
    components: Mapping[str, str]
    zones: tuple[Zone, ...]
    higher_is_better: bool
    constant: float = 0.0
    coefficients: Mapping[str, float] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("components", "coefficients", "further"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def n_inputs(self) -> int:
        """How many components the score needs: what ``n_available`` is to be compared with."""
        return len(self.components)

    def zone(self, score: float) -> Zone | None:
        """Give the zone that a score lies in; None for NaN, and where the score has no zones."""
        return next((zone for zone, inside in _inside(np.asarray(score), self.zones) if inside), None)

    def __repr__(self) -> str:
        direction = "higher" if self.higher_is_better else "lower"
        return f"<Score {self.name} of {self.n_inputs} components, {direction} is better>"


def zone_names(score: Array, zones: tuple[Zone, ...]) -> npt.NDArray[np.object_]:
    """Name the zone of each score, "" where there is none."""
    names = np.full(score.shape, "", dtype=object)
    for zone, inside in _inside(score, zones):
        names[inside] = zone.name
    return names


def table(
    panel: Panel,
    score: Array,
    zones: tuple[Zone, ...],
    components: Mapping[str, Array],
    **further: npt.NDArray[Any],
) -> pd.DataFrame:
    """Lay a score, its zone and its components ``(n_companies, n_periods)`` out as a frame."""
    import pandas as pd

    available = reduce(add, (np.isfinite(column).astype(np.int64) for column in components.values()))
    columns = {
        "score": score,
        "zone": zone_names(score, zones),
        "n_available": available,
        **components,
        **further,
    }
    return pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=panel.index())


def weigh(constant: float, coefficients: Mapping[str, float], components: Mapping[str, Array]) -> Array:
    """Add components up by their coefficients; NaN where one is."""
    weighted = (coefficient * components[name] for name, coefficient in coefficients.items())
    return np.asarray(constant + reduce(add, weighted))


def tally(components: Mapping[str, Array]) -> tuple[Array, Array]:
    """Count the criteria that are met: NaN unless all are known, and among those known (NaN if none is)."""
    stacked = np.stack(list(components.values()))
    known = np.isfinite(stacked)
    met = np.where(known.any(axis=0), np.where(known, stacked, 0.0).sum(axis=0), np.nan)
    return np.where(known.all(axis=0), met, np.nan), met


def ratio(numerator: Array, denominator: Array) -> Array:
    """Divide; NaN where the denominator is zero."""
    quotient = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator != 0)
    return quotient


def above(figures: Array, others: Array | float) -> Array:
    """Tell with 1 and 0 where figures are above others; NaN where either is."""
    return true_where(figures > others, figures, others)


def true_where(condition: BoolArray, *needed: Array | float) -> Array:
    """Turn a condition into 1 and 0, and into NaN where a figure that it needs is NaN."""
    missing = reduce(np.logical_or, (np.isnan(figures) for figures in needed))
    return np.where(missing, np.nan, condition.astype(np.float64))


def first_known(*figures: Array) -> Array:
    """Take each figure from the first array in which it is known."""
    return reduce(lambda chosen, other: np.where(np.isnan(chosen), other, chosen), figures)


def choose(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse an option that is none of its choices."""
    if value not in choices:
        raise InputError(name, f"expected {' or '.join(map(repr, choices))}, got {value!r}")


def _inside(score: Array, zones: tuple[Zone, ...]) -> list[tuple[Zone, BoolArray]]:
    last = len(zones) - 1
    return [
        (zone, (score >= zone.lower) & ((score < zone.upper) | ((place == last) & (score == zone.upper))))
        for place, zone in enumerate(zones)
    ]
