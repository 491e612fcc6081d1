"""One valuation: base case, scenarios and sensitivities, all from one vectorised call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from maos_nb.agents import report_progress
from maos_nb.analytics._arrays import Array
from maos_nb.finance.assumptions import STATUTORY_TAX, assume
from maos_nb.finance.evidence import Evidence, FinancialSource, collect
from maos_nb.finance.model import DcfModel, Outcome
from maos_nb.finance.origins import Assumption
from maos_nb.finance.requests import FinancialModelRequest

__all__ = ["Scenario", "Table", "Valuation", "WhatIf", "value"]

SHOCK_YEARS = 10
SHOCK_WITHOUT_HISTORY = 0.25
WACC_STEPS = np.array([-0.015, -0.01, -0.005, 0.0, 0.005, 0.01, 0.015])
GROWTH_STEPS = np.array([-0.01, -0.005, 0.0, 0.005, 0.01])
MULTIPLE_STEPS = np.array([-0.2, -0.1, 0.0, 0.1, 0.2])

Overrides = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of changed drivers and the values that follow."""

    name: str
    changes: Overrides
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
    ``equity_value`` where the number of shares is not known; `judged` is that figure.
    """

    request: FinancialModelRequest
    evidence: Evidence
    assumptions: Mapping[str, Assumption]
    base: Outcome
    metric: str
    judged: float
    price: float | None
    scenarios: tuple[Scenario, ...]
    what_ifs: tuple[WhatIf, ...]
    table: Table


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
    report_progress(0.7, "valuing")
    model = DcfModel(
        request.time_horizon, request.timing, "growth" if request.exit_multiple is None else "multiple"
    )
    drivers = {name: item.value for name, item in assumptions.items() if name not in _EXPLAINED_ONLY}
    base = model(drivers)
    metric = "value_per_share" if "shares" in drivers else "equity_value"
    shocks = _shocks(evidence, drivers)
    cases = _scenario_changes(request, drivers, shocks)
    ranges = _ranges(request, drivers, shocks)
    table = _table_axes(drivers)
    ends = [{name: end} for name, (low, high, _) in ranges.items() for end in (low, high)]
    cells = [{"wacc": row, table[1]: column} for row in table[0] for column in table[2]]
    many = _evaluate(model, drivers, [*cases.values(), *ends, *cells])
    report_progress(0.9, "judging")
    judged = np.asarray(getattr(many.bridge, metric), dtype=float)
    n_cases, n_ends = len(cases), len(ends)
    return Valuation(
        request=request,
        evidence=evidence,
        assumptions=assumptions,
        base=base,
        metric=metric,
        judged=float(getattr(base.bridge, metric)),
        price=_price(request, evidence) if metric == "value_per_share" else None,
        scenarios=_scenarios(cases, many),
        what_ifs=_what_ifs(drivers, ranges, judged[n_cases : n_cases + n_ends]),
        table=Table(
            tuple(map(float, table[0])),
            table[1],
            tuple(map(float, table[2])),
            judged[n_cases + n_ends :].reshape(len(table[0]), len(table[2])),
        ),
    )


_EXPLAINED_ONLY = ("risk_free", "beta", "equity_risk_premium", "cost_of_debt", "cost_of_equity")


def _price(request: FinancialModelRequest, evidence: Evidence) -> float | None:
    if request.price is not None:
        return request.price
    return evidence.price.value if evidence.price else None


def _evaluate(model: DcfModel, drivers: Mapping[str, float], changes: Sequence[Overrides]) -> Outcome:
    columns = {
        name: np.array([change.get(name, base) for change in changes]) for name, base in drivers.items()
    }
    return model(columns)


def _shocks(evidence: Evidence, drivers: Mapping[str, float]) -> dict[str, tuple[float, str]]:
    """Size the changes of growth and margin: by the company's own past where it has one."""
    history = evidence.history
    if history is not None:
        revenue = history["revenue"][-SHOCK_YEARS - 1 :]
        growth = revenue[1:] / revenue[:-1] - 1
        growth = growth[np.isfinite(growth)]
        margin = (history["operating_income"] / history["revenue"])[-SHOCK_YEARS:]
        margin = margin[np.isfinite(margin)]
        if len(growth) >= 3 and len(margin) >= 3:
            error = float(growth.std(ddof=1) / np.sqrt(len(growth)))
            return {
                "revenue_growth": (error, f"one standard error of mean growth, {len(growth)} years"),
                "operating_margin": (
                    float(margin.std(ddof=1)),
                    f"one standard deviation, {len(margin)} years",
                ),
            }
    relative = f"{SHOCK_WITHOUT_HISTORY:.0%} of the base, as there is too little history to measure"
    return {
        name: (SHOCK_WITHOUT_HISTORY * abs(drivers[name]), relative)
        for name in ("revenue_growth", "operating_margin")
    }


