"""The language of ratios and screens: what it reads, how it writes, and all that it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maos_nb.analytics.fundamental._expression import COMPARISONS, FUNCTIONS, Expression, parse
from maos_nb.analytics.fundamental._ratio_program import evaluate_table
from maos_nb.errors import InputError

NAN = float("nan")

leaves = st.one_of(
    st.sampled_from(["roe", "a_1", "B"]).map(lambda name: Expression("name", name=name)),
    st.floats(0, 1e300).map(lambda number: Expression("number", number=number)),
)


def _operations(inner):
    def call(name):
        least, most = FUNCTIONS[name]
        arguments = st.lists(inner, min_size=least, max_size=min(most, 3)).map(tuple)
        return arguments.map(lambda inputs: Expression(name, inputs))

    pairs = st.tuples(st.sampled_from("+-*/"), inner, inner)
    return st.one_of(
        pairs.map(lambda parts: Expression(parts[0], parts[1:])),
        inner.map(lambda item: Expression("neg", (item,))),
        st.sampled_from(sorted(FUNCTIONS)).flatmap(call),
    )


numbers = st.recursive(leaves, _operations, max_leaves=8)
comparisons = st.tuples(st.sampled_from(sorted(COMPARISONS)), numbers, numbers).map(
    lambda parts: Expression(parts[0], parts[1:])
)
truths = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        inner.map(lambda item: Expression("not", (item,))),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)).map(
            lambda parts: Expression(parts[0], tuple(parts[1]))
        ),
    ),
    max_leaves=5,
)


class TestReading:
    @given(st.one_of(numbers, truths))
    @settings(max_examples=300)
    def test_what_was_written_is_read_again(self, expression):
        """The same tree, whatever brackets it needs."""
        assert parse(str(expression)) == expression

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("8 - 4 - 2", 2.0),
            ("8 - (4 - 2)", 6.0),
            ("8 / 4 / 2", 1.0),
            ("8 / (4 / 2)", 4.0),
            ("-2 * -3", 6.0),
            ("1.5e2 + .5 + 1.", 151.5),
            ("abs(-3) + max(1, 2, 3) - min(4, 5)", 2.0),
            ("log(sqrt(4) / 2)", 0.0),
            ("known(1, x) + first(x, 5)", 6.0),
            ("where_positive(-1, 10, 20)", 20.0),
            ("1 / 0", NAN),
            ("log(0 - 1)", NAN),
            ("1 < 2 < 3", 1.0),
            ("1 < 3 < 2", 0.0),
            ("not 1 > 2 and 1 != 2", 1.0),
            ("2 <= 2 and 2 >= 2 and 2 == 2", 1.0),
            ("1 > 2 or 2 > 1", 1.0),
        ],
    )
    def test_means_what_it_means_in_a_sheet(self, text, value):
        """Strength of operators, from left to right, with a figure x that is not known."""
        assert float(evaluate_table(parse(text), {"x": np.array(NAN)})) == pytest.approx(value, nan_ok=True)

    @pytest.mark.parametrize(
        ("left", "right"), [(left, right) for left in (0.0, 1.0, NAN) for right in (0.0, 1.0, NAN)]
    )
    def test_what_is_not_known_decides_nothing_that_is_decided(self, left, right):
        """Kleene's three-valued logic, written out with None for what is not known."""
        words = {0.0: False, 1.0: True}
        first, second = words.get(left), words.get(right)
        both = False if False in (first, second) else None if None in (first, second) else True
        either = True if True in (first, second) else None if None in (first, second) else False
        figures = {"a": np.array(left), "b": np.array(right)}
        for text, expected in (("a > 0.5 and b > 0.5", both), ("a > 0.5 or b > 0.5", either)):
            found = float(evaluate_table(parse(text), figures))
            assert found == pytest.approx(NAN if expected is None else float(expected), nan_ok=True)

    def test_lines_and_spaces_do_not_matter(self):
        """A condition may stand on several lines."""
        assert parse("\n roe>0.15\n\tand  roa > 0.1 ") == parse("roe > 0.15 and roa > 0.1")


