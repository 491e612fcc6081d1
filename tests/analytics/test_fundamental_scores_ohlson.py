"""Ohlson's O: the size of a company in dollars of 1968, and eight ratios."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels_scores import filed_panel, random_panel, scaled

from maos_nb.analytics.fundamental._price_index import DEFLATOR
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.scores import ohlson


class TestOhlson:
    def test_microsoft_2023_by_hand(self):
        """With the deflator of 2022, 118.023 / 18.280 x 100, and money in dollars."""
        panel = scaled(filed_panel(), 1e6)
        row = ohlson(panel).loc[("MSFT", 2023)]
        expected = (
            -1.32
            - 0.407 * math.log(411976e6 / (100 * 118.023 / 18.280))
            + 6.03 * 205753 / 411976
            - 1.43 * 80108 / 411976
            + 0.0757 * 104149 / 184257
            - 2.37 * 72361 / 411976
            - 1.83 * (89311 + 13861) / 205753
            - 0.521 * (72361 - 72738) / (72361 + 72738)
        )
        assert row.score == pytest.approx(expected, rel=1e-13)
        assert row.probability == pytest.approx(1 / (1 + math.exp(-expected)), rel=1e-12)
        assert (row.zone, row.n_available) == ("healthy", 9)

    @given(st.floats(1e-6, 1e6))
    @settings(max_examples=25)
    def test_the_unit_of_money_changes_the_size_term_alone(self, factor):
        """By -0.407 times its logarithm, unless the price level is in the same unit."""
        panel = random_panel(3)
        base, other = ohlson(panel), ohlson(scaled(panel, factor))
        np.testing.assert_allclose(other.score, base.score - 0.407 * math.log(factor), rtol=1e-9, atol=1e-9)
        level = np.full(panel.shape, 200.0)
        same = ohlson(scaled(panel, factor), price_index=level * factor).score
        np.testing.assert_allclose(same, ohlson(panel, price_index=level).score, rtol=1e-9, atol=1e-9)

    def test_another_currency_needs_a_price_level_of_its_own(self):
        """Without one the size is not known, and so is the score."""
        panel = random_panel(4)
        euros = Panel(panel.tickers, panel.periods, panel.values, currency="EUR")
        row = ohlson(euros).iloc[-1]
        assert math.isnan(row.score)
        assert row.n_available == 8
        given_level = ohlson(euros, price_index=dict.fromkeys(panel.periods, 500.0)).iloc[-1]
        assert given_level["size"] == pytest.approx(math.log(panel["total_assets"][-1, -1] / 500.0))

    def test_a_price_level_is_by_period(self):
        """A period that the mapping lacks has no size; years beyond the deflator's have none either."""
        panel = random_panel(5)
        sizes = ohlson(panel, price_index={2016: 300.0})["size"].to_numpy().reshape(6, 6)
        assert np.isfinite(sizes).all(axis=0).tolist() == [False, True, False, False, False, False]
        later = Panel(("A",), (2026, 2027), {"total_assets": [[1e9, 1e9]]})
        assert ohlson(later)["size"].notna().tolist() == [True, False]

    def test_losses_and_negative_equity_are_dummies(self):
        """Two losses in a row, then a profit after a loss."""
        panel = Panel(
            ("A",),
            (2021, 2022, 2023),
            {
                "net_income": [[-5.0, -6.0, 3.0]],
                "total_assets": [[100.0, 100.0, 100.0]],
                "total_liabilities": [[90.0, 110.0, 100.0]],
            },
        )
        scored = ohlson(panel)
        assert scored.losses_in_two_years.tolist()[1:] == [1.0, 0.0]
        assert scored.liabilities_exceed_assets.tolist() == [0.0, 1.0, 0.0]
        np.testing.assert_allclose(scored.change_in_net_income, [np.nan, -1 / 11, 1.0])

    def test_funds_may_be_operating_cash_flow(self):
        """Instead of pretax income with depreciation."""
        panel = filed_panel()
        assert ohlson(panel).funds_to_liabilities["MSFT", 2023] == (89311 + 13861) / 205753
        cash = ohlson(panel, funds="operating_cash_flow").funds_to_liabilities["MSFT", 2023]
        assert cash == 87582 / 205753

    def test_the_deflator_agrees_with_an_earlier_vintage(self):
        """The Bureau of Economic Analysis as of 2019, 2012 = 100: 2018 was revised since, by 0.52%."""
        published = (
            *(74.399, 75.236, 76.296, 78.025, 79.783, 81.026, 82.625, 84.843, 87.504, 90.204, 92.642),
            *(94.419, 95.024, 96.166, 98.164, 100.0, 101.751, 103.654, 104.691, 105.740, 107.749, 110.339),
        )
        found = np.array([DEFLATOR[year] for year in range(1997, 2019)]) / DEFLATOR[2012] * 100
        np.testing.assert_allclose(found, published, rtol=5.2e-3)

    def test_the_deflator_has_no_gap_and_no_leap(self):
        """100 in 1968, and from a year to the next between 0.5% and 10%."""
        assert list(DEFLATOR) == list(range(1968, 2026))
        assert DEFLATOR[1968] == 100.0
        levels = np.array(list(DEFLATOR.values()))
        assert ((levels[1:] / levels[:-1] > 1.005) & (levels[1:] / levels[:-1] < 1.10)).all()
