"""Shapley effects: a model's variance divided among inputs that may be correlated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, Numeric, as_count
from maos_nb.analytics._correlation_matrix import lower_factor
from maos_nb.analytics._distribution import Distribution
from maos_nb.analytics._rank_correlation import Correlation, RankCorrelation, as_rank_correlation
from maos_nb.analytics._records import figure
from maos_nb.analytics._sampling import as_distributions, as_seed
from maos_nb.analytics._sensitivity_model import Columns, Model, as_model
from maos_nb.analytics._simulation_model import as_confidence, as_fixed, as_rows, refuse_unvalued, run_rows
from maos_nb.analytics._special import normal_quantile

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ShapleyEffects", "shapley_effects"]

_Orders: TypeAlias = npt.NDArray[np.intp]

# 720 orders: the most that are gone through in turn. More inputs get orders at random.
MOST_INPUTS_IN_ALL_ORDERS = 6
NUMBERS_PER_BLOCK = 1 << 19


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ShapleyEffects:
    """A model's variance, divided among all inputs without rest.

    Parameters
    ----------
    names
        The inputs, in the order given.
    effects
        Part of the variance of each input, ``(n_inputs,)``, in the square of the model's unit; they add up to
        `variance`.
    shares
        ``effects / variance``; they add up to 1.
    standard_error
        Standard errors of `shares`, ``(n_inputs,)``.
    interval
        Confidence limits of `shares`, ``(n_inputs, 2)``.
    confidence
        Confidence level of the intervals.
    variance
        Variance of the model's value.
    n
        Number of rows drawn.
    n_rejected
        Rows left out because the model gave NaN or an infinite value for one of their points.
    n_evaluations
        Number of points at which the model was evaluated.
    correlation
        Rank correlations as used; None for independent inputs.
    seed
        With ``rng=seed`` the same call gives the same result to the last bit.
    """

    names: tuple[str, ...]
    effects: Array
    shares: Array
    standard_error: Array
    interval: Array
    confidence: float
    variance: float
    n: int
    n_rejected: int
    n_evaluations: int
    correlation: RankCorrelation | None
    seed: int

    def __repr__(self) -> str:
        shares = ", ".join(f"{name} {share:.3f}" for name, share in zip(self.names, self.shares, strict=True))
        return (
            f"ShapleyEffects({shares}; variance={figure(self.variance)}, n={self.n}, "
            f"n_rejected={self.n_rejected}, seed={self.seed})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per input.

        Returns
        -------
        DataFrame
            Columns share, standard_error, low, high and effect.
        """
        import pandas as pd

        low, high = self.interval.T
        columns = {
            "share": self.shares,
            "standard_error": self.standard_error,
            "low": low,
            "high": high,
            "effect": self.effects,
        }
        return pd.DataFrame(columns, index=pd.Index(self.names, name="input"))


