"""Seasonality: means by hand, statsmodels' tests, Holm's correction, and what is too little to be tested."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from maos_nb.analytics.market.seasonality import seasonality
from maos_nb.errors import InputError

NAN = np.nan


@pytest.fixture
def returns():
    """Give three years of daily returns of two assets, correlated in time."""
    days = pd.bdate_range("2020-01-01", periods=780)
    noise = np.random.default_rng(3).normal(0.0005, 0.01, (781, 2))
    return pd.DataFrame(noise[1:] + 0.3 * noise[:-1], index=days, columns=["A", "B"])


class TestMeans:
    def test_by_month_as_pandas_groups(self, returns):
        """Means, counts and shares of gains."""
        frame = seasonality(returns["A"]).to_frame()
        groups = returns["A"].groupby(returns.index.month)
        np.testing.assert_allclose(frame["mean"], groups.mean(), rtol=1e-12)
        np.testing.assert_array_equal(frame["count"], groups.count())
        np.testing.assert_allclose(frame["share_positive"], groups.apply(lambda x: (x > 0).mean()))
        assert list(frame.index) == [
            f"{month:%b}" for month in pd.date_range("2020-01", periods=12, freq="MS")
        ]

    def test_by_weekday(self, returns):
        """Monday first; days without trade are not there."""
        frame = seasonality(returns["A"], "weekday").to_frame()
        assert list(frame.index) == ["Mon", "Tue", "Wed", "Thu", "Fri"]
        np.testing.assert_allclose(
            frame["mean"], returns["A"].groupby(returns.index.day_of_week).mean(), rtol=1e-12
        )

    def test_days_before_1970(self):
        """29 October 1929 was a Tuesday."""
        assert seasonality([-0.12], "weekday", dates=["1929-10-29"]).seasons == ("Tue",)

    def test_dates_beside_arrays_are_as_good_as_an_index(self, returns):
        """The same figures."""
        beside = seasonality(returns.to_numpy(), dates=returns.index)
        np.testing.assert_array_equal(beside.t_statistic, seasonality(returns).t_statistic)


class TestTests:
    @pytest.mark.parametrize("lags", [0, 1, 5, None])
    @pytest.mark.parametrize(("by", "part"), [("month", "month"), ("weekday", "day_of_week")])
    def test_against_zero_as_statsmodels(self, returns, by, part, lags):
        """OLS on a dummy for each season with HAC covariance is the definition; statsmodels computes it whole."""
        dummies = pd.get_dummies(getattr(returns.index, part)).to_numpy(float)
        most = int(4 * (len(returns) / 100) ** (2 / 9)) if lags is None else lags
        fit = sm.OLS(returns["A"].to_numpy(), dummies).fit(
            cov_type="HAC", cov_kwds={"maxlags": most, "use_correction": False}, use_t=True
        )
        found = seasonality(returns["A"], by, lags=lags)
        np.testing.assert_allclose(found.standard_error[0], fit.bse, rtol=1e-9)
        np.testing.assert_allclose(found.t_statistic[0], fit.tvalues, rtol=1e-9)
        np.testing.assert_allclose(found.p_value[0], fit.pvalues, rtol=1e-8)

    def test_against_others_as_statsmodels(self, returns):
        """One dummy beside a constant: its coefficient is the difference from all others."""
        found = seasonality(returns["B"], against="others", lags=4)
        for place in range(12):
            design = sm.add_constant((returns.index.month == place + 1).astype(float))
            fit = sm.OLS(returns["B"].to_numpy(), design).fit(
                cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": False}, use_t=True
            )
            assert found.difference[0, place] == pytest.approx(fit.params[1], rel=1e-9)
            assert found.standard_error[0, place] == pytest.approx(fit.bse[1], rel=1e-9)
            assert found.p_value[0, place] == pytest.approx(fit.pvalues[1], rel=1e-8)

    def test_p_values_are_raised_by_holm_over_all_assets(self, returns):
        """Two assets of twelve months are 24 tests; statsmodels' correction is the oracle."""
        found = seasonality(returns)
        raised = multipletests(found.p_value.ravel(), method="holm")[1]
        np.testing.assert_allclose(found.p_adjusted.ravel(), raised, rtol=1e-12)

    def test_a_common_drift_is_no_season_against_others(self):
        """Against zero it looks like one."""
        days = pd.bdate_range("2000-01-03", periods=1000)
        drift = pd.Series(0.01 + np.random.default_rng(0).normal(0, 0.001, 1000), index=days)
        assert seasonality(drift).p_adjusted.max() < 1e-9
        assert seasonality(drift, against="others").p_adjusted.min() > 0.05


