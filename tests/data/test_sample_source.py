"""The bundled samples as a source: what it sees when, what it refuses, and that threads may share it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_nb.data import FACT_COLUMNS, STATEMENT_FIELDS, Fetched, SampleSource
from maos_nb.errors import InputError, MissingDataError, UnknownSymbolError

SOURCE = SampleSource()


def test_companies_lists_each_company_with_the_years_it_covers() -> None:
    """An agent can see what there is without trial and error."""
    companies = SOURCE.companies().set_index("ticker")
    assert companies["name"].to_dict()["AAPL"] == "Apple Inc."
    assert companies["cik"].to_dict() == {"AAPL": 320193, "MSFT": 789019, "NVDA": 1045810}
    assert companies["sector"].to_dict() == {
        "AAPL": "computers",
        "MSFT": "software",
        "NVDA": "semiconductors",
    }
    assert companies["fiscal_year_end_month"].to_dict() == {"AAPL": 9, "MSFT": 6, "NVDA": 1}
    assert (companies["currency"] == "USD").all()
    assert set(companies["sector"]) <= set(SOURCE.sectors().index)
    for ticker, row in companies.iterrows():
        years = SOURCE.statements(str(ticker)).frame.index
        assert [row["first_fiscal_year"], row["last_fiscal_year"]] == [years[0], years[-1]]


def test_a_symbol_may_be_written_in_any_case() -> None:
    """What people type works."""
    assert SOURCE.statements(" aapl ").frame.equals(SOURCE.statements("AAPL").frame)
    assert SOURCE.prices("ko").frame.columns.tolist() == ["KO"]


def test_the_wide_table_has_a_column_for_every_field_in_one_order() -> None:
    """Formulas can rely on the columns of every company, whatever it files."""
    for ticker in ("AAPL", "MSFT", "NVDA"):
        frame = SOURCE.statements(ticker).frame
        assert frame.columns.tolist() == ["period_end", *STATEMENT_FIELDS]
        assert frame.index.name == "fiscal_year"
        assert frame.index.is_monotonic_increasing
        assert frame.index.is_unique
        assert all(kind.kind == "f" for kind in frame.drop(columns="period_end").dtypes)


def test_the_wide_and_the_long_table_hold_the_same_figures() -> None:
    """Nothing is added to and nothing lost from the filed facts: what is not filed is NaN, not zero."""
    for ticker in ("AAPL", "MSFT", "NVDA"):
        wide = SOURCE.statements(ticker).frame
        facts = SOURCE.statement_facts(ticker).frame
        for year, field, value in zip(facts["fiscal_year"], facts["field"], facts["value"], strict=True):
            assert wide[field].loc[year] == value
        assert int(wide.drop(columns="period_end").notna().to_numpy().sum()) == len(facts)


def test_late_in_2022_apples_fiscal_2022_is_visible_and_fiscal_2023_is_not() -> None:
    """The 10-K for 2022 came on 2022-10-28, the one for 2023 on 2023-11-03."""
    seen = SOURCE.statements("AAPL", as_of="2022-12-28")
    assert seen.frame.index[-1] == 2022
    assert seen.as_of == date(2022, 10, 28)


@pytest.mark.parametrize(
    ("day", "latest"), [("2022-10-27", 2021), ("2022-10-28", 2022), ("2023-11-02", 2022)]
)
def test_a_filing_becomes_visible_on_the_day_it_was_filed(day: str, latest: int) -> None:
    """Not a day sooner, not a day later."""
    assert SOURCE.statements("AAPL", as_of=day).frame.index[-1] == latest


def test_a_figure_without_a_filing_date_waits_for_the_secs_deadline() -> None:
    """Microsoft's year ends on 30 June; its table is visible from 29 August, though it files in July."""
    assert SOURCE.statements("MSFT", as_of="2022-08-28").frame.index[-1] == 2021
    assert SOURCE.statements("MSFT", as_of="2022-08-29").frame.index[-1] == 2022
    facts = SOURCE.statement_facts("MSFT").frame
    assert set(facts["form"]) == {"10-K (deadline)"}
    assert set(facts["accession"]) == {""}
    assert facts["source"].str.contains("FinanceToolkit").all()


def test_a_figure_first_tagged_in_a_later_filing_is_invisible_until_then() -> None:
    """NVIDIA's capital expenditure of fiscal 2023 has no standard tag before the 10-K of 2024-02-21."""
    before = SOURCE.statements("NVDA", as_of="2024-02-20").frame
    after = SOURCE.statements("NVDA", as_of="2024-02-21").frame
    assert before["capital_expenditure"].isna().loc[2023]
    assert before.loc[2023, "revenue"] == 26_974e6
    assert after.loc[2023, "capital_expenditure"] == 1_833e6
    row = SOURCE.statement_facts("NVDA").frame.query("fiscal_year == 2023 and field == 'capital_expenditure'")
    assert row["source"].item() == "SEC EDGAR companyfacts, comparative column of the 10-K for fiscal 2024"


