"""The market's samples: quotes, the VIX and Treasury yields against published figures and a second source."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.data import CURVE_MATURITIES, SampleSource
from maos_nb.errors import InputError, MissingDataError, UnknownSymbolError

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"
SOURCE = SampleSource()
STOCKS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
ALL = ("SP500", *STOCKS)
FIELDS = ["open", "high", "low", "close", "volume"]


def quotes(ticker: str, *, adjusted: bool = False) -> pd.DataFrame:
    """Give one ticker's quotes with plain columns, as traded unless said otherwise."""
    return SOURCE.ohlcv(ticker, adjusted=adjusted).frame.xs(ticker, axis=1, level="ticker")


class TestPublishedFigures:
    """What newspapers, exchanges and the Federal Reserve said on the day."""

    @pytest.mark.parametrize(
        ("ticker", "day", "field", "figure"),
        [
            ("SP500", "2000-03-24", "close", 1527.46),
            ("SP500", "2008-11-20", "close", 752.44),
            ("SP500", "2009-03-06", "low", 666.79),
            ("SP500", "2009-03-09", "close", 676.53),
            ("SP500", "2018-12-24", "close", 2351.10),
            ("AAPL", "2012-09-19", "close", 702.10),
            ("AAPL", "2012-09-21", "high", 705.07),
            ("AAPL", "2010-05-06", "low", 199.25),
            ("FB", "2012-05-18", "open", 42.05),
            ("FB", "2012-05-18", "high", 45.00),
            ("FB", "2012-05-18", "low", 38.00),
            ("GOOG", "2004-08-19", "close", 100.335),
        ],
    )
    def test_quotes_are_those_of_the_day(self, ticker: str, day: str, field: str, figure: float) -> None:
        """Tops and bottoms of the index, Apple's record of 2012 and its flash crash, two first days of trading."""
        assert quotes(ticker)[field].loc[day] == figure

    @pytest.mark.parametrize(
        ("day", "field", "figure"),
        [
            ("2008-10-24", "high", 89.53),
            ("2008-11-20", "close", 80.86),
            ("2017-11-03", "close", 9.14),
            ("2020-03-16", "close", 82.69),
        ],
    )
    def test_the_vix_is_that_of_the_day(self, day: str, field: str, figure: float) -> None:
        """The highest value and closes of two crises, and the lowest close."""
        assert SOURCE.volatility_index().frame[field].loc[day] == figure

    def test_earnings_of_the_index_are_the_published_ones(self) -> None:
        """Earnings of the S&P 500 in calendar 2021 were 197.87 a share."""
        frame = SampleSource().market_earnings().frame
        assert frame.loc["2021-12-01", "earnings"] == 197.87
        assert frame.index[0].date().isoformat() == "1950-01-01"
        assert (frame[["earnings", "dividend", "cpi"]] > 0).all().all()

    def test_earnings_are_seen_when_companies_had_reported_them(self) -> None:
        """Half a year after the month; not a day sooner."""
        source = SampleSource()
        assert source.market_earnings(as_of="2022-05-31").frame.index[-1].month == 11
        assert source.market_earnings(as_of="2022-06-01").frame.index[-1].month == 12
        with pytest.raises(MissingDataError, match="nothing had been published by 1949-01-01"):
            source.market_earnings(as_of="1949-01-01")

    def test_the_highest_and_lowest_closes_of_the_vix_are_the_records(self) -> None:
        """Cboe's own: 82.69 in March 2020 and 9.14 in November 2017."""
        close = SOURCE.volatility_index().frame["close"]
        assert [str(close.idxmax().date()), str(close.idxmin().date())] == ["2020-03-16", "2017-11-03"]

    def test_ten_year_yields_are_the_records(self) -> None:
        """15.84% on 30 September 1981, 0.52% on 4 August 2020, 4.98% on 19 October 2023."""
        yields = SOURCE.treasury_yield_daily().frame["yield_10y"]
        assert [yields.idxmax().date(), yields.max()] == [date(1981, 9, 30), 0.1584]
        assert [yields.idxmin().date(), yields.min()] == [date(2020, 8, 4), 0.0052]
        assert yields.loc["2023-10-19"] == 0.0498

    def test_the_curve_was_inverted_at_the_end_of_2000_and_steep_in_2010(self) -> None:
        """Ten years 0.77 points under three months before one recession, 3.48 points over them after another."""
        curve = SOURCE.yield_curve().frame
        slope = (curve["10y"] - curve["3m"]).round(4)
        assert slope.loc["2000-12-29"] == -0.0077
        assert slope.loc["2010-02-26"] == 0.0348


