"""Sliders for the drivers of a finished valuation; its value and two-way table follow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # ships no types
import traitlets

from maos_nb._views import escape
from maos_nb.errors import InputError
from maos_nb.finance.report_words import name_of, per_share, percent, plain, ratio
from maos_nb.finance.what_if import WhatIfModel
from maos_nb.types import TaskResult
from maos_nb.widgets.form import close_widgets

__all__ = ["ValuationExplorer"]

# Pale enough that dark text keeps a contrast of 4.5 on them; blue and amber are told apart by all eyes.
_ABOVE, _BELOW, _PAPER = (184, 209, 236), (250, 214, 176), (255, 255, 255)
_FARTHEST = 0.4
"""Distance from the price, as a share of it, at which a cell has its full colour."""
_STEPS = 100
_NEAR = 1e-6
"""Share of a step within which a slider stands on its base: the browser's arithmetic is not ours to the last bit."""

_STYLE = """<style>
.maos-explorer table { border-collapse: collapse; font-size: 12px; }
.maos-explorer td, .maos-explorer th { padding: 3px 8px; text-align: right; color: #1f2933; }
.maos-explorer th { background: #eef1f5; font-weight: 600; }
.maos-explorer td.base { outline: 2px solid #1f2933; font-weight: 700; }
.maos-explorer .figure { font-size: 20px; font-weight: 700; }
</style>"""


