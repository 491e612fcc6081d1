"""Merton's model: equity is a call on the company's assets, which gives their value and volatility.

With ``e`` the equity over the discounted debt, ``w`` the equity's and ``s`` the assets' volatility over the
horizon, and ``x`` what Black, Scholes and Merton call d2, the two equations

    equity = assets N(d1) - discounted debt N(d2)        w x equity = s x assets N(d1)

say that ``s = w e / (e + N(x))``: one unknown is left, and ``x`` itself is the distance to default. By how
much ``log(assets N(d1) / discounted debt)`` exceeds ``log(e + N(x))`` goes from minus to plus infinity with
``x``, so that there is an answer for every positive equity, volatility and debt. No second one turned up in a
search over volatilities up to 1000% and equities from 1e-8 to 1e4 times the debt.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import (
    Array,
    BoolArray,
    Float,
    Numeric,
    as_amount,
    as_float,
    broadcast,
    refuse,
    unwrap,
)
from maos_nb.analytics._records import figure
from maos_nb.analytics._special import normal_cdf, normal_density

__all__ = ["MertonModel", "MertonStatus", "merton_model"]

CERTAIN = 40.0  # N(x) is 1 to the last bit from 8.3 on
MOST_STEPS = 200  # Newton needs 4 to 10, bisection from the widest bracket about 60
CLOSE = 4e-15
EPSILON = float(np.finfo(np.float64).eps)


class MertonStatus(StrEnum):
    """Whether a company's assets could be worked out, and why not."""

    CONVERGED = "converged"
    NO_DEBT = "no_debt"
    """Nothing can default: the assets are the equity, and the distance is infinite."""
    NO_EQUITY = "no_equity"
    """An equity of zero says nothing about the assets."""
    NO_VOLATILITY = "no_volatility"
    """An equity without volatility is no option."""
    NOT_FINITE = "not_finite"
    """A figure is NaN or infinite."""
    NOT_CONVERGED = "not_converged"
    """The figures are too far apart for floats, such as a debt of 1e-300."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MertonModel:
    """What equity says about a company's assets.

    Parameters
    ----------
    asset_value : float or ndarray
        Value of the assets, in the unit of the equity.
    asset_volatility : float or ndarray
        Their volatility a year, as a decimal.
    distance_to_default : float or ndarray
        By how many standard deviations the assets are expected to exceed the debt at the horizon.
    default_probability : float or ndarray
        The normal distribution's at minus that distance.
    status : MertonStatus or ndarray of str
        Why a figure is NaN.
    """

    asset_value: Float
    asset_volatility: Float
    distance_to_default: Float
    default_probability: Float
    status: Any

    def __repr__(self) -> str:
        status = f", status={self.status}" if np.ndim(self.status) == 0 else ""
        return (
            f"MertonModel(asset_value={figure(self.asset_value)}, "
            f"asset_volatility={figure(self.asset_volatility)}, "
            f"distance_to_default={figure(self.distance_to_default)}, "
            f"default_probability={figure(self.default_probability)}{status})"
        )


def merton_model(
    equity_value: Numeric,
    equity_volatility: Numeric,
    debt: Numeric,
    risk_free: Numeric,
    horizon: Numeric = 1.0,
    *,
    drift: Numeric | None = None,
) -> MertonModel:
    """Solve for the value and the volatility of the assets behind an equity, and how near default is.

    Parameters
    ----------
    equity_value : array_like, shape (...)
        Market value of the equity.
    equity_volatility : array_like, shape (...)
        Its volatility a year, as a decimal.
    debt : array_like, shape (...)
        Face value of the debt due at the horizon, in the unit of the equity.
    risk_free : array_like, shape (...)
        Continuously compounded rate a year, as a decimal.
    horizon : array_like, shape (...)
        Years until the debt is due, above 0.
    drift : array_like, shape (...), optional
        Expected continuously compounded return of the assets a year, for a distance and a probability in the
        real world; the risk-free rate, for risk-neutral ones, by default.

    Returns
    -------
    MertonModel
        In the shape that the arguments broadcast to. Where an argument is NaN or infinite, and where equity
        or volatility is zero, all figures are NaN and the status says why. Without debt the assets are the
        equity, the distance is infinite and the probability 0.

    Raises
    ------
    InputError
        If an equity, a volatility or a debt is negative, a horizon is not above 0, an argument is not
        numeric, or the shapes do not broadcast.

    Notes
    -----
    Merton, "On the Pricing of Corporate Debt", Journal of Finance 29 (1974); the two equations as in Hull,
    *Options, Futures and Other Derivatives*, "Credit Risk": ``equity = assets N(d1) - debt exp(-r T) N(d2)``
    and ``equity volatility x equity = N(d1) x asset volatility x assets``, with ``d1 = (ln(assets / debt) +
    (r + asset volatility^2 / 2) T) / (asset volatility sqrt(T))`` and ``d2 = d1 - asset volatility sqrt(T)``.
    Distance to default: d2 with the drift in the place of r.

    Examples
    --------
    Hull's company: equity of 3 million with a volatility of 80%, and 10 million to be paid in a year at 5%:

    >>> merton_model(3.0, 0.80, 10.0, 0.05)
    MertonModel(asset_value=12.3954, asset_volatility=0.212305, distance_to_default=1.14083, \
default_probability=0.126971, status=converged)
    """
    given = {
        "equity_value": as_amount("equity_value", equity_value),
        "equity_volatility": as_amount("equity_volatility", equity_volatility),
        "debt": as_amount("debt", debt),
        "risk_free": as_float("risk_free", risk_free),
        "horizon": as_float("horizon", horizon),
        "drift": as_float("drift", risk_free if drift is None else drift),
    }
    refuse("horizon", given["horizon"], given["horizon"] <= 0, "a number of years above 0")
    arrays = broadcast(**given)
    with np.errstate(all="ignore"):
        return _solved(*(array.ravel() for array in arrays), shape=arrays[0].shape)


def _solved(
    equity: Array, volatility: Array, debt: Array, rate: Array, horizon: Array, drift: Array, *, shape: Any
) -> MertonModel:
    status = _statuses(
        equity, volatility, debt, np.isfinite(equity + volatility + debt + rate + horizon + drift)
    )
    at = np.flatnonzero(status == MertonStatus.CONVERGED.value)
    discounted, root = debt * np.exp(-rate * horizon), np.sqrt(horizon)
    distance, spread, assets = (np.full(equity.shape, np.nan) for _ in range(3))
    relative, own = equity[at] / discounted[at], volatility[at] * root[at]
    distance[at] = _distance(relative, own)
    spread[at] = _asset_spread(distance[at], relative, own)
    assets[at] = discounted[at] * np.exp(spread[at] * distance[at] + spread[at] ** 2 / 2)
    lost = at[~np.isfinite(assets[at])]
    assets[lost], spread[lost], distance[lost] = np.nan, np.nan, np.nan
    status[lost] = MertonStatus.NOT_CONVERGED.value
    distance += np.where(drift == rate, 0.0, (drift - rate) * horizon / spread)
    free = status == MertonStatus.NO_DEBT.value
    assets[free], spread[free], distance[free] = equity[free], (volatility * root)[free], np.inf
    return MertonModel(
        unwrap(assets.reshape(shape)),
        unwrap((spread / root).reshape(shape)),
        unwrap(distance.reshape(shape)),
        unwrap(normal_cdf(-distance).reshape(shape)),
        status.reshape(shape) if shape else MertonStatus(status.item()),
    )


def _statuses(equity: Array, volatility: Array, debt: Array, finite: BoolArray) -> npt.NDArray[np.str_]:
    """Say of each company what stands in the way, the most telling last; "converged" where nothing does."""
    status = np.full(equity.shape, MertonStatus.CONVERGED.value, dtype=_STATUS)
    status[debt == 0] = MertonStatus.NO_DEBT.value
    status[volatility == 0] = MertonStatus.NO_VOLATILITY.value
    status[equity == 0] = MertonStatus.NO_EQUITY.value
    status[~finite] = MertonStatus.NOT_FINITE.value
    return status


def _distance(equity: Array, spread: Array) -> Array:
    """Solve for d2 by Newton's method kept between bounds; NaN where it is not found.

    `equity` is over the discounted debt, `spread` its volatility over the horizon.
    """
    least = spread * equity / (1 + equity)
    certain = np.log1p(equity) / least
    # At the lower bound log(assets N(d1)) < -x^2 / 2 < log(equity); at the upper one N(x) is 1, and assets
    # of the equity and the whole debt are too much.
    low = -np.maximum(spread, np.sqrt(2 * np.maximum(-np.log(equity), 0.0)) + 2)
    high = np.maximum(CERTAIN, certain)
    x = np.clip(certain - least / 2, low, high)
    found, waiting = np.full(x.shape, np.nan), np.arange(x.size)
    for _ in range(MOST_STEPS):
        excess, slope, noise = _excess(x, equity, spread)
        low, high = np.where(excess < 0, x, low), np.where(excess > 0, x, high)
        newton = x - excess / slope
        following = np.where((newton >= low) & (newton <= high), newton, (low + high) / 2)
        done = (np.abs(following - x) <= CLOSE * np.maximum(1.0, np.abs(x))) | (np.abs(excess) <= noise)
        found[waiting[done]] = following[done]
        if done.all():
            break
        rest = np.flatnonzero(~done)
        waiting, x = waiting[rest], following[rest]
        low, high, equity, spread = low[rest], high[rest], equity[rest], spread[rest]
    return found


def _excess(x: Array, equity: Array, spread: Array) -> tuple[Array, Array, Array]:
    """Give by how much log(assets N(d1)) exceeds log(equity + N(x)), its slope, and its rounding error."""
    below, density = normal_cdf(x), normal_density(x)
    own = _asset_spread(x, equity, spread)
    own_slope = -own * density / (equity + below)
    log_assets, log_above, log_due = own * x + own**2 / 2, _log_normal_cdf(x + own), np.log(equity + below)
    hazard = np.exp(-((x + own) ** 2) / 2 - log_above) / np.sqrt(2 * np.pi)
    slope = own + (x + own) * own_slope + hazard * (1 + own_slope) - density / (equity + below)
    noise = 4 * EPSILON * (1 + np.abs(log_assets) + np.abs(log_above) + np.abs(log_due))
    return log_assets + log_above - log_due, slope, noise


def _asset_spread(x: Array, equity: Array, spread: Array) -> Array:
    return np.asarray(spread * equity / (equity + normal_cdf(x)))


def _log_normal_cdf(z: Array) -> Array:
    from scipy.special import log_ndtr  # type: ignore[import-untyped]  # ships no types

    return np.asarray(log_ndtr(z))


_STATUS = f"<U{max(len(status) for status in MertonStatus)}"