class TestQuotes:
    """Open, high, low, close and volume."""

    def test_columns_are_field_and_ticker_however_many_are_asked_for(self) -> None:
        """One ticker has the same two levels as several, in the order asked for."""
        one = SOURCE.ohlcv("ibm").frame
        assert one.columns.tolist() == [(field, "IBM") for field in FIELDS]
        two = SOURCE.ohlcv(["MSFT", "aapl", "msft"]).frame
        assert two.columns.tolist() == [(field, ticker) for field in FIELDS for ticker in ("MSFT", "AAPL")]
        for frame in (one, two):
            assert frame.columns.names == ["field", "ticker"]
            assert frame.index.name == "date"
            assert all(kind == "float64" for kind in frame.dtypes)

    def test_one_ticker_of_several_is_what_it_is_alone(self) -> None:
        """Days on which it was not traded are missing, nothing else."""
        together = SOURCE.ohlcv(ALL).frame
        assert together.index.is_monotonic_increasing
        assert together.index.is_unique
        for ticker in ALL:
            alone = SOURCE.ohlcv(ticker).frame
            assert alone.notna().all(axis=None)
            pd.testing.assert_frame_equal(together[alone.columns].dropna(), alone, check_freq=False)

    @pytest.mark.parametrize("adjusted", [False, True])
    @pytest.mark.parametrize("ticker", ALL)
    def test_prices_are_in_order_and_volumes_positive(self, ticker: str, adjusted: bool) -> None:
        """Low, open, close and high; adjusting does not disturb it by a bit."""
        bars = quotes(ticker, adjusted=adjusted)
        assert (bars["high"] >= bars[["open", "close", "low"]].max(axis=1)).all()
        assert (bars["low"] <= bars[["open", "close", "high"]].min(axis=1)).all()
        assert bars.gt(0).all(axis=None)

    def test_the_validated_record_takes_the_frame_as_it_is(self) -> None:
        """All tickers with their different spans, as traded and adjusted, and one of them alone."""
        for adjusted in (False, True):
            record = Ohlcv.from_frame(SOURCE.ohlcv(ALL, adjusted=adjusted).frame)
            assert record.assets == ALL
            assert len(record) == 5031
        assert len(Ohlcv.from_frame(quotes("GOOG"))) == 2148

    def test_the_validated_record_names_the_first_bad_open_of_the_vix(self) -> None:
        """The notice tells that there are such days; nothing hides them."""
        with pytest.raises(InputError, match="1992-02-11"):
            Ohlcv.from_frame(SOURCE.volatility_index().frame)

    def test_days_are_those_of_the_exchange(self) -> None:
        """The index has the days of the closes that come from another package, the stocks those of the index."""
        days = quotes("SP500").index
        assert days.equals(SOURCE.prices("SP500", start="1999-01-01", end="2018-12-31").frame.index)
        for ticker in STOCKS:
            traded = quotes(ticker).index
            assert traded.equals(days[(days >= traded[0]) & (days <= traded[-1])])

    def test_the_index_closes_as_in_the_other_package(self) -> None:
        """Two sources, 5,031 days, no difference."""
        other = SOURCE.prices("SP500", start="1999-01-01", end="2018-12-31").frame["SP500"]
        assert len(other) == 5031
        assert (quotes("SP500")["close"] == other).all()

    @pytest.mark.parametrize("ticker", ["AAPL", "MSFT"])
    def test_adjusted_returns_are_those_of_the_other_package(self, ticker: str) -> None:
        """To half a percentage point, but for the days that the notice names."""
        ours = quotes(ticker, adjusted=True)["close"].pct_change()
        theirs = SOURCE.prices(ticker).frame[ticker].pct_change().reindex(ours.index)
        wrong = pd.to_datetime(
            {"AAPL": ["2003-01-29", "2003-01-30"], "MSFT": ["2007-05-01", "2007-05-02"]}[ticker]
        )
        apart = (ours - theirs).abs()[1:]
        assert apart.drop(wrong).max() < 0.005
        assert apart.loc[wrong].min() > 0.005

    def test_adjusting_removes_the_splits_and_keeps_the_money_traded(self) -> None:
        """Three splits two for one, in which a price halves; price times volume is what it was."""
        for ticker, day in (("AAPL", "2000-06-21"), ("AAPL", "2005-02-28"), ("MSFT", "2003-02-18")):
            raw, adjusted = quotes(ticker), quotes(ticker, adjusted=True)
            assert raw["close"].pct_change().loc[day] < -0.4
            assert abs(adjusted["close"].pct_change().loc[day]) < 0.15
            traded = raw["close"] * raw["volume"]
            np.testing.assert_allclose(adjusted["close"] * adjusted["volume"], traded, rtol=1e-14)

    def test_the_index_and_a_stock_without_dividends_are_the_same_adjusted(self) -> None:
        """Their adjusted closes are their closes, to the bit."""
        for ticker in ("SP500", "FB"):
            pd.testing.assert_frame_equal(quotes(ticker), quotes(ticker, adjusted=True))

    def test_what_is_wrong_in_the_sources_is_left_as_the_notice_tells(self) -> None:
        """A copied day of Apple's, ten copied volumes of the index, and opens that are the close before."""
        apple = quotes("AAPL")[["open", "high", "low", "close"]]
        copies = (apple.diff() == 0).all(axis=1)
        assert copies[copies].index.tolist() == [pd.Timestamp("2003-01-29")]
        index = quotes("SP500")
        repeated = index.index[index["volume"].diff() == 0]
        assert [str(repeated[0].date()), str(repeated[-1].date()), len(repeated)] == [
            "2004-04-01",
            "2011-05-04",
            10,
        ]
        copied = index["open"] == index["close"].shift()
        shares = [copied.loc[span].mean().round(2) for span in (slice("1999", "2005"), "2006", "2007")]
        assert shares == [0.96, 0.43, 0.16]

    def test_the_record_names_the_origin_of_what_was_asked_for(self) -> None:
        """The index, the stocks, or both."""
        assert "arch" in SOURCE.ohlcv("SP500").source
        assert "arch" not in SOURCE.ohlcv(["IBM", "FB"]).source
        both = SOURCE.ohlcv(["IBM", "SP500"], end="2010-06-30")
        assert "bokeh_sampledata" in both.source
        assert "arch" in both.source
        assert both.as_of == date(2010, 6, 30)

    def test_a_ticker_without_quotes_in_the_span_is_refused_even_beside_one_with(self) -> None:
        """A column of nothing but NaN would be an answer nobody asked for."""
        with pytest.raises(MissingDataError, match=r"quotes of FB: .* holds 2012-05-18 to 2013-03-01"):
            SOURCE.ohlcv(["AAPL", "FB"], end="2012-05-17")

    def test_an_unknown_ticker_is_answered_with_the_known_ones(self) -> None:
        """NVDA has statements and no quotes."""
        with pytest.raises(UnknownSymbolError) as caught:
            SOURCE.ohlcv(["AAPL", "NVDA"])
        assert caught.value.known == ALL

    def test_each_stock_of_the_file_can_be_asked_for_and_no_other(self) -> None:
        """The list of known tickers is written by hand, so that an unknown one costs no parsing."""
        with_rows = {ticker for ticker in ALL if len(SOURCE.ohlcv(ticker).frame)}
        table = pd.read_csv(Path(__file__).parents[2] / "maos_nb/data/samples/stocks_ohlcv.csv.gz")
        assert with_rows == {"SP500", *table["ticker"]}


