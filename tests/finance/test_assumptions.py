"""Drivers and their origins, checked against figures read off Apple's annual reports."""

from __future__ import annotations

import math
from typing import Any

import pytest
from finance_cases import AAPL, EditedSource

from maos_nb.errors import MissingDataError, RequestError
from maos_nb.finance.origins import Origin


def test_growth_is_the_compound_rate_of_the_last_five_years(valued: Any) -> None:
    """Apple's revenue went from 229,234 (fiscal 2017) to 394,328 million (fiscal 2022)."""
    growth = valued().assumptions["revenue_growth"]
    assert growth.value == pytest.approx((394_328 / 229_234) ** (1 / 5) - 1, rel=1e-12)
    assert growth.origin is Origin.DATA


def test_margin_tax_and_reinvestment_are_ratios_of_three_year_sums(valued: Any) -> None:
    """Sums of fiscal 2020 to 2022 as filed, USD million."""
    found = valued().assumptions
    revenue = 274_515 + 365_817 + 394_328
    assert found["operating_margin"].value == pytest.approx((66_288 + 108_949 + 119_437) / revenue)
    assert found["tax_rate"].value == pytest.approx((9_680 + 14_527 + 19_300) / (67_091 + 109_207 + 119_103))
    assert found["depreciation"].value == pytest.approx((11_056 + 11_284 + 11_104) / revenue)
    assert found["capital_expenditure"].value == pytest.approx((7_309 + 11_085 + 10_708) / revenue)


def test_debt_cash_and_shares_are_those_of_the_balance_sheet_and_the_cover(valued: Any) -> None:
    """Commercial paper, current and long-term debt; cover count plus the year's dilution."""
    found = valued().assumptions
    assert found["debt"].value == (9_982 + 11_128 + 98_959) * 1e6
    assert found["cash"].value == 23_646e6
    assert found["investments"].value == (24_658 + 120_805) * 1e6
    assert found["shares"].value == 15_908_118e3 + 16_325_819e3 - 16_215_963e3


def test_given_figures_win_and_say_so(valued: Any) -> None:
    """Words and parameters both count as given; each names where it was read."""
    found = valued(AAPL, operating_margin=0.25).assumptions
    assert (found["wacc"].value, found["wacc"].origin, found["wacc"].source) == (
        0.085,
        "given",
        "WACC of 8.5%",
    )
    assert (found["operating_margin"].value, found["operating_margin"].origin) == (0.25, "given")


def test_without_a_wacc_the_capm_and_market_weights_make_one(valued: Any, samples: Any) -> None:
    """Every part is listed, and the parts make the whole by hand."""
    found = valued("Value AAPL").assumptions
    equity_cost = found["risk_free"].value + found["beta"].value * found["equity_risk_premium"].value
    assert found["cost_of_equity"].value == pytest.approx(equity_cost)
    assert found["risk_free"].value == 0.0389
    assert found["equity_risk_premium"].value == 0.0424
    equity, debt = 125.674 * found["shares"].value, found["debt"].value
    after_tax = found["cost_of_debt"].value * (1 - found["tax_rate"].value)
    assert found["wacc"].value == pytest.approx((equity * equity_cost + debt * after_tax) / (equity + debt))
    assert 1.0 < found["beta"].value < 1.5


def test_a_company_without_a_price_takes_the_cost_of_capital_of_its_sector(valued: Any) -> None:
    """NVIDIA is not among the bundled prices."""
    wacc = valued("Value NVDA").assumptions["wacc"]
    assert wacc.origin is Origin.SECTOR
    assert "semiconductors" in wacc.source
    assert "Damodaran" in wacc.source


def test_growth_beyond_the_limit_is_held_at_it_and_doubted(valued: Any) -> None:
    """NVIDIA's revenue grew by two thirds a year, which nobody can project."""
    growth = valued("Value NVDA").assumptions["revenue_growth"]
    assert (growth.value, growth.origin) == (0.30, Origin.DEFAULT)
    assert growth.source.startswith("limited to 30% from 66.9%")


def test_a_range_of_wacc_is_valued_at_its_middle(valued: Any) -> None:
    """The middle is the figure that one would write down, not its neighbour in binary."""
    assert valued("Value AAPL, WACC between 8 and 9%").assumptions["wacc"].value == 0.085


def test_a_startup_rests_on_sector_averages_and_an_index(valued: Any) -> None:
    """Nothing is known of it, and every assumption says whose figure it is."""
    found = valued("Create DCF model for tech startup with 5-year projection").assumptions
    assert found["revenue"].value == 100
    assert found["revenue"].source.startswith("index")
    assert {found[name].origin for name in ("revenue_growth", "operating_margin", "wacc")} == {Origin.SECTOR}
    assert "shares" not in found


def test_a_missing_year_is_left_out_of_a_ratio_and_counted(valued: Any) -> None:
    """NaN in a statement never becomes a zero."""
    source = EditedSource({(2021, "capital_expenditure"): math.nan})
    capex = valued(AAPL, source).assumptions["capital_expenditure"]
    assert capex.value == pytest.approx((7_309 + 10_708) / (274_515 + 394_328))
    assert "sums of 2 years" in capex.source


def test_a_missing_last_revenue_is_an_error_that_names_the_parameter(valued: Any) -> None:
    """Without the level there is no projection."""
    source = EditedSource({(2022, "revenue"): math.nan})
    with pytest.raises(
        MissingDataError, match=r"revenue of fiscal 2022 .* Give revenue=\.\.\. in parameters"
    ):
        valued(AAPL, source)


