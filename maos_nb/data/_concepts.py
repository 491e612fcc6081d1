"""Which tags of a filing an item of the statements is read from: for each item its recipes, the best first.

A recipe is a sum of terms. A term is a tag (``LongTermDebtCurrent``), the item of another row (``total_equity``,
taken from the same filing and period) or the largest of several tags (``A | B``); a term in brackets is left out
where it is not tagged. A recipe whose terms are all in brackets needs at least one of them. Tags without a prefix
are of the standard that the table is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from maos_nb.data._ifrs_concepts import IFRS_FULL
from maos_nb.data._us_gaap_concepts import BALANCES, US_GAAP

__all__ = ["BALANCES", "COVER_COUNT", "ITEMS", "OUTLAYS", "PER_SHARE", "RECIPES", "SHARES", "Standard"]

Standard: TypeAlias = Literal["us-gaap", "ifrs-full"]

RECIPES: Mapping[Standard, Mapping[str, tuple[str, ...]]] = {"us-gaap": US_GAAP, "ifrs-full": IFRS_FULL}

ITEMS = tuple(US_GAAP)
"""All items that are read, in the order in which statements show them."""

SHARES = frozenset({"basic_shares", "diluted_shares", "shares_outstanding"})
PER_SHARE = frozenset({"basic_eps", "diluted_eps", "dividends_per_share"})
# Money that can only go out: a filing that gives it as a negative number has the sign wrong.
OUTLAYS = frozenset({"capital_expenditure", "dividends_paid", "share_repurchases", "debt_repaid"})
COVER_COUNT = "shares_outstanding"
"""Counted on a day of its own, and once in a filing."""
