"""What has to hold between the figures of a statement, as data."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental.panel import Panel

__all__ = ["IDENTITIES", "Identity", "Sum", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """An item in a sum, or an item times another; with `is_before`, of the period before.

    One that is not `needed` counts as none where it is not known, and the words say so.
    """

    item: str
    sign: int = 1
    needed: bool = True
    is_before: bool = False
    times: str = ""

    @property
    def words(self) -> str:
        """How the term is called."""
        return f"{self.item}{f' x {self.times}' if self.times else ''}{' before' if self.is_before else ''}"

    def figures(self, panel: Panel) -> Array:
        """Give the signed figures ``(n_companies, n_periods)``, NaN where they are not known or not finite."""
        figures = self.sign * panel[self.item]
        if self.times:
            figures = figures * panel[self.times]
        if self.is_before:
            figures = np.concatenate([np.full_like(figures[:, :1], np.nan), figures[:, :-1]], axis=1)
        return np.asarray(np.where(np.isfinite(figures), figures, np.nan))


Sum: TypeAlias = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """A figure and what it has to be.

    Parameters
    ----------
    name : str
    variants : tuple of (found, expected)
        Filers define some figures in more than one way; the variant that comes nearest counts.
    """

    name: str
    variants: tuple[tuple[Sum, Sum], ...]


_FLOWS = (Term("operating_cash_flow"), Term("investing_cash_flow"), Term("financing_cash_flow"))
_EXCHANGE = Term("exchange_rate_effect", needed=False)
_LIABILITIES = (Term("total_liabilities"), Term("temporary_equity", needed=False))
_PREFERRED = Term("preferred_dividends", sign=-1, needed=False)

IDENTITIES: tuple[Identity, ...] = (
    Identity(
        "balance_sheet",
        (
            ((Term("total_assets"),), (*_LIABILITIES, Term("total_equity"))),
            (
                (Term("total_assets"),),
                (*_LIABILITIES, Term("shareholders_equity"), Term("minority_interest", needed=False)),
            ),
        ),
    ),
    Identity("liabilities_and_equity", (((Term("liabilities_and_equity"),), (Term("total_assets"),)),)),
    Identity(
        "total_equity",
        (
            (
                (Term("total_equity"),),
                (Term("shareholders_equity"), Term("minority_interest", needed=False)),
            ),
        ),
    ),
    Identity(
        "gross_profit",
        (((Term("gross_profit"),), (Term("revenue"), Term("cost_of_revenue", sign=-1))),),
    ),
    Identity(
        "net_income_with_minorities",
        (
            (
                (Term("net_income_with_minorities"),),
                (Term("net_income"), Term("minority_income", needed=False)),
            ),
        ),
    ),
    # Since ASU 2016-18 the statement of cash flows explains cash with restricted cash, before it without.
    Identity(
        "cash_roll",
        tuple(
            ((Term(cash),), (Term(cash, is_before=True), *change))
            for cash, change in product(
                ("cash_and_restricted_cash", "cash_and_equivalents"),
                (
                    (Term("change_in_cash"),),
                    (Term("change_in_cash"), _EXCHANGE),
                    (*_FLOWS, _EXCHANGE),
                ),
            )
        ),
    ),
    # The change in cash is filed with the effect of exchange rates by some and before it by others.
    Identity(
        "cash_flows",
        (
            ((Term("change_in_cash"),), (*_FLOWS, _EXCHANGE)),
            ((Term("change_in_cash"),), _FLOWS),
        ),
    ),
    *(
        Identity(
            f"{kind}_eps",
            (((Term(f"{kind}_eps", times=f"{kind}_shares"),), (Term("net_income"), _PREFERRED)),),
        )
        for kind in ("basic", "diluted")
    ),
)
"""What `quality_checks` tries, in this order."""
