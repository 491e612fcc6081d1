"""The valuation against a plain-loop twin, and its own identities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from finance_cases import AAPL
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.errors import RequestError
from maos_nb.finance.model import DcfModel


def spreadsheet(drivers: dict[str, float], years: int, *, mid_year: bool = False) -> float:
    """Value a share as a spreadsheet would, cell by cell."""
    revenue, total, flow = drivers["revenue"], 0.0, 0.0
    step = (drivers["terminal_growth"] - drivers["revenue_growth"]) / max(years - 1, 1)
    for year in range(1, years + 1):
        growth = drivers["revenue_growth"] + step * (year - 1)
        new = revenue * (1 + growth)
        ebit = new * drivers["operating_margin"]
        flow = ebit - max(ebit, 0.0) * drivers["tax_rate"]
        flow += new * drivers["depreciation"] - new * drivers["capital_expenditure"]
        flow -= (new - revenue) * drivers["working_capital"]
        total += flow / (1 + drivers["wacc"]) ** (year - (0.5 if mid_year else 0))
        revenue = new
    terminal = flow * (1 + drivers["terminal_growth"]) / (drivers["wacc"] - drivers["terminal_growth"])
    total += terminal / (1 + drivers["wacc"]) ** (years - (0.5 if mid_year else 0))
    equity = total + drivers["cash"] + drivers["investments"] - drivers["debt"] - drivers["leases"]
    return equity / drivers["shares"]


DRIVERS = st.fixed_dictionaries(
    {
        "revenue": st.floats(1, 1e12),
        "revenue_growth": st.floats(-0.3, 0.5),
        "terminal_growth": st.floats(-0.02, 0.04),
        "operating_margin": st.floats(-0.2, 0.6),
        "tax_rate": st.floats(0, 0.5),
        "wacc": st.floats(0.05, 0.3),
        "depreciation": st.floats(0, 0.2),
        "capital_expenditure": st.floats(0, 0.3),
        "working_capital": st.floats(-0.3, 0.3),
        "cash": st.floats(0, 1e11),
        "investments": st.floats(0, 1e11),
        "debt": st.floats(0, 1e11),
        "leases": st.floats(0, 1e10),
        "shares": st.floats(1, 1e10),
    }
)


@given(DRIVERS, st.integers(2, 30), st.booleans())
def test_the_model_equals_a_spreadsheet_cell_by_cell(
    drivers: dict[str, float], years: int, mid_year: bool
) -> None:
    """The vectorised model and the plain loop give the same value of a share."""
    model = DcfModel(years, "mid" if mid_year else "end")
    expected = spreadsheet(drivers, years, mid_year=mid_year)
    scale = drivers["revenue"] + drivers["cash"] + drivers["investments"] + drivers["debt"]
    assert model(drivers).bridge.value_per_share == pytest.approx(
        expected, rel=1e-9, abs=1e-9 * scale / drivers["shares"]
    )


@given(st.lists(DRIVERS, min_size=1, max_size=5), st.integers(2, 10))
def test_many_companies_at_once_equal_one_at_a_time(companies: list[dict[str, float]], years: int) -> None:
    """An array call gives, element by element, what scalar calls give."""
    model = DcfModel(years)
    columns = {name: np.array([company[name] for company in companies]) for name in companies[0]}
    together = model(columns).bridge.value_per_share
    alone = [model(company).bridge.value_per_share for company in companies]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_apple_at_the_end_of_2022_equals_the_spreadsheet(valued: Any) -> None:
    """The whole way, from words to a value of a share, against the twin."""
    valuation = valued()
    drivers = {name: item.value for name, item in valuation.assumptions.items()}
    assert valuation.judged == pytest.approx(spreadsheet(drivers, 5), rel=1e-12)
    assert valuation.judged == pytest.approx(132.10, abs=0.005)


def test_one_year_is_enough_for_an_exit_multiple_and_not_for_growth_for_ever(valued: Any) -> None:
    """With a single year there is no path from the first growth to the last."""
    plan = valued("Value AAPL over 1 year at a WACC of 9%", exit_multiple=12).base.projection
    assert plan.revenue.shape == (1,)
    assert plan.revenue[0] == pytest.approx(394_328e6 * 1.114591474149)
    with pytest.raises(RequestError, match=r"one year cannot lead from growth of 11\.5% to 2\.5% for ever"):
        valued("Value AAPL over 1 year at a WACC of 9%")


def test_shocked_drivers_stay_within_what_can_be(valued: Any) -> None:
    """No revenue below nothing, no margin above all of it."""
    collapse = valued("Value AAPL at a WACC of 9%", revenue_growth=-0.99)
    assert min(item.changes.get("revenue_growth", 0) for item in collapse.scenarios) == -1
    full = valued("Value AAPL at a WACC of 9%", operating_margin=1.0)
    assert max(item.changes.get("operating_margin", 0) for item in full.scenarios) == 1


def test_the_centre_of_the_table_is_the_base_case_exactly(valued: Any) -> None:
    """No rounding of an axis may move the figure that the reader compares."""
    for words in (AAPL, "Value AAPL", "Value MSFT, exit multiple 15x"):
        valuation = valued(words)
        table = valuation.table
        row = table.rows.index(valuation.assumptions["wacc"].value)
        column = table.columns.index(valuation.assumptions[table.column_driver].value)
        assert table.values[row, column] == valuation.judged


def test_the_table_falls_with_wacc_and_rises_with_growth(valued: Any) -> None:
    """Discounting more takes value away; growing for longer adds to it."""
    values = valued().table.values
    assert (np.diff(values, axis=0) < 0).all()
    assert (np.diff(values, axis=1) > 0).all()


def test_scenarios_are_named_changes_of_the_base(valued: Any) -> None:
    """The base changes nothing; the others stand on either side of it."""
    valuation = valued()
    base, optimistic, pessimistic = valuation.scenarios
    assert [item.name for item in valuation.scenarios] == ["base", "optimistic", "pessimistic"]
    assert base.changes == {}
    assert base.value_per_share == valuation.judged
    assert pessimistic.value_per_share < base.value_per_share < optimistic.value_per_share


def test_the_ends_of_a_given_range_are_the_rates_of_the_scenarios(valued: Any) -> None:
    """The low rate belongs to the optimist."""
    valuation = valued("Value AAPL, WACC between 8 and 9%")
    rates = {item.name: item.changes.get("wacc") for item in valuation.scenarios}
    assert rates == {"base": None, "optimistic": 0.08, "pessimistic": 0.09}


def test_shocks_come_from_the_companys_own_history(valued: Any, samples: Any) -> None:
    """One standard error of mean growth over ten years, recomputed from the statements."""
    revenue = samples.statements("AAPL", as_of="2022-12-28").frame["revenue"].tail(11)
    growth = revenue.pct_change().dropna()
    optimistic = valued().scenarios[1]
    shift = optimistic.changes["revenue_growth"] - valued().assumptions["revenue_growth"].value
    assert shift == pytest.approx(growth.std(ddof=1) / np.sqrt(len(growth)))


def test_what_ifs_are_in_order_of_their_swing(valued: Any) -> None:
    """The driver to get right comes first."""
    swings = [item.swing for item in valued().what_ifs]
    assert swings == sorted(swings, reverse=True)


def test_an_exit_multiple_is_applied_to_the_last_years_ebitda(valued: Any) -> None:
    """The implied multiple is the given one, and the table varies it."""
    valuation = valued("Value AAPL at a WACC of 8.5% with an exit multiple of 12x")
    plan = valuation.base.projection
    assert valuation.base.valuation.terminal_value == pytest.approx(
        12 * (plan.ebit[-1] + plan.depreciation[-1])
    )
    assert valuation.table.column_driver == "exit_multiple"


def test_the_same_request_gives_the_same_figures(valued: Any) -> None:
    """To the last bit."""
    first, second = valued(), valued()
    assert first.judged == second.judged
    np.testing.assert_array_equal(first.table.values, second.table.values)
