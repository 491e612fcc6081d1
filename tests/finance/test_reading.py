"""What is read from plain words, what is refused, and what is reported as not understood."""

from __future__ import annotations

import contextlib
import re
import time
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from request_cases import ALL, EN_DASH, HYPHEN, MINUS, NBSP, request_of

from maos_nb.errors import RequestError
from maos_nb.finance._reading import (
    day_in,
    field_named,
    number_in,
    read_description,
    scenario_named,
    sector_named,
)
from maos_nb.finance._reading.reader import LONGEST_DESCRIPTION
from maos_nb.finance._request_values import SectorKey

APPLE: dict[str, object] = {"ticker": "AAPL", "company": "Apple"}


def read(description: str) -> dict[str, object]:
    """Give what is read, without the model type, which every second phrase mentions."""
    return {
        name: value for name, value in read_description(description).values.items() if name != "model_type"
    }


PHRASES: tuple[tuple[str, dict[str, object]], ...] = (
    ("Value AAPL with a 5-year DCF at a WACC of 8.5%", {"ticker": "AAPL", "time_horizon": 5, "wacc": 0.085}),
    (
        "Create DCF model for tech startup with 5-year projection",
        {"sector": "software", "is_startup": True, "time_horizon": 5},
    ),
    (
        "Value MSFT over 10 years, WACC between 8 and 9%, terminal growth 2.5%, three scenarios",
        {
            "ticker": "MSFT",
            "time_horizon": 10,
            "wacc_range": (0.08, 0.09),
            "terminal_growth": 0.025,
            "scenarios": ALL,
        },
    ),
    ("value apple", APPLE),
    ("What is Nvidia worth?", {"ticker": "NVDA", "company": "NVIDIA"}),
    (
        "DCF of $AAPL, discount rate 9 percent, perpetual growth 2%",
        {"ticker": "AAPL", "wacc": 0.09, "terminal_growth": 0.02},
    ),
    ("AAPL", {"ticker": "AAPL"}),
    ("aapl", {"ticker": "AAPL"}),
    ("What is aapl worth?", {"ticker": "AAPL"}),
    ("Value TSLA", {"ticker": "TSLA"}),
    ("TSLA?", {"ticker": "TSLA"}),
    ("Build a DCF for BRK.B", {"ticker": "BRK.B"}),
    ("valuation of BRK-B", {"ticker": "BRK-B"}),
    ("Value Visa (V)", {"ticker": "V"}),
    ("Value Apple Inc. (AAPL)", APPLE),
    ("Value Johnson & Johnson's stock", {"ticker": "JNJ", "company": "Johnson & Johnson"}),
    ("value J&J", {"ticker": "JNJ", "company": "Johnson & Johnson"}),
    ("value p&g", {"ticker": "PG", "company": "Procter & Gamble"}),
    ("value coca-cola", {"ticker": "KO", "company": "Coca-Cola"}),
    ("value a pineapple startup", {"is_startup": True}),
    ("10y DCF", {"time_horizon": 10}),
    ("ten-year", {"time_horizon": 10}),
    ("a five year plan", {"time_horizon": 5}),
    ("forecast horizon of 7", {"time_horizon": 7}),
    ("next 3 years, based on the last 5 years", {"time_horizon": 3}),
    ("5-year, five years, 5y", {"time_horizon": 5}),
    ("WACC 8-9%", {"wacc_range": (0.08, 0.09)}),
    ("WACC 8%-9%", {"wacc_range": (0.08, 0.09)}),
    ("8% to 9% WACC", {"wacc_range": (0.08, 0.09)}),
    ("WACC between 9 and 8%", {"wacc_range": (0.08, 0.09)}),
    ("wacc=0.085", {"wacc": 0.085}),
    ('{"wacc": 0.085}', {"wacc": 0.085}),
    ("cost of capital 8.5 %", {"wacc": 0.085}),
    ("WACC is 850 bps", {"wacc": 0.085}),
    ("discounted at nine percent", {"wacc": 0.09}),
    ("WACC - 8% - 2% terminal growth", {"wacc": 0.08, "terminal_growth": 0.02}),
    ("growing 2% in perpetuity", {"terminal_growth": 0.02}),
    ("growth of 12% and 3% thereafter", {"revenue_growth": 0.12, "terminal_growth": 0.03}),
    (
        "beta of 1.2, risk-free 4%, equity risk premium 5%",
        {"beta": 1.2, "risk_free": 0.04, "equity_risk_premium": 0.05},
    ),
    ("a 10-year treasury yield of 4.3%", {"risk_free": 0.043}),
    ("growth of 12%", {"revenue_growth": 0.12}),
    ("revenue grows by 8% a year", {"revenue_growth": 0.08}),
    ("sales declining 3%", {"revenue_growth": -0.03}),
    (f"growth of {MINUS}3%", {"revenue_growth": -0.03}),
    ("operating margin 25%", {"operating_margin": 0.25}),
    ("tax rate 21%", {"tax_rate": 0.21}),
    (
        "12% growth 25% operating margin 21% tax",
        {"revenue_growth": 0.12, "operating_margin": 0.25, "tax_rate": 0.21},
    ),
    ("sales to capital of 2.5", {"sales_to_capital": 2.5}),
    ("pre-tax cost of debt 5%", {"cost_of_debt": 0.05}),
    ("exit multiple 12x", {"exit_multiple": 12.0}),
    ("12x EBITDA", {"exit_multiple": 12.0}),
    ("exit at 14.5x EBITDA", {"exit_multiple": 14.5}),
    ("mid-year", {"timing": "mid"}),
    ("end-of-year discounting", {"timing": "end"}),
    ("as of 2022-12-31", {"as_of": date(2022, 12, 31)}),
    ("as of 31 December 2022", {"as_of": date(2022, 12, 31)}),
    ("as of Dec 31, 2022", {"as_of": date(2022, 12, 31)}),
    ("as of 3/4/2022", {"as_of": date(2022, 3, 4)}),
    ("as of 31.12.2022", {"as_of": date(2022, 12, 31)}),
    ("as of 31/12/2022", {"as_of": date(2022, 12, 31)}),
    ("as of year-end 2022", {"as_of": date(2022, 12, 31)}),
    (
        "startup with revenue of $2.5 million growing 40%",
        {"is_startup": True, "revenue": 2_500_000.0, "revenue_growth": 0.4},
    ),
    ("revenue $500k", {"revenue": 500_000.0}),
    ("revenue 1.2bn", {"revenue": 1.2e9}),
    ("revenue of 2,500,000", {"revenue": 2_500_000.0}),
    ("revenue of 2.500.000,50", {"revenue": 2_500_000.5}),
    ("revenue of 500 000", {"revenue": 500_000.0}),
    ("$2 million in revenue", {"revenue": 2_000_000.0}),
    ("price $150", {"price": 150.0}),
    ("trading at $150 per share", {"price": 150.0}),
    ("15.5bn shares, $60bn of cash, no debt", {"shares": 15.5e9, "cash": 60e9, "debt": 0.0}),
    ("biotech startup", {"sector": "biotechnology", "is_startup": True}),
    ("an energy technology company", {"sector": "energy"}),
    ("base case only", {"scenarios": ("base",)}),
    ("bull, base and bear", {"scenarios": ALL}),
    ("two scenarios: base and downside", {"scenarios": ("base", "pessimistic")}),
    ("seed 42", {"seed": 42}),
    ("growth 5,5%", {"revenue_growth": 0.055}),
    ("WACC 0,085", {"wacc": 0.085}),
    (f"a 5{HYPHEN}year DCF, WACC{NBSP}8{EN_DASH}9{NBSP}%", {"time_horizon": 5, "wacc_range": (0.08, 0.09)}),
    ("VALUE APPLE WITH A 5-YEAR DCF AT A WACC OF 8.5%", {**APPLE, "time_horizon": 5, "wacc": 0.085}),
    (
        "CREATE DCF MODEL FOR TECH STARTUP WITH 5-YEAR PROJECTION",
        {"sector": "software", "is_startup": True, "time_horizon": 5},
    ),
    (
        "wacc: 8.5%. Terminal growth: 2%. Tax: 21%. Seed: 7.",
        {"wacc": 0.085, "terminal_growth": 0.02, "tax_rate": 0.21, "seed": 7},
    ),
)


