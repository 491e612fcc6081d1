"""Ratio multiples, DuPont tree, score gauges and cash waterfall, looked at through their artists."""

import itertools
import math
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from chart_flaws import contrast, flaws
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib import rcParams
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.ratios import RATIOS, calculate_ratios
from maos_nb.analytics.fundamental.scores import SCORES as PUBLISHED
from maos_nb.data import SampleSource
from maos_nb.errors import InputError
from maos_nb.plotting import cash_waterfall, dupont_tree, ratio_multiples, score_gauges


@dataclass(frozen=True)
class Zone:
    """A zone as the scores define it."""

    lower: float
    upper: float
    name: str
    verdict: str


@dataclass(frozen=True)
class Score:
    """What a gauge needs to know of a score."""

    source: str
    n_inputs: int
    zones: tuple = ()


def samples(*tickers):
    """Give a panel of the bundled statements."""
    frames = {ticker: SampleSource().statements(ticker).frame for ticker in tickers}
    known = {
        ticker: frame[[name for name in frame.columns if name in FIELDS]] for ticker, frame in frames.items()
    }
    return Panel.from_frame(pd.concat(known, names=["ticker", "fiscal_year"]), currency="USD")


def table(**columns):
    """Give a table of one or several years of company A, a column a keyword."""
    count = len(next(iter(columns.values())))
    rows = [("A", year) for year in range(2026 - count, 2026)]
    index = pd.MultiIndex.from_tuples(rows, names=["ticker", "fiscal_year"])
    return pd.DataFrame(columns, index=index)


def grid(n_companies, n_years, n_ratios, *, seed=0):
    """Give a table of random ratios of T0, T1, ..., with holes."""
    random = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product(
        [[f"T{place}" for place in range(n_companies)], range(2026 - n_years, 2026)]
    )
    figures = random.normal(size=(len(rows), n_ratios))
    figures[random.random(figures.shape) < 0.2] = np.nan
    figures[0, 0] = 1.0
    return pd.DataFrame(figures, index=rows, columns=[f"ratio_{place}" for place in range(n_ratios)])


def words(axes):
    """Give the words written into a chart."""
    return [text.get_text() for text in axes.texts]


def legend(figure):
    """Give the words of the legend."""
    return [text.get_text() for text in figure.legends[0].get_texts()]


def ticks(axis):
    """Give the words along an axis."""
    return [text.get_text() for text in axis.get_ticklabels()]


# A chart takes a tenth of a second to draw, and shrinking would draw it hundreds of times.
DRAWING = settings(
    deadline=None, max_examples=6, phases=[Phase.explicit, Phase.reuse, Phase.generate], derandomize=True
)
SAMPLES = samples("AAPL", "NVDA")
RATIO_FRAME = calculate_ratios(SAMPLES, ["gross_margin", "asset_turnover", "days_sales_outstanding"])

FIVE = table(
    tax_burden=[0.76, 0.84],
    interest_burden=[1.0, 0.99],
    operating_margin=[0.31, 0.32],
    asset_turnover=[1.09, 1.15],
    equity_multiplier=[6.0, 5.5],
    roe=[0.76 * 0.31 * 1.09 * 6.0, 0.84 * 0.99 * 0.32 * 1.15 * 5.5],
)
THREE = table(
    net_margin=[0.2, 0.25], asset_turnover=[1.0, 1.0], equity_multiplier=[2.0, 1.5], roe=[0.4, 0.375]
)

INF = math.inf
DEFINITIONS = {
    "altman_z": Score(
        "Altman 1968",
        5,
        (
            Zone(-INF, 1.81, "distress", "bad"),
            Zone(1.81, 2.99, "grey", "neutral"),
            Zone(2.99, INF, "safe", "good"),
        ),
    ),
    "piotroski": Score(
        "Piotroski 2000",
        9,
        (Zone(0, 3, "weak", "bad"), Zone(3, 7, "middling", "neutral"), Zone(7, 9, "strong", "good")),
    ),
    "beneish": Score(
        "Beneish 1999", 8, (Zone(-INF, -1.78, "unlikely", "good"), Zone(-1.78, INF, "likely", "bad"))
    ),
    "graham_number": Score("Graham 1973", 2),
}
SCORES = {
    "altman_z": table(score=[3.5], zone=["safe"], n_available=[5]),
    "piotroski": table(score=[7.0], zone=["strong"], n_available=[9]),
    "beneish": table(score=[math.nan], zone=[""], n_available=[6]),
}


def gauges(scores, **options):
    """Draw gauges of company A in 2025."""
    return score_gauges(scores, "A", 2025, **{"definitions": DEFINITIONS, **options})


YEAR = {
    "revenue": 100.0,
    "cost_of_revenue": 40.0,
    "research_and_development": 10.0,
    "selling_general_administrative": 15.0,
    "operating_income": 33.0,
    "pretax_income": 30.0,
    "income_tax": 6.0,
    "net_income": 23.0,
    "depreciation_and_amortization": 8.0,
    "share_based_compensation": 2.0,
    "operating_cash_flow": 28.0,
    "capital_expenditure": 11.0,
}
STEPS = [
    ("Revenue", 100), ("Cost of revenue", -40), ("Research and development", -10),
    ("Selling and administration", -15), ("Other operating items", -2), ("Operating income", 33),
    ("Interest and other", -3), ("Income tax", -6), ("Other items after tax", -1), ("Net income", 23),
    ("Depreciation and amortization", 8), ("Share-based pay", 2), ("Working capital and other", -5),
    ("Operating cash flow", 28), ("Capital expenditure", -11), ("Free cash flow", 17),
]  # fmt: skip
TOTALS = ("Revenue", "Operating income", "Net income", "Operating cash flow", "Free cash flow")


