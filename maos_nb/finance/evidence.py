"""What the data source knows about a company on a date, read once and handed on as plain figures."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from maos_nb.analytics._arrays import Array
from maos_nb.analytics.capital import Beta, regression_beta
from maos_nb.data import Fetched
from maos_nb.errors import DataError, InputError, MissingDataError, RequestError, UnknownSymbolError
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["Evidence", "FinancialSource", "History", "Quote", "collect"]

BETA_MONTHS = 60
TRADING_DAYS = 252
STALE_DAYS = 31
"""A price further from the valuation's date than this is not compared with the value."""


class FinancialSource(Protocol):
    """What the financial analyst asks of a source; :class:`maos_nb.data.SampleSource` is one."""

    def companies(self) -> pd.DataFrame: ...  # noqa: D102  # each as in SampleSource
    def statements(self, ticker: str, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102
    def prices(self, tickers: Any, *, start: Any = None, end: Any = None) -> Fetched: ...  # noqa: D102
    def treasury_yield(self, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102
    def equity_risk_premium(self, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102
    def sector(self, key: str) -> Fetched: ...  # noqa: D102
    def splits(self, ticker: str) -> Fetched: ...  # noqa: D102
    def facts(self, tickers: Any, *, as_of: dt.date | None = None) -> Fetched: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Quote:
    """One observed figure, its date and its origin."""

    value: float
    date: dt.date
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Annual statement figures of a company, oldest year first, arrays ``(n_years,)``."""

    years: tuple[int, ...]
    period_end: dt.date
    filed: dt.date
    source: str
    figures: Mapping[str, Array] = field(repr=False)

    def __getitem__(self, name: str) -> Array:
        """Give the figures of all years, NaN where nothing was filed."""
        missing = np.full(len(self.years), np.nan)
        return self.figures.get(name, missing)

    def last(self, name: str) -> float:
        """Give the last year's figure."""
        return float(self[name][-1])


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Everything read for one valuation; a part that no source had is None.

    `as_of` is the date of the valuation: no figure of the company that became known later is in
    here. `share_factor` is what share counts of the last report have to be multiplied by for the
    splits since; `price` is that of a share as it was on `as_of`; `volatility` is that of its returns over
    the last year, as a decimal a year. `facts` is what had been filed by then, every version of every figure,
    and `splits` are the company's stock splits, also later ones.
    """

    name: str
    currency: str
    as_of: dt.date
    sector: str
    history: History | None = None
    price: Quote | None = None
    beta: Beta | None = None
    risk_free: Quote | None = None
    equity_risk_premium: Quote | None = None
    sector_figures: Mapping[str, float] = field(default_factory=dict)
    sector_source: str = ""
    sector_as_of: dt.date | None = None
    share_factor: float = 1.0
    volatility: float = math.nan
    facts: pd.DataFrame | None = field(default=None, repr=False)
    splits: pd.DataFrame | None = field(default=None, repr=False)
    gaps: tuple[str, ...] = ()


def collect(request: FinancialModelRequest, source: FinancialSource) -> Evidence:
    """Read what `source` has for the request, as it was known on the request's date.

    Without a date it is that of the company's last bundled price, so that value and price speak
    of the same day, and where there is no price that of its last statement.

    Raises
    ------
    MissingDataError
        If nothing had been filed by the request's date.
    RequestError
        If the date has not come yet, the source has no statements of the company, or knows nothing
        of the sector.
    """
    if request.as_of is not None and request.as_of > dt.date.today():
        raise RequestError("as_of", f"{request.as_of} has not come yet", advice="Give a date up to today")
    if request.ticker is None:
        return _of_sector(request, source)
    gaps: list[str] = []
    last_price = _price(source, request.ticker, request.as_of, gaps)
    # A price that is given is one of today: the statements have to be the latest, too.
    by_price = last_price.date if last_price and request.price is None else None
    history = _history(_statements(source, request.ticker, request.as_of or by_price))
    as_of = request.as_of or by_price or history.filed
    split_table = source.splits(request.ticker).frame
    splits = split_table["ratio"]
    known = source.companies().set_index("ticker").loc[request.ticker]
    sector = request.sector or str(known["sector"])
    sector_row = _sector(source, sector)
    return Evidence(
        name=request.company or str(known["name"]),
        currency=str(known["currency"]),
        as_of=as_of,
        sector=sector,
        history=history,
        price=_fresh(_quoted_then(last_price, as_of, splits), as_of, gaps),
        share_factor=_split_factor(splits, after=history.filed, until=as_of),
        beta=_beta(source, request.ticker, as_of) if last_price else None,
        volatility=_volatility(source, request.ticker, as_of) if last_price else math.nan,
        facts=source.facts([request.ticker], as_of=as_of).frame,
        splits=split_table,
        risk_free=_quote(source.treasury_yield(as_of=as_of)),
        equity_risk_premium=_quote(source.equity_risk_premium(as_of=as_of)),
        sector_figures=_figures(sector_row),
        sector_source=_named(sector_row),
        sector_as_of=sector_row.as_of,
        gaps=(*(gaps if request.price is None else ()), *_newer(source, request.ticker, history)),
    )


def _of_sector(request: FinancialModelRequest, source: FinancialSource) -> Evidence:
    sector = request.sector or "total_market"
    sector_row = _sector(source, sector)
    risk_free = _quote(source.treasury_yield(as_of=request.as_of))
    kind = "startup" if request.is_startup else "company"
    return Evidence(
        name=request.company or f"{sector.replace('_', ' ')} {kind} without statements",
        currency="USD" if request.revenue is not None else "index, last year's revenue = 100",
        as_of=request.as_of or risk_free.date,
        sector=sector,
        risk_free=risk_free,
        equity_risk_premium=_quote(source.equity_risk_premium(as_of=request.as_of)),
        sector_figures=_figures(sector_row),
        sector_source=_named(sector_row),
        sector_as_of=sector_row.as_of,
        gaps=(
            "there are no statements: what was not given is an average of listed companies of the sector, "
            "cost of capital included, and the risk that a young company fails is not in it",
        ),
    )


def _statements(source: FinancialSource, ticker: str, as_of: dt.date | None) -> Fetched:
    try:
        return source.statements(ticker, as_of=as_of)
    except UnknownSymbolError as error:
        known = ", ".join(error.known)
        raise RequestError(
            "ticker",
            f"there are no annual statements of {ticker!r}",
            advice=f"There are of {known}; or describe the company: its sector, revenue, growth and margin",
        ) from error


def _history(fetched: Fetched) -> History:
    frame = fetched.frame
    if frame.empty:
        raise MissingDataError(
            "no annual statements were found", advice="Give revenue and operating_margin in parameters"
        )
    ends = pd.DatetimeIndex(pd.to_datetime(frame["period_end"]))
    numeric = frame.select_dtypes("number")
    return History(
        years=tuple(int(year) for year in frame.index),
        period_end=ends[-1].date(),
        filed=fetched.as_of,
        source=fetched.source,
        figures={str(name): numeric[name].to_numpy(dtype=float) for name in numeric},
    )


def _price(source: FinancialSource, ticker: str, as_of: dt.date | None, gaps: list[str]) -> Quote | None:
    try:
        fetched = source.prices([ticker], end=as_of)
    except DataError as error:
        gaps.append(f"there is no market price of {ticker} ({error.message}): give price in parameters")
        return None
    closes = fetched.frame[ticker].dropna()
    return Quote(float(closes.iloc[-1]), closes.index[-1].date(), fetched.source)


def _fresh(price: Quote | None, as_of: dt.date, gaps: list[str]) -> Quote | None:
    if price is not None and (as_of - price.date).days > STALE_DAYS:
        gaps.append(
            f"the last price is of {price.date}, too old to compare with a value of {as_of}: give price in parameters"
        )
        return None
    return price


def _beta(source: FinancialSource, ticker: str, as_of: dt.date) -> Beta | None:
    frame = source.prices([ticker, "SP500"], end=as_of).frame
    monthly = frame.resample("ME").last()
    if frame.index[-1] + pd.offsets.BDay(1) <= monthly.index[-1]:
        monthly = monthly.iloc[:-1]  # a month that has not ended is no monthly return
    returns = monthly.pct_change(fill_method=None).iloc[-BETA_MONTHS:]
    if returns.notna().all(axis=1).sum() < BETA_MONTHS // 2:
        return None
    return regression_beta(returns[ticker].to_numpy(), returns["SP500"].to_numpy())


def _volatility(source: FinancialSource, ticker: str, as_of: dt.date) -> float:
    """Annualise the standard deviation of the daily log returns of the year before; NaN without a whole year."""
    closes = source.prices([ticker], end=as_of).frame[ticker].dropna().to_numpy(dtype=float)
    if len(closes) <= TRADING_DAYS:
        return math.nan
    returns = np.diff(np.log(closes[-TRADING_DAYS - 1 :]))
    return float(returns.std(ddof=1) * math.sqrt(TRADING_DAYS))


def _quote(fetched: Fetched) -> Quote:
    series = fetched.frame.iloc[:, 0].dropna()
    return Quote(float(series.iloc[-1]), fetched.as_of, fetched.source)


def _sector(source: FinancialSource, key: str) -> Fetched:
    try:
        return source.sector(key)
    except (DataError, InputError) as error:
        raise RequestError("sector", f"nothing is known of {key!r}", advice=error.advice) from error


def _figures(fetched: Fetched) -> Mapping[str, float]:
    row = fetched.frame.iloc[0]
    return {
        str(name): float(value) for name, value in row.items() if isinstance(value, float | int | np.number)
    }


def _named(fetched: Fetched) -> str:
    return f"{fetched.source}, as of {fetched.as_of}"


def _split_factor(splits: pd.Series[float], *, after: dt.date, until: dt.date | None = None) -> float:
    dates = splits.index
    chosen = dates > pd.Timestamp(after)
    if until is not None:
        chosen &= dates <= pd.Timestamp(until)
    return float(splits.to_numpy(dtype=float)[chosen].prod())


def _quoted_then(price: Quote | None, as_of: dt.date, splits: pd.Series[float]) -> Quote | None:
    """Undo the adjustment of a close for splits that came after the valuation."""
    if price is None:
        return None
    # The bundled closes know the splits until they end, in 2022, and so do the bundled splits of companies with prices.
    return replace(price, value=price.value * _split_factor(splits, after=as_of))


def _newer(source: FinancialSource, ticker: str, history: History) -> tuple[str, ...]:
    latest = _history(source.statements(ticker))
    if latest.filed <= history.filed:
        return ()
    return (
        f"fiscal {latest.years[-1]} was filed on {latest.filed}, after the date of this valuation: "
        f"as_of={latest.filed} uses it, without a price of that day",
    )
