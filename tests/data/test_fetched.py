"""What a source hands back: provenance that cannot be lost, and a frame that corrupts nobody's cache."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest

from maos_nb.data import Attempt, Fetched
from maos_nb.errors import InputError

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
TRIED = (Attempt("first", "failed", "it answered 503"), Attempt("second", "delivered"))


def record(frame: pd.DataFrame | None = None, **changes: Any) -> Fetched:
    """Make a valid record, but for the changes."""
    given: dict[str, Any] = {
        "frame": pd.DataFrame({"close": [1.0, 2.0]}) if frame is None else frame,
        "source": "second",
        "as_of": date(2026, 1, 1),
        "retrieved_at": NOON,
        "attempts": TRIED,
    }
    return Fetched(**(given | changes))


def test_changing_the_frame_handed_in_does_not_change_the_record() -> None:
    """A source may go on using the frame that it made the record from."""
    frame = pd.DataFrame({"close": [1.0, 2.0]})
    fetched = record(frame)
    frame.loc[0, "close"] = 99.0
    assert fetched.frame["close"].tolist() == [1.0, 2.0]


def test_changing_the_records_frame_does_not_change_the_sources() -> None:
    """A caller may do with the frame what he likes."""
    frame = pd.DataFrame({"close": [1.0, 2.0]})
    fetched = record(frame)
    fetched.frame.loc[0, "close"] = 99.0
    fetched.frame["new"] = 0.0
    assert frame.to_dict("list") == {"close": [1.0, 2.0]}


def test_the_fields_of_a_record_cannot_be_replaced() -> None:
    """Provenance that can be edited is none."""
    with pytest.raises(FrozenInstanceError):
        record().source = "another"  # type: ignore[misc]  # the point of the test
    with pytest.raises(FrozenInstanceError):
        TRIED[0].outcome = "delivered"  # type: ignore[misc]  # the point of the test


def test_the_time_of_retrieval_is_kept_in_utc() -> None:
    """Records made in two time zones can be compared by eye."""
    eastern = timezone(timedelta(hours=-5))
    fetched = record(retrieved_at=datetime(2026, 1, 2, 7, tzinfo=eastern))
    assert fetched.retrieved_at == NOON
    assert fetched.retrieved_at.tzinfo is UTC


def test_attempts_keep_the_order_in_which_sources_were_tried() -> None:
    """The reader sees what failed before something was delivered."""
    assert [(a.source, a.outcome) for a in record().attempts] == [
        ("first", "failed"),
        ("second", "delivered"),
    ]


def test_its_text_is_one_line_and_always_the_same() -> None:
    """A hundred thousand rows still print as one line."""
    fetched = record(pd.DataFrame({"close": range(100_000)}))
    expected = (
        "Fetched(source='second', frame=100000 x 1, as_of=2026-01-01, "
        "retrieved_at=2026-01-02T12:00:00+00:00, attempts=2)"
    )
    assert repr(fetched) == expected


def test_its_html_escapes_everything_that_came_from_outside() -> None:
    """No source can smuggle a script into a notebook, through whatever field it controls."""
    bad = "<script>&\"'"
    frame = pd.DataFrame({bad: [bad]}, index=pd.Index([bad], name=bad)).rename_axis(columns=bad)
    html = record(frame, source=bad, attempts=(Attempt(bad, "failed", bad),))._repr_html_()
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 7


def test_its_html_shows_the_attempts_and_a_short_table() -> None:
    """A long frame is cut, its provenance is not."""
    html = record(pd.DataFrame({"close": range(1000)}))._repr_html_()
    assert "it answered 503" in html
    assert "as of 2026-01-01" in html
    assert html.count("<tr") < 20


def test_a_record_survives_pickling() -> None:
    """Results cross process boundaries."""
    copy = pickle.loads(pickle.dumps(record()))  # noqa: S301 - our own bytes
    assert repr(copy) == repr(record())
    assert copy.attempts == TRIED
    assert copy.frame.equals(record().frame)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"frame": {"close": [1.0]}}, "frame"),
        ({"as_of": "2026-01-01"}, "as_of"),
        ({"as_of": NOON}, "as_of"),
        ({"retrieved_at": datetime(2026, 1, 2)}, "retrieved_at"),
        ({"retrieved_at": date(2026, 1, 2)}, "retrieved_at"),
        ({"attempts": list(TRIED)}, "attempts"),
        ({"attempts": ("first",)}, "attempts"),
    ],
)
def test_an_impossible_record_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], named: str
) -> None:
    """A naive time stamp or a missing date would make the provenance a guess."""
    with pytest.raises(InputError, match=f"^{named}: expected"):
        record(**changes)


def test_an_unknown_outcome_is_refused() -> None:
    """Outcomes are counted by monitors, so there are four and no more."""
    with pytest.raises(
        InputError, match="outcome: expected one of delivered, no data, failed, skipped, got 'ok'"
    ):
        Attempt("a source", "ok")  # type: ignore[arg-type]  # the point of the test
