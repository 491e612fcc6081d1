"""What was filed more than once: versions of a figure, and restatements."""

from __future__ import annotations

import numpy as np
import pandas as pd

from maos_nb.analytics._arrays import as_amount
from maos_nb.analytics.fundamental._facts import Ints
from maos_nb.analytics.fundamental._fiscal_periods import SPANS
from maos_nb.analytics.fundamental._versions import Versions
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.errors import InputError

__all__ = ["restatement_table", "version_table"]

_ROUNDING = 1e-12  # of a figure: what dividing by a split's ratio leaves


def restatement_table(versions: Versions, minimum: float) -> pd.DataFrame:
    """List the figures of one period that later filings show otherwise."""
    least = as_amount("minimum", minimum)
    if least.ndim or np.isnan(least):
        raise InputError("minimum", f"expected one number, got {minimum!r}")
    facts = versions.facts
    table = pd.DataFrame(
        {
            "ticker": facts.ticker,
            "field": facts.field,
            "period_start": facts.start,
            "period_end": facts.end,
            "filed": facts.filed,
            "filing": facts.filing,
            "value": versions.value,
            "fact": np.arange(len(facts)),
        }
    ).sort_values(["filed", "filing"], kind="stable")
    groups = table.groupby(["ticker", "field", "period_start", "period_end"], sort=True)
    found = groups.agg(
        first_value=("value", "first"),
        first_fact=("fact", "first"),
        last_value=("value", "last"),
        last_fact=("fact", "last"),
        lowest=("value", "min"),
        highest=("value", "max"),
        n_versions=("filing", "nunique"),
    ).reset_index()
    away = np.maximum(found["highest"] - found["first_value"], found["first_value"] - found["lowest"])
    size = found["first_value"].abs()
    threshold = np.maximum(float(least), _ROUNDING) * size
    return _restatement_columns(versions, found[away > threshold])


def _restatement_columns(versions: Versions, found: pd.DataFrame) -> pd.DataFrame:
    facts = versions.facts
    change = (found["last_value"] - found["first_value"]).to_numpy()
    first = found["first_value"].to_numpy()
    relative = np.full(len(found), np.nan)
    np.divide(change, np.abs(first), out=relative, where=first != 0)
    return pd.DataFrame(
        {
            "ticker": np.array(facts.tickers, dtype=object)[found["ticker"]],
            "field": np.array(facts.fields, dtype=object)[found["field"]],
            "period_start": _days(found["period_start"].to_numpy()),
            "period_end": _days(found["period_end"].to_numpy()),
            **_filing_columns(versions, "first", found),
            **_filing_columns(versions, "last", found),
            "change": change,
            "relative_change": relative,
            "n_versions": found["n_versions"].to_numpy(),
        }
    )


def _filing_columns(versions: Versions, which: str, found: pd.DataFrame) -> dict[str, object]:
    facts = versions.facts
    place = found[f"{which}_fact"].to_numpy()
    return {
        f"{which}_value": found[f"{which}_value"].to_numpy(),
        f"{which}_filed": _days(facts.filed[place]),
        f"{which}_accession": facts.table["accession"].to_numpy()[facts.rows[place]],
    }


def version_table(
    versions: Versions, field: str, ticker: str, year: int, quarter: int | None
) -> pd.DataFrame:
    """List every filed version of the figures that end with a quarter or a year."""
    facts, places = versions.facts, versions.places
    spans = _spans(field, quarter)
    label = np.append(places.years.label, -1)[places.year]
    chosen = np.flatnonzero(
        (facts.field == facts.fields.index(field))
        & (facts.ticker == facts.tickers.index(ticker))
        & (label == year)
        & np.isin(places.span, [SPANS.index(name) for name in spans])
    )
    chosen = chosen[np.lexsort((facts.filing[chosen], facts.filed[chosen], places.span[chosen]))]
    rows = facts.table.iloc[facts.rows[chosen]]
    extra = {
        name: rows[name].to_numpy() for name in ("unit", "tag", "form", "accession", "source") if name in rows
    }
    return pd.DataFrame(
        {
            "span": [SPANS[place] for place in places.span[chosen]],
            "period_start": _days(facts.start[chosen]),
            "period_end": _days(facts.end[chosen]),
            "filed": _days(facts.filed[chosen]),
            "value": facts.value[chosen],
            "value_after_splits": versions.value[chosen],
            **extra,
        }
    )


def _spans(field: str, quarter: int | None) -> tuple[str, ...]:
    if FIELDS[field].kind == "stock":
        return (SPANS[3 if quarter is None else quarter],)
    if quarter is None:
        return ("year",)
    return (
        (SPANS[quarter], *(("six months",), ("nine months",), ("year",))[quarter - 1]) if quarter else ("Q1",)
    )


def _days(days: Ints) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[us]"))
