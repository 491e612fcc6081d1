"""Cash flows for property tests, and slow readable twins of the fast functions."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

amounts = st.floats(min_value=1.0, max_value=1e6)
rates = st.floats(min_value=-0.9, max_value=10.0)
any_flows = st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=12)


@st.composite
def investments(draw, min_size=2, max_size=15):
    """Outlays first, receipts after: one change of sign, so one rate of return."""
    outlays = draw(st.lists(amounts, min_size=1, max_size=3))
    receipts = draw(st.lists(amounts, min_size=max(1, min_size - 1), max_size=max_size))
    return [-outlay for outlay in outlays] + receipts


@st.composite
def tables(draw, max_rows=5):
    """A table of flows of any sign, with zeros here and there: (n_series, n_periods)."""
    n_rows, n_periods = draw(st.integers(1, max_rows)), draw(st.integers(1, 10))
    flow = st.one_of(st.just(0.0), st.integers(-100, 100).map(float))
    row = st.lists(flow, min_size=n_periods, max_size=n_periods)
    return np.array(draw(st.lists(row, min_size=n_rows, max_size=n_rows)))


def npv_by_loop(rate, flows, first_period=0):
    """Discount and add one flow after the other."""
    return sum(flow / (1 + rate) ** (period + first_period) for period, flow in enumerate(flows))


def value_by_loop(log_growth, flows, times):
    """Present value divided by the sum of the absolute present values: between -1 and 1."""
    shift = max(-log_growth * time for time in times)
    terms = [flow * math.exp(-log_growth * time - shift) for flow, time in zip(flows, times, strict=True)]
    return math.fsum(terms) / math.fsum(map(abs, terms))


def rate_by_bisection(flows, times):
    """Bisect log(1 + rate) for flows that change sign once."""
    low, high = -40.0, 40.0
    sign_below = math.copysign(1, value_by_loop(low, flows, times))
    for _ in range(200):
        middle = (low + high) / 2
        if math.copysign(1, value_by_loop(middle, flows, times)) == sign_below:
            low = middle
        else:
            high = middle
    return math.expm1((low + high) / 2)
