"""Ratios of statements: filed figures by hand, what is not known, what is flagged, and the arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from panels_fundamental import broken, complete, filed, items, stacked

from maos_nb.analytics.fundamental import _ratio_program
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.ratios import LINES, RATIOS, Ratio, calculate_ratios
from maos_nb.errors import InputError

NAN = float("nan")

# From the figures in the 10-K of fiscal 2023, as an analyst would type them into a sheet.
APPLE = {
    "gross_margin": 169148 / 383285,
    "operating_margin": 114301 / 383285,
    "ebitda_margin": (114301 + 11519) / 383285,
    "net_margin": 96995 / 383285,
    "effective_tax_rate": 16741 / 113736,
    "roe": 96995 / ((50672 + 62146) / 2),
    "roa": 96995 / ((352755 + 352583) / 2),
    "roce": 114301 / ((352755 - 153982 + 352583 - 145308) / 2),
    "roic": 114301
    * (1 - 16741 / 113736)
    / ((50672 + 21110 + 98959 - 23646 - 24658 + 62146 + 15807 + 95281 - 29965 - 31590) / 2),
    "current_ratio": 143566 / 145308,
    "quick_ratio": (29965 + 31590 + 29508) / 145308,
    "cash_ratio": (29965 + 31590) / 145308,
    "debt_to_equity": (15807 + 95281) / 62146,
    "debt_to_capital": (15807 + 95281) / (15807 + 95281 + 62146),
    "net_debt_to_ebitda": (15807 + 95281 - 29965 - 31590) / (114301 + 11519),
    "interest_coverage": 114301 / 3933,
    "asset_turnover": 383285 / ((352755 + 352583) / 2),
    "inventory_turnover": 214137 / ((4946 + 6331) / 2),
    "days_sales_outstanding": (28184 + 29508) / 2 / 383285 * 365,
    "days_inventory_outstanding": (4946 + 6331) / 2 / 214137 * 365,
    "days_payables_outstanding": (64115 + 62611) / 2 / 214137 * 365,
    "cash_conversion_cycle": 365
    * ((4946 + 6331 - 64115 - 62611) / 2 / 214137 + (28184 + 29508) / 2 / 383285),
    "revenue_growth": 383285 / 394328 - 1,
    "eps_growth": 6.13 / 6.11 - 1,
    "free_cash_flow_growth": (110543 - 10959) / (122151 - 10708) - 1,
    "accrual_ratio": (96995 - 110543) / ((352755 + 352583) / 2),
    "cash_conversion": 110543 / 96995,
    "free_cash_flow_margin": (110543 - 10959) / 383285,
    "earnings_per_share": 96995 / 15812.547,
    "dividend_payout": 15025 / 96995,
    "total_payout": (15025 + 77550) / 96995,
    "sustainable_growth": 96995 / ((50672 + 62146) / 2) * (1 - 15025 / 96995),
}
MICROSOFT = {
    "gross_margin": 146052 / 211915,
    "roe": 72361 / ((166542 + 206223) / 2),
    "roa": 72361 / ((364840 + 411976) / 2),
    "roic": 88523
    * (1 - 16950 / 89311)
    / ((166542 + 2749 + 47032 - 13931 - 90818 + 206223 + 5247 + 41990 - 34704 - 76552) / 2),
    "debt_to_equity": (5247 + 41990) / 206223,
    "interest_coverage": 88523 / 1968,
    "fixed_asset_turnover": 211915 / ((74398 + 95641) / 2),
    "days_sales_outstanding": (44261 + 48688) / 2 / 211915 * 365,
    "net_income_growth": 72361 / 72738 - 1,
    "capex_to_depreciation": 28107 / 13861,
    "cash_conversion": 87582 / 72361,
    "defensive_interval": (34704 + 76552 + 48688) / (211915 - 88523 - 13861) * 365,
}


class TestFiledFigures:
    @pytest.mark.parametrize("name", APPLE)
    def test_apple_in_fiscal_2023(self, name):
        """Computed by hand from its 10-K."""
        assert calculate_ratios(filed(), name)[name][0, 1] == pytest.approx(APPLE[name], rel=1e-12)

    @pytest.mark.parametrize("name", MICROSOFT)
    def test_microsoft_in_fiscal_2023(self, name):
        """Computed by hand from its 10-K."""
        assert calculate_ratios(filed(), name)[name][1, 1] == pytest.approx(MICROSOFT[name], rel=1e-12)

    def test_at_a_price_of_apple(self):
        """At 171.21 dollars, the close of 29 September 2023, and 15,552.752 million shares of the cover page."""
        panel = filed().with_values(price=[[NAN, 171.21], [NAN, NAN]], shares_outstanding=15552.752)
        found = calculate_ratios(panel, ["pe", "ps", "pb", "ev_to_ebitda", "free_cash_flow_yield", "peg"])
        value = 171.21 * 15552.752
        expected = {
            "pe": 171.21 / 6.13,
            "ps": value / 383285,
            "pb": value / 62146,
            "ev_to_ebitda": (value + 15807 + 95281 - 29965 - 31590) / (114301 + 11519),
            "free_cash_flow_yield": (110543 - 10959) / value,
            "peg": 171.21 / 6.13 / (100 * (6.13 / 6.11 - 1)),
        }
        assert {name: found[name][0, 1] for name in expected} == pytest.approx(expected, rel=1e-12)

    def test_a_market_value_stands_in_for_the_price_and_the_other_way_round(self):
        """Whichever was given, over or times the shares outstanding; both are never asked for."""
        bare = filed().with_values(shares_outstanding=15552.752)
        by_price = calculate_ratios(bare.with_values(price=171.21), ["pe", "ps"])
        by_value = calculate_ratios(bare.with_values(market_cap=171.21 * 15552.752), ["pe", "ps"])
        np.testing.assert_allclose(stacked(by_price), stacked(by_value), rtol=1e-14)


class TestBalances:
    def test_the_begin_and_the_end_are_on_request(self):
        """Excel: =96995/50672 and =96995/62146."""
        begin, end = (calculate_ratios(filed(), "roe", balance=word)["roe"][0] for word in ("begin", "end"))
        np.testing.assert_allclose(begin, [np.nan, 96995 / 50672])
        np.testing.assert_allclose(end, [99803 / 50672, 96995 / 62146])

    def test_an_average_needs_both_balances(self):
        """The first year has none before it, and is not taken for the whole."""
        assert np.isnan(calculate_ratios(filed(), "roa")["roa"][:, 0]).all()

    def test_dupont_multiplies_to_the_return_on_equity(self):
        """Tax burden, interest burden, margin, turnover and multiplier, of averages."""
        names = ("tax_burden", "interest_burden", "operating_margin", "asset_turnover", "equity_multiplier")
        found = calculate_ratios(complete(), [*names, "roe"])
        np.testing.assert_allclose(np.prod(stacked(found)[:5], axis=0), found["roe"], rtol=1e-13)

    def test_quarters_are_compared_with_the_quarter_of_the_year_before(self):
        """Growth and averages look four places back."""
        revenue = np.array([[10.0, 20.0, 30.0, 40.0, 15.0]])
        panel = Panel(
            ("A",),
            ("2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1"),
            {"revenue": revenue, "total_assets": 10 * revenue},
            4,
        )
        found = calculate_ratios(panel, ["revenue_growth", "asset_turnover"])
        np.testing.assert_allclose(stacked(found)[:, 0, :4], np.nan)
        np.testing.assert_allclose(stacked(found)[:, 0, 4], [0.5, 15 / 125])

    def test_trailing_twelve_months_give_the_ratios_of_the_year(self):
        """Sums of four quarters over balances a year apart, at the end of a fiscal year."""
        year = filed()
        quarters = tuple(f"{place}Q{quarter}" for place in (2022, 2023) for quarter in (1, 2, 3, 4))
        values = {name: np.full((2, 8), np.nan) for name in items(year)}
        for name, array in items(year).items():
            values[name][:, 3::4] = array
        found = calculate_ratios(Panel(year.tickers, quarters, values, 4, flow_days=365))
        np.testing.assert_array_equal(stacked(found)[:, :, 3::4], stacked(calculate_ratios(year)))

    def test_days_follow_the_days_that_flows_cover(self):
        """A quarter of 91.25 days gives a quarter of the days of a year."""
        year, quarter = (calculate_ratios(filed(), "operating_cycle", days=days) for days in (365, 91.25))
        np.testing.assert_allclose(stacked(quarter), stacked(year) / 4)

    def test_a_panel_of_quarters_knows_how_long_they_are(self):
        """The days of a cycle come out the same whether two months of sales are owed of a quarter or of a year."""
        quarters = {"receivables": [[30.0] * 8], "revenue": [[45.0] * 8]}
        panel = Panel(
            ("A",), tuple(f"{year}Q{n}" for year in (2022, 2023) for n in (1, 2, 3, 4)), quarters, 4
        )
        assert calculate_ratios(panel, "days_sales_outstanding")["days_sales_outstanding"][0, -1] == (
            pytest.approx(30 / 180 * 365)
        )


class TestNotKnown:
    def test_a_missing_input_gives_nan_there_and_is_counted(self):
        """The other company and the other ratios keep their values."""
        panel = filed()
        equity = panel["shareholders_equity"].copy()
        equity[0, 0] = np.nan
        found = calculate_ratios(panel.with_values(shareholders_equity=equity), ["roe", "roa"])
        assert np.isnan(found["roe"][:, 1]).tolist() == [True, False]
        assert np.isfinite(found["roa"][:, 1]).all()
        assert found.n_inputs["roe"] == 3
        assert found.n_available["roe"].tolist() == [1, 2, 2, 3]

    def test_an_item_that_nobody_knows_is_not_known(self):
        """It is NaN with a count of what is there, and no error."""
        found = calculate_ratios(Panel(("A",), (2023,), {"revenue": [[1.0]]}), "gross_margin")
        assert np.isnan(found["gross_margin"]).all()
        assert found.n_available["gross_margin"].tolist() == [1]
        assert found.n_inputs["gross_margin"] == 2

    def test_what_is_known_is_summed_and_the_gap_shows_in_the_count(self):
        """Debt is the long-term debt where no short-term debt was filed; with neither it is not known."""
        values = {"short_term_debt": [[NAN, 2.0, NAN]], "long_term_debt": [[3.0, 3.0, NAN]]}
        found = calculate_ratios(Panel(("A",), (2021, 2022, 2023), values), "total_debt")
        np.testing.assert_array_equal(found["total_debt"], [[3.0, 5.0, NAN]])
        assert found.n_available["total_debt"].tolist() == [1, 2, 0]

    def test_an_infinite_figure_is_not_known(self):
        """It is neither counted nor compared."""
        panel = Panel(("A",), (2023,), {"revenue": [[np.inf]], "net_income": [[1.0]]})
        found = calculate_ratios(panel, "net_margin")
        assert np.isnan(found["net_margin"]).all()
        assert found.n_available["net_margin"].tolist() == [1]

    def test_a_quotient_too_great_for_a_float_is_not_known(self):
        """1e300 over 1e-300, without a warning."""
        panel = Panel(("A",), (2023,), {"revenue": [[1e-300]], "net_income": [[1e300]]})
        assert np.isnan(calculate_ratios(panel, "net_margin")["net_margin"]).all()

    def test_whatever_is_not_known_no_value_comes_of_nothing(self):
        """A panel without a single figure gives no ratio and no available input."""
        found = calculate_ratios(Panel(("A",), (2022, 2023), {}), [*RATIOS, *LINES])
        assert np.isnan(stacked(found)).all()
        assert not found.available.any()
        assert not found.negative.any()


class TestDenominators:
    def test_zero_gives_nan_without_a_warning_or_a_flag(self):
        """Coverage of a company that pays no interest is not infinite."""
        panel = Panel(("A",), (2023,), {"operating_income": [[5.0]], "interest_expense": [[0.0]]})
        found = calculate_ratios(panel, "interest_coverage")
        assert np.isnan(found["interest_coverage"]).all()
        assert found.n_available["interest_coverage"].tolist() == [2]
        assert not found.negative.any()

    def test_negative_equity_gives_the_value_and_a_flag(self):
        """A profit on negative equity is a negative return, a loss a positive one: neither compares."""
        values = {"net_income": [[5.0], [-5.0], [5.0]], "shareholders_equity": [[-10.0], [-10.0], [10.0]]}
        found = calculate_ratios(Panel(("A", "B", "C"), (2023,), values), "roe", balance="end")
        np.testing.assert_array_equal(found["roe"][:, 0], [-0.5, 0.5, 0.5])
        assert found.negative_denominator["roe"].tolist() == [True, True, False]

    def test_what_is_divided_where_it_is_known_to_be_positive_is_not_flagged(self):
        """But it is where the other branch divides by it."""
        panel = Panel(("A",), (2023,), {"revenue": [[-2.0]], "net_income": [[1.0]]})
        guarded = Ratio("guarded", "where_positive(revenue, net_income / revenue, 0)")
        turned = Ratio("turned", "where_positive(revenue, 0, net_income / revenue)")
        found = calculate_ratios(panel, [guarded, turned])
        assert [found["guarded"][0, 0], found["turned"][0, 0]] == [0.0, -0.5]
        assert found.negative[:, 0, 0].tolist() == [False, True]

    def test_the_flag_follows_into_what_is_made_of_the_ratio(self):
        """Sustainable growth of a company with negative equity."""
        values = {"net_income": [[5.0]], "shareholders_equity": [[-10.0]], "dividends_paid": [[1.0]]}
        found = calculate_ratios(Panel(("A",), (2023,), values), "sustainable_growth", balance="end")
        assert found["sustainable_growth"][0, 0] == pytest.approx(-0.4)
        assert found.negative.all()

    @pytest.mark.parametrize(("base", "flagged"), [(-2.0, True), (0.0, False)])
    def test_growth_from_nothing_or_less_is_not_known(self, base, flagged):
        """From -2 to 3 the quotient would say -250%; the negative base is flagged, zero is not."""
        found = calculate_ratios(
            Panel(("A",), (2022, 2023), {"net_income": [[base, 3.0]]}), "net_income_growth"
        )
        assert np.isnan(found["net_income_growth"]).all()
        assert found.negative[0, 0].tolist() == [False, flagged]

    def test_a_fall_into_a_loss_is_a_growth_below_minus_one(self):
        """From 2 to -3 is -250%."""
        found = calculate_ratios(
            Panel(("A",), (2022, 2023), {"net_income": [[2.0, -3.0]]}), "net_income_growth"
        )
        assert found["net_income_growth"][0, 1] == -2.5

    @pytest.mark.parametrize(
        ("pretax", "tax", "rate"),
        [(100.0, 25.0, 0.25), (100.0, 90.0, 0.5), (100.0, -10.0, 0.0), (-100.0, -25.0, 0.0), (0.0, 5.0, 0.0)],
    )
    def test_the_tax_rate_of_returns_is_held_between_nothing_and_a_half(self, pretax, tax, rate):
        """None on a loss or on a refund; a loss before taxes is no negative denominator of the return."""
        values = {"pretax_income": [[pretax]], "income_tax": [[tax]], "operating_income": [[80.0]]}
        found = calculate_ratios(Panel(("A",), (2023,), values), ["tax_rate", "nopat"])
        assert found["tax_rate"][0, 0] == rate
        assert found["nopat"][0, 0] == 80.0 * (1 - rate)
        assert not found.negative.any()


class TestArrays:
    def test_companies_in_another_order_give_their_ratios_in_that_order(self):
        """No company sees another."""
        panel = broken(7, 5)
        order = [3, 0, 4, 2, 1]
        turned = Panel(
            tuple(panel.tickers[place] for place in order),
            panel.periods,
            {name: array[order] for name, array in items(panel).items()},
        )
        np.testing.assert_array_equal(
            stacked(calculate_ratios(turned)), stacked(calculate_ratios(panel))[:, order]
        )

    def test_later_years_change_nothing_before_them(self):
        """The first four years alone give the first four years."""
        panel = broken(8, 3)
        start = Panel(
            panel.tickers, panel.periods[:4], {name: array[:, :4] for name, array in items(panel).items()}
        )
        np.testing.assert_array_equal(
            stacked(calculate_ratios(start)), stacked(calculate_ratios(panel))[:, :, :4]
        )

    def test_a_few_companies_at_a_time_give_the_same(self, monkeypatch):
        """Values, counts and flags, in chunks of one company and of two."""
        panel = broken(9, 5)
        whole = calculate_ratios(panel)
        for chunk in (1, 12):
            monkeypatch.setattr(_ratio_program, "CHUNK", chunk)
            parts = calculate_ratios(panel)
            for name in ("frame", "n_available", "negative_denominator"):
                pd.testing.assert_frame_equal(getattr(parts, name), getattr(whole, name))

    def test_a_ratio_alone_equals_the_same_among_all(self):
        """To the last bit."""
        panel = broken(10)
        found = calculate_ratios(panel)
        for name in ("roic", "peg", "cash_conversion_cycle", "tobin_q"):
            np.testing.assert_array_equal(calculate_ratios(panel, name)[name], found[name])


class TestRecord:
    def test_frames_have_a_row_for_each_company_and_period(self):
        """Labelled by ticker and fiscal year, a column a ratio."""
        found = calculate_ratios(filed(), ["roe", "roa"])
        for frame in (found.frame, found.n_available, found.negative_denominator):
            assert list(frame.columns) == ["roe", "roa"]
            assert frame.index.names == ["ticker", "fiscal_year"]
            assert frame.index.tolist() == [("AAPL", 2022), ("AAPL", 2023), ("MSFT", 2022), ("MSFT", 2023)]
        assert found.frame.loc[("MSFT", 2023), "roa"] == found["roa"][1, 1]
        assert set(found.negative_denominator.dtypes) == {np.dtype(bool)}

    def test_the_frame_shows_the_arrays_without_a_copy(self):
        """And cannot be used to change them; a copy of it can be written to."""
        found = calculate_ratios(filed(), ["roe", "roa"])
        assert np.shares_memory(found.frame["roa"].to_numpy(), found["roa"])
        with pytest.raises(ValueError, match="read-only"):
            found["roe"][0, 0] = 1.0
        copied = found.frame.copy()
        copied.loc[("AAPL", 2023), "roe"] = 0.0
        assert found["roe"][0, 1] == pytest.approx(APPLE["roe"])

    def test_is_short_when_shown(self):
        """How many ratios, companies and periods, and how much is known."""
        shown = repr(calculate_ratios(filed(), ["roe", "roa"]))
        assert shown == "<Ratios 2 of 2 companies x 2 periods, 4 of 8 known, 0 with a negative denominator>"

    def test_a_table_of_items_will_do_for_a_panel(self):
        """As `as_panel` takes it."""
        rows = pd.DataFrame({"net_income": [1.0, 2.0], "revenue": [10.0, 10.0]}, index=pd.Index([2022, 2023]))
        assert calculate_ratios(rows, "net_margin")["net_margin"].tolist() == [[0.1, 0.2]]

    def test_names_are_kept_in_their_order_and_once(self):
        """Ratios, lines and items alike."""
        found = calculate_ratios(filed(), ["roe", "free_cash_flow", "revenue", "roe"])
        assert found.names == ("roe", "free_cash_flow", "revenue")
        np.testing.assert_array_equal(found["revenue"], filed()["revenue"])

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"names": "return_on_equity"}, "names: there is no 'return_on_equity'.*return_on_common_equity"),
            ({"names": []}, "names: expected at least one"),
            ({"names": [1]}, "names: .*int"),
            ({"names": 1}, "names: .*int"),
            ({"balance": "mean"}, 'balance: expected "average", "begin" or "end", got \'mean\''),
            ({"days": 0}, "days: .*above zero"),
            ({"days": [1.0, 2.0]}, r"days: .*shape \(2,\)"),
            ({"days": "year"}, "days"),
            ({"panel": 3}, "panel: .*int"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            calculate_ratios(**{"panel": filed(), **arguments})

    def test_a_ratio_that_was_not_computed_is_not_there(self):
        """The message says what is."""
        with pytest.raises(InputError, match=r"no 'roa' here\. Here: roe"):
            calculate_ratios(filed(), "roe")["roa"]

    def test_every_field_is_a_metric_of_its_own(self):
        """A line of the same name fills its gaps and changes nothing that was filed."""
        panel = complete()
        found = calculate_ratios(panel, list(FIELDS))
        for name in FIELDS:
            np.testing.assert_array_equal(found[name], panel[name])
