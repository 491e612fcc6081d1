"""The DuPont view: return on equity as a product of factors, and its change divided among them."""

from __future__ import annotations

from enum import StrEnum
from functools import reduce
from itertools import combinations
from math import factorial
from operator import mul
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.fundamental._growth import years_before
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DupontStatus", "dupont", "dupont_change"]

Balance: TypeAlias = Literal["average", "begin", "end"]

_MARGIN = {3: ("net_margin",), 5: ("tax_burden", "interest_burden", "operating_margin")}
_TERMS = {
    "net_margin": ("net_income", "revenue"),
    "tax_burden": ("net_income", "pretax_income"),
    "interest_burden": ("pretax_income", "operating_income"),
    "operating_margin": ("operating_income", "revenue"),
    "asset_turnover": ("revenue", "total_assets"),
    "equity_multiplier": ("total_assets", "shareholders_equity"),
    "roe": ("net_income", "shareholders_equity"),
}
_BALANCES = ("total_assets", "shareholders_equity")


class DupontStatus(StrEnum):
    """What to think of the factors of one company and period; the first that applies."""

    OK = "ok"
    NOT_KNOWN = "not_known"
    """An item is not known, so that a factor or more is NaN."""
    ZERO_DENOMINATOR = "zero_denominator"
    """A factor divides by zero and is NaN."""
    NEGATIVE_EQUITY = "negative_equity"
    """The return is computed, but a loss on negative equity looks like a profit."""
    NEGATIVE_DENOMINATOR = "negative_denominator"
    """Two factors have turned their sign, as after a loss before taxes; their product is still the return."""


@overload
def dupont(
    panel: Any,
    steps: Literal[3, 5] = 5,
    *,
    balance: Balance = "average",
    return_status: Literal[False] = False,
) -> pd.DataFrame: ...
@overload
def dupont(
    panel: Any, steps: Literal[3, 5] = 5, *, balance: Balance = "average", return_status: Literal[True]
) -> tuple[pd.DataFrame, pd.Series]: ...
def dupont(
    panel: Any, steps: Literal[3, 5] = 5, *, balance: Balance = "average", return_status: bool = False
) -> Any:
    """Split the return on equity into three or five factors.

    Parameters
    ----------
    panel : Panel, Statements or DataFrame
        What `as_panel` takes.
    steps : {3, 5}
        How many factors.
    balance : {"average", "begin", "end"}
        Total assets and shareholders' equity as the mean of now and a year before, a year before, or now.
    return_status : bool
        Return the status of each row too.

    Returns
    -------
    DataFrame ``(n_companies x n_periods, steps + 1)``
        With 3 steps net_margin, asset_turnover and equity_multiplier; with 5 tax_burden, interest_burden and
        operating_margin in place of net_margin. Last `roe`, net income over shareholders' equity, which is the
        product of the others up to rounding wherever all are known. NaN where an item is not known (in the
        first year, unless balances are those at the end) or a denominator is zero. Negative denominators are not
        hidden: see the status.
    Series of str
        Only with ``return_status=True``: `DupontStatus` of each row.

    Raises
    ------
    InputError
        For other `steps`, another `balance`, or what `as_panel` refuses.

    Notes
    -----
    CFA Institute, *Financial Analysis Techniques*: ``roe = (net income / pretax income) (pretax income / EBIT)
    (EBIT / revenue) (revenue / assets) (assets / equity)``. EBIT is the operating income as filed, so that
    interest_burden holds other income too and can be above one.

    Examples
    --------
    Apple's fiscal 2023, with balances at its end, in millions of dollars:

    >>> panel = Panel(
    ...     ("AAPL",),
    ...     (2023,),
    ...     {
    ...         "revenue": [[383285.0]],
    ...         "net_income": [[96995.0]],
    ...         "total_assets": [[352583.0]],
    ...         "shareholders_equity": [[62146.0]],
    ...     },
    ... )
    >>> dupont(panel, 3, balance="end").round(4).loc[("AAPL", 2023)].to_dict()
    {'net_margin': 0.2531, 'asset_turnover': 1.0871, 'equity_multiplier': 5.6735, 'roe': 1.5608}
    """
    import pandas as pd

    made = as_panel(panel)
    names = (*_factor_names(steps), "roe")
    items = _items(made, balance)
    factors = _factors(items, names)
    frame = pd.DataFrame(
        {name: array.ravel() for name, array in zip(names, factors, strict=True)}, index=made.index()
    )
    if not return_status:
        return frame
    return frame, pd.Series(_status(items, names).ravel(), index=made.index(), name="status")


