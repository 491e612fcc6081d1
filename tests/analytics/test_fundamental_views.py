"""Growth, and statements on a common size."""

from __future__ import annotations

import numpy as np
import numpy_financial
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maos_nb.analytics.fundamental._common_size import common_size
from maos_nb.analytics.fundamental._growth import GrowthStatus, cagr, growth
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.data.sample_source import SampleSource
from maos_nb.errors import InputError

amounts = st.one_of(
    st.floats(-1e6, 1e6).filter(lambda value: value == 0 or abs(value) > 1e-3), st.just(np.nan)
)


def sample(*tickers):
    """Give the filed statements of sample companies as one panel."""
    source = SampleSource()
    frame = pd.concat({ticker: source.statements(ticker).frame for ticker in tickers})
    return Panel.from_frame(frame[[name for name in frame.columns if name in FIELDS]])


def panels(*items, max_periods=6):
    """Draw panels of 1 to 3 companies with any of their figures missing, zero or negative."""

    @st.composite
    def drawn(draw):
        shape = draw(st.tuples(st.integers(1, 3), st.integers(1, max_periods)))
        held = {name: draw(hnp.arrays(float, shape, elements=amounts)) for name in items}
        return Panel(tuple("ABC"[: shape[0]]), tuple(range(2000, 2000 + shape[1])), held)

    return drawn()


class TestGrowth:
    def test_apple_in_fiscal_2023(self):
        """10-K of 2023: net sales 383,285 after 394,328, net income 96,995 after 99,803 million."""
        found = growth(sample("AAPL"), ["revenue", "net_income"]).loc[("AAPL", 2023)]
        assert found["revenue"] == pytest.approx(383285 / 394328 - 1, rel=1e-14)
        assert found["net_income"] == pytest.approx(-0.02813543, abs=1e-8)

    def test_microsoft_in_fiscal_2023(self):
        """10-K of 2023: revenue 211,915 after 198,270, operating income 88,523 after 83,383 million."""
        found = growth(sample("MSFT")).loc[("MSFT", 2023)]
        assert found["revenue"] == pytest.approx(0.06882, abs=5e-6)
        assert found["operating_income"] == pytest.approx(0.06164, abs=5e-6)

    @given(panels("revenue", "net_income"))
    @settings(max_examples=60)
    def test_equals_a_plain_loop(self, panel):
        """Company by company and year by year, with the reason where there is no rate."""
        rates, status = growth(panel, return_status=True)
        for item in ("revenue", "net_income"):
            for ticker, row in zip(panel.tickers, panel[item], strict=True):
                for place, period in enumerate(panel.periods):
                    base, now = row[place - 1] if place else np.nan, row[place]
                    if np.isnan(base) or np.isnan(now):
                        expected, word = np.nan, "not_known"
                    elif base <= 0:
                        expected, word = np.nan, "zero_base" if base == 0 else "negative_base"
                    else:
                        expected, word = now / base - 1, "ok"
                    np.testing.assert_equal(float(rates.loc[(ticker, period), item]), expected)
                    assert status.loc[(ticker, period), item] == word

    def test_quarters_are_compared_with_the_year_before(self):
        """The first quarter with the first."""
        quarters = ("2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1")
        panel = Panel(("A",), quarters, {"revenue": [[10.0, 20.0, 30.0, 40.0, 11.0]]}, 4)
        found = growth(panel)["revenue"].to_numpy()
        np.testing.assert_allclose(found, [np.nan, np.nan, np.nan, np.nan, 0.1], rtol=1e-13)

    def test_a_fall_into_a_loss_is_below_minus_one(self):
        """From 10 to -5 it is -150%; from -5 to 10 there is no rate."""
        panel = Panel(("A",), (2021, 2022, 2023), {"net_income": [[10.0, -5.0, 10.0]]})
        np.testing.assert_equal(growth(panel)["net_income"].to_numpy(), [np.nan, -1.5, np.nan])

    def test_a_single_year_has_no_growth(self):
        """NaN and the reason."""
        rates, status = growth(Panel(("A",), (2023,), {"revenue": [[1.0]]}), return_status=True)
        assert np.isnan(rates.to_numpy()).all()
        assert status.to_numpy().tolist() == [["not_known"]]

    def test_an_infinite_figure_is_not_known(self):
        """As if it were missing."""
        panel = Panel(("A",), (2021, 2022, 2023), {"revenue": [[1.0, np.inf, 2.0]]})
        assert growth(panel, return_status=True)[1]["revenue"].tolist() == ["not_known"] * 3

    def test_rates_do_not_grow_by_default(self):
        """A risk-free rate is no amount; asked for by name it is compared like any other."""
        panel = Panel(("A",), (2022, 2023), {"revenue": [[1.0, 2.0]], "risk_free": [[0.02, 0.04]]})
        assert growth(panel).columns.tolist() == ["revenue"]
        assert growth(panel, "risk_free").loc[("A", 2023), "risk_free"] == 1.0

    def test_an_item_that_no_filing_gave_is_nan(self):
        """It exists, so it is no error."""
        assert growth(Panel(("A",), (2023,), {"revenue": [[1.0]]}), "inventory")["inventory"].isna().all()

    def test_refuses_an_unknown_item(self):
        """The message names it."""
        with pytest.raises(InputError, match="items: there is no item 'sales'"):
            growth(Panel(("A",), (2023,), {"revenue": [[1.0]]}), ["sales"])


