"""The form: a request model in, controls in words, and only valid values out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from maos_nb.errors import InputError
from maos_nb.finance import FinancialModelRequest
from maos_nb.widgets import RequestForm
from maos_nb.widgets._numbers import number_typed, numbers_typed, typed


class Side(Enum):
    LONG = "long"
    SHORT = "short"


class Everything(BaseModel):
    """One input of each kind."""

    model_config = ConfigDict(allow_inf_nan=False)

    symbol: str = Field(title="Symbol", min_length=1, description="Which one.")
    rate: float | None = Field(
        None, title="Rate", gt=0, lt=1, json_schema_extra={"unit": "fraction per year"}
    )
    years: int = Field(5, title="Horizon", ge=1, le=50, json_schema_extra={"unit": "years"})
    budget: Decimal | None = Field(None, title="Budget", ge=0)
    bounds: tuple[float, float] | None = Field(None, json_schema_extra={"unit": "fraction"})
    timing: Literal["end", "mid"] = "end"
    side: Side | None = None
    is_final: bool = False
    is_listed: bool | None = None
    as_of: dt.date | None = None
    scenarios: tuple[Literal["base", "high", "low"], ...] = ("base",)
    tags: list[str] | None = None
    extra: dict[str, float] | None = None


def form_of(model: type[BaseModel] = Everything) -> RequestForm:
    """Make the form of a model."""
    return RequestForm(model, edited=lambda: None)


def kinds(form: RequestForm) -> dict[str, str]:
    """Name the kinds of the widgets."""
    return {name: type(control.widget).__name__ for name, control in form.controls.items()}


def put(form: RequestForm, name: str, value: Any) -> None:
    """Put something into a control, as a person would."""
    form.controls[name].widget.value = value


def test_each_kind_of_input_has_the_control_that_fits_it() -> None:
    """A person meets a list where there is a choice, a calendar for a date, a line for the rest."""
    assert kinds(form_of()) == {
        "symbol": "Text",
        "rate": "Text",
        "years": "Text",
        "budget": "Text",
        "bounds": "Text",
        "timing": "Dropdown",
        "side": "Dropdown",
        "is_final": "Checkbox",
        "is_listed": "Dropdown",
        "as_of": "DatePicker",
        "scenarios": "SelectMultiple",
        "tags": "Text",
        "extra": "Text",
    }


def test_labels_are_words_with_the_unit_and_tooltips_the_descriptions() -> None:
    """A fraction is asked for in percent, as people think of it."""
    widgets = {name: control.widget for name, control in form_of().controls.items()}
    assert widgets["symbol"].description == "Symbol (needed)"
    assert widgets["symbol"].tooltip == "Which one."
    assert widgets["rate"].description == "Rate (% per year)"
    assert widgets["years"].description == "Horizon (years)"
    assert widgets["is_listed"].description == "Is Listed"


def test_the_hint_tells_bounds_and_default() -> None:
    """What is allowed, and what an empty field means, stands beside the control."""
    controls = form_of().controls
    assert controls["rate"].hint == "Above 0% and below 100%."
    assert controls["years"].hint == "At least 1 and at most 50. Left empty: 5."


def test_what_is_left_alone_is_not_sent() -> None:
    """Defaults are shown and never sent, so that the words of the task can still decide."""
    assert form_of().read() == ({}, {})


def test_what_is_put_in_comes_out_as_the_request_wants_it() -> None:
    """Every control gives a value that its request accepts."""
    form = form_of()
    entries = {
        "symbol": " AAPL ",
        "rate": "8.5%",
        "years": "7 years",
        "budget": "$2.5 million",
        "bounds": "8-9%",
        "timing": "mid",
        "side": "short",
        "is_final": True,
        "is_listed": False,
        "as_of": dt.date(2022, 12, 31),
        "scenarios": ("base", "low"),
        "tags": "a, b",
        "extra": '{"x": 1.5}',
    }
    for name, entry in entries.items():
        put(form, name, entry)
    values, problems = form.read(is_final=True)
    assert problems == {}
    request = Everything(**values)
    assert (request.rate, request.years, request.budget) == (0.085, 7, Decimal(2_500_000))
    assert (request.bounds, request.side, request.is_listed) == ((0.08, 0.09), Side.SHORT, False)
    assert (request.as_of, request.scenarios, request.tags) == (
        dt.date(2022, 12, 31),
        ("base", "low"),
        ["a", "b"],
    )
    assert request.extra == {"x": 1.5}


@pytest.mark.parametrize(
    ("name", "entry", "problem"),
    [
        ("rate", "8.5", "8.5 means 850%: write 8.5% or 0.085."),
        ("rate", "-5%", "Has to be above 0%."),
        ("rate", "a lot", "'a lot' is not a number such as 8.5% or 0.085."),
        ("rate", "1,5", "'1,5' is not a number such as 8.5% or 0.085."),
        ("years", "51", "Has to be at most 50."),
        ("years", "5.5", "should be a valid integer, got a number with a fractional part."),
        ("years", "inf", "'inf' is not a number such as 5, 0.5 or 1,000,000."),
        ("bounds", "8% to", "'8% to' is not a row of numbers; write it as 8% to 9%."),
        ("extra", "x: 1", "this is not JSON: Expecting value: line 1 column 1 (char 0)."),
        ("extra", '{"x": NaN}', "should be a finite number."),
        ("extra", '{"x": "y"}', "should be a valid number, unable to parse string as a number."),
    ],
)
def test_what_cannot_be_used_is_told_in_words(name: str, entry: str, problem: str) -> None:
    """The message says what to write, and the value does not come out."""
    form = form_of()
    put(form, name, entry)
    assert form.read() == ({}, {name: problem})


def test_an_empty_field_that_is_needed_is_missed_only_in_the_end() -> None:
    """Nobody is scolded for a field that they have not come to yet."""
    form = form_of()
    assert form.read() == ({}, {})
    assert form.read(is_final=True) == ({}, {"symbol": "this input is needed."})


def test_a_choice_can_be_taken_back() -> None:
    """The first entry of every list stands for no choice, and says what counts then."""
    form = form_of()
    timing = form.controls["timing"].widget
    assert [label for label, _ in timing.options] == ["end (default)", "end", "mid"]
    timing.value = "mid"
    assert form.read()[0] == {"timing": "mid"}
    timing.index = 0
    assert form.read()[0] == {}


def test_choosing_the_default_by_name_sends_it() -> None:
    """Words that say otherwise are overruled by a choice, whatever the choice."""
    form = form_of()
    put(form, "timing", "end")
    assert form.read()[0] == {"timing": "end"}


def test_a_box_speaks_only_where_it_differs_from_the_default() -> None:
    """A box that nobody touched says nothing."""
    form = form_of()
    put(form, "is_final", True)
    assert form.read()[0] == {"is_final": True}
    put(form, "is_final", False)
    assert form.read()[0] == {}


def test_filling_the_form_and_reading_it_gives_the_same_values() -> None:
    """What a program puts in stands in the controls as a person would have written it."""
    values = {
        "symbol": "AAPL",
        "rate": 0.085,
        "years": 7,
        "bounds": (0.08, 0.09),
        "timing": "mid",
        "side": "long",
        "is_final": True,
        "as_of": dt.date(2022, 12, 31),
        "scenarios": ("base", "high"),
        "tags": ("a", "b"),
        "extra": {"x": 1},
    }
    form = form_of()
    form.fill(values)
    assert form.read(is_final=True) == (values, {})
    assert form.controls["rate"].widget.value == "8.5%"
    assert form.controls["bounds"].widget.value == "8% to 9%"


def test_filling_empties_what_is_not_named() -> None:
    """The values are then all that there is."""
    form = form_of()
    form.fill({"rate": 0.085, "timing": "mid"})
    form.fill({"years": 3})
    assert form.read()[0] == {"years": 3}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"wax": 1}, "there is no input 'wax'"),
        ({"timing": "late"}, "expected one of 'end', 'mid', got 'late'"),
        ({"scenarios": ("worst",)}, "expected some of 'base', 'high', 'low'"),
        ({"is_final": "yes"}, "expected True or False, got 'yes'"),
        ({"as_of": "soon"}, "expected a date such as 2022-12-31, got 'soon'"),
    ],
)
def test_what_the_form_cannot_show_is_refused_whole(values: dict[str, Any], message: str) -> None:
    """Nothing is half filled in."""
    form = form_of()
    with pytest.raises(InputError, match=message):
        form.fill({"rate": 0.085, **values})
    assert form.read() == ({}, {})


def test_a_problem_is_shown_at_its_control_and_escaped() -> None:
    """What somebody typed comes back as text, never as markup."""
    form = form_of()
    form.say({"rate": "<b>bad</b>"})
    note = form.controls["rate"].view.children[1].value
    assert "Please check: &lt;b&gt;bad&lt;/b&gt;" in note
    assert 'role="status"' in note
    form.say({})
    assert "Above 0%" in form.controls["rate"].view.children[1].value


def test_every_text_of_a_request_model_is_escaped_where_html_is_made() -> None:
    """Descriptions of a model may come from anywhere; labels and tooltips are text, hints are HTML."""

    class Hostile(BaseModel):
        x: int = Field(
            3, title="<b>x</b>", description="<script>1</script>", json_schema_extra={"unit": "<i>"}
        )

    control = form_of(Hostile).controls["x"]
    assert "&lt;script&gt;1&lt;/script&gt;" in control.view.children[1].value
    assert "<script>" not in control.view.children[1].value
    assert not getattr(control.widget, "description_allow_html", False)


def test_aliases_and_nested_models_are_sent_as_the_request_reads_them() -> None:
    """The names are those of the schema."""

    class Inner(BaseModel):
        size: int

    class Outer(BaseModel):
        inner: Inner
        long_name: int | None = Field(None, alias="n")

    form = form_of(Outer)
    put(form, "inner", '{"size": 3}')
    put(form, "n", "4")
    assert Outer(**form.read()[0]) == Outer(inner=Inner(size=3), n=4)
    put(form, "inner", '{"size": "big"}')
    assert "valid integer" in form.read()[1]["inner"]


def test_the_valuation_has_a_control_for_every_input() -> None:
    """The real request, from its schema alone: only drivers by scenario are left to JSON."""
    form = form_of(FinancialModelRequest)
    assert list(form.controls) == list(FinancialModelRequest.model_fields)
    assert form.is_optional
    for name, control in form.controls.items():
        assert control.widget.description, name
        assert control.widget.tooltip == FinancialModelRequest.model_fields[name].description
        assert (control.input.kind == "json") == (name == "scenario_overrides"), name
    assert kinds(form)["sector"] == "Dropdown"
    assert kinds(form)["as_of"] == "DatePicker"
    assert kinds(form)["scenarios"] == "SelectMultiple"
    assert kinds(form)["is_startup"] == "Checkbox"


def test_the_valuation_takes_what_the_form_gives() -> None:
    """Rates typed in percent arrive as the decimals that the request means."""
    form = form_of(FinancialModelRequest)
    for name, entry in {
        "ticker": "aapl",
        "wacc": "8.5%",
        "revenue": "$394.3 billion",
        "wacc_range": "8-9%",
    }.items():
        put(form, name, entry)
    values, problems = form.read(is_final=True)
    assert problems == {}
    request = FinancialModelRequest(**values)
    assert (request.ticker, request.wacc, request.wacc_range) == ("AAPL", 0.085, (0.08, 0.09))
    assert request.revenue == 394.3e9


def test_closing_leaves_no_widget_behind() -> None:
    """The frontend's list of widgets is what it was before."""
    from ipywidgets.widgets import widget  # type: ignore[import-untyped]  # ships no types

    before = set(widget._instances)
    form = form_of()
    assert set(widget._instances) > before
    form.close()
    assert set(widget._instances) == before


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_number_written_and_read_is_the_same_number(number: float) -> None:
    """In percent or not, to the last bit."""
    assert number_typed(typed(number)) == number
    assert number_typed(typed(number, as_percent=True)) == number


@given(st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_range_written_and_read_is_the_same_range(bounds: tuple[float, float]) -> None:
    """A range keeps its ends."""
    low, high = bounds
    assert numbers_typed(f"{typed(low, as_percent=True)} to {typed(high, as_percent=True)}") == bounds


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    """No entry breaks the reader."""
    number = number_typed(text)
    assert number is None or abs(number) < float("inf")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8.5%", 0.085),
        ("85 bps", 0.0085),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("-3", -3),
        ("\N{MINUS SIGN}3", -3),
        ("$1,234.5", 1234.5),
        ("2.5bn", 2_500_000_000),
        ("12x", 12),
        ("12,34", None),
        ("1.234,5", None),
        ("--3", None),
        ("five", None),
    ],
)
def test_numbers_are_read_as_americans_write_them(text: str, number: float | None) -> None:
    """A decimal comma is refused, since it might be either."""
    assert number_typed(text) == number
