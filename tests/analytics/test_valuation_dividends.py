"""Dividend discount valuations: published figures, identities between the models, shapes and refusals."""

from __future__ import annotations

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from maos_nb.analytics.dcf import dcf
from maos_nb.analytics.valuation import (
    ValuationStatus,
    ddm,
    gordon_growth,
    h_model,
    three_stage_ddm,
    two_stage_ddm,
)
from maos_nb.errors import InputError

rates = st.floats(0.06, 0.3)
growths = st.floats(-0.05, 0.04)
early_growths = st.floats(-0.1, 0.4)
amounts = st.floats(0.01, 1e4)
dividend_rows = st.lists(amounts, min_size=1, max_size=10)


def loop_stages(dividend, rate, path, later, last_rate=None):
    """Pay, discount and add one year after the other, then capitalise what follows."""
    total, factor = 0.0, 1.0
    for growth in path:
        dividend *= 1 + growth
        factor /= 1 + rate
        total += dividend * factor
    return total + dividend * (1 + later) / ((rate if last_rate is None else last_rate) - later) * factor


class TestPublishedFigures:
    def test_con_edison_in_stable_growth(self):
        """Damodaran, lecture notes on the DDM: 2.18 growing 3% at 8.30%, December 2000, is 42.37 a share."""
        assert gordon_growth(2.18, 0.083, 0.03) == pytest.approx(42.37, abs=0.005)

    def test_con_edison_five_years_earlier(self):
        """Damodaran: 2.04 growing 5% at 6% + 0.75 x 5.5% is 41.80, and the price of 30 implies growth of 3.12%."""
        rate = 0.06 + 0.75 * 0.055
        assert gordon_growth(2.04, rate, 0.05) == pytest.approx(41.80, abs=0.005)
        # (r P - D0) / (P + D0), Gordon solved for growth; he rounds the rate to 10.13%.
        assert gordon_growth(2.04, 0.1013, (0.1013 * 30 - 2.04) / (30 + 2.04)) == pytest.approx(30.0)

    def test_procter_and_gamble_in_two_stages_with_another_payout_and_rate(self):
        """Damodaran, Investment Valuation (3rd ed.): 10.09 of dividends and 58.81 of price make 68.90 a share.

        EPS 3.82 growing 10% for 5 years at a payout of 49.74% and 8%; then 3% at a payout of 75% and 8.5%.
        """
        earnings = 3.82 * 1.10 ** np.arange(1, 6)
        found = ddm(
            earnings * 0.4974,
            0.08,
            terminal_growth=0.03,
            terminal_dividend=earnings[-1] * 1.03 * 0.75,
            terminal_cost_of_equity=0.085,
        )
        assert found.present_values.sum() == pytest.approx(10.09, abs=0.05)
        assert found.value == pytest.approx(68.90, abs=0.05)
        annuity = 3.82 * 0.4974 * 1.10 / (0.08 - 0.10) * (1 - (1.10 / 1.08) ** 5)
        price = 3.82 * 1.10**5 * 1.03 * 0.75 / 0.055
        assert found.value == pytest.approx(annuity + price / 1.08**5, rel=1e-13)

    def test_alcatel_by_the_h_model(self):
        """Damodaran, Investment Valuation: 22.91 of stable growth and 7.64 of extraordinary growth make 30.55."""
        stable = gordon_growth(0.72, 0.083, 0.05)
        assert stable == pytest.approx(22.91, abs=0.005)
        assert h_model(0.72, 0.083, 0.12, 0.05, 5.0) == pytest.approx(30.55, abs=0.005)
        assert h_model(0.72, 0.083, 0.12, 0.05, 5.0) - stable == pytest.approx(7.64, abs=0.005)

    def test_a_required_return_by_the_h_model(self):
        """CFA practice question: 2.00 growing 7%, within three years 5%, at a price of 45 requires 9.8%."""
        required = 2.0 / 45 * (1.05 + 1.5 * 0.02) + 0.05
        assert required == pytest.approx(0.098, abs=0.0005)
        assert h_model(2.0, required, 0.07, 0.05, 1.5) == pytest.approx(45.0)

    def test_the_h_model_grows_the_first_part_at_the_lasting_rate(self):
        """CFA practice question: 3.00, from 30% to 5% over 12 years at 14%, is 35 + 50 = 85.00.

        One circulating answer key says 93.33, which grows the first part at the short-term rate of 30%;
        Fuller and Hsia's formula has the lasting rate there.
        """
        assert h_model(3.0, 0.14, 0.30, 0.05, 6.0) == pytest.approx(85.0)

    def test_three_stages_of_constant_growth(self):
        """CFA practice question on R&M: 15% for 2 years, 10% for 4, then 4% at 12% is 18.864, with dividends rounded."""
        dividends = np.cumprod([1.15, 1.15, 1.10, 1.10, 1.10, 1.10])
        found = ddm(dividends, 0.12, terminal_growth=0.04)
        assert found.value == pytest.approx(18.864, abs=0.005)

    def test_three_stages_with_the_h_model_in_the_middle(self):
        """CFA practice question: 0.75 growing 12% for 3 years, down to 4% over 6, at 9%: D3 is 1.0537.

        The price of year 3 is 1.0537 (1.04 + 3 x 8%) / 5%; the same fade summed year by year is worth 3% less,
        which is what the H-model's growth at once and up front makes of it.
        """
        dividends = 0.75 * 1.12 ** np.arange(1, 4)
        assert dividends[-1] == pytest.approx(1.0537, abs=0.00005)
        found = ddm(dividends, 0.09, exit_price=h_model(dividends[-1], 0.09, 0.12, 0.04, 3.0))
        by_hand = 0.84 / 1.09 + 0.9408 / 1.09**2 + (1.053696 + 1.053696 * 1.28 / 0.05) / 1.09**3
        assert found.value == pytest.approx(by_hand, rel=1e-13)
        assert three_stage_ddm(0.75, 0.09, 0.12, 0.04, 3, 6).value == pytest.approx(0.97 * by_hand, rel=0.005)

    def test_a_liquidating_dividend(self):
        """CFA Institute, Equity Asset Valuation, Bugg Properties: 1.00, 1.25 and 12.25 at 10% are 11.15."""
        found = ddm([1.0, 1.25, 12.25], 0.10, exit_price=0.0)
        assert found.value == pytest.approx(1 / 1.1 + 1.25 / 1.21 + 12.25 / 1.331)
        assert found.value == pytest.approx(11.15, abs=0.005)
        assert found.terminal_share == 0.0

    @given(dividend_rows, rates, amounts)
    def test_a_sale_agrees_with_numpy_financial(self, dividends, rate, price):
        """numpy_financial.npv takes the first flow as today's, and the sale comes with the last dividend."""
        expected = npf.npv(rate, [0.0, *dividends[:-1], dividends[-1] + price])
        assert ddm(dividends, rate, exit_price=price).value == pytest.approx(expected, rel=1e-11)


