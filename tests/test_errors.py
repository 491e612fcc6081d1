"""Errors say what is wrong, what to do, and keep that across processes."""

import asyncio
import inspect
import pickle

import pytest

from maos_nb import errors
from maos_nb.errors import InputError, MaosError, UnknownSymbolError, describe

KINDS = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, MaosError) and kind is not UnknownSymbolError
]


def made(kind):
    """Make an error of a kind."""
    if issubclass(kind, InputError):
        return kind("wacc", "expected a share, got 'x'", advice="Say 0.085 for 8.5%")
    return kind("it broke", advice="Mend it")


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_shows_its_message_and_its_advice_and_survives_pickling(kind):
    """Errors cross process boundaries."""
    error = made(kind)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert type(copy) is kind
    assert str(copy) == str(error)
    assert str(error).endswith(error.advice)
    assert copy.advice == error.advice


@pytest.mark.parametrize("kind", KINDS)
def test_every_public_error_is_exported_and_says_whose_move_it_is(kind):
    """One sentence of documentation is the least."""
    assert kind.__name__ in errors.__all__
    assert len(inspect.getdoc(kind)) > 20


def test_an_unknown_symbol_keeps_what_was_asked_for_across_processes():
    """And what is known instead."""
    copy = pickle.loads(pickle.dumps(UnknownSymbolError("APPL", known=("AAPL",), source="samples")))  # noqa: S301
    assert (copy.symbol, copy.known) == ("APPL", ("AAPL",))
    assert "in samples" in str(copy)


class Unspeakable(Exception):  # noqa: N818  # a name for the test
    def __str__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MaosError("it broke", advice="Mend it"), "it broke. Mend it"),
        (ValueError("x"), "ValueError: x"),
        (ValueError(), "ValueError"),
        (asyncio.CancelledError(), "CancelledError"),
        (Unspeakable(), "Unspeakable"),
        (
            ExceptionGroup("two", [ValueError("a"), MaosError("b", advice="c")]),
            "ExceptionGroup: two (2 sub-exceptions): ValueError: a; b. c",
        ),
    ],
)
def test_any_exception_can_be_described(error, text):
    """Even one that cannot be turned into a text, and one that is made of others."""
    assert describe(error) == text
