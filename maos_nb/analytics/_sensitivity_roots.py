"""Every root of many functions of one variable: seen on a grid, looked for closer, then refined.

All functions are evaluated together: a function is a row number, and one call takes rows and points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray

__all__ = ["Gaps", "IntArray", "find_roots"]

IntArray: TypeAlias = npt.NDArray[np.intp]
Gaps: TypeAlias = Callable[[IntArray, Array], Array]
"""Gives the value of functions ``(n,)``, by their row numbers, at points ``(n,)``."""

ROUNDS = 6  # each narrows a suspect 16-fold or more: below 1e-9 of the bracket after a grid of 256 cells
PLACES = np.linspace(0.0, 1.0, 33)
TOUCH = 1e-12  # a gap this small beside the function's usual size is rounding
SMALLEST_JUMP = 1e-6  # of the change over a cell: a square root leaves 1e-7 of it in the last place of x
SAME_ROOT = 6e-8  # rounding blurs a root at which the function only touches zero over some sqrt(eps)
EPS = float(np.finfo(np.float64).eps)
FINEST = 2.0**-80  # of a cell: eps alone would halve one a thousand times on its way to a jump at zero
MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class _Cells:
    """Pieces of brackets in which the function changes sign."""

    row: IntArray
    left: Array
    right: Array
    gap_left: Array
    gap_right: Array


def find_roots(gaps: Gaps, grid: Array, values: Array, magnitude: Array) -> tuple[IntArray, Array, IntArray]:
    """Find the roots of functions whose values on a grid are known.

    Parameters
    ----------
    gaps
        Evaluates any of the functions at any points.
    grid, values : (n_functions, n_points) arrays
        Rising points over each bracket, and the functions there.
    magnitude : (n_functions,) array
        The size of what was subtracted to make the functions zero, such as a target.

    Returns
    -------
    row, root : arrays
        One item per root, by function and then by size; roots closer than `SAME_ROOT` count as one, of a
        stretch of zeros only its ends count, and where the function jumps over zero there is none.
    jumps : (n,) array
        The function's number for each place at which it does so.
    """
    scale = np.maximum(magnitude, _usual_size(values))
    everywhere = np.arange(len(grid))
    zero = _ends_of_runs(values == 0) | _near_zero_at_the_ends(values, scale)
    found = [(np.nonzero(zero)[0], grid[zero])]
    cells = [_crossings(everywhere, grid, values)]
    row, left, right = _suspects(grid, values)
    for remaining in reversed(range(ROUNDS)):
        if not row.size:
            break
        points = left[:, None] + (right - left)[:, None] * PLACES
        inner = gaps(np.repeat(row, PLACES.size), points.ravel()).reshape(points.shape)
        cells.append(_crossings(row, points, inner))
        lowest = np.argmin(np.where(np.isfinite(inner), np.abs(inner), np.inf), axis=1)
        best = np.take_along_axis(inner, lowest[:, None], axis=1)[:, 0]
        crossed = _changes_sign(inner).any(axis=1)
        touching = ~crossed & (np.abs(best) <= (0.0 if remaining else TOUCH * scale[row]))
        found.append((row[touching], points[touching, lowest[touching]]))
        row, left, right = _closer(row, points, inner, lowest, ~crossed & ~touching)
    row, root, continuous = _refined(gaps, _joined(cells), scale)
    found.append((row[continuous], root[continuous]))
    return *_without_repeats(found, grid[:, -1] - grid[:, 0]), row[~continuous]


def _usual_size(values: Array) -> Array:
    """Give the median of the finite sizes, which a pole does not move; zero without any."""
    sizes = np.sort(np.where(np.isfinite(values), np.abs(values), np.inf), axis=1)
    middle = np.maximum(np.count_nonzero(np.isfinite(sizes), axis=1) - 1, 0) // 2
    usual = np.take_along_axis(sizes, middle[:, None], axis=1)[:, 0]
    return np.where(np.isfinite(usual), usual, 0.0)


def _ends_of_runs(zero: BoolArray) -> BoolArray:
    inside = np.zeros_like(zero)
    inside[:, 1:-1] = zero[:, :-2] & zero[:, 2:]
    return zero & ~inside


def _near_zero_at_the_ends(values: Array, scale: Array) -> BoolArray:
    """Accept a root at an end of the bracket that rounding has moved just outside."""
    near = np.zeros(values.shape, dtype=np.bool_)
    ends = values[:, [0, -1]]
    near[:, [0, -1]] = np.abs(ends) <= TOUCH * scale[:, None]
    return near


def _changes_sign(values: Array) -> BoolArray:
    signs = np.where(np.isfinite(values), np.sign(values), 0.0)
    return np.asarray(signs[:, :-1] * signs[:, 1:] < 0)


def _crossings(row: IntArray, points: Array, values: Array) -> _Cells:
    which, cell = np.nonzero(_changes_sign(values))
    return _Cells(
        row[which],
        points[which, cell],
        points[which, cell + 1],
        values[which, cell],
        values[which, cell + 1],
    )


def _joined(cells: list[_Cells]) -> _Cells:
    return _Cells(*(np.concatenate([getattr(part, name) for part in cells]) for name in _Cells.__slots__))


def _suspects(grid: Array, values: Array) -> tuple[IntArray, Array, Array]:
    """Give intervals that may hide a root: around a value nearest to zero, and where values cease to be finite."""
    finite = np.isfinite(values)
    signs, sizes = np.where(finite, np.sign(values), 0.0), np.where(finite, np.abs(values), np.nan)
    before, here, after = sizes[:, :-2], sizes[:, 1:-1], sizes[:, 2:]
    alike = (signs[:, :-2] * signs[:, 1:-1] > 0) & (signs[:, 1:-1] * signs[:, 2:] > 0)
    lowest = alike & (here <= before) & (here <= after) & ((here < before) | (here < after))
    low_row, low = np.nonzero(lowest)
    edge_row, edge = np.nonzero(finite[:, :-1] != finite[:, 1:])
    return (
        np.concatenate([low_row, edge_row]),
        np.concatenate([grid[low_row, low], grid[edge_row, edge]]),
        np.concatenate([grid[low_row, low + 2], grid[edge_row, edge + 1]]),
    )


def _closer(
    row: IntArray, points: Array, values: Array, lowest: IntArray, kept: BoolArray
) -> tuple[IntArray, Array, Array]:
    """Narrow what is still suspect to the cell where values cease to be finite, or to those around the lowest."""
    finite = np.isfinite(values)
    kept = kept & finite.any(axis=1)
    edges = finite[:, :-1] != finite[:, 1:]
    at_edge, edge = edges.any(axis=1), np.argmax(edges, axis=1)
    last = points.shape[1] - 1
    first = np.where(at_edge, edge, np.maximum(lowest - 1, 0))[kept]
    final = np.where(at_edge, edge + 1, np.minimum(lowest + 1, last))[kept]
    places = np.flatnonzero(kept)
    return row[kept], points[places, first], points[places, final]


def _refined(gaps: Gaps, cells: _Cells, scale: Array) -> tuple[IntArray, Array, BoolArray]:
    """Refine every crossing, and tell those at which the function does not jump over zero or have a pole."""
    root, gap = _chandrupatla(gaps, cells)
    size = np.abs(cells.gap_left) / 2 + np.abs(cells.gap_right) / 2
    share = np.abs(root) / (cells.right - cells.left)
    continuous = np.abs(gap) <= (SMALLEST_JUMP + 64 * EPS * share) * size + TOUCH * scale[cells.row]
    return cells.row, root, continuous


def _chandrupatla(gaps: Gaps, cells: _Cells) -> tuple[Array, Array]:
    """Give the root of each cell and the gap that is left there, NaN where the function is not finite within.

    Chandrupatla (1997), "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
    function without using derivatives", *Advances in Engineering Software* 28(3). Of three points the first
    is the newest, the second lies across the root, the third is the one that was replaced.
    """
    root, left_over = np.array(cells.left), np.array(cells.gap_left)
    x = np.stack([cells.left, cells.right, cells.right])
    gap = np.stack([cells.gap_left, cells.gap_right, cells.gap_right])
    searched, share = np.arange(root.size), np.full(root.size, 0.5)
    for _ in range(MOST_STEPS):
        if not searched.size:
            break
        point = x[0] + share * (x[1] - x[0])
        found = gaps(cells.row[searched], point)
        same_side = np.sign(found) == np.sign(gap[0])
        x = np.stack([point, np.where(same_side, x[1], x[0]), np.where(same_side, x[0], x[1])])
        gap = np.stack([found, np.where(same_side, gap[1], gap[0]), np.where(same_side, gap[0], gap[1])])
        nearer = np.abs(gap[0]) <= np.abs(gap[1])
        best = np.where(nearer, x[0], x[1])
        root[searched] = best
        left_over[searched] = np.where(np.isfinite(found), np.where(nearer, gap[0], gap[1]), np.nan)
        finest = FINEST * (cells.right - cells.left)[searched] + 2 * EPS * np.abs(best)
        with np.errstate(divide="ignore", invalid="ignore"):  # among the smallest numbers two points may meet
            limit = finest / np.abs(x[1] - x[0])
        going = (limit < 0.5) & (found != 0) & np.isfinite(found)
        searched, x, gap = searched[going], x[:, going], gap[:, going]
        share = np.clip(_interpolated(x, gap), limit[going], 1.0 - limit[going])
    return root, left_over


def _interpolated(x: Array, gap: Array) -> Array:
    """Place the next point between the first and the second: by inverse quadratic interpolation, or halfway."""
    (new, across, old), (at_new, at_across, at_old) = x, gap
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        place = (new - across) / (old - across)
        level = (at_new - at_across) / (at_old - at_across)
        safe = (level**2 < place) & ((1 - level) ** 2 < 1 - place)
        share = at_new / (at_across - at_new) * at_old / (at_across - at_old) + (old - new) / (
            across - new
        ) * at_new / (at_old - at_new) * at_across / (at_old - at_across)
    return np.where(safe & np.isfinite(share), share, 0.5)


def _without_repeats(found: list[tuple[IntArray, Array]], width: Array) -> tuple[IntArray, Array]:
    row = np.concatenate([rows for rows, _ in found])
    root = np.concatenate([roots for _, roots in found])
    order = np.lexsort((root, row))
    row, root = row[order], root[order]
    near = np.diff(root) <= SAME_ROOT * np.maximum(width[row[1:]], np.abs(root[1:]))
    kept = np.append(np.ones(min(1, row.size), dtype=np.bool_), ~((np.diff(row) == 0) & near))
    return row[kept], root[kept]
