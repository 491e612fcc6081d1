"""Scores that count criteria: Piotroski, Montier and Mohanram."""

from __future__ import annotations

import math
from statistics import median, variance

import numpy as np
import pandas as pd
import pytest
from panels_scores import MICROSOFT, company, exceeds, figures_of, part, random_panel

from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.scores import (
    SCORES,
    mohanram_g,
    montier_c,
    piotroski,
)
from maos_nb.errors import InputError

NAN = float("nan")
INDUSTRIES = {f"T{row}": "chips" if row < 4 else "banks" for row in range(7)}


class TestPiotroski:
    def test_microsoft_2023_by_hand(self):
        """Return on beginning assets fell from 72738/333779 to 72361/364840, the current ratio to 1.769.

        Turnover fell from 198270/333779 to 211915/364840; gross margin rose from 68.40% to 68.92%.
        """
        row = piotroski(company(MICROSOFT)).loc[("A", 2023)]
        expected = [1, 1, 0, 1, 1, 0, 1, 1, 0]
        assert row[list(SCORES["piotroski"].components)].tolist() == expected
        assert (row.score, row.met, row.n_available, row.zone) == (6.0, 6.0, 9, "middling")

    def test_proceeds_of_an_issue_are_the_papers_criterion(self):
        """Microsoft's employees bought shares for 1866: FinanceToolkit 2.3 counts 5 for 2023 too."""
        row = piotroski(company(MICROSOFT), offering="proceeds").loc[("A", 2023)]
        assert (row.no_new_shares, row.score) == (0.0, 5.0)

    def test_early_years_have_no_score_but_what_is_met(self):
        """In 2021 return on assets, leverage and turnover lack a year: FinanceToolkit has them fail."""
        frame = piotroski(company(MICROSOFT))
        assert frame.score.isna().tolist() == [True, True, False, False]
        assert frame.n_available.tolist() == [3, 6, 9, 9]
        assert frame.met.tolist() == [3.0, 5.0, 7.0, 6.0]
        assert frame.zone.tolist()[:2] == ["", ""]

    @pytest.mark.parametrize("assets", ["begin", "average", "end"])
    @pytest.mark.parametrize("debt", ["long_term", "total"])
    @pytest.mark.parametrize("offering", ["shares", "proceeds"])
    def test_a_plain_loop_counts_the_same(self, assets, debt, offering):
        """Company by company and year by year, with figures missing."""
        panel = random_panel(31, missing=0.08)
        frame = piotroski(panel, assets=assets, debt=debt, offering=offering)
        names = list(SCORES["piotroski"].components)
        for row in range(6):
            for year in range(6):
                expected = self.by_hand(figures_of(panel), row, year, assets, debt, offering)
                np.testing.assert_array_equal(frame[names].iloc[row * 6 + year].to_numpy(float), expected)
                known = [met for met in expected if not math.isnan(met)]
                assert frame.met.iloc[row * 6 + year] == sum(known)
                if len(known) == 9:
                    assert frame.score.iloc[row * 6 + year] == sum(known)

    @staticmethod
    def by_hand(item, row, year, assets, debt, offering):
        """The nine criteria of one company in one year."""

        def base(at):
            now, before = item("total_assets", row, at), item("total_assets", row, at - 1)
            return {"begin": before, "end": now, "average": (now + before) / 2}[assets]

        def leverage(at):
            owed = item("long_term_debt", row, at)
            owed += item("short_term_debt", row, at) if debt == "total" else 0.0
            return owed / ((item("total_assets", row, at) + item("total_assets", row, at - 1)) / 2)

        def margin(at):
            gross = item("gross_profit", row, at)
            if math.isnan(gross):
                gross = item("revenue", row, at) - item("cost_of_revenue", row, at)
            return gross / item("revenue", row, at)

        def current(at):
            return item("current_assets", row, at) / item("current_liabilities", row, at)

        income, cash = item("net_income", row, year), item("operating_cash_flow", row, year)
        if offering == "proceeds":
            issued = item("share_issuance", row, year)
        else:
            issued = item("shares_outstanding", row, year) - item("shares_outstanding", row, year - 1)
            if math.isnan(issued):
                issued = item("basic_shares", row, year) - item("basic_shares", row, year - 1)
        return [
            exceeds(income, 0.0),
            exceeds(cash, 0.0),
            exceeds(income / base(year), item("net_income", row, year - 1) / base(year - 1)),
            exceeds(cash, income),
            exceeds(leverage(year - 1), leverage(year)),
            exceeds(current(year), current(year - 1)),
            NAN if math.isnan(issued) else float(issued <= 0),
            exceeds(margin(year), margin(year - 1)),
            exceeds(item("revenue", row, year) / base(year), item("revenue", row, year - 1) / base(year - 1)),
        ]

    def test_what_stays_equal_has_not_risen_and_not_fallen(self):
        """The same statements three years running: only the signs, the cash flow and the shares are met."""
        steady = {name: (figures[0],) * 3 for name, figures in MICROSOFT.items()}
        row = piotroski(company(steady)).iloc[-1]
        assert row.score == 4.0

    @pytest.mark.parametrize(
        ("score", "zone"),
        [(0, "weak"), (1, "weak"), (2, "middling"), (7, "middling"), (8, "strong"), (9, "strong")],
    )
    def test_zones_are_those_of_the_paper(self, score, zone):
        """Piotroski buys 8 and 9, and goes short of 0 and 1."""
        assert SCORES["piotroski"].zone(score).name == zone


