"""Cost of equity, weighted average cost of capital, and beta from returns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.capital import Beta, cost_of_equity, regression_beta, wacc
from maos_nb.errors import InputError

RATES = st.floats(0.0, 0.5)
AMOUNTS = st.floats(0.01, 1e9)


class TestCostOfEquity:
    def test_matches_a_published_capm_example(self):
        """Investopedia, "Capital Asset Pricing Model": risk-free 3%, beta 1.3, market 8%, so 9.5%."""
        assert cost_of_equity(0.03, 1.3, 0.08 - 0.03) == pytest.approx(0.095, abs=1e-15)

    def test_adds_size_and_country_premium_in_full(self):
        """Premiums are not scaled by beta."""
        assert cost_of_equity(0.04, 2.0, 0.05, size_premium=0.01, country_premium=0.02) == pytest.approx(0.17)

    def test_a_beta_of_zero_earns_the_risk_free_rate(self):
        """Without market risk there is no premium."""
        assert cost_of_equity(0.04, 0.0, 0.05) == 0.04

    def test_broadcasts_and_equals_scalar_calls(self):
        """A table of betas against premiums equals its cells computed one by one."""
        betas, premiums = np.linspace(0.5, 2.0, 7)[:, np.newaxis], np.linspace(0.03, 0.07, 5)
        table = cost_of_equity(0.04, betas, premiums, size_premium=0.01)
        cells = [[cost_of_equity(0.04, b, p, size_premium=0.01) for p in premiums] for b in betas[:, 0]]
        np.testing.assert_array_equal(table, cells)

    def test_a_scalar_call_gives_a_float(self):
        """No array of no dimensions comes out."""
        assert type(cost_of_equity(0.04, 1.0, 0.05)) is float

    def test_nan_passes(self):
        """A missing beta makes only its own element missing."""
        np.testing.assert_array_equal(cost_of_equity(0.04, [1.0, np.nan], 0.05), [0.09, np.nan])

    @pytest.mark.parametrize(
        "bad", ["4%", None, True, [[0.1], [0.1, 0.2]], 1 + 2j, np.array([0.1, "x"], dtype=object)]
    )
    def test_refuses_what_is_not_a_number(self, bad):
        """Text, nothing, booleans, ragged rows, complex and mixed objects name the argument."""
        with pytest.raises(InputError, match="risk_free"):
            cost_of_equity(bad, 1.0, 0.05)

    def test_refuses_shapes_that_do_not_broadcast(self):
        """The message shows both shapes."""
        with pytest.raises(InputError, match=r"beta \(2,\).*equity_risk_premium \(3,\)"):
            cost_of_equity(0.04, [1.0, 1.1], [0.05, 0.05, 0.05])


class TestWacc:
    def test_matches_the_sangria_corporation_of_brealey_myers_and_allen(self):
        """Principles of Corporate Finance, ch. 19: E 750, D 500, 12.4%, 6%, tax 35% give 9.0%."""
        rate = wacc(750.0, 500.0, 0.124, 0.06, 0.35)
        assert rate == pytest.approx(0.090, abs=1e-12)
        # The book's machine: 1.731 million before tax for ever is worth its price of 12.5 million.
        assert 1.731 * (1 - 0.35) / rate == pytest.approx(12.5, abs=0.005)

    def test_all_equity_costs_the_cost_of_equity(self):
        """Without debt its weight is zero."""
        assert wacc(100.0, 0.0, 0.09, 0.05, 0.25) == pytest.approx(0.09)

    def test_all_debt_costs_the_after_tax_cost_of_debt(self):
        """Without equity only the shielded interest is left."""
        assert wacc(0.0, 100.0, 0.09, 0.05, 0.25) == pytest.approx(0.0375)

    @given(AMOUNTS, AMOUNTS, RATES, RATES, st.floats(0.0, 1.0))
    def test_lies_between_its_two_costs(self, equity, debt, equity_rate, debt_rate, tax_rate):
        """A weighted average is never outside what it averages."""
        after_tax = debt_rate * (1 - tax_rate)
        low, high = sorted((equity_rate, after_tax))
        assert low - 1e-12 <= wacc(equity, debt, equity_rate, debt_rate, tax_rate) <= high + 1e-12

    @given(AMOUNTS, AMOUNTS, st.floats(1e-3, 1e3))
    def test_depends_on_proportions_alone(self, equity, debt, unit):
        """Thousands or millions give the same rate."""
        assert wacc(equity * unit, debt * unit, 0.1, 0.05, 0.25) == pytest.approx(
            wacc(equity, debt, 0.1, 0.05, 0.25), rel=1e-12
        )

    def test_equals_scalar_calls(self):
        """Companies down and tax rates across, cell by cell."""
        equity, debt, taxes = (
            np.array([[1.0], [5.0], [9.0]]),
            np.array([[3.0], [2.0], [0.0]]),
            np.linspace(0, 0.4, 4),
        )
        table = wacc(equity, debt, 0.1, 0.05, taxes)
        cells = [
            [wacc(e, d, 0.1, 0.05, t) for t in taxes] for e, d in zip(equity[:, 0], debt[:, 0], strict=True)
        ]
        np.testing.assert_array_equal(table, cells)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ((-1.0, 1.0, 0.1, 0.05, 0.25), "equity: .*positive"),
            ((1.0, -1.0, 0.1, 0.05, 0.25), "debt: .*Give debt as a positive amount"),
            ((0.0, 0.0, 0.1, 0.05, 0.25), "equity and debt"),
            ((1.0, 1.0, 0.1, 0.05, 25.0), "tax_rate: .*got 25.0.*0.25"),
            ((1.0, 1.0, 0.1, 0.05, -0.1), "tax_rate"),
            ((1.0, 1.0, "10%", 0.05, 0.1), "cost_of_equity"),
            ((1.0, 1.0, 0.1, [0.05, None], 0.1), "cost_of_debt"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument and says what to give."""
        with pytest.raises(InputError, match=named):
            wacc(*arguments)

    def test_says_which_of_many_companies_is_impossible(self):
        """A panel's message has the position and the count."""
        with pytest.raises(InputError, match=r"equity: .*got -2.0 at position \(1,\) \(2 of 3 values\)"):
            wacc([1.0, -2.0, -3.0], 1.0, 0.1, 0.05, 0.25)

    def test_a_company_without_capital_is_nan_within_a_panel(self):
        """One empty company does not stop the others."""
        rates = wacc([100.0, 0.0], [0.0, 0.0], 0.1, 0.05, 0.25)
        np.testing.assert_allclose(rates, [0.1, np.nan])

    @pytest.mark.parametrize("position", range(5))
    def test_nan_passes(self, position):
        """Any missing argument makes the rate missing, even one of weight zero."""
        arguments = [100.0, 0.0, 0.1, 0.05, 0.25]
        arguments[position] = math.nan
        assert math.isnan(wacc(*arguments))


