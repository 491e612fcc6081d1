"""Residual income and economic value added: published figures, and the valuations that they restate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.dcf import dcf, project_drivers
from maos_nb.analytics.valuation import ValuationStatus, ddm, eva, residual_income
from maos_nb.errors import InputError

rates = st.floats(0.06, 0.3)
growths = st.floats(-0.05, 0.04)
books = st.floats(1.0, 1e3)
returns = st.lists(st.floats(0.0, 0.4), min_size=1, max_size=10)
payouts = st.floats(0.0, 1.0)
years = st.lists(st.tuples(st.floats(-20.0, 50.0), st.floats(-30.0, 30.0)), min_size=1, max_size=10)


def loop_residual_income(book, rates, earnings, dividends, omega):
    """Charge, discount and roll forward one year after the other."""
    value, factor, residual = book, 1.0, 0.0
    for rate, earned, paid in zip(rates, earnings, dividends, strict=True):
        factor /= 1 + rate
        residual = earned - rate * book
        value += residual * factor
        book += earned - paid
    return value + residual * omega / (1 + rates[-1] - omega) * factor


class TestPublishedResidualIncome:
    def test_bugg_properties(self):
        """CFA Institute, Equity Asset Valuation: residual income 1.40, 1.80, 3.175 on a book value of 6 is 11.15."""
        found = residual_income(
            6.0, 0.10, earnings=[2.0, 2.5, 4.0], dividends=[1.0, 1.25, 12.25], persistence=0.0
        )
        np.testing.assert_allclose(found.residual_income, [1.40, 1.80, 3.175], rtol=1e-13)
        np.testing.assert_allclose(found.book_values, [6.0, 7.0, 8.25, 0.0], atol=1e-13)
        assert found.value == pytest.approx(11.15, abs=0.005)
        assert found.value == pytest.approx(ddm([1.0, 1.25, 12.25], 0.10, exit_price=0.0).value, rel=1e-14)

    @pytest.mark.parametrize(("omega", "continuing"), [(0.6, 1.92), (0.0, 0.0), (1.0, 16.0)])
    def test_the_persistence_of_residual_income(self, omega, continuing):
        """AcadiFi's CFA example: book value 40 at a ROE of 14% and 10% continues at 1.92 with omega 0.6."""
        found = residual_income(40.0, 0.10, roe=[0.14], payout=1.0, persistence=omega)
        assert found.residual_income == pytest.approx([1.60])
        assert found.continuing_value == pytest.approx(continuing)

    def test_residual_income_that_lasts_for_ever(self):
        """AnalystNotes' CFA question: book value 50, earnings 6 and 8, no dividends, 10%; 1 and 2.4, then 2.4."""
        found = residual_income(50.0, 0.10, earnings=[6.0, 8.0], payout=0.0, persistence=1.0)
        np.testing.assert_allclose(found.residual_income, [1.0, 2.4])
        assert found.value == pytest.approx(50 + 1 / 1.1 + (2.4 + 24) / 1.21)

    def test_a_constant_return_with_everything_paid_out(self):
        """AnalystNotes' CFA question: earnings 0.95 on 7.58 at 11% are 1.06 above book value."""
        found = residual_income(7.58, 0.11, earnings=[0.95], payout=1.0, persistence=1.0)
        assert found.value - 7.58 == pytest.approx(1.06, abs=0.005)
        assert found.value == pytest.approx(0.95 / 0.11)

    def test_a_return_equal_to_its_cost_is_worth_book_value(self):
        """CFA question on Eyster: 100 at the start, earnings 10, dividends 3, cost 10%: worth 107 a year later."""
        found = residual_income(107.0, 0.10, roe=[0.10] * 4, payout=0.3, persistence=1.0)
        assert found.value == pytest.approx(107.0, rel=1e-14)
        assert found.price_to_book == pytest.approx(1.0)

    def test_a_sale_at_a_multiple_of_book_value(self):
        """Book value 30, three years of 5 earned and 2 paid, sold at 2.5 times: 39 of book value make 97.50."""
        found = residual_income(30.0, 0.11, earnings=[5.0] * 3, dividends=[2.0] * 3, exit_price_to_book=2.5)
        assert found.book_values[-1] == 39.0
        assert found.value == pytest.approx(2 / 1.11 + 2 / 1.11**2 + (2 + 97.5) / 1.11**3)


