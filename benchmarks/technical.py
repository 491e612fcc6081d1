"""Indicators of 2,520 days x 500 assets, DataFrames in and out: one call here, a loop over the columns at TA-Lib.

The 26 are those that TA-Lib has too. Each is first held against TA-Lib's values, with the seed that is its own. Its
loop makes the same lines: those that TA-Lib does not have by NumPy, column by column. That loop is written three ways:
as a dict of columns for a DataFrame, which the goals are set against; into one array that becomes the DataFrame, the
leanest that there is; and on bare columns, without any DataFrame, where the same is asked of arrays here. Calls are
timed in a row, which write into memory that the one before has given back; bare ones also one at a time, in turn with
TA-Lib's, where a large result comes in memory that the system has yet to hand out and small ones do not. What no
indicator can go below is a copy of the data. pandas and FinanceToolkit, which take whole DataFrames, come last;
vectorbt is not installed with the others and left out.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import talib
from financetoolkit.technicals import breadth_model, momentum_model, overlap_model, volatility_model

from benchmarks._report import Row, alternate, seconds
from maos_nb.analytics import _kernels
from maos_nb.analytics.technical import averages, oscillators, trend, volatility, volume

DAYS, ASSETS, ROUNDS = 2_520, 500, 5
IN_SUM, EACH, BARE_IN_SUM, ONE_SERIES = 4.0, 1.0, 1.5, 3.0
CLOSE, HLC = ("close",), ("high", "low", "close")

Tables = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """An indicator: of which prices, here, and on one column at TA-Lib, its lines in the same order."""

    what: str
    fields: tuple[str, ...]
    ours: Callable[..., Any]
    peer: Callable[..., Any]


def bands(close: np.ndarray) -> tuple[np.ndarray, ...]:
    upper, middle, lower = talib.BBANDS(close, 20, 2.0, 2.0)
    return lower, middle, upper, (close - lower) / (upper - lower), (upper - lower) / middle


def threefold(close: np.ndarray) -> tuple[np.ndarray, ...]:
    line = talib.TRIX(close, 15)
    return line, talib.EMA(line, 9)


def directions(*prices: np.ndarray) -> tuple[np.ndarray, ...]:
    return talib.ADX(*prices, 14), talib.PLUS_DI(*prices, 14), talib.MINUS_DI(*prices, 14)


def ages(high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, ...]:
    down, up = talib.AROON(high, low, 25)
    return up, down, up - down


# Windows and all that TA-Lib does another way by default are named; the rest is what both have in common.
CASES = [
    Case("sma", CLOSE, lambda c: averages.sma(c, 20), lambda c: talib.SMA(c, 20)),
    Case("ema", CLOSE, lambda c: averages.ema(c, 20), lambda c: talib.EMA(c, 20)),
    Case("wma", CLOSE, lambda c: averages.wma(c, 20), lambda c: talib.WMA(c, 20)),
    Case("dema", CLOSE, lambda c: averages.dema(c, 20), lambda c: talib.DEMA(c, 20)),
    Case("tema", CLOSE, lambda c: averages.tema(c, 20), lambda c: talib.TEMA(c, 20)),
    Case("trima", CLOSE, lambda c: averages.trima(c, 20), lambda c: talib.TRIMA(c, 20)),
    Case("kama", CLOSE, lambda c: averages.kama(c, 10), lambda c: talib.KAMA(c, 10)),
    Case("t3", CLOSE, lambda c: averages.t3(c, 5), lambda c: talib.T3(c, 5, 0.7)),
    Case("macd", CLOSE, lambda c: oscillators.macd(c, seed="talib"), lambda c: talib.MACD(c, 12, 26, 9)),
    Case("rsi", CLOSE, lambda c: oscillators.rsi(c, 14), lambda c: talib.RSI(c, 14)),
    Case(
        "stochastic",
        HLC,
        lambda h, low, c: oscillators.stochastic(h, low, c, 14, 3, 3),
        lambda h, low, c: talib.STOCH(h, low, c, 14, 3, 0, 3, 0),
    ),
    Case("cci", HLC, lambda *p: oscillators.cci(*p, 20), lambda *p: talib.CCI(*p, 20)),
    Case("cmo", CLOSE, lambda c: oscillators.cmo(c, 14, method="wilder"), lambda c: talib.CMO(c, 14)),
    Case("roc", CLOSE, lambda c: oscillators.roc(c, 10), lambda c: talib.ROC(c, 10)),
    Case("momentum", CLOSE, lambda c: oscillators.momentum(c, 10), lambda c: talib.MOM(c, 10)),
    Case("williams_r", HLC, lambda *p: oscillators.williams_r(*p, 14), lambda *p: talib.WILLR(*p, 14)),
    Case("trix", CLOSE, lambda c: oscillators.trix(c, 15, 9), threefold),
    Case(
        "ultimate_oscillator",
        HLC,
        lambda *p: oscillators.ultimate_oscillator(*p, 7, 14, 28),
        lambda *p: talib.ULTOSC(*p, 7, 14, 28),
    ),
    Case("adx", HLC, lambda *p: trend.adx(*p, 14, seed="talib"), directions),
    Case("aroon", ("high", "low"), lambda *p: trend.aroon(*p, 25), ages),
    Case("atr", HLC, lambda *p: volatility.atr(*p, 14, seed="talib"), lambda *p: talib.ATR(*p, 14)),
    Case("natr", HLC, lambda *p: volatility.natr(*p, 14, seed="talib"), lambda *p: talib.NATR(*p, 14)),
    Case("bollinger", CLOSE, lambda c: volatility.bollinger(c, 20, 2.0), bands),
    Case("obv", ("close", "volume"), lambda *p: volume.obv(*p, seed="talib"), talib.OBV),
    Case("mfi", (*HLC, "volume"), lambda *p: volume.mfi(*p, 14), lambda *p: talib.MFI(*p, 14)),
    Case("accumulation_distribution", (*HLC, "volume"), volume.accumulation_distribution, talib.AD),
]

# Ways of pandas and FinanceToolkit to the same end, not held to the same first values; whole DataFrames.
PANDAS: list[Case] = [
    Case("sma", CLOSE, lambda c: averages.sma(c, 20), lambda c: c.rolling(20).mean()),
    Case(
        "ema",
        CLOSE,
        lambda c: averages.ema(c, 20, seed="first"),
        lambda c: c.ewm(span=20, adjust=False).mean(),
    ),
    Case(
        "bollinger, of which pandas makes the mean and the deviation alone",
        CLOSE,
        lambda c: volatility.bollinger(c, 20),
        lambda c: (c.rolling(20).mean(), c.rolling(20).std(ddof=0)),
    ),
]
TOOLKIT: list[Case] = [
    Case(
        "rsi",
        CLOSE,
        lambda c: oscillators.rsi(c, 14),
        lambda c: momentum_model.get_relative_strength_index(c, 14),
    ),
    Case(
        "williams_r",
        HLC,
        lambda *p: oscillators.williams_r(*p, 14),
        lambda *p: momentum_model.get_williams_percent_r(*p, 14),
    ),
    Case(
        "wma",
        CLOSE,
        lambda c: averages.wma(c, 20),
        lambda c: overlap_model.get_weighted_moving_average(c, 20),
    ),
    Case(
        "bollinger, of which FinanceToolkit makes three of the five lines",
        CLOSE,
        lambda c: volatility.bollinger(c, 20),
        lambda c: volatility_model.get_bollinger_bands(c, 20, 2),
    ),
    Case(
        "accumulation_distribution",
        (*HLC, "volume"),
        volume.accumulation_distribution,
        breadth_model.get_accumulation_distribution_line,
    ),
]


@dataclass(frozen=True)
class Timing:
    """Milliseconds that an indicator takes: DataFrames here and at TA-Lib, twice; arrays here and there, twice."""

    case: Case
    ours: float
    peer: float
    lean_peer: float
    bare: float
    bare_peer: float
    single: float
    single_peer: float


def bars() -> Tables:
    rng = np.random.default_rng(17)
    close = 50 * np.exp(np.cumsum(rng.normal(0, 0.015, (DAYS, ASSETS)), axis=0))
    opened = close * np.exp(rng.normal(0, 0.008, close.shape))
    tables = {
        "high": np.maximum(opened, close) * np.exp(np.abs(rng.normal(0, 0.006, close.shape))),
        "low": np.minimum(opened, close) * np.exp(-np.abs(rng.normal(0, 0.006, close.shape))),
        "close": close,
        "volume": np.round(rng.lognormal(13.0, 0.6, close.shape)),
    }
    labels = {
        "index": pd.bdate_range("2015-01-02", periods=DAYS),
        "columns": [f"A{place:03d}" for place in range(ASSETS)],
    }
    return {name: pd.DataFrame(np.asfortranarray(table), **labels) for name, table in tables.items()}


def rows() -> list[Row]:
    if not _kernels.compiling():
        sys.exit("numba is needed for this benchmark: install maos-nb[fast]")
    frames = bars()
    for case in CASES:
        check(case, frames)
    copied = 1e3 * seconds(frames["close"].copy)
    panels = [timed(case, frames) for case in CASES]
    return [
        *_panel_rows(panels, copied),
        *_bare_rows(panels),
        *_sum_rows(panels, copied),
        *_one_series_rows(frames),
        *_whole_rows("pandas", PANDAS, frames),
        *_whole_rows("FinanceToolkit", TOOLKIT, frames),
    ]


def check(case: Case, frames: Tables) -> None:
    """Stop unless TA-Lib's values are ours; it leaves out some that we give, and never the other way round."""
    tables = [frames[name] for name in case.fields]
    for ours, theirs in zip(_lines(case.ours(*tables)), in_dict(case, tables), strict=True):
        known = theirs.notna().to_numpy()
        mine, expected = ours.to_numpy()[known], theirs.to_numpy()[known]
        np.testing.assert_array_less(0.95, known.mean(), err_msg=case.what)
        np.testing.assert_equal(np.isnan(mine).any(), False, err_msg=case.what)
        pd.testing.assert_index_equal(ours.index, theirs.index)
        pd.testing.assert_index_equal(ours.columns, theirs.columns)
        np.testing.assert_allclose(
            mine, expected, rtol=1e-8, atol=1e-9 * np.abs(expected).max(), err_msg=case.what
        )


