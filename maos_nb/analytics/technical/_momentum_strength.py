"""Gains against losses: Wilder's relative strength index, the stochastic of it, and Chande's oscillator."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical import _momentum_kernels as kernels
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._momentum_gaps import along_gaps, chunks, empty_lines
from maos_nb.analytics.technical._momentum_ranges import fill_place_lines
from maos_nb.analytics.technical._windows import rolling_sum
from maos_nb.errors import InputError

__all__ = ["CmoMethod", "RsiSeed", "StochRsi", "cmo", "rsi", "stochrsi"]

RsiSeed: TypeAlias = Literal["wilder", "first"]
"""What Wilder's averages start from: the mean of the first changes, or the first of them."""

CmoMethod: TypeAlias = Literal["sums", "wilder"]
"""How gains and losses are added up: see `cmo`."""


class StochRsi(NamedTuple):
    """The stochastic of a relative strength index, each line in the kind of the prices given."""

    k: Any
    """Where the index stands in its range, smoothed; from 0 to 100."""
    d: Any
    """The mean of the last `k`."""


@indicator(lambda window, seed: 1 if seed == "first" else window)
def rsi(close: Observations, window: int = 14, *, seed: RsiSeed = "wilder", nan: NanRule = "skip") -> Any:
    """Give average gains as a percentage of average gains and losses: Wilder's relative strength index.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Wilder's ``n``: each change weighs ``1 / n`` in the averages.
    seed : {"wilder", "first"}
        Start the averages with the mean of the first `window` changes (Wilder, StockCharts, TA-Lib), or with the first
        change, with values from then on (``ewm(alpha=1/n, adjust=False)`` in pandas).
    nan : {"skip", "reset", "propagate"}
        What follows on a missing close: go on as if the bar had not been, start anew, or end.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, from 0 to 100; 100 where there were only gains. NaN at a missing close, and as long as there has
        been no movement at all (TA-Lib gives 0 there).

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `window` is not a whole number of at least 1; `seed`
        or `nan` is unknown.

    Notes
    -----
    ``rsi = 100 * gain / (gain + loss)``, which is ``100 - 100 / (1 + gain / loss)``, with
    ``gain = gain_before + (max(change, 0) - gain_before) / window``: Wilder, *New Concepts in Technical Trading
    Systems* (1978).

    Examples
    --------
    >>> rsi([10.0, 11.0, 10.5, 11.5, 11.0], window=2).round(4)
    array([    nan,     nan, 66.6667, 85.7143, 54.5455])
    """
    n, rule = as_count("window", window), as_nan_rule(nan)
    n_first = _n_first(n, seed)
    closes = as_columns("close", close)
    return closes.restore(_without_gaps(closes.array, n, n_first, rule, is_balance=False))


@indicator(
    lambda window, stochastic_window, smooth, seed: (
        (1 if seed == "first" else window) + stochastic_window - 1 + smooth - 1
    )
)
def stochrsi(
    close: Observations,
    window: int = 14,
    stochastic_window: int = 14,
    smooth: int = 3,
    signal: int = 3,
    *,
    seed: RsiSeed = "wilder",
    nan: NanRule = "skip",
) -> StochRsi:
    """Say where the relative strength index stands in its own range.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Of the index; see `rsi`.
    stochastic_window : int
        Bars of the index's range.
    smooth : int
        Bars of the mean that makes `k`: 3 as charts draw it; 1 is as published, and TA-Lib's.
    signal : int
        Bars of the mean of `k`.
    seed, nan
        As in `rsi`.

    Returns
    -------
    StochRsi
        `k` and `d`, each like `close`, from 0 to 100; StockCharts shows a hundredth of it, from 0 to 1. `lookback` is
        that of `k`; `d` comes ``signal - 1`` bars later. NaN at a missing close, and while the index is unknown, or
        all the same over `stochastic_window` bars, at a bar that is averaged.

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; one of the numbers of bars is not a whole number of at
        least 1; `seed` or `nan` is unknown.

    Notes
    -----
    ``100 * (rsi - lowest rsi) / (highest rsi - lowest rsi)``: Chande and Kroll, *The New Technical Trader* (1994).

    Examples
    --------
    >>> stochrsi([10.0, 11.0, 10.5, 11.5, 11.0], window=2, stochastic_window=2, smooth=1, signal=2).d
    array([nan, nan, nan, nan, 50.])
    """
    n, n_range = as_count("window", window), as_count("stochastic_window", stochastic_window)
    n_smooth, n_signal, rule = as_count("smooth", smooth), as_count("signal", signal), as_nan_rule(nan)
    n_first = _n_first(n, seed)

    def compute(x: Array) -> tuple[Array, ...]:
        lines = empty_lines(2, x.shape)
        for rows in chunks(x.shape):
            index = _strengths(x[rows], n, n_first, is_balance=False)
            fill_place_lines(
                index, index, index, n_range, n_smooth, n_signal, (lines[0][rows], lines[1][rows])
            )
        return lines

    closes = as_columns("close", close)
    lines = along_gaps(compute, (closes.array,), rule, shortest=n_first + n_range + n_smooth - 1)
    return StochRsi(*map(closes.restore, lines))


