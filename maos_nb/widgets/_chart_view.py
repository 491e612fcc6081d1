"""What a chart explorer shows: one asset's bars, the picture of a part of them, and the same in words."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from maos_nb._views import number
from maos_nb.analytics.technical import Ohlcv
from maos_nb.errors import InputError, describe
from maos_nb.finance.report_words import per_share, percent, visible
from maos_nb.widgets._chart_indicators import ChartIndicator, lines_of, part_of, values_at

__all__ = ["AssetBars", "Choice", "View", "asset_name", "label_name", "record_of", "view_of"]

_UNKNOWN = "n/a"
_ROUNDING = 1e-6
_PRICES = ["open", "high", "low", "close"]
_LONGEST_NAME = 60
_MIDNIGHT = re.compile(r" 00:00:00([+-]\d\d:\d\d)?$")


class Choice(NamedTuple):
    """What is chosen: the place of the asset, names of indicators, and places of the first and the last bar."""

    asset: int
    overlays: tuple[str, ...]
    panes: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A chart, its picture, and what it says; without a picture where there is nothing to draw or drawing failed."""

    sentences: tuple[str, ...]
    problems: tuple[str, ...]
    chart: Any = None
    png: bytes = b""

    @property
    def message(self) -> str:
        """All of it in words."""
        return " ".join((*self.sentences, *(f"Please check: {problem}." for problem in self.problems)))


class AssetBars:
    """The bars of one asset from its first to its last, and the indicators that were asked for so far."""

    def __init__(self, ohlcv: Ohlcv, place: int) -> None:
        asset = ohlcv.assets[place]
        frame = (ohlcv if asset is None else ohlcv.asset(asset)).to_frame()
        known = frame[_PRICES].notna().any(axis=1).to_numpy().nonzero()[0]
        frame = frame.iloc[known[0] : known[-1] + 1] if known.size else frame.iloc[:0]
        self.name = asset_name(asset)
        self.record = Ohlcv.from_frame(frame, tolerance=ohlcv.tolerance, positive=ohlcv.positive)
        self.index = frame.index
        self._lines: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.index)

    def lines(self, name: str, row: ChartIndicator) -> Any:
        """Give an indicator of all bars, computed once."""
        if name not in self._lines:
            self._lines[name] = lines_of(row.compute(self.record), self.index)
        return self._lines[name]

    def places(self, start: Any, end: Any) -> tuple[int, int]:
        """Give the places of the first and the last bar between two labels; None leaves that side open.

        Raises
        ------
        InputError
            If there is none, or the labels are not of the kind of the bars'.
        """
        try:
            found = self.index.slice_indexer(self._label(start), self._label(end))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("span", f"{start!r} and {end!r} are not found: {error}") from None
        if found.start >= found.stop:
            reach = (
                f"from {label_name(self.index[0])} to {label_name(self.index[-1])}" if len(self) else "none"
            )
            raise InputError("span", f"there is no bar from {start!s:.40} to {end!s:.40}, there is {reach}")
        return found.start, found.stop - 1

    def _label(self, given: Any) -> Any:
        # pandas no longer takes a day for the midnight it begins with; as text it is all of the day.
        is_day = isinstance(given, date) and not isinstance(given, datetime)
        return given.isoformat() if is_day and hasattr(self.index, "tz") else given

    def part(self, places: slice) -> Ohlcv:
        """Give the bars at these places; their Series bear the asset's name, which the chart's title takes up."""
        prices = {name: getattr(self.record, name) for name in (*_PRICES, "volume")}
        cut = {
            name: held.iloc[places].rename(self.name or None)
            for name, held in prices.items()
            if held is not None
        }
        return Ohlcv(**cut, tolerance=self.record.tolerance, positive=self.record.positive)


def record_of(ohlcv: Any) -> Ohlcv:
    """Give the record that came, or that of a table; raises InputError for anything else, and without assets."""
    if type(ohlcv).__name__ == "DataFrame":
        ohlcv = Ohlcv.from_frame(ohlcv, tolerance=_ROUNDING)
    if not isinstance(ohlcv, Ohlcv):
        raise InputError(
            "ohlcv",
            f"expected an Ohlcv record or a DataFrame, got {type(ohlcv).__name__}",
            advice="ChartExplorer(SampleSource().ohlcv(['AAPL', 'IBM']).frame)",
        )
    if not ohlcv.assets:
        raise InputError("ohlcv", "expected one asset or more, got none")
    return ohlcv


