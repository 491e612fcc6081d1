"""Merton's model: the assets behind an equity, their volatility, and the distance to default."""

from __future__ import annotations

import math

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  # its own documentation calls it ql
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from panels_scores import one, random_panel
from scipy.optimize import brentq
from scipy.stats import norm

from maos_nb.analytics.fundamental.scores import MertonStatus, merton, merton_model
from maos_nb.errors import InputError

FIGURES = ("asset_value", "asset_volatility", "distance_to_default", "default_probability")
HULL = {
    "market_cap": 3.0,
    "equity_volatility": 0.8,
    "risk_free": 0.05,
    "short_term_debt": 6.0,
    "long_term_debt": 8.0,
    "current_liabilities": 10.0,
    "total_liabilities": 20.0,
}


def call(assets, debt, rate, volatility, horizon):
    """Black and Scholes by hand: the equity and its volatility."""
    spread = volatility * math.sqrt(horizon)
    d1 = (math.log(assets / debt) + rate * horizon) / spread + spread / 2
    equity = assets * norm.cdf(d1) - debt * math.exp(-rate * horizon) * norm.cdf(d1 - spread)
    return equity, norm.cdf(d1) * volatility * assets / equity if equity > 0 else np.inf


def solved_slowly(equity, equity_volatility, debt, rate, horizon):
    """The two equations one inside the other: assets for a volatility, then the volatility."""

    def assets_for(volatility):
        return brentq(
            lambda assets: call(assets, debt, rate, volatility, horizon)[0] - equity, equity, equity + debt
        )

    def excess(volatility):
        return call(assets_for(volatility), debt, rate, volatility, horizon)[1] - equity_volatility

    lowest = equity_volatility * equity / (equity + debt * math.exp(-rate * horizon))
    volatility = brentq(excess, lowest * 0.999, equity_volatility, xtol=1e-14)
    return assets_for(volatility), volatility


