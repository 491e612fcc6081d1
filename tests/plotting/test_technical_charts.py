"""Candles with their panes, and studies of signals, looked at through their artists."""

import math
import subprocess
import sys
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib import rcParams
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from pane_flaws import page_flaws

from maos_nb.analytics.technical.averages import sma
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.analytics.technical.oscillators import macd, rsi
from maos_nb.analytics.technical.signals import compare_signals, crossunder, evaluate_signal
from maos_nb.analytics.technical.volatility import bollinger
from maos_nb.data import SampleSource
from maos_nb.errors import InputError
from maos_nb.plotting import candlesticks, signal_study
from maos_nb.plotting._bar_dates import bar_ticks
from maos_nb.plotting._statement_tables import ratio_words
from maos_nb.plotting._time_panes import figure_words

# A chart takes a tenth of a second to draw, and shrinking would draw it hundreds of times.
DRAWING = settings(
    deadline=None, max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate], derandomize=True
)
APPLE = Ohlcv.from_frame(SampleSource().ohlcv("AAPL").frame).asset("AAPL")
BLUE, AMBER, MUTED = "#1f4e79", "#a8480a", "#52606d"
FOUR = pd.DataFrame(
    {
        "open": [10.0, 11.0, 12.0, 10.0],
        "high": [12.0, 11.5, 12.0, 10.5],
        "low": [9.0, 10.0, 11.0, 9.5],
        "close": [11.0, 10.5, 11.0, 10.0],
        "volume": [100.0, 200.0, 300.0, 50.0],
    },
    index=pd.date_range("2025-01-02", periods=4, freq="B"),
)
NAN = math.nan


def walk(count, *, seed=0, scale=100.0, gaps=0.0, freq="B", start="2001-01-01"):
    """Give a table of bars that wander, with gaps."""
    random = np.random.default_rng(seed)
    close = scale * np.exp(np.cumsum(0.01 * random.standard_normal(count)))
    opening = np.append(close[:1], close[:-1]) * np.exp(0.003 * random.standard_normal(count))
    spread = np.exp(0.004 * np.abs(random.standard_normal((2, count))))
    frame = pd.DataFrame(
        {
            "open": opening,
            "high": np.maximum(opening, close) * spread[0],
            "low": np.minimum(opening, close) / spread[1],
            "close": close,
            "volume": 1e6 * random.random(count),
        },
        index=pd.date_range(start, periods=count, freq=freq),
    )
    frame[random.random(count) < gaps] = np.nan
    return frame


def boxes(axes, colour):
    """Give place, bottom and top of each rectangle that has edges of a colour, and how they are filled."""
    found, fills = [], set()
    for item in axes.collections:
        if isinstance(item, PolyCollection) and to_hex(item.get_edgecolor()[0]) == colour:
            corners = [path.vertices for path in item.get_paths()]
            found += [
                (float(at.mean()), float(y.min()), float(y.max()))
                for at, y in ((corner[:4, 0], corner[:4, 1]) for corner in corners)
            ]
            fills.add(to_hex(item.get_facecolor()[0]))
    return found, fills


def wicks(axes):
    """Give place, low and high of each upright stroke."""
    ends = [
        segment
        for item in axes.collections
        if isinstance(item, LineCollection)
        for segment in item.get_segments()
    ]
    return sorted((float(end[0, 0]), float(end[0, 1]), float(end[1, 1])) for end in ends)


def legend(axes):
    """Give the words of a pane's legend."""
    return [text.get_text() for text in axes.get_legend().get_texts()] if axes.get_legend() else []


def titles(figure):
    """Give the words above the panes."""
    return [axes.get_title(loc="left") for axes in figure.axes]


def ticks(figure):
    """Give the words below the last pane."""
    return [text.get_text() for text in figure.axes[-1].get_xticklabels()]


