"""Rates of return for a table of cash-flow series: the search, the choice of one root, and its status."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_float, unwrap
from maos_nb.analytics._kernels import worthwhile
from maos_nb.analytics._log_ratio import IntArray, take_columns
from maos_nb.analytics._root_kernels import (
    ALL,
    EVEN,
    MOST_ROOTS,
    NEAREST,
    NEAREST_AND_COUNT,
    NO_SIGN_CHANGE,
    NOT_FINITE,
    OUT_OF_RANGE,
    OWN,
    SHARED,
    SOLVED,
    UNRESOLVED,
    solve_series,
)
from maos_nb.analytics._roots import Roots, Wish, find_roots
from maos_nb.errors import InputError

__all__ = ["RootChoice", "RootStatus", "internal_rates"]

USUAL = np.log1p(0.1)  # where a search for all roots starts
FAR_BELOW = -1e4  # of the roots that a float can hold, the nearest to this log(1 + rate) is the lowest

RootChoice: TypeAlias = Literal["nearest", "lowest", "all"]


class RootStatus(StrEnum):
    """What became of the search for a rate of return."""

    CONVERGED = "converged"
    """The rate is the only one at which the value is zero."""
    MULTIPLE_ROOTS = "multiple_roots"
    """The rate given is one of several: see them with ``root="all"``."""
    NO_SIGN_CHANGE = "no_sign_change"
    """All flows (netted by day where there are dates) are of one sign or zero: no rate exists."""
    NO_ROOT = "no_root"
    """The flows change sign, but their value is zero at no rate."""
    OUT_OF_RANGE = "out_of_range"
    """The only rates are so close to -100%, or so large, that a float cannot hold them."""
    NOT_FINITE = "not_finite"
    """A flow is NaN or infinite."""


NAMES = list(RootStatus)
# What a kernel's outcome comes to; one that is UNRESOLVED is replaced.
CODES = np.zeros(5, dtype=np.intp)
CODES[[SOLVED, OUT_OF_RANGE, NO_SIGN_CHANGE, NOT_FINITE]] = [
    NAMES.index(status)
    for status in (
        RootStatus.CONVERGED,
        RootStatus.OUT_OF_RANGE,
        RootStatus.NO_SIGN_CHANGE,
        RootStatus.NOT_FINITE,
    )
]


def internal_rates(
    flows: Array,
    times: Array | None,
    lead: tuple[int, ...],
    guess: Numeric,
    root: RootChoice,
    return_status: bool,
) -> Any:
    """Solve a table of series and shape the answer like the caller's leading axes.

    Parameters
    ----------
    flows : (n_series, n_flows) array
        In the order of time; any floats.
    times : (n_series, n_flows) or (n_flows,) array, or None
        Years, rising strictly over the flows that are not zero, each series' own or shared by all;
        None for one period apart.
    lead : tuple of int
        The shape that the series had.
    guess, root, return_status
        As for `irr`.
    """
    if root not in get_args(RootChoice):
        raise InputError("root", f"expected 'nearest', 'lowest' or 'all', got {root!r}")
    centre = _log_guess(guess, lead)
    one_by_one = flows.shape[1] > 1 and worthwhile(len(flows))
    search = _solved_one_by_one if one_by_one else _solved_together
    rates, code = search(flows, times, centre, root, return_status)
    answer = rates.reshape(*lead, rates.shape[1]) if root == "all" else rates.reshape(lead)
    if not return_status:
        return unwrap(answer)
    status = np.array(NAMES)[code]
    return unwrap(answer), status.reshape(lead) if lead else RootStatus(status[0])


def _solved_one_by_one(
    flows: Array, times: Array | None, centre: Array, root: RootChoice, counting: bool
) -> tuple[Array, IntArray]:
    """Solve series by compiled loops, and together those that the loops leave; give what that does."""
    n_series, n_flows = flows.shape
    wish, n_wanted = (NEAREST_AND_COUNT if counting else NEAREST), 1
    if root != "nearest":
        wish, centre = ALL, np.full(n_series, USUAL)
    if root == "all":
        n_wanted = min(n_flows - 1, MOST_ROOTS)
    rates, count = np.full((n_series, n_wanted), np.nan), np.zeros(n_series, dtype=np.intp)
    whose = EVEN if times is None else SHARED if times.ndim == 1 else OWN
    table = np.zeros((1, n_flows)) if times is None else times.reshape(-1, n_flows)
    outcome = solve_series(_plain(flows), _plain(table), whose, centre, wish, rates, count)
    code, rest = CODES[outcome], np.flatnonzero(outcome == UNRESOLVED)
    count[outcome != SOLVED], rates[rest] = 0, np.nan
    code[(outcome == SOLVED) & (count != 1)] = NAMES.index(RootStatus.MULTIPLE_ROOTS)
    code[(outcome == SOLVED) & (count == 0)] = NAMES.index(RootStatus.NO_ROOT)
    if root == "all":
        rates = rates[:, : count.max(initial=0)]
    if rest.size:
        own = times if times is None or times.ndim == 1 else times[rest]
        others, code[rest] = _solved_together(flows[rest], own, centre[rest], root, counting)
        missing = max(0, others.shape[1] - rates.shape[1])
        rates = np.pad(rates, ((0, 0), (0, missing)), constant_values=np.nan)
        rates[rest, : others.shape[1]] = others
    return rates, code


def _plain(table: Array) -> Array:
    """Give a table as the kernel was compiled for: rows in one piece, and not marked as read only."""
    return np.require(table, requirements=["C", "W"])


def _solved_together(
    flows: Array, times: Array | None, centre: Array, root: RootChoice, counting: bool
) -> tuple[Array, IntArray]:
    """Solve series by operations on whole arrays; give the rates wanted, a row each, and codes of NAMES."""
    columns = np.array(flows.T, order="C")
    finite, both = _scale(columns)
    solvable = np.flatnonzero(both)
    if solvable.size < both.size:
        columns = take_columns(columns, solvable)
    if root == "lowest":
        centre = np.full(both.size, FAR_BELOW)
    wish = Wish(None if root == "all" else centre[solvable], counting)
    found = find_roots(columns, _times_of(times, solvable), wish)
    series, rates, lost = _representable(found, solvable, both.size)
    count = np.bincount(series, minlength=both.size)
    answer = (
        _padded(series, rates, count) if root == "all" else _chosen(series, rates, count, centre)[:, None]
    )
    count += np.bincount(solvable[found.left_out], minlength=both.size)
    return answer, _coded(finite, both, count, lost)


def _scale(columns: Array) -> tuple[BoolArray, BoolArray]:
    """Bring the largest flow of each series to between 1/2 and 1 by a power of two, which is exact.

    Tell which series are finite, and which of them have flows of both signs after that.
    """
    highest, lowest = columns.max(axis=0), columns.min(axis=0)  # NaN where any flow is
    finite = np.isfinite(highest) & np.isfinite(lowest)
    largest = np.where(finite, np.maximum(highest, -lowest), 1.0)
    factor = np.ldexp(1.0, -np.clip(np.frexp(largest)[1], -1000, 1000))
    columns *= factor
    return finite, finite & (highest * factor > 0) & (lowest * factor < 0)


def _times_of(times: Array | None, series: IntArray) -> Array | None:
    """Give times as columns, those of the series named unless they are shared."""
    if times is None or times.ndim == 1:
        return None if times is None else times[:, None]
    return np.ascontiguousarray(times.T if series.size == len(times) else times[series].T)


def _log_guess(guess: Numeric, lead: tuple[int, ...]) -> Array:
    values = as_float("guess", guess, finite=True)
    if (values <= -1).any():
        raise InputError("guess", f"expected rates above -1 (-100%), got {values.min()}")
    try:
        return np.broadcast_to(np.log1p(values), lead).ravel()
    except ValueError:
        raise InputError(
            "guess", f"expected one guess per series, {lead}, got shape {values.shape}"
        ) from None


def _representable(found: Roots, solvable: IntArray, n_series: int) -> tuple[IntArray, Array, BoolArray]:
    """Give the roots that a float above -1 can hold, and which series have others."""
    series, lost = solvable[found.series], np.zeros(n_series, dtype=np.bool_)
    with np.errstate(over="ignore"):
        rates = np.expm1(found.log_rates)
    held = (rates > -1) & np.isfinite(rates)
    if held.all():
        return series, rates, lost
    lost[series[~held]] = True
    return series[held], rates[held], lost


def _coded(finite: BoolArray, both: BoolArray, count: IntArray, lost: BoolArray) -> IntArray:
    code = np.where(lost, NAMES.index(RootStatus.OUT_OF_RANGE), NAMES.index(RootStatus.NO_ROOT))
    code[count == 1], code[count > 1] = (
        NAMES.index(RootStatus.CONVERGED),
        NAMES.index(RootStatus.MULTIPLE_ROOTS),
    )
    code[~both], code[~finite] = NAMES.index(RootStatus.NO_SIGN_CHANGE), NAMES.index(RootStatus.NOT_FINITE)
    return code


def _chosen(series: IntArray, rates: Array, count: IntArray, centre: Array) -> Array:
    """Give one rate per series: the nearest to exp(centre) - 1."""
    answer = np.full(count.size, np.nan)
    if count.max(initial=0) > 1:
        present = count[count > 0]
        first = np.cumsum(present) - present
        distance = np.abs(np.log1p(rates) - centre[series])
        best = distance == np.repeat(np.minimum.reduceat(distance, first), present)
        series, rates = series[best], rates[best]
    answer[series] = rates
    return answer


def _padded(series: IntArray, rates: Array, count: IntArray) -> Array:
    answer = np.full((count.size, count.max(initial=0)), np.nan)
    place = np.arange(series.size) - (np.cumsum(count) - count)[series]
    answer[series, place] = rates
    return answer
