"""Prices and the volume at which they were paid: average prices of sessions and since an anchor, and profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, as_count, as_float, refuse
from maos_nb.analytics.technical import _volume_bar_kernels as kernels
from maos_nb.analytics.technical._calendar_periods import Period, first_bars, first_bars_of_labels
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VolumeProfile", "volume_profile", "vwap"]


@indicator(lambda: 0)
def vwap(
    high: Observations,
    low: Observations | None = None,
    close: Observations | None = None,
    volume: Observations | None = None,
    *,
    session: Period | npt.ArrayLike | None = None,
    anchor: Any = None,
    nan: NanRule = "skip",
) -> Any:
    """Average the typical price so far, weighted by volume.

    Parameters
    ----------
    high, low, close, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices and volumes, alike in shape and labels; or one `Ohlcv` record alone.
    session : {"day", "week", "month", "quarter", "year"} or array_like (n_observations,), optional
        Start anew in each of these, by the dates of the rows; or wherever a label of yours changes. Without
        one, the average is of everything.
    anchor : int or label, optional
        Start at this row: a number counts rows from 0 in arrays, and in labelled tables it is the first label
        at or after this one. NaN before.
    nan : {"skip", "reset", "propagate"}
        What follows on a bar with a gap: go on as if it had not been, start anew, or end until the next
        session.

    Returns
    -------
    Series, DataFrame or array
        Like `high`, in units of price; `lookback` is 0 without `anchor`. NaN at a gap and until there is
        volume.

    Raises
    ------
    InputError
        If prices or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, prices cannot be of one bar, rows are not in order; `session` is unknown, needs dates that
        the rows do not have, or is not one label a row; `anchor` is no row or label; both are given; `nan` is
        unknown.

    Notes
    -----
    ``sum(volume * (high + low + close) / 3) / sum(volume)``, as StockCharts has it.

    Examples
    --------
    >>> bars = [12.0, 13.0, 14.0], [10.0, 11.0, 12.0], [11.0, 12.0, 13.0], [100, 300, 100]
    >>> vwap(*bars)
    array([11.  , 11.75, 12.  ])
    >>> vwap(*bars, session=["morning", "morning", "evening"])
    array([11.  , 11.75, 13.  ])
    >>> vwap(*bars, anchor=1)
    array([  nan, 12.  , 12.25])
    """
    rule = as_nan_rule(nan)
    held = as_prices(("high", "low", "close", "volume"), high, low, close, volume)
    if session is not None and anchor is not None:
        raise InputError("session and anchor", "expected one of them, got both")
    starts, first = _starts(session, held[0]), _anchored(anchor, held[0])
    result, (highs, lows, closes, volumes) = held[0].empty(), (each.array for each in held)
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.average_price(highs, lows, closes, volumes, starts, first, rule, result)
    return held[0].restore(result)


def _starts(session: Any, columns: Columns) -> BoolArray:
    if session is None:
        return np.zeros(columns.shape[1], dtype=np.bool_)
    if isinstance(session, str):
        return first_bars("session", session, columns)
    return first_bars_of_labels("session", session, columns.shape[1])


def _anchored(anchor: Any, columns: Columns) -> int:
    if anchor is None:
        return 0
    if columns.index is None:
        return as_count("anchor", anchor, minimum=0)
    try:
        return int(columns.index.searchsorted(anchor))
    except (KeyError, TypeError, ValueError):
        raise InputError(
            "anchor", f"expected a label like {columns.index.dtype}, got {type(anchor).__name__} ({anchor!r})"
        ) from None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class VolumeProfile:
    """How much volume was traded at which price; assets across, and for one asset without that axis.

    Parameters
    ----------
    edges : ndarray (n_bins + 1,) or (n_bins + 1, n_assets)
        Prices between which each bin lies, from the lowest low to the highest high.
    volume : ndarray (n_bins,) or (n_bins, n_assets)
        What was traded there.
    point_of_control : float or ndarray (n_assets,)
        Middle of the bin with the most volume, the lowest of several.
    value_area_low, value_area_high : float or ndarray (n_assets,)
        Prices around it between which the share of volume asked for was traded.
    assets : tuple
        Names of the assets; empty for one.
    """

    edges: Array
    volume: Array
    point_of_control: Any
    value_area_low: Any
    value_area_high: Any
    assets: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        if self.edges.ndim == 2:
            return f"VolumeProfile({len(self.volume)} bins, {self.edges.shape[1]} assets)"
        return (
            f"VolumeProfile({len(self.volume)} bins, point of control {self.point_of_control:g}, "
            f"value area {self.value_area_low:g} to {self.value_area_high:g})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one table: a row a bin, with its asset, its prices, and its volume."""
        import pandas as pd

        lower, upper = np.atleast_2d(self.edges[:-1].T), np.atleast_2d(self.edges[1:].T)
        volume = np.atleast_2d(self.volume.T)
        table = pd.DataFrame({"low": lower.ravel(), "high": upper.ravel(), "volume": volume.ravel()})
        if self.edges.ndim == 2:
            table.insert(0, "asset", [name for name in self.assets for _ in range(len(self.volume))])
        return table


