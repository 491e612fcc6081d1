"""Splits, and what they make comparable."""

from __future__ import annotations

import pandas as pd
import pytest

from maos_nb.data import SampleSource
from maos_nb.errors import UnknownSymbolError


def test_the_splits_are_those_that_were_filed() -> None:
    """Apple 7:1 and 4:1, NVIDIA 4:1 and 10:1, each with a filing."""
    source = SampleSource()
    for ticker, expected in (
        ("aapl", {"2014-06-09": 7, "2020-08-31": 4}),
        ("NVDA", {"2021-07-20": 4, "2024-06-10": 10}),
    ):
        frame = source.splits(ticker).frame
        assert {str(day.date()): ratio for day, ratio in frame["ratio"].items()} == expected
        assert frame["accession"].str.fullmatch(r"\d{10}-\d{2}-\d{6}").all()


def test_a_company_without_a_split_has_an_empty_table() -> None:
    """Microsoft has not split since its statements begin."""
    assert SampleSource().splits("MSFT").frame["ratio"].empty


def test_an_unknown_company_is_refused() -> None:
    """The message lists those known."""
    with pytest.raises(UnknownSymbolError, match="Known here: AAPL, MSFT, NVDA"):
        SampleSource().splits("XYZQ")


@pytest.mark.parametrize("ticker", ["AAPL", "NVDA"])
def test_share_counts_times_later_splits_have_no_jumps(ticker: str) -> None:
    """As filed they jump by four, seven and ten; brought to one basis no year changes by a quarter."""
    source = SampleSource()
    facts = source.statement_facts(ticker).frame
    counts = facts[facts["field"] == "shares_outstanding"].set_index("period_end")["value"].sort_index()
    ratios = source.splits(ticker).frame["ratio"]
    today = pd.Series({day: count * ratios[ratios.index > day].prod() for day, count in counts.items()})
    assert counts.pct_change().abs().max() > 2
    assert today.pct_change().abs().max() < 0.25
