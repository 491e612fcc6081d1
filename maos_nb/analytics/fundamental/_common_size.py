"""Common-size statements: every line as a part of revenue or of total assets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CommonSize", "common_size"]

Lines: TypeAlias = dict[str, Array]
Texts: TypeAlias = npt.NDArray[np.object_]

# Lines are filed in millions by most: half a unit each way on a total of ten thousand.
TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CommonSize:
    """A common-size statement, and whether it adds up.

    Parameters
    ----------
    statement
        ``"income"``, ``"balance"`` or ``"cash"``.
    base
        What every line is divided by: revenue or total_assets.
    frame
        A row for each company and period, a column for each line as a part of the base; subtotals too.
    parts
        For each sum the columns that make it up: each sum is itself a column of `frame`, save where it is the base.
    totals
        What the parts add up to, a column for each sum: 1 where the sum is the base. NaN where one that is needed
        is not known, which `status` names.
    status
        ``"adds up"``, or why not, in words, in the shape of `totals`.
    """

    statement: str
    base: str
    frame: pd.DataFrame
    parts: Mapping[str, tuple[str, ...]]
    totals: pd.DataFrame
    status: pd.DataFrame

    def __repr__(self) -> str:
        good = int((self.status == "adds up").to_numpy().sum())
        return (
            f"CommonSize({self.statement} over {self.base}, {len(self.frame)} rows x {self.frame.shape[1]} lines, "
            f"{good} of {self.status.size} sums add up)"
        )


def common_size(panel: Any, statement: Literal["income", "balance", "cash"] = "income") -> CommonSize:
    """Put a statement on a common size: each line over revenue, or over total assets.

    Parameters
    ----------
    panel : Panel, Statements or DataFrame
        What `as_panel` takes.
    statement : {"income", "balance", "cash"}
        The income and cash flow statements are divided by revenue, the balance sheet by total assets.

    Returns
    -------
    CommonSize
        With lines named ``other_...`` for what the statement holds beside the lines that are known, so that they
        add up to its totals. A line that is not known is NaN and is then part of that other line. All is NaN where
        the base is not known or not above zero.

    Raises
    ------
    InputError
        For another `statement`, or what `as_panel` refuses.

    Notes
    -----
    Income: revenue is the cost of revenue, research, selling and administration, other operating expenses,
    interest, other non-operating expenses (negative where they are an income), income tax, what comes after
    taxes (minorities, discontinued operations), and net income. It adds up where operating and pretax income, tax and
    net income are known. Gross profit, operating expenses and interest income are shown beside the sum.

    Balance: assets by line, and liabilities by line with equity; the latter side adds up to one where the balance
    sheet balances. Where a subtotal of current items is not filed, their other line is a part of the other
    assets or liabilities. Liabilities that were not filed are what is left of liabilities and equity. Deferred
    revenue and leases, which are partly current, are shown beside the sums and not in them.

    Cash: outlays are negative. Operating, investing and financing flows each add up to their total, and these,
    with the effect of exchange rates where it is known, to the change in cash.

    Examples
    --------
    >>> panel = Panel(
    ...     ("A",),
    ...     (2023,),
    ...     {
    ...         "revenue": [[200.0]],
    ...         "cost_of_revenue": [[120.0]],
    ...         "operating_income": [[30.0]],
    ...         "pretax_income": [[28.0]],
    ...         "income_tax": [[7.0]],
    ...         "net_income": [[21.0]],
    ...     },
    ... )
    >>> found = common_size(panel)
    >>> found
    CommonSize(income over revenue, 1 rows x 14 lines, 1 of 1 sums add up)
    >>> found.frame.loc[("A", 2023), ["cost_of_revenue", "other_operating_expenses", "net_income"]].to_dict()
    {'cost_of_revenue': 0.6, 'other_operating_expenses': 0.25, 'net_income': 0.105}
    >>> round(float(found.totals.loc[("A", 2023), "revenue"]), 12)
    1.0
    """
    if statement not in _STATEMENTS:
        raise InputError("statement", f'expected "income", "balance" or "cash", got {statement!r}')
    made = as_panel(panel)
    layout = _STATEMENTS[statement]
    base = made[layout.base]
    with np.errstate(all="ignore"):
        lines = layout.lines(made)
        sized = {name: line / np.where(base > 0, base, np.nan) for name, line in lines.items()}
    sized = {name: np.where(np.isfinite(line), line, np.nan) for name, line in sized.items()}
    totals, status = {}, {}
    for whole, parts in layout.parts.items():
        expected = sized.get(whole, np.where(base > 0, 1.0, np.nan))
        needed = sum(sized[name] for name in layout.needed[whole])
        totals[whole] = np.where(np.isnan(needed), np.nan, _known_sum(*(sized[name] for name in parts)))
        status[whole] = _words(layout, whole, sized, base, totals[whole] - expected)
    index = made.index()
    return CommonSize(
        statement=statement,
        base=layout.base,
        frame=_framed(sized, index),
        parts=layout.parts,
        totals=_framed(totals, index),
        status=_framed(status, index),
    )


def _framed(columns: Mapping[str, Any], index: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: array.ravel() for name, array in columns.items()}, index=index)


def _known_sum(*arrays: Array) -> Array:
    """Add up what is known; NaN where nothing is."""
    stacked = np.stack(np.broadcast_arrays(*arrays))
    known = ~np.isnan(stacked)
    return np.asarray(np.where(known.any(axis=0), np.where(known, stacked, 0.0).sum(axis=0), np.nan))


def _less(whole: Array, *parts: Array) -> Array:
    """Give what is left of a whole without the parts that are known."""
    return np.asarray(whole - np.nansum(np.stack(parts), axis=0))


def _first(*arrays: Array) -> Array:
    """Give the first that is known."""
    found = arrays[0]
    for array in arrays[1:]:
        found = np.where(np.isnan(found), array, found)
    return found


def _words(layout: _Layout, whole: str, sized: Lines, base: Array, gap: Array) -> Texts:
    """Say of each row whether the parts add up to the whole, and why not."""
    words = np.full(base.shape, "adds up", dtype=object)
    for place in zip(*np.nonzero(np.abs(gap) > TOLERANCE), strict=True):
        words[place] = f"parts are {gap[place]:+.2%} of {layout.base} away from {whole}"
    missing = {name: np.isnan(sized[name]) for name in layout.needed[whole]}
    for name in reversed(missing):
        words[missing[name]] = f"{name} is not known"
    for name in layout.parts[whole]:
        if name in layout.not_negative:
            low = sized[name] < -TOLERANCE
            for place in zip(*np.nonzero(low & (words == "adds up")), strict=True):
                words[place] = f"adds up, but lines overlap: {name} is {sized[name][place]:.2%}"
    words[np.isnan(base)] = f"{layout.base} is not known"
    words[base <= 0] = f"{layout.base} is not above zero"
    return words


_INCOME_PARTS = (
    "cost_of_revenue",
    "research_and_development",
    "selling_general_administrative",
    "other_operating_expenses",
    "interest_expense",
    "other_non_operating_expenses",
    "income_tax",
    "other_after_tax",
    "net_income",
)


def _income(panel: Panel) -> Lines:
    revenue, operating, pretax = panel["revenue"], panel["operating_income"], panel["pretax_income"]
    operating_lines = [panel[name] for name in _INCOME_PARTS[:3]]
    return {
        "cost_of_revenue": operating_lines[0],
        "gross_profit": panel["gross_profit"],
        "research_and_development": operating_lines[1],
        "selling_general_administrative": operating_lines[2],
        "other_operating_expenses": _less(revenue - operating, *operating_lines),
        "operating_expenses": panel["operating_expenses"],
        "operating_income": operating,
        "interest_expense": panel["interest_expense"],
        "interest_income": panel["interest_income"],
        "other_non_operating_expenses": _less(operating - pretax, panel["interest_expense"]),
        "pretax_income": pretax,
        "income_tax": panel["income_tax"],
        "other_after_tax": pretax - panel["income_tax"] - panel["net_income"],
        "net_income": panel["net_income"],
    }


_CURRENT_ASSETS = ("cash_and_equivalents", "short_term_investments", "receivables", "inventory")
_FIXED_ASSETS = ("property_plant_equipment", "goodwill", "intangible_assets", "long_term_investments")
_CURRENT_DEBTS = ("accounts_payable", "short_term_debt")
_ASSET_PARTS = (*_CURRENT_ASSETS, "other_current_assets", *_FIXED_ASSETS, "other_assets")
_CLAIM_PARTS = (
    *_CURRENT_DEBTS,
    "other_current_liabilities",
    "long_term_debt",
    "other_liabilities",
    "temporary_equity",
    "shareholders_equity",
    "minority_interest",
)


def _balance(panel: Panel) -> Lines:
    current_assets = [panel[name] for name in _CURRENT_ASSETS]
    fixed_assets = [panel[name] for name in _FIXED_ASSETS]
    current_debts = [panel[name] for name in _CURRENT_DEBTS]
    total, current, due = panel["total_assets"], panel["current_assets"], panel["current_liabilities"]
    temporary = panel["temporary_equity"]
    minority = _first(panel["minority_interest"], panel["total_equity"] - panel["shareholders_equity"])
    equity = _first(panel["shareholders_equity"], panel["total_equity"] - minority)
    claims = _first(panel["liabilities_and_equity"], total)
    owed = _first(panel["total_liabilities"], _less(claims - equity, temporary, minority))
    return {
        **dict(zip(_CURRENT_ASSETS, current_assets, strict=True)),
        "other_current_assets": _less(current, *current_assets),
        "current_assets": current,
        **dict(zip(_FIXED_ASSETS, fixed_assets, strict=True)),
        "other_assets": _less(total, _first(current, _known_sum(*current_assets)), *fixed_assets),
        **dict(zip(_CURRENT_DEBTS, current_debts, strict=True)),
        "other_current_liabilities": _less(due, *current_debts),
        "current_liabilities": due,
        "long_term_debt": panel["long_term_debt"],
        "other_liabilities": _less(owed, _first(due, _known_sum(*current_debts)), panel["long_term_debt"]),
        "total_liabilities": owed,
        "deferred_revenue": panel["deferred_revenue"],
        "operating_lease_liability": panel["operating_lease_liability"],
        "finance_lease_liability": panel["finance_lease_liability"],
        "temporary_equity": temporary,
        "preferred_equity": panel["preferred_equity"],
        "retained_earnings": panel["retained_earnings"],
        "shareholders_equity": equity,
        "minority_interest": minority,
    }


_CASH_PARTS = {
    "operating_cash_flow": {
        "net_income": 1,
        "depreciation_and_amortization": 1,
        "share_based_compensation": 1,
        "deferred_income_tax": 1,
    },
    "investing_cash_flow": {"capital_expenditure": -1, "acquisitions": -1},
    "financing_cash_flow": {
        "dividends_paid": -1,
        "share_repurchases": -1,
        "share_issuance": 1,
        "debt_issued": 1,
        "debt_repaid": -1,
    },
}


def _cash(panel: Panel) -> Lines:
    lines: Lines = {}
    for total, signs in _CASH_PARTS.items():
        known = {name: sign * panel[name] for name, sign in signs.items()}
        lines |= known
        lines[_other(total)] = _less(panel[total], *known.values())
        lines[total] = panel[total]
    lines["exchange_rate_effect"] = panel["exchange_rate_effect"]
    lines["change_in_cash"] = panel["change_in_cash"]
    return lines


def _other(total: str) -> str:
    return f"other_{total}"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a statement is laid out: its lines, which of them make up which sum, and what each sum needs."""

    base: str
    lines: Callable[[Panel], Lines]
    parts: Mapping[str, tuple[str, ...]]
    needed: Mapping[str, tuple[str, ...]]
    not_negative: frozenset[str] = frozenset()


_STATEMENTS = {
    "income": _Layout(
        "revenue",
        _income,
        MappingProxyType({"revenue": _INCOME_PARTS}),
        {"revenue": ("operating_income", "pretax_income", "income_tax", "net_income")},
    ),
    "balance": _Layout(
        "total_assets",
        _balance,
        MappingProxyType({"total_assets": _ASSET_PARTS, "liabilities_and_equity": _CLAIM_PARTS}),
        {
            "total_assets": ("other_assets",),
            "liabilities_and_equity": ("total_liabilities", "shareholders_equity"),
        },
        frozenset(("other_current_assets", "other_assets", "other_current_liabilities", "other_liabilities")),
    ),
    "cash": _Layout(
        "revenue",
        _cash,
        MappingProxyType(
            {
                **{total: (*signs, _other(total)) for total, signs in _CASH_PARTS.items()},
                "change_in_cash": (*_CASH_PARTS, "exchange_rate_effect"),
            }
        ),
        {**{total: (total,) for total in _CASH_PARTS}, "change_in_cash": ("change_in_cash", *_CASH_PARTS)},
    ),
}
