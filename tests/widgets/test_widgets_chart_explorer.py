"""A chart that follows what is chosen, through its traits: no browser, and drawn by matplotlib as in a notebook."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any, NamedTuple

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from maos_nb.analytics.technical import Ohlcv, bollinger, ichimoku, rsi, sma
from maos_nb.data import SampleSource
from maos_nb.errors import InputError, KernelError
from maos_nb.testing import ManualClock
from maos_nb.widgets import ChartExplorer, ChartIndicator
from maos_nb.widgets._chart_indicators import INDICATORS

HOSTILE = "<script>alert('$a$')</script>"


def bars(n_bars: int, *, seed: int = 1, volume: bool = True) -> pd.DataFrame:
    """Give the daily bars of one asset, made up."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, n_bars)))
    opening = np.concatenate([[100.0], close[:-1]])
    frame = pd.DataFrame(
        {
            "open": opening,
            "high": np.maximum(opening, close) * 1.005,
            "low": np.minimum(opening, close) * 0.995,
            "close": close,
            "volume": random.integers(1000, 9000, n_bars).astype(float),
        },
        index=pd.bdate_range("2023-01-02", periods=n_bars),
    )
    return frame if volume else frame.drop(columns="volume")


def several(**assets: pd.DataFrame) -> pd.DataFrame:
    """Put assets side by side."""
    return pd.concat(assets, axis=1)


def hidden(frame: pd.DataFrame, rows: Any) -> pd.DataFrame:
    """Take the prices of some rows away."""
    frame = frame.copy()
    frame.iloc[rows] = np.nan
    return frame


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    """Give three assets of the samples, of which Facebook begins in 2012."""
    return SampleSource().ohlcv(["AAPL", "IBM", "FB"], start="2010-01-01").frame


@pytest.fixture
def explorer(sample: pd.DataFrame) -> ChartExplorer:
    """Give an explorer as it opens."""
    return ChartExplorer(sample)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Ohlcv, dict[str, Any]]]:
    """Note what every chart is drawn from, and leave its page empty: that costs a hundredth of the time."""
    noted = []

    def noting(ohlcv: Ohlcv, **options: Any) -> Figure:
        noted.append((ohlcv, options))
        return Figure(figsize=(1, 1))

    monkeypatch.setattr("maos_nb.plotting.candlesticks", noting)
    return noted


def picture(explorer: ChartExplorer) -> bytes:
    """Give what the browser was sent."""
    png: bytes = explorer._shown_face.picture.value
    return png


def html(explorer: ChartExplorer) -> str:
    """Give the words under the chart as the browser has them."""
    words: str = explorer._shown_face.words.value
    return words


