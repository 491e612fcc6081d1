"""Rates of return for a table of cash-flow series: the search, the choice of one root, and its status."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, Numeric, as_float, unwrap
from maos_nb.analytics._log_ratio import IntArray, take_columns
from maos_nb.analytics._roots import Roots, Wish, find_roots
from maos_nb.errors import InputError

__all__ = ["RootChoice", "RootStatus", "internal_rates"]

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
    columns = np.array(flows.T, order="C")
    finite, both = _scale(columns)
    solvable = np.flatnonzero(both)
    if solvable.size < both.size:
        columns = take_columns(columns, solvable)
    if root == "lowest":
        centre = np.full(both.size, FAR_BELOW)
    wish = Wish(None if root == "all" else centre[solvable], return_status)
    found = find_roots(columns, _times_of(times, solvable), wish)
    series, rates, lost = _representable(found, solvable, both.size)
    count = np.bincount(series, minlength=both.size)
    if root == "all":
        answer = _padded(series, rates, count).reshape(*lead, count.max(initial=0))
    else:
        answer = _chosen(series, rates, count, centre).reshape(lead)
    if not return_status:
        return unwrap(answer)
    count += np.bincount(solvable[found.left_out], minlength=both.size)
    status = _statuses(finite, both, count, lost)
    return unwrap(answer), status.reshape(lead) if lead else RootStatus(status[0])


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


def _statuses(finite: BoolArray, both: BoolArray, count: IntArray, lost: BoolArray) -> npt.NDArray[np.str_]:
    names = list(RootStatus)
    code = np.where(lost, names.index(RootStatus.OUT_OF_RANGE), names.index(RootStatus.NO_ROOT))
    code[count == 1], code[count > 1] = (
        names.index(RootStatus.CONVERGED),
        names.index(RootStatus.MULTIPLE_ROOTS),
    )
    code[~both], code[~finite] = names.index(RootStatus.NO_SIGN_CHANGE), names.index(RootStatus.NOT_FINITE)
    return np.array(names)[code]


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
