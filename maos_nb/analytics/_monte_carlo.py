"""Monte Carlo: the distribution of a model's value when its inputs are uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, Float, Numeric, as_count, as_float, refuse, unwrap
from maos_nb.analytics._distribution import Distribution
from maos_nb.analytics._rank_correlation import Correlation, RankCorrelation
from maos_nb.analytics._records import figure
from maos_nb.analytics._sampling import Plan, Sampling, draws, plan
from maos_nb.analytics._sensitivity_model import Columns, Model, as_model, readable
from maos_nb.analytics._simulation_model import as_fixed, as_rows, call_with
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MonteCarlo", "monte_carlo"]

LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MonteCarlo:
    """A model's value under uncertain inputs.

    Parameters
    ----------
    values
        The model's value in every draw, in the order drawn, ``(n,)``; NaN where it has none.
    inputs
        The inputs drawn, by name, ``(n,)`` each; empty unless they were to be kept.
    n
        Number of draws.
    n_rejected
        Draws whose value is NaN or infinite, such as a WACC not above terminal growth. All statistics are
        those of the other draws, so they hold GIVEN that there is a value.
    mean, std
        Mean and standard deviation (ddof 1).
    standard_error
        Standard error of the mean: ``std / sqrt(n - n_rejected)`` for random draws; for Sobol points and
        Latin hypercubes that of the means of the independent replicates.
    percentiles
        Values by probability: 1%, 5%, 10%, 25%, 50%, 75%, 90%, 95% and 99%.
    correlation
        Rank correlations as used; None for independent inputs.
    sampling
        ``"random"``, ``"sobol"`` or ``"latin_hypercube"``.
    seed
        With ``rng=seed`` the same call gives the same result to the last bit.
    """

    values: Array
    inputs: Mapping[str, Array]
    n: int
    n_rejected: int
    mean: float
    std: float
    standard_error: float
    percentiles: Mapping[float, float]
    correlation: RankCorrelation | None
    sampling: Sampling
    seed: int
    _sorted: Array = field(repr=False)

    def __repr__(self) -> str:
        low, high = self.percentiles[0.05], self.percentiles[0.95]
        return (
            f"MonteCarlo(mean={figure(self.mean)}, standard_error={figure(self.standard_error)}, "
            f"5% to 95%: {figure(low)} to {figure(high)}, n={self.n}, n_rejected={self.n_rejected}, "
            f"sampling={self.sampling}, seed={self.seed})"
        )

    def quantile(self, probability: Numeric) -> Float:
        """Give the value that is not exceeded with a probability.

        Parameters
        ----------
        probability : array_like, any shape
            Probabilities from 0 to 1.

        Returns
        -------
        float or ndarray
            Quantiles in the shape of `probability`, interpolated linearly as by ``numpy.quantile`` and
            Excel's ``PERCENTILE.INC``; NaN where it is NaN, or where every draw was rejected.

        Raises
        ------
        InputError
            If a probability is outside [0, 1] or not numeric.
        """
        levels = as_float("probability", probability)
        refuse("probability", levels, (levels < 0) | (levels > 1), "a probability between 0 and 1")
        return unwrap(_quantiles(self._sorted, levels))

    def probability_above(self, value: Numeric) -> Float:
        """Give the share of draws with a value above the one given, such as a share's price.

        Parameters
        ----------
        value : array_like, any shape
            Values in the model's unit.

        Returns
        -------
        float or ndarray
            Shares of the draws that were not rejected, in the shape of `value`; NaN where it is NaN, or where
            every draw was rejected.

        Raises
        ------
        InputError
            If a value is not numeric.
        """
        level = as_float("value", value)
        count = self._sorted.size
        if not count:
            return unwrap(np.full(level.shape, nan))
        above = 1.0 - np.searchsorted(self._sorted, level, side="right") / count
        return unwrap(np.asarray(np.where(np.isnan(level), nan, above)))

    def histogram(self, bins: int | Numeric = 50) -> tuple[npt.NDArray[np.int64], Array]:
        """Count the draws in bins.

        Parameters
        ----------
        bins : int or array_like, shape (n_bins + 1,)
            Number of bins of equal width from the lowest to the highest value, or their edges in rising order;
            the last bin includes both of its edges.

        Returns
        -------
        counts : ndarray of int, shape (n_bins,)
            Draws in each bin, those rejected left out.
        edges : ndarray, shape (n_bins + 1,)
            Edges of the bins.

        Raises
        ------
        InputError
            If `bins` is neither a whole number of at least 1 nor two or more rising edges, or every draw was
            rejected and no edges are given.
        """
        edges = self._edges(bins)
        places = np.searchsorted(self._sorted, edges, side="left")
        places[-1] = np.searchsorted(self._sorted, edges[-1], side="right")
        return np.diff(places).astype(np.int64), edges

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per draw.

        Returns
        -------
        DataFrame
            A column for each input that was kept, and ``value``.
        """
        import pandas as pd

        return pd.DataFrame({**self.inputs, "value": self.values}, index=pd.RangeIndex(self.n, name="draw"))

    def _edges(self, bins: int | Numeric) -> Array:
        if np.ndim(bins) == 1:
            edges = as_float("bins", bins, finite=True)
            if edges.size < 2 or (np.diff(edges) <= 0).any():
                raise InputError("bins", f"expected two or more rising edges, got {edges.tolist()}")
            return edges
        count = as_count("bins", bins)
        if not self._sorted.size:
            raise InputError(
                "bins", "expected edges, as every draw was rejected and there is no range to cut"
            )
        return np.histogram_bin_edges(self._sorted[[0, -1]], bins=count)


