"""What every distribution of an uncertain input has in common: quantiles, moments and truncation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from functools import lru_cache
from math import inf, isinf, isnan, sqrt
from typing import ClassVar

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, refuse, unwrap
from maos_nb.analytics._special import integral, normal_cdf, normal_density
from maos_nb.errors import InputError

__all__ = ["Distribution", "as_number", "as_positive", "below_one"]

# A tail this thin is kept with ten digits of its probability; below, the quantiles would become grainy.
LEAST_PROBABILITY = 1e-6
FARTHEST_SCORE = 9.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Distribution(ABC):
    """Base of the distributions of one uncertain input.

    Parameters
    ----------
    lower, upper
        Bounds of a truncation: the distribution given that the value lies between them. Infinite (the
        default) where a side is left as it is.
    """

    _normal_at_heart: ClassVar[bool] = False

    lower: float = field(default=-inf, kw_only=True)
    upper: float = field(default=inf, kw_only=True)

    def __post_init__(self) -> None:
        self._check()
        for name in ("lower", "upper"):
            object.__setattr__(self, name, _as_bound(name, getattr(self, name)))
        if self.lower >= self.upper:
            raise InputError(
                "lower and upper", f"expected lower below upper, got {self.lower:.6g} and {self.upper:.6g}"
            )
        self._check_truncation()

    def __repr__(self) -> str:
        own = [item.name for item in fields(self) if not item.kw_only]
        bounds = [name for name in ("lower", "upper") if not isinf(getattr(self, name))]
        shown = [f"{name}={getattr(self, name):.6g}" for name in (*own, *bounds)]
        return f"{type(self).__name__}({', '.join(shown)})"

    @property
    def mean(self) -> float:
        """Mean of the distribution, after truncation; infinite or NaN where it does not exist."""
        return self._moments()[0]

    @property
    def std(self) -> float:
        """Standard deviation of the distribution, after truncation; infinite or NaN where it does not exist."""
        return self._moments()[1]

    @property
    def support(self) -> tuple[float, float]:
        """Lowest and highest possible value; infinite where there is none."""
        return float(self.ppf(0.0)), float(self.ppf(1.0))

    def ppf(self, probability: Numeric) -> Float:
        """Give the value that is not exceeded with a probability: the inverse of `cdf`.

        Parameters
        ----------
        probability : array_like, any shape
            Probabilities from 0 to 1.

        Returns
        -------
        float or ndarray
            Quantiles in the shape of `probability`; NaN where it is NaN.

        Raises
        ------
        InputError
            If a probability is outside [0, 1] or not numeric.
        """
        u = as_float("probability", probability)
        refuse("probability", u, (u < 0) | (u > 1), "a probability between 0 and 1")
        return unwrap(self.from_uniform(u))

    def cdf(self, value: Numeric) -> Float:
        """Give the probability of a value at or below the one given.

        Parameters
        ----------
        value : array_like, any shape
            Values.

        Returns
        -------
        float or ndarray
            Probabilities in the shape of `value`; NaN where it is NaN.

        Raises
        ------
        InputError
            If a value is not numeric.
        """
        x = as_float("value", value)
        start, stop = self._kept()
        below = self._probability(np.clip(x, self.lower, self.upper))
        return unwrap(np.asarray((below - start) / (stop - start)))

    def from_uniform(self, u: Array) -> Array:
        """Give the quantiles of probabilities from 0 to 1 that need no check, as sampling does.

        Parameters
        ----------
        u : ndarray, any shape
            Values of a uniform variable.

        Returns
        -------
        ndarray
            Values of this distribution, increasing in `u`; NaN where it is NaN.
        """
        if not self._truncated:
            return self._quantile(u)
        start, stop = self._kept()
        return np.asarray(np.clip(self._quantile(start + u * (stop - start)), self.lower, self.upper))

    def from_normal(self, score: Array) -> Array:
        """Map standard normal scores to values: ``ppf(Phi(score))``, as sampling under a Gaussian copula does.

        Parameters
        ----------
        score : ndarray, any shape
            Values of a standard normal variable.

        Returns
        -------
        ndarray
            Values of this distribution, increasing in `score`; NaN where it is NaN.
        """
        if not self._truncated:
            return self._scored(score)
        start, stop = self._kept()
        u = below_one(start + normal_cdf(score) * (stop - start))
        return np.asarray(np.clip(self._quantile(u), self.lower, self.upper))

    @property
    def from_normal_is_faster(self) -> bool:
        """Whether `from_normal` takes less time than `from_uniform`."""
        return self._normal_at_heart and not self._truncated

    @property
    def _truncated(self) -> bool:
        return not (isinf(self.lower) and isinf(self.upper))

    def _kept(self) -> tuple[float, float]:
        """Probabilities, before truncation, between which the kept part lies."""
        return _kept_probability(self) if self._truncated else (0.0, 1.0)

    def _check_truncation(self) -> None:
        start, stop = self._kept()
        if stop - start < LEAST_PROBABILITY:
            raise InputError(
                "lower and upper",
                f"expected bounds that keep at least {LEAST_PROBABILITY:g} of the probability, got "
                f"{self.lower:.6g} and {self.upper:.6g}, which keep {stop - start:.3g}",
                advice="Move the distribution rather than cutting off almost all of it",
            )

    def _moments(self) -> tuple[float, float]:
        return self._own_moments() if self._kept() == (0.0, 1.0) else _truncated_moments(self)

    def _moments_within(self) -> tuple[float, float]:
        """Give the moments of a truncated distribution, here by integrating over the normal score."""

        def value(score: float) -> float:
            return float(self.from_normal(np.asarray(score)))

        mean = integral(lambda z: value(z) * normal_density(z), -FARTHEST_SCORE, FARTHEST_SCORE)
        variance = integral(
            lambda z: (value(z) - mean) ** 2 * normal_density(z), -FARTHEST_SCORE, FARTHEST_SCORE
        )
        return mean, sqrt(variance)

    def _scored(self, score: Array) -> Array:
        """Map normal scores without truncation."""
        return self._quantile(below_one(normal_cdf(score)))

    @abstractmethod
    def _check(self) -> None:
        """Coerce and validate the family's own parameters."""

    @abstractmethod
    def _quantile(self, u: Array) -> Array:
        """Invert `_probability`."""

    @abstractmethod
    def _probability(self, x: Array) -> Array:
        """Give the probability at or below `x`, before truncation."""

    @abstractmethod
    def _own_moments(self) -> tuple[float, float]:
        """Give mean and standard deviation before truncation."""


