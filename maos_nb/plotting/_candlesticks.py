"""One asset's bars as candles, with lines over the prices and panes below them.

Drawn here and not by mplfinance: that one imports pyplot and sets its styles in rcParams, which no chart of this
package touches; its candles are told apart by colour, its lines have no words; and it draws every bar as a candle
however narrow.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from maos_nb.analytics._arrays import Array, as_float, refuse
from maos_nb.errors import InputError
from maos_nb.plotting._bar_dates import bar_name
from maos_nb.plotting._bar_lines import Bars, Lines, read_bars, read_groups
from maos_nb.plotting._chart import AMBER, BLUE, INK, MUTED, Chart, limits, scale_for
from maos_nb.plotting._time_panes import (
    LINES,
    PAPER,
    WIDTH,
    draw_line,
    figure_words,
    finish,
    fitted,
    head,
    new_panes,
    rectangles,
    set_amounts,
    set_logarithmic,
    strokes,
)

__all__ = ["candlesticks"]

_PRICE, _PANE, _VOLUME = 3.4, 1.15, 0.8
"""Inches of the panes."""
_MOST_CANDLES = 270
"""A body of less than three pixels is neither hollow nor filled."""
_MOST_STROKES = 800
"""Bars of less than a pixel are drawn over each other."""
_RISE: Final[dict[str, Any]] = {"facecolor": PAPER, "edgecolor": BLUE}
_FALL: Final[dict[str, Any]] = {"facecolor": AMBER, "edgecolor": AMBER}
_RANGE: Final = "#b9cbdf"
_QUIET: Final = "#8a97a5"


def candlesticks(
    ohlcv: Any,
    *,
    overlays: Mapping[str, Any] | None = None,
    panes: Mapping[str, Any] | None = None,
    levels: Mapping[str, Collection[float]] | None = None,
    volume: bool = True,
    log: bool = False,
    start: Any = None,
    end: Any = None,
) -> Chart:
    """Draw the candles of one asset, lines over them, and panes of indicators below.

    Parameters
    ----------
    ohlcv : Ohlcv or DataFrame
        Bars of one asset: a record, or a table with columns open, high, low, close and perhaps volume.
    overlays : mapping, optional
        Words -> Series, array or NamedTuple of these (``Bollinger``, ``Ichimoku``), in units of price: they are
        drawn over the candles. The fields ``lower`` and ``upper`` are the edges of a band; fields that are no
        prices, as ``percent_b``, are left out.
    panes : mapping, optional
        Words -> Series, array or NamedTuple of these (``rsi``, ``Macd``): each has a pane of its own below. The
        field ``histogram`` is drawn as bars.
    levels : mapping, optional
        Words of a pane -> where to draw level lines, as ``{"RSI 14": (30, 70)}``.
    volume : bool
        Draw the volume, where it is known.
    log : bool
        Draw prices on a logarithmic axis, on which equal ways are equal returns.
    start, end : label, optional
        First and last bar shown, both included. Lines may be longer: those of all bars are cut alike, so that an
        average does not begin anew at `start`.

    Returns
    -------
    Chart
        A matplotlib ``Figure``. Bars stand side by side without gaps at weekends. Up to 270 bars are candles, hollow
        where the close is above the open and filled where it is below; up to 800 are strokes from low to high; more
        are a line of closes in the range of lows and highs. A bar that lacks a price is left out, and counted in words.

    Raises
    ------
    InputError
        If there are several assets or no bars, prices contradict each other (as `Ohlcv` tells), a line does not
        belong to the bars or is not numbers, levels are none of a pane or not known numbers, or `log` is asked of prices
        that are not above zero.

    Notes
    -----
    The price axis holds all prices; lines widen it, but to no more than three times the range of the prices.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.date_range("2025-01-06", periods=3, freq="B")
    >>> prices = {"open": [10.0, 11.0, 12.0], "high": [12.0] * 3, "low": [9.0] * 3, "close": [11.0, 12.0, 10.0]}
    >>> chart = candlesticks(pd.DataFrame(prices, index=days), panes={"Steps": [1.0, 2.0, 3.0]})
    >>> [axes.get_title(loc="left") for axes in chart.axes]
    ['Price, last close 10.00', 'Steps']
    """
    bars = read_bars(ohlcv, start, end)
    over = read_groups("overlays", overlays, bars.rows, of_prices=True)
    below = read_groups("panes", panes, bars.rows)
    marks = _levels(levels, below)
    has_volume = volume and bars.volume is not None
    heights = [_PRICE, *([_VOLUME] if has_volume else []), *[_PANE] * len(below)]
    page = new_panes(_title(bars), heights)
    price, *others = page.axes
    _draw_prices(price, bars, over, log=log)
    if has_volume:
        _draw_volume(others.pop(0), bars)
    for axes, group in zip(others, below, strict=True):
        _draw_pane(axes, group, marks.get(group.name, ()))
    finish(page, bars.rows.index, bars.rows.n_shown)
    return page.chart


def _title(bars: Bars) -> str:
    index, count = bars.rows.index, bars.rows.n_shown
    first, last = bar_name(index, 0), bar_name(index, count - 1)
    span = first if count == 1 else f"{first} to {last}"
    unknown = int(np.count_nonzero(~bars.known))
    words = f"{count:,} bar{'s' if count != 1 else ''}" if index is not None or count == 1 else ""
    lacking = f"{unknown:,} without prices" if unknown else ""
    rest = ", ".join(filter(None, (span, words, lacking)))
    name = fitted(bars.name, 3.2, 13, "bold")
    return f"{name}, {rest}" if name else rest[:1].upper() + rest[1:]


def _levels(given: Any, panes: list[Lines]) -> dict[str, Array]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError("levels", f"expected a mapping of panes to numbers, got {type(given).__name__}")
    names = [group.name for group in panes]
    for name in given:
        if name not in names:
            raise InputError(
                "levels", f"there is no pane {name!r}", advice=f"Here: {', '.join(names) or 'none'}"
            )
    for name, values in given.items():
        if isinstance(values, str) or not isinstance(values, Collection | np.ndarray):
            raise InputError(f"levels[{name!r}]", f"expected numbers such as (30, 70), got {values!r:.60}")
    return {
        str(name): as_float(f"levels[{name!r}]", np.asarray(list(values)), finite=True)
        for name, values in given.items()
    }


def _draw_prices(axes: Axes, bars: Bars, overlays: list[Lines], *, log: bool) -> None:
    handles = _draw_bars(axes, bars)
    prices = np.where(bars.known, [bars.low, bars.high], np.nan).ravel()
    lines = [values for group in overlays for values in group.lines.values()]
    if log:
        refuse("log", prices, prices <= 0, "prices above zero")
        lines = [np.where(values > 0, values, np.nan) for values in lines]
    low, high = _reach(prices, lines)
    if log:
        set_logarithmic(axes, low, high)
    else:
        set_amounts(axes, np.array([low, high]), room=0.05, ticks=7)
    looks = itertools.count()
    for group in overlays:
        handles += _draw_overlay(axes, group, looks, (low, high))
    head(axes, f"Price, last close {figure_words(_last(bars.close))}", handles)


def _draw_bars(axes: Axes, bars: Bars) -> list[Any]:
    """Draw candles, strokes, or a line in its range, by how many bars there are; give what to call them."""
    count = bars.rows.n_shown
    places, known = np.arange(count, dtype=float), bars.known
    if count > _MOST_STROKES:
        low, high, close = (np.where(known, held, np.nan) for held in (bars.low, bars.high, bars.close))
        axes.fill_between(places, low, high, facecolor=_RANGE, edgecolor=_RANGE, linewidth=0.5, zorder=2)
        line = draw_line(axes, close, "Close", color=INK, linewidth=1.0)
        return [line, Patch(facecolor=_RANGE, label="Low to high")]
    rise, fall = known & bars.rises, known & (bars.close < bars.open)
    level = known & ~rise & ~fall
    for chosen, looks in ((rise, _RISE), (fall, _FALL), (level, {"facecolor": MUTED, "edgecolor": MUTED})):
        if chosen.any():
            _draw_candles(axes, bars, places, chosen, looks)
    names = ("Rise", "Fall") if count > _MOST_CANDLES else ("Rise (hollow)", "Fall (filled)")
    return [Patch(**looks, label=name) for name, looks in zip(names, (_RISE, _FALL), strict=True)]


def _draw_candles(axes: Axes, bars: Bars, places: Array, chosen: Any, looks: dict[str, Any]) -> None:
    at, colour = places[chosen], looks["edgecolor"]
    is_narrow = places.size > _MOST_CANDLES
    width = 1.3 if is_narrow else min(1.2, max(0.6, 160 / places.size))
    axes.add_collection(
        strokes(at, bars.low[chosen], bars.high[chosen], colors=colour, linewidths=width, zorder=2.2),
        autolim=False,
    )
    if is_narrow:
        return
    ends = np.stack([bars.open[chosen], bars.close[chosen]])
    body = rectangles(
        at - 0.34, at + 0.34, ends.min(axis=0), ends.max(axis=0), **looks, linewidths=width, zorder=2.4
    )
    axes.add_collection(body, autolim=False)


def _reach(prices: Array, lines: list[Array]) -> tuple[float, float]:
    """Give the ends of the price axis; lines farther away than the range of prices would press the candles flat."""
    every = np.concatenate([prices, *lines])
    known = prices if np.isfinite(prices).any() else every
    if not np.isfinite(known).any():
        return math.nan, math.nan
    low, high = float(np.nanmin(known)), float(np.nanmax(known))
    room = high - low or 0.05 * abs(high) or 1.0
    near = every[(every >= low - room) & (every <= high + room)]
    return float(near.min()), float(near.max())


def _draw_overlay(axes: Axes, group: Lines, looks: Any, seen: tuple[float, float]) -> list[Any]:
    if group.is_band:
        return _draw_band(axes, group, next(looks), seen)
    handles = []
    for field, values in group.lines.items():
        words = _words(group.name if not field else f"{group.name}: {field}", values)
        if np.isfinite(values).any() and not ((values >= seen[0]) & (values <= seen[1])).any():
            words += " (beyond the axis)"
        handles.append(draw_line(axes, values, words, **_look(next(looks))))
    return handles


def _draw_band(axes: Axes, group: Lines, place: int, seen: tuple[float, float]) -> list[Any]:
    look = _look(place)
    lower, upper = group.lines["lower"], group.lines["upper"]
    axes.fill_between(
        np.arange(lower.size), lower, upper, facecolor=look["color"], edgecolor="none", alpha=0.1, zorder=1.4
    )
    # Dashes of many bars run into each other.
    thin = {"linewidth": 0.6, "linestyle": "-"} if lower.size > _MOST_STROKES else {"linewidth": 0.9}
    for field, values in group.lines.items():
        draw_line(axes, values, **(look | (thin if field in ("lower", "upper") else {"linewidth": 0.9})))
    ends = f"{figure_words(_last(lower))} to {figure_words(_last(upper))}"
    words = f"{fitted(group.name, 2.4)} {ends}"
    if np.isfinite(lower + upper).any() and not ((lower <= seen[1]) & (upper >= seen[0])).any():
        words += " (beyond the axis)"
    return [Line2D([], [], label=words, **(look | {"linewidth": 1.1}))]


def _draw_volume(axes: Axes, bars: Bars) -> None:
    traded = np.asarray(bars.volume)
    # XXX is the code of ISO 4217 for no currency: shares are counted, in millions where they are many.
    scale = scale_for(traded, "XXX")
    unit = scale.unit.removeprefix("XXX").strip()
    shown = scale.of(traded)
    count = shown.size
    _draw_columns(axes, shown, bars.rises, count)
    top = float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0
    set_amounts(axes, np.array([0.0, top or 1.0]), room=0.0, ticks=3)
    axes.set_ylim(0.0, 1.08 * top or 1.0)
    last = _last(shown)
    words = f"{scale.write(last)} {unit}".rstrip() if math.isfinite(last) else "n/a"
    head(axes, f"Volume{f' in {unit}' if unit else ''}, last {words}")


def _draw_columns(axes: Axes, heights: Array, rises: Any, count: int) -> None:
    """Draw columns from zero, hollow on days that rose, or all as one area where they are narrow."""
    places = np.arange(count, dtype=float)
    known = np.isfinite(heights)
    if count > _MOST_CANDLES:
        axes.fill_between(
            places, 0.0, heights, step="mid", facecolor=_QUIET, edgecolor=_QUIET, linewidth=0.3, zorder=2
        )
        return
    width = min(1.0, max(0.5, 130 / count))
    for chosen, looks in (
        (known & rises, _RISE),
        (known & ~rises, {"facecolor": _QUIET, "edgecolor": _QUIET}),
    ):
        at, tops = places[chosen], heights[chosen]
        columns = rectangles(at - 0.34, at + 0.34, 0.0 * tops, tops, **looks, linewidths=width, zorder=2)
        axes.add_collection(columns, autolim=False)


def _draw_pane(axes: Axes, group: Lines, levels: Any) -> None:
    handles: list[Any] = []
    known = [values for values in group.lines.values() if np.isfinite(values).any()]
    places = itertools.count()
    for field, values in group.lines.items():
        name = fitted(field.replace("_", " "), 2.0)
        if field == "histogram":
            handles.append(_draw_histogram(axes, values, _words(name, values)))
        else:
            words = _words(name, values) if name else figure_words(_last(values))
            handles.append(draw_line(axes, values, words, **_look(next(places))))
    marks = np.asarray(levels, dtype=float)
    for at in marks:
        axes.axhline(float(at), color=INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1.8)
    if known:
        low, high = limits(*known, *([marks] if marks.size else []), room=0.08)
        if low < 0 < high and 0.0 not in marks:
            axes.axhline(0.0, color=INK, linewidth=0.8, zorder=1.6)
        set_amounts(axes, *known, *([marks] if marks.size else []), room=0.08, ticks=4)
        if marks.size:
            axes.set_yticks(sorted(set(marks.tolist())))
    else:
        set_amounts(axes)
    head(axes, fitted(group.name, 0.55 * WIDTH, 10, "bold"), handles)


def _draw_histogram(axes: Axes, values: Array, words: str) -> Any:
    """Draw columns from zero: hollow above it, filled below."""
    places = np.arange(values.size, dtype=float)
    looks = ((values >= 0, _RISE), (values < 0, _FALL))
    if values.size > _MOST_CANDLES:
        for chosen, look in looks:
            part = np.where(chosen, values, 0.0)
            axes.fill_between(
                places, 0.0, np.where(np.isfinite(values), part, np.nan),
                facecolor=_RANGE if look is _RISE else AMBER, edgecolor="none", zorder=2,
            )  # fmt: skip
        return Patch(facecolor=_RANGE, edgecolor=BLUE, label=words)
    width = min(1.0, max(0.5, 130 / values.size))
    for chosen, look in looks:
        at, part = places[chosen], values[chosen]
        columns = rectangles(at - 0.34, at + 0.34, 0.0 * part, part, **look, linewidths=width, zorder=2)
        axes.add_collection(columns, autolim=False)
    return Patch(**_RISE, label=words)


def _words(name: str, values: Array) -> str:
    return f"{fitted(name, 3.0)} {figure_words(_last(values))}"


def _last(values: Array) -> float:
    """Give the value at the last bar: one before it would be another day's."""
    return float(values[-1])


def _look(place: int) -> dict[str, Any]:
    again = place // len(LINES)
    return {**LINES[place % len(LINES)], "linewidth": 1.3 + 0.6 * again}
