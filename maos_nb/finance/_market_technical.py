"""Technical measures of the index and of the stocks behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from maos_nb.analytics.market.breadth import new_highs_lows, share_above_average
from maos_nb.analytics.market.turbulence import (
    absorption_ratio,
    average_correlation,
    standardised_shift,
    turbulence,
)
from maos_nb.analytics.technical.averages import ema, sma
from maos_nb.analytics.technical.oscillators import macd, roc, rsi
from maos_nb.analytics.technical.volatility import bollinger
from maos_nb.finance._market_measures import Measure, Measures, measured
from maos_nb.finance.market_evidence import MarketEvidence

__all__ = [
    "LONG", "MONTH", "QUARTER", "SHORT", "YEAR", "expected_measures", "index_measures", "internal_measures", "stock_table",
]  # fmt: skip

SHORT, LONG = 50, 200
MONTH, QUARTER, YEAR = 21, 63, 252
ABSORPTION_WINDOW = 500
ABSORPTION_PAST = 3 * YEAR
"""Days over which the absorption ratio is looked back on: a matrix a day is the dearest figure of all."""
REFIT = 63
LEVEL = "points"
_SIGNED = ((0.0, "below"), (math.inf, "above"))
_MOVED = ((0.0, "down"), (math.inf, "up"))
_RSI = ((30.0, "oversold"), (70.0, "neutral"), (math.inf, "overbought"))
_BANDS = ((0.0, "below the lower band"), (1.0, "within the bands"), (math.inf, "above the upper band"))
_BREADTH = ((0.3, "narrow"), (0.7, "mixed"), (math.inf, "broad"))


def index_measures(evidence: MarketEvidence) -> Measures:
    """Measure the index's closes: averages, momentum, bands, drawdown."""
    close = evidence.index
    found = Measures()

    def add(name: str, title: str, unit: str, series: Any, states: Any = ()) -> None:
        source, is_level = evidence.closes_source, unit == LEVEL
        found[name] = measured(name, title, unit, series, source, states=states, is_level=is_level)

    add("close", "close", LEVEL, close)
    for window in (SHORT, LONG):
        for kind, average in (("sma", sma(close, window)), ("ema", ema(close, window))):
            words = "simple" if kind == "sma" else "exponential"
            add(f"{kind}_{window}", f"{words} average of {window} days", LEVEL, average)
            title = f"close against the {words} average of {window} days"
            add(f"above_{kind}_{window}", title, "fraction", close / average - 1, _SIGNED)
    cross = sma(close, SHORT) / sma(close, LONG) - 1
    add("sma_cross", f"average of {SHORT} days against that of {LONG}", "fraction", cross, _SIGNED)
    add("rsi_14", "relative strength index of 14 days", "percent", rsi(close), _RSI)
    lines = macd(close)
    add("macd", "MACD (12, 26, 9) over the close", "fraction", lines.macd / close, _SIGNED)
    add(
        "macd_histogram",
        "MACD histogram (12, 26, 9) over the close",
        "fraction",
        lines.histogram / close,
        _MOVED,
    )
    add(
        "bollinger_percent_b",
        "place in the Bollinger bands (20, 2)",
        "fraction",
        bollinger(close).percent_b,
        _BANDS,
    )
    for window in (MONTH, QUARTER, YEAR // 2, YEAR):
        add(f"return_{window}", f"change over {window} days", "fraction", roc(close, window) / 100, _MOVED)
    add(f"drawdown_{YEAR}", f"below the highest close of {YEAR} days", "fraction", _drawdown(close))
    return found


def internal_measures(evidence: MarketEvidence) -> Measures:
    """Measure what the index hides: breadth, turbulence and how closely the stocks move together."""
    found = Measures()
    stocks = evidence.stocks
    if not stocks.shape[1]:
        return found
    for item in (*_breadth(stocks, evidence.closes_source), *_coupling(stocks, evidence.closes_source)):
        found[item.name] = item
    return found


def _breadth(stocks: pd.DataFrame, source: str) -> Iterator[Measure]:
    for window in (SHORT, LONG):
        above = share_above_average(stocks, window)
        title = f"stocks above their average of {window} days"
        yield measured(f"share_above_{window}", title, "fraction", above.share, source, states=_BREADTH)
        title = f"stocks with an average of {window} days"
        yield measured(f"counted_{window}", title, "count", above.counted, source, is_level=True)
    news = new_highs_lows(stocks, YEAR)
    for name, title, series in (
        ("new_highs", f"stocks above their highest close of {YEAR} days before", news.highs),
        ("new_lows", f"stocks below their lowest close of {YEAR} days before", news.lows),
        ("counted", f"stocks with {YEAR} days before", news.counted),
    ):
        yield measured(name, title, "count", series, source, is_level=True)
    title = f"new highs less new lows of {YEAR} days"
    yield measured("net_new_highs", title, "fraction", news.net_share, source)


def _coupling(stocks: pd.DataFrame, source: str) -> Iterator[Measure]:
    returns = stocks.pct_change(fill_method=None)
    unusual = sma(turbulence(returns, per_asset=True, refit=REFIT).turbulence, MONTH)
    yield measured("turbulence", f"turbulence a stock, mean of {MONTH} days", "ratio", unusual, source)
    together = average_correlation(returns, QUARTER).correlation
    yield measured("average_correlation", f"average correlation of {QUARTER} days", "ratio", together, source)
    recent = returns.iloc[-ABSORPTION_PAST - ABSORPTION_WINDOW :]
    absorbed = absorption_ratio(recent, ABSORPTION_WINDOW).ratio
    title = f"absorption ratio of {ABSORPTION_WINDOW} days"
    yield measured("absorption_ratio", title, "fraction", absorbed, source)
    shift = standardised_shift(absorbed)
    yield measured("absorption_shift", "shift of the absorption ratio in deviations", "ratio", shift, source)


def expected_measures(evidence: MarketEvidence, realised: pd.Series[float]) -> Measures:
    """Measure the volatility that there was, and the one that options expect."""
    title = f"volatility of {MONTH} days"
    found = Measures()
    found["realised_volatility"] = measured(
        "realised_volatility", title, "fraction per year", realised, evidence.closes_source
    )
    table = evidence.volatility_index
    if table is None or not table.fresh:
        return found
    expected = table.frame["close"].dropna()
    title = "volatility index (VIX)"
    found["vix"] = measured("vix", title, "percent per year", expected, table.source)
    at_closes = pd.Series(table.known_at(pd.DatetimeIndex(realised.index), "close"), index=realised.index)
    title = f"volatility index less the volatility of {MONTH} days"
    both = f"{table.source}; {evidence.closes_source}"
    found["vix_gap"] = measured("vix_gap", title, "fraction per year", at_closes / 100 - realised, both)
    return found


def stock_table(evidence: MarketEvidence) -> dict[str, dict[str, float | None]]:
    """Give the last figures of each stock; what is not known is None."""
    stocks = evidence.stocks
    if not stocks.shape[1]:
        return {}
    columns: dict[str, Callable[[], Any]] = {
        f"above_sma_{SHORT}": lambda: stocks / sma(stocks, SHORT) - 1,
        f"above_sma_{LONG}": lambda: stocks / sma(stocks, LONG) - 1,
        "rsi_14": lambda: rsi(stocks),
        f"return_{QUARTER}": lambda: roc(stocks, QUARTER) / 100,
        f"return_{YEAR}": lambda: roc(stocks, YEAR) / 100,
        f"drawdown_{YEAR}": lambda: _drawdown(stocks),
    }
    last = {name: panel().iloc[-1] for name, panel in columns.items()}
    return {
        str(ticker): {name: _known(row[ticker]) for name, row in last.items()} for ticker in stocks.columns
    }


def _drawdown(closes: Any) -> Any:
    return closes / closes.rolling(YEAR).max() - 1


def _known(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
