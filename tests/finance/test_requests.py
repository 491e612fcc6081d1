"""What the request of a valuation accepts and refuses, and what it says of its inputs."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel
from request_cases import ALL, EN_DASH, NBSP, request_of

from maos_nb.errors import RequestError
from maos_nb.finance.requests import FinancialModelRequest


@pytest.mark.parametrize(
    ("inputs", "argument", "pieces"),
    [
        ({"wacc": 8.5}, "wacc", ("8.5 came", "Write 0.085 or, in words, 8.5%")),
        ({"terminal_growth": 2.5}, "terminal_growth", ("2.5 came", "Write 0.025 or, in words, 2.5%")),
        ({"revenue_growth": 12}, "revenue_growth", ("12 came", "Write 0.12 or, in words, 12%")),
        ({"wacc": 0.0}, "wacc", ("0.0 came", "above 0 and below 1")),
        ({"wacc": True}, "wacc", ("True came", "a number is expected, not bool")),
        ({"seed": False}, "seed", ("a number is expected, not bool",)),
        ({"wacc": float("nan")}, "wacc", ("nan came", "finite")),
        ({"revenue": float("inf")}, "revenue", ("inf came", "finite")),
        ({"revenue": 10**400}, "revenue", ("...", "valid number")),
        ({"wacc": "abc"}, "wacc", ("'abc' came", "8.5%")),
        ({"wacc": [0.1]}, "wacc", ("not list",)),
        ({"time_horizon": -5}, "time_horizon", ("-5 came", "at least 1 and at most 50 (years)")),
        ({"time_horizon": 0}, "time_horizon", ("0 came",)),
        ({"time_horizon": 51}, "time_horizon", ("51 came",)),
        ({"time_horizon": 5.5}, "time_horizon", ("5.5 came", "integer")),
        ({"wacc_range": (0.09, 0.08)}, "wacc_range", ("(0.09, 0.08) came", "the lower one first")),
        ({"wacc_range": (0.08, 9)}, "wacc_range", ("9 came", "Write 0.09")),
        ({"wacc_range": 0.08}, "wacc_range", ("0.08 came",)),
        ({"wacc": 0.1, "wacc_range": (0.08, 0.09)}, "wacc", ("outside wacc_range (0.08, 0.09)",)),
        ({"wacc": 0.02, "terminal_growth": 0.02}, "wacc", ("not above terminal_growth 0.02",)),
        ({"wacc_range": (0.01, 0.1), "terminal_growth": 0.02}, "wacc_range", ("0.01", "not above")),
        (
            {"terminal_growth": 0.02, "exit_multiple": 12},
            "terminal_growth",
            ("exit_multiple 12", "one of the two"),
        ),
        ({"wcc": 0.1}, "wcc", ("no input of a valuation", "Did you mean wacc?")),
        ({"discount_rate": 0.1}, "discount_rate", ("Did you mean wacc?",)),
        ({"xyzzy": 0.1}, "xyzzy", ("Inputs are: ticker, company",)),
        ({"scenarios": ("optimistic",)}, "scenarios", ("add 'base'",)),
        ({"scenarios": ("base", "base")}, "scenarios", ("once",)),
        ({"scenarios": ("base", "medium")}, "scenarios", ("only base, optimistic and pessimistic",)),
        ({"scenarios": 3}, "scenarios", ("names are expected",)),
        ({"sector": "sofware"}, "sector", ("such as software",)),
        ({"ticker": 5}, "ticker", ("a ticker symbol is expected",)),
        ({"as_of": 20221231}, "as_of", ("a date is expected",)),
        ({"model_type": "lbo"}, "model_type", ("'dcf'",)),
    ],
)
def test_bad_parameters_are_refused_by_name(
    inputs: dict[str, Any], argument: str, pieces: tuple[str, ...]
) -> None:
    """Constructor, model_validate and from_task refuse alike, with the argument's name and what came."""
    everything = {"ticker": "AAPL", **inputs}
    makers: tuple[Callable[[], FinancialModelRequest], ...] = (
        lambda: FinancialModelRequest(**everything),
        lambda: FinancialModelRequest.model_validate(everything),
        lambda: request_of("", **everything),
    )
    for make in makers:
        with pytest.raises(RequestError) as caught:
            make()
        assert caught.value.argument == argument
        for piece in pieces:
            assert piece in str(caught.value)


def test_all_problems_of_the_parameters_come_in_one_message() -> None:
    """Nobody mends a request one error at a time."""
    with pytest.raises(RequestError) as caught:
        FinancialModelRequest(ticker="AAPL", wacc=8.5, tax_rate=21, foo=1)  # type: ignore[call-arg] # unknown on purpose
    assert caught.value.argument == "wacc, tax_rate, foo"
    assert "(1) wacc: 8.5 came" in str(caught.value)
    assert "(3) foo: is no input" in str(caught.value)


