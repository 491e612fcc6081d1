"""Net present value and internal rate of return of dated flows, and the years between dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies_cashflows import investments, rate_by_bisection, rates, value_by_loop

from maos_nb.analytics.cashflows import RootStatus, irr, npv, xirr, xnpv, year_fraction
from maos_nb.errors import InputError

pytestmark = pytest.mark.usefixtures("both_ways")

FLOWS = [-10000, 2750, 4250, 3250, 2750]
DAYS = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
DAY_COUNTS = ["act/365", "act/360", "act/act", "30/360"]
days = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


@st.composite
def dated_investments(draw):
    """Flows that change sign once, on distinct days in order."""
    flows = draw(investments(max_size=10))
    dates = draw(st.lists(days, min_size=len(flows), max_size=len(flows), unique=True))
    return np.array(flows), np.array(sorted(dates), dtype="datetime64[D]")


def years(dates):
    """Years of 365 days since the earliest date."""
    return ((dates - dates.min()) / np.timedelta64(365, "D")).tolist()


class TestXnpv:
    def test_matches_excels_documented_example(self):
        """XNPV(9%, ...) is 2086.647602."""
        assert xnpv(0.09, FLOWS, DAYS) == pytest.approx(2086.647602, abs=5e-7)

    @given(rate=rates, series=dated_investments())
    def test_agrees_with_a_plain_loop_and_with_pyxirr(self, rate, series):
        """Sum of c / (1 + r)^(days / 365)."""
        flows, dates = series
        expected = sum(flow / (1 + rate) ** time for flow, time in zip(flows, years(dates), strict=True))
        scale = sum(abs(flow) / (1 + rate) ** time for flow, time in zip(flows, years(dates), strict=True))
        assert xnpv(rate, flows, dates) == pytest.approx(expected, abs=1e-11 * scale)
        assert xnpv(rate, flows, dates) == pytest.approx(pyxirr.xnpv(rate, dates, flows), abs=1e-11 * scale)

    @given(rate=rates, series=dated_investments(), data=st.data())
    def test_the_order_of_the_flows_does_not_matter(self, rate, series, data):
        """Time zero is the earliest date wherever it stands, where Excel would refuse."""
        flows, dates = series
        order = data.draw(st.permutations(range(len(flows))))
        assert xnpv(rate, flows[order], dates[order]) == pytest.approx(
            xnpv(rate, flows, dates), rel=1e-9, abs=1e-9 * abs(flows).sum()
        )

    def test_a_zero_flow_sets_the_valuation_date(self):
        """The earliest date counts even where nothing is paid on it, as Excel's first date does."""
        value = xnpv(0.10, [0, 110], ["2022-01-01", "2023-01-01"])
        assert value == pytest.approx(100.0)

    def test_broadcasts_rates_series_and_dates(self):
        """Rates (3, 1), flows (2, n), shared dates (n,)."""
        table = xnpv([[0.0], [0.05], [0.09]], [FLOWS, np.negative(FLOWS)], DAYS)
        assert table.shape == (3, 2)
        assert table[2, 0] == pytest.approx(2086.647602, abs=5e-7)
        np.testing.assert_array_equal(table[:, 0], -table[:, 1])
        assert table[1, 0] == xnpv(0.05, FLOWS, DAYS)

    def test_gives_a_python_float_for_one_series(self):
        """A scalar call answers with a scalar."""
        assert type(xnpv(0.1, FLOWS, DAYS)) is float

    @pytest.mark.parametrize("rate", [-1.0, -2.0, float("nan")])
    def test_a_rate_of_minus_100_percent_or_less_gives_nan(self, rate):
        """As for npv."""
        assert np.isnan(xnpv([rate, 0.1], FLOWS, DAYS)).tolist() == [True, False]

    def test_nan_flows_give_nan_for_their_series_only(self):
        """One bad series does not spoil the batch."""
        assert np.isnan(xnpv(0.1, [[np.nan, 1.0], [1.0, 0.0]], DAYS[:2])).tolist() == [True, False]

    def test_centuries_at_a_rate_near_minus_100_percent_do_not_overflow_on_zeros(self):
        """1e-9^-200 is beyond a double, but it multiplies nothing."""
        assert xnpv(1e-9 - 1, [5.0, 0.0], ["1900-01-01", "2100-01-01"]) == 5.0
        assert xnpv(1e-9 - 1, [5.0, 1.0], ["1900-01-01", "2100-01-01"]) == np.inf

    def test_yearly_dates_without_leap_days_agree_with_npv(self):
        """365 days are one period under Act/365."""
        dates = ["2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01"]
        assert xnpv(0.07, [-100, 20, 30, 80], dates) == pytest.approx(npv(0.07, [-100, 20, 30, 80]))


