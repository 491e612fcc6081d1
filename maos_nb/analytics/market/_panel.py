"""What all market measures share: the door for prices and returns, windows over them, and one row of results."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, as_float, refuse
from maos_nb.analytics.technical._columns import Columns, Observations, as_columns
from maos_nb.errors import InputError

__all__ = [
    "across",
    "as_above_zero",
    "as_prices",
    "as_returns",
    "as_single",
    "changes",
    "label",
    "rolling_deviation",
    "rolling_highest",
    "rolling_lowest",
    "rolling_mean",
]

CHUNK = 1 << 20
"""Numbers handled at once: 8 MB, so that windows over long panels never take the whole memory."""


def as_prices(name: str, prices: Observations) -> Columns:
    """Take prices in order of time, above zero; NaN is a gap."""
    held = as_returns(name, prices)
    with np.errstate(invalid="ignore"):
        bad = np.argwhere(held.array.T <= 0)
    if len(bad):
        row, asset = map(int, bad[0])
        raise InputError(
            name,
            f"expected prices above zero or NaN, got {held.array[asset, row]} at {held.place(asset, row)}",
            advice="Put NaN where there is no price",
        )
    return held


def as_returns(name: str, returns: Observations) -> Columns:
    """Take observations in order of time; NaN is a gap."""
    held = as_columns(name, returns)
    if held.index is not None and not (held.index.is_monotonic_increasing and held.index.is_unique):
        row = next(
            i for i in range(1, len(held.index)) if not held.index[i] > held.index[i - 1]
        )  # fmt: skip
        raise InputError(
            name,
            f"expected rows in order of time, each once, got {_shown(held.index[row])} after "
            f"{_shown(held.index[row - 1])} at row {row}",
            advice="Sort by the index and drop duplicates",
        )
    return held


def as_single(name: str, given: Observations) -> Columns:
    """Take the observations of one asset or of the market: a Series, an array, or a single column."""
    held = as_returns(name, given)
    if held.shape[0] != 1:
        raise InputError(
            name, f"expected one column, got {held.shape[0]}", advice="Give one asset, or the market's index"
        )
    return held


def as_above_zero(name: str, value: float) -> float:
    """Take a finite number above zero."""
    array = as_float(name, value, finite=True)
    if array.ndim:
        raise InputError(name, f"expected a number, got an array of shape {array.shape}")
    refuse(name, array, array <= 0, "a number above zero")
    return float(array)


def across(columns: Columns, values: npt.NDArray[Any], name: str) -> Any:
    """Give one figure per observation as a Series with the panel's index, or as an array if arrays came."""
    if columns.index is None:
        return values
    import pandas as pd

    return pd.Series(values, index=columns.index, name=name, copy=False)


def label(columns: Columns, row: int) -> Any:
    """Give what a row is called: its label, or its number."""
    return row if columns.index is None else columns.index[row]


def changes(prices: Array) -> Array:
    """Give simple returns ``(n_assets, n_observations)``, NaN at the first and where either price is missing."""
    returns = np.full(prices.shape, np.nan)
    returns[:, 1:] = prices[:, 1:] / prices[:, :-1] - 1.0
    return returns


def rolling_mean(array: Array, window: int) -> Array:
    """Average the last `window` along the last axis; NaN before that many and while a gap is among them."""
    return _rolled(array, window, _mean)


def rolling_deviation(array: Array, window: int) -> Array:
    """Take the standard deviation (ddof 1) of the last `window`; exactly 0 where they are all the same."""
    return _rolled(array, window, _deviation)


def rolling_highest(array: Array, window: int) -> Array:
    """Give the highest of the last `window`."""
    return _rolled(array, window, lambda view: view.max(axis=-1))


def rolling_lowest(array: Array, window: int) -> Array:
    """Give the lowest of the last `window`."""
    return _rolled(array, window, lambda view: view.min(axis=-1))


def _rolled(array: Array, window: int, reduce: Any) -> Array:
    # Each window is summed anew: a running sum would keep the rounding error of a huge value that has left it.
    result = np.full(array.shape, np.nan)
    if array.shape[-1] < window:
        return result
    for asset, values in enumerate(array):
        views = np.lib.stride_tricks.sliding_window_view(values, window)
        step = max(1, CHUNK // window)
        for start in range(0, len(views), step):
            stop = min(start + step, len(views))
            result[asset, start + window - 1 : stop + window - 1] = reduce(views[start:stop])
    return result


def _mean(view: Array) -> Array:
    # From the first of each window, so that the mean of what never moves is itself to the last digit.
    return np.asarray(view[:, 0] + (view - view[:, :1]).mean(axis=-1))


def _deviation(view: Array) -> Array:
    shifted = view - view[:, :1]
    return np.asarray(shifted.std(axis=-1, ddof=1))


def _shown(value: Any) -> str:
    return str(getattr(value, "isoformat", value.__str__)()).removesuffix("T00:00:00")
