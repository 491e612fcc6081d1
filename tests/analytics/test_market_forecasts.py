"""Forecasts: records that are judged by what came, and scores that are not won by sounding sure."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from maos_nb.analytics.market.forecasts import Forecast, ForecastStatus, judge
from maos_nb.errors import InputError

NAN = np.nan
DAYS = pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-28"])

days = st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1))
spans = st.tuples(days, st.integers(1, 1000)).map(
    lambda item: (item[0], item[0] + dt.timedelta(days=item[1]))
)


@pytest.fixture
def close():
    """Give three closes of two subjects; B's last is missing."""
    return pd.DataFrame({"A": [100.0, 102.0, 99.0], "B": [50.0, 50.0, NAN]}, index=DAYS)


def rises(probability, *, made_on="2024-01-31", subject="A", horizon="2024-02-29", **options):
    """Give a direction."""
    return Forecast(made_on, subject, horizon, "direction", probability=probability, **options)


def lies(low, high, *, made_on="2024-01-31", subject="A", horizon="2024-02-29", coverage=0.8):
    """Give a range."""
    return Forecast(made_on, subject, horizon, "range", low=low, high=high, coverage=coverage)


class TestForecast:
    def test_dates_are_taken_in_any_form(self):
        """ISO text, dates, moments, and those of NumPy and pandas."""
        forms = [
            "2024-01-31",
            dt.date(2024, 1, 31),
            pd.Timestamp("2024-01-31 15:00"),
            np.datetime64("2024-01-31"),
        ]
        assert {rises(0.6, made_on=form).made_on for form in forms} == {dt.date(2024, 1, 31)}

    @given(spans, st.floats(0, 1), st.text(min_size=1), st.text())
    def test_a_direction_comes_back_from_json(self, span, probability, subject, source):
        """Equal, with equal hashes."""
        made = Forecast(span[0], subject, span[1], "direction", probability=probability, source=source)
        again = Forecast.from_dict(json.loads(json.dumps(made.to_dict())))
        assert again == made
        assert hash(again) == hash(made)

    @given(spans, st.floats(-1e9, 1e9), st.floats(0, 1e9), st.floats(0.01, 0.99))
    def test_a_range_comes_back_from_json(self, span, low, width, coverage):
        """Equal to the last bit."""
        made = Forecast(span[0], "A", span[1], "range", low=low, high=low + width, coverage=coverage)
        assert Forecast.from_dict(json.loads(json.dumps(made.to_dict()))) == made

    def test_what_is_not_given_is_not_written(self):
        """A record of a direction has no bounds."""
        assert rises(0.6).to_dict() == {
            "made_on": "2024-01-31",
            "subject": "A",
            "horizon": "2024-02-29",
            "kind": "direction",
            "probability": 0.6,
        }

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"made_on": "yesterday"}, "made_on"),
            ({"made_on": ["2024-01-01", "2024-01-02"]}, "made_on: expected a single date"),
            ({"horizon": "2024-01-31"}, "horizon: expected a day after 2024-01-31, got 2024-01-31"),
            ({"horizon": np.datetime64("20000-01-01")}, "horizon"),
            ({"subject": ""}, "subject"),
            ({"subject": 5}, "subject"),
            ({"source": None}, "source"),
            ({"kind": "level"}, "kind"),
            ({"probability": 1.01}, "probability: expected a probability from 0 to 1"),
            ({"probability": NAN}, "probability"),
            ({"probability": [0.5]}, "probability: expected a single number"),
            ({"probability": None}, "probability: expected a number, as a direction needs it"),
            ({"low": 1.0}, "low: expected none, as a direction has none"),
            ({"reference": 0.0}, "reference"),
        ],
    )
    def test_refuses_impossible_directions(self, change, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            Forecast.from_dict({**rises(0.6).to_dict(), **change})

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"low": 200.0}, "low and high: expected low up to high, got 200.0 and 110.0"),
            ({"coverage": 1.0}, "coverage"),
            ({"coverage": None}, "coverage: expected a number, as a range needs it"),
            ({"probability": 0.5}, "probability: expected none"),
            ({"reference": 100.0}, "reference: expected none"),
        ],
    )
    def test_refuses_impossible_ranges(self, change, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            Forecast.from_dict({**lies(90.0, 110.0).to_dict(), **change})

    @pytest.mark.parametrize(
        "plain", [None, {}, {"made_on": "2024-01-31"}, {**rises(0.6).to_dict(), "mood": "good"}]
    )
    def test_refuses_what_is_no_forecast(self, plain):
        """The message says what one has."""
        with pytest.raises(
            InputError, match="plain: expected a mapping with made_on, subject, horizon, kind"
        ):
            Forecast.from_dict(plain)


class TestOutcomes:
    @pytest.mark.parametrize(
        ("forecast", "status"),
        [
            (rises(0.7), "hit"),
            (rises(0.3), "miss"),
            (rises(0.5), "undecided"),
            (rises(0.3, horizon="2024-03-28"), "hit"),
            (rises(0.7, subject="B"), "miss"),
            (rises(0.7, reference=102.0), "miss"),
            (lies(100.0, 102.0), "hit"),
            (lies(102.5, 110.0), "miss"),
            (rises(0.7, horizon="2024-04-30"), "not_yet"),
            (rises(0.7, subject="C"), "unknown"),
            (rises(0.7, subject="B", horizon="2024-03-28"), "unknown"),
            (rises(0.7, made_on="2023-12-29"), "unknown"),
        ],
        ids=str,
    )
    def test_by_hand(self, close, forecast, status):
        """A rose from 100 to 102 and fell to 99; B stayed, which is no rise, and then has no price."""
        outcome = judge([forecast], close).outcomes[0]
        assert outcome.status == status
        assert outcome.is_judged is (status in ("hit", "miss", "undecided"))

    def test_a_day_without_a_price_has_the_one_before(self, close):
        """A Saturday two days after; a month after it is too old."""
        found = judge([rises(0.7, horizon="2024-03-02"), rises(0.7, horizon="2024-03-20")], close).outcomes
        assert [item.status for item in found] == [ForecastStatus.HIT, ForecastStatus.UNKNOWN]
        patient = judge([rises(0.7, horizon="2024-03-20")], close, max_age=30).outcomes[0]
        assert (patient.status, patient.price) == ("hit", 102.0)

    def test_nothing_is_judged_before_its_day(self, close):
        """Even if the price has passed the bounds by then."""
        found = judge([lies(0.0, 1.0, horizon="2024-03-29")], close)
        assert (found.n_judged, found.n_not_yet) == (0, 1)

    def test_a_later_price_changes_no_outcome(self, close):
        """What was judged on fewer days is judged alike on all."""
        said = [rises(0.7), lies(90.0, 101.0), rises(0.2, horizon="2024-03-28")]
        then, now = judge(said, close.iloc[:2]).outcomes, judge(said, close).outcomes
        assert [(item.status, item.price) for item in then[:2]] == [
            (item.status, item.price) for item in now[:2]
        ]
        assert (then[2].status, now[2].status) == ("not_yet", "hit")

    def test_prices_come_in_three_forms(self, close):
        """A frame, a Series with its name, and Series by name, each with its own days."""
        said = [rises(0.7)]
        forms = [close, close["A"], {"A": close["A"], "B": close["B"].dropna()}]
        assert {judge(said, form).outcomes[0].status for form in forms} == {ForecastStatus.HIT}

    def test_times_of_day_and_zones_are_left_out(self, close):
        """The local day counts."""
        there = close.copy()
        there.index = (DAYS + pd.Timedelta(hours=22)).tz_localize("America/New_York")
        assert judge([rises(0.7)], there).outcomes[0].price == 102.0


class TestScores:
    def test_by_hand(self, close):
        """0.7 for a rise that came, 0.4 for one that did not, 0.5."""
        said = [rises(0.7), rises(0.4, horizon="2024-03-28"), rises(0.5)]
        found = judge(said, close)
        assert found.hit_rate == 1.0
        assert found.brier == pytest.approx((0.3**2 + 0.4**2 + 0.5**2) / 3)
        assert found.brier_reference == pytest.approx(2 / 9)
        assert found.brier_skill == pytest.approx(1 - found.brier / (2 / 9))
        assert found.log_score == pytest.approx(-np.log([0.7, 0.6, 0.5]).mean())

    def test_who_never_knows_earns_what_a_coin_earns(self, close):
        """0.25 and log 2, and no hit rate."""
        found = judge([rises(0.5), rises(0.5, horizon="2024-03-28")], close)
        assert found.brier == 0.25
        assert found.log_score == pytest.approx(np.log(2))
        assert np.isnan(found.hit_rate)

    def test_one_certainty_that_fails_is_not_forgiven(self, close):
        """The logarithmic score is infinite."""
        assert judge([rises(0.0), rises(0.9)], close).log_score == np.inf

    @given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
    def test_scores_are_proper(self, truth, said):
        """In expectation nothing earns more than the truth: Brier's and Good's reason for them."""
        close = pd.DataFrame({"up": [1.0, 2.0], "down": [2.0, 1.0]}, index=DAYS[:2])

        def expected(probability):
            up, down = (judge([rises(probability, subject=name)], close) for name in ("up", "down"))
            scores = np.array([[up.brier, down.brier], [up.log_score, down.log_score]])
            return scores @ [truth, 1 - truth]

        assert (expected(truth) <= expected(said) + 1e-12).all()

    def test_ranges_are_covered_as_often_as_promised_or_not(self):
        """Statsmodels' exact interval ("beta") of 7 in 10."""
        close = pd.DataFrame({str(i): [100.0, 90.0 + 3 * i] for i in range(10)}, index=DAYS[:2])
        found = judge([lies(92.0, 112.0, subject=str(i)) for i in range(10)], close)
        assert found.covered == 0.7
        assert found.promised_coverage == pytest.approx(0.8)
        np.testing.assert_allclose(found.covered_interval, proportion_confint(7, 10, 0.05, "beta"))

    def test_the_calibration_table_tells_what_came_by_what_was_said(self, close):
        """A bin begins with its lower bound: 0.3 is in the fourth of ten, and 1 in the last."""
        said = [rises(p) for p in (0.0, 0.3, 0.31, 1.0)] + [rises(0.35, horizon="2024-03-28")]
        table = judge(said, close).calibration
        assert [item.n for item in table] == [1, 0, 0, 3, 0, 0, 0, 0, 0, 1]
        assert table[3].mean_probability == pytest.approx(0.32)
        assert table[3].share_risen == pytest.approx(2 / 3)
        np.testing.assert_allclose(table[3].interval, proportion_confint(2, 3, 0.05, "wilson"))
        assert np.isnan([table[1].share_risen, *table[1].interval]).all()

    @given(
        st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.6, 0.7, 0.9, 1.0]), max_size=20), st.integers(1, 12)
    )
    def test_bins_hold_every_direction_once(self, said, n_bins):
        """Each within its bounds."""
        close = pd.DataFrame({"A": [1.0, 2.0]}, index=DAYS[:2])
        table = judge([rises(p) for p in said], close, n_bins=n_bins).calibration
        assert sum(item.n for item in table) == len(said)
        assert all(item.low <= item.mean_probability <= item.high for item in table if item.n)

    def test_a_forecaster_who_tells_the_truth_is_found_calibrated(self):
        """Two thousand rises that come as often as said: each bin's interval of 99.9% holds its mean."""
        rng = np.random.default_rng(1)
        chances = rng.random(2000)
        after = np.where(rng.random(2000) < chances, 2.0, 0.5)
        close = pd.DataFrame(np.stack([np.ones(2000), after]), index=DAYS[:2], columns=map(str, range(2000)))
        found = judge([rises(p, subject=str(i)) for i, p in enumerate(chances)], close, level=0.999)
        for item in found.calibration:
            assert item.interval[0] <= item.mean_probability <= item.interval[1]
        assert found.brier_skill > 0.2

    def test_without_forecasts_all_is_nan_and_counts_are_zero(self, close):
        """Nothing said, nothing known."""
        found = judge([], close)
        assert (found.n_judged, found.n_directions, found.n_ranges) == (0, 0, 0)
        figures = [found.hit_rate, found.brier, found.brier_skill, found.log_score, found.covered]
        assert np.isnan([*figures, *found.covered_interval, *found.hit_rate_interval]).all()
        assert list(found.to_frame().columns)[:4] == ["made_on", "subject", "horizon", "kind"]


