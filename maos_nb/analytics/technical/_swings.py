"""Swing highs and lows, told at the bar at which they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._windows import rolling_max, rolling_min

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SwingPoints", "latest", "swing_highs", "swing_lows", "swing_points"]


class SwingPoints(NamedTuple):
    """Swing points at the bars at which they were confirmed, each line like the prices; NaN at other bars.

    Parameters
    ----------
    high, low
        Prices of swing highs and of swing lows.
    high_row, low_row
        Rows of those extremes, counted from 0: so many bars before the confirmation as the swing has on each
        side.
    """

    high: Any
    low: Any
    high_row: Any
    low_row: Any

    def to_frame(self) -> pd.DataFrame:
        """Give one table: a row a swing, as they were confirmed.

        Columns are `asset` (for several), `kind` (``"high"`` or ``"low"``), `price`, and the labels of the
        bars of the extreme, `extreme`, and of the confirmation, `confirmed`.
        """
        import pandas as pd

        labels = getattr(self.high, "index", pd.RangeIndex(len(self.high)))
        names = getattr(self.high, "columns", range(np.shape(self.high)[-1]))
        lines = {"high": (self.high, self.high_row), "low": (self.low, self.low_row)}
        found = []
        for kind, (prices, rows) in lines.items():
            price, extreme = (np.asarray(line).reshape(len(labels), -1) for line in (prices, rows))
            for row, asset in np.argwhere(~np.isnan(price)).tolist():
                found.append((row, asset, kind, price[row, asset], int(extreme[row, asset])))
        found.sort(key=lambda swing: swing[:3])
        table = pd.DataFrame(
            {
                "asset": [names[swing[1]] for swing in found],
                "kind": [swing[2] for swing in found],
                "price": np.array([swing[3] for swing in found], dtype=np.float64),
                "extreme": labels[[swing[4] for swing in found]],
                "confirmed": labels[[swing[0] for swing in found]],
            }
        )
        return table if np.ndim(self.high) == 2 else table.drop(columns="asset")


@indicator(lambda bars: 2 * bars)
def swing_points(high: Observations, low: Observations | None = None, bars: int = 5) -> SwingPoints:
    """Find highs above, and lows below, all of the bars on both sides, as soon as these are over.

    Parameters
    ----------
    high, low : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, alike in shape and labels; or one `Ohlcv` record alone.
    bars : int
        On each side: a swing is known so many bars after its extreme, and stands there.

    Returns
    -------
    SwingPoints
        ``high`` and ``low`` with prices, ``high_row`` and ``low_row`` with the rows of the extremes, each
        like `high` the argument; ``.to_frame()`` lists them. No swing where a gap is among its bars. Of equal
        extremes within so many bars it is the first.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, or differ in shape or labels, high is below low, rows are not
        in order, or `bars` is not a whole number of at least 1.

    Notes
    -----
    With 2 bars: the fractals of Williams, *Trading Chaos* (1995).

    Examples
    --------
    >>> swings = swing_points([3.0, 5.0, 4.0, 6.0, 2.0], [2.0, 4.0, 3.0, 5.0, 1.0], bars=1)
    >>> swings.high, swings.high_row
    (array([nan, nan,  5., nan,  6.]), array([nan, nan,  1., nan,  3.]))
    >>> swings.low
    array([nan, nan, nan,  3., nan])
    """
    count = as_count("bars", bars)
    highs, lows = as_prices(("high", "low"), high, low)
    tops, bottoms = swing_highs(highs.array, count), swing_lows(lows.array, count)
    rows = np.arange(highs.shape[1]) - float(count)
    return SwingPoints(
        *(
            highs.restore(line)
            for line in (
                tops,
                bottoms,
                np.where(np.isnan(tops), np.nan, rows),
                np.where(np.isnan(bottoms), np.nan, rows),
            )
        )
    )


def swing_highs(high: Array, bars: int) -> Array:
    """Give the prices of swing highs at their confirmations, NaN elsewhere; assets down, observations across."""
    return _swings(high, rolling_max(high, bars), bars, np.greater, np.greater_equal)


def swing_lows(low: Array, bars: int) -> Array:
    """Give the prices of swing lows at their confirmations, NaN elsewhere."""
    return _swings(low, rolling_min(low, bars), bars, np.less, np.less_equal)


def latest(swings: Array) -> tuple[Array, Array]:
    """Carry the last swing on: its price, and the row of its confirmation, NaN and -1 before the first."""
    rows = np.where(np.isnan(swings), -1, np.arange(swings.shape[1]))
    rows = np.maximum.accumulate(rows, axis=1)
    prices = np.take_along_axis(swings, np.maximum(rows, 0), axis=1) if swings.shape[1] else swings
    return np.where(rows < 0, np.nan, prices), rows


def _swings(prices: Array, extremes: Array, bars: int, beyond: Any, level_or_beyond: Any) -> Array:
    result = np.full(prices.shape, np.nan)
    if prices.shape[1] > 2 * bars:
        middle, before, after = (
            prices[:, bars:-bars],
            extremes[:, bars - 1 : -bars - 1],
            extremes[:, 2 * bars :],
        )
        is_swing = beyond(middle, before) & level_or_beyond(middle, after)
        result[:, 2 * bars :][is_swing] = middle[is_swing]
    return result
