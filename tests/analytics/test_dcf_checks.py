"""What a valuation implies, and whether that is flagged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.dcf import dcf_from_drivers, implied_checks
from maos_nb.errors import InputError

BASE = {
    "revenue": 1000.0,
    "growth": 0.04,
    "operating_margin": 0.20,
    "tax_rate": 0.25,
    "sales_to_capital": 1.5,
    "wacc": 0.09,
    "terminal_growth": 0.02,
}


def checks(n_periods=10, limits=None, **changes):
    """Check the company after changes to its drivers."""
    record = dcf_from_drivers(**BASE | changes, n_periods=n_periods)
    return implied_checks(record.valuation, record.projection, record.wacc, limits=limits)


def test_a_sober_valuation_raises_no_flag():
    """Mature growth, returns and multiples."""
    found = checks()
    assert found.n_flags == 0
    assert not any(found.flags.values())
    assert repr(found) == "ImpliedChecks(0 of 8 flagged)"


def test_figures_by_hand():
    """One year: revenue 1040, EBIT 208, NOPAT 156, reinvestment 26.67, FCF 129.33."""
    figures = checks(n_periods=1).figures
    terminal = 129 + 1 / 3
    terminal *= 1.02 / 0.07
    assert figures["multiple_of_ebit"] == pytest.approx(terminal / 208)
    assert figures["multiple_of_revenue"] == pytest.approx(terminal / 1040)
    assert figures["reinvestment_rate"] == pytest.approx((40 / 1.5) / 156)
    assert figures["ronic"] == pytest.approx(0.02 * 156 / (40 / 1.5))
    assert figures["spread"] == pytest.approx(0.07)
    assert figures["terminal_share"] == pytest.approx(terminal / (terminal + 129 + 1 / 3))
    assert np.isnan(figures["growth_drop"])


@given(st.floats(0.06, 0.4))
def test_the_return_on_new_capital_is_the_one_given(ronic):
    """With the value driver formula the check gives back its RONIC."""
    assert checks(ronic=ronic).figures["ronic"] == pytest.approx(ronic, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("terminal_share", {"n_periods": 3}),
        ("terminal_growth", {"terminal_growth": 0.045}),
        ("spread", {"wacc": 0.045}),
        ("growth_drop", {"growth": 0.10}),
        ("reinvestment_rate", {"growth": 0.20, "sales_to_capital": 1.2}),
        ("ronic", {"ronic": 0.5}),
        ("multiple_of_ebit", {"wacc": 0.04}),
        ("multiple_of_revenue", {"operating_margin": 0.95}),
    ],
)
def test_each_flag_is_raised_by_what_it_is_for(name, changes):
    """Outside its limits."""
    found = checks(**changes)
    assert found.flags[name]
    low, high = found.limits[name]
    assert not low <= found.figures[name] <= high
    assert name in repr(found)


def test_limits_can_be_set_one_by_one():
    """The others keep theirs."""
    found = checks(limits={"spread": (0.08, 1.0)})
    assert found.limits["spread"] == (0.08, 1.0)
    assert found.flags["spread"]
    assert found.n_flags == 1
    assert found.limits["terminal_share"] == checks().limits["terminal_share"]


def test_companies_are_checked_each_on_its_own():
    """Arrays, element by element, and what is not known is not flagged."""
    wacc = np.array([0.09, 0.045, 0.02, np.nan])
    found = checks(wacc=wacc)
    assert found.flags["spread"].tolist() == [False, True, True, False]
    assert np.isnan(found.figures["terminal_share"]).tolist() == [False, False, True, True]
    alone = checks(wacc=0.045)
    for name in found.figures:
        assert found.figures[name][1] == pytest.approx(alone.figures[name], nan_ok=True)
    assert found.n_flags[1] == alone.n_flags


def test_a_loss_has_no_multiple():
    """Nor a reinvestment rate."""
    figures = checks(operating_margin=-0.1).figures
    assert np.isnan([figures[name] for name in ("multiple_of_ebit", "reinvestment_rate", "ronic")]).all()


def test_an_exit_multiple_is_checked_for_the_growth_it_implies():
    """Twenty times EBIT cannot be had at a cost of capital of 9% without much growth."""
    record = dcf_from_drivers(
        **{name: value for name, value in BASE.items() if name != "terminal_growth"},
        exit_multiple=20.0,
        n_periods=10,
    )
    found = implied_checks(record.valuation, record.projection, record.wacc)
    assert found.flags["terminal_growth"]
    assert found.figures["multiple_of_ebit"] == pytest.approx(20.0)


def test_a_frame_states_the_limits():
    """One row per figure; for several valuations one per figure and valuation."""
    frame = checks().to_frame()
    assert list(frame.columns) == ["value", "low", "high", "flag"]
    assert frame.loc["terminal_share", "high"] == 0.80
    several = checks(wacc=[0.08, 0.09]).to_frame()
    assert several.loc[("spread", 1), "value"] == pytest.approx(0.07)


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"beta": (0, 1)}, "limits: .*'beta'"),
        ({"spread": (1.0, 0.0)}, r'limits\["spread"\]'),
        ({"spread": 0.1}, "spread"),
        ({"spread": ("a", "b")}, "spread"),
    ],
)
def test_refuses_impossible_limits(limits, named):
    """The message names them."""
    with pytest.raises(InputError, match=named):
        checks(limits=limits)


def test_refuses_figures_that_do_not_belong_together():
    """Their shapes do not broadcast."""
    record = dcf_from_drivers(**BASE | {"wacc": [0.08, 0.09]}, n_periods=4)
    with pytest.raises(InputError, match="wacc"):
        implied_checks(record.valuation, record.projection, [0.08, 0.09, 0.10])
