"""Durations, convexity and the value of a basis point, from the yield."""

from __future__ import annotations

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  # its own documentation calls it ql
from excel_bonds import DURATIONS
from hypothesis import given
from hypothesis import strategies as st
from strategies_bonds import (
    QL_FREQUENCIES,
    coupon_rates,
    day_counts,
    frequencies,
    lives,
    payments_by_loop,
    ql_bond,
    ql_date,
    value_by_loop,
    yields,
)

from maos_nb.analytics.bonds import (
    bond_price,
    convexity,
    coupon_period,
    dirty_price,
    dv01,
    macaulay_duration,
    modified_duration,
)
from maos_nb.errors import InputError

LIFE = ("2024-01-15", "2026-01-15")
FUNCTIONS = [macaulay_duration, modified_duration, convexity, dv01]


class TestMacaulayDuration:
    def test_matches_excels_documented_example(self):
        """DURATION(1-Jan-2008, 1-Jan-2016, 8%, 9%, 2, 1) is 5.9937749555."""
        found = macaulay_duration("2008-01-01", "2016-01-01", 0.08, 0.09, day_count="act/act")
        assert found == pytest.approx(5.9937749555, abs=5e-11)

    @pytest.mark.parametrize("row", DURATIONS)
    def test_matches_what_excel_answers(self, row):
        """Five day counts, ends of February, single periods."""
        settlement, maturity, rate, yield_, frequency, day_count, expected = row
        found = macaulay_duration(
            settlement, maturity, rate, yield_, frequency=frequency, day_count=day_count
        )
        assert found == pytest.approx(expected, rel=1e-12)

    @given(life=lives(), rate=coupon_rates, yield_=yields, frequency=frequencies, day_count=day_counts)
    def test_agrees_with_a_plain_loop(self, life, rate, yield_, frequency, day_count):
        """Time after time, weighted by its payment's present value."""
        period = coupon_period(*life, frequency=frequency, day_count=day_count)
        payments = payments_by_loop(period, rate, frequency)
        weighted = value_by_loop([(time, time * amount) for time, amount in payments], yield_, frequency)
        expected = weighted / value_by_loop(payments, yield_, frequency) / frequency
        found = macaulay_duration(*life, rate, yield_, frequency=frequency, day_count=day_count)
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-15)

    @given(life=lives(), yield_=yields, frequency=frequencies)
    def test_of_a_zero_coupon_bond_is_its_life(self, life, yield_, frequency):
        """The only payment is at maturity."""
        period = coupon_period(*life, frequency=frequency)
        years = (period.coupons_left - 1 + period.days_left / period.days_in_period) / frequency
        found = macaulay_duration(*life, 0.0, yield_, frequency=frequency)
        assert found == pytest.approx(years, rel=1e-13, abs=1e-15)

    def test_of_a_perpetuity_is_one_plus_one_over_the_yield(self):
        """In years with yearly coupons; four thousand of them are for ever at 10%."""
        found = macaulay_duration("2024-01-15", "6024-01-15", 0.08, 0.10, frequency=1)
        assert found == pytest.approx(1.1 / 0.1, rel=1e-12)


class TestModifiedDuration:
    def test_matches_excels_documented_example(self):
        """MDURATION(1-Jan-2008, 1-Jan-2016, 8%, 9%, 2, 1) is 5.73567."""
        found = modified_duration("2008-01-01", "2016-01-01", 0.08, 0.09, day_count="act/act")
        assert found == pytest.approx(5.73567, abs=5e-6)

    @given(life=lives(), rate=coupon_rates, yield_=yields, frequency=frequencies)
    def test_is_macaulay_over_one_plus_the_yield_of_a_period(self, life, rate, yield_, frequency):
        """The convention by which it is named."""
        macaulay = macaulay_duration(*life, rate, yield_, frequency=frequency)
        modified = modified_duration(*life, rate, yield_, frequency=frequency)
        assert modified == pytest.approx(macaulay / (1 + yield_ / frequency), rel=1e-15)

    @given(life=lives(), rate=st.floats(0.001, 0.15), yield_=yields, frequency=frequencies)
    def test_duration_and_convexity_agree_with_quantlib(self, life, rate, yield_, frequency):
        """Act/Act by ISMA's rule, compounded in the last period as before."""
        bond, counter = ql_bond(*life, rate, frequency)
        terms = (yield_, counter, ql.Compounded, QL_FREQUENCIES[frequency])
        expected = ql.BondFunctions.duration(bond, *terms, ql.Duration.Modified, ql_date(life[0]))
        ours = {"frequency": frequency, "day_count": "act/act"}
        assert modified_duration(*life, rate, yield_, **ours) == pytest.approx(expected, rel=1e-10)
        expected = ql.BondFunctions.convexity(bond, *terms, ql_date(life[0]))
        found = convexity(*life, rate, yield_, final_period="compound", **ours)
        assert found == pytest.approx(expected, rel=1e-10)


