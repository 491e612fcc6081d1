"""Screening by elementary effects: a cheap ranking of many inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, Numeric, as_count
from maos_nb.analytics._distribution import Distribution
from maos_nb.analytics._sampling import as_distributions, as_seed
from maos_nb.analytics._sensitivity_model import Model, as_model
from maos_nb.analytics._simulation_model import as_fixed, as_rows, refuse_unvalued, run_rows
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Morris", "morris"]

# Where a distribution has no end the grid stops at this probability.
TAIL = 0.01


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Morris:
    """Elementary effects of each input, in the model's unit per whole range of the input.

    Parameters
    ----------
    names
        The inputs, in the order given.
    mu
        Mean effect, ``(n_inputs,)``; effects of both signs cancel.
    mu_star
        Mean absolute effect, ``(n_inputs,)``: the overall influence.
    sigma
        Standard deviation of the effects (ddof 1), ``(n_inputs,)``: how far the effect depends on where it is
        measured, by curvature or interaction.
    standard_error
        Standard error of `mu_star`, ``(n_inputs,)``.
    effects
        Every effect, ``(n_trajectories, n_inputs)``; NaN in trajectories that were rejected.
    n_rejected
        Trajectories left out because the model gave NaN or an infinite value on their way.
    n_evaluations
        Number of points at which the model was evaluated.
    seed
        With ``rng=seed`` the same call gives the same result to the last bit.
    """

    names: tuple[str, ...]
    mu: Array
    mu_star: Array
    sigma: Array
    standard_error: Array
    effects: Array
    n_rejected: int
    n_evaluations: int
    seed: int

    def __repr__(self) -> str:
        order = np.argsort(-self.mu_star, kind="stable")
        shown = ", ".join(f"{self.names[i]} {self.mu_star[i]:.4g}" for i in order[:5])
        more = f", {len(order) - 5} more" if len(order) > 5 else ""
        return (
            f"Morris(mu_star: {shown}{more}; n_trajectories={len(self.effects)}, "
            f"n_rejected={self.n_rejected}, seed={self.seed})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per input.

        Returns
        -------
        DataFrame
            Columns mu_star, standard_error, mu and sigma.
        """
        import pandas as pd

        columns = ("mu_star", "standard_error", "mu", "sigma")
        return pd.DataFrame(
            {name: getattr(self, name) for name in columns}, index=pd.Index(self.names, name="input")
        )


def morris(
    model: Model,
    distributions: Mapping[str, Distribution],
    n_trajectories: int,
    *,
    rng: int | np.random.Generator,
    base: Mapping[str, Numeric] | None = None,
    n_levels: int = 4,
    rows_per_call: int | None = None,
) -> Morris:
    """Rank inputs by the effect of moving one at a time, from many starting points.

    Parameters
    ----------
    model : callable
        Called as ``model(**inputs)``, as for `monte_carlo`.
    distributions : mapping of str to Distribution
        The uncertain inputs by name, taken as independent.
    n_trajectories : int
        Number of walks through the inputs, at least 2; each takes ``n_inputs + 1`` evaluations. 10 to 50 are
        usual.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from; it is kept in the result either way.
    base : mapping of str to float or array_like, optional
        Inputs that are certain, as for `monte_carlo`.
    n_levels : int
        Levels of the grid in every input, an even number.
    rows_per_call : int, optional
        Most rows in one call of the model. The result does not depend on it.

    Returns
    -------
    Morris
        Means and deviations of the effects.

    Raises
    ------
    InputError
        If `n_trajectories` is below 2, `n_levels` is not an even number of at least 2, fewer than two
        trajectories have values throughout, or what `monte_carlo` refuses of the other arguments.

    Notes
    -----
    Morris (1991); ``mu_star``: Campolongo, Cariboni and Saltelli (2007). The grid divides probabilities evenly,
    from 0 to 1 or, where a distribution has no end, from or to its 1% quantile on that side. A step is
    ``n_levels / (2 (n_levels - 1))`` of the grid's range, and the effect is divided by it.

    Examples
    --------
    >>> from maos_nb.analytics.simulation import Uniform
    >>> inputs = {"price": Uniform(9.0, 11.0), "volume": Uniform(90.0, 110.0), "idle": Uniform(0.0, 1.0)}
    >>> morris(lambda price, volume, idle: price * volume, inputs, 100, rng=1).mu_star.round(-1)
    array([200., 200.,   0.])
    """
    function, fixed = as_model(model), as_fixed(base)
    known = as_distributions(distributions)
    walks = as_count("n_trajectories", n_trajectories, minimum=2)
    levels = as_count("n_levels", n_levels, minimum=2)
    if levels % 2:
        raise InputError("n_levels", f"expected an even number, got {levels}")
    seed = as_seed(rng)
    grid, rank, direction = _trajectories(walks, len(known), levels, np.random.default_rng(seed))
    columns = {
        name: np.asarray(distribution.ppf(_probabilities(distribution, grid[..., place].ravel())))
        for place, (name, distribution) in enumerate(known.items())
    }
    values = run_rows(function, fixed, columns, as_rows(rows_per_call, fixed))
    effects = _effects(values.reshape(walks, -1), rank, direction) / (levels / (2 * (levels - 1)))
    return _summarised(tuple(known), effects, values.size, seed)


def _trajectories(
    walks: int, n_inputs: int, levels: int, generator: np.random.Generator
) -> tuple[Array, npt.NDArray[np.intp], Array]:
    """Give points on [0, 1], ``(walks, n_inputs + 1, n_inputs)``, and when and whither each input moves.

    Half the levels are stepped over at once, so that the start alone decides between up and down.
    """
    start = generator.integers(levels, size=(walks, 1, n_inputs))
    rank = generator.permuted(np.tile(np.arange(n_inputs), (walks, 1)), axis=1)
    direction = np.where(start < levels // 2, 1, -1)
    moved = rank[:, np.newaxis, :] < np.arange(n_inputs + 1)[:, np.newaxis]
    return (
        (start + moved * direction * (levels // 2)) / (levels - 1),
        rank,
        direction[:, 0].astype(np.float64),
    )


def _probabilities(distribution: Distribution, grid: Array) -> Array:
    low, high = distribution.support
    start, stop = TAIL if isinf(low) else 0.0, 1.0 - TAIL if isinf(high) else 1.0
    return start + grid * (stop - start)


def _effects(values: Array, rank: npt.NDArray[np.intp], direction: Array) -> Array:
    values = np.where(np.isfinite(values).all(axis=1, keepdims=True), values, np.nan)
    return np.asarray(np.take_along_axis(np.diff(values, axis=1), rank, axis=1) * direction)


def _summarised(names: tuple[str, ...], effects: Array, n_evaluations: int, seed: int) -> Morris:
    finite = np.isfinite(effects).all(axis=1)
    refuse_unvalued(finite)
    valued = effects[finite]
    sizes = np.abs(valued)
    return Morris(
        names=names,
        mu=valued.mean(axis=0),
        mu_star=sizes.mean(axis=0),
        sigma=valued.std(axis=0, ddof=1),
        standard_error=sizes.std(axis=0, ddof=1) / np.sqrt(len(valued)),
        effects=effects,
        n_rejected=len(effects) - len(valued),
        n_evaluations=n_evaluations,
        seed=seed,
    )
