"""Cash flows for property tests, and slow readable twins of the fast functions."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

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


def rates_counted_exactly(flows):
    """Count the different rates of a series by Sturm's theorem, in whole numbers: doubles are fractions."""
    denominator = max(Fraction(flow).denominator for flow in flows)  # all are powers of two
    chain = [_without_zeros_around([int(Fraction(flow) * denominator) for flow in flows])]
    chain.append(_primitive([power * c for power, c in enumerate(chain[0])][1:]))
    while len(chain[-1]) > 1:
        remainder = _remainder(chain[-2], chain[-1])
        if not remainder:
            break
        chain.append(_primitive([-c for c in remainder]))
    return _sign_changes([p[0] for p in chain]) - _sign_changes([p[-1] for p in chain])


def _without_zeros_around(coefficients):
    used = [place for place, c in enumerate(coefficients) if c]
    return coefficients[used[0] : used[-1] + 1]


def _primitive(coefficients):
    common = math.gcd(*coefficients) or 1
    return [c // common for c in coefficients]


def _remainder(dividend, divisor):
    """Divide polynomials, lowest power first, after a positive factor that keeps all numbers whole."""
    size, sign = abs(divisor[-1]), (1 if divisor[-1] > 0 else -1)
    while len(dividend) >= len(divisor):
        quotient, shift = dividend[-1] * sign, len(dividend) - len(divisor)
        dividend = [c * size for c in dividend]
        for place, c in enumerate(divisor):
            dividend[place + shift] -= quotient * c
        while dividend and dividend[-1] == 0:
            dividend.pop()
    return dividend


def _sign_changes(numbers):
    signs = [number > 0 for number in numbers if number]
    return sum(a != b for a, b in itertools.pairwise(signs))


def flows_with_rates(rates):
    """Give flows, one row per row of rates, with these rates of return: a polynomial's coefficients."""
    coefficients = np.zeros((len(rates), rates.shape[1] + 1))
    coefficients[:, 0] = 1.0
    for column in range(rates.shape[1]):
        coefficients[:, 1:] -= coefficients[:, :-1] / (1 + rates[:, column, None])
    return 100 * coefficients[:, ::-1]
