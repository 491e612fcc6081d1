"""Internal rates of return of 5,000 series of 11 flows: one call here, a loop at pyxirr.

Easy series have one outlay and then receipts. The other kinds are held against them twice: against the
same loop, and against the time of the easy ones, as no kind may take more than five times that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyxirr

from benchmarks._report import Row
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


def rows() -> list[Row]:
    rng = np.random.default_rng(11)
    irr_times = []
    for kind in IRR_CASES:
        flows = kind(rng)
        peer_flows = flows.tolist()
        irr_times.append(
            (
                f"irr, {_words(kind)}",
                least(lambda flows=flows: irr(flows)),
                least(lambda peer_flows=peer_flows: [pyxirr.irr(row, silent=True) for row in peer_flows]),
            )
        )
    xirr_times = []
    for kind, calendar in XIRR_CASES:
        flows, dates = kind(rng), calendar(rng)
        xirr_times.append(
            (
                f"xirr, {_words(kind)}, {_words(calendar)}",
                least(lambda flows=flows, dates=dates: xirr(flows, dates)),
                _peer_xirr(flows, dates),
            )
        )
    return _rows(irr_times) + _rows(xirr_times)


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


def _rows(times: list[tuple[str, float, float]]) -> list[Row]:
    """Give two rows a case; the first case is the easy one."""
    _, easy_time, _ = times[0]
    found = []
    for what, ours, peer in times:
        shown, theirs = f"{1e3 * ours:.2f} ms", f"{1e3 * peer:.1f} ms"
        found.append(Row(f"{what}: times pyxirr's speed", shown, theirs, peer / ours, TIMES_AS_FAST))
        if ours is not easy_time:
            found.append(
                Row(
                    f"{what}: time against the easy case",
                    shown,
                    f"{1e3 * easy_time:.2f} ms (ours, easy)",
                    ours / easy_time,
                    TIMES_AS_SLOW,
                    at_least=False,
                )
            )
    return found


def _words(function: Callable[..., Any]) -> str:
    return function.__name__.replace("_", " ")
