"""The sentiment composite: by hand, by weights, without parts, and without knowledge of later days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.market.regimes import past_percentile
from maos_nb.analytics.market.sentiment import WEIGHTS, sentiment_composite, sentiment_state
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.errors import InputError

NAN = np.nan


@pytest.fixture
def parts():
    """Give a hundred days of all four."""
    rng = np.random.default_rng(5)
    days = pd.bdate_range("2020-01-01", periods=100)
    lines = {
        "price": 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 100))),
        "vix": rng.uniform(10, 40, 100),
        "breadth": rng.uniform(0, 1, 100),
        "strength": rng.uniform(-1, 1, 100),
    }
    return {name: pd.Series(line, index=days, name=name) for name, line in lines.items()}


def composite(parts, **options):
    """Give the composite with short windows."""
    return sentiment_composite(**parts, **{"momentum_window": 10, "min_history": 20, **options})


class TestComposite:
    def test_by_hand(self):
        """Volatility at its lowest is 100, breadth in the middle is 50: weights 3 to 1 make 87.5."""
        found = sentiment_composite(
            vix=[30.0, 20.0, 10.0],
            breadth=[0.2, 0.8, 0.5],
            weights={"volatility": 3, "breadth": 1},
            min_history=2,
        )
        np.testing.assert_array_equal(found.score, [NAN, NAN, 87.5])
        assert found.weights == {"volatility": 0.75, "breadth": 0.25}

    def test_components_are_percentiles_of_the_past(self, parts):
        """Momentum against the average of pandas, volatility the other way round."""
        found = composite(parts)
        away = parts["price"] / parts["price"].rolling(10).mean() - 1
        expected = {
            "volatility": 100 * (1 - past_percentile(parts["vix"], min_history=20)),
            "momentum": 100 * past_percentile(away, min_history=20),
            "breadth": 100 * past_percentile(parts["breadth"], min_history=20),
            "strength": 100 * past_percentile(parts["strength"], min_history=20),
        }
        assert list(found.components) == list(expected)
        for name, line in expected.items():
            np.testing.assert_allclose(found.components[name], line, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.score[40:], pd.DataFrame(expected).mean(axis=1)[40:], rtol=1e-12)

    def test_what_is_not_known_gives_its_weight_to_the_others(self, parts):
        """And `known_weight` tells."""
        parts["vix"].iloc[50] = NAN
        found = composite(parts)
        others = [found.components[name].iloc[50] for name in ("momentum", "breadth", "strength")]
        assert found.score.iloc[50] == pytest.approx(np.mean(others), rel=1e-12)
        assert found.known_weight.iloc[50] == pytest.approx(0.75)

    def test_a_part_of_no_weight_changes_nothing(self, parts):
        """It is shown all the same."""
        found = composite(parts, weights={"strength": 0})
        without = composite({name: parts[name] for name in ("price", "vix", "breadth")})
        np.testing.assert_allclose(found.score, without.score, rtol=1e-12)
        assert "strength" in found.components

    @pytest.mark.parametrize("name", ["price", "vix", "breadth", "strength"])
    def test_of_one_part_alone(self, parts, name):
        """The score is that part, and its weight is all."""
        found = composite({name: parts[name]})
        (component,) = found.components.values()
        pd.testing.assert_series_equal(found.score, component, check_names=False)
        assert list(found.weights.values()) == [1.0]

    def test_a_short_history_gives_no_score(self, parts):
        """Fewer than `min_history` earlier ones."""
        found = composite(parts, min_history=100)
        assert found.score.isna().all()
        assert (found.known_weight == 0).all()

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=8)
    def test_scores_are_between_0_and_100_and_know_nothing_later(self, seed):
        """With gaps and a limited history."""
        rng = np.random.default_rng(seed)
        price, vix = rng.uniform(1, 2, (2, 90))
        price[rng.random(90) < 0.05] = NAN

        def score(price, vix):
            found = sentiment_composite(price, vix, momentum_window=5, history=30, min_history=10)
            return found.score, found.known_weight, *found.components.values()

        known = score(price, vix)[0]
        known = known[~np.isnan(known)]
        assert ((known >= 0) & (known <= 100)).all()
        assert_causal(score, price, vix)

    def test_frame_and_repr(self, parts):
        """Weights are in sight."""
        found = composite(parts)
        assert list(found.to_frame()) == ["score", *WEIGHTS, "known_weight"]
        assert "volatility 0.25" in repr(found)


class TestState:
    @pytest.mark.parametrize(
        ("score", "words"),
        [
            (0, "extreme fear"),
            (19.9, "extreme fear"),
            (20, "fear"),
            (40, "neutral"),
            (50, "neutral"),
            (60, "neutral"),
            (60.1, "greed"),
            (80, "greed"),
            (80.1, "extreme greed"),
            (NAN, "not known"),
        ],
    )
    def test_words(self, score, words):
        """Symmetric about 50."""
        assert sentiment_state(score) == words


class TestRefused:
    @pytest.mark.parametrize(
        ("given_parts", "options", "argument"),
        [
            ({}, {}, "price and vix"),
            ({"vix": [0.0, 1.0]}, {}, "vix"),
            ({"price": [-1.0, 1.0]}, {}, "price"),
            ({"breadth": [[0.1, 0.2]]}, {}, "breadth"),
            ({"price": [1.0, 2.0], "vix": [1.0]}, {}, "price and vix"),
            ({"vix": [1.0]}, {"weights": {"fear": 1}}, "weights"),
            ({"vix": [1.0]}, {"weights": {"volatility": -1}}, "weights['volatility']"),
            ({"vix": [1.0]}, {"weights": {"volatility": 0}}, "weights"),
            ({"vix": [1.0]}, {"weights": [1.0]}, "weights"),
            ({"vix": [1.0]}, {"momentum_window": 0}, "momentum_window"),
        ],
    )
    def test_what_cannot_be_used(self, given_parts, options, argument):
        """Each names its argument."""
        with pytest.raises(InputError) as caught:
            sentiment_composite(**given_parts, **options)
        assert caught.value.argument == argument
