"""The SEC's companyfacts JSON opened, checked, and its figures put in order by filing and period."""

from __future__ import annotations

import gzip
import json
import math
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from maos_nb.data._recipes import Number
from maos_nb.errors import DataError, InputError

__all__ = ["Filing", "Period", "as_day", "fact_rows", "filings_of", "is_annual_form", "open_document"]

Period: TypeAlias = tuple[date | None, date]
"""First day (None for a balance) and last day."""

_GZIP = b"\x1f\x8b"
_ADVICE = "Give a file of https://data.sec.gov/api/xbrl/companyfacts/"
_ANNUAL_FORMS = ("10-K", "20-F", "40-F")
_ROUNDED = "given twice in one filing, once rounded (the exact figure is kept)"
_TWICE = "given twice in one filing with figures that contradict each other"
# From a quarter of 12 weeks, or a transition period of two months, to a year of 53 weeks.
_SHORTEST, _LONGEST = 55, 385


@dataclass(slots=True)
class Filing:
    """A filing and its figures: by period, unit and tag.

    Parameters
    ----------
    accession, form : str
    filed : date
    figures : dict
        ``figures[period][unit][tag]`` is a number.
    """

    accession: str
    form: str
    filed: date
    figures: dict[Period, dict[str, dict[str, Number]]] = field(default_factory=dict)

    @property
    def is_annual(self) -> bool:
        """Whether it is a report of a year, amended or not."""
        return is_annual_form(self.form)


def is_annual_form(form: str) -> bool:
    """Tell 10-K, 20-F and 40-F, their amendments and transition reports from other forms."""
    return form.startswith(_ANNUAL_FORMS)


def open_document(source: Any) -> Mapping[str, Any]:
    """Open a path, bytes or a parsed mapping, and refuse what is no companyfacts document.

    Raises
    ------
    InputError
        For a source of another type, or a file that is not there.
    DataError
        For what is no whole JSON, or no companyfacts document; the message says what came.
    """
    document = source if isinstance(source, Mapping) else _parse(_content(source))
    if not isinstance(document, Mapping) or not isinstance(document.get("facts"), Mapping):
        raise DataError(f"source: expected a companyfacts document, got {_words(document)}", advice=_ADVICE)
    if not any(_tags(document["facts"], taxonomy) for taxonomy in document["facts"]):
        name = document.get("entityName") or f"CIK {document.get('cik')}"
        raise DataError(f"source: the companyfacts document of {name} holds no facts", advice=_ADVICE)
    return document


def _content(source: Any) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if not isinstance(source, str | os.PathLike):
        raise InputError(
            "source", f"expected a path, bytes or a parsed document, got {type(source).__name__}"
        )
    path = Path(source)
    if not path.is_file():
        raise InputError("source", f"there is no file {str(path)!r}")
    return path.read_bytes()


def _parse(content: bytes) -> Any:
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as error:
            raise DataError(f"source: the gzip file is damaged or cut short ({error})") from error
    try:
        return json.loads(content)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        begin = content[:40].decode("utf-8", "replace").strip()
        raise DataError(
            f"source: expected a whole JSON document of {len(content):,} bytes, got {begin!r}... ({error})",
            advice=_ADVICE,
        ) from error


def _words(document: Any) -> str:
    if isinstance(document, Mapping):
        return f"a mapping with the keys {', '.join(map(str, list(document)[:8])) or '(none)'}"
    return f"a {type(document).__name__}"


def _tags(facts: Mapping[str, Any], taxonomy: str) -> Mapping[str, Any]:
    tags = facts.get(taxonomy)
    return tags if isinstance(tags, Mapping) else {}


def fact_rows(document: Mapping[str, Any], taxonomy: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Give every fact of a taxonomy: tag with its prefix, unit, and the fact as filed."""
    for tag, concept in _tags(document["facts"], taxonomy).items():
        units = concept.get("units") if isinstance(concept, Mapping) else None
        for unit, facts in (units if isinstance(units, Mapping) else {}).items():
            for fact in facts:
                yield f"{taxonomy}:{tag}", unit, fact


def filings_of(
    document: Mapping[str, Any], taxonomies: tuple[str, ...], tags: frozenset[str], remarks: Counter[str]
) -> dict[str, Filing]:
    """Put the facts of the given tags in order by filing, oldest first; what cannot be used is counted."""
    filings: dict[str, Filing] = {}
    for taxonomy in taxonomies:
        for tag, unit, fact in fact_rows(document, taxonomy):
            if tag in tags:
                _add(filings, tag, unit, fact, remarks)
    for filing in filings.values():
        _forget_contradictions(filing)
    return dict(sorted(filings.items(), key=lambda entry: (entry[1].filed, entry[0])))


def _add(
    filings: dict[str, Filing], tag: str, unit: str, fact: Mapping[str, Any], remarks: Counter[str]
) -> None:
    value, end, filed = fact.get("val"), as_day(fact.get("end")), as_day(fact.get("filed"))
    start = as_day(fact["start"]) if "start" in fact else None
    accession, form = fact.get("accn"), fact.get("form")
    if not accession or not form or end is None or filed is None or ("start" in fact and start is None):
        remarks["without a date, form or accession number"] += 1
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        remarks["without a number"] += 1
        return
    if problem := _problem(start, end, filed, form):
        remarks[problem] += 1
        return
    filing = filings.setdefault(accession, Filing(accession, form, filed))
    held = filing.figures.setdefault((start, end), {}).setdefault(unit, {})
    before = held.get(tag, value)
    if before != value and not math.isnan(before):
        exact = _more_exact(before, value)
        remarks[_TWICE if exact is None else _ROUNDED] += 1
        held[tag] = math.nan if exact is None else exact
    else:
        held[tag] = before


def _more_exact(one: Number, other: Number) -> Number | None:
    """Give of a figure and the same one rounded the former; None where they contradict each other."""
    exact, rounded = sorted((one, other), key=_last_place)
    return exact if abs(exact - rounded) <= 10.0 ** _last_place(rounded) / 2 else None


def _forget_contradictions(filing: Filing) -> None:
    for units in filing.figures.values():
        for held in units.values():
            for tag in [tag for tag, value in held.items() if math.isnan(value)]:
                del held[tag]


def _problem(start: date | None, end: date, filed: date, form: str) -> str:
    if end > filed:
        return "for a period that had not ended when it was filed"
    if start is None:
        return ""
    days = (end - start).days + 1
    if days <= 0:
        return "for a period that ends before it starts"
    shortest = 25 if form.startswith("10-KT") else _SHORTEST
    return "" if shortest <= days <= _LONGEST else "for a period that is no quarter, half-year or year"


def _last_place(value: Number) -> int:
    """Tell the power of ten of the last digit that is not nought."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


@lru_cache(maxsize=8192)
def _parsed_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_day(text: Any) -> date | None:
    """Read a date as the SEC writes it; None for anything else."""
    return _parsed_day(text) if isinstance(text, str) else None
