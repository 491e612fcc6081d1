"""The charts, looked at through their artists: heights of bars, words of labels, units of axes."""

import io
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import rcParams
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from maos_nb.errors import InputError
from maos_nb.plotting import projection, scenario_bars, value_bridge

YEARS = {
    "year": [2023, 2024, 2025],
    "revenue": [440e9, 480e9, 514e9],
    "revenue_growth": [0.115, 0.092, 0.07],
    "operating_income": [125e9, 137e9, 146e9],
    "free_cash_flow": [114e9, 123e9, 131e9],
}
BRIDGE = {
    "enterprise_value": 2068e9,
    "cash": 23.6e9,
    "investments": 145.5e9,
    "debt": -120.1e9,
    "leases": -0.9e9,
    "equity_value": 2116.1e9,
}
SCENARIOS = {
    "base": {"value_per_share": 132.1, "equity_value": 2.1e12, "changes": {}},
    "optimistic": {
        "value_per_share": 154.43,
        "equity_value": 2.5e12,
        "changes": {"revenue_growth": 0.154, "wacc": 0.08},
    },
    "pessimistic": {"value_per_share": 112.15, "equity_value": 1.8e12, "changes": {"revenue_growth": 0.075}},
}


def heights(figure):
    """Give the heights of the bars."""
    return [bar.get_height() for bar in figure.axes[0].patches]


def words(figure):
    """Give the words written into the chart."""
    return [text.get_text() for text in figure.axes[0].texts]


def ticks(figure):
    """Give the words below the axis."""
    return [label.get_text() for label in figure.axes[0].get_xticklabels()]


