"""Derivatives and elasticities of a model at its base case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, Float, Numeric, as_float, unwrap
from maos_nb.analytics._records import figure
from maos_nb.analytics._sensitivity_model import (
    Columns,
    Model,
    as_base,
    as_driver_values,
    as_drivers,
    as_model,
    as_pair,
    evaluate,
    is_near_zero,
    listed,
)
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Elasticity", "elasticity"]

# A central difference errs by about step**2 of truncation and eps / step of rounding: least at eps**(1/3).
DEFAULT_STEP = 6e-6
LARGEST_STEP = 0.1
OFFSETS = np.array([-2.0, -1.0, 1.0, 2.0])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Elasticity:
    """How a model's value answers to a small change of each driver alone.

    Parameters
    ----------
    names
        The drivers, in the order given.
    base
        The base value of each: floats, or arrays for paths.
    elasticity
        ``d ln V / d ln x = (x / V) dV/dx``, ``(n_drivers,)``: the percentage change of the value for one per
        cent of the driver. For a path all of it moves in proportion. NaN for a value of zero.
    derivative
        ``dV/dx``, ``(n_drivers,)``, in units of value per unit of the driver: divide by 100 for the change per
        percentage point of a rate. For a path all of it moves in parallel.
    error
        How far the derivative may be off, ``(n_drivers,)``: half the difference of the derivatives to either
        side, each of second order (for a one-sided method, its difference from the one of first order). Large
        beside `derivative` at a kink or a jump of the model, or where it is computed with too few digits for
        the step. NaN where not known.
    step
        The difference in x on which the derivative rests, ``(n_drivers,)``, in the driver's own unit.
    method
        ``"central"``; ``"forward"`` or ``"backward"`` where the other side is out of bounds or the model has
        no finite value there; ``"none"`` where neither side has two points (array of str, ``(n_drivers,)``).
    base_value
        The model's value V with every driver at its base.
    n_not_finite
        Number of drivers whose derivative or elasticity is NaN or infinite.
    """

    names: tuple[str, ...]
    base: tuple[Float, ...]
    elasticity: Array
    derivative: Array
    error: Array
    step: Array
    method: npt.NDArray[np.str_]
    base_value: float
    n_not_finite: int

    def __repr__(self) -> str:
        shown = listed(
            f"{name} {figure(value)}" for name, value in zip(self.names, self.elasticity, strict=True)
        )
        missing = f", n_not_finite={self.n_not_finite}" if self.n_not_finite else ""
        return f"Elasticity({shown}; base_value={figure(self.base_value)}{missing})"

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per driver.

        Returns
        -------
        DataFrame
            Columns base, elasticity, derivative, error, step and method.
        """
        import pandas as pd

        columns = ("base", "elasticity", "derivative", "error", "step", "method")
        return pd.DataFrame(
            {column: list(getattr(self, column)) for column in columns},
            index=pd.Index(self.names, name="driver"),
        )


def elasticity(
    model: Model,
    base: Mapping[str, Numeric],
    *,
    drivers: Iterable[str] | None = None,
    step: float = DEFAULT_STEP,
    bounds: Mapping[str, Numeric] | None = None,
) -> Elasticity:
    """Estimate derivative and elasticity of a model's value with respect to each driver at the base case.

    Parameters
    ----------
    model : callable
        Called as ``model(**drivers)`` with arrays of one row per case, as for `data_table`.
    base : mapping of str to float or array_like
        Base value of every driver: a number, or a path ``(n_periods,)``.
    drivers : iterable of str, optional
        The drivers to move; all of `base` by default.
    step : float
        Size of the difference relative to the driver's base value (to the largest of a path; absolute for a
        base value below 1e-9 in size, which is taken for zero), above 0 and at most 0.1. The default suits models that are smooth and computed in
        full precision; choose about 1e-3 for one with noise, such as a simulation.
    bounds : mapping of str to (low, high), optional
        Values that a driver must not leave, such as ``{"tax_rate": (0, 1)}``; the model is never called outside.

    Returns
    -------
    Elasticity
        Elasticities, derivatives, the steps and the methods. A NaN base value gives NaN.

    Raises
    ------
    InputError
        If `model` or `base` cannot be used (as for `data_table`), `drivers` is empty, repeats a name or has
        one that `base` lacks, `step` is outside (0, 0.1], or `bounds` names a driver that `base` lacks, is not
        a low below a high, or does not hold the base value. What the model raises reaches the caller with a
        note on how it was called.

    Notes
    -----
    Central: ``(V(x + h) - V(x - h)) / 2h``. One-sided, also of second order: ``(4 V(x + h) - V(x + 2h) - 3 V) / 2h``
    and its mirror. See Press et al., *Numerical Recipes*, 5.7, for the size of the step. At a kink the central
    difference is the mean of the two slopes, and `error` half their difference.

    Examples
    --------
    The perpetuity ``flow / (wacc - growth)`` has the elasticities 1, ``growth / (wacc - growth)`` and
    ``-wacc / (wacc - growth)``.

    >>> def perpetuity(flow, growth, wacc):
    ...     return flow / (wacc - growth)
    >>> found = elasticity(perpetuity, {"flow": 100.0, "growth": 0.02, "wacc": 0.10})
    >>> found
    Elasticity(flow 1, growth 0.25, wacc -1.25; base_value=1,250.00)
    >>> found.derivative.round(3).tolist()
    [12.5, 15625.0, -15625.0]
    """
    function, values = as_model(model), as_base(base)
    names = as_drivers(drivers, values)
    relative = _as_step(step)
    limits = _as_bounds(bounds, values)
    moves = [_parallel(name, values[name], relative) for name in names]
    moves += [_Move(name, values[name], np.float64(relative)) for name in names if values[name].ndim]
    base_value, slopes, errors, methods = _slopes(function, values, moves, limits)
    derivative = slopes[: len(names)]
    answers = _elasticities(names, values, slopes) / (base_value if base_value else np.nan)
    bad = ~(np.isfinite(derivative) & np.isfinite(answers))
    return Elasticity(
        names=names,
        base=tuple(unwrap(values[name]) for name in names),
        elasticity=answers,
        derivative=derivative,
        error=errors[: len(names)],
        step=np.array([move.step for move in moves[: len(names)]]),
        method=methods[: len(names)],
        base_value=base_value,
        n_not_finite=int(np.count_nonzero(bad)),
    )


