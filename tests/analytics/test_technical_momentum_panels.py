"""What every momentum indicator has in common: labels, gaps, causality, lookback, and a plain twin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels_momentum import ALL, METHODS, RECURSIVE, SHORT, WINDOWED, bars, lines

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical._indicator import lookback
from maos_nb.analytics.technical.causality import assert_causal

PRICES = bars()


def same(result, expected, rtol=1e-9):
    """Compare line by line, NaN equal to NaN, a rounding error of the largest as nothing."""
    for line, other in zip(lines(result), lines(expected), strict=True):
        scale = np.nanmax(np.abs(other), initial=0.0, where=np.isfinite(other))
        np.testing.assert_allclose(line, other, rtol=rtol, atol=1e-12 * scale + 1e-300)


def stretches(missing, rule):
    """Give the bars that a rule takes for neighbours."""
    known = [t for t in range(len(missing)) if not missing[t]]
    if rule == "skip":
        return [known]
    found = []
    for t in known:
        if found and found[-1][-1] == t - 1:
            found[-1].append(t)
        elif not (found and rule == "propagate"):
            found.append([t])
    return found


def by_rule(twin, tables, rule, parameters):
    """Run a twin on each stretch without gaps."""
    missing = np.isnan(np.array(tables)).any(axis=0)
    whole = None
    for part in stretches(missing, rule):
        made = twin(*([float(table[t]) for t in part] for table in tables), **parameters)
        made = made if isinstance(made, tuple) else (made,)
        if whole is None:
            whole = [np.full(len(missing), np.nan) for _ in made]
        for line, piece in zip(whole, made, strict=True):
            line[part] = piece
    return tuple(whole)


def with_gaps(tables, seed=3):
    """Put gaps of every shape into the columns: none, leading, single, long, trailing; in one price or in all."""
    rng = np.random.default_rng(seed)
    made = [table.copy() for table in tables]
    for place, table in enumerate(made):
        table.iloc[:9, 1] = np.nan
        table.iloc[[30, 60], 2] = np.nan
        table.iloc[40:55, 3] = np.nan
        table.iloc[-4:, 3] = np.nan
        odd = rng.random(len(table)) < 0.06
        table.iloc[odd if place == len(made) - 1 else 0, 4] = np.nan
    return made


@pytest.mark.parametrize("name", ALL)
class TestEvery:
    @pytest.mark.parametrize("short", [False, True], ids=["by default", "with short windows"])
    def test_equals_its_plain_twin(self, name, short):
        """By the definition, a bar at a time, for each asset."""
        function, twin, needed = ALL[name]
        parameters = SHORT[name] if short else METHODS.get(name, {})
        result = function(*(PRICES[price] for price in needed), **parameters)
        for asset in PRICES["close"]:
            expected = twin(*(PRICES[price][asset].tolist() for price in needed), **parameters)
            found = tuple(line[asset] for line in (result if isinstance(result, tuple) else (result,)))
            same(found, expected if isinstance(expected, tuple) else (expected,))

    @pytest.mark.parametrize("short", [False, True], ids=["by default", "with short windows"])
    def test_the_first_value_stands_at_the_lookback(self, name, short):
        """In the first line, and in no line before."""
        function, _, needed = ALL[name]
        parameters = SHORT[name] if short else METHODS.get(name, {})
        first, *others = lines(function(*(PRICES[price].iloc[:, -1] for price in needed), **parameters))
        expected = lookback(function, **parameters)
        assert np.flatnonzero(~np.isnan(first))[0] == expected
        for line in others:
            assert np.isnan(line[:expected]).all()

    def test_is_causal(self, name):
        """No result changes as later bars come in."""
        function, _, needed = ALL[name]
        assert_causal(function, *(PRICES[price] for price in needed), **METHODS.get(name, {}))

    def test_keeps_labels(self, name):
        """A DataFrame gives one with its index and columns, a Series one with its name."""
        function, _, needed = ALL[name]
        tables = [PRICES[price] for price in needed]
        frames = function(*tables)
        series = function(*(table["A1"] for table in tables))
        for frame, one in zip(
            *(part if isinstance(part, tuple) else (part,) for part in (frames, series)), strict=True
        ):
            assert isinstance(frame, pd.DataFrame)
            pd.testing.assert_index_equal(frame.index, tables[0].index)
            pd.testing.assert_index_equal(frame.columns, tables[0].columns)
            pd.testing.assert_series_equal(one, frame["A1"])

    def test_a_panel_is_its_columns_one_by_one_in_any_order(self, name):
        """To the last bit, for numbers of assets that fill no group of eight, and with gaps."""
        function, _, needed = ALL[name]
        wide = bars(n_assets=19)
        tables = with_gaps([wide[price] for price in needed])
        order = np.random.default_rng(0).permutation(19)
        whole = lines(function(*tables))
        shuffled = lines(function(*(table.iloc[:, order] for table in tables)))
        for line, other in zip(whole, shuffled, strict=True):
            np.testing.assert_array_equal(line[:, order], other)
        for asset in (0, 2, 4, 18):
            single = lines(function(*(table.iloc[:, asset].to_numpy() for table in tables)))
            for line, other in zip(whole, single, strict=True):
                np.testing.assert_array_equal(line[:, asset], other)

    @pytest.mark.parametrize("n", [0, 1, 2])
    def test_few_bars_give_as_many_results(self, name, n):
        """All of them NaN: there is too little to go by."""
        function, _, needed = ALL[name]
        for line in lines(function(*(PRICES[price].iloc[:n] for price in needed))):
            assert line.shape == (n, 5)
            assert np.isnan(line).all()

    def test_no_assets_give_none(self, name):
        """A table without columns."""
        function, _, needed = ALL[name]
        for line in lines(function(*(PRICES[price].iloc[:, :0] for price in needed))):
            assert line.shape == (120, 0)

    def test_nothing_but_gaps_gives_nothing(self, name):
        """And no warning."""
        function, _, needed = ALL[name]
        for line in lines(function(*(np.full(50, np.nan) for _ in needed), **SHORT[name])):
            assert np.isnan(line).all()

    def test_whole_numbers_do(self, name):
        """As floats do."""
        function, _, needed = ALL[name]
        whole = [np.round(PRICES[price].to_numpy()).astype(np.int64) for price in needed]
        same(function(*whole), function(*(table.astype(float) for table in whole)), rtol=0)

    def test_windows_longer_than_the_data_give_nothing(self, name):
        """At no cost in memory: no room is made for what there is not."""
        function, _, needed = ALL[name]
        names = [key for key in ("window", "long", "slow", "average") if key in SHORT[name]]
        parameters = (
            {**METHODS.get(name, {}), names[0]: 10**9} if names else {"signal": 10**9, "rates": (10**9,) * 4}
        )
        for line in lines(function(*(PRICES[price] for price in needed), **parameters)):
            assert np.isnan(line).all()

    @pytest.mark.parametrize("size", [1.7e308, 1e-300, 5e-324])
    def test_the_largest_and_smallest_prices_raise_no_warning(self, name, size):
        """What is beyond a float becomes infinite or NaN."""
        function, _, needed = ALL[name]
        close = np.where(np.random.default_rng(0).random((60, 9)) < 0.5, size, size / 2)
        for line in lines(function(*(close for _ in needed), **SHORT[name])):
            assert line.shape == close.shape

    def test_without_a_compiler_the_same_source_gives_the_same_digits(self, name, monkeypatch):
        """To the last bit, only slower; with gaps."""
        function, _, needed = ALL[name]
        tables = [table.iloc[:70, :].to_numpy() for table in with_gaps([PRICES[price] for price in needed])]
        compiled = lines(function(*tables, **SHORT[name]))
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        for line, other in zip(lines(function(*tables, **SHORT[name])), compiled, strict=True):
            np.testing.assert_array_equal(line, other)

    def test_writes_nothing_into_what_it_is_given(self, name):
        """Neither into arrays nor into frames."""
        function, _, needed = ALL[name]
        tables = with_gaps([PRICES[price] for price in needed])
        arrays = [np.ascontiguousarray(table.to_numpy().T).T for table in tables]
        function(*arrays, **SHORT[name])
        for array, table in zip(arrays, tables, strict=True):
            np.testing.assert_array_equal(array, table.to_numpy())


@pytest.mark.parametrize("name", WINDOWED)
def test_a_windowed_indicator_feels_a_gap_only_while_it_is_inside(name):
    """Elsewhere it is what it would be without the gap."""
    function, _, needed = WINDOWED[name]
    clean = lines(function(*(PRICES[price] for price in needed), **SHORT[name]))
    tables = with_gaps([PRICES[price] for price in needed])
    missing = np.isnan(np.array([table.to_numpy() for table in tables])).any(axis=0)
    result = lines(function(*tables, **SHORT[name]))
    for line, undisturbed in zip(result, clean, strict=True):
        before = int(np.flatnonzero(~np.isnan(undisturbed[:, -1]))[0])
        inside = np.array([missing[max(0, t - before) : t + 1].any(axis=0) for t in range(len(missing))])
        np.testing.assert_allclose(line[~inside], undisturbed[~inside], rtol=1e-12, atol=1e-12)
        all_prices = np.isnan(np.array([table.to_numpy() for table in tables])).all(axis=0)
        assert name == "dpo" or np.isnan(line[all_prices]).all()


@pytest.mark.parametrize("rule", ["skip", "reset", "propagate"])
@pytest.mark.parametrize("name", RECURSIVE)
def test_a_recursive_indicator_follows_the_rule_for_gaps(name, rule):
    """As the plain twin does on the bars that the rule takes for neighbours; NaN at the gaps."""
    function, twin, needed = RECURSIVE[name]
    tables = with_gaps([PRICES[price] for price in needed])
    result = lines(function(*tables, **SHORT[name], nan=rule))
    for asset in range(5):
        columns = [table.iloc[:, asset].to_numpy() for table in tables]
        same(tuple(line[:, asset] for line in result), by_rule(twin, columns, rule, SHORT[name]))


@pytest.mark.parametrize("seed", ["first", "talib"])
@pytest.mark.parametrize("name", ["macd", "ppo", "trix", "tsi", "rsi", "stochrsi"])
def test_other_seeds_equal_their_twins(name, seed):
    """With gaps too, and the lookback says where they start."""
    if seed == "talib" and name not in ("macd", "ppo"):
        seed = "first"
    function, twin, needed = RECURSIVE[name]
    parameters = {**SHORT[name], "seed": seed}
    tables = with_gaps([PRICES[price] for price in needed])
    result = lines(function(*tables, **parameters))
    for asset in range(5):
        columns = [table.iloc[:, asset].to_numpy() for table in tables]
        same(tuple(line[:, asset] for line in result), by_rule(twin, columns, "skip", parameters))
    first = lines(function(PRICES["close"]["A4"], **parameters))[0]
    assert np.flatnonzero(~np.isnan(first))[0] == function.lookback(**parameters)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(1, 6)), min_size=1, max_size=40),
    st.sampled_from(["skip", "reset", "propagate"]),
    st.sampled_from(sorted(RECURSIVE)),
)
def test_any_gaps_and_ties_follow_the_rule(drawn, rule, name):
    """Small whole prices: every kind of standstill."""
    function, twin, needed = RECURSIVE[name]
    close = np.array([np.nan if value is None else float(value) for value in drawn])
    tables = [close + shift for shift, _ in zip((1.0, -0.5, 0.0), needed, strict=False)]
    if len(needed) == 1:
        tables = [close]
    if np.isnan(close).all():
        assert all(np.isnan(line).all() for line in lines(function(*tables, **SHORT[name], nan=rule)))
        return
    same(function(*tables, **SHORT[name], nan=rule), by_rule(twin, tables, rule, SHORT[name]))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 70), st.integers(1, 9), st.integers(1, 9))
def test_windows_of_any_size_equal_the_twin(window, smooth, signal):
    """As they are put together from pieces: every pattern of binary digits; longer than the data gives NaN."""
    for name in ("stochastic", "cci", "williams_r"):
        function, twin, needed = WINDOWED[name]
        parameters = {"window": window}
        if name == "stochastic":
            parameters |= {"smooth": smooth, "signal": signal}
        tables = [PRICES[price]["A4"].to_numpy()[:80] for price in needed]
        expected = twin(*(table.tolist() for table in tables), **parameters)
        same(function(*tables, **parameters), expected)


@settings(max_examples=20, deadline=None)
@given(st.tuples(st.integers(1, 12), st.integers(0, 12), st.integers(0, 20)))
def test_the_ultimate_oscillator_takes_any_rising_windows(steps):
    """Doubled ones, for which sums are reused, and others."""
    short, medium, long = steps[0], steps[0] + steps[1], steps[0] + steps[1] + steps[2]
    function, twin, needed = WINDOWED["ultimate_oscillator"]
    tables = [PRICES[price]["A4"].to_numpy() for price in needed]
    same(
        function(*tables, short, medium, long),
        twin(*(table.tolist() for table in tables), short, medium, long),
    )


def test_long_histories_are_cut_without_a_seam():
    """More bars than a stretch of the cache holds, against the twin."""
    long = bars(n_observations=2300, n_assets=1)
    for name in ("stochastic", "cci", "ultimate_oscillator", "williams_r"):
        function, twin, needed = WINDOWED[name]
        tables = [long[price]["A0"].to_numpy() for price in needed]
        same(function(*tables), twin(*(table.tolist() for table in tables)))
