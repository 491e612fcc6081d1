"""Discounted cash flow valuations: figures, properties, shapes, statuses and refusals."""

from __future__ import annotations

import math
import pickle

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.dcf import DcfStatus, dcf
from maos_nb.errors import InputError

FLOWS = 100 * 1.05 ** np.arange(1, 6)

growths = st.floats(-0.05, 0.04)
rates = st.floats(0.06, 0.4)
flow_rows = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=12)
timings = st.sampled_from(["end", "mid"])


def loop_dcf(flows, rates, growth=None, multiple=None, metric=None, timing="end", stub=1.0):
    """One valuation in plain floats: enterprise value and terminal value."""
    before, total, factor, middle = 1.0, 0.0, 1.0, 1.0
    for period, (flow, rate) in enumerate(zip(flows, rates, strict=True)):
        length = stub if period == 0 else 1.0
        factor = before / (1 + rate) ** length
        middle = before / (1 + rate) ** (length / 2)
        total += flow * (factor if timing == "end" else middle)
        before = factor
    if growth is None:
        terminal, at = multiple * metric, factor
    else:
        terminal = flows[-1] * (1 + growth) / (rates[-1] - growth)
        at = factor if timing == "end" else factor * (1 + rates[-1]) ** 0.5
    return total + terminal * at, terminal


class TestPublishedFigures:
    def test_the_reference_valuation(self):
        """Flow 100 growing 5% for 5 years, WACC 10%, terminal growth 2%: the project's reference value."""
        result = dcf(FLOWS, 0.10, terminal_growth=0.02)
        assert result.enterprise_value == pytest.approx(1446.2118900, abs=5e-8)
        # The reference terminal value is quoted as 1627.2589925; 100 x 1.05^5 x 1.02 / 0.08 is
        # 1627.2589921875 exactly, so its tenth digit is a slip and the value is asserted in full here.
        assert result.terminal_value == pytest.approx(1627.2589921875, rel=1e-14)
        assert result.terminal_value == pytest.approx(1627.2589925, rel=1e-9)

    def test_the_reference_valuation_in_closed_form(self):
        """A growing annuity and a growing perpetuity, without any loop."""
        annuity = 105 / (0.10 - 0.05) * (1 - (1.05 / 1.10) ** 5)
        terminal = 105 * 1.05**4 * 1.02 / 0.08 / 1.1**5
        result = dcf(FLOWS, 0.10, terminal_growth=0.02)
        assert result.enterprise_value == pytest.approx(annuity + terminal, rel=1e-14)
        assert result.terminal_share == pytest.approx(terminal / (annuity + terminal), rel=1e-14)

    def test_flows_growing_at_the_terminal_growth_are_one_growing_perpetuity(self):
        """Gordon and Shapiro: 100 (1 + g) / (w - g), however many years are explicit."""
        for n_periods in (1, 5, 30):
            flows = 100 * 1.03 ** np.arange(1, n_periods + 1)
            value = dcf(flows, 0.08, terminal_growth=0.03).enterprise_value
            assert value == pytest.approx(103 / 0.05, rel=1e-13)

    @given(flow_rows, rates)
    def test_the_explicit_part_agrees_with_numpy_financial(self, flows, rate):
        """numpy_financial.npv takes the first flow as today's, so a zero stands before ours."""
        result = dcf(flows, rate, exit_multiple=0.0, terminal_metric=1.0)
        assert result.enterprise_value == pytest.approx(npf.npv(rate, [0.0, *flows]), rel=1e-11)