class TestCandles:
    def test_bodies_are_open_to_close_and_wicks_low_to_high(self):
        """Hollow where it rose, filled where it fell, a dash where it closed where it opened."""
        axes = candlesticks(FOUR).axes[0]
        assert boxes(axes, BLUE) == ([(0.0, 10.0, 11.0)], {"#ffffff"})
        assert boxes(axes, AMBER) == ([(1.0, 10.5, 11.0), (2.0, 11.0, 12.0)], {AMBER})
        assert boxes(axes, MUTED)[0] == [(3.0, 10.0, 10.0)]
        assert wicks(axes) == [(0, 9, 12), (1, 10, 11.5), (2, 11, 12), (3, 9.5, 10.5)]

    def test_volumes_are_columns_in_their_unit(self):
        """Hollow on days that rose."""
        figure = candlesticks(FOUR * [1, 1, 1, 1, 1e6])
        axes = figure.axes[1]
        assert boxes(axes, BLUE) == ([(0.0, 0.0, 100.0)], {"#ffffff"})
        assert sorted(box[2] for box in boxes(axes, "#8a97a5")[0]) == [50.0, 200.0, 300.0]
        assert titles(figure) == ["Price, last close 10.00", "Volume in m, last 50 m"]

    def test_without_volume_there_is_no_pane_of_it(self):
        """Whether it is not known or not wanted."""
        assert len(candlesticks(FOUR, volume=False).axes) == 1
        assert len(candlesticks(FOUR.drop(columns="volume")).axes) == 1

    def test_the_title_says_asset_span_and_how_many(self):
        """Of a record of one asset its name; of a table of bars none."""
        words = candlesticks(APPLE, start="2013-02-01").get_suptitle()
        assert words == "AAPL, 1 Feb 2013 to 1 Mar 2013, 20 bars"
        assert candlesticks(FOUR).get_suptitle() == "2 Jan 2025 to 7 Jan 2025, 4 bars"
        arrays = [FOUR[name].to_numpy() for name in ("open", "high", "low", "close")]
        assert candlesticks(Ohlcv(*arrays)).get_suptitle() == "Bar 0 to bar 3"

    def test_a_bar_that_lacks_a_price_is_left_out_and_counted(self):
        """Its place stays empty."""
        bars = FOUR.copy()
        bars.loc[bars.index[1], "open"] = NAN
        figure = candlesticks(bars)
        assert [place for place, _, _ in wicks(figure.axes[0])] == [0, 2, 3]
        assert figure.get_suptitle().endswith("4 bars, 1 without prices")

    def test_bars_stand_side_by_side_over_weekends(self):
        """By place, not by date."""
        days = pd.to_datetime(["2025-01-03", "2025-01-06", "2025-01-13", "2025-01-14"])
        axes = candlesticks(FOUR.set_index(days)).axes[0]
        assert [place for place, _, _ in wicks(axes)] == [0, 1, 2, 3]

    @pytest.mark.parametrize(
        ("count", "n_strokes", "n_bodies"), [(270, 270, True), (271, 271, False), (800, 800, False)]
    )
    def test_narrow_candles_become_strokes(self, count, n_strokes, n_bodies):
        """From 271 bars on a body would be less than three pixels wide."""
        axes = candlesticks(walk(count), volume=False).axes[0]
        assert len(wicks(axes)) == n_strokes
        assert bool(boxes(axes, AMBER)[0]) is n_bodies

    def test_very_many_bars_are_their_closes_in_the_range_of_lows_and_highs(self):
        """All that are known, and an area whose edges are the lows and the highs."""
        bars = walk(801)
        bars.loc[bars.index[7], "open"] = NAN
        axes = candlesticks(bars, volume=False).axes[0]
        bars.iloc[7] = NAN
        assert np.array_equal(axes.lines[0].get_ydata(), bars["close"], equal_nan=True)
        (area,) = axes.collections
        corners = np.concatenate([path.vertices for path in area.get_paths()])
        assert corners[:, 1].min() == bars["low"].min()
        assert corners[:, 1].max() == bars["high"].max()
        assert legend(axes) == ["Close", "Low to high"]

    @pytest.mark.parametrize("count", [200, 700, 5000])
    def test_any_number_of_bars_is_a_handful_of_artists(self, count):
        """One for all of a kind, as drawing each bar by itself would take seconds."""
        for axes in candlesticks(walk(count), panes={"MACD": macd(walk(count)["close"])}).axes:
            assert len(axes.collections) + len(axes.lines) + len(axes.patches) <= 7

    def test_start_and_end_cut_bars_and_lines_alike(self):
        """An average of all bars does not begin anew where the picture begins."""
        average = sma(APPLE, 200)
        axes = candlesticks(APPLE, overlays={"SMA 200": average}, start="2012-12-03", end="2012-12-31").axes[
            0
        ]
        shown = average["2012-12-03":"2012-12-31"]
        assert np.array_equal(axes.lines[0].get_ydata(), shown)
        assert np.isfinite(shown).all()
        assert len(wicks(axes)) == len(shown)

    def test_lines_are_found_by_their_labels(self):
        """A longer one is cut; an array belongs by its length."""
        longer = pd.Series(range(10), index=pd.date_range("2024-12-31", periods=10, freq="B"), dtype=float)
        part = [1.0, 2.0]
        figure = candlesticks(FOUR, panes={"a": longer, "b": part}, start="2025-01-03", end="2025-01-06")
        assert list(figure.axes[2].lines[0].get_ydata()) == list(longer["2025-01-03":"2025-01-06"])
        assert list(figure.axes[3].lines[0].get_ydata()) == part

    def test_a_record_and_its_table_give_the_same_picture(self):
        """Names in capitals too."""
        one, other = candlesticks(Ohlcv.from_frame(FOUR)), candlesticks(FOUR.rename(columns=str.title))
        assert one._repr_png_() == other._repr_png_()


