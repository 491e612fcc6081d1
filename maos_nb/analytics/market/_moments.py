"""Means and covariances of the past, day after day."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array, BoolArray

__all__ = ["PastMoments", "shrunk", "shrunk_ledoit_wolf"]


class PastMoments:
    """Mean and scatter of the complete rows among those before a day, for the assets that are asked for.

    Parameters
    ----------
    rows : ndarray, shape (n_observations, n_assets)
        Returns, NaN where there is none.
    window : int or None
        How many rows before the day count; None for all.
    """

    def __init__(self, rows: Array, window: int | None) -> None:
        self.rows, self.window = rows, window
        self.known = ~np.isnan(rows)
        self._used: BoolArray | None = None
        self._upto = 0
        self.count, self.mean, self.scatter = 0, np.empty(0), np.empty((0, 0))

    def move(self, day: int, used: BoolArray) -> None:
        """Take in what lies before `day` for the assets `used`."""
        if self.window is not None or self._used is None or not np.array_equal(used, self._used):
            start = 0 if self.window is None else max(0, day - self.window)
            self.count, self.mean, self.scatter = self._of(start, day, used)
        elif day > self._upto:
            self._merge(*self._of(self._upto, day, used))
        self._used, self._upto = used, day

    def complete(self, day: int, used: BoolArray) -> Array:
        """Give the complete rows before `day`."""
        start = 0 if self.window is None else max(0, day - self.window)
        return self._rows(start, day, used)

    def _rows(self, start: int, stop: int, used: BoolArray) -> Array:
        rows = self.rows[start:stop, used]
        whole = self.known[start:stop, used].all(axis=1)
        return rows if whole.all() else rows[whole]

    def _of(self, start: int, stop: int, used: BoolArray) -> tuple[int, Array, Array]:
        rows = self._rows(start, stop, used)
        if not len(rows):
            size = int(used.sum())
            return 0, np.zeros(size), np.zeros((size, size))
        # From the first row, so that what never moves has no variance at all.
        shifted = rows - rows[0]
        centre = shifted.mean(axis=0)
        spread = shifted - centre
        return len(rows), rows[0] + centre, spread.T @ spread

    def _merge(self, count: int, mean: Array, scatter: Array) -> None:
        """Join the moments of two stretches of rows (Chan, Golub and LeVeque 1979)."""
        total = self.count + count
        if not count:
            return
        apart = mean - self.mean
        self.scatter = self.scatter + scatter + np.outer(apart, apart) * (self.count * count / total)
        self.mean = self.mean + apart * (count / total)
        self.count = total


def shrunk(covariance: Array, intensity: float) -> Array:
    """Pull covariances towards none, keeping the variances."""
    kept = covariance * (1.0 - intensity)
    np.fill_diagonal(kept, np.diag(covariance))
    return kept


def shrunk_ledoit_wolf(rows: Array) -> Array:
    """Shrink the covariance of rows towards a multiple of the identity, by Ledoit and Wolf's intensity."""
    count, size = rows.shape
    spread = rows - rows.mean(axis=0)
    sample = spread.T @ spread / count
    level = np.trace(sample) / size
    distance = np.square(sample).sum() / size - level**2
    squares = np.square(spread)
    error = ((squares.T @ squares).sum() / count - np.square(sample).sum()) / count / size
    intensity = 1.0 if distance <= 0 else min(1.0, float(error / distance))
    return np.asarray((1.0 - intensity) * sample + intensity * level * np.eye(size))
