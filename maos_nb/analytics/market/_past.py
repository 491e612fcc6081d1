"""Where a figure stands among those before it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.market._panel import as_returns
from maos_nb.analytics.technical._columns import Observations
from maos_nb.errors import InputError

__all__ = ["as_history", "past_percentile", "percentiles"]


def past_percentile(x: Observations, history: int | None = None, *, min_history: int = 252) -> Any:
    """Rank each observation among those before it, from 0 (below all) to 1 (above all).

    Parameters
    ----------
    x : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Any figure, each asset held against its own past.
    history : int, optional
        How many earlier observations count, gaps aside; all by default.
    min_history : int
        How many there must be.

    Returns
    -------
    Series, DataFrame or array
        Of the kind and with the labels of `x`: the share of earlier observations below this one, those equal to it
        counted by half. The observation itself and later ones never count. NaN at gaps, which are left out of the
        past too, and before `min_history` observations.

    Raises
    ------
    InputError
        If `x` is not a table of finite numbers or NaN or its rows are not in order, `history` or `min_history` is
        not a whole number of at least 1, or `history` is less than `min_history`.

    Notes
    -----
    The mid-rank of an empirical distribution: in Excel, of the last of A1:A5,
    ``=(COUNTIF(A1:A4,"<"&A5)+COUNTIF(A1:A4,A5)/2)/COUNT(A1:A4)``. `PERCENTRANK` counts the observation itself.

    Examples
    --------
    >>> past_percentile([3.0, 1.0, 2.0, 2.0, 9.0], min_history=2)
    array([nan, nan, 0.5, 0.5, 1. ])
    """
    held = as_returns("x", x)
    span, least = as_history(history, min_history)
    ranks = [percentiles(row, span, least) for row in held.array]
    return held.restore(np.array(ranks).reshape(held.shape))


def as_history(history: int | None, min_history: int) -> tuple[int | None, int]:
    """Take how much of the past counts, and how much of it there must be."""
    least = as_count("min_history", min_history)
    if history is None:
        return None, least
    span = as_count("history", history)
    if span < least:
        raise InputError(
            "history and min_history", f"expected a history of at least {least}, got {span} observations"
        )
    return span, least


def percentiles(values: Array, history: int | None, min_history: int) -> Array:
    """Mid-ranks of one series among its past: a sorted list of what has been, which each value joins after its rank."""
    ranks = np.full(len(values), np.nan)
    ordered: list[float] = []
    arrived: list[float] = []
    for place, value in enumerate(values.tolist()):
        if value != value:  # NaN, told thrice as fast as by math.isnan
            continue
        if len(ordered) >= min_history:
            below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
            ranks[place] = (below + upto) / 2 / len(ordered)
        insort(ordered, value)
        arrived.append(value)
        if history is not None and len(ordered) > history:
            del ordered[bisect_left(ordered, arrived[len(arrived) - history - 1])]
    return ranks