class _Move(NamedTuple):
    """One driver moved by multiples of `step` times `direction`."""

    name: str
    direction: Array
    step: np.float64


def _parallel(name: str, base: Array, relative: float) -> _Move:
    step = np.float64(relative) * (1.0 if is_near_zero(base) else np.abs(base).max())
    if base.ndim == 0:
        with np.errstate(invalid="ignore"):
            step = np.float64((base + step) - base)  # the difference that x + h makes once rounded
    return _Move(name, np.ones(base.shape), step)


def _slopes(
    model: Model, base: Columns, moves: list[_Move], limits: dict[str, Array]
) -> tuple[float, Array, Array, npt.NDArray[np.str_]]:
    """Differentiate along every move, all points in one batch."""
    count = len(OFFSETS)
    points: dict[str, list[Array]] = {}
    rows: dict[str, list[int]] = {}
    inside = np.ones((len(moves), count), dtype=np.bool_)
    for place, move in enumerate(moves):
        reached, inside[place] = _points(move, base[move.name], limits.get(move.name))
        points.setdefault(move.name, []).append(reached)
        rows.setdefault(move.name, []).extend(range(place * count, (place + 1) * count))
    changes = {name: (np.array(rows[name]), np.concatenate(points[name])) for name in points}
    base_value, outputs = evaluate(model, base, changes, inside.size)
    values = np.where(inside, outputs.reshape(inside.shape), np.nan)
    steps = np.array([move.step for move in moves])
    return base_value, *_differences(values, base_value, steps)


def _points(move: _Move, base: Array, limits: Array | None) -> tuple[Array, BoolArray]:
    """Give the points of a move, with the base in place of those that are out of bounds, and which are in."""
    offsets = (OFFSETS * move.step).reshape(-1, *(1,) * base.ndim)
    with np.errstate(invalid="ignore"):
        points = base + offsets * move.direction
    if limits is None:
        return points, np.ones(len(points), dtype=np.bool_)
    within = ((points >= limits[0]) & (points <= limits[1])).reshape(len(points), -1).all(axis=1)
    return np.where(within.reshape(offsets.shape), points, base), within


def _differences(values: Array, base_value: float, steps: Array) -> tuple[Array, Array, npt.NDArray[np.str_]]:
    """Take the central difference where both sides are there, else the one-sided one of second order."""
    below2, below, above, above2 = values.T
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        candidates = {
            "central": above - below + 0.0 * base_value,  # NaN where the base case itself has no value
            "forward": 4 * above - above2 - 3 * base_value,
            "backward": 3 * base_value - 4 * below + below2,
        }
        found = {name: difference / (2 * steps) for name, difference in candidates.items()}
        errors = [
            np.abs(found["forward"] - found["backward"]) / 2,
            np.abs(found["forward"] - (above - base_value) / steps),
            np.abs(found["backward"] - (base_value - below) / steps),
        ]
    usable = [np.isfinite(slope) for slope in found.values()]
    slope = np.select(usable, list(found.values()), default=np.nan)
    error = np.select(usable, errors, default=np.nan)
    return slope, error, np.select(usable, [np.full(len(steps), name) for name in found], default="none")


def _elasticities(names: tuple[str, ...], base: Columns, slopes: Array) -> Array:
    """Give ``x dV/dx``: from the parallel move of a number, and from the proportional move of a path."""
    scaled = iter(slopes[len(names) :])
    with np.errstate(invalid="ignore", over="ignore"):
        return np.array(
            [
                next(scaled) if base[name].ndim else float(base[name]) * slope
                for name, slope in zip(names, slopes, strict=False)
            ]
        )


def _as_step(step: float) -> float:
    value = as_float("step", step)
    if value.ndim or not 0 < value <= LARGEST_STEP:
        raise InputError("step", f"expected a number above 0 and at most {LARGEST_STEP}, got {step!r}")
    return float(value)


def _as_bounds(bounds: Mapping[str, Numeric] | None, base: Columns) -> dict[str, Array]:
    if bounds is None or (isinstance(bounds, Mapping) and not bounds):
        return {}
    return {
        name: _as_limits(f'bounds["{name}"]', limits, base[name])
        for name, limits in as_driver_values("bounds", bounds, base).items()
    }


def _as_limits(label: str, limits: Any, base: Array) -> Array:
    pair = as_pair(label, limits)
    if ((base < pair[0]) | (base > pair[1])).any():
        raise InputError(
            label,
            f"expected bounds around the base value {figure(base)}, got {pair[0]:.6g} and {pair[1]:.6g}",
        )
    return pair
