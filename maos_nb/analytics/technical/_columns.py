"""The door of indicators: any table of observations as one array, and results back in the same kind with its labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, as_float
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Columns",
    "Observations",
    "PriceRecord",
    "alike",
    "as_columns",
    "as_same_columns",
    "check_order",
    "of_record",
    "refuse_infinite",
]


class PriceRecord(Protocol):
    """What `Ohlcv` is to the doors: checked prices by name."""

    @property
    def _columns(self) -> Mapping[str, Columns]:
        """The prices, and the volumes if there are any."""
        ...


Observations: TypeAlias = "pd.DataFrame | pd.Series[float] | npt.ArrayLike | PriceRecord"
"""Observations down, assets across; a Series or a 1-D array is one asset, and a record stands for its prices."""

_Kind: TypeAlias = Literal["series", "frame", "vector", "matrix"]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Observations of several assets, each asset's in one piece.

    Parameters
    ----------
    array : ndarray, shape (n_assets, n_observations)
        C-contiguous: the transpose of what came, as which a DataFrame mostly holds it, so that nothing is copied.
        Not to be written to.
    kind, index, columns
        What came, and its labels.
    """

    array: Array
    kind: _Kind
    index: Any = None
    columns: Any = None

    @property
    def shape(self) -> tuple[int, int]:
        """Assets and observations."""
        return self.array.shape[0], self.array.shape[1]

    def empty(self) -> Array:
        """Give room for a result ``(n_assets, n_observations)``, not yet filled."""
        return np.empty(self.array.shape)

    def restore(self, result: npt.NDArray[Any]) -> Any:
        """Give a result ``(n_assets, n_observations)`` as what came, with its labels; nothing is copied."""
        if self.kind == "vector":
            return result[0]
        if self.kind == "matrix":
            return result.T
        import pandas as pd

        if self.kind == "series":
            return pd.Series(result[0], index=self.index, name=self.columns, copy=False)
        return pd.DataFrame(result.T, index=self.index, columns=self.columns, copy=False)

    def place(self, asset: int, observation: int) -> str:
        """Say in words where an observation stands."""
        where = f"row {observation if self.index is None else _shown(self.index[observation])}"
        if self.kind == "frame":
            return f"{where}, column {self.columns[asset]!r}"
        return where if self.kind != "matrix" else f"{where}, column {asset}"


def as_columns(name: str, given: Observations) -> Columns:
    """Take a Series, a DataFrame, or an array of one or two dimensions, or the closes of a record; NaN is a gap.

    Raises
    ------
    InputError
        For anything but numbers, more dimensions, and infinite values: an infinite price is no gap and no price; and
        for dates out of order or twice, naming the first such row.
    """
    record = of_record(given)
    if record is not None:
        return record["close"]
    held = _ordered(name, given)
    refuse_infinite(name, held)
    return held


def as_same_columns(**given: Observations) -> tuple[Columns, ...]:
    """Take several tables with the same observations and assets.

    Raises
    ------
    InputError
        For each as `as_columns` does; and if two of them differ in kind, shape or labels, saying where.
    """
    columns = alike(given)
    for name, held in zip(given, columns, strict=True):
        refuse_infinite(name, held)
    return columns


def of_record(given: object) -> Mapping[str, Columns] | None:
    """Give what an `Ohlcv` record holds by the names of its fields, checked already; None for anything else."""
    # Asked of its class: a DataFrame gives its columns as attributes, whatever they are called.
    return given._columns if hasattr(type(given), "_columns") else None  # type: ignore[attr-defined]


def alike(given: Mapping[str, Observations]) -> tuple[Columns, ...]:
    """Take several tables as `as_same_columns` does, but for infinite values, which the caller sees to."""
    columns = tuple(_ordered(name, table) for name, table in given.items())
    first_name = next(iter(given))
    for name, other in zip(given, columns, strict=True):
        _check_same(first_name, columns[0], name, other)
    return columns


