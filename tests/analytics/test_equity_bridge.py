"""From enterprise value to equity value and value per share."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
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
