"""Fan chart, football field and NPV profile, looked at through their artists."""

import math
import subprocess
import sys

import numpy as np
import pytest
from chart_flaws import flaws
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib import rcParams
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from maos_nb.errors import InputError
from maos_nb.plotting import fan_chart, football_field, npv_profile

FAN = {
    "year": [2026, 2027, 2028],
    "percentiles": {
        "5": [8e9, 7e9, 6e9],
        "25": [9e9, 9e9, 9e9],
        "50": [1e10, 1.1e10, 1.2e10],
        "75": [1.1e10, 1.3e10, 1.5e10],
        "95": [1.2e10, 1.5e10, 1.9e10],
    },
    "base": [1e10, 1.15e10, 1.3e10],
}
METHODS = {
    "DCF, perpetuity growth": {"low": 112.2, "mid": 132.1, "high": 154.4, "basis": "WACC 8.0% to 10.0%"},
    "52-week range": {"low": 83.3, "mid": None, "high": 129.6},
}
RATES = np.linspace(0, 0.4, 41)
PROFILE = {"rate": RATES, "npv": 1e8 * (0.15 - RATES), "irr": [0.15]}

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


def bands(figure):
    """Give low and high of each band in every year, ``(n_bands, n_years, 2)``."""
    found = []
    for band in figure.axes[0].collections:
        corners = band.get_paths()[0].vertices
        along = np.unique(corners[:, 0])
        found.append(
            [[corners[corners[:, 0] == x, 1].min(), corners[corners[:, 0] == x, 1].max()] for x in along]
        )
    return np.array(found)


