"""Returns of portfolios with flows: money-weighted, time-weighted and modified Dietz."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.cashflows import (
    RootStatus,
    modified_dietz,
    money_weighted_return,
    time_weighted_return,
    xirr,
    year_fraction,
)
from maos_nb.errors import InputError

YEAR = {"start": "2020-12-31", "end": "2021-12-31"}
JANUARY = {"start": "2023-12-31", "end": "2024-01-31"}
START, END = dt.date(2022, 3, 31), dt.date(2022, 6, 30)
VALUES = st.floats(100.0, 1e6)


@st.composite
def dated_flows(draw, max_size=6):
    """Contributions and withdrawals that leave the portfolio far from empty, and their days."""
    flows = draw(st.lists(st.floats(-10.0, 1000.0), max_size=max_size))
    days = [draw(st.integers(1, (END - START).days)) for _ in flows]
    return flows, [START + dt.timedelta(days=day) for day in days]


@st.composite
def portfolios(draw):
    """Opening value, closing value, flows and days of a portfolio that halves, doubles or something between."""
    begin, (flows, days), growth = draw(VALUES), draw(dated_flows()), draw(st.floats(0.5, 2.0))
    end = begin * growth
    for flow, day in zip(flows, days, strict=True):
        end += flow * growth ** ((END - day).days / (END - START).days)
    return begin, end, flows, days


class TestMoneyWeightedReturn:
    def test_matches_a_published_example(self):
        """CFA curriculum: 200 for a share, a year later 225 for another and 5 of dividends, then 480: 9.39%."""
        answer = money_weighted_return(200, 480, [220], ["2022-01-01"], start="2021-01-01", end="2023-01-01")
        assert answer == pytest.approx(0.0939, abs=5e-5)

    @given(portfolio=portfolios())
    def test_is_the_xirr_of_the_investor(self, portfolio):
        """Who pays the opening value and the contributions, and gets the closing value; as pyxirr has it too."""
        begin, end, flows, days = portfolio
        answer = money_weighted_return(begin, end, flows, days, start=START, end=END)
        investor = [-begin, *(-flow for flow in flows), end]
        assert answer == pytest.approx(xirr(investor, [START, *days, END]), rel=1e-11, abs=1e-12)
        assert answer == pytest.approx(pyxirr.xirr([START, *days, END], investor), rel=1e-6, abs=1e-6)

    @given(portfolio=portfolios(), annualized=st.booleans())
    def test_everything_grows_to_the_closing_value_at_it(self, portfolio, annualized):
        """The equation of its definition, one flow after the other."""
        begin, end, flows, days = portfolio
        rate = money_weighted_return(begin, end, flows, days, start=START, end=END, annualized=annualized)
        unit = 1.0 if annualized else year_fraction(START, END)
        grown = begin * (1 + rate) ** (year_fraction(START, END) / unit)
        for flow, day in zip(flows, days, strict=True):
            grown += flow * (1 + rate) ** (year_fraction(day, END) / unit)
        assert grown == pytest.approx(end, rel=1e-11)

    def test_a_short_period_needs_no_yearly_rate(self):
        """Of 60% lost in a week 1e-21 a year would be left, which no double tells from nothing."""
        week = {"start": "2024-03-01", "end": "2024-03-08", "return_status": True}
        assert money_weighted_return(100, 40, **week)[1] is RootStatus.OUT_OF_RANGE
        loss, status = money_weighted_return(100, 40, **week, annualized=False)
        assert loss == pytest.approx(-0.6, rel=1e-14)
        assert status is RootStatus.CONVERGED

    @pytest.mark.parametrize("day_count", ["act/365", "act/act", "30/360"])
    def test_without_flows_it_is_the_growth(self, day_count):
        """Over the period, and per year by the day count."""
        options = {"start": "2024-01-01", "end": "2024-07-01", "day_count": day_count}
        assert money_weighted_return(100, 110, annualized=False, **options) == pytest.approx(0.10)
        years = year_fraction("2024-01-01", "2024-07-01", day_count)
        assert money_weighted_return(100, 110, **options) == pytest.approx(1.1 ** (1 / years) - 1)

    def test_an_empty_portfolio_may_begin_with_a_contribution(self):
        """As a fund that calls capital does."""
        assert money_weighted_return(0, 121, [110], ["2020-12-31"], **YEAR) == pytest.approx(0.10)

    def test_the_order_of_flows_does_not_matter(self):
        """Those of one day are netted."""
        flows, days = [10.0, -20.0, 30.0], ["2021-06-30", "2021-03-31", "2021-06-30"]
        forward = money_weighted_return(100, 130, flows, days, **YEAR)
        assert money_weighted_return(100, 130, flows[::-1], days[::-1], **YEAR) == pytest.approx(
            forward, rel=1e-13
        )

    def test_portfolios_broadcast_and_keep_their_own_dates(self):
        """A table equals its cells; one portfolio's dates serve all, or each has its own."""
        begin, flows = np.array([[100.0], [200.0]]), np.array([[10.0, 5.0], [0.0, -5.0], [1.0, 2.0]])
        days = np.array(
            [["2021-02-01", "2021-05-01"], ["2021-03-01", "2021-09-01"], ["2021-04-01", "2021-12-01"]]
        )
        table = money_weighted_return(begin, 250.0, flows, days, **YEAR)
        assert table.shape == (2, 3)
        for i in range(2):
            for j in range(3):
                cell = money_weighted_return(begin[i, 0], 250.0, flows[j], days[j], **YEAR)
                assert table[i, j] == cell
                assert type(cell) is float
        shared = money_weighted_return(100.0, 250.0, flows, days[0], **YEAR)
        assert shared[1] == money_weighted_return(100.0, 250.0, flows[1], days[0], **YEAR)

    def test_says_why_there_is_no_rate(self):
        """All lost, nothing known, and a rate that exists."""
        rates, status = money_weighted_return(
            [100.0, 100.0, np.nan], [110.0, 0.0, 100.0], **YEAR, return_status=True
        )
        np.testing.assert_allclose(rates, [0.1, np.nan, np.nan])
        assert status.tolist() == ["converged", "no_sign_change", "not_finite"]
        assert money_weighted_return(100, 110, **YEAR, return_status=True)[1] is RootStatus.CONVERGED

    def test_nan_flows_spoil_their_own_portfolio(self):
        """The other one is valued."""
        answer = money_weighted_return(100, 120, [[5.0], [np.nan]], ["2021-06-30"], **YEAR, annualized=False)
        assert np.isnan(answer).tolist() == [False, True]


