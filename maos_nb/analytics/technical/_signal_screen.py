"""A screen over a universe: which assets meet a condition on their latest values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from maos_nb.analytics._arrays import Array, as_count
from maos_nb.analytics.technical._columns import Columns, Observations, as_same_columns
from maos_nb.analytics.technical._signal_panels import Signal, as_signal, row_of
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from maos_nb.analytics.fundamental._screen import Screen

__all__ = ["last_values", "screen_signals"]


def screen_signals(
    panels: Mapping[str, Observations | Signal] | pd.DataFrame,
    expression: str,
    *,
    at: Any = None,
    max_age: int = 0,
) -> Screen:
    """Judge assets by a condition on what indicators and signals say of them at one bar.

    Parameters
    ----------
    panels : mapping of str to Series, DataFrame or array, or DataFrame
        Indicators and signals by the name that the condition uses; or a frame with a row for each asset, as
        `last_values` gives, to which other figures can be joined.
    expression : str
        Such as ``"rsi < 30 and close > sma_200 and crossed == 1"``, in the language of `fundamental.screen`. A signal
        is 1 where it is there, and 0 where it is not.
    at, max_age
        As for `last_values`; not used for a frame of values.

    Returns
    -------
    Screen
        Three frames: passed, failed and unknown. An asset is unknown where a value that would decide is.

    Raises
    ------
    InputError
        For an expression that is no condition, cannot be read, or uses anything else, names that are not there, and
        what `last_values` refuses.

    Examples
    --------
    >>> import pandas as pd
    >>> close = pd.DataFrame({"A": [10.0, 12.0], "B": [10.0, 9.0], "C": [10.0, float("nan")]})
    >>> screen_signals({"close": close, "up": close > close.shift()}, "close > 8 and up == 1")
    <Screen 'close > 8 and up == 1': 1 passed, 2 failed, 0 unknown>
    """
    # With statements comes pandas, which signals alone do not need.
    from maos_nb.analytics.fundamental._expression import parse, require_names
    from maos_nb.analytics.fundamental._screen import screen

    values = panels if hasattr(panels, "columns") else last_values(panels, at=at, max_age=max_age)
    require_names(parse(expression), [str(name) for name in values.columns])
    return screen(values, expression)


def last_values(
    panels: Mapping[str, Observations | Signal], *, at: Any = None, max_age: int = 0
) -> pd.DataFrame:
    """Lay what several panels say of one bar side by side, one row an asset.

    Parameters
    ----------
    panels : mapping of str to Series, DataFrame or array
        Numbers or booleans, all with the same observations and assets, by name.
    at : label, optional
        The bar: the last one whose label is not after it; for arrays the place of the bar. By default the last one.
    max_age : int
        For how many bars a value counts on where later ones are NaN. A missing signal is never made up.

    Returns
    -------
    DataFrame, shape (n_assets, n_panels)
        NaN where a value is not known; signals are 1.0 and 0.0.

    Raises
    ------
    InputError
        If there are no panels, one is neither numeric nor boolean, two differ in kind, shape or labels, there is no
        bar at or before `at`, or `max_age` is not a whole number of at least 0.

    Examples
    --------
    >>> import pandas as pd
    >>> close = pd.DataFrame({"A": [10.0, 12.0], "B": [10.0, float("nan")]})
    >>> last_values({"close": close, "up": close > close.shift()}, max_age=1)
       close   up
    A   12.0  1.0
    B   10.0  0.0
    """
    import pandas as pd

    if not isinstance(panels, Mapping) or not panels:
        raise InputError("panels", f"expected panels by name, got {type(panels).__name__} {panels!r:.60}")
    held = as_same_columns(**{str(name): _as_numbers(str(name), panel) for name, panel in panels.items()})
    row = _row(held[0], at)
    oldest = max(0, row - as_count("max_age", max_age, minimum=0))
    values = [_last_known(columns.array[:, oldest : row + 1]) for columns in held]
    return pd.DataFrame(dict(zip(map(str, panels), values, strict=True)), index=_assets(held[0]))


def _as_numbers(name: str, panel: Any) -> Any:
    """Give a panel of numbers as it is, and one of booleans as 1 and 0."""
    if type(panel).__name__ == "DataFrame":
        is_signal = len(panel.columns) and all(str(kind) in ("bool", "boolean") for kind in panel.dtypes)
    else:
        is_signal = str(getattr(panel, "dtype", "")) in ("bool", "boolean")
    if not is_signal:
        return panel
    flags, columns = as_signal(name, panel)
    return columns.restore(flags.astype(np.float64))


def _row(columns: Columns, at: Any) -> int:
    n_rows = columns.shape[1]
    if not n_rows:
        raise InputError("panels", "expected at least one bar, got none")
    if at is None:
        return n_rows - 1
    if columns.index is None:
        row = as_count("at", at, minimum=0)
        if row >= n_rows:
            raise InputError("at", f"expected the place of a bar, 0 to {n_rows - 1}, got {row}")
        return row
    return row_of(columns, "at", at, side="right", least=1) - 1


def _last_known(recent: Array) -> Array:
    """Give the last number of each row, NaN where there is none."""
    known = ~np.isnan(recent[:, ::-1])
    place = recent.shape[1] - 1 - known.argmax(axis=1)
    return np.asarray(recent[np.arange(len(recent)), place])


def _assets(columns: Columns) -> Any:
    if columns.kind == "frame":
        return columns.columns
    if columns.kind == "series" and columns.columns is not None:
        return [columns.columns]
    return range(columns.shape[0])
