"""The facts that statements are made of, checked at the door and held as arrays of whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics.fundamental._fact_columns import as_days, as_figures, as_texts, row_words
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.errors import InputError

__all__ = ["NO_DAY", "Facts", "Ints", "as_facts"]

Ints: TypeAlias = npt.NDArray[np.int64]

NO_DAY = np.iinfo(np.int64).min  # how numpy holds a missing date
_REQUIRED = ("ticker", "period_end", "filed", "field", "value", "unit", "accession")
_ADVICE = (
    "Give a row for each fact and filing, with columns ticker, period_start, period_end, filed, field, "
    "value, unit and accession"
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Facts:
    """Facts as arrays, a place for each; days are counted from 1970, names are places in tuples.

    Parameters
    ----------
    table : DataFrame
        The facts as given, cleaned.
    rows : (n_facts,) array of int
        The row of `table` that each fact stands in.
    tickers, fields : tuple of str
        Names that `ticker` and `field` point into.
    currency : str
    ticker, field, filing : (n_facts,) array of int
        A filing is an accession of a ticker, or where it has none all that was filed on a day.
    start, end, filed : (n_facts,) array of int
        Days; `start` is `NO_DAY` where it is not known.
    value : (n_facts,) array
        As filed.
    """

    table: pd.DataFrame
    rows: Ints
    tickers: tuple[str, ...]
    fields: tuple[str, ...]
    currency: str
    ticker: Ints
    field: Ints
    filing: Ints
    start: Ints
    end: Ints
    filed: Ints
    value: Array

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, chosen: BoolArray) -> Facts:
        """Keep some of the facts, and the names that these have."""
        ticker, tickers = _renumbered(self.ticker[chosen], self.tickers)
        field, fields = _renumbered(self.field[chosen], self.fields)
        arrays = {
            name: getattr(self, name)[chosen] for name in ("rows", "filing", "start", "end", "filed", "value")
        }
        return replace(self, tickers=tickers, fields=fields, ticker=ticker, field=field, **arrays)

    def is_kind(self, *kinds: str) -> BoolArray:
        """Tell which facts are of a field of these kinds."""
        return np.array([FIELDS[name].kind in kinds for name in self.fields])[self.field]

    def frame(self) -> pd.DataFrame:
        """Give the facts as a table of their own."""
        return self.table.iloc[self.rows].reset_index(drop=True)


def as_facts(facts: Any) -> Facts:
    """Check a table of facts, or raise naming the column and the first row that cannot be used."""
    if not isinstance(facts, pd.DataFrame):
        raise InputError("facts", f"expected a DataFrame, got {type(facts).__name__}", advice=_ADVICE)
    missing = [name for name in _REQUIRED if name not in facts.columns]
    if missing:
        raise InputError("facts", f"columns are missing: {', '.join(missing)}", advice=_ADVICE)
    if not facts.columns.is_unique:
        twice = facts.columns[facts.columns.duplicated()][0]
        raise InputError("facts", f"expected each column once, got {twice!r} more than once")
    if facts.empty:
        raise InputError("facts", "expected at least one fact, got an empty table", advice=_ADVICE)
    made = _coded(facts)
    _refuse_impossible_days(facts, made)
    kept = _distinct(facts, made)
    return made.where(kept) if not kept.all() else made


def _coded(facts: pd.DataFrame) -> Facts:
    ticker, tickers = as_texts(facts, "ticker")
    field, fields = _as_fields(facts)
    accession, accessions = as_texts(facts, "accession", may_be_empty=True)
    start = np.full(len(facts), NO_DAY)
    if "period_start" in facts.columns:
        start = as_days(facts, "period_start", may_be_missing=True)
    is_stock = np.array([FIELDS[name].kind == "stock" for name in fields])[field]
    end, filed = as_days(facts, "period_end"), as_days(facts, "filed")
    value = as_figures(facts)
    days = {"period_end": end, "filed": filed, **({"period_start": start} if "period_start" in facts else {})}
    table = facts.assign(
        value=value,
        accession=np.asarray(accessions, dtype=object)[accession],
        **{name: held.astype("datetime64[D]").astype("datetime64[us]") for name, held in days.items()},
    ).reset_index(drop=True)
    return Facts(
        table=table,
        rows=np.arange(len(facts)),
        tickers=tickers,
        fields=fields,
        currency=_as_currency(facts, field, fields, ticker, tickers),
        ticker=ticker,
        field=field,
        filing=_filings(ticker, accession, accessions, filed),
        start=np.where(is_stock, NO_DAY, start),  # of a balance only the day counts
        end=end,
        filed=filed,
        value=value,
    )


def _as_fields(facts: pd.DataFrame) -> tuple[Ints, tuple[str, ...]]:
    """Put the fields in the order of statements."""
    field, given = as_texts(facts, "field")
    for place, name in enumerate(given):
        if name in FIELDS and FIELDS[name].kind != "market":
            continue
        row = row_words(facts, field == place)
        if name in FIELDS:
            raise InputError(
                "facts",
                f"field: {name!r} is observed in a market and in no filing, at {row}",
                advice=f"Put it into the panel: statements.annual().with_values({name}=...)",
            )
        raise InputError(
            "facts", f"field: there is no {name!r}, at {row}", advice=f"Known: {', '.join(FIELDS)}"
        )
    ordered = tuple(name for name in FIELDS if name in given)
    places = np.array([ordered.index(name) for name in given], dtype=np.int64)
    return places[field], ordered


def _as_currency(
    facts: pd.DataFrame, field: Ints, fields: tuple[str, ...], ticker: Ints, tickers: tuple[str, ...]
) -> str:
    """Check that units fit their fields, and that all money is of one currency."""
    unit, units = as_texts(facts, "unit")
    kinds = np.array([FIELDS[name].unit for name in fields])[field]
    checks: dict[str, tuple[Callable[[str], bool], str]] = {
        "money": (lambda words: words.isalpha() and words not in ("shares", "pure"), "a currency as 'USD'"),
        "money per share": (
            lambda words: words[-7:] == "/shares" and words[:-7].isalpha(),
            "money a share as 'USD/shares'",
        ),
        "shares": (lambda words: words == "shares", "'shares'"),
    }
    for kind, (fits, expected) in checks.items():
        bad = (kinds == kind) & ~np.array([fits(words) for words in units])[unit]
        if bad.any():
            got = units[unit[np.flatnonzero(bad)[0]]]
            raise InputError("facts", f"unit: expected {expected}, got {got!r} at {row_words(facts, bad)}")
    named = np.array(["" if words == "shares" else words.removesuffix("/shares") for words in units])
    currencies = named[unit]
    names = [str(name) for name in pd.unique(currencies) if name]
    if len(names) > 1:
        said = (
            f"{name} ({', '.join(tickers[place] for place in pd.unique(ticker[currencies == name])[:5])})"
            for name in names
        )
        raise InputError(
            "facts",
            f"unit: expected one currency, got {' and '.join(said)}",
            advice="Convert the facts to one currency, or make Statements for each currency apart",
        )
    return names[0] if names else ""


def _filings(ticker: Ints, accession: Ints, accessions: tuple[str, ...], filed: Ints) -> Ints:
    """Give filings as numbers in the order of their accessions."""
    named = np.array([bool(words) for words in accessions])[accession]
    rank = np.argsort(np.argsort(np.array(accessions)))[accession]
    # Accessions count up from nought in their order, days without one up to minus one.
    own = np.where(named, rank, filed - filed.max() - 1)
    _, filing = np.unique(own * np.int64(ticker.max() + 1) + ticker, return_inverse=True)
    return np.asarray(filing, dtype=np.int64)


def _refuse_impossible_days(facts: pd.DataFrame, made: Facts) -> None:
    late = made.end > made.filed
    if late.any():
        raise InputError(
            "facts",
            f"period_end: expected a day up to the day of filing, got {_day(made.end, late)} "
            f"in a filing of {_day(made.filed, late)} at {row_words(facts, late)}",
            advice="A filing cannot report the future: mend or drop the row",
        )
    backwards = (made.start != NO_DAY) & (made.start > made.end)
    if backwards.any():
        raise InputError(
            "facts",
            f"period_start: expected a day before period_end {_day(made.end, backwards)}, "
            f"got {_day(made.start, backwards)} at {row_words(facts, backwards)}",
            advice="Mend the row, or leave period_start out for a balance",
        )


def _distinct(facts: pd.DataFrame, made: Facts) -> BoolArray:
    """Tell which facts to keep: the first of those that are there twice; two values for one are refused."""
    keys = pd.DataFrame({name: getattr(made, name) for name in ("filing", "field", "start", "end")})
    again = keys.duplicated().to_numpy()
    if not again.any():
        return ~again
    values = keys.assign(value=made.value)
    conflicts = again & ~values.duplicated().to_numpy()
    if conflicts.any():
        place = int(np.flatnonzero(conflicts)[0])
        same = (keys == keys.iloc[place]).all(axis=1).to_numpy()
        first = made.value[np.flatnonzero(same)[0]]
        raise InputError(
            "facts",
            f"value: expected one value for a period in a filing, got {first:,.6g} and then "
            f"{made.value[place]:,.6g} at {row_words(facts, conflicts)}",
            advice="Keep the row that is right; versions of a figure need filings of their own",
        )
    return ~again


def _renumbered(places: Ints, names: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    is_used = np.zeros(len(names), dtype=np.int64)
    is_used[places] = 1
    return (np.cumsum(is_used) - 1)[places], tuple(names[place] for place in np.flatnonzero(is_used))


def _day(days: Ints, chosen: BoolArray) -> str:
    return str(days[chosen][0].astype("datetime64[D]"))
