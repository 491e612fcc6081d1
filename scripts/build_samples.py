"""Rebuild every bundled sample from its sources, byte for byte.

Run it from the repository: ``python scripts/build_samples.py [--sources ../shared/data] [--output FOLDER]``.
It needs skfolio for the prices, arch and bokeh_sampledata for the quotes. NOTICE.md in the output folder is
written by hand and left alone.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import sample_tables as tables
import sec_statements as sec
from market_samples import PUBLIC_DOMAIN, Rows, market_files

from maos_nb.data import FACT_COLUMNS, STATEMENT_FIELDS

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLES = REPOSITORY / "maos_nb" / "data" / "samples"
SOURCES = REPOSITORY / ".." / "shared" / "data"

SEC_FILES = {"AAPL": "CIK0000320193_AAPL.json.gz", "NVDA": "CIK0001045810_NVDA.json.gz"}
# Form 10-K is due 60 days after the year's end for large accelerated filers (General Instruction A of the form).
# The vendor does not say when a figure was filed, so it becomes visible on the last day allowed.
DEADLINE = timedelta(days=60)
FIRST_YIELD = "1990-01-01"
# The publisher updates his tables within the first two weeks of January.
PREMIUM_PUBLISHED = "-01-15"

MIT = "MIT, The Python Packaging Authority"
BSD3 = "BSD-3-Clause, the skfolio developers"
FACTS = "facts collected by hand from public tables; cite the publisher"


def build(sources: Path, output: Path, built_at: datetime) -> None:
    """Write all sample files and their manifest into `output`."""
    files = {**_company_files(sources), **_reference_files(sources), **market_files(sources)}
    output.mkdir(parents=True, exist_ok=True)
    entries = {}
    for name, (rows, origin, licence) in files.items():
        content = _encode(name, rows)
        (output / name).write_bytes(content)
        entries[name] = {
            "origin": origin,
            "licence": licence,
            "rows": len(rows) - 1,
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    manifest = {"built_at": built_at.isoformat(), "files": entries}
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _company_files(sources: Path) -> dict[str, tuple[Rows, str, str]]:
    """Give what is known of the companies with statements: each file's rows, origin and licence."""
    facts = {
        ticker: sec.read_facts(sources / "sec_companyfacts" / name, ticker)
        for ticker, name in SEC_FILES.items()
    }
    vendor = list(_vendor_figures(sources))
    figures = [figure for table in facts.values() for figure in sec.first_filed(table)] + vendor
    figures.sort(key=lambda f: (f.ticker, f.fiscal_year, STATEMENT_FIELDS.index(f.field)))
    origin, licence = f"{sec.SOURCE}; {tables.VENDOR_SOURCE}", f"{PUBLIC_DOMAIN}; {MIT}"
    return {
        "statements.csv": (_statements(figures), origin, licence),
        "facts.csv.gz": (_facts(facts, vendor), origin, licence),
        "coverage.csv": (_coverage(figures), "computed from statements.csv", "as statements.csv"),
        "companies.csv": (
            _companies(figures),
            "SEC EDGAR company registry; sectors assigned by hand",
            PUBLIC_DOMAIN,
        ),
    }


def _reference_files(sources: Path) -> dict[str, tuple[Rows, str, str]]:
    """Give what valuations are measured against: closes, a yield, sectors, risk premiums and splits."""
    return {
        "prices.csv.gz": (_prices(), "skfolio datasets: load_sp500_dataset, load_sp500_index", BSD3),
        "treasury_10y.csv": (
            _treasury(sources),
            "datasets/bond-yields-us-10y, from the Federal Reserve (GS10)",
            "PDDL",
        ),
        "sectors.csv": (_sectors(), tables.SECTOR_SOURCE, FACTS),
        "equity_risk_premium.csv": (_risk_premiums(), tables.RISK_PREMIUM_SOURCE, FACTS),
        "splits.csv": (_splits(), "SEC EDGAR companyfacts; first days of trading by hand", PUBLIC_DOMAIN),
    }


