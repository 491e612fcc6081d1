"""How a report writes amounts, rates and names; the same on a page and in a terminal."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Money",
    "driver_value",
    "money_for",
    "name_of",
    "per_share",
    "percent",
    "plain",
    "ratio",
    "visible",
]

UNKNOWN = "n/a"
_NAMES = {
    "wacc": "WACC",
    "beta": "Beta",
    "risk_free": "Risk-free rate",
    "investments": "Investments in securities",
    "leases": "Finance leases",
    "exit_multiple": "Exit multiple, EV/EBITDA",
    "dcf_scenarios": "Cash flows, scenarios",
    "dcf_draws": "Cash flows, random draws",
    "ev_to_ebitda": "EV/EBITDA of peers",
    "ev_to_revenue": "EV/revenue of peers",
    "price_to_earnings": "Price/earnings of peers",
}
_SCALES = ((1e6, "millions"), (1e3, "thousands"), (1.0, ""))


@dataclass(frozen=True, slots=True)
class Money:
    """How the money of one report is written.

    Parameters
    ----------
    currency : str
        A code such as "USD", or words for an index.
    divisor : float
        What amounts are divided by.
    unit : str
        The words behind a table's title, as "USD millions".
    decimals : int
        Digits after the point.
    """

    currency: str
    divisor: float
    unit: str
    decimals: int

    def write(self, amount: Any) -> str:
        """Write an amount; "n/a" where it is not known."""
        return plain(amount / self.divisor, self.decimals) if _known(amount) else UNKNOWN


def money_for(amounts: list[Any], currency: str) -> Money:
    """Choose millions, or less for small companies; an index is written as it is."""
    largest = max((abs(amount) for amount in amounts if _known(amount)), default=0.0)
    divisor, words = 1.0, ""
    if re.fullmatch("[A-Z]{3}", currency):
        divisor, words = next((scale for scale in _SCALES if largest >= scale[0]), _SCALES[0])
    shown = largest / divisor
    decimals = 0 if shown >= 10_000 else 1 if shown >= 100 else 2
    return Money(currency, divisor, f"{currency} {words}".strip(), decimals)


def plain(value: Any, decimals: int) -> str:
    """Write a number with its thousands apart; never "-0"."""
    if not _known(value):
        return UNKNOWN
    if abs(value) >= 1e15:
        return f"{value:.3e}"
    text = f"{value:,.{decimals}f}"
    return text if re.search("[1-9]", text) else text.lstrip("-")


def per_share(value: Any) -> str:
    """Write an amount per share, to the cent; more digits for pennies."""
    return plain(value, 4 if _known(value) and 0 < abs(value) < 0.1 else 2)


def percent(value: Any, decimals: int = 1, *, signed: bool = False) -> str:
    """Write a decimal as a percentage."""
    text = plain(100 * value, decimals) if _known(value) else UNKNOWN
    return text if text == UNKNOWN else f"{'+' if signed and value > 0 else ''}{text}%"


def ratio(value: Any, decimals: int = 1) -> str:
    """Write a multiple."""
    return f"{plain(value, decimals)}x" if _known(value) else UNKNOWN


def driver_value(name: str, unit: str, value: Any, money: Money) -> str:
    """Write an assumption in its unit."""
    if not _known(value) or unit == "rate":
        return percent(value, 2)
    if unit == "money":
        return money.write(value)
    if unit == "shares":
        return f"{plain(value / 1e6, 1)} million"
    if unit == "years":
        return f"{plain(value, 0)} years"
    return plain(value, 2) if name == "beta" else ratio(value, 2)


def name_of(driver: str) -> str:
    """Write a field's name for people."""
    words = driver.replace("_", " ")
    return _NAMES.get(driver, words[:1].upper() + words[1:])


def visible(text: Any) -> str:
    r"""Give a text that may come from anywhere without the characters that steer terminals and pages.

    Examples
    --------
    >>> visible("Acme\x1b[2J Inc.")
    'Acme�[2J Inc.'
    """
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(str(text).split()))


def _known(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