class TestXirr:
    def test_matches_excels_documented_example(self):
        """Excel prints 0.373362535, where it stops iterating; the rate to ten digits is 0.3733625335."""
        assert xirr(FLOWS, DAYS) == pytest.approx(0.373362535, abs=2e-9)
        assert xirr(FLOWS, DAYS) == pytest.approx(0.3733625335188315, rel=1e-13)

    @given(series=dated_investments())
    def test_the_value_at_the_rate_is_zero(self, series):
        """Wherever a float can hold the rate."""
        flows, dates = series
        found, status = xirr(flows, dates, return_status=True)
        assume(status is not RootStatus.OUT_OF_RANGE)
        assert status is RootStatus.CONVERGED
        assume(found > -0.999999)  # nearer to -1 the spacing of doubles alone moves the value
        assert abs(value_by_loop(np.log1p(found), flows, years(dates))) < 1e-9

    @given(series=dated_investments())
    def test_agrees_with_bisection_by_a_plain_loop(self, series):
        """The twin halves log(1 + rate) between -40 and 40."""
        flows, dates = series
        expected = rate_by_bisection(flows, years(dates))
        assume(expected > -1)
        assume(-30 < np.log1p(expected) < 30)
        assert np.log1p(xirr(flows, dates)) == pytest.approx(np.log1p(expected), rel=1e-9, abs=1e-12)

    @given(series=dated_investments())
    def test_agrees_with_pyxirr_where_it_answers(self, series):
        """The peer pyxirr gives None for some steep series, and stops once the value is below its tolerance."""
        flows, dates = series
        peer = pyxirr.xirr(dates, flows)
        found = xirr(flows, dates)
        assume(peer is not None and np.isfinite(found) and found > -0.999999)
        assume(abs(value_by_loop(np.log1p(peer), flows, years(dates))) < 1e-12)
        assert np.log1p(found) == pytest.approx(np.log1p(peer), rel=1e-6, abs=1e-8)

    @given(series=dated_investments(), data=st.data())
    def test_the_order_of_the_flows_does_not_matter(self, series, data):
        """Dates may precede the first one listed."""
        flows, dates = series
        order = data.draw(st.permutations(range(len(flows))))
        assert xirr(flows[order], dates[order]) == pytest.approx(xirr(flows, dates), nan_ok=True)

    @given(series=dated_investments(), shift=st.integers(-5000, 5000))
    def test_shifting_all_dates_does_not_matter(self, series, shift):
        """Only differences of dates count."""
        flows, dates = series
        assert xirr(flows, dates + shift) == pytest.approx(xirr(flows, dates), nan_ok=True)

    def test_flows_of_one_day_are_netted(self):
        """Splitting an amount changes nothing, and amounts that cancel are no change of sign."""
        split = xirr([-6000, *FLOWS[1:], -4000], [*DAYS, DAYS[0]])
        assert split == pytest.approx(xirr(FLOWS, DAYS), rel=1e-12)
        found, status = xirr([100, -100, 50], ["2020-01-01", "2020-01-01", "2021-01-01"], return_status=True)
        assert np.isnan(found)
        assert status is RootStatus.NO_SIGN_CHANGE

    def test_series_of_different_lengths_are_filled_with_zeros(self):
        """Dates of their own for each row; a zero on any date adds nothing."""
        flows = [FLOWS, [-100, 110, 0, 0, 0]]
        dates = [DAYS, ["2021-01-01", "2022-01-01", *["2050-01-01"] * 3]]
        np.testing.assert_allclose(xirr(flows, dates), [xirr(FLOWS, DAYS), 0.1])

    def test_broadcasts_one_series_over_many_calendars(self):
        """Flows (n,) and dates (k, n) give k rates."""
        calendars = [["2021-01-01", "2022-01-01"], ["2021-01-01", "2023-01-01"]]
        np.testing.assert_allclose(xirr([-100, 121], calendars), [0.21, 0.1])

    @given(st.lists(dated_investments(), min_size=1, max_size=4))
    def test_a_scalar_call_equals_the_matching_element(self, batch):
        """Ragged series filled with zeros, against each alone."""
        longest = max(len(flows) for flows, _ in batch)
        table = np.array([np.pad(flows, (0, longest - len(flows))) for flows, _ in batch])
        calendar = np.array([np.pad(dates, (0, longest - len(dates)), mode="edge") for _, dates in batch])
        found, status = xirr(table, calendar, return_status=True)
        for (flows, dates), rate, name in zip(batch, found, status, strict=True):
            alone, alone_status = xirr(flows, dates, return_status=True)
            assert alone == pytest.approx(rate, rel=1e-9, nan_ok=True)
            assert alone_status == name

    def test_yearly_dates_without_leap_days_agree_with_irr(self):
        """All roots, of a series that has two."""
        dates = ["2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01", "2024-12-31"]
        flows = [-50, -100, 600, 300, -100]
        np.testing.assert_allclose(xirr(flows, dates, root="all"), irr(flows, root="all"), rtol=1e-12)
        assert xirr(flows, dates, guess=-0.5) == pytest.approx(-0.76889547, abs=5e-9)

    @pytest.mark.parametrize(
        ("amount", "expected"),
        [(1000.5, RootStatus.CONVERGED), (5.0e6, RootStatus.OUT_OF_RANGE), (1e-3, RootStatus.OUT_OF_RANGE)],
    )
    def test_a_rate_no_float_can_hold_is_out_of_range(self, amount, expected):
        """5,000 times the money overnight is 5,000^365 a year; a millionth left is -100% to all digits."""
        found, status = xirr([-1000, amount], ["2024-01-01", "2024-01-02"], return_status=True)
        assert status is expected
        assert np.isfinite(found) == (expected is RootStatus.CONVERGED)

    @pytest.mark.parametrize(
        ("flows", "expected"),
        [
            ([0, 0], RootStatus.NO_SIGN_CHANGE),
            ([5, 5], RootStatus.NO_SIGN_CHANGE),
            ([-1, np.nan], RootStatus.NOT_FINITE),
        ],
    )
    def test_says_why_there_is_no_rate(self, flows, expected):
        """NaN and a status."""
        found, status = xirr(flows, DAYS[:2], return_status=True)
        assert np.isnan(found)
        assert status is expected

    @pytest.mark.parametrize("day_count", DAY_COUNTS)
    def test_xnpv_at_xirr_is_zero_under_every_day_count(self, day_count):
        """The two share their clock."""
        rate = xirr(FLOWS, DAYS, day_count=day_count)
        assert xnpv(rate, FLOWS, DAYS, day_count=day_count) == pytest.approx(0.0, abs=1e-8)


