"""Bayesian online change points: how long the present regime has lasted, given what was seen by then."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.market._panel import as_above_zero, as_returns
from maos_nb.analytics.technical._columns import Observations
from maos_nb.analytics.technical._indicator import indicator
from maos_nb.errors import InputError

__all__ = ["OnlineChanges", "online_change_points"]

NEGLIGIBLE = 1e-10
"""Run lengths less likely than this are dropped."""


class OnlineChanges(NamedTuple):
    """What is believed of the last change at each observation, each of the input's kind.

    Parameters
    ----------
    probability
        That there was a change within the last `recent` observations.
    run_length
        Likeliest number of observations since the last change.
    expected_run_length
        Mean of that number.
    """

    probability: Any
    run_length: Any
    expected_run_length: Any


@indicator(lambda baseline, recent: baseline + recent)
def online_change_points(
    x: Observations,
    *,
    expected_run: float = 250.0,
    recent: int = 21,
    baseline: int = 63,
    prior_observations: float = 1.0,
) -> OnlineChanges:
    """Tell how likely it is that mean or variance have changed lately.

    Parameters
    ----------
    x : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Such as returns; NaN for gaps.
    expected_run : float
        Observations that a regime lasts on average, above 1.
    recent : int
        What counts as lately.
    baseline : int
        The first so many observations give the prior its mean and variance, and nothing else; at least 2.
    prior_observations : float
        How many observations that prior weighs as much as, above 0.

    Returns
    -------
    OnlineChanges
        Probability, likeliest and expected run length; the first observation of a regime has a run length of 0. NaN
        at gaps, which are passed over, in the baseline, which goes on until it has moved, and for `recent`
        observations after it, as the first regime starts there.

    Raises
    ------
    InputError
        If `x` is not a table of finite numbers or NaN or its rows are not in order, `expected_run` is not above 1,
        `prior_observations` is not above 0, or a count is not a whole number in its range.

    Notes
    -----
    Adams and MacKay (2007), "Bayesian online changepoint detection", arXiv:0710.3742, with a constant hazard of
    ``1 / expected_run`` and normal values of unknown mean and variance (normal-inverse-gamma prior, Student-t
    predictions). Run lengths are those of the regime that the present observation belongs to; the paper's count to
    the next one, for which a new regime is always as likely as the hazard. Fat tails look like changes: one very
    large return raises it for a while.

    Examples
    --------
    >>> draws = np.random.default_rng(0).standard_normal(400)
    >>> draws[300:] += 4.0
    >>> changes = online_change_points(draws)
    >>> changes.probability[[250, 310]].round(2), changes.run_length[[299, 310]]
    (array([0.03, 1.  ]), array([236.,  10.]))
    """
    held = as_returns("x", x)
    run = as_above_zero("expected_run", expected_run)
    if run <= 1:
        raise InputError("expected_run", f"expected more than 1 observation, got {run}")
    weight = as_above_zero("prior_observations", prior_observations)
    near, count = as_count("recent", recent), as_count("baseline", baseline, minimum=2)
    lines = np.full((3, *held.shape), np.nan)
    for asset, values in enumerate(held.array):
        _run(values, lines[:, asset], 1.0 / run, near, count, weight)
    return OnlineChanges(*map(held.restore, lines))


def _run(values: Array, lines: Array, hazard: float, recent: int, baseline: int, weight: float) -> None:
    """Fill the lines of one series."""
    places = np.flatnonzero(~np.isnan(values))
    known = values[places]
    start = _end_of_baseline(known, baseline)
    if start >= len(known):
        return
    mean, variance = float(known[:start].mean()), float(known[:start].var(ddof=1))
    constants = _log_constants(len(known) - start, weight)
    length, centre, guess, mass = (np.array([first]) for first in (0, mean, variance, 1.0))
    for place in range(start, len(known)):
        mass = _posterior(known[place], length, centre, guess, mass, weight, constants)
        if place >= start + recent:
            summary = mass[length < recent].sum(), length[mass.argmax()], mass @ length
            lines[:, places[place]] = summary
        kept = mass > NEGLIGIBLE
        length, centre, guess, mass = length[kept], centre[kept], guess[kept], mass[kept]
        centre, guess = _updated(known[place], length, centre, guess, weight)
        # The next observation is the first of a new regime, or one more of a run that there is.
        length, centre, guess = (
            np.concatenate([[0], length + 1]),
            np.concatenate([[mean], centre]),
            np.concatenate([[variance], guess]),
        )
        mass = np.concatenate([[hazard], (1.0 - hazard) * mass])


def _end_of_baseline(known: Array, baseline: int) -> int:
    """Count the observations of the baseline, which goes on until it has moved."""
    moved = np.flatnonzero(known != known[:1])
    return max(baseline, int(moved[0]) + 1) if len(moved) else len(known)


def _log_constants(count: int, weight: float) -> Array:
    """Give the logarithm of what Student's density is scaled by, for each run length."""
    from scipy.special import gammaln  # type: ignore[import-untyped]  # ships no types

    half = (weight + np.arange(count)) / 2.0
    return np.asarray(gammaln(half + 0.5) - gammaln(half) - 0.5 * np.log(2.0 * np.pi * half))


def _posterior(
    value: float, length: Any, centre: Array, guess: Array, mass: Array, weight: float, constants: Array
) -> Array:
    """Weigh each run length by how well it foresaw the observation."""
    freedom = weight + length
    spread = guess * (freedom + 1.0) / freedom
    distance = np.square(value - centre) / (freedom * spread)
    density = constants[length] - 0.5 * np.log(spread) - 0.5 * (freedom + 1.0) * np.log1p(distance)
    weighed = mass * np.exp(density - density.max())
    return np.asarray(weighed / weighed.sum())


def _updated(value: float, length: Any, centre: Array, guess: Array, weight: float) -> tuple[Array, Array]:
    """Let each run learn from the observation: its mean, and its guess of the variance."""
    freedom = weight + length
    apart = value - centre
    learned = (freedom * guess + np.square(apart) * freedom / (freedom + 1.0)) / (freedom + 1.0)
    return centre + apart / (freedom + 1.0), learned
