"""Open, high, low and close of each bar, and its volume, checked once and handed to indicators as one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb._views import escape, table
from maos_nb.analytics._arrays import as_float
from maos_nb.analytics.technical._columns import Columns, Observations, as_same_columns, check_order
from maos_nb.analytics.technical._prices import check_prices
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ohlcv"]

_PRICES = ("open", "high", "low", "close")
_FIELDS = (*_PRICES, "volume")
_SHOWN_ASSETS = 20


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ohlcv:
    """The bars of one asset or of many.

    Parameters
    ----------
    open, high, low, close : Series, DataFrame or array, shape (n_observations,) or (n_observations, n_assets)
        Prices, of one kind and with the same labels. NaN is a gap.
    volume : Series, DataFrame or array, optional
        Zero or above.
    tolerance : float
        How far, relative to it, a price may lie outside of the bar's range: 0 by default; 1e-6 lets pass what is
        rounded after adjustment for dividends.
    positive : bool
        Refuse prices of zero and below, which spreads and some futures have.

    Raises
    ------
    InputError
        If tables differ in kind, shape or labels; labels of rows are not in order or come twice, or names of assets
        come twice; a number is infinite; a price is not above 0 (with `positive`); a volume is below 0; or the prices
        of a bar contradict each other: high below low, open or close outside of them. The message names the first such
        row, the asset, and both numbers.

    Notes
    -----
    The tables are held as they are, not copied: do not write into them afterwards.

    Examples
    --------
    >>> bars = Ohlcv([10.0, 11.0], [12.0, 11.5], [9.5, 10.5], [11.0, 11.2], volume=[300, 200])
    >>> bars
    Ohlcv(1 asset, 2 bars, 0 gaps, with volume)
    >>> Ohlcv([10.0], [9.0], [9.5], [10.0])
    Traceback (most recent call last):
    ...
    maos_nb.errors.InputError: high and low: expected high at or above low, got high 9.0 and low 9.5 at row 0
    """

    open: Observations
    high: Observations
    low: Observations
    close: Observations
    volume: Observations | None = None
    tolerance: float = field(default=0.0, kw_only=True)
    positive: bool = field(default=True, kw_only=True)
    _columns: Mapping[str, Columns] = field(init=False)

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in _FIELDS if getattr(self, name) is not None}
        held = dict(zip(given, as_same_columns(**given), strict=True))
        check_order("open", held["open"])
        _check_names(held["open"])
        check_prices(held, float(as_float("tolerance", self.tolerance)), positive=self.positive)
        object.__setattr__(self, "_columns", held)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, tolerance: float = 0.0, positive: bool = True) -> Ohlcv:
        """Read one table.

        Parameters
        ----------
        frame : DataFrame
            Columns ``open``, ``high``, ``low``, ``close`` and perhaps ``volume``, in upper or lower case, for one
            asset; two levels of columns, of which either names the fields and the other the assets, for many. Other
            columns are left aside.
        tolerance, positive
            As of the record.

        Raises
        ------
        InputError
            If it is no DataFrame, a field is missing, for all assets or for some, or comes twice; and as the record
            itself does.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"Open": [10.0], "High": [12.0], "Low": [9.5], "Close": [11.0]})
        >>> Ohlcv.from_frame(frame)
        Ohlcv(1 asset, 1 bar 0, 0 gaps)
        """
        if type(frame).__name__ != "DataFrame":
            raise InputError("frame", f"expected a DataFrame, got {type(frame).__name__}")
        return cls(**_fields(frame), tolerance=tolerance, positive=positive)

    @property
    def assets(self) -> tuple[Any, ...]:
        """The names of the assets: the columns of DataFrames, their numbers in matrices, None for one asset alone."""
        held = self._columns["close"]
        if held.kind == "frame":
            return tuple(held.columns)
        return tuple(range(held.shape[0])) if held.kind == "matrix" else (None,)

    def __len__(self) -> int:
        return self._columns["close"].shape[1]

    def asset(self, name: Any) -> Ohlcv:
        """Give one asset's bars, as Series, or as vectors where the tables are matrices.

        Raises
        ------
        InputError
            If there is no such asset.
        """
        kind = self._columns["close"].kind
        if kind in ("series", "vector") or name not in self.assets:
            shown = (
                ", ".join(map(str, self.assets[:_SHOWN_ASSETS]))
                if kind in ("frame", "matrix")
                else "only one"
            )
            raise InputError("name", f"there is no asset {name!r}, there is {shown}")
        return self._each(lambda held: held[name] if kind == "frame" else np.asarray(held)[:, name])

    def between(self, start: Any = None, end: Any = None) -> Ohlcv:
        """Give the bars from one label to another, both included; None is the first or the last.

        Raises
        ------
        InputError
            If the tables are arrays, which have no labels, or the labels are not of the kind of the rows'.
        """
        if self._columns["close"].index is None:
            raise InputError("start and end", "arrays have no dates", advice="Give Series or DataFrames")
        try:
            return self._each(lambda held: held.loc[start:end])
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError("start and end", f"{start!r} and {end!r} are not found: {error}") from None

    def to_frame(self) -> pd.DataFrame:
        """Give one table: a column a field, above the assets where there are many."""
        import pandas as pd

        parts = {name: pd.DataFrame(held.restore(held.array)) for name, held in self._columns.items()}
        whole = pd.concat(parts, axis=1)
        if self._columns["close"].kind in ("series", "vector"):
            whole.columns = pd.Index(list(parts))
        return whole

    def __repr__(self) -> str:
        n_assets = len(self.assets)
        volume = ", with volume" if self.volume is not None else ""
        return (
            f"Ohlcv({n_assets} asset{'s' if n_assets != 1 else ''}, {len(self)} bar{'s' if len(self) != 1 else ''}"
            f"{self._span()}, {self._gaps().sum()} gaps{volume})"
        )

    def _repr_html_(self) -> str:
        low, high, close = (self._columns[name].array for name in ("low", "high", "close"))
        gaps = self._gaps()
        rows = [
            (
                "" if name is None else name,
                len(self) - gaps[i],
                gaps[i],
                np.fmin.reduce(low[i], initial=np.nan),
                np.fmax.reduce(high[i], initial=np.nan),
                close[i, -1] if len(self) else np.nan,
            )
            for i, name in enumerate(self.assets[:_SHOWN_ASSETS])
        ]
        header = ("asset", "bars", "gaps", "lowest", "highest", "last close")
        return f"<div><p>{escape(repr(self))}</p>{table(header, rows)}</div>"

    def _each(self, part: Any) -> Ohlcv:
        return replace(
            self, **{name: part(getattr(self, name)) for name in _FIELDS if getattr(self, name) is not None}
        )

    def _span(self) -> str:
        index = self._columns["close"].index
        if index is None or not len(index):
            return ""
        first, last = (str(label).removesuffix(" 00:00:00") for label in (index[0], index[-1]))
        return f" {first}" + (f" to {last}" if len(index) > 1 else "")

    def _gaps(self) -> Any:
        """Count, for each asset, bars of which a price is missing."""
        missing = np.isnan(self._columns["close"].array)
        for name in ("open", "high", "low"):
            missing = missing | np.isnan(self._columns[name].array)
        return np.count_nonzero(missing, axis=1)


def _check_names(held: Columns) -> None:
    if held.kind == "frame" and not held.columns.is_unique:
        twice = held.columns[held.columns.duplicated()][0]
        raise InputError("open", f"expected each asset once, got column {twice!r} more than once")


def _fields(frame: pd.DataFrame) -> dict[str, Any]:
    levels = frame.columns.nlevels
    if levels > 2:
        raise InputError("frame", f"expected one or two levels of columns, got {levels}")
    for level in range(levels):
        labels = frame.columns.get_level_values(level).unique() if levels == 2 else frame.columns
        named = _by_field(labels)
        if set(_PRICES) <= named.keys():
            if levels == 1:
                return {name: frame[label] for name, label in named.items()}
            return _of_assets({name: frame.xs(label, axis=1, level=level) for name, label in named.items()})
    shown = ", ".join(map(str, frame.columns[:_SHOWN_ASSETS]))
    raise InputError("frame", f"expected columns {', '.join(_PRICES)}, got {shown or 'none'}")


def _by_field(labels: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for label in labels:
        name = str(label).strip().lower()
        if name in found:
            raise InputError("frame", f"expected one column {name}, got {found[name]!r} and {label!r}")
        if name in _FIELDS:
            found[name] = label
    return {name: found[name] for name in _FIELDS if name in found}


def _of_assets(tables: dict[str, Any]) -> dict[str, Any]:
    """Put the assets of each field in one order."""
    assets = tables["close"].columns
    for name, held in tables.items():
        missing = assets.symmetric_difference(held.columns)
        if len(missing):
            raise InputError(
                "frame", f"expected each field of each asset, got {name} or close alone of {missing[0]!r}"
            )
    return {name: held[assets] for name, held in tables.items()}
