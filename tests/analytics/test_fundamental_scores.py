"""Scores of distress, and what all scores have in common: zones, components in view, and nothing made up."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from panels_scores import FILED, MARKET_CAPS, filed_panel, one, part, random_panel, scaled

from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.scores import (
    SCORES,
    altman_z,
    altman_z_double_prime,
    altman_z_prime,
    graham_number,
    merton,
    ohlson,
    springate,
    zmijewski,
)
from maos_nb.errors import InputError

TEXTBOOK = {
    "current_assets": 300,
    "current_liabilities": 200,
    "retained_earnings": 400,
    "operating_income": 50,
    "market_cap": 600,
    "total_liabilities": 700,
    "revenue": 1500,
    "total_assets": 1000,
    "shareholders_equity": 300,
}


class TestAltman:
    def test_the_textbook_company_scores_as_published(self):
        """exinfm.com, "The Z Score": 0.120 + 0.560 + 0.165 + 0.514 + 1.499 = 2.86, not sure."""
        row = altman_z(one(**TEXTBOOK)).loc[("A", 2023)]
        assert row.score == pytest.approx(2.86, abs=0.005)
        assert (row.zone, row.n_available) == ("grey", 5)

    def test_apple_and_microsoft_as_filed(self):
        """By hand from the figures filed, in fractions."""
        scored = altman_z(filed_panel()).score
        for ticker, items in FILED.items():
            for place, year in enumerate((2022, 2023)):
                item = {name: Fraction(figures[place]) for name, figures in items.items()}
                assets = item["total_assets"]
                expected = (
                    Fraction("1.2") * (item["current_assets"] - item["current_liabilities"]) / assets
                    + Fraction("1.4") * item["retained_earnings"] / assets
                    + Fraction("3.3") * item["operating_income"] / assets
                    + Fraction("0.6") * MARKET_CAPS[ticker][place] / item["total_liabilities"]
                    + Fraction("0.999") * item["revenue"] / assets
                )
                assert scored[ticker, year] == pytest.approx(float(expected), rel=1e-14)

    def test_apple_z_prime_and_double_prime_of_2023(self):
        """By hand: working capital -1742, retained -214, EBIT 114301, equity 62146 over 290437."""
        panel = filed_panel()
        ratios = (-1742 / 352583, -214 / 352583, 114301 / 352583, 62146 / 290437, 383285 / 352583)
        weights = (0.717, 0.847, 3.107, 0.420, 0.998)
        prime = sum(weight * figure for weight, figure in zip(weights, ratios, strict=True))
        double = 6.56 * ratios[0] + 3.26 * ratios[1] + 6.72 * ratios[2] + 1.05 * ratios[3]
        assert altman_z_prime(panel).score["AAPL", 2023] == pytest.approx(prime)
        assert altman_z_double_prime(panel).score["AAPL", 2023] == pytest.approx(double)

    def test_the_emerging_market_constant_moves_score_and_zones_alike(self):
        """3.25 more, and never another zone."""
        panel = random_panel(1, 40)
        plain, moved = altman_z_double_prime(panel), altman_z_double_prime(panel, emerging_markets=True)
        np.testing.assert_allclose(moved.score, plain.score + 3.25, rtol=1e-13, atol=1e-13)
        assert moved.zone.tolist() == plain.zone.tolist()
        assert set(plain.zone) == {"distress", "grey", "safe"}

    def test_ebit_may_include_other_income(self):
        """Apple 2023: 113736 + 3933 against an operating income of 114301."""
        panel = filed_panel()
        wider = altman_z(panel, ebit="pretax_income").ebit_to_assets["AAPL", 2023]
        assert wider == (113736 + 3933) / 352583
        assert altman_z(panel).ebit_to_assets["AAPL", 2023] == 114301 / 352583

    def test_price_times_shares_stand_in_for_a_market_cap_that_is_not_known(self):
        """And only there."""
        panel = random_panel(2)
        caps = panel["market_cap"].copy()
        caps[0] = np.nan
        ratios = (
            altman_z(panel.with_values(market_cap=caps)).market_cap_to_liabilities.to_numpy().reshape(6, 6)
        )
        expected = np.where(np.isnan(caps), panel["price"] * panel["shares_outstanding"], caps)
        np.testing.assert_array_equal(ratios, expected / panel["total_liabilities"])

    @pytest.mark.parametrize(
        ("market_cap", "zone"), [(1e9, "safe"), (0.0, "grey"), (-700.0, "distress")], ids=str
    )
    def test_zones_follow_the_score(self, market_cap, zone):
        """0.6 x market capitalisation / 700 on top of 2.3435."""
        assert altman_z(one(**{**TEXTBOOK, "market_cap": market_cap})).zone.item() == zone

    def test_bounds_belong_to_the_zone_above(self):
        """1.81 is grey and 2.99 is safe: the paper's distress is below the one."""
        zones = [SCORES["altman_z"].zone(score).name for score in (1.8099, 1.81, 2.9899, 2.99)]
        assert zones == ["distress", "grey", "grey", "safe"]


