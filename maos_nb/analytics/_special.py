"""The special functions behind distributions, typed here because scipy ships no types; loaded at first use."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, Float

__all__ = [
    "beta_cdf",
    "beta_density",
    "beta_quantile",
    "integral",
    "normal_cdf",
    "normal_density",
    "normal_quantile",
    "t_cdf",
    "t_density",
    "t_quantile",
]


def _special() -> Any:
    from scipy import special  # type: ignore[import-untyped]  # ships no types

    return special


def normal_density(z: Float) -> Float:
    """Give the density of the standard normal distribution."""
    return np.exp(-0.5 * np.square(z)) / np.sqrt(2 * np.pi)


def normal_cdf(z: Float) -> Float:
    """Give the probability below `z` under the standard normal distribution."""
    return _special().ndtr(z)


def normal_quantile(u: Float) -> Float:
    """Invert `normal_cdf`."""
    return _special().ndtri(u)


def t_density(df: float, x: Float) -> Float:
    """Give the density of Student's t distribution."""
    special = _special()
    log_scale = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * np.log(df * np.pi)
    return np.exp(log_scale - (df + 1) / 2 * np.log1p(np.square(x) / df))


def t_cdf(df: float, x: Float) -> Float:
    """Give the probability below `x` under Student's t distribution."""
    return _special().stdtr(df, x)


def t_quantile(df: float, u: Float) -> Float:
    """Invert `t_cdf`."""
    return _special().stdtrit(df, u)


def beta_density(a: float, b: float, x: Array) -> Array:
    """Give the density of the beta distribution on [0, 1]."""
    special = _special()
    log_density = special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b)
    return np.asarray(np.exp(log_density))


def beta_cdf(a: float, b: float, x: Float) -> Float:
    """Give the probability below `x` under the beta distribution."""
    return _special().betainc(a, b, x)


def beta_quantile(a: float, b: float, u: Float) -> Float:
    """Invert `beta_cdf`."""
    return _special().betaincinv(a, b, u)


def integral(function: Any, start: float, stop: float) -> float:
    """Integrate a smooth function of one number by adaptive Gauss-Kronrod quadrature."""
    from scipy.integrate import quad  # type: ignore[import-untyped]  # ships no types

    # full_output keeps it quiet where rounding stops it short of the last digits.
    return float(quad(function, start, stop, limit=200, epsabs=0.0, epsrel=1e-11, full_output=1)[0])