def as_number(distribution: Distribution, name: str) -> float:
    """Make a parameter a finite float in its record, and give it."""
    array = as_float(name, getattr(distribution, name), finite=True)
    if array.ndim:
        raise InputError(
            name,
            f"expected a single number, got shape {array.shape}",
            advice="Make one distribution per input",
        )
    object.__setattr__(distribution, name, float(array))
    return float(array)


def as_positive(distribution: Distribution, name: str) -> float:
    """Make a parameter a finite float above zero in its record, and give it."""
    number = as_number(distribution, name)
    if number <= 0:
        raise InputError(
            name,
            f"expected a number above zero, got {number:.6g}",
            advice="Give an input that is certain to the model itself, not a distribution",
        )
    return number


def below_one(u: Array) -> Array:
    """Keep probabilities that were rounded up to 1 just below it, where quantiles are finite."""
    return np.asarray(np.minimum(u, 1.0 - 2.0**-53))


def _as_bound(name: str, value: Numeric) -> float:
    array = as_float(name, value)
    if array.ndim or isnan(array):
        raise InputError(
            name,
            f"expected a single number, got {'NaN' if array.ndim == 0 else f'shape {array.shape}'}",
            advice="Leave it out for no bound on that side",
        )
    return float(array)


@lru_cache(maxsize=256)
def _kept_probability(distribution: Distribution) -> tuple[float, float]:
    start = (
        0.0
        if distribution.lower == -inf
        else float(distribution._probability(np.asarray(distribution.lower)))
    )
    stop = (
        1.0 if distribution.upper == inf else float(distribution._probability(np.asarray(distribution.upper)))
    )
    return start, stop


@lru_cache(maxsize=256)
def _truncated_moments(distribution: Distribution) -> tuple[float, float]:
    return distribution._moments_within()
