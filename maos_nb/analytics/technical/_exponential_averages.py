"""Averages that move by the same share of the way to each observation, alone and combined so that they lag less."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import as_count, as_float
from maos_nb.analytics.technical._columns import Observations, as_columns
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.analytics.technical._recursions import Seed, chain, ema_alpha, in_blocks, n_seed, smooth
from maos_nb.errors import InputError

__all__ = ["dema", "ema", "rma", "t3", "tema", "zlema"]


@indicator(lambda window, seed: n_seed(window, seed) - 1)
def ema(x: Observations, window: int, *, seed: Seed = "sma", nan: NanRule = "skip") -> Any:
    """Average exponentially: each observation moves the average by ``2 / (window + 1)`` of the way.

    Parameters
    ----------
    x : Series, DataFrame or array (n_observations,) or (n_observations, n_assets)
        Prices, or any other observations.
    window : int
        How many observations the average starts from, and by which it moves.
    seed : {"sma", "first"}
        Start from the mean of the first `window` observations, NaN before (as TA-Lib and StockCharts do), or from the
        first observation (as ``pandas.ewm(span=window, adjust=False)`` does).
    nan : {"skip", "reset", "propagate"}
        After a gap, at which it is NaN, go on as if the bar had not been, start anew, or end.

    Returns
    -------
    like `x`
        Observations begin at an asset's first number: NaN before it is no gap.

    Raises
    ------
    InputError
        If observations are not numbers, or are infinite, or dates are out of order; `window` is not a whole number of
        at least 1; `seed` or `nan` is none of those.

    Notes
    -----
    ``e_t = e_(t-1) + alpha (x_t - e_(t-1))``, ``alpha = 2 / (n + 1)``.

    Examples
    --------
    >>> ema([1.0, 2.0, 3.0, 5.0], 3)
    array([nan, nan, 2. , 3.5])
    >>> ema([1.0, 2.0, 3.0, 5.0], 3, seed="first").tolist()
    [1.0, 1.5, 2.25, 3.625]
    """
    return _smoothed(x, window, ema_alpha(as_count("window", window)), seed, nan)


@indicator(lambda window, seed: n_seed(window, seed) - 1)
def rma(x: Observations, window: int, *, seed: Seed = "sma", nan: NanRule = "skip") -> Any:
    """Average as Wilder does: each observation moves the average by ``1 / window`` of the way.

    Parameters
    ----------
    x, window, seed, nan
        As of `ema`.

    Returns
    -------
    like `x`
        Observations begin at an asset's first number: NaN before it is no gap.

    Raises
    ------
    InputError
        As `ema` does.

    Notes
    -----
    Wilder, *New Concepts in Technical Trading Systems* (1978): ``a_t = a_(t-1) + (x_t - a_(t-1)) / n``, seeded by the
    mean of the first n. It is the exponential average of a window of ``2 n - 1``, but for the seed.

    Examples
    --------
    >>> rma([1.0, 2.0, 3.0, 5.0], 3)
    array([nan, nan,  2.,  3.])
    """
    return _smoothed(x, window, 1.0 / as_count("window", window), seed, nan)


@indicator(lambda window, seed: 2 * (n_seed(window, seed) - 1))
def dema(x: Observations, window: int, *, seed: Seed = "sma", nan: NanRule = "skip") -> Any:
    """Average exponentially, less the lag that a second averaging shows.

    Parameters
    ----------
    x, window, seed, nan
        As of `ema`; the second average starts from the first one's values.

    Returns
    -------
    like `x`
        Observations begin at an asset's first number: NaN before it is no gap.

    Raises
    ------
    InputError
        As `ema` does.

    Notes
    -----
    Mulloy (1994): ``2 e1 - e2`` with ``e1 = ema(x)`` and ``e2 = ema(e1)``.

    Examples
    --------
    >>> dema([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3)
    array([nan, nan, nan, nan,  5.,  6.])
    """
    return _chained(x, window, (0.0, -1.0), seed, nan)


@indicator(lambda window, seed: 3 * (n_seed(window, seed) - 1))
def tema(x: Observations, window: int, *, seed: Seed = "sma", nan: NanRule = "skip") -> Any:
    """Average exponentially, less the lag that a second and a third averaging show.

    Parameters
    ----------
    x, window, seed, nan
        As of `ema`; each average starts from the values of the one before.

    Returns
    -------
    like `x`
        Observations begin at an asset's first number: NaN before it is no gap.

    Raises
    ------
    InputError
        As `ema` does.

    Notes
    -----
    Mulloy (1994): ``3 e1 - 3 e2 + e3`` with ``e1 = ema(x)``, ``e2 = ema(e1)`` and ``e3 = ema(e2)``.

    Examples
    --------
    >>> tema([1.0, 2.0, 4.0, 8.0, 16.0], 2).round(4).tolist()
    [nan, nan, nan, 7.7407, 15.7942]
    """
    return _chained(x, window, (0.0, -3.0, 1.0), seed, nan)


@indicator(lambda window, seed: 6 * (n_seed(window, seed) - 1))
def t3(
    x: Observations, window: int = 5, *, factor: float = 0.7, seed: Seed = "sma", nan: NanRule = "skip"
) -> Any:
    """Average exponentially six times over, and take their lag back.

    Parameters
    ----------
    x, window, seed, nan
        As of `ema`; each average starts from the values of the one before.
    factor : float
        How much of the lag is taken back: 0 gives the third average, 1 a threefold `dema`.

    Returns
    -------
    like `x`
        Observations begin at an asset's first number: NaN before it is no gap.

    Raises
    ------
    InputError
        As `ema` does; and if `factor` is not a number.

    Notes
    -----
    Tillson (1998): with ``e1 = ema(x)``, ``e2 = ema(e1)``, ..., ``e6``, and v the factor,
    ``-v^3 e6 + 3 (v^2 + v^3) e5 - 3 (2 v^2 + v + v^3) e4 + (1 + 3 v + v^3 + 3 v^2) e3``.

    Examples
    --------
    >>> t3([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0], 2).round(4).tolist()
    [nan, nan, nan, nan, nan, nan, 48.5846, 97.1091]
    """
    given = as_float("factor", factor, finite=True)
    if given.ndim:
        raise InputError("factor", f"expected one number, got shape {given.shape}")
    v = float(given)
    steps = (-3 * v * (2 * v + 1 + v * v), 3 * v * v * (1 + v), -(v**3))
    return _chained(x, window, (0.0, 0.0, 0.0, *steps), seed, nan)


@indicator(lambda window, seed: (window - 1) // 2 + n_seed(window, seed) - 1)
def zlema(x: Observations, window: int, *, seed: Seed = "sma", nan: NanRule = "skip") -> Any:
    """Average observations exponentially that are moved on by their change over half the window.

    Parameters
    ----------
    x, window, seed, nan
        As of `ema`; a change needs both its observations.

    Returns
    -------
    like `x`
        Observations begin where an asset has its first change: NaN before it is no gap.

    Raises
    ------
    InputError
        As `ema` does.

    Notes
    -----
    Ehlers and Way (2010): ``ema(x_t + (x_t - x_(t-k)), n)`` with ``k = (n - 1) // 2``, the lag of an average.

    Examples
    --------
    >>> zlema([1.0, 2.0, 3.0, 4.0, 5.0], 3)
    array([nan, nan, nan,  4.,  5.])
    """
    columns, n = as_columns("x", x), as_count("window", window)
    alpha, first, rule, lag = ema_alpha(n), n_seed(n, seed), as_nan_rule(nan), (n - 1) // 2
    out = columns.empty()
    with np.errstate(invalid="ignore", over="ignore"):
        for rows, (moved,) in in_blocks(columns.shape, 1):
            source, target = columns.array[rows], out[rows]
            moved[:, :lag] = np.nan
            earlier = source[:, : max(source.shape[1] - lag, 0)]
            np.subtract(source[:, lag:], earlier, out=moved[:, lag:])
            moved += source
            smooth(moved, alpha, first, rule, target)
    return columns.restore(out)


def _smoothed(x: Observations, window: int, alpha: float, seed: Seed, nan: NanRule) -> Any:
    columns = as_columns("x", x)
    return columns.restore(smooth(columns.array, alpha, n_seed(window, seed), as_nan_rule(nan)))


def _chained(x: Observations, window: int, weights: tuple[float, ...], seed: Seed, nan: NanRule) -> Any:
    """Average again and again, and combine: a weight is of the step from the first or third average to its own.

    Written in steps, equal observations give exactly their value.
    """
    columns, n = as_columns("x", x), as_count("window", window)
    return columns.restore(chain(columns.array, ema_alpha(n), n_seed(n, seed), weights, as_nan_rule(nan)))
