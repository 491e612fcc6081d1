"""Data tables: figures, the base case in the centre, shapes, chunks and refusals."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models_sensitivity import (
    COMPANY,
    OPTION,
    PATH,
    PERPETUITY,
    alone,
    black_scholes_call,
    company,
    perpetuity,
    with_path,
)

from maos_nb.analytics import dcf
from maos_nb.analytics._sensitivity_table import _boxes
from maos_nb.analytics.sensitivity import data_table
from maos_nb.errors import InputError

GROWTH = np.linspace(0.0, 0.10, 11)
WACC = np.linspace(0.07, 0.12, 6)


def loop_company(revenue, growth, margin, wacc, terminal_growth):
    """The company in plain floats, one cell at a time."""
    value, factor, flow = 0.0, 1.0, 0.0
    for _ in range(5):
        before, revenue = revenue, revenue * (1 + growth)
        ebit = revenue * margin
        flow = ebit - max(ebit, 0.0) * 0.25 - (revenue - before) / 2.0
        factor /= 1 + wacc
        value += flow * factor
    return value + flow * (1 + terminal_growth) / (wacc - terminal_growth) * factor


class TestFigures:
    def test_the_reference_valuation_in_a_table(self):
        """Flow 100 growing 5% for 5 years, WACC 10%, terminal growth 2%: 1446.2118900 (project reference)."""

        def value(growth, wacc):
            flows = 100 * (1 + growth[:, None]) ** np.arange(1, 6)
            return dcf.dcf(flows, wacc, terminal_growth=0.02).enterprise_value

        table = data_table(
            value, {"growth": 0.05, "wacc": 0.10}, {"growth": [0.04, 0.05], "wacc": [0.10, 0.11]}
        )
        assert table.base_value == pytest.approx(1446.2118900, abs=5e-8)
        assert table.results[1, 0] == table.base_value

    def test_black_scholes_over_spot(self):
        """Hull: S 42, K 40, r 10%, sigma 20%, half a year gives a call of 4.7594224 (project reference)."""
        table = data_table(black_scholes_call, OPTION, {"spot": [40.0, 42.0, 44.0]})
        assert table.results[1] == pytest.approx(4.7594224, abs=5e-8)

    def test_every_cell_equals_a_plain_loop(self):
        """An independent DCF in floats."""
        table = data_table(company, COMPANY, {"growth": GROWTH, "wacc": WACC})
        expected = [[loop_company(**{**COMPANY, "growth": g, "wacc": w}) for w in WACC] for g in GROWTH]
        np.testing.assert_allclose(table.results, expected, rtol=1e-13)

    def test_every_cell_equals_a_call_of_its_own(self):
        """Three ways, bit for bit."""
        vary = {"growth": GROWTH, "wacc": WACC, "margin": [0.1, 0.2, 0.3, 0.4]}
        table = data_table(company, COMPANY, vary)
        assert table.results.shape == (11, 6, 4)
        for place in np.ndindex(table.results.shape):
            cell = {name: axis[i] for name, axis, i in zip(vary, table.axes, place, strict=True)}
            assert table.results[place] == alone(company, COMPANY, **cell)


class TestTheBaseCase:
    def test_its_cell_is_the_base_value_bit_for_bit(self):
        """Growth 5% lies in the middle, WACC 9% on the third place."""
        table = data_table(company, COMPANY, {"growth": GROWTH, "wacc": WACC})
        assert table.base_position == (5, 2)
        assert table.results[table.base_position] == table.base_value == alone(company, COMPANY)

    @given(
        st.floats(0.001, 0.3),
        st.floats(1e-4, 0.02),
        st.integers(1, 60),
        st.sampled_from(["linspace", "arange"]),
    )
    def test_an_axis_built_around_the_base_hits_it(self, centre, spacing, half, how):
        """Both linspace and arange miss the centre by rounding; the table does not."""
        if how == "linspace":
            axis = np.linspace(centre - half * spacing, centre + half * spacing, 2 * half + 1)
        else:
            axis = centre - half * spacing + spacing * np.arange(2 * half + 1)
        table = data_table(lambda x: 1 / (1 + x**2), {"x": centre}, {"x": axis})
        assert table.base_position == (half,)
        assert table.axes[0][half] == centre
        assert table.results[half] == table.base_value == alone(lambda x: 1 / (1 + x**2), {"x": centre})

    def test_a_base_of_zero_is_hit_too(self):
        """np.linspace(-0.3, 0.3, 7) has 5.6e-17 in its middle on some machines."""
        axis = np.array([-0.1, 5.6e-17, 0.1])
        table = data_table(lambda x: x, {"x": 0.0}, {"x": axis})
        assert table.axes[0][1] == 0.0

    def test_values_that_are_meant_to_be_close_stay_apart(self):
        """Two values within the tolerance are no accident of rounding."""
        axis = np.array([1.0 + 1e-14, 1.0 + 2e-14, 2.0])
        table = data_table(lambda x: x, {"x": 1.0}, {"x": axis})
        assert table.base_position is None
        np.testing.assert_array_equal(table.axes[0], axis)

    def test_off_the_axis_there_is_no_position(self):
        """The base value is still given."""
        table = data_table(perpetuity, PERPETUITY, {"wacc": [0.08, 0.12]})
        assert table.base_position is None
        assert table.base_value == 1250.0

    def test_a_base_value_that_occurs_twice_gives_two_equal_cells(self):
        """The position is the first."""
        table = data_table(perpetuity, PERPETUITY, {"wacc": [0.08, 0.10, 0.10]})
        assert table.base_position == (1,)
        assert table.results[1] == table.results[2] == table.base_value

    def test_rounding_of_matrix_products_does_not_reach_the_centre(self):
        """BLAS adds in another order for other numbers of rows; the centre is the base value all the same."""
        weights = np.random.default_rng(1).normal(size=100)

        def model(x):
            return (np.exp(x)[:, None] * np.linspace(0, 1, 100)) @ weights

        table = data_table(model, {"x": 0.3}, {"x": np.linspace(0, 0.6, 7)})
        assert table.results[3] == table.base_value == alone(model, {"x": 0.3})


class TestShapes:
    def test_the_order_of_the_mapping_is_the_order_of_the_axes(self):
        """Exchanging two drivers transposes the table."""
        table = data_table(company, COMPANY, {"growth": GROWTH, "wacc": WACC})
        other = data_table(company, COMPANY, {"wacc": WACC, "growth": GROWTH})
        assert (table.names, other.names) == (("growth", "wacc"), ("wacc", "growth"))
        np.testing.assert_array_equal(table.results, other.results.T)

    @given(st.permutations(range(6)))
    def test_permuted_values_give_permuted_results(self, order):
        """Each cell depends on its own inputs only."""
        straight = data_table(company, COMPANY, {"wacc": WACC}).results
        np.testing.assert_array_equal(
            data_table(company, COMPANY, {"wacc": WACC[order]}).results, straight[order]
        )

    @given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(1, 200))
    def test_results_do_not_depend_on_the_chunks(self, sizes, rows):
        """One to five ways, cut anywhere, flat and open."""

        def model(**drivers):
            total = 1.0
            for driver in drivers.values():
                total = total * (1.1 + driver) / 3
            return total

        vary = {f"d{i}": np.arange(size) / 7 for i, size in enumerate(sizes)}
        base = dict.fromkeys(vary, 0.25) | {"other": 0.5}
        whole = data_table(model, base, vary)
        assert whole.results.shape == tuple(sizes)
        for options in (
            {"rows_per_call": rows},
            {"open_grid": True},
            {"open_grid": True, "rows_per_call": rows},
        ):
            cut = data_table(model, base, vary, **options)
            np.testing.assert_array_equal(cut.results, whole.results)

    @given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(1, 300))
    def test_boxes_cover_each_cell_once_within_their_limit(self, sizes, rows):
        """No cell is left out or done twice, and no box is larger than allowed."""
        seen = np.zeros(sizes, dtype=int)
        for box in _boxes(tuple(sizes), rows):
            seen[box] += 1
            assert seen[box].size <= rows
        assert (seen == 1).all()

    def test_as_few_calls_as_the_chunks_allow(self):
        """The base case, the check of the corners, and one call per full chunk."""
        lengths = []

        def model(x, y):
            lengths.append(x.size)
            return x * y

        data_table(
            model, {"x": 1.0, "y": 2.0}, {"x": np.arange(10.0), "y": np.arange(30.0)}, rows_per_call=100
        )
        assert lengths == [1, 60, 90, 90, 60, 6]

    def test_one_value_one_way(self):
        """The smallest table."""
        table = data_table(perpetuity, PERPETUITY, {"wacc": [0.08]})
        assert table.results.shape == (1,)

    def test_a_path_in_the_base_arrives_with_a_leading_axis(self):
        """Growth (5,) is passed as (n, 5), and each row is the base path."""
        table = data_table(with_path, PATH, {"wacc": WACC})
        for i, wacc in enumerate(WACC):
            assert table.results[i] == alone(with_path, PATH, wacc=wacc)
        assert table.base_position == (2,)

    def test_paths_can_be_varied(self):
        """An axis of growth paths, the base path among them; on an open grid too."""
        paths = [[0.0] * 5, PATH["growth"], [0.2, 0.1, 0.05, 0.04, 0.03]]
        for open_grid in (False, True):
            table = data_table(with_path, PATH, {"growth": paths, "wacc": WACC}, open_grid=open_grid)
            assert table.base_position == (1, 2)
            assert table.axes[0].shape == (3, 5)
            for i, j in itertools.product(range(3), range(6)):
                assert table.results[i, j] == alone(with_path, PATH, growth=paths[i], wacc=WACC[j])

    @pytest.mark.parametrize(("open_grid", "most"), [(False, 16_384), (True, 65_536)])
    def test_no_call_is_larger_than_promised(self, open_grid, most):
        """Memory stays bounded however large a table is."""
        sizes = []

        def model(x, y):
            result = x * y
            sizes.append(result.size)
            return result

        vary = {"x": np.arange(500.0), "y": np.arange(700.0)}
        table = data_table(model, {"x": 1.0, "y": 2.0}, vary, open_grid=open_grid)
        assert most / 2 < max(sizes) <= most
        np.testing.assert_array_equal(table.results, np.outer(vary["x"], vary["y"]))

    def test_long_paths_are_sent_in_shorter_chunks(self):
        """Memory stays bounded however long a path is."""
        longest = 0

        def model(path, x):
            nonlocal longest
            longest = max(longest, path.shape[0])
            return path[:, 0] * x

        data_table(model, {"path": np.ones(10_000), "x": 1.0}, {"x": np.arange(1000.0)})
        assert longest <= 256


class TestNaN:
    def test_cells_without_a_value_are_nan_and_counted(self):
        """A WACC at or below the growth has no value in dcf."""
        table = data_table(company, COMPANY, {"wacc": [0.01, 0.02, 0.09]})
        assert np.isnan(table.results[:2]).all()
        assert table.results[2] == table.base_value
        assert table.n_not_finite == 2

    def test_a_missing_base_value_makes_all_nan(self):
        """Missing input gives NaN, never a silent zero."""
        table = data_table(company, {**COMPANY, "margin": np.nan}, {"wacc": WACC})
        assert np.isnan(table.results).all()
        assert np.isnan(table.base_value)
        assert table.n_not_finite == 6

    def test_a_missing_value_on_an_axis_stays_in_its_row(self):
        """NaN on an axis is no accident to hide."""
        table = data_table(perpetuity, PERPETUITY, {"wacc": [np.nan, 0.10]})
        np.testing.assert_array_equal(table.results, [np.nan, 1250.0])

    def test_infinite_results_are_counted(self):
        """A spread of zero; the model says how it divides."""

        def model(flow, growth, wacc):
            with np.errstate(divide="ignore"):
                return flow / (wacc - growth)

        table = data_table(model, PERPETUITY, {"wacc": [0.02, 0.10]})
        np.testing.assert_array_equal(table.results, [np.inf, 1250.0])
        assert table.n_not_finite == 1


class TestTheRecord:
    def test_one_way_frame(self):
        """One column, labelled by the driver's values."""
        frame = data_table(perpetuity, PERPETUITY, {"wacc": [0.08, 0.10]}).to_frame()
        assert frame.index.name == "wacc"
        assert frame["value"].tolist() == pytest.approx([100 / 0.06, 1250.0])

    def test_two_way_frame(self):
        """The first driver down, the second across."""
        table = data_table(perpetuity, PERPETUITY, {"growth": [0.01, 0.02], "wacc": [0.09, 0.10, 0.11]})
        frame = table.to_frame()
        assert (frame.index.name, frame.columns.name, frame.shape) == ("growth", "wacc", (2, 3))
        assert frame.loc[0.02, 0.10] == table.base_value

    def test_three_way_frame(self):
        """All but the last driver down."""
        table = data_table(
            perpetuity,
            PERPETUITY,
            {"flow": [90.0, 100.0], "growth": [0.01, 0.02], "wacc": [0.09, 0.10, 0.11]},
        )
        frame = table.to_frame()
        assert frame.shape == (4, 3)
        assert frame.loc[(100.0, 0.02), 0.10] == table.base_value

    def test_paths_are_labelled_by_position(self):
        """A path is no label."""
        frame = data_table(with_path, PATH, {"growth": [PATH["growth"], [0.0] * 5]}).to_frame()
        assert frame.index.tolist() == [0, 1]

    def test_it_is_short_read_only_and_travels(self):
        """A repr of one line without addresses, arrays that cannot be written to, a copy by pickle."""
        table = data_table(perpetuity, PERPETUITY, {"growth": [0.01, 0.02], "wacc": [0.09, 0.10, 0.11]})
        assert repr(table) == (
            "DataTable(growth (2) x wacc (3): 1,000.00 to 1,428.57 (2, 3), base_value=1,250.00)"
        )
        with pytest.raises(ValueError, match="read-only"):
            table.results[0, 0] = 1.0
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(table)).results, table.results)  # noqa: S301  # our own bytes

    def test_the_callers_arrays_are_left_alone(self):
        """Snapping an axis to the base works on a copy."""
        axis, path = np.array([0.1 + 1e-16, 0.3]), np.ones(3)
        kept = axis.copy()
        data_table(lambda x, path: x, {"x": 0.1, "path": path}, {"x": axis})
        np.testing.assert_array_equal(axis, kept)
        path[0] = 2.0