def marked(figure, marker):
    """Give the points drawn with a marker."""
    return [
        (float(x), float(y))
        for line in figure.axes[0].lines
        if line.get_marker() == marker
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


class TestFanChart:
    def test_bands_are_nested_from_the_outermost_in(self):
        """Each between a percentile and its partner."""
        outer, inner = bands(fan_chart(FAN))
        assert outer.tolist() == [[8, 12], [7, 15], [6, 19]]
        assert inner.tolist() == [[9, 11], [9, 13], [9, 15]]

    def test_bands_grow_paler_outwards(self):
        """The likelier, the darker; in grey as well."""
        outer, inner = (band.get_facecolor()[0][:3].sum() for band in fan_chart(FAN).axes[0].collections)
        assert outer > inner + 0.3

    def test_the_legend_names_bands_and_lines(self):
        """From the outermost in."""
        assert legend(fan_chart(FAN)) == ["5% to 95%", "25% to 75%", "Median", "Base case"]

    def test_median_and_base_case_are_told_apart_without_colour(self):
        """By marker and dash."""
        figure = fan_chart(FAN)
        assert marked(figure, "o") == [(2026, 10), (2027, 11), (2028, 12)]
        assert marked(figure, "s") == [(2026, 10), (2027, 11.5), (2028, 13)]
        styles = [line.get_linestyle() for line in figure.axes[0].lines if line.get_marker() in ("o", "s")]
        assert styles == ["-", "--"]

    def test_the_last_year_bears_its_figures(self):
        """The outermost percentiles and the median."""
        assert words(fan_chart(FAN)) == ["5%: 6.0", "Median: 12.0", "95%: 19.0"]

    def test_title_and_unit_are_those_of_the_amounts(self):
        """Billions, or an index as it is."""
        figure = fan_chart(FAN, title="EBITDA", currency="index, last year = 100")
        assert figure.axes[0].get_title(loc="left") == "EBITDA"
        assert figure.axes[0].get_ylabel() == "Index, last year = 100"
        assert fan_chart(FAN).axes[0].get_title(loc="left") == "Free cash flow"
        assert fan_chart(FAN).axes[0].get_ylabel() == "USD bn"

    def test_percentiles_may_be_numbers_in_any_order(self):
        """The text "5" is the number 5, and 2.5 has its partner too."""
        levels = {95: [3.0], 5.0: [1.0], "50": [2.0], 2.5: [0.5], 97.5: [3.5]}
        figure = fan_chart({"year": (1,), "percentiles": levels})
        assert legend(figure) == ["2.5% to 97.5%", "5% to 95%", "Median"]

    def test_median_and_base_may_be_left_out(self):
        """A pair is enough."""
        pair = {name: FAN["percentiles"][name] for name in ("5", "95")}
        assert legend(fan_chart({"year": FAN["year"], "percentiles": pair, "base": None})) == ["5% to 95%"]

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_unknown_years_are_gaps_that_the_legend_names(self, unknown):
        """The years beside a gap are drawn, one alone as a plank."""
        levels = {"5": [1, unknown, 2, unknown, 3, 4], "95": [5, 6, 7, unknown, 8, 9]}
        figure = fan_chart({"year": list(range(1, 7)), "percentiles": levels})
        assert legend(figure) == ["5% to 95% (n/a in 2, 4)"]
        first, second, third = (band.get_paths()[0].vertices[:, 0] for band in figure.axes[0].collections)
        assert (first.min(), first.max()) == pytest.approx((0.8, 1.2))
        assert (second.min(), second.max()) == pytest.approx((2.8, 3.2))
        assert (third.min(), third.max()) == (5, 6)
        assert flaws(figure) == []

    def test_many_gaps_are_counted(self):
        """And the legend takes as many rows as its names need."""
        line = [None] * 10 + list(range(10))
        levels = {str(level): line for level in (1, 5, 10, 25, 50, 75, 90, 95, 99)}
        figure = fan_chart({"year": list(range(2026, 2046)), "percentiles": levels, "base": line})
        assert legend(figure)[0] == "1% to 99% (n/a in 10 of 20 years)"
        assert flaws(figure) == []

    def test_zero_belongs_to_the_page(self):
        """Losses lie below it, and bands far above it do not look wider than they are."""
        assert fan_chart(FAN).axes[0].get_ylim()[0] == 0
        losses = {name: [-value for value in values] for name, values in FAN["percentiles"].items()}
        turned = {str(100 - int(name)): values for name, values in losses.items()}
        low, high = fan_chart({"year": FAN["year"], "percentiles": turned}).axes[0].get_ylim()
        assert low < -19
        assert high == 0

    @DRAWING
    @given(
        st.integers(1, 40), st.sampled_from([0.0, 1e-9, 1.0, 1e12, 1e99]), st.floats(-2, 2), st.floats(0, 1)
    )
    def test_any_horizon_and_money_fit(self, count, size, middle, width):
        """Nothing is cut off and nothing lies on anything else."""
        line = size * middle * np.linspace(1, 2, count)
        levels = {level: line + size * width * (level - 50) / 50 for level in (5, 25, 50, 75, 95)}
        figure = fan_chart({"year": np.arange(2026, 2026 + count), "percentiles": levels, "base": line})
        assert flaws(figure) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"year": [2026, 2028, 2029]}, r"fan\['year'\]: expected years that rise one by one"),
            ({"year": 2026}, r"fan\['year'\]: expected a list of numbers, got int"),
            ({"percentiles": {}}, r"fan\['percentiles'\]: lacks everything"),
            ({"percentiles": [1]}, r"fan\['percentiles'\]: expected a mapping, got list"),
            ({"percentiles": {"low": [1]}}, r"fan\['percentiles'\]: expected percentiles between 0 and 100, each once, got 'low'"),
            ({"percentiles": {"5": [1, 2, 3], "90": [4, 5, 6]}}, "expected pairs around the median such as 5 and 95, got 5 alone"),
            ({"percentiles": {"50": [1, 2, 3]}}, "expected pairs around the median such as 5 and 95, got 50 alone"),
            ({"percentiles": {"5": [1, 2], "95": [4, 5, 6]}}, r"fan\['percentiles'\]\['5'\]: expected one number for each of 3 years, got 2"),
            ({"percentiles": {"5": [1, 7, 2], "95": [4, 5, 6]}}, "expected rising amounts, the 5% of 2027 is above the 95%"),
            ({"percentiles": {"5": [1, 7, 2], "50": [2, None, 3], "95": [4, 5, 6]}}, "the 5% of 2027 is above the 95%"),
            ({"percentiles": {"5": [None] * 3, "95": [math.nan] * 3}}, "expected amounts, none of them is a number"),
            ({"base": [1]}, r"fan\['base'\]: expected one number for each of 3 years, got 1"),
            ({"base": "abc"}, r"fan\['base'\]: expected a list of numbers, got str"),
        ],
    )  # fmt: skip
    def test_pieces_that_cannot_be_drawn_are_named(self, change, said):
        """The error says which piece it is."""
        with pytest.raises(InputError, match=said):
            fan_chart({**FAN, **change})

    def test_other_arguments_are_named(self):
        """As those of the other charts."""
        with pytest.raises(InputError, match="fan: lacks percentiles"):
            fan_chart({"year": [1]})
        with pytest.raises(InputError, match="title: expected words, got None"):
            fan_chart(FAN, title=None)
        with pytest.raises(InputError, match="currency: expected a code"):
            fan_chart(FAN, currency=" ")


