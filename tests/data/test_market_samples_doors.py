"""The doors of the market's samples: spans, days of looking, tickers, copies and threads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.data import Fetched, SampleSource
from maos_nb.errors import InputError, MissingDataError

SOURCE = SampleSource()
STOCKS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
Daily = Callable[..., Fetched]
DAILY = [SOURCE.volatility_index, SOURCE.treasury_yield_daily, SOURCE.yield_curve]


@pytest.mark.parametrize("ask", [*DAILY, lambda **days: SOURCE.ohlcv("AAPL", **days)])
def test_a_span_includes_both_ends(ask: Daily) -> None:
    """Asked for by dates or by text."""
    frame = ask(start="2012-11-01", end=date(2012, 11, 5)).frame
    assert [day.day for day in frame.index] == [1, 2, 5]


@pytest.mark.parametrize("ask", [*DAILY, lambda **days: SOURCE.ohlcv("SP500", **days)])
def test_a_span_without_a_day_is_answered_with_what_there_is(ask: Daily) -> None:
    """Christmas 2010 fell on a weekend."""
    with pytest.raises(
        MissingDataError, match=r"between 2010-12-25 and 2010-12-26\. .* holds \d{4}-01-0\d to "
    ):
        ask(start="2010-12-25", end="2010-12-26")


@pytest.mark.parametrize("ask", DAILY)
def test_a_day_before_the_first_is_answered_with_it(ask: Daily) -> None:
    """The message says from when there is something."""
    with pytest.raises(MissingDataError, match=r"nothing had been published by 1950-01-01\. .*earliest date"):
        ask(as_of="1950-01-01")


@pytest.mark.parametrize("ask", [*DAILY, lambda **days: SOURCE.ohlcv("IBM", **days)])
@pytest.mark.parametrize(
    ("days", "argument"),
    [
        ({"start": "2010-01-02", "end": "2010-01-01"}, "start"),
        ({"start": 2010}, "start"),
        ({"end": "soon"}, "end"),
    ],
)
def test_bad_days_are_refused_by_name(ask: Daily, days: dict[str, object], argument: str) -> None:
    """The reader knows what to change."""
    with pytest.raises(InputError, match=f"^{argument}: "):
        ask(**days)


@pytest.mark.parametrize("ask", DAILY)
def test_a_bad_day_of_looking_is_refused(ask: Daily) -> None:
    """By its name, too."""
    with pytest.raises(InputError, match=r"^as_of: "):
        ask(as_of="yesterday")


@pytest.mark.parametrize("tickers", [[], "", 7, ["AAPL", None]])
def test_tickers_that_are_none_are_refused(tickers: object) -> None:
    """Empty, blank or no text."""
    with pytest.raises(InputError, match=r"^tickers: "):
        SOURCE.ohlcv(tickers)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("adjusted", [1, None, "splits"])
def test_adjusted_is_yes_or_no(adjusted: object) -> None:
    """Other libraries have more kinds; none is guessed."""
    with pytest.raises(InputError, match=r"^adjusted: expected True or False"):
        SOURCE.ohlcv("AAPL", adjusted=adjusted)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("ask", DAILY)
@settings(max_examples=20)
@given(days=st.lists(st.dates(date(1990, 2, 1), date(2026, 12, 31)), min_size=2, max_size=2).map(sorted))
def test_the_past_never_changes(ask: Daily, days: list[date]) -> None:
    """What was visible on one day is visible on every later day, and nothing is newer than the day."""
    earlier, later = (ask(as_of=day).frame for day in days)
    assert earlier.index[-1] <= pd.Timestamp(days[0])
    pd.testing.assert_frame_equal(later.iloc[: len(earlier)], earlier)


@pytest.mark.parametrize("ask", [*DAILY, lambda: SOURCE.ohlcv("AAPL", adjusted=False)])
def test_what_a_caller_does_to_a_frame_does_not_reach_the_cache(ask: Daily) -> None:
    """The next caller gets the figures as they were."""
    before, spoiled = ask().frame, ask().frame
    spoiled.iloc[:, 0] = 0.0
    pd.testing.assert_frame_equal(ask().frame, before)


def test_threads_may_ask_at_once() -> None:
    """Eight threads on a new source read what one reads."""
    source = SampleSource()
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda number: source.ohlcv(STOCKS[number % 5]).frame, range(16)))
    for number, frame in enumerate(frames):
        pd.testing.assert_frame_equal(frame, SOURCE.ohlcv(STOCKS[number % 5]).frame)


def test_a_file_is_parsed_when_it_is_first_asked_for() -> None:
    """A valuation reads no quotes."""
    code = (
        "from maos_nb.data import SampleSource; import pandas as pd; read = []; parse = pd.read_csv\n"
        "pd.read_csv = lambda handle, **options: read.append(1) or parse(handle, **options)\n"
        "source = SampleSource(); source.treasury_yield(); assert len(read) == 1\n"
        "source.ohlcv('SP500'); source.ohlcv('SP500'); assert len(read) == 2\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
