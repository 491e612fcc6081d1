"""Break-even: the value of a driver at which a model reaches a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, Numeric, as_count, as_float
from maos_nb.analytics._records import figure
from maos_nb.analytics._sensitivity_model import (
    Columns,
    Model,
    as_base,
    as_driver_values,
    as_model,
    as_pair,
    as_rows_per_call,
    evaluate,
    listed,
    run,
)
from maos_nb.analytics._sensitivity_roots import Gaps, IntArray, find_roots
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Breakeven", "BreakevenStatus", "breakeven"]

FEWEST_POINTS = 3
WIDEST = 1e300  # beyond, the steps of the search overflow


class BreakevenStatus(StrEnum):
    """Whether a driver has a break-even value, and why not."""

    CONVERGED = "converged"
    MULTIPLE_ROOTS = "multiple_roots"
    DISCONTINUOUS = "discontinuous"
    NO_ROOT_IN_BRACKET = "no_root_in_bracket"
    NOT_FINITE = "not_finite"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Breakeven:
    """For each driver alone, the values at which a model reaches a target.

    Parameters
    ----------
    names
        The drivers, in the order given.
    value
        The break-even value of each, the one nearest to the base value if there are several, ``(n_drivers,)``:
        the base value itself where that lies in the bracket and is on target. NaN where there is none.
    change
        `value` less the base value, ``(n_drivers,)``.
    roots
        All break-even values in rising order, ``(n_drivers, most roots of any)``, filled up with NaN.
    n_roots
        Number of them, ``(n_drivers,)``.
    status
        ``"converged"`` (one root), ``"multiple_roots"``, ``"discontinuous"`` (the model only jumps over the
        target, in a step or at a pole), ``"not_finite"`` (no root was found, and the model is NaN or infinite in
        part of the bracket), or ``"no_root_in_bracket"``: array of str, ``(n_drivers,)``.
    target
        The value to be reached.
    base_value
        The model's value with every driver at its base.
    n_not_finite
        Number of grid points at which the model is NaN or infinite, ``(n_drivers,)``.
    """

    names: tuple[str, ...]
    value: Array
    change: Array
    roots: Array
    n_roots: IntArray
    status: npt.NDArray[np.str_]
    target: float
    base_value: float
    n_not_finite: IntArray

    def __repr__(self) -> str:
        shown = listed(
            f"{name} {status if np.isnan(value) else figure(value)}"
            + (f" ({count} roots)" if count > 1 else "")
            for name, value, status, count in zip(
                self.names, self.value, self.status, self.n_roots, strict=True
            )
        )
        return f"Breakeven({shown}; target={figure(self.target)}, base_value={figure(self.base_value)})"

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per driver.

        Returns
        -------
        DataFrame
            Columns value, change, n_roots and status.
        """
        import pandas as pd

        columns = ("value", "change", "n_roots", "status")
        return pd.DataFrame(
            {column: getattr(self, column) for column in columns},
            index=pd.Index(self.names, name="driver"),
        )


def breakeven(
    model: Model,
    base: Mapping[str, Numeric],
    brackets: Mapping[str, Numeric],
    *,
    target: float = 0.0,
    points: int = 257,
    rows_per_call: int | None = None,
) -> Breakeven:
    """Find the values of each driver alone at which a model reaches a target.

    Parameters
    ----------
    model : callable
        Called as ``model(**drivers)`` with arrays of one row per case, as for `data_table`.
    base : mapping of str to float or array_like
        Base value of every driver; those to be solved for are single numbers.
    brackets : mapping of str to (low, high)
        By driver, the range in which to look.
    target : float
        The value that the model is to reach.
    points : int
        Number of evenly spaced points at which each bracket is looked at first, at least 3.
    rows_per_call : int, optional
        Most rows in one call of the model, as for `data_table`.

    Returns
    -------
    Breakeven
        Break-even values with a status each. All drivers are searched together. NaN where the model does not
        reach the target in the bracket, or has no finite value there.

    Raises
    ------
    InputError
        If `model` or `base` cannot be used (as for `data_table`), `brackets` is empty, names a driver that
        `base` lacks or whose base value is a path, or is not a finite low below a finite high, at most 1e300 apart; `target` is not
        a finite number; `points` is not a whole number of at least 3; `rows_per_call` not one of at least 1.
        What the model raises reaches the caller with a note on how it was called.

    Notes
    -----
    Excel's Goal Seek, for all roots. A change of sign between neighbouring points brackets a root, which is
    refined by Chandrupatla's method (1997) to some 4 units in the last place; around a point nearest to the
    target, and where values cease to be finite, the model is looked at more closely, so that a target that is
    only touched, or reached just beside a pole, is found too. Two roots between neighbouring points can be
    missed: raise `points`. Roots closer than 6e-8 of the bracket (or of their size) count as one. Where the
    model jumps over the target there is none, unless by less than 1e-6 of the change between neighbouring
    points: a model that rounds its result may do little else than jump. Of a stretch that is all on target the
    outermost points looked at are given.

    Examples
    --------
    >>> def profit(price, volume, unit_cost, fixed_cost):
    ...     return volume * (price - unit_cost) - fixed_cost
    >>> base = {"price": 10.0, "volume": 100.0, "unit_cost": 6.0, "fixed_cost": 300.0}
    >>> found = breakeven(profit, base, {"price": (0, 20), "volume": (0, 200), "unit_cost": (0, 6)})
    >>> found
    Breakeven(price 9, volume 75, unit_cost no_root_in_bracket; target=0, base_value=100)
    >>> found.change
    array([ -1., -25.,  nan])
    """
    function, drivers = as_model(model), as_base(base)
    limits = {
        name: _as_bracket(name, bracket, drivers[name])
        for name, bracket in as_driver_values("brackets", brackets, drivers).items()
    }
    names = tuple(limits)
    goal = _as_target(target)
    rows = as_rows_per_call(rows_per_call, drivers)
    start = np.array([float(drivers[name]) for name in names])
    grid = _grid(np.stack(list(limits.values())), start, as_count("points", points, minimum=FEWEST_POINTS))
    count = grid.shape[1]
    changes = {name: (slice(i * count, (i + 1) * count), grid[i]) for i, name in enumerate(names)}
    base_value, outputs = evaluate(function, drivers, changes, grid.size, rows)
    values = outputs.reshape(grid.shape) - goal
    gaps = _gaps(function, drivers, names, goal, rows)
    row, root, jumps = find_roots(gaps, grid, values, np.full(len(names), abs(goal)))
    on_target = ((grid == start[:, np.newaxis]) & (values == 0)).any(axis=1)
    roots, n_roots = _table(row, root, len(names))
    n_not_finite = np.count_nonzero(~np.isfinite(values), axis=1)
    value = np.where(on_target, start, _nearest(roots, start))
    return Breakeven(
        names=names,
        value=value,
        change=value - start,
        roots=roots,
        n_roots=n_roots,
        status=_statuses(n_roots, np.bincount(jumps, minlength=len(names)), n_not_finite),
        target=goal,
        base_value=base_value,
        n_not_finite=n_not_finite,
    )


