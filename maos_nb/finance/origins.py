"""An assumption and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maos_nb.finance.evidence import History
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["Assumption", "Found", "Origin", "filed", "given"]


class Origin(StrEnum):
    """Where an assumption comes from, best first."""

    GIVEN = "given"
    DATA = "data"
    SECTOR = "sector"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Assumption:
    """One input of the valuation.

    Parameters
    ----------
    name : str
        The driver's name.
    value : float
        Rates as decimals, money in the company's currency.
    unit : str
        "rate", "money", "shares", "multiple" or "years".
    origin : Origin
        Given by the user, read from data, an average of the sector, or a default.
    source : str
        The words, the document or the rule that it comes from.
    """

    name: str
    value: float
    unit: str
    origin: Origin
    source: str


Found = tuple[float, Origin, str]
"""A value, its origin, and where exactly it was found."""


def filed(history: History, words: str = "") -> str:
    """Say from which annual report a figure is."""
    report = f"fiscal {history.years[-1]}, filed {history.filed}, {history.source}"
    return f"{words}; {report}" if words else report


def given(request: FinancialModelRequest, name: str, unit: str) -> Assumption | None:
    """Give the assumption that the request itself makes; None where it makes none."""
    value = getattr(request, name, None)
    if value is None:
        return None
    return Assumption(name, float(value), unit, Origin.GIVEN, request.evidence.get(name, "parameters"))
