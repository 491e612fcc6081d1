"""Models that misbehave: each is refused by name, or kept from harming anyone."""

from __future__ import annotations

import numpy as np
import pytest
from models_sensitivity import COMPANY, PERPETUITY, company, perpetuity

from maos_nb.analytics import dcf
from maos_nb.analytics.sensitivity import breakeven, data_table, elasticity, scenarios, spider, tornado
from maos_nb.errors import InputError

BASE = {"x": 2.0, "y": 3.0}

EVERYWHERE = pytest.mark.parametrize(
    "analyse",
    [
        lambda model, base: data_table(model, base, {"x": [1.0, 2.0, 4.0]}),
        lambda model, base: tornado(model, base, {"x": (1.0, 4.0)}),
        lambda model, base: spider(model, base, [-0.5, 0.0, 1.0]),
        lambda model, base: elasticity(model, base),
        lambda model, base: breakeven(model, base, {"x": (1.0, 4.0)}, target=7.0),
        lambda model, base: scenarios(
            model, base, {"low": {"x": 1.0}, "base": {}}, {"low": 0.5, "base": 0.5}
        ),
    ],
    ids=["data_table", "tornado", "spider", "elasticity", "breakeven", "scenarios"],
)


@EVERYWHERE
class TestEveryAnalysis:
    def test_refuses_what_is_no_function(self, analyse):
        """A result in the place of the function is the usual slip."""
        with pytest.raises(InputError, match="model: expected a function of keyword arrays, got float"):
            analyse(5.0, BASE)

    def test_refuses_a_scalar_result(self, analyse):
        """A sum over the rows must not be spread over them as if it were each row's value."""
        with pytest.raises(InputError, match=r"model: expected a result of shape \(1,\), .*got shape \(\)"):
            analyse(lambda x, y: np.sum(x * y), BASE)

    def test_refuses_a_constant(self, analyse):
        """A constant is said by np.full; the message says so."""
        with pytest.raises(InputError, match=r"np.full\(n, value\)"):
            analyse(lambda x, y: 5.0, BASE)

    def test_refuses_another_shape(self, analyse):
        """A row of flows instead of their value."""
        with pytest.raises(InputError, match=r"got shape \(1, 5\) from x \(1,\), y \(1,\)"):
            analyse(lambda x, y: x[:, None] * np.ones(5) + y[:, None], BASE)

    def test_refuses_a_shape_that_is_wrong_only_for_more_rows(self, analyse):
        """With one row it looked right."""
        with pytest.raises(InputError, match="model: expected a result of shape"):
            analyse(lambda x, y: (x * y)[:1], BASE)

    @pytest.mark.parametrize(
        "result",
        [None, "value", {"value": 1.0}, [True], [1j]],
        ids=["None", "text", "dict", "bool", "complex"],
    )
    def test_refuses_what_is_not_numeric(self, analyse, result):
        """Nothing is guessed."""
        with pytest.raises(InputError, match="model: expected"):
            analyse(lambda x, y: result, BASE)

    def test_passes_on_what_the_model_raises_with_a_note(self, analyse):
        """The error is the model's own; the note says what it was called with."""

        def model(x, y):
            raise ZeroDivisionError("no flows")

        with pytest.raises(ZeroDivisionError, match="no flows") as caught:
            analyse(model, BASE)
        assert caught.value.__notes__ == ["raised by the model when called with x (1,), y (1,)"]

    def test_a_driver_that_the_model_does_not_know_is_a_type_error_of_the_model(self, analyse):
        """Python's message names the keyword."""
        with pytest.raises(TypeError, match="unexpected keyword argument 'y'"):
            analyse(lambda x: x, BASE)

    def test_keeps_a_model_from_changing_its_inputs(self, analyse):
        """Arrays are read-only views."""

        def model(x, y):
            x *= 2
            return x * y

        with pytest.raises(ValueError, match="read-only"):
            analyse(model, BASE)

    def test_a_base_array_cannot_be_changed_through_the_model(self, analyse):
        """Nor can the caller's own array."""
        path = np.array([1.0, 2.0, 3.0])

        def model(x, path):
            assert not path.flags.writeable
            with pytest.raises(ValueError, match="read-only"):
                path[0, 0] = 9.0
            return x * path.sum(axis=1)

        analyse(model, {"x": 2.0, "path": path})
        np.testing.assert_array_equal(path, [1.0, 2.0, 3.0])

    def test_refuses_rows_that_depend_on_each_other(self, analyse):
        """A model that divides by the mean of its rows gives each case another value in another company."""
        with pytest.raises(InputError, match="model: expected each row to depend on its own inputs alone"):
            analyse(lambda x, y: x * y / np.mean(x), BASE)

    def test_hands_over_drivers_in_the_order_of_the_base(self, analyse):
        """A model may take whatever comes, as ``**drivers``."""
        seen = set()

        def model(**drivers):
            seen.add(tuple(drivers))
            return drivers["x"] * 1.0

        analyse(model, {"y": 3.0, "x": 2.0, "a": 1.0})
        assert seen == {("y", "x", "a")}

    def test_keeps_a_model_from_unlocking_its_inputs(self, analyse):
        """What another call will see cannot be made writable."""

        def model(x, y):
            with pytest.raises(ValueError, match="WRITEABLE"):
                y.setflags(write=True)
            return x * y

        analyse(model, BASE)

    def test_refuses_random_numbers_drawn_anew(self, analyse):
        """The centre of a table would not be the base case."""
        rng = np.random.default_rng(1)
        with pytest.raises(InputError, match="draw the same random numbers in each call"):
            analyse(lambda x, y: x * y + rng.normal(size=x.shape), BASE)

    def test_accepts_integers_lists_and_views(self, analyse):
        """Anything numeric of the right shape will do, also the input itself or an array used again."""
        buffer = np.empty(100_000)

        def reusing(x, y):
            result = buffer[: x.size]
            np.multiply(x, y, out=result)
            return result

        for model in (
            lambda x, y: (x * y).round().astype(int),
            lambda x, y: (x * y).tolist(),
            lambda x, y: x,
            lambda x, y: x[::-1][::-1],
            lambda x, y: (x * y).astype(np.float32),
            reusing,
        ):
            analyse(model, BASE)

    def test_nan_from_the_model_is_kept(self, analyse):
        """A model without a single value still gives a record."""
        found = analyse(lambda x, y: np.full(x.shape, np.nan), BASE)
        assert "nan" in repr(found) or "not_finite" in repr(found)
        assert found.to_frame().shape[0] >= 1