def _scenario_changes(
    request: FinancialModelRequest, drivers: Mapping[str, float], shocks: Mapping[str, tuple[float, str]]
) -> dict[str, Overrides]:
    cases: dict[str, Overrides] = {}
    for name in request.scenarios:
        sign = {"base": 0, "optimistic": 1, "pessimistic": -1}[name]
        changes = (
            {driver: _possible(driver, drivers[driver] + sign * size) for driver, (size, _) in shocks.items()}
            if sign
            else {}
        )
        if sign and request.wacc_range is not None:
            changes["wacc"] = request.wacc_range[0 if sign > 0 else 1]
        cases[name] = changes
    return cases


def _scenarios(cases: Mapping[str, Overrides], many: Outcome) -> tuple[Scenario, ...]:
    values = [np.asarray(getattr(many.bridge, name), dtype=float) for name in _VALUES]
    return tuple(
        Scenario(name, changes, *(float(column[index]) for column in values))
        for index, (name, changes) in enumerate(cases.items())
    )


_VALUES = ("enterprise_value", "equity_value", "value_per_share")


def _ranges(
    request: FinancialModelRequest, drivers: Mapping[str, float], shocks: Mapping[str, tuple[float, str]]
) -> dict[str, tuple[float, float, str]]:
    ranges = {
        name: (_possible(name, drivers[name] - size), _possible(name, drivers[name] + size), reason)
        for name, (size, reason) in shocks.items()
    }
    if drivers["tax_rate"] < STATUTORY_TAX:
        ranges["tax_rate"] = (drivers["tax_rate"], STATUTORY_TAX, "up to the statutory rate")
    if request.wacc_range is not None:
        ranges["wacc"] = (*request.wacc_range, "the range given")
    else:
        ranges["wacc"] = (drivers["wacc"] - 0.01, drivers["wacc"] + 0.01, "one percentage point")
    if "exit_multiple" in drivers:
        multiple = drivers["exit_multiple"]
        ranges["exit_multiple"] = (0.9 * multiple, 1.1 * multiple, "a tenth of the multiple")
    else:
        growth = drivers["terminal_growth"]
        ranges["terminal_growth"] = (growth - 0.005, growth + 0.005, "half a percentage point")
    return ranges


def _possible(driver: str, value: float) -> float:
    """Hold a shocked driver within what can be: a loss of all revenue, a margin of all of it."""
    return max(value, -1.0) if driver == "revenue_growth" else min(value, 1.0)


def _what_ifs(
    drivers: Mapping[str, float], ranges: Mapping[str, tuple[float, float, str]], judged: Array
) -> tuple[WhatIf, ...]:
    pairs = judged.reshape(-1, 2)
    found = [
        WhatIf(name, drivers[name], low, high, float(pair[0]), float(pair[1]), reason)
        for (name, (low, high, reason)), pair in zip(ranges.items(), pairs, strict=True)
    ]
    return tuple(sorted(found, key=lambda item: -np.nan_to_num(item.swing)))


def _table_axes(drivers: Mapping[str, float]) -> tuple[Array, str, Array]:
    rows = _around(drivers["wacc"], WACC_STEPS)
    rows = rows[rows > 0]
    if "exit_multiple" in drivers:
        multiple = drivers["exit_multiple"]
        return rows, "exit_multiple", _around(multiple, multiple * MULTIPLE_STEPS)
    return rows, "terminal_growth", _around(drivers["terminal_growth"], GROWTH_STEPS)


def _around(base: float, steps: Array) -> Array:
    """Give the levels of a table axis: the base itself to the last bit, the others as one would write them."""
    return np.where(steps == 0, base, np.round(base + steps, 12))
