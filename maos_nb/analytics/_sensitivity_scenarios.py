"""Scenarios with probabilities: a model's value in each, and what to expect of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_float
from maos_nb.analytics._records import figure
from maos_nb.analytics._sensitivity_model import (
    Columns,
    Model,
    as_base,
    as_model,
    came,
    evaluate,
    known_drivers,
    listed,
)
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Scenarios", "scenarios"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scenarios:
    """A model's value in scenarios of given probability.

    Parameters
    ----------
    names
        The scenarios, in the order given.
    probabilities
        Probability of each, ``(n_scenarios,)``.
    values
        The model's value in each, ``(n_scenarios,)``.
    base_value
        The model's value with every driver at its base.
    expected_value
        Mean of the values, weighted by probability.
    standard_deviation
        Standard deviation of the values under the probabilities (no sample correction).
    reference
        The value that `probability_above` compares with.
    probability_above
        Probability of a value above `reference` (not of one equal to it).
    n_not_finite
        Number of scenarios whose value is NaN or infinite.
    """

    names: tuple[str, ...]
    probabilities: Array
    values: Array
    base_value: float
    expected_value: float
    standard_deviation: float
    reference: float
    probability_above: float
    n_not_finite: int

    def __repr__(self) -> str:
        missing = f", n_not_finite={self.n_not_finite}" if self.n_not_finite else ""
        return (
            f"Scenarios({listed(self.names)}: expected_value={figure(self.expected_value)}, "
            f"standard_deviation={figure(self.standard_deviation)}, "
            f"probability_above={figure(self.probability_above)} of {figure(self.reference)}{missing})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per scenario.

        Returns
        -------
        DataFrame
            Columns probability, value and change_from_base.
        """
        import pandas as pd

        with np.errstate(invalid="ignore"):
            change = self.values - self.base_value
        return pd.DataFrame(
            {"probability": self.probabilities, "value": self.values, "change_from_base": change},
            index=pd.Index(self.names, name="scenario"),
        )


def scenarios(
    model: Model,
    base: Mapping[str, Numeric],
    overrides: Mapping[str, Mapping[str, Numeric]],
    probabilities: Mapping[str, float],
    *,
    reference: float | None = None,
    tolerance: float = 1e-9,
) -> Scenarios:
    """Evaluate a model in named scenarios, and weight its values by their probabilities.

    Parameters
    ----------
    model : callable
        Called as ``model(**drivers)`` with arrays of one row per case, as for `data_table`.
    base : mapping of str to float or array_like
        Base value of every driver: a number, or a path ``(n_periods,)``.
    overrides : mapping of str to mapping
        By scenario, the drivers that differ from the base case and their values; an empty mapping is the
        base case.
    probabilities : mapping of str to float
        Probability of each scenario as a decimal; together 1.
    reference : float, optional
        Value to compare with, such as a price; the base case's by default.
    tolerance : float
        Largest distance of the probabilities' sum from 1. They are not rescaled.

    Returns
    -------
    Scenarios
        Values, expected value, standard deviation and probability. A scenario of NaN or infinite value makes
        those three NaN unless its probability is zero, and is counted.

    Raises
    ------
    InputError
        If `model` or `base` cannot be used (as for `data_table`), `overrides` is empty or not a mapping of
        names to mappings, a scenario names a driver that `base` lacks or gives it another shape, `probabilities` are
        not those of the same scenarios, one is negative, above 1 or NaN, or they do not sum to 1 within
        `tolerance`; `reference` is not a number, or `tolerance` not one from 0 to less than 1. What the model raises reaches the caller with
        a note on how it was called.

    Notes
    -----
    ``E = sum(p v)`` and ``sd = sqrt(sum(p (v - E)**2))``: Damodaran, *Investment Valuation*, on scenario
    analysis; in Excel ``=SUMPRODUCT(p, v)``.

    Examples
    --------
    >>> def perpetuity(flow, growth, wacc):
    ...     return flow / (wacc - growth)
    >>> cases = {"bear": {"growth": 0.0, "wacc": 0.12}, "base": {}, "bull": {"growth": 0.03}}
    >>> found = scenarios(
    ...     perpetuity,
    ...     {"flow": 100.0, "growth": 0.02, "wacc": 0.10},
    ...     cases,
    ...     {"bear": 0.3, "base": 0.5, "bull": 0.2},
    ... )
    >>> found.values.round(1), round(found.expected_value, 2), found.probability_above
    (array([ 833.3, 1250. , 1428.6]), 1160.71, 0.2)
    """
    function, drivers = as_model(model), as_base(base)
    cases = _as_overrides(overrides, drivers)
    weights = _as_probabilities(probabilities, tuple(cases), _as_tolerance(tolerance))
    names = list(dict.fromkeys(name for case in cases.values() for name in case))
    changes = {name: _rows_of(name, cases) for name in names}
    base_value, values = evaluate(function, drivers, changes, len(cases))
    level = base_value if reference is None else _as_number("reference", reference)
    expected, deviation, above = _moments(values, weights, level)
    return Scenarios(
        names=tuple(cases),
        probabilities=weights,
        values=values,
        base_value=base_value,
        expected_value=expected,
        standard_deviation=deviation,
        reference=level,
        probability_above=above,
        n_not_finite=int(np.count_nonzero(~np.isfinite(values))),
    )


