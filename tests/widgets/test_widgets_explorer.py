"""Sliders over a finished valuation, through their traits: the value and the table follow."""

from __future__ import annotations

import asyncio
import math
import re
from typing import Any

import numpy as np
import pytest

from maos_nb import FinancialAnalystAgent, Task, TaskResult
from maos_nb.errors import InputError
from maos_nb.widgets import ValuationExplorer


def valued(description: str, **parameters: Any) -> TaskResult:
    """Value a company."""
    task = Task(description=description, parameters={"draws": 0, **parameters})
    return asyncio.run(FinancialAnalystAgent().create_financial_model(task))


@pytest.fixture(scope="module")
def apple() -> TaskResult:
    """Give Apple's valuation."""
    return valued("Value AAPL with a 5-year DCF at a WACC of 8.5%")


def text(explorer: ValuationExplorer) -> str:
    """Give the words beside the sliders."""
    return re.sub(r"<[^>]*>", "", explorer._figure.value.replace("<br>", ", "))


def test_it_opens_on_the_base_case(apple: TaskResult) -> None:
    """The value and the table are those of the result, to the last bit."""
    explorer = ValuationExplorer(apple)
    assert explorer.changes == {}
    assert explorer.value == apple.result["valuation"]["value_per_share"]
    assert explorer.table == apple.result["sensitivity_analysis"]["table"]
    assert text(explorer) == "Value per share 132.10 USD, +5.1% against the price of 125.67"


def test_a_slider_moves_the_value_and_the_table(apple: TaskResult) -> None:
    """Compared with a valuation that was given the same WACC."""
    explorer = ValuationExplorer(apple)
    explorer.sliders["wacc"].value = 0.09
    other = valued("Value AAPL with a 5-year DCF at a WACC of 9%")
    assert explorer.changes == {"wacc": 0.09}
    assert explorer.value == pytest.approx(other.result["valuation"]["value_per_share"], rel=1e-12)
    expected = np.array(other.result["sensitivity_analysis"]["table"]["values"])
    np.testing.assert_allclose(np.array(explorer.table["values"]), expected, rtol=1e-12)


def test_several_drivers_set_at_once_move_their_sliders(apple: TaskResult) -> None:
    """And the button puts them all back."""
    explorer = ValuationExplorer(apple)
    explorer.changes = {"revenue_growth": 0.05, "operating_margin": 0.25}
    assert explorer.sliders["revenue_growth"].value == 0.05
    alone = valued(
        "Value AAPL with a 5-year DCF at a WACC of 8.5%", revenue_growth=0.05, operating_margin=0.25
    )
    assert explorer.value == pytest.approx(alone.result["valuation"]["value_per_share"], rel=1e-12)
    explorer._reset.click()
    assert explorer.changes == {}
    assert explorer.value == apple.result["valuation"]["value_per_share"]
    assert explorer.sliders["operating_margin"].value == explorer.model.drivers["operating_margin"]


def test_the_base_case_lies_on_a_step_of_every_slider(apple: TaskResult) -> None:
    """The browser would move the slider to the next one, and the value would not be the valuation's."""
    for name, slider in ValuationExplorer(apple).sliders.items():
        steps = (slider.value - slider.min) / slider.step
        assert steps == pytest.approx(round(steps), abs=1e-9), name
        assert slider.min < slider.value < slider.max


@pytest.mark.parametrize(
    "odd", [{"operating_margin": -2.0}, {"revenue_growth": 3.0}, {"wacc": 1e-6, "terminal_growth": -0.1}]
)
def test_a_base_case_beyond_the_usual_reach_has_a_slider_too(odd: dict[str, float]) -> None:
    """The request allows it, so the explorer shows it."""
    explorer = ValuationExplorer(valued("Value AAPL over 5 years", **odd))
    for name, level in odd.items():
        assert explorer.sliders[name].min <= level <= explorer.sliders[name].max
        assert explorer.sliders[name].value == level


def test_what_the_browser_sends_back_of_the_base_case_is_the_base_case(apple: TaskResult) -> None:
    """Its arithmetic differs in the last bits."""
    explorer = ValuationExplorer(apple)
    explorer.sliders["tax_rate"].value += 1e-15
    assert explorer.changes == {}
    assert explorer.value == apple.result["valuation"]["value_per_share"]


def test_one_cell_is_the_base_case_wherever_the_sliders_are(apple: TaskResult) -> None:
    """The middle of the table is outlined and has the value."""
    explorer = ValuationExplorer(apple)
    explorer.changes = {"wacc": 0.0912, "terminal_growth": 0.021}
    marked = re.findall(r'<td class="base"[^>]*>([^<]*)', explorer._heat_map.value)
    assert marked == [f"{explorer.value:,.2f}"]


def test_a_wacc_below_growth_has_no_value_and_says_so(apple: TaskResult) -> None:
    """Nothing raises while a slider passes through."""
    explorer = ValuationExplorer(apple)
    explorer.changes = {"terminal_growth": 0.05, "wacc": 0.046}
    assert math.isnan(explorer.value)
    assert text(explorer) == "Value per share n/a USD, n/a against the price of 125.67"
    assert None in explorer.table["values"][0]
    assert "n/a" in explorer._heat_map.value


def test_a_multiple_takes_the_place_of_growth_in_perpetuity() -> None:
    """Its slider is in times, and the table has it across."""
    explorer = ValuationExplorer(valued("Value MSFT at exit multiple 15x"))
    assert "terminal_growth" not in explorer.sliders
    assert explorer.sliders["exit_multiple"].readout_format == ".1f"
    assert list(explorer.table) == ["wacc", "exit_multiple", "values"]


def test_a_company_without_shares_is_explored_as_a_whole() -> None:
    """By its equity value, with no price to compare with."""
    explorer = ValuationExplorer(valued("Create DCF model for tech startup with 5-year projection"))
    assert text(explorer).startswith("Equity value 384.5 index")
    assert "sales_to_capital" in explorer.sliders


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"beta": 1.0}, "there is no slider 'beta'"),
        ({"wacc": 0.5}, "the slider goes from"),
        ({"wacc": "9%"}, "expected a number"),
        ("wacc", "expected drivers"),
    ],
)
def test_changes_that_no_slider_can_show_are_refused(apple: TaskResult, changes: Any, said: str) -> None:
    """And nothing moves."""
    explorer = ValuationExplorer(apple)
    with pytest.raises(InputError, match=said):
        explorer.changes = changes
    assert explorer.value == apple.result["valuation"]["value_per_share"]


@pytest.mark.parametrize(
    "wrong", [None, TaskResult("t", "FAILED", None, "no"), TaskResult("t", "COMPLETED", {})]
)
def test_what_is_no_valuation_is_refused(wrong: Any) -> None:
    """With the reason."""
    with pytest.raises(InputError, match=r"^task_result: expected"):
        ValuationExplorer(wrong)


def test_closing_takes_every_widget_away(apple: TaskResult) -> None:
    """Nothing stays with the frontend."""
    explorer = ValuationExplorer(apple)
    parts = [*explorer.sliders.values(), *explorer.children]
    explorer.close()
    assert explorer.comm is None
    assert all(part.comm is None for part in parts)
