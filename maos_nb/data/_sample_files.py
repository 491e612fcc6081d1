"""The bundled files, each parsed once however many threads ask."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from threading import Lock
from typing import Any

import pandas as pd

__all__ = ["SampleFiles"]

_DAILY: dict[str, Any] = {"index_col": "date", "parse_dates": ["date"], "compression": "gzip"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "companies.csv": {"index_col": "ticker"},
    # Empty cells are empty text: a vendor gives no accession numbers.
    "statements.csv": {
        "parse_dates": ["period_end", "filed"],
        "dtype": {"value": "float64"},
        "keep_default_na": False,
    },
    "facts.csv.gz": {
        "parse_dates": ["period_start", "period_end", "filed"],
        "dtype": {"value": "float64"},
        "keep_default_na": False,
        "compression": "gzip",
    },
    "prices.csv.gz": _DAILY,
    "treasury_10y.csv": {"index_col": "month", "parse_dates": ["month"]},
    "sectors.csv": {"index_col": "sector", "parse_dates": ["as_of"]},
    "equity_risk_premium.csv": {"index_col": "date", "parse_dates": ["date", "available_from"]},
    "splits.csv": {"index_col": "date", "parse_dates": ["date"], "dtype": {"ratio": "float64"}},
    "sp500_ohlcv.csv.gz": {**_DAILY, "dtype": {"volume": "float64"}},
    "stocks_ohlcv.csv.gz": {**_DAILY, "dtype": {"volume": "float64"}},
    "vix.csv.gz": _DAILY,
    "treasury_10y_daily.csv.gz": _DAILY,
    "treasury_curve.csv.gz": _DAILY,
    "sp500_earnings.csv.gz": {"index_col": "month", "parse_dates": ["month"], "compression": "gzip"},
}


class SampleFiles:
    """Read access to the samples; the frames it gives are shared and must not be changed."""

    def __init__(self) -> None:
        self._folder = files("maos_nb.data") / "samples"
        self._lock = Lock()
        self._tables: dict[str, pd.DataFrame] = {}
        self._manifest: dict[str, Any] = json.loads(
            (self._folder / "manifest.json").read_text(encoding="utf-8")
        )

    @property
    def built_at(self) -> datetime:
        """When the samples were built, in UTC."""
        return datetime.fromisoformat(self._manifest["built_at"]).astimezone(UTC)

    def origin(self, name: str) -> str:
        """Where the named file's figures come from."""
        return str(self._manifest["files"][name]["origin"])

    def table(self, name: str) -> pd.DataFrame:
        """Give the named file, parsed at the first call."""
        with self._lock:
            if name not in self._tables:
                with (self._folder / name).open("rb") as handle:
                    self._tables[name] = pd.read_csv(handle, **_OPTIONS[name])
            return self._tables[name]
