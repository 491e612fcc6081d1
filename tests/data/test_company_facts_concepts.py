"""The tables of candidates: complete, well-formed, and in step with the items of the analytics."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.analytics.fundamental.fields import FIELDS
from maos_nb.data import STATEMENT_FIELDS
from maos_nb.data._concepts import BALANCES, ITEMS, OUTLAYS, PER_SHARE, RECIPES, SHARES, Standard
from maos_nb.data._mapped_facts import unit_of
from maos_nb.data._recipes import Cookbook, parse_recipe

STANDARDS: tuple[Standard, ...] = ("us-gaap", "ifrs-full")


class TestItems:
    """Two rooms that may not import each other hold the same list."""

    def test_they_are_the_filed_ones_of_the_analytics(self) -> None:
        """All but what is observed in a market, in the same order up to their places within a statement."""
        assert set(ITEMS) == {name for name, item in FIELDS.items() if item.kind != "market"}
        assert STATEMENT_FIELDS == ITEMS

    def test_their_kinds_agree(self) -> None:
        """A balance here is a stock there; a count is in shares, earnings are money per share."""
        assert {name for name in ITEMS if FIELDS[name].kind == "stock"} == BALANCES
        assert {name for name in ITEMS if FIELDS[name].unit == "shares"} == SHARES
        assert {name for name in ITEMS if FIELDS[name].unit == "money per share"} == PER_SHARE
        units = {"money": "EUR", "shares": "shares", "money per share": "EUR/shares"}
        assert all(unit_of(name, "EUR") == units[FIELDS[name].unit] for name in ITEMS)

    def test_outlays_are_flows_of_cash(self) -> None:
        """Only there can a sign be wrong."""
        assert all(FIELDS[name].statement == "cash" for name in OUTLAYS)

    def test_both_standards_speak_of_every_item_in_one_order(self) -> None:
        """What IFRS does not know has an empty row, not none."""
        assert tuple(RECIPES["us-gaap"]) == tuple(RECIPES["ifrs-full"]) == ITEMS
        unknown = {item for item, recipes in RECIPES["ifrs-full"].items() if not recipes}
        assert unknown == {
            "operating_lease_liability",
            "preferred_dividends",
            "preferred_equity",
            "property_plant_equipment_gross",
            "temporary_equity",
        }
        assert all(RECIPES["us-gaap"].values())


@pytest.mark.parametrize("standard", STANDARDS)
class TestRecipes:
    """Each is a sum of tags; none goes in a circle."""

    def test_no_recipe_stands_there_twice(self, standard: Standard) -> None:
        """The second could never be reached."""
        for recipes in RECIPES[standard].values():
            assert len(set(recipes)) == len(recipes)

    def test_no_recipe_hides_a_longer_one(self, standard: Standard) -> None:
        """One tag alone before a sum that holds it would always win: the sum could never be reached."""
        book = Cookbook(standard)
        for item, recipes in book.recipes.items():
            needed = [frozenset(term.names for term in recipe if not term.is_optional) for recipe in recipes]
            for place, names in enumerate(needed):
                assert not any(earlier and earlier <= names for earlier in needed[:place]), (item, place)

    def test_a_figure_is_found_where_all_tags_are_there(self, standard: Standard) -> None:
        """Every item that has recipes is reached, without end."""
        book = Cookbook(standard)
        held = dict.fromkeys(book.all_tags(), 1.0)
        for item, recipes in book.recipes.items():
            assert (book.figure(item, held) is not None) is bool(recipes), item

    def test_items_are_never_terms_of_another_kind(self, standard: Standard) -> None:
        """A balance plus a flow is nonsense."""
        for item, recipes in Cookbook(standard).recipes.items():
            names = {name for recipe in recipes for term in recipe for name in term.names if ":" not in name}
            assert all((name in BALANCES) is (item in BALANCES) for name in names), item

    def test_tags_look_like_tags(self, standard: Standard) -> None:
        """A capital, then letters and digits, with the prefix of the standard or of the cover page."""
        for tag in Cookbook(standard).all_tags():
            prefix, name = tag.split(":")
            assert prefix in {standard, "dei"}
            assert name.isalnum()
            assert name[0].isupper()


class TestSums:
    """What a recipe makes of the figures of one filing and period."""

    @given(seed=st.integers(0, 10**6), share=st.floats(0, 1))
    def test_a_figure_is_the_sum_that_its_tag_says(self, seed: int, share: float) -> None:
        """Whatever is tagged: the words can be added up again from the filing."""
        chance = np.random.default_rng(seed)
        book = Cookbook("us-gaap")
        tags = [tag for tag in sorted(book.all_tags()) if chance.random() < share]
        held = dict(zip(tags, chance.integers(-9, 99, len(tags)).tolist(), strict=True))
        for item in ITEMS:
            figure = book.figure(item, held)
            if figure is None:
                continue
            words = figure.words().replace(" + ", " +").replace(" - ", " -").split(" ")
            again = sum((-1 if word[0] == "-" else 1) * held[word.lstrip("+-")] for word in words)
            assert again == figure.value, figure.words()

    def test_an_optional_term_is_left_out_where_it_is_not_tagged(self) -> None:
        """The tag names only what was there."""
        book = Cookbook("us-gaap", {"inventory": ["A - [B] + [C]"]})
        figure = book.figure("inventory", {"us-gaap:A": 5, "us-gaap:C": 2})
        assert figure is not None
        assert [figure.value, figure.words()] == [7, "us-gaap:A + us-gaap:C"]

    def test_a_sum_of_optional_terms_needs_one_of_them(self) -> None:
        """Nothing tagged is not nought."""
        book = Cookbook("us-gaap", {"inventory": ["[A] + [B]"]})
        assert book.figure("inventory", {}) is None
        figure = book.figure("inventory", {"us-gaap:B": 0})
        assert figure is not None
        assert figure.value == 0

    def test_a_recipe_that_rests_on_itself_gives_nothing(self) -> None:
        """A caller's circle ends."""
        book = Cookbook("us-gaap", {"inventory": ["goodwill + A"], "goodwill": ["inventory + B"]})
        assert book.figure("inventory", {"us-gaap:A": 1, "us-gaap:B": 1}) is None

    def test_another_taxonomy_may_be_named(self) -> None:
        """The cover page's count is of dei."""
        (term,) = parse_recipe("dei:EntityCommonStockSharesOutstanding", "us-gaap")
        assert term.names == ("dei:EntityCommonStockSharesOutstanding",)
