"""How a model is called: which arrays it receives, what it may give back, and how many rows at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, as_count, as_float
from maos_nb.errors import InputError

__all__ = [
    "Columns",
    "Model",
    "as_base",
    "as_driver_values",
    "as_drivers",
    "as_model",
    "as_pair",
    "as_rows_per_call",
    "base_alone",
    "call",
    "call_rows",
    "came",
    "evaluate",
    "expect_same",
    "frozen",
    "is_near_zero",
    "keep_freed_memory",
    "known_drivers",
    "listed",
    "readable",
    "run",
    "scale_of",
    "steps",
]

Model: TypeAlias = Callable[..., npt.ArrayLike]
Columns: TypeAlias = dict[str, Array]

# A DCF of five years keeps some ten arrays of 8 x 5 bytes per row alive: 16,384 rows took the least time,
# half of what one call with a million rows took, and no memory worth the name.
NUMBERS_PER_CALL = 1 << 17
SHORTEST_PATH = 8
FEWEST_ROWS = 256
NEAR_ZERO = 1e-9  # 0.3 - 3 * 0.1 is -5.6e-17: a share of that moves no model, and looks like an answer
NAMES_SHOWN = 5
UNTOUCHED = 1 << 21  # 16 MB of floats: twice that is kept, enough for a DCF; above 32 MB there is no effect


def as_model(model: object) -> Model:
    """Accept anything that can be called."""
    if not callable(model):
        raise InputError(
            "model",
            f"expected a function of keyword arrays, got {type(model).__name__}",
            advice="Give the function itself, without calling it",
        )
    return model


def as_base(base: object) -> Columns:
    """Accept named numbers or paths; give read-only copies, which a model cannot change."""
    if not isinstance(base, Mapping) or not base:
        raise InputError(
            "base",
            f"expected a dictionary of driver names and values, got {came(base)}",
            advice='Give for example {"growth": 0.05, "wacc": 0.09}',
        )
    values = {}
    for name, value in base.items():
        if not isinstance(name, str):
            raise InputError("base", f"expected names of drivers as text, got {name!r}")
        label = f'base["{name}"]'
        try:
            array = as_float(label, value)
        except InputError as error:
            raise InputError(
                label, error.problem, advice="Bind what is not a number with functools.partial"
            ) from None
        if array.size == 0:
            raise InputError(label, f"expected a number or a path, got shape {array.shape}")
        values[name] = frozen(array)
    return values


def as_driver_values(argument: str, given: object, base: Columns) -> dict[str, Any]:
    """Accept a dictionary whose keys are all drivers of `base`, and at least one."""
    if not isinstance(given, Mapping) or not given:
        raise InputError(argument, f"expected a dictionary by driver, got {came(given)}")
    known_drivers(argument, given, base)
    return dict(given)


def known_drivers(argument: str, names: Iterable[object], base: Columns) -> None:
    """Refuse a name that `base` does not have: its base case would be unknown."""
    for name in names:
        if not isinstance(name, str) or name not in base:
            raise InputError(
                argument,
                f"expected names of drivers in base ({', '.join(base)}), got {name!r}",
                advice="Correct the name, or give its base value in base",
            )


def as_drivers(drivers: Iterable[str] | None, base: Columns) -> tuple[str, ...]:
    """Accept names of drivers of `base`, at least one and none twice; None is all of them."""
    if drivers is None:
        return tuple(base)
    if not isinstance(drivers, Iterable):
        raise InputError("drivers", f"expected names of drivers, got {type(drivers).__name__}")
    names = (drivers,) if isinstance(drivers, str) else tuple(drivers)
    known_drivers("drivers", names, base)
    if not names or len(set(names)) < len(names):
        raise InputError("drivers", f"expected at least one name and none twice, got {list(names)}")
    return names


def as_pair(label: str, given: npt.ArrayLike, *, finite: bool = False) -> Array:
    """Accept a low and a higher number."""
    pair = as_float(label, given, finite=finite)
    if pair.shape != (2,):
        raise InputError(label, f"expected a low below a high, got shape {pair.shape}")
    if not pair[0] < pair[1]:
        raise InputError(label, f"expected a low below a high, got {pair[0]:.6g} and {pair[1]:.6g}")
    return pair


def as_rows_per_call(rows_per_call: int | None, base: Columns) -> int:
    """Accept a number of rows, or choose one whose arrays stay in a processor's second-level cache."""
    if rows_per_call is not None:
        return as_count("rows_per_call", rows_per_call)
    longest = max(value.size for value in base.values())
    return max(FEWEST_ROWS, NUMBERS_PER_CALL // max(SHORTEST_PATH, longest))


def readable(array: Array) -> Array:
    """Give a view that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def frozen(array: Array) -> Array:
    """Give a view of a copy that is read-only itself, so that the view cannot be made writable again."""
    owner = array.copy()
    owner.flags.writeable = False
    return owner.view()


def is_near_zero(base: Array) -> bool:
    """Tell whether a base value is zero but for rounding."""
    return bool(np.abs(base).max() < NEAR_ZERO)


def listed(texts: Iterable[str]) -> str:
    """Name the first few, and how many there are more."""
    every = list(texts)
    more = f", {len(every) - NAMES_SHOWN} more" if len(every) > NAMES_SHOWN else ""
    return ", ".join(every[:NAMES_SHOWN]) + more


def keep_freed_memory() -> None:
    """Free a large block that was never touched: glibc then keeps what is freed, for the next call of the model.

    Otherwise it may hand a model's arrays back to the system after each call, and fetching them anew took 60%
    of the time of a process's first table of a million cells; see M_MMAP_THRESHOLD in mallopt(3).
    """
    np.empty(UNTOUCHED)


def steps(length: int, longest: int) -> list[tuple[int, int]]:
    """Cut a length into as few parts as `longest` allows, of nearly equal size."""
    bounds = np.linspace(0, length, math.ceil(length / longest) + 1).round().astype(int).tolist()
    return list(pairwise(bounds))


def call(model: Model, columns: Columns) -> Array:
    """Call the model once with read-only arrays; its result is numeric, of whatever shape."""
    given = {name: readable(column) for name, column in columns.items()}
    try:
        result = model(**given)
    except Exception as error:
        error.add_note(f"raised by the model when called with {_shapes(given)}")
        raise
    try:
        return as_float("model", result)
    except InputError as error:
        raise InputError(
            "model",
            f"{error.problem} as its result",
            advice="Return one number per row, such as dcf(...).enterprise_value",
        ) from None


def call_rows(model: Model, columns: Columns, n_rows: int) -> Array:
    """Call the model with arrays ``(n_rows, ...)``; its result is one number per row."""
    result = call(model, columns)
    if result.shape != (n_rows,):
        raise InputError(
            "model",
            f"expected a result of shape ({n_rows},), one number per row, got shape {result.shape} "
            f"from {_shapes(columns)}",
            advice="Work on the first axis element by element; for a constant return np.full(n, value)",
        )
    return result


def base_alone(model: Model, base: Columns) -> float:
    """Evaluate the base case in a call of its own, with arrays of one row."""
    return float(call_rows(model, {name: value[np.newaxis] for name, value in base.items()}, 1)[0])


def run(model: Model, base: Columns, varied: Columns, n_rows: int, rows_per_call: int) -> Array:
    """Evaluate the model at `n_rows` rows: the columns in `varied`, all else as in `base`."""
    results = np.empty(n_rows)
    for start, stop in steps(n_rows, rows_per_call):
        columns = {
            name: varied[name][start:stop]
            if name in varied
            else np.broadcast_to(value, (stop - start, *value.shape))
            for name, value in base.items()
        }
        results[start:stop] = call_rows(model, columns, stop - start)
    return results


def evaluate(
    model: Model,
    base: Columns,
    changes: Mapping[str, tuple[Any, Array]],
    n_rows: int,
    rows_per_call: int | None = None,
) -> tuple[float, Array]:
    """Evaluate the base case and rows that differ from it in some drivers.

    `changes` gives, by driver, the rows in which it leaves its base value and its values there. Rows that
    equal the base case in every driver get the base case's value itself. The first that does not is evaluated
    alone as well: a mean over rows that lie evenly around the base case would show in no other.
    """
    rows = as_rows_per_call(rows_per_call, base)
    base_value = base_alone(model, base)
    varied = {}
    at_base: BoolArray = np.ones(n_rows + 1, dtype=np.bool_)
    for name, (where, values) in changes.items():
        column = np.repeat(base[name][np.newaxis], n_rows + 1, axis=0)
        column[1:][where] = values
        at_base &= (column == base[name]).reshape(n_rows + 1, -1).all(axis=1)
        column.flags.writeable = False
        varied[name] = column
    results = run(model, base, varied, n_rows + 1, rows)
    scale = scale_of(results)
    expect_same(results[:1], np.array([base_value]), scale)
    for moved in np.flatnonzero(~at_base)[:1]:
        row = {name: column[moved : moved + 1] for name, column in varied.items()}
        expect_same(results[moved : moved + 1], run(model, base, row, 1, 1), scale)
    results[at_base] = base_value
    return base_value, results[1:]


def expect_same(found: Array, expected: Array, scale: float, *, open_grid: bool = False) -> None:
    """Refuse a model that gives other values for the same inputs in another call, rounding aside."""
    with np.errstate(invalid="ignore"):
        near = np.abs(found - expected) <= 1e-6 * np.maximum(np.abs(found), np.abs(expected)) + 1e-9 * scale
    same = near | (found == expected) | (np.isnan(found) & np.isnan(expected))
    if same.all():
        return
    first = int(np.flatnonzero(~same)[0])
    if open_grid:
        raise InputError(
            "model",
            f"expected the value of flat arrays on an open grid too, got {found[first]:.9g} "
            f"and {expected[first]:.9g} for the same drivers",
            advice="Leave open_grid out, or let the model broadcast drivers of shapes such as (n, 1) and (1, m)",
        )
    raise InputError(
        "model",
        f"expected each row to depend on its own inputs alone, got {found[first]:.9g} and "
        f"{expected[first]:.9g} for the same drivers in two calls",
        advice="Do not mix rows (sums or means over the first axis), and draw the same random numbers in each call",
    )


def scale_of(values: Array) -> float:
    """Give the largest finite size among the values."""
    largest = max(float(values.max()), -float(values.min()))
    if math.isfinite(largest):  # spares the copies below, a tenth of the time of a table on an open grid
        return largest
    return float(np.max(np.abs(values), where=np.isfinite(values), initial=0.0))


def _shapes(columns: Columns) -> str:
    return ", ".join(f"{name} {column.shape}" for name, column in columns.items())


def came(value: object) -> str:
    """Say what came where a dictionary was expected."""
    if isinstance(value, Mapping):
        return "an empty one"
    return type(value).__name__
