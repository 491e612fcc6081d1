"""A display in a notebook that follows its object, at most ten times a second."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["show_live"]

INTERVAL = 0.1


class Shown(Protocol):
    """What can be shown: text, HTML, and whether it will still change."""

    @property
    def done(self) -> bool: ...

    def _repr_html_(self) -> str: ...


class LiveView:
    """One display of one object. Changes are gathered, and the last one is always shown."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._pending = False
        # Redraws run in callbacks, which have no cell of their own: they borrow this one's.
        self._context = contextvars.copy_context()
        from IPython.display import display

        self._display: Any = display(_bundle(shown), raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython's is untyped

    def changed(self) -> None:
        """Take note of a change; called on the loop."""
        if self._shown.done:
            self.draw()
        elif not self._pending:
            self._pending = True
            asyncio.get_running_loop().call_later(INTERVAL, self.draw)

    def draw(self) -> None:
        """Show the object as it is now."""
        self._pending = False
        if self._display is not None:
            self._context.copy().run(self._display.update, _bundle(self._shown), raw=True)


def show_live(shown: Shown, watch: Callable[[Callable[[], object]], Callable[[], None]]) -> None:
    """Display an object and keep the display up to date; plain text where there is no notebook."""
    if not _in_notebook():
        sys.stdout.write(f"{shown!r}\n")
        return
    view = LiveView(shown)
    if not shown.done:
        watch(view.changed)


def _in_notebook() -> bool:
    # A terminal has no displays that could be updated: it would print each state below the last.
    if "IPython" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def _bundle(shown: Shown) -> dict[str, str]:
    return {"text/plain": repr(shown), "text/html": shown._repr_html_()}
