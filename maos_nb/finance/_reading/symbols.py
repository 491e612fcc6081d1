"""Ticker symbols: the only rules that look at capitals."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from maos_nb.finance._reading.measures import field_named
from maos_nb.finance._reading.phrases import is_phrase, sector_named
from maos_nb.finance._reading.records import Hit, Skeleton
from maos_nb.finance._reading.vocabulary import COMPANIES, FILLER, KNOWN_TICKERS, NOT_TICKERS

__all__ = ["nearest_ticker", "symbol_hits"]

_SYMBOL = r"(?P<symbol>[A-Z]{1,5}(?:[.-][A-Z])?)(?![\w&])"
_INTRODUCED = (
    r"(?i:\b(?:value|valuing|valuation|model|dcf|worth|analy[sz]e|analysis|price|stock|company|ticker|symbol|for)"
    r"(?:\s(?:of|for|on|is|the|stock|company|shares?)){0,3}[\s:=(]{1,3})"
)
_SYMBOL_RULES = (
    re.compile(r"\$(?P<symbol>[A-Za-z]{1,5}(?:[.-][A-Za-z])?)(?!\w)"),
    re.compile(
        r"(?i:\b(?:nyse|nasdaq|ticker|symbol)\s?[:=]?\s?)(?P<symbol>[A-Za-z]{1,5}(?:[.-][A-Za-z])?)(?!\w)"
    ),
    re.compile(rf"\((?:[A-Z]+:\s?)?{_SYMBOL}\)"),
    re.compile(_INTRODUCED + _SYMBOL),
    re.compile(rf"(?<![\w$.&-]){_SYMBOL}(?='s\s|\s(?i:dcf|valuation|worth|stock|shares?)\b)"),
    re.compile(rf"\A\W*{_SYMBOL}\W*\Z"),
)
_KNOWN = "|".join(sorted(KNOWN_TICKERS, reverse=True))
_KNOWN_SYMBOL = re.compile(rf"(?<![\w$.&-])(?P<symbol>{_KNOWN})(?![\w&-])")
_KNOWN_ANY_CASE = rf"(?P<symbol>(?i:{_KNOWN}))(?![\w&-])"
_KNOWN_BESIDE = (
    re.compile(rf"(?:{_INTRODUCED}|\A\W*){_KNOWN_ANY_CASE}"),
    re.compile(rf"(?<![\w$.&-]){_KNOWN_ANY_CASE}(?=\s(?i:dcf|valuation|worth|stock|shares?)\b)"),
)


def symbol_hits(skeleton: Skeleton) -> Iterator[Hit]:
    """Find every ticker symbol; hits may overlap."""
    for pattern in (*_SYMBOL_RULES, _KNOWN_SYMBOL, *_KNOWN_BESIDE):
        for match in pattern.finditer(skeleton.cased):
            symbol = match["symbol"].upper()
            if symbol in KNOWN_TICKERS or _may_be_ticker(symbol):
                yield Hit(*match.span("symbol"), {"ticker": symbol}, field_name="ticker")


def _may_be_ticker(symbol: str) -> bool:
    word = symbol.lower()
    is_vocabulary = sector_named(word) or field_named(word) or is_phrase(word)
    return symbol not in NOT_TICKERS and word not in FILLER and not is_vocabulary


_TICKER_OF = {ticker.lower(): ticker for ticker in KNOWN_TICKERS} | {
    name.lower(): ticker for ticker, name in COMPANIES.values()
}


def nearest_ticker(groups: Iterable[str]) -> str | None:
    """Give the known ticker whose symbol or company's name is nearly one of the words, else None.

    Examples
    --------
    >>> nearest_ticker(["Mircosoft"]), nearest_ticker(["Tesla"])
    ('MSFT', None)
    """
    for group in groups:
        for word in (group, *group.split()):
            near = difflib.get_close_matches(word.lower()[:40], _TICKER_OF, n=1, cutoff=0.8)
            if near:
                return _TICKER_OF[near[0]]
    return None
