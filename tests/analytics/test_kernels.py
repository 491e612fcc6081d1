"""The door to compiled code, and what must not depend on whether a search is compiled."""

from __future__ import annotations

import subprocess
import sys
import types
from fractions import Fraction

import numpy as np
import pytest

from maos_nb.analytics import _kernels
from maos_nb.analytics._dated_flows import net_rows, netted
from maos_nb.analytics._root_kernels import (
    ALL,
    EVEN,
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
from maos_nb.analytics.cashflows import irr, xirr

N_SERIES = 1_500
FACTOR = 3.0


@_kernels.kernel
def double(values):
    """Double numbers in place."""
    for i in range(values.size):
        values[i] *= 2.0


@_kernels.kernel
def quadruple(values):
    """Call another kernel twice."""
    double(values)
    double(values)


@_kernels.kernel
def halve(values):
    """Halve numbers in place."""
    for i in range(values.size):
        values[i] *= 0.5


@_kernels.kernel
def times_factor(values):
    """Multiply by a constant of the module."""
    for i in range(values.size):
        values[i] *= FACTOR


@pytest.fixture
def without_numba(monkeypatch):
    """Let the compiler be missing."""
    monkeypatch.setattr(_kernels, "_numba", lambda: None)


def solved(flows, times=None, whose=EVEN, wish=ALL):
    """Give outcome, counts and rates of series, from a guess of 10%."""
    flows = np.array(flows, dtype=np.float64)
    times = np.zeros((1, flows.shape[1])) if times is None else times
    count = np.zeros(len(flows), dtype=np.intp)
    rates = np.full((len(flows), flows.shape[1] if wish == ALL else 1), np.nan)
    outcome = solve_series(flows, times, whose, np.full(len(flows), np.log(1.1)), wish, rates, count)
    return outcome, count, rates


class TestKernel:
    def test_gives_the_same_compiled_and_as_plain_python(self):
        """Also where it calls another kernel."""
        compiled, plain = np.arange(4.0), np.arange(4.0)
        quadruple(compiled)
        assert quadruple.compiled.signatures
        double.function(plain)
        double.function(plain)
        np.testing.assert_array_equal(compiled, plain)

    def test_runs_as_plain_python_without_numba(self, without_numba):
        """Its source is called, and so is that of kernels it calls."""
        values = [1.0, 2.0]
        quadruple(_ListLike(values))
        assert values == [4.0, 8.0]
        assert not _kernels.compiling()

    def test_has_a_digest_that_changes_with_a_callee_and_with_a_constant(self, monkeypatch):
        """Numba's cache compares one file only, and would run machine code of a callee that is no more."""

        def digest():
            return _kernels.Kernel(quadruple.function).digest

        before = digest()
        assert digest() == before
        monkeypatch.setitem(globals(), "double", _kernels.Kernel(halve.function))
        assert digest() != before
        tripled = _kernels.Kernel(times_factor.function).digest
        monkeypatch.setitem(globals(), "FACTOR", 4.0)
        assert _kernels.Kernel(times_factor.function).digest != tripled

    def test_keeps_name_and_docstring(self):
        """As `functools.wraps` does."""
        assert double.__name__ == "double"
        assert double.__doc__ == "Double numbers in place."

    @pytest.mark.parametrize(
        "absent", [None, types.SimpleNamespace(config=types.SimpleNamespace(DISABLE_JIT=1))]
    )
    def test_is_not_compiled_where_numba_is_missing_or_switched_off(self, monkeypatch, absent):
        """`None` in `sys.modules` is how Python marks a module that cannot be imported."""
        monkeypatch.setitem(sys.modules, "numba", absent)
        assert _kernels._numba.__wrapped__() is None

    def test_is_compiled_without_a_cache_where_no_directory_can_be_written(self, monkeypatch):
        """Numba raises a RuntimeError then: no locator available."""
        asked = []

        def njit(cache=False, **options):
            asked.append(cache)
            if cache:
                raise RuntimeError("cannot cache function: no locator available")
            return lambda function: function

        monkeypatch.setattr(_kernels, "_numba", lambda: types.SimpleNamespace(njit=njit))
        fresh = _kernels.Kernel(double.function)
        assert fresh.compiled is double.function
        assert asked == [True, False]

    def test_is_not_worthwhile_for_few_series(self, monkeypatch):
        """Importing numba takes longer than solving these."""
        assert not _kernels.worthwhile(_kernels.ENOUGH_SERIES - 1)
        assert _kernels.worthwhile(_kernels.ENOUGH_SERIES)

    def test_leaves_numba_unimported_until_a_batch_is_large(self):
        """In a fresh process: the import alone takes longer than that of all cash-flow functions."""
        code = (
            "import sys, numpy as np\n"
            "from maos_nb.analytics.cashflows import irr\n"
            "irr(np.tile([-100.0, 60.0, 60.0], (999, 1)))\n"
            "assert 'numba' not in sys.modules\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


class _ListLike:
    """An array as far as a kernel sees."""

    def __init__(self, values):
        self.values, self.size = values, len(values)

    def __getitem__(self, place):
        return self.values[place]

    def __setitem__(self, place, value):
        self.values[place] = value


class TestSolveSeries:
    def test_gives_the_same_as_plain_python(self, monkeypatch):
        """The source without numba is the twin: rates to the last digits, counts exactly."""
        flows = np.random.default_rng(4).normal(0, 100, (12, 7))
        compiled = solved(flows)
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        outcome, count, rates = solved(flows)
        np.testing.assert_array_equal(outcome, compiled[0])
        np.testing.assert_array_equal(count, compiled[1])
        np.testing.assert_allclose(np.log1p(rates), np.log1p(compiled[2]), rtol=1e-12)

    @pytest.mark.parametrize(
        ("flows", "outcome", "count"),
        [
            ([-100, 60, 60], SOLVED, 1),
            ([-50, -100, 600, 300, -100], SOLVED, 2),
            ([-1, 3, -3], SOLVED, 0),
            ([0, -1, 0, 3, 0], SOLVED, 1),
            ([1, 2], NO_SIGN_CHANGE, 0),
            ([0, 0], NO_SIGN_CHANGE, 0),
            ([-1e-300, 1e300], NO_SIGN_CHANGE, 0),
            ([-1, np.nan], NOT_FINITE, 0),
            ([-1, np.inf], NOT_FINITE, 0),
            ([-1e20, 1], OUT_OF_RANGE, 1),
            ([-100, 220, -121], UNRESOLVED, 0),
        ],
    )
    def test_says_what_became_of_each_series(self, flows, outcome, count):
        """A value that touches zero is left to the search in arrays, as the margin for rounding is wide."""
        found, counted, _ = solved([flows])
        assert (found[0], counted[0]) == (outcome, count)

    def test_leaves_hardly_any_ordinary_series_unresolved(self):
        """What is left over is slow; of random signs it is series one of whose rates no float holds."""
        rng = np.random.default_rng(9)
        flows = rng.normal(0, 100, (N_SERIES, 11))
        years = rng.integers(1, 600, flows.shape).cumsum(axis=1) / 365
        for times, whose in ((None, EVEN), (years[:1], SHARED), (years, OWN)):
            outcome, _, _ = solved(flows, times, whose, NEAREST_AND_COUNT)
            assert (outcome == UNRESOLVED).sum() <= N_SERIES // 100


class TestBothSearches:
    @pytest.fixture
    def flows(self):
        """Kinds side by side: random signs, wide amounts, gaps, touches, and what has no rate."""
        rng = np.random.default_rng(12)
        signs = rng.normal(0, 100, (N_SERIES, 9))
        wide = np.sign(signs) * 10.0 ** rng.uniform(-9, 9, signs.shape)
        gaps = np.where(rng.uniform(size=signs.shape) < 0.6, 0.0, signs)
        touch = np.zeros((60, 9))
        touch[:, 2:5] = np.array([-100, 242, -146.41]) * rng.uniform(0.5, 2.0, (60, 1))
        touch[20:40, 4] += 10.0 ** rng.uniform(-14, -2, 20)
        touch[40:, 4] -= 10.0 ** rng.uniform(-14, -2, 20)
        signs[::50, 3] = np.nan
        return np.concatenate([signs, wide, gaps, touch])

    @pytest.mark.parametrize("calendar", ["none", "shared", "own", "repeated"])
    @pytest.mark.parametrize("options", [{}, {"root": "all"}, {"root": "lowest"}, {"guess": -0.4}])
    def test_agree_on_rates_and_status(self, monkeypatch, flows, calendar, options):
        """Status exactly; rates to 1e-12, or as far as rounding lets the value tell."""
        rng = np.random.default_rng(2)
        first = np.datetime64("2003-03-31")
        dates = {
            "shared": first + np.sort(rng.choice(3000, flows.shape[1], replace=False)),
            "own": first + rng.integers(1, 500, flows.shape).cumsum(axis=1),
            "repeated": first + rng.integers(0, 6, flows.shape) * 120,
        }

        def solve():
            if calendar == "none":
                return irr(flows, return_status=True, **options)
            return xirr(flows, dates[calendar], return_status=True, **options)

        compiled, compiled_status = solve()
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        plain, plain_status = solve()
        np.testing.assert_array_equal(compiled_status, plain_status)
        logs, plain_logs = np.log1p(compiled), np.log1p(plain)
        np.testing.assert_allclose(logs, plain_logs, rtol=1e-7, atol=1e-7)
        apart = np.abs(logs - plain_logs) > 1e-12 * (1.0 + np.abs(plain_logs))
        assert np.count_nonzero(apart) <= 0.01 * flows.shape[0]

    def test_find_two_rates_that_are_close_to_each_other_among_amounts_far_apart(self, both_ways):
        """The rates by bisection with fractions: 55.8% and 58.6%, where the value is nearly flat."""
        flows = [-0.01078003, *[0.00687506] * 26, -243.774]
        expected = [rate_by_exact_bisection(flows, low, high) for low, high in ((0.55, 0.57), (0.57, 0.6))]
        np.testing.assert_allclose(irr(flows, root="all"), expected, rtol=1e-10)
        assert expected == pytest.approx([0.558, 0.586], abs=5e-4)

    def test_take_arrays_that_cannot_be_written_or_do_not_lie_in_one_piece(self, both_ways):
        """A view of every other column, broadcast over rows."""
        flows = np.broadcast_to(np.array([-100.0, 9.0, 60.0, 9.0, 60.0])[::2], (5, 3))
        assert not flows.flags.writeable
        np.testing.assert_allclose(irr(flows), irr([-100, 60, 60]), rtol=1e-14)


class TestNetRows:
    def test_nets_as_operations_on_arrays_do(self, without_numba):
        """In place of sorting whole tables: each series by insertion, sums in the order of entry."""
        rng = np.random.default_rng(6)
        flows, times = rng.normal(size=(40, 9)), rng.integers(0, 5, (40, 9)) / 4.0
        expected = netted(flows, times)
        net_rows.compiled(flows, times)
        np.testing.assert_array_equal(flows, expected[0])
        np.testing.assert_array_equal(times, expected[1])


def rate_by_exact_bisection(flows, low, high):
    """Halve between two rates by the exact sign of the value, times a power of (1 + rate)."""
    amounts = [Fraction(flow) for flow in flows]

    def positive(rate):
        growth, total = 1 + Fraction(rate), Fraction(0)
        for amount in amounts:
            total = total * growth + amount
        return total > 0

    at_low = positive(low)
    for _ in range(60):
        middle = (low + high) / 2
        if positive(middle) == at_low:
            low = middle
        else:
            high = middle
    return low
