"""What several finance tests share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from maos_nb.data import Fetched, SampleSource

AAPL = "Value AAPL with a 5-year DCF at a WACC of 8.5%"


class EditedSource(SampleSource):
    """The samples with some figures of Apple's statements replaced."""

    def __init__(self, edits: dict[tuple[int, str], float]) -> None:
        super().__init__()
        self._edits = edits

    def statements(self, ticker: str, *, as_of: dt.date | str | None = None) -> Fetched:
        """Give the statements with the edits in them."""
        fetched = super().statements(ticker, as_of=as_of)
        frame: pd.DataFrame = fetched.frame
        for (year, name), figure in self._edits.items():
            frame.loc[year, name] = figure
        return Fetched(frame, fetched.source, fetched.as_of, fetched.retrieved_at, fetched.attempts)

    def facts(self, tickers: Any, *, as_of: dt.date | str | None = None) -> Fetched:
        """Give the facts with the edits in every version of the year's figure; a figure of NaN is not filed."""
        fetched = super().facts(tickers, as_of=as_of)
        frame: pd.DataFrame = fetched.frame
        for (year, name), figure in self._edits.items():
            length = frame["period_end"] - frame["period_start"]
            is_annual = length.isna() | (length > pd.Timedelta(days=340))
            rows = (frame["field"] == name) & (frame["fiscal_year"] == year) & is_annual
            frame.loc[rows, "value"] = figure
        frame = frame[frame["value"].notna()]
        return Fetched(frame, fetched.source, fetched.as_of, fetched.retrieved_at, fetched.attempts)
