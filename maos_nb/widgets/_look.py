"""How a panel looks: its style sheet, and HTML in which every foreign text is escaped."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

from maos_nb._views import escape, progress_bar
from maos_nb.types import TaskResult, TaskStatus

__all__ = ["STYLE", "hint_html", "result_view", "status_html"]

T = TypeVar("T")

ITEMS_SHOWN = 200
"""Rows of a list: about what a person scrolls through. The browser gets no more than it can draw at once."""
LETTERS_SHOWN = 4000
VALUES_SHOWN = 10_000
DEPTH_SHOWN = 6

STYLE = """<style>
.maos-panel { border: 1px solid var(--jp-border-color2); padding: 12px 16px; max-width: 1100px; overflow: hidden; }
.maos-panel .widget-inline-hbox { height: auto; }
.maos-panel .widget-inline-hbox:not(.widget-checkbox) { flex-direction: column; align-items: stretch; }
.maos-panel .widget-inline-hbox > .widget-label { text-align: left; width: auto; height: auto; white-space: normal; font-weight: 600; line-height: 1.6; }
.maos-panel .widget-inline-hbox > input, .maos-panel .widget-inline-hbox > select { flex: none; width: 100%; }
.maos-panel .widget-dropdown > select { height: 28px; }
.maos-panel .widget-checkbox .widget-label-basic { font-weight: 600; }
.maos-panel .widget-html-content { line-height: 1.45; }
.maos-panel .maos-hint { color: var(--jp-ui-font-color2); font-size: 12px; }
.maos-panel .maos-note { min-height: 4.35em; }
.maos-panel .maos-problem { color: var(--jp-error-color1); font-size: 12px; font-weight: 600; overflow-wrap: anywhere; }
.maos-panel .maos-status { padding: 4px 0; overflow-wrap: anywhere; }
.maos-panel .maos-failed { border-left: 4px solid var(--jp-error-color1); padding: 4px 10px; overflow-wrap: anywhere; }
.maos-panel .maos-result { max-height: 640px; overflow: auto; }
.maos-panel .maos-result table { border-collapse: collapse; font-size: 12px; margin: 2px 0 10px; }
.maos-panel .maos-result th, .maos-panel .maos-result td { padding: 2px 10px; border-bottom: 1px solid var(--jp-border-color2); vertical-align: top; }
.maos-panel .maos-result th { background: var(--jp-layout-color2); text-align: left; }
.maos-panel .maos-result p { margin: 6px 0 2px; }
.maos-panel .maos-result ul { margin: 2px 0 8px; }
.maos-panel .maos-earlier { opacity: 0.45; }
</style>"""


def hint_html(hint: str, problem: str = "", *, is_short: bool = False) -> str:
    """Give the line at a control: what is expected, or what is wrong."""
    # Three lines are kept free, so that a message that comes and goes moves nothing under the mouse.
    room = "" if is_short else " maos-note"
    if problem:
        return f'<div class="maos-problem{room}" role="status" aria-live="polite">Please check: {escape(problem)}</div>'
    return f'<div class="maos-hint{room}">{escape(hint)}</div>'


def status_html(word: str, progress: float | None, message: str) -> str:
    """Give the line that follows a task: a word, a bar while it is at work, a sentence."""
    bar = "" if progress is None else f" {progress_bar(progress)} {progress:.0%}"
    return (
        f'<div class="maos-status" role="status" aria-live="polite"><b>{escape(word)}.</b>'
        f"{bar} {escape(_clipped(message))}</div>"
    )


def result_view(result: TaskResult | None) -> str:
    """Give a result as HTML: the record's own view, or an error with what to do about it; nothing if cancelled."""
    if result is None or result.status is TaskStatus.CANCELLED:
        return ""
    if result.ok:
        shortener = _Shortener()
        shown = dataclasses.replace(result, result=shortener.shorten(result.result))
        more = (
            ""
            if shortener.is_whole
            else "<p><b>Shortened.</b> All of it is in <code>panel.result.result</code>.</p>"
        )
        return f'<div class="maos-result" tabindex="0" role="region" aria-label="Result">{more}{shown._repr_html_()}</div>'
    advice = result.advice
    error = (result.error or "").removesuffix(advice).rstrip() if advice else result.error or ""
    what_to_do = f"<br><b>What to do:</b> {escape(_clipped(advice))}" if advice else ""
    return f'<div class="maos-failed" role="status" aria-live="polite"><b>What went wrong:</b> {escape(_clipped(error))}{what_to_do}</div>'


def _clipped(text: str) -> str:
    return text if len(text) <= LETTERS_SHOWN else f"{text[:LETTERS_SHOWN]}…"


class _Shortener:
    """Copies a result up to what a person reads and a browser draws; notes whether anything is missing."""

    def __init__(self) -> None:
        self.left = VALUES_SHOWN
        self.is_whole = True

    def shorten(self, value: Any, depth: int = DEPTH_SHOWN) -> Any:
        """Give the value itself, or as much of it as there is room for."""
        if isinstance(value, Mapping) and depth:
            return {
                self._text(str(name)): self.shorten(item, depth - 1)
                for name, item in self._first(value.items())
            }
        if isinstance(value, list | tuple) and depth:
            return [self.shorten(item, depth - 1) for item in self._first(value)]
        self.left -= 1
        return value if value is None or isinstance(value, bool | int | float) else self._text(str(value))

    def _first(self, items: Collection[T]) -> Iterator[T]:
        for number, item in enumerate(items):
            if number == ITEMS_SHOWN or self.left <= 0:
                self.is_whole = False
                return
            yield item

    def _text(self, text: str) -> str:
        self.is_whole = self.is_whole and len(text) <= LETTERS_SHOWN
        return _clipped(text)
