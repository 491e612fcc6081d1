"""Measures: a name beside a figure, in either order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from maos_nb.finance._reading.figures import plain_number, whole_number
from maos_nb.finance._reading.records import Figure, Hit, Skeleton, UnreadableError
from maos_nb.finance._reading.vocabulary import MONEY, MULTIPLE, NUMBER, PERCENT, SIGNS, YEARS, spaced

__all__ = ["NEXT_PERCENT", "field_named", "measure_hits"]


def _rate(figure: Figure) -> float:
    value = plain_number(figure)
    if figure.sign == NUMBER and abs(value) >= 1:
        raise UnreadableError("a figure without a percent sign", f"Write {value:g}% or {value / 100:g}.")
    return value


def _amount(figure: Figure) -> float:
    value = plain_number(figure)
    if figure.sign == NUMBER and value.is_integer() and 1900 <= value <= 2100:
        raise UnreadableError(
            "a figure that may be a year or an amount", f"Write ${value:,.0f} if it is an amount."
        )
    return value


@dataclass(frozen=True, slots=True)
class _Kind:
    convert: Callable[[Figure], float]
    signs_after: str
    signs_before: str


_RATE = _Kind(_rate, NUMBER + PERCENT, PERCENT)
_AMOUNT = _Kind(_amount, NUMBER + MONEY, MONEY)
_COUNT = _Kind(plain_number, NUMBER + MONEY, NUMBER + MONEY)
_TIMES = _Kind(plain_number, NUMBER + MULTIPLE, MULTIPLE)
_PLAIN = _Kind(plain_number, NUMBER, NUMBER)
_WHOLE_YEARS = _Kind(whole_number, NUMBER + YEARS, "")
_SEED = _Kind(whole_number, NUMBER, "")
_DRAWS = _Kind(whole_number, NUMBER, NUMBER)


@dataclass(frozen=True, slots=True)
class _Measure:
    """A row: `words` before the figure, `behind` it where they differ; no field: known, not used."""

    field_name: str
    kind: _Kind
    words: str
    behind: str = ""
    factor: int = 1


_GROWTH = "(?:(?:annual|yearly|initial|first year|top line|revenues?|sales|turnover) ){0,3}"
_ENDLESS = "(?:terminal|perpetual|perpetuity|long term|long run|steady state)"
_SALES = "(?:revenues?|sales|turnover)"
# "falling 5%" alone may be the share's price: it has to stand right behind what falls.
_AFTER_SALES = r"|(?<=revenue\s)|(?<=sales\s)" + rf"|(?<=revenue\sof\s{MONEY}\s)|(?<=sales\sof\s{MONEY}\s)"
# "a 20% margin of safety" and "2% margin growth" are no margins, but "20% margin growth 5%" starts with one.
_NO_MARGIN = rf"(?! (?:of safety|expansion|improvements?|compression|gains?|calls?|growth(?!(?: (?:of|at|is))?\s?[:=]?\s?{PERCENT}))(?!\w))"
_MEASURES = (
    _Measure("wacc", _RATE, "wacc|weighted average cost of capital|discount(?:ing)? rates?|cost of capital|hurdle rate"),
    _Measure("wacc", _RATE, "discount(?:ed|ing)?(?: it| them)?(?= (?:at|by|with))", "discounting"),
    _Measure("terminal_growth", _RATE, f"{_ENDLESS}(?: value)? growth(?: rates?)?|tgr|terminal rate|g(?=\\s?=)"),
    _Measure("terminal_growth", _RATE, "growth (?:in perpetuity|forever)|perpetuity", "(?:growth )?(?:(?:in|into) perpetuity|forever|for ever|thereafter|afterwards)"),
    _Measure("sales_to_capital", _TIMES, "sales(?: to |/)capital(?: ratio)?"),
    _Measure("", _AMOUNT, "(?:cost|multiple|share|return|price|ev) (?:of|on|to) (?:revenues?|sales|capital|equity)|(?:return on|price to|ev to|ev/|debt to|net) debt"),
    _Measure("revenue_growth", _RATE, f"{_GROWTH}(?:growth(?: rates?)?|grow(?:s|ing|n)?(?: (?:revenues?|sales))?)|(?:revenues?|sales|turnover) up", f"{_GROWTH}growth(?: rates?)?(?! (?:in|of) (?!revenue|sales)[a-z])"),
    _Measure("revenue_growth", _RATE, f"{_GROWTH}(?:declin(?:e|es|ing)|shrink(?:s|ing)?)", f"{_GROWTH}decline", factor=-1),
    _Measure("revenue_growth", _RATE, f"(?:{_SALES} {_AFTER_SALES})(?:fall(?:s|ing)?|drop(?:s|ping)?)", f"(?:fall|drop) in {_SALES}|{_SALES} (?:fall|drop)", factor=-1),
    _Measure("revenue", _AMOUNT, "(?:annual |last year's |total |net )?(?:revenues?|sales|turnover)"),
    _Measure("operating_margin", _RATE, f"(?:(?:operating|ebit)(?: profit)? )?margins?{_NO_MARGIN}"),
    _Measure("tax_rate", _RATE, "(?:(?:effective|marginal|corporate|cash|income) )?tax(?:es)?(?: rates?)?"),
    _Measure("risk_free", _RATE, "risk free(?: rates?| returns?)?|rf|(?:<Y> )?(?:us )?(?:treasur(?:y|ies)|government bonds?)(?: notes?| bonds?)?(?: yields?| rates?)?"),
    _Measure("beta", _PLAIN, "(?:(?:equity|levered|stock) )?beta"),
    _Measure("equity_risk_premium", _RATE, "(?:(?:equity|market)(?: market)? )?risk premium|equity premium|erp|mrp"),
    _Measure("cost_of_debt", _RATE, "(?:pre tax )?cost of debt|borrowing (?:rate|cost)s?|kd"),
    _Measure("exit_multiple", _TIMES, "(?:exit|terminal)(?: (?:ev/)?ebitda)? multiple|ev/ebitda(?: exit)?(?: multiple)?|ebitda multiple", "(?:ev/)?ebitda(?: exit)?(?: multiple)?|(?:exit|terminal)(?: (?:ev/)?ebitda)?(?: multiple)?"),
    _Measure("price", _AMOUNT, "(?:(?:share|stock|market) )?price(?: per share)?|trad(?:es|ing)(?= at)|quoted(?= at)", "(?:a|per) share|(?:share|stock) price"),
    _Measure("shares", _COUNT, "(?:number of )?(?:diluted )?shares(?: outstanding)?|share count", "(?:diluted )?shares(?: outstanding)?"),
    _Measure("cash", _AMOUNT, "cash(?: and (?:cash )?(?:equivalents|investments))?(?: on hand| balance| position)?", "cash(?! flow)"),
    _Measure("debt", _AMOUNT, "(?:(?:total|gross|financial) )?debt|borrowings"),
    _Measure("time_horizon", _WHOLE_YEARS, "(?:(?:time|projection|forecast|explicit|planning) )?horizon|(?:projection|forecast|explicit) (?:period|years)|years(?=\\s?[=:])"),
    _Measure("seed", _SEED, "(?:random )?seed"),
    _Measure("draws", _DRAWS, "(?:number of )?(?:(?:random|monte carlo) )?(?:draws|simulations|iterations)"),
    _Measure("investment", _AMOUNT, "(?:initial )?(?:investment|outlay)|invest(?:ing)?|(?:purchase|acquisition) price", "(?:initial )?(?:investment|outlay)"),
)  # fmt: skip

_LINK = (
    r"(?:\s{0,3}(?:[=:(~≈>\x22]|-(?=\s)|(?:of|at|is|to|as|be|was|are|by|with|a|an|the|rate|set|assumed|should|must|will|"
    r"equals?|equal|about|around|roughly|approximately|approx\.?|circa|from|range|ranging|annual|only|"
    r"just|some|value|level|outstanding|currently|now)(?!\w))){0,5}\s{0,3}"
)
_SECOND = (
    rf"(?P<tie>\s{{0,2}}(?:-|to(?!\w)|or(?!\w)|(?(between)and(?!\w)|(?!)))\s{{0,2}})(?P<second>[{SIGNS[:5]}])"
)


# "$3bn debt repayment" and "a 5% tax cut" speak of neither debt nor tax rate.
_NOT_THE_NAME = (
    r"(?:rates?\s)?(?:repayments?|payments?|service|burn|flows?|targets?|credits?|shields?|dividends?|expenses?|"
    r"buybacks?|cuts?|hikes?|raises?|rises?|increases?|decreases?|surprises?|gap)"
)


@cache
def _name_then_figure() -> re.Pattern[str]:
    names = "|".join(f"(?P<m{index}>{spaced(row.words)})" for index, row in enumerate(_MEASURES))
    behind = "|".join(
        spaced(row.behind or row.words) for row in _MEASURES if row.field_name not in ("", "wacc")
    )
    return re.compile(
        rf"(?<![\w/])(?<!\w-)(?:{names})(?!\w){_LINK}(?P<between>between\s)?(?P<first>[{SIGNS[:5]}])"
        rf"(?:{_SECOND}(?![\s-]{{0,2}}(?:of\s|in\s)?(?:{behind})(?!\w)))?"
    )


@cache
def _figure_then_name() -> re.Pattern[str]:
    names = "|".join(
        f"(?P<m{index}>{spaced(row.behind or row.words)})"
        for index, row in enumerate(_MEASURES)
        if row.field_name
    )
    return re.compile(
        rf"(?P<between>between\s)?(?P<first>[{SIGNS[:5]}])(?:{_SECOND})?"
        rf"[\s)-]{{0,3}}(?:(?:usd|dollars?|of|in|as|for|the|its|a|per|year|annual|yearly|levered)\s){{0,3}}?(?:{names})(?!\w)"
        rf"(?![\s-]{{1,2}}(?:{_NOT_THE_NAME})(?!\w))"
    )


_BLANKS = re.compile(r"\s{1,3}")
NEXT_PERCENT = re.compile(_LINK + PERCENT)


def measure_hits(skeleton: Skeleton) -> Iterator[Hit]:
    """Find every name beside a figure; hits may overlap."""
    for match in _name_then_figure().finditer(skeleton.text):
        yield from _measure_hit(skeleton, match, is_name_first=True)
    for match in _figure_then_name().finditer(skeleton.text):
        yield from _measure_hit(skeleton, match, is_name_first=False)
        # "$2 million revenue growing 40%": the name belongs to the first figure, so "growing" stands alone.
        behind = _BLANKS.match(skeleton.text, match.end())
        if behind and (follower := _name_then_figure().match(skeleton.text, behind.end())):
            yield from _measure_hit(skeleton, follower, is_name_first=True)
        # "WACC 8% - 2% growth": where the first figure turns out to be taken, the second stands alone.
        if match["second"] and (alone := _figure_then_name().match(skeleton.text, match.start("second"))):
            yield from _measure_hit(skeleton, alone, is_name_first=False)


def _measure_hit(skeleton: Skeleton, match: re.Match[str], *, is_name_first: bool) -> Iterator[Hit]:
    index = next(
        int(name[1:]) for name, text in match.groupdict().items() if name[0] == "m" and text is not None
    )
    row = _MEASURES[index]
    signs = row.kind.signs_after if is_name_first else row.kind.signs_before
    first, second, end = match["first"], match["second"], match.end()
    if is_name_first and second and second not in signs:
        second, end = None, match.end("first")
    if (second or first) not in signs or (second and first not in row.kind.signs_after):
        return
    figures = [skeleton.figures[match.start("first")]]
    if second:
        figures.append(skeleton.figures[match.start("second")])
    try:
        values = _measured(row, figures, match["tie"] if second else "")
    except UnreadableError as error:
        yield Hit(match.start(), end, {}, error.problem, error.advice, row.field_name, is_name_first, first)
    else:
        yield Hit(match.start(), end, values, "", "", row.field_name, is_name_first, second or first)


def _measured(row: _Measure, figures: list[Figure], tie: str) -> dict[str, object]:
    if not row.field_name:
        return {}
    if len(figures) == 1:
        return {row.field_name: row.kind.convert(figures[0]) * row.factor}
    first, second = figures
    if row.field_name != "wacc" or "or" in tie:
        raise UnreadableError("two figures came where one is expected", "Give one figure.")
    if first.sign == NUMBER and second.sign == PERCENT:
        first = replace(first, sign=PERCENT, value=first.value / 100)
    low, high = sorted((_rate(first), _rate(second)))
    return {"wacc_range": (low, high)}


def field_named(text: str) -> str | None:
    """Give the field of the request that a text is a name for in plain words, else None.

    Examples
    --------
    >>> field_named("discount_rate"), field_named("colour")
    ('wacc', None)
    """
    match = _field_pattern().fullmatch(text.strip().lower()[:100])
    return None if match is None else _MEASURES[int(str(match.lastgroup)[1:])].field_name or None


@cache
def _field_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<m{index}>{spaced(row.words)})" for index, row in enumerate(_MEASURES)))
