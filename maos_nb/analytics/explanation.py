"""A figure with the formula that gave it and the figures that went in, down to where each comes from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from maos_nb._views import escape, number
from maos_nb.analytics._arrays import as_float
from maos_nb.errors import InputError

__all__ = ["Explanation"]

MOST_ITEMS = 12
_FIELDS = ("name", "value", "unit", "formula", "origin", "inputs")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Explanation:
    """One figure of a calculation; a tree, or, where a figure is used twice, a graph without circles.

    Parameters
    ----------
    name : str
        What the figure is, in the field's own word, such as ``"enterprise_value"``.
    value : float or sequence of float, optional
        The figure, or one a period; None where there is none. NaN is written as n/a.
    unit : str
        ``"rate"`` is written as a percentage; other units stand behind the number.
    formula : str
        How the figure follows from `inputs`, in their names.
    origin : str
        Where a figure comes from that does not follow from others.
    inputs : tuple of Explanation
        What went in.

    Raises
    ------
    InputError
        If the name is no text or empty, or an input is not an Explanation.

    Examples
    --------
    >>> flow = Explanation("free_cash_flow", 100.0, origin="given")
    >>> rate = Explanation("wacc", 0.1, "rate", origin="given")
    >>> print(Explanation("value", 1000.0, formula="free_cash_flow / wacc", inputs=(flow, rate)))
    value 1,000 = free_cash_flow / wacc
    ├─ free_cash_flow 100.00 (given)
    └─ wacc 10.00% (given)
    """

    name: str
    value: float | tuple[float, ...] | None = None
    unit: str = ""
    formula: str = ""
    origin: str = ""
    inputs: tuple[Explanation, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise InputError("name", f"expected the figure's name, got {self.name!r}")
        object.__setattr__(self, "value", _as_value(self.value))
        object.__setattr__(self, "inputs", tuple(self.inputs))
        for item in self.inputs:
            if not isinstance(item, Explanation):
                raise InputError("inputs", f"expected Explanations, got {type(item).__name__}")

    def find(self, name: str) -> Explanation:
        """Give the first figure of this name, looking at each figure before its inputs.

        Raises
        ------
        InputError
            If there is none; the message lists the names.
        """
        names: dict[str, Explanation] = {}
        for item in self.figures():
            names.setdefault(item.name, item)
        if name not in names:
            raise InputError("name", f"there is no {name!r} here", advice=f"There is: {', '.join(names)}")
        return names[name]

    def figures(self) -> Iterator[Explanation]:
        """Give every figure once, each before its inputs."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            item = waiting.pop()
            if id(item) not in seen:
                seen.add(id(item))
                yield item
                waiting += reversed(item.inputs)

    def to_dict(self) -> dict[str, Any]:
        """Give the tree as plain values, ready for JSON; a figure that is used twice stands there twice."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        plain = {"value": value, "unit": self.unit, "formula": self.formula, "origin": self.origin}
        return {
            "name": self.name,
            **{key: item for key, item in plain.items() if item not in (None, "")},
            **({"inputs": [item.to_dict() for item in self.inputs]} if self.inputs else {}),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Explanation:
        """Make a tree of what `to_dict` gave.

        Raises
        ------
        InputError
            If `plain` is no mapping, has no name, or holds what no Explanation has.
        """
        return cls._from_plain(plain, {})

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any], made: dict[str, Explanation]) -> Explanation:
        if not isinstance(plain, Mapping) or "name" not in plain or set(plain) - set(_FIELDS):
            raise InputError(
                "plain", f"expected a mapping with name and {', '.join(_FIELDS[1:])}, got {plain!r:.80}"
            )
        # A figure that was used twice stands there twice; the same words make one figure again.
        words = repr(plain)
        if words not in made:
            inputs = tuple(cls._from_plain(item, made) for item in plain.get("inputs", ()))
            made[words] = cls(**{**plain, "inputs": inputs})
        return made[words]

    def __repr__(self) -> str:
        return f"<Explanation {self._line()}>"

    def __str__(self) -> str:
        return "\n".join(self._lines("", "", set()))

    def _lines(self, lead: str, under: str, seen: set[int]) -> Iterator[str]:
        is_new = id(self) not in seen or not self.inputs
        yield f"{lead}{self._line()}{'' if is_new else ' (as above)'}"
        if not is_new:
            return
        seen.add(id(self))
        for place, item in enumerate(self.inputs, 1):
            is_last = place == len(self.inputs)
            yield from item._lines(
                under + ("└─ " if is_last else "├─ "), under + ("   " if is_last else "│  "), seen
            )

    def _line(self) -> str:
        formula = f" = {self.formula}" if self.formula else ""
        origin = f" ({self.origin})" if self.origin else ""
        return f"{self.name}{self._shown()}{formula}{origin}"

    def _shown(self) -> str:
        if self.value is None:
            return ""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        words = [self._number(item) for item in itertools.islice(values, MOST_ITEMS)]
        more = f", ... ({len(values)})" if len(values) > MOST_ITEMS else ""
        unit = f" {self.unit}" if self.unit and self.unit != "rate" else ""
        return f" {', '.join(words)}{more}{unit}"

    def _number(self, value: float) -> str:
        return f"{value:.2%}" if self.unit == "rate" and np.isfinite(value) else number(value)

    def _repr_html_(self) -> str:
        return f'<div class="maos-explanation">{self._html(is_open=True)}</div>'

    def _html(self, *, is_open: bool) -> str:
        formula = f" = <code>{escape(self.formula)}</code>" if self.formula else ""
        origin = f" <em>{escape(self.origin)}</em>" if self.origin else ""
        words = f"<b>{escape(self.name.replace('_', ' '))}</b>{escape(self._shown())}{formula}{origin}"
        if not self.inputs:
            return f'<div style="margin-left:1.2em">{words}</div>'
        inner = "".join(item._html(is_open=False) for item in self.inputs)
        return (
            f'<details style="margin-left:1.2em"{" open" if is_open else ""}>'
            f"<summary>{words}</summary>{inner}</details>"
        )


def _as_value(value: Any) -> float | tuple[float, ...] | None:
    if value is None or type(value) is float:
        return value
    array = as_float("value", value)
    if array.ndim > 1:
        raise InputError("value", f"expected one number or one a period, got shape {array.shape}")
    return tuple(array.tolist()) if array.ndim else float(array)
