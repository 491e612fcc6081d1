"""Heat map, tornado and distribution, looked at through their artists."""

import math

import numpy as np
import pytest
from chart_flaws import contrast, flaws
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection, PolyCollection, QuadMesh
from matplotlib.patches import Rectangle

from maos_nb.errors import InputError
from maos_nb.plotting import distribution, heat_map, tornado

WACC, GROWTH = [0.08, 0.085, 0.09], [0.02, 0.03]
TABLE = {
    "wacc": WACC,
    "terminal_growth": GROWTH,
    "values": [[140.0, 160.0], [125.0, 141.5], [112.4, 126.1]],
}
DRIVERS = {
    "wacc": {"base": 0.09, "range": [0.08, 0.10], "value": [158.2, 112.3], "reason": "as peers"},
    "terminal_growth": {"base": 0.025, "range": [0.015, 0.035], "value": [117.0, 152.3]},
    "exit_multiple": {"base": 13.0, "range": [12.0, 14.0], "value": [125.0, 139.0]},
}
SIMULATION = {
    "histogram": {"edges": [80.0, 100.0, 120.0, 140.0, 160.0], "counts": [10, 30, 40, 20]},
    "mean": 123.0,
    "percentiles": {"5": 90.0, "50": 125.0, "95": 155.0},
    "probability_above_price": 0.49,
    "draws": 104,
    "rejected": 4,
}
# A chart takes a tenth of a second to draw, and shrinking would draw it hundreds of times.
DRAWING = settings(
    deadline=None, max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate], derandomize=True
)


def words(figure):
    """Give the words written into the chart."""
    return [text.get_text() for text in figure.axes[0].texts]


def legend(figure):
    """Give the words of the legend."""
    return [text.get_text() for text in figure.legends[0].get_texts()]


def ticks(figure, side):
    """Give the words along an axis."""
    axis = getattr(figure.axes[0], f"{side}axis")
    return [text.get_text() for text in axis.get_ticklabels()]


def colours(figure):
    """Give the colours of the cells, ``(n_rows, n_columns, 3)``."""
    (mesh,) = (item for item in figure.axes[0].collections if isinstance(item, QuadMesh))
    return np.asarray(mesh.get_array())


def bars(figure):
    """Give the bars that have a width."""
    return [bar for bar in figure.axes[0].patches if isinstance(bar, Rectangle)]


def is_blue(colour):
    """Say whether a cell is of the hue for what lies above."""
    return colour[2] > colour[0]