class TestDates:
    @pytest.mark.parametrize(
        "dates",
        [
            DAYS,
            [dt.date.fromisoformat(day) for day in DAYS],
            [dt.datetime.fromisoformat(day + "T17:30") for day in DAYS],
            np.array(DAYS, dtype="datetime64[D]"),
            np.array(DAYS, dtype="datetime64[ns]"),
            pd.DatetimeIndex(DAYS),
            pd.Series(pd.to_datetime(DAYS)),
            pd.Series(pd.to_datetime(DAYS)).dt.tz_localize("America/New_York"),
            [day + "T23:00:00-05:00" for day in DAYS],
            [pd.Timestamp(day) for day in DAYS],
            [dt.date.fromisoformat(DAYS[0]), *DAYS[1:]],
        ],
        ids=[
            "iso",
            "date",
            "datetime",
            "D",
            "ns",
            "index",
            "series",
            "zoned",
            "zoned text",
            "stamps",
            "mixed",
        ],
    )
    def test_every_usual_kind_of_date_is_read_as_its_day(self, dates):
        """The time of day is dropped, and a time zone's local date counts."""
        assert xirr(FLOWS, dates) == pytest.approx(0.3733625335188315, rel=1e-13)

    @pytest.mark.parametrize(
        "function", [lambda dates: xnpv(0.1, FLOWS, dates), lambda dates: xirr(FLOWS, dates)]
    )
    @pytest.mark.parametrize(
        "dates",
        [
            [],
            DAYS[:4],
            "2008-01-01",
            [39448, 39508, 39751, 39859, 39904],
            ["1/1/2008"] * 5,
            ["today"] * 5,
            [*DAYS[:4], "NaT"],
            [*DAYS[:4], None],
            [*DAYS[:4], np.nan],
            np.array([*DAYS[:4], "NaT"], dtype="datetime64[D]"),
            pd.to_datetime([*DAYS[:4], None]),
            [DAYS, DAYS[:3]],
            [*DAYS[:4], pd.NA],
            np.zeros(5, dtype="timedelta64[D]"),
            None,
        ],
        ids=[
            "empty", "short", "one", "serials", "slashes", "today", "NaT text", "None", "nan", "NaT",
            "pandas NaT", "ragged", "NA", "timedelta", "none at all",
        ],
    )  # fmt: skip
    def test_dates_that_are_none_are_refused_by_name(self, function, dates):
        """The message begins with the argument."""
        with pytest.raises(InputError, match=r"^dates: "):
            function(dates)

    @pytest.mark.parametrize(
        ("call", "argument"),
        [
            (lambda: xirr([], []), "cashflows"),
            (lambda: xirr(["a"], DAYS[:1]), "cashflows"),
            (lambda: xirr(FLOWS, DAYS, day_count="act/364"), "day_count"),
            (lambda: xirr(FLOWS, DAYS, day_count=365), "day_count"),
            (lambda: xirr(FLOWS, DAYS, guess=-2), "guess"),
            (lambda: xirr(FLOWS, DAYS, root="first"), "root"),
            (lambda: xnpv([0.1, 0.2, 0.3], [FLOWS, FLOWS], DAYS), "rate and cashflows"),
            (lambda: xnpv(0.1, [FLOWS, FLOWS], [DAYS] * 3), "cashflows and dates"),
            (lambda: xnpv("9%", FLOWS, DAYS), "rate"),
            (lambda: year_fraction(DAYS[:2], DAYS[:3]), "start and end"),
            (lambda: year_fraction("x", DAYS[0]), "start"),
            (lambda: year_fraction(DAYS[0], 5), "end"),
        ],
    )
    def test_other_arguments_are_refused_by_name(self, call, argument):
        """`InputError.argument` says whose fault it is."""
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.argument == argument


