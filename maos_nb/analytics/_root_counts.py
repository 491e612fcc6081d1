"""How many roots series may have above a given y, told by sign changes in repeated sums of their flows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._log_ratio import Columns, net_and_gross, rounding_of

__all__ = ["Prospect", "prospect"]

MOST_FLOWS_IN_A_MATRIX = 64


@dataclass(frozen=True, slots=True)
class Prospect:
    """What lies above a y: for each series, whether several roots may, whether one does; its sign at y."""

    several: BoolArray
    single: BoolArray
    positive: BoolArray


def prospect(columns: Columns, factors: Array) -> Prospect:
    """Look up from the y of the discount factors.

    With A(t) the sum of the values of flows up to t, and B(t) its integral from 0 to t, the net value
    as a function of y is y times the Laplace transform of A, and y^2 times that of B. Neither has more
    roots above 0 than A or B has sign changes, or fewer by an odd number (Laguerre 1883; Norstrom 1972
    gives the case of one change in A). B bends at flows only, and rises as fast as the sum of all after
    the last. A sum that may be a rounding of zero decides nothing.
    """
    _, gross = net_and_gross(columns, factors)
    if columns.share_times and len(factors) <= MOST_FLOWS_IN_A_MATRIX:
        sums = (_summed_twice(np.eye(len(factors)), columns.times) * factors[:, 0]) @ columns.flows
    else:
        sums = _summed_twice(np.multiply(columns.flows, factors, out=columns.room(0)), columns.times)
    if not sums[0].all():
        _fill_the_time_before_flows(sums)
    positive = sums > 0
    close = np.abs(sums, out=sums).min(axis=0) <= rounding_of(len(factors)) * gross
    changes = np.not_equal(positive[1:], positive[:-1]).view(np.uint8)
    count = changes.sum(axis=0, dtype=np.min_scalar_type(len(sums)))
    return Prospect((count > 1) | close, (count == 1) & ~close, positive[-1])


def _summed_twice(values: Array, times: Array) -> Array:
    """Give B at every time but the first, then A after the last flow."""
    sums = _running_sums(values)
    last = sums[-1:].copy()
    return np.concatenate([_running_sums(sums[:-1] * (times[1:] - times[:-1])), last])


def _running_sums(values: Array) -> Array:
    """Add up down the columns, in place."""
    if len(values) > values.shape[1]:
        return np.cumsum(values, axis=0, out=values)
    # On 11 x 5,000 cumsum() takes five times as long as row by row.
    for row in range(1, len(values)):
        values[row] += values[row - 1]
    return values


def _fill_the_time_before_flows(sums: Array) -> None:
    """Let the sums before a series' first flow be endless, with the sign of that flow."""
    before = ~np.logical_or.accumulate(sums != 0, axis=0)
    first = np.minimum(before.sum(axis=0), len(sums) - 1)
    np.copyto(sums, np.copysign(np.inf, sums[first, np.arange(sums.shape[1])]), where=before)