class TestWhatIsChosen:
    """Asset, indicators and span, by the controls and by the traits."""

    def test_it_opens_on_the_last_year_of_the_first_asset(self, explorer: ChartExplorer) -> None:
        """With an average and the RSI, and says the last figures of both."""
        assert (explorer.asset, explorer.overlays, explorer.panes) == ("AAPL", ("SMA 50",), ("RSI 14",))
        assert explorer.span == (pd.Timestamp("2012-03-02"), pd.Timestamp("2013-03-01"))
        assert explorer.problems == ()
        assert matplotlib.image.imread(BytesIO(picture(explorer))).ndim == 3

    def test_the_words_are_the_figures(self, explorer: ChartExplorer, sample: pd.DataFrame) -> None:
        """Last close, change over the span, last values: recomputed here from the quotes."""
        close = sample["close"]["AAPL"]
        shown = close["2012-03-02":"2013-03-01"]
        average, strength = sma(close, 50).iloc[-1], rsi(close).iloc[-1]
        change = shown.iloc[-1] / shown.iloc[0] - 1
        assert explorer.message == (
            f"AAPL, 2012-03-02 to 2013-03-01, 250 bars. Last close {shown.iloc[-1]:.2f}, {change:+.2%} against "
            f"the first. SMA 50: {average:.2f}. RSI 14: {strength:.2f}."
        )
        assert "AAPL, 2012-03-02 to 2013-03-01, 250 bars." in html(explorer)

    @pytest.mark.parametrize(
        ("control", "value"),
        [
            ("asset", 1),
            ("overlays", ("Bollinger 20", "SMA 20")),
            ("panes", ()),
            ("span", (100, 200)),
        ],
    )
    def test_each_control_changes_picture_and_words(
        self, explorer: ChartExplorer, control: str, value: Any
    ) -> None:
        """As a choice in the browser does."""
        before = picture(explorer), html(explorer)
        explorer.controls[control].value = value
        assert picture(explorer) != before[0]
        assert html(explorer) != before[1]

    def test_traits_move_the_controls(self, explorer: ChartExplorer) -> None:
        """And come back in the order of the table."""
        explorer.asset, explorer.overlays, explorer.panes = "IBM", ["SMA 20", "EMA 20", "SMA 20"], ["OBV"]
        explorer.span = ("2011-01-01", "2011-12-31")
        controls = explorer.controls
        assert controls["asset"].label == "IBM"
        assert controls["overlays"].value == explorer.overlays == ("SMA 20", "EMA 20")
        assert controls["panes"].value == explorer.panes == ("OBV",)
        assert controls["span"].label == ("2011-01-03", "2011-12-30")
        assert explorer.span == (pd.Timestamp("2011-01-03"), pd.Timestamp("2011-12-30"))
        assert explorer.message.startswith("IBM, 2011-01-03 to 2011-12-30, 252 bars.")

    @pytest.mark.parametrize("kind", [str, date.fromisoformat, datetime.fromisoformat, pd.Timestamp])
    def test_a_span_may_be_given_in_any_kind_of_day(
        self, explorer: ChartExplorer, kind: Callable[[str], Any]
    ) -> None:
        """Both days count; a Sunday gives the days around it."""
        explorer.span = (kind("2012-01-01"), kind("2012-01-31"))
        assert explorer.span == (pd.Timestamp("2012-01-03"), pd.Timestamp("2012-01-31"))

    def test_the_controls_move_the_traits(self, explorer: ChartExplorer) -> None:
        """So that Python sees what was clicked."""
        controls = explorer.controls
        controls["asset"].value, controls["span"].value = 1, (0, 4)
        controls["overlays"].value, controls["panes"].value = ("Ichimoku",), ("ADX 14",)
        assert (explorer.asset, explorer.overlays, explorer.panes) == ("IBM", ("Ichimoku",), ("ADX 14",))
        assert explorer.span == (pd.Timestamp("2010-01-04"), pd.Timestamp("2010-01-08"))

    def test_the_span_stays_with_another_asset_as_far_as_it_has_bars(self, explorer: ChartExplorer) -> None:
        """Facebook's first bar is of 18 May 2012."""
        explorer.span = ("2012-05-01", "2012-06-29")
        explorer.asset = "FB"
        assert explorer.span == (pd.Timestamp("2012-05-18"), pd.Timestamp("2012-06-29"))
        assert explorer.controls["span"].options[0][0] == "2012-05-18"

    def test_a_span_without_bars_of_the_other_asset_becomes_its_last_year(
        self, explorer: ChartExplorer
    ) -> None:
        """All of Facebook's, which is less than a year."""
        explorer.span = ("2010-05-01", "2010-06-29")
        explorer.asset = "FB"
        assert explorer.span == (pd.Timestamp("2012-05-18"), pd.Timestamp("2013-03-01"))

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("asset", "GE", r"^asset: there is no 'GE', there is AAPL, IBM, FB"),
            ("overlays", ("SMA 7",), r"^overlays: there is no 'SMA 7', there is SMA 20; "),
            ("overlays", ("RSI 14",), r"^overlays: there is no 'RSI 14'"),
            ("panes", "RSI 14", r"^panes: expected names of indicators"),
            ("panes", 3, r"^panes: expected names of indicators"),
            ("span", "2011", r"^span: expected the first and the last day"),
            (
                "span",
                ("2020-01-01", None),
                r"^span: there is no bar from 2020-01-01 to None, there is from 2010",
            ),
            ("span", ("soon", "later"), r"^span: 'soon' and 'later' are not found"),
            ("span", (1, 2), r"^span: 1 and 2 are not found"),
        ],
    )
    def test_what_is_not_there_is_refused(
        self, sample: pd.DataFrame, drawings: list[Any], name: str, value: Any, said: str
    ) -> None:
        """And nothing moves."""
        explorer = ChartExplorer(sample)
        before = explorer.message, picture(explorer)
        with pytest.raises(InputError, match=said):
            setattr(explorer, name, value)
        assert (explorer.message, picture(explorer)) == before
        assert len(drawings) == 1