class TestLogarithmicAxis:
    @pytest.mark.parametrize(
        ("start", "said"),
        [(None, [1, 2, 5, 10, 20, 50]), ("2012-01-01", [60, 70, 80, 90])],
    )
    def test_ticks_are_round_numbers(self, start, said):
        """Powers and their parts over decades, plain steps over a year."""
        axes = candlesticks(APPLE, log=True, start=start).axes[0]
        assert axes.get_yscale() == "log"
        assert [float(text.get_text()) for text in axes.get_yticklabels()] == said

    def test_prices_below_zero_have_none(self):
        """As spreads may be."""
        spread = Ohlcv(*(FOUR[name] - 10.5 for name in ("open", "high", "low", "close")), positive=False)
        assert candlesticks(spread).axes
        with pytest.raises(InputError, match=r"log: expected prices above zero, got -1\.5"):
            candlesticks(spread, log=True)

    def test_a_line_below_zero_is_left_out(self):
        """Where it is, and its axis stays above."""
        axes = candlesticks(FOUR, log=True, overlays={"Low": [-5.0, 8.0, 9.0, 10.0]}).axes[0]
        assert axes.get_ylim()[0] > 7

    @pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
    @pytest.mark.parametrize("gaps", [0.0, 1.0])
    def test_any_size_fits(self, scale, gaps):
        """Nothing is cut off and nothing lies on anything else."""
        assert page_flaws(candlesticks(walk(300, scale=scale, gaps=gaps), log=True)) == []
        constant = FOUR.assign(**dict.fromkeys(("open", "high", "low", "close"), scale))
        assert page_flaws(candlesticks(constant, log=True)) == []


class TestOverlays:
    def test_a_band_is_its_three_lines_and_what_is_between(self):
        """Fields of the result that are no prices are left out."""
        bands = bollinger(APPLE, 20)
        axes = candlesticks(APPLE, overlays={"Bollinger": bands}, start="2013-01-02").axes[0]
        drawn = [line.get_ydata() for line in axes.lines]
        for values, field in zip(drawn, ("lower", "middle", "upper"), strict=True):
            assert np.array_equal(values, getattr(bands, field)["2013-01-02":])
        lower, upper = (figure_words(float(values[-1])) for values in (drawn[0], drawn[2]))
        assert legend(axes)[2:] == [f"Bollinger {lower} to {upper}"]

    def test_the_last_value_stands_beside_the_name(self):
        """n/a where there is none at the last bar."""
        axes = candlesticks(FOUR, overlays={"A": [1.0, 2.0, 3.0, 10.456], "B": [10.0, 11.0, 12.0, NAN]}).axes[
            0
        ]
        assert legend(axes) == ["Rise (hollow)", "Fall (filled)", "A 10.46", "B n/a"]

    def test_a_line_far_away_does_not_press_the_candles_flat(self):
        """The axis stays with the prices, and words say where the line is."""
        near, far = (
            candlesticks(FOUR, overlays=given, volume=False).axes[0]
            for given in (None, {"Far": [1000.0] * 4})
        )
        assert near.get_ylim() == far.get_ylim()
        assert legend(far)[2] == "Far 1,000.00 (beyond the axis)"

    def test_a_line_nearby_widens_the_axis(self):
        """Up to the range of the prices on either side."""
        low, high = candlesticks(FOUR, overlays={"A": [8.0, 8.0, 13.0, 13.0]}).axes[0].get_ylim()
        assert low < 8 < 13 < high

    def test_a_value_alone_is_a_dot(self):
        """Between two gaps a line has no length."""
        axes = candlesticks(FOUR, overlays={"Swing": [NAN, 11.0, NAN, NAN]}).axes[0]
        dots = [line for line in axes.lines if line.get_marker() == "o"]
        assert [(list(dot.get_xdata()), list(dot.get_ydata())) for dot in dots] == [([1], [11.0])]

    def test_lines_are_told_apart_without_colour(self):
        """By dashes for six of them, and by their width after that."""
        lines = {f"line {place}": [10.0 + place / 10] * 4 for place in range(8)}
        drawn = candlesticks(FOUR, overlays=lines).axes[0].lines
        looks = {(line.get_color(), str(line._dash_pattern), line.get_linewidth()) for line in drawn}
        assert len(looks) == 8


