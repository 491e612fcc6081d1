"""Rank correlations of named inputs, and the Gaussian copula that has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from maos_nb.analytics._arrays import Array, as_float
from maos_nb.analytics._correlation_matrix import (
    as_correlation_matrix,
    nearest_correlation,
    smallest_eigenvalue,
)
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Correlation", "RankCorrelation", "as_rank_correlation", "rank_correlation"]

Repair: TypeAlias = Literal["none", "nearest"]
Correlation: TypeAlias = Any
"""A mapping of pairs to numbers, a labelled or plain square matrix, or a `RankCorrelation`."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RankCorrelation:
    """Spearman's rank correlations between inputs, as they will be used.

    Parameters
    ----------
    names
        The inputs, in the order of the matrices.
    matrix
        Rank correlations as used, ``(n_inputs, n_inputs)``.
    requested
        Rank correlations as asked for; the same unless `repaired`.
    normal_matrix
        Pearson correlations of the normal scores behind them, ``2 sin(pi/6 matrix)``.
    repaired
        Whether what was asked for is impossible and `matrix` is the nearest that is possible.
    largest_change
        Largest absolute difference between `matrix` and `requested`; 0.0 if not repaired.
    """

    names: tuple[str, ...]
    matrix: Array
    requested: Array
    normal_matrix: Array
    repaired: bool
    largest_change: float

    def __repr__(self) -> str:
        count = int(np.count_nonzero(np.triu(self.matrix, 1)))
        repaired = f", repaired by up to {self.largest_change:.3g}" if self.repaired else ""
        return f"RankCorrelation({', '.join(self.names)}: {count} correlated pair(s){repaired})"

    def to_frame(self) -> pd.DataFrame:
        """Give the matrix as used, labelled on both sides.

        Returns
        -------
        DataFrame
            One row and one column per input.
        """
        import pandas as pd

        return pd.DataFrame(self.matrix, index=list(self.names), columns=list(self.names))


def rank_correlation(
    names: Iterable[str], correlation: Correlation, *, repair: Repair = "none"
) -> RankCorrelation:
    """Check rank correlations between inputs, and repair them if asked to.

    Parameters
    ----------
    names : iterable of str
        All inputs; the keys of a dictionary of distributions will do.
    correlation : mapping, DataFrame, array_like of shape (n_inputs, n_inputs) or RankCorrelation
        Spearman's rank correlations: ``{("growth", "margin"): 0.4}`` for single pairs, the others being 0; a
        frame labelled on both sides (inputs that it lacks are independent); or a plain matrix in the order
        of `names`.
    repair : {"none", "nearest"}
        What to do with correlations that no Gaussian copula can have: raise, or take the nearest that one
        can, which the result then says.

    Returns
    -------
    RankCorrelation
        The correlations as they will be used.

    Raises
    ------
    InputError
        If a name is unknown, not text or occurs twice, a pair is given twice with different values or is one
        input twice, a matrix has the wrong shape, is not symmetric, has a diagonal other than 1 or an
        entry outside [-1, 1] or not finite, `repair` is unknown, or the correlations are impossible together
        and `repair` is "none".

    Notes
    -----
    Normal scores with Pearson correlation ``r`` have Spearman's correlation ``6/pi asin(r/2)``, whatever
    increasing functions make values of them (Kruskal, 1958), so ``r = 2 sin(pi/6 s)`` is used. This meets
    every pair exactly in the limit, but the matrix of all ``r`` need not be positive semidefinite, even where
    that of all ``s`` is. Repair: the nearest correlation matrix in the Frobenius norm, Higham (2002), taken
    of ``r``.

    Examples
    --------
    >>> rank_correlation(["growth", "margin", "wacc"], {("growth", "margin"): 0.4})
    RankCorrelation(growth, margin, wacc: 1 correlated pair(s))
    >>> impossible = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
    >>> rank_correlation("abc", impossible, repair="nearest")
    RankCorrelation(a, b, c: 3 correlated pair(s), repaired by up to 0.417)
    """
    inputs = _as_names(names)
    if repair not in ("none", "nearest"):
        raise InputError("repair", f'expected "none" or "nearest", got {repair!r}')
    requested = _requested(inputs, correlation)
    normal = 2 * np.sin(np.pi / 6 * requested)
    np.fill_diagonal(normal, 1.0)
    smallest = smallest_eigenvalue(normal)
    if smallest >= 0:
        return RankCorrelation(inputs, requested, requested, normal, repaired=False, largest_change=0.0)
    if repair == "none":
        raise InputError(
            "correlation",
            f"expected correlations that are possible together, got a matrix whose normal scores have the "
            f"eigenvalue {smallest:.3g} (not positive semidefinite)",
            advice='Bring single correlations nearer to zero, or give rank_correlation(names, correlation, repair="nearest")',
        )
    normal = nearest_correlation(normal)
    used = 6 / np.pi * np.arcsin(normal / 2)
    np.fill_diagonal(used, 1.0)
    change = float(np.abs(used - requested).max())
    return RankCorrelation(inputs, used, requested, normal, repaired=True, largest_change=change)


