"""The controls, the picture and the words of a chart explorer; it shows what it is told and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # ships no types

from maos_nb._views import escape
from maos_nb.finance.report_words import visible
from maos_nb.widgets._chart_indicators import ChartIndicator
from maos_nb.widgets._chart_view import View
from maos_nb.widgets.form import close_widgets

__all__ = ["ChartFace"]

_FILLING = {"width": "auto"}
_ROWS = 8
_STYLE = """<style>
.maos-charts .widget-inline-hbox:not(.widget-hslider) { flex-direction: column; align-items: stretch; height: auto; }
.maos-charts .widget-inline-hbox:not(.widget-hslider) > .widget-label { text-align: left; width: auto; font-weight: 600; }
.maos-charts .widget-inline-hbox > select { flex: none; width: 100%; }
.maos-charts .widget-dropdown > select { height: 28px; }
.maos-charts .widget-readout { flex: none; min-width: max-content; }
.maos-charts .widget-image { max-width: 100%; height: auto; }
.maos-charts .widget-html-content { line-height: 1.45; }
.maos-charts .maos-hint { color: var(--jp-ui-font-color2); font-size: 12px; }
.maos-charts .maos-problem { color: var(--jp-error-color1); font-weight: 600; overflow-wrap: anywhere; }
</style>"""
_HINT = '<div class="maos-hint">Ctrl-click (Mac: Cmd-click) to choose several, or none.</div>'


class ChartFace:
    """What one sees of an explorer; `edited` is called without arguments in the thread that an entry comes in."""

    def __init__(
        self, assets: Sequence[str], rows: Mapping[str, ChartIndicator], edited: Callable[[], object]
    ) -> None:
        self.asset = ipywidgets.Dropdown(
            options=[(name or "the only one", place) for place, name in enumerate(assets)],
            value=0,
            description="Asset",
            tooltip="Whose bars are shown",
            disabled=len(assets) == 1,
            layout=_FILLING,
        )
        self.overlays = _select("Over the candles", [name for name, row in rows.items() if row.on_price])
        self.panes = _select("In panes below", [name for name, row in rows.items() if not row.on_price])
        self.span = ipywidgets.SelectionRangeSlider(
            options=[("no bars", 0)],
            description="From and to",
            tooltip="The first and the last bar",
            style={"description_width": "initial"},
            layout=_FILLING,
        )
        # No tooltip: the browser's part of ipywidgets 8.1 fails to show a picture that has one.
        self.picture = ipywidgets.Image(format="png", layout={"max_width": "100%"})
        self.words = ipywidgets.HTML(layout=_FILLING)
        self._box = ipywidgets.VBox(
            [self.asset, self.overlays, self.panes, ipywidgets.HTML(_HINT)], layout={"width": "230px"}
        )
        self._right = ipywidgets.VBox(
            [self.span, self.picture, self.words], layout={"flex": "1 1 480px", "min_width": "0"}
        )
        self._body = ipywidgets.HBox(
            [self._box, self._right], layout={"flex_flow": "row wrap", "grid_gap": "24px"}
        )
        self._style = ipywidgets.HTML(_STYLE, layout={"display": "none"})
        for control in self.controls.values():
            control.observe(lambda _: edited(), "value")

    @property
    def controls(self) -> Mapping[str, Any]:
        """What one chooses with, by the name of the trait."""
        return {"asset": self.asset, "overlays": self.overlays, "panes": self.panes, "span": self.span}

    @property
    def children(self) -> Sequence[Any]:
        """The widgets from top to bottom."""
        return (self._style, self._body)

    def offer_span(self, labels: Sequence[str], places: tuple[int, int]) -> None:
        """Offer these bars to choose the span from, and choose those at two places."""
        self.span.disabled = len(labels) < 2
        self.span.options = [(label, place) for place, label in enumerate(labels)] or [("no bars", 0)]
        self.span.index = places

    def show(self, view: View) -> None:
        """Show a picture and its words."""
        self.picture.layout.display = None if view.png else "none"
        self.picture.value = view.png
        self.words.value = _html(view)

    def close(self) -> None:
        """Take every widget away."""
        close_widgets(*self._box.children, *self._right.children, self._box, self._right, *self.children)


def _select(description: str, names: Sequence[str]) -> Any:
    return ipywidgets.SelectMultiple(
        options=[(visible(name), name) for name in names],
        value=(),
        rows=min(max(len(names), 1), _ROWS),
        description=description,
        tooltip=f"Indicators {description[0].lower()}{description[1:]}",
        layout=_FILLING,
    )


def _html(view: View) -> str:
    first, *others = view.sentences
    said = "<br>".join([f"<b>{escape(first)}</b>", *map(escape, others)])
    wrong = "".join(
        f'<div class="maos-problem">Please check: {escape(each)}.</div>' for each in view.problems
    )
    return f'<div role="status" aria-live="polite">{said}{wrong}</div>'