class TestModifiedDietz:
    def test_matches_a_published_example(self):
        """Wikipedia, "Modified Dietz method": 100, an inflow of 50 after the first of two years, 300: 120%."""
        answer = modified_dietz(100, 300, [50], ["2022-01-01"], start="2021-01-01", end="2023-01-01")
        assert answer == pytest.approx(1.2, abs=1e-15)

    @pytest.mark.parametrize(("flow_timing", "days"), [("end", 21), ("start", 22)])
    def test_a_flow_counts_for_the_days_it_was_invested(self, flow_timing, days):
        """GIPS: of January's 31 days a flow on the 10th works for 21, or 22 if it comes in the morning."""
        answer = modified_dietz(1000, 1200, [100], ["2024-01-10"], **JANUARY, flow_timing=flow_timing)
        assert answer == pytest.approx(100 / (1000 + 100 * days / 31), rel=1e-14)

    def test_a_flow_on_the_last_day_works_for_a_day_or_not_at_all(self):
        """By its hour."""
        last = {"flows": [100], "dates": ["2024-01-31"]}
        assert modified_dietz(1000, 1200, **last, **JANUARY) == pytest.approx(0.1)
        morning = modified_dietz(1000, 1200, **last, **JANUARY, flow_timing="start")
        assert morning == pytest.approx(100 / (1000 + 100 / 31))

    @given(begin=VALUES, end=VALUES)
    def test_without_flows_it_is_the_simple_return(self, begin, end):
        """And so are the other two, over the period."""
        simple = end / begin - 1
        assert modified_dietz(begin, end, **YEAR) == pytest.approx(simple, rel=1e-12, abs=1e-14)
        assert time_weighted_return([begin, end]) == pytest.approx(simple, rel=1e-12, abs=1e-14)
        money_weighted = money_weighted_return(begin, end, **YEAR, annualized=False)
        assert money_weighted == pytest.approx(simple, rel=1e-12, abs=1e-14)

    @given(begin=VALUES, end=VALUES, dated=dated_flows(), timing=st.sampled_from(["end", "start"]))
    def test_agrees_with_a_plain_loop(self, begin, end, dated, timing):
        """Day by day: capital is the average of what was invested on each day of the period."""
        flows, dates = dated
        length = (END - START).days
        invested = 0.0
        for day in range(1, length + 1):
            today = START + dt.timedelta(days=day)
            invested += begin + sum(
                flow
                for flow, when in zip(flows, dates, strict=True)
                if when < today or (when == today and timing == "start")
            )
        expected = (end - begin - sum(flows)) / (invested / length)
        answer = modified_dietz(begin, end, flows, dates, start=START, end=END, flow_timing=timing)
        assert answer == pytest.approx(expected, rel=1e-9, abs=1e-9)

    @given(begin=VALUES, dated=dated_flows(), rate=st.floats(-0.001, 0.001))
    def test_is_close_to_the_money_weighted_return_where_little_happens(self, begin, dated, rate):
        """It is that return with growth taken to be simple: the difference is of the order of the square."""
        flows, days = dated
        end = begin * (1 + rate)
        for flow, day in zip(flows, days, strict=True):
            end += flow * (1 + rate) ** ((END - day).days / (END - START).days)
        answer = modified_dietz(begin, end, flows, days, start=START, end=END)
        exact = money_weighted_return(begin, end, flows, days, start=START, end=END, annualized=False)
        assert exact == pytest.approx(rate, abs=1e-12)
        assert answer == pytest.approx(rate, abs=rate**2 + 1e-12)

    def test_portfolios_broadcast(self):
        """A table equals its cells, to the last bit."""
        begin, flows = np.array([[100.0], [200.0]]), np.array([[10.0, 5.0], [0.0, -5.0]])
        days = ["2021-02-01", "2021-05-01"]
        table = modified_dietz(begin, 250.0, flows, days, **YEAR)
        cells = [[modified_dietz(b, 250.0, row, days, **YEAR) for row in flows] for b in begin[:, 0]]
        np.testing.assert_array_equal(table, cells)
        assert type(cells[0][0]) is float

    def test_capital_that_is_not_positive_has_no_return(self):
        """NaN for that portfolio: a return on less than nothing would have the wrong sign."""
        answer = modified_dietz([0.0, 100.0, 100.0], 50.0, [[0.0], [-300.0], [0.0]], ["2021-01-01"], **YEAR)
        assert np.isnan(answer).tolist() == [True, True, False]

    def test_nan_passes(self):
        """An unknown value or flow makes one return unknown."""
        answer = modified_dietz(
            [100.0, np.nan, 100.0], 110.0, [[1.0], [1.0], [np.nan]], ["2021-06-30"], **YEAR
        )
        assert np.isnan(answer).tolist() == [False, True, True]

    def test_takes_pandas_objects(self):
        """Flows with their dates as a series."""
        series = pd.Series([10.0, 20.0], index=pd.to_datetime(["2021-02-01", "2021-05-01"]))
        expected = modified_dietz(100, 140, [10.0, 20.0], ["2021-02-01", "2021-05-01"], **YEAR)
        assert modified_dietz(100, 140, series, series.index, **YEAR) == expected


