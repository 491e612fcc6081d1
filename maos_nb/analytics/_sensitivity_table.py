"""Data tables: a model's value over every combination of some drivers' values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_float
from maos_nb.analytics._records import figure
from maos_nb.analytics._sensitivity_model import (
    Columns,
    Model,
    as_base,
    as_driver_values,
    as_model,
    as_rows_per_call,
    base_alone,
    call,
    call_rows,
    expect_same,
    frozen,
    keep_freed_memory,
    readable,
    run,
    scale_of,
    steps,
)
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DataTable", "data_table", "snapped"]

Box: TypeAlias = tuple[slice, ...]

SAME_PLACE = 1e-12  # np.arange and np.linspace miss a round number by some 1e-16 of the axis' size per step
OPEN_ROWS = 4  # on an open grid only the results are as long as the block, so it may be longer
CORNER_AXES = 4


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DataTable:
    """A model's value over every combination of the values of some drivers.

    Parameters
    ----------
    names
        The varied drivers, one per axis of `results`.
    axes
        The values of each, ``(n_values,)``, or ``(n_values, n_periods)`` for paths.
    results
        The model's value in each cell, ``(n_values of the first driver, of the second, ...)``; read-only.
    base_value
        The model's value with every driver at its base.
    base_position
        Index of the cell with every driver at its base, whose result is `base_value` bit for bit; the first
        one if a value occurs twice. None where a base value does not lie on its axis.
    n_not_finite
        Number of cells that are NaN or infinite.
    """

    names: tuple[str, ...]
    axes: tuple[Array, ...]
    results: Array
    base_value: float
    base_position: tuple[int, ...] | None
    n_not_finite: int

    def __repr__(self) -> str:
        sizes = " x ".join(
            f"{name} ({size})" for name, size in zip(self.names, self.results.shape, strict=True)
        )
        missing = f", n_not_finite={self.n_not_finite}" if self.n_not_finite else ""
        return f"DataTable({sizes}: {figure(self.results)}, base_value={figure(self.base_value)}{missing})"

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with the last driver across and the others down.

        Returns
        -------
        DataFrame
            Rows are labelled by the values of the first driver (of all but the last, if there are more than
            two), columns by those of the last; a table of one driver has one column, ``"value"``. A path is
            labelled by its position.
        """
        import pandas as pd

        labels = [
            pd.Index(axis if axis.ndim == 1 else range(len(axis)), name=name)
            for name, axis in zip(self.names, self.axes, strict=True)
        ]
        if len(labels) == 1:
            return pd.DataFrame({"value": self.results}, index=labels[0])
        rows = labels[0] if len(labels) == 2 else pd.MultiIndex.from_product(labels[:-1])
        return pd.DataFrame(
            self.results.reshape(-1, self.results.shape[-1]), index=rows, columns=labels[-1], copy=True
        )


