"""From enterprise value to equity value and value per share."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.dcf import dcf, equity_bridge
from maos_nb.errors import InputError

ADDED = ("cash", "investments")
DEDUCTED = ("debt", "leases", "minority_interest", "preferred", "pension_deficit")
AMOUNTS = st.floats(0.0, 1e9)


def test_a_bridge_done_by_hand():
    """Excel: =1000+120+30-400-60-25-10-15, divided by 50 shares."""
    bridge = equity_bridge(
        1000.0,
        cash=120.0,
        investments=30.0,
        debt=400.0,
        leases=60.0,
        minority_interest=25.0,
        preferred=10.0,
        pension_deficit=15.0,
        shares=50.0,
    )
    assert bridge.equity_value == 640.0
    assert bridge.value_per_share == 12.8
    assert (bridge.cash, bridge.pension_deficit, bridge.shares) == (120.0, 15.0, 50.0)


@given(st.floats(-1e9, 1e9), st.fixed_dictionaries(dict.fromkeys((*ADDED, *DEDUCTED), AMOUNTS)))
def test_the_bridge_adds_up(enterprise_value, amounts):
    """What is added less what is deducted is all that lies between the two values."""
    bridge = equity_bridge(enterprise_value, **amounts, shares=7.0)
    between = sum(amounts[name] for name in ADDED) - sum(amounts[name] for name in DEDUCTED)
    assert bridge.equity_value - enterprise_value == pytest.approx(between, abs=1e-5)
    assert bridge.value_per_share * 7.0 == pytest.approx(bridge.equity_value)
    assert {name: getattr(bridge, name) for name in amounts} == amounts


@pytest.mark.parametrize("name", ADDED)
def test_more_of_an_asset_is_worth_exactly_that_much_more(name):
    """Each asset is added once."""
    assert equity_bridge(100.0, **{name: 8.0}).equity_value == 108.0


@pytest.mark.parametrize("name", DEDUCTED)
def test_more_of_a_claim_is_worth_exactly_that_much_less(name):
    """Each claim is deducted once."""
    assert equity_bridge(100.0, **{name: 8.0}).equity_value == 92.0


def test_without_shares_there_is_no_value_per_share():
    """It is NaN in the shape of the equity value, and the shares stay None."""
    assert math.isnan(equity_bridge(100.0).value_per_share)
    many = equity_bridge([100.0, 200.0], debt=50.0)
    assert many.shares is None
    np.testing.assert_array_equal(many.value_per_share, [np.nan, np.nan])


def test_a_table_of_values_keeps_its_shape():
    """Enterprise values from a sensitivity table walk the bridge together, each cell as if alone."""
    table = dcf([105.0, 110.0], [[0.09], [0.10]], terminal_growth=[0.01, 0.02, 0.03]).enterprise_value
    bridge = equity_bridge(table, debt=300.0, cash=[10.0, 20.0, 30.0], shares=10.0)
    assert bridge.value_per_share.shape == (2, 3)
    alone = equity_bridge(table[1, 2], debt=300.0, cash=30.0, shares=10.0)
    assert bridge.value_per_share[1, 2] == alone.value_per_share


def test_shares_alone_may_vary():
    """One equity value over several share counts is repeated."""
    bridge = equity_bridge(100.0, shares=[10.0, 20.0])
    np.testing.assert_array_equal(bridge.equity_value, [100.0, 100.0])
    np.testing.assert_array_equal(bridge.value_per_share, [10.0, 5.0])


def test_nan_passes():
    """An unknown claim makes its own equity value unknown."""
    np.testing.assert_array_equal(equity_bridge(100.0, leases=[np.nan, 5.0]).equity_value, [np.nan, 95.0])
    assert math.isnan(equity_bridge(math.nan, shares=5.0).value_per_share)


def test_debt_above_the_value_leaves_negative_equity():
    """A figure, not an error: the bridge does not know about limited liability."""
    assert equity_bridge(100.0, debt=150.0).equity_value == -50.0


@pytest.mark.parametrize("name", [*ADDED, *DEDUCTED])
def test_a_negative_amount_is_refused_with_advice(name):
    """Debt as -5 would raise the value silently."""
    with pytest.raises(InputError, match=f"{name}: .*got -5.0.*Give {name} as a positive amount"):
        equity_bridge(100.0, **{name: -5.0})


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"enterprise_value": "100"}, "enterprise_value"),
        ({"enterprise_value": None}, "enterprise_value"),
        ({"enterprise_value": 100.0, "cash": "10"}, "cash"),
        ({"enterprise_value": 100.0, "cash": [1.0, -2.0]}, r"cash: .*position \(1,\)"),
        ({"enterprise_value": 100.0, "shares": 0.0}, "shares: .*above zero"),
        ({"enterprise_value": 100.0, "shares": -1.0}, "shares"),
        ({"enterprise_value": 100.0, "debt": np.array([1.0, "x"], dtype=object)}, "debt"),
        ({"enterprise_value": [1.0, 2.0], "debt": [1.0, 2.0, 3.0]}, r"debt \(3,\)"),
    ],
)
def test_refuses_impossible_input(arguments, named):
    """The message names the argument."""
    with pytest.raises(InputError, match=named):
        equity_bridge(**arguments)


def test_the_repr_is_short():
    """One line with the three values that matter."""
    assert repr(equity_bridge(1446.21, debt=400.0, shares=50.0)) == (
        "EquityBridge(enterprise_value=1,446.21, equity_value=1,046.21, value_per_share=20.9242)"
    )
    assert len(repr(equity_bridge(np.arange(1000.0), shares=3.0))) < 160


def iterated_value_per_share(equity, shares, tranches):
    """Buy back shares at the value per share, over and over, until nothing changes."""
    price = equity / shares
    for _ in range(10_000):
        bought = sum(number * max(0.0, 1 - strike / price) for number, strike in tranches)
        price = 0.5 * price + 0.5 * equity / (shares + bought)
    return price


class TestOptions:
    def test_one_tranche_in_the_money_by_hand(self):
        """Excel: =(1000+20*5)/(100+20); 20 options at 5 bring in 100, and 100 / 9.1667 shares are bought back."""
        bridge = equity_bridge(1000.0, shares=100.0, options=20.0, option_strike=5.0)
        assert bridge.value_per_share == pytest.approx(1100 / 120, rel=1e-15)
        assert bridge.diluted_shares == pytest.approx(100 + 20 * (1 - 5 / (1100 / 120)), rel=1e-14)
        assert bridge.option_value == pytest.approx(20 * (1100 / 120 - 5), rel=1e-14)
        assert bridge.equity_value == 1000.0

    def test_options_out_of_the_money_change_nothing(self):
        """At a strike of exactly the value per share neither."""
        bridge = equity_bridge(1000.0, shares=100.0, options=[20.0, 9.0], option_strike=[12.0, 10.0])
        assert (bridge.value_per_share, bridge.diluted_shares, bridge.option_value) == (10.0, 100.0, 0.0)

    def test_restricted_stock_is_a_strike_of_zero(self):
        """It adds its full number of shares."""
        bridge = equity_bridge(1000.0, shares=90.0, options=10.0, option_strike=0.0)
        assert (bridge.value_per_share, bridge.diluted_shares) == (10.0, 100.0)

    @settings(max_examples=40)
    @given(
        st.floats(10.0, 1e4),
        st.lists(st.tuples(st.floats(0.0, 50.0), st.floats(0.0, 100.0)), min_size=1, max_size=5),
    )
    def test_it_is_where_the_iteration_ends(self, equity, tranches):
        """The plain loop of a spreadsheet with iterative calculation, damped so that it settles."""
        numbers, strikes = zip(*tranches, strict=True)
        bridge = equity_bridge(equity, shares=100.0, options=numbers, option_strike=strikes)
        assert bridge.value_per_share == pytest.approx(
            iterated_value_per_share(equity, 100.0, tranches), rel=1e-9
        )

    @given(
        st.floats(-100.0, 1e4),
        st.lists(st.tuples(st.floats(0.0, 50.0), st.floats(0.0, 100.0)), min_size=1, max_size=6),
    )
    def test_shares_and_options_share_out_the_equity(self, equity, tranches):
        """What shares and options get adds up, and so do value per share and diluted shares."""
        numbers, strikes = zip(*tranches, strict=True)
        bridge = equity_bridge(equity, shares=100.0, options=numbers, option_strike=strikes)
        assert bridge.value_per_share * 100 + bridge.option_value == pytest.approx(equity, abs=1e-9)
        assert bridge.value_per_share * bridge.diluted_shares == pytest.approx(equity, abs=1e-9)
        assert bridge.value_per_share <= equity / 100

    def test_the_order_of_the_tranches_does_not_matter(self):
        """They are exercised from the lowest strike up."""
        forward = equity_bridge(1000.0, shares=50.0, options=[5.0, 7.0, 9.0], option_strike=[3.0, 15.0, 25.0])
        backward = equity_bridge(
            1000.0, shares=50.0, options=[9.0, 7.0, 5.0], option_strike=[25.0, 15.0, 3.0]
        )
        assert forward.value_per_share == backward.value_per_share

    def test_companies_with_tranches_of_their_own(self):
        """Tranches on the last axis, companies before; each as if alone."""
        numbers = np.array([[5.0, 7.0], [1.0, 0.0], [0.0, 0.0]])
        strikes = np.array([[30.0, 2.0], [1.0, 50.0], [1.0, 1.0]])
        values = np.array([500.0, 100.0, 300.0])
        together = equity_bridge(values, shares=20.0, options=numbers, option_strike=strikes)
        for row in range(3):
            alone = equity_bridge(values[row], shares=20.0, options=numbers[row], option_strike=strikes[row])
            assert together.value_per_share[row] == alone.value_per_share
            assert together.diluted_shares[row] == alone.diluted_shares
        assert together.value_per_share[2] == 15.0

    def test_a_table_of_values_shares_its_tranches(self):
        """Tranches without leading axes serve every cell."""
        table = np.array([[500.0, 600.0], [700.0, 800.0]])
        bridge = equity_bridge(table, shares=20.0, options=[5.0, 7.0], option_strike=[30.0, 2.0])
        assert bridge.value_per_share.shape == bridge.option_value.shape == (2, 2)

    def test_nan_in_a_tranche_makes_the_share_unknown(self):
        """The equity value is known all the same."""
        bridge = equity_bridge([1000.0, 900.0], shares=100.0, options=[[np.nan], [5.0]], option_strike=1.0)
        assert np.isnan(bridge.value_per_share).tolist() == [True, False]
        assert np.isnan(bridge.diluted_shares).tolist() == [True, False]
        np.testing.assert_array_equal(bridge.equity_value, [1000.0, 900.0])

    def test_worthless_equity_leaves_options_out_of_the_money(self):
        """Negative and zero equity divide by the shares alone."""
        bridge = equity_bridge([-500.0, 0.0], shares=100.0, options=10.0, option_strike=1.0)
        np.testing.assert_array_equal(bridge.value_per_share, [-5.0, 0.0])
        np.testing.assert_array_equal(bridge.diluted_shares, [100.0, 100.0])

    @pytest.mark.parametrize("extreme", [np.inf, 1e308])
    def test_numbers_beyond_measure_give_no_value_and_no_warning(self, extreme):
        """NaN, or the value that an option never exercised leaves."""
        assert not equity_bridge(5.0, shares=5.0, options=extreme, option_strike=1.0).value_per_share > 1.0
        assert equity_bridge(5.0, shares=5.0, options=10.0, option_strike=extreme).value_per_share == 1.0

    def test_without_options_nothing_is_diluted(self):
        """And without shares the count is unknown."""
        assert equity_bridge(100.0, shares=10.0).diluted_shares == 10.0
        assert equity_bridge(100.0, shares=10.0).option_value == 0.0
        assert math.isnan(equity_bridge(100.0).diluted_shares)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"options": 5.0, "shares": 10.0}, "options and option_strike"),
            ({"option_strike": 5.0, "shares": 10.0}, "options and option_strike"),
            ({"options": 5.0, "option_strike": 5.0}, "options and option_strike: .*shares"),
            ({"options": -5.0, "option_strike": 5.0, "shares": 10.0}, "options"),
            ({"options": 5.0, "option_strike": -5.0, "shares": 10.0}, "option_strike"),
            ({"options": [1.0, 2.0], "option_strike": [1.0, 2.0, 3.0], "shares": 10.0}, r"options \(2,\)"),
            ({"options": [], "option_strike": [], "shares": 10.0}, "options: .*tranche"),
            ({"options": "5", "option_strike": 5.0, "shares": 10.0}, "options"),
        ],
    )
    def test_refuses_impossible_input(self, arguments, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            equity_bridge(100.0, **arguments)
