"""The state of the yield curve: how high it is, how steep, how bent, and whether it is inverted."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, as_float, refuse
from maos_nb.analytics.market._maturities import as_maturities, place_of
from maos_nb.analytics.market._panel import across, as_returns
from maos_nb.analytics.market._past import as_history, percentiles
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.errors import InputError

__all__ = ["YieldCurveState", "yield_curve_state"]


class YieldCurveState(NamedTuple):
    """The yield curve at each observation: each a Series or an array ``(n_observations,)``.

    Parameters
    ----------
    level
        Mean of all yields, a decimal a year.
    slope
        Long less short yield.
    curvature
        ``2 * 5y - 2y - 10y``: above zero where the middle bulges upwards.
    inverted
        1 where the slope is below zero, else 0.
    days_since_inversion
        Since the slope was last below zero, 0 while it is: calendar days if the rows are dated, else observations.
    percentile
        Where the slope stands among earlier ones, from 0 to 1.
    state
        "inverted", "not inverted", or "not known".
    """

    level: Any
    slope: Any
    curvature: Any
    inverted: Any
    days_since_inversion: Any
    percentile: Any
    state: Any


def yield_curve_state(
    yields: Observations,
    maturities: npt.ArrayLike | None = None,
    *,
    short: float = 2.0,
    long: float = 10.0,
    history: int | None = None,
    min_history: int = 252,
) -> YieldCurveState:
    """Describe the yield curve at each observation.

    Parameters
    ----------
    yields : DataFrame or array, shape (n_observations, n_maturities)
        Decimals a year; NaN where there is none.
    maturities : array_like, shape (n_maturities,), optional
        In years; by default read from the columns' names, such as "3m", "2y" or "yield_10y".
    short, long : float
        Maturities in years that the slope is between: 2 and 10, or 0.25 for the three-month yield.
    history, min_history : int
        How many earlier slopes the percentile counts (all by default), and how many there must be.

    Returns
    -------
    YieldCurveState
        NaN, and "not known", where a yield that the figure needs is missing: for the level any of them, so that it
        is always that of the same maturities. Curvature is NaN throughout without all of 2, 5 and 10 years. Days
        since inversion are NaN before the first.

    Raises
    ------
    InputError
        If `yields` is not a table of finite numbers or NaN, its rows are not in order, or one is above 100%;
        maturities are not known, not above zero, given twice, or of another number than the columns; `short` is not
        below `long` or one of them is no column; or the counts do not suit, as for `past_percentile`.

    Notes
    -----
    Level, slope and curvature as in Diebold and Li (2006), *Journal of Econometrics* 130, from observed yields:
    ``10y - 2y`` and ``2 * 5y - 2y - 10y`` (there ``10y - 3m`` and ``2 * 2y - 3m - 10y``). A slope of exactly zero
    is not inverted.

    Examples
    --------
    >>> yields = [[0.03, 0.035, 0.04], [0.042, 0.04, 0.038], [0.04, 0.04, 0.04]]
    >>> curve = yield_curve_state(yields, [2, 5, 10])
    >>> curve.slope.round(6), curve.curvature.round(6)
    (array([ 0.01 , -0.004,  0.   ]), array([0., 0., 0.]))
    >>> curve.state.tolist(), curve.days_since_inversion
    (['not inverted', 'inverted', 'not inverted'], array([nan,  0.,  1.]))
    """
    held = as_returns("yields", yields)
    refuse("yields", held.array, np.abs(held.array) > 1, "decimals a year", advice="Give 4% as 0.04")
    years = as_maturities(held, maturities)
    past, least = as_history(history, min_history)
    slope = _between(held, years, short, long)
    inverted = np.where(np.isnan(slope), np.nan, slope < 0)
    lines = {
        "level": held.array.mean(axis=0) if len(years) else np.full(held.shape[1], np.nan),
        "slope": slope,
        "curvature": _curvature(held.array, years),
        "inverted": inverted,
        "days_since_inversion": _since(held, inverted),
        "percentile": percentiles(slope, past, least),
        "state": _words(inverted),
    }
    return YieldCurveState(*(across(held, line, name) for name, line in lines.items()))


def _between(held: Columns, years: Array, short: float, long: float) -> Array:
    """Take the slope between two maturities."""
    near, far = (
        float(as_float(name, value, finite=True)) for name, value in (("short", short), ("long", long))
    )
    if not near < far:
        raise InputError("short and long", f"expected short below long, got {near:g} and {far:g} years")
    places = []
    for name, maturity in (("short", near), ("long", far)):
        place = place_of(years, maturity)
        if place is None:
            known = ", ".join(f"{year:g}" for year in np.sort(years))
            raise InputError(name, f"expected a maturity that yields have, {known} years, got {maturity:g}")
        places.append(place)
    return np.asarray(held.array[places[1]] - held.array[places[0]])


def _curvature(array: Array, years: Array) -> Array:
    places = [place_of(years, maturity) for maturity in (2.0, 5.0, 10.0)]
    if None in places:
        return np.full(array.shape[1], np.nan)
    low, middle, high = (array[place] for place in places)
    # From the differences, so that a straight line is straight but for their own rounding.
    return np.asarray((middle - low) - (high - middle))


def _since(held: Columns, inverted: Array) -> Array:
    """Count days from the last inversion."""
    rows = np.arange(len(inverted))
    last = np.maximum.accumulate(np.where(inverted == 1, rows, -1)) if len(rows) else rows
    days = rows.astype(np.float64)
    if type(held.index).__name__ == "DatetimeIndex":
        days = np.asarray(held.index.to_numpy().astype("datetime64[D]").astype(np.float64))
    if not len(rows):
        return days
    return np.where((last < 0) | np.isnan(inverted), np.nan, days - days[last])


def _words(inverted: Array) -> npt.NDArray[Any]:
    words = np.full(len(inverted), "not known", dtype=object)
    words[inverted == 1] = "inverted"
    words[inverted == 0] = "not inverted"
    return words