class TestVolatilityIndex:
    """Index points, as published."""

    def test_it_is_in_points_and_has_a_close_every_day(self) -> None:
        """Between 9 and 90, never a decimal."""
        frame = SOURCE.volatility_index().frame
        assert frame.columns.tolist() == ["open", "high", "low", "close"]
        assert frame["close"].between(9, 90).all()
        assert frame["close"].between(frame["low"], frame["high"]).all()
        assert frame.index.is_monotonic_increasing
        assert frame.index.is_unique

    def test_opens_outside_the_range_are_left_as_they_are(self) -> None:
        """47 days, of which two are plainly wrong."""
        frame = SOURCE.volatility_index().frame
        outside = frame[~frame["open"].between(frame["low"], frame["high"])]
        assert len(outside) == 47
        assert frame["open"].loc["2004-11-08"] == 2.58
        assert frame["open"].loc["2006-02-08"] == 41.60

    def test_days_are_those_of_the_market_but_for_what_the_notice_names(self) -> None:
        """Four days are missing, a day of mourning is there, and from 2022 on some holidays."""
        days = SOURCE.volatility_index(end="2022-05-29").frame.index
        market = SOURCE.prices("SP500", end="2022-05-29").frame.index
        assert [str(day.date()) for day in market.difference(days)] == [
            "1991-03-01",
            "1997-01-31",
            "1997-11-26",
            "1999-12-31",
        ]
        assert [str(day.date()) for day in days.difference(market)] == ["2004-06-11"]

    def test_a_days_close_is_seen_that_day(self) -> None:
        """And no later one."""
        seen = SOURCE.volatility_index(as_of="2020-03-16")
        assert seen.as_of == date(2020, 3, 16)
        assert seen.frame.index[-1] == pd.Timestamp("2020-03-16")


