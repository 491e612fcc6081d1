"""Correlation matrices: checked, made positive semidefinite on request, and factored."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import Array, Numeric, as_float
from maos_nb.errors import InputError

__all__ = [
    "as_correlation_matrix",
    "correlated",
    "lower_factor",
    "nearest_correlation",
    "smallest_eigenvalue",
]

SYMMETRY = 1e-10
# Rounding gives a singular matrix eigenvalues this far below zero.
ROUNDING = 1e-10
LEAST_PIVOT = 1e-12
MOST_ROUNDS = 2_000
CLOSE_ENOUGH = 1e-12


def as_correlation_matrix(name: str, matrix: Numeric, size: int) -> Array:
    """Coerce to a symmetric matrix of `size` with ones on its diagonal and entries from -1 to 1."""
    array = as_float(name, matrix, finite=True)
    if array.shape != (size, size):
        raise InputError(name, f"expected a matrix ({size}, {size}), got shape {array.shape}")
    crooked = np.abs(array - array.T) > SYMMETRY
    if crooked.any():
        row, column = (int(i) for i in np.argwhere(crooked)[0])
        raise InputError(
            name,
            f"expected a symmetric matrix, got {array[row, column]} at ({row}, {column}) "
            f"and {array[column, row]} at ({column}, {row})",
        )
    if (np.abs(np.diag(array) - 1.0) > SYMMETRY).any():
        raise InputError(
            name,
            f"expected ones on the diagonal, got {np.diag(array).tolist()}",
            advice="Give correlations, not covariances",
        )
    outside = np.abs(array) > 1.0 + SYMMETRY
    if outside.any():
        row, column = (int(i) for i in np.argwhere(outside)[0])
        raise InputError(
            name, f"expected correlations between -1 and 1, got {array[row, column]} at ({row}, {column})"
        )
    clean = np.clip((array + array.T) / 2, -1.0, 1.0)
    np.fill_diagonal(clean, 1.0)
    return clean


def smallest_eigenvalue(matrix: Array) -> float:
    """Give the smallest eigenvalue, with rounding below zero taken as zero."""
    found = float(np.linalg.eigvalsh(matrix)[0]) if matrix.size else 0.0
    return 0.0 if -ROUNDING * len(matrix) <= found < 0 else found


def nearest_correlation(matrix: Array) -> Array:
    """Find the correlation matrix nearest in the Frobenius norm.

    Notes
    -----
    Alternating projections with Dykstra's correction: N. J. Higham (2002), "Computing the nearest correlation
    matrix", IMA Journal of Numerical Analysis 22, 329-343.
    """
    current = matrix
    correction = np.zeros_like(matrix)
    for _ in range(MOST_ROUNDS):
        shifted = current - correction
        projected = _semidefinite_part(shifted)
        correction = projected - shifted
        following = projected.copy()
        np.fill_diagonal(following, 1.0)
        moved = np.abs(following - current).max()
        current = following
        if moved < CLOSE_ENOUGH:
            break
    last = _semidefinite_part(current)
    scale = np.sqrt(np.diag(last))
    nearest = np.clip(last / np.outer(scale, scale), -1.0, 1.0)
    np.fill_diagonal(nearest, 1.0)
    return np.asarray((nearest + nearest.T) / 2)


def lower_factor(matrices: Array) -> Array:
    """Factor semidefinite matrices ``(..., d, d)`` into ``L @ L.T`` with L lower triangular, singular or not.

    A column whose pivot vanishes depends on those before it and is left at zero, where the Cholesky
    factorisation of a library would refuse the matrix.
    """
    factor = np.zeros_like(matrices)
    for column in range(matrices.shape[-1]):
        before = factor[..., column, :column]
        left = matrices[..., column:, column] - np.einsum(
            "...ik,...k->...i", factor[..., column:, :column], before
        )
        pivot = left[..., :1]
        usable = pivot > LEAST_PIVOT
        factor[..., column:, column] = np.where(usable, left, 0.0) / np.sqrt(np.where(usable, pivot, 1.0))
    return factor


def correlated(factor: Array, scores: Array) -> Array:
    """Mix independent scores ``(d, n)`` by a lower factor, one row at a time.

    A matrix product would add in an order that depends on n, so that the same draw could differ in its last
    digit between blocks of different sizes.
    """
    mixed = np.empty_like(scores)
    for row in range(len(scores)):
        np.multiply(scores[0], factor[row, 0], out=mixed[row])
        for column in range(1, row + 1):
            if factor[row, column]:
                mixed[row] += factor[row, column] * scores[column]
    return mixed


def _semidefinite_part(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)