class TestSpringateAndZmijewski:
    def test_springate_of_a_published_company(self):
        """x402.hexl.dev, "Springate S-Score": 0.206 + 0.4605 + 0.3168 + 0.4 = 1.383, solvent."""
        row = springate(
            one(
                current_assets=450,
                current_liabilities=250,
                operating_income=150,
                pretax_income=120,
                revenue=1000,
                total_assets=1000,
            )
        ).loc[("A", 2023)]
        assert row.score == pytest.approx(1.383, abs=0.0005)
        assert (row.zone, row.n_available) == ("healthy", 4)

    def test_microsoft_2023_by_hand(self):
        """1.03 x 80108/411976 + 3.07 x 88523/411976 + 0.66 x 89311/104149 + 0.4 x 211915/411976."""
        expected = (1.03 * 80108 + 3.07 * 88523 + 0.4 * 211915) / 411976 + 0.66 * 89311 / 104149
        assert springate(filed_panel()).score["MSFT", 2023] == pytest.approx(expected, rel=1e-13)

    def test_zmijewski_apple_2023_by_hand(self):
        """FinanceToolkit 2.3 subtracts the last term, where Zmijewski (1984) adds it: 0.008 of -0.9."""
        expected = -4.336 - 4.513 * 96995 / 352583 + 5.679 * 290437 / 352583 + 0.004 * 143566 / 145308
        row = zmijewski(filed_panel()).loc[("AAPL", 2023)]
        assert row.score == pytest.approx(expected, rel=1e-13)
        assert row.probability == pytest.approx(0.5 * math.erfc(-expected / math.sqrt(2)), rel=1e-12)

    def test_debts_above_assets_are_distress(self):
        """5.679 x 1.2 alone exceeds 4.336."""
        items = {"net_income": -10, "total_liabilities": 120, "total_assets": 100}
        row = zmijewski(one(**items, current_assets=50, current_liabilities=50)).loc[("A", 2023)]
        assert row.zone == "distress"
        assert row.probability > 0.5


class TestGrahamNumber:
    def test_a_published_share(self):
        """captaincalculator.com: earnings of 2.50 and a book value of 17.92 make 31.75."""
        row = graham_number(
            one(diluted_eps=2.5, shareholders_equity=1792, shares_outstanding=100, price=63.5)
        ).loc[("A", 2023)]
        assert row.score == pytest.approx(31.75, abs=0.005)
        assert row.price_to_graham_number == pytest.approx(2.0, abs=0.001)
        assert row.zone == ""

    @pytest.mark.parametrize(("eps", "equity"), [(-2.5, 1792), (2.5, -1792), (-2.5, -1792)])
    def test_a_loss_or_negative_equity_has_no_number(self, eps, equity):
        """Not even where two minus signs would make a plus."""
        row = graham_number(one(diluted_eps=eps, shareholders_equity=equity, shares_outstanding=100)).iloc[0]
        assert math.isnan(row.score)
        assert row.n_available == 2

    def test_preferred_equity_belongs_to_others_and_earnings_can_be_worked_out(self):
        """(1892 - 100) / 100 a share; 250 over 100 diluted shares where no figure per share is filed."""
        row = graham_number(
            one(
                net_income=250,
                diluted_shares=100,
                shareholders_equity=1892,
                preferred_equity=100,
                shares_outstanding=100,
            )
        ).iloc[0]
        assert (row.earnings_per_share, row.book_value_per_share) == (2.5, 17.92)


