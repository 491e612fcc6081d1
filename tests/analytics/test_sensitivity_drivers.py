"""Tornado and spider: plain loops, order, closed forms and refusals."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models_sensitivity import (
    COMPANY,
    PATH,
    PERPETUITY,
    alone,
    company,
    perpetuity,
    with_path,
)

from maos_nb.analytics.sensitivity import spider, tornado
from maos_nb.errors import InputError

RANGES = {
    "growth": (0.03, 0.08),
    "wacc": (0.08, 0.10),
    "margin": (0.18, 0.22),
    "revenue": (1000.0, 1000.0),
}


class TestTornado:
    def test_outputs_equal_single_calls_and_swings_fall(self):
        """Each driver alone, bit for bit; the widest first."""
        found = tornado(company, COMPANY, RANGES)
        for i, name in enumerate(found.names):
            low, high = RANGES[name]
            assert (found.low_input[i], found.high_input[i]) == (low, high)
            assert found.low_output[i] == alone(company, COMPANY, **{name: low})
            assert found.high_output[i] == alone(company, COMPANY, **{name: high})
            assert found.swing[i] == abs(found.high_output[i] - found.low_output[i])
        assert (np.diff(found.swing) <= 0).all()
        assert found.names == ("wacc", "margin", "growth", "revenue")

    def test_an_end_at_the_base_is_the_base_value(self):
        """Revenue is not moved at all."""
        found = tornado(company, COMPANY, RANGES)
        assert found.low_output[-1] == found.high_output[-1] == found.base_value == alone(company, COMPANY)
        assert found.swing[-1] == 0.0

    def test_equal_swings_stay_in_the_order_given(self):
        """The sort is stable."""
        base = dict.fromkeys("abcd", 1.0)

        def model(a, b, c, d):
            return a + b + 2 * c + d

        assert tornado(model, base, dict.fromkeys("dbca", (0.0, 2.0))).names == ("c", "d", "b", "a")

    @given(st.permutations(list(RANGES)))
    def test_the_order_given_changes_nothing_else(self, order):
        """Permuted drivers give the same ranking where swings differ."""
        found = tornado(company, COMPANY, {name: RANGES[name] for name in order})
        assert found.names == ("wacc", "margin", "growth", "revenue")

    def test_relative_ranges(self):
        """Ten per cent down and up of the base value."""
        found = tornado(perpetuity, PERPETUITY, dict.fromkeys(PERPETUITY, (-0.1, 0.1)), relative=True)
        assert found.names == ("wacc", "flow", "growth")
        assert found.low_output[1] == pytest.approx(1125.0, rel=1e-14)
        assert found.high_input[0] == pytest.approx(0.11, rel=1e-14)
        assert found.low_output[0] == pytest.approx(100 / 0.07, rel=1e-14)

    def test_relative_to_a_negative_base(self):
        """The low change of -2 is -1.8, the higher number."""
        found = tornado(lambda x: x, {"x": -2.0}, {"x": (-0.1, 0.1)}, relative=True)
        assert (found.low_input[0], found.high_input[0]) == pytest.approx((-1.8, -2.2))

    def test_paths_move_as_a_whole(self):
        """By a share, or to two paths given."""
        found = tornado(with_path, PATH, {"growth": (-0.1, 0.1)}, relative=True)
        path = np.array(PATH["growth"])
        assert found.low_output[0] == alone(with_path, PATH, growth=path * 0.9)
        given_paths = tornado(with_path, PATH, {"growth": (path - 0.01, path + 0.01)})
        assert given_paths.high_output[0] == alone(with_path, PATH, growth=path + 0.01)
        assert given_paths.to_frame().shape == (1, 5)

    def test_no_value_sorts_last_and_is_counted(self):
        """A WACC below growth has no value; its bar is not taken for a narrow one."""
        found = tornado(
            company, COMPANY, {"wacc": (0.01, 0.10), "margin": (0.1, 0.3), "revenue": (1000.0, 1000.0)}
        )
        assert found.names == ("margin", "revenue", "wacc")
        assert np.isnan(found.swing[-1])
        assert np.isnan(found.low_output[-1])
        assert np.isfinite(found.high_output[-1])
        assert found.n_not_finite == 1

    def test_infinite_ends_are_counted(self):
        """The difference of two infinities is NaN, not an error."""
        found = tornado(lambda x: np.full_like(x, np.inf), {"x": 1.0}, {"x": (0.0, 2.0)})
        assert np.isnan(found.swing[0])
        assert found.n_not_finite == 1

    def test_the_record(self):
        """A frame with a row per driver, a short repr, a copy by pickle."""
        found = tornado(perpetuity, PERPETUITY, {"flow": (90.0, 110.0)})
        assert repr(found) == "Tornado(swing: flow 250; base_value=1,250.00)"
        frame = found.to_frame()
        assert frame.loc["flow"].tolist() == pytest.approx([90.0, 110.0, 1125.0, 1375.0, 250.0])
        assert repr(pickle.loads(pickle.dumps(found))) == repr(found)  # noqa: S301  # our own bytes

    @pytest.mark.parametrize(
        ("ranges", "relative", "message"),
        [
            ({}, False, "ranges: expected a dictionary by driver, got an empty one"),
            ({"wac": (1, 2)}, False, "ranges: expected names of drivers in base .*got 'wac'"),
            (
                {"wacc": 0.1},
                False,
                r'ranges\["wacc"\]: expected a low and a high, shape \(2,\), got shape \(\)',
            ),
            ({"wacc": (0.1, 0.2, 0.3)}, True, r"got shape \(3,\)"),
            ({"wacc": (0.11, 0.09)}, False, "expected the low value first, got 0.11 and 0.09"),
            ({"wacc": ("a", "b")}, False, r'ranges\["wacc"\]: expected numbers'),
        ],
    )
    def test_refusals(self, ranges, relative, message):
        """Every refusal names the argument."""
        with pytest.raises(InputError, match=message):
            tornado(perpetuity, PERPETUITY, ranges, relative=relative)

    def test_a_base_of_zero_cannot_change_by_a_share(self):
        """It would be drawn as harmless without ever having been moved."""
        with pytest.raises(InputError, match=r'base\["growth"\]: expected a value other than zero'):
            tornado(perpetuity, {**PERPETUITY, "growth": 0.0}, {"growth": (-0.1, 0.1)}, relative=True)


class TestSpider:
    CHANGES = np.linspace(-0.2, 0.2, 9)

    def test_outputs_equal_single_calls(self):
        """Every driver at every change, bit for bit."""
        found = spider(company, COMPANY, self.CHANGES)
        assert found.outputs.shape == (5, 9)
        for i, name in enumerate(found.names):
            for j, change in enumerate(self.CHANGES):
                changed = COMPANY[name] * (1 + change)
                assert found.outputs[i, j] == alone(company, COMPANY, **{name: changed})

    def test_all_lines_cross_at_the_base_case(self):
        """At a change of zero each line has the base value, bit for bit."""
        found = spider(company, COMPANY, np.arange(-0.3, 0.31, 0.1))
        assert found.changes[3] == 0.0
        assert (found.outputs[:, 3] == found.base_value).all()

    def test_chunks_do_not_matter(self):
        """One row at a time or all at once."""
        one = spider(company, COMPANY, self.CHANGES, rows_per_call=1)
        np.testing.assert_array_equal(one.outputs, spider(company, COMPANY, self.CHANGES).outputs)

    @given(st.permutations(list(COMPANY)), st.permutations(range(9)))
    def test_permutations(self, drivers, order):
        """Permuted drivers and changes give permuted outputs."""
        straight = spider(company, COMPANY, self.CHANGES)
        found = spider(company, COMPANY, self.CHANGES[order], drivers=drivers)
        rows = [straight.names.index(name) for name in drivers]
        np.testing.assert_array_equal(found.outputs, straight.outputs[np.ix_(rows, order)])

    def test_a_linear_model_gives_straight_lines(self):
        """The flow of a perpetuity scales its value."""
        found = spider(perpetuity, PERPETUITY, self.CHANGES, drivers="flow")
        assert found.names == ("flow",)
        np.testing.assert_allclose(found.outputs[0], 1250.0 * (1 + self.CHANGES), rtol=1e-14)

    def test_paths_move_as_a_whole(self):
        """In proportion."""
        found = spider(with_path, PATH, [0.5], drivers=["growth"])
        assert found.outputs[0, 0] == alone(with_path, PATH, growth=np.array(PATH["growth"]) * 1.5)

    def test_the_record(self):
        """A frame of changes by drivers; what has no value is counted."""
        found = spider(company, COMPANY, [-0.9, 0.0], drivers=["wacc", "margin"])
        assert found.n_not_finite == 1
        frame = found.to_frame()
        assert frame.columns.tolist() == ["wacc", "margin"]
        assert np.isnan(frame.loc[-0.9, "wacc"])
        assert "n_not_finite=1" in repr(found)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"changes": []}, "changes: expected values of shape"),
            ({"changes": 0.1}, "changes: expected values of shape"),
            ({"changes": [[0.1]]}, "changes: expected values of shape"),
            ({"changes": ["a"]}, "changes: expected numbers"),
            ({"changes": [0.1], "drivers": []}, "drivers: expected at least one name"),
            ({"changes": [0.1], "drivers": ["wacc", "wacc"]}, "drivers: expected .* none twice"),
            ({"changes": [0.1], "drivers": 3}, "drivers: expected names of drivers, got int"),
            ({"changes": [0.1], "drivers": [["wacc"]]}, "drivers: expected names of drivers in base"),
            ({"changes": [0.1], "drivers": ["wac"]}, "drivers: expected names of drivers in base"),
            ({"changes": [0.1], "rows_per_call": 0}, "rows_per_call: expected at least 1"),
        ],
    )
    def test_refusals(self, options, message):
        """Every refusal names the argument."""
        with pytest.raises(InputError, match=message):
            spider(perpetuity, PERPETUITY, **options)

    @pytest.mark.parametrize("zero", [0.0, 0.3 - 3 * 0.1])
    def test_a_base_of_zero_is_refused(self, zero):
        """A share of nothing is nothing, and of what rounding left of nothing too."""
        with pytest.raises(InputError, match=r'base\["growth"\]: expected a value other than zero'):
            spider(perpetuity, {**PERPETUITY, "growth": zero}, [0.1])