class TestPanes:
    def test_a_result_with_several_lines_has_one_pane(self):
        """The histogram as columns from zero, hollow above it and filled below."""
        found = macd(APPLE)
        axes = candlesticks(APPLE, panes={"MACD": found}, start="2012-11-01").axes[2]
        part = found.histogram["2012-11-01":].to_numpy()
        assert np.array_equal(axes.lines[0].get_ydata(), found.macd["2012-11-01":])
        assert np.array_equal(axes.lines[1].get_ydata(), found.signal["2012-11-01":])
        above, fills = boxes(axes, BLUE)
        assert fills == {"#ffffff"}
        assert [top for _, _, top in above] == pytest.approx(part[part >= 0].tolist())
        assert [bottom for _, bottom, _ in boxes(axes, AMBER)[0]] == pytest.approx(part[part < 0].tolist())
        assert legend(axes)[2] == f"histogram {figure_words(part[-1])}"

    def test_levels_are_lines_with_ticks(self):
        """As 30 and 70 of an RSI."""
        axes = candlesticks(APPLE, panes={"RSI": rsi(APPLE)}, levels={"RSI": (30, 70)}, start="2012").axes[2]
        assert [line.get_ydata()[0] for line in axes.lines[1:]] == [30, 70]
        assert list(axes.get_yticks()) == [30, 70]

    def test_a_pane_of_nothing_says_so(self):
        """Before an indicator's first value."""
        axes = candlesticks(FOUR, panes={"SMA": [NAN] * 4}).axes[2]
        assert [text.get_text() for text in axes.texts] == ["no values here"]

    def test_eight_panes_fit(self):
        """The page grows with them."""
        few = candlesticks(FOUR)
        many = candlesticks(FOUR, panes={f"{'W' * place * 9} {place}": FOUR["close"] for place in range(8)})
        assert len(many.axes) == 10
        assert many.get_figheight() > few.get_figheight() + 8
        assert page_flaws(many) == []


class TestDates:
    @pytest.mark.parametrize(
        ("count", "freq", "said"),
        [
            (2300, "B", ["2002", "2003", "2004", "2005", "2006", "2007", "2008", "2009"]),
            (120, "B", ["Feb 2001", "Mar 2001", "Apr 2001", "May 2001", "Jun 2001"]),
            (21, "B", ["8 Jan 2001", "15 Jan 2001", "22 Jan 2001", "29 Jan 2001"]),
            (26, "15min", ["1 Jan 01:00", "1 Jan 02:00", "1 Jan 03:00", "1 Jan 04:00", "1 Jan 05:00", "1 Jan 06:00"]),
            (60, "MS", ["2002", "2003", "2004", "2005"]),
        ],
    )  # fmt: skip
    def test_words_stand_where_periods_begin(self, count, freq, said):
        """Of the shortest period that begins no more than eight times."""
        index = pd.date_range("2001-01-01", periods=count, freq=freq)
        places, words = bar_ticks(index, count)
        assert words == said
        starts = index[places]
        assert (starts != index[0]).all()

    def test_dates_are_those_of_the_markets_clock(self):
        """Also with a time zone, and as periods."""
        index = pd.date_range("2001-01-01 23:00", periods=3, freq="h", tz="America/New_York")
        assert bar_ticks(index, 3)[1][0] == "1 Jan 2001 23:00"
        assert bar_ticks(pd.period_range("2001-01", periods=3, freq="M"), 3)[1][0] == "1 Jan 2001"

    def test_labels_that_are_no_dates_are_written_as_they_are(self):
        """Numbers and words alike, at most eight of them."""
        assert bar_ticks(pd.Index([f"t{i}" for i in range(3)]), 3) == ([0, 1, 2], ["t0", "t1", "t2"])
        assert len(bar_ticks(pd.RangeIndex(1000), 1000)[0]) == 8

    @given(
        st.integers(1, 4000), st.sampled_from(["s", "min", "7min", "h", "D", "B", "W", "MS", "QS", "YS-OCT"])
    )
    @settings(max_examples=40, deadline=None, derandomize=True)
    def test_there_are_always_some_and_never_too_many(self, count, freq):
        """Of whatever bars."""
        index = pd.date_range("1700-03-05", periods=min(count, 250 if freq == "YS-OCT" else count), freq=freq)
        places, words = bar_ticks(index, len(index))
        assert 1 <= len(places) <= 8
        assert places == sorted(set(places))
        assert len(words) == len(places)