@pytest.mark.parametrize(("phrase", "expected"), PHRASES, ids=[phrase[:60] for phrase, _ in PHRASES])
def test_a_phrase_reads_as_an_analyst_means_it(phrase: str, expected: dict[str, object]) -> None:
    """Every phrase of the table gives exactly the fields beside it, no more and no fewer."""
    assert read(phrase) == expected


@pytest.mark.parametrize(
    ("phrase", "ignored"),
    [
        ("Value AAPL with a 60/40 portfolio", ("60/40 portfolio",)),
        ("Value AAPL at 9%", ("9%",)),
        ("AAPL, earnings growth of 10%", ("earnings growth of 10%",)),
        ("AAPL, net debt $5bn", ("net debt $5bn",)),
        ("AAPL, EBITDA margin 30%", ("EBITDA margin 30%",)),
        ("AAPL with EPS of $6 per share", ("EPS of $6",)),
        ("AAPL, $3bn debt repayment, a 5% tax cut", ("$3bn debt repayment", "5% tax cut")),
        ("AAPL, five years of history", ("five years of history",)),
        ("AAPL, oil price $80", ("oil price $80",)),
        ("AAPL, free cash flow growth 10%", ("growth 10%",)),
        ("AAPL, revenue in 2022 of $394bn", ("revenue in 2022 of $394bn",)),
        ("AAPL, WACC 8 1/2%", ("WACC 8 1/2%",)),
        ("AAPL, debt \N{EURO SIGN}5bn", ("\N{EURO SIGN}",)),
        ("Value AAPL, a tech company", ("tech",)),
        ("Value AAPL 1,234,5", ("1,234,5",)),
    ],
)
def test_what_no_rule_claims_is_reported_and_not_misread(phrase: str, ignored: tuple[str, ...]) -> None:
    """A figure that is not understood shows up, and never lands in a field it was not meant for."""
    reading = read_description(phrase)
    assert reading.ignored == ignored
    assert set(reading.values) - {"debt", "model_type"} == {"ticker"}