class TestIdentities:
    @given(amounts, rates, growths, st.integers(1, 15))
    def test_two_stages_of_one_growth_are_gordon(self, dividend, rate, growth, n_periods):
        """However long the first stage is."""
        found = two_stage_ddm(dividend, rate, growth, growth, n_periods)
        assert found.value == pytest.approx(gordon_growth(dividend, rate, growth), rel=1e-11)

    @given(amounts, rates, early_growths, growths, st.integers(1, 10))
    def test_three_stages_without_a_transition_are_two(self, dividend, rate, growth, later, n_high):
        """To the last bit."""
        three = three_stage_ddm(dividend, rate, growth, later, n_high, 0)
        assert three.value == two_stage_ddm(dividend, rate, growth, later, n_high).value

    @given(amounts, rates, early_growths, growths, st.integers(1, 10))
    def test_a_transition_of_one_year_is_part_of_the_last_stage(self, dividend, rate, growth, later, n_high):
        """Its only step already grows at the lasting rate."""
        three = three_stage_ddm(dividend, rate, growth, later, n_high, 1)
        two = two_stage_ddm(dividend, rate, growth, later, n_high)
        assert three.value == pytest.approx(two.value, rel=1e-11)

    @given(amounts, rates, early_growths, growths, st.integers(1, 8))
    def test_the_two_stage_formula_in_closed_form(self, dividend, rate, growth, later, n_periods):
        """A growing annuity and a perpetuity, without any loop."""
        assume(abs(rate - growth) > 1e-3)
        ratio = (1 + growth) / (1 + rate)
        annuity = dividend * (1 + growth) / (rate - growth) * (1 - ratio**n_periods)
        expected = annuity + dividend * ratio**n_periods * (1 + later) / (rate - later)
        found = two_stage_ddm(dividend, rate, growth, later, n_periods)
        assert found.value == pytest.approx(expected, rel=1e-9)

    @given(amounts, rates, growths, st.floats(0.0, 6.0))
    def test_an_h_model_without_decline_is_gordon(self, dividend, rate, growth, half_life):
        """Growth that is at its lasting rate already has nothing to fall."""
        found = h_model(dividend, rate, growth, growth, half_life)
        assert found == pytest.approx(gordon_growth(dividend, rate, growth), rel=1e-12)

    @given(amounts, st.floats(0.08, 0.2), st.floats(-0.02, 0.04), st.floats(-0.1, 0.3), st.integers(1, 6))
    def test_the_h_model_is_close_to_the_dividends_it_approximates(
        self, dividend, rate, later, excess, half_life
    ):
        """It takes all growth above the lasting rate, H x excess in sum, as if it came at once and did not compound.

        Growth that falls in 2H - 1 steps after one full year adds up to the same H x excess. Coming later
        costs at most the discount over the mean delay, 2 H^2 / 3 years of excess; compounding adds a square.
        """
        exact = three_stage_ddm(dividend, rate, later + excess, later, 1, 2 * half_life - 1).value
        bound = abs(excess) * 2 / 3 * half_life**2 * (rate - later) + (excess * half_life) ** 2 / 2
        margin = bound * gordon_growth(dividend, rate, later)
        found = h_model(dividend, rate, later + excess, later, half_life)
        assert found == pytest.approx(exact, rel=1e-12, abs=margin)

    @given(dividend_rows, rates, growths)
    def test_a_sale_at_the_price_that_growth_is_worth_is_growth(self, dividends, rate, growth):
        """The price at the horizon is a gordon_growth of the last dividend."""
        price = gordon_growth(dividends[-1], rate, growth)
        for_ever = ddm(dividends, rate, terminal_growth=growth)
        assert for_ever.terminal_value == price
        assert ddm(dividends, rate, exit_price=price).value == for_ever.value

    @given(dividend_rows, rates, growths)
    def test_a_path_of_dividends_is_valued_as_dcf_values_free_cash_flow(self, dividends, rate, growth):
        """To the last bit, the cost of equity in place of the WACC."""
        expected = dcf(dividends, rate, terminal_growth=growth)
        found = ddm(dividends, rate, terminal_growth=growth)
        assert found.value == expected.enterprise_value
        assert found.terminal_share == expected.terminal_share

    @given(dividend_rows, rates, growths, st.floats(0.1, 100.0))
    def test_value_scales_with_the_dividends(self, dividends, rate, growth, scale):
        """In another currency the share is worth the same."""
        one = ddm(dividends, rate, terminal_growth=growth).value
        other = ddm(np.multiply(dividends, scale), rate, terminal_growth=growth).value
        assert other == pytest.approx(scale * one, rel=1e-12)

    @given(dividend_rows, rates)
    def test_a_path_of_equal_rates_equals_the_single_rate(self, dividends, rate):
        """To the last bit."""
        path = ddm(dividends, [rate] * len(dividends), terminal_growth=0.02)
        assert path.value == ddm(dividends, rate, terminal_growth=0.02).value

    @given(dividend_rows, rates, growths)
    def test_the_defaults_written_out_change_nothing(self, dividends, rate, growth):
        """The dividend after the last grows once, at the same required return."""
        plain = ddm(dividends, rate, terminal_growth=growth)
        spelt = ddm(
            dividends,
            rate,
            terminal_growth=growth,
            terminal_dividend=dividends[-1] * (1 + growth),
            terminal_cost_of_equity=rate,
        )
        assert spelt.value == plain.value