class TestFigureWords:
    @pytest.mark.parametrize(
        ("value", "said"),
        [(1517.93, "1,517.93"), (56.137, "56.14"), (0.06612, "0.0661"), (-0.00001, "-1e-05"), (0.0, "0.00"),
         (-0.001, "-0.0010"), (2.5e9, "2.5e+09"), (NAN, "n/a"), (-12.346, "-12.35")],
    )  # fmt: skip
    def test_small_and_large_figures_keep_their_digits(self, value, said):
        """Two after the point, or those that count."""
        assert figure_words(value) == said


class Odd(NamedTuple):
    """A result without a line that is a price."""

    percent_b: Any
    bandwidth: Any


class TestWhatCannotBeDrawn:
    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (lambda: candlesticks(3), "ohlcv: expected an Ohlcv record or a DataFrame of one asset, got int"),
            (lambda: candlesticks(FOUR[["open"]]), "ohlcv: expected columns open, high, low, close, got open"),
            (lambda: candlesticks(SampleSource().ohlcv(["AAPL", "IBM"]).frame), "ohlcv: expected one asset, got 2. Give one of them: AAPL, IBM"),
            (lambda: candlesticks(FOUR.iloc[:0]), "ohlcv: expected bars, there is none to show. There is none"),
            (lambda: candlesticks(FOUR, start="2026"), "There is 2025-01-02 to 2025-01-07"),
            (lambda: candlesticks(Ohlcv([1.0], [1.0], [1.0], [1.0]), start=0), "start and end: arrays have no dates"),
            (lambda: candlesticks(FOUR.assign(high=1.0)), "high and low"),
            (lambda: candlesticks(FOUR * 1e110), "expected amounts of at most"),
            (lambda: candlesticks(FOUR, overlays=[1]), "overlays: expected a mapping of words to lines, got list"),
            (lambda: candlesticks(FOUR, overlays={"A": [1.0, 2.0]}), r"overlays\['A'\]: expected one value for each of 4 bars, got 2"),
            (lambda: candlesticks(FOUR, overlays={"A": "x"}), r"overlays\['A'\]: expected numbers"),
            (lambda: candlesticks(FOUR, panes={"A": FOUR}), r"panes\['A'\]: expected one line, got 5 columns"),
            (lambda: candlesticks(FOUR, panes={"A": FOUR["close"][1:]}), r"panes\['A'\]: expected a value for each bar, got none for 2025-01-02 \(1 of 4 bars\)"),
            (lambda: candlesticks(FOUR, overlays={"A": Odd([1.0] * 4, [1.0] * 4)}), r"overlays\['A'\]: has no line that is a price"),
            (lambda: candlesticks(FOUR, levels=[30]), "levels: expected a mapping of panes to numbers, got list"),
            (lambda: candlesticks(FOUR, levels={"RSI": (30,)}), "levels: there is no pane 'RSI'. Here: none"),
            (lambda: candlesticks(FOUR, panes={"A": [1.0] * 4}, levels={"A": (NAN,)}), r"levels\['A'\]: expected finite numbers"),
            (lambda: candlesticks(FOUR, panes={"A": [1.0] * 4}, levels={"A": 30}), r"levels\['A'\]: expected numbers such as \(30, 70\), got 30"),
        ],
    )  # fmt: skip
    def test_the_argument_is_named(self, call, said):
        """With what came and what is here."""
        with pytest.raises(InputError, match=said):
            call()