def _as_bracket(name: str, bracket: Numeric, base: Array) -> Array:
    if base.ndim:
        raise InputError(
            f'brackets["{name}"]',
            f"expected a driver that is one number, got a base value of shape {base.shape}",
            advice="Let the model take a level, or a shift of the path, and solve for that",
        )
    label = f'brackets["{name}"]'
    pair = as_pair(label, bracket, finite=True)
    if pair[1] / 2 - pair[0] / 2 > WIDEST / 2:
        raise InputError(label, f"expected a width of at most {WIDEST:g}, got {pair[0]:.6g} to {pair[1]:.6g}")
    return pair


def _as_target(target: float) -> float:
    value = as_float("target", target, finite=True)
    if value.ndim:
        raise InputError("target", f"expected one number, got shape {value.shape}")
    return float(value)


def _grid(limits: Array, start: Array, count: int) -> Array:
    """Give rising points over each bracket, with the base value among them if it lies within."""
    low, high = limits[:, :1], limits[:, 1:]
    even = low + (high - low) * np.linspace(0.0, 1.0, count)
    even[:, -1:] = high
    within = np.clip(np.where(np.isfinite(start), start, limits[:, 0]), limits[:, 0], limits[:, 1])
    return np.sort(np.column_stack([even, within]), axis=1)


def _gaps(model: Model, base: Columns, names: tuple[str, ...], target: float, rows: int) -> Gaps:
    """Let a row be a driver: at a point it has that value, and all others their base value."""

    def gaps(row: IntArray, points: Array) -> Array:
        columns = {
            name: np.where(row == place, points, base[name])
            for place, name in enumerate(names)
            if (row == place).any()
        }
        return run(model, base, columns, points.size, rows) - target

    return gaps


def _table(row: IntArray, root: Array, n_drivers: int) -> tuple[Array, IntArray]:
    """Give the roots in a row per driver, filled up with NaN, and their numbers."""
    n_roots = np.bincount(row, minlength=n_drivers)
    roots = np.full((n_drivers, int(n_roots.max())), np.nan)
    roots[row, np.arange(row.size) - np.repeat(np.cumsum(n_roots) - n_roots, n_roots)] = root
    return roots, n_roots


def _nearest(roots: Array, start: Array) -> Array:
    """Give the root nearest to the base value (the lowest, for one that is not known); NaN without roots."""
    if not roots.size:
        return np.full(len(start), np.nan)
    distance = np.abs(roots - np.where(np.isfinite(start), start, roots[:, 0])[:, np.newaxis])
    nearest = np.argmin(np.where(np.isnan(distance), np.inf, distance), axis=1)
    return np.asarray(np.take_along_axis(roots, nearest[:, np.newaxis], axis=1)[:, 0])


def _statuses(n_roots: IntArray, n_jumps: IntArray, n_not_finite: IntArray) -> npt.NDArray[np.str_]:
    return np.select(
        [n_roots > 1, n_roots == 1, n_jumps > 0, n_not_finite > 0],
        [
            BreakevenStatus.MULTIPLE_ROOTS.value,
            BreakevenStatus.CONVERGED.value,
            BreakevenStatus.DISCONTINUOUS.value,
            BreakevenStatus.NOT_FINITE.value,
        ],
        default=BreakevenStatus.NO_ROOT_IN_BRACKET.value,
    )