def legend(figure):
    """Give the words of the legend."""
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def render(figure):
    """Draw the chart as a PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def luminance(colour):
    """Relative luminance of sRGB, by WCAG 2.2."""
    channels = to_rgb(colour)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class TestProjection:
    def test_revenue_stands_as_bars_in_billions(self):
        """Amounts are divided by the unit that the axis names."""
        figure = projection(YEARS)
        assert heights(figure) == pytest.approx([440, 480, 514])
        assert figure.axes[0].get_ylabel() == "USD bn"

    def test_income_and_cash_flow_are_lines_told_apart_without_colour(self):
        """Each line has a marker and a dash of its own, and a name in the legend."""
        figure = projection(YEARS)
        lines = [line for line in figure.axes[0].lines if line.get_marker() not in ("None", None, "")]
        assert list(lines[0].get_ydata()) == pytest.approx([125, 137, 146])
        assert list(lines[1].get_ydata()) == pytest.approx([114, 123, 131])
        assert len({(line.get_marker(), line.get_linestyle()) for line in lines}) == 2
        assert legend(figure) == ["Revenue", "Operating income", "Free cash flow"]

    def test_each_bar_bears_revenue_and_growth(self):
        """The labels stand from the last year back."""
        assert words(projection(YEARS)) == ["514\n+7.0%", "480\n+9.2%", "440\n+11.5%"]

    def test_growth_may_be_left_out(self):
        """Then the labels bear revenue alone."""
        lines = {name: values for name, values in YEARS.items() if name != "revenue_growth"}
        assert words(projection(lines)) == ["514", "480", "440"]

    def test_a_growth_of_many_times_is_written_as_a_multiple(self):
        """+3000.0% is harder to read than 31x."""
        lines = {**YEARS, "revenue_growth": [30.0, 0.1, 0.1]}
        assert words(projection(lines))[-1] == "440\n31x"

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_what_is_not_known_is_said_and_not_drawn_as_zero(self, unknown):
        """A missing revenue is n/a, a missing cash flow a gap that the legend names."""
        lines = {**YEARS, "revenue": [440e9, unknown, 514e9], "free_cash_flow": [114e9, 123e9, unknown]}
        figure = projection(lines)
        assert words(figure)[1] == "n/a"
        assert math.isnan(heights(figure)[1])
        assert legend(figure) == ["Revenue (n/a in 2024)", "Operating income", "Free cash flow (n/a in 2025)"]
        assert render(figure)

    def test_losses_lie_below_a_line_at_zero(self):
        """The axis reaches below zero, and the lines with it."""
        lines = {**YEARS, "operating_income": [-90e9, -50e9, 10e9]}
        figure = projection(lines)
        assert figure.axes[0].get_ylim()[0] < -90
        assert min(projection(lines).axes[0].lines[1].get_ydata()) == pytest.approx(-90)

    def test_without_losses_the_axis_starts_at_zero(self):
        """Bars that start elsewhere would lie about their ratios."""
        assert projection(YEARS).axes[0].get_ylim()[0] == 0

    @pytest.mark.parametrize("count", [1, 2, 10, 11, 50])
    def test_any_horizon_fits(self, count):
        """At most ten years are labelled, the last always."""
        lines = {
            "year": list(range(1, count + 1)),
            **{name: list(np.linspace(1e6, 5e6, count)) for name in YEARS if name != "year"},
        }
        figure = projection(lines)
        low, high = figure.axes[0].get_xlim()
        assert len(heights(figure)) == count
        assert len(words(figure)) <= 10
        assert low < 1 - 0.31 < count + 0.31 < high
        assert count in figure.axes[0].get_xticks()
        assert render(figure)

    def test_years_without_a_calendar_are_called_so(self):
        """A startup's projection runs from year 1."""
        assert projection(YEARS).axes[0].get_xlabel() == "Fiscal year"
        assert projection({**YEARS, "year": [1, 2, 3]}).axes[0].get_xlabel() == "Year of the projection"

    def test_an_index_is_drawn_as_it_is(self):
        """No bn or m beside words that are no currency code."""
        index = {name: [value / 1e9 for value in values] for name, values in YEARS.items()} | {
            "year": [1, 2, 3]
        }
        figure = projection(index, currency="index, last year's revenue = 100")
        assert figure.axes[0].get_ylabel() == "Index, last year's revenue = 100"
        assert heights(figure) == pytest.approx([440, 480, 514])

    @pytest.mark.parametrize(
        ("largest", "unit"),
        [(5e2, "USD"), (5e4, "USD thousand"), (5e6, "USD m"), (5e12, "USD bn"), (5e15, "USD tn")],
    )
    def test_the_unit_follows_the_size(self, largest, unit):
        """Analysts read companies in billions or millions; only beyond a quadrillion in trillions."""
        lines = {
            **YEARS,
            **{name: [largest] * 3 for name in ("revenue", "operating_income", "free_cash_flow")},
        }
        assert projection(lines).axes[0].get_ylabel() == unit

    @pytest.mark.parametrize("size", [1e-12, 1e45, 1e100, 0.0])
    def test_huge_and_tiny_figures_can_be_drawn(self, size):
        """They are written as powers of ten."""
        lines = {**YEARS, **{name: [size] * 3 for name in ("revenue", "operating_income", "free_cash_flow")}}
        figure = projection(lines)
        assert render(figure)
        assert all(len(word) < 20 for word in words(figure))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (
                {"revenue": [1.0]},
                r"financial_projections\['revenue'\]: expected one number for each of 3 years",
            ),
            ({"revenue": ["a", "b", "c"]}, r"financial_projections\['revenue'\]: expected numbers"),
            ({"revenue": "123"}, r"financial_projections\['revenue'\]: expected a list"),
            (
                {"revenue": [math.inf, 1, 1]},
                r"financial_projections\['revenue'\]: expected amounts of at most",
            ),
            ({"revenue": [1e101, 1, 1]}, r"financial_projections\['revenue'\]: expected amounts of at most"),
            ({"year": [2023, 2025, 2024]}, r"financial_projections\['year'\]: expected years that rise"),
            (
                {"year": [2023.5, 2024.5, 2025.5]},
                r"financial_projections\['year'\]: expected years that rise",
            ),
            ({"year": [2023, None, 2025]}, r"financial_projections\['year'\]: expected years that rise"),
            ({"year": []}, r"financial_projections\['year'\]: expected one number a year"),
        ],
    )
    def test_lines_that_cannot_be_drawn_are_named(self, change, said):
        """The error says which line it is."""
        with pytest.raises(InputError, match=said):
            projection({**YEARS, **change})

    def test_a_missing_line_is_named(self):
        """And what is not a mapping is refused."""
        with pytest.raises(InputError, match="financial_projections: lacks revenue, free_cash_flow"):
            projection({"year": [1], "operating_income": [1]})
        with pytest.raises(InputError, match="financial_projections: expected a mapping, got list"):
            projection([1, 2])

    @pytest.mark.parametrize("currency", ["", "  ", None, 5])
    def test_a_currency_has_to_be_words(self, currency):
        """An axis without a unit is no axis."""
        with pytest.raises(InputError, match="currency: expected a code"):
            projection(YEARS, currency=currency)