def dupont_change(
    panel: Any,
    steps: Literal[3, 5] = 5,
    *,
    balance: Balance = "average",
    years: int = 1,
    method: Literal["log", "shapley"] = "log",
) -> pd.DataFrame:
    """Divide the change in the return on equity among its factors, without rest.

    Parameters
    ----------
    panel, steps, balance
        As for `dupont`.
    years : int
        Between the two periods compared.
    method : {"log", "shapley"}
        ``"log"`` needs factors above zero in both periods and does not depend on how they are grouped: the part
        of net_margin in three steps is the sum of its three parts in five. ``"shapley"`` takes any sign, as
        after a loss.

    Returns
    -------
    DataFrame ``(n_companies x n_periods, steps + 3)``
        `roe_before`, the part of each factor in units of the return, then `roe`. The parts add up to
        ``roe - roe_before``, up to rounding. The parts are NaN where a factor is not known in either period, and
        with ``"log"`` where one is not above zero.

    Raises
    ------
    InputError
        For another `method`, `years` that are no whole number above zero, or what `dupont` refuses.

    Notes
    -----
    Log: the logarithmic mean Divisia index (Ang 2004, "Decomposition analysis for policymaking in energy",
    *Energy Policy* 32): ``L(roe, roe_before) log(factor / factor before)`` with
    ``L(a, b) = (a - b) / log(a / b)``. Shapley: what the change of a factor adds to the product, averaged over
    all orders in which the factors may change (Shapley 1953; Albrecht, Francois and Schoors 2002).

    Examples
    --------
    Margin and turnover rise by the same factor, so each has half of the rise:

    >>> panel = Panel(
    ...     ("A",),
    ...     (2022, 2023),
    ...     {
    ...         "revenue": [[100.0, 110.0]],
    ...         "net_income": [[10.0, 12.1]],
    ...         "total_assets": [[100.0, 100.0]],
    ...         "shareholders_equity": [[50.0, 50.0]],
    ...     },
    ... )
    >>> found = dupont_change(panel, 3, balance="end").loc[("A", 2023)]
    >>> {name: abs(round(float(value), 4)) for name, value in found.items()}
    {'roe_before': 0.2, 'net_margin': 0.021, 'asset_turnover': 0.021, 'equity_multiplier': 0.0, 'roe': 0.242}
    """
    import pandas as pd

    made, names, count = as_panel(panel), _factor_names(steps), as_count("years", years)
    if method not in ("log", "shapley"):
        raise InputError("method", f'expected "log" or "shapley", got {method!r}')
    factors = _factors(_items(made, balance), (*names, "roe"))
    earlier = years_before(made, factors, count)
    attribute = _log_parts if method == "log" else _shapley_parts
    with np.errstate(all="ignore"):
        parts = attribute(factors[:-1], earlier[:-1])
    columns = {"roe_before": earlier[-1], **dict(zip(names, parts, strict=True)), "roe": factors[-1]}
    return pd.DataFrame({name: array.ravel() for name, array in columns.items()}, index=made.index())


def _factor_names(steps: int) -> tuple[str, ...]:
    if isinstance(steps, bool) or steps not in _MARGIN:
        raise InputError("steps", f"expected 3 or 5, got {steps!r}")
    return (*_MARGIN[steps], "asset_turnover", "equity_multiplier")


def _items(panel: Panel, balance: str) -> dict[str, Array]:
    taken = {"average": panel.average, "begin": panel.before, "end": panel.__getitem__}
    if balance not in taken:
        raise InputError("balance", f'expected "average", "begin" or "end", got {balance!r}')
    flows = {name for terms in _TERMS.values() for name in terms if name not in _BALANCES}
    items = {name: panel[name] for name in flows} | {name: taken[balance](name) for name in _BALANCES}
    return {name: np.where(np.isfinite(array), array, np.nan) for name, array in items.items()}


def _factors(items: dict[str, Array], names: tuple[str, ...]) -> Array:
    """Give the factors ``(n_factors, n_companies, n_periods)``."""
    above, below = (np.stack([items[_TERMS[name][place]] for name in names]) for place in (0, 1))
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(above / np.where(below == 0, np.nan, below))


def _status(items: dict[str, Array], names: tuple[str, ...]) -> Any:
    needed = {name for factor in names for name in _TERMS[factor]}
    below = np.stack([items[_TERMS[name][1]] for name in names])
    conditions = [
        np.isnan(np.stack([items[name] for name in needed])).any(axis=0),
        (below == 0).any(axis=0),
        items["shareholders_equity"] < 0,
        (below < 0).any(axis=0),
    ]
    words = ("not_known", "zero_denominator", "negative_equity", "negative_denominator")
    return np.select(conditions, [DupontStatus(word).value for word in words], DupontStatus.OK.value)


def _log_parts(now: Array, before: Array) -> Array:
    good = ((now > 0) & (before > 0)).all(axis=0)
    ratios = np.log(np.where(good, now, np.nan) / before)
    total = ratios.sum(axis=0)
    product = np.prod(before, axis=0)
    # expm1(t) / t keeps its digits where the return hardly changed; its limit is 1.
    mean = product * np.where(total == 0, 1.0, np.expm1(total) / np.where(total == 0, 1.0, total))
    return np.asarray(mean * ratios)


def _shapley_parts(now: Array, before: Array) -> Array:
    count = len(now)
    parts = np.zeros_like(now)
    for place in range(count):
        others = [other for other in range(count) if other != place]
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for changed in combinations(others, size):
                held = [now[other] if other in changed else before[other] for other in others]
                parts[place] += weight * reduce(mul, held)
        parts[place] *= now[place] - before[place]
    return parts
