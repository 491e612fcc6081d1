"""What a reading is made of and gives: figures, the skeleton of a text, hits of rules, and refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from maos_nb.errors import RequestError

__all__ = ["Figure", "Hit", "Problem", "Reading", "Skeleton", "UnreadableError", "refusal"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a description says.

    Parameters
    ----------
    values : mapping of str to object
        Field of the request -> value as read.
    evidence : mapping of str to str
        Field -> the exact words that the value was read from.
    ignored : tuple of str
        Words and figures that no rule claimed, in their order.
    """

    values: Mapping[str, object]
    evidence: Mapping[str, str]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure or date: its sign in the skeleton, its place in the text, and what it says."""

    sign: str
    start: int
    end: int
    value: Decimal = Decimal(0)
    currency: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text with one sign for each figure; `starts` leads from its positions to those of the original."""

    original: str
    cased: str
    text: str
    starts: tuple[int, ...]
    figures: Mapping[int, Figure]

    def words(self, start: int, end: int) -> str:
        """Give the original words of a part of the skeleton."""
        last = self.figures.get(end - 1)
        stop = last.end if last else self.starts[end - 1] + 1
        return " ".join(self.original[self.starts[start] : stop].split())


@dataclass(frozen=True, slots=True)
class Hit:
    """A place of the skeleton where a rule fits, and the values it gives or the problem it found."""

    start: int
    end: int
    values: Mapping[str, object] = field(default_factory=dict)
    problem: str = ""
    advice: str = ""
    field_name: str = ""
    is_name_first: bool = False
    figure_sign: str = ""


class UnreadableError(Exception):
    """A rule fits but what it found cannot be used: the problem, and what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


Problem = tuple[str, str, str]
"""Name of the argument, what is wrong with it, what to do."""


def refusal(problems: Sequence[Problem]) -> RequestError:
    """Make one error of one or more problems; its message tells each."""
    if len(problems) == 1:
        argument, problem, advice = problems[0]
        return RequestError(argument, problem, advice=advice)
    arguments = ", ".join(dict.fromkeys(argument for argument, _, _ in problems))
    told = [
        f"({number}) {argument}: {text}. {advice}".rstrip(" .")
        for number, (argument, text, advice) in enumerate(problems, 1)
    ]
    return RequestError(arguments, ". ".join(told))