def volume_profile(
    high: Observations,
    low: Observations | None = None,
    volume: Observations | None = None,
    *,
    bins: int = 24,
    value_area: float = 0.7,
    window: int | None = None,
) -> VolumeProfile:
    """Tell at which prices volume was traded, as seen at the last bar.

    Each bar's volume is spread evenly over its range: what was traded where within a bar is not known from
    it.

    Parameters
    ----------
    high, low, volume : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices and volumes, alike in shape and labels; or one `Ohlcv` record alone. Bars with a gap are left
        out.
    bins : int
        Of equal width, between the lowest low and the highest high.
    value_area : float
        Share of the volume, above 0 and up to 1, in the value area: it grows from the point of control by the
        neighbour with more volume, the upper one where both have the same.
    window : int, optional
        Look at the last bars only.

    Returns
    -------
    VolumeProfile
        Volumes add up to that of the bars. NaN for an asset without a single bar; no point of control without
        volume.

    Raises
    ------
    InputError
        If prices or volumes are not numbers, are infinite, or differ in shape or labels, volumes are
        negative, high is below low, rows are not in order; `bins` or `window` is not a whole number of at
        least 1; `value_area` is not above 0 and up to 1.

    Notes
    -----
    Steidlmayer's market profile, of volume instead of time.

    Examples
    --------
    >>> profile = volume_profile([12.0, 13.0, 12.0], [10.0, 11.0, 11.0], [200, 100, 300], bins=3)
    >>> profile
    VolumeProfile(3 bins, point of control 11.5, value area 11 to 12)
    >>> profile.volume
    array([100., 450.,  50.])
    """
    n_bins, share = as_count("bins", bins), as_float("value_area", value_area, finite=True)
    refuse("value_area", share, (share <= 0) | (share > 1), "a share above 0 and up to 1")
    held = as_prices(("high", "low", "volume"), high, low, volume)
    last = slice(None if window is None else -as_count("window", window), None)
    highs, lows, volumes = (each.array[:, last] for each in held)
    is_bar = ~np.isnan(highs + lows + volumes)
    bottom = np.fmin.reduce(lows, axis=1, initial=np.nan, where=is_bar)
    top = np.fmax.reduce(highs, axis=1, initial=np.nan, where=is_bar)
    counts = np.zeros((len(bottom), n_bins))
    width = (top - bottom) / n_bins
    kernels.profile(highs, lows, volumes, bottom, np.where(width > 0, width, 1.0), counts)
    counts[np.isnan(bottom)] = np.nan
    edges = bottom[:, np.newaxis] + width[:, np.newaxis] * np.arange(n_bins + 1)
    edges[:, -1] = top
    return _as_record(held[0], edges, counts, float(share))


def _as_record(columns: Columns, edges: Array, counts: Array, share: float) -> VolumeProfile:
    middle, lower, upper = np.full((3, len(edges)), np.nan)
    for asset in range(len(edges)):
        if np.nansum(counts[asset]) > 0:
            peak = int(np.argmax(counts[asset]))
            first, last = _value_area(counts[asset], peak, share)
            middle[asset] = (edges[asset, peak] + edges[asset, peak + 1]) / 2
            lower[asset], upper[asset] = edges[asset, first], edges[asset, last + 1]
    if columns.kind in ("series", "vector"):
        return VolumeProfile(edges[0], counts[0], float(middle[0]), float(lower[0]), float(upper[0]))
    names = tuple(columns.columns) if columns.kind == "frame" else tuple(range(len(edges)))
    return VolumeProfile(edges.T, counts.T, middle, lower, upper, names)


def _value_area(counts: Array, peak: int, share: float) -> tuple[int, int]:
    first = last = peak
    held, wanted = counts[peak], share * counts.sum()
    while held < wanted and (first > 0 or last < len(counts) - 1):
        below = counts[first - 1] if first > 0 else -1.0
        above = counts[last + 1] if last < len(counts) - 1 else -1.0
        if above >= below:
            last += 1
        else:
            first -= 1
        held += max(above, below)
    return first, last