def _encode(name: str, rows: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    content = buffer.getvalue().encode()
    # Without its time stamp the same table always compresses to the same bytes.
    return gzip.compress(content, compresslevel=9, mtime=0) if name.endswith(".gz") else content


def _vendor_figures(sources: Path) -> Iterable[sec.Figure]:
    for field, statement, row, sign in tables.VENDOR_ROWS:
        path = sources / "fundamentals" / f"financetoolkit_AAPL_MSFT_{statement}.csv"
        for year, value in _vendor_row(path, "MSFT", row).items():
            # The vendor writes 0.0 for "not reported" (Microsoft's interest paid, for one).
            if value == 0:
                continue
            period_end = date(year, 6, 30)
            yield sec.Figure(
                ticker="MSFT",
                fiscal_year=year,
                period_end=period_end,
                field=field,
                value=value * sign if field in sec.PER_SHARE_FIELDS else int(value) * sign,
                unit=_vendor_unit(field),
                tag=row,
                form="10-K (deadline)",
                filed=period_end + DEADLINE,
                accession="",
                source=tables.VENDOR_SOURCE,
            )


def _vendor_unit(field: str) -> str:
    if field in sec.SHARE_FIELDS:
        return "shares"
    return "USD/shares" if field in sec.PER_SHARE_FIELDS else "USD"


def _vendor_row(path: Path, ticker: str, row: str) -> dict[int, float]:
    with path.open(encoding="utf-8", newline="") as handle:
        header, *lines = csv.reader(handle)
    (values,) = [line[2:] for line in lines if line[:2] == [ticker, row]]
    return {int(year): float(value) for year, value in zip(header[2:], values, strict=True)}


def _statements(figures: Sequence[sec.Figure]) -> Rows:
    return [[f.name for f in fields(sec.Figure)], *(astuple(figure) for figure in figures)]


def _facts(facts: dict[str, pd.DataFrame], vendor: Sequence[sec.Figure]) -> Rows:
    """Every version of every figure; a vendor's table has one, and no first day of a period."""
    annual = pd.DataFrame([figure.as_fact() for figure in vendor]).assign(period_start="")
    rows: Rows = [FACT_COLUMNS]
    for _, table in sorted([*facts.items(), (vendor[0].ticker, annual)]):
        days = {
            name: pd.to_datetime(table[name]).dt.strftime("%Y-%m-%d").fillna("")
            for name in ("period_start", "period_end", "filed")
        }
        values = [
            f"{value:.0f}" if value.is_integer() else repr(value) for value in table["value"].astype(float)
        ]
        rows += table.assign(**days, value=values)[list(FACT_COLUMNS)].itertuples(index=False, name=None)
    return rows


def _years(figures: Sequence[sec.Figure]) -> dict[str, list[int]]:
    years: dict[str, set[int]] = defaultdict(set)
    for figure in figures:
        years[figure.ticker].add(figure.fiscal_year)
    return {ticker: sorted(found) for ticker, found in years.items()}


def _coverage(figures: Sequence[sec.Figure]) -> Rows:
    present = {(f.ticker, f.field, f.fiscal_year) for f in figures}
    rows: Rows = [("ticker", "field", "years", "missing", "missing_fiscal_years", "reason")]
    for ticker, years in sorted(_years(figures).items()):
        for field in STATEMENT_FIELDS:
            missing = [year for year in years if (ticker, field, year) not in present]
            if missing:
                gaps = " ".join(map(str, missing))
                words = tables.NEVER if len(missing) == len(years) else tables.SOMETIMES
                rule = words["SEC" if ticker in SEC_FILES else "vendor"]
                reason = tables.GAPS.get((ticker, field), rule)
                rows.append((ticker, field, len(years), len(missing), gaps, reason))
    return rows


def _companies(figures: Sequence[sec.Figure]) -> Rows:
    years = _years(figures)
    header = (
        *(
            "ticker",
            "name",
            "cik",
            "sector",
            "fiscal_year_end_month",
            "first_fiscal_year",
            "last_fiscal_year",
        ),
        *("currency", "statement_source"),
    )
    rows: Rows = [header]
    for ticker, name, cik, sector, month, currency, source in tables.COMPANIES:
        rows.append((ticker, name, cik, sector, month, years[ticker][0], years[ticker][-1], currency, source))
    return rows


def _prices() -> Rows:
    from skfolio.datasets import load_sp500_dataset, load_sp500_index  # type: ignore[import-untyped]  # it has no py.typed

    closes = load_sp500_dataset().join(load_sp500_index(), how="inner", validate="1:1")
    rows: Rows = [("date", *closes.columns)]
    # Three decimals are the precision of the source: nothing is lost.
    rows += [
        (day.date().isoformat(), *(f"{close:.3f}" for close in line))
        for day, line in zip(closes.index, closes.to_numpy(), strict=True)
    ]
    return rows


def _treasury(sources: Path) -> Rows:
    with (sources / "rates" / "us10y_monthly_1953_2026.csv").open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    months = [
        (line["Date"], f"{float(line['Rate']) / 100:.4f}") for line in lines if line["Date"] >= FIRST_YIELD
    ]
    return [("month", "yield_10y"), *months]


def _sectors() -> Rows:
    columns = (*tables.SECTOR_COLUMNS, "as_of", "source")
    return [columns, *((*row, tables.SECTOR_AS_OF, tables.SECTOR_SOURCE) for row in tables.SECTORS)]


def _risk_premiums() -> Rows:
    rows: Rows = [("date", "implied_erp", "treasury_10y", "available_from", "source")]
    for year_end, bond, premium in tables.RISK_PREMIUMS:
        start = year_end + 1
        figures = (f"{premium:.4f}", f"{bond:.4f}", f"{start}{PREMIUM_PUBLISHED}")
        rows.append((f"{start}-01-01", *figures, tables.RISK_PREMIUM_SOURCE))
    return rows


def _splits() -> Rows:
    return [("ticker", "date", "ratio", "form", "accession"), *tables.SPLITS]


def _built_at(text: str | None, output: Path) -> datetime:
    manifest = output / "manifest.json"
    if text is None and manifest.exists():
        # A rebuild of unchanged samples keeps its date, so that the manifest is reproducible too.
        text = json.loads(manifest.read_text(encoding="utf-8"))["built_at"]
    if text is None:
        return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    built_at = datetime.fromisoformat(text)
    return built_at.astimezone(UTC) if built_at.tzinfo else built_at.replace(tzinfo=UTC)


def main() -> None:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, default=SOURCES, help="folder with the source data")
    parser.add_argument("--output", type=Path, default=SAMPLES, help="folder to write")
    parser.add_argument(
        "--built-at", help="ISO date of the build; by default the one in the existing manifest"
    )
    arguments = parser.parse_args()
    build(arguments.sources, arguments.output, _built_at(arguments.built_at, arguments.output))
    total = sum(path.stat().st_size for path in arguments.output.iterdir())
    print(f"{arguments.output}: {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