def test_json_that_is_no_request_is_refused_the_same_way() -> None:
    """Validation of JSON raises the same error."""
    with pytest.raises(RequestError, match="nothing says what to value"):
        FinancialModelRequest.model_validate_json("{}")
    with pytest.raises(RequestError, match="parameters: "):
        FinancialModelRequest.model_validate_json("[")


@pytest.mark.parametrize(
    ("inputs", "name", "expected"),
    [
        ({"wacc": "8.5%"}, "wacc", 0.085),
        ({"wacc": Decimal("0.085")}, "wacc", 0.085),
        ({"wacc_range": "8-9%"}, "wacc_range", (0.08, 0.09)),
        ({"wacc_range": [0.08, 0.09]}, "wacc_range", (0.08, 0.09)),
        ({"revenue": "$2.5 million"}, "revenue", 2_500_000.0),
        ({"time_horizon": "7 years"}, "time_horizon", 7),
        ({"time_horizon": 7.0}, "time_horizon", 7),
        ({"ticker": " brk.b "}, "ticker", "BRK.B"),
        ({"ticker": "$aapl"}, "ticker", "AAPL"),
        ({"sector": "Biotech"}, "sector", "biotechnology"),
        ({"scenarios": "bear, base"}, "scenarios", ("base", "pessimistic")),
        ({"scenarios": ["pessimistic", "base"]}, "scenarios", ("base", "pessimistic")),
        ({"as_of": "Dec 31, 2022"}, "as_of", date(2022, 12, 31)),
        ({"as_of": datetime(2022, 12, 31, 16, tzinfo=UTC)}, "as_of", date(2022, 12, 31)),
        ({"timing": "MID"}, "timing", "mid"),
        ({"wacc": None}, "wacc", None),
    ],
)
def test_parameters_may_come_as_forms_and_command_lines_give_them(
    inputs: dict[str, Any], name: str, expected: object
) -> None:
    """Text, lists, whole floats and lower case are brought to one form."""
    assert getattr(FinancialModelRequest(**{"ticker": "AAPL", **inputs}), name) == expected


def test_numpy_scalars_are_numbers_but_a_numpy_boolean_is_none() -> None:
    """What comes out of an array may go into a request."""
    numpy = pytest.importorskip("numpy")
    request = FinancialModelRequest(ticker="AAPL", time_horizon=numpy.int64(7), wacc=numpy.float64(0.09))
    assert (request.time_horizon, request.wacc) == (7, 0.09)
    with pytest.raises(RequestError, match="wacc"):
        FinancialModelRequest(ticker="AAPL", wacc=numpy.True_)


def test_words_of_a_task_carry_their_origin_and_evidence() -> None:
    """Each input says where it is from; a default has no origin."""
    request = request_of("Value AAPL with a 7-year DCF, WACC of 8.5% and 60/40 funding", tax_rate=0.21)
    assert request.origins["wacc"] == request.origins["tax_rate"] == "given"
    assert request.evidence["wacc"] == "WACC of 8.5%"
    assert request.evidence["tax_rate"] == "parameters"
    assert request.ignored == ("60/40 funding",)
    assert {"timing", "seed", "beta"}.isdisjoint(request.origins)


def test_evidence_is_the_text_as_it_was_written() -> None:
    """Capitals and special characters of the evidence are those of the description."""
    assert request_of(f"AAPL, Wacc Of 8{EN_DASH}9{NBSP}%").evidence["wacc_range"] == f"Wacc Of 8{EN_DASH}9 %"


def test_describe_says_what_was_understood_assumed_and_not_understood() -> None:
    """A reader can check the whole request in a few sentences."""
    request = request_of("Value AAPL with a 7-year DCF at 9%, revenue of $2.5 million", wacc="8.5%")
    said = request.describe()
    assert "understood: horizon 7 years (from '7-year')" in said
    assert "understood: revenue 2,500,000 currency units (from 'revenue of $2.5 million')" in said
    assert "given: WACC 8.5% (in parameters)" in said
    assert "assumed: timing end of year (default)" in said
    assert "not understood: '9%'" in said


def test_parameters_win_over_words_and_describe_says_so() -> None:
    """An overridden figure is reported; an equal one is not."""
    request = request_of("Value AAPL with a WACC of 8% and a beta of 1.2", wacc=0.09, beta="1.2")
    assert request.wacc == 0.09
    assert request.evidence["wacc"] == "parameters"
    assert [line for line in request.describe() if "overridden" in line] == [
        "overridden by parameters: 'WACC of 8%'"
    ]


def test_a_parameter_settles_a_contradiction_of_the_words() -> None:
    """Contradicting words do no harm where a parameter decides."""
    request = request_of("AAPL, WACC of 8%, WACC of 10%, two scenarios", wacc=0.1, scenarios=["base"])
    assert (request.wacc, request.scenarios) == (0.1, ("base",))
    assert "overridden by parameters: 'WACC of 8% ... WACC of 10%'" in request.describe()
    assert request.ignored == ("two",)


