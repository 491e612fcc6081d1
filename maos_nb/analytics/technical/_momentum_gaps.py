"""Recursive indicators over bars that may be missing: what is computed knows of no gaps, and rows with one are redone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics.technical._indicator import NAN_RULES

__all__ = ["SKIP", "along_gaps", "chunks", "empty_lines"]

IntArray: TypeAlias = npt.NDArray[np.intp]

SKIP, PROPAGATE = NAN_RULES["skip"], NAN_RULES["propagate"]

_CHUNK = 1 << 16
"""Observations that a chain of steps takes at once: three such tables fit a second-level cache of 2 MB."""


def chunks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Cut assets into groups whose histories fit the cache; whole eights, as recursions advance eight together."""
    n_rows = max(8, _CHUNK // max(shape[1], 1) // 8 * 8)
    for row in range(0, shape[0], n_rows):
        yield slice(row, row + n_rows)


def empty_lines(n_lines: int, shape: tuple[int, ...]) -> tuple[Array, ...]:
    """Make room for several results of one shape.

    One piece of memory for all: of several large ones the C library gives some back to the system each time, and the
    system clears them anew, which took longer than the averages of a MACD.
    """
    return tuple(np.empty((n_lines, *shape)))


def along_gaps(
    compute: Callable[..., tuple[Array, ...]],
    tables: tuple[Array, ...],
    rule: int,
    *,
    shortest: int,
    ends: bool = True,
) -> tuple[Array, ...]:
    """Compute from tables as if there were no gaps, and again, by the rule, the rows that have one.

    Parameters
    ----------
    compute : callable
        From tables ``(n_rows, n_observations)`` to as many results of the same shape.
    tables : tuple of ndarray
        A bar is missing where one of them is NaN.
    rule : int
        One of `NAN_RULES`. Gaps before an asset's first bar are none.
    shortest : int
        Bars that it takes to give any result.
    ends : bool
        After a gap all of the first result is NaN: then only rows whose last result is NaN are looked at.

    Returns
    -------
    tuple of ndarray
        NaN at gaps.
    """
    results = compute(*tables)
    if tables[0].size == 0:
        return results
    if ends:
        suspects = np.flatnonzero(np.isnan(results[0][:, -1]) | np.isnan(tables[0][:, 0]))
    else:
        with np.errstate(invalid="ignore", over="ignore"):
            suspects = np.flatnonzero(np.isnan(sum(table.sum(axis=1) for table in tables)))
    if len(suspects):
        _redo(compute, tables, rule, shortest, suspects, results)
    return results


def _redo(
    compute: Callable[..., tuple[Array, ...]],
    tables: tuple[Array, ...],
    rule: int,
    shortest: int,
    suspects: IntArray,
    results: tuple[Array, ...],
) -> None:
    """Replace the results of those rows among the suspects that have a gap."""
    missing = np.isnan(tables[0][suspects])
    for table in tables[1:]:
        missing |= np.isnan(table[suspects])
    has_gap = missing.any(axis=1)
    broken, known = suspects[has_gap], ~missing[has_gap]
    for result in results:
        result[broken] = np.nan
    for rows, bars in _joined(known, shortest) if rule == SKIP else _apart(known, rule, shortest):
        places = broken[rows][:, np.newaxis], bars
        for result, part in zip(results, compute(*(table[places] for table in tables)), strict=True):
            result[places] = part


def _joined(known: BoolArray, shortest: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Give rows with equally many bars, and these."""
    counts = np.count_nonzero(known, axis=1)
    for count in np.unique(counts[counts >= shortest]):
        rows = np.flatnonzero(counts == count)
        yield rows, np.nonzero(known[rows])[1].reshape(len(rows), count)


def _apart(known: BoolArray, rule: int, shortest: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Give rows with equally long stretches without a gap, and these: all, or the first of each row."""
    edges = np.diff(np.pad(known, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, begins = np.nonzero(edges == 1)
    lengths = np.nonzero(edges == -1)[1] - begins
    if rule == PROPAGATE:
        rows, first = np.unique(rows, return_index=True)
        begins, lengths = begins[first], lengths[first]
    for length in np.unique(lengths[lengths >= shortest]):
        same = lengths == length
        yield rows[same], begins[same][:, np.newaxis] + np.arange(length)
