"""Random draws of the drivers: the same for the same request, and true to the ranges they come from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maos_nb.errors import RequestError
from maos_nb.finance.results import financial_model


def test_the_same_request_draws_the_same_values(valued: Any) -> None:
    """To the last bit; another seed draws others."""
    first, again, other = (valued(seed=seed).uncertainty.draws for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.values, again.values)
    assert first.seed == 7
    assert first.mean != other.mean
    assert abs(first.mean - other.mean) < 5 * first.standard_error


def test_every_draw_is_a_valuation_of_its_inputs(valued: Any) -> None:
    """Recomputed one by one with the drivers drawn, as inputs of their own."""
    valuation = valued(draws=100)
    drawn = valuation.uncertainty.draws
    for place in range(3):
        inputs = {name: float(column[place]) for name, column in drawn.inputs.items()}
        alone = valued("Value AAPL over 5 years", **inputs)
        assert drawn.values[place] == pytest.approx(alone.judged, rel=1e-9)


def test_drivers_are_drawn_from_the_ranges_of_the_what_ifs(valued: Any) -> None:
    """A standard deviation of growth and margin, all of the range of WACC and growth in perpetuity."""
    valuation = valued()
    ranges = {item.driver: item for item in valuation.what_ifs}
    found = valuation.uncertainty.distributions
    assert set(found) == {"revenue_growth", "operating_margin", "wacc", "terminal_growth"}
    for name in ("revenue_growth", "operating_margin"):
        assert found[name].mean == pytest.approx(ranges[name].base)
        assert found[name].std == pytest.approx((ranges[name].high - ranges[name].low) / 2)
    for name in ("wacc", "terminal_growth"):
        assert found[name].support == pytest.approx((ranges[name].low, ranges[name].high))


def test_the_share_above_the_price_is_that_of_the_draws(valued: Any) -> None:
    """Counted again."""
    valuation = valued()
    told = financial_model(valuation)
    share = np.mean(valuation.uncertainty.draws.values > valuation.price)
    assert told["sensitivity_analysis"]["monte_carlo"]["probability_above_price"] == pytest.approx(share)
    assert told["risk_assessment"]["probability_value_exceeds_price"] == pytest.approx(share)


def test_the_most_influential_driver_has_the_largest_share_of_the_variance(valued: Any) -> None:
    """And the shares of independent drivers add up to about one, interactions being small here."""
    told = financial_model(valued())
    shares = {name: item["total_order"] for name, item in told["sensitivity_analysis"]["importance"].items()}
    assert told["risk_assessment"]["most_influential_driver"] == max(shares, key=shares.__getitem__)
    assert sum(shares.values()) == pytest.approx(1, abs=0.05)


def test_draws_without_a_value_are_counted_and_doubted(valued: Any) -> None:
    """A WACC near growth in perpetuity falls below it in some draws."""
    told = financial_model(valued("Value AAPL with a WACC of 3.2%"))
    drawn = told["sensitivity_analysis"]["monte_carlo"]
    assert 0 < drawn["rejected"] < drawn["draws"]
    assert sum(drawn["histogram"]["counts"]) == drawn["draws"] - drawn["rejected"]
    assert any("of the random draws have no value" in doubt for doubt in told["risk_assessment"]["doubts"])


def test_without_draws_there_is_no_distribution_but_all_else(valued: Any) -> None:
    """The widest swing then says which driver matters most."""
    told = financial_model(valued(draws=0))
    analysis = told["sensitivity_analysis"]
    assert analysis["monte_carlo"] is analysis["importance"] is analysis["fan"] is None
    assert told["risk_assessment"]["probability_value_exceeds_price"] is None
    assert told["risk_assessment"]["most_influential_driver"] == "wacc"
    assert set(told["valuation_methods"]) >= {"dcf_scenarios", "dividend_discount"}


def test_the_fan_holds_the_base_and_widens(valued: Any) -> None:
    """Percentiles rise, and the spread of free cash flow grows with the years."""
    fan = financial_model(valued())["sensitivity_analysis"]["fan"]
    levels = np.array([fan["percentiles"][level] for level in ("5", "25", "50", "75", "95")])
    assert (np.diff(levels, axis=0) > 0).all()
    assert ((levels[0] < fan["base"]) & (fan["base"] < levels[-1])).all()
    spread = levels[-1] - levels[0]
    assert spread[-1] > spread[0]


def test_a_share_of_more_than_all_of_the_variance_is_not_told(valued: Any) -> None:
    """WACC a hair above growth: a few draws without bounds decide, and the estimate means nothing."""
    told = financial_model(valued("Value AAPL", wacc=0.0251, terminal_growth=0.025))
    assert max(item["total_order"] for item in told["sensitivity_analysis"]["importance"].values()) > 1.05
    assert told["risk_assessment"]["most_influential_share_of_variance"] is None
    assert not any("of the variance" in sentence for sentence in told["recommendations"])


@pytest.mark.parametrize("draws", [1, 99])
def test_a_handful_of_draws_is_refused(valued: Any, draws: int) -> None:
    """Percentiles of them would say nothing."""
    with pytest.raises(RequestError, match=r"^draws: .* at least 100"):
        valued(draws=draws)
