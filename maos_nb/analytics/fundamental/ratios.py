"""Ratios of statements: the table that defines them, and their values for every company and period at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics.fundamental._expression import Expression, require_names
from maos_nb.analytics.fundamental._line_table import LINES
from maos_nb.analytics.fundamental._ratio import Ratio
from maos_nb.analytics.fundamental._ratio_program import (
    Balance,
    as_balance,
    as_days,
    evaluate,
    metric_names,
    program,
)
from maos_nb.analytics.fundamental._ratio_table import RATIOS
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LINES", "RATIOS", "Ratio", "Ratios", "calculate_ratios"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ratios:
    """Ratios of every company and period, with what they were made of.

    The frames are views of the arrays, which cannot be written to; a copy of a frame can.

    Parameters
    ----------
    panel : Panel
        What they were computed from.
    names : tuple of str
    values : ndarray, shape (n_ratios, n_companies, n_periods)
        NaN where an input is not known, a denominator is zero, or growth is from a base of zero or below.
    available : ndarray of int, shape (n_ratios, n_companies, n_periods)
        How many of the inputs were known.
    negative : ndarray of bool, shape (n_ratios, n_companies, n_periods)
        Where a denominator is below zero: the value is shown, but it is not to be compared with others.
    n_inputs : mapping of str to int
        How many different figures a ratio needs: an item now and the same item a year before are two, what
        ``first(...)`` chooses is one.
    """

    panel: Panel
    names: tuple[str, ...]
    values: Array
    available: npt.NDArray[np.int16]
    negative: BoolArray
    n_inputs: Mapping[str, int]

    def __getitem__(self, name: str) -> Array:
        """Give a ratio's values ``(n_companies, n_periods)``."""
        if name not in self.names:
            raise InputError("name", f"there is no {name!r} here", advice=f"Here: {', '.join(self.names)}")
        return np.asarray(self.values[self.names.index(name)])

    @property
    def frame(self) -> pd.DataFrame:
        """Values: a row a company and period, a column a ratio."""
        return self._framed(self.values)

    @property
    def n_available(self) -> pd.DataFrame:
        """How many inputs were known, in the shape of `frame`."""
        return self._framed(self.available)

    @property
    def negative_denominator(self) -> pd.DataFrame:
        """Where a denominator is below zero, in the shape of `frame`."""
        return self._framed(self.negative)

    def _framed(self, block: npt.NDArray[Any]) -> pd.DataFrame:
        import pandas as pd

        # A frame holds its columns as rows of one block: this view of ours is that block.
        flat = block.reshape(len(self.names), -1).T
        return pd.DataFrame(flat, index=self.panel.index(), columns=list(self.names), copy=False)

    def __repr__(self) -> str:
        companies, periods = self.panel.shape
        known = np.count_nonzero(~np.isnan(self.values))
        return (
            f"<Ratios {len(self.names)} of {companies} compan{'y' if companies == 1 else 'ies'} x {periods} "
            f"period{'' if periods == 1 else 's'}, {known:,} of {self.values.size:,} known, "
            f"{np.count_nonzero(self.negative):,} with a negative denominator>"
        )


def calculate_ratios(
    panel: Any,
    names: str | Ratio | Iterable[str | Ratio] | None = None,
    *,
    balance: Balance = "average",
    days: float | None = None,
) -> Ratios:
    """Compute ratios of every company and period.

    Parameters
    ----------
    panel : Panel, Statements or DataFrame
        What `as_panel` takes. Flows are taken as they stand: with single quarters a return is one of a quarter;
        with trailing twelve months it is one of a year.
    names : str, Ratio, or iterable of them, optional
        Names of `RATIOS`, `LINES` or items, or rows of your own, which may use each other and go before rows of
        the table with the same name; all of `RATIOS` by default.
    balance : {"average", "begin", "end"}
        What ``avg(x)`` in a formula means: the mean of a balance now and a year before, a year before, or now.
    days : float, optional
        Days that the flows cover; by default those that the panel says.

    Returns
    -------
    Ratios
        NaN where an input is not known, a denominator is zero, or growth is from a base of zero or below, and
        only there; ``known(...)`` in a formula skips what is not known, which shows in `n_available`. A value over
        a negative denominator is given and flagged; growth from a negative base is NaN and flagged.

    Raises
    ------
    InputError
        For a name that does not exist, no names, two rows of one name, a formula that cannot be read or goes round in a circle, another
        `balance`, `days` that are no single number above zero, or what `as_panel` refuses.

    Examples
    --------
    Apple's fiscal 2022 and 2023 in millions of dollars. In Excel: ``=96995/AVERAGE(50672,62146)``.

    >>> from maos_nb.analytics.fundamental.panel import Panel
    >>> apple = Panel(
    ...     ("AAPL",),
    ...     (2022, 2023),
    ...     {"net_income": [[99803.0, 96995.0]], "shareholders_equity": [[50672.0, 62146.0]]},
    ... )
    >>> found = calculate_ratios(apple, ["roe"])
    >>> found.frame["roe"].round(4).tolist()
    [nan, 1.7195]
    >>> found.n_available["roe"].tolist(), found.n_inputs["roe"]
    ([2, 3], 3)
    >>> calculate_ratios(apple, "roe", balance="end").frame["roe"].round(4).tolist()
    [1.9696, 1.5608]
    >>> own = Ratio("equity_change", "shareholders_equity - prev(shareholders_equity)", unit="money")
    >>> calculate_ratios(apple, own)["equity_change"]
    array([[   nan, 11474.]])
    """
    made = as_panel(panel)
    chosen, own = _chosen(names)
    roots = tuple(Expression("name", name=name) for name in chosen)
    compiled = program(roots, own, as_balance(balance))
    found = evaluate(compiled, made, as_days(days, made))
    for array in (found.figures, found.n_available, found.negative_denominator):
        array.flags.writeable = False
    return Ratios(
        made,
        chosen,
        found.figures,
        found.n_available,
        found.negative_denominator,
        MappingProxyType(dict(zip(chosen, compiled.n_inputs, strict=True))),
    )


def _chosen(names: str | Ratio | Iterable[str | Ratio] | None) -> tuple[tuple[str, ...], tuple[Ratio, ...]]:
    if names is None:
        return tuple(RATIOS), ()
    if not isinstance(names, Iterable | Ratio):
        raise InputError("names", f"expected names or Ratios, got {type(names).__name__}")
    given = (names,) if isinstance(names, str | Ratio) else tuple(names)
    if not given:
        raise InputError("names", "expected at least one, got none")
    for item in given:
        if not isinstance(item, str | Ratio):
            raise InputError("names", f"expected names or Ratios, got {type(item).__name__}")
    own = tuple(item for item in given if isinstance(item, Ratio))
    if len({item.name for item in own}) < len(set(own)):
        raise InputError("names", "two different Ratios have the same name")
    chosen = tuple(dict.fromkeys(item.name if isinstance(item, Ratio) else item for item in given))
    known = metric_names(own)
    for name in chosen:
        require_names(Expression("name", name=name), known, argument="names")
    return chosen, own