class TestAgainstAPlainLoop:
    @given(amounts, rates, early_growths, growths, st.integers(1, 6), st.integers(0, 6), st.floats(0.06, 0.2))
    def test_three_stages(self, dividend, rate, growth, later, n_high, n_transition, last_rate):
        """Growth falls in equal steps, the last of them at the lasting rate."""
        path = [growth] * n_high
        path += [growth + (later - growth) * i / n_transition for i in range(1, n_transition + 1)]
        found = three_stage_ddm(
            dividend, rate, growth, later, n_high, n_transition, terminal_cost_of_equity=last_rate
        )
        assert found.value == pytest.approx(loop_stages(dividend, rate, path, later, last_rate), rel=1e-11)

    @given(st.lists(st.tuples(amounts, rates), min_size=1, max_size=10), growths)
    def test_a_path_of_rates(self, years, growth):
        """A rate per year; the last one capitalises what follows."""
        dividends, path = zip(*years, strict=True)
        total, factor = 0.0, 1.0
        for dividend, rate in years:
            factor /= 1 + rate
            total += dividend * factor
        total += dividends[-1] * (1 + growth) / (path[-1] - growth) * factor
        assert ddm(dividends, path, terminal_growth=growth).value == pytest.approx(total, rel=1e-11)


class TestShapes:
    @settings(max_examples=30)
    @given(st.lists(st.tuples(amounts, rates, early_growths, growths), min_size=1, max_size=6))
    def test_arrays_equal_single_calls(self, cases):
        """To the last bit, for all models."""
        dividend, rate, growth, later = map(np.array, zip(*cases, strict=True))
        two = two_stage_ddm(dividend, rate, growth, later, 4)
        three = three_stage_ddm(dividend, rate, growth, later, 2, 3)
        h_values = h_model(dividend, rate, growth, later, 2.5)
        for i, case in enumerate(cases):
            assert two.value[i] == two_stage_ddm(*case, 4).value
            assert three.value[i] == three_stage_ddm(*case, 2, 3).value
            assert three.terminal_share[i] == three_stage_ddm(*case, 2, 3).terminal_share
            assert h_values[i] == h_model(*case, 2.5)

    def test_rates_down_and_growth_across_make_a_table(self):
        """Every array of the record has the table's shape, the yearly ones a last axis of years."""
        table = two_stage_ddm(1.0, [[0.08], [0.09], [0.10]], [0.05, 0.06], 0.02, 4)
        assert table.value.shape == (3, 2)
        assert (
            table.dividends.shape == table.present_values.shape == table.discount_factors.shape == (3, 2, 4)
        )
        assert table.status.shape == (3, 2)
        assert table.value[1, 0] == two_stage_ddm(1.0, 0.09, 0.05, 0.02, 4).value

    def test_companies_permuted_give_values_permuted(self):
        """One company's value depends on no other's."""
        rows = np.array([[1.0, 1.1, 1.2], [2.0, 0.0, 1.0], [5.0, 6.0, 7.0]])
        order = [2, 0, 1]
        costs = np.array([0.08, 0.10, 0.12])
        value = ddm(rows, costs, terminal_growth=0.02).value
        np.testing.assert_array_equal(
            ddm(rows[order], costs[order], terminal_growth=0.02).value, value[order]
        )

    def test_a_single_valuation_gives_floats(self):
        """And an enum for its status."""
        found = ddm([1.0, 2.0], 0.1, terminal_growth=0.02)
        assert type(found.value) is type(found.terminal_value) is type(found.terminal_share) is float
        assert found.status is ValuationStatus.OK
        assert type(gordon_growth(1.0, 0.1, 0.02)) is type(h_model(1.0, 0.1, 0.05, 0.02, 2.0)) is float

    def test_the_parts_add_up(self):
        """Present values and the terminal's make the whole."""
        found = three_stage_ddm(1.0, 0.09, 0.12, 0.03, 4, 4)
        whole = found.present_values.sum() + found.present_value_of_terminal
        assert found.value == pytest.approx(whole, rel=1e-14)
        np.testing.assert_array_equal(found.present_values, found.dividends * found.discount_factors)
        assert repr(found) == (
            "DividendDiscount(value=25.9299, terminal_share=0.668679, n_periods=8, status=ok)"
        )


