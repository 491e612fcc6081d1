"""A result on standard output, for eyes or for programs; a failure on standard error."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

from maos_nb.errors import MaosError
from maos_nb.finance.market_report import is_market_analysis, market_text
from maos_nb.finance.report_parts import Facts, Grid, ReportParts, report_parts
from maos_nb.finance.report_words import visible
from maos_nb.types import TaskResult

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["print_failure", "print_json", "print_report"]

PIPE_WIDTH = 120
"""Columns where no terminal says how many it has."""
GAP = 2
"""Columns between the columns of a table: one of its padding, one of its box."""
LONGEST_WORD = 24
"""Columns; a longer word, such as an address, is broken."""
_FLAGS = {"task_type": "--task-type NAME", "parameters": "--set NAME=VALUE", "timeout": "--timeout SECONDS"}


def print_json(result: TaskResult) -> None:
    """Print the task result as JSON and nothing else; what is not known is null."""
    print(json.dumps(result.to_dict(), indent=2, allow_nan=False))


def print_failure(result: TaskResult, *, verbose: bool = False) -> None:
    """Say on standard error why the task failed and what to do."""
    error = result.exception
    reason = error.message if isinstance(error, MaosError) else result.error
    print(f"maos: {result.status.value.lower()}: {visible(reason)}", file=sys.stderr)
    for advice in _advice(result, verbose=verbose):
        print(f"maos: {visible(advice)}", file=sys.stderr)
    if verbose and result.traceback:
        print(result.traceback, file=sys.stderr)


def _advice(result: TaskResult, *, verbose: bool) -> list[str]:
    flags = [flag for word, flag in _FLAGS.items() if word in result.advice]
    advice = [result.advice] if result.advice else []
    advice += [f"on the command line: {', '.join(flags)}"] if flags else []
    if not isinstance(result.exception, MaosError) and not verbose:
        advice.append("this is a fault of the program; --verbose shows where")
    return advice


def print_report(result: TaskResult) -> None:
    """Print a valuation as tables and sentences, as wide as the terminal, or an analysis of the market as text."""
    if is_market_analysis(result):
        print(market_text(result), end="")
        return
    from rich.console import Console

    parts = report_parts(result)
    width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    console = Console(width=width, markup=False, emoji=False, highlight=False)
    with console.capture() as captured:
        _print_figures(console, parts)
        _print_grounds(console, parts)
    # Tables fill their last column with blanks, which only get in the way of those who read files.
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _print_figures(console: Console, parts: ReportParts) -> None:
    console.print(parts.title, style="bold")
    _print_facts(console, parts.dates)
    for grid in (_fitting(parts.projection, console.width), parts.enterprise_value, parts.bridge):
        _print_grid(console, grid)
    _heading(console, "Value per share against the market price")
    _print_facts(console, parts.per_share)
    tables = (
        parts.scenarios,
        parts.two_way,
        parts.drivers,
        *parts.uncertainty,
        parts.methods,
        parts.appraisal,
        *parts.fundamentals,
    )
    for table in filter(None, tables):
        _print_grid(console, table)


def _print_grounds(console: Console, parts: ReportParts) -> None:
    _print_grid(console, parts.assumptions)
    _print_sentences(console, "What was understood and assumed", parts.understood)
    _print_sentences(console, "Recommendations", parts.recommendations)
    _heading(console, f"Confidence {parts.confidence_score}: the mean of its parts, and no probability")
    _print_table(console, parts.confidence_parts)
    _print_sentences(console, "What to doubt", parts.doubts)
    _heading(console, "How this was made")
    _print_facts(console, parts.making)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(text, style="bold")


def _print_sentences(console: Console, title: str, sentences: tuple[str, ...]) -> None:
    from rich.padding import Padding
    from rich.table import Table

    _heading(console, title)
    listing = Table.grid(padding=(0, 1))
    for sentence in sentences:
        listing.add_row("-", _text(sentence))
    console.print(Padding(listing, (0, 0, 0, 1)))


def _print_facts(console: Console, facts: Facts) -> None:
    from rich.table import Table

    listing = Table.grid(padding=(0, 2))
    listing.add_column(no_wrap=True, style="dim")
    for name, words in facts:
        listing.add_row(_text(name), _text(words))
    console.print(listing)


def _fitting(grid: Grid, width: int) -> Grid:
    # Net income stands beside the way to free cash flow, so a narrow terminal can do without it.
    if width >= 100 or grid.columns[-1] != "Net income":
        return grid
    return Grid(grid.title, grid.columns[:-1], tuple(row[:-1] for row in grid.rows), note=grid.note)


def _print_grid(console: Console, grid: Grid) -> None:
    _heading(console, grid.title)
    _print_table(console, grid)
    if grid.note:
        console.print(_text(grid.note), style="dim")


def _print_table(console: Console, grid: Grid) -> None:
    table, width = _table(grid), console.width
    # A figure cut short would be another figure: a table that needs more columns than there are gets them.
    least = sum(column.min_width or 0 for column in table.columns) + GAP * (len(table.columns) - 1)
    console.width = max(width, least)
    console.print(table)
    console.width = width


def _table(grid: Grid) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    space = max(map(len, grid.marks.values()), default=0)
    for place, head in enumerate(grid.columns):
        is_words = place in grid.texts or place == 0
        least = _least_width(head, [row[place] for row in grid.rows], is_words=is_words) + (
            space if place else 0
        )
        table.add_column(
            _text(head),
            justify="left" if is_words else "right",
            min_width=least,
            max_width=None if is_words else least,
        )
    for line, row in enumerate(grid.rows):
        marked = [
            cell + (grid.marks.get((line, place), "").ljust(space) if place else "")
            for place, cell in enumerate(row)
        ]
        table.add_row(*map(_text, marked), style="bold" if line in grid.strong else None)
    return table


def _least_width(head: str, cells: list[str], *, is_words: bool) -> int:
    """Give the columns that a column needs: a figure stands on one line, words may go to the next."""
    if not is_words:
        return max(map(len, [*head.split(), *cells]))
    longest_word = max(len(word) for text in [head, *cells] for word in text.split() or [""])
    return min(longest_word, LONGEST_WORD)


def _text(words: str) -> Text:
    from rich.text import Text

    return Text(words, overflow="fold")
