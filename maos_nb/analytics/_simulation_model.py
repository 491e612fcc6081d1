"""How a model is called with drawn inputs: beside those that are certain, some rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric
from maos_nb.analytics._sensitivity_model import (
    Columns,
    Model,
    as_base,
    as_rows_per_call,
    call_rows,
    steps,
)
from maos_nb.errors import InputError

__all__ = ["as_confidence", "as_fixed", "as_rows", "call_with", "refuse_unvalued", "run_rows"]


def as_fixed(base: Mapping[str, Numeric] | None) -> Columns:
    """Accept the inputs that are certain; None is none."""
    return {} if base is None else as_base(base)


def as_rows(rows_per_call: int | None, fixed: Columns) -> int:
    """Accept a number of rows per call, or choose one as sensitivity tables do."""
    return as_rows_per_call(rows_per_call, fixed or {"": np.zeros(())})


def call_with(model: Model, fixed: Columns, drawn: Columns, n_rows: int) -> Array:
    """Call the model with drawn inputs and, repeated without copies, those that are certain."""
    repeated = {name: np.broadcast_to(value, (n_rows, *value.shape)) for name, value in fixed.items()}
    return call_rows(model, repeated | drawn, n_rows)


def run_rows(model: Model, fixed: Columns, drawn: Columns, rows_per_call: int) -> Array:
    """Evaluate the model at every row of the drawn inputs, at most `rows_per_call` in one call."""
    results = np.empty(len(next(iter(drawn.values()))))
    for start, stop in steps(results.size, rows_per_call):
        columns = {name: column[start:stop] for name, column in drawn.items()}
        results[start:stop] = call_with(model, fixed, columns, stop - start)
    return results


def as_confidence(confidence: float) -> float:
    """Accept a confidence level between 0 and 1."""
    level = np.asarray(confidence)
    if level.ndim or level.dtype.kind not in "iuf" or not 0 < level < 1:
        raise InputError(
            "confidence", f"expected a number between 0 and 1, got {confidence!r}", advice="Give 95% as 0.95"
        )
    return float(level)


def refuse_unvalued(finite: Any) -> None:
    """Refuse a model without enough values to tell a variance."""
    valued = int(np.count_nonzero(finite))
    if valued < 2:
        raise InputError(
            "model",
            f"expected a finite value in at least two of {finite.size} rows, got {valued}",
            advice="Narrow the distributions (such as Normal(0.09, 0.01, lower=0.06)) or correct the model",
        )