class TestCagr:
    def test_equals_the_rate_of_an_investment(self):
        """numpy_financial.rate solves pv (1 + r)^n = fv, which is the definition."""
        peer = numpy_financial.rate(5, 0, -265595.0, 383285.0)
        assert cagr([265595.0, 383285.0], 5) == pytest.approx(peer, rel=1e-9)

    def test_apple_over_five_years(self):
        """10-Ks of 2018 and 2023: net sales 265,595 and 383,285 million. Excel: =RRI(5,265595,383285)."""
        found = cagr(sample("AAPL"), 5, items="revenue")
        assert found.loc[("AAPL", 2023), "revenue"] == pytest.approx(0.0761193, abs=1e-7)
        assert found["revenue"].iloc[:5].isna().all()

    def test_over_one_year_it_is_the_growth(self):
        """Of all items of all sample companies, to rounding; only an end below zero has no rate."""
        panel = sample("AAPL", "MSFT", "NVDA")
        rates, status = cagr(panel, 1, return_status=True)
        expected = growth(panel).mask(status == "negative_end")
        pd.testing.assert_frame_equal(rates, expected, rtol=1e-13)
        assert status.loc[("NVDA", 2023), "income_tax"] == "negative_end"

    @given(st.lists(st.floats(-0.5, 2.0), min_size=1, max_size=8))
    @settings(max_examples=60)
    def test_a_constant_rate_reaches_the_end(self, rates):
        """Compounding the answer over the years gives the last value."""
        path = np.cumprod([1.0, *(1 + np.array(rates))])
        assert (1 + cagr(path)) ** len(rates) == pytest.approx(path[-1], rel=1e-12)

    def test_years_may_be_fractions_and_broadcast(self):
        """One number of years for each company."""
        found = cagr([[100.0, 121.0], [100.0, 121.0]], [2.0, 0.5])
        np.testing.assert_allclose(found, [0.1, 1.21**2 - 1], rtol=1e-14)

    def test_a_scalar_call_is_the_element_of_the_array_call(self):
        """And a float."""
        rows = np.array([[1.0, 2.0, 4.0], [4.0, 1.0, 1.0]])
        assert isinstance(cagr(rows[0]), float)
        np.testing.assert_array_equal(cagr(rows), [cagr(row) for row in rows])

    @pytest.mark.parametrize(
        ("values", "expected", "status"),
        [
            ([0.0, 1.0], np.nan, GrowthStatus.ZERO_BASE),
            ([-1.0, 1.0], np.nan, GrowthStatus.NEGATIVE_BASE),
            ([1.0, -1.0], np.nan, GrowthStatus.NEGATIVE_END),
            ([1.0, 0.0], -1.0, GrowthStatus.OK),
            ([np.nan, 1.0], np.nan, GrowthStatus.NOT_KNOWN),
            ([1.0, np.nan, 1.0], 0.0, GrowthStatus.OK),
        ],
    )
    def test_the_status_says_why_there_is_no_rate(self, values, expected, status):
        """Of the two ends; what lies between does not count."""
        found = cagr(values, 2, return_status=True)
        np.testing.assert_equal(found[0], expected)
        assert found[1] is status

    def test_years_that_are_not_known_give_nan(self):
        """In that element only."""
        rate, status = cagr([[1.0, 2.0], [1.0, 2.0]], [1.0, np.nan], return_status=True)
        np.testing.assert_array_equal(rate, [1.0, np.nan])
        assert status.tolist() == ["ok", "not_known"]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"values": [1.0]}, "values: .*at least 2"),
            ({"values": 1.0}, "values"),
            ({"values": ["a", "b"]}, "values: .*numbers"),
            ({"values": [1.0, 2.0], "years": 0.0}, "years: .*above zero"),
            ({"values": [1.0, 2.0], "years": [1.0, -1.0]}, "years: .*position"),
            ({"values": [[1.0, 2.0]] * 2, "years": [1.0, 2.0, 3.0]}, "broadcast"),
            ({"values": [1.0, 2.0], "items": "revenue"}, "items: .*no panel"),
            ({"values": Panel(("A",), (2023,), {}), "years": None}, "years: .*whole number"),
            ({"values": Panel(("A",), (2023,), {}), "years": 1.5}, "years: .*whole number"),
            ({"values": Panel(("A",), (2023,), {}), "years": 0}, "years: .*at least 1"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            cagr(**arguments)

    def test_more_years_than_periods_give_nan(self):
        """However many."""
        panel = Panel(("A",), (2022, 2023), {"revenue": [[1.0, 2.0]]})
        assert cagr(panel, 10**12)["revenue"].isna().all()


INCOME = (
    "revenue",
    "cost_of_revenue",
    "selling_general_administrative",
    "operating_income",
    "interest_expense",
    "pretax_income",
    "income_tax",
    "net_income",
)
BALANCE = (
    "cash_and_equivalents",
    "inventory",
    "current_assets",
    "goodwill",
    "total_assets",
    "accounts_payable",
    "current_liabilities",
    "long_term_debt",
    "total_liabilities",
    "shareholders_equity",
)


class TestCommonSize:
    def test_apple_income_in_fiscal_2023(self):
        """10-K of 2023, in millions: cost 214,137, research 29,915, selling 24,932 of net sales 383,285."""
        found = common_size(sample("AAPL")).frame.loc[("AAPL", 2023)]
        assert found["cost_of_revenue"] == pytest.approx(214137 / 383285, rel=1e-14)
        assert found["research_and_development"] == pytest.approx(29915 / 383285, rel=1e-14)
        assert found["selling_general_administrative"] == pytest.approx(24932 / 383285, rel=1e-14)
        assert found["net_income"] == pytest.approx(0.25306, abs=5e-6)
        # Operating income is 114,301 = 169,148 - 29,915 - 24,932: nothing else is in the operating expenses.
        assert found["other_operating_expenses"] == 0.0
        # Other income, net, of -565 holds an interest expense of 3,933: the rest is an income of 3,368.
        assert found["other_non_operating_expenses"] == pytest.approx(-3368 / 383285, rel=1e-14)

    def test_microsoft_balance_in_fiscal_2023(self):
        """10-K of 2023, in millions: current assets 184,257, debt 41,990 and equity 206,223 of 411,976."""
        found = common_size(sample("MSFT"), "balance").frame.loc[("MSFT", 2023)]
        assert found["current_assets"] == pytest.approx(184257 / 411976, rel=1e-14)
        assert found["long_term_debt"] == pytest.approx(0.10192, abs=5e-6)
        assert found["shareholders_equity"] == pytest.approx(0.50057, abs=5e-6)
        # 184,257 less cash 34,704, securities 76,552, receivables 48,688 and inventories 2,500.
        assert found["other_current_assets"] == pytest.approx(21813 / 411976, rel=1e-14)

    def test_filed_income_statements_sum_to_one(self):
        """Of every sample company in every year that was filed."""
        found = common_size(sample("AAPL", "MSFT", "NVDA"))
        totals = found.totals["revenue"].dropna()
        assert len(totals) >= 38
        np.testing.assert_allclose(totals, 1.0, rtol=1e-14)

    def test_a_balance_sheet_that_does_not_balance_is_told(self):
        """NVIDIA's fiscal 2016 without its temporary equity: 7,370 = 2,814 + 4,469 + 87 million."""
        items = {"total_assets": 7370.0, "total_liabilities": 2814.0, "shareholders_equity": 4469.0}
        panel = Panel(("NVDA",), (2016,), {name: [[value]] for name, value in items.items()})
        found = common_size(panel, "balance")
        assert found.totals.loc[("NVDA", 2016), "total_assets"] == 1.0
        assert found.totals.loc[("NVDA", 2016), "liabilities_and_equity"] == pytest.approx(1 - 87 / 7370)
        words = "parts are -1.18% of total_assets away from liabilities_and_equity"
        assert found.status.loc[("NVDA", 2016), "liabilities_and_equity"] == words
        mended = common_size(panel.with_values(temporary_equity=87.0), "balance")
        assert mended.status.loc[("NVDA", 2016), "liabilities_and_equity"] == "adds up"

    @given(panels(*INCOME))
    @settings(max_examples=60)
    def test_the_income_statement_sums_to_one_or_says_what_is_missing(self, panel):
        """Whatever lines are missing: the other lines take them in."""
        found = common_size(panel)
        for total, words in zip(found.totals["revenue"], found.status["revenue"], strict=True):
            assert np.isnan(total) == (words.endswith(("not known", "not above zero")))
            assert np.isnan(total) or words == "adds up"
        parts = found.frame[list(found.parts["revenue"])]
        known = found.totals["revenue"].notna()
        largest = parts.abs().max(axis=1)[known]
        gap = (parts.sum(axis=1)[known] - 1).abs()
        assert (gap <= 1e-14 * (1 + 10 * largest)).all()

    @given(panels(*BALANCE))
    @settings(max_examples=60)
    def test_assets_sum_to_one(self, panel):
        """Whatever lines are missing."""
        found = common_size(panel, "balance")
        base = panel["total_assets"].ravel()
        assert (found.totals["total_assets"].notna() == (base > 0)).all()
        largest = found.frame.abs().max(axis=1)
        assert (((found.totals["total_assets"] - 1).abs() <= 1e-14 * (1 + 10 * largest)) | ~(base > 0)).all()

    def test_without_current_subtotals_the_rest_is_in_the_other_lines(self):
        """As banks file: no current assets, no current liabilities."""
        panel = Panel(
            ("A",),
            (2023,),
            {
                "cash_and_equivalents": [[20.0]],
                "goodwill": [[5.0]],
                "total_assets": [[100.0]],
                "accounts_payable": [[30.0]],
                "total_liabilities": [[90.0]],
                "shareholders_equity": [[10.0]],
            },
        )
        found = common_size(panel, "balance")
        line = found.frame.loc[("A", 2023)]
        assert np.isnan(line["other_current_assets"])
        assert line["other_assets"] == pytest.approx(0.75)
        assert line["other_liabilities"] == pytest.approx(0.6)
        assert (found.status == "adds up").to_numpy().all()

    def test_liabilities_that_were_not_filed_are_what_is_left(self):
        """Of liabilities and equity, without temporary equity, the parent's equity and the minorities'."""
        items = {
            "total_assets": 100.0,
            "liabilities_and_equity": 100.0,
            "temporary_equity": 5.0,
            "total_equity": 45.0,
            "shareholders_equity": 40.0,
        }
        panel = Panel(("A",), (2023,), {name: [[value]] for name, value in items.items()})
        found = common_size(panel, "balance")
        line = found.frame.loc[("A", 2023)]
        assert line["total_liabilities"] == pytest.approx(0.5)
        assert line["minority_interest"] == pytest.approx(0.05)
        assert found.totals.loc[("A", 2023), "liabilities_and_equity"] == pytest.approx(1.0)

    def test_lines_that_overlap_are_told(self):
        """Cash and securities above the current assets make the other line negative."""
        items = {"cash_and_equivalents": 30.0, "short_term_investments": 30.0, "current_assets": 50.0}
        panel = Panel(
            ("A",), (2023,), {name: [[value]] for name, value in {**items, "total_assets": 100.0}.items()}
        )
        words = common_size(panel, "balance").status.loc[("A", 2023), "total_assets"]
        assert words == "adds up, but lines overlap: other_current_assets is -10.00%"

    def test_the_cash_flow_statement_sums_to_the_change_in_cash(self):
        """Apple's 10-K of 2023, in millions: 110,543 + 3,705 - 108,488 = 5,760."""
        items = {
            "revenue": 383285.0,
            "net_income": 96995.0,
            "operating_cash_flow": 110543.0,
            "capital_expenditure": 10959.0,
            "investing_cash_flow": 3705.0,
            "dividends_paid": 15025.0,
            "share_repurchases": 77550.0,
            "financing_cash_flow": -108488.0,
            "change_in_cash": 5760.0,
        }
        panel = Panel(("AAPL",), (2023,), {name: [[value]] for name, value in items.items()})
        found = common_size(panel, "cash")
        line = found.frame.loc[("AAPL", 2023)]
        assert line["capital_expenditure"] == pytest.approx(-10959 / 383285)
        assert line["other_operating_cash_flow"] == pytest.approx((110543 - 96995) / 383285)
        assert line["other_financing_cash_flow"] == pytest.approx((-108488 + 15025 + 77550) / 383285)
        assert found.totals.loc[("AAPL", 2023), "change_in_cash"] == pytest.approx(5760 / 383285, rel=1e-12)
        assert (found.status == "adds up").to_numpy().all()

    def test_cash_flows_that_do_not_explain_the_change_are_told(self):
        """A hundredth of revenue is left over."""
        items = {
            "revenue": 100.0,
            "operating_cash_flow": 10.0,
            "investing_cash_flow": -5.0,
            "financing_cash_flow": -3.0,
            "change_in_cash": 1.0,
        }
        panel = Panel(("A",), (2023,), {name: [[value]] for name, value in items.items()})
        words = common_size(panel, "cash").status.loc[("A", 2023), "change_in_cash"]
        assert words == "parts are +1.00% of revenue away from change_in_cash"

    @pytest.mark.parametrize("revenue", [0.0, -1.0, np.nan])
    def test_without_revenue_above_zero_all_is_nan(self, revenue):
        """And the status says why."""
        panel = Panel(("A",), (2023,), {"revenue": [[revenue]], "net_income": [[5.0]]})
        found = common_size(panel)
        assert found.frame.isna().to_numpy().all()
        reason = "not known" if np.isnan(revenue) else "not above zero"
        assert found.status.iloc[0, 0] == f"revenue is {reason}"

    @pytest.mark.parametrize("statement", ["income", "balance", "cash"])
    def test_companies_in_another_order_give_the_same_rows(self, statement):
        """To the last bit."""
        one = common_size(sample("AAPL", "MSFT", "NVDA"), statement)
        other = common_size(sample("NVDA", "AAPL", "MSFT"), statement)
        pd.testing.assert_frame_equal(one.frame, other.frame.loc[one.frame.index], check_exact=True)
        pd.testing.assert_frame_equal(one.status, other.status.loc[one.frame.index])

    def test_refuses_another_statement(self):
        """The message says what there is."""
        with pytest.raises(InputError, match='statement: expected "income", "balance" or "cash"'):
            common_size(Panel(("A",), (2023,), {}), "equity")
