"""Reading a plain description of a market analysis: its day, its horizon and its stocks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from types import MappingProxyType

from maos_nb.finance._reading import Problem, Reading, refusal
from maos_nb.finance._reading.figures import plain_number, skeleton_of
from maos_nb.finance._reading.leftovers import left_over
from maos_nb.finance._reading.reader import LONGEST_DESCRIPTION
from maos_nb.finance._reading.records import Hit, Skeleton
from maos_nb.finance._reading.vocabulary import COMPANIES, DATE, KNOWN_TICKERS, NUMBER, YEARS

__all__ = ["read_market_description"]

MONTHS_A_YEAR = 12
_LEAD = r"(?:(?:for|over|in|within|horizon|of|the|next|coming|following|a)[\s:=]{1,3}){0,4}"
_DAY = re.compile(rf"(?:(?:as\s(?:of|at|on)|on|at|by|until|to|date)[\s:]{{1,2}})?(?P<day>{DATE})")
_SPAN = re.compile(
    rf"{_LEAD}(?P<figure>[{NUMBER}{YEARS}])(?:[\s-]{{0,2}}(?P<unit>months?|quarters?|mos?)(?!\w))?"
    r"(?:[\s-](?:horizon|ahead|outlook|forecast))?"
)
_NEXT = re.compile(
    r"(?<!\w)(?:over|for|in)?\s?(?:the\s)?(?:next|coming|following)\s(?P<unit>month|quarter|year)(?!\w)"
)
_MONTHS_OF = {"month": 1, "mo": 1, "quarter": 3, "year": MONTHS_A_YEAR}
_SYMBOL = re.compile(
    rf"\$(?P<dollar>[A-Za-z]{{1,5}}(?:[.-][A-Za-z])?)(?!\w)"
    rf"|(?<![\w$.&-])(?P<known>{'|'.join(sorted(KNOWN_TICKERS, reverse=True))})(?![\w&-])"
)
_NAMES = tuple(
    (re.compile(rf"(?<!\w)(?:{words})(?:'s)?(?!\w)"), ticker) for words, (ticker, _) in COMPANIES.items()
)
_KNOWN_WORDS = re.compile(
    rf"(?<!\w)(?:s&p(?:\s{NUMBER})?|sp500|us|u\.s\.|equit(?:y|ies)|markets?|stocks?|conditions?|outlook|trends?|breadth|regimes?"
    r"|sentiment|volatility|overview|states?|technicals?|fundamentals?|indicators?|risks?|factors?|opportunit(?:y|ies)"
    r"|signals?|momentum|prices?|indices|index|valuations?|bull|bear|uptrend|downtrend|turbulence|american|direction"
    r"|rising|falling|comprehensive|detailed|wall street|broad|overall|go|going|doing|performing|drawdown)(?!\w)"
)


def read_market_description(text: str, *, settled: Collection[str] = ()) -> Reading:
    """Read what a plain description says about an analysis of the market.

    Parameters
    ----------
    text : str
        The description, of at most 20,000 characters.
    settled : collection of str
        Fields that are decided elsewhere: a contradiction there is no error.

    Returns
    -------
    Reading
        `as_of`, `horizon_months` and `tickers` where they are said; what else is said and is no word of the trade is
        among `ignored`, figures always.

    Raises
    ------
    RequestError
        If the text is too long, names two days or two horizons, or a day that does not exist.

    Examples
    --------
    >>> reading = read_market_description("Market outlook as of 2020-03-20 for six months, with a cherry")
    >>> reading.values["as_of"].isoformat(), reading.values["horizon_months"], reading.ignored
    ('2020-03-20', 6, ('cherry',))
    """
    if len(text) > LONGEST_DESCRIPTION:
        came = f"{len(text):,} characters came, at most {LONGEST_DESCRIPTION:,} are read"
        raise refusal([("description", came, "Say it in a few sentences and give figures in parameters.")])
    skeleton = skeleton_of(text)
    found = list(_found(skeleton))
    problems = list(_problems(skeleton, found, settled))
    if problems:
        raise refusal(problems)
    values: dict[str, object] = {}
    evidence: dict[str, str] = {}
    for name in ("as_of", "horizon_months", "tickers"):
        hits = [hit for hit in found if name in hit.values]
        if hits:
            said = list(dict.fromkeys(hit.values[name] for hit in hits))
            values[name] = tuple(said) if name == "tickers" else said[0]
            evidence[name] = " ... ".join(dict.fromkeys(skeleton.words(hit.start, hit.end) for hit in hits))
    trade = [Hit(*match.span(), field_name="market") for match in _KNOWN_WORDS.finditer(skeleton.text)]
    return Reading(
        MappingProxyType(values),
        MappingProxyType(evidence),
        left_over(skeleton, [*(hit for hit in found if not hit.problem), *trade]),
    )


def _found(skeleton: Skeleton) -> Iterator[Hit]:
    for match in _DAY.finditer(skeleton.text):
        day = skeleton.figures[match.start("day")].day
        hit = Hit(*match.span(), {"as_of": day}, field_name="as_of")
        problem = "" if day is not None else "there is no such day"
        yield replace(hit, problem=problem, advice="Give a day such as 2020-03-20." if problem else "")
    for match in _SPAN.finditer(skeleton.text):
        yield from _span(skeleton, match)
    for match in _NEXT.finditer(skeleton.text):
        yield Hit(*match.span(), {"horizon_months": _MONTHS_OF[match["unit"]]}, field_name="horizon_months")
    symbols = [
        (*match.span(), match["dollar"] or match["known"]) for match in _SYMBOL.finditer(skeleton.cased)
    ]
    for pattern, ticker in _NAMES:
        symbols += [(*match.span(), ticker) for match in pattern.finditer(skeleton.text)]
    for start, end, ticker in sorted(symbols):
        yield Hit(start, end, {"tickers": ticker.upper()}, field_name="tickers")


def _span(skeleton: Skeleton, match: re.Match[str]) -> Iterator[Hit]:
    figure = skeleton.figures[match.start("figure")]
    if figure.sign == NUMBER and match["unit"] is None:
        return  # a number of no known unit says nothing of the horizon and is reported
    unit = (match["unit"] or "year").removesuffix("s")
    months = plain_number(figure) * _MONTHS_OF[unit]
    value = int(months) if months.is_integer() else months
    yield Hit(*match.span(), {"horizon_months": value}, field_name="horizon_months")


def _problems(skeleton: Skeleton, found: list[Hit], settled: Collection[str]) -> Iterator[Problem]:
    for name in ("as_of", "horizon_months"):
        hits = [hit for hit in found if name in hit.values and name not in settled]
        for hit in hits:
            if hit.problem:
                yield name, f"{hit.problem}: {skeleton.words(hit.start, hit.end)!r}", hit.advice
        words = {hit.values[name]: skeleton.words(hit.start, hit.end) for hit in reversed(hits)}
        if len(words) > 1:
            told = " and ".join(map(repr, list(words.values())[::-1]))
            advice = "Keep one of them, or settle it in parameters."
            yield name, f"the description contradicts itself: {told}", advice
