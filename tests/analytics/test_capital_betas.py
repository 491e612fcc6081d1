"""Adjusted betas, and betas with and without debt."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate
from scipy.stats import norm

from maos_nb.analytics.capital import adjust_beta, regression_beta, relever_beta, unlever_beta, wacc
from maos_nb.errors import InputError

METHODS = ("hamada", "miles-ezzell", "harris-pringle")
betas = st.floats(-1.0, 3.0)
values = st.floats(1.0, 1e6)
rates = st.floats(0.0, 1.0)
methods = st.sampled_from(METHODS)


class TestBlume:
    def test_a_third_of_the_way_to_one(self):
        """Excel: =2/3*1.3+1/3; Elton and Gruber report Blume's own line as 0.343 + 0.677 beta."""
        assert adjust_beta(1.3) == pytest.approx(1.2, rel=1e-15)
        assert adjust_beta(2.0, weight=0.677, mean=0.343 / 0.323) == pytest.approx(0.343 + 0.677 * 2.0)

    def test_each_beta_of_many(self):
        """As if alone, NaN in its own place."""
        np.testing.assert_allclose(adjust_beta([0.4, np.nan, 1.0]), [0.6, np.nan, 1.0], rtol=1e-15)

    def test_towards_the_mean_of_an_industry(self):
        """With all weight the estimate, with none the mean."""
        np.testing.assert_allclose(adjust_beta(1.5, weight=[1.0, 0.0], mean=0.7), [1.5, 0.7])


class TestVasicek:
    def test_it_is_the_mean_of_the_posterior(self):
        """Bayes' rule by numerical integration: a normal prior over peers, a normal estimate."""
        prior, likelihood = norm(0.9, 0.3), norm(1.6, 0.4)
        mass, _ = integrate.quad(lambda b: prior.pdf(b) * likelihood.pdf(b), -3, 5)
        first, _ = integrate.quad(lambda b: b * prior.pdf(b) * likelihood.pdf(b), -3, 5)
        adjusted = adjust_beta(1.6, method="vasicek", standard_error=0.4, mean=0.9, variance=0.3**2)
        assert adjusted == pytest.approx(first / mass, rel=1e-8)

    def test_the_cross_section_gives_mean_and_variance(self):
        """Without NaN, with ddof 1."""
        estimates = [0.6, np.nan, 1.0, 1.4]
        by_default = adjust_beta(estimates, method="vasicek", standard_error=0.3)
        explicit = adjust_beta(estimates, method="vasicek", standard_error=0.3, mean=1.0, variance=0.16)
        np.testing.assert_allclose(by_default, explicit, rtol=1e-14)

    def test_a_certain_beta_stays_and_an_unknown_one_goes_to_the_mean(self):
        """The limits of precision."""
        adjusted = adjust_beta(
            [1.5, 1.5], method="vasicek", standard_error=[0.0, 1e9], mean=1.0, variance=0.1
        )
        np.testing.assert_allclose(adjusted, [1.5, 1.0])

    def test_equal_betas_without_error_stay(self):
        """Zero over zero is no matter here."""
        adjusted = adjust_beta([1.2, 1.2], method="vasicek", standard_error=0.0)
        np.testing.assert_allclose(adjusted, [1.2, 1.2], rtol=1e-15)

    @given(st.lists(betas, min_size=2, max_size=8), st.floats(0.01, 1.0))
    def test_no_beta_moves_past_the_mean(self, estimates, error):
        """It lies between the estimate and the mean."""
        adjusted = adjust_beta(estimates, method="vasicek", standard_error=error)
        mean = np.mean(estimates)
        low, high = np.minimum(estimates, mean), np.maximum(estimates, mean)
        assert (adjusted >= low - 1e-12).all()
        assert (adjusted <= high + 1e-12).all()

    def test_it_takes_what_the_regression_gives(self):
        """Slopes and their errors for several assets."""
        rng = np.random.default_rng(4)
        market = rng.normal(0, 0.04, 60)
        assets = market[:, np.newaxis] * [0.5, 1.0, 1.5] + rng.normal(0, 0.05, (60, 3))
        estimate = regression_beta(assets, market)
        adjusted = adjust_beta(estimate.beta, method="vasicek", standard_error=estimate.standard_error)
        assert np.ptp(adjusted) < np.ptp(estimate.beta)