@pytest.mark.parametrize(
    "analyse",
    [
        lambda model: data_table(model, BASE, {"x": [1.0, 2.0, 3.0]}),
        lambda model: data_table(model, BASE, {"x": [1.0, 2.0, 3.0], "y": [2.0, 3.0, 4.0]}),
        lambda model: tornado(model, BASE, {"x": (-0.1, 0.1), "y": (-0.1, 0.1)}, relative=True),
        lambda model: spider(model, BASE, [-0.1, 0.0, 0.1]),
        lambda model: breakeven(model, BASE, {"x": (1.0, 3.0)}, target=7.0),
        lambda model: scenarios(
            model, BASE, {"low": {"x": 1.0}, "high": {"x": 3.0}}, {"low": 0.5, "high": 0.5}
        ),
    ],
)
@pytest.mark.parametrize("middle", [np.mean, np.median])
def test_rows_that_depend_on_each_other_are_seen_where_they_lie_evenly_around_the_base(analyse, middle):
    """The mean over such rows is the base value, so the base case itself comes out right."""
    with pytest.raises(InputError, match="model: expected each row to depend on its own inputs alone"):
        analyse(lambda x, y: x * y / middle(x))


def test_a_reused_buffer_does_not_mix_the_chunks():
    """Results are copied out before the next call."""
    buffer = np.empty(10)

    def model(x):
        result = buffer[: x.size]
        np.multiply(x, 2.0, out=result)
        return result

    x = np.arange(25.0)
    np.testing.assert_array_equal(data_table(model, {"x": 0.0}, {"x": x}, rows_per_call=10).results, 2 * x)


def test_returning_a_driver_does_not_tie_the_table_to_it():
    """A view of the input is copied."""
    axis = np.array([1.0, 2.0])
    table = data_table(lambda x: x, {"x": 1.0}, {"x": axis})
    axis[1] = 9.0
    assert table.results[1] == 2.0


def test_a_dcf_record_instead_of_its_value_is_explained():
    """The advice names the field that was meant."""

    def model(flow, wacc):
        return dcf.dcf(flow[:, None] * np.ones(5), wacc, terminal_growth=0.02)

    with pytest.raises(
        InputError, match=r"got DcfResult .*Return one number per row, such as dcf\(...\).enter"
    ):
        data_table(model, {"flow": 1.0, "wacc": 0.1}, {"wacc": [0.1]})


def test_the_refusals_of_a_model_of_ours_keep_their_words():
    """A tax rate of 105% is refused by the DCF, with a note on the call."""

    def model(tax):
        plan = dcf.project_drivers(1000.0, 0.05, 0.2, tax[:, None], sales_to_capital=2.0, n_periods=5)
        return dcf.dcf(plan.free_cash_flow, 0.09, terminal_growth=0.02).enterprise_value

    with pytest.raises(
        InputError, match=r"tax_rate: expected a fraction between 0 and 1, got 1\.05"
    ) as caught:
        tornado(model, {"tax": 0.25}, {"tax": (0.2, 1.05)})
    assert caught.value.__notes__ == ["raised by the model when called with tax (3,)"]


def test_the_wacc_of_a_flat_call_is_one_rate_per_valuation():
    """The trap of dcf: with flows (n, periods) a wacc (n,) is a rate per row, also when n equals the periods."""
    five = data_table(company, COMPANY, {"wacc": [0.07, 0.08, 0.09, 0.10, 0.11]})
    for wacc, result in zip(five.axes[0], five.results, strict=True):
        assert result == data_table(company, {**COMPANY, "wacc": wacc}, {"wacc": [wacc]}).base_value


def test_numbers_of_numpy_and_pandas_are_numbers():
    """Series, numpy scalars, integers and mappings of any kind."""
    import pandas as pd

    base = {"flow": np.float32(100), "growth": np.array(0.02), "wacc": 0.10}
    table = data_table(perpetuity, base, pd.Series({"wacc": [0.08, 0.10]}).to_dict())
    assert table.base_value == 1250.0
    assert data_table(perpetuity, PERPETUITY, {"wacc": pd.Series([0.08, 0.10])}).base_position == (1,)
