"""Every formula of the table against a plain evaluator: one company, one period, one Python float at a time."""

from __future__ import annotations

import ast
import math
from functools import lru_cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from panels_fundamental import broken

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.analytics.fundamental.ratios import LINES, RATIOS, calculate_ratios

NAN = float("nan")
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


@lru_cache
def parsed(formula):
    """Python's own reading of a formula."""
    return ast.parse(formula, mode="eval").body


class Plain:
    """Reads formulas with Python's parser and walks them for one place; nothing is shared or kept."""

    def __init__(self, panel, company, balance, days):
        self.panel = panel
        self.company = company
        self.balance = balance
        self.days = days

    def item(self, name, period):
        """A figure as filed."""
        if period < 0:
            return NAN
        return float(self.panel[name][self.company, period])

    def inner(self, name, within):
        """The formula that a name stands for, if it is no item here."""
        row = RATIOS.get(name) or LINES.get(name)
        return None if row is None or (name in within and name in FIELDS) else parsed(row.formula)

    def value(self, node, period, within=()):
        """The value of a node in a period."""
        if isinstance(node, ast.Constant):
            return float(node.value)
        if isinstance(node, ast.Name):
            if node.id == "days":
                return self.days
            formula = self.inner(node.id, within)
            if formula is None:
                return self.item(node.id, period)
            return self.value(formula, period, (*within, node.id)) if period >= 0 else NAN
        if isinstance(node, ast.BinOp):
            left, right = (self.value(part, period, within) for part in (node.left, node.right))
            return arithmetic(OPERATORS[type(node.op)], left, right)
        return self.called(node, period, within)

    def called(self, node, period, within):
        """The value of a function."""
        name, parts = node.func.id, node.args
        before = period - self.panel.periods_per_year
        if name == "growth":
            now, then = self.value(parts[0], period, within), self.value(parts[0], before, within)
            return now / then - 1 if then > 0 else NAN
        if name == "avg":
            now, then = self.value(parts[0], period, within), self.value(parts[0], before, within)
            return {"average": (now + then) / 2, "begin": then, "end": now}[self.balance]
        values = [self.value(part, period, within) for part in parts]
        known = [item for item in values if not math.isnan(item)]
        if name == "known":
            return sum(known) if known else NAN
        if name == "first":
            return known[0] if known else NAN
        if name == "where_positive":
            return NAN if math.isnan(values[0]) else values[1] if values[0] > 0 else values[2]
        return {"min": min, "max": max}[name](values) if len(known) == len(values) else NAN

    def inputs(self, node, period, within=()):
        """Every figure that a node needs, by item and period, and whether it is known."""
        if isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id == "days"):
            return
        before = period - self.panel.periods_per_year
        if isinstance(node, ast.Name):
            formula = self.inner(node.id, within)
            if formula is None:
                yield (node.id, period), not math.isnan(self.item(node.id, period))
            else:
                yield from self.inputs(formula, period, (*within, node.id))
        elif isinstance(node, ast.Call) and node.func.id == "first":
            yield (ast.dump(node), period), not math.isnan(self.value(node, period, within))
        elif isinstance(node, ast.BinOp):
            for part in (node.left, node.right):
                yield from self.inputs(part, period, within)
        else:
            periods = {"growth": [period, before], "avg": self.balances(period)}.get(node.func.id, [period])
            for place in periods:
                for part in node.args:
                    yield from self.inputs(part, place, within)

    def balances(self, period):
        """The periods of which an average takes the balances."""
        before = period - self.panel.periods_per_year
        return {"average": [period, before], "begin": [before], "end": [period]}[self.balance]

    def denominators(self, node, period, within=()):
        """Every figure that something is divided by, but for those that are tested to be positive first."""
        if isinstance(node, ast.Constant):
            return
        if isinstance(node, ast.Name):
            formula = self.inner(node.id, within) if node.id != "days" else None
            if formula is not None and period >= 0:
                yield from self.denominators(formula, period, (*within, node.id))
            return
        parts = [node.left, node.right] if isinstance(node, ast.BinOp) else node.args
        name = "" if isinstance(node, ast.BinOp) else node.func.id
        before = period - self.panel.periods_per_year
        periods = [period]
        if name == "growth":
            periods = [period, before]
            yield self.value(parts[0], before, within)
        if name == "avg":
            periods = self.balances(period)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield self.value(node.right, period, within)
        for place in periods:
            for at, part in enumerate(parts):
                found = self.denominators(part, place, within)
                if name == "where_positive" and at == 1:
                    test = self.value(parts[0], period, within)
                    found = [item for item in found if item != test]
                yield from found


def arithmetic(sign, left, right):
    """One operation on two floats."""
    if sign == "/":
        return NAN if right == 0 else left / right
    return {"+": left + right, "-": left - right, "*": left * right}[sign]


panels = st.builds(broken, st.integers(0, 2**32 - 1), periods_per_year=st.sampled_from([1, 4]))
balances = st.sampled_from(["average", "begin", "end"])


def everywhere(panel, judge, balance, days=365.0):
    """Ask a plain evaluator about every company and period."""
    rows, columns = (range(count) for count in panel.shape)
    return [[judge(Plain(panel, row, balance, days), column) for column in columns] for row in rows]


class TestAgainstAPlainEvaluator:
    @settings(max_examples=25, deadline=None)
    @given(panels, balances, st.sampled_from([365.0, 91.25]))
    def test_values_agree(self, panel, balance, days):
        """Holes, zeros and negative figures included: the same values, and NaN at the same places."""
        found = calculate_ratios(panel, [*RATIOS, *LINES], balance=balance, days=days)
        for name in found.names:
            expected = everywhere(
                panel, lambda plain, column, name=name: plain.value(ast.Name(name), column), balance, days
            )
            np.testing.assert_allclose(found[name], expected, rtol=1e-11, atol=1e-11, err_msg=name)

    @settings(max_examples=15, deadline=None)
    @given(panels, balances)
    def test_flags_agree(self, panel, balance):
        """A flag stands where any denominator of the ratio is below zero, and nowhere else."""
        found = calculate_ratios(panel, balance=balance)
        for place, name in enumerate(found.names):
            expected = everywhere(
                panel,
                lambda plain, column, name=name: any(
                    item < 0 for item in plain.denominators(ast.Name(name), column)
                ),
                balance,
            )
            np.testing.assert_array_equal(found.negative[place], expected, err_msg=name)

    @settings(max_examples=15, deadline=None)
    @given(panels, balances)
    def test_counts_agree(self, panel, balance):
        """Different items and periods, each counted once, of those that are known."""
        found = calculate_ratios(panel, balance=balance)
        for place, name in enumerate(found.names):
            needed = everywhere(
                panel, lambda plain, column, name=name: dict(plain.inputs(ast.Name(name), column)), balance
            )
            counts = [[sum(item.values()) for item in row] for row in needed]
            np.testing.assert_array_equal(found.available[place], counts, err_msg=name)
            assert {len(item) for row in needed for item in row} == {found.n_inputs[name]}, name
