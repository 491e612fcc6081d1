"""Logging without secrets, and results as plain values."""

import datetime as dt
import json
import logging
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from maos_nb.errors import InputError
from maos_nb.utils import Logger, check_positive_whole, configure_logging, redact, shown, to_plain

SECRET = "hunter2XYZ"  # noqa: S105  # the word to look for


@pytest.mark.parametrize(
    "text",
    [
        f"GET /query?symbol=AAPL&apikey={SECRET}&x=1",
        f"GET /query?api_key={SECRET}",
        f"X-API-Key: {SECRET}",
        f'{{"api_key": "{SECRET}"}}',
        f'{{\\"api_key\\": \\"{SECRET}\\"}}',
        f"{{'password': 'two words {SECRET}'}}",
        f"password = {SECRET}",
        f"passwd:{SECRET}",
        f"client_secret={SECRET};",
        f"aws_secret_access_key={SECRET}",
        f"refresh_token={SECRET}",
        f"(token={SECRET})",
        f"Authorization: Basic {SECRET}",
        f"Authorization: {SECRET}",
        f"{{'Authorization': 'Bearer {SECRET}.a-b_c=='}}",
        f"bearer {SECRET}",
        f"postgresql://user:{SECRET}@host:5432/db",
        f"redis://:{SECRET}@host",
        f"postgresql://user:p@ss{SECRET}@host/db",
    ],
)
def test_secrets_are_cut_out_of_texts(text):
    """In addresses, headers, JSON, JSON inside JSON and reprs."""
    safe = redact(text)
    assert SECRET not in safe
    assert "***" in safe


@pytest.mark.parametrize("text", ["AAPL at 172.5", "https://www.sec.gov/a?b=c", "ratio 3:4", "a@b.com", ""])
def test_texts_without_secrets_stay_as_they_are(text):
    """Redaction must not eat the message."""
    assert redact(text) == text


@pytest.fixture
def records(caplog):
    """Give a function that lists what was logged."""
    caplog.set_level(logging.DEBUG, logger="maos_nb")
    return lambda: list(caplog.records)


def test_a_record_carries_its_fields_and_where_it_was_written(records):
    """Handlers get the fields as values, people as words, and both the caller's file."""
    Logger("quotes").info("fetched", symbol="AAPL", rows=3)
    (record,) = records()
    assert record.name == "maos_nb.quotes"
    assert record.getMessage() == "fetched symbol=AAPL rows=3"
    assert record.fields == {"symbol": "AAPL", "rows": 3}
    assert record.filename == "test_utils.py"


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_a_record_holds_no_secret_wherever_it_hides(level, records):
    """Not in the message, not under a telling name, not inside a value."""
    Logger("quotes").__getattribute__(level)(
        f"calling with token={SECRET}",
        api_key=SECRET,
        Authorization=f"Basic {SECRET}",
        url=f"https://x/?apikey={SECRET}",
        options={"password": SECRET},
    )
    (record,) = records()
    assert record.levelname == level.upper()
    assert SECRET not in str(vars(record))


def test_the_traceback_of_a_logged_error_holds_no_secret(records):
    """What a library puts into its exceptions is beyond our control."""
    try:
        raise ConnectionError(f"GET https://x/?apikey={SECRET} failed")
    except ConnectionError as error:
        Logger("quotes").error("no data", exception=error)
    (record,) = records()
    written = logging.Formatter().format(record)
    assert SECRET not in written
    assert "ConnectionError: GET https://x/?apikey=*** failed" in written
    assert "test_utils.py" in written


def test_fields_may_have_any_name(records):
    """Also those of the logger's own arguments."""
    Logger("x").info("m", message="a", name="b", level="c")
    assert records()[0].fields == {"message": "a", "name": "b", "level": "c"}


def test_percent_signs_in_messages_are_harmless(records):
    """Growth of 5% is no format string."""
    Logger("x").info("grows by 5% (%s %d)")
    assert records()[0].getMessage() == "grows by 5% (%s %d)"


def test_configuring_twice_writes_once(monkeypatch):
    """Running a cell again must not double the output."""
    logger = logging.getLogger("maos_nb")
    monkeypatch.setattr(logger, "handlers", [logging.NullHandler()])
    monkeypatch.setattr(logger, "level", logger.level)
    configure_logging("debug")
    configure_logging()
    assert [type(handler) for handler in logger.handlers] == [logging.NullHandler, logging.StreamHandler]
    assert logger.level == logging.WARNING


def test_an_unknown_level_is_refused():
    """The message lists those there are."""
    with pytest.raises(InputError, match=r"^level: expected one of CRITICAL, .*got 'loud'"):
        configure_logging("loud")


class Colour(Enum):
    RED = "red"


class Side(StrEnum):
    BUY = "BUY"


class Request(BaseModel):
    ticker: str
    on: dt.date


@dataclass
class Point:
    x: float
    tags: tuple[str, ...] = ("a",)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2.5, 2.5),
        (float("nan"), None),
        (float("inf"), None),
        ("x", "x"),
        (Colour.RED, "red"),
        (Side.BUY, "BUY"),
        (dt.date(2024, 1, 2), "2024-01-02"),
        (dt.datetime(2024, 1, 2, 3, tzinfo=dt.UTC), "2024-01-02T03:00:00+00:00"),
        (pd.Timestamp("2024-01-02"), "2024-01-02T00:00:00"),
        (pd.NaT, None),
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        (pd.Series([1.0, np.nan]), [1.0, None]),
        (pd.DataFrame({"a": [1]}), {"a": {"0": 1}}),
        (Request(ticker="AAPL", on=dt.date(2024, 1, 2)), {"ticker": "AAPL", "on": "2024-01-02"}),
        (Point(float("-inf")), {"x": None, "tags": ["a"]}),
        (MappingProxyType({Side.BUY: {1}}), {"BUY": [1]}),
        (iter([1, 2]), [1, 2]),
        (ValueError("x"), "x"),
    ],
)
def test_results_become_plain_values(value, plain):
    """Whatever numpy, pandas, pydantic and dataclasses make of them."""
    assert to_plain(value) == plain
    assert type(to_plain(value)) is type(plain)
    json.dumps(to_plain(value), allow_nan=False)


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
)


@given(nested)
def test_anything_plain_can_be_written_as_json(value):
    """Strictly: without NaN, which JSON lacks."""
    json.dumps(to_plain(value), allow_nan=False)


@given(st.text(), st.integers(min_value=10, max_value=100))
def test_a_shown_text_is_one_printable_line_of_bounded_length(text, length):
    """Whatever the text."""
    line = shown(text, length)
    assert len(line) <= length
    assert line.isprintable()


def test_memory_addresses_are_not_shown():
    """They differ from run to run."""
    assert shown(repr(object())) == "<object object>"


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "1", None])
def test_a_count_has_to_be_a_positive_whole_number(value):
    """The message names the argument."""
    with pytest.raises(InputError, match=r"^capacity: expected a positive whole number"):
        check_positive_whole("capacity", value)
    check_positive_whole("capacity", 1)
