"""Phrases: anything that is neither a name beside a figure nor a ticker symbol."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache

from maos_nb.finance._reading.figures import plain_number, whole_number
from maos_nb.finance._reading.records import Figure, Hit, Skeleton, UnreadableError
from maos_nb.finance._reading.vocabulary import (
    COMPANIES,
    DATE,
    MULTIPLE,
    NUMBER,
    PERCENT,
    SECTORS,
    YEARS,
    spaced,
)

__all__ = ["is_phrase", "phrase_hits", "scenario_named", "sector_hits", "sector_named"]

_Find = Callable[[re.Match[str], Skeleton], Mapping[str, object]]


def _always(**values: object) -> _Find:
    return lambda match, skeleton: values


def _figure_at(match: re.Match[str], skeleton: Skeleton, group: str) -> Figure:
    return skeleton.figures[match.start(group)]


def _two_horizons(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    raise UnreadableError("two figures came where one is expected", "Give one number of years.")


def _horizon(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    return {"time_horizon": whole_number(_figure_at(match, skeleton, "years"))}


def _endless(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    return {"terminal_growth": plain_number(_figure_at(match, skeleton, "rate"))}


def _exit(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    return {"exit_multiple": plain_number(_figure_at(match, skeleton, "times"))}


def _as_of(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    day = _figure_at(match, skeleton, "date").day
    if day is None:
        raise UnreadableError("no such day in the calendar", "Write the date as 2022-12-31.")
    return {"as_of": day}


def _year_end(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    year = plain_number(_figure_at(match, skeleton, "year"))
    if not (year.is_integer() and 1900 <= year <= 2200):
        raise UnreadableError("no year", "Write the date as 2022-12-31.")
    return {"as_of": date(int(year), 12, 31)}


def _no_rate(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    raise UnreadableError("no finite figure", "Give a rate, such as 8.5%, or leave it out.")


_ALL_SCENARIOS = ("base", "optimistic", "pessimistic")
_SCENARIO_WORDS = {
    "base": "base",
    "optimistic": "bull(?:ish)?|optimistic|upside|best",
    "pessimistic": "bear(?:ish)?|pessimistic|downside|worst",
}


def scenario_named(word: str) -> str | None:
    """Give the scenario that a word stands for, else None.

    Examples
    --------
    >>> scenario_named("bull"), scenario_named("medium")
    ('optimistic', None)
    """
    return next(
        (name for name, words in _SCENARIO_WORDS.items() if re.fullmatch(words, word.strip().lower())), None
    )


def _named_scenarios(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    found = {scenario_named(word) for word in re.findall("[a-z]+", match[0])}
    return {"scenarios": tuple(name for name in _ALL_SCENARIOS if name in found or name == "base")}


def _counted_scenarios(match: re.Match[str], skeleton: Skeleton) -> Mapping[str, object]:
    count = plain_number(_figure_at(match, skeleton, "count"))
    if count not in (1, 3):
        raise UnreadableError("which ones is not said", "Name them: base, optimistic, pessimistic.")
    return {"scenarios": _ALL_SCENARIOS if count == 3 else ("base",)}


_CASE = rf"(?:{'|'.join(_SCENARIO_WORDS.values())})(?: (?:case|scenario)s?)?"
_CASES = rf"{_CASE}(?:(?:\s?,\s?(?:and\s)?|\s?/\s?|\s(?:and|&|plus|vs\.?)\s)(?:the\s)?{_CASE}){{1,4}}(?: scenarios?| cases?)?"
_NOT_A_HORIZON = (
    "treasur(?:y|ies)|bonds?|notes?|yield|t bill|swap|averages?|avg|cagr|historical|history|beta|high|low|old|ago|returns?|"
    "of (?:history|data|losses|experience|profits?|operations?|statements?|audited)|track|median|trailing|life|loan|debt|maturity"
)
_PHRASES: tuple[tuple[str, str, _Find], ...] = (
    ("model_type", "dcf|discounted cash flows?|fcff|(?:free )?cash flows?", _always(model_type="dcf")),
    ("model_type", "lbo|leveraged buy ?out", _always(model_type="lbo")),
    ("cross_checks", "ddm|dividend discount(?: model)?|residual income(?: model)?|football field|(?:peer |trading |market )?multiples|comparables|comps", _always(cross_checks=True)),
    ("draws", "monte carlo(?: simulations?| analysis)?", _always()),
    ("draws", "sensitivit(?:y|ies)(?: analys[ie]s| tables?)?|tornado(?: charts?)?|heat ?maps?|two way tables?|data tables?", _always()),
    ("appraisal", "npv|net present value|irr|internal rate of return|pay ?back(?: (?:period|time))?", _always(appraisal=True)),
    ("time_horizon", rf"(?<!last\s)(?<!past\s)(?<!previous\s)(?<!prior\s)(?<!trailing\s)(?<!in\s)(?<!within\s)(?P<other>[{NUMBER}{YEARS}])\s?(?:-|to|or)\s?(?P<years>[{YEARS}])(?! (?:{_NOT_A_HORIZON})(?!\w))", _two_horizons),
    ("time_horizon", rf"(?<!last\s)(?<!past\s)(?<!previous\s)(?<!prior\s)(?<!trailing\s)(?<!in\s)(?<!within\s)(?P<years>[{YEARS}])(?! (?:{_NOT_A_HORIZON})(?!\w))", _horizon),
    ("as_of", rf"(?:as (?:of|at)|valuation date|valued (?:on|at)|dated|on|at|per)\s?[=:]?\s?(?:the )?(?P<date>[{DATE}])", _as_of),
    ("as_of", rf"(?:as (?:of|at)|valuation date)\s?[=:]?\s?(?:the )?(?:year end|end of(?: year)?)\s(?P<year>[{NUMBER}])", _year_end),
    ("terminal_growth", rf"grow(?:th|s|ing)?(?: rate)?(?: (?:of|at|by))? (?P<rate>[{PERCENT}])(?: (?:a|per) year| annually)? (?:(?:in|into) perpetuity|forever|for ever|thereafter)", _endless),
    ("exit_multiple", rf"exit(?:s|ing)? (?:at|on) (?P<times>[{MULTIPLE}])(?: (?:ev/)?ebitda)?", _exit),
    ("wacc", r"(?:wacc|discount rate|cost of capital)\s?(?:[=:]|(?:of|is|at)\s)?\s?(?:nan|inf|infinity)", _no_rate),
    ("timing", "(?<!no\\s)(?<!not\\s)(?<!without\\s)mid ?year(?: (?:convention|discounting|timing|(?:cash )?flows?))?|timing\\s?[=:]?\\s?mid", _always(timing="mid")),
    ("timing", "(?:end of (?:the )?year|year end|end year) (?:convention|discounting|timing|(?:cash )?flows?)|timing\\s?[=:]?\\s?end", _always(timing="end")),
    ("is_startup", r"(?<!not\sa\s)start-?ups?(?:'s)?|start up(?= compan)|early stage", _always(is_startup=True)),
    ("debt", "(?:no|zero|without) debt|debt free", _always(debt=0.0)),
    ("scenarios", rf"(?:[{NUMBER}] |both )?(?:scenarios|cases)\s?[:=(-]\s?(?:{_CASES}|{_CASE})", _named_scenarios),
    ("scenarios", _CASES, _named_scenarios),
    ("scenarios", r"(?:only|just) (?:the )?base(?: case| scenario)?|base(?: case| scenario)? only|(?:no|without) scenarios|single scenario", _always(scenarios=("base",))),
    ("scenarios", r"(?:optimistic|bull(?:ish)?|upside|best|pessimistic|bear(?:ish)?|downside|worst) (?:case|scenario)", _named_scenarios),
    ("scenarios", rf"(?:all )?(?P<count>[{NUMBER}]) (?:scenario|case)s?", _counted_scenarios),
    ("scenarios", "all scenarios", _always(scenarios=_ALL_SCENARIOS)),
    *(("ticker", rf"(?:{words})(?:'s)?", _always(ticker=ticker, company=name)) for words, (ticker, name) in COMPANIES.items()),
)  # fmt: skip


@cache
def _phrase_patterns() -> tuple[tuple[str, re.Pattern[str], _Find], ...]:
    return tuple(
        (name, re.compile(rf"(?<!\w)(?:{spaced(words)})(?!\w)"), find) for name, words, find in _PHRASES
    )


def is_phrase(text: str) -> bool:
    """Whether a text is one phrase of the table and nothing else."""
    return any(pattern.fullmatch(text) for _, pattern, _ in _phrase_patterns())


@cache
def _sector_pattern() -> re.Pattern[str]:
    rows = "|".join(f"(?P<{key or 'generic'}>{spaced(words)})" for key, words in SECTORS.items())
    return re.compile(rf"(?<!\w)(?:{rows})(?!\w)")


def phrase_hits(skeleton: Skeleton) -> Iterator[Hit]:
    """Find every phrase of the table; hits may overlap."""
    for name, pattern, find in _phrase_patterns():
        for match in pattern.finditer(skeleton.text):
            try:
                yield Hit(match.start(), match.end(), find(match, skeleton), field_name=name)
            except UnreadableError as error:
                yield Hit(match.start(), match.end(), {}, error.problem, error.advice, name)


def sector_hits(skeleton: Skeleton) -> Iterator[Hit]:
    """Find every word for a sector; a generic one gives no value beside a specific one."""
    found = [(match, str(match.lastgroup)) for match in _sector_pattern().finditer(skeleton.text)]
    is_specific = any(key != "generic" for _, key in found)
    for match, key in found:
        is_overruled = key == "generic" and is_specific
        values = {} if is_overruled else {"sector": "software" if key == "generic" else key}
        yield Hit(match.start(), match.end(), values, field_name="sector")


def sector_named(text: str) -> str | None:
    """Give the sector key that a text is a word for, else None.

    Examples
    --------
    >>> sector_named("biotech"), sector_named("tech"), sector_named("company")
    ('biotechnology', 'software', None)
    """
    words = text.strip().lower()
    if words in SECTORS and words:
        return words
    match = _sector_pattern().fullmatch(words)
    if match is None:
        return None
    return "software" if match.lastgroup == "generic" else match.lastgroup
