"""What the charts of statements share: the door for tables of companies and periods, and words for ratios."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from matplotlib.axes import Axes

from maos_nb.analytics._arrays import Array
from maos_nb.errors import InputError
from maos_nb.plotting._chart import MUTED, driver_name, label
from maos_nb.plotting._door import line

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "check_columns",
    "check_table",
    "clipped",
    "figures_of",
    "ratio_name",
    "ratio_words",
    "row_of",
    "score_name",
    "shortened",
    "small_print",
    "title_words",
]

_MOST_SHOWN = 30
_ABBREVIATIONS: Final = ("roe", "roa", "roic", "roce", "ebit", "ebitda", "ev", "eps", "fcf", "nopat", "capex")
_NUMBER = re.compile("[1-9]")


def check_table(name: str, table: object) -> pd.DataFrame:
    """Give the table, or raise InputError if it is no frame of companies and periods."""
    frame: Any = getattr(table, "frame", table)
    if not hasattr(frame, "columns") or not hasattr(frame, "index"):
        raise InputError(name, f"expected a DataFrame, got {type(table).__name__}")
    if frame.index.nlevels != 2 or not len(frame.index):
        raise InputError(name, "expected an index of ticker and fiscal year, with at least one row")
    if not frame.index.is_unique:
        ticker, period = frame.index[frame.index.duplicated()][0]
        raise InputError(name, f"{ticker} has {period} twice", advice="Give one row for each period")
    checked: pd.DataFrame = frame
    return checked


def check_columns(name: str, frame: pd.DataFrame, needed: Sequence[str]) -> None:
    """Raise InputError if the table lacks a column."""
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise InputError(name, f"lacks {', '.join(missing)}", advice=f"Here: {_shown(list(frame.columns))}")


def row_of(name: str, frame: pd.DataFrame, ticker: Any, period: Any) -> pd.Series[Any]:
    """Give the row of a company and a period, or raise InputError saying what is here."""
    tickers = list(dict.fromkeys(frame.index.get_level_values(0)))
    if ticker not in tickers:
        raise InputError("ticker", f"{ticker!r} is not in {name}", advice=f"Here: {_shown(tickers)}")
    if (ticker, period) not in frame.index:
        periods = frame.xs(ticker, level=0).index
        raise InputError(
            "period", f"{name} has no {period!r} of {ticker}", advice=f"Here: {_shown(list(periods))}"
        )
    row: pd.Series[Any] = frame.loc[(ticker, period)]
    return row


def figures_of(name: str, row: pd.Series[Any], columns: Sequence[str]) -> Array:
    """Give the figures of some columns of a row ``(n_columns,)``."""
    return line(name, [row[column] for column in columns], per="column")


def _shown(items: Sequence[Any]) -> str:
    more = f" and {len(items) - _MOST_SHOWN} more" if len(items) > _MOST_SHOWN else ""
    return ", ".join(map(str, items[:_MOST_SHOWN])) + more


def ratio_name(name: str) -> str:
    """Write the name of a ratio for people: ``"net_debt_to_ebitda"`` is "Net debt to EBITDA"."""
    words = [word.upper() if word in _ABBREVIATIONS else word for word in name.split("_")]
    return driver_name(" ".join(words)) if words else name


def score_name(name: str) -> str:
    """Write the name of a score for people: ``"altman_z_double_prime"`` is "Altman Z''"."""
    first, *others = name.split("_")
    words = " ".join(word.upper() if len(word) == 1 else word for word in others)
    words = words.replace(" double prime", "''").replace(" prime", "'")
    return " ".join(filter(None, (first[:1].upper() + first[1:], words)))


def ratio_words(value: float, unit: str, sign: str = "") -> str:
    """Write a ratio with its unit: 24.0%, 1.07x, 58 days; "n/a" where it is not known."""
    if not math.isfinite(value):
        return "n/a"
    if unit == "rate":
        return _rounded(100 * value, 1, sign) + "%"
    if unit == "days":
        return _rounded(value, 0, sign) + (" day" if abs(value) == 1 else " days")
    return _rounded(value, 2, sign) + ("x" if unit == "times" else "")


def _rounded(value: float, decimals: int, sign: str) -> str:
    size = abs(value)
    if size >= 1e7 or 0 < size < 1e-4:
        return f"{value:{sign}.1e}"
    if size >= 1000:
        decimals = 0
    elif 0 < size < 10.0**-decimals:
        # Small figures keep two digits; "0.0%" would call them nothing.
        decimals = 1 - int(f"{size:.1e}".partition("e")[2])
    text = f"{value:{sign},.{decimals}f}"
    return text if _NUMBER.search(text) else text.lstrip("+-")


def title_words(words: str, width: int = 48) -> str:
    """Wrap a title to two lines; it begins where the names of the rows end, and may be all capitals."""
    return "\n".join(clipped(words, width))


def clipped(words: str, width: int, *, lines: int = 2) -> list[str]:
    """Wrap words to so many lines; what is left over is an ellipsis."""
    wrapped = textwrap.wrap(words, width)
    if len(wrapped) <= lines:
        return wrapped
    return [*wrapped[: lines - 1], wrapped[lines - 1][: width - 1] + "…"]


def shortened(ticker: object, width: int = 40) -> str:
    """Shorten a name that would press the other words of its line out."""
    words = str(ticker)
    return words if len(words) <= width else f"{words[: width - 1]}…"


def small_print(axes: Axes, words: str, *, below: float, width: int = 84) -> None:
    """Write small words `below` points under a chart whose rows have their names at its left."""
    label(
        axes,
        textwrap.fill(words, width),
        (0.0, 0.0),
        by=(0.0, -below),
        where="axes fraction",
        ha="left",
        va="top",
        fontsize=9,
        color=MUTED,
        linespacing=1.3,
    )