class TestHeatMap:
    def test_each_cell_bears_its_figure_row_by_row(self):
        """In the cents of a share, as the axis of the title says."""
        figure = heat_map(TABLE, price=125.67)
        assert words(figure) == ["140.00", "160.00", "125.00", "141.50", "112.40", "126.10"]
        assert (
            figure.axes[0].get_title(loc="left")
            == "Value per share by WACC and terminal growth, USD per share"
        )

    def test_figures_stand_in_their_cells_with_the_first_row_on_top(self):
        """As in the table itself."""
        axes = heat_map(TABLE).axes[0]
        assert [text.xy for text in axes.texts][:3] == [(0.5, 0.5), (1.5, 0.5), (0.5, 1.5)]
        assert axes.get_ylim() == (3, 0)

    def test_axes_are_written_as_rates(self):
        """With the digits that tell them apart."""
        figure = heat_map(TABLE)
        assert ticks(figure, "y") == ["8.0%", "8.5%", "9.0%"]
        assert ticks(figure, "x") == ["2.0%", "3.0%"]
        assert figure.axes[0].get_ylabel() == "WACC"
        assert figure.axes[0].get_xlabel() == "Terminal growth"

    def test_an_exit_multiple_is_written_as_a_multiple(self):
        """15.0x and not 1,500.0%."""
        figure = heat_map({"wacc": WACC, "exit_multiple": [12, 15], "values": TABLE["values"]})
        assert ticks(figure, "x") == ["12.0x", "15.0x"]

    @pytest.mark.parametrize(
        ("rates", "said"),
        [
            ([0.0825, 0.085], ["8.25%", "8.50%"]),
            ([0.08001, 0.08002], ["8.001%", "8.002%"]),
            ([0.0812345, 0.09], ["8.12%", "9.00%"]),
            ([-0.0, 0.01], ["0.0%", "1.0%"]),
        ],
    )
    def test_rates_have_the_digits_that_they_need(self, rates, said):
        """All of an axis the same."""
        assert ticks(heat_map({"wacc": WACC, "growth": rates, "values": TABLE["values"]}), "x") == said

    def test_colours_part_at_the_price_and_deepen_with_the_distance(self):
        """Blue lies above, amber below."""
        shades = colours(heat_map(TABLE, price=125.67))
        assert [[is_blue(cell) for cell in row] for row in shades] == [
            [True, True],
            [False, True],
            [False, True],
        ]
        assert shades[0, 1].sum() < shades[0, 0].sum() < shades[2, 1].sum()

    def test_without_a_price_colours_part_at_the_base_case(self):
        """And without that one at the median."""
        assert not is_blue(colours(heat_map(TABLE, base=(0.08, 0.02)))[2, 1])
        assert legend(heat_map(TABLE, base=(0.08, 0.02)))[0] == "Above the base case, up to 160.00"
        assert legend(heat_map(TABLE)) == [
            "Above the median, up to 160.00",
            "Below the median, down to 112.40",
        ]

    def test_a_base_case_without_a_value_leaves_the_median(self):
        """There is no number to part at."""
        table = {**TABLE, "values": [[None, 160.0], *TABLE["values"][1:]]}
        assert legend(heat_map(table, base=(0.08, 0.02)))[0] == "Above the median, up to 160.00"

    def test_the_cell_at_the_middle_is_grey(self):
        """Neither above nor below, and without a line around it."""
        cell = colours(heat_map(TABLE, base=(0.08, 0.02)))[0, 0]
        assert cell[0] == cell[1] == cell[2]

    def test_the_base_case_is_outlined(self):
        """Also where the axes come from a computation that is out by the last bit."""
        for base in ((0.09, 0.03), np.array([0.3 * 0.3, 0.1 * 0.3])):
            (outline,) = heat_map(TABLE, base=base).axes[0].patches
            assert outline.get_xy() == (1, 2)
            assert not outline.get_fill()

    def test_what_is_above_is_told_without_colour(self):
        """Bold figures, a line along the border, and a blue darker than the amber."""
        figure = heat_map(TABLE, price=125.67)
        weights = [text.get_fontweight() for text in figure.axes[0].texts]
        assert weights == ["bold", "bold", "normal", "bold", "normal", "bold"]
        (border,) = (item for item in figure.axes[0].collections if isinstance(item, LineCollection))
        segments = {tuple(map(tuple, segment)) for segment in border.get_segments()}
        assert segments == {((1, 1), (1, 2)), ((1, 2), (1, 3)), ((0, 1), (1, 1))}
        blue, amber = figure.legends[0].get_patches()[:2]
        grey = [0.299, 0.587, 0.114]
        assert np.dot(blue.get_facecolor()[:3], grey) < np.dot(amber.get_facecolor()[:3], grey) - 0.1

    def test_figures_can_be_read_on_every_cell(self):
        """The deepest of both hues as well."""
        table = {"wacc": WACC, "growth": GROWTH, "values": [[1e9, -1e9], [1.0, 2.0], [3.0, 4.0]]}
        figure = heat_map(table, price=2.5)
        ink = figure.axes[0].texts[0].get_color()
        assert min(contrast(ink, cell) for cell in colours(figure).reshape(-1, 3)) >= 4.5

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_an_unknown_value_is_hatched_and_said(self, unknown):
        """A white cell alone could be a value like any other."""
        figure = heat_map({**TABLE, "values": [[140.0, unknown], *TABLE["values"][1:]]}, price=125.67)
        (cells,) = (
            item
            for item in figure.axes[0].collections
            if isinstance(item, PolyCollection) and item.get_hatch()
        )
        assert len(cells.get_paths()) == 1
        assert words(figure)[1] == "n/a"
        assert legend(figure)[-1] == "n/a: no value"

    def test_one_value_out_of_all_proportion_leaves_the_others_their_shades(self):
        """As where WACC comes close to growth."""
        values = np.arange(100.0, 140.0).reshape(4, 10)
        plain = {"wacc": np.arange(4), "growth": np.arange(10), "values": values}
        steep = {**plain, "values": np.where(values == 139, 1e9, values)}
        shades = [colours(heat_map(table, price=120.0))[0] for table in (plain, steep)]
        assert shades[1] == pytest.approx(shades[0], abs=0.05)

    def test_many_cells_have_no_figures_but_a_legend_of_their_ends(self):
        """Above 15 times 12, and the axes name every so many rows only."""
        rates = np.linspace(0.05, 0.12, 40)
        figure = heat_map(
            {"wacc": rates, "terminal_growth": rates, "values": np.outer(rates, rates) * 1e4}, price=70
        )
        assert words(figure) == []
        assert legend(figure) == [
            "Above the price of 70.00, up to 144.00",
            "Below the price of 70.00, down to 25.00",
        ]
        assert len(ticks(figure, "y")) <= 20
        assert len(ticks(figure, "x")) <= 15
        assert flaws(figure) == []

    def test_narrow_cells_have_fewer_digits(self):
        """12 rows of 15 still bear their figures."""
        wacc, growth = np.linspace(0.05, 0.12, 12), np.linspace(0, 0.04, 15)
        values = 80 / (wacc[:, None] - growth)
        figure = heat_map({"wacc": wacc, "terminal_growth": growth, "values": values}, price=1250)
        assert words(figure)[0] == "1,600"
        assert len(words(figure)) == 180
        assert flaws(figure) == []

    def test_other_values_have_their_own_title_and_unit(self):
        """Amounts in single units are written in billions."""
        figure = heat_map(
            {**TABLE, "values": np.array(TABLE["values"]) * 1e9}, metric="equity_value", currency="EUR"
        )
        assert figure.axes[0].get_title(loc="left") == "Equity value by WACC and terminal growth, EUR bn"
        assert words(figure) == ["140", "160", "125", "142", "112", "126"]

    def test_the_smallest_float_beside_billions_is_written_as_nothing(self):
        """In billions it is zero, which has no digits to be counted."""
        table = {"wacc": [0.08], "growth": GROWTH, "values": [[5e-324, 2e9]]}
        assert words(heat_map(table, metric="equity_value")) == ["0", "2.00"]

    def test_lists_tuples_and_arrays_are_the_same(self):
        """As they come from JSON or from the analytics."""
        arrays = {name: np.array(values) for name, values in TABLE.items()}
        tuples = {name: tuple(values) for name, values in TABLE.items()}
        assert words(heat_map(arrays)) == words(heat_map(tuples)) == words(heat_map(TABLE))

    @DRAWING
    @given(st.integers(1, 18), st.integers(1, 18), st.sampled_from([1e-9, 0.01, 1.0, 1e4, 1e13, 1e90]))
    def test_any_size_of_table_and_money_fits(self, n_rows, n_columns, size):
        """Nothing is cut off and nothing lies on anything else."""
        values = size * np.arange(1.0, n_rows * n_columns + 1).reshape(n_rows, n_columns)
        table = {
            "wacc": np.linspace(0.05, 0.12, n_rows),
            "exit_multiple": np.linspace(5, 1200, n_columns),
            "values": values,
        }
        assert flaws(heat_map(table, price=size)) == []
        assert flaws(heat_map(table, metric="enterprise_value")) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"table": [1]}, "table: expected a mapping, got list"),
            ({"table": {"wacc": WACC, "growth": GROWTH}}, "table: lacks values"),
            ({"table": {"wacc": WACC, "values": [[1]]}}, "table: expected two axes beside values, got wacc"),
            (
                {"table": {**TABLE, "beta": [1]}},
                "table: expected two axes beside values, got wacc, terminal_growth, beta",
            ),
            (
                {"table": {**TABLE, "wacc": [0.08, None, 0.09]}},
                r"table\['wacc'\]: expected only known numbers",
            ),
            ({"table": {**TABLE, "wacc": "abc"}}, r"table\['wacc'\]: expected a list of numbers, got str"),
            ({"table": {**TABLE, "wacc": []}}, r"table\['wacc'\]: expected one number a row"),
            ({"table": {**TABLE, "values": 5}}, r"table\['values'\]: expected a list of rows, got int"),
            (
                {"table": {**TABLE, "values": np.array(5.0)}},
                r"table\['values'\]: expected a list of rows, got ndarray",
            ),
            (
                {"table": {**TABLE, "values": [[1, 2]]}},
                r"table\['values'\]: expected one row for each of 3, got 1",
            ),
            (
                {"table": {**TABLE, "values": [[1, 2], [1], [1, 2]]}},
                r"table\['values'\]\[1\]: expected one number for each of 2 columns, got 1",
            ),
            (
                {"table": {**TABLE, "values": [[1, 2], [1, "x"], [1, 2]]}},
                r"table\['values'\]\[1\]: expected numbers",
            ),
            (
                {"table": {**TABLE, "values": [[None] * 2] * 3}},
                r"table\['values'\]: expected amounts, none of them is a number",
            ),
            (
                {"table": {**TABLE, "values": [[math.inf, 1]] * 3}},
                r"table\['values'\]\[0\]: expected amounts of at most",
            ),
            ({"base": (0.07, 0.02)}, "base: 0.07 is not on the axis wacc. Leave it out"),
            ({"base": (0.08, None)}, "base: expected a known number"),
            ({"base": 0.08}, "base: expected a list of numbers, got float"),
            ({"base": (0.08,)}, "base: expected one number for each of 2 drivers, got 1"),
            ({"price": -1}, "price: expected a positive number or None, got -1"),
            ({"price": 5, "metric": "equity_value"}, "price: is one of a share"),
            ({"metric": "worth"}, "metric: expected one of value_per_share, equity_value, enterprise_value"),
            ({"metric": ["worth"]}, "metric: expected one of value_per_share"),
            ({"currency": ""}, "currency: expected a code"),
        ],
    )
    def test_what_cannot_be_drawn_is_named(self, change, said):
        """The error says which argument and which piece of it."""
        with pytest.raises(InputError, match=said):
            heat_map(**{"table": TABLE, **change})