def shapley_effects(
    model: Model,
    distributions: Mapping[str, Distribution],
    n: int,
    *,
    correlation: Correlation | None = None,
    rng: int | np.random.Generator,
    base: Mapping[str, Numeric] | None = None,
    confidence: float = 0.95,
    rows_per_call: int | None = None,
) -> ShapleyEffects:
    """Divide a model's variance among inputs that may be correlated.

    Parameters
    ----------
    model : callable
        Called as ``model(**inputs)``, as for `monte_carlo`.
    distributions : mapping of str to Distribution
        The uncertain inputs by name.
    n : int
        Number of rows, at least 2: the model is evaluated at ``n (n_inputs + 1)`` points.
    correlation : mapping, DataFrame, array_like or RankCorrelation, optional
        Spearman's rank correlations, as `rank_correlation` takes them; independent by default.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from; it is kept in the result either way.
    base : mapping of str to float or array_like, optional
        Inputs that are certain, as for `monte_carlo`.
    confidence : float
        Confidence level of the intervals, between 0 and 1.
    rows_per_call : int, optional
        Most rows in one call of the model. The result does not depend on it.

    Returns
    -------
    ShapleyEffects
        Effects that add up to the variance, with standard errors. All shares are NaN for a model that gives the
        same value everywhere.

    Raises
    ------
    InputError
        If `n` is below 2, `confidence` is not between 0 and 1, fewer than two rows have values throughout, or
        what `monte_carlo` refuses of the other arguments.

    Notes
    -----
    Owen (2014), Song, Nelson and Staum (2016): an input's effect is what knowing it takes off the expected
    variance that is left, averaged over all orders in which the inputs may become known. Without correlation
    it lies between the first-order and the total-order Sobol index.

    Estimator of Goda (2021), "A simple algorithm for global sensitivity analysis with Shapley effects",
    *Reliability Engineering and System Safety* 213. Each row takes one order and two draws y and z of the
    inputs; y turns into z input by input in that order, where inputs not yet replaced are drawn GIVEN those
    that are. With values ``f_0 ... f_d`` on the way, input k gets
    ``(f_d - (f_k + f_(k-1)) / 2) (f_k - f_(k-1))``. These add up to ``(f_d - f_0)**2 / 2``, whose mean is the
    variance. Under the Gaussian copula of `rank_correlation` the conditional draws are exact. Up to 6 inputs
    all orders are used equally often (as far as n goes); with more they are random. A row with a value that is
    not finite is left out as a whole.

    Examples
    --------
    Two inputs of equal weight, the second correlated with a third that the model does not use:

    >>> from maos_nb.analytics.simulation import Normal
    >>> inputs = {name: Normal(0.0, 1.0) for name in ("x", "y", "unused")}
    >>> found = shapley_effects(
    ...     lambda x, y, unused: x + y, inputs, 20_000, rng=1, correlation={("y", "unused"): 0.8}
    ... )
    >>> found.shares.round(1), round(found.variance, 1)
    (array([0.5, 0.3, 0.2]), 2.0)
    """
    function, fixed = as_model(model), as_fixed(base)
    known = as_distributions(distributions)
    count, level = as_count("n", n, minimum=2), as_confidence(confidence)
    used = as_rank_correlation(tuple(known), correlation)
    seed, rows = as_seed(rng), as_rows(rows_per_call, fixed)
    parts = np.empty((len(known), count))
    for start, orders, scores in _walks(len(known), count, used, np.random.default_rng(seed)):
        values = run_rows(function, fixed, _columns(known, scores), rows).reshape(len(known) + 1, -1)
        parts[:, start : start + len(orders)] = _parts(values, orders)
    finite = np.isfinite(parts).all(axis=0)
    refuse_unvalued(finite)
    kept = parts if finite.all() else parts[:, finite]
    effects = kept.mean(axis=1)
    variance = float(effects.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = effects / variance
        error = (kept - shares[:, np.newaxis] * kept.sum(axis=0)).std(axis=1, ddof=1)
        error /= variance * np.sqrt(kept.shape[1])
    reach = float(normal_quantile(0.5 + level / 2)) * error
    return ShapleyEffects(
        names=tuple(known),
        effects=effects,
        shares=shares,
        standard_error=error,
        interval=np.stack([shares - reach, shares + reach], axis=-1),
        confidence=level,
        variance=variance,
        n=count,
        n_rejected=count - kept.shape[1],
        n_evaluations=count * (len(known) + 1),
        correlation=used,
        seed=seed,
    )


def _walks(
    n_inputs: int, n: int, correlation: RankCorrelation | None, generator: np.random.Generator
) -> Iterator[tuple[int, _Orders, Array]]:
    """Give blocks of orders ``(rows, n_inputs)`` and of normal scores ``(n_inputs + 1, rows, n_inputs)``."""
    block = max(1, NUMBERS_PER_BLOCK // (n_inputs * (n_inputs + 1)))
    all_orders = _all_orders(n_inputs, generator) if n_inputs <= MOST_INPUTS_IN_ALL_ORDERS else None
    for start in range(0, n, block):
        rows = min(block, n - start)
        if all_orders is None:
            orders = generator.permuted(np.tile(np.arange(n_inputs), (rows, 1)), axis=1)
        else:
            orders = all_orders[(start + np.arange(rows)) % len(all_orders)]
        yield start, orders, _scores(orders, correlation, generator)


def _all_orders(n_inputs: int, generator: np.random.Generator) -> _Orders:
    """Give all orders, shuffled: which of them come once more often than others is left to chance."""
    orders = np.array(list(permutations(range(n_inputs))), dtype=np.intp).reshape(
        factorial(n_inputs), n_inputs
    )
    return np.asarray(generator.permutation(orders))


def _scores(orders: _Orders, correlation: RankCorrelation | None, generator: np.random.Generator) -> Array:
    """Draw the scores of each step: the first `step` inputs of the order from one draw, the rest given them."""
    rows, n_inputs = orders.shape
    first, last = generator.standard_normal((2, rows, n_inputs))
    replaced = np.arange(n_inputs) < np.arange(n_inputs + 1)[:, np.newaxis, np.newaxis]
    ordered = np.where(replaced, last, first)
    if correlation is not None:
        matrices = correlation.normal_matrix[orders[:, :, np.newaxis], orders[:, np.newaxis, :]]
        ordered = np.einsum("rij,srj->sri", lower_factor(matrices), ordered)
    scores: Array = np.empty_like(ordered)
    np.put_along_axis(scores, np.broadcast_to(orders, ordered.shape), ordered, axis=-1)
    return scores


def _columns(known: dict[str, Distribution], scores: Array) -> Columns:
    return {
        name: distribution.from_normal(np.ascontiguousarray(scores[..., place].ravel()))
        for place, (name, distribution) in enumerate(known.items())
    }


def _parts(values: Array, orders: _Orders) -> Array:
    """Give each row's parts of the variance by input, ``(n_inputs, rows)``."""
    with np.errstate(invalid="ignore", over="ignore"):
        gains = (values[-1] - (values[1:] + values[:-1]) / 2) * np.diff(values, axis=0)
    parts: Array = np.empty_like(gains)
    np.put_along_axis(parts, orders.T, gains, axis=0)
    return parts
