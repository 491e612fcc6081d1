"""The distribution of values that were observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_float
from maos_nb.analytics._distribution import Distribution
from maos_nb.errors import InputError

__all__ = ["Empirical", "Interpolation"]

Interpolation: TypeAlias = Literal["inverted_cdf", "linear"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Empirical(Distribution):
    """Distribution of observed values.

    Parameters
    ----------
    values : array_like, shape (n_values,)
        Observations, in any order; kept sorted and read-only.
    method : {"inverted_cdf", "linear"}
        Whether draws are the observations themselves, each as likely as the others (a bootstrap), or values
        on the straight lines between neighbouring ones.
    lower, upper : float
        Bounds of a truncation, if any: observations outside them are left out.

    Raises
    ------
    InputError
        If there are no observations (within the bounds), one is NaN or infinite, they are not numeric or not
        one-dimensional, `method` is unknown, or `lower` is not below `upper`.

    Notes
    -----
    Quantiles are those of ``numpy.quantile`` with the method's name; "linear" is Excel's ``PERCENTILE.INC``.
    Mean and standard deviation are those of what is drawn: with ``"inverted_cdf"`` the observations' mean
    and population deviation (ddof 0).

    Examples
    --------
    >>> multiples = Empirical([11.0, 8.5, 9.0, 14.0])
    >>> multiples, multiples.ppf(0.5)
    (Empirical(n_values=4, mean=10.625, method=inverted_cdf), 9.0)
    """

    values: Array
    method: Interpolation = "inverted_cdf"

    def __repr__(self) -> str:
        return f"Empirical(n_values={self.values.size}, mean={float(self.values.mean()):.6g}, method={self.method})"

    def _check(self) -> None:
        values = as_float("values", self.values, finite=True)
        if values.ndim != 1 or values.size == 0:
            raise InputError(
                "values", f"expected at least one value in one dimension, got shape {values.shape}"
            )
        if self.method not in ("inverted_cdf", "linear"):
            raise InputError("method", f'expected "inverted_cdf" or "linear", got {self.method!r}')
        object.__setattr__(self, "values", np.sort(values))

    def _check_truncation(self) -> None:
        kept = self.values[(self.values >= self.lower) & (self.values <= self.upper)]
        if kept.size == 0:
            raise InputError(
                "lower and upper",
                f"expected bounds that keep some of the values ({self.values[0]:.6g} to {self.values[-1]:.6g}), "
                f"got {self.lower:.6g} and {self.upper:.6g}",
            )
        kept.flags.writeable = False
        object.__setattr__(self, "values", kept)

    @property
    def _truncated(self) -> bool:
        return False

    def _quantile(self, u: Array) -> Array:
        last = self.values.size - 1
        if self.method == "linear":
            return np.asarray(np.interp(u * last, np.arange(last + 1), self.values))
        with np.errstate(invalid="ignore"):
            place = np.clip(np.ceil(u * (last + 1)) - 1, 0, last)
        found = self.values[np.where(np.isnan(place), 0, place).astype(np.intp)]
        return np.asarray(np.where(np.isnan(u), np.nan, found))

    def _probability(self, x: Array) -> Array:
        count = self.values.size
        if self.method == "linear" and count > 1:
            share = np.interp(x, self.values, np.linspace(0.0, 1.0, count))
        else:
            share = np.searchsorted(self.values, x, side="right") / count
        return np.where(np.isnan(x), np.nan, share)

    def _own_moments(self) -> tuple[float, float]:
        if self.method == "inverted_cdf" or self.values.size == 1:
            return float(self.values.mean()), float(self.values.std())
        start, stop = self.values[:-1], self.values[1:]
        middle = (start + stop) / 2
        mean = float(middle.mean())
        return mean, float(np.sqrt((np.square(middle - mean) + np.square(stop - start) / 12).mean()))