def in_dict(case: Case, tables: list[Any]) -> list[pd.DataFrame]:
    """Run TA-Lib over the columns and make DataFrames of what it gives, as one writes it."""
    made = {name: _lines(case.peer(*(table[name].to_numpy() for table in tables))) for name in tables[0]}
    index, count = tables[0].index, len(made[tables[0].columns[0]])
    return [pd.DataFrame({n: lines[i] for n, lines in made.items()}, index=index) for i in range(count)]


def in_array(case: Case, tables: list[Any]) -> list[pd.DataFrame]:
    """Run TA-Lib over the columns into arrays that become the DataFrames, without a copy."""
    columns = zip(*(table.to_numpy().T for table in tables), strict=True)
    first = _lines(case.peer(*next(columns)))
    made = [np.empty(tables[0].shape[::-1]) for _ in first]
    for line, room in zip(first, made, strict=True):
        room[0] = line
    for place, prices in enumerate(columns, 1):
        for line, room in zip(_lines(case.peer(*prices)), made, strict=True):
            room[place] = line
    index, names = tables[0].index, tables[0].columns
    return [pd.DataFrame(room.T, index=index, columns=names, copy=False) for room in made]


def timed(case: Case, frames: Tables) -> Timing:
    tables = [frames[name] for name in case.fields]
    arrays = [np.asfortranarray(table.to_numpy()) for table in tables]
    columns = list(zip(*(list(array.T) for array in arrays), strict=True))
    calls = {
        "ours": functools.partial(case.ours, *tables),
        "peer": functools.partial(in_dict, case, tables),
        "lean_peer": functools.partial(in_array, case, tables),
        "bare": functools.partial(case.ours, *arrays),
        "bare_peer": lambda: [case.peer(*prices) for prices in columns],
    }
    singly = {
        "single": functools.partial(_once, calls["bare"]),
        "single_peer": functools.partial(_once, calls["bare_peer"]),
    }
    return Timing(case, **_milliseconds(calls), **alternate(singly, ROUNDS))


