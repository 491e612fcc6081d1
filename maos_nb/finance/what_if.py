"""A finished valuation as a model to play with: other drivers in, the value and its two-way table out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.errors import InputError
from maos_nb.finance.model import DcfModel, Metric
from maos_nb.finance.ranges import table_axes
from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.types import TaskResult

__all__ = ["WhatIfModel"]

_MOVABLE = (
    *("revenue_growth", "operating_margin", "tax_rate", "wacc", "terminal_growth", "exit_multiple"),
    "sales_to_capital",
)


@dataclass(frozen=True, slots=True, eq=False)
class WhatIfModel:
    """The model behind a valuation, with the drivers it was made with.

    Parameters
    ----------
    drivers : mapping of str to float
        All drivers of the base case.
    metric : {"value_per_share", "equity_value"}
        The figure that is judged.
    currency : str
        Of the amounts.
    price : float or None
        Market price of a share.
    model : DcfModel
        The valuation as a function of drivers.
    """

    drivers: Mapping[str, float]
    metric: Metric
    currency: str
    price: float | None
    model: DcfModel

    @classmethod
    def of(cls, task_result: TaskResult) -> WhatIfModel:
        """Take the model out of the result of ``create_financial_model``.

        Raises
        ------
        InputError
            If `task_result` is not the completed result of a valuation.
        """
        if not isinstance(task_result, TaskResult):
            raise InputError("task_result", f"expected a TaskResult, got {type(task_result).__name__}")
        found = task_result.result
        if not isinstance(found, Mapping) or "key_assumptions" not in found:
            reason = task_result.error or "its result has no key_assumptions"
            raise InputError("task_result", f"expected the result of a valuation, {reason}")
        request = FinancialModelRequest.model_validate(task_result.metadata["request"])
        metric: Metric = found["sensitivity_analysis"]["metric"]
        return cls(
            drivers={name: item["value"] for name, item in found["key_assumptions"].items() if name in _USED},
            metric=metric,
            currency=found["company"]["currency"],
            price=found["valuation"]["price"] if metric == "value_per_share" else None,
            model=DcfModel(
                request.time_horizon,
                request.timing,
                "growth" if request.exit_multiple is None else "multiple",
            ),
        )

    @property
    def movable(self) -> tuple[str, ...]:
        """The drivers that the value hangs on and that one may want to move."""
        return tuple(
            name
            for name in _MOVABLE
            if name in self.drivers and (self.model.terminal == "growth" or name != "terminal_growth")
        )

    def value(self, **changes: float) -> float:
        """Give the judged figure with some drivers changed; NaN where it does not exist.

        Raises
        ------
        InputError
            If a driver is unknown or cannot have the value.
        """
        columns = {name: np.array([amount]) for name, amount in self._with(changes).items()}
        return float(getattr(self.model(columns).bridge, self.metric)[0])

    def table(self, **changes: float) -> dict[str, Any]:
        """Give the two-way table around the changed drivers, as in the result of the valuation.

        Raises
        ------
        InputError
            If a driver is unknown or cannot have the value.
        """
        drivers = self._with(changes)
        rows, across, columns = table_axes(drivers)
        figure = self.model.figure(self.metric, drivers, free=("wacc", across))
        values: Array = figure(**{"wacc": rows[:, np.newaxis], across: columns[np.newaxis]})
        cells = [[float(cell) if np.isfinite(cell) else None for cell in row] for row in values]
        return {"wacc": rows.tolist(), across: columns.tolist(), "values": cells}

    def _with(self, changes: Mapping[str, float]) -> dict[str, float]:
        unknown = [name for name in changes if name not in self.drivers]
        if unknown:
            raise InputError(
                "changes", f"there is no driver {unknown[0]!r}", advice=f"There is: {', '.join(self.drivers)}"
            )
        return {**self.drivers, **changes}


_USED = frozenset(
    (
        *_MOVABLE, "revenue", "depreciation", "capital_expenditure", "working_capital",
        "cash", "investments", "debt", "leases", "shares",
    )
)  # fmt: skip
