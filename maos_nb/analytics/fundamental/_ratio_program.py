"""Formulas made into one program over arrays, in which every figure that formulas share is computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from maos_nb.analytics._arrays import Array, BoolArray, as_float, refuse
from maos_nb.analytics.fundamental._expression import Expression, parse, require_names
from maos_nb.analytics.fundamental._line_table import LINES
from maos_nb.analytics.fundamental._ratio import Ratio
from maos_nb.analytics.fundamental._ratio_table import RATIOS
from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.errors import InputError

__all__ = [
    "Balance",
    "Evaluated",
    "Program",
    "as_balance",
    "as_days",
    "definition",
    "evaluate",
    "evaluate_table",
    "metric_names",
    "program",
]

Balance: TypeAlias = Literal["average", "begin", "end"]

CHUNK = 8192  # figures of an array that are worked on at once: 64 KB, so that a few arrays stay in the cache
_TIMED = frozenset(("avg", "growth", "prev"))
_NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One array from others: what makes it and the places of what goes in."""

    operation: str
    inputs: tuple[int, ...] = ()
    name: str = ""
    number: float = 0.0


@dataclass(slots=True)
class Use:
    """What is done with a step's array: roots whose figure, input or denominator it is, and what is then let go."""

    figure_of: list[int]
    input_of: list[int]
    denominator_of: list[int]
    releases: list[int]


@dataclass(frozen=True, slots=True)
class Program:
    """Steps in an order in which each finds its inputs ready, and how many inputs each root has."""

    steps: tuple[tuple[Step, Use], ...]
    n_inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """Arrays ``(n_roots, n_companies, n_periods)``: the figures, how many inputs were known, and a flag."""

    figures: Array
    n_available: npt.NDArray[np.int16]
    negative_denominator: BoolArray


def as_balance(balance: Any) -> Balance:
    """Take one of the three words."""
    if balance not in ("average", "begin", "end"):
        raise InputError("balance", f'expected "average", "begin" or "end", got {balance!r}')
    checked: Balance = balance
    return checked


def as_days(days: Any, panel: Panel) -> float:
    """Take a single number of days above zero; without one, those that the panel's flows cover."""
    if days is None:
        return panel.flow_days
    array = as_float("days", days, finite=True)
    if array.ndim:
        raise InputError("days", f"expected a single number, got shape {array.shape}")
    refuse("days", array, array <= 0, "a number of days above zero")
    return float(array)


def definition(name: str, own: Sequence[Ratio] = ()) -> Ratio | None:
    """Give the row that defines a name, the caller's own first; None for an item."""
    mine = next((row for row in own if row.name == name), None)
    return mine or RATIOS.get(name) or LINES.get(name)


def metric_names(own: Sequence[Ratio] = ()) -> tuple[str, ...]:
    """Give every name that a formula may use, `days` aside."""
    return tuple(dict.fromkeys((*(row.name for row in own), *RATIOS, *LINES, *FIELDS)))


@lru_cache(maxsize=64)
def program(
    roots: tuple[Expression, ...],
    own: tuple[Ratio, ...],
    balance: Balance,
    within: tuple[str, ...] = (),
) -> Program:
    """Compile expressions over the names of ratios, lines and items, as they are meant within a formula."""
    builder = _Builder(own, balance, within)
    try:
        places = [builder.place(root) for root in roots]
    except RecursionError:
        raise InputError("formula", "formulas that use each other are nested too deep") from None
    uses = [Use([], [], [], []) for _ in builder.steps]
    for root, place in enumerate(places):
        uses[place].figure_of.append(root)
        for leaf in builder.leaves[place]:
            uses[leaf].input_of.append(root)
        for denominator in builder.denominators[place]:
            uses[denominator].denominator_of.append(root)
    last = {place: at for at, step in enumerate(builder.steps) for place in (*step.inputs, at)}
    for place, at in last.items():
        uses[at].releases.append(place)
    counts = tuple(len(builder.leaves[place]) for place in places)
    return Program(tuple(zip(builder.steps, uses, strict=True)), counts)


