"""The language of ratios and screens: names, numbers, arithmetic, comparisons and a few functions, no more."""

from __future__ import annotations

import ast
import difflib
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from maos_nb.errors import InputError

__all__ = ["COMPARISONS", "FUNCTIONS", "Expression", "parse", "require_names"]

FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "avg": (1, 1),
    "first": (2, 99),
    "growth": (1, 1),
    "known": (1, 99),
    "log": (1, 1),
    "max": (2, 99),
    "min": (2, 99),
    "prev": (1, 1),
    "sqrt": (1, 1),
    "where_positive": (3, 3),
}
"""The least and the greatest number of arguments of each function."""

COMPARISONS = frozenset(("<", "<=", ">", ">=", "==", "!="))
_TRUTHS = COMPARISONS | {"and", "or", "not"}
_LENGTH, _TOKENS, _DEPTH = 2000, 500, 100
_TOKEN = re.compile(
    r"\s+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])|[A-Za-z_][A-Za-z_0-9]*|[<>=!]=|[-+*/()<>,]", re.ASCII
)
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_STRENGTH = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(COMPARISONS, 4),
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "neg": 7,
}
_ADVICE = (
    "An expression is made of names, numbers, + - * / ( ), comparisons, and, or, not, and the functions "
    + ", ".join(FUNCTIONS)
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A name, a number, or an operator with what it is applied to; text again with ``str``.

    Parameters
    ----------
    operator : str
        ``"name"``, ``"number"``, ``"neg"``, an operator as it is written, or the name of a function.
    inputs : tuple of Expression
    name : str
    number : float
    """

    operator: str
    inputs: tuple[Expression, ...] = ()
    name: str = ""
    number: float = 0.0

    @property
    def is_truth(self) -> bool:
        """Whether it is true or false, and no number."""
        return self.operator in _TRUTHS

    def names(self) -> Iterator[str]:
        """Give the names in the order in which they are written, each as often as it is."""
        if self.operator == "name":
            yield self.name
        for item in self.inputs:
            yield from item.names()

    def __str__(self) -> str:
        if self.operator == "name":
            return self.name
        if self.operator == "number":
            return repr(self.number).removesuffix(".0")
        if self.operator in FUNCTIONS:
            return f"{self.operator}({', '.join(map(str, self.inputs))})"
        if self.operator == "neg":
            return f"-{self._part(0)}"
        if self.operator == "not":
            return f"not {self._part(0)}"
        return f" {self.operator} ".join(self._part(place) for place in range(len(self.inputs)))

    def _part(self, place: int) -> str:
        item, own = self.inputs[place], _STRENGTH[self.operator]
        inner = _STRENGTH.get(item.operator, 9)
        # a - (b - c) needs the brackets that (a - b) - c does not; with `and`, `or` and < each is another tree.
        needs = inner < own or (inner == own and (place > 0 or own in (1, 2, 4)))
        return f"({item})" if needs else str(item)


def parse(text: str, *, argument: str = "expression") -> Expression:
    """Read an expression; nothing of it is executed.

    Parameters
    ----------
    text : str
        Up to 2,000 characters.
    argument : str
        The argument that it was given as, for messages.

    Returns
    -------
    Expression

    Raises
    ------
    InputError
        If it is no text, empty, too long or too deep, is not well formed, or uses anything but names, numbers,
        ``+ - * /``, comparisons, ``and``, ``or``, ``not`` and the functions of `FUNCTIONS`; the message says
        what stands where.

    Examples
    --------
    >>> list(parse("roe > 0.15 and 0 <= debt_to_equity < 1").names())
    ['roe', 'debt_to_equity', 'debt_to_equity']
    >>> str(parse("(revenue - cost_of_revenue)/avg(total_assets)"))
    '(revenue - cost_of_revenue) / avg(total_assets)'
    >>> parse("__import__('os')")
    Traceback (most recent call last):
        ...
    maos_nb.errors.InputError: expression: cannot read "'" at character 12 of "__import__('os')"...
    """
    if not isinstance(text, str):
        raise InputError(argument, f"expected text such as 'roe > 0.15', got {type(text).__name__}")
    return _parsed(text, argument)


def require_names(expression: Expression, known: Collection[str], *, argument: str = "expression") -> None:
    """Raise where a name is none of the known ones, suggesting those that are written alike."""
    for name in expression.names():
        if name not in known:
            alike = difflib.get_close_matches(name, known, n=3)
            advice = f"Alike: {', '.join(alike)}" if alike else f"Known: {', '.join(list(known)[:12])}, ..."
            raise InputError(argument, f"there is no {name!r}", advice=advice)


@lru_cache(maxsize=512)
def _parsed(text: str, argument: str) -> Expression:
    return _Reader(text, argument).read()


class _Reader:
    """Checks every character, then every node of the syntax tree, of one text."""

    def __init__(self, text: str, argument: str) -> None:
        if len(text) > _LENGTH:
            raise InputError(argument, f"expected up to {_LENGTH} characters, got {len(text):,}")
        self.argument = argument
        self.text = " ".join(text.split())

    def read(self) -> Expression:
        self._check_characters()
        try:
            tree = ast.parse(self.text, mode="eval")
        except SyntaxError as error:
            raise self._refused(_cause(error), (error.offset or 1) - 1) from None
        except (RecursionError, MemoryError):  # ValueError cannot come: there is no null byte
            raise self._too_much() from None
        return self._convert(tree.body, 0)

    def _check_characters(self) -> None:
        if not self.text:
            raise InputError(self.argument, "expected an expression, got an empty text", advice=_ADVICE)
        place = count = 0
        while place < len(self.text):
            found = _TOKEN.match(self.text, place)
            if found is None:
                raise self._refused(f"cannot read {_quoted(self.text[place])}", place)
            place, count = found.end(), count + (not found[0].isspace())
        if count > _TOKENS:
            raise self._too_much()

    def _convert(self, node: ast.expr, depth: int) -> Expression:
        if depth > _DEPTH:
            raise self._too_much()
        if isinstance(node, ast.Name):
            return Expression("name", name=node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return self._number(node.value, node)
        operator, parts = self._operation(node)
        inputs = tuple(self._convert(item, depth + 1) for item in parts)
        wants_truth = operator in ("and", "or", "not")
        for part, item in zip(parts, inputs, strict=True):
            if item.is_truth is not wants_truth:
                wanted = "a comparison" if wants_truth else "a number"
                raise self._refused(f"expected {wanted} beside {operator!r}, got '{item}'", part.col_offset)
        if isinstance(node, ast.Compare) and len(inputs) > 2:
            return _chained(node, inputs)
        return Expression(operator, inputs)

    def _number(self, value: float, node: ast.expr) -> Expression:
        if isinstance(value, bool):
            raise self._refused(f"cannot use {value}", node.col_offset)
        if not abs(value) <= sys.float_info.max:  # a whole number may be longer than any float
            raise self._refused("a number is too great", node.col_offset)
        return Expression("number", number=float(value))

    def _operation(self, node: ast.expr) -> tuple[str, list[ast.expr]]:
        match node:
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                return _ARITHMETIC[type(op)], [left, right]
            case ast.UnaryOp(ast.USub(), operand):
                return "neg", [operand]
            case ast.UnaryOp(ast.Not(), operand):
                return "not", [operand]
            case ast.BoolOp(op, values):
                return ("and" if isinstance(op, ast.And) else "or"), values
            case ast.Compare(left, ops, comparators) if all(type(op) in _COMPARED for op in ops):
                return _COMPARED[type(ops[0])], [left, *comparators]
            case ast.Call(ast.Name(name), arguments, []):
                return self._called(name, node, arguments)
        raise self._refused(f"cannot use {_kind(node)}", node.col_offset)

    def _called(self, name: str, node: ast.expr, arguments: list[ast.expr]) -> tuple[str, list[ast.expr]]:
        if name not in FUNCTIONS:
            raise self._refused(f"there is no function {name!r}", node.col_offset)
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            expected = f"{'' if least == most else 'at least '}{least} argument{'' if least == 1 else 's'}"
            problem = f"{name} takes {expected}, got {len(arguments)}"
            raise self._refused(problem, node.col_offset)
        return name, arguments

    def _refused(self, problem: str, place: int) -> InputError:
        shown = self.text if len(self.text) <= 80 else f"{self.text[:77]}..."
        return InputError(
            self.argument, f"{problem} at character {place + 1} of {_quoted(shown)}", advice=_ADVICE
        )

    def _too_much(self) -> InputError:
        return InputError(
            self.argument,
            f"expected up to {_TOKENS} names, numbers and signs, nested up to {_DEPTH} deep",
            advice="Split it into several",
        )


def _chained(node: ast.Compare, inputs: tuple[Expression, ...]) -> Expression:
    pairs = zip(node.ops, inputs, inputs[1:], strict=False)
    return Expression(
        "and", tuple(Expression(_COMPARED[type(op)], (left, right)) for op, left, right in pairs)
    )


def _kind(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp):
        return "** and //" if isinstance(node.op, ast.Pow | ast.FloorDiv) else "this operator"
    names = {
        ast.Compare: "'in' and 'is'",
        ast.Tuple: "a list with commas",
        ast.IfExp: "'if'",
        ast.Constant: "None",
        ast.UnaryOp: "a leading +",
        ast.Call: "a call like this",
        ast.Starred: "*",
    }
    return names.get(type(node), type(node).__name__)


def _cause(error: SyntaxError) -> str:
    return f"cannot understand this ({error.msg})"


def _quoted(text: str) -> str:
    return repr(text) if '"' in text else f'"{text}"'
