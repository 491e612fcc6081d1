"""McClellan's oscillator and summation index."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.market._advances import as_counts, counts
from maos_nb.analytics.market._panel import across, as_prices
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.analytics.technical._indicator import NanRule, as_nan_rule, indicator
from maos_nb.errors import InputError

__all__ = ["Mcclellan", "Seed", "SummationStart", "mcclellan", "mcclellan_from_counts"]

Seed: TypeAlias = Literal["sma", "first"]
SummationStart: TypeAlias = Literal["zero", "miekka"]


class Mcclellan(NamedTuple):
    """McClellan's lines: each a Series or an array ``(n_observations,)``.

    Parameters
    ----------
    oscillator
        Fast less slow average of net advances.
    summation
        The oscillator added up.
    """

    oscillator: Any
    summation: Any


def _count(slow: int, seed: Seed) -> int:
    return slow if seed == "sma" else 1


@indicator(_count)
def mcclellan(
    prices: Observations,
    *,
    fast: int = 19,
    slow: int = 39,
    ratio_adjusted: bool = True,
    seed: Seed = "sma",
    summation_start: SummationStart = "zero",
    nan: NanRule = "skip",
) -> Mcclellan:
    """Give McClellan's oscillator and summation index of a panel of prices.

    Parameters
    ----------
    prices : DataFrame or array, shape (n_observations, n_assets)
        Prices above zero, as for `advance_decline`, which counts them.
    fast, slow : int
        Lengths n of the exponential averages, with ``alpha = 2 / (n + 1)``: 19 and 39 are the "10% trend" and the
        "5% trend".
    ratio_adjusted : bool
        Take net advances as thousandths of advances and declines together, so that the number of assets does not
        matter; else as they are counted.
    seed : {"sma", "first"}
        Start each average at the mean of its first n figures, or at its first.
    summation_start : {"zero", "miekka"}
        Start the summation index at 0 before its first oscillator, or at the level of Miekka's formula, which does
        not depend on where the history starts.
    nan : {"skip", "reset", "propagate"}
        After an observation without counts: go on as if it had not been, start anew, or be NaN to the end.

    Returns
    -------
    Mcclellan
        Both lines; NaN before `slow` counts (``seed="sma"``) and at observations without counts, or, if ratio
        adjusted, without a price that moved.

    Raises
    ------
    InputError
        As `advance_decline`; if `fast` or `slow` is not a whole number of at least 1, `fast` is not below `slow`,
        or an option is unknown.

    Notes
    -----
    S. and M. McClellan, *Patterns for Profit* (1970): ``oscillator = EMA19(net) - EMA39(net)``; ``summation`` is its
    running sum. J. R. Miekka's formula gives the same sum with a level of its own: ``1000 + oscillator - 10 EMA19 +
    20 EMA39``; with other lengths, 10 and 20 are ``1 / alpha``.

    Examples
    --------
    >>> prices = np.array([[10.0, 10.0], [11.0, 11.0], [12.0, 10.0], [13.0, 9.0], [14.0, 10.0]])
    >>> lines = mcclellan(prices, fast=1, slow=2, ratio_adjusted=False)
    >>> lines.oscillator.round(4)
    array([    nan,     nan, -1.    , -0.3333,  0.5556])
    """
    held = as_prices("prices", prices)
    up, down, _, _ = counts(held.array)
    return _lines(held, up, down, fast, slow, ratio_adjusted, seed, summation_start, nan)


@indicator(lambda slow, seed: _count(slow, seed) - 1)
def mcclellan_from_counts(
    advances: Observations,
    declines: Observations,
    *,
    fast: int = 19,
    slow: int = 39,
    ratio_adjusted: bool = True,
    seed: Seed = "sma",
    summation_start: SummationStart = "zero",
    nan: NanRule = "skip",
) -> Mcclellan:
    """Give McClellan's oscillator and summation index of counts that an exchange publishes.

    Parameters
    ----------
    advances, declines : Series or array, shape (n_observations,)
        Numbers of assets that rose and fell, zero or more; NaN where not known.
    fast, slow, ratio_adjusted, seed, summation_start, nan
        As for `mcclellan`.

    Returns
    -------
    Mcclellan
        Both lines, as of `mcclellan`.

    Raises
    ------
    InputError
        If a count is negative or not a number, the two differ in length or labels, or as of `mcclellan`.

    Examples
    --------
    >>> lines = mcclellan_from_counts([3.0, 1.0], [1.0, 3.0], fast=1, slow=3, seed="first", ratio_adjusted=False)
    >>> lines.oscillator, lines.summation
    (array([ 0., -2.]), array([ 0., -2.]))
    """
    held, up, down = as_counts(advances, declines)
    return _lines(held, up, down, fast, slow, ratio_adjusted, seed, summation_start, nan)


def _lines(
    held: Columns,
    up: Array,
    down: Array,
    fast: int,
    slow: int,
    ratio_adjusted: bool,
    seed: Seed,
    summation_start: SummationStart,
    nan: NanRule,
) -> Mcclellan:
    n_fast, n_slow = as_count("fast", fast), as_count("slow", slow)
    if n_fast >= n_slow:
        raise InputError("fast and slow", f"expected fast below slow, got {n_fast} and {n_slow}")
    _refuse_unknown("seed", seed, "sma", "first")
    _refuse_unknown("summation_start", summation_start, "zero", "miekka")
    as_nan_rule(nan)
    net = up - down
    if ratio_adjusted:
        moved = np.where(up + down > 0, up + down, np.nan)
        net = 1000.0 * net / moved
    quick, steady = (exponential_average(net, n, seed, nan) for n in (n_fast, n_slow))
    oscillator = quick - steady
    if summation_start == "miekka":
        total = 1000.0 + oscillator - quick * (n_fast + 1) / 2 + steady * (n_slow + 1) / 2
    else:
        total = _running_sum(oscillator, nan)
    return Mcclellan(across(held, oscillator, "oscillator"), across(held, total, "summation"))


def exponential_average(values: Array, n: int, seed: Seed, nan: NanRule) -> Array:
    """Average one series exponentially, by the rules for its start and its gaps."""
    alpha, needed = 2.0 / (n + 1), n if seed == "sma" else 1
    result = np.full(len(values), np.nan)
    state = 0.0
    gathered: list[float] = []
    for place, value in enumerate(values.tolist()):
        if value != value:  # NaN
            if nan == "propagate" and gathered:
                break
            gathered = [] if nan == "reset" else gathered
            continue
        if len(gathered) < needed:
            gathered.append(value)
            if len(gathered) < needed:
                continue
            state = sum(gathered) / needed
        else:
            state += alpha * (value - state)
        result[place] = state
    return result


def _running_sum(oscillator: Array, nan: NanRule) -> Array:
    """Add up; after a gap the sum goes on, or starts at 0 again where the averages do."""
    total = np.full(len(oscillator), np.nan)
    known = ~np.isnan(oscillator)
    total[known] = np.cumsum(oscillator[known])
    if nan == "reset" and known.any():
        starts = known & ~np.concatenate([[False], known[:-1]])
        before = (total - oscillator)[starts]
        total[known] -= before[np.cumsum(starts)[known] - 1]
    return total


def _refuse_unknown(name: str, given: object, *known: str) -> None:
    if given not in known:
        raise InputError(name, f"expected {' or '.join(map(repr, known))}, got {given!r}")