@given(
    ticker=st.sampled_from(["AAPL", "MSFT", "NVDA"]),
    days=st.lists(st.dates(date(2020, 9, 1), date(2026, 12, 31)), min_size=2, max_size=2).map(sorted),
)
def test_the_past_never_changes(ticker: str, days: list[date]) -> None:
    """What was visible on one day is visible, unchanged, on every later day; and nothing was filed later."""
    earlier = SOURCE.statement_facts(ticker, as_of=days[0]).frame
    later = SOURCE.statement_facts(ticker, as_of=days[1]).frame
    assert (earlier["filed"] <= pd.Timestamp(days[0])).all()
    assert len(earlier.merge(later, how="inner")) == len(earlier)


class TestFactsOfAllVersions:
    """The table that statements are made of: every filing's own figures, for several companies at once."""

    def test_several_companies_come_in_one_table(self) -> None:
        """With the columns of the reader, and the types that go with them."""
        fetched = SOURCE.facts(["msft", "AAPL"])
        assert tuple(fetched.frame.columns) == FACT_COLUMNS
        assert set(fetched.frame["ticker"]) == {"AAPL", "MSFT"}
        kinds = fetched.frame.dtypes
        assert all(kinds[name].kind == "M" for name in ("period_start", "period_end", "filed"))
        assert [kinds["value"].kind, kinds["fiscal_year"].kind] == ["f", "i"]
        assert set(fetched.frame["unit"]) == {"USD", "shares", "USD/shares"}
        assert fetched.frame["value"].notna().all()

    def test_quarters_years_and_balances_are_there(self) -> None:
        """Of Apple and NVIDIA; Microsoft's are years whose first day the vendor does not give."""
        facts = SOURCE.facts(["AAPL", "NVDA", "MSFT"]).frame
        days = (facts["period_end"] - facts["period_start"]).dt.days
        for ticker in ("AAPL", "NVDA"):
            of_one = days[facts["ticker"] == ticker]
            assert all(of_one.between(low, low + 20).any() for low in (80, 170, 260, 355))
            assert of_one.isna().any()
        microsoft = facts[facts["ticker"] == "MSFT"]
        assert microsoft["period_start"].isna().all()
        assert set(microsoft["form"]) == {"10-K (deadline)"}
        assert set(microsoft["accession"]) == {""}

    def test_a_figure_stands_there_once_for_each_filing(self) -> None:
        """Never twice in one, and under the first-filed value that the statements have."""
        facts = SOURCE.facts(["AAPL", "NVDA"]).frame
        key = ["ticker", "accession", "field", "period_start", "period_end"]
        assert not facts.duplicated(key).any()
        for ticker in ("AAPL", "NVDA"):
            first = SOURCE.statement_facts(ticker).frame
            shared = [name for name in first.columns if name != "source"]
            assert len(first.merge(facts, on=shared, how="inner").drop_duplicates(shared)) == len(first)

    def test_the_source_names_what_was_asked_for(self) -> None:
        """A vendor's table only with Microsoft."""
        assert SOURCE.facts("AAPL").source == "SEC EDGAR companyfacts"
        assert "FinanceToolkit" in SOURCE.facts(["AAPL", "MSFT"]).source
        assert SOURCE.facts("MSFT").source.endswith("; filing dates are the SEC's deadlines")
        assert SOURCE.facts("AAPL", as_of="2022-12-28").as_of == date(2022, 10, 28)

    @given(days=st.lists(st.dates(date(2010, 1, 1), date(2026, 12, 31)), min_size=2, max_size=2).map(sorted))
    def test_the_past_never_changes(self, days: list[date]) -> None:
        """What was visible on one day is visible on every later day, in the same order."""
        earlier, later = (SOURCE.facts(["AAPL", "NVDA"], as_of=day).frame for day in days)
        assert (earlier["filed"] <= pd.Timestamp(days[0])).all()
        seen = later[later["filed"] <= pd.Timestamp(days[0])].reset_index(drop=True)
        pd.testing.assert_frame_equal(earlier, seen)