class TestWhatIsDrawn:
    """What the chart gets, and how often."""

    def test_indicators_are_of_the_whole_history_and_cut_to_the_span(
        self, sample: pd.DataFrame, drawings: list[Any]
    ) -> None:
        """None of them starts anew with the span."""
        explorer = ChartExplorer(sample)
        explorer.span = ("2012-01-01", "2012-01-31")
        ohlcv, options = drawings[-1]
        close = sample["close"]["AAPL"]
        pd.testing.assert_series_equal(ohlcv.close, close["2012-01"], check_names=False, check_freq=False)
        average = options["overlays"]["SMA 50"]
        assert not average.isna().any()
        pd.testing.assert_series_equal(average, sma(close, 50)["2012-01"], check_names=False)
        pd.testing.assert_series_equal(
            options["panes"]["RSI 14"], rsi(close)["2012-01"], check_names=False, rtol=1e-12
        )

    def test_bands_keep_their_lines_of_price_only(self, sample: pd.DataFrame, drawings: list[Any]) -> None:
        """%B and bandwidth are no prices, and Ichimoku's cloud lies where its chart has it."""
        explorer = ChartExplorer(sample)
        explorer.overlays = ("Bollinger 20", "Ichimoku")
        drawn = drawings[-1][1]["overlays"]
        assert drawn["Bollinger 20"]._fields == ("lower", "middle", "upper")
        ohlcv = Ohlcv.from_frame(sample, tolerance=1e-6).asset("AAPL")
        np.testing.assert_array_equal(drawn["Bollinger 20"].upper, bollinger(ohlcv).upper[-250:])
        cloud = ichimoku(ohlcv, displaced=True)
        np.testing.assert_array_equal(drawn["Ichimoku"].leading_b, cloud.leading_b[-250:])

    def test_a_pane_has_the_level_lines_of_its_row(self, sample: pd.DataFrame, drawings: list[Any]) -> None:
        """Such as 30 and 70; a row without any has none."""
        explorer = ChartExplorer(
            sample, indicators={"Mine": ChartIndicator(lambda one: one.close, levels=(50.0,))}
        )
        explorer.panes = ("RSI 14", "ATR 14", "Mine")
        assert drawings[-1][1]["levels"] == {"RSI 14": (30.0, 70.0), "Mine": (50.0,)}

    def test_the_chart_bears_the_name_of_the_asset(self, explorer: ChartExplorer) -> None:
        """In its title."""
        assert explorer.chart.get_suptitle().startswith("AAPL, ")

    def test_one_change_is_drawn_once(self, sample: pd.DataFrame, drawings: list[Any]) -> None:
        """Another asset has other bars to choose from, which moves the slider as well."""
        explorer = ChartExplorer(sample)
        assert len(drawings) == 1
        explorer.asset = "FB"
        assert len(drawings) == 2
        explorer.controls["asset"].value = 1
        assert len(drawings) == 3
        explorer.controls["span"].value = (3, 40)
        assert len(drawings) == 4
        explorer.panes = ()
        assert len(drawings) == 5

    def test_no_change_is_not_drawn(self, sample: pd.DataFrame, drawings: list[Any]) -> None:
        """Reading, refreshing, and choosing what is chosen already."""
        explorer = ChartExplorer(sample)
        assert explorer.message
        assert explorer.chart is not None
        explorer.refresh()
        explorer.asset, explorer.panes, explorer.span = "AAPL", ["RSI 14"], explorer.span
        assert len(drawings) == 1

    def test_an_indicator_is_computed_once_for_an_asset(
        self, sample: pd.DataFrame, drawings: list[Any]
    ) -> None:
        """Moving the span recomputes nothing."""
        asked: list[int] = []

        def count(one: Ohlcv) -> Any:
            asked.append(len(one))
            return one.close

        explorer = ChartExplorer(sample, indicators={"Mine": count})
        explorer.panes = ("Mine",)
        explorer.controls["span"].value = (5, 50)
        explorer.controls["span"].value = (6, 50)
        assert asked == [len(sample)]
        assert len(drawings) == 4

    def test_pyplot_is_left_alone(self, explorer: ChartExplorer) -> None:
        """Its global state belongs to the user."""
        import matplotlib.pyplot as plt

        assert explorer.chart is not None
        assert plt.get_fignums() == []


