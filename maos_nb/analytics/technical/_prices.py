"""The door of indicators that read several prices: one `Ohlcv` record, or a table for each price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from maos_nb.analytics._arrays import BoolArray
from maos_nb.analytics._kernels import compiling
from maos_nb.analytics.technical._columns import Columns, alike, check_order, of_record, refuse_infinite
from maos_nb.analytics.technical._price_kernels import n_odd_bars, n_odd_volumes
from maos_nb.errors import InputError

__all__ = ["ROUNDING", "as_prices", "check_prices"]

ROUNDING = 1e-6
"""How far, relative to it, a price may lie outside of the bar's range: adjusted prices are rounded one by one."""

_PAIRS = (("high", "low"), ("high", "open"), ("high", "close"), ("open", "low"), ("close", "low"))


def as_prices(names: tuple[str, ...], first: Any, *rest: Any) -> tuple[Columns, ...]:
    """Take an `Ohlcv` record as the first argument and nothing else, or one table for each name.

    Parameters
    ----------
    names : tuple of str
        Which of ``"open"``, ``"high"``, ``"low"``, ``"close"`` and ``"volume"`` the indicator reads, in the order of
        its arguments, of which all but the first are None by default.
    first, *rest
        Those arguments as they came.

    Returns
    -------
    tuple of Columns
        One for each name, with the same labels. Tables are checked as `Ohlcv` does, but prices of zero and below are
        let through, and a difference of a millionth is taken for rounding; a record has been checked already.

    Raises
    ------
    InputError
        For tables beside a record, a table that is missing, a record without volumes that are needed, tables that
        differ in labels, dates out of order, and prices that cannot be of one bar.

    Examples
    --------
    An indicator begins and ends like this:

    >>> def spread(high, low=None, *, scale=1.0):
    ...     high, low = as_prices(("high", "low"), high, low)
    ...     return high.restore(scale * (high.array - low.array))
    >>> spread([3.0, 5.0], [2.5, 4.0])
    array([0.5, 1. ])
    """
    record = of_record(first)
    if record is not None:
        return _of_record(names, record, rest)
    for name, table in zip(names[1:], rest, strict=True):
        if table is None:
            raise InputError(
                name, f"expected a table beside {names[0]}, got none", advice="Or give one Ohlcv record"
            )
    columns = alike(dict(zip(names, (first, *rest), strict=True)))
    check_order(names[0], columns[0])
    held = dict(zip(names, columns, strict=True))
    if not _is_in_order(held):
        for name, each in held.items():
            refuse_infinite(name, each)
        check_prices(held, ROUNDING)
    return columns


def check_prices(prices: Mapping[str, Columns], tolerance: float, *, positive: bool = False) -> None:
    """Raise, naming the first row that cannot be of one bar, both prices and where they stand; gaps pass."""
    found = [
        _first(
            prices[upper], bad, f"{upper} and {lower}", f"expected {upper} at or above {lower}", upper, lower
        )
        for upper, lower in _PAIRS
        if upper in prices
        and lower in prices
        and (bad := _below(prices[upper], prices[lower], tolerance)) is not None
    ]
    for name, columns in prices.items():
        least = columns.array < 0 if name == "volume" else columns.array <= 0
        if (name == "volume" or positive) and least.any():
            wanted = "zero or above" if name == "volume" else "above 0"
            found.append(_first(columns, least, name, f"expected {name} {wanted}", name))
    if not found:
        return
    row, asset, argument, problem, named = min(found, key=lambda each: each[:2])
    shown = " and ".join(f"{name} {prices[name].array[asset, row]}" for name in named)
    raise InputError(argument, f"{problem}, got {shown} at {prices[named[0]].place(asset, row)}")


def _of_record(
    names: tuple[str, ...], held: Mapping[str, Columns], rest: tuple[Any, ...]
) -> tuple[Columns, ...]:
    for name, table in zip(names[1:], rest, strict=True):
        if table is not None:
            raise InputError(
                name, "expected nothing beside an Ohlcv record", advice="Give further options by keyword"
            )
    for name in names:
        if name not in held:
            raise InputError(name, f"expected a record with {name}, got one without")
    return tuple(held[name] for name in names)


def _is_in_order(held: Mapping[str, Columns]) -> bool:
    """Tell, in one reading, whether there is nothing to look at more closely; without a compiler there always is."""
    if not compiling():
        return False
    arrays = {name: columns.array for name, columns in held.items()}
    odd = n_odd_volumes(arrays.pop("volume")) if "volume" in arrays else 0
    others = [array for name, array in arrays.items() if name not in ("high", "low")]
    for price in others or list(arrays.values())[:1]:
        odd += n_odd_bars(arrays.get("high", price), arrays.get("low", price), price)
    return odd == 0


def _below(upper: Columns, lower: Columns, tolerance: float) -> BoolArray | None:
    # One look at all of them; only what fails it is looked at again, with the tolerance.
    bad = upper.array < lower.array
    if not bad.any():
        return None
    bad &= lower.array - upper.array > tolerance * np.abs(lower.array)
    return bad if bad.any() else None


def _first(
    columns: Columns, bad: BoolArray, argument: str, problem: str, *named: str
) -> tuple[int, int, str, str, tuple[str, ...]]:
    row, asset = map(int, np.argwhere(bad.T)[0])
    return row, asset, argument, problem, named