class TestAgainstAPlainLoop:
    @given(flow_rows, rates, growths, timings, st.floats(0.05, 1.0))
    def test_gordon(self, flows, rate, growth, timing, stub):
        """Every timing and stub, one rate."""
        stub = stub if len(flows) > 1 else 1.0
        result = dcf(flows, rate, terminal_growth=growth, timing=timing, stub=stub)
        value, terminal = loop_dcf(flows, [rate] * len(flows), growth, timing=timing, stub=stub)
        assert result.enterprise_value == pytest.approx(value, rel=1e-11)
        assert result.terminal_value == pytest.approx(terminal, rel=1e-11)

    @given(
        st.lists(st.tuples(st.floats(1.0, 1e6), rates), min_size=1, max_size=12),
        timings,
        st.floats(0.05, 1.0),
    )
    def test_exit_multiple_over_a_path_of_rates(self, years, timing, stub):
        """Every timing and stub, a rate per year."""
        flows, path = zip(*years, strict=True)
        result = dcf(flows, path, exit_multiple=9.0, terminal_metric=50.0, timing=timing, stub=stub)
        value, _ = loop_dcf(flows, path, multiple=9.0, metric=50.0, timing=timing, stub=stub)
        assert result.enterprise_value == pytest.approx(value, rel=1e-11)

    @given(st.lists(st.tuples(st.floats(1.0, 1e6), rates), min_size=2, max_size=12), growths, timings)
    def test_gordon_uses_the_last_rate_of_a_path(self, years, growth, timing):
        """The terminal value grows for ever at the last year's rate."""
        flows, path = zip(*years, strict=True)
        result = dcf(flows, path, terminal_growth=growth, timing=timing)
        value, terminal = loop_dcf(flows, path, growth, timing=timing)
        assert result.enterprise_value == pytest.approx(value, rel=1e-11)
        assert result.terminal_value == pytest.approx(terminal, rel=1e-11)


class TestProperties:
    @given(flow_rows, rates, st.floats(0.001, 0.1), growths)
    def test_value_falls_as_wacc_rises(self, flows, rate, more, growth):
        """Positive flows are worth less at a higher rate."""
        low, high = dcf([flows, flows], [rate, rate + more], terminal_growth=growth).enterprise_value
        assert high < low

    @given(flow_rows, rates, growths, st.floats(0.0005, 0.01))
    def test_value_rises_with_terminal_growth(self, flows, rate, growth, more):
        """Positive flows that grow faster for ever are worth more."""
        slow = dcf(flows, rate, terminal_growth=growth).enterprise_value
        assert dcf(flows, rate, terminal_growth=growth + more).enterprise_value > slow

    @given(flow_rows, rates, growths, timings, st.floats(-5, 5))
    def test_value_is_linear_in_the_flows(self, flows, rate, growth, timing, scale):
        """The value of a scaled sum is the scaled sum of the values."""
        one = np.array(flows)
        other = one[::-1] - 10.0

        def value(flow: np.ndarray) -> float:
            return dcf(flow, rate, terminal_growth=growth, timing=timing).enterprise_value

        size = value(np.abs(one) + np.abs(scale * other))
        assert value(one + scale * other) == pytest.approx(
            value(one) + scale * value(other), abs=1e-12 * size
        )

    @given(flow_rows, rates, growths, timings)
    def test_a_path_of_equal_rates_equals_the_single_rate(self, flows, rate, growth, timing):
        """To the last bit."""
        single = dcf(flows, rate, terminal_growth=growth, timing=timing)
        path = dcf(flows, [rate] * len(flows), terminal_growth=growth, timing=timing)
        assert path.enterprise_value == single.enterprise_value

    @given(flow_rows, rates, growths)
    def test_mid_year_flows_with_gordon_are_worth_half_a_year_more(self, flows, rate, growth):
        """Everything, terminal value included, comes half a year sooner."""
        end = dcf(flows, rate, terminal_growth=growth).enterprise_value
        mid = dcf(flows, rate, terminal_growth=growth, timing="mid").enterprise_value
        assert mid == pytest.approx(end * math.sqrt(1 + rate), rel=1e-13)

    @given(flow_rows, rates)
    def test_mid_year_timing_leaves_an_exit_where_it_was(self, flows, rate):
        """A sale takes place at the end of the last year whatever the flows' timing."""
        end = dcf(flows, rate, exit_multiple=8.0, terminal_metric=10.0)
        mid = dcf(flows, rate, exit_multiple=8.0, terminal_metric=10.0, timing="mid")
        assert mid.present_value_of_terminal == end.present_value_of_terminal
        np.testing.assert_allclose(mid.present_values, end.present_values * math.sqrt(1 + rate), rtol=1e-13)

    @given(
        st.lists(st.floats(1.0, 1e6), min_size=2, max_size=12),
        rates,
        st.floats(1, 30),
        timings,
        st.floats(0.1, 1),
    )
    def test_the_growth_implied_by_an_exit_multiple_restates_the_value(
        self, flows, rate, multiple, timing, stub
    ):
        """There and back: Gordon at the implied growth gives the same enterprise value."""
        sale = dcf(flows, rate, exit_multiple=multiple, terminal_metric=flows[-1], timing=timing, stub=stub)
        again = dcf(flows, rate, terminal_growth=sale.implied_growth, timing=timing, stub=stub)
        assert again.enterprise_value == pytest.approx(sale.enterprise_value, rel=1e-9)
        assert sale.implied_exit_multiple == multiple

    @given(st.lists(st.floats(1.0, 1e6), min_size=2, max_size=12), rates, growths, timings, st.floats(0.1, 1))
    def test_the_multiple_implied_by_gordon_restates_the_value(self, flows, rate, growth, timing, stub):
        """There and back: a sale at the implied multiple gives the same enterprise value."""
        forever = dcf(flows, rate, terminal_growth=growth, terminal_metric=250.0, timing=timing, stub=stub)
        again = dcf(
            flows,
            rate,
            exit_multiple=forever.implied_exit_multiple,
            terminal_metric=250.0,
            timing=timing,
            stub=stub,
        )
        assert again.enterprise_value == pytest.approx(forever.enterprise_value, rel=1e-12)
        assert forever.implied_growth == growth

    def test_the_parts_add_up(self):
        """Present values and the terminal's make the whole; flows times factors make present values."""
        result = dcf(FLOWS, 0.09, terminal_growth=0.02, timing="mid", stub=0.5)
        whole = result.present_values.sum() + result.present_value_of_terminal
        assert result.enterprise_value == pytest.approx(whole, rel=1e-14)
        np.testing.assert_array_equal(result.present_values, FLOWS * result.discount_factors)
        assert result.terminal_share == result.present_value_of_terminal / result.enterprise_value

    def test_a_whole_first_year_is_the_default(self):
        """stub=1.0 changes nothing, to the last bit."""
        default = dcf(FLOWS, 0.10, terminal_growth=0.02, timing="mid")
        assert dcf(FLOWS, 0.10, terminal_growth=0.02, timing="mid", stub=1.0).enterprise_value == (
            default.enterprise_value
        )


