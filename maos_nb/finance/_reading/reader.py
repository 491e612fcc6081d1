"""Reading a whole description: all rules are tried, the first match counts, contradictions are refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from maos_nb.errors import RequestError
from maos_nb.finance._reading.figures import skeleton_of
from maos_nb.finance._reading.leftovers import left_over
from maos_nb.finance._reading.measures import NEXT_PERCENT, measure_hits
from maos_nb.finance._reading.phrases import phrase_hits, sector_hits
from maos_nb.finance._reading.records import Hit, Problem, Reading, Skeleton, refusal
from maos_nb.finance._reading.symbols import symbol_hits
from maos_nb.finance._reading.vocabulary import FILLER, PERCENT

__all__ = ["LONGEST_DESCRIPTION", "read_description"]

LONGEST_DESCRIPTION = 20_000


def read_description(text: str, *, settled: Collection[str] = ()) -> Reading:
    """Read what a plain description says about a valuation.

    Parameters
    ----------
    text : str
        The description, of at most 20,000 characters.
    settled : collection of str
        Fields that are decided elsewhere: what the text says about them is read, but a
        contradiction or an unusable figure there is no error.

    Returns
    -------
    Reading
        Values, the words behind each, and everything that was not understood. Rates are
        decimals, money is in currency units, `time_horizon` is in years.

    Raises
    ------
    RequestError
        If the text is too long, contradicts itself, or gives a figure that cannot be used (a
        rate without a percent sign, a range where one figure is expected, a day that does not
        exist, scenarios counted but not named).

    Notes
    -----
    There is no NaN here: what is not said is absent from `values`. Time grows linearly with the
    length of the text.

    Examples
    --------
    >>> reading = read_description("Value AAPL with a 5-year DCF at a WACC of 8.5%")
    >>> reading.values["ticker"], reading.values["time_horizon"], reading.values["wacc"]
    ('AAPL', 5, 0.085)
    >>> reading.evidence["wacc"], reading.ignored
    ('WACC of 8.5%', ())
    """
    if len(text) > LONGEST_DESCRIPTION:
        raise RequestError(
            "description",
            f"{len(text):,} characters came, at most {LONGEST_DESCRIPTION:,} are read",
            advice="Say what to value in a few sentences and give figures in parameters.",
        )
    skeleton = skeleton_of(text)
    hits = _chosen(skeleton)
    by_field: dict[str, list[Hit]] = {}
    for hit in hits:
        for name in hit.values or (hit.field_name,):
            by_field.setdefault(name, []).append(hit)
    by_field.pop("", None)
    _refuse_contradictions(skeleton, by_field, settled)
    return _as_reading(skeleton, hits, by_field)


def _as_reading(skeleton: Skeleton, hits: list[Hit], by_field: Mapping[str, list[Hit]]) -> Reading:
    values: dict[str, object] = {}
    evidence: dict[str, str] = {}
    for name, found in by_field.items():
        readable = [hit for hit in found if name in hit.values]
        if readable:
            values[name] = readable[0].values[name]
            evidence[name] = " ... ".join(_different_words(skeleton, name, found))
    used = [hit for hit in hits if hit.field_name and not hit.problem]
    if "ticker" in values and values.pop("sector", None):
        del evidence["sector"]
        used = [hit for hit in used if hit.field_name != "sector"]
    return Reading(MappingProxyType(values), MappingProxyType(evidence), left_over(skeleton, used))


def _chosen(skeleton: Skeleton) -> list[Hit]:
    candidates = [
        *symbol_hits(skeleton),
        *phrase_hits(skeleton),
        *measure_hits(skeleton),
        *sector_hits(skeleton),
    ]
    order = sorted(range(len(candidates)), key=lambda index: (candidates[index].start, index))
    chosen: list[Hit] = []
    end = 0
    for index in order:
        hit = candidates[index]
        if hit.start >= end and not _is_of_something_else(skeleton, hit, chosen):
            chosen.append(hit)
            end = hit.end
    return [_checked(skeleton, hit, chosen) for hit in chosen]


def _checked(skeleton: Skeleton, hit: Hit, chosen: list[Hit]) -> Hit:
    """Refuse to choose where a name stands between two figures, as in "at 8% growth 3%"."""
    if hit.is_name_first or hit.figure_sign != PERCENT:
        return hit
    rival = NEXT_PERCENT.match(skeleton.text, hit.end)
    if rival is None or any(other.start < rival.end() <= other.end for other in chosen):
        return hit
    return replace(
        hit, values={}, end=rival.end(), problem="a name between two figures", advice="Part them by commas."
    )


_OWNERS = {"ticker", "is_startup", "sector"}
_OWNERS_OF = {"price": _OWNERS - {"sector"}, "revenue_growth": _OWNERS | {"revenue"}}
_NAME = r"(?<!\w)([^\W\d_][\w.]*)(?:'s)?"
_EQUALS = r"\s?[=:]\s?|\s(?:of|is|are|was|were)\s(?:a\s|the\s)?"
_OTHER_NAMES = {
    "time_horizon": re.compile(rf"{_NAME}(?:{_EQUALS})\Z"),
    "name first": re.compile(rf"{_NAME}[\s-]{{1,2}}\Z"),
    "figure first": re.compile(rf"{_NAME}(?:{_EQUALS}|\sat\s|[\s-]{{1,2}})\Z"),
}


def _is_of_something_else(skeleton: Skeleton, hit: Hit, chosen: list[Hit]) -> bool:
    """Whether an unknown word before the match claims it: "net debt" is no debt, "EPS of $6 per share" no price."""
    is_measure = bool(hit.figure_sign)
    if not is_measure and hit.field_name != "time_horizon":
        return False
    order = "name first" if hit.is_name_first else "figure first"
    other_name = _OTHER_NAMES[order if is_measure else "time_horizon"]
    before = other_name.search(skeleton.text, max(0, hit.start - 40), hit.start)
    if before is None or before[1] in FILLER:
        return False
    # "oil price" is not the price of a share, but "retail sales" are sales.
    owners = _OWNERS_OF.get(hit.field_name, _OWNERS)
    last = chosen[-1] if chosen and chosen[-1].end > before.start(1) else None
    is_understood = last is not None and (
        last.field_name in owners or (order == "figure first" and bool(last.figure_sign))
    )
    return not is_understood


def _refuse_contradictions(
    skeleton: Skeleton, by_field: Mapping[str, list[Hit]], settled: Collection[str]
) -> None:
    problems = [
        problem
        for name, hits in by_field.items()
        if name not in settled and name != "company"
        for problem in _field_problems(skeleton, name, hits)
    ]
    if problems:
        raise refusal(problems)


def _field_problems(skeleton: Skeleton, name: str, hits: list[Hit]) -> Iterator[Problem]:
    for hit in hits:
        if hit.problem:
            yield name, f"{hit.problem} in {skeleton.words(hit.start, hit.end)!r}", hit.advice
    words = _different_words(skeleton, name, [hit for hit in hits if name in hit.values])
    if len(words) > 1:
        advice = (
            "Ask for one company per task."
            if name == "ticker"
            else "Keep one of them, or settle it in parameters."
        )
        yield name, f"the description contradicts itself: {' and '.join(map(repr, words))}", advice


def _different_words(skeleton: Skeleton, name: str, hits: list[Hit]) -> list[str]:
    different = {
        hit.values.get(name, hit.problem): skeleton.words(hit.start, hit.end) for hit in reversed(hits)
    }
    return list(different.values())[::-1]
