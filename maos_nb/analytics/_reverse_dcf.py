"""What a price implies: the value of one driver at which a valuation equals it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray, Float, Numeric, as_count, as_float, unwrap
from maos_nb.analytics._driver_model import DriverModel
from maos_nb.analytics._records import figure
from maos_nb.analytics._sensitivity_model import Model, as_model, call_rows, steps
from maos_nb.analytics._sensitivity_roots import IntArray, find_roots
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Change", "ReverseDcf", "ReverseDcfStatus", "reverse_dcf"]

Change: TypeAlias = Literal["level", "shift", "scale"]

CHANGES = ("level", "shift", "scale")
FEWEST_POINTS = 3
POINTS_PER_BLOCK = 1 << 17
BRACKETS = {
    "growth": (-0.5, 1.0),
    "operating_margin": (-0.5, 1.0),
    "tax_rate": (0.0, 1.0),
    "sales_to_capital": (0.05, 20.0),
    "wacc": (0.0, 1.0),
    "terminal_growth": (-0.5, 0.5),
    "exit_multiple": (0.0, 100.0),
}


class ReverseDcfStatus(StrEnum):
    """Whether a price has an implied driver, and why not."""

    CONVERGED = "converged"
    MULTIPLE_ROOTS = "multiple_roots"
    NOT_BRACKETED = "not_bracketed"
    NOT_FINITE = "not_finite"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReverseDcf:
    """The value of a driver that a price implies; floats for one company, arrays ``(n_companies,)`` for several.

    Parameters
    ----------
    driver
        The driver solved for.
    change
        What `value` is: the driver's level, or what is added to it or what it is multiplied by.
    value
        The implied value, the one nearest to the base if there are several; NaN where there is none.
    status
        ``"converged"`` (one value), ``"multiple_roots"``, ``"not_bracketed"`` (the valuation does not reach the
        target within the bracket) or ``"not_finite"`` (the target is NaN or infinite, or the valuation is so
        all over the bracket): a `ReverseDcfStatus`, or an array of str.
    roots
        All implied values in rising order, ``(..., most of any company)``, filled up with NaN.
    n_roots
        Number of them.
    target
        The price that the valuation was to equal.
    """

    driver: str
    change: Change
    value: Float
    status: Any
    roots: Array
    n_roots: Any
    target: Float

    def __repr__(self) -> str:
        status = np.atleast_1d(self.status)
        found = int(np.count_nonzero(np.atleast_1d(self.n_roots)))
        shown = str(self.status) if np.ndim(self.status) == 0 else f"{found} of {status.size} found"
        by = "" if self.change == "level" else f", change={self.change}"
        return f"ReverseDcf({self.driver}={figure(self.value)}{by}, status={shown})"

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per company.

        Returns
        -------
        DataFrame
            Columns target, value, n_roots and status.
        """
        import pandas as pd

        columns = ("target", "value", "n_roots", "status")
        frame = pd.DataFrame({name: np.atleast_1d(getattr(self, name)) for name in columns})
        return frame.rename(columns={"value": self.driver}).rename_axis(index="company")


