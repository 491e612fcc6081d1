"""Seasonality: mean returns by month or weekday, and how little of that may be more than chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics._dates import Dates, as_dates
from maos_nb.analytics._records import figure
from maos_nb.analytics.market._panel import as_returns
from maos_nb.analytics.technical._columns import Columns, Observations
from maos_nb.analytics.technical._signal_statistics import adjusted_p_values, standard_errors, two_sided
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Against", "SeasonBy", "Seasonality", "seasonality"]

SeasonBy: TypeAlias = Literal["month", "weekday"]
Against: TypeAlias = Literal["zero", "others"]

_NAMES: dict[str, tuple[str, ...]] = {
    "month": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "weekday": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Seasonality:
    """Mean returns by season: arrays of shape ``(n_assets, n_seasons)``.

    Parameters
    ----------
    by, against : str
        What the seasons are, and what each mean was tested against.
    seasons : tuple of str
        Those with an observation, in the order of the calendar.
    assets : tuple
        Labels of the assets.
    mean : ndarray
        Mean return per observation.
    difference : ndarray
        What is tested: the mean, or the mean less that of all other seasons.
    standard_error, t_statistic, p_value : ndarray
        Of that difference, allowing for autocorrelation and changing variance.
    p_adjusted : ndarray
        Raised for all tests of the call (Holm).
    count : ndarray
        Observations.
    share_positive : ndarray
        Share of returns above zero.
    """

    by: str
    against: str
    seasons: tuple[str, ...]
    assets: tuple[Any, ...]
    mean: Array = field(repr=False)
    difference: Array = field(repr=False)
    standard_error: Array = field(repr=False)
    t_statistic: Array = field(repr=False)
    p_value: Array = field(repr=False)
    p_adjusted: Array = field(repr=False)
    count: Array = field(repr=False)
    share_positive: Array = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give a row for each season, or for each asset and season where there are several assets."""
        import pandas as pd

        columns = (
            "mean",
            "difference",
            "standard_error",
            "t_statistic",
            "p_value",
            "p_adjusted",
            "count",
            "share_positive",
        )
        index: pd.Index[Any] = pd.MultiIndex.from_product(
            [self.assets, self.seasons], names=["asset", self.by]
        )
        if len(self.assets) == 1:
            index = pd.Index(self.seasons, name=self.by)
        return pd.DataFrame({name: getattr(self, name).ravel() for name in columns}, index=index).astype(
            {"count": int}
        )

    def __repr__(self) -> str:
        known = self.p_adjusted[~np.isnan(self.p_adjusted)]
        least = figure(float(known.min())) if len(known) else "nan"
        return (
            f"Seasonality(by={self.by!r}, {len(self.seasons)} seasons, {len(self.assets)} assets, "
            f"lowest adjusted p-value {least})"
        )


def seasonality(
    returns: Observations,
    by: SeasonBy = "month",
    *,
    dates: Dates | None = None,
    against: Against = "zero",
    lags: int | None = None,
) -> Seasonality:
    """Average returns by season, with tests that allow for autocorrelation and for there being many.

    Parameters
    ----------
    returns : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Returns per period, of any one frequency; NaN where there is none.
    by : {"month", "weekday"}
        The season that an observation belongs to.
    dates : dates, shape (n_observations,), optional
        Of the observations; by default those in the index.
    against : {"zero", "others"}
        Test each mean against zero, or against the mean of all other seasons. Where all returns drift upwards, many
        a season's mean is above zero, which is no seasonality.
    lags : int, optional
        Observations over which returns may be correlated, from 0; ``4 (n / 100)**(2 / 9)`` by default.

    Returns
    -------
    Seasonality
        With `to_frame`. Gaps are left out, and correlations are over the observations' places, gaps among them. A
        season with fewer than two returns, or without any spread, has a mean but no test: NaN.

    Raises
    ------
    InputError
        If `returns` is not a table of finite numbers or NaN or its rows are not in order, there are no dates or
        not one for each row in order, `by` or `against` is unknown, or `lags` is not a whole number of 0 or more.

    Notes
    -----
    Regression on one dummy for each season, with the covariance of Newey and West (1987), Bartlett's weights and no
    small-sample factor: statsmodels' ``OLS(...).fit(cov_type="HAC", cov_kwds={"maxlags": lags}, use_t=True)``. Lags by
    default as Newey and West (1994). P-values are two-sided, raised by Holm (1979).

    Examples
    --------
    >>> days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    >>> result = seasonality(np.where(days < np.datetime64("2024-02-01"), 0.01, -0.02), dates=days)
    >>> result.seasons, result.mean
    (('Jan', 'Feb'), array([[ 0.01, -0.02]]))
    """
    held = as_returns("returns", returns)
    if by not in _NAMES:
        raise InputError("by", f'expected "month" or "weekday", got {by!r}')
    if against not in ("zero", "others"):
        raise InputError("against", f'expected "zero" or "others", got {against!r}')
    most = None if lags is None else as_count("lags", lags, minimum=0)
    codes = _codes(_as_days(held, dates), by)
    present = np.unique(codes)
    masks = codes == present[:, np.newaxis]
    rows = [_tested(values, masks, against, most) for values in held.array]
    found = np.array(rows).reshape(len(rows), 7, len(present)).transpose(1, 0, 2)
    mean, difference, error, statistic, p_value, count, positive = found
    adjusted = adjusted_p_values(p_value.ravel(), "holm").reshape(p_value.shape)
    return Seasonality(
        by,
        against,
        tuple(_NAMES[by][code] for code in present),
        _assets(held),
        mean=mean,
        difference=difference,
        standard_error=error,
        t_statistic=statistic,
        p_value=p_value,
        p_adjusted=adjusted,
        count=count,
        share_positive=positive,
    )