class TestTornado:
    def test_bars_run_from_the_base_to_both_ends(self):
        """The first driver on top, its low end before its high end."""
        figure = tornado(DRIVERS, base_value=132.1)
        spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars(figure)]
        assert np.array(spans[:4]) == pytest.approx(
            np.array([(132.1, 158.2), (132.1, 112.3), (132.1, 117), (132.1, 152.3)])
        )
        assert ticks(figure, "y") == ["WACC", "Terminal growth", "Exit multiple"]
        assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1]

    def test_the_range_stands_at_the_ends(self):
        """Outside of the bars, whichever way they run."""
        figure = tornado(DRIVERS, base_value=132.1)
        assert words(figure)[:6] == ["8.0%", "10.0%", "1.5%", "3.5%", "12.0x", "14.0x"]
        assert [text.get_ha() for text in figure.axes[0].texts[:4]] == ["left", "right", "right", "left"]
        assert [text.xy[0] for text in figure.axes[0].texts[:4]] == [158.2, 112.3, 117.0, 152.3]

    def test_low_and_high_end_differ_by_hatch(self):
        """The legend says which is which."""
        figure = tornado(DRIVERS, base_value=132.1)
        assert [bar.get_hatch() for bar in bars(figure)[:2]] == ["\\\\\\", None]
        assert legend(figure) == ["Driver at its low end", "Driver at its high end"]
        assert [patch.get_hatch() for patch in figure.legends[0].get_patches()] == ["\\\\\\", None]

    def test_the_price_is_a_dashed_line_beside_the_base(self):
        """Their words stand on the far sides of both lines."""
        figure = tornado(DRIVERS, base_value=132.1, price=125.67)
        base, price = figure.axes[0].texts[-2:]
        assert (base.get_text(), base.get_ha()) == ("Base 132.10", "left")
        assert (price.get_text(), price.get_ha()) == ("Price 125.67", "right")
        assert figure.axes[0].lines[-1].get_linestyle() == "--"
        assert list(figure.axes[0].lines[-1].get_xdata()) == [125.67, 125.67]

    @pytest.mark.parametrize("price", [132.1, 132.11, 140.0, 90.0, 131.0])
    def test_words_of_base_and_price_never_meet(self, price):
        """However close they are."""
        assert flaws(tornado(DRIVERS, base_value=132.1, price=price)) == []

    def test_ends_on_one_side_share_the_height(self):
        """Neither covers the other."""
        figure = tornado({"beta": {"range": [0.8, 1.2], "value": [140, 150]}}, base_value=132.1)
        low, high = bars(figure)
        assert low.get_y() + low.get_height() <= high.get_y()
        assert words(figure)[:2] == ["0.80", "1.20"]

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_an_unknown_end_is_said_and_has_no_bar(self, unknown):
        """On the side that the other end leaves free."""
        drivers = {
            "wacc": {"range": [0.08, 0.10], "value": [unknown, 112.3]},
            "beta": {"range": [1, 2], "value": [unknown] * 2},
        }
        figure = tornado(drivers, base_value=132.1)
        assert len(bars(figure)) == 1
        assert words(figure)[:4] == ["n/a at 8.0%", "10.0%", "n/a at 1.00", "n/a at 2.00"]
        assert [text.get_ha() for text in figure.axes[0].texts[:4]] == ["left", "right", "right", "left"]

    def test_an_unknown_range_is_said(self):
        """The bar is still that of its value."""
        figure = tornado({"wacc": {"range": [None, 0.1], "value": [140, None]}}, base_value=132.1)
        assert words(figure)[:2] == ["n/a", "n/a at 10.0%"]
        assert len(bars(figure)) == 1

    def test_fifteen_drivers_are_drawn_and_the_others_named(self):
        """A note counts those that it does not name."""
        drivers = {
            f"driver_{place}": {"range": [0.1, 0.2], "value": [100 - 40 / place, 100 + 40 / place]}
            for place in range(1, 27)
        }
        figure = tornado(drivers, base_value=100)
        assert len(bars(figure)) == 30
        assert words(figure)[-1].startswith("Not drawn: Driver 16, Driver 17, ")
        assert words(figure)[-1].endswith("Driver 23 and 3 more")
        assert flaws(figure) == []

    def test_a_driver_without_effect_still_has_its_words(self):
        """On both sides of the base."""
        figure = tornado({"tax_rate": {"range": [0.2, 0.3], "value": [5, 5]}}, base_value=5)
        assert words(figure)[:2] == ["20.0%", "30.0%"]
        assert flaws(figure) == []

    def test_large_ranges_are_no_rates(self):
        """A revenue of 900 to 1,100 is not 90,000%."""
        figure = tornado({"revenue": {"range": [900, 1100], "value": [90, 110]}}, base_value=100)
        assert words(figure)[:2] == ["900", "1,100"]

    def test_long_names_are_wrapped_and_shortened(self):
        """The bars keep the larger part of the page."""
        figure = tornado(
            {"the_share_of_revenue_that_comes_from_licences_sold_abroad": {"range": [0, 1], "value": [1, 2]}},
            base_value=1.5,
        )
        assert ticks(figure, "y") == ["The share of revenue\nthat comes from licence…"]
        assert flaws(figure) == []

    @DRAWING
    @given(
        st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1) | st.none()), min_size=1, max_size=17),
        st.sampled_from([1e-9, 1.0, 1e12, 1e99]),
        st.floats(0.01, 2),
    )
    def test_any_drivers_and_money_fit(self, ends, size, price):
        """Nothing is cut off and nothing lies on anything else."""
        drivers = {
            f"driver_{place}": {
                "range": [-0.1, 0.1],
                "value": [low * size, None if high is None else high * size],
            }
            for place, (low, high) in enumerate(ends)
        }
        figure = tornado(drivers, base_value=0.5 * size, price=price * size)
        low, high = figure.axes[0].get_xlim()
        assert all(low < bar.get_x() + bar.get_width() < high for bar in bars(figure))
        assert flaws(figure) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"drivers": {}}, "drivers: lacks everything"),
            ({"drivers": [1]}, "drivers: expected a mapping, got list"),
            ({"drivers": {"wacc": 5}}, r"drivers\['wacc'\]: expected a mapping, got int"),
            ({"drivers": {"wacc": {"range": [1, 2]}}}, r"drivers\['wacc'\]: lacks value"),
            (
                {"drivers": {"wacc": {"range": [1], "value": [1, 2]}}},
                r"drivers\['wacc'\]\['range'\]: expected one number for each of 2 ends, got 1",
            ),
            (
                {"drivers": {"wacc": {"range": [1, 2], "value": "ab"}}},
                r"drivers\['wacc'\]\['value'\]: expected a list of numbers, got str",
            ),
            (
                {"drivers": {"wacc": {"range": [1, 2], "value": [None, None]}}},
                "drivers: expected amounts, none of them is a number",
            ),
            ({"base_value": None}, "base_value: expected a known number, got None"),
            ({"base_value": math.nan}, "base_value: expected a known number, got nan"),
            ({"base_value": "5"}, "base_value: expected numbers"),
            ({"price": 0}, "price: expected a positive number"),
            ({"price": 5, "metric": "enterprise_value"}, "price: is one of a share"),
            ({"metric": None}, "metric: expected one of"),
            ({"currency": None}, "currency: expected a code"),
        ],
    )
    def test_what_cannot_be_drawn_is_named(self, change, said):
        """The error says which argument and which piece of it."""
        with pytest.raises(InputError, match=said):
            tornado(**{"drivers": DRIVERS, "base_value": 132.1, **change})