class TestRefusals:
    @pytest.mark.parametrize(
        ("base", "vary", "message"),
        [
            ({}, {"x": [1.0]}, "base: expected a dictionary of driver names and values, got an empty one"),
            ([1.0], {"x": [1.0]}, "base: expected a dictionary"),
            ({1: 1.0}, {1: [1.0]}, "base: expected names of drivers as text, got 1"),
            ({"x": "5%"}, {"x": [1.0]}, r'base\["x"\]: expected numbers.*functools.partial'),
            ({"x": True}, {"x": [1.0]}, r'base\["x"\]: expected numbers'),
            ({"x": []}, {"x": [1.0]}, r'base\["x"\]: expected a number or a path, got shape \(0,\)'),
            ({"x": 1.0}, {}, "vary: expected a dictionary by driver, got an empty one"),
            ({"x": 1.0}, [1.0], "vary: expected a dictionary by driver, got list"),
            ({"x": 1.0}, {"y": [1.0]}, r"vary: expected names of drivers in base \(x\), got 'y'"),
            (
                {"x": 1.0},
                {"x": 1.0},
                r'vary\["x"\]: expected values of shape \(n_values,\), .* got shape \(\)',
            ),
            ({"x": 1.0}, {"x": []}, r'vary\["x"\]: expected values .* at least one, got shape \(0,\)'),
            ({"x": 1.0}, {"x": [[1.0]]}, r"got shape \(1, 1\)"),
            ({"x": 1.0}, {"x": ["a"]}, r'vary\["x"\]: expected numbers'),
            ({"x": [1.0, 2.0]}, {"x": [1.0, 2.0]}, r"expected values of shape \(n_values, 2\)"),
        ],
    )
    def test_unusable_input_is_named(self, base, vary, message):
        """Every refusal names the argument, what came and what was expected."""
        with pytest.raises(InputError, match=message):
            data_table(lambda x: x, base, vary)

    def test_a_table_that_fits_into_no_memory_is_refused(self):
        """Eight drivers with a hundred values each; seventy drivers."""
        many = {name: np.arange(100.0) for name in "abcdefgh"}
        with pytest.raises(InputError, match="vary: expected a table that fits into memory, got 100 x 100"):
            data_table(lambda **drivers: drivers["a"], dict.fromkeys(many, 0.0), many)
        wide = {f"d{i}": [1.0] for i in range(70)}
        with pytest.raises(InputError, match="vary: expected a table that fits into memory"):
            data_table(lambda **drivers: drivers["d0"], dict.fromkeys(wide, 0.0), wide)

    @pytest.mark.parametrize("rows", [0, -1, 1.5, "all", True])
    def test_rows_per_call_is_a_whole_number(self, rows):
        """At least one row at a time."""
        with pytest.raises(InputError, match="rows_per_call: expected"):
            data_table(lambda x: x, {"x": 1.0}, {"x": [1.0]}, rows_per_call=rows)
