"""The door of charts along time: one asset's bars, and lines that belong to them, cut to what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.errors import InputError
from maos_nb.plotting._door import line

__all__ = ["Bars", "Lines", "Rows", "read_bars", "read_groups", "read_line", "read_rows"]

_ROUNDING = 1e-6
_NO_PRICES: Final = frozenset(
    ("percent_b", "bandwidth", "direction", "support_touches", "resistance_touches", "high_row", "low_row")
)
"""Fields of results that stand beside prices and are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The labels of all rows, None for arrays, and the part of them that is shown."""

    whole: Any
    count: int
    shown: slice

    @property
    def index(self) -> Any:
        """The labels shown."""
        return None if self.whole is None else self.whole[self.shown]

    @property
    def n_shown(self) -> int:
        """How many rows are shown."""
        return len(range(self.count)[self.shown])


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """One asset's bars ``(n_bars,)``: prices, and volume where it is known."""

    name: str
    rows: Rows
    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array | None

    @property
    def known(self) -> BoolArray:
        """Where all four prices are."""
        return np.asarray(np.isfinite(self.open + self.high + self.low + self.close))

    @property
    def rises(self) -> BoolArray:
        """Where the close is above the open."""
        return np.asarray(self.close > self.open)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What one label of a mapping stands for: a line, or several by their names."""

    name: str
    lines: Mapping[str, Array]

    @property
    def is_band(self) -> bool:
        """Whether two of the lines are the edges of a band."""
        return {"lower", "upper"} <= set(self.lines)


def read_bars(ohlcv: Any, start: Any, end: Any) -> Bars:
    """Take the bars of one asset, or raise InputError."""
    # What indicators are made of takes a quarter of a second to import, which other charts can do without.
    from maos_nb.analytics.technical._columns import of_record
    from maos_nb.analytics.technical.ohlcv import Ohlcv

    record = _of_frame(ohlcv) if type(ohlcv).__name__ == "DataFrame" else ohlcv
    if not isinstance(record, Ohlcv):
        raise InputError(
            "ohlcv",
            f"expected an Ohlcv record or a DataFrame of one asset, got {type(ohlcv).__name__}",
            advice="Give columns open, high, low, close and perhaps volume",
        )
    if len(record.assets) != 1:
        shown = ", ".join(map(str, record.assets[:10]))
        raise InputError(
            "ohlcv", f"expected one asset, got {len(record.assets)}", advice=f"Give one of them: {shown}"
        )
    held: Any = of_record(record)
    index = held["close"].index
    rows = Rows(index, len(record), _part(record, start, end))
    if not rows.n_shown:
        reach = "none" if not len(record) else f"{len(record)} bars"
        if index is not None and len(record):
            reach = f"{index[0]} to {index[-1]}".replace(" 00:00:00", "")
        raise InputError("ohlcv", "expected bars, there is none to show", advice=f"There is {reach}")
    prices: dict[str, Any] = {
        name: line(name, columns.array[0], per="bar")[rows.shown] for name, columns in held.items()
    }
    return Bars(_name(record, held["close"]), rows, **{"volume": None} | prices)


def read_rows(name: str, given: Any) -> tuple[Rows, Array]:
    """Take a line that gives the rows to all others, or raise InputError."""
    held = _held(name, given)
    if not held.array.size:
        raise InputError(name, "expected at least one row, got none")
    return Rows(held.index, held.array.shape[1], slice(None)), line(name, held.array[0], per="row")


def read_line(name: str, given: Any, rows: Rows) -> Array:
    """Take a line and give the part of it that is shown, found by its labels, or by its length without any."""
    held = _held(name, given)
    values: Array = line(name, held.array[0], per="bar") if held.array.size else held.array[0]
    if held.index is not None and rows.whole is not None:
        return np.asarray(values[_places(name, held.index, rows)])
    if values.size == rows.count:
        return values[rows.shown]
    if values.size == rows.n_shown:
        return values
    raise InputError(name, f"expected one value for each of {rows.count} bars, got {values.size}")


def read_groups(name: str, given: Any, rows: Rows, *, of_prices: bool = False) -> list[Lines]:
    """Take a mapping of labels to lines, or to NamedTuples of lines."""
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise InputError(
            name,
            f"expected a mapping of words to lines, got {type(given).__name__}",
            advice=f"{name}={{'SMA 50': sma(bars, 50)}}",
        )
    return [_group(f"{name}[{key!r}]", str(key), value, rows, of_prices) for key, value in given.items()]


def _group(argument: str, name: str, value: Any, rows: Rows, of_prices: bool) -> Lines:
    if not (isinstance(value, tuple) and hasattr(value, "_fields")):
        return Lines(name, {"": read_line(argument, value, rows)})
    chosen = {
        field: read_line(f"{argument}.{field}", part, rows)
        for field, part in zip(value._fields, value, strict=True)
        if not (of_prices and field in _NO_PRICES)
    }
    if not chosen:
        raise InputError(argument, "has no line that is a price")
    return Lines(name, chosen)


def _of_frame(frame: Any) -> Any:
    from maos_nb.analytics.technical.ohlcv import Ohlcv

    try:
        return Ohlcv.from_frame(frame, tolerance=_ROUNDING)
    except InputError as error:
        raise (
            error if error.argument != "frame" else InputError("ohlcv", error.problem, advice=error.advice)
        ) from None


def _part(record: Any, start: Any, end: Any) -> slice:
    if start is None and end is None:
        return slice(None)
    part, whole = record.between(start, end).close.index, record.close.index
    first = int(whole.get_loc(part[0])) if len(part) else 0
    return slice(first, first + len(part))


def _name(record: Any, held: Any) -> str:
    asset = record.assets[0]
    if asset is None and held.kind == "series":
        asset = held.columns
    # The closes of a table of one asset are called "close".
    is_field = asset is None or str(asset).strip().lower() in ("", "close", "adj close", "price")
    return "" if is_field or held.kind in ("vector", "matrix") else str(asset)


def _held(name: str, given: Any) -> Any:
    from maos_nb.analytics.technical._columns import as_columns

    held = as_columns(name, given)
    if held.shape[0] != 1:
        raise InputError(name, f"expected one line, got {held.shape[0]} columns")
    return held


def _places(name: str, index: Any, rows: Rows) -> Any:
    if index is rows.whole or index.equals(rows.whole):
        return rows.shown
    places = index.get_indexer(rows.index) if index.is_unique else np.full(rows.n_shown, -1)
    missing = np.flatnonzero(places < 0)
    if missing.size:
        label = str(rows.index[int(missing[0])]).removesuffix(" 00:00:00")
        raise InputError(
            name,
            f"expected a value for each bar, got none for {label} ({missing.size} of {rows.n_shown} bars)",
            advice="Compute it from the same bars",
        )
    return places
