"""Valuations by the multiples of peers: statistics, the equity bridge, what is left out, shapes and refusals."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.dcf import equity_bridge
from maos_nb.analytics.valuation import Range, ValuationStatus, multiples_value
from maos_nb.errors import InputError

PEERS = [8.0, 10.0, 14.0, 9.0, 12.5]

metrics = st.floats(0.01, 1e5)
positive = st.floats(0.1, 100.0)
unusable = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -5.0])
peer_rows = st.lists(positive, min_size=1, max_size=12)
averages = st.sampled_from(["median", "mean", "harmonic_mean"])


class TestStatistics:
    @given(metrics, peer_rows)
    def test_averages_agree_with_the_standard_library(self, metric, peers):
        """Its statistics module adds in exact fractions."""
        oracles = {
            "median": statistics.median,
            "mean": statistics.fmean,
            "harmonic_mean": statistics.harmonic_mean,
        }
        for name, oracle in oracles.items():
            found = multiples_value(metric, peers, basis="equity", average=name)
            assert found.multiple.mid == pytest.approx(oracle(peers), rel=1e-13)
            assert found.mid == pytest.approx(metric * oracle(peers), rel=1e-13)

    @given(peer_rows, st.floats(0.0, 0.5), st.floats(0.5, 1.0))
    def test_quantiles_agree_with_numpy(self, peers, low, high):
        """numpy.quantile interpolates linearly by default, as Excel's PERCENTILE does."""
        found = multiples_value(1.0, peers, basis="equity", quantiles=(low, high))
        np.testing.assert_allclose([found.low, found.high], np.quantile(peers, [low, high]), rtol=1e-12)

    def test_excel_quartiles(self):
        """Excel: =QUARTILE({8;10;14;9;12.5},1) is 9, and with 3 it is 12.5."""
        found = multiples_value(1.0, PEERS, basis="equity")
        assert found.multiple == Range(9.0, 10.0, 12.5)

    @given(metrics, peer_rows, averages)
    def test_the_whole_range_holds_every_average(self, metric, peers, average):
        """Lowest, average and highest multiple are in this order."""
        found = multiples_value(metric, peers, basis="equity", average=average, quantiles=(0, 1))
        slack = 1e-12 * found.high
        assert found.low - slack <= found.mid <= found.high + slack

    @given(peer_rows)
    def test_the_harmonic_mean_is_the_mean_of_the_yields(self, peers):
        """Averaging E/P and turning it over; never above the arithmetic mean."""
        harmonic = multiples_value(1.0, peers, basis="equity", average="harmonic_mean").mid
        assert harmonic == pytest.approx(1 / np.mean(1 / np.array(peers)), rel=1e-12)
        assert harmonic <= multiples_value(1.0, peers, basis="equity", average="mean").mid * (1 + 1e-12)


class TestWhatIsLeftOut:
    @given(metrics, peer_rows, st.lists(unusable, max_size=6), averages, st.randoms(use_true_random=False))
    def test_unusable_multiples_change_nothing_but_the_count(self, metric, peers, others, average, random):
        """Losses, zeros, gaps and infinities among the peers, in any order."""
        mixed = [*peers, *others]
        random.shuffle(mixed)
        clean = multiples_value(metric, sorted(peers), basis="equity", average=average)
        found = multiples_value(metric, mixed, basis="equity", average=average)
        assert (found.low, found.high) == (clean.low, clean.high)
        assert found.mid == clean.mid
        assert (found.n_peers, found.n_dropped) == (len(peers), len(others))

    def test_peers_are_counted_for_each_company(self):
        """A ragged set of peers is a rectangle filled up with NaN."""
        found = multiples_value([10.0, 20.0], [[8.0, 10.0, np.nan], [12.0, -3.0, 0.0]], basis="equity")
        assert found.n_peers.tolist() == [2, 1]
        assert found.n_dropped.tolist() == [1, 2]
        np.testing.assert_allclose(found.mid, [90.0, 240.0])

    def test_no_answer_is_nan_with_a_status(self):
        """A loss has no multiple, and no peer gives none."""
        metric = [10.0, -10.0, 0.0, np.nan, 10.0]
        peers = [[8.0, 9.0]] * 4 + [[np.nan, -1.0]]
        found = multiples_value(metric, peers)
        assert found.status.tolist() == [
            "ok",
            "metric_not_positive",
            "metric_not_positive",
            "not_finite",
            "no_peers",
        ]
        for value in (found.low, found.mid, found.high):
            assert np.isnan(value).tolist() == [False, True, True, True, True]
        assert "4 not ok" in repr(found)

    def test_a_gap_in_the_bridge_is_a_gap_in_the_value(self):
        """The enterprise value is known all the same."""
        found = multiples_value(10.0, PEERS, bridge={"debt": [5.0, np.nan]})
        assert found.status.tolist() == ["ok", "not_finite"]
        assert found.enterprise_value.mid.tolist() == [100.0, 100.0]