def as_rank_correlation(names: tuple[str, ...], correlation: Correlation | None) -> RankCorrelation | None:
    """Accept what `rank_correlation` accepts, or its result in the order of `names`; None is independence."""
    if correlation is None:
        return None
    if not isinstance(correlation, RankCorrelation):
        return rank_correlation(names, correlation)
    if set(correlation.names) != set(names):
        raise InputError(
            "correlation",
            f"expected the inputs {', '.join(names)}, got a RankCorrelation of {', '.join(correlation.names)}",
        )
    order = np.ix_(*[[correlation.names.index(name) for name in names]] * 2)
    matrices = (correlation.matrix, correlation.requested, correlation.normal_matrix)
    matrix, requested, normal = (array[order] for array in matrices)
    return RankCorrelation(names, matrix, requested, normal, correlation.repaired, correlation.largest_change)


def _as_names(names: Iterable[str]) -> tuple[str, ...]:
    found = tuple(names)
    if not found or not all(isinstance(name, str) for name in found) or len(set(found)) < len(found):
        raise InputError("names", f"expected at least one name, each text and none twice, got {list(found)}")
    return found


def _requested(names: tuple[str, ...], correlation: Correlation) -> Array:
    if isinstance(correlation, RankCorrelation):
        return _from_labels(names, correlation.names, correlation.names, correlation.requested)
    if isinstance(correlation, Mapping):
        return _from_pairs(names, correlation)
    if hasattr(correlation, "columns") and hasattr(correlation, "index"):
        rows, columns = tuple(correlation.index), tuple(correlation.columns)
        return _from_labels(names, rows, columns, correlation.to_numpy())
    return as_correlation_matrix("correlation", correlation, len(names))


def _from_pairs(names: tuple[str, ...], pairs: Mapping[Any, Any]) -> Array:
    matrix = np.full((len(names), len(names)), np.nan)
    for pair, value in pairs.items():
        if not isinstance(pair, tuple) or len(pair) != 2 or pair[0] == pair[1]:
            raise InputError(
                "correlation", f'expected pairs of two inputs such as ("growth", "margin"), got {pair!r}'
            )
        first, second = (_place(names, name) for name in pair)
        number = as_float(f"correlation[{pair!r}]", value, finite=True)
        if number.ndim or abs(number) > 1:
            raise InputError(f"correlation[{pair!r}]", f"expected a number between -1 and 1, got {value!r}")
        if not np.isnan(matrix[first, second]) and matrix[first, second] != number:
            raise InputError(
                f"correlation[{pair!r}]",
                f"expected one value for the pair, got {matrix[first, second]} and {number}",
            )
        matrix[first, second] = matrix[second, first] = number
    filled = np.where(np.isnan(matrix), 0.0, matrix)
    np.fill_diagonal(filled, 1.0)
    return filled


def _from_labels(
    names: tuple[str, ...], rows: tuple[Any, ...], columns: tuple[Any, ...], values: Any
) -> Array:
    if set(rows) != set(columns) or len(set(rows)) < len(rows):
        raise InputError(
            "correlation",
            f"expected the same labels on rows and columns, got {list(rows)} and {list(columns)}",
        )
    by_row = [columns.index(name) for name in rows]
    given = as_correlation_matrix("correlation", np.asarray(values)[:, by_row], len(rows))
    places = [_place(names, name) for name in rows]
    matrix = np.eye(len(names))
    matrix[np.ix_(places, places)] = given
    return matrix


def _place(names: tuple[str, ...], name: object) -> int:
    if name not in names:
        raise InputError("correlation", f"expected names of inputs ({', '.join(names)}), got {name!r}")
    return names.index(name)
