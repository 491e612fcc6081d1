"""Ratings from interest coverage, and their spreads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.capital import synthetic_rating
from maos_nb.errors import InputError

COVERAGES = st.floats(-1e6, 1e6)


class TestPublishedTable:
    """Rows of Damodaran's table of January 2024."""

    @pytest.mark.parametrize(
        ("coverage", "rating", "spread"),
        [
            (8.6, "AAA", 0.0059),
            (8.5, "AA", 0.0070),
            (5.0, "A", 0.0107),
            (2.6, "BBB", 0.0147),
            (1.3, "B-", 0.0524),
            (0.2, "D", 0.2),
            (-3.0, "D", 0.2),
        ],
    )
    def test_large_companies_are_rated_by_the_bounds_that_are_published(self, coverage, rating, spread):
        """A bound belongs to the rating below it."""
        found = synthetic_rating(coverage)
        assert (found.rating, found.spread) == (rating, spread)

    @pytest.mark.parametrize(
        ("coverage", "rating"), [(12.6, "AAA"), (12.5, "AA"), (3.33, "BB"), (0.6, "C"), (0.5, "D")]
    )
    def test_small_companies_need_more_coverage(self, coverage, rating):
        """Coverage of 3.33 is the example of Damodaran's book: a small company is rated BB."""
        assert synthetic_rating(coverage, size="small").rating == rating


class TestRules:
    """What holds of every coverage."""

    @given(COVERAGES, COVERAGES)
    def test_more_coverage_never_costs_more(self, first, second):
        """Spreads fall, or stay, as coverage rises."""
        low, high = sorted((first, second))
        assert synthetic_rating(high).spread <= synthetic_rating(low).spread

    @given(COVERAGES)
    def test_a_small_company_never_pays_less_than_a_large_one(self, coverage):
        """The bounds of small companies are higher throughout."""
        assert synthetic_rating(coverage, size="small").spread >= synthetic_rating(coverage).spread

    def test_an_array_gives_what_each_of_its_items_gives(self):
        """NaN has no rating, no interest at all the best."""
        coverages = np.array([[3.1, np.nan], [np.inf, -np.inf]])
        found = synthetic_rating(coverages)
        assert found.rating.tolist() == [["A-", ""], ["AAA", "D"]]
        assert np.isnan(found.spread[0, 1])
        assert found.spread[0, 0] == synthetic_rating(3.1).spread

    def test_another_size_is_refused(self):
        """There are two tables."""
        with pytest.raises(InputError, match="size: expected 'large' or 'small', got 'medium'"):
            synthetic_rating(3.0, size="medium")
