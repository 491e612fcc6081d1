"""The groups of a dashboard: each takes what it needs and adds its readings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.market._absorption import absorption_ratio, standardised_shift
from maos_nb.analytics.market._advances import counts
from maos_nb.analytics.market._average_correlation import average_correlation
from maos_nb.analytics.market._highs_lows import new_highs_lows, share_above_average
from maos_nb.analytics.market._maturities import as_maturities, place_of
from maos_nb.analytics.market._panel import changes, label
from maos_nb.analytics.market._reading import Reading, shown
from maos_nb.analytics.market._trend import trend_regime
from maos_nb.analytics.market._turbulence import turbulence
from maos_nb.analytics.market._volatility import volatility_regime
from maos_nb.analytics.market.curve import yield_curve_state
from maos_nb.analytics.market.sentiment import sentiment_composite, sentiment_state
from maos_nb.analytics.technical._columns import Columns

__all__ = ["LEAST_PAST", "Readings"]

LEAST_PAST = 252
"""Fewer earlier figures than this give no percentile."""
YEAR = 252
CORRELATION = 63
SLOPES = ((0.25, 10.0, "slope 10y-3m"), (2.0, 10.0, "slope 10y-2y"))

_TREND = {1.0: "up", -1.0: "down", 0.0: "not yet decided"}
_VOLATILITY = {1.0: "turbulent", -1.0: "calm", 0.0: "usual"}


@dataclass(slots=True)
class Readings:
    """Readings as they are made, on a day and against so many earlier figures."""

    as_of: Any
    history: int
    made: list[Reading] = field(default_factory=list)

    def add(
        self, group: str, name: str, line: Array, unit: str, how: str, state: str = "", day: Any = None
    ) -> None:
        """Add the last figure of a line; one that is NaN is left out."""
        if not len(line) or np.isnan(line[-1]):
            return
        dated = how if day is None or day == self.as_of else f"{how}, on {shown(day)}"
        place = _place_in_past(line, self.history)
        self.made.append(Reading(name, group, float(line[-1]), unit, place, state, dated))

    def add_trend(self, market: Columns, source: str) -> None:
        """Add which way the market goes."""
        day = label(market, market.shape[1] - 1)
        price = market.array[0]
        regime = trend_regime(price)
        state = _TREND.get(float(regime.state[-1]), "")
        how = f"average of 50 over that of 200 days less 1, band of 1%: {source}"
        self.add("trend", "trend", regime.distance, "fraction", how, state, day)
        above = price / regime.slow - 1.0
        self.add("trend", "distance from 200-day average", above, "fraction", f"close: {source}", "", day)
        grown = np.full(len(price), np.nan)
        grown[YEAR:] = price[YEAR:] / price[:-YEAR] - 1.0
        self.add("trend", "return over 252 days", grown, "fraction", f"close: {source}", "", day)
        peak = np.fmax.accumulate(price)
        how = f"close over the highest since {shown(label(market, 0))} less 1: {source}"
        self.add("trend", "drawdown", price / peak - 1.0, "fraction", how, "", day)

    def add_breadth(self, panel: Columns) -> None:
        """Add how many of the assets take part."""
        if panel.shape[0] < 2:
            return
        prices = panel.array.T
        up, down, _, total = counts(panel.array)
        self.add(
            "breadth", "net advances", (up - down) / total, "fraction", "advances less declines over all"
        )
        for window in (50, 200):
            share = share_above_average(prices, window).share
            name = f"share above {window}-day average"
            self.add("breadth", name, share, "fraction", f"of the assets with {window} prices")
        net = new_highs_lows(prices, YEAR).net_share
        self.add("breadth", "net new highs", net, "fraction", "highs less lows of 252 days over all")

    def add_volatility(self, market: Columns, source: str) -> None:
        """Add how much the market moves."""
        day = label(market, market.shape[1] - 1)
        regime = volatility_regime(changes(market.array)[0], history=self.history)
        state = _VOLATILITY.get(float(regime.state[-1]), "")
        how = f"deviation of 21 daily returns times the root of 252: {source}"
        self.add("volatility", "realised volatility", regime.volatility, "fraction per year", how, state, day)

    def add_vix(self, fear: Columns) -> None:
        """Add what options expect the market to move."""
        day = label(fear, fear.shape[1] - 1)
        self.add("volatility", "vix", fear.array[0], "points", "VIX as given", "", day)

    def add_stress(self, panel: Columns) -> None:
        """Add how unusual moves are, and how tightly assets hang together."""
        if panel.shape[0] < 2:
            return
        returns = changes(panel.array).T
        unusual = turbulence(returns, YEAR, per_asset=True).turbulence
        how = "squared Mahalanobis distance over the number of assets, of 252 days before; 1 is usual"
        self.add("stress", "turbulence", unusual, "ratio", how)
        absorbed = absorption_ratio(returns, YEAR).ratio
        how = "variance of the first fifth of the components over all, 252 days"
        self.add("stress", "absorption ratio", absorbed, "fraction", how)
        shift = standardised_shift(absorbed)
        how = "absorption of 15 days less that of 252, in deviations"
        self.add("stress", "absorption shift", shift, "deviations", how)
        together = average_correlation(returns, CORRELATION).correlation
        self.add("stress", "average correlation", together, "ratio", "of all pairs, 63 days")

    def add_sentiment(self, panel: Columns, market: Columns, fear: Columns | None) -> None:
        """Add the composite of what the inputs allow."""
        prices, several = panel.array.T, panel.shape[0] > 1
        found = sentiment_composite(
            _on(panel, market),
            None if fear is None else _on(panel, fear),
            breadth=share_above_average(prices).share if several else None,
            strength=new_highs_lows(prices).net_share if several else None,
            history=self.history,
        )
        known = [name for name, line in found.components.items() if not np.isnan(line[-1])]
        how = f"equal weights of {', '.join(known)}, each against its own past"
        state = sentiment_state(float(found.score[-1]))
        self.add("sentiment", "sentiment", found.score, "score", how, state)

    def add_rates(self, curve: Columns) -> None:
        """Add the state of the yield curve: the slopes between those maturities that there are."""
        day = label(curve, curve.shape[1] - 1)
        years = as_maturities(curve, None)
        found = None
        for short, long, name in SLOPES:
            if place_of(years, short) is None or place_of(years, long) is None:
                continue
            found = yield_curve_state(curve.array.T, years, short=short, long=long)
            state = str(found.state[-1])
            self.add("rates", name, found.slope, "fraction per year", "long less short yield", state, day)
        if found is not None:
            self.add("rates", "level", found.level, "fraction per year", "mean of all maturities", "", day)
            self.add("rates", "curvature", found.curvature, "fraction per year", "2 * 5y - 2y - 10y", "", day)


def _place_in_past(line: Array, history: int) -> float:
    """Rank the last of a line as `past_percentile` does, without ranking all before it."""
    past = line[:-1][~np.isnan(line[:-1])][-history:]
    if len(past) < LEAST_PAST:
        return float("nan")
    return float(((past < line[-1]).sum() + (past == line[-1]).sum() / 2) / len(past))


def _on(panel: Columns, other: Columns) -> Array:
    """Put a line on the rows of the panel; NaN where it has none of that label."""
    if panel.index is None:
        return np.asarray(other.array[0])
    line = np.full(panel.shape[1], np.nan)
    places = other.index.get_indexer(panel.index)
    found = places >= 0
    line[found] = other.array[0, places[found]]
    return line