def data_table(
    model: Model,
    base: Mapping[str, Numeric],
    vary: Mapping[str, Numeric],
    *,
    open_grid: bool = False,
    rows_per_call: int | None = None,
) -> DataTable:
    """Evaluate a model over every combination of some drivers' values: a data table of one to n ways.

    Parameters
    ----------
    model : callable
        Called as ``model(**drivers)`` with every name in `base`, each a read-only float array ``(n,)``, one
        row per case; a driver whose base value is a path arrives as ``(n, n_periods)``. It returns one number
        per row, ``(n,)``, and works element by element along that axis.
    base : mapping of str to float or array_like
        Base value of every driver: a number, or an array such as a path ``(n_periods,)``.
    vary : mapping of str to array_like
        Values of one or more drivers of `base`, ``(n_values,)``, or ``(n_values, n_periods)`` for a path. The
        order of the mapping is the order of the table's axes.
    open_grid : bool
        Call the model with arrays that broadcast instead: of m varied drivers, the k-th arrives with n_k
        values on axis k of m, 1 on the others (a path with its periods after them), every other driver with 1
        on all. It returns an array of m dimensions that broadcasts to the block. What depends on one driver
        alone is then computed once per value, not once per cell: a large table of a DCF takes a quarter of the
        time. Some cells are evaluated in the flat form
        too, and a model that gives them another value is refused.
    rows_per_call : int, optional
        Most rows, or cells, in one call. By default 16,384 (65,536 on an open grid), fewer for paths longer
        than 8, so that intermediate arrays stay in the cache. Less suits a model that needs much memory per row.

    Returns
    -------
    DataTable
        The results, with axes, base value and position. NaN in `base` or `vary` reaches the model, and NaN or
        infinite results stay where they are, and are counted.

    Raises
    ------
    InputError
        If `model` cannot be called, returns something that is not numeric or has the wrong shape, or gives
        another value for the same drivers in another call (rows mixed, or random numbers drawn anew); `base`
        is no mapping of names to numbers or is empty; `vary` is empty, names a driver that `base` lacks, or
        its values do not have the shape ``(n_values, ...)``; `rows_per_call` is not a whole number of at least
        1; or the table does not fit into memory. What the model raises reaches the caller with a note on how it
        was called.

    Notes
    -----
    Excel's Data Table (What-If Analysis), with any number of input cells. An axis value within 1e-12 of the
    base value, relative to the largest on the axis, is taken as the base value itself, unless the axis holds
    the base value or several values are as near: so ``np.linspace`` and ``np.arange`` hit the centre. In cells
    where each driver is at its base the result is `base_value`, from a call with that one row.

    Examples
    --------
    A growing perpetuity; in Excel ``=B1*(1+B2)/(B3-B2)`` with a Data Table over B2 and B3.

    >>> def perpetuity(flow, growth, wacc):
    ...     return flow * (1 + growth) / (wacc - growth)
    >>> base = {"flow": 100.0, "growth": 0.02, "wacc": 0.10}
    >>> table = data_table(perpetuity, base, {"growth": [0.01, 0.02, 0.03], "wacc": [0.09, 0.10]})
    >>> table
    DataTable(growth (3) x wacc (2): 1,122.22 to 1,716.67 (3, 2), base_value=1,275.00)
    >>> table.results.round(1), table.base_position
    (array([[1262.5, 1122.2],
           [1457.1, 1275. ],
           [1716.7, 1471.4]]), (1, 1))
    """
    function, drivers = as_model(model), as_base(base)
    axes, at_base = {}, []
    for name, values in as_driver_values("vary", vary, drivers).items():
        axes[name], positions = snapped(f'vary["{name}"]', values, drivers[name])
        at_base.append(positions)
    grid = _Grid(function, drivers, axes, open_grid=open_grid)
    base_value = base_alone(function, drivers)
    rows = as_rows_per_call(rows_per_call, drivers) * (
        OPEN_ROWS if open_grid and rows_per_call is None else 1
    )
    results = grid.results(rows)
    grid.verify(results, base_value, rows)
    results[np.ix_(*at_base)] = base_value
    return DataTable(
        names=tuple(axes),
        axes=tuple(axes.values()),
        results=readable(results),
        base_value=base_value,
        base_position=tuple(int(places[0]) for places in at_base)
        if all(places.size for places in at_base)
        else None,
        n_not_finite=int(results.size - np.count_nonzero(np.isfinite(results))),
    )