class TestShapes:
    @pytest.mark.parametrize("timing", ["end", "mid"])
    @pytest.mark.parametrize("n_periods", [5, 40])
    def test_every_cell_of_a_table_equals_its_scalar_call(self, timing, n_periods):
        """WACC down and growth across, to the last bit, for rows longer than a pairwise sum's block too."""
        flows = 100 * 1.05 ** np.arange(1, n_periods + 1)
        waccs, growth = np.linspace(0.08, 0.12, 9), np.linspace(0.0, 0.04, 7)
        table = dcf(flows, waccs[:, np.newaxis], terminal_growth=growth, timing=timing)
        assert table.enterprise_value.shape == (9, 7)
        for row, w in enumerate(waccs):
            for column, g in enumerate(growth):
                cell = dcf(flows, w, terminal_growth=g, timing=timing)
                assert table.enterprise_value[row, column] == cell.enterprise_value
                assert table.terminal_share[row, column] == cell.terminal_share
                np.testing.assert_array_equal(table.present_values[row, column], cell.present_values)

    def test_all_fields_have_the_shape_of_the_valuations(self):
        """Companies by scenarios by growth, with the periods behind where a field has them."""
        flows = np.ones((4, 1, 1, 6)) * np.arange(1, 7)
        result = dcf(flows, np.full((3, 1), 0.1), terminal_growth=[0.01, 0.02], terminal_metric=7.0)
        for name in ("enterprise_value", "terminal_value", "present_value_of_terminal", "terminal_share"):
            assert getattr(result, name).shape == (4, 3, 2)
        for name in ("implied_exit_multiple", "implied_growth", "status"):
            assert getattr(result, name).shape == (4, 3, 2)
        assert result.present_values.shape == result.discount_factors.shape == (4, 3, 2, 6)

    def test_a_terminal_metric_may_add_an_axis(self):
        """Each metric has its own implied multiple; the value is repeated."""
        result = dcf(FLOWS, 0.1, terminal_growth=0.02, terminal_metric=[100.0, 200.0])
        assert (
            result.enterprise_value.tolist() == [dcf(FLOWS, 0.1, terminal_growth=0.02).enterprise_value] * 2
        )
        np.testing.assert_allclose(result.implied_exit_multiple, [16.272589921875, 8.1362949609375])

    def test_a_scalar_valuation_gives_floats_and_one_status(self):
        """Nothing of no dimensions comes out."""
        result = dcf(FLOWS, 0.10, terminal_growth=0.02)
        assert {type(result.enterprise_value), type(result.terminal_value), type(result.terminal_share)} == {
            float
        }
        assert result.status is DcfStatus.OK
        assert math.isnan(result.implied_exit_multiple)

    def test_permuting_companies_permutes_results(self):
        """No company depends on its neighbours."""
        rng = np.random.default_rng(5)
        flows, waccs = rng.uniform(50, 150, (30, 9)), rng.uniform(0.06, 0.12, 30)
        order = rng.permutation(30)
        straight = dcf(flows, waccs, terminal_growth=0.02, timing="mid")
        shuffled = dcf(flows[order], waccs[order], terminal_growth=0.02, timing="mid")
        np.testing.assert_array_equal(shuffled.enterprise_value, straight.enterprise_value[order])

    def test_as_many_dimensions_as_the_flows_is_a_path(self):
        """Flows (companies, n) and rates (companies, n)."""
        flows, path = np.vstack([FLOWS, FLOWS * 2]), np.array([[0.1, 0.1, 0.09, 0.09, 0.08]] * 2)
        result = dcf(flows, path, terminal_growth=0.02)
        assert result.enterprise_value[1] == dcf(FLOWS * 2, path[1], terminal_growth=0.02).enterprise_value

    def test_fewer_dimensions_is_one_rate_per_valuation(self):
        """As many companies as years are still companies."""
        flows = np.vstack([FLOWS * scale for scale in range(1, 6)])
        waccs = [0.08, 0.09, 0.10, 0.11, 0.12]
        result = dcf(flows, waccs, terminal_growth=0.02)
        assert result.enterprise_value[4] == dcf(flows[4], 0.12, terminal_growth=0.02).enterprise_value

    def test_more_dimensions_is_one_rate_per_valuation(self):
        """One row of flows against a column of rates."""
        result = dcf(FLOWS, [[0.08], [0.12]], terminal_growth=0.02)
        assert result.enterprise_value.shape == (2, 1)
        assert result.enterprise_value[1, 0] == dcf(FLOWS, 0.12, terminal_growth=0.02).enterprise_value

    @pytest.mark.parametrize("wacc", [np.full(41, 0.1), np.full(1, 0.1), np.full(4, 0.1)])
    def test_a_path_of_another_length_is_refused_with_advice(self, wacc):
        """The advice is followed here, and works."""
        with pytest.raises(InputError, match=r"wacc: .*path of 5 rates") as caught:
            dcf(FLOWS, wacc, terminal_growth=0.02)
        assert "fcf[np.newaxis]" in caught.value.advice
        assert dcf(FLOWS[np.newaxis], wacc, terminal_growth=0.02).enterprise_value.shape == wacc.shape

    def test_memory_layout_does_not_change_a_digit(self):
        """Fortran-ordered, reversed and strided flows equal their contiguous copies."""
        flows = np.random.default_rng(1).uniform(50, 150, (6, 24))
        expected = dcf(flows, 0.1, terminal_growth=0.02).enterprise_value
        for twin in (np.asfortranarray(flows), np.repeat(flows, 2, axis=1)[:, ::2], flows[::-1][::-1]):
            np.testing.assert_array_equal(dcf(twin, 0.1, terminal_growth=0.02).enterprise_value, expected)

    def test_inputs_are_left_alone(self):
        """Nothing is written into the caller's arrays."""
        flows, waccs = FLOWS.copy(), np.array([[0.1], [0.01]])
        dcf(flows, waccs, terminal_growth=0.02, timing="mid", stub=0.5)
        np.testing.assert_array_equal(flows, FLOWS)
        np.testing.assert_array_equal(waccs, [[0.1], [0.01]])

    def test_no_companies_give_no_values(self):
        """An empty panel is not an error."""
        result = dcf(np.ones((0, 5)), 0.1, terminal_growth=0.02)
        assert result.enterprise_value.shape == (0,)
        assert repr(result)


