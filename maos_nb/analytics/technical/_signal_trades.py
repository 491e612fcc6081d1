"""What each signal would have brought, and on which days it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.technical._signal_panels import moved, over_window

__all__ = ["Entry", "Market", "Trades", "as_market", "trades"]

Entry: TypeAlias = Literal["next_open", "next_close", "close"]


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Prices as trades meet them, each ``(n_assets, n_bars)``.

    Parameters
    ----------
    close
        Gaps filled by the last close, and the end of a series by what was left then.
    exits
        The same, but NaN at gaps.
    entries
        Prices to enter at.
    delay
        Bars from a signal to its entry.
    enters_at_open
        Whether the day of entry already counts.
    """

    close: Array
    exits: Array
    entries: Array
    delay: int
    enters_at_open: bool


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """Trades of one horizon, one for each bar that a signal could stand at.

    Parameters
    ----------
    market
        Prices.
    horizon
        Bars that a trade lasts.
    returns
        ``(n_assets, n_bars)``: of a trade on a signal at each bar, NaN where not known.
    sign
        1 for long trades, -1 for short ones.
    """

    market: Market
    horizon: int
    returns: Array
    sign: float

    @property
    def reach(self) -> int:
        """Bars from a signal to its exit."""
        return self.market.delay + self.horizon - self.market.enters_at_open

    def daily(self, weights: Array) -> Array:
        """Tell what trades, so many on a signal at each bar, add on each day; over all days, weight times return."""
        market = self.market
        bought = moved(weights, market.delay, 0.0)
        units = np.divide(bought, market.entries, out=np.zeros(bought.shape), where=bought != 0)
        nights = self.horizon - market.enters_at_open
        held = over_window(np.add, moved(units, 1, 0.0), nights, 0.0) if nights else np.zeros(units.shape)
        changes = np.diff(market.close, axis=1, prepend=np.nan)
        gains = np.multiply(changes, held, out=np.zeros(held.shape), where=held != 0)
        if market.enters_at_open:
            first = np.subtract(market.close, market.entries, out=np.zeros(units.shape), where=units != 0)
            gains += first * units
        return self.sign * gains

    def open_positions(self, weights: Array) -> Array:
        """Count trades open on each day; each is counted on as many days as the horizon has bars."""
        market = self.market
        entered = moved(weights, market.delay + (not market.enters_at_open), 0.0)
        return over_window(np.add, entered, self.horizon, 0.0)


def as_market(close: Array, opens: Array | None, entry: Entry, delisting_return: float | None) -> Market:
    """Arrange prices for one way to enter."""
    exits = close
    last = _last_known(close)
    if delisting_return is not None:
        # The assets that ended are sold at what was left of the last close.
        rest = np.arange(close.shape[1]) > last[:, -1:]
        worth = np.take_along_axis(close, np.maximum(last[:, -1:], 0), axis=1) * (1 + delisting_return)
        exits = np.where(rest, worth, close)
        last = _last_known(exits)
    filled = np.take_along_axis(exits, np.maximum(last, 0), axis=1)
    entries = close if opens is None else opens
    return Market(filled, exits, entries, 0 if entry == "close" else 1, entry == "next_open")


def trades(market: Market, horizon: int, *, is_short: bool) -> Trades:
    """Give the return of a trade on a signal at each bar."""
    sign = -1.0 if is_short else 1.0
    made = Trades(market, horizon, np.full(market.close.shape, np.nan), sign)
    n_bars = made.returns.shape[1]
    if n_bars > made.reach:
        bought = market.entries[:, market.delay : market.delay + n_bars - made.reach]
        made.returns[:, : n_bars - made.reach] = sign * (market.exits[:, made.reach :] / bought - 1)
    return made


def _last_known(close: Array) -> npt.NDArray[np.intp]:
    places = np.arange(close.shape[1])
    return np.asarray(np.maximum.accumulate(np.where(np.isnan(close), -1, places), axis=1))
