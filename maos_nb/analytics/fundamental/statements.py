"""Statements as filed: what was known on a day, restatements, and panels of years, quarters and twelve months."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from maos_nb._views import table
from maos_nb.analytics.explanation import Explanation
from maos_nb.analytics.fundamental._coverage import coverage_table, filing_rows, iso, unplaced_table
from maos_nb.analytics.fundamental._fact_columns import as_day
from maos_nb.analytics.fundamental._facts import Facts, as_facts
from maos_nb.analytics.fundamental._panels import annual_panel, quarterly_panel, trailing_panel
from maos_nb.analytics.fundamental._restatements import restatement_table, version_table
from maos_nb.analytics.fundamental._splits import Splits, as_splits
from maos_nb.analytics.fundamental._versions import Versions, Vintage, find_versions
from maos_nb.analytics.fundamental.panel import Panel
from maos_nb.errors import InputError, MissingDataError

__all__ = ["Basis", "Statements", "Vintage"]

Basis: TypeAlias = Literal["annual", "quarterly", "ttm"]
"""Fiscal years, fiscal quarters, or the twelve months to each quarter's end."""

_BUILDERS = {"annual": annual_panel, "quarterly": quarterly_panel, "ttm": trailing_panel}
_QUARTER = re.compile(r"(\d{4})Q([1-4])")


