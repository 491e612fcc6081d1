"""Breadth, regimes and the dashboard of a market, looked at through their artists."""

import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib import rcParams
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from pane_flaws import page_flaws

from maos_nb.analytics.market.breadth import advance_decline_line, new_highs_lows, share_above_average
from maos_nb.analytics.market.dashboard import dashboard
from maos_nb.analytics.market.regimes import markov_regimes, trend_regime, volatility_regime
from maos_nb.data import SampleSource
from maos_nb.errors import InputError
from maos_nb.plotting import breadth_chart, market_dashboard, regime_ribbon

# A chart takes a tenth of a second to draw, and shrinking would draw it hundreds of times.
DRAWING = settings(
    deadline=None, max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate], derandomize=True
)
NAN = math.nan
CLOSES = SampleSource().prices(["AAPL", "KO", "JNJ", "XOM", "SP500"], start="2018-01-01").frame
INDEX = CLOSES.pop("SP500")
DAYS = pd.date_range("2025-01-01", periods=6, freq="B")


def titles(figure):
    """Give the words above the panes."""
    return [axes.get_title(loc="left") for axes in figure.axes]


def legend(axes):
    """Give the words of a pane's legend."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def words(axes):
    """Give the words written into a pane."""
    return [text.get_text() for text in axes.texts]


def spans(axes):
    """Give the first and the last place of each piece of a ribbon, by the colour of its edges."""
    found = {}
    for item in axes.collections:
        corners = [path.vertices for path in item.get_paths()]
        found[to_hex(item.get_facecolor()[0])] = [
            (float(c[:, 0].min()), float(c[:, 0].max())) for c in corners
        ]
    return found


class TestBreadthChart:
    def test_each_measure_has_a_pane_with_its_own_figures(self):
        """Below the index, over the same days."""
        share, line, extremes = (
            share_above_average(CLOSES, 50),
            advance_decline_line(CLOSES),
            new_highs_lows(CLOSES, 60),
        )
        figure = breadth_chart(
            index=INDEX, share_above=share, advance_decline_line=line, new_highs_lows=extremes
        )
        above, middle, added, last = figure.axes
        assert np.array_equal(above.lines[0].get_ydata(), INDEX)
        assert np.array_equal(middle.lines[0].get_ydata(), 100 * share.share, equal_nan=True)
        assert np.array_equal(added.lines[0].get_ydata(), line, equal_nan=True)
        assert np.array_equal(last.lines[0].get_ydata(), extremes.net, equal_nan=True)
        assert figure.get_suptitle() == "Breadth of 4 assets, 2 Jan 2018 to 28 Dec 2022"
        assert page_flaws(figure) == []

    def test_new_highs_are_drawn_up_and_new_lows_down(self):
        """Told apart by hatches, with the last counts in words."""
        highs, lows = np.array([3.0, 0.0, 5.0]), np.array([1.0, 4.0, 2.0])
        figure = breadth_chart(
            new_highs_lows=type(EXTREMES)(highs, lows, highs - lows, NAN * highs, NAN * highs)
        )
        up, down = (item.get_paths()[0].vertices[:, 1] for item in figure.axes[0].collections)
        assert (up.max(), up.min(), down.max(), down.min()) == (5, 0, 0, -4)
        assert [item.get_hatch() for item in figure.axes[0].collections] == [None, "////"]
        assert legend(figure.axes[0]) == ["New highs 5", "New lows 2", "Difference 3"]

    def test_lines_alone_will_do(self):
        """A share, a difference; what is called an index or an average is the caller's."""
        figure = breadth_chart(
            index=[10.5, 11.0, 12.25], share_above=[0.25, NAN, 0.8], new_highs_lows=[1.0, -2.0, 0.5],
            name="Ten stocks", average="20-day average",
        )  # fmt: skip
        assert titles(figure) == ["Ten stocks, last 12.25", "Above their 20-day average, last 80%", "New highs less new lows"]  # fmt: skip
        assert legend(figure.axes[2]) == ["Difference 0.5000"]

    def test_counts_have_no_digits_after_the_point(self):
        """A line that adds up counts is one itself."""
        assert titles(breadth_chart(advance_decline_line=[1.0, -2.0, 1234.0])) == ["Advances less declines, added up, last 1,234"]  # fmt: skip

    def test_the_share_lies_between_nothing_and_all(self):
        """Whatever it was."""
        axes = breadth_chart(share_above=[0.5, 0.51]).axes[0]
        assert axes.get_ylim() == (0, 100)

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (lambda: breadth_chart(), "index: expected at least one line to draw, got none"),
            (lambda: breadth_chart(index="x"), "index: expected numbers"),
            (lambda: breadth_chart(index=[]), "index: expected at least one row, got none"),
            (lambda: breadth_chart(index=CLOSES), "index: expected one line, got 4 columns"),
            (lambda: breadth_chart(index=[1.0, 2.0], share_above=[0.5]), "share_above: expected one value for each of 2 bars, got 1"),
            (lambda: breadth_chart(share_above=[0.5, 50.0]), "share_above: expected a share between 0 and 1, got 50.0"),
            (lambda: breadth_chart(share_above=new_highs_lows([[1.0, 2.0]])), "share_above: expected a line or a result with 'share', got NewHighsLows"),
            (lambda: breadth_chart(new_highs_lows=share_above_average([[1.0, 2.0]], 1)), "new_highs_lows: expected a line or a result with 'net', got ShareAbove"),
            (lambda: breadth_chart(index=INDEX, advance_decline_line=INDEX[1:]), "advance_decline_line: expected a value for each bar, got none for 2018-01-02"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, call, said):
        """The error says which argument it is, and what came."""
        with pytest.raises(InputError, match=said):
            call()


