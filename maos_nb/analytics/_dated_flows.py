"""Dated cash flows at the door: validated, timed in years, sorted, and netted by day."""

from __future__ import annotations

from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_periods, broadcast
from maos_nb.analytics._dates import DateArray, Dates, as_dates, day_count_function
from maos_nb.analytics._kernels import kernel, worthwhile
from maos_nb.errors import InputError

__all__ = ["dated", "netted", "netted_together", "with_years"]

MOST_INSERTED = 64  # flows: sorting by insertion takes four times as long for twice as many


def dated(cashflows: Numeric, dates: Dates, day_count: str) -> tuple[Array, Array]:
    """Validate dated flows; give them with the years from each series' earliest date, broadcast together."""
    flows, times = with_years(cashflows, dates, day_count)
    together = broadcast(cashflows=flows, dates=times)
    return together[0], together[1]


def with_years(cashflows: Numeric, dates: Dates, day_count: str) -> tuple[Array, Array]:
    """Validate dated flows; give them, and the years from each calendar's earliest date."""
    convention = day_count_function("day_count", day_count)
    flows, days = as_periods("cashflows", cashflows), as_dates("dates", dates)
    if days.ndim == 0 or days.shape[-1] != flows.shape[-1]:
        raise InputError(
            "dates",
            f"expected one date per flow on the last axis, got shape {days.shape} for {flows.shape} flows",
        )
    return flows, _years_from_first(days, convention)


def _years_from_first(days: DateArray, convention: Any) -> Array:
    first = days[..., :1]
    if (days < first).any():
        first = days.min(axis=-1, keepdims=True)
    return np.asarray(convention(np.broadcast_to(first, days.shape), days))


def netted_together(flows: Array, times: Array) -> tuple[Array, Array]:
    """Sort series of one calendar by time, and net flows of one time."""
    if (times[1:] > times[:-1]).all():
        return flows, times
    order = np.argsort(times, kind="stable")
    distinct, first = np.unique(times[order], return_index=True)
    return np.add.reduceat(flows[:, order], first, axis=1), distinct


def netted(flows: Array, times: Array) -> tuple[Array, Array]:
    """Sort each series by time and net flows of one time, the places left over being zeros at the end."""
    if flows.shape[1] <= MOST_INSERTED and worthwhile(len(flows)):
        flows, times = flows.copy(), times.copy()
        net_rows(flows, times)
        return flows, times
    ready = (times[:, 1:] > times[:, :-1]).all(axis=1)
    if ready.all():
        return flows, times
    rest = np.flatnonzero(~ready)
    flows, times = flows.copy(), times.copy()
    flows[rest], times[rest] = _netted_rows(flows[rest], times[rest])
    return flows, times


@kernel
def net_rows(flows: Array, times: Array) -> None:
    """Do in place what `netted` does, row by row: sort by insertion, then add up."""
    n_flows = flows.shape[1]
    for row in range(flows.shape[0]):
        repeated = False
        for i in range(1, n_flows):
            time, flow, place = times[row, i], flows[row, i], i
            while place > 0 and times[row, place - 1] > time:
                times[row, place], flows[row, place] = times[row, place - 1], flows[row, place - 1]
                place -= 1
            if place < i:
                times[row, place], flows[row, place] = time, flow
            repeated = repeated or (place > 0 and times[row, place - 1] == time)
        if repeated:
            place = 0
            for i in range(1, n_flows):
                if times[row, i] > times[row, place]:
                    place += 1
                    times[row, place], flows[row, place] = times[row, i], flows[row, i]
                else:
                    flows[row, place] += flows[row, i]
            for i in range(place + 1, n_flows):
                times[row, i], flows[row, i] = times[row, place], 0.0


def _netted_rows(flows: Array, times: Array) -> tuple[Array, Array]:
    order = np.argsort(times, axis=1, kind="stable")
    flows, times = np.take_along_axis(flows, order, axis=1), np.take_along_axis(times, order, axis=1)
    place = np.zeros(flows.shape, dtype=np.intp)
    np.cumsum(times[:, 1:] > times[:, :-1], axis=1, out=place[:, 1:])
    flat = place + np.arange(len(flows))[:, None] * flows.shape[1]
    sums = np.bincount(flat.ravel(), weights=flows.ravel(), minlength=flows.size).astype(np.float64)
    distinct = np.repeat(times[:, -1:], times.shape[1], axis=1)
    np.put_along_axis(distinct, place, times, axis=1)
    return sums.reshape(flows.shape), distinct
