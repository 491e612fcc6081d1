"""Recursions over bars that may be missing: each runs over stretches without gaps, so that its loop asks for none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics.technical._indicator import NAN_RULES

__all__ = ["Runs", "along_runs"]

Runs: TypeAlias = npt.NDArray[np.intp]
"""Stretches of a table ``(n_runs, 3)``: the row, where it begins, and where it ends (exclusive)."""


def along_runs(
    recursion: Callable[..., None], tables: tuple[Array, ...], n_results: int, rule: int, *parameters: Any
) -> tuple[Array, ...]:
    """Run a recursion over every asset, and over those with gaps by the rule for them.

    Parameters
    ----------
    recursion : kernel
        Called with the tables, `Runs`, the parameters, the results to fill along the runs, and a mark to set for each
        run that has a gap, the results of which are not used.
    tables : tuple of ndarray (n_assets, n_observations)
        A bar is missing where one of them is NaN.
    n_results : int
        How many tables come back.
    rule : int
        What to make of gaps: one of `NAN_RULES`. Bars missing before an asset's first one and after its last one are
        no gaps.
    *parameters
        Numbers.

    Returns
    -------
    tuple of ndarray (n_assets, n_observations)
    """
    n_assets, length = tables[0].shape
    results = tuple(np.empty((n_assets, length)) for _ in range(n_results))
    runs = np.empty((n_assets, 3), dtype=np.intp)
    runs[:, 0], runs[:, 1], runs[:, 2] = np.arange(n_assets), 0, length
    broken = np.zeros(n_assets, dtype=np.bool_)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        recursion(*tables, runs, *parameters, *results, broken)
        if broken.any():
            _mend(recursion, tables, results, np.flatnonzero(broken), rule, parameters)
    return results


def _mend(
    recursion: Callable[..., None],
    tables: tuple[Array, ...],
    results: tuple[Array, ...],
    rows: npt.NDArray[np.intp],
    rule: int,
    parameters: tuple[Any, ...],
) -> None:
    """Do the rows that have gaps again."""
    missing = np.isnan(tables[0])
    for table in tables[1:]:
        missing |= np.isnan(table)
    there = ~missing[rows]
    runs, n_before = _stretches(there, rows)
    if rule == NAN_RULES["propagate"]:
        runs = runs[n_before == 0]
    torn = np.unique(runs[n_before > 0, 0]) if rule == NAN_RULES["skip"] else rows[:0]
    runs = runs[~np.isin(runs[:, 0], torn)]
    for result in results:
        result[rows] = np.nan
    recursion(*tables, runs, *parameters, *results, np.zeros(len(runs), dtype=np.bool_))
    if len(torn):
        _skip(recursion, tables, results, torn, there[np.isin(rows, torn)], parameters)


def _stretches(there: BoolArray, rows: npt.NDArray[np.intp]) -> tuple[Runs, npt.NDArray[np.intp]]:
    """Find the stretches without gaps, and how many of the same row come before each."""
    edges = np.diff(np.pad(there, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    places, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    n_before = np.arange(len(places)) - np.searchsorted(places, places)
    return np.stack([rows[places], begins, ends], axis=1).astype(np.intp), n_before


def _skip(
    recursion: Callable[..., None],
    tables: tuple[Array, ...],
    results: tuple[Array, ...],
    rows: npt.NDArray[np.intp],
    there: BoolArray,
    parameters: tuple[Any, ...],
) -> None:
    """Move the bars that are there together, those of all rows into one, and the results back to their places."""
    joined = tuple(table[rows][there][np.newaxis] for table in tables)
    ends = np.cumsum(np.count_nonzero(there, axis=1))
    runs = np.zeros((len(rows), 3), dtype=np.intp)
    runs[1:, 1], runs[:, 2] = ends[:-1], ends
    found = tuple(np.empty_like(joined[0]) for _ in results)
    recursion(*joined, runs, *parameters, *found, np.zeros(len(runs), dtype=np.bool_))
    for result, part in zip(results, found, strict=True):
        apart = np.full(there.shape, np.nan)
        apart[there] = part[0]
        result[rows] = apart