class Pair(NamedTuple):
    """Two lines."""

    fast: Any
    slow_line: Any


class TestOwnIndicators:
    """Rows of the user beside ours."""

    def test_a_function_is_a_row(self, sample: pd.DataFrame, drawings: list[Any]) -> None:
        """It gets the record of one asset and is drawn in a pane of its own."""
        explorer = ChartExplorer(sample, indicators={"Range": lambda one: one.high - one.low})
        explorer.panes = ("Range",)
        last = (sample["high"]["AAPL"] - sample["low"]["AAPL"]).iloc[-1]
        assert f"Range: {last:.2f}." in explorer.message
        assert list(drawings[-1][1]["panes"]) == ["Range"]

    def test_a_row_may_lie_over_the_candles_and_have_several_lines(self, sample: pd.DataFrame) -> None:
        """Of arrays or Series, with the names of the NamedTuple."""
        row = ChartIndicator(lambda one: Pair(sma(one, 5), sma(one, 10).to_numpy()), on_price=True)
        explorer = ChartExplorer(sample, indicators={"Two": row})
        explorer.overlays = ("Two",)
        assert re.search(r" Two: fast \d+\.\d\d, slow line \d+\.\d\d\.", explorer.message)
        assert explorer.problems == ()

    def test_a_name_of_ours_is_replaced(self, sample: pd.DataFrame) -> None:
        """Also by one that is drawn elsewhere."""
        row = ChartIndicator(lambda one: one.close, on_price=True)
        explorer = ChartExplorer(sample, indicators={"RSI 14": row})
        assert explorer.overlays == ("SMA 50", "RSI 14")
        assert explorer.panes == ()

    @pytest.mark.parametrize(
        ("function", "said"),
        [
            (lambda _: 1 / 0, "Mine cannot be computed: ZeroDivisionError: division by zero"),
            (lambda _: None, "Mine cannot be computed: indicators: it has shape (), there are "),
            (lambda _: "up", "Mine cannot be computed: indicators: it is str, not numbers"),
            (lambda one: one.close.iloc[1:], "Mine cannot be computed: indicators: it has other labels"),
            (
                lambda one: Pair(one.close, [1.0]),
                "Mine cannot be computed: indicators: its slow_line has shape",
            ),
        ],
    )
    def test_one_that_fails_is_said_and_the_others_are_drawn(
        self, sample: pd.DataFrame, drawings: list[Any], function: Callable[[Ohlcv], Any], said: str
    ) -> None:
        """In the widget; choosing raises nothing."""
        explorer = ChartExplorer(sample, indicators={"Mine": function})
        explorer.panes = ("RSI 14", "Mine")
        assert explorer.problems[0].startswith(said)
        assert f"Please check: {said}" in explorer.message
        assert 'class="maos-problem">Please check: Mine cannot be computed' in html(explorer)
        assert list(drawings[-1][1]["panes"]) == ["RSI 14"]
        explorer.panes = ("RSI 14",)
        assert explorer.problems == ()

    @pytest.mark.parametrize(
        ("indicators", "said"),
        [
            ([rsi], "expected a mapping"),
            ({"Mine": 14}, "Mine: expected a function, got int"),
            ({"": rsi}, "expected names"),
            ({3: rsi}, "expected names"),
        ],
    )
    def test_what_is_no_row_is_refused(self, sample: pd.DataFrame, indicators: Any, said: str) -> None:
        """When the explorer is made."""
        with pytest.raises(InputError, match=f"^indicators: {said}"):
            ChartExplorer(sample, indicators=indicators)


