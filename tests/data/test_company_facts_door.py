"""The door of the companyfacts reader: what it takes, and what it says to everything else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from facts_documents import balance, document, year

from maos_nb.data import read_company_facts
from maos_nb.errors import DataError, InputError

DOCUMENT = document([year("Revenues", 1.0), balance("Assets", 2.0)], entity="Example Corp", cik=320193)
CONTENT = json.dumps(DOCUMENT).encode()


class TestWhatItTakes:
    """A file, its content, or what is in it."""

    def test_every_way_in_gives_the_same_table(self, tmp_path: Path) -> None:
        """Compressed or not, on disk or in memory, parsed or not."""
        plain, packed = tmp_path / "facts.json", tmp_path / "facts.json.gz"
        plain.write_bytes(CONTENT)
        packed.write_bytes(gzip.compress(CONTENT))
        sources: list[Any] = [plain, str(plain), packed, CONTENT, gzip.compress(CONTENT), bytearray(CONTENT)]
        expected = read_company_facts(DOCUMENT).facts
        for source in sources:
            pd.testing.assert_frame_equal(read_company_facts(source).facts, expected)

    def test_the_ticker_is_upper_case_or_the_secs_number(self) -> None:
        """The document holds no symbol."""
        assert set(read_company_facts(DOCUMENT, ticker=" aapl ").facts["ticker"]) == {"AAPL"}
        assert read_company_facts(DOCUMENT).ticker == "CIK0000320193"

    def test_the_secs_number_may_be_text(self) -> None:
        """Recent documents have it with leading noughts."""
        company = read_company_facts(DOCUMENT | {"cik": "0001997711"})
        assert [company.cik, company.ticker] == [1_997_711, "CIK0001997711"]

    def test_a_document_without_a_name_is_called_by_its_ticker(self) -> None:
        """Some companies have none there."""
        assert read_company_facts(DOCUMENT | {"entityName": None}, ticker="EX").entity == "EX"

    def test_it_does_not_change_what_it_is_given(self) -> None:
        """A parsed document is the caller's."""
        before = json.dumps(DOCUMENT)
        read_company_facts(DOCUMENT)
        assert json.dumps(DOCUMENT) == before