class TestYields:
    """The Federal Reserve's H.15, daily."""

    def test_columns_of_the_curve_are_the_maturities(self) -> None:
        """In the order of their years, and decimals."""
        curve = SOURCE.yield_curve().frame
        assert curve.columns.tolist() == list(CURVE_MATURITIES)
        assert list(CURVE_MATURITIES.values()) == sorted(CURVE_MATURITIES.values())
        assert curve.max(axis=None) < 0.1
        assert curve.min(axis=None) == 0

    def test_maturities_that_were_not_published_are_missing(self) -> None:
        """One month before 2001-07-31, twenty years before 1993-10-01, thirty years for four years."""
        missing = SOURCE.yield_curve().frame.isna()
        spans = {
            name: [str(days[0].date()), str(days[-1].date()), len(days)]
            for name in missing.columns
            if len(days := missing.index[missing[name]])
        }
        assert spans == {
            "1m": ["1990-01-02", "2001-07-30", 2899],
            "20y": ["1990-01-02", "1993-09-30", 939],
            "30y": ["2002-02-19", "2006-02-08", 994],
        }

    def test_the_two_daily_series_agree_but_for_one_day(self) -> None:
        """Two collections of one series: 29 January 1991 is 8.05% in one and 8.03% in the other."""
        curve = SOURCE.yield_curve().frame["10y"]
        daily = SOURCE.treasury_yield_daily(start="1990-01-01", end="2017-03-29").frame["yield_10y"]
        assert curve.index.equals(daily.index)
        apart = curve.index[curve != daily]
        assert [str(day.date()) for day in apart] == ["1991-01-29"]
        assert [curve.loc[apart].item(), daily.loc[apart].item()] == [0.0805, 0.0803]

    def test_monthly_means_are_the_monthly_sample(self) -> None:
        """The Federal Reserve's own averages, to the two decimals that are published, up to 2026."""
        daily = SOURCE.treasury_yield_daily(start="1990-01-01", end="2026-01-31").frame["yield_10y"]
        means = daily.groupby(pd.DatetimeIndex(daily.index).to_period("M")).mean()
        monthly = SOURCE.treasury_yield().frame["yield_10y"].to_period("M").loc[:"2026-01"]
        assert len(means) == len(monthly) == 36 * 12 + 1
        assert (means - monthly).abs().max() <= 0.00006

    def test_a_days_yield_is_seen_on_the_next_day_with_one(self) -> None:
        """Friday's on Monday; after a holiday on Monday, on Tuesday."""
        friday = pd.Timestamp("2024-02-16")
        assert SOURCE.treasury_yield_daily(as_of="2024-02-19").frame.index[-1] < friday
        seen = SOURCE.treasury_yield_daily(as_of="2024-02-20")
        assert seen.frame.index[-1] == friday
        assert seen.as_of == friday.date()
        assert seen.frame["available_from"].iloc[-1] == pd.Timestamp("2024-02-20")
        assert SOURCE.yield_curve(as_of="2017-03-29").frame.index[-1] == pd.Timestamp("2017-03-28")

    def test_the_last_days_yield_is_seen_on_the_next_weekday(self) -> None:
        """There is no later day in the sample to tell."""
        yields = SOURCE.treasury_yield_daily().frame
        assert (yields["available_from"] > yields.index).all()
        assert yields["available_from"].iloc[-1] == pd.Timestamp("2026-02-11")
        assert SOURCE.yield_curve(as_of="2017-03-30").as_of == date(2017, 3, 29)

    def test_both_layouts_of_the_source_are_read_whole(self) -> None:
        """A dot and an empty field are missing values; every other line is in the sample."""
        if not (SHARED / "fred" / "DGS10.csv").exists():
            pytest.skip("the daily yields are not beside this checkout (../shared/data/fred)")
        older, newer = (
            pd.read_csv(SHARED / "fred" / name, index_col=0, parse_dates=[0], na_values=["."]).iloc[:, 0]
            for name in ("DGS10.csv", "DGS10_recent.csv")
        )
        original = newer.combine_first(older).dropna()
        ours = SOURCE.treasury_yield_daily().frame["yield_10y"]
        assert ours.index.tolist() == original.index.tolist()
        np.testing.assert_allclose(ours, original / 100, rtol=0, atol=1e-12)


def test_quotes_are_those_of_the_source_packages() -> None:
    """The stocks to the bit, the index to the single precision in which its package holds it."""
    stocks = pytest.importorskip("bokeh_sampledata.stocks", reason="bokeh_sampledata is not installed")
    sp500 = pytest.importorskip("arch.data.sp500", reason="arch is not installed").load()
    for ticker in STOCKS:
        original, ours = getattr(stocks, ticker), quotes(ticker)
        assert [str(day.date()) for day in ours.index] == original["date"]
        for field in FIELDS:
            assert ours[field].tolist() == original[field]
    ours = quotes("SP500")
    assert ours.index.tolist() == sp500.index.tolist()
    for field in FIELDS[:4]:
        assert (ours[field].astype("float32") == sp500[field.title()].astype("float32")).all()
    assert ours["volume"].tolist() == sp500["Volume"].tolist()
