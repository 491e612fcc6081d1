"""The page of a valuation: whole, self-contained, escaped, and readable without eyes or colour."""

import asyncio
import base64
import copy
import itertools
import math
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from maos_nb import FinancialAnalystAgent, Task, TaskResult
from maos_nb.errors import InputError, MissingDataError
from maos_nb.finance.report import report_html
from maos_nb.finance.report_parts import report_parts
from maos_nb.finance.report_tables import shared_sources
from maos_nb.finance.report_words import driver_value, money_for, percent, plain, visible

ASKED = Task(task_id="task-7", description="Value AAPL with a 5-year DCF at a WACC of 8.5%")
EVIL = '<script>alert("x")</script>{{ 7 * 7 }}'
VOID = {"meta", "img", "br", "link", "input"}


def valued(description, **parameters):
    """Let the analyst do a task."""
    task = Task(description=description, task_type="financial_modeling", parameters=parameters)
    return asyncio.run(FinancialAnalystAgent(agent_id="analyst").execute_task(task))


@pytest.fixture(scope="module")
def apple():
    """Give the valuation of the manual."""
    return valued(ASKED.description)


@pytest.fixture(scope="module")
def startup():
    """Give a valuation without statements, price, shares or currency."""
    return valued("Value a software startup growing 40%")


def changed(result, change):
    """Give the result with something changed in it."""
    model, metadata = copy.deepcopy(result.result), copy.deepcopy(dict(result.metadata))
    change(model, metadata)
    return TaskResult(result.task_id, result.status, model, None, metadata)


