"""The drivers of a valuation by name: what they are called, which axes they have, and what they may be.

Arrays hold one row per case (a company, a scenario, a draw), or whatever axes broadcast; only the drivers
named in `paths` have one more axis behind those, the periods. Nothing is guessed from lengths: ten growth
rates for ten cases and a path of ten years look alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_amount, as_count, as_float, broadcast_shape
from maos_nb.analytics._discounting import Timing, as_rates, as_timing
from maos_nb.analytics._projection import TaxLosses, as_projection_drivers, as_tax_losses
from maos_nb.analytics._terminal_methods import TerminalMethod, as_terminal_method
from maos_nb.errors import InputError

__all__ = [
    "BRIDGE",
    "DRIVERS",
    "PATHS",
    "DriverInputs",
    "Settings",
    "TerminalMetric",
    "as_inputs",
    "as_settings",
    "last_metric",
]

TerminalMetric: TypeAlias = Literal["revenue", "ebit", "ebitda", "nopat"]

PROJECTION = (
    "growth",
    "operating_margin",
    "tax_rate",
    "sales_to_capital",
    "depreciation",
    "capital_expenditure",
    "working_capital",
)
PATHS = (*PROJECTION, "wacc")
TERMINAL = ("terminal_growth", "exit_multiple", "ronic", "initial_growth", "half_life")
BRIDGE = (
    "cash",
    "investments",
    "debt",
    "leases",
    "minority_interest",
    "preferred",
    "pension_deficit",
    "shares",
    "options",
    "option_strike",
)
REQUIRED = ("revenue", "growth", "operating_margin", "tax_rate", "wacc")
DRIVERS = ("revenue", *PATHS, *TERMINAL, "duration", *BRIDGE)
METRICS = ("revenue", "ebit", "ebitda", "nopat")
ANY = np.ones(())


@dataclass(frozen=True, slots=True)
class Settings:
    """What is no driver: which drivers are paths, and how things are done."""

    paths: tuple[str, ...]
    n_periods: int | None
    timing: Timing
    tax_losses: TaxLosses
    terminal_metric: TerminalMetric


@dataclass(frozen=True, slots=True)
class DriverInputs:
    """Validated drivers, all with the same number of leading axes, paths with the periods behind them.

    The terminal method's metric and NOPAT are not known before the projection, and stand at 1.
    """

    settings: Settings
    n_periods: int
    shape: tuple[int, ...]
    revenue: Array
    projection: dict[str, Array]
    wacc: Array
    method: TerminalMethod
    duration: Array | None
    bridge: dict[str, Array]

    def is_path(self, name: str) -> bool:
        """Whether a driver has an axis of periods; growth gets one from a duration."""
        return name in self.settings.paths or (name == "growth" and self.duration is not None)

    def with_duration(self) -> DriverInputs:
        """Turn a growth that lasts for a duration into a path that ends at the terminal growth."""
        if self.duration is None or self.method.growth is None:
            return self
        growth = self.projection["growth"]
        if "growth" not in self.settings.paths:
            growth = growth[..., np.newaxis]
        # Year by year the share of the year for which the growth still lasts: 1, ..., 1, a fraction, 0, ...
        lasting = np.clip(self.duration[..., np.newaxis] - np.arange(self.n_periods), 0.0, 1.0)
        with np.errstate(invalid="ignore"):
            path = growth * lasting + self.method.growth[..., np.newaxis] * (1.0 - lasting)
        return replace(self, projection=self.projection | {"growth": path})

    def part(self, axis: int, where: slice) -> DriverInputs:
        """Take some of the cases along one axis."""
        index = (slice(None),) * axis + (where,)

        def taken(array: Array) -> Array:
            return array if array.shape[axis] == 1 else array[index]

        sizes = range(*where.indices(self.shape[axis]))
        return replace(
            self,
            shape=(*self.shape[:axis], len(sizes), *self.shape[axis + 1 :]),
            revenue=taken(self.revenue),
            projection={name: taken(array) for name, array in self.projection.items()},
            wacc=taken(self.wacc),
            method=TerminalMethod(*(None if array is None else taken(array) for array in self.method)),
            duration=None if self.duration is None else taken(self.duration),
        )


def last_metric(name: TerminalMetric, last_year: Callable[[str], Array]) -> Array:
    """Give the last year's figure that multiples refer to."""
    if name == "ebitda":
        return np.asarray(last_year("ebit") + last_year("depreciation"))
    return last_year(name)


