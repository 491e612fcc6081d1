"""Change points found afterwards: the segmentation of least cost, looking at everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, refuse
from maos_nb.analytics._records import figure
from maos_nb.analytics.market._panel import as_single, label
from maos_nb.analytics.technical._columns import Observations
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SegmentCost", "Segments", "offline_change_points"]

SegmentCost: TypeAlias = Literal["mean", "variance", "mean_variance"]

PARAMETERS: dict[str, int] = {"mean": 1, "variance": 1, "mean_variance": 2}
RIDGE = 1e-8
"""Added to each segment's variance, in variances of the whole: else one that does not move would cost minus infinity."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Segments:
    """Stretches of a history between its change points; all but the two numbers ``(n_segments,)``.

    Parameters
    ----------
    starts
        Number of each segment's first row; the first is that of the first observation.
    labels
        The label of that row, or its number if an array came.
    sizes
        Observations in each, gaps aside.
    means, deviations
        Of each; the deviation with ddof 1, NaN for one observation.
    cost
        Of the whole segmentation, penalties aside.
    penalty
        For each change point.
    """

    starts: Any
    labels: tuple[Any, ...]
    sizes: Any
    means: Array
    deviations: Array
    cost: float
    penalty: float

    def __repr__(self) -> str:
        return (
            f"Segments({len(self.labels)} segments, cost={figure(self.cost)}, penalty={figure(self.penalty)})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per segment, indexed by its first row's label: size, mean and deviation."""
        import pandas as pd

        columns = {"size": self.sizes, "mean": self.means, "deviation": self.deviations}
        return pd.DataFrame(columns, index=pd.Index(self.labels, name="start"))


def offline_change_points(
    x: Observations,
    *,
    cost: SegmentCost = "mean_variance",
    penalty: float | None = None,
    min_size: int = 21,
) -> Segments:
    """Find, looking back at everything, where mean or variance changed.

    This is not causal: a change point is placed by what came after it. `online_change_points` tells what could have
    been known.

    Parameters
    ----------
    x : Series or array, shape (n_observations,)
        Such as returns; NaN for gaps, which are left out.
    cost : {"mean", "variance", "mean_variance"}
        What may change. For "mean" the variance is one throughout, estimated from differences of neighbours; for
        "variance" the mean is one throughout.
    penalty : float, optional
        What one more change point has to bring, zero or more; by default Schwarz's criterion: the logarithm of the
        number of observations, for each parameter of a segment and for its place.
    min_size : int
        Fewest observations in a segment; at least 2 where a variance may change.

    Returns
    -------
    Segments
        One segment where nothing has changed.

    Raises
    ------
    InputError
        If `x` is not one column of finite numbers or NaN or its rows are not in order, it has fewer than `min_size`
        observations, `cost` is unknown, `penalty` is negative, or `min_size` is not a whole number in its range.

    Notes
    -----
    Twice the negative log likelihood of normal segments: ``n log(variance)``, or the sum of squares over the
    variance for "mean". The least of all segmentations is found exactly, by optimal partitioning (Jackson et al.
    2005) with the pruning of Killick, Fearnhead and Eckley (2012), *JASA* 107, "PELT".

    Examples
    --------
    >>> draws = np.random.default_rng(0).standard_normal(500)
    >>> draws[300:] *= 3.0
    >>> found = offline_change_points(draws)
    >>> found.labels, found.deviations.round(1)
    ((0, 300), array([1., 3.]))
    """
    held = as_single("x", x)
    if cost not in PARAMETERS:
        raise InputError("cost", f"expected {' or '.join(map(repr, PARAMETERS))}, got {cost!r}")
    least = as_count("min_size", min_size, minimum=1 if cost == "mean" else 2)
    places = np.flatnonzero(~np.isnan(held.array[0]))
    values = held.array[0, places]
    if len(values) < least:
        raise InputError("x", f"expected at least {least} observations, got {len(values)}")
    price = _as_penalty(penalty, cost, len(values))
    first, total = _partition(_Costs(values, cost), len(values), price, least)
    bounds = [*first, len(values)]
    parts = [values[start:stop] for start, stop in zip(first, bounds[1:], strict=True)]
    starts = places[first]
    return Segments(
        starts=starts,
        labels=tuple(label(held, int(start)) for start in starts),
        sizes=np.array([len(part) for part in parts]),
        means=np.array([part.mean() for part in parts]),
        deviations=np.array([part.std(ddof=1) if len(part) > 1 else np.nan for part in parts]),
        cost=total - price * (len(first) - 1),
        penalty=price,
    )


def _as_penalty(penalty: float | None, cost: SegmentCost, count: int) -> float:
    if penalty is None:
        return (PARAMETERS[cost] + 1) * float(np.log(count))
    price = as_float("penalty", penalty, finite=True)
    refuse("penalty", price, price < 0, "zero or more")
    return float(price)


class _Costs:
    """Costs of all segments that end at a place, by sums up to each place."""

    def __init__(self, values: Array, cost: SegmentCost) -> None:
        shifted = values - values[0]
        centred = shifted - shifted.mean()
        scale = centred.std()
        standard = centred / scale if scale > 0 else centred
        self.cost = cost
        self.sums = np.concatenate([[0.0], np.cumsum(standard)])
        self.squares = np.concatenate([[0.0], np.cumsum(np.square(standard))])
        self.variance = _variance_of_differences(standard)

    def of(self, starts: Any, stop: int) -> Array:
        """Cost of the segments from each start to before `stop`."""
        size = stop - starts
        squares = self.squares[stop] - self.squares[starts]
        if self.cost != "variance":
            squares = squares - np.square(self.sums[stop] - self.sums[starts]) / size
        squares = np.maximum(squares, 0.0)
        if self.cost == "mean":
            return np.asarray(squares / self.variance)
        return np.asarray(size * np.log(squares / size + RIDGE))


def _variance_of_differences(values: Array) -> float:
    """Estimate the variance about a mean that jumps now and then: jumps are in few differences."""
    if len(values) < 2:
        return 1.0
    middle = float(np.median(np.abs(np.diff(values))))
    # The median of |N(0, 1)| is 0.6745; a difference has twice the variance.
    return max((middle / 0.6744897501960817) ** 2 / 2.0, RIDGE)


def _partition(costs: _Costs, count: int, penalty: float, min_size: int) -> tuple[list[int], float]:
    """Give the first place of each segment of the cheapest partition, and its cost with penalties."""
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    before = np.zeros(count + 1, dtype=np.intp)
    candidates = np.zeros(0, dtype=np.intp)
    expiry = np.zeros(0, dtype=np.intp)
    for stop in range(min_size, count + 1):
        candidates = np.append(candidates, stop - min_size)
        expiry = np.append(expiry, count + 1)
        totals = best[candidates] + costs.of(candidates, stop)
        cheapest = int(totals.argmin())
        best[stop], before[stop] = totals[cheapest] + penalty, candidates[cheapest]
        # Whatever starts there is never cheaper than what starts here: from the day on which that is long enough.
        expiry = np.where(totals >= best[stop], np.minimum(expiry, stop + min_size), expiry)
        alive = (expiry > stop + 1) & np.isfinite(best[candidates])
        candidates, expiry = candidates[alive], expiry[alive]
    first, stop = [], count
    while stop > 0:
        stop = int(before[stop])
        first.append(stop)
    return first[::-1], float(best[count])
