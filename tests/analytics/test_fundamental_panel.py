"""Statements side by side."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.explanation import Explanation
from maos_nb.analytics.fundamental.panel import Panel, as_panel
from maos_nb.analytics.fundamental.statements import Statements
from maos_nb.data import SampleSource
from maos_nb.errors import InputError

APPLE = pd.DataFrame(
    {"revenue": [365_817e6, 394_328e6, 383_285e6], "total_assets": [351_002e6, 352_755e6, 352_583e6]},
    index=pd.MultiIndex.from_product([["AAPL"], [2021, 2022, 2023]]),
)


class TestFigures:
    """What a panel gives."""

    def test_an_item_is_an_array_of_companies_and_years(self):
        """A frame's rows go to their places."""
        panel = Panel.from_frame(APPLE)
        assert panel["revenue"].tolist() == [[365_817e6, 394_328e6, 383_285e6]]
        assert panel.shape == (1, 3)
        assert panel.periods == (2021, 2022, 2023)

    def test_an_item_that_is_not_known_is_nan_throughout(self):
        """Never a silent zero."""
        assert np.isnan(Panel.from_frame(APPLE)["inventory"]).all()

    def test_the_year_before_stands_one_place_on(self):
        """The first year has none."""
        before = Panel.from_frame(APPLE).before("revenue")
        assert np.isnan(before[0, 0])
        assert before[0, 1:].tolist() == [365_817e6, 394_328e6]

    def test_an_average_needs_both_ends_of_the_year(self):
        """Apple's mean assets of fiscal 2023 by hand."""
        average = Panel.from_frame(APPLE).average("total_assets")
        assert np.isnan(average[0, 0])
        assert average[0, 2] == (352_755e6 + 352_583e6) / 2

    def test_of_quarters_the_year_before_is_four_places_back(self):
        """2023Q1 is held against 2022Q1."""
        quarters = [f"2022Q{n}" for n in (1, 2, 3, 4)] + ["2023Q1"]
        frame = pd.DataFrame({"revenue": [1.0, 2.0, 3.0, 4.0, 5.0]}, index=pd.Index(quarters))
        before = Panel.from_frame(frame, periods_per_year=4).before("revenue")
        assert before[0].tolist()[-1] == 1.0
        assert np.isnan(before[0, :4]).all()

    @given(st.integers(1, 6), st.integers(1, 6))
    def test_a_panel_shorter_than_a_year_has_no_year_before(self, n_periods, lag):
        """A shift beyond the panel is NaN, not another period."""
        figures = np.arange(float(n_periods))[None]
        years = tuple(range(2000, 2000 + n_periods))
        shifted = Panel(("A",), years, {}, lag).year_before(figures)
        expected = [np.nan] * min(lag, n_periods) + list(range(n_periods - lag))
        np.testing.assert_array_equal(shifted[0], expected)

    def test_the_year_that_a_company_lacks_is_nan(self):
        """Companies are held against each other by fiscal year, wherever they have gaps."""
        index = pd.MultiIndex.from_tuples([("A", 2020), ("A", 2022), ("B", 2021)])
        panel = Panel.from_frame(pd.DataFrame({"revenue": [1.0, 3.0, 2.0]}, index=index))
        np.testing.assert_array_equal(panel["revenue"], [[1, np.nan, 3], [np.nan, 2, np.nan]])

    def test_a_frame_goes_through_a_panel_unchanged(self):
        """There and back."""
        pd.testing.assert_frame_equal(Panel.from_frame(APPLE).to_frame(), APPLE, check_names=False)

    def test_a_panel_can_be_sent_to_another_process(self):
        """Pickled and read again it has the same figures."""
        sent = pickle.loads(pickle.dumps(Panel.from_frame(APPLE, currency="USD")))  # noqa: S301  # its own bytes
        pd.testing.assert_frame_equal(sent.to_frame(), Panel.from_frame(APPLE).to_frame())
        assert (sent.currency, sent.flow_days) == ("USD", 365.0)

    @pytest.mark.parametrize(("view", "days"), [("annual", 365.0), ("quarterly", 91.25), ("ttm", 365.0)])
    def test_each_view_of_statements_knows_how_long_its_flows_are(self, view, days):
        """Twelve months to a quarter's end are a year."""
        statements = Statements(SampleSource().facts(["AAPL"]).frame)
        made = pickle.loads(pickle.dumps(getattr(statements, view)()))  # noqa: S301  # its own bytes
        assert made.flow_days == days
        assert "accession" in str(made.explain("revenue", "AAPL", made.periods[-5]))