class Page(HTMLParser):
    """A page's elements, and whether each was closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        """Take note of an element."""
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close the innermost element, which has to be of that kind."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Take note of what is read."""
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag):
        """Give the attributes of the elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        """What is read, without blanks more than one."""
        return " ".join(" ".join(self.words).split())


class TestThePageOfAValuation:
    def test_says_everything_that_the_result_says(self, apple):
        """Figures, tables, assumptions, words understood, confidence, doubts and how it was made."""
        text = Page(report_html(apple, task=ASKED)).text
        result, metadata = apple.result, apple.metadata
        valuation = result["valuation"]
        assert ASKED.description in text
        assert f"{valuation['value_per_share']:,.2f} USD" in text
        assert f"{valuation['price']:,.2f} USD on 2022-12-28" in text
        for amount in (valuation["enterprise_value"], *valuation["bridge"].values()):
            assert f"{amount / 1e6:,.0f}" in text
        for name in ("revenue", "operating_income", "net_income", "free_cash_flow", "present_value"):
            assert all(f"{amount / 1e6:,.0f}" in text for amount in result["financial_projections"][name])
        for case in result["scenarios"].values():
            assert f"{case['value_per_share']:,.2f}" in text
        for row in result["sensitivity_analysis"]["table"]["values"]:
            assert all(f"{cell:,.2f}" in text for cell in row)
        for sentence in (
            *result["recommendations"],
            *result["risk_assessment"]["doubts"],
            *metadata["understood"],
        ):
            assert " ".join(sentence.split()) in text
        for part in (metadata["confidence_score"], *metadata["confidence_parts"].values()):
            assert f"{part:.2f}" in text
        assert f"Seed {metadata['seed']}" in text
        assert "maos_nb" in text

    def test_names_the_origin_of_each_assumption(self, apple):
        """In words, beside each value."""
        rows = report_parts(apple).assumptions.rows
        origins = {row[0]: row[2] for row in rows}
        assert len(rows) == len(apple.result["key_assumptions"])
        assert origins["WACC"] == "given"
        assert origins["Revenue"] == "read from data"
        assert origins["Terminal growth"] == "default"

    def test_marks_the_base_case_and_the_cells_above_the_price(self, apple):
        """By signs that the note explains, not by colour alone."""
        grid = report_parts(apple).two_way
        base = [place for place, sign in grid.marks.items() if "*" in sign]
        cell = grid.rows[base[0][0]][base[0][1]]
        price = apple.result["valuation"]["price"]
        above = sum(
            value > price for row in apple.result["sensitivity_analysis"]["table"]["values"] for value in row
        )
        assert len(base) == 1
        assert cell == f"{apple.result['valuation']['value_per_share']:,.2f}"
        assert sum("+" in sign for sign in grid.marks.values()) == above
        assert grid.note == f"* base case; + above the price of {price:,.2f}."

    def test_loads_nothing_from_anywhere(self, apple):
        """Styles and charts are on it, and its policy forbids the rest."""
        text = report_html(apple)
        page = Page(text)
        assert page.all("script") == page.all("link") == []
        assert [image["src"][:22] for image in page.all("img")] == ["data:image/png;base64,"] * 8
        for image in page.all("img"):
            assert base64.b64decode(image["src"][22:]).startswith(b"\x89PNG")
        assert "default-src 'none'" in unescape(text)
        assert not re.search(r"url\(|@import|(?:src|href)=\"(?!data:)", text)

    def test_is_sound_html_that_a_screen_reader_can_walk(self, apple):
        """A language, one first heading, no level left out, heads of rows and columns, words for charts."""
        page = Page(report_html(apple, task=ASKED))
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert page.open == []
        assert page.all("html") == [{"lang": "en"}]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        assert all(head.get("scope") in ("row", "col") for head in page.all("th"))
        assert len(page.all("caption")) == len(page.all("table")) == 14
        assert all(image["alt"] for image in page.all("img"))

    def test_is_the_same_for_the_same_result(self, apple):
        """No clock and no chance in it."""
        assert report_html(apple) == report_html(apple)

    def test_of_a_startup_says_what_is_not_known(self, startup):
        """An index instead of dollars, and n/a instead of zero."""
        text = Page(report_html(startup)).text
        assert "last year's revenue = 100" in text
        assert "Value per share n/a" in text
        assert "nan" not in text.lower().split()
        assert "None" not in text

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_writes_unknown_figures_as_not_known(self, apple, unknown):
        """Never as zero."""

        def forget(model, metadata):
            model["financial_projections"]["free_cash_flow"][1] = unknown
            model["sensitivity_analysis"]["table"]["values"][0][0] = unknown
            model["scenarios"]["optimistic"]["value_per_share"] = unknown
            model["valuation"]["upside"] = unknown

        result = changed(apple, forget)
        parts = report_parts(result)
        assert parts.projection.rows[1][parts.projection.columns.index("Free cash flow")] == "n/a"
        assert parts.two_way.rows[0][1] == "n/a"
        assert parts.scenarios.rows[1][3:5] == ("n/a", "n/a")
        assert dict(parts.per_share)["Value against price"] == "n/a"
        assert "n/a" in report_html(result)

    @pytest.mark.parametrize(
        "change",
        [
            lambda model, metadata: model["company"].update(name=EVIL),
            lambda model, metadata: model["company"].update(ticker=EVIL, price_source=EVIL, sector=EVIL),
            lambda model, metadata: model["key_assumptions"]["wacc"].update(source=EVIL, origin=EVIL),
            lambda model, metadata: model["recommendations"].append(EVIL),
            lambda model, metadata: model["risk_assessment"]["doubts"].append(EVIL),
            lambda model, metadata: metadata.update(understood=[EVIL], agent_id=EVIL, seed=EVIL),
            lambda model, metadata: model["scenarios"].update({EVIL: model["scenarios"]["base"]}),
            lambda model, metadata: metadata["confidence_parts"].update({EVIL: 0.5}),
            lambda model, metadata: model["sensitivity_analysis"]["drivers"]["wacc"].update(reason=EVIL),
        ],
    )
    def test_escapes_every_text_from_outside(self, apple, change):
        """A company may be called what it likes; neither HTML nor the template's language works in it."""
        text = report_html(changed(apple, change))
        assert "<script" not in text.lower()
        assert "{{ 7 * 7 }}" in unescape(text)
        assert EVIL.lower() in Page(text).text.lower()

    def test_escapes_the_task(self, apple):
        """Its words and its parameters."""
        task = Task(description=EVIL, parameters={"company": EVIL})
        text = report_html(apple, task=task)
        assert "<script" not in text
        assert Page(text).text.count(EVIL) == 2

    def test_can_be_written_to_a_file_whatever_is_in_it(self, apple, tmp_path):
        """Control signs and half letters are replaced."""
        result = changed(apple, lambda model, metadata: model["company"].update(name="A\x00B\udcff\u202eC"))
        (tmp_path / "page.html").write_text(report_html(result), encoding="utf-8")
        assert "A\ufffdB\ufffd\ufffdC" in report_html(result)


class TestThePageOfAFailure:
    def test_says_so_with_reason_advice_and_task(self):
        """And shows no value."""
        error = MissingDataError("wacc could not be found", advice="Give wacc=... in parameters")
        result = TaskResult("task-7", "FAILED", None, str(error), {}, error)
        page = Page(report_html(result, task=ASKED))
        assert "The valuation failed" in page.text
        assert "Why wacc could not be found What to do Give wacc=... in parameters" in page.text
        assert ASKED.description in page.text
        assert page.all("table") == page.all("img") == []
        assert page.open == []

    def test_of_a_fault_says_that_it_is_none_of_the_readers(self):
        """The traceback is with the result."""
        error = ZeroDivisionError("division by zero")
        result = TaskResult("task-7", "FAILED", None, "ZeroDivisionError: division by zero", {}, error)
        assert "a fault of the program" in report_html(result)

    def test_of_a_cancelled_task_calls_it_cancelled(self):
        """Nothing failed then."""
        assert "The valuation was cancelled" in report_html(
            TaskResult("task-7", "CANCELLED", None, "by its user")
        )

    def test_escapes_the_reason(self):
        """It may quote the task."""
        text = report_html(TaskResult("task-7", "FAILED", None, EVIL))
        assert "<script" not in text
        assert EVIL in Page(text).text