class ValuationExplorer(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Moves the drivers of a valuation by hand and shows what becomes of the value.

    The base case of every slider is what the valuation assumed. Everything that is seen and done
    in the browser can be read and set from Python.

    Parameters
    ----------
    task_result : TaskResult
        What ``create_financial_model`` gave.

    Attributes
    ----------
    changes : mapping of str to float
        Drivers that differ from the base case; setting it moves the sliders.
    value : float
        The judged figure with these drivers; NaN where it does not exist.
    table : mapping
        The two-way table around them, as in the result.

    Raises
    ------
    InputError
        If `task_result` is not the completed result of a valuation, or `changes` names what is no
        slider or lies outside it.

    Examples
    --------
    >>> import asyncio
    >>> from maos_nb import FinancialAnalystAgent, Task
    >>> task = Task(description="Value AAPL with a 5-year DCF at a WACC of 8.5%")
    >>> explorer = ValuationExplorer(asyncio.run(FinancialAnalystAgent().create_financial_model(task)))
    >>> explorer.changes = {"wacc": 0.09}
    >>> round(explorer.value, 2)
    122.11
    """

    changes: Any = traitlets.Any({})
    value = traitlets.Float(read_only=True)
    table: Any = traitlets.Any({}, read_only=True)

    # Also there when the constructor has raised: ipywidgets closes what is collected.
    _is_ready = False
    _parts: tuple[Any, ...] = ()

    def __init__(self, task_result: TaskResult) -> None:
        self.model = WhatIfModel.of(task_result)
        self.sliders = {name: _slider(name, self.model.drivers[name]) for name in self.model.movable}
        self._reset = ipywidgets.Button(
            description="Base case", tooltip="Put every driver back to what the valuation assumed"
        )
        self._figure = ipywidgets.HTML()
        self._heat_map = ipywidgets.HTML()
        for slider in self.sliders.values():
            slider.observe(lambda _: self._moved(), "value")
        self._reset.on_click(lambda _: setattr(self, "changes", {}))
        left = ipywidgets.VBox([*self.sliders.values(), self._reset])
        right = ipywidgets.VBox([self._figure, self._heat_map])
        body = ipywidgets.HBox([left, right], layout={"flex_flow": "row wrap", "grid_gap": "24px"})
        super().__init__([ipywidgets.HTML(_STYLE, layout={"display": "none"}), body])
        self._parts = (*self.sliders.values(), self._reset, self._figure, self._heat_map, left, right)
        self.add_class("maos-explorer")
        self._is_ready = True
        self._show({})

    @traitlets.validate("changes")
    def _check_changes(self, proposal: Any) -> Mapping[str, float]:
        given = proposal["value"]
        if not isinstance(given, Mapping):
            raise InputError("changes", f"expected drivers and figures, got {type(given).__name__}")
        for name, amount in given.items():
            if name not in self.sliders:
                raise InputError(
                    "changes", f"there is no slider {name!r}", advice=f"There is: {', '.join(self.sliders)}"
                )
            slider = self.sliders[name]
            if isinstance(amount, bool) or not isinstance(amount, Real):
                raise InputError("changes", f"{name}: expected a number, got {amount!r:.80}")
            if not slider.min <= amount <= slider.max:
                raise InputError(
                    "changes", f"{name} is {amount!r}, the slider goes from {slider.min:g} to {slider.max:g}"
                )
        return dict(given)

    @traitlets.observe("changes")
    def _put_in(self, change: Any) -> None:
        if not self._is_ready:
            return
        # All sliders move before anything is worked out: between two of them WACC may be below growth.
        self._is_ready = False
        try:
            for name, slider in self.sliders.items():
                slider.value = change["new"].get(name, self.model.drivers[name])
        finally:
            self._is_ready = True
        self._show(change["new"])

    def _moved(self) -> None:
        if self._is_ready:
            moved = {name: slider.value for name, slider in self.sliders.items()}
            self.changes = {name: amount for name, amount in moved.items() if not self._is_base(name, amount)}

    def _is_base(self, name: str, amount: float) -> bool:
        return bool(abs(amount - self.model.drivers[name]) <= _NEAR * self.sliders[name].step)

    def _show(self, changes: Mapping[str, float]) -> None:
        self.set_trait("value", self.model.value(**changes))
        self.set_trait("table", self.model.table(**changes))
        self._figure.value = self._figure_html()
        self._heat_map.value = self._table_html()

    def _figure_html(self) -> str:
        words = f"{name_of(self.model.metric)} {self._amount(self.value)} {self.model.currency}"
        against, price = "", self.model.price
        if price is not None:
            gap = percent(self.value / price - 1, signed=True) if math.isfinite(self.value) else "n/a"
            against = f"<br>{escape(f'{gap} against the price of {per_share(price)}')}"
        return f'<div role="status" aria-live="polite"><span class="figure">{escape(words)}</span>{against}</div>'

    def _table_html(self) -> str:
        rows = self.table["wacc"]
        across, columns = next(
            (name, levels) for name, levels in self.table.items() if name not in ("wacc", "values")
        )
        wacc = self.changes.get("wacc", self.model.drivers["wacc"])
        middle = self.changes.get(across, self.model.drivers[across])
        head = "".join(f'<th scope="col">{_level(across, level)}</th>' for level in columns)
        lines = [
            f'<tr><th scope="row">{percent(row, 2)}</th>'
            + "".join(
                self._cell(cell, is_base=row == wacc and level == middle)
                for level, cell in zip(columns, cells, strict=True)
            )
            + "</tr>"
            for row, cells in zip(rows, self.table["values"], strict=True)
        ]
        caption = f"WACC (down) and {escape(name_of(across).lower())} (across)"
        return f"<table><caption>{caption}</caption><tr><th></th>{head}</tr>{''.join(lines)}</table>"

    def _cell(self, amount: float | None, *, is_base: bool) -> str:
        middle = self.model.price if self.model.price is not None else self.value
        colour = _colour(amount, middle)
        marked = ' class="base"' if is_base else ""
        return f'<td{marked} style="background:{colour}">{escape(self._amount(amount))}</td>'

    def _amount(self, amount: float | None) -> str:
        if self.model.metric == "value_per_share":
            return per_share(amount)
        return plain(amount, 1 if amount is not None and abs(amount) < 1e6 else 0)

    def close(self) -> None:
        """Take every widget away."""
        close_widgets(*self._parts, *self.children)
        super().close()


def _slider(name: str, base: float) -> Any:
    low, high, step = _reach(name, base)
    return ipywidgets.FloatSlider(
        value=base,
        min=low,
        max=high,
        step=step,
        description=name_of(name),
        readout_format=".1f" if name in ("exit_multiple", "sales_to_capital") else ".2%",
        style={"description_width": "190px"},
        layout={"width": "440px"},
        tooltip=f"Base case {_level(name, base)}",
    )


def _reach(name: str, base: float) -> tuple[float, float, float]:
    """Give the ends of a slider and its step, on which the base lies: the browser moves a slider to its steps."""
    if name in ("exit_multiple", "sales_to_capital"):
        half, lowest, highest = base / 2, 0.0, math.inf
    else:
        half = {"wacc": 0.04, "terminal_growth": 0.03, "tax_rate": 0.15}.get(name, 0.2)
        lowest = {"wacc": 0.001, "tax_rate": 0.0}.get(name, -0.99)
        highest = {"tax_rate": 0.99, "wacc": 0.99, "operating_margin": 1.0}.get(name, 2.0)
    step = half / _STEPS
    lowest, highest = min(lowest, base), max(highest, base)
    down, up = (int(min(_STEPS, room / step + _NEAR)) for room in (base - lowest, highest - base))
    return base - down * step, base + up * step, step


def _level(name: str, level: float) -> str:
    return ratio(level) if name in ("exit_multiple", "sales_to_capital") else percent(level, 2)


def _colour(amount: float | None, middle: float) -> str:
    if amount is None or not math.isfinite(middle) or middle == 0:
        return "#f4f4f4"
    share = max(-1.0, min(1.0, (amount - middle) / abs(middle) / _FARTHEST))
    end = _ABOVE if share > 0 else _BELOW
    mixed = (round(paper + abs(share) * (full - paper)) for paper, full in zip(_PAPER, end, strict=True))
    return f"rgb({', '.join(map(str, mixed))})"
