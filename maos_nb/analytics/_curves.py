"""Zero curves: rates between their nodes, discount factors, forward rates, shifts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, as_periods, refuse, unwrap
from maos_nb.analytics._bond_price import as_choice
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

__all__ = [
    "Compounding",
    "Curve",
    "Interpolation",
    "annual_rate",
    "as_compounding",
    "as_curve",
    "as_times",
    "forward_rates",
    "log_discount",
    "log_discount_between",
]

Compounding: TypeAlias = int | Literal["continuous"]
Interpolation: TypeAlias = Literal["linear", "log_linear"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Curve:
    """Zero rates by time to payment, and the rule for the times between.

    Parameters
    ----------
    times : array_like, shape (n_nodes,)
        Years, above zero and rising.
    zero_rates : array_like, shape (n_nodes,)
        Yearly rate of a single payment at each time, as a decimal.
    compounding : int or "continuous"
        How often a year the rates compound: 1, 2, 4, 12, ... times, or continuously.
    interpolation : {"linear", "log_linear"}
        "linear" in the zero rates, with the first and the last rate continued outside the nodes;
        "log_linear" in the discount factors, which keeps the forward rate the same between nodes and
        continues the first and the last one.

    Raises
    ------
    InputError
        If there are no nodes, the two lengths differ, times do not rise from above zero, a number is NaN or
        infinite, a rate is -100% per compounding period or less, or `compounding` or `interpolation` is
        none of those listed.

    Examples
    --------
    >>> curve = Curve([1.0, 2.0, 5.0], [0.03, 0.035, 0.04])
    >>> curve
    Curve(3 nodes from 1 to 5 years, zero_rates=0.03 to 0.04 (3,), compounding='continuous',
          interpolation='linear')
    >>> round(curve.zero_rate(3.5), 12), round(curve.discount_factor(2.0), 12)
    (0.0375, 0.932393819906)
    """

    times: Array
    zero_rates: Array
    compounding: Compounding = "continuous"
    interpolation: Interpolation = "linear"

    def __post_init__(self) -> None:
        as_compounding("compounding", self.compounding)
        as_choice("interpolation", self.interpolation, Interpolation)
        times = as_times("times", self.times)
        rates = as_float("zero_rates", self.zero_rates, finite=True).copy()
        if rates.shape != times.shape:
            raise InputError(
                "zero_rates", f"expected one rate per time, {times.shape}, got shape {rates.shape}"
            )
        _refuse_no_discounting("zero_rates", rates, self.compounding)
        rates.flags.writeable = False
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "zero_rates", rates)

    def __repr__(self) -> str:
        return (
            f"Curve({self.times.size} nodes from {self.times[0]:.6g} to {self.times[-1]:.6g} years, "
            f"zero_rates={figure(self.zero_rates)}, compounding={self.compounding!r}, "
            f"interpolation={self.interpolation!r})"
        )

    def zero_rate(self, time: Numeric) -> Float:
        """Give the zero rate for payments after `time` years, ``(...)``; NaN for NaN.

        Raises
        ------
        InputError
            If a time is negative or not numeric.
        """
        at = _as_time("time", time)
        if self.interpolation == "linear":
            return unwrap(np.asarray(np.interp(at, self.times, self.zero_rates)))
        # The limit at no time at all is the first node's rate, which holds up to that node.
        later = np.where(at == 0, self.times[0], at)
        return unwrap(annual_rate(-self._log_discount(later) / later, self.compounding))

    def discount_factor(self, time: Numeric) -> Float:
        """Give today's value of a payment of 1 after `time` years, ``(...)``; NaN for NaN.

        Raises
        ------
        InputError
            If a time is negative or not numeric.
        """
        # Rates that fall steeply to the last node mean a forward rate far below zero after it.
        with np.errstate(over="ignore"):
            return unwrap(np.asarray(np.exp(self._log_discount(_as_time("time", time)))))

    def forward_rate(self, start: Numeric, end: Numeric) -> Float:
        """Give the rate, agreed today, of a loan from `start` to `end` in years, ``(...)``; NaN for NaN.

        Raises
        ------
        InputError
            If a time is negative or not numeric, or an end is not after its start.
        """
        first, last = _as_time("start", start), _as_time("end", end)
        refuse("end", last, last <= first, "times after start")
        growth = (self._log_discount(first) - self._log_discount(last)) / (last - first)
        return unwrap(annual_rate(np.asarray(growth), self.compounding))

    def shifted(self, spread: float) -> Curve:
        """Give the curve with `spread` added to every zero rate: a parallel shift.

        For "log_linear" the shift of the rates between nodes is parallel only if rates compound continuously.

        Raises
        ------
        InputError
            If a rate with the spread is not finite, or -100% per compounding period or less.
        """
        return replace(self, zero_rates=self.zero_rates + float(spread))

    def _log_discount(self, time: Array) -> Array:
        return log_discount_between(self.times, self.zero_rates, time, self.compounding, self.interpolation)


def forward_rates(times: Numeric, zero_rates: Numeric, *, compounding: Compounding = "continuous") -> Float:
    """Forward rates between the times of a zero curve, the first from today to the first time.

    Parameters
    ----------
    times : array_like, shape (n_times,)
        Years, above zero and rising.
    zero_rates : array_like, shape (..., n_times)
        Zero rates as decimals.
    compounding : int or "continuous"
        How often a year both kinds of rates compound.

    Returns
    -------
    ndarray, shape (..., n_times)
        The first is the first zero rate. NaN where a zero rate at either end of the span is NaN.

    Raises
    ------
    InputError
        If the times do not rise from above zero, the lengths differ, a rate is -100% per compounding
        period or less, or an argument is not numeric.

    Notes
    -----
    Investing from node to node grows as investing to the last one: the log growth of a span is
    t_k z_k - t_(k-1) z_(k-1) with continuously compounded rates z.

    Examples
    --------
    One year at 3%, then the second at what makes two years at 4%: 1.04^2 / 1.03 - 1.

    >>> forward_rates([1, 2], [0.03, 0.04], compounding=1).round(6)
    array([0.03    , 0.050097])
    """
    as_compounding("compounding", compounding)
    at = as_times("times", times)
    rates = as_periods("zero_rates", zero_rates)
    if rates.shape[-1] != at.size:
        raise InputError(
            "zero_rates", f"expected one rate per time on the last axis, {at.size}, got shape {rates.shape}"
        )
    _refuse_no_discounting("zero_rates", rates, compounding)
    growth = -log_discount(rates, at, compounding)
    return annual_rate(np.diff(growth, prepend=0.0, axis=-1) / np.diff(at, prepend=0.0), compounding)


def as_compounding(name: str, value: Compounding) -> None:
    """Refuse what is neither "continuous" nor a whole number of times a year."""
    named = isinstance(value, str) and value == "continuous"
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not named and not (whole and int(value) >= 1):
        raise InputError(
            name, f'expected "continuous" or a number of compounding periods a year, got {value!r}'
        )


def as_curve(curve: object) -> None:
    """Refuse what is no Curve."""
    if not isinstance(curve, Curve):
        raise InputError(
            "curve",
            f"expected a Curve, got {type(curve).__name__}",
            advice="Make one with Curve(times, zero_rates), or with bootstrap_curve from par yields",
        )


def as_times(name: str, value: Numeric) -> Array:
    """Coerce to a read-only array of rising times above zero."""
    times = as_periods(name, value, finite=True)
    if times.ndim != 1:
        raise InputError(name, f"expected an array of times (n_times,), got shape {times.shape}")
    refuse(name, times, times <= 0, "times above zero, in years")
    if (np.diff(times) <= 0).any():
        place = int(np.argmax(np.diff(times) <= 0)) + 1
        raise InputError(
            name, f"expected rising times, got {times[place]} after {times[place - 1]} at position {place}"
        )
    times = times.copy()
    times.flags.writeable = False
    return times


def log_discount(rate: Array, time: Array, compounding: Compounding) -> Array:
    """Give the log of the discount factor; NaN where a rate is -100% per period or less."""
    if compounding == "continuous":
        return np.asarray(-rate * time)
    per_period = rate / compounding
    return np.asarray(-compounding * time * np.log1p(np.where(per_period > -1.0, per_period, np.nan)))


def annual_rate(log_growth: Array, compounding: Compounding) -> Array:
    """Turn log growth per year into a rate that compounds as asked."""
    if compounding == "continuous":
        return np.asarray(log_growth)
    return np.asarray(compounding * np.expm1(log_growth / compounding))


def log_discount_between(
    times: Array, rates: Array, at: Array, compounding: Compounding, interpolation: Interpolation
) -> Array:
    """Interpolate a curve given by its nodes, and give the logs of its discount factors."""
    if interpolation == "linear":
        return log_discount(np.asarray(np.interp(at, times, rates)), at, compounding)
    known = np.concatenate([[0.0], times])
    logs = np.concatenate([[0.0], log_discount(rates, times, compounding)])
    inside = np.interp(at, known, logs)
    last_forward = (logs[-1] - logs[-2]) / (known[-1] - known[-2])
    beyond = logs[-1] + last_forward * (at - known[-1])
    return np.asarray(np.where(at > known[-1], beyond, inside))


def _as_time(name: str, value: Numeric) -> Array:
    time = as_float(name, value)
    refuse(name, time, time < 0, "a time that is zero or positive, in years")
    return time


def _refuse_no_discounting(name: str, rates: Array, compounding: Compounding) -> None:
    if compounding != "continuous":
        refuse(name, rates, rates <= -compounding, "rates above -100% per compounding period")