def asset_name(asset: Any) -> str:
    """Write the name of an asset for people; that of one alone is not known."""
    return "" if asset is None else visible(asset)[:_LONGEST_NAME]


def label_name(label: Any) -> str:
    """Write the label of a bar: a day without its midnight."""
    words = str(label)
    if not words.isprintable():
        words = visible(words)
    return _MIDNIGHT.sub("", words)[:_LONGEST_NAME]


def view_of(bars: AssetBars, choice: Choice, rows: Mapping[str, ChartIndicator]) -> View:
    """Draw what is chosen and say it in words; what fails is said, and the rest is drawn."""
    if not len(bars):
        return View((f"There are no bars of {bars.name or 'this asset'}.",), ())
    lines, problems = _lines(bars, (*choice.overlays, *choice.panes), rows)
    places = slice(choice.first, choice.last + 1)
    part = bars.part(places)
    sentences = (*_said_of_prices(bars.name, part), *_said_of_indicators(lines, rows, choice.last))
    shown = {name: part_of(held, places) for name, held in lines.items()}
    try:
        chart, png = _drawn(part, shown, rows)
    except Exception as error:  # noqa: BLE001  # drawn by a click: what is raised there is seen by nobody
        return View(sentences, (*problems, f"the chart cannot be drawn: {_reason(error)}"))
    return View(sentences, tuple(problems), chart, png)


def _lines(
    bars: AssetBars, names: tuple[str, ...], rows: Mapping[str, ChartIndicator]
) -> tuple[dict[str, Any], list[str]]:
    lines: dict[str, Any] = {}
    problems = []
    for name in names:
        try:
            lines[name] = bars.lines(name, rows[name])
        except Exception as error:  # noqa: BLE001  # indicators may be the user's, and one must not take the others away
            problems.append(f"{name} cannot be computed: {_reason(error)}")
    return lines, problems


def _drawn(part: Ohlcv, lines: dict[str, Any], rows: Mapping[str, ChartIndicator]) -> tuple[Any, bytes]:
    # Half a second of imports that a panel without a chart does not need.
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from maos_nb.plotting import candlesticks

    chart = candlesticks(
        part,
        overlays={name: held for name, held in lines.items() if rows[name].on_price},
        panes={name: held for name, held in lines.items() if not rows[name].on_price},
        levels={name: rows[name].levels for name in lines if rows[name].levels and not rows[name].on_price},
        volume=part.volume is not None,
    )
    buffer = io.BytesIO()
    # A quarter faster than savefig, which lays the page out twice; a slider waits for it.
    FigureCanvasAgg(chart).print_png(buffer, pil_kwargs={"compress_level": 1})  # type: ignore[no-untyped-call]  # matplotlib's
    return chart, buffer.getvalue()


def _said_of_prices(name: str, part: Ohlcv) -> tuple[str, ...]:
    close: Any = part.close
    known = close.dropna()
    n_gaps = len(close) - len(known)
    first, last = label_name(close.index[0]), label_name(close.index[-1])
    span = first if len(close) == 1 else f"{first} to {last}"
    gaps = f", {n_gaps} without a close" if n_gaps else ""
    opening = (
        f"{f'{name}, ' if name else ''}{span}, {len(close):,} bar{'s' if len(close) != 1 else ''}{gaps}."
    )
    if not len(known):
        return (opening, "Last close n/a.")
    then, now = float(known.iloc[0]), float(known.iloc[-1])
    day = "" if known.index[-1] == close.index[-1] else f" on {label_name(known.index[-1])}"
    change = percent(now / then - 1, 2, signed=True) if then > 0 else _UNKNOWN
    return (opening, f"Last close {per_share(now)}{day}, {change} against the first.")


def _said_of_indicators(
    lines: Mapping[str, Any], rows: Mapping[str, ChartIndicator], place: int
) -> tuple[str, ...]:
    sentences = []
    for name, held in lines.items():
        write = per_share if rows[name].on_price else _figure
        values = {line: write(value) for line, value in values_at(held, place).items()}
        said = ", ".join(f"{line} {value}".replace("_", " ").strip() for line, value in values.items())
        sentences.append(f"{visible(name)}: {said}.")
    return tuple(sentences)


def _figure(value: float) -> str:
    return number(value) if math.isfinite(value) else _UNKNOWN


def _reason(error: Exception) -> str:
    return describe(error).rstrip(".")
