"""Declaring what an agent can do."""

import functools

import pytest
from pydantic import BaseModel, Field

from maos_nb.agents import AgentCapability, BaseAgent, best_capability, capability
from maos_nb.errors import InputError, RequestError, RoutingError
from maos_nb.types import Task


class Order(BaseModel, extra="forbid"):
    ticker: str = Field(description="Symbol")
    shares: int = Field(default=1, ge=1)


class Trader(BaseAgent):
    def __init__(self):
        super().__init__("trader")

    @capability("trading", request=Order, keywords=["Buy", "sell"], outputs=["price"], max_concurrency=2)
    async def trade(self, task, request):
        """Trade shares.

        More words.
        """
        return {"price": request.shares}

    @capability("resting", description="Do nothing.")
    async def rest(self, task):
        """Rest without the decorator."""
        return {}


class Stricter(Trader):
    @capability("trading", request=Order)
    async def trade(self, task, request):
        """Trade otherwise."""
        return {"price": -1}

    async def rest(self, task):
        """Rest without the decorator."""
        return {"plain": True}


def test_a_declaration_becomes_a_record_of_the_agent():
    """The description is the docstring's first line where none is given."""
    record = Trader().capabilities["trading"]
    assert record.name == "trading"
    assert record.description == "Trade shares."
    assert record.keywords == ("buy", "sell")
    assert record.outputs == ("price",)
    assert record.inputs == ("ticker", "shares")
    assert record.max_concurrency == 2
    assert Trader().capabilities["resting"].description == "Do nothing."


def test_the_request_model_gives_the_schema():
    """The single source of truth for widgets, command line and tools."""
    record = Trader().capabilities["trading"]
    assert record.schema == Order.model_json_schema()
    assert record.schema["properties"]["ticker"]["description"] == "Symbol"
    assert Trader().capabilities["resting"].schema == {"type": "object"}
    assert Trader().capabilities["resting"].inputs == ()


def test_an_override_replaces_a_capability_and_one_without_the_decorator_ends_it():
    """As methods do in Python."""
    assert set(Trader().get_capabilities()) == {"trading", "resting"}
    assert Stricter().get_capabilities() == ["trading"]
    assert Stricter().capabilities["trading"].keywords == ()


def test_one_name_for_two_methods_is_refused_when_the_class_is_made():
    """Not when a task arrives."""
    with pytest.raises(InputError, match="'same' is declared twice in Doubled: by one and two"):

        class Doubled(BaseAgent):
            @capability("same")
            async def one(self, task): ...

            @capability("same")
            async def two(self, task): ...


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "a", "max_concurrency": 0}, "max_concurrency"),
        ({"name": "a", "max_concurrency": 1.5}, "max_concurrency"),
        ({"name": "a", "keywords": "dcf"}, "keywords"),
        ({"name": "a", "keywords": ["dcf", " "]}, "keywords"),
        ({"name": "a", "outputs": "price"}, "outputs"),
        ({"name": "a", "outputs": [1]}, "outputs"),
    ],
)
def test_a_declaration_with_a_mistake_is_refused(arguments, named):
    """Above all a text where a list of texts is meant: it would be taken letter by letter."""
    with pytest.raises(InputError, match=f"^{named}: "):

        @capability(**arguments)
        async def method(self, task): ...


def test_only_async_methods_can_be_capabilities():
    """A blocking method would stop the notebook."""
    with pytest.raises(InputError, match="has to mark an async method"):

        @capability("a")
        def method(self, task): ...


def test_looking_for_capabilities_runs_no_code_of_the_class():
    """A property or descriptor that raises is none of our business."""

    class Touchy:
        def __get__(self, instance, owner):
            raise RuntimeError("do not touch")

    class Owner(BaseAgent):
        touchy = Touchy()

        @capability("a")
        async def method(self, task): ...

    assert Owner("owner").get_capabilities() == ["a"]


