"""What became of forecasts: outcomes, and scores that are not won by sounding sure."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._proportions import clopper_pearson, wilson
from maos_nb.analytics._records import figure
from maos_nb.analytics.market._forecast import Forecast

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CalibrationBin", "ForecastOutcome", "ForecastStatus", "Judgement", "scored"]


class ForecastStatus(StrEnum):
    """What became of a forecast."""

    HIT = "hit"
    MISS = "miss"
    UNDECIDED = "undecided"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ForecastOutcome:
    """One forecast and what came.

    Parameters
    ----------
    forecast : Forecast
        As it was made.
    status : ForecastStatus
        ``"hit"`` or ``"miss"``: a rise (the price is above the reference) that had a probability above 0.5, or none
        that had one below; a price within the range. ``"undecided"``: the probability was 0.5, which favours neither.
        ``"not_yet"``: prices end before the day. ``"unknown"``: there is no price of the subject for one of the days.
    price : float
        The last known one up to the horizon; NaN where there is none, or not yet.
    reference : float
        What a rise starts from; NaN for a range.
    """

    forecast: Forecast
    status: ForecastStatus
    price: float
    reference: float

    @property
    def is_judged(self) -> bool:
        """Whether what came is known."""
        return self.status not in (ForecastStatus.NOT_YET, ForecastStatus.UNKNOWN)

    @property
    def has_risen(self) -> bool:
        """Whether the price is above the reference."""
        return self.price > self.reference


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Directions that were given about the same probability.

    Parameters
    ----------
    low, high : float
        Bounds of the probability; the upper one belongs to the next bin, 1 to the last.
    n : int
        Number of forecasts.
    mean_probability : float
        What was said; NaN without any.
    share_risen : float
        What came; NaN without any.
    interval : tuple of float
        Wilson's interval about `share_risen`.
    """

    low: float
    high: float
    n: int
    mean_probability: float
    share_risen: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Judgement:
    """How good forecasts were; figures are NaN where there is nothing to judge.

    Parameters
    ----------
    outcomes : tuple of ForecastOutcome
        In the order given.
    n_judged, n_not_yet, n_unknown : int
        Forecasts whose outcome is known, is still to come, cannot be known.
    n_directions, n_ranges : int
        Judged ones of each kind.
    hit_rate, hit_rate_interval
        Share of the directions, the undecided aside, that were right, and Wilson's interval.
    brier : float
        Mean of ``(probability - risen)**2``: 0 is perfect, 0.25 what 0.5 always earns.
    brier_reference : float
        The same had each been given the share that rose, which nobody knew before.
    brier_skill : float
        ``1 - brier / brier_reference``: below 0 is worse than that; NaN where all or none rose.
    log_score : float
        Mean of ``-log`` of the probability given to what came: 0 is perfect, 0.693 what 0.5 always earns, infinite
        after one certainty that failed.
    covered, covered_interval
        Share of ranges that held the price, and the exact binomial interval (Clopper and Pearson).
    promised_coverage : float
        Mean of the coverage that ranges were given.
    calibration : tuple of CalibrationBin
        Directions by their probability.
    level : float
        Confidence of the intervals, which take forecasts for independent: those of near days or like subjects are not,
        and intervals are then too narrow.
    """

    outcomes: tuple[ForecastOutcome, ...]
    n_judged: int
    n_not_yet: int
    n_unknown: int
    n_directions: int
    n_ranges: int
    hit_rate: float
    hit_rate_interval: tuple[float, float]
    brier: float
    brier_reference: float
    brier_skill: float
    log_score: float
    covered: float
    covered_interval: tuple[float, float]
    promised_coverage: float
    calibration: tuple[CalibrationBin, ...]
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with a row for each forecast: its fields, and status, price and reference."""
        import pandas as pd

        rows = [
            {
                **item.forecast.to_dict(),
                "status": item.status.value,
                "price": item.price,
                "reference": item.reference,
            }
            for item in self.outcomes
        ]
        return pd.DataFrame(rows, columns=_COLUMNS)

    def calibration_frame(self) -> pd.DataFrame:
        """Give the calibration as a frame with a row for each bin."""
        import pandas as pd

        rows = [
            (item.low, item.high, item.n, item.mean_probability, item.share_risen, *item.interval)
            for item in self.calibration
        ]
        names = ["low", "high", "n", "mean_probability", "share_risen", "interval_low", "interval_high"]
        return pd.DataFrame(rows, columns=names)

    def __repr__(self) -> str:
        return (
            f"Judgement({self.n_judged} of {len(self.outcomes)} judged: {self.n_directions} directions, "
            f"hit_rate={figure(self.hit_rate)}, brier={figure(self.brier)}; {self.n_ranges} ranges, "
            f"covered={figure(self.covered)} of promised {figure(self.promised_coverage)})"
        )


_COLUMNS = [
    "made_on",
    "subject",
    "horizon",
    "kind",
    "probability",
    "low",
    "high",
    "coverage",
    "source",
    "status",
    "price",
    "reference",
]


def scored(outcomes: tuple[ForecastOutcome, ...], n_bins: int, level: float) -> Judgement:
    """Score outcomes that have been looked up."""
    judged = [item for item in outcomes if item.is_judged]
    directions = [item for item in judged if item.forecast.kind == "direction"]
    ranges = [item for item in judged if item.forecast.kind == "range"]
    decided = [item.status is ForecastStatus.HIT for item in directions if item.status in _DECIDED]
    said = np.array([item.forecast.probability for item in directions], dtype=np.float64)
    risen = np.array([item.has_risen for item in directions], dtype=bool)
    promised = np.array([item.forecast.coverage for item in ranges], dtype=np.float64)
    held = sum(item.status is ForecastStatus.HIT for item in ranges)
    brier = _mean(np.square(said - risen))
    share = _mean(risen)
    reference = share * (1 - share)
    with np.errstate(divide="ignore"):
        surprise = -np.log(np.where(risen, said, 1 - said))
    low, high = clopper_pearson(held, len(ranges), level)
    return Judgement(
        outcomes=outcomes,
        n_judged=len(judged),
        n_not_yet=sum(item.status is ForecastStatus.NOT_YET for item in outcomes),
        n_unknown=sum(item.status is ForecastStatus.UNKNOWN for item in outcomes),
        n_directions=len(directions),
        n_ranges=len(ranges),
        hit_rate=_mean(decided),
        hit_rate_interval=_wilson(_mean(decided), len(decided), level),
        brier=brier,
        brier_reference=reference,
        brier_skill=1 - brier / reference if reference > 0 else math.nan,
        log_score=_mean(surprise),
        covered=held / len(ranges) if ranges else math.nan,
        covered_interval=(float(low), float(high)),
        promised_coverage=_mean(promised),
        calibration=_calibration(said, risen, n_bins, level),
        level=level,
    )


_DECIDED = (ForecastStatus.HIT, ForecastStatus.MISS)


def _calibration(said: Array, risen: BoolArray, n_bins: int, level: float) -> tuple[CalibrationBin, ...]:
    # Quotients, as 3 / 10 is what is written as 0.3; steps of 0.1 are not.
    edges = np.arange(n_bins + 1) / n_bins
    places = np.searchsorted(edges[1:-1], said, side="right")
    made = []
    for place, (low, high) in enumerate(itertools.pairwise(edges.tolist())):
        inside = places == place
        share, n = _mean(risen[inside]), int(inside.sum())
        # Counted from the bound, below which the mean of several equal numbers may be rounded.
        mean = low + _mean(said[inside] - low)
        made.append(CalibrationBin(low, high, n, mean, share, _wilson(share, n, level)))
    return tuple(made)


def _wilson(share: float, n: int, level: float) -> tuple[float, float]:
    low, high = wilson(share, n, level)
    return float(low), float(high)


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else math.nan
