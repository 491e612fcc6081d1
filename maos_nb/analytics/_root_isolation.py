"""The search for intervals that hold one root each, and for points where the value touches zero.

The log ratio's curvature in y is the difference of two variances of times in [0, 1], so it is 1/4 at
most. A cell of width h whose ends lie more than h^2/32 from zero on the same side holds no root, and
one whose ends differ by more than h^2/4 holds one root at most. Cells that pass neither test are
looked at more closely: that is how two close rates, or a double one, are not overlooked.
"""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._log_ratio import (
    Cells,
    Columns,
    IntArray,
    log_ratio,
    log_ratio_slope,
    refine,
    take_columns,
)

__all__ = ["isolate"]

FIRST_WIDTH = 0.25
CELLS_PER_DOUBLING = 4
PARTS = 4
LARGEST_CURVATURE = 0.25
TOUCHING = 1e-13  # a log ratio below some 450 roundings is zero for all that doubles can tell


def isolate(columns: Columns, lower: Array, upper: Array) -> tuple[Cells, Cells]:
    """Give cells that hold one crossing each, and points (cells of no width) where zero is touched.

    Parameters
    ----------
    columns : Columns
        The series, of any number of sign changes.
    lower, upper : (n_series,) arrays
        Bounds in y between which all roots of a series lie.
    """
    sure, doubtful = _walk(columns, upper, 1)
    sure_below, doubtful_below = _walk(columns.reversed_in_time(), -lower, -1)
    sure, doubtful = _joined([sure, _mirrored(sure_below)]), _joined([doubtful, _mirrored(doubtful_below)])
    if not doubtful.column.size:
        return sure, doubtful
    doubtful, crossing, dipping, turning = _examine_ends(columns, doubtful)
    unclear = turning & ~dipping
    parts, parts_crossing, parts_dipping, _ = _examine_ends(columns, _divided(doubtful.take(unclear)))
    dips = _joined([doubtful.take(dipping), parts.take(parts_dipping)])
    split, touching = _examine_dips(columns, dips)
    return _joined([sure, doubtful.take(crossing & ~unclear), parts.take(parts_crossing), split]), touching


def _walk(columns: Columns, limit: Array, direction: int) -> tuple[Cells, Cells]:
    """Walk from y = 0 up to each series' limit in steps that grow with y.

    Gives the cells that hold one crossing for sure, and those whose ends leave room for two roots or
    a touch of zero. Beyond y = 4 the curvature is taken to be at most 4/y^2: there the values crowd
    around the first flow, and the variances fall like those of an exponential law. `direction` is -1
    where time runs backwards, from the last row to the first.
    """
    names, weights = np.arange(limit.size), np.ones_like(columns.inflows)
    y, width, factor = 0.0, FIRST_WIDTH, np.exp(-FIRST_WIDTH * columns.times)
    rho, sure, doubtful = _rho(columns, weights), [_no_cells()], [_no_cells()]
    while True:
        undecided, single = _count_roots_above(columns, weights, direction)
        sure.append(Cells(names, np.full(names.size, y), limit, rho > 0).take(single & (limit > y)))
        rest = np.flatnonzero(undecided & (limit > y))
        if not rest.size:
            return _joined(sure), _joined(doubtful)
        if rest.size < names.size:
            names, columns, limit, rho = names[rest], columns.take(rest), limit[rest], rho[rest]
            weights, factor = (
                take_columns(weights, rest),
                factor if factor.shape[1] == 1 else take_columns(factor, rest),
            )
        for _ in range(CELLS_PER_DOUBLING):
            weights *= factor
            rho, before = _rho(columns, weights), rho
            bend = min(LARGEST_CURVATURE, 4 / max(y, 1.0) ** 2) * width**2
            nearest = np.minimum(np.abs(before), np.abs(rho))
            passed = np.flatnonzero((((before > 0) != (rho > 0)) | (nearest <= bend / 16)) & (limit > y))
            if passed.size:
                crossing, hiding = _judged(names[passed], y, y + width, before[passed], rho[passed], bend)
                sure.append(crossing)
                doubtful.append(hiding)
            y += width
        width, factor = 2 * width, factor * factor


