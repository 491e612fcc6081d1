"""One valuation: base case, scenarios, sensitivities and random draws, all from one set of drivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maos_nb.agents import report_progress
from maos_nb.analytics import sensitivity
from maos_nb.analytics._arrays import Array
from maos_nb.finance.appraisal import Appraisal, appraise
from maos_nb.finance.assumptions import assume
from maos_nb.finance.evidence import Evidence, FinancialSource, collect
from maos_nb.finance.fundamentals import Fundamentals, fundamentals_of
from maos_nb.finance.methods import Method, methods_beside
from maos_nb.finance.model import DcfModel, Figure, Metric, Outcome
from maos_nb.finance.origins import Assumption
from maos_nb.finance.ranges import (
    Overrides,
    Range,
    ranges_of,
    scenario_changes,
    scenario_probabilities,
    shocks_of,
    table_axes,
)
from maos_nb.finance.requests import FinancialModelRequest
from maos_nb.finance.uncertainty import Uncertainty, draw

__all__ = ["Scenario", "Table", "Valuation", "WhatIf", "value"]

BREAK_EVEN_BRACKETS = {"revenue_growth": (-0.9, 2.0), "operating_margin": (-1.0, 1.0), "wacc": (0.005, 0.6)}
"""Where the price is looked for, driver by driver."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of changed drivers, its probability, and the values that follow."""

    name: str
    changes: Overrides
    probability: float
    enterprise_value: float
    equity_value: float
    value_per_share: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the judged figure becomes when one driver goes to the ends of its range."""

    driver: str
    base: float
    low: float
    high: float
    at_low: float
    at_high: float
    reason: str

    @property
    def swing(self) -> float:
        """Distance between the two values; NaN where one of them does not exist."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The judged figure by WACC (rows) and growth in perpetuity or exit multiple (columns)."""

    rows: tuple[float, ...]
    column_driver: str
    columns: tuple[float, ...]
    values: Array


@dataclass(frozen=True, slots=True, eq=False)
class Valuation:
    """A company valued.

    `metric` names the figure by which the valuation is judged: ``value_per_share``, or
    ``equity_value`` where the number of shares is not known; `judged` is that figure. `expected`
    weighs the scenarios by their probabilities; `break_even` has the roots, by driver, at which the
    judged figure is the price.
    """

    request: FinancialModelRequest
    evidence: Evidence
    assumptions: Mapping[str, Assumption]
    base: Outcome
    metric: Metric
    judged: float
    price: float | None
    scenarios: tuple[Scenario, ...]
    expected: sensitivity.Scenarios
    what_ifs: tuple[WhatIf, ...]
    table: Table
    break_even: sensitivity.Breakeven | None
    uncertainty: Uncertainty | None
    methods: tuple[Method, ...]
    appraisal: Appraisal | None
    fundamentals: Fundamentals | None


def value(request: FinancialModelRequest, source: FinancialSource) -> Valuation:
    """Value the company of a request on what a source knows; plain blocking code, for a worker thread.

    Raises
    ------
    MaosError
        If the source lacks what is needed or the figures contradict each other; see
        :func:`collect` and :func:`assume`.
    """
    report_progress(0.05, "reading statements and prices")
    evidence = collect(request, source)
    report_progress(0.5, "choosing assumptions")
    assumptions = assume(request, evidence)
    report_progress(0.6, "valuing")
    model = DcfModel(
        request.time_horizon, request.timing, "growth" if request.exit_multiple is None else "multiple"
    )
    drivers = {name: item.value for name, item in assumptions.items() if name not in _EXPLAINED_ONLY}
    base = model(drivers)
    metric: Metric = "value_per_share" if "shares" in drivers else "equity_value"
    figure = model.figure(metric, drivers, free=tuple(drivers))
    price = _price(request, evidence) if metric == "value_per_share" else None
    shocks = shocks_of(evidence, drivers)
    ranges = ranges_of(request, drivers, shocks)
    cases = scenario_changes(request, drivers, shocks)
    expected = sensitivity.scenarios(
        figure, drivers, cases, scenario_probabilities(request, cases), reference=price
    )
    report_progress(0.7, "drawing")
    uncertainty = draw(model, drivers, metric, ranges, n=request.draws, seed=request.seed)
    report_progress(0.9, "comparing and judging")
    return Valuation(
        request=request,
        evidence=evidence,
        assumptions=assumptions,
        base=base,
        metric=metric,
        judged=float(getattr(base.bridge, metric)),
        price=price,
        scenarios=_scenarios(model, drivers, cases, expected),
        expected=expected,
        what_ifs=_what_ifs(figure, drivers, ranges),
        table=_table(figure, drivers),
        break_even=None if price is None else _break_even(figure, drivers, price),
        uncertainty=uncertainty,
        methods=methods_beside(request, evidence, assumptions, base, source),
        appraisal=appraise(request, assumptions, base, price),
        fundamentals=fundamentals_of(evidence, _price(request, evidence)),
    )


_EXPLAINED_ONLY = ("risk_free", "beta", "equity_risk_premium", "cost_of_debt", "cost_of_equity")


def _price(request: FinancialModelRequest, evidence: Evidence) -> float | None:
    if request.price is not None:
        return request.price
    return evidence.price.value if evidence.price else None


def _scenarios(
    model: DcfModel,
    drivers: Mapping[str, float],
    cases: Mapping[str, Overrides],
    expected: sensitivity.Scenarios,
) -> tuple[Scenario, ...]:
    columns = {
        name: np.array([changes.get(name, base) for changes in cases.values()])
        for name, base in drivers.items()
    }
    bridge = model(columns).bridge
    figures = zip(bridge.enterprise_value, bridge.equity_value, bridge.value_per_share, strict=True)
    return tuple(
        Scenario(name, changes, float(probability), *map(float, values))
        for (name, changes), probability, values in zip(
            cases.items(), expected.probabilities, figures, strict=True
        )
    )


def _what_ifs(
    figure: Figure, drivers: Mapping[str, float], ranges: Mapping[str, Range]
) -> tuple[WhatIf, ...]:
    found = sensitivity.tornado(figure, drivers, {name: ends[:2] for name, ends in ranges.items()})
    return tuple(
        WhatIf(
            driver=name,
            base=drivers[name],
            low=float(found.low_input[place]),
            high=float(found.high_input[place]),
            at_low=float(found.low_output[place]),
            at_high=float(found.high_output[place]),
            reason=ranges[name][2],
        )
        for place, name in enumerate(found.names)
    )


def _table(figure: Figure, drivers: Mapping[str, float]) -> Table:
    rows, column_driver, columns = table_axes(drivers)
    found = sensitivity.data_table(figure, drivers, {"wacc": rows, column_driver: columns})
    return Table(tuple(rows.tolist()), column_driver, tuple(columns.tolist()), found.results)


def _break_even(figure: Figure, drivers: Mapping[str, float], price: float) -> sensitivity.Breakeven:
    return sensitivity.breakeven(figure, drivers, BREAK_EVEN_BRACKETS, target=price)
