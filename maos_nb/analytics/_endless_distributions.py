"""Distributions without an end on at least one side: normal, lognormal and Student's t."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, isinf, log, log1p, nan, sqrt
from typing import ClassVar, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_float
from maos_nb.analytics._distribution import Distribution, as_number, as_positive
from maos_nb.analytics._special import (
    normal_cdf,
    normal_density,
    normal_quantile,
    t_cdf,
    t_density,
    t_quantile,
)
from maos_nb.errors import InputError

__all__ = ["Lognormal", "Normal", "StudentT"]

Partial: TypeAlias = Callable[[float], tuple[float, float]]

# Differences of two moments lose digits where less than this much of the probability is kept.
NARROW = 0.01


@dataclass(frozen=True, slots=True, repr=False)
class Normal(Distribution):
    """Normal distribution.

    Parameters
    ----------
    mu : float
        Mean (before truncation).
    sigma : float
        Standard deviation (before truncation), above 0.
    lower, upper : float
        Bounds of a truncation, if any.

    Raises
    ------
    InputError
        If a parameter is not a finite number, `sigma` is not above 0, a bound is NaN, `lower` is not below
        `upper`, or the bounds keep less than a millionth of the probability.

    Notes
    -----
    In Excel ``=NORM.INV(probability, mu, sigma)``. A truncated normal's moments are those of Johnson, Kotz and
    Balakrishnan, *Continuous Univariate Distributions*, volume 1, section 13.10.1.

    Examples
    --------
    >>> wacc = Normal(0.09, 0.01, lower=0.06)
    >>> wacc, round(wacc.ppf(0.05), 6), round(wacc.mean, 6)
    (Normal(mu=0.09, sigma=0.01, lower=0.06), 0.073675, 0.090044)
    """

    _normal_at_heart: ClassVar[bool] = True

    mu: float
    sigma: float

    def _check(self) -> None:
        as_number(self, "mu")
        as_positive(self, "sigma")

    def _quantile(self, u: Array) -> Array:
        return np.asarray(self.mu + self.sigma * normal_quantile(u))

    def _probability(self, x: Array) -> Array:
        return np.asarray(normal_cdf((x - self.mu) / self.sigma))

    def _scored(self, score: Array) -> Array:
        return np.asarray(self.mu + self.sigma * score)

    def _own_moments(self) -> tuple[float, float]:
        return self.mu, self.sigma

    def _moments_within(self) -> tuple[float, float]:
        low, high = ((bound - self.mu) / self.sigma for bound in (self.lower, self.upper))
        found = _from_partial(self, _normal_partial, low, high)
        if found is None:
            return Distribution._moments_within(self)
        return self.mu + self.sigma * found[0], self.sigma * found[1]


@dataclass(frozen=True, slots=True, repr=False)
class Lognormal(Distribution):
    """Lognormal distribution: the logarithm of the value is normal.

    Parameters
    ----------
    mu : float
        Mean of the value's natural LOGARITHM; for the mean of the value itself see `from_moments`.
    sigma : float
        Standard deviation of the logarithm, above 0.
    lower, upper : float
        Bounds of a truncation, if any, in units of the value.

    Raises
    ------
    InputError
        If a parameter is not a finite number, `sigma` is not above 0, a bound is NaN, `lower` is not below
        `upper`, or the bounds keep less than a millionth of the probability.

    Notes
    -----
    Parameters as in Excel's ``=LOGNORM.INV(probability, mu, sigma)``; in scipy ``lognorm(sigma, scale=exp(mu))``.

    Examples
    --------
    >>> sales_to_capital = Lognormal.from_moments(2.0, 0.5)
    >>> round(sales_to_capital.mean, 9), round(sales_to_capital.std, 9)
    (2.0, 0.5)
    >>> round(Lognormal(4.0, 3.5).cdf(4.0), 7)
    0.2276003
    """

    _normal_at_heart: ClassVar[bool] = True

    mu: float
    sigma: float

    @classmethod
    def from_moments(cls, mean: float, std: float, *, lower: float = -inf, upper: float = inf) -> Lognormal:
        """Make the lognormal distribution whose value has the given mean and standard deviation.

        Parameters
        ----------
        mean, std : float
            Mean and standard deviation of the value before truncation, both above 0.
        lower, upper : float
            Bounds of a truncation, if any.

        Returns
        -------
        Lognormal
            With ``sigma = sqrt(log(1 + (std/mean)**2))`` and ``mu = log(mean) - sigma**2 / 2``.

        Raises
        ------
        InputError
            If `mean` or `std` is not a finite number above 0, or a bound cannot be used.
        """
        for name, value in (("mean", mean), ("std", std)):
            if as_float(name, value, finite=True).ndim or value <= 0:
                raise InputError(name, f"expected a number above zero, got {value}")
        variance = log1p((std / mean) ** 2)
        return cls(log(mean) - variance / 2, sqrt(variance), lower=lower, upper=upper)

    def _check(self) -> None:
        as_number(self, "mu")
        as_positive(self, "sigma")

    def _quantile(self, u: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.mu + self.sigma * normal_quantile(u)))

    def _probability(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):
            return np.asarray(normal_cdf((np.log(np.maximum(x, 0.0)) - self.mu) / self.sigma))

    def _scored(self, score: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.mu + self.sigma * score))

    def _own_moments(self) -> tuple[float, float]:
        with np.errstate(over="ignore"):
            mean = np.exp(self.mu + self.sigma**2 / 2)
            return float(mean), float(mean * np.sqrt(np.expm1(self.sigma**2)))

    def _moments_within(self) -> tuple[float, float]:
        low, high = ((_log(bound) - self.mu) / self.sigma for bound in (self.lower, self.upper))
        found = _from_partial(self, self._partial, low, high)
        if found is None:
            return Distribution._moments_within(self)
        return exp(self.mu) * found[0], exp(self.mu) * found[1]

    def _partial(self, z: float) -> tuple[float, float]:
        s = self.sigma
        first = exp(s * s / 2) * float(normal_cdf(z - s))
        return first, exp(2 * s * s) * float(normal_cdf(z - 2 * s))


@dataclass(frozen=True, slots=True, repr=False)
class StudentT(Distribution):
    """Student's t distribution with a location and a scale: a bell with fatter tails than the normal.

    Parameters
    ----------
    df : float
        Degrees of freedom, above 0; the fewer, the fatter the tails.
    loc : float
        Centre.
    scale : float
        Scale, above 0. It is NOT the standard deviation, which is ``scale * sqrt(df / (df - 2))``.
    lower, upper : float
        Bounds of a truncation, if any.

    Raises
    ------
    InputError
        If a parameter is not a finite number, `df` or `scale` is not above 0, a bound is NaN, `lower` is not
        below `upper`, or the bounds keep less than a millionth of the probability.

    Notes
    -----
    As ``scipy.stats.t(df, loc, scale)``. Without truncation the mean is NaN for ``df <= 1``; the standard
    deviation is infinite for ``1 < df <= 2`` and NaN for ``df <= 1``.

    Examples
    --------
    >>> shock = StudentT(4.0, 0.0, 0.01)
    >>> round(shock.ppf(0.99), 6), round(shock.std, 6)
    (0.037469, 0.014142)
    """

    df: float
    loc: float = 0.0
    scale: float = 1.0

    def _check(self) -> None:
        as_positive(self, "df")
        as_number(self, "loc")
        as_positive(self, "scale")

    def _quantile(self, u: Array) -> Array:
        # scipy loses the tails' sign at 0 and 1, where the quantiles are infinite.
        standard = np.where(u <= 0, -np.inf, np.where(u >= 1, np.inf, t_quantile(self.df, u)))
        return np.asarray(self.loc + self.scale * np.where(np.isnan(u), np.nan, standard))

    def _probability(self, x: Array) -> Array:
        return np.asarray(t_cdf(self.df, (x - self.loc) / self.scale))

    def _scored(self, score: Array) -> Array:
        # By symmetry both tails come from small probabilities, which are held with all their digits.
        tail = t_quantile(self.df, normal_cdf(-np.abs(score)))
        return np.asarray(self.loc + self.scale * np.copysign(tail, score))

    def _own_moments(self) -> tuple[float, float]:
        mean = self.loc if self.df > 1 else nan
        if self.df <= 2:
            return mean, inf if self.df > 1 else nan
        return mean, self.scale * sqrt(self.df / (self.df - 2))

    def _moments_within(self) -> tuple[float, float]:
        low, high = ((bound - self.loc) / self.scale for bound in (self.lower, self.upper))
        if self.df <= 2 and (isinf(low) or isinf(high)):
            return self._moments_of_endless_tail(low, high)
        found = _from_partial(self, self._partial, low, high) if self.df > 2 else None
        if found is None:
            return Distribution._moments_within(self)
        return self.loc + self.scale * found[0], self.scale * found[1]

    def _moments_of_endless_tail(self, low: float, high: float) -> tuple[float, float]:
        if self.df <= 1:
            return (inf if isinf(high) else -inf), nan
        start, stop = self._kept()
        first = self._first_partial(high) - self._first_partial(low)
        return self.loc + self.scale * first / (stop - start), inf

    def _first_partial(self, x: float) -> float:
        if isinf(x):
            return 0.0
        return -(self.df + x * x) / (self.df - 1) * float(t_density(self.df, x))

    def _partial(self, x: float) -> tuple[float, float]:
        df = self.df
        inner = float(t_cdf(df - 2, x * sqrt((df - 2) / df)))
        return self._first_partial(x), df * (df - 1) / (df - 2) * inner - df * float(t_cdf(df, x))


def _normal_partial(z: float) -> tuple[float, float]:
    density = float(normal_density(z))
    return -density, float(normal_cdf(z)) - (0.0 if isinf(z) else z * density)


def _from_partial(
    distribution: Distribution, partial: Partial, low: float, high: float
) -> tuple[float, float] | None:
    """Give mean and deviation in standard units from the moments up to each bound; None where digits are lost."""
    start, stop = distribution._kept()
    kept = stop - start
    if kept < NARROW and not (isinf(low) or isinf(high)):
        return None
    (first_low, second_low), (first_high, second_high) = partial(low), partial(high)
    mean = (first_high - first_low) / kept
    variance = (second_high - second_low) / kept - mean * mean
    return mean, sqrt(max(variance, 0.0))


def _log(bound: float) -> float:
    return -inf if bound <= 0 else log(bound) if bound < inf else inf
