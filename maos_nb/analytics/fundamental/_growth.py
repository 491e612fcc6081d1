"""Growth of items from year to year, and compounded over several years."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import (
    Array,
    Float,
    Numeric,
    as_count,
    as_float,
    as_periods,
    broadcast,
    refuse,
    unwrap,
)
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GrowthStatus", "cagr", "growth", "years_before"]


class GrowthStatus(StrEnum):
    """Whether a growth rate is an answer, and why not.

    It is NaN for every status but `OK`.
    """

    OK = "ok"
    NOT_KNOWN = "not_known"
    """One of the two figures is not known."""
    ZERO_BASE = "zero_base"
    """It grew from nothing, which is no rate."""
    NEGATIVE_BASE = "negative_base"
    """It grew from a loss: the quotient would show an improvement as a fall."""
    NEGATIVE_END = "negative_end"
    """It fell below zero, which no constant rate does; only where growth is compounded over years."""


@overload
def growth(
    panel: Any, items: str | Iterable[str] | None = None, *, return_status: Literal[False] = False
) -> pd.DataFrame: ...
@overload
def growth(
    panel: Any, items: str | Iterable[str] | None = None, *, return_status: Literal[True]
) -> tuple[pd.DataFrame, pd.DataFrame]: ...
def growth(panel: Any, items: str | Iterable[str] | None = None, *, return_status: bool = False) -> Any:
    """Give the growth of items against the same period of the year before.

    Parameters
    ----------
    panel : Panel, Statements or DataFrame
        What `as_panel` takes; quarters are compared with the same quarter of the year before.
    items : str or iterable of str, optional
        Items of `FIELDS`; all items of the panel that are no rates by default.
    return_status : bool
        Return the status of each figure too.

    Returns
    -------
    DataFrame ``(n_companies x n_periods, n_items)``
        ``value / value a year before - 1`` as a decimal, a column an item. A fall from a profit to a loss is below
        -1. NaN where either figure is not known (so in the first year), and where the base is zero or negative.
    DataFrame of str
        Only with ``return_status=True``: `GrowthStatus` of each figure.

    Raises
    ------
    InputError
        For what `as_panel` refuses, or an item that does not exist.

    Examples
    --------
    Apple's revenue and net income of fiscal 2022 and 2023, in millions of dollars:

    >>> panel = Panel(
    ...     ("AAPL",), (2022, 2023), {"revenue": [[394328.0, 383285.0]], "net_income": [[99803.0, 96995.0]]}
    ... )
    >>> growth(panel).loc[("AAPL", 2023)].round(4).to_dict()
    {'revenue': -0.028, 'net_income': -0.0281}
    >>> loss = Panel(("A",), (2022, 2023), {"net_income": [[-5.0, 10.0]]})
    >>> rates, status = growth(loss, return_status=True)
    >>> float(rates.loc[("A", 2023), "net_income"]), status.loc[("A", 2023), "net_income"]
    (nan, 'negative_base')
    """
    return _growth_of_panel(as_panel(panel), 1, items, return_status=return_status)


def cagr(
    values: Any,
    years: Numeric | None = None,
    *,
    items: str | Iterable[str] | None = None,
    return_status: bool = False,
) -> Float:
    """Give the compound annual growth rate, from the first of the values to the last or of each period of a panel.

    Parameters
    ----------
    values : array_like, shape (..., n_periods), or Panel, Statements or DataFrame
        Figures with the periods on the last axis, of which the first and the last count; or what `as_panel` takes.
    years : array_like, shape (...), optional
        Years between the first and the last value, above zero, as a fraction where need be; ``n_periods - 1`` by
        default. For a panel a whole number of years, which is needed: each period is compared with the one so
        many years before.
    items : str or iterable of str, optional
        With a panel, items of `FIELDS`; all items of the panel that are no rates by default.
    return_status : bool
        Return the status of each rate too.

    Returns
    -------
    float or ndarray, shape (...), or DataFrame ``(n_companies x n_periods, n_items)``
        ``(last / first) ** (1 / years) - 1`` as a decimal; NaN where either figure is not known, the first is
        zero or negative, or the last is negative. A last figure of zero gives -1.
    GrowthStatus, ndarray of str, or DataFrame of str
        Only with ``return_status=True``.

    Raises
    ------
    InputError
        For fewer than two values, `years` that are not above zero or (with a panel) no whole number, shapes that
        do not broadcast, `items` without a panel, an item that does not exist, or what `as_panel` refuses.

    Notes
    -----
    CFA Institute, *Quantitative Methods*: the geometric mean of the growth of each year.

    Examples
    --------
    Apple's revenue from fiscal 2018 to 2023. In Excel: ``=RRI(5,265595,383285)``.

    >>> round(cagr([265595.0, 260174.0, 274515.0, 365817.0, 394328.0, 383285.0]), 6)
    0.076119
    >>> round(cagr([100.0, 121.0], 2), 6)
    0.1
    >>> cagr([[100.0, 121.0], [-1.0, 2.0]], 2, return_status=True)
    (array([0.1, nan]), array(['ok', 'negative_base'], dtype='<U13'))
    """
    if isinstance(values, Panel) or hasattr(values, "annual") or hasattr(values, "columns"):
        count = as_count("years", years)
        return _growth_of_panel(as_panel(values), count, items, return_status=return_status, compound=True)
    if items is not None:
        raise InputError("items", "expected none, as there is no panel to choose from", advice="Leave it out")
    array = as_periods("values", values, minimum=2)
    length = as_float("years", array.shape[-1] - 1 if years is None else years)
    refuse("years", length, ~(length > 0) & ~np.isnan(length), "a number of years above zero")
    first, last, over = broadcast(values=array[..., 0], last=array[..., -1], years=length)
    rate, status = _rates(last, first, over)
    rate = np.asarray(np.where(np.isnan(over), np.nan, rate))
    status[np.isnan(over)] = GrowthStatus.NOT_KNOWN.value
    if not return_status:
        return unwrap(rate)
    return unwrap(rate), GrowthStatus(status.item()) if status.ndim == 0 else status


def years_before(panel: Panel, figures: Array, years: int) -> Array:
    """Shift figures ``(..., n_periods)`` by so many years, NaN in the first ones."""
    shifted = np.full(figures.shape, np.nan)
    lag = panel.periods_per_year * years
    shifted[..., lag:] = figures[..., :-lag]
    return shifted


def _growth_of_panel(
    panel: Panel,
    years: int,
    items: str | Iterable[str] | None,
    *,
    return_status: bool,
    compound: bool = False,
) -> Any:
    import pandas as pd

    names = _chosen(panel, items)
    columns: dict[str, Array] = {}
    words: dict[str, Any] = {}
    for name in names:
        now = panel[name]
        rate, status = _rates(now, years_before(panel, now, years), years if compound else None)
        columns[name], words[name] = rate.ravel(), status.ravel()
    frame = pd.DataFrame(columns, index=panel.index())
    if not return_status:
        return frame
    return frame, pd.DataFrame(words, index=panel.index())


def _chosen(panel: Panel, items: str | Iterable[str] | None) -> tuple[str, ...]:
    if items is None:
        return tuple(name for name in panel.values if FIELDS[name].unit != "rate")  # noqa: PD011  # no frame
    names = (items,) if isinstance(items, str) else tuple(items)
    for name in names:
        if name not in FIELDS:
            raise InputError("items", f"there is no item {name!r}", advice=f"Known: {', '.join(FIELDS)}")
    return tuple(dict.fromkeys(names))


def _rates(now: Array, base: Array, years: Any) -> tuple[Array, npt.NDArray[np.str_]]:
    """Divide, take the root where years are given, and say of each rate whether it is one."""
    conditions = [~(np.isfinite(now) & np.isfinite(base)), base == 0, base < 0]
    reasons = [GrowthStatus.NOT_KNOWN, GrowthStatus.ZERO_BASE, GrowthStatus.NEGATIVE_BASE]
    if years is not None:
        conditions.append(now < 0)
        reasons.append(GrowthStatus.NEGATIVE_END)
    status = np.select(conditions, [reason.value for reason in reasons], GrowthStatus.OK.value)
    good = status == GrowthStatus.OK.value
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        quotient = np.where(good, now, np.nan) / np.where(good, base, np.nan)
        grown = quotient if years is None else quotient ** (1 / years)
    return np.asarray(grown - 1), status