class TestValueBridge:
    def test_items_start_where_the_last_one_ended(self):
        """The waterfall's floating bars add up to equity value."""
        figure = value_bridge(BRIDGE)
        bars = figure.axes[0].patches
        assert [bar.get_height() for bar in bars] == pytest.approx([2068, 23.6, 145.5, -120.1, -0.9, 2116.1])
        assert [bar.get_y() for bar in bars] == pytest.approx([0, 2068, 2091.6, 2237.1, 2117.0, 0])

    def test_each_item_bears_name_sign_and_figure(self):
        """Digits are as many as the smallest item needs."""
        figure = value_bridge(BRIDGE)
        assert words(figure) == ["2,068.0", "+23.6", "+145.5", "-120.1", "-0.9", "2,116.1"]
        assert ticks(figure) == ["Enterprise\nvalue", "Cash", "Investments", "Debt", "Leases", "Equity value"]
        assert figure.axes[0].get_ylabel() == "USD bn"

    def test_gains_and_claims_differ_by_their_hatch(self):
        """In black and white as well."""
        bars = value_bridge(BRIDGE).axes[0].patches
        assert [bar.get_hatch() for bar in bars] == [None, "///", "///", "\\\\\\", "\\\\\\", None]

    def test_a_negative_equity_value_hangs_below_zero(self):
        """Debt beyond what the operations are worth."""
        figure = value_bridge({"enterprise_value": 5e6, "debt": -9e6, "equity_value": -4e6})
        assert heights(figure)[-1] == pytest.approx(-4)
        assert words(figure)[-1] == "-4.00"
        assert figure.axes[0].get_ylim()[0] < -4

    def test_nothing_is_written_as_zero_without_a_sign(self):
        """-0.0 is how a debt of nothing comes."""
        figure = value_bridge({"enterprise_value": 588.0, "cash": 0.0, "debt": -0.0, "equity_value": 588.0})
        assert words(figure)[1:3] == ["0", "0"]

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_an_unknown_item_is_said_and_moves_nothing(self, unknown):
        """The sum cannot be checked then."""
        figure = value_bridge({"enterprise_value": 5e9, "cash": unknown, "debt": -1e9, "equity_value": 4.2e9})
        assert words(figure) == ["5.00", "n/a", "-1.00", "4.20"]
        assert heights(figure) == pytest.approx([5, -1, 4.2])
        assert render(figure)

    def test_the_order_of_the_two_ends_does_not_matter(self):
        """Whatever comes between them keeps its order."""
        mixed = {"equity_value": 3.0, "debt": -2.0, "enterprise_value": 5.0}
        assert ticks(value_bridge(mixed)) == ["Enterprise\nvalue", "Debt", "Equity value"]

    def test_a_bridge_that_does_not_add_up_is_refused(self):
        """A chart of it would hide an item."""
        with pytest.raises(
            InputError, match="bridge: enterprise value and items add up to 90, equity_value is 80"
        ):
            value_bridge({"enterprise_value": 100, "debt": -10, "equity_value": 80})

    @pytest.mark.parametrize(
        ("bridge", "said"),
        [
            ({"enterprise_value": 1.0}, "bridge: lacks equity_value"),
            ({"enterprise_value": "x", "equity_value": 1}, r"bridge\['enterprise_value'\]: expected numbers"),
            (
                {"enterprise_value": [1, 2], "equity_value": 1},
                r"bridge\['enterprise_value'\]: expected one number",
            ),
            ({"enterprise_value": None, "equity_value": None}, "bridge: expected amounts"),
            (None, "bridge: expected a mapping, got NoneType"),
        ],
    )
    def test_what_cannot_be_drawn_is_named(self, bridge, said):
        """The error names the item."""
        with pytest.raises(InputError, match=said):
            value_bridge(bridge)

    @settings(deadline=None, max_examples=25)
    @given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=6))
    def test_the_last_item_always_ends_at_equity_value(self, amounts):
        """Whatever the items are, as long as they add up."""
        items = {f"item_{place}": amount for place, amount in enumerate(amounts)}
        figure = value_bridge({"enterprise_value": 1e12, **items, "equity_value": 1e12 + sum(amounts)})
        bars = figure.axes[0].patches
        size = max(abs(bar.get_height()) for bar in bars)
        assert bars[-2].get_y() + bars[-2].get_height() == pytest.approx(
            bars[-1].get_height(), abs=1e-9 * size
        )


