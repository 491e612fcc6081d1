"""The door of indicators: tables in, the same kind of table out, and what an indicator says of itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.technical._columns import as_columns, as_same_columns
from maos_nb.analytics.technical._indicator import as_nan_rule, indicator, lookback
from maos_nb.errors import InputError

DAYS = pd.bdate_range("2024-01-01", periods=3, name="day")


def frame(**options):
    """Two assets over three days."""
    return pd.DataFrame({"AA": [1.0, 2.0, np.nan], "BB": [4.0, 5.0, 6.0]}, index=DAYS, **options)


class TestTables:
    def test_a_frame_comes_back_with_its_labels(self):
        """And with their names."""
        given = frame().rename_axis(columns="asset")
        columns = as_columns("x", given)
        np.testing.assert_array_equal(columns.array, [[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]])
        pd.testing.assert_frame_equal(columns.restore(2 * columns.array), 2 * given)

    def test_a_series_comes_back_with_its_name(self):
        """Whatever it is."""
        for name in ("AA", None, ("a", 1)):
            given = frame()["BB"].rename(name)
            columns = as_columns("x", given)
            assert columns.shape == (1, 3)
            pd.testing.assert_series_equal(columns.restore(-columns.array), -given)

    def test_arrays_come_back_as_arrays(self):
        """Of one dimension or two, and lists as arrays."""
        for given in (np.arange(3.0), np.arange(6.0).reshape(3, 2), [1, 2, 3], [[1, 2]], np.empty((0, 2))):
            columns = as_columns("x", given)
            np.testing.assert_array_equal(columns.restore(columns.array), np.asarray(given))

    def test_nothing_is_copied_of_a_frame_of_floats(self):
        """Neither on the way in nor on the way out."""
        given = pd.DataFrame(np.arange(6.0).reshape(2, 3).T.copy(order="F"), index=DAYS)
        columns = as_columns("x", given)
        assert np.shares_memory(columns.array, given.to_numpy())
        assert columns.array.flags.c_contiguous
        result = columns.empty()
        assert np.shares_memory(columns.restore(result).to_numpy(), result)

    def test_kernels_see_one_kind_of_array_whatever_came(self):
        """What pandas marks as read-only would be compiled for a second time."""
        locked = np.arange(3.0)
        locked.flags.writeable = False
        for given in (frame(), frame()["AA"], locked, [1, 2]):
            array = as_columns("x", given).array
            assert array.flags.writeable
            assert array.flags.c_contiguous
            assert array.dtype == np.float64
        assert not locked.flags.writeable

    def test_a_view_keeps_its_memory(self):
        """After the table is gone."""
        array = as_columns("x", pd.Series(np.full(10_000, 7.0))).array
        np.full(10_000, 1.0)
        assert (array == 7.0).all()

    @pytest.mark.parametrize("dtype", ["int64", "Int64", "Float64", "float32", "uint8"])
    def test_every_kind_of_number_is_taken(self, dtype):
        """Those of pandas too."""
        given = pd.DataFrame({"AA": [1, 2], "BB": [3, 4]}, dtype=dtype)
        assert as_columns("x", given).array.tolist() == [[1.0, 2.0], [3.0, 4.0]]
        assert as_columns("x", given["BB"]).array.tolist() == [[3.0, 4.0]]

    def test_missing_values_of_pandas_are_gaps(self):
        """pd.NA becomes NaN."""
        given = pd.Series([1, None, 3], dtype="Int64")
        np.testing.assert_array_equal(as_columns("x", given).array, [[1.0, np.nan, 3.0]])

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ("12", "x: expected numbers"),
            (pd.Series(["1", "2"]), "x: expected numbers, got str"),
            (frame().assign(CC="a"), "x: expected numbers, got str"),
            (np.zeros((2, 2, 2)), r"x: expected one or two dimensions, .* got shape \(2, 2, 2\)"),
            (3.0, r"x: expected one or two dimensions, .* got shape \(\)"),
            ([True, False], "x: expected numbers, got bool"),
            (frame().replace(5.0, np.inf), "got inf at row 2024-01-02, column 'BB'.*Put NaN"),
            (frame()["BB"].replace(5.0, -np.inf), "got -inf at row 2024-01-02"),
            ([[1.0, 2.0], [3.0, np.inf]], "got inf at row 1, column 1"),
            ([1.0, np.nan, np.inf], "got inf at row 2"),
            (
                frame()[::-1],
                "x: expected rows in the order of time, each once, but row 1 is 2024-01-02, after",
            ),
            (frame().set_axis(DAYS[[0, 1, 1]]), "row 2 is 2024-01-02, as the one before"),
            (frame().set_axis(DAYS.to_period("D")[[0, 2, 1]]), "row 2 is 2024-01-02, after 2024-01-03"),
        ],
    )
    def test_what_is_no_table_of_observations_is_refused(self, given, message):
        """The message names the argument and the place."""
        with pytest.raises(InputError, match=message):
            as_columns("x", given)

    def test_labels_that_are_no_dates_may_be_in_any_order(self):
        """What they mean is the caller's."""
        assert as_columns("x", pd.Series([1.0, 2.0], index=["b", "a"])).shape == (1, 2)

    def test_several_tables_share_their_labels(self):
        """Equal ones, not only the same object; the names of Series may differ."""
        high, low = as_same_columns(high=frame(), low=frame() - 1)
        assert high.shape == low.shape == (2, 3)
        as_same_columns(high=frame()["AA"], low=frame()["BB"])

    @pytest.mark.parametrize(
        ("low", "message"),
        [
            (frame()["AA"], r"high and low: .* got a frame \(3, 2\) and a series \(3, 1\)"),
            (frame().to_numpy(), "a frame .* and a matrix"),
            (frame()[["BB", "AA"]], "expected the same columns, column 0 is AA and BB"),
            (frame().set_axis(DAYS + pd.offsets.Day(7)), "expected the same rows, row 0 is"),
        ],
    )
    def test_several_tables_that_differ_are_refused(self, low, message):
        """The message says in what."""
        with pytest.raises(InputError, match=message):
            as_same_columns(high=frame(), low=low)


@indicator(lambda window, lag: window + lag - 1)
def example(x, window, *, lag=0, nan="skip"):
    """Do nothing."""
    return x


class TestWhatAnIndicatorSays:
    def test_lookback_follows_its_parameters(self):
        """By its method and by the function."""
        assert example.lookback(window=5) == 4
        assert lookback(example, window=5, lag=2) == 6
        assert example([1.0], 3) == [1.0]

    def test_a_parameter_without_a_default_is_needed(self):
        """The message names it and the indicator."""
        with pytest.raises(InputError, match="window: expected a value, as example has no default"):
            example.lookback(lag=2)

    def test_parameters_that_are_not_there_are_refused(self):
        """The message lists those there are."""
        with pytest.raises(InputError, match="there is no 'windows', there is window, lag, nan"):
            example.lookback(windows=3)

    def test_what_is_no_indicator_is_refused(self):
        """Any other function."""
        with pytest.raises(InputError, match="function: expected an indicator"):
            lookback(len)

    def test_rules_for_gaps_have_numbers(self):
        """Three of them."""
        assert [as_nan_rule(rule) for rule in ("skip", "reset", "propagate")] == [0, 1, 2]
        with pytest.raises(InputError, match="nan: expected 'skip' or 'reset' or 'propagate', got 'drop'"):
            as_nan_rule("drop")