class TestFootballField:
    def test_bars_float_between_low_and_high(self):
        """The first method on top."""
        figure = football_field(METHODS)
        bars = figure.axes[0].patches
        assert [(bar.get_x(), bar.get_width()) for bar in bars] == [
            (112.2, pytest.approx(42.2)), (83.3, pytest.approx(46.3)),
        ]  # fmt: skip
        assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1]
        assert figure.axes[0].get_xlabel() == "USD per share"

    def test_low_and_high_stand_at_the_ends_and_mid_on_its_tick(self):
        """Outside of the bar, so that a short bar has them too."""
        figure = football_field(METHODS)
        assert words(figure)[:3] == ["112.20", "154.40", "132.10"]
        assert [text.get_ha() for text in figure.axes[0].texts[:3]] == ["right", "left", "center"]
        ticks = [line.get_xdata() for line in figure.axes[0].lines if line.get_linewidth() > 2]
        assert [list(tick) for tick in ticks] == [[132.1, 132.1]]

    def test_the_basis_stands_small_under_the_name(self):
        """Where there is one."""
        name, basis = football_field(METHODS).axes[0].texts[3:5]
        assert (name.get_text(), basis.get_text()) == ("DCF, perpetuity growth", "WACC 8.0% to 10.0%")
        assert basis.get_fontsize() < name.get_fontsize()
        assert basis.xyann[1] < name.xyann[1]

    def test_the_price_is_a_dashed_line_with_its_name(self):
        """Across all methods."""
        figure = football_field(METHODS, price=125.67)
        assert words(figure)[-1] == "Price 125.67"
        assert figure.axes[0].lines[-1].get_linestyle() == "--"
        assert list(figure.axes[0].lines[-1].get_xdata()) == [125.67] * 2

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_unknown_ends_are_said_and_have_no_bar(self, unknown):
        """A value that is known is written all the same."""
        methods = {
            "a": {"low": unknown, "high": unknown, "basis": None},
            "b": {"low": 1.0, "high": unknown, "mid": 2.0},
            "c": {"low": unknown, "high": 3.0},
            "d": {"low": 1.0, "high": 2.0},
        }
        figure = football_field(methods)
        assert words(figure)[:6] == ["n/a", "A", "1.00 to n/a", "2.00", "B", "n/a to 3.00"]
        assert len(figure.axes[0].patches) == 1
        assert flaws(figure) == []

    def test_values_below_nothing_lie_left_of_a_line_at_zero(self):
        """The line is only seen then."""
        figure = football_field({"a": {"low": -30, "mid": -5, "high": 12}}, price=20)
        low, high = figure.axes[0].get_xlim()
        assert low < -30 < 20 < high
        assert list(figure.axes[0].lines[0].get_xdata()) == [0, 0]
        assert flaws(figure) == []
        assert football_field(METHODS).axes[0].get_xlim()[0] > 0

    def test_long_words_are_wrapped_and_shortened(self):
        """The bars keep the larger part of the page."""
        figure = football_field(
            {"word " * 40: {"low": 1, "high": 2, "basis": "words " * 40}, "b": {"low": 1, "high": 2}}
        )
        name, basis = words(figure)[2:4]
        assert name.count("\n") == basis.count("\n") == 1
        assert name.endswith("…")
        assert basis.endswith("…")
        assert flaws(figure) == []

    def test_a_range_of_one_point_has_its_words_once(self):
        """A single peer gives a point and no range."""
        figure = football_field({"DCF": {"low": 5, "mid": 5, "high": 5}}, price=5)
        assert words(figure) == ["5.00", "DCF", "Price 5.00"]
        assert flaws(figure) == []

    @DRAWING
    @given(
        st.lists(st.lists(st.floats(-1, 2) | st.none(), min_size=3, max_size=3), min_size=1, max_size=9),
        st.sampled_from([1e-9, 0.01, 1.0, 1e6, 1e99]),
        st.floats(0.01, 2),
        st.booleans(),
    )
    def test_any_methods_and_money_fit(self, ranges, size, price, has_basis):
        """Nothing is cut off and nothing lies on anything else."""
        methods = {"known": {"low": size, "high": 1.5 * size}}
        for place, given_ends in enumerate(ranges):
            known = iter(sorted(value * size for value in given_ends if value is not None))
            low, mid, high = (None if value is None else next(known) for value in given_ends)
            methods[f"Method {place}"] = {
                "low": low,
                "mid": mid,
                "high": high,
                "basis": "as peers" if has_basis else None,
            }
        assert flaws(football_field(methods, price=price * size)) == []

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (lambda: football_field({}), "methods: lacks everything"),
            (lambda: football_field([1]), "methods: expected a mapping, got list"),
            (lambda: football_field({"a": 1}), r"methods\['a'\]: expected a mapping, got int"),
            (lambda: football_field({"a": {"low": 1}}), r"methods\['a'\]: lacks high"),
            (lambda: football_field({"a": {"low": "1", "high": 2}}), r"methods\['a'\]\['low'\]: expected numbers"),
            (lambda: football_field({"a": {"low": 3, "high": 2}}), r"methods\['a'\]: expected low <= high, got 3 and 2"),
            (lambda: football_field({"a": {"low": 1, "mid": 3, "high": 2}}), r"methods\['a'\]: expected mid <= high, got 3 and 2"),
            (lambda: football_field({"a": {"low": 1, "high": 2, "basis": 5}}), r"methods\['a'\]\['basis'\]: expected words or None, got int"),
            (lambda: football_field({"a": {"low": None, "high": None}}), "methods: expected amounts, none of them is a number"),
            (lambda: football_field(METHODS, price=-3), "price: expected a positive number or None, got -3"),
            (lambda: football_field(METHODS, currency=3), "currency: expected a code"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, call, said):
        """The error says which argument and which piece of it."""
        with pytest.raises(InputError, match=said):
            call()


