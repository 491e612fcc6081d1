"""What several finance tests share."""

from __future__ import annotations

import datetime as dt

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