def test_every_sec_figure_names_the_filing_it_was_read_in() -> None:
    """Form, day and accession number lead back to the document."""
    for ticker in ("AAPL", "NVDA"):
        facts = SOURCE.statement_facts(ticker).frame
        assert facts["accession"].str.fullmatch(r"\d{10}-\d{2}-\d{6}").all()
        assert (facts["form"] == "10-K").all()
        assert (facts["filed"] > facts["period_end"]).all()
        assert facts["tag"].str.len().gt(0).all()


def test_provenance_says_origin_date_and_the_day_the_sample_was_built() -> None:
    """Two runs of a notebook give the same record."""
    for fetched in (
        SOURCE.statements("AAPL"),
        SOURCE.prices("AAPL"),
        SOURCE.treasury_yield(),
        SOURCE.sector("food"),
    ):
        assert fetched.retrieved_at == SampleSource().statements("NVDA").retrieved_at
        assert fetched.retrieved_at.tzinfo is UTC
        assert [a.outcome for a in fetched.attempts] == ["delivered"]
    assert SOURCE.statements("AAPL").source == "SEC EDGAR companyfacts (10-K filings)"
    assert "FinanceToolkit" in SOURCE.statements("MSFT").source
    assert "skfolio" in SOURCE.prices("AAPL").source


def test_prices_come_in_the_order_asked_for_with_both_ends_included() -> None:
    """Three trading days, asked for by their first and last."""
    prices = SOURCE.prices(["SP500", "AAPL", "sp500"], start="2022-11-30", end=date(2022, 12, 2))
    assert prices.frame.columns.tolist() == ["SP500", "AAPL"]
    assert [day.date().isoformat() for day in prices.frame.index] == [
        "2022-11-30",
        "2022-12-01",
        "2022-12-02",
    ]
    assert prices.as_of == date(2022, 12, 2)


def test_prices_without_bounds_are_whole() -> None:
    """8,313 trading days, 20 stocks and the index, no gap."""
    symbols = SOURCE.prices("AAPL").frame
    assert len(symbols) == 8313
    with pytest.raises(UnknownSymbolError) as caught:
        SOURCE.prices("ZZZ")
    everything = SOURCE.prices(caught.value.known).frame
    assert everything.shape == (8313, 21)
    assert everything.notna().all(axis=None)
    assert everything.gt(0).all(axis=None)


def test_a_months_yield_is_visible_once_the_month_has_ended() -> None:
    """A monthly average is not known before its last day is over."""
    december = SOURCE.treasury_yield(as_of="2022-12-31").frame
    assert december.index[-1] == pd.Timestamp("2022-11-01")
    january = SOURCE.treasury_yield(as_of="2023-01-01")
    assert january.frame.index[-1] == pd.Timestamp("2022-12-01")
    assert january.as_of == date(2022, 12, 31)


def test_a_years_risk_premium_is_visible_once_it_has_been_published() -> None:
    """The premium for the start of 2023 is taken to be public on 15 January 2023."""
    assert SOURCE.equity_risk_premium(as_of="2023-01-14").frame.index[-1] == pd.Timestamp("2022-01-01")
    assert SOURCE.equity_risk_premium(as_of="2023-01-15").frame.index[-1] == pd.Timestamp("2023-01-01")


@pytest.mark.parametrize("key", ["total_market", "Total Market", " total-market "])
def test_a_sector_key_may_be_written_with_blanks_hyphens_and_capitals(key: str) -> None:
    """The key is a name, not a code."""
    assert SOURCE.sector(key).frame.index.tolist() == ["total_market"]


@pytest.mark.parametrize("ask", [SOURCE.statements, SOURCE.statement_facts, SOURCE.facts, SOURCE.prices])
def test_an_unknown_symbol_is_answered_with_the_known_ones(ask: Callable[[str], Fetched]) -> None:
    """The message lists what there is."""
    with pytest.raises(
        UnknownSymbolError, match=r"'TSLA' in maos_nb samples.*Known here: .*AAPL.*MSFT"
    ) as caught:
        ask("tsla")
    assert caught.value.symbol == "TSLA"
    assert "AAPL" in caught.value.known


@pytest.mark.parametrize(
    ("ask", "earliest"),
    [
        (lambda: SOURCE.statements("AAPL", as_of="2009-10-26"), "2009-10-27"),
        (lambda: SOURCE.statement_facts("msft", as_of="2020-08-28"), "2020-08-29"),
        (lambda: SOURCE.facts(["MSFT", "NVDA"], as_of="2009-08-01"), "2009-08-20"),
        (lambda: SOURCE.treasury_yield(as_of="1990-01-31"), "1990-02-01"),
        (lambda: SOURCE.equity_risk_premium(as_of="1990-01-14"), "1990-01-15"),
    ],
)
def test_a_day_before_anything_was_published_is_answered_with_the_earliest(
    ask: Callable[[], Fetched], earliest: str
) -> None:
    """The message says from when there is something."""
    with pytest.raises(
        MissingDataError, match=f"nothing had been published by .* The earliest date is {earliest}"
    ):
        ask()


