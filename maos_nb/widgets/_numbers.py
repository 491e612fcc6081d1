"""Numbers as people type them into a field: 8.5%, 0.085, 1,000,000, $2.5 million."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

__all__ = ["number_typed", "numbers_typed", "typed"]

_POWERS: Mapping[str, int] = {
    **dict.fromkeys(("%", "percent", "pct"), -2),
    **dict.fromkeys(("bp", "bps", "basis point", "basis points"), -4),
    **dict.fromkeys(("k", "thousand"), 3),
    **dict.fromkeys(("m", "mn", "mm", "million"), 6),
    **dict.fromkeys(("b", "bn", "billion"), 9),
    **dict.fromkeys(("t", "tn", "trillion"), 12),
    "x": 0,
}
_NUMBER = re.compile(
    rf"""(?P<sign>[+-]?)\s*[$€£¥]?\s*
    (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d*)? | \d+(?:\.\d*)? | \.\d+)(?P<power>e[+-]?\d{{1,2}})?
    \s*(?P<unit>{"|".join(sorted(map(re.escape, _POWERS), key=len, reverse=True))})?""",
    re.VERBOSE | re.IGNORECASE,
)
_DASHES = {ord(dash): "-" for dash in "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}"}
# A comma followed by exactly three digits belongs to the number; a dash after an "e" does too.
_BETWEEN = re.compile(
    r"\s*(?:;|\bto\b|\band\b|,\s+|,(?!\d{3}(?!\d))|\s-\s|(?<=[\d%])-(?=[\d.$]))\s*", re.IGNORECASE
)


def number_typed(text: str, unit: str = "") -> int | float | None:
    """Read one number, with its unit behind it or not; None where the text is no number.

    A percentage gives a fraction, exactly: "8.5%" is 0.085. A whole number gives an int.

    Examples
    --------
    >>> number_typed("8.5%"), number_typed("$2.5 million"), number_typed("1,000"), number_typed("10 years", "years")
    (0.085, 2500000, 1000, 10)
    >>> number_typed("1,5") is None
    True
    """
    plain = text.strip().translate(_DASHES).casefold()
    match = _NUMBER.fullmatch(plain.removesuffix(unit.casefold()).rstrip() if unit else plain)
    if match is None:
        return None
    number = Decimal(match["sign"] + match["digits"].replace(",", "") + (match["power"] or ""))
    number = number.scaleb(_POWERS[match["unit"] or "x"])
    return int(number) if number == number.to_integral_value() else float(number)


def numbers_typed(text: str, unit: str = "") -> tuple[int | float, ...] | None:
    """Read several numbers; a percent sign behind the last one counts for all. None if one is none.

    Examples
    --------
    >>> numbers_typed("8-9%"), numbers_typed("0.08 to 0.09"), numbers_typed("1,000, 2,000")
    ((0.08, 0.09), (0.08, 0.09), (1000, 2000))
    """
    parts = _BETWEEN.split(text.strip().translate(_DASHES))
    if parts[-1].endswith("%") and not any("%" in part for part in parts[:-1]):
        parts = [f"{part}%" for part in parts[:-1]] + [parts[-1]]
    found = [number_typed(part, unit) for part in parts]
    numbers = tuple(number for number in found if number is not None)
    return numbers if len(numbers) == len(found) else None


def typed(number: float, *, as_percent: bool = False) -> str:
    """Write a number so that reading it gives the same number again.

    Examples
    --------
    >>> typed(0.085, as_percent=True), typed(2500000), typed(0.1)
    ('8.5%', '2,500,000', '0.1')
    """
    exact = Decimal(repr(number)) * (100 if as_percent else 1)
    shown = f"{exact.normalize():,f}"
    return f"{shown}%" if as_percent else shown