@pytest.mark.parametrize(
    "word",
    ["DCF", "WACC", "EV", "EBITDA", "FCF", "USD", "CAGR", "CEO", "IPO", "NPV", "IRR", "USA", "AI", "SAAS"],
)
@pytest.mark.parametrize("frame", ["value {}", "a model for {} startups", "${}", "{}"])
def test_words_of_finance_are_no_tickers(word: str, frame: str) -> None:
    """Capitals alone make no ticker symbol of a term of the trade."""
    assert "ticker" not in read_description(frame.format(word)).values


def test_unknown_capitals_need_a_context_to_be_a_ticker() -> None:
    """Capitals somewhere in a sentence stay words that are not understood."""
    assert read_description("a study in the style of ACME over 5 years").ignored == (
        "study in the style of ACME",
    )


@pytest.mark.parametrize(
    ("description", "argument", "pieces"),
    [
        ("AAPL, WACC of 8%, then a WACC of 10%", "wacc", ("'WACC of 8%'", "'WACC of 10%'")),
        ("5-year DCF of AAPL over 10 years", "time_horizon", ("'5-year'", "'10 years'")),
        ("value AAPL and MSFT", "ticker", ("'AAPL'", "'MSFT'", "one company per task")),
        ("value apple or microsoft", "ticker", ("'apple'", "'microsoft'")),
        ("a retail and restaurants company", "sector", ("'retail'", "'restaurants'")),
        ("AAPL, two scenarios", "scenarios", ("'two scenarios'", "Name them")),
        ("AAPL, WACC 8.5", "wacc", ("without a percent sign", "8.5% or 0.085")),
        ("AAPL, growth rate 12", "revenue_growth", ("'growth rate 12'", "12% or 0.12")),
        ("AAPL, growth of 10 to 12%", "revenue_growth", ("two figures", "'growth of 10 to 12%'")),
        ("AAPL, WACC of 8% or 9%", "wacc", ("two figures", "'WACC of 8% or 9%'")),
        ("AAPL, 5-10 year DCF", "time_horizon", ("two figures", "'5-10 year'")),
        ("AAPL at 8% growth 3%", "revenue_growth", ("between two figures", "'8% growth 3%'")),
        ("AAPL, revenue 2022", "revenue", ("may be a year", "$2,022")),
        ("AAPL as of 2022-02-30", "as_of", ("no such day", "'as of 2022-02-30'")),
        ("AAPL -5 year DCF", "time_horizon", ("-5 came", "at least 1", "read from '-5 year'")),
        (f"AAPL {EN_DASH}5 year DCF", "time_horizon", ("-5 came",)),
        ("AAPL, 0 year DCF", "time_horizon", ("0 came",)),
        ("AAPL, WACC -8%", "wacc", ("-0.08 came", "read from 'WACC -8%'")),
        ("AAPL, revenue growth 900%", "revenue_growth", ("9.0 came", "at most 3")),
        ("AAPL, WACC 2%, terminal growth 3%", "wacc", ("0.02", "terminal_growth 0.03", "'WACC 2%'")),
        (
            "AAPL, exit multiple 12x, terminal growth 2%",
            "terminal_growth",
            ("exit_multiple 12", "one of the two"),
        ),
        ("AAPL, WACC 10%, WACC 8-9%", "wacc", ("outside wacc_range", "'WACC 10%'")),
        ("an LBO model of AAPL", "model_type", ("'lbo' came", "'dcf'")),
        ("Value Tesla over 5 years", "ticker", ("nothing says what to value", "Not understood: 'Tesla'")),
        ("Test task for lifecycle validation", "ticker", ("nothing says what to value",)),
        ("", "ticker", ("nothing says what to value",)),
    ],
)
def test_an_unusable_description_is_refused_with_its_words(
    description: str, argument: str, pieces: tuple[str, ...]
) -> None:
    """The error names the argument, shows the words, and says what to do."""
    with pytest.raises(RequestError) as caught:
        request_of(description)
    assert caught.value.argument == argument
    for piece in pieces:
        assert piece in str(caught.value)


