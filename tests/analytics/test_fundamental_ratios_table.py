"""The table of ratios: its rows, their units, and rows of one's own."""

from __future__ import annotations

import numpy as np
import pytest
from panels_fundamental import MONEY, PER_SHARE, SHARE_COUNTS, complete, filed, items

from maos_nb.analytics.fundamental.ratios import LINES, RATIOS, Ratio, calculate_ratios
from maos_nb.errors import InputError


class TestTable:
    def test_has_the_rows_that_were_asked_for(self):
        """About ninety and more, in ten groups; no ratio is named as a line."""
        assert len(RATIOS) >= 90
        assert len({row.group for row in RATIOS.values()}) == 10
        assert not set(RATIOS) & set(LINES)
        assert all(name == row.name for name, row in {**RATIOS, **LINES}.items())
        assert len({row.title for row in RATIOS.values()}) == len(RATIOS)

    def test_every_row_has_a_value_where_everything_is_known(self):
        """No row misspells an item or asks for one that is never there."""
        found = calculate_ratios(complete(), [*RATIOS, *LINES])
        grows = [name for name in found.names if not np.isfinite(found[name][:, 1:]).all()]
        # Growth of what is left after subtraction may start from below zero.
        assert set(grows) <= {"free_cash_flow_growth"}
        assert all(found.n_available[name].max() == count for name, count in found.n_inputs.items())

    def test_every_item_of_the_income_statement_and_the_balance_that_a_row_needs_is_a_field(self):
        """A row that is wrong is refused by name when it is used."""
        with pytest.raises(InputError, match=r"formula of bad: there is no 'revenues'.*revenue"):
            calculate_ratios(complete(), Ratio("bad", "net_income / revenues"))

    @pytest.mark.parametrize("name", [*RATIOS, *LINES])
    def test_the_unit_is_that_of_the_formula(self, name):
        """Money times 8 changes what is money, shares times 4 what is a share; a unit apart, the bits stay."""
        panel = complete()
        richer = {item: array * 8 for item, array in items(panel).items() if item in MONEY | PER_SHARE}
        split = {item: array * 4 for item, array in items(panel).items() if item in SHARE_COUNTS}
        split |= {item: array / 4 for item, array in items(panel).items() if item in PER_SHARE}
        base, by_money, by_shares = (
            calculate_ratios(made, name)[name]
            for made in (panel, panel.with_values(**richer), panel.with_values(**split))
        )
        unit = ({**RATIOS, **LINES})[name].unit
        money = 8 if unit in ("money", "money per share") else 1
        shares = {"shares": 4, "money per share": 1 / 4}.get(unit, 1)
        np.testing.assert_allclose(by_money, base * money, rtol=1e-13)
        np.testing.assert_allclose(by_shares, base * shares, rtol=1e-13)

    def test_cannot_be_changed_under_way(self):
        """Rows of one's own are given to the call."""
        with pytest.raises(TypeError):
            RATIOS["mine"] = Ratio("mine", "revenue")

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"name": "p/e", "formula": "price"}, "name: .*'p/e'"),
            ({"name": "größe", "formula": "price"}, "name"),
            ({"name": "a", "formula": 1}, "formula: .*int"),
            ({"name": "a", "formula": "price", "unit": "percent"}, "unit: .*'percent'"),
        ],
    )
    def test_refuses_a_row_that_cannot_be(self, arguments, named):
        """The message names the part."""
        with pytest.raises(InputError, match=named):
            Ratio(**arguments)


class TestOwnRows:
    def test_use_the_table_and_each_other(self):
        """In whichever order they are given."""
        twice = Ratio("twice", "2 * once")
        once = Ratio("once", "roe + net_margin")
        found = calculate_ratios(filed(), [twice, once, "roe", "net_margin"])
        np.testing.assert_array_equal(found["twice"], 2 * (found["roe"] + found["net_margin"]))

    def test_go_before_rows_of_the_same_name(self):
        """Here and in what uses that name."""
        found = calculate_ratios(
            filed(), [Ratio("roe", "0.5 + 0 * revenue"), "sustainable_growth", "retention"]
        )
        np.testing.assert_array_equal(found["sustainable_growth"], 0.5 * found["retention"])

    def test_a_circle_is_named(self):
        """With the way round it."""
        rows = [Ratio("a", "b + 1"), Ratio("b", "a / 2")]
        with pytest.raises(InputError, match="a -> b -> a goes round in a circle"):
            calculate_ratios(filed(), rows)

    def test_rows_that_double_again_and_again_are_computed_once_each(self):
        """Forty doublings are forty steps, also inside a line that is named as an item."""
        rows = [Ratio("a0", "net_income"), *(Ratio(f"a{n}", f"a{n - 1} + a{n - 1}") for n in range(1, 41))]
        found = calculate_ratios(filed(), [Ratio("revenue", "a40 + 0 * revenue"), *rows])
        np.testing.assert_array_equal(found["revenue"], filed()["net_income"] * 2.0**40)

    def test_rows_that_use_each_other_without_end_are_refused(self):
        """A thousand of them in a chain."""
        rows = [Ratio("a0", "revenue"), *(Ratio(f"a{n}", f"1 + a{n - 1}") for n in range(1, 1001))]
        with pytest.raises(InputError, match="nested too deep"):
            calculate_ratios(filed(), rows[::-1])

    def test_two_rows_of_one_name_are_refused(self):
        """Either could be meant."""
        with pytest.raises(InputError, match="names: two different Ratios"):
            calculate_ratios(filed(), [Ratio("a", "revenue"), Ratio("a", "net_income")])

    def test_a_row_cannot_be_a_condition(self):
        """It is for a screen."""
        with pytest.raises(InputError, match=r"formula of a: expected a number, got the condition 'roe > 1'"):
            calculate_ratios(filed(), Ratio("a", "roe > 1"))

    def test_a_constant_is_the_same_everywhere(self):
        """It has no inputs to count."""
        found = calculate_ratios(filed(), Ratio("half", "prev(2 - 1) / 2"))
        np.testing.assert_array_equal(found["half"], np.full((2, 2), 0.5))
        assert found.n_inputs["half"] == 0
