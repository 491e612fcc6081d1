"""Where a company stands among its peers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.analytics.fundamental.peers import peer_rank
from maos_nb.analytics.fundamental.ratios import calculate_ratios
from maos_nb.errors import InputError

# Few different values, so that there are ties.
figures = st.one_of(st.integers(-4, 4).map(float), st.just(np.nan))
MEASURES = ("percentile", "z_score", "robust_z", "rank", "median", "n_peers", "n_missing")


@st.composite
def universes(draw):
    """Draw 1 to 8 companies over 1 to 3 years with 2 ratios, in up to 3 groups or none."""
    n_companies, n_years = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    tickers = [f"T{number}" for number in range(n_companies)]
    index = pd.MultiIndex.from_product(
        [tickers, range(2000, 2000 + n_years)], names=["ticker", "fiscal_year"]
    )
    values = draw(hnp.arrays(float, (len(index), 2), elements=figures))
    groups = {ticker: draw(st.sampled_from(["tech", "energy", "banks", None])) for ticker in tickers}
    return pd.DataFrame(values, index=index, columns=["roe", "debt_to_equity"]), groups


def by_ticker(values, **columns):
    """Give a frame of one period, companies named A, B, C and so on."""
    return pd.DataFrame({"roe": values, **columns}, index=list("ABCDEFGHIJ"[: len(values)]))


class TestPeerRank:
    @given(universes(), st.integers(1, 4))
    @settings(max_examples=80)
    def test_equals_scipy_group_by_group(self, universe, minimum):
        """A plain loop over groups, years and ratios; scipy.stats has the same definitions, one sample at a time."""
        values, groups = universe
        found = peer_rank(values, groups, minimum=minimum)
        for (ticker, year), row in values.iterrows():
            for ratio, value in row.items():
                at = ((ticker, year), ratio)
                same = [name for name in groups if groups[name] == groups[ticker] is not None]
                peers = np.array([values.loc[(name, year), ratio] for name in same])
                known = peers[~np.isnan(peers)]
                assert found.n_peers.loc[at] == len(known)
                assert found.n_missing.loc[at] == len(peers) - len(known)
                if len(known) < minimum or not len(known):
                    assert np.isnan([getattr(found, name).loc[at] for name in MEASURES[:5]]).all()
                    continue
                assert found.median.loc[at] == np.median(known)
                if np.isnan(value):
                    assert np.isnan([getattr(found, name).loc[at] for name in MEASURES[:4]]).all()
                    continue
                assert found.percentile.loc[at] == pytest.approx(
                    stats.percentileofscore(known, value, kind="mean"), rel=1e-13
                )
                assert found.rank.loc[at] == stats.rankdata(-known)[list(known).index(value)]
                has_spread = len(set(known)) > 1
                z = stats.zscore(known, ddof=1)[list(known).index(value)] if has_spread else np.nan
                np.testing.assert_allclose(found.z_score.loc[at], z, rtol=1e-12, atol=1e-14)
                spread = stats.median_abs_deviation(known, scale="normal")
                robust = (value - np.median(known)) / spread if spread else np.nan
                np.testing.assert_allclose(found.robust_z.loc[at], robust, rtol=1e-12)

    @given(universes(), st.randoms(use_true_random=False))
    @settings(max_examples=40)
    def test_companies_in_another_order_give_the_same_rows(self, universe, random):
        """Ranks to the last bit, z-scores to rounding."""
        values, groups = universe
        shuffled = values.iloc[random.sample(range(len(values)), len(values))]
        one, other = peer_rank(values, groups), peer_rank(shuffled, groups)
        for name in MEASURES:
            pd.testing.assert_frame_equal(
                getattr(one, name), getattr(other, name).loc[values.index], rtol=1e-12, atol=1e-14
            )

    @given(universes())
    @settings(max_examples=40)
    def test_lower_is_better_turns_everything_round(self, universe):
        """But the figures, the median and the counts."""
        values, groups = universe
        up, down = peer_rank(values, groups), peer_rank(values, groups, higher_is_better=False)
        pd.testing.assert_frame_equal(down.percentile, 100 - up.percentile, rtol=1e-12)
        pd.testing.assert_frame_equal(down.rank, up.n_peers + 1 - up.rank, rtol=1e-12)
        pd.testing.assert_frame_equal(down.z_score, -up.z_score, rtol=1e-12, atol=1e-14)
        pd.testing.assert_frame_equal(down.robust_z, -up.robust_z, rtol=1e-12)
        pd.testing.assert_frame_equal(down.median, up.median)
        pd.testing.assert_frame_equal(down.values, values)

    def test_a_direction_for_each_ratio(self):
        """The ratios that are not named count upwards."""
        values = by_ticker([0.1, 0.2, 0.3], debt=[1.0, 2.0, 3.0], leverage=[1.0, 2.0, 3.0])
        found = peer_rank(values, higher_is_better={"debt": False, "leverage": None})
        assert found.rank.loc["A"].tolist() == [3.0, 1.0, 3.0]

    def test_the_published_z_score_of_a_small_sample(self):
        """2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and, with ddof 1, variance 32/7."""
        figures = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
        found = peer_rank(by_ticker(figures))
        np.testing.assert_allclose(
            found.z_score["roe"], (np.array(figures) - 5) / np.sqrt(32 / 7), rtol=1e-14
        )
        # One below 4, three equal to it: (1 + 3/2) / 8.
        assert found.percentile.loc["B", "roe"] == 31.25

    def test_an_outlier_does_not_move_the_robust_score(self):
        """Iglewicz and Hoaglin's point: 0.6745 (x - median) / MAD."""
        calm = peer_rank(by_ticker([1.0, 2.0, 3.0, 4.0, 5.0]))
        wild = peer_rank(by_ticker([1.0, 2.0, 3.0, 4.0, 5000.0]))
        assert (
            wild.robust_z.loc["A", "roe"]
            == calm.robust_z.loc["A", "roe"]
            == pytest.approx(-2 * 0.6745, rel=1e-4)
        )
        assert abs(wild.z_score.loc["A", "roe"]) < abs(calm.z_score.loc["A", "roe"])

    def test_a_group_of_one(self):
        """NaN and its size; ranked only where one is enough: at the middle, without a deviation."""
        values, groups = by_ticker([0.1, 0.2, 0.3, 0.4]), {"A": "x", "B": "y", "C": "y", "D": "y"}
        found = peer_rank(values, groups)
        assert np.isnan(found.percentile.loc["A", "roe"])
        assert found.n_peers["roe"].tolist() == [1, 3, 3, 3]
        alone = peer_rank(values, groups, minimum=1)
        assert alone.percentile.loc["A", "roe"] == 50.0
        assert alone.rank.loc["A", "roe"] == 1.0
        assert np.isnan(alone.z_score.loc["A", "roe"])
        assert np.isnan(alone.robust_z.loc["A", "roe"])

    def test_equal_figures_have_no_z_score(self):
        """Not a huge one from rounding: the mean of three times 0.1 is not 0.1."""
        found = peer_rank(by_ticker([0.1, 0.1, 0.1]))
        assert found.z_score["roe"].isna().all()
        assert found.robust_z["roe"].isna().all()
        assert found.percentile["roe"].tolist() == [50.0, 50.0, 50.0]
        assert found.rank["roe"].tolist() == [2.0, 2.0, 2.0]

    def test_nan_and_infinite_figures_are_left_out_and_counted(self):
        """The others are ranked as if they were not there."""
        values = by_ticker([0.1, np.nan, 0.3, np.inf, 0.2])
        found = peer_rank(values)
        assert found.rank["roe"].tolist()[::2] == [3.0, 1.0, 2.0]
        assert found.rank["roe"].isna().tolist() == [False, True, False, True, False]
        assert (found.n_peers["roe"] == 3).all()
        assert (found.n_missing["roe"] == 2).all()

    def test_a_company_without_a_group_is_not_ranked(self):
        """Absent from the mapping, or with a missing group; it is nobody's peer."""
        values = by_ticker([0.1, 0.2, 0.3, 0.4, 0.5])
        found = peer_rank(values, pd.Series({"A": "x", "B": "x", "C": "x", "D": np.nan}))
        assert found.percentile["roe"].notna().tolist() == [True, True, True, False, False]
        assert found.n_peers["roe"].tolist() == [3, 3, 3, 0, 0]
        assert found.group.isna().tolist() == [False, False, False, True, True]

    def test_years_do_not_mix(self):
        """One year's ranks are those of its rows alone."""
        index = pd.MultiIndex.from_product([list("ABC"), [2022, 2023]], names=["ticker", "fiscal_year"])
        values = pd.DataFrame({"roe": [1.0, 9.0, 2.0, 8.0, 3.0, 7.0]}, index=index)
        every, single = peer_rank(values), peer_rank(values, period=2023)
        assert single.rank["roe"].tolist() == [1.0, 2.0, 3.0]
        for name in MEASURES:
            whole = getattr(every, name)
            pd.testing.assert_frame_equal(
                getattr(single, name), whole[whole.index.get_level_values(1) == 2023]
            )

    def test_nothing_known_gives_nan(self):
        """No company has a figure."""
        found = peer_rank(by_ticker([np.nan, np.nan]), minimum=1)
        assert found.percentile["roe"].isna().all()
        assert found.n_missing["roe"].tolist() == [2, 2]

    def test_takes_what_holds_a_frame(self):
        """As the result of `calculate_ratios` does; a ratio named frame does not confuse it."""

        class Ratios:
            frame = by_ticker([1.0, 2.0, 3.0])

        assert peer_rank(Ratios()).rank["roe"].tolist() == [3.0, 2.0, 1.0]
        assert peer_rank(Ratios.frame.rename(columns={"roe": "frame"})).rank["frame"].tolist() == [
            3.0,
            2.0,
            1.0,
        ]

    def test_ratios_over_a_negative_denominator_have_no_place(self):
        """A loss of 10 on equity of -5 is a return of 200%, and the best of the four."""
        panel = Panel(
            tuple("ABCD"),
            (2023,),
            {
                "net_income": [[-10.0], [10.0], [20.0], [30.0]],
                "shareholders_equity": [[-5.0], [100.0], [100.0], [100.0]],
            },
        )
        ratios = calculate_ratios(panel, ["roe"], balance="end")
        assert ratios.frame["roe"].tolist() == [2.0, 0.1, 0.2, 0.3]
        found = peer_rank(ratios)
        assert found.rank["roe"].tolist()[1:] == [3.0, 2.0, 1.0]
        assert np.isnan(found.rank.loc[("A", 2023), "roe"])
        assert found.n_missing["roe"].tolist() == [1, 1, 1, 1]

    def test_all_about_one_company(self):
        """A row a ratio."""
        values = by_ticker([0.1, 0.2, 0.3], debt=[1.0, np.nan, 3.0])
        found = peer_rank(values).company("A")
        assert found.index.tolist() == ["roe", "debt"]
        assert found.columns.tolist() == ["value", *MEASURES]
        assert found["n_peers"].tolist() == [3, 2]

    @pytest.mark.parametrize(("ticker", "period"), [("Z", None), ("A", 2024), ("A", None)])
    def test_refuses_a_company_that_is_not_one_row(self, ticker, period):
        """Not there, or there for two years."""
        index = pd.MultiIndex.from_product([["A"], [2022, 2023]])
        with pytest.raises(InputError, match="ticker and period: expected one row"):
            peer_rank(pd.DataFrame({"roe": [1.0, 2.0]}, index=index)).company(ticker, period)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"values": [1.0, 2.0]}, "values: expected a DataFrame"),
            ({"values": by_ticker(["a", "b"])}, "values: expected numbers"),
            ({"values": by_ticker([1.0, 2.0]).iloc[:0]}, "values: expected rows"),
            ({"values": by_ticker([1.0, 2.0]).set_axis(["A", "A"])}, "values: .*twice"),
            ({"values": by_ticker([1.0, 2.0]), "period": 2023}, "period: 2023 is not in values"),
            ({"values": by_ticker([1.0, 2.0]), "groups": ["x", "y"]}, "groups: expected a mapping"),
            ({"values": by_ticker([1.0, 2.0]), "groups": by_ticker([1.0, 2.0])}, "groups: .*got DataFrame"),
            (
                {"values": by_ticker([1.0]), "groups": pd.Series(["x", "y"], index=["A", "A"])},
                "groups: .*twice",
            ),
            ({"values": by_ticker([1.0, 2.0]), "minimum": 0}, "minimum: .*at least 1"),
            ({"values": by_ticker([1.0, 2.0]), "higher_is_better": {"roa": True}}, "no ratio 'roa'"),
            ({"values": by_ticker([1.0, 2.0]), "higher_is_better": "yes"}, "higher_is_better: .*'yes'"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            peer_rank(**arguments)


class TestDirections:
    """The table of ratios knows which way is better."""

    def test_less_debt_ranks_first_without_being_told(self):
        """Debt over equity of 0.5, 1 and 2."""
        panel = Panel(
            ("A", "B", "C"),
            (2023,),
            {"long_term_debt": [[50.0], [100.0], [200.0]], "shareholders_equity": [[100.0]] * 3},
        )
        ratios = calculate_ratios(panel, ["debt_to_equity"])
        assert peer_rank(ratios).rank["debt_to_equity"].tolist() == [1.0, 2.0, 3.0]
        assert peer_rank(ratios, higher_is_better=True).rank["debt_to_equity"].tolist() == [3.0, 2.0, 1.0]
        assert peer_rank(ratios.frame).rank["debt_to_equity"].tolist() == [3.0, 2.0, 1.0]
