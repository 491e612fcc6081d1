"""Words and values as they come from other hands: looser phrases, pandas, numpy."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from maos_nb.errors import RequestError
from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.types import Task


def read(description: str = "Value AAPL", **parameters: Any) -> FinancialModelRequest:
    """Read a task."""
    return FinancialModelRequest.from_task(Task(description=description, parameters=parameters))


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("Value AAPL, margin of 20%", "operating_margin", 0.2),
        ("Value AAPL with a 20% margin", "operating_margin", 0.2),
        ("startup with revenue of $1m, margin -20%", "operating_margin", -0.2),
        ("Value AAPL, revenue falling 50%", "revenue_growth", -0.5),
        ("startup with $2.5 million revenue growing 100% a year", "revenue_growth", 1.0),
        ("startup with $2.5 million revenue growing 100% a year", "revenue", 2.5e6),
    ],
)
def test_loose_phrases_are_read(words: str, field: str, value: float) -> None:
    """As an analyst would say them."""
    assert getattr(read(words), field) == value


def test_a_margin_of_another_kind_is_reported_and_not_taken() -> None:
    """A gross margin is no operating margin."""
    request = read("Value AAPL, gross margin 40%")
    assert request.operating_margin is None
    assert request.ignored == ("gross margin 40%",)


@pytest.mark.parametrize(("word", "guess"), [("aple", "AAPL"), ("Mircosoft", "MSFT")])
def test_a_misspelt_company_is_guessed_at(word: str, guess: str) -> None:
    """The error asks, it does not assume."""
    with pytest.raises(RequestError, match=rf"Did you mean {guess}"):
        read(word)


def test_a_figure_that_is_none_is_refused_in_words() -> None:
    """Falling back to a default would hide it."""
    with pytest.raises(RequestError, match="wacc: no finite figure in 'WACC nan'"):
        read("Value AAPL WACC nan")


def test_missing_marks_of_pandas_count_as_not_given() -> None:
    """A row of a frame with gaps can be passed as it is."""
    request = read(wacc=pd.NA, price=pd.NA, as_of=pd.NaT)
    assert (request.wacc, request.price, request.as_of) == (None, None, None)


def test_a_series_is_no_number() -> None:
    """The message names the argument instead of an ambiguous truth value."""
    with pytest.raises(RequestError, match=r"wacc: .* a number is expected, not Series"):
        read(wacc=pd.Series([0.08]))


def test_an_array_of_two_rates_is_a_range_and_a_datetime64_a_date() -> None:
    """As numpy gives them."""
    request = read(wacc_range=np.array([0.08, 0.09]), as_of=np.datetime64("2022-12-31"))
    assert request.wacc_range == (0.08, 0.09)
    assert request.as_of == dt.date(2022, 12, 31)
