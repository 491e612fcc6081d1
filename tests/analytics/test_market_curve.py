"""The yield curve: its figures by hand, its labels, its gaps, and that no day knows of later ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.market.curve import yield_curve_state
from maos_nb.analytics.market.regimes import past_percentile
from maos_nb.analytics.technical.causality import assert_causal
from maos_nb.errors import InputError

NAN = np.nan
DAYS = pd.to_datetime(["2023-03-08", "2023-03-09", "2023-03-13", "2023-03-20"])


@pytest.fixture
def yields():
    """Give four days of four maturities: inverted on the second, 2y missing on the third."""
    return pd.DataFrame(
        {
            "3m": [0.050, 0.050, 0.048, 0.046],
            "2y": [0.030, 0.050, NAN, 0.034],
            "5y": [0.034, 0.043, 0.036, 0.0355],
            "10y": [0.035, 0.040, 0.0355, 0.035],
        },
        index=DAYS,
    )


class TestFigures:
    def test_slope_is_ten_less_two_years(self, yields):
        """As ``=D2-B2`` in a sheet."""
        slope = yield_curve_state(yields).slope
        np.testing.assert_allclose(slope, [0.005, -0.01, NAN, 0.001], rtol=1e-12)

    def test_slope_against_three_months_is_chosen(self, yields):
        """The spread whose inversion the New York Fed watches."""
        slope = yield_curve_state(yields, short=0.25).slope
        np.testing.assert_allclose(slope, [-0.015, -0.01, -0.0125, -0.011], rtol=1e-12)

    def test_curvature_is_twice_the_middle_less_the_ends(self, yields):
        """As ``=2*C2-B2-D2``."""
        bend = yield_curve_state(yields).curvature
        np.testing.assert_allclose(bend, [0.003, -0.004, NAN, 0.002], rtol=1e-11)

    def test_level_is_the_mean_of_all_and_of_the_same_all(self, yields):
        """A day without one of the maturities has no level, as its mean would be of others."""
        level = yield_curve_state(yields).level
        np.testing.assert_allclose(level, [0.03725, 0.04575, NAN, 0.037625], rtol=1e-12)

    def test_state_is_in_words(self, yields):
        """And as numbers."""
        found = yield_curve_state(yields)
        assert found.state.tolist() == ["not inverted", "inverted", "not known", "not inverted"]
        np.testing.assert_array_equal(found.inverted, [0, 1, NAN, 0])

    def test_days_since_inversion_are_calendar_days(self, yields):
        """From 9 to 20 March are 11; before any inversion nothing is known."""
        np.testing.assert_array_equal(yield_curve_state(yields).days_since_inversion, [NAN, 0, NAN, 11])

    def test_days_since_inversion_of_arrays_are_observations(self, yields):
        """They have no dates."""
        found = yield_curve_state(yields.to_numpy(), [0.25, 2, 5, 10])
        np.testing.assert_array_equal(found.days_since_inversion, [NAN, 0, NAN, 2])

    def test_a_flat_curve_is_not_inverted(self):
        """A slope of exactly zero."""
        assert yield_curve_state([[0.04, 0.04]], [2, 10]).state.tolist() == ["not inverted"]

    def test_percentile_is_that_among_earlier_slopes(self):
        """As `past_percentile` of the slope gives it."""
        table = np.random.default_rng(1).normal(0.04, 0.01, (60, 2))
        found = yield_curve_state(table, [2, 10], history=20, min_history=5)
        np.testing.assert_array_equal(
            found.percentile, past_percentile(table[:, 1] - table[:, 0], 20, min_history=5)
        )


class TestTables:
    def test_labels_are_kept(self, yields):
        """Every line has the rows' dates and its own name."""
        found = yield_curve_state(yields)
        for name, line in found._asdict().items():
            assert line.name == name
            assert line.index.equals(yields.index)

    @pytest.mark.parametrize("form", ["yield_{}", "DGS {}", "{}"])
    def test_maturities_are_read_from_names(self, yields, form):
        """Whatever stands before them."""
        renamed = yields.rename(columns=lambda name: form.format(name.upper()))
        pd.testing.assert_series_equal(yield_curve_state(renamed).slope, yield_curve_state(yields).slope)

    def test_columns_in_any_order(self, yields):
        """Maturities tell which is which."""
        turned = yield_curve_state(yields[["10y", "3m", "5y", "2y"]])
        for mine, theirs in zip(yield_curve_state(yields), turned, strict=True):
            if mine.dtype == float:
                pd.testing.assert_series_equal(mine, theirs, rtol=1e-14)
            else:
                assert mine.tolist() == theirs.tolist()

    def test_without_five_years_there_is_no_curvature(self, yields):
        """But a slope."""
        found = yield_curve_state(yields[["2y", "10y"]])
        assert found.curvature.isna().all()
        assert found.slope.notna().sum() == 3

    def test_no_rows_give_no_rows(self, yields):
        """Of every line."""
        assert {len(line) for line in yield_curve_state(yields.iloc[:0])} == {0}

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=10)
    def test_no_day_knows_of_later_ones(self, seed):
        """With gaps, too."""
        rng = np.random.default_rng(seed)
        table = rng.normal(0.04, 0.01, (80, 3))
        table[rng.random(table.shape) < 0.05] = NAN

        def numbers(rows):
            return yield_curve_state(rows, [2, 5, 10], min_history=10)[:-1]

        assert_causal(numbers, table)


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "options", "argument"),
        [
            (lambda table: table * 100, {}, "yields"),
            (lambda table: table.rename(columns={"2y": "two"}), {}, "yields"),
            (lambda table: table.rename(columns={"2y": "24m", "3m": "2y"}), {}, "maturities"),
            (lambda table: table[::-1], {}, "yields"),
            (lambda table: table, {"short": 10, "long": 2}, "short and long"),
            (lambda table: table, {"short": 1}, "short"),
            (lambda table: table, {"long": 30}, "long"),
            (lambda table: table, {"maturities": [1, 2]}, "maturities"),
            (lambda table: table, {"maturities": [0, 2, 5, 10]}, "maturities"),
            (lambda table: table.to_numpy(), {}, "maturities"),
            (lambda table: table, {"min_history": 0}, "min_history"),
        ],
    )
    def test_what_cannot_be_used(self, yields, change, options, argument):
        """Each names its argument."""
        with pytest.raises(InputError) as caught:
            yield_curve_state(change(yields), **options)
        assert caught.value.argument == argument