def _rows_of(name: str, cases: dict[str, Columns]) -> tuple[Array, Array]:
    changed = [(place, case[name]) for place, case in enumerate(cases.values()) if name in case]
    return np.array([place for place, _ in changed]), np.stack([value for _, value in changed])


def _moments(values: Array, weights: Array, reference: float) -> tuple[float, float, float]:
    """Weight what can happen; what has no probability is left out, whatever its value."""
    possible = weights > 0
    values, weights = values[possible], weights[possible]
    if not np.isfinite(values).all():
        return np.nan, np.nan, np.nan
    with np.errstate(over="ignore"):
        expected = float(values @ weights)
        deviation = float(np.sqrt(((values - expected) ** 2) @ weights))
    above = np.nan if np.isnan(reference) else float(weights[values > reference].sum())
    return expected, deviation, above


def _as_overrides(overrides: object, base: Columns) -> dict[str, Columns]:
    if not isinstance(overrides, Mapping) or not overrides:
        raise InputError(
            "overrides",
            f"expected a dictionary of scenarios, each a dictionary of drivers and values, got {came(overrides)}",
        )
    cases = {}
    for scenario, changes in overrides.items():
        if not isinstance(scenario, str):
            raise InputError("overrides", f"expected names of scenarios as text, got {scenario!r}")
        label = f'overrides["{scenario}"]'
        if not isinstance(changes, Mapping):
            raise InputError(label, f"expected a dictionary by driver, got {type(changes).__name__}")
        known_drivers(label, changes, base)
        cases[scenario] = {
            name: _as_value(f'{label}["{name}"]', value, base[name]) for name, value in changes.items()
        }
    return cases


def _as_value(label: str, value: Numeric, base: Array) -> Array:
    array = as_float(label, value)
    if array.shape != base.shape:
        raise InputError(label, f"expected the shape {base.shape} of its base value, got shape {array.shape}")
    return array


def _as_probabilities(given: object, names: tuple[str, ...], tolerance: float) -> Array:
    if not isinstance(given, Mapping) or set(given) != set(names):
        given_names = ", ".join(map(str, given)) if isinstance(given, Mapping) else type(given).__name__
        raise InputError(
            "probabilities", f"expected one for each scenario ({', '.join(names)}), got {given_names}"
        )
    weights = np.array([_as_number(f'probabilities["{name}"]', given[name]) for name in names])
    for name, weight in zip(names, weights, strict=True):
        if not 0 <= weight <= 1:
            raise InputError(f'probabilities["{name}"]', f"expected a fraction between 0 and 1, got {weight}")
    total = float(weights.sum())
    if not abs(total - 1) <= tolerance:
        raise InputError(
            "probabilities",
            f"expected a sum of 1, got {total:.12g}",
            advice="Give a scenario to what is left over, or divide all by their sum",
        )
    return weights


def _as_tolerance(tolerance: float) -> float:
    value = _as_number("tolerance", tolerance)
    if not 0 <= value < 1:
        raise InputError("tolerance", f"expected a number from 0 to less than 1, got {value}")
    return value


def _as_number(label: str, value: object) -> float:
    array = as_float(label, value)  # type: ignore[arg-type]  # refuses what is not numeric
    if array.ndim:
        raise InputError(label, f"expected one number, got shape {array.shape}")
    return float(array)
