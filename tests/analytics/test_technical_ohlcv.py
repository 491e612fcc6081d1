"""Bars as one record: what is refused and in which words, and what comes back of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bars_technical import VECTORS

from maos_nb.analytics import _kernels
from maos_nb.analytics.technical._columns import as_same_columns
from maos_nb.analytics.technical._prices import as_prices
from maos_nb.analytics.technical.averages import sma
from maos_nb.analytics.technical.ohlcv import Ohlcv
from maos_nb.errors import InputError

DAYS = pd.bdate_range("2024-01-01", periods=4, name="day")
PRICES = ("open", "high", "low", "close")


def table(**changes):
    """Four bars of one asset."""
    columns = {
        "open": [10.0, 11.0, 12.0, 11.0],
        "high": [12.0, 12.5, 12.5, 11.5],
        "low": [9.5, 10.5, 11.0, 10.0],
        "close": [11.0, 12.0, 11.5, 10.5],
        "volume": [300.0, 200.0, 0.0, 100.0],
    }
    return pd.DataFrame({**columns, **changes}, index=DAYS)


def tables():
    """The same bars of two assets, the second at ten times the price, by field."""
    frame = table()
    return {name: pd.DataFrame({"AA": frame[name], "BB": 10 * frame[name]}) for name in frame}


def quotes(name):
    """Read one of the hostile files of quotes of the Stock.Indicators library, where they are."""
    if not VECTORS.exists():
        pytest.skip("the published vectors are not beside this checkout (../shared/data/ta_vectors)")
    frame = pd.read_csv(VECTORS / "quotes" / f"{name}.csv", encoding="utf-8-sig", index_col=0)
    frame.index = pd.to_datetime(frame.index, format="mixed")
    return frame


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (
                {"high": [12.0, 12.5, 10.9, 11.5]},
                "high and low: expected high at or above low, got high 10.9 and low 11.0 at row 2024-01-03",
            ),
            (
                {"open": [10.0, 12.6, 12.0, 11.0]},
                "high and open: expected high at or above open, got high 12.5 and open 12.6 at row 2024-01-02",
            ),
            (
                {"close": [11.0, 12.0, 12.75, 10.5]},
                "high and close: expected high at or above close, got high 12.5 and close 12.75 at row 2024-01-03",
            ),
            (
                {"open": [9.25, 11.0, 12.0, 11.0]},
                "open and low: expected open at or above low, got open 9.25 and low 9.5 at row 2024-01-01",
            ),
            (
                {"close": [11.0, 12.0, 11.5, 9.0]},
                "close and low: expected close at or above low, got close 9.0 and low 10.0 at row 2024-01-04",
            ),
            ({"low": [9.5, 0.0, 11.0, 10.0]}, "low: expected low above 0, got low 0.0 at row 2024-01-02"),
            (
                {"volume": [1.0, 1.0, 1.0, -2.0]},
                "volume: expected volume zero or above, got volume -2.0 at row 2024-01-04",
            ),
            (
                {"volume": [1.0, np.inf, 1.0, 1.0]},
                "volume: expected finite numbers or NaN, got inf at row 2024-01-02",
            ),
        ],
    )
    def test_prices_that_cannot_be_of_one_bar(self, changes, message):
        """The message names both prices, both numbers and the row."""
        with pytest.raises(InputError) as caught:
            Ohlcv.from_frame(table(**changes))
        assert message in str(caught.value)

    def test_the_first_row_is_named_whatever_is_wrong_with_it(self):
        """A close out of range on the second day comes before a high below the low on the third."""
        with pytest.raises(InputError, match=r"close and low.* at row 2024-01-02"):
            Ohlcv.from_frame(table(high=[12.0, 12.5, 10.0, 11.5], close=[11.0, 10.0, 10.0, 10.5]))

    def test_the_column_is_named_among_several(self):
        """BB is wrong a day before AA."""
        given = tables()
        given["high"] = given["high"].copy()
        given["high"].loc["2024-01-03", "AA"] = 1.0
        given["high"].loc["2024-01-02", "BB"] = 1.0
        with pytest.raises(InputError, match=r"got high 1\.0 and low 105\.0 at row 2024-01-02, column 'BB'"):
            Ohlcv(**given)

    @pytest.mark.parametrize(
        ("days", "problem"),
        [
            ([0, 2, 1, 3], "row 2 is 2024-01-02, after 2024-01-03"),
            ([0, 1, 1, 3], "row 2 is 2024-01-02, as the one before"),
            ([3, 2, 1, 0], "row 1 is 2024-01-03, after 2024-01-04"),
        ],
    )
    def test_dates_out_of_order_or_twice(self, days, problem):
        """With the place and both dates."""
        with pytest.raises(InputError, match=problem):
            Ohlcv.from_frame(table().set_index(DAYS[days]))

    def test_a_row_without_a_date(self):
        """NaT stands nowhere in time."""
        frame = table().set_index(DAYS[:3].append(pd.DatetimeIndex([pd.NaT])))
        with pytest.raises(InputError, match="row 3 has no date"):
            Ohlcv.from_frame(frame)

    def test_dates_as_text_that_are_not_sorted_as_text(self):
        """With the advice to turn them into dates."""
        frame = table().set_index(pd.Index(["12/29/2023", "12/30/2023", "01/02/2024", "01/03/2024"]))
        with pytest.raises(InputError, match=r"row 2 is 01/02/2024, after 12/30/2023.*Turn text into dates"):
            Ohlcv.from_frame(frame)

    def test_rows_with_two_levels(self):
        """Assets below each other."""
        frame = pd.concat({"AA": table(), "BB": table()}).swaplevel()
        with pytest.raises(InputError, match="expected one label a row, got 2 levels"):
            Ohlcv.from_frame(frame)

    def test_tables_with_other_labels(self):
        """Rows and columns alike."""
        given = tables()
        with pytest.raises(
            InputError, match="open and low: expected the same columns, column 1 is BB and CC"
        ):
            Ohlcv(**{**given, "low": given["low"].rename(columns={"BB": "CC"})})
        with pytest.raises(
            InputError, match=r"open and close: expected the same rows, row 0 is .*2024-01-01.*02"
        ):
            Ohlcv(**{**given, "close": given["close"].shift(1, freq="B")})
        with pytest.raises(InputError, match=r"open and high: expected the same .* \(4, 2\) and .* \(3, 2\)"):
            Ohlcv(**{**given, "high": given["high"][:3]})

    def test_an_asset_that_comes_twice(self):
        """One could not be told from the other."""
        given = {name: held.set_axis(["AA", "AA"], axis=1) for name, held in tables().items()}
        with pytest.raises(InputError, match="got column 'AA' more than once"):
            Ohlcv(**given)

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (
                table().drop(columns="low"),
                "expected columns open, high, low, close, got open, high, close, volume",
            ),
            (table().assign(Close=1.0), "expected one column close, got 'close' and 'Close'"),
            (table()["close"], "frame: expected a DataFrame, got Series"),
            (table().assign(close="10"), "close: expected numbers, got"),
            (
                pd.concat({"a": pd.concat({"b": table()}, axis=1)}, axis=1),
                "one or two levels of columns, got 3",
            ),
            (pd.DataFrame(), "got none"),
        ],
    )
    def test_frames_that_hold_no_bars(self, frame, message):
        """A field missing or twice, and other things."""
        with pytest.raises(InputError) as caught:
            Ohlcv.from_frame(frame)
        assert message in str(caught.value)

    def test_an_asset_without_a_field(self):
        """It is named."""
        frame = pd.concat(tables(), axis=1).drop(columns=[("low", "BB")])
        with pytest.raises(InputError, match="each field of each asset, got low or close alone of 'BB'"):
            Ohlcv.from_frame(frame)

    def test_the_hostile_files(self):
        """Lines without dates, zeros for prices, and dates out of order; tiny closes where the dates are put right."""
        with pytest.raises(InputError, match="row 200 has no date"):
            Ohlcv.from_frame(quotes("bad"))
        with pytest.raises(InputError, match=r"got open 0\.0 at row 2017-01-03"):
            Ohlcv.from_frame(quotes("zeros"))
        with pytest.raises(InputError, match="row 19 is 2016-01-18, after 2017-01-31"):
            Ohlcv.from_frame(quotes("mismatch"))
        bad = quotes("bad")
        dated = bad[bad.index.notna()].sort_index()
        with pytest.raises(InputError, match=r"got close 1e-08 and low 1\.284e-08 at row 2017-12-29"):
            Ohlcv.from_frame(dated[~dated.index.duplicated()])


class TestWhatIsTaken:
    def test_gaps_pass(self):
        """Whole rows, and single prices."""
        bars = Ohlcv.from_frame(table(low=[9.5, np.nan, 11.0, 10.0]).mask(DAYS.to_series() == DAYS[2]))
        assert repr(bars) == "Ohlcv(1 asset, 4 bars 2024-01-01 to 2024-01-04, 2 gaps, with volume)"

    def test_rounding_passes_within_the_tolerance(self):
        """A close a millionth of a millionth above the high."""
        frame = table(close=[11.0, 12.5 * (1 + 1e-12), 11.5, 10.5])
        with pytest.raises(InputError, match="high and close"):
            Ohlcv.from_frame(frame)
        assert len(Ohlcv.from_frame(frame, tolerance=1e-9)) == 4

    def test_prices_below_zero_pass_where_they_are_expected(self):
        """Oil for May 2020, on 20 April: NYMEX settled at -37.63 after a low of -40.32."""
        bars = Ohlcv([17.73], [17.85], [-40.32], [-37.63], positive=False)
        assert repr(bars) == "Ohlcv(1 asset, 1 bar, 0 gaps)"
        with pytest.raises(InputError, match=r"low: expected low above 0, got low -40\.32 at row 0"):
            Ohlcv([17.73], [17.85], [-40.32], [-37.63])

    @pytest.mark.parametrize("of_asset_first", [False, True])
    def test_two_levels_of_columns_either_way_round(self, of_asset_first):
        """With fields in capitals, others among them, and assets in another order for each field."""
        given = {name.title(): held for name, held in tables().items()}
        given["Adj Close"], given["Low"] = given["Close"], given["Low"][["BB", "AA"]]
        frame = pd.concat(given, axis=1)
        bars = Ohlcv.from_frame(frame.swaplevel(axis=1) if of_asset_first else frame)
        assert bars.assets == ("AA", "BB")
        for name, held in tables().items():
            np.testing.assert_array_equal(getattr(bars, name).to_numpy(), held.to_numpy())

    def test_volume_may_be_missing(self):
        """It is None then."""
        assert Ohlcv.from_frame(table().drop(columns="volume")).volume is None

    @pytest.mark.parametrize("n_bars", [0, 1])
    def test_no_bars_and_one(self, n_bars):
        """Length, repr and table hold."""
        bars = Ohlcv.from_frame(table()[:n_bars])
        assert len(bars) == n_bars
        assert repr(bars).startswith(f"Ohlcv(1 asset, {n_bars} bar")
        assert "<td" in bars._repr_html_()

    def test_whole_numbers_are_numbers(self):
        """As volumes mostly are."""
        assert len(Ohlcv([10], [12], [9], [11], volume=[100])) == 1


class TestWhatComesBack:
    def test_one_asset_of_many(self):
        """As Series of its name."""
        one = Ohlcv(**tables()).asset("BB")
        pd.testing.assert_series_equal(one.high, 10 * table()["high"].rename("BB"))
        assert one.volume.tolist() == [3000.0, 2000.0, 0.0, 1000.0]

    def test_one_column_of_matrices(self):
        """By its number."""
        bars = Ohlcv(**{name: held.to_numpy() for name, held in tables().items()})
        assert bars.assets == (0, 1)
        assert bars.asset(1).close.tolist() == [110.0, 120.0, 115.0, 105.0]

    def test_an_asset_that_is_not_there(self):
        """The message lists those there are."""
        with pytest.raises(InputError, match="there is no asset 'CC', there is AA, BB"):
            Ohlcv(**tables()).asset("CC")
        with pytest.raises(InputError, match="there is only one"):
            Ohlcv.from_frame(table()).asset("AA")

    def test_a_span_of_time(self):
        """Both ends are in it, text is taken for dates, and what it was checked by is kept."""
        bars = Ohlcv.from_frame(table(), tolerance=1e-6)
        part = bars.between("2024-01-02", "2024-01-03")
        assert repr(part) == "Ohlcv(1 asset, 2 bars 2024-01-02 to 2024-01-03, 0 gaps, with volume)"
        assert part.tolerance == 1e-6
        assert len(bars.between(end="2024-01-02")) == 2
        assert len(bars.between("2030-01-01")) == 0

    def test_spans_need_dates(self):
        """Arrays have none, and some words are none."""
        with pytest.raises(InputError, match="start and end: arrays have no dates"):
            Ohlcv([1.0], [1.0], [1.0], [1.0]).between("2024-01-02")
        with pytest.raises(InputError, match="start and end: 'soon' and None are not found"):
            Ohlcv.from_frame(table()).between("soon")

    def test_one_table_goes_there_and_back(self):
        """One asset, and many."""
        frame = table()
        pd.testing.assert_frame_equal(Ohlcv.from_frame(frame).to_frame(), frame)
        many = Ohlcv(**tables()).to_frame()
        assert list(many.columns[:3]) == [("open", "AA"), ("open", "BB"), ("high", "AA")]
        pd.testing.assert_frame_equal(Ohlcv.from_frame(many).low, tables()["low"])

    def test_it_cannot_be_changed(self):
        """A record."""
        with pytest.raises(AttributeError):
            Ohlcv.from_frame(table()).close = 1

    def test_a_notebook_shows_a_table_by_asset(self):
        """Names are escaped; twenty at most."""
        given = {name: held.rename(columns={"AA": "<b>"}) for name, held in tables().items()}
        shown = Ohlcv(**given)._repr_html_()
        assert "&lt;b&gt;" in shown
        assert "<b>" not in shown
        wide = {name: pd.concat([held["AA"]] * 30, axis=1, keys=range(30)) for name, held in tables().items()}
        assert Ohlcv(**wide)._repr_html_().count("<tr") == 21


class TestTheDoorOfIndicators:
    def test_a_record_stands_for_its_tables(self):
        """In the order asked for."""
        low, high = as_prices(("low", "high"), Ohlcv.from_frame(table()), None)
        assert low.array.tolist() == [[9.5, 10.5, 11.0, 10.0]]
        assert high.array.tolist() == [[12.0, 12.5, 12.5, 11.5]]

    def test_an_indicator_of_one_price_takes_the_closes_of_a_record(self):
        """The same as it makes of them alone."""
        bars = Ohlcv(**tables())
        pd.testing.assert_frame_equal(sma(bars, 2), sma(bars.close, 2))
        with pytest.raises(InputError, match="high: expected numbers, got Ohlcv"):
            as_same_columns(high=bars, low=bars)

    def test_a_table_may_have_any_column(self):
        """Even one of the name by which a record keeps its prices."""
        given = pd.DataFrame({"_columns": [1.0, 2.0]})
        assert as_prices(("close",), given)[0].array.tolist() == [[1.0, 2.0]]

    def test_tables_are_taken_one_by_one(self):
        """Arrays too."""
        high, low = as_prices(("high", "low"), [3.0, 5.0], [2.0, 4.0])
        assert high.array.tolist() == [[3.0, 5.0]]
        assert low.array.tolist() == [[2.0, 4.0]]

    @pytest.mark.parametrize(
        ("names", "arguments", "message"),
        [
            (("high", "low"), ([3.0], None), "low: expected a table beside high, got none"),
            (
                ("high", "low"),
                (Ohlcv([1.0], [1.0], [1.0], [1.0]), 14),
                "low: expected nothing beside an Ohlcv",
            ),
            (
                ("close", "volume"),
                (Ohlcv([1.0], [1.0], [1.0], [1.0]), None),
                "volume: expected a record with volume",
            ),
            (("high", "low"), ([3.0, 3.0], [2.0, 4.0]), "got high 3.0 and low 4.0 at row 1"),
            (("close", "volume"), ([3.0], [-1.0]), "volume: expected volume zero or above, got volume -1.0"),
            (("high", "low"), ([3.0], [2.0, 4.0]), "high and low: expected the same observations"),
            (
                ("high", "low", "close"),
                ([3.0, 3.0], [2.0, 2.0], [np.nan, 3.5]),
                "high 3.0 and close 3.5 at row 1",
            ),
            (
                ("open", "high", "low", "close"),
                ([1.5], [3.0], [2.0], [2.5]),
                "got open 1.5 and low 2.0 at row 0",
            ),
            (("high", "low"), ([np.inf], [2.0]), "high: expected finite numbers or NaN, got inf at row 0"),
            (
                ("close", "volume"),
                ([1.0], [np.inf]),
                "volume: expected finite numbers or NaN, got inf at row 0",
            ),
            (
                ("close", "volume"),
                ([-np.inf], [1.0]),
                "close: expected finite numbers or NaN, got -inf at row 0",
            ),
            (("open", "close"), ([1.0], [np.inf]), "close: expected finite numbers or NaN, got inf at row 0"),
            (
                ("close",),
                (pd.Series([1.0, 2.0], index=["b", "a"]),),
                "close: expected rows in the order of time",
            ),
        ],
    )
    @pytest.mark.parametrize("compiled", [True, False])
    def test_what_is_refused(self, names, arguments, message, compiled, monkeypatch):
        """The message names the argument, whether one compiled reading finds it or several of arrays."""
        if not compiled:
            monkeypatch.setattr(_kernels, "_numba", lambda: None)
        with pytest.raises(InputError) as caught:
            as_prices(names, *arguments)
        assert message in str(caught.value)

    def test_gaps_contradict_nothing(self):
        """In any of the prices."""
        for gap in range(3):
            prices = [[3.0, 3.0], [2.0, 2.0], [2.5, 2.5]]
            prices[gap][1] = np.nan
            assert len(as_prices(("high", "low", "close"), *prices)) == 3

    def test_separate_tables_may_be_rounded_or_negative(self):
        """A millionth, and the oil of April 2020."""
        as_prices(("high", "low", "close"), [3.0, -1.0], [2.0, -4.0], [3.000001, -4.0])
        with pytest.raises(InputError, match="high and close"):
            as_prices(("high", "low", "close"), [3.0], [2.0], [3.001])