class Statements:
    """Facts of companies as they were filed, and what follows from them; never changed.

    Parameters
    ----------
    facts : DataFrame
        A row for each fact and filing: a period that three filings report stands there three times. Columns
        ticker, period_end, filed, field (a name of `FIELDS`), value, unit (a currency such as ``"USD"``,
        ``"shares"``, ``"USD/shares"``) and accession (may be empty: then all that a company filed on a day is
        one filing). Optional: period_start (empty for balances; where a flow has none it is a fiscal year's),
        tag and form, which explanations show, and any others, which are kept. Outlays are positive. Dates are
        datetime64, dates, or text as ``"2023-09-30"``. A row that is there twice counts once.
    splits : DataFrame, optional
        Indexed by the first day at the new count, with columns ticker and ratio (new shares for one). Share
        counts are multiplied, and figures a share divided, by the ratios of the splits after the day of their
        FILING, since a company restates its counts in filings made after a split.

    Raises
    ------
    InputError
        For no table or an empty one, missing columns, a field that is not known or not filed, what is no date,
        number or text in its place, values that are not finite, a period that ends after its filing or before
        its start, a unit that does not fit the field, more than one currency, two values for one period in one
        filing, and splits that are no table, have no ratio above zero, or come twice on a day. The message
        names the column, the first row, and what to do.

    Notes
    -----
    **Fiscal years** are told from each company's own year-long flows (345 to 380 days; not from those of
    10-Qs), in whatever month they end; of years that overlap, as where a company moved its year's end, those
    with the most figures are taken. A year is named after the calendar year of its end, and after the one
    before if it ends on 1 to 7 January; a column fiscal_year is not read. A company that has filed no year yet
    is known by the start of its half-years or, where these all end whole years apart, of its quarters, or by
    its balances. Between a former and a new year's end lies time that belongs to no year and is left out; until
    a first whole year is filed under the new end, quarters are counted by the former one.

    **Quarters** have 12 to 17 weeks and are numbered by where they end in the fiscal year. Those that no filing
    shows are derived, and say so in `Panel.explain`: ``six months - Q1``, ``nine months - six months``,
    ``year - nine months``, else ``year - Q1 - Q2 - Q3``. All parts are of one round of filings: where a year has
    been restated and its nine months have not, the fourth quarter follows from the year as it stood before,
    since the difference of the two would be a quarter that never was. Figures a share follow the same
    convention, though they do not add up exactly. An average share count of the fourth quarter is
    ``4 x year - Q1 - Q2 - Q3``, which is right for quarters of equal length.

    **Share counts of a cover page** (`shares_outstanding` with a day of its own) belong to the last period of
    their filing. **Versions** of a figure are told apart by their filings, of two on one day the later accession
    is the later one; an explanation names the first filing since which the figure has not changed.

    Examples
    --------
    >>> import pandas as pd
    >>> facts = pd.DataFrame(
    ...     [
    ...         ("A", "2022-01-01", "2022-12-31", "2023-02-01", 100.0, "a1"),
    ...         ("A", "2022-01-01", "2022-12-31", "2024-02-01", 104.0, "a2"),
    ...         ("A", "2023-01-01", "2023-12-31", "2024-02-01", 120.0, "a2"),
    ...     ],
    ...     columns=["ticker", "period_start", "period_end", "filed", "value", "accession"],
    ... ).assign(field="revenue", unit="USD")
    >>> statements = Statements(facts)
    >>> statements.annual()["revenue"]
    array([[104., 120.]])
    >>> statements.as_of("2023-12-31").annual()["revenue"]
    array([[100.]])
    >>> print(statements.annual().explain("revenue", "A", 2022))
    revenue 104.00 USD (filed 2024-02-01, accession a2)
    """

    __slots__ = ("_facts", "_held", "_panels", "_splits")

    def __init__(self, facts: pd.DataFrame, *, splits: pd.DataFrame | None = None) -> None:
        self._begin(as_facts(facts), as_splits(splits))

    def _begin(self, facts: Facts, splits: Splits) -> None:
        self._facts = facts
        self._splits = splits
        self._held: Versions | None = None
        self._panels: dict[tuple[str, str], Panel] = {}

    @classmethod
    def _of(cls, facts: Facts, splits: Splits) -> Statements:
        made = cls.__new__(cls)
        made._begin(facts, splits)
        return made

    @property
    def frame(self) -> pd.DataFrame:
        """The facts as given, those that are there twice once; a copy."""
        return self._facts.frame()

    @property
    def tickers(self) -> tuple[str, ...]:
        """The companies, in the order of the table."""
        return self._facts.tickers

    @property
    def fields(self) -> tuple[str, ...]:
        """The items of which there are facts, in the order of statements."""
        return self._facts.fields

    @property
    def currency(self) -> str:
        """The currency of all money; empty where there is none."""
        return self._facts.currency

    def __len__(self) -> int:
        return len(self._facts)

    def select(self, tickers: str | Iterable[str]) -> Statements:
        """Keep some companies.

        Raises
        ------
        InputError
            For none, or one that is not here.
        """
        chosen = (tickers,) if isinstance(tickers, str) else tuple(tickers)
        if not chosen:
            raise InputError("tickers", "expected at least one, got none")
        for ticker in chosen:
            self._check("tickers", ticker, self.tickers)
        kept = np.isin(self._facts.ticker, [self.tickers.index(ticker) for ticker in chosen])
        return self._of(self._facts.where(kept), self._splits)

    def as_of(self, date: dt.date | str) -> Statements:
        """See only what had been filed by a day, that day included, and the splits done by then.

        Companies that had filed nothing by then are not there.

        Raises
        ------
        InputError
            For what is no date.
        MissingDataError
            If nothing had been filed by then.
        """
        day = as_day("date", date)
        kept = self._facts.filed <= day
        if not kept.any():
            first = iso(self._facts.filed.min())
            raise MissingDataError(
                f"nothing had been filed by {iso(day)}", advice=f"The first filing is of {first}"
            )
        return self._of(self._facts.where(kept), self._splits.until(day))

    def annual(self, vintage: Vintage = "latest") -> Panel:
        """Give a panel of fiscal years: flows over the year, balances at its end.

        Parameters
        ----------
        vintage : {"latest", "first"}
            The last version of each figure that was filed, or the first one.

        Returns
        -------
        Panel
            Companies aligned by fiscal year; NaN where no filing shows a figure for the year.

        Raises
        ------
        InputError
            For another vintage.
        MissingDataError
            If no figure can be placed in a fiscal year.
        """
        return self._panel("annual", vintage)

    def quarterly(self, vintage: Vintage = "latest") -> Panel:
        """Give a panel of fiscal quarters, such as ``"2023Q1"``, as filed or derived.

        Parameters
        ----------
        vintage : {"latest", "first"}
            The last version of each figure that was filed, or the first one.

        Returns
        -------
        Panel
            Companies aligned by fiscal quarter, whatever months these have; NaN where a quarter is neither filed
            nor follows from longer spans.

        Raises
        ------
        InputError
            For another vintage.
        MissingDataError
            If no figure can be placed in a fiscal quarter.

        Examples
        --------
        >>> import pandas as pd
        >>> spans = {"2022-03-31": 10.0, "2022-06-30": 25.0, "2022-09-30": 45.0, "2022-12-31": 70.0}
        >>> facts = pd.DataFrame({"period_end": spans.keys(), "value": spans.values()}).assign(
        ...     ticker="A", period_start="2022-01-01", filed="2023-02-01", field="revenue", unit="USD", accession="a1"
        ... )
        >>> panel = Statements(facts).quarterly()
        >>> panel["revenue"]
        array([[10., 15., 20., 25.]])
        >>> print(panel.explain("revenue", "A", "2022Q4"))
        revenue 25.00 USD = year - nine months
        ├─ revenue (year) 70.00 USD (filed 2023-02-01, accession a1)
        └─ revenue (nine months) 45.00 USD (filed 2023-02-01, accession a1)
        """
        return self._panel("quarterly", vintage)

    def ttm(self, vintage: Vintage = "latest") -> Panel:
        """Give a panel of the twelve months to each quarter's end, named by the quarter.

        Parameters
        ----------
        vintage : {"latest", "first"}
            The last version of each figure that was filed, or the first one.

        Returns
        -------
        Panel
            Flows are the sum of the last four quarters, average share counts their mean, balances the last one.
            NaN where one of the four is missing, or where they are not consecutive, since the company moved its
            fiscal year's end between them. To a fiscal year's end they are not the annual figure where this has
            been restated and its quarters have not.

        Raises
        ------
        InputError
            For another vintage.
        MissingDataError
            If no figure can be placed in a fiscal quarter.
        """
        return self._panel("ttm", vintage)

    def explain(self, metric: str, ticker: str, period: int | str, *, basis: Basis = "annual") -> Explanation:
        """Explain an item or a ratio down to the filed facts.

        Parameters
        ----------
        metric : str
            An item of `FIELDS` or a ratio of `RATIOS`.
        ticker : str
        period : int or str
            A fiscal year, or a quarter as ``"2023Q1"``.
        basis : {"annual", "quarterly", "ttm"}

        Raises
        ------
        InputError
            For a metric, company, period or basis that is not known.

        Examples
        --------
        >>> from maos_nb.data import SampleSource
        >>> statements = Statements(SampleSource().statement_facts("AAPL").frame)
        >>> print(statements.explain("net_margin", "AAPL", 2023))
        net_margin 25.31% = net_income / revenue
        ├─ net_income 96,995,000,000 USD (...NetIncomeLoss, 10-K filed 2023-11-03, accession 0000320193-23-000106)
        └─ revenue 383,285,000,000 USD (...RevenueFrom..., 10-K filed 2023-11-03, accession 0000320193-23-000106)
        """
        from maos_nb.analytics.fundamental._explained import explain

        self._check("basis", basis, get_args(Basis))
        return explain(self._panel(basis, "latest"), metric, ticker, period)

    def restatements(self, minimum: float = 0.0) -> pd.DataFrame:
        """List the figures that a later filing shows otherwise than the first one.

        Parameters
        ----------
        minimum : float
            List those that went away from the first value by more than this share of it; 0.01 leaves out what is
            below 1%.

        Returns
        -------
        DataFrame
            A row for each: ticker, field, period_start, period_end, first_value, first_filed, first_accession,
            last_value, last_filed, last_accession, change (last less first), relative_change (to the first's
            absolute value; NaN where that is nought) and n_versions (how many filings show the figure). Values are
            brought over splits, which thus are no restatements; figures a share may be off by their rounding.

        Raises
        ------
        InputError
            For a minimum that is negative or no number.
        """
        return restatement_table(self._versions, minimum)

    def versions(self, field: str, ticker: str, period: int | str) -> pd.DataFrame:
        """List every filed version of a figure, the oldest first.

        Parameters
        ----------
        field : str
        ticker : str
        period : int or str
            A fiscal year; or a quarter as ``"2023Q1"``, for which the longer spans that end with it are listed too.

        Returns
        -------
        DataFrame
            Columns span, period_start, period_end, filed, value, value_after_splits, unit, accession, and tag,
            form and source where the facts have them. No row where nothing was filed.

        Raises
        ------
        InputError
            For a field, company or period that is not known.
        """
        self._check("field", field, self.fields)
        self._check("ticker", ticker, self.tickers)
        matched = _QUARTER.fullmatch(period) if isinstance(period, str) else None
        if matched:
            return version_table(self._versions, field, ticker, int(matched[1]), int(matched[2]) - 1)
        if isinstance(period, int | np.integer) and not isinstance(period, bool):
            return version_table(self._versions, field, ticker, int(period), None)
        raise InputError("period", f"expected a year as 2023 or a quarter as '2023Q1', got {period!r}")

    def coverage(self) -> pd.DataFrame:
        """Count the fiscal years known of each item of each company.

        Returns
        -------
        DataFrame
            Columns ticker, field, n_years (known), n_possible (from the company's first year with any figure to
            its last) and missing (the years of these that are not known, a tuple).
        """
        return coverage_table(self._versions)

    def unplaced(self) -> pd.DataFrame:
        """List the facts that no panel shows, as they are in `frame`.

        Such as the twelve months to a quarter's end, time between a former and a new year's end, several years
        together, or the share count of a cover page without a statement.
        """
        return unplaced_table(self._versions)

    def __repr__(self) -> str:
        first, last = iso(self._facts.filed.min()), iso(self._facts.filed.max())
        n_tickers, n_fields = len(self.tickers), len(self.fields)
        return (
            f"<Statements {n_tickers:,} compan{'y' if n_tickers == 1 else 'ies'}, "
            f"{n_fields} item{'' if n_fields == 1 else 's'}, {len(self):,} fact{'' if len(self) == 1 else 's'} "
            f"filed {first} to {last}{f', {self.currency}' if self.currency else ''}>"
        )

    def _repr_html_(self) -> str:
        header = ("ticker", "items", "filings", "facts", "first filed", "last filed")
        return table(header, filing_rows(self._facts))

    @property
    def _versions(self) -> Versions:
        if self._held is None:
            self._held = find_versions(self._facts, self._splits)
        return self._held

    def _panel(self, basis: Basis, vintage: Vintage) -> Panel:
        self._check("vintage", vintage, get_args(Vintage))
        if (basis, vintage) not in self._panels:
            self._panels[basis, vintage] = _BUILDERS[basis](self._versions, vintage)
        return self._panels[basis, vintage]

    @staticmethod
    def _check(argument: str, given: object, known: tuple[str, ...]) -> None:
        if given not in known:
            shown = ", ".join(known[:30]) + (", ..." if len(known) > 30 else "")
            raise InputError(argument, f"{given!r} is not here", advice=f"Here: {shown}")
