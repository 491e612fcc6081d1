"""What is read of a market analysis: its day, its horizon, its stocks, and what is refused."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market_cases import SEED, request_of

from maos_nb.errors import RequestError
from maos_nb.finance.market_requests import MarketAnalysisRequest


class TestWords:
    """Plain descriptions."""

    @pytest.mark.parametrize(
        ("description", "expected"),
        [
            (SEED, {}),
            (
                "market outlook as of 2020-03-20 for six months",
                {"as_of": dt.date(2020, 3, 20), "horizon_months": 6},
            ),
            ("Outlook for the next year", {"horizon_months": 12}),
            ("Outlook for the next quarter", {"horizon_months": 3}),
            ("Market outlook over a 2-year horizon", {"horizon_months": 24}),
            ("18-month market outlook", {"horizon_months": 18}),
            ("market conditions, two quarters ahead", {"horizon_months": 6}),
            ("Market breadth of AAPL, MSFT and Coca Cola", {"tickers": ("AAPL", "MSFT", "KO")}),
            ("Market regime on March 9, 2009", {"as_of": dt.date(2009, 3, 9)}),
            ("Sentiment for $TSLA", {"tickers": ("TSLA",)}),
        ],
    )
    def test_a_description_is_read(self, description: str, expected: dict[str, Any]) -> None:
        """Everything else stays as it is by default, and nothing is left over."""
        request = request_of(description)
        assert request == MarketAnalysisRequest(**expected)
        assert request.ignored == ()

    @pytest.mark.parametrize(
        ("description", "ignored"),
        [
            ("50-day breadth in 2 weeks", ("50-day", "2 weeks")),
            ("market outlook with a cherry", ("cherry",)),
        ],
    )
    def test_what_is_not_understood_is_told(self, description: str, ignored: tuple[str, ...]) -> None:
        """Figures always are."""
        request = request_of(description)
        assert request.ignored == ignored
        assert f"not understood: {ignored[0]!r}" in request.describe()

    def test_it_says_which_words_it_was_read_from(self) -> None:
        """And what was given in parameters, which win."""
        request = request_of("Market outlook as of 2020-03-20 for six months", horizon_months=3)
        assert request.evidence == {"as_of": "as of 2020-03-20", "horizon_months": "parameters"}
        assert request.describe() == [
            "understood: as of 2020-03-20 (from 'as of 2020-03-20')",
            "given: horizon 3 months (in parameters)",
            "assumed: seed 0 (default)",
        ]

    @pytest.mark.parametrize(
        ("description", "words"),
        [
            ("outlook for 3 months and 6 months", "contradicts itself: 'for 3 months' and '6 months'"),
            ("outlook as of 2020-03-20, no, 2020-03-21", "contradicts itself"),
            ("outlook as of 2020-02-30", "there is no such day"),
            ("outlook for 50 years", "was read from 'for 50 years'"),
            ("outlook for 1.5 months", "horizon_months: 1.5 came"),
            ("outlook " * 3_000, "24,000 characters came"),
        ],
    )
    def test_what_cannot_be_used_is_refused(self, description: str, words: str) -> None:
        """The message quotes what came."""
        with pytest.raises(RequestError) as caught:
            request_of(description)
        assert words in str(caught.value)

    def test_a_parameter_settles_a_contradiction(self) -> None:
        """The words on that point no longer count."""
        assert request_of("outlook for 3 months and 6 months", horizon_months=9).horizon_months == 9

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=60))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        """Nothing else is raised."""
        try:
            request = request_of(f"market outlook {text}")
        except RequestError:
            return
        assert 1 <= request.horizon_months <= 120


class TestParameters:
    """Inputs by name."""

    @pytest.mark.parametrize(
        "day", ["2020-03-20", "March 20, 2020", dt.datetime(2020, 3, 20, 9), np.datetime64("2020-03-20")]
    )
    def test_a_day_may_come_in_many_ways(self, day: Any) -> None:
        """As in the request of a valuation."""
        assert MarketAnalysisRequest(as_of=day).as_of == dt.date(2020, 3, 20)

    def test_tickers_may_come_as_text(self) -> None:
        """Each once, in capitals, in their order; a set has none and is sorted."""
        assert MarketAnalysisRequest(tickers="xom, ko XOM").tickers == ("XOM", "KO")
        assert MarketAnalysisRequest(tickers="XOM, $MSFT and KO").tickers == ("XOM", "MSFT", "KO")
        assert MarketAnalysisRequest(tickers={"XOM", "KO"}).tickers == ("KO", "XOM")

    def test_missing_values_count_as_not_given(self) -> None:
        """Those of pandas too."""
        assert request_of(SEED, as_of=pd.NaT, tickers=None, seed="") == MarketAnalysisRequest()

    @pytest.mark.parametrize(
        ("inputs", "words"),
        [
            ({"horizon": 3}, "horizon: is no input of a market analysis. Inputs are: as_of, tickers"),
            ({"as_of": "soon"}, "as_of: 'soon' came; a date is expected"),
            ({"tickers": []}, "tickers: [] came"),
            ({"tickers": [3]}, "ticker symbols are expected, such as AAPL or BRK.B, not 3"),
            ({"tickers": ["KO", None]}, "not None"),
            ({"tickers": "?"}, "not '?'"),
            ({"tickers": 3}, "tickers: 3 came"),
            ({"horizon_months": 0}, "at least 1 and at most 120 (months)"),
            ({"horizon_months": True}, "a number is expected, not bool"),
            ({"seed": -1}, "seed: -1 came"),
        ],
    )
    def test_a_bad_input_is_refused(self, inputs: dict[str, Any], words: str) -> None:
        """By its name, with what is expected."""
        for make in (
            lambda: MarketAnalysisRequest(**inputs),
            lambda: MarketAnalysisRequest.model_validate(inputs),
        ):
            with pytest.raises(RequestError) as caught:
                make()
            assert words in str(caught.value)

    def test_it_goes_to_another_process_whole(self) -> None:
        """With the words that it was read from."""
        request = request_of("market outlook for six months with a cherry")
        copy = pickle.loads(pickle.dumps(request))  # noqa: S301  # our own bytes
        assert copy == request
        assert copy.ignored == request.ignored == ("cherry",)
        assert copy.describe() == request.describe()

    def test_it_goes_through_json_and_cannot_be_changed(self) -> None:
        """The same request comes out."""
        request = MarketAnalysisRequest(as_of="2020-03-20", tickers=("AAPL",), horizon_months=6)
        assert MarketAnalysisRequest.model_validate_json(request.model_dump_json()) == request
        with pytest.raises(RequestError):
            MarketAnalysisRequest.model_validate_json('{"horizon_months": "x"}')
        with pytest.raises(ValueError, match="frozen"):
            request.seed = 1  # type: ignore[misc]  # that it is refused is the test
