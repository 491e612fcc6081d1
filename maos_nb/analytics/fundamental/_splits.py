"""Stock splits: counts filed before one are brought to the counts after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.fundamental._fact_columns import as_days, as_figures, as_texts, row_words
from maos_nb.analytics.fundamental._facts import Facts, Ints
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.errors import InputError

__all__ = ["NO_SPLITS", "Splits", "as_splits"]

_POWER = {"money": 0, "shares": 1, "money per share": -1, "rate": 0}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Splits:
    """Splits of companies: the first day at the new count, and how many new shares came for one."""

    ticker: tuple[str, ...]
    day: Ints
    ratio: Array

    def until(self, day: int) -> Splits:
        """Keep what had been done by a day."""
        kept = self.day <= day
        tickers = tuple(name for name, is_kept in zip(self.ticker, kept, strict=True) if is_kept)
        return Splits(tickers, self.day[kept], self.ratio[kept])

    def restated(self, facts: Facts) -> Array:
        """Give the values of facts after later splits: a company restates its counts in filings after one."""
        powers = np.array([_POWER[FIELDS[name].unit] for name in facts.fields])[facts.field]
        held = np.flatnonzero(powers)
        ticker, filed, product = facts.ticker[held], facts.filed[held], np.ones(len(held))
        places = {name: place for place, name in enumerate(facts.tickers)}
        for name, day, ratio in zip(self.ticker, self.day, self.ratio, strict=True):
            product[(ticker == places.get(name, -1)) & (filed < day)] *= ratio
        restated = facts.value.copy()
        # Dividing rounds once, where multiplying by 1 / 10 would round twice.
        value = facts.value[held]
        restated[held] = np.where(powers[held] > 0, value * product, value / product)
        return restated

    def words(self, field: str, ticker: str, filed: int) -> str:
        """Say which splits a figure was brought over, as in ``"x 4 for the split of 2020-08-31"``."""
        power = _POWER[FIELDS[field].unit]
        sign = "x" if power > 0 else "/"
        return " ".join(
            f"{sign} {ratio:g} for the split of {day.astype('datetime64[D]')}"
            for name, day, ratio in zip(self.ticker, self.day, self.ratio, strict=True)
            if power and name == ticker and day > filed
        )


NO_SPLITS = Splits((), np.empty(0, dtype=np.int64), np.empty(0))


def as_splits(splits: Any) -> Splits:
    """Check a table of splits, indexed by the first day at the new count, with columns ticker and ratio."""
    if splits is None:
        return NO_SPLITS
    if not isinstance(splits, pd.DataFrame) or not {"ticker", "ratio"} <= set(splits.columns):
        got = (
            ", ".join(map(str, splits.columns)) if isinstance(splits, pd.DataFrame) else type(splits).__name__
        )
        raise InputError(
            "splits",
            f"expected a DataFrame with columns ticker and ratio, got {got}",
            advice="Index it by the first day at the new count",
        )
    if splits.empty:
        return NO_SPLITS
    table = splits[["ticker", "ratio"]].assign(date=splits.index).reset_index(drop=True)
    ticker, tickers = as_texts(table, "ticker", argument="splits")
    ratio = as_figures(table, "ratio", argument="splits")
    if (ratio <= 0).any():
        got_ratio = ratio[ratio <= 0][0]
        raise InputError(
            "splits",
            f"ratio: expected new shares for one, above zero, got {got_ratio:g} at {row_words(table, ratio <= 0)}",
        )
    day = as_days(table, "date", argument="splits")
    again = table.assign(date=day)[["ticker", "date"]].duplicated().to_numpy()
    if again.any():
        raise InputError("splits", f"a company has two splits on a day, at {row_words(table, again)}")
    order = np.argsort(day, kind="stable")
    return Splits(tuple(tickers[place] for place in ticker[order]), day[order], ratio[order])
