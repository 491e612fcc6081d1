"""Whether the figures of a statement agree with each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.quality import quality_checks
from maos_nb.data.sample_source import SampleSource
from maos_nb.errors import InputError

MILLION = 1e6
# Apple's 10-K of 2023, in millions of dollars and of shares: fiscal 2022 and 2023.
APPLE = {
    "revenue": (394328, 383285),
    "cost_of_revenue": (223546, 214137),
    "gross_profit": (170782, 169148),
    "net_income": (99803, 96995),
    "basic_shares": (16215.963, 15744.231),
    "diluted_shares": (16325.819, 15812.547),
    "operating_cash_flow": (122151, 110543),
    "investing_cash_flow": (-22354, 3705),
    "financing_cash_flow": (-110749, -108488),
    "change_in_cash": (-10952, 5760),
    "cash_and_equivalents": (23646, 29965),
    "cash_and_restricted_cash": (24977, 30737),
    "total_assets": (352755, 352583),
    "total_liabilities": (302083, 290437),
    "shareholders_equity": (50672, 62146),
    "liabilities_and_equity": (352755, 352583),
}
KNOWN = {
    "balance_sheet",
    "liabilities_and_equity",
    "gross_profit",
    "cash_roll",
    "cash_flows",
    "basic_eps",
    "diluted_eps",
}


def apple(**changes):
    """Give Apple's fiscal 2022 and 2023 as filed, in dollars, with some figures of 2023 changed by millions."""
    held = {name: [value * MILLION for value in row] for name, row in APPLE.items()}
    for name, change in changes.items():
        held[name][1] += change * MILLION
    eps = {"basic_eps": [6.15, 6.16], "diluted_eps": [6.11, 6.13]}
    return Panel(("AAPL",), (2022, 2023), {name: [row] for name, row in {**held, **eps}.items()})


def one(panel, check, ticker="A", period=2023):
    """Give the row of a check."""
    return quality_checks(panel).frame.loc[(ticker, period, check)]


def company(**items):
    """Give a panel of one company and year."""
    return Panel(("A",), (2023,), {name: [[value]] for name, value in items.items()})


class TestFiledStatements:
    def test_apple_agrees_with_itself(self):
        """10-K of 2023: all that can be tried holds, the cash roll with restricted cash from the second year on."""
        frame = quality_checks(apple()).frame
        status = frame["status"].xs(2023, level="fiscal_year").droplevel("ticker")
        assert set(status.index[status == "ok"]) == KNOWN
        assert (status[~status.index.isin(KNOWN)] == "not known").all()
        assert frame.loc[("AAPL", 2022, "cash_roll"), "status"] == "not known"
        words = "cash_and_restricted_cash = cash_and_restricted_cash before + change_in_cash"
        assert frame.loc[("AAPL", 2023, "cash_roll"), "words"] == words

    @pytest.mark.parametrize(
        ("item", "fails"),
        [
            ("gross_profit", {"gross_profit"}),
            ("cost_of_revenue", {"gross_profit"}),
            ("total_liabilities", {"balance_sheet"}),
            ("total_assets", {"balance_sheet", "liabilities_and_equity"}),
            ("investing_cash_flow", {"cash_flows"}),
            ("change_in_cash", {"cash_flows"}),
            ("cash_and_restricted_cash", {"cash_roll"}),
            ("net_income", {"basic_eps", "diluted_eps"}),
        ],
    )
    def test_one_wrong_figure_fails_where_it_is_used(self, item, fails):
        """Too much by 500 million, give or take half a cent a share; only in its year."""
        failures = quality_checks(apple(**{item: 500.0})).failures
        assert set(failures.index) == {("AAPL", 2023, check) for check in fails}
        np.testing.assert_allclose(failures["difference"].abs(), 500 * MILLION, rtol=0, atol=80 * MILLION)

    def test_the_words_say_which_identity_fails_and_by_how_much(self):
        """With the figures on both sides."""
        row = one(apple(gross_profit=1000.0), "gross_profit", "AAPL")
        assert row["words"] == (
            "gross_profit 170,148,000,000 is not revenue 383,285,000,000 - cost_of_revenue 214,137,000,000 "
            "= 169,148,000,000: 1,000,000,000 too much (0.26%)"
        )
        assert (row["found"], row["expected"]) == (170148 * MILLION, 169148 * MILLION)
        assert row["difference"] == 1000 * MILLION
        assert row["relative_difference"] == pytest.approx(1000 / 383285)

    def test_nvidia_had_temporary_equity(self):
        """10-Ks of fiscal 2016 and 2017: convertible notes worth 87 and 31 million stand between debt and equity."""
        panel = Panel(
            ("NVDA",),
            (2016, 2017),
            {
                "total_assets": [[7370e6, 9841e6]],
                "total_liabilities": [[2814e6, 4048e6]],
                "shareholders_equity": [[4469e6, 5762e6]],
            },
        )
        failures = quality_checks(panel).failures
        assert failures.index.tolist() == [("NVDA", 2016, "balance_sheet"), ("NVDA", 2017, "balance_sheet")]
        assert failures["difference"].tolist() == [87e6, 31e6]
        assert (
            "(temporary_equity and minority_interest not known, taken as none)" in failures["words"].iloc[0]
        )
        assert quality_checks(panel.with_values(temporary_equity=[87e6, 31e6])).failures.empty

    def test_the_sample_companies_agree_with_themselves(self):
        """What is bundled with the package: no identity fails, and dozens hold."""
        source = SampleSource()
        frame = pd.concat({name: source.statements(name).frame for name in ("AAPL", "MSFT", "NVDA")})
        found = quality_checks(Panel.from_frame(frame[[name for name in frame.columns if name in FIELDS]]))
        assert found.failures["words"].tolist() == []
        assert (found.summary()["ok"] > 5).all()


