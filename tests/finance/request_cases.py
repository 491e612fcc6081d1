"""What the tests of requests and of reading share."""

from __future__ import annotations

from typing import Any

from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.types import Task

ALL = ("base", "optimistic", "pessimistic")
NBSP, MINUS, EN_DASH, HYPHEN = (
    "\N{NO-BREAK SPACE}",
    "\N{MINUS SIGN}",
    "\N{EN DASH}",
    "\N{NON-BREAKING HYPHEN}",
)


def request_of(description: str, **parameters: Any) -> FinancialModelRequest:
    """Make the request of a description and parameters."""
    return FinancialModelRequest.from_task(Task(description=description, parameters=parameters))