def refuse_infinite(name: str, held: Columns) -> None:
    """Raise at an infinite value, saying where the first of them stands."""
    if not np.isinf(held.array).any():
        return
    row, asset = map(int, np.argwhere(np.isinf(held.array.T))[0])
    raise InputError(
        name,
        f"expected finite numbers or NaN, got {held.array[asset, row]} at {held.place(asset, row)}",
        advice="Put NaN where there is no observation",
    )


def check_order(name: str, columns: Columns) -> None:
    """Raise where an observation does not come after the one before it."""
    index = columns.index
    if index is None or (index.is_monotonic_increasing and index.is_unique):
        return
    if getattr(index, "nlevels", 1) > 1:
        raise InputError(
            name,
            f"expected one label a row, got {index.nlevels} levels",
            advice="Give one row a date and one column an asset",
        )
    row = next(i for i in range(len(index)) if index[i] != index[i] or (i and not index[i] > index[i - 1]))
    label, before = _shown(index[row]), _shown(index[row - 1])
    if index[row] != index[row]:
        problem = "has no date"
    else:
        problem = f"is {label}, " + ("as the one before" if label == before else f"after {before}")
    raise InputError(
        name,
        f"expected rows in the order of time, each once, but row {row} {problem}",
        advice="Turn text into dates, sort by them, and drop those that come twice",
    )


def _ordered(name: str, given: Any) -> Columns:
    held = _held(name, given)
    if type(held.index).__name__ in ("DatetimeIndex", "PeriodIndex"):
        check_order(name, held)
    return held


def _held(name: str, given: Any) -> Columns:
    # Told by its name, so that pandas is not imported for arrays.
    kind = type(given).__name__
    if kind == "DataFrame":
        return Columns(_across(_numbers(name, given)), "frame", given.index, given.columns)
    if kind == "Series":
        return Columns(_across(_numbers(name, given)), "series", given.index, given.name)
    array = as_float(name, given)
    if array.ndim not in (1, 2):
        raise InputError(
            name, f"expected one or two dimensions, (n_observations, n_assets), got shape {array.shape}"
        )
    return Columns(_across(array), "matrix" if array.ndim == 2 else "vector")


def _across(array: Array) -> Array:
    across = array.T if array.ndim == 2 else array[np.newaxis]
    return _unlocked(np.ascontiguousarray(across))


def _shown(label: Any) -> str:
    return str(label).removesuffix(" 00:00:00")


def _unlocked(array: Array) -> Array:
    """Give a view without the mark that it is not to be written to, which nothing here does.

    Kernels are compiled for each kind of array, and what pandas hands out has that mark, what NumPy makes has not.
    """
    return array if array.flags.writeable else np.asarray(_Unlocked(array))


class _Unlocked:
    def __init__(self, array: Array) -> None:
        address, _ = array.__array_interface__["data"]
        self.__array_interface__ = {**array.__array_interface__, "data": (address, False)}
        self.array = array  # lives as long as the view


def _numbers(name: str, given: Any) -> Array:
    raw = given.to_numpy()
    if raw.dtype == object:
        kinds = {kind.kind for kind in (given.dtypes if given.ndim == 2 else [given.dtype])}
        if kinds <= set("iuf"):  # pandas' own kinds of numbers have a missing value of their own
            raw = given.to_numpy(dtype=np.float64, na_value=np.nan)
    return as_float(name, raw)


def _check_same(first_name: str, first: Columns, name: str, other: Columns) -> None:
    both = f"{first_name} and {name}"
    if first.kind != other.kind or first.shape != other.shape:
        raise InputError(
            both,
            f"expected the same observations and assets, got a {first.kind} {first.shape[::-1]} and "
            f"a {other.kind} {other.shape[::-1]}",
        )
    _check_labels(both, "row", first.index, other.index)
    if first.kind == "frame":  # a Series of highs has another name than one of lows
        _check_labels(both, "column", first.columns, other.columns)


def _check_labels(both: str, what: str, mine: Any, theirs: Any) -> None:
    if mine is theirs or mine.equals(theirs):
        return
    place = next(i for i in range(len(mine)) if mine[i] != theirs[i])
    raise InputError(both, f"expected the same {what}s, {what} {place} is {mine[place]} and {theirs[place]}")