EXTREMES = new_highs_lows([[1.0, 2.0]])


class TestRegimeRibbon:
    def test_pieces_of_the_ribbon_are_the_unbroken_times_of_a_regime(self):
        """From half a bar before the first to half a bar behind the last."""
        figure = regime_ribbon(pd.Series(range(1, 7), DAYS), pd.Series(["a", "a", "b", "a", None, "b"], DAYS))
        calm, wild = spans(figure.axes[1]).values()
        assert calm == [(-0.5, 1.5), (2.5, 3.5)]
        assert wild == [(1.5, 2.5), (4.5, 5.5)]
        assert legend(figure.axes[1]) == ["a 60%", "b 40%"]
        assert list(spans(figure.axes[0]).values()) == [calm, wild]

    def test_the_price_is_drawn_as_it_is(self):
        """Of a record the closes."""
        assert np.array_equal(regime_ribbon(INDEX, np.sign(INDEX.diff())).axes[0].lines[0].get_ydata(), INDEX)

    def test_regimes_are_told_apart_without_colour(self):
        """By eight hatches and by words."""
        figure = regime_ribbon(np.arange(1.0, 9.0), np.arange(8))
        hatches = [item.get_hatch() for item in figure.axes[1].collections]
        assert len(set(hatches)) == 8
        assert words(figure.axes[1]) == list("01234567")

    @pytest.mark.parametrize(
        ("found", "names"),
        [
            (trend_regime(INDEX), {"Up": 1, "Down": -1}),
            (volatility_regime(INDEX.pct_change(), min_history=60), {"Calm": -1, "Turbulent": 1, "Usual": 0}),
        ],
    )
    def test_results_bring_the_names_of_their_regimes(self, found, names):
        """With the share of the known days that each takes."""
        figure = regime_ribbon(INDEX, found)
        known = found.state.dropna()
        shares = {name: (known == state).mean() for name, state in names.items()}
        said = [f"{name} {100 * share:.0f}%" for name, share in shares.items() if share]
        assert legend(figure.axes[1])[: len(said)] == said
        assert page_flaws(figure) == []

    def test_a_markov_chain_brings_its_probabilities(self):
        """Stacked below, in the order of the regimes, adding up to all."""
        random = np.random.default_rng(1)
        returns = np.where(np.arange(600) < 400, 0.005, 0.03) * random.standard_normal(600)
        found = markov_regimes(returns, fit_until=600, starts=1)
        figure = regime_ribbon(100 * np.exp(np.cumsum(returns)), found)
        chances = figure.axes[2]
        first, second = (item.get_paths()[0].vertices[:, 1] for item in chances.collections)
        assert np.isclose(first.max(), 100 * found.probabilities[:, 0].max())
        assert np.isclose(second.max(), 100.0)
        assert legend(figure.axes[1])[0].startswith(
            f"Regime 1 (volatility {100 * found.volatilities[0]:.2g}% a period) "
        )
        assert page_flaws(figure) == []

    def test_probabilities_of_ones_own_are_in_the_order_of_the_names(self):
        """A row for each bar, a column for each regime."""
        table = pd.DataFrame({"calm": [1.0, 0.6], "wild": [0.0, 0.4]}, index=DAYS[:2])
        figure = regime_ribbon(
            pd.Series([1.0, 2.0], DAYS[:2]),
            ["calm", "calm"],
            names={"calm": "Calm", "wild": "Wild"},
            probabilities=table,
        )
        assert legend(figure.axes[1]) == ["Calm 100%", "Wild 0%"]
        assert figure.axes[2].collections[0].get_paths()[0].vertices[:, 1].min() == 0.0

    @pytest.mark.parametrize(
        ("found", "said"),
        [
            (pd.Series(pd.array(["b", None, "a", "b"], dtype="string")), ["a 33%", "b 67%"]),
            (pd.Series(pd.Categorical(["b", None, "a", "b"])), ["a 33%", "b 67%"]),
            (pd.Series(pd.array([2, None, 1, 2], dtype="Int64")), ["1 33%", "2 67%"]),
            ([True, False, False, False], ["False 75%", "True 25%"]),
        ],
    )
    def test_words_numbers_and_truths_are_taken(self, found, said):
        """In each of pandas' kinds, with their own missing value."""
        assert legend(regime_ribbon(np.ones(4), found).axes[1]) == said

    def test_names_choose_words_and_order(self):
        """Of numbers, as a state has them."""
        figure = regime_ribbon([1.0, 2.0], [1, 0], names={1: "Bull", 0: "Bear"})
        assert legend(figure.axes[1]) == ["Bull 50%", "Bear 50%"]

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (lambda: regime_ribbon([], []), "price: expected at least one row, got none"),
            (lambda: regime_ribbon(["a"], [1]), "price: expected numbers"),
            (lambda: regime_ribbon([1.0, 2.0], [1]), "regimes: expected one value for each of 2 bars, got 1"),
            (lambda: regime_ribbon([1.0, 2.0], ["a"]), "regimes: expected one regime for each of 2 rows, got 1"),
            (lambda: regime_ribbon([1.0, 2.0], [NAN, NAN]), "regimes: expected one to 8 regimes, got 0"),
            (lambda: regime_ribbon(np.ones(9), np.arange(9)), "regimes: expected one to 8 regimes, got 9"),
            (lambda: regime_ribbon([1.0], [2], names={1: "Up"}), "names: there is no name for the regime 2.0"),
            (lambda: regime_ribbon([1.0], [2], names=["Up"]), "names: expected a mapping of regimes to names"),
            (lambda: regime_ribbon([1.0], [2], probabilities=[[0.5, 0.5]]), "probabilities: expected 1 rows and 1 columns, got 1 and 2"),
            (lambda: regime_ribbon([1.0], [2], probabilities=[[1.5]]), "probabilities: expected a probability between 0 and 1, got 1.5"),
            (lambda: regime_ribbon(INDEX, pd.Series("a", INDEX.index[::-1])), "regimes: expected the same labels as the price's"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, call, said):
        """The error says which argument it is, and what came."""
        with pytest.raises(InputError, match=said):
            call()

    @DRAWING
    @given(st.integers(1, 700), st.integers(1, 8), st.integers(1, 40), st.sampled_from([0.01, 0.5, 1.0]))
    def test_any_regimes_fit(self, count, n_regimes, letters, change):
        """Nothing is cut off and nothing lies on anything else."""
        random = np.random.default_rng(count)
        moves = random.random(count) < change
        states = np.cumsum(moves) % n_regimes
        names = {place: f"{place} {'word ' * letters}" for place in range(n_regimes)}
        figure = regime_ribbon(random.random(count) + 1, states, names=names, name="W" * letters)
        assert page_flaws(figure) == []