class TestIdentities:
    def test_the_balance_sheet_counts_temporary_equity_and_minorities(self):
        """100 = 50 + 5 + 40 + 5, with total equity or with its two parts."""
        parts = {"total_liabilities": 50.0, "temporary_equity": 5.0, "shareholders_equity": 40.0}
        panel = company(total_assets=100.0, minority_interest=5.0, **parts)
        assert one(panel, "balance_sheet")["status"] == "ok"
        total = company(total_assets=100.0, total_equity=45.0, **parts)
        assert one(total, "balance_sheet")["status"] == "ok"

    def test_total_equity_is_the_parents_and_the_minorities(self):
        """45 = 40 + 5, not 40."""
        items = {"total_equity": 45.0, "shareholders_equity": 40.0}
        assert one(company(**items, minority_interest=5.0), "total_equity")["status"] == "ok"
        assert one(company(**items), "total_equity")["status"] == "fails"

    def test_net_income_is_the_parents_and_the_minorities(self):
        """12 = 10 + 2; without minorities the two are one figure."""
        both = {"net_income_with_minorities": 12.0, "net_income": 10.0}
        assert one(company(**both, minority_income=2.0), "net_income_with_minorities")["status"] == "ok"
        assert one(company(**both), "net_income_with_minorities")["status"] == "fails"
        same = company(net_income_with_minorities=10.0, net_income=10.0)
        assert one(same, "net_income_with_minorities")["status"] == "ok"

    @pytest.mark.parametrize("change", [48.0, 28.0])
    def test_the_change_in_cash_may_hold_the_effect_of_exchange_rates_or_not(self, change):
        """100 + 28 + 20 = 148 and 50 - 15 - 7 = 28: filers differ in what they call the change."""
        panel = Panel(
            ("A",),
            (2022, 2023),
            {
                "cash_and_equivalents": [[100.0, 148.0]],
                "change_in_cash": [[np.nan, change]],
                "exchange_rate_effect": [[np.nan, 20.0]],
                "operating_cash_flow": [[np.nan, 50.0]],
                "investing_cash_flow": [[np.nan, -15.0]],
                "financing_cash_flow": [[np.nan, -7.0]],
            },
        )
        assert one(panel, "cash_roll")["status"] == "ok"
        assert one(panel, "cash_flows")["status"] == "ok"

    def test_a_change_before_exchange_rates_needs_no_flows_to_roll(self):
        """100 + 28 + 20 = 148."""
        held = {"cash_and_equivalents": [[100.0, 148.0]], "change_in_cash": [[np.nan, 28.0]]}
        panel = Panel(("A",), (2022, 2023), {**held, "exchange_rate_effect": [[np.nan, 20.0]]})
        row = one(panel, "cash_roll")
        assert row["status"] == "ok"
        words = "cash_and_equivalents = cash_and_equivalents before + change_in_cash + exchange_rate_effect"
        assert row["words"] == words

    def test_without_a_change_in_cash_the_flows_explain_the_balance(self):
        """100 + 50 - 15 - 7 + 2 = 130, not 140."""
        flows = {
            "operating_cash_flow": 50.0,
            "investing_cash_flow": -15.0,
            "financing_cash_flow": -7.0,
            "exchange_rate_effect": 2.0,
        }
        held = {name: [[np.nan, value]] for name, value in flows.items()}
        for cash, status in ((130.0, "ok"), (140.0, "fails")):
            panel = Panel(("A",), (2022, 2023), {**held, "cash_and_equivalents": [[100.0, cash]]})
            assert one(panel, "cash_roll")["status"] == status

    def test_quarters_roll_from_the_quarter_before(self):
        """Not from the same quarter of the year before."""
        panel = Panel(
            ("A",),
            ("2023Q1", "2023Q2"),
            {"cash_and_equivalents": [[100.0, 130.0]], "change_in_cash": [[np.nan, 30.0]]},
            4,
        )
        frame = quality_checks(panel).frame
        assert frame.index.names == ["ticker", "period", "check"]
        assert frame.loc[("A", "2023Q2", "cash_roll"), "status"] == "ok"

    @pytest.mark.parametrize(("eps", "status"), [(1.23, "ok"), (1.24, "fails"), (1.22, "fails")])
    def test_earnings_a_share_are_rounded_to_a_cent(self, eps, status):
        """1,234,000 over a million shares; preferred dividends of 4,000 come off first."""
        panel = company(
            net_income=1_238_000.5, preferred_dividends=4_000.0, basic_eps=eps, basic_shares=1_000_000.0
        )
        assert one(panel, "basic_eps")["status"] == status

    def test_rounding_to_millions_is_no_failure(self):
        """NVIDIA's interest of fiscal 2015 to 2018 in millions: the sum may be off by half a unit for each term."""
        filed = {"revenue": 46e6, "cost_of_revenue": 23e6, "gross_profit": 24e6}
        assert one(company(**filed), "gross_profit")["status"] == "ok"
        assert one(company(**{**filed, "gross_profit": 25e6}), "gross_profit")["status"] == "fails"
        in_thousands = {name: value + 1e3 for name, value in filed.items()}
        assert one(company(**in_thousands), "gross_profit")["status"] == "fails"

    def test_rounding_in_a_panel_in_millions_is_that_of_its_own_unit(self):
        """A revenue of 1,000 that is a multiple of a thousand by chance is not rounded to thousands."""
        panel = company(revenue=1000.0, cost_of_revenue=600.0, gross_profit=420.0)
        assert one(panel, "gross_profit")["status"] == "fails"

    @given(
        st.integers(-(10**9), 10**9),
        st.integers(-(10**9), 10**9),
        st.integers(-(10**6), 10**6),
        st.sampled_from([0.0, 1e-4, 0.01]),
    )
    @settings(max_examples=80)
    def test_the_status_follows_from_the_difference(self, revenue, cost, gap, tolerance):
        """A plain account of gross profit: half a unit for each term, and the tolerance on the largest."""
        panel = company(
            revenue=revenue + 0.25, cost_of_revenue=cost + 0.25, gross_profit=revenue - cost + gap + 0.25
        )
        row = quality_checks(panel, tolerance=tolerance).frame.loc[("A", 2023, "gross_profit")]
        scale = max(abs(revenue + 0.25), abs(cost + 0.25), abs(revenue - cost + gap + 0.25))
        assert row["difference"] == gap + 0.25
        assert row["status"] == ("ok" if abs(gap + 0.25) <= tolerance * scale else "fails")

    def test_a_figure_that_is_missing_is_named(self):
        """And the variant that lacks least is the one to complete."""
        panel = company(revenue=5.0, gross_profit=2.0, cash_and_equivalents=1.0, change_in_cash=1.0)
        frame = quality_checks(panel).frame.loc[("A", 2023)]
        assert frame.loc["gross_profit", "words"] == "cost_of_revenue is not known"
        assert frame.loc["cash_roll", "words"] == "cash_and_equivalents before is not known"
        assert frame.loc["cash_flows", "words"] == (
            "operating_cash_flow, investing_cash_flow and financing_cash_flow are not known"
        )
        assert frame["difference"].isna().all()

    def test_infinite_figures_are_not_known(self):
        """As if they were missing."""
        row = one(company(revenue=np.inf, cost_of_revenue=1.0, gross_profit=2.0), "gross_profit")
        assert (row["status"], row["words"]) == ("not known", "revenue is not known")

    def test_an_empty_panel_knows_nothing(self):
        """One company, one year, no item."""
        found = quality_checks(Panel(("A",), (2023,), {}))
        assert repr(found) == "QualityChecks(0 ok, 0 fails, 9 not known)"
        assert found.failures.empty