class TestTheModel:
    def test_hulls_company(self):
        """Options, Futures and Other Derivatives, "Credit Risk": 12.40, 21.23% and 12.7%."""
        model = merton_model(3.0, 0.80, 10.0, 0.05)
        assert model.asset_value == pytest.approx(12.40, abs=0.005)
        assert model.asset_volatility == pytest.approx(0.2123, abs=0.00005)
        assert model.default_probability == pytest.approx(0.127, abs=0.0005)
        assert model.status is MertonStatus.CONVERGED

    def test_hulls_option_gives_back_its_stock(self):
        """A call at 4.7594224 on a stock at 42 of 20%, strike 40, 10%, half a year, is the equity here."""
        equity, volatility = call(42.0, 40.0, 0.10, 0.20, 0.5)
        assert equity == pytest.approx(4.7594224, abs=5e-8)
        model = merton_model(equity, volatility, 40.0, 0.10, 0.5)
        assert model.asset_value == pytest.approx(42.0, rel=1e-13)
        assert model.asset_volatility == pytest.approx(0.20, rel=1e-12)
        assert model.distance_to_default == pytest.approx(0.7692626 - 0.1414214, abs=5e-7)

    @given(
        st.floats(0.3, 20.0),
        st.floats(0.02, 1.5),
        st.floats(-0.02, 0.15),
        st.floats(0.25, 10.0),
        st.floats(1e-3, 1e9),
    )
    @settings(max_examples=60)
    def test_prices_of_quantlib_give_back_assets_and_volatility(self, cover, volatility, rate, horizon, debt):
        """QuantLib's Black formula and delta are the two equations; far out of the money they lose digits."""
        spread, discount = volatility * math.sqrt(horizon), math.exp(-rate * horizon)
        assets = cover * debt
        payoff = ql.PlainVanillaPayoff(ql.Option.Call, debt)
        option = ql.BlackCalculator(payoff, assets / discount, spread, discount)
        equity = option.value()
        assume(equity >= 1e-3 * debt)
        equity_volatility = option.delta(assets) * volatility * assets / equity
        model = merton_model(equity, equity_volatility, debt, rate, horizon)
        assert model.status == "converged"
        assert model.asset_value == pytest.approx(assets, rel=1e-10)
        assert model.asset_volatility == pytest.approx(volatility, rel=1e-8)

    def test_nested_bisection_finds_the_same(self):
        """A slow twin, company by company."""
        rng = np.random.default_rng(3)
        equity, volatility = rng.uniform(0.05, 8.0, 40), rng.uniform(0.1, 1.2, 40)
        rate, horizon = rng.uniform(0.0, 0.1, 40), rng.uniform(0.5, 5.0, 40)
        model = merton_model(equity, volatility, 1.0, rate, horizon)
        for place in range(40):
            assets, spread = solved_slowly(equity[place], volatility[place], 1.0, rate[place], horizon[place])
            assert model.asset_value[place] == pytest.approx(assets, rel=1e-9)
            assert model.asset_volatility[place] == pytest.approx(spread, rel=1e-8)

    @given(st.integers(0, 1000))
    @settings(max_examples=15)
    def test_both_equations_hold_wherever_it_converges(self, seed):
        """Equity from a thousandth to a million times the debt, volatility from 1% to 500%."""
        rng = np.random.default_rng(seed)
        equity, volatility = 10 ** rng.uniform(-3, 6, 300), 10 ** rng.uniform(-2, 0.7, 300)
        model = merton_model(equity, volatility, 1.0, 0.03)
        assert (model.status == "converged").all()
        d2 = model.distance_to_default
        d1 = d2 + model.asset_volatility
        called = model.asset_value * norm.cdf(d1) - math.exp(-0.03) * norm.cdf(d2)
        np.testing.assert_allclose(called, equity, rtol=1e-11)
        np.testing.assert_allclose(
            norm.cdf(d1) * model.asset_volatility * model.asset_value, volatility * equity, rtol=1e-11
        )

    def test_no_second_answer_exists(self):
        """The equity's volatility rises with the assets' while the equity stays: seen on a fine grid."""
        for equity in (0.01, 0.3, 4.0):
            grid = np.linspace(0.02, 3.0, 150)
            implied = []
            for spread in grid:
                assets = brentq(
                    lambda a, s=spread, e=equity: call(a, 1.0, 0.0, s, 1.0)[0] - e, equity, equity + 1
                )
                implied.append(call(assets, 1.0, 0.0, spread, 1.0)[1])
            assert (np.diff(implied) > 0).all()

    def test_a_drift_moves_distance_and_probability_alone(self):
        """(drift - r) T over the assets' volatility to the horizon."""
        plain, moved = (
            merton_model(3.0, 0.8, 10.0, 0.05, 2.0),
            merton_model(3.0, 0.8, 10.0, 0.05, 2.0, drift=0.11),
        )
        assert (moved.asset_value, moved.asset_volatility) == (plain.asset_value, plain.asset_volatility)
        shift = (0.11 - 0.05) * 2.0 / (plain.asset_volatility * math.sqrt(2.0))
        assert moved.distance_to_default == pytest.approx(plain.distance_to_default + shift)
        assert moved.default_probability == pytest.approx(norm.cdf(-moved.distance_to_default))

    def test_a_scalar_equals_its_element_and_shapes_broadcast(self):
        """Companies down, rates across."""
        equity, rate = np.array([[3.0], [5.0], [0.5]]), np.array([0.01, 0.05])
        table = merton_model(equity, 0.6, 10.0, rate)
        for row in range(3):
            for column in range(2):
                single = merton_model(equity[row, 0], 0.6, 10.0, rate[column])
                for name in FIGURES:
                    assert getattr(table, name)[row, column] == getattr(single, name)
        assert isinstance(merton_model(3.0, 0.6, 10.0, 0.01).asset_value, float)

    def test_the_unit_of_money_does_not_matter(self):
        """Euros or billions."""
        small, large = merton_model(3.0, 0.8, 10.0, 0.05), merton_model(3e12, 0.8, 1e13, 0.05)
        assert large.asset_value == pytest.approx(1e12 * small.asset_value, rel=1e-13)
        assert large.distance_to_default == pytest.approx(small.distance_to_default, rel=1e-13)

    def test_a_status_says_why_there_is_no_answer(self):
        """One word for each, and NaN without a warning."""
        model = merton_model(
            [3.0, 3.0, 0.0, 3.0, np.nan, np.inf],
            [0.8, 0.8, 0.8, 0.0, 0.8, 0.8],
            [10.0, 0.0, 10.0, 10.0, 10.0, 10.0],
            0.05,
        )
        words = ["converged", "no_debt", "no_equity", "no_volatility", "not_finite", "not_finite"]
        assert model.status.tolist() == words
        assert np.isnan(model.asset_value).tolist() == [False, False, True, True, True, True]
        assert (model.asset_value[1], model.asset_volatility[1]) == (3.0, 0.8)
        assert (model.distance_to_default[1], model.default_probability[1]) == (np.inf, 0.0)

    def test_hopeless_figures_end(self):
        """A debt of 1e-320, and volatilities as far as floats go: NaN and a status, or an answer."""
        grid = np.array([1e-320, 1e-160, 1e-8, 1.0, 1e8, 1e160, 1e300])
        equity, volatility, debt = np.meshgrid(grid, grid, grid)
        model = merton_model(equity, volatility, debt, 0.05)
        assert set(model.status.ravel()) <= {"converged", "not_converged"}
        assert (np.isnan(model.asset_value) == (model.status == "not_converged")).all()

    def test_an_empty_array_stays_empty(self):
        """No company, no answer."""
        assert merton_model(np.empty((0, 3)), 0.5, 1.0, 0.05).asset_value.shape == (0, 3)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"equity_value": -3.0}, "equity_value"),
            ({"equity_volatility": [-0.8]}, "equity_volatility"),
            ({"debt": -1.0}, "debt"),
            ({"horizon": 0.0}, "horizon: .*above 0"),
            ({"risk_free": "5%"}, "risk_free"),
            ({"drift": [True]}, "drift"),
            ({"equity_value": [1.0, 2.0], "debt": [1.0, 2.0, 3.0]}, r"equity_value \(2,\).*debt \(3,\)"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            merton_model(
                **{"equity_value": 3.0, "equity_volatility": 0.8, "debt": 10.0, "risk_free": 0.05} | arguments
            )

    def test_its_repr_is_short(self):
        """Arrays by their lowest, highest and shape."""
        assert repr(merton_model([3.0, 4.0], 0.8, 10.0, 0.05)).startswith(
            "MertonModel(asset_value=12.3954 to 13.3"
        )


class TestThePanel:
    def test_the_default_point_follows_the_convention(self):
        """Six due now and eight later."""
        points = {"kmv": 10.0, "kmv_current": 14.0, "debt": 14.0, "liabilities": 20.0}
        for debt, expected in points.items():
            assert merton(one(**HULL), debt=debt).default_point.item() == expected

    def test_hulls_company_in_a_panel(self):
        """The distance is the score, and 12.7% are on watch."""
        row = merton(one(**HULL)).loc[("A", 2023)]
        assert row.score == merton_model(3.0, 0.8, 10.0, 0.05).distance_to_default
        assert (row.zone, row.n_available, row.status) == ("watch", 4, "converged")

    def test_every_company_and_year_is_solved_at_once(self):
        """With a horizon and a drift for each company."""
        panel = random_panel(20)
        caps = panel["market_cap"].copy()
        caps[2, 3] = np.nan
        panel = panel.with_values(market_cap=caps, price=np.nan)
        frame = merton(panel, horizon=2.0, drift=np.full((6, 1), 0.08))
        for row, ticker in enumerate(panel.tickers):
            single = merton_model(
                caps[row],
                panel["equity_volatility"][row],
                panel["short_term_debt"][row] + panel["long_term_debt"][row] / 2,
                panel["risk_free"][row],
                2.0,
                drift=0.08,
            )
            np.testing.assert_array_equal(frame.loc[ticker].score, single.distance_to_default)
            assert frame.loc[ticker].status.tolist() == single.status.tolist()
        assert frame.status.tolist().count("not_finite") == 1

    def test_without_debt_nothing_can_default(self):
        """An infinite distance is in the best zone."""
        row = merton(one(**HULL | {"short_term_debt": 0.0, "long_term_debt": 0.0})).loc[("A", 2023)]
        assert (row.score, row.zone, row.default_probability) == (np.inf, "far from default", 0.0)
        assert row.status == "no_debt"
