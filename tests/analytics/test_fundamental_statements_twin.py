"""Statements against a plain-loop twin, and what no later filing may change."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.statements import Statements
from maos_nb.errors import MissingDataError

FIELDS_USED = ("revenue", "total_assets", "diluted_shares", "diluted_eps")
SPANS = {"Q1": (0, 1), "Q2": (1, 2), "Q3": (2, 3), "Q4": (3, 4), "6M": (0, 2), "9M": (0, 3), "FY": (0, 4)}
UNITS = {"money": "USD", "shares": "shares", "money per share": "USD/shares"}
# First day of the fiscal year 2021 and the weeks of its quarters.
COMPANIES = {"JAN": ("2020-02-03", (13, 13, 13, 13)), "SEP": ("2020-09-27", (14, 13, 13, 13)), "AUG": ("2020-08-31", (12, 12, 12, 16))}  # fmt: skip
YEARS = (2021, 2022, 2023)
RECIPES = {
    "Q2": [("6M", ["Q1"])],
    "Q3": [("9M", ["6M"]), ("9M", ["Q1", "Q2"])],
    "Q4": [("FY", ["9M"]), ("FY", ["6M", "Q3"]), ("FY", ["Q1", "Q2", "Q3"])],
}


def bounds(ticker: str, year: int) -> list[dt.date]:
    """Give the first day of each quarter of a fiscal year, and of the next year."""
    start, weeks = COMPANIES[ticker]
    first = dt.date.fromisoformat(start) + dt.timedelta(weeks=sum(weeks) * (year - YEARS[0]))
    return [first + dt.timedelta(weeks=sum(weeks[:place])) for place in range(5)]


@st.composite
def filings(draw):
    """Draw facts with their place (ticker, field, year, span), each in up to four filings."""
    rows = []
    for ticker in draw(st.lists(st.sampled_from(sorted(COMPANIES)), min_size=1, max_size=2, unique=True)):
        for year in YEARS:
            days = bounds(ticker, year)
            # Without it nothing tells where the year ends; the first is filed before all others.
            rows.append(row(ticker, "net_income", year, "FY", days[4], 1.0))
            spots = st.tuples(st.sampled_from(FIELDS_USED), st.sampled_from(sorted(SPANS)))
            for field, span in draw(st.lists(spots, max_size=14, unique=True)):
                if FIELDS[field].kind == "stock" and span not in ("Q1", "Q2", "Q3", "Q4"):
                    continue
                delays = draw(st.lists(st.integers(0, 900), min_size=1, max_size=4, unique=True))
                for delay in delays:
                    value = float(draw(st.integers(-3, 9)))
                    rows.append(row(ticker, field, year, span, days[4] + dt.timedelta(days=delay), value))
    return rows


def row(ticker, field, year, span, filed, value):
    """Give a fact with its place."""
    days = bounds(ticker, year)
    first, last = SPANS[span]
    return {
        "ticker": ticker,
        "field": field,
        "period_start": None if FIELDS[field].kind == "stock" else days[first],
        "period_end": days[last] - dt.timedelta(days=1),
        "filed": filed,
        "value": value,
        "unit": UNITS[FIELDS[field].unit],
        "accession": f"{ticker}-{filed}",
        "year": year,
        "span": span,
    }


class Twin:
    """Loops over dictionaries, a figure at a time."""

    def __init__(self, rows):
        self.versions = {}
        for item in rows:
            place = (item["ticker"], item["field"], item["year"], item["span"])
            self.versions.setdefault(place, []).append((item["filed"], item["value"]))
        for held in self.versions.values():
            held.sort()

    def annual(self, ticker, field, year, vintage):
        """Give the year's figure."""
        span = "Q4" if FIELDS[field].kind == "stock" else "FY"
        held = self.versions.get((ticker, field, year, span))
        return math.nan if not held else held[-1 if vintage == "latest" else 0][1]

    def quarterly(self, ticker, field, year, quarter, vintage):
        """Give the quarter's figure, as filed or derived."""
        held = self.versions.get((ticker, field, year, quarter))
        if held:
            return held[-1 if vintage == "latest" else 0][1]
        kind = FIELDS[field].kind
        if kind == "stock" or quarter == "Q1" or (kind == "mean" and quarter != "Q4"):
            return math.nan
        recipes = RECIPES[quarter] if kind == "flow" else RECIPES[quarter][2:]
        whole = self.versions.get((ticker, field, year, recipes[0][0]), [])
        for before, run, after in rounds(whole, vintage):
            for _, parts in recipes:
                found = [
                    of_round(self.versions.get((ticker, field, year, part), []), before, run[-1][0], after)
                    for part in parts
                ]
                if None not in found:
                    value = (4 if kind == "mean" else 1) * run[-1][1] - sum(found)
                    return value if kind == "flow" or value > 0 else math.nan
        return math.nan

    def ttm(self, ticker, field, year, quarter, vintage):
        """Give the figure of twelve months."""
        if FIELDS[field].kind == "stock":
            return self.quarterly(ticker, field, year, quarter, vintage)
        last = year * 4 + int(quarter[1]) - 1
        four = [
            self.quarterly(ticker, field, place // 4, f"Q{place % 4 + 1}", vintage)
            for place in range(last - 3, last + 1)
        ]
        return sum(four) / (4 if FIELDS[field].kind == "mean" else 1)


def rounds(versions, vintage):
    """Give the runs of one value, the newest first, with the day before and the day after each."""
    runs = []
    for version in versions:
        if runs and runs[-1][-1][1] == version[1]:
            runs[-1].append(version)
        else:
            runs.append([version])
    days = [dt.date.min, *(run[-1][0] for run in runs)]
    following = [*(run[0][0] for run in runs[1:]), dt.date.max]
    made = [*zip(days, runs, following, strict=False)]
    if vintage == "first":
        return [(before, run[:1], after) for before, run, after in made[:1]]
    return made[::-1]


def of_round(versions, before, by, after):
    """Give the last value filed after `before` and up to `by`, else the first one until `after`."""
    held = [value for filed, value in versions if before < filed <= by]
    if held:
        return held[-1]
    later = [value for filed, value in versions if by < filed < after]
    # What was filed in between belongs to an earlier round.
    return later[0] if later else None


def table(rows) -> pd.DataFrame:
    """Make the facts of rows."""
    return pd.DataFrame(rows).drop(columns=["year", "span"])


class TestTwin:
    @settings(max_examples=40, deadline=None)
    @given(filings(), st.sampled_from(["latest", "first"]))
    def test_years_and_quarters_equal_the_twin_s(self, rows, vintage):
        """Every figure of every view, NaN included."""
        made, twin = Statements(table(rows)), Twin(rows)
        annual = made.annual(vintage)
        assert annual.periods == YEARS
        for place, ticker in enumerate(annual.tickers):
            for field in made.fields:
                expected = [twin.annual(ticker, field, year, vintage) for year in YEARS]
                np.testing.assert_array_equal(annual[field][place], expected)
        for view, ask in (("quarterly", twin.quarterly), ("ttm", twin.ttm)):
            try:
                panel = getattr(made, view)(vintage)
            except MissingDataError:
                panel = None
            for ticker in made.tickers:
                for field in made.fields:
                    for year in YEARS:
                        for quarter in ("Q1", "Q2", "Q3", "Q4"):
                            value = math.nan
                            if panel is not None and f"{year}{quarter}" in panel.periods:
                                row, column = panel.position(ticker, f"{year}{quarter}")
                                value = panel[field][row, column]
                            assert value == pytest.approx(
                                ask(ticker, field, year, quarter, vintage), nan_ok=True
                            )


class TestPointInTime:
    @settings(max_examples=30, deadline=None)
    @given(filings(), st.dates(dt.date(2021, 2, 1), dt.date(2026, 1, 1)))
    def test_later_filings_never_change_what_was_known(self, rows, day):
        """All views of the whole table as of a day are those of a table of what had been filed by then."""
        early = [item for item in rows if item["filed"] <= day]
        if not early:
            with pytest.raises(MissingDataError):
                Statements(table(rows)).as_of(day)
            return
        known, alone = Statements(table(rows)).as_of(day), Statements(table(early))
        assert sorted(known.tickers) == sorted(alone.tickers)
        for view in ("annual", "quarterly", "ttm"):
            for vintage in ("latest", "first"):
                pd.testing.assert_frame_equal(frame_of(known, view, vintage), frame_of(alone, view, vintage))
        pd.testing.assert_frame_equal(known.restatements(), alone.restatements())

    @settings(max_examples=15, deadline=None)
    @given(filings(), st.randoms(use_true_random=False))
    def test_the_order_of_rows_does_not_matter(self, rows, random):
        """Figures follow from the days of filing alone."""
        mixed = rows[:]
        random.shuffle(mixed)
        one, other = Statements(table(rows)), Statements(table(mixed))
        for view in ("annual", "quarterly"):
            pd.testing.assert_frame_equal(frame_of(one, view, "latest"), frame_of(other, view, "latest"))

    @settings(max_examples=15, deadline=None)
    @given(filings())
    def test_companies_do_not_touch_each_other(self, rows):
        """A company selected is what it is among others."""
        made = Statements(table(rows))
        for ticker in made.tickers:
            alone = frame_of(made.select(ticker), "annual", "latest")
            among = frame_of(made, "annual", "latest").loc[[ticker], alone.columns]
            pd.testing.assert_frame_equal(alone, among)

    @settings(max_examples=15, deadline=None)
    @given(filings())
    def test_every_derived_figure_is_explained_by_its_own_parts(self, rows):
        """The explanation's value is the panel's to the last bit, and its formula holds for its inputs."""
        made = Statements(table(rows))
        for (ticker, period), figures in frame_of(made, "quarterly", "latest").iterrows():
            for field, value in figures.dropna().items():
                explained = made.explain(field, ticker, period, basis="quarterly")
                assert explained.value == value
                if explained.formula:
                    whole, *parts = (item.value for item in explained.inputs)
                    times = 4 if explained.formula.startswith("4 x") else 1
                    assert value == pytest.approx(times * whole - sum(parts))


def frame_of(statements: Statements, view: str, vintage: str) -> pd.DataFrame:
    """Give a view as a frame of the known rows, sorted; empty where there is none."""
    try:
        frame = getattr(statements, view)(vintage).to_frame()
    except MissingDataError:
        return pd.DataFrame()
    return frame.dropna(how="all").sort_index()
