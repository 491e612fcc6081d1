"""Where a company stands among its peers: percentile, rank and z-score of each ratio within group and period.

>>> import pandas as pd
>>> from maos_nb.analytics.fundamental.peers import peer_rank
>>> margins = pd.DataFrame({"net_margin": [0.05, 0.10, 0.30]}, index=["A", "B", "C"])
>>> peer_rank(margins).percentile.round(2)["net_margin"].to_list()
[16.67, 50.0, 83.33]
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, as_count, as_float
from maos_nb.analytics.fundamental.ratios import RATIOS, Ratios
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PeerRanks", "peer_rank"]

Codes: TypeAlias = npt.NDArray[np.intp]

# A normal distribution's deviation over its median absolute deviation: 1 / Phi^-1(3/4).
DEVIATION_OF_MEDIAN = 1.482602218505602
# With two companies every z is 0.71 or -0.71, whatever their figures.
FEWEST_PEERS = 3


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PeerRanks:
    """Where each figure stands in its group and period; frames in the shape of the figures given.

    Parameters
    ----------
    values
        The figures that were ranked.
    group
        The group of each row; missing where the company has none.
    percentile
        From 0 to 100: ``100 (mean rank - 1/2) / n_peers``, ties in the middle.
    z_score
        Deviations (ddof 1) from the group's mean.
    robust_z
        ``(value - median) / (1.4826 x median absolute deviation)``: hardly moved by outliers.
    rank
        1 is the best; ties share the mean of their ranks.
    median
        The group's median.
    n_peers
        Companies of the group with a figure, the company itself among them.
    n_missing
        Companies of the group without one.
    minimum
        Fewest companies for a figure to be ranked.
    """

    values: pd.DataFrame
    group: pd.Series[Any]
    percentile: pd.DataFrame
    z_score: pd.DataFrame
    robust_z: pd.DataFrame
    rank: pd.DataFrame
    median: pd.DataFrame
    n_peers: pd.DataFrame
    n_missing: pd.DataFrame
    minimum: int

    def company(self, ticker: str, period: Hashable | None = None) -> pd.DataFrame:
        """Give all about a company in a period: a row a ratio.

        Parameters
        ----------
        ticker : str
        period : int or str, optional
            Needed where the figures have several periods.

        Raises
        ------
        InputError
            If there is not exactly one such row.

        Examples
        --------
        >>> import pandas as pd
        >>> margins = pd.DataFrame({"net_margin": [0.05, 0.10, 0.30]}, index=["A", "B", "C"])
        >>> peer_rank(margins).company("C").loc["net_margin", ["value", "rank", "n_peers"]].to_dict()
        {'value': 0.3, 'rank': 1.0, 'n_peers': 3.0}
        """
        import pandas as pd

        tickers, periods = _row_labels(self.values)
        found = tickers == ticker
        if period is not None:
            found &= np.array([item == period for item in periods], dtype=bool)
        if np.count_nonzero(found) != 1:
            raise InputError(
                "ticker and period",
                f"expected one row, got {np.count_nonzero(found)} for {ticker!r} and {period!r}",
                advice=f"Tickers: {', '.join(dict.fromkeys(map(str, tickers)))[:200]}",
            )
        place = int(np.flatnonzero(found)[0])
        columns = {"value": self.values, **{name: getattr(self, name) for name in _MEASURES}}
        return pd.DataFrame({name: frame.iloc[place] for name, frame in columns.items()}).rename_axis("ratio")

    def __repr__(self) -> str:
        rows, ratios = self.values.shape
        ranked = int(np.count_nonzero(np.isfinite(self.percentile.to_numpy())))
        return (
            f"PeerRanks({rows} rows x {ratios} ratios in {self.group.nunique()} groups, "
            f"{ranked} of {rows * ratios} ranked, minimum={self.minimum})"
        )


def peer_rank(
    values: Any,
    groups: Mapping[str, Hashable] | pd.Series[Any] | None = None,
    *,
    higher_is_better: bool | Mapping[str, bool | None] | None = None,
    period: Hashable | None = None,
    minimum: int = FEWEST_PEERS,
) -> PeerRanks:
    """Rank figures among the companies of the same group in the same period.

    Parameters
    ----------
    values : DataFrame or Ratios
        Indexed by ticker and period, or by ticker alone; a column a ratio. Of `Ratios` those over a negative
        denominator are left out like those that are not known: a loss on negative equity is no return.
    groups : mapping or Series of ticker to group, optional
        Such as the sector. A company that is absent or whose group is missing is not ranked. Without it all
        companies are one group.
    higher_is_better : bool or mapping of ratio to bool, optional
        Where False, percentile, rank and both z-scores are turned round, so that more is better everywhere. A
        ratio that is absent, and None, count as True. By default `Ratios` are ranked in the direction that
        `RATIOS` has for them, and a frame by its size.
    period : int or str, optional
        Rank this period alone.
    minimum : int
        Fewest companies with a figure, at least 1; a smaller group gets NaN and its size.

    Returns
    -------
    PeerRanks
        Frames in the shape of `values`. A figure that is NaN or infinite is left out of its group and counted in
        `n_missing`; its own results are NaN, with the median and the counts of its group. Where all figures of a
        group are equal the z-scores are NaN, and so is the robust one where more than half of them are.

    Raises
    ------
    InputError
        If `values` is no frame of numbers with one row for each company and period, `period` is not in it,
        `higher_is_better` names a ratio that is not there or is no bool, or `minimum` is below 1.

    Notes
    -----
    A percentile is the share of the group below a figure with half of those equal to it, itself included: 50 for
    the only one, as ``scipy.stats.percentileofscore(kind="mean")``. The standard deviation has ddof 1. Robust
    z-score: Iglewicz and Hoaglin (1993), *How to Detect and Handle Outliers*.

    Examples
    --------
    Of two sectors one has too few companies:

    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"roe": [0.10, 0.20, 0.30, 0.15], "debt_to_equity": [0.5, 1.5, 1.0, 2.0]}, index=["A", "B", "C", "D"]
    ... )
    >>> found = peer_rank(
    ...     table,
    ...     {"A": "tech", "B": "tech", "C": "tech", "D": "energy"},
    ...     higher_is_better={"debt_to_equity": False},
    ... )
    >>> found
    PeerRanks(4 rows x 2 ratios in 2 groups, 6 of 8 ranked, minimum=3)
    >>> found.rank["debt_to_equity"].to_list(), found.n_peers["debt_to_equity"].to_list()
    ([1.0, 3.0, 2.0, nan], [3, 3, 3, 1])
    >>> found.z_score["roe"].round(6).to_list()
    [-1.0, 0.0, 1.0, nan]
    """
    import pandas as pd

    frame = _as_table(values, period)
    fewest = as_count("minimum", minimum)
    signs = _signs(frame, _directions(values) if higher_is_better is None else higher_is_better)
    tickers, periods = _row_labels(frame)
    group = pd.Series(_groups(tickers, groups), index=frame.index, name="group", dtype=object)
    figures = as_float("values", frame.to_numpy())
    segments, n_segments = _segments(group, periods)
    measures = _measures(figures * signs, segments, n_segments, fewest)
    measures["median"] = measures["median"] * signs + 0.0  # no negative zero
    framed = {
        name: pd.DataFrame(array, index=frame.index, columns=frame.columns)
        for name, array in measures.items()
    }
    return PeerRanks(values=frame, group=group, minimum=fewest, **framed)


_MEASURES = ("percentile", "z_score", "robust_z", "rank", "median", "n_peers", "n_missing")


def _as_table(values: Any, period: Hashable | None) -> pd.DataFrame:
    frame: pd.DataFrame = values if hasattr(values, "columns") else getattr(values, "frame", values)
    if frame is not values and hasattr(values, "negative_denominator"):
        frame = frame.mask(values.negative_denominator)
    if not (hasattr(frame, "index") and hasattr(frame, "columns")):
        raise InputError("values", f"expected a DataFrame of ratios, got {type(values).__name__}")
    if frame.index.nlevels > 2 or not frame.shape[0] or not frame.shape[1]:
        raise InputError("values", f"expected rows by ticker and period, got a frame of {frame.shape}")
    if not (frame.index.is_unique and frame.columns.is_unique):
        raise InputError("values", "a company has a period twice, or a ratio is there twice")
    if period is None:
        return frame
    if frame.index.nlevels < 2 or period not in frame.index.get_level_values(1):
        raise InputError("period", f"{period!r} is not in values")
    return frame[frame.index.get_level_values(1) == period]


def _row_labels(frame: pd.DataFrame) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    index = frame.index
    tickers = np.asarray(index.get_level_values(0), dtype=object)
    if index.nlevels < 2:
        return tickers, np.zeros(len(index), dtype=object)
    return tickers, np.asarray(index.get_level_values(1), dtype=object)


def _groups(tickers: npt.NDArray[np.object_], groups: Any) -> list[Any]:
    if groups is None:
        return ["all"] * len(tickers)
    if not (hasattr(groups, "get") and hasattr(groups, "items")) or hasattr(groups, "columns"):
        raise InputError("groups", f"expected a mapping of ticker to group, got {type(groups).__name__}")
    if hasattr(groups, "index") and not groups.index.is_unique:
        raise InputError("groups", "a ticker is there twice", advice="Give each company one group")
    known = dict(groups.items())
    return [known.get(ticker) for ticker in tickers]


def _directions(values: Any) -> dict[str, bool | None] | None:
    """Give the direction of each ratio that the table has one for; None for a frame, which may hold anything."""
    if not isinstance(values, Ratios):
        return None
    return {name: RATIOS[name].higher_is_better for name in values.names if name in RATIOS}


def _signs(frame: pd.DataFrame, higher_is_better: Any) -> Array:
    by_name = higher_is_better
    if not isinstance(by_name, Mapping):
        by_name = dict.fromkeys(frame.columns, higher_is_better)
    for name, higher in by_name.items():
        if name not in frame.columns:
            raise InputError("higher_is_better", f"there is no ratio {name!r} in values")
        if not (higher is None or isinstance(higher, bool | np.bool_)):
            raise InputError("higher_is_better", f"expected True, False or None for {name!r}, got {higher!r}")
    lower = [by_name.get(name) is not None and not by_name[name] for name in frame.columns]
    return np.where(lower, -1.0, 1.0)


def _segments(group: pd.Series[Any], periods: npt.NDArray[np.object_]) -> tuple[Codes, int]:
    """Give each pair of group and period a number, and -1 to companies without a group."""
    import pandas as pd

    by_group, groups = pd.factorize(group)
    by_period, names = pd.factorize(periods)
    return np.where(by_group < 0, -1, by_group * len(names) + by_period), max(len(groups) * len(names), 1)


def _measures(figures: Array, segments: Codes, n_segments: int, minimum: int) -> dict[str, Any]:
    """Give each measure ``(n_rows, n_ratios)``: every group, period and ratio is a cell of one flat list."""
    n_ratios = figures.shape[1]
    cells = segments[:, np.newaxis] * n_ratios + np.arange(n_ratios)
    inside = np.broadcast_to((segments >= 0)[:, np.newaxis], figures.shape)
    used = inside & np.isfinite(figures)
    n_cells = n_segments * n_ratios
    count = np.bincount(cells[used], minlength=n_cells)
    missing = np.bincount(cells[inside], minlength=n_cells) - count
    cell, flat = cells[used], figures[used]
    with np.errstate(all="ignore"):
        ranks, median = _ranks(flat, cell, count)
        found = _standings(flat, cell, count, ranks, median)
    enough = count >= minimum
    measures: dict[str, Any] = {}
    for name, array in found.items():
        measures[name] = np.full(figures.shape, np.nan)
        measures[name][used] = np.where(enough[cell], array, np.nan)
    at = np.where(inside, cells, 0)
    measures["median"] = np.where(inside & enough[at], median[at], np.nan)
    measures["n_peers"] = np.where(inside, count[at], 0)
    measures["n_missing"] = np.where(inside, missing[at], 0)
    return measures


def _ranks(flat: Array, cell: Codes, count: Codes) -> tuple[Array, Array]:
    """Give the mean rank of each figure, from the lowest, and the median of each cell."""
    order = np.lexsort((flat, cell))
    rising, cells = flat[order], cell[order]
    start = np.cumsum(count) - count
    is_new = np.ones(len(rising), dtype=bool)
    is_new[1:] = (rising[1:] != rising[:-1]) | (cells[1:] != cells[:-1])
    tie = np.cumsum(is_new) - 1
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], len(rising)) - 1
    ranks: Array = np.empty(len(rising))
    ranks[order] = ((first + last) / 2)[tie] - start[cells] + 1
    return ranks, _middle(rising, start, count)


def _middle(rising: Array, start: Codes, count: Codes) -> Array:
    median = np.full(len(count), np.nan)
    held = count > 0
    low, high = start[held] + (count[held] - 1) // 2, start[held] + count[held] // 2
    median[held] = rising[low] + (rising[high] - rising[low]) / 2
    return median


def _standings(flat: Array, cell: Codes, count: Codes, ranks: Array, median: Array) -> dict[str, Array]:
    n_cells = len(count)
    # Distances from the median: where all are equal they are exactly zero, which those from a mean are not.
    distance = flat - median[cell]
    mean = np.bincount(cell, distance, n_cells) / count
    deviation = np.sqrt(np.bincount(cell, (distance - mean[cell]) ** 2, n_cells) / (count - 1))
    apart = np.abs(distance)
    spread = DEVIATION_OF_MEDIAN * _middle(apart[np.lexsort((apart, cell))], np.cumsum(count) - count, count)
    return {
        "percentile": 100 * (ranks - 0.5) / count[cell],
        "z_score": (distance - mean[cell]) / np.where(deviation > 0, deviation, np.nan)[cell],
        "robust_z": distance / np.where(spread > 0, spread, np.nan)[cell],
        "rank": count[cell] - ranks + 1,
    }