class TestLeverage:
    def test_boeing(self):
        """Damodaran, *Investment Valuation*: 0.56 at a D/E of 15.56% and a tax of 35% is 0.51 without debt."""
        unlevered = unlever_beta(0.56, 100.0, 15.56, 0.35)
        assert unlevered == pytest.approx(0.51, abs=0.005)
        assert relever_beta(unlevered, 90.0, 10.0, 0.35) == pytest.approx(0.55, abs=0.005)

    def test_sangria(self):
        """Brealey, Myers and Allen: r 12%, D/V 20%, debt at 8%, tax 35%; Miles-Ezzell WACC 11.42%."""
        cost_of_equity = relever_beta(
            0.12, 80.0, 20.0, 0.35, method="miles-ezzell", debt_beta=0.08, cost_of_debt=0.08
        )
        assert wacc(80.0, 20.0, cost_of_equity, 0.08, 0.35) == pytest.approx(0.1142, abs=5e-5)

    def test_sangria_rebalanced_all_the_time(self):
        """Their three steps at D/V 20% give 13% for equity, and a WACC of 11.4%."""
        cost_of_equity = relever_beta(0.12, 80.0, 20.0, 0.35, method="harris-pringle", debt_beta=0.08)
        assert cost_of_equity == pytest.approx(0.13, rel=1e-14)
        assert wacc(80.0, 20.0, cost_of_equity, 0.08, 0.35) == pytest.approx(0.1144, rel=1e-12)

    @given(betas, values, values, rates, methods, st.floats(-0.2, 0.5), st.floats(0.0, 0.2))
    def test_relevering_undoes_unlevering(self, beta, equity, debt, tax, method, debt_beta, cost_of_debt):
        """For every method, with and without a debt beta."""
        options = {"method": method, "debt_beta": debt_beta, "cost_of_debt": cost_of_debt}
        unlevered = unlever_beta(beta, equity, debt, tax, **options)
        again = relever_beta(unlevered, equity, debt, tax, **options)
        assert again == pytest.approx(beta, rel=1e-9, abs=1e-9 * (1 + debt / equity))

    @given(betas, values, methods)
    def test_without_debt_nothing_changes(self, beta, equity, method):
        """Whatever the method."""
        assert unlever_beta(beta, equity, 0.0, 0.25, method=method, cost_of_debt=0.05) == beta

    @given(betas, values, values, st.floats(0.0, 0.2))
    def test_without_taxes_all_methods_agree(self, beta, equity, debt, cost_of_debt):
        """They differ only in the risk of the tax shield."""
        found = [
            unlever_beta(beta, equity, debt, 0.0, method=method, cost_of_debt=cost_of_debt)
            for method in METHODS
        ]
        assert found[0] == found[1] == found[2]

    def test_miles_ezzell_lies_between_the_others(self):
        """One year of the tax shield is safe, not all of it, and not none."""
        hamada, miles, harris = (
            relever_beta(1.0, 60.0, 40.0, 0.3, method=method, cost_of_debt=0.06) for method in METHODS
        )
        assert hamada < miles < harris

    def test_a_portfolio_of_equity_and_debt_has_the_unlevered_beta_without_taxes(self):
        """Modigliani and Miller's second proposition."""
        levered = relever_beta(0.9, 70.0, 30.0, 0.0, debt_beta=0.2)
        assert 0.7 * levered + 0.3 * 0.2 == pytest.approx(0.9, rel=1e-14)

    def test_companies_at_once(self):
        """Each as if alone; without equity or with NaN there is none."""
        equity, debt = np.array([60.0, 0.0, 80.0]), np.array([40.0, 10.0, np.nan])
        found = unlever_beta(1.2, equity, debt, 0.25)
        assert found[0] == unlever_beta(1.2, 60.0, 40.0, 0.25)
        assert np.isnan(found).tolist() == [False, True, True]
        assert math.isnan(unlever_beta(math.nan, 60.0, 40.0, 0.25))


@pytest.mark.parametrize("function", [unlever_beta, relever_beta])
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"beta": "1"}, "beta"),
        ({"equity": -1.0}, "equity"),
        ({"equity": 0.0}, "equity: .*above zero"),
        ({"debt": -1.0}, "debt"),
        ({"tax_rate": 25.0}, "tax_rate"),
        ({"method": "damodaran"}, "method"),
        ({"method": "miles-ezzell"}, "cost_of_debt"),
        ({"method": "miles-ezzell", "cost_of_debt": -1.0}, "cost_of_debt"),
        ({"debt_beta": None}, "debt_beta"),
        ({"beta": [1.0, 2.0], "debt": [1.0, 2.0, 3.0]}, r"beta \(2,\)"),
    ],
)
def test_leverage_refuses_impossible_input(function, changes, named):
    """The message names the argument."""
    with pytest.raises(InputError, match=named):
        function(**{"beta": 1.0, "equity": 60.0, "debt": 40.0, "tax_rate": 0.25} | changes)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"beta": "1"}, "beta"),
        ({"weight": 67.0}, "weight"),
        ({"method": "bayes"}, "method"),
        ({"standard_error": 0.1}, "standard_error: .*blume"),
        ({"variance": 0.1}, "variance"),
        ({"method": "vasicek"}, "standard_error"),
        ({"method": "vasicek", "standard_error": -0.1, "mean": 1.0, "variance": 0.1}, "standard_error"),
        ({"method": "vasicek", "standard_error": 0.1, "mean": 1.0, "variance": -0.1}, "variance"),
        ({"method": "vasicek", "standard_error": 0.1}, "mean and variance"),
        ({"beta": [1.0, 2.0], "weight": [0.1, 0.2, 0.3]}, r"weight \(3,\)"),
    ],
)
def test_adjustment_refuses_impossible_input(arguments, named):
    """The message names the argument."""
    with pytest.raises(InputError, match=named):
        adjust_beta(**{"beta": 1.0} | arguments)