class TestFrames:
    def test_repr_is_one_line(self, close):
        """How many were judged, and how well they did."""
        found = judge([rises(0.7), lies(90.0, 95.0), rises(0.7, horizon="2025-01-01")], close)
        assert repr(found) == (
            "Judgement(2 of 3 judged: 1 directions, hit_rate=1, brier=0.09; 1 ranges, covered=0 of promised 0.8)"
        )

    def test_a_row_for_each_forecast(self, close):
        """With what came."""
        frame = judge([rises(0.7, source="trend"), lies(90.0, 95.0)], close).to_frame()
        assert frame["status"].tolist() == ["hit", "miss"]
        assert frame["price"].tolist() == [102.0, 102.0]
        assert frame.loc[0, "source"] == "trend"

    def test_a_row_for_each_bin(self, close):
        """With the interval in two columns."""
        frame = judge([rises(0.7)], close, n_bins=2).calibration_frame()
        assert frame["n"].tolist() == [0, 1]
        assert frame.loc[1, "share_risen"] == 1.0


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"forecasts": ["up"]}, "forecasts: expected Forecasts, got str"),
            ({"prices": [1.0]}, "prices: expected a DataFrame"),
            ({"prices": pd.Series([1.0, 2.0], name="A")}, "prices: expected dates"),
            ({"prices": pd.Series([1.0, 2.0], DAYS[1::-1], name="A")}, "prices: expected days in order"),
            ({"prices": pd.Series([], DAYS[:0], name="A", dtype=float)}, "prices: expected at least one day"),
            ({"prices": pd.Series(["x"], DAYS[:1], name="A")}, "A: expected"),
            (
                {"prices": pd.Series([np.inf], DAYS[:1], name="A")},
                "A: expected finite prices or NaN, got inf",
            ),
            ({"max_age": -1}, "max_age"),
            ({"n_bins": 0}, "n_bins"),
            ({"level": 0.0}, "level"),
        ],
    )
    def test_the_message_names_the_argument(self, close, options, named):
        """And what came."""
        with pytest.raises(InputError, match=named):
            judge(**{"forecasts": [], "prices": close, **options})
