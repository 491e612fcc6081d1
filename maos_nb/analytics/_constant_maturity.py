"""Total returns of a bond of constant maturity, from the history of its par yield."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_count, as_float, refuse
from maos_nb.analytics._bond_moments import Flows, moments, present_value
from maos_nb.analytics._bond_price import as_choice, log_growth
from maos_nb.analytics._bond_schedule import FREQUENCIES
from maos_nb.errors import InputError

__all__ = ["ReturnMethod", "constant_maturity_returns"]

ReturnMethod: TypeAlias = Literal["reprice", "damodaran", "swinkels"]


def constant_maturity_returns(
    yields: Any,
    maturity: Numeric,
    periods_per_year: float,
    *,
    frequency: int = 2,
    method: ReturnMethod = "reprice",
) -> Any:
    """Total returns of always holding a par bond of one maturity, from a history of its yield.

    Parameters
    ----------
    yields : array_like, Series or DataFrame, shape (n_observations,) or (n_observations, n_series)
        Par yields as decimals, observations down; compounded `frequency` times a year.
    maturity : array_like, shape () or (n_series,)
        Years to maturity of the bond bought at each observation: a whole number of coupon periods.
    periods_per_year : float
        Observations per year: 12 for months, 252 for trading days.
    frequency : {1, 2, 4, 12}
        Coupons per year.
    method : {"reprice", "damodaran", "swinkels"}
        "reprice" values the bond bought at the last observation at today's yield, a period older.
        "damodaran" does not let it grow older and adds a period's coupon. "swinkels" adds
        yield income, modified duration and convexity.

    Returns
    -------
    ndarray, Series or DataFrame, as `yields`
        Return of each period, as a decimal, in the place of the observation that ends it and with the same
        labels; NaN in the first place, where either yield is NaN, or where one is -`frequency` or less.

    Raises
    ------
    InputError
        If `yields` is a single number, empty, not numeric, or has more than two dimensions; `maturity` is
        not a whole number of coupon periods, ends within the first period, or has another length than
        `yields` has columns; `periods_per_year` is not above zero; `frequency` or `method` is none of those
        listed.

    Notes
    -----
    With y the yield before, z the yield after, M the maturity, f the frequency and p the periods per year:

    - reprice: V (1 + z / f)^(f / p) - 1, V being the price at yield z of a bond with coupon y and
      maturity M. This is the dirty price once the bond is 1/p years older, with coupons received meanwhile
      reinvested at z. At a constant yield it is (1 + y / f)^(f / p) - 1.
    - damodaran: V - 1 + y / p (Damodaran, "Historical returns on stocks, bonds and bills", with
      f = 1, p = 1, M = 10).
    - swinkels: (1 + y)^(1 / p) - 1 - D (z - y) + C (z - y)^2 / 2, D and C being the modified duration and
      the convexity of a par bond at yield z (Swinkels, 2019, *Data* 4(3), 91).

    Examples
    --------
    A ten-year yield that rises from 4% to 5%, then stays for a month.

    >>> constant_maturity_returns([0.04, 0.05, 0.05], 10, 12).round(6)
    array([      nan, -0.074143,  0.004124])
    """
    as_choice("method", method, ReturnMethod)
    history = as_float("yields", yields)
    if history.ndim not in (1, 2) or history.shape[0] == 0:
        raise InputError(
            "yields",
            "expected yields, shape (n_observations,) or (n_observations, n_series), "
            f"got shape {history.shape}",
        )
    per_year, years = _as_terms(history, maturity, periods_per_year, frequency)
    before, after = history[:-1], history[1:]
    with np.errstate(all="ignore"):
        earned = _METHODS[method](before, after, years, float(frequency), per_year)
    answer = np.full(history.shape, np.nan)
    answer[1:] = np.where(np.isfinite(earned), earned, np.nan)
    return _like(yields, answer)


def _as_terms(
    history: Array, maturity: Numeric, periods_per_year: float, frequency: int
) -> tuple[float, Array]:
    per_year = as_float("periods_per_year", periods_per_year, finite=True)
    if per_year.ndim or per_year <= 0:
        raise InputError("periods_per_year", f"expected one number above zero, got {periods_per_year!r}")
    if as_count("frequency", frequency) not in FREQUENCIES:
        raise InputError(
            "frequency",
            f"expected a number of coupons per year out of {', '.join(map(str, FREQUENCIES))}, got {frequency!r}",
        )
    years = as_float("maturity", maturity, finite=True)
    if years.shape not in ((), history.shape[1:]):
        raise InputError(
            "maturity",
            f"expected one number, or one per series, {history.shape[1:]}, got shape {years.shape}",
        )
    coupons = years * frequency
    refuse(
        "maturity",
        years,
        (np.abs(coupons - np.rint(coupons)) > 1e-9) | (coupons < 1),
        f"a whole number of coupon periods of 1/{frequency} year",
        advice="Raise frequency for a maturity shorter than a coupon period",
    )
    refuse("maturity", years, years * per_year < 1, "a maturity that outlasts one period")
    return float(per_year), np.asarray(np.rint(coupons) / frequency)


def _par_bond(coupon_rate: Array, years: Array, frequency: float) -> Flows:
    """Give the payments of a bond on a coupon date, per 1 of face value."""
    return Flows(coupon_rate / frequency, np.ones(()), np.asarray(years * frequency), np.ones(()))


def _delta(rate: Array, frequency: float) -> Array:
    return log_growth(rate, np.asarray(frequency))


def _reprice(before: Array, after: Array, years: Array, frequency: float, per_year: float) -> Array:
    value = present_value(_par_bond(before, years, frequency), _delta(after, frequency))
    return np.asarray(value * (1.0 + after / frequency) ** (frequency / per_year) - 1.0)


def _damodaran(before: Array, after: Array, years: Array, frequency: float, per_year: float) -> Array:
    value = present_value(_par_bond(before, years, frequency), _delta(after, frequency))
    return np.asarray(value - 1.0 + before / per_year)


def _swinkels(before: Array, after: Array, years: Array, frequency: float, per_year: float) -> Array:
    found = moments(_par_bond(after, years, frequency), _delta(after, frequency))
    change, growth = after - before, frequency + after
    duration = found.mean / growth
    convexity = (found.mean_square + found.mean) / growth**2
    income = np.expm1(np.log1p(before) / per_year)
    return np.asarray(income - duration * change + 0.5 * convexity * change**2)


_METHODS = {"reprice": _reprice, "damodaran": _damodaran, "swinkels": _swinkels}


def _like(given: Any, answer: Array) -> Any:
    """Put the labels of a Series or DataFrame on the answer, without importing pandas."""
    if hasattr(given, "columns") and hasattr(given, "index"):
        return type(given)(answer, index=given.index, columns=given.columns)
    if hasattr(given, "iloc"):
        return type(given)(answer, index=given.index, name=given.name)
    return answer
