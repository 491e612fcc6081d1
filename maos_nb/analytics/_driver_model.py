"""A valuation from drivers as a function of arrays: one number per case, at the speed of the cache.

The formulas are those of `project_drivers`, `dcf` and `equity_bridge`; only the order of work differs. A
block of cases goes through all years before the next block is looked at, and only the running sums are
kept, so that a million cases need no more memory than their drivers and their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_float
from maos_nb.analytics._discounted_cash_flow import nan_for_infinite
from maos_nb.analytics._discounting import Timing, discounting
from maos_nb.analytics._driver_dcf import bridged
from maos_nb.analytics._driver_inputs import (
    DRIVERS,
    DriverInputs,
    Settings,
    TerminalMetric,
    as_inputs,
    as_settings,
    last_metric,
)
from maos_nb.analytics._periods import periods_first
from maos_nb.analytics._projection import TaxLosses, year_figures
from maos_nb.analytics._terminal_methods import horizon_value
from maos_nb.errors import InputError

__all__ = ["DriverModel", "Output", "driver_model"]

Output: TypeAlias = Literal["enterprise_value", "equity_value", "value_per_share"]

OUTPUTS = ("enterprise_value", "equity_value", "value_per_share")
CASES_PER_BLOCK = 1 << 14
WHOLE_YEAR = np.ones(())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DriverModel:
    """A valuation as a function of driver arrays; made by `driver_model`, and called as ``model(**drivers)``.

    Parameters
    ----------
    output
        Which figure it returns.
    settings
        Paths, number of periods and conventions.
    held
        Drivers that stay as they are in every call.
    """

    output: Output
    settings: Settings
    held: Mapping[str, Array]

    def __call__(self, **drivers: Numeric) -> Array:
        """Value every case: one number per case, in the shape that all drivers broadcast to."""
        twice = [name for name in drivers if name in self.held]
        if twice:
            raise InputError(
                twice[0], "expected a driver that the model does not hold, got another value for it"
            )
        inputs = as_inputs({**self.held, **drivers}, self.settings)
        enterprise = _enterprise_value(inputs)
        if self.output == "enterprise_value":
            return enterprise
        return np.asarray(getattr(bridged(enterprise, inputs), self.output))

    def __repr__(self) -> str:
        held = "".join(f", {name}" for name in self.held)
        return (
            f"DriverModel({self.output}, n_periods={self.settings.n_periods}{held and '; held: ' + held[2:]})"
        )


def driver_model(
    output: Output = "enterprise_value",
    *,
    paths: str | Iterable[str] = (),
    n_periods: int | None = None,
    timing: Timing = "end",
    tax_losses: TaxLosses = "none",
    terminal_metric: TerminalMetric = "ebit",
    **held: Numeric,
) -> DriverModel:
    """Make a valuation from drivers into a model for sensitivity, simulation and `reverse_dcf`.

    Parameters
    ----------
    output : {"enterprise_value", "equity_value", "value_per_share"}
        The figure that the model returns.
    paths, n_periods, timing, tax_losses, terminal_metric
        As for `dcf_from_drivers`.
    **held : array_like
        Drivers that are the same in every call, as for `dcf_from_drivers`.

    Returns
    -------
    DriverModel
        A function ``model(**drivers)`` of the other drivers: arrays ``(n,)``, or of any axes that broadcast,
        with the periods on one more axis for those in `paths`. It returns one number per case, NaN where a
        needed driver is NaN or the WACC is not above the terminal growth, and equals `dcf_from_drivers` to the
        last bit.

    Raises
    ------
    InputError
        If `output`, a driver or a setting is unknown, a name in `paths` cannot be a path, `n_periods` is not a
        whole number of at least 1, or a held driver is not numeric. Calls raise what `dcf_from_drivers`
        raises, and for a driver that is held.

    Notes
    -----
    Blocks of some 16,000 cases are taken through all years, so that the work stays in the processor's cache;
    what depends on one axis of an open grid alone, such as flows that do not depend on the WACC, is worked out
    once per value on it.

    Examples
    --------
    >>> model = driver_model(
    ...     "value_per_share", n_periods=10, tax_rate=0.25, sales_to_capital=2.0, terminal_growth=0.02, shares=50.0
    ... )
    >>> model
    DriverModel(value_per_share, n_periods=10; held: tax_rate, sales_to_capital, terminal_growth, shares)
    >>> model(revenue=1000.0, growth=[0.04, 0.05], operating_margin=0.2, wacc=[0.09, 0.02]).round(3)
    array([44.214,    nan])
    """
    if output not in OUTPUTS:
        raise InputError("output", f"expected one of {', '.join(OUTPUTS)}, got {output!r}")
    for name in held:
        if name not in DRIVERS:
            raise InputError(name, f"expected a driver out of {', '.join(DRIVERS)}, got {name!r}")
    settings = as_settings(paths, n_periods, timing, tax_losses, terminal_metric)
    return DriverModel(output, settings, {name: as_float(name, value) for name, value in held.items()})


def _enterprise_value(inputs: DriverInputs) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if not inputs.shape:
            return _value_of_block(inputs)
        value = np.empty(inputs.shape)
        for index, block in _blocks(inputs):
            value[index] = _value_of_block(block)
    return value


def _blocks(inputs: DriverInputs) -> Iterator[tuple[Any, DriverInputs]]:
    """Cut the cases along their longest axis."""
    axis = int(np.argmax(inputs.shape))
    length = inputs.shape[axis]
    across = int(np.prod(inputs.shape)) // max(length, 1)
    step = max(1, CASES_PER_BLOCK // max(across, 1))
    for start in range(0, length, step):
        where = slice(start, start + step)
        yield (slice(None),) * axis + (where,), inputs.part(axis, where)


def _value_of_block(inputs: DriverInputs) -> Array:
    inputs = inputs.with_duration()
    leading = len(inputs.shape)
    drivers = {name: _by_year(array, leading) for name, array in inputs.projection.items()}
    growth = 1.0 + drivers.pop("growth")
    path = "wacc" in inputs.settings.paths
    discount = discounting(
        inputs.wacc, inputs.n_periods, path=path, timing=inputs.settings.timing, stub=WHOLE_YEAR
    )
    refund = inputs.settings.tax_losses == "refund"
    level, year, total = inputs.revenue, {}, np.zeros(())
    for period in range(inputs.n_periods):
        before, level = level, level * _at(growth, period)
        now = {name: _at(array, period) for name, array in drivers.items()}
        year = year_figures(level, level - before, now, refund=refund)
        present = np.asarray(year["free_cash_flow"] * discount.factors[period])
        total = np.add(total, present, out=total if period else present)
    method = inputs.method._replace(
        metric=last_metric(inputs.settings.terminal_metric, year.__getitem__),
        nopat=None if inputs.method.ronic is None else year["nopat"],
    )
    terminal = horizon_value(method, year["free_cash_flow"], discount.last_rate, scalar=not leading)
    factor = discount.horizon if method.growth is None else discount.horizon * discount.half_year
    return nan_for_infinite(np.asarray(total + terminal * factor))


def _by_year(array: Array, leading: int) -> Array:
    """Give a driver with the periods first, one of them if it is held."""
    if array.ndim == leading:
        return array[np.newaxis]
    return np.ascontiguousarray(periods_first(array, leading))


def _at(array: Array, period: int) -> Array:
    return np.asarray(array[period if len(array) > 1 else 0])