def test_a_ticker_in_parameters_replaces_the_company_of_the_words() -> None:
    """The name of one company never stands beside the symbol of another, nor a sector beside a symbol."""
    request = request_of("Value Apple", ticker="MSFT")
    assert (request.ticker, request.company) == ("MSFT", None)
    assert request_of("Value Apple", ticker="aapl").company == "Apple"
    tech = request_of("Value the tech company", ticker="MSFT")
    assert (tech.sector, tech.ignored) == (None, ("tech",))


def test_a_parameter_also_settles_its_rival() -> None:
    """Terminal growth and exit multiple exclude each other, as do a WACC and a range around another."""
    assert request_of("AAPL, terminal growth 2%", exit_multiple=12).terminal_growth is None
    assert request_of("AAPL, 12x EBITDA", terminal_growth=0.02).exit_multiple is None
    assert request_of("AAPL, WACC 8-9%", wacc=0.1).wacc_range is None
    assert request_of("AAPL, WACC 8-9%", wacc=0.085).wacc_range == (0.08, 0.09)
    assert request_of("AAPL, WACC 8%", wacc_range=(0.09, 0.1)).wacc is None


def test_empty_parameters_count_as_not_given() -> None:
    """A form's empty boxes do not override words."""
    request = request_of("Value AAPL over 7 years", time_horizon=None, sector="")
    assert (request.time_horizon, request.sector) == (7, None)


def test_the_base_wacc_is_the_given_one_or_the_middle_of_the_range() -> None:
    """The range alone gives its midpoint; without either there is none."""
    assert FinancialModelRequest(ticker="AAPL", wacc_range=(0.08, 0.09)).base_wacc == pytest.approx(0.085)
    assert FinancialModelRequest(ticker="AAPL", wacc=0.08, wacc_range=(0.08, 0.09)).base_wacc == 0.08
    assert FinancialModelRequest(ticker="AAPL").base_wacc is None


def test_requests_compare_by_their_inputs_only() -> None:
    """The same inputs from words and from parameters are equal, hash alike, and cannot be changed."""
    from_words = request_of("Value AAPL with a 7-year DCF and 60/40 funding")
    from_parameters = FinancialModelRequest(ticker="AAPL", time_horizon=7)
    assert from_words == from_parameters
    assert hash(from_words) == hash(from_parameters)
    assert from_words != FinancialModelRequest(ticker="AAPL", time_horizon=8)
    with pytest.raises(ValueError, match="frozen"):
        from_words.wacc = 0.1


def test_a_request_travels_through_pickle_and_json() -> None:
    """Pickle keeps evidence too; JSON gives an equal request."""
    request = request_of("Value AAPL as of 2022-12-31 with WACC 8-9%, revenue growth 150%")
    copy = pickle.loads(pickle.dumps(request))  # noqa: S301 -- our own bytes
    assert copy == request
    assert copy.evidence == request.evidence
    assert FinancialModelRequest.model_validate_json(request.model_dump_json()) == request
    assert FinancialModelRequest.model_validate(request.model_dump()) == request


def test_the_schema_describes_every_input_for_a_form() -> None:
    """Each property has title, description, unit and, where it is a figure, standard bounds."""
    properties = FinancialModelRequest.model_json_schema()["properties"]
    assert list(properties) == list(FinancialModelRequest.model_fields)
    json.dumps(properties)
    for name, schema in properties.items():
        assert schema["title"], name
        assert schema["description"].endswith("."), name
        assert "unit" in schema, name
        inner = {**schema, **schema.get("anyOf", [{}])[0]}
        if inner.get("type") in ("number", "integer"):
            assert {"minimum", "exclusiveMinimum"} & inner.keys(), name
            assert {"maximum", "exclusiveMaximum"} & inner.keys(), name
            assert schema["unit"] or name == "seed"
        assert {"ge", "gt", "le", "lt"}.isdisjoint(inner), name


def test_the_model_is_still_a_pydantic_model_of_the_documented_defaults() -> None:
    """A request of a ticker alone is complete."""
    request = FinancialModelRequest(ticker="AAPL")
    assert isinstance(request, BaseModel)
    assert (request.time_horizon, request.scenarios, request.timing, request.seed) == (5, ALL, "end", 0)
    assert request.origins == {"ticker": "given"}


def test_requests_need_neither_numpy_nor_pandas() -> None:
    """The module imports with the standard library and pydantic alone."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('numpy', 'pandas', 'scipy')));"
        "from maos_nb.finance.requests import FinancialModelRequest as R; from maos_nb.types import Task;"
        "print(R.from_task(Task(description='value apple')).ticker)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "AAPL"