def reverse_dcf(
    model: Model,
    base: Mapping[str, Numeric],
    target: Numeric,
    driver: str,
    *,
    bracket: Numeric | None = None,
    change: Change = "level",
    points: int = 129,
) -> ReverseDcf:
    """Find the value of one driver at which a valuation equals a price, for any number of companies at once.

    Parameters
    ----------
    model : callable
        A `driver_model`, or any function of keyword arrays with one row per case that returns one number per
        row, as for the tools of `sensitivity`.
    base : mapping of str to array_like, scalar or shape (n_companies,) or (n_companies or 1, n_periods)
        The other drivers of each company. `driver` itself may be among them: its base value is then what
        `change` refers to, and the root nearest to it (to the mean of a path) is taken. A path of one
        dimension is understood if a `driver_model` knows it as a path.
    target : array_like, scalar or shape (n_companies,)
        What the model is to return: the enterprise value at market, or the price of a share.
    driver : str
        The driver to solve for.
    bracket : array_like, shape (2,) or (n_companies, 2), optional
        Range in which to look, low before high. There is a wide one for the level of growth,
        operating_margin, tax_rate, sales_to_capital, wacc, terminal_growth, exit_multiple and, with a
        `driver_model`, duration (0 to all years); -0.5 to 0.5 for a shift and 0 to 10 for a scale.
    change : {"level", "shift", "scale"}
        Whether the driver takes the value (in all years), or the value is added to its base, or multiplies it.
    points : int
        Number of evenly spaced points at which each bracket is looked at first, at least 3.

    Returns
    -------
    ReverseDcf
        The implied value of each company with a status. NaN where there is none; a NaN driver or target
        leaves its own company without an answer.

    Raises
    ------
    InputError
        If `model` cannot be called, does not return one number per row or refuses a driver; `base` is no
        mapping, or an item is not numeric or has the wrong shape; `driver` has no bracket of its own and none
        is given, or is not in `base` for a shift or a scale; a bracket is not a finite low below a finite
        high; `change` is unknown; `points` is not a whole number of at least 3.

    Notes
    -----
    Rappaport and Mauboussin, *Expectations Investing*. A change of sign between neighbouring points brackets a
    value, which Chandrupatla's method refines; `sensitivity.breakeven` does the same for many drivers of one
    company. Value rises with growth only where new capital earns more than the WACC, so that a price can
    imply two growth rates, or none.

    Examples
    --------
    >>> from maos_nb.analytics.dcf import dcf, driver_model
    >>> held = {"revenue": 1000.0, "operating_margin": 0.2, "tax_rate": 0.25, "sales_to_capital": 2.0, "ronic": 0.12}
    >>> model = driver_model(n_periods=10, **held)
    >>> reverse_dcf(model, {"wacc": 0.09, "terminal_growth": 0.02}, 2500.0, "growth")
    ReverseDcf(growth=0.0651156, status=converged)

    Two companies known by their flows:

    >>> def value(fcf, wacc):
    ...     return dcf(fcf, wacc, terminal_growth=0.02).enterprise_value
    >>> implied = reverse_dcf(value, {"fcf": [[100.0, 110.0], [50.0, 40.0]]}, [1500.0, -5.0], "wacc")
    >>> implied.value.round(4), implied.status
    (array([0.0916,    nan]), array(['converged', 'not_bracketed'], dtype='<U14'))
    """
    if change not in CHANGES:
        raise InputError("change", f"expected one of {', '.join(CHANGES)}, got {change!r}")
    count = as_count("points", points, minimum=FEWEST_POINTS)
    companies = _as_companies(as_model(model), base, target, driver, change)
    limits = _as_bracket(bracket, companies)
    parts = [companies.solve(part, limits[part], count) for part in companies.blocks(count)]
    return _record(companies, parts, scalar=companies.scalar and np.ndim(bracket) < 2)  # type: ignore[arg-type]  # None has none


