"""What a dashboard holds: single figures, each with its place in its past and how it was made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maos_nb._views import table
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Dashboard", "Reading"]

_FIELDS = ("group", "name", "value", "unit", "percentile", "state", "how")


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of the market.

    Parameters
    ----------
    name, group : str
        What it is, and under which heading.
    value : float
        The figure.
    unit : str
        "fraction", "fraction per year", "points", "ratio", "deviations" or "score".
    percentile : float
        Where it stands among earlier ones, from 0 to 1; NaN with too few of them.
    state : str
        In a word or two; empty where it has none.
    how : str
        What it was computed from, and how.
    """

    name: str
    group: str
    value: float
    unit: str
    percentile: float
    state: str
    how: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All readings of a market on one day.

    Parameters
    ----------
    as_of
        The last row of the prices: its label, or its number.
    sections : tuple of Reading
        What the inputs allow, in the order of the groups.
    """

    as_of: Any
    sections: tuple[Reading, ...]

    def find(self, name: str) -> Reading:
        """Give a reading by its name.

        Raises
        ------
        InputError
            If there is none of that name, which is so too where the inputs do not allow it.
        """
        for reading in self.sections:
            if reading.name == name:
                return reading
        known = ", ".join(reading.name for reading in self.sections) or "none at all"
        raise InputError("name", f"there is no reading {name!r}, there is {known}")

    def to_frame(self) -> pd.DataFrame:
        """Give a row for each reading."""
        import pandas as pd

        rows = [tuple(getattr(reading, name) for name in _FIELDS) for reading in self.sections]
        return pd.DataFrame(rows, columns=list(_FIELDS)).astype({"value": float, "percentile": float})

    def __repr__(self) -> str:
        groups = ", ".join(dict.fromkeys(reading.group for reading in self.sections)) or "nothing known"
        return f"Dashboard(as_of={shown(self.as_of)}, {len(self.sections)} readings: {groups})"

    def _repr_html_(self) -> str:
        rows = [
            (
                reading.group,
                reading.name,
                figure(reading.value),
                reading.unit,
                "" if math.isnan(reading.percentile) else f"{reading.percentile:.0%}",
                reading.state,
                reading.how,
            )
            for reading in self.sections
        ]
        return f"<div>{table(('as of', shown(self.as_of)), ())}{table(_FIELDS, rows)}</div>"


def shown(label: Any) -> str:
    """Show the label of a row; a date without its midnight."""
    return str(label).removesuffix(" 00:00:00")
