"""The trend regime: a price against its averages, with a band that has to be left before the word changes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, refuse
from maos_nb.analytics.market._panel import as_prices, rolling_mean
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["TrendRegime", "held_states", "trend_regime"]


class TrendRegime(NamedTuple):
    """The trend and what it was read from, each of the input's kind.

    Parameters
    ----------
    state
        1 for up, -1 for down, 0 for none yet.
    distance
        ``fast average / slow average - 1``.
    fast, slow
        The averages.
    """

    state: Any
    distance: Any
    fast: Any
    slow: Any


@indicator(lambda slow: slow - 1)
def trend_regime(prices: Observations, fast: int = 50, slow: int = 200, *, band: float = 0.01) -> TrendRegime:
    """Tell up-trends from down-trends by two moving averages.

    Parameters
    ----------
    prices : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices above zero; NaN where there is none.
    fast, slow : int
        Observations in the two simple averages; ``fast=1`` is the price itself.
    band : float
        How far, as a fraction of the slow average, the fast one must be above it for an up-trend to start and below
        it for a down-trend to start, zero or more. In between the last trend goes on: that keeps it from changing
        its mind with every small crossing.

    Returns
    -------
    TrendRegime
        State, distance and averages. NaN before `slow` observations and while a gap is among them; the trend goes on
        after the gap as it was.

    Raises
    ------
    InputError
        If `prices` is not a table of numbers above zero or its rows are not in order, `fast` is not below `slow`, or
        `band` is negative.

    Notes
    -----
    Averages of 50 and 200 days with no band are the "golden" and the "death cross".

    Examples
    --------
    >>> trend_regime([10.0, 10.0, 12.0, 11.0, 9.0], fast=1, slow=2, band=0.05).state
    array([nan,  0.,  1.,  1., -1.])
    """
    held = as_prices("prices", prices)
    near, far = as_count("fast", fast), as_count("slow", slow)
    if near >= far:
        raise InputError("fast and slow", f"expected fast below slow, got {near} and {far}")
    width = as_float("band", band, finite=True)
    refuse("band", width, width < 0, "a fraction of zero or more")
    quick, steady = rolling_mean(held.array, near), rolling_mean(held.array, far)
    distance = quick / steady - 1.0
    state = held_states(distance, -float(width), float(width))
    return TrendRegime(*map(held.restore, (state, distance, quick, steady)))


def held_states(distance: Array, low: float, high: float) -> Array:
    """Give 1 above `high`, -1 below `low`, and in between what was last; 0 before, NaN at gaps."""
    with np.errstate(invalid="ignore"):
        fresh = (distance > high).astype(np.int8) - (distance < low)
    places = np.where(fresh != 0, np.arange(distance.shape[1]), 0)
    latest = np.maximum.accumulate(places, axis=1)
    state = np.take_along_axis(fresh, latest, axis=1).astype(np.float64)
    return np.where(np.isnan(distance), np.nan, state)