class TestRefusing:
    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("__import__('os')", r'cannot read "\'" at character 12'),
            ("__import__(os)", "there is no function '__import__' at character 1"),
            ("roe.__class__", 'cannot read "." at character 4'),
            ("roe[0]", r'cannot read "\[" at character 4'),
            ("lambda: roe", 'cannot read ":" at character 7'),
            ("lambda roe", "cannot understand this"),
            ("(roe := 1)", 'cannot read ":"'),
            ("{roe}", 'cannot read "{"'),
            ('"roe"', "cannot read '\"'"),
            ("roe; roa", 'cannot read ";"'),
            ("roe # 1", 'cannot read "#"'),
            ("roe @ roa", 'cannot read "@"'),
            ("roe = 1", 'cannot read "=" at character 5'),
            ("rendité > 1", 'cannot read "é" at character 7'),
            ("roe\x00", "cannot read"),
            ("1_000 > roe", 'cannot read "1" at character 1'),
            ("0x10 > roe", 'cannot read "0" at character 1'),
            ("1or roe", 'cannot read "1" at character 1'),
            ("roe ** 2", r"cannot use \*\* and // at character 1"),
            ("9**9**9", r"cannot use \*\* and //"),
            ("roe // 2", r"cannot use \*\* and //"),
            ("+roe", r"cannot use a leading \+"),
            ("roe if roa > 1 else 2", "cannot use 'if'"),
            ("roe in (1, 2)", "cannot use 'in' and 'is'"),
            ("roe is roa", "cannot use 'in' and 'is'"),
            ("roe, roa", "cannot use a list with commas"),
            ("True", "cannot use True"),
            ("roe > None", "cannot use None"),
            ("(yield roe)", "cannot use Yield"),
            ("exec(roe)", "there is no function 'exec'"),
            ("max(*roe)", r"max takes at least 2 arguments, got 1"),
            ("max(1, *roe)", r"cannot use \*"),
            ("max(1)", "max takes at least 2 arguments, got 1"),
            ("abs(1, 2)", "abs takes 1 argument, got 2"),
            ("known()", "known takes at least 1 argument, got 0"),
            ("abs(1)(2)", "cannot use a call like this"),
            ("roe >", "cannot understand this"),
            ("(roe > 1", "cannot understand this"),
            ("5 roe", "cannot understand this"),
            ("roe > 1 + (roa > 2)", r"expected a number beside '\+', got 'roa > 2' at character 12"),
            ("roe and roa > 1", "expected a comparison beside 'and', got 'roe' at character 1"),
            ("not roe", "expected a comparison beside 'not', got 'roe' at character 5"),
            ("abs(roe > 1)", "expected a number beside 'abs'"),
            ("9" * 400, "a number is too great"),
            ("1e999", "a number is too great"),
            ("", "got an empty text"),
            ("  \n", "got an empty text"),
        ],
    )
    def test_anything_else_and_says_where(self, text, named):
        """The message names the argument, the place and what is allowed."""
        with pytest.raises(InputError, match=f"expression: .*{named}") as caught:
            parse(text)
        assert "names, numbers, + - * /" in str(caught.value)

    @pytest.mark.parametrize(
        "text",
        ["(" * 250 + "roe" + ")" * 250, "-" * 400 + "roe", "not " * 300 + "roe > 1", "+".join(["roe"] * 900)],
    )
    def test_what_is_nested_too_deep_or_too_long(self, text):
        """It is refused before anything is done with it."""
        with pytest.raises(InputError, match=r"nested up to 100 deep|too many nested|characters, got"):
            parse(text)

    def test_a_text_that_is_a_book(self):
        """Its length is looked at first."""
        with pytest.raises(InputError, match=r"up to 2000 characters, got 1,000,000"):
            parse("1" * 1_000_000)

    @pytest.mark.parametrize("value", [None, 1, b"roe", ["roe"]])
    def test_what_is_no_text(self, value):
        """The message names its type."""
        with pytest.raises(InputError, match=f"expression: .*{type(value).__name__}"):
            parse(value)

    @given(st.text(st.sampled_from("roe19. +-*/()<>=!,andt_'\"[]{}:;@\\\n"), max_size=40))
    @settings(max_examples=400)
    def test_any_other_text_without_another_error(self, text):
        """It is read, and then written and read again to the same; or it is an InputError."""
        try:
            found = parse(text)
        except InputError:
            return
        assert parse(str(found)) == found