class TestResidualIncomeIsTheDividendDiscountModel:
    @given(books, rates, years, st.floats(0.0, 5.0))
    def test_for_any_accounting_with_a_sale(self, book, rate, flows, multiple):
        """Clean surplus makes book value cancel, losses and capital put in included."""
        earnings, dividends = map(np.array, zip(*flows, strict=True))
        found = residual_income(
            book, rate, earnings=earnings, dividends=dividends, exit_price_to_book=multiple
        )
        price = (book + earnings.sum() - dividends.sum()) * multiple
        # A sum of plain present values: `ddm` refuses the negative dividends that clean surplus allows.
        factors = (1 + rate) ** -np.arange(1.0, len(flows) + 1)
        expected = dividends @ factors + price * factors[-1]
        size = book + np.abs(earnings).sum() + np.abs(dividends).sum()
        assert found.value == pytest.approx(expected, abs=1e-12 * size * (1 + multiple))

    @given(books, rates, returns, payouts)
    def test_ddm_values_the_same_dividends_and_book_value_the_same(self, book, rate, roe, payout):
        """Residual income that ends is a sale at book value."""
        found = residual_income(book, rate, roe=roe, payout=payout, persistence=0.0)
        sale = ddm(found.dividends, rate, exit_price=found.book_values[-1])
        assert found.value == pytest.approx(sale.value, rel=1e-12)

    @given(books, rates, st.floats(0.05, 0.4), st.floats(0.0, 0.04), st.integers(1, 8))
    def test_in_steady_growth_it_is_gordon(self, book, rate, roe, growth, n_periods):
        """Retaining growth / ROE of the earnings lets book value, dividends and residual income grow alike."""
        payout = 1 - growth / roe
        found = residual_income(book, rate, roe=[roe] * n_periods, payout=payout, terminal_growth=growth)
        dividends = ddm(found.dividends, rate, terminal_growth=growth)
        assert found.value == pytest.approx(dividends.value, rel=1e-11)
        assert found.price_to_book == pytest.approx((roe - growth) / (rate - growth), rel=1e-11)

    @given(books, st.lists(st.tuples(rates, st.floats(0.0, 0.4)), min_size=1, max_size=8), payouts)
    def test_with_a_rate_per_year(self, book, years_, payout):
        """The charge uses the rate of its own year."""
        path, roe = zip(*years_, strict=True)
        found = residual_income(book, path, roe=roe, payout=payout, persistence=0.0)
        sale = ddm(found.dividends, path, exit_price=found.book_values[-1])
        assert found.value == pytest.approx(sale.value, rel=1e-12)