def as_settings(
    paths: str | Iterable[str],
    n_periods: int | None,
    timing: Timing,
    tax_losses: TaxLosses,
    metric: TerminalMetric,
) -> Settings:
    """Accept settings; `paths` is one name or several."""
    names = (paths,) if isinstance(paths, str) else tuple(paths)
    for name in names:
        if name not in PATHS:
            raise InputError("paths", f"expected names out of {', '.join(PATHS)}, got {name!r}")
    if metric not in METRICS:
        raise InputError("terminal_metric", f"expected one of {', '.join(METRICS)}, got {metric!r}")
    count = None if n_periods is None else as_count("n_periods", n_periods)
    return Settings(names, count, as_timing(timing), as_tax_losses(tax_losses), metric)


def as_inputs(given: Mapping[str, Numeric], settings: Settings) -> DriverInputs:
    """Accept drivers by name, in their ranges, and bring their axes in line."""
    _expect_known(given)
    arrays = {name: as_float(name, value) for name, value in given.items()}
    paths = {name: arrays[name] for name in settings.paths if name in arrays}
    n_periods = _number_of_periods(paths, settings)
    shape = broadcast_shape(
        **{name: array[..., 0] if name in paths else array for name, array in arrays.items()}
    )
    arrays = {name: _aligned(array, len(shape) + (name in paths)) for name, array in arrays.items()}
    named = {name: arrays[name] for name in PROJECTION if name in arrays}
    duration = as_amount("duration", arrays["duration"]) if "duration" in arrays else None
    method = _as_method(arrays, settings.terminal_metric, len(shape))
    if duration is not None and method.growth is None:
        raise InputError(
            "duration", "expected terminal_growth, to which growth falls after it, got an exit_multiple"
        )
    return DriverInputs(
        settings=settings,
        n_periods=n_periods,
        shape=shape,
        revenue=as_amount("revenue", arrays["revenue"]),
        projection=as_projection_drivers(**named),
        wacc=as_rates("wacc", arrays["wacc"]),
        method=method,
        duration=duration,
        bridge={name: as_amount(name, arrays[name]) for name in BRIDGE if name in arrays},
    )


def _expect_known(given: Mapping[str, Numeric]) -> None:
    for name in given:
        if name not in DRIVERS:
            raise InputError(str(name), f"expected a driver out of {', '.join(DRIVERS)}, got {name!r}")
    missing = [name for name in REQUIRED if name not in given]
    if missing:
        raise InputError(
            " and ".join(missing), f"expected all of {', '.join(REQUIRED)}, got none for {', '.join(missing)}"
        )


def _number_of_periods(paths: dict[str, Array], settings: Settings) -> int:
    for name, array in paths.items():
        if array.ndim == 0:
            raise InputError(name, f"expected a path with the periods on its last axis, got {array}")
    lengths = {} if settings.n_periods is None else {"n_periods": settings.n_periods}
    lengths |= {name: array.shape[-1] for name, array in paths.items()}
    if not lengths:
        raise InputError(
            "n_periods",
            "expected the number of years, as no driver is named in paths",
            advice='Give n_periods=10, or a path such as growth=[0.08, 0.07, 0.06] with paths="growth"',
        )
    if len(set(lengths.values())) > 1 or 0 in lengths.values():
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(" and ".join(lengths), f"expected one number of periods, at least 1, got {shown}")
    return next(iter(lengths.values()))


def _aligned(array: Array, dimensions: int) -> Array:
    return array.reshape((1,) * (dimensions - array.ndim) + array.shape)


def _as_method(arrays: dict[str, Array], metric: TerminalMetric, dimensions: int) -> TerminalMethod:
    if metric == "ebitda" and "depreciation" not in arrays:
        raise InputError(
            "terminal_metric", 'expected "ebitda" with depreciation only, got it without', advice='Use "ebit"'
        )
    unknown = _aligned(ANY, dimensions)
    return as_terminal_method(
        arrays.get("terminal_growth"),
        arrays.get("exit_multiple"),
        unknown,
        ronic=arrays.get("ronic"),
        nopat_last=unknown if "ronic" in arrays else None,
        initial_growth=arrays.get("initial_growth"),
        half_life=arrays.get("half_life"),
    )
