"""Tasks, results and messages: immutable, checked at the door, honest in every view."""

import dataclasses
import pickle
import re
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.errors import InputError, TaskFailedError, UnknownSymbolError
from maos_nb.types import AgentMessage, AgentState, Priority, Task, TaskResult, TaskStatus, completed

DEADLINE = datetime(2024, 1, 2, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\x00\x1b[31m\u202e\ud800\n" + "long " * 5000


class WithoutOffset(tzinfo):
    def utcoffset(self, moment):
        """Know none."""


def test_states_statuses_and_priorities_equal_their_plain_strings():
    """The seed compares with texts, and so may everybody."""
    assert AgentState.IDLE == "IDLE"
    assert TaskStatus.COMPLETED == "COMPLETED"
    assert [str(priority) for priority in Priority] == ["CRITICAL", "HIGH", "NORMAL", "LOW"]


def test_only_completed_failed_and_cancelled_are_final():
    """A task in one of these will never leave it."""
    assert [status for status in TaskStatus if status.is_final] == ["COMPLETED", "FAILED", "CANCELLED"]


def test_tasks_without_an_id_are_numbered_in_order_of_creation():
    """Ids are readable and need no clock and no randomness."""
    first, second = Task(description="a"), Task(description="b")
    assert int(second.task_id.removeprefix("task-")) == int(first.task_id.removeprefix("task-")) + 1


def test_a_task_cannot_be_changed():
    """Neither its fields nor its parameters, nor through the mapping that it was made of."""
    given_parameters = {"ticker": "AAPL"}
    task = Task(description="value", parameters=given_parameters)
    given_parameters["ticker"] = "MSFT"
    assert task.parameters["ticker"] == "AAPL"
    with pytest.raises(dataclasses.FrozenInstanceError):
        task.description = "other"
    with pytest.raises(TypeError):
        task.parameters["ticker"] = "MSFT"


@pytest.mark.parametrize("text", ["high", "High", "HIGH", Priority.HIGH])
def test_a_priority_may_be_given_as_text_in_any_case(text):
    """It becomes the member."""
    assert Task(priority=text).priority is Priority.HIGH


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"task_id": 7}, "task_id"),
        ({"description": None}, "description"),
        ({"task_type": ["a"]}, "task_type"),
        ({"priority": "URGENT"}, "priority"),
        ({"priority": 1}, "priority"),
        ({"parameters": [("a", 1)]}, "parameters"),
        ({"parameters": {1: "a"}}, "parameters"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1.0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
        ({"timeout": True}, "timeout"),
        ({"timeout": "5"}, "timeout"),
        ({"deadline": datetime(2024, 1, 2)}, "deadline"),  # the missing zone is the point
        ({"deadline": datetime(2024, 1, 2, tzinfo=WithoutOffset())}, "deadline"),
        ({"deadline": "2024-01-02"}, "deadline"),
    ],
)
def test_a_task_refuses_what_cannot_be_used_and_names_the_argument(arguments, named):
    """The message starts with the argument's name."""
    with pytest.raises(InputError, match=f"^{named}: ") as caught:
        Task(**arguments)
    assert caught.value.argument == named


def test_equal_tasks_have_equal_hashes():
    """A task can be a key although its parameters are a mapping."""
    one = Task("t", "value", parameters={"series": [1, 2]})
    assert len({one, Task("t", "value", parameters={"series": [1, 2]})}) == 1


@given(
    description=st.text(),
    priority=st.sampled_from(Priority),
    parameters=st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.floats(allow_nan=False))),
    timeout=st.none() | st.floats(min_value=1e-6, max_value=1e9),
    deadline=st.none() | st.just(DEADLINE),
)
def test_a_task_survives_pickling_whole(description, priority, parameters, timeout, deadline):
    """Tasks travel to other processes."""
    task = Task(
        description=description,
        priority=priority,
        parameters=parameters,
        timeout=timeout,
        deadline=deadline,
    )
    copy = pickle.loads(pickle.dumps(task))  # noqa: S301  # our own bytes
    assert copy == task
    with pytest.raises(TypeError):
        copy.parameters["new"] = 1