@indicator(lambda window: window)
def cmo(close: Observations, window: int = 14, *, method: CmoMethod = "sums", nan: NanRule = "skip") -> Any:
    """Give gains less losses as a percentage of both: Chande's momentum oscillator.

    Parameters
    ----------
    close : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices.
    window : int
        Changes that count.
    method : {"sums", "wilder"}
        Plain sums over the last `window` changes, as published, or Wilder's averages of gains and losses, as TA-Lib
        takes: that is ``2 * rsi - 100``.
    nan : {"skip", "reset", "propagate"}
        With ``method="wilder"``, what follows on a missing close: go on as if the bar had not been, start anew, or
        end. Sums are NaN while one of their ``window + 1`` closes is missing, whatever this says.

    Returns
    -------
    Series, DataFrame or array
        Like `close`, from -100 to 100. NaN where there was no movement (TA-Lib gives 0 there).

    Raises
    ------
    InputError
        If closes are not numbers, are infinite or out of order; `window` is not a whole number of at least 1; `method`
        or `nan` is unknown.

    Notes
    -----
    ``cmo = 100 * (gains - losses) / (gains + losses)``: Chande and Kroll, *The New Technical Trader* (1994).

    Examples
    --------
    >>> cmo([10.0, 11.0, 10.5, 11.5, 11.0], window=3)
    array([nan, nan, nan, 60.,  0.])
    """
    n, rule = as_count("window", window), as_nan_rule(nan)
    if method not in get_args(CmoMethod):
        raise InputError("method", f"expected {' or '.join(map(repr, get_args(CmoMethod)))}, got {method!r}")
    closes = as_columns("close", close)
    if method == "sums":
        return closes.restore(_balances(closes.array, n))
    return closes.restore(_without_gaps(closes.array, n, n, rule, is_balance=True))


def _n_first(window: int, seed: RsiSeed) -> int:
    """Give the number of changes in the mean that the averages start from."""
    if seed not in get_args(RsiSeed):
        raise InputError("seed", f"expected {' or '.join(map(repr, get_args(RsiSeed)))}, got {seed!r}")
    return window if seed == "wilder" else 1


def _without_gaps(x: Array, window: int, n_first: int, rule: int, *, is_balance: bool) -> Array:
    def compute(x: Array) -> tuple[Array]:
        return (_strengths(x, window, n_first, is_balance=is_balance),)

    (result,) = along_gaps(compute, (x,), rule, shortest=n_first + 1)
    return result


def _strengths(x: Array, window: int, n_first: int, *, is_balance: bool) -> Array:
    result, state = np.empty(x.shape), np.empty((kernels.N_STATES, kernels.LANES))
    with np.errstate(invalid="ignore", over="ignore"):
        kernels.strengths(x, 1.0 / window, n_first, is_balance, state, result)
    return result


def _balances(x: Array, window: int) -> Array:
    result = np.empty(x.shape)
    result[:, :1] = np.nan
    for rows in chunks(x.shape):
        with np.errstate(invalid="ignore", over="ignore"):
            changes = np.diff(x[rows], axis=1)
            gains, losses = np.maximum(changes, 0.0), np.maximum(-changes, 0.0)
            gains, losses = rolling_sum(gains, window), rolling_sum(losses, window)
            np.divide(gains - losses, gains + losses, out=result[rows, 1:])
    result *= 100.0
    return result
