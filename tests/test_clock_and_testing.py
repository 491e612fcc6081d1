"""The manual clock keeps the promises of a clock, and the system's clock is one."""

import asyncio
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.clock import SystemClock
from maos_nb.errors import InputError
from maos_nb.testing import ManualClock, until_idle


def test_the_manual_clock_stands_still_until_it_is_moved():
    """And then shows both kinds of time."""
    clock = ManualClock(dt.datetime(2024, 1, 2, tzinfo=dt.UTC))
    assert (clock.time(), clock.now()) == (0.0, dt.datetime(2024, 1, 2, tzinfo=dt.UTC))
    clock.advance(90)
    assert (clock.time(), clock.now()) == (90.0, dt.datetime(2024, 1, 2, 0, 1, 30, tzinfo=dt.UTC))


def test_calls_are_made_when_due_in_order_of_time_then_of_arrangement():
    """Each sees the clock at its own moment."""
    clock, rung = ManualClock(), []
    for name, delay in (("late", 3), ("first", 1), ("second", 1)):
        clock.call_later(delay, lambda name=name: rung.append((name, clock.time())))
    clock.advance(2)
    assert rung == [("first", 1.0), ("second", 1.0)]
    clock.advance(1)
    assert rung[2:] == [("late", 3.0)]


def test_a_call_that_was_called_off_is_not_made():
    """Also when another call of the same moment calls it off."""
    clock, rung = ManualClock(), []
    clock.call_later(1, lambda: other.cancel())
    other = clock.call_later(1, rung.append, "other")
    clock.advance(5)
    other.cancel()
    assert rung == []


def test_a_call_may_arrange_another_one():
    """That falls due in the same advance."""
    clock, rung = ManualClock(), []
    clock.call_later(1, lambda: clock.call_later(1, lambda: rung.append(clock.time())))
    clock.advance(10)
    assert rung == [2.0]


@given(st.integers(min_value=1, max_value=40), st.sampled_from([0.1, 0.2, 0.3, 0.7, 1.1]))
def test_many_small_steps_reach_what_one_large_step_reaches(steps, step):
    """Binary fractions do not make a call late."""
    clock, rung = ManualClock(), []
    clock.call_later(steps * step, rung.append, "now")
    for _ in range(steps):
        clock.advance(step)
    assert rung == ["now"]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_the_clock_moves_forward_by_a_finite_amount_only(seconds):
    """Anything else would leave it in no state at all."""
    with pytest.raises(InputError, match=r"^seconds: "):
        ManualClock().advance(seconds)


def test_the_clocks_have_reprs_without_addresses():
    """Notebooks compare them."""
    clock = ManualClock()
    clock.advance(2.5)
    assert repr(clock) == "ManualClock(2024-01-02T00:00:00+00:00 + 2.5 s)"
    assert repr(SystemClock()) == "SystemClock()"


def test_the_system_clock_never_goes_back_and_knows_its_time_zone():
    """What timeouts and deadlines need of it."""
    clock = SystemClock()
    assert clock.time() <= clock.time()
    assert clock.now().utcoffset() == dt.timedelta(0)


def test_the_system_clock_arranges_calls_with_the_running_loop():
    """And they can be called off."""

    async def main():
        rung = asyncio.get_running_loop().create_future()
        SystemClock().call_later(0, rung.set_result, "rung")
        SystemClock().call_later(0, rung.set_result, "twice").cancel()
        assert await rung == "rung"

    asyncio.run(main())


def test_until_idle_lets_everything_run_that_is_ready():
    """Chains of callbacks included."""

    async def main():
        reached = []

        async def chain(depth):
            if depth:
                await asyncio.create_task(chain(depth - 1))
            reached.append(depth)

        task = asyncio.create_task(chain(4))
        await until_idle()
        assert reached == [0, 1, 2, 3, 4]
        await task

    asyncio.run(main())