def panel(currency="USD", **changes):
    """Give a panel of one company and year; an item that is None is not known."""
    items = {name: value for name, value in {**YEAR, **changes}.items() if value is not None}
    return Panel(("A",), (2025,), {name: [[value]] for name, value in items.items()}, currency=currency)


def waterfall(**changes):
    """Draw the waterfall of one company and year."""
    return cash_waterfall(panel(**changes), "A", 2025)


def steps(figure):
    """Give name, start and signed length of each bar, from the top down."""
    axes = figure.axes[0]
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    return [(name, *bar) for name, bar in zip(ticks(axes.yaxis), bars, strict=True)]


class TestRatioMultiples:
    def test_each_ratio_has_a_chart_of_its_own_with_its_figures(self):
        """In per cent where it is a rate; the line is the table's column."""
        figure = ratio_multiples(RATIO_FRAME, "AAPL", peers=[])
        assert [axes.get_title(loc="left") for axes in figure.axes] == [
            "Gross margin", "Asset turnover", "Days sales outstanding",
        ]  # fmt: skip
        for axes, factor, name in zip(figure.axes, (100, 1, 1), RATIO_FRAME.names, strict=True):
            drawn = axes.lines[0].get_ydata()
            own = RATIO_FRAME.frame[name].loc["AAPL"].loc[2009:2025]
            np.testing.assert_allclose(drawn, factor * own, rtol=1e-12)

    def test_the_last_value_stands_in_words_with_its_unit(self):
        """Apple's fiscal 2025: 195,201 of 416,161; 416,161 over the mean of 364,980 and 359,241."""
        first, second, third = ratio_multiples(RATIO_FRAME, "AAPL").axes
        assert words(first) == ["NVDA: 75.0%", "46.9% in 2025"]
        assert words(second)[1] == "1.15x in 2025"
        assert words(third)[1] == "32 days in 2025"

    def test_axes_bear_the_unit(self):
        """Per cent, times, and days in the title alone."""
        figure = ratio_multiples(RATIO_FRAME, "AAPL")
        flaws(figure)
        shown = [ticks(axes.yaxis)[1] for axes in figure.axes]
        assert [text[-1] for text in shown[:2]] == ["%", "x"]
        assert shown[2].isdigit()

    @pytest.mark.parametrize(
        ("unit", "name", "title", "said"),
        [
            ("rate", "net_margin", "Net margin", "0.5% in 2025"),
            ("days", "cash_conversion_cycle", "Cash conversion cycle, days", "0.0050 days in 2025"),
            ("times", "ev_to_ebitda", "EV to EBITDA", "0.0050x in 2025"),
            ("", "own_ratio", "Own ratio", "0.0050 in 2025"),
        ],
    )
    def test_units_and_names_are_written_for_people(self, unit, name, title, said):
        """Small figures keep two digits, as none of them is nothing."""

        @dataclass(frozen=True)
        class Definition:
            unit: str

        definitions = {name: Definition(unit)} if unit else {}
        figure = ratio_multiples(table(**{name: [0.005]}), "A", ratios=definitions)
        assert figure.axes[0].get_title(loc="left") == title
        assert words(figure.axes[0]) == [said]

    def test_money_is_written_in_its_own_billions(self):
        """A table of ratios does not say of which currency."""
        figure = ratio_multiples(calculate_ratios(SAMPLES, "free_cash_flow"), "AAPL", peers=[])
        assert words(figure.axes[0]) == ["98.8 bn in 2025"]
        assert figure.axes[0].lines[0].get_ydata()[-1] == pytest.approx(98.767)
        shares = ratio_multiples(calculate_ratios(SAMPLES, "diluted_shares"), "AAPL", peers=[])
        assert words(shares.axes[0]) == ["15.0 bn in 2025"]

    def test_three_peers_are_lines_told_apart_without_colour(self):
        """By dash and marker, and named."""
        figure = ratio_multiples(grid(4, 5, 1), "T1", ratios={})
        lines = figure.axes[0].lines[:4]
        assert legend(figure) == ["T1", "T0", "T2", "T3"]
        assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 4
        assert lines[3].get_linewidth() > 2 * lines[0].get_linewidth()

    def test_more_peers_are_a_median_and_a_band(self):
        """The quartiles of those that are known."""
        frame = grid(7, 5, 1)
        figure = ratio_multiples(frame, "T0", ratios={})
        peers = np.array([frame["ratio_0"].loc[f"T{place}"] for place in range(1, 7)])
        low, middle, high = np.nanquantile(peers, (0.25, 0.5, 0.75), axis=0)
        assert figure.axes[0].lines[0].get_ydata() == pytest.approx(middle)
        (band,) = (item for item in figure.axes[0].collections if isinstance(item, PolyCollection))
        corners = band.get_paths()[0].vertices
        assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((low.min(), high.max()))
        assert legend(figure) == ["T0", "Median of 6 peers", "Middle half of them"]
        known = np.isfinite(peers[:, -1]).sum()
        assert words(figure.axes[0])[0] == f"median of {known} peers: {middle[-1]:.2f}"

    def test_a_single_year_has_points_and_planks(self):
        """A line of one point has no length, a band of one year no width."""
        figure = ratio_multiples(grid(9, 1, 2), "T0", ratios={})
        (plank,) = (item for item in figure.axes[0].collections if isinstance(item, LineCollection))
        assert len(plank.get_segments()) == 1
        assert [line.get_marker() for line in figure.axes[0].lines[:2]] == ["^", "o"]
        assert flaws(figure) == []

    def test_fewer_than_three_known_peers_make_no_band(self):
        """Quartiles of two are the two."""
        frame = grid(6, 3, 1)
        frame["ratio_0"] = [1.0] * 3 + [np.nan] * 15
        frame.loc[("T1", 2025), "ratio_0"] = 5.0
        figure = ratio_multiples(frame, "T0", ratios={})
        assert np.isnan(figure.axes[0].lines[0].get_ydata()).all()
        assert words(figure.axes[0])[0] == "1 of 5 peers: 5.00"

    @pytest.mark.parametrize("unknown", [math.nan, math.inf, -math.inf])
    def test_unknown_years_are_gaps_and_said(self, unknown):
        """With the last year that is known."""
        frame = table(a=[1.0, unknown, 3.0, unknown], b=[1.0, 2.0, 3.0, 4.0], c=[unknown] * 4)
        figure = ratio_multiples(frame, "A", ratios={})
        np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), [1, np.nan, 3, np.nan])
        assert words(figure.axes[0]) == ["n/a in 2025, 3.00 in 2024"]
        assert words(figure.axes[2]) == ["n/a in any year"]
        assert flaws(figure) == []

    def test_years_without_anything_of_the_company_are_left_out(self):
        """Peers that filed before or since do not lengthen its chart."""
        frame = grid(2, 6, 1)
        frame["ratio_0"] = 1.0
        frame.loc[[("T0", 2020), ("T0", 2025)], "ratio_0"] = np.nan
        figure = ratio_multiples(frame, "T0", ratios={})
        assert ticks(figure.axes[0].xaxis) == ["2024", "2023", "2022", "2021"]
        assert words(figure.axes[0])[1] == "1.00 in 2024"

    def test_a_year_without_a_row_is_a_gap(self):
        """And not a shorter way."""
        frame = table(a=[1.0, 2.0, 3.0]).drop(index=[("A", 2024)])
        drawn = ratio_multiples(frame, "A", ratios={}).axes[0].lines[0].get_ydata()
        np.testing.assert_array_equal(drawn, [1, np.nan, 3])

    def test_quarters_are_named_as_they_are(self):
        """Text in the index."""
        rows = pd.MultiIndex.from_product([["A"], ["2024Q4", "2025Q1"]])
        figure = ratio_multiples(pd.DataFrame({"a": [1.0, 2.0]}, index=rows), "A", ratios={})
        assert words(figure.axes[0]) == ["2.00 in 2025Q1"]
        assert ticks(figure.axes[0].xaxis) == ["2025Q1", "2024Q4"]

    def test_figures_over_a_negative_denominator_are_hollow(self):
        """Those of peers cannot be compared and are left out."""
        equity = [[1.0, -1.0], [1.0, -1.0]]
        made = Panel(("A", "B"), (2024, 2025), {"net_income": np.ones((2, 2)), "shareholders_equity": equity})
        figure = ratio_multiples(calculate_ratios(made, "roe", balance="end"), "A")
        peer, own, hollow = figure.axes[0].lines[:3]
        np.testing.assert_allclose(peer.get_ydata(), [100, np.nan])
        assert own.get_ydata().tolist() == [100, -100]
        assert (list(hollow.get_xdata()), hollow.get_markerfacecolor()) == ([1], "#ffffff")
        assert legend(figure) == ["A", "B", "Denominator below zero"]

    def test_of_a_large_table_the_best_known_are_drawn(self):
        """All of a smaller one."""
        figure = ratio_multiples(calculate_ratios(SAMPLES), "AAPL", peers=[])
        assert len(RATIOS) > 24
        assert len(figure.axes) == 12
        assert len(ratio_multiples(grid(1, 2, 24), "T0", ratios={}).axes) == 24

    def test_a_large_table_of_other_names_shows_its_first(self):
        """There is nothing better to choose by."""
        assert len(ratio_multiples(grid(1, 2, 30), "T0", ratios={}).axes) == 12

    @DRAWING
    @given(
        st.integers(1, 60),
        st.sampled_from([1, 2, 17]),
        st.sampled_from([1, 2, 5]),
        st.sampled_from([1e-30, 1e-3, 1.0, 1e6, 1e50]),
        st.sampled_from(["rate", "times", "days", "money", ""]),
    )
    def test_any_size_of_table_and_figure_fits(self, n_companies, n_years, n_ratios, size, unit):
        """Nothing is cut off and nothing lies on anything else."""
        frame = size * grid(n_companies, n_years, n_ratios)
        definitions = {name: type("Definition", (), {"unit": unit}) for name in frame.columns}
        assert flaws(ratio_multiples(frame, "T0", ratios=definitions)) == []

    def test_long_names_fit(self):
        """Wrapped, and shortened beyond two lines."""
        frame = grid(3, 17, 24).rename(columns={"ratio_5": "ratio_" * 20, "ratio_6": "n" * 90})
        frame = frame.rename(index=lambda name: name * 60 if isinstance(name, str) else name)
        figure = ratio_multiples(frame, "T0" * 60, ratios={})
        assert figure.axes[6].get_title(loc="left").endswith("…")
        assert flaws(figure) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"frame": [1]}, "frame: expected a DataFrame, got list"),
            ({"frame": pd.DataFrame({"a": [1.0]})}, "frame: expected an index of ticker and fiscal year"),
            ({"frame": table(a=[1.0]).iloc[:0]}, "frame: expected an index of ticker .* at least one row"),
            ({"frame": pd.concat([table(a=[1.0])] * 2)}, "frame: A has 2025 twice"),
            ({"frame": table(a=["x"])}, r"frame\['a'\]: expected numbers"),
            ({"frame": table(a=[1e200])}, r"frame\['a'\]: expected amounts of at most 1e\+100"),
            ({"frame": table(a=[math.nan])}, "frame: knows none of the ratios of A in any period"),
            ({"frame": table(a=[1.0])[[]]}, "frame: has no ratios"),
            ({"ticker": "B"}, "ticker: 'B' is not in frame. Here: A"),
            ({"peers": ["B"]}, "peers: 'B' is not in frame. Here: A"),
            ({"peers": "B"}, "peers: expected a list of tickers, got 'B'"),
            ({"names": "a"}, "names: expected a list of ratios, got 'a'"),
            ({"names": []}, r"names: expected a list of ratios, got \[\]"),
            ({"names": ["b", "c"]}, "names: the table lacks b, c. Here: a"),
            ({"frame": grid(1, 1, 25), "ticker": "T0", "names": [f"ratio_{i}" for i in range(25)]}, "names: expected at most 24 ratios, got 25"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, change, said):
        """The error says which argument it is, and what is here."""
        given_ = {"frame": table(a=[1.0]), "ticker": "A", "ratios": {}, **change}
        with pytest.raises(InputError, match=said):
            ratio_multiples(**given_)

    def test_periods_of_another_kind_are_refused(self):
        """Years as numbers or quarters as text, not both."""
        rows = pd.MultiIndex.from_tuples([("A", 2024), ("A", "2025Q1")])
        with pytest.raises(InputError, match="frame: expected fiscal years such as 2023, or quarters"):
            ratio_multiples(pd.DataFrame({"a": [1.0, 2.0]}, index=rows), "A", ratios={})


