"""Volatility of returns: from closes, and from the prices within each bar, which tell more of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical._columns import Columns, Observations, as_columns
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical._volatility_parameters import as_positive
from maos_nb.analytics.technical._windows import rolling_mean, rolling_variance
from maos_nb.errors import InputError

__all__ = ["garman_klass", "historical_volatility", "parkinson", "rogers_satchell", "yang_zhang"]


@indicator(lambda window: window)
def historical_volatility(
    close: Observations, window: int = 20, *, ddof: int = 1, periods_per_year: float = 252
) -> Any:
    """Estimate volatility from logarithmic returns from close to close.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices above zero.
    window : int
        Returns.
    ddof : {1, 0}
        Divide squared deviations by ``window - ddof``.
    periods_per_year : float
        Bars in a year: 252 of days, 52 of weeks; 1 gives volatility per bar.

    Returns
    -------
    Series, DataFrame or array
        Like `close`; 0.2 is 20% a year. NaN while a gap is among the last ``window + 1`` closes.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite, or are not above zero; `window` is not a whole number of at least 1,
        or not above `ddof`; `ddof` is not a whole number of at least 0; `periods_per_year` is not above zero.

    Notes
    -----
    ``sqrt(periods_per_year * var(ln(close / close_before)))``.

    Examples
    --------
    In Excel: ``=STDEV.S(LN(110/100),LN(99/110))*SQRT(252)``.

    >>> historical_volatility([100.0, 110.0, 99.0], window=2).round(6)
    array([     nan,      nan, 2.252523])
    """
    lost = as_count("ddof", ddof, minimum=0)
    n, per_year = (
        as_count("window", window, minimum=lost + 1),
        as_positive("periods_per_year", periods_per_year),
    )
    closes = as_columns("close", close)
    _check_above_zero(close=closes)
    return closes.restore(_annual(rolling_variance(_changes(closes.array), n, ddof=lost), per_year))


@indicator(lambda window: window - 1)
def parkinson(
    high: Observations, low: Observations | None = None, window: int = 20, *, periods_per_year: float = 252
) -> Any:
    """Estimate volatility from the range of each bar.

    Parameters
    ----------
    high, low : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices above zero, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars.
    periods_per_year : float
        Bars in a year: 252 of days, 52 of weeks; 1 gives volatility per bar.

    Returns
    -------
    Series, DataFrame or array
        Like `high`; 0.2 is 20% a year. NaN while a gap is in the window.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, are not above zero, differ in shape or labels, or cannot be of one bar; `window` is not a
        whole number of at least 1; `periods_per_year` is not above zero.

    Notes
    -----
    ``var = mean(ln(high / low)^2) / (4 ln 2)``: Parkinson, "The Extreme Value Method for Estimating the Variance of
    the Rate of Return", *Journal of Business* 53 (1980). Five times as efficient as closes, if prices have no drift,
    do not jump between bars, and are seen all the time; seen at times only, ranges are too small.

    Examples
    --------
    In Excel: ``=LN(110/100)/SQRT(4*LN(2))*SQRT(252)``.

    >>> parkinson([110.0], [100.0], window=1).round(6)
    array([0.90865])
    """
    n, per_year = as_count("window", window), as_positive("periods_per_year", periods_per_year)
    highs, lows = as_prices(("high", "low"), high, low)
    _check_above_zero(high=highs, low=lows)
    squares = _log_ratio(highs.array, lows.array)
    squares *= squares
    squares *= 1.0 / (4.0 * math.log(2.0))
    return highs.restore(_annual(rolling_mean(squares, n), per_year))


@indicator(lambda window: window - 1)
def garman_klass(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 20,
    *,
    periods_per_year: float = 252,
) -> Any:
    """Estimate volatility from the range of each bar, and how it closed.

    Parameters
    ----------
    open, high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices above zero, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars.
    periods_per_year : float
        Bars in a year: 252 of days, 52 of weeks; 1 gives volatility per bar.

    Returns
    -------
    Series, DataFrame or array
        Like `open`; 0.2 is 20% a year. NaN while a gap is in the window.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, are not above zero, differ in shape or labels, or cannot be of one bar; `window` is not a
        whole number of at least 1; `periods_per_year` is not above zero.

    Notes
    -----
    ``var = mean(ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close / open)^2)``: Garman and Klass, "On the Estimation of
    Security Price Volatilities from Historical Data", *Journal of Business* 53 (1980), their practical estimator; the
    assumptions are Parkinson's.

    Examples
    --------
    In Excel: ``=SQRT((LN(110/100)^2/2-(2*LN(2)-1)*LN(105/100)^2)*252)``.

    >>> garman_klass([100.0], [110.0], [100.0], [105.0], window=1).round(6)
    array([0.955436])
    """
    n, per_year = as_count("window", window), as_positive("periods_per_year", periods_per_year)
    opens, highs, lows, closes = _as_quotes(open, high, low, close)
    terms = _log_ratio(highs.array, lows.array)
    terms *= terms
    terms *= 0.5
    body = _log_ratio(closes.array, opens.array)
    body *= body
    body *= 2.0 * math.log(2.0) - 1.0
    terms -= body
    return opens.restore(_annual(rolling_mean(terms, n), per_year))


@indicator(lambda window: window - 1)
def rogers_satchell(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 20,
    *,
    periods_per_year: float = 252,
) -> Any:
    """Estimate volatility from the prices within each bar, whatever their drift.

    Parameters
    ----------
    open, high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices above zero, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars.
    periods_per_year : float
        Bars in a year: 252 of days, 52 of weeks; 1 gives volatility per bar.

    Returns
    -------
    Series, DataFrame or array
        Like `open`; 0.2 is 20% a year. NaN while a gap is in the window.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, are not above zero, differ in shape or labels, or cannot be of one bar; `window` is not a
        whole number of at least 1; `periods_per_year` is not above zero.

    Notes
    -----
    ``var = mean(ln(high / close) ln(high / open) + ln(low / close) ln(low / open))``: Rogers and Satchell, "Estimating
    Variance From High, Low and Closing Prices", *Annals of Applied Probability* 1 (1991).

    Examples
    --------
    In Excel: ``=SQRT((LN(110/105)*LN(110/100)+LN(98/105)*LN(98/100))*252)``.

    >>> rogers_satchell([100.0], [110.0], [98.0], [105.0], window=1).round(6)
    array([1.211847])
    """
    n, per_year = as_count("window", window), as_positive("periods_per_year", periods_per_year)
    quotes = _as_quotes(open, high, low, close)
    return quotes[0].restore(_annual(rolling_mean(_driftless(*quotes), n), per_year))


@indicator(lambda window: window)
def yang_zhang(
    open: Observations,  # noqa: A002  # the field's word, as in a table of quotes
    high: Observations | None = None,
    low: Observations | None = None,
    close: Observations | None = None,
    window: int = 20,
    *,
    periods_per_year: float = 252,
) -> Any:
    """Estimate volatility from the prices within each bar and the jumps between them, whatever their drift.

    Parameters
    ----------
    open, high, low, close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices above zero, alike in shape and labels; or one `Ohlcv` record alone.
    window : int
        Bars, two or more.
    periods_per_year : float
        Bars in a year: 252 of days, 52 of weeks; 1 gives volatility per bar.

    Returns
    -------
    Series, DataFrame or array
        Like `open`; 0.2 is 20% a year. NaN while a gap is in the window or in the close before it.

    Raises
    ------
    InputError
        If prices are not numbers, are infinite, are not above zero, differ in shape or labels, or cannot be of one bar; `window` is not a
        whole number of at least 2; `periods_per_year` is not above zero.

    Notes
    -----
    ``var = var(ln(open / close_before)) + k var(ln(close / open)) + (1 - k) rogers_satchell`` with
    ``k = 0.34 / (1.34 + (n + 1) / (n - 1))`` and variances divided by ``n - 1``: Yang and Zhang, "Drift-Independent
    Volatility Estimation Based on High, Low, Open, and Close Prices", *Journal of Business* 73 (2000).

    Examples
    --------
    Bars that open where they closed, and neither rise nor fall, leave the jumps between them.

    >>> flat = np.array([100.0, 110.0, 99.0])
    >>> yang_zhang(flat, flat, flat, flat, window=2).round(6)
    array([     nan,      nan, 2.252523])
    """
    n, per_year = as_count("window", window, minimum=2), as_positive("periods_per_year", periods_per_year)
    quotes = _as_quotes(open, high, low, close)
    share = 0.34 / (1.34 + (n + 1) / (n - 1))
    jumps = np.full(quotes[0].shape, np.nan)
    np.log(quotes[0].array[:, 1:] / quotes[3].array[:, :-1], out=jumps[:, 1:])
    result = rolling_variance(jumps, n, ddof=1)
    within = rolling_variance(_log_ratio(quotes[3].array, quotes[0].array), n, ddof=1)
    within *= share
    result += within
    driftless = rolling_mean(_driftless(*quotes), n)
    driftless *= 1.0 - share
    result += driftless
    return quotes[0].restore(_annual(result, per_year))


def _as_quotes(
    open_: Observations, high: Observations | None, low: Observations | None, close: Observations | None
) -> tuple[Columns, Columns, Columns, Columns]:
    opens, highs, lows, closes = as_prices(("open", "high", "low", "close"), open_, high, low, close)
    _check_above_zero(open=opens, high=highs, low=lows, close=closes)
    return opens, highs, lows, closes


def _check_above_zero(**given: Columns) -> None:
    for name, columns in given.items():
        bad = np.argwhere(columns.array.T <= 0)
        if len(bad):
            row, asset = map(int, bad[0])
            price = columns.array[asset, row]
            raise InputError(
                name,
                f"expected prices above zero, got {price} at {columns.place(asset, row)}",
                advice="Put NaN where there is no price",
            )


def _log_ratio(above: Array, below: Array) -> Array:
    ratio = above / below
    np.log(ratio, out=ratio)
    return ratio


def _changes(close: Array) -> Array:
    """Give logarithmic returns, the first of which is not known."""
    changes: Array = np.full(close.shape, np.nan)
    np.divide(close[:, 1:], close[:, :-1], out=changes[:, 1:])
    np.log(changes, out=changes)
    return changes


def _driftless(opens: Columns, highs: Columns, lows: Columns, closes: Columns) -> Array:
    """Give each bar's variance by Rogers and Satchell."""
    terms = _log_ratio(highs.array, closes.array)
    terms *= _log_ratio(highs.array, opens.array)
    below = _log_ratio(lows.array, closes.array)
    below *= _log_ratio(lows.array, opens.array)
    terms += below
    return terms


def _annual(variance: Array, periods_per_year: float) -> Array:
    # Quotes of which the high is not the highest can give a negative variance, and so no volatility.
    variance *= periods_per_year
    with np.errstate(invalid="ignore"):
        np.sqrt(variance, out=variance)
    return variance
