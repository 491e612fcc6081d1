"""Sentences and scores follow from the figures."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from maos_nb.finance.doubts import doubts
from maos_nb.finance.judgement import confidence, recommendations, risks


def test_the_verdict_compares_value_and_price(valued: Any) -> None:
    """132.10 against 125.67 is 5% above."""
    assert recommendations(valued())[0] == (
        "The base case gives 132.10 a share, 5% above the price of 125.67: undervalued on these assumptions."
    )


def test_a_price_above_the_value_is_called_overvalued(valued: Any) -> None:
    """The price given wins over the one in the data."""
    first = recommendations(valued(price=200.0, as_of="2022-12-28"))[0]
    assert "34% below the price of 200.00: overvalued" in first


def test_a_value_near_the_price_is_called_fair(valued: Any) -> None:
    """Two percent either way is no verdict."""
    assert "fairly valued" in recommendations(valued(price=132.0, as_of="2022-12-28"))[0]


def test_the_driver_that_moves_the_value_furthest_is_the_one_with_the_widest_swing(valued: Any) -> None:
    """The sentence and the risk record name the first what-if."""
    valuation = valued()
    assert recommendations(valuation)[1].startswith(
        "Moved alone, WACC moves the value furthest: from 7.5% to 9.5%"
    )
    measured = risks(valuation)
    assert measured["widest_driver"] == "wacc"
    assert measured["widest_swing"] == pytest.approx(valuation.what_ifs[0].swing / valuation.judged)


def test_confidence_is_the_mean_of_its_three_parts(valued: Any) -> None:
    """Each part is recomputed here from the valuation."""
    valuation = valued()
    parts = confidence(valuation)
    trust = {"given": 1.0, "data": 1.0, "sector": 0.5, "default": 0.25}
    swings = {item.driver: item.swing for item in valuation.what_ifs}
    weighted = sum(swings[name] * trust[valuation.assumptions[name].origin] for name in swings)
    assert parts.inputs == pytest.approx(weighted / sum(swings.values()))
    cells = [*valuation.table.values.ravel(), *(item.value_per_share for item in valuation.scenarios)]
    assert parts.stability == pytest.approx(np.mean([cell > valuation.price for cell in cells]))
    assert parts.coverage == pytest.approx(6 / 7)
    assert parts.score == pytest.approx((parts.inputs + parts.stability + parts.coverage) / 3)


def test_confidence_falls_as_given_figures_give_way_to_averages(valued: Any) -> None:
    """A startup of which nothing is known is trusted less than a company with ten years of reports."""
    startup = confidence(valued("Create DCF model for tech startup with 5-year projection"))
    apple = confidence(valued("Value AAPL with a WACC of 8.5% and terminal growth of 2.5%"))
    assert startup.inputs < apple.inputs
    assert startup.coverage < apple.coverage
    assert 0.5 < startup.score < apple.score


def test_a_cell_without_a_value_does_not_confirm_anything(valued: Any) -> None:
    """WACC 4% against growth of up to 3.5% leaves holes in the table; they count against."""
    valuation = valued("Value AAPL with a WACC of 4%")
    holes = np.isnan(valuation.table.values)
    assert holes.any()
    filled = dataclasses.replace(
        valuation,
        table=dataclasses.replace(valuation.table, values=np.where(holes, 1e9, valuation.table.values)),
    )
    assert confidence(valuation).stability < confidence(filled).stability
    assert any("have no value" in doubt for doubt in doubts(valuation))


def test_doubts_name_what_was_assumed_by_default(valued: Any) -> None:
    """Only the growth in perpetuity was neither given nor read."""
    assert "Assumed by default, not given or read from data: terminal growth." in doubts(valued())


def test_doubts_point_to_later_statements(valued: Any) -> None:
    """The reader learns how to use them."""
    assert any(doubt.startswith("Fiscal 2025 was filed on 2025-10-31") for doubt in doubts(valued()))


def test_doubts_say_that_a_stale_price_was_not_compared(valued: Any) -> None:
    """The last bundled close is two years older than this valuation."""
    valuation = valued("Value AAPL as of 2024-12-31 at a WACC of 8.5%")
    assert valuation.price is None
    assert any("the last price is of 2022-12-28, too old" in doubt.lower() for doubt in doubts(valuation))
    assert "without a price there is no verdict" in recommendations(valuation)[0]


def test_doubts_question_growth_without_reinvestment(valued: Any) -> None:
    """Apple's depreciation exceeds its capital expenditure, which cannot go on for ever."""
    assert any("Reinvestment in the last year" in doubt for doubt in doubts(valued()))
    assert not any("Reinvestment" in doubt for doubt in doubts(valued(sales_to_capital=0.6)))


def test_words_that_were_not_understood_are_listed(valued: Any) -> None:
    """Nothing that the user wrote is dropped in silence."""
    valuation = valued("Value AAPL at a WACC of 8.5% with 17 zorkmids")
    assert any("17" in doubt for doubt in doubts(valuation) if doubt.startswith("Nothing was made"))