class TestEveryScore:
    @pytest.mark.parametrize("name", SCORES)
    def test_the_frame_shows_score_zone_count_and_components(self, name):
        """In this order, for every company and year of the panel."""
        score, panel = SCORES[name], random_panel(6, missing=0.01)
        frame = score.function(panel)
        assert list(frame.columns) == ["score", "zone", "n_available", *score.components, *score.further]
        assert frame.index.equals(panel.index())
        components = frame[list(score.components)]
        assert (frame.n_available == np.isfinite(components.to_numpy()).sum(axis=1)).all()
        assert (frame.n_available == score.n_inputs).any()

    @pytest.mark.parametrize("name", SCORES)
    def test_a_score_is_there_only_where_all_components_are(self, name):
        """And its zone with it; Graham's number has none for losses, and no zones."""
        score = SCORES[name]
        frame = score.function(random_panel(7, 30, missing=0.03))
        complete = frame.n_available == score.n_inputs
        assert frame.score[~complete].isna().all()
        if name != "graham_number":
            assert frame.score[complete].notna().all()
            assert ((frame.zone == "") == frame.score.isna()).all()
            assert set(frame.zone) - {""} <= {zone.name for zone in score.zones}

    @pytest.mark.parametrize("name", SCORES)
    def test_zones_leave_no_gap_and_point_one_way(self, name):
        """From one end to the other, from bad to good or from good to bad."""
        score = SCORES[name]
        ends = [
            (lower.upper, upper.lower) for lower, upper in zip(score.zones, score.zones[1:], strict=False)
        ]
        assert all(upper == lower for upper, lower in ends)
        verdicts = [zone.verdict for zone in score.zones]
        order = ["bad", "neutral", "good"] if score.higher_is_better else ["good", "neutral", "bad"]
        assert verdicts == [verdict for verdict in order if verdict in verdicts]

    @pytest.mark.parametrize(
        ("name", "bounds"),
        [
            ("altman_z", [1.81, 2.99]),
            ("altman_z_prime", [1.23, 2.90]),
            ("altman_z_double_prime", [1.10, 2.60]),
            ("ohlson", [math.log(0.038 / 0.962), 0.0]),
            ("zmijewski", [0.0]),
            ("springate", [0.862]),
            ("merton", [1.0, 3.0]),
            ("piotroski", [2, 8]),
            ("mohanram_g", [2, 6]),
            ("beneish", [-2.22, -1.78]),
            ("montier_c", [2, 5]),
            ("sloan_accruals", [0.0, 0.10]),
            ("graham_number", []),
        ],
    )
    def test_zones_change_at_the_bounds_published(self, name, bounds):
        """Counts at the whole number with which the next zone begins; Merton's and Sloan's are customary."""
        assert [zone.lower for zone in SCORES[name].zones[1:]] == bounds

    @pytest.mark.parametrize("name", [name for name in SCORES if SCORES[name].coefficients])
    def test_a_weighted_score_is_the_sum_of_its_components(self, name):
        """Constant and coefficients are published beside the columns."""
        score = SCORES[name]
        frame = score.function(random_panel(8))
        total = score.constant + sum(frame[column] * weight for column, weight in score.coefficients.items())
        np.testing.assert_allclose(frame.score, total, rtol=1e-12, atol=1e-12)
        assert list(score.coefficients) == list(score.components)

    @pytest.mark.parametrize("name", [name for name in SCORES if name not in ("ohlson", "graham_number")])
    def test_the_unit_of_money_does_not_matter(self, name):
        """Thousands or millions; 1024 keeps every tie a tie."""
        panel = random_panel(9, missing=0.02)
        base, other = SCORES[name].function(panel), SCORES[name].function(scaled(panel, 1024.0))
        np.testing.assert_allclose(other.score, base.score, rtol=1e-12, atol=1e-12)
        assert other.zone.tolist() == base.zone.tolist()

    @pytest.mark.parametrize("name", [name for name in SCORES if name != "mohanram_g"])
    def test_a_company_alone_scores_as_among_others(self, name):
        """To the last bit; Mohanram compares companies."""
        panel = random_panel(10, missing=0.05)
        together = SCORES[name].function(panel)
        for row, ticker in enumerate(panel.tickers):
            alone = part(panel, slice(row, row + 1))
            pd.testing.assert_frame_equal(
                SCORES[name].function(alone), together.loc[[ticker]], check_exact=True
            )

    @pytest.mark.parametrize("name", SCORES)
    def test_later_years_change_nothing_before(self, name):
        """The score of a year is the same whether or not the next is known."""
        panel = random_panel(11, missing=0.05)
        full = SCORES[name].function(panel)
        cut = part(panel, columns=slice(4))
        rows = full[full.index.get_level_values(1) < 2019]
        pd.testing.assert_frame_equal(SCORES[name].function(cut), rows, check_exact=True)

    @pytest.mark.parametrize("name", SCORES)
    def test_no_statements_make_no_scores(self, name):
        """Nothing known: NaN, no zone, none available, and no warning."""
        frame = SCORES[name].function(Panel(("A", "B"), (2022, 2023), {}))
        assert frame.score.isna().all()
        assert (frame.zone == "").all()
        assert (frame.n_available == 0).all()

    @pytest.mark.parametrize("name", SCORES)
    def test_zero_denominators_give_nan(self, name):
        """Of all items at once, and never an infinity or a warning."""
        panel = random_panel(12)
        zeros = panel.with_values(**dict.fromkeys(panel.values, 0.0))
        frame = SCORES[name].function(zeros)
        assert not np.isinf(frame[list(SCORES[name].components)].to_numpy()).any()
        assert frame.score.isna().all()

    @pytest.mark.parametrize("name", SCORES)
    def test_infinite_figures_pass_without_warning(self, name):
        """As a broken source may give them."""
        panel = random_panel(13)
        broken = panel["total_assets"].copy()
        broken[0] = np.inf
        assert len(SCORES[name].function(panel.with_values(total_assets=broken))) == 36

    @pytest.mark.parametrize("name", SCORES)
    def test_a_frame_will_do_for_a_panel(self, name):
        """And what is neither is refused by name."""
        panel = random_panel(14)
        pd.testing.assert_frame_equal(SCORES[name].function(panel.to_frame()), SCORES[name].function(panel))
        with pytest.raises(InputError, match="panel: expected Statements"):
            SCORES[name].function([1, 2, 3])

    @pytest.mark.parametrize("name", SCORES)
    def test_flows_of_single_quarters_are_refused(self, name):
        """A quarter's revenue over assets is a quarter of what a score was made for."""
        quarters = Panel(("A",), ("2023Q1", "2023Q2"), {}, periods_per_year=4)
        with pytest.raises(InputError, match="panel: expected flows of a year, got flows of 91 days"):
            SCORES[name].function(quarters)

    @pytest.mark.parametrize("name", ["ohlson", "piotroski", "beneish", "montier_c", "sloan_accruals"])
    def test_rolling_quarters_are_compared_with_the_year_before(self, name):
        """Twelve months to each quarter: every fourth of them is an annual panel."""
        panel = random_panel(15, n_periods=12)
        quarters = tuple(f"{2020 + place // 4}Q{place % 4 + 1}" for place in range(12))
        values = dict(panel.values)
        rolling = Panel(panel.tickers, quarters, values, periods_per_year=4, flow_days=365)
        yearly = Panel(panel.tickers, (2020, 2021, 2022), {item: values[item][:, 3::4] for item in values})
        found = SCORES[name].function(rolling).score.to_numpy().reshape(6, 12)[:, 3::4]
        np.testing.assert_array_equal(found, SCORES[name].function(yearly).score.to_numpy().reshape(6, 3))

    @pytest.mark.parametrize(
        ("function", "options", "named"),
        [
            (
                altman_z,
                {"ebit": "ebitda"},
                "ebit: expected 'operating_income' or 'pretax_income', got 'ebitda'",
            ),
            (altman_z_double_prime, {"emerging_markets": 3.25}, "emerging_markets: expected True or False"),
            (ohlson, {"funds": "ebitda"}, "funds"),
            (ohlson, {"price_index": 0.0}, "price_index: .*above zero"),
            (ohlson, {"price_index": [1.0, 2.0]}, r"price_index: .*\(6, 6\), got shape \(2,\)"),
            (ohlson, {"price_index": "high"}, "price_index"),
            (merton, {"debt": "net"}, "debt"),
            (merton, {"horizon": 0.0}, "horizon"),
            (merton, {"horizon": [1.0, 2.0]}, "horizon"),
            (merton, {"drift": [0.1, 0.2]}, "drift"),
            (graham_number, {"earnings": "adjusted"}, "earnings"),
        ],
    )
    def test_refuses_options_that_do_not_exist(self, function, options, named):
        """The message names the option and what there is."""
        with pytest.raises(InputError, match=named):
            function(random_panel(16), **options)

    def test_what_has_no_score_has_no_zone(self):
        """Nor has a score without zones."""
        assert SCORES["altman_z"].zone(float("nan")) is None
        assert SCORES["graham_number"].zone(20.0) is None
        assert SCORES["piotroski"].zone(9.5) is None

    def test_a_definition_cannot_be_changed(self):
        """Zones, components and coefficients are read-only."""
        with pytest.raises(TypeError):
            SCORES["altman_z"].components["x6"] = "guess"
        with pytest.raises(AttributeError):
            SCORES["altman_z"].source = "hearsay"
