"""What a chart explorer can draw: a table of names and functions, and what came of a function as lines of one length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np

from maos_nb.analytics import technical as ta
from maos_nb.analytics.technical import Ohlcv
from maos_nb.errors import InputError

__all__ = ["INDICATORS", "ChartIndicator", "indicators_for", "lines_of", "part_of", "values_at"]


@dataclass(frozen=True, slots=True)
class ChartIndicator:
    """One row of the table: how an indicator is computed and where it is drawn.

    Parameters
    ----------
    compute : callable
        From the `Ohlcv` record of one asset, whose prices are Series, to a Series or array with a value a bar, or to
        a NamedTuple of these.
    on_price : bool
        Draw it over the candles, in units of price; False gives it a pane below.
    needs_volume : bool
        Offer it only where there are volumes.
    levels : tuple of float
        Where its pane has level lines.
    """

    compute: Callable[[Ohlcv], Any]
    on_price: bool = False
    needs_volume: bool = False
    levels: tuple[float, ...] = ()


class _Band(NamedTuple):
    """The lines of a band that are prices."""

    lower: Any
    middle: Any
    upper: Any


class _Cloud(NamedTuple):
    """Ichimoku's lines, the leading ones where its chart has them."""

    conversion: Any
    base: Any
    leading_a: Any
    leading_b: Any


def _on_price(compute: Callable[[Ohlcv], Any]) -> ChartIndicator:
    return ChartIndicator(compute, on_price=True)


def _in_pane(compute: Callable[[Ohlcv], Any], *levels: float) -> ChartIndicator:
    return ChartIndicator(compute, levels=levels)


def _of_volume(compute: Callable[[Ohlcv], Any], *levels: float) -> ChartIndicator:
    return ChartIndicator(compute, needs_volume=True, levels=levels)


INDICATORS: Final[Mapping[str, ChartIndicator]] = MappingProxyType(
    {
        "SMA 20": _on_price(lambda bars: ta.sma(bars, 20)),
        "SMA 50": _on_price(lambda bars: ta.sma(bars, 50)),
        "SMA 200": _on_price(lambda bars: ta.sma(bars, 200)),
        "EMA 20": _on_price(lambda bars: ta.ema(bars, 20)),
        "Bollinger 20": _on_price(lambda bars: _Band(*ta.bollinger(bars, 20)[:3])),
        "Keltner 20": _on_price(lambda bars: _Band(*ta.keltner(bars, window=20)[:3])),
        "Donchian 20": _on_price(lambda bars: _Band(*ta.donchian(bars, window=20)[:3])),
        "Parabolic SAR": _on_price(ta.parabolic_sar),
        "Supertrend 10": _on_price(lambda bars: ta.supertrend(bars).line),
        "Ichimoku": _on_price(lambda bars: _Cloud(*ta.ichimoku(bars, displaced=True)[:4])),
        "RSI 14": _in_pane(ta.rsi, 30.0, 70.0),
        "MACD 12, 26, 9": _in_pane(ta.macd),
        "Stochastic 14, 3, 3": _in_pane(ta.stochastic, 20.0, 80.0),
        "ATR 14": _in_pane(ta.atr),
        "ADX 14": _in_pane(ta.adx, 25.0),
        "Aroon 25": _in_pane(ta.aroon),
        "CCI 20": _in_pane(ta.cci, -100.0, 100.0),
        "Williams %R 14": _in_pane(ta.williams_r, -80.0, -20.0),
        "ROC 10": _in_pane(ta.roc),
        "OBV": _of_volume(ta.obv),
        "Money flow 14": _of_volume(ta.mfi, 20.0, 80.0),
        "Chaikin money flow 20": _of_volume(ta.cmf),
    }
)
"""The rows that come with the explorer, in the order in which they are offered; one row more is one indicator more."""


def indicators_for(given: object, *, has_volume: bool) -> dict[str, ChartIndicator]:
    """Give our rows and the user's below, whose names win; raises InputError for what is no row."""
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise InputError(
            "indicators", f"expected a mapping of names to functions, got {type(given).__name__}"
        )
    rows = dict(INDICATORS)
    for name, row in given.items():
        if not isinstance(name, str) or not name.strip():
            raise InputError("indicators", f"expected names, got {name!r:.80}")
        made = row if isinstance(row, ChartIndicator) else ChartIndicator(row)
        if not callable(made.compute):
            raise InputError(
                "indicators", f"{name}: expected a function, got {type(made.compute).__name__}", advice=_ROW
            )
        rows[name] = made
    return {name: row for name, row in rows.items() if has_volume or not row.needs_volume}


_ROW = "Give a function of an Ohlcv record, or ChartIndicator(function, on_price=True)"


def lines_of(result: Any, index: Any) -> Any:
    """Give what an indicator returned as a Series over `index`, or as its NamedTuple of them.

    Raises
    ------
    InputError
        For anything but numbers, one for each bar, in the order of the bars.
    """
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        parts = zip(result._fields, result, strict=True)
        return type(result)(*(_line(part, index, f"its {field}") for field, part in parts))
    return _line(result, index, "it")


def part_of(lines: Any, places: slice) -> Any:
    """Cut an indicator's lines to a part of the bars."""
    if isinstance(lines, tuple):
        return type(lines)(*(line.iloc[places] for line in lines))
    return lines.iloc[places]


def values_at(lines: Any, place: int) -> dict[str, float]:
    """Give the value of each line at a bar, by the name of the line; a line alone has the name ""."""
    named = zip(lines._fields, lines, strict=True) if hasattr(lines, "_fields") else (("", lines),)
    return {name: float(line.iloc[place]) for name, line in named}


def _line(given: Any, index: Any, what: str) -> Any:
    import pandas as pd

    if isinstance(given, pd.Series) and not given.index.equals(index):
        raise InputError("indicators", f"{what} has other labels than the bars", advice=_RESULT)
    try:
        values = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            "indicators", f"{what} is {type(given).__name__}, not numbers", advice=_RESULT
        ) from None
    if values.shape != (len(index),):
        raise InputError(
            "indicators", f"{what} has shape {values.shape}, there are {len(index)} bars", advice=_RESULT
        )
    return pd.Series(values, index=index)


_RESULT = "Return a Series with a value for each bar, or a NamedTuple of these"
