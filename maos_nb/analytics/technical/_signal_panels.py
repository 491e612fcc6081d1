"""Boolean panels at the door, and what is asked of their last bars: within, persist, onset."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import BoolArray, as_count
from maos_nb.analytics.technical._columns import Columns, Observations, as_columns
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["Signal", "as_signal", "moved", "onset", "over_window", "persist", "row_of", "within"]

Signal: TypeAlias = Observations
"""Booleans, observations down and assets across; a Series or a 1-D array is one asset."""


def as_signal(name: str, given: Signal) -> tuple[BoolArray, Columns]:
    """Take a boolean table as an array ``(n_assets, n_observations)`` and its labels; a missing one is False.

    Raises
    ------
    InputError
        For anything but booleans: a signal of numbers could be a price by mistake.
    """
    table: Any = given
    if type(given).__name__ in ("DataFrame", "Series"):
        kinds = {str(kind) for kind in (table.dtypes if table.ndim == 2 else [table.dtype])}
        if not kinds <= {"bool", "boolean"}:
            raise _no_signal(name, ", ".join(sorted(kinds)))
        if "boolean" in kinds:
            table = table.fillna(False).astype(bool)
        # A frame without columns has no kind of its own.
        columns = as_columns(name, table.astype(np.float64))
    else:
        table = np.asarray(given)
        if table.dtype != np.bool_:
            raise _no_signal(name, str(table.dtype))
        columns = as_columns(name, table.astype(np.float64))
    return columns.array > 0, columns


def within(signal: Signal, window: int) -> Any:
    """Tell where a signal has come within the last bars, this one included.

    Parameters
    ----------
    signal : Series, DataFrame or array of bool, shape (n_observations,) or (n_observations, n_assets)
        A missing one (NA) counts as False.
    window : int
        Number of bars; with 1 the signal comes back as it is.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the same kind, with the same labels.

    Raises
    ------
    InputError
        If `signal` holds anything but booleans or `window` is not a whole number of at least 1.

    Examples
    --------
    >>> within(np.array([False, True, False, False, False]), 3)
    array([False,  True,  True,  True, False])
    """
    flags, columns = as_signal("signal", signal)
    return columns.restore(over_window(np.logical_or, flags, as_count("window", window), False))


@indicator(lambda window: window - 1)
def persist(signal: Signal, window: int = 3) -> Any:
    """Tell where a condition has held for a number of bars in a row, this one included.

    Parameters
    ----------
    signal : Series, DataFrame or array of bool, shape (n_observations,) or (n_observations, n_assets)
        A missing one (NA) counts as False.
    window : int
        Number of bars.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the same kind, with the same labels.

    Raises
    ------
    InputError
        If `signal` holds anything but booleans or `window` is not a whole number of at least 1.

    Examples
    --------
    >>> persist(np.array([True, True, False, True, True, True]), 2)
    array([False,  True, False, False,  True,  True])
    """
    flags, columns = as_signal("signal", signal)
    return columns.restore(over_window(np.logical_and, flags, as_count("window", window), False))


def onset(signal: Signal) -> Any:
    """Keep the first bar of each run of true ones, so that a condition that lasts is one signal.

    Parameters
    ----------
    signal : Series, DataFrame or array of bool, shape (n_observations,) or (n_observations, n_assets)
        A missing one (NA) counts as False and ends a run.

    Returns
    -------
    Series, DataFrame or array of bool
        Of the same kind, with the same labels. A run that is there at the first bar has its onset there.

    Raises
    ------
    InputError
        If `signal` holds anything but booleans.

    Examples
    --------
    >>> onset(np.array([True, True, False, True, True]))
    array([ True, False, False,  True, False])
    """
    flags, columns = as_signal("signal", signal)
    return columns.restore(flags & ~moved(flags, 1, False))


def moved(array: npt.NDArray[Any], n_bars: int, outside: Any) -> npt.NDArray[Any]:
    """Move every row to later bars; what comes in at the start is `outside`."""
    n_bars = min(n_bars, array.shape[1])
    made = np.empty_like(array)
    made[:, :n_bars] = outside
    made[:, n_bars:] = array[:, : array.shape[1] - n_bars]
    return made


def over_window(combine: np.ufunc, array: npt.NDArray[Any], window: int, outside: Any) -> npt.NDArray[Any]:
    """Combine each value with the ``window - 1`` before it; before the first bar stands `outside`.

    Blocks of 1, 2, 4, ... bars are put together: a few passes for any window, and, unlike a running total, nothing
    of a value remains once it has left.
    """
    total, covered, block, size = None, 0, array, 1
    while True:
        if window & size:
            part = moved(block, covered, outside)
            total = part if total is None else combine(total, part)
            covered += size
        if 2 * size > window:
            return np.asarray(total)
        block = combine(block, moved(block, size, outside))
        size *= 2


def row_of(columns: Columns, name: str, label: Any, *, side: Literal["left", "right"], least: int) -> int:
    """Give the number of rows before a label ("left"), or up to it ("right"), of an index in order.

    Raises
    ------
    InputError
        If the index cannot be compared with the label, or there are fewer than `least` rows.
    """
    try:
        row = int(columns.index.searchsorted(_as_label(columns.index, label), side=side))
    except (TypeError, ValueError):
        raise InputError(name, f"expected a label such as {columns.index[0]!r}, got {label!r}") from None
    if row < least:
        raise InputError(name, f"expected a label from {columns.index[0]} on, got {label}")
    return row


def _as_label(index: Any, label: Any) -> Any:
    """Read a text as a date where the labels are dates."""
    if getattr(index.dtype, "kind", "O") != "M" and "datetime64" not in str(index.dtype):
        return label
    import pandas as pd

    moment = pd.Timestamp(label)
    # A day without a time zone is a day in the zone of the labels.
    return moment.tz_localize(index.tz) if index.tz is not None and moment.tz is None else moment


def _no_signal(name: str, kinds: str) -> InputError:
    return InputError(
        name,
        f"expected booleans, got {kinds}",
        advice="Compare, as in rsi < 30; after shift give fill_value=False",
    )