def test_a_capability_under_a_decorator_that_hides_its_name_is_found():
    """The attribute's name counts, not the function's."""

    def careless(function):
        async def wrapper(self, task):
            return await function(self, task)

        wrapper.__maos_capability__ = function.__maos_capability__
        return wrapper

    class Owner(BaseAgent):
        @careless
        @capability("a")
        async def hidden(self, task):
            return {"found": True}

        renamed = hidden
        del hidden

    assert Owner("owner").capabilities["a"].method_name == "renamed"


def test_a_decorator_above_that_keeps_the_name_is_fine():
    """functools.wraps carries the declaration along."""

    def polite(function):
        @functools.wraps(function)
        async def wrapper(self, task):
            return await function(self, task)

        return wrapper

    class Owner(BaseAgent):
        @polite
        @capability("a")
        async def method(self, task): ...

    assert Owner("owner").capabilities["a"].method_name == "method"


def test_a_task_is_read_into_the_request_or_every_problem_is_named():
    """With what came, and the inputs there are."""
    record = Trader().capabilities["trading"]
    assert record.read(Task(parameters={"ticker": "AAPL"})) == Order(ticker="AAPL")
    with pytest.raises(RequestError) as caught:
        record.read(Task(parameters={"shares": 0, "price": 3}))
    message = str(caught.value)
    assert caught.value.argument == "ticker"
    for part in ("Field required", "shares: ", "got 0", "price: ", "Inputs are: ticker, shares"):
        assert part in message


def test_what_came_is_shown_clipped():
    """A megabyte of input does not become a megabyte of message."""
    with pytest.raises(RequestError) as caught:
        Trader().capabilities["trading"].read(Task(parameters={"ticker": ["x"] * 100_000}))
    assert len(str(caught.value)) < 1000


def test_a_request_model_may_read_the_description_itself():
    """Through its class method from_task."""

    class Read(BaseModel):
        words: int

        @classmethod
        def from_task(cls, task):
            return cls(words=len(task.description.split()))

    assert AgentCapability("a", request=Read).read(Task(description="two words")) == Read(words=2)


MODELS = AgentCapability("financial_modeling", keywords=("dcf", "discounted cash flow", "p/e"))
RISK = AgentCapability("risk_assessment", keywords=("risk", "value at risk", "10-k"))
PLAIN = AgentCapability("talking")


@pytest.mark.parametrize(
    ("description", "chosen"),
    [
        ("Value AAPL with a DCF", "financial_modeling"),
        ("discounted\ncash  flow of MSFT", "financial_modeling"),
        ("Value-at-risk of 60/40", "risk_assessment"),
        ("What is the P/E of AAPL?", "financial_modeling"),
        ("Read the 10-K", "risk_assessment"),
        ("DCF DCF DCF, and the risk, the value at risk", "risk_assessment"),
    ],
)
def test_plain_words_go_where_most_keywords_fit(description, chosen):
    """Whole words, whatever the case and punctuation; each keyword counts once."""
    assert best_capability(description, [PLAIN, MODELS, RISK]).name == chosen


@pytest.mark.parametrize(
    ("description", "reason", "candidates"),
    [
        ("dcf and risk", "fits several capabilities equally", "financial_modeling, risk_assessment"),
        ("asterisk", "fits no capability", "financial_modeling, risk_assessment, talking"),
        ("!!!", "fits no capability", "financial_modeling, risk_assessment, talking"),
    ],
)
def test_ties_and_misses_are_errors_that_list_the_candidates(description, reason, candidates):
    """Guessing would be worse."""
    with pytest.raises(RoutingError) as caught:
        best_capability(description, [RISK, MODELS, PLAIN, AgentCapability("talking", keywords=("***",))])
    assert f"{reason}: {candidates}" in str(caught.value)
    assert "task_type" in caught.value.advice


def test_without_any_capability_the_error_says_so():
    """An empty list of candidates is spelled out."""
    with pytest.raises(RoutingError, match="fits no capability: there is none"):
        best_capability("x", [])
