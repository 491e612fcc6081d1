"""What is said of the time ahead, where it comes from, and how it did."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from market_cases import seen

from maos_nb.analytics.market.forecasts import Forecast, ForecastStatus, judge
from maos_nb.data import SampleSource
from maos_nb.finance._market_forecasts import COVERAGE
from maos_nb.finance.market_results import market_analysis
from maos_nb.finance.market_view import MarketView


def view_of(as_of: str, horizon: int = 12) -> MarketView:
    """Look at the market."""
    return seen(as_of, horizon_months=horizon)


def month_ends(closes: pd.Series[float], as_of: str) -> list[tuple[pd.Timestamp, float]]:
    """Give the last close of each whole month, one by one."""
    found: list[tuple[pd.Timestamp, float]] = []
    known = closes.loc[:as_of]
    for day, close in known.items():
        if found and (found[-1][0].year, found[-1][0].month) == (day.year, day.month):
            found.pop()
        found.append((day, close))
    return found


class TestBasis:
    """The months that a forecast rests on."""

    @pytest.mark.parametrize(("as_of", "horizon"), [("2017-09-29", 12), ("2009-06-30", 3)])
    def test_it_is_a_count_of_months_like_this_one(
        self, as_of: str, horizon: int, samples: SampleSource
    ) -> None:
        """A loop over month ends, with the regimes of each."""
        found = view_of(as_of, horizon)
        basis, regimes = found.outlook.basis, found.regimes
        assert basis is not None
        assert basis.condition == "trend and volatility"
        ends = month_ends(samples.prices(["SP500"]).frame["SP500"], as_of)
        now = regimes.trend_states.iloc[-1], regimes.volatility_states.iloc[-1]
        returns, places = [], []
        for place in range(len(ends) - horizon):
            day, close = ends[place]
            if (regimes.trend_states[day], regimes.volatility_states[day]) == now:
                returns.append(ends[place + horizon][1] / close - 1)
                places.append(place)
        apart = [places[0]]
        for place in places:
            if place >= apart[-1] + horizon:
                apart.append(place)
        assert (basis.n_months, basis.n_independent) == (len(returns), len(apart))
        assert basis.n_up == sum(value > 0 for value in returns)
        assert basis.probability == pytest.approx(basis.n_up / len(returns))
        assert (basis.low, basis.median, basis.high) == pytest.approx(np.quantile(returns, [0.1, 0.5, 0.9]))
        assert basis.interval[0] < basis.probability < basis.interval[1]

    def test_too_few_months_take_those_of_the_trend_then_all(self) -> None:
        """And the sentence says so."""
        found = view_of("1995-01-03")
        assert found.outlook.basis is not None
        assert found.outlook.basis.condition == "none"
        assert "being too few" in found.outlook.statements[0]["statement"]

    def test_certainty_is_never_said(self) -> None:
        """Where all months rose, the probability is that of one more independent one that did not."""
        views = [view_of(f"{year}-01-31", 60) for year in range(1999, 2003)]
        bases = [view.outlook.basis for view in views if view.outlook.basis is not None]
        assert any(basis.n_up == basis.n_months for basis in bases)
        for basis in bases:
            assert 0 < basis.probability < 1

    def test_a_month_that_has_not_ended_does_not_count(self) -> None:
        """The 28th of December 2022 was followed by two trading days: November is the last month."""
        late, november = view_of("2022-12-28", 1), view_of("2022-11-30", 1)
        assert late.outlook.basis is not None
        assert november.outlook.basis is not None
        assert late.outlook.basis.n_all == november.outlook.basis.n_all


class TestRecords:
    """Forecasts as they are stored."""

    def test_they_come_back_from_json(self) -> None:
        """The same records, ready to be judged."""
        found = view_of("2017-10-02")
        plain = json.loads(json.dumps(market_analysis(found)["forecasts"]["records"], allow_nan=False))
        assert tuple(map(Forecast.from_dict, plain)) == found.outlook.forecasts

    def test_direction_and_range_start_from_the_close(self) -> None:
        """Both of the day of the analysis and of the end of the horizon."""
        found = view_of("2020-03-20", 6)
        direction, span = found.outlook.forecasts
        basis = found.outlook.basis
        assert basis is not None
        assert direction.reference == 2304.92
        assert direction.horizon.isoformat() == span.horizon.isoformat() == "2020-09-20"
        assert span.low == pytest.approx(2304.92 * (1 + basis.low))
        assert span.high == pytest.approx(2304.92 * (1 + basis.high))
        assert span.coverage == COVERAGE

    def test_they_are_judged_by_what_came(self, samples: SampleSource) -> None:
        """A year after 2 October 2017 the index stood at 2,923; six months after 20 March 2020 at 3,319 (of the 18th)."""
        closes = samples.prices(["SP500"]).frame
        calm = judge(view_of("2017-10-02").outlook.forecasts, closes)
        assert [item.status for item in calm.outcomes] == [ForecastStatus.HIT, ForecastStatus.HIT]
        assert calm.outcomes[0].price == pytest.approx(2923.43, abs=0.01)
        crash = judge(view_of("2020-03-20", 6).outlook.forecasts, closes)
        assert [item.status for item in crash.outcomes] == [ForecastStatus.HIT, ForecastStatus.MISS]
        assert crash.outcomes[0].price == pytest.approx(3319.47, abs=0.01)
        late = judge(view_of("2022-12-28").outlook.forecasts, closes)
        assert late.n_not_yet == 2

    def test_the_track_record_is_that_of_analyses_made_then(self, samples: SampleSource) -> None:
        """Analyses at the ends of months, judged by closes known at the later day, score what the record says of them."""
        closes = samples.prices(["SP500"], end="2007-12-31").frame
        whole = view_of("2007-12-31", 3).outlook.record
        assert whole is not None
        by_day = {(item.forecast.made_on, item.forecast.kind): item for item in whole.judgement.outcomes}
        for day in ("1999-06-30", "2003-03-31", "2006-10-31"):
            for item in judge(view_of(day, 3).outlook.forecasts, closes).outcomes:
                then = by_day[item.forecast.made_on, item.forecast.kind]
                assert then.forecast == item.forecast
                assert then.status is item.status

    def test_the_record_is_told_whether_it_flatters_or_not(self) -> None:
        """Over twelve months the regimes told less than the plain share, and too few ranges held."""
        found: Any = market_analysis(view_of("2022-12-28"))["forecasts"]
        record = found["track_record"]
        assert record["brier"] > record["plain_brier"]
        assert record["covered"] < record["promised_coverage"] == pytest.approx(COVERAGE)
        said = found["statements"][-1]
        assert "no less than" in said["statement"]
        assert said["evidence"]["brier"] == record["brier"]