VIX = {"title": "VIX", "value": 28.1, "unit": "points", "percentile": 0.93, "n_past": 7500, "state": "high", "as_of": "2022-09-30"}  # fmt: skip


class TestMarketDashboard:
    def test_marks_stand_at_the_percentiles(self):
        """Between the lowest and the highest of the past; the outer tenths have a mark of their own."""
        risk = {"a": VIX, "b": {**VIX, "percentile": 0.5}, "c": {**VIX, "percentile": 0.02}}
        axes = market_dashboard({"Risk": risk}).axes[0]
        marks = [
            (line.get_marker(), line.get_xdata()[0]) for line in axes.lines if line.get_marker() != "None"
        ]
        assert marks == [("D", 93.0), ("o", 50.0), ("D", 2.0)]
        middles = [item for item in axes.collections if isinstance(item, PolyCollection)]
        assert {(float(c[:, 0].min()), float(c[:, 0].max())) for item in middles for c in (item.get_paths()[0].vertices,)} == {(25.0, 75.0)}  # fmt: skip

    def test_each_row_has_its_value_and_state_in_words(self):
        """Under the heading of its section; the page has the latest date."""
        late = {
            **VIX,
            "title": "Spread",
            "value": -0.0071,
            "unit": "fraction",
            "as_of": "2022-09-29",
            "state": "",
        }
        chart = market_dashboard({"Risk": {"vix": VIX}, "Rates": {"spread": late}}, title="US shares")
        assert words(chart.axes[0]) == [
            "Risk", "VIX", "28.10", "high", "above 93% of 7,500 before",
            "Rates", "Spread", "-0.71%", "above 93% of 7,500 before, as of 2022-09-29",
        ]  # fmt: skip
        assert chart.get_suptitle() == "US shares, 2022-09-30"

    @pytest.mark.parametrize(
        ("value", "unit", "said"),
        [(0.212, "fraction per year", "21.2% a year"), (0.0, "fraction", "0.0%"), (0.4, "fraction", "40.0%"), (12345.0, "count", "12,345"),
         (66.04, "percent per year", "66.0% a year"), (2.3e9, "count", "2.3e+09"), (1.5, "times", "1.50x"), (3.0, "days", "3.00 days"), (None, "fraction", "n/a"), (NAN, "", "n/a")],
    )  # fmt: skip
    def test_values_are_written_in_their_unit(self, value, unit, said):
        """Fractions in per cent."""
        assert words(market_dashboard({"A": {"b": {"value": value, "unit": unit}}}).axes[0])[2] == said

    @pytest.mark.parametrize(
        ("share", "said"), [(0.0, "0%"), (0.0004, "<0.1%"), (0.005, "0.5%"), (0.25, "25%"), (0.994, "99.4%"), (0.9999, "99.9%"), (1.0, "100%")]
    )  # fmt: skip
    def test_nothing_is_called_above_all_that_is_not(self, share, said):
        """Percentiles are rounded down at both ends."""
        axes = market_dashboard({"A": {"b": {"value": 1.0, "percentile": share}}}).axes[0]
        assert words(axes)[-1] == f"above {said} of its past"

    def test_a_dashboard_is_drawn_as_it_was_read(self):
        """Under the headings of its groups, each reading with its place; another day is said beside it."""
        board = dashboard(CLOSES, index=INDEX, vix=INDEX[:-1] / 100)
        chart = market_dashboard(board, title="Four shares")
        assert chart.get_suptitle() == "Four shares, 2022-12-28"
        said = words(chart.axes[0])
        headings = [text.get_text() for text in chart.axes[0].texts if text.get_color() == "#1f4e79"]
        assert headings == ["Trend", "Breadth", "Volatility", "Stress", "Sentiment"]
        marks = [line.get_xdata()[0] for line in chart.axes[0].lines if line.get_marker() != "None"]
        assert marks == [100 * item.percentile for item in board.sections if not math.isnan(item.percentile)]
        assert board.find("trend").state in said
        assert said[said.index("VIX") + 1] == f"{board.find('vix').value:.2f}"
        assert [word.split(", ")[1] for word in said if "as of" in word] == ["as of 2022-12-27"]
        assert page_flaws(chart) == []

    def test_a_dashboard_of_arrays_has_no_day(self):
        """Its rows are numbers."""
        chart = market_dashboard(dashboard(CLOSES.to_numpy()))
        assert chart.get_suptitle() == f"Market, row {len(CLOSES) - 1}"

    def test_records_are_taken_as_mappings_are(self):
        """By their attributes."""
        pictures = [
            market_dashboard({"Risk": {"vix": item}})._repr_png_() for item in (VIX, SimpleNamespace(**VIX))
        ]
        assert pictures[0] == pictures[1]

    def test_a_long_name_takes_two_lines(self):
        """Of which the second ends in an ellipsis where both are too short."""
        title = "close against the simple average of its last 200 days"
        shown = words(market_dashboard({"A": {"b": {"title": title, "value": 1.0}}}).axes[0])[1]
        assert shown.split() == title.capitalize().split()
        assert shown.count("\n") == 1
        longer = words(market_dashboard({"A": {"b": {"title": title * 3, "value": 1.0}}}).axes[0])[1]
        assert longer.count("\n") == 1
        assert longer.endswith("…")

    def test_what_is_not_known_has_no_mark(self):
        """Even where a percentile came with it."""
        axes = market_dashboard(
            {"Risk": {"vix_index": {"value": None, "percentile": 0.5, "state": "high"}}}
        ).axes[0]
        assert words(axes) == ["Risk", "Vix index", "n/a", "not known"]
        assert not axes.lines

    @pytest.mark.parametrize(
        ("given_", "said"),
        [
            (3, "dashboard: expected a Dashboard or a mapping of sections to figures, got int"),
            ({}, "dashboard: expected a Dashboard or a mapping of sections to figures, got dict"),
            ({"A": {}}, "dashboard: has no figures"),
            ({"A": {"b": 3}}, r"dashboard\['A'\]: expected a mapping of names to figures"),
            ({"A": {"b": {"value": "x"}}}, r"dashboard\['A'\]\['b'\]\['value'\]: expected numbers"),
            ({"A": {"b": {**VIX, "percentile": 93}}}, r"dashboard\['A'\]\['b'\]\['percentile'\]: expected a share between 0 and 1, got 93"),
            ({"A": {str(i): VIX for i in range(61)}}, "dashboard: expected at most 60 figures, got 61"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_named(self, given_, said):
        """The error says which figure it is."""
        with pytest.raises(InputError, match=said):
            market_dashboard(given_)

    @DRAWING
    @given(
        st.integers(1, 5),
        st.integers(1, 12),
        st.integers(1, 50),
        st.sampled_from([-1e12, -0.3, 1e-9, 5.0]),
        st.floats(0, 1),
    )
    def test_any_dashboard_fits(self, n_sections, count, letters, value, percentile):
        """Nothing is cut off and nothing lies on anything else."""
        row = {"title": "W" * letters, "value": value, "unit": "word " * letters, "percentile": percentile,
               "state": "state " * letters, "as_of": "2025-01-01", "n_past": 10**6}  # fmt: skip
        page = {
            f"{'Section ' * letters} {place}": {str(i): row for i in range(count)}
            for place in range(n_sections)
        }
        assert page_flaws(market_dashboard(page, title="market " * letters)) == []


class TestEveryChart:
    def test_takes_dollar_signs_as_they_are(self):
        """Mathematics would be read between two of them, and this one fails."""
        bad = "$\\bad$"
        assert (
            page_flaws(breadth_chart(index=[1.0, 2.0], share_above=[0.1, 0.2], name=bad, average=bad)) == []
        )
        assert page_flaws(regime_ribbon([1.0, 2.0], [bad, bad], name=bad)) == []
        assert (
            page_flaws(market_dashboard({bad: {bad: {**VIX, "title": bad, "state": bad}}}, title=bad)) == []
        )

    def test_leaves_pyplot_and_its_settings_alone(self):
        """And is as light to import as it was: the library of the indicators comes with the first chart."""
        before = dict(rcParams)
        for figure in (breadth_chart(index=INDEX), regime_ribbon(INDEX, trend_regime(INDEX))):
            assert figure._repr_png_().startswith(b"\x89PNG")
        assert dict(rcParams) == before
        program = "import sys; import maos_nb.plotting; print(*(name in sys.modules for name in ('matplotlib.pyplot', 'pandas', 'maos_nb.analytics.market')))"  # fmt: skip
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False False False"
