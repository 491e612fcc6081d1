"""One driver at a time: the tornado of low and high values, and the spider of relative changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from maos_nb.analytics._arrays import Array, Float, Numeric, as_float, unwrap
from maos_nb.analytics._records import figure
from maos_nb.analytics._sensitivity_model import (
    Model,
    as_base,
    as_driver_values,
    as_drivers,
    as_model,
    as_rows_per_call,
    evaluate,
    is_near_zero,
    listed,
    readable,
)
from maos_nb.analytics._sensitivity_table import snapped
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Spider", "Tornado", "spider", "tornado"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tornado:
    """What each driver alone does to a model's value between its low and its high; widest swing first.

    Parameters
    ----------
    names
        The drivers, by swing, widest first; equal swings in the order given, swings of NaN last.
    low_input, high_input
        The two values of each driver: floats, or arrays for paths.
    low_output, high_output
        The model's value at each, ``(n_drivers,)``.
    swing
        ``abs(high_output - low_output)``, ``(n_drivers,)``; NaN where one of them is NaN.
    base_value
        The model's value with every driver at its base.
    n_not_finite
        Number of drivers with a low or high output that is NaN or infinite.
    """

    names: tuple[str, ...]
    low_input: tuple[Float, ...]
    high_input: tuple[Float, ...]
    low_output: Array
    high_output: Array
    swing: Array
    base_value: float
    n_not_finite: int

    def __repr__(self) -> str:
        widest = listed(f"{name} {figure(swing)}" for name, swing in zip(self.names, self.swing, strict=True))
        missing = f", n_not_finite={self.n_not_finite}" if self.n_not_finite else ""
        return f"Tornado(swing: {widest}; base_value={figure(self.base_value)}{missing})"

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per driver, widest swing first.

        Returns
        -------
        DataFrame
            Columns low_input, high_input, low_output, high_output and swing.
        """
        import pandas as pd

        columns = ("low_input", "high_input", "low_output", "high_output", "swing")
        return pd.DataFrame(
            {column: list(getattr(self, column)) for column in columns},
            index=pd.Index(self.names, name="driver"),
        )


def tornado(
    model: Model, base: Mapping[str, Numeric], ranges: Mapping[str, Numeric], *, relative: bool = False
) -> Tornado:
    """Move each driver alone to its low and its high value, and rank the drivers by what that does.

    Parameters
    ----------
    model : callable
        Called as ``model(**drivers)`` with arrays of one row per case, as for `data_table`.
    base : mapping of str to float or array_like
        Base value of every driver: a number, or a path ``(n_periods,)``.
    ranges : mapping of str to (low, high)
        Two values of each driver to be moved, in the driver's own unit (two paths for a path); with
        ``relative=True`` two changes as decimals, such as ``(-0.1, 0.1)``.
    relative : bool
        Read `ranges` as changes relative to the base value (a path moves as a whole, in proportion).

    Returns
    -------
    Tornado
        Inputs, outputs and swings, widest first. Outputs that are NaN or infinite stay and are counted.

    Raises
    ------
    InputError
        If `model` or `base` cannot be used (as for `data_table`), `ranges` is empty, names a driver that
        `base` lacks, is not a low and a high per driver, has a low above its high, or is relative to a base
        value of zero. What the model raises reaches the caller with a note on how it was called.

    Notes
    -----
    Eschenbach (1992), "Spiderplots versus tornado diagrams for sensitivity analysis", *Interfaces* 22(6).
    The swing compares the two ends; a driver with its best value between them shows less than it can do
    (`spider` shows that). A low or high equal to the base value gives the base value itself.

    Examples
    --------
    >>> def profit(price, volume, cost):
    ...     return volume * (price - cost)
    >>> base = {"price": 10.0, "volume": 100.0, "cost": 6.0}
    >>> tornado(profit, base, {"volume": (90, 120), "price": (9, 11), "cost": (5.5, 6.25)})
    Tornado(swing: price 200, volume 120, cost 75; base_value=400)
    """
    function, drivers = as_model(model), as_base(base)
    ends = {
        name: _ends(name, values, drivers[name], relative=relative)
        for name, values in as_driver_values("ranges", ranges, drivers).items()
    }
    changes = {
        name: (slice(2 * place, 2 * place + 2), pair) for place, (name, pair) in enumerate(ends.items())
    }
    base_value, outputs = evaluate(function, drivers, changes, 2 * len(ends))
    low, high = outputs.reshape(-1, 2).T
    with np.errstate(invalid="ignore"):
        swing = np.abs(high - low)
    order = np.argsort(-swing, kind="stable")
    names = [list(ends)[place] for place in order]
    return Tornado(
        names=tuple(names),
        low_input=tuple(unwrap(ends[name][0]) for name in names),
        high_input=tuple(unwrap(ends[name][1]) for name in names),
        low_output=low[order],
        high_output=high[order],
        swing=swing[order],
        base_value=base_value,
        n_not_finite=int(np.count_nonzero(~(np.isfinite(low) & np.isfinite(high)))),
    )