class TestDistribution:
    def test_heights_are_shares_of_the_draws(self):
        """Of those in the histogram, which the rejected ones are not."""
        figure = distribution(SIMULATION)
        assert [bar.get_height() for bar in bars(figure)] == pytest.approx([0.1, 0.3, 0.4, 0.2])
        assert [bar.get_x() for bar in bars(figure)] == [80, 100, 120, 140]
        assert figure.axes[0].get_ylabel() == "Share of draws"
        assert figure.axes[0].get_xlabel() == "USD per share"

    def test_the_bin_of_the_price_is_cut_at_it(self):
        """What lies above is hatched."""
        drawn = bars(distribution(SIMULATION, price=125.67))
        assert [(bar.get_x(), bar.get_hatch()) for bar in drawn] == [
            (80, None), (100, None), (120, None), (125.67, "///"), (140, "///"),
        ]  # fmt: skip
        assert drawn[2].get_width() + drawn[3].get_width() == pytest.approx(20)

    def test_the_price_is_a_dashed_line_with_the_probability_in_words(self):
        """The figure that the chart is drawn for."""
        figure = distribution(SIMULATION, price=125.67)
        assert "49% of the draws are above the price of 125.67" in words(figure)
        assert [list(line.get_xdata()) for line in figure.axes[0].lines if line.get_linestyle() == "--"][
            -1
        ] == [125.67] * 2
        assert legend(figure) == ["Above the price", "Below"]

    @pytest.mark.parametrize(
        ("probability", "said"),
        [
            (0.0, "None of the draws are above the price of 125.67"),
            (0.001, "Less than 1% of the draws are above the price of 125.67"),
            (0.999, "More than 99% of the draws are above the price of 125.67"),
            (1.0, "All of the draws are above the price of 125.67"),
            (None, "Price 125.67"),
            (math.nan, "Price 125.67"),
        ],
    )
    def test_near_certainty_is_not_rounded_to_certainty(self, probability, said):
        """And an unknown probability is not made up from the bins."""
        assert said in words(
            distribution({**SIMULATION, "probability_above_price": probability}, price=125.67)
        )

    def test_percentiles_are_marked_with_their_figures(self):
        """A dotted line each, from the axis to its words."""
        figure = distribution(SIMULATION)
        assert words(figure)[:3] == ["5%\n90.00", "50%\n125.00", "95%\n155.00"]
        feet = [line.get_xdata()[0] for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
        assert feet == [90, 125, 155]

    def test_a_note_counts_draws_and_names_the_mean(self):
        """Rejected ones where there are any."""
        assert words(distribution(SIMULATION))[-1] == "104 draws, 4 of them rejected; mean 123.00"
        least = {name: SIMULATION[name] for name in ("histogram", "percentiles", "draws")}
        assert words(distribution({**least, "draws": 12000}))[-1] == "12,000 draws"

    def test_an_unknown_percentile_is_said_and_not_marked(self):
        """All of them may be."""
        figure = distribution({**SIMULATION, "percentiles": {"5": None, "50": math.nan}})
        assert words(figure) == ["104 draws, 4 of them rejected; mean 123.00; n/a: 5%, 50%"]

    def test_without_a_price_nothing_is_hatched(self):
        """And there is no legend to say what it means."""
        figure = distribution(SIMULATION)
        assert not figure.legends
        assert {bar.get_hatch() for bar in bars(figure)} == {None}

    @pytest.mark.parametrize(("price", "said"), [(9e4, "90,000.00 \N{RIGHTWARDS ARROW}"), (0.5, "0.50")])
    def test_a_price_far_away_does_not_squeeze_the_histogram(self, price, said):
        """An arrow points to where it would be; one that is not far is drawn."""
        figure = distribution(SIMULATION, price=price)
        low, high = figure.axes[0].get_xlim()
        assert high - low < 200
        assert words(figure)[3].endswith(said)
        assert flaws(figure) == []

    def test_percentiles_close_together_keep_their_words_apart(self):
        """One outlier makes the axis long."""
        levels = {str(level): 100 + level / 1000 for level in (1, 5, 25, 50, 75, 95, 99)}
        simulation = {
            "histogram": {"edges": [90, 110, 1e4], "counts": [99, 1]},
            "percentiles": levels,
            "draws": 100,
        }
        assert flaws(distribution(simulation, price=101.0)) == []

    @DRAWING
    @given(
        st.lists(st.integers(0, 1000), min_size=1, max_size=60).filter(any),
        st.sampled_from([1e-9, 1.0, 1e4, 1e12, 1e98]),
        st.floats(-1, 1),
        st.floats(0.01, 3),
    )
    def test_any_histogram_and_money_fit(self, counts, size, start, price):
        """The shares add up to one, and nothing lies on anything else."""
        edges = size * (start + np.linspace(0, 1, len(counts) + 1))
        levels = {"5": edges[0], "50": edges[len(edges) // 2], "95": edges[-1]}
        simulation = {
            "histogram": {"edges": edges, "counts": counts},
            "percentiles": levels,
            "draws": sum(counts),
        }
        figure = distribution(simulation, price=price * size)
        area = sum(bar.get_height() * bar.get_width() for bar in bars(figure))
        assert area == pytest.approx(size / len(counts), rel=1e-6)
        assert flaws(figure) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"histogram": None}, r"monte_carlo\['histogram'\]: expected a mapping, got NoneType"),
            ({"histogram": {"edges": [1, 2]}}, r"monte_carlo\['histogram'\]: lacks counts"),
            (
                {"histogram": {"edges": [1, 1], "counts": [1]}},
                r"\['edges'\]: expected rising numbers, got 1 before 1",
            ),
            ({"histogram": {"edges": [1], "counts": [1]}}, r"\['edges'\]: expected at least two, got one"),
            ({"histogram": {"edges": [1, None], "counts": [1]}}, r"\['edges'\]: expected only known numbers"),
            (
                {"histogram": {"edges": [1, 2], "counts": [1, 2]}},
                r"\['counts'\]: expected one number for each of 1 bins, got 2",
            ),
            (
                {"histogram": {"edges": [1, 2], "counts": [-1]}},
                r"\['counts'\]: expected known counts, zero or more",
            ),
            (
                {"histogram": {"edges": [1, 2], "counts": [None]}},
                r"\['counts'\]: expected known counts, zero or more",
            ),
            (
                {"histogram": {"edges": [1, 2], "counts": [0]}},
                r"\['counts'\]: expected draws, all counts are zero",
            ),
            ({"percentiles": {}}, r"monte_carlo\['percentiles'\]: lacks everything"),
            (
                {"percentiles": {"x": 1}},
                r"\['percentiles'\]: expected percentiles between 0 and 100, each once, got 'x'",
            ),
            ({"percentiles": {"5": 1, 5.0: 1}}, "each once, got 5.0"),
            (
                {"percentiles": {"5": 2, "50": 1}},
                r"\['percentiles'\]: expected values that rise with the percentile",
            ),
            ({"percentiles": {"5": "a"}}, r"\['percentiles'\]\['5'\]: expected numbers"),
            ({"draws": 103}, r"\['draws'\]: expected at least those counted and rejected, 104, got 103"),
            ({"draws": 10.5}, r"\['draws'\]: expected a whole number"),
            ({"rejected": -1}, r"\['rejected'\]: expected at least 0, got -1"),
            ({"mean": "x"}, r"\['mean'\]: expected numbers"),
            (
                {"probability_above_price": 58},
                r"\['probability_above_price'\]: expected a share from 0 to 1, got 58",
            ),
        ],
    )
    def test_pieces_that_cannot_be_drawn_are_named(self, change, said):
        """The error says which piece it is."""
        with pytest.raises(InputError, match=said):
            distribution({**SIMULATION, **change})

    def test_other_arguments_are_named(self):
        """As those of the other charts."""
        with pytest.raises(InputError, match="monte_carlo: lacks percentiles, draws"):
            distribution({"histogram": {}})
        with pytest.raises(InputError, match="price: is one of a share"):
            distribution(SIMULATION, price=5, metric="equity_value")
        with pytest.raises(InputError, match="metric: expected one of"):
            distribution(SIMULATION, metric="x")
        with pytest.raises(InputError, match="currency: expected a code"):
            distribution(SIMULATION, currency=5)


class TestEveryChart:
    CHARTS = (
        heat_map(TABLE, base=(0.085, 0.02), price=125.67),
        tornado(DRIVERS, base_value=132.1, price=125.67),
        distribution(SIMULATION, price=125.67),
    )

    @pytest.mark.parametrize("figure", CHARTS)
    def test_can_be_read_and_shows_itself(self, figure):
        """Every word whole, apart from the others and dark enough."""
        assert flaws(figure) == []
        assert figure._repr_png_().startswith(b"\x89PNG")
        assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)

    def test_takes_dollar_signs_as_they_are(self):
        """Mathematics would be read between two of them, and this one fails."""
        bad = "$\\bad$"
        assert (
            flaws(
                heat_map({bad: [1, 2], "$x$": [1], "values": [[1], [2]]}, currency=bad, metric="equity_value")
            )
            == []
        )
        assert flaws(tornado({bad: {"range": [0, 1], "value": [1, 2]}}, base_value=1.5, currency=bad)) == []
        assert flaws(distribution(SIMULATION, currency=bad)) == []