def test_without_depreciation_the_sectors_sales_to_capital_stands_in(valued: Any) -> None:
    """NVIDIA tagged no capital expenditure for years; its valuation of that time still has a way to be made."""
    source = EditedSource({(year, "depreciation_and_amortization"): math.nan for year in range(2009, 2023)})
    found = valued(AAPL, source).assumptions
    assert (found["sales_to_capital"].value, found["sales_to_capital"].origin) == (3.3449, Origin.SECTOR)
    assert "capital_expenditure" not in found


def test_debt_costs_what_the_interest_cover_is_rated(valued: Any) -> None:
    """119,437 million of operating income are 40.7 times 2,931 million of interest: AAA, 0.59% above 3.89%."""
    filed, given = valued("Value AAPL").assumptions, valued("Value AAPL", debt=1e9).assumptions
    assert filed["cost_of_debt"].value == pytest.approx(0.0389 + 0.0059)
    assert "0.59% for AAA, as operating income is 40.7 times interest" in filed["cost_of_debt"].source
    assert given["cost_of_debt"].value == filed["cost_of_debt"].value
    paid = 2_931 / (((15_613 + 109_106) + (21_110 + 98_959)) / 2)
    assert f"interest paid was {paid:.2%} of debt" in filed["cost_of_debt"].source


def test_where_operating_income_is_not_known_debt_costs_the_interest_paid_on_it(valued: Any) -> None:
    """Interest is divided by the debt on which it was paid, as filed."""
    source = EditedSource({(2022, "operating_income"): math.nan})
    mean_debt = ((15_613 + 109_106) + (21_110 + 98_959)) / 2
    assert valued("Value AAPL", source).assumptions["cost_of_debt"].value == pytest.approx(2_931 / mean_debt)


def test_a_small_company_pays_more_for_the_same_cover(valued: Any) -> None:
    """At 10 cents a share Apple would be worth 1.6 billion, and a cover of 40.7 is still AAA; of 9 it is A+."""
    source = EditedSource({(2022, "operating_income"): 9 * 2_931e6})
    small, large = (
        valued("Value AAPL", source, price=price, beta=1.0, as_of="2022-12-28").assumptions
        for price in (0.1, 150.0)
    )
    assert small["cost_of_debt"].value == pytest.approx(0.0389 + 0.0092)
    assert large["cost_of_debt"].value == pytest.approx(0.0389 + 0.0059)


def test_prices_and_shares_of_before_a_split_speak_of_the_same_share(valued: Any) -> None:
    """Apple split 4:1 on 2020-08-31; its close of 2019-12-31 was 293.65, its cover count 4.44 billion."""
    valuation = valued("Value AAPL as of 2019-12-31")
    assert valuation.assumptions["shares"].value == pytest.approx(4.44e9, rel=0.02)
    assert valuation.price == pytest.approx(293.65, rel=0.03)
    after = valued("Value AAPL as of 2020-09-02")
    assert after.assumptions["shares"].value == pytest.approx(4 * 4.44e9, rel=0.02)
    assert after.price == pytest.approx(131.40, rel=0.03)


def test_terminal_growth_is_held_at_a_given_risk_free_rate(valued: Any) -> None:
    """Whatever the yield in the data was."""
    assert valued("Value AAPL", risk_free=0.02).assumptions["terminal_growth"].value == 0.02


def test_an_index_without_revenue_has_no_shares(valued: Any) -> None:
    """A value per share needs money."""
    with pytest.raises(RequestError, match="revenue: is needed together with shares"):
        valued("tech startup", shares=1e6, price=10)


def test_wacc_at_or_below_the_default_growth_names_both(valued: Any) -> None:
    """The growth was not the user's figure, so the message says that it is a default."""
    with pytest.raises(
        RequestError, match=r"wacc: 2\.00% \(given\) is not above terminal_growth, 2\.50% \(default\)"
    ):
        valued("Value AAPL with a WACC of 2%")


def test_an_exit_multiple_without_depreciation_is_refused(valued: Any) -> None:
    """A multiple of EBITDA needs an EBITDA."""
    with pytest.raises(RequestError, match="exit_multiple"):
        valued("tech startup", exit_multiple=12)


def test_nothing_that_became_known_later_is_used(valued: Any) -> None:
    """On the last day before fiscal 2022 was filed, fiscal 2021 is the last year."""
    valuation = valued("Value AAPL as of 2022-10-27, WACC 8.5%")
    assert valuation.evidence.history.years[-1] == 2021
    assert valuation.assumptions["revenue"].value == 365_817e6
    assert valuation.evidence.price.date.isoformat() <= "2022-10-27"


def test_a_date_that_has_not_come_is_refused(valued: Any) -> None:
    """Nobody knows its prices."""
    with pytest.raises(RequestError, match="as_of: 9999-12-31 has not come yet"):
        valued("Value AAPL", as_of="9999-12-31")


@pytest.mark.parametrize("revenue", [0.0, -1e9])
def test_a_company_without_revenue_cannot_be_projected(valued: Any, revenue: float) -> None:
    """Growth of nothing is nothing: the error says what to give."""
    with pytest.raises(MissingDataError, match=r"last revenue of Apple Inc\. is .* Give revenue="):
        valued(source=EditedSource({(2022, "revenue"): revenue}))