def _ends(name: str, values: Numeric, base: Array, *, relative: bool) -> Array:
    label = f'ranges["{name}"]'
    pair = as_float(label, values)
    expected = (2,) if relative else (2, *base.shape)
    if pair.shape != expected:
        raise InputError(label, f"expected a low and a high, shape {expected}, got shape {pair.shape}")
    if pair.ndim == 1 and pair[0] > pair[1]:
        raise InputError(
            label, f"expected the low value first, got {pair[0]:.6g} and {pair[1]:.6g}", advice="Swap them"
        )
    if not relative:
        return readable(pair)
    refuse_zero(name, base)
    return moved(base, pair)


def refuse_zero(name: str, base: Array) -> None:
    """Refuse relative changes of zero: they would draw a driver as harmless that was never moved."""
    if is_near_zero(base):
        raise InputError(
            f'base["{name}"]',
            f"expected a value other than zero for relative changes, got {figure(base)}",
            advice="Leave the driver out, or give its low and high to tornado in its own unit",
        )


def moved(base: Array, changes: Array) -> Array:
    """Give ``base (1 + change)`` for each change, along a new first axis."""
    return np.asarray(base * (1.0 + changes).reshape(-1, *(1,) * base.ndim))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spider:
    """A model's value as each driver alone is changed by the same shares of its base value.

    Parameters
    ----------
    names
        The drivers, in the order given.
    changes
        Changes relative to the base value as decimals, ``(n_changes,)``, in the order given.
    outputs
        The model's value, ``(n_drivers, n_changes)``.
    base_value
        The model's value with every driver at its base; the output at a change of zero, bit for bit.
    n_not_finite
        Number of outputs that are NaN or infinite.
    """

    names: tuple[str, ...]
    changes: Array
    outputs: Array
    base_value: float
    n_not_finite: int

    def __repr__(self) -> str:
        missing = f", n_not_finite={self.n_not_finite}" if self.n_not_finite else ""
        return (
            f"Spider({listed(self.names)}: {figure(self.outputs)}, changes={figure(self.changes)}, "
            f"base_value={figure(self.base_value)}{missing})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a frame with one row per change and one column per driver.

        Returns
        -------
        DataFrame
            The model's values, labelled by change and driver.
        """
        import pandas as pd

        return pd.DataFrame(
            self.outputs.T,
            index=pd.Index(self.changes, name="change"),
            columns=pd.Index(self.names, name="driver"),
            copy=True,
        )


def spider(
    model: Model,
    base: Mapping[str, Numeric],
    changes: Numeric,
    *,
    drivers: Iterable[str] | None = None,
    rows_per_call: int | None = None,
) -> Spider:
    """Change each driver alone by the same shares of its base value.

    Parameters
    ----------
    model : callable
        Called as ``model(**drivers)`` with arrays of one row per case, as for `data_table`.
    base : mapping of str to float or array_like
        Base value of every driver: a number, or a path ``(n_periods,)``, which moves as a whole.
    changes : array_like, shape (n_changes,)
        Relative changes as decimals, such as ``np.linspace(-0.2, 0.2, 9)``.
    drivers : iterable of str, optional
        The drivers to change; all of `base` by default.
    rows_per_call : int, optional
        Most rows in one call of the model, as for `data_table`.

    Returns
    -------
    Spider
        One line of outputs per driver. Outputs that are NaN or infinite stay and are counted.

    Raises
    ------
    InputError
        If `model` or `base` cannot be used (as for `data_table`), `changes` is empty or not one row of
        numbers, `drivers` is empty, repeats a name or has one that `base` lacks, the base value of a driver
        is zero, or `rows_per_call` is not a whole number of at least 1. What the model raises reaches the
        caller with a note on how it was called.

    Notes
    -----
    Eschenbach (1992), as for `tornado`. A change within 1e-12 of zero, relative to the largest, is zero.

    Examples
    --------
    >>> def profit(price, volume, cost):
    ...     return volume * (price - cost)
    >>> base = {"price": 10.0, "volume": 100.0, "cost": 6.0}
    >>> spider(profit, base, [-0.1, 0.0, 0.1]).outputs.round(9)
    array([[300., 400., 500.],
           [360., 400., 440.],
           [460., 400., 340.]])
    """
    function, values = as_model(model), as_base(base)
    shares, _ = snapped("changes", changes, np.zeros(()))
    names = as_drivers(drivers, values)
    for name in names:
        refuse_zero(name, values[name])
    count = len(shares)
    rows = {
        name: (slice(place * count, (place + 1) * count), moved(values[name], shares))
        for place, name in enumerate(names)
    }
    size = as_rows_per_call(rows_per_call, values)
    base_value, outputs = evaluate(function, values, rows, len(names) * count, size)
    return Spider(
        names=names,
        changes=readable(shares),
        outputs=outputs.reshape(len(names), count),
        base_value=base_value,
        n_not_finite=int(np.count_nonzero(~np.isfinite(outputs))),
    )
