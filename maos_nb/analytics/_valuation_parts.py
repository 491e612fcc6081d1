"""What every valuation of this family needs: its status, its rates and its perpetuity."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Float, Numeric, as_float, as_periods, refuse, unwrap
from maos_nb.analytics._discounting import Discounting, discounting
from maos_nb.analytics._equity_bridge import equity_bridge
from maos_nb.analytics._periods import full
from maos_nb.errors import InputError

__all__ = [
    "Bridge",
    "Names",
    "Range",
    "ValuationStatus",
    "as_bridge",
    "as_growth",
    "as_same_periods",
    "discounted_at_year_end",
    "finite_only",
    "perpetuity",
    "quotient",
    "rates_are_a_path",
    "shaped",
    "shown_status",
    "statuses",
]


class ValuationStatus(StrEnum):
    """Whether a valuation has an answer, and why not."""

    OK = "ok"
    RATE_NOT_ABOVE_GROWTH = "rate_not_above_growth"
    METRIC_NOT_POSITIVE = "metric_not_positive"
    NO_PEERS = "no_peers"
    NOT_FINITE = "not_finite"


class Names(NamedTuple):
    """The caller's names of a rate and a growth, for messages."""

    rate: str
    growth: str


class Range(NamedTuple):
    """A low, a middle and a high value, each a float or an array ``(...)``."""

    low: Float
    mid: Float
    high: Float


class Bridge(NamedTuple):
    """What `equity_bridge` takes beside the enterprise value, by name: amounts, and what divides by share."""

    amounts: dict[str, Numeric]
    by_share: dict[str, Numeric]

    def arrays(self) -> dict[str, Array]:
        """Give all of it in the shapes that broadcast, options without their last axis of tranches."""
        arrays = {name: as_float(name, value) for name, value in (self.amounts | self.by_share).items()}
        return {
            name: array[..., 0] if name in _OPTIONS and array.ndim and array.shape[-1] else array
            for name, array in arrays.items()
        }


def as_bridge(bridge: object, shares: Numeric | None) -> Bridge:
    """Coerce to what `equity_bridge` adds and deducts, by name, and the number of shares; None is nothing."""
    given = {} if bridge is None else bridge
    if not isinstance(given, Mapping):
        raise InputError("bridge", f"expected a dictionary by name, got {type(bridge).__name__}")
    unknown = [str(name) for name in given if name not in _BRIDGE]
    if unknown:
        raise InputError("bridge", f"expected names of {', '.join(_BRIDGE)}, got {', '.join(unknown)}")
    by_share = {name: given[name] for name in _OPTIONS if name in given}
    if shares is not None:
        count = as_float("shares", shares)
        refuse("shares", count, count <= 0, "a number of shares above zero")
        by_share["shares"] = count
    return Bridge({name: value for name, value in given.items() if name not in _OPTIONS}, by_share)


def as_growth(name: str, value: Numeric) -> Array:
    """Coerce to growth rates of -100% or more; NaN passes."""
    growth = as_float(name, value)
    refuse(name, growth, growth < -1, "a rate of -1 (-100%) or more", advice="Give 2% as 0.02")
    return growth


def as_same_periods(name: str, value: Numeric, n_periods: int, other: str) -> Array:
    """Coerce to ``(..., n_periods)`` as long on its last axis as another argument."""
    array = as_periods(name, value)
    if array.shape[-1] != n_periods:
        raise InputError(
            name,
            f"expected {n_periods} period(s) on the last axis, as many as {other}, got shape {array.shape}",
        )
    return array


def rates_are_a_path(name: str, rates: Array, flows_name: str, flows: Array) -> bool:
    """Say whether there is a rate per period, by the rule of `dcf`: as many dimensions as the flows."""
    if rates.ndim != flows.ndim:
        return False
    if rates.shape[-1] != flows.shape[-1]:
        raise InputError(
            name,
            f"expected a path of {flows.shape[-1]} rates on the last axis, as {name} {rates.shape} has as many "
            f"dimensions as {flows_name} {flows.shape}",
            advice=f"For one rate per valuation give {flows_name}[np.newaxis] instead of {flows_name}, or a "
            f"{name} without its last axis",
        )
    return True


def discounted_at_year_end(rates: Array, n_periods: int, *, path: bool) -> Discounting:
    """Discount flows that come at the end of whole years."""
    return discounting(rates, n_periods, path=path, timing="end", stub=np.ones(()))


def perpetuity(following: Array, rate: Array, growth: Array, names: Names, *, scalar: bool) -> Array:
    """Value flows of which `following` is the first; NaN where the rate is not above the growth.

    A `scalar` valuation that has no value is refused. The flow before the first is not asked for: where the
    payout changes at the horizon, the two are not one growth rate apart.
    """
    if scalar and rate <= growth:
        raise InputError(
            names.rate,
            f"expected {names.rate} above {names.growth}, got {names.rate} {rate.item():.6g} and "
            f"{names.growth} {growth.item():.6g}: what grows for ever at its discount rate or faster has no "
            "finite value",
            advice=f"Lower {names.growth} or raise {names.rate}",
        )
    spread = rate - growth
    return np.asarray(following / np.where(spread > 0, spread, np.nan))


def statuses(shape: tuple[int, ...], finite: BoolArray, causes: Mapping[ValuationStatus, Any]) -> Any:
    """Say for each value whether it is an answer, and why not: the first of `causes` that holds."""
    if np.count_nonzero(finite) == finite.size:  # a view: a million copies of "ok" would take 84 MB
        return np.broadcast_to(_OK, shape) if shape else ValuationStatus.OK
    status = np.full(shape, ValuationStatus.OK.value, dtype=_WIDEST)
    status[~full(finite, shape)] = ValuationStatus.NOT_FINITE.value
    for cause, holds in reversed(list(causes.items())):
        status[np.broadcast_to(holds, shape)] = cause.value
    return status if shape else ValuationStatus(status.item())


def shown_status(status: Any) -> str:
    """Show one status, or how many of an array's are not ok."""
    if np.ndim(status) == 0:
        return str(status)
    failed = int(np.count_nonzero(status != ValuationStatus.OK.value))
    return f"{failed} not ok" if failed else "ok"


def finite_only(*arrays: Array) -> tuple[Array, ...]:
    """Put NaN in place of infinities."""
    return tuple(np.where(np.isinf(array), np.nan, array) for array in arrays)


def quotient(numerator: Array, denominator: Array) -> Array:
    """Divide; NaN where the denominator is zero."""
    return np.asarray(numerator / np.where(denominator == 0, np.nan, denominator))


def shaped(array: Array, shape: tuple[int, ...]) -> Float:
    """Give an array in the shape it broadcasts to, and a float for a single valuation."""
    return unwrap(full(np.asarray(array), shape))


_OPTIONS = ("options", "option_strike")
_BRIDGE = [
    name for name in inspect.signature(equity_bridge).parameters if name not in ("enterprise_value", "shares")
]
_WIDEST = f"<U{max(len(status) for status in ValuationStatus)}"
_OK = np.array(ValuationStatus.OK.value, dtype=_WIDEST)