class TestFromEnterpriseToShare:
    def test_multiples_of_enterprise_value_go_through_the_bridge(self):
        """EBITDA 100 at a median of 10: 1000 - 150 + 20 is 870, or 17.40 by share."""
        found = multiples_value(100.0, PEERS, bridge={"cash": 20.0, "debt": 150.0}, shares=50.0)
        assert found.enterprise_value == Range(900.0, 1000.0, 1250.0)
        assert found.equity_value == Range(770.0, 870.0, 1120.0)
        assert found.value_per_share == pytest.approx(Range(15.4, 17.4, 22.4))
        assert (found.low, found.mid, found.high) == found.value_per_share

    def test_multiples_of_equity_do_not(self):
        """Net income 60 at a median P/E of 10 is 600, or 12 by share; there is no enterprise value."""
        found = multiples_value(60.0, PEERS, basis="equity", shares=50.0)
        assert found.equity_value.mid == 600.0
        assert found.value_per_share.mid == found.mid == 12.0
        assert np.isnan(found.enterprise_value).all()

    def test_a_metric_per_share_gives_a_value_per_share(self):
        """Earnings per share of 1.20 at 10 are 12; all equity with the number of shares."""
        found = multiples_value(1.2, PEERS, basis="equity", per_share=True)
        assert found.mid == 12.0
        assert found.per_share
        assert np.isnan(found.equity_value.mid)
        whole = multiples_value(1.2, PEERS, basis="equity", per_share=True, shares=50.0)
        assert whole.equity_value.mid == 600.0
        assert whole.mid == 12.0

    def test_without_shares_the_value_is_that_of_all_equity(self):
        """And says so."""
        found = multiples_value(100.0, PEERS, bridge={"debt": 150.0})
        assert (found.low, found.mid, found.high) == (750.0, 850.0, 1100.0)
        assert not found.per_share
        assert repr(found) == (
            "MultiplesValue(equity: low=750, mid=850, high=1,100.00; n_peers=5, n_dropped=0, status=ok)"
        )

    @given(metrics, peer_rows, st.floats(0, 1e5), st.floats(0, 1e5))
    def test_the_bridge_is_that_of_the_discounted_cash_flow(self, metric, peers, cash, debt):
        """The same walk from the same enterprise value."""
        found = multiples_value(metric, peers, bridge={"cash": cash, "debt": debt}, shares=10.0)
        walked = equity_bridge(found.enterprise_value.high, cash=cash, debt=debt, shares=10.0)
        assert found.high == walked.value_per_share

    def test_options_dilute_the_value_per_share(self):
        """The treasury-stock method of the equity bridge, at each end of the range."""
        claims = {"debt": 150.0, "options": [5.0, 2.0], "option_strike": [10.0, 30.0]}
        found = multiples_value([100.0, 120.0], PEERS, bridge=claims, shares=50.0)
        for end in ("low", "mid", "high"):
            walked = equity_bridge(getattr(found.enterprise_value, end), **claims, shares=50.0)
            np.testing.assert_array_equal(getattr(found, end), walked.value_per_share)


