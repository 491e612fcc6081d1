"""How far earnings run ahead of cash: Beneish and Sloan."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels_scores import MICROSOFT, company, figures_of, over, random_panel, scaled

from maos_nb.analytics.fundamental.scores import (
    SCORES,
    beneish,
    sloan_accruals,
)
from maos_nb.errors import InputError

NAN = float("nan")
# Enron as originally reported: Wahlen, Baginski and Bradshaw, Financial Reporting, Financial Statement
# Analysis and Valuation, problem 6.23.
ENRON = {
    "receivables": (1697, 2060, 3030, 10396),
    "current_assets": (4669, 5933, 7255, 30381),
    "property_plant_equipment": (9170, 10657, 10681, 11743),
    "total_assets": (23422, 29350, 33381, 65503),
    "current_liabilities": (4412, 6107, 6759, 28406),
    "long_term_debt": (6254, 7357, 7151, 8550),
    "revenue": (20273, 31260, 40112, 100789),
    "cost_of_revenue": (17311, 26381, 34761, 94517),
    "selling_general_administrative": (1406, 2473, 3045, 3184),
    "net_income": (105, 703, 1024, 979),
    "operating_cash_flow": (501, 1640, 1228, 4779),
    "depreciation_and_amortization": (480, 563, 565, 485),
}


class TestBeneish:
    @pytest.mark.parametrize(
        ("component", "published"),
        [
            ("days_sales_in_receivables_index", (0.7243, 1.0546, 1.2562)),
            ("asset_quality_index", (0.4293, 0.4300, 0.3116)),
            ("sga_index", (-0.1962, -0.1650, -0.0716)),
        ],
    )
    def test_enrons_published_terms(self, component, published):
        """A solution of problem 6.23 at qammunity.org prints each index times its coefficient, 1998 to 2000.

        It turns the gross margin and depreciation indices upside down (Beneish has the year before on top),
        takes 0.27 for 0.327, and misprints sales growth in 1998: those are by hand below.
        """
        frame = beneish(company(ENRON, last=2000))
        terms = frame[component] * SCORES["beneish"].coefficients[component]
        np.testing.assert_allclose(terms.to_numpy()[1:], published, atol=1.1e-4)

    def test_enron_2000_by_hand(self):
        """All eight, from what Enron reported: a likely manipulator a year before its end."""
        margin_1999, margin_2000 = (40112 - 34761) / 40112, (100789 - 94517) / 100789
        terms = [
            0.920 * (10396 / 100789) / (3030 / 40112),
            0.528 * margin_1999 / margin_2000,
            0.404 * (1 - (30381 + 11743) / 65503) / (1 - (7255 + 10681) / 33381),
            0.892 * 100789 / 40112,
            0.115 * (565 / (565 + 10681)) / (485 / (485 + 11743)),
            -0.172 * (3184 / 100789) / (3045 / 40112),
            -0.327 * ((28406 + 8550) / 65503) / ((6759 + 7151) / 33381),
            4.679 * (979 - 4779) / 65503,
        ]
        row = beneish(company(ENRON, last=2000)).loc[("A", 2000)]
        assert row.score == pytest.approx(-4.84 + sum(terms), rel=1e-13)
        assert row.score == pytest.approx(-0.54, abs=0.005)
        assert row.zone == "likely manipulator"
        assert row.probability == pytest.approx(0.5 * math.erfc(-row.score / math.sqrt(2)), rel=1e-12)

    def test_enron_was_not_flagged_before(self):
        """-2.38 for 1998 lies below both bounds, -1.97 for 1999 between them."""
        frame = beneish(company(ENRON, last=2000))
        assert frame.score.round(2).tolist()[1:3] == [-2.38, -1.97]
        assert frame.zone.tolist()[:3] == ["", "unlikely manipulator", "grey"]

    def test_accruals_by_the_balance_sheet(self):
        """Microsoft 2023: 14573 - (20773 - 14266) - 9067 + 2498 + 85 - 13861, over 411976."""
        row = beneish(company(MICROSOFT), accruals="balance_sheet").iloc[-1]
        accruals = (
            (184257 - 169684) - (20773 - 14266) - (104149 - 95082) + (5247 - 2749) + (4152 - 4067) - 13861
        )
        assert row.accruals_to_assets == pytest.approx(accruals / 411976, rel=1e-13)
        without = beneish(company(MICROSOFT), accruals="balance_sheet", tax_payable="left_out").iloc[-1]
        assert without.accruals_to_assets == pytest.approx((accruals - 85) / 411976, rel=1e-13)

    def test_a_plain_loop_finds_the_same(self):
        """With figures missing, and a revenue of zero."""
        panel = random_panel(39, missing=0.04)
        revenue = panel["revenue"].copy()
        revenue[1, 2] = 0.0
        panel = panel.with_values(revenue=revenue)
        frame, item = beneish(panel), figures_of(panel)
        for row in range(6):
            for year in range(6):
                now, before = self.ratios(item, row, year), self.ratios(item, row, year - 1)
                expected = [over(now[k], before[k]) for k in range(7)]
                expected[1], expected[4] = over(before[1], now[1]), over(before[4], now[4])
                expected.append(
                    over(
                        item("net_income", row, year) - item("operating_cash_flow", row, year),
                        item("total_assets", row, year),
                    )
                )
                found = frame[list(SCORES["beneish"].components)].iloc[row * 6 + year].to_numpy(float)
                np.testing.assert_allclose(found, expected, rtol=1e-13)

    @staticmethod
    def ratios(item, row, year):
        """What seven of the indices compare with the year before."""
        revenue, assets = item("revenue", row, year), item("total_assets", row, year)
        gross = item("gross_profit", row, year)
        if math.isnan(gross):
            gross = revenue - item("cost_of_revenue", row, year)
        worn, plant = (
            item("depreciation_and_amortization", row, year),
            item("property_plant_equipment", row, year),
        )
        return [
            over(item("receivables", row, year), revenue),
            over(gross, revenue),
            1 - (item("current_assets", row, year) + plant) / assets,
            revenue,
            worn / (worn + plant),
            over(item("selling_general_administrative", row, year), revenue),
            (item("current_liabilities", row, year) + item("long_term_debt", row, year)) / assets,
        ]

    def test_a_company_that_stands_still_scores_its_coefficients(self):
        """All indices are 1: -4.84 + 2.36 and accruals of nothing."""
        still = {name: (figures[-1],) * 2 for name, figures in ENRON.items()}
        row = beneish(company(still | {"net_income": (5, 5), "operating_cash_flow": (5, 5)})).iloc[-1]
        assert row.score == pytest.approx(-4.84 + 0.920 + 0.528 + 0.404 + 0.892 + 0.115 - 0.172 - 0.327)

    @pytest.mark.parametrize("options", [{"accruals": "mixed"}, {"tax_payable": "zero"}])
    def test_refuses_options_that_do_not_exist(self, options):
        """By name."""
        with pytest.raises(InputError, match=next(iter(options))):
            beneish(company(ENRON), **options)


class TestSloan:
    def test_microsoft_2023_by_the_balance_sheet(self):
        """Cash and short-term investments rose by 6507, current assets by 14573."""
        row = sloan_accruals(company(MICROSOFT)).iloc[-1]
        average = (364840 + 411976) / 2
        parts = [184257 - 169684, -(111256 - 104749), -(104149 - 95082), 5247 - 2749, 4152 - 4067, -13861]
        assert row[list(SCORES["sloan_accruals"].components)].tolist() == pytest.approx(
            [p / average for p in parts]
        )
        assert row.score == pytest.approx(sum(parts) / average, rel=1e-13)
        assert row.zone == "cash above earnings"

    def test_microsoft_2023_by_the_cash_flow_statement(self):
        """(72361 - 87582) over average assets."""
        row = sloan_accruals(company(MICROSOFT), method="cash_flow").iloc[-1]
        assert row.score == pytest.approx((72361 - 87582) / ((364840 + 411976) / 2), rel=1e-13)
        assert row.n_available == 2

    def test_taxes_payable_are_asked_for_or_left_out(self):
        """Never taken for zero."""
        items = {name: figures for name, figures in MICROSOFT.items() if name != "income_tax_payable"}
        assert math.isnan(sloan_accruals(company(items)).iloc[-1].score)
        row = sloan_accruals(company(items), tax_payable="left_out").iloc[-1]
        full = sloan_accruals(company(MICROSOFT)).iloc[-1]
        assert row.score == pytest.approx(full.score - full.change_in_tax_payable, rel=1e-12)
        assert row.n_available == 5

    def test_investments_known_at_one_end_only_are_no_change_in_cash(self):
        """They would look like a payment."""
        items = MICROSOFT | {"short_term_investments": (122951, 116032, NAN, 76552)}
        row = sloan_accruals(company(items)).iloc[-1]
        assert row.change_in_cash == -(34704 - 13931) / ((364840 + 411976) / 2)

    @given(st.integers(-10, 10).map(lambda power: 2.0**power))
    @settings(max_examples=15)
    def test_the_unit_of_money_does_not_matter(self, factor):
        """To the last bit for powers of two."""
        panel = random_panel(40)
        pd.testing.assert_frame_equal(
            sloan_accruals(scaled(panel, factor)), sloan_accruals(panel), check_exact=True
        )