def test_a_task_as_plain_values_holds_nothing_that_json_lacks():
    """Dates are texts, NaN is None."""
    task = Task("t", "d", "m", "LOW", {"on": date(2024, 1, 2), "x": float("nan")}, deadline=DEADLINE)
    assert task.to_dict() == {
        "task_id": "t",
        "description": "d",
        "task_type": "m",
        "priority": "LOW",
        "parameters": {"on": "2024-01-02", "x": None},
        "timeout": None,
        "deadline": "2024-01-02T00:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("task", "empty"),
    [
        (Task(), True),
        (Task(description=" \n\t"), True),
        (Task(description="x"), False),
        (Task(parameters={"a": None}), False),
    ],
)
def test_a_task_is_empty_when_neither_words_nor_parameters_say_anything(task, empty):
    """Blank space says nothing; a parameter does, whatever its value."""
    assert task.is_empty is empty


def test_the_repr_of_a_task_says_what_it_is_about():
    """Short, and without what has its default value."""
    assert repr(Task("t1", "Value AAPL")) == "<Task t1 'Value AAPL'>"
    task = Task("t1", "Value AAPL", "financial_modeling", "HIGH", {"wacc": 0.085})
    assert repr(task) == "<Task t1 'Value AAPL' task_type='financial_modeling' priority=HIGH wacc=0.085>"


@pytest.mark.parametrize(
    "record",
    [
        Task(HOSTILE, HOSTILE, HOSTILE, parameters={HOSTILE: HOSTILE, "o": object()}),
        TaskResult(HOSTILE, "FAILED", error=HOSTILE),
        TaskResult(HOSTILE, "COMPLETED", {HOSTILE: 1}),
        TaskResult("t", "COMPLETED", object()),
        AgentMessage(HOSTILE, HOSTILE, HOSTILE, object()),
    ],
    ids=["task", "failure", "mapping", "object", "message"],
)
def test_reprs_of_hostile_texts_are_one_short_printable_line_without_addresses(record):
    """Whatever a description holds cannot disturb a terminal or differ between runs."""
    text = repr(record)
    assert text.isprintable()
    assert len(text) < 600
    assert not re.search("0x[0-9a-f]{6}", text)


def test_the_html_of_hostile_texts_holds_no_markup_of_theirs_and_is_bounded():
    """Each text passes the escaping helper, in ids, errors, keys and values."""
    for record in (
        TaskResult(HOSTILE, "FAILED", error=HOSTILE),
        TaskResult(HOSTILE, "COMPLETED", {HOSTILE: {HOSTILE: HOSTILE}, "list": [HOSTILE], "plain": HOSTILE}),
    ):
        html = record._repr_html_()
        assert "<script" not in html
        assert "'x'" not in html
        assert not {"\x00", "\x1b", "\u202e", "\ud800"} & set(html)
        assert len(html) < 200_000


def test_the_html_of_a_long_result_shows_its_beginning_and_says_so():
    """A browser gets no more rows than it can draw."""
    rows = {"price": list(range(100_000)), "volume": list(range(100_000))}
    html = TaskResult("t", "COMPLETED", {"history": rows, "series": list(range(100_000))})._repr_html_()
    assert "only the first 500 rows are shown" in html
    assert "and 99500 more" in html
    assert len(html) < 200_000


def test_the_views_of_a_result_show_neither_clock_times_nor_durations():
    """Notebooks are compared with their stored outputs."""
    result = TaskResult("t1", "COMPLETED", {"value": 1}, metadata={"processing_time": 0.123456})
    assert repr(result) == "<TaskResult t1 COMPLETED: value>"
    assert "0.12" not in result._repr_html_()


