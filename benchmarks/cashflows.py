"""Internal rates of return of 5,000 series of 11 flows: one call here, a loop at pyxirr.

Easy series have one outlay and then receipts. The other kinds are held against them twice: against the
same loop, and against the time of the easy ones, as no kind may take more than five times that. That is
asked of the compiled search; how long it takes without numba is shown beside it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyxirr

from benchmarks._report import Row
from maos_nb.analytics import _kernels
from maos_nb.analytics.cashflows import irr, xirr

SERIES, FLOWS, ROUNDS = 5_000, 11, 7
TIMES_AS_FAST, TIMES_AS_SLOW = 3, 5


def easy(rng: np.random.Generator) -> np.ndarray:
    flows = rng.uniform(5, 40, (SERIES, FLOWS))
    flows[:, 0] = -rng.uniform(80, 120, SERIES)
    return flows


def random_signs(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(0, 100, (SERIES, FLOWS))


def cost_at_the_end(rng: np.random.Generator) -> np.ndarray:
    flows = easy(rng)
    flows[:, -1] = -rng.uniform(20, 80, SERIES)
    return flows


def clustered(rng: np.random.Generator) -> np.ndarray:
    """Four rates within some 10 percentage points: coefficients of a polynomial with these roots."""
    rates = rng.uniform(-0.05, 0.25, (SERIES, 1)) + rng.uniform(0.001, 0.05, (SERIES, 4)).cumsum(axis=1)
    factors = np.hstack([1 / (1 + rates), -rng.uniform(0.5, 2, (SERIES, FLOWS - 5))])
    flows = np.zeros((SERIES, FLOWS))
    flows[:, 0] = 100.0
    for column in range(FLOWS - 1):
        flows[:, 1:] -= factors[:, column, None] * flows[:, :-1]
    return flows[:, ::-1].copy()


def long_outlays(rng: np.random.Generator) -> np.ndarray:
    flows = rng.uniform(10, 60, (SERIES, FLOWS))
    flows[:, :4] *= -1
    return flows


def high_rates(rng: np.random.Generator) -> np.ndarray:
    flows = rng.uniform(50, 900, (SERIES, FLOWS))
    flows[:, 0] = -rng.uniform(5, 20, SERIES)
    return flows


def one_sign(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(1, 100, (SERIES, FLOWS))


def one_in_five_hard(rng: np.random.Generator) -> np.ndarray:
    flows, tenth = easy(rng), SERIES // 10
    flows[:tenth], flows[tenth : 2 * tenth] = random_signs(rng)[:tenth], clustered(rng)[:tenth]
    return rng.permutation(flows)


def shared_dates(rng: np.random.Generator) -> np.ndarray:
    return np.datetime64("2015-01-31") + np.sort(rng.choice(3650, FLOWS, replace=False))


def own_dates(rng: np.random.Generator) -> np.ndarray:
    return np.datetime64("2015-01-31") + rng.integers(1, 600, (SERIES, FLOWS)).cumsum(axis=1)


def repeated_dates(rng: np.random.Generator) -> np.ndarray:
    return np.datetime64("2015-01-31") + np.sort(rng.integers(0, 12, (SERIES, FLOWS)), axis=1) * 90


IRR_CASES = [
    easy,
    random_signs,
    cost_at_the_end,
    clustered,
    long_outlays,
    high_rates,
    one_sign,
    one_in_five_hard,
]
XIRR_CASES = [
    (easy, shared_dates),
    (easy, own_dates),
    (easy, repeated_dates),
    (random_signs, shared_dates),
    (random_signs, own_dates),
    (cost_at_the_end, own_dates),
    (clustered, shared_dates),
]


def least(call: Callable[[], object]) -> float:
    """Time a call in seconds, the shortest of several."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


@dataclass(frozen=True)
class Timing:
    """Seconds that a case takes: here by kernels and in arrays, and a loop at the peer."""

    what: str
    compiled: float
    in_arrays: float
    peer: float


def rows() -> list[Row]:
    rng = np.random.default_rng(11)
    irr_times, xirr_times = [], []
    for kind in IRR_CASES:
        flows = kind(rng)
        amounts = flows.tolist()
        peer = least(lambda amounts=amounts: [pyxirr.irr(row, silent=True) for row in amounts])
        irr_times.append(Timing(f"irr, {_words(kind)}", *_both_ways(lambda flows=flows: irr(flows)), peer))
    for kind, calendar in XIRR_CASES:
        flows, dates = kind(rng), calendar(rng)
        ours = _both_ways(lambda flows=flows, dates=dates: xirr(flows, dates))
        what = f"xirr, {_words(kind)}, {_words(calendar)}"
        xirr_times.append(Timing(what, *ours, _peer_xirr(flows, dates)))
    return _rows(irr_times) + _rows(xirr_times)


def _both_ways(call: Callable[[], object]) -> tuple[float, float]:
    """Time a call with numba, warm, and as it is without."""
    if not _kernels.compiling():
        sys.exit("numba is needed for this benchmark: install maos-nb[fast]")
    call()
    compiled, enough = least(call), _kernels.ENOUGH_SERIES
    _kernels.ENOUGH_SERIES = SERIES + 1
    try:
        return compiled, least(call)
    finally:
        _kernels.ENOUGH_SERIES = enough


def _peer_xirr(flows: np.ndarray, dates: np.ndarray) -> float:
    """Time pyxirr's loop with dates as datetime64 and as `datetime.date`, prepared; give the shorter time."""
    arrays = list(np.broadcast_to(dates, flows.shape))
    objects: list[Any] = np.broadcast_to(dates, flows.shape).astype(object).tolist()
    amounts = flows.tolist()
    return min(
        least(
            lambda prepared=prepared: [
                pyxirr.xirr(days, row, silent=True) for days, row in zip(prepared, amounts, strict=True)
            ]
        )
        for prepared in (arrays, objects)
    )


def _rows(times: list[Timing]) -> list[Row]:
    """Give three rows a case; the first case is the easy one."""
    easy_time = times[0].compiled
    found = []
    for case in times:
        shown, theirs = f"{1e3 * case.compiled:.2f} ms", f"{1e3 * case.peer:.1f} ms"
        speed = f"{case.what}: times pyxirr's speed"
        found.append(Row(speed, shown, theirs, case.peer / case.compiled, TIMES_AS_FAST))
        if case is not times[0]:
            found.append(
                Row(
                    f"{case.what}: time against the easy case",
                    shown,
                    f"{1e3 * easy_time:.2f} ms (ours, easy)",
                    case.compiled / easy_time,
                    TIMES_AS_SLOW,
                    at_least=False,
                )
            )
        in_arrays = f"{1e3 * case.in_arrays:.2f} ms"
        found.append(Row(f"{speed}, without numba", in_arrays, theirs, case.peer / case.in_arrays))
    return found


def _words(function: Callable[..., Any]) -> str:
    return function.__name__.replace("_", " ")
