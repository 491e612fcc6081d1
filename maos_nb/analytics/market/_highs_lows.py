"""New highs and lows, and the share of assets above their average."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.market._panel import (
    across,
    as_prices,
    rolling_highest,
    rolling_lowest,
    rolling_mean,
)
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator

__all__ = ["NewHighsLows", "ShareAbove", "new_highs_lows", "share_above_average"]


class NewHighsLows(NamedTuple):
    """New highs and lows: each a Series or an array ``(n_observations,)``, of whole numbers or NaN but for the share.

    Parameters
    ----------
    highs, lows
        Assets above the highest, and below the lowest, of their window.
    net
        Highs less lows.
    net_share
        That as a fraction of `counted`, from -1 to 1.
    counted
        Assets with a price then and throughout the window before.
    """

    highs: Any
    lows: Any
    net: Any
    net_share: Any
    counted: Any


class ShareAbove(NamedTuple):
    """Assets above their average: each a Series or an array ``(n_observations,)``.

    Parameters
    ----------
    share
        Fraction of the assets counted, from 0 to 1.
    counted
        Assets with a price throughout the window.
    """

    share: Any
    counted: Any


@indicator(lambda window: window)
def new_highs_lows(prices: Observations, window: int = 252) -> NewHighsLows:
    """Count the assets at a new high and at a new low.

    Parameters
    ----------
    prices : DataFrame or array, shape (n_observations, n_assets)
        Prices above zero, as for `advance_decline`.
    window : int
        How many observations before the present one it has to exceed: 252 trading days are 52 weeks.

    Returns
    -------
    NewHighsLows
        Counts and their net share. A price equal to the highest is no new high. An asset with a gap in its window or
        at the observation does not count; NaN where none counts.

    Raises
    ------
    InputError
        As `advance_decline`; if `window` is not a whole number of at least 1.

    Examples
    --------
    >>> new_highs_lows([[1.0, 5.0], [2.0, 5.0], [3.0, 4.0]], window=2)[:3]
    (array([nan, nan,  1.]), array([nan, nan,  1.]), array([nan, nan,  0.]))
    """
    held = as_prices("prices", prices)
    span = as_count("window", window)
    highest, lowest = (np.full(held.shape, np.nan) for _ in range(2))
    highest[:, 1:] = rolling_highest(held.array, span)[:, :-1]
    lowest[:, 1:] = rolling_lowest(held.array, span)[:, :-1]
    total = _or_nan((~np.isnan(highest + held.array)).sum(axis=0))
    with np.errstate(invalid="ignore"):
        highs = (held.array > highest).sum(axis=0) + 0.0 * total
        lows = (held.array < lowest).sum(axis=0) + 0.0 * total
    return NewHighsLows(
        across(held, highs, "new_highs"),
        across(held, lows, "new_lows"),
        across(held, highs - lows, "net_new_highs"),
        across(held, (highs - lows) / total, "net_new_highs_share"),
        across(held, total, "counted"),
    )


@indicator(lambda window: window - 1)
def share_above_average(prices: Observations, window: int = 200) -> ShareAbove:
    """Give the share of assets above their simple moving average.

    Parameters
    ----------
    prices : DataFrame or array, shape (n_observations, n_assets)
        Prices above zero, as for `advance_decline`.
    window : int
        Observations in the average, the present one among them.

    Returns
    -------
    ShareAbove
        Share and number of assets counted. A price equal to its average is not above it. An asset with a gap in its
        window does not count; the share is NaN, and `counted` too, where none counts.

    Raises
    ------
    InputError
        As `advance_decline`; if `window` is not a whole number of at least 1.

    Examples
    --------
    >>> share_above_average([[1.0, 5.0], [2.0, 5.0], [3.0, 4.0]], window=2)
    ShareAbove(share=array([nan, 0.5, 0.5]), counted=array([nan,  2.,  2.]))
    """
    held = as_prices("prices", prices)
    average = rolling_mean(held.array, as_count("window", window))
    total = _or_nan((~np.isnan(average)).sum(axis=0))
    with np.errstate(invalid="ignore"):
        above = held.array > average
    return ShareAbove(across(held, above.sum(axis=0) / total, "share_above"), across(held, total, "counted"))


def _or_nan(count: Any) -> Any:
    """Give a count as a number, and no assets as NaN."""
    return np.where(count == 0, np.nan, count)
