"""Statements side by side: for every item an array of companies x periods, which all ratios and scores read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, as_count, as_float, refuse
from maos_nb.analytics.explanation import Explanation
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["YEAR_DAYS", "Panel", "Trace", "as_panel", "as_yearly"]

YEAR_DAYS = 365.0
LEAST_OF_A_YEAR = 345.0


class Trace(Protocol):
    """Whoever can tell where a figure of a panel was filed."""

    def __call__(self, item: str, ticker: str, period: int | str) -> Explanation | None:
        """Explain the figure down to the filed facts; None where it knows nothing of it."""
        ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Panel:
    """Figures of several companies over the same periods.

    Parameters
    ----------
    tickers : tuple of str
    periods : tuple
        Fiscal years as int, or quarters as text such as ``"2023Q1"``; rising and without a gap, so that the
        period before stands one place before.
    values : mapping of str to (n_companies, n_periods) array
        An array for each item; NaN where a figure is not known.
    periods_per_year : int
        How many places before the same period of the year before stands: 1 for years, 4 for quarters.
    currency : str
        Unit of money; empty where it is not known.
    trace : Trace, optional
        Tells where a figure was filed.
    flow_days : float
        Days that flows cover; by default 365 over `periods_per_year`. For trailing twelve months give 365.

    Raises
    ------
    InputError
        For no or repeated tickers or periods, a gap between fiscal years, an array of another shape, or an
        item whose name is not in `FIELDS`.

    Examples
    --------
    >>> panel = Panel(("A",), (2022, 2023), {"revenue": [[100.0, 110.0]]})
    >>> panel["revenue"] / panel.before("revenue")
    array([[nan, 1.1]])
    >>> panel.average("total_assets")  # not known
    array([[nan, nan]])
    """

    tickers: tuple[str, ...]
    periods: tuple[int | str, ...]
    values: Mapping[str, Array]
    periods_per_year: int = 1
    currency: str = ""
    trace: Trace | None = field(default=None)
    flow_days: float = math.nan

    def __post_init__(self) -> None:
        object.__setattr__(self, "tickers", _distinct("tickers", self.tickers))
        object.__setattr__(self, "periods", _distinct("periods", self.periods))
        as_count("periods_per_year", self.periods_per_year)
        refuse("flow_days", days := as_float("flow_days", self.flow_days), days <= 0, "days above zero")
        if math.isnan(self.flow_days):
            object.__setattr__(self, "flow_days", YEAR_DAYS / self.periods_per_year)
        years = [item for item in self.periods if isinstance(item, int)]
        if years and years != list(range(years[0], years[0] + len(self.periods))):
            raise InputError(
                "periods", f"expected fiscal years without a gap, got {', '.join(map(str, self.periods))}"
            )
        shape = (len(self.tickers), len(self.periods))
        held = {}
        for name, given in self.values.items():
            if name not in FIELDS:
                raise InputError("values", f"there is no item {name!r}", advice=f"Known: {', '.join(FIELDS)}")
            held[name] = as_float(name, given)
            if held[name].shape != shape:
                raise InputError(
                    name, f"expected an array (n_companies, n_periods) = {shape}, got {held[name].shape}"
                )
        object.__setattr__(self, "values", MappingProxyType(held))

    @property
    def shape(self) -> tuple[int, int]:
        """Companies and periods."""
        return len(self.tickers), len(self.periods)

    def __getitem__(self, item: str) -> Array:
        """Give an item's figures ``(n_companies, n_periods)``, NaN where it is not known."""
        if item not in FIELDS:
            raise InputError("item", f"there is no item {item!r}", advice=f"Known: {', '.join(FIELDS)}")
        known = self.values.get(item)
        return np.full(self.shape, np.nan) if known is None else known

    def before(self, item: str) -> Array:
        """Give an item's figures a year before, NaN in the first year."""
        return self.year_before(self[item])

    def year_before(self, figures: Array) -> Array:
        """Shift figures ``(..., n_periods)`` by a year, NaN in the first year."""
        shifted = np.full(figures.shape, np.nan)
        lag = self.periods_per_year
        shifted[..., lag:] = figures[..., :-lag]
        return shifted

    def average(self, item: str) -> Array:
        """Give the mean of an item now and a year before, NaN where either is not known."""
        return (self[item] + self.before(item)) / 2

    def known(self, *items: str) -> BoolArray:
        """Tell where at least one of the items is known."""
        return reduce(or_, (np.isfinite(self[item]) for item in items))

    def with_values(self, **values: Any) -> Panel:
        """Add or replace items: numbers or arrays that broadcast to ``(n_companies, n_periods)``.

        Examples
        --------
        >>> panel = Panel(("A", "B"), (2022, 2023), {"net_income": [[1.0, 2.0], [3.0, 4.0]]})
        >>> panel.with_values(price=[[10.0], [20.0]])["price"]
        array([[10., 10.],
               [20., 20.]])
        """
        added = {}
        for name, given in values.items():
            try:
                added[name] = np.broadcast_to(as_float(name, given), self.shape)
            except ValueError:
                raise InputError(
                    name, f"expected what broadcasts to {self.shape}, got shape {np.shape(given)}"
                ) from None
        return replace(self, values={**self.values, **added})

    def position(self, ticker: str, period: int | str) -> tuple[int, int]:
        """Give the places of a company and a period.

        Raises
        ------
        InputError
            If either is not here; the message says what is.
        """
        if ticker not in self.tickers:
            raise InputError(
                "ticker", f"{ticker!r} is not here", advice=f"Here: {', '.join(self.tickers[:30])}"
            )
        if period not in self.periods:
            first, last = self.periods[0], self.periods[-1]
            raise InputError("period", f"{period!r} is not here", advice=f"Here: {first} to {last}")
        return self.tickers.index(ticker), self.periods.index(period)

    def explain(self, item: str, ticker: str, period: int | str) -> Explanation:
        """Explain a figure: the filing it stands in, or that it is not known."""
        row, column = self.position(ticker, period)
        value = float(self[item][row, column])
        traced = self.trace(item, ticker, period) if self.trace is not None else None
        # A figure that was put in later is not the one that the trace knows.
        if traced is not None and traced.value == value:
            return traced
        origin = "given" if np.isfinite(value) else "not known"
        return Explanation(item, value, self.unit_of(item), origin=origin)

    def unit_of(self, item: str) -> str:
        """Give the unit of an item in words, such as "USD" or "USD a share"."""
        unit = FIELDS[item].unit
        if unit == "money per share":
            return f"{self.currency} a share".strip()
        return self.currency if unit == "money" else unit

    def index(self) -> pd.MultiIndex:
        """Give the labels of the rows of frames: ticker, then fiscal year or period."""
        import pandas as pd

        name = "fiscal_year" if self.periods_per_year == 1 else "period"
        return pd.MultiIndex.from_product([self.tickers, self.periods], names=["ticker", name])

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with a row for each company and period and a column for each item known."""
        import pandas as pd

        return pd.DataFrame({name: array.ravel() for name, array in self.values.items()}, index=self.index())

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, periods_per_year: int = 1, currency: str = "") -> Panel:
        """Make a panel of a table with a row for each company and period.

        Parameters
        ----------
        frame : DataFrame
            Indexed by ticker and fiscal year (or quarter as ``"2023Q1"``), or by the fiscal year alone for one
            company; columns named as in `FIELDS`, others are refused. A row that is absent is NaN.
        periods_per_year : int
        currency : str

        Raises
        ------
        InputError
            For an index of another kind, rows that are there twice, or columns that are no item.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = pd.DataFrame({"revenue": [100.0, 121.0]}, index=pd.Index([2021, 2023]))
        >>> Panel.from_frame(rows)
        <Panel 1 company x 3 periods (2021 to 2023), 1 item>
        """
        tickers, labels = _labels(frame)
        periods = _without_gaps(labels, periods_per_year)
        rows, columns = list(dict.fromkeys(tickers)), {item: place for place, item in enumerate(periods)}
        places = {item: place for place, item in enumerate(rows)}
        at = ([places[item] for item in tickers], [columns[item] for item in labels])
        if len(set(zip(*at, strict=True))) < len(labels):
            raise InputError("frame", "a company has a period twice", advice="Give one row for each")
        values = {}
        for name in frame.columns:
            array = np.full((len(rows), len(periods)), np.nan)
            array[at] = as_float(str(name), frame[name].to_numpy())
            values[str(name)] = array
        return cls(tuple(rows), periods, values, periods_per_year, currency)

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping that cannot be changed cannot be pickled either; processes send panels to each other.
        rest = (self.periods_per_year, self.currency, self.trace, self.flow_days)
        return Panel, (self.tickers, self.periods, dict(self.values), *rest)

    def __repr__(self) -> str:
        companies, periods = self.shape
        return (
            f"<Panel {companies} compan{'y' if companies == 1 else 'ies'} x {periods} period"
            f"{'' if periods == 1 else 's'} ({self.periods[0]} to {self.periods[-1]}), "
            f"{len(self.values)} item{'' if len(self.values) == 1 else 's'}>"
        )


def as_panel(panel: Any) -> Panel:
    """Take a Panel, what has an ``annual()`` view, or a frame as for `Panel.from_frame`.

    Raises
    ------
    InputError
        For anything else.
    """
    if isinstance(panel, Panel):
        return panel
    if hasattr(panel, "annual"):
        made = panel.annual()
        if isinstance(made, Panel):
            return made
    if hasattr(panel, "index") and hasattr(panel, "columns"):
        return Panel.from_frame(panel)
    raise InputError("panel", f"expected Statements, a Panel or a DataFrame, got {type(panel).__name__}")


def as_yearly(panel: Any) -> Panel:
    """Take what `as_panel` takes, if its flows are those of a year.

    Raises
    ------
    InputError
        For flows of single quarters, and for what `as_panel` refuses.
    """
    made = as_panel(panel)
    if made.flow_days < LEAST_OF_A_YEAR:
        raise InputError(
            "panel",
            f"expected flows of a year, got flows of {made.flow_days:.0f} days",
            advice="Give the annual view, or that of trailing twelve months",
        )
    return made


def _distinct(name: str, given: Iterable[Any]) -> tuple[Any, ...]:
    items = tuple(given)
    if not items:
        raise InputError(name, "expected at least one, got none")
    if len(set(items)) < len(items):
        twice = next(item for item in items if items.count(item) > 1)
        raise InputError(name, f"expected each once, got {twice!r} more than once")
    return items


def _labels(frame: pd.DataFrame) -> tuple[list[str], list[int | str]]:
    index = frame.index
    if index.nlevels > 2 or not len(index):
        raise InputError("frame", "expected an index of ticker and fiscal year, with at least one row")
    tickers = [str(item) for item in index.get_level_values(0)] if index.nlevels == 2 else [""] * len(index)
    labels = [item if isinstance(item, str) else _year(item) for item in index.get_level_values(-1)]
    return tickers, labels


def _year(label: Any) -> int:
    if isinstance(label, int | np.integer) or (isinstance(label, float) and label.is_integer()):
        return int(label)
    raise InputError(
        "frame", f"expected fiscal years such as 2023, or quarters such as '2023Q1', got {label!r}"
    )


def _without_gaps(labels: Iterable[int | str], periods_per_year: int) -> tuple[int | str, ...]:
    given = set(labels)
    years = sorted(item for item in given if isinstance(item, int))
    if years and len(years) < len(given):
        raise InputError("frame", "expected fiscal years or quarters, got both")
    if years:
        return tuple(range(years[0], years[-1] + 1))
    quarters = sorted(str(item) for item in given)
    try:
        first, last = (int(item[:4]) * 4 + int(item[5]) - 1 for item in (quarters[0], quarters[-1]))
    except (ValueError, IndexError):
        raise InputError("frame", f"expected quarters such as '2023Q1', got {quarters[0]!r}") from None
    every = tuple(f"{place // 4}Q{place % 4 + 1}" for place in range(first, last + 1))
    if periods_per_year != 4 or not given <= set(every):
        raise InputError("frame", "expected periods_per_year=4 and quarters such as '2023Q1'")
    return every
