"""Kaufman's average, which moves the faster the straighter prices go."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._recursions import ema_alpha, in_blocks, smooth_at_rates
from maos_nb.analytics.technical._windows import efficient_rates, rolling_mean
from maos_nb.errors import InputError

__all__ = ["kama"]

KamaSeed: TypeAlias = Literal["close", "sma"]


@indicator(lambda window: window)
def kama(
    x: Observations,
    window: int = 10,
    *,
    fast: int = 2,
    slow: int = 30,
    seed: KamaSeed = "close",
    nan: NanRule = "skip",
) -> Any:
    """Average exponentially at a rate that depends on how straight the last changes went.

    Parameters
    ----------
    x : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, or any other observations.
    window : int
        Changes of which it is told how straight they go.
    fast, slow : int
        Windows of the exponential averages by which it moves where they go straight, and where they lead nowhere.
    seed : {"close", "sma"}
        At the first bar with so many changes move from the observation before it (TA-Lib), or from the mean of those
        before it (StockCharts).
    nan : {"skip", "reset", "propagate"}
        It is NaN while a gap is among the last ``window + 1`` observations; then it goes on from its last value,
        starts anew, or has ended.

    Returns
    -------
    like `x`
        Observations begin at an asset's first number: NaN before it is no gap.

    Raises
    ------
    InputError
        If observations are not numbers, or are infinite, or dates are out of order; `window`, `fast` or `slow` is not
        a whole number of at least 1; `seed` or `nan` is none of those.

    Notes
    -----
    Kaufman, *Smarter Trading* (1995): ``k_t = k_(t-1) + c^2 (x_t - k_(t-1))`` with
    ``c = e (f - s) + s``, ``f = 2 / (fast + 1)``, ``s = 2 / (slow + 1)`` and the efficiency ratio e, the change over
    the window divided by the sum of its changes without their signs. Where nothing moved, e is 1.

    Examples
    --------
    >>> kama([1.0, 2.0, 3.0, 2.0, 5.0], 3).round(4).tolist()
    [nan, nan, nan, 2.9297, 3.305]
    """
    n, first = as_count("window", window), get_args(KamaSeed)
    if seed not in first:
        raise InputError("seed", f"expected {' or '.join(map(repr, first))}, got {seed!r}")
    fastest, slowest = ema_alpha(as_count("fast", fast)), ema_alpha(as_count("slow", slow))
    columns, rule = as_columns("x", x), as_nan_rule(nan)
    out = columns.empty()
    for rows, (rates, start) in in_blocks(columns.shape, 2):
        source, target = columns.array[rows], out[rows]
        efficient_rates(source, n, fastest, slowest, rates)
        start[:, :1] = np.nan
        start[:, 1:] = (source if seed == "close" else rolling_mean(source, n, target))[:, :-1]
        smooth_at_rates(source, rates, start, rule, target)
    return columns.restore(out)
