"""Bars for the tests of trend and volatility, what is known of them from elsewhere, and the indicators to be tested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.technical import trend, volatility

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "data" / "ta_vectors"
HLC = ("high", "low", "close")
OHLC = ("open", *HLC)


class Case(NamedTuple):
    """An indicator, the prices that it takes, and parameters small enough for short panels."""

    function: object
    names: tuple[str, ...]
    parameters: dict

    def __call__(self, bars, **parameters):
        """Compute, from a mapping of tables, as a tuple of lines."""
        made = self.function(*(bars[name] for name in self.names), **self.parameters, **parameters)
        return made if isinstance(made, tuple) else (made,)

    def __str__(self):
        shown = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.function.__name__}({shown})"


RECURSIVE = [
    Case(trend.adx, HLC, {"window": 4}),
    Case(trend.adx, HLC, {"window": 4, "seed": "talib"}),
    Case(trend.di, HLC, {"window": 4}),
    Case(trend.parabolic_sar, ("high", "low"), {}),
    Case(trend.supertrend, HLC, {"window": 5, "multiplier": 1.5}),
    Case(trend.supertrend, HLC, {"window": 5, "seed": "talib"}),
    Case(volatility.atr, HLC, {"window": 5}),
    Case(volatility.atr, HLC, {"window": 5, "seed": "talib"}),
    Case(volatility.natr, HLC, {"window": 1}),
    Case(volatility.keltner, HLC, {"window": 6, "atr_window": 4}),
    Case(volatility.keltner, HLC, {"window": 3, "atr_window": 5, "seed": "talib"}),
    Case(volatility.mass_index, ("high", "low"), {"window": 4, "ema_window": 3}),
]

WINDOWED = [
    Case(trend.aroon, ("high", "low"), {"window": 7}),
    Case(trend.vortex, HLC, {"window": 5}),
    Case(trend.ichimoku, HLC, {"conversion": 2, "base": 5, "span_b": 9}),
    Case(
        trend.ichimoku,
        HLC,
        {"conversion": 2, "base": 5, "span_b": 9, "displaced": True, "displacement": 4},
    ),
    Case(volatility.true_range, HLC, {}),
    Case(volatility.true_range, HLC, {"seed": "talib"}),
    Case(volatility.bollinger, ("close",), {"window": 6}),
    Case(volatility.bollinger, ("close",), {"window": 7, "ddof": 1}),
    Case(volatility.donchian, ("high", "low"), {"window": 5}),
    Case(volatility.donchian, ("high", "low"), {"window": 5, "include_current": False}),
    Case(volatility.choppiness, HLC, {"window": 5}),
    Case(volatility.ulcer_index, ("close",), {"window": 4}),
    Case(volatility.historical_volatility, ("close",), {"window": 5}),
    Case(volatility.parkinson, ("high", "low"), {"window": 5}),
    Case(volatility.garman_klass, OHLC, {"window": 5}),
    Case(volatility.rogers_satchell, OHLC, {"window": 5}),
    Case(volatility.yang_zhang, OHLC, {"window": 5}),
]


def bars(n_bars=60, n_assets=9, *, seed=5):
    """Simulate open, high, low and close, arrays with assets across."""
    rng = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, (n_bars, n_assets)), axis=0))
    opened = close * np.exp(rng.normal(0, 0.01, close.shape))
    high = np.maximum(opened, close) * np.exp(np.abs(rng.normal(0, 0.01, close.shape)))
    low = np.minimum(opened, close) * np.exp(-np.abs(rng.normal(0, 0.01, close.shape)))
    return {"open": opened, "high": high, "low": low, "close": close}


def frames(tables):
    """Label tables with days and names."""
    index = pd.bdate_range("2020-01-01", periods=len(tables["close"]), name="day")
    names = [f"asset {i}" for i in range(tables["close"].shape[1])]
    return {name: pd.DataFrame(table, index=index, columns=names) for name, table in tables.items()}


def vectors(name):
    """Read the quotes and bar-by-bar results of the Stock.Indicators library, where they are."""
    if not VECTORS.exists():
        pytest.skip("the published vectors are not beside this checkout (../shared/data/ta_vectors)")
    quotes = pd.read_csv(VECTORS / "quotes" / "default.csv", index_col="date", parse_dates=True)
    rows = json.loads((VECTORS / "results" / f"{name}.standard.json").read_text())
    return quotes, pd.DataFrame(rows, index=quotes.index)


def by_column(function, *tables, **parameters):
    """Call a function of TA-Lib on each column, and give one table for each of its lines."""
    made = [
        function(*(np.ascontiguousarray(table[:, i]) for table in tables), **parameters)
        for i in range(tables[0].shape[1])
    ]
    lines = zip(*made, strict=True) if isinstance(made[0], tuple) else [made]
    return tuple(np.stack(line, axis=1) for line in lines)