class TestYearFraction:
    @pytest.mark.parametrize(
        ("day_count", "expected"),
        [("30/360", 0.58055556), ("act/act", 0.57650273), ("act/365", 0.57808219), ("act/360", 0.58611111)],
    )
    def test_matches_excels_yearfrac_example(self, day_count, expected):
        """YEARFRAC from 2012-01-01 to 2012-07-30 with bases 0, 1, 3 and 2."""
        assert year_fraction("2012-01-01", "2012-07-30", day_count) == pytest.approx(expected, abs=5e-9)

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("2003-11-01", "2004-05-01", 61 / 365 + 121 / 366),
            ("1999-02-01", "1999-07-01", 150 / 365),
            ("1999-07-01", "2000-07-01", 184 / 365 + 182 / 366),
            ("2002-08-15", "2003-07-15", 334 / 365),
        ],
    )
    def test_matches_isdas_worked_examples_of_act_act(self, start, end, expected):
        """ISDA's memorandum on EMU and market conventions (1998), ISDA method."""
        assert year_fraction(start, end, "act/act") == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("2007-01-15", "2007-07-31", 196),
            ("2007-01-31", "2007-07-31", 180),
            ("2007-02-28", "2007-08-31", 180),
            ("2008-02-29", "2009-02-28", 360),
            ("2007-01-30", "2007-02-28", 28),
        ],
    )
    def test_follows_the_us_rules_for_month_ends_in_30_360(self, start, end, expected):
        """31sts become 30ths only after a 30th; the last of February is a 30th at the start, or at both ends."""
        assert year_fraction(start, end, "30/360") * 360 == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("day_count", "peer"),
        [
            ("act/365", pyxirr.DayCount.ACT_365F),
            ("act/360", pyxirr.DayCount.ACT_360),
            ("act/act", pyxirr.DayCount.ACT_ACT_ISDA),
            ("30/360", pyxirr.DayCount.THIRTY_U_360),
        ],
    )
    @given(ends=st.lists(days, min_size=2, max_size=2))
    def test_agrees_with_pyxirr(self, day_count, peer, ends):
        """For dates in order: conventions differ on the sign of an interval run backwards."""
        start, end = sorted(ends)
        assert year_fraction(start, end, day_count) == pytest.approx(
            pyxirr.year_fraction(start, end, peer), abs=1e-12
        )

    @pytest.mark.parametrize("day_count", DAY_COUNTS)
    @given(start=days, end=days)
    def test_changes_sign_where_the_dates_change_places(self, day_count, start, end):
        """Also for 30/360, whose rules treat start and end differently."""
        assert year_fraction(start, end, day_count) == -year_fraction(end, start, day_count)

    def test_broadcasts_and_gives_a_float_for_two_days(self):
        """One start, many ends."""
        assert type(year_fraction("2024-01-01", "2024-07-01")) is float
        assert year_fraction(DAYS[0], DAYS).shape == (5,)