class TestBarsOfEveryShape:
    """One asset, few bars, gaps, no volume, no dates."""

    def test_every_row_of_the_table_is_drawn(self, sample: pd.DataFrame) -> None:
        """All at once, with a figure for each line."""
        explorer = ChartExplorer(sample)
        explorer.overlays = [name for name, row in INDICATORS.items() if row.on_price]
        explorer.panes = [name for name, row in INDICATORS.items() if not row.on_price]
        assert explorer.problems == ()
        assert all(f" {name}: " in explorer.message for name in INDICATORS)
        assert "n/a" not in explorer.message

    @pytest.mark.parametrize("given", [bars(60), Ohlcv.from_frame(bars(60))])
    def test_one_asset_alone_needs_no_name(self, given: Any) -> None:
        """Neither in the words nor to be chosen."""
        explorer = ChartExplorer(given)
        assert explorer.asset is None
        assert explorer.controls["asset"].disabled
        assert explorer.message.startswith("2023-01-02 to 2023-03-24, 60 bars. Last close ")

    @pytest.mark.parametrize("n_bars", [1, 2, 13])
    def test_a_short_history_is_drawn_and_says_what_is_not_known(self, n_bars: int) -> None:
        """Nothing raises before an indicator has begun."""
        explorer = ChartExplorer(several(NEW=bars(n_bars)))
        assert explorer.problems == ()
        assert picture(explorer)
        assert f"{n_bars} bar" in explorer.message
        assert "SMA 50: n/a. RSI 14: n/a." in explorer.message
        assert explorer.controls["span"].disabled is (n_bars == 1)

    def test_gaps_are_counted_and_the_last_close_is_dated(self) -> None:
        """An indicator at a gap is not known; the close is the last that there was."""
        other = bars(80)
        explorer = ChartExplorer(several(HOLES=hidden(bars(80), [20, 21, 70]), WHOLE=other))
        assert "80 bars, 3 without a close." in explorer.message
        explorer.span = (None, other.index[70])
        assert f"on {other.index[69]:%Y-%m-%d}" in explorer.message
        assert "RSI 14: n/a." in explorer.message
        assert explorer.problems == ()
        explorer.span = (other.index[20], other.index[21])
        assert "Last close n/a." in explorer.message

    def test_days_before_the_first_bar_and_after_the_last_are_left_aside(self) -> None:
        """They are of the other assets."""
        late = hidden(bars(80), [*range(30), 78, 79])
        explorer = ChartExplorer(several(LATE=late, WHOLE=bars(80)))
        assert len(explorer.controls["span"].options) == 48
        assert explorer.span == (late.index[30], late.index[77])

    def test_an_asset_without_bars_is_said_to_have_none(self) -> None:
        """And the next one is drawn again."""
        explorer = ChartExplorer(several(EMPTY=hidden(bars(30), slice(None)), WHOLE=bars(30)))
        assert explorer.message == "There are no bars of EMPTY."
        assert (explorer.chart, picture(explorer), explorer.span) == (None, b"", ())
        assert explorer._shown_face.picture.layout.display == "none"
        with pytest.raises(InputError, match=r"^span: there is no bar from None to None, there is none"):
            explorer.span = (None, None)
        explorer.asset = "WHOLE"
        assert picture(explorer)
        assert explorer._shown_face.picture.layout.display is None

    def test_without_volume_nothing_is_offered_that_needs_it(self) -> None:
        """On-balance volume, for one."""
        explorer = ChartExplorer(bars(60, volume=False))
        assert "OBV" not in [name for _, name in explorer.controls["panes"].options]
        with pytest.raises(InputError, match="there is no 'OBV'"):
            explorer.panes = ("OBV",)

    def test_arrays_are_counted(self) -> None:
        """They have no dates; bars and assets are numbers."""
        prices = np.stack([bars(40, seed=seed).to_numpy() for seed in (1, 2)], axis=2)
        explorer = ChartExplorer(Ohlcv(*(prices[:, field] for field in range(5))))
        explorer.asset = 1
        explorer.span = (5, 12)
        assert explorer.message.startswith("1, 5 to 12, 8 bars.")
        assert explorer.problems == ()

    def test_prices_below_zero_have_no_change_in_percent(self) -> None:
        """A spread may have them."""
        explorer = ChartExplorer(Ohlcv([-1.0, 2.0], [1.0, 3.0], [-2.0, 1.0], [-1.0, 2.0], positive=False))
        assert "Last close 2.00, n/a against the first." in explorer.message

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (None, "^ohlcv: expected an Ohlcv record or a DataFrame, got NoneType"),
            ([1.0], "^ohlcv: expected an Ohlcv record or a DataFrame, got list"),
            (pd.DataFrame({"price": [1.0]}), "^frame: expected columns open, high, low, close"),
        ],
    )
    def test_what_are_no_bars_is_refused(self, given: Any, said: str) -> None:
        """With the reason."""
        with pytest.raises(InputError, match=said):
            ChartExplorer(given)