def _as_days(held: Columns, dates: Dates | None) -> npt.NDArray[np.datetime64]:
    if dates is None:
        if type(held.index).__name__ not in ("DatetimeIndex", "PeriodIndex"):
            raise InputError("dates", "expected a date for each return, as their index has none")
        index = held.index if type(held.index).__name__ == "DatetimeIndex" else held.index.to_timestamp()
        return as_dates("returns", index)
    days = np.atleast_1d(as_dates("dates", dates))
    if days.shape != (held.shape[1],):
        raise InputError("dates", f"expected one for each of {held.shape[1]} returns, got shape {days.shape}")
    late = np.flatnonzero(days[1:] <= days[:-1])
    if len(late):
        row = int(late[0]) + 1
        raise InputError("dates", f"expected days in order, each once, got {days[row]} after {days[row - 1]}")
    return days


def _codes(days: npt.NDArray[np.datetime64], by: SeasonBy) -> npt.NDArray[np.int64]:
    if by == "month":
        return np.asarray(days.astype("datetime64[M]").astype(np.int64) % 12)
    return np.asarray((days.astype(np.int64) + 3) % 7)  # 1970-01-01 was a Thursday


def _assets(held: Columns) -> tuple[Any, ...]:
    if held.kind == "frame":
        return tuple(held.columns)
    return (held.columns,) if held.kind == "series" else tuple(range(held.shape[0]))


def _tested(values: Array, masks: npt.NDArray[np.bool_], against: Against, lags: int | None) -> Array:
    """Give mean, difference, error, t, p, count and share of gains for each season of one asset."""
    known = ~np.isnan(values)
    inside = masks & known
    count = inside.sum(axis=1)
    mean, terms = _means(values, inside)
    difference, enough, parameters = mean, count > 1, int((count > 0).sum())
    if against == "others":
        other, other_terms = _means(values, ~masks & known)
        difference, terms = mean - other, terms - other_terms
        enough, parameters = enough & (known.sum() - count > 1), 2
    n = int(known.sum())
    most = int(4 * (n / 100) ** (2 / 9)) if lags is None else lags
    error = np.where(enough, standard_errors(terms, most), np.nan)
    error[error == 0] = np.nan
    statistic = difference / error
    p_value = two_sided(statistic, np.full(len(statistic), float(n - parameters)))
    # Without degrees of freedom there is no test either.
    statistic = np.where(np.isnan(p_value), np.nan, statistic)
    positive = np.divide((inside & (values > 0)).sum(axis=1), count, out=_nan(count), where=count > 0)
    return np.array([mean, difference, error, statistic, p_value, count, positive])


def _means(values: Array, inside: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """Average the values inside each mask, and give what each value adds to the error of that mean."""
    count = inside.sum(axis=1)
    first = values[inside.argmax(axis=1)] if values.size else np.empty(0)
    # From the first of each, so that values that are all the same have no spread at all.
    shifted = np.where(inside, values - first[:, np.newaxis], 0.0)
    offset = np.divide(shifted.sum(axis=1), count, out=_nan(count), where=count > 0)
    safe = np.maximum(count, 1)[:, np.newaxis]
    terms = np.where(inside, shifted - offset[:, np.newaxis], 0.0) / safe
    return np.asarray(first + offset), np.asarray(terms)


def _nan(like: npt.NDArray[Any]) -> Array:
    return np.full(like.shape, np.nan)
