"""A chart of candles that follows what one chooses: asset, indicators and span."""

from __future__ import annotations

import asyncio
import contextvars
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # ships no types
import traitlets

from maos_nb.clock import Clock, SystemClock, Timer
from maos_nb.errors import InputError, KernelError
from maos_nb.widgets._chart_face import ChartFace
from maos_nb.widgets._chart_indicators import ChartIndicator, indicators_for
from maos_nb.widgets._chart_view import AssetBars, Choice, View, asset_name, label_name, record_of, view_of

__all__ = ["ChartExplorer", "ChartIndicator"]

INTERVAL = 0.1
"""Seconds of rest after a drawing, so that a slider on the move leaves the loop to others at least half of the time."""

_BARS_SHOWN = 250
_AT_FIRST = ("SMA 50", "RSI 14")
_NAMES_SHOWN = 20


class ChartExplorer(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Shows the candles of an asset with the indicators and over the span that one chooses.

    Everything that is seen and done in the browser can be read and set from Python. Indicators are
    computed from all bars and then cut to the span, so that none of them starts anew at its first day.
    In a notebook the chart follows at most ten times a second; reading `message` or `chart` brings it
    up to date at once. An indicator that fails says so under the chart, and the others are drawn.

    Parameters
    ----------
    ohlcv : Ohlcv or DataFrame
        Bars of one asset or of many; a DataFrame as `Ohlcv.from_frame` takes it, whose prices may
        contradict each other by a millionth, as adjusted ones do. Days before an asset's first bar and after its last are left aside.
    indicators : mapping of str to callable or ChartIndicator, optional
        Further rows of the table: a function of the `Ohlcv` record of one asset that gives a Series, or a
        NamedTuple of Series, with a value for each bar. It is drawn in a pane of its own, or over the
        candles as ``ChartIndicator(function, on_price=True)``. A name of ours is replaced.
    clock : Clock, optional
        The source of time for drawing; tests pass a ``ManualClock``.

    Attributes
    ----------
    asset : label
        The asset, as it is named in `ohlcv`; None where there is one alone.
    overlays, panes : tuple of str
        Names of the indicators over the candles, and of those below them.
    span : tuple of two labels
        The first and the last bar. Setting takes dates, text or None for either, and gives the bars between.

    Raises
    ------
    InputError
        If `ohlcv` is neither, has no asset or cannot be read, or `indicators` holds what is no function; on
        setting an asset or an indicator that is not there, or a span without bars. Nothing moves then.
    KernelError
        On asking a closed explorer for its controls.

    Examples
    --------
    >>> from maos_nb.data import SampleSource
    >>> explorer = ChartExplorer(SampleSource().ohlcv(["AAPL", "IBM"]).frame)
    >>> explorer.asset, explorer.overlays, explorer.panes = "IBM", ("SMA 20",), ("RSI 14",)
    >>> explorer.span = ("2013-01-01", None)
    >>> explorer.message
    'IBM, 2013-01-02 to 2013-03-01, 41 bars. Last close ...
    """

    asset: Any = traitlets.Any(None)
    overlays: Any = traitlets.Any(())
    panes: Any = traitlets.Any(())
    span: Any = traitlets.Any(())

    # Also there when the constructor has raised: ipywidgets closes what is collected.
    _face: ChartFace | None = None
    _timer: Timer | None = None
    _is_moving = False
    _drawn: Choice | None = None
    _view = View((), ())
    _places = (0, 0)
    _reading: tuple[Any, ...] = ()

    def __init__(
        self,
        ohlcv: Any,
        *,
        indicators: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._ohlcv = record_of(ohlcv)
        self._rows = indicators_for(indicators, has_volume=self._ohlcv.volume is not None)
        self._clock = clock or SystemClock()
        self._loop = _running_loop()
        # What an indicator prints belongs under the cell that made the explorer, whoever clicks and when.
        self._context = contextvars.copy_context()
        self._drawn_at = -math.inf
        super().__init__()
        self.asset = self._ohlcv.assets[0]
        names = [asset_name(asset) for asset in self._ohlcv.assets]
        self._face = ChartFace(names, self._rows, self._touched)
        self.children = self._face.children
        self.add_class("maos-charts")
        with self._moving():
            self._load(0)
            self.overlays = [name for name, row in self._rows.items() if name in _AT_FIRST and row.on_price]
            self.panes = [name for name, row in self._rows.items() if name in _AT_FIRST and not row.on_price]
        self._draw()

    @property
    def message(self) -> str:
        """What the chart shows, in words: span, last close and its change, last values, what went wrong."""
        self.refresh()
        return self._view.message

    @property
    def chart(self) -> Any:
        """The chart as a matplotlib figure; None where nothing could be drawn."""
        self.refresh()
        return self._view.chart

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong, in words."""
        self.refresh()
        return self._view.problems

    @property
    def controls(self) -> Mapping[str, Any]:
        """The widgets "asset", "overlays", "panes" and "span"."""
        return self._shown_face.controls

    @property
    def closed(self) -> bool:
        """Whether the explorer has been closed."""
        return self.comm is None

    def refresh(self) -> None:
        """Draw what has been chosen now, without waiting for the next turn of the loop."""
        if self._face is not None:
            self._take_edits()
            self._draw()

    def close(self) -> None:
        """Take every widget away."""
        self._forget_timer()
        if self._face is not None:
            self._face.close()
            self._face = None
            self.layout.close()
        super().close()

    def __repr__(self) -> str:
        return "<ChartExplorer closed>" if self.closed else f"<ChartExplorer: {self.message}>"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**options) or {}
        text = {"text/plain": repr(self)}
        # Where no widget can be shown, as on a page of GitHub, the picture is.
        return {**bundle, **text, **({"image/png": self._view.png} if self._view.png else {})}

    @traitlets.validate("asset")
    def _known_asset(self, proposal: Any) -> Any:
        assets = self._ohlcv.assets
        if proposal["value"] not in assets:
            known = ", ".join(map(asset_name, assets[:_NAMES_SHOWN]))
            raise InputError(
                "asset", f"there is no {proposal['value']!r:.80}, there is {known or 'only one'}"
            )
        return assets[assets.index(proposal["value"])]

    @traitlets.validate("overlays", "panes")
    def _known_indicators(self, proposal: Any) -> tuple[str, ...]:
        argument, given = proposal["trait"].name, proposal["value"]
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise InputError(argument, f"expected names of indicators, got {given!r:.80}")
        chosen = list(given)
        offered = [name for name, row in self._rows.items() if row.on_price == (argument == "overlays")]
        for name in chosen:
            if name not in offered:
                raise InputError(
                    argument, f"there is no {name!r:.80}, there is {'; '.join(offered) or 'none'}"
                )
        return tuple(name for name in offered if name in chosen)

    @traitlets.validate("span")
    def _span_of_bars(self, proposal: Any) -> Any:
        given = proposal["value"]
        if given is self._reading:  # what the slider says, whose places are known
            return self._reading
        if not isinstance(given, tuple | list) or len(given) != 2:
            raise InputError("span", f"expected the first and the last day, got {given!r:.80}")
        self._places = self._bars.places(*given)
        self._reading = self._labels()
        return self._reading

    @traitlets.observe("asset", "overlays", "panes", "span")
    def _put_in(self, change: Any) -> None:
        if self._face is None:
            return
        with self._moving():
            if change["name"] == "asset":
                self._load(self._ohlcv.assets.index(change["new"]))
            elif change["name"] == "span":
                self._face.span.index = self._places
            else:
                self._face.controls[change["name"]].value = change["new"]
        self._touched()

    def _load(self, place: int) -> None:
        """Turn to another asset; the span stays where it has bars there."""
        self._bars = AssetBars(self._ohlcv, place)
        n_bars = len(self._bars)
        try:
            self._places = self._bars.places(*(self._reading or (None, None)))
            is_carried = bool(self._reading)
        except InputError:
            is_carried = False
        if not is_carried:
            self._places = max(0, n_bars - _BARS_SHOWN), max(0, n_bars - 1)
        self._reading = self._labels()
        self._shown_face.asset.value = place
        self._shown_face.offer_span([label_name(label) for label in self._bars.index], self._places)
        self.span = self._reading

    def _labels(self) -> tuple[Any, ...]:
        return tuple(self._bars.index[place] for place in self._places) if len(self._bars) else ()

    def _touched(self) -> None:
        """Follow a change, wherever it was made; with a loop that only calls the loop, as it may be another thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._follow, context=self._context)
        elif not self._is_moving:
            self.refresh()

    def _follow(self) -> None:
        if self._face is None:
            return
        self._take_edits()
        if self._timer is None and self._chosen() != self._drawn:
            rest = self._drawn_at + INTERVAL - self._clock.time()
            if rest <= 0:
                self._draw()
            else:
                self._timer = self._clock.call_later(rest, self._draw)

    def _take_edits(self) -> None:
        """Bring the traits up to what stands in the controls."""
        face = self._shown_face
        with self._moving():
            self.asset = self._ohlcv.assets[face.asset.value]
            self.overlays, self.panes = face.overlays.value, face.panes.value
            first, last = sorted(face.span.index)
            if (first, last) != self._places and len(self._bars):
                self._places = first, last
                self._reading = self._labels()
                self.span = self._reading

    def _draw(self) -> None:
        self._forget_timer()
        chosen = self._chosen()
        if self._face is None or chosen == self._drawn:
            return
        self._view = view_of(self._bars, chosen, self._rows)
        self._drawn = chosen
        self._face.show(self._view)
        self._drawn_at = self._clock.time()

    def _chosen(self) -> Choice:
        return Choice(self._ohlcv.assets.index(self.asset), self.overlays, self.panes, *self._places)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Move several controls at once: what is between them is no choice of anybody."""
        before, self._is_moving = self._is_moving, True
        try:
            yield
        finally:
            self._is_moving = before

    @property
    def _shown_face(self) -> ChartFace:
        if self._face is None:
            raise KernelError("the explorer is closed", advice="Make a new one: ChartExplorer(ohlcv)")
        return self._face


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """Give the loop that runs; without one, as in a script, the chart follows at once."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
