from __future__ import annotations

from typing import Any

import pytest
from finance_cases import AAPL

from maos_nb.data import SampleSource
from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.finance.valuation import Valuation, value
from maos_nb.types import Task


@pytest.fixture(scope="session")
def samples() -> SampleSource:
    """Give the bundled samples, parsed once."""
    return SampleSource()


@pytest.fixture(scope="session")
def valued(samples: SampleSource) -> Any:
    """Give a function from words and parameters to a valuation on the samples."""

    def valuation(description: str = AAPL, source: SampleSource = samples, **parameters: Any) -> Valuation:
        request = FinancialModelRequest.from_task(Task(description=description, parameters=parameters))
        return value(request, source)

    return valuation