def snapped(label: str, values: Numeric, base: Array) -> tuple[Array, Any]:
    """Coerce values of one driver, with the one next to the base moved onto it, and give its positions."""
    axis = as_float(label, values).copy()
    if axis.ndim != base.ndim + 1 or axis.shape[1:] != base.shape or not axis.size:
        expected = "(n_values,)" if base.ndim == 0 else f"(n_values, {', '.join(map(str, base.shape))})"
        raise InputError(
            label,
            f"expected values of shape {expected}, at least one, got shape {axis.shape}",
            advice="Give a list, also for a single value; a driver whose base is a path takes a list of paths",
        )
    exact = (axis == base).reshape(len(axis), -1).all(axis=1)
    if not exact.any():
        with np.errstate(invalid="ignore"):
            distance = np.abs(axis - base).reshape(len(axis), -1).max(axis=1)
        near = np.asarray(distance <= SAME_PLACE * scale_of(axis))
        if np.count_nonzero(near) == 1:
            axis[near] = base
            exact = near
    return frozen(axis), np.flatnonzero(exact)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The cells of a table, evaluated box by box."""

    model: Model
    base: Columns
    axes: Columns
    open_grid: bool

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(axis) for axis in self.axes.values())

    def results(self, rows: int) -> Array:
        evaluate_box = self._open if self.open_grid else self._flat
        if prod(self.shape) > rows:
            keep_freed_memory()
        results = self._empty()
        for box in _boxes(self.shape, rows):
            results[box] = evaluate_box(box)
        return results

    def _empty(self) -> Array:
        try:
            return np.empty(self.shape)
        except (MemoryError, ValueError) as error:
            sizes = " x ".join(map(str, self.shape))
            raise InputError(
                "vary",
                f"expected a table that fits into memory, got {sizes} cells ({error})",
                advice="Give fewer values, or draw cases at random with simulation.monte_carlo",
            ) from None

    def verify(self, results: Array, base_value: float, rows: int) -> None:
        """Evaluate the base case and the corners together, as rows: they must come out as they did before.

        The first corner comes twice: the mean of all the others is that of a table around the base case.
        """
        corners = list(zip(*_corners(self.shape), strict=True))
        varied = {
            name: np.concatenate([self.base[name][np.newaxis], axis[list(places)]])
            for (name, axis), places in zip(self.axes.items(), corners, strict=True)
        }
        found = np.append(base_value, results[tuple(map(list, corners))])
        again = run(self.model, self.base, varied, found.size, rows)
        scale = scale_of(results)
        expect_same(found[:1], again[:1], scale)
        expect_same(found, again, scale, open_grid=self.open_grid)

    def _flat(self, box: Box) -> Array:
        shape = self._box_shape(box)
        n_rows = prod(shape)
        axes, columns = self._open_axes(box), {}
        for name, value in self.base.items():  # in this order, for models that take what comes
            if name in axes:
                values = np.broadcast_to(axes[name], (*shape, *value.shape))
                columns[name] = values.reshape(n_rows, *value.shape)
            else:
                columns[name] = np.broadcast_to(value, (n_rows, *value.shape))
        return call_rows(self.model, columns, n_rows).reshape(shape)

    def _open(self, box: Box) -> Array:
        shape = self._box_shape(box)
        columns = {name: value[(np.newaxis,) * len(shape)] for name, value in self.base.items()}
        result = call(self.model, columns | self._open_axes(box))
        fits = len(result.shape) == len(shape) and all(
            length in (1, size) for length, size in zip(result.shape, shape, strict=True)
        )
        if not fits:
            raise InputError(
                "model",
                f"expected a result that broadcasts to shape {shape} on an open grid, got shape {result.shape}",
                advice="Let the model broadcast its drivers, or leave open_grid out",
            )
        return result

    def _box_shape(self, box: Box) -> tuple[int, ...]:
        return tuple(part.stop - part.start for part in box)

    def _open_axes(self, box: Box) -> Columns:
        ways = len(box)
        return {
            name: axis[part].reshape(
                *(1,) * place, part.stop - part.start, *(1,) * (ways - place - 1), *axis.shape[1:]
            )
            for place, (part, (name, axis)) in enumerate(zip(box, self.axes.items(), strict=True))
        }


def _boxes(shape: tuple[int, ...], rows: int) -> Iterator[Box]:
    """Cut the table into boxes of at most `rows` cells: whole inner axes, a part of one, single places before."""
    split, inner = len(shape) - 1, 1
    while split > 0 and inner * shape[split] <= rows:
        inner *= shape[split]
        split -= 1
    whole = tuple(slice(0, length) for length in shape[split + 1 :])
    for lead in np.ndindex(shape[:split]):
        single = tuple(slice(place, place + 1) for place in lead)
        for start, stop in steps(shape[split], max(1, rows // inner)):
            yield (*single, slice(start, stop), *whole)


def _corners(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Give the table's corners, the first twice; beyond four ways, those where the later drivers move together."""
    free = min(len(shape), CORNER_AXES)
    yield (0,) * len(shape)
    for ends in product((0, -1), repeat=free):
        yield (*ends, *ends[-1:] * (len(shape) - free))