class TestScenarioBars:
    def test_each_scenario_has_a_bar_with_its_value_and_distance_from_the_price(self):
        """And the price is a line with its figure."""
        figure = scenario_bars(SCENARIOS, price=125.67)
        assert heights(figure) == pytest.approx([132.1, 154.43, 112.15])
        assert words(figure) == [
            "132.10\n5% above price",
            "154.43\n23% above price",
            "112.15\n11% below price",
            "Price 125.67",
        ]
        assert figure.axes[0].get_ylabel() == "USD per share"

    def test_scenarios_say_what_they_change_and_differ_by_hatch(self):
        """Colour is not needed to tell them apart."""
        figure = scenario_bars(SCENARIOS)
        assert ticks(figure) == [
            "Base",
            "Optimistic\nrevenue growth 15.4%\nWACC 8.0%",
            "Pessimistic\nrevenue growth 7.5%",
        ]
        assert len({bar.get_hatch() for bar in figure.axes[0].patches}) == 3

    def test_without_a_price_there_is_no_line(self):
        """Only the line at zero is left."""
        assert len(scenario_bars(SCENARIOS).axes[0].lines) == 1
        assert len(scenario_bars(SCENARIOS, price=1.0).axes[0].lines) == 2

    def test_other_values_have_their_own_title_and_unit(self):
        """Equity value where the number of shares is not known."""
        figure = scenario_bars(SCENARIOS, metric="equity_value", currency="EUR")
        assert figure.axes[0].get_ylabel() == "EUR bn"
        assert figure.axes[0].get_title(loc="left") == "Equity value by scenario"
        assert words(figure)[0] == "2,100"

    def test_one_scenario_is_enough(self):
        """The bar stays a bar and does not fill the page."""
        figure = scenario_bars({"base": SCENARIOS["base"]}, price=125.67)
        low, high = figure.axes[0].get_xlim()
        assert figure.axes[0].patches[0].get_width() < (high - low) / 3

    def test_a_value_below_nothing_hangs_below_zero_and_is_called_so(self):
        """A percentage of the price would mean nothing."""
        figure = scenario_bars({"base": {"value_per_share": -1.96}}, price=3.0)
        assert heights(figure) == [-1.96]
        assert words(figure)[0] == "-1.96\nless than nothing"

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_an_unknown_value_is_said_and_has_no_bar(self, unknown):
        """Also where no value is known at all."""
        figure = scenario_bars({"base": {"value_per_share": unknown}, "other": {"value_per_share": 2.0}})
        assert heights(figure) == [2.0]
        assert words(figure) == ["n/a", "2.00"]
        assert render(scenario_bars({"base": {"value_per_share": unknown}}))

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (lambda: scenario_bars({}), "scenarios: lacks everything"),
            (lambda: scenario_bars({"base": {}}), r"scenarios\['base'\]: lacks value_per_share"),
            (lambda: scenario_bars({"base": 5}), r"scenarios\['base'\]: expected a mapping, got int"),
            (lambda: scenario_bars(SCENARIOS, price=0), "price: expected a positive number"),
            (lambda: scenario_bars(SCENARIOS, price=math.nan), "price: expected a positive number"),
            (lambda: scenario_bars(SCENARIOS, price="3"), "price: expected numbers"),
            (lambda: scenario_bars(SCENARIOS, price=3, metric="equity_value"), "price: is one of a share"),
            (lambda: scenario_bars(SCENARIOS, metric="worth"), "metric: expected one of value_per_share"),
        ],
    )
    def test_what_cannot_be_drawn_is_named(self, call, said):
        """The error names the argument."""
        with pytest.raises(InputError, match=said):
            call()


class TestEveryChart:
    FIGURES = (projection(YEARS), value_bridge(BRIDGE), scenario_bars(SCENARIOS, price=125.67))

    @pytest.mark.parametrize("figure", FIGURES)
    def test_is_a_figure_that_a_notebook_shows_by_itself(self, figure):
        """Without pyplot there is nobody else to draw it."""
        assert isinstance(figure, Figure)
        assert figure._repr_png_().startswith(b"\x89PNG")

    @pytest.mark.parametrize("figure", FIGURES)
    def test_has_text_dark_enough_to_read(self, figure):
        """WCAG 2.2 asks for a contrast of 4.5 to 1; the page is white."""
        texts = [text for text in figure.findobj(Text) if text.get_text()]
        assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
        assert len(texts) > 10
        for text in texts:
            assert 1.05 / (luminance(text.get_color()) + 0.05) >= 4.5

    def test_takes_dollar_signs_as_they_are(self):
        """Mathematics would be read between two of them, and this one fails."""
        figure = scenario_bars({"$\\bad$": {"value_per_share": 1.0}}, currency="$\\bad$ units")
        assert ticks(figure) == ["$\\bad$"]
        assert render(figure)

    def test_leaves_pyplot_and_its_settings_alone(self):
        """A style that the user has switched on stays, and does not reach the chart."""
        before = dict(rcParams)
        for draw in (
            lambda: projection(YEARS),
            lambda: value_bridge(BRIDGE),
            lambda: scenario_bars(SCENARIOS),
        ):
            render(draw())
        assert dict(rcParams) == before
        program = (
            "import sys; from maos_nb.plotting import projection; print('matplotlib.pyplot' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )  # our own words
        assert done.stdout.strip() == "False"