class TestQualityChecks:
    def test_a_plain_panel_has_no_quarters_to_compare(self):
        """Only what has a quarterly view is compared."""
        assert not any("quarter" in check for _, _, check in quality_checks(apple()).frame.index)

    def test_a_summary_for_each_company(self):
        """Counts, and the worst failure in words."""
        panel = Panel(
            ("A", "B"),
            (2022, 2023),
            {
                "revenue": [[100.0, 100.0], [100.0, np.nan]],
                "cost_of_revenue": [[60.0, 60.0], [60.0, 60.0]],
                "gross_profit": [[15.0, 55.0], [40.0, 40.0]],
            },
        )
        found = quality_checks(panel)
        summary = found.summary()
        assert summary[["ok", "fails", "not_known"]].to_numpy().tolist() == [[0, 2, 16], [1, 0, 17]]
        assert summary["worst"].tolist() == [
            "gross_profit 15.00 is not revenue 100.00 - cost_of_revenue 60.00 = 40.00: 25.00 too little (25.00%)",
            "",
        ]
        assert [period for _, period, _ in found.failures.index] == [2022, 2023]

    def test_companies_in_another_order_give_the_same_rows(self):
        """Each stands for itself."""
        rows = {
            ticker: pd.DataFrame(
                {name: np.array(row) * size for name, row in APPLE.items()}, index=[2022, 2023]
            )
            for ticker, size in (("A", 1.0), ("B", 1.1), ("C", MILLION))
        }
        rows["B"]["gross_profit"] *= 1.2
        straight, turned = (
            quality_checks(Panel.from_frame(pd.concat({ticker: rows[ticker] for ticker in order}))).frame
            for order in ("ABC", "CAB")
        )
        assert straight["status"].nunique() == 3
        pd.testing.assert_frame_equal(straight, turned.loc[straight.index])

    def test_the_notebook_shows_the_failures(self):
        """As tables; a ticker is no markup."""
        panel = Panel(("<b>",), (2023,), {"liabilities_and_equity": [[1.5]], "total_assets": [[2.5]]})
        html = quality_checks(panel)._repr_html_()
        assert "liabilities_and_equity 1.50 is not total_assets 2.50: 1.00 too little (40.00%)" in html
        assert "<b>" not in html

    def test_a_wider_tolerance_lets_more_pass(self):
        """2% of the largest figure."""
        panel = company(revenue=1000.0, cost_of_revenue=600.0, gross_profit=420.0)
        assert quality_checks(panel, tolerance=0.02).failures.empty

    @pytest.mark.parametrize("tolerance", [-0.1, 1.5, np.nan, [0.1, 0.2], "1%"])
    def test_refuses_an_impossible_tolerance(self, tolerance):
        """It is a fraction."""
        with pytest.raises(InputError, match="tolerance"):
            quality_checks(company(revenue=1.0), tolerance=tolerance)

    def test_refuses_what_is_no_panel(self):
        """The message says what is expected."""
        with pytest.raises(InputError, match="panel: expected Statements"):
            quality_checks([1.0])
