"""Sobol indices: which share of a model's variance comes from each independent input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_count
from maos_nb.analytics._distribution import Distribution
from maos_nb.analytics._records import figure
from maos_nb.analytics._sampling import (
    as_distributions,
    as_seed,
    points_of,
    refuse_unless_power_of_two,
    sobol_points,
    values_at,
)
from maos_nb.analytics._sensitivity_model import Columns, Model, as_model
from maos_nb.analytics._simulation_model import as_confidence, as_fixed, as_rows, refuse_unvalued, run_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SobolIndices", "sobol_indices"]

# Resampling this many groups of rows instead of the rows themselves takes a hundredth of the time.
MOST_GROUPS = 256


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SobolIndices:
    """Shares of a model's variance that come from each input.

    Parameters
    ----------
    names
        The inputs, in the order given.
    first_order
        Share that would go if the input alone were known, ``(n_inputs,)``.
    total_order
        Share that would stay if all inputs but this one were known, ``(n_inputs,)``: its own and all its
        interactions.
    second_order
        Share of the interaction of two inputs, ``(n_inputs, n_inputs)``, symmetric, NaN on the diagonal; None
        unless asked for.
    first_order_interval, total_order_interval, second_order_interval
        Lower and upper confidence limits on a last axis of 2.
    confidence
        Confidence level of the intervals.
    mean, variance
        Mean and variance of the model's value.
    n
        Number of rows of the two base samples.
    n_rejected
        Rows left out because the model gave NaN or an infinite value for one of their points.
    n_evaluations
        Number of points at which the model was evaluated.
    seed
        With ``rng=seed`` the same call gives the same result to the last bit.
    """

    names: tuple[str, ...]
    first_order: Array
    total_order: Array
    second_order: Array | None
    first_order_interval: Array
    total_order_interval: Array
    second_order_interval: Array | None
    confidence: float
    mean: float
    variance: float
    n: int
    n_rejected: int
    n_evaluations: int
    seed: int

    def __repr__(self) -> str:
        shares = ", ".join(
            f"{name} {first:.3f}/{total:.3f}"
            for name, first, total in zip(self.names, self.first_order, self.total_order, strict=True)
        )
        return (
            f"SobolIndices(first/total: {shares}; variance={figure(self.variance)}, n={self.n}, "
            f"n_rejected={self.n_rejected}, seed={self.seed})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per input.

        Returns
        -------
        DataFrame
            Columns first_order, first_order_low, first_order_high, total_order, total_order_low and
            total_order_high.
        """
        import pandas as pd

        columns = {}
        for name in ("first_order", "total_order"):
            columns[name] = getattr(self, name)
            columns[f"{name}_low"], columns[f"{name}_high"] = getattr(self, f"{name}_interval").T
        return pd.DataFrame(columns, index=pd.Index(self.names, name="input"))


def sobol_indices(
    model: Model,
    distributions: Mapping[str, Distribution],
    n: int,
    *,
    rng: int | np.random.Generator,
    base: Mapping[str, Numeric] | None = None,
    second_order: bool = False,
    confidence: float = 0.95,
    n_resamples: int = 500,
    rows_per_call: int | None = None,
) -> SobolIndices:
    """Divide a model's variance among its independent inputs and their interactions.

    Parameters
    ----------
    model : callable
        Called as ``model(**inputs)``, as for `monte_carlo`.
    distributions : mapping of str to Distribution
        The uncertain inputs by name. They are taken as independent; for correlated ones see `shapley_effects`.
    n : int
        Rows of each of the two base samples, a power of two: the model is evaluated at ``n (n_inputs + 2)``
        points, with `second_order` at ``n (2 n_inputs + 2)``.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from; it is kept in the result either way.
    base : mapping of str to float or array_like, optional
        Inputs that are certain, as for `monte_carlo`.
    second_order : bool
        Estimate the interaction of each pair of inputs too.
    confidence : float
        Confidence level of the intervals, between 0 and 1.
    n_resamples : int
        Number of bootstrap resamples, at least 2.
    rows_per_call : int, optional
        Most rows in one call of the model. The result does not depend on it.

    Returns
    -------
    SobolIndices
        Indices with intervals. Estimates may lie a little outside [0, 1]. All are NaN for a model that gives
        the same value everywhere.

    Raises
    ------
    InputError
        If `n` is not a power of two of at least 2, `confidence` is not between 0 and 1, `n_resamples` is
        below 2, fewer than two rows have a value, or what `monte_carlo` refuses of the other arguments.

    Notes
    -----
    Scrambled Sobol points. First order: Saltelli et al. (2010), ``mean(f_B (f_AB - f_A)) / V``; total order:
    Jansen (1999), ``mean((f_A - f_AB)**2) / (2 V)``, as in ``scipy.stats.sobol_indices``; second order: Saltelli
    (2002). Values are centred first. Intervals: percentile bootstrap over at most 256 groups of consecutive
    rows. A bootstrap takes rows for independent, but Sobol points are spread more evenly, so the intervals are
    on the safe side: for the example below three to six times as wide as need be with 1024 rows. A row with a
    value that is not finite is left out as a whole, which gives the indices of the part that has values only
    approximately.

    Examples
    --------
    Ishigami and Homma (1990), known to be 0.3139, 0.4424 and 0 (first) and 0.5576, 0.4424 and 0.2437 (total):

    >>> from maos_nb.analytics.simulation import Uniform
    >>> def ishigami(x, y, z):
    ...     return np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)
    >>> inputs = {name: Uniform(-np.pi, np.pi) for name in "xyz"}
    >>> found = sobol_indices(ishigami, inputs, 4096, rng=3)
    >>> found.first_order.round(2) + 0.0, found.total_order.round(2)
    (array([0.31, 0.44, 0.  ]), array([0.56, 0.44, 0.24]))
    """
    function, fixed = as_model(model), as_fixed(base)
    known = as_distributions(distributions)
    count = as_count("n", n, minimum=2)
    refuse_unless_power_of_two(count)
    level, resamples = as_confidence(confidence), as_count("n_resamples", n_resamples, minimum=2)
    seed = as_seed(rng)
    for_points, for_resamples = np.random.SeedSequence(seed).spawn(2)
    points = points_of(sobol_points(2 * len(known), for_points), count)
    values = _evaluated(function, fixed, known, points, second_order, as_rows(rows_per_call, fixed))
    finite = np.isfinite(values).all(axis=0)
    refuse_unvalued(finite)
    kept = values if finite.all() else values[:, finite]
    centre = kept[0, 0]
    centre += (kept[:2] - centre).mean()  # exact where the model gives one value everywhere
    groups = _grouped(_products(kept - centre, len(known)))
    estimate = _indices(groups.sums.sum(axis=1) / groups.sizes.sum(), len(known))
    spread = _indices(_resampled(groups, resamples, np.random.default_rng(for_resamples)), len(known))
    first, total, second = (_limits(draws, level) for draws in spread[1:])
    return SobolIndices(
        names=tuple(known),
        first_order=estimate.first,
        total_order=estimate.total,
        second_order=_square(estimate.second, len(known)) if second_order else None,
        first_order_interval=first,
        total_order_interval=total,
        second_order_interval=_square(second, len(known)) if second_order else None,
        confidence=level,
        mean=float(centre),
        variance=float(estimate.variance),
        n=count,
        n_rejected=count - kept.shape[1],
        n_evaluations=values.size,
        seed=seed,
    )