class TestNpvProfile:
    def test_the_curve_is_drawn_in_its_unit(self):
        """With a line at zero."""
        figure = npv_profile(PROFILE)
        zero, curve = figure.axes[0].lines[:2]
        assert list(zero.get_ydata()) == [0, 0]
        assert curve.get_xdata() == pytest.approx(RATES)
        assert curve.get_ydata() == pytest.approx(100 * (0.15 - RATES))
        assert figure.axes[0].get_ylabel() == "USD m"

    def test_the_root_is_marked_and_written(self):
        """At zero, its words beside it."""
        figure = npv_profile(PROFILE)
        assert marked(figure, "o") == [(0.15, 0)]
        assert words(figure) == ["IRR 15.0%"]

    def test_every_root_is_marked_and_written(self):
        """Where the curve falls above the line, where it rises below, out of its way."""
        rates = np.linspace(0, 0.6, 121)
        npv = -(rates - 0.1) * (rates - 0.25) * (rates - 0.5)
        figure = npv_profile({"rate": rates, "npv": npv, "irr": (0.5, 0.1, 0.25)})
        assert marked(figure, "o") == [(0.1, 0), (0.25, 0), (0.5, 0)]
        assert words(figure) == ["10.0%", "50.0%", "25.0%"]
        heights = [text.xy[1] > 0 for text in figure.axes[0].texts]
        assert heights == [True, True, False]
        assert flaws(figure) == []

    def test_the_discount_rate_is_marked_with_its_npv(self):
        """A square on the curve, a dashed line through it."""
        figure = npv_profile(PROFILE, rate=0.09)
        assert words(figure)[-1] == "NPV at 9.0%: 6.0"
        assert np.array(marked(figure, "s")) == pytest.approx(np.array([(0.09, 6.0)]))

    def test_an_npv_between_two_rates_is_called_about(self):
        """The curve between its points is a guess."""
        assert words(npv_profile(PROFILE, rate=0.0925))[-1] == "NPV at 9.25%: about 5.8"

    def test_an_unknown_npv_at_the_rate_is_said(self):
        """And not marked."""
        profile = {**PROFILE, "npv": [None if rate < 0.1 else 1 - rate for rate in RATES]}
        figure = npv_profile(profile, rate=0.05)
        assert words(figure)[-1] == "NPV at 5.0%: n/a"
        assert marked(figure, "s") == []
        assert flaws(figure) == []

    @pytest.mark.parametrize("none", [[], (), np.array([]), [None], np.array([math.nan])])
    def test_no_root_is_said(self, none):
        """However it comes."""
        figure = npv_profile({**PROFILE, "npv": 1 + RATES, "irr": none})
        assert words(figure) == ["No internal rate of return."]

    def test_roots_beyond_the_curve_are_named(self):
        """They are no less roots."""
        figure = npv_profile({**PROFILE, "irr": [-0.95, 0.15, 3.5]})
        assert words(figure) == ["IRR 15.0%", "Beyond the chart: IRR -95.0%, 350.0%."]
        assert flaws(figure) == []

    def test_many_roots_are_marked_and_the_first_twelve_written(self):
        """A note says so."""
        roots = np.linspace(0.01, 0.39, 20)
        npv = np.sin((RATES - 0.01) / 0.02 * np.pi)
        figure = npv_profile({**PROFILE, "npv": npv, "irr": roots})
        assert len(marked(figure, "o")) == 20
        assert words(figure)[-1] == "Only the first 12 of 20 roots are written."
        assert flaws(figure) == []

    def test_roots_a_hair_apart_have_the_digits_and_the_room_to_be_told_apart(self):
        """As few of them as fit, where their words are long."""
        roots = 1.7233 + np.arange(12) * 1e-5
        figure = npv_profile({"rate": [-0.9, 2], "npv": [1, 2], "irr": roots})
        assert words(figure)[:2] == ["172.330%", "172.331%"]
        assert words(figure)[-1] == "Only the first 9 of 12 roots are written."
        assert flaws(figure) == []

    def test_where_npv_explodes_the_curve_leaves_the_chart(self):
        """Towards -100% it is beyond all others by powers of ten, and a note says so."""
        rates = np.linspace(-0.99, 1, 200)
        npv = -100 + sum(30 / (1 + rates) ** year for year in range(1, 6))
        figure = npv_profile({"rate": rates, "npv": npv * 1e6, "irr": [0.1524]}, rate=0.09)
        low, high = figure.axes[0].get_ylim()
        assert -200 < low < -70 < 100 < high < 2000
        assert figure.axes[0].get_ylabel() == "USD m"
        assert words(figure)[0] == "IRR 15.2%"
        assert words(figure)[-1].startswith("The curve leaves the chart below -")
        assert flaws(figure) == []

    def test_the_rate_stays_on_the_chart_where_npv_explodes(self):
        """It is what was asked for."""
        rates = np.linspace(-0.95, 1, 200)
        npv = 10 / (1 + rates) ** 5
        figure = npv_profile({"rate": rates, "npv": npv, "irr": []}, rate=rates[3])
        assert figure.axes[0].get_ylim()[1] > npv[3] / 1e6
        assert not words(figure)[0].startswith("NPV at -92.1%: n/a")

    def test_the_curve_between_two_roots_is_seen_leaving_zero(self):
        """Beyond them it may be larger by far."""
        rates = np.linspace(0, 2, 201)
        npv = (rates - 0.1) * (rates - 0.3) * 1e3
        figure = npv_profile({"rate": rates, "npv": npv, "irr": [0.1, 0.3]})
        assert figure.axes[0].get_ylim()[1] < npv.max() / 5
        assert "above" in words(figure)[-1]

    @pytest.mark.parametrize("npv", [[0, 0], [1e-9, 1e-9], [-1e99, 1e99], [5, None]])
    def test_two_rates_and_any_money_fit(self, npv):
        """Also where there is nothing but zero."""
        assert flaws(npv_profile({"rate": [0, 0.1], "npv": npv, "irr": []}, rate=0)) == []

    @DRAWING
    @given(
        st.lists(st.floats(-0.9, 2), max_size=6),
        st.sampled_from([1e-9, 1.0, 1e7, 1e90]),
        st.floats(-0.9, 2),
        st.integers(2, 300),
    )
    def test_any_roots_and_money_fit(self, roots, size, rate, count):
        """Nothing is cut off and nothing lies on anything else."""
        rates = np.linspace(-0.9, 2, count)
        npv = size * np.prod([rates - root for root in roots], axis=0) * np.ones(count)
        assert flaws(npv_profile({"rate": rates, "npv": npv, "irr": roots}, rate=rate)) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"rate": [0.1, 0.05]}, r"profile\['rate'\]: expected rising numbers, got 0.1 before 0.05"),
            ({"rate": [-1.0, 0.05]}, r"profile\['rate'\]: expected rates above -1, got -1.0"),
            ({"rate": [0.1, None]}, r"profile\['rate'\]: expected only known numbers"),
            ({"rate": [0.1]}, r"profile\['rate'\]: expected at least two, got one"),
            ({"npv": [1, 2]}, r"profile\['npv'\]: expected one number for each of 41 rates, got 2"),
            ({"npv": [None] * 41}, r"profile\['npv'\]: expected amounts, none of them is a number"),
            ({"npv": 5}, r"profile\['npv'\]: expected a list of numbers, got int"),
            ({"npv": np.array(5.0)}, r"profile\['npv'\]: expected a list of numbers, got ndarray"),
            ({"irr": 0.1}, r"profile\['irr'\]: expected a list of numbers, got float"),
            ({"irr": "abc"}, r"profile\['irr'\]: expected a list of numbers, got str"),
            ({"irr": [-1.5]}, r"profile\['irr'\]: expected rates above -1, got -1.5"),
        ],
    )
    def test_pieces_that_cannot_be_drawn_are_named(self, change, said):
        """The error says which piece it is."""
        with pytest.raises(InputError, match=said):
            npv_profile({**PROFILE, **change})

    def test_other_arguments_are_named(self):
        """A rate beyond the curve has no NPV to be read."""
        with pytest.raises(InputError, match="profile: lacks npv, irr"):
            npv_profile({"rate": [1]})
        with pytest.raises(
            InputError, match=r"rate: expected a rate from 0 to 0\.4 as the profile's, got 0.5"
        ):
            npv_profile(PROFILE, rate=0.5)
        with pytest.raises(InputError, match="rate: expected a known number, got nan"):
            npv_profile(PROFILE, rate=math.nan)
        with pytest.raises(InputError, match="rate: expected numbers"):
            npv_profile(PROFILE, rate="9%")
        with pytest.raises(InputError, match="currency: expected a code"):
            npv_profile(PROFILE, currency=None)


