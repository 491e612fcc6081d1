"""Finding figures and dates in a text, whatever the writer's habits, and putting one sign for each."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from maos_nb.finance._reading.records import Figure, Skeleton
from maos_nb.finance._reading.vocabulary import (
    DATE,
    MONEY,
    MONTHS,
    MULTIPLE,
    NUMBER,
    PERCENT,
    SCALES,
    WORD_NUMBERS,
    YEARS,
)

__all__ = ["plain_number", "skeleton_of", "whole_number"]

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_FIGURE = re.compile(
    rf"""(?<!\w)(?<!\d[.,/'])(?:
    (?P<date>\d{{4}}-\d{{1,2}}-\d{{1,2}} | \d{{1,2}}/\d{{1,2}}/\d{{4}} | \d{{1,2}}\.\d{{1,2}}\.\d{{4}}
        | \d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\.?,?\s\d{{4}}
        | {_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}})(?!\w)
    | (?P<minus>(?<![\w%)])-|(?:minus|negative)\s)?
      (?P<currency>us\s?\$|usd\s?|[$€£¥]|(?:eur|gbp|chf|jpy)\s?)?
      (?P<number>[1-9]\d{{0,2}}(?:,\d{{3}}){{1,5}}(?:\.\d{{1,18}})?
        | [1-9]\d{{0,2}}(?:\.\d{{3}}){{1,5}},\d{{1,18}}
        | [1-9]\d{{0,2}}(?:\.\d{{3}}){{2,5}}
        | [1-9]\d{{0,2}}(?:[ ']\d{{3}}){{1,5}}(?:[.,]\d{{1,18}})?
        | \d{{1,18}}(?:[.,]\d{{1,18}})? | \.\d{{1,18}}
        | {"|".join(sorted(WORD_NUMBERS, key=len, reverse=True))})
      (?P<power>e[+-]?\d{{1,3}})?
      (?P<unit>\s{{0,2}}%|[\s-]{{0,2}}(?:percent|per\s?cent|pct|bps?|basis[\s-]points?|x|times
        | (?:(?:fiscal|forecast|projection|explicit|full|calendar)\s)?years?|yrs?|y
        | {"|".join(sorted(SCALES, key=len, reverse=True))}|millions|billions|trillions)(?!\w))?+
      (?:(?<=%)|(?!\w|[.,/']\d|\s\d/\d|½|¼|¾)))""",
    re.VERBOSE,
)


def _normalised(text: str) -> str:
    """Give the same text in plain characters, one for one."""
    special = {ord(char): _plain(char) for char in set(text) if ord(char) > 126 or char == "\t"}
    return text.translate(special)


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    if char == "\N{ARABIC PERCENT SIGN}":
        return "%"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in ("Co", "Cf", "Cc", "Cs", "Zs", "Zl", "Zp"):
        return " "
    if char in "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}":
        return "'"
    if char == "\N{MULTIPLICATION SIGN}":
        return "x"
    folded = unicodedata.normalize("NFKC", char)
    return (
        folded if len(folded) == 1 and len(folded.lower()) == 1 else char if len(char.lower()) == 1 else "?"
    )


def skeleton_of(original: str) -> Skeleton:
    """Put one sign for each figure and date of a text."""
    cased = _normalised(original)
    pieces: list[str] = []
    starts: list[int] = []
    figures: dict[int, Figure] = {}
    done = 0
    for match in _FIGURE.finditer(cased.lower()):
        figure = _date_figure(match) if match["date"] else _number_figure(match)
        pieces += cased[done : match.start()], figure.sign
        starts += range(done, match.start() + 1)
        figures[len(starts) - 1] = figure
        done = match.end()
    pieces.append(cased[done:])
    starts += range(done, len(cased) + 1)
    skeleton = "".join(pieces)
    return Skeleton(original, skeleton, skeleton.lower(), tuple(starts), figures)


def _number_figure(match: re.Match[str]) -> Figure:
    unit = (match["unit"] or "").strip(" -").removesuffix("s")
    value = _decimal(match["number"], match["power"] or "") * (-1 if match["minus"] else 1)
    currency = (match["currency"] or "").strip()
    if unit in ("%", "percent", "per cent", "pct"):
        sign, value = PERCENT, value / 100
    elif unit == "bp" or unit.startswith("basis"):
        sign, value = PERCENT, value / 10_000
    elif unit in SCALES:
        sign, value = MONEY, value.scaleb(SCALES[unit])
    elif unit in ("x", "time"):
        sign = MULTIPLE
    else:
        sign = YEARS if unit else MONEY if currency else NUMBER
    return Figure(sign, match.start(), match.end(), value, currency)


def _decimal(number: str, power: str = "") -> Decimal:
    if number in WORD_NUMBERS:
        return Decimal(WORD_NUMBERS[number])
    number = number.replace(" ", "").replace("'", "")
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+|(?:\.\d{3})+)", number):
        number = number.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", number):
        number = number.replace(",", "")
    return Decimal(number.replace(",", ".") + power)


def _date_figure(match: re.Match[str]) -> Figure:
    parts = re.findall(rf"\d+|{_MONTH}", match["date"])
    if parts[0].isdigit() and len(parts[0]) == 4:
        year, month, day = (int(part) for part in parts)
    else:
        year = int(parts[2])
        day, month = _day_and_month(parts[0], parts[1], is_day_first="." in match["date"])
    try:
        found = date(year, month, day)
    except ValueError:
        found = None
    return Figure(DATE, match.start(), match.end(), day=found)


def _day_and_month(first: str, second: str, *, is_day_first: bool) -> tuple[int, int]:
    """Split a date's two parts; with slashes the month comes first, as in the United States, if it can."""
    if not first.isdigit():
        return int(second), MONTHS[first[:3]]
    if not second.isdigit():
        return int(first), MONTHS[second[:3]]
    if is_day_first or int(first) > 12:
        return int(first), int(second)
    return int(second), int(first)


def plain_number(figure: Figure) -> float:
    """Give the value of a figure; a percentage is a decimal."""
    return float(figure.value)


def whole_number(figure: Figure) -> float | int:
    """Give the value of a figure, as an integer where it is whole."""
    value = plain_number(figure)
    return int(value) if value.is_integer() else value
