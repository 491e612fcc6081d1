"""What all indicators of trend and volatility have in common: labels, lookback, causality, gaps, degenerate input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bars_technical import RECURSIVE, WINDOWED, bars, frames

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.analytics.technical.volatility import choppiness, true_range
from maos_nb.errors import InputError

EVERY = [*RECURSIVE, *WINDOWED]


def same(found, expected):
    """Compare lines to the last bit."""
    for line, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(line), np.asarray(wanted))


def with_gaps(tables, places):
    """Take out some prices, ``(name, row, column)``."""
    holed = {name: table.copy() for name, table in tables.items()}
    for name, row, column in places:
        holed[name][row, column] = np.nan
    return holed


def some_gaps(tables, names):
    """Make gaps of every shape: at the start, alone, in a row, in one price only, at the end, everywhere."""
    last = len(tables["close"]) - 1
    first, other = names[0], names[-1]
    places = [(first, 0, 1), (first, 20, 2), (other, 20, 3), (other, last, 4)]
    places += [(first, row, 5) for row in range(12)]
    places += [(name, row, 6) for row in (15, 16, 17, 30) for name in names]
    places += [(other, row, 7) for row in range(last + 1)]
    return with_gaps(tables, places)


@pytest.mark.parametrize("case", EVERY, ids=str)
class TestEvery:
    def test_the_value_at_the_lookback_is_the_first(self, case):
        """Of the line that is last to begin, in every column."""
        place = case.function.lookback(**case.parameters)
        known = [np.isfinite(line) for line in case(bars())]
        assert np.logical_and.reduce(known)[place:].all()
        assert not np.logical_and.reduce(known)[:place].any()

    def test_nothing_looks_ahead(self, case):
        """Of panels with gaps too."""
        tables = bars(n_assets=9)
        for given in (tables, some_gaps(tables, case.names)):
            assert_causal(case.function, *(given[name] for name in case.names), **case.parameters)

    def test_labels_are_kept(self, case):
        """A DataFrame and a Series come back as such, with the numbers of arrays."""
        tables = frames(bars())
        plain = case(bars())
        for line, wanted in zip(case(tables), plain, strict=True):
            pd.testing.assert_frame_equal(
                line, pd.DataFrame(wanted, index=tables["close"].index, columns=tables["close"].columns)
            )
        single = {name: table["asset 3"] for name, table in tables.items()}
        for line, wanted in zip(case(single), plain, strict=True):
            pd.testing.assert_series_equal(
                line, pd.Series(wanted[:, 3], index=tables["close"].index, name="asset 3")
            )

    def test_a_panel_equals_its_columns(self, case):
        """To the last bit, with gaps: nine assets, of which one is left over from lockstep."""
        tables = some_gaps(bars(), case.names)
        whole = case(tables)
        for column in range(9):
            alone = case({name: table[:, column] for name, table in tables.items()})
            same(alone, [line[:, column] for line in whole])

    def test_permuted_columns_give_permuted_results(self, case):
        """To the last bit."""
        order = np.random.default_rng(1).permutation(9)
        tables = some_gaps(bars(), case.names)
        same(
            case({name: table[:, order] for name, table in tables.items()}),
            [line[:, order] for line in case(tables)],
        )

    def test_a_record_does_as_well_as_tables(self, case):
        """One `Ohlcv` in place of the prices; indicators of closes alone take those."""
        if case.names == ("close",):
            with pytest.raises(InputError):
                case.function("closes", **case.parameters)
            return
        tables = bars()
        made = case.function(Ohlcv(**tables), **case.parameters)
        same(made if isinstance(made, tuple) else (made,), case(tables))

    @pytest.mark.parametrize("n_bars", [0, 1, 2])
    def test_hardly_any_bars_are_no_reason_to_fail(self, case, n_bars):
        """None, one and two rows, in the right shape."""
        tables = {name: table[:n_bars] for name, table in bars().items()}
        for line, wanted in zip(case(tables), case(bars()), strict=True):
            np.testing.assert_allclose(line, wanted[:n_bars], rtol=1e-14)
            assert line.shape == (n_bars, 9)

    def test_whole_numbers_do(self, case):
        """Integer prices give what the same floats give."""
        tables = {name: np.rint(table * 100).astype(np.int64) for name, table in bars().items()}
        same(case(tables), case({name: table.astype(float) for name, table in tables.items()}))

    def test_prices_are_left_as_they_were(self, case):
        """Neither input nor later calls change."""
        tables = bars()
        before = {name: table.copy() for name, table in tables.items()}
        for line in case(tables):
            line[...] = 0.0
        for name, table in tables.items():
            np.testing.assert_array_equal(table, before[name])

    def test_numba_is_not_needed(self, case, monkeypatch):
        """The same source runs as it stands, with the same results to rounding."""
        tables = some_gaps(bars(n_bars=32), case.names)
        compiled = case(tables)
        monkeypatch.setattr(_kernels, "_numba", lambda: None)
        for line, wanted in zip(case(tables), compiled, strict=True):
            np.testing.assert_allclose(line, wanted, rtol=1e-12)

    def test_infinite_prices_are_refused(self, case):
        """The message says where."""
        tables = bars()
        tables[case.names[0]][7, 2] = np.inf
        with pytest.raises(InputError, match="finite"):
            case(tables)

    def test_flat_prices_give_nothing_infinite(self, case):
        """A constant is known, or there is nothing to know: NaN."""
        flat = dict.fromkeys(("open", "high", "low", "close"), np.full((40, 5), 0.1))
        for line in case(flat):
            assert not np.isinf(line).any()

    def test_parameters_are_checked(self, case):
        """A window of 0, a fraction, and an unknown name."""
        tables = bars()
        for name, value in case.parameters.items():
            bad = "elsewhere" if isinstance(value, str) else 0.5 if isinstance(value, int) else 0.0
            if isinstance(value, bool):
                continue
            given = {**case.parameters, name: bad}
            with pytest.raises(InputError, match=name):
                case.function(*(tables[each] for each in case.names), **given)


@pytest.mark.parametrize("case", RECURSIVE, ids=str)
class TestRecursive:
    def columns(self, case):
        """Give each column of a panel with gaps, and where its bars are whole."""
        tables = some_gaps(bars(), case.names)
        for column in range(9):
            single = {name: tables[name][:, column] for name in case.names}
            yield column, single, ~np.isnan(list(single.values())).any(axis=0)

    def test_skip_goes_on_as_if_the_bar_had_not_been(self, case):
        """What it gives of the other bars alone, and NaN at the gap."""
        whole = case(some_gaps(bars(), case.names), nan="skip")
        for column, single, there in self.columns(case):
            kept = case({name: table[there] for name, table in single.items()})
            for line, wanted in zip(whole, kept, strict=True):
                assert np.isnan(line[~there, column]).all()
                np.testing.assert_array_equal(line[there, column], wanted)

    def test_reset_starts_anew_after_a_gap(self, case):
        """What it gives of each stretch alone."""
        whole = case(some_gaps(bars(), case.names), nan="reset")
        for column, single, there in self.columns(case):
            expected = [np.full(60, np.nan) for _ in whole]
            edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]])))
            for start, stop in edges.reshape(-1, 2):
                for line, part in zip(
                    expected, case({n: t[start:stop] for n, t in single.items()}), strict=True
                ):
                    line[start:stop] = part
            same([line[:, column] for line in whole], expected)

    def test_propagate_ends_at_a_gap(self, case):
        """Bars missing before the first one are no gap."""
        whole = case(some_gaps(bars(), case.names), nan="propagate")
        for column, single, there in self.columns(case):
            start = int(np.argmax(there)) if there.any() else 60
            gap = start + int(np.argmin(np.append(there[start:], False)))
            expected = [np.full(60, np.nan) for _ in whole]
            for line, part in zip(expected, case({n: t[start:gap] for n, t in single.items()}), strict=True):
                line[start:gap] = part
            same([line[:, column] for line in whole], expected)

    def test_other_rules_are_refused(self, case):
        """The message lists those that there are."""
        with pytest.raises(InputError, match="'skip' or 'reset' or 'propagate'"):
            case(bars(), nan="drop")


@pytest.mark.parametrize("case", WINDOWED, ids=str)
class TestWindowed:
    def test_a_gap_is_felt_only_inside_the_window(self, case):
        """A bar missing at row 20: everything as before, but for that bar and as many as the lookback.

        And one more where the very first true range of all makes do without the close that the others need.
        """
        tables = bars()
        holed = with_gaps(tables, [(name, 20, column) for name in case.names for column in range(9)])
        reach = case.function.lookback(**case.parameters)
        if case.function in (choppiness, true_range) and "seed" not in case.parameters:
            reach += 1
        for line, whole in zip(case(holed), case(tables), strict=True):
            changed = ~np.isclose(line, whole, rtol=1e-12, atol=0, equal_nan=True)
            rows = np.flatnonzero(changed.any(axis=1))
            assert np.isnan(line[rows]).all()
            assert rows.min() >= 20
            assert rows.max() <= 20 + reach

    def test_a_huge_price_is_forgotten_when_it_leaves(self, case):
        """A bar at 1e12 leaves no rounding error behind."""
        tables = bars()
        shocked = {name: table.copy() for name, table in tables.items()}
        for table in shocked.values():
            table[20] = 1e12
        place = case.function.lookback(**case.parameters)
        for line, whole in zip(case(shocked), case(tables), strict=True):
            np.testing.assert_allclose(line[22 + place :], whole[22 + place :], rtol=1e-13)