def test_several_contradictions_are_told_at_once() -> None:
    """One error lists all contradictions of a description."""
    with pytest.raises(RequestError, match=r"\(1\) wacc: .*\(2\) time_horizon: ") as caught:
        request_of("AAPL, WACC 8%, WACC 9%, 5-year DCF over 6 years")
    assert caught.value.argument == "wacc, time_horizon"


def test_every_word_of_the_vocabulary_leads_to_a_key() -> None:
    """Words and keys themselves are understood; 'company' is no sector."""
    words = {
        **dict.fromkeys(["tech", "technology", "SaaS", "software"], "software"),
        **dict.fromkeys(["chip", "chips", "chip maker", "semiconductor"], "semiconductors"),
        "hardware": "computers", "pharma": "pharmaceuticals", "drug": "pharmaceuticals", "medtech": "healthcare_products",
        "medical devices": "healthcare_products", "entertainment": "media", "auto": "automobiles", "car": "automobiles",
        "EV maker": "automobiles", "defense": "aerospace", "industrial": "machinery", "oil": "energy", "gas": "energy",
        "gas utility": "utilities", "consulting": "business_services", "company": None, "": None,
        **{key: key for key in get_args(SectorKey)},
    }  # fmt: skip
    assert {word: sector_named(word) for word in words} == words


def test_single_values_are_read_only_where_the_text_is_nothing_else() -> None:
    """A figure, a date, a field or a scenario amid other words is none."""
    assert number_in(f"{MINUS}3.5%") == -0.035
    assert number_in("3 or 4") is None
    assert day_in("on 2022-12-31") is None
    assert field_named("equity_risk_premium") == "equity_risk_premium"
    assert scenario_named("Downside") == "pessimistic"


