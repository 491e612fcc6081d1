"""Where price and an oscillator disagree from one swing to the next, told once the swing is confirmed."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, as_count
from maos_nb.analytics.technical._columns import Observations, as_same_columns
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._signal_panels import moved, over_window
from maos_nb.errors import InputError

__all__ = ["Divergence", "divergence"]

SwingsOf: TypeAlias = Literal["price", "oscillator"]


class Divergence(NamedTuple):
    """Four boolean panels of the kind that came, true at the bar that confirms the second swing."""

    bullish: Any
    bearish: Any
    hidden_bullish: Any
    hidden_bearish: Any


@indicator(lambda strength, min_bars: 2 * strength + max(min_bars, strength + 1))
def divergence(
    price: Observations,
    oscillator: Observations,
    *,
    strength: int = 5,
    min_bars: int = 5,
    max_bars: int = 60,
    swings: SwingsOf = "price",
) -> Divergence:
    """Tell where two swings in a row go one way in price and the other way in an oscillator.

    Parameters
    ----------
    price, oscillator : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Such as closes and their RSI.
    strength : int
        A swing low is lower than each of so many bars before and not higher than any of as many after it, of equal
        ones the first; a swing high alike. So it is known only `strength` bars later.
    min_bars, max_bars : int
        Distance between the two swings, in bars.
    swings : {"price", "oscillator"}
        Of which line the swings are; the other one is read at the same bars.

    Returns
    -------
    Divergence
        Boolean panels of the kind that came, with its labels. `bullish`: a lower low of the price with a higher one
        of the oscillator; `bearish`: a higher high with a lower one; `hidden_bullish`: a higher low with a lower
        one; `hidden_bearish`: a lower high with a higher one. True at the confirmation, `strength` bars after the
        swing. Equal prices or readings are no divergence. No swing is where one of the bars about it is a gap in
        the line of the swings, or the other line is not known at it.

    Raises
    ------
    InputError
        If a line is not numeric or infinite, the two differ in kind, shape or labels, a number of bars is not a
        whole number of at least 1, `max_bars` is below `min_bars`, or `swings` is unknown.

    Examples
    --------
    The second low at bar 6 is lower, the oscillator's is not; bar 7 confirms it.

    >>> price = np.array([9.0, 7.0, 5.0, 6.0, 7.0, 5.0, 4.0, 6.0])
    >>> rsi = np.array([60.0, 40.0, 20.0, 30.0, 45.0, 35.0, 30.0, 40.0])
    >>> np.flatnonzero(divergence(price, rsi, strength=1, min_bars=2).bullish)
    array([7])
    """
    prices, readings = as_same_columns(price=price, oscillator=oscillator)
    bars = as_count("strength", strength)
    nearest = as_count("min_bars", min_bars)
    farthest = as_count("max_bars", max_bars)
    if farthest < nearest:
        raise InputError("max_bars", f"expected at least min_bars, {nearest}, got {farthest}")
    if swings not in ("price", "oscillator"):
        raise InputError("swings", f'expected "price" or "oscillator", got {swings!r}')
    first, second = prices.array, readings.array
    leading, other = (first, second) if swings == "price" else (second, first)
    lows = _swing_lows(leading, bars) & ~np.isnan(moved(other, bars, np.nan))
    highs = _swing_lows(-leading, bars) & ~np.isnan(moved(other, bars, np.nan))
    made = [_changes(first, second, found, bars, nearest, farthest) for found in (lows, highs)]
    (low_price, low_reading, low_near), (high_price, high_reading, high_near) = made
    panels = (
        low_near & (low_price < 0) & (low_reading > 0),
        high_near & (high_price > 0) & (high_reading < 0),
        low_near & (low_price > 0) & (low_reading < 0),
        high_near & (high_price < 0) & (high_reading > 0),
    )
    return Divergence(*(prices.restore(panel) for panel in panels))


def _swing_lows(line: Array, bars: int) -> BoolArray:
    """Tell where a swing low is confirmed: it stands `bars` before."""
    lowest = over_window(np.minimum, line, bars, np.nan)
    swing = moved(line, bars, np.nan)
    return np.asarray((swing <= lowest) & (swing < moved(lowest, bars + 1, np.nan)))


def _changes(
    price: Array, reading: Array, confirmed: BoolArray, bars: int, nearest: int, farthest: int
) -> tuple[Array, Array, BoolArray]:
    """Compare each swing with the one before: the signs of both changes, and whether their distance is in bounds."""
    places = np.arange(price.shape[1])
    last = np.maximum.accumulate(np.where(confirmed, places, -1), axis=1)
    before = moved(last, 1, -1)
    is_near = confirmed & (before >= 0) & (places - before >= nearest) & (places - before <= farthest)
    now, then = np.maximum(places - bars, 0), np.maximum(before - bars, 0)

    def change(line: Array) -> Array:
        # Compared, not subtracted: the difference of two tiny numbers may vanish.
        later, earlier = line[:, now], np.take_along_axis(line, then, axis=1)
        return np.subtract(later > earlier, later < earlier, dtype=np.float64)

    return change(price), change(reading), is_near
