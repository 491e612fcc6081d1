"""Estimates of a Markov switching model, by statsmodels, from several starting points."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array

__all__ = ["RegimeFit", "fit_regimes", "probabilities_of"]

SAME_PEAK = 1e-3
"""Difference in log likelihood below which two climbs have come to the same peak."""
EM_STEPS = 10


@dataclass(frozen=True, slots=True, eq=False)
class RegimeFit:
    """An estimate, its regimes in order; `parameters` are statsmodels' own, of returns in units of `scale`."""

    means: Array
    volatilities: Array
    transition: Array
    log_likelihood: float
    converged: bool
    agreeing_starts: tuple[int, int]
    n_observations: int
    parameters: Array
    scale: float
    order: Any
    switching_variance: bool


def fit_regimes(
    values: Array, n_regimes: int, switching_variance: bool, starts: int, seed: int, previous: Array | None
) -> RegimeFit | None:
    """Estimate from the best of several starts; None for values that do not move or no start that led anywhere."""
    scale = float((values - values[0]).std())
    if not scale > 0:
        return None
    model = _model(values / scale, n_regimes, switching_variance)
    points = _starting_points(model, n_regimes, starts, seed, previous)
    climbs = [climb for climb in (_climb(model, point) for point in points) if climb is not None]
    if not climbs:
        return None
    best = max(climbs, key=lambda climb: climb[1])
    agreeing = sum(best[1] - climb[1] < SAME_PEAK for climb in climbs)
    return _in_order(model, best, (agreeing, len(points)), scale, n_regimes, switching_variance, len(values))


def probabilities_of(values: Array, fit: RegimeFit, *, smoothed: bool) -> Array:
    """Give the probabilities ``(n_observations, n_regimes)`` of values under an estimate."""
    model = _model(values / fit.scale, len(fit.means), fit.switching_variance)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = model.smooth(fit.parameters) if smoothed else model.filter(fit.parameters)
    raw = found.smoothed_marginal_probabilities if smoothed else found.filtered_marginal_probabilities
    chances = np.asarray(raw).reshape(len(values), -1)[:, fit.order]
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def _model(values: Array, n_regimes: int, switching_variance: bool) -> Any:
    # Statsmodels takes more than a second to import, and has no types.
    switching = importlib.import_module("statsmodels.tsa.regime_switching.markov_regression")
    return switching.MarkovRegression(values, k_regimes=n_regimes, switching_variance=switching_variance)


def _starting_points(
    model: Any, n_regimes: int, starts: int, seed: int, previous: Array | None
) -> list[Array]:
    centre = np.asarray(model.start_params, dtype=float)
    if previous is not None:
        return [previous, centre]
    rng = np.random.default_rng(seed)
    return [centre, *(_drawn(model, n_regimes, rng) for _ in range(starts - 1))]


def _drawn(model: Any, n_regimes: int, rng: np.random.Generator) -> Array:
    """Draw regimes that last, with means and variances around those of all returns (which have a deviation of 1)."""
    names = list(model.param_names)
    point = np.empty(len(names))
    mean = float(np.mean(model.endog))
    stay = rng.uniform(0.8, 0.99)
    for place, name in enumerate(names):
        if name.startswith("p["):
            origin, target = name[2:-1].split("->")
            point[place] = stay if origin == target else (1 - stay) / (n_regimes - 1)
        elif name.startswith("const"):
            point[place] = mean + 0.3 * rng.standard_normal()
        else:
            point[place] = np.exp(rng.uniform(-2.0, 1.5))
    return point


def _climb(model: Any, start: Array) -> tuple[Array, float, bool] | None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Whether it converged is told in the result; overflow on the way up is not.
        warnings.simplefilter("ignore")
        try:
            found = model.fit(start_params=start, em_iter=EM_STEPS, cov_type="none", disp=False, maxiter=200)
        except (np.linalg.LinAlgError, ValueError):
            return None
    likelihood = float(found.llf)
    parameters = np.asarray(found.params, dtype=float)
    if not (np.isfinite(likelihood) and np.isfinite(parameters).all()):
        return None
    return parameters, likelihood, bool(found.mle_retvals["converged"])


def _in_order(
    model: Any,
    best: tuple[Array, float, bool],
    agreeing: tuple[int, int],
    scale: float,
    n_regimes: int,
    switching_variance: bool,
    n_observations: int,
) -> RegimeFit:
    parameters, likelihood, converged = best
    named = dict(zip(model.param_names, parameters.tolist(), strict=True))
    means = np.array([named[f"const[{i}]"] for i in range(n_regimes)]) * scale
    variance = [named[f"sigma2[{i}]" if switching_variance else "sigma2"] for i in range(n_regimes)]
    volatilities = np.sqrt(np.maximum(variance, 0.0)) * scale
    order = np.argsort(volatilities if switching_variance else means, kind="stable")
    # Statsmodels has the regime that comes in the row, the one that was in the column.
    transition = np.asarray(model.regime_transition_matrix(parameters))[:, :, 0].T
    return RegimeFit(
        means=means[order],
        volatilities=volatilities[order],
        transition=transition[np.ix_(order, order)],
        log_likelihood=likelihood - n_observations * float(np.log(scale)),
        converged=converged,
        agreeing_starts=agreeing,
        n_observations=n_observations,
        parameters=parameters,
        scale=scale,
        order=order,
        switching_variance=switching_variance,
    )