def test_claims_above_the_value_are_a_doubt(valued: Any) -> None:
    """A share has limited liability."""
    valuation = valued(debt=5e12)
    assert valuation.judged < 0
    assert any("claims on the company exceed" in doubt for doubt in doubts(valuation))
    assert risks(valuation)["widest_swing"] is not None


def test_a_revenue_far_from_the_one_filed_is_doubted(valued: Any) -> None:
    """The rest of the balance sheet does not shrink with it."""
    assert any("The revenue given is -100% against" in doubt for doubt in doubts(valued(revenue=2.5e6)))
    assert not any("The revenue given" in doubt for doubt in doubts(valued(revenue=400e9)))


def test_an_optimist_who_loses_more_is_doubted(valued: Any) -> None:
    """Growth multiplies the losses of a company that has no margin."""
    valuation = valued("biotech startup with revenue of $2.5 million growing 80%", operating_margin=-0.1)
    assert any("worth less than the base" in doubt for doubt in doubts(valuation))


def test_a_price_given_without_a_date_meets_the_latest_statements(valued: Any) -> None:
    """A price of today against a value of three years ago would be no comparison."""
    assert valued(price=200.0).evidence.history.years[-1] == 2025
    assert valued(price=200.0, as_of="2022-12-28").evidence.history.years[-1] == 2022


def test_the_value_at_returns_equal_to_wacc_stands_beside_the_doubt(valued: Any) -> None:
    """Next year's NOPAT over WACC as terminal value, by hand."""
    valuation = valued()
    nopat = float(valuation.base.projection.nopat[-1]) * 1.025 / 0.085 / 1.085**5
    flows = float(np.sum(valuation.base.valuation.present_values))
    bridge = valuation.base.bridge
    share = (flows + nopat + bridge.cash + bridge.investments - bridge.debt - bridge.leases) / bridge.shares
    assert any(f"the value would be {share:.2f}." in doubt for doubt in doubts(valuation))


def test_a_low_tax_rate_is_doubted_with_the_value_at_the_statutory_one(valued: Any) -> None:
    """The same figure as a valuation with that rate given."""
    at_statutory = valued(tax_rate=0.21).judged
    assert any(
        f"at the statutory 21% the value would be {at_statutory:.2f}" in doubt for doubt in doubts(valued())
    )


def test_a_sector_table_of_another_time_is_doubted(valued: Any) -> None:
    """The averages of 2025 say nothing of 2012."""
    words = [doubt for doubt in doubts(valued("Value NVDA as of 2024-07-01")) if "sector averages" in doubt]
    assert words
    assert "later than the date of the valuation" in words[0]


def test_figures_given_in_vain_are_listed(valued: Any) -> None:
    """NVIDIA has no price here, so a beta alone makes no cost of capital."""
    assert any("Given but not used: beta" in doubt for doubt in doubts(valued("Value NVDA", beta=1.7)))
    assert any("Given but not used: price" in doubt for doubt in doubts(valued("tech startup", price=10.0)))
    assert not any("Given but not used" in doubt for doubt in doubts(valued("Value AAPL", beta=1.3)))


def test_an_old_equity_risk_premium_is_doubted(valued: Any) -> None:
    """The one of January meets the interest rates of December."""
    assert any(
        "equity risk premium was measured on 2022-01-01" in doubt for doubt in doubts(valued("Value AAPL"))
    )


def test_growth_that_a_multiple_implies_is_reported_and_doubted(valued: Any) -> None:
    """200 times EBITDA is growth beyond the economy's for ever."""
    valuation = valued("Value AAPL at a WACC of 8.5%", exit_multiple=200)
    assert risks(valuation)["implied_growth"] > 0.07
    assert any("outgrow the economy" in doubt for doubt in doubts(valuation))


def test_a_horizon_beyond_ten_years_is_doubted(valued: Any) -> None:
    """The fade is as long as the horizon."""
    assert any("compare with 10 years" in doubt for doubt in doubts(valued("Value AAPL over 30 years")))


def test_days_since_the_balance_sheet_are_no_verdict(valued: Any) -> None:
    """Carried 95 days on, Apple's value is 2.1% higher: a gap of that size says nothing."""
    near = valued(price=132.10 * 1.0205, as_of="2022-12-28")
    assert "within 2.1% of the price" in recommendations(near)[0]
    assert "fairly valued" not in recommendations(valued(price=132.10 * 1.03, as_of="2022-12-28"))[0]


def test_statements_older_than_fifteen_months_are_doubted(valued: Any) -> None:
    """Microsoft's bundled statements end with fiscal 2023."""
    assert any(
        "months old" in doubt for doubt in doubts(valued("Value MSFT as of 2025-06-30 at a WACC of 9%"))
    )
