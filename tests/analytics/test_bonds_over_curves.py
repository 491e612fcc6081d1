"""Bonds priced over a zero curve: price, z-spread, effective and key-rate durations."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  # its own documentation calls it ql
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies_bonds import coupon_rates, day_counts, frequencies, lives, ql_bond, ql_date, yields

from maos_nb.analytics.bonds import (
    Curve,
    YieldStatus,
    accrued_interest,
    bond_cashflows,
    bond_price,
    bond_price_from_curve,
    coupon_period,
    dirty_price,
    effective_duration,
    key_rate_duration,
    modified_duration,
    z_spread,
)
from maos_nb.errors import InputError

LIFE = ("2024-01-15", "2034-07-31")
CURVE = Curve([0.5, 1.0, 2.0, 5.0, 10.0, 30.0], [0.051, 0.048, 0.043, 0.039, 0.041, 0.044])
compoundings = st.sampled_from(["continuous", 1, 2, 12])
interpolations = st.sampled_from(["linear", "log_linear"])


@st.composite
def curves(draw):
    """Six nodes, rates from -1% to 12%."""
    rates = draw(st.lists(st.floats(-0.01, 0.12), min_size=6, max_size=6))
    return Curve(CURVE.times, rates, draw(compoundings), draw(interpolations))


class TestPriceFromCurve:
    @given(life=lives(), rate=coupon_rates, yield_=yields, frequency=frequencies, day_count=day_counts)
    def test_over_a_flat_curve_it_is_the_price_at_that_yield(self, life, rate, yield_, frequency, day_count):
        """If the curve compounds as often as coupons are paid; the last period compounds too."""
        terms = {"frequency": frequency, "day_count": day_count}
        assume(coupon_period(*life, **terms).days_left >= 0)
        flat = Curve([1.0], [yield_], frequency)
        expected = bond_price(*life, rate, yield_, final_period="compound", **terms)
        assert bond_price_from_curve(*life, rate, flat, **terms) == pytest.approx(expected, rel=1e-12)

    @given(life=lives(), rate=coupon_rates, curve=curves(), spread=st.floats(-0.005, 0.05))
    def test_agrees_with_a_plain_loop(self, life, rate, curve, spread):
        """Rate by rate, payment by payment."""
        flows = bond_cashflows(*life, rate)
        total = 0.0
        for time, amount in zip(flows.times, flows.amounts, strict=True):
            z, m = curve.zero_rate(time) + spread, curve.compounding
            total += amount * (math.exp(-z * time) if m == "continuous" else (1 + z / m) ** (-m * time))
        found = bond_price_from_curve(*life, rate, curve, spread=spread, quote="dirty")
        assert found == pytest.approx(total, rel=1e-12)
        clean = bond_price_from_curve(*life, rate, curve, spread=spread)
        assert found - clean == pytest.approx(accrued_interest(*life, rate), abs=1e-11)

    @settings(max_examples=50)
    @given(life=lives(min_days=10), rate=st.floats(0.001, 0.12))
    def test_agrees_with_quantlib(self, life, rate):
        """A ZeroCurve of linear rates in days over 365, which `time_count` follows."""
        days, rates = [0, 365, 1825, 16425], [0.05, 0.05, 0.04, 0.045]
        today = ql_date(life[0])
        ql.Settings.instance().evaluationDate = today
        peer = ql.ZeroCurve([today + n for n in days], rates, ql.Actual365Fixed())
        bond, _ = ql_bond(*life, rate, 2)
        bond.setPricingEngine(ql.DiscountingBondEngine(ql.YieldTermStructureHandle(peer)))
        curve = Curve(np.array(days[1:]) / 365, rates[1:])
        terms = {"day_count": "act/act", "time_count": "act/365"}
        found = bond_price_from_curve(*life, rate, curve, **terms)
        assert found == pytest.approx(bond.cleanPrice(), rel=1e-11)

    def test_broadcasts_and_equals_the_single_calls(self):
        """Maturities across, spreads down."""
        maturities, spreads = ["2024-03-15", "2034-07-31"], [[0.0], [0.01]]
        table = bond_price_from_curve("2024-01-15", maturities, 0.04, CURVE, spread=spreads)
        assert table.shape == (2, 2)
        single = bond_price_from_curve("2024-01-15", maturities[1], 0.04, CURVE, spread=0.01)
        assert type(single) is float
        assert table[1, 1] == pytest.approx(single, rel=1e-14)

    def test_a_missing_number_spoils_its_own_bond(self):
        """NaN in, NaN out."""
        assert np.isnan(bond_price_from_curve(*LIFE, [np.nan, 0.04], CURVE)).tolist() == [True, False]
        found = bond_price_from_curve(*LIFE, 0.04, CURVE, spread=[np.nan, 0.0])
        assert np.isnan(found).tolist() == [True, False]


class TestZSpread:
    @given(
        life=lives(min_days=2),
        rate=coupon_rates,
        curve=curves(),
        spread=st.floats(-0.02, 0.3),
        quote=st.sampled_from(["clean", "dirty"]),
    )
    def test_gives_back_the_spread_of_a_price(self, life, rate, curve, spread, quote):
        """As exactly as the price determines it: it is blurred by about 1e-16 / time."""
        period = coupon_period(*life)
        assume(period.days_left > 0)
        price = bond_price_from_curve(*life, rate, curve, spread=spread, quote=quote)
        assume(price > 0)
        found, status = z_spread(*life, rate, price, curve, quote=quote, return_status=True)
        years = period.days_left / 360
        assert status is YieldStatus.CONVERGED
        assert found == pytest.approx(spread, rel=1e-10, abs=1e-13 / min(years, 1.0))

    def test_a_price_of_next_to_nothing_has_an_enormous_spread(self):
        """A yearly rate of 6e20 makes 1e-10 of half a year's coupon; a dear bond a rate far below zero."""
        life, curve = ("2024-01-15", "2034-01-15"), Curve([1.0], [0.05], 1)
        spread, status = z_spread(*life, 0.05, [1e-10, 1e12], curve, return_status=True)
        assert status.tolist() == ["converged", "converged"]
        again = bond_price_from_curve(*life, 0.05, curve, spread=spread)
        np.testing.assert_allclose(again, [1e-10, 1e12], rtol=1e-9)

    def test_takes_an_empty_panel(self):
        """No bonds have no spreads and no durations."""
        none = np.array([], dtype="datetime64[D]")
        assert z_spread(none, "2034-01-15", 0.05, 100.0, CURVE).shape == (0,)
        assert key_rate_duration(none, "2034-01-15", 0.05, CURVE, [1, 5]).shape == (0, 2)

    @given(curve=curves(), price=st.floats(0.01, 1e5), rate=coupon_rates)
    def test_every_price_has_its_spread(self, curve, price, rate):
        """From pennies to a thousand times the face value."""
        spread, status = z_spread(*LIFE, rate, price, curve, return_status=True)
        assert status is YieldStatus.CONVERGED
        again = bond_price_from_curve(*LIFE, rate, curve, spread=spread)
        owed = price + accrued_interest(*LIFE, rate)
        assert again - price == pytest.approx(0.0, abs=1e-9 * owed)

    @settings(max_examples=30)
    @given(life=lives(min_days=400, max_days=365 * 30), rate=st.floats(0.001, 0.12), price=st.floats(50, 150))
    def test_agrees_with_quantlib(self, life, rate, price):
        """Its zSpread over the same curve, continuously compounded, to the accuracy asked of it."""
        days, rates = [0, 365, 1825, 16425], [0.05, 0.05, 0.04, 0.045]
        today = ql_date(life[0])
        ql.Settings.instance().evaluationDate = today
        peer = ql.ZeroCurve([today + n for n in days], rates, ql.Actual365Fixed())
        bond, _ = ql_bond(*life, rate, 2)
        curve = Curve(np.array(days[1:]) / 365, rates[1:])
        found = z_spread(*life, rate, price, curve, day_count="act/act", time_count="act/365")
        assume(-0.4 < found < 1.0)
        expected = ql.BondFunctions.zSpread(
            bond,
            ql.BondPrice(price, ql.BondPrice.Clean),
            peer,
            ql.Continuous,
            ql.Annual,
            today,
            1e-13,
            1000,
            0.0,
        )
        assert found == pytest.approx(expected, abs=1e-10)

    def test_where_there_is_none_it_says_why(self):
        """NaN, and a status for a missing price and for a payment due now."""
        spread, status = z_spread(*LIFE, 0.05, [100.0, np.nan], CURVE, return_status=True)
        assert np.isnan(spread).tolist() == [False, True]
        assert status.tolist() == ["converged", "not_finite"]
        spread, status = z_spread(
            "2024-02-28", "2024-02-29", 0.05, 99.0, CURVE, day_count="act/360", return_status=True
        )
        assert np.isnan(spread)
        assert status is YieldStatus.NO_TIME_LEFT

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"price": 0.0}, "price: expected a price above zero"),
            ({"price": [100.0, -1.0]}, "price"),
            ({"curve": 0.05}, "curve: expected a Curve, got float"),
            ({"quote": "net"}, "quote"),
            ({"time_count": "act/364"}, "time_count"),
            ({"frequency": 3}, "frequency"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            z_spread(*LIFE, 0.05, **{"price": 100.0, "curve": CURVE} | arguments)


class TestEffectiveDuration:
    @given(life=lives(min_days=400), rate=coupon_rates, yield_=yields, frequency=frequencies)
    def test_of_a_yield_is_the_modified_duration(self, life, rate, yield_, frequency):
        """But for the square of the shift times a third derivative, at most the cube of the life."""
        terms = {"frequency": frequency}
        assume(coupon_period(*life, **terms).coupons_left > 1)
        found = effective_duration(*life, rate, yield_, shift=1e-4, **terms)
        expected = modified_duration(*life, rate, yield_, **terms)
        years = (life[1] - life[0]).days / 365 + 1.0
        assert found == pytest.approx(expected, abs=1e-8 * (years + 1) ** 3 / 6 + 1e-10)

    def test_of_a_zero_coupon_bond_over_a_curve_is_its_life(self):
        """Continuous compounding: d log P / dz = -t."""
        found = effective_duration("2024-01-15", "2034-01-15", 0.0, CURVE)
        assert found == pytest.approx(10.0, abs=1e-8 * 1000 / 6 * 1.01)

    def test_is_the_textbook_difference_of_prices(self):
        """(P- - P+) / (2 P shift), dirty, with 50 basis points, over a shifted curve."""
        down, middle, up = (
            bond_price_from_curve(*LIFE, 0.05, CURVE.shifted(move), quote="dirty")
            for move in (-0.005, 0.0, 0.005)
        )
        found = effective_duration(*LIFE, 0.05, CURVE, shift=0.005)
        assert found == pytest.approx((down - up) / (2 * middle * 0.005), rel=1e-12)

    def test_a_spread_is_added_to_a_curve_or_a_yield(self):
        """A bond at 4% and 1% more is a bond at 5%."""
        both = effective_duration(*LIFE, 0.05, 0.04, spread=0.01)
        assert both == pytest.approx(effective_duration(*LIFE, 0.05, 0.05), rel=1e-9)
        assert effective_duration(*LIFE, 0.05, CURVE, spread=0.01) < effective_duration(*LIFE, 0.05, CURVE)

    def test_broadcasts(self):
        """Yields down, maturities across, and frequencies."""
        found = effective_duration(
            "2024-01-15", ["2026-01-15", "2034-01-15"], 0.05, [[0.03], [0.05]], frequency=[1, 2]
        )
        assert found.shape == (2, 2)
        assert found[1, 1] == effective_duration("2024-01-15", "2034-01-15", 0.05, 0.05)

    @pytest.mark.parametrize("shift", [0.0, -1e-4, np.nan, [1e-4, 1e-3], "1bp"])
    def test_refuses_an_impossible_shift(self, shift):
        """One number above zero."""
        with pytest.raises(InputError, match="shift"):
            effective_duration(*LIFE, 0.05, CURVE, shift=shift)


class TestKeyRateDuration:
    @given(
        life=lives(min_days=30),
        rate=coupon_rates,
        curve=curves(),
        keys=st.lists(st.floats(0.1, 40.0), min_size=1, max_size=8, unique=True),
        frequency=frequencies,
    )
    def test_add_up_to_the_effective_duration(self, life, rate, curve, keys, frequency):
        """But for the square of the shift times a third derivative, at most the cube of the life."""
        parts = key_rate_duration(*life, rate, curve, np.sort(keys), frequency=frequency)
        whole = effective_duration(*life, rate, curve, frequency=frequency)
        years = (life[1] - life[0]).days / 365 + 1.0
        assert parts.shape == (len(keys),)
        assert parts.sum() == pytest.approx(whole, abs=1e-8 * (years + 1) ** 3 / 3 + 1e-10)

    def test_a_payment_counts_for_the_keys_beside_it(self):
        """A zero-coupon bond of seven years: 3/5 to the key at five, 2/5 to the key at ten."""
        parts = key_rate_duration("2024-01-15", "2031-01-15", 0.0, CURVE, [2, 5, 10, 30])
        np.testing.assert_allclose(parts, [0, 7 * 0.6, 7 * 0.4, 0], atol=1e-6)

    @pytest.mark.parametrize(("maturity", "expected"), [("2025-01-15", [1, 0]), ("2064-01-15", [0, 40])])
    def test_outside_the_keys_the_outer_ones_count_whole(self, maturity, expected):
        """Before the first and after the last."""
        parts = key_rate_duration("2024-01-15", maturity, 0.0, CURVE, [2, 30])
        np.testing.assert_allclose(parts, expected, atol=2e-4)

    def test_is_the_difference_over_curves_bumped_at_a_node(self):
        """With nodes as keys and linear rates, moving one node is the triangle."""
        keys = CURVE.times
        found = key_rate_duration(*LIFE, 0.05, CURVE, keys, shift=1e-3)
        middle = bond_price_from_curve(*LIFE, 0.05, CURVE, quote="dirty")
        for i in range(keys.size):
            bump = 1e-3 * (np.arange(keys.size) == i)
            down, up = (
                bond_price_from_curve(*LIFE, 0.05, Curve(keys, CURVE.zero_rates + move), quote="dirty")
                for move in (-bump, bump)
            )
            assert found[i] == pytest.approx((down - up) / (2e-3 * middle), abs=1e-11)

    def test_broadcasts_with_the_keys_last(self):
        """Bonds and spreads lead."""
        found = key_rate_duration(
            "2024-01-15", ["2026-01-15", "2034-01-15"], 0.05, CURVE, [1, 5], spread=[[0.0], [0.1], [np.nan]]
        )
        assert found.shape == (3, 2, 2)
        np.testing.assert_allclose(
            found[1, 1], key_rate_duration("2024-01-15", "2034-01-15", 0.05, CURVE, [1, 5], spread=0.1)
        )
        assert np.isnan(found[2]).all()

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"curve": 0.05}, "curve: expected a Curve"),
            ({"key_times": []}, "key_times"),
            ({"key_times": [5, 2]}, "key_times: expected rising"),
            ({"key_times": [0, 2]}, "key_times: .*above zero"),
            ({"shift": 0}, "shift"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            key_rate_duration(*LIFE, 0.05, **{"curve": CURVE, "key_times": [1, 5]} | arguments)


def test_a_price_a_day_before_maturity_is_near_what_is_repaid():
    """Simple or compound, yield or curve, they meet."""
    life = (dt.date(2024, 1, 14), dt.date(2024, 1, 15))
    prices = [dirty_price(*life, 0.05, 0.05), bond_price_from_curve(*life, 0.05, CURVE, quote="dirty")]
    np.testing.assert_allclose(prices, 102.5, rtol=2e-4)
