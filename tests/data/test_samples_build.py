"""The bundled files: small, complete, documented, and rebuilt byte for byte from their sources."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from maos_nb.data import STATEMENT_FIELDS, SampleSource

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY / ".." / "shared" / "data"
SAMPLES = REPOSITORY / "maos_nb" / "data" / "samples"
MANIFEST = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))


def test_all_samples_together_stay_small() -> None:
    """They travel in every installation: 6 MB is the limit, 2 MB the aim."""
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 2_000_000


def test_the_manifest_describes_every_file_as_it_is() -> None:
    """Size, rows and checksum; whoever edits a sample by hand is found out."""
    assert set(MANIFEST["files"]) == {path.name for path in SAMPLES.iterdir()} - {
        "manifest.json",
        "NOTICE.md",
    }
    for name, entry in MANIFEST["files"].items():
        content = (SAMPLES / name).read_bytes()
        text = gzip.decompress(content) if name.endswith(".gz") else content
        assert entry["sha256"] == hashlib.sha256(content).hexdigest(), name
        assert entry["bytes"] == len(content)
        assert entry["rows"] == text.count(b"\n") - 1
        assert entry["origin"]
        assert entry["licence"]


def test_the_day_of_the_build_has_a_time_zone() -> None:
    """It becomes every record's retrieved_at."""
    assert datetime.fromisoformat(MANIFEST["built_at"]).tzinfo is not None


def test_the_notice_names_every_file_and_holds_the_licences() -> None:
    """Four of the sources ask for their licence text to travel along."""
    notice = (SAMPLES / "NOTICE.md").read_text(encoding="utf-8")
    for name in MANIFEST["files"]:
        assert f"`{name}`" in notice
    assert "Copyright (c) 2023-2026 The skfolio developers." in notice
    assert notice.count("Permission is hereby granted, free of charge") == 2
    assert "Copyright (c) 2017 Kevin Sheppard. All rights reserved." in notice
    assert "Copyright (c) Bokeh Contributors" in notice


def test_the_coverage_table_lists_exactly_the_missing_figures() -> None:
    """Each gap of each year has a line with its reason, and nothing else has."""
    coverage = pd.read_csv(SAMPLES / "coverage.csv", dtype={"missing_fiscal_years": str})
    listed = {
        (row.ticker, row.field, int(year))
        for row in coverage.itertuples()
        for year in str(row.missing_fiscal_years).split()
    }
    source = SampleSource()
    absent = set()
    for ticker in source.companies()["ticker"]:
        gaps = source.statements(ticker).frame[list(STATEMENT_FIELDS)].isna()
        absent |= {(ticker, field, year) for field in STATEMENT_FIELDS for year in gaps.index[gaps[field]]}
    assert listed == absent
    assert coverage["reason"].str.len().gt(10).all()


def test_a_rebuild_from_the_sources_gives_the_same_files(tmp_path: Path) -> None:
    """One command, the same bytes."""
    if not (SHARED / "sec_companyfacts").exists():
        pytest.skip("the sources of the samples are not beside this checkout (../shared/data)")
    for package in ("skfolio", "arch", "bokeh_sampledata"):
        if find_spec(package) is None:
            pytest.skip(f"{package}, a source of prices, is not installed")
    script = str(REPOSITORY / "scripts" / "build_samples.py")
    options = ["--output", str(tmp_path), "--built-at", MANIFEST["built_at"]]
    subprocess.run([sys.executable, script, *options], check=True, capture_output=True)
    rebuilt = {path.name for path in tmp_path.iterdir()}
    assert rebuilt == {*MANIFEST["files"], "manifest.json"}
    for name in sorted(rebuilt - {"manifest.json"}):
        # Another build of zlib may compress the same table to other bytes; the table itself may not differ.
        open_up = gzip.decompress if name.endswith(".gz") else bytes
        assert open_up((tmp_path / name).read_bytes()) == open_up((SAMPLES / name).read_bytes()), name


def test_the_wheel_contains_the_samples_and_not_their_build_script() -> None:
    """What is not in the wheel is not there for a user."""
    wheel = pytest.importorskip(
        "hatchling.builders.wheel", reason="hatchling, the build backend, is not installed"
    )
    packed = {item.distribution_path for item in wheel.WheelBuilder(str(REPOSITORY)).recurse_included_files()}
    expected = {f"maos_nb/data/samples/{path.name}" for path in SAMPLES.iterdir()}
    assert expected <= {path.replace("\\", "/") for path in packed}
    assert not any("build_samples" in path for path in packed)
