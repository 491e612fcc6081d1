"""Draws of several uncertain inputs: random numbers, Sobol points or a Latin hypercube, correlated or not.

Every input has a random stream of its own, read from start to end, so that the draws depend neither on how
many are taken at a time nor on the other inputs' distributions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics._correlation_matrix import correlated, lower_factor
from maos_nb.analytics._distribution import Distribution, below_one
from maos_nb.analytics._rank_correlation import Correlation, RankCorrelation, as_rank_correlation
from maos_nb.analytics._sensitivity_model import Columns, steps
from maos_nb.analytics._special import normal_quantile
from maos_nb.errors import InputError

__all__ = [
    "Plan",
    "Sampling",
    "as_distributions",
    "as_seed",
    "draws",
    "plan",
    "points_of",
    "refuse_unless_power_of_two",
    "sample",
    "sobol_points",
    "values_at",
]

Sampling: TypeAlias = Literal["random", "sobol", "latin_hypercube"]
Distributions: TypeAlias = dict[str, Distribution]
_Bounds: TypeAlias = list[tuple[int, int]]

# Numbers of 8 bytes that are drawn at a time: a quarter of a megabyte an input stays in the cache.
DRAWS_AT_A_TIME = 1 << 15
SMALLEST_PROBABILITY = 2.0**-54


class Plan(NamedTuple):
    """How draws are to be made: `n` in `n_sets` independent sets of equal size."""

    distributions: Distributions
    correlation: RankCorrelation | None
    factor: Array | None
    sampling: Sampling
    n: int
    n_sets: int
    seed: int


def sample(
    distributions: Mapping[str, Distribution],
    n: int,
    *,
    correlation: Correlation | None = None,
    rng: int | np.random.Generator,
    sampling: Sampling = "random",
) -> dict[str, Array]:
    """Draw uncertain inputs, correlated by rank if asked for.

    Parameters
    ----------
    distributions : mapping of str to Distribution
        The inputs by name.
    n : int
        Number of draws; a power of two for Sobol points.
    correlation : mapping, DataFrame, array_like or RankCorrelation, optional
        Spearman's rank correlations, as `rank_correlation` takes them; independent by default.
    rng : int or numpy.random.Generator
        A seed, or a generator to draw one from.
    sampling : {"random", "sobol", "latin_hypercube"}
        Independent random numbers, scrambled Sobol points, or one draw in each of `n` equally likely slices
        of every input.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        Draws by input, in the order of `distributions`.

    Raises
    ------
    InputError
        If `distributions` is empty or not a dictionary of distributions by name, `n` is not a whole number of
        at least 1 or not a power of two for Sobol points, `rng` is neither a seed nor a generator, `sampling`
        is unknown, or `correlation` cannot be used (as for `rank_correlation`).

    Notes
    -----
    Correlated draws come from a Gaussian copula with normal scores of Pearson correlation
    ``2 sin(pi/6 rank_correlation)``; the rank correlations of continuous distributions are met in the limit.
    A Latin hypercube keeps its slices: its values are put into the order of correlated scores, as Iman and
    Conover (1982) do.

    Examples
    --------
    >>> from maos_nb.analytics.simulation import Triangular, Uniform
    >>> inputs = {"growth": Uniform(0.02, 0.06), "margin": Triangular(0.10, 0.15, 0.18)}
    >>> drawn = sample(inputs, 8, rng=7, sampling="latin_hypercube")
    >>> np.floor((np.sort(drawn["growth"]) - 0.02) / 0.005)
    array([0., 1., 2., 3., 4., 5., 6., 7.])
    """
    made = plan(distributions, n, correlation=correlation, rng=rng, sampling=sampling)
    columns = {name: np.empty(made.n) for name in made.distributions}
    for start, stop, drawn in draws(made):
        for name, values in drawn.items():
            columns[name][start:stop] = values
    return columns


def as_distributions(distributions: object) -> Distributions:
    """Accept a dictionary of distributions by name, and at least one."""
    if not isinstance(distributions, Mapping) or not distributions:
        came = "an empty one" if isinstance(distributions, Mapping) else type(distributions).__name__
        raise InputError(
            "distributions",
            f"expected a dictionary of distributions by name, got {came}",
            advice='Give for example {"growth": Normal(0.05, 0.01)}',
        )
    for name, distribution in distributions.items():
        if not isinstance(name, str):
            raise InputError("distributions", f"expected names of inputs as text, got {name!r}")
        if not isinstance(distribution, Distribution):
            raise InputError(
                f'distributions["{name}"]',
                f"expected a distribution such as Normal(0.05, 0.01), got {type(distribution).__name__}",
                advice="Give what is certain in base",
            )
    return dict(distributions)


def as_seed(rng: object) -> int:
    """Accept a seed, or draw one from a generator: with it every result can be had again."""
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(1 << 63))
    if rng is None or isinstance(rng, bool | str | np.random.RandomState):
        raise InputError(
            "rng",
            f"expected a seed or a numpy.random.Generator, got {type(rng).__name__}",
            advice="Give a whole number, such as rng=1, so that the result can be had again",
        )
    return as_count("rng", rng, minimum=0)


def plan(
    distributions: Mapping[str, Distribution],
    n: int,
    *,
    correlation: Correlation | None,
    rng: int | np.random.Generator,
    sampling: Sampling,
    n_sets: int = 1,
) -> Plan:
    """Check how draws are to be made."""
    known = as_distributions(distributions)
    if sampling not in get_args(Sampling):
        raise InputError("sampling", f'expected "random", "sobol" or "latin_hypercube", got {sampling!r}')
    count = as_count("n", n)
    if sampling == "random":
        n_sets = 1
    if sampling == "sobol":
        refuse_unless_power_of_two(count)
        refuse_unless_power_of_two(n_sets, "replicates")
    if count % n_sets:
        raise InputError("n", f"expected a multiple of the {n_sets} replicates, got {count}")
    used = as_rank_correlation(tuple(known), correlation)
    factor = None if used is None else lower_factor(used.normal_matrix)
    return Plan(known, used, factor, sampling, count, n_sets, as_seed(rng))


def refuse_unless_power_of_two(count: int, name: str = "n") -> None:
    """Refuse numbers of Sobol points that would leave them unbalanced."""
    if count & (count - 1):
        below = 1 << (count.bit_length() - 1)
        raise InputError(
            name,
            f"expected a power of two for Sobol points, got {count}",
            advice=f"Give {below} or {2 * below}: other numbers of points lose their balance",
        )


def draws(made: Plan, at_a_time: int = DRAWS_AT_A_TIME) -> Iterator[tuple[int, int, Columns]]:
    """Give draws from first to last, at most `at_a_time` at once, with the places they belong to."""
    size = made.n // made.n_sets
    bounds = steps(size, at_a_time)
    for number, seed in enumerate(np.random.SeedSequence(made.seed).spawn(made.n_sets)):
        for (start, stop), drawn in zip(bounds, _DRAWN[made.sampling](made, seed, bounds), strict=True):
            columns = dict(zip(made.distributions, drawn, strict=True))
            yield number * size + start, number * size + stop, columns


def sobol_points(dimension: int, seed: np.random.SeedSequence) -> Any:
    """Give scipy's engine of scrambled Sobol points.

    Its default of 30 bits would put one draw in a billion on 0, and a fat tail's quantile there.
    """
    from scipy.stats import qmc  # type: ignore[import-untyped]  # ships no types

    return qmc.Sobol(dimension, bits=52, seed=np.random.default_rng(seed))


def points_of(engine: Any, count: int) -> Array:
    """Give points ``(dimension, count)`` off 0 and 1, where quantiles may be infinite."""
    points = np.ascontiguousarray(engine.random(count).T)
    return below_one(np.maximum(points, SMALLEST_PROBABILITY, out=points))


def values_at(distribution: Distribution, u: Array) -> Array:
    """Give quantiles of probabilities off 0 and 1 by the faster way."""
    if distribution.from_normal_is_faster:
        return distribution.from_normal(normal_quantile(u))
    return distribution.from_uniform(u)


def _random(made: Plan, seed: np.random.SeedSequence, bounds: _Bounds) -> Iterator[list[Array]]:
    streams = [np.random.default_rng(child) for child in seed.spawn(len(made.distributions))]
    for start, stop in bounds:
        if made.factor is not None:
            yield _correlated(made, np.stack([stream.standard_normal(stop - start) for stream in streams]))
        else:
            yield [
                _independent(distribution, stream, stop - start)
                for distribution, stream in zip(made.distributions.values(), streams, strict=True)
            ]


def _independent(distribution: Distribution, stream: np.random.Generator, count: int) -> Array:
    if distribution.from_normal_is_faster:
        return distribution.from_normal(stream.standard_normal(count))
    u = stream.random(count)
    return distribution.from_uniform(np.maximum(u, SMALLEST_PROBABILITY, out=u))


def _sobol(made: Plan, seed: np.random.SeedSequence, bounds: _Bounds) -> Iterator[list[Array]]:
    points = points_of(sobol_points(len(made.distributions), seed), bounds[-1][1])
    for start, stop in bounds:
        if made.factor is not None:
            yield _correlated(made, normal_quantile(points[:, start:stop]))
        else:
            yield _quantiles(made, points[:, start:stop])


def _latin_hypercube(made: Plan, seed: np.random.SeedSequence, bounds: _Bounds) -> Iterator[list[Array]]:
    from scipy.stats import qmc

    engine = qmc.LatinHypercube(len(made.distributions), seed=np.random.default_rng(seed))
    points = points_of(engine, bounds[-1][1])
    if made.factor is not None:
        _put_in_order(points, correlated(made.factor, normal_quantile(points)))
    for start, stop in bounds:
        yield _quantiles(made, points[:, start:stop])


_DRAWN = {"random": _random, "sobol": _sobol, "latin_hypercube": _latin_hypercube}


def _put_in_order(points: Array, scores: Array) -> None:
    """Put each row of points into the order of its scores."""
    for row, score in zip(points, scores, strict=True):
        row[np.argsort(score)] = np.sort(row)


def _quantiles(made: Plan, points: Array) -> list[Array]:
    return [values_at(one, u) for one, u in zip(made.distributions.values(), points, strict=True)]


def _correlated(made: Plan, scores: Array) -> list[Array]:
    mixed = correlated(np.asarray(made.factor), scores)
    return [one.from_normal(score) for one, score in zip(made.distributions.values(), mixed, strict=True)]