def _count_roots_above(columns: Columns, weights: Array, direction: int) -> tuple[BoolArray, BoolArray]:
    """Tell which series may have several roots above the y of the weights, and which have exactly one.

    The running sums of the flows' values there change sign as often as there are roots above, or an
    even number more often (Laguerre 1883; Norstrom 1972 for one change). A running sum that may be a
    rounding of zero decides nothing.
    """
    sums = np.subtract(columns.inflows, columns.outflows, out=columns.room(0))
    sums *= weights
    size = np.abs(sums, out=columns.room(1)).max(axis=0)
    present = sums != 0
    sums = sums[::direction]
    if len(sums) > sums.shape[1]:
        np.cumsum(sums, axis=0, out=sums)
    else:
        for row in range(1, len(sums)):
            sums[row] += sums[row - 1]
    unsure = ((np.abs(sums) <= 1e-15 * len(sums) * size) & present[::direction]).any(axis=0)
    changes = np.count_nonzero(sums[1:] * sums[:-1] < 0, axis=0)
    return np.asarray((changes > 1) | unsure), np.asarray((changes == 1) & ~unsure)


def _rho(columns: Columns, weights: Array) -> Array:
    """Give (P - N) / (P + N), the hyperbolic tangent of half the log ratio: no logarithm to pay for."""
    inflows = np.einsum("ij,ij->j", columns.inflows, weights)
    outflows = np.einsum("ij,ij->j", columns.outflows, weights)
    return np.asarray((inflows - outflows) / (inflows + outflows))


def _judged(
    names: IntArray, left: float, right: float, before: Array, after: Array, bend: float
) -> tuple[Cells, Cells]:
    """Tell which cells hold a crossing, and which may bend enough for their ends to hide something."""
    crossing = (before > 0) != (after > 0)
    nearest = np.minimum(np.abs(before), np.abs(after))
    hides = np.where(crossing, np.abs(after - before) <= bend / 2, nearest <= bend / 16)
    cells = Cells(names, np.full(names.size, left), np.full(names.size, right), before > 0)
    return cells.take(crossing & ~hides), cells.take(hides)


def _no_cells() -> Cells:
    return Cells(np.empty(0, dtype=np.intp), np.empty(0), np.empty(0), np.empty(0, dtype=np.bool_))


def _examine_ends(columns: Columns, cells: Cells) -> tuple[Cells, BoolArray, BoolArray, BoolArray]:
    """Tell which cells cross zero, which dip towards it, and in which the log ratio may turn twice.

    It can turn twice only where the slopes at the ends add up to less than curvature times width, and
    where the curvature can change its sign: its own slope, a difference of third cumulants, is below 0.2.
    """
    columns, width = columns.take(cells.column), cells.right - cells.left
    value, slope, curvature = log_ratio(columns, cells.left)
    value_right, slope_right, curvature_right = log_ratio(columns, cells.right)
    positive = value > 0
    crossing = positive != (value_right > 0)
    side = np.where(positive, 1.0, -1.0)
    dipping = ~crossing & (side * slope <= 0) & (side * slope_right >= 0)
    turning = np.abs(slope) + np.abs(slope_right) <= LARGEST_CURVATURE * width
    turning &= (curvature * curvature_right <= 0) | (np.abs(curvature + curvature_right) <= 0.2 * width)
    return Cells(cells.column, cells.left, cells.right, positive), crossing, dipping, turning


def _divided(cells: Cells) -> Cells:
    edges = np.linspace(0.0, 1.0, PARTS + 1)[:, None]
    points = cells.left + edges * (cells.right - cells.left)
    return Cells(
        np.tile(cells.column, PARTS), points[:-1].ravel(), points[1:].ravel(), np.tile(cells.positive, PARTS)
    )


def _examine_dips(columns: Columns, dips: Cells) -> tuple[Cells, Cells]:
    """Find the bottom of each dip; give the two crossings beside it, or the point where it touches zero."""
    columns = columns.take(dips.column)
    falling = Cells(dips.column, dips.left, dips.right, ~dips.positive)
    bottom = refine(log_ratio_slope, columns, falling, (dips.left + dips.right) / 2)
    value, _, _ = log_ratio(columns, bottom)
    touches = np.abs(value) <= TOUCHING
    through = ~touches & ((value > 0) != dips.positive)
    before = Cells(dips.column, dips.left, bottom, dips.positive).take(through)
    after = Cells(dips.column, bottom, dips.right, ~dips.positive).take(through)
    return _joined([before, after]), Cells(dips.column, bottom, bottom, dips.positive).take(touches)


def _joined(parts: list[Cells]) -> Cells:
    return Cells(
        np.concatenate([part.column for part in parts]),
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.positive for part in parts]),
    )


def _mirrored(cells: Cells) -> Cells:
    """Turn crossings found in reversed time, where y has the other sign, back into cells of y."""
    return Cells(cells.column, -cells.right, -cells.left, ~cells.positive)