RANDOM = np.random.default_rng(1)
CLOSE = pd.Series(100 * np.exp(np.cumsum(0.01 * RANDOM.standard_normal(1000))), name="A")
SIGNAL = pd.Series(RANDOM.random(1000) < 0.1)
FOUND = evaluate_signal(SIGNAL.rename("A"), CLOSE, horizons=(1, 5), cost=0.001)


def points(axes, marker):
    """Give the places of marks of a kind, from the top down."""
    return [
        float(line.get_xdata()[0])
        for line in axes.lines
        if line.get_marker() == marker and len(line.get_xdata()) == 1
    ]


def intervals(axes):
    """Give the ends of the level lines, from the top down."""
    return [tuple(line.get_xdata()) for line in axes.lines if line.get_marker() == "None" and line.get_ydata()[0] == line.get_ydata()[-1]]  # fmt: skip


class TestSignalStudy:
    def test_points_intervals_and_base_rates_are_those_of_the_evaluation(self):
        """Hit rates and mean returns in per cent, by horizon, in and out of sample."""
        hits, returns = signal_study(FOUND).axes[:2]
        outcomes = [
            FOUND.find(horizon, sample=sample)
            for horizon in (1, 5)
            for sample in ("in_sample", "out_of_sample")
        ]
        for axes, figure, base in (
            (hits, "hit_rate", "base_hit_rate"),
            (returns, "mean_return", "base_return"),
        ):
            assert points(axes, "s") == [100 * getattr(item, figure) for item in outcomes[::2]]
            assert points(axes, "o") == [100 * getattr(item, figure) for item in outcomes[1::2]]
            assert points(axes, "D") == [100 * getattr(item, base) for item in outcomes]
            ends = [tuple(100 * end for end in getattr(item, f"{figure}_interval")) for item in outcomes]
            assert intervals(axes) == ends

    def test_rows_are_named_and_judged_in_words(self):
        """By their horizon and part of the time, with the difference and how many signals there were."""
        chart = signal_study(FOUND)
        names = [text.get_text() for text in chart.axes[0].get_yticklabels()]
        assert names[:2] == ["1 bar in sample", "1 bar out of sample"]
        outside = FOUND.find(1)
        said = [text.get_text() for text in chart.axes[1].texts]
        assert said[2] == f"{ratio_words(outside.difference, 'rate', '+')} against any bar"
        assert said[3] == f"not told apart; {outside.n_signals} signals, as good as {outside.n_effective:.0f}"
        assert "after costs of 0.1% a trade" in " ".join(chart.axes[2].texts[0].get_text().split())

    def test_without_a_split_there_is_one_row_a_horizon(self):
        """Of all the time."""
        chart = signal_study(evaluate_signal(SIGNAL, CLOSE.rename(None), horizons=5, split=None))
        assert [text.get_text() for text in chart.axes[0].get_yticklabels()] == ["5 bars"]

    def test_a_difference_that_is_told_apart_is_called_so(self):
        """A signal that knows the next day is above any bar, its opposite below."""
        knows = (CLOSE.shift(-2) > CLOSE.shift(-1)).rename("A")
        for signal, word in ((knows, "above"), (~knows, "below")):
            said = [text.get_text() for text in signal_study(evaluate_signal(signal, CLOSE, 1)).axes[1].texts]
            assert said[1].startswith(f"{word}; ")

    def test_no_signals_are_said(self):
        """The row stays, empty."""
        never = evaluate_signal(pd.Series(np.zeros(1000, dtype=bool), name="A"), CLOSE, 1)
        chart = signal_study(never)
        assert [text.get_text() for text in chart.axes[1].texts[:4]] == ["no signals", "no signals", "No signals", "none was raised"]  # fmt: skip
        assert page_flaws(chart) == []

    def test_one_signal_is_too_few(self):
        """It has no interval."""
        flags = np.zeros(1000, dtype=bool)
        flags[[10, 900]] = True
        said = [
            text.get_text()
            for text in signal_study(evaluate_signal(pd.Series(flags, name="A"), CLOSE, 1)).axes[1].texts
        ]
        assert said[1] == "too few to tell; 1 signal, as good as 1"

    def test_an_asset_of_several(self):
        """By its name."""
        panel = pd.DataFrame({"A": CLOSE, "B": CLOSE.to_numpy()[::-1]})
        found = evaluate_signal(pd.DataFrame({"A": SIGNAL, "B": SIGNAL}), panel, 5)
        chart = signal_study(found, asset="B", name="Dice")
        assert chart.get_suptitle() == "Dice: what followed in B"
        assert points(chart.axes[0], "o") == [100 * found.find(5, asset="B").hit_rate]
        with pytest.raises(InputError, match=r"asset: there is no 'C'\. Here: A, B"):
            signal_study(found, asset="C")

    def test_a_comparison_has_a_row_for_each_test_with_its_raised_p_value(self):
        """Of the part of the time that was compared."""
        panel = compare_signals(
            {"dice": SIGNAL.rename("A"), "low RSI": crossunder(rsi(CLOSE), 30)}, CLOSE, (1, 5)
        )
        chart = signal_study(panel)
        names = [text.get_text() for text in chart.axes[0].get_yticklabels()]
        assert names == ["dice, 1 bar", "dice, 5 bars", "low RSI, 1 bar", "low RSI, 5 bars"]
        assert chart.axes[1].texts[1].get_text().startswith(f"p {panel.adjusted['dice', 1]:.2f}; ")
        assert "p-values of 4 tests" in chart.axes[2].texts[0].get_text()
        assert page_flaws(chart) == []
        with pytest.raises(InputError, match="asset: a comparison is of all assets together"):
            signal_study(panel, asset="A")

    def test_what_is_no_evaluation_is_refused(self):
        """And more rows than can be read."""
        with pytest.raises(
            InputError, match="evaluation: expected a SignalEvaluation or a SignalComparison, got int"
        ):
            signal_study(3)
        with pytest.raises(InputError, match="evaluation: expected at most 60 rows, got 62"):
            signal_study(evaluate_signal(SIGNAL.rename("A"), CLOSE, range(1, 32)))

    @DRAWING
    @given(st.integers(1, 8), st.integers(1, 40), st.sampled_from([0.0, 0.002, 0.5]))
    def test_any_signal_fits(self, count, letters, share):
        """Nothing is cut off and nothing lies on anything else."""
        random = np.random.default_rng(count)
        signals = {
            f"{'Word ' * letters}{place}": pd.Series(random.random(1000) < share, name="A")
            for place in range(count)
        }
        assert (
            page_flaws(signal_study(compare_signals(signals, CLOSE, (1, 20)), name="word " * letters)) == []
        )
        assert page_flaws(signal_study(evaluate_signal(next(iter(signals.values())), CLOSE))) == []