def loop_beta(returns: list[float], market: list[float]) -> tuple[float, float, float, float, int]:
    """The regression in plain sums, for one asset."""
    pairs = [(x, y) for x, y in zip(market, returns, strict=True) if not (math.isnan(x) or math.isnan(y))]
    n = len(pairs)
    x_mean = sum(x for x, _ in pairs) / n
    y_mean = sum(y for _, y in pairs) / n
    s_xx = sum((x - x_mean) ** 2 for x, _ in pairs)
    s_xy = sum((x - x_mean) * (y - y_mean) for x, y in pairs)
    s_yy = sum((y - y_mean) ** 2 for _, y in pairs)
    beta = s_xy / s_xx
    alpha = y_mean - beta * x_mean
    sse = sum((y - alpha - beta * x) ** 2 for x, y in pairs)
    return beta, math.sqrt(sse / (n - 2) / s_xx), alpha, 1 - sse / s_yy, n


def panel(seed: int = 7, n_observations: int = 60, n_assets: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Monthly returns of assets that follow a market, with gaps."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.006, 0.04, n_observations)
    returns = market[:, np.newaxis] * rng.uniform(0.5, 1.8, n_assets) + rng.normal(
        0, 0.05, (n_observations, n_assets)
    )
    returns[rng.random(returns.shape) < 0.1] = np.nan
    market[[3, 17]] = np.nan
    return returns, market


class TestRegressionBeta:
    def test_matches_norris_of_the_nist_reference_datasets(self):
        """NIST StRD "Norris": certified slope, its deviation, intercept and R squared."""
        x = [
            0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0,
            447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3,
            229.2, 669.1, 448.9, 0.5,
        ]  # fmt: skip
        y = [
            0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3,
            448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6,
            228.9, 668.4, 449.2, 0.2,
        ]  # fmt: skip
        estimate = regression_beta(y, x)
        assert estimate.beta == pytest.approx(1.00211681802045, rel=1e-12)
        assert estimate.standard_error == pytest.approx(0.429796848199937e-03, rel=1e-10)
        assert estimate.alpha == pytest.approx(-0.262323073774029, rel=1e-9)
        assert estimate.r_squared == pytest.approx(0.999993745883712, rel=1e-12)
        assert estimate.n_observations == 36

    def test_matches_a_plain_loop_over_assets_with_gaps(self):
        """Each asset drops its own pairs and counts what is left."""
        returns, market = panel()
        estimate = regression_beta(returns, market)
        for asset in range(returns.shape[1]):
            expected = loop_beta(returns[:, asset].tolist(), market.tolist())
            got = (
                estimate.beta[asset],
                estimate.standard_error[asset],
                estimate.alpha[asset],
                estimate.r_squared[asset],
                estimate.n_observations[asset],
            )
            assert got == pytest.approx(expected, rel=1e-10)

    def test_matches_a_peer(self):
        """scipy.stats.linregress is the peer; the tests run without it too."""
        stats = pytest.importorskip("scipy.stats")
        returns, market = panel()
        used = ~(np.isnan(returns[:, 0]) | np.isnan(market))
        peer = stats.linregress(market[used], returns[used, 0])
        estimate = regression_beta(returns[:, 0], market)
        assert estimate.beta == pytest.approx(peer.slope, rel=1e-10)
        assert estimate.standard_error == pytest.approx(peer.stderr, rel=1e-10)
        assert estimate.alpha == pytest.approx(peer.intercept, rel=1e-10)
        assert estimate.r_squared == pytest.approx(peer.rvalue**2, rel=1e-10)

    def test_a_panel_equals_its_columns(self):
        """Alone or in company an asset has the same beta, and permuting assets permutes betas."""
        returns, market = panel()
        whole = regression_beta(returns, market)
        alone = [regression_beta(returns[:, asset], market).beta for asset in range(returns.shape[1])]
        np.testing.assert_allclose(whole.beta, alone, rtol=1e-12)
        np.testing.assert_array_equal(regression_beta(returns[:, ::-1], market).beta, whole.beta[::-1])

    def test_one_market_per_asset(self):
        """Markets may be given as a panel of the same shape."""
        returns, market = panel()
        markets = np.column_stack([market, market * 2, market, market])
        estimate = regression_beta(returns, markets)
        single = regression_beta(returns, market)
        np.testing.assert_allclose(estimate.beta, single.beta / [1, 2, 1, 1], rtol=1e-12)

    @given(st.floats(-3, 3), st.floats(-0.1, 0.1))
    def test_finds_a_line_exactly(self, beta, alpha):
        """Returns on a line give its slope and intercept and no error."""
        market = np.array([-0.04, 0.01, 0.03, -0.02, 0.05])
        estimate = regression_beta(alpha + beta * market, market)
        assert estimate.beta == pytest.approx(beta, abs=1e-12)
        assert estimate.alpha == pytest.approx(alpha, abs=1e-13)
        assert estimate.standard_error == pytest.approx(0.0, abs=1e-12)

    def test_the_market_has_a_beta_of_one(self):
        """Regressed on itself."""
        _, market = panel()
        assert regression_beta(market, market).beta == pytest.approx(1.0)

    def test_an_asset_with_too_few_pairs_is_nan_within_a_panel(self):
        """The count says why, and the others are not disturbed."""
        returns, market = panel()
        returns[2:, 1] = np.nan
        estimate = regression_beta(returns, market)
        assert estimate.n_observations[1] == 2
        assert np.isnan(estimate.beta).tolist() == [False, True, False, False]
        assert np.isnan(estimate.standard_error[1])
        assert np.isnan(estimate.alpha[1])

    def test_returns_that_do_not_move_have_no_r_squared(self):
        """Their beta is zero; a share of no variance is unknown."""
        estimate = regression_beta([0.1] * 7, [0.01, -0.02, 0.03, 0.01, 0.07, -0.01, 0.02])
        assert estimate.beta == pytest.approx(0.0, abs=1e-12)
        assert math.isnan(estimate.r_squared)

    @pytest.mark.parametrize(
        ("returns", "market", "named"),
        [
            ([0.1, 0.2, 0.3], [0.1, 0.2], "returns and market_returns: .*3 and 2"),
            ([0.1, 0.2, math.nan], [0.1, 0.2, 0.3], "at least 3 pairs without NaN, got 2"),
            ([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], "market_returns: .*differ"),
            ([], [], r"returns: .*\(0,\)"),
            (0.1, 0.1, "returns"),
            ([0.1, 0.2, math.inf], [0.1, 0.2, 0.3], "returns: .*inf"),
            ([0.1, 0.2, 0.3], [[0.1, 0.2]] * 3, "market_returns"),
            ([[0.1, 0.2, 0.3]] * 3, [[0.1, 0.2]] * 3, "market_returns"),
            (["a", "b", "c"], [0.1, 0.2, 0.3], "returns"),
            ([0.1, 0.2, 0.3], np.array([0.1, None, 0.3], dtype=object), "market_returns"),
        ],
    )
    def test_refuses_impossible_input(self, returns, market, named):
        """The message names the argument and shows what came."""
        with pytest.raises(InputError, match=named):
            regression_beta(returns, market)

    def test_reprs_are_short_and_scalar_records_hold_floats(self):
        """One line for one asset or many."""
        returns, market = panel()
        single = regression_beta(returns[:, 0], market)
        assert isinstance(single, Beta)
        assert type(single.beta) is float
        assert type(single.n_observations) is int
        assert len(repr(regression_beta(returns, market))) < 200
        assert repr(single).startswith("Beta(beta=")