class TestWhatIsNoValuation:
    @pytest.mark.parametrize(
        ("result", "said"),
        [
            ({"result": {}}, "task_result: expected a TaskResult, got dict"),
            (
                TaskResult("t", "COMPLETED", [1]),
                "task_result: expected a financial model, its result is list",
            ),
            (TaskResult("t", "COMPLETED", {"company": {}}), "it lacks financial_projections, valuation,"),
        ],
    )
    def test_is_refused_by_name(self, result, said):
        """The message says what is missing."""
        with pytest.raises(InputError, match=said):
            report_html(result)

    def test_a_missing_part_of_a_part_is_named(self, apple):
        """As a path."""
        with pytest.raises(InputError, match=r"it lacks valuation\.bridge"):
            report_html(changed(apple, lambda model, metadata: model["valuation"].pop("bridge")))

    def test_a_failed_result_has_no_parts(self):
        """Only a page."""
        with pytest.raises(InputError, match="expected a completed one, it is FAILED: because"):
            report_parts(TaskResult("t", "FAILED", None, "because"))

    def test_a_task_has_to_be_one(self, apple):
        """A description alone is none."""
        with pytest.raises(InputError, match="task: expected a Task or None, got str"):
            report_html(apple, task="Value AAPL")


class TestWords:
    @pytest.mark.parametrize(
        ("value", "decimals", "text"),
        [
            (1234567.891, 1, "1,234,567.9"),
            (-0.04, 1, "0.0"),
            (-0.0, 0, "0"),
            (None, 2, "n/a"),
            (math.inf, 2, "n/a"),
            (2e17, 0, "2.000e+17"),
        ],
    )
    def test_numbers_are_written_as_analysts_do(self, value, decimals, text):
        """Thousands apart, never minus nothing, n/a for what is not known."""
        assert plain(value, decimals) == text

    def test_percentages_carry_a_sign_where_asked(self):
        """A gap to the price has a direction."""
        assert [percent(value, signed=True) for value in (0.051, -0.051, 0.0)] == ["+5.1%", "-5.1%", "0.0%"]

    @pytest.mark.parametrize(
        ("largest", "currency", "unit", "text"),
        [
            (4e11, "USD", "USD millions", "400,000"),
            (2.5e6, "EUR", "EUR millions", "2.50"),
            (5e4, "USD", "USD thousands", "50.00"),
            (250.0, "index, revenue = 100", "index, revenue = 100", "250.0"),
        ],
    )
    def test_money_is_written_in_the_unit_that_fits_the_company(self, largest, currency, unit, text):
        """Millions, thousands for the small, an index as it is."""
        money = money_for([None, largest, math.nan], currency)
        assert (money.unit, money.write(largest), money.write(None)) == (unit, text, "n/a")

    def test_assumptions_are_written_in_their_units(self):
        """A beta is a number, a multiple a multiple."""
        money = money_for([1e9], "USD")
        written = [
            driver_value(name, unit, value, money)
            for name, unit, value in [
                ("wacc", "rate", 0.085),
                ("beta", "multiple", 1.234),
                ("exit_multiple", "multiple", 18.0),
                ("shares", "shares", 16e9),
                ("debt", "money", 120e9),
                ("horizon", "years", 5),
                ("wacc", "rate", None),
            ]
        ]
        assert written == ["8.50%", "1.23", "18.00x", "16,000.0 million", "120,000.0", "5 years", "n/a"]

    def test_sources_that_share_an_end_share_a_note(self):
        """The longest common end is taken, once, and notes do not nest."""
        report = "fiscal 2022, filed 2022-10-28, SEC EDGAR companyfacts"
        sources = [f"revenue; {report}", f"tax / income, sums of 3 years; {report}", report, "WACC of 8.5%"]
        assert shared_sources(sources) == (
            ["revenue [1]", "tax / income, sums of 3 years [1]", "[1]", "WACC of 8.5%"],
            [report],
        )

    def test_signs_that_steer_terminals_are_replaced(self):
        """And blanks of all kinds become one."""
        assert visible("a\x1b[31m\n\tb\x07") == "a\ufffd[31m b\ufffd"
