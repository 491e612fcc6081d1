"""The average correlation between all pairs of assets."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.market._panel import CHUNK, across, as_returns, rolling_deviation
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["AverageCorrelation", "CorrelationWeights", "average_correlation"]

CorrelationWeights: TypeAlias = Literal["equal", "volatility"]


class AverageCorrelation(NamedTuple):
    """The average correlation and what it is of: each a Series or an array ``(n_observations,)``.

    Parameters
    ----------
    correlation
        The average over all pairs.
    counted
        Number of assets in it.
    """

    correlation: Any
    counted: Any


@indicator(lambda window: window - 1)
def average_correlation(
    returns: Observations, window: int = 63, *, weights: CorrelationWeights = "equal"
) -> AverageCorrelation:
    """Average the correlations between all pairs of assets.

    Parameters
    ----------
    returns : DataFrame or array, shape (n_observations, n_assets)
        Returns per period; NaN where there is none.
    window : int
        Observations in each correlation, the present one among them; at least 2.
    weights : {"equal", "volatility"}
        Each pair alike, or by the product of its volatilities: then it is what the variance of the equally weighted
        portfolio implies.

    Returns
    -------
    AverageCorrelation
        From ``-1 / (counted - 1)`` to 1, and the number of assets. An asset counts while it has returns throughout
        the window that are not all the same. NaN where fewer than two assets count.

    Raises
    ------
    InputError
        If `returns` is not a table of finite numbers or NaN or its rows are not in order, `window` is not a whole
        number of at least 2, or `weights` is unknown.

    Notes
    -----
    No pair is looked at: ``(var(sum z) - sum var(z)) / (sum(sd(z))**2 - sum var(z))``, with z the returns, over their
    own deviation for equal weights, is the average.

    Examples
    --------
    >>> a, b = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])
    >>> average_correlation(np.column_stack([a, b]), window=4).correlation.round(6)
    array([nan, nan, nan, 0.8])
    """
    held = as_returns("returns", returns)
    span = as_count("window", window, minimum=2)
    if weights not in ("equal", "volatility"):
        raise InputError("weights", f'expected "equal" or "volatility", got {weights!r}')
    deviation = rolling_deviation(held.array, span)
    # Windows with a gap, and those of an asset that does not move, have no deviation.
    deviation[~(deviation > 0)] = np.nan
    counted = (~np.isnan(deviation)).sum(axis=0)
    scale = 1.0 / deviation if weights == "equal" else np.where(np.isnan(deviation), np.nan, 1.0)
    own = np.nansum(np.square(deviation * scale), axis=0)
    most = np.square(np.nansum(deviation * scale, axis=0)) - own
    shared = _variance_of_sum(held.array, scale, span) - own
    average = np.divide(shared, most, out=np.full(len(own), np.nan), where=counted >= 2)
    found = np.clip(average, -1.0, 1.0)
    shown = np.where(counted >= 2, counted, np.nan)
    return AverageCorrelation(across(held, found, "average_correlation"), across(held, shown, "counted"))


def _variance_of_sum(array: Array, scale: Array, window: int) -> Array:
    """Take the variance over each window of the sum over assets, by the scales at the window's end."""
    n_assets, length = array.shape
    result = np.full(length, np.nan)
    if length < window or not n_assets:
        return result
    views = np.lib.stride_tricks.sliding_window_view(np.nan_to_num(array), window, axis=1)
    factors = np.nan_to_num(scale[:, window - 1 :])
    step = max(1, CHUNK // (window * n_assets))
    for start in range(0, factors.shape[1], step):
        part = views[:, start : start + step]
        shifted = part - part[..., :1]
        total = np.einsum("at,atw->tw", factors[:, start : start + step], shifted)
        result[start + window - 1 : start + window - 1 + len(total)] = total.var(axis=-1, ddof=1)
    return result