class TestShapes:
    @settings(max_examples=30)
    @given(
        st.lists(st.tuples(metrics, st.lists(positive, min_size=4, max_size=4)), min_size=1, max_size=5),
        averages,
    )
    def test_arrays_equal_single_calls(self, cases, average):
        """To the last bit."""
        metric, peers = zip(*cases, strict=True)
        debt = np.arange(len(cases), dtype=float)
        found = multiples_value(metric, peers, average=average, bridge={"debt": debt}, shares=7.0)
        for i in range(len(cases)):
            single = multiples_value(
                metric[i], peers[i], average=average, bridge={"debt": debt[i]}, shares=7.0
            )
            assert (found.low[i], found.mid[i], found.high[i]) == (single.low, single.mid, single.high)

    def test_scenarios_of_the_metric_share_one_row_of_peers(self):
        """Three cases of EBITDA, down, and two of debt, across."""
        found = multiples_value([[90.0], [100.0], [110.0]], PEERS, bridge={"debt": [100.0, 200.0]})
        assert found.mid.shape == found.status.shape == found.n_peers.shape == (3, 2)
        assert found.multiple.mid.shape == (3, 2)
        assert found.mid[2, 1] == 900.0

    def test_a_single_valuation_gives_plain_numbers(self):
        """Floats, whole numbers and an enum."""
        found = multiples_value(100.0, PEERS)
        assert type(found.mid) is type(found.multiple.low) is float
        assert type(found.n_peers) is type(found.n_dropped) is int
        assert found.status is ValuationStatus.OK

    def test_the_input_is_left_as_it_was(self):
        """Peers are sorted in a copy."""
        peers = np.array([3.0, np.nan, 1.0])
        multiples_value(1.0, peers)
        np.testing.assert_array_equal(peers, [3.0, np.nan, 1.0])


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"metric": -5.0}, "metric: .*above zero"),
            ({"metric": 0.0}, "metric: .*above zero"),
            ({"metric": object()}, "metric"),
            ({"peers": []}, "peers: .*at least 1"),
            ({"peers": 10.0}, "peers: "),
            ({"peers": [8.0, object()]}, "peers: .*object"),
            ({"peers": [[8.0, 9.0], [10.0]]}, "peers: .*different lengths"),
            ({"peers": [np.nan, -1.0]}, "peers: .*at least one multiple"),
            ({"metric": [1.0, 2.0], "peers": [[1.0]] * 3}, r"metric \(2,\), peers \(3,\)"),
            ({"basis": "firm"}, 'basis: expected "enterprise" or "equity"'),
            ({"average": "mode"}, 'average: expected "median"'),
            ({"quantiles": (0.75, 0.25)}, "quantiles: .*ascending"),
            ({"quantiles": (0.25, 1.5)}, "quantiles: .*0 to 1"),
            ({"quantiles": 0.5}, "quantiles: expected two"),
            ({"quantiles": (np.nan, 0.5)}, "quantiles: expected two"),
            ({"per_share": True}, "per_share: .*whole company"),
            ({"basis": "equity", "bridge": {"debt": 1.0}}, "bridge: .*multiples of equity"),
            ({"bridge": {"net_debt": 1.0}}, "bridge: expected names of cash, .*got net_debt"),
            ({"bridge": {"shares": 1.0}}, "bridge: .*got shares"),
            ({"bridge": [1.0]}, "bridge: expected a dictionary"),
            ({"bridge": {"debt": -1.0}}, "debt: .*positive"),
            ({"bridge": {"options": 5.0, "option_strike": 10.0}}, "shares"),
            ({"shares": 0.0}, "shares: .*above zero"),
            ({"basis": "equity", "shares": 0.0}, "shares: .*above zero"),
        ],
    )
    def test_refuses_impossible_input(self, change, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            multiples_value(**({"metric": 100.0, "peers": PEERS} | change))