class TestWhatItRefuses:
    """The message says what came and what was expected."""

    @pytest.mark.parametrize("source", [7, None, ["facts"], 3.5])
    def test_another_type(self, source: Any) -> None:
        """Neither a path nor content."""
        with pytest.raises(InputError, match=f"^source: expected a path, .* got {type(source).__name__}"):
            read_company_facts(source)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """The path is named; a folder is no file."""
        for path in (tmp_path / "nowhere.json", tmp_path):
            with pytest.raises(InputError, match=f"^source: there is no file '{path}'"):
                read_company_facts(path)

    @pytest.mark.parametrize("end", [0, 1, 20, len(CONTENT) // 2, len(CONTENT) - 1])
    def test_json_that_is_cut_short(self, end: int) -> None:
        """A download that broke off."""
        with pytest.raises(DataError, match=f"expected a whole JSON document of {end} bytes"):
            read_company_facts(CONTENT[:end])

    def test_a_gzip_that_is_cut_short_or_damaged(self) -> None:
        """Told before any JSON is looked for."""
        packed = gzip.compress(CONTENT)
        damaged = packed[:-12] + b"\x00" * 12
        for source in (packed[: len(packed) // 2], damaged, packed[:3]):
            with pytest.raises(DataError, match="the gzip file is damaged or cut short"):
                read_company_facts(source)

    def test_a_web_page_instead_of_data(self) -> None:
        """The SEC answers so to those who do not say who they are."""
        page = (
            b"<!DOCTYPE html><html><title>SEC.gov | Your Request Originates from an Undeclared Tool</title>"
        )
        with pytest.raises(DataError, match="got '<!DOCTYPE html>"):
            read_company_facts(page)

    @pytest.mark.parametrize(
        ("other", "words"),
        [
            ([1, 2], "got a list"),
            ("text", "got a str"),
            ({}, r"got a mapping with the keys \(none\)"),
            (
                {"cik": 320193, "taxonomy": "us-gaap", "tag": "Assets", "units": {}},
                "got a mapping with the keys cik, taxonomy, tag, units",
            ),
            ({"cik": 1, "facts": [1]}, "got a mapping with the keys cik, facts"),
        ],
    )
    def test_json_that_is_another_document(self, other: Any, words: str) -> None:
        """A list, or an answer of another address of the same API."""
        with pytest.raises(DataError, match=f"expected a companyfacts document, {words}"):
            read_company_facts(json.dumps(other).encode())

    @pytest.mark.parametrize("facts", [{}, {"us-gaap": {}}, {"us-gaap": None, "dei": {}}])
    def test_a_document_without_facts(self, facts: Any) -> None:
        """The company is named."""
        with pytest.raises(DataError, match="the companyfacts document of Example Corp holds no facts"):
            read_company_facts(DOCUMENT | {"facts": facts})

    def test_a_standard_that_is_not_known(self) -> None:
        """A cover page alone is no statement."""
        cover = balance("dei:EntityPublicFloat", 1.0)
        other = year("jppfs:NetSales", 1.0, unit="JPY")
        with pytest.raises(
            DataError, match=r"expected figures under us-gaap or ifrs-full, got dei, jppfs only"
        ):
            read_company_facts(document([cover, other]))

    def test_a_number_of_the_sec_that_is_none(self) -> None:
        """It is shown."""
        with pytest.raises(DataError, match="expected the SEC's number as cik, got 'x'"):
            read_company_facts(DOCUMENT | {"cik": "x"})

    @pytest.mark.parametrize("ticker", ["", "  ", 7])
    def test_a_ticker_that_is_no_text(self, ticker: Any) -> None:
        """By the name of the argument."""
        with pytest.raises(InputError, match=r"^ticker: "):
            read_company_facts(DOCUMENT, ticker=ticker)

    @pytest.mark.parametrize("recipe", ["", "A B", "A +", "+ A", "A + + B", "A * B", "[A", "A|"])
    def test_a_recipe_that_is_no_sum(self, recipe: str) -> None:
        """It is shown with an example of one."""
        with pytest.raises(InputError, match=r"^recipes: expected a sum of tags"):
            read_company_facts(DOCUMENT, recipes={"revenue": [recipe]})

    def test_a_recipe_for_an_item_that_there_is_not(self) -> None:
        """The known ones are listed."""
        with pytest.raises(InputError, match=r"^recipes: there is no item 'sales'\. Known: revenue, "):
            read_company_facts(DOCUMENT, recipes={"sales": ["Revenues"]})


class TestMalformedConcepts:
    """A document that is odd inside is read as far as it goes."""

    @pytest.mark.parametrize("concept", [None, [], {}, {"units": None}, {"units": {"USD": []}}])
    def test_a_tag_without_facts_is_no_fact(self, concept: Any) -> None:
        """The others are read."""
        facts = DOCUMENT["facts"]["us-gaap"] | {"NetIncomeLoss": concept}
        company = read_company_facts(DOCUMENT | {"facts": {"us-gaap": facts}})
        assert company.facts["field"].tolist() == ["revenue", "total_assets"]

    @pytest.mark.parametrize(("key", "value"), [("end", "2022-13-01"), ("end", 20221231), ("start", "soon")])
    def test_a_date_that_is_none_is_dropped_and_counted(self, key: str, value: Any) -> None:
        """Nothing is guessed."""
        broken = year("Revenues", 1.0)
        broken[2][key] = value
        company = read_company_facts(document([broken, balance("Assets", 2.0)]))
        assert company.facts["field"].tolist() == ["total_assets"]
        assert company.notes == ("1 without a date, form or accession number",)