def boxes(figure):
    """Give the words of each box, top to bottom."""
    axes = figure.axes[0]
    found = {}
    for text in axes.texts:
        if text.xy != (0.0, 0.0):
            found.setdefault(tuple(np.round(text.xy, 6)), []).append((-text.xyann[1], text.get_text()))
    return [[word for _, word in sorted(lines)] for lines in found.values()]


class TestDupontTree:
    def test_three_factors_stand_below_the_return(self):
        """With their formulas, between signs of multiplication."""
        assert boxes(dupont_tree(THREE, "A", 2025)) == [
            ["\N{MULTIPLICATION SIGN}"],
            ["\N{MULTIPLICATION SIGN}"],
            ["Return on equity", "net income / equity", "37.5%"],
            ["Net margin", "net income / revenue", "25.0%"],
            ["Asset turnover", "revenue / assets", "1.00x"],
            ["Equity multiplier", "assets / equity", "1.50x"],
        ]

    def test_five_factors_have_the_net_margin_between_them(self):
        """It is the product of the first three: 0.84 x 0.99 x 0.32."""
        figure = dupont_tree(FIVE, "A", 2025)
        found = {box[0]: box[-1] for box in boxes(figure)}
        assert found["Net margin"] == "26.6%"
        assert found["Tax burden"] == "84.0%"
        assert found["Interest burden"] == "99.0%"
        assert found["Return on equity"] == "168.3%"
        assert len([patch for patch in figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]) == 7

    def test_the_margin_is_known_where_a_burden_divides_by_nothing(self):
        """Without pretax income the return is still that of the other two factors."""
        frame = FIVE.assign(tax_burden=math.nan, roe=0.5, asset_turnover=1.0, equity_multiplier=2.0)
        found = {box[0]: box[-1] for box in boxes(dupont_tree(frame, "A", 2025))}
        assert (found["Tax burden"], found["Net margin"]) == ("n/a", "25.0%")

    def test_the_real_table_is_drawn_as_it_is(self):
        """Apple's return of fiscal 2025: 112,010 over the mean of 56,950 and 73,733."""
        from maos_nb.analytics.fundamental._dupont import dupont

        figure = dupont_tree(dupont(SAMPLES, 5), "AAPL", 2025, before=2024)
        assert [box[2] for box in boxes(figure) if box[0] == "Return on equity"] == ["171.4%"]
        assert flaws(figure) == []
        assert flaws(dupont_tree(dupont(SAMPLES, 3), "NVDA", 2023)) == []

    def test_changes_are_words_in_the_unit_of_the_factor(self):
        """Rates in percentage points."""
        changes = {box[0]: box[-1] for box in boxes(dupont_tree(THREE, "A", 2025, before=2024))}
        assert changes["Return on equity"] == "down 2.5 points from 2024"
        assert changes["Net margin"] == "up 5.0 points from 2024"
        assert changes["Asset turnover"] == "as in 2024"
        assert changes["Equity multiplier"] == "down 0.50x from 2024"

    def test_small_changes_keep_their_digits(self):
        """The change is not called nothing."""
        frame = THREE.assign(net_margin=[0.25, 0.2501], roe=[0.5, 0.37515])
        changes = {box[0]: box[-1] for box in boxes(dupont_tree(frame, "A", 2025, before=2024))}
        assert changes["Net margin"] == "up 0.010 points from 2024"

    def test_unknown_factors_and_changes_are_said(self):
        """The others are drawn."""
        frame = THREE.assign(net_margin=[math.nan, 0.25], roe=[math.nan, 0.375])
        changes = {box[0]: box[2:] for box in boxes(dupont_tree(frame, "A", 2025, before=2024))}
        assert changes["Net margin"] == ["25.0%", "change from 2024: n/a"]
        values = {box[0]: box[2:] for box in boxes(dupont_tree(frame, "A", 2024))}
        assert values["Net margin"] == ["n/a"]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"equity_multiplier": [-2.0] * 2}, "Equity is negative: a loss makes the return positive"),
            ({"operating_margin": [-0.3] * 2}, "There is a loss: burdens of a loss are quotients"),
            ({"tax_burden": [-0.3] * 2}, "There is a loss: burdens of a loss are quotients"),
        ],
    )
    def test_where_the_product_means_little_a_note_says_so(self, changes, said):
        """Negative equity, or burdens of a loss."""
        frame = FIVE.assign(**changes)
        frame["roe"] = frame.drop(columns="roe").prod(axis=1)
        figure = dupont_tree(frame, "A", 2025, before=2024)
        assert words(figure.axes[0])[-1].startswith(said)
        assert flaws(figure) == []

    def test_branches_run_from_each_result_to_its_factors(self):
        """Down from the middle of the box."""
        lines = dupont_tree(THREE, "A", 2025).axes[0].lines
        down, across, *twigs = [line.get_xdata() for line in lines]
        assert list(down) == [0.5, 0.5]
        assert list(across) == pytest.approx([1 / 6, 5 / 6])
        assert [float(twig[0]) for twig in twigs] == pytest.approx([1 / 6, 1 / 2, 5 / 6])

    @DRAWING
    @given(st.lists(st.sampled_from([-1e9, -3.0, -1e-7, 1e-9, 0.4, 1e4, 1e15]), min_size=5, max_size=5))
    def test_any_factors_fit(self, factors):
        """Nothing is cut off and nothing lies on anything else."""
        values = dict(zip(FIVE.columns[:-1], factors, strict=True))
        frame = FIVE.assign(**values, roe=math.prod(factors)).rename(index={"A": "TICKER" * 30})
        assert flaws(dupont_tree(frame, "TICKER" * 30, 2025, before=2024)) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"frame": None}, "frame: expected a DataFrame, got NoneType"),
            ({"frame": THREE.drop(columns="roe")}, "frame: lacks roe. Here: net_margin, asset_turnover"),
            ({"frame": FIVE[["tax_burden", "roe"]]}, "frame: lacks interest_burden, operating_margin, asset_turnover"),
            ({"frame": THREE.assign(roe=0.9)}, "frame: the factors of A in 2025 multiply to 0.375, roe is 0.9"),
            ({"frame": THREE * math.nan}, "frame: knows no factor of A in 2025"),
            ({"ticker": "B"}, "ticker: 'B' is not in frame. Here: A"),
            ({"period": 2020}, "period: frame has no 2020 of A. Here: 2024, 2025"),
            ({"before": 2020}, "period: frame has no 2020 of A"),
            ({"frame": THREE.astype(object).assign(net_margin="x")}, "frame: expected numbers"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, change, said):
        """The error says which argument it is, and what is here."""
        with pytest.raises(InputError, match=said):
            dupont_tree(**{"frame": THREE, "ticker": "A", "period": 2025, **change})


