"""The market's side of the bundled samples: closes, quotes, volatility, yields and the risk premium."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

import pandas as pd

from maos_nb.data._door import Span, as_span, as_symbols, visible_by, within
from maos_nb.data._sample_records import SampleRecords
from maos_nb.data.fetched import Fetched
from maos_nb.errors import InputError

__all__ = ["CURVE_MATURITIES", "MarketSamples"]

CURVE_MATURITIES: Mapping[str, float] = MappingProxyType(
    {
        "1m": 1 / 12,
        "3m": 0.25,
        "6m": 0.5,
        "1y": 1.0,
        "2y": 2.0,
        "3y": 3.0,
        "5y": 5.0,
        "7y": 7.0,
        "10y": 10.0,
        "20y": 20.0,
        "30y": 30.0,
    }
)
"""Columns of the yield curve and their maturities in years."""

_FIELDS = ("open", "high", "low", "close", "volume")
_STOCKS = "stocks_ohlcv.csv.gz"
_QUOTES = {
    "SP500": "sp500_ohlcv.csv.gz",
    "AAPL": _STOCKS,
    "FB": _STOCKS,
    "GOOG": _STOCKS,
    "IBM": _STOCKS,
    "MSFT": _STOCKS,
}


class MarketSamples(SampleRecords):
    """Prices, volatility and rates that are bundled with the package: a part of `SampleSource`.

    Examples
    --------
    >>> from maos_nb.data import SampleSource
    >>> SampleSource().volatility_index(end="2008-11-20").frame["close"].iloc[-1].item()
    80.86
    """

    def prices(
        self, tickers: str | Iterable[str], *, start: date | str | None = None, end: date | str | None = None
    ) -> Fetched:
        """Daily closes, adjusted for splits and dividends, of 20 US stocks and the S&P 500 (``SP500``).

        Parameters
        ----------
        tickers
            One symbol or several, in any case.
        start, end
            First and last day, both included; None leaves that side open.

        Returns
        -------
        Fetched
            Frame ``(n_days, n_tickers)`` indexed by date, columns in the order asked for. The stocks were adjusted
            when the data was collected, after its last day in 2022, so that old closes are far below what was paid
            then. The index is not adjusted: it holds no dividends.

        Raises
        ------
        UnknownSymbolError
            For a symbol without prices.
        MissingDataError
            If no trading day lies between `start` and `end`.
        InputError
            For tickers that are not text, dates that are not dates, and a start after the end.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> SampleSource().prices(["ko", "SP500"], start="2022-12-27").frame.shape
        (2, 2)
        """
        span, symbols = as_span(start, end), as_symbols("tickers", tickers)
        closes = self._files.table("prices.csv.gz")
        self._refuse_unknown(symbols, tuple(closes.columns))
        chosen = within(closes[list(symbols)], span, "prices")
        return self._record(chosen, self._files.origin("prices.csv.gz"), chosen.index[-1].date())

    def ohlcv(
        self,
        tickers: str | Iterable[str],
        *,
        start: date | str | None = None,
        end: date | str | None = None,
        adjusted: bool = True,
    ) -> Fetched:
        """Daily open, high, low, close and volume of the S&P 500 (``SP500``) and five stocks.

        Parameters
        ----------
        tickers
            One symbol or several, in any case: ``SP500`` from 1999 to 2018; ``AAPL``, ``IBM`` and ``MSFT`` from
            March 2000, ``GOOG`` from August 2004 and ``FB`` from May 2012, each to 2013-03-01.
        start, end
            First and last day, both included; None leaves that side open.
        adjusted
            Correct for splits and dividends, up to those that came after the data's last day, so that a step in
            the prices is a return. False gives the quotes as they were.

        Returns
        -------
        Fetched
            Frame ``(n_days, 5 * n_tickers)`` of floats, indexed by date, with columns (field, ticker): the fields
            open, high, low, close and volume, each with the tickers in the order asked for, however many they are.
            `maos_nb.analytics.technical.ohlcv.Ohlcv.from_frame` takes it as it is, and so it takes one of them,
            ``frame.xs("AAPL", axis=1, level="ticker")``. A day on which one of the tickers was not
            yet, or is no longer, in the sample is NaN there.

        Raises
        ------
        UnknownSymbolError
            For a symbol without quotes.
        MissingDataError
            If one of the tickers has no trading day between `start` and `end`.
        InputError
            For tickers that are not text, dates that are not dates, a start after the end, and an `adjusted` that
            is neither True nor False.

        Notes
        -----
        A day's four prices are multiplied by its ratio of adjusted to actual close, and its volume is divided by it,
        so that the money traded stays what it was. The index is never adjusted. Its opens up to 2006 are mostly the
        closes of the day before, as in the source.

        Examples
        --------
        Apple split two for one on 28 February 2005:

        >>> from maos_nb.data import SampleSource
        >>> days = {"start": "2005-02-25", "end": "2005-02-28"}
        >>> SampleSource().ohlcv("AAPL", adjusted=False, **days).frame["close"]["AAPL"].tolist()
        [88.99, 44.86]
        >>> SampleSource().ohlcv("AAPL", **days).frame["close"]["AAPL"].round(2).tolist()
        [5.72, 5.77]
        """
        span, symbols = as_span(start, end), as_symbols("tickers", tickers)
        if not isinstance(adjusted, bool):
            raise InputError("adjusted", f"expected True or False, got {adjusted!r}")
        self._refuse_unknown(symbols, tuple(_QUOTES))
        quotes = {symbol: within(self._quotes(symbol), span, f"quotes of {symbol}") for symbol in symbols}
        if adjusted:
            quotes = {symbol: _adjusted(table) for symbol, table in quotes.items()}
        frame = pd.concat(quotes, axis=1, names=["ticker", "field"], sort=True).swaplevel(axis=1)
        order = pd.MultiIndex.from_product([_FIELDS, symbols], names=["field", "ticker"])
        origins = dict.fromkeys(self._files.origin(_QUOTES[symbol]) for symbol in symbols)
        return self._record(frame[order], "; ".join(origins), frame.index[-1].date())

    def volatility_index(
        self,
        *,
        start: date | str | None = None,
        end: date | str | None = None,
        as_of: date | str | None = None,
    ) -> Fetched:
        """Daily open, high, low and close of the VIX, the expected volatility of the S&P 500, from January 1990.

        Parameters
        ----------
        start, end
            First and last day, both included; None leaves that side open.
        as_of
            See only days up to this one; None sees all.

        Returns
        -------
        Fetched
            Frame indexed by date: open, high, low and close in index points, which are percent a year and no
            decimals (18.7 is a volatility of 18.7%).

        Raises
        ------
        MissingDataError
            If no day lies between `start` and `end`, or none up to `as_of`.
        InputError
            For dates that are not dates, and a start after the end.

        Notes
        -----
        The close is the series to rely on. Until 1991 the source has closes only, and all four prices are that
        one; on 47 days from 1992 to 2006 the open lies outside the range of high and low. Nothing was repaired.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> SampleSource().volatility_index(start="2020-03-16", end="2020-03-16").frame["close"].item()
        82.69
        """
        span = as_span(start, end)
        table = self._files.table("vix.csv.gz")
        dated = visible_by(table.assign(day=table.index), "day", as_of, "volatility index")
        chosen = within(dated.drop(columns="day"), span, "volatility index")
        return self._record(chosen, self._files.origin("vix.csv.gz"), chosen.index[-1].date())

    def treasury_yield(self, *, as_of: date | str | None = None) -> Fetched:
        """Monthly average yield of the 10-year US Treasury at constant maturity, from January 1990.

        Parameters
        ----------
        as_of
            See only months that had ended before this day; None sees all.

        Returns
        -------
        Fetched
            Frame indexed by month (its first day): yield_10y, a decimal a year, and available_from, the first day of
            the next month.

        Raises
        ------
        MissingDataError
            If no month had ended by `as_of`.
        InputError
            For an `as_of` that is not a date.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> SampleSource().treasury_yield(as_of="2022-12-28").frame["yield_10y"].iloc[-1].item()
        0.0389
        """
        yields = self._files.table("treasury_10y.csv")
        yields = yields.assign(available_from=yields.index + pd.DateOffset(months=1))
        visible = visible_by(yields, "available_from", as_of, "treasury yield")
        month_end = visible["available_from"].iloc[-1].date() - timedelta(days=1)
        return self._record(visible, self._files.origin("treasury_10y.csv"), month_end)

    def treasury_yield_daily(
        self,
        *,
        start: date | str | None = None,
        end: date | str | None = None,
        as_of: date | str | None = None,
    ) -> Fetched:
        """Daily yield of the 10-year US Treasury at constant maturity, from January 1962 to February 2026.

        Parameters
        ----------
        start, end
            First and last day, both included; None leaves that side open.
        as_of
            See only yields published by this day; None sees all.

        Returns
        -------
        Fetched
            Frame indexed by date: yield_10y, a decimal a year, and available_from, the day of publication, taken
            to be the next day with a yield. A day without a market has no row.

        Raises
        ------
        MissingDataError
            If no day lies between `start` and `end`, or nothing had been published by `as_of`.
        InputError
            For dates that are not dates, and a start after the end.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> frame = SampleSource().treasury_yield_daily(as_of="2020-08-05").frame
        >>> frame["yield_10y"].iloc[-1].item(), frame.index[-1].date().isoformat()
        (0.0052, '2020-08-04')
        """
        chosen = self._published("treasury_10y_daily.csv.gz", as_span(start, end), as_of, "treasury yield")
        return self._record(chosen, self._files.origin("treasury_10y_daily.csv.gz"), chosen.index[-1].date())

    def yield_curve(
        self,
        *,
        start: date | str | None = None,
        end: date | str | None = None,
        as_of: date | str | None = None,
    ) -> Fetched:
        """Daily yields of US Treasuries at eleven constant maturities, from January 1990 to March 2017.

        Parameters
        ----------
        start, end
            First and last day, both included; None leaves that side open.
        as_of
            See only yields published by this day, taken to be the next day with yields; None sees all.

        Returns
        -------
        Fetched
            Frame ``(n_days, 11)`` indexed by date: a decimal a year, columns 1m, 3m, 6m, 1y, 2y, 3y, 5y, 7y, 10y,
            20y and 30y (`CURVE_MATURITIES` gives them in years). What was not published is NaN: 1m before August
            2001, 20y before October 1993, 30y from 19 February 2002 to 8 February 2006.

        Raises
        ------
        MissingDataError
            If no day lies between `start` and `end`, or nothing had been published by `as_of`.
        InputError
            For dates that are not dates, and a start after the end.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> SampleSource().yield_curve(end="2000-12-29").frame.iloc[-1][["3m", "2y", "10y"]].tolist()
        [0.0589, 0.0511, 0.0512]
        """
        chosen = self._published("treasury_curve.csv.gz", as_span(start, end), as_of, "yield curve")
        curve = chosen.drop(columns="available_from")
        return self._record(curve, self._files.origin("treasury_curve.csv.gz"), curve.index[-1].date())

    def market_earnings(self, *, as_of: date | str | None = None) -> Fetched:
        """Earnings and dividends of the S&P 500 and consumer prices, monthly from January 1950 to June 2023.

        Parameters
        ----------
        as_of
            See only months of which everything was known by this day; None sees all.

        Returns
        -------
        Fetched
            Frame indexed by month (its first day): earnings and dividend of the twelve months before, in index
            points; cpi, the US consumer price index; and available_from, taken to be six months after the month's
            first day: months inside a quarter are interpolated up to its end, and companies report for three
            months after that.

        Raises
        ------
        MissingDataError
            If nothing was known by `as_of`.
        InputError
            For an `as_of` that is not a date.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> frame = SampleSource().market_earnings(as_of="2022-12-28").frame
        >>> frame.index[-1].date().isoformat(), frame["earnings"].iloc[-1].item()
        ('2022-06-01', 192.26)
        """
        table = self._files.table("sp500_earnings.csv.gz")
        table = table.assign(available_from=table.index + pd.DateOffset(months=6))
        visible = visible_by(table, "available_from", as_of, "earnings of the S&P 500")
        last = (visible.index[-1] + pd.DateOffset(months=1)).date() - timedelta(days=1)
        return self._record(visible, self._files.origin("sp500_earnings.csv.gz"), last)

    def equity_risk_premium(self, *, as_of: date | str | None = None) -> Fetched:
        """Implied equity risk premium of the S&P 500 at the start of each year, 1990 to 2025.

        Parameters
        ----------
        as_of
            See only what had been published by this day, taken to be 15 January of the year; None sees all.

        Returns
        -------
        Fetched
            Frame indexed by date (1 January): implied_erp over the 10-year Treasury, treasury_10y at that time,
            available_from, source.

        Raises
        ------
        MissingDataError
            If nothing had been published by `as_of`.
        InputError
            For an `as_of` that is not a date.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> SampleSource().equity_risk_premium(as_of="2022-12-28").frame["implied_erp"].iloc[-1].item()
        0.0424
        """
        visible = visible_by(
            self._files.table("equity_risk_premium.csv"), "available_from", as_of, "equity risk premium"
        )
        return self._record(visible, str(visible["source"].iloc[-1]), visible.index[-1].date())

    def _quotes(self, symbol: str) -> pd.DataFrame:
        quotes = self._files.table(_QUOTES[symbol])
        return quotes[quotes["ticker"] == symbol].drop(columns="ticker")

    def _published(self, name: str, span: Span, as_of: date | str | None, what: str) -> pd.DataFrame:
        yields = self._files.table(name)
        # The Federal Reserve publishes a day's yields on its next business day.
        after_last = pd.DatetimeIndex([yields.index[-1] + pd.offsets.BusinessDay()])
        yields = yields.assign(available_from=yields.index[1:].append(after_last))
        return within(visible_by(yields, "available_from", as_of, what), span, what)


def _adjusted(quotes: pd.DataFrame) -> pd.DataFrame:
    # One factor for all four prices keeps their order to the last bit; adj_close itself may lie a bit beside it.
    factor = quotes["adj_close"] / quotes["close"]
    prices = quotes[["open", "high", "low", "close"]].mul(factor, axis=0)
    return prices.assign(volume=quotes["volume"] / factor)
