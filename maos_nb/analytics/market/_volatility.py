"""The volatility regime: realised volatility against its own past."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_fraction
from maos_nb.analytics.market._panel import as_above_zero, as_returns, rolling_deviation
from maos_nb.analytics.market._past import as_history, percentiles
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["VolatilityRegime", "volatility_regime"]


class VolatilityRegime(NamedTuple):
    """The volatility regime and what it was read from, each of the input's kind.

    Parameters
    ----------
    state
        -1 for calm, 0 for usual, 1 for turbulent.
    volatility
        Annualised, as a decimal.
    percentile
        Where that stands among earlier ones, from 0 to 1.
    """

    state: Any
    volatility: Any
    percentile: Any


@indicator(lambda window, min_history: window - 1 + min_history)
def volatility_regime(
    returns: Observations,
    window: int = 21,
    *,
    low: float = 0.25,
    high: float = 0.75,
    history: int | None = None,
    min_history: int = 252,
    periods_per_year: float = 252,
) -> VolatilityRegime:
    """Tell calm from turbulent markets by where realised volatility stands among its own past.

    Parameters
    ----------
    returns : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Returns per period; NaN where there is none.
    window : int
        Observations in each volatility, at least 2.
    low, high : float
        Percentiles, from 0 to 1, below which it is calm and above which it is turbulent.
    history, min_history : int
        How many earlier volatilities count (all by default), and how many there must be.
    periods_per_year : float
        Periods in a year, above zero.

    Returns
    -------
    VolatilityRegime
        State, volatility and percentile. NaN before ``window - 1 + min_history`` observations and while a gap is in
        the window; volatility itself from ``window - 1`` on.

    Raises
    ------
    InputError
        If `returns` is not a table of finite numbers or NaN or its rows are not in order, a count is not a whole
        number, `history` is less than `min_history`, `low` is not below `high`, or they are outside [0, 1].

    Notes
    -----
    Realised volatility is the deviation with ddof 1, times the root of `periods_per_year`. The percentile is that of
    `past_percentile`: earlier observations only.

    Examples
    --------
    >>> calm, wild = [0.01, -0.01] * 4, [0.05, -0.05]
    >>> volatility_regime([*calm, *wild], window=2, min_history=2).state
    array([nan, nan, nan,  0.,  0.,  0.,  0.,  0.,  1.,  1.])
    """
    held = as_returns("returns", returns)
    span = as_count("window", window, minimum=2)
    past, least = as_history(history, min_history)
    year = as_above_zero("periods_per_year", periods_per_year)
    under, over = float(as_fraction("low", low)), float(as_fraction("high", high))
    if not under < over:
        raise InputError("low and high", f"expected low below high, got {under} and {over}")
    volatility = rolling_deviation(held.array, span) * np.sqrt(year)
    rank = _ranked(volatility, past, least)
    with np.errstate(invalid="ignore"):
        state = np.where(np.isnan(rank), np.nan, (rank > over) * 1.0 - (rank < under))
    return VolatilityRegime(*map(held.restore, (state, volatility, rank)))


def _ranked(array: Array, history: int | None, min_history: int) -> Array:
    return np.array([percentiles(row, history, min_history) for row in array]).reshape(array.shape)