class TestNoAnswer:
    def test_in_arrays_a_rate_not_above_growth_is_nan_with_a_status(self):
        """A missing figure is another case, and has its own word."""
        value, status = gordon_growth([1.0, 1.0, np.nan], [0.08, 0.03, 0.08], 0.03, return_status=True)
        np.testing.assert_allclose(value, [20.6, np.nan, np.nan])
        assert status.tolist() == ["ok", "rate_not_above_growth", "not_finite"]
        found = two_stage_ddm(1.0, [0.08, 0.03, np.nan], 0.2, 0.03, 3)
        assert np.isnan(found.value).tolist() == [False, True, True]
        assert found.status.tolist() == ["ok", "rate_not_above_growth", "not_finite"]
        assert "2 not ok" in repr(found)

    def test_a_sale_needs_no_rate_above_growth(self):
        """A rate of zero adds the dividends up."""
        assert ddm([1.0, 2.0], 0.0, exit_price=3.0).value == 6.0

    def test_high_growth_may_exceed_the_rate_while_it_ends(self):
        """Only the last stage has to grow more slowly than the required return."""
        assert two_stage_ddm(1.0, 0.08, 0.25, 0.02, 5).status == "ok"

    def test_a_share_that_stops_paying_has_no_terminal_value(self):
        """Growth of -100% ends it."""
        found = ddm([1.0, 1.0], 0.10, terminal_growth=-1.0)
        assert found.terminal_value == 0.0
        assert found.value == pytest.approx(1 / 1.1 + 1 / 1.21)

    def test_infinity_is_no_answer(self):
        """It comes back as NaN with a status."""
        found = ddm([[1.0, np.inf], [1.0, 1.0]], 0.10, terminal_growth=0.02)
        assert np.isnan(found.value).tolist() == [True, False]
        assert found.status.tolist() == ["not_finite", "ok"]

    def test_infinite_growth_that_fades_is_no_answer(self):
        """Neither is a fade of it, nor an H-model."""
        found = three_stage_ddm(1.0, 0.10, [np.inf, 0.10], 0.02, 2, 3)
        assert found.status.tolist() == ["not_finite", "ok"]
        assert np.isnan(h_model(1.0, 0.10, np.inf, 0.02, 2.0))

    def test_a_share_that_pays_nothing_is_worth_nothing(self):
        """Its terminal share is undefined."""
        found = ddm([0.0, 0.0], 0.10, terminal_growth=0.02)
        assert found.value == 0.0
        assert np.isnan(found.terminal_share)

    @pytest.mark.parametrize(
        ("call", "named"),
        [
            (lambda: gordon_growth(1.0, 0.03, 0.03), r"cost_of_equity above growth, got .* 0\.03"),
            (lambda: gordon_growth(-1.0, 0.08, 0.03), "dividend: .*positive"),
            (lambda: gordon_growth(1.0, -1.0, -1.0), "cost_of_equity: .*above -1"),
            (lambda: gordon_growth(1.0, 0.08, -1.5), "growth: .*-1"),
            (lambda: gordon_growth("1", 0.08, 0.03), "dividend: expected numbers"),
            (lambda: gordon_growth([1.0, 2.0], [0.1, 0.1, 0.1], 0.0), r"dividend \(2,\)"),
            (lambda: h_model(1.0, 0.03, 0.10, 0.04, 4), "cost_of_equity above terminal_growth"),
            (lambda: h_model(1.0, 0.08, 0.10, 0.04, -4), "half_life: .*positive"),
            (lambda: two_stage_ddm(1.0, 0.08, 0.10, 0.08, 4), "cost_of_equity above terminal_growth"),
            (lambda: two_stage_ddm(1.0, 0.08, 0.10, 0.02, 0), "n_periods: .*at least 1"),
            (lambda: two_stage_ddm(1.0, 0.08, 0.10, 0.02, 2.5), "n_periods: .*whole number"),
            (
                lambda: two_stage_ddm(1.0, 0.08, 0.10, 0.02, 4, terminal_cost_of_equity=0.01),
                "terminal_cost_of_equity above terminal_growth",
            ),
            (lambda: three_stage_ddm(1.0, 0.08, 0.10, 0.02, 0, 4), "n_high: .*at least 1"),
            (lambda: three_stage_ddm(1.0, 0.08, 0.10, 0.02, 2, -1), "n_transition: .*at least 0"),
            (lambda: ddm([], 0.08, terminal_growth=0.02), "dividends: .*at least 1 period"),
            (lambda: ddm(1.0, 0.08, terminal_growth=0.02), "dividends: .*n_periods"),
            (lambda: ddm([1.0, -1.0], 0.08, terminal_growth=0.02), r"dividends: .*-1\.0 at position \(1,\)"),
            (lambda: ddm([1.0, object()], 0.08, terminal_growth=0.02), "dividends: .*object"),
            (lambda: ddm([1.0], 0.08), "terminal_growth and exit_price: .*neither"),
            (
                lambda: ddm([1.0], 0.08, terminal_growth=0.0, exit_price=1.0),
                "terminal_growth and exit_price: .*both",
            ),
            (lambda: ddm([1.0], 0.08, exit_price=-1.0), "exit_price: .*positive"),
            (
                lambda: ddm([1.0], 0.08, exit_price=1.0, terminal_dividend=1.0),
                "exit_price and terminal_dividend: .*both",
            ),
            (
                lambda: ddm([1.0, 2.0, 3.0], [0.1, 0.1], terminal_growth=0.0),
                r"cost_of_equity: .*path of 3 rates",
            ),
        ],
    )
    def test_refuses_impossible_input(self, call, named):
        """The message names the argument, what came and what was expected."""
        with pytest.raises(InputError, match=named):
            call()