def _milliseconds(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Time each call back to back, in turn with the others."""
    timers = {name: functools.partial(seconds, call, at_least=0.04) for name, call in calls.items()}
    return {name: 1e3 * spent for name, spent in alternate(timers, ROUNDS).items()}


def _once(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


def _panel_rows(panels: list[Timing], copied: float) -> list[Row]:
    found = []
    for one in panels:
        shown = f"{one.ours:.1f} ms, {one.ours / copied:.1f} copies of the closes"
        what = f"{one.case.what}, DataFrames: times the speed of a loop of TA-Lib over the columns"
        found.append(Row(what, shown, f"{one.peer:.1f} ms", one.peer / one.ours, EACH))
    return found


def _bare_rows(panels: list[Timing]) -> list[Row]:
    return [
        Row(
            f"{one.case.what}, arrays: times the speed of bare calls of TA-Lib on each column",
            f"{one.bare:.1f} ms",
            f"{one.bare_peer:.1f} ms",
            one.bare_peer / one.bare,
        )
        for one in panels
    ]


def _sum_rows(panels: list[Timing], copied: float) -> list[Row]:
    total = {
        name: sum(getattr(one, name) for one in panels)
        for name in ("ours", "peer", "lean_peer", "bare", "bare_peer", "single", "single_peer")
    }
    count, shown = len(panels), f"{total['ours']:.0f} ms"
    least = sum(copied * n_lines for n_lines in (len(_lines(one.case.ours(*_short(one)))) for one in panels))
    return [
        Row(
            f"all {count}, DataFrames: times the speed of a loop of TA-Lib over the columns",
            shown,
            f"{total['peer']:.0f} ms",
            total["peer"] / total["ours"],
            IN_SUM,
        ),
        Row(
            f"all {count}, DataFrames: times the speed of a loop of TA-Lib into one array a line",
            shown,
            f"{total['lean_peer']:.0f} ms",
            total["lean_peer"] / total["ours"],
        ),
        Row(
            f"all {count}, arrays: times the speed of bare calls of TA-Lib on each column",
            f"{total['bare']:.0f} ms",
            f"{total['bare_peer']:.0f} ms",
            total["bare_peer"] / total["bare"],
            BARE_IN_SUM,
        ),
        Row(
            f"all {count}, arrays, one call at a time: times the speed of bare calls of TA-Lib on each column",
            f"{total['single']:.0f} ms",
            f"{total['single_peer']:.0f} ms",
            total["single_peer"] / total["single"],
        ),
        Row(
            f"all {count}, DataFrames: time against copying as many DataFrames as there are lines",
            shown,
            f"{least:.0f} ms",
            total["ours"] / least,
            at_least=False,
        ),
    ]


def _short(one: Timing) -> list[np.ndarray]:
    """Give a few bars of one price each, to see how many lines there are."""
    return [np.ones(3) for _ in one.case.fields]


def _one_series_rows(frames: Tables) -> list[Row]:
    """Give a row for each and two for all: a Series in and out here, TA-Lib on its values and on the Series."""
    times = {}
    for case in CASES:
        series = [frames[name].iloc[:, 0].copy() for name in case.fields]
        values = [one.to_numpy() for one in series]
        calls = {
            "ours": functools.partial(case.ours, *series),
            "values": functools.partial(case.peer, *values),
            "series": functools.partial(case.peer, *series),
        }
        found = alternate(
            {name: functools.partial(seconds, call, at_least=0.02) for name, call in calls.items()}, 3
        )
        times[case.what] = {name: 1e6 * spent for name, spent in found.items()}
    total = {name: sum(one[name] for one in times.values()) for name in ("ours", "values", "series")}
    every = f"all {len(CASES)}"
    return [
        *(_series_row(what, one, "values") for what, one in times.items()),
        _series_row(every, total, "values", goal=ONE_SERIES),
        _series_row(every, total, "series", goal=ONE_SERIES),
    ]


def _series_row(what: str, spent: dict[str, float], peer: str, goal: float | None = None) -> Row:
    given = "its values, arrays out" if peer == "values" else "the Series, Series out"
    return Row(
        f"{what}, one Series: time against TA-Lib on {given}",
        f"{spent['ours']:.0f} us",
        f"{spent[peer]:.0f} us",
        spent["ours"] / spent[peer],
        goal,
        at_least=False,
    )


def _whole_rows(name: str, cases: list[Case], frames: Tables) -> list[Row]:
    found = []
    for case in cases:
        tables = [frames[field] for field in case.fields]
        calls = {
            "ours": functools.partial(case.ours, *tables),
            "peer": functools.partial(case.peer, *tables),
        }
        times = _milliseconds(calls)
        found.append(
            Row(
                f"{case.what}, DataFrames: times {name}'s speed",
                f"{times['ours']:.1f} ms",
                f"{times['peer']:.1f} ms",
                times["peer"] / times["ours"],
            )
        )
    return found


def _lines(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)
