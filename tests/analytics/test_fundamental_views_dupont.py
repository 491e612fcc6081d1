"""Return on equity as a product of factors, and its change divided among them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maos_nb.analytics.fundamental._dupont import dupont, dupont_change
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.ratios import calculate_ratios
from maos_nb.data.sample_source import SampleSource
from maos_nb.errors import InputError

ITEMS = ("revenue", "operating_income", "pretax_income", "net_income", "total_assets", "shareholders_equity")
FACTORS = {
    3: ["net_margin", "asset_turnover", "equity_multiplier"],
    5: ["tax_burden", "interest_burden", "operating_margin", "asset_turnover", "equity_multiplier"],
}
whole = st.integers(-10_000, 10_000).map(float)
amounts = st.one_of(whole, st.just(np.nan))
balances = st.sampled_from(["average", "begin", "end"])
steps_of = st.sampled_from([3, 5])


@st.composite
def panels(draw, elements=amounts):
    """Draw panels of 1 to 3 companies over 1 to 5 years."""
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 5)))
    held = {name: draw(hnp.arrays(float, shape, elements=elements)) for name in ITEMS}
    return Panel(tuple("ABC"[: shape[0]]), tuple(range(2000, 2000 + shape[1])), held)


def sample(*tickers):
    """Give the filed statements of sample companies as one panel."""
    source = SampleSource()
    frame = pd.concat({ticker: source.statements(ticker).frame for ticker in tickers})
    return Panel.from_frame(frame[[name for name in frame.columns if name in FIELDS]])


def one_company(**items):
    """Give a panel of one company with the figures of each item by year."""
    length = len(next(iter(items.values())))
    return Panel(("A",), tuple(range(2000, 2000 + length)), {name: [row] for name, row in items.items()})


class TestDupont:
    def test_apple_in_fiscal_2023(self):
        """10-K of 2023: income 96,995 of sales 383,285; assets 352,755 and 352,583, equity 50,672 and 62,146."""
        found = dupont(sample("AAPL"), 3).loc[("AAPL", 2023)]
        assets, equity = (352755 + 352583) / 2, (50672 + 62146) / 2
        assert found["net_margin"] == pytest.approx(96995 / 383285, rel=1e-14)
        assert found["asset_turnover"] == pytest.approx(383285 / assets, rel=1e-14)
        assert found["equity_multiplier"] == pytest.approx(assets / equity, rel=1e-14)
        assert found["roe"] == pytest.approx(1.719495, abs=5e-7)

    def test_microsoft_in_fiscal_2023_in_five_steps(self):
        """10-K of 2023, in millions: 72,361 of 89,311 before tax, operating income 88,523, revenue 211,915."""
        found = dupont(sample("MSFT"), 5, balance="end").loc[("MSFT", 2023)]
        assert found["tax_burden"] == pytest.approx(72361 / 89311, rel=1e-14)
        assert found["interest_burden"] == pytest.approx(89311 / 88523, rel=1e-14)
        assert found["operating_margin"] == pytest.approx(88523 / 211915, rel=1e-14)
        assert found["asset_turnover"] == pytest.approx(211915 / 411976, rel=1e-14)
        assert found["equity_multiplier"] == pytest.approx(411976 / 206223, rel=1e-14)
        assert found["roe"] == pytest.approx(72361 / 206223, rel=1e-14)

    @given(panels(), steps_of, balances)
    @settings(max_examples=80)
    def test_the_product_is_the_return_on_equity(self, panel, steps, balance):
        """Wherever every factor is known, whatever the signs."""
        found = dupont(panel, steps, balance=balance)
        assert found.columns.tolist() == [*FACTORS[steps], "roe"]
        product = found[FACTORS[steps]].prod(axis=1, skipna=False)
        known = product.notna()
        np.testing.assert_allclose(product[known], found["roe"][known], rtol=1e-14)

    @given(panels(), balances)
    @settings(max_examples=60)
    def test_equals_a_plain_loop(self, panel, balance):
        """Company by company and year by year."""
        found = dupont(panel, 3, balance=balance)["roe"]
        for row, ticker in enumerate(panel.tickers):
            for place, period in enumerate(panel.periods):
                equity = panel["shareholders_equity"][row]
                before = equity[place - 1] if place else np.nan
                base = {"average": (equity[place] + before) / 2, "begin": before, "end": equity[place]}[
                    balance
                ]
                income = panel["net_income"][row, place]
                expected = income / base if base != 0 else np.nan
                np.testing.assert_equal(float(found[(ticker, period)]), float(expected))

    @given(panels(), balances)
    @settings(max_examples=30)
    def test_factors_are_the_ratios_of_the_same_names(self, panel, balance):
        """Two ways to the same figures."""
        found = dupont(panel, 5, balance=balance)
        table = calculate_ratios(panel, [*FACTORS[5], "roe"], balance=balance)
        pd.testing.assert_frame_equal(found, table.frame, rtol=1e-14)

    def test_five_steps_refine_three(self):
        """Tax burden, interest burden and operating margin are the net margin."""
        panel = sample("AAPL", "MSFT", "NVDA")
        three, five = dupont(panel, 3), dupont(panel, 5)
        margin = five[["tax_burden", "interest_burden", "operating_margin"]].prod(axis=1, skipna=False)
        np.testing.assert_allclose(margin, three["net_margin"], rtol=1e-14)

    def test_companies_in_another_order_give_the_same_rows(self):
        """To the last bit."""
        one, other = dupont(sample("AAPL", "NVDA")), dupont(sample("NVDA", "AAPL"))
        pd.testing.assert_frame_equal(one, other.loc[one.index], check_exact=True)

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({}, "ok"),
            ({"net_income": np.nan}, "not_known"),
            ({"total_assets": np.inf}, "not_known"),
            ({"pretax_income": 0.0}, "zero_denominator"),
            ({"shareholders_equity": 0.0}, "zero_denominator"),
            ({"shareholders_equity": -5.0}, "negative_equity"),
            ({"shareholders_equity": -5.0, "pretax_income": -5.0}, "negative_equity"),
            ({"pretax_income": -5.0, "net_income": -6.0}, "negative_denominator"),
        ],
    )
    def test_the_status_says_what_to_think_of_it(self, changes, status):
        """The first that applies."""
        items = dict(zip(ITEMS, (100.0, 20.0, 18.0, 12.0, 200.0, 80.0), strict=True)) | changes
        panel = one_company(**{name: [value] for name, value in items.items()})
        assert dupont(panel, balance="end", return_status=True)[1].tolist() == [status]

    def test_negative_equity_is_computed_and_flagged(self):
        """As all ratios with a negative denominator; a loss then looks like a profit."""
        panel = one_company(
            revenue=[100.0], net_income=[-10.0], total_assets=[50.0], shareholders_equity=[-20.0]
        )
        found, status = dupont(panel, 3, balance="end", return_status=True)
        assert found["roe"].tolist() == [0.5]
        assert status.tolist() == ["negative_equity"]

    def test_zero_equity_leaves_the_other_factors(self):
        """The multiplier and the return are NaN."""
        panel = one_company(
            revenue=[100.0], net_income=[10.0], total_assets=[50.0], shareholders_equity=[0.0]
        )
        found = dupont(panel, 3, balance="end")
        np.testing.assert_array_equal(found.to_numpy(), [[0.1, 2.0, np.nan, np.nan]])

    def test_a_single_year_needs_balances_at_its_end(self):
        """There is no average of one."""
        panel = one_company(
            revenue=[100.0], net_income=[10.0], total_assets=[50.0], shareholders_equity=[25.0]
        )
        assert dupont(panel, 3)["roe"].isna().all()
        assert dupont(panel, 3, balance="end")["roe"].tolist() == [0.4]

    def test_an_empty_panel_is_all_nan(self):
        """No item is known."""
        found, status = dupont(Panel(("A",), (2023,), {}), return_status=True)
        assert found.isna().to_numpy().all()
        assert status.tolist() == ["not_known"]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"steps": 4}, "steps: expected 3 or 5, got 4"),
            ({"steps": True}, "steps"),
            ({"steps": "5"}, "steps"),
            ({"balance": "mean"}, 'balance: expected "average", "begin" or "end"'),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            dupont(Panel(("A",), (2023,), {}), **arguments)


class TestDupontChange:
    @given(panels(st.integers(1, 10_000).map(float)), steps_of, balances, st.sampled_from(["log", "shapley"]))
    @settings(max_examples=80)
    def test_the_parts_add_up_to_the_change(self, panel, steps, balance, method):
        """Up to rounding, which grows with the largest part."""
        found = dupont_change(panel, steps, balance=balance, method=method)
        parts = found[FACTORS[steps]]
        change = found["roe"] - found["roe_before"]
        assert (parts.notna().all(axis=1) == change.notna()).all()
        scale = parts.abs().max(axis=1) + found[["roe", "roe_before"]].max(axis=1)
        gap = (parts.sum(axis=1, skipna=False) - change).abs() / scale
        assert (gap.dropna() <= 1e-13).all()

    @given(panels(), balances)
    @settings(max_examples=60)
    def test_shapley_adds_up_whatever_the_signs(self, panel, balance):
        """After losses and with negative equity too."""
        found = dupont_change(panel, 5, balance=balance, method="shapley")
        parts = found[FACTORS[5]].dropna()
        change = (found["roe"] - found["roe_before"]).loc[parts.index]
        scale = 1e-12 * (
            parts.abs().sum(axis=1) + found.loc[parts.index, ["roe", "roe_before"]].abs().sum(axis=1)
        )
        assert ((parts.sum(axis=1) - change).abs() <= scale + 1e-300).all()

    def test_log_parts_are_the_logarithmic_mean_times_the_logarithm(self):
        """Ang's (2004) formula written out for Apple's fiscal 2023."""
        panel = sample("AAPL")
        now, before = (dupont(panel, 3).loc[("AAPL", year)] for year in (2023, 2022))
        mean = (now["roe"] - before["roe"]) / np.log(now["roe"] / before["roe"])
        found = dupont_change(panel, 3).loc[("AAPL", 2023)]
        for name in FACTORS[3]:
            assert found[name] == pytest.approx(mean * np.log(now[name] / before[name]), rel=1e-9)

    def test_log_parts_do_not_depend_on_the_grouping(self):
        """The margin's part in three steps is the sum of its three parts in five."""
        three, five = dupont_change(sample("AAPL", "NVDA"), 3), dupont_change(sample("AAPL", "NVDA"), 5)
        margin = five[FACTORS[5][:3]].sum(axis=1, skipna=False)
        both = margin.notna()
        assert both.sum() > 20
        np.testing.assert_allclose(margin[both], three["net_margin"][both], rtol=1e-9, atol=1e-15)

    def test_shapley_parts_are_the_mean_over_all_orders(self):
        """A plain loop over the 120 orders in which five factors may change."""
        panel = sample("MSFT")
        now, before = (dupont(panel).loc[("MSFT", year), FACTORS[5]].to_numpy() for year in (2023, 2022))
        expected = np.zeros(5)
        for order in permutations(range(5)):
            at = before.copy()
            for place in order:
                start = at.prod()
                at[place] = now[place]
                expected[place] += (at.prod() - start) / 120
        found = dupont_change(panel, method="shapley").loc[("MSFT", 2023), FACTORS[5]]
        np.testing.assert_allclose(found.to_numpy(), expected, rtol=1e-10)

    def test_nothing_changes(self):
        """Every part is zero, and the logarithmic mean does not divide by zero."""
        items = dict(zip(ITEMS, (100.0, 20.0, 18.0, 12.0, 200.0, 80.0), strict=True))
        panel = one_company(**{name: [value, value] for name, value in items.items()})
        found = dupont_change(panel, balance="end").loc[("A", 2001)]
        assert found[FACTORS[5]].tolist() == [0.0] * 5

    def test_log_parts_of_a_loss_are_not_known(self):
        """A logarithm needs factors above zero; Shapley's parts do not."""
        panel = one_company(
            revenue=[100.0, 100.0],
            net_income=[10.0, -10.0],
            total_assets=[50.0, 50.0],
            shareholders_equity=[25.0, 25.0],
        )
        log = dupont_change(panel, 3, balance="end").loc[("A", 2001)]
        shapley = dupont_change(panel, 3, balance="end", method="shapley").loc[("A", 2001)]
        assert log[FACTORS[3]].isna().all()
        np.testing.assert_allclose(shapley[FACTORS[3]], [-0.8, 0.0, 0.0], atol=1e-15)
        assert log[["roe_before", "roe"]].tolist() == [0.4, -0.4]

    def test_years_say_which_periods_are_compared(self):
        """Two years add up where one year and one year do not have the same parts, only the same change."""
        panel = sample("AAPL")
        one, two = dupont_change(panel), dupont_change(panel, years=2)
        assert two.loc[("AAPL", 2023), "roe_before"] == one.loc[("AAPL", 2022), "roe_before"]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"method": "lmdi"}, 'method: expected "log" or "shapley"'),
            ({"years": 0}, "years: .*at least 1"),
            ({"years": 1.5}, "years: .*whole number"),
            ({"steps": 2}, "steps"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            dupont_change(Panel(("A",), (2023,), {}), **arguments)