class TestEveryChart:
    CHARTS = (
        fan_chart(FAN),
        football_field(METHODS, price=125.67),
        npv_profile(PROFILE, rate=0.09),
    )

    @pytest.mark.parametrize("figure", CHARTS)
    def test_can_be_read_and_shows_itself(self, figure):
        """Every word whole, apart from the others and dark enough."""
        assert isinstance(figure, Figure)
        assert flaws(figure) == []
        assert figure._repr_png_().startswith(b"\x89PNG")

    def test_takes_dollar_signs_as_they_are(self):
        """Mathematics would be read between two of them, and this one fails."""
        bad = "$\\bad$"
        assert flaws(fan_chart(FAN, title=bad, currency=bad)) == []
        assert flaws(football_field({bad: {"low": 1, "high": 2, "basis": bad}}, currency=bad)) == []
        assert flaws(npv_profile(PROFILE, currency=bad)) == []

    def test_leaves_pyplot_and_its_settings_alone(self):
        """A style that the user has switched on stays, and does not reach the chart."""
        before = dict(rcParams)
        for figure in (fan_chart(FAN), football_field(METHODS), npv_profile(PROFILE)):
            flaws(figure)
        assert dict(rcParams) == before
        program = "import sys; import maos_nb.plotting; print('matplotlib.pyplot' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False"

    def test_a_band_is_one_collection(self):
        """What the tests above take the bands from."""
        assert all(isinstance(band, PolyCollection) for band in fan_chart(FAN).axes[0].collections)


class TestNamesOfMethods:
    def test_keys_of_a_result_are_written_for_people(self):
        """As the piece of the task's result has them."""
        ranges = {
            "dcf_draws": {"low": 1, "high": 3},
            "residual_income": {"low": 1, "high": 2},
            "Own view": {"low": 2, "high": 4},
        }
        written = {text.get_text() for text in football_field(ranges).axes[0].texts}
        assert {"DCF, random draws", "Residual income", "Own view"} <= written
