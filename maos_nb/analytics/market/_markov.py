"""Markov regimes: means and volatilities that a hidden chain switches between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics._records import figure
from maos_nb.analytics._sampling import as_seed
from maos_nb.analytics.market._markov_fit import RegimeFit, fit_regimes, probabilities_of
from maos_nb.analytics.market._panel import across, as_single, label
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.errors import InputError

__all__ = ["MarkovProbabilities", "MarkovRegimes", "markov_regimes"]

MarkovProbabilities: TypeAlias = Literal["filtered", "smoothed"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MarkovRegimes:
    """Regimes of returns, the calmest first, and how likely each was.

    Parameters
    ----------
    probabilities
        DataFrame or array ``(n_observations, n_regimes)``; each row adds up to 1.
    state
        The likeliest regime at each observation, from 0, as a Series or an array; NaN where there is none.
    kind
        "filtered" or "smoothed".
    means, volatilities
        Of each regime, per period, of the last estimate; arrays ``(n_regimes,)``.
    transition
        Probability to go from the regime of the row to that of the column, of the last estimate.
    expected_durations
        Observations that each regime lasts on average: ``1 / (1 - probability to stay)``.
    log_likelihood
        Of the last estimate.
    converged
        Whether the last estimate's optimiser met its own criterion; None where there was too little to estimate from.
    agreeing_starts
        How many starting points of the last estimate came to the same likelihood, of how many: where few do,
        the likelihood has several peaks.
    estimated_until
        Label (or number) of the last row that the last estimate saw; None for none.
    n_estimates
        How many times the parameters were estimated.
    n_converged
        How many of these converged.
    """

    probabilities: Any
    state: Any
    kind: MarkovProbabilities
    means: Array
    volatilities: Array
    transition: Array
    expected_durations: Array
    log_likelihood: float
    converged: bool | None
    agreeing_starts: tuple[int, int]
    estimated_until: Any
    n_estimates: int
    n_converged: int

    def __repr__(self) -> str:
        return (
            f"MarkovRegimes({len(self.means)} regimes, {self.kind}: volatilities={figure(self.volatilities)}, "
            f"log_likelihood={figure(self.log_likelihood)}, converged={self.converged})"
        )


def markov_regimes(
    returns: Observations,
    n_regimes: int = 2,
    *,
    probabilities: MarkovProbabilities = "filtered",
    fit_until: Any = None,
    refit: int = 504,
    min_observations: int = 504,
    switching_variance: bool = True,
    starts: int = 5,
    rng: int | np.random.Generator = 0,
) -> MarkovRegimes:
    """Find the regimes that returns switch between, and how likely each is at each observation.

    Parameters
    ----------
    returns : Series or array, shape (n_observations,)
        Returns of one asset; NaN where there is none.
    n_regimes : int
        How many regimes, at least 2.
    probabilities : {"filtered", "smoothed"}
        Given what was seen by then, or given everything, later observations too: those are for looking back, and
        tell nothing of what could have been known.
    fit_until : label or int, optional
        Estimate once, from the rows up to and including this label of the index (of an array: from so many rows).
        Probabilities of those rows then rest on parameters that saw them, and only later ones are causal. By
        default filtered probabilities rest on estimates from earlier rows alone, and smoothed ones on all rows.
    refit : int
        Without `fit_until`, how many observations each estimate serves before the next one is made.
    min_observations : int
        How many observations the first estimate needs, at least 10 for each regime.
    switching_variance : bool
        Let the variance switch too, or the mean alone.
    starts : int
        From how many points the likelihood is climbed, the best of which counts: of the first estimate. Later ones
        are climbed from where the last one ended and from statsmodels' own starting point.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from, for all starting points but the first.

    Returns
    -------
    MarkovRegimes
        Probabilities, regimes ordered by volatility (by mean where the variance does not switch), and whether the
        estimate converged. NaN at gaps, which are left out as if they had not been, and before the first estimate:
        with fewer than `min_observations`, or returns that do not move, everything is NaN and `converged` is None.

    Raises
    ------
    InputError
        If `returns` is not one column of finite numbers or NaN, or its rows are not in order; `fit_until` is not in
        the index; a count is not a whole number in its range; `probabilities` is unknown; `rng` is no seed.

    Notes
    -----
    Hamilton (1989), "A new approach to the economic analysis of nonstationary time series and the business cycle",
    *Econometrica* 57: normal returns with a mean and a variance of each regime, estimated by maximum likelihood in
    statsmodels' `MarkovRegression`; smoothed probabilities by Kim (1994). The likelihood may have several peaks and
    grows without bound where a regime collapses onto one observation; look at `agreeing_starts` and at the
    volatilities before you believe it.

    Examples
    --------
    >>> draws = np.random.default_rng(1).standard_normal(600)
    >>> calm_then_wild = np.where(np.arange(600) < 400, 0.005, 0.03) * draws
    >>> found = markov_regimes(calm_then_wild, fit_until=600)
    >>> found.volatilities.round(3), found.converged
    (array([0.005, 0.031]), True)
    >>> found.state[[100, 500]]
    array([0., 1.])
    """
    held = as_single("returns", returns)
    count = as_count("n_regimes", n_regimes, minimum=2)
    if probabilities not in ("filtered", "smoothed"):
        raise InputError("probabilities", f'expected "filtered" or "smoothed", got {probabilities!r}')
    every = as_count("refit", refit)
    least = as_count("min_observations", min_observations, minimum=10 * count)
    tries, seed = as_count("starts", starts), as_seed(rng)
    rows = np.flatnonzero(~np.isnan(held.array[0]))
    values = held.array[0, rows]
    ends = _ends(held, rows, fit_until, probabilities, least, every)
    found = np.full((held.shape[1], count), np.nan)
    fits: list[RegimeFit] = []
    for place, end in enumerate(ends):
        start = fits[-1].parameters if fits else None
        fit = fit_regimes(values[:end], count, switching_variance, tries, seed, start)
        if fit is None:
            continue
        fits.append(fit)
        first = end if fit_until is None and probabilities == "filtered" else 0
        last = ends[place + 1] if place + 1 < len(ends) else len(values)
        chances = probabilities_of(values[:last], fit, smoothed=probabilities == "smoothed")
        found[rows[first:last]] = chances[first:last]
    return _record(held, found, probabilities, fits, count, rows)


def _ends(held: Columns, rows: Any, fit_until: Any, probabilities: str, least: int, every: int) -> list[int]:
    """Give after how many known observations the parameters are estimated."""
    known = len(rows)
    if fit_until is None and probabilities == "filtered":
        return list(range(least, known + 1, every))
    upto = held.shape[1] if fit_until is None else _rows_until(held, fit_until)
    seen = int(np.searchsorted(rows, upto))
    return [seen] if seen >= least else []


def _rows_until(held: Columns, fit_until: Any) -> int:
    if held.index is None:
        upto = as_count("fit_until", fit_until)
        if upto > held.shape[1]:
            raise InputError("fit_until", f"expected at most {held.shape[1]} rows, got {upto}")
        return upto
    try:
        upto = int(held.index.slice_indexer(end=fit_until).stop)
    except (TypeError, ValueError, KeyError) as error:
        raise InputError("fit_until", f"expected a label of the index, got {fit_until!r} ({error})") from None
    if not upto:
        raise InputError("fit_until", f"expected a row's label, got {fit_until!r} before the first")
    return upto


def _record(
    held: Columns,
    found: Array,
    kind: MarkovProbabilities,
    fits: list[RegimeFit],
    count: int,
    rows: Any,
) -> MarkovRegimes:
    last = fits[-1] if fits else None
    none = np.full(count, np.nan)
    known = ~np.isnan(found[:, 0])
    state = np.full(len(found), np.nan)
    state[known] = found[known].argmax(axis=1)
    transition = np.full((count, count), np.nan) if last is None else last.transition
    with np.errstate(divide="ignore"):
        durations = 1.0 / (1.0 - np.diag(transition))
    return MarkovRegimes(
        probabilities=_table(held, found),
        state=across(held, state, "state"),
        kind=kind,
        means=none if last is None else last.means,
        volatilities=none if last is None else last.volatilities,
        transition=transition,
        expected_durations=durations,
        log_likelihood=np.nan if last is None else last.log_likelihood,
        converged=None if last is None else last.converged,
        agreeing_starts=(0, 0) if last is None else last.agreeing_starts,
        estimated_until=None if last is None else label(held, int(rows[last.n_observations - 1])),
        n_estimates=len(fits),
        n_converged=sum(fit.converged for fit in fits),
    )


def _table(held: Columns, found: Array) -> Any:
    if held.index is None:
        return found
    import pandas as pd

    return pd.DataFrame(found, index=held.index, columns=pd.RangeIndex(found.shape[1], name="regime"))
