"""Page's cumulative sums: an alarm when small deviations add up."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, refuse
from maos_nb.analytics.market._panel import as_above_zero, as_returns
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["Cusum", "cusum"]


class Cusum(NamedTuple):
    """Cumulative sums and alarms, each of the input's kind.

    Parameters
    ----------
    up, down
        Sums of the deviations above and below, in standard deviations, never below 0.
    alarm
        1 at an alarm of the upper sum, -1 of the lower one, else 0.
    """

    up: Any
    down: Any
    alarm: Any


@indicator(lambda baseline, mean: baseline if mean is None else 0)
def cusum(
    x: Observations,
    *,
    threshold: float = 5.0,
    slack: float = 0.5,
    baseline: int = 63,
    mean: float | None = None,
    deviation: float | None = None,
) -> Cusum:
    """Raise an alarm when the mean has moved.

    Parameters
    ----------
    x : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Such as returns, for their mean, or absolute or squared returns, for their volatility; NaN for gaps.
    threshold : float
        Sum in standard deviations above which there is an alarm, above 0.
    slack : float
        Deviation, in standard deviations, that is forgiven each time, zero or more: half the shift to be noticed.
    baseline : int
        From how many observations, at the start and anew after each alarm, mean and deviation are taken; at least 2.
    mean, deviation : float, optional
        Both known beforehand: then no baseline is needed.

    Returns
    -------
    Cusum
        Both sums and the alarms. After an alarm everything starts anew. NaN at gaps, which are passed over, and in
        each baseline; values that do not move in the baseline give it no deviation, and it goes on until they do.

    Raises
    ------
    InputError
        If `x` is not a table of finite numbers or NaN or its rows are not in order, `threshold` or `deviation` is
        not above 0, `slack` is negative, `baseline` is not a whole number of at least 2, or only one of `mean` and
        `deviation` is given.

    Notes
    -----
    Page (1954), "Continuous inspection schemes", *Biometrika* 41; the tabular form of Montgomery, *Introduction to
    Statistical Quality Control*: ``up = max(0, up + z - slack)``, ``down = max(0, down - z - slack)``. With 0.5 and
    5, independent normal values give a false alarm every 465 observations; returns with fat tails, more often.

    Examples
    --------
    >>> cusum([10.0, 11.0, 12.0, 13.0], mean=10.0, deviation=1.0, threshold=3.5)
    Cusum(up=array([0. , 0.5, 2. , 4.5]), down=array([0., 0., 0., 0.]), alarm=array([0., 0., 0., 1.]))
    """
    held = as_returns("x", x)
    limit, count = as_above_zero("threshold", threshold), as_count("baseline", baseline, minimum=2)
    forgiven = as_float("slack", slack, finite=True)
    refuse("slack", forgiven, forgiven < 0, "zero or more")
    if (mean is None) != (deviation is None):
        raise InputError("mean and deviation", "expected both or neither, got one of them")
    known = None
    if mean is not None and deviation is not None:
        known = float(as_float("mean", mean, finite=True)), as_above_zero("deviation", deviation)
    lines = np.full((3, *held.shape), np.nan)
    for asset, values in enumerate(held.array):
        _run(values, lines[:, asset], limit, float(forgiven), count, known)
    return Cusum(*map(held.restore, lines))


def _run(
    values: Array,
    lines: Array,
    threshold: float,
    slack: float,
    baseline: int,
    known: tuple[float, float] | None,
) -> None:
    """Fill the two sums and the alarm of one series."""
    reference, gathered = known, []
    up = down = 0.0
    for place in np.flatnonzero(~np.isnan(values)).tolist():
        value = float(values[place])
        if reference is None:
            gathered.append(value)
            reference = _reference(gathered, baseline)
            continue
        z = (value - reference[0]) / reference[1]
        up, down = max(0.0, up + z - slack), max(0.0, down - z - slack)
        alarm = 1.0 if up > threshold else -1.0 if down > threshold else 0.0
        lines[:, place] = up, down, alarm
        if alarm:
            reference, gathered, up, down = known, [], 0.0, 0.0


def _reference(gathered: list[float], baseline: int) -> tuple[float, float] | None:
    """Take mean and deviation (ddof 1) of the baseline once it is whole and has moved."""
    if len(gathered) < baseline or min(gathered) == max(gathered):
        return None
    return float(np.mean(gathered)), float(np.std(gathered, ddof=1))