class TestEveryChart:
    @DRAWING
    @given(
        st.sampled_from([1, 2, 9, 130, 400, 1200]),
        st.sampled_from([0.0, 0.3, 1.0]),
        st.sampled_from([1e-9, 1e-2, 1.0, 1e5, 1e12, 1e60]),
        st.integers(0, 12),
        st.integers(1, 60),
    )
    def test_any_bars_and_names_fit(self, count, gaps, scale, n_lines, letters):
        """Nothing is cut off and nothing lies on anything else."""
        bars = walk(count, seed=count, scale=scale, gaps=gaps, freq="D")
        lines = {f"{'W' * letters} {place}": bars["close"] * (1 + place / 50) for place in range(n_lines)}
        panes = {"word " * letters: macd(bars["close"], 3, 5, 2), "RSI": rsi(bars["close"])}
        figure = candlesticks(bars, overlays=lines, panes=panes, levels={"RSI": (30, 70)})
        assert page_flaws(figure) == []

    def test_takes_dollar_signs_as_they_are(self):
        """Mathematics would be read between two of them, and this one fails."""
        bad = "$\\bad$"
        index = pd.date_range("2025", periods=4)
        bars = Ohlcv(
            *(pd.Series(FOUR[name].to_numpy(), index, name=bad) for name in ("open", "high", "low", "close"))
        )
        assert page_flaws(candlesticks(bars, overlays={bad: [1.0] * 4}, panes={bad: [1.0] * 4})) == []
        assert page_flaws(signal_study(FOUND, name=bad)) == []

    def test_leaves_pyplot_and_its_settings_alone(self):
        """And is as light to import as it was: the library of the indicators comes with the first chart."""
        before = dict(rcParams)
        for figure in (candlesticks(APPLE, start="2012"), signal_study(FOUND)):
            assert figure._repr_png_().startswith(b"\x89PNG")
        assert dict(rcParams) == before
        program = (
            "import sys; import maos_nb.plotting; names = ('matplotlib.pyplot', 'pandas', 'maos_nb.analytics.technical');"
            "print(*(name in sys.modules for name in names))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False False False"
