"""The interest rate of level payments: the roots of the annuity equation, wherever they are.

With the last payment netted against the final amount (or the first against the amount now, where payments
come at the beginning), what is left is an amount now, n - 1 equal payments after 1 to n - 1 periods, and an
amount after n. As in `_roots` the equation is the log ratio of the values of what comes in and what goes out.
Where the two outer amounts have different signs, or one is zero, that ratio rises or falls throughout in
``g = log(1 + rate)`` and has one zero. Where they have the same sign and the payments the other, it has one
turning point (by Descartes' rule each of its levels is met at most twice), so that there are two rates, one
on each side of it, or none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._annuity_terms import When, signed_terms
from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_float, broadcast, refuse, unwrap
from maos_nb.analytics._discounting import as_rates
from maos_nb.analytics._internal_rates import RootStatus
from maos_nb.analytics._log_ratio import IntArray

__all__ = ["rate"]

LOWEST, HIGHEST = np.log(2.0**-53), np.log(np.finfo(np.float64).max)  # of log(1 + rate) in doubles
EDGE = 1e-9  # a search that ends so close to either has found no root between them
NOISE = 4e-16  # two roundings of a log ratio
TOUCHING = 1e-13  # a turning point this close to zero is a double root
NEWTON_STEPS = 100  # four to eight are used
HALVINGS = 100  # 750 / 2^100 is below the spacing of doubles at any rate that matters
SERIES_PER_BLOCK = (
    4096  # twenty arrays of that length stay in the cache; all 100,000 at once take twice as long
)


def rate(
    nper: Numeric,
    pmt: Numeric,
    pv: Numeric,
    fv: Numeric = 0.0,
    *,
    when: When = "end",
    guess: Numeric = 0.1,
    return_status: bool = False,
) -> Any:
    """Find the interest rate at which level payments turn an amount now into one at the end (Excel's RATE).

    Parameters
    ----------
    nper : array_like (...)
        Number of payments, one per period; 1 or more, fractions allowed.
    pmt : array_like (...)
        The payment of each period; negative where it is paid out.
    pv, fv : array_like (...)
        Amounts now and at the end; negative where they are paid out.
    when : {"end", "begin"}
        When in its period a payment is due, as for `pv`.
    guess : array_like (...)
        Where there are two rates, the one nearest to this in log(1 + rate) is given, as by `irr`; it
        changes nothing else.
    return_status : bool
        Give the pair (rates, status) instead of the rates.

    Returns
    -------
    float or array (...)
        Rate per period, as a decimal. NaN where there is none, and where an argument is NaN or infinite. An
        amount below 1e-300 of the largest counts as zero.
    RootStatus, or array (...) of its values as text
        Only with `return_status`: ``"converged"``, ``"multiple_roots"``, ``"no_sign_change"``,
        ``"no_root"``, ``"out_of_range"`` or ``"not_finite"``.

    Raises
    ------
    InputError
        `nper` is below 1; `guess` is -100% or less, or not finite; an argument is not numeric; `when` is
        neither word; or the shapes do not broadcast.

    Notes
    -----
    Solves the equation of `pv` for r. Excel gives #NUM! where twenty iterations from the guess do not
    settle; this finds the rate wherever there is one.

    Examples
    --------
    The rate of a loan of 8000 paid off by 48 payments of 200:

    >>> round(rate(48, -200, 8000), 8)
    0.00770147
    >>> rate(10, [-10, -9, 10], 100, return_status=True)
    (array([ 0.        , -0.01871167,         nan]), array(['converged', 'converged', 'no_sign_change'], dtype='<U14'))
    """
    count = as_float("nper", nper)
    refuse(
        "nper",
        count,
        count < 1,
        "at least 1 period",
        advice="The rate of part of a period is (-fv / pv)**(1 / nper) - 1",
    )
    centre = np.log1p(as_rates("guess", as_float("guess", guess, finite=True)))
    _, n, payment, now, at_end, begin = signed_terms(when, rate=0.0, nper=count, pmt=pmt, pv=pv, fv=fv)
    n, payment, now, at_end, centre = broadcast(nper=n, pmt=payment, pv=now, fv=at_end, guess=centre)
    lead = n.shape
    annuity = _netted(
        n.ravel(), payment.ravel(), now.ravel(), at_end.ravel(), np.broadcast_to(begin, lead).ravel()
    )
    lower, upper, status = _both_rates(annuity)
    distance = np.abs(np.stack([lower, upper]) - centre.ravel())
    answer = np.expm1(np.where(distance[1] < distance[0], upper, lower)).reshape(lead)
    if not return_status:
        return unwrap(answer)
    return unwrap(answer), status.reshape(lead) if lead else RootStatus(status[0])


class _Annuity(NamedTuple):
    """An amount now, `level` after 1 to n - 1 periods, an amount after n; the largest of size 1/2 to 1."""

    first: Array
    level: Array
    last: Array
    n: Array

    def take(self, chosen: Any) -> _Annuity:
        return _Annuity(*(term[chosen] for term in self))


def _netted(n: Array, payment: Array, now: Array, at_end: Array, begin: BoolArray) -> _Annuity:
    with np.errstate(all="ignore"):
        terms = np.stack([now, payment, at_end])
        exponent = np.clip(np.frexp(np.abs(terms).max(axis=0))[1], -1000, 1000)
        now, payment, at_end = terms * np.ldexp(1.0, -exponent)
        first, last = np.where(begin, now + payment, now), np.where(begin, at_end, at_end + payment)
        return _Annuity(first, np.where(n > 1, payment, 0.0 * payment), last, n)


def _both_rates(annuity: _Annuity) -> tuple[Array, Array, npt.NDArray[np.str_]]:
    """Give the two roots in log(1 + rate), NaN where there is none, the first where there is one; and the status."""
    terms = np.stack(annuity)
    finite = np.isfinite(terms).all(axis=0)
    both = finite & (terms[:3] > 0).any(axis=0) & (terms[:3] < 0).any(axis=0)
    turning = both & (np.sign(annuity.first) * np.sign(annuity.last) > 0)
    lower, upper = np.full(both.size, np.nan), np.full(both.size, np.nan)
    crossed = both & ~turning
    with np.errstate(all="ignore"):
        for once in _blocks(np.flatnonzero(crossed)):
            lower[once] = _only_root(annuity.take(once))
        for twice in _blocks(np.flatnonzero(turning)):
            lower[twice], upper[twice], crossed[twice] = _roots_about_the_turn(annuity.take(twice))
    swapped = np.isnan(lower)
    lower, upper = np.where(swapped, upper, lower), np.where(swapped, np.nan, upper)
    status = np.select(
        [~finite, ~both, ~np.isnan(upper), ~np.isnan(lower), crossed],
        [
            RootStatus.NOT_FINITE,
            RootStatus.NO_SIGN_CHANGE,
            RootStatus.MULTIPLE_ROOTS,
            RootStatus.CONVERGED,
            RootStatus.OUT_OF_RANGE,
        ],
        RootStatus.NO_ROOT,
    )
    return lower, upper, status.astype(f"<U{max(map(len, RootStatus))}")


def _blocks(chosen: IntArray) -> list[IntArray]:
    return [chosen[start : start + SERIES_PER_BLOCK] for start in range(0, chosen.size, SERIES_PER_BLOCK)]


def _only_root(annuity: _Annuity) -> Array:
    """Give the root of a ratio that rises or falls throughout; far below it the last amount decides the sign."""
    everywhere = np.full(annuity.n.shape, True)
    latest = np.where(annuity.last != 0, annuity.last, annuity.level)
    return _root_between(annuity, LOWEST * everywhere, HIGHEST * everywhere, latest > 0, everywhere)


def _roots_about_the_turn(annuity: _Annuity) -> tuple[Array, Array, BoolArray]:
    """Give both roots, and whether there are any; a touched zero counts as one."""
    turn, receipts = _turning_point(annuity), annuity.level > 0
    beyond = np.where(receipts, 1.0, -1.0) * _log_ratio(annuity, turn)[0]
    crossed, touched = beyond > TOUCHING, np.abs(beyond) <= TOUCHING
    lower = _root_between(annuity, np.full(turn.shape, LOWEST), turn, ~receipts, crossed)
    upper = _root_between(annuity, turn, np.full(turn.shape, HIGHEST), receipts, crossed)
    return np.where(touched, turn, lower), upper, crossed | touched


def _turning_point(annuity: _Annuity) -> Array:
    """Halve the range on the sign of the slope, which changes once."""
    left, right = np.full(annuity.n.shape, LOWEST), np.full(annuity.n.shape, HIGHEST)
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        if (right - left <= _rounding(annuity, middle)).all():
            break
        before = (_log_ratio(annuity, middle)[1] > 0) == (annuity.level > 0)
        left, right = np.where(before, middle, left), np.where(before, right, middle)
    return np.asarray((left + right) / 2)


def _root_between(
    annuity: _Annuity, left: Array, right: Array, positive: BoolArray, wanted: BoolArray
) -> Array:
    """Find the zero of a log ratio that rises or falls from `left` to `right`; NaN where it is not `wanted`.

    Newton's method as long as its steps stay inside and at least halve, bisection where they do not. The
    ratio's curvature is n^2 / 4 at most, being a difference of variances of times: that bounds what a step
    leaves to do.

    Parameters
    ----------
    positive : BoolArray
        The sign of the ratio to the left of its zero.
    """
    g, done, previous = np.clip(0.0, left, right), ~wanted, np.full(left.shape, np.inf)
    for iteration in range(NEWTON_STEPS + HALVINGS):
        if done.all():
            break
        value, slope = _log_ratio(annuity, g)
        left_of_root = (value > 0) == positive
        left, right = np.where(left_of_root, g, left), np.where(left_of_root, right, g)
        newton = g - value / slope
        size, rounding = np.abs(newton - g), _rounding(annuity, g)
        helpful = (newton >= left) & (newton <= right) & (size <= previous / 2) & (iteration < NEWTON_STEPS)
        exact = np.abs(value) <= NOISE
        following = np.where(helpful, newton, np.where(exact, g, (left + right) / 2))
        last_step = (size * annuity.n) ** 2 <= 8 * np.abs(slope) * rounding
        settled = exact | (helpful & last_step) | (right - left <= rounding)
        g, previous = np.where(done, g, following), np.where(helpful, size, np.inf)
        done = done | settled
    return np.where(wanted & (g > LOWEST + EDGE) & (g < HIGHEST - EDGE), g, np.nan)


def _rounding(annuity: _Annuity, g: Array) -> Array:
    return np.asarray(2e-16 * np.abs(g) + NOISE / annuity.n)


def _log_ratio(annuity: _Annuity, g: Array) -> tuple[Array, Array]:
    """Give the log ratio of what comes in to what goes out, and its slope.

    Seen from the end where powers fall below 1: for negative `g` from the last amount, with time reversed.
    """
    forward = g >= 0
    near, far = np.where(forward, annuity.first, annuity.last), np.where(forward, annuity.last, annuity.first)
    value_of_level, time_of_level = _level_payments(np.abs(g), annuity.n - 1.0)
    level, far = annuity.level * value_of_level, far * np.exp(-annuity.n * np.abs(g))
    value_in = np.maximum(near, 0.0) + np.maximum(level, 0.0) + np.maximum(far, 0.0)
    value_out = np.maximum(-near, 0.0) + np.maximum(-level, 0.0) + np.maximum(-far, 0.0)
    time_in = (np.maximum(level, 0.0) * time_of_level + np.maximum(far, 0.0) * annuity.n) / value_in
    time_out = (np.maximum(-level, 0.0) * time_of_level + np.maximum(-far, 0.0) * annuity.n) / value_out
    return np.log(value_in / value_out), np.where(forward, time_out - time_in, time_in - time_out)


def _level_payments(decay: Array, count: Array) -> tuple[Array, Array]:
    """Give the sum of exp(-decay t) over t = 1 ... count, and the mean of t weighted by its terms."""
    decay = np.maximum(decay, 1e-300)  # the quotients below then have their limits
    growth, all_times = np.expm1(decay), -np.expm1(-count * decay)
    # Near zero the two poles cancel; what rounding leaves of the mean there is enough for a slope, not below.
    mean = np.where(decay < 1e-7, (count + 1.0) / 2, 1.0 + 1.0 / growth + count - count / all_times)
    return np.asarray(all_times / growth), mean