class TestMarketFigures:
    """What was not filed is put in beside."""

    def test_a_price_for_each_company_holds_for_all_its_years(self):
        """Broadcasting over periods."""
        panel = Panel(("A", "B"), (2020, 2021), {}).with_values(price=[[10.0], [20.0]])
        assert panel["price"].tolist() == [[10, 10], [20, 20]]

    def test_what_does_not_broadcast_is_refused(self):
        """The message has both shapes."""
        with pytest.raises(
            InputError, match=r"price: expected what broadcasts to \(1, 3\), got shape \(2,\)"
        ):
            Panel.from_frame(APPLE).with_values(price=[1.0, 2.0])


class TestOrigins:
    """Where a figure was filed."""

    def test_a_figure_tells_what_its_trace_knows(self):
        """A trace is asked for item, company and year."""
        leaf = Explanation("revenue", 394_328e6, "USD", origin="10-K")
        panel = Panel(("AAPL",), (2022,), {"revenue": [[394_328e6]]}, trace=lambda *_: leaf)
        assert panel.explain("revenue", "AAPL", 2022) is leaf

    def test_a_figure_put_in_later_is_not_the_one_filed(self):
        """The trace's figure is another then."""
        leaf = Explanation("revenue", 1.0, "USD", origin="10-K")
        panel = Panel(("AAPL",), (2022,), {"revenue": [[2.0]]}, trace=lambda *_: leaf)
        assert str(panel.explain("revenue", "AAPL", 2022)) == "revenue 2.00 (given)"

    def test_a_figure_that_is_not_known_says_so(self):
        """NaN is written as n/a."""
        assert str(Panel.from_frame(APPLE).explain("inventory", "AAPL", 2022)) == "inventory n/a (not known)"


class TestRefusals:
    """The door."""

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (APPLE.rename(columns={"revenue": "sales"}), "there is no item 'sales'"),
            (pd.concat([APPLE, APPLE.iloc[:1]]), "a company has a period twice"),
            (APPLE.iloc[:0], "at least one row"),
            (APPLE.set_axis([2021.5, 2022, 2023]), "expected fiscal years such as 2023"),
            (APPLE.set_axis(["2021Q1", "2021Q2", "2021Q9"]), "expected periods_per_year=4"),
            (APPLE.set_axis(["first", "second", "third"]), "expected quarters such as '2023Q1'"),
            (APPLE.astype(str), "revenue: expected numbers"),
        ],
    )
    def test_frames_that_are_no_statements_are_refused(self, frame, message):
        """The message says what was expected."""
        with pytest.raises(InputError, match=message):
            Panel.from_frame(frame)

    @pytest.mark.parametrize(
        ("tickers", "periods", "values", "message"),
        [
            ((), (2020,), {}, "tickers: expected at least one"),
            (("A", "A"), (2020,), {}, "tickers: expected each once, got 'A' more than once"),
            (("A",), (2020, 2022), {}, "periods: expected fiscal years without a gap, got 2020, 2022"),
            (("A",), (2021, 2020), {}, "periods: expected fiscal years without a gap"),
            (("A",), (2020,), {"revenue": [1.0]}, r"revenue: expected an array .* = \(1, 1\), got \(1,\)"),
        ],
    )
    def test_arrays_that_do_not_fit_are_refused(self, tickers, periods, values, message):
        """Each argument by its name."""
        with pytest.raises(InputError, match=message):
            Panel(tickers, periods, values)

    def test_what_is_no_panel_is_refused_by_its_kind(self):
        """Statements, a Panel or a frame."""
        with pytest.raises(InputError, match="expected Statements, a Panel or a DataFrame, got list"):
            as_panel([1, 2])

    def test_unknown_companies_and_periods_name_those_there_are(self):
        """Both ends of the periods are told."""
        panel = Panel.from_frame(APPLE)
        with pytest.raises(InputError, match=r"'MSFT' is not here.*AAPL"):
            panel.explain("revenue", "MSFT", 2022)
        with pytest.raises(InputError, match=r"2030 is not here.*2021 to 2023"):
            panel.explain("revenue", "AAPL", 2030)
