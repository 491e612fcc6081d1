"""What the methods of the bundled source share: the files, and the record that each of them hands back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from maos_nb.data._sample_files import SampleFiles
from maos_nb.data.fetched import Attempt, Fetched
from maos_nb.errors import UnknownSymbolError

__all__ = ["SampleRecords"]


class SampleRecords:
    """Access to the bundled files, and the record of what was read in them."""

    name = "maos_nb samples"

    def __init__(self) -> None:
        self._files = SampleFiles()

    def _record(self, frame: pd.DataFrame, source: str, as_of: date) -> Fetched:
        attempt = Attempt(self.name, "delivered", f"{len(frame)} rows")
        return Fetched(frame, source, as_of, self._files.built_at, (attempt,))

    def _refuse_unknown(self, symbols: Iterable[str], known: tuple[str, ...]) -> None:
        for symbol in symbols:
            if symbol not in known:
                raise UnknownSymbolError(symbol, known=known, source=self.name)
