"""A statement about a price to come, written down so that it can be judged when the day has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias

from maos_nb.analytics._arrays import as_float
from maos_nb.analytics._dates import Dates, as_dates
from maos_nb.analytics._records import figure
from maos_nb.errors import InputError

__all__ = ["Forecast", "ForecastKind"]

ForecastKind: TypeAlias = Literal["direction", "range"]


@dataclass(frozen=True, slots=True, repr=False)
class Forecast:
    """What was said of one price, on which day, of which day.

    Parameters
    ----------
    made_on : date
        The last day whose prices were known; dates are taken as ISO text and as pandas dates too.
    subject : str
        Whose price: a name among those that `judge` is given.
    horizon : date
        The day of which it speaks, after `made_on`.
    kind : {"direction", "range"}
        Whether the price will be above that of `made_on`, or within bounds.
    probability : float, optional
        Of a rise, from 0 to 1; for a direction.
    low, high : float, optional
        Bounds of the price, themselves within; for a range.
    coverage : float, optional
        How often prices are to lie within such ranges, between 0 and 1; for a range.
    reference : float, optional
        The price that a rise starts from, above zero; for a direction. By default that of `made_on`, looked up when
        it is judged: later adjustments for dividends and splits move both prices alike.
    source : str
        Who or what said so, for telling records apart.

    Raises
    ------
    InputError
        If a date is none, `horizon` is not after `made_on`, `subject` is empty, `kind` is unknown, what the kind needs
        is missing or what only the other one has is given, or a number is out of bounds.

    Examples
    --------
    >>> Forecast("2024-01-31", "SPY", "2024-02-29", "direction", probability=0.6)
    Forecast(SPY on 2024-02-29: a rise with probability 0.6, made on 2024-01-31)
    >>> Forecast("2024-01-31", "SPY", "2024-02-29", "range", low=460.0, high=500.0, coverage=0.8)
    Forecast(SPY on 2024-02-29: 460 to 500 with coverage 0.8, made on 2024-01-31)
    """

    made_on: dt.date
    subject: str
    horizon: dt.date
    kind: ForecastKind
    probability: float | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    reference: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("made_on", "horizon"):
            object.__setattr__(self, name, _as_date(name, getattr(self, name)))
        for name in ("probability", "low", "high", "coverage", "reference"):
            object.__setattr__(self, name, _as_number(name, getattr(self, name)))
        for name in ("subject", "source"):
            if not isinstance(getattr(self, name), str):
                raise InputError(name, f"expected text, got {type(getattr(self, name)).__name__}")
        if not self.subject:
            raise InputError("subject", "expected whose price it is, got an empty text")
        if self.horizon <= self.made_on:
            raise InputError("horizon", f"expected a day after {self.made_on}, got {self.horizon}")
        if self.kind not in _NEEDED:
            raise InputError("kind", f"expected {' or '.join(map(repr, _NEEDED))}, got {self.kind!r}")
        self._check_fields()
        self._check_bounds()

    def _check_fields(self) -> None:
        for name in ("probability", "low", "high", "coverage", "reference"):
            given = getattr(self, name) is not None
            if name in _NEEDED[self.kind] and not given:
                raise InputError(name, f"expected a number, as a {self.kind} needs it, got none")
            if given and name not in (*_NEEDED[self.kind], *_ALLOWED[self.kind]):
                raise InputError(name, f"expected none, as a {self.kind} has none, got {getattr(self, name)}")

    def _check_bounds(self) -> None:
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise InputError("probability", f"expected a probability from 0 to 1, got {self.probability}")
        if self.coverage is not None and not 0 < self.coverage < 1:
            raise InputError("coverage", f"expected a level between 0 and 1, got {self.coverage}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InputError("low and high", f"expected low up to high, got {self.low} and {self.high}")
        if self.reference is not None and self.reference <= 0:
            raise InputError("reference", f"expected a price above zero, got {self.reference}")

    def to_dict(self) -> dict[str, Any]:
        """Give the forecast as plain values, ready for JSON; dates are ISO text, what is not given is left out."""
        plain = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return {**plain, "made_on": self.made_on.isoformat(), "horizon": self.horizon.isoformat()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Forecast:
        """Make a forecast of what `to_dict` gave.

        Raises
        ------
        InputError
            If `plain` is no mapping, lacks a field that every forecast has, has one that none has, or holds what the
            record refuses.
        """
        known = [item.name for item in fields(cls)]
        needed = set(known[:4])
        if not isinstance(plain, Mapping) or set(plain) - set(known) or needed - set(plain):
            raise InputError(
                "plain",
                f"expected a mapping with {', '.join(known[:4])}, and {', '.join(known[4:])}, got {plain!r:.80}",
            )
        return cls(**plain)

    def __repr__(self) -> str:
        if self.kind == "direction":
            said = f"a rise with probability {self.probability:g}"
        else:
            said = f"{figure(self.low)} to {figure(self.high)} with coverage {self.coverage:g}"
        return f"Forecast({self.subject} on {self.horizon}: {said}, made on {self.made_on})"


_NEEDED = {"direction": ("probability",), "range": ("low", "high", "coverage")}
_ALLOWED: dict[str, tuple[str, ...]] = {"direction": ("reference",), "range": ()}


def _as_date(name: str, value: Dates) -> dt.date:
    dates = as_dates(name, value)
    if dates.ndim:
        raise InputError(name, f"expected a single date, got shape {dates.shape}")
    made = dates.item()
    if not isinstance(made, dt.date):  # years beyond 9999 are plain numbers
        raise InputError(name, f"expected a date up to 9999-12-31, got {dates}")
    return made


def _as_number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    array = as_float(name, value, finite=True)
    if array.ndim:
        raise InputError(name, f"expected a single number, got shape {array.shape}")
    return float(array)