class TestForeignWords:
    """Names and errors may come from anywhere."""

    def test_names_are_no_markup(self) -> None:
        """Neither of an asset nor of an indicator."""
        explorer = ChartExplorer(several(**{HOSTILE: bars(60)}), indicators={HOSTILE: lambda one: one.close})
        explorer.panes = (HOSTILE,)
        assert explorer.problems == ()
        assert explorer.message.count(HOSTILE) == 2
        assert explorer.chart.get_suptitle().startswith("<script>")
        assert "<script" not in html(explorer)
        assert html(explorer).count("&lt;script&gt;") == 2

    def test_errors_are_no_markup(self) -> None:
        """They may repeat what they were given."""

        def fail(_: Ohlcv) -> Any:
            raise ValueError(HOSTILE)

        explorer = ChartExplorer(bars(60), indicators={"Mine": fail})
        explorer.panes = ("Mine",)
        assert "<script" not in html(explorer)
        assert "ValueError: &lt;script&gt;" in html(explorer)

    def test_a_chart_that_cannot_be_drawn_says_so(
        self, sample: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What a click raises is seen by nobody; the next choice is drawn again."""

        def refuse(*_: Any, **__: Any) -> Any:
            raise InputError("ohlcv", "expected less")

        explorer = ChartExplorer(sample)
        with monkeypatch.context() as patched:
            patched.setattr("maos_nb.plotting.candlesticks", refuse)
            explorer.asset = "IBM"
            assert explorer.problems == ("the chart cannot be drawn: ohlcv: expected less",)
            assert (explorer.chart, picture(explorer)) == (None, b"")
            assert explorer.message.startswith("IBM, ")
        explorer.asset = "FB"
        assert picture(explorer)


class TestInANotebook:
    """With a loop that runs: edits are taken on it, and drawn at most ten times a second."""

    def test_edits_are_coalesced(self, sample: pd.DataFrame, drawings: list[Any]) -> None:
        """A slider that is dragged draws at once, and then as often as there is a rest between."""

        async def main() -> None:
            clock = ManualClock()
            explorer = ChartExplorer(sample, clock=clock)
            span = explorer.controls["span"]
            assert len(drawings) == 1
            for place in range(50):
                span.value = (place, 300)
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert len(drawings) == 1
            clock.advance(0.09)
            assert len(drawings) == 1
            clock.advance(0.01)
            assert len(drawings) == 2
            assert len(drawings[-1][0]) == 252
            clock.advance(10)
            assert len(drawings) == 2
            span.value = (7, 300)
            assert len(drawings) == 2
            await asyncio.sleep(0)
            assert len(drawings) == 3

        asyncio.run(main())

    def test_reading_brings_it_up_to_date(self, sample: pd.DataFrame, drawings: list[Any]) -> None:
        """A cell that sets and reads sees what it set; the loop then finds nothing left to do."""

        async def main() -> None:
            explorer = ChartExplorer(sample, clock=ManualClock())
            explorer.asset = "IBM"
            explorer.controls["span"].value = (0, 9)
            assert explorer.message.startswith("IBM, 2010-01-04 to 2010-01-15, 10 bars.")
            for _ in range(3):
                await asyncio.sleep(0)
            assert len(drawings) == 2

        asyncio.run(main())

    def test_a_click_in_another_thread_is_drawn_on_the_loop(
        self, sample: pd.DataFrame, drawings: list[Any]
    ) -> None:
        """Some versions of ipykernel take clicks there."""

        async def main() -> None:
            clock = ManualClock()
            explorer = ChartExplorer(sample, clock=clock)
            clock.advance(1)
            drawn_in: list[int] = []
            words = explorer._shown_face.words
            words.observe(lambda _: drawn_in.append(threading.get_ident()), "value")
            click = threading.Thread(target=lambda: setattr(explorer.controls["asset"], "value", 1))
            click.start()
            click.join()
            assert explorer.asset == "AAPL"
            await asyncio.sleep(0)
            assert explorer.asset == "IBM"
            assert drawn_in == [threading.get_ident()]

        asyncio.run(main())

    def test_it_goes_on_when_the_loop_has_ended(self, sample: pd.DataFrame) -> None:
        """As in a script after asyncio.run: it follows at once."""

        async def main() -> ChartExplorer:
            return ChartExplorer(sample)

        explorer = asyncio.run(main())
        before = picture(explorer)
        explorer.asset = "IBM"
        assert picture(explorer) != before

    def test_closing_takes_every_widget_away_and_draws_no_more(
        self, sample: pd.DataFrame, drawings: list[Any]
    ) -> None:
        """Also what was waiting for its turn."""

        async def main() -> None:
            clock = ManualClock()
            explorer = ChartExplorer(sample, clock=clock)
            controls = list(explorer.controls.values())
            controls[0].value = 1
            await asyncio.sleep(0)
            controls[0].value = 2
            explorer.close()
            await asyncio.sleep(0)
            clock.advance(1)
            assert len(drawings) == 1
            assert explorer.closed
            assert all(part.comm is None for part in (explorer, *controls))
            assert repr(explorer) == "<ChartExplorer closed>"
            with pytest.raises(KernelError, match="closed"):
                _ = explorer.controls

        asyncio.run(main())


def test_where_no_widget_is_shown_the_picture_and_the_words_are(explorer: ChartExplorer) -> None:
    """On a page of GitHub, and in a plain console."""
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/plain"] == f"<ChartExplorer: {explorer.message}>"
    assert bundle["image/png"] == picture(explorer)


def test_every_control_has_a_name_in_words(explorer: ChartExplorer) -> None:
    """And what is said is read aloud when it changes."""
    assert [control.description for control in explorer.controls.values()] == [
        "Asset",
        "Over the candles",
        "In panes below",
        "From and to",
    ]
    assert 'role="status" aria-live="polite"' in html(explorer)


def test_the_picture_has_no_tooltip(explorer: ChartExplorer) -> None:
    """JupyterLab's part of ipywidgets 8.1 then asks for a description, which a picture has not, and shows an error."""
    assert explorer._shown_face.picture.tooltip is None