@pytest.mark.parametrize("status", ["QUEUED", "RUNNING", "DONE", "completed", None, 3])
def test_a_result_has_the_status_of_a_task_that_has_ended(status):
    """A RUNNING result would break every count that relies on it."""
    with pytest.raises(InputError, match=r"^status: expected one of COMPLETED, FAILED, CANCELLED"):
        TaskResult("t", status)


def test_a_result_without_a_mapping_of_metadata_is_refused():
    """The framework adds to it."""
    with pytest.raises(InputError, match=r"^metadata: expected a mapping, got NoneType"):
        TaskResult("t", "COMPLETED", {}, metadata=None)


def test_a_failed_result_always_says_why():
    """From the error text, the exception, or the admission that there is no reason."""
    assert TaskResult("t", "FAILED", error="no data").error == "no data"
    assert TaskResult("t", "FAILED", exception=KeyError("AAPL")).error == "KeyError: 'AAPL'"
    assert TaskResult("t", "FAILED").error == "no reason was given"


def test_unwrap_gives_the_result_of_a_completed_task_only():
    """For any other it raises, with the task's own exception as the cause and its advice."""
    assert TaskResult("t", "COMPLETED", {"v": 1}).unwrap() == {"v": 1}
    cause = UnknownSymbolError("APPL", known=("AAPL",))
    with pytest.raises(TaskFailedError, match=r"t FAILED: .*'APPL'") as caught:
        TaskResult("t", "FAILED", error=str(cause), exception=cause).unwrap()
    assert caught.value.__cause__ is cause
    assert caught.value.advice == "Known here: AAPL"
    assert str(caught.value).count("Known here") == 1
    with pytest.raises(TaskFailedError, match="t CANCELLED"):
        TaskResult("t", "CANCELLED").unwrap()


def test_a_result_survives_pickling_with_its_exception():
    """Results travel back from other processes."""
    result = TaskResult("t", "FAILED", None, "symbol", {"a": 1}, UnknownSymbolError("X", known=("Y",)))
    copy = pickle.loads(pickle.dumps(result))  # noqa: S301  # our own bytes
    assert copy == result
    assert copy.exception.known == ("Y",)
    assert copy.advice == "Known here: Y"


def test_the_frameworks_short_way_makes_the_same_result_as_the_constructor():
    """`completed` leaves out the checks and nothing else."""
    assert completed("t", {"v": 1}, {"m": 2}) == TaskResult("t", "COMPLETED", {"v": 1}, None, {"m": 2})
    assert completed("t", {}, {}).exception is None


def test_the_traceback_of_a_failure_can_be_read():
    """And is empty where there is none."""
    try:
        raise ValueError("inside")
    except ValueError as error:
        result = TaskResult("t", "FAILED", exception=error)
    assert "ValueError: inside" in result.traceback
    assert "test_types.py" in result.traceback
    assert TaskResult("t", "COMPLETED").traceback == ""


@pytest.mark.parametrize("argument", ["sender", "recipient", "message_type"])
@pytest.mark.parametrize("value", ["", None, 3])
def test_a_message_needs_sender_recipient_and_type(argument, value):
    """The error names the one that is missing."""
    given_values = {"sender": "a", "recipient": "b", "message_type": "c", argument: value}
    with pytest.raises(InputError, match=f"^{argument}: "):
        AgentMessage(**given_values)


def test_messages_are_numbered_and_their_repr_is_short():
    """The number is made where none is given."""
    assert AgentMessage("a", "b", "QUESTION").message_id.startswith("message-")
    assert (
        repr(AgentMessage("a", "b", "QUESTION", {"x": 1}, "m1"))
        == "<AgentMessage m1 a to b, QUESTION: {'x': 1}>"
    )


def test_a_deadline_is_kept_as_it_was_given():
    """With its own time zone."""
    deadline = datetime.now(UTC) + timedelta(minutes=5)
    assert Task(deadline=deadline).deadline is deadline
