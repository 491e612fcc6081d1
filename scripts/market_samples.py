"""The market's samples as rows: quotes of an index and of five stocks, the VIX and Treasury yields.

Nothing is repaired: what the sources have wrong or odd is told in the samples' NOTICE.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["PUBLIC_DOMAIN", "Rows", "market_files"]

Rows: TypeAlias = list[Sequence[Any]]

QUOTES = ("date", "ticker", "open", "high", "low", "close", "adj_close", "volume")
STOCKS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
# The source's heading of each maturity, and ours.
MATURITIES = {
    "1month": "1m",
    "3month": "3m",
    "6month": "6m",
    "1year": "1y",
    "2year": "2y",
    "3year": "3y",
    "5year": "5y",
    "7year": "7y",
    "10year": "10y",
    "20year": "20y",
    "30year": "30y",
}
FIRST_MONTH = "1950-01-01"
# FRED's older files write a dot where its newer ones leave the field empty.
MISSING = frozenset({".", ""})

NCSA = "NCSA, Kevin Sheppard"
STOCKS_LICENCE = "public domain (Quandl WIKI); the package: BSD-3-Clause, Bokeh Contributors"
PUBLIC_DOMAIN = "US government work, public domain"


def market_files(sources: Path) -> dict[str, tuple[Rows, str, str]]:
    """Give each file's rows, with their header, its origin and its licence."""
    return {
        "sp500_ohlcv.csv.gz": (_index(), "arch.data.sp500, S&P 500 daily 1999 to 2018", NCSA),
        "stocks_ohlcv.csv.gz": (
            _stocks(),
            "bokeh_sampledata.stocks, from Quandl WIKI Prices",
            STOCKS_LICENCE,
        ),
        "vix.csv.gz": (_volatility(sources), "datasets/finance-vix, from Cboe", "PDDL"),
        "treasury_10y_daily.csv.gz": (
            _ten_year(sources),
            "Federal Reserve H.15, 10-year Treasury at constant maturity (FRED series DGS10)",
            PUBLIC_DOMAIN,
        ),
        "sp500_earnings.csv.gz": (
            _earnings(sources),
            "datasets/s-and-p-500, from Robert Shiller (Yale), ie_data.xls",
            "PDDL",
        ),
        "treasury_curve.csv.gz": (
            _curve(sources),
            "Federal Reserve H.15, Treasury constant maturities, as collected by quantopian/zipline",
            PUBLIC_DOMAIN,
        ),
    }


def _index() -> Rows:
    from arch.data import sp500

    table = sp500.load()
    # The package holds the published cents in single precision (1229.229980 for 1229.23).
    cents = (
        [f"{value:.2f}" for value in table[name]] for name in ("Open", "High", "Low", "Close", "Adj Close")
    )
    days = (day.date().isoformat() for day in table.index)
    columns = (days, *cents, table["Volume"].tolist())
    return [QUOTES, *((day, "SP500", *values) for day, *values in zip(*columns, strict=True))]


def _stocks() -> Rows:
    from bokeh_sampledata import stocks

    rows: Rows = [QUOTES]
    for ticker in STOCKS:
        quotes = getattr(stocks, ticker)
        columns = (quotes[name] for name in QUOTES if name != "ticker")
        rows += [(day, ticker, *values) for day, *values in zip(*columns, strict=True)]
    return rows


def _volatility(sources: Path) -> Rows:
    rows: Rows = [("date", "open", "high", "low", "close")]
    for day, *values in _lines(sources / "prices" / "vix_daily_1990_2026.csv"):
        rows.append((day, *(f"{float(value):.2f}" for value in values)))
    return rows


def _ten_year(sources: Path) -> Rows:
    """Two files of one series, which agree where they overlap; a day without a yield has no row."""
    yields: dict[str, str] = {}
    for name in ("DGS10.csv", "DGS10_recent.csv"):
        for day, percent in _lines(sources / "fred" / name):
            if percent in MISSING:
                continue
            decimal = f"{float(percent) / 100:.4f}"
            if yields.setdefault(day, decimal) != decimal:
                raise ValueError(f"{name}: {decimal} on {day}, but {yields[day]} in the older file")
    return [("date", "yield_10y"), *sorted(yields.items())]


def _earnings(sources: Path) -> Rows:
    """Months since 1950; the source writes 0.0 for what is not known, as for the latest months."""
    rows: Rows = [("month", "earnings", "dividend", "cpi")]
    path = sources / "macro" / "shiller_sp500_monthly_1871_2026.csv"
    for month, _, dividend, earnings, cpi, *_ in _lines(path):
        known = [f"{float(text):.2f}" if float(text) else "" for text in (earnings, dividend)]
        if month >= FIRST_MONTH and any(known):
            rows.append((month, *known, f"{float(cpi):.2f}"))
    return rows


def _curve(sources: Path) -> Rows:
    path = sources / "rates" / "treasury_curve_daily_1990_2017_zipline.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        _, *maturities = next(csv.reader(handle))
    header = ("date", *(MATURITIES[name] for name in maturities))
    # A time of midnight in UTC stands behind each day.
    return [header, *((day[:10], *yields) for day, *yields in _lines(path))]


def _lines(path: Path) -> Iterable[list[str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        lines = csv.reader(handle)
        next(lines)
        yield from lines
