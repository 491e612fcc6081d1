"""The kinds of values that a request takes, and how each is read from text, numbers or dates."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sized
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from maos_nb.finance._reading import day_in, number_in, read_description, scenario_named, sector_named

__all__ = [
    "OVERRIDABLE", "Day", "ModelType", "Number", "Overrides", "RateRange", "Scenarios", "Sector", "SectorKey", "Ticker", "Timing", "Whole",
    "as_number", "as_rate_range", "is_missing",
]  # fmt: skip


LONGEST_NAME = 40
OVERRIDABLE = {
    "probability": (0.0, 1.0),
    "revenue_growth": (-1.0, 3.0),
    "operating_margin": (-10.0, 1.0),
    "tax_rate": (0.0, 1.0),
    "wacc": (1e-6, 1.0),
    "terminal_growth": (-0.5, 0.5),
    "exit_multiple": (1e-6, 200.0),
    "sales_to_capital": (1e-6, 100.0),
}
"""What a scenario may change beside its probability, and from where to where."""


def is_missing(value: object) -> bool:
    """Whether a value is the mark of pandas for "nothing here": NA or NaT."""
    # By name: the module has to work where pandas is not installed, and neither mark equals itself.
    kind = type(value)
    return kind.__module__.startswith("pandas.") and kind.__name__ in ("NAType", "NaTType")


def as_number(value: Any) -> Any:
    """Give the number that a number or a text is; a boolean is none."""
    if isinstance(value, str):
        found = number_in(value)
        if found is None:
            raise ValueError("a number is expected, such as 0.085, or as text '8.5%'")
        return found
    # numpy's scalars and Fraction are registered with `numbers`; a boolean is too, but is no number here.
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise ValueError(f"a number is expected, not {type(value).__name__}")  # noqa: TRY004 -- pydantic wants ValueError
    return int(value) if isinstance(value, Integral) else float(value)


def _number_or_none(value: Any) -> Any:
    return None if value is None else as_number(value)


def as_rate_range(value: Any) -> Any:
    """Read two rates from a text, or take them from an array; what holds no members is left to pydantic."""
    if not isinstance(value, str):
        is_array = isinstance(value, Sized) and not isinstance(value, Mapping | bytes | list | tuple)
        # An array without a dimension has a length by its class and none when asked.
        return tuple(value) if is_array and getattr(value, "ndim", True) else value
    found = read_description(f"WACC {value}", settled=("wacc", "wacc_range")).values.get("wacc_range")
    if found is None:
        raise ValueError("two rates are expected, such as (0.08, 0.09), or as text '8-9%'")
    return found


def _day(value: object) -> object:
    if type(value).__name__ == "datetime64":  # numpy's; its text is that of ISO 8601
        value = str(value)[:10]
    found = day_in(value) if isinstance(value, str) else value
    if isinstance(found, datetime):
        return found.date()
    if not isinstance(found, date):
        raise ValueError("a date is expected, such as 2022-12-31")  # noqa: TRY004 -- pydantic wants ValueError
    return found


def _ticker(value: object) -> object:
    if value is None:
        return None
    symbol = value.strip().lstrip("$").upper() if isinstance(value, str) else ""
    if not re.fullmatch(r"\^?[A-Z0-9][A-Z0-9.=-]{0,14}", symbol):
        raise ValueError("a ticker symbol is expected, such as AAPL or BRK.B")
    return symbol


def _sector(value: object) -> object:
    found = sector_named(value) if isinstance(value, str) else None
    if found is None:
        keys = get_args(SectorKey)
        near = difflib.get_close_matches(str(value).lower(), keys, n=1) or keys
        raise ValueError(f"a sector is expected, such as {' or '.join(near)}")
    return found


def _scenarios(value: object) -> object:
    names = re.split(r"\s*(?:[,;/+]|\band\b)\s*", value) if isinstance(value, str) else value
    if not isinstance(names, list | tuple):
        raise ValueError("names are expected, such as ('base', 'optimistic')")  # noqa: TRY004 -- pydantic wants ValueError
    found = [scenario_named(name) if isinstance(name, str) else None for name in names]
    if None in found:
        raise ValueError("only base, optimistic and pessimistic are known")
    if len(set(found)) < len(found):
        raise ValueError("each scenario may be named once")
    if "base" not in found:
        raise ValueError("the base is always part of it: add 'base'")
    return tuple(name for name in ("base", "optimistic", "pessimistic") if name in found)


def _overrides(value: object) -> object:
    if not isinstance(value, Mapping):
        raise ValueError('drivers by scenario are expected, such as {"optimistic": {"revenue_growth": 0.1}}')  # noqa: TRY004 -- pydantic wants ValueError
    found: dict[str, dict[str, float]] = {}
    for name, changes in value.items():
        case = _case_named(name)
        if case in found:
            raise ValueError(f"{case} came twice, once as {name!r:.80}")
        found[case] = _changes(name, changes)
    return found


def _case_named(name: object) -> str:
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise ValueError(
            f"a scenario's name is expected, of at most {LONGEST_NAME} characters, not {name!r:.80}"
        )
    return scenario_named(name) or name.strip().lower()


def _changes(name: object, changes: object) -> dict[str, float]:
    if not isinstance(changes, Mapping):
        raise ValueError(f'of {name!r:.80} drivers and figures are expected, such as {{"wacc": 0.09}}')  # noqa: TRY004 -- pydantic wants ValueError
    found = {}
    for driver, figure in changes.items():
        if driver not in OVERRIDABLE:
            near = difflib.get_close_matches(str(driver), OVERRIDABLE, n=1) or OVERRIDABLE
            raise ValueError(
                f"{driver!r:.80} of {name!r:.80} is no driver of a scenario: {' or '.join(near)}"
            )
        number, (low, high) = as_number(figure), OVERRIDABLE[driver]
        if not low <= number <= high:  # NaN as well
            raise ValueError(
                f"{driver} of {name!r:.80} is {number:.6g}: from {low:g} to {high:g} is expected"
            )
        found[str(driver)] = float(number)
    return found


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


# Bounds of a field reach the JSON schema only where the union stands inside the annotation.
Number = Annotated[float | None, BeforeValidator(_number_or_none)]
_Bound = Annotated[float, Field(gt=0, lt=1), BeforeValidator(as_number)]
Whole = Annotated[int, BeforeValidator(as_number)]
SectorKey = Literal[
    "aerospace", "automobiles", "biotechnology", "business_services", "computers", "energy", "food",
    "healthcare_products", "internet", "machinery", "media", "pharmaceuticals", "restaurants", "retail",
    "semiconductors", "software", "telecom", "total_market", "utilities",
]  # fmt: skip
_Scenario = Literal["base", "optimistic", "pessimistic"]
Ticker = Annotated[str | None, BeforeValidator(_ticker)]
Sector = Annotated[SectorKey, BeforeValidator(_sector)]
ModelType = Annotated[Literal["dcf"], BeforeValidator(_lower)]
RateRange = Annotated[tuple[_Bound, _Bound], BeforeValidator(as_rate_range)]
Scenarios = Annotated[tuple[_Scenario, ...], BeforeValidator(_scenarios)]
Overrides = Annotated[dict[str, dict[str, float]], BeforeValidator(_overrides)]
Timing = Annotated[Literal["end", "mid"], BeforeValidator(_lower)]
Day = Annotated[date, BeforeValidator(_day)]
