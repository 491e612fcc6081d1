"""A figure explained as a tree: in text, in HTML and as plain values."""

import json

import numpy as np
import pytest

from maos_nb.analytics.explanation import Explanation
from maos_nb.errors import InputError


def tree():
    """Give a small tree in which one figure is used twice."""
    wacc = Explanation("wacc", 0.1, "rate", formula="risk_free + premium", inputs=(
        Explanation("risk_free", 0.04, "rate", origin="data"), Explanation("premium", 0.06, "rate", origin="default"),
    ))  # fmt: skip
    flows = Explanation("free_cash_flow", [100.0, 105.0], "USD", origin="projected")
    explicit = Explanation(
        "explicit", 177.7, "USD", formula="sum(flow discounted at wacc)", inputs=(flows, wacc)
    )
    terminal = Explanation("terminal", 1000.0, "USD", formula="flow / wacc", inputs=(flows, wacc))
    return Explanation("value", 1177.7, "USD", formula="explicit + terminal", inputs=(explicit, terminal))


class TestText:
    def test_it_is_a_tree_in_which_a_figure_used_twice_is_explained_once(self):
        """The second time it only says so."""
        assert str(tree()).splitlines() == [
            "value 1,178 USD = explicit + terminal",
            "├─ explicit 177.70 USD = sum(flow discounted at wacc)",
            "│  ├─ free_cash_flow 100.00, 105.00 USD (projected)",
            "│  └─ wacc 10.00% = risk_free + premium",
            "│     ├─ risk_free 4.00% (data)",
            "│     └─ premium 6.00% (default)",
            "└─ terminal 1,000 USD = flow / wacc",
            "   ├─ free_cash_flow 100.00, 105.00 USD (projected)",
            "   └─ wacc 10.00% = risk_free + premium (as above)",
        ]

    def test_a_long_path_is_cut(self):
        """Nobody reads fifty numbers in a line."""
        assert str(Explanation("path", np.arange(50.0))).endswith("11.00, ... (50)")

    def test_what_is_not_known_is_said(self):
        """NaN is no figure."""
        assert str(Explanation("rate", np.nan, "rate")) == "rate n/a"
        assert str(Explanation("nothing")) == "nothing"


class TestHtml:
    def test_it_folds(self):
        """The browser's own element, without a script; only the first level is open."""
        page = tree()._repr_html_()
        assert page.count("<details") == 5
        assert page.count(" open>") == 1
        assert "<script" not in page

    def test_every_text_is_escaped(self):
        """Names and origins may come from anywhere."""
        page = Explanation("<b>", 1.0, "<i>", "<u>", "<script>alert(1)</script>")._repr_html_()
        assert "<script>" not in page
        assert "&lt;u&gt;" in page


class TestLooking:
    def test_a_figure_is_found_by_its_name(self):
        """Wherever it stands."""
        assert tree().find("premium").origin == "default"

    def test_a_name_that_is_not_there_is_refused_with_those_that_are(self):
        """So that one can choose."""
        with pytest.raises(InputError, match="value, explicit, free_cash_flow, wacc"):
            tree().find("beta")

    def test_every_figure_comes_once(self):
        """Although two of them are used twice."""
        assert [item.name for item in tree().figures()] == [
            "value", "explicit", "free_cash_flow", "wacc", "risk_free", "premium", "terminal",
        ]  # fmt: skip


class TestPlainValues:
    def test_a_tree_survives_json(self):
        """As part of a task's result."""
        plain = json.loads(json.dumps(tree().to_dict()))
        assert str(Explanation.from_dict(plain)) == str(tree())
        assert Explanation.from_dict(plain).to_dict() == plain

    @pytest.mark.parametrize("wrong", [None, [], {"value": 1.0}, {"name": "x", "colour": "red"}])
    def test_what_is_no_explanation_is_refused(self, wrong):
        """With what was expected."""
        with pytest.raises(InputError, match=r"^plain: expected a mapping with name"):
            Explanation.from_dict(wrong)


class TestDoor:
    @pytest.mark.parametrize(
        ("given", "argument"),
        [
            ({"name": ""}, "name"),
            ({"name": 3}, "name"),
            ({"name": "x", "value": "much"}, "value"),
            ({"name": "x", "value": [[1.0]]}, "value"),
            ({"name": "x", "value": object()}, "value"),
            ({"name": "x", "value": True}, "value"),
            ({"name": "x", "inputs": ("y",)}, "inputs"),
        ],
    )
    def test_what_cannot_be_used_is_refused_by_name(self, given, argument):
        """At once, not when it is printed."""
        with pytest.raises(InputError) as caught:
            Explanation(**given)
        assert caught.value.argument == argument

    @pytest.mark.parametrize("value", [1, np.float64(1.0), np.int64(1), np.array(1)])
    def test_any_number_will_do(self, value):
        """As numpy and Python give them."""
        assert Explanation("x", value).value == 1.0
