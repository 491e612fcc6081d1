"""One call for the state of a market: trend, breadth, volatility, stress, sentiment and rates."""

from __future__ import annotations

import numpy as np

from maos_nb.analytics._arrays import as_count
from maos_nb.analytics.market._dashboard_readings import LEAST_PAST, Readings
from maos_nb.analytics.market._panel import as_prices, as_returns, as_single, changes, label
from maos_nb.analytics.market._reading import Dashboard, Reading
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.errors import InputError

__all__ = ["Dashboard", "Reading", "dashboard"]

LONGEST = 550
"""Observations that the slowest figure takes before its first value, with some to spare."""


def dashboard(
    prices: Observations,
    index: Observations | None = None,
    vix: Observations | None = None,
    yields: Observations | None = None,
    *,
    history: int = 2520,
) -> Dashboard:
    """Read the state of a market on the last day of its prices.

    Parameters
    ----------
    prices : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Daily prices above zero of its assets; NaN where there is none.
    index : Series or array, shape (n_observations,), optional
        The market's index; by default the assets' mean returns, compounded, and the price of a single asset.
    vix : Series or array, shape (n_observations,), optional
        Expected volatility in points.
    yields : DataFrame, shape (n_observations, n_maturities), optional
        Decimals a year, in columns named by maturity, such as "3m", "2y" and "10y".
    history : int
        Earlier figures that percentiles count, ten years by default; at least 252. Older rows are not looked at,
        but for what the first of those figures takes.

    Returns
    -------
    Dashboard
        Only what the inputs allow: no breadth nor stress of one asset, no slope between maturities that yields do
        not have, no level and curvature without a slope, and nothing that would be NaN. `index`, `vix` and `yields` are read on their own last row that is
        not after the last of the prices; `how` names that day where it is another. Percentiles need 252 earlier
        figures.

    Raises
    ------
    InputError
        If a table is not one of numbers, its rows are not in order, prices, index or vix are not above zero, there
        are no prices, `index` or `vix` has several columns, some inputs have labels and others not, labels cannot be
        compared, arrays are not all of the same length, `history` is below 252, or `yields` have columns that are
        not maturities.

    Notes
    -----
    Each reading's `how` says what was computed; the formulas are with the functions of this package.

    Examples
    --------
    >>> days = np.arange(300.0)
    >>> board = dashboard(np.column_stack([100 + days, 100 + days + np.sin(days)]))
    >>> board
    Dashboard(as_of=299, 12 readings: trend, breadth, volatility, stress)
    >>> board.find("trend").state, board.find("share above 200-day average").value
    ('up', 1.0)
    """
    held = as_prices("prices", prices)
    if not held.shape[0] or not held.shape[1]:
        raise InputError(
            "prices",
            f"expected at least one row and one asset, got {held.shape[1]} rows, {held.shape[0]} assets",
        )
    past = as_count("history", history, minimum=LEAST_PAST)
    panel = _last(held, past + LONGEST)
    fear = None if vix is None else _until("vix", vix, held, past + LONGEST)
    if index is None:
        market = _market(panel)
        source = "the asset" if held.shape[0] == 1 else "mean returns of the assets, compounded"
    else:
        market, source = _until("index", index, held, past + LONGEST), "the index"
    board = Readings(label(held, held.shape[1] - 1), past)
    if market.shape[1]:
        board.add_trend(market, source)
    board.add_breadth(panel)
    if market.shape[1]:
        board.add_volatility(market, source)
    if fear is not None and fear.shape[1]:
        board.add_vix(fear)
    board.add_stress(panel)
    board.add_sentiment(panel, market, fear)
    if yields is not None:
        curve = _visible("yields", as_returns("yields", yields), held, past + LONGEST)
        if curve.shape[1]:
            board.add_rates(curve)
    return Dashboard(board.as_of, tuple(board.made))


def _last(held: Columns, count: int) -> Columns:
    index = None if held.index is None else held.index[-count:]
    return Columns(np.ascontiguousarray(held.array[:, -count:]), held.kind, index, held.columns)


def _until(name: str, given: Observations, prices: Columns, count: int) -> Columns:
    """Take a price or the VIX: one column, above zero, up to the last row of the prices."""
    as_single(name, given)
    return _visible(name, as_prices(name, given), prices, count)


def _visible(name: str, held: Columns, prices: Columns, count: int) -> Columns:
    """Leave what comes after the last row of the prices out."""
    both = f"prices and {name}"
    if (held.index is None) != (prices.index is None):
        raise InputError(both, "expected labels on both or on neither", advice="Give both as pandas objects")
    if held.index is None:
        if held.shape[1] != prices.shape[1]:
            raise InputError(
                both, f"expected the same number of rows, got {prices.shape[1]} and {held.shape[1]}"
            )
        return _last(held, count)
    try:
        seen = int(np.count_nonzero(held.index <= prices.index[-1]))
    except TypeError as error:
        raise InputError(both, f"expected labels that compare, such as dates on both ({error})") from None
    cut = Columns(held.array[:, :seen], held.kind, held.index[:seen], held.columns)
    return _last(cut, count)


def _market(panel: Columns) -> Columns:
    """Make an index of the assets: each alike, every day anew."""
    if panel.shape[0] == 1:
        return panel
    moves = changes(panel.array)
    known = ~np.isnan(moves)
    counted = known.sum(axis=0)
    mean = np.where(known, moves, 0.0).sum(axis=0) / np.maximum(counted, 1)
    level = 100.0 * np.cumprod(1.0 + mean)
    level[1:][counted[1:] == 0] = np.nan
    return Columns(level[np.newaxis], "vector" if panel.index is None else "series", panel.index)