class TestMontier:
    def test_microsoft_2023_by_hand(self):
        """Accruals widened from -16297 to -15221, receivables rose, inventory fell, assets grew 12.9%."""
        items = MICROSOFT | {"property_plant_equipment_gross": (87348, 111066, 134058, 163892)}
        row = montier_c(company(items)).loc[("A", 2023)]
        # Other current assets 16932/198270 to 21813/211915; depreciation 14460/134058 to 13861/163892.
        assert row[list(SCORES["montier_c"].components)].tolist() == [1, 1, 0, 1, 1, 1]
        assert (row.score, row.zone) == (5.0, "many signs")

    def test_gross_property_is_not_replaced_by_net(self):
        """Unless asked for."""
        items = MICROSOFT | {"property_plant_equipment": (44151, 59715, 74398, 95641)}
        row = montier_c(company(items)).iloc[-1]
        assert math.isnan(row.falling_depreciation_rate)
        assert (math.isnan(row.score), row.met, row.n_available) == (True, 4.0, 5)
        assert montier_c(company(items), plant="net").iloc[-1].score == 5.0

    def test_a_plain_loop_counts_the_same(self):
        """With figures missing."""
        panel = random_panel(32, missing=0.08)
        item, names = figures_of(panel), list(SCORES["montier_c"].components)
        frame = montier_c(panel)
        for row in range(6):
            for year in range(6):
                now, before = self.ratios(item, row, year), self.ratios(item, row, year - 1)
                growth = item("total_assets", row, year) / item("total_assets", row, year - 1) - 1
                expected = [exceeds(a, b) for a, b in zip(now[:4], before[:4], strict=True)]
                expected += [exceeds(before[4], now[4]), exceeds(growth, 0.10)]
                np.testing.assert_array_equal(frame[names].iloc[row * 6 + year].to_numpy(float), expected)

    @staticmethod
    def ratios(item, row, year):
        """What five of the criteria compare with the year before."""
        revenue = item("revenue", row, year)
        other = item("current_assets", row, year)
        for name in ("cash_and_equivalents", "short_term_investments", "receivables", "inventory"):
            other -= item(name, row, year)
        return [
            item("net_income", row, year) - item("operating_cash_flow", row, year),
            item("receivables", row, year) / revenue,
            item("inventory", row, year) / item("cost_of_revenue", row, year),
            other / revenue,
            item("depreciation_and_amortization", row, year)
            / item("property_plant_equipment_gross", row, year),
        ]