class TestConvexityAndDv01:
    def test_dv01_has_the_size_that_every_dealer_knows(self):
        """A ten-year bond at par and 4% loses about eight cents per basis point: positive."""
        assert dv01("2024-01-15", "2034-01-15", 0.04, 0.04) == pytest.approx(0.0818, abs=5e-5)

    @given(
        life=lives(min_days=30),
        rate=coupon_rates,
        yield_=st.floats(0.0, 0.2),
        frequency=frequencies,
        final_period=st.sampled_from(["simple", "compound"]),
    )
    def test_are_the_derivatives_of_the_price(self, life, rate, yield_, frequency, final_period):
        """Central differences of fourth order, which leave an error of their step to the fourth."""
        terms = {"frequency": frequency, "final_period": final_period}
        step = 1e-3
        far_down, down, middle, up, far_up = (
            dirty_price(*life, rate, yield_ + moves * step, **terms) for moves in range(-2, 3)
        )
        first = (far_down - 8 * down + 8 * up - far_up) / (12 * step)
        second = (-far_down + 16 * down - 30 * middle + 16 * up - far_up) / (12 * step**2)
        assert dv01(*life, rate, yield_, **terms) == pytest.approx(-first / 10_000, rel=1e-5, abs=1e-12)
        found = convexity(*life, rate, yield_, **terms) * middle
        assert found == pytest.approx(second, rel=1e-5, abs=1e-5)

    @given(life=lives(), rate=coupon_rates, yield_=yields, frequency=frequencies)
    def test_dv01_is_duration_times_dirty_price(self, life, rate, yield_, frequency):
        """Per basis point, where the last period compounds as the others do."""
        duration = modified_duration(*life, rate, yield_, frequency=frequency)
        terms = {"frequency": frequency, "final_period": "compound"}
        value = dirty_price(*life, rate, yield_, **terms)
        found = dv01(*life, rate, yield_, **terms)
        assert found == pytest.approx(duration * value / 10_000, rel=1e-13, abs=1e-18)

    def test_of_one_simple_period_follow_its_own_price(self):
        """(100 + c) / (1 + w y / f): the slope is -w / f / (1 + w y / f) of it."""
        life, w = ("2024-04-15", "2024-07-15"), 0.5
        growth = 1 + w * 0.06 / 2
        paid = 102.5 / growth
        assert dv01(*life, 0.05, 0.06) == pytest.approx(paid * w / 2 / growth / 10_000, rel=1e-13)
        assert convexity(*life, 0.05, 0.06) == pytest.approx(2 * (w / 2 / growth) ** 2, rel=1e-13)

    def test_two_terms_of_the_series_give_the_new_price(self):
        """A rise by half a point: -D dy + C dy^2 / 2, to the third order."""
        life, dy = ("2024-01-15", "2034-01-15"), 0.005
        before, after = dirty_price(*life, 0.04, [0.04, 0.04 + dy])
        loss = -modified_duration(*life, 0.04, 0.04) * dy + convexity(*life, 0.04, 0.04) * dy**2 / 2
        assert before * (1 + loss) == pytest.approx(after, abs=2e-3)

    @given(life=lives(), rate=coupon_rates, yield_=st.floats(-1e-3, 1e-3), frequency=frequencies)
    def test_convexity_agrees_with_a_plain_loop_around_a_yield_of_zero(self, life, rate, yield_, frequency):
        """Where the closed form divides nothing by nothing, its series takes over."""
        period = coupon_period(*life, frequency=frequency)
        payments = payments_by_loop(period, rate, frequency)
        weighted = [(time, time * (time + 1) * amount) for time, amount in payments]
        expected = value_by_loop(weighted, yield_, frequency) / value_by_loop(payments, yield_, frequency)
        found = convexity(*life, rate, yield_, frequency=frequency, final_period="compound")
        assert found * (frequency + yield_) ** 2 == pytest.approx(expected, rel=1e-11, abs=1e-15)


class TestAll:
    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_broadcast_and_equal_the_single_calls(self, function):
        """Maturities across, yields down; to the last bit."""
        maturities, rates = ["2024-03-15", "2026-01-15", "2054-01-31"], [[-0.01], [0.0], [0.08]]
        table = function("2024-01-15", maturities, 0.04, rates, frequency=[1, 2, 12])
        assert table.shape == (3, 3)
        for column, (maturity, frequency) in enumerate(zip(maturities, [1, 2, 12], strict=True)):
            for row, rate in enumerate(np.ravel(rates)):
                single = function("2024-01-15", maturity, 0.04, rate, frequency=frequency)
                assert type(single) is float
                assert table[row, column] == single

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_a_missing_number_spoils_its_own_bond(self, function):
        """NaN in, NaN out; a yield of -200% too."""
        assert np.isnan(function(*LIFE, [np.nan, 0.04], 0.05)).tolist() == [True, False]
        assert np.isnan(function(*LIFE, 0.04, [np.nan, -2.0, 0.05])).tolist() == [True, True, False]

    @pytest.mark.parametrize("function", FUNCTIONS)
    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"frequency": 3}, "frequency"),
            ({"coupon_rate": -0.1}, "coupon_rate"),
            ({"redemption": -100}, "redemption"),
            ({"day_count": "bus/252"}, "day_count"),
            ({"yield_to_maturity": "low"}, "yield_to_maturity"),
        ],
    )
    def test_refuse_impossible_input(self, function, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            function(*LIFE, **{"coupon_rate": 0.05, "yield_to_maturity": 0.05} | arguments)

    def test_the_price_falls_and_bends_as_they_say(self):
        """Positive duration, DV01 and convexity for a bond with all its payments ahead."""
        prices = bond_price(*LIFE, 0.05, [0.04, 0.05, 0.06])
        assert (np.diff(prices) < 0).all()
        assert np.diff(prices, 2) > 0
        assert all(function(*LIFE, 0.05, 0.05) > 0 for function in FUNCTIONS)