class TestStatus:
    def test_a_table_marks_cells_without_an_answer(self):
        """Growth at or above WACC is NaN there and leaves the other cells alone."""
        table = dcf(FLOWS, [[0.02], [0.10]], terminal_growth=[0.01, 0.02, 0.03])
        assert table.status.tolist() == [["ok", "wacc_not_above_growth", "wacc_not_above_growth"], ["ok"] * 3]
        assert np.isnan(table.enterprise_value).tolist() == [[False, True, True], [False] * 3]
        assert np.isnan(table.terminal_value).tolist() == [[False, True, True], [False] * 3]
        assert np.isfinite(table.present_values).all()
        assert (table.status == DcfStatus.OK).sum() == 4

    def test_a_single_valuation_without_an_answer_is_refused(self):
        """The message names both, shows both and says what to do."""
        with pytest.raises(InputError, match=r"wacc: .*wacc 0\.02 and terminal_growth 0\.02.*exit_multiple"):
            dcf(FLOWS, 0.02, terminal_growth=0.02)

    @pytest.mark.parametrize("missing", ["fcf", "wacc", "terminal_growth", "stub"])
    @pytest.mark.parametrize("timing", ["end", "mid"])
    def test_nan_in_gives_nan_out_and_says_so(self, missing, timing):
        """Any missing input, in a single valuation and in one of two."""
        arguments = {"fcf": FLOWS.copy(), "wacc": 0.1, "terminal_growth": 0.02, "stub": 0.5}
        if missing == "fcf":
            arguments["fcf"][2] = np.nan
        else:
            arguments[missing] = np.nan
        result = dcf(**arguments, timing=timing)
        assert math.isnan(result.enterprise_value)
        assert result.status is DcfStatus.NOT_FINITE
        pair = dcf(
            np.vstack([FLOWS, arguments["fcf"]]),
            [0.1, arguments["wacc"]],
            terminal_growth=[0.02, arguments["terminal_growth"]],
            stub=[0.5, arguments["stub"]],
            timing=timing,
        )
        assert pair.status.tolist() == ["ok", "not_finite"]
        assert np.isnan(pair.enterprise_value).tolist() == [False, True]

    def test_a_missing_multiple_or_metric_is_not_finite(self):
        """An exit needs both."""
        result = dcf(FLOWS, 0.1, exit_multiple=[8.0, np.nan, 8.0], terminal_metric=[1.0, 1.0, np.nan])
        assert result.status.tolist() == ["ok", "not_finite", "not_finite"]

    def test_a_metric_that_only_informs_does_not_spoil_the_value(self):
        """Gordon without an EBITDA still has a value, and no implied multiple."""
        result = dcf(FLOWS, 0.1, terminal_growth=0.02, terminal_metric=[np.nan, 0.0, 100.0])
        assert result.status.tolist() == ["ok"] * 3
        assert np.isnan(result.implied_exit_multiple).tolist() == [True, True, False]

    @pytest.mark.parametrize("infinite", [math.inf, -math.inf, 1e308])
    def test_infinite_results_are_nan_and_say_so(self, infinite):
        """Infinities and overflow are no values."""
        result = dcf([100.0, infinite], 0.1, terminal_growth=0.02)
        assert math.isnan(result.enterprise_value)
        assert math.isnan(result.terminal_value)
        assert result.status is DcfStatus.NOT_FINITE

    def test_a_value_of_zero_has_no_terminal_share(self):
        """Zero flows are worth zero; a share of it is unknown."""
        result = dcf(np.zeros(3), 0.1, terminal_growth=0.02)
        assert result.enterprise_value == 0.0
        assert math.isnan(result.terminal_share)
        assert result.status is DcfStatus.OK

    def test_the_growth_implied_by_part_of_a_year_is_unknown(self):
        """A single stub flow is no base for yearly growth."""
        result = dcf([25.0], 0.1, exit_multiple=8.0, terminal_metric=100.0, stub=0.25)
        assert result.enterprise_value == pytest.approx(825.0 / 1.1**0.25)
        assert math.isnan(result.implied_growth)


