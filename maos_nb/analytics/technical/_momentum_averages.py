"""Differences between exponential averages: MACD, PPO, TRIX and the true strength index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical import _momentum_average_kernels as kernels
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._momentum_gaps import along_gaps, empty_lines
from maos_nb.analytics.technical._recursions import Seed, ema_alpha, n_seed
from maos_nb.errors import InputError

__all__ = ["Macd", "MacdSeed", "Ppo", "Trix", "Tsi", "as_fast_and_slow", "macd", "ppo", "trix", "tsi"]

MacdSeed: TypeAlias = Literal["sma", "talib", "first"]
"""Where the averages of a MACD start: see `macd`."""


class Macd(NamedTuple):
    """Moving average convergence and divergence, each line in the kind of the prices given."""

    macd: Any
    """The fast average less the slow one, in units of price."""
    signal: Any
    """The exponential average of `macd`."""
    histogram: Any
    """`macd` less `signal`."""


class Ppo(NamedTuple):
    """The percentage price oscillator, each line in the kind of the prices given."""

    ppo: Any
    """By how many percent the fast average exceeds the slow one."""
    signal: Any
    """The exponential average of `ppo`."""
    histogram: Any
    """`ppo` less `signal`."""


class Trix(NamedTuple):
    """The change of a threefold smoothed price, each line in the kind of the prices given."""

    trix: Any
    """The change from bar to bar, in percent."""
    signal: Any
    """The exponential average of `trix`."""


class Tsi(NamedTuple):
    """The true strength index, each line in the kind of the prices given."""

    tsi: Any
    """From -100 to 100."""
    signal: Any
    """The exponential average of `tsi`."""


@indicator(lambda slow, seed: 0 if seed == "first" else slow - 1)
def macd(
    close: Observations,
    fast: int = 12,
    slow: int = 26,
    signal: int = 9,
    *,
    seed: MacdSeed = "sma",
    nan: NanRule = "skip",
) -> Macd:
    """Subtract a slow exponential average from a fast one.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    fast, slow : int
        Bars of the two averages, `fast` below `slow`.
    signal : int
        Bars of the average of their difference.
    seed : {"sma", "talib", "first"}
        Start each average with the mean of its own first closes (StockCharts); start the fast one later, with the mean
        of the closes before the first of the slow one (TA-Lib: lines meet after some hundred bars); or start all with
        the first close, with values from then on.
    nan : {"skip", "reset", "propagate"}
        What follows on a missing close: go on as if the bar had not been, start anew, or end.

    Returns
    -------
    Macd
        `macd`, `signal` and `histogram`, each like `close`. `lookback` is that of `macd`; the others come
        ``signal - 1`` bars later, unless ``seed="first"``. NaN at a missing close. TA-Lib leaves `macd` out too
        where there is no signal yet.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `fast`, `slow` or `signal` is not a whole number of at
        least 1; `fast` is not below `slow`; `seed` or `nan` is unknown.

    Notes
    -----
    ``macd = ema(close, fast) - ema(close, slow)`` with ``ema = ema_before + 2 / (n + 1) * (close - ema_before)``:
    Appel, *Technical Analysis: Power Tools for Active Investors* (2005).

    Examples
    --------
    >>> lines = macd([10.0, 11.0, 12.0, 14.0, 13.0, 15.0], fast=2, slow=3, signal=2)
    >>> lines.macd.round(4)
    array([   nan,    nan, 0.5   , 0.6667, 0.3056, 0.4769])
    >>> lines.signal.round(4)
    array([   nan,    nan,    nan, 0.5833, 0.3981, 0.4506])
    """
    return Macd(*_crossing(close, fast, slow, signal, seed, nan, is_percent=False))


@indicator(lambda slow, seed: 0 if seed == "first" else slow - 1)
def ppo(
    close: Observations,
    fast: int = 12,
    slow: int = 26,
    signal: int = 9,
    *,
    seed: MacdSeed = "sma",
    nan: NanRule = "skip",
) -> Ppo:
    """Say by how many percent a fast exponential average exceeds a slow one: a MACD to compare assets by.

    Parameters
    ----------
    close, fast, slow, signal, seed, nan
        As in `macd`. TA-Lib's function of this name (with ``matype=1``) starts each average on its own, as
        ``seed="sma"`` does.

    Returns
    -------
    Ppo
        `ppo`, `signal` and `histogram`, each like `close`; 1.5 is 1.5%. `lookback` is that of `ppo`. NaN at a missing
        close, and where the slow average is zero; the signal passes such a bar over.

    Raises
    ------
    InputError
        As in `macd`.

    Notes
    -----
    ``ppo = 100 * (ema(close, fast) - ema(close, slow)) / ema(close, slow)``: StockCharts, "Percentage Price
    Oscillator".

    Examples
    --------
    >>> ppo([10.0, 11.0, 12.0, 14.0, 13.0, 15.0], fast=2, slow=3, signal=2).ppo.round(4)
    array([   nan,    nan, 4.5455, 5.3333, 2.3965, 3.4368])
    """
    return Ppo(*_crossing(close, fast, slow, signal, seed, nan, is_percent=True))


@indicator(lambda window, seed: 1 if seed == "first" else 3 * (window - 1) + 1)
def trix(
    close: Observations, window: int = 15, signal: int = 9, *, seed: Seed = "sma", nan: NanRule = "skip"
) -> Trix:
    """Smooth closes three times and give the change from bar to bar.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Bars of each of the three exponential averages.
    signal : int
        Bars of the average of the changes.
    seed : {"sma", "first"}
        Start each average with the mean of its first values (TA-Lib, StockCharts), or with the first one.
    nan : {"skip", "reset", "propagate"}
        What follows on a missing close: go on as if the bar had not been, start anew, or end.

    Returns
    -------
    Trix
        `trix` and `signal`, each like `close`, in percent. `lookback` is that of `trix`; the signal comes
        ``signal - 1`` bars later, unless ``seed="first"``. NaN at a missing close, and after an average of zero; the
        signal passes such a bar over.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `window` or `signal` is not a whole number of at least
        1; `seed` or `nan` is unknown.

    Notes
    -----
    ``trix = 100 * (e - e_before) / e_before`` where ``e`` is the threefold average: Hutson, "Good TRIX", *Stocks &
    Commodities* (1983).

    Examples
    --------
    >>> trix([10.0, 11.0, 12.0, 14.0, 13.0, 15.0, 16.0], window=2, signal=2).trix.round(4)
    array([   nan,    nan,    nan,    nan, 6.4244, 7.3561, 7.5895])
    """
    n, n_signal = as_count("window", window), as_count("signal", signal)
    rule = as_nan_rule(nan)

    alphas, seeds = (ema_alpha(n), ema_alpha(n_signal)), (n_seed(n, seed), n_seed(n_signal, seed))

    def compute(x: Array) -> tuple[Array, ...]:
        return _filled(kernels.trix_lines, x, 2, alphas, seeds)

    closes = as_columns("close", close)
    shortest = 3 * (seeds[0] - 1) + 2
    return Trix(*map(closes.restore, along_gaps(compute, (closes.array,), rule, shortest=shortest)))


@indicator(lambda long, short, seed: 1 if seed == "first" else long + short - 1)
def tsi(
    close: Observations,
    long: int = 25,
    short: int = 13,
    signal: int = 7,
    *,
    seed: Seed = "sma",
    nan: NanRule = "skip",
) -> Tsi:
    """Divide the twice smoothed change by the twice smoothed size of changes.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    long, short : int
        Bars of the first exponential average of the changes, and of the second one, over the first.
    signal : int
        Bars of the average of the index.
    seed : {"sma", "first"}
        Start each average with the mean of its first values, or with the first one.
    nan : {"skip", "reset", "propagate"}
        What follows on a missing close: go on as if the bar had not been, start anew, or end.

    Returns
    -------
    Tsi
        `tsi` from -100 to 100 and `signal`, each like `close`. `lookback` is that of `tsi`; the signal comes
        ``signal - 1`` bars later, unless ``seed="first"``. NaN at a missing close, and before the first movement.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `long`, `short` or `signal` is not a whole number of
        at least 1; `seed` or `nan` is unknown.

    Notes
    -----
    ``tsi = 100 * ema(ema(change, long), short) / ema(ema(|change|, long), short)``: Blau, *Momentum, Direction, and
    Divergence* (1995). The signal of 7 is StockCharts'.

    Examples
    --------
    >>> tsi([10.0, 11.0, 12.0, 11.0, 12.0, 14.0], long=2, short=2, signal=2).tsi.round(4)
    array([    nan,     nan,     nan, 33.3333, 48.1481, 81.1966])
    """
    n_long, n_short, n_signal = as_count("long", long), as_count("short", short), as_count("signal", signal)
    rule = as_nan_rule(nan)

    alphas = ema_alpha(n_long), ema_alpha(n_short), ema_alpha(n_signal)
    seeds = n_seed(n_long, seed), n_seed(n_short, seed), n_seed(n_signal, seed)

    def compute(x: Array) -> tuple[Array, ...]:
        return _filled(kernels.balance_lines, x, 2, alphas, seeds)

    closes = as_columns("close", close)
    shortest = seeds[0] + seeds[1]
    return Tsi(*map(closes.restore, along_gaps(compute, (closes.array,), rule, shortest=shortest)))


def as_fast_and_slow(fast: int, slow: int) -> tuple[int, int]:
    """Take two numbers of bars, the first below the second."""
    near, far = as_count("fast", fast), as_count("slow", slow)
    if near >= far:
        raise InputError("fast and slow", f"expected fast below slow, got {near} and {far}")
    return near, far


def _crossing(
    close: Observations, fast: int, slow: int, signal: int, seed: MacdSeed, nan: NanRule, *, is_percent: bool
) -> tuple[Any, ...]:
    near, far = as_fast_and_slow(fast, slow)
    n_signal = as_count("signal", signal)
    if seed not in get_args(MacdSeed):
        raise InputError("seed", f"expected {' or '.join(map(repr, get_args(MacdSeed)))}, got {seed!r}")
    rule = as_nan_rule(nan)
    late = far - near if seed == "talib" else 0
    alphas = ema_alpha(near), ema_alpha(far), ema_alpha(n_signal)
    seeds = (1, 1, 1) if seed == "first" else (near, far, n_signal)

    def compute(x: Array) -> tuple[Array, ...]:
        return _filled(kernels.crossing_lines, x, 3, late, alphas, seeds, is_percent)

    closes = as_columns("close", close)
    return tuple(map(closes.restore, along_gaps(compute, (closes.array,), rule, shortest=seeds[1])))


def _filled(fill: Callable[..., None], x: Array, n_lines: int, *parameters: Any) -> tuple[Array, ...]:
    """Make lines, and give room for two averages of a group of assets."""
    lines = empty_lines(n_lines, x.shape)
    rooms = np.empty((kernels.GROUP, x.shape[1])), np.empty((kernels.GROUP, x.shape[1]))
    with np.errstate(invalid="ignore", over="ignore"):
        fill(x, *parameters, *rooms, *lines)
    return lines