class TestRefusals:
    @pytest.mark.parametrize("function", [money_weighted_return, modified_dietz])
    @pytest.mark.parametrize(
        ("options", "named"),
        [
            (
                {"flows": [1, 2], "dates": ["2021-02-01"]},
                r"dates: expected one date per flow.*\(1,\) for \(2,\)",
            ),
            ({"flows": [1]}, "dates: expected one date per flow"),
            ({"flows": 1, "dates": "2021-02-01"}, "flows: expected an array"),
            ({"flows": ["a"], "dates": ["2021-02-01"]}, "flows: expected numbers"),
            (
                {"flows": [1], "dates": ["2020-12-30"]},
                "dates: expected days from start to end, got 2020-12-30",
            ),
            ({"flows": [1], "dates": ["2022-01-01"]}, "dates: .*got 2022-01-01"),
            ({"flows": [1], "dates": [None]}, "dates: expected dates, got a missing one"),
            ({"flows": [1], "dates": [20210201]}, "dates: expected dates, got int64"),
            ({"end": "2020-12-31"}, "end: expected a day after start"),
            ({"start": "2021-13-01"}, "start"),
            ({"begin_value": None}, "begin_value"),
            ({"end_value": "110"}, "end_value"),
            ({"begin_value": [1, 2], "end_value": [1, 2, 3]}, r"begin_value \(2,\), end_value \(3,\)"),
        ],
    )
    def test_refuse_impossible_input(self, function, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            function(**{"begin_value": 100, "end_value": 110, **YEAR, **options})

    def test_a_morning_flow_on_the_opening_day_is_refused(self):
        """It would have come before the opening valuation, which is at the close."""
        with pytest.raises(InputError, match="dates: expected days after start"):
            modified_dietz(100, 110, [5], ["2020-12-31"], **YEAR, flow_timing="start")

    @pytest.mark.parametrize(
        "call",
        [
            lambda: modified_dietz(100, 110, **YEAR, flow_timing="noon"),
            lambda: time_weighted_return([100, 110], flow_timing="noon"),
        ],
    )
    def test_unknown_timing_is_refused(self, call):
        """The message names the two words."""
        with pytest.raises(InputError, match='flow_timing: expected "end" or "start", got \'noon\''):
            call()


class TestTimeWeightedReturn:
    def test_matches_a_published_example(self):
        """CFA curriculum: the shares of the money-weighted example earn 15% and 6.67%: 10.76% a year."""
        answer = time_weighted_return([200, 450, 480], [220, 0], years=2)
        assert answer == pytest.approx((1.15 * 480 / 450) ** 0.5 - 1, abs=1e-15)
        assert answer == pytest.approx(0.1076, abs=1e-4)

    @given(
        begin=VALUES,
        steps=st.lists(st.tuples(st.floats(-0.5, 1.0), st.floats(-40.0, 1000.0)), min_size=1, max_size=20),
        timing=st.sampled_from(["end", "start"]),
    )
    def test_flows_do_not_matter_to_it(self, begin, steps, timing):
        """It is the product of the subperiods' returns, whatever was paid in or out."""
        values, flows, product = [begin], [], 1.0
        for growth, flow in steps:
            flow = flow if values[-1] * min(1.0, 1.0 + growth) > 50 else abs(flow)
            before, after = (0.0, flow) if timing == "end" else (flow, 0.0)
            values.append((values[-1] + before) * (1 + growth) + after)
            flows.append(flow)
            product *= 1 + growth
        answer = time_weighted_return(values, flows, flow_timing=timing)
        assert answer == pytest.approx(product - 1, rel=1e-9, abs=1e-9)

    @given(values=st.lists(VALUES, min_size=3, max_size=10), data=st.data())
    def test_chains_over_any_split(self, values, data):
        """The return of the whole is that of its two halves, linked."""
        flows = data.draw(
            st.lists(st.floats(-50.0, 50.0), min_size=len(values) - 1, max_size=len(values) - 1)
        )
        split = data.draw(st.integers(1, len(values) - 2))
        whole = time_weighted_return(values, flows)
        first = time_weighted_return(values[: split + 1], flows[:split])
        second = time_weighted_return(values[split:], flows[split:])
        assert (1 + first) * (1 + second) - 1 == pytest.approx(whole, rel=1e-12, abs=1e-12)

    def test_differs_from_the_money_weighted_return_by_the_timing_of_flows(self):
        """Most of the money came in just before the fall: the fund broke even, the investor lost."""
        fund = time_weighted_return([100, 1200, 600], [1000, 0])
        investor = money_weighted_return(
            100, 600, [1000], ["2021-12-31"], start="2020-12-31", end="2022-12-31"
        )
        assert fund == pytest.approx(0.0, abs=1e-15)
        assert investor < -0.4

    def test_one_flow_serves_all_subperiods(self):
        """A monthly contribution of 10 at the end of each month."""
        assert time_weighted_return([100, 120, 142], 10.0) == pytest.approx(1.1 * 1.1 - 1)

    def test_portfolios_broadcast(self):
        """Values down, flows across, a length for each: cells to the last bit."""
        values = np.array([[[100.0, 120.0, 90.0]], [[50.0, 60.0, 66.0]]])
        flows = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, -5.0]])
        table = time_weighted_return(values, flows, years=[1.0, 2.0, 0.5])
        cells = [
            [time_weighted_return(v[0], f, years=y) for f, y in zip(flows, [1.0, 2.0, 0.5], strict=True)]
            for v in values
        ]
        np.testing.assert_array_equal(table, cells)
        assert type(cells[0][0]) is float

    def test_a_total_loss_is_minus_100_percent(self):
        """It ends the chain, whatever comes later into an empty portfolio."""
        assert time_weighted_return([100, 0]) == -1.0
        assert np.isnan(time_weighted_return([100, 0, 50]))

    @pytest.mark.parametrize(
        ("values", "flows", "timing"),
        [
            ([0.0, 10.0], [0.0], "end"),
            ([-10.0, 10.0], [0.0], "end"),
            ([100.0, 110.0], [-100.0], "start"),
            ([100.0, 50.0], [60.0], "end"),
            ([100.0, np.nan], [0.0], "end"),
            ([100.0, 110.0], [np.nan], "end"),
        ],
    )
    def test_nothing_to_begin_with_has_no_return(self, values, flows, timing):
        """Nor has a loss of more than everything, or what is unknown: NaN for that portfolio alone."""
        batch = time_weighted_return([values, [100.0, 110.0]], [flows, [0.0]], flow_timing=timing)
        assert np.isnan(batch[0])
        assert batch[1] == pytest.approx(0.1)

    def test_thousands_of_days_link(self):
        """A basis point a day for 40 years."""
        values = 100 * 1.0001 ** np.arange(10001)
        assert time_weighted_return(values) == pytest.approx(1.0001**10000 - 1, rel=1e-10)
        assert time_weighted_return(values, years=40) == pytest.approx(1.0001**250 - 1, rel=1e-10)

    @pytest.mark.parametrize(
        ("values", "options", "named"),
        [
            (100.0, {}, "values"),
            ([100.0], {}, "values: expected at least 2"),
            ([[1, 2], [1]], {}, "values: .*different lengths"),
            ([100, 110], {"flows": [1.0, 2.0]}, r"flows: expected 1 on the last axis.*\(2,\)"),
            ([100, 110], {"flows": ["a"]}, "flows"),
            ([100, 110], {"years": 0.0}, "years: expected a length above zero"),
            ([[100, 110], [1, 2]], {"years": [1, 2, 3]}, r"values \(2,\), years \(3,\)"),
            ([[100, 110], [1, 2]], {"flows": [[1], [2], [3]]}, r"flows \(3, 1\)"),
        ],
    )
    def test_refuses_impossible_input(self, values, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            time_weighted_return(values, **options)
