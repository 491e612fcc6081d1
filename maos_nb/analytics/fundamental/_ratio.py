"""What a row of the table of ratios holds."""

from __future__ import annotations

from dataclasses import dataclass

from maos_nb.errors import InputError

__all__ = ["UNITS", "Ratio"]

UNITS = ("rate", "times", "days", "money", "money per share", "shares")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio, or a named line of a statement that ratios use.

    Parameters
    ----------
    name : str
        In the field's own words, such as ``"roe"``.
    formula : str
        Over items of `FIELDS`, lines and other ratios. A name inside its own formula is the item as filed.
        ``avg(x)`` is the mean of now and a year before (see `calculate_ratios`), ``prev(x)`` the year before,
        ``growth(x)`` the growth since then (NaN on a base of zero or below), ``known(a, b, ...)`` the sum of
        those that are known, ``first(a, b, ...)`` the first that is known, ``where_positive(x, a, b)`` a where x
        is above zero and b elsewhere; ``abs``, ``log``, ``max``, ``min`` and ``sqrt`` as anywhere. ``days`` are
        the days that flows cover.
    group : str
        Such as ``"profitability"``; ``"line"`` for lines.
    unit : {"rate", "times", "days", "money", "money per share", "shares"}
    higher_is_better : bool, optional
        Whether more of it is better, all else equal; None where that depends.
    title : str
        The name in words; made of `name` where it is not given.
    definition : str
        Which of several definitions it is, where they differ, or what to beware of.

    Raises
    ------
    InputError
        If the name is none that can stand in a formula, the formula is no text, or the unit is another.

    Examples
    --------
    >>> Ratio("cash_to_assets", "cash_and_equivalents / total_assets", "liquidity", "rate").title
    'cash to assets'
    """

    name: str
    formula: str
    group: str = "own"
    unit: str = "times"
    higher_is_better: bool | None = None
    title: str = ""
    definition: str = ""

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name.isidentifier() and self.name.isascii()):
            raise InputError("name", f"expected letters, digits and underscores, got {self.name!r}")
        if not isinstance(self.formula, str):
            raise InputError("formula", f"expected text such as 'a / b', got {type(self.formula).__name__}")
        if self.unit not in UNITS:
            raise InputError("unit", f"expected one of {', '.join(UNITS)}, got {self.unit!r}")
        if not self.title:
            object.__setattr__(self, "title", self.name.replace("_", " "))