@dataclass(frozen=True, slots=True)
class _Companies:
    """Companies with their drivers as columns ``(n or 1, ...)``, and the driver to solve for."""

    model: Model
    columns: dict[str, Array]
    target: Array
    driver: str
    change: Change
    base: Array | None
    """Of the driver to solve for, ``(n or 1,)``, or for a path ``(n or 1, n_periods)``."""
    n_periods: int | None
    """Of the driver to solve for, if it is a path."""
    longest: int | None
    """The number of years, if it is known."""
    scalar: bool

    def blocks(self, count: int) -> Iterator[slice]:
        """Take so many companies at once that the first look at them fits in memory."""
        longest = max(1, POINTS_PER_BLOCK // count)
        return (slice(start, stop) for start, stop in steps(len(self.target), longest))

    def gaps(self, row: IntArray, points: Array) -> Array:
        """Value companies, by their numbers, at points, less their targets."""
        drivers = {name: _rows(column, row) for name, column in self.columns.items()}
        drivers[self.driver] = self._changed(row, points)
        return call_rows(self.model, drivers, row.size) - self.target[row]

    def solve(self, part: slice, limits: Array, count: int) -> tuple[IntArray, Array, BoolArray]:
        """Give the company and the value of each root, and which companies have finite values at all."""
        rows = np.arange(part.start, part.stop)
        low, high = limits[:, :1], limits[:, 1:]
        grid = low + (high - low) * np.linspace(0.0, 1.0, count)
        grid[:, -1:] = high
        values = self.gaps(np.repeat(rows, count), grid.ravel()).reshape(grid.shape)
        sizes = np.abs(np.nan_to_num(self.target[part], posinf=0.0, neginf=0.0))
        row, root = find_roots(lambda row, points: self.gaps(row + part.start, points), grid, values, sizes)[
            :2
        ]
        return row + part.start, root, np.asarray(np.isfinite(values).any(axis=1))

    def start(self) -> Array:
        """Give the value that changes nothing, to which a root may be near."""
        if self.change != "level":
            return np.full(len(self.target), 0.0 if self.change == "shift" else 1.0)
        if self.base is None:
            return np.full(len(self.target), -np.inf)
        level = self.base if self.base.ndim == 1 else self.base.mean(axis=1)
        return np.broadcast_to(level, self.target.shape)

    def _changed(self, row: IntArray, points: Array) -> Array:
        moved = points if self.n_periods is None else points[:, np.newaxis]
        if self.change == "level" or self.base is None:
            shape = points.shape if self.n_periods is None else (points.size, self.n_periods)
            return np.broadcast_to(moved, shape)
        base = _rows(self.base, row)
        return base + moved if self.change == "shift" else base * moved


def _as_companies(
    model: Model, base: Mapping[str, Numeric], target: Numeric, driver: str, change: Change
) -> _Companies:
    if not isinstance(base, Mapping):
        raise InputError("base", f"expected a dictionary by driver, got {type(base).__name__}")
    paths = model.settings.paths if isinstance(model, DriverModel) else ()
    columns, scalar = {}, True
    for name, value in base.items():
        array = as_float(f'base["{name}"]', value)
        shared = array.ndim == 0 or (array.ndim == 1 and name in paths)
        columns[name] = array[np.newaxis] if shared else array
        scalar = scalar and shared
    goal = as_float("target", target)
    if goal.ndim > 1:
        raise InputError("target", f"expected one price or one per company, got shape {goal.shape}")
    n_companies = _one_length({"target": np.atleast_1d(goal), **columns})
    own = columns.pop(driver, None)
    if own is None and change != "level":
        raise InputError("base", f"expected a base value of {driver} to {change}, got none")
    longest = model.settings.n_periods if isinstance(model, DriverModel) else None
    lengths = [columns[name].shape[-1] for name in paths if name in columns]
    longest = longest or next(iter(lengths), None)
    own_length = own.shape[-1] if own is not None and own.ndim > 1 else None
    return _Companies(
        model=model,
        columns=columns,
        target=np.broadcast_to(goal, (n_companies,)),
        driver=driver,
        change=change,
        base=own,
        n_periods=own_length or (longest if driver in paths else None),
        longest=longest,
        scalar=scalar and goal.ndim == 0,
    )


def _one_length(columns: dict[str, Array]) -> int:
    lengths = {name: len(column) for name, column in columns.items() if len(column) != 1}
    if len(set(lengths.values())) > 1 or 0 in lengths.values():
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(
            " and ".join(lengths),
            f"expected one number of companies, at least 1, got {shown}",
            advice="Give a path that all companies share as (1, n_periods)",
        )
    return next(iter(lengths.values()), 1)


def _rows(column: Array, row: IntArray) -> Array:
    return column[row] if len(column) > 1 else np.broadcast_to(column, (row.size, *column.shape[1:]))


def _as_bracket(bracket: Numeric | None, companies: _Companies) -> Array:
    n_companies = len(companies.target)
    limits = as_float("bracket", _usual_bracket(companies) if bracket is None else bracket, finite=True)
    if limits.shape not in {(2,), (1, 2), (n_companies, 2)}:
        raise InputError("bracket", f"expected (low, high), or one per company, got shape {limits.shape}")
    if not (limits[..., 0] < limits[..., 1]).all():
        raise InputError("bracket", f"expected a low below a high, got {limits.tolist()}")
    return np.broadcast_to(limits, (n_companies, 2))


def _usual_bracket(companies: _Companies) -> tuple[float, float]:
    if companies.change != "level":
        return (-0.5, 0.5) if companies.change == "shift" else (0.0, 10.0)
    if companies.driver == "duration" and companies.longest is not None:
        return 0.0, float(companies.longest)
    if companies.driver not in BRACKETS:
        raise InputError(
            "bracket",
            f"expected a range for {companies.driver}, got none",
            advice=f"There is one for {', '.join(BRACKETS)} only; give bracket=(low, high)",
        )
    return BRACKETS[companies.driver]


def _record(
    companies: _Companies, parts: list[tuple[IntArray, Array, BoolArray]], *, scalar: bool
) -> ReverseDcf:
    row, root, known = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    n_companies = len(companies.target)
    n_roots = np.bincount(row, minlength=n_companies)
    roots = np.full((n_companies, int(n_roots.max())), np.nan)
    roots[row, np.arange(row.size) - np.repeat(np.cumsum(n_roots) - n_roots, n_roots)] = root
    status = np.select(
        [n_roots > 1, n_roots == 1, known & np.isfinite(companies.target)],
        [
            ReverseDcfStatus.MULTIPLE_ROOTS.value,
            ReverseDcfStatus.CONVERGED.value,
            ReverseDcfStatus.NOT_BRACKETED.value,
        ],
        default=ReverseDcfStatus.NOT_FINITE.value,
    )
    value = _nearest(roots, companies.start())
    if scalar:
        value, n_roots, roots = value[0], n_roots[0], roots[0]
    return ReverseDcf(
        driver=companies.driver,
        change=companies.change,
        value=unwrap(np.asarray(value)),
        status=ReverseDcfStatus(str(status[0])) if scalar else status,
        roots=roots,
        n_roots=unwrap(np.asarray(n_roots)),
        target=float(companies.target[0]) if scalar else companies.target,
    )


def _nearest(roots: Array, start: Array) -> Array:
    """Give of each row the root nearest to its start, the lowest where that is unknown."""
    if roots.shape[1] == 0:
        return np.full(len(roots), np.nan)
    known = np.isfinite(start)[:, np.newaxis]
    distance = np.abs(roots - np.where(known, start[:, np.newaxis], roots[:, :1]))
    place = np.argmin(np.where(np.isnan(distance), np.inf, distance), axis=1)
    return np.asarray(roots[np.arange(len(roots)), place])