class TestResidualIncomeProperties:
    @given(
        books,
        st.lists(st.tuples(rates, st.floats(-20, 50), st.floats(0, 20)), min_size=1, max_size=9),
        payouts,
    )
    def test_against_a_plain_loop(self, book, years_, omega):
        """A rate, earnings and dividends per year, and any persistence."""
        path, earnings, dividends = zip(*years_, strict=True)
        found = residual_income(book, path, earnings=earnings, dividends=dividends, persistence=omega)
        expected = loop_residual_income(book, path, earnings, dividends, omega)
        assert found.value == pytest.approx(expected, rel=1e-10, abs=1e-9)

    @given(books, rates, returns, payouts, st.floats(0.0, 1.0))
    def test_persistence_is_growth_below_zero(self, book, rate, roe, payout, omega):
        """Omega left each year is growth of omega - 1, to the last bit."""
        fading = residual_income(book, rate, roe=roe, payout=payout, persistence=omega)
        growing = residual_income(book, rate, roe=roe, payout=payout, terminal_growth=omega - 1)
        assert fading.value == growing.value

    @given(books, rates, returns, payouts)
    def test_roe_and_earnings_say_the_same(self, book, rate, roe, payout):
        """To the last bit."""
        by_return = residual_income(book, rate, roe=roe, payout=payout, persistence=0.5)
        by_profit = residual_income(
            book, rate, earnings=by_return.earnings, dividends=by_return.dividends, persistence=0.5
        )
        assert by_profit.value == by_return.value

    @given(books, rates, returns, payouts, st.floats(0.1, 100.0))
    def test_value_scales_with_book_value(self, book, rate, roe, payout, scale):
        """Price to book does not change with the currency."""
        one = residual_income(book, rate, roe=roe, payout=payout, persistence=0.5)
        other = residual_income(book * scale, rate, roe=roe, payout=payout, persistence=0.5)
        assert other.price_to_book == pytest.approx(one.price_to_book, rel=1e-11)

    def test_a_loss_pays_no_dividend(self):
        """A payout is a share of profits."""
        found = residual_income(100.0, 0.10, earnings=[-10.0, 20.0], payout=0.5, persistence=0.0)
        assert found.dividends.tolist() == [0.0, 10.0]
        assert found.book_values.tolist() == [100.0, 90.0, 100.0]

    @settings(max_examples=30)
    @given(st.lists(st.tuples(books, rates, st.floats(0, 0.4), payouts), min_size=1, max_size=5))
    def test_arrays_equal_single_calls(self, cases):
        """To the last bit, the payout by company held for all years."""
        book, rate, roe, payout = map(np.array, zip(*cases, strict=True))
        path = roe[:, np.newaxis] * [1.0, 0.9, 0.8]
        found = residual_income(book, rate, roe=path, payout=payout[:, np.newaxis], persistence=0.6)
        for i, case in enumerate(cases):
            single = residual_income(case[0], case[1], roe=path[i], payout=case[3], persistence=0.6)
            assert found.value[i] == single.value
            np.testing.assert_array_equal(found.residual_income[i], single.residual_income)

    def test_rates_make_a_table(self):
        """Every array has the table's shape in front."""
        found = residual_income(
            10.0, [[0.08], [0.10]], roe=[0.12, 0.11], payout=0.4, persistence=[0.2, 0.5, 0.8]
        )
        assert found.value.shape == found.status.shape == (2, 3)
        assert found.book_values.shape == (2, 3, 3)
        assert found.earnings.shape == found.dividends.shape == found.residual_income.shape == (2, 3, 2)
        single = residual_income(10.0, 0.10, roe=[0.12, 0.11], payout=0.4, persistence=0.8)
        assert found.value[1, 2] == single.value

    def test_without_book_value_there_is_no_price_to_book(self):
        """NaN rather than infinity; the value itself is known."""
        found = residual_income(0.0, 0.10, earnings=[5.0], payout=1.0, persistence=1.0)
        assert found.value == pytest.approx(50.0)
        assert np.isnan(found.price_to_book)

    def test_no_answer_is_nan_with_a_status(self):
        """In arrays, by the reason."""
        found = residual_income(
            [10.0, 10.0, np.nan], [0.08, 0.03, 0.08], roe=[[0.12]], payout=0.5, terminal_growth=0.03
        )
        assert np.isnan(found.value).tolist() == [False, True, True]
        assert found.status.tolist() == ["ok", "rate_not_above_growth", "not_finite"]
        assert (
            repr(found)
            == "ResidualIncome(value=18 to 18 (3,), price_to_book=1.8 to 1.8 (3,), n_periods=1, status=2 not ok)"
        )

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"roe": None}, "roe and earnings: expected exactly one of them, got none"),
            ({"earnings": [1.0, 1.0]}, "roe and earnings: .*got roe and earnings"),
            ({"payout": None}, "payout and dividends: .*none"),
            ({"persistence": None}, "persistence and terminal_growth and exit_price_to_book: .*none"),
            ({"terminal_growth": 0.02}, "got persistence and terminal_growth"),
            ({"persistence": 1.2}, "persistence: .*between 0 and 1"),
            ({"payout": 1.2}, "payout: .*between 0 and 1"),
            ({"payout": [0.5, 0.5, 0.5]}, r"payout: .*2 period\(s\) .*as many as roe"),
            ({"payout": None, "dividends": [1.0]}, r"dividends: .*2 period\(s\).*as many as roe"),
            ({"roe": []}, "roe: .*at least 1 period"),
            ({"roe": 0.1}, "roe: .*n_periods"),
            ({"roe": [0.1, object()]}, "roe: .*object"),
            ({"cost_of_equity": [0.1, 0.1, 0.1]}, "cost_of_equity: .*path of 2 rates"),
            ({"cost_of_equity": -1.0}, "cost_of_equity: .*above -1"),
            ({"cost_of_equity": 0.0, "persistence": 1.0}, "cost_of_equity above persistence - 1"),
            ({"persistence": None, "terminal_growth": 0.1}, "cost_of_equity above terminal_growth"),
            ({"persistence": None, "exit_price_to_book": -1.0}, "exit_price_to_book: .*positive"),
            ({"book_value": "10"}, "book_value"),
        ],
    )
    def test_refuses_impossible_input(self, change, named):
        """The message names the argument."""
        usable = {
            "book_value": 10.0,
            "cost_of_equity": 0.1,
            "roe": [0.1, 0.1],
            "payout": 0.5,
            "persistence": 0.5,
        }
        with pytest.raises(InputError, match=named):
            residual_income(**(usable | change))