def evaluate(made: Program, panel: Panel, days: float) -> Evaluated:
    """Run a program on every company and period, some companies at a time."""
    companies, periods = panel.shape
    shape = (len(made.n_inputs), companies, periods)
    found = Evaluated(np.empty(shape), np.zeros(shape, np.int16), np.zeros(shape, np.bool_))
    size = max(1, CHUNK // periods)
    with np.errstate(all="ignore"):
        for start in range(0, companies, size):
            _run(made, panel, slice(start, start + size), days, found)
    return found


def evaluate_table(expression: Expression, figures: Mapping[str, Array]) -> Array:
    """Evaluate an expression on arrays by name, without any periods.

    Raises
    ------
    InputError
        For a function that looks at another period.
    """
    if expression.operator in _TIMED:
        raise InputError(
            "expression",
            f"{expression.operator}(...) needs other periods, which a table of figures does not tell apart",
            advice="Give the panel",
        )
    if expression.operator == "name":
        return figures[expression.name]
    if expression.operator == "number":
        return np.asarray(expression.number)
    inputs = [evaluate_table(item, figures) for item in expression.inputs]
    if expression.operator == "/":
        inputs[1] = _OPERATIONS["nonzero"](inputs[1])
    with np.errstate(all="ignore"):
        return np.asarray(_OPERATIONS[expression.operator](*inputs))


def _run(made: Program, panel: Panel, rows: slice, days: float, found: Evaluated) -> None:
    figures, available = found.figures[:, rows], found.n_available[:, rows]
    negative = found.negative_denominator[:, rows]
    held: list[Any] = []
    for step, use in made.steps:
        array = _made(step, held, panel, rows, days)
        held.append(array)
        for root in use.figure_of:
            # What is no number, as after an overflow, is not known.
            figures[root] = np.where(np.isfinite(array), array, np.nan)
        if use.input_of:
            known = np.isfinite(array)
            for root in use.input_of:
                available[root] += known
        if use.denominator_of:
            below = array < 0
            for root in use.denominator_of:
                negative[root] |= below
        # An array that is let go at once leaves its place in the cache to the next.
        for place in use.releases:
            held[place] = None


def _made(step: Step, held: list[Any], panel: Panel, rows: slice, days: float) -> Any:
    shape = (len(panel.tickers[rows]), len(panel.periods))
    match step.operation:
        case "item":
            known = panel.values.get(step.name)
            if known is None:
                return np.full(shape, np.nan)
            return np.where(np.isfinite(known[rows]), known[rows], np.nan)
        case "number":
            return np.float64(days if step.name == "days" else step.number)
        case "prev":
            return panel.year_before(np.broadcast_to(held[step.inputs[0]], shape))
    return _OPERATIONS[step.operation](*(held[place] for place in step.inputs))


class _Builder:
    """Gives every different figure a place, with the inputs it counts and what it divides by."""

    def __init__(self, own: tuple[Ratio, ...], balance: Balance, within: tuple[str, ...]) -> None:
        self.own = own
        self.balance = balance
        self.known_names = frozenset((*metric_names(own), "days"))
        self.steps: list[Step] = []
        self.leaves: list[frozenset[int]] = []
        self.denominators: list[frozenset[int]] = []
        self._places: dict[Step, int] = {}
        self._defined: dict[tuple[str, ...], int] = {}
        self._open = list(within)

    def place(self, expression: Expression) -> int:
        """Give the place of an expression's value."""
        match expression.operator:
            case "number":
                return self._step("number", number=expression.number)
            case "name":
                return self._name(expression.name)
            case "prev":
                return self._before(self.place(expression.inputs[0]))
            case "avg":
                return self._average(self.place(expression.inputs[0]))
            case "growth":
                return self._growth(self.place(expression.inputs[0]))
            case "/":
                return self._divided(*map(self.place, expression.inputs))
        inputs = tuple(map(self.place, expression.inputs))
        if expression.operator == "first":
            return self._first(inputs)
        if expression.operator == "where_positive":
            return self._where_positive(inputs)
        return self._step(expression.operator, inputs)

    def _step(self, operation: str, inputs: tuple[int, ...] = (), name: str = "", number: float = 0.0) -> int:
        return self._add(
            Step(operation, inputs, name, number),
            _union(self.leaves[place] for place in inputs),
            _union(self.denominators[place] for place in inputs),
        )

    def _add(self, step: Step, leaves: frozenset[int], denominators: frozenset[int]) -> int:
        if step not in self._places:
            self._places[step] = len(self.steps)
            self.steps.append(step)
            self.leaves.append(leaves)
            self.denominators.append(denominators)
        return self._places[step]

    def _name(self, name: str) -> int:
        if name == "days":
            return self._step("number", name="days")
        row = definition(name, self.own)
        if row is None or (name in self._open and name in FIELDS):
            return self._leaf(Step("item", name=name), _NOTHING)
        if name in self._open:
            raise InputError("formula", f"{' -> '.join((*self._open, name))} goes round in a circle")
        # Inside a line that is named as an item, that name means the item.
        key = (name, *(item for item in self._open if item in FIELDS))
        if key not in self._defined:
            self._open.append(name)
            self._defined[key] = self.place(_formula(row, self.known_names))
            self._open.pop()
        return self._defined[key]

    def _leaf(self, step: Step, denominators: frozenset[int]) -> int:
        place = self._add(step, _NOTHING, denominators)
        self.leaves[place] = frozenset((place,))
        return place

    def _first(self, inputs: tuple[int, ...]) -> int:
        # Which of them it is does not matter to the count: the figure is known or it is not.
        return self._leaf(Step("first", inputs), _union(self.denominators[place] for place in inputs))

    def _before(self, place: int) -> int:
        if not self.leaves[place]:  # a constant
            return place
        found = self._add(Step("prev", (place,)), _NOTHING, _NOTHING)
        own = self.leaves[place] == {place}
        self.leaves[found] = frozenset((found,) if own else map(self._before, sorted(self.leaves[place])))
        self.denominators[found] = frozenset(map(self._before, sorted(self.denominators[place])))
        return found

    def _average(self, place: int) -> int:
        if self.balance == "end":
            return place
        before = self._before(place)
        return before if self.balance == "begin" else self._step("mean", (place, before))

    def _growth(self, place: int) -> int:
        before = self._before(place)
        quotient = self._step("/", (place, self._step("positive", (before,))))
        grown = self._step("-", (quotient, self._step("number", number=1.0)))
        self.denominators[grown] |= {before}
        return grown

    def _divided(self, above: int, below: int) -> int:
        # The denominator without its zeros is a step of its own, as many ratios share it.
        place = self._step("/", (above, self._step("nonzero", (below,))))
        if self.steps[below].operation != "number":
            self.denominators[place] |= {below}
        return place

    def _where_positive(self, inputs: tuple[int, ...]) -> int:
        test, then, otherwise = inputs
        # What is divided by the test is taken only where the test is above zero.
        denominators = (
            self.denominators[test] | (self.denominators[then] - {test}) | self.denominators[otherwise]
        )
        leaves = _union(self.leaves[place] for place in inputs)
        return self._add(Step("where_positive", inputs), leaves, denominators)


def _formula(row: Ratio, known_names: frozenset[str]) -> Expression:
    argument = f"formula of {row.name}"
    formula = parse(row.formula, argument=argument)
    require_names(formula, known_names, argument=argument)
    if formula.is_truth:
        raise InputError(argument, f"expected a number, got the condition '{formula}'")
    return formula


def _union(sets: Any) -> frozenset[int]:
    return frozenset().union(*sets)


def _first(*arrays: Any) -> Any:
    return reduce(lambda chosen, other: np.where(np.isnan(chosen), other, chosen), arrays)


def _sum_of_known(*arrays: Any) -> Any:
    total = reduce(np.add, (np.where(np.isnan(item), 0.0, item) for item in arrays))
    nothing = reduce(np.logical_and, (np.isnan(item) for item in arrays))
    return np.where(nothing, np.nan, total)


def _where_positive(test: Any, then: Any, otherwise: Any) -> Any:
    return np.where(np.isnan(test), np.nan, np.where(test > 0, then, otherwise))


def _compared(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def judged(left: Any, right: Any) -> Any:
        return np.where(np.isnan(left) | np.isnan(right), np.nan, compare(left, right))

    return judged


def _all(*truths: Any) -> Any:
    return reduce(lambda left, right: np.where((left == 0) | (right == 0), 0.0, left * right), truths)


def _any(*truths: Any) -> Any:
    return 1.0 - _all(*(1.0 - item for item in truths))


# Truth is 1, 0 or NaN for what is not known (Kleene's logic).
_OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.divide,
        "neg": np.negative,
        "abs": np.abs,
        "log": np.log,
        "sqrt": np.sqrt,
        "max": lambda *arrays: reduce(np.maximum, arrays),
        "min": lambda *arrays: reduce(np.minimum, arrays),
        "mean": lambda now, before: (now + before) / 2,
        "nonzero": lambda array: np.where(array == 0, np.nan, array),
        "positive": lambda array: np.where(array > 0, array, np.nan),
        "first": _first,
        "known": _sum_of_known,
        "where_positive": _where_positive,
        "<": _compared(np.less),
        "<=": _compared(np.less_equal),
        ">": _compared(np.greater),
        ">=": _compared(np.greater_equal),
        "==": _compared(np.equal),
        "!=": _compared(np.not_equal),
        "and": _all,
        "or": _any,
        "not": lambda truth: 1.0 - truth,
    }
)