class TestMohanram:
    def test_a_plain_loop_counts_the_same(self):
        """Two industries, one company in none, and figures missing."""
        panel = random_panel(33, n_companies=8, n_periods=7, missing=0.03)
        frame = mohanram_g(panel, groups=INDUSTRIES, years=3)
        names = list(SCORES["mohanram_g"].components)
        for row, ticker in enumerate(panel.tickers):
            for year in range(7):
                expected = self.by_hand(panel, ticker, row, year)
                np.testing.assert_array_equal(frame[names].iloc[row * 7 + year].to_numpy(float), expected)
        assert (frame.n_available == 8).sum() > 5

    def by_hand(self, panel, ticker, row, year):
        """The eight criteria of one company in one year."""
        item = figures_of(panel)

        def average(at, of):
            return (item("total_assets", of, at) + item("total_assets", of, at - 1)) / 2

        def level(name, base):
            return lambda at, of: item(name, of, at) / base(at, of)

        def begin(at, of):
            return item("total_assets", of, at - 1)

        def growth(at, of):
            return item("revenue", of, at) / item("revenue", of, at - 1)

        def spread(figure):
            def over_years(at, of):
                window = [figure(at - back, of) for back in range(3)]
                return NAN if any(map(math.isnan, window)) else variance(window)

            return over_years

        def against(figure):
            members = [
                of for of, name in enumerate(panel.tickers) if INDUSTRIES.get(name) == INDUSTRIES.get(ticker)
            ]
            known = [v for v in (figure(year, of) for of in members) if not math.isnan(v)]
            if ticker not in INDUSTRIES or len(known) < 3:
                return figure(year, row), NAN
            return figure(year, row), median(known)

        income, cash = level("net_income", average), level("operating_cash_flow", average)
        return [
            exceeds(*against(income)),
            exceeds(*against(cash)),
            exceeds(item("operating_cash_flow", row, year), item("net_income", row, year)),
            exceeds(*reversed(against(spread(income)))),
            exceeds(*reversed(against(spread(growth)))),
            exceeds(*against(level("research_and_development", begin))),
            exceeds(*against(level("capital_expenditure", begin))),
            exceeds(*against(level("advertising", begin))),
        ]

    def test_advertising_that_is_not_filed_leaves_seven_criteria(self):
        """No score then, and no zone, but the number met."""
        panel = random_panel(34, n_periods=7)
        frame = mohanram_g(panel.with_values(advertising=np.nan)).dropna(subset="stable_return_on_assets")
        assert frame.score.isna().all()
        assert (frame.n_available == 7).all()
        assert frame.met.between(0, 7).all()

    def test_a_group_of_two_has_no_median(self):
        """Half of it would always be above; the company's own cash against its earnings needs none."""
        frame = mohanram_g(part(random_panel(35, n_periods=7), slice(2)))
        assert (frame.n_available == 1).all()
        assert (
            mohanram_g(part(random_panel(35, n_periods=7), slice(2)), minimum_companies=2).n_available.max()
            == 8
        )

    def test_groups_may_be_a_series_with_gaps(self):
        """A ticker that is absent, None or NaN is compared with nobody."""
        panel = random_panel(36, n_periods=7)
        series = pd.Series({"T0": "x", "T1": "x", "T2": "x", "T3": None, "T4": np.nan, "OTHER": "x"})
        found = mohanram_g(panel, groups=series).high_return_on_assets.to_numpy().reshape(6, 7)[:, -1]
        assert np.isnan(found).tolist() == [False, False, False, True, True, True]

    def test_groups_may_be_of_any_kind_of_label(self):
        """Tuples, numbers, and the missing value of pandas' own text."""
        panel = random_panel(36, n_periods=7)
        plain = mohanram_g(panel, groups=dict.fromkeys(panel.tickers[:3], "x"))
        for label in (("energy", "oil"), 7):
            found = mohanram_g(panel, groups=dict.fromkeys(panel.tickers[:3], label))
            pd.testing.assert_frame_equal(found, plain)
        text = pd.Series(["x"] * 3 + [None] * 3, index=list(panel.tickers), dtype="string")
        pd.testing.assert_frame_equal(mohanram_g(panel, groups=text), plain)

    def test_the_order_of_companies_does_not_matter(self):
        """Rows permuted give permuted rows."""
        panel = random_panel(37, n_companies=9, n_periods=7, missing=0.02)
        order = np.random.default_rng(0).permutation(9)
        values = {item: array[order] for item, array in dict(panel.values).items()}
        shuffled = Panel(tuple(panel.tickers[row] for row in order), panel.periods, values)
        base, other = mohanram_g(panel), mohanram_g(shuffled)
        pd.testing.assert_frame_equal(other.loc[list(panel.tickers)], base, check_exact=True)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"groups": ["x"] * 6}, "groups: expected a mapping"),
            ({"groups": pd.Series(["x", "y"], index=["T0", "T0"])}, "groups: .*more than once"),
            ({"years": 1}, "years: expected at least 2"),
            ({"years": 2.5}, "years"),
            ({"minimum_companies": 0}, "minimum_companies"),
        ],
    )
    def test_refuses_impossible_options(self, options, named):
        """The message names the option."""
        with pytest.raises(InputError, match=named):
            mohanram_g(random_panel(38), **options)
