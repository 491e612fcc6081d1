"""The bundled samples as a source: real figures that need no network, for tutorials, tests and first steps.

What is in them, from where and under which licence, and what could not be had, is told in ``samples/NOTICE.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from maos_nb.data._concepts import ITEMS
from maos_nb.data._door import as_symbol, as_symbols, visible_by
from maos_nb.data._market_samples import MarketSamples
from maos_nb.data.fetched import Fetched
from maos_nb.errors import InputError

__all__ = ["STATEMENT_FIELDS", "SampleSource"]

STATEMENT_FIELDS = ITEMS
"""Fields of the annual statements: all items that a reader of filings gives, in the order of statements."""


class SampleSource(MarketSamples):
    """Statements, prices, quotes, volatility, yields and sector averages that are bundled with the package.

    All methods are synchronous and may be called from several threads at once; each file is parsed once. What they
    return is the caller's own copy. Money is in US dollars, rates are decimals (0.04 is 4%), a missing figure is NaN.

    Examples
    --------
    >>> source = SampleSource()
    >>> annual = source.statements("aapl", as_of="2022-12-28")
    >>> float(annual.frame.loc[2022, "revenue"]), annual.as_of.isoformat()
    (394328000000.0, '2022-10-28')
    """

    def companies(self) -> pd.DataFrame:
        """List the companies with statements.

        Returns
        -------
        DataFrame ``(n_companies, 9)``
            Columns ticker, name, cik (the SEC's number), sector (a key of `sector`), fiscal_year_end_month,
            first_fiscal_year, last_fiscal_year, currency and statement_source.

        Examples
        --------
        >>> SampleSource().companies()["ticker"].tolist()
        ['AAPL', 'MSFT', 'NVDA']
        """
        return self._files.table("companies.csv").reset_index()

    def statements(self, ticker: str, *, as_of: date | str | None = None) -> Fetched:
        """Annual statements of one company, a row a fiscal year.

        Parameters
        ----------
        ticker
            Symbol, in any case.
        as_of
            See only figures filed on or before this day; None sees all.

        Returns
        -------
        Fetched
            Frame ``(n_years, 1 + n_fields)`` indexed by fiscal_year (the calendar year in which the fiscal year ends): column
            period_end, then one column for each of `STATEMENT_FIELDS`. A figure that was not filed, or not mapped,
            is NaN. Outlays are positive. Figures are as first filed: later restatements are not in them, and share
            counts are not adjusted for later splits.

        Raises
        ------
        UnknownSymbolError
            For a company without statements.
        MissingDataError
            If nothing had been filed by `as_of`.
        InputError
            For a ticker that is not text, or an `as_of` that is not a date.

        Examples
        --------
        >>> annual = SampleSource().statements("NVDA").frame
        >>> annual.index.tolist()[-1], annual["period_end"].iloc[-1].date().isoformat()
        (2026, '2026-01-25')
        """
        facts = self._visible_facts(ticker, as_of)
        # pivot refuses a figure that is there twice; pivot_table would average the two in silence.
        wide = facts.pivot(index="fiscal_year", columns="field", values="value")  # noqa: PD010
        values = wide.reindex(columns=list(STATEMENT_FIELDS))
        # The cover page's share count bears a later date of its own.
        year_end = facts[facts["field"] != "shares_outstanding"].groupby("fiscal_year")["period_end"].max()
        values.insert(0, "period_end", year_end)
        return self._statement_record(values.rename_axis(columns=None), facts, self._origin(ticker))

    def statement_facts(self, ticker: str, *, as_of: date | str | None = None) -> Fetched:
        """Every figure behind `statements`, with the filing that it was read in.

        Parameters
        ----------
        ticker
            Symbol, in any case.
        as_of
            See only figures filed on or before this day; None sees all.

        Returns
        -------
        Fetched
            Frame with columns ticker, fiscal_year, period_end (of a cover-page share count: its own day), field,
            value, unit (USD, shares or USD/shares), tag (the filing's; terms of a sum are joined by + and -), form,
            filed, accession (empty where a vendor's table is the source) and source. A figure that is not known has
            no row. Form ``10-K (deadline)`` marks a figure whose filing date is not known: filed is then the last day that
            the SEC allowed, 60 days after the year's end.

        Raises
        ------
        UnknownSymbolError
            For a company without statements.
        MissingDataError
            If nothing had been filed by `as_of`.
        InputError
            For a ticker that is not text, or an `as_of` that is not a date.

        Examples
        --------
        >>> facts = SampleSource().statement_facts("AAPL").frame
        >>> facts.query("fiscal_year == 2022 and field == 'net_income'")["accession"].item()
        '0000320193-22-000108'
        """
        facts = self._visible_facts(ticker, as_of)
        return self._statement_record(facts.reset_index(drop=True), facts, self._origin(ticker))

    def facts(self, tickers: str | Iterable[str], *, as_of: date | str | None = None) -> Fetched:
        """Give all versions of the filed figures of companies: annual, quarterly and year to date.

        Parameters
        ----------
        tickers
            One symbol or several, in any case.
        as_of
            See only figures filed on or before this day; None sees all.

        Returns
        -------
        Fetched
            Frame with the columns `FACT_COLUMNS`, a row for each figure and filing: the same period stands there once
            for each filing that shows it, with the value that the filing gave. ``period_start`` is missing for
            balances, and for a vendor's table of annual figures. Money is in US dollars, outlays are positive, share
            counts are as filed.

        Raises
        ------
        UnknownSymbolError
            For a company without statements.
        MissingDataError
            If nothing had been filed by `as_of`.
        InputError
            For tickers that are not text, or an `as_of` that is not a date.

        Examples
        --------
        Apple restated its fiscal 2009 in January 2010:

        >>> facts = SampleSource().facts("AAPL", as_of="2010-02-01").frame
        >>> year = facts[(facts["field"] == "revenue") & facts["form"].str.startswith("10-K")]
        >>> year[["form", "value"]].values.tolist()
        [['10-K', 36537000000.0], ['10-K/A', 42905000000.0]]
        """
        symbols = as_symbols("tickers", tickers)
        self._refuse_unknown(symbols, tuple(self._files.table("companies.csv").index))
        facts = self._files.table("facts.csv.gz")
        chosen = visible_by(
            facts[facts["ticker"].isin(symbols)], "filed", as_of, f"facts of {', '.join(symbols)}"
        )
        return self._statement_record(
            chosen.reset_index(drop=True), chosen, "; ".join(chosen["source"].unique())
        )

    def splits(self, ticker: str) -> Fetched:
        """Give the stock splits of a company with statements, as far back as those go.

        Parameters
        ----------
        ticker
            Symbol, in any case.

        Returns
        -------
        Fetched
            Frame indexed by the first day traded at the new count: ticker, ratio (new shares for one), form and
            accession of a filing that reports the split; empty for a company without one. Multiply a share count
            as filed by the ratios of later splits to bring it to a later day; so much, too, was a share worth that
            `prices` shows divided by them.

        Raises
        ------
        UnknownSymbolError
            For a company without statements.
        InputError
            For a ticker that is not text.

        Examples
        --------
        >>> SampleSource().splits("AAPL").frame["ratio"].tolist()
        [7.0, 4.0]
        """
        symbol = as_symbol("ticker", ticker)
        self._refuse_unknown((symbol,), tuple(self._files.table("companies.csv").index))
        splits = self._files.table("splits.csv")
        chosen = splits[splits["ticker"] == symbol]
        last = self._files.built_at.date() if chosen.empty else chosen.index[-1].date()
        return self._record(chosen, self._files.origin("splits.csv"), last)

    def sectors(self) -> pd.DataFrame:
        """Averages of all sectors: the rows that `sector` gives one by one, indexed by sector key."""
        return self._files.table("sectors.csv").copy()

    def sector(self, key: str) -> Fetched:
        """Averages of the US companies of one sector, for a company without statements of its own.

        Parameters
        ----------
        key
            Sector key as in `sectors`, for instance ``"software"``; case, blanks and hyphens do not matter.

        Returns
        -------
        Fetched
            Frame of one row: industry (the publisher's name), n_firms, revenue_growth_5y, operating_margin (before
            tax), effective_tax_rate, unlevered_beta (corrected for cash), levered_beta, cost_of_equity,
            pretax_cost_of_debt, debt_to_capital (at market values), cost_of_capital, sales_to_capital, as_of, source.

        Raises
        ------
        InputError
            For a key that is none of the sectors.

        Examples
        --------
        >>> SampleSource().sector("total market").frame[["n_firms", "operating_margin"]].values.tolist()
        [[4935.0, 0.1193]]
        """
        sectors = self._files.table("sectors.csv")
        wanted = "_".join(as_symbol("key", key).lower().replace("-", " ").replace("_", " ").split())
        if wanted not in sectors.index:
            raise InputError(
                "key", f"{key!r} is no sector here", advice=f"Known: {', '.join(sectors.index)}."
            )
        row = sectors.loc[[wanted]]
        return self._record(row, str(row["source"].iloc[0]), row["as_of"].iloc[0].date())

    def _visible_facts(self, ticker: str, as_of: date | str | None) -> pd.DataFrame:
        symbol = as_symbol("ticker", ticker)
        self._refuse_unknown((symbol,), tuple(self._files.table("companies.csv").index))
        facts = self._files.table("statements.csv")
        return visible_by(facts[facts["ticker"] == symbol], "filed", as_of, f"statements of {symbol}")

    def _origin(self, ticker: str) -> str:
        return str(self._files.table("companies.csv")["statement_source"][as_symbol("ticker", ticker)])

    def _statement_record(self, frame: pd.DataFrame, facts: pd.DataFrame, origin: str) -> Fetched:
        # Where the day of a filing is not known it is the last one that was allowed: whoever reads it has to know.
        is_deadline = facts["form"].str.endswith("(deadline)").any()
        words = f"{origin}; filing dates are the SEC's deadlines" if is_deadline else origin
        return self._record(frame, words, facts["filed"].max().date())
