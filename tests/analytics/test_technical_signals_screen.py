"""A screen over a universe by conditions on indicators and signals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.technical.signals import breakout, crossover, last_values, screen_signals, within
from maos_nb.errors import InputError

NAN = np.nan
DAYS = pd.date_range("2024-01-01", periods=4, name="date")


@pytest.fixture
def close():
    """Give four closes of four assets; the last of one is missing."""
    prices = {
        "A": [1.0, 2.0, 3.0, 4.0],
        "B": [4.0, 3.0, 2.0, 1.0],
        "C": [1.0, 3.0, 1.0, 3.0],
        "D": [2.0, 2.0, 5.0, NAN],
    }
    return pd.DataFrame(prices, index=DAYS)


class TestScreenSignals:
    def test_tells_assets_apart_by_numbers_and_signals(self, close):
        """A signal is 1 or 0, and Kleene's logic needs no close of D where the signal already decides."""
        panels = {"close": close, "broke": breakout(close, close, close, 2)}
        found = screen_signals(panels, "close > 2 and broke == 1")
        assert list(found.passed.index) == ["A"]
        assert list(found.failed.index) == ["B", "C", "D"]
        assert list(screen_signals(panels, "close > 2").unknown.index) == ["D"]

    def test_looks_back_from_a_day(self, close):
        """A day without prices means the last one before."""
        panels = {"close": close, "crossed": within(crossover(close, 2.5), 2)}
        found = screen_signals(panels, "crossed == 1", at="2024-01-03 12:00")
        assert list(found.passed.index) == ["A", "C", "D"]

    def test_takes_a_frame_of_values_with_other_figures(self, close):
        """Joined by asset, as with ratios."""
        values = last_values({"close": close}, max_age=1).assign(roe=[0.1, 0.2, 0.3, 0.4])
        assert list(screen_signals(values, "close / roe > 10").passed.index) == ["A", "D"]

    def test_names_that_are_not_there_are_refused_with_those_alike(self, close):
        """Before anything is judged."""
        with pytest.raises(InputError, match=r"there is no 'closes'.*Alike: close"):
            screen_signals({"close": close}, "closes > 1")

    def test_nothing_is_executed(self, close):
        """The language has no attributes, calls or indices."""
        with pytest.raises(InputError, match="expression"):
            screen_signals({"close": close}, "close.__class__ > 1")


class TestLastValues:
    def test_gives_a_row_an_asset(self, close):
        """Numbers as they are, booleans as 1 and 0."""
        found = last_values({"close": close, "up": close > close.shift()})
        expected = pd.DataFrame(
            {"close": [4.0, 1.0, 3.0, NAN], "up": [1.0, 0.0, 1.0, 0.0]}, index=list("ABCD")
        )
        pd.testing.assert_frame_equal(found, expected)

    def test_values_count_on_for_as_long_as_allowed(self, close):
        """D's last close is one bar old."""
        assert last_values({"close": close}, max_age=1).loc["D", "close"] == 5.0
        close.loc[DAYS[2], "D"] = NAN
        assert np.isnan(last_values({"close": close}, max_age=1).loc["D", "close"])
        assert last_values({"close": close}, max_age=99).loc["D", "close"] == 2.0

    def test_takes_arrays_and_one_series(self, close):
        """Assets are then numbers, and the name of the Series."""
        found = last_values({"close": close.to_numpy()}, at=1)
        assert found["close"].tolist() == [2.0, 3.0, 3.0, 2.0]
        assert list(found.index) == [0, 1, 2, 3]
        assert last_values({"close": close["A"], "up": close["A"] > 1}).loc["A"].tolist() == [4.0, 1.0]
        assert list(last_values({"close": np.arange(3.0)}).index) == [0]

    def test_dates_with_a_time_zone_take_a_plain_day(self, close):
        """As a day in that zone."""
        there = close.tz_localize("America/New_York")
        assert last_values({"close": there}, at="2024-01-02")["close"].tolist() == [2.0, 3.0, 3.0, 2.0]

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"at": "2023-12-31"}, "at: expected a label from 2024-01-01"),
            ({"at": "soon"}, "at: expected a label such as"),
            ({"max_age": -1}, "max_age"),
        ],
    )
    def test_refuses_impossible_input(self, close, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            last_values({"close": close}, **options)

    def test_refuses_panels_that_differ(self, close):
        """And no panels, no bars, and places beyond the last one."""
        with pytest.raises(InputError, match="close and volume"):
            last_values({"close": close, "volume": close.iloc[1:]})
        with pytest.raises(InputError, match="panels: expected panels by name"):
            last_values({})
        with pytest.raises(InputError, match="at least one bar"):
            last_values({"close": close.iloc[:0]})
        with pytest.raises(InputError, match="at: expected the place of a bar, 0 to 3, got 4"):
            last_values({"close": close.to_numpy()}, at=4)
        with pytest.raises(InputError, match="in the order of time"):
            last_values({"close": close.iloc[::-1]}, at="2024-01-02")