HOSTILE = (
    *(
        "1",
        "1.",
        "8% ",
        "-",
        "WACC ",
        "$",
        "five ",
        "base, ",
        "8-",
        "growth of ",
        " ",
        "1,000",
        "31 december ",
        "value A",
    ),
    *(
        "between 8 and ",
        "( ",
        "AAPL ",
        "8% to ",
        "net ",
        "scenarios: base,",
        "10 year ",
        "8% growth ",
        "annual ",
        "\x00",
    ),
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_repetition_is_read_in_linear_time(unit: str) -> None:
    """The longest text allowed takes well under the seconds that a quadratic rule would need."""
    text = (unit * LONGEST_DESCRIPTION)[:LONGEST_DESCRIPTION]
    start = time.perf_counter()
    with contextlib.suppress(RequestError):
        read_description(text)
    assert time.perf_counter() - start < 5


def test_a_megabyte_is_refused_at_once() -> None:
    """A text too long for a description gets a clear error."""
    with pytest.raises(RequestError, match="1,000,000 characters came, at most 20,000 are read"):
        request_of("8% " * 333_333 + "x")


@given(st.text(max_size=200))
def test_any_text_gives_a_reading_or_a_request_error(text: str) -> None:
    """No text whatever raises anything else, and evidence is always part of the text."""
    try:
        reading = read_description(text)
    except RequestError:
        return
    squeezed = " ".join(text.split())
    for words in (*reading.evidence.values(), *reading.ignored):
        assert all(part in squeezed for part in words.split(" ... "))


@given(
    wacc=st.integers(1, 999).map(lambda tenths: tenths / 10),
    years=st.integers(1, 50),
    order=st.permutations(["Value AAPL", "WACC of {wacc}%", "{years}-year DCF", "tax rate 21%", "beta 1.1"]),
)
def test_clauses_may_come_in_any_order(wacc: float, years: int, order: list[str]) -> None:
    """The order of clauses does not change what is understood, and percent is exact."""
    request = request_of(", ".join(order).format(wacc=wacc, years=years))
    assert (request.ticker, request.time_horizon, request.tax_rate, request.beta) == (
        "AAPL",
        years,
        0.21,
        1.1,
    )
    assert request.wacc == float(Decimal(str(wacc)) / 100)
    assert request.ignored == ()


FIGURES = st.integers(2, 10**6).map(lambda number: f"{number} widgets")


@given(st.lists(FIGURES, min_size=1, max_size=5))
def test_no_figure_is_ever_dropped_silently(figures: list[str]) -> None:
    """Figures without a meaning are all reported."""
    reading = read_description("Value AAPL; " + "; ".join(figures))
    assert reading.ignored == tuple(figures)


GLUED = st.lists(
    st.sampled_from(["beta", "31", "AAPL", "8%", "tech", ",", ".", " ", "2022", "-", "base", "x"]),
    max_size=12,
)


@given(GLUED)
def test_no_digit_is_dropped_even_from_nonsense(pieces: list[str]) -> None:
    """Every run of digits of a glued-together text is in some evidence or reported."""
    text = "".join(pieces)
    try:
        reading = read_description(text)
    except RequestError:
        return
    told = " ".join([*reading.evidence.values(), *reading.ignored])
    assert all(digits in told for digits in re.findall(r"\d+", text))


@pytest.mark.parametrize(
    ("words", "values", "ignored"),
    [
        ("AAPL, payback of 3 years", {"appraisal": True}, ("3 years",)),
        ("AAPL: NPV, IRR and payback", {"appraisal": True}, ()),
        ("AAPL, initial investment of $2 bn", {"investment": 2e9}, ()),
        ("AAPL, Monte Carlo with 10,000 draws", {"draws": 10_000}, ()),
        ("AAPL with 50,000 simulations and seed 7", {"draws": 50_000, "seed": 7}, ()),
        ("AAPL with a Monte Carlo simulation, a tornado chart and sensitivity tables", {}, ()),
        ("AAPL, DDM, residual income and peer multiples", {"cross_checks": True}, ()),
    ],
)
def test_draws_appraisal_and_other_methods_are_read(
    words: str, values: dict[str, object], ignored: tuple[str, ...]
) -> None:
    """What is asked of the model beside its figures."""
    reading = read_description(words)
    assert {
        name: value for name, value in reading.values.items() if name not in ("ticker", "company")
    } == values
    assert reading.ignored == ignored
