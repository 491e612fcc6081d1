"""How far each driver may be from its base: what scenarios, tables, what-ifs and random draws have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from maos_nb.analytics._arrays import Array
from maos_nb.errors import RequestError
from maos_nb.finance._request_values import OVERRIDABLE
from maos_nb.finance.assumptions import STATUTORY_TAX
from maos_nb.finance.evidence import Evidence
from maos_nb.finance.requests import FinancialModelRequest

__all__ = [
    "Overrides",
    "Range",
    "Shocks",
    "ranges_of",
    "scenario_changes",
    "scenario_probabilities",
    "shocks_of",
    "table_axes",
]

SHOCK_YEARS = 10
SHOCK_WITHOUT_HISTORY = 0.25
BASE_PROBABILITY = 0.5
WACC_STEPS = np.array([-0.015, -0.01, -0.005, 0.0, 0.005, 0.01, 0.015])
GROWTH_STEPS = np.array([-0.01, -0.005, 0.0, 0.005, 0.01])
MULTIPLE_STEPS = np.array([-0.2, -0.1, 0.0, 0.1, 0.2])

Overrides = Mapping[str, float]
Shocks = Mapping[str, tuple[float, str]]
"""Driver -> the size of a usual change, and how it was measured."""
Range = tuple[float, float, str]
"""The low and the high end of a driver, and why there."""


def shocks_of(evidence: Evidence, drivers: Mapping[str, float]) -> dict[str, tuple[float, str]]:
    """Size the changes of growth and margin: by the company's own past where it has one."""
    history = evidence.history
    if history is not None:
        revenue = history["revenue"][-SHOCK_YEARS - 1 :]
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = revenue[1:] / revenue[:-1] - 1
            margin = (history["operating_income"] / history["revenue"])[-SHOCK_YEARS:]
        growth = growth[np.isfinite(growth)]
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


def scenario_changes(
    request: FinancialModelRequest, drivers: Mapping[str, float], shocks: Shocks
) -> dict[str, Overrides]:
    """Say by scenario what differs from the base: as given, else growth and margin a usual change up or down.

    Raises
    ------
    RequestError
        If a scenario changes what is no driver of this valuation.
    """
    signs = {"base": 0, "optimistic": 1, "pessimistic": -1}
    overrides = request.scenario_overrides or {}
    cases: dict[str, Overrides] = {}
    for name in dict.fromkeys((*request.scenarios, *overrides)):
        given = {
            driver: figure for driver, figure in overrides.get(name, {}).items() if driver != "probability"
        }
        foreign = [driver for driver in given if driver not in drivers]
        if foreign:
            raise RequestError(
                "scenario_overrides",
                f"{foreign[0]} of {name!r} is no driver of this valuation",
                advice=f"Change {' or '.join(driver for driver in OVERRIDABLE if driver in drivers)}",
            )
        sign = signs.get(name, 0)
        usual = {
            driver: _possible(driver, drivers[driver] + sign * size) for driver, (size, _) in shocks.items()
        }
        if sign and request.wacc_range is not None:
            usual["wacc"] = request.wacc_range[0 if sign > 0 else 1]
        cases[name] = given or (usual if sign else {})
    return cases


def scenario_probabilities(request: FinancialModelRequest, names: Iterable[str]) -> dict[str, float]:
    """Give each scenario its probability: as given, and of the rest half to the base, half to the others evenly."""
    overrides = request.scenario_overrides or {}
    given = {name: changes["probability"] for name, changes in overrides.items() if "probability" in changes}
    open_names = [name for name in names if name not in given]
    others = [name for name in open_names if name != "base"]
    weights = {
        name: BASE_PROBABILITY if name == "base" else (1 - BASE_PROBABILITY) / len(others)
        for name in open_names
    }
    total, left = sum(weights.values()), max(0.0, 1 - sum(given.values()))
    return {name: given[name] if name in given else left * weights[name] / total for name in names}


def ranges_of(
    request: FinancialModelRequest, drivers: Mapping[str, float], shocks: Shocks
) -> dict[str, Range]:
    """Give the ends to which each driver is moved alone."""
    ranges = {
        name: (_possible(name, drivers[name] - size), _possible(name, drivers[name] + size), reason)
        for name, (size, reason) in shocks.items()
    }
    if drivers["tax_rate"] < STATUTORY_TAX:
        ranges["tax_rate"] = (drivers["tax_rate"], STATUTORY_TAX, "up to the statutory rate")
    if request.wacc_range is not None:
        ranges["wacc"] = (*request.wacc_range, "the range given")
    else:
        wacc = drivers["wacc"]
        ranges["wacc"] = (max(wacc - 0.01, wacc / 2), wacc + 0.01, "one percentage point")
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


def table_axes(drivers: Mapping[str, float]) -> tuple[Array, str, Array]:
    """Give the levels of WACC, and the name and the levels of what decides the terminal value."""
    rows = _around(drivers["wacc"], WACC_STEPS)
    rows = rows[rows > 0]
    if "exit_multiple" in drivers:
        multiple = drivers["exit_multiple"]
        return rows, "exit_multiple", _around(multiple, multiple * MULTIPLE_STEPS)
    return rows, "terminal_growth", _around(drivers["terminal_growth"], GROWTH_STEPS)


def _around(base: float, steps: Array) -> Array:
    """Give the levels of a table axis: the base itself to the last bit, the others as one would write them."""
    return np.where(steps == 0, base, np.round(base + steps, 12))
