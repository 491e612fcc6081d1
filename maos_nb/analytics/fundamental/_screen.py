"""A screen: which companies meet a condition on their ratios, and which cannot be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from maos_nb._views import escape
from maos_nb.analytics._arrays import Array, as_float
from maos_nb.analytics.fundamental._expression import Expression, parse, require_names
from maos_nb.analytics.fundamental._ratio_program import (
    Balance,
    as_balance,
    as_days,
    evaluate,
    evaluate_table,
    metric_names,
    program,
)
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.analytics.fundamental.ratios import Ratios
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Screen", "screen"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Screen:
    """Companies told apart by a condition; each frame has a row a company and a column a name in it.

    Parameters
    ----------
    expression : str
        The condition, as it was read.
    periods : Series
        The period in which each company was judged; empty for a table without periods.
    passed : DataFrame
        Companies that meet the condition.
    failed : DataFrame
        Companies that do not, whatever the figures that are not known.
    unknown : DataFrame
        Companies that cannot be judged, as a figure that would decide is not known.
    """

    expression: str
    periods: pd.Series[Any]
    passed: pd.DataFrame
    failed: pd.DataFrame
    unknown: pd.DataFrame

    def __repr__(self) -> str:
        known = sorted(set(self.periods))
        when = f" in {known[0]}" if known else ""
        until = f" to {known[-1]}" if len(known) > 1 else ""
        return (
            f"<Screen {self.expression!r}{when}{until}: {len(self.passed)} passed, "
            f"{len(self.failed)} failed, {len(self.unknown)} unknown>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.passed._repr_html_()}"  # type: ignore[operator]


def screen(
    values: Any,
    expression: str,
    period: int | str | None = None,
    *,
    balance: Balance = "average",
    days: float | None = None,
) -> Screen:
    """Judge companies by a condition on their figures in one period each.

    Parameters
    ----------
    values : Panel, Statements, Ratios or DataFrame
        A panel, of which only what the condition names is computed; or a frame with a row for each ticker, or
        each ticker and fiscal year, and the columns that the condition names.
    expression : str
        Such as ``"roe > 0.15 and 0 <= debt_to_equity < 1"``: names of ratios, lines and items (or of the frame's
        columns), numbers, ``+ - * /``, ``< <= > >= == !=``, ``and``, ``or``, ``not``, brackets, and the
        functions ``abs, first, known, log, max, min, sqrt, where_positive``; with a panel also ``avg, growth,
        prev``. Rates are decimals.
    period : int or str, optional
        Fiscal year, or quarter as ``"2023Q1"``. By default each company's latest: the last one with figures of its
        statements, if that is no more than a year before the last period that there is. Fiscal years end on
        different days, and what is older is not judged.
    balance : {"average", "begin", "end"}
    days : float, optional
        Both as for `calculate_ratios`, for a panel.

    Returns
    -------
    Screen
        Three frames: passed, failed and unknown. Logic is Kleene's: a condition that is false fails a company even
        where another cannot be judged, and one that is true passes it with ``or``. A ratio over a negative
        denominator, such as a loss on negative equity, cannot be judged. A frame says nothing of denominators:
        give `Ratios` or the panel.

    Raises
    ------
    InputError
        For an expression that is no condition, cannot be read, or uses anything else, names that are not there,
        a period that is not there, or values of another kind.

    Examples
    --------
    >>> panel = Panel(
    ...     ("A", "B", "C"),
    ...     (2023,),
    ...     {"net_income": [[20.0], [5.0], [9.0]], "shareholders_equity": [[100.0], [100.0], [float("nan")]]},
    ... )
    >>> found = screen(panel, "net_income > 8 and roe > 0.1", balance="end")
    >>> found
    <Screen 'net_income > 8 and roe > 0.1' in 2023: 1 passed, 1 failed, 1 unknown>
    >>> found.passed
            net_income  roe
    ticker
    A             20.0  0.2
    """
    condition = parse(expression)
    if not condition.is_truth:
        raise InputError("expression", f"expected a condition such as 'roe > 0.15', got '{condition}'")
    names = tuple(dict.fromkeys(condition.names()))
    if not names:
        raise InputError("expression", f"expected a name of a figure, got '{condition}'")
    source = _comparable(values) if isinstance(values, Ratios) else values
    if _is_table(source, names):
        return _judge_table(source, condition, names, period)
    made = as_panel(source)
    return _judge_panel(made, condition, names, period, as_balance(balance), as_days(days, made))


def _comparable(ratios: Ratios) -> pd.DataFrame:
    """Give the frame of ratios without those over a negative denominator."""
    return ratios.frame.mask(ratios.negative_denominator)


def _is_table(source: Any, names: tuple[str, ...]) -> bool:
    """Tell a table of figures from one of items that a panel is made of."""
    if not hasattr(source, "columns"):
        if not (isinstance(source, Panel) or hasattr(source, "annual")):
            raise InputError(
                "values", f"expected Statements, a Panel, Ratios or a DataFrame, got {type(source).__name__}"
            )
        return False
    return set(names) <= set(source.columns) or not set(source.columns) <= set(FIELDS)


def _judge_panel(
    panel: Panel,
    condition: Expression,
    names: tuple[str, ...],
    period: int | str | None,
    balance: Balance,
    days: float,
) -> Screen:
    require_names(condition, (*metric_names(), "days"))
    columns = _latest(panel) if period is None else np.full(len(panel.tickers), _place(panel, period))
    tests: list[Expression] = []
    logic = _logic(condition, tests)
    roots = (*(Expression("name", name=name) for name in names), *tests)
    found = evaluate(program(roots, (), balance), panel, days)
    chosen, negative = (
        array[:, np.arange(len(columns)), columns] for array in (found.figures, found.negative_denominator)
    )
    flagged = dict(zip(names, negative, strict=False))
    truths = {
        f"test {place}": np.where(
            np.any([flagged[name] for name in test.names()], axis=0), np.nan, chosen[len(names) + place]
        )
        for place, test in enumerate(tests)
    }
    periods = [panel.periods[column] for column in columns]
    figures = dict(zip(names, chosen, strict=False))
    return _screened(condition, panel.tickers, periods, figures, evaluate_table(logic, truths))


def _logic(condition: Expression, tests: list[Expression]) -> Expression:
    """Put a name in the place of each comparison, and list the comparisons."""
    if condition.operator in ("and", "or", "not"):
        return Expression(condition.operator, tuple(_logic(item, tests) for item in condition.inputs))
    tests.append(condition)
    return Expression("name", name=f"test {len(tests) - 1}")


def _place(panel: Panel, period: int | str) -> int:
    return panel.position(panel.tickers[0], period)[1]


def _latest(panel: Panel) -> npt.NDArray[np.intp]:
    """Give the place of each company's last period with figures, within a year of the last; else that one."""
    last = len(panel.periods) - 1
    known = panel.known(*(name for name, item in FIELDS.items() if item.kind != "market"))
    back = np.argmax(known[:, ::-1], axis=1)
    return last - np.where(known.any(axis=1) & (back <= panel.periods_per_year), back, 0)


