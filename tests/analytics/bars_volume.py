"""Bars for the tests of volume, levels and patterns, and how a function of whole histories follows a rule for gaps."""

from __future__ import annotations

import numpy as np


def random_bars(n_bars=120, n_assets=3, seed=0, tick=0.05):
    """Give tables ``(n_bars, n_assets)`` by name, in ticks, so that equal prices and bars without range occur."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 0.4, (n_bars, n_assets)) * (rng.random((n_bars, n_assets)) < 0.9)
    middle = 50 + np.cumsum(steps, axis=0)
    prices = np.sort(middle + rng.normal(0, 0.5, (4, n_bars, n_assets)), axis=0)
    prices = np.where(rng.random((n_bars, n_assets)) < 0.05, prices[:1], prices)
    is_rising = rng.random((n_bars, n_assets)) < 0.5
    tables = {
        "open": np.where(is_rising, prices[1], prices[2]),
        "high": prices[3],
        "low": prices[0],
        "close": np.where(is_rising, prices[2], prices[1]),
    }
    tables = {name: np.round(table / tick) * tick for name, table in tables.items()}
    volume = rng.integers(1, 2000, (n_bars, n_assets)) * 100.0
    return tables | {"volume": np.where(rng.random((n_bars, n_assets)) < 0.03, 0.0, volume)}


def with_gaps(bars, seed=1, share=0.08):
    """Leave numbers out, each of one table, and the first bars of the last asset."""
    rng = np.random.default_rng(seed)
    gappy = {
        name: np.where(rng.random(table.shape) < share / 5, np.nan, table) for name, table in bars.items()
    }
    for table in gappy.values():
        table[:4, -1] = np.nan
    return gappy


def by_rule(naive, rule, *columns):
    """Apply a function of histories without gaps to one asset's, gap by gap."""
    tables = np.array(columns, dtype=float)
    is_bar = ~np.isnan(tables).any(axis=0)
    result = np.full(len(is_bar), np.nan)
    places = np.flatnonzero(is_bar)
    if rule == "skip":
        runs = [places]
    else:
        runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
        runs = runs[:1] if rule == "propagate" else runs
    for run in runs:
        if len(run):
            result[run] = naive(*(table.tolist() for table in tables[:, run]))
    return result
