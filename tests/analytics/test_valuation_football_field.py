"""Sum of the parts and the football field: worked examples, what is common to the methods, and refusals."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics import valuation
from maos_nb.analytics.valuation import football_field, multiples_value, sum_of_parts
from maos_nb.errors import InputError

figures = st.lists(st.tuples(st.floats(-100.0, 500.0), st.floats(0.0, 30.0)), min_size=1, max_size=8)
ranges = st.tuples(st.floats(0.0, 50.0), st.floats(0.0, 50.0)).map(lambda pair: tuple(sorted(pair)))
fields = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), ranges, min_size=1, max_size=6)

FIELD = {"dcf": (18.0, 22.0, 27.0), "peers": (15.4, 17.4, 21.4), "52 weeks": (14.0, 20.0)}


class TestSumOfParts:
    def test_three_segments_with_debt_and_a_discount(self):
        """Model Mint's worked example: 1500 + 1400 + 450 - 600 of net debt, less 10%, is 2475."""
        found = sum_of_parts(
            [100.0, 200.0, 50.0],
            [15.0, 7.0, 9.0],
            holding_discount=0.10,
            bridge={"debt": 600.0},
            shares=100.0,
        )
        assert found.segment_values.tolist() == [1500.0, 1400.0, 450.0]
        assert found.gross_value == 3350.0
        assert found.discount == 275.0
        assert found.equity_value == pytest.approx(2475.0)
        assert found.value_per_share == pytest.approx(24.75)

    def test_a_discount_on_the_segments_comes_before_debt(self):
        """3350 less 10%, less 600, is 2415."""
        found = sum_of_parts(
            [1500.0, 1400.0, 450.0],
            holding_discount=0.10,
            discount_on="enterprise",
            bridge={"debt": 700.0, "cash": 100.0},
        )
        assert found.equity_value == pytest.approx(2415.0)
        assert np.isnan(found.value_per_share)

    def test_stakes_count_in_part(self):
        """60% of one segment."""
        found = sum_of_parts([100.0, 100.0], [10.0], ownership=[1.0, 0.6])
        assert found.segment_values.tolist() == [1000.0, 600.0]
        assert found.weights.tolist() == [0.625, 0.375]

    def test_options_dilute_what_the_discount_leaves(self):
        """1000 less 10% for 50 shares and 10 options at 5, all in the money: (900 + 50) / 60."""
        found = sum_of_parts(
            [1000.0], holding_discount=0.1, shares=50.0, bridge={"options": [10.0], "option_strike": [5.0]}
        )
        assert found.equity_value == 900.0
        assert found.value_per_share == pytest.approx(950 / 60)

    def test_central_costs_are_a_segment(self):
        """A negative figure at a multiple takes value away."""
        assert sum_of_parts([100.0, -10.0], [10.0, 8.0]).equity_value == 920.0

    @pytest.mark.parametrize("discount_on", ["equity", "enterprise"])
    def test_a_discount_never_raises_a_negative_value(self, discount_on):
        """More debt than assets is worth no more in a holding."""
        found = sum_of_parts([-100.0], holding_discount=0.2, discount_on=discount_on)
        assert found.equity_value == -100.0
        assert found.discount == 0.0

    @given(figures, st.floats(0.0, 1e4))
    def test_against_a_plain_loop(self, segments, debt):
        """One segment after the other."""
        size, multiples = zip(*segments, strict=True)
        total = -debt
        for figure, multiple in segments:
            total += figure * multiple
        found = sum_of_parts(size, multiples, bridge={"debt": debt})
        assert found.equity_value == pytest.approx(total, rel=1e-12, abs=1e-9)

    @given(figures)
    def test_one_multiple_for_all_is_one_multiple_of_the_whole(self, segments):
        """Splitting a company up does not change it."""
        size = [figure for figure, _ in segments]
        assert sum_of_parts(size, 8.0).gross_value == pytest.approx(8 * sum(size), rel=1e-12, abs=1e-9)

    @given(figures, st.randoms(use_true_random=False))
    def test_segments_permuted_keep_the_sum(self, segments, random):
        """Their order is no matter of value."""
        shuffled = list(segments)
        random.shuffle(shuffled)
        one = sum_of_parts(*zip(*segments, strict=True)).gross_value
        other = sum_of_parts(*zip(*shuffled, strict=True)).gross_value
        assert other == pytest.approx(one, rel=1e-12, abs=1e-9)

    def test_arrays_equal_single_calls(self):
        """Scenarios of multiples down, of the discount across."""
        figures_ = np.array([10.0, 20.0, 30.0])
        multiples = np.array([[[8.0, 9.0, 10.0]], [[7.0, 8.0, 9.0]]])
        found = sum_of_parts(figures_, multiples, holding_discount=[0.0, 0.1, 0.2], bridge={"debt": 50.0})
        assert found.equity_value.shape == found.discount.shape == (2, 3)
        assert found.segment_values.shape == found.weights.shape == (2, 3, 3)
        single = sum_of_parts(figures_, multiples[1, 0], holding_discount=0.2, bridge={"debt": 50.0})
        assert found.equity_value[1, 2] == single.equity_value
        assert type(single.equity_value) is type(single.gross_value) is float

    def test_a_panel_of_groups_has_segments_last(self):
        """Two groups of three segments, a multiple by segment."""
        found = sum_of_parts([[10.0, 20.0, 30.0], [1.0, 2.0, 3.0]], [8.0, 9.0, 10.0])
        assert found.names == ("segment 1", "segment 2", "segment 3")
        assert found.equity_value.tolist() == [560.0, 56.0]

    def test_nan_stays_in_its_own_element(self):
        """A missing multiple spoils the sum it is part of."""
        found = sum_of_parts([1.0, 1.0], [[8.0, np.nan], [8.0, 8.0]])
        assert np.isnan(found.equity_value).tolist() == [True, False]
        assert found.segment_values[0, 0] == 8.0

    def test_it_comes_as_a_frame(self):
        """One row per segment; an array of valuations has no such frame."""
        found = sum_of_parts([100.0, 50.0], [10.0, 10.0], names=["steel", "paper"])
        expected = pd.DataFrame(
            {"value": [1000.0, 500.0], "weight": [2 / 3, 1 / 3]},
            index=pd.Index(["steel", "paper"], name="segment"),
        )
        pd.testing.assert_frame_equal(found.to_frame(), expected)
        assert repr(found) == (
            "SumOfParts(steel, paper: gross_value=1,500.00, discount=0, equity_value=1,500.00, value_per_share=nan)"
        )
        with pytest.raises(InputError, match="single valuation"):
            sum_of_parts([[1.0], [2.0]]).to_frame()

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"segments": []}, "segments: .*at least 1"),
            ({"segments": 5.0}, "segments: "),
            ({"segments": [1.0, object()]}, "segments: .*object"),
            ({"multiples": [1.0, 2.0, 3.0]}, r"multiples: expected 2 on the last axis.*\(3,\)"),
            ({"multiples": [-1.0, 2.0]}, "multiples: .*positive"),
            ({"ownership": 60}, "ownership: .*between 0 and 1"),
            ({"ownership": [0.5, 0.5, 0.5]}, "ownership: expected 2"),
            ({"holding_discount": 10}, "holding_discount: .*between 0 and 1"),
            ({"discount_on": "debt"}, 'discount_on: expected "equity" or "enterprise"'),
            ({"names": ["one"]}, "names: expected 2 different names"),
            ({"names": ["one", "one"]}, "names: expected 2 different names"),
            ({"names": "ab"}, "names: expected 2 different names"),
            ({"bridge": {"net debt": 1.0}}, "bridge: .*got net debt"),
            ({"shares": -1.0}, "shares: .*above zero"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            sum_of_parts(**({"segments": [1.0, 2.0]} | arguments))


class TestFootballField:
    def test_the_overlap_is_common_to_all_methods(self):
        """From the highest low to the lowest high."""
        field = football_field(FIELD)
        assert (field.overlap_low, field.overlap_high) == (18.0, 20.0)
        assert field.methods == ("dcf", "peers", "52 weeks")
        assert field.mid.tolist() == [22.0, 17.4, 17.0]

    def test_methods_that_disagree_have_no_overlap(self):
        """NaN, not a range upside down."""
        field = football_field({"a": (1.0, 2.0), "b": (3.0, 4.0)})
        assert np.isnan([field.overlap_low, field.overlap_high]).all()

    @given(fields)
    def test_the_overlap_lies_in_every_range(self, given_ranges):
        """And where there is none, two ranges are apart."""
        field = football_field(given_ranges)
        lows, highs = zip(*given_ranges.values(), strict=True)
        if max(lows) <= min(highs):
            for low, high in given_ranges.values():
                assert low <= field.overlap_low <= field.overlap_high <= high
        else:
            assert np.isnan(field.overlap_low)

    @given(fields)
    def test_equal_weights_are_the_mean(self, given_ranges):
        """Of lows, mids and highs, in order."""
        field = football_field(given_ranges)
        np.testing.assert_allclose(field.blended.low, field.low.mean(), rtol=1e-12, atol=1e-300)
        slack = 1e-12 * field.blended.high
        assert field.blended.low - slack <= field.blended.mid <= field.blended.high + slack

    @given(fields, st.randoms(use_true_random=False))
    def test_methods_permuted_keep_blend_and_overlap(self, given_ranges, random):
        """Their order is one of display."""
        items = list(given_ranges.items())
        random.shuffle(items)
        one, other = football_field(given_ranges), football_field(dict(items))
        assert other.blended.mid == pytest.approx(one.blended.mid, rel=1e-12, abs=1e-300)
        np.testing.assert_array_equal(other.overlap_low, one.overlap_low)

    def test_weights_blend_the_ranges(self):
        """0.6 x 22 + 0.4 x 17.4 is 20.16; the price of 18.50 leaves 9%."""
        field = football_field(FIELD, weights={"dcf": 0.6, "peers": 0.4, "52 weeks": 0.0}, price=18.5)
        assert field.blended.mid == pytest.approx(20.16)
        assert field.upside == pytest.approx(20.16 / 18.5 - 1)

    def test_shares_divide_every_range(self):
        """Values of all equity become values per share."""
        field = football_field({"dcf": (900.0, 1000.0, 1200.0)}, shares=50.0)
        assert (field.low[0], field.mid[0], field.high[0]) == (18.0, 20.0, 24.0)
        assert field.per_share

    def test_peer_multiples_come_as_they_are(self):
        """A MultiplesValue is a range."""
        peers = multiples_value(1.2, [8.0, 10.0, 14.0], basis="equity", per_share=True)
        field = football_field({"p/e": peers, "dcf": (9.0, 15.0)})
        assert field.low.tolist() == [peers.low, 9.0]
        assert field.per_share

    def test_a_gap_spoils_the_blend_only_with_a_weight(self):
        """What does not count may be missing; the overlap is unknown all the same."""
        gap = {"a": (1.0, 3.0), "b": (np.nan, np.nan)}
        field = football_field(gap, weights={"a": 1.0, "b": 0.0})
        assert field.blended.mid == 2.0
        assert np.isnan(field.overlap_low)
        assert np.isnan(football_field(gap).blended.mid)

    def test_an_open_end_stays_open(self):
        """Infinity is an end like any other; a range infinite on both sides has no middle."""
        field = football_field({"a": (1.0, np.inf), "b": (-np.inf, np.inf), "c": (2.0, 4.0)})
        assert (field.overlap_low, field.overlap_high) == (2.0, 4.0)
        assert np.isnan(field.mid[1])

    def test_arrays_of_companies_have_methods_last(self):
        """One field per company, equal to that of the company alone."""
        field = football_field({"a": ([1.0, 2.0], [3.0, 5.0]), "b": (2.0, 4.0)}, price=[2.0, 4.0])
        assert field.low.shape == (2, 2)
        assert field.overlap_high.tolist() == [3.0, 4.0]
        single = football_field({"a": (2.0, 5.0), "b": (2.0, 4.0)}, price=4.0)
        assert field.blended.mid[1] == single.blended.mid
        assert field.upside[1] == single.upside
        frame = field.to_frame()
        assert frame.index.names == ["case", "method"]
        assert frame.loc[(1, "a"), "high"] == 5.0

    def test_it_comes_as_a_frame(self):
        """One row per method."""
        expected = pd.DataFrame(
            {
                "low": [18.0, 15.4, 14.0],
                "mid": [22.0, 17.4, 17.0],
                "high": [27.0, 21.4, 20.0],
                "weight": [1 / 3] * 3,
            },
            index=pd.Index(["dcf", "peers", "52 weeks"], name="method"),
        )
        pd.testing.assert_frame_equal(football_field(FIELD).to_frame(), expected)

    def test_its_text_is_short(self):
        """Methods, overlap, blend."""
        assert repr(football_field(FIELD)) == (
            "FootballField(dcf, peers, 52 weeks: overlap=18 to 20, blended=18.8, upside=nan)"
        )

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"ranges": {}}, "ranges: expected a dictionary"),
            ({"ranges": [1.0, 2.0]}, "ranges: expected a dictionary"),
            ({"ranges": {"a": 5.0}}, r'ranges\["a"\]: expected \(low, high\)'),
            ({"ranges": {"a": "ab"}}, r'ranges\["a"\]: expected \(low, high\)'),
            ({"ranges": {"a": (1.0, 2.0, 3.0, 4.0)}}, r'ranges\["a"\]: expected \(low, high\)'),
            ({"ranges": {"a": (2.0, 1.0)}}, r'ranges\["a"\].*a low that is not above the high'),
            ({"ranges": {"a": (1.0, object())}}, r'ranges\["a"\] high'),
            (
                {"weights": {"a": 1.0}},
                r"weights: expected one for each method \(dcf, peers, 52 weeks\), got a",
            ),
            ({"weights": [1.0]}, "weights: .*got list"),
            (
                {"weights": {"dcf": 0.5, "peers": 0.4, "52 weeks": 0.0}},
                "weights: expected a sum of 1, got 0.9",
            ),
            (
                {"weights": {"dcf": 1.5, "peers": -0.5, "52 weeks": 0.0}},
                r'weights\["dcf"\]: .*from 0 to 1, got 1.5',
            ),
            (
                {"weights": {"dcf": 0.5, "peers": [0.5, 0.5], "52 weeks": 0.0}},
                r'weights\["peers"\]: .*one number',
            ),
            ({"ranges": {"a": ([1.0, 2.0], [3.0, 4.0, 5.0])}}, r"low \(2,\), high \(3,\)"),
            ({"ranges": {"a": ([1.0, 2.0], 3.0), "b": ([1.0] * 3, 2.0)}}, r"a \(2,\), b \(3,\)"),
            ({"weights": {"dcf": np.nan, "peers": 0.5, "52 weeks": 0.5}}, r'weights\["dcf"\]: .*from 0 to 1'),
            ({"shares": 0.0}, "shares: .*above zero"),
            ({"price": -1.0}, "price: .*above zero"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            football_field(**({"ranges": FIELD} | arguments))

    def test_units_are_not_mixed(self):
        """Per share and all equity in one field would be a chart of nothing."""
        by_share = multiples_value(1.2, [10.0], basis="equity", per_share=True)
        of_all = multiples_value(60.0, [10.0], basis="equity")
        with pytest.raises(InputError, match="ranges: expected one unit"):
            football_field({"a": by_share, "b": of_all})
        with pytest.raises(InputError, match=r"shares: .*got a per share"):
            football_field({"a": by_share}, shares=50.0)


class TestTheModule:
    def test_every_record_can_be_pickled(self):
        """As between processes."""
        flows = [10.0, 11.0]
        records = [
            valuation.ddm(flows, 0.1, terminal_growth=0.02),
            valuation.residual_income(10.0, 0.1, roe=[0.1], payout=0.5, persistence=0.5),
            valuation.eva(flows, [1.0, 1.0], 50.0, 0.1, terminal_growth=0.02),
            valuation.apv(flows, 0.1, 0.05, 0.25, leverage=0.4),
            valuation.epv(100.0, 0.2, 0.25, 0.1),
            multiples_value(10.0, [8.0, 9.0]),
            sum_of_parts(flows),
            football_field(FIELD),
        ]
        for record in records:
            again = pickle.loads(pickle.dumps(record))  # noqa: S301  # made one expression earlier
            assert repr(again) == repr(record)

    def test_no_companies_give_no_values(self):
        """An empty panel is no error: an empty array comes back."""
        nobody = np.empty((0, 3))
        assert valuation.ddm(nobody, 0.1, terminal_growth=0.02).value.shape == (0,)
        assert valuation.residual_income(1.0, 0.1, roe=nobody, payout=0.5, persistence=0.5).value.shape == (
            0,
        )
        assert valuation.eva(nobody, nobody, 1.0, 0.1, terminal_growth=0.02).enterprise_value.shape == (0,)
        assert valuation.apv(nobody, 0.1, 0.05, 0.25, leverage=0.4).enterprise_value.shape == (0,)
        assert multiples_value(1.0, nobody).mid.shape == (0,)
        assert repr(sum_of_parts(nobody)).endswith("value_per_share=empty (0,))")

    def test_its_names_are_sorted_and_there(self):
        """What is listed can be imported."""
        assert list(valuation.__all__) == sorted(valuation.__all__)
        for name in valuation.__all__:
            assert getattr(valuation, name) is not None

    def test_it_does_not_import_pandas(self):
        """A frame costs its import only when asked for."""
        code = "import sys; import maos_nb.analytics.valuation; sys.exit('pandas' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
