"""Any figure explained: from a ratio through its formula and its averages down to the filed facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from maos_nb.analytics.explanation import Explanation
from maos_nb.analytics.fundamental._expression import Expression, parse, require_names
from maos_nb.analytics.fundamental._ratio import Ratio
from maos_nb.analytics.fundamental._ratio_program import (
    Balance,
    as_balance,
    as_days,
    definition,
    evaluate,
    metric_names,
    program,
)
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.errors import InputError

__all__ = ["explain"]


def explain(
    panel: Any,
    metric: str | Ratio,
    ticker: str,
    period: int | str,
    *,
    balance: Balance = "average",
    days: float | None = None,
) -> Explanation:
    """Explain a ratio, a line or an item of one company and period, down to the filed facts.

    Parameters
    ----------
    panel : Panel, Statements or DataFrame
        What `as_panel` takes.
    metric : str or Ratio
        A name of `RATIOS`, `LINES` or `FIELDS`, or a row of your own.
    ticker : str
    period : int or str
        Fiscal year, or quarter as ``"2023Q1"``.
    balance : {"average", "begin", "end"}
    days : float, optional
        Both as given to `calculate_ratios`.

    Returns
    -------
    Explanation
        The tree: each figure with its formula and what went in. A figure of another period has that period behind
        its name. What is not known is shown as n/a. An item is explained by `Panel.explain`, down to its filing
        where the panel came from one.

    Raises
    ------
    InputError
        For a metric, ticker or period that is not there, and what `calculate_ratios` refuses.

    Examples
    --------
    >>> apple = Panel(
    ...     ("AAPL",),
    ...     (2022, 2023),
    ...     {"net_income": [[99803.0, 96995.0]], "shareholders_equity": [[50672.0, 62146.0]]},
    ...     currency="USD",
    ... )
    >>> print(explain(apple, "roe", "AAPL", 2023))
    roe 171.95% = net_income / avg(shareholders_equity)
    ├─ net_income 96,995 USD (given)
    └─ avg(shareholders_equity) 56,409 USD = (shareholders_equity + shareholders_equity 2022) / 2
       ├─ shareholders_equity 62,146 USD (given)
       └─ shareholders_equity 2022 50,672 USD (given)
    """
    made = as_panel(panel)
    if not isinstance(metric, str | Ratio):
        raise InputError("metric", f"expected a name or a Ratio, got {type(metric).__name__}")
    own = (metric,) if isinstance(metric, Ratio) else ()
    name = metric.name if isinstance(metric, Ratio) else metric
    require_names(Expression("name", name=name), metric_names(own), argument="metric")
    row, column = made.position(ticker, period)
    return _Tree(made, row, column, own, as_balance(balance), as_days(days, made)).figure(name, column, ())


class _Tree:
    """Builds the branches of one figure; one that is used twice is made once."""

    def __init__(
        self, panel: Panel, row: int, column: int, own: tuple[Ratio, ...], balance: Balance, days: float
    ) -> None:
        self.panel = panel
        self.ticker = panel.tickers[row]
        self.column = column
        self.own = own
        self.balance = balance
        self.days = days
        values = {name: array[row : row + 1] for name, array in panel.values.items()}
        self.company = replace(panel, tickers=(self.ticker,), values=values)
        self._made: dict[Any, Explanation] = {}

    def figure(self, name: str, column: int, within: tuple[str, ...]) -> Explanation:
        """Explain what a name stands for; inside a line that is named as an item, its name is the item."""
        row = definition(name, self.own)
        key = (name, column, _items_of(within))
        if key not in self._made:
            if name == "days":
                made = Explanation("days", self.days, origin="given")
            elif column < 0:
                made = Explanation(self._label(name, column), np.nan, origin="before the first period")
            elif row is None or (name in within and name in FIELDS):
                made = self._item(name, column)
            else:
                made = self._defined(row, column, (*within, name))
            self._made[key] = made
        return self._made[key]

    def _item(self, name: str, column: int) -> Explanation:
        found = self.panel.explain(name, self.ticker, self.panel.periods[column])
        return replace(found, name=self._label(name, column))

    def _defined(self, row: Ratio, column: int, within: tuple[str, ...]) -> Explanation:
        formula = parse(row.formula)
        value, origin = self._value(Expression("name", name=row.name), column, within[:-1])
        return Explanation(
            self._label(row.name, column),
            value,
            self._unit(row.name),
            str(self._dated(formula, column)),
            origin,
            tuple(_once(self._inputs(formula, column, within))),
        )

    def _inputs(self, formula: Expression, column: int, within: tuple[str, ...]) -> Iterator[Explanation]:
        before = column - self.panel.periods_per_year
        match formula.operator:
            case "name":
                yield self.figure(formula.name, column, within)
            case "avg":
                yield self._average(formula, column, within)
            case "prev":
                yield from self._inputs(formula.inputs[0], before, within)
            case "growth":
                yield from self._inputs(formula.inputs[0], column, within)
                yield from self._inputs(formula.inputs[0], before, within)
            case "first":
                yield from self._alternatives(formula.inputs, column, within)
            case _:
                for item in formula.inputs:
                    yield from self._inputs(item, column, within)

    def _alternatives(
        self, alternatives: tuple[Expression, ...], column: int, within: tuple[str, ...]
    ) -> Iterator[Explanation]:
        """Give what goes into the alternatives, up to the one that was taken."""
        for item in alternatives:
            yield from self._inputs(item, column, within)
            value, _ = self._value(item, column, within)
            if not np.isnan(value):
                return

    def _average(self, formula: Expression, column: int, within: tuple[str, ...]) -> Explanation:
        key = (formula, column, _items_of(within))
        if key not in self._made:
            inner = formula.inputs[0]
            before = column - self.panel.periods_per_year
            columns = {"average": (column, before), "begin": (before,), "end": (column,)}[self.balance]
            taken = [self._dated(inner, place) for place in columns]
            text = f"({taken[0]} + {taken[1]}) / 2" if len(taken) == 2 else str(taken[0])
            value, _ = self._value(formula, column, within)
            unit = self._unit(inner.name) if inner.operator == "name" else self.panel.currency
            inputs = [item for place in columns for item in self._inputs(inner, place, within)]
            name = self._label(str(formula), column)
            self._made[key] = Explanation(name, value, unit, text, inputs=tuple(_once(inputs)))
        return self._made[key]

    def _value(self, expression: Expression, column: int, within: tuple[str, ...]) -> tuple[float, str]:
        """Give the value and what is to be said about it."""
        if column < 0:
            return np.nan, ""
        compiled = program((expression,), self.own, self.balance, within)
        found = evaluate(compiled, self.company, self.days)
        value = float(found.figures[0, 0, column])
        if found.negative_denominator[0, 0, column]:
            return value, "negative denominator"
        complete = found.n_available[0, 0, column] == compiled.n_inputs[0]
        return value, "not defined" if np.isnan(value) and complete else ""

    def _dated(self, formula: Expression, column: int) -> Expression:
        """Rewrite a formula so that figures of another period have it behind their names."""
        before = column - self.panel.periods_per_year
        match formula.operator:
            case "name":
                return replace(formula, name=self._label(formula.name, column))
            case "avg":
                return Expression("name", name=self._label(str(formula), column))
            case "prev":
                return self._dated(formula.inputs[0], before)
            case "growth":
                now, then = (self._dated(formula.inputs[0], place) for place in (column, before))
                return Expression("-", (Expression("/", (now, then)), Expression("number", number=1.0)))
        return replace(formula, inputs=tuple(self._dated(item, column) for item in formula.inputs))

    def _label(self, name: str, column: int) -> str:
        if column == self.column or name == "days":
            return name
        if column >= 0:
            return f"{name} {self.panel.periods[column]}"
        first = self.panel.periods[0]
        return f"{name} {first + column}" if isinstance(first, int) else f"{name} before {first}"

    def _unit(self, name: str) -> str:
        row = definition(name, self.own)
        unit = FIELDS[name].unit if row is None else row.unit
        money = self.panel.currency
        shown = {"money": money, "money per share": f"{money} a share" if money else "a share"}
        return shown.get(unit, unit)


def _items_of(within: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names that mean an item here, as they stand in the formula of the line of that name."""
    return tuple(item for item in within if item in FIELDS)


def _once(items: Any) -> Iterator[Explanation]:
    return iter({id(item): item for item in items}.values())
