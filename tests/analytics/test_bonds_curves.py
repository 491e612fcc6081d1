"""Zero curves: interpolation, forward rates, bootstrapping."""

from __future__ import annotations

import math

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  # its own documentation calls it ql
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.bonds import Curve, bootstrap_curve, forward_rates
from maos_nb.errors import InputError

compoundings = st.sampled_from(["continuous", 1, 2, 4, 12])
interpolations = st.sampled_from(["linear", "log_linear"])


@st.composite
def curves(draw):
    """Up to six nodes with gaps of a month to ten years, rates from -1% to 15%."""
    gaps = draw(st.lists(st.floats(0.08, 10.0), min_size=1, max_size=6))
    rates = draw(st.lists(st.floats(-0.01, 0.15), min_size=len(gaps), max_size=len(gaps)))
    return Curve(np.cumsum(gaps), rates, draw(compoundings), draw(interpolations))


class TestCurve:
    def test_linear_interpolates_the_rates_and_continues_the_outer_ones(self):
        """Half-way between the nodes, before the first and after the last."""
        curve = Curve([1.0, 3.0], [0.02, 0.04])
        np.testing.assert_allclose(
            curve.zero_rate([0.0, 0.5, 1.0, 2.0, 3.0, 9.0]), [0.02] * 3 + [0.03, 0.04, 0.04]
        )

    def test_log_linear_keeps_the_forward_rate_between_nodes(self):
        """From 1 to 3 years it is (3 x 4% - 1 x 2%) / 2 = 5%, and goes on so."""
        curve = Curve([1.0, 3.0], [0.02, 0.04], interpolation="log_linear")
        starts = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 8.0])
        np.testing.assert_allclose(
            curve.forward_rate(starts, starts + 0.5), [0.02] * 2 + [0.05] * 4, rtol=1e-12
        )
        assert curve.zero_rate(0.0) == pytest.approx(0.02, rel=1e-15)
        assert curve.zero_rate(2.0) == pytest.approx((0.02 + 0.05) / 2)

    @pytest.mark.parametrize(
        ("compounding", "expected"),
        [("continuous", math.exp(-0.1)), (1, 1.05**-2), (2, 1.025**-4), (12, (1 + 0.05 / 12) ** -24)],
    )
    def test_discounts_by_its_compounding(self, compounding, expected):
        """5% for two years."""
        curve = Curve([2.0], [0.05], compounding)
        assert curve.discount_factor(2.0) == pytest.approx(expected, rel=1e-15)

    @given(curve=curves(), time=st.floats(0.0, 80.0))
    def test_discount_factors_and_zero_rates_say_the_same(self, curve, time):
        """Whatever the interpolation and the compounding."""
        rate, factor = curve.zero_rate(time), curve.discount_factor(time)
        m = curve.compounding
        expected = math.exp(-rate * time) if m == "continuous" else (1 + rate / m) ** (-m * time)
        assert factor == pytest.approx(expected, rel=1e-12)

    @given(curve=curves())
    def test_goes_through_its_nodes(self, curve):
        """To the last digits."""
        np.testing.assert_allclose(curve.zero_rate(curve.times), curve.zero_rates, rtol=1e-12, atol=1e-14)

    @given(curve=curves(), shares=st.lists(st.integers(1, 1000), min_size=1, max_size=5, unique=True))
    def test_forward_rates_chain_to_the_discount_factor(self, curve, shares):
        """Growth from span to span is growth to the end."""
        at = np.concatenate([[0.0], np.sort(shares) / 1000 * curve.times[-1]])
        rates, spans = curve.forward_rate(at[:-1], at[1:]), np.diff(at)
        m = curve.compounding
        growth = rates * spans if m == "continuous" else m * spans * np.log1p(rates / m)
        assert math.exp(-growth.sum()) == pytest.approx(curve.discount_factor(at[-1]), rel=1e-11)

    @given(curve=curves(), spread=st.floats(-0.005, 0.02), time=st.floats(0.1, 60.0))
    def test_a_shift_is_parallel_where_rates_are_interpolated(self, curve, spread, time):
        """For log-linear factors it is so if rates compound continuously."""
        if curve.interpolation == "log_linear" and curve.compounding != "continuous":
            curve = Curve(curve.times, curve.zero_rates, "continuous", "log_linear")
        moved = curve.shifted(spread).zero_rate(time) - curve.zero_rate(time)
        assert moved == pytest.approx(spread, abs=1e-13)

    def test_agrees_with_quantlib_on_linear_zero_rates(self):
        """ZeroCurve with Act/365, at dates between the nodes."""
        today = ql.Date(15, 1, 2024)
        days = [0, 400, 1200, 3700]
        rates = [0.02, 0.02, 0.035, 0.03]
        peer = ql.ZeroCurve([today + n for n in days], rates, ql.Actual365Fixed())
        curve = Curve(np.array(days[1:]) / 365, rates[1:])
        for n in (10, 400, 999, 3000):
            assert curve.discount_factor(n / 365) == pytest.approx(peer.discount(today + n), rel=1e-13)

    def test_agrees_with_quantlib_on_log_linear_factors(self):
        """DiscountCurve interpolates the logs of the factors."""
        today = ql.Date(15, 1, 2024)
        days, factors = [0, 400, 1200, 3700], [1.0, 0.97, 0.9, 0.7]
        peer = ql.DiscountCurve([today + n for n in days], factors, ql.Actual365Fixed())
        at = np.array(days[1:]) / 365
        curve = Curve(at, -np.log(factors[1:]) / at, interpolation="log_linear")
        for n in (10, 400, 999, 3000):
            assert curve.discount_factor(n / 365) == pytest.approx(peer.discount(today + n), rel=1e-13)

    def test_nan_passes(self):
        """A missing time has no rate and no factor."""
        for interpolation in ("linear", "log_linear"):
            curve = Curve([1.0, 3.0], [0.02, 0.04], interpolation=interpolation)
            assert np.isnan(curve.zero_rate([np.nan, 1.0])).tolist() == [True, False]
            assert np.isnan(curve.discount_factor([np.nan, 1.0])).tolist() == [True, False]

    def test_keeps_its_own_copy_of_the_numbers(self):
        """What the caller does to his array later changes nothing, nor can the curve's be written to."""
        rates = np.array([0.02, 0.04])
        curve = Curve([1.0, 3.0], rates)
        rates[0] = 1.0
        assert curve.zero_rate(1.0) == 0.02
        with pytest.raises(ValueError, match="read-only"):
            curve.zero_rates[0] = 1.0

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"times": []}, "times: expected at least 1"),
            ({"times": 1.0}, "times"),
            ({"times": [[1.0, 2.0]]}, r"times: .*\(1, 2\)"),
            ({"times": [0.0, 1.0]}, "times: expected times above zero"),
            ({"times": [2.0, 1.0]}, "times: expected rising times, got 1.0 after 2.0"),
            ({"times": [1.0, 1.0]}, "times: expected rising"),
            ({"times": [1.0, np.nan]}, "times: expected finite"),
            ({"zero_rates": [0.01]}, r"zero_rates: expected one rate per time, \(2,\), got shape \(1,\)"),
            ({"zero_rates": [0.01, np.nan]}, "zero_rates: expected finite"),
            ({"zero_rates": ["a", "b"]}, "zero_rates: expected numbers"),
            ({"zero_rates": [0.01, -2.0], "compounding": 2}, "zero_rates: expected rates above -100%"),
            ({"compounding": 0}, "compounding"),
            ({"compounding": True}, "compounding"),
            ({"compounding": "annual"}, 'compounding: expected "continuous" or a number'),
            ({"interpolation": "cubic"}, "interpolation: expected 'linear' or 'log_linear'"),
        ],
    )
    def test_refuses_impossible_nodes(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            Curve(**{"times": [1.0, 2.0], "zero_rates": [0.01, 0.02]} | arguments)

    def test_refuses_impossible_times(self):
        """Nothing is paid before today, and a loan ends after it starts."""
        curve = Curve([1.0], [0.02])
        with pytest.raises(InputError, match=r"time: .*zero or positive.*-1"):
            curve.discount_factor([-1.0])
        with pytest.raises(InputError, match="end: expected times after start"):
            curve.forward_rate(2.0, 2.0)


class TestForwardRates:
    def test_hulls_example(self):
        """Hull, *Options, Futures, and Other Derivatives*: zeros 3, 4, 4.6, 5, 5.3%; forwards 5, 5.8, 6.2, 6.5%."""
        found = forward_rates([1, 2, 3, 4, 5], [0.03, 0.04, 0.046, 0.05, 0.053])
        np.testing.assert_allclose(found, [0.03, 0.05, 0.058, 0.062, 0.065], rtol=1e-12)

    @given(curve=curves())
    def test_chain_to_the_spot_rates(self, curve):
        """And are those that a log-linear curve gives from node to node."""
        found = forward_rates(curve.times, curve.zero_rates, compounding=curve.compounding)
        starts = np.concatenate([[0.0], curve.times[:-1]])
        np.testing.assert_allclose(found, curve.forward_rate(starts, curve.times), rtol=1e-9, atol=1e-13)

    def test_takes_many_curves_at_once(self):
        """Dates down, times across; a missing rate spoils the spans that it bounds."""
        history = np.array([[0.03, 0.04, 0.05], [0.03, np.nan, 0.05], [0.01, 0.01, 0.01]])
        found = forward_rates([1, 2, 3], history)
        np.testing.assert_array_equal(found[0], forward_rates([1, 2, 3], history[0]))
        assert np.isnan(found[1]).tolist() == [False, True, True]
        np.testing.assert_allclose(found[2], 0.01, rtol=1e-12)

    @pytest.mark.parametrize(
        ("times", "rates", "compounding", "named"),
        [
            ([1, 2], [0.1], "continuous", "zero_rates: expected one rate per time"),
            ([2, 1], [0.1, 0.1], "continuous", "times: expected rising"),
            ([1, 2], 0.1, "continuous", "zero_rates"),
            ([1, 2], [0.1, -1.0], 1, "zero_rates: .*-100%"),
            ([1, 2], [0.1, 0.1], 0.5, "compounding"),
        ],
    )
    def test_refuses_impossible_input(self, times, rates, compounding, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            forward_rates(times, rates, compounding=compounding)


class TestBootstrapCurve:
    def test_hulls_example(self):
        """Hull, *Options, Futures, and Other Derivatives*, treasury zero rates from five bonds.

        Prices 97.5, 94.9, 90.0, 96.0, 101.6; zero rates 10.127, 10.469, 10.536, 10.681, 10.808%.
        """
        curve = bootstrap_curve(
            [0.25, 0.5, 1.0, 1.5, 2.0],
            [0.0, 0.0, 0.0, 0.08, 0.12],
            prices=[97.5, 94.9, 90.0, 96.0, 101.6],
        )
        expected = [0.10127, 0.10469, 0.10536, 0.10681, 0.10808]
        np.testing.assert_allclose(curve.zero_rates, expected, atol=5.5e-6)

    @settings(max_examples=40)
    @given(
        years=st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True),
        data=st.data(),
        frequency=st.sampled_from([1, 2, 4]),
        compounding=compoundings,
        interpolation=interpolations,
    )
    def test_gives_back_every_price(self, years, data, frequency, compounding, interpolation):
        """Each bond's payments, discounted over the curve, are worth its price."""
        maturities = np.sort(years) / 2.0
        rates = np.array(data.draw(st.lists(st.floats(0.0, 0.08), min_size=len(years), max_size=len(years))))
        # Prices of a curve that exists, so that no rate is asked to be absurd.
        prices = np.empty(len(years))
        truth = Curve([1.0, 10.0, 30.0], [0.02, 0.05, 0.04])
        payments = []
        for i, (maturity, rate) in enumerate(zip(maturities, rates, strict=True)):
            times = maturity - np.arange(math.ceil(maturity * frequency)) / frequency
            amounts = 100 * rate / frequency + 100 * (times == maturity)
            accrued = 100 * rate * (1 / frequency - times.min())
            payments.append((times, amounts, accrued))
            prices[i] = amounts @ truth.discount_factor(times) - accrued
        curve = bootstrap_curve(
            maturities,
            rates,
            prices=prices,
            frequency=frequency,
            compounding=compounding,
            interpolation=interpolation,
        )
        for price, (times, amounts, accrued) in zip(prices, payments, strict=True):
            assert amounts @ curve.discount_factor(times) - accrued == pytest.approx(price, rel=1e-12)

    @given(rate=st.floats(-0.005, 0.1), interpolation=interpolations)
    def test_a_flat_par_curve_is_a_flat_zero_curve(self, rate, interpolation):
        """With the same compounding; par yields below zero are those of deposits."""
        curve = bootstrap_curve(
            [0.5, 1, 2, 5, 10],
            max(rate, 0.0),
            compounding=2,
            interpolation=interpolation,
        )
        np.testing.assert_allclose(curve.zero_rates, max(rate, 0.0), atol=1e-13)
        deposit = bootstrap_curve([1.0], [rate], frequency=0, compounding=1)
        assert deposit.zero_rates[0] == pytest.approx(rate, abs=1e-14)

    def test_deposits_pay_simple_interest(self):
        """Three months at 4%: a factor of 1 / 1.01."""
        curve = bootstrap_curve([0.25, 1.0], [0.04, 0.045], frequency=[0, 2])
        assert curve.discount_factor(0.25) == pytest.approx(1 / 1.01, rel=1e-14)
        half = curve.discount_factor(0.5)
        assert 2.25 * half + 102.25 * curve.discount_factor(1.0) == pytest.approx(100, rel=1e-14)

    def test_the_order_of_the_instruments_does_not_matter(self):
        """They are sorted by maturity."""
        one = bootstrap_curve([1, 2, 5], [0.03, 0.035, 0.04])
        other = bootstrap_curve([5, 1, 2], [0.04, 0.03, 0.035])
        np.testing.assert_array_equal(one.zero_rates, other.zero_rates)
        np.testing.assert_array_equal(other.times, [1, 2, 5])

    def test_agrees_with_quantlib(self):
        """PiecewiseLogLinearDiscount over a deposit and bonds; by 30/360 its times are ours."""
        today = ql.Date(15, 1, 2024)
        ql.Settings.instance().evaluationDate = today
        counter, free = ql.Thirty360(ql.Thirty360.USA), ql.NullCalendar()
        helpers = [
            ql.DepositRateHelper(0.05, ql.Period(3, ql.Months), 0, free, ql.Unadjusted, False, counter)
        ]
        years, rates, prices = [1, 2, 5, 10, 30], [0.03, 0.035, 0.04, 0.02, 0.05], [98.5, 99.0, 101, 82, 107]
        for year, rate, price in zip(years, rates, prices, strict=True):
            schedule = ql.Schedule(
                today,
                today + ql.Period(year, ql.Years),
                ql.Period(ql.Semiannual),
                free,
                ql.Unadjusted,
                ql.Unadjusted,
                ql.DateGeneration.Backward,
                False,
            )
            quote = ql.QuoteHandle(ql.SimpleQuote(price))
            helpers.append(ql.FixedRateBondHelper(quote, 0, 100.0, schedule, [rate], counter))
        peer = ql.PiecewiseLogLinearDiscount(
            today, helpers, counter, ql.IterativeBootstrap(1e-14), ql.LogLinear()
        )
        curve = bootstrap_curve(
            [0.25, *years], [0.05, *rates], prices=[100, *prices], frequency=[0, 2, 2, 2, 2, 2]
        )
        expected = [peer.discount(time) for time in curve.times]
        np.testing.assert_allclose(curve.discount_factor(curve.times), expected, rtol=1e-11)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"maturities": []}, "maturities: .*got shape"),
            ({"maturities": 1.0}, "maturities"),
            ({"maturities": [1, 1]}, "maturities: expected different maturities, got 1 twice"),
            ({"maturities": [0, 1]}, "maturities: expected years above zero"),
            ({"maturities": [1, np.inf]}, "maturities: expected finite"),
            ({"coupon_rates": [0.1]}, r"coupon_rates: expected one number, or one per maturity, \(2,\)"),
            ({"coupon_rates": [0.1, np.nan]}, "coupon_rates: expected finite"),
            ({"coupon_rates": [0.1, -0.1]}, "coupon_rates: expected a coupon rate"),
            ({"prices": [100, -1]}, "prices: expected prices above zero"),
            ({"prices": [100, 1e9]}, "prices: no zero rate at 2 years gives the dirty price 1e"),
            ({"frequency": 3}, "frequency: expected one of 0, 1, 2, 4, 12"),
            ({"compounding": -1}, "compounding"),
            ({"interpolation": "spline"}, "interpolation"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            bootstrap_curve(**{"maturities": [1, 2], "coupon_rates": [0.03, 0.04]} | arguments)
