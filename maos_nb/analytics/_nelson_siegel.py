"""Parametric zero curves: Nelson and Siegel's, and Svensson's with a second hump."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, as_periods, refuse, unwrap
from maos_nb.analytics._curves import Curve, Interpolation, as_times
from maos_nb.errors import InputError

__all__ = ["NelsonSiegel", "nelson_siegel"]

_GRID = {1: 60, 2: 24}  # decay times tried, by the number of humps
_REFINED = 8  # deepest valleys of the error that are followed to their bottom


@dataclass(frozen=True, slots=True)
class NelsonSiegel:
    """A zero curve by four parameters, or by six (Svensson); rates compound continuously.

    Parameters
    ----------
    level : float
        The rate at infinite time.
    slope : float
        The rate at time zero, less `level`.
    curvature : float
        Size of the hump around `decay`.
    decay : float
        Years by which the slope and the first hump decay (tau; Diebold and Li's lambda is 1 / tau).
    second_curvature : float
        Size of Svensson's second hump.
    second_decay : float
        Years by which it decays.
    rmse : float
        Root mean squared error of the fit, as a decimal; NaN where the parameters were given.

    Raises
    ------
    InputError
        If a parameter is not one finite number, or a decay is not above zero.

    Notes
    -----
    With x = t / decay, the zero rate at t is ``level + slope g(x) + curvature (g(x) - exp(-x))``, where
    g(x) = (1 - exp(-x)) / x, plus the same hump with the second curvature and decay (Nelson and Siegel, 1987;
    Svensson, 1994). Central banks publish these parameters as beta 0 to 3, in per cent, and tau 1 and 2.

    Examples
    --------
    >>> curve = NelsonSiegel(level=0.05, slope=-0.02, curvature=0.01, decay=2.0)
    >>> curve.zero_rate([0.0, 2.0, 10.0]).round(6)
    array([0.03    , 0.04    , 0.047946])
    """

    level: float
    slope: float
    curvature: float
    decay: float
    second_curvature: float = 0.0
    second_decay: float = 1.0
    rmse: float = float("nan")

    def __post_init__(self) -> None:
        for name in ("level", "slope", "curvature", "decay", "second_curvature", "second_decay"):
            value = as_float(name, getattr(self, name), finite=True)
            if value.ndim:
                raise InputError(name, f"expected one number, got shape {value.shape}")
            if name.endswith("decay"):
                refuse(name, value, value <= 0, "years above zero")
            object.__setattr__(self, name, value.item())

    def __repr__(self) -> str:
        shown = f"level={self.level:.6g}, slope={self.slope:.6g}, curvature={self.curvature:.6g}"
        if self.second_curvature:
            shown += f", second_curvature={self.second_curvature:.6g}"
        shown += f", decay={self.decay:.6g}"
        if self.second_curvature:
            shown += f", second_decay={self.second_decay:.6g}"
        return f"NelsonSiegel({shown}, rmse={self.rmse:.3g})"

    def zero_rate(self, time: Numeric) -> Float:
        """Give the continuously compounded zero rate at `time` years, ``(...)``; NaN for NaN.

        Raises
        ------
        InputError
            If a time is negative or not numeric.
        """
        at = _as_time(time)
        loadings = _loadings(at, np.array([self.decay, self.second_decay]))
        return unwrap(np.asarray(loadings @ self._weights()))

    def forward_rate(self, time: Numeric) -> Float:
        """Give the instantaneous forward rate at `time` years, ``(...)``; NaN for NaN.

        Raises
        ------
        InputError
            If a time is negative or not numeric.
        """
        at = _as_time(time)
        first, second = at / self.decay, at / self.second_decay
        hump = self.curvature * first * np.exp(-first) + self.second_curvature * second * np.exp(-second)
        return unwrap(np.asarray(self.level + self.slope * np.exp(-first) + hump))

    def discount_factor(self, time: Numeric) -> Float:
        """Give today's value of a payment of 1 after `time` years, ``(...)``; NaN for NaN.

        Raises
        ------
        InputError
            If a time is negative or not numeric.
        """
        return unwrap(np.asarray(np.exp(-np.asarray(self.zero_rate(time)) * _as_time(time))))

    def curve(self, times: Numeric, *, interpolation: Interpolation = "linear") -> Curve:
        """Give a `Curve` with nodes at `times`, ``(n_times,)``, for functions that price over one.

        Raises
        ------
        InputError
            As `Curve` does.
        """
        nodes = as_times("times", times)
        return Curve(nodes, np.asarray(self.zero_rate(nodes)), "continuous", interpolation)

    def _weights(self) -> Array:
        return np.array([self.level, self.slope, self.curvature, self.second_curvature])


def nelson_siegel(
    times: Numeric, zero_rates: Numeric, *, svensson: bool = False, decay: float | None = None
) -> NelsonSiegel:
    """Fit Nelson and Siegel's curve, or Svensson's, to zero rates by least squares.

    Parameters
    ----------
    times : array_like, shape (n_times,)
        Years, above zero and rising.
    zero_rates : array_like, shape (n_times,)
        Continuously compounded zero rates as decimals; those that are NaN are left out.
    svensson : bool
        Fit a second hump too.
    decay : float, optional
        Years of decay to take as given (Diebold and Li: 1 / 0.0609 months, 1.37 years), which leaves a
        linear regression. Not with `svensson`.

    Returns
    -------
    NelsonSiegel
        The parameters and the root mean squared error; evaluate it with its methods.

    Raises
    ------
    InputError
        If the times do not rise from above zero, the lengths differ, there are fewer rates than parameters,
        `decay` is not above zero or comes with `svensson`, or an argument is not numeric.

    Notes
    -----
    For given decay times the curve is linear in the other parameters, so only one decay time (two with
    `svensson`) is searched for: on a grid from a fifth of the shortest to the longest of the times, every
    valley of which `scipy.optimize` follows to its bottom. Two fits of the same data are equal to the last
    digit, which searches from random starts are not.

    Examples
    --------
    >>> times = [0.25, 0.5, 1, 2, 3, 5, 7, 10, 20, 30]
    >>> rates = NelsonSiegel(0.05, -0.02, 0.01, 2.0).zero_rate(times)
    >>> fitted = nelson_siegel(times, rates)
    >>> round(fitted.level, 8), round(fitted.slope, 8), round(fitted.curvature, 8), round(fitted.decay, 6)
    (0.05, -0.02, 0.01, 2.0)
    """
    at, rates = _as_points(times, zero_rates)
    if decay is not None:
        given = as_float("decay", decay, finite=True)
        if svensson or given.ndim or given <= 0:
            raise InputError("decay", f"expected one number above zero, without svensson, got {decay!r}")
        return _fitted(at, rates, given.reshape(1))
    needed = 6 if svensson else 4
    if at.size < needed:
        raise InputError("zero_rates", f"expected at least {needed} rates, got {at.size}")
    return _fitted(at, rates, _best_decays(at, rates, 2 if svensson else 1))


def _as_points(times: Numeric, zero_rates: Numeric) -> tuple[Array, Array]:
    at, rates = as_times("times", times), as_periods("zero_rates", zero_rates)
    if rates.shape != at.shape:
        raise InputError("zero_rates", f"expected one rate per time, {at.shape}, got shape {rates.shape}")
    refuse("zero_rates", rates, np.isinf(rates), "finite rates, or NaN for those to leave out")
    known = ~np.isnan(rates)
    if np.count_nonzero(known) < 3:
        raise InputError("zero_rates", f"expected at least 3 rates, got {np.count_nonzero(known)}")
    return at[known], rates[known]


def _as_time(time: Numeric) -> Array:
    at = as_float("time", time)
    refuse("time", at, at < 0, "a time that is zero or positive, in years")
    return at


def _loadings(time: Array, decays: Array) -> Array:
    """Give what the parameters are multiplied by, ``(..., 3)``, or ``(..., 4)`` for two decay times."""
    x = time[..., None] / decays
    with np.errstate(invalid="ignore"):
        mean = np.where(x == 0, 1.0, -np.expm1(-x) / x)
    hump = mean - np.exp(-x)
    return np.concatenate([np.ones((*time.shape, 1)), mean[..., :1], hump], axis=-1)


def _weights(at: Array, rates: Array, decays: Array) -> Array:
    return np.asarray(np.linalg.lstsq(_loadings(at, decays), rates, rcond=None)[0])


def _residuals(at: Array, rates: Array, decays: Array) -> Array:
    loadings = _loadings(at, decays)
    return np.asarray(loadings @ np.linalg.lstsq(loadings, rates, rcond=None)[0] - rates)


def _squares(at: Array, rates: Array, decays: Array) -> float:
    return float((_residuals(at, rates, decays) ** 2).sum())


def _best_decays(at: Array, rates: Array, n_decays: int) -> Array:
    """Refine every valley of the squared error on a grid of decay times, and give the deepest."""
    grid = np.geomspace(at[0] / 5.0, at[-1], _GRID[n_decays])
    axes = [grid] * n_decays
    pairs = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    errors = np.full(pairs.shape[:-1], np.inf)
    for place in np.ndindex(errors.shape):
        # The two humps can be exchanged, and two equal ones are one.
        if all(first < second for first, second in pairwise(place)):
            errors[place] = _squares(at, rates, pairs[place])
    fits = [_refined(at, rates, grid, place) for place in _valleys(errors)[:_REFINED]]
    return np.asarray(np.exp(min(fits, key=lambda fit: fit.cost).x))


def _refined(at: Array, rates: Array, grid: Array, place: tuple[int, ...]) -> Any:
    from scipy.optimize import least_squares  # type: ignore[import-untyped]  # ships no types

    logs = np.log(grid)
    low = np.array([logs[max(i - 1, 0)] for i in place])
    high = np.array([logs[min(i + 1, logs.size - 1)] for i in place])
    return least_squares(
        lambda log_decays: _residuals(at, rates, np.exp(log_decays)),
        (low + high) / 2.0,
        bounds=(low, high) if len(place) == 1 else (logs[0], logs[-1]),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
    )


def _valleys(errors: Array) -> list[tuple[int, ...]]:
    """Find the places that are no higher than their neighbours, the lowest first."""
    padded = np.pad(errors, 1, constant_values=np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3,) * errors.ndim)
    lowest = windows.min(axis=tuple(range(errors.ndim, 2 * errors.ndim)))
    places = np.argwhere((errors == lowest) & np.isfinite(errors))
    return [tuple(map(int, place)) for place in sorted(places, key=lambda place: errors[tuple(place)])]


def _fitted(at: Array, rates: Array, decays: Array) -> NelsonSiegel:
    weights = _weights(at, rates, decays)
    rmse = float(np.sqrt(_squares(at, rates, decays) / at.size))
    level, slope, curvature = (float(weight) for weight in weights[:3])
    if decays.size == 1:
        return NelsonSiegel(level, slope, curvature, float(decays[0]), rmse=rmse)
    return NelsonSiegel(level, slope, curvature, float(decays[0]), float(weights[3]), float(decays[1]), rmse)
