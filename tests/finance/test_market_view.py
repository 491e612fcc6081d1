"""What is measured of the market: known days, definitions, the past alone, and what is missing."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from market_cases import CutSource, LeakySource, request_of, seen, statements

from maos_nb.analytics.market.regimes import past_percentile
from maos_nb.data import Fetched, SampleSource
from maos_nb.errors import MissingDataError, RequestError, UnknownSymbolError
from maos_nb.finance._market_measures import rank_in_past, say
from maos_nb.finance.market_evidence import STOCKS
from maos_nb.finance.market_requests import MarketAnalysisRequest
from maos_nb.finance.market_results import market_analysis
from maos_nb.finance.market_view import MarketView, analyse_market


def view_of(source: Any, as_of: str | None = None, **inputs: Any) -> MarketView:
    """Look at the market by another source than the samples, or once more."""
    return analyse_market(MarketAnalysisRequest(as_of=as_of, **inputs), source)


@pytest.fixture(scope="module")
def latest() -> MarketView:
    """Give the view of the last day of the samples."""
    return seen()


class TestKnownDays:
    """Days of which everybody knows what they were like."""

    def test_the_crash_of_2020(self) -> None:
        """On 20 March 2020 the VIX closed at 66.04 and the index a third below its high of February."""
        found = seen("2020-03-20")
        assert found.regimes.volatility.state == "turbulent"
        assert found.regimes.trend.state == "down"
        assert found.technical.value("vix") == 66.04
        assert found.technical.value("above_sma_200") == pytest.approx(-0.2417, abs=1e-4)
        assert found.technical.percentile("average_correlation") > 0.99
        names = {item["name"] for item in found.risks}
        assert {"down_trend", "turbulent_volatility", "narrow_breadth", "turbulence", "absorption"} <= names

    def test_the_autumn_of_2008(self) -> None:
        """No stock above its average, cheap against ten years of earnings, dividends above bonds."""
        found = seen("2008-11-20")
        assert found.regimes.volatility.state == "turbulent"
        assert found.regimes.trend.state == "down"
        assert found.technical.value("share_above_200") == 0
        assert found.fundamental.percentile("cape") == 0
        names = {item["name"] for item in found.opportunities}
        assert {"low_valuation", "dividends_over_bonds", "earnings_over_bonds"} <= names

    def test_the_calm_of_2017(self) -> None:
        """Volatility among the lowest ever, the index at its high, all indicators up."""
        found = seen("2017-10-02")
        assert (found.regimes.trend.state, found.regimes.volatility.state) == ("up", "calm")
        assert found.technical.value("drawdown_252") == 0
        assert found.technical.percentile("realised_volatility") < 0.05
        assert found.confidence.agreement == 1

    def test_the_inverted_curve_of_2006(self) -> None:
        """Three months yielded more than ten years at the end of 2006."""
        found = seen("2006-12-29")
        assert found.fundamental.value("slope_3m_10y") < 0
        assert "curve" in {item["name"] for item in found.risks}


class TestDefinitions:
    """Figures computed a second time, from the tables, by their definition."""

    def test_ratios_are_of_what_was_known(self, latest: MarketView) -> None:
        """On 28 December 2022 June was the last month known: 192.26 of earnings, 64.02 of dividends."""
        close, found = 3783.22, latest.fundamental
        assert found.value("pe_trailing") == pytest.approx(close / 192.26)
        assert found.value("dividend_yield") == pytest.approx(64.02 / close)
        assert found.value("earnings_yield_gap") == pytest.approx(192.26 / close - 0.0384)

    def test_cape_is_a_mean_over_ten_years_in_prices_of_the_last(
        self, latest: MarketView, samples: SampleSource
    ) -> None:
        """A loop over the 120 months."""
        rows = samples.market_earnings(as_of="2022-12-28").frame.iloc[-120:]
        last = float(rows["cpi"].iloc[-1])
        total = 0.0
        for _, row in rows.iterrows():
            total += row["earnings"] * last / row["cpi"]
        assert latest.fundamental.value("cape") == pytest.approx(3783.22 / (total / 120))

    def test_growth_is_over_twelve_months(self, latest: MarketView, samples: SampleSource) -> None:
        """Of earnings, dividends and prices alike."""
        rows = samples.market_earnings(as_of="2022-12-28").frame
        for name, column in (
            ("earnings_growth", "earnings"),
            ("dividend_growth", "dividend"),
            ("inflation", "cpi"),
        ):
            expected = rows[column].iloc[-1] / rows[column].iloc[-13] - 1
            assert latest.fundamental.value(name) == pytest.approx(expected)
            assert latest.fundamental[name].as_of == "2022-06-30"

    def test_shares_and_returns_are_counted(self, latest: MarketView, samples: SampleSource) -> None:
        """Stocks above their mean of 200 closes; the index against that of 252 days before."""
        closes = samples.prices([*STOCKS, "SP500"]).frame
        above = [closes[name].iloc[-1] > closes[name].iloc[-200:].mean() for name in STOCKS]
        assert latest.technical.value("share_above_200") == sum(above) / 20
        index = closes["SP500"]
        assert latest.technical.value("return_252") == pytest.approx(index.iloc[-1] / index.iloc[-253] - 1)
        assert latest.technical.value("drawdown_252") == pytest.approx(
            index.iloc[-1] / index.iloc[-252:].max() - 1
        )
        assert latest.stocks["AAPL"]["return_63"] == pytest.approx(
            closes["AAPL"].iloc[-1] / closes["AAPL"].iloc[-64] - 1
        )

    def test_the_change_of_yields_is_against_the_same_day_a_year_before(
        self, latest: MarketView, samples: SampleSource
    ) -> None:
        """27 December 2022 against 27 December 2021."""
        rows = samples.treasury_yield_daily().frame["yield_10y"]
        expected = rows.loc["2022-12-27"] - rows.loc["2021-12-27"]
        assert latest.fundamental.value("treasury_10y_change") == pytest.approx(expected)

    def test_percentiles_are_those_of_the_past(self) -> None:
        """The last of `past_percentile`, with ties, gaps and too short a past."""
        rng = np.random.default_rng(3)
        values = rng.integers(0, 40, 400).astype(float)
        values[::7] = np.nan
        assert rank_in_past(values[:399])[0] == past_percentile(values[:399], min_history=252)[-1]
        percentile, n_past = rank_in_past(values[:200])
        assert math.isnan(percentile)
        assert n_past == int((~np.isnan(values[:199])).sum())

    def test_regimes_say_since_when(self) -> None:
        """The first day after the last with another state, and the days from there."""
        trend = seen("2020-03-20").regimes
        states = trend.trend_states
        since = pd.Timestamp(trend.trend.since)
        assert (states.loc[since:] == -1).all()
        assert states.loc[:since].iloc[-2] != -1
        assert trend.trend.days == len(states.loc[since:])


class TestThePastAlone:
    """Nothing that became known later is used."""

    @pytest.mark.parametrize("day", ["1996-07-16", "2008-11-20", "2020-03-21"])
    def test_what_came_later_changes_nothing(self, day: str) -> None:
        """Samples that end on the day, all samples, and a source that gives more than it was asked for."""
        expected = market_analysis(view_of(CutSource(day), day))
        assert market_analysis(seen(day)) == expected
        assert market_analysis(view_of(LeakySource(), day)) == expected

    def test_every_date_is_that_of_the_analysis_or_before(self) -> None:
        """Measures and sources; forecasts alone speak of later days."""
        found = seen("2015-08-24")
        for item in (*found.technical.values(), *found.fundamental.values()):
            assert item.as_of <= "2015-08-24"
        assert found.outlook.forecasts[0].horizon == dt.date(2016, 8, 24)

    def test_a_day_without_a_market_is_the_one_before(self) -> None:
        """A Sunday is the Friday before."""
        assert seen("2020-03-22").evidence.as_of == dt.date(2020, 3, 20)


class _WithoutVolatility(SampleSource):
    volatility_index: Any = None


class _IndexAlone:
    """A source that knows the closes of the index, and nothing else."""

    def prices(self, tickers: Any, *, start: Any = None, end: Any = None) -> Any:
        for name in tickers:
            if name != "SP500":
                raise UnknownSymbolError(name, known=("SP500",))
        return SampleSource().prices(["SP500"], end=end)


class _SomeStocks(SampleSource):
    """A source of three stocks, one of which starts late, one of which ends early, one with holes."""

    def prices(self, tickers: Any, *, start: Any = None, end: Any = None) -> Fetched:
        known = ("KO", "MSFT", "XOM", "SP500")
        for name in tickers:
            if name not in known:
                raise UnknownSymbolError(name, known=known)
        found = super().prices(tickers, start=start, end=end)
        frame = found.frame
        frame.iloc[:-150, frame.columns.get_loc("KO")] = np.nan
        frame.iloc[-30:, frame.columns.get_loc("MSFT")] = np.nan
        frame.iloc[::40, frame.columns.get_loc("XOM")] = np.nan
        return replace(found, frame=frame)


class _Silent(SampleSource):
    def market_earnings(self, *, as_of: Any = None) -> Any:
        raise MissingDataError("nobody answered")


class TestWhatIsMissing:
    """Parts that are left out, and said to be."""

    def test_without_the_volatility_index_it_is_said(self) -> None:
        """And the rest is there."""
        found = view_of(_WithoutVolatility(), "2017-10-02")
        assert "vix" not in found.technical
        assert "realised_volatility" in found.technical
        told = [item["statement"] for item in found.risks]
        assert "The volatility index is left out: the source has none." in told

    def test_the_index_alone_is_enough(self) -> None:
        """Trend, volatility and forecasts rest on it."""
        found = view_of(_IndexAlone(), "2017-10-02")
        assert found.regimes.trend.state == "up"
        assert found.outlook.forecasts
        assert not found.fundamental
        assert not found.stocks
        assert found.confidence.evidence == pytest.approx(1 / 6)
        assert sum(item["name"] == "missing_evidence" for item in found.risks) == 5

    def test_stocks_with_gaps_are_taken_as_far_as_they_go(self) -> None:
        """Of three only those with closes count, and those that the source does not have are told."""
        found = view_of(_SomeStocks(), "2017-10-02")
        above = found.stocks["KO"]["above_sma_50"]
        assert above is not None
        assert found.technical.value("share_above_50") == (above > 0)
        assert not found.technical["share_above_200"].is_known
        assert not found.technical["counted"].is_known
        assert found.stocks["MSFT"]["above_sma_50"] is found.stocks["XOM"]["above_sma_50"] is None
        assert not found.screens
        said = next(item for item in found.risks if item["name"] == "missing_evidence")
        assert said["evidence"] == {"n_stocks": 3, "n_wanted": 20}

    def test_a_source_that_fails_is_quoted(self) -> None:
        """Its words stand in the evidence."""
        found = view_of(_Silent(), "2017-10-02")
        said = next(item for item in found.risks if "nobody answered" in item["statement"])
        assert said["evidence"] == {"reason": "nobody answered"}

    def test_an_old_curve_is_left_out(self, latest: MarketView) -> None:
        """The bundled one ends on 2017-03-29."""
        assert "slope_3m_10y" not in latest.fundamental
        said = next(item for item in latest.risks if "curve" in item["statement"])
        assert said["evidence"] == {"last": "2017-03-29", "age_days": 2100}

    def test_closes_that_end_before_the_day_are_told(self) -> None:
        """The analysis is of their last day, and no longer fresh."""
        found = seen("2024-01-02")
        assert found.evidence.as_of == dt.date(2022, 12, 28)
        assert any("and not of 2024-01-02" in item["statement"] for item in found.risks)
        assert found.confidence.evidence == pytest.approx(4 / 6)

    def test_too_short_a_past_says_less_and_does_not_fail(self) -> None:
        """Two months of closes have no average of 200 days, no regime and no forecast."""
        found = seen("1990-03-02")
        assert found.regimes.trend.state == found.regimes.volatility.state == "not known"
        assert found.outlook.forecasts == ()
        assert not found.screens
        assert found.confidence.history == 0
        assert all("nan" not in item["statement"] for item in statements(market_analysis(found)))

    def test_one_day_is_enough_to_answer(self) -> None:
        """Not for much."""
        assert seen("1990-01-02").technical.value("close") == pytest.approx(359.69, abs=0.01)

    def test_one_stock_has_no_correlation(self) -> None:
        """What takes two is not there."""
        found = seen("2017-10-02", tickers=("KO",))
        assert not found.technical["average_correlation"].is_known
        assert "average_correlation" not in market_analysis(found)["technical_indicators"]["measures"]

    @pytest.mark.parametrize(
        ("request_", "kind", "words"),
        [
            (
                {"tickers": ("TSLA",)},
                RequestError,
                "tickers: there are no closes of 'TSLA'. There are of AAPL",
            ),
            ({"as_of": "2100-01-01"}, RequestError, "has not come yet"),
            ({"as_of": "1989-01-01"}, MissingDataError, "prices"),
        ],
    )
    def test_what_cannot_be_answered_is_refused(
        self, request_: dict[str, Any], kind: type[Exception], words: str
    ) -> None:
        """The message says what there is."""
        with pytest.raises(kind) as caught:
            seen(**request_)
        assert words in str(caught.value)


class TestSentences:
    """How a sentence is made."""

    def test_a_sentence_without_one_of_its_numbers_is_not_said(self) -> None:
        """A number that is not known is no evidence."""
        assert say("It is {one} and {other:.1f}.", one=1, other=math.nan) == []
        assert say("It is {one}.", one=np.int64(1)) == [{"statement": "It is 1.", "evidence": {"one": 1}}]

    def test_words_choose_the_stocks(self, samples: SampleSource) -> None:
        """Breadth is of those that were named."""
        request = request_of("Market breadth of AAPL, MSFT and Coca Cola on 2017-10-02")
        assert list(analyse_market(request, samples).stocks) == ["AAPL", "MSFT", "KO"]