def test_a_range_without_trading_days_is_answered_with_the_range_there_is() -> None:
    """Christmas 2022 fell on a weekend."""
    with pytest.raises(
        MissingDataError, match=r"between 2022-12-24 and 2022-12-25\. .* 1990-01-02 to 2022-12-28"
    ):
        SOURCE.prices("AAPL", start="2022-12-24", end="2022-12-25")


@pytest.mark.parametrize(
    ("ask", "argument"),
    [
        (lambda: SOURCE.statements(""), "ticker"),
        (lambda: SOURCE.statements(None), "ticker"),  # type: ignore[arg-type]  # the point of the test
        (lambda: SOURCE.statements("AAPL", as_of="last week"), "as_of"),
        (lambda: SOURCE.statements("AAPL", as_of=2022), "as_of"),  # type: ignore[arg-type]  # the point of the test
        (lambda: SOURCE.statements("AAPL", as_of=pd.NaT), "as_of"),  # type: ignore[arg-type]  # the point of the test
        (lambda: SOURCE.prices([]), "tickers"),
        (lambda: SOURCE.facts([]), "tickers"),
        (lambda: SOURCE.facts(7), "tickers"),  # type: ignore[arg-type]  # the point of the test
        (lambda: SOURCE.facts("AAPL", as_of="x"), "as_of"),
        (lambda: SOURCE.prices(["AAPL", 3]), "tickers"),  # type: ignore[list-item]  # the point of the test
        (lambda: SOURCE.prices(7), "tickers"),  # type: ignore[arg-type]  # the point of the test
        (lambda: SOURCE.prices("AAPL", start="2022-02-01", end="2022-01-01"), "start"),
        (lambda: SOURCE.prices("AAPL", end="soon"), "end"),
        (lambda: SOURCE.treasury_yield(as_of="x"), "as_of"),
        (lambda: SOURCE.sector("tech"), "key"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_the_argument(ask: Callable[[], Any], argument: str) -> None:
    """The reader knows what to change."""
    with pytest.raises(InputError, match=f"^{argument}: ") as caught:
        ask()
    assert caught.value.argument == argument


def test_a_day_may_be_given_as_date_datetime_or_text() -> None:
    """A time of day is ignored, as filings bear none."""
    expected = SOURCE.statements("AAPL", as_of=date(2022, 12, 28)).frame
    for day in ("2022-12-28", datetime(2022, 12, 28, 9, 30), pd.Timestamp("2022-12-28")):
        assert SOURCE.statements("AAPL", as_of=day).frame.equals(expected)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: SOURCE.statements("AAPL").frame,
        lambda: SOURCE.statement_facts("AAPL").frame,
        lambda: SOURCE.facts("AAPL").frame,
        lambda: SOURCE.prices("AAPL").frame,
        lambda: SOURCE.treasury_yield().frame,
        lambda: SOURCE.equity_risk_premium().frame,
        lambda: SOURCE.sector("food").frame,
        SOURCE.sectors,
        SOURCE.companies,
    ],
)
def test_what_a_caller_does_to_a_frame_does_not_reach_the_cache(ask: Callable[[], pd.DataFrame]) -> None:
    """The next caller gets the figures as they were."""
    before = ask()
    spoiled = ask()
    first = spoiled.columns[0]
    spoiled.loc[spoiled.index[-1], first] = spoiled.loc[spoiled.index[0], first]
    spoiled.insert(0, "new", 0)
    pd.testing.assert_frame_equal(ask(), before)


def test_threads_may_share_a_source_from_its_first_call() -> None:
    """Sixteen threads that ask at once parse nothing twice in conflict and read what one thread reads."""
    source = SampleSource()
    together = Barrier(16)

    def ask(number: int) -> tuple[str, pd.DataFrame]:
        together.wait()
        ticker = ("AAPL", "NVDA", "MSFT")[number % 3]
        source.prices(ticker if ticker != "NVDA" else "SP500")
        source.treasury_yield()
        return ticker, source.statements(ticker, as_of="2024-01-01").frame

    with ThreadPoolExecutor(16) as pool:
        for ticker, frame in pool.map(ask, range(16)):
            pd.testing.assert_frame_equal(frame, SOURCE.statements(ticker, as_of="2024-01-01").frame)


def test_importing_the_package_alone_imports_no_pandas() -> None:
    """A notebook that only makes agents starts without it."""
    code = "import sys, maos_nb; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