def _judge_table(
    table: pd.DataFrame, condition: Expression, names: tuple[str, ...], period: int | str | None
) -> Screen:
    require_names(condition, [str(item) for item in table.columns])
    if not len(table) or table.index.nlevels > 2:
        raise InputError("values", "expected rows by ticker, or by ticker and fiscal year, and at least one")
    if not table.index.is_unique:
        raise InputError("values", "a company is there twice", advice="Give one row for each and period")
    rows, periods = (table, []) if table.index.nlevels == 1 else _rows_of_periods(table, period)
    if period is not None and not periods:
        raise InputError("period", f"expected none, as the table has no periods, got {period!r}")
    figures = {name: as_float(name, rows[name].to_numpy()) for name in names}
    figures = {name: np.where(np.isfinite(array), array, np.nan) for name, array in figures.items()}
    truth = evaluate_table(condition, figures)
    return _screened(condition, tuple(map(str, rows.index)), periods, figures, truth)


def _rows_of_periods(table: pd.DataFrame, period: int | str | None) -> tuple[pd.DataFrame, list[Any]]:
    """Give a row a company, empty where it has none, and the period of each."""
    labels: Any = table.index.get_level_values(1)
    every = sorted(set(labels))
    if period is not None and period not in every:
        raise InputError("period", f"{period!r} is not here", advice=f"Here: {every[0]} to {every[-1]}")
    # A year back is four quarters, which are texts, or one fiscal year.
    first = every[max(-5 if isinstance(every[0], str) else -2, -len(every))] if period is None else period
    end = every[-1] if period is None else period
    inside = table[(labels >= first) & (labels <= end)].dropna(how="all").sort_index(level=1)
    latest = inside.groupby(level=0, sort=False).tail(1)
    periods = dict(latest.index)
    tickers = table.index.get_level_values(0).unique()
    rows = latest.droplevel(1).reindex(tickers)
    return rows, [periods.get(ticker, end) for ticker in tickers]


def _screened(
    condition: Expression,
    tickers: tuple[str, ...],
    periods: list[Any],
    figures: dict[str, Array],
    truth: Array,
) -> Screen:
    import pandas as pd

    index = pd.Index(tickers, name="ticker")
    frame = pd.DataFrame(figures, index=index)
    judged = pd.Series(periods, index=index[: len(periods)], name="period", dtype=None if periods else object)
    return Screen(str(condition), judged, frame[truth == 1], frame[truth == 0], frame[np.isnan(truth)])