class TestScoreGauges:
    def test_each_score_stands_beside_its_name_source_and_zone(self):
        """And how much of it is known."""
        written = words(gauges(SCORES).axes[0])
        for said in (
            "Altman Z", "Altman 1968", "safe", "5 of 5 criteria known",
            "Piotroski", "strong", "9 of 9 criteria known",
        ):  # fmt: skip
            assert said in written

    def test_zones_lie_side_by_side_from_low_to_high_whatever_their_order(self):
        """Equally wide, each with its name inside."""
        turned = {"altman_z": Score("", 5, DEFINITIONS["altman_z"].zones[::-1])}
        axes = gauges({"altman_z": SCORES["altman_z"]}, definitions=turned).axes[0]
        assert [(patch.get_x(), patch.get_width()) for patch in axes.patches] == [
            (pytest.approx(place / 3), pytest.approx(1 / 3)) for place in range(3)
        ]
        inside = [text.get_text() for text in axes.texts if text.xy[1] == 0 and 0 < text.xy[0] < 1]
        assert inside == ["distress", "grey", "safe"]

    def test_limits_stand_between_zones_and_at_closed_ends(self):
        """An end that is open has none."""
        written = words(gauges(SCORES).axes[0])
        assert {"1.81", "2.99", "0", "3", "7", "9", "-1.78"} <= set(written)

    @pytest.mark.parametrize(
        ("score", "zone", "place"),
        [
            (1.81, "grey", 1 / 3 + 0.02 / 3),  # a mark on the very edge would belong to neither zone
            (2.4, "grey", 0.5),
            (2.99 + 1.18, "safe", 5 / 6),  # as far beyond the limit as the two limits are apart
            (1.81 - 1.18, "distress", 1 / 6),
            (1e9, "safe", 1 - 0.02 / 3),
            (-1e9, "distress", 0.02 / 3),
        ],
    )
    def test_the_mark_lies_in_its_zone_where_the_score_does(self, score, zone, place):
        """Linear between two limits, ever slower beyond the last one."""
        figure = gauges({"altman_z": table(score=[score], zone=[zone], n_available=[5])})
        (mark,) = (line for line in figure.axes[0].lines if line.get_marker() == "v")
        assert float(mark.get_xdata()[0]) == pytest.approx(place, abs=1e-3)

    def test_the_zone_of_the_score_is_outlined_and_bold(self):
        """A sign beside colour."""
        axes = gauges({"altman_z": SCORES["altman_z"]}).axes[0]
        assert [patch.get_linewidth() > 1.5 for patch in axes.patches] == [False, False, True]
        bold = {text.get_text() for text in axes.texts if text.get_fontweight() == "bold"}
        assert bold == {"safe", "3.50", "Altman Z"}

    def test_counts_are_whole_numbers(self):
        """A score of 7 of 9, but a Z of 7.00."""
        written = words(gauges(SCORES).axes[0])
        assert "7" in written
        whole = gauges({"altman_z": table(score=[7.0], zone=["safe"], n_available=[5])})
        assert "7.00" in words(whole.axes[0])

    def test_an_unknown_score_is_said_and_has_no_mark(self):
        """Its zones are empty outlines."""
        axes = gauges({"beneish": SCORES["beneish"]}).axes[0]
        assert len(axes.lines) == 0
        assert {"n/a", "6 of 8 criteria known", "unlikely", "likely"} <= set(words(axes))
        assert all(patch.get_facecolor()[:3] == (1, 1, 1) for patch in axes.patches)

    def test_a_score_without_zones_is_a_figure(self):
        """As Graham's number, which is a price."""
        figure = gauges({"graham_number": table(score=[34.5], zone=[""], n_available=[2])})
        assert words(figure.axes[0]) == ["Graham number", "Graham 1973", "2 of 2 criteria known", "34.50"]
        assert len(figure.axes[0].patches) == 0

    def test_words_on_zones_can_be_read(self):
        """WCAG 2.2 asks for a contrast of 4.5 to 1."""
        axes = gauges(SCORES).axes[0]
        for patch in axes.patches:
            middle = (patch.get_x() + patch.get_width() / 2, patch.get_y() + patch.get_height() / 2)
            (inside,) = (text for text in axes.texts if np.allclose(text.xy, middle))
            assert contrast(inside.get_color(), patch.get_facecolor()[:3]) >= 4.5

    def test_names_of_scores_are_written_for_people(self):
        """Primes as primes."""
        names = {
            "altman_z_prime": "Altman Z'",
            "altman_z_double_prime": "Altman Z''",
            "montier_c": "Montier C",
        }
        for name, said in names.items():
            definitions = {name: Score("", 5, DEFINITIONS["altman_z"].zones)}
            assert said in words(gauges({name: SCORES["altman_z"]}, definitions=definitions).axes[0])

    def test_every_published_score_has_its_gauge(self):
        """With the zones of its definition; each mark lies in the zone that the table names."""
        price = 195.0
        made = SAMPLES.with_values(
            price=price,
            market_cap=price * SAMPLES["shares_outstanding"],
            equity_volatility=0.3,
            risk_free=0.04,
        )
        scores = {name: score.function(made) for name, score in PUBLISHED.items()}
        figure = score_gauges(scores, "AAPL", 2023)
        axes = figure.axes[0]
        outlined = {round(patch.get_y(), 6): patch for patch in axes.patches if patch.get_linewidth() > 1.5}
        marks = [line for line in axes.lines if line.get_marker() == "v"]
        assert len(marks) == len(outlined) >= 9
        for mark, patch in zip(marks, outlined.values(), strict=True):
            assert patch.get_x() < mark.get_xdata()[0] < patch.get_x() + patch.get_width()
        assert {"Altman Z''", "Merton", "Graham number"} <= set(words(axes))
        assert flaws(figure) == []

    def test_a_verdict_of_another_kind_is_neither_good_nor_bad(self):
        """Grey, with its name."""
        definitions = {"own": Score("", 1, (Zone(-INF, INF, "odd", "strange"),))}
        frame = table(score=[1.0], zone=["odd"], n_available=[1])
        (patch,) = gauges({"own": frame}, definitions=definitions).axes[0].patches
        red, green, blue, _ = patch.get_facecolor()
        assert red == green == blue

    @DRAWING
    @given(st.integers(1, 13), st.integers(1, 6), st.integers(1, 60), st.floats(-1e12, 1e12))
    def test_any_scores_and_zones_fit(self, count, n_zones, letters, score):
        """Nothing is cut off and nothing lies on anything else."""
        limits = [-INF, *range(1, n_zones), INF]
        zones = tuple(
            Zone(low, high, f"{place} {'word ' * letters}".strip()[: letters + 2], "bad")
            for place, (low, high) in enumerate(itertools.pairwise(limits))
        )
        (zone,) = (item.name for item in zones if item.lower <= score < item.upper)
        frame = table(score=[score], zone=[zone], n_available=[3])
        names = [f"score_of_{place}" for place in range(count)]
        definitions = dict.fromkeys(names, Score("source " * letters, 5, zones))
        assert flaws(gauges(dict.fromkeys(names, frame), definitions=definitions)) == []

    @pytest.mark.parametrize(
        ("scores", "said"),
        [
            ({}, "scores: lacks everything"),
            ([1], "scores: expected a mapping, got list"),
            ({"worth": SCORES["beneish"]}, "scores: there is no score 'worth'. Known: altman_z"),
            ({"beneish": 3}, r"scores\['beneish'\]: expected a DataFrame, got int"),
            ({"beneish": table(score=[1.0])}, r"scores\['beneish'\]: lacks zone, n_available. Here: score"),
            ({"beneish": SCORES["beneish"].rename(index={"A": "B"})}, "ticker: 'A' is not in scores"),
            ({"beneish": SCORES["beneish"].rename(index={2025: 2024})}, r"period: scores\['beneish'\] has no 2025 of A"),
            ({"beneish": table(score=[1.0], zone=["odd"], n_available=[8])}, "there is no zone 'odd' for the score 1. Known: unlikely"),
            ({"beneish": table(score=["x"], zone=["odd"], n_available=[8])}, r"scores\['beneish'\]\['score'\]: expected numbers"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, scores, said):
        """The error says which argument it is, and what is here."""
        with pytest.raises(InputError, match=said):
            gauges(scores)


class TestCashWaterfall:
    def test_bars_are_the_figures_of_the_year(self):
        """Totals from zero, moves from where the last one ended."""
        found = steps(waterfall())
        assert [(name, pytest.approx(width)) for name, _, width in found] == STEPS
        reached = 0.0
        for name, start, width in found:
            assert start == pytest.approx(0.0 if name in TOTALS else reached)
            reached = start + width

    def test_apple_is_drawn_from_its_filed_figures(self):
        """Fiscal 2025 in billions: 416.161 to 98.767 of free cash flow."""
        figure = cash_waterfall(SAMPLES, "AAPL", 2025)
        found = {name: width for name, _, width in steps(figure)}
        assert found["Revenue"] == pytest.approx(416.161)
        assert found["Operating income"] == pytest.approx(133.050)
        assert found["Free cash flow"] == pytest.approx(111.482 - 12.715)
        assert found["Working capital and other"] == pytest.approx(111.482 - 112.010 - 11.698 - 12.863)
        assert "Other operating items" not in found
        assert figure.axes[0].get_xlabel() == "USD bn"

    def test_figures_and_shares_of_revenue_stand_beside_the_bars(self):
        """Totals without a sign."""
        written = words(waterfall().axes[0])
        assert written[:3] == ["100", "-40", "-10"]
        assert written[16:20] == ["of revenue", "100.0%", "-40.0%", "-10.0%"]
        assert written[-1] == "17.0%"

    @pytest.mark.parametrize("missing", [name for name in YEAR if name != "revenue"])
    def test_what_is_not_known_is_part_of_another_step(self, missing):
        """The steps add up all the same, and words say where it went."""
        figure = waterfall(**{missing: None})
        reached = 0.0
        for name, start, width in steps(figure):
            assert start == pytest.approx(0.0 if name in TOTALS else reached)
            if name in TOTALS[1:]:
                assert width == pytest.approx(reached)
            reached = start + width
        assert any(
            text.startswith(("Not known apart", "Net", "Operating", "Free")) for text in words(figure.axes[0])
        )
        assert flaws(figure) == []

    def test_the_note_names_what_a_rest_holds(self):
        """In the words of the chart."""
        figure = waterfall(research_and_development=None, income_tax=None, capital_expenditure=None)
        assert " ".join(words(figure.axes[0])[-1].split()) == (
            "Not known apart, in other operating items: research and development. "
            "Not known apart, in other: income tax. Free cash flow: n/a."
        )
        assert steps(figure)[-1][0] == "Operating cash flow"

    def test_the_cost_of_revenue_follows_from_the_gross_profit(self):
        """Where only that one is filed."""
        figure = waterfall(cost_of_revenue=None, gross_profit=60.0)
        assert steps(figure)[1][0] == "Cost of revenue"
        assert steps(figure)[1][2] == pytest.approx(-40.0)

    def test_revenue_and_net_income_are_enough(self):
        """One step holds all between them."""
        figure = cash_waterfall(
            Panel(("A",), (2025,), {"revenue": [[10.0]], "net_income": [[-3.0]]}, currency="USD"), "A", 2025
        )
        assert steps(figure) == [("Revenue", 0.0, 10.0), ("Other", 10.0, -13.0), ("Net income", 0.0, -3.0)]
        assert flaws(figure) == []

    def test_losses_lie_left_of_zero_with_their_figures_beside_them(self):
        """The axis makes room for them, and has none there without losses."""
        figure = waterfall(cost_of_revenue=180.0, operating_income=-107.0, pretax_income=-110.0)
        axes = figure.axes[0]
        sides = {text.get_text(): text.get_ha() for text in axes.texts[:16]}
        assert (sides["-107"], sides["100"]) == ("right", "left")
        assert axes.get_xlim()[0] < -110
        assert waterfall().axes[0].get_xlim()[0] == 0.0
        assert flaws(figure) == []

    def test_gains_and_losses_are_told_apart_without_colour(self):
        """By hatches that lean the other way, and signs."""
        figure = waterfall()
        hatches = {
            name: bar.get_hatch()
            for (name, *_), bar in zip(steps(figure), figure.axes[0].patches, strict=True)
        }
        assert hatches["Revenue"] is None
        assert hatches["Income tax"] == "\\\\\\"
        assert hatches["Share-based pay"] == "///"

    def test_wide_shares_stand_clear_of_the_figures(self):
        """Where revenue is next to nothing, a loss is a thousand times of it."""
        assert flaws(waterfall(revenue=0.002, cost_of_revenue=1e4)) == []

    def test_without_revenue_nothing_is_a_share_of_it(self):
        """A company before its first sale."""
        figure = waterfall(revenue=0.0)
        assert "of revenue" not in words(figure.axes[0])
        assert flaws(figure) == []

    @pytest.mark.parametrize(
        ("currency", "size", "said"),
        [("EUR", 1e9, "EUR bn"), ("", 1e9, "bn, currency of the statements"), ("", 1.0, "currency of the statements")],
    )  # fmt: skip
    def test_the_unit_is_the_panels(self, currency, size, said):
        """Billions are billions, of whatever currency."""
        items = {name: [[size * value]] for name, value in YEAR.items()}
        figure = cash_waterfall(Panel(("A",), (2025,), items, currency=currency), "A", 2025)
        assert figure.axes[0].get_xlabel() == said

    def test_a_frame_of_one_company_needs_no_ticker(self):
        """As everywhere that a panel is taken."""
        figure = cash_waterfall(pd.DataFrame(YEAR, index=[2025]), "", 2025)
        assert figure.axes[0].get_title(loc="left") == "From revenue to free cash flow, 2025"

    @DRAWING
    @given(
        st.lists(st.sampled_from([-1.0, -0.01, 0.0, 0.3, 1.0, math.nan]), min_size=12, max_size=12),
        st.sampled_from([1e-9, 1.0, 1e12, 1e90]),
    )
    def test_any_company_adds_up_and_fits(self, figures, size):
        """Also where nearly nothing is known."""
        items = dict(zip(YEAR, [size * value for value in figures], strict=True))
        given_ = {**items, "revenue": size, "net_income": -2 * size}
        figure = waterfall(**given_)
        reached = 0.0
        for name, start, width in steps(figure):
            if name in TOTALS[1:]:
                assert width == pytest.approx(reached, rel=1e-9, abs=1e-9)
            reached = start + width
        assert flaws(figure) == []

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (lambda: cash_waterfall(3, "A", 2025), "panel: expected Statements, a Panel or a DataFrame, got int"),
            (lambda: cash_waterfall(panel(), "B", 2025), "ticker: 'B' is not here. Here: A"),
            (lambda: cash_waterfall(panel(), "A", 2024), "period: 2024 is not here. Here: 2025 to 2025"),
            (lambda: waterfall(revenue=None), "panel: knows no revenue of A in 2025"),
            (lambda: waterfall(revenue=1e120), "revenue: expected amounts of at most"),
            (lambda: waterfall(operating_income=None, net_income=None, operating_cash_flow=None), "panel: knows nothing beyond the revenue of A in 2025"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, call, said):
        """The error says which argument it is, and what is here."""
        with pytest.raises(InputError, match=said):
            call()


def every_chart():
    """Draw one of each."""
    return (
        ratio_multiples(RATIO_FRAME, "AAPL"),
        dupont_tree(FIVE, "A", 2025, before=2024),
        gauges(SCORES),
        cash_waterfall(SAMPLES, "AAPL", 2025),
    )


class TestEveryChart:
    def test_the_title_of_a_long_name_keeps_its_year(self):
        """The name is shortened and not the title."""
        name = "COMPANYWM" * 30
        company = {"A": name}
        frames = {key: frame.rename(index=company) for key, frame in SCORES.items()}
        figures = (
            dupont_tree(THREE.rename(index=company), name, 2025),
            score_gauges(frames, name, 2025, definitions=DEFINITIONS),
            cash_waterfall(Panel((name,), (2025,), {"revenue": [[2.0]], "net_income": [[1.0]]}), name, 2025),
        )
        for figure in figures:
            assert figure.axes[0].get_title(loc="left").split()[-1] == "2025"
            assert flaws(figure) == []
        title = ratio_multiples(table(a=[1.0, 2.0]).rename(index=company), name, ratios={})._suptitle
        assert title.get_text().split()[-3:] == ["2024", "to", "2025"]

    @pytest.mark.parametrize("figure", every_chart())
    def test_can_be_read_and_shows_itself(self, figure):
        """Every word whole, apart from the others and dark enough."""
        assert isinstance(figure, Figure)
        assert flaws(figure) == []
        assert figure._repr_png_().startswith(b"\x89PNG")

    def test_takes_dollar_signs_as_they_are(self):
        """Mathematics would be read between two of them, and this one fails."""
        bad = "$\\bad$"
        company = {"A": bad}
        assert flaws(ratio_multiples(table(**{bad: [1.0]}).rename(index=company), bad, ratios={})) == []
        assert flaws(dupont_tree(THREE.rename(index=company), bad, 2025)) == []
        frames = {name: frame.rename(index=company) for name, frame in SCORES.items()}
        assert flaws(score_gauges(frames, bad, 2025, definitions=DEFINITIONS)) == []
        assert (
            flaws(
                cash_waterfall(Panel((bad,), (2025,), {"revenue": [[2.0]], "net_income": [[1.0]]}), bad, 2025)
            )
            == []
        )

    def test_leaves_pyplot_and_its_settings_alone(self):
        """A style that the user has switched on stays, and does not reach the chart."""
        before = dict(rcParams)
        for figure in every_chart():
            flaws(figure)
        assert dict(rcParams) == before
        program = "import sys; import maos_nb.plotting; print(*('matplotlib.pyplot' in sys.modules, 'pandas' in sys.modules))"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False False"