def monte_carlo(
    model: Model,
    distributions: Mapping[str, Distribution],
    n: int,
    *,
    correlation: Correlation | None = None,
    rng: int | np.random.Generator,
    base: Mapping[str, Numeric] | None = None,
    sampling: Sampling = "random",
    replicates: int = 8,
    keep_inputs: bool = False,
    rows_per_call: int | None = None,
) -> MonteCarlo:
    """Value a model under uncertain inputs.

    Parameters
    ----------
    model : callable
        Called as ``model(**inputs)`` with every input as a read-only array ``(rows,)``, and those of `base`
        that are paths as ``(rows, n_periods)``; returns one number per row, ``(rows,)``.
    distributions : mapping of str to Distribution
        The uncertain inputs by name.
    n : int
        Number of draws. A power of two for Sobol points, a multiple of `replicates` for Latin hypercubes.
    correlation : mapping, DataFrame, array_like or RankCorrelation, optional
        Spearman's rank correlations, as `rank_correlation` takes them; independent by default.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from; it is kept in the result either way.
    base : mapping of str to float or array_like, optional
        Inputs that are certain: numbers, or paths ``(n_periods,)``. An input that also has a distribution is
        drawn, so that the base case of a sensitivity table can be given whole.
    sampling : {"random", "sobol", "latin_hypercube"}
        How to draw, as for `sample`.
    replicates : int
        With Sobol points and Latin hypercubes, the number of independent sets that `n` is divided into, at
        least 2: their means tell the standard error, which one set alone cannot. Not used by "random".
    keep_inputs : bool
        Keep the inputs drawn, 8 bytes a number.
    rows_per_call : int, optional
        Most rows in one call of the model; by default as many as stay in a processor's cache. The result does
        not depend on it.

    Returns
    -------
    MonteCarlo
        Values of all draws and their statistics. Draws with a NaN or infinite value are counted in
        `n_rejected` and left out of the statistics, which are NaN if no draw is left.

    Raises
    ------
    InputError
        If `model` cannot be called or gives anything but one number per row, `base` is not a dictionary of
        numbers by name, `replicates` is below 2 or does not divide `n`, `rows_per_call` is not a whole number
        of at least 1, or what `sample` refuses. What the model raises reaches the caller with a note on how it
        was called.

    Notes
    -----
    Owen (2013), *Monte Carlo theory, methods and examples*, chapters 2, 10 and 17. Memory: 16 bytes a draw,
    and for Sobol points and Latin hypercubes about 24 bytes an input and draw of one replicate.

    Examples
    --------
    >>> from maos_nb.analytics.simulation import Normal, Triangular
    >>> def value(growth, wacc, cash_flow):
    ...     return np.where(wacc > growth, cash_flow / (wacc - growth), np.nan)
    >>> inputs = {"growth": Triangular(0.01, 0.02, 0.03), "wacc": Normal(0.09, 0.01)}
    >>> result = monte_carlo(value, inputs, 4096, rng=1, base={"cash_flow": 70.0}, sampling="sobol")
    >>> round(result.mean, -1), round(result.quantile(0.05), -1), round(result.probability_above(900.0), 2)
    (1030.0, 800.0, 0.76)
    """
    function, fixed = as_model(model), as_fixed(base)
    sets = as_count("replicates", replicates, minimum=2)
    made = plan(distributions, n, correlation=correlation, rng=rng, sampling=sampling, n_sets=sets)
    at_a_time = as_rows(rows_per_call, fixed)
    values = np.empty(made.n)
    kept = {name: np.empty(made.n) for name in made.distributions} if keep_inputs else {}
    for start, stop, columns in draws(made, at_a_time):
        values[start:stop] = call_with(function, fixed, columns, stop - start)
        for name, column in kept.items():
            column[start:stop] = columns[name]
    return _summarised(made, values, kept)


def _summarised(made: Plan, values: Array, kept: Columns) -> MonteCarlo:
    finite = np.isfinite(values)
    n_valued = int(np.count_nonzero(finite))
    valued = values if n_valued == made.n else values[finite]
    # Sorting a million numbers takes a third of the time of numpy.quantile at nine levels.
    ordered = np.sort(valued)
    quantiles = _quantiles(ordered, np.array(LEVELS)).tolist()
    std = float(valued.std(ddof=1)) if n_valued > 1 else nan
    return MonteCarlo(
        values=readable(values),
        inputs={name: readable(column) for name, column in kept.items()},
        n=made.n,
        n_rejected=made.n - n_valued,
        mean=float(valued.mean()) if n_valued else nan,
        std=std,
        standard_error=_error_of_sets(values, made.n_sets)
        if made.n_sets > 1
        else std / sqrt(max(n_valued, 1)),
        percentiles=dict(zip(LEVELS, quantiles, strict=True)),
        correlation=made.correlation,
        sampling=made.sampling,
        seed=made.seed,
        _sorted=readable(ordered),
    )


def _error_of_sets(values: Array, n_sets: int) -> float:
    means = [
        float(part[np.isfinite(part)].mean()) for part in np.split(values, n_sets) if np.isfinite(part).any()
    ]
    return float(np.std(means, ddof=1)) / sqrt(len(means)) if len(means) > 1 else nan


def _quantiles(ordered: Array, levels: Array) -> Array:
    if not ordered.size:
        return np.full(levels.shape, nan)
    place = levels * (ordered.size - 1)
    known = np.where(np.isnan(place), 0.0, place)
    below = np.floor(known).astype(np.intp)
    above = np.minimum(below + 1, ordered.size - 1)
    part = place - below
    return np.asarray(ordered[below] + part * (ordered[above] - ordered[below]))
