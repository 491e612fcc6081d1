"""The test of looking ahead, tested on functions that do: it must catch each way of cheating, and nothing else."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.technical.averages import ema, sma
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.errors import InputError

RNG = np.random.default_rng(11)
CLOSES = pd.DataFrame(
    100 + RNG.normal(size=(80, 3)).cumsum(axis=0),
    index=pd.bdate_range("2024-01-01", periods=80),
    columns=list("abc"),
)
WITH_GAPS = CLOSES.copy()
WITH_GAPS.iloc[[3, 40, 77]] = np.nan


class Pair(NamedTuple):
    """Two lines of one indicator."""

    first: object
    second: object


def smoothed_both_ways(x):
    """Smooth forwards, then backwards, so that there is no lag."""
    return x.ewm(alpha=0.3).mean()[::-1].ewm(alpha=0.3).mean()[::-1]


def pivots(x):
    """Mark highs on their own day, though they are known two days later."""
    return (x == x.rolling(5, center=True).max()).astype(float)


CHEATS = {
    "a centred window": lambda x: x.rolling(5, center=True).mean(),
    "a centred window with fewer observations at the ends": lambda x: x.rolling(
        5, center=True, min_periods=1
    ).mean(),
    "standard scores of the whole history": lambda x: (x - x.mean()) / x.std(),
    "ranks in the whole history": lambda x: x.rank(pct=True),
    "scaling by the whole range": lambda x: (x - x.min()) / (x.max() - x.min()),
    "filling gaps from behind": lambda x: x.bfill(),
    "filling gaps by interpolation": lambda x: x.interpolate(limit_area="inside"),
    "filling gaps by the mean": lambda x: x.fillna(x.mean()),
    "tomorrow's value": lambda x: x.shift(-1),
    "tomorrow's return": lambda x: x.pct_change().shift(-1),
    "smoothing both ways": smoothed_both_ways,
    "the slope of all": lambda x: x * 0 + (x.iloc[-1] - x.iloc[0]) / len(x),
    "pivots on their own day": pivots,
    "counting from the end": lambda x: x * np.arange(len(x))[::-1, np.newaxis],
    "the last value everywhere": lambda x: x * 0 + x.iloc[-1],
    "only the second of two lines": lambda x: Pair(x.rolling(3).mean(), x.shift(-1)),
}

HONEST = {
    "a trailing window": lambda x: x.rolling(5).mean(),
    "a recursion": lambda x: x.ewm(span=5).mean(),
    "yesterday's value": lambda x: x.shift(1),
    "a running scale": lambda x: (x - x.expanding().mean()) / x.expanding().std(),
    "gaps filled from before": lambda x: x.ffill(),
    "highs on the day they are known": lambda x: pivots(x).shift(2),
    "nothing but gaps": lambda x: x * np.nan,
    "two lines": lambda x: Pair(x.rolling(3).mean(), x.rolling(4).max()),
    "signals": lambda x: x > x.shift(1),
    "infinite values": lambda x: np.log(x * 0).replace(np.nan, 1.0),
}


class TestAssertCausal:
    @pytest.mark.parametrize("way", CHEATS)
    def test_catches_each_way_of_cheating(self, way):
        """Named by its result: the bar and both values."""
        with pytest.raises(AssertionError, match=r"looks ahead: bar \d+"), np.errstate(all="ignore"):
            assert_causal(CHEATS[way], WITH_GAPS if "gaps" in way else CLOSES)

    @pytest.mark.parametrize("way", HONEST)
    def test_lets_honest_functions_pass(self, way):
        """Those that look back only."""
        with np.errstate(all="ignore"):
            assert_causal(HONEST[way], WITH_GAPS if "gaps" in way else CLOSES)

    @pytest.mark.parametrize("ahead", [1, 2, 5, 10])
    def test_catches_looking_any_number_of_bars_ahead(self, ahead):
        """In an array as in a table."""

        def peeks(x):
            return np.concatenate([x[ahead:], np.full(min(ahead, len(x)), np.nan)])

        with pytest.raises(AssertionError, match="peeks looks ahead"):
            assert_causal(peeks, CLOSES["a"].to_numpy())

    def test_catches_one_column_that_uses_another_s_future(self):
        """And names it."""

        def leaks(x):
            return x.assign(c=x["a"].shift(-1))

        with pytest.raises(AssertionError, match=r"leaks looks ahead: bar \d+, column 2"):
            assert_causal(leaks, CLOSES)

    def test_catches_a_cheat_behind_a_large_value(self):
        """What is small beside the largest result of another column is seen."""

        def hides(x):
            return pd.DataFrame({"loud": x["a"] * 1e12, "quiet": x["b"] - x["b"].mean()})

        with pytest.raises(AssertionError, match="column 1"):
            assert_causal(hides, CLOSES)

    def test_more_prefixes_find_what_shows_at_one_bar_alone(self):
        """A single bar of eighty that knows the next: with a cut behind every bar it is found."""

        def knows(x):
            return np.where((np.arange(len(x)) == 20) & (len(x) > 21), np.append(x[1:], np.nan), x)

        closes = CLOSES["a"].to_numpy()
        with pytest.raises(AssertionError, match="bar 20 is"):
            assert_causal(knows, closes, n_prefixes=len(closes) - 1)

    def test_passes_parameters_on(self):
        """By keyword, with several inputs."""

        def scaled(x, y, *, by):
            return by * (x + y)

        assert_causal(scaled, CLOSES, CLOSES, by=3.0)
        assert_causal(sma, CLOSES, window=5)
        assert_causal(ema, CLOSES, window=5, nan="reset")

    def test_sums_in_another_order_are_no_cheat(self):
        """Their last digit may differ."""
        assert_causal(
            lambda x: np.array([x[: i + 1][::-1].sum() for i in range(len(x))]), CLOSES["a"].to_numpy()
        )

    @pytest.mark.parametrize(
        ("function", "inputs", "message"),
        [
            (np.cumsum, (), "inputs: .* got none"),
            (np.cumsum, (np.ones(1),), "inputs: .* got 1"),
            (np.add, (np.ones(3), np.ones(4)), "inputs: .* got 3, 4"),
            (lambda x: x[1:], (np.ones(5),), "function: expected 5 results, one an observation, got 4"),
            (np.mean, (np.ones(5),), "function: expected 5 results, one an observation, got a single one"),
        ],
    )
    def test_what_cannot_be_compared_is_refused(self, function, inputs, message):
        """The message says what was expected."""
        with pytest.raises(InputError, match=message):
            assert_causal(function, *inputs)
