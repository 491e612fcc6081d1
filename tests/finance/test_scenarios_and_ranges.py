"""Scenarios: named overrides of drivers, each with a probability."""

from __future__ import annotations

import json
from typing import Any

import pytest
from finance_cases import AAPL
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.errors import RequestError
from maos_nb.finance.ranges import scenario_probabilities
from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.finance.results import financial_model


def by_name(valuation: Any) -> dict[str, Any]:
    """Give the scenarios by name."""
    return {item.name: item for item in valuation.scenarios}


def test_a_scenario_takes_the_drivers_that_are_given_for_it(valued: Any) -> None:
    """Instead of the usual changes; the value is that of the same drivers given as inputs."""
    found = by_name(valued(scenario_overrides={"optimistic": {"revenue_growth": 0.2}}))
    assert found["optimistic"].changes == {"revenue_growth": 0.2}
    assert found["optimistic"].value_per_share == pytest.approx(valued(revenue_growth=0.2).judged, rel=1e-12)


def test_a_new_name_adds_a_scenario(valued: Any) -> None:
    """Behind the usual ones, in the order given."""
    found = by_name(valued(scenario_overrides={"Recession": {"operating_margin": 0.2, "probability": 0.1}}))
    assert list(found) == ["base", "optimistic", "pessimistic", "recession"]
    assert found["recession"].probability == 0.1
    assert found["base"].probability == pytest.approx(0.45)


def test_words_for_the_usual_scenarios_are_known(valued: Any) -> None:
    """The bull is the optimist."""
    found = by_name(valued(scenario_overrides={"bull": {"probability": 0.4}}))
    assert list(found) == ["base", "optimistic", "pessimistic"]
    assert found["optimistic"].probability == 0.4


def test_the_expected_value_weighs_the_scenarios(valued: Any) -> None:
    """Half for the base, a quarter for each of the others."""
    valuation = valued()
    values = {name: item.value_per_share for name, item in by_name(valuation).items()}
    expected = values["base"] / 2 + (values["optimistic"] + values["pessimistic"]) / 4
    assert valuation.expected.expected_value == pytest.approx(expected, rel=1e-12)
    assert valuation.expected.probability_above == pytest.approx(0.75)


@given(
    st.lists(st.sampled_from(["base", "optimistic", "pessimistic", "a", "b"]), min_size=1, unique=True),
    st.dictionaries(st.sampled_from(["optimistic", "a", "b"]), st.floats(0, 0.3), max_size=3),
)
def test_probabilities_always_add_up_to_one(names: list[str], given_: dict[str, float]) -> None:
    """Whatever is left after those given goes to the others."""
    names = list(dict.fromkeys(("base", *names, *given_)))
    request = FinancialModelRequest(
        ticker="AAPL", scenario_overrides={name: {"probability": share} for name, share in given_.items()}
    )
    found = scenario_probabilities(request, names)
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    assert all(found[name] == share for name, share in given_.items())


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ("optimistic", "drivers by scenario are expected"),
        ({"optimistic": 0.1}, "drivers and figures are expected"),
        ({"": {"wacc": 0.1}}, "a scenario's name is expected"),
        ({"x" * 41: {"wacc": 0.1}}, "of at most 40 characters"),
        ({"bad": {"growth": 0.1}}, "'growth' of 'bad' is no driver of a scenario"),
        ({"bad": {"wac": 0.1}}, "wacc"),
        ({"bad": {"wacc": "much"}}, "a number is expected"),
        ({"bad": {"wacc": 9}}, "wacc of 'bad' is 9: from 1e-06 to 1 is expected"),
        ({"bad": {"wacc": float("nan")}}, "wacc of 'bad' is nan"),
        ({"base": {"wacc": 0.1}}, "the base came with drivers"),
        ({" Bull ": {"wacc": 0.1}, "optimistic": {}}, "optimistic came twice"),
        ({"bad": {"exit_multiple": 12}}, "exit_multiple came in 'bad'"),
        ({"bad": {"probability": 0.7}, "worse": {"probability": 0.7}}, "probabilities add up to 1.4"),
        (
            {name: {"probability": 0.2} for name in ("base", "optimistic", "pessimistic")},
            "probabilities add up to 0.6",
        ),
    ],
)
def test_overrides_that_cannot_be_used_are_refused(overrides: Any, said: str) -> None:
    """With the name of the input, and what was expected."""
    with pytest.raises(RequestError) as caught:
        FinancialModelRequest(ticker="AAPL", scenario_overrides=overrides)
    assert caught.value.argument == "scenario_overrides"
    assert said in str(caught.value)


def test_a_driver_that_the_valuation_does_not_have_is_refused(valued: Any) -> None:
    """Apple's reinvestment comes from its statements, not from sales to capital."""
    with pytest.raises(RequestError, match=r"^scenario_overrides: sales_to_capital of 'x' is no driver"):
        valued(scenario_overrides={"x": {"sales_to_capital": 2.0}})


def test_a_scenario_without_a_value_is_none_in_the_result_and_a_doubt(valued: Any) -> None:
    """JSON knows no NaN."""
    told = financial_model(valued(scenario_overrides={"x": {"wacc": 0.02}}))
    assert told["scenarios"]["x"]["enterprise_value"] is told["scenarios"]["x"]["equity_value"] is None
    json.dumps(told, allow_nan=False)
    assert any("There is no value under 'x'" in doubt for doubt in told["risk_assessment"]["doubts"])


def test_the_price_is_met_at_each_break_even(valued: Any) -> None:
    """Put back as inputs, the roots give the price."""
    valuation = valued()
    for name, root in zip(valuation.break_even.names, valuation.break_even.value, strict=True):
        description = "Value AAPL" if name == "wacc" else AAPL
        again = valued(description, **{name: float(root)})
        assert again.judged == pytest.approx(valuation.price, rel=1e-6), name