class _Groups(NamedTuple):
    sums: Array
    sizes: Array


class _Indices(NamedTuple):
    variance: Array
    first: Array
    total: Array
    second: Array


def _evaluated(
    model: Model, fixed: Columns, known: dict[str, Distribution], points: Array, both: bool, rows: int
) -> Array:
    """Evaluate the samples A and B, A with each input from B and, if `both`, B with each input from A."""
    drawn = [values_at(one, u) for one, u in zip([*known.values()] * 2, points, strict=True)]
    a, b = (dict(zip(known, half, strict=True)) for half in (drawn[: len(known)], drawn[len(known) :]))
    designs = [a, b, *(a | {name: b[name]} for name in known)]
    if both:
        designs += [b | {name: a[name]} for name in known]
    return np.stack([run_rows(model, fixed, columns, rows) for columns in designs])


def _products(values: Array, n_inputs: int) -> Array:
    """Give for each row what the estimators average, ``(n_products, n_rows)``."""
    a, b, mixed, other = values[0], values[1], values[2 : 2 + n_inputs], values[2 + n_inputs :]
    moments = np.stack([(a + b) / 2, (a * a + b * b) / 2])
    pairs = combinations(range(n_inputs), 2) if len(other) else ()
    interactions = [other[i] * mixed[j] - a * b for i, j in pairs]
    return np.concatenate(
        [moments, b * (mixed - a), np.square(a - mixed) / 2, *(x[np.newaxis] for x in interactions)]
    )


def _grouped(products: Array) -> _Groups:
    n_rows = products.shape[1]
    edges = np.linspace(0, n_rows, min(n_rows, MOST_GROUPS) + 1).astype(np.intp)
    return _Groups(np.add.reduceat(products, edges[:-1], axis=1), np.diff(edges).astype(np.float64))


def _resampled(groups: _Groups, resamples: int, generator: np.random.Generator) -> Array:
    count = groups.sizes.size
    chosen = generator.integers(count, size=(resamples, count))
    chosen += np.arange(resamples)[:, np.newaxis] * count
    times = (
        np.bincount(chosen.ravel(), minlength=resamples * count).reshape(resamples, count).astype(np.float64)
    )
    # einsum, as a library's threads take longer to meet than so small a product.
    sums = np.einsum("rg,kg->rk", times, groups.sums)
    return np.asarray(sums / np.einsum("rg,g->r", times, groups.sizes)[:, np.newaxis])


def _indices(means: Array, n_inputs: int) -> _Indices:
    variance = means[..., 1] - np.square(means[..., 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = means[..., 2:] / np.where(variance > 0, variance, np.nan)[..., np.newaxis]
    first, total, closed = np.split(shares, [n_inputs, 2 * n_inputs], axis=-1)
    if not closed.size:
        return _Indices(variance, first, total, closed)
    i, j = np.triu_indices(n_inputs, 1)
    return _Indices(variance, first, total, closed - first[..., i] - first[..., j])


def _limits(draws: Array, level: float) -> Array:
    tail = (1 - level) / 2
    return np.asarray(np.moveaxis(np.quantile(draws, [tail, 1 - tail], axis=0), 0, -1))


def _square(upper: Array, n_inputs: int) -> Array:
    square = np.full((n_inputs, n_inputs, *upper.shape[1:]), np.nan)
    i, j = np.triu_indices(n_inputs, 1)
    square[i, j] = square[j, i] = upper
    return square
