"""A rating from interest coverage, and the spread over a riskless bond that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from maos_nb.analytics._arrays import Float, Numeric, as_float, unwrap
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

__all__ = ["RATING_SOURCE", "FirmSize", "SyntheticRating", "synthetic_rating"]

FirmSize: TypeAlias = Literal["large", "small"]
"""Above or below a market value of 5 billion dollars."""

RATING_SOURCE = "Aswath Damodaran (NYU Stern), Ratings and Spreads, January 2024"

# Best first, for S&P's letters: the spread, and the coverage above which a large and a small company has the rating.
_RATINGS = ("AAA", "AA", "A+", "A", "A-", "BBB", "BB+", "BB", "B+", "B", "B-", "CCC", "CC", "C", "D")
_SPREADS = np.array(
    [
        *(0.0059, 0.0070, 0.0092, 0.0107, 0.0121, 0.0147, 0.0174, 0.0221),
        *(0.0314, 0.0361, 0.0524, 0.0851, 0.1178, 0.1700, 0.2000),
    ]
)
_ABOVE = {
    "large": np.array([8.5, 6.5, 5.5, 4.25, 3.0, 2.5, 2.25, 2.0, 1.75, 1.5, 1.25, 0.8, 0.65, 0.2]),
    "small": np.array([12.5, 9.5, 7.5, 6.0, 4.5, 4.0, 3.5, 3.0, 2.5, 2.0, 1.5, 1.25, 0.8, 0.5]),
}


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticRating:
    """Ratings and their spreads, in the shape of the coverage; text and float for a single one.

    Parameters
    ----------
    rating : str or array of str
        In S&P's letters; empty where the coverage is not known.
    spread : float or array
        Decimal a year; NaN where the coverage is not known.
    """

    rating: Any
    spread: Float

    def __repr__(self) -> str:
        rating = self.rating if isinstance(self.rating, str) else f"{self.rating.size} ratings"
        return f"SyntheticRating(rating={rating!r}, spread={figure(self.spread)})"


def synthetic_rating(interest_coverage: Numeric, *, size: FirmSize = "large") -> SyntheticRating:
    """Rate companies by how many times their operating income covers their interest.

    The bounds hold for companies that are not financial. The spread is added to a riskless rate for the
    cost of debt before tax.

    Parameters
    ----------
    interest_coverage : float or array_like
        Operating income over interest expense; negative for an operating loss, infinite without interest.
    size : {"large", "small"}
        Small companies, below 5 billion dollars of market value, need more coverage for the same rating.

    Returns
    -------
    SyntheticRating
        NaN coverage gives no rating and a NaN spread.

    Raises
    ------
    InputError
        For coverage that is not numeric, or another `size`.

    Notes
    -----
    Bounds and spreads are those that A. Damodaran publishes for January 2024 ("Ratings, Interest Coverage
    Ratios and Default Spread", pages.stern.nyu.edu/~adamodar). Spreads change from year to year, the bounds
    hardly.

    Examples
    --------
    >>> synthetic_rating(3.2)
    SyntheticRating(rating='A-', spread=0.0121)
    >>> synthetic_rating([12.0, -1.0], size="small").rating.tolist()
    ['AA', 'D']
    """
    coverage = as_float("interest_coverage", interest_coverage)
    if size not in get_args(FirmSize):
        raise InputError("size", f"expected 'large' or 'small', got {size!r}")
    above = _ABOVE[size]
    place = len(above) - np.searchsorted(above[::-1], coverage, side="left")
    known = ~np.isnan(coverage)
    rating = np.where(known, np.array(_RATINGS)[place], "")
    return SyntheticRating(unwrap(rating), unwrap(np.where(known, _SPREADS[place], np.nan)))
