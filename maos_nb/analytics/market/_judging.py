"""Forecasts set beside the prices that came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_count, as_float, refuse
from maos_nb.analytics._dates import Dates, as_dates
from maos_nb.analytics.market._forecast import Forecast
from maos_nb.analytics.market._judgement import ForecastOutcome, ForecastStatus, Judgement, scored
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["judge"]


def judge(
    forecasts: Iterable[Forecast],
    prices: pd.DataFrame | pd.Series[float] | Mapping[str, pd.Series[float]],
    *,
    max_age: int = 7,
    n_bins: int = 10,
    level: float = 0.95,
) -> Judgement:
    """Set forecasts beside what came.

    Parameters
    ----------
    forecasts : iterable of Forecast
        All that were made: leaving out those that failed leaves out what is to be measured.
    prices : DataFrame, Series or mapping of str to Series
        By date, in order; subjects as columns, as the name of the Series, or as keys. NaN is a gap.
    max_age : int
        How many calendar days before a day without a price (a weekend, say) its price may be from.
    n_bins : int
        Number of equal parts of 0 to 1 in the calibration table.
    level : float
        Confidence of intervals.

    Returns
    -------
    Judgement
        Nothing is judged before a price of its horizon or of a later day is there.

    Raises
    ------
    InputError
        If an item is no Forecast, `prices` is of another kind, without dates, not in order or not of numbers, or
        `max_age`, `n_bins` or `level` is out of bounds.

    Notes
    -----
    Brier (1950), "Verification of forecasts expressed in terms of probability"; Good (1952) for the logarithmic score.
    Both are proper: nothing else earns as much, in expectation, as the probability that one believes in.

    Examples
    --------
    >>> import pandas as pd
    >>> close = pd.Series([100.0, 102.0, 99.0], pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-28"]), name="SPY")
    >>> said = [
    ...     Forecast("2024-01-31", "SPY", "2024-02-29", "direction", probability=0.7),
    ...     Forecast("2024-01-31", "SPY", "2024-03-28", "range", low=95.0, high=105.0, coverage=0.8),
    ...     Forecast("2024-03-28", "SPY", "2024-04-30", "direction", probability=0.6),
    ... ]
    >>> judge(said, close)
    Judgement(2 of 3 judged: 1 directions, hit_rate=1, brier=0.09; 1 ranges, covered=1 of promised 0.8)
    """
    given = tuple(forecasts)
    for item in given:
        if not isinstance(item, Forecast):
            raise InputError("forecasts", f"expected Forecasts, got {type(item).__name__}")
    confidence = as_float("level", level, finite=True)
    if confidence.ndim or not 0 < confidence < 1:
        raise InputError("level", f"expected a confidence between 0 and 1, got {level!r}")
    age, bins = as_count("max_age", max_age, minimum=0), as_count("n_bins", n_bins)
    histories = _histories(prices)
    outcomes = tuple(_outcome(item, histories.get(item.subject), age) for item in given)
    return scored(outcomes, bins, float(confidence))


@dataclass(frozen=True, slots=True, eq=False)
class _History:
    """Days with a known price, and the last day there is at all."""

    dates: Any
    prices: Array
    end: dt.date

    def at(self, day: dt.date, max_age: int) -> float:
        """Give the last price known up to a day; NaN where it is older than so many days."""
        place = int(np.searchsorted(self.dates, np.datetime64(day), side="right")) - 1
        if place < 0 or np.datetime64(day) - self.dates[place] > np.timedelta64(max_age, "D"):
            return float("nan")
        return float(self.prices[place])


def _histories(prices: Any) -> dict[str, _History]:
    kind = type(prices).__name__
    if kind == "DataFrame":
        return {str(name): _history(str(name), prices.index, prices[name]) for name in prices.columns}
    if kind == "Series":
        return {str(prices.name): _history(str(prices.name), prices.index, prices)}
    if isinstance(prices, Mapping) and all(hasattr(item, "index") for item in prices.values()):
        return {str(name): _history(str(name), item.index, item) for name, item in prices.items()}
    raise InputError("prices", f"expected a DataFrame, a Series or Series by name, got {kind}")


def _history(name: str, index: Dates, values: Any) -> _History:
    dates = as_dates("prices", index.to_numpy() if hasattr(index, "tz") and index.tz is None else index)
    if not len(dates):
        raise InputError("prices", f"expected at least one day, got none of {name!r}")
    if (np.diff(dates) <= np.timedelta64(0, "D")).any():
        raise InputError("prices", f"expected days in order, each once, of {name!r}", advice="Sort the index")
    array = as_float(name, values.to_numpy())
    refuse(name, array, np.isinf(array), "finite prices or NaN")
    known = ~np.isnan(array)
    return _History(dates[known], array[known], dates[-1].item())


def _outcome(forecast: Forecast, history: _History | None, max_age: int) -> ForecastOutcome:
    nan = float("nan")
    if history is None:
        return ForecastOutcome(forecast, ForecastStatus.UNKNOWN, nan, nan)
    reference = nan
    if forecast.kind == "direction":
        start = forecast.reference
        reference = history.at(forecast.made_on, max_age) if start is None else start
    if history.end < forecast.horizon:
        return ForecastOutcome(forecast, ForecastStatus.NOT_YET, nan, reference)
    price = history.at(forecast.horizon, max_age)
    return ForecastOutcome(forecast, _status(forecast, price, reference), price, reference)


def _status(forecast: Forecast, price: float, reference: float) -> ForecastStatus:
    if np.isnan(price) or (forecast.kind == "direction" and np.isnan(reference)):
        return ForecastStatus.UNKNOWN
    if forecast.low is not None and forecast.high is not None:
        is_hit = forecast.low <= price <= forecast.high
    elif forecast.probability is None or forecast.probability == 0.5:
        return ForecastStatus.UNDECIDED
    else:
        is_hit = (forecast.probability > 0.5) == (price > reference)
    return ForecastStatus.HIT if is_hit else ForecastStatus.MISS
