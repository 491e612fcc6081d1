"""Advances and declines, counted and added up."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.market._panel import across, as_prices, changes
from maos_nb.analytics.technical._columns import Columns, Observations, as_columns, as_same_columns
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = [
    "AdvanceDecline",
    "BreadthMethod",
    "advance_decline",
    "advance_decline_line",
    "arms_index",
    "counts",
]

BreadthMethod: TypeAlias = Literal["net", "percent"]
"""Advances less declines, or that as a share of the assets that have moved or stayed."""


class AdvanceDecline(NamedTuple):
    """How many assets rose and fell: each a Series or an array ``(n_observations,)``, of whole numbers or NaN.

    Parameters
    ----------
    advances, declines, unchanged
        Assets above, below and at their price one observation before.
    counted
        The sum of the three: assets with a price at both observations.
    """

    advances: Any
    declines: Any
    unchanged: Any
    counted: Any


@indicator(lambda: 1)
def advance_decline(prices: Observations) -> AdvanceDecline:
    """Count the assets that rose, fell and stayed since the observation before.

    Parameters
    ----------
    prices : DataFrame or array, shape (n_observations, n_assets)
        Prices above zero, rows in order of time; NaN where an asset has none.

    Returns
    -------
    AdvanceDecline
        Four counts per observation. An asset counts on days when it has a price both then and one row earlier:
        nothing is filled, and one that starts later counts from its second price. NaN where none counts.

    Raises
    ------
    InputError
        If `prices` is not a table of numbers, holds zero, negative or infinite prices, or its rows are not in
        order, each once.

    Examples
    --------
    >>> counts = advance_decline([[10.0, 20.0], [11.0, 19.0], [12.0, np.nan]])
    >>> counts.advances, counts.declines, counts.counted
    (array([nan,  1.,  1.]), array([nan,  1.,  0.]), array([nan,  2.,  1.]))
    """
    held = as_prices("prices", prices)
    up, down, same, total = counts(held.array)
    return AdvanceDecline(
        across(held, up, "advances"),
        across(held, down, "declines"),
        across(held, same, "unchanged"),
        across(held, total, "counted"),
    )


@indicator(lambda: 1)
def advance_decline_line(prices: Observations, *, method: BreadthMethod = "net") -> Any:
    """Add up advances less declines.

    Parameters
    ----------
    prices : DataFrame or array, shape (n_observations, n_assets)
        As for `advance_decline`.
    method : {"net", "percent"}
        Whether a day adds ``advances - declines``, or that divided by the number of assets counted, which lets days
        with few assets weigh as much as those with many.

    Returns
    -------
    Series or ndarray, shape (n_observations,)
        The line, from 0 before the first count. NaN where no asset counts; the line goes on after that as it was.

    Raises
    ------
    InputError
        As `advance_decline`, and if `method` is unknown.

    Notes
    -----
    The level depends on where the history starts: compare changes, not levels.

    Examples
    --------
    >>> advance_decline_line([[10.0, 20.0, 5.0], [11.0, 19.0, 6.0], [12.0, 21.0, 7.0]])
    array([nan,  1.,  4.])
    """
    if method not in ("net", "percent"):
        raise InputError("method", f'expected "net" or "percent", got {method!r}')
    held = as_prices("prices", prices)
    up, down, _, total = counts(held.array)
    daily = up - down if method == "net" else (up - down) / total
    known = ~np.isnan(daily)
    line = np.full(len(daily), np.nan)
    line[known] = np.cumsum(daily[known])
    return across(held, line, "advance_decline_line")


@indicator(lambda: 1)
def arms_index(prices: Observations, volume: Observations) -> Any:
    """Compare the volume per advancing asset with that per declining one (Arms index, TRIN).

    Parameters
    ----------
    prices, volume : DataFrame or array, shape (n_observations, n_assets)
        Prices above zero and volumes of zero or more, with the same labels.

    Returns
    -------
    Series or ndarray, shape (n_observations,)
        ``(advances / declines) / (advancing volume / declining volume)``: below 1 where advancing assets trade more
        each. NaN where nothing declined or advanced, or advancing volume is zero. An asset without a price at both
        observations or without a volume does not count.

    Raises
    ------
    InputError
        As `advance_decline`; if a volume is negative; if the two tables differ in shape or labels.

    Notes
    -----
    R. W. Arms (1967). Infinite where nothing declines: given as NaN.

    Examples
    --------
    Two rise on 300 shares, one falls on 300: ``=(2/1)/(300/300)``.

    >>> arms_index([[9.0, 9.0, 9.0], [10.0, 10.0, 8.0]], [[1.0, 1.0, 1.0], [100.0, 200.0, 300.0]])
    array([nan,  2.])
    """
    held = as_prices("prices", prices)
    _, traded = as_same_columns(prices=prices, volume=volume)
    _refuse_negative("volume", traded)
    moved = np.where(np.isnan(traded.array), np.nan, changes(held.array))
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = moved > 0, moved < 0
        heavy = np.where(up, traded.array, 0.0).sum(axis=0) / up.sum(axis=0)
        light = np.where(down, traded.array, 0.0).sum(axis=0) / down.sum(axis=0)
        ratio = light / heavy
    return across(held, np.where(np.isfinite(ratio), ratio, np.nan), "arms_index")


def counts(prices: Array) -> tuple[Array, Array, Array, Array]:
    """Count advances, declines, unchanged and all of prices ``(n_assets, n_observations)``; NaN for none."""
    moved = np.full(prices.shape, np.nan)
    # Prices are compared, not returns: a tiny move may vanish in a quotient.
    np.subtract(prices[:, 1:], prices[:, :-1], out=moved[:, 1:])
    up, down, same = ((test(moved, 0)).sum(axis=0).astype(float) for test in (np.greater, np.less, np.equal))
    total = up + down + same
    none = total == 0
    up[none] = down[none] = same[none] = total[none] = np.nan
    return up, down, same, total


def _refuse_negative(name: str, held: Columns) -> None:
    bad = np.argwhere(held.array.T < 0)
    if len(bad):
        row, asset = map(int, bad[0])
        raise InputError(
            name,
            f"expected zero or more, got {held.array[asset, row]} at {held.place(asset, row)}",
            advice="Put NaN where it is not known",
        )


def as_counts(advances: Observations, declines: Observations) -> tuple[Columns, Array, Array]:
    """Take published counts of the market's advances and declines."""
    up, down = as_same_columns(advances=advances, declines=declines)
    for name, held in (("advances", up), ("declines", down)):
        if held.shape[0] != 1:
            raise InputError(name, f"expected one count per observation, got {held.shape[0]} columns")
        _refuse_negative(name, as_columns(name, held.array[0]))
    return up, up.array[0], down.array[0]
