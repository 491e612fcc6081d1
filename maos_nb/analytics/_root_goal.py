"""Which roots of a series are wanted, so that others need not be found or worked out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray
from maos_nb.analytics._log_ratio import Cells, IntArray

__all__ = ["Goal"]

LOWEST_LOG_RATE, HIGHEST_LOG_RATE = -36.0, 709.0  # rates beyond are -100% or endless to a float


@dataclass(frozen=True, slots=True)
class Goal:
    """All roots of each series, or the one nearest to its centre; and how far the search has come.

    Parameters
    ----------
    centre : (n_series,) array or None
        The y to which the nearest root is wanted; None for all roots.
    counting : bool
        Whether it matters if there is another root.
    lowest, highest : (n_series,) arrays
        Roots outside stand for rates that a float cannot hold: they do not make others needless.
    series : (n_series,) integer array
        Whose roots they are: where in `limit` and `known` a series has its place.
    limit : array
        There is a root for sure that is no farther from the centre than this.
    known : integer array
        How many roots there are for sure.
    """

    centre: Array | None
    counting: bool
    lowest: Array
    highest: Array
    series: IntArray
    limit: Array
    known: IntArray

    @classmethod
    def of(cls, centre: Array | None, span: Array, counting: bool) -> Goal:
        """Aim at the root nearest to a log(1 + rate), or at all roots, of series of the spans given."""
        return cls(
            None if centre is None else centre * span,
            counting,
            LOWEST_LOG_RATE * span,
            HIGHEST_LOG_RATE * span,
            np.arange(span.size),
            np.full(span.size, np.inf),
            np.zeros(span.size, dtype=np.intp),
        )

    def seen(self, series: IntArray, mirrored: BoolArray, start: float) -> Goal:
        """Give the goal for y counted from a start, downwards where mirrored; what either learns, both know."""
        lowest, highest = self.lowest[series] - start, self.highest[series] - start
        centre = None
        if self.centre is not None:
            centre = np.where(mirrored, start - self.centre[series], self.centre[series] - start)
        return Goal(
            centre,
            self.counting,
            np.where(mirrored, -highest, lowest),
            np.where(mirrored, -lowest, highest),
            series,
            self.limit,
            self.known,
        )

    def learn(self, cells: Cells) -> None:
        """Take note of cells that hold one root each."""
        held = self.near(cells)
        np.add(self.known, np.bincount(held, minlength=self.known.size), out=self.known)

    def near(self, cells: Cells) -> IntArray:
        """Take note of how near the roots in cells are at least; give the series of those that a float holds."""
        if self.centre is None or not cells.column.size:
            return cells.column[:0]
        held = (cells.left > self.lowest[cells.column]) & (cells.right < self.highest[cells.column])
        column, middle = cells.column[held], self.centre[cells.column[held]]
        farthest = np.maximum(np.abs(cells.left[held] - middle), np.abs(cells.right[held] - middle))
        series = self.series[column]
        np.minimum.at(self.limit, series, farthest)
        return series

    def wants(self, column: IntArray, left: Array, right: Array) -> BoolArray:
        """Tell which intervals are worth a search."""
        if self.centre is None:
            return np.ones(column.size, dtype=np.bool_)
        needless = ~self.may_be_nearest(column, left, right)
        if self.counting:
            needless &= self.known[self.series[column]] > 1
        return ~needless

    def may_be_nearest(self, column: IntArray, left: Array, right: Array) -> BoolArray:
        """Tell which intervals may hold the root that is wanted."""
        if self.centre is None:
            return np.ones(column.size, dtype=np.bool_)
        middle = self.centre[column]
        nearest = np.maximum(left - middle, middle - right)
        return np.asarray(nearest <= self.limit[self.series[column]] * (1 + 1e-9))