class TestBadInput:
    @pytest.mark.parametrize(
        ("changed", "named"),
        [
            ({"fcf": 100.0}, r"fcf: .*\(..., n_periods\)"),
            ({"fcf": []}, "fcf: .*at least 1 period"),
            ({"fcf": np.ones((3, 0))}, "fcf: .*at least 1 period"),
            ({"fcf": ["100", "105"]}, "fcf"),
            ({"fcf": "100"}, "fcf"),
            ({"fcf": None}, "fcf"),
            ({"fcf": [[1.0], [1.0, 2.0]]}, "fcf: .*different lengths"),
            ({"fcf": [True, False]}, "fcf"),
            ({"fcf": np.array([100.0, None], dtype=object)}, "fcf: .*NoneType"),
            ({"fcf": np.array([100.0, "105"], dtype=object)}, "fcf: .*str"),
            ({"wacc": "10%"}, "wacc"),
            ({"wacc": None}, "wacc"),
            ({"wacc": -1.0}, "wacc: .*above -1"),
            ({"wacc": 0.01}, "wacc: .*terminal_growth"),
            (
                {"wacc": np.full((2, 3), 0.1), "terminal_growth": [0.01, 0.02]},
                r"wacc \(2, 3\).*terminal_growth \(2,\)",
            ),
            ({"terminal_growth": None}, "terminal_growth and exit_multiple: .*neither"),
            ({"exit_multiple": 8.0, "terminal_metric": 1.0}, "terminal_growth and exit_multiple: .*both"),
            ({"terminal_growth": None, "exit_multiple": 8.0}, "terminal_metric"),
            ({"terminal_growth": None, "exit_multiple": -8.0, "terminal_metric": 1.0}, "exit_multiple"),
            ({"terminal_growth": -2.0}, "terminal_growth"),
            ({"timing": "start"}, "timing"),
            ({"stub": 0.0}, "stub"),
            ({"stub": -0.5}, "stub"),
            ({"stub": 90.0}, "stub: .*365"),
            ({"fcf": [25.0], "stub": 0.25}, "fcf: .*at least 2 periods"),
        ],
    )
    def test_the_message_names_the_argument(self, changed, named):
        """Whatever is wrong, the reader learns which argument to change."""
        arguments = {"fcf": FLOWS, "wacc": 0.10, "terminal_growth": 0.02} | changed
        with pytest.raises(InputError, match=named):
            dcf(**arguments)

    def test_an_object_array_of_numbers_is_accepted(self):
        """As pandas gives for a row of mixed columns."""
        result = dcf(FLOWS.astype(object), 0.1, terminal_growth=0.02)
        assert result.enterprise_value == dcf(FLOWS, 0.1, terminal_growth=0.02).enterprise_value


class TestRecord:
    def test_the_repr_is_short_and_the_same_each_time(self):
        """One line, for one valuation and for a table with gaps."""
        result = dcf(FLOWS, 0.10, terminal_growth=0.02)
        assert repr(result) == (
            "DcfResult(enterprise_value=1,446.21, terminal_share=0.698653, n_periods=5, status=ok)"
        )
        table = dcf(FLOWS, [[0.01], [0.10]], terminal_growth=[0.0, 0.02])
        assert repr(table).endswith("n_periods=5, status=1 not ok)")
        assert len(repr(table)) < 160

    def test_results_are_frozen_and_travel(self):
        """They cannot be changed by accident, and can be sent to another process."""
        table = dcf(FLOWS, [[0.09], [0.10]], terminal_growth=[0.01, 0.02])
        with pytest.raises(AttributeError):
            table.enterprise_value = 0.0
        again = pickle.loads(pickle.dumps(table))  # noqa: S301  # made one expression earlier
        np.testing.assert_array_equal(again.present_values, table.present_values)
        assert again.status.tolist() == table.status.tolist()