class TestEconomicValueAdded:
    def test_a_firm_with_five_years_of_projects(self):
        """Damodaran on Valuation, illustration 6.7: 100 in place and 10 more at the start of five years are 170.85.

        All earns 15% for ever on capital that costs 10%, so that the EVA of 5.5 grows by 0.5 a year to 7.5;
        his 170.85 is before the first 10 are spent, and those after year 5 earn what they cost.
        """
        found = eva([16.5, 18.0, 19.5, 21.0, 22.5], [10, 10, 10, 10, 0], 110.0, 0.10, terminal_growth=0.0)
        np.testing.assert_allclose(found.economic_value_added, [5.5, 6.0, 6.5, 7.0, 7.5])
        assert found.continuing_value == pytest.approx(75.0)
        assert found.enterprise_value - 10 == pytest.approx(170.85, abs=0.005)
        by_hand = 100 + 50 + sum(5 / 1.1**start for start in range(5))
        assert found.enterprise_value - 10 == pytest.approx(by_hand, rel=1e-13)

    def test_titan_cement(self):
        """Damodaran on Valuation, illustration 6.8: capital 946.9 and EVA worth 539.81, in all 2897.42.

        NOPAT 231.8 (1 - 25.47%) grows 28.54% x 19.25% a year, capital costs 6.78%. He prints rounded rates, so
        the figures agree to their third digit or fourth. After year 5 he taxes at 33% and discounts at 6.57%, which
        makes a terminal value of its own; with it the value is the sum of its parts.
        """
        growth = 0.2854 * 0.1925
        nopat = 231.8 * (1 - 0.2547) * (1 + growth) ** np.arange(1, 6)
        found = eva(nopat, 0.2854 * nopat, 946.9, 0.0678, terminal_growth=0.0341)
        assert found.present_values.sum() == pytest.approx(539.81, rel=5e-4)
        terminal = 231.8 * (1 + growth) ** 5 * 1.0341 * (1 - 0.33) * (1 - 0.5193) / (0.0657 - 0.0341)
        later = (terminal - found.invested_capital[-1]) / 1.0678**5
        assert 946.9 + found.present_values.sum() + later == pytest.approx(2897.42, rel=1e-3)

    @given(years, st.floats(0.0, 1e3), rates, growths)
    def test_it_is_the_discounted_cash_flow(self, flows, capital, wacc, growth):
        """Whatever the capital to begin with: FCFF is NOPAT less reinvestment."""
        nopat, reinvestment = map(np.array, zip(*flows, strict=True))
        found = eva(nopat, reinvestment, capital, wacc, terminal_growth=growth)
        expected = dcf(nopat - reinvestment, wacc, terminal_growth=growth)
        size = capital + np.abs(flows).sum() * (1 + 1 / (wacc - growth))
        assert found.enterprise_value == pytest.approx(expected.enterprise_value, abs=1e-12 * size)

    @given(years, st.floats(0.0, 1e3), rates, growths, st.floats(0.05, 0.5))
    def test_with_a_return_on_new_capital_it_is_the_value_driver_formula(
        self, flows, capital, wacc, growth, ronic
    ):
        """A sale of the NOPAT after the horizon at (1 - g / RONIC) / (w - g)."""
        nopat, reinvestment = map(np.array, zip(*flows, strict=True))
        found = eva(nopat, reinvestment, capital, wacc, terminal_growth=growth, return_on_new_capital=ronic)
        terminal = nopat[-1] * (1 + growth) * (1 - growth / ronic) / (wacc - growth)
        factors = (1 + wacc) ** -np.arange(1.0, len(flows) + 1)
        expected = (nopat - reinvestment) @ factors + terminal * factors[-1]
        size = capital + np.abs(flows).sum() * (2 + 2 / (wacc - growth))
        assert found.enterprise_value == pytest.approx(expected, abs=1e-12 * size)

    @given(st.floats(1.0, 1e3), rates, growths, st.lists(st.floats(0.0, 50.0), min_size=1, max_size=6))
    def test_growth_that_earns_its_cost_adds_nothing(self, capital, wacc, growth, reinvestment):
        """With RONIC equal to WACC the growth after the horizon is worth the same as none, but for its first year."""
        nopat = np.full(len(reinvestment), 0.2 * capital)
        found = eva(nopat, reinvestment, capital, wacc, terminal_growth=growth, return_on_new_capital=wacc)
        book = capital + sum(reinvestment)
        assert found.continuing_value == pytest.approx(
            nopat[-1] * (1 + growth) / wacc - book, rel=1e-9, abs=1e-9 * book
        )

    @given(st.floats(1.0, 1e3), rates, st.integers(1, 8))
    def test_a_business_that_earns_its_cost_is_worth_its_capital(self, capital, wacc, n_periods):
        """No market value is added."""
        found = eva([wacc * capital] * n_periods, [0.0] * n_periods, capital, wacc, terminal_growth=0.0)
        assert found.enterprise_value == pytest.approx(capital, rel=1e-12)
        assert found.market_value_added == pytest.approx(0.0, abs=1e-11 * capital)

    def test_it_takes_a_projection_as_it_is(self):
        """NOPAT and reinvestment from drivers, two companies, a path of WACC each."""
        plan = project_drivers([1000.0, 500.0], [0.08, 0.06, 0.04], 0.2, 0.25, sales_to_capital=2.0)
        path = [[0.10, 0.09, 0.085], [0.12, 0.11, 0.10]]
        found = eva(plan.nopat, plan.reinvestment, [400.0, 300.0], path, terminal_growth=0.02)
        expected = dcf(plan.free_cash_flow, path, terminal_growth=0.02).enterprise_value
        np.testing.assert_allclose(found.enterprise_value, expected, rtol=1e-13)
        assert found.invested_capital.shape == (2, 4)
        single = eva(plan.nopat[1], plan.reinvestment[1], 300.0, path[1], terminal_growth=0.02)
        assert found.enterprise_value[1] == single.enterprise_value
        assert single.status is ValuationStatus.OK

    def test_the_parts_add_up(self):
        """Capital and market value added make the whole."""
        found = eva([30.0, 33.0], [10.0, 12.0], 200.0, 0.09, terminal_growth=0.02)
        added = found.present_values.sum() + found.present_value_of_continuing
        assert found.market_value_added == pytest.approx(added, rel=1e-14)
        assert found.enterprise_value == 200.0 + found.market_value_added
        np.testing.assert_allclose(found.economic_value_added, [30 - 18, 33 - 18.9])
        assert repr(found) == (
            "EconomicValueAdded(enterprise_value=293.578, market_value_added=93.578, n_periods=2, status=ok)"
        )

    def test_no_answer_is_nan_with_a_status(self):
        """In arrays, by the reason."""
        found = eva([[10.0]], [2.0], [100.0, 100.0, np.nan], [0.08, 0.02, 0.08], terminal_growth=0.02)
        assert np.isnan(found.enterprise_value).tolist() == [False, True, True]
        assert found.status.tolist() == ["ok", "rate_not_above_growth", "not_finite"]

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"nopat": []}, "nopat: .*at least 1 period"),
            ({"nopat": [1.0, object()]}, "nopat: .*object"),
            ({"reinvestment": [1.0]}, r"reinvestment: .*2 period\(s\).*as many as nopat"),
            ({"invested_capital": -1.0}, "invested_capital: .*positive"),
            ({"invested_capital": [1.0, 2.0], "terminal_growth": [0.0] * 3}, r"invested_capital \(2,\)"),
            ({"wacc": [0.1, 0.1, 0.1]}, "wacc: .*path of 2 rates"),
            ({"wacc": 0.02}, "wacc above terminal_growth, got wacc 0.02"),
            ({"terminal_growth": -2.0}, "terminal_growth: .*-1"),
            ({"return_on_new_capital": 0.0}, "return_on_new_capital: .*above zero"),
        ],
    )
    def test_refuses_impossible_input(self, change, named):
        """The message names the argument."""
        usable = {"nopat": [10.0, 11.0], "reinvestment": [2.0, 2.0], "invested_capital": 100.0, "wacc": 0.08}
        with pytest.raises(InputError, match=named):
            eva(**(usable | {"terminal_growth": 0.02} | change))