class TestLittle:
    def test_one_return_has_a_mean_and_no_test(self):
        """Nor is there a spread."""
        frame = seasonality([0.01], dates=["2024-05-01"]).to_frame()
        assert frame.loc["May", "mean"] == 0.01
        assert frame.loc["May", ["t_statistic", "p_value", "p_adjusted"]].isna().all()

    def test_returns_that_are_all_the_same_have_no_test(self):
        """0.1 has no exact double, and still no spread of rounding."""
        days = pd.bdate_range("2024-01-01", periods=60)
        found = seasonality(pd.Series(0.1, index=days))
        np.testing.assert_array_equal(found.mean, np.full((1, 3), 0.1))
        assert np.isnan(found.t_statistic).all()

    def test_gaps_are_left_out(self, returns):
        """Of means and counts; an asset of gaps alone has neither."""
        holed = returns.copy()
        holed.iloc[::7, 0] = NAN
        holed["B"] = NAN
        frame = seasonality(holed).to_frame()
        known = holed["A"].dropna()
        np.testing.assert_allclose(
            frame.loc["A", "mean"], known.groupby(known.index.month).mean(), rtol=1e-12
        )
        assert (frame.loc["B", "count"] == 0).all()
        assert frame.loc["B", "mean"].isna().all()

    def test_no_rows_have_no_seasons(self, returns):
        """And an empty frame."""
        assert seasonality(returns.iloc[:0]).to_frame().empty

    @given(st.permutations(["A", "B", "C"]))
    @settings(max_examples=5)
    def test_assets_in_any_order(self, order):
        """Each has its own figures."""
        days = pd.bdate_range("2020-01-01", periods=100)
        panel = pd.DataFrame(
            np.random.default_rng(0).normal(0, 0.01, (100, 3)), index=days, columns=list("ABC")
        )
        straight, turned = seasonality(panel).to_frame(), seasonality(panel[order]).to_frame()
        pd.testing.assert_frame_equal(turned.loc[straight.index], straight)

    def test_a_short_repr(self, returns):
        """With the one figure that matters."""
        assert repr(seasonality(returns)).startswith(
            "Seasonality(by='month', 12 seasons, 2 assets, lowest adjusted"
        )


class TestRefused:
    @pytest.mark.parametrize(
        ("given_returns", "options", "argument"),
        [
            ([0.1, 0.2], {}, "dates"),
            ([0.1, 0.2], {"dates": ["2024-01-01"]}, "dates"),
            ([0.1, 0.2], {"dates": ["2024-01-02", "2024-01-01"]}, "dates"),
            ([0.1], {"dates": ["2024-01-02"], "by": "hour"}, "by"),
            ([0.1], {"dates": ["2024-01-02"], "against": "all"}, "against"),
            ([0.1], {"dates": ["2024-01-02"], "lags": -1}, "lags"),
            ([np.inf], {"dates": ["2024-01-02"]}, "returns"),
        ],
    )
    def test_what_cannot_be_used(self, given_returns, options, argument):
        """Each names its argument."""
        with pytest.raises(InputError) as caught:
            seasonality(given_returns, **options)
        assert caught.value.argument == argument
